//! Pictures that come in, with a form or alone.
//!
//! The one rule: a file is read no further than it may be long, however long it says it is, and a file
//! that is refused never costs what came with it.

use axum::RequestExt;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use futures_util::{Stream, StreamExt};

use super::crowd::Place;
use super::{A_BODY, Doors, Problem};
use crate::photo::{self, Refused, Taken};

/// What one request may bring: as many pictures as an issue has, as long as they may be, and a form.
pub const MOST: usize = 4 * photo::MOST_STILL + photo::MOST_VIDEO + A_BODY;

/// Files that are looked at; what comes behind them is not kept.
const FILES: usize = 5;

/// Fields that a form has.
const FIELDS: usize = 300;

/// Whether pictures come in at this path.
pub fn takes(path: &str) -> bool {
    path == "/report/new"
        || path.starts_with("/report/sent/")
        || (path.starts_with("/api/v1/issues/") && path.ends_with("/photos"))
}

/// A file, or why it was not read to its end.
pub type File = Result<Vec<u8>, Refused>;

/// What came: the fields of a form, and files.
pub struct Sent {
    pub fields: Vec<(String, String)>,
    pub files: Vec<File>,
    /// How many files too many came.
    pub too_many: usize,
    /// Held while the files are in memory.
    place: Option<Place>,
}

impl FromRequest<Doors> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, doors: &Doors) -> Result<Self, Problem> {
        let headers = request.headers();
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        let mut sent = Self { fields: vec![], files: vec![], too_many: 0, place: None };
        if kind.starts_with("application/x-www-form-urlencoded") || kind.is_empty() {
            let body = to_bytes(request.into_body(), A_BODY).await.map_err(|_| too_large())?;
            sent.fields = url_decoded(body).await?;
        } else if kind.starts_with("multipart/form-data") {
            sent.place = Some(doors.inner.room.upload()?);
            let form = Multipart::from_request(request, doors).await;
            let form =
                form.map_err(|why| Problem::new(StatusCode::BAD_REQUEST, why.body_text()))?;
            sent.read(form).await?;
        } else if kind.starts_with("image/") || kind.starts_with("video/") {
            sent.place = Some(doors.inner.room.upload()?);
            let body = request.into_limited_body().into_data_stream();
            sent.files.push(read_file(body).await.map_err(|_| too_large())?);
        } else {
            let detail = "send a form (multipart/form-data), or one picture with its Content-Type";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let nul = |(_, said): &(String, String)| said.contains('\0');
        sent.fields.retain(|field| !nul(field));
        Ok(sent)
    }
}

impl Sent {
    async fn read(&mut self, mut form: Multipart) -> Result<(), Problem> {
        let mut words = 0;
        while let Some(field) = form.next_field().await.map_err(|why| misread(&why))? {
            let name = field.name().unwrap_or_default().to_owned();
            if let Some(file) = field.file_name() {
                // A browser sends an empty file where none was chosen.
                let chosen = !file.is_empty();
                let file = read_file(field).await.map_err(|why| misread(&why))?;
                let is_one = chosen || file.as_ref().map_or(true, |bytes| !bytes.is_empty());
                match self.files.len() {
                    _ if !is_one => {}
                    FILES.. => self.too_many += 1,
                    _ => self.files.push(file),
                }
                continue;
            }
            let text = text_of(field, A_BODY - words).await?;
            words += text.len();
            if self.fields.len() == FIELDS {
                return Err(too_large());
            }
            self.fields.push((name, text));
        }
        Ok(())
    }

    /// Makes the files safe to show, one after the other, and lets go of the room that they took.
    pub async fn develop(self, doors: &Doors) -> Vec<Result<Taken, Refused>> {
        let mut made = vec![];
        for file in self.files {
            made.push(match file {
                Ok(bytes) => develop(doors, bytes).await,
                Err(why) => Err(why),
            });
        }
        drop(self.place);
        made
    }
}

async fn develop(doors: &Doors, bytes: Vec<u8>) -> Result<Taken, Refused> {
    let place = doors.inner.room.darkroom().await;
    let work = move || {
        // Held by the work itself: it goes on when nobody waits for it any more.
        let _place = place;
        photo::take(bytes)
    };
    // What breaks over a file says that the file is broken.
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Refused::Broken))
}

/// Reads a file as far as one that begins so may go. What is longer is read on and forgotten, as a form
/// goes on behind it.
async fn read_file<E>(mut body: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<File, E> {
    let (mut bytes, mut refused) = (vec![], None);
    while let Some(some) = body.next().await {
        let some = some?;
        if refused.is_some() {
            continue;
        }
        bytes.extend_from_slice(&some);
        let (most, why) = photo::most(&bytes);
        if bytes.len() > most {
            refused = Some(why);
            bytes = vec![];
        }
    }
    Ok(refused.map_or(Ok(bytes), Err))
}

async fn text_of(mut field: Field<'_>, most: usize) -> Result<String, Problem> {
    let mut bytes = vec![];
    while let Some(some) = field.chunk().await.map_err(|why| misread(&why))? {
        if bytes.len() + some.len() > most {
            return Err(too_large());
        }
        bytes.extend_from_slice(&some);
    }
    // Browsers end a line as mails do.
    Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
}

/// A plain form, read from bytes: a request may bring more here than a form.
async fn url_decoded(body: Bytes) -> Result<Vec<(String, String)>, Problem> {
    let kind = "application/x-www-form-urlencoded";
    let form = Request::post("/").header(header::CONTENT_TYPE, kind).body(Body::from(body));
    let form = form.map_err(|_| not_whole())?;
    let read = Form::<Vec<(String, String)>>::from_request(form, &()).await;
    let Form(pairs) = read.map_err(|_| not_whole())?;
    Ok(pairs.into_iter().map(|(name, said)| (name, said.replace("\r\n", "\n"))).collect())
}

fn misread(why: &MultipartError) -> Problem {
    match why.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => not_whole(),
    }
}

fn too_large() -> Problem {
    let detail = format!(
        "this is more than is taken at once: four photos of at most {} MB and a video of {} MB",
        photo::MOST_STILL >> 20,
        photo::MOST_VIDEO >> 20
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

fn not_whole() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "the form did not come whole; send it again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_in_where_they_are_taken_and_nowhere_else() {
        for path in ["/report/new", "/report/sent/26-000001/x", "/api/v1/issues/26-000001/photos"] {
            assert!(takes(path), "{path}");
        }
        for path in ["/report", "/api/v1/issues", "/api/v1/photos", "/issues/26-000001/photos"] {
            assert!(!takes(path), "{path}");
        }
    }

    #[tokio::test]
    async fn a_file_is_read_no_further_than_it_may_be_long() {
        let chunk = |bytes: Vec<u8>| Ok::<_, ()>(Bytes::from(bytes));
        let jpeg = || chunk([&[0xff, 0xd8, 0xff][..], &[0; 1_000]].concat());
        let short = futures_util::stream::iter([jpeg(), chunk(vec![0; 10])]);
        assert_eq!(read_file(short).await.unwrap().unwrap().len(), 1_013);
        let megabyte = || chunk(vec![0; 1 << 20]);
        let long = std::iter::once(jpeg()).chain((0..12).map(|_| megabyte()));
        let long = futures_util::stream::iter(long.collect::<Vec<_>>());
        assert_eq!(read_file(long).await.unwrap(), Err(Refused::Heavy));
    }

    #[tokio::test]
    async fn a_form_is_read_as_browsers_write_it() {
        let read = url_decoded(Bytes::from_static(b"a=1+2&b=%C5%BC%0D%0Ax&a=3")).await.unwrap();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(read, [pair("a", "1 2"), pair("b", "ż\nx"), pair("a", "3")]);
    }
}

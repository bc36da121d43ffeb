//! Pictures that come in, with a form or alone.
//!
//! The one rule: a file is read no further than it may be long, however long it says it is, and a file
//! that is refused, or for which there is no room just now, never costs what came with it.

use axum::RequestExt;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::{Method, StatusCode, header};
use futures_util::{Stream, StreamExt};

use super::crowd::{Upload, full};
use super::sender::From;
use super::{A_BODY, Doors, Problem};
use crate::photo::{self, Refused, Taken};

/// What is kept of one request: as many pictures as an issue has, as long as they may be.
pub const MOST: usize = 4 * photo::MOST_STILL + photo::MOST_VIDEO;

/// What one request may bring. It is far more than is kept: phones send films as they are, and the report
/// that comes with them is to be heard to its end.
pub const HEARD: usize = 512 << 20;

/// What the words of a form with files may weigh; many such forms may come in slowly, at once.
const WORDS: usize = 128 << 10;

/// Files that are looked at; what comes behind them is not kept.
const FILES: usize = 5;

/// Fields that a form has.
const FIELDS: usize = 300;

/// Whether pictures come in at this path.
fn takes(path: &str) -> bool {
    path == "/report/new"
        || path.starts_with("/report/sent/")
        || (path.starts_with("/api/v1/issues/") && path.ends_with("/photos"))
}

/// Whether a request says that it brings pictures. Any other has the room and the time of a form.
pub fn brings(request: &Request) -> bool {
    let kind = kind_of(request);
    *request.method() == Method::POST
        && takes(request.uri().path())
        && ["multipart/", "image/", "video/"].iter().any(|start| kind.starts_with(start))
}

fn kind_of(request: &Request) -> String {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.unwrap_or_default().to_ascii_lowercase()
}

/// A file, or why it was not read to its end.
pub type File = Result<Vec<u8>, Refused>;

/// What came: the fields of a form, and files.
pub struct Sent {
    pub fields: Vec<(String, String)>,
    pub files: Vec<File>,
    /// How many files too many came.
    pub too_many: usize,
    /// How many came while there was no room for them.
    pub no_room: usize,
    /// Held from the first byte of a file as long as files are in memory.
    place: Option<Upload>,
}

impl FromRequest<Doors> for Sent {
    type Rejection = Problem;

    async fn from_request(mut request: Request, doors: &Doors) -> Result<Self, Problem> {
        let from: From = request.extract_parts_with_state(doors).await?;
        let kind = kind_of(&request);
        let mut sent = Self { fields: vec![], files: vec![], too_many: 0, no_room: 0, place: None };
        if kind.starts_with("application/x-www-form-urlencoded") || kind.is_empty() {
            let body = to_bytes(request.into_body(), A_BODY).await.map_err(|_| too_large())?;
            sent.fields = url_decoded(body).await?;
        } else if kind.starts_with("multipart/form-data") {
            let form = Multipart::from_request(request, doors).await;
            let form =
                form.map_err(|why| Problem::new(StatusCode::BAD_REQUEST, why.body_text()))?;
            sent.read(form, (doors, from)).await?;
        } else if kind.starts_with("image/") || kind.starts_with("video/") {
            let body = request.into_limited_body().into_data_stream();
            sent.take_file(body, true, (doors, from)).await.map_err(|_| too_large())?;
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
    async fn read(&mut self, mut form: Multipart, by: (&Doors, From)) -> Result<(), Problem> {
        let mut words = 0;
        while let Some(field) = form.next_field().await.map_err(|why| misread(&why))? {
            let name = field.name().unwrap_or_default().to_owned();
            if let Some(file) = field.file_name() {
                // A browser sends an empty file where none was chosen.
                let chosen = !file.is_empty();
                let read = self.take_file(field, chosen, by).await;
                read.map_err(|why| misread(&why))?;
                continue;
            }
            let text = text_of(field, WORDS.saturating_sub(words)).await?;
            words += text.len();
            if self.fields.len() == FIELDS {
                return Err(too_large());
            }
            self.fields.push((name, text));
        }
        Ok(())
    }

    /// Reads a file, and keeps it if there is room for it. One that was not chosen is none as long as it
    /// is empty.
    async fn take_file<E>(
        &mut self,
        body: impl Stream<Item = Result<Bytes, E>> + Unpin,
        chosen: bool,
        (doors, from): (&Doors, From),
    ) -> Result<(), E> {
        let kept: usize = self.files.iter().flatten().map(Vec::len).sum();
        let left = if self.files.len() < FILES { MOST.saturating_sub(kept) } else { 0 };
        let place = &mut self.place;
        let has_place = || {
            if place.is_none() {
                *place = doors.inner.room.upload(from);
            }
            place.is_some()
        };
        let read = read_file(body, left, has_place).await?;
        match read {
            Some(Ok(bytes)) if bytes.is_empty() && !chosen => {}
            Some(_) if self.files.len() == FILES => self.too_many += 1,
            Some(file) => self.files.push(file),
            None if self.place.is_none() => self.no_room += 1,
            None => self.too_many += 1,
        }
        Ok(())
    }

    /// What a program is told that brought nothing but pictures, when there was room for none.
    ///
    /// # Errors
    /// 503 then.
    pub fn had_room(&self) -> Result<(), Problem> {
        if self.files.is_empty() && self.no_room > 0 {
            return Err(full("too many pictures come in just now; send these again in a moment"));
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
/// goes on behind it; and so is, and gives `None`, what has more bytes than are left for it, or finds at its
/// first byte that it has no place.
async fn read_file<E>(
    mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    left: usize,
    mut has_place: impl FnMut() -> bool,
) -> Result<Option<File>, E> {
    let mut bytes: Vec<u8> = vec![];
    let mut forgotten: Option<Option<File>> = None;
    while let Some(some) = body.next().await {
        let some = some?;
        if some.is_empty() || forgotten.is_some() {
            continue;
        }
        if bytes.len() + some.len() > left || (bytes.is_empty() && !has_place()) {
            (forgotten, bytes) = (Some(None), vec![]);
            continue;
        }
        bytes.extend_from_slice(&some);
        let (most, why) = photo::most(&bytes);
        if bytes.len() > most {
            (forgotten, bytes) = (Some(Some(Err(why))), vec![]);
        }
    }
    Ok(forgotten.unwrap_or(Some(Ok(bytes))))
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
        assert_eq!(read_file(short, MOST, || true).await.unwrap().unwrap().unwrap().len(), 1_013);
        let megabyte = || chunk(vec![0; 1 << 20]);
        let long = std::iter::once(jpeg()).chain((0..12).map(|_| megabyte()));
        let long = futures_util::stream::iter(long.collect::<Vec<_>>());
        assert_eq!(read_file(long, MOST, || true).await.unwrap(), Some(Err(Refused::Heavy)));
    }

    #[tokio::test]
    async fn a_place_is_taken_with_the_first_byte_and_what_has_none_is_read_on() {
        let chunks = |all: &[&'static [u8]]| {
            let all: Vec<_> = all.iter().map(|&one| Ok::<_, ()>(Bytes::from_static(one))).collect();
            futures_util::stream::iter(all)
        };
        let mut asked = 0;
        let mut place = |free| {
            asked += 1;
            free
        };
        let empty = read_file(chunks(&[b"", b""]), MOST, || place(true)).await.unwrap();
        assert_eq!(empty, Some(Ok(vec![])));
        let words = [&b""[..], b"one ", b"two"];
        let kept = read_file(chunks(&words), MOST, || place(true)).await.unwrap();
        assert_eq!(kept, Some(Ok(b"one two".to_vec())));
        assert_eq!(read_file(chunks(&words), MOST, || place(false)).await.unwrap(), None);
        assert_eq!(read_file(chunks(&words), 6, || place(true)).await.unwrap(), None);
        assert_eq!(read_file(chunks(&words), 0, || place(true)).await.unwrap(), None);
        assert_eq!(asked, 3, "once each, and not for nothing");
    }

    #[tokio::test]
    async fn a_form_is_read_as_browsers_write_it() {
        let read = url_decoded(Bytes::from_static(b"a=1+2&b=%C5%BC%0D%0Ax&a=3")).await.unwrap();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(read, [pair("a", "1 2"), pair("b", "ż\nx"), pair("a", "3")]);
    }
}

//! `GET /basemap.pmtiles`: the file that the operator has put into the data directory, piece by piece as
//! maps ask for it. It is never read whole into memory, and packed it is already.

use std::io::{self, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::super::conditions::{self, Part};
use super::super::{Doors, Problem};
use super::Basemap;

/// So much of the file is in memory for one asker.
const A_PIECE: usize = 64 << 10;

/// What the file is at present; it may be exchanged while we run.
struct Present {
    file: File,
    length: u64,
    tag: String,
}

impl Present {
    async fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path).await?;
        let meta = file.metadata().await?;
        let changed = meta.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (length, tag) = (meta.len(), format!("\"{:x}-{:x}\"", meta.len(), changed.as_nanos()));
        Ok(Self { file, length, tag })
    }
}

pub async fn serve(
    State(doors): State<Doors>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let path = doors.inner.about.basemap.as_ref().and_then(Basemap::file);
    let path = path.ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let present = Present::open(path).await.map_err(|why| missing(&why))?;
    let part = conditions::asked(&method, &headers, present.length, &present.tag);
    answer(present, part, method == Method::HEAD).await.map_err(|why| missing(&why))
}

/// The log says why; it is the operator's to mend.
fn missing(why: &io::Error) -> Problem {
    tracing::warn!(%why, "the basemap cannot be read; `wardwatch doctor` tells more");
    Problem::new(StatusCode::NOT_FOUND, "the basemap is not there at present")
}

async fn answer(present: Present, part: Part, bare: bool) -> io::Result<Response> {
    let Present { file, length, tag } = present;
    let shared = [
        (header::ETAG, tag),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, "public, max-age=3600".to_owned()),
    ];
    let (status, range) = match part {
        Part::Whole => (StatusCode::OK, 0..length),
        Part::Some(range) => (StatusCode::PARTIAL_CONTENT, *range.start()..range.end() + 1),
        Part::Unchanged => return Ok((StatusCode::NOT_MODIFIED, shared).into_response()),
        Part::Changed => return Ok(changed()),
        Part::Outside => return Ok(conditions::outside(length)),
    };
    let (first, count) = (range.start, range.end - range.start);
    let kind = [
        (header::CONTENT_TYPE, "application/vnd.pmtiles".to_owned()),
        (header::CONTENT_LENGTH, count.to_string()),
    ];
    let body = if bare { Body::empty() } else { from(file, first, count).await? };
    let answer = (status, shared, kind, body);
    if status == StatusCode::OK {
        return Ok(answer.into_response());
    }
    let of = format!("bytes {first}-{}/{length}", range.end - 1);
    Ok(([(header::CONTENT_RANGE, of)], answer).into_response())
}

fn changed() -> Response {
    let why = "the file is another one by now; ask anew without If-Match";
    Problem::new(StatusCode::PRECONDITION_FAILED, why).into_response()
}

async fn from(mut file: File, first: u64, count: u64) -> io::Result<Body> {
    file.seek(SeekFrom::Start(first)).await?;
    Ok(Body::from_stream(pieces(file, count)))
}

/// So many bytes from where the file stands. A file that ends before that breaks the answer off, which the
/// asker sees by its length.
fn pieces(file: File, count: u64) -> impl Stream<Item = io::Result<Bytes>> {
    futures_util::stream::try_unfold((file, count), async |(mut file, left)| {
        if left == 0 {
            return Ok(None);
        }
        let size = usize::try_from(left).map_or(A_PIECE, |left| left.min(A_PIECE));
        let mut piece = vec![0; size];
        let read = file.read(&mut piece).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        piece.truncate(read);
        Ok(Some((Bytes::from(piece), (file, left - read as u64))))
    })
}

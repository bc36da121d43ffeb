//! How much is answered at once. Whoever comes beyond that is told at the door to come back in a
//! moment: in a queue that grows, everybody waits for an answer that comes too late, and memory
//! ends before the queue does.

use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::sender::From;
use super::{A_BODY, Doors, Problem, uploads};

/// Requests that are answered at once. A machine that answers a thousand in a second has them all
/// answered in a quarter of one.
const REQUESTS: usize = 256;

/// Kibibytes that their bodies may have together.
const BODIES_KIB: usize = 64 << 10;

/// Bulk streams that are read at once; each holds one batch in memory.
const STREAMS: usize = 32;

/// Requests that bring pictures at once; each may hold [`super::uploads::MOST`] in memory.
const UPLOADS: usize = 8;

/// Of one sender: few who send slowly are not to keep everybody's pictures out.
const A_SENDERS_UPLOADS: usize = 2;

/// Pictures that are worked on at once; each may take a quarter of a gibibyte, and a processor.
const DEVELOPED: usize = 2;

/// So many bytes are listened to, and forgotten, of one who is answered before the end.
const HEARD_OUT: usize = 256 << 10;

/// To so many at once; who comes beyond that is answered in the middle of a sentence.
const LEAVING: usize = 1_024;

/// And for so long: on a machine with more to do than it can, a second is short for a hundred kilobytes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The room there is.
#[derive(Debug)]
pub struct Room {
    requests: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    uploads_by_sender: Arc<Mutex<HashMap<IpAddr, usize>>>,
    darkroom: Arc<Semaphore>,
    leaving: Arc<Semaphore>,
}

impl Default for Room {
    fn default() -> Self {
        let of = |size| Arc::new(Semaphore::new(size));
        Self {
            requests: of(REQUESTS),
            bodies: of(BODIES_KIB),
            streams: of(STREAMS),
            uploads: of(UPLOADS),
            uploads_by_sender: Arc::default(),
            darkroom: of(DEVELOPED),
            leaving: of(LEAVING),
        }
    }
}

/// A place that is free again when this is dropped.
pub type Place = OwnedSemaphorePermit;

/// The same for the pictures of one sender.
#[derive(Debug)]
pub struct Upload {
    from: IpAddr,
    by_sender: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _place: Place,
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut by_sender = locked(&self.by_sender);
        let has = by_sender.get(&self.from).copied().unwrap_or_default();
        if has > 1 {
            by_sender.insert(self.from, has - 1);
        } else {
            by_sender.remove(&self.from);
        }
    }
}

impl Room {
    /// A place for a bulk stream, until its last answer.
    ///
    /// # Errors
    /// 503 when too many are read already.
    pub fn stream(&self) -> Result<Place, Problem> {
        take(&self.streams, 1).ok_or_else(|| {
            full("too many streams come in just now; send this one again in a moment")
        })
    }

    /// A place for the pictures of a request while they are in memory; `None` when all are taken, or
    /// this sender has theirs.
    pub fn upload(&self, From(from): From) -> Option<Upload> {
        let place = take(&self.uploads, 1)?;
        let mut by_sender = locked(&self.uploads_by_sender);
        let has = by_sender.get(&from).copied().unwrap_or_default();
        if has == A_SENDERS_UPLOADS {
            return None;
        }
        by_sender.insert(from, has + 1);
        drop(by_sender);
        let by_sender = Arc::clone(&self.uploads_by_sender);
        Some(Upload { from, by_sender, _place: place })
    }

    /// A place where a picture is worked on, once there is one.
    pub async fn darkroom(&self) -> Option<Place> {
        Arc::clone(&self.darkroom).acquire_owned().await.ok()
    }

    fn request(&self, body_kib: u32) -> Result<(Place, Place), Problem> {
        let places = take(&self.requests, 1).zip(take(&self.bodies, body_kib));
        places.ok_or_else(|| full("too much comes in just now; try again in a moment"))
    }
}

fn take(room: &Arc<Semaphore>, size: u32) -> Option<Place> {
    Arc::clone(room).try_acquire_many_owned(size).ok()
}

fn locked<T>(room: &Mutex<T>) -> MutexGuard<'_, T> {
    room.lock().unwrap_or_else(PoisonError::into_inner)
}

/// For whoever has to come again.
pub fn full(detail: &str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
}

/// The layer that lets a request in, or not. The operator's machines always come in.
pub async fn admit(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    if ["/healthz", "/readyz", "/metrics"].contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let (request, unread) = Unread::of(request);
    let answer = match doors.inner.room.request(body_kib(&request)) {
        Ok(_places) => next.run(request).await,
        Err(problem) => {
            drop(request);
            problem.into_response()
        }
    };
    unread.hear_out(&doors.inner.room).await;
    answer
}

/// What nobody reads of a request's body, once it is known. It is listened to before the answer, if it is
/// short: to hang up on a caller in the middle of a sentence is to be not heard.
#[derive(Default)]
struct Unread(Arc<Mutex<Option<BodyDataStream>>>);

impl Unread {
    fn of(request: Request) -> (Request, Self) {
        let (unread, expects) = (Self::default(), request.headers().contains_key(header::EXPECT));
        // One who asks before speaking does not speak when told no (RFC 9110, §10.1.1).
        if expects || request.body().is_end_stream() {
            return (request, unread);
        }
        let left_in = Arc::clone(&unread.0);
        let request = request.map(|body| {
            Body::from_stream(Leaving { body: Some(body.into_data_stream()), left_in })
        });
        (request, unread)
    }

    /// Whoever answers while reading has not left the body, and is not disturbed.
    async fn hear_out(self, room: &Room) {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut pieces) = left else { return };
        let Some(_place) = take(&room.leaving, 1) else { return };
        let heard_out = async {
            let mut heard = 0;
            while let Some(Ok(piece)) = pieces.next().await {
                heard += piece.len();
                if heard > HEARD_OUT {
                    return;
                }
            }
        };
        // One who does not come to an end is hung up on.
        let _ = timeout(PATIENCE, heard_out).await;
    }
}

/// A body that leaves what was not read of it when it is dropped.
struct Leaving {
    /// None at its end.
    body: Option<BodyDataStream>,
    left_in: Arc<Mutex<Option<BodyDataStream>>>,
}

impl Stream for Leaving {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let piece = body.poll_next_unpin(context);
        if let Poll::Ready(None | Some(Err(_))) = piece {
            self.body = None;
        }
        piece
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        *self.left_in.lock().unwrap_or_else(PoisonError::into_inner) = self.body.take();
    }
}

/// What a body may come to in memory: what it says, or the most that is taken. A bulk stream is
/// bounded otherwise.
fn body_kib(request: &Request) -> u32 {
    // These have room of their own.
    if request.uri().path() == "/api/v1/events" || uploads::brings(request) {
        return 0;
    }
    let headers = request.headers();
    let says =
        headers.get(header::CONTENT_LENGTH).and_then(|size| size.to_str().ok()?.parse().ok());
    let bytes = match says {
        Some(bytes) => A_BODY.min(bytes),
        None if headers.contains_key(header::TRANSFER_ENCODING) => A_BODY,
        None => 0,
    };
    u32::try_from(bytes.div_ceil(1 << 10)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// A request whose last words come after a while, and whether they were heard.
    fn slow() -> (Request, Arc<AtomicBool>) {
        let heard = Arc::new(AtomicBool::new(false));
        let last = Arc::clone(&heard);
        let body = futures_util::stream::once(async move {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            last.store(true, Ordering::Relaxed);
            Ok::<_, std::io::Error>("the last word")
        });
        (Request::new(Body::from_stream(body)), heard)
    }

    #[tokio::test]
    async fn who_is_answered_before_the_end_may_take_seconds_to_finish() {
        let (request, heard) = slow();
        let (request, unread) = Unread::of(request);
        drop(request);
        unread.hear_out(&Room::default()).await;
        assert!(heard.load(Ordering::Relaxed), "hung up on");
    }

    #[tokio::test]
    async fn whoever_reads_on_is_not_waited_for() {
        let (request, heard) = slow();
        let (request, unread) = Unread::of(request);
        unread.hear_out(&Room::default()).await;
        assert!(!heard.load(Ordering::Relaxed));
        let body = axum::body::to_bytes(request.into_body(), 100).await.unwrap();
        assert_eq!(body, "the last word");
    }

    #[tokio::test]
    async fn who_asks_before_speaking_is_not_asked_to_speak() {
        let (mut request, heard) = slow();
        request.headers_mut().insert(header::EXPECT, "100-continue".parse().unwrap());
        let (request, unread) = Unread::of(request);
        drop(request);
        unread.hear_out(&Room::default()).await;
        assert!(!heard.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn when_too_many_are_heard_out_the_next_is_answered_at_once() {
        let room = Room::default();
        let _all = take(&room.leaving, u32::try_from(LEAVING).unwrap()).unwrap();
        let (request, heard) = slow();
        let (request, unread) = Unread::of(request);
        drop(request);
        unread.hear_out(&room).await;
        assert!(!heard.load(Ordering::Relaxed));
    }

    #[test]
    fn few_senders_leave_room_for_the_pictures_of_others() {
        let (room, sender) = (Room::default(), |no: u8| From(IpAddr::from([203, 0, 113, no])));
        let mut theirs: Vec<_> = (0..2).map(|_| room.upload(sender(1)).unwrap()).collect();
        assert!(room.upload(sender(1)).is_none());
        assert_eq!(room.uploads.available_permits(), UPLOADS - 2, "who is refused takes nothing");
        let others: Vec<_> = (2..8).map(|no| room.upload(sender(no)).unwrap()).collect();
        assert!(room.upload(sender(9)).is_none(), "all are taken");
        theirs.pop();
        assert!(room.upload(sender(1)).is_some());
        drop((theirs, others));
        assert!(locked(&room.uploads_by_sender).is_empty(), "nobody is remembered");
    }

    #[test]
    fn only_what_brings_pictures_has_room_of_its_own() {
        let of = |path: &str, kind: &str| {
            let request = Request::post(path)
                .header(header::CONTENT_TYPE, kind)
                .header(header::CONTENT_LENGTH, "4096");
            body_kib(&request.body(Body::empty()).unwrap())
        };
        assert_eq!(of("/report/new", "multipart/form-data; boundary=a"), 0);
        assert_eq!(of("/report/sent/26-000001/x", "Image/JPEG"), 0);
        assert_eq!(of("/report/new", "application/x-www-form-urlencoded"), 4);
        assert_eq!(of("/api/v1/issues/26-000001/photos", "text/plain"), 4);
        assert_eq!(of("/api/v1/issues", "image/jpeg"), 4);
    }

    #[test]
    fn what_is_beyond_the_room_is_refused_until_somebody_leaves() {
        let room = Room::default();
        let mut inside: Vec<_> = (0..REQUESTS).map(|_| room.request(1).unwrap()).collect();
        let refused = room.request(1).unwrap_err();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        inside.pop();
        assert!(room.request(1).is_ok());
        inside.clear();
        let large = u32::try_from(A_BODY >> 10).unwrap();
        let few = BODIES_KIB / (A_BODY >> 10);
        let _inside: Vec<_> = (0..few).map(|_| room.request(large).unwrap()).collect();
        assert!(room.request(large).is_err(), "large bodies fill it sooner");
        assert!(room.request(0).is_ok(), "and whoever brings none still comes in");
    }
}

//! How much is answered at once. Whoever comes beyond that is told at the door to come back in a
//! moment: in a queue that grows, everybody waits for an answer that comes too late, and memory
//! ends before the queue does.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::{A_BODY, Doors, Problem};

/// Requests that are answered at once. A machine that answers a thousand in a second has them all
/// answered in a quarter of one.
const REQUESTS: usize = 256;

/// Kibibytes that their bodies may have together.
const BODIES_KIB: usize = 64 << 10;

/// Bulk streams that are read at once; each holds one batch in memory.
const STREAMS: usize = 32;

/// So many bytes are listened to, and forgotten, of one who is turned away.
const HEARD_OUT: usize = 256 << 10;

/// The room there is.
#[derive(Debug)]
pub struct Room {
    requests: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

impl Default for Room {
    fn default() -> Self {
        let of = |size| Arc::new(Semaphore::new(size));
        Self { requests: of(REQUESTS), bodies: of(BODIES_KIB), streams: of(STREAMS) }
    }
}

/// And for so long: on a machine with more to do than it can, a second is short for a hundred kilobytes.
const PATIENCE: Duration = Duration::from_secs(10);

/// A place that is free again when this is dropped.
pub type Place = OwnedSemaphorePermit;

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

    fn request(&self, body_kib: u32) -> Result<(Place, Place), Problem> {
        let places = take(&self.requests, 1).zip(take(&self.bodies, body_kib));
        places.ok_or_else(|| full("too much comes in just now; try again in a moment"))
    }
}

fn take(room: &Arc<Semaphore>, size: u32) -> Option<Place> {
    Arc::clone(room).try_acquire_many_owned(size).ok()
}

fn full(detail: &str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
}

/// The layer that lets a request in, or not. The operator's machines always come in.
pub async fn admit(
    State(doors): State<Doors>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if ["/healthz", "/readyz", "/metrics"].contains(&request.uri().path()) {
        return Ok(next.run(request).await);
    }
    match doors.inner.room.request(body_kib(&request)) {
        Ok(_places) => Ok(next.run(request).await),
        Err(problem) => Err(turn_away(request.into_body(), problem).await),
    }
}

/// Lets somebody finish speaking, if it is short, before the answer: to hang up on a caller in the
/// middle of a sentence is to be not heard.
pub async fn turn_away(body: Body, problem: Problem) -> Problem {
    let mut pieces = body.into_data_stream();
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
    problem
}

/// What a body may come to in memory: what it says, or the most that is taken. A bulk stream is
/// bounded otherwise.
fn body_kib(request: &Request) -> u32 {
    if request.uri().path() == "/api/v1/events" {
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
    use super::*;

    #[tokio::test]
    async fn who_is_turned_away_may_take_seconds_to_finish() {
        let heard = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let last = Arc::clone(&heard);
        let slow = futures_util::stream::once(async move {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            last.store(true, std::sync::atomic::Ordering::Relaxed);
            Ok::<_, std::io::Error>("the last word")
        });
        turn_away(Body::from_stream(slow), full("come back")).await;
        assert!(heard.load(std::sync::atomic::Ordering::Relaxed), "hung up on");
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

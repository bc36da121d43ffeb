//! Who may have one of the connections to the mail server.
//!
//! Each lane may have all but those that are kept for the lanes before it: however slow a mail server is
//! with the bulk, the mail that somebody waits for finds one. Who waits for one can also be next on a
//! connection in use: its sender and recipient are named behind the end of the mail that goes out there,
//! so that a mail costs one way there and back and not two (RFC 2920, §3.1: the text of a message may
//! begin a group of commands). Nothing is handed over by it: until its own text is sent a mail can still
//! go another way.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

use crate::delivery::Lane;

/// The places of connections of the kind `L`.
pub(super) struct Places<L> {
    all: Arc<Semaphore>,
    but_for_urgent: Arc<Semaphore>,
    but_for_at_once: Arc<Semaphore>,
    at_once: Queue<L>,
    digests: Queue<L>,
    /// How long who is next waits for the mail before.
    patience: Duration,
}

/// A place, for as long as it is kept.
pub(super) struct Place<L> {
    #[expect(dead_code, reason = "it is kept, and free again when it is dropped")]
    permits: Vec<OwnedSemaphorePermit>,
    /// A connection on which sender and recipient are named already; what it answers to that is still
    /// to be read.
    pub(super) asked: Option<L>,
}

/// Mails that wait for a connection.
type Queue<L> = Mutex<VecDeque<Waiting<L>>>;

struct Waiting<L> {
    envelope: String,
    /// Where it hears that it is next.
    told: oneshot::Sender<oneshot::Receiver<Place<L>>>,
}

/// The mail that goes out next on a connection.
pub(super) struct Next<L> {
    /// The commands that name its sender and its recipient.
    pub(super) envelope: String,
    place: oneshot::Sender<Place<L>>,
}

impl<L> Places<L> {
    /// A quarter of the connections is kept for what is urgent, another for what is told at once.
    /// Who is next on one waits so long for the mail before.
    pub(super) fn new(connections: usize, patience: Duration) -> Self {
        let kept = (connections / 4).max(1);
        let but = |kept| Arc::new(Semaphore::new(connections.saturating_sub(kept).max(1)));
        Self {
            all: but(0),
            but_for_urgent: but(kept),
            but_for_at_once: but(2 * kept),
            at_once: Queue::default(),
            digests: Queue::default(),
            patience,
        }
    }

    /// Waits for a place.
    pub(super) async fn wait(&self, lane: Lane, envelope: &str) -> Result<Place<L>, AcquireError> {
        let asked = None;
        let Some(queue) = self.queue(lane) else {
            return Ok(Place { permits: self.pass(lane).await?, asked });
        };
        if let Some(permits) = self.pass_now(lane) {
            return Ok(Place { permits, asked });
        }
        loop {
            let mut next = stand(queue, envelope);
            let promise = tokio::select! {
                biased;
                promise = &mut next => promise.ok(),
                permits = self.pass(lane) => {
                    let permits = permits?;
                    next.close();
                    match next.try_recv() {
                        Ok(promise) => Some(promise),
                        Err(_) => return Ok(Place { permits, asked }),
                    }
                }
            };
            // The mail before may fail, and hang for longer than anybody waits for it.
            let Some(promise) = promise else { continue };
            if let Ok(Ok(place)) = timeout(self.patience, promise).await {
                return Ok(place);
            }
        }
    }

    /// Who is next on a connection of this lane.
    pub(super) fn next(&self, lane: Lane) -> Option<Next<L>> {
        let mut queue = self.queue(lane)?.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(Waiting { envelope, told }) = queue.pop_front() {
            let (place, promise) = oneshot::channel();
            if told.send(promise).is_ok() {
                return Some(Next { envelope, place });
            }
        }
        None
    }

    /// What is urgent waits in no queue, and for nobody's mail: connections are kept for it.
    fn queue(&self, lane: Lane) -> Option<&Queue<L>> {
        match lane {
            Lane::Urgent => None,
            Lane::AtOnce => Some(&self.at_once),
            Lane::Digest => Some(&self.digests),
        }
    }

    /// From the narrowest on, so that nobody stands before a wider one but who has passed the narrower.
    fn gates(&self, lane: Lane) -> impl Iterator<Item = Arc<Semaphore>> {
        let gates = [&self.but_for_at_once, &self.but_for_urgent, &self.all];
        let from = match lane {
            Lane::Urgent => 2,
            Lane::AtOnce => 1,
            Lane::Digest => 0,
        };
        gates.map(Arc::clone).into_iter().skip(from)
    }

    async fn pass(&self, lane: Lane) -> Result<Vec<OwnedSemaphorePermit>, AcquireError> {
        let mut permits = vec![];
        for gate in self.gates(lane) {
            permits.push(gate.acquire_owned().await?);
        }
        Ok(permits)
    }

    fn pass_now(&self, lane: Lane) -> Option<Vec<OwnedSemaphorePermit>> {
        self.gates(lane).map(|gate| gate.try_acquire_owned().ok()).collect()
    }
}

/// Stands at the end of a queue, for as long as what comes is listened to.
fn stand<L>(queue: &Queue<L>, envelope: &str) -> oneshot::Receiver<oneshot::Receiver<Place<L>>> {
    let (told, next) = oneshot::channel();
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    // Who has left stands in front, if nobody asks for the next.
    while queue.front().is_some_and(|first| first.told.is_closed()) {
        queue.pop_front();
    }
    queue.push_back(Waiting { envelope: envelope.to_owned(), told });
    next
}

impl<L> Next<L> {
    /// Gives a place and its connection on to it, or the connection back when it goes another way by now.
    pub(super) fn take(self, place: Place<L>, line: L) -> Result<(), L> {
        let place = Place { asked: Some(line), ..place };
        self.place.send(place).map_err(|place| place.asked.expect("it was put there"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Line = &'static str;

    const PATIENCE: Duration = Duration::from_millis(30);

    async fn soon<T>(wait: impl Future<Output = T>) -> Option<T> {
        timeout(Duration::from_millis(20), wait).await.ok()
    }

    #[tokio::test]
    async fn who_waits_is_next_on_a_connection_in_use() {
        let places = Places::<Line>::new(2, PATIENCE);
        let first = places.wait(Lane::AtOnce, "first").await.unwrap();
        assert!(places.next(Lane::AtOnce).is_none(), "nobody waits");
        let hand = async {
            tokio::task::yield_now().await;
            assert!(places.next(Lane::Digest).is_none(), "each lane has its own");
            let next = places.next(Lane::AtOnce).unwrap();
            assert_eq!(next.envelope, "second");
            assert!(next.take(first, "line").is_ok());
        };
        let (second, ()) = tokio::join!(places.wait(Lane::AtOnce, "second"), hand);
        let second = second.unwrap();
        assert_eq!(second.asked, Some("line"));
        // The place went with it, and is free when it is done.
        assert!(soon(places.wait(Lane::AtOnce, "third")).await.is_none());
        drop(second);
        assert!(places.wait(Lane::AtOnce, "third").await.unwrap().asked.is_none());
    }

    #[tokio::test]
    async fn who_is_next_behind_a_mail_that_fails_or_hangs_goes_another_way() {
        let places = Places::<Line>::new(2, PATIENCE);
        let first = places.wait(Lane::AtOnce, "first").await.unwrap();
        let failing = async {
            tokio::task::yield_now().await;
            drop(places.next(Lane::AtOnce).unwrap());
            tokio::task::yield_now().await;
            let hangs = places.next(Lane::AtOnce).unwrap();
            tokio::time::sleep(PATIENCE * 3).await;
            assert_eq!(hangs.take(first, "late"), Err("late"));
        };
        let (second, ()) = tokio::join!(places.wait(Lane::AtOnce, "second"), failing);
        assert!(second.unwrap().asked.is_none());
    }

    #[tokio::test]
    async fn what_is_urgent_finds_the_place_that_is_kept_for_it_and_waits_for_no_mail() {
        let places = Places::<Line>::new(4, PATIENCE);
        let mut bulk = vec![];
        while let Some(place) = soon(places.wait(Lane::Digest, "digest")).await {
            bulk.push(place.unwrap());
        }
        assert_eq!(bulk.len(), 2);
        bulk.push(places.wait(Lane::AtOnce, "at once").await.unwrap());
        assert!(soon(places.wait(Lane::AtOnce, "at once")).await.is_none());
        let urgent = places.wait(Lane::Urgent, "urgent").await.unwrap();
        assert!(soon(places.wait(Lane::Urgent, "urgent")).await.is_none());
        assert!(places.next(Lane::Urgent).is_none());
        drop(urgent);
        assert!(soon(places.wait(Lane::Urgent, "urgent")).await.is_some());
    }

    #[tokio::test]
    async fn who_has_left_is_forgotten_where_nobody_asks_for_the_next() {
        let places = Places::<Line>::new(1, PATIENCE);
        let _all = places.wait(Lane::AtOnce, "first").await.unwrap();
        for _ in 0..50 {
            let wait = places.wait(Lane::AtOnce, "second");
            assert!(timeout(Duration::ZERO, wait).await.is_err());
        }
        assert!(places.at_once.lock().unwrap().len() <= 1);
        assert!(places.next(Lane::AtOnce).is_none());
    }
}

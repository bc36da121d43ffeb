//! What is being sent just now, and what came of it until that is written down.

use std::collections::HashMap;
use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::{Id, JoinError, JoinSet};

use crate::clock::{Clock, Timestamp};
use crate::delivery::{About, Attempt, Outcome, after};
use crate::store::{Held, Settled};
use crate::watcher::ContactId;

/// Settled together at most.
const A_SETTLE: usize = 200;

/// A delivery in hand, and the attempt that is made at it.
#[derive(Clone, Copy, Debug)]
pub(super) struct InHand {
    pub held: Held,
    pub about: About,
    pub contact: ContactId,
    pub attempt: Attempt,
}

/// Deliveries in hand, each in a task of its own, and the outcomes that still have to be written.
#[derive(Debug)]
pub(super) struct Hands {
    clock: Clock,
    lease: Duration,
    sending: JoinSet<Settled>,
    in_hand: HashMap<Id, InHand>,
    ended: Vec<Settled>,
    /// When leases were last renewed, by the clock that never leaps.
    renewed: Instant,
    /// Until when they are ours by the clock on the wall, which others go by.
    ours_until: Timestamp,
}

impl Hands {
    pub fn new(clock: Clock, lease: Duration) -> Self {
        let ours_until = clock.now().plus(lease);
        Self {
            clock,
            lease,
            sending: JoinSet::new(),
            in_hand: HashMap::new(),
            ended: vec![],
            renewed: Instant::now(),
            ours_until,
        }
    }

    /// Whether a third of a lease has passed since the last renewal. The clock on the wall may have
    /// leapt, or the machine slept: then the leases have ended for everybody, us included.
    pub fn should_renew(&self, now: Timestamp) -> bool {
        let period = self.lease / 3;
        self.renewed.elapsed() >= period || now.plus(period * 2) >= self.ours_until
    }

    pub fn are_renewed(&mut self, until: Timestamp) {
        self.renewed = Instant::now();
        self.ours_until = until;
    }

    pub fn are_empty(&self) -> bool {
        self.hold() == 0
    }

    /// How many they hold.
    pub fn hold(&self) -> usize {
        self.sending.len() + self.ended.len()
    }

    /// Which deliveries they hold.
    pub fn held(&self) -> Vec<Held> {
        let ended = self.ended.iter().map(|one| one.held);
        self.in_hand.values().map(|one| one.held).chain(ended).collect()
    }

    /// What came of attempts, until it is [written down](Self::are_written_down).
    pub fn ended(&self) -> &[Settled] {
        &self.ended
    }

    pub fn are_written_down(&mut self) {
        self.ended.clear();
    }

    pub fn take(&mut self, one: InHand, send: impl Future<Output = Settled> + Send + 'static) {
        let task = self.sending.spawn(send).id();
        self.in_hand.insert(task, one);
    }

    /// Waits for one to end, and takes with it what else ends within a moment: outcomes are
    /// written together, and a straggler holds nobody up. Nothing has ended when `news` comes
    /// first.
    pub async fn until_some_end(&mut self, news: impl Future<Output = ()>) {
        tokio::select! {
            biased;
            Some(ended) = self.sending.join_next_with_id() => self.put_down(ended),
            () = news => return,
        }
        let moment = tokio::time::sleep(Duration::from_millis(10));
        tokio::pin!(moment);
        while self.ended.len() < A_SETTLE {
            tokio::select! {
                biased;
                ended = self.sending.join_next_with_id() => match ended {
                    None => break,
                    Some(ended) => self.put_down(ended),
                },
                () = &mut moment => break,
            }
        }
    }

    fn put_down(&mut self, ended: Result<(Id, Settled), JoinError>) {
        match ended {
            Ok((task, settled)) => {
                self.in_hand.remove(&task);
                self.ended.push(settled);
            }
            Err(error) => {
                tracing::error!(%error, "sending broke; please report it");
                let Some(one) = self.in_hand.remove(&error.id()) else { return };
                // A delivery that breaks its sender must come to an end like any other.
                let reason = "the program broke over it; please report it".to_owned();
                let outcome = Outcome::Retry { after: None, reason };
                let verdict = after(&one.attempt, outcome, self.clock.now());
                self.ended.push(Settled {
                    held: one.held,
                    about: one.about,
                    contact: one.contact,
                    kind: one.attempt.kind,
                    verdict,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::delivery::{DeliveryId, Lane, Verdict};
    use crate::issue::CityId;
    use crate::watcher::ContactKind;

    fn in_hand(count: u32) -> InHand {
        let id = |no| Uuid::from_u128(no);
        InHand {
            held: Held { city: CityId(1), id: DeliveryId(id(1)), lease: id(2) },
            about: About::Digest(id(4)),
            contact: ContactId(id(3)),
            attempt: Attempt {
                kind: ContactKind::Mail,
                lane: Lane::AtOnce,
                count,
                created: Timestamp::from_millis(0),
                chance: 0.0,
            },
        }
    }

    #[tokio::test]
    async fn a_delivery_that_breaks_its_sender_is_a_failed_attempt_and_at_last_dead() {
        for (count, dead) in [(1, false), (7, false), (8, true)] {
            let clock = Clock::manual(Timestamp::from_millis(0));
            let mut hands = Hands::new(clock, Duration::from_mins(2));
            hands.take(in_hand(count), async { panic!("as a fault of ours would") });
            hands.until_some_end(std::future::pending()).await;
            let [settled] = hands.ended() else { panic!("{hands:?}") };
            assert_eq!(settled.held, in_hand(count).held);
            assert_eq!(matches!(settled.verdict, Verdict::Dead { .. }), dead, "{settled:?}");
            assert_eq!(matches!(settled.verdict, Verdict::Again { .. }), !dead, "{settled:?}");
        }
    }

    #[tokio::test]
    async fn what_has_ended_stays_in_hand_until_it_is_written_down() {
        let mut hands = Hands::new(Clock::System, Duration::from_mins(2));
        let InHand { held, about, contact, .. } = in_hand(1);
        let verdict = Verdict::Sent { reply: "250".to_owned() };
        hands.take(in_hand(1), async move {
            Settled { held, about, contact, kind: ContactKind::Mail, verdict }
        });
        hands.until_some_end(std::future::pending()).await;
        assert_eq!((hands.hold(), hands.held()), (1, vec![held]));
        hands.are_written_down();
        assert!(hands.are_empty());
    }

    #[tokio::test]
    async fn leases_are_renewed_after_a_third_or_when_the_clock_leaps() {
        let clock = Clock::manual(Timestamp::from_millis(0));
        let mut hands = Hands::new(clock.clone(), Duration::from_mins(2));
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
        assert!(!hands.should_renew(at(39)));
        assert!(hands.should_renew(at(40)));
        assert!(hands.should_renew(at(86_400)));
        hands.are_renewed(at(86_520));
        assert!(!hands.should_renew(at(86_400)));
    }
}

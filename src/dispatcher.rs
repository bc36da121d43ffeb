//! Takes what waits in the outbox, puts it into words, sends it, and writes down what came of it.
//!
//! The one rule: an attempt is counted before it is made, and no transaction is held while it is
//! made. A sender that dies leaves its deliveries under a lease; they come back when it ends.

mod compose;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::channel::email::Mailer;
use crate::channel::push::Pusher;
use crate::clock::Clock;
use crate::delivery::{Attempt, Lane, Outcome, Verdict, after};
use crate::issue::CityId;
use crate::metrics::Metrics;
use crate::random::Random;
use crate::store::{City, Claimed, Settled, Store, StoreError};
use crate::token::Secrets;
use crate::watcher::ContactKind;

pub use compose::Letterhead;

use compose::Parcel;

/// How a dispatcher sends.
#[derive(Clone, Debug)]
pub struct DispatchSettings {
    /// Deliveries of one lane in hand at once.
    pub in_hand: usize,
    /// How long a claimed delivery is kept from others.
    pub lease: Duration,
    /// How often to look when nobody rings.
    pub look_every: Duration,
}

impl Default for DispatchSettings {
    fn default() -> Self {
        Self { in_hand: 256, lease: Duration::from_mins(2), look_every: Duration::from_millis(200) }
    }
}

/// What a dispatcher works with.
#[derive(Clone, Debug)]
pub struct Tools {
    pub store: Store,
    pub clock: Clock,
    pub random: Random,
    pub secrets: Secrets,
    pub mailer: Arc<Mailer>,
    pub pusher: Arc<Pusher>,
    pub letterhead: Letterhead,
    pub metrics: Metrics,
    /// Rung when deliveries are planned in this process.
    pub planned: Arc<Notify>,
}

/// The dispatcher. Clones share its tools.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    tools: Arc<Tools>,
    settings: DispatchSettings,
}

/// The lanes, each with its own hands, so that bulk blocks nobody who waits at a screen.
const LANES: [(ContactKind, Lane); 5] = [
    (ContactKind::Mail, Lane::Urgent),
    (ContactKind::Mail, Lane::AtOnce),
    (ContactKind::Mail, Lane::Digest),
    (ContactKind::Push, Lane::AtOnce),
    (ContactKind::Push, Lane::Digest),
];

/// Settled together at most.
const A_SETTLE: usize = 200;

impl Dispatcher {
    #[must_use]
    pub fn new(tools: Tools, settings: DispatchSettings) -> Self {
        Self { tools: Arc::new(tools), settings }
    }

    /// Sends whatever is due until `stop` says so; then finishes what is in hand.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let lanes = LANES.map(|(kind, lane)| {
            let (this, stop) = (self.clone(), stop.clone());
            tokio::spawn(async move { this.run_lane(kind, lane, stop).await })
        });
        for lane in lanes {
            if let Err(error) = lane.await {
                tracing::error!(%error, "a lane of the dispatcher broke");
            }
        }
    }

    /// Sends everything that is due now, and gives the number of attempts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn drain(&self) -> Result<usize, StoreError> {
        let mut attempts = 0;
        for (kind, lane) in LANES {
            let lease = self.lease();
            let mut sending = JoinSet::new();
            loop {
                let begun =
                    self.begin(kind, lane, self.settings.in_hand, lease, &mut sending).await?;
                if begun == 0 {
                    break;
                }
                attempts += begun;
                let mut settled = vec![];
                while let Some(Ok(one)) = sending.join_next().await {
                    settled.push(one);
                }
                self.settle(&settled, lease).await?;
            }
        }
        Ok(attempts)
    }

    fn lease(&self) -> Uuid {
        self.tools.random.uuid(self.tools.clock.now())
    }

    async fn run_lane(&self, kind: ContactKind, lane: Lane, mut stop: watch::Receiver<bool>) {
        let lease = self.lease();
        let mut sending = JoinSet::new();
        loop {
            let stopping = *stop.borrow();
            if stopping && sending.is_empty() {
                return;
            }
            let room = self.settings.in_hand.saturating_sub(sending.len());
            // Claim when half the hands are free: fewer, larger transactions.
            if !stopping && room * 2 >= self.settings.in_hand {
                let begun = self.begin(kind, lane, room, lease, &mut sending).await;
                if let Err(error) = begun {
                    tracing::warn!(%error, "the outbox cannot be read; trying again");
                }
            }
            if sending.is_empty() {
                self.rest(&mut stop).await;
                continue;
            }
            let settled = some_of(&mut sending).await;
            self.settle_surely(&settled, lease).await;
        }
    }

    /// Waits for news, a while, or the end.
    async fn rest(&self, stop: &mut watch::Receiver<bool>) {
        tokio::select! {
            () = self.tools.planned.notified() => {}
            () = tokio::time::sleep(self.settings.look_every) => {}
            _ = stop.changed() => {}
        }
    }

    async fn claim(
        &self,
        kind: ContactKind,
        lane: Lane,
        count: usize,
        lease: Uuid,
    ) -> Result<Vec<Claimed>, StoreError> {
        let limit = i64::try_from(count).unwrap_or(i64::MAX);
        let lease_ms = i64::try_from(self.settings.lease.as_millis()).unwrap_or(i64::MAX);
        let now = self.tools.clock.now();
        // A look without the write lock: mostly nothing is due.
        if !self.tools.store.read().await?.anything_due(kind, lane, now).await? {
            return Ok(vec![]);
        }
        let mut tx = self.tools.store.write().await?;
        let claimed = tx.claim(kind, lane, limit, lease, lease_ms, now).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// Claims what is due, puts it into words and begins to send it. Gives how many.
    async fn begin(
        &self,
        kind: ContactKind,
        lane: Lane,
        count: usize,
        lease: Uuid,
        sending: &mut JoinSet<Settled>,
    ) -> Result<usize, StoreError> {
        let claimed = self.claim(kind, lane, count, lease).await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        let begun = claimed.len();
        let mut by_city: HashMap<CityId, Vec<Claimed>> = HashMap::new();
        for one in claimed {
            by_city.entry(one.city).or_default().push(one);
        }
        for city in self.tools.store.read().await?.cities().await? {
            let Some(claimed) = by_city.remove(&city.id) else { continue };
            let desk = Arc::new(self.desk(city, &claimed).await?);
            for one in claimed {
                let (this, desk) = (self.clone(), Arc::clone(&desk));
                sending.spawn(async move { this.deliver(desk.parcel(one)).await });
            }
        }
        Ok(begun)
    }

    async fn desk(&self, city: City, claimed: &[Claimed]) -> Result<compose::Desk, StoreError> {
        let gathered = compose::gather(&self.tools.store, &city, claimed).await?;
        Ok(compose::Desk {
            gathered,
            letterhead: self.tools.letterhead.clone(),
            city,
            secrets: self.tools.secrets.clone(),
            now: self.tools.clock.now(),
        })
    }

    async fn deliver(&self, parcel: Parcel) -> Settled {
        let (claimed, outcome) = match parcel {
            Parcel::Mail { claimed, mail } => (claimed, self.tools.mailer.send(&mail).await),
            Parcel::Push { claimed, to, note } => {
                let now = self.tools.clock.now();
                (claimed, self.tools.pusher.send(&to, &note, now).await)
            }
            Parcel::Nothing { claimed, verdict } => {
                return Settled {
                    city: claimed.city,
                    id: claimed.id,
                    contact: claimed.contact,
                    verdict,
                };
            }
        };
        self.tools.metrics.attempt(claimed.kind.name(), outcome_name(&outcome));
        let attempt = Attempt {
            kind: claimed.kind,
            lane: claimed.lane,
            count: claimed.attempt,
            created: claimed.created,
            chance: (self.tools.random.bits() >> 11) as f64 / (1_u64 << 53) as f64,
        };
        let verdict = after(&attempt, outcome, self.tools.clock.now());
        Settled { city: claimed.city, id: claimed.id, contact: claimed.contact, verdict }
    }

    /// Settles, and does not give up before the lease does: what was sent must be known.
    async fn settle_surely(&self, settled: &[Settled], lease: Uuid) {
        let mut wait = Duration::from_millis(50);
        while let Err(error) = self.settle(settled, lease).await {
            if wait > self.settings.lease {
                let count = settled.len();
                tracing::error!(%error, count, "outcomes were lost; some may be sent again");
                return;
            }
            tracing::warn!(%error, "outcomes cannot be written yet; trying again");
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
    }

    async fn settle(&self, settled: &[Settled], lease: Uuid) -> Result<(), StoreError> {
        let now = self.tools.clock.now();
        let mut tx = self.tools.store.write().await?;
        tx.settle(settled, lease, now).await?;
        for one in settled {
            if let Verdict::Retired { reason } = &one.verdict {
                tx.retire_contact(one.city, one.contact, reason, now).await?;
            }
        }
        tx.commit().await
    }
}

/// Waits for one to end, and takes with it what else ends within a moment: outcomes are written
/// together, and a straggler holds nobody up.
async fn some_of(sending: &mut JoinSet<Settled>) -> Vec<Settled> {
    let mut settled = vec![];
    let moment = tokio::time::sleep(Duration::from_millis(10));
    tokio::pin!(moment);
    while settled.len() < A_SETTLE {
        tokio::select! {
            biased;
            ended = sending.join_next() => match ended {
                Some(Ok(one)) => settled.push(one),
                // It keeps its lease and comes back.
                Some(Err(error)) => tracing::error!(%error, "sending broke"),
                None => break,
            },
            () = &mut moment, if !settled.is_empty() => break,
        }
    }
    settled
}

fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::Retry { .. } => "retry",
        Outcome::Gone { .. } => "gone",
        Outcome::Refused { .. } => "refused",
    }
}

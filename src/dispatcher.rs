//! Takes what waits in the outbox, puts it into words, sends it, and writes down what came of it.
//!
//! The one rule: an attempt is counted before it is made, and no transaction is held while it is
//! made. A sender that lives renews the lease of what it has in hand, however slow the other side
//! is; one that dies leaves its deliveries under a lease, and they come back when it ends.

mod compose;
mod hands;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, broadcast, watch};
use uuid::Uuid;

use crate::channel::email::Mailer;
use crate::channel::push::Pusher;
use crate::clock::Clock;
use crate::delivery::{Attempt, DeliveryId, Lane, Outcome, Verdict, after};
use crate::issue::{CityId, EventId};
use crate::metrics::Metrics;
use crate::random::Random;
use crate::store::{City, Claimed, Settled, Store, StoreError};
use crate::token::Secrets;
use crate::watcher::ContactKind;

pub use compose::Letterhead;

use compose::Parcel;
use hands::Hands;

/// How a dispatcher sends.
#[derive(Clone, Debug)]
pub struct DispatchSettings {
    /// Deliveries of one lane in hand at once.
    pub in_hand: usize,
    /// How long a claimed delivery is kept from others when nothing more is heard of its sender.
    /// The shorter, the sooner another takes over from one that was killed, and the likelier a
    /// crash loop sends something more than twice.
    pub lease: Duration,
    /// How often to look when nobody rings.
    pub look_every: Duration,
}

impl Default for DispatchSettings {
    fn default() -> Self {
        Self { in_hand: 256, lease: Duration::from_mins(2), look_every: Duration::from_millis(200) }
    }
}

/// A delivery that the other side has taken, for those who look on: the demo.
#[derive(Clone, Debug)]
pub struct Handed {
    pub id: DeliveryId,
    pub kind: ContactKind,
    /// The events told, the last one last; none for a confirmation.
    pub events: Vec<EventId>,
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
    handed: broadcast::Sender<Arc<Handed>>,
}

/// The lanes, each with its own hands, so that bulk blocks nobody who waits at a screen.
const LANES: [(ContactKind, Lane); 5] = [
    (ContactKind::Mail, Lane::Urgent),
    (ContactKind::Mail, Lane::AtOnce),
    (ContactKind::Mail, Lane::Digest),
    (ContactKind::Push, Lane::AtOnce),
    (ContactKind::Push, Lane::Digest),
];

impl Dispatcher {
    #[must_use]
    pub fn new(tools: Tools, settings: DispatchSettings) -> Self {
        Self { tools: Arc::new(tools), settings, handed: broadcast::channel(1_024).0 }
    }

    /// Listens to what is handed over from now on. A listener that falls far behind misses some.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Handed>> {
        self.handed.subscribe()
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
            let mut hands = Hands::new();
            loop {
                let begun =
                    self.begin(kind, lane, self.settings.in_hand, lease, &mut hands).await?;
                if begun == 0 {
                    break;
                }
                attempts += begun;
                while !hands.are_empty() {
                    let settled = hands.done(tokio::time::sleep(self.settings.lease / 3)).await;
                    self.settle(&settled, lease).await?;
                    self.keep_in_hand(&mut hands, lease).await?;
                }
            }
        }
        Ok(attempts)
    }

    fn lease(&self) -> Uuid {
        self.tools.random.uuid(self.tools.clock.now())
    }

    async fn run_lane(&self, kind: ContactKind, lane: Lane, mut stop: watch::Receiver<bool>) {
        let lease = self.lease();
        let mut hands = Hands::new();
        loop {
            let stopping = *stop.borrow();
            if stopping && hands.are_empty() {
                return;
            }
            let room = self.settings.in_hand.saturating_sub(hands.hold());
            // Claim when half the hands are free: fewer, larger transactions.
            if !stopping && room * 2 >= self.settings.in_hand {
                let begun = self.begin(kind, lane, room, lease, &mut hands).await;
                if let Err(error) = begun {
                    tracing::warn!(%error, "the outbox cannot be read; trying again");
                }
            }
            if hands.are_empty() {
                self.rest(&mut stop).await;
                continue;
            }
            // What is due meanwhile does not wait for what is slow.
            let settled = hands.done(self.news()).await;
            self.settle_surely(&settled, lease).await;
            if let Err(error) = self.keep_in_hand(&mut hands, lease).await {
                tracing::warn!(%error, "leases cannot be renewed; some may be sent again");
            }
        }
    }

    /// Renews the lease of what is in hand, every third of it. Without it a mail that waits for a
    /// slow server longer than a lease would be taken for abandoned, and sent again beside itself.
    async fn keep_in_hand(&self, hands: &mut Hands, lease: Uuid) -> Result<(), StoreError> {
        if hands.are_empty() || !hands.renew_every(self.settings.lease / 3) {
            return Ok(());
        }
        let until = self.tools.clock.now().plus(self.settings.lease);
        let mut tx = self.tools.store.write().await?;
        tx.keep_in_hand(&hands.held(), lease, until).await?;
        tx.commit().await
    }

    /// Waits for news, a while, or the end.
    async fn rest(&self, stop: &mut watch::Receiver<bool>) {
        tokio::select! {
            () = self.news() => {}
            _ = stop.changed() => {}
        }
    }

    /// Comes when something is planned here, or when it is time to look what others planned.
    async fn news(&self) {
        tokio::select! {
            () = self.tools.planned.notified() => {}
            () = tokio::time::sleep(self.settings.look_every) => {}
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
        hands: &mut Hands,
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
                hands.take((one.city, one.id), async move { this.deliver(desk.parcel(one)).await });
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
            Parcel::Mail { claimed, mail } => {
                let outcome = self.tools.mailer.send(&mail, claimed.lane).await;
                (claimed, outcome)
            }
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
        if matches!(verdict, Verdict::Sent { .. }) && self.handed.receiver_count() > 0 {
            let events = claimed.contents.items.iter().map(|item| item.event).collect();
            let handed = Handed { id: claimed.id, kind: claimed.kind, events };
            // Nobody listening is no failure.
            let _ = self.handed.send(Arc::new(handed));
        }
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
        if settled.is_empty() {
            return Ok(());
        }
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

fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::Retry { .. } => "retry",
        Outcome::Gone { .. } => "gone",
        Outcome::Refused { .. } => "refused",
    }
}

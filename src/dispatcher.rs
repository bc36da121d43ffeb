//! Takes what waits in the outbox, puts it into words, sends it, and writes down what came of it.
//!
//! The one rule: an attempt is counted before it is made, and no transaction is held while it is
//! made. A sender that lives renews the lease of what it has in hand, however slow the other side
//! is; one that dies leaves its deliveries under a lease, and they come back when it ends. What came
//! of an attempt is kept until it is written down.

mod compose;
mod hands;
mod maps;
mod troubles;
mod webhooks;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinSet;

use crate::channel::email::Mailer;
use crate::channel::push::Pusher;
use crate::channel::webhook::Poster;
use crate::clock::{Clock, Timestamp};
use crate::delivery::{Attempt, DeliveryId, Lane, Outcome, Verdict, after, spent};
use crate::failpoint;
use crate::issue::{CityId, EventId};
use crate::message::PUSH_LIMIT;
use crate::metrics::Metrics;
use crate::random::Random;
use crate::store::{City, Claimed, Settled, Store, StoreError, Tx};
use crate::token::Secrets;
use crate::watcher::ContactKind;

pub use compose::Letterhead;

use compose::Parcel;
use hands::{Hands, InHand};
use maps::Maps;
use troubles::Troubles;

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
    pub poster: Arc<Poster>,
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
    troubles: Arc<Troubles>,
    maps: Arc<Maps>,
}

/// How long a lane waits at most before it asks a database again that did not answer.
const LONGEST_PATIENCE: Duration = Duration::from_secs(5);

/// The lanes, each with its own hands, so that bulk blocks nobody who waits at a screen.
const LANES: [(ContactKind, Lane); 8] = [
    (ContactKind::Mail, Lane::Urgent),
    (ContactKind::Mail, Lane::AtOnce),
    (ContactKind::Mail, Lane::Digest),
    (ContactKind::Push, Lane::AtOnce),
    (ContactKind::Push, Lane::Digest),
    (ContactKind::Webhook, Lane::Urgent),
    (ContactKind::Webhook, Lane::AtOnce),
    (ContactKind::Webhook, Lane::Digest),
];

impl Dispatcher {
    #[must_use]
    pub fn new(tools: Tools, settings: DispatchSettings) -> Self {
        let Letterhead { ground, units, .. } = &tools.letterhead;
        Self {
            maps: Arc::new(Maps::new(Arc::clone(ground), *units)),
            tools: Arc::new(tools),
            settings,
            handed: broadcast::channel(1_024).0,
            troubles: Arc::default(),
        }
    }

    /// Listens to what is handed over from now on. A listener that falls far behind misses some.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Handed>> {
        self.handed.subscribe()
    }

    /// Sends whatever is due until `stop` says so; then finishes what is in hand.
    ///
    /// # Panics
    /// When a lane broke: mail that nobody sends must not go unnoticed.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let mut lanes = JoinSet::new();
        for (kind, lane) in LANES {
            let (this, stop) = (self.clone(), stop.clone());
            lanes.spawn(async move { this.run_lane(kind, lane, stop).await });
        }
        while let Some(ended) = lanes.join_next().await {
            ended.expect("a lane of the dispatcher broke");
        }
    }

    /// Sends everything that is due now, and gives the number of attempts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn drain(&self) -> Result<usize, StoreError> {
        let mut attempts = 0;
        for (kind, lane) in LANES {
            let mut hands = self.hands();
            loop {
                attempts += self.turn(kind, lane, false, &mut hands).await?;
                if hands.are_empty() {
                    break;
                }
                hands.until_some_end(tokio::time::sleep(self.settings.lease / 3)).await;
            }
        }
        Ok(attempts)
    }

    fn hands(&self) -> Hands {
        Hands::new(self.tools.clock.clone(), self.settings.lease)
    }

    async fn run_lane(&self, kind: ContactKind, lane: Lane, mut stop: watch::Receiver<bool>) {
        let mut hands = self.hands();
        let mut patience = self.settings.look_every;
        loop {
            let stopping = *stop.borrow();
            match self.turn(kind, lane, stopping, &mut hands).await {
                Ok(_) => patience = self.settings.look_every,
                Err(error) => {
                    let unwritten = hands.ended().len();
                    tracing::warn!(%error, unwritten, "the outbox does not answer; trying again");
                    tokio::time::sleep(patience).await;
                    patience = (patience * 2).min(LONGEST_PATIENCE);
                }
            }
            if !hands.are_empty() {
                // What is due meanwhile does not wait for what is slow.
                hands.until_some_end(self.news()).await;
            } else if stopping {
                return;
            } else {
                self.rest(&mut stop).await;
            }
        }
    }

    /// Writes down what has ended, keeps what has not, and takes up what is due. Outcomes that
    /// cannot be written stay in hand: while the database is away nobody else can claim them.
    /// Gives how many it took up.
    async fn turn(
        &self,
        kind: ContactKind,
        lane: Lane,
        stopping: bool,
        hands: &mut Hands,
    ) -> Result<usize, StoreError> {
        self.write_down(hands).await?;
        // Claim when half the hands are free: fewer, larger transactions.
        if !stopping && hands.hold() * 2 <= self.settings.in_hand {
            return self.begin(kind, lane, hands).await;
        }
        self.keep_in_hand(hands, self.tools.clock.now()).await?;
        Ok(0)
    }

    /// Renews the leases of what is in hand, every third of one. Without it a mail that waits for a
    /// slow server longer than a lease would be taken for abandoned, and sent again beside itself.
    async fn keep_in_hand(&self, hands: &mut Hands, now: Timestamp) -> Result<(), StoreError> {
        if !hands.should_renew(now) {
            return Ok(());
        }
        let (held, until) = (hands.held(), now.plus(self.settings.lease));
        if !held.is_empty() {
            let mut tx = self.tools.store.write().await?;
            tx.keep_in_hand(&held, until).await?;
            tx.commit().await?;
        }
        hands.are_renewed(until);
        Ok(())
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

    /// Claims what is due, and reads what it is put into words from. When the database goes away
    /// meanwhile neither has happened, and no attempt is counted that was not made; unless it goes away
    /// between its commit and its answer.
    async fn claim(
        &self,
        kind: ContactKind,
        lane: Lane,
        count: usize,
        now: Timestamp,
    ) -> Result<Vec<(compose::Desk, Vec<Claimed>)>, StoreError> {
        let limit = i64::try_from(count).unwrap_or(i64::MAX);
        let lease_ms = i64::try_from(self.settings.lease.as_millis()).unwrap_or(i64::MAX);
        // A look without the write lock: mostly nothing is due.
        let mut look = self.tools.store.read().await?;
        if !look.anything_due(kind, lane, now).await? {
            return Ok(vec![]);
        }
        if (kind, lane) == (ContactKind::Mail, Lane::AtOnce) {
            self.maps.look_up(&mut look, now).await?;
        }
        drop(look);
        let mut tx = self.tools.store.write().await?;
        match self.claim_in(&mut tx, kind, lane, limit, lease_ms, now).await {
            Ok(batches) => tx.commit().await.map(|()| batches),
            Err(error) => {
                // Others may claim what this one could not read. That it failed is what is told: a
                // database that does not roll back now has no connection to do it for any more.
                let _ = tx.roll_back().await;
                Err(error)
            }
        }
    }

    async fn claim_in(
        &self,
        tx: &mut Tx,
        kind: ContactKind,
        lane: Lane,
        limit: i64,
        lease_ms: i64,
        now: Timestamp,
    ) -> Result<Vec<(compose::Desk, Vec<Claimed>)>, StoreError> {
        let lease = self.tools.random.uuid(now);
        let mut by_city: HashMap<CityId, Vec<Claimed>> = HashMap::new();
        for one in tx.claim(kind, lane, limit, lease, lease_ms, now).await? {
            by_city.entry(one.city).or_default().push(one);
        }
        let mut batches = vec![];
        if by_city.is_empty() {
            return Ok(batches);
        }
        for city in tx.cities().await? {
            let Some(claimed) = by_city.remove(&city.id) else { continue };
            let (gathered, claimed) = compose::gather(tx, city.id, claimed, now).await?;
            batches.push((self.desk(city, gathered), claimed));
        }
        Ok(batches)
    }

    /// Claims what is due, puts it into words and begins to send it. Gives how many.
    async fn begin(
        &self,
        kind: ContactKind,
        lane: Lane,
        hands: &mut Hands,
    ) -> Result<usize, StoreError> {
        // By one look at the clock: what is in hand is not due when we claim, wherever it has
        // leapt, so we never claim from ourselves.
        let now = self.tools.clock.now();
        self.keep_in_hand(hands, now).await?;
        let room = self.settings.in_hand.saturating_sub(hands.hold());
        let batches = self.claim(kind, lane, room, now).await?;
        let begun = batches.iter().map(|(_, claimed)| claimed.len()).sum();
        if begun > 0 {
            failpoint::at(failpoint::Point::Claimed);
        }
        for (desk, claimed) in batches {
            let desk = Arc::new(desk);
            for one in claimed {
                let (this, desk, attempt) = (self.clone(), Arc::clone(&desk), self.attempt(&one));
                let (held, about, contact) = (one.held(), one.about, one.contact);
                let in_hand = InHand { held, about, contact, attempt };
                hands.take(in_hand, async move { this.deliver(&desk, &one, &attempt).await });
            }
        }
        Ok(begun)
    }

    fn desk(&self, city: City, gathered: compose::Gathered) -> compose::Desk {
        compose::Desk {
            gathered,
            letterhead: self.tools.letterhead.clone(),
            maps: Arc::clone(&self.maps),
            city,
            secrets: self.tools.secrets.clone(),
            now: self.tools.clock.now(),
        }
    }

    fn attempt(&self, claimed: &Claimed) -> Attempt {
        Attempt {
            kind: claimed.kind,
            lane: claimed.lane,
            count: claimed.attempt,
            created: claimed.created,
            chance: (self.tools.random.bits() >> 11) as f64 / (1_u64 << 53) as f64,
        }
    }

    async fn deliver(&self, desk: &compose::Desk, claimed: &Claimed, attempt: &Attempt) -> Settled {
        let handed_over = match spent(attempt) {
            Some(verdict) => Err(verdict),
            None => self.hand_over(desk, claimed).await,
        };
        let verdict = match handed_over {
            Ok(outcome) => {
                failpoint::at(failpoint::Point::Sent);
                self.tools.metrics.attempt(claimed.kind.name(), outcome_name(&outcome));
                self.troubles.notice(claimed.kind, &outcome);
                after(attempt, outcome, self.tools.clock.now())
            }
            Err(verdict) => verdict,
        };
        if matches!(verdict, Verdict::Sent { .. }) && self.handed.receiver_count() > 0 {
            let events = claimed.contents.items.iter().map(|item| item.event).collect();
            let handed = Handed { id: claimed.id, kind: claimed.kind, events };
            // Nobody listening is no failure.
            let _ = self.handed.send(Arc::new(handed));
        }
        Settled {
            held: claimed.held(),
            about: claimed.about,
            contact: claimed.contact,
            kind: claimed.kind,
            verdict,
        }
    }

    /// Makes one attempt, or says why there is nothing to send. A push that is too large for its
    /// service goes once more, half as large.
    async fn hand_over(&self, desk: &compose::Desk, claimed: &Claimed) -> Result<Outcome, Verdict> {
        let mut limit = PUSH_LIMIT;
        let Tools { mailer, pusher, poster, clock, .. } = &*self.tools;
        loop {
            let (to, note) = match desk.parcel(claimed, limit)? {
                Parcel::Mail(mail) => {
                    return Ok(mailer.send(&mail, claimed.lane, clock.now()).await);
                }
                Parcel::Push(to, note) => (to, note),
                Parcel::Webhook(post) => return Ok(poster.send(&post, clock.now()).await),
            };
            let outcome = pusher.send(&to, &note, clock.now()).await;
            if !matches!(outcome, Outcome::TooLarge { .. }) || limit < PUSH_LIMIT {
                return Ok(outcome);
            }
            limit = note.payload.len() / 2;
        }
    }

    /// Settles what has ended. Of what was refused, because somebody else has it by now, nothing
    /// is believed: not that its contact is gone, either.
    async fn write_down(&self, hands: &mut Hands) -> Result<(), StoreError> {
        if hands.ended().is_empty() {
            return Ok(());
        }
        let now = self.tools.clock.now();
        let mut tx = self.tools.store.write().await?;
        let taken = tx.settle(hands.ended(), now).await?;
        let ended = || hands.ended().iter().filter(|one| taken.contains(&one.held.id));
        webhooks::follow(&mut tx, ended(), &self.tools.random, now).await?;
        for one in ended() {
            if let Verdict::Retired { reason } = &one.verdict {
                tx.retire_contact(one.held.city, one.contact, reason, now).await?;
            }
        }
        tx.commit().await?;
        let late = hands.ended().len() - taken.len();
        if late > 0 {
            tracing::warn!(late, "outcomes came after their lease had ended, and do not count");
        }
        hands.are_written_down();
        Ok(())
    }
}

fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::Retry { .. } => "retry",
        Outcome::Held { .. } => "held",
        Outcome::Gone { .. } => "gone",
        Outcome::TooLarge { .. } => "too_large",
        Outcome::Refused { .. } => "refused",
    }
}

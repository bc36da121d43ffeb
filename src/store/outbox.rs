//! The outbox: deliveries that wait, are being tried, or have come to their end.

use std::collections::HashSet;
use std::time::Duration;

use uuid::Uuid;

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::delivery::{About, Contents, DeliveryId, Lane, Verdict};
use crate::issue::{CityId, EventId};
use crate::watch::WatchId;
use crate::watcher::{ContactId, ContactKind, WatcherId};

/// A delivery in hand: to be sent and settled before its lease ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    pub city: CityId,
    pub id: DeliveryId,
    pub about: About,
    pub watcher: WatcherId,
    pub contact: ContactId,
    pub kind: ContactKind,
    pub lane: Lane,
    pub contents: Contents,
    /// Which attempt this is, from 1. It is counted before it is made.
    pub attempt: u32,
    pub created: Timestamp,
    pub lease: Uuid,
}

impl Claimed {
    #[must_use]
    pub fn held(&self) -> Held {
        Held { city: self.city, id: self.id, lease: self.lease }
    }
}

/// A delivery in the hand of whoever claimed it, and by which claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub city: CityId,
    pub id: DeliveryId,
    pub lease: Uuid,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    pub held: Held,
    pub about: About,
    pub contact: ContactId,
    pub kind: ContactKind,
    pub verdict: Verdict,
}

/// How many deliveries are in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub kind: ContactKind,
    pub state: String,
    pub count: i64,
}

row_struct! {
    struct ClaimedFields {
        city_id: i64,
        delivery_id: Uuid,
        about: String,
        about_id: Uuid,
        watcher_id: Uuid,
        contact_id: Uuid,
        kind: String,
        lane: i64,
        items: String,
        attempts: i64,
        created_at: i64,
    }
}

impl ClaimedFields {
    /// # Errors
    /// Why it cannot be read, for the operator.
    fn into_claimed(self, lease: Uuid) -> Result<Claimed, String> {
        let unreadable = |why: &dyn std::fmt::Display| format!("cannot be read: {why}");
        Ok(Claimed {
            city: CityId(self.city_id),
            id: DeliveryId(self.delivery_id),
            about: about_from(&self.about, self.about_id),
            watcher: WatcherId(self.watcher_id),
            contact: ContactId(self.contact_id),
            kind: ContactKind::from_name(&self.kind).ok_or_else(|| unreadable(&self.kind))?,
            lane: lane_from(self.lane),
            contents: serde_json::from_str(&self.items).map_err(|why| unreadable(&why))?,
            attempt: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            created: Timestamp::from_millis(self.created_at),
            lease,
        })
    }
}

/// What becomes of a delivery that this program cannot read. A newer one beside it may: two versions
/// share a database while one takes over from the other.
struct Unread {
    state: &'static str,
    why: String,
    due: Timestamp,
    settled_at: Option<i64>,
}

impl Unread {
    /// How often it is tried, and how long it waits between.
    const TIMES: i64 = 6;
    const WAIT: Duration = Duration::from_mins(10);

    fn after(attempts: i64, why: String, now: Timestamp) -> Self {
        let due = now.plus(Self::WAIT);
        if attempts < Self::TIMES {
            return Self { state: "waiting", why, due, settled_at: None };
        }
        Self { state: "dead", why, due, settled_at: Some(now.as_millis()) }
    }
}

pub(super) fn lane_no(lane: Lane) -> i64 {
    match lane {
        Lane::Urgent => 0,
        Lane::AtOnce => 1,
        Lane::Digest => 2,
    }
}

pub(super) fn lane_from(no: i64) -> Lane {
    match no {
        0 => Lane::Urgent,
        1 => Lane::AtOnce,
        _ => Lane::Digest,
    }
}

pub(super) fn about_from(about: &str, id: Uuid) -> About {
    match about {
        "event" => About::Event(EventId(id)),
        "digest" => About::Digest(id),
        "fixed" => About::Fixed(id),
        "ping" => About::Ping(id),
        "stopped" => About::Stopped(id),
        "sign_in" => About::SignIn(id),
        _ => About::Confirm(WatchId(id)),
    }
}

pub(super) fn about_parts(about: About) -> (&'static str, Uuid) {
    match about {
        About::Event(id) => ("event", id.0),
        About::Digest(id) => ("digest", id),
        About::Fixed(id) => ("fixed", id),
        About::Ping(id) => ("ping", id),
        About::Stopped(id) => ("stopped", id),
        About::SignIn(id) => ("sign_in", id),
        About::Confirm(id) => ("confirm", id.0),
    }
}

/// How long after `now` a claimed delivery comes back when its sender never settles it: the lease,
/// doubled with every attempt before it up to the fifth, so that senders that die again and again
/// repeat little.
macro_rules! claim_sql {
    ($skip_locked:literal) => {
        concat!(
            "UPDATE delivery SET attempts = attempts + 1, lease = $1,
                due_at = $2 + $3 * (CASE attempts WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 4
                    WHEN 3 THEN 8 WHEN 4 THEN 16 ELSE 32 END)
             WHERE (city_id, delivery_id) IN (
                SELECT city_id, delivery_id FROM delivery
                WHERE state = 'waiting' AND kind = $4 AND lane = $5 AND due_at <= $2
                ORDER BY due_at LIMIT $6 ",
            $skip_locked,
            ")
             RETURNING city_id, delivery_id, about, about_id, watcher_id, contact_id, kind, lane,
                items, attempts, created_at"
        )
    };
}

impl Tx {
    /// Whether a lane has anything due. Asked for in the index's order: for one row of any,
    /// PostgreSQL would rather read the whole table, and most lanes are empty most of the time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn anything_due(
        &mut self,
        kind: ContactKind,
        lane: Lane,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let found = row!(
            self,
            (i64,),
            "SELECT due_at FROM delivery
             WHERE state = 'waiting' AND kind = $1 AND lane = $2 AND due_at <= $3
             ORDER BY due_at LIMIT 1",
            kind.name(),
            lane_no(lane),
            now.as_millis()
        )?;
        Ok(found.is_some())
    }

    /// Takes deliveries that are due, oldest first, under a lease of `lease_ms`: if they are not
    /// settled by then they are due again. Nobody else gets them meanwhile. The `lease` names this
    /// one claim, so that its sender is known from any later one, its own included.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claim(
        &mut self,
        kind: ContactKind,
        lane: Lane,
        limit: i64,
        lease: Uuid,
        lease_ms: i64,
        now: Timestamp,
    ) -> Result<Vec<Claimed>, StoreError> {
        let sql = match self {
            Self::Sqlite(..) => claim_sql!(""),
            Self::Postgres(..) => claim_sql!("FOR UPDATE SKIP LOCKED"),
        };
        let rows = rows!(
            self,
            ClaimedFields,
            sql,
            lease,
            now.as_millis(),
            lease_ms,
            kind.name(),
            lane_no(lane),
            limit
        )?;
        let (mut claimed, mut unreadable) = (vec![], vec![]);
        for row in rows {
            let held = Held { city: CityId(row.city_id), id: DeliveryId(row.delivery_id), lease };
            let attempts = row.attempts;
            match row.into_claimed(lease) {
                Ok(one) => claimed.push(one),
                Err(why) => unreadable.push((held, attempts, why)),
            }
        }
        self.put_aside(unreadable, now).await?;
        Ok(claimed)
    }

    /// Puts off what cannot be put into words, at which attempt and why, so that it does not stand in
    /// the way of the others.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_aside(
        &mut self,
        unreadable: Vec<(Held, i64, String)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if unreadable.is_empty() {
            return Ok(());
        }
        let unread = |(held, attempts, why)| (held, Unread::after(attempts, why, now));
        let unreadable: Vec<(Held, Unread)> = unreadable.into_iter().map(unread).collect();
        for (held, Unread { state, why, .. }) in &unreadable {
            tracing::error!(delivery = %held.id.0, state, why, "a delivery cannot be read");
        }
        write_rows!(
            self,
            "UPDATE delivery SET state = v.column4, outcome = v.column5, due_at = v.column6,
                settled_at = v.column7, lease = NULL
             FROM (",
            unreadable,
            |row| [
                row.0.city.0,
                row.0.id.0,
                row.0.lease,
                row.1.state,
                row.1.why.as_str(),
                row.1.due.as_millis(),
                row.1.settled_at,
            ],
            ") AS v WHERE delivery.city_id = v.column1 AND delivery.delivery_id = v.column2
                AND delivery.lease = v.column3"
        );
        Ok(())
    }

    /// Keeps deliveries in hand: they are not due to anybody else before `until`. One that is no
    /// longer held under its lease is left alone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_in_hand(
        &mut self,
        held: &[Held],
        until: Timestamp,
    ) -> Result<u64, StoreError> {
        Ok(write_rows!(
            self,
            "UPDATE delivery SET due_at = v.column3
             FROM (",
            held,
            |row| [row.city.0, row.id.0, until.as_millis(), row.lease],
            ") AS v WHERE delivery.city_id = v.column1 AND delivery.delivery_id = v.column2
                AND delivery.lease = v.column4 AND delivery.due_at < v.column3"
        ))
    }

    /// Writes how attempts ended. A delivery that is no longer held under its lease is left alone:
    /// somebody else has it. Gives those that were settled.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn settle(
        &mut self,
        settled: &[Settled],
        now: Timestamp,
    ) -> Result<HashSet<DeliveryId>, StoreError> {
        let rows: Vec<_> = settled.iter().map(|s| (s, Ending::of(&s.verdict, now))).collect();
        let taken = rows_of!(
            self,
            (Uuid,),
            "UPDATE delivery SET state = v.column3, due_at = COALESCE(v.column4, due_at),
                outcome = v.column5, settled_at = v.column6, lease = NULL,
                attempts = attempts - v.column8
             FROM (",
            rows,
            |row| [
                row.0.held.city.0,
                row.0.held.id.0,
                row.1.state,
                row.1.due,
                row.1.outcome,
                row.1.settled_at,
                row.0.held.lease,
                row.1.untried,
            ],
            ") AS v WHERE delivery.city_id = v.column1 AND delivery.delivery_id = v.column2
                AND delivery.lease = v.column7
             RETURNING delivery_id"
        );
        Ok(taken.into_iter().map(|(id,)| DeliveryId(id)).collect())
    }

    /// How many deliveries are in which state.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delivery_tally(&mut self) -> Result<Vec<Tally>, StoreError> {
        let rows = rows!(
            self,
            (String, String, i64),
            "SELECT kind, state, COUNT(*) FROM delivery GROUP BY kind, state ORDER BY kind, state"
        )?;
        Ok(rows
            .into_iter()
            .filter_map(|(kind, state, count)| {
                Some(Tally { kind: ContactKind::from_name(&kind)?, state, count })
            })
            .collect())
    }

    /// Since when the oldest delivery that waits has waited, however often it was tried; those for webhooks
    /// aside, which their owners may leave broken for days.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn oldest_waiting(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let found = row!(
            self,
            (Option<i64>,),
            "SELECT MIN(created_at) FROM delivery WHERE state = 'waiting' AND kind <> 'webhook'"
        )?;
        Ok(found.and_then(|(at,)| at).map(Timestamp::from_millis))
    }
}

/// A verdict as columns.
struct Ending<'a> {
    state: &'static str,
    due: Option<i64>,
    outcome: &'a str,
    settled_at: Option<i64>,
    /// 1 when what was counted as an attempt was none.
    untried: i64,
}

impl<'a> Ending<'a> {
    fn of(verdict: &'a Verdict, now: Timestamp) -> Self {
        let over = |state, outcome| Self {
            state,
            due: None,
            outcome,
            settled_at: Some(now.as_millis()),
            untried: 0,
        };
        let waits = |due: &Timestamp, outcome, untried| Self {
            state: "waiting",
            due: Some(due.as_millis()),
            outcome,
            settled_at: None,
            untried,
        };
        match verdict {
            Verdict::Sent { reply } => over("sent", reply),
            Verdict::Again { due, reason } => waits(due, reason, 0),
            Verdict::Held { due, reason } => waits(due, reason, 1),
            Verdict::Retired { reason } | Verdict::Dropped { reason } => over("retired", reason),
            Verdict::Dead { reason } => over("dead", reason),
        }
    }
}

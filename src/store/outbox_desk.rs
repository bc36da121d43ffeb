//! The outbox as an operator sees it: what waits, what is dead and why, and their word on it.

use std::collections::HashMap;

use uuid::Uuid;

use super::outbox::{about_from, lane_from};
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::delivery::{About, Contents, DeliveryId, Lane};
use crate::issue::{CityId, EventId, Kind};
use crate::watcher::ContactKind;

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    Waiting,
    Sent,
    Retired,
    Dead,
}

impl DeliveryState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Retired, Self::Dead];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Retired => "retired",
            Self::Dead => "dead",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Which deliveries are asked for; what is `None` asks for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxQuery {
    pub state: Option<DeliveryState>,
    pub kind: Option<ContactKind>,
}

/// Deliveries that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pile {
    pub state: DeliveryState,
    pub kind: ContactKind,
    pub lane: Lane,
    /// What came of their last attempt; of deliveries that were sent, nothing.
    pub outcome: Option<String>,
    pub count: i64,
    /// When the first of them is or was due.
    pub due: Timestamp,
}

/// One delivery, for an operator's eyes.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRow {
    pub id: DeliveryId,
    pub state: DeliveryState,
    pub kind: ContactKind,
    pub lane: Lane,
    /// A mail address, or a push endpoint; empty once the contact is gone.
    pub address: String,
    pub about: About,
    /// How many events it tells.
    pub events: usize,
    /// Of a message about one issue: its number, and what happened last.
    pub issue: Option<(String, Kind)>,
    pub due: Timestamp,
    /// Somebody is sending it now.
    pub in_hand: bool,
    pub attempts: i64,
    pub outcome: Option<String>,
    pub created: Timestamp,
    pub settled: Option<Timestamp>,
}

row_struct! {
    struct RowFields {
        delivery_id: Uuid,
        state: String,
        kind: String,
        lane: i64,
        address: String,
        about: String,
        about_id: Uuid,
        items: String,
        due_at: i64,
        leased: i64,
        attempts: i64,
        outcome: Option<String>,
        created_at: i64,
        settled_at: Option<i64>,
    }
}

impl RowFields {
    fn into_row(self, now: Timestamp) -> Option<OutboxRow> {
        // The operator sees what cannot be read, too, with its reason.
        let contents: Contents = serde_json::from_str(&self.items).unwrap_or_default();
        let (state, due) =
            (DeliveryState::from_name(&self.state)?, Timestamp::from_millis(self.due_at));
        Some(OutboxRow {
            id: DeliveryId(self.delivery_id),
            state,
            kind: ContactKind::from_name(&self.kind)?,
            lane: lane_from(self.lane),
            address: self.address,
            about: about_from(&self.about, self.about_id),
            events: contents.items.len(),
            issue: None,
            due,
            in_hand: state == DeliveryState::Waiting && self.leased != 0 && due > now,
            attempts: self.attempts,
            outcome: self.outcome,
            created: Timestamp::from_millis(self.created_at),
            settled: self.settled_at.map(Timestamp::from_millis),
        })
    }
}

impl Tx {
    /// How many deliveries of each kind wait, and how many are dead, in all cities; those of which there
    /// are none, too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn outbox_sizes(
        &mut self,
    ) -> Result<Vec<(ContactKind, DeliveryState, i64)>, StoreError> {
        let mut sizes = vec![];
        for (state, sql) in [
            (
                DeliveryState::Waiting,
                "SELECT kind, COUNT(*) FROM delivery WHERE state = 'waiting' GROUP BY kind",
            ),
            (
                DeliveryState::Dead,
                "SELECT kind, COUNT(*) FROM delivery WHERE state = 'dead' GROUP BY kind",
            ),
        ] {
            let counted: HashMap<String, i64> =
                rows!(self, (String, i64), sql)?.into_iter().collect();
            let size = |kind: ContactKind| counted.get(kind.name()).copied().unwrap_or(0);
            sizes.extend(ContactKind::ALL.map(|kind| (kind, state, size(kind))));
        }
        Ok(sizes)
    }

    /// Deliveries in piles of their like, the largest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn outbox_piles(
        &mut self,
        city: CityId,
        query: OutboxQuery,
    ) -> Result<Vec<Pile>, StoreError> {
        // What a server said to a mail that it took is another text for each.
        let rows = rows!(
            self,
            (String, String, i64, Option<String>, i64, i64),
            "SELECT state, kind, lane, CASE WHEN state = 'sent' THEN NULL ELSE outcome END AS why,
                COUNT(*), MIN(due_at)
             FROM delivery WHERE city_id = $1 AND ($2 IS NULL OR state = $2)
                AND ($3 IS NULL OR kind = $3)
                AND ($2 IS NOT NULL OR state IN ('waiting', 'dead'))
             GROUP BY state, kind, lane, why ORDER BY COUNT(*) DESC, state, kind, lane",
            city.0,
            query.state.map(DeliveryState::name),
            query.kind.map(ContactKind::name)
        )?;
        let pile = |(state, kind, lane, outcome, count, due): (String, String, _, _, _, _)| {
            Some(Pile {
                state: DeliveryState::from_name(&state)?,
                kind: ContactKind::from_name(&kind)?,
                lane: lane_from(lane),
                outcome,
                count,
                due: Timestamp::from_millis(due),
            })
        };
        rows.into_iter().map(|row| pile(row).ok_or(StoreError::Unreadable("delivery"))).collect()
    }

    /// Deliveries one by one, what is due first; without a state those that wait or are dead.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn outbox_rows(
        &mut self,
        city: CityId,
        query: OutboxQuery,
        limit: i64,
        now: Timestamp,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let rows = rows!(
            self,
            RowFields,
            "SELECT d.delivery_id, d.state, d.kind, d.lane, COALESCE(c.address, '') AS address, d.about,
                d.about_id, d.items, d.due_at,
                CAST(CASE WHEN d.lease IS NULL THEN 0 ELSE 1 END AS BIGINT) AS leased,
                d.attempts, d.outcome, d.created_at, d.settled_at
             FROM delivery d
             LEFT JOIN contact c ON c.city_id = d.city_id AND c.contact_id = d.contact_id
             WHERE d.city_id = $1 AND ($2 IS NULL OR d.state = $2) AND ($3 IS NULL OR d.kind = $3)
                AND ($2 IS NOT NULL OR d.state IN ('waiting', 'dead'))
             ORDER BY COALESCE(d.settled_at, d.due_at), d.delivery_id LIMIT $4",
            city.0,
            query.state.map(DeliveryState::name),
            query.kind.map(ContactKind::name),
            limit
        )?;
        let mut found: Vec<OutboxRow> = rows
            .into_iter()
            .map(|row| row.into_row(now).ok_or(StoreError::Unreadable("delivery")))
            .collect::<Result<_, _>>()?;
        let about_event = |row: &OutboxRow| match row.about {
            About::Event(id) => Some(id),
            _ => None,
        };
        let ids: Vec<EventId> = found.iter().filter_map(about_event).collect();
        // What this program cannot read of an event does not keep its delivery from the list.
        let told: HashMap<EventId, (String, Kind)> = rows_of!(
            self,
            (Uuid, String, String),
            "SELECT e.event_id, i.number, e.kind
             FROM event e JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id
             WHERE (e.city_id, e.event_id) IN (",
            ids,
            |id| [city.0, id.0],
            ")"
        )
        .into_iter()
        .filter_map(|(id, number, kind)| Some((EventId(id), (number, Kind::from_name(&kind)?))))
        .collect();
        for row in &mut found {
            row.issue = about_event(row).and_then(|id| told.get(&id).cloned());
        }
        Ok(found)
    }

    /// The deliveries that are dead.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn dead_deliveries(&mut self, city: CityId) -> Result<Vec<DeliveryId>, StoreError> {
        let rows = rows!(
            self,
            (Uuid,),
            "SELECT delivery_id FROM delivery WHERE city_id = $1 AND state = 'dead'",
            city.0
        )?;
        Ok(rows.into_iter().map(|(id,)| DeliveryId(id)).collect())
    }

    /// Makes deliveries due now: dead ones begin anew, with as many attempts as a new one; those
    /// that wait for a later attempt wait no longer. What somebody has in hand, or has ended
    /// otherwise, stays as it is. Gives the number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn retry_deliveries(
        &mut self,
        city: CityId,
        ids: &[DeliveryId],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        Ok(write_rows!(
            self,
            "UPDATE delivery SET attempts = CASE WHEN state = 'dead' THEN 0 ELSE attempts END,
                state = 'waiting', due_at = v.column3, settled_at = NULL, lease = NULL
             FROM (",
            ids,
            |id| [city.0, id.0, now.as_millis()],
            ") AS v WHERE delivery.city_id = v.column1 AND delivery.delivery_id = v.column2
                AND (delivery.state = 'dead' OR (delivery.state = 'waiting'
                    AND (delivery.lease IS NULL OR delivery.due_at <= v.column3)))"
        ))
    }

    /// Ends deliveries that wait or are dead, with a reason. What somebody has in hand is not
    /// ended; whoever held one under a lease that has run out can no longer settle it. Gives the
    /// number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn discard_deliveries(
        &mut self,
        city: CityId,
        ids: &[DeliveryId],
        reason: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        Ok(write_rows!(
            self,
            "UPDATE delivery SET state = 'retired', outcome = v.column3, settled_at = v.column4,
                lease = NULL
             FROM (",
            ids,
            |id| [city.0, id.0, reason, now.as_millis()],
            ") AS v WHERE delivery.city_id = v.column1 AND delivery.delivery_id = v.column2
                AND (delivery.state = 'dead' OR (delivery.state = 'waiting'
                    AND (delivery.lease IS NULL OR delivery.due_at <= v.column4)))"
        ))
    }
}

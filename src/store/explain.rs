//! What bears on why one person was or was not told.

use std::collections::HashMap;

use uuid::Uuid;

use super::digest::{MatchFields, match_columns};
use super::outbox::about_from;
use super::{NextDigest, StoreError, Tx, WatchRow};
use crate::clock::Timestamp;
use crate::delivery::{Consent, DeliveryId, EventMatch, Fate, Reached, Trip};
use crate::issue::{CityId, EventId, IssueId};
use crate::watch::{Rhythm, WatchId};
use crate::watcher::{ContactId, ContactKind, WatcherId};

/// A watch with the times at which it began and ended.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchLife {
    pub row: WatchRow,
    pub confirmed: Option<Timestamp>,
    pub deleted: Option<Timestamp>,
}

row_struct! {
    struct TripFields {
        delivery_id: Uuid,
        contact_id: Uuid,
        kind: String,
        about: String,
        about_id: Uuid,
        items: String,
        state: String,
        due_at: i64,
        outcome: Option<String>,
        created_at: i64,
        settled_at: Option<i64>,
    }
}

impl TripFields {
    fn into_trip(self) -> Option<Trip> {
        let at = Timestamp::from_millis(self.settled_at.unwrap_or(self.due_at));
        let said = self.outcome.clone().unwrap_or_default();
        Some(Trip {
            id: DeliveryId(self.delivery_id),
            contact: ContactId(self.contact_id),
            kind: ContactKind::from_name(&self.kind)?,
            about: about_from(&self.about, self.about_id),
            contents: serde_json::from_str(&self.items).unwrap_or_default(),
            fate: match self.state.as_str() {
                "waiting" => Fate::Waiting { due: at, last: self.outcome },
                "sent" => Fate::Sent { at, reply: said },
                "retired" => Fate::Retired { at, reason: said },
                "dead" => Fate::Dead { at, reason: said },
                _ => return None,
            },
            created: Timestamp::from_millis(self.created_at),
        })
    }
}

impl Tx {
    /// A watcher's contacts, and whether each may be sent anything.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reached(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<Reached>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, String, String, Option<i64>, Option<i64>, Option<String>),
            "SELECT contact_id, kind, state, confirmed_at, retired_at, retired_why FROM contact
             WHERE city_id = $1 AND watcher_id = $2 ORDER BY kind, created_at",
            city.0,
            watcher.0
        )?;
        let time = |at: Option<i64>| at.map(Timestamp::from_millis);
        let reached = |(id, kind, state, confirmed, retired, why): (_, String, String, _, _, _)| {
            let consent = match state.as_str() {
                "unconfirmed" => Consent::Unconfirmed,
                "confirmed" => Consent::Confirmed { since: time(confirmed) },
                "suspended" => Consent::Suspended {
                    at: time(retired),
                    why: Option::<String>::unwrap_or_default(why),
                },
                _ => Consent::Retired {
                    at: time(retired),
                    why: Option::<String>::unwrap_or_default(why),
                },
            };
            Some(Reached { id: ContactId(id), kind: ContactKind::from_name(&kind)?, consent })
        };
        rows.into_iter().map(|row| reached(row).ok_or(StoreError::Unreadable("contact"))).collect()
    }

    /// All watches that a watcher has or had, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn watch_lives(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<WatchLife>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, Option<i64>, Option<i64>),
            "SELECT watch_id, confirmed_at, deleted_at FROM watch
             WHERE city_id = $1 AND watcher_id = $2 ORDER BY watch_no",
            city.0,
            watcher.0
        )?;
        let mut lives = vec![];
        for (id, confirmed, deleted) in rows {
            let Some(row) = self.watch(city, WatchId(id)).await? else { continue };
            lives.push(WatchLife {
                row,
                confirmed: confirmed.map(Timestamp::from_millis),
                deleted: deleted.map(Timestamp::from_millis),
            });
        }
        Ok(lives)
    }

    /// The messages to these contacts since a time, questions aside, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn trips(
        &mut self,
        city: CityId,
        contacts: &[ContactId],
        since: Timestamp,
    ) -> Result<Vec<Trip>, StoreError> {
        let rows = rows_of!(
            self,
            TripFields,
            "SELECT d.delivery_id, d.contact_id, d.kind, d.about, d.about_id, d.items, d.state,
                d.due_at, d.outcome, d.created_at, d.settled_at FROM (",
            contacts,
            |id| [city.0, id.0, since.as_millis()],
            ") AS v CROSS JOIN delivery d
             WHERE d.city_id = v.column1 AND d.contact_id = v.column2
                AND d.created_at >= v.column3 AND d.about <> 'confirm'"
        );
        let trip = |row: TripFields| row.into_trip().ok_or(StoreError::Unreadable("delivery"));
        let mut trips = rows.into_iter().map(trip).collect::<Result<Vec<_>, _>>()?;
        trips.sort_by_key(|trip| (trip.created, trip.id));
        // A key that stood twice in a portion gave its rows twice.
        trips.dedup_by_key(|trip| trip.id);
        Ok(trips)
    }

    /// When each of an issue's events was matched, of those that were.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn matched_of(
        &mut self,
        city: CityId,
        issue: IssueId,
    ) -> Result<HashMap<EventId, Timestamp>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, i64),
            "SELECT event_id, matched_at FROM event
             WHERE city_id = $1 AND issue_id = $2 AND matched_at IS NOT NULL",
            city.0,
            issue.0
        )?;
        Ok(rows.into_iter().map(|(id, at)| (EventId(id), Timestamp::from_millis(at))).collect())
    }

    /// What an issue's events matched for digests, so far as not every digest has read it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn matches_of(
        &mut self,
        city: CityId,
        issue: IssueId,
    ) -> Result<Vec<EventMatch>, StoreError> {
        let rows = rows!(
            self,
            MatchFields,
            concat!(
                "SELECT ",
                match_columns!(),
                " FROM event_match m JOIN event e ON e.city_id = m.city_id AND e.event_id = m.event_id
                 WHERE m.city_id = $1 AND e.issue_id = $2 ORDER BY m.match_no"
            ),
            city.0,
            issue.0
        )?;
        rows.into_iter().map(MatchFields::into_match).collect()
    }

    /// When a watcher's digests are due next.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn digests_of(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<NextDigest>, StoreError> {
        let rows = rows!(
            self,
            (String, i64, i64),
            "SELECT rhythm, due_at, through_no FROM digest_schedule
             WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            watcher.0
        )?;
        let next = |(rhythm, due, through_no): (String, _, _)| {
            let (rhythm, due) = (Rhythm::from_name(&rhythm)?, Timestamp::from_millis(due));
            Some(NextDigest { watcher, rhythm, due, through_no })
        };
        rows.into_iter()
            .map(|row| next(row).ok_or(StoreError::Unreadable("digest_schedule")))
            .collect()
    }
}

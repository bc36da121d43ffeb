//! When digests are due, and the matches that they read.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::sql::portions;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::{CityId, EventId, IssueId};
use crate::watch::Rhythm;
use crate::watcher::{ContactId, WatcherId};

/// A digest that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct DueDigest {
    pub watcher: WatcherId,
    pub rhythm: Rhythm,
    pub due: Timestamp,
    /// The match up to which the last digest went.
    pub through_no: i64,
    /// The person's local hour, 0 to 23, and day, 1 Monday to 7.
    pub hour: i8,
    pub day: i8,
}

/// When a digest is due next.
#[derive(Clone, Debug, PartialEq)]
pub struct NextDigest {
    pub watcher: WatcherId,
    pub rhythm: Rhythm,
    pub due: Timestamp,
    pub through_no: i64,
}

/// What one event matched of one rhythm, packed.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchRow {
    pub no: i64,
    pub event: EventId,
    pub issue: IssueId,
    pub at: Timestamp,
    pub rhythm: Rhythm,
    pub watches: Vec<u8>,
}

/// Of a delivery's contents the ids of the events alone, so that what a newer program wrote counts.
#[derive(Default, serde::Deserialize)]
struct ToldItems {
    #[serde(default)]
    items: Vec<ToldItem>,
}

#[derive(serde::Deserialize)]
struct ToldItem {
    event: EventId,
}

impl Tx {
    /// Schedules digests; one that is scheduled already stays as it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn schedule_digests(
        &mut self,
        city: CityId,
        digests: &[NextDigest],
    ) -> Result<(), StoreError> {
        write_rows!(
            self,
            "INSERT INTO digest_schedule (city_id, watcher_id, rhythm, due_at, through_no) ",
            digests,
            |d| [city.0, d.watcher.0, d.rhythm.name(), d.due.as_millis(), d.through_no],
            " ON CONFLICT (city_id, watcher_id, rhythm) DO NOTHING"
        );
        Ok(())
    }

    /// The digests of up to `people` watchers that are due, all of a watcher's together.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn due_digests(
        &mut self,
        city: CityId,
        now: Timestamp,
        people: i64,
    ) -> Result<Vec<DueDigest>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, String, i64, i64, i64, i64),
            "SELECT s.watcher_id, s.rhythm, s.due_at, s.through_no, w.digest_hour, w.digest_day
             FROM digest_schedule s
             JOIN watcher w ON w.city_id = s.city_id AND w.watcher_id = s.watcher_id
             WHERE s.city_id = $1 AND s.due_at <= $2 AND s.watcher_id IN (
                SELECT watcher_id FROM digest_schedule WHERE city_id = $1 AND due_at <= $2
                ORDER BY due_at LIMIT $3)
             ORDER BY s.watcher_id, s.rhythm",
            city.0,
            now.as_millis(),
            people
        )?;
        let due =
            |(watcher, rhythm, due, through_no, hour, day): (Uuid, String, _, _, i64, i64)| {
                Some(DueDigest {
                    watcher: WatcherId(watcher),
                    rhythm: Rhythm::from_name(&rhythm)?,
                    due: Timestamp::from_millis(due),
                    through_no,
                    hour: i8::try_from(hour).ok()?,
                    day: i8::try_from(day).ok()?,
                })
            };
        rows.into_iter()
            .map(|row| due(row).ok_or(StoreError::Unreadable("digest_schedule")))
            .collect()
    }

    /// Moves digests on to their next time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn move_digests(
        &mut self,
        city: CityId,
        digests: &[NextDigest],
    ) -> Result<(), StoreError> {
        write_rows!(
            self,
            "INSERT INTO digest_schedule (city_id, watcher_id, rhythm, due_at, through_no) ",
            digests,
            |d| [city.0, d.watcher.0, d.rhythm.name(), d.due.as_millis(), d.through_no],
            " ON CONFLICT (city_id, watcher_id, rhythm)
              DO UPDATE SET due_at = excluded.due_at, through_no = excluded.through_no"
        );
        Ok(())
    }

    /// Gives a watcher's digests to another watcher: what neither has read, the next one reads.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn move_schedules(
        &mut self,
        city: CityId,
        from: WatcherId,
        to: WatcherId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO digest_schedule (city_id, watcher_id, rhythm, due_at, through_no)
             SELECT city_id, $3, rhythm, due_at, through_no FROM digest_schedule
             WHERE city_id = $1 AND watcher_id = $2
             ON CONFLICT (city_id, watcher_id, rhythm) DO UPDATE SET through_no =
                CASE WHEN excluded.through_no < digest_schedule.through_no
                     THEN excluded.through_no ELSE digest_schedule.through_no END",
            city.0,
            from.0,
            to.0
        )?;
        run!(
            self,
            "DELETE FROM digest_schedule WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            from.0
        )?;
        Ok(())
    }

    /// Ends the digests of watchers who have no watch of that rhythm any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_digests(
        &mut self,
        city: CityId,
        ended: &[(WatcherId, Rhythm)],
    ) -> Result<(), StoreError> {
        for_portions!(
            self,
            "DELETE FROM digest_schedule WHERE (city_id, watcher_id, rhythm) IN (",
            portions,
            ended,
            |row| [city.0, row.0.0, row.1.name()],
            ")",
            |query, on| {
                query.build().execute(&mut **on).await?;
            }
        );
        Ok(())
    }

    /// What events matched after match `after`, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn event_matches(
        &mut self,
        city: CityId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<MatchRow>, StoreError> {
        let rows = rows!(
            self,
            (i64, Uuid, Uuid, i64, String, Vec<u8>),
            "SELECT m.match_no, m.event_id, e.issue_id, m.matched_at, m.rhythm, m.watches
             FROM event_match m
             JOIN event e ON e.city_id = m.city_id AND e.event_id = m.event_id
             WHERE m.city_id = $1 AND m.match_no > $2 ORDER BY m.match_no LIMIT $3",
            city.0,
            after,
            limit
        )?;
        let row = |(no, event, issue, at, rhythm, watches): (_, _, _, _, String, _)| {
            Some(MatchRow {
                no,
                event: EventId(event),
                issue: IssueId(issue),
                at: Timestamp::from_millis(at),
                rhythm: Rhythm::from_name(&rhythm)?,
                watches,
            })
        };
        rows.into_iter()
            .map(|fields| row(fields).ok_or(StoreError::Unreadable("event_match")))
            .collect()
    }

    /// Forgets matches that every digest has read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_matches(&mut self, city: CityId) -> Result<u64, StoreError> {
        Ok(run!(
            self,
            "DELETE FROM event_match WHERE city_id = $1 AND match_no <= COALESCE(
                (SELECT MIN(through_no) FROM digest_schedule WHERE city_id = $1), 0)",
            city.0
        )?)
    }

    /// The events that contacts were told of since a time, or are about to be.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn told_since(
        &mut self,
        city: CityId,
        contacts: &[ContactId],
        since: Timestamp,
    ) -> Result<HashMap<ContactId, HashSet<EventId>>, StoreError> {
        // CROSS JOIN, so that SQLite reads by contact.
        let rows = rows_of!(
            self,
            (Uuid, String),
            "SELECT d.contact_id, d.items FROM (",
            contacts,
            |id| [city.0, id.0, since.as_millis()],
            ") AS v CROSS JOIN delivery d
             WHERE d.city_id = v.column1 AND d.contact_id = v.column2
                AND d.created_at >= v.column3 AND d.about <> 'confirm'
                AND d.state IN ('waiting', 'sent')"
        );
        let mut told: HashMap<ContactId, HashSet<EventId>> = HashMap::new();
        for (contact, items) in rows {
            // What cannot be read at all was told to nobody; whoever claims it says so.
            let known: ToldItems = serde_json::from_str(&items).unwrap_or_default();
            let events = known.items.into_iter().map(|item| item.event);
            told.entry(ContactId(contact)).or_default().extend(events);
        }
        Ok(told)
    }
}

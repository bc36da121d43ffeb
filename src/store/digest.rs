//! When digests are due, and the matches that they read.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::sql::portions;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::delivery::EventMatch;
use crate::issue::{Author, CityId, EventId, IssueId};
use crate::watch::{Rhythm, WatchNumber};
use crate::watcher::{ContactId, WatcherId};

/// So many matches are forgotten in one transaction.
const FORGOTTEN_TOGETHER: i64 = 5_000;

/// When a digest is due next.
#[derive(Clone, Debug, PartialEq)]
pub struct NextDigest {
    pub watcher: WatcherId,
    pub rhythm: Rhythm,
    pub due: Timestamp,
    /// The match up to which the last digest went.
    pub through_no: i64,
}

row_struct! {
    pub(super) struct MatchFields {
        match_no: i64,
        event_id: Uuid,
        issue_id: Uuid,
        author: Option<Uuid>,
        accepted_at: i64,
        rhythm: String,
        watches: Vec<u8>,
    }
}

/// The columns of a match `m` of an event `e` as [`MatchFields`] reads them.
macro_rules! match_columns {
    () => {
        "m.match_no, m.event_id, e.issue_id, e.author, e.accepted_at, m.rhythm, m.watches"
    };
}
pub(super) use match_columns;

impl MatchFields {
    pub(super) fn into_match(self) -> Result<EventMatch, StoreError> {
        Ok(EventMatch {
            no: self.match_no,
            event: EventId(self.event_id),
            issue: IssueId(self.issue_id),
            author: self.author.map(Author),
            accepted: Timestamp::from_millis(self.accepted_at),
            rhythm: Rhythm::from_name(&self.rhythm).ok_or(StoreError::Unreadable("event_match"))?,
            watches: self.watches,
        })
    }
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
        let known = "DO NOTHING";
        self.put_schedules(city, digests, known).await
    }

    /// Schedules digests that come once; of one that is scheduled already the sooner time holds, and what it
    /// has to tell.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn schedule_at_latest(
        &mut self,
        city: CityId,
        digests: &[NextDigest],
    ) -> Result<(), StoreError> {
        let known = "DO UPDATE SET due_at = excluded.due_at
             WHERE excluded.due_at < digest_schedule.due_at";
        self.put_schedules(city, digests, known).await
    }

    /// Writes schedules; `known` says what becomes of one that is there already.
    async fn put_schedules(
        &mut self,
        city: CityId,
        digests: &[NextDigest],
        known: &str,
    ) -> Result<(), StoreError> {
        let known = format!(" ON CONFLICT (city_id, watcher_id, rhythm) {known}");
        write_rows!(
            self,
            "INSERT INTO digest_schedule (city_id, watcher_id, rhythm, due_at, through_no) ",
            digests,
            |d| [city.0, d.watcher.0, d.rhythm.name(), d.due.as_millis(), d.through_no],
            &known
        );
        Ok(())
    }

    /// Whose watches these are, by their numbers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn owners_of(
        &mut self,
        city: CityId,
        watches: &[WatchNumber],
    ) -> Result<HashMap<WatchNumber, WatcherId>, StoreError> {
        let rows = rows_of!(
            self,
            (i64, Uuid),
            "SELECT watch_no, watcher_id FROM watch WHERE (city_id, watch_no) IN (",
            watches,
            |number| [city.0, number.0],
            ")"
        );
        Ok(rows.into_iter().map(|(no, owner)| (WatchNumber(no), WatcherId(owner))).collect())
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
    ) -> Result<Vec<NextDigest>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, String, i64, i64),
            "SELECT watcher_id, rhythm, due_at, through_no FROM digest_schedule
             WHERE city_id = $1 AND due_at <= $2 AND watcher_id IN (
                SELECT watcher_id FROM digest_schedule WHERE city_id = $1 AND due_at <= $2
                ORDER BY due_at LIMIT $3)
             ORDER BY watcher_id, rhythm",
            city.0,
            now.as_millis(),
            people
        )?;
        let due = |(watcher, rhythm, due, through_no): (Uuid, String, _, _)| {
            Some(NextDigest {
                watcher: WatcherId(watcher),
                rhythm: Rhythm::from_name(&rhythm)?,
                due: Timestamp::from_millis(due),
                through_no,
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
        let known = "DO UPDATE SET due_at = excluded.due_at, through_no = excluded.through_no";
        self.put_schedules(city, digests, known).await
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

    /// Ends digests: no watch asks for them any more, or they came once and do not come again.
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
    ) -> Result<Vec<EventMatch>, StoreError> {
        let rows = rows!(
            self,
            MatchFields,
            concat!(
                "SELECT ",
                match_columns!(),
                " FROM event_match m JOIN event e ON e.city_id = m.city_id AND e.event_id = m.event_id
                 WHERE m.city_id = $1 AND m.match_no > $2 ORDER BY m.match_no LIMIT $3"
            ),
            city.0,
            after,
            limit
        )?;
        rows.into_iter().map(MatchFields::into_match).collect()
    }

    /// Forgets matches that every digest has read, the oldest first, and so many that nobody waits long for
    /// it. Gives how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_matches(&mut self, city: CityId) -> Result<u64, StoreError> {
        Ok(run!(
            self,
            "DELETE FROM event_match WHERE city_id = $1 AND match_no IN (
                SELECT match_no FROM event_match WHERE city_id = $1 AND match_no <= COALESCE(
                    (SELECT MIN(through_no) FROM digest_schedule WHERE city_id = $1),
                    (SELECT value FROM counter WHERE city_id = $1 AND name = 'match'), 0)
                ORDER BY match_no LIMIT $2)",
            city.0,
            FORGOTTEN_TOGETHER
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

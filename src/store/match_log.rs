//! Events that wait to be matched, and what was matched.

use std::collections::HashMap;

use uuid::Uuid;

use super::accept::position;
use super::sql::filled_portions;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::{
    Actor, Author, CityId, EventId, IssueEvent, IssueId, Kind, Place, Quiet, Status,
};
use crate::ward::WardRef;
use crate::watch::Rhythm;

/// An event that has been accepted, with its number in its city's order.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingEvent {
    pub no: i64,
    pub event: IssueEvent,
    pub accepted_at: Timestamp,
    /// It was matched before, without its place, which has been believed since.
    pub let_go: bool,
    /// The issue still lies where the event found it.
    pub here: bool,
}

/// One ward of an issue.
#[derive(Clone, Debug)]
pub struct IssueWardRow {
    pub issue: IssueId,
    pub ward: WardRef,
    pub near: bool,
}

row_struct! {
    pub(super) struct EventFields {
        event_no: i64,
        event_id: Uuid,
        issue_id: Uuid,
        number: String,
        kind: String,
        at: i64,
        actor: String,
        author: Option<Uuid>,
        office: Option<String>,
        words: Option<String>,
        category: String,
        status: String,
        description: String,
        address: String,
        lon: Option<f64>,
        lat: Option<f64>,
        place: String,
        quiet: Option<String>,
        accepted_at: i64,
        let_go: i64,
        here: i64,
    }
}

/// The columns of an event `e` of an issue `i` as [`EventFields`] reads them.
macro_rules! event_columns {
    () => {
        "e.event_no, e.event_id, e.issue_id, i.number, e.kind, e.at, e.actor, e.author, e.office,
         e.words, e.category, e.status, e.description, e.address, e.lon, e.lat, e.place, e.quiet, e.accepted_at,
         e.let_go, CAST(CASE WHEN e.lon IS NOT DISTINCT FROM i.lon AND e.lat IS NOT DISTINCT FROM i.lat
            THEN 1 ELSE 0 END AS BIGINT) AS here"
    };
}
pub(super) use event_columns;

impl EventFields {
    pub(super) fn into_pending(self) -> Result<PendingEvent, StoreError> {
        let no = self.event_no;
        let accepted_at = Timestamp::from_millis(self.accepted_at);
        let (let_go, here) = (self.let_go != 0, self.here != 0);
        self.into_event()
            .map(|event| PendingEvent { no, event, accepted_at, let_go, here })
            .ok_or(StoreError::Unreadable("event"))
    }

    fn into_event(self) -> Option<IssueEvent> {
        let quiet = match self.quiet {
            Some(name) => Some(Quiet::from_name(&name)?),
            None => None,
        };
        Some(IssueEvent {
            id: EventId(self.event_id),
            issue: IssueId(self.issue_id),
            number: self.number,
            kind: Kind::from_name(&self.kind)?,
            at: Timestamp::from_millis(self.at),
            actor: Actor::from_name(&self.actor)?,
            author: self.author.map(Author),
            office: self.office,
            text: self.words,
            category: self.category.into(),
            status: Status::from_name(&self.status)?,
            description: self.description,
            address: self.address,
            position: position(self.lon, self.lat),
            place: Place::from_name(&self.place)?,
            quiet,
        })
    }
}

impl Tx {
    /// The oldest events behind a number that have not been matched.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unmatched(
        &mut self,
        city: CityId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<PendingEvent>, StoreError> {
        let rows = rows!(
            self,
            EventFields,
            concat!(
                "SELECT ",
                event_columns!(),
                " FROM event e JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id
                 WHERE e.city_id = $1 AND e.matched_at IS NULL AND e.event_no > $2
                 ORDER BY e.event_no LIMIT $3"
            ),
            city.0,
            after,
            i64::try_from(limit).unwrap_or(i64::MAX)
        )?;
        rows.into_iter().map(EventFields::into_pending).collect()
    }

    /// Matched news behind a number, in the order in which it was accepted: what the public may
    /// follow. History and what arrived too late are no news; of an issue that was taken off the site
    /// only that it was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn news_after(
        &mut self,
        city: CityId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<PendingEvent>, StoreError> {
        let rows = rows!(
            self,
            EventFields,
            concat!(
                "SELECT ",
                event_columns!(),
                " FROM event e JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id
                 WHERE e.city_id = $1 AND e.event_no > $2 AND e.matched_at IS NOT NULL
                    AND e.quiet IS NULL AND (i.hidden = 0 OR e.kind = 'hidden')
                 ORDER BY e.event_no LIMIT $3"
            ),
            city.0,
            after,
            limit
        )?;
        rows.into_iter().map(EventFields::into_pending).collect()
    }

    /// Events by their ids, to be told; those of an issue that was taken off the site are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn events(
        &mut self,
        city: CityId,
        ids: &[EventId],
    ) -> Result<Vec<PendingEvent>, StoreError> {
        let rows = rows_of!(
            self,
            EventFields,
            concat!(
                "SELECT ",
                event_columns!(),
                " FROM event e JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id
                 WHERE (e.city_id, e.event_id) IN ("
            ),
            ids,
            |id| [city.0, id.0],
            ") AND i.hidden = 0"
        );
        rows.into_iter().map(EventFields::into_pending).collect()
    }

    /// Marks events as matched, as they were read, and gives whether all of them waited on as they
    /// were: else another process was faster, or a place has been believed meanwhile, and what was
    /// planned for them must not be written.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mark_matched(
        &mut self,
        city: CityId,
        events: &[PendingEvent],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let read: HashMap<i64, Place> = events.iter().map(|e| (e.no, e.event.place)).collect();
        for (from, to) in runs(&events.iter().map(|event| event.no).collect::<Vec<_>>()) {
            let marked = rows!(
                self,
                (i64, String),
                "UPDATE event SET matched_at = $4
                 WHERE city_id = $1 AND event_no BETWEEN $2 AND $3 AND matched_at IS NULL
                 RETURNING event_no, place",
                city.0,
                from,
                to,
                now.as_millis()
            )?;
            let as_read =
                |(no, place): &(i64, String)| read.get(no).is_some_and(|read| read.name() == place);
            let all = usize::try_from(to - from + 1) == Ok(marked.len());
            if !all || !marked.iter().all(as_read) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes the wards that issues lie in or are near; what stood there of `stale` ones goes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_issue_wards(
        &mut self,
        city: CityId,
        stale: &[IssueId],
        wards: &[IssueWardRow],
    ) -> Result<(), StoreError> {
        for_portions!(
            self,
            "DELETE FROM issue_ward WHERE (city_id, issue_id) IN (",
            filled_portions,
            stale,
            |id| [city.0, id.0],
            ")",
            |query, on| {
                query.build().execute(&mut **on).await?;
            }
        );
        write_rows!(
            self,
            "INSERT INTO issue_ward (city_id, layer, ward, issue_id, near) ",
            wards,
            |row| [city.0, &row.ward.layer, &row.ward.ward, row.issue.0, i64::from(row.near)],
            " ON CONFLICT DO NOTHING"
        );
        Ok(())
    }

    /// Writes what events matched for later: packed numbers of watches, by their rhythm.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_event_matches(
        &mut self,
        city: CityId,
        first_no: i64,
        matches: &[(EventId, Rhythm, Vec<u8>)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let numbered: Vec<_> = (first_no..).zip(matches).collect();
        write_rows!(
            self,
            "INSERT INTO event_match (city_id, match_no, event_id, matched_at, rhythm, watches) ",
            numbered,
            |row| [city.0, row.0, row.1.0.0, now.as_millis(), row.1.1.name(), row.1.2.clone()],
            ""
        );
        Ok(())
    }
}

/// The runs of consecutive numbers in a sorted list, as (first, last).
fn runs(numbers: &[i64]) -> Vec<(i64, i64)> {
    let mut runs: Vec<(i64, i64)> = vec![];
    for &no in numbers {
        match runs.last_mut() {
            Some((_, last)) if no == *last + 1 => *last = no,
            _ => runs.push((no, no)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_gather_into_runs() {
        assert_eq!(super::runs(&[1, 2, 3, 7, 9, 10]), [(1, 3), (7, 7), (9, 10)]);
        assert_eq!(super::runs(&[]), []);
    }
}

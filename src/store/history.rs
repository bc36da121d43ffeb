//! What happened lately, to be asked what a watch would have been told of it.

use uuid::Uuid;

use super::accept::position;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::{CityId, EventId, IssueId, Kind, Place};
use crate::matching::Happened;

row_struct! {
    struct HappenedFields {
        event_no: i64,
        event_id: Uuid,
        issue_id: Uuid,
        kind: String,
        at: i64,
        category: String,
        lon: Option<f64>,
        lat: Option<f64>,
        place: String,
    }
}

impl HappenedFields {
    fn into_happened(self) -> Option<(i64, Happened)> {
        let believed = Place::from_name(&self.place)? == Place::Good;
        let happened = Happened {
            event: EventId(self.event_id),
            issue: IssueId(self.issue_id),
            kind: Kind::from_name(&self.kind)?,
            at: Timestamp::from_millis(self.at),
            category: self.category.into(),
            position: position(self.lon, self.lat).filter(|_| believed),
        };
        Some((self.event_no, happened))
    }
}

impl Tx {
    /// What happened since then, behind a number, in the order in which it was accepted, with its
    /// numbers: at most so many. History that was filled in counts like the rest; what was taken off
    /// the site does not, but that it was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn happened_after(
        &mut self,
        city: CityId,
        after_no: i64,
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<(i64, Happened)>, StoreError> {
        let rows = rows!(
            self,
            HappenedFields,
            "SELECT e.event_no, e.event_id, e.issue_id, e.kind, e.at, e.category, e.lon, e.lat, e.place
             FROM event e JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id
             WHERE e.city_id = $1 AND e.event_no > $2 AND e.at >= $3
                AND (i.hidden = 0 OR e.kind = 'hidden')
             ORDER BY e.event_no LIMIT $4",
            city.0,
            after_no,
            since.as_millis(),
            limit
        )?;
        let all = rows.into_iter().map(HappenedFields::into_happened);
        all.collect::<Option<_>>().ok_or(StoreError::Unreadable("event"))
    }

    /// The number behind which everything was accepted since then, found by halves: nothing is
    /// accepted before it happens, so nothing older needs to be read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn last_accepted_before(
        &mut self,
        city: CityId,
        since: Timestamp,
    ) -> Result<i64, StoreError> {
        let (mut below, mut from) = (0, self.last_number(city, "event").await? + 1);
        while below + 1 < from {
            let middle = i64::midpoint(below, from);
            let next = row!(
                self,
                (i64, i64),
                "SELECT event_no, accepted_at FROM event WHERE city_id = $1 AND event_no >= $2
                 ORDER BY event_no LIMIT 1",
                city.0,
                middle
            )?;
            match next {
                Some((no, accepted)) if accepted < since.as_millis() => below = no,
                _ => from = middle,
            }
        }
        Ok(below)
    }

    /// When the city's first event happened, in the order in which they were accepted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_happened(&mut self, city: CityId) -> Result<Option<Timestamp>, StoreError> {
        let first = row!(
            self,
            (i64,),
            "SELECT at FROM event WHERE city_id = $1 ORDER BY event_no LIMIT 1",
            city.0
        )?;
        Ok(first.map(|(at,)| Timestamp::from_millis(at)))
    }

    /// How many points an operator has said are real: what happened there is believed since.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn released_points(&mut self, city: CityId) -> Result<i64, StoreError> {
        let count = row!(
            self,
            (i64,),
            "SELECT COUNT(*) FROM hot_point WHERE city_id = $1 AND decision = 'released'",
            city.0
        )?;
        Ok(count.map_or(0, |(count,)| count))
    }
}

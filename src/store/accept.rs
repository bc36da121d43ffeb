//! Issues as they stand, and the events that brought them there.

use std::collections::HashSet;

use uuid::Uuid;

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::geometry::Position;
use crate::issue::{CityId, Issue, IssueEvent, IssueId, Place, Standing, Status};

/// The key of one version of a source's issue.
pub type KnownKey = (String, String, String);

/// An event on its way into the store.
#[derive(Clone, Debug)]
pub struct EventRow {
    pub no: i64,
    pub event: IssueEvent,
    pub source: String,
    pub source_id: String,
    pub version: String,
    pub part: i64,
    pub accepted_at: Timestamp,
}

row_struct! {
    pub(super) struct StandingRow {
        issue_id: Uuid,
        number: String,
        source: String,
        source_id: String,
        category: String,
        status: String,
        description: String,
        address: String,
        lon: Option<f64>,
        lat: Option<f64>,
        place: String,
        opened_at: i64,
        changed_at: i64,
        stated_at: Option<i64>,
        closed_at: Option<i64>,
        votes: i64,
        hidden: i64,
        attributes: String,
    }
}

/// The columns of an issue as [`StandingRow`] reads them.
macro_rules! issue_columns {
    () => {
        "issue_id, number, source, source_id, category, status, description, address, lon, lat,
         place, opened_at, changed_at, stated_at, closed_at, votes, hidden, attributes"
    };
}

pub(super) use issue_columns;

impl StandingRow {
    pub(super) fn into_issue(self) -> Result<Issue, StoreError> {
        let unreadable = |what| move || StoreError::Unreadable(what);
        Ok(Issue {
            id: IssueId(self.issue_id),
            number: self.number,
            source: self.source,
            source_id: self.source_id,
            standing: Standing {
                category: self.category.into(),
                status: Status::from_name(&self.status).ok_or_else(unreadable("issue.status"))?,
                description: self.description,
                address: self.address,
                position: position(self.lon, self.lat),
                place: Place::from_name(&self.place).ok_or_else(unreadable("issue.place"))?,
                opened_at: Timestamp::from_millis(self.opened_at),
                changed_at: Timestamp::from_millis(self.changed_at),
                stated_at: self.stated_at.map(Timestamp::from_millis),
                closed_at: self.closed_at.map(Timestamp::from_millis),
                votes: self.votes,
                hidden: self.hidden != 0,
                attributes: serde_json::from_str(&self.attributes)
                    .map_err(|_| StoreError::Unreadable("issue.attributes"))?,
            },
        })
    }
}

/// A text as it is looked for, whatever its case.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase()
}

pub(super) fn position(lon: Option<f64>, lat: Option<f64>) -> Option<Position> {
    Some(Position { lon: lon?, lat: lat? })
}

impl Tx {
    /// The issues that these sources and ids name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn issues_of_sources(
        &mut self,
        city: CityId,
        keys: &[(String, String)],
    ) -> Result<Vec<Issue>, StoreError> {
        let rows = rows_of!(
            self,
            StandingRow,
            concat!(
                "SELECT ",
                issue_columns!(),
                " FROM issue WHERE (city_id, source, source_id) IN ("
            ),
            keys,
            |key| [city.0, &key.0, &key.1],
            ")"
        );
        rows.into_iter().map(StandingRow::into_issue).collect()
    }

    /// The issue with this number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn issue_numbered(
        &mut self,
        city: CityId,
        number: &str,
    ) -> Result<Option<Issue>, StoreError> {
        let found = row!(
            self,
            StandingRow,
            concat!("SELECT ", issue_columns!(), " FROM issue WHERE city_id = $1 AND number = $2"),
            city.0,
            number
        )?;
        found.map(StandingRow::into_issue).transpose()
    }

    /// Which of these versions have been accepted before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn known_versions(
        &mut self,
        city: CityId,
        keys: &[KnownKey],
    ) -> Result<HashSet<KnownKey>, StoreError> {
        let rows = rows_of!(
            self,
            (String, String, String),
            "SELECT source, source_id, version FROM event
             WHERE (city_id, source, source_id, version) IN (",
            keys,
            |key| [city.0, &key.0, &key.1, &key.2],
            ")"
        );
        Ok(rows.into_iter().collect())
    }

    /// Writes issues as they now stand, new or known.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_issues(&mut self, city: CityId, issues: &[Issue]) -> Result<(), StoreError> {
        write_rows!(
            self,
            concat!(
                "INSERT INTO issue (city_id, ",
                issue_columns!(),
                ", category_folded, words_folded) "
            ),
            issues,
            |issue| [
                city.0,
                issue.id.0,
                &issue.number,
                &issue.source,
                &issue.source_id,
                issue.standing.category.name(),
                issue.standing.status.name(),
                &issue.standing.description,
                &issue.standing.address,
                issue.standing.position.map(|p| p.lon),
                issue.standing.position.map(|p| p.lat),
                issue.standing.place.name(),
                issue.standing.opened_at.as_millis(),
                issue.standing.changed_at.as_millis(),
                issue.standing.stated_at.map(Timestamp::as_millis),
                issue.standing.closed_at.map(Timestamp::as_millis),
                issue.standing.votes,
                i64::from(issue.standing.hidden),
                serde_json::Value::Object(issue.standing.attributes.clone()).to_string(),
                fold(issue.standing.category.name()),
                fold(&format!("{}\n{}", issue.standing.description, issue.standing.address)),
            ],
            " ON CONFLICT (city_id, issue_id) DO UPDATE SET
                category = excluded.category, status = excluded.status,
                description = excluded.description, address = excluded.address,
                lon = excluded.lon, lat = excluded.lat, place = excluded.place,
                changed_at = excluded.changed_at, stated_at = excluded.stated_at,
                closed_at = excluded.closed_at, votes = excluded.votes,
                hidden = excluded.hidden, attributes = excluded.attributes,
                category_folded = excluded.category_folded,
                words_folded = excluded.words_folded"
        );
        Ok(())
    }

    /// Writes new events.
    ///
    /// # Errors
    /// When the database does not answer, or one of them is there already.
    pub async fn put_events(
        &mut self,
        city: CityId,
        events: &[EventRow],
    ) -> Result<(), StoreError> {
        write_rows!(
            self,
            "INSERT INTO event (city_id, event_no, event_id, issue_id, source, source_id, version,
                part, kind, at, actor, author, office, words, category, status, description, address, lon, lat,
                place, quiet, accepted_at) ",
            events,
            |row| [
                city.0,
                row.no,
                row.event.id.0,
                row.event.issue.0,
                &row.source,
                &row.source_id,
                &row.version,
                row.part,
                row.event.kind.name(),
                row.event.at.as_millis(),
                row.event.actor.name(),
                row.event.author.map(|author| author.0),
                row.event.office.as_deref(),
                row.event.text.as_deref(),
                row.event.category.name(),
                row.event.status.name(),
                &row.event.description,
                &row.event.address,
                row.event.position.map(|p| p.lon),
                row.event.position.map(|p| p.lat),
                row.event.place.name(),
                row.event.quiet.map(crate::issue::Quiet::name),
                row.accepted_at.as_millis(),
            ],
            ""
        );
        Ok(())
    }
}

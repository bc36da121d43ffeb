//! What doors ask: lists of issues, an issue's events, what is where.

use std::collections::HashMap;

use uuid::Uuid;

use super::accept::{StandingRow, fold, issue_columns};
use super::match_log::{EventFields, IssueWardRow, PendingEvent, event_columns};
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::geometry::Envelope;
use crate::issue::{CityId, Issue, IssueId, Status};
use crate::ward::WardRef;
use crate::watcher::WatcherId;

/// Which issues are asked for; what is `None` asks for nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IssueQuery {
    pub bbox: Option<Envelope>,
    pub ward: Option<WardRef>,
    pub category: Option<String>,
    pub status: Option<Status>,
    /// Only open, or only closed ones.
    pub open: Option<bool>,
    pub updated_after: Option<Timestamp>,
    /// Looked for in description and address, whatever the case.
    pub words: Option<String>,
    /// Behind this one in the order of the list: (last change, id).
    pub after: Option<(Timestamp, IssueId)>,
    pub limit: i64,
}

impl Tx {
    /// Issues that answer a query, latest change first, none that was taken off the site.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_issues(
        &mut self,
        city: CityId,
        query: &IssueQuery,
    ) -> Result<Vec<Issue>, StoreError> {
        let rows = rows!(
            self,
            StandingRow,
            // A parameter that is NULL asks for nothing.
            concat!(
                "SELECT ",
                issue_columns!(),
                " FROM issue WHERE city_id = $1 AND hidden = 0
                AND ($2 IS NULL OR (lon >= $2 AND lat >= $3 AND lon <= $4 AND lat <= $5))
                AND ($6 IS NULL OR EXISTS (SELECT 1 FROM issue_ward w
                    WHERE w.city_id = issue.city_id AND w.issue_id = issue.issue_id
                    AND w.layer = $6 AND w.ward = $7))
                AND ($8 IS NULL OR category_folded = $8)
                AND ($9 IS NULL OR status = $9)
                AND ($10 IS NULL OR ($10 = 1) = (status <> 'closed'))
                AND ($11 IS NULL OR changed_at > $11)
                AND ($12 IS NULL OR words_folded LIKE $12 ESCAPE '\\')
                AND ($13 IS NULL OR (changed_at, issue_id) < ($13, $14))
                ORDER BY changed_at DESC, issue_id DESC LIMIT $15"
            ),
            city.0,
            query.bbox.map(|b| b.west),
            query.bbox.map(|b| b.south),
            query.bbox.map(|b| b.east),
            query.bbox.map(|b| b.north),
            query.ward.as_ref().map(|ward| ward.layer.as_str()),
            query.ward.as_ref().map(|ward| ward.ward.as_str()),
            query.category.as_deref().map(fold),
            query.status.map(Status::name),
            query.open.map(i64::from),
            query.updated_after.map(Timestamp::as_millis),
            query.words.as_deref().map(pattern),
            query.after.map(|(at, _)| at.as_millis()),
            query.after.map(|(_, id)| id.0),
            query.limit
        )?;
        rows.into_iter().map(StandingRow::into_issue).collect()
    }

    /// What people call an issue.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn number_of(
        &mut self,
        city: CityId,
        issue: IssueId,
    ) -> Result<Option<String>, StoreError> {
        let found = row!(
            self,
            (String,),
            "SELECT number FROM issue WHERE city_id = $1 AND issue_id = $2",
            city.0,
            issue.0
        )?;
        Ok(found.map(|(number,)| number))
    }

    /// What people call these issues, without those that were taken off the site.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn public_numbers(
        &mut self,
        city: CityId,
        issues: &[IssueId],
    ) -> Result<HashMap<IssueId, String>, StoreError> {
        let rows = rows_of!(
            self,
            (Uuid, String),
            "SELECT issue_id, number FROM issue WHERE hidden = 0 AND (city_id, issue_id) IN (",
            issues,
            |id| [city.0, id.0],
            ")"
        );
        Ok(rows.into_iter().map(|(id, number)| (IssueId(id), number)).collect())
    }

    /// What happened to an issue, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn events_of(
        &mut self,
        city: CityId,
        issue: IssueId,
    ) -> Result<Vec<PendingEvent>, StoreError> {
        let rows = rows!(
            self,
            EventFields,
            concat!(
                "SELECT ",
                event_columns!(),
                " FROM event e JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id
                 WHERE e.city_id = $1 AND e.issue_id = $2 ORDER BY e.at, e.event_no"
            ),
            city.0,
            issue.0
        )?;
        rows.into_iter().map(EventFields::into_pending).collect()
    }

    /// The wards that issues lie in, and those they are merely near.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn wards_of_issues(
        &mut self,
        city: CityId,
        issues: &[IssueId],
    ) -> Result<Vec<IssueWardRow>, StoreError> {
        let rows = rows_of!(
            self,
            (Uuid, String, String, i64),
            "SELECT issue_id, layer, ward, near FROM issue_ward WHERE (city_id, issue_id) IN (",
            issues,
            |id| [city.0, id.0],
            ") ORDER BY layer, ward"
        );
        let row = |(issue, layer, ward, near)| IssueWardRow {
            issue: IssueId(issue),
            ward: WardRef { layer, ward },
            near: near != 0,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// The language that each of these watchers reads.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn languages(
        &mut self,
        city: CityId,
        watchers: &[WatcherId],
    ) -> Result<Vec<(WatcherId, String)>, StoreError> {
        let rows = rows_of!(
            self,
            (Uuid, String),
            "SELECT watcher_id, language FROM watcher WHERE (city_id, watcher_id) IN (",
            watchers,
            |id| [city.0, id.0],
            ")"
        );
        Ok(rows.into_iter().map(|(id, language)| (WatcherId(id), language)).collect())
    }

    /// The categories of the city's issues, the most frequent first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn categories(&mut self, city: CityId) -> Result<Vec<String>, StoreError> {
        let rows = rows!(
            self,
            (String, i64),
            "SELECT category, COUNT(*) FROM issue WHERE city_id = $1 AND hidden = 0
             GROUP BY category ORDER BY COUNT(*) DESC, category LIMIT 200",
            city.0
        )?;
        Ok(rows.into_iter().map(|(category, _)| category).collect())
    }

    /// The categories of the city's issues, by name. It costs a look into an index for each of
    /// them, however many issues there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn categories_by_name(&mut self, city: CityId) -> Result<Vec<String>, StoreError> {
        let rows = rows!(
            self,
            (String,),
            "WITH RECURSIVE known (category) AS (
                SELECT MIN(category) FROM issue WHERE city_id = $1 AND hidden = 0
                UNION ALL
                SELECT (SELECT MIN(i.category) FROM issue i
                    WHERE i.city_id = $1 AND i.hidden = 0 AND i.category > known.category)
                FROM known WHERE known.category IS NOT NULL
             )
             SELECT category FROM known WHERE category IS NOT NULL LIMIT 500",
            city.0
        )?;
        Ok(rows.into_iter().map(|(category,)| category).collect())
    }
}

/// Words as a LIKE pattern, in which a backslash takes SQL's own signs as they stand.
pub(super) fn pattern(words: &str) -> String {
    let words = fold(words).replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{words}%")
}

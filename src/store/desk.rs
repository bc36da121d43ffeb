//! What those who work on issues are shown first, of the whole city or of one ward.

use super::accept::{StandingRow, issue_columns};
use super::match_log::{EventFields, PendingEvent, event_columns};
use super::{StoreError, Tx};
use crate::issue::{CityId, Issue};
use crate::ward::WardRef;

/// A part of a list: so many, behind so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    pub limit: i64,
    pub behind: i64,
}

/// Open issues of the whole city, or of those in or near a ward.
macro_rules! open_issues {
    ($tx:ident, $city:ident, $ward:ident, $portion:ident, $which:literal) => {{
        let rows = rows!(
            $tx,
            StandingRow,
            concat!(
                "SELECT ",
                issue_columns!(),
                " FROM issue WHERE city_id = $1 AND hidden = 0 AND status <> 'closed'
                 AND ($2 IS NULL OR EXISTS (SELECT 1 FROM issue_ward w
                    WHERE w.city_id = issue.city_id AND w.issue_id = issue.issue_id
                    AND w.layer = $2 AND w.ward = $3)) ",
                $which,
                " LIMIT $4 OFFSET $5"
            ),
            $city.0,
            $ward.map(|ward| ward.layer.as_str()),
            $ward.map(|ward| ward.ward.as_str()),
            $portion.limit,
            $portion.behind
        )?;
        rows.into_iter().map(StandingRow::into_issue).collect()
    }};
}

impl Tx {
    /// Issues that nobody of the city's has taken up yet, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn new_issues(
        &mut self,
        city: CityId,
        ward: Option<&WardRef>,
        portion: Portion,
    ) -> Result<Vec<Issue>, StoreError> {
        open_issues!(
            self,
            city,
            ward,
            portion,
            "AND status = 'received' ORDER BY opened_at DESC, issue_id DESC"
        )
    }

    /// Open issues, those first that have been open longest.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn oldest_open_issues(
        &mut self,
        city: CityId,
        ward: Option<&WardRef>,
        portion: Portion,
    ) -> Result<Vec<Issue>, StoreError> {
        open_issues!(self, city, ward, portion, "ORDER BY opened_at, issue_id")
    }

    /// What officials said last of issues in or near a ward, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn official_words_in(
        &mut self,
        city: CityId,
        ward: &WardRef,
        limit: i64,
    ) -> Result<Vec<PendingEvent>, StoreError> {
        let rows = rows!(
            self,
            EventFields,
            concat!(
                "SELECT ",
                event_columns!(),
                " FROM event e JOIN issue i ON i.city_id = e.city_id AND i.issue_id = e.issue_id
                 WHERE e.city_id = $1 AND e.actor = 'official' AND e.words IS NOT NULL
                    AND i.hidden = 0
                    AND EXISTS (SELECT 1 FROM issue_ward w WHERE w.city_id = e.city_id
                        AND w.layer = $2 AND w.ward = $3 AND w.issue_id = e.issue_id)
                 ORDER BY e.event_no DESC LIMIT $4"
            ),
            city.0,
            &ward.layer,
            &ward.ward,
            limit
        )?;
        rows.into_iter().map(EventFields::into_pending).collect()
    }
}

//! What is open near a place: perhaps what somebody is about to report is known already.

use super::accept::{StandingRow, fold, issue_columns};
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::geometry::Envelope;
use crate::issue::{Category, CityId, Issue};

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Nearby<'a> {
    pub within: Envelope,
    pub category: &'a Category,
    pub since: Timestamp,
}

/// How many are read at most, the latest first; where more lie this close, nobody reads them all.
const READ: i64 = 50;

impl Tx {
    /// Open issues of a category in a box that were reported since a time, and whose place is believed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_nearby(
        &mut self,
        city: CityId,
        near: &Nearby<'_>,
    ) -> Result<Vec<Issue>, StoreError> {
        let rows = rows!(
            self,
            StandingRow,
            concat!(
                "SELECT ",
                issue_columns!(),
                " FROM issue
                 WHERE city_id = $1 AND hidden = 0 AND status <> 'closed' AND place = 'good'
                    AND lat BETWEEN $2 AND $3 AND lon BETWEEN $4 AND $5
                    AND category_folded = $6 AND opened_at >= $7
                 ORDER BY opened_at DESC, issue_id LIMIT $8"
            ),
            city.0,
            near.within.south,
            near.within.north,
            near.within.west,
            near.within.east,
            fold(near.category.name()),
            near.since.as_millis(),
            READ
        )?;
        rows.into_iter().map(StandingRow::into_issue).collect()
    }
}

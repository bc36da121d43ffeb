//! How much has happened lately, for the front page.

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::CityId;

/// Issues since a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub reported: i64,
    /// And not opened again.
    pub closed: i64,
}

impl Tx {
    /// How many issues were reported since a time, and how many closed; none that was taken off the
    /// site. Reads no more than what has changed since.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn figures_since(
        &mut self,
        city: CityId,
        since: Timestamp,
    ) -> Result<Figures, StoreError> {
        let found = row!(
            self,
            (i64, i64),
            "SELECT COUNT(*) FILTER (WHERE opened_at >= $2),
                COUNT(*) FILTER (WHERE status = 'closed' AND closed_at >= $2)
            FROM issue WHERE city_id = $1 AND changed_at >= $2 AND hidden = 0",
            city.0,
            since.as_millis()
        )?;
        let (reported, closed) = found.unwrap_or_default();
        Ok(Figures { reported, closed })
    }
}

//! What batches told at once within the last hour.

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::CityId;

/// What one batch told at once.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldRow {
    pub no: i64,
    /// The number of the batch's first event.
    pub first_event: i64,
    pub at: Timestamp,
    /// For each message one of the watches that it names, packed.
    pub watches: Vec<u8>,
}

impl Tx {
    /// What was told at once since a time by batches after this one, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn told_after(
        &mut self,
        city: CityId,
        after: i64,
        since: Timestamp,
    ) -> Result<Vec<ToldRow>, StoreError> {
        let rows = rows!(
            self,
            (i64, i64, i64, Vec<u8>),
            "SELECT told_no, first_event_no, told_at, watches FROM told_at_once
             WHERE city_id = $1 AND told_no > $2 AND told_at >= $3 ORDER BY told_no",
            city.0,
            after,
            since.as_millis()
        )?;
        let row = |(no, first_event, at, watches)| ToldRow {
            no,
            first_event,
            at: Timestamp::from_millis(at),
            watches,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Writes what a batch told at once, and forgets those up to `old`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_told(
        &mut self,
        city: CityId,
        row: &ToldRow,
        old: Option<i64>,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO told_at_once (city_id, told_no, first_event_no, told_at, watches)
             VALUES ($1, $2, $3, $4, $5)",
            city.0,
            row.no,
            row.first_event,
            row.at.as_millis(),
            &row.watches
        )?;
        if let Some(old) = old {
            run!(
                self,
                "DELETE FROM told_at_once WHERE city_id = $1 AND told_no <= $2",
                city.0,
                old
            )?;
        }
        Ok(())
    }
}

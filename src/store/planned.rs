//! What was planned goes into the outbox.

use super::outbox::{about_parts, lane_no};
use super::watches::json;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::delivery::Delivery;
use crate::issue::CityId;

/// From how many on PostgreSQL is first told that they are all new, which takes two statements more.
const MANY: usize = 64;

impl Tx {
    /// Puts deliveries into the outbox. One that is there already, by what it is about and whom it
    /// tells, stays as it is. Gives the number that are new.
    ///
    /// PostgreSQL looks each row up before it inserts it when repeats are to be passed over. Many are
    /// therefore inserted without that look, and once more with it when one turns out to be there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_deliveries(
        &mut self,
        city: CityId,
        deliveries: &[Delivery],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        const PASS_OVER: &str =
            " ON CONFLICT (city_id, about_id, watcher_id, contact_id) DO NOTHING";
        if deliveries.len() < MANY || matches!(self, Self::Sqlite(..)) {
            return Ok(self.insert_deliveries(city, deliveries, now, PASS_OVER).await?);
        }
        run!(self, "SAVEPOINT fresh")?;
        let put = match self.insert_deliveries(city, deliveries, now, "").await {
            Err(sqlx::Error::Database(why)) if why.is_unique_violation() => {
                run!(self, "ROLLBACK TO SAVEPOINT fresh")?;
                self.insert_deliveries(city, deliveries, now, PASS_OVER).await?
            }
            put => put?,
        };
        run!(self, "RELEASE SAVEPOINT fresh")?;
        Ok(put)
    }

    async fn insert_deliveries(
        &mut self,
        city: CityId,
        deliveries: &[Delivery],
        now: Timestamp,
        repeats: &str,
    ) -> Result<u64, sqlx::Error> {
        Ok(write_rows!(
            self,
            "INSERT INTO delivery (city_id, delivery_id, about, about_id, watcher_id, contact_id,
                kind, lane, items, due_at, created_at) ",
            deliveries,
            |d| [
                city.0,
                d.id.0,
                about_parts(d.about).0,
                about_parts(d.about).1,
                d.watcher.0,
                d.contact.0,
                d.kind.name(),
                lane_no(d.lane),
                json(&d.contents),
                d.due.as_millis(),
                now.as_millis(),
            ],
            repeats
        ))
    }
}

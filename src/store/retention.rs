//! What is over and has been kept long enough. Everything here removes a few rows at a time.

use uuid::{Builder, Uuid};

use super::leaving::NOBODY;
use super::people::ASKED_NEVER;
use super::sql::portions;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::watcher::WatcherId;

impl Tx {
    /// When the oldest event was accepted that somebody may still be told of: it waits to be matched, or
    /// for a digest. What was told since then is what keeps it from being told twice.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn oldest_untold(&mut self, city: CityId) -> Result<Option<Timestamp>, StoreError> {
        // One statement is one snapshot, through which no event slips that is matched meanwhile.
        let oldest = row!(
            self,
            (Option<i64>,),
            "SELECT MIN(at) FROM (
                SELECT MIN(accepted_at) AS at FROM event WHERE city_id = $1 AND matched_at IS NULL
                UNION ALL
                SELECT MIN(e.accepted_at) AS at FROM event_match m
                JOIN event e ON e.city_id = m.city_id AND e.event_id = m.event_id
                WHERE m.city_id = $1) AS untold",
            city.0
        )?;
        Ok(oldest.and_then(|(at,)| at).map(Timestamp::from_millis))
    }

    /// Deliveries that came to their end before a time, at most `limit`, the oldest first.
    ///
    /// Their ids begin with the time at which they were planned, so the primary key finds them: an index
    /// of its own would cost every delivery something, for the sake of what happens to it a year later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn settled_before(
        &mut self,
        city: CityId,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<Uuid>, StoreError> {
        let rows = rows!(
            self,
            (Uuid,),
            "SELECT delivery_id FROM delivery
             WHERE city_id = $1 AND delivery_id < $2 AND state <> 'waiting' AND settled_at < $3
             ORDER BY delivery_id LIMIT $4",
            city.0,
            first_id_of(before),
            before.as_millis(),
            limit
        )?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Forgets deliveries, but for those that an operator has had tried again meanwhile. Gives how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_deliveries(
        &mut self,
        city: CityId,
        ids: &[Uuid],
    ) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        for_portions!(
            self,
            "DELETE FROM delivery WHERE (city_id, delivery_id) IN (",
            portions,
            ids,
            |id| [city.0, *id],
            ") AND state <> 'waiting'",
            |query, on| forgotten += query.build().execute(&mut **on).await?.rows_affected()
        );
        Ok(forgotten)
    }

    /// Whether a watch was deleted before a time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn any_deleted_before(
        &mut self,
        city: CityId,
        before: Timestamp,
    ) -> Result<bool, StoreError> {
        let found = row!(
            self,
            (i64,),
            "SELECT deleted_at FROM watch
             WHERE city_id = $1 AND state = 'deleted' AND deleted_at < $2 LIMIT 1",
            city.0,
            before.as_millis()
        )?;
        Ok(found.is_some())
    }

    /// Forgets watches that were deleted before a time, at most `limit`. Gives how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_watches(
        &mut self,
        city: CityId,
        before: Timestamp,
        limit: i64,
    ) -> Result<u64, StoreError> {
        Ok(run!(
            self,
            "DELETE FROM watch WHERE city_id = $1 AND watch_id IN (
                SELECT watch_id FROM watch
                WHERE city_id = $1 AND state = 'deleted' AND deleted_at < $2 LIMIT $3)",
            city.0,
            before.as_millis(),
            limit
        )?)
    }

    /// People who came before a time and watch nothing, not even something that was deleted and is still
    /// kept, and are not staff; at most `limit`. A silenced contact keeps its watcher, who has nothing else.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn people_with_nothing(
        &mut self,
        city: CityId,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<WatcherId>, StoreError> {
        let rows = rows!(
            self,
            (Uuid,),
            "SELECT p.watcher_id FROM watcher p
             WHERE p.city_id = $1 AND p.created_at < $2 AND p.watcher_id <> $5
                AND NOT EXISTS (SELECT 1 FROM watch w
                    WHERE w.city_id = p.city_id AND w.watcher_id = p.watcher_id)
                AND NOT EXISTS (SELECT 1 FROM contact c
                    JOIN staff s ON s.city_id = c.city_id AND s.email = c.address
                    WHERE c.city_id = p.city_id AND c.watcher_id = p.watcher_id)
                AND (EXISTS (SELECT 1 FROM contact c
                        WHERE c.city_id = p.city_id AND c.watcher_id = p.watcher_id
                            AND (c.state <> 'retired' OR COALESCE(c.retired_why, '') <> $3))
                    OR NOT EXISTS (SELECT 1 FROM contact c
                        WHERE c.city_id = p.city_id AND c.watcher_id = p.watcher_id))
             LIMIT $4",
            city.0,
            before.as_millis(),
            ASKED_NEVER,
            limit,
            NOBODY.0
        )?;
        Ok(rows.into_iter().map(|(id,)| WatcherId(id)).collect())
    }

    /// Whether any match is kept.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_matches(&mut self, city: CityId) -> Result<bool, StoreError> {
        let found = row!(
            self,
            (i64,),
            "SELECT match_no FROM event_match WHERE city_id = $1 ORDER BY match_no LIMIT 1",
            city.0
        )?;
        Ok(found.is_some())
    }
}

/// The least id that begins with a time.
fn first_id_of(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.as_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

//! Webhooks: how they stand, and what became of what was last sent there.

use super::outbox_desk::DeliveryState;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::watcher::{ContactId, WatcherId};

/// The last delivery to a contact that has been tried.
#[derive(Clone, Debug, PartialEq)]
pub struct LastTry {
    pub state: DeliveryState,
    /// The answer, or why there was none.
    pub outcome: String,
    /// When it was settled; none while it is tried again.
    pub settled: Option<Timestamp>,
}

impl Tx {
    /// A webhook has taken something.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhook_works(
        &mut self,
        city: CityId,
        contact: ContactId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET failing_at = NULL WHERE city_id = $1 AND contact_id = $2",
            city.0,
            contact.0
        )?;
        Ok(())
    }

    /// A webhook has not taken something; since when that is so stays as it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhook_fails(
        &mut self,
        city: CityId,
        contact: ContactId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET failing_at = $3
             WHERE city_id = $1 AND contact_id = $2 AND failing_at IS NULL",
            city.0,
            contact.0,
            now.as_millis()
        )?;
        Ok(())
    }

    /// A webhook has a new secret, by its number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn renew_webhook_secret(
        &mut self,
        city: CityId,
        contact: ContactId,
        number: u32,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET secret_no = $3, secret_at = $4
             WHERE city_id = $1 AND contact_id = $2 AND kind = 'webhook'",
            city.0,
            contact.0,
            i64::from(number),
            now.as_millis()
        )?;
        Ok(())
    }

    /// Forgets a contact; what waits for it is dropped when its turn comes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_contact(
        &mut self,
        city: CityId,
        contact: ContactId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "DELETE FROM contact WHERE city_id = $1 AND contact_id = $2",
            city.0,
            contact.0
        )?;
        Ok(())
    }

    /// Brings forward a question that waits for its next turn, and gives how many wait.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hurry_ping(
        &mut self,
        city: CityId,
        contact: ContactId,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        Ok(run!(
            self,
            "UPDATE delivery SET due_at = CASE WHEN lease IS NULL AND due_at > $3 THEN $3
                ELSE due_at END
             WHERE city_id = $1 AND contact_id = $2 AND about = 'ping' AND state = 'waiting'",
            city.0,
            contact.0,
            now.as_millis()
        )?)
    }

    /// What became of the last delivery to a contact that was tried at all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn last_try(
        &mut self,
        city: CityId,
        contact: ContactId,
    ) -> Result<Option<LastTry>, StoreError> {
        let found = row!(
            self,
            (String, String, Option<i64>),
            "SELECT state, outcome, settled_at FROM delivery
             WHERE city_id = $1 AND contact_id = $2 AND outcome IS NOT NULL AND attempts > 0
             ORDER BY created_at DESC, delivery_id DESC LIMIT 1",
            city.0,
            contact.0
        )?;
        let Some((state, outcome, settled)) = found else { return Ok(None) };
        let unreadable = StoreError::Unreadable("delivery.state");
        let state = DeliveryState::from_name(&state).ok_or(unreadable)?;
        Ok(Some(LastTry { state, outcome, settled: settled.map(Timestamp::from_millis) }))
    }

    /// How often a person's webhooks were asked since a time whether they answer, each attempt counted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pinged_since(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        since: Timestamp,
    ) -> Result<i64, StoreError> {
        let rows = rows!(
            self,
            (i64,),
            "SELECT attempts FROM delivery
             WHERE city_id = $1 AND watcher_id = $2 AND created_at >= $3 AND about = 'ping'",
            city.0,
            watcher.0,
            since.as_millis()
        )?;
        Ok(rows.into_iter().map(|(attempts,)| attempts.max(1)).sum())
    }
}

//! Mails that came back, and what they tell of their contacts.

use uuid::Uuid;

use super::outbox_desk::DeliveryState;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::watcher::ContactId;

impl Tx {
    /// Notes that a mail of a contact came back, and gives when each of those did that came back
    /// after `since`. The same mail is noted once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note_return(
        &mut self,
        city: CityId,
        contact: ContactId,
        mail: &[u8],
        at: Timestamp,
        since: Timestamp,
    ) -> Result<Vec<Timestamp>, StoreError> {
        run!(
            self,
            "INSERT INTO came_back (city_id, contact_id, mail, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (city_id, contact_id, mail) DO NOTHING",
            city.0,
            contact.0,
            mail,
            at.as_millis()
        )?;
        let rows = rows!(
            self,
            (i64,),
            "SELECT at FROM came_back WHERE city_id = $1 AND contact_id = $2 AND at > $3",
            city.0,
            contact.0,
            since.as_millis()
        )?;
        Ok(rows.into_iter().map(|(at,)| Timestamp::from_millis(at)).collect())
    }

    /// Forgets what came back before a time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_returns(
        &mut self,
        city: CityId,
        before: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "DELETE FROM came_back WHERE city_id = $1 AND at <= $2",
            city.0,
            before.as_millis()
        )?;
        Ok(())
    }

    /// Sends nothing more to a contact that has agreed, until its owner says so. Gives whether it was so
    /// until now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn suspend_contact(
        &mut self,
        city: CityId,
        contact: ContactId,
        why: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let suspended = run!(
            self,
            "UPDATE contact SET state = 'suspended', retired_at = $3, retired_why = $4
             WHERE city_id = $1 AND contact_id = $2 AND state = 'confirmed'",
            city.0,
            contact.0,
            now.as_millis(),
            why
        )?;
        Ok(suspended > 0)
    }

    /// The deliveries to a contact that were made since a time, and when.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mailed_since(
        &mut self,
        city: CityId,
        contact: ContactId,
        since: Timestamp,
    ) -> Result<Vec<(Uuid, Timestamp)>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, i64),
            "SELECT delivery_id, created_at FROM delivery
             WHERE city_id = $1 AND contact_id = $2 AND created_at > $3 AND attempts > 0",
            city.0,
            contact.0,
            since.as_millis()
        )?;
        Ok(rows.into_iter().map(|(id, at)| (id, Timestamp::from_millis(at))).collect())
    }

    /// The deliveries to a contact since a time that the mail server has taken.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn taken_since(
        &mut self,
        city: CityId,
        contact: ContactId,
        since: Timestamp,
    ) -> Result<Vec<Uuid>, StoreError> {
        let rows = rows!(
            self,
            (Uuid,),
            "SELECT delivery_id FROM delivery
             WHERE city_id = $1 AND contact_id = $2 AND created_at > $3 AND state = 'sent'",
            city.0,
            contact.0,
            since.as_millis()
        )?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// A delivery that was taken has come back: it ends otherwise.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_otherwise(
        &mut self,
        city: CityId,
        delivery: Uuid,
        state: DeliveryState,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE delivery SET state = $3, outcome = $4, settled_at = $5
             WHERE city_id = $1 AND delivery_id = $2 AND state = 'sent'",
            city.0,
            delivery,
            state.name(),
            why,
            now.as_millis()
        )?;
        Ok(())
    }
}

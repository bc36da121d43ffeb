//! What people have agreed to be sent, contact by contact, and what they have not.

use super::people::ASKED_NEVER;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::watcher::{Contact, ContactId};

impl Tx {
    /// A contact has agreed; one that was retired or suspended is welcome back, unless it was silenced,
    /// and what came back before is forgotten.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn confirm_contact(
        &mut self,
        city: CityId,
        contact: ContactId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET state = 'confirmed', confirmed_at = $3, retired_at = NULL,
                retired_why = NULL
             WHERE city_id = $1 AND contact_id = $2 AND state <> 'confirmed'
                AND COALESCE(retired_why, '') <> $4",
            city.0,
            contact.0,
            now.as_millis(),
            ASKED_NEVER
        )?;
        run!(
            self,
            "DELETE FROM came_back WHERE city_id = $1 AND contact_id = $2",
            city.0,
            contact.0
        )?;
        Ok(())
    }

    /// A contact that was given up as dead may be asked again whether it agrees.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ask_contact_again(
        &mut self,
        city: CityId,
        contact: ContactId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET state = 'unconfirmed', retired_at = NULL, retired_why = NULL
             WHERE city_id = $1 AND contact_id = $2 AND state = 'retired'
                AND COALESCE(retired_why, '') <> $3",
            city.0,
            contact.0,
            ASKED_NEVER
        )?;
        Ok(())
    }

    /// Gives up every browser, and what waits for them. Gives the number of browsers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn retire_browsers(
        &mut self,
        city: CityId,
        why: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let retired = run!(
            self,
            "UPDATE contact SET state = 'retired', retired_at = $2, retired_why = $3
             WHERE city_id = $1 AND kind = 'push' AND state <> 'retired'",
            city.0,
            now.as_millis(),
            why
        )?;
        run!(
            self,
            "UPDATE delivery SET state = 'retired', settled_at = $2, outcome = $3, lease = NULL
             WHERE city_id = $1 AND kind = 'push' AND state = 'waiting'",
            city.0,
            now.as_millis(),
            why
        )?;
        Ok(retired)
    }

    /// A contact's owner asks never to be sent anything again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn silence_contact(
        &mut self,
        city: CityId,
        contact: ContactId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET state = 'retired', retired_at = $3, retired_why = $4
             WHERE city_id = $1 AND contact_id = $2 AND COALESCE(retired_why, '') <> $4",
            city.0,
            contact.0,
            now.as_millis(),
            ASKED_NEVER
        )?;
        Ok(())
    }

    /// A silenced contact's owner allows questions again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lift_silence(
        &mut self,
        city: CityId,
        contact: ContactId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET state = 'unconfirmed', confirmed_at = NULL, retired_at = NULL,
                retired_why = NULL
             WHERE city_id = $1 AND contact_id = $2 AND retired_why = $3",
            city.0,
            contact.0,
            ASKED_NEVER
        )?;
        Ok(())
    }

    /// A contact is dead: nothing is sent to it any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn retire_contact(
        &mut self,
        city: CityId,
        contact: ContactId,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET state = 'retired', retired_at = $3, retired_why = $4
             WHERE city_id = $1 AND contact_id = $2 AND state <> 'retired'",
            city.0,
            contact.0,
            now.as_millis(),
            why
        )?;
        Ok(())
    }

    /// Forgets addresses that never agreed, were made before a time, of which nobody says any more
    /// that they are theirs, and that are asked nothing any more, with the questions that they were sent.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_contacts(
        &mut self,
        city: CityId,
        before: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "DELETE FROM delivery WHERE city_id = $1
                AND (about = 'confirm' OR (about = 'ping' AND kind = 'mail')) AND contact_id IN (
                SELECT c.contact_id FROM contact c
                WHERE c.city_id = $1 AND c.state = 'unconfirmed' AND c.created_at < $2
                    AND NOT EXISTS (SELECT 1 FROM claim k WHERE k.city_id = c.city_id
                        AND k.contact_id = c.contact_id)
                    AND NOT EXISTS (SELECT 1 FROM watch w WHERE w.city_id = c.city_id
                        AND w.watcher_id = c.watcher_id AND w.state <> 'deleted'))",
            city.0,
            before.as_millis()
        )?;
        // Whoever had agreed once has been sent more than questions.
        run!(
            self,
            "DELETE FROM contact WHERE city_id = $1 AND state = 'unconfirmed' AND created_at < $2
                AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.city_id = contact.city_id
                    AND d.contact_id = contact.contact_id)
                AND NOT EXISTS (SELECT 1 FROM claim k WHERE k.city_id = contact.city_id
                    AND k.contact_id = contact.contact_id)
                AND NOT EXISTS (SELECT 1 FROM watch w WHERE w.city_id = contact.city_id
                    AND w.watcher_id = contact.watcher_id AND w.state <> 'deleted')",
            city.0,
            before.as_millis()
        )?;
        Ok(())
    }

    /// How many messages of one kind, as `delivery.about` names it, were put on their way to a contact since
    /// `since`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sent_since(
        &mut self,
        city: CityId,
        contact: ContactId,
        (about, since): (&str, Timestamp),
    ) -> Result<i64, StoreError> {
        let count = row!(
            self,
            (i64,),
            "SELECT COUNT(*) FROM delivery
             WHERE city_id = $1 AND contact_id = $2 AND about = $3 AND created_at >= $4",
            city.0,
            contact.0,
            about,
            since.as_millis()
        )?;
        Ok(count.map_or(0, |(count,)| count))
    }

    /// How many watches have waited on a contact's answer since `since`, whether it was mailed or
    /// not: a stranger cannot tell a silenced address from any other by it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn asked_since(
        &mut self,
        city: CityId,
        contact: &Contact,
        since: Timestamp,
    ) -> Result<i64, StoreError> {
        let count = row!(
            self,
            (i64,),
            "SELECT COUNT(*) FROM watch
             WHERE city_id = $1 AND watcher_id = $2 AND asked = $3 AND asked_at >= $4",
            city.0,
            contact.watcher.0,
            contact.id.0,
            since.as_millis()
        )?;
        Ok(count.map_or(0, |(count,)| count))
    }
}

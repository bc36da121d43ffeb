//! People who leave: what is removed, and what stays without them.

use uuid::Uuid;

use super::people::ASKED_NEVER;
use super::sql::portions;
use super::watches::json;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::watch::{Filter, WatchId};
use crate::watcher::{ContactId, WatcherId};

/// Whose watches are that were somebody's. Indexes learn from a watch's row that it is no more, by its
/// number; this keeps the row and lets go of the person.
pub(super) const NOBODY: WatcherId = WatcherId(Uuid::nil());

impl Tx {
    /// Whether there is such a watcher, still.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_known(&mut self, city: CityId, watcher: WatcherId) -> Result<bool, StoreError> {
        let found = row!(
            self,
            (i64,),
            "SELECT created_at FROM watcher WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            watcher.0
        )?;
        Ok(found.is_some() && watcher != NOBODY)
    }

    /// All watches of a watcher, the deleted ones too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn every_watch_of(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<WatchId>, StoreError> {
        let rows = rows!(
            self,
            (Uuid,),
            "SELECT watch_id FROM watch WHERE city_id = $1 AND watcher_id = $2 ORDER BY watch_no",
            city.0,
            watcher.0
        )?;
        Ok(rows.into_iter().map(|(id,)| WatchId(id)).collect())
    }

    /// Makes sure that watches can be nobody's.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_nobody(&mut self, city: CityId, now: Timestamp) -> Result<(), StoreError> {
        // "und" is how a tag says that there is no language (RFC 5646, §4.1).
        self.put_watchers(city, &[(NOBODY, "und".to_owned())], now).await
    }

    /// Takes from a watch all that somebody has said in it: what is left is nobody's, is known by a
    /// number, and says when it ended. Its id goes, too: it stands in the links of mails, and the
    /// same report by the same person, made anew, comes to the same id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn disown_watch(
        &mut self,
        city: CityId,
        (id, becomes): (WatchId, WatchId),
        change_no: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watch SET watch_id = $3, watcher_id = $4, change_no = $5, name = '',
                target = 'wards', shape = NULL, west = NULL, south = NULL, east = NULL, north = NULL,
                wards = NULL, meant = NULL, issue_id = NULL, follows = NULL,
                follow_ended_at = NULL, filter = $6, rhythm = 'daily',
                via_mail = 0, via_push = 0, via_webhook = 0, state = 'deleted', asked = NULL, asked_at = NULL,
                wrong_codes = 0, created_at = $7, confirmed_at = NULL, deleted_at = $7
             WHERE city_id = $1 AND watch_id = $2",
            city.0,
            id.0,
            becomes.0,
            NOBODY.0,
            change_no,
            json(&Filter::for_places()),
            now.as_millis()
        )?;
        Ok(())
    }

    /// The contacts of a watcher that are never to be sent anything.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn silenced_of(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<ContactId>, StoreError> {
        let rows = rows!(
            self,
            (Uuid,),
            "SELECT contact_id FROM contact WHERE city_id = $1 AND watcher_id = $2
                AND state = 'retired' AND retired_why = $3",
            city.0,
            watcher.0,
            ASKED_NEVER
        )?;
        Ok(rows.into_iter().map(|(id,)| ContactId(id)).collect())
    }

    /// Keeps of a silenced contact what the promise takes, for a watcher who is nothing else.
    ///
    /// That is its address as it is. A hash of it under one of our secrets would break the promise as
    /// soon as that secret is rotated out, and one under none hides nothing, as addresses can be guessed.
    /// And it is its id, which stands in the one link by which its owner can take the wish back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_silent(
        &mut self,
        city: CityId,
        contact: ContactId,
        stranger: WatcherId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE contact SET watcher_id = $3, confirmed_at = NULL, created_at = retired_at
             WHERE city_id = $1 AND contact_id = $2",
            city.0,
            contact.0,
            stranger.0
        )?;
        Ok(())
    }

    /// The contacts of a watcher, whatever their kind and state.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn every_contact_of(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<ContactId>, StoreError> {
        let rows = rows!(
            self,
            (Uuid,),
            "SELECT contact_id FROM contact WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            watcher.0
        )?;
        Ok(rows.into_iter().map(|(id,)| ContactId(id)).collect())
    }

    /// Removes what was sent to contacts, or waits for them, and what came back. Whoever has some of it
    /// in hand can settle it no more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_deliveries_to(
        &mut self,
        city: CityId,
        contacts: &[ContactId],
    ) -> Result<(), StoreError> {
        for head in [
            "DELETE FROM delivery WHERE (city_id, contact_id) IN (",
            "DELETE FROM came_back WHERE (city_id, contact_id) IN (",
        ] {
            for_portions!(self, head, portions, contacts, |id| [city.0, id.0], ")", |query, on| {
                query.build().execute(&mut **on).await?;
            });
        }
        Ok(())
    }

    /// Removes a watcher who has no watch any more, with all that they have said.
    ///
    /// # Errors
    /// When they still have one, or the database does not answer.
    pub async fn forget_watcher(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM claim WHERE city_id = $1 AND (watcher_id = $2 OR contact_id IN (
                SELECT contact_id FROM contact WHERE city_id = $1 AND watcher_id = $2))",
            "DELETE FROM public_area WHERE city_id = $1 AND watcher_id = $2",
            "DELETE FROM digest_schedule WHERE city_id = $1 AND watcher_id = $2",
            "DELETE FROM habits WHERE city_id = $1 AND watcher_id = $2",
            "DELETE FROM mute WHERE city_id = $1 AND watcher_id = $2",
            "DELETE FROM muted_author WHERE city_id = $1 AND watcher_id = $2",
            "DELETE FROM held_comment WHERE city_id = $1 AND watcher_id = $2",
            "DELETE FROM reporter WHERE city_id = $1 AND watcher_id = $2",
            "DELETE FROM contact WHERE city_id = $1 AND watcher_id = $2",
            "DELETE FROM watcher WHERE city_id = $1 AND watcher_id = $2",
        ] {
            run!(self, sql, city.0, watcher.0)?;
        }
        Ok(())
    }

    /// Gives the deleted watches of a watcher who has turned out to be another to that other, and removes
    /// the one who is no more.
    ///
    /// # Errors
    /// When something of theirs is left, or the database does not answer.
    pub async fn absorb_watcher(
        &mut self,
        city: CityId,
        from: WatcherId,
        to: WatcherId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watch SET watcher_id = $3 WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            from.0,
            to.0
        )?;
        self.forget_watcher(city, from).await
    }
}

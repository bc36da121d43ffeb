//! People leave, and take everything with them.
//!
//! The one rule: what points to a person goes in one transaction, and nobody who has read it before can
//! write it again. Whoever changes watches or contacts begins with the lock of watch changes, whoever plans
//! digests holds theirs, and whoever writes matches holds theirs and then sees that they have to read anew.

use super::public_areas::close_areas;
use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::store::{City, Tx};
use crate::watch::WatchId;
use crate::watcher::WatcherId;

impl Engine {
    /// Whether there is such a person, still.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_known(&self, city: CityId, watcher: WatcherId) -> Result<bool, EngineError> {
        Ok(self.inner.store.read().await?.is_known(city, watcher).await?)
    }

    /// Removes a person with all that is stored about them: watches, contacts, habits, mutes, what they
    /// reported as its reporters, what they answered to the staff alone, what they said that is not shown,
    /// and what was sent to them or waits. What they reported and said in public stays, photos too, and
    /// nothing tells that it is theirs; and where one of their addresses is never to be mailed, that.
    ///
    /// # Errors
    /// [`EngineError::UnknownWatcher`], or when the database does not answer.
    pub async fn leave(&self, city: &City, watcher: WatcherId) -> Result<(), EngineError> {
        let mut tx = self.changing_of(city.id, watcher).await?;
        self.forget_people(&mut tx, city, &[watcher]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The same as `changing`, for a person who may have left since they were asked who they are.
    pub(super) async fn changing_of(
        &self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Tx, EngineError> {
        let mut tx = self.changing(city).await?;
        still_known(&mut tx, city, watcher).await?;
        Ok(tx)
    }

    /// Removes people, in a transaction that holds the lock of watch changes.
    pub(super) async fn forget_people(
        &self,
        tx: &mut Tx,
        city: &City,
        people: &[WatcherId],
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        // Whoever plans digests now may be planning theirs.
        tx.take_numbers(city.id, "digest", 0).await?;
        // What is matched now was read before: the one who writes it, after us, sees that habits have
        // changed, and reads anew.
        tx.take_numbers(city.id, "match", 0).await?;
        tx.take_numbers(city.id, "habits", 1).await?;
        tx.put_nobody(city.id, now).await?;
        for watcher in people {
            self.disown_watches(tx, city.id, *watcher, now).await?;
            let contacts = tx.every_contact_of(city.id, *watcher).await?;
            // Before the contacts themselves, as whoever settles takes them in this order.
            tx.forget_deliveries_to(city.id, &contacts).await?;
            for contact in tx.silenced_of(city.id, *watcher).await? {
                // One for each: nothing says any more that two addresses were one person's.
                let stranger = WatcherId(self.inner.random.uuid(now));
                tx.put_watchers(city.id, &[(stranger, city.language.clone())], now).await?;
                tx.keep_silent(city.id, contact, stranger).await?;
            }
            // While it is known what they reported.
            tx.forget_private_answers(city.id, *watcher).await?;
            let author = tx.author_of(city.id, *watcher).await?;
            tx.forget_watcher(city.id, *watcher).await?;
            // After what is held of theirs is gone: what somebody let through just then is seen here.
            if let Some(author) = author {
                tx.forget_author(city.id, author).await?;
            }
            // What was settled meanwhile may have told them that something of theirs has stopped. Now that
            // their contacts are gone, nothing more comes.
            tx.forget_deliveries_to(city.id, &contacts).await?;
        }
        Ok(())
    }

    async fn disown_watches(
        &self,
        tx: &mut Tx,
        city: CityId,
        watcher: WatcherId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let ids = tx.every_watch_of(city, watcher).await?;
        close_areas(tx, city, &ids, now).await?;
        let first = tx.take_numbers(city, "watch_change", ids.len()).await?;
        for (change, id) in (first..).zip(ids) {
            let becomes = WatchId(self.inner.random.uuid(now));
            tx.disown_watch(city, (id, becomes), change, now).await?;
        }
        Ok(())
    }
}

/// Refuses to write something for a person who has left.
pub(super) async fn still_known(
    tx: &mut Tx,
    city: CityId,
    watcher: WatcherId,
) -> Result<(), EngineError> {
    let known = tx.is_known(city, watcher).await?;
    if known { Ok(()) } else { Err(EngineError::UnknownWatcher) }
}

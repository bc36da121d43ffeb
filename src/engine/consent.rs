//! What people agree to, and how they take it back: codes and links that confirm, links that end,
//! and the wish never to be mailed again.

use super::beside::bring_claimed;
use super::digests::schedule;
use super::mutes::end_mutes;
use super::public_areas::catch_up;
use super::{Engine, EngineError};
use crate::delivery::RETURN_SPAN;
use crate::issue::CityId;
use crate::store::{City, ContactRow, Tx, WatchRow, WatchState};
use crate::token::CONFIRM_WATCH;
use crate::watch::WatchId;
use crate::watcher::ContactId;

/// After so many wrong codes only the link in the mail confirms.
const WRONG_CODES: i64 = 5;

impl Engine {
    /// The six digits that confirm a watch where it was made.
    #[must_use]
    pub fn confirmation_code(&self, watch: WatchId) -> String {
        self.inner.secrets.code(CONFIRM_WATCH, watch.0)
    }

    /// Confirms a watch by the six digits of its mail.
    ///
    /// # Errors
    /// When the code is wrong or used up, the watch is unknown or nobody was asked about it, or
    /// the database does not answer.
    pub async fn confirm_by_code(
        &self,
        city: &City,
        id: WatchId,
        typed: &str,
    ) -> Result<WatchRow, EngineError> {
        let mut tx = self.changing(city.id).await?;
        let row = tx.watch(city.id, id).await?.ok_or(EngineError::UnknownWatch)?;
        // Without a question there is no code: knowing a watch's id is no proof of anything.
        let asked = row.asked.ok_or(EngineError::UnknownWatch)?;
        if asked.wrong_codes >= WRONG_CODES {
            return Err(EngineError::CodeUsedUp);
        }
        if !self.inner.secrets.is_code(CONFIRM_WATCH, id.0, typed) {
            tx.count_wrong_code(city.id, id).await?;
            tx.commit().await?;
            return Err(EngineError::WrongCode);
        }
        self.activate(tx, city, row).await
    }

    /// Confirms a watch by the link of its mail; the link's token names watch and contact.
    ///
    /// # Errors
    /// When the watch is unknown, or the database does not answer.
    pub async fn confirm_by_link(
        &self,
        city: &City,
        id: WatchId,
        contact: ContactId,
    ) -> Result<WatchRow, EngineError> {
        let mut tx = self.changing(city.id).await?;
        let row = tx.watch(city.id, id).await?.ok_or(EngineError::UnknownWatch)?;
        if row.asked.is_none_or(|asked| asked.contact != contact) {
            return Err(EngineError::UnknownWatch);
        }
        self.activate(tx, city, row).await
    }

    async fn activate(
        &self,
        mut tx: Tx,
        city: &City,
        mut row: WatchRow,
    ) -> Result<WatchRow, EngineError> {
        match row.state {
            WatchState::Deleted => return Err(EngineError::UnknownWatch),
            WatchState::Active | WatchState::Paused => return Ok(row),
            WatchState::Unconfirmed => {}
        }
        let now = self.inner.clock.now();
        if let Some(asked) = row.asked {
            tx.confirm_contact(city.id, asked.contact, now).await?;
            bring_claimed(&mut tx, city, &row, now).await?;
        }
        catch_up(&mut tx, city.id, &mut row).await?;
        row.state = WatchState::Active;
        let change = tx.take_numbers(city.id, "watch_change", 1).await?;
        tx.change_watch(city.id, &row, change, now).await?;
        schedule(&mut tx, city, [&row.watch].into_iter(), now).await?;
        end_mutes(&mut tx, city, [&row.watch].into_iter()).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Ends one watch of the person behind a contact, or all of them: what a signed unsubscribe
    /// link asks for. An address that never agreed to anything can mean only one thing by "all":
    /// never mail me again. Asking again changes nothing. Gives how many ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unsubscribe(
        &self,
        city: &City,
        contact: ContactId,
        watch: Option<WatchId>,
    ) -> Result<usize, EngineError> {
        let mut tx = self.changing(city.id).await?;
        let Some(known) = tx.contacts(city.id, &[contact]).await?.pop() else { return Ok(0) };
        if watch.is_none() && known.never_agreed() {
            return self.silence(tx, city, known).await;
        }
        let rows = tx.watches_of(city.id, &[known.contact.watcher]).await?;
        let wanted = rows.iter().filter(|row| watch.is_none_or(|id| id == row.watch.id));
        self.end_and_commit(tx, city, wanted).await
    }

    /// Sends nothing to a contact ever again, whoever signs up with it, and ends the watches that
    /// it was asked about; if it had agreed, all of its owner's. Gives how many ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn never_again(&self, city: &City, contact: ContactId) -> Result<usize, EngineError> {
        let mut tx = self.changing(city.id).await?;
        match tx.contacts(city.id, &[contact]).await?.pop() {
            Some(known) => self.silence(tx, city, known).await,
            None => Ok(0),
        }
    }

    pub(super) async fn silence(
        &self,
        mut tx: Tx,
        city: &City,
        known: ContactRow,
    ) -> Result<usize, EngineError> {
        let id = known.contact.id;
        tx.silence_contact(city.id, id, self.inner.clock.now()).await?;
        let rows = tx.watches_of(city.id, &[known.contact.watcher]).await?;
        let waits = |row: &WatchRow| {
            row.state == WatchState::Unconfirmed && row.asked.is_some_and(|a| a.contact == id)
        };
        let agreed = known.confirmed || known.suspended;
        let ending = rows.iter().filter(|row| agreed || waits(row));
        self.end_and_commit(tx, city, ending).await
    }

    /// Undoes [`Engine::never_again`]: the contact may be asked again. Its watches stay ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn allow_again(&self, city: &City, contact: ContactId) -> Result<(), EngineError> {
        let mut tx = self.changing(city.id).await?;
        tx.lift_silence(city.id, contact).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets what nobody has confirmed for too long: the watch, its area, and an address that
    /// somebody may have mistyped. Gives the number of watches.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_unanswered(&self) -> Result<usize, EngineError> {
        let before = self.inner.clock.now().minus(self.inner.settings.questions_wait);
        let mut forgotten = 0;
        for city in self.cities().await? {
            self.forget_returns(city.id).await?;
            // A look without a lock: mostly there is nothing.
            let mut tx = self.inner.store.read().await?;
            let asked = !tx.unanswered(city.id, before).await?.is_empty();
            if !asked && !tx.any_claim_before(city.id, before).await? {
                continue;
            }
            drop(tx);
            let mut tx = self.changing(city.id).await?;
            let ids = tx.unanswered(city.id, before).await?;
            self.end(&mut tx, city.id, &ids).await?;
            tx.forget_claims(city.id, before).await?;
            tx.forget_contacts(city.id, before).await?;
            tx.commit().await?;
            forgotten += ids.len();
        }
        Ok(forgotten)
    }

    async fn forget_returns(&self, city: CityId) -> Result<(), EngineError> {
        let before = self.inner.clock.now().minus(RETURN_SPAN);
        let mut tx = self.inner.store.write().await?;
        tx.forget_returns(city, before).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn end_and_commit(
        &self,
        mut tx: Tx,
        city: &City,
        rows: impl Iterator<Item = &WatchRow>,
    ) -> Result<usize, EngineError> {
        let ids: Vec<WatchId> = rows.map(|row| row.watch.id).collect();
        self.end(&mut tx, city.id, &ids).await?;
        tx.commit().await?;
        Ok(ids.len())
    }
}

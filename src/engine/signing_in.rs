//! Somebody signs in on the site, by a link that only the reader of their mail has.

use std::time::Duration;

use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::delivery::{About, Contents, Delivery, DeliveryId, Lane};
use crate::issue::CityId;
use crate::store::City;
use crate::watcher::{Address, ContactId, ContactKind, EmailAddress, WatcherId};

impl Engine {
    /// Sends a link to sign in to an address, if somebody is known there who has agreed to our mails.
    /// Whoever asks does not learn whether that is so.
    ///
    /// # Errors
    /// When the address was asked too often, or the database does not answer.
    pub async fn send_sign_in(&self, city: &City, email: EmailAddress) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
        let Some(known) = tx.contact_at(city.id, &Address::Mail(email)).await? else {
            return Ok(());
        };
        if !known.confirmed || known.silenced || known.retired {
            return Ok(());
        }
        let hour_ago = now.minus(Duration::from_hours(1));
        let sent = tx.sign_ins_since(city.id, known.contact.id, hour_ago).await?;
        if sent >= self.inner.settings.questions_an_hour {
            // As if it had been sent: nobody learns whether the address is known.
            return Ok(());
        }
        let link = Delivery {
            id: DeliveryId(self.inner.random.uuid(now)),
            about: About::SignIn(self.inner.random.uuid(now)),
            watcher: known.contact.watcher,
            contact: known.contact.id,
            kind: ContactKind::Mail,
            lane: Lane::Urgent,
            contents: Contents::default(),
            due: now,
        };
        tx.put_deliveries(city.id, &[link], now).await?;
        tx.commit().await?;
        self.inner.planned.notify_waiters();
        Ok(())
    }

    /// Whose contact it is, if it is confirmed and still there: who may sign in by its mail.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn owner_of(
        &self,
        city: CityId,
        contact: ContactId,
    ) -> Result<Option<WatcherId>, EngineError> {
        let known = self.store().read().await?.contacts(city, &[contact]).await?.pop();
        let known = known.filter(|known| known.confirmed && !known.retired && !known.silenced);
        Ok(known.map(|known| known.contact.watcher))
    }

    /// Whether a browser that signed in as somebody at a time is still theirs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_signed_in(
        &self,
        city: CityId,
        watcher: WatcherId,
        since: Timestamp,
    ) -> Result<bool, EngineError> {
        let marks = self.store().read().await?.marks_of(city, watcher).await?;
        Ok(marks.is_some_and(|marks| marks.signed_out.is_none_or(|out| since > out)))
    }

    /// Signs a person out wherever they are signed in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sign_out_everywhere(
        &self,
        city: &City,
        watcher: WatcherId,
    ) -> Result<(), EngineError> {
        let mut tx = self.changing_of(city.id, watcher).await?;
        tx.sign_out_all(city.id, watcher, self.inner.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// A person has seen what they were told up to a time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn seen(
        &self,
        city: &City,
        watcher: WatcherId,
        up_to: Timestamp,
    ) -> Result<(), EngineError> {
        let mut tx = self.changing_of(city.id, watcher).await?;
        tx.set_seen(city.id, watcher, up_to.min(self.inner.clock.now())).await?;
        Ok(tx.commit().await?)
    }
}

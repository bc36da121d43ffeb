//! Somebody signs in on the site, by a link that only the reader of their mail has.

use std::time::Duration;

use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::delivery::{About, Contents, Delivery, DeliveryId, Lane};
use crate::issue::CityId;
use crate::store::{City, ContactRow, Tx};
use crate::watcher::{Address, Contact, ContactId, ContactKind, EmailAddress, WatcherId};

impl Engine {
    /// Sends a link to sign in to an address, if somebody is known there who has agreed to our mails, or who
    /// is staff. Whoever asks does not learn whether that is so.
    ///
    /// Of staff who watch nothing, nothing was known so far. The first time that one of them asks, they get a
    /// contact like anybody's, which has agreed to nothing: the link is the question, and to press its button
    /// is the answer ([`Engine::sign_in`]). As they have no watch, nothing else ever goes there.
    ///
    /// # Errors
    /// When the address was asked too often, or the database does not answer.
    pub async fn send_sign_in(
        &self,
        city: &City,
        email: EmailAddress,
        language: String,
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
        let Some(known) = self.who_signs_in(&mut tx, city.id, (email, language), now).await? else {
            return Ok(());
        };
        let hour_ago = now.minus(Duration::from_hours(1));
        let sent = tx.sent_since(city.id, known.id, ("sign_in", hour_ago)).await?;
        if sent >= self.inner.settings.questions_an_hour {
            // As if it had been sent: nobody learns whether the address is known.
            return Ok(());
        }
        let link = Delivery {
            id: DeliveryId(self.inner.random.uuid(now)),
            about: About::SignIn(self.inner.random.uuid(now)),
            watcher: known.watcher,
            contact: known.id,
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

    /// The contact to send a link to, which is made for staff.
    async fn who_signs_in(
        &self,
        tx: &mut Tx,
        city: CityId,
        (email, language): (EmailAddress, String),
        now: Timestamp,
    ) -> Result<Option<Contact>, EngineError> {
        let member = tx.member_at(city, email.as_str()).await?;
        // The link goes to the address as the city has written it, however somebody types it.
        let theirs = member.and_then(|member| member.email.parse().ok());
        let is_member = theirs.is_some();
        let address = Address::Mail(theirs.unwrap_or(email));
        if let Some(known) = tx.contact_at(city, &address).await? {
            if is_member && known.retired && !known.silenced {
                tx.ask_contact_again(city, known.contact.id).await?;
            }
            let may = if is_member { !known.silenced } else { known.confirmed };
            return Ok(may.then_some(known.contact));
        }
        if !is_member {
            return Ok(None);
        }
        let watcher = WatcherId(self.inner.random.uuid(now));
        let contact = Contact { id: ContactId(self.inner.random.uuid(now)), watcher, address };
        tx.put_watchers(city, &[(watcher, language)], now).await?;
        tx.put_contacts(city, std::slice::from_ref(&contact), false, now).await?;
        Ok(Some(contact))
    }

    /// Whose contact it is, if they may sign in by a mail to it that was asked for at a time: it is confirmed,
    /// or staff's, and they have not signed out everywhere since.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn owner_of(
        &self,
        city: CityId,
        contact: ContactId,
        asked: Timestamp,
    ) -> Result<Option<WatcherId>, EngineError> {
        let mut tx = self.store().read().await?;
        Ok(who_may(&mut tx, city, contact, asked).await?.map(|known| known.contact.watcher))
    }

    /// The same, and they do: whoever pressed the button of its mail reads that mail, by which a contact of
    /// staff's is confirmed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sign_in(
        &self,
        city: CityId,
        contact: ContactId,
        asked: Timestamp,
    ) -> Result<Option<WatcherId>, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing(city).await?;
        let Some(known) = who_may(&mut tx, city, contact, asked).await? else { return Ok(None) };
        if !known.confirmed {
            tx.confirm_contact(city, contact, now).await?;
            tx.commit().await?;
        }
        Ok(Some(known.contact.watcher))
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

/// A contact by whose mail of then somebody may sign in. Whoever signs out everywhere means the mails, too,
/// that lie unused in an inbox.
async fn who_may(
    tx: &mut Tx,
    city: CityId,
    contact: ContactId,
    asked: Timestamp,
) -> Result<Option<ContactRow>, EngineError> {
    let Some(known) = tx.contacts(city, &[contact]).await?.pop() else { return Ok(None) };
    if known.retired || known.silenced {
        return Ok(None);
    }
    let out = tx.marks_of(city, known.contact.watcher).await?.and_then(|marks| marks.signed_out);
    if out.is_some_and(|out| asked <= out) {
        return Ok(None);
    }
    let email = known.contact.address.text();
    let may = known.confirmed
        || tx.member_at(city, email).await?.is_some_and(|member| member.email == email);
    Ok(may.then_some(known))
}

//! Somebody signs in on the site, by a link that only the reader of their mail has.

use std::time::Duration;

use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::delivery::{About, Contents, Delivery, DeliveryId, Lane};
use crate::issue::CityId;
use crate::store::{City, ContactRow, Tx, UsedLink};
use crate::watcher::{Address, Contact, ContactId, ContactKind, EmailAddress, WatcherId};

/// How long a link that was used may be pressed again: somebody presses twice, or goes back and tries anew.
const TWICE: Duration = Duration::from_mins(1);

/// What a link to sign in is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByLink<T = WatcherId> {
    /// It signs in whom it was sent to.
    Theirs(T),
    /// It, or one that was asked for later, has signed somebody in.
    Used,
    /// Nobody, any more.
    Nobody,
}

impl<T> ByLink<T> {
    fn map<U>(self, with: impl FnOnce(T) -> U) -> ByLink<U> {
        match self {
            Self::Theirs(whose) => ByLink::Theirs(with(whose)),
            Self::Used => ByLink::Used,
            Self::Nobody => ByLink::Nobody,
        }
    }
}

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
        // Those that are used up count no more: who asks in somebody's name does not shut them out by it.
        let marks = tx.marks_of(city.id, known.watcher).await?.unwrap_or_default();
        let used = marks.link.map(|link| link.asked.plus(Duration::from_millis(1)));
        let since = used.map_or(hour_ago, |used| used.max(hour_ago));
        let sent = tx.sent_since(city.id, known.id, ("sign_in", since)).await?;
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
    /// or staff's, they have not signed out everywhere since, and have not signed in by it yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn owner_of(
        &self,
        city: CityId,
        contact: ContactId,
        asked: Timestamp,
    ) -> Result<ByLink, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.store().read().await?;
        let whose = who_may(&mut tx, city, contact, (asked, now)).await?;
        Ok(whose.map(|known| known.contact.watcher))
    }

    /// The same, and they do: whoever pressed the button of its mail reads that mail, by which a contact of
    /// staff's is confirmed. Who finds the link later, in the mail or in a browser's history, is not let in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sign_in(
        &self,
        city: CityId,
        contact: ContactId,
        asked: Timestamp,
    ) -> Result<ByLink, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing(city).await?;
        let whose = who_may(&mut tx, city, contact, (asked, now)).await?;
        if let ByLink::Theirs(known) = &whose {
            if !known.confirmed {
                tx.confirm_contact(city, contact, now).await?;
            }
            tx.use_link(city, known.contact.watcher, UsedLink { asked, used: now }).await?;
            tx.commit().await?;
        }
        Ok(whose.map(|known| known.contact.watcher))
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
    (asked, now): (Timestamp, Timestamp),
) -> Result<ByLink<ContactRow>, EngineError> {
    let Some(known) = tx.contacts(city, &[contact]).await?.pop() else { return Ok(ByLink::Nobody) };
    if known.retired || known.silenced {
        return Ok(ByLink::Nobody);
    }
    let marks = tx.marks_of(city, known.contact.watcher).await?.unwrap_or_default();
    if marks.signed_out.is_some_and(|out| asked <= out) {
        return Ok(ByLink::Nobody);
    }
    let email = known.contact.address.text();
    let may = known.confirmed
        || tx.member_at(city, email).await?.is_some_and(|member| member.email == email);
    Ok(match marks.link {
        _ if !may => ByLink::Nobody,
        Some(link) if is_used_up(link, asked, now) => ByLink::Used,
        _ => ByLink::Theirs(known),
    })
}

/// Whether a link that was asked for at a time signs nobody in any more, for this one has.
fn is_used_up(link: UsedLink, asked: Timestamp, now: Timestamp) -> bool {
    asked < link.asked || (asked == link.asked && now > link.used.plus(TWICE))
}

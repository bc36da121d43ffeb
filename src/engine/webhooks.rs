//! Webhooks of people who have shown who they are: added, tested, given a new secret, removed.

use std::time::Duration;

use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::store::{City, ContactRow, LastTry, Tx};
use crate::token::WebhookSecret;
use crate::watcher::{Address, Contact, ContactId, ContactKind, WatcherId, Webhook};

/// One person's webhooks at most.
const WEBHOOKS: usize = 5;
/// How often one person's webhooks, those that were removed too, are asked within an hour at most: whoever
/// is asked need not have agreed.
const QUESTIONS_AN_HOUR: i64 = 20;
const AN_HOUR: Duration = Duration::from_hours(1);

impl Engine {
    /// A person's webhooks, and what became of what was last sent there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhooks(
        &self,
        city: &City,
        watcher: WatcherId,
    ) -> Result<Vec<(ContactRow, Option<LastTry>)>, EngineError> {
        let mut tx = self.inner.store.read().await?;
        let mut all = vec![];
        for row in theirs(&mut tx, city.id, watcher).await? {
            let last = tx.last_try(city.id, row.contact.id).await?;
            all.push((row, last));
        }
        Ok(all)
    }

    /// Adds a webhook and asks it whether it answers, in one transaction; until it does nothing else is
    /// sent there. The same address again is the same webhook.
    ///
    /// # Errors
    /// When it is somebody else's, there are too many, or the database does not answer.
    pub async fn add_webhook(
        &self,
        city: &City,
        watcher: WatcherId,
        url: String,
    ) -> Result<ContactRow, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing_of(city.id, watcher).await?;
        let address = Address::Webhook(Webhook::new(url));
        if let Some(known) = tx.contact_at(city.id, &address).await? {
            let mine = known.contact.watcher == watcher;
            return if mine { Ok(known) } else { Err(EngineError::OthersWebhook) };
        }
        if theirs(&mut tx, city.id, watcher).await?.len() >= WEBHOOKS {
            return Err(EngineError::TooManyWebhooks(WEBHOOKS));
        }
        check_patience(&mut tx, city.id, watcher, now).await?;
        let id = ContactId(self.inner.random.uuid(now));
        let contact = Contact { id, watcher, address };
        tx.put_contacts(city.id, std::slice::from_ref(&contact), false, now).await?;
        self.ping_contact(&mut tx, city.id, (&contact, self.inner.random.uuid(now)), now).await?;
        let row = own(&mut tx, city.id, watcher, id).await?;
        tx.commit().await?;
        self.inner.planned.notify_one();
        Ok(row)
    }

    /// Asks a webhook whether it answers, now. With its next 2xx it is told what its owner wants, also if
    /// it had been given up.
    ///
    /// # Errors
    /// When the owner has no such webhook, has tested it too often, or the database does not answer.
    pub async fn test_webhook(
        &self,
        city: &City,
        watcher: WatcherId,
        id: ContactId,
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
        let row = own(&mut tx, city.id, watcher, id).await?;
        if row.retired {
            tx.ask_contact_again(city.id, id).await?;
        }
        check_patience(&mut tx, city.id, watcher, now).await?;
        // One that waits for its next turn is asked now, and not twice.
        if tx.hurry_ping(city.id, id, now).await? == 0 {
            let about = self.inner.random.uuid(now);
            self.ping_contact(&mut tx, city.id, (&row.contact, about), now).await?;
        }
        tx.commit().await?;
        self.inner.planned.notify_one();
        Ok(())
    }

    /// Gives a webhook a new secret. The one before it signs beside it for a day.
    ///
    /// # Errors
    /// When the owner has no such webhook, or the database does not answer.
    pub async fn renew_webhook_secret(
        &self,
        city: &City,
        watcher: WatcherId,
        id: ContactId,
    ) -> Result<ContactRow, EngineError> {
        let mut tx = self.changing(city.id).await?;
        let row = own(&mut tx, city.id, watcher, id).await?;
        if let Address::Webhook(hook) = &row.contact.address {
            let (number, now) = (hook.secret_no.saturating_add(1), self.inner.clock.now());
            // Asked once more while the old one still signs, as when an answer was lost, it is the new one
            // that was made then: the program may have none but the old.
            if hook.signing(now).count() == 1 {
                tx.renew_webhook_secret(city.id, id, number, now).await?;
            }
        }
        let row = own(&mut tx, city.id, watcher, id).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Forgets a webhook; what waits for it is not sent.
    ///
    /// # Errors
    /// When the owner has no such webhook, or the database does not answer.
    pub async fn remove_webhook(
        &self,
        city: &City,
        watcher: WatcherId,
        id: ContactId,
    ) -> Result<(), EngineError> {
        let mut tx = self.changing(city.id).await?;
        own(&mut tx, city.id, watcher, id).await?;
        tx.forget_contact(city.id, id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The secret by which a webhook's owner knows our messages; none of what is no webhook.
    #[must_use]
    pub fn webhook_secret(&self, row: &ContactRow) -> Option<WebhookSecret> {
        let Address::Webhook(hook) = &row.contact.address else { return None };
        self.inner.secrets.of_webhook(row.contact.id, hook.secret_no).next()
    }
}

pub(super) async fn check_patience(
    tx: &mut Tx,
    city: CityId,
    watcher: WatcherId,
    now: Timestamp,
) -> Result<(), EngineError> {
    let asked = tx.pinged_since(city, watcher, now.minus(AN_HOUR)).await?;
    if asked < QUESTIONS_AN_HOUR { Ok(()) } else { Err(EngineError::TestedTooOften) }
}

async fn theirs(
    tx: &mut Tx,
    city: CityId,
    watcher: WatcherId,
) -> Result<Vec<ContactRow>, EngineError> {
    let mut all = tx.contacts_of(city, &[watcher]).await?;
    all.retain(|row| row.contact.address.kind() == ContactKind::Webhook);
    all.sort_unstable_by_key(|row| row.contact.id);
    Ok(all)
}

async fn own(
    tx: &mut Tx,
    city: CityId,
    watcher: WatcherId,
    id: ContactId,
) -> Result<ContactRow, EngineError> {
    let all = theirs(tx, city, watcher).await?;
    all.into_iter().find(|row| row.contact.id == id).ok_or(EngineError::UnknownWebhook)
}

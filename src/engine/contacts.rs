//! A person's addresses and devices: one more, which has to be shown to be theirs; one less; a test.

use std::time::Duration;

use uuid::Uuid;

use super::beside::bring;
use super::settling::{CONTACTS, in_use};
use super::webhooks::check_patience;
use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::delivery::{About, Contents, Delivery, DeliveryId, Lane};
use crate::issue::CityId;
use crate::store::{City, Claim, ContactRow, Tx};
use crate::watch::WatchId;
use crate::watcher::{Address, Contact, ContactId, ContactKind, EmailAddress, WatcherId};

impl Engine {
    /// Asks an address whether it is this person's, too. One that is somebody else's is asked nothing, and
    /// whoever says that it is theirs does not learn that.
    ///
    /// # Errors
    /// When the address was asked too often, there are too many, or the database does not answer.
    pub async fn claim_address(
        &self,
        city: &City,
        watcher: WatcherId,
        email: EmailAddress,
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing_of(city.id, watcher).await?;
        let address = Address::Mail(email);
        let id = self.nobodys(&mut tx, city.id, (&address, watcher), now).await?;
        let Some(known) = tx.contacts(city.id, &[id]).await?.pop() else { return Ok(()) };
        let mine = known.contact.watcher == watcher;
        if mine && (known.confirmed || known.silenced) {
            return Ok(());
        }
        if mine && known.retired {
            tx.ask_contact_again(city.id, id).await?;
        }
        let claims = tx.claims_of(city.id, watcher).await?;
        has_room_for(&mut tx, city.id, (watcher, id), &claims).await?;
        let hour_ago = now.minus(Duration::from_hours(1));
        let again = claims.iter().filter(|claim| claim.contact == id && claim.since >= hour_ago);
        // Counted by what they said themselves, so that it tells nothing of the address.
        if i64::try_from(again.count()).is_ok_and(|n| n >= self.inner.settings.questions_an_hour) {
            return Ok(());
        }
        let claim = Claim { id: self.inner.random.uuid(now), contact: id, watcher, since: now };
        tx.put_claim(city.id, claim).await?;
        let asked = tx.sent_since(city.id, id, ("ping", hour_ago)).await?;
        let may_be_asked = is_theirs_to_say(&mut tx, city.id, &known, watcher).await?;
        if may_be_asked && asked < self.inner.settings.questions_an_hour {
            self.ping_contact(&mut tx, city.id, (&known.contact, claim.id), now).await?;
        }
        tx.commit().await?;
        self.inner.planned.notify_waiters();
        Ok(())
    }

    /// An address whose reader was asked is the person's who said so. Gives whose.
    ///
    /// # Errors
    /// [`EngineError::UnknownContact`] when nobody says so any more, or it has become somebody else's; or
    /// when the database does not answer.
    pub async fn agree(&self, city: &City, claim: Uuid) -> Result<WatcherId, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
        let (claim, known) = claimed(&mut tx, city.id, claim).await?;
        match bring(&mut tx, city, &known, claim.watcher, now).await {
            Err(EngineError::OthersBrowser) => return Err(EngineError::UnknownContact),
            done => done?,
        }
        tx.end_claims(city.id, claim.contact, claim.watcher).await?;
        tx.commit().await?;
        Ok(claim.watcher)
    }

    /// What an address is asked by a claim's question, while it may still answer: the address, and who says
    /// that it is theirs.
    ///
    /// # Errors
    /// [`EngineError::UnknownContact`], or when the database does not answer.
    pub async fn asked_of(
        &self,
        city: &City,
        claim: Uuid,
    ) -> Result<(Address, WatcherId), EngineError> {
        let mut tx = self.inner.store.read().await?;
        let (claim, known) = claimed(&mut tx, city.id, claim).await?;
        Ok((known.contact.address, claim.watcher))
    }

    /// The browser that is told as well once a watch is confirmed, if one was named beside it: what a person
    /// knows it by.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claimed_browser(
        &self,
        city: &City,
        watch: WatchId,
    ) -> Result<Option<Option<String>>, EngineError> {
        let mut tx = self.inner.store.read().await?;
        let Some(claim) = tx.claims(city.id, watch.0).await?.pop() else { return Ok(None) };
        let browser = tx.contacts(city.id, &[claim.contact]).await?.pop();
        Ok(browser.map(|row| row.device))
    }

    /// A contact is no longer this person's: forgotten with what was sent to it. One that was only said to
    /// be theirs is named by what they said of it, a claim's id, and goes on as it was.
    ///
    /// # Errors
    /// [`EngineError::LastWay`] when nothing else reaches them, [`EngineError::UnknownContact`], or when the
    /// database does not answer.
    pub async fn forget_contact(
        &self,
        city: &City,
        watcher: WatcherId,
        id: ContactId,
    ) -> Result<(), EngineError> {
        let mut tx = self.changing_of(city.id, watcher).await?;
        let theirs = tx.contacts_of(city.id, &[watcher]).await?;
        let claims = tx.claims_of(city.id, watcher).await?;
        let own = theirs.iter().find(|row| row.contact.id == id);
        let said = claims.iter().find(|claim| claim.id == id.0).map(|claim| claim.contact);
        match own {
            None if said.is_none() => return Err(EngineError::UnknownContact),
            // The promise never to mail it stands whoever holds the account.
            Some(row) if row.silenced => return Err(EngineError::Silenced),
            Some(row) if row.confirmed && !others_reach(&theirs, &row.contact) => {
                return Err(EngineError::LastWay);
            }
            Some(_) => {
                tx.forget_deliveries_to(city.id, &[id]).await?;
                tx.forget_contact(city.id, id).await?;
            }
            None => {}
        }
        tx.end_claims(city.id, said.unwrap_or(id), watcher).await?;
        Ok(tx.commit().await?)
    }

    /// Whatever comes by mail comes to this person's devices, too: they have said of one that it is theirs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tell_devices(&self, city: &City, watcher: WatcherId) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing_of(city.id, watcher).await?;
        let rows = tx.watches_of(city.id, &[watcher]).await?;
        for mut row in rows.into_iter().filter(|row| row.watch.via.mail && !row.watch.via.push) {
            row.watch.via.push = true;
            let change = tx.take_numbers(city.id, "watch_change", 1).await?;
            tx.change_watch(city.id, &row, change, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Sends a test to a device of this person's.
    ///
    /// # Errors
    /// [`EngineError::UnknownContact`], when there were many tests just now, or when the database does not
    /// answer.
    pub async fn test_browser(
        &self,
        city: &City,
        watcher: WatcherId,
        id: ContactId,
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing_of(city.id, watcher).await?;
        let theirs = tx.contacts_of(city.id, &[watcher]).await?;
        let reached = |row: &&ContactRow| {
            row.contact.id == id && row.confirmed && row.contact.address.kind() == ContactKind::Push
        };
        let row = theirs.iter().find(reached).ok_or(EngineError::UnknownContact)?;
        check_patience(&mut tx, city.id, watcher, now).await?;
        let about = self.inner.random.uuid(now);
        self.ping_contact(&mut tx, city.id, (&row.contact, about), now).await?;
        tx.commit().await?;
        self.inner.planned.notify_waiters();
        Ok(())
    }

    /// Keeps what a person knows a browser by.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn name_browser(
        &self,
        city: &City,
        browser: &Address,
        device: &str,
    ) -> Result<(), EngineError> {
        let mut tx = self.inner.store.write().await?;
        if let Some(known) = tx.contact_at(city.id, browser).await? {
            tx.name_device(city.id, known.contact.id, device).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Asks a contact whether it is reached, now.
    pub(super) async fn ping_contact(
        &self,
        tx: &mut Tx,
        city: CityId,
        (contact, about): (&Contact, Uuid),
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let ping = Delivery {
            id: DeliveryId(self.inner.random.uuid(now)),
            about: About::Ping(about),
            watcher: contact.watcher,
            contact: contact.id,
            kind: contact.address.kind(),
            lane: Lane::Urgent,
            contents: Contents::default(),
            due: now,
        };
        tx.put_deliveries(city, &[ping], now).await?;
        Ok(())
    }
}

/// Whether anything but this contact reaches them, by which they can be told. Who has an address can sign in,
/// and goes on to: for that no device takes its place.
fn others_reach(theirs: &[ContactRow], going: &Contact) -> bool {
    let is_mail = going.address.kind() == ContactKind::Mail;
    let reaches = |row: &&ContactRow| match row.contact.address.kind() {
        ContactKind::Mail => true,
        ContactKind::Push => !is_mail,
        ContactKind::Webhook => false,
    };
    theirs.iter().filter(reaches).any(|row| row.confirmed && row.contact.id != going.id)
}

/// Whether they may say of one more contact that it is theirs. To ask the same one again is always allowed.
async fn has_room_for(
    tx: &mut Tx,
    city: CityId,
    (watcher, wanted): (WatcherId, ContactId),
    claims: &[Claim],
) -> Result<(), EngineError> {
    let theirs = tx.contacts_of(city, &[watcher]).await?;
    let mut known: Vec<ContactId> = in_use(&theirs).map(|row| row.contact.id).collect();
    known.extend(claims.iter().map(|claim| claim.contact));
    known.sort();
    known.dedup();
    let has_room = known.contains(&wanted) || known.len() < CONTACTS;
    if has_room { Ok(()) } else { Err(EngineError::TooManyContacts(CONTACTS)) }
}

async fn claimed(
    tx: &mut Tx,
    city: CityId,
    claim: Uuid,
) -> Result<(Claim, ContactRow), EngineError> {
    let claim = tx.claims(city, claim).await?.pop().ok_or(EngineError::UnknownContact)?;
    let known = tx.contacts(city, &[claim.contact]).await?.pop();
    let known = known.ok_or(EngineError::UnknownContact)?;
    let is_mail = known.contact.address.kind() == ContactKind::Mail;
    if is_mail && is_theirs_to_say(tx, city, &known, claim.watcher).await? {
        Ok((claim, known))
    } else {
        Err(EngineError::UnknownContact)
    }
}

/// Whether an address may be this person's by its reader's word. Who is told already is somebody, and so is
/// whoever waits to be: what they watch would come to be another's with the address. So would the powers of a
/// member of staff, who need not have signed in yet.
async fn is_theirs_to_say(
    tx: &mut Tx,
    city: CityId,
    known: &ContactRow,
    watcher: WatcherId,
) -> Result<bool, EngineError> {
    if known.silenced || known.contact.watcher == watcher {
        return Ok(!known.silenced);
    }
    if tx.member_at(city, known.contact.address.text()).await?.is_some() {
        return Ok(false);
    }
    let watches = tx.watches_of(city, &[known.contact.watcher]).await?;
    Ok(known.never_agreed() && watches.is_empty())
}

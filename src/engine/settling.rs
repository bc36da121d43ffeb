//! People whose agreement was had elsewhere: generated cities, imported lists, a further browser.

use std::collections::HashMap;

use super::digests::schedule;
use super::habits::merge_habits;
use super::mutes::end_mutes;
use super::watching::{NewWatch, Owner};
use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::store::{City, ContactRow, Tx, WatchRow, WatchState};
use crate::watch::{Watch, WatchNumber};
use crate::watcher::{Address, Contact, ContactId, ContactKind, WatcherId};

/// One person's addresses and devices at most, with those that have not answered.
pub(super) const CONTACTS: usize = 20;

/// Somebody who has agreed already, with all they want.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// A BCP 47 tag.
    pub language: String,
    pub addresses: Vec<Address>,
    pub watches: Vec<NewWatch>,
}

impl Engine {
    /// Adds people and their watches in bulk, all confirmed: for generated cities and for lists
    /// whose people have agreed elsewhere. Who is known by one of their addresses gets the watches
    /// besides those they have. Gives the number of watches.
    ///
    /// # Errors
    /// When an address asked never to be mailed, or the database does not answer.
    pub async fn settle_in(
        &self,
        city: &City,
        people: Vec<Newcomer>,
    ) -> Result<usize, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
        let owners = self.owners(&mut tx, city.id, &people, now).await?;
        let count = people.iter().map(|person| person.watches.len()).sum();
        let first_number = tx.take_numbers(city.id, "watch", count).await?;
        let first_change = tx.take_numbers(city.id, "watch_change", count).await?;
        let mut rows = vec![];
        let theirs = owners.into_iter().zip(people);
        for (watcher, new) in theirs.flat_map(|(w, p)| p.watches.into_iter().map(move |n| (w, n))) {
            let number = WatchNumber(first_number + i64::try_from(rows.len()).unwrap_or(0));
            let NewWatch { id, name, target, filter, rhythm, via } = new;
            let watch = Watch { id, number, watcher, name, target, filter, rhythm, via };
            let state = WatchState::Active;
            rows.push(WatchRow { watch, state, asked: None, created_at: now });
        }
        tx.put_watches(city.id, &rows, first_change).await?;
        schedule(&mut tx, city, rows.iter().map(|row| &row.watch), now).await?;
        end_mutes(&mut tx, city, rows.iter().map(|row| &row.watch)).await?;
        tx.commit().await?;
        Ok(rows.len())
    }

    /// The watcher that each of these people is, with contacts that have agreed.
    async fn owners(
        &self,
        tx: &mut Tx,
        city: CityId,
        people: &[Newcomer],
        now: Timestamp,
    ) -> Result<Vec<WatcherId>, EngineError> {
        let random = &self.inner.random;
        let addresses: Vec<&Address> = people.iter().flat_map(|p| &p.addresses).collect();
        let known: HashMap<String, ContactRow> = tx
            .contacts_at(city, &addresses)
            .await?
            .into_iter()
            .map(|row| (row.contact.address.text().to_owned(), row))
            .collect();
        let (mut owners, mut watchers, mut contacts) = (vec![], vec![], vec![]);
        for person in people {
            let theirs = || person.addresses.iter().filter_map(|a| known.get(a.text()));
            if theirs().any(|row| row.silenced) {
                return Err(EngineError::Silenced);
            }
            let watcher = theirs().next().map_or_else(
                || {
                    let watcher = WatcherId(random.uuid(now));
                    watchers.push((watcher, person.language.clone()));
                    watcher
                },
                |row| row.contact.watcher,
            );
            for row in theirs().filter(|row| !row.confirmed) {
                tx.confirm_contact(city, row.contact.id, now).await?;
            }
            let new = person.addresses.iter().filter(|a| !known.contains_key(a.text()));
            let contact = |address: &Address| Contact {
                id: ContactId(random.uuid(now)),
                watcher,
                address: address.clone(),
            };
            contacts.extend(new.map(contact));
            owners.push(watcher);
        }
        tx.put_watchers(city, &watchers, now).await?;
        tx.put_contacts(city, &contacts, true, now).await?;
        Ok(owners)
    }

    /// Makes a watch for somebody who has agreed elsewhere, at all of their addresses: nobody is
    /// asked. It begins active, or paused.
    ///
    /// # Errors
    /// When a ward is unknown, the address asked never to be mailed, or the database does not
    /// answer.
    pub async fn settle_one(
        &self,
        city: &City,
        addresses: Vec<Address>,
        new: NewWatch,
        state: WatchState,
    ) -> Result<(), EngineError> {
        self.check_target(city, &new.target).await?;
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
        let newcomer = Newcomer { language: city.language.clone(), addresses, watches: vec![] };
        for owner in self.owners(&mut tx, city.id, &[newcomer], now).await? {
            let owner = match state {
                WatchState::Paused => Owner::Resting(owner),
                _ => Owner::Known(owner),
            };
            self.begin_watch(&mut tx, city, owner, new.clone(), now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Adds a browser to a watcher who has shown who they are. A browser that watched for itself
    /// so far brings its watches along.
    ///
    /// # Errors
    /// When the browser is somebody else's, they have too many, or the database does not answer.
    pub async fn add_browser(
        &self,
        city: &City,
        watcher: WatcherId,
        browser: Address,
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing_of(city.id, watcher).await?;
        let known = tx.contact_at(city.id, &browser).await?;
        if known.as_ref().is_none_or(|known| known.contact.watcher != watcher) {
            let theirs = tx.contacts_of(city.id, &[watcher]).await?;
            if in_use(&theirs).count() >= CONTACTS {
                return Err(EngineError::TooManyContacts(CONTACTS));
            }
        }
        match known {
            None => {
                let id = ContactId(self.inner.random.uuid(now));
                let contact = Contact { id, watcher, address: browser };
                tx.put_contacts(city.id, &[contact], true, now).await?;
            }
            Some(known) => {
                if known.contact.watcher != watcher {
                    if known.contact.address != browser {
                        return Err(EngineError::OtherKeys);
                    }
                    merge(&mut tx, city, known.contact.watcher, watcher, now).await?;
                }
                tx.renew_browser(city.id, known.contact.id, &browser).await?;
                tx.confirm_contact(city.id, known.contact.id, now).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// A browser has another address, which takes the place of the one that only it knew.
    ///
    /// # Errors
    /// When nobody is reached at the old one, the new one is somebody else's, or the database does not
    /// answer; saying it again is safe.
    pub async fn renew_browser(
        &self,
        city: &City,
        old: &Address,
        browser: Address,
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
        if old.text() == browser.text() {
            return Ok(());
        }
        let known = tx.contact_at(city.id, old).await?.ok_or(EngineError::UnknownWatcher)?;
        let watcher = known.contact.watcher;
        match tx.contact_at(city.id, &browser).await? {
            Some(new) if new.contact.watcher == watcher => {}
            Some(_) => return Err(EngineError::OthersBrowser),
            None => {
                let id = ContactId(self.inner.random.uuid(now));
                let contact = Contact { id, watcher, address: browser.clone() };
                tx.put_contacts(city.id, &[contact], true, now).await?;
            }
        }
        let why = "the browser has another address";
        tx.retire_contact(city.id, known.contact.id, why, now).await?;
        // It is the same device.
        if let (Some(device), Some(new)) = (&known.device, tx.contact_at(city.id, &browser).await?)
        {
            tx.name_device(city.id, new.contact.id, device).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Somebody's contacts without the browsers that are gone, of which they see nothing any more.
pub(super) fn in_use(theirs: &[ContactRow]) -> impl Iterator<Item = &ContactRow> {
    theirs.iter().filter(|row| !row.retired || row.contact.address.kind() != ContactKind::Push)
}

/// Makes one person of two who are the same: a browser's watches go to the watcher who has now
/// shown that the browser is theirs.
pub(super) async fn merge(
    tx: &mut Tx,
    city: &City,
    from: WatcherId,
    to: WatcherId,
    now: Timestamp,
) -> Result<(), EngineError> {
    if tx.contacts_of(city.id, &[from]).await?.len() > 1 {
        return Err(EngineError::OthersBrowser);
    }
    // Whoever plans digests now, or writes matches, would still do it for the one who is no more.
    tx.take_numbers(city.id, "digest", 0).await?;
    tx.take_numbers(city.id, "match", 0).await?;
    tx.move_contacts(city.id, from, to).await?;
    merge_habits(tx, city, from, to, now).await?;
    tx.move_mutes(city.id, from, to).await?;
    tx.move_comments(city.id, from, to).await?;
    tx.move_reports(city.id, from, to).await?;
    for row in tx.watches_of(city.id, &[from]).await? {
        let change = tx.take_numbers(city.id, "watch_change", 1).await?;
        tx.give_watch(city.id, row.watch.id, to, change).await?;
    }
    // Whoever asks later for all that is stored about them, or leaves, is one person.
    tx.absorb_watcher(city.id, from, to).await?;
    // What either follows is no less wanted than it was.
    let rows = tx.watches_of(city.id, &[to]).await?;
    end_mutes(tx, city, rows.iter().map(|row| &row.watch)).await?;
    Ok(())
}

//! People whose agreement was had elsewhere: generated cities, imported lists, a further browser.

use super::watching::{DIGEST_DAY, DIGEST_HOUR, NewWatch, Who};
use super::{Engine, EngineError};
use crate::delivery::next_due;
use crate::store::{City, NextDigest, WatchRow, WatchState};
use crate::watch::{Rhythm, Watch, WatchNumber};
use crate::watcher::{Address, Contact, ContactId, WatcherId};

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
    /// whose people have agreed elsewhere.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn settle_in(
        &self,
        city: &City,
        people: Vec<Newcomer>,
    ) -> Result<usize, EngineError> {
        let (now, random) = (self.inner.clock.now(), &self.inner.random);
        let mut tx = self.inner.store.write().await?;
        let count = people.iter().map(|person| person.watches.len()).sum();
        let first_number = tx.take_numbers(city.id, "watch", count).await?;
        let first_change = tx.take_numbers(city.id, "watch_change", count).await?;
        let through_no = tx.last_number(city.id, "match").await?;
        let (mut watchers, mut contacts, mut rows, mut next) = (vec![], vec![], vec![], vec![]);
        for Newcomer { language, addresses, watches } in people {
            let watcher = WatcherId(random.uuid(now));
            watchers.push((watcher, language));
            let contact = |address| Contact { id: ContactId(random.uuid(now)), watcher, address };
            contacts.extend(addresses.into_iter().map(contact));
            for NewWatch { id, name, target, filter, rhythm, via } in watches {
                let number = WatchNumber(first_number + i64::try_from(rows.len()).unwrap_or(0));
                if rhythm != Rhythm::AtOnce {
                    let due = next_due(rhythm, DIGEST_HOUR, DIGEST_DAY, &city.zone, now);
                    next.push(NextDigest { watcher, rhythm, due, through_no });
                }
                let watch = Watch { id, number, watcher, name, target, filter, rhythm, via };
                let state = WatchState::Active;
                rows.push(WatchRow { watch, state, asked: None, created_at: now });
            }
        }
        tx.put_watchers(city.id, &watchers, now).await?;
        tx.put_contacts(city.id, &contacts, true, now).await?;
        tx.put_watches(city.id, &rows, first_change).await?;
        next.sort_unstable_by_key(|n| (n.watcher, n.rhythm));
        next.dedup_by_key(|n| (n.watcher, n.rhythm));
        tx.schedule_digests(city.id, &next).await?;
        tx.commit().await?;
        Ok(rows.len())
    }

    /// Makes a watch for an address whose owner has agreed elsewhere: nobody is asked.
    ///
    /// # Errors
    /// When a ward is unknown, the address asked never to be mailed, or the database does not
    /// answer.
    pub async fn settle_one(
        &self,
        city: &City,
        address: Address,
        new: NewWatch,
    ) -> Result<(), EngineError> {
        let known = self.inner.store.read().await?.contact_at(city.id, &address).await?;
        let Some(known) = known else {
            let language = city.language.clone();
            let newcomer = Newcomer { language, addresses: vec![address], watches: vec![new] };
            self.settle_in(city, vec![newcomer]).await?;
            return Ok(());
        };
        if known.silenced {
            return Err(EngineError::Silenced);
        }
        let now = self.inner.clock.now();
        let mut tx = self.inner.store.write().await?;
        tx.confirm_contact(city.id, known.contact.id, now).await?;
        tx.commit().await?;
        self.watch(city, Who::Watcher(known.contact.watcher), new).await?;
        Ok(())
    }

    /// Adds a confirmed contact to a watcher: one more browser. One that is there already changes
    /// its owner to nobody else.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_contact(
        &self,
        city: &City,
        watcher: WatcherId,
        address: Address,
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let contact = Contact { id: ContactId(self.inner.random.uuid(now)), watcher, address };
        let mut tx = self.inner.store.write().await?;
        tx.put_contacts(city.id, &[contact], true, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

//! What comes beside a new watch, in its transaction: that its owner reported the issue, a browser that is
//! told as well once the watch is confirmed, the public area that it follows.
//!
//! The one rule: until then a browser that was named together with a mail address is a watcher's of its own.
//! Whoever holds it could else be taken for whoever reads that mail.

use super::public_areas::area_of;
use super::settling::merge;
use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::issue::{CityId, IssueId};
use crate::store::{City, Claim, ContactRow, Tx, WatchRow};
use crate::watch::AreaId;
use crate::watcher::{Address, Contact, ContactId, WatcherId};

/// What comes beside a new watch.
#[derive(Clone, Debug, PartialEq)]
pub enum Beside {
    Nothing,
    /// Its owner reported the issue that it follows.
    Report(IssueId),
    /// A browser that is told as well, once the watch is confirmed; what a person knows it by.
    Browser(Address, Option<String>),
    /// It has the outline of this area, and goes on having it.
    Area(AreaId),
}

impl Engine {
    pub(super) async fn put_beside(
        &self,
        tx: &mut Tx,
        city: &City,
        row: &WatchRow,
        beside: Beside,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        match beside {
            Beside::Nothing => {}
            Beside::Report(issue) => {
                tx.put_reporter(city.id, issue, row.watch.watcher, now).await?;
            }
            Beside::Browser(browser, device) => {
                let contact = self.nobodys(tx, city.id, (&browser, row.watch.watcher), now).await?;
                if let Some(device) = device {
                    tx.name_device(city.id, contact, &device).await?;
                }
                let (id, watcher) = (row.watch.id.0, row.watch.watcher);
                tx.put_claim(city.id, Claim { id, contact, watcher, since: now }).await?;
            }
            Beside::Area(area) => {
                // As it is now: its owner may have drawn it anew since it was looked at.
                let area = area_of(tx, city.id, area).await?;
                let change = tx.take_numbers(city.id, "watch_change", 1).await?;
                tx.move_watch(city.id, row.watch.id, &area.shape, change).await?;
                tx.follow_area(city.id, row.watch.id, Some(area.id)).await?;
            }
        }
        Ok(())
    }

    /// The contact at an address; a new one is a watcher's who is nothing else, reads what `reader` reads,
    /// and has not agreed.
    pub(super) async fn nobodys(
        &self,
        tx: &mut Tx,
        city: CityId,
        (address, reader): (&Address, WatcherId),
        now: Timestamp,
    ) -> Result<ContactId, EngineError> {
        if let Some(known) = tx.contact_at(city, address).await? {
            // Its keys are what shows that whoever names it holds it.
            let same = known.contact.address == *address || matches!(address, Address::Mail(_));
            return if same { Ok(known.contact.id) } else { Err(EngineError::OtherKeys) };
        }
        let random = &self.inner.random;
        let (id, watcher) = (ContactId(random.uuid(now)), WatcherId(random.uuid(now)));
        let language = tx.languages(city, &[reader]).await?.pop().map(|(_, tag)| tag);
        tx.put_watchers(city, &[(watcher, language.unwrap_or_default())], now).await?;
        let contact = Contact { id, watcher, address: address.clone() };
        tx.put_contacts(city, &[contact], false, now).await?;
        Ok(id)
    }
}

/// A watch is confirmed, and with it that the browser that was named beside it is its owner's. One that has
/// turned out to be somebody else's stays theirs, and the watch is told without it.
pub(super) async fn bring_claimed(
    tx: &mut Tx,
    city: &City,
    row: &WatchRow,
    now: Timestamp,
) -> Result<(), EngineError> {
    for claim in tx.claims(city.id, row.watch.id.0).await? {
        let Some(known) = tx.contacts(city.id, &[claim.contact]).await?.pop() else { continue };
        match bring(tx, city, &known, row.watch.watcher, now).await {
            Ok(()) | Err(EngineError::OthersBrowser) => {}
            Err(other) => return Err(other),
        }
        tx.end_claims(city.id, claim.contact, claim.watcher).await?;
    }
    Ok(())
}

/// A contact is this person's from now on, with whatever it was asked for alone.
pub(super) async fn bring(
    tx: &mut Tx,
    city: &City,
    known: &ContactRow,
    to: WatcherId,
    now: Timestamp,
) -> Result<(), EngineError> {
    if known.contact.watcher != to {
        merge(tx, city, known.contact.watcher, to, now).await?;
    }
    Ok(tx.confirm_contact(city.id, known.contact.id, now).await?)
}

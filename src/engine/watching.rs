//! Watches are made, confirmed, changed and ended.

use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::delivery::{About, Contents, Delivery, DeliveryId, Lane, next_due};
use crate::issue::CityId;
use crate::store::{Asked, City, NextDigest, Tx, WatchRow, WatchState};

use crate::token::CONFIRM_WATCH;
use crate::watch::{Filter, Rhythm, Target, Via, Watch, WatchId, WatchNumber};
use crate::watcher::{Address, Contact, ContactId, WatcherId};

/// A watch that somebody wants.
#[derive(Clone, Debug, PartialEq)]
pub struct NewWatch {
    /// Given by whoever asks, so that asking again makes no second one.
    pub id: WatchId,
    pub name: String,
    pub target: Target,
    pub filter: Filter,
    pub rhythm: Rhythm,
    pub via: Via,
}

/// Who wants it.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// Anybody who names an address; a mail address has to confirm, a browser has with its keys.
    Address { address: Address, language: String },
    /// A watcher who has shown a management link.
    Watcher(WatcherId),
}

/// What an owner changes; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WatchChange {
    pub name: Option<String>,
    pub filter: Option<Filter>,
    pub rhythm: Option<Rhythm>,
    pub via: Option<Via>,
    pub paused: Option<bool>,
    pub shape: Option<crate::geometry::Shape>,
}

/// After so many wrong codes only the link in the mail confirms.
const WRONG_CODES: i64 = 5;

impl Engine {
    /// Makes a watch. Unless its owner is known it waits for a confirmation, which is put into the
    /// outbox in the same transaction.
    ///
    /// # Errors
    /// When the address was asked too often, a ward is unknown, or the database does not answer.
    pub async fn watch(
        &self,
        city: &City,
        who: Who,
        new: NewWatch,
    ) -> Result<WatchRow, EngineError> {
        self.check_wards(city.id, &new.target).await?;
        let now = self.inner.clock.now();
        let mut tx = self.inner.store.write().await?;
        if let Some(known) = tx.watch(city.id, new.id).await? {
            return Ok(known);
        }
        let (watcher, asks) = self.owner(&mut tx, city.id, &who, now).await?;
        let number = WatchNumber(tx.take_numbers(city.id, "watch", 1).await?);
        let change = tx.take_numbers(city.id, "watch_change", 1).await?;
        let NewWatch { id, name, target, filter, rhythm, via } = new;
        let row = WatchRow {
            watch: Watch { id, number, watcher, name, target, filter, rhythm, via },
            state: if asks.is_some() { WatchState::Unconfirmed } else { WatchState::Active },
            asked: asks.map(|contact| Asked { contact, at: now, wrong_codes: 0 }),
            created_at: now,
        };
        tx.put_watches(city.id, std::slice::from_ref(&row), change).await?;
        match asks {
            Some(contact) => self.ask(&mut tx, city.id, &row, contact, now).await?,
            None => self.schedule(&mut tx, city, &row.watch, now).await?,
        }
        tx.commit().await?;
        self.inner.planned.notify_waiters();
        Ok(row)
    }

    /// The watcher behind an address or a management link, and the contact that must be asked.
    async fn owner(
        &self,
        tx: &mut Tx,
        city: CityId,
        who: &Who,
        now: Timestamp,
    ) -> Result<(WatcherId, Option<ContactId>), EngineError> {
        let (address, language) = match who {
            Who::Watcher(watcher) => return Ok((*watcher, None)),
            Who::Address { address, language } => (address, language),
        };
        // A push endpoint is a secret of the browser that holds it: naming it is proof enough.
        let is_proof = matches!(address, Address::Push(_));
        if let Some(known) = tx.contact_at(city, address).await? {
            if is_proof {
                tx.confirm_contact(city, known.contact.id, now).await?;
            }
            return Ok((known.contact.watcher, (!is_proof).then_some(known.contact.id)));
        }
        let random = &self.inner.random;
        let watcher = WatcherId(random.uuid(now));
        let contact =
            Contact { id: ContactId(random.uuid(now)), watcher, address: address.clone() };
        let asks = (!is_proof).then_some(contact.id);
        tx.put_watchers(city, &[(watcher, language.clone())], now).await?;
        tx.put_contacts(city, &[contact], is_proof, now).await?;
        Ok((watcher, asks))
    }

    async fn ask(
        &self,
        tx: &mut Tx,
        city: CityId,
        row: &WatchRow,
        contact: ContactId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let hour_ago = now.minus(std::time::Duration::from_hours(1));
        let asked = tx.asked_since(city, contact, hour_ago).await?;
        if asked >= self.inner.settings.questions_an_hour {
            return Err(EngineError::AskedTooOften);
        }
        let question = Delivery {
            id: DeliveryId(self.inner.random.uuid(now)),
            about: About::Confirm(row.watch.id),
            watcher: row.watch.watcher,
            contact,
            kind: crate::watcher::ContactKind::Mail,
            lane: Lane::Urgent,
            contents: Contents::default(),
            due: now,
        };
        tx.put_deliveries(city, &[question], now).await?;
        Ok(())
    }

    /// Makes sure that a digest comes, if the watch wants one.
    async fn schedule(
        &self,
        tx: &mut Tx,
        city: &City,
        watch: &Watch,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if watch.rhythm == Rhythm::AtOnce {
            return Ok(());
        }
        let through_no = tx.last_number(city.id, "match").await?;
        let due = next_due(watch.rhythm, DIGEST_HOUR, DIGEST_DAY, &city.zone, now);
        let (watcher, rhythm) = (watch.watcher, watch.rhythm);
        let next = NextDigest { watcher, rhythm, due, through_no };
        tx.schedule_digests(city.id, &[next]).await?;
        Ok(())
    }

    /// The six digits that confirm a watch where it was made.
    #[must_use]
    pub fn confirmation_code(&self, watch: WatchId) -> String {
        self.inner.secrets.code(CONFIRM_WATCH, watch.0)
    }

    /// Confirms a watch by the six digits of its mail.
    ///
    /// # Errors
    /// When the code is wrong or used up, the watch is unknown, or the database does not answer.
    pub async fn confirm_by_code(
        &self,
        city: &City,
        id: WatchId,
        typed: &str,
    ) -> Result<WatchRow, EngineError> {
        let mut tx = self.inner.store.write().await?;
        let row = tx.watch(city.id, id).await?.ok_or(EngineError::UnknownWatch)?;
        let Some(asked) = row.asked else { return Ok(row) };
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
        let mut tx = self.inner.store.write().await?;
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
        }
        row.state = WatchState::Active;
        let change = tx.take_numbers(city.id, "watch_change", 1).await?;
        tx.change_watch(city.id, &row, change, now).await?;
        self.schedule(&mut tx, city, &row.watch, now).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Changes a watch of this owner.
    ///
    /// # Errors
    /// When the owner has no such watch, or the database does not answer.
    pub async fn change_watch(
        &self,
        city: &City,
        owner: WatcherId,
        id: WatchId,
        change: WatchChange,
    ) -> Result<WatchRow, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.inner.store.write().await?;
        let mut row = owned(&mut tx, city.id, owner, id).await?;
        let WatchChange { name, filter, rhythm, via, paused, shape } = change;
        row.watch.name = name.unwrap_or(row.watch.name);
        row.watch.filter = filter.unwrap_or(row.watch.filter);
        row.watch.rhythm = rhythm.unwrap_or(row.watch.rhythm);
        row.watch.via = via.unwrap_or(row.watch.via);
        row.state = match (row.state, paused) {
            (WatchState::Active, Some(true)) => WatchState::Paused,
            (WatchState::Paused, Some(false)) => WatchState::Active,
            (state, _) => state,
        };
        let change_no = tx.take_numbers(city.id, "watch_change", 1).await?;
        tx.change_watch(city.id, &row, change_no, now).await?;
        if let (Some(shape), Target::Area(area)) = (shape, &mut row.watch.target) {
            tx.move_watch(city.id, id, &shape, change_no).await?;
            *area = shape.into();
        }
        if row.state != WatchState::Unconfirmed {
            self.schedule(&mut tx, city, &row.watch, now).await?;
        }
        tx.commit().await?;
        Ok(row)
    }

    /// Ends a watch of this owner: it sends nothing more, and its area is forgotten.
    ///
    /// # Errors
    /// When the owner has no such watch, or the database does not answer.
    pub async fn unwatch(
        &self,
        city: &City,
        owner: WatcherId,
        id: WatchId,
    ) -> Result<(), EngineError> {
        let mut tx = self.inner.store.write().await?;
        owned(&mut tx, city.id, owner, id).await?;
        self.end(&mut tx, city.id, &[id]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends one watch of the person behind a contact, or all of them: what a signed unsubscribe
    /// link asks for. Asking again changes nothing. Gives how many ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unsubscribe(
        &self,
        city: &City,
        contact: ContactId,
        watch: Option<WatchId>,
    ) -> Result<usize, EngineError> {
        let mut tx = self.inner.store.write().await?;
        let Some(known) = tx.contacts(city.id, &[contact]).await?.pop() else { return Ok(0) };
        let ids: Vec<WatchId> = tx
            .watches_of(city.id, &[known.contact.watcher])
            .await?
            .into_iter()
            .map(|row| row.watch.id)
            .filter(|id| watch.is_none_or(|wanted| wanted == *id))
            .collect();
        self.end(&mut tx, city.id, &ids).await?;
        tx.commit().await?;
        Ok(ids.len())
    }

    async fn end(&self, tx: &mut Tx, city: CityId, ids: &[WatchId]) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let first = tx.take_numbers(city, "watch_change", ids.len()).await?;
        for (change, id) in (first..).zip(ids) {
            tx.delete_watch(city, *id, change, now).await?;
        }
        Ok(())
    }

    /// Adds people and their watches in bulk, all confirmed: for generated cities and for lists
    /// whose people have agreed elsewhere.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn settle_in(
        &self,
        city: &City,
        people: Vec<(Vec<Address>, Vec<NewWatch>)>,
    ) -> Result<usize, EngineError> {
        let (now, random) = (self.inner.clock.now(), &self.inner.random);
        let mut tx = self.inner.store.write().await?;
        let count = people.iter().map(|(_, watches)| watches.len()).sum();
        let first_number = tx.take_numbers(city.id, "watch", count).await?;
        let first_change = tx.take_numbers(city.id, "watch_change", count).await?;
        let through_no = tx.last_number(city.id, "match").await?;
        let (mut watchers, mut contacts, mut rows, mut next) = (vec![], vec![], vec![], vec![]);
        for (addresses, watches) in people {
            let watcher = WatcherId(random.uuid(now));
            watchers.push((watcher, city.language.clone()));
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
    /// When a ward is unknown, or the database does not answer.
    pub async fn settle_one(
        &self,
        city: &City,
        address: Address,
        new: NewWatch,
    ) -> Result<(), EngineError> {
        let known = self.inner.store.read().await?.contact_at(city.id, &address).await?;
        let Some(known) = known else {
            self.settle_in(city, vec![(vec![address], vec![new])]).await?;
            return Ok(());
        };
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

    async fn check_wards(&self, city: CityId, target: &Target) -> Result<(), EngineError> {
        let Target::Wards { wards, .. } = target else { return Ok(()) };
        let mut tx = self.inner.store.read().await?;
        let in_force = tx.layers_in_force(city, self.inner.clock.now()).await?;
        for wanted in wards {
            let known = match in_force.iter().find(|layer| layer.layer == wanted.layer) {
                Some(layer) => tx.has_ward(city, layer, &wanted.ward).await?,
                None => false,
            };
            if !known {
                let (layer, ward) = (wanted.layer.clone(), wanted.ward.clone());
                return Err(EngineError::UnknownWard { layer, ward });
            }
        }
        Ok(())
    }
}

/// The local hour and day of digests until a person chooses others: seven, on Mondays.
const DIGEST_HOUR: i8 = 7;
const DIGEST_DAY: i8 = 1;

async fn owned(
    tx: &mut Tx,
    city: CityId,
    owner: WatcherId,
    id: WatchId,
) -> Result<WatchRow, EngineError> {
    tx.watch(city, id)
        .await?
        .filter(|row| row.watch.watcher == owner && row.state != WatchState::Deleted)
        .ok_or(EngineError::UnknownWatch)
}

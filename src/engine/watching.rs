//! Watches are made, confirmed, changed and ended.

use super::beside::Beside;
use super::digests::schedule;
use super::leaving::still_known;
use super::mutes::end_mutes;
use super::public_areas::{close_areas, follower_of, move_followers};
use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::delivery::{About, Contents, Delivery, DeliveryId, Lane};
use crate::geometry::Shape;
use crate::issue::CityId;
use crate::store::{Asked, City, Tx, WatchRow, WatchState};
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

/// Whose a new watch is.
pub(super) enum Owner {
    /// Somebody who has shown who they are.
    Known(WatcherId),
    /// The same, who wants to hear nothing for now.
    Resting(WatcherId),
    /// Whoever reads this contact's mail, once they agree.
    Asked(Contact),
    /// Somebody who asked never to be mailed.
    Silenced(Contact),
}

impl Owner {
    fn watcher(&self) -> WatcherId {
        match self {
            Self::Known(watcher) | Self::Resting(watcher) => *watcher,
            Self::Asked(contact) | Self::Silenced(contact) => contact.watcher,
        }
    }
}

impl NewWatch {
    fn into_row(self, owner: &Owner, number: WatchNumber, now: Timestamp) -> WatchRow {
        let Self { id, name, target, filter, rhythm, via } = self;
        let watcher = owner.watcher();
        let (state, asked) = match owner {
            Owner::Known(_) => (WatchState::Active, None),
            Owner::Resting(_) => (WatchState::Paused, None),
            Owner::Asked(contact) | Owner::Silenced(contact) => {
                let asked = Asked { contact: contact.id, at: now, wrong_codes: 0 };
                (WatchState::Unconfirmed, Some(asked))
            }
        };
        let watch = Watch { id, number, watcher, name, target, filter, rhythm, via };
        WatchRow { watch, state, asked, created_at: now }
    }
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
    pub shape: Option<Shape>,
}

impl Engine {
    /// Makes a watch. Unless its owner is known it waits for a confirmation, which is put into the
    /// outbox in the same transaction. Asking again with the same id makes no second watch.
    ///
    /// Whoever names a mail address without proof must not be shown more of the answer than they
    /// have said themselves: the watch may be there already, and confirmed.
    ///
    /// # Errors
    /// When the address was asked too often, a ward is unknown, or the database does not answer.
    pub async fn watch(
        &self,
        city: &City,
        who: Who,
        new: NewWatch,
    ) -> Result<WatchRow, EngineError> {
        self.watch_with(city, who, new, Beside::Nothing).await
    }

    /// The same, with what comes beside it in the same transaction.
    ///
    /// # Errors
    /// The same, and when that cannot be.
    pub async fn watch_with(
        &self,
        city: &City,
        who: Who,
        new: NewWatch,
        beside: Beside,
    ) -> Result<WatchRow, EngineError> {
        self.check_target(city, &new.target).await?;
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
        let owner = self.owner(&mut tx, city.id, &who, now).await?;
        if let Some(known) = tx.watch(city.id, new.id).await? {
            let mine = known.watch.watcher == owner.watcher();
            return if mine { Ok(known) } else { Err(EngineError::UnknownWatch) };
        }
        if let (Beside::Area(area), Owner::Known(watcher)) = (&beside, &owner) {
            // Who presses twice follows it once.
            if let Some(known) = follower_of(&mut tx, city.id, *watcher, *area).await? {
                return Ok(known);
            }
        }
        self.check_patience(&mut tx, city.id, &owner, now).await?;
        let silenced = matches!(owner, Owner::Silenced(_));
        let row = self.begin_watch(&mut tx, city, owner, new, now).await?;
        // Of whoever wants never to be mailed nothing is kept.
        if !silenced {
            self.put_beside(&mut tx, city, &row, beside, now).await?;
        }
        tx.commit().await?;
        self.inner.planned.notify_waiters();
        Ok(row)
    }

    /// Writes a new watch with what follows from it: its digests, or the question to its owner.
    pub(super) async fn begin_watch(
        &self,
        tx: &mut Tx,
        city: &City,
        owner: Owner,
        new: NewWatch,
        now: Timestamp,
    ) -> Result<WatchRow, EngineError> {
        let number = WatchNumber(tx.take_numbers(city.id, "watch", 1).await?);
        let change = tx.take_numbers(city.id, "watch_change", 1).await?;
        let row = new.into_row(&owner, number, now);
        tx.put_watches(city.id, std::slice::from_ref(&row), change).await?;
        match owner {
            Owner::Known(_) | Owner::Resting(_) => {
                schedule(tx, city, [&row.watch].into_iter(), now).await?;
                end_mutes(tx, city, [&row.watch].into_iter()).await?;
            }
            Owner::Asked(contact) => self.ask(tx, city.id, &row, contact.id, now).await?,
            // Nothing is sent and nothing of it is kept, and the answer does not tell.
            Owner::Silenced(_) => tx.delete_watch(city.id, row.watch.id, change, now).await?,
        }
        Ok(row)
    }

    /// A transaction in which nobody else changes the city's watches or contacts: what is read in
    /// it stays true until it is written.
    pub(super) async fn changing(&self, city: CityId) -> Result<Tx, EngineError> {
        let mut tx = self.inner.store.write().await?;
        tx.take_numbers(city, "watch_change", 0).await?;
        Ok(tx)
    }

    /// The watcher behind an address or a management link, and what must be asked of them.
    async fn owner(
        &self,
        tx: &mut Tx,
        city: CityId,
        who: &Who,
        now: Timestamp,
    ) -> Result<Owner, EngineError> {
        let (address, language) = match who {
            Who::Watcher(watcher) => {
                still_known(tx, city, *watcher).await?;
                return Ok(Owner::Known(*watcher));
            }
            Who::Address { address, language } => (address, language),
        };
        // A push endpoint is a secret of the browser that holds it: naming it, with its keys, is
        // proof enough.
        let is_proof = matches!(address, Address::Push(_));
        let Some(known) = tx.contact_at(city, address).await? else {
            let random = &self.inner.random;
            let watcher = WatcherId(random.uuid(now));
            let contact =
                Contact { id: ContactId(random.uuid(now)), watcher, address: address.clone() };
            tx.put_watchers(city, &[(watcher, language.clone())], now).await?;
            tx.put_contacts(city, std::slice::from_ref(&contact), is_proof, now).await?;
            return Ok(if is_proof { Owner::Known(watcher) } else { Owner::Asked(contact) });
        };
        if is_proof {
            if known.contact.address != *address {
                return Err(EngineError::OtherKeys);
            }
            tx.confirm_contact(city, known.contact.id, now).await?;
            return Ok(Owner::Known(known.contact.watcher));
        }
        if known.silenced {
            return Ok(Owner::Silenced(known.contact));
        }
        if known.retired {
            tx.ask_contact_again(city, known.contact.id).await?;
        }
        Ok(Owner::Asked(known.contact))
    }

    /// Nobody can be mail-bombed through sign-up.
    async fn check_patience(
        &self,
        tx: &mut Tx,
        city: CityId,
        owner: &Owner,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let (Owner::Asked(contact) | Owner::Silenced(contact)) = owner else { return Ok(()) };
        let hour_ago = now.minus(std::time::Duration::from_hours(1));
        let asked = tx.asked_since(city, contact, hour_ago).await?;
        let often = asked >= self.inner.settings.questions_an_hour;
        if often { Err(EngineError::AskedTooOften) } else { Ok(()) }
    }

    async fn ask(
        &self,
        tx: &mut Tx,
        city: CityId,
        row: &WatchRow,
        contact: ContactId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
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
        if let Some(area) = &change.shape {
            is_of_the_city(city, area)?;
        }
        let now = self.inner.clock.now();
        let mut tx = self.changing(city.id).await?;
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
        if let (Some(shape), Target::Area(area)) = (shape, &mut row.watch.target)
            && **area != shape
        {
            tx.move_watch(city.id, id, &shape, change_no).await?;
            // Whoever draws an outline of their own follows no other's.
            tx.follow_area(city.id, id, None).await?;
            move_followers(&mut tx, city.id, id, &shape).await?;
            *area = shape.into();
        }
        if row.state != WatchState::Unconfirmed {
            schedule(&mut tx, city, [&row.watch].into_iter(), now).await?;
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
        let mut tx = self.changing(city.id).await?;
        owned(&mut tx, city.id, owner, id).await?;
        self.end(&mut tx, city.id, &[id]).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn end(
        &self,
        tx: &mut Tx,
        city: CityId,
        ids: &[WatchId],
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        close_areas(tx, city, ids, now).await?;
        let first = tx.take_numbers(city, "watch_change", ids.len()).await?;
        for (change, id) in (first..).zip(ids) {
            tx.delete_watch(city, *id, change, now).await?;
        }
        Ok(())
    }

    /// Whether anything could ever happen there.
    pub(super) async fn check_target(
        &self,
        city: &City,
        target: &Target,
    ) -> Result<(), EngineError> {
        let wards = match target {
            Target::Wards { wards, .. } => wards,
            Target::Area(area) => return is_of_the_city(city, area),
            Target::Issue(_) => return Ok(()),
        };
        let mut tx = self.inner.store.read().await?;
        let in_force = tx.layers_in_force(city.id, self.inner.clock.now()).await?;
        for wanted in wards {
            let (layer, ward) = (wanted.layer.clone(), wanted.ward.clone());
            let Some(known) = in_force.iter().find(|known| known.layer == layer) else {
                return Err(EngineError::UnknownLayer(layer));
            };
            if !tx.has_ward(city.id, known, &ward).await? {
                return Err(EngineError::UnknownWard { layer, ward });
            }
        }
        Ok(())
    }
}

/// Nobody would ever be told of an area that the city's own boundaries do not come near. A city
/// without any has no outside.
fn is_of_the_city(city: &City, area: &Shape) -> Result<(), EngineError> {
    let Some(bounds) = city.bounds else { return Ok(()) };
    if area.envelopes(0.0).iter().any(|part| part.meets(&bounds)) {
        return Ok(());
    }
    Err(EngineError::OutsideCity { city: city.name.clone(), bounds })
}

pub(super) async fn owned(
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

//! One city's watches and boundary layers: an event in, its matches out.

mod roll;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use roll::Roll;

use super::area_id::AreaId;
use super::area_index::AreaIndex;
use super::ward_index::WardIndex;
use crate::geometry::Position;
use crate::issue::IssueEvent;
use crate::ward::{LayerVersion, WardRef};
use crate::watch::{Watch, WatchNumber};

/// One change to a city's watches.
#[derive(Clone, Debug)]
pub enum Change {
    /// A watch was made or changed; it takes the place of the one of the same number.
    Put(Arc<Watch>),
    /// A watch is no more, or is paused; nothing happens when it is not known.
    Remove(WatchNumber),
}

impl Change {
    fn number(&self) -> WatchNumber {
        match self {
            Self::Put(watch) => watch.number,
            Self::Remove(number) => *number,
        }
    }
}

/// Whom and what an event concerns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matched {
    /// By layer and key.
    pub wards: Vec<WardHit>,
    /// Each watch at most once, by number.
    pub watches: Vec<Match>,
}

/// A ward that an event is in or near.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WardHit {
    pub ward: WardRef,
    /// Not in it, but within the layer's notice tolerance: "on the ward line".
    pub near: bool,
}

/// A watch that wants an event, and by what it was reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    pub watch: Arc<Watch>,
    pub how: How,
}

/// By what an event reached a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// It lies in the watch's area.
    Area,
    /// It lies in, or near, a ward the watch follows; in one of several rather than near another.
    Ward { ward: WardRef, near: bool },
    /// The watch follows its issue.
    Issue,
}

/// A watch whose wards are others since a new map came into force.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehomed {
    pub watch: Arc<Watch>,
    /// The wards of that layer it followed until now, and those it follows from now on.
    pub before: Vec<WardRef>,
    pub after: Vec<WardRef>,
}

/// A city's watches and boundary layers, kept ready to be asked while they change.
///
/// An answer is given from one state: it sees each change, and each new map, wholly or not at all.
/// A watch that [`apply`](Self::apply) has put in is matched by every question that begins after.
///
/// A change is made in three steps: the new watch is entered beside the old one; the [`AreaIndex`], which
/// readers do not wait for, swaps the old watch's area for the new one's; the old watch goes. Whoever asks
/// meanwhile finds one of them, or both, and names the watch once. Readers hold a read lock on the roll,
/// and wait for the first and the last step, never for the index.
#[derive(Default)]
pub struct Matcher {
    city: RwLock<City>,
    /// Under the slots of the roll.
    areas: AreaIndex,
    /// Held by whoever changes, so that a map prepared aside misses no watch.
    changing: Mutex<()>,
}

#[derive(Default)]
struct City {
    roll: Roll,
    layers: BTreeMap<String, Arc<WardIndex>>,
}

impl Matcher {
    /// A city without watches and layers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Applies the changes, as if in their order.
    pub fn apply(&self, changes: impl IntoIterator<Item = Change>) {
        let changes: Vec<_> = changes.into_iter().collect();
        let _changing = self.changing();
        let (moves, earlier) = {
            let City { roll, layers } = &mut *self.write();
            roll.enter(changes, layers)
        };
        self.areas.apply(moves);
        self.write().roll.forget(earlier);
    }

    /// Puts a version of a boundary layer in force, in place of the layer's earlier one. Who
    /// meant an address is re-homed by the new map, at the same moment.
    ///
    /// Returns the watches whose wards of this layer are others than before, by number; none when
    /// the layer is new here, since nobody's ward has changed then.
    pub fn set_layer(&self, version: &LayerVersion) -> Vec<Rehomed> {
        let index = Arc::new(WardIndex::new(version.clone()));
        let _changing = self.changing();
        let homes = self.read().roll.homes_by(&index);
        let mut city = self.write();
        let rehomed = city.roll.rehome(index.layer(), homes);
        let earlier = city.layers.insert(version.layer.clone(), index);
        if earlier.is_some() { rehomed } else { Vec::new() }
    }

    /// Takes a layer out of force: its wards are hit no more, and who meant an address there is
    /// back with the wards first chosen. Nothing happens when it is not known.
    pub fn remove_layer(&self, layer: &str) {
        let _changing = self.changing();
        let mut city = self.write();
        let City { roll, layers } = &mut *city;
        if layers.remove(layer).is_some() {
            let homes = roll.homes_as_chosen(layer);
            roll.rehome(layer, homes);
        }
    }

    /// What an event concerns: the wards that its place is in or near, and the watches that want
    /// it. Places count only when believed; who follows the issue is matched wherever it is.
    #[must_use]
    pub fn matches(&self, event: &IssueEvent) -> Matched {
        self.matches_of([event]).pop().unwrap_or_default()
    }

    /// The same of many events, in their order and from one state: faster than one by one.
    #[must_use]
    pub fn matches_of<'a>(&self, events: impl IntoIterator<Item = &'a IssueEvent>) -> Vec<Matched> {
        let city = self.read();
        let events: Vec<&IssueEvent> = events.into_iter().collect();
        let places = events.iter().enumerate();
        let places = places.filter_map(|(nth, event)| Some((nth, event.believed_position()?)));
        let (nths, positions): (Vec<usize>, Vec<Position>) = places.unzip();
        let mut matched: Vec<Option<Matched>> = vec![None; events.len()];
        self.areas.areas_at_each(&positions, |place, areas| {
            let nth = nths[place];
            matched[nth] = Some(city.matches(events[nth], areas));
        });
        let placeless = |(event, matched): (&IssueEvent, Option<Matched>)| {
            matched.unwrap_or_else(|| city.matches(event, &[]))
        };
        events.into_iter().zip(matched).map(placeless).collect()
    }

    /// Which wards of all layers a position is in or near, by layer and key.
    #[must_use]
    pub fn wards_at(&self, at: Position) -> Vec<WardHit> {
        self.read().wards_at(at)
    }

    /// How many watches there are.
    #[must_use]
    pub fn watches(&self) -> usize {
        self.read().roll.len()
    }

    /// The watch of this number, as it is matched now.
    #[must_use]
    pub fn watch(&self, number: WatchNumber) -> Option<Arc<Watch>> {
        self.read().roll.by_number(number).cloned()
    }

    /// The wards a watch follows now: as chosen, or where the address lies that was meant. Empty
    /// for a watch of another target, and for an address in no ward of the maps in force.
    #[must_use]
    pub fn wards_of(&self, number: WatchNumber) -> Vec<WardRef> {
        self.read().roll.wards_of(number).to_vec()
    }

    /// The wards that a watch of this address follows, or would, were it not paused. Empty for an
    /// address in no ward of the maps in force.
    #[must_use]
    pub fn homes_at(&self, chosen: &[WardRef], at: Position) -> Vec<WardRef> {
        roll::homes_in(&self.read().layers, chosen, at)
    }

    /// The version in force of every layer, by name.
    #[must_use]
    pub fn layers(&self) -> Vec<Arc<WardIndex>> {
        self.read().layers.values().cloned().collect()
    }

    /// The version in force of this layer.
    #[must_use]
    pub fn layer(&self, layer: &str) -> Option<Arc<WardIndex>> {
        self.read().layers.get(layer).cloned()
    }

    fn read(&self) -> RwLockReadGuard<'_, City> {
        self.city.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, City> {
        self.city.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl City {
    /// What an event concerns that lies in these areas, if its place is believed.
    fn matches(&self, event: &IssueEvent, areas: &[AreaId]) -> Matched {
        let wards = event.believed_position().map(|at| self.wards_at(at)).unwrap_or_default();
        let reached = areas.iter().map(|slot| (*slot, How::Area));
        let reached = reached.chain(self.reached_by_ward(&wards));
        let followers = self.roll.followers(event.issue).map(|slot| (slot, How::Issue));
        let mut watches: Vec<Match> = reached
            .chain(followers)
            .filter_map(|(slot, how)| Some((self.roll.watch(slot)?, how)))
            .filter(|(watch, _)| watch.filter.admits(event))
            .map(|(watch, how)| Match { watch: Arc::clone(watch), how })
            .collect();
        watches.sort_unstable_by_key(|found| found.watch.number);
        // One that is being changed may have been reached as it was and as it will be.
        watches.dedup_by_key(|found| found.watch.number);
        Matched { wards, watches }
    }

    fn wards_at(&self, at: Position) -> Vec<WardHit> {
        let mut hits = Vec::new();
        for layer in self.layers.values() {
            let found = layer.wards_at(at);
            let hit = |near| move |ward| WardHit { ward: layer.name_of(ward), near };
            hits.extend(found.within.into_iter().map(hit(false)));
            hits.extend(found.near.into_iter().map(hit(true)));
        }
        hits.sort_unstable();
        hits
    }

    /// Each watch once, by the best of the wards it follows: inside before near, then by name.
    fn reached_by_ward(&self, hits: &[WardHit]) -> impl Iterator<Item = (AreaId, How)> {
        let mut best: HashMap<AreaId, &WardHit> = HashMap::new();
        let inside_first =
            hits.iter().filter(|hit| !hit.near).chain(hits.iter().filter(|hit| hit.near));
        for hit in inside_first {
            for slot in self.roll.watchers_of(&hit.ward) {
                best.entry(slot).or_insert(hit);
            }
        }
        best.into_iter()
            .map(|(slot, hit)| (slot, How::Ward { ward: hit.ward.clone(), near: hit.near }))
    }
}

/// Says how many, never who or where.
impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layers = self.layers();
        f.debug_struct("Matcher")
            .field("watches", &self.watches())
            .field("layers", &layers)
            .finish_non_exhaustive()
    }
}

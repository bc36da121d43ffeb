//! The roll of a city's watches: who is where, and who follows what.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Change, Rehomed};
use crate::geometry::{Position, Shape};
use crate::issue::IssueId;
use crate::matching::area_id::AreaId;
use crate::matching::area_index::AreaChange;
use crate::matching::ward_index::WardIndex;
use crate::ward::WardRef;
use crate::watch::{Meant, Target, Watch, WatchNumber};

pub(super) type Layers = BTreeMap<String, Arc<WardIndex>>;

/// Every watch in a slot of its own, whatever its target. The slot of an area watch is its area's
/// id in the index; slots of watches that are gone are given again.
#[derive(Default)]
pub(super) struct Roll {
    slots: Vec<Option<Arc<Watch>>>,
    free: Vec<AreaId>,
    by_number: HashMap<WatchNumber, AreaId>,
    followers: HashMap<IssueId, BTreeSet<AreaId>>,
    ward_watchers: HashMap<WardRef, BTreeSet<AreaId>>,
    /// Where those live who meant an address: the wards they follow now.
    homes: BTreeMap<AreaId, Vec<WardRef>>,
}

impl Roll {
    /// Enters new watches beside those they replace, and says what that means for the index of areas,
    /// and which slots to [`forget`](Self::forget) when it knows. Of two changes of one watch the later
    /// counts.
    pub(super) fn enter(
        &mut self,
        changes: Vec<Change>,
        layers: &Layers,
    ) -> (Vec<AreaChange>, Vec<AreaId>) {
        let last: BTreeMap<WatchNumber, Change> =
            changes.into_iter().map(|change| (change.number(), change)).collect();
        let (mut moves, mut earlier) = (vec![], vec![]);
        for (number, change) in last {
            let old = self.by_number.get(&number).copied();
            let had = old.and_then(|slot| Some((slot, self.area(slot)?)));
            if let (Change::Put(watch), Some((slot, area))) = (&change, had)
                && matches!(&watch.target, Target::Area(same) if Arc::ptr_eq(area, same))
            {
                self.slots[slot.0 as usize] = Some(Arc::clone(watch));
                continue;
            }
            moves.extend(had.map(|(slot, _)| AreaChange::Remove(slot)));
            earlier.extend(old);
            match change {
                Change::Remove(_) => drop(self.by_number.remove(&number)),
                Change::Put(watch) => {
                    let slot = self.free_slot();
                    if let Target::Area(shape) = &watch.target {
                        moves.push(AreaChange::Put(slot, Arc::clone(shape)));
                    }
                    self.put(slot, watch, layers);
                }
            }
        }
        (moves, earlier)
    }

    /// Forgets the watches of these slots, which are given again.
    pub(super) fn forget(&mut self, slots: Vec<AreaId>) {
        for slot in slots {
            self.clear(slot);
            self.free.push(slot);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.by_number.len()
    }

    pub(super) fn watch(&self, slot: AreaId) -> Option<&Arc<Watch>> {
        self.slots.get(slot.0 as usize)?.as_ref()
    }

    pub(super) fn by_number(&self, number: WatchNumber) -> Option<&Arc<Watch>> {
        self.watch(*self.by_number.get(&number)?)
    }

    pub(super) fn followers(&self, issue: IssueId) -> impl Iterator<Item = AreaId> {
        self.followers.get(&issue).into_iter().flatten().copied()
    }

    pub(super) fn watchers_of(&self, ward: &WardRef) -> impl Iterator<Item = AreaId> {
        self.ward_watchers.get(ward).into_iter().flatten().copied()
    }

    /// The wards that a watch follows now.
    pub(super) fn wards_of(&self, number: WatchNumber) -> &[WardRef] {
        self.by_number.get(&number).map(|slot| self.followed(*slot)).unwrap_or_default()
    }

    /// Where those live who meant an address of this layer, by a version of it.
    pub(super) fn homes_by(&self, index: &WardIndex) -> Vec<(AreaId, Vec<WardRef>)> {
        let homes = self.homes.keys().filter_map(|slot| {
            let Target::Wards { wards, meant: Meant::MyAddress(at) } = &self.watch(*slot)?.target
            else {
                return None;
            };
            let concerned = wards.iter().any(|ward| ward.layer == index.layer());
            concerned.then(|| (*slot, index.home_of(*at)))
        });
        homes.collect()
    }

    /// The wards that those first chose who meant an address of this layer.
    pub(super) fn homes_as_chosen(&self, layer: &str) -> Vec<(AreaId, Vec<WardRef>)> {
        let homes = self.homes.keys().filter_map(|slot| {
            let Target::Wards { wards, .. } = &self.watch(*slot)?.target else { return None };
            let chosen = chosen_in(wards, layer);
            (!chosen.is_empty()).then_some((*slot, chosen))
        });
        homes.collect()
    }

    /// Gives those in `homes` these wards of the layer in place of the ones they had; returns
    /// whose are others now, by number.
    pub(super) fn rehome(
        &mut self,
        layer: &str,
        homes: Vec<(AreaId, Vec<WardRef>)>,
    ) -> Vec<Rehomed> {
        let mut rehomed = Vec::new();
        for (slot, after) in homes {
            let Some(watch) = self.watch(slot).cloned() else { continue };
            let all = self.homes.remove(&slot).unwrap_or_default();
            let (before, others): (Vec<_>, Vec<_>) =
                all.into_iter().partition(|ward| ward.layer == layer);
            self.forget_wards(slot, &before);
            self.remember_wards(slot, &after);
            self.homes.insert(slot, others.into_iter().chain(after.iter().cloned()).collect());
            if before != after {
                rehomed.push(Rehomed { watch, before, after });
            }
        }
        rehomed.sort_by_key(|moved| moved.watch.number);
        rehomed
    }

    fn put(&mut self, slot: AreaId, watch: Arc<Watch>, layers: &Layers) {
        self.by_number.insert(watch.number, slot);
        match &watch.target {
            Target::Area(_) => {}
            Target::Issue(issue) => {
                self.followers.entry(*issue).or_default().insert(slot);
            }
            Target::Wards { wards, meant } => {
                let followed = match meant {
                    Meant::ThisWard => wards.clone(),
                    Meant::MyAddress(at) => homes_in(layers, wards, *at),
                };
                self.remember_wards(slot, &followed);
                if *meant != Meant::ThisWard {
                    self.homes.insert(slot, followed);
                }
            }
        }
        self.slots[slot.0 as usize] = Some(watch);
    }

    /// Forgets the watch of this slot, and what it follows.
    fn clear(&mut self, slot: AreaId) {
        let wards = self.followed(slot).to_vec();
        self.forget_wards(slot, &wards);
        self.homes.remove(&slot);
        let watch = self.slots[slot.0 as usize].take();
        if let Some(Target::Issue(issue)) = watch.map(|watch| watch.target.clone()) {
            take_off(&mut self.followers, &issue, slot);
        }
    }

    fn area(&self, slot: AreaId) -> Option<&Arc<Shape>> {
        match &self.watch(slot)?.target {
            Target::Area(shape) => Some(shape),
            Target::Issue(_) | Target::Wards { .. } => None,
        }
    }

    fn followed(&self, slot: AreaId) -> &[WardRef] {
        match self.watch(slot).map(|watch| &watch.target) {
            Some(Target::Wards { wards, meant: Meant::ThisWard }) => wards,
            Some(Target::Wards { .. }) => self.homes.get(&slot).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    fn remember_wards(&mut self, slot: AreaId, wards: &[WardRef]) {
        for ward in wards {
            self.ward_watchers.entry(ward.clone()).or_default().insert(slot);
        }
    }

    fn forget_wards(&mut self, slot: AreaId, wards: &[WardRef]) {
        for ward in wards {
            take_off(&mut self.ward_watchers, ward, slot);
        }
    }

    fn free_slot(&mut self) -> AreaId {
        self.free.pop().unwrap_or_else(|| {
            let slot = u32::try_from(self.slots.len()).expect("a city has below 4 billion watches");
            self.slots.push(None);
            AreaId(slot)
        })
    }
}

/// The wards that hold an address, in each layer that the chosen wards name. Of a layer without a
/// version in force, the chosen ones.
pub(super) fn homes_in(layers: &Layers, chosen: &[WardRef], at: Position) -> Vec<WardRef> {
    let named: BTreeSet<&str> = chosen.iter().map(|ward| ward.layer.as_str()).collect();
    let homes = named.into_iter().flat_map(|layer| match layers.get(layer) {
        Some(index) => index.home_of(at),
        None => chosen_in(chosen, layer),
    });
    homes.collect()
}

fn chosen_in(chosen: &[WardRef], layer: &str) -> Vec<WardRef> {
    let mut wards: Vec<_> = chosen.iter().filter(|ward| ward.layer == layer).cloned().collect();
    wards.sort_unstable();
    wards
}

/// Takes a slot off a list, and the list away once empty.
fn take_off<K: std::hash::Hash + Eq>(
    lists: &mut HashMap<K, BTreeSet<AreaId>>,
    key: &K,
    slot: AreaId,
) {
    if let Some(list) = lists.get_mut(key) {
        list.remove(&slot);
        if list.is_empty() {
            lists.remove(key);
        }
    }
}

//! The maps in mails: drawn by the task that sends, once for all readers of an issue.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::clock::Timestamp;
use crate::drawing::{Ground, Picture, WardLines};
use crate::geometry::{Position, Units};
use crate::issue::CityId;
use crate::message::Map;
use crate::store::{StoreError, Tx};
use crate::ward::USUAL_LAYER;

/// Draws maps, and keeps the last ones.
#[derive(Debug, Default)]
pub struct Maps {
    ground: Arc<Ground>,
    units: Units,
    wards: Mutex<HashMap<CityId, Arc<CityWards>>>,
    drawn: Mutex<Drawn>,
}

/// The ward lines of a city.
#[derive(Debug, Default)]
pub struct CityWards {
    /// Of the usual layer; 0 without one.
    version: i64,
    lines: WardLines,
}

/// All that a map is made from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Facts {
    city: CityId,
    version: i64,
    ward: Option<String>,
    /// The bits of longitude and latitude.
    at: (u64, u64),
}

/// A map, once somebody has drawn it; none where there is nothing to see.
type Slot = Arc<OnceLock<Option<Map>>>;

/// The maps drawn last, the oldest first.
#[derive(Debug, Default)]
struct Drawn {
    slots: HashMap<Facts, Slot>,
    order: VecDeque<Facts>,
}

/// As many maps are kept: some megabytes.
const KEPT: usize = 512;

impl Maps {
    pub fn new(ground: Arc<Ground>, units: Units) -> Self {
        Self { ground, units, ..Self::default() }
    }

    /// Reads the ward lines of all cities that have other ones than are known.
    pub async fn look_up(&self, tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
        for city in tx.cities().await? {
            let in_force = tx.layers_in_force(city.id, now).await?;
            let usual = in_force.iter().find(|layer| layer.layer == USUAL_LAYER);
            let version = usual.map_or(0, |layer| layer.version);
            if self.wards(city.id).version == version {
                continue;
            }
            let layer = match version {
                0 => None,
                version => match tx.layer_version(city.id, USUAL_LAYER, version).await {
                    Ok(layer) => layer,
                    // No mail waits for its picture.
                    Err(StoreError::Unreadable(what)) => {
                        tracing::error!(what, version, "maps in mails show no ward lines");
                        None
                    }
                    Err(error) => return Err(error),
                },
            };
            let wards = layer.as_ref().map_or(&[][..], |layer| &layer.wards);
            let lines = WardLines::new(wards.iter().map(|ward| (ward.key.as_str(), &ward.shape)));
            let mut known = self.wards.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(city.id, Arc::new(CityWards { version, lines }));
        }
        Ok(())
    }

    fn wards(&self, city: CityId) -> Arc<CityWards> {
        let known = self.wards.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&city).cloned().unwrap_or_default()
    }

    /// The map around a place in a ward, if there is anything to see. Who comes while another draws
    /// the same one waits for it.
    pub fn map(&self, city: CityId, at: Position, ward: Option<&str>) -> Option<Map> {
        let wards = self.wards(city);
        let facts = Facts {
            city,
            version: wards.version,
            ward: ward.map(str::to_owned),
            at: (at.lon.to_bits(), at.lat.to_bits()),
        };
        let slot = self.drawn.lock().unwrap_or_else(PoisonError::into_inner).slot(facts);
        let draw = || {
            let (ground, units) = (&*self.ground, self.units);
            let picture = Picture { at, ward, wards: &wards.lines, ground, units };
            picture.png().map(Map::new)
        };
        slot.get_or_init(draw).clone()
    }
}

impl Drawn {
    fn slot(&mut self, facts: Facts) -> Slot {
        if let Some(slot) = self.slots.get(&facts) {
            return Arc::clone(slot);
        }
        if self.order.len() == KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.slots.remove(&oldest);
        }
        let slot = Slot::default();
        self.slots.insert(facts.clone(), Arc::clone(&slot));
        self.order.push_back(facts);
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_drawn_once_and_the_oldest_are_given_up() {
        let mut drawn = Drawn::default();
        let facts = |nth: u64| Facts { city: CityId(1), version: 1, ward: None, at: (nth, 0) };
        let first = drawn.slot(facts(0));
        assert!(Arc::ptr_eq(&first, &drawn.slot(facts(0))));
        for nth in 1..=KEPT as u64 {
            drawn.slot(facts(nth));
        }
        assert_eq!((drawn.slots.len(), drawn.order.len()), (KEPT, KEPT));
        assert!(!Arc::ptr_eq(&first, &drawn.slot(facts(0))));
    }
}

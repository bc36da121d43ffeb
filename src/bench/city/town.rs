//! The people of the seeded city, and what happens in it.
//!
//! Areas and places are those of the [`Workload`]; who watches, how often and by which road is
//! drawn as `watches generate` draws it.

use std::sync::Arc;

use crate::bench::workload::{Corner, Workload};
use crate::channel::push::{PushError, Receiver};
use crate::clock::Timestamp;
use crate::demo::issues::categories;
use crate::demo::people::{Person, people};
use crate::geometry::{GeometryError, Position, Shape};
use crate::issue::{Actor, Category, Facts, Kind, Notice, Said};
use crate::random::SplitMix;
use crate::ward::{LayerVersion, Ward, WardRef};
use crate::watch::{Filter, Rhythm, Target, Via};

/// The layer that the city's wards are in.
pub const LAYER: &str = "wards";

/// The city, its people and its events.
#[derive(Debug)]
pub struct Town {
    /// The wards, and then the watched areas, in the order of [`Spec::place`].
    pub ground: Workload,
    pub wards: Vec<(WardRef, Arc<Shape>)>,
    pub people: Vec<Resident>,
    pub watches: Vec<Spec>,
    pub events: Vec<Happening>,
}

/// Somebody with a mailbox, a browser, or both.
#[derive(Debug)]
pub struct Resident {
    pub email: Option<String>,
    pub browser: Option<Receiver>,
    /// Which of [`Town::watches`].
    pub watches: std::ops::Range<usize>,
}

/// A watch: whose, where, of what, how.
#[derive(Debug)]
pub struct Spec {
    pub person: usize,
    pub name: String,
    /// Which area of [`Town::ground`]; below the number of wards it is a whole ward.
    pub place: usize,
    pub filter: Filter,
    pub rhythm: Rhythm,
    pub via: Via,
}

/// A new issue.
#[derive(Debug)]
pub struct Happening {
    pub at: Position,
    pub category: Category,
    pub description: &'static str,
    pub address: String,
}

/// Why a town cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum TownError {
    #[error("this seed draws an area that is none ({0}); take another seed")]
    NotAnArea(#[from] GeometryError),
    #[error(transparent)]
    NoBrowser(#[from] PushError),
}

impl Town {
    /// Draws `areas` watches with their people, and `events`.
    ///
    /// # Errors
    /// When the seed draws a shape that crosses itself.
    pub fn draw(areas: usize, events: usize, seed: u64) -> Result<Self, TownError> {
        let plan = Workload::draw(areas, events, seed);
        let ward = |nth: usize| {
            let key = WardRef { layer: LAYER.into(), ward: (nth + 1).to_string() };
            Shape::from_geojson(&plan.geojson(nth)).map(|shape| (key, Arc::new(shape)))
        };
        let wards = (0..plan.wards).map(ward).collect::<Result<Vec<_>, _>>()?;
        let mut dice = SplitMix::new(seed ^ 0x746f_776e);
        let mut town = Self {
            ground: Workload::default(),
            wards: wards.clone(),
            people: vec![],
            watches: vec![],
            events: happenings(&plan.points, &mut dice),
        };
        let mut picks: Vec<(usize, Corner)> = vec![];
        for person in people(wards, categories::all(), seed, areas) {
            if town.watches.len() == areas {
                break;
            }
            town.settle(person, &plan, areas, &mut picks, &mut dice)?;
        }
        town.ground = plan.with_areas(&picks);
        Ok(town)
    }

    /// Gives a person areas of the workload in place of their own: the first as it is, further
    /// ones the same shape up to 150 m away, so that they overlap.
    fn settle(
        &mut self,
        person: Person,
        plan: &Workload,
        areas: usize,
        picks: &mut Vec<(usize, Corner)>,
        dice: &mut SplitMix,
    ) -> Result<(), TownError> {
        let (nth, first) = (self.people.len(), self.watches.len());
        let home = plan.wards + first;
        for (nth_watch, planned) in person.watches.into_iter().enumerate().take(areas - first) {
            let place = if let Target::Wards { wards, .. } = &planned.target {
                let known = |(key, _): &(WardRef, _)| wards.contains(key);
                self.wards.iter().position(known).unwrap_or(0)
            } else {
                let shift = if nth_watch == 0 { [0, 0] } else { aside(dice) };
                picks.push((home, shift));
                plan.wards + picks.len() - 1
            };
            let (name, filter) = (planned.name, planned.filter);
            let (rhythm, via) = (planned.rhythm, planned.via);
            self.watches.push(Spec { person: nth, name, place, filter, rhythm, via });
        }
        let by_mail = self.watches[first..].iter().any(|watch| watch.via.mail);
        self.people.push(Resident {
            email: by_mail.then_some(person.email),
            browser: person.push.then(|| browser(dice)).transpose()?,
            watches: first..self.watches.len(),
        });
        Ok(())
    }

    /// The wards as a layer that holds from long ago, without tolerance: what lies beside a ward
    /// does not concern it, for an oracle to whom only containment is known.
    pub fn layer(&self) -> LayerVersion {
        let ward = |(key, shape): &(WardRef, Arc<Shape>)| Ward {
            key: key.ward.clone(),
            name: format!("Ward {}", key.ward),
            shape: Shape::clone(shape),
        };
        LayerVersion {
            layer: LAYER.into(),
            version: 1,
            effective: Timestamp::from_millis(0),
            tolerance_m: 0.0,
            wards: self.wards.iter().map(ward).collect(),
        }
    }

    /// What a watch watches.
    ///
    /// # Errors
    /// When the seed drew a shape that crosses itself.
    pub fn target(&self, watch: &Spec) -> Result<Target, TownError> {
        if let Some((ward, _)) = self.wards.get(watch.place) {
            let meant = crate::watch::Meant::ThisWard;
            return Ok(Target::Wards { wards: vec![ward.clone()], meant });
        }
        Ok(Target::Area(Arc::new(Shape::from_geojson(&self.ground.geojson(watch.place))?)))
    }

    /// The report of an event, as a source would send it.
    pub fn notice(&self, event: usize, now: Timestamp) -> Notice {
        let Happening { at, category, description, address } = &self.events[event];
        Notice {
            source: "bench".into(),
            source_id: event.to_string(),
            version: Some("1".into()),
            said: Said::Event { kind: Kind::Opened, text: None },
            at: now,
            actor: Actor::Resident,
            lets: None,
            desk: None,
            facts: Facts {
                category: Some(category.clone()),
                description: Some((*description).to_owned()),
                address: Some(address.clone()),
                position: Some(*at),
                ..Facts::default()
            },
        }
    }
}

fn happenings(points: &[Position], dice: &mut SplitMix) -> Vec<Happening> {
    let happening = |at: &Position| {
        let kind = categories::draw(5, dice);
        Happening {
            at: *at,
            category: Category::from(kind.name),
            description: kind.sentences[dice.below(kind.sentences.len())],
            address: format!("{} W Alder St", 100 + dice.below(6_000)),
        }
    };
    points.iter().map(happening).collect()
}

/// Up to 150 m in either direction, in 1e-7 degree.
fn aside(dice: &mut SplitMix) -> Corner {
    let mut units = |span: usize| i32::try_from(dice.below(2 * span)).unwrap_or(0);
    [units(18_000) - 18_000, units(13_500) - 13_500]
}

fn browser(dice: &mut SplitMix) -> Result<Receiver, PushError> {
    let mut bytes = [0_u8; 48];
    for chunk in bytes.chunks_mut(8) {
        chunk.copy_from_slice(&dice.bits().to_be_bytes());
    }
    let mut auth = [0; 16];
    auth.copy_from_slice(&bytes[32..]);
    // Below the order of P-256, whose first byte is 0xff.
    bytes[0] &= 0x7f;
    Receiver::from_parts(&bytes[..32], auth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_has_as_many_watches_as_asked_and_each_is_somebodys() {
        let town = Town::draw(500, 20, 3).unwrap();
        assert_eq!((town.watches.len(), town.events.len()), (500, 20));
        for (nth, person) in town.people.iter().enumerate() {
            assert!(person.email.is_some() || person.browser.is_some());
            assert!(town.watches[person.watches.clone()].iter().all(|w| w.person == nth));
        }
        let wards = town.watches.iter().filter(|w| w.place < town.ground.wards).count();
        assert!((5..50).contains(&wards), "{wards}");
        assert_eq!(town.ground.len(), 50 + 500 - wards);
        assert!(town.watches.iter().all(|watch| town.target(watch).is_ok()));
    }
}

//! Alder Falls, the city that is not there: wards, streets, waters, parks and places from a seed.
//!
//! The one rule: the same seed gives the same bytes on every machine (see `ground.rs`). The files in
//! `data/` are what [`DemoCity::files`] writes for [`SEED`], and a test compares them.

mod address;
mod files;
mod ground;
mod names;
mod parks;
mod places;
mod streets;
mod wards;

use std::collections::BTreeSet;

pub use files::{CityError, SEED};

use crate::geometry::{Envelope, Position};
use crate::random::SplitMix;

/// The city's name, as pages and mails call it.
pub const NAME: &str = "Alder Falls";
/// The name of its boundary layer.
pub const LAYER: &str = "wards";
/// The zone its clocks show.
pub const TIMEZONE: &str = "America/Chicago";

/// A line or a ring of positions; a ring repeats its first at the end.
pub type Positions = Vec<Position>;

/// All there is to know of the demo city.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoCity {
    pub wards: Vec<DemoWard>,
    pub streets: Vec<Street>,
    pub waters: Vec<Named>,
    pub parks: Vec<Named>,
    pub places: Vec<Landmark>,
}

/// A ward: key and name are the city's, the ring is counter-clockwise.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoWard {
    /// `7`.
    pub key: String,
    /// `Ward 7`.
    pub name: String,
    pub ring: Positions,
}

/// An outline with a name: a park, a water.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub name: String,
    pub ring: Positions,
}

/// What a road is to the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreetClass {
    Arterial,
    Diagonal,
    Street,
}

/// An unbroken piece of a street with its house numbers, which grow evenly from corner to corner
/// of the line.
#[derive(Clone, Debug, PartialEq)]
pub struct Street {
    /// `Alder Ave`.
    pub name: String,
    /// `N`, `S`, `E` or `W` of the water.
    pub prefix: String,
    pub class: StreetClass,
    /// The house numbers at the line's first and last corner.
    pub from: u32,
    pub to: u32,
    pub line: Positions,
}

/// A place that people name when they say where something is.
#[derive(Clone, Debug, PartialEq)]
pub struct Landmark {
    /// `Hazel Street School`.
    pub name: String,
    /// `school`, `library`, `station`, `clinic`, `falls`, `market`.
    pub kind: String,
    pub at: Position,
}

/// Builds a city from a seed.
#[must_use]
pub fn generate(seed: u64) -> DemoCity {
    let mut dice = SplitMix::new(seed);
    let ground = ground::Ground::new(dice.bits());
    let plan = wards::plan(&ground, &mut dice);
    let parks = parks::Parks::new(&plan);
    let streets = streets::streets(&ground, &plan, &parks);
    let places = places::places(&ground, &streets, &mut dice);
    DemoCity {
        wards: ward_outlines(&ground, &plan),
        streets,
        waters: parks::waters(&ground),
        parks: parks.outlines(&ground),
        places,
    }
}

fn ward_outlines(ground: &ground::Ground, plan: &wards::Plan) -> Vec<DemoWard> {
    let ward = |number: usize| {
        let cells: BTreeSet<_> =
            plan.iter().filter(|&(_, &w)| w == number).map(|(&cell, _)| cell).collect();
        let ring = wards::rings(&cells).into_iter().next().unwrap_or_default();
        DemoWard {
            key: (number + 1).to_string(),
            name: format!("Ward {}", number + 1),
            ring: ring.into_iter().map(|node| ground.node(node).position()).collect(),
        }
    };
    (0..wards::WARDS).map(ward).collect()
}

impl DemoCity {
    /// The box around all wards.
    #[must_use]
    pub fn bounds(&self) -> Envelope {
        let all = || self.wards.iter().flat_map(|ward| &ward.ring);
        let lon = |start, pick: fn(f64, f64) -> f64| all().map(|p| p.lon).fold(start, pick);
        let lat = |start, pick: fn(f64, f64) -> f64| all().map(|p| p.lat).fold(start, pick);
        Envelope {
            west: lon(f64::INFINITY, f64::min),
            south: lat(f64::INFINITY, f64::min),
            east: lon(f64::NEG_INFINITY, f64::max),
            north: lat(f64::NEG_INFINITY, f64::max),
        }
    }
}

#[cfg(test)]
mod tests;

//! Which wards of one boundary layer hold this point, and which are near.

#[cfg(test)]
mod tests;

use std::fmt;

use super::envelope_tree::EnvelopeTree;
use crate::clock::Timestamp;
use crate::geometry::Position;
use crate::ward::{LayerVersion, Ward, WardRef};

/// One version of a boundary layer, ready to be asked. It never changes; a new version is a new
/// index.
pub struct WardIndex {
    layer: String,
    version: i64,
    effective: Timestamp,
    tolerance_m: f64,
    /// By key.
    wards: Vec<Ward>,
    /// Places in `wards`, under the wards' boxes grown by the tolerance.
    tree: EnvelopeTree<usize>,
}

/// The wards of a layer at a position; both lists in the order of their keys, none in both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WardsAt<'a> {
    /// Those that hold the position; two or more where it lies on the line between them.
    pub within: Vec<&'a Ward>,
    /// Those that don't, but lie within the layer's notice tolerance.
    pub near: Vec<&'a Ward>,
}

impl WardIndex {
    /// Makes a version ready.
    #[must_use]
    pub fn new(version: LayerVersion) -> Self {
        let LayerVersion { layer, version, effective, tolerance_m, mut wards } = version;
        let tolerance_m = tolerance_m.max(0.0);
        wards.sort_by(|a, b| a.key.cmp(&b.key));
        let boxes = wards.iter().enumerate().flat_map(|(place, ward)| {
            ward.shape.envelopes(tolerance_m).into_iter().map(move |envelope| (envelope, place))
        });
        let tree = EnvelopeTree::of(boxes);
        Self { layer, version, effective, tolerance_m, wards, tree }
    }

    /// The wards that hold the position or lie within the notice tolerance of it.
    #[must_use]
    pub fn wards_at(&self, at: Position) -> WardsAt<'_> {
        let mut found = WardsAt::default();
        for ward in self.candidates(at) {
            if ward.shape.covers(at) {
                found.within.push(ward);
            } else if ward.shape.within_m(at, self.tolerance_m) {
                found.near.push(ward);
            }
        }
        found
    }

    /// What an address is in: the wards that hold it; where none does, those it is near to, so
    /// that a house just off the map's edge has a ward.
    #[must_use]
    pub fn home_of(&self, at: Position) -> Vec<WardRef> {
        let WardsAt { within, near } = self.wards_at(at);
        let home = if within.is_empty() { near } else { within };
        home.into_iter().map(|ward| self.name_of(ward)).collect()
    }

    /// The ward of this key.
    #[must_use]
    pub fn ward(&self, key: &str) -> Option<&Ward> {
        let place = self.wards.binary_search_by(|ward| ward.key.as_str().cmp(key)).ok()?;
        Some(&self.wards[place])
    }

    /// All wards in the order of their keys.
    #[must_use]
    pub fn wards(&self) -> &[Ward] {
        &self.wards
    }

    /// The layer's name, as in URLs.
    #[must_use]
    pub fn layer(&self) -> &str {
        &self.layer
    }

    /// Which version of the layer this is; counts from 1.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    #[must_use]
    pub fn effective(&self) -> Timestamp {
        self.effective
    }

    /// The notice tolerance in metres.
    #[must_use]
    pub fn tolerance_m(&self) -> f64 {
        self.tolerance_m
    }

    pub(super) fn name_of(&self, ward: &Ward) -> WardRef {
        WardRef { layer: self.layer.clone(), ward: ward.key.clone() }
    }

    /// The wards whose box, grown by the tolerance, holds the position; by key.
    fn candidates(&self, at: Position) -> impl Iterator<Item = &Ward> {
        let mut places = Vec::new();
        self.tree.at(at, |place| places.push(*place));
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|place| &self.wards[place])
    }
}

impl fmt::Debug for WardIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WardIndex")
            .field("layer", &self.layer)
            .field("version", &self.version)
            .field("wards", &self.wards.len())
            .finish_non_exhaustive()
    }
}

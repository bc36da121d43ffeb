//! The city's own boundaries: layers, their versions in time, and the wards in them.
//!
//! The one rule: a ward is known by its layer and its key in the city's own file ("wards", "12"),
//! never by a row of one version, so that what people follow survives redistricting.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::geometry::{Envelope, Shape};

/// The layer whose wards people know by number.
pub const USUAL_LAYER: &str = "wards";

/// A ward as people mean it, in whichever version holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WardRef {
    pub layer: String,
    pub ward: String,
}

impl WardRef {
    /// A ward as people write it: `12`, or `LAYER:12`.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let (layer, ward) = text.split_once(':').unwrap_or((USUAL_LAYER, text));
        Self { layer: layer.to_owned(), ward: ward.to_owned() }
    }

    /// The same the other way.
    #[must_use]
    pub fn written(&self) -> String {
        if self.layer == USUAL_LAYER {
            self.ward.clone()
        } else {
            format!("{}:{}", self.layer, self.ward)
        }
    }
}

/// One version of a boundary layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerVersion {
    /// Lower-case name, as in URLs: `wards`, `police-beats`.
    pub layer: String,
    /// Counts from 1 in each layer.
    pub version: i64,
    /// From when it holds, until a later version does.
    pub effective: Timestamp,
    /// How near to a ward, in metres, still concerns it.
    pub tolerance_m: f64,
    pub wards: Vec<Ward>,
}

impl LayerVersion {
    /// The box around all its wards; `None` without any.
    #[must_use]
    pub fn bounds(&self) -> Option<Envelope> {
        bounds_of(&self.wards)
    }
}

/// The box around these wards; `None` of none.
#[must_use]
pub fn bounds_of(wards: &[Ward]) -> Option<Envelope> {
    let boxes = wards.iter().flat_map(|ward| ward.shape.envelopes(0.0));
    boxes.reduce(|a, b| a.union(&b))
}

/// One area of a layer version.
#[derive(Clone, Debug, PartialEq)]
pub struct Ward {
    /// The city's own number or code.
    pub key: String,
    /// What people call it; the key when the city gives no name.
    pub name: String,
    pub shape: Shape,
}

/// What a new version of a layer does to a ward.
#[derive(Clone, Debug, PartialEq)]
pub enum WardChange {
    Added,
    Removed,
    /// Of the area that it had or gets, this share changes hands; from 0 to 1. `None` where its
    /// shapes have too many corners to tell.
    Moved(Option<f64>),
}

/// How wards differ from the ones before, by their keys; those that stay as they are are left out.
#[must_use]
pub fn changes<'w>(before: &'w [Ward], after: &'w [Ward]) -> BTreeMap<&'w str, WardChange> {
    let mut gone: BTreeMap<&str, &Ward> = before.iter().map(|ward| (&*ward.key, ward)).collect();
    let mut changes = BTreeMap::new();
    for ward in after {
        let change = match gone.remove(&*ward.key) {
            None => WardChange::Added,
            Some(old) if old.shape == ward.shape => continue,
            Some(old) => WardChange::Moved(old.shape.share_apart(&ward.shape)),
        };
        changes.insert(&*ward.key, change);
    }
    changes.extend(gone.into_keys().map(|key| (key, WardChange::Removed)));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ward(key: &str, west: f64, east: f64) -> Ward {
        let ring = [[west, 0.0], [east, 0.0], [east, 1.0], [west, 1.0], [west, 0.0]];
        let polygon = serde_json::json!({"type": "Polygon", "coordinates": [ring]});
        let shape = Shape::from_geojson(&polygon).unwrap();
        Ward { key: key.to_owned(), name: String::new(), shape }
    }

    #[test]
    fn a_new_map_adds_removes_and_moves_wards() {
        let before = [ward("1", 0.0, 1.0), ward("2", 1.0, 2.0), ward("3", 2.0, 3.0)];
        let after = [ward("1", 0.0, 1.0), ward("2", 1.0, 1.5), ward("4", 1.5, 3.0)];
        let found = changes(&before, &after);
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), ["2", "3", "4"]);
        assert!(
            matches!(found["2"], WardChange::Moved(Some(share)) if (share - 0.5).abs() < 0.001)
        );
        assert_eq!((&found["3"], &found["4"]), (&WardChange::Removed, &WardChange::Added));
    }

    #[test]
    fn a_ward_that_is_somewhere_else_has_moved_whole() {
        let share = ward("1", 0.0, 1.0).shape.share_apart(&ward("1", 5.0, 6.0).shape).unwrap();
        assert!((share - 1.0).abs() < 1e-9, "{share}");
    }
}

//! The city's own boundaries: layers, their versions in time, and the wards in them.
//!
//! The one rule: a ward is known by its layer and its key in the city's own file ("wards", "12"),
//! never by a row of one version, so that what people follow survives redistricting.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::geometry::Shape;

/// A ward as people mean it, in whichever version holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WardRef {
    pub layer: String,
    pub ward: String,
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

/// One area of a layer version.
#[derive(Clone, Debug, PartialEq)]
pub struct Ward {
    /// The city's own number or code.
    pub key: String,
    /// What people call it; the key when the city gives no name.
    pub name: String,
    pub shape: Shape,
}

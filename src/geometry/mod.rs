//! Where: positions, shapes, and the one definition of "inside" that all else obeys.
//!
//! WGS 84 longitude and latitude; edges are straight in longitude/latitude (RFC 7946 §3.1.1); the
//! boundary of a shape belongs to it.

use serde::{Deserialize, Serialize};

mod shape;

pub use shape::{GeometryError, Shape};

/// A place on earth in WGS 84 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    pub lon: f64,
    pub lat: f64,
}

/// A box in longitude and latitude, its border included. It never crosses the antimeridian:
/// what does is described by two.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl Envelope {
    #[must_use]
    pub fn contains(&self, at: Position) -> bool {
        (self.west..=self.east).contains(&at.lon) && (self.south..=self.north).contains(&at.lat)
    }
}

//! Where: positions, shapes, and the one definition of "inside" that all else obeys.
//!
//! WGS 84 longitude and latitude; edges are straight in longitude/latitude (RFC 7946 §3.1.1); the
//! boundary of a shape belongs to it; distances are metres on the sphere of the mean radius. The
//! one rule: [`Shape::covers`] answers without rounding, for polygons as for circles.

mod circle;
mod compass;
mod corners;
mod coverage;
mod crs;
mod distance;
mod encoding;
mod envelope;
mod error;
mod features;
mod geojson;
mod ids;
mod likeness;
mod limits;
mod planar;
mod polygon;
mod position;
mod repair;
mod ring;
mod shape;
mod sketch;
mod sweep;
mod tangle;
mod units;
mod validity;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod real_data;

pub use compass::Compass;
pub use coverage::{Coverage, SLIVER_M, Stretches, coverage};
pub use crs::check as check_crs;
pub use envelope::Envelope;
pub use error::{Flaw, GeometryError, RingPlace};
pub use features::{Feature, FeatureFile, FeatureReader, Refused, read_features};
pub use ids::{IdChoice, IdError, Rival, ids_by, pick_ids};
pub use limits::{FileLimits, Limits};
pub use position::{EARTH_RADIUS_M, Position};
pub use repair::{Repair, square_metres};
pub use shape::Shape;
pub(crate) use shape::ShapePart;
pub use sketch::{Sketch, read_sketches};
pub use units::Units;

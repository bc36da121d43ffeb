//! GeoJSON in and out (RFC 7946), with circles and exclusions as Features.
//!
//! The one rule: what is written here is read back as the very same shape.

pub(super) mod lint;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub(super) use read::{repaired, shape};

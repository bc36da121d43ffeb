//! A place on earth, and metres between two.

use serde::{Deserialize, Serialize};

use super::GeometryError;

/// The mean radius of the earth in metres, (2a + b) / 3 of WGS 84 (Moritz, "Geodetic Reference
/// System 1980", 2000): the sphere on which every distance here is measured.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Metres in a degree of latitude on that sphere.
pub(super) const METRES_PER_DEGREE: f64 = EARTH_RADIUS_M * std::f64::consts::PI / 180.0;

/// A place on earth in WGS 84 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    pub lon: f64,
    pub lat: f64,
}

impl Position {
    /// A position on earth: longitude in ±180, latitude in ±90.
    ///
    /// # Errors
    /// When a number is not finite or lies beyond those.
    pub fn on_earth(lon: f64, lat: f64) -> Result<Self, GeometryError> {
        let at = Self { lon, lat };
        if at.is_on_earth() { Ok(at) } else { Err(GeometryError::NotOnEarth { lon, lat }) }
    }

    /// Whether the longitude is within ±180 and the latitude within ±90.
    #[must_use]
    pub fn is_on_earth(self) -> bool {
        (-180.0..=180.0).contains(&self.lon) && (-90.0..=90.0).contains(&self.lat)
    }

    /// Metres along the great circle to `other`, on the sphere of the mean earth radius.
    ///
    /// Haversine: Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984).
    #[must_use]
    pub fn distance_m(self, other: Self) -> f64 {
        let (from, to) = (self.lat.to_radians(), other.lat.to_radians());
        let north = ((other.lat - self.lat).to_radians() / 2.0).sin();
        let east = ((other.lon - self.lon).to_radians() / 2.0).sin();
        let h = north * north + from.cos() * to.cos() * east * east;
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }

    /// The same place with its longitude within ±180.
    #[must_use]
    pub(super) fn wrapped(self) -> Self {
        let lon = match self.lon {
            lon if lon > 180.0 => lon - 360.0,
            lon if lon < -180.0 => lon + 360.0,
            lon => lon,
        };
        Self { lon, lat: self.lat }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_along_a_meridian_and_along_the_sixtieth_parallel() {
        let at = |lon, lat| Position { lon, lat };
        let degree = at(0.0, 0.0).distance_m(at(0.0, 1.0));
        assert!((degree - METRES_PER_DEGREE).abs() < 1e-6, "{degree}");
        let half = at(-0.5, 60.0).distance_m(at(0.5, 60.0));
        assert!((half - METRES_PER_DEGREE / 2.0).abs() < 2.0, "{half}");
        // Over the antimeridian the way is short.
        assert!(at(179.9, 0.0).distance_m(at(-179.9, 0.0)) < 22_300.0);
    }

    #[test]
    fn what_lies_beyond_the_earth_is_refused() {
        assert!(Position::on_earth(180.0, -90.0).is_ok());
        for (lon, lat) in [(180.1, 0.0), (0.0, 90.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert!(Position::on_earth(lon, lat).is_err(), "{lon},{lat}");
        }
    }
}

//! Circles: a centre and a distance on the sphere, never turned into a polygon to be tested.

use super::position::METRES_PER_DEGREE;
use super::ring::Location;
use super::{EARTH_RADIUS_M, Envelope, GeometryError, Position};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Circle {
    pub centre: Position,
    pub radius_m: f64,
}

impl Circle {
    pub fn new(centre: Position, radius_m: f64) -> Result<Self, GeometryError> {
        Position::on_earth(centre.lon, centre.lat)?;
        // Half the way around the earth holds everything.
        if radius_m > 0.0 && radius_m <= 20_015_000.0 {
            Ok(Self { centre, radius_m })
        } else {
            Err(GeometryError::Radius(radius_m))
        }
    }

    pub fn locate(&self, at: Position) -> Location {
        // A parallel apart is at least that far apart: most strangers need no trigonometry.
        let north_m = (at.lat - self.centre.lat).abs() * METRES_PER_DEGREE;
        if north_m > self.radius_m * 1.000_001 + 0.001 {
            return Location::Outside;
        }
        match self.centre.distance_m(at).total_cmp(&self.radius_m) {
            std::cmp::Ordering::Less => Location::Inside,
            std::cmp::Ordering::Equal => Location::Boundary,
            std::cmp::Ordering::Greater => Location::Outside,
        }
    }

    pub fn envelope(&self, margin_m: f64) -> Envelope {
        Envelope::of_cap(self.centre, self.radius_m + margin_m.max(0.0))
    }

    /// The area of a spherical cap, 2πR²(1 − cos r), written so that small ones keep their digits.
    pub fn area_m2(&self) -> f64 {
        let half = (self.radius_m / EARTH_RADIUS_M / 2.0).sin();
        4.0 * std::f64::consts::PI * (EARTH_RADIUS_M * half).powi(2)
    }

    /// A closed ring of `corners` positions on the circle, counter-clockwise from the east, with
    /// longitudes that run on past ±180.
    ///
    /// Direct problem on the sphere: Williams, "Aviation Formulary", lat/lon given radial and
    /// distance.
    pub fn ring(&self, corners: u32) -> Vec<Position> {
        let r = self.radius_m / EARTH_RADIUS_M;
        let lat = self.centre.lat.to_radians();
        let corner = |i: u32| {
            let angle = f64::from(i) / f64::from(corners) * std::f64::consts::TAU;
            let (north, east) = angle.sin_cos();
            let sine = lat.sin() * r.cos() + lat.cos() * r.sin() * north;
            let turn = (east * r.sin() * lat.cos()).atan2(r.cos() - lat.sin() * sine);
            Position {
                lon: self.centre.lon + turn.to_degrees(),
                lat: sine.clamp(-1.0, 1.0).asin().to_degrees(),
            }
        };
        (0..corners).chain([0]).map(corner).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_of_its_ring_lie_on_the_circle() {
        for (lon, lat) in [(-87.65, 41.88), (179.999, 0.0), (20.0, 75.0), (0.0, -89.99)] {
            let circle = Circle::new(Position { lon, lat }, 3_000.0).unwrap();
            for corner in circle.ring(64) {
                let off = circle.centre.distance_m(corner) - 3_000.0;
                assert!(off.abs() < 1e-4, "{off} m at {corner:?}");
            }
        }
    }

    #[test]
    fn a_circle_needs_a_radius_and_a_place_on_earth() {
        let chicago = Position { lon: -87.65, lat: 41.88 };
        for radius_m in [0.0, -1.0, f64::NAN, f64::INFINITY, 3e7] {
            assert!(Circle::new(chicago, radius_m).is_err(), "{radius_m}");
        }
        assert!(Circle::new(Position { lat: 91.0, ..chicago }, 1.0).is_err());
    }

    #[test]
    fn a_small_circle_has_the_area_of_a_disc_and_the_largest_that_of_the_earth() {
        let at = Position { lon: 0.0, lat: 0.0 };
        let disc = Circle::new(at, 100.0).unwrap().area_m2();
        assert!((disc - 31_415.926_5).abs() < 1e-3, "{disc}");
        let earth = Circle::new(at, 20_015_000.0).unwrap().area_m2();
        assert!((earth / 5.100_66e14 - 1.0).abs() < 1e-4, "{earth}");
    }
}

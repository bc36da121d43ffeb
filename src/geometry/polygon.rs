//! One polygon: an outer ring less holes, flat in memory.

use super::corners::{Corners, Ring};
use super::ring::{Location, is_counter_clockwise};
use super::{EARTH_RADIUS_M, Envelope, Position};

/// The turns around the earth at which a position may meet a shape drawn past ±180.
///
/// A longitude of 128° or more is turned without rounding, so answers stay exact for every shape
/// that reaches less than 52° over the antimeridian; beyond, the rounding is under a micrometre.
pub(super) const TURNS: [f64; 3] = [0.0, 360.0, -360.0];

/// Rings are closed, outer counter-clockwise, holes clockwise, no position twice in a row; the
/// box starts within ±180 and may reach past it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Polygon {
    bounds: Envelope,
    points: Corners,
    /// Where each hole starts in `points`.
    holes: Box<[u32]>,
}

impl Polygon {
    /// Takes closed rings, the outer first, each with at least three different positions and
    /// within ±540 degrees. `None` without rings.
    pub fn new(mut rings: Vec<Vec<Position>>) -> Option<Self> {
        let outer = Envelope::of(rings.first()?)?;
        // A whole ring past ±180 comes home; taking 360 from a longitude past 180 rounds nothing.
        let home = match outer {
            b if b.west >= 180.0 => -360.0,
            b if b.east <= -180.0 => 360.0,
            _ => 0.0,
        };
        for (i, ring) in rings.iter_mut().enumerate() {
            for p in ring.iter_mut() {
                // A zero below zero, which is written too, becomes the other one: they are sorted.
                (p.lon, p.lat) = (p.lon + home, p.lat + 0.0);
            }
            if is_counter_clockwise(ring).is_some_and(|ccw| ccw != (i == 0)) {
                ring.reverse();
            }
        }
        let bounds = Envelope::of(&rings[0])?;
        let mut holes = Vec::with_capacity(rings.len() - 1);
        let mut points: Vec<Position> = Vec::with_capacity(rings.iter().map(Vec::len).sum());
        for (i, ring) in rings.into_iter().enumerate() {
            if i > 0 {
                holes.push(u32::try_from(points.len()).ok()?);
            }
            points.extend(ring);
        }
        Some(Self { bounds, points: points.into(), holes: holes.into() })
    }

    /// The box as drawn: its longitudes may pass ±180.
    pub fn bounds(&self) -> &Envelope {
        &self.bounds
    }

    /// The closed rings, the outer first.
    pub fn rings(&self) -> impl Iterator<Item = Ring<'_>> {
        let starts = std::iter::once(0).chain(self.holes.iter().map(|&at| at as usize));
        let ends = self.holes.iter().map(|&at| at as usize).chain([self.points.len()]);
        starts.zip(ends).map(|(from, to)| self.points.ring(from, to))
    }

    /// How many corners its rings have; the position that closes a ring is none.
    pub fn vertices(&self) -> usize {
        self.points.len() - self.holes.len() - 1
    }

    #[inline]
    pub fn locate(&self, at: Position) -> Location {
        if at.lat < self.bounds.south || at.lat > self.bounds.north {
            return Location::Outside;
        }
        let mut location = Location::Outside;
        for turn in TURNS {
            let at = Position { lon: at.lon + turn, lat: at.lat };
            if at.lon >= self.bounds.west && at.lon <= self.bounds.east {
                match self.locate_drawn(at) {
                    Location::Inside => return Location::Inside,
                    Location::Boundary => location = Location::Boundary,
                    Location::Outside => {}
                }
            }
        }
        location
    }

    fn locate_drawn(&self, at: Position) -> Location {
        let mut rings = self.rings();
        let outer = rings.next().map_or(Location::Outside, |ring| ring.locate(at));
        if outer != Location::Inside {
            return outer;
        }
        for hole in rings {
            match hole.locate(at) {
                Location::Inside => return Location::Outside,
                Location::Boundary => return Location::Boundary,
                Location::Outside => {}
            }
        }
        Location::Inside
    }

    /// Square metres on the sphere, holes taken out.
    pub fn area_m2(&self) -> f64 {
        let mut areas = self.rings().map(|ring| ring_m2(ring.iter()));
        let outer = areas.next().unwrap_or(0.0);
        (outer - areas.sum::<f64>()).max(0.0)
    }
}

/// Square metres on the sphere within a closed ring, whichever way it winds.
///
/// Chamberlain and Duquette, "Some Algorithms for Polygons on a Sphere" (JPL 07-03, 2007).
pub(super) fn ring_m2(ring: impl Iterator<Item = Position> + Clone) -> f64 {
    let slice = |(a, b): (Position, Position)| {
        let sines = a.lat.to_radians().sin() + b.lat.to_radians().sin();
        (b.lon - a.lon).to_radians() * sines
    };
    let sides = ring.clone().zip(ring.skip(1));
    sides.map(slice).sum::<f64>().abs() * EARTH_RADIUS_M * EARTH_RADIUS_M / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(west: f64, south: f64, side: f64) -> Vec<Position> {
        let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)];
        corners.map(|(x, y)| Position { lon: west + x, lat: south + y }).to_vec()
    }

    #[test]
    fn a_zero_below_zero_does_not_hide_how_a_ring_winds() {
        let west_side = [(0.0, 0.0), (-0.0, 0.5), (0.0, 1.0)];
        let corners = west_side.into_iter().chain([(1.0, 1.0), (1.0, 0.0), (0.0, 0.0)]);
        let clockwise = corners.map(|(lon, lat)| Position { lon, lat }).collect();
        let polygon = Polygon::new(vec![clockwise]).unwrap();
        let ring: Vec<Position> = polygon.rings().next().unwrap().iter().collect();
        assert_eq!(is_counter_clockwise(&ring), Some(true));
    }

    #[test]
    fn a_holes_boundary_belongs_to_the_polygon() {
        let polygon = Polygon::new(vec![square(0.0, 0.0, 4.0), square(1.0, 1.0, 2.0)]).unwrap();
        let table = [
            ((0.5, 0.5), Location::Inside),
            ((1.0, 2.0), Location::Boundary),
            ((3.0, 3.0), Location::Boundary),
            ((2.0, 2.0), Location::Outside),
            ((4.0, 4.0), Location::Boundary),
            ((4.1, 4.0), Location::Outside),
        ];
        for ((lon, lat), expected) in table {
            assert_eq!(polygon.locate(Position { lon, lat }), expected, "{lon},{lat}");
        }
        assert_eq!(polygon.vertices(), 8);
    }

    #[test]
    fn what_is_drawn_past_the_antimeridian_is_met_from_both_sides() {
        for west in [178.0, -182.0, 538.0 - 4.0] {
            let polygon = Polygon::new(vec![square(west, 0.0, 4.0)]).unwrap();
            let home = polygon.bounds().west;
            assert!((-360.0..180.0).contains(&home), "{home}");
            let middle = west + 2.0;
            for turn in [-720.0, -360.0, 0.0, 360.0] {
                let lon = middle + turn;
                if (-180.0..=180.0).contains(&lon) {
                    assert_eq!(
                        polygon.locate(Position { lon, lat: 2.0 }),
                        Location::Inside,
                        "{lon}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_square_degree_at_the_equator_has_its_known_area() {
        let polygon = Polygon::new(vec![square(0.0, 0.0, 1.0)]).unwrap();
        // R² · 1° in radians · sin 1°
        let exact = EARTH_RADIUS_M.powi(2) * 1.0_f64.to_radians() * 1.0_f64.to_radians().sin();
        assert!((polygon.area_m2() / exact - 1.0).abs() < 1e-9);
    }
}

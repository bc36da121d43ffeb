//! Boxes in longitude and latitude, for indexes that ask "might it?".

use serde::{Deserialize, Serialize};

use super::Position;
use super::position::METRES_PER_DEGREE;

/// A box in longitude and latitude, its border included. It never crosses the antimeridian:
/// what does is described by two.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

/// Rounding in sines and square roots may cost a few units in the last place, and near the far
/// side of the earth a haversine is good to centimetres only. Boxes are generous by this much.
const SLACK_DEGREES: f64 = 1e-9;
const SLACK_SHARE: f64 = 1e-8;

impl Envelope {
    pub const WORLD: Self = Self { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

    #[must_use]
    pub fn contains(&self, at: Position) -> bool {
        (self.west..=self.east).contains(&at.lon) && (self.south..=self.north).contains(&at.lat)
    }

    /// The smallest box around the positions as they stand, none left out; `None` of none.
    #[must_use]
    pub fn of(positions: &[Position]) -> Option<Self> {
        let first = positions.first()?;
        let start = Self { west: first.lon, south: first.lat, east: first.lon, north: first.lat };
        Some(positions.iter().fold(start, |b, p| Self {
            west: b.west.min(p.lon),
            south: b.south.min(p.lat),
            east: b.east.max(p.lon),
            north: b.north.max(p.lat),
        }))
    }

    /// Whether the two have a position in common.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    /// The smallest box around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    /// The place in its middle, by degrees both ways.
    #[must_use]
    pub fn middle(&self) -> Position {
        Position {
            lon: f64::midpoint(self.west, self.east),
            lat: f64::midpoint(self.south, self.north),
        }
    }

    /// The boxes that hold every position within `margin_m` metres of this one: one, or two when
    /// the margin reaches over the antimeridian.
    #[must_use]
    pub fn grown_m(&self, margin_m: f64) -> Vec<Self> {
        around(&[self.stretched_m(margin_m)])
    }

    /// This box with a margin, in longitudes that may pass ±180.
    pub(super) fn stretched_m(&self, margin_m: f64) -> Self {
        if margin_m <= 0.0 {
            return *self;
        }
        let up = generous(margin_m / METRES_PER_DEGREE);
        let (south, north) = (self.south - up, self.north + up);
        // The widest margin in degrees is needed where a degree is shortest.
        let shortest = south.abs().max(north.abs());
        if shortest >= 90.0 {
            return Self { south: south.max(-90.0), north: north.min(90.0), ..Self::WORLD };
        }
        let aside = generous(up / shortest.to_radians().cos());
        Self { west: self.west - aside, south, east: self.east + aside, north }
    }

    /// The box of a spherical cap of `radius_m` around `centre`, in longitudes that may pass ±180.
    ///
    /// A cap's easternmost point lies at asin(sin r / cos lat) from its centre (Bronstein, "The
    /// bounding box of a circle on a sphere"), or the cap holds a pole and every longitude.
    pub(super) fn of_cap(centre: Position, radius_m: f64) -> Self {
        let up = generous(radius_m / METRES_PER_DEGREE);
        let (south, north) = (centre.lat - up, centre.lat + up);
        if south <= -90.0 || north >= 90.0 {
            return Self { south: south.max(-90.0), north: north.min(90.0), ..Self::WORLD };
        }
        let sine = up.to_radians().sin() / centre.lat.to_radians().cos();
        let aside = generous(sine.min(1.0).asin().to_degrees());
        Self { west: centre.lon - aside, south, east: centre.lon + aside, north }
    }
}

fn generous(degrees: f64) -> f64 {
    degrees * (1.0 + SLACK_SHARE) + SLACK_DEGREES
}

/// One box around all pieces, or two when they meet at the antimeridian, with the widest stretch
/// of longitudes that no piece needs left out. The pieces' longitudes may pass ±180.
pub(super) fn around(pieces: &[Envelope]) -> Vec<Envelope> {
    let mut cut: Vec<Envelope> = pieces.iter().flat_map(split).collect();
    cut.sort_by(|a, b| a.west.total_cmp(&b.west));
    let Some(first) = cut.first().copied() else { return Vec::new() };
    let mut reach = first.east;
    let (mut widest, mut seam) = (0.0, None);
    for piece in &cut {
        if piece.west - reach > widest {
            widest = piece.west - reach;
            seam = Some(piece.west);
        }
        reach = reach.max(piece.east);
    }
    let meet = first.west <= -180.0 && reach >= 180.0;
    let join = |some: &[Envelope]| some.iter().copied().reduce(|a, b| a.union(&b));
    match seam {
        Some(seam) if meet => {
            let at = cut.partition_point(|piece| piece.west < seam);
            join(&cut[..at]).into_iter().chain(join(&cut[at..])).collect()
        }
        _ => join(&cut).into_iter().collect(),
    }
}

/// The piece within ±180, in up to three. What touches one side of the antimeridian touches the
/// other too: they are one place.
fn split(piece: &Envelope) -> Vec<Envelope> {
    if piece.east - piece.west >= 360.0 {
        return vec![Envelope { west: -180.0, east: 180.0, ..*piece }];
    }
    [-360.0, 0.0, 360.0]
        .into_iter()
        .map(|turn| Envelope {
            west: (piece.west + turn).max(-180.0),
            east: (piece.east + turn).min(180.0),
            ..*piece
        })
        .filter(|part| part.west <= part.east)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(west: f64, east: f64) -> Envelope {
        Envelope { west, south: 0.0, east, north: 1.0 }
    }

    fn spans(pieces: &[Envelope]) -> Vec<(f64, f64)> {
        around(pieces).iter().map(|b| (b.west, b.east)).collect()
    }

    #[test]
    fn one_box_or_two_with_the_antimeridian_between() {
        let table = [
            (vec![piece(-88.0, -87.0)], vec![(-88.0, -87.0)]),
            (vec![piece(-88.0, -87.0), piece(10.0, 20.0)], vec![(-88.0, 20.0)]),
            (vec![piece(170.0, 190.0)], vec![(-180.0, -170.0), (170.0, 180.0)]),
            (
                vec![piece(170.0, 180.0), piece(-180.0, -170.0)],
                vec![(-180.0, -170.0), (170.0, 180.0)],
            ),
            // The line at 180 is the line at -180.
            (vec![piece(170.0, 180.0)], vec![(-180.0, -180.0), (170.0, 180.0)]),
            (vec![piece(-200.0, 200.0)], vec![(-180.0, 180.0)]),
            (vec![], vec![]),
        ];
        for (pieces, expected) in table {
            assert_eq!(spans(&pieces), expected, "{pieces:?}");
        }
    }

    #[test]
    fn a_margin_over_the_antimeridian_makes_two_boxes_and_over_a_pole_all_longitudes() {
        assert_eq!(piece(179.0, 179.999).grown_m(1_000.0).len(), 2);
        let polar = Envelope { west: 0.0, south: 89.0, east: 1.0, north: 89.999 };
        let grown = polar.grown_m(1_000.0);
        assert_eq!((grown[0].west, grown[0].east, grown[0].north), (-180.0, 180.0, 90.0));
    }

    #[test]
    fn the_box_of_positions() {
        let at = |lon, lat| Position { lon, lat };
        assert_eq!(Envelope::of(&[]), None);
        let of = Envelope::of(&[at(1.0, 5.0), at(-2.0, 3.0)]).unwrap();
        assert_eq!(of, Envelope { west: -2.0, south: 3.0, east: 1.0, north: 5.0 });
        assert!(of.contains(at(-2.0, 5.0)) && !of.contains(at(-2.1, 5.0)));
    }
}

//! The definition of "inside", told a second time: integers, 128 bits, no tolerance, nothing
//! shared with the shapes it judges. And the hard places to try it on.
//!
//! The unit is 2⁻⁵² degree. Every 64-bit number of at least one degree is a whole number of them, so what
//! is judged is what the program is told, to the last bit: also the decimals of maps, of which nearly none
//! is a fraction of two. Where a line has to be met exactly, corners lie on steps of 2⁻²³ degree (1.3 cm):
//! half of such a way, and a quarter, is a number of 64 bits, too.

mod ground;
mod spots;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::geometry::{GeometryError, Position, Shape};

pub(super) use ground::{Ground, KINDS, THROUGH_CELLS, hard_plots};

/// Longitude and latitude in units, each as 64 bits of floating point can say it.
pub(super) type Spot = (i64, i64);

/// So many units are a degree.
pub(super) const DEGREE: i64 = 1 << 52;

/// So many units are a step, of which two numbers have an exact middle.
pub(super) const STEP: i64 = DEGREE >> 23;

/// The spot nearest to these degrees that lies on a step.
pub(super) fn spot(lon: f64, lat: f64) -> Spot {
    let nearest = |degrees: f64| whole(degrees * f64::from(1 << 23)) * STEP;
    (nearest(lon), nearest(lat))
}

/// The spot at so many 1e-7 degrees, as it is read from a map: the 64 bits nearest to that.
pub(super) fn decimal(lon: i64, lat: i64) -> Spot {
    let read = |count| read(count).unwrap_or_else(|| panic!("{count} is too near to 0"));
    (read(lon), read(lat))
}

/// `None` where that is no whole number of units.
fn read(count: i64) -> Option<i64> {
    let units = count as f64 / 1e7 * DEGREE as f64;
    (units.fract() == 0.0).then(|| whole(units))
}

#[expect(clippy::cast_possible_truncation, reason = "the units of three turns fit")]
fn whole(units: f64) -> i64 {
    units.round() as i64
}

/// An area as a surveyor would write it down.
#[derive(Clone, Debug)]
pub(super) enum Plot {
    /// Parts of rings: the outer one, then holes. Rings are open: no corner is said twice.
    Polygons(Vec<Vec<Vec<Spot>>>),
    Circle {
        centre: Spot,
        radius_m: f64,
    },
    /// Parts, less the inside of others.
    Drawn {
        parts: Vec<Plot>,
        without: Vec<Plot>,
    },
}

/// Where a spot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Out,
    OnTheLine,
    In,
}

pub(super) fn position((lon, lat): Spot) -> Position {
    let degrees = |units: i64| {
        assert!(whole(units as f64) == units, "{units} units are none of 64 bits");
        units as f64 / DEGREE as f64
    };
    Position { lon: degrees(lon), lat: degrees(lat) }
}

impl Plot {
    pub(super) fn ring(ring: Vec<Spot>) -> Self {
        Self::Polygons(vec![vec![ring]])
    }

    pub(super) fn rectangle((west, south): Spot, (east, north): Spot) -> Self {
        Self::ring(vec![(west, south), (east, south), (east, north), (west, north)])
    }

    pub(super) fn shape(&self) -> Arc<Shape> {
        Arc::new(self.try_shape().unwrap_or_else(|e| panic!("{e}: {self:?}")))
    }

    pub(super) fn try_shape(&self) -> Result<Shape, GeometryError> {
        Shape::from_geojson(&self.geojson())
    }

    pub(super) fn geojson(&self) -> Value {
        let corner = |spot: &Spot| [position(*spot).lon, position(*spot).lat];
        match self {
            Self::Circle { centre, radius_m } => json!({
                "type": "Feature",
                "properties": { "radius_m": radius_m },
                "geometry": { "type": "Point", "coordinates": corner(centre) },
            }),
            Self::Polygons(parts) => {
                let closed = |ring: &Vec<Spot>| -> Vec<[f64; 2]> {
                    ring.iter().chain(ring.first()).map(corner).collect()
                };
                let parts: Vec<Vec<_>> =
                    parts.iter().map(|rings| rings.iter().map(closed).collect()).collect();
                json!({ "type": "MultiPolygon", "coordinates": parts })
            }
            Self::Drawn { parts, without } => {
                let feature = |plot: &Self, exclude: bool| {
                    let mut drawn = plot.geojson();
                    if drawn["type"] != "Feature" {
                        drawn = json!({ "type": "Feature", "properties": {}, "geometry": drawn });
                    }
                    drawn["properties"]["exclude"] = exclude.into();
                    drawn
                };
                let parts = parts.iter().map(|part| feature(part, false));
                let without = without.iter().map(|part| feature(part, true));
                let features: Vec<Value> = parts.chain(without).collect();
                json!({ "type": "FeatureCollection", "features": features })
            }
        }
    }

    /// Whether the spot is inside or on the boundary; `None` within a millimetre of a circle's
    /// line, where the last digits of two formulas may differ.
    pub(super) fn covers(&self, at: Spot) -> Option<bool> {
        Some(self.place(at)? != Place::Out)
    }

    pub(super) fn place(&self, (x, y): Spot) -> Option<Place> {
        match self {
            Self::Circle { centre, radius_m } => {
                let beyond = chord_distance_m(*centre, (x, y)) - radius_m;
                let place = if beyond < 0.0 { Place::In } else { Place::Out };
                (beyond.abs() > 1e-3).then_some(place)
            }
            Self::Polygons(parts) => {
                let turned = [-360, 0, 360].map(|turn| (x + turn * DEGREE, y));
                let places =
                    turned.iter().flat_map(|at| parts.iter().map(|part| place_in_rings(part, *at)));
                Some(places.max().unwrap_or(Place::Out))
            }
            Self::Drawn { parts, without } => {
                let most = |plots: &[Self]| -> Option<Place> {
                    let places = plots.iter().map(|plot| plot.place((x, y)));
                    places
                        .collect::<Option<Vec<_>>>()
                        .map(|all| all.into_iter().max().unwrap_or(Place::Out))
                };
                let (within, taken) = (most(parts)?, most(without)?);
                Some(match taken {
                    Place::In => Place::Out,
                    Place::OnTheLine => within.min(Place::OnTheLine),
                    Place::Out => within,
                })
            }
        }
    }
}

/// Even-odd over all rings.
fn place_in_rings(rings: &[Vec<Spot>], at: Spot) -> Place {
    let mut odd = false;
    for ring in rings {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            if at.1 < a.1.min(b.1) || at.1 > a.1.max(b.1) {
                continue; // Neither on it, nor does a ray to the east cross it.
            }
            let side = turn(*a, *b, at);
            if side == 0 && in_box(*a, *b, at) {
                return Place::OnTheLine;
            }
            if (a.1 > at.1) != (b.1 > at.1) && (side > 0) == (b.1 > a.1) {
                odd = !odd;
            }
        }
    }
    if odd { Place::In } else { Place::Out }
}

/// Twice the area of the triangle a, b, c; positive when it turns left.
fn turn(a: Spot, b: Spot, c: Spot) -> i128 {
    let (ab, ac) = ((b.0 - a.0, b.1 - a.1), (c.0 - a.0, c.1 - a.1));
    i128::from(ab.0) * i128::from(ac.1) - i128::from(ab.1) * i128::from(ac.0)
}

fn in_box(a: Spot, b: Spot, at: Spot) -> bool {
    (a.0.min(b.0)..=a.0.max(b.0)).contains(&at.0) && (a.1.min(b.1)..=a.1.max(b.1)).contains(&at.1)
}

/// The arc over the straight line through the earth between two spots; another formula than the
/// haversine of the contract, equal to it but for rounding.
fn chord_distance_m(a: Spot, b: Spot) -> f64 {
    let on_sphere = |spot: Spot| {
        let (lon, lat) = (position(spot).lon.to_radians(), position(spot).lat.to_radians());
        [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
    };
    let (a, b) = (on_sphere(a), on_sphere(b));
    let chord = a.iter().zip(b).map(|(p, q)| (p - q).powi(2)).sum::<f64>().sqrt();
    2.0 * 6_371_008.8 * (chord / 2.0).min(1.0).asin()
}

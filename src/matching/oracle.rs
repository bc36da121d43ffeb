//! The definition of "inside", told a second time: integers, 128 bits, no tolerance, nothing
//! shared with the shapes it judges. And the hard places to try it on.
//!
//! The unit is 2^-23 degree (1.3 cm), near to the 1e-7 of maps but with every place exact in 64
//! bits, so that "on the line" means the same in whole numbers and in floating point.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::geometry::{Position, Shape};
use crate::random::SplitMix;

/// Longitude and latitude in units.
pub(super) type Spot = (i64, i64);

/// So many units are a degree.
pub(super) const DEGREE: i64 = 1 << 23;

/// The spot nearest to these degrees.
pub(super) fn spot(lon: f64, lat: f64) -> Spot {
    (whole(lon * DEGREE as f64), whole(lat * DEGREE as f64))
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
    Position { lon: lon as f64 / DEGREE as f64, lat: lat as f64 / DEGREE as f64 }
}

impl Plot {
    pub(super) fn ring(ring: Vec<Spot>) -> Self {
        Self::Polygons(vec![vec![ring]])
    }

    pub(super) fn rectangle((west, south): Spot, (east, north): Spot) -> Self {
        Self::ring(vec![(west, south), (east, south), (east, north), (west, north)])
    }

    pub(super) fn shape(&self) -> Arc<Shape> {
        let read = Shape::from_geojson(&self.geojson());
        Arc::new(read.unwrap_or_else(|e| panic!("{e}: {self:?}")))
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

    fn place(&self, (x, y): Spot) -> Option<Place> {
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

    /// The spots where mistakes live: corners, the middles of edges where they are on the grid,
    /// all of them also one unit aside; the box's corners; some inside the box, some around it.
    pub(super) fn hard_spots(&self, dice: &mut SplitMix) -> Vec<Spot> {
        let mut spots = Vec::new();
        let on_the_line = match self {
            Self::Circle { centre, radius_m } => around(*centre, *radius_m),
            Self::Polygons(parts) => {
                parts.iter().flatten().flat_map(|ring| edge_spots(ring)).collect()
            }
            Self::Drawn { parts, without } => {
                let each = parts.iter().chain(without);
                return each.flat_map(|plot| plot.hard_spots(dice)).collect();
            }
        };
        for (x, y) in &on_the_line {
            spots.extend([(*x, *y), (x - 1, *y), (x + 1, *y), (*x, y - 1), (*x, y + 1)]);
        }
        let (west, east) = ends(on_the_line.iter().map(|spot| spot.0));
        let (south, north) = ends(on_the_line.iter().map(|spot| spot.1));
        spots.extend([(west, south), (west, north), (east, south), (east, north)]);
        let (wide, high) = (east - west + 2, north - south + 2);
        for _ in 0..40 {
            let x = west - wide / 4 + between(dice, wide * 3 / 2);
            spots.push((x, south - high / 4 + between(dice, high * 3 / 2)));
        }
        spots.into_iter().filter_map(on_earth).collect()
    }
}

/// Shapes that have broken other people's point-in-polygon tests, each with a name.
pub(super) fn hard_plots(dice: &mut SplitMix) -> Vec<(&'static str, Plot)> {
    let chicago = spot(-87.65, 41.88);
    let mut plots = vec![
        (
            "sliver",
            Plot::ring(vec![chicago, moved(chicago, 90_000, 1), moved(chicago, 180_000, 1)]),
        ),
        ("on the date line, cut in two", cut_in_two()),
        (
            "over the date line, uncut",
            Plot::ring(vec![
                spot(179.0, 10.0),
                spot(181.2, 9.8),
                spot(181.3, 11.1),
                spot(179.5, 10.9),
            ]),
        ),
        ("ending on the date line", Plot::rectangle(spot(178.0, 0.0), spot(180.0, 1.0))),
        ("beginning on it", Plot::rectangle(spot(-180.0, 0.0), spot(-179.0, 1.0))),
        ("polar cap", polar_cap()),
        ("hole with an island", island(moved(chicago, 500_000, 0))),
        (
            "corner said twice",
            Plot::ring(vec![
                chicago,
                chicago,
                moved(chicago, 8_000, 0),
                moved(chicago, 8_000, 6_000),
                moved(chicago, 8_000, 6_000),
                moved(chicago, 0, 6_000),
            ]),
        ),
        (
            "corners in a row on one edge",
            Plot::ring(vec![
                chicago,
                moved(chicago, 3_000, 1_000),
                moved(chicago, 6_000, 2_000),
                moved(chicago, 9_000, 3_000),
                moved(chicago, 0, 9_000),
            ]),
        ),
        ("comb", comb(moved(chicago, -300_000, 0))),
    ];
    plots.extend(drawn(moved(chicago, 200_000, -400_000)));
    let circles = [
        (chicago, 300.0),
        (spot(25.0, 75.0), 300.0),
        (spot(25.0, 75.0), 90_000.0),
        (spot(179.9999, 65.7), 400.0),
        (spot(-180.0, 1.0), 5_000.0),
        (spot(10.0, 89.999), 900.0),
        (spot(0.0, -90.0), 50_000.0),
        (spot(0.0, 0.0), 0.5),
    ];
    plots.extend(circles.map(|(centre, radius_m)| ("circle", Plot::Circle { centre, radius_m })));
    plots.extend(ward_row(chicago, dice).into_iter().map(|ward| ("ward in a row", ward)));
    for _ in 0..60 {
        let at = moved(chicago, between(dice, 400_000), between(dice, 300_000));
        plots.push(("star", star(at, dice)));
    }
    plots
}

/// Parts of both kinds, and what is taken out of them, near and far.
fn drawn(at: Spot) -> Vec<(&'static str, Plot)> {
    let square =
        |(x, y): Spot, half: i64| Plot::rectangle((x - half, y - half), (x + half, y + half));
    let circle = |centre, radius_m| Plot::Circle { centre, radius_m };
    let all_of = |parts, without| Plot::Drawn { parts, without };
    let aside = |east, north| moved(at, east, north);
    vec![
        (
            "circle and polygon that overlap",
            all_of(vec![square(at, 9_000), circle(aside(9_000, 9_000), 140.0)], vec![]),
        ),
        ("polygon less a circle", all_of(vec![square(at, 9_000)], vec![circle(at, 60.0)])),
        ("circle less a polygon", all_of(vec![circle(at, 300.0)], vec![square(at, 9_000)])),
        (
            "two blocks less what lies between them",
            all_of(
                vec![square(at, 40_000), square(aside(400_000, 400_000), 40_000)],
                vec![square(aside(200_000, 200_000), 50_000)],
            ),
        ),
        (
            "block less a circle on the other side of the earth",
            all_of(
                vec![square(spot(-179.995, 10.0), 90_000)],
                vec![circle(spot(-180.0, 10.0), 500.0)],
            ),
        ),
        (
            "block less a circle far away",
            all_of(
                vec![square(spot(20.0, 10.0), 90_000)],
                vec![circle(spot(179.0, 10.0), 5_000.0)],
            ),
        ),
        (
            "circles over the date line, one of them taken out",
            all_of(
                vec![circle(spot(179.999, -30.0), 900.0)],
                vec![circle(spot(-179.999, -30.0), 300.0)],
            ),
        ),
    ]
}

/// Wards side by side whose ragged borders are the same corners on both sides.
fn ward_row((x, y): Spot, dice: &mut SplitMix) -> Vec<Plot> {
    let mut border = |nth: i64| -> Vec<Spot> {
        let corner = |k: i64| (x + nth * 90_000 + 2 * between(dice, 20_000), y + k * 12_000);
        (0..=20).map(corner).collect()
    };
    let borders: Vec<_> = (0..5).map(&mut border).collect();
    let ward = |pair: &[Vec<Spot>]| pair[0].iter().rev().chain(&pair[1]).copied().collect();
    borders.windows(2).map(|pair| Plot::ring(ward(pair))).collect()
}

/// A ring whose corners lie around a spot at any distance.
fn star((x, y): Spot, dice: &mut SplitMix) -> Plot {
    let corners = 5 + dice.below(14);
    let ring = (0..corners).map(|k| {
        let turn = (k as f64 + 0.8 * dice.unit()) / corners as f64 * std::f64::consts::TAU;
        let far = dice.range(4_000.0, 40_000.0);
        // Even numbers, so that the middle of an edge lies on the grid.
        (x + 2 * whole(far * turn.cos()), y + 2 * whole(far * turn.sin()))
    });
    Plot::ring(ring.collect())
}

fn island((x, y): Spot) -> Plot {
    let square = |half: i64| {
        vec![(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    };
    Plot::Polygons(vec![vec![square(40_000), square(20_000)], vec![square(6_000), square(2_000)]])
}

fn comb((x, y): Spot) -> Plot {
    let teeth = (0..30).flat_map(|k| {
        let at = x + k * 2_000;
        [(at, y), (at + 800, y), (at + 800, y + 50_000), (at + 2_000, y + 50_000)]
    });
    Plot::ring(teeth.chain([(x + 60_000, y + 60_000), (x, y + 60_000)]).collect())
}

/// All longitudes from 88° north, in steps of 120 degrees: a ring may not jump by more than 180.
fn polar_cap() -> Plot {
    let steps = [-180.0, -60.0, 60.0, 180.0];
    let south = steps.map(|lon| spot(lon, 88.0));
    let north = steps.map(|lon| spot(-lon, 90.0));
    Plot::ring(south.into_iter().chain(north).collect())
}

fn cut_in_two() -> Plot {
    let (south, north) = (-18.0, -16.0);
    let east = vec![spot(178.5, south), spot(180.0, south), spot(180.0, north)];
    let west = vec![spot(-180.0, south), spot(-179.0, south), spot(-180.0, north)];
    Plot::Polygons(vec![vec![east], vec![west]])
}

fn moved((x, y): Spot, east: i64, north: i64) -> Spot {
    (x + east, y + north)
}

fn between(dice: &mut SplitMix, span: i64) -> i64 {
    whole(dice.unit() * span as f64)
}

#[expect(clippy::cast_possible_truncation, reason = "the units of a whole turn fit")]
fn whole(units: f64) -> i64 {
    units.round() as i64
}

fn ends(values: impl Iterator<Item = i64> + Clone) -> (i64, i64) {
    (values.clone().min().unwrap_or(0), values.max().unwrap_or(0))
}

/// Longitudes brought between -180 and 180, both of which stay as they are.
fn on_earth((x, y): Spot) -> Option<Spot> {
    let half = 180 * DEGREE;
    let x = if x.abs() <= half { x } else { (x + half).rem_euclid(2 * half) - half };
    (y.abs() <= 90 * DEGREE).then_some((x, y))
}

fn edge_spots(ring: &[Spot]) -> Vec<Spot> {
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    edges
        .flat_map(|(a, b)| {
            let middle = (a.0 + b.0, a.1 + b.1);
            let on_grid = middle.0 % 2 == 0 && middle.1 % 2 == 0;
            [Some(*a), on_grid.then_some((middle.0 / 2, middle.1 / 2))]
        })
        .flatten()
        .collect()
}

/// Spots close to a circle's line, in and out, and on its outermost points.
fn around((x, y): Spot, radius_m: f64) -> Vec<Spot> {
    let high = radius_m / 111_195.08 * DEGREE as f64;
    let wide = high / position((x, y)).lat.to_radians().cos().max(1e-3);
    let turns = (0..16).map(|k| f64::from(k) / 16.0 * std::f64::consts::TAU);
    turns
        .flat_map(|turn| {
            [0.5, 0.999, 1.0, 1.001].map(|part| (part * turn.cos(), part * turn.sin()))
        })
        .map(|(east, north)| (x + whole(east * wide), y + whole(north * high)))
        .collect()
}

/// Even-odd over all rings.
fn place_in_rings(rings: &[Vec<Spot>], at: Spot) -> Place {
    let mut odd = false;
    for ring in rings {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
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

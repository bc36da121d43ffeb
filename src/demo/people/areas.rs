//! What people draw around their lives: circles, scrawls, boxes.

use serde_json::{Value, json};

use crate::geometry::{Position, Shape};
use crate::random::SplitMix;

const M_PER_DEGREE: f64 = 111_195.0;

/// A place some metres east and north of another; good for a few kilometres. Rounded to 6 decimals.
#[must_use]
pub fn moved(from: Position, east_m: f64, north_m: f64) -> Position {
    let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
    Position {
        lon: round(from.lon + east_m / (M_PER_DEGREE * from.lat.to_radians().cos().max(0.01))),
        lat: round(from.lat + north_m / M_PER_DEGREE),
    }
}

/// A place drawn evenly from a shape. After 200 misses (a very thin shape) one of its corners.
pub fn somewhere_in(shape: &Shape, dice: &mut SplitMix) -> Position {
    let boxes = shape.envelopes(0.0);
    for _ in 0..if boxes.is_empty() { 0 } else { 200 } {
        let part = &boxes[dice.below(boxes.len())];
        let at = Position {
            lon: dice.range(part.west, part.east),
            lat: dice.range(part.south, part.north),
        };
        if shape.covers(at) {
            return at;
        }
    }
    let corner = shape.outline().first().and_then(|ring| ring.first().copied());
    corner.unwrap_or(Position { lon: 0.0, lat: 0.0 })
}

/// A watch area around a place, about as large as a circle of this radius.
pub fn area(around: Position, radius_m: f64, dice: &mut SplitMix) -> Shape {
    let hole = dice.unit() < 0.007;
    let kind = dice.unit();
    let drawn = if kind < 0.58 && !hole {
        Shape::circle(around, radius_m.round())
    } else if kind < 0.86 {
        Shape::from_geojson(&polygon(around, &scrawl(radius_m, dice), hole))
    } else {
        Shape::from_geojson(&polygon(around, &rectangle(radius_m, dice), hole))
    };
    // At the poles or the date line a polygon may not hold; a circle does wherever its middle is.
    drawn.unwrap_or_else(|_| circle(around, radius_m))
}

fn circle(around: Position, radius_m: f64) -> Shape {
    Shape::circle(around, radius_m.max(1.0))
        .expect("a positive radius around a place that a shape covers")
}

/// Corners in metres around the middle, in order of their angle, so that no two sides cross.
/// Uneven distances make most of them concave, as drawings by hand are.
fn scrawl(radius_m: f64, dice: &mut SplitMix) -> Vec<(f64, f64)> {
    let corners = 5 + dice.below(16);
    let uneven = if dice.unit() < 0.35 { 0.08 } else { 0.38 };
    let turn = dice.unit();
    (0..corners)
        .map(|k| {
            let jitter = dice.range(-0.3, 0.3);
            let angle = std::f64::consts::TAU * (turn + (k as f64 + jitter) / corners as f64);
            let reach = radius_m * dice.range(1.08 - uneven, 1.08 + uneven);
            (reach * angle.cos(), reach * angle.sin())
        })
        .collect()
}

fn rectangle(radius_m: f64, dice: &mut SplitMix) -> Vec<(f64, f64)> {
    let stretch = dice.range(0.65, 1.5);
    // The same area as the circle's: 4·x·y = π·r².
    let (x, y) = (radius_m * 0.886 * stretch, radius_m * 0.886 / stretch);
    vec![(-x, -y), (x, -y), (x, y), (-x, y)]
}

fn polygon(around: Position, corners: &[(f64, f64)], hole: bool) -> Value {
    let ring = |part: f64| {
        let at = |&(x, y): &(f64, f64)| {
            let at = moved(around, x * part, y * part);
            [at.lon, at.lat]
        };
        corners.iter().chain(corners.first()).map(at).collect::<Vec<_>>()
    };
    let rings = if hole { vec![ring(1.0), ring(0.35)] } else { vec![ring(1.0)] };
    json!({ "type": "Polygon", "coordinates": rings })
}

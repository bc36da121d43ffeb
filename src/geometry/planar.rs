//! Joining and cutting areas in the plane of longitude and latitude, for what need not be exact:
//! how large a shape is, how much of it moved, where its label goes.

use geo::orient::Direction;
use geo::{BooleanOps, InteriorPoint, LineString, MultiPolygon, Orient, unary_union};

use super::polygon::ring_m2;
use super::shape::Part;
use super::{Position, Shape};

/// How many corners are laid over each other where nobody waits for them with a clock: what such an
/// overlay takes grows with the square of the lines that run side by side, in needles to 20 seconds
/// for these.
pub(super) const OVERLAID: usize = 100_000;

/// What an overlay gives; `None` where its library panics, as it does over some rings whose corners
/// fall together once they are rounded to its grid.
pub(super) fn overlaid<T>(overlay: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(overlay)).ok()
}

/// All parts joined, less the exclusions.
fn joined(shape: &Shape) -> MultiPolygon<f64> {
    let whole = unary_union(&shape.parts.iter().map(polygon).collect::<Vec<_>>());
    if shape.exclusions.is_empty() {
        return whole;
    }
    whole.difference(&unary_union(&shape.exclusions.iter().map(polygon).collect::<Vec<_>>()))
}

/// All areas joined. The overlay may give a hole that touches its outline the outline's winding,
/// by which the next union would fill it; so each is wound right first.
pub(super) fn union_all(areas: &[MultiPolygon<f64>]) -> MultiPolygon<f64> {
    unary_union(&areas.iter().map(|area| area.orient(Direction::Default)).collect::<Vec<_>>())
}

/// The shape as the plane has it.
pub(super) fn flat(shape: &Shape) -> MultiPolygon<f64> {
    if shape.one_geometry && shape.exclusions.is_empty() {
        return MultiPolygon::new(shape.parts.iter().map(polygon).collect());
    }
    joined(shape)
}

fn polygon(part: &Part) -> geo::Polygon<f64> {
    let line = |ring: Vec<Position>| -> LineString<f64> {
        ring.into_iter().map(|p| (p.lon, p.lat)).collect()
    };
    let mut rings = part.rings().into_iter().map(line);
    let outer = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
    geo::Polygon::new(outer, rings.collect())
}

/// Square metres on the mean sphere. (`geo` adds holes that wind the other way, as holes do,
/// instead of taking them out.)
pub(super) fn sphere_m2(area: &MultiPolygon<f64>) -> f64 {
    area.iter().map(polygon_m2).sum()
}

pub(super) fn polygon_m2(piece: &geo::Polygon<f64>) -> f64 {
    let within =
        |ring: &LineString<f64>| ring_m2(ring.0.iter().map(|at| Position { lon: at.x, lat: at.y }));
    within(piece.exterior()) - piece.interiors().iter().map(within).sum::<f64>()
}

pub(super) fn area_m2(shape: &Shape) -> f64 {
    sphere_m2(&joined(shape))
}

/// Of the area that either shape covers, the share that only one of them does; `None` where the two
/// cannot be laid over each other, or have too many corners for it.
pub(super) fn share_apart(one: &Shape, other: &Shape) -> Option<f64> {
    let corners = |shape: &Shape| shape.outline().iter().map(Vec::len).sum::<usize>();
    if corners(one) + corners(other) > OVERLAID {
        return None;
    }
    let (either, only_one) = overlaid(|| {
        let (one, other) = (joined(one), joined(other));
        (sphere_m2(&one.union(&other)), sphere_m2(&one.xor(&other)))
    })?;
    Some(if either > 0.0 { (only_one / either).clamp(0.0, 1.0) } else { 0.0 })
}

/// A position that the shape covers, well inside its largest piece where that can be.
pub(super) fn interior(shape: &Shape) -> Position {
    let whole = flat(shape);
    let largest = whole.iter().max_by(|a, b| polygon_m2(a).total_cmp(&polygon_m2(b)));
    let inside = largest.and_then(InteriorPoint::interior_point);
    let inside = inside.map(|p| Position { lon: p.x(), lat: p.y() });
    // A sliver may have no position between its edges: then a corner, which is inside too.
    let corner = || shape.outline().into_iter().flatten().find(|&p| shape.covers(p));
    let any = || shape.outline().first().and_then(|ring| ring.first().copied());
    inside
        .filter(|&p| shape.covers(p))
        .or_else(corner)
        .or_else(any)
        .unwrap_or(Position { lon: 0.0, lat: 0.0 })
}

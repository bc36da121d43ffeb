//! Joining and cutting areas in the plane of longitude and latitude, for what need not be exact:
//! how large a shape is, how much of it moved, where its label goes.

use geo::{
    BooleanOps, ChamberlainDuquetteArea, InteriorPoint, LineString, MultiPolygon, unary_union,
};

use super::shape::Part;
use super::{EARTH_RADIUS_M, Position, Shape};

/// The radius of the sphere on which `geo` measures (WGS 84's equator).
const GEO_RADIUS_M: f64 = 6_378_137.0;

/// All parts joined, less the exclusions.
fn joined(shape: &Shape) -> MultiPolygon<f64> {
    let whole = unary_union(&shape.parts.iter().map(polygon).collect::<Vec<_>>());
    if shape.exclusions.is_empty() {
        return whole;
    }
    whole.difference(&unary_union(&shape.exclusions.iter().map(polygon).collect::<Vec<_>>()))
}

fn polygon(part: &Part) -> geo::Polygon<f64> {
    let line = |ring: Vec<Position>| -> LineString<f64> {
        ring.into_iter().map(|p| (p.lon, p.lat)).collect()
    };
    let mut rings = part.rings().into_iter().map(line);
    let outer = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
    geo::Polygon::new(outer, rings.collect())
}

pub(super) fn area_m2(shape: &Shape) -> f64 {
    let scale = (EARTH_RADIUS_M / GEO_RADIUS_M).powi(2);
    joined(shape).chamberlain_duquette_unsigned_area() * scale
}

/// Of the area that either shape covers, the share that only one of them does.
pub(super) fn share_apart(one: &Shape, other: &Shape) -> f64 {
    let (one, other) = (joined(one), joined(other));
    let either = one.union(&other).chamberlain_duquette_unsigned_area();
    let only_one = one.xor(&other).chamberlain_duquette_unsigned_area();
    if either > 0.0 { (only_one / either).clamp(0.0, 1.0) } else { 0.0 }
}

/// A position that the shape covers, well inside its largest piece where that can be.
pub(super) fn interior(shape: &Shape) -> Position {
    let whole = if shape.one_geometry && shape.exclusions.is_empty() {
        MultiPolygon::new(shape.parts.iter().map(polygon).collect())
    } else {
        joined(shape)
    };
    let largest = whole.iter().max_by(|a, b| {
        let area = |p: &geo::Polygon<f64>| p.chamberlain_duquette_unsigned_area();
        area(a).total_cmp(&area(b))
    });
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

//! Wards that tile the city: Voronoi cells, their lines roughened alike on both sides.

use serde_json::json;

use super::{HIGH_M, Place, WIDE_M, on_grid};
use crate::geometry::Shape;
use crate::random::SplitMix;

const WARDS: usize = 50;
/// Each line between two cells is halved so many times: 256 edges.
const HALVINGS: u32 = 8;
/// Lines shorter than this, in metres, are halved three times only.
const SHORT_M: f64 = 200.0;

/// By how much of a line's length, at most, its middle is moved, to both sides together. The
/// roughest that lets no two lines cross is taken; straight ones never do.
const ROUGHNESS: [f64; 4] = [0.12, 0.06, 0.03, 0.0];

/// The rings of all wards.
pub(super) fn draw(mut dice: SplitMix) -> Vec<Vec<Place>> {
    let sites: Vec<Place> =
        (0..WARDS).map(|_| (dice.range(0.0, WIDE_M), dice.range(0.0, HIGH_M))).collect();
    let cells: Vec<_> = sites.iter().map(|site| cell(*site, &sites)).collect();
    let rough = |roughness: &f64| -> Vec<Vec<Place>> {
        cells.iter().map(|cell| roughened(cell, *roughness)).collect()
    };
    let all_are_areas = |wards: &Vec<Vec<Place>>| wards.iter().all(|ring| is_area(ring));
    ROUGHNESS.iter().map(rough).find(all_are_areas).unwrap_or_else(|| rough(&0.0))
}

fn is_area(ring: &[Place]) -> bool {
    let corners = ring.iter().chain(ring.first()).map(|at| on_grid(*at));
    let ring: Vec<[f64; 2]> = corners.map(|at| at.map(|units| f64::from(units) / 1e7)).collect();
    Shape::from_geojson(&json!({ "type": "Polygon", "coordinates": [ring] })).is_ok()
}

/// The part of the city that is nearer to this site than to any other, in whole metres, so that
/// both neighbours of a line call its ends the same.
fn cell(site: Place, sites: &[Place]) -> Vec<Place> {
    let mut cell = vec![(0.0, 0.0), (WIDE_M, 0.0), (WIDE_M, HIGH_M), (0.0, HIGH_M)];
    for other in sites.iter().filter(|other| **other != site) {
        cell = nearer_half(&cell, site, *other);
    }
    let mut corners: Vec<Place> = cell.iter().map(|at| (at.0.round(), at.1.round())).collect();
    corners.dedup();
    corners
}

/// Cuts off what is nearer to `other` (Sutherland and Hodgman, "Reentrant polygon clipping", 1974).
fn nearer_half(cell: &[Place], site: Place, other: Place) -> Vec<Place> {
    let middle = (site.0.midpoint(other.0), site.1.midpoint(other.1));
    let beyond =
        |at: Place| (at.0 - middle.0) * (other.0 - site.0) + (at.1 - middle.1) * (other.1 - site.1);
    let mut kept = Vec::new();
    for (from, to) in cell.iter().zip(cell.iter().cycle().skip(1)) {
        let (a, b) = (beyond(*from), beyond(*to));
        if a <= 0.0 {
            kept.push(*from);
        }
        if a * b < 0.0 {
            let part = a / (a - b);
            kept.push((from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1)));
        }
    }
    kept
}

fn roughened(cell: &[Place], roughness: f64) -> Vec<Place> {
    let lines = cell.iter().zip(cell.iter().cycle().skip(1));
    lines.flat_map(|(from, to)| line(*from, *to, roughness)).collect()
}

/// A rough line without its last corner. It is drawn from its lesser end and seeded by its ends,
/// so the ward on the other side draws the same.
fn line(from: Place, to: Place, roughness: f64) -> Vec<Place> {
    let turned = from > to;
    let (low, high) = if turned { (to, from) } else { (from, to) };
    let length = (high.0 - low.0).hypot(high.1 - low.1);
    let halvings = if length > SHORT_M { HALVINGS } else { 3 };
    let seed = [low.0, low.1, high.0, high.1].iter().fold(0_u64, |seed, metres| {
        seed.wrapping_mul(0x0100_0000_01B3).wrapping_add(metres.to_bits())
    });
    let mut corners = vec![low];
    let mut dice = SplitMix::new(seed);
    let aside = &mut || roughness * (dice.unit() - 0.5);
    halve(low, high, halvings, aside, &mut corners);
    if turned {
        corners.reverse();
    }
    corners.pop();
    corners
}

/// Moves the middle aside by a part of the length, and goes on with both halves.
fn halve(
    from: Place,
    to: Place,
    times: u32,
    aside: &mut impl FnMut() -> f64,
    corners: &mut Vec<Place>,
) {
    if times == 0 {
        corners.push(to);
        return;
    }
    let part = aside();
    let (east, north) = (to.0 - from.0, to.1 - from.1);
    let middle = (from.0 + east / 2.0 - north * part, from.1 + north / 2.0 + east * part);
    halve(from, middle, times - 1, aside, corners);
    halve(middle, to, times - 1, aside, corners);
}

//! Wards that tile the city: Voronoi cells, their lines roughened alike on both sides.

use super::{HIGH_M, Place, WIDE_M};
use crate::random::SplitMix;

const WARDS: usize = 50;
/// Each line between two cells is halved so many times: 256 edges.
const HALVINGS: u32 = 8;
/// Lines shorter than this, in metres, are halved three times only.
const SHORT_M: f64 = 200.0;

/// The rings of all wards.
pub(super) fn draw(mut dice: SplitMix) -> Vec<Vec<Place>> {
    let sites: Vec<Place> =
        (0..WARDS).map(|_| (dice.range(0.0, WIDE_M), dice.range(0.0, HIGH_M))).collect();
    sites.iter().map(|site| roughened(&cell(*site, &sites))).collect()
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

fn roughened(cell: &[Place]) -> Vec<Place> {
    let lines = cell.iter().zip(cell.iter().cycle().skip(1));
    lines.flat_map(|(from, to)| line(*from, *to)).collect()
}

/// A rough line without its last corner. It is drawn from its lesser end and seeded by its ends,
/// so the ward on the other side draws the same.
fn line(from: Place, to: Place) -> Vec<Place> {
    let turned = from > to;
    let (low, high) = if turned { (to, from) } else { (from, to) };
    let length = (high.0 - low.0).hypot(high.1 - low.1);
    let halvings = if length > SHORT_M { HALVINGS } else { 3 };
    let seed = [low.0, low.1, high.0, high.1].iter().fold(0_u64, |seed, metres| {
        seed.wrapping_mul(0x0100_0000_01B3).wrapping_add(metres.to_bits())
    });
    let mut corners = vec![low];
    halve(low, high, halvings, &mut SplitMix::new(seed), &mut corners);
    if turned {
        corners.reverse();
    }
    corners.pop();
    corners
}

/// Moves the middle aside by up to 6 % of the length, and goes on with both halves.
fn halve(from: Place, to: Place, times: u32, dice: &mut SplitMix, corners: &mut Vec<Place>) {
    if times == 0 {
        corners.push(to);
        return;
    }
    let aside = 0.12 * (dice.unit() - 0.5);
    let (east, north) = (to.0 - from.0, to.1 - from.1);
    let middle = (from.0 + east / 2.0 - north * aside, from.1 + north / 2.0 + east * aside);
    halve(from, middle, times - 1, dice, corners);
    halve(middle, to, times - 1, dice, corners);
}

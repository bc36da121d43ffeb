//! How often the lines of a drawing cross each other: what an overlay of them costs.
//!
//! A drawing that somebody meant crosses itself in a few places. One whose lines cross more often than it
//! has corners is a tangle, of which no area can be made that anybody meant; and it is dear to try: 167
//! lines with 3,709 crossings took an overlay five seconds.

use super::Position;
use super::polygon::Polygon;
use super::ring::side;

/// So many crossings are looked at in any drawing, and so many more for each corner.
const SOME: usize = 200;
const A_CORNER: usize = 1;

/// So many pairs of lines are compared for each corner: in a map's ring some hundred lines lie side by
/// side.
const COMPARED: usize = 2_000;

#[derive(Clone, Copy)]
struct Line {
    from: Position,
    to: Position,
}

impl Line {
    fn west(&self) -> f64 {
        self.from.lon.min(self.to.lon)
    }

    fn east(&self) -> f64 {
        self.from.lon.max(self.to.lon)
    }

    /// Whether the two cross in a point that is an end of neither.
    fn crosses(&self, other: &Self) -> bool {
        let apart = self.from.lat.max(self.to.lat) < other.from.lat.min(other.to.lat)
            || other.from.lat.max(other.to.lat) < self.from.lat.min(self.to.lat);
        let between = |line: &Self, a, b| {
            let (a, b) = (side(line.from, line.to, a), side(line.from, line.to, b));
            (a > 0.0 && b < 0.0) || (a < 0.0 && b > 0.0)
        };
        !apart && between(self, other.from, other.to) && between(other, self.from, self.to)
    }
}

/// Whether the lines of these polygons cross more often than any that can be mended, or so many lie side
/// by side that nobody can tell.
pub(super) fn is_tangle(polygons: &[Polygon]) -> bool {
    let rings = polygons.iter().flat_map(Polygon::rings);
    let mut lines: Vec<Line> = rings
        .flat_map(|ring| ring.windows(2).map(|pair| Line { from: pair[0], to: pair[1] }))
        .collect();
    lines.sort_by(|a, b| a.west().total_cmp(&b.west()));
    let mut crossings = SOME + A_CORNER * lines.len();
    let mut comparisons = COMPARED * (lines.len() + SOME);
    // From the west on; those that reach as far as the next one begins.
    let mut reaching: Vec<Line> = vec![];
    for line in &lines {
        reaching.retain(|other| other.east() >= line.west());
        let crossed = reaching.iter().filter(|other| other.crosses(line)).count();
        let left = crossings.checked_sub(crossed).zip(comparisons.checked_sub(reaching.len()));
        let Some(left) = left else { return true };
        (crossings, comparisons) = left;
        reaching.push(*line);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(corners: impl Iterator<Item = (f64, f64)>) -> Polygon {
        let mut ring: Vec<Position> = corners.map(|(lon, lat)| Position { lon, lat }).collect();
        ring.push(ring[0]);
        Polygon::new(vec![ring]).unwrap()
    }

    /// A zigzag over a square, and the same turned by a right angle: every line crosses all others.
    fn woven(lines: u32) -> Polygon {
        let ends =
            |n: u32| (f64::from(n), if n.is_multiple_of(2) { 0.0 } else { f64::from(lines) });
        let along = (0..lines).map(ends);
        ring(along.clone().chain(along.map(|(x, y)| (y, x + 0.5))))
    }

    #[test]
    fn a_bow_tie_and_a_long_ring_are_no_tangle_and_a_woven_mat_is() {
        let bow_tie = ring([(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)].into_iter());
        let turn = |n: u32| f64::from(n) / 50_000.0 * std::f64::consts::TAU;
        let round = ring((0..50_000).map(|n| (turn(n).cos(), turn(n).sin())));
        assert!(!is_tangle(&[bow_tie]) && !is_tangle(&[round]));
        assert!(!is_tangle(&[woven(8)]), "64 crossings");
        assert!(is_tangle(&[woven(40)]), "1,600 crossings of 80 lines");
    }

    #[test]
    fn needles_side_by_side_are_given_up() {
        let needles = ring((0..20_000).map(|n| (f64::from(n % 2), f64::from(n) * 1e-4)));
        assert!(is_tangle(&[needles]));
    }
}

//! How often the lines of a drawing meet each other: what an overlay of them costs.
//!
//! A drawing that somebody meant crosses itself in a few places, or has a part twice. One whose lines
//! cross, or lie over each other, more often than there are such lines is a tangle, of which no area can
//! be made that anybody meant; and it is dear to try: 167 lines with 3,709 crossings took an overlay five
//! seconds, and 66 lines with 224 crossings, many over each other 174 times in all, three. Worst is where
//! lines that lie over each other are crossed: the overlay rounds the crossing to another place on each of
//! them, which makes more crossings. 36 lines, 23 times over each other, with 76 crossings took it twenty
//! seconds.

use super::corners::Ring;
use super::polygon::Polygon;
use super::ring::side;
use super::{Envelope, Position};

/// So many meetings are looked at in any drawing, and one more for each line that meets another.
const SOME: usize = 100;

/// So many crossings of lines that lie over others are looked at.
const KNOTS: usize = 20;

/// So many pairs of lines are compared for each corner: in a map's ring some hundred lines lie side by
/// side.
const COMPARED: usize = 2_000;

#[derive(Clone, Copy)]
struct Line {
    from: Position,
    to: Position,
    /// From where to where along the way of the sweep.
    begins: f64,
    ends: f64,
}

impl Line {
    /// Whether the two cross in a point that is an end of neither, or lie over each other for a stretch.
    fn meets(&self, other: &Self) -> Option<Meeting> {
        let sides = |line: &Self, a, b| (side(line.from, line.to, a), side(line.from, line.to, b));
        let between = |(a, b): (f64, f64)| (a > 0.0 && b < 0.0) || (a < 0.0 && b > 0.0);
        let others = sides(self, other.from, other.to);
        if others == (0.0, 0.0) {
            let over =
                shared(self, other, |at| at.lon) > 0.0 || shared(self, other, |at| at.lat) > 0.0;
            return over.then_some(Meeting::Over);
        }
        let cross = between(others) && between(sides(other, self.from, self.to));
        cross.then_some(Meeting::Crossing)
    }
}

/// How two lines meet.
#[derive(Clone, Copy, PartialEq)]
enum Meeting {
    Crossing,
    Over,
}

/// What a line has met.
#[derive(Clone, Default)]
struct Met {
    any: bool,
    over: bool,
    crossings: usize,
}

/// How much of one coordinate two lines share; below zero when they are apart.
fn shared(one: &Line, other: &Line, along: impl Fn(Position) -> f64) -> f64 {
    let low = |line: &Line| along(line.from).min(along(line.to));
    let high = |line: &Line| along(line.from).max(along(line.to));
    high(one).min(high(other)) - low(one).max(low(other))
}

/// Whether the lines of these polygons meet more often than any that can be mended, or so many lie side
/// by side that nobody can tell.
pub(super) fn is_tangle(polygons: &[Polygon]) -> bool {
    let lines = lines(polygons);
    let mut comparisons = COMPARED * (lines.len() + SOME);
    let (mut meetings, mut meeting) = (0, 0);
    let mut met = vec![Met::default(); lines.len()];
    // From one end to the other: those that reach as far as the next one begins.
    let mut reaching: Vec<usize> = vec![];
    for (nth, line) in lines.iter().enumerate() {
        reaching.retain(|other| lines[*other].ends >= line.begins);
        let Some(left) = comparisons.checked_sub(reaching.len()) else { return true };
        comparisons = left;
        for &other in &reaching {
            let Some(how) = line.meets(&lines[other]) else { continue };
            meetings += 1;
            for one in [nth, other] {
                meeting += usize::from(!met[one].any);
                met[one].any = true;
                met[one].over |= how == Meeting::Over;
                met[one].crossings += usize::from(how == Meeting::Crossing);
            }
        }
        if meetings > SOME + meeting {
            return true;
        }
        reaching.push(nth);
    }
    let knots: usize = met.iter().filter(|met| met.over).map(|met| met.crossings).sum();
    knots > KNOTS
}

/// All lines, in the order of a sweep along the longer side of the drawing.
fn lines(polygons: &[Polygon]) -> Vec<Line> {
    let corners: Vec<Position> =
        polygons.iter().flat_map(Polygon::rings).flat_map(Ring::iter).collect();
    let upright =
        Envelope::of(&corners).is_some_and(|all| all.north - all.south > all.east - all.west);
    let along = |at: Position| if upright { at.lat } else { at.lon };
    let line = |(from, to)| {
        let (begins, ends) = (along(from).min(along(to)), along(from).max(along(to)));
        Line { from, to, begins, ends }
    };
    let rings = polygons.iter().flat_map(Polygon::rings);
    let mut lines: Vec<Line> = rings.flat_map(Ring::edges).map(line).collect();
    lines.sort_by(|a, b| a.begins.total_cmp(&b.begins));
    lines
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
    fn corners_that_meet_nothing_hide_no_tangle() {
        let turn = |n: u32| f64::from(n) / 5_000.0 * std::f64::consts::TAU;
        let round = ring((0..5_000).map(|n| (100.0 + turn(n).cos(), turn(n).sin())));
        assert!(is_tangle(&[woven(40), round]));
    }

    #[test]
    fn a_part_given_twice_is_no_tangle_and_one_given_ten_times_is() {
        let turn = |n: u32| f64::from(n) / 500.0 * std::f64::consts::TAU;
        let round = ring((0..500).map(|n| (turn(n).cos(), turn(n).sin())));
        assert!(!is_tangle(&[round.clone(), round.clone()]), "500 lines over 500");
        assert!(is_tangle(&vec![round; 10]));
    }

    /// What a fuzzer found: it took an overlay twenty seconds.
    #[test]
    fn few_lines_over_each_other_that_others_cross_are_a_tangle() {
        let rings: [&[(f64, f64)]; 6] = [
            &[(-88.6, 42.828), (-78.84, 21.42), (-87.61, 4.8)],
            &[(-7.7, 42.8), (-87.6, 41.8), (-74.7, 41.982), (-87.0, 49.9), (-2.6, 41.16)],
            &[(-7.7, 42.8), (-87.6, 41.8), (-87.6, 41.98), (-86.0, 41.16)],
            &[
                (-7.7, 42.8),
                (-87.6, 41.8),
                (-87.6, 41.98),
                (-6.0, 41.8),
                (3.0, 41.8),
                (-88.7, 41.8),
                (-87.6, 0.0),
                (-87.62, 41.76),
                (-87.6, 41.8),
                (-87.62, 41.0),
                (-86.7, 4.8),
            ],
            &[
                (-7.7, 42.8),
                (-87.6, 41.8),
                (-87.6, 41.98),
                (-6.0, 41.8),
                (3.0, 41.8),
                (-88.6, 41.8),
                (-58.0, 49.9),
                (-7.662, 41.82),
                (-86.16, 4.8),
            ],
            &[(-7.7, 42.8), (-87.6, 41.8), (-87.6, 41.98), (-87.4, 68.0)],
        ];
        let all: Vec<_> = rings.iter().map(|corners| ring(corners.iter().copied())).collect();
        assert!(is_tangle(&all));
        // A square given twice that something crosses is none.
        let square = ring([(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)].into_iter());
        let bar = ring([(-1.0, 0.9), (3.0, 0.9), (3.0, 1.1), (-1.0, 1.1)].into_iter());
        assert!(!is_tangle(&[square.clone(), square, bar]));
    }

    #[test]
    fn a_long_strip_is_no_tangle_whichever_way_it_runs() {
        let side = |along: u32| f64::from(along) * 1e-4;
        let there = (0..20_000).map(|n| (0.0, side(n)));
        let upright: Vec<_> = there.chain((0..20_000).rev().map(|n| (1e-4, side(n)))).collect();
        let lying = upright.iter().map(|&(lon, lat)| (lat, lon));
        assert!(!is_tangle(&[ring(lying)]));
        assert!(!is_tangle(&[ring(upright.into_iter())]));
    }

    #[test]
    fn needles_side_by_side_are_given_up() {
        let needles = ring((0..20_000).map(|n| (f64::from(n % 2), f64::from(n) * 1e-5)));
        assert!(is_tangle(&[needles]));
    }
}

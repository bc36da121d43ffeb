//! House numbers along a line: from a number to its place, and back.
//!
//! In a plane laid on the earth at the line, which is true to centimetres over a street's length.

use super::{Numbers, StreetLine};
use crate::geometry::{EARTH_RADIUS_M, Position};

/// How far houses stand from the middle of their street, in metres. Wards often end in that middle:
/// a house has to lie on its own side of it.
const SET_BACK_M: f64 = 9.0;

/// How far from the ends of its piece a house stands at least, in metres: not on the crossing.
const FROM_CORNER_M: f64 = 8.0;

/// A plane at a place: metres east and north of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    at: Position,
    east: f64,
    north: f64,
}

impl Plane {
    pub fn at(at: Position) -> Self {
        let north = EARTH_RADIUS_M * std::f64::consts::PI / 180.0;
        Self { at, east: north * at.lat.to_radians().cos().max(1e-6), north }
    }

    pub fn lay(&self, p: Position) -> (f64, f64) {
        ((p.lon - self.at.lon) * self.east, (p.lat - self.at.lat) * self.north)
    }

    pub fn lift(&self, (x, y): (f64, f64)) -> Position {
        Position { lon: self.at.lon + x / self.east, lat: self.at.lat + y / self.north }
    }

    /// Degrees of longitude and latitude that so many metres are.
    pub fn degrees(&self, metres: f64) -> (f64, f64) {
        (metres / self.east, metres / self.north)
    }
}

pub(super) fn length((x, y): (f64, f64)) -> f64 {
    x.hypot(y)
}

/// The place on a piece nearest to the plane's middle: the share of the piece, and there.
pub(super) fn nearest_on(a: (f64, f64), b: (f64, f64)) -> (f64, (f64, f64)) {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let share = (-(a.0 * dx + a.1 * dy) / (dx * dx + dy * dy).max(1e-12)).clamp(0.0, 1.0);
    (share, (a.0 + dx * share, a.1 + dy * share))
}

/// Where a house number lies along a line, if one of its sides has it.
pub(super) fn place_of(street: &StreetLine, number: u32) -> Option<Position> {
    let plane = Plane::at(*street.line.first()?);
    let laid: Vec<_> = street.line.iter().map(|p| plane.lay(*p)).collect();
    // Where a file does not tell the sides apart, odd and even stand in one range.
    let either = street.left == street.right;
    let left = street.left.filter(|side| has(*side, number, either));
    let right = street.right.filter(|side| has(*side, number, either));
    let (side, aside) = match (left, right) {
        // Which side it stands on is not known.
        (Some(side), Some(_)) => (side, 0.0),
        (Some(side), None) => (side, -SET_BACK_M),
        (None, Some(side)) => (side, SET_BACK_M),
        (None, None) => return None,
    };
    let all = laid.windows(2).map(|piece| step(piece).0).sum::<f64>();
    let inset = FROM_CORNER_M.min(all / 4.0);
    let metres = (share_of(side, number) * all).clamp(inset, all - inset);
    beside(&laid, metres, aside).map(|at| plane.lift(at))
}

/// Whether a side has a number: between its ends, and odd or even as both of them are, unless it stands
/// for `either` side.
fn has((from, to): Numbers, number: u32, either: bool) -> bool {
    let within = (from.min(to)..=from.max(to)).contains(&number);
    within && (either || from % 2 != to % 2 || number % 2 == from % 2)
}

fn share_of((from, to): Numbers, number: u32) -> f64 {
    if from == to {
        return 0.5;
    }
    (f64::from(number) - f64::from(from)) / (f64::from(to) - f64::from(from))
}

/// How long a piece is, and its direction.
fn step(piece: &[(f64, f64)]) -> (f64, (f64, f64)) {
    let (dx, dy) = (piece[1].0 - piece[0].0, piece[1].1 - piece[0].1);
    let long = length((dx, dy));
    (long, (dx / long.max(1e-9), dy / long.max(1e-9)))
}

/// The place so far along a line, and so far to its right.
fn beside(line: &[(f64, f64)], mut metres: f64, right: f64) -> Option<(f64, f64)> {
    let last = line.len().checked_sub(2)?;
    for (i, piece) in line.windows(2).enumerate() {
        let (long, (dx, dy)) = step(piece);
        if metres <= long || i == last {
            let (x, y) = (piece[0].0 + dx * metres, piece[0].1 + dy * metres);
            return Some((x + dy * right, y - dx * right));
        }
        metres -= long;
    }
    None
}

/// The house number at a place beside a line: so many metres along it, on its right or left. None where
/// that side has none.
pub(super) fn number_at(street: &StreetLine, metres: f64, right: bool) -> Option<u32> {
    let (from, to) = if right { street.right } else { street.left }?;
    let plane = Plane::at(*street.line.first()?);
    let laid: Vec<_> = street.line.iter().map(|p| plane.lay(*p)).collect();
    let all = laid.windows(2).map(|piece| step(piece).0).sum::<f64>().max(1e-9);
    let run = f64::from(to) - f64::from(from);
    let steps = (run * (metres / all).clamp(0.0, 1.0)).round();
    // Along a side with one kind of number, two to a house.
    let one_kind = from % 2 == to % 2 && street.left != street.right;
    let steps = if one_kind { 2.0 * (steps / 2.0).round() } else { steps };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the two")]
    Some((f64::from(from) + steps) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A street of 100 m east, at the equator.
    fn street(left: Option<Numbers>, right: Option<Numbers>) -> StreetLine {
        let east = 100.0 / (EARTH_RADIUS_M * std::f64::consts::PI / 180.0);
        let at = |lon| Position { lon, lat: 0.0 };
        StreetLine {
            name: "Main St".into(),
            line: vec![at(0.0), at(east / 2.0), at(east)],
            left,
            right,
        }
    }

    fn metres(at: Position) -> (f64, f64) {
        Plane::at(Position { lon: 0.0, lat: 0.0 }).lay(at)
    }

    #[test]
    fn a_number_lies_where_its_share_of_the_side_is_and_on_its_side() {
        let main = street(Some((101, 199)), Some((100, 198)));
        let table = [
            (149, Some((48.98, SET_BACK_M))),
            (150, Some((51.02, -SET_BACK_M))),
            (101, Some((FROM_CORNER_M, SET_BACK_M))),
            (198, Some((100.0 - FROM_CORNER_M, -SET_BACK_M))),
            (99, None),
            (200, None),
        ];
        for (number, expected) in table {
            let found = place_of(&main, number).map(metres);
            let same = |(a, b): ((f64, f64), (f64, f64))| {
                (a.0 - b.0).abs() < 0.1 && (a.1 - b.1).abs() < 0.1
            };
            assert_eq!(found.is_some(), expected.is_some(), "{number}: {found:?}");
            assert!(found.zip(expected).is_none_or(same), "{number}: {found:?}");
        }
    }

    #[test]
    fn numbers_may_fall_along_the_line_and_a_side_may_have_both_kinds() {
        let falls = street(Some((199, 101)), None);
        let (x, _) = place_of(&falls, 195).map(metres).unwrap();
        assert!(x < 10.0, "{x}");
        assert_eq!(place_of(&falls, 150), None, "even numbers are across the street");
        let mixed = street(Some((1, 10)), Some((1, 10)));
        let (_, aside) = place_of(&mixed, 4).map(metres).unwrap();
        assert!(aside.abs() < 0.01, "which side is not known: {aside}");
        let untold = street(Some((2, 98)), Some((2, 98)));
        assert!(place_of(&untold, 51).is_some(), "odd and even in one range");
        let one = street(None, Some((7, 7)));
        let (x, _) = place_of(&one, 7).map(metres).unwrap();
        assert!((x - 50.0).abs() < 0.1, "{x}");
    }

    #[test]
    fn a_place_on_a_street_has_the_number_that_leads_back_to_it() {
        let main = street(Some((101, 199)), Some((100, 198)));
        for number in [120, 121, 150, 151, 180] {
            let (x, _) = place_of(&main, number).map(metres).unwrap();
            assert_eq!(number_at(&main, x, number % 2 == 0), Some(number));
        }
        assert_eq!(number_at(&street(None, None), 10.0, true), None);
    }
}

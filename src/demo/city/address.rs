//! From a position to the address a person would give, and back.

use super::{DemoCity, Street};
use crate::geometry::Position;

/// How far from a street, in metres, an address is still said to be on it.
const REACH_M: f64 = 400.0;
const M_PER_DEGREE: f64 = 111_195.0;

impl Street {
    /// `N Alder Ave`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.prefix, self.name)
    }

    /// Where the house number lies along the line: the piece it is in and the part of that piece.
    fn locate(&self, number: u32) -> Option<(usize, f64)> {
        let pieces = self.line.len().checked_sub(1).filter(|n| *n > 0)?;
        if !(self.from..=self.to).contains(&number) || self.to == self.from {
            return None;
        }
        let along = f64::from(number - self.from) / f64::from(self.to - self.from);
        let at = along * pieces as f64;
        let piece = (0..pieces).rev().find(|&k| k as f64 <= at)?;
        Some((piece, at - piece as f64))
    }

    /// The point on the centre line at a house number of this piece of street.
    #[must_use]
    pub fn at_number(&self, number: u32) -> Option<Position> {
        let (piece, part) = self.locate(number)?;
        let (a, b) = (self.line[piece], self.line[piece + 1]);
        Some(Position { lon: a.lon + (b.lon - a.lon) * part, lat: a.lat + (b.lat - a.lat) * part })
    }
}

impl DemoCity {
    /// The address nearest to a position (`1214 N Alder Ave`): even numbers stand on the right of
    /// the street's direction, odd ones on the left. `None` farther than 400 m from any street.
    #[must_use]
    pub fn address_at(&self, at: Position) -> Option<String> {
        let (metres, street, along, right) = self
            .streets
            .iter()
            .filter_map(|street| nearest_on(street, at))
            .min_by(|a, b| a.0.total_cmp(&b.0))?;
        if metres > REACH_M {
            return None;
        }
        let number = number_at(street, along);
        let side = u32::from(number % 2 != u32::from(!right));
        let number = if number + side > street.to { number - side } else { number + side };
        Some(format!("{} {}", number.max(1), street.full_name()))
    }

    /// The place of an address as [`DemoCity::address_at`] writes it, whatever its case: 7 m off
    /// the centre line, on the side of its number.
    #[must_use]
    pub fn find_address(&self, address: &str) -> Option<Position> {
        let (number, name) = address.trim().split_once(' ')?;
        let number: u32 = number.parse().ok()?;
        let street = self.streets.iter().find(|street| {
            street.full_name().eq_ignore_ascii_case(name.trim()) && street.locate(number).is_some()
        })?;
        let (piece, _) = street.locate(number)?;
        let centre = street.at_number(number)?;
        let side = if number.is_multiple_of(2) { 1.0 } else { -1.0 };
        Some(beside(street.line[piece], street.line[piece + 1], centre, 7.0 * side))
    }
}

/// A point `right_m` metres to the right of a direction.
fn beside(a: Position, b: Position, at: Position, right_m: f64) -> Position {
    let shrink = a.lat.to_radians().cos();
    let (dx, dy) = ((b.lon - a.lon) * shrink, b.lat - a.lat);
    let length = dx.hypot(dy).max(1e-12);
    let degrees = right_m / M_PER_DEGREE;
    Position { lon: at.lon + dy / length * degrees / shrink, lat: at.lat - dx / length * degrees }
}

/// Metres to a street, the street, how far along it in pieces, and whether to its right.
fn nearest_on(street: &Street, at: Position) -> Option<(f64, &Street, f64, bool)> {
    let shrink = at.lat.to_radians().cos();
    let pieces = street.line.windows(2).enumerate().map(|(k, ends)| {
        let local = |p: Position| ((p.lon - at.lon) * shrink, p.lat - at.lat);
        let ((ax, ay), (bx, by)) = (local(ends[0]), local(ends[1]));
        let (dx, dy) = (bx - ax, by - ay);
        let t = (-(ax * dx + ay * dy) / (dx * dx + dy * dy).max(1e-18)).clamp(0.0, 1.0);
        let metres = (ax + dx * t).hypot(ay + dy * t) * M_PER_DEGREE;
        let right = dx * -ay - dy * -ax < 0.0;
        (metres, street, k as f64 + t, right)
    });
    pieces.min_by(|a, b| a.0.total_cmp(&b.0))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a house number")]
fn number_at(street: &Street, along: f64) -> u32 {
    let pieces = (street.line.len() - 1).max(1) as f64;
    street.from + (f64::from(street.to - street.from) * along / pieces).round() as u32
}

//! Positions in a row, in half the room where they lie on the grid of 1e-7 degrees, as drawn ones do.
//!
//! The one rule: what comes out is equal to what went in.

use super::Position;
use super::ring::{Location, locate};

/// Units in a degree.
const UNITS: f64 = 1e7;

/// On the grid whenever all of them are, so that equal rows are kept alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Corners {
    /// Longitude and latitude in units; as far as ±214 degrees.
    OnGrid(Box<[[i32; 2]]>),
    Anywhere(Box<[Position]>),
}

/// A closed ring: its last position repeats its first.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ring<'a> {
    OnGrid(&'a [[i32; 2]]),
    Anywhere(&'a [Position]),
}

impl From<Vec<Position>> for Corners {
    fn from(positions: Vec<Position>) -> Self {
        let on_grid: Option<Box<[_]>> = positions.iter().map(|at| on_grid(*at)).collect();
        on_grid.map_or_else(|| Self::Anywhere(positions.into()), Self::OnGrid)
    }
}

/// A position in units, when that loses nothing. Division of whole numbers rounds to what reading the
/// decimal does.
#[expect(clippy::cast_possible_truncation, reason = "what was cut off is not equal")]
fn on_grid(at: Position) -> Option<[i32; 2]> {
    let units = [at.lon, at.lat].map(|degrees| (degrees * UNITS).round() as i32);
    (position(units) == at).then_some(units)
}

#[inline]
fn position([lon, lat]: [i32; 2]) -> Position {
    Position { lon: f64::from(lon) / UNITS, lat: f64::from(lat) / UNITS }
}

impl Corners {
    pub fn len(&self) -> usize {
        match self {
            Self::OnGrid(units) => units.len(),
            Self::Anywhere(positions) => positions.len(),
        }
    }

    #[inline]
    pub fn ring(&self, from: usize, to: usize) -> Ring<'_> {
        match self {
            Self::OnGrid(units) => Ring::OnGrid(&units[from..to]),
            Self::Anywhere(positions) => Ring::Anywhere(&positions[from..to]),
        }
    }
}

impl<'a> Ring<'a> {
    pub fn len(self) -> usize {
        match self {
            Self::OnGrid(units) => units.len(),
            Self::Anywhere(positions) => positions.len(),
        }
    }

    /// Its positions, the first once more at the end.
    pub fn iter(self) -> impl Iterator<Item = Position> + Clone + 'a {
        (0..self.len()).map(move |nth| match self {
            Self::OnGrid(units) => position(units[nth]),
            Self::Anywhere(positions) => positions[nth],
        })
    }

    /// The ways from each position to the next.
    pub fn edges(self) -> impl Iterator<Item = (Position, Position)> + Clone + 'a {
        self.iter().zip(self.iter().skip(1))
    }

    /// Where a position lies with regard to what it encloses.
    #[inline]
    pub(super) fn locate(self, at: Position) -> Location {
        match self {
            Self::OnGrid(units) => locate(units.iter().map(|units| position(*units)), at),
            Self::Anywhere(positions) => locate(positions.iter().copied(), at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix;

    #[test]
    fn what_comes_out_is_equal_to_what_went_in() {
        let dice = &mut SplitMix::new(5);
        for _ in 0..20_000 {
            let drawn = |dice: &mut SplitMix, most: f64| -> f64 {
                let decimal = format!("{:.7}", dice.range(-most, most));
                decimal.parse().unwrap()
            };
            let on_grid = Position { lon: drawn(dice, 180.0), lat: drawn(dice, 90.0) };
            let between = Position { lon: on_grid.lon.next_up(), lat: on_grid.lat };
            let far = Position { lon: on_grid.lon.signum() * 360.0 + on_grid.lon, ..on_grid };
            for (all, half) in [
                (vec![on_grid; 3], true),
                (vec![on_grid, between], false),
                (vec![on_grid, far], far.lon.abs() < 214.0),
            ] {
                let kept = Corners::from(all.clone());
                assert_eq!(matches!(kept, Corners::OnGrid(_)), half, "{all:?}");
                let ring = kept.ring(0, kept.len());
                assert_eq!(ring.iter().collect::<Vec<_>>(), all);
                assert_eq!(ring.edges().count(), all.len() - 1);
            }
        }
    }
}

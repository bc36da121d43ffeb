//! What a cell says of an area, in few words.
//!
//! The one rule: a record answers only when it is sure. Numbers are rounded to fit; a point that lies
//! within the error of a line is left to the exact test of the shape itself.

use super::grid::{Cell, Point};

/// What a cell knows of an area that holds a part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Record {
    /// It holds the whole cell.
    Inside,
    /// One edge of it crosses the cell.
    Half(Line),
    /// Two edges cross the cell; the area is what lies within both.
    Wedge(Line, Line),
    /// Two edges cross the cell; the area is what lies within either.
    Notch(Line, Line),
    /// The line of a circle crosses the cell.
    Disc(Disc),
    /// Anything harder: ask the shape.
    Exact,
}

/// The kinds of records, in the order in which a cell counts them.
pub(super) const KINDS: usize = 6;
pub(super) const INSIDE: usize = 0;
pub(super) const HALF: usize = 1;
pub(super) const WEDGE: usize = 2;
pub(super) const NOTCH: usize = 3;
pub(super) const DISC: usize = 4;
pub(super) const EXACT: usize = 5;

impl Record {
    pub fn kind(&self) -> usize {
        match self {
            Self::Inside => INSIDE,
            Self::Half(_) => HALF,
            Self::Wedge(..) => WEDGE,
            Self::Notch(..) => NOTCH,
            Self::Disc(_) => DISC,
            Self::Exact => EXACT,
        }
    }

    /// What is kept beside the id: one word of a half, two of a wedge or a notch, five of a disc.
    pub fn words(&self) -> [u32; 5] {
        match *self {
            Self::Inside | Self::Exact => [0; 5],
            Self::Half(line) => [line.0, 0, 0, 0, 0],
            Self::Wedge(one, other) | Self::Notch(one, other) => [one.0, other.0, 0, 0, 0],
            Self::Disc(disc) => disc.words(),
        }
    }
}

/// A point in its cell, in steps from the southwest corner: 0 to 8,192.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub x: f32,
    pub y: f32,
}

/// How many steps a cell has along each side.
const STEPS: f64 = 8_192.0;

impl Spot {
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "off by a thousandth of a step")]
    pub fn of(point: Point, cell: Cell) -> Self {
        let (corner, steps) = (cell.corner(), STEPS / cell.side());
        let step = |from: f64, to: f64| ((to - from) * steps) as f32;
        Self { x: step(corner.x, point.x), y: step(corner.y, point.y) }
    }
}

/// How far within an area a point is, in steps along one axis; below 0 without. It is sure beyond
/// [`SURE`] only.
pub(super) type Depth = f32;

/// The numbers m and k of a [`Line`] are off by half a step each, m times a place of one side at most; a
/// sixteenth more for the rounding of 24 bits.
pub(super) const SURE: Depth = 1.0 + 1.0 / 16.0;

/// A half-plane in a cell, in 32 bits: `y = m·x + k`, or `x = m·y + k` where that is steeper, with
/// |m| ≤ 1. From the top: 15 bits of m in steps of 2⁻¹³, 15 bits of k + 1 in the same steps of the
/// cell's side, which side is within, and which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line(pub u32);

const ONE: i32 = 1 << 13;

impl Line {
    /// The half-plane left of the way from `a` to `b`, which crosses the cell.
    #[expect(clippy::cast_possible_truncation, reason = "rounded into the bits it has")]
    pub fn left_of(a: Point, b: Point, cell: Cell) -> Self {
        let corner = cell.corner();
        let steep = (b.y - a.y).abs() > (b.x - a.x).abs();
        // Along x, or along y when it is steep; what is left of the way then changes sides.
        let swap = |p: Point| if steep { (p.y, p.x) } else { (p.x, p.y) };
        let ((ax, ay), (bx, by)) = (swap(a), swap(b));
        let (west, south) = swap(corner);
        let slope = (by - ay) / (bx - ax);
        let height = (ay - south - slope * (ax - west)) / cell.side();
        // Left of the way east is north of it, where y > m·x + k.
        let below = (bx < ax) != steep;
        let m = (slope * STEPS).round() as i32;
        let k = (((height + 1.0) * STEPS).round() as i32).clamp(0, 0x7fff);
        Self(((m << 17) | (k << 2) | (i32::from(below) << 1) | i32::from(steep)).cast_unsigned())
    }

    /// Without a branch, so that many are computed side by side.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "15 bits each")]
    pub fn depth(self, spot: Spot) -> Depth {
        let word = self.0.cast_signed();
        let m = (word >> 17) as f32 * (1.0 / 8_192.0);
        let k = (((word >> 2) & 0x7fff) - ONE) as f32;
        let steep = word & 1 != 0;
        let (x, y) = if steep { (spot.y, spot.x) } else { (spot.x, spot.y) };
        let above = m * x + (k - y);
        // The sign is that of the bit: below the line is within where it is set.
        f32::from_bits(above.to_bits() ^ (!self.0 & 2) << 30)
    }
}

/// A small circle in a cell, as a plane has it: `aspect·(x − x₀)² + (y − y₀)²`, in sides of the cell,
/// is below `within` inside and above `without` outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Disc {
    pub x: f32,
    pub y: f32,
    pub aspect: f32,
    pub within: f32,
    pub without: f32,
}

impl Disc {
    fn words(self) -> [u32; 5] {
        [self.x, self.y, self.aspect, self.within, self.without].map(f32::to_bits)
    }

    #[inline]
    pub fn of(words: [u32; 5]) -> Self {
        let [x, y, aspect, within, without] = words.map(f32::from_bits);
        Self { x, y, aspect, within, without }
    }

    /// The least and the greatest `aspect·(x − x₀)² + (y − y₀)²` over the cell with so much around it.
    #[expect(clippy::cast_possible_truncation, reason = "at most a two-thousandth")]
    pub fn squares(&self, margin: f64) -> (f32, f32) {
        let margin = margin as f32;
        let along = |centre: f32| {
            let (low, high) = (-margin - centre, 1.0 + margin - centre);
            (low.max(-high).max(0.0), high.max(-low))
        };
        let ((near_x, far_x), (near_y, far_y)) = (along(self.x), along(self.y));
        let square = |x: f32, y: f32| self.aspect * x * x + y * y;
        (square(near_x, near_y), square(far_x, far_y))
    }

    /// Of a point by its place in the cell, each from 0 to 1: sure within, sure without, or neither.
    #[inline]
    pub fn depth(&self, x: f32, y: f32) -> Depth {
        let (x, y) = (x - self.x, y - self.y);
        let square = self.aspect * x * x + y * y;
        if square < self.within {
            2.0 * SURE
        } else if square > self.without {
            -2.0 * SURE
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix;

    /// A line is never sure of the wrong side, and rarely unsure.
    #[test]
    fn a_line_is_never_sure_of_the_wrong_side() {
        let dice = &mut SplitMix::new(11);
        let cell = Cell { level: 13, column: 90_000, row: 100_000 };
        let (corner, side) = (cell.corner(), cell.side());
        let (mut asked, mut unsure) = (0, 0);
        for _ in 0..20_000 {
            let mut point = |from: f64, to: f64| Point {
                x: corner.x + side * dice.range(from, to),
                y: corner.y + side * dice.range(from, to),
            };
            // Through a point in the cell, with both ends outside or anywhere.
            let (a, through) = (point(-40.0, 40.0), point(0.0, 1.0));
            let b = Point { x: 2.0 * through.x - a.x, y: 2.0 * through.y - a.y };
            let line = Line::left_of(a, b, cell);
            for _ in 0..20 {
                let p = point(0.0, 1.0);
                let left = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
                asked += 1;
                let depth = line.depth(Spot::of(p, cell));
                if depth.abs() <= SURE {
                    unsure += 1;
                } else {
                    assert!((depth > 0.0) == (left > 0.0), "{a:?} {b:?} {p:?}");
                }
            }
        }
        assert!(unsure * 2_000 < asked, "{unsure} of {asked}");
    }
}

//! Where on the grid: longitudes and latitudes as 1e-7 degree units, and the cells over them.
//!
//! A cell of level `n` is 2ⁿ units wide and high: level 11 is some 20 m, level 18 some 3 km. Every
//! cell of a level lies in one cell of the level above.

use crate::geometry::Position;

/// Units in a degree.
const UNITS: f64 = 1e7;

/// A point in units east of the antimeridian and north of the pole. Rounding moves it by less than a
/// thousandth of a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    #[inline]
    pub fn of(at: Position) -> Self {
        Self { x: (at.lon + 180.0) * UNITS, y: (at.lat + 90.0) * UNITS }
    }

    /// The unit in which it lies, by column and row; shifted right by a level, the cell of that. Points off
    /// the world's edge, which only rounding makes, lie in the outermost ones.
    #[inline]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2³²")]
    pub fn units(self) -> (u32, u32) {
        (self.x as u32, self.y as u32)
    }

    /// Its place on the curve along which every cell lies in one piece: the bits of column and row in
    /// turn. After G. M. Morton, "A Computer Oriented Geodetic Data Base" (1966).
    pub fn morton(self) -> u64 {
        let (x, y) = self.units();
        spread(x) | spread(y) << 1
    }
}

/// The bits of a number, each with a zero before it.
fn spread(number: u32) -> u64 {
    let halves = [
        (16, 0x0000_ffff_0000_ffff),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ];
    halves.into_iter().fold(u64::from(number), |bits, (by, mask)| (bits | bits << by) & mask)
}

/// A square of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub level: u32,
    pub column: u32,
    pub row: u32,
}

/// How far around a cell its surroundings reach, in units: more than all rounding together.
const MARGIN: f64 = 1.0;

impl Cell {
    /// Holds the world, 3.6 billion units wide; three levels a time below it are those of tiles.
    pub const ROOT: Self = Self { level: 34, column: 0, row: 0 };

    /// The map of the world in units.
    pub const MAP: Frame =
        Frame { west: -MARGIN, south: -MARGIN, east: 3.6e9 + MARGIN, north: 1.8e9 + MARGIN };

    /// Of the eight by eight cells three levels below, the one at a place from 0 to 63.
    pub fn below(self, place: u32) -> Self {
        let (column, row) = (self.column * 8 + place % 8, self.row * 8 + place / 8);
        Self { level: self.level - 3, column, row }
    }

    /// Its place among the eight by eight of the cell three levels above.
    pub fn place(self) -> usize {
        ((self.row & 7) * 8 + (self.column & 7)) as usize
    }

    /// Whether a point lies in it.
    #[inline]
    pub fn holds(self, point: Point) -> bool {
        let (x, y) = point.units();
        x.unbounded_shr(self.level) == self.column && y.unbounded_shr(self.level) == self.row
    }

    /// The cell that it is a quarter of.
    pub fn above(self) -> Self {
        Self { level: self.level + 1, column: self.column / 2, row: self.row / 2 }
    }

    /// The `nth` quarter of it: southwest, southeast, northwest, northeast.
    pub fn quarter(self, nth: u32) -> Self {
        let (column, row) = (self.column * 2 + (nth & 1), self.row * 2 + (nth >> 1));
        Self { level: self.level - 1, column, row }
    }

    /// Units along a side.
    #[inline]
    pub fn side(self) -> f64 {
        (1_u64 << self.level) as f64
    }

    /// Its southwest corner.
    #[inline]
    pub fn corner(self) -> Point {
        Point { x: f64::from(self.column) * self.side(), y: f64::from(self.row) * self.side() }
    }

    /// What lies around it with the margin: every point that rounding may have put into it.
    pub fn surroundings(self) -> Frame {
        self.with_around(MARGIN)
    }

    /// The same with half of the margin. What meets this meets the surroundings, whatever rounding did to
    /// either.
    pub fn nearer_surroundings(self) -> Frame {
        self.with_around(MARGIN / 2.0)
    }

    fn with_around(self, margin: f64) -> Frame {
        let Point { x, y } = self.corner();
        let side = self.side();
        Frame {
            west: x - margin,
            south: y - margin,
            east: x + side + margin,
            north: y + side + margin,
        }
    }

    /// How far its surroundings reach, in its own sides.
    pub fn margin(self) -> f64 {
        MARGIN / self.side()
    }

    /// The point at its centre.
    pub fn middle(self) -> Point {
        let Point { x, y } = self.corner();
        let half = self.side() / 2.0;
        Point { x: x + half, y: y + half }
    }

    /// The position at its centre.
    pub fn centre(self) -> Position {
        let Point { x, y } = self.middle();
        // The world does not fill its cell.
        Position { lon: (x / UNITS - 180.0).min(180.0), lat: (y / UNITS - 90.0).min(90.0) }
    }
}

/// Of a place in units, within the world.
pub(super) fn degrees_north(y: f64) -> f64 {
    (y / UNITS - 90.0).clamp(-90.0, 90.0)
}

pub(super) fn degrees_east(x: f64) -> f64 {
    x / UNITS - 180.0
}

/// A box in units, its border included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl Frame {
    pub const EMPTY: Self = Self {
        west: f64::INFINITY,
        south: f64::INFINITY,
        east: f64::NEG_INFINITY,
        north: f64::NEG_INFINITY,
    };

    pub fn with(self, p: Point) -> Self {
        Self {
            west: self.west.min(p.x),
            south: self.south.min(p.y),
            east: self.east.max(p.x),
            north: self.north.max(p.y),
        }
    }

    pub fn union(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    #[inline]
    pub fn meets(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    /// Whether the segment and the box have a point in common. Rounding may tell otherwise where they just
    /// touch, and of two segments that touch it in one point of one only. Without a branch.
    #[inline]
    pub fn meets_segment(&self, a: Point, b: Point) -> bool {
        let boxes = (a.x.max(b.x) >= self.west)
            & (a.x.min(b.x) <= self.east)
            & (a.y.max(b.y) >= self.south)
            & (a.y.min(b.y) <= self.north);
        // The line passes the box by if it passes the middle farther off than the box reaches in that
        // direction (the separating axis test). Seen from `a` the numbers are small.
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let (wide, high) = (self.east - self.west, self.north - self.south);
        let (x, y) = (f64::midpoint(self.west, self.east), f64::midpoint(self.south, self.north));
        let middle = dx * (y - a.y) - dy * (x - a.x);
        boxes & (2.0 * middle.abs() <= dx.abs() * high + dy.abs() * wide)
    }

    pub fn longer_side(&self) -> f64 {
        (self.east - self.west).max(self.north - self.south)
    }
}

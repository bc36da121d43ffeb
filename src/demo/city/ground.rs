//! The lie of the land: where a point of the street grid is on earth.
//!
//! The one rule: only `+ - * /`, `floor` and `sqrt`, which IEEE 754 rounds the same everywhere. A
//! sine from the system's library may differ in its last digit, and the data must not.
//!
//! The grid is bent three ways: rows follow the river, columns north of it follow the creek, and
//! the eastern columns follow the shore. What is bent by a weight that fades, stays a grid.

use crate::geometry::Position;
use crate::random::SplitMix;

/// Cells (city blocks) from west to east.
pub const COLS: i32 = 46;
/// Cells from south to north.
pub const ROWS: i32 = 62;
/// The grid line that is the river.
pub const RIVER: i32 = 30;
/// The grid line that is the creek, from the river northward.
pub const CREEK: i32 = 20;
/// Ward and park lines have this many corners per cell edge.
pub const FINE: i32 = 4;

const CELL_EAST_M: f64 = 155.0;
const CELL_NORTH_M: f64 = 125.0;
/// The bends below are written for blocks of that size; the city is built at this part of it, with
/// blocks of 112 by 90 m.
const SCALE: f64 = 0.72;
const M_PER_DEGREE: f64 = 111_195.0;
/// The middle of the city: open water of Lake Michigan, so that no demo issue is at anyone's door.
const CENTRE: Position = Position { lon: -87.02, lat: 43.52 };
/// cos(43.52°), as a constant because the library's cosine is not the same everywhere.
const COS_LAT: f64 = 0.725_134;

/// A crossing of the fine grid, in quarter cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    pub u: i32,
    pub v: i32,
}

/// A point in metres from the city's middle, east and north, before [`SCALE`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metres {
    pub x: f64,
    pub y: f64,
}

impl Metres {
    /// WGS 84, rounded to 6 decimals (11 cm), as the files hold it.
    #[must_use]
    pub fn position(self) -> Position {
        Position {
            lon: round6(CENTRE.lon + SCALE * self.x / (M_PER_DEGREE * COS_LAT)),
            lat: round6(CENTRE.lat + SCALE * self.y / M_PER_DEGREE),
        }
    }
}

/// How one seed bends the grid.
#[derive(Clone, Debug)]
pub struct Ground {
    phases: [f64; 9],
    grain: u64,
}

impl Ground {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut dice = SplitMix::new(seed);
        Self { phases: std::array::from_fn(|_| dice.unit()), grain: dice.bits() }
    }

    /// The place of a point of the grid; `u` and `v` count cells from the south-west corner and
    /// may lie outside the city.
    #[must_use]
    pub fn at(&self, u: f64, v: f64) -> Metres {
        let p = &self.phases;
        let river = 400.0 * wave(u / 21.0 + p[0]) + 80.0 * wave(u / 8.3 + p[1]);
        let creek = 210.0 * wave(v / 15.0 + p[2]) + 40.0 * wave(v / 7.5 + p[3]);
        let shore = 280.0 * wave(v / 41.0 + p[4]) + 60.0 * wave(v / 13.0 + p[5]);
        let rows = f64::from(RIVER);
        let by_shore = (u / f64::from(COLS)).clamp(0.0, 1.3);
        // The river's mouth is dredged straight, or river and shore would fold the grid there.
        let by_river = bump((v - rows) / 17.0) * (1.0 - 0.4 * by_shore * by_shore);
        let by_creek = bump((u - f64::from(CREEK)) / 11.0) * ((v - rows) / 8.0).clamp(0.0, 1.0);
        Metres {
            x: (u - f64::from(COLS) / 2.0) * CELL_EAST_M
                + creek * by_creek
                + shore * by_shore * by_shore * by_shore
                + 85.0 * wave(v / 34.0 + p[6])
                + 30.0 * wave((v + u) / 19.0 + p[8]),
            y: (v - f64::from(ROWS) / 2.0) * CELL_NORTH_M
                + river * by_river
                + 75.0 * wave(u / 29.0 + p[7]),
        }
    }

    /// A crossing of the fine grid. On water a bank is never smooth, so there it is roughened.
    #[must_use]
    pub fn node(&self, node: Node) -> Metres {
        let fine = f64::from(FINE);
        let mut at = self.at(f64::from(node.u) / fine, f64::from(node.v) / fine);
        let river = node.v == RIVER * FINE;
        let creek = node.u == CREEK * FINE && node.v > RIVER * FINE;
        let crossing = node.u % FINE == 0 && node.v % FINE == 0;
        if (river || creek || node.u == COLS * FINE) && !crossing {
            let (east, north) = (self.chance(node.u, node.v, 1), self.chance(node.u, node.v, 2));
            at.x += if river { 0.0 } else { 14.0 * (east - 0.5) };
            at.y += if river { 14.0 * (north - 0.5) } else { 0.0 };
        }
        at
    }

    /// A number in `[0, 1)` that belongs to this place and `salt`, always the same one.
    #[must_use]
    pub fn chance(&self, u: i32, v: i32, salt: u64) -> f64 {
        let (u, v) = (u64::from(u.cast_unsigned()), u64::from(v.cast_unsigned()));
        SplitMix::new(self.grain ^ (u << 40) ^ (v << 16) ^ salt).unit()
    }
}

/// A sine in turns rather than radians, from two parabolas: -1 to 1, smooth to the first
/// derivative, at most 0.06 from the true one.
fn wave(turns: f64) -> f64 {
    let t = turns - turns.floor();
    if t < 0.5 { 16.0 * t * (0.5 - t) } else { 16.0 * (t - 0.5) * (t - 1.0) }
}

/// 1 at 0, falling smoothly to 0 at ±1.
fn bump(d: f64) -> f64 {
    let rest = (1.0 - d * d).max(0.0);
    rest * rest
}

fn round6(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The corner of the quad at `(u, v)`: positive when the grid has not folded over there.
    fn turn(ground: &Ground, u: i32, v: i32) -> f64 {
        let (o, a, b) = (
            ground.node(Node { u, v }),
            ground.node(Node { u: u + 1, v }),
            ground.node(Node { u, v: v + 1 }),
        );
        (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x)
    }

    #[test]
    fn no_seed_folds_the_grid_over_itself() {
        for seed in 0..40 {
            let ground = Ground::new(seed);
            for u in 0..COLS * FINE {
                for v in 0..ROWS * FINE {
                    assert!(turn(&ground, u, v) > 0.0, "seed {seed} folds at {u},{v}");
                }
            }
        }
    }
}

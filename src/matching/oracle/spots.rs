//! The spots where mistakes live.

use super::ground::between;
use super::{DEGREE, Plot, STEP, Spot, position, read, whole};
use crate::random::SplitMix;

impl Plot {
    /// Corners and places on edges, as near as 64 bits come to them, all of them also a step and a last
    /// bit aside; the box's corners; some inside the box, some around it, and some where cells meet.
    pub(in super::super) fn hard_spots(&self, dice: &mut SplitMix) -> Vec<Spot> {
        let on_the_line = match self {
            Self::Circle { centre, radius_m } => around(*centre, *radius_m),
            Self::Polygons(parts) => {
                parts.iter().flatten().flat_map(|ring| edge_spots(ring, dice)).collect()
            }
            Self::Drawn { parts, without } => {
                let each = parts.iter().chain(without);
                return each.flat_map(|plot| plot.hard_spots(dice)).collect();
            }
        };
        let mut spots: Vec<Spot> = on_the_line.iter().flat_map(|at| and_aside(*at)).collect();
        let (west, east) = ends(on_the_line.iter().map(|spot| spot.0));
        let (south, north) = ends(on_the_line.iter().map(|spot| spot.1));
        spots.extend([(west, south), (west, north), (east, south), (east, north)]);
        let (wide, high) = (east - west + 2 * STEP, north - south + 2 * STEP);
        for _ in 0..40 {
            let x = west - wide / 4 + between(dice, wide / 2 * 3);
            spots.push((x, south - high / 4 + between(dice, high / 2 * 3)));
        }
        for _ in 0..10 {
            let within = (west + between(dice, wide), south + between(dice, high));
            spots.extend(where_cells_meet(within, dice));
        }
        spots.into_iter().filter_map(on_earth).collect()
    }
}

/// The nearest units that 64 bits of floating point can say.
pub(super) fn sayable(units: i64) -> i64 {
    whole(units as f64)
}

/// The spot, and its neighbours: a step away, and the next that there are, all eight.
fn and_aside((x, y): Spot) -> [Spot; 13] {
    let (x, y) = (sayable(x), sayable(y));
    let next = |units: i64| whole((units as f64).next_up().ceil());
    let last = |units: i64| whole((units as f64).next_down().floor());
    [
        (x, y),
        (x - STEP, y),
        (x + STEP, y),
        (x, y - STEP),
        (x, y + STEP),
        (last(x), y),
        (next(x), y),
        (x, last(y)),
        (x, next(y)),
        (last(x), last(y)),
        (last(x), next(y)),
        (next(x), last(y)),
        (next(x), next(y)),
    ]
}

/// Of each edge a corner, its middle, and a place somewhere on it, also the decimal next to that.
fn edge_spots(ring: &[Spot], dice: &mut SplitMix) -> Vec<Spot> {
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    edges
        .flat_map(|(a, b)| {
            let share = dice.unit();
            let along = |from: i64, to: i64| from + whole(share * (to - from) as f64);
            let some = (along(a.0, b.0), along(a.1, b.1));
            let middle = (i64::midpoint(a.0, b.0), i64::midpoint(a.1, b.1));
            [Some(*a), Some(middle), Some(some), decimal_next_to(some)]
        })
        .flatten()
        .collect()
}

/// The whole 1e-7 degrees nearest to a spot; `None` where they are no whole units.
fn decimal_next_to((x, y): Spot) -> Option<Spot> {
    let count = |units: i64| whole(units as f64 / DEGREE as f64 * 1e7);
    Some((read(count(x))?, read(count(y))?))
}

/// A corner of a cell of the index near to a spot: a multiple of 2¹¹ to 2¹⁸ times 1e-7 degree east and
/// north of where the map begins.
pub(super) fn where_cells_meet(at: Spot, dice: &mut SplitMix) -> Option<Spot> {
    beside_where_cells_meet(at, (0, 0), dice)
}

/// Of such a corner's four cells one's surroundings end a unit aside of it both ways.
pub(super) fn where_surroundings_end(at: Spot, dice: &mut SplitMix) -> Option<Spot> {
    let mut aside = || if dice.below(2) == 0 { -1 } else { 1 };
    let aside = (aside(), aside());
    beside_where_cells_meet(at, aside, dice)
}

fn beside_where_cells_meet((x, y): Spot, aside: Spot, dice: &mut SplitMix) -> Option<Spot> {
    let side = 1 << (11 + dice.below(8));
    let corner = |units: i64, begins: i64, aside: i64| {
        let count = whole(units as f64 / DEGREE as f64 * 1e7) + begins;
        read((count + side / 2).div_euclid(side) * side - begins + aside)
    };
    Some((corner(x, 1_800_000_000, aside.0)?, corner(y, 900_000_000, aside.1)?))
}

/// Longitudes brought between -180 and 180, both of which stay as they are.
fn on_earth((x, y): Spot) -> Option<Spot> {
    let (x, y, half) = (sayable(x), sayable(y), 180 * DEGREE);
    let x = if x.abs() <= half { x } else { (x + half).rem_euclid(2 * half) - half };
    (y.abs() <= 90 * DEGREE).then_some((x, y))
}

/// Spots close to a circle's line, in and out, and on its outermost points.
fn around((x, y): Spot, radius_m: f64) -> Vec<Spot> {
    let high = radius_m / 111_195.08 * DEGREE as f64;
    let wide = high / position((x, y)).lat.to_radians().cos().max(1e-3);
    let turns = (0..16).map(|k| f64::from(k) / 16.0 * std::f64::consts::TAU);
    let shares = [0.5, 0.999, 1.0, 1.001];
    turns
        .flat_map(|turn| shares.map(|share| (share * turn.cos(), share * turn.sin())))
        .map(|(east, north)| (x + whole(east * wide), y + whole(north * high)))
        .collect()
}

fn ends(values: impl Iterator<Item = i64> + Clone) -> (i64, i64) {
    (values.clone().min().unwrap_or(0), values.max().unwrap_or(0))
}

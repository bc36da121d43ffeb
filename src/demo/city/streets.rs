//! The street network: numbered houses along avenues, streets, diagonals and the shore drive.

use super::ground::{COLS, CREEK, Ground, RIVER, ROWS};
use super::names::{AVENUES, NORTH_STREETS, ordinal};
use super::parks::Parks;
use super::wards::{Cell, Plan};
use super::{Street, StreetClass};

/// House numbers per half cell: a hundred to the block.
pub const NUMBERS_PER_STEP: i32 = 50;

/// Whether the grid line west of column `i` is a main road.
#[must_use]
pub fn is_arterial_column(i: i32) -> bool {
    i % 6 == 5 || i == COLS - 1
}

/// Whether the grid line south of row `j` is a main road.
#[must_use]
pub fn is_arterial_row(j: i32) -> bool {
    j % 8 == 4
}

/// A line of the grid, walked in half cells from one of the two baselines outward, so that house
/// numbers count from the water.
struct Walk {
    name: String,
    prefix: &'static str,
    class: StreetClass,
    /// Cell coordinates of the first point and of one half step.
    from: (f64, f64),
    step: (f64, f64),
    steps: i32,
    first_number: i32,
}

/// All streets of the city, cut where they end at water, a park or the city limits.
#[must_use]
pub fn streets(ground: &Ground, plan: &Plan, parks: &Parks) -> Vec<Street> {
    let mut walks = vec![];
    (0..=COLS).for_each(|i| walks.extend(avenue(i)));
    (0..=ROWS).for_each(|j| walks.extend(street(j)));
    walks.extend(diagonals());
    walks.iter().flat_map(|walk| runs(walk, ground, plan, parks)).collect()
}

fn avenue(i: i32) -> [Walk; 2] {
    let class = if is_arterial_column(i) { StreetClass::Arterial } else { StreetClass::Street };
    let kind = if class == StreetClass::Arterial { "Blvd" } else { "Ave" };
    let name = match i {
        _ if i == COLS - 1 => "Shore Dr".to_owned(),
        _ => format!("{} {kind}", AVENUES[usize::try_from(i).unwrap_or(0)]),
    };
    [("N", 0.5, ROWS - RIVER), ("S", -0.5, RIVER)].map(|(prefix, step, cells)| Walk {
        name: name.clone(),
        prefix,
        class,
        from: (f64::from(i), f64::from(RIVER)),
        step: (0.0, step),
        steps: cells * 2,
        first_number: 0,
    })
}

fn street(j: i32) -> [Walk; 2] {
    let class = if is_arterial_row(j) { StreetClass::Arterial } else { StreetClass::Street };
    let name = match usize::try_from(j - RIVER) {
        Ok(north) => format!("{} St", NORTH_STREETS[north.min(NORTH_STREETS.len() - 1)]),
        Err(_) => ordinal(RIVER - j),
    };
    [("E", 0.5, COLS - CREEK), ("W", -0.5, CREEK)].map(|(prefix, step, cells)| Walk {
        name: name.clone(),
        prefix,
        class,
        from: (f64::from(CREEK), f64::from(j)),
        step: (step, 0.0),
        steps: cells * 2,
        first_number: 0,
    })
}

/// Old roads that were there before the grid: they leave the middle of town at a slant.
fn diagonals() -> Vec<Walk> {
    let (middle, river) = (f64::from(CREEK), f64::from(RIVER));
    let road = |name: &str, prefix, from, to: (f64, f64), steps: i32| {
        let (u, v): (f64, f64) = from;
        let per = |a: f64, b: f64| (b - a) / f64::from(steps);
        let step = (per(u, to.0), per(v, to.1));
        let first_number = 0;
        Walk {
            name: name.to_owned(),
            prefix,
            class: StreetClass::Diagonal,
            from,
            step,
            steps,
            first_number,
        }
    };
    vec![
        road("Old Mill Rd", "S", (middle, river), (3.0, 2.0), 56),
        road("Ferry Rd", "N", (middle + 3.0, river), (44.0, 60.0), 60),
        road("Ogden Rd", "S", (middle + 3.0, river), (44.0, 6.0), 48),
        road("Quarry Rd", "N", (middle - 3.0, river), (2.0, 52.0), 44),
    ]
}

/// The pieces of a line that are really there.
fn runs(walk: &Walk, ground: &Ground, plan: &Plan, parks: &Parks) -> Vec<Street> {
    let at = |k: i32| {
        let k = f64::from(k);
        (walk.from.0 + walk.step.0 * k, walk.from.1 + walk.step.1 * k)
    };
    let mut runs: Vec<Street> = vec![];
    let mut open = false;
    for k in 0..walk.steps {
        let (a, b) = (at(k), at(k + 1));
        if !exists(walk, a, b, ground, plan, parks) {
            open = false;
            continue;
        }
        if !open {
            let from = walk.first_number + NUMBERS_PER_STEP * k;
            runs.push(Street {
                name: walk.name.clone(),
                prefix: walk.prefix.to_owned(),
                class: walk.class,
                from: u32::try_from(from).unwrap_or(0),
                to: 0,
                line: vec![ground.at(a.0, a.1).position()],
            });
            open = true;
        }
        if let Some(run) = runs.last_mut() {
            run.line.push(ground.at(b.0, b.1).position());
            run.to = u32::try_from(walk.first_number + NUMBERS_PER_STEP * (k + 1)).unwrap_or(0);
        }
    }
    // Half a block between two dead ends is a driveway.
    runs.retain(|run| run.line.len() > 2);
    runs
}

type Point = (f64, f64);

fn exists(walk: &Walk, a: Point, b: Point, ground: &Ground, plan: &Plan, parks: &Parks) -> bool {
    let (u, v) = (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1));
    let (along_column, along_row) = (walk.step.0 == 0.0, walk.step.1 == 0.0);
    // A line between two cells is there when either is; a slanting one crosses a single cell.
    let (eps_u, eps_v) = (f64::from(u8::from(along_column)), f64::from(u8::from(along_row)));
    let beside: [Cell; 2] = [
        (floor(u - eps_u * 0.5), floor(v - eps_v * 0.5)),
        (floor(u + eps_u * 0.25), floor(v + eps_v * 0.25)),
    ];
    let in_city = beside.iter().any(|cell| plan.contains_key(cell));
    let in_park = beside.iter().all(|&cell| parks.holds(cell));
    in_city
        && !in_park
        && !is_water(along_column, along_row, u, v)
        && !ends_at_water(walk, ground, along_column, along_row, u, v)
        && (walk.class != StreetClass::Street || is_built(ground, beside, along_column))
}

/// Rivers and the creek lie on grid lines, and the last column is the beach.
fn is_water(along_column: bool, along_row: bool, u: f64, v: f64) -> bool {
    let river = along_row && floor(v) == RIVER;
    let creek = along_column && floor(u) == CREEK && v > f64::from(RIVER);
    river || creek || (along_column && floor(u) == COLS)
}

/// Only main roads and every fourth street have a bridge.
fn ends_at_water(
    walk: &Walk,
    ground: &Ground,
    along_column: bool,
    along_row: bool,
    u: f64,
    v: f64,
) -> bool {
    let near = |at: f64, line: i32| (at - f64::from(line)).abs() < 0.5;
    let at_river = along_column && near(v, RIVER);
    let at_creek = along_row && v > f64::from(RIVER) && near(u, CREEK);
    let line = if along_column { floor(u) } else { floor(v) };
    let bridged = walk.class != StreetClass::Street || ground.chance(line, 0, 31) < 0.25;
    let beach = along_row && u > f64::from(COLS - 1);
    beach || ((at_river || at_creek) && !bridged)
}

/// Whether a neighbourhood was platted with this side street: some have long blocks one way,
/// some the other.
fn is_built(ground: &Ground, beside: [Cell; 2], along_column: bool) -> bool {
    let (i, j) = beside[1];
    let style = ground.chance(i.div_euclid(6), j.div_euclid(8), 41);
    let odd = if along_column { i % 2 != 0 } else { j % 2 != 0 };
    match style {
        s if s < 0.40 => true,
        s if s < 0.62 => !(along_column && odd),
        s if s < 0.86 => along_column || !odd,
        _ => !odd,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "grid coordinates are small")]
fn floor(x: f64) -> i32 {
    x.floor() as i32
}

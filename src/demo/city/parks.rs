//! Parks and waters, as sets of cells and as outlines.

use std::collections::BTreeSet;

use super::ground::{COLS, CREEK, FINE, Ground, Metres, Node, RIVER, ROWS};
use super::wards::{Cell, Plan, rings};
use super::{Named, Positions};

/// The parks, as the blocks they take.
#[derive(Clone, Debug)]
pub struct Parks(Vec<(&'static str, BTreeSet<Cell>)>);

/// Name, and the cells from (west, south) to (east, north), the last not included.
const PARKS: [(&str, Cell, Cell); 8] = [
    ("Fuller Park", (29, 36), (35, 44)),
    ("Mill Pond Park", (7, 12), (11, 18)),
    ("North Beach", (COLS - 1, 36), (COLS, 56)),
    ("South Beach", (COLS - 1, 8), (COLS, 26)),
    ("Linden Square", (15, 50), (17, 52)),
    ("Harbor Green", (38, 22), (41, 25)),
    ("Sumac Field", (6, 36), (9, 38)),
    ("Union Square", (23, 20), (25, 22)),
];

impl Parks {
    /// The parks within the city's limits.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let cells = |from: Cell, to: Cell| {
            let all = (from.0..to.0).flat_map(move |i| (from.1..to.1).map(move |j| (i, j)));
            all.filter(|cell| plan.contains_key(cell)).collect::<BTreeSet<_>>()
        };
        let parks = PARKS.iter().map(|&(name, from, to)| (name, cells(from, to)));
        Self(parks.filter(|(_, cells)| !cells.is_empty()).collect())
    }

    #[must_use]
    pub fn holds(&self, cell: Cell) -> bool {
        self.0.iter().any(|(_, cells)| cells.contains(&cell))
    }

    #[must_use]
    pub fn outlines(&self, ground: &Ground) -> Vec<Named> {
        let outline = |(name, cells): &(&'static str, BTreeSet<Cell>)| {
            let ring = rings(cells).into_iter().next()?;
            let ring = ring.into_iter().map(|node| ground.node(node).position()).collect();
            Some(Named { name: (*name).to_owned(), ring })
        };
        self.0.iter().filter_map(outline).collect()
    }
}

/// The lake, the river, the creek and the pond, as outlines.
#[must_use]
pub fn waters(ground: &Ground) -> Vec<Named> {
    let named = |name: &str, ring: Positions| Named { name: name.to_owned(), ring };
    vec![
        named("Alder Lake", lake(ground)),
        named("Marlow River", river(ground)),
        named("Tannery Creek", creek(ground)),
        named("Fuller Pond", pond(ground, (31.9, 39.6), (1.5, 1.9))),
        named("Mill Pond", pond(ground, (9.0, 15.0), (0.9, 1.3))),
    ]
}

fn lake(ground: &Ground) -> Positions {
    let (south, north) = (-14 * FINE, (ROWS + 14) * FINE);
    let mut ring: Vec<Metres> =
        (south..=north).map(|v| ground.node(Node { u: COLS * FINE, v })).collect();
    let (first, last) = (ring[0], ring[ring.len() - 1]);
    let far = first.x + 9_000.0;
    ring.extend([Metres { x: far, y: last.y }, Metres { x: far, y: first.y }, first]);
    positions(ring)
}

fn river(ground: &Ground) -> Positions {
    let line: Vec<Metres> =
        (-18 * FINE..=COLS * FINE + 2).map(|u| ground.node(Node { u, v: RIVER * FINE })).collect();
    // It widens towards its mouth.
    ribbon(&line, |part| 30.0 + 34.0 * part * part)
}

fn creek(ground: &Ground) -> Positions {
    let line: Vec<Metres> = (RIVER * FINE..=(ROWS + 14) * FINE)
        .map(|v| ground.node(Node { u: CREEK * FINE, v }))
        .collect();
    ribbon(&line, |part| 26.0 - 10.0 * part)
}

/// A band around a line; `half` gives half its width in metres at a part (0 to 1) of its course.
fn ribbon(line: &[Metres], half: impl Fn(f64) -> f64) -> Positions {
    let side = |sign: f64| {
        let ends = line.len() - 1;
        line.iter().enumerate().map(move |(k, at)| {
            let (a, b) = (line[k.saturating_sub(2)], line[(k + 2).min(ends)]);
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            let length = (dx * dx + dy * dy).sqrt().max(1.0);
            (k as f64 / ends as f64, *at, -dy / length * sign, dx / length * sign)
        })
    };
    let shift = |(part, at, nx, ny): (f64, Metres, f64, f64)| {
        let width = half(part);
        Metres { x: at.x + nx * width, y: at.y + ny * width }
    };
    let mut ring: Vec<Metres> = side(1.0).map(shift).collect();
    ring.extend(side(-1.0).map(shift).collect::<Vec<_>>().into_iter().rev());
    ring.push(ring[0]);
    positions(ring)
}

/// A rounded water around a middle, both in cells.
fn pond(ground: &Ground, middle: (f64, f64), size: (f64, f64)) -> Positions {
    // A circle without sines: points of the rational half circle, both ways round.
    let half = |sign: f64| {
        (0..12).map(move |k| {
            let t = f64::from(k) / 6.0 - 1.0;
            let d = 1.0 + t * t;
            ((1.0 - t * t) / d * sign, 2.0 * t / d * sign)
        })
    };
    let mut ring: Vec<Metres> = half(1.0)
        .chain(half(-1.0))
        .enumerate()
        .map(|(k, (x, y))| {
            let grain = 0.85 + 0.3 * ground.chance(i32::try_from(k).unwrap_or(0), 7, 51);
            ground.at(middle.0 + x * size.0 * grain, middle.1 + y * size.1 * grain)
        })
        .collect();
    ring.push(ring[0]);
    positions(ring)
}

fn positions(metres: Vec<Metres>) -> Positions {
    metres.into_iter().map(Metres::position).collect()
}

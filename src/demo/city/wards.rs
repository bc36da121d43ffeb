//! Wards: blocks gathered into areas that touch without a gap, and the rings around them.
//!
//! The one rule: a ward is a set of cells, and its ring walks the cells' edges. Two neighbours walk
//! the same edge through the same corners, so nothing can gape or overlap.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::ground::{COLS, CREEK, FINE, Ground, Node, RIVER, ROWS};
use crate::random::SplitMix;

/// A block of the grid, by column and row.
pub type Cell = (i32, i32);

/// Which ward each cell of the city is in, counted from 0.
pub type Plan = BTreeMap<Cell, usize>;

/// How many wards the city has.
pub const WARDS: usize = 26;

/// Gathers the city's blocks into [`WARDS`] wards, numbered from the north-west.
#[must_use]
pub fn plan(ground: &Ground, dice: &mut SplitMix) -> Plan {
    let city = city_cells(ground);
    let mut centres = first_centres(&city, dice);
    let mut plan = grow(ground, &city, &centres);
    // Lloyd's iteration: wards of about one size are what a charter asks for.
    for _ in 0..9 {
        centres = middles(&plan);
        plan = grow(ground, &city, &centres);
    }
    mend(&mut plan);
    number(&plan)
}

/// City limits in steps of some blocks, as annexation leaves them.
fn city_cells(ground: &Ground) -> BTreeSet<Cell> {
    let inside = |&(i, j): &Cell| {
        let step = |part: i32, salt| 4.0 * ground.chance(part, 0, salt);
        let corner = |far: i32| f64::from((far - 9).max(0)) * 0.55;
        let west = step(j / 5, 11) + corner(RIVER - j - 10) * 0.5 + corner(j - RIVER - 12) * 0.4;
        let south = step(i / 6, 12) + corner(i - 30) * 0.35;
        let north = f64::from(ROWS) - step(i / 5, 13) - corner(14 - i) * 0.5;
        f64::from(i) >= west && f64::from(j) >= south && f64::from(j) < north
    };
    let all = (0..COLS).flat_map(|i| (0..ROWS).map(move |j| (i, j))).filter(inside).collect();
    let mut city: BTreeMap<Cell, usize> = largest_piece(&all).iter().map(|&c| (c, 0)).collect();
    while let Some(pinch) = pinches(&city).first().copied() {
        city.remove(&pinch.0);
    }
    city.into_keys().collect()
}

/// The sides of the water: no ward crosses it, so its course shows in the ward lines.
fn bank((i, j): Cell) -> u8 {
    match (j >= RIVER, i >= CREEK) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => 2,
    }
}

fn neighbours((i, j): Cell) -> [Cell; 4] {
    [(i + 1, j), (i, j + 1), (i - 1, j), (i, j - 1)]
}

fn first_centres(city: &BTreeSet<Cell>, dice: &mut SplitMix) -> Vec<Cell> {
    let cells: Vec<Cell> = city.iter().copied().collect();
    let mut centres = vec![];
    for side in 0..3 {
        let bank: Vec<Cell> = cells.iter().copied().filter(|&c| bank(c) == side).collect();
        let rest: usize = cells.iter().filter(|&&c| self::bank(c) >= side).count();
        let wanted = ((WARDS - centres.len()) * bank.len() + rest / 2) / rest.max(1);
        let mut far: Vec<Cell> = vec![];
        for _ in 0..wanted.max(1) {
            far.push(farthest(&bank, &far, dice));
        }
        centres.extend(far);
    }
    centres
}

/// Of some cells drawn at random the one farthest from all centres so far.
fn farthest(cells: &[Cell], centres: &[Cell], dice: &mut SplitMix) -> Cell {
    let apart = |a: Cell, b: Cell| (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2);
    let nearest = |cell: Cell| centres.iter().map(|&c| apart(c, cell)).min().unwrap_or(0);
    let drawn: Vec<Cell> = (0..12).map(|_| cells[dice.below(cells.len())]).collect();
    drawn.into_iter().max_by_key(|&cell| nearest(cell)).unwrap_or(cells[0])
}

/// Every cell goes to the centre it is cheapest to reach from; crossing an arterial is dear, so
/// wards like to end at one. Water cannot be crossed.
fn grow(ground: &Ground, city: &BTreeSet<Cell>, centres: &[Cell]) -> Plan {
    let mut queue: BinaryHeap<Reverse<(u32, usize, Cell)>> =
        centres.iter().enumerate().map(|(ward, &cell)| Reverse((0, ward, cell))).collect();
    let mut plan = Plan::new();
    while let Some(Reverse((cost, ward, cell))) = queue.pop() {
        if plan.contains_key(&cell) {
            continue;
        }
        plan.insert(cell, ward);
        for next in neighbours(cell) {
            if city.contains(&next) && !plan.contains_key(&next) && bank(next) == bank(cell) {
                queue.push(Reverse((cost + toll(ground, cell, next), ward, next)));
            }
        }
    }
    plan
}

fn toll(ground: &Ground, from: Cell, to: Cell) -> u32 {
    let (sideways, line) = if from.1 == to.1 {
        (155, super::streets::is_arterial_column(from.0.max(to.0)))
    } else {
        (125, super::streets::is_arterial_row(from.1.max(to.1)))
    };
    let rough = if ground.chance(to.0, to.1, 21) < 0.35 { 110 } else { 0 };
    sideways + rough + if line { 260 } else { 0 }
}

fn middles(plan: &Plan) -> Vec<Cell> {
    let mut sums = vec![(0, 0, 0); WARDS];
    for (&(i, j), &ward) in plan {
        let sum = &mut sums[ward];
        *sum = (sum.0 + i, sum.1 + j, sum.2 + 1);
    }
    let middle = |(ward, &(i, j, n)): (usize, &(i32, i32, i32))| {
        let mean = (i / n.max(1), j / n.max(1));
        // The mean of a bent ward may lie outside it: take its own cell nearest to there.
        let own = plan.iter().filter(|&(_, &w)| w == ward).map(|(&cell, _)| cell);
        own.min_by_key(|c| (c.0 - mean.0).pow(2) + (c.1 - mean.1).pow(2)).unwrap_or(mean)
    };
    sums.iter().enumerate().map(middle).collect()
}

/// Smooths single teeth away and leaves no ward that touches itself at a corner.
fn mend(plan: &mut Plan) {
    for _ in 0..3 {
        for (cell, ward) in plan.clone() {
            let same = |n: &Cell| plan.get(n) == Some(&ward);
            if neighbours(cell).iter().filter(|n| same(n)).count() <= 1 {
                give_away(plan, cell);
            }
        }
    }
    for _ in 0..400 {
        let found = pinches(plan);
        let Some(&(cell, other)) = found.first() else { return };
        if !give_away(plan, cell) && !give_away(plan, other) {
            return;
        }
    }
}

/// Gives a cell to the neighbour ward of its bank that surrounds it most, unless its own ward
/// would fall apart. Says whether it was given.
fn give_away(plan: &mut Plan, cell: Cell) -> bool {
    let ward = plan[&cell];
    let mut votes = BTreeMap::new();
    for next in neighbours(cell) {
        if let Some(&other) = plan.get(&next).filter(|_| bank(next) == bank(cell))
            && other != ward
        {
            *votes.entry(other).or_insert(0) += 1;
        }
    }
    let Some((&taker, _)) = votes.iter().max_by_key(|&(_, n)| *n) else { return false };
    plan.insert(cell, taker);
    let own: BTreeSet<Cell> = plan.iter().filter(|&(_, &w)| w == ward).map(|(&c, _)| c).collect();
    if largest_piece(&own).len() < own.len() || own.is_empty() {
        plan.insert(cell, ward);
        return false;
    }
    true
}

/// Pairs of cells of one ward that meet only at a corner.
fn pinches(plan: &Plan) -> Vec<(Cell, Cell)> {
    let mut found = vec![];
    for (&(i, j), ward) in plan {
        for side in [1, -1] {
            let has = |cell: Cell| plan.get(&cell) == Some(ward);
            if has((i + side, j + 1)) && !has((i + side, j)) && !has((i, j + 1)) {
                found.push(((i, j), (i + side, j + 1)));
            }
        }
    }
    found
}

fn largest_piece(cells: &BTreeSet<Cell>) -> BTreeSet<Cell> {
    let mut left = cells.clone();
    let mut best = BTreeSet::new();
    while let Some(start) = left.pop_first() {
        let (mut piece, mut edge) = (BTreeSet::from([start]), vec![start]);
        while let Some(cell) = edge.pop() {
            for next in neighbours(cell) {
                if left.remove(&next) {
                    piece.insert(next);
                    edge.push(next);
                }
            }
        }
        if piece.len() > best.len() {
            best = piece;
        }
    }
    best
}

/// Numbers the wards in reading order, in bands of some rows.
fn number(plan: &Plan) -> Plan {
    let mut order: Vec<(i32, i32, usize)> =
        middles(plan).into_iter().enumerate().map(|(ward, (i, j))| (-(j / 11), i, ward)).collect();
    order.sort_unstable();
    let rank: BTreeMap<usize, usize> =
        order.iter().enumerate().map(|(rank, &(_, _, ward))| (ward, rank)).collect();
    plan.iter().map(|(&cell, ward)| (cell, rank[ward])).collect()
}

/// The rings around a set of cells, counter-clockwise, the first corner repeated at the end.
/// A connected set without holes and without corner contacts has exactly one.
#[must_use]
pub fn rings(cells: &BTreeSet<Cell>) -> Vec<Vec<Node>> {
    let mut edges: BTreeMap<Cell, Cell> = BTreeMap::new();
    for &(i, j) in cells {
        let sides = [
            ((i, j - 1), (i, j), (i + 1, j)),
            ((i + 1, j), (i + 1, j), (i + 1, j + 1)),
            ((i, j + 1), (i + 1, j + 1), (i, j + 1)),
            ((i - 1, j), (i, j + 1), (i, j)),
        ];
        edges.extend(sides.iter().filter(|s| !cells.contains(&s.0)).map(|s| (s.1, s.2)));
    }
    let mut rings = vec![];
    while let Some((start, mut to)) = edges.pop_first() {
        let mut ring = fine_edge(start, to);
        while let Some(next) = edges.remove(&to) {
            ring.extend(fine_edge(to, next));
            to = next;
        }
        ring.push(ring[0]);
        rings.push(ring);
    }
    rings
}

/// The corners of a cell's edge, without its last.
fn fine_edge(from: Cell, to: Cell) -> Vec<Node> {
    let (du, dv) = (to.0 - from.0, to.1 - from.1);
    (0..FINE).map(|k| Node { u: from.0 * FINE + k * du, v: from.1 * FINE + k * dv }).collect()
}

//! All that one cell says, as it lies in memory: a head with the number of records of each kind, then
//! column after column.
//!
//! The ids of the first four kinds come first, so that they are copied in one go, and then all lines,
//! so that the point is held against them in one loop.

use super::super::area_id::AreaId;
use super::grid::{Cell, Point};
use super::record::{
    DISC, Depth, Disc, EXACT, HALF, INSIDE, KINDS, Line, NOTCH, SURE, Spot, WEDGE,
};

/// The columns of a block: of which kind, and which word of its records. 0 is the id.
pub(super) const COLUMNS: [(usize, usize); 16] = [
    (INSIDE, 0),
    (HALF, 0),
    (WEDGE, 0),
    (NOTCH, 0),
    (HALF, 1),
    (WEDGE, 1),
    (NOTCH, 1),
    (WEDGE, 2),
    (NOTCH, 2),
    (DISC, 0),
    (DISC, 1),
    (DISC, 2),
    (DISC, 3),
    (DISC, 4),
    (DISC, 5),
    (EXACT, 0),
];

/// Which of the columns hold the ids of each kind.
pub(super) const IDS: [usize; KINDS] = [0, 1, 2, 3, 9, 15];

/// How many columns discs have, their ids included.
const DISC_WORDS: usize = 6;

/// So many bits a kind has in the head of a block; where they do not do, the top bit is set and the
/// numbers follow.
const A_COUNT: u32 = 5;
const WIDE: u32 = 1 << 31;

/// Writes the head of a block.
pub(super) fn put_head(words: &mut Vec<u32>, counts: [u32; KINDS]) {
    if counts.iter().all(|count| *count < 1 << A_COUNT) {
        words.push(counts.iter().rev().fold(0, |head, count| head << A_COUNT | count));
    } else {
        words.push(WIDE);
        words.extend(counts);
    }
}

/// How many records of each kind there are, and what follows the head.
#[inline]
fn counts(block: &[u32]) -> ([usize; KINDS], &[u32]) {
    let Some((head, rest)) = block.split_first() else { return ([0; KINDS], &[]) };
    if head & WIDE == 0 {
        let mut head = *head;
        let count = |_| {
            let count = head & ((1 << A_COUNT) - 1);
            head >>= A_COUNT;
            count as usize
        };
        (std::array::from_fn(count), rest)
    } else {
        let (counts, rest) = rest.split_at(KINDS);
        (std::array::from_fn(|kind| counts[kind] as usize), rest)
    }
}

/// The columns of a block, one after the other.
pub(super) fn columns(block: &[u32]) -> [&[u32]; COLUMNS.len()] {
    let (counts, mut rest) = counts(block);
    COLUMNS.map(|(kind, _)| {
        let (column, after) = rest.split_at(counts[kind]);
        rest = after;
        column
    })
}

/// Room to compute depths in: on the stack for what most cells say, beyond it for the others.
pub(super) struct Depths {
    few: [Depth; 256],
    many: Vec<Depth>,
}

impl Depths {
    #[inline]
    pub fn new() -> Self {
        Self { few: [0.0; 256], many: vec![] }
    }

    #[inline]
    fn room(&mut self, count: usize) -> &mut [Depth] {
        if count <= self.few.len() {
            return &mut self.few[..count];
        }
        self.many.resize(count.max(self.many.len()), 0.0);
        &mut self.many[..count]
    }
}

/// Puts into `out` the ids of all areas that hold a point in the cell; of those for which it is too near
/// to a line, `exact` decides.
#[inline]
pub(super) fn read(
    block: &[u32],
    (point, cell): (Point, Cell),
    depths: &mut Depths,
    exact: &mut impl FnMut(AreaId) -> bool,
    out: &mut Vec<AreaId>,
) {
    let ([inside, half, wedges, notches, discs, _], rest) = counts(block);
    let sided = half + wedges + notches;
    let (ids, rest) = rest.split_at(inside + sided);
    out.extend(ids.iter().map(|id| AreaId(*id)));
    if sided == 0 && rest.is_empty() {
        return;
    }
    let (lines, rest) = rest.split_at(half + 2 * (wedges + notches));
    let spot = Spot::of(point, cell);
    let depths = depths.room(lines.len());
    for (depth, line) in depths.iter_mut().zip(lines) {
        *depth = Line(*line).depth(spot);
    }
    let depths = of_both_lines(depths, [half, wedges, notches]);
    keep(depths, out);
    let unsure: u32 = depths.iter().map(|depth| u32::from(depth.abs() <= SURE)).sum();
    if unsure > 0 {
        let near = ids[inside..].iter().zip(depths).filter(|(_, depth)| depth.abs() <= SURE);
        out.extend(near.map(|(id, _)| AreaId(*id)).filter(|id| exact(*id)));
    }
    if !rest.is_empty() {
        let (discs, hard) = rest.split_at(DISC_WORDS * discs);
        out.extend(in_discs(discs, (point, cell), exact));
        out.extend(hard.iter().map(|id| AreaId(*id)).filter(|id| exact(*id)));
    }
}

/// The depths of records of one line or two by the depths of their lines: within both of a wedge, within
/// either of a notch.
#[inline]
fn of_both_lines(depths: &mut [Depth], [half, wedges, notches]: [usize; 3]) -> &[Depth] {
    let (depths, others) = depths.split_at_mut(half + wedges + notches);
    let (of_wedges, of_notches) = depths[half..].split_at_mut(wedges);
    for (depth, other) in of_wedges.iter_mut().zip(&*others) {
        *depth = if *depth < *other { *depth } else { *other };
    }
    for (depth, other) in of_notches.iter_mut().zip(&others[wedges..]) {
        *depth = if *depth > *other { *depth } else { *other };
    }
    depths
}

/// Of the last ids, as many as there are depths, leaves those that are sure to be within; without a
/// branch for the others.
#[inline]
fn keep(depths: &[Depth], out: &mut Vec<AreaId>) {
    let from = out.len() - depths.len();
    let (ids, mut kept) = (&mut out[from..], 0);
    for (nth, depth) in depths.iter().enumerate() {
        ids[kept] = ids[nth];
        kept += usize::from(*depth > SURE);
    }
    out.truncate(from + kept);
}

/// The ids of the discs that hold the point.
fn in_discs(
    discs: &[u32],
    (point, cell): (Point, Cell),
    exact: &mut impl FnMut(AreaId) -> bool,
) -> impl Iterator<Item = AreaId> {
    let count = discs.len() / DISC_WORDS;
    let (corner, side) = (cell.corner(), cell.side());
    let (x, y) = ((point.x - corner.x) / side, (point.y - corner.y) / side);
    #[expect(clippy::cast_possible_truncation, reason = "the error of 24 bits is accounted for")]
    let (x, y) = (x as f32, y as f32);
    (0..count).filter_map(move |nth| {
        let words = std::array::from_fn(|column| discs[(1 + column) * count + nth]);
        let (id, depth) = (AreaId(discs[nth]), Disc::of(words).depth(x, y));
        let within = if depth.abs() <= SURE { exact(id) } else { depth > SURE };
        within.then_some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_a_kind_stand_where_they_are_said_to() {
        for (kind, column) in IDS.into_iter().enumerate() {
            assert_eq!(COLUMNS[column], (kind, 0));
        }
    }
}

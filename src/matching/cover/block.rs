//! All that one cell says, as it lies in memory: a head with the number of records of each kind, then
//! kind after kind: all ids, then all first words, and so on.

use super::super::area_index::AreaId;
use super::grid::{Cell, Point};
use super::record::{Depth, Disc, KINDS, Line, SURE, Spot, WIDTHS};

/// What a cell says, kind after kind.
pub(super) type Parts<'a> = [&'a [u32]; KINDS];

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

/// The parts of a block: for each kind its ids, then as many words as its records have beside.
#[inline]
pub(super) fn parts(block: &[u32]) -> Parts<'_> {
    let mut parts: Parts<'_> = [&[]; KINDS];
    let Some((head, mut rest)) = block.split_first() else { return parts };
    let mut counts = [0; KINDS];
    if head & WIDE == 0 {
        let mut head = *head;
        for count in &mut counts {
            *count = head & ((1 << A_COUNT) - 1);
            head >>= A_COUNT;
        }
    } else {
        counts.copy_from_slice(&rest[..KINDS]);
        rest = &rest[KINDS..];
    }
    for (kind, part) in parts.iter_mut().enumerate() {
        (*part, rest) = rest.split_at(counts[kind] as usize * WIDTHS[kind]);
    }
    parts
}

/// The columns of a part: all ids, all first words, and so on.
#[inline]
fn columns<const N: usize>(part: &[u32]) -> [&[u32]; N] {
    let count = part.len() / N;
    std::array::from_fn(|column| &part[column * count..(column + 1) * count])
}

/// Puts into `out` the ids of all areas that hold a point in the cell; of those for which it is too near
/// to a line, `exact` decides.
#[inline]
pub(super) fn read(
    block: &[u32],
    point: Point,
    cell: Cell,
    exact: &mut impl FnMut(AreaId) -> bool,
    out: &mut Vec<AreaId>,
) {
    let [inside, half, wedges, notches, discs, hard] = parts(block);
    out.extend(inside.iter().map(|id| AreaId(*id)));
    if half.len() + wedges.len() + notches.len() + discs.len() + hard.len() == 0 {
        return;
    }
    let spot = Spot::of(point, cell);
    let [ids, lines] = columns(half);
    take(ids, |nth| Line(lines[nth]).depth(spot), exact, out);
    let [ids, one, other] = columns(wedges);
    let depths = |nth: usize| (Line(one[nth]).depth(spot), Line(other[nth]).depth(spot));
    take(ids, |nth| least(depths(nth)), exact, out);
    let [ids, one, other] = columns(notches);
    let depths = |nth: usize| (Line(one[nth]).depth(spot), Line(other[nth]).depth(spot));
    take(ids, |nth| most(depths(nth)), exact, out);
    if !discs.is_empty() {
        let [ids, words @ ..]: [&[u32]; 6] = columns(discs);
        let (corner, side) = (cell.corner(), cell.side());
        let (x, y) = ((point.x - corner.x) / side, (point.y - corner.y) / side);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the error of 24 bits is accounted for"
        )]
        let (x, y) = (x as f32, y as f32);
        take(ids, |nth| Disc::of(words.map(|column| column[nth])).depth(x, y), exact, out);
    }
    out.extend(hard.iter().map(|id| AreaId(*id)).filter(|id| exact(*id)));
}

/// Within both.
#[inline]
fn least((one, other): (Depth, Depth)) -> Depth {
    if one < other { one } else { other }
}

/// Within either.
#[inline]
fn most((one, other): (Depth, Depth)) -> Depth {
    if one > other { one } else { other }
}

/// So many records are computed side by side.
const TOGETHER: usize = 32;

/// Takes the ids whose records say so, without a branch for those that do not; the unsure ones are
/// asked exactly.
#[inline]
fn take(
    ids: &[u32],
    depth: impl Fn(usize) -> Depth,
    exact: &mut impl FnMut(AreaId) -> bool,
    out: &mut Vec<AreaId>,
) {
    let mut kept = out.len();
    out.resize(kept + ids.len(), AreaId(0));
    let mut unsure = 0_u32;
    let mut depths = [0.0; TOGETHER];
    for (nth, some) in ids.chunks(TOGETHER).enumerate() {
        let depths = &mut depths[..some.len()];
        for (place, each) in depths.iter_mut().enumerate() {
            *each = depth(nth * TOGETHER + place);
        }
        for (id, depth) in some.iter().zip(depths) {
            out[kept] = AreaId(*id);
            kept += usize::from(*depth > SURE);
            unsure += u32::from(depth.abs() <= SURE);
        }
    }
    out.truncate(kept);
    if unsure > 0 {
        let near = |(nth, _): &(usize, &u32)| depth(*nth).abs() <= SURE;
        let near = ids.iter().enumerate().filter(near).map(|(_, id)| AreaId(*id));
        out.extend(near.filter(|id| exact(*id)));
    }
}

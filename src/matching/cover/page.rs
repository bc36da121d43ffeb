//! How the page of a square comes to be: what stays of the one before, and what is new in its cells.

use super::block::{COLUMNS, IDS, columns, put_head};
use super::grow::Move;
use super::record::{KINDS, Record};
use super::tile::{CELLS, LONG, Page, block, in_pairs};

/// A set of ids.
#[derive(Default)]
pub(super) struct Gone {
    /// The number of the first word.
    first: usize,
    bits: Vec<u64>,
}

impl Gone {
    /// Of ids in their order.
    pub fn of(ids: impl Iterator<Item = u32>) -> Self {
        let mut gone = Self::default();
        for id in ids {
            let word = id as usize / 64;
            if gone.bits.is_empty() {
                gone.first = word;
            }
            gone.bits.resize(word - gone.first + 1, 0);
            gone.bits[word - gone.first] |= 1 << (id % 64);
        }
        gone
    }

    #[inline]
    fn contains(&self, id: u32) -> bool {
        let word = (id as usize / 64).checked_sub(self.first);
        let word = word.and_then(|word| self.bits.get(word));
        word.is_some_and(|word| word >> (id % 64) & 1 == 1)
    }
}

/// What is new in a page's cells.
#[derive(Default)]
pub(super) struct News {
    /// By cell and kind.
    records: Vec<New>,
    /// A bit for each cell in which something comes or goes.
    touched: u32,
}

struct New {
    slot: u32,
    kind: usize,
    id: u32,
    words: [u32; 5],
}

impl New {
    /// By cell, then kind, then id: one number is sooner compared than three.
    fn order(&self) -> u64 {
        (u64::from(self.slot) << 8 | self.kind as u64) << 32 | u64::from(self.id)
    }
}

impl News {
    pub fn note(&mut self, slot: u32, of: Move<'_>, record: Record) {
        self.touched |= 1 << slot;
        if of.comes {
            let (kind, words) = (record.kind(), record.words());
            self.records.push(New { slot, kind, id: of.id, words });
        }
    }

    /// Appends the old page with what goes taken out and what comes put in.
    pub fn put_merged(mut self, old: &Page, gone: &Gone, out: &mut Vec<u32>) {
        if self.touched == 0 {
            return out.extend_from_slice(old);
        }
        self.records.sort_unstable_by_key(New::order);
        let (mut mask, mut rest) = (0_u32, self.records.as_slice());
        let mut starts = vec![];
        let blocks = out.len();
        for slot in 0..CELLS {
            let (start, before) = (out.len(), block(old, slot));
            if self.touched >> slot & 1 == 0 {
                out.extend_from_slice(before);
            } else {
                let count = rest.iter().take_while(|new| new.slot == slot).count();
                let (here, later) = rest.split_at(count);
                rest = later;
                put_block(before, here, gone, out);
            }
            if out.len() > start {
                mask |= 1 << slot;
                starts.push(number(start - blocks));
            }
        }
        if mask != 0 {
            starts.push(number(out.len() - blocks));
            out.splice(blocks..blocks, head(mask, &mut starts));
        }
    }
}

/// The head of a page whose blocks begin, and the last of them ends, so many words behind it.
fn head(mask: u32, starts: &mut [u32]) -> Vec<u32> {
    let (pairs, last) = (starts.len().div_ceil(2), starts.last().copied().unwrap_or_default());
    let short = number(1 + pairs);
    if last + short < 1 << 16 {
        for start in starts.iter_mut() {
            *start += short;
        }
        return std::iter::once(mask).chain(in_pairs(starts)).collect();
    }
    let long = number(1 + starts.len());
    std::iter::once(mask | LONG).chain(starts.iter().map(|start| start + long)).collect()
}

pub(super) fn number(words: usize) -> u32 {
    u32::try_from(words).expect("a tile has fewer than 2³² words")
}

/// Appends a cell's block: what stays of the one before, then what comes.
fn put_block(before: &[u32], news: &[New], gone: &Gone, out: &mut Vec<u32>) {
    let before = columns(before);
    let ids = IDS.map(|column| before[column]);
    let stays: [usize; KINDS] =
        std::array::from_fn(|kind| ids[kind].iter().filter(|id| !gone.contains(**id)).count());
    let of_kind = |kind: usize| news.iter().filter(move |new| new.kind == kind);
    let counts = std::array::from_fn(|kind| number(stays[kind] + of_kind(kind).count()));
    if counts == [0; KINDS] {
        return;
    }
    put_head(out, counts);
    for ((kind, column), old) in COLUMNS.into_iter().zip(before) {
        if stays[kind] == old.len() {
            out.extend_from_slice(old);
        } else {
            let stays = old.iter().zip(ids[kind]).filter(|(_, id)| !gone.contains(**id));
            out.extend(stays.map(|(word, _)| *word));
        }
        out.extend(of_kind(kind).map(|new| match column {
            0 => new.id,
            _ => new.words[column - 1],
        }));
    }
}

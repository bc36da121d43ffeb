//! A point's way down: from the largest cell that holds it to the smallest.
//!
//! Most of the time goes by waiting for memory. So what lies far away is asked for before it is read, and
//! side by side: first all pages on the way, then all blocks.

use prefetch_index::prefetch_index;
use smallvec::SmallVec;

use super::super::area_id::AreaId;
use super::block::{Depths, read};
use super::grid::{Cell, Point};
use super::tile::{LEVELS, Page, TABLE, Tile, block, page, slot};

/// How many pages there are on the way at most, and cells.
const DEEP: usize = 8;
const CELLS: usize = DEEP * LEVELS as usize;

/// What is known of a point.
pub(super) struct Way<'a> {
    point: Point,
    /// With the levels of their squares.
    pages: SmallVec<[(&'a Page, u32); DEEP]>,
    blocks: SmallVec<[(&'a [u32], Cell); CELLS]>,
}

impl<'a> Way<'a> {
    /// Finds the pages, from a tile on whose cell holds the point, and asks for them.
    #[inline]
    pub fn down(mut tile: &'a Tile, Cell { mut level, .. }: Cell, point: Point) -> Self {
        let (x, y) = point.units();
        let mut pages = SmallVec::new();
        loop {
            let words = tile.words();
            let lower = level - LEVELS;
            let (column, row) = (x.unbounded_shr(lower) & 7, y.unbounded_shr(lower) & 7);
            let place = row * 8 + column;
            if tile.has_folio(level) {
                if !words.is_empty() {
                    // Its own page is always at the same place, and need not wait for the other.
                    fetch(&words[TABLE..], SHORT);
                    let below = page(words, 1 + place as usize);
                    fetch(below, SHORT);
                    pages.push((page(words, 0), level));
                    pages.push((below, lower));
                }
                break;
            }
            if !words.is_empty() {
                fetch(words, SHORT);
                pages.push((words, level));
            }
            let Some(next) = tile.below(place) else { break };
            (tile, level) = (next, lower);
        }
        Self { point, pages, blocks: SmallVec::new() }
    }

    /// Finds the blocks in the pages, and asks for them.
    #[inline]
    pub fn find_blocks(&mut self) {
        let (x, y) = self.point.units();
        for (page, top) in &self.pages {
            for depth in 0..LEVELS {
                let level = top - depth;
                let (column, row) = (x.unbounded_shr(level), y.unbounded_shr(level));
                let within = (1 << depth) - 1;
                let block = block(page, slot(depth, column & within, row & within));
                if !block.is_empty() {
                    fetch(block, block.len());
                    self.blocks.push((block, Cell { level, column, row }));
                }
            }
        }
    }

    /// Puts into `out` the ids of all areas that hold the point; of those for which it is too near to a
    /// line, `exact` decides.
    #[inline]
    pub fn read(&self, exact: &mut impl FnMut(AreaId) -> bool, out: &mut Vec<AreaId>) {
        let mut depths = Depths::new();
        for (block, cell) in &self.blocks {
            read(block, (self.point, *cell), &mut depths, exact, out);
        }
    }
}

/// So many words come from memory at once.
const A_LINE: usize = 16;
/// So many words of a page are asked for before its head is read.
const SHORT: usize = 4 * A_LINE;

/// Asks for the first words, and waits for none.
#[inline]
fn fetch(words: &[u32], most: usize) {
    for word in (0..words.len().min(most)).step_by(A_LINE) {
        prefetch_index(words, word);
    }
}

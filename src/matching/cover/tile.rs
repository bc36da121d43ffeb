//! A square of the map with all that is known of the areas in it.
//!
//! The one rule: a tile never changes. Whoever changes something makes new tiles in place of those
//! that hold it, up to the root; readers go on in the old ones, which go with their last reader.

use std::sync::Arc;

use super::pool::Pool;

/// A page holds three levels of cells: a square, its quarters, and theirs.
pub(super) const CELLS: u32 = 1 + 4 + 16;
pub(super) const LEVELS: u32 = 3;

/// The level of tiles some 700 m wide. One of them keeps the pages of the eight by eight squares below it
/// in its own folio, so that the ground of a town is in few pieces; until that is longer than
/// [`A_FOLIO`], and a change would copy too much: then these are tiles of their own.
pub(super) const FOLIOS: u32 = 16;
pub(super) const A_FOLIO: usize = 1 << 14;

/// The level of the lowest tiles, whose cells are the finest there are.
pub(super) const LOWEST: u32 = FOLIOS - LEVELS;

/// What is known in a square and in the tiles below it. A tile holds what it says and where the tiles
/// below are in one place, so that the way down waits for memory once a tile.
#[derive(Clone, Default)]
pub(super) struct Tile {
    /// A page, or a folio; none where nothing is said.
    words: Option<Arc<[u32]>>,
    /// A bit for each tile below that there is, row after row.
    mask: u64,
    /// None where there can be none: in a lowest tile, and in one that has a folio.
    below: Option<Arc<[Tile]>>,
}

/// What the cells of one square say: a bit for each that has a block, where each of these begins and the
/// last one ends, two to a word, then the blocks. Empty where nothing is known.
pub(super) type Page = [u32];

/// Of a page that is longer than 16 bits can say: where a block begins has a word of its own.
pub(super) const LONG: u32 = 1 << 31;

/// A tile's pages: a table of where each begins and the last one ends, two to a word, then the page of
/// its own three levels and those of the squares below, row after row.
pub(super) type Folio = [u32];

/// How many pages a folio has, and how long its table is.
pub(super) const PAGES: usize = 1 + 64;
pub(super) const TABLE: usize = (PAGES + 1).div_ceil(2);

/// Where the pages of a folio begin, and the last one ends, in words behind its table.
pub(super) type Starts = [u32; PAGES + 1];

/// Puts the table before the pages of a folio that is not too long.
pub(super) fn put_table(starts: &Starts, pages: &mut Vec<u32>) {
    if !pages.is_empty() {
        pages.splice(0..0, in_pairs(starts));
    }
}

/// The page of a folio's own cells, or with 1 to 64 that of a square below.
#[inline]
pub(super) fn page(folio: &Folio, nth: usize) -> &Page {
    match folio {
        [] => &[],
        _ => &folio[TABLE + of_pairs(folio, nth)..TABLE + of_pairs(folio, nth + 1)],
    }
}

/// Numbers below 2¹⁶, two to a word.
pub(super) fn in_pairs(numbers: &[u32]) -> impl Iterator<Item = u32> {
    numbers.chunks(2).map(|pair| pair.iter().rev().fold(0, |word, number| word << 16 | number))
}

/// The nth of the numbers in such words.
#[inline]
fn of_pairs(words: &[u32], nth: usize) -> usize {
    (words[nth / 2] >> (nth % 2 * 16) & 0xffff) as usize
}

/// A cell's place in its page: which level, which row and column there.
#[inline]
pub(super) fn slot(level: u32, column: u32, row: u32) -> u32 {
    // 0, 1, 5: so many are on the levels above.
    let before = ((1 << (2 * level)) - 1) / 3;
    before + (row << level) + column
}

/// The block of a cell; empty where nothing is known.
#[inline]
pub(super) fn block(page: &Page, slot: u32) -> &[u32] {
    let Some(mask) = page.first() else { return &[] };
    if mask >> slot & 1 == 0 {
        return &[];
    }
    let nth = (mask & ((1 << slot) - 1)).count_ones() as usize;
    let starts = &page[1..];
    let start = |nth| match mask & LONG {
        0 => of_pairs(starts, nth),
        _ => starts[nth] as usize,
    };
    &page[start(nth)..start(nth + 1)]
}

impl Tile {
    /// A tile of a page and of the tiles below it, which may be none.
    pub fn new(words: &[u32], mask: u64, below: Vec<Self>) -> Self {
        Self { words: (!words.is_empty()).then(|| words.into()), mask, below: Some(below.into()) }
    }

    /// A tile that can have none below, of the page or folio in the pool's scratch, in place of an old
    /// one.
    pub fn alone(old: Option<&Self>, pool: &mut Pool) -> Self {
        if let Some(words) = old.and_then(|old| old.words.as_ref()) {
            pool.rest(words);
        }
        let words = (!pool.scratch.is_empty()).then(|| pool.placed());
        Self { words, mask: 0, below: None }
    }

    /// A tile of pages that are too long for a folio: those of the squares below in tiles of their own.
    pub fn unbound(starts: &Starts, pages: &[u32]) -> Self {
        let page = |nth: usize| &pages[starts[nth] as usize..starts[nth + 1] as usize];
        let squares: Vec<_> = (1..PAGES).map(page).collect();
        let mask = (0..).zip(&squares).filter(|(_, page)| !page.is_empty());
        let mask = mask.fold(0, |mask, (place, _)| mask | 1 << place);
        let below = squares.into_iter().filter(|page| !page.is_empty());
        let lowest = |page: &Page| Self { words: Some(page.into()), mask: 0, below: None };
        Self::new(page(0), mask, below.map(lowest).collect())
    }

    /// The same, in memory that this thread has allocated; what others hold, too, stays.
    pub fn placed_here(mut self) -> Self {
        if let Some(words) = self.words.as_mut().filter(|words| Arc::strong_count(words) == 1) {
            *words = words[..].into();
        }
        if let Some(below) = &mut self.below
            && let Some(tiles) = Arc::get_mut(below)
        {
            let tiles = tiles.iter_mut().map(|tile| std::mem::take(tile).placed_here());
            *below = tiles.collect();
        }
        self
    }

    /// Whether what it says is a folio, of a tile of this level.
    #[inline]
    pub fn has_folio(&self, level: u32) -> bool {
        level == FOLIOS && self.below.is_none()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_none() && self.mask == 0
    }

    /// Its page, or its folio.
    #[inline]
    pub fn words(&self) -> &[u32] {
        self.words.as_deref().unwrap_or_default()
    }

    /// The tile below at a place from 0 to 63.
    #[inline]
    pub fn below(&self, place: u32) -> Option<&Self> {
        let bit = 1_u64 << place;
        if self.mask & bit == 0 {
            return None;
        }
        self.below.as_deref()?.get((self.mask & (bit - 1)).count_ones() as usize)
    }

    /// The only tile below, where this one says nothing itself.
    pub fn only_below(&self) -> Option<(u32, &Self)> {
        let place = self.mask.trailing_zeros();
        let alone = self.words.is_none() && self.mask.is_power_of_two();
        alone.then(|| Some((place, self.below(place)?))).flatten()
    }
}

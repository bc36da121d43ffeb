//! How a cover comes to be and changes: areas are laid over tiles from the root down, and where
//! something is put or taken a new tile stands in place of the old.

use std::cell::OnceCell;
use std::sync::{Mutex, PoisonError, mpsc};

use super::Grain;
use super::grid::{Cell, Frame};
use super::outline::{Lie, Outline};
use super::page::{Gone, News, number};
use super::pool::Pool;
use super::tile::{
    A_FOLIO, FOLIOS, Folio, LEVELS, LOWEST, PAGES, Starts, Tile, page, put_table, slot,
};
use crate::geometry::Shape;

/// An area that comes or goes.
#[derive(Clone, Copy)]
pub(in super::super) struct Move<'a> {
    pub id: u32,
    pub shape: &'a Shape,
    /// Otherwise it goes.
    pub comes: bool,
}

/// What is done everywhere in one change.
pub(super) struct Change<'a> {
    pub grain: Grain,
    /// The ids of those that go: their records are dropped wherever a move passes.
    pub gone: &'a Gone,
}

/// A move that has been outlined, with the pieces and edges of it that may meet the cell at hand.
#[derive(Clone, Copy)]
struct Cut<'a> {
    outline: &'a Outline<'a>,
    of: Move<'a>,
    numbers: (u32, u32),
}

/// What is laid over one tile: moves that lie in it whole, by their places, and those that reach beyond,
/// with what of them may meet it.
#[derive(Default)]
struct Load<'a> {
    whole: Vec<u32>,
    cuts: Vec<Cut<'a>>,
    numbers: Vec<u32>,
}

impl Load<'_> {
    fn len(&self) -> usize {
        self.whole.len() + self.cuts.len()
    }
}

/// From this many moves on the tiles below are made by several threads.
const MANY: usize = 16_384;

/// Makes the root that comes out of the old one by these moves.
pub(super) fn grow(
    root: Option<&Tile>,
    moves: &[Move<'_>],
    change: &Change<'_>,
    pool: &mut Pool,
) -> Option<Tile> {
    let frames: Vec<Frame> = moves.iter().map(|of| Outline::frame_of(of.shape)).collect();
    let whole = (0..).take(moves.len()).collect();
    // So few are never shared out, and the system reads several files to say how many threads it has:
    // longer than a small change takes.
    let threads = if moves.len() < MANY / 64 {
        1
    } else {
        std::thread::available_parallelism().map_or(1, usize::from)
    };
    let growing = Growing { change, moves, frames: &frames, threads };
    growing.tile(root, Cell::ROOT, Load { whole, ..Load::default() }, pool)
}

struct Growing<'a> {
    change: &'a Change<'a>,
    moves: &'a [Move<'a>],
    /// The box of each move.
    frames: &'a [Frame],
    threads: usize,
}

impl Growing<'_> {
    /// The tile that comes out of the old one by what is laid over it.
    fn tile(
        &self,
        old: Option<&Tile>,
        cell: Cell,
        load: Load<'_>,
        pool: &mut Pool,
    ) -> Option<Tile> {
        let bound = cell.level == FOLIOS && old.is_none_or(|old| old.has_folio(cell.level));
        let mut below =
            if bound || cell.level == LOWEST { Below::none(cell) } else { Below::new(cell) };
        let large = self.sorted(&mut below, load.whole);
        let outlines: Vec<_> = large.iter().map(|_| OnceCell::new()).collect();
        let mut news: Vec<News> = vec![];
        news.resize_with(if bound { PAGES } else { 1 }, News::default);
        let mut laying = Laying { news: &mut news, below: &mut below, stack: vec![] };
        for Cut { outline, of, numbers: (from, to) } in load.cuts {
            laying.lay(outline, of, load.numbers[from as usize..to as usize].iter().copied());
        }
        drop(load.numbers);
        for (of, outline) in large.into_iter().zip(&outlines) {
            // Outlined only now, it is laid while it lies near the processor; what is laid below borrows
            // it, so it has its place from the beginning.
            let outline = outline.get_or_init(|| Outline::of(of.shape, self.change.grain));
            laying.lay(outline, of, outline.all());
        }
        let old_words = old.map_or(&[][..], Tile::words);
        pool.scratch.clear();
        let tile = if bound {
            let starts = self.put_pages(old_words, news, &mut pool.scratch);
            if pool.scratch.len() > A_FOLIO {
                Tile::unbound(&starts, &pool.scratch)
            } else {
                put_table(&starts, &mut pool.scratch);
                Tile::alone(old, pool)
            }
        } else {
            for news in news {
                news.put_merged(old_words, self.change.gone, &mut pool.scratch);
            }
            if cell.level == LOWEST {
                Tile::alone(old, pool)
            } else {
                let page = pool.scratch.clone();
                let (mask, tiles) = self.all_below(old, below, pool);
                Tile::new(&page, mask, tiles)
            }
        };
        Some(tile).filter(|tile| !tile.is_empty())
    }

    /// Of moves that lie in a cell whole: what is smaller than a tile below leaves no record here and is
    /// given there as it is; gives the others.
    fn sorted(&self, below: &mut Below<'_>, whole: Vec<u32>) -> Vec<Move<'_>> {
        let cell = below.cell;
        let mut large = vec![];
        for place in whole {
            let (of, frame) = (self.moves[place as usize], &self.frames[place as usize]);
            if cell.level > FOLIOS && frame.longer_side() < cell.side() / 8.0 {
                below.each(frame, |load| load.whole.push(place));
            } else {
                large.push(of);
            }
        }
        large
    }

    /// The pages of a folio: its own, and those of the squares below.
    fn put_pages(&self, old: &Folio, news: Vec<News>, words: &mut Vec<u32>) -> Starts {
        let mut starts = [0; PAGES + 1];
        for (nth, news) in news.into_iter().enumerate() {
            starts[nth] = length(words);
            news.put_merged(page(old, nth), self.change.gone, words);
        }
        starts[PAGES] = length(words);
        starts
    }

    /// The tiles below, the old ones where nothing is laid.
    fn all_below(&self, old: Option<&Tile>, below: Below<'_>, pool: &mut Pool) -> (u64, Vec<Tile>) {
        let Below { cell, loads } = below;
        let busy = loads.iter().filter(|load| load.len() > 0).count();
        let many = loads.iter().map(Load::len).sum::<usize>() >= MANY;
        let made = |by: &Self, (place, load): (u32, Load<'_>), pool: &mut Pool| {
            let old = old.and_then(|tile| tile.below(place));
            match load.len() {
                0 => old.cloned(),
                _ => by.tile(old, cell.below(place), load, pool),
            }
        };
        let loads = (0..).zip(loads);
        let tiles: Vec<Option<Tile>> = if self.threads > 1 && busy >= 8 && many {
            // What is below one of them is not shared out again.
            let each = Self { threads: 1, ..*self };
            by_threads(self.threads, loads, pool, &|load, pool: &mut Pool| made(&each, load, pool))
        } else {
            loads.map(|load| made(self, load, pool)).collect()
        };
        let mask = (0..64).filter(|place| tiles[*place].is_some()).fold(0, |m, p| m | 1 << p);
        (mask, tiles.into_iter().flatten().collect())
    }
}

/// Makes the tiles side by side, each load gone with its tile.
///
/// All of them get their place from this thread: what another has allocated lies in an arena of its own,
/// from which nothing would be used again once the thread is gone. An index of a million areas had so
/// grown by a sixth after 30,000 changes.
fn by_threads<'a>(
    threads: usize,
    loads: impl Iterator<Item = (u32, Load<'a>)> + Send,
    pool: &mut Pool,
    made: &(impl Fn((u32, Load<'a>), &mut Pool) -> Option<Tile> + Sync),
) -> Vec<Option<Tile>> {
    let loads = Mutex::new(loads);
    let next = || loads.lock().unwrap_or_else(PoisonError::into_inner).next();
    let mut tiles = vec![None; 64];
    let (done, theirs) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 1..threads {
            let (done, next) = (done.clone(), &next);
            scope.spawn(move || {
                let mut pool = Pool::default();
                while let Some((place, load)) = next() {
                    // Nobody listens only when the other thread has panicked, which is told there.
                    let _ = done.send((place, made((place, load), &mut pool)));
                }
            });
        }
        drop(done);
        while let Some((place, load)) = next() {
            tiles[place as usize] = made((place, load), pool);
            for (place, tile) in theirs.try_iter() {
                tiles[place as usize] = tile.map(Tile::placed_here);
            }
        }
        for (place, tile) in theirs {
            tiles[place as usize] = tile.map(Tile::placed_here);
        }
    });
    tiles
}

/// What goes to the eight by eight squares below one.
struct Below<'a> {
    cell: Cell,
    loads: Vec<Load<'a>>,
}

impl<'a> Below<'a> {
    fn new(cell: Cell) -> Self {
        let mut loads = Vec::new();
        loads.resize_with(64, Load::default);
        Self { cell, loads }
    }

    /// Of a square whose cells are the finest there are.
    fn none(cell: Cell) -> Self {
        Self { cell, loads: vec![] }
    }

    /// The squares that a box meets with its surroundings.
    #[expect(clippy::cast_possible_truncation, reason = "clamped to nine squares")]
    fn each(&mut self, frame: &Frame, mut give: impl FnMut(&mut Load<'a>)) {
        let (corner, side) = (self.cell.corner(), self.cell.side() / 8.0);
        let range = |from: f64, low: f64, high: f64| {
            let at = |to: f64| ((to - from) / side).floor().clamp(-1.0, 8.0) as i32;
            at(low - 2.0).max(0)..=at(high + 2.0).min(7)
        };
        for row in range(corner.y, frame.south, frame.north) {
            for column in range(corner.x, frame.west, frame.east) {
                give(&mut self.loads[(row * 8 + column).unsigned_abs() as usize]);
            }
        }
    }
}

/// Areas being laid over the cells of one page, or of all pages of a folio.
struct Laying<'t, 'a> {
    /// Of the page, or of all pages of a folio; without one, what is below is handed down.
    news: &'t mut [News],
    below: &'t mut Below<'a>,
    stack: Vec<u32>,
}

/// What is in a stretch of the stack is laid over a cell, so many levels down in one of the pages.
#[derive(Clone, Copy)]
struct Step {
    page: usize,
    depth: u32,
    cell: Cell,
    from: usize,
    to: usize,
}

impl<'a> Laying<'_, 'a> {
    fn lay(&mut self, outline: &'a Outline<'a>, of: Move<'a>, numbers: impl Iterator<Item = u32>) {
        self.stack.clear();
        self.stack.extend(numbers);
        let (cell, to) = (self.below.cell, self.stack.len());
        self.lay_cell(outline, of, Step { page: 0, depth: 0, cell, from: 0, to });
    }

    fn lay_cell(&mut self, outline: &'a Outline<'a>, of: Move<'a>, step: Step) {
        let Step { page, depth, cell, from, to } = step;
        if depth == LEVELS {
            if self.news.len() == 1 {
                return self.hand_down(outline, of, cell, (from, to));
            }
            return self.lay_cell(outline, of, Step { page: 1 + cell.place(), depth: 0, ..step });
        }
        let start = self.stack.len();
        match outline.lie(cell, &mut self.stack, from..to) {
            Lie::Outside => {}
            Lie::Covered(record) => {
                let within = (1 << depth) - 1;
                let slot = slot(depth, cell.column & within, cell.row & within);
                self.news[page].note(slot, of, record);
            }
            Lie::Cut => {
                let to = self.stack.len();
                for nth in 0..4 {
                    let (depth, cell) = (depth + 1, cell.quarter(nth));
                    self.lay_cell(outline, of, Step { page, depth, cell, from: start, to });
                }
            }
        }
        self.stack.truncate(start);
    }

    /// To the square below. What does not touch it is left out there.
    fn hand_down(
        &mut self,
        outline: &'a Outline<'a>,
        of: Move<'a>,
        cell: Cell,
        (from, to): (usize, usize),
    ) {
        if !outline.bounds().meets(&cell.surroundings()) {
            return;
        }
        let load = &mut self.below.loads[cell.place()];
        let start = length(&load.numbers);
        load.numbers.extend_from_slice(&self.stack[from..to]);
        load.cuts.push(Cut { outline, of, numbers: (start, length(&load.numbers)) });
    }
}

fn length(words: &[u32]) -> u32 {
    number(words.len())
}

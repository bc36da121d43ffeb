//! The compiled index: areas cut into the cells of a grid before anybody asks.
//!
//! An area stands exactly once on the way from the root to any point, in the largest cell that it
//! holds whole, or in a cell that one or two of its edges cross, or one too hard for a record. So an
//! answer is mostly copied lists of ids; what a record cannot decide is asked of the shape itself,
//! and the answer is exact.
//!
//! After A. Kipf and others, "Adaptive Main-Memory Indexing for High-Performance Point-Polygon Joins"
//! (EDBT 2020), for areas that overlap, are many, and change.

mod block;
mod grid;
mod grow;
mod outline;
mod page;
mod pool;
mod record;
mod tile;
mod way;

use grid::{Cell, Point};
use grow::{Change, Move};
use page::Gone;
pub(super) use pool::Pool;
use tile::Tile;
use way::Way;

use super::area_index::AreaId;
use crate::geometry::{Position, Shape};

/// How finely areas are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    /// Not at all, unless they have many edges: an area stands in the few cells, about twice as wide as
    /// itself, that it meets, and the shape is asked in all of them.
    Whole,
    /// Into about so many cells across, where more of its edges cross into smaller ones.
    Cells(u32),
}

/// One area that comes or goes.
pub(super) enum Step<'a> {
    Come(u32, &'a Shape),
    Go(u32, &'a Shape),
}

/// Areas cut into cells. It never changes; a change makes another that shares what stays.
#[derive(Clone, Default)]
pub(super) struct Cover {
    root: Option<Tile>,
    /// The smallest tile that holds everything, where answers begin.
    entry: Option<(Tile, Cell)>,
}

impl Cover {
    /// The cover that comes out of this one when areas go, as they came, in the order of their ids, and
    /// others come. An id that goes and comes is replaced.
    pub fn changed<'a>(
        &self,
        steps: impl IntoIterator<Item = Step<'a>>,
        grain: Grain,
        pool: &mut Pool,
    ) -> Self {
        let moves: Vec<Move<'a>> = steps
            .into_iter()
            .map(|step| match step {
                Step::Come(id, shape) => Move { id, shape, comes: true },
                Step::Go(id, shape) => Move { id, shape, comes: false },
            })
            .collect();
        let gone = Gone::of(moves.iter().filter(|of| !of.comes).map(|of| of.id));
        let change = Change { grain, gone: &gone };
        let root = grow::grow(self.root.as_ref(), &moves, &change, pool);
        let entry = root.as_ref().map(|root| {
            let (mut entry, mut cell) = (root, Cell::ROOT);
            while let Some((place, below)) = entry.only_below() {
                (entry, cell) = (below, cell.below(place));
            }
            (entry.clone(), cell)
        });
        Self { root, entry }
    }

    /// Puts into `out` the ids of all areas that hold the position, each once; `exact` tells whether an
    /// area does where its records cannot.
    #[inline]
    pub fn holding(
        &self,
        at: Position,
        mut exact: impl FnMut(AreaId) -> bool,
        out: &mut Vec<AreaId>,
    ) {
        if let Some(mut way) = self.way(at) {
            way.find_blocks();
            way.read(&mut exact, out);
        }
    }

    /// Gives for each position its place in the list and the ids of all areas that hold it. They are
    /// answered in the order in which cells lie in memory, and while one is, what the next ones need is on
    /// its way.
    pub fn holding_each(
        &self,
        positions: &[Position],
        mut exact: impl FnMut(Position, AreaId) -> bool,
        mut each: impl FnMut(usize, &[AreaId]),
    ) {
        let places = (0_u32..).zip(positions).map(|(nth, at)| (Point::of(*at).morton(), nth));
        let mut order: Vec<(u64, u32)> = places.collect();
        order.sort_unstable();
        // Three are on their way at a time: of one the pages are asked for, of the one before it the
        // blocks, and the one before that is read.
        let mut ways: [Option<Way<'_>>; 4] = Default::default();
        let mut out = vec![];
        for step in 0..order.len() + 2 {
            if let Some((_, nth)) = order.get(step) {
                ways[step % 4] = self.way(positions[*nth as usize]);
            }
            if let Some(way) = &mut ways[step.wrapping_sub(1) % 4] {
                way.find_blocks();
            }
            let Some((_, nth)) = step.checked_sub(2).and_then(|step| order.get(step)) else {
                continue;
            };
            let nth = *nth as usize;
            out.clear();
            if let Some(way) = ways[(step - 2) % 4].take() {
                way.read(&mut |id| exact(positions[nth], id), &mut out);
            }
            each(nth, &out);
        }
    }

    #[inline]
    fn way(&self, at: Position) -> Option<Way<'_>> {
        let (tile, cell) = self.entry.as_ref()?;
        let point = Point::of(at);
        cell.holds(point).then(|| Way::down(tile, *cell, point))
    }
}

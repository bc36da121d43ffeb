//! The compiled index: areas cut into the cells of a grid before anybody asks.
//!
//! # A cell, and what it says
//!
//! The map is a square. It has four quarters, each of these has four, and so on down to cells of some 20 m.
//! An area is laid over it from the top. A cell outside of it says nothing. One that the area holds whole keeps
//! a record, and nothing is looked at below. Of any other cell the quarters are looked at, until they are as
//! small as is worth their room ([`Grain`]): then the record tells the border in the cell where that is
//! simple, and otherwise that the shape has to be asked. A block with a corner that points in and, of the
//! same area, a circle beside it:
//!
//! ```text
//!  .  .  .  .  .  .  .  .     .  outside   nothing
//!  .  w  h  w  .  .  .  .     I  inside    the id
//!  .  h  I  h  .  d  d  d     h  half      the id and one line: the area lies on one side of it
//!  .  h  I  n  h  x  I  d     w  wedge     two lines, within both: a corner that points out
//!  .  h  I  I  I  x  d  d     n  notch     two lines, within either: a corner that points in
//!  .  w  h  h  h  w  .  .     d  disc      the circle, as a plane has it
//!  .  .  .  .  .  .  .  .     x  exact     the id: ask the shape
//! ```
//!
//! # Why an answer is a copy
//!
//! A point's way down leads through one cell of each size. A cell that keeps a record of an area is not
//! cut for it, and a cell that is cut keeps none: so an area stands at most once on the way of any point.
//! What is found on it needs no sorting out, and of an area that holds the cell the id is copied; large
//! cells within large areas say it once for all points in them.
//!
//! # Why it is exact
//!
//! Numbers in a record are rounded to fit into a word. By how much is known ([`record`]), and a point that
//! lies within that of a line, some three millimetres in a cell of 20 m, is asked of the shape itself, as
//! everything is that no record tells. Which cells an area holds whole is decided with their surroundings,
//! wider than what rounding moves a point ([`outline`]). So a record only answers where it is sure, and the
//! answer is that of [`Shape::covers`](crate::geometry::Shape::covers).
//!
//! # What it costs
//!
//! - A question: the way down, at most eight pages; for every area that holds
//!   the point one copied word, for every line in its cells one multiplication, and where the shape is asked,
//!   a pass over the edges around. Most of the time goes by waiting for memory.
//! - A change: the pages in which the area stands are written anew, and the tiles from there to the root.
//!   It grows with the area's border and with how many other areas stand in those pages.
//! - Room: a word for every cell that an area holds whole, one to six for one on its border.
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
mod round;
mod tile;
mod way;

use grid::{Cell, Point};
use grow::Change;
pub(super) use grow::Move;
use page::Gone;
pub(super) use pool::Pool;
use tile::Tile;
use way::Way;

use super::area_id::AreaId;
use crate::geometry::Position;

/// How finely areas are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    /// Not at all, unless they have many edges: an area stands in the few cells, one to two times as wide as
    /// itself, that it meets; in most of them its shape is asked.
    Whole,
    /// Into about so many cells across an area of 700 m, into more of a wider one; where many of its edges
    /// cross, into smaller ones.
    Cells(u32),
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
    pub fn changed(&self, moves: &[Move<'_>], grain: Grain, pool: &mut Pool) -> Self {
        let gone = Gone::of(moves.iter().filter(|of| !of.comes).map(|of| of.id));
        let change = Change { grain, gone: &gone };
        let root = grow::grow(self.root.as_ref(), moves, &change, pool);
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

//! Which areas hold this point.

#[cfg(test)]
mod readers;
#[cfg(test)]
mod states;
#[cfg(test)]
mod survey;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::area_id::AreaId;
use super::cover::{Cover, Grain, Move, Pool};
use super::shape_table::ShapeTable;
use crate::geometry::{Position, Shape};

/// One change to an index.
#[derive(Clone)]
pub enum AreaChange {
    /// Puts an area in, in place of the one of the same id.
    Put(AreaId, Arc<Shape>),
    /// Takes an area out; nothing happens when there is none.
    Remove(AreaId),
}

/// A changing set of areas that tells which of them hold a point.
///
/// Shapes are shared, not copied. Any number of threads may ask while one changes areas:
///
/// - Nobody who asks waits for anybody: an answer is given from one state, that before a change or that
///   after it. All changes of one [`apply`](Self::apply) are seen together, and by every question that
///   begins after it has returned.
/// - A change makes anew what the index says of the ground that its areas touch: some 300 µs of a core for
///   one area among a million. What is replaced is kept until its last reader is done, and up to 4 MB of it
///   to be used again.
/// - Few areas are cut coarsely or not at all, many finely. The change that makes many of few, or few of
///   many, makes the whole index anew: as it grows to 1,000 areas (a few hundredths of a second) and to
///   40,000 (half a second), as it shrinks below 20,000 (a quarter) and below 500 (2 ms).
#[derive(Default)]
pub struct AreaIndex {
    now: ArcSwap<State>,
    /// Held by whoever changes, with the memory of what was replaced.
    changing: Mutex<Pool>,
    /// However many areas there are.
    always: Option<Grain>,
}

/// What one answer is given from; it never changes.
#[derive(Clone)]
struct State {
    shapes: ShapeTable,
    cover: Cover,
    /// What the cover is cut by.
    grain: Grain,
}

/// Into how many cells across an area of a few blocks is cut. More answer faster and need more room and
/// time to be made, which goes for little where areas lie thinly.
const COARSE: Grain = Grain::Cells(2);
const FINE: Grain = Grain::Cells(8);
const FINER: Grain = Grain::Cells(9);

/// Fewer areas are cut less, more of them finely. In between an index stays as it is, so that it is not
/// made anew with every change.
const A_TOWN: usize = 500;
const NO_TOWN: usize = 1_000;
const THIN: usize = 20_000;
const DENSE: usize = 40_000;

/// As many that come all at once, as when a great city is loaded, are cut more finely still. Those that grew
/// to be as many stay as they are: whoever changes would wait until all are made anew.
const GREAT: usize = 400_000;

impl Default for State {
    fn default() -> Self {
        Self { shapes: ShapeTable::default(), cover: Cover::default(), grain: Grain::Whole }
    }
}

/// The grain for so many areas, after that of as many as there were before.
fn fitting(areas: usize, (grain, before): (Grain, usize)) -> Grain {
    match areas {
        ..A_TOWN => Grain::Whole,
        A_TOWN..NO_TOWN if grain == Grain::Whole => grain,
        A_TOWN..THIN => COARSE,
        GREAT.. if before == 0 => FINER,
        DENSE.. if matches!(grain, Grain::Whole | COARSE) => FINE,
        _ if grain == Grain::Whole => COARSE,
        _ => grain,
    }
}

impl AreaIndex {
    /// An index without areas that will cut each into so many cells across, 1 to 64, however many there are:
    /// so many an area 700 m wide, and one four times as wide into twice as many. Among a million areas 12
    /// instead of 8 answered 1.2 times as many points, in a third more room.
    #[must_use]
    pub fn cut_into(cells: u32) -> Self {
        let grain = Grain::Cells(cells.clamp(1, 64));
        let now = ArcSwap::from_pointee(State { grain, ..State::default() });
        Self { now, always: Some(grain), ..Self::default() }
    }

    /// Takes all areas at once; of two with one id the later counts.
    #[must_use]
    pub fn build(areas: impl IntoIterator<Item = (AreaId, Arc<Shape>)>) -> Self {
        let index = Self::default();
        index.apply(areas.into_iter().map(|(id, shape)| AreaChange::Put(id, shape)));
        index
    }

    /// Makes the changes, as if in their order, all at once. Others may ask meanwhile; whoever else
    /// would change waits. Many at once are quicker than one by one: from 16,384 on all cores work, and a
    /// million take some fifteen seconds of two.
    pub fn apply(&self, changes: impl IntoIterator<Item = AreaChange>) {
        let mut changes: Vec<(AreaId, Option<Arc<Shape>>)> = changes
            .into_iter()
            .map(|change| match change {
                AreaChange::Put(id, shape) => (id, Some(shape)),
                AreaChange::Remove(id) => (id, None),
            })
            .collect();
        // Of two changes of one area the later counts.
        changes.reverse();
        changes.sort_by_key(|(id, _)| *id);
        changes.dedup_by_key(|(id, _)| *id);
        let mut pool = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = State::clone(&self.now.load());
        let before = next.shapes.len();
        let gone: Vec<(AreaId, Arc<Shape>)> = changes
            .iter()
            .filter_map(|(id, shape)| Some((*id, next.shapes.set(id.0, shape.clone())?)))
            .collect();
        let grain = self.always.unwrap_or_else(|| fitting(next.shapes.len(), (next.grain, before)));
        if grain == next.grain {
            let goes = gone.iter().map(|(id, shape)| Move { id: id.0, shape, comes: false });
            let comes = changes.iter().filter_map(|(id, shape)| {
                Some(Move { id: id.0, shape: shape.as_ref()?, comes: true })
            });
            let moves: Vec<_> = goes.chain(comes).collect();
            next.cover = next.cover.changed(&moves, grain, &mut pool);
        } else {
            let all = next.shapes.all();
            let comes = all.iter().map(|(id, shape)| Move { id: *id, shape, comes: true });
            next.cover = Cover::default().changed(&comes.collect::<Vec<_>>(), grain, &mut pool);
            next.grain = grain;
        }
        self.now.store(Arc::new(next));
    }

    /// Puts into `out`, emptied first, the ids of all areas that hold the position, each once, in no
    /// order. What lies on an area's boundary is held by it.
    pub fn areas_at(&self, at: Position, out: &mut Vec<AreaId>) {
        out.clear();
        let now = self.now.load();
        let exact = |id: AreaId| now.shapes.get(id.0).is_some_and(|shape| shape.covers(at));
        now.cover.holding(at, exact, out);
    }

    /// Gives for each position its place in the list and the ids of all areas that hold it, each once, in
    /// no order; all from one state. The positions come in an order of the index's own: among many areas
    /// many positions are answered faster together than one by one.
    pub fn areas_at_each(&self, positions: &[Position], each: impl FnMut(usize, &[AreaId])) {
        let now = self.now.load();
        let exact = |at, id: AreaId| {
            now.shapes.get(id.0).is_some_and(|shape: &Arc<Shape>| shape.covers(at))
        };
        now.cover.holding_each(positions, exact, each);
    }

    /// How many areas there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.now.load().shapes.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The area of this id.
    #[must_use]
    pub fn shape(&self, id: AreaId) -> Option<Arc<Shape>> {
        self.now.load().shapes.get(id.0).cloned()
    }
}

/// Says how many, never where: a watch area gives away a home.
impl fmt::Debug for AreaIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AreaIndex").field("areas", &self.len()).finish()
    }
}

impl fmt::Debug for AreaChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put(id, _) => f.debug_tuple("Put").field(id).finish(),
            Self::Remove(id) => f.debug_tuple("Remove").field(id).finish(),
        }
    }
}

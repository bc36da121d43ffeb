//! Which areas hold this point.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use super::envelope_tree::EnvelopeTree;
use crate::geometry::{Position, Shape};

/// An area's number in one index. Numbers are dense: memory grows with the largest, so whoever
/// hands them out gives those of removed areas again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaId(pub u32);

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
/// - A change is atomic for any one point: an answer holds the area as it was before the change
///   or as it is after, never both and never neither. A change is seen by every question that
///   begins after [`apply`](Self::apply) has returned.
/// - Changes are seen one by one in their order; a large batch is seen at once.
/// - A reader takes a read lock for the length of its own question (microseconds). It waits for
///   the change in hand, one area at a time: about 3 µs for an insertion, at worst some 250 µs for
///   a removal among a million overlapping areas. A large batch is prepared aside and swapped in.
#[derive(Default)]
pub struct AreaIndex {
    areas: RwLock<Areas>,
    /// Held by whoever changes, so that a batch prepared aside misses nobody else's change.
    changing: Mutex<()>,
}

/// The shapes by id, and all their boxes.
struct Areas {
    shapes: Vec<Option<Arc<Shape>>>,
    count: usize,
    tree: EnvelopeTree<(AreaId, Arc<Shape>)>,
}

/// From this share of the areas held, a batch is packed anew with them instead of being applied
/// change by change.
const LARGE_BATCH_SHARE: usize = 8;
/// Below this many changes a batch is never large.
const LARGE_BATCH_LEAST: usize = 64;

impl AreaIndex {
    /// Packs all areas at once; of two with one id the later counts.
    #[must_use]
    pub fn build(areas: impl IntoIterator<Item = (AreaId, Arc<Shape>)>) -> Self {
        let mut shapes = Vec::new();
        for (id, shape) in areas {
            place(&mut shapes, id, Some(shape));
        }
        Self { areas: RwLock::new(Areas::packed(shapes)), changing: Mutex::default() }
    }

    /// Applies the changes in their order. Others may ask meanwhile; whoever else would change
    /// waits.
    pub fn apply(&self, changes: impl IntoIterator<Item = AreaChange>) {
        let changes: Vec<_> = changes.into_iter().collect();
        let _changing = self.changing();
        if changes.len() >= LARGE_BATCH_LEAST.max(self.len() / LARGE_BATCH_SHARE) {
            self.apply_aside(changes);
            return;
        }
        for change in changes {
            self.areas.write().unwrap_or_else(PoisonError::into_inner).apply(change);
        }
    }

    /// Puts into `out`, emptied first, the ids of all areas that hold the position, each once, in
    /// ascending order. What lies on an area's boundary is held by it.
    pub fn areas_at(&self, at: Position, out: &mut Vec<AreaId>) {
        out.clear();
        self.read().tree.at(at, |(id, shape)| {
            if shape.covers(at) {
                out.push(*id);
            }
        });
        out.sort_unstable();
        out.dedup();
    }

    /// How many areas there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().count
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The area of this id.
    #[must_use]
    pub fn shape(&self, id: AreaId) -> Option<Arc<Shape>> {
        self.read().shapes.get(slot(id)).cloned().flatten()
    }

    fn apply_aside(&self, changes: Vec<AreaChange>) {
        let mut shapes = self.read().shapes.clone();
        for change in changes {
            match change {
                AreaChange::Put(id, shape) => place(&mut shapes, id, Some(shape)),
                AreaChange::Remove(id) => place(&mut shapes, id, None),
            }
        }
        let mut packed = Areas::packed(shapes);
        std::mem::swap(
            &mut *self.areas.write().unwrap_or_else(PoisonError::into_inner),
            &mut packed,
        );
        // What was replaced is freed here, after the lock.
    }

    fn read(&self) -> RwLockReadGuard<'_, Areas> {
        self.areas.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
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

impl Default for Areas {
    fn default() -> Self {
        Self::packed(Vec::new())
    }
}

impl Areas {
    fn packed(mut shapes: Vec<Option<Arc<Shape>>>) -> Self {
        shapes.shrink_to_fit();
        let held = (0..).map(AreaId).zip(&shapes);
        let held = held.filter_map(|(id, shape)| Some((id, shape.as_ref()?)));
        let tree = EnvelopeTree::of(held.flat_map(|(id, shape)| {
            shape.envelopes(0.0).into_iter().map(move |e| (e, (id, Arc::clone(shape))))
        }));
        Self { count: shapes.iter().flatten().count(), tree, shapes }
    }

    fn apply(&mut self, change: AreaChange) {
        match change {
            AreaChange::Put(id, shape) => {
                self.remove(id);
                for envelope in shape.envelopes(0.0) {
                    self.tree.insert(envelope, (id, Arc::clone(&shape)));
                }
                place(&mut self.shapes, id, Some(shape));
                self.count += 1;
            }
            AreaChange::Remove(id) => self.remove(id),
        }
    }

    fn remove(&mut self, id: AreaId) {
        let Some(shape) = self.shapes.get_mut(slot(id)).and_then(Option::take) else { return };
        for envelope in shape.envelopes(0.0) {
            self.tree.remove(envelope, |(held, _)| *held == id);
        }
        self.count -= 1;
    }
}

fn place(shapes: &mut Vec<Option<Arc<Shape>>>, id: AreaId, shape: Option<Arc<Shape>>) {
    if shapes.len() <= slot(id) {
        shapes.resize(slot(id) + 1, None);
    }
    shapes[slot(id)] = shape;
}

fn slot(id: AreaId) -> usize {
    id.0 as usize
}

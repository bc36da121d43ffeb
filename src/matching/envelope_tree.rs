//! A tree of boxes, which says what may hold a point.
//!
//! The one rule: it may name too much, never too little.

use std::ops::ControlFlow;

use rstar::{AABB, Envelope as _, PointDistance, RTree, RTreeObject};

use crate::geometry::{Envelope, Position};

/// Boxes with a payload each; one payload may have several boxes.
#[derive(Clone)]
pub(super) struct EnvelopeTree<T>(RTree<Boxed<T>>);

/// A box with its corners rounded to `f32`, which halves the tree. Rounding keeps order, and a
/// point is rounded the same way before it is looked up, so a point in the box stays in it.
#[derive(Clone)]
struct Boxed<T> {
    envelope: AABB<[f32; 2]>,
    item: T,
}

impl<T: Clone> EnvelopeTree<T> {
    /// Packs all at once.
    pub(super) fn of(boxes: impl Iterator<Item = (Envelope, T)>) -> Self {
        Self(RTree::bulk_load(boxes.map(|(envelope, item)| Boxed::of(envelope, item)).collect()))
    }

    /// Names every payload with a box that holds the position, on the border too; a payload with
    /// two such boxes twice. Longitudes 180 and -180 are one meridian.
    pub(super) fn at<'a>(&'a self, at: Position, mut found: impl FnMut(&'a T)) {
        for lon in meridians(at.lon).into_iter().flatten() {
            let _: ControlFlow<()> =
                self.0.locate_all_at_point_int(&rounded(lon, at.lat), |boxed| {
                    found(&boxed.item);
                    ControlFlow::Continue(())
                });
        }
    }
}

impl<T> Boxed<T> {
    fn of(envelope: Envelope, item: T) -> Self {
        Self { envelope: rounded_box(envelope), item }
    }
}

impl<T> RTreeObject for Boxed<T> {
    type Envelope = AABB<[f32; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.envelope
    }
}

impl<T> PointDistance for Boxed<T> {
    fn distance_2(&self, point: &[f32; 2]) -> f32 {
        self.envelope.distance_2(point)
    }

    fn contains_point(&self, point: &[f32; 2]) -> bool {
        self.envelope.contains_point(point)
    }
}

fn rounded_box(envelope: Envelope) -> AABB<[f32; 2]> {
    let low = rounded(envelope.west, envelope.south);
    AABB::from_corners(low, rounded(envelope.east, envelope.north))
}

#[expect(clippy::cast_possible_truncation, reason = "rounding keeps order; see `Boxed`")]
fn rounded(lon: f64, lat: f64) -> [f32; 2] {
    [lon as f32, lat as f32]
}

fn meridians(lon: f64) -> [Option<f64>; 2] {
    [Some(lon), (lon.abs() >= 180.0).then_some(-lon)]
}

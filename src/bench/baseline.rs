//! What a plain user of `rstar` and `geo` would write, frozen: the yardstick of `bench match`.
//!
//! An exception to the rule that each foreign crate has one home: this file speaks to both, as
//! that user's program would, and shares nothing with the index it is compared with. Leave it as
//! it is; a faster yardstick makes old figures incomparable.

use geo::{BoundingRect, Intersects};
use rstar::{AABB, RTree, RTreeObject};

use super::workload::{Corner, Workload};
use crate::geometry::Position;

/// Polygons in a list, their boxes in a tree.
pub struct Baseline {
    tree: RTree<Bounds>,
    polygons: Vec<geo::Polygon<f64>>,
}

struct Bounds {
    envelope: AABB<[f64; 2]>,
    area: u32,
}

impl RTreeObject for Bounds {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.envelope
    }
}

impl rstar::PointDistance for Bounds {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        rstar::Envelope::distance_2(&self.envelope, point)
    }

    fn contains_point(&self, point: &[f64; 2]) -> bool {
        rstar::Envelope::contains_point(&self.envelope, point)
    }
}

impl Baseline {
    /// Polygons of `f64` in the order given, their boxes bulk loaded.
    pub fn build(city: &Workload) -> Self {
        let polygons: Vec<_> = (0..city.len()).map(|area| polygon(city, area)).collect();
        let bounds = (0..).zip(&polygons).filter_map(|(area, polygon)| {
            let rect = polygon.bounding_rect()?;
            let (low, high) = (rect.min(), rect.max());
            Some(Bounds { envelope: AABB::from_corners([low.x, low.y], [high.x, high.y]), area })
        });
        Self { tree: RTree::bulk_load(bounds.collect()), polygons }
    }

    /// Adds the areas that hold the position, their boundaries included, in no order.
    pub fn areas_at(&self, at: Position, found: &mut Vec<u32>) {
        let coord = geo::Coord { x: at.lon, y: at.lat };
        for bounds in self.tree.locate_all_at_point(&[at.lon, at.lat]) {
            if self.polygons[bounds.area as usize].intersects(&coord) {
                found.push(bounds.area);
            }
        }
    }
}

fn polygon(city: &Workload, area: usize) -> geo::Polygon<f64> {
    let coord = |corner: &Corner| geo::Coord {
        x: f64::from(corner[0]) / 1e7,
        y: f64::from(corner[1]) / 1e7,
    };
    let ring = |corners: &[Corner]| corners.iter().map(coord).collect::<geo::LineString<f64>>();
    let mut rings = city.rings(area).map(ring);
    let outer = rings.next().unwrap_or_else(|| geo::LineString::new(vec![]));
    geo::Polygon::new(outer, rings.collect())
}

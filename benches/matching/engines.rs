//! Who is asked: this index, and the two that a Rust program would otherwise take, each with the
//! polygons of `geo` behind it.
//!
//! The tree of `src/bench/baseline.rs` is frozen, so that figures stay comparable; this one has to change.

use std::sync::Arc;

use geo::{BoundingRect, Intersects};
use geo_index::rtree::sort::HilbertSort;
use geo_index::rtree::{RTree as PackedTree, RTreeBuilder, RTreeIndex};
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};
use wardwatch::bench::Workload;
use wardwatch::geometry::{Position, Shape};
use wardwatch::matching::{AreaChange, AreaId, AreaIndex};

/// Every area that was drawn, in the form of one engine; those beyond the first ones wait to be put in.
pub type Shapes = Vec<Arc<Shape>>;
pub type Polygons = Vec<geo::Polygon<f64>>;

/// Tells which areas hold a point, their boundaries included.
pub trait Engine {
    const NAME: &'static str;
    type Drawn;

    /// All areas of the city as this engine takes them.
    fn drawn(city: &Workload) -> Self::Drawn;

    /// An index of the first so many.
    fn of(drawn: &Self::Drawn, areas: usize) -> Self;

    /// Puts the ids into `found`, emptied first, in no order.
    fn ask(&self, drawn: &Self::Drawn, at: Position, found: &mut Vec<AreaId>);

    /// Answers all points, in any order.
    fn ask_each(&self, drawn: &Self::Drawn, points: &[Position], each: &mut dyn FnMut(&[AreaId])) {
        let mut found = vec![];
        for at in points {
            self.ask(drawn, *at, &mut found);
            each(&found);
        }
    }
}

pub fn id(nth: usize) -> AreaId {
    AreaId(u32::try_from(nth).expect("areas are numbered in 32 bits"))
}

impl Engine for AreaIndex {
    const NAME: &'static str = "Wardwatch";
    type Drawn = Shapes;

    fn drawn(city: &Workload) -> Shapes {
        let shape = |area| Shape::from_geojson(&city.geojson(area)).expect("the city draws areas");
        (0..city.len()).map(|area| Arc::new(shape(area))).collect()
    }

    fn of(drawn: &Shapes, areas: usize) -> Self {
        let puts = drawn[..areas].iter().enumerate();
        let index = Self::default();
        index.apply(puts.map(|(nth, shape)| AreaChange::Put(id(nth), Arc::clone(shape))));
        index
    }

    fn ask(&self, _: &Shapes, at: Position, found: &mut Vec<AreaId>) {
        self.areas_at(at, found);
    }

    fn ask_each(&self, _: &Shapes, points: &[Position], each: &mut dyn FnMut(&[AreaId])) {
        self.areas_at_each(points, |_, ids| each(ids));
    }
}

/// A box, and the id of the area that it is of.
type Bounds = GeomWithData<Rectangle<[f64; 2]>, AreaId>;

/// Boxes in an `RTree`, and which drawing each id has.
pub struct Rstar {
    tree: RTree<Bounds>,
    drawing: Vec<usize>,
}

impl Engine for Rstar {
    const NAME: &'static str = "rstar + geo";
    type Drawn = Polygons;

    fn drawn(city: &Workload) -> Polygons {
        (0..city.len()).map(|area| polygon(city, area)).collect()
    }

    fn of(drawn: &Polygons, areas: usize) -> Self {
        let bounds = drawn[..areas].iter().enumerate().map(|(nth, area)| bounds(area, id(nth)));
        Self { tree: RTree::bulk_load(bounds.collect()), drawing: (0..areas).collect() }
    }

    fn ask(&self, drawn: &Polygons, at: Position, found: &mut Vec<AreaId>) {
        found.clear();
        let coord = geo::Coord { x: at.lon, y: at.lat };
        for bounds in self.tree.locate_all_at_point(&[at.lon, at.lat]) {
            if drawn[self.drawing[bounds.data.0 as usize]].intersects(&coord) {
                found.push(bounds.data);
            }
        }
    }
}

impl Rstar {
    pub fn put(&mut self, drawn: &Polygons, id: AreaId, nth: usize) {
        self.drawing[id.0 as usize] = nth;
        self.tree.insert(bounds(&drawn[nth], id));
    }

    pub fn remove(&mut self, drawn: &Polygons, id: AreaId) {
        let drawing = &drawn[self.drawing[id.0 as usize]];
        self.tree.remove(&bounds(drawing, id)).expect("it is in the tree");
    }
}

/// Boxes in a packed tree, which never changes.
pub struct GeoIndex(PackedTree<f64>);

impl Engine for GeoIndex {
    const NAME: &'static str = "geo-index + geo";
    type Drawn = Polygons;

    fn drawn(city: &Workload) -> Polygons {
        Rstar::drawn(city)
    }

    fn of(drawn: &Polygons, areas: usize) -> Self {
        let mut boxes = RTreeBuilder::<f64>::new(id(areas).0);
        for area in &drawn[..areas] {
            let rect = area.bounding_rect().expect("an area has corners");
            boxes.add(rect.min().x, rect.min().y, rect.max().x, rect.max().y);
        }
        Self(boxes.finish::<HilbertSort>())
    }

    fn ask(&self, drawn: &Polygons, at: Position, found: &mut Vec<AreaId>) {
        let coord = geo::Coord { x: at.lon, y: at.lat };
        let boxes = self.0.search(at.lon, at.lat, at.lon, at.lat);
        found.clear();
        let holding = boxes.into_iter().filter(|area| drawn[*area as usize].intersects(&coord));
        found.extend(holding.map(AreaId));
    }
}

fn bounds(area: &geo::Polygon<f64>, id: AreaId) -> Bounds {
    let rect = area.bounding_rect().expect("an area has corners");
    let (low, high) = (rect.min(), rect.max());
    GeomWithData::new(Rectangle::from_corners([low.x, low.y], [high.x, high.y]), id)
}

fn polygon(city: &Workload, area: usize) -> geo::Polygon<f64> {
    let degrees = |units: i32| f64::from(units) / 1e7;
    let mut rings = city.rings(area).map(|ring| {
        let coords =
            ring.iter().map(|[lon, lat]| geo::Coord { x: degrees(*lon), y: degrees(*lat) });
        coords.collect::<geo::LineString<f64>>()
    });
    let outer = rings.next().expect("an area has an outer ring");
    geo::Polygon::new(outer, rings.collect())
}

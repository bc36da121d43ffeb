//! Areas: what a person draws, what a city calls a ward.

use super::circle::Circle;
use super::corners::Ring;
use super::envelope::around;
use super::polygon::Polygon;
use super::position::METRES_PER_DEGREE;
use super::ring::Location;
use super::{Envelope, GeometryError, Position, planar};

/// An area: parts, less exclusions.
///
/// A position on the boundary of a part is inside, and so is one on the boundary of a hole; an
/// exclusion takes away its inside only. Cheap to test, dear to change: build a new one.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    pub(super) parts: Box<[Part]>,
    pub(super) exclusions: Box<[Part]>,
    /// Whether the parts are polygons that make one valid MultiPolygon.
    pub(super) one_geometry: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Polygon(Polygon),
    Circle(Circle),
}

impl Part {
    #[inline]
    pub fn locate(&self, at: Position) -> Location {
        match self {
            Self::Polygon(polygon) => polygon.locate(at),
            Self::Circle(circle) => circle.locate(at),
        }
    }

    fn envelope(&self, margin_m: f64) -> Envelope {
        match self {
            Self::Polygon(polygon) => polygon.bounds().stretched_m(margin_m),
            Self::Circle(circle) => circle.envelope(margin_m),
        }
    }

    fn vertices(&self) -> usize {
        match self {
            Self::Polygon(polygon) => polygon.vertices(),
            Self::Circle(_) => 1,
        }
    }

    /// The closed rings to draw or to compute with in the plane; a circle has 64 corners.
    pub fn rings(&self) -> Vec<Vec<Position>> {
        match self {
            Self::Polygon(polygon) => polygon.rings().map(|ring| ring.iter().collect()).collect(),
            Self::Circle(circle) => vec![circle.ring(64)],
        }
    }
}

/// A part of a shape as an index cuts it up.
pub(crate) enum ShapePart<'a> {
    /// Closed rings, the outer counter-clockwise, holes clockwise: the area is left of every edge.
    Rings(Vec<Ring<'a>>, Envelope),
    /// All that lies within so many metres of the centre.
    Circle(Position, f64, Envelope),
}

impl ShapePart<'_> {
    /// Its box, in longitudes that may pass ±180.
    pub fn bounds(&self) -> Envelope {
        let (Self::Rings(_, bounds) | Self::Circle(_, _, bounds)) = self;
        *bounds
    }
}

impl Shape {
    /// Names every part, and whether it is one that is excluded: first those that are not.
    pub(crate) fn each_part(&self, mut part: impl FnMut(ShapePart<'_>, bool)) {
        let parts = self.parts.iter().map(|part| (part, false));
        for (each, excluded) in parts.chain(self.exclusions.iter().map(|part| (part, true))) {
            let bounds = each.envelope(0.0);
            let named = match each {
                Part::Polygon(polygon) => ShapePart::Rings(polygon.rings().collect(), bounds),
                Part::Circle(Circle { centre, radius_m }) => {
                    ShapePart::Circle(*centre, *radius_m, bounds)
                }
            };
            part(named, excluded);
        }
    }

    /// The positions within `radius_m` metres of `centre`, by great circle on the mean sphere.
    ///
    /// # Errors
    /// When the radius is not a positive number of metres or the centre is not on earth.
    pub fn circle(centre: Position, radius_m: f64) -> Result<Self, GeometryError> {
        let circle = Part::Circle(Circle::new(centre, radius_m)?);
        Ok(Self { parts: [circle].into(), exclusions: [].into(), one_geometry: false })
    }

    /// Whether it was drawn around a point, which anybody reads off it.
    #[must_use]
    pub fn has_circle(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Circle(_)))
    }

    /// Whether the position lies in the shape or on its boundary. Exact.
    ///
    /// Takes one pass over the edges of the parts in whose box the position lies.
    #[must_use]
    pub fn covers(&self, at: Position) -> bool {
        self.parts.iter().any(|part| part.locate(at) != Location::Outside) && !self.excludes(at)
    }

    /// As [`covers`](Self::covers), of a position that no other parts can hold than these, by their numbers in
    /// [`each_part`](Self::each_part).
    pub(crate) fn covers_among(&self, parts: impl Iterator<Item = usize>, at: Position) -> bool {
        let (mut held, mut excluded) = (false, false);
        for nth in parts {
            match nth.checked_sub(self.parts.len()) {
                None => held |= self.parts[nth].locate(at) != Location::Outside,
                Some(nth) => excluded |= self.exclusions[nth].locate(at) == Location::Inside,
            }
        }
        held && !excluded
    }

    /// Whether an exclusion takes the position away.
    pub(super) fn excludes(&self, at: Position) -> bool {
        self.exclusions.iter().any(|part| part.locate(at) == Location::Inside)
    }

    /// Whether the shape covers the position or lies at most `tolerance_m` metres from it.
    /// Positions far off are told by boxes alone.
    #[must_use]
    pub fn within_m(&self, at: Position, tolerance_m: f64) -> bool {
        if self.covers(at) {
            return true;
        }
        tolerance_m > 0.0
            && self.parts.iter().any(|part| might_reach(&part.envelope(0.0), at, tolerance_m))
            && self.distance_m(at) <= tolerance_m
    }

    /// The boxes in which all positions within `margin_m` metres of the shape lie: one, or two
    /// when it reaches over the antimeridian or a side of it touches it.
    #[must_use]
    pub fn envelopes(&self, margin_m: f64) -> Vec<Envelope> {
        let boxes: Vec<_> = self.parts.iter().map(|part| part.envelope(margin_m)).collect();
        around(&boxes)
    }

    /// How many corners all its rings have, exclusions too; a circle counts as one.
    #[must_use]
    pub fn vertices(&self) -> usize {
        self.parts.iter().chain(&self.exclusions).map(Part::vertices).sum()
    }

    /// How many polygons and circles it is made of, exclusions too.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.parts.len() + self.exclusions.len()
    }

    /// Square metres on the mean sphere, exclusions taken out. Parts of one MultiPolygon are
    /// added up; parts that may overlap are joined first, with circles drawn as 64 corners
    /// (0.2 % too small).
    #[must_use]
    pub fn area_m2(&self) -> f64 {
        let alone = self.one_geometry || self.parts.len() == 1;
        if !alone || !self.exclusions.is_empty() {
            return planar::area_m2(self);
        }
        let area = |part: &Part| match part {
            Part::Polygon(polygon) => polygon.area_m2(),
            Part::Circle(circle) => circle.area_m2(),
        };
        self.parts.iter().map(area).sum()
    }

    /// How much differs between two shapes: of the area that either covers, the share that only
    /// one of them does. 0 is the same area, 1 is nothing in common; circles are drawn as 64
    /// corners. Shapes on two sides of the antimeridian have nothing in common. `None` where the two
    /// have more than 100,000 corners together, which would take too long, or no overlay is found.
    #[must_use]
    pub fn share_apart(&self, other: &Self) -> Option<f64> {
        if self == other { Some(0.0) } else { planar::share_apart(self, other) }
    }

    /// A position inside, near the middle: where a label goes. Longitude within ±180.
    #[must_use]
    pub fn centre(&self) -> Position {
        if let [Part::Circle(circle)] = &*self.parts
            && self.exclusions.is_empty()
        {
            return circle.centre;
        }
        planar::interior(self).wrapped()
    }

    /// The closed rings to draw, parts first, then exclusions: outer rings before their holes,
    /// circles as 64 corners. Longitudes run on past ±180 where the shape was drawn so.
    #[must_use]
    pub fn outline(&self) -> Vec<Vec<Position>> {
        self.parts.iter().chain(&self.exclusions).flat_map(Part::rings).collect()
    }
}

/// Whether a position may lie within `tolerance_m` of a box; says yes a little too often.
fn might_reach(bounds: &Envelope, at: Position, tolerance_m: f64) -> bool {
    let up = tolerance_m / METRES_PER_DEGREE * 1.01;
    if at.lat < bounds.south - up || at.lat > bounds.north + up {
        return false;
    }
    let shortest = (at.lat.abs() + up).min(90.0).to_radians().cos();
    let aside = up / shortest.max(1e-12);
    super::polygon::TURNS
        .iter()
        .any(|turn| (bounds.west - aside..=bounds.east + aside).contains(&(at.lon + turn)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn square(from: f64, to: f64) -> serde_json::Value {
        json!({"type": "Polygon",
            "coordinates": [[[from, from], [to, from], [to, to], [from, to], [from, from]]]})
    }

    #[test]
    fn what_is_cut_out_of_the_middle_is_taken_off_the_area() {
        let whole = square(0.0, 0.004);
        let feature = |geometry, exclude| json!({"type": "Feature", "geometry": geometry, "properties": {"exclude": exclude}});
        let cut = json!({"type": "FeatureCollection",
            "features": [feature(whole.clone(), false), feature(square(0.001, 0.003), true)]});
        let [whole, cut] = [whole, cut].map(|drawn| Shape::from_geojson(&drawn).unwrap());
        assert!((cut.area_m2() / whole.area_m2() - 0.75).abs() < 1e-6, "{}", cut.area_m2());
        assert!((cut.share_apart(&whole).unwrap() - 0.25).abs() < 1e-6);
        assert!(!cut.covers(Position { lon: 0.002, lat: 0.002 }));
    }
}

//! Metres from a position to a shape.
//!
//! The nearest position of an edge is found in a plane laid on the earth at the asking position
//! (east scaled by the cosine of its latitude), the way there is measured on the sphere. Within
//! 100 m that is good to well under a millimetre; far off it is a fair estimate.

use super::circle::Circle;
use super::corners::Ring;
use super::polygon::TURNS;
use super::position::METRES_PER_DEGREE;
use super::ring::Location;
use super::shape::Part;
use super::{Envelope, Position, Shape};

impl Shape {
    /// Metres from the position to the shape; 0 inside and on the boundary.
    ///
    /// Next to an exclusion that is cut by the edge of a part, or by a circle, good to 0.001 % of
    /// the circle's radius.
    #[must_use]
    pub fn distance_m(&self, at: Position) -> f64 {
        if self.covers(at) {
            return 0.0;
        }
        if !self.exclusions.is_empty() {
            return self.distance_beside_exclusions_m(at);
        }
        let mut nearest = Nearest::to(at);
        self.parts.iter().for_each(|part| nearest.look_at(part));
        nearest.distance_m()
    }

    /// The nearest position of what the exclusions leave is the nearest of some edge, or where
    /// two outlines cross; the first of these that the shape really has is it.
    fn distance_beside_exclusions_m(&self, at: Position) -> f64 {
        let all = || self.parts.iter().chain(&self.exclusions);
        let widest = all().map(|part| if let Part::Circle(c) = part { c.radius_m } else { 0.0 });
        let tolerance_m = 1e-3 + 1e-5 * widest.fold(0.0, f64::max);
        let mut candidates = Vec::new();
        for part in all() {
            if let Part::Circle(circle) = part {
                candidates.push(nearest_on(circle, at));
            }
            for edge in edges(part) {
                let mut nearest = Nearest::to(at);
                nearest.look_at_edge(edge.0, edge.1);
                candidates.extend(nearest.best);
            }
        }
        candidates.extend(self.outline_crossings());
        candidates.sort_by(|a, b| at.distance_m(*a).total_cmp(&at.distance_m(*b)));
        let belongs = |c: &&Position| {
            let to_edge_m = |part: &Part| {
                let mut nearest = Nearest::to(**c);
                nearest.look_at(part);
                nearest.distance_m()
            };
            self.parts
                .iter()
                .any(|p| p.locate(**c) != Location::Outside || to_edge_m(p) <= tolerance_m)
                && self
                    .exclusions
                    .iter()
                    .all(|p| p.locate(**c) != Location::Inside || to_edge_m(p) <= tolerance_m)
        };
        candidates.iter().find(belongs).map_or(f64::INFINITY, |c| at.distance_m(*c))
    }

    /// Where the outline of an exclusion crosses another outline.
    fn outline_crossings(&self) -> Vec<Position> {
        let mut found = Vec::new();
        for (i, exclusion) in self.exclusions.iter().enumerate() {
            let mine = edges(exclusion);
            for other in self.parts.iter().chain(&self.exclusions[i + 1..]) {
                for &b in &edges(other) {
                    found.extend(mine.iter().filter_map(|&a| crossing(a, b)));
                }
            }
        }
        found
    }
}

type Edge = (Position, Position);

/// The edges of a part; a circle as 720 of them, at most 0.001 % of its radius inside it.
fn edges(part: &Part) -> Vec<Edge> {
    match part {
        Part::Polygon(polygon) => polygon.rings().flat_map(Ring::edges).collect(),
        Part::Circle(circle) => {
            let ring = circle.ring(720);
            ring.windows(2).map(|pair| (pair[0], pair[1])).collect()
        }
    }
}

fn crossing((a, b): Edge, (c, d): Edge) -> Option<Position> {
    let (dx, dy) = (b.lon - a.lon, b.lat - a.lat);
    let (ex, ey) = (d.lon - c.lon, d.lat - c.lat);
    let (fx, fy) = (c.lon - a.lon, c.lat - a.lat);
    let area = dx * ey - dy * ex;
    let (s, t) = ((fx * ey - fy * ex) / area, (fx * dy - fy * dx) / area);
    let both = (0.0..=1.0).contains(&s) && (0.0..=1.0).contains(&t);
    both.then_some(Position { lon: a.lon + s * dx, lat: a.lat + s * dy })
}

/// The position on the circle in the direction of `at` (Williams, "Aviation Formulary",
/// intermediate points on a great circle).
fn nearest_on(circle: &Circle, at: Position) -> Position {
    let whole = circle.centre.distance_m(at);
    if whole == 0.0 {
        return circle.ring(4)[0];
    }
    let [d, part] = [whole, circle.radius_m].map(|m| m / super::EARTH_RADIUS_M);
    let (from, to) = ((d - part).sin() / d.sin(), part.sin() / d.sin());
    let point = |p: Position| {
        let (lon, lat) = (p.lon.to_radians(), p.lat.to_radians());
        [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
    };
    let (a, b) = (point(circle.centre), point(at));
    let [x, y, z] = [0, 1, 2].map(|i| from * a[i] + to * b[i]);
    Position { lon: y.atan2(x).to_degrees(), lat: z.atan2(x.hypot(y)).to_degrees() }
}

/// The nearest position of some outlines, as far as they have been looked at.
struct Nearest {
    at: Position,
    /// Metres in a degree to the east here.
    east_m: f64,
    /// To the nearest edge, squared, in the plane.
    square: f64,
    best: Option<Position>,
    /// To the nearest circle.
    circle_m: f64,
}

impl Nearest {
    fn to(at: Position) -> Self {
        let east_m = METRES_PER_DEGREE * at.lat.to_radians().cos();
        Self { at, east_m, square: f64::INFINITY, best: None, circle_m: f64::INFINITY }
    }

    fn distance_m(&self) -> f64 {
        self.best.map_or(f64::INFINITY, |p| self.at.distance_m(p)).min(self.circle_m)
    }

    fn look_at(&mut self, part: &Part) {
        match part {
            Part::Circle(circle) => {
                let off = (circle.centre.distance_m(self.at) - circle.radius_m).abs();
                self.circle_m = self.circle_m.min(off);
            }
            Part::Polygon(polygon) => {
                let home = self.at;
                for turn in TURNS {
                    self.at.lon = home.lon + turn;
                    if self.square_to_box(polygon.bounds()) < self.square {
                        let edges = polygon.rings().flat_map(Ring::edges);
                        edges.for_each(|(a, b)| self.look_at_edge(a, b));
                    }
                }
                self.at = home;
            }
        }
    }

    fn look_at_edge(&mut self, a: Position, b: Position) {
        let (ax, ay) = self.plane(a);
        let (bx, by) = self.plane(b);
        let (dx, dy) = (bx - ax, by - ay);
        let length = dx * dx + dy * dy;
        let share =
            if length > 0.0 { (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
        let (x, y) = (ax + share * dx, ay + share * dy);
        let square = x * x + y * y;
        if square < self.square {
            self.square = square;
            let (lon, lat) = (a.lon + share * (b.lon - a.lon), a.lat + share * (b.lat - a.lat));
            self.best = Some(Position { lon, lat });
        }
    }

    fn plane(&self, p: Position) -> (f64, f64) {
        ((p.lon - self.at.lon) * self.east_m, (p.lat - self.at.lat) * METRES_PER_DEGREE)
    }

    fn square_to_box(&self, b: &Envelope) -> f64 {
        let gap = |low: f64, at: f64, high: f64| (low - at).max(at - high).max(0.0);
        let east = gap(b.west, self.at.lon, b.east) * self.east_m;
        let north = gap(b.south, self.at.lat, b.north) * METRES_PER_DEGREE;
        east * east + north * north
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn polygon(ring: &[[f64; 2]]) -> Shape {
        Shape::from_geojson(&json!({"type": "Polygon", "coordinates": [ring]})).unwrap()
    }

    fn square(west: f64, south: f64, side: f64) -> Shape {
        let (east, north) = (west + side, south + side);
        polygon(&[[west, south], [east, south], [east, north], [west, north], [west, south]])
    }

    #[test]
    fn metres_to_a_ward_line_are_right_to_a_millimetre_at_every_latitude() {
        for lat in [0.0, 41.88, 60.0, 75.0, -75.0] {
            let ward = square(-87.65, lat, 0.01);
            let metre = 1.0 / METRES_PER_DEGREE;
            for metres in [0.01, 1.0, 10.0, 100.0] {
                let south = Position { lon: -87.645, lat: lat - metres * metre };
                assert!(
                    (ward.distance_m(south) - metres).abs() < 1e-6,
                    "{metres} m south of {lat}"
                );
                // Due west of the western edge's middle; a parallel is not quite the shortest way.
                let middle = lat + 0.005;
                let aside = metres * metre / middle.to_radians().cos();
                let west = Position { lon: -87.65 - aside, lat: middle };
                let off = ward.distance_m(west) - metres;
                assert!(off.abs() < 1e-3, "{metres} m west at {lat}: {off}");
            }
            assert!(
                ward.distance_m(Position { lon: -87.645, lat: lat + 0.005 }).abs() < f64::EPSILON
            );
        }
    }

    #[test]
    fn the_nearest_edge_may_lie_over_the_antimeridian() {
        let ward = square(179.0, 0.0, 0.999);
        let beyond = Position { lon: -179.999, lat: 0.5 };
        assert!((ward.distance_m(beyond) - 0.002 * METRES_PER_DEGREE).abs() < 0.05);
        assert!(ward.within_m(beyond, 225.0) && !ward.within_m(beyond, 220.0));
    }

    #[test]
    fn a_circle_is_as_far_as_its_rim() {
        let circle = Shape::circle(Position { lon: 20.0, lat: 75.0 }, 300.0).unwrap();
        let off = Position { lon: 20.0, lat: 75.0 + 400.0 / METRES_PER_DEGREE };
        assert!((circle.distance_m(off) - 100.0).abs() < 1e-5);
        assert!(circle.within_m(off, 100.01) && !circle.within_m(off, 99.99));
    }

    #[test]
    fn inside_an_exclusion_the_way_out_is_to_what_is_left() {
        let hundred_m = 100.0 / METRES_PER_DEGREE;
        let (side, half) = (10.0 * hundred_m, 5.0 * hundred_m);
        let ring =
            |w: f64, s: f64, e: f64, n: f64| json!([[[w, s], [e, s], [e, n], [w, n], [w, s]]]);
        let shape = Shape::from_geojson(&json!({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {},
             "geometry": {"type": "Polygon", "coordinates": ring(0.0, 0.0, side, side)}},
            // The eastern half, and beyond on every side.
            {"type": "Feature", "properties": {"exclude": true},
             "geometry": {"type": "Polygon",
                          "coordinates": ring(half, -side, 2.0 * side, 2.0 * side)}},
        ]}))
        .unwrap();
        let at = |x: f64, y: f64| Position { lon: x * hundred_m, lat: y * hundred_m };
        let table = [
            (at(2.0, 2.0), 0.0),
            (at(5.0, 2.0), 0.0),
            (at(7.0, 2.0), 200.0),
            (at(-1.0, 2.0), 100.0),
            // Nearest is the corner where the two outlines cross, not the part's own corner.
            (at(8.0, -4.0), 500.0),
        ];
        for (from, metres) in table {
            let found = shape.distance_m(from);
            assert!((found - metres).abs() < 0.01, "{from:?}: {found} m");
        }
    }
}

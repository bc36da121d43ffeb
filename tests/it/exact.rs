//! A second opinion on geometry, as simple as can be and exact: integers in place of floats.
//!
//! Coordinates of cities are multiples of 2⁻⁴⁷ degrees, so scaled by 2⁴⁷ they are integers below
//! 2⁵⁵, and every product here fits 128 bits.

use serde_json::Value;

const SCALE: f64 = (1_u64 << 47) as f64;

/// The mean radius of the earth in metres, as the IUGG gives it.
const EARTH_M: f64 = 6_371_008.8;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    x: i128,
    y: i128,
    pub lon: f64,
    pub lat: f64,
}

#[expect(clippy::cast_possible_truncation, reason = "whole, and far below 2^63")]
pub fn point(lon: f64, lat: f64) -> Point {
    let exact = |degrees: f64| {
        let scaled = degrees * SCALE;
        assert!(scaled.fract() == 0.0, "{degrees} is too fine a coordinate to be exact");
        scaled as i128
    };
    Point { x: exact(lon), y: exact(lat), lon, lat }
}

/// A `Polygon` or `MultiPolygon`: polygons of closed rings.
#[derive(Debug)]
pub struct Area(Vec<Vec<Vec<Point>>>);

impl Area {
    pub fn read(geometry: &Value) -> Self {
        let coordinates = &geometry["coordinates"];
        match geometry["type"].as_str() {
            Some("Polygon") => Self(vec![rings(coordinates)]),
            Some("MultiPolygon") => Self(list(coordinates).iter().map(rings).collect()),
            other => panic!("{other:?} is no area"),
        }
    }

    /// Whether the point is inside or on a line.
    pub fn holds(&self, at: Point) -> bool {
        self.0.iter().any(|rings| {
            let (mut crossed, mut touched) = (false, false);
            for edge in rings.iter().flat_map(|ring| ring.windows(2)) {
                crossed ^= crosses(edge, at);
                touched |= touches(edge, at);
            }
            touched || crossed
        })
    }

    /// Metres to the nearest line, in a plane that touches the earth at the point: right to a few
    /// millionths within a kilometre.
    pub fn metres_to_line(&self, at: Point) -> f64 {
        let degree = EARTH_M.to_radians();
        let east = degree * at.lat.to_radians().cos();
        let flat = |p: &Point| ((p.lon - at.lon) * east, (p.lat - at.lat) * degree);
        let edges = self.0.iter().flatten().flat_map(|ring| ring.windows(2));
        let distances = edges.map(|edge| {
            let ((ax, ay), (bx, by)) = (flat(&edge[0]), flat(&edge[1]));
            let (dx, dy) = (bx - ax, by - ay);
            let along = -(ax * dx + ay * dy) / (dx * dx + dy * dy);
            let along = if along.is_finite() { along.clamp(0.0, 1.0) } else { 0.0 };
            (ax + along * dx).hypot(ay + along * dy)
        });
        distances.fold(f64::INFINITY, f64::min)
    }
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn rings(polygon: &Value) -> Vec<Vec<Point>> {
    let at = |pair: &Value| point(pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap());
    list(polygon).iter().map(|ring| list(ring).iter().map(at).collect()).collect()
}

/// Twice the area of the triangle, positive when it turns left.
fn turn(a: Point, b: Point, c: Point) -> i128 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// Whether a ray to the north crosses the edge. An edge owns its western end only.
fn crosses(edge: &[Point], at: Point) -> bool {
    let (west, east) = if edge[0].x <= edge[1].x { (edge[0], edge[1]) } else { (edge[1], edge[0]) };
    west.x <= at.x && at.x < east.x && turn(west, east, at) < 0
}

fn touches(edge: &[Point], at: Point) -> bool {
    let (a, b) = (edge[0], edge[1]);
    let between = |a: i128, b: i128, p: i128| a.min(b) <= p && p <= a.max(b);
    between(a.x, b.x, at.x) && between(a.y, b.y, at.y) && turn(a, b, at) == 0
}

/// Metres between two points by the haversine formula (Sinnott 1984).
pub fn metres(a: Point, b: Point) -> f64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let h = half(a.lat, b.lat)
        + a.lat.to_radians().cos() * b.lat.to_radians().cos() * half(a.lon, b.lon);
    2.0 * EARTH_M * h.sqrt().asin()
}

/// Whether a distance is within a limit. Where rounding could decide, nobody can say who is right.
pub fn is_within(distance_m: f64, limit_m: f64) -> bool {
    assert!((distance_m - limit_m).abs() > 1e-6, "{distance_m} m is too near to {limit_m} m");
    distance_m < limit_m
}

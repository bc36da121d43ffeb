//! Fewer corners for the same picture.

use super::Point;

/// Leaves out every corner that lies within `tolerance` pixels of the line without it: Douglas and
/// Peucker, "Algorithms for the reduction of the number of points required to represent a
/// digitized line" (The Canadian Cartographer, 1973), with a stack in place of recursion. First
/// and last corner stay; a closed ring is split at its corner farthest from the first.
#[must_use]
pub fn simplify(points: &[Point], tolerance: f64) -> Vec<Point> {
    let Some(last) = points.len().checked_sub(1).filter(|last| *last >= 2) else {
        return points.to_vec();
    };
    let mut keep = vec![false; points.len()];
    (keep[0], keep[last]) = (true, true);
    let mut spans = vec![(0, last)];
    while let Some((from, to)) = spans.pop() {
        if let Some((corner, distance)) = farthest(points, from, to)
            && distance > tolerance
        {
            keep[corner] = true;
            spans.extend([(from, corner), (corner, to)]);
        }
    }
    points.iter().zip(keep).filter(|(_, kept)| *kept).map(|(point, _)| *point).collect()
}

/// The corner between two others that lies farthest from the piece between them.
fn farthest(points: &[Point], from: usize, to: usize) -> Option<(usize, f64)> {
    let (a, b) = (points[from], points[to]);
    (from + 1..to).map(|k| (k, distance(points[k], a, b))).max_by(|x, y| x.1.total_cmp(&y.1))
}

/// From a point to the piece between two others.
pub fn distance(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((p.x - a.x) * dx + (p.y - a.y) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    // Pixels are no numbers that overflow, and `hypot` takes five times as long.
    let (x, y) = (p.x - a.x - along * dx, p.y - a.y - along * dy);
    (x * x + y * y).sqrt()
}

//! Where a text has the most room.

use super::Point;
use super::simplify::distance;

/// The point inside the rings (even-odd) that is farthest from all of them, and that distance in
/// pixels: the pole of inaccessibility, by halving the most promising squares, as Mapbox's
/// "polylabel" does. Within a pixel of the best. `None` when nothing is inside.
#[must_use]
pub fn roomiest(rings: &[Vec<Point>]) -> Option<(Point, f64)> {
    let all = || rings.iter().flatten();
    let (x0, x1) = span(all().map(|p| p.x))?;
    let (y0, y1) = span(all().map(|p| p.y))?;
    let side = (x1 - x0).min(y1 - y0).max(1.0);
    let mut squares = vec![];
    let mut best: Option<(Point, f64)> = None;
    let mut y = y0;
    while y < y1 {
        let mut x = x0;
        while x < x1 && squares.len() < 400 {
            squares.push(Square::new(x + side / 2.0, y + side / 2.0, side / 2.0, rings));
            x += side;
        }
        y += side;
    }
    while let Some(square) = take_best(&mut squares) {
        if square.room > best.map_or(0.0, |b| b.1) {
            best = Some((square.middle, square.room));
        }
        if square.hope() > best.map_or(0.0, |b| b.1) + 1.0 {
            squares.extend(square.quarters(rings));
        }
    }
    best
}

/// A square, and how far its middle is from the nearest line (negative outside).
struct Square {
    middle: Point,
    half: f64,
    room: f64,
}

impl Square {
    fn new(x: f64, y: f64, half: f64, rings: &[Vec<Point>]) -> Self {
        let middle = Point { x, y };
        Self { middle, half, room: room(middle, rings) }
    }

    /// No point of the square has more room than this.
    fn hope(&self) -> f64 {
        self.room + self.half * std::f64::consts::SQRT_2
    }

    fn quarters(&self, rings: &[Vec<Point>]) -> [Self; 4] {
        let (half, at) = (self.half / 2.0, self.middle);
        [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)]
            .map(|(dx, dy)| Self::new(at.x + dx * half, at.y + dy * half, half, rings))
    }
}

fn take_best(squares: &mut Vec<Square>) -> Option<Square> {
    let hopes = squares.iter().enumerate().map(|(k, square)| (k, square.hope()));
    let (best, _) = hopes.max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(squares.swap_remove(best))
}

fn room(at: Point, rings: &[Vec<Point>]) -> f64 {
    let (mut nearest, mut inside) = (f64::INFINITY, false);
    for ring in rings {
        for ends in ring.windows(2) {
            let (a, b) = (ends[0], ends[1]);
            nearest = nearest.min(distance(at, a, b));
            let crosses = (a.y > at.y) != (b.y > at.y)
                && at.x < (b.x - a.x) * (at.y - a.y) / (b.y - a.y) + a.x;
            inside ^= crosses;
        }
    }
    if inside { nearest } else { -nearest }
}

fn span(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |span, v| match span {
        None => Some((v, v)),
        Some((low, high)) => Some((low.min(v), high.max(v))),
    })
}

//! What of a line or an outline lies on a drawing. What lies far beside it costs bytes, and is not seen.

use super::Point;

/// So many pixels beyond its edges: the widest line that follows a cut is out of sight there.
const BEYOND: f64 = 12.0;

/// A drawing of this width and height.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    pub width: f64,
    pub height: f64,
}

impl Sheet {
    /// How far within one of the four sides a place lies; negative beyond it.
    fn within(self, side: u8, at: Point) -> f64 {
        match side {
            0 => at.x + BEYOND,
            1 => self.width + BEYOND - at.x,
            2 => at.y + BEYOND,
            _ => self.height + BEYOND - at.y,
        }
    }

    /// A closed ring, cut side by side after Sutherland and Hodgman, "Reentrant polygon clipping"
    /// (Communications of the ACM, 1974). One that lies within stays as it is.
    pub fn ring(self, ring: Vec<Point>) -> Vec<Point> {
        let mut cut = ring;
        for side in 0..4 {
            if cut.iter().any(|at| self.within(side, *at) < 0.0) {
                cut = self.cut(side, &cut);
            }
        }
        cut
    }

    fn cut(self, side: u8, ring: &[Point]) -> Vec<Point> {
        let mut left = Vec::with_capacity(ring.len());
        for ends in ring.windows(2) {
            let (from, to) = (ends[0], ends[1]);
            let (a, b) = (self.within(side, from), self.within(side, to));
            if (a < 0.0) != (b < 0.0) {
                let part = a / (a - b);
                let along = |from: f64, to: f64| from + (to - from) * part;
                left.push(Point { x: along(from.x, to.x), y: along(from.y, to.y) });
            }
            if b >= 0.0 {
                left.push(to);
            }
        }
        let first = left.first().copied();
        left.extend(first);
        left
    }

    /// The pieces of an open line that come near.
    pub fn lines(self, line: &[Point]) -> Vec<Vec<Point>> {
        let mut pieces: Vec<Vec<Point>> = vec![];
        let mut goes_on = false;
        for ends in line.windows(2) {
            let is_beside = |side| ends.iter().all(|at| self.within(side, *at) < 0.0);
            if (0..4).any(is_beside) {
                goes_on = false;
                continue;
            }
            match pieces.last_mut().filter(|_| goes_on) {
                Some(piece) => piece.push(ends[1]),
                None => pieces.push(ends.to_vec()),
            }
            goes_on = true;
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: Sheet = Sheet { width: 100.0, height: 100.0 };

    fn points<const N: usize>(all: [(f64, f64); N]) -> Vec<Point> {
        all.map(|(x, y)| Point { x, y }).to_vec()
    }

    #[test]
    fn a_ring_is_cut_beyond_the_edges_and_stays_closed() {
        let inside = points([(0.0, 0.0), (100.0, 0.0), (100.0, 112.0), (0.0, 0.0)]);
        assert_eq!(SHEET.ring(inside.clone()), inside);
        let wide =
            points([(-500.0, 10.0), (900.0, 10.0), (900.0, 20.0), (-500.0, 20.0), (-500.0, 10.0)]);
        let cut = SHEET.ring(wide);
        assert!(cut.iter().all(|at| (-12.01..=112.01).contains(&at.x)), "{cut:?}");
        assert_eq!((cut.first(), cut.len()), (cut.last(), 5));
        let around = points([
            (-500.0, -500.0),
            (500.0, -500.0),
            (500.0, 500.0),
            (-500.0, 500.0),
            (-500.0, -500.0),
        ]);
        assert_eq!(SHEET.ring(around).len(), 5, "the whole sheet");
        let beside = points([(200.0, 0.0), (300.0, 0.0), (300.0, 50.0), (200.0, 0.0)]);
        assert!(SHEET.ring(beside).is_empty());
    }

    #[test]
    fn a_line_falls_into_what_comes_near() {
        let line = points([
            (50.0, 50.0),
            (60.0, 50.0),
            (500.0, 50.0),
            (500.0, 90.0),
            (50.0, 90.0),
            (40.0, 95.0),
        ]);
        let pieces = SHEET.lines(&line);
        assert_eq!(pieces.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3]);
        assert!(SHEET.lines(&points([(200.0, 0.0), (300.0, 100.0)])).is_empty());
    }
}

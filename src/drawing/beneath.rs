//! The ground on a map of a page: of streets, parks and water what lies in its window, in as few bytes as
//! show it.

use std::fmt::Write;

use super::frame::Frame;
use super::ground::{Drawn, Ground, What};
use super::picture::metres_around;
use super::simplify::simplify;
use super::{Map, Point, TOLERANCE_PX, path};

/// A page is light: what has more bytes than this is left out.
const MOST_BYTES: usize = 12_000;

type Layer = (&'static str, What, Option<(f64, f64)>);

/// The classes of a page's style sheet, in the order in which they are drawn. Lines have a width in metres,
/// and one that would be thinner than so many pixels is left out.
const LAYERS: [Layer; 5] = [
    ("park", What::Park, None),
    ("water", What::Water, None),
    ("stream", What::Stream, Some((12.0, 0.4))),
    ("street", What::Street, Some((9.0, 0.8))),
    ("avenue", What::Avenue, Some((16.0, 0.4))),
];

/// Lines are drawn within these, in pixels.
const WIDTHS: (f64, f64) = (1.0, 12.0);

impl Map {
    /// Adds what lies in the window of parks, water and streets.
    #[must_use]
    pub fn ground(mut self, ground: &Ground) -> Self {
        let drawn = ground.within(&self.frame.window());
        for (class, what, line) in LAYERS {
            let them = || drawn.iter().filter(move |drawn| drawn.what == what);
            let Some((metres, least)) = line else {
                if let Some(path) = light(them().map(|drawn| self.frame.outlines(drawn))) {
                    self.push_path(class, &path);
                }
                continue;
            };
            let width = metres * self.frame.pixels_a_metre();
            if width < least {
                continue;
            }
            let path = light(them().map(|drawn| self.frame.strokes(drawn)));
            if let Some(path) = path.filter(|path| !path.is_empty()) {
                let width = width.clamp(WIDTHS.0, WIDTHS.1);
                let _ = write!(
                    self.body,
                    r#"<path class="{class}" stroke-width="{width:.1}" d="{path}"/>"#
                );
            }
        }
        self
    }
}

/// All of it, unless it is too much; then no more of it is drawn.
fn light(pieces: impl Iterator<Item = String>) -> Option<String> {
    let mut path = String::new();
    for piece in pieces {
        path += &piece;
        if path.len() > MOST_BYTES {
            return None;
        }
    }
    Some(path)
}

impl Frame {
    /// Whether there is ground in it by which a place is known: the box of a lake may be a whole city's.
    #[must_use]
    pub fn has_ground(&self, ground: &Ground) -> bool {
        let is_way = |drawn: &&Drawn| matches!(drawn.what, What::Street | What::Avenue);
        ground.within(&self.window()).into_iter().any(|drawn| is_way(&drawn))
    }

    fn outlines(&self, drawn: &Drawn) -> String {
        drawn.paths.iter().map(|ring| self.closed(self.flat(ring))).collect()
    }

    fn strokes(&self, drawn: &Drawn) -> String {
        let pieces = drawn.paths.iter().flat_map(|line| self.sheet().lines(&self.flat(line)));
        pieces.map(|piece| path(&simplify(&piece, TOLERANCE_PX), false)).collect()
    }

    fn flat(&self, path: &[Point]) -> Vec<Point> {
        path.iter().map(|at| self.place(*at)).collect()
    }

    /// In the middle.
    fn pixels_a_metre(&self) -> f64 {
        let middle = Point { x: self.width() / 2.0, y: self.height() / 2.0 };
        self.scale() / metres_around(self.unproject(middle))
    }
}

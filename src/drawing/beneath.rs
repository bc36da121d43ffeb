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
                let path: String = them().map(|drawn| self.frame.outlines(drawn)).collect();
                if path.len() <= MOST_BYTES {
                    self.push_path(class, &path);
                }
                continue;
            };
            let width = metres * self.frame.pixels_a_metre();
            if width < least {
                continue;
            }
            let path: String = them().map(|drawn| self.frame.strokes(drawn)).collect();
            if !path.is_empty() && path.len() <= MOST_BYTES {
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

impl Frame {
    /// Whether there is any ground in it.
    #[must_use]
    pub fn has_ground(&self, ground: &Ground) -> bool {
        !ground.within(&self.window()).is_empty()
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

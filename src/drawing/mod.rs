//! A map as SVG, for pages, and as PNG, for mail.
//!
//! The one rule: what is drawn is simplified, what is matched never is. Nothing here decides
//! anything but ink.
//!
//! A [`Frame`] says which part of the world lies on how many pixels (Web Mercator, as every web
//! map). A [`Map`] gathers layers in it and prints them with classes; colours come from the page's
//! style sheet. A [`Picture`] is the small map in a mail, drawn to the last pixel here, and a [`Tile`]
//! a square of the ground that lies beneath the maps that people move.

mod beneath;
mod canvas;
mod cut;
mod frame;
mod ground;
mod label;
mod letters;
mod palette;
mod picture;
mod png;
mod simplify;
mod tile;

use std::fmt::Write;

pub use frame::{Frame, Point};
pub use ground::{Added, Ground};
pub use picture::{PICTURE_HEIGHT, PICTURE_WIDTH, Picture, WardLines};
pub use tile::Tile;

use crate::geometry::{Position, Shape};
use simplify::simplify;

/// Corners nearer than this, in pixels, to the line without them are left out.
const TOLERANCE_PX: f64 = 0.35;

/// Layers of a map, drawn in the order in which they are added.
#[derive(Clone, Debug)]
pub struct Map {
    frame: Frame,
    body: String,
}

impl Map {
    #[must_use]
    pub fn new(frame: Frame) -> Self {
        Self { frame, body: String::new() }
    }

    #[must_use]
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Adds closed outlines as one path of this class. Rings inside rings are holes.
    #[must_use]
    pub fn areas<'a>(mut self, class: &str, rings: impl Iterator<Item = &'a [Position]>) -> Self {
        let path: String = rings.map(|ring| self.frame.ring_path(ring)).collect();
        self.push_path(class, &path);
        self
    }

    /// Adds open lines as one path of this class.
    #[must_use]
    pub fn lines<'a>(mut self, class: &str, lines: impl Iterator<Item = &'a [Position]>) -> Self {
        let path: String = lines.map(|line| self.frame.line_path(line)).collect();
        self.push_path(class, &path);
        self
    }

    /// Adds an area.
    #[must_use]
    pub fn area(mut self, class: &str, shape: &Shape) -> Self {
        let path = self.frame.shape_path(shape);
        self.push_path(class, &path);
        self
    }

    /// Adds an area that the page can find again by its id, such as a ward that lights up.
    #[must_use]
    pub fn area_with_id(mut self, class: &str, id: &str, shape: &Shape) -> Self {
        let path = self.frame.shape_path(shape);
        let (class, id) = (escape(class), escape(id));
        let _ = write!(self.body, r#"<path class="{class}" id="{id}" d="{path}"/>"#);
        self
    }

    /// Writes a text inside a shape, where it has the most room around it; nothing when the shape
    /// is too small to hold it legibly.
    #[must_use]
    pub fn label(mut self, class: &str, text: &str, shape: &Shape) -> Self {
        let rings: Vec<Vec<Point>> = shape.outline().iter().map(|r| self.frame.ring(r)).collect();
        if let Some((at, room)) = label::roomiest(&rings)
            && room > 9.0
            && self.frame.holds(at)
        {
            let (class, text) = (escape(class), escape(text));
            // The baseline sits a third of the letter height below the middle.
            let y = at.y + 4.0;
            let _ = write!(
                self.body,
                r#"<text class="{class}" x="{:.1}" y="{y:.1}">{text}</text>"#,
                at.x
            );
        }
        self
    }

    /// Adds a text at a place.
    #[must_use]
    pub fn text_at(mut self, class: &str, text: &str, at: Position) -> Self {
        let (at, class, text) = (self.frame.project(at), escape(class), escape(text));
        let _ = write!(
            self.body,
            r#"<text class="{class}" x="{:.1}" y="{:.1}">{text}</text>"#,
            at.x, at.y
        );
        self
    }

    /// Adds a disc of this class, `radius` in pixels.
    #[must_use]
    pub fn disc(mut self, class: &str, at: Position, radius: f64) -> Self {
        let (at, class) = (self.frame.project(at), escape(class));
        let _ = write!(
            self.body,
            r#"<circle class="{class}" cx="{:.1}" cy="{:.1}" r="{radius:.1}"/>"#,
            at.x, at.y
        );
        self
    }

    /// The layers alone, for a page that has the `<svg>` element and the colours.
    #[must_use]
    pub fn inline(&self) -> &str {
        &self.body
    }

    fn push_path(&mut self, class: &str, path: &str) {
        if !path.is_empty() {
            let _ = write!(self.body, r#"<path class="{}" d="{path}"/>"#, escape(class));
        }
    }
}

impl Frame {
    /// The SVG path of a shape, holes included (even-odd or non-zero alike, as rings alternate).
    #[must_use]
    pub fn shape_path(&self, shape: &Shape) -> String {
        shape.outline().iter().map(|ring| self.ring_path(ring)).collect()
    }

    /// The SVG path of a closed ring; empty when it is smaller than a pixel or out of sight.
    #[must_use]
    pub fn ring_path(&self, ring: &[Position]) -> String {
        self.closed(ring.iter().map(|at| self.project(*at)).collect())
    }

    /// The same of corners in pixels. What lies far beside the drawing is cut off.
    fn closed(&self, ring: Vec<Point>) -> String {
        if !self.sees(&ring) {
            return String::new();
        }
        let points = simplify(&self.sheet().ring(ring), TOLERANCE_PX);
        if points.len() < 4 { String::new() } else { path(&points[..points.len() - 1], true) }
    }

    /// The SVG path of an open line; empty when out of sight.
    #[must_use]
    pub fn line_path(&self, line: &[Position]) -> String {
        let points = self.ring(line);
        if points.len() < 2 { String::new() } else { path(&points, false) }
    }

    /// The corners in pixels, simplified; none when the whole lies out of sight.
    fn ring(&self, ring: &[Position]) -> Vec<Point> {
        let points: Vec<Point> = ring.iter().map(|at| self.project(*at)).collect();
        if self.sees(&points) { simplify(&points, TOLERANCE_PX) } else { vec![] }
    }
}

/// Relative moves to one decimal: half the bytes of absolute ones. What is rounded away is carried
/// over to the next corner, so errors do not add up along the path.
fn path(points: &[Point], close: bool) -> String {
    let mut out = String::new();
    let (mut x, mut y) = (0_i64, 0_i64);
    for (k, at) in points.iter().enumerate() {
        let (to_x, to_y) = (tenths(at.x), tenths(at.y));
        if k == 0 {
            let _ = write!(out, "M{} {}l", Tenths(to_x), Tenths(to_y));
        } else if (to_x, to_y) != (x, y) {
            let gap = if out.ends_with('l') { "" } else { " " };
            let _ = write!(out, "{gap}{} {}", Tenths(to_x - x), Tenths(to_y - y));
        }
        (x, y) = (to_x, to_y);
    }
    if out.ends_with('l') {
        out.push_str("0 0");
    }
    if close {
        out.push('Z');
    }
    out
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, far off the map")]
fn tenths(px: f64) -> i64 {
    (px * 10.0).round() as i64
}

/// A number of tenths, written as short as SVG allows: `-.5`, `12`, `3.4`.
struct Tenths(i64);

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        match (self.0.abs() / 10, self.0.abs() % 10) {
            (whole, 0) => write!(f, "{sign}{whole}"),
            (0, part) => write!(f, "{sign}.{part}"),
            (whole, part) => write!(f, "{sign}{whole}.{part}"),
        }
    }
}

/// Text that can stand in an attribute or an element.
fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests;

//! Which part of the world lies on which pixels.

use std::f64::consts::{PI, TAU};

use super::cut::Sheet;
use super::ground::Bounds;
use crate::geometry::{Envelope, Position};

/// A place on the drawing, in pixels from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// A window on the world in Web Mercator (EPSG:3857 up to scale).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// The upper left corner in world units: the whole world is 1 wide and 1 high.
    left: f64,
    top: f64,
    /// Pixels per world unit.
    scale: f64,
    width: f64,
    height: f64,
}

/// Beyond this latitude Mercator runs off to infinity; web maps end there.
const MAX_LAT: f64 = 85.051_128;

impl Frame {
    /// The window of `width` × `height` pixels that holds all of `bounds`, centred, with
    /// `padding` pixels left around it. An empty or single-point box gets a street-sized window.
    #[must_use]
    pub fn fit(bounds: &Envelope, width: f64, height: f64, padding: f64) -> Self {
        let (west, north) = world(Position { lon: bounds.west, lat: bounds.north });
        let (east, south) = world(Position { lon: bounds.east, lat: bounds.south });
        // About 20 m: never divide by nothing.
        let (across, down) = ((east - west).max(5e-7), (south - north).max(5e-7));
        let room = |side: f64| (side - 2.0 * padding).max(1.0);
        let scale = (room(width) / across).min(room(height) / down);
        Self {
            left: f64::midpoint(west, east) - width / 2.0 / scale,
            top: f64::midpoint(north, south) - height / 2.0 / scale,
            scale,
            width,
            height,
        }
    }

    /// As [`Frame::fit`], `width` pixels wide and as high as the bounds need, within limits.
    #[must_use]
    pub fn fit_width(bounds: &Envelope, width: f64, padding: f64) -> Self {
        let (west, north) = world(Position { lon: bounds.west, lat: bounds.north });
        let (east, south) = world(Position { lon: bounds.east, lat: bounds.south });
        let ratio = (south - north).max(5e-7) / (east - west).max(5e-7);
        let height = ((width - 2.0 * padding) * ratio + 2.0 * padding).round();
        Self::fit(bounds, width, height.clamp(width * 0.6, width * 1.35), padding)
    }

    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    #[must_use]
    pub fn height(&self) -> f64 {
        self.height
    }

    #[must_use]
    pub fn project(&self, at: Position) -> Point {
        let (x, y) = world(at);
        Point { x: (x - self.left) * self.scale, y: (y - self.top) * self.scale }
    }

    /// The place under a pixel.
    #[must_use]
    pub fn unproject(&self, at: Point) -> Position {
        let (x, y) = (at.x / self.scale + self.left, at.y / self.scale + self.top);
        Position { lon: x * 360.0 - 180.0, lat: (PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees() }
    }

    /// What it shows, in world units.
    pub(super) fn window(&self) -> Bounds {
        Bounds {
            left: self.left,
            top: self.top,
            right: self.left + self.width / self.scale,
            bottom: self.top + self.height / self.scale,
        }
    }

    /// The pixel of a place in world units.
    pub(super) fn place(&self, at: Point) -> Point {
        Point { x: (at.x - self.left) * self.scale, y: (at.y - self.top) * self.scale }
    }

    /// Pixels in a world unit.
    pub(super) fn scale(&self) -> f64 {
        self.scale
    }

    pub(super) fn sheet(&self) -> Sheet {
        Sheet { width: self.width, height: self.height }
    }

    /// Whether a pixel is on the drawing.
    #[must_use]
    pub fn holds(&self, at: Point) -> bool {
        (0.0..=self.width).contains(&at.x) && (0.0..=self.height).contains(&at.y)
    }

    /// Whether the box around these points touches the drawing.
    #[must_use]
    pub fn sees(&self, points: &[Point]) -> bool {
        let beyond = |out: fn(&Self, &Point) -> bool| points.iter().all(|p| out(self, p));
        !points.is_empty()
            && !beyond(|_, p| p.x < 0.0)
            && !beyond(|_, p| p.y < 0.0)
            && !beyond(|f, p| p.x > f.width)
            && !beyond(|f, p| p.y > f.height)
    }
}

/// A place in world units.
pub(super) fn world(at: Position) -> (f64, f64) {
    let lat = at.lat.clamp(-MAX_LAT, MAX_LAT).to_radians();
    (at.lon / 360.0 + 0.5, 0.5 - (lat.tan() + 1.0 / lat.cos()).ln() / TAU)
}

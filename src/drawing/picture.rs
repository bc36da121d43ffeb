//! The map in a mail: where one issue lies, as PNG, because mail programs show no SVG.
//!
//! The one rule: the same facts give the same bytes. It shows what everybody may know, the issue, the
//! ward lines and the ground, and nothing of who watches there, so one picture is right for all
//! readers. (Other issues nearby are left out: they come and go, and with them a mail that is tried
//! again would change.)

mod names;
mod style;

use super::Point;
use super::canvas::Canvas;
use super::frame::world;
use super::ground::{Bounds, Drawn, Ground, What};
use super::letters::Text;
use crate::geometry::{EARTH_RADIUS_M, Position, Shape, Units};

use names::Names;
use style::{
    AVENUE_PX, ELSEWHERE, HALO, LAND, PARK, PIN, RIM, STREAM_PX, STREET, STREET_PX, TEXT, WARD,
    WARD_PX, WATER,
};

/// Pixels of the picture. It is shown two thirds as large: sharp enough on a phone, and half the bytes
/// of twice as large.
pub const PICTURE_WIDTH: usize = 828;
pub const PICTURE_HEIGHT: usize = 360;

/// How many metres of ground it is wide: some eight blocks.
const CLOSE_M: f64 = 900.0;
/// Where there are only ward lines to go by, it is as wide as the ward, within these.
const WARD_M: (f64, f64) = (1_500.0, 7_000.0);

/// Ward lines, ready to be drawn.
#[derive(Debug, Default)]
pub struct WardLines {
    wards: Vec<WardLine>,
}

#[derive(Debug)]
struct WardLine {
    key: String,
    rings: Vec<Vec<Point>>,
    bounds: Bounds,
}

impl WardLines {
    #[must_use]
    pub fn new<'a>(wards: impl Iterator<Item = (&'a str, &'a Shape)>) -> Self {
        let line = |(key, shape): (&str, &Shape)| {
            let ring = |ring: Vec<Position>| ring.into_iter().map(flat).collect();
            let rings: Vec<Vec<Point>> = shape.outline().into_iter().map(ring).collect();
            let bounds = Bounds::of(rings.iter().flatten());
            WardLine { key: key.to_owned(), rings, bounds }
        };
        Self { wards: wards.map(line).collect() }
    }
}

/// What a picture shows.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    pub at: Position,
    /// The ward that holds it.
    pub ward: Option<&'a str>,
    pub wards: &'a WardLines,
    pub ground: &'a Ground,
    pub units: Units,
}

impl Picture<'_> {
    /// Draws it; `None` where there is nothing to see but the pin.
    #[must_use]
    pub fn png(&self) -> Option<Vec<u8>> {
        let close = View::around(self.at, CLOSE_M);
        let mut view = close;
        let mut ground = self.ground.within(&close.window());
        if ground.is_empty() {
            view = View::around(self.at, self.width_of_ward()?);
            ground = self.ground.within(&view.window());
        }
        let mut sheet = Sheet { view, canvas: Canvas::new(PICTURE_WIDTH, PICTURE_HEIGHT, LAND) };
        let mut wards: Vec<&WardLine> =
            self.wards.wards.iter().filter(|ward| ward.bounds.meets(&view.window())).collect();
        wards.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        sheet.land(&wards, self.ward);
        sheet.ground(&ground);
        sheet.ward_lines(&wards);
        let mut names = Names::new(view);
        let bar = names.scale_bar(self.units);
        names.of_wards(wards.iter().map(|ward| (ward.key.as_str(), &ward.rings[..])));
        names.of_streets(&ground);
        names.of_areas(&ground);
        sheet.write(&names.texts(WARD), WARD);
        sheet.write(&names.texts(TEXT), TEXT);
        sheet.scale_bar(&bar);
        sheet.pin();
        Some(style::encoded(&sheet.canvas))
    }

    /// So many metres across that all of the ward shows, if it can; `None` where no ward is near.
    fn width_of_ward(&self) -> Option<f64> {
        let centre = flat(self.at);
        let near = View::around(self.at, WARD_M.1).window();
        let mut near = self.wards.wards.iter().filter(|ward| ward.bounds.meets(&near));
        let first = near.next()?;
        let own = self.wards.wards.iter().find(|ward| Some(ward.key.as_str()) == self.ward);
        let bounds = own.unwrap_or(first).bounds;
        let aside = (centre.x - bounds.left).max(bounds.right - centre.x);
        let up = (centre.y - bounds.top).max(bounds.bottom - centre.y);
        let ratio = PICTURE_WIDTH as f64 / PICTURE_HEIGHT as f64;
        let metres = aside.max(up * ratio) * 2.0 * metres_around(self.at);
        Some(metres.clamp(WARD_M.0, WARD_M.1))
    }
}

/// A place in world units.
fn flat(at: Position) -> Point {
    let (x, y) = world(at);
    Point { x, y }
}

/// How long the parallel of a place is, which is one world unit there.
pub(super) fn metres_around(at: Position) -> f64 {
    (EARTH_RADIUS_M * std::f64::consts::TAU * at.lat.to_radians().cos()).max(1.0)
}

/// A window on the world with a place in its middle.
#[derive(Clone, Copy, Debug)]
struct View {
    centre: Point,
    /// Pixels in a world unit.
    scale: f64,
    metres_a_pixel: f64,
}

impl View {
    fn around(at: Position, metres: f64) -> Self {
        let around = metres_around(at);
        let metres_a_pixel = metres / PICTURE_WIDTH as f64;
        Self { centre: flat(at), scale: around / metres_a_pixel, metres_a_pixel }
    }

    fn middle() -> Point {
        Point { x: PICTURE_WIDTH as f64 / 2.0, y: PICTURE_HEIGHT as f64 / 2.0 }
    }

    /// The pixel of a place, the nearest turn around the world.
    fn project(&self, at: Point) -> Point {
        let off = at.x - self.centre.x;
        let middle = Self::middle();
        Point {
            x: (off - off.round()) * self.scale + middle.x,
            y: (at.y - self.centre.y) * self.scale + middle.y,
        }
    }

    fn path(&self, path: &[Point]) -> Vec<Point> {
        path.iter().map(|at| self.project(*at)).collect()
    }

    /// What shows, and a little around it.
    fn window(&self) -> Bounds {
        let middle = Self::middle();
        let (aside, up) = ((middle.x + 20.0) / self.scale, (middle.y + 20.0) / self.scale);
        Bounds {
            left: self.centre.x - aside,
            top: self.centre.y - up,
            right: self.centre.x + aside,
            bottom: self.centre.y + up,
        }
    }
}

/// From the edges of the picture to the scale bar.
const MARGIN: f64 = 18.0;

/// The scale bar: its length in pixels, and what it says.
#[derive(Clone, Debug)]
struct Bar {
    length: f64,
    text: Text,
}

struct Sheet {
    view: View,
    canvas: Canvas,
}

impl Sheet {
    /// The ward, and what lies around it.
    fn land(&mut self, wards: &[&WardLine], own: Option<&str>) {
        let Some(own) = wards.iter().find(|ward| Some(ward.key.as_str()) == own) else { return };
        let all = View::middle();
        let all = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]
            .map(|(x, y)| Point { x: x * all.x, y: y * all.y });
        self.canvas.outline(&all);
        self.canvas.dry(ELSEWHERE);
        for ring in &own.rings {
            self.canvas.outline(&self.view.path(ring));
        }
        self.canvas.dry(LAND);
    }

    fn ground(&mut self, ground: &[&Drawn]) {
        let of = |whats: &'static [What]| {
            let them = ground.iter().filter(move |drawn| whats.contains(&drawn.what));
            them.flat_map(|drawn| &drawn.paths)
        };
        for (what, colour) in [(&[What::Park], PARK), (&[What::Water], WATER)] {
            of(what).for_each(|ring| self.canvas.outline(&self.view.path(ring)));
            self.canvas.dry(colour);
        }
        self.lines(of(&[What::Stream]), STREAM_PX);
        self.canvas.dry(WATER);
        self.lines(of(&[What::Street]), STREET_PX);
        self.lines(of(&[What::Avenue]), AVENUE_PX);
        self.canvas.dry(STREET);
    }

    fn lines<'a>(&mut self, lines: impl Iterator<Item = &'a Vec<Point>>, width: f64) {
        lines.for_each(|line| self.canvas.line(&self.view.path(line), width));
    }

    fn ward_lines(&mut self, wards: &[&WardLine]) {
        self.lines(wards.iter().flat_map(|ward| &ward.rings), WARD_PX);
        self.canvas.dry(WARD);
    }

    fn write(&mut self, texts: &[&Text], colour: [u8; 3]) {
        for text in texts {
            text.ink(&mut self.canvas, Some(RIM));
        }
        self.canvas.dry(HALO);
        for text in texts {
            text.ink(&mut self.canvas, None);
        }
        self.canvas.dry(colour);
    }

    fn scale_bar(&mut self, bar: &Bar) {
        let low = PICTURE_HEIGHT as f64 - MARGIN;
        let at = |x: f64, y: f64| Point { x: MARGIN + x, y: low + y };
        let line = [at(0.0, -8.0), at(0.0, 0.0), at(bar.length, 0.0), at(bar.length, -8.0)];
        for (width, colour) in [(8.0, HALO), (3.0, TEXT)] {
            self.canvas.line(&line, width);
            self.canvas.dry(colour);
        }
        self.write(&[&bar.text], TEXT);
    }

    /// A drop that stands on the place with its tip.
    fn pin(&mut self) {
        let tip = View::middle();
        let (radius, height) = (19.0, 44.0_f64);
        let head = Point { x: tip.x, y: tip.y - height };
        let tip = Point { y: tip.y + 3.0, ..tip };
        // The sides touch the head where they leave the tip.
        let side = (radius / (height + 3.0)).acos();
        let on_head = |step: u32| {
            let turn = (std::f64::consts::TAU - 2.0 * side) * f64::from(step) / 40.0;
            let angle = std::f64::consts::FRAC_PI_2 + side + turn;
            Point { x: head.x + radius * angle.cos(), y: head.y + radius * angle.sin() }
        };
        let mut drop: Vec<Point> = [tip].into_iter().chain((0..=40).map(on_head)).collect();
        drop.push(tip);
        self.canvas.line(&drop, 7.0);
        self.canvas.dry(HALO);
        self.canvas.outline(&drop);
        self.canvas.dry(PIN);
        self.canvas.disc(head, 7.0);
        self.canvas.dry(HALO);
    }
}

#[cfg(test)]
mod tests;

//! What is written on a picture, and where: no word over another, none over the pin.

use std::collections::BTreeMap;

use super::super::canvas::Colour;
use super::super::ground::{Bounds, Drawn, What};
use super::super::label::roomiest;
use super::super::letters::{CAPITAL, Text, can_write, length};
use super::super::simplify::simplify;
use super::style::{TEXT, WARD};
use super::{Bar, MARGIN, PICTURE_HEIGHT, PICTURE_WIDTH, Point, View};
use crate::geometry::Units;

const STREET_SIZE: f64 = 20.0;
const AREA_SIZE: f64 = 19.0;
const WARD_SIZE: f64 = 30.0;
/// As many names of streets as can be read at a glance.
const STREETS: usize = 8;
/// A street whose middle strays so many pixels from the straight way is too crooked for its name.
const CROOKED: f64 = 5.0;

/// The texts, and what has been taken of the picture.
pub(super) struct Names {
    view: View,
    taken: Vec<Spot>,
    written: Vec<(Text, Colour)>,
}

/// A disc where nothing more may stand.
#[derive(Clone, Copy)]
struct Spot {
    at: Point,
    radius: f64,
}

impl Names {
    pub fn new(view: View) -> Self {
        let middle = View::middle();
        let pin = [(-44.0, 30.0), (-12.0, 21.0), (0.0, 15.0)];
        let taken =
            pin.map(|(up, radius)| Spot { at: Point { y: middle.y + up, ..middle }, radius });
        Self { view, taken: taken.into(), written: vec![] }
    }

    /// The texts of one colour.
    pub fn texts(&self, colour: Colour) -> Vec<&Text> {
        self.written.iter().filter(|(_, ink)| *ink == colour).map(|(text, _)| text).collect()
    }

    /// A bar of a round length in the lower left corner.
    pub fn scale_bar(&mut self, units: Units) -> Bar {
        let metre = 1.0 / self.view.metres_a_pixel;
        let (foot, mile) = (metre * 0.3048, metre * 1_609.344);
        let table: [(f64, &str); 7] = match units {
            Units::Metric => [
                (100.0 * metre, "100 m"),
                (200.0 * metre, "200 m"),
                (500.0 * metre, "500 m"),
                (1_000.0 * metre, "1 km"),
                (2_000.0 * metre, "2 km"),
                (5_000.0 * metre, "5 km"),
                (10_000.0 * metre, "10 km"),
            ],
            Units::Us => [
                (200.0 * foot, "200 ft"),
                (500.0 * foot, "500 ft"),
                (1_000.0 * foot, "1,000 ft"),
                (0.5 * mile, "0.5 mi"),
                (mile, "1 mi"),
                (2.0 * mile, "2 mi"),
                (5.0 * mile, "5 mi"),
            ],
        };
        let fitting = table.iter().rev().find(|(px, _)| *px <= 200.0).unwrap_or(&table[0]);
        let (px, words) = *fitting;
        let size = 19.0;
        let middle = Point {
            x: MARGIN + px + 10.0 + length(words, size) / 2.0,
            y: PICTURE_HEIGHT as f64 - MARGIN - CAPITAL * size / 2.0,
        };
        let text = Text { words: words.to_owned(), size, middle, angle: 0.0 };
        let end = middle.x + length(words, size) / 2.0;
        let mut x = MARGIN;
        while x < end {
            self.taken.push(Spot { at: Point { x, y: middle.y }, radius: 20.0 });
            x += 20.0;
        }
        Bar { length: px, text }
    }

    /// The number of each ward that shows, where it has most room; none when no ward line does.
    pub fn of_wards<'a>(&mut self, wards: impl Iterator<Item = (&'a str, &'a [Vec<Point>])>) {
        let cut = |(key, rings): (&'a str, &[Vec<Point>])| {
            let rings: Vec<_> = rings.iter().map(|ring| cut(&self.view.path(ring))).collect();
            (key, rings.into_iter().filter(|ring| ring.len() > 3).collect::<Vec<_>>())
        };
        let seen: Vec<_> = wards.map(cut).filter(|(_, rings)| !rings.is_empty()).collect();
        let (width, height) = (PICTURE_WIDTH as f64, PICTURE_HEIGHT as f64);
        let is_inside = |at: &Point| at.x > 0.0 && at.x < width && at.y > 0.0 && at.y < height;
        if seen.iter().flat_map(|(_, rings)| rings).flatten().any(is_inside) || seen.len() > 1 {
            for (key, rings) in seen {
                self.within(rings, key, WARD_SIZE, WARD);
            }
        }
    }

    /// The names of parks and waters that have room for them.
    pub fn of_areas(&mut self, ground: &[&Drawn]) {
        let areas = ground.iter().filter(|d| matches!(d.what, What::Park | What::Water));
        for drawn in areas {
            if let Some(name) = &drawn.name {
                let rings = drawn.paths.iter().map(|ring| cut(&self.view.path(ring)));
                let rings = rings.filter(|ring| ring.len() > 3).collect();
                self.within(rings, name, AREA_SIZE, TEXT);
            }
        }
    }

    /// Writes inside rings, around what is taken already.
    fn within(&mut self, mut rings: Vec<Vec<Point>>, words: &str, size: f64, ink: Colour) {
        if rings.is_empty() || !can_write(words) {
            return;
        }
        let bounds = Bounds::of(rings.iter().flatten());
        let is_near = |spot: &&Spot| {
            let (Point { x, y }, r) = (spot.at, spot.radius);
            x > bounds.left - r
                && x < bounds.right + r
                && y > bounds.top - r
                && y < bounds.bottom + r
        };
        rings.extend(self.taken.iter().filter(is_near).map(|spot| {
            let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)];
            let r = spot.radius;
            corners.map(|(x, y)| Point { x: spot.at.x + r * x, y: spot.at.y + r * y }).into()
        }));
        let Some((middle, room)) = roomiest(&rings) else { return };
        let text = Text { words: words.to_owned(), size, middle, angle: 0.0 };
        if room > size * 0.7 && room > text.length() * 0.4 {
            self.take(text, ink);
        }
    }

    /// The names of streets along them, those of many first, each once.
    pub fn of_streets(&mut self, ground: &[&Drawn]) {
        let mut streets: BTreeMap<(bool, &str), Vec<Vec<Point>>> = BTreeMap::new();
        for drawn in ground {
            let is_small = match drawn.what {
                What::Avenue => false,
                What::Street => true,
                _ => continue,
            };
            let Some(name) = drawn.name.as_deref().filter(|name| can_write(name)) else { continue };
            let paths = drawn.paths.iter().flat_map(|path| seen(&self.view.path(path)));
            streets.entry((is_small, name)).or_default().extend(paths);
        }
        let mut written = 0;
        for ((_, name), pieces) in streets {
            if written < STREETS && self.along(name, joined(pieces)) {
                written += 1;
            }
        }
    }

    /// Writes along the best of some lines, if there is a straight and free stretch.
    fn along(&mut self, name: &str, lines: Vec<Vec<Point>>) -> bool {
        let size = STREET_SIZE;
        let long = length(name, size);
        let mut best: Option<(f64, Text)> = None;
        for line in lines {
            let line = Line::new(line);
            let mut start = 9.0;
            while start + long + 9.0 <= line.long {
                let (a, b) = (line.at(start), line.at(start + long));
                let bend = line.strays(start, long);
                let middle = Point { x: f64::midpoint(a.x, b.x), y: f64::midpoint(a.y, b.y) };
                let mut angle = (b.y - a.y).atan2(b.x - a.x);
                // Never upside down.
                if angle.abs() > std::f64::consts::FRAC_PI_2 {
                    angle -= std::f64::consts::PI.copysign(angle);
                }
                // Straight, and near the pin, but not at it.
                let off = (middle.x - View::middle().x).hypot(middle.y - View::middle().y);
                let cost = bend * 20.0 + (off - 140.0).abs();
                if bend <= CROOKED && best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    let text = Text { words: name.to_owned(), size, middle, angle };
                    if self.is_free(&text) {
                        best = Some((cost, text));
                    }
                }
                start += 12.0;
            }
        }
        let Some((_, text)) = best else { return false };
        self.take(text, TEXT);
        true
    }

    fn take(&mut self, text: Text, ink: Colour) {
        self.taken.extend(spots(&text));
        self.written.push((text, ink));
    }

    fn is_free(&self, text: &Text) -> bool {
        let edge = 6.0;
        spots(text).iter().all(|spot| {
            let r = spot.radius * 0.6 + edge;
            let (x, y) = (spot.at.x, spot.at.y);
            let within = |at: f64, most: usize| at > r && at < most as f64 - r;
            let apart =
                |other: &Spot| (other.at.x - x).hypot(other.at.y - y) > other.radius + spot.radius;
            within(x, PICTURE_WIDTH) && within(y, PICTURE_HEIGHT) && self.taken.iter().all(apart)
        })
    }
}

/// Discs that cover a text.
fn spots(text: &Text) -> Vec<Spot> {
    let (long, radius) = (text.length(), text.size * 0.55);
    let (sine, cosine) = text.angle.sin_cos();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some dozens")]
    let steps = (long / radius).ceil().max(1.0) as u32;
    let spot = |step: u32| {
        let along = long * (f64::from(step) / f64::from(steps) - 0.5);
        let at = Point { x: text.middle.x + along * cosine, y: text.middle.y + along * sine };
        Spot { at, radius }
    };
    (0..=steps).map(spot).collect()
}

/// A line by the way along it.
struct Line {
    points: Vec<Point>,
    /// How far each point is from the first.
    ways: Vec<f64>,
    long: f64,
}

impl Line {
    fn new(points: Vec<Point>) -> Self {
        let mut ways = vec![0.0];
        for ends in points.windows(2) {
            let far = (ends[1].x - ends[0].x).hypot(ends[1].y - ends[0].y);
            ways.push(ways.last().unwrap_or(&0.0) + far);
        }
        let long = ways.last().copied().unwrap_or(0.0);
        Self { points, ways, long }
    }

    fn at(&self, way: f64) -> Point {
        let next = self.ways.partition_point(|to| *to < way).clamp(1, self.points.len() - 1);
        let (a, b) = (self.points[next - 1], self.points[next]);
        let span = self.ways[next] - self.ways[next - 1];
        let share = if span > 0.0 { (way - self.ways[next - 1]) / span } else { 0.0 };
        Point { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }
    }

    /// How far the line strays from the straight way between two of its places.
    fn strays(&self, start: f64, long: f64) -> f64 {
        let (a, b) = (self.at(start), self.at(start + long));
        let between = [0.2, 0.4, 0.5, 0.6, 0.8].map(|share| self.at(start + long * share));
        between.iter().map(|at| super::super::simplify::distance(*at, a, b)).fold(0.0, f64::max)
    }
}

/// The stretches of a line that show.
fn seen(line: &[Point]) -> Vec<Vec<Point>> {
    let (width, height) = (PICTURE_WIDTH as f64, PICTURE_HEIGHT as f64);
    let mut all: Vec<Vec<Point>> = vec![];
    let mut open = false;
    for ends in line.windows(2) {
        let Some((a, b)) = clip(ends[0], ends[1], width, height) else {
            open = false;
            continue;
        };
        match all.last_mut() {
            Some(last) if open && a == ends[0] => last.push(b),
            _ => all.push(vec![a, b]),
        }
        open = b == ends[1];
    }
    all
}

/// The part of an edge within the picture: Liang and Barsky, "A new concept and method for line
/// clipping" (1984).
fn clip(a: Point, b: Point, width: f64, height: f64) -> Option<(Point, Point)> {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for (run, room) in [(-dx, a.x), (dx, width - a.x), (-dy, a.y), (dy, height - a.y)] {
        if run == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if run < 0.0 {
            from = from.max(room / run);
        } else {
            to = to.min(room / run);
        }
    }
    let at = |share: f64| Point { x: a.x + dx * share, y: a.y + dy * share };
    let start = if from > 0.0 { at(from) } else { a };
    let end = if to < 1.0 { at(to) } else { b };
    (from < to).then_some((start, end))
}

/// Pieces of one street put together where they meet: most files cut it at every corner.
fn joined(mut pieces: Vec<Vec<Point>>) -> Vec<Vec<Point>> {
    let meet = |a: Option<&Point>, b: Option<&Point>| {
        a.zip(b).is_some_and(|(a, b)| (a.x - b.x).hypot(a.y - b.y) < 3.0)
    };
    let mut lines: Vec<Vec<Point>> = vec![];
    while let Some(mut line) = pieces.pop() {
        loop {
            let next = pieces.iter().position(|piece| {
                meet(line.last(), piece.first())
                    || meet(line.last(), piece.last())
                    || meet(line.first(), piece.last())
                    || meet(line.first(), piece.first())
            });
            let Some(next) = next else { break };
            let mut piece = pieces.swap_remove(next);
            if meet(line.first(), piece.first()) || meet(line.first(), piece.last()) {
                line.reverse();
            }
            if meet(line.last(), piece.last()) {
                piece.reverse();
            }
            line.extend(piece.drain(1..));
        }
        lines.push(line);
    }
    lines
}

/// An edge of the picture: which coordinate it limits, whether from below (1) or above (−1), and where,
/// with that sign.
type Side = (fn(&Point) -> f64, f64, f64);

/// A ring cut off at the picture's edges and made simple: Sutherland and Hodgman, "Reentrant polygon
/// clipping" (1974).
fn cut(ring: &[Point]) -> Vec<Point> {
    let (width, height) = (PICTURE_WIDTH as f64, PICTURE_HEIGHT as f64);
    let sides: [Side; 4] = [
        (|p| p.x, 1.0, 0.0),
        (|p| p.x, -1.0, -width),
        (|p| p.y, 1.0, 0.0),
        (|p| p.y, -1.0, -height),
    ];
    let mut ring = ring.to_vec();
    for (pick, sign, limit) in sides {
        let room = |p: &Point| sign * pick(p) - limit;
        let mut kept: Vec<Point> = vec![];
        for ends in ring.windows(2) {
            let (a, b) = (room(&ends[0]), room(&ends[1]));
            if a >= 0.0 {
                kept.push(ends[0]);
            }
            if (a >= 0.0) != (b >= 0.0) {
                let share = a / (a - b);
                let (from, to) = (ends[0], ends[1]);
                let x = from.x + (to.x - from.x) * share;
                kept.push(Point { x, y: from.y + (to.y - from.y) * share });
            }
        }
        kept.extend(kept.first().copied());
        ring = kept;
    }
    simplify(&ring, 1.5)
}

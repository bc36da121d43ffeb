//! Ink on pixels: areas and lines with smooth edges.
//!
//! The coverage of each pixel is summed up from the edges that cross it, left to right, as in Levien's
//! "Inside the fastest font renderer in the world" (2016): exact for what does not overlap, and the
//! same to the last bit on every processor. What overlaps is added up and cut off at whole.

use super::Point;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// From one column up to another.
type Columns = (usize, usize);

/// No columns, which any may widen.
const NONE: Columns = (usize::MAX, 0);

/// A sheet of pixels, and the ink on it that has not dried yet.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
    /// What each pixel covers more than the one left of it; two columns more than there are pixels.
    ink: Vec<f32>,
    /// The columns of each row with wet ink.
    wet: Vec<Columns>,
}

impl Canvas {
    pub fn new(width: usize, height: usize, colour: Colour) -> Self {
        Self {
            width,
            height,
            pixels: vec![colour; width * height],
            ink: vec![0.0; (width + 2) * height],
            wet: vec![NONE; height],
        }
    }

    pub fn pixels(&self) -> &[Colour] {
        &self.pixels
    }

    /// Inks the inside of closed outlines, the first corner repeated or not; an outline that runs
    /// the other way within another one is a hole.
    pub fn outline(&mut self, corners: &[Point]) {
        for ends in corners.windows(2) {
            self.edge(ends[0], ends[1]);
        }
        if let [first, .., last] = corners {
            self.edge(*last, *first);
        }
    }

    /// Inks a line of this width with round ends and corners.
    pub fn line(&mut self, line: &[Point], width: f64) {
        let half = width / 2.0;
        // The way aside of the piece before, if it was drawn.
        let mut before: Option<Point> = None;
        for (nth, ends) in line.windows(2).enumerate() {
            let (from, to) = (ends[0], ends[1]);
            let (dx, dy) = (to.x - from.x, to.y - from.y);
            let long = (dx * dx + dy * dy).sqrt();
            if long == 0.0 {
                continue;
            }
            if !self.is_near(from, to, width) {
                before = None;
                continue;
            }
            let aside = Point { x: -dy / long * half, y: dx / long * half };
            let side =
                |at: Point, sign: f64| Point { x: at.x + sign * aside.x, y: at.y + sign * aside.y };
            self.outline(&[side(from, 1.0), side(from, -1.0), side(to, -1.0), side(to, 1.0)]);
            match before {
                None => self.half_disc(from, aside),
                Some(before) => self.corner(from, before, aside),
            }
            if nth + 2 == line.len() {
                self.half_disc(to, Point { x: -aside.x, y: -aside.y });
            }
            before = Some(aside);
        }
    }

    /// Fills the gap that two pieces of a line leave on the outer side of a bend.
    fn corner(&mut self, at: Point, before: Point, after: Point) {
        let bend = before.x * after.y - before.y * after.x;
        let along = before.x * after.x + before.y * after.y;
        let (sign, from, to) =
            if bend > 0.0 { (-1.0, before, after) } else { (1.0, after, before) };
        let side = |aside: Point| Point { x: at.x + sign * aside.x, y: at.y + sign * aside.y };
        if along > 0.0 && bend.abs() < along * 0.7 {
            // Nobody sees that it is straight.
            self.outline(&[at, side(from), side(to)]);
        } else {
            let angle = |side: Point| (side.y - at.y).atan2(side.x - at.x);
            let radius = (before.x * before.x + before.y * before.y).sqrt();
            self.wedge(at, radius, angle(side(from)), angle(side(to)));
        }
    }

    /// The round end of a line, from one side of it to the other.
    fn half_disc(&mut self, at: Point, aside: Point) {
        let (radius, angle) = (aside.x.hypot(aside.y), aside.y.atan2(aside.x));
        self.wedge(at, radius, angle, angle + std::f64::consts::PI);
    }

    /// A slice of a disc between two angles.
    fn wedge(&mut self, at: Point, radius: f64, from: f64, to: f64) {
        let turn = (to - from).rem_euclid(std::f64::consts::TAU);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few of them")]
        let steps = ((turn * radius.sqrt() * 1.3).ceil() as u32).clamp(1, 24);
        let on_rim = |step: u32| {
            let angle = from + turn * f64::from(step) / f64::from(steps);
            Point { x: at.x + radius * angle.cos(), y: at.y + radius * angle.sin() }
        };
        let mut last = on_rim(0);
        self.edge(at, last);
        for step in 1..=steps {
            let next = on_rim(step);
            self.edge(last, next);
            last = next;
        }
        self.edge(last, at);
    }

    /// Inks a disc.
    pub fn disc(&mut self, at: Point, radius: f64) {
        self.wedge(at, radius, 0.0, std::f64::consts::PI);
        self.wedge(at, radius, std::f64::consts::PI, std::f64::consts::TAU);
    }

    fn is_near(&self, a: Point, b: Point, margin: f64) -> bool {
        let within =
            |low: f64, high: f64, most: usize| high > -margin && low < most as f64 + margin;
        within(a.x.min(b.x), a.x.max(b.x), self.width)
            && within(a.y.min(b.y), a.y.max(b.y), self.height)
    }

    /// Lets the ink dry in this colour.
    pub fn dry(&mut self, colour: Colour) {
        for (y, wet) in self.wet.iter_mut().enumerate() {
            let wet = std::mem::replace(wet, NONE);
            let (start, end) = wet;
            if start >= end {
                continue;
            }
            let row = &mut self.ink[y * (self.width + 2)..][start..end];
            let pixels =
                &mut self.pixels[y * self.width..(y + 1) * self.width][start.min(self.width)..];
            let mut cover = 0.0_f32;
            for (pixel, ink) in pixels.iter_mut().zip(row.iter()) {
                cover += ink;
                let share = cover.abs();
                if share > 0.996 {
                    *pixel = colour;
                } else if share > 0.004 {
                    *pixel = mixed(*pixel, colour, share);
                }
            }
            row.fill(0.0);
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the sheet"
    )]
    fn edge(&mut self, a: Point, b: Point) {
        let ((top, low), sign) = if a.y < b.y { ((a, b), 1.0) } else { ((b, a), -1.0) };
        let height = self.height as f64;
        if top.y >= height || low.y <= 0.0 || top.y >= low.y {
            return;
        }
        let slope = (low.x - top.x) / (low.y - top.y);
        let (begin, end) = (top.y.max(0.0), low.y.min(height));
        let most = self.width as f64;
        let x_at = |y: f64| (top.x + (y - top.y) * slope).clamp(0.0, most);
        let (mut y, mut from, mut x) = (begin as usize, begin, x_at(begin));
        while from < end {
            let to = end.min(y as f64 + 1.0);
            let next = x_at(to);
            let row = &mut self.ink[y * (self.width + 2)..][..self.width + 2];
            let wet = cross(row, x, next, (to - from) * sign);
            let known = &mut self.wet[y];
            *known = (known.0.min(wet.0), known.1.max(wet.1));
            (y, from, x) = (y + 1, to, next);
        }
    }
}

/// An edge crosses one row between two places, and so much of its height. Gives the columns that it
/// wets.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the row")]
fn cross(row: &mut [f32], a: f64, b: f64, height: f64) -> Columns {
    let (left, right) = if a < b { (a, b) } else { (b, a) };
    let at = left as usize;
    let first = at as f64;
    if right <= first + 1.0 {
        // Within one pixel: what lies right of its middle is covered.
        let beyond = f64::midpoint(left, right) - first;
        row[at] += (height * (1.0 - beyond)) as f32;
        row[at + 1] += (height * beyond) as f32;
        return (at, at + 2);
    }
    // How much is covered left of x: a parabola while the edge is crossed, then a straight line.
    let slope = height / (right - left);
    let covered = |x: f64| {
        let run = (x - left).clamp(0.0, right - left);
        slope * run * run / 2.0 + height * (x - right).max(0.0)
    };
    let (mut sum, mut whole) = (0.0, 0.0);
    let mut x = at;
    while (x as f64) < right {
        let (next, before) = (covered(x as f64 + 1.0), whole);
        whole = next - sum;
        row[x] += (whole - before) as f32;
        (sum, x) = (next, x + 1);
    }
    // The first column that is covered over the whole height.
    row[x] += (height - whole) as f32;
    (at, x + 1)
}

/// So much of `ink` over `under`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the two")]
pub(super) fn mixed(under: Colour, ink: Colour, share: f32) -> Colour {
    let mix = |k: usize| {
        let (under, ink) = (f32::from(under[k]), f32::from(ink[k]));
        (under + (ink - under) * share + 0.5) as u8
    };
    [mix(0), mix(1), mix(2)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: Colour = [255; 3];
    const INK: Colour = [0; 3];

    fn at(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    /// How much ink there is, in pixels.
    fn inked(canvas: &Canvas) -> f64 {
        canvas.pixels().iter().map(|pixel| f64::from(255 - pixel[0]) / 255.0).sum()
    }

    #[test]
    fn as_much_ink_is_used_as_there_is_area() {
        let square = [at(2.25, 3.5), at(12.25, 3.5), at(12.25, 13.5), at(2.25, 13.5)];
        let tilted = [at(15.0, 2.0), at(28.0, 15.0), at(15.0, 28.0), at(2.0, 15.0)];
        let flat = [at(1.0, 1.0), at(29.0, 1.4), at(29.0, 2.4), at(1.0, 2.0)];
        for (outline, area) in [(square, 100.0), (tilted, 338.0), (flat, 28.0)] {
            for turned in [false, true] {
                let mut outline = outline;
                if turned {
                    outline.reverse();
                }
                let mut canvas = Canvas::new(30, 30, PAPER);
                canvas.outline(&outline);
                canvas.dry(INK);
                assert!((inked(&canvas) - area).abs() < 0.5, "{} and not {area}", inked(&canvas));
            }
        }
    }

    #[test]
    fn a_hole_stays_paper_and_what_reaches_over_the_sheet_is_cut_off() {
        let mut canvas = Canvas::new(20, 20, PAPER);
        canvas.outline(&[at(-50.0, -50.0), at(90.0, -50.0), at(90.0, 90.0), at(-50.0, 90.0)]);
        canvas.outline(&[at(5.0, 5.0), at(5.0, 15.0), at(15.0, 15.0), at(15.0, 5.0)]);
        canvas.dry(INK);
        assert!((inked(&canvas) - 300.0).abs() < 0.01, "{}", inked(&canvas));
        assert_eq!(canvas.pixels()[10 * 20 + 10], PAPER);
        canvas.outline(&[at(1e9, -1e9), at(1e12, 4.0), at(-1e9, 1e9)]);
        canvas.dry(PAPER);
    }

    #[test]
    fn a_line_is_as_thick_at_its_corners_as_between_them() {
        for bend in [0.0, 8.0, -8.0] {
            let mut canvas = Canvas::new(60, 40, PAPER);
            canvas.line(&[at(10.0, 20.0), at(30.0, 20.0 + bend), at(50.0, 20.0)], 6.0);
            canvas.dry(INK);
            let length = 2.0 * 20.0_f64.hypot(bend);
            let area = length * 6.0 + std::f64::consts::PI * 9.0;
            assert!((inked(&canvas) - area).abs() < 6.0, "{bend}: {} {area}", inked(&canvas));
        }
        let mut dot = Canvas::new(20, 20, PAPER);
        dot.disc(at(10.0, 10.0), 5.0);
        dot.dry(INK);
        assert!((inked(&dot) - 78.5).abs() < 1.5, "{}", inked(&dot));
    }
}

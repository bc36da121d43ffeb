//! Letters as outlines: what is written on a picture.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Point;
use super::canvas::Canvas;

/// Outlines are drawn on so many units for the letter's size.
const EM: f64 = 250.0;

/// From the baseline to the top of capitals, as a share of the size.
pub(super) const CAPITAL: f64 = 0.72;

struct Letter {
    advance: f64,
    /// Closed, y upwards.
    outlines: Vec<Vec<Point>>,
}

/// Of the file that `scripts/letters.py` makes.
static LETTERS: LazyLock<HashMap<char, Letter>> = LazyLock::new(|| {
    let lines = include_str!("letters.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(letter).collect()
});

fn letter(line: &str) -> Option<(char, Letter)> {
    let mut fields = line.splitn(3, ' ');
    let code = char::from_u32(u32::from_str_radix(fields.next()?, 16).ok()?)?;
    let advance: f64 = fields.next()?.parse().ok()?;
    Some((code, Letter { advance, outlines: outlines(fields.next().unwrap_or_default())? }))
}

/// Reads `m` and `l` with a relative place, `q` with a control point and a place, and `z`.
fn outlines(path: &str) -> Option<Vec<Vec<Point>>> {
    let (mut all, mut open) = (vec![], vec![]);
    let mut pen = Point { x: 0.0, y: 0.0 };
    let mut rest = path;
    while let Some(command) = rest.chars().next() {
        let end = rest[1..].find(|c: char| c.is_ascii_alphabetic()).map_or(rest.len(), |at| at + 1);
        let numbers = rest[1..end].split_whitespace().map(str::parse);
        let numbers: Vec<f64> = numbers.collect::<Result<_, _>>().ok()?;
        let to = |x: f64, y: f64| Point { x: pen.x + x, y: pen.y + y };
        match (command, &numbers[..]) {
            ('z', []) => all.push(std::mem::take(&mut open)),
            ('m' | 'l', [x, y]) => {
                pen = to(*x, *y);
                open.push(pen);
            }
            ('q', [cx, cy, x, y]) => {
                let (from, control, end) = (pen, to(*cx, *cy), to(*x, *y));
                // Two pieces: a letter is some 20 pixels high.
                open.extend([bent(from, control, end, 0.5), end]);
                pen = end;
            }
            _ => return None,
        }
        rest = &rest[end..];
    }
    Some(all)
}

/// A place on a quadratic Bézier curve.
fn bent(from: Point, control: Point, to: Point, share: f64) -> Point {
    let rest = 1.0 - share;
    let on = |a: f64, b: f64, c: f64| rest * rest * a + 2.0 * rest * share * b + share * share * c;
    Point { x: on(from.x, control.x, to.x), y: on(from.y, control.y, to.y) }
}

/// A text, with the place of its middle and its angle in radians, clockwise.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub words: String,
    pub size: f64,
    pub middle: Point,
    pub angle: f64,
}

/// Whether there is a letter for each character.
pub(super) fn can_write(words: &str) -> bool {
    !words.is_empty() && words.chars().all(|c| LETTERS.contains_key(&c))
}

/// How long a text is in letters of this size.
pub(super) fn length(words: &str, size: f64) -> f64 {
    let advance = |c: char| LETTERS.get(&c).map_or(0.0, |letter| letter.advance);
    words.chars().map(advance).sum::<f64>() * size / EM
}

impl Text {
    pub fn length(&self) -> f64 {
        length(&self.words, self.size)
    }

    /// Inks the letters; with a `rim` so much around them.
    pub fn ink(&self, canvas: &mut Canvas, rim: Option<f64>) {
        let scale = self.size / EM;
        let (sine, cosine) = self.angle.sin_cos();
        let mut along = -self.length() / 2.0;
        for c in self.words.chars() {
            let Some(letter) = LETTERS.get(&c) else { continue };
            let place = |at: &Point| {
                let (x, y) = (along + at.x * scale, CAPITAL * self.size / 2.0 - at.y * scale);
                Point {
                    x: self.middle.x + x * cosine - y * sine,
                    y: self.middle.y + x * sine + y * cosine,
                }
            };
            for outline in &letter.outlines {
                let mut corners: Vec<Point> = outline.iter().map(place).collect();
                match rim {
                    None => canvas.outline(&corners),
                    Some(rim) => {
                        corners.extend(corners.first().copied());
                        canvas.line(&corners, 2.0 * rim);
                    }
                }
            }
            along += letter.advance * scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_our_languages_and_their_neighbours_can_be_written() {
        for words in ["N Falls St", "200 m", "Calle Núñez de Balboa", "ulica Łąkowa", "Žižkov 12½"]
        {
            assert!(can_write(words), "{words}");
        }
        assert!(!can_write("улица Дубовая") && !can_write("朝阳路") && !can_write(""));
        assert_eq!(LETTERS.len(), include_str!("letters.txt").lines().count() - 4);
    }

    #[test]
    fn a_text_is_as_long_as_its_letters_and_covers_its_middle() {
        assert!(length("Foster", 20.0) > length("oster", 20.0));
        assert!((length("MMMM", 20.0) - 4.0 * length("M", 20.0)).abs() < 1e-9);
        let mut canvas = Canvas::new(40, 40, [255; 3]);
        let middle = Point { x: 20.0, y: 20.0 };
        Text { words: "I".into(), size: 30.0, middle, angle: 0.0 }.ink(&mut canvas, None);
        canvas.dry([0; 3]);
        assert_eq!(canvas.pixels()[20 * 40 + 20], [0; 3]);
    }
}

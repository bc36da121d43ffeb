//! An area made ready to be laid over cells: its edges and circles in units of the grid.
//!
//! The one rule: a cell that is said to be inside or outside is so with its surroundings, whatever
//! rounding did; in doubt a cell is crossed.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::Grain;
use super::grid::{Cell, Frame, Point};
use super::record::{Line, Record};
use super::round::{Around, Round};
use crate::geometry::{Position, Shape, ShapePart};

/// No cell is cut below this level, some 20 m, however many edges cross it.
const FINEST: u32 = 11;

/// Areas with more edges are cut however few areas there are: asking their shapes takes long.
const FEW_EDGES: usize = 64;
const MANY_EDGES_CELLS: u32 = 3;

/// So many units across, some 700 m, an area has the cells that its grain says; one four times as wide has
/// twice as many.
///
/// Halving the cells on a border doubles their number and room, and spares half of the points in them a look
/// at its line: cells of one size for all would answer the most in a given room. But in them a garden would
/// have no inside, and a country's border fill memory; so size goes up by the square root. Against
/// plain `rstar` and `geo` a million areas of a city were answered a tenth faster so, in a tenth less room,
/// than with as many cells for each.
const A_NEIGHBOURHOOD: f64 = 65_536.0;

/// Areas of more edges than some have as many more cells across, up to the most.
const SOME_EDGES: f64 = 32.0;
const MOST_EDGES: f64 = 512.0;

/// Into about how many cells borders are cut for being wide, or close together: so many for each edge, and
/// so many more. Needles around half the earth would fill memory, and so would circles around a pole.
const CELLS_AN_EDGE: f64 = 4.0;
const CELLS_MORE: f64 = 512.0;

/// From here on the numbers of what may lie in a cell are those of pieces, below it those of edges.
const PIECES: u32 = 1 << 31;

pub(super) struct Outline<'a> {
    shape: &'a Shape,
    edges: Vec<Edge>,
    pieces: Vec<Piece>,
    bounds: Frame,
    /// Cells above this level are always cut, those at or below `leaf` only where three or more edges
    /// cross, and none at `lowest`.
    leaf: u32,
    lowest: u32,
}

/// A part, where it is on the map.
struct Piece {
    /// Its number among the parts of the shape.
    part: usize,
    frame: Frame,
    excluded: bool,
    /// Of a circle.
    round: Option<Round>,
}

#[derive(Clone, Copy)]
struct Edge {
    from: Point,
    to: Point,
}

/// How an area lies with regard to a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Lie {
    Outside,
    Covered(Record),
    /// Its quarters have to be looked at.
    Cut,
}

impl<'a> Outline<'a> {
    pub fn of(shape: &'a Shape, grain: Grain) -> Self {
        let mut outline = Self {
            shape,
            edges: Vec::with_capacity(shape.vertices()),
            pieces: vec![],
            bounds: Frame::EMPTY,
            leaf: 0,
            lowest: 0,
        };
        let mut parts = 0..;
        shape.each_part(|part, excluded| {
            outline.take(&part, parts.next().unwrap_or_default(), excluded);
        });
        // Of the widest part: what lies between parts far apart asks for nothing.
        let wide = outline.pieces.iter().filter(|piece| !piece.excluded);
        let wide = wide.map(|piece| piece.frame.longer_side()).fold(0.0, f64::max);
        let edges = outline.edges.len();
        match grain {
            Grain::Whole if edges <= FEW_EDGES => {
                outline.leaf = level_of(2.0 * wide).clamp(FINEST, 30);
                outline.lowest = outline.leaf;
            }
            Grain::Whole => outline.cut(wide, MANY_EDGES_CELLS),
            Grain::Cells(cells) => outline.cut(wide, cells),
        }
        outline
    }

    /// Into so many cells across, more if it is wide, and more where there are many edges.
    fn cut(&mut self, wide: f64, cells: u32) {
        let (edges, cells) = (self.edges.len() as f64, f64::from(cells));
        // A border crosses at most twice as many cells as it is long in their sides; so all of them together
        // cross about so many. A circle is as long as the square around it, at most.
        let round = self.pieces.iter().filter(|piece| piece.round.is_some());
        let length: f64 = self.edges.iter().map(Edge::length).sum::<f64>()
            + round.map(|piece| 4.0 * piece.frame.longer_side()).sum::<f64>();
        let finest = 2.0 * length / (CELLS_AN_EDGE * edges + CELLS_MORE);
        // What is long but not wide has as many cells as its grain says, at least.
        let by_width = (wide * A_NEIGHBOURHOOD).sqrt().max(wide.min(finest * cells)) / cells;
        let by_edges = wide / cells * SOME_EDGES / edges.min(MOST_EDGES);
        self.leaf = level_of(by_width.min(by_edges)).clamp(FINEST, 30);
        self.lowest = level_of(finest).clamp(FINEST, self.leaf);
    }

    /// The box of a shape as an outline has it.
    pub fn frame_of(shape: &Shape) -> Frame {
        let mut bounds = Frame::EMPTY;
        shape.each_part(|part, excluded| {
            if !excluded {
                bounds = frames(&part).fold(bounds, |all, (_, frame)| all.union(frame));
            }
        });
        bounds
    }

    pub fn bounds(&self) -> &Frame {
        &self.bounds
    }

    /// All that may lie in a cell: pieces, then edges, by their numbers.
    pub fn all(&self) -> impl Iterator<Item = u32> {
        (PIECES..).take(self.pieces.len()).chain((0..).take(self.edges.len()))
    }

    /// A part is there once for every turn around the earth by which it reaches the world's map.
    fn take(&mut self, part: &ShapePart<'_>, number: usize, excluded: bool) {
        for (turn, frame) in frames(part) {
            let at = |p: Position| Point::of(Position { lon: p.lon + turn, lat: p.lat });
            if !excluded {
                self.bounds = self.bounds.union(frame);
            }
            let mut piece = Piece { part: number, frame, excluded, round: None };
            match part {
                ShapePart::Rings(rings, _) => {
                    for ring in rings {
                        self.edges.extend(
                            ring.edges().map(|(from, to)| Edge { from: at(from), to: at(to) }),
                        );
                    }
                }
                ShapePart::Circle(centre, radius_m, _) => {
                    let centre = Position { lon: centre.lon + turn, lat: centre.lat };
                    piece.round = Some(Round::new(centre, *radius_m));
                }
            }
            self.pieces.push(piece);
        }
    }

    /// How the area lies with regard to a cell. Of its pieces and edges those in a stretch of the stack are
    /// looked at, which hold all that may meet it; those that do are pushed onto the stack.
    pub fn lie(&self, cell: Cell, stack: &mut Vec<u32>, among: Range<usize>) -> Lie {
        let around = cell.surroundings();
        let start = stack.len();
        for nth in among.clone() {
            let number = stack[nth];
            if self.meets(number, &around) {
                stack.push(number);
            }
        }
        let (borders, met) = (&stack[among], &stack[start..]);
        let pieces = met.iter().take_while(|number| **number >= PIECES).count();
        let (pieces, edges) = met.split_at(pieces);
        let here = || pieces.iter().map(|number| &self.pieces[(number - PIECES) as usize]);
        // Where nothing but an exclusion is, nothing is covered.
        if here().all(|piece| piece.excluded) {
            return Lie::Outside;
        }
        let alone = pieces.len() == 1;
        let mut circles =
            here().filter_map(|piece| piece.round.as_ref()).map(|round| round.around(cell));
        let circle = if alone {
            circles.next()
        } else {
            circles.find(|around| matches!(around, Around::Crosses(_)))
        };
        if edges.is_empty() && !matches!(circle, Some(Around::Crosses(_))) {
            let covered = match circle {
                Some(around) => around == Around::Within,
                None => self.beside(borders, cell).unwrap_or_else(|| {
                    let parts = here().map(|piece| piece.part);
                    self.shape.covers_among(parts, cell.centre())
                }),
            };
            return if covered { Lie::Covered(Record::Inside) } else { Lie::Outside };
        }
        if cell.level > self.leaf {
            return Lie::Cut;
        }
        match alone.then(|| self.record(cell, edges, circle)).flatten() {
            Some(record) => Lie::Covered(record),
            None if cell.level > self.lowest && alone && edges.len() > 2 => Lie::Cut,
            None => Lie::Covered(Record::Exact),
        }
    }

    #[inline]
    fn meets(&self, number: u32, around: &Frame) -> bool {
        if let Some(piece) = number.checked_sub(PIECES) {
            return self.pieces[piece as usize].frame.meets(around);
        }
        let Edge { from, to } = &self.edges[number as usize];
        around.meets_segment(*from, *to)
    }

    /// Whether a cell that no border crosses is covered, told by one or two edges that alone cross the square
    /// around it; `borders` are all that may. The area there is what lies left of the one. Two share a corner
    /// or cut the square in three, and where their sides agree both come to the same. None where that does
    /// not tell.
    fn beside(&self, borders: &[u32], cell: Cell) -> Option<bool> {
        let (piece, edges) = borders.split_first()?;
        let around = cell.above();
        if *piece < PIECES || !(1..=2).contains(&edges.len()) || !self.all_cross(edges, around) {
            return None;
        }
        let centre = cell.middle();
        let mut sides = edges.iter().map(|edge| self.edges.get(*edge as usize)?.has_left(centre));
        let side = sides.next()??;
        sides.all(|other| other == Some(side)).then_some(side)
    }

    /// Whether every one of these edges, found to meet a cell's surroundings, does so by more than rounding.
    /// Else one of two that meet in a corner may be missing: that corner lies where the surroundings end.
    fn all_cross(&self, edges: &[u32], cell: Cell) -> bool {
        let frame = cell.nearer_surroundings();
        edges.iter().all(|edge| {
            let edge = self.edges.get(*edge as usize);
            edge.is_some_and(|edge| frame.meets_segment(edge.from, edge.to))
        })
    }

    /// What is said of a cell that one piece alone meets, where that is simple.
    fn record(&self, cell: Cell, edges: &[u32], circle: Option<Around>) -> Option<Record> {
        if edges.len() > 2 || !self.all_cross(edges, cell) {
            return None;
        }
        match (edges, circle) {
            (&[edge], None) => Some(Record::Half(self.line(edge, cell))),
            (&[one, other], None) => self.two(one, other, cell),
            ([], Some(Around::Crosses(disc))) => disc.map(Record::Disc),
            _ => None,
        }
    }

    fn line(&self, edge: u32, cell: Cell) -> Line {
        let Edge { from, to } = self.edges[edge as usize];
        Line::left_of(from, to, cell)
    }

    /// Two edges of one part: the area is left of both, or left of either, as the one lies left of
    /// the other where it crosses the cell. None where that cannot be told, as where they touch.
    fn two(&self, one: u32, other: u32, cell: Cell) -> Option<Record> {
        let [a, b] = [one, other].map(|edge| &self.edges[edge as usize]);
        let lines = (Line::left_of(a.from, a.to, cell), Line::left_of(b.from, b.to, cell));
        let (a_in_b, b_in_a) = (a.left_of(b, cell)?, b.left_of(a, cell)?);
        match (a_in_b, b_in_a) {
            (true, true) => Some(Record::Wedge(lines.0, lines.1)),
            (false, false) => Some(Record::Notch(lines.0, lines.1)),
            // They cross in the cell.
            _ => None,
        }
    }
}

impl Edge {
    fn length(&self) -> f64 {
        let (dx, dy) = (self.to.x - self.from.x, self.to.y - self.from.y);
        (dx * dx + dy * dy).sqrt()
    }

    /// Whether the middle of what crosses the cell lies left of another edge; `None` when it lies on
    /// it.
    fn left_of(&self, other: &Self, cell: Cell) -> Option<bool> {
        other.has_left(self.middle_within(&cell.surroundings()))
    }

    /// Whether a point lies left of its line; `None` where rounding could tell otherwise, which moves a point
    /// by a thousandth of a unit at most, and what is seen along a short edge in proportion.
    fn has_left(&self, p: Point) -> Option<bool> {
        let (dx, dy) = (self.to.x - self.from.x, self.to.y - self.from.y);
        let (px, py) = (p.x - self.from.x, p.y - self.from.y);
        let cross = dx * py - dy * px;
        let doubt = 1e-3 * (dx.abs() + dy.abs() + px.abs() + py.abs());
        (cross.abs() > doubt).then_some(cross > 0.0)
    }

    /// Clipped to the frame; Liang and Barsky, "A New Concept and Method for Line Clipping" (1984).
    fn middle_within(&self, frame: &Frame) -> Point {
        let (dx, dy) = (self.to.x - self.from.x, self.to.y - self.from.y);
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        for (d, low, high) in [
            (dx, frame.west - self.from.x, frame.east - self.from.x),
            (dy, frame.south - self.from.y, frame.north - self.from.y),
        ] {
            if d != 0.0 {
                let (low, high) = if d > 0.0 { (low / d, high / d) } else { (high / d, low / d) };
                enter = enter.max(low);
                leave = leave.min(high);
            }
        }
        let middle = f64::midpoint(enter, leave);
        Point { x: self.from.x + middle * dx, y: self.from.y + middle * dy }
    }
}

/// The level of the largest cells whose sides are not longer than so many units.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 64")]
fn level_of(units: f64) -> u32 {
    units.max(1.0).log2().floor() as u32
}

/// The boxes of a part by the turns around the earth with which it reaches the map.
fn frames(part: &ShapePart<'_>) -> impl Iterator<Item = (f64, Frame)> {
    let bounds = part.bounds();
    [0.0, 360.0, -360.0].into_iter().filter_map(move |turn| {
        let at = |lon: f64, lat| Point::of(Position { lon: lon + turn, lat });
        let frame =
            Frame::EMPTY.with(at(bounds.west, bounds.south)).with(at(bounds.east, bounds.north));
        frame.meets(&Cell::MAP).then_some((turn, frame))
    })
}

//! Points and lines, gathered one by one and then laid into sorted arrays.
//!
//! A house takes 20 bytes and 12 more to be found by its place, so the 600,000 of a large city fit
//! into some 25 MB.

use std::collections::HashMap;

use super::along::Plane;
use super::asked::HouseNumber;
use super::names::{Gathered, NameId, Names};
use super::{AddressPoint, Numbers, StreetLine};
use crate::geometry::Position;

/// A place in ten-millionths of a degree: a centimetre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    lon: i32,
    lat: i32,
}

const A_DEGREE: f64 = 1e7;

impl Spot {
    #[expect(clippy::cast_possible_truncation, reason = "180 degrees fit")]
    fn of(at: Position) -> Self {
        Self { lon: (at.lon * A_DEGREE).round() as i32, lat: (at.lat * A_DEGREE).round() as i32 }
    }

    pub fn position(self) -> Position {
        Position { lon: f64::from(self.lon) / A_DEGREE, lat: f64::from(self.lat) / A_DEGREE }
    }
}

/// A house.
#[derive(Clone, Copy, Debug)]
pub(super) struct House {
    pub name: NameId,
    pub number: u32,
    /// Which of the suffixes.
    pub suffix: u16,
    pub at: Spot,
}

/// A piece of street: so many corners from one on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub name: NameId,
    pub first: u32,
    pub corners: u32,
    pub left: Option<Numbers>,
    pub right: Option<Numbers>,
}

/// A piece of a street: its name, its line, and the numbers on its left and right.
type Piece = (NameId, Vec<Spot>, Option<Numbers>, Option<Numbers>);

/// Rows of a file, until they are all there.
#[derive(Debug, Default)]
pub struct Builder {
    names: Gathered,
    houses: Vec<House>,
    suffixes: Vec<Box<str>>,
    suffix_places: HashMap<Box<str>, u16>,
    streets: Vec<Piece>,
}

impl Builder {
    /// Takes an address in; gives whether it is one that can be found again.
    pub fn address(&mut self, address: &AddressPoint) -> bool {
        let Some(number) = HouseNumber::read(&address.number) else { return false };
        let Some(name) = self.names.put(&address.street) else { return false };
        let HouseNumber { number, suffix } = number;
        let suffix = self.suffix(suffix);
        self.houses.push(House { name, number, suffix, at: Spot::of(address.at) });
        true
    }

    /// Takes a piece of street in; gives whether it is one.
    pub fn street(&mut self, street: &StreetLine) -> bool {
        if street.line.len() < 2 {
            return false;
        }
        let Some(name) = self.names.put(&street.name) else { return false };
        let line = street.line.iter().map(|at| Spot::of(*at)).collect();
        self.streets.push((name, line, street.left, street.right));
        true
    }

    fn suffix(&mut self, text: String) -> u16 {
        if let Some(place) = self.suffix_places.get(&*text) {
            return *place;
        }
        // Past the first 65,535 the house is found by its number alone.
        let Ok(place) = u16::try_from(self.suffixes.len()) else { return 0 };
        self.suffixes.push(text.clone().into());
        self.suffix_places.insert(text.into(), place);
        place
    }

    /// All of it, ready to be asked.
    #[must_use]
    pub fn build(mut self) -> Gazetteer {
        let suffixes = &self.suffixes;
        let order = |house: &House| (house.name, house.number, house.suffix);
        self.houses.sort_by(|a, b| {
            let suffix = |house: &House| suffixes.get(usize::from(house.suffix));
            (a.name, a.number).cmp(&(b.name, b.number)).then_with(|| suffix(a).cmp(&suffix(b)))
        });
        self.houses.dedup_by(|a, b| order(a) == order(b) && a.at == b.at);
        self.houses.shrink_to_fit();
        self.streets.sort_by_key(|(name, ..)| *name);
        let (mut stretches, mut corners) = (vec![], vec![]);
        for (name, line, left, right) in self.streets {
            let first = place(corners.len());
            stretches.push(Stretch { name, first, corners: place(line.len()), left, right });
            corners.extend(line);
        }
        let mut gazetteer = Gazetteer {
            names: self.names.done(),
            houses: self.houses.into(),
            suffixes: self.suffixes.into(),
            stretches: stretches.into(),
            corners: corners.into(),
            house_cells: Cells::default(),
            piece_cells: Cells::default(),
        };
        gazetteer.lay_cells();
        gazetteer
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A city's addresses and streets. Built once; a search takes a bounded time and waits for nothing.
#[derive(Debug, Default)]
pub struct Gazetteer {
    pub(super) names: Names,
    /// Sorted by name, number and suffix.
    pub(super) houses: Box<[House]>,
    pub(super) suffixes: Box<[Box<str>]>,
    /// Sorted by name, and as their corners lie.
    pub(super) stretches: Box<[Stretch]>,
    pub(super) corners: Box<[Spot]>,
    pub(super) house_cells: Cells,
    pub(super) piece_cells: Cells,
}

/// What lies in which cell: pairs of cell and item, sorted by cell.
#[derive(Debug, Default)]
pub(super) struct Cells {
    cells: Box<[u64]>,
    items: Box<[u32]>,
}

/// The side of a cell in degrees, some 280 m.
const CELL: f64 = 0.0025;

/// A piece longer than so many half cells is looked for in those alone.
const MOST_CELLS: u32 = 4_000;

/// Cells that are looked into for one question at most.
const CELLS_LOOKED_INTO: usize = 2_500;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "72,000 by 144,000")]
fn row_and_column(at: Position) -> (u64, u64) {
    let number = |degrees: f64| (degrees / CELL).floor().max(0.0) as u64;
    (number(at.lat + 90.0), number(at.lon + 180.0))
}

fn cell((row, column): (u64, u64)) -> u64 {
    row << 32 | column
}

impl Cells {
    fn of(mut pairs: Vec<(u64, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let (cells, items): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        Self { cells: cells.into(), items: items.into() }
    }

    /// The items of the cells within so many metres, and some beyond.
    pub fn around(&self, at: Position, metres: f64) -> impl Iterator<Item = u32> {
        let (aside, up) = Plane::at(at).degrees(metres);
        let corner = |lon, lat| row_and_column(Position { lon: at.lon + lon, lat: at.lat + lat });
        let ((south, west), (north, east)) = (corner(-aside, -up), corner(aside, up));
        let cells = (south..=north).flat_map(move |row| (west..=east).map(move |col| (row, col)));
        cells.take(CELLS_LOOKED_INTO).flat_map(|at| {
            let wanted = cell(at);
            let from = self.cells.partition_point(|known| *known < wanted);
            let count = self.cells[from..].partition_point(|known| *known == wanted);
            self.items[from..from + count].iter().copied()
        })
    }

    fn bytes(&self) -> usize {
        12 * self.cells.len()
    }
}

impl Gazetteer {
    fn lay_cells(&mut self) {
        let house =
            |(i, house): (usize, &House)| (cell(row_and_column(house.at.position())), place(i));
        self.house_cells = Cells::of(self.houses.iter().enumerate().map(house).collect());
        let mut pairs = vec![];
        for stretch in &self.stretches {
            for at in stretch.first..stretch.first + stretch.corners.saturating_sub(1) {
                pairs.extend(self.cells_of_piece(at).into_iter().map(|cell| (cell, at)));
            }
        }
        self.piece_cells = Cells::of(pairs);
    }

    /// The cells that a piece passes, in steps of half a cell. One whose corner it only cuts may be
    /// missed: those who look, look one cell further.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "capped")]
    fn cells_of_piece(&self, at: u32) -> Vec<u64> {
        let (a, b) = self.piece(at);
        let longest = (b.lon - a.lon).abs().max((b.lat - a.lat).abs());
        let steps = (longest / CELL * 2.0).ceil().clamp(1.0, f64::from(MOST_CELLS)) as u32;
        let mut cells: Vec<u64> = (0..=steps)
            .map(|step| {
                let share = f64::from(step) / f64::from(steps);
                let between = |from: f64, to: f64| from + (to - from) * share;
                let at = Position { lon: between(a.lon, b.lon), lat: between(a.lat, b.lat) };
                cell(row_and_column(at))
            })
            .collect();
        cells.dedup();
        cells
    }

    /// The piece from this corner to the next.
    pub(super) fn piece(&self, at: u32) -> (Position, Position) {
        let corner = |at: u32| self.corners[at as usize].position();
        (corner(at), corner(at + 1))
    }

    /// The stretch that a corner belongs to.
    pub(super) fn stretch_of(&self, corner: u32) -> Option<&Stretch> {
        let after = self.stretches.partition_point(|stretch| stretch.first <= corner);
        self.stretches.get(after.checked_sub(1)?)
    }

    /// A stretch as a line with its numbers.
    pub(super) fn line_of(&self, stretch: &Stretch) -> StreetLine {
        let corners = stretch.first as usize..(stretch.first + stretch.corners) as usize;
        StreetLine {
            name: self.names.shown(stretch.name).to_owned(),
            line: self.corners[corners].iter().map(|spot| spot.position()).collect(),
            left: stretch.left,
            right: stretch.right,
        }
    }

    pub(super) fn stretches_of(&self, name: NameId) -> &[Stretch] {
        let from = self.stretches.partition_point(|stretch| stretch.name < name);
        let count = self.stretches[from..].partition_point(|stretch| stretch.name == name);
        &self.stretches[from..from + count]
    }

    pub(super) fn houses_of(&self, name: NameId) -> &[House] {
        let from = self.houses.partition_point(|house| house.name < name);
        let count = self.houses[from..].partition_point(|house| house.name == name);
        &self.houses[from..from + count]
    }

    pub(super) fn suffix(&self, house: &House) -> &str {
        self.suffixes.get(usize::from(house.suffix)).map_or("", |text| text)
    }

    /// How many addresses there are.
    #[must_use]
    pub fn addresses(&self) -> usize {
        self.houses.len()
    }

    /// How many names of streets there are.
    #[must_use]
    pub fn streets(&self) -> usize {
        self.names.len()
    }

    /// The bytes of memory it takes, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let arrays = size_of_val(&*self.houses) + size_of_val(&*self.stretches);
        let corners = size_of_val(&*self.corners);
        arrays + corners + self.names.bytes() + self.house_cells.bytes() + self.piece_cells.bytes()
    }
}

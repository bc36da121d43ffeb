//! Bytes read as a program of changes and questions, done to the index and to a plain list beside it;
//! wherever the two answer differently, it panics.
//!
//! The tests of the program include this file and replay the seeds; the fuzzer begins with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use wardwatch::geometry::{Position, Shape};
use wardwatch::matching::{AreaChange, AreaId, AreaIndex};

/// Where programs play, in 1e-7 degrees: in a city, far north, on both names of the date line, at the
/// poles, where degrees are nothing, and where four of the index's larger cells meet.
const PLACES: [(i64, i64); 8] = [
    (-876_500_000, 418_800_000),
    (250_000_000, 750_000_000),
    (1_800_000_000, -170_000_000),
    (-1_800_000_000, 657_000_000),
    (100_000_000, 900_000_000),
    (-700_000_000, -900_000_000),
    (0, 0),
    ((13_000 << 16) - 1_800_000_000, (19_000 << 16) - 900_000_000),
];

/// How far apart the lines are on which corners and questions lie, in 1e-7 degrees; 2¹¹ and 2¹⁶ are sides
/// of cells.
const STEPS: [i64; 8] = [1, 7, 1 << 11, 10_000, 1 << 16, 100_000, 1_000_000, 5_000_000];

/// Into how many cells the index cuts areas; by itself it takes few.
const GRAINS: [Option<u32>; 4] = [None, Some(1), Some(8), Some(16)];

/// Areas go by few numbers, so that they are replaced often.
const IDS: u8 = 16;

/// How much is done of a program, and of how many places it is asked in the end: little, since many short
/// programs find more than few long ones (those are the state machine's, in the tests).
const DEEDS: usize = 8;
const ASKED: usize = 40;

/// What is done next, by its byte.
const PUT: u8 = 0;
const PUT_LESS: u8 = 1;
const REMOVE: u8 = 2;
const SEVERAL: u8 = 3;
const SAME: u8 = 4;
const ASK: u8 = 5;
const ASK_ALL: u8 = 6;
const KINDS: u8 = 7;

/// How many figures there are.
const FIGURES: u8 = 6;

pub fn run(bytes: &[u8]) {
    let mut tape = Tape(bytes);
    let Some(mut town) = Town::read(&mut tape) else { return };
    for _ in 0..DEEDS {
        if town.act(&mut tape).is_none() {
            break;
        }
    }
    town.ask_all();
}

/// What is still to be read.
struct Tape<'a>(&'a [u8]);

impl Tape<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn below(&mut self, most: u8) -> Option<u8> {
        Some(self.next()? % most)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let nth = usize::from(self.next()?);
        Some(all[nth % all.len()])
    }

    fn id(&mut self) -> Option<AreaId> {
        Some(AreaId(u32::from(self.below(IDS)?)))
    }
}

/// The index, and the list that it is held against.
struct Town {
    place: (i64, i64),
    step: i64,
    index: AreaIndex,
    list: BTreeMap<AreaId, Arc<Shape>>,
    /// Corners of all that was ever drawn, the last ones last.
    places: Vec<Position>,
}

impl Town {
    fn read(tape: &mut Tape<'_>) -> Option<Self> {
        let (place, step) = (tape.one_of(&PLACES)?, tape.one_of(&STEPS)?);
        let index = tape.one_of(&GRAINS)?.map_or_else(AreaIndex::default, AreaIndex::cut_into);
        Some(Self { place, step, index, list: BTreeMap::new(), places: vec![] })
    }

    /// Does what is next; `None` at the end.
    fn act(&mut self, tape: &mut Tape<'_>) -> Option<()> {
        match tape.below(KINDS)? {
            SEVERAL => {
                let many = 2 + tape.below(8)?;
                let changes: Vec<_> = (0..many).filter_map(|_| self.change(PUT, tape)).collect();
                self.apply(&changes);
            }
            ASK => {
                self.ask(self.place(tape)?);
            }
            ASK_ALL => self.ask_all(),
            kind => {
                if let Some(change) = self.change(kind, tape) {
                    self.apply(&[change]);
                }
            }
        }
        Some(())
    }

    /// `None` when nothing can be made of it: what is no area is passed over.
    fn change(&mut self, kind: u8, tape: &mut Tape<'_>) -> Option<AreaChange> {
        let id = tape.id()?;
        match kind {
            // One of several is taken out now and then, too.
            PUT if id.0 == 0 && tape.below(2)? == 0 => Some(AreaChange::Remove(tape.id()?)),
            PUT => self.put(id, &self.figure(tape)?),
            PUT_LESS => {
                let [first, second] = [self.figure(tape)?, self.figure(tape)?];
                let mut less = self.figure(tape)?;
                less["properties"]["exclude"] = true.into();
                let features = [first, second, less];
                self.put(id, &json!({ "type": "FeatureCollection", "features": features }))
            }
            SAME => {
                let other = tape.id()?;
                self.list.get(&other).map(|shape| AreaChange::Put(id, Arc::clone(shape)))
            }
            _ => Some(AreaChange::Remove(id)),
        }
    }

    fn put(&mut self, id: AreaId, drawn: &Value) -> Option<AreaChange> {
        let shape = Shape::from_geojson(drawn).ok()?;
        let corners = shape.outline().into_iter().flatten().map(home);
        self.places.extend(corners.filter(|at| at.is_on_earth()));
        Some(AreaChange::Put(id, Arc::new(shape)))
    }

    fn apply(&mut self, changes: &[AreaChange]) {
        self.index.apply(changes.iter().cloned());
        for change in changes {
            match change {
                AreaChange::Put(id, shape) => self.list.insert(*id, Arc::clone(shape)),
                AreaChange::Remove(id) => self.list.remove(id),
            };
        }
        assert_eq!(self.index.len(), self.list.len());
    }
}

/// What is drawn.
impl Town {
    /// A Feature; not always a valid one.
    fn figure(&self, tape: &mut Tape<'_>) -> Option<Value> {
        let figure = tape.below(FIGURES)?;
        if figure == 0 {
            let (centre, size) = (self.corner(tape)?, f64::from(tape.next()?) + 1.0);
            let circle = json!({ "radius_m": size * self.step as f64 * 0.002 });
            let point = json!({ "type": "Point", "coordinates": centre });
            return Some(json!({ "type": "Feature", "properties": circle, "geometry": point }));
        }
        let parts = match figure {
            1 => vec![vec![self.block(tape)?]],
            2 => vec![vec![self.ring(3, tape)?]],
            3 => {
                let corners = 4 + tape.below(9)?;
                vec![vec![self.ring(corners, tape)?]]
            }
            4 => vec![vec![self.block(tape)?, self.block(tape)?]],
            _ => vec![vec![self.block(tape)?], vec![self.block(tape)?]],
        };
        let polygons = json!({ "type": "MultiPolygon", "coordinates": parts });
        Some(json!({ "type": "Feature", "properties": {}, "geometry": polygons }))
    }

    fn block(&self, tape: &mut Tape<'_>) -> Option<Vec<[f64; 2]>> {
        let ([a, b], [c, d]) = (self.corner(tape)?, self.corner(tape)?);
        Some(vec![[a, b], [c, b], [c, d], [a, d], [a, b]])
    }

    fn ring(&self, corners: u8, tape: &mut Tape<'_>) -> Option<Vec<[f64; 2]>> {
        let mut ring = (0..corners).map(|_| self.corner(tape)).collect::<Option<Vec<_>>>()?;
        ring.push(ring[0]);
        Some(ring)
    }

    /// Longitudes may pass ±180; latitudes end at the poles.
    fn corner(&self, tape: &mut Tape<'_>) -> Option<[f64; 2]> {
        let mut aside = || Some(i64::from(tape.next()?.cast_signed()) * self.step);
        let (east, north) = (self.place.0 + aside()?, self.place.1 + aside()?);
        Some([east, north.clamp(-900_000_000, 900_000_000)].map(|count| count as f64 / 1e7))
    }
}

/// What is asked.
impl Town {
    /// Where lines cross, or a last bit or half a step aside.
    fn place(&self, tape: &mut Tape<'_>) -> Option<Position> {
        let [lon, lat] = self.corner(tape)?;
        let half = self.step as f64 / 2e7;
        let (lon, lat) = match tape.below(8)? {
            0 => (lon.next_up(), lat),
            1 => (lon.next_down(), lat),
            2 => (lon, lat.next_up()),
            3 => (lon, lat.next_down()),
            4 => (lon + half, lat + half),
            5 => (lon + half, lat),
            _ => (lon, lat),
        };
        let at = home(Position { lon, lat });
        Some(if at.is_on_earth() { at } else { Position { lon: 0.0, lat: 90.0 } })
    }

    /// Gives what holds the place.
    fn ask(&self, at: Position) -> Vec<AreaId> {
        let (mut found, holding) = (vec![], self.holding(at));
        self.index.areas_at(at, &mut found);
        found.sort_unstable();
        assert_eq!(found, holding, "at {at:?}");
        holding
    }

    /// The last places, one by one and together.
    fn ask_all(&self) {
        let places = &self.places[self.places.len().saturating_sub(ASKED)..];
        let holding: Vec<_> = places.iter().map(|at| self.ask(*at)).collect();
        let mut asked = 0;
        self.index.areas_at_each(places, |nth, found| {
            let mut found = found.to_vec();
            found.sort_unstable();
            assert_eq!(found, holding[nth], "at {:?}, of many", places[nth]);
            asked += 1;
        });
        assert_eq!(asked, places.len());
    }

    fn holding(&self, at: Position) -> Vec<AreaId> {
        let holding = self.list.iter().filter(|(_, shape)| shape.covers(at));
        holding.map(|(id, _)| *id).collect()
    }
}

/// The same place with its longitude within ±180.
fn home(at: Position) -> Position {
    let lon = match at.lon {
        lon if lon > 180.0 => lon - 360.0,
        lon if lon < -180.0 => lon + 360.0,
        lon => lon,
    };
    Position { lon, lat: at.lat }
}

/// Every figure at every place and on lines of every width: put, copied, replaced, taken away and put anew,
/// with questions between.
pub fn seeds() -> Vec<Vec<u8>> {
    let figures = figures();
    let towns = (0..8).flat_map(|nth| (0..figures.len()).map(move |figure| (nth, figure)));
    towns.map(|(nth, figure)| story(nth, &figures[figure], &figures[(figure + 1) % 6])).collect()
}

/// What is done in a town, [`DEEDS`] of it.
fn story(town: u8, figure: &[u8], other: &[u8]) -> Vec<u8> {
    // Behind this byte stand three figures, of which the last is excluded.
    let put = |id: u8| match figure {
        [FIGURES, three @ ..] => [&[PUT_LESS, id], three].concat(),
        _ => [&[PUT, id], figure].concat(),
    };
    let deeds: [Vec<u8>; DEEDS] = [
        put(1),
        vec![SAME, 9, 1],
        vec![ASK_ALL],
        // One that was there, one that was not, one that goes, and one that comes a second time.
        [&[SEVERAL, 2, 9], other, &[10], other, &[0, 0, 1, 10], other].concat(),
        vec![ASK, 20, 30, 0],
        put(1),
        vec![REMOVE, 10],
        vec![ASK, 20, 30, 7],
    ];
    [vec![town, (town * 3) % 8, town], deeds.concat()].concat()
}

fn figures() -> [Vec<u8>; 8] {
    let below_zero = i8::cast_unsigned;
    let [west, south] = [-20, -20].map(below_zero);
    let circle = vec![0, 10, below_zero(-3), 40];
    let block = vec![1, west, south, 20, 30];
    let triangle = vec![2, west, south, 20, south, 0, 40];
    let ring = vec![3, 2, 0, 0, 30, 0, 30, 30, 15, 10, 5, 12, 0, 30];
    let holed = vec![4, west, south, 20, 30, below_zero(-10), south + 5, 10, 10];
    let pair = vec![5, west, south, 0, 0, 0, 0, 20, 20];
    let ring_less_circle = [&[FIGURES], &ring[..], &pair, &circle].concat();
    let block_less_triangle = [&[FIGURES], &block[..], &circle, &triangle].concat();
    [circle, block, triangle, ring, holed, pair, ring_less_circle, block_less_triangle]
}

//! A line for each point: what holds it, or why it could not be read.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ground::Ground;
use super::points::PointRow;
use super::workers::Tally;
use crate::geometry::Position;
use crate::matching::AreaId;

/// What stands in a line before the areas.
#[derive(Serialize)]
struct Asked<'a> {
    id: &'a str,
    lon: f64,
    lat: f64,
}

/// What stands behind them.
#[derive(Serialize)]
struct Layers<'a> {
    boundaries: BTreeMap<&'a str, Vec<&'a str>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    near: BTreeMap<&'a str, Vec<&'a str>>,
}

impl Layers<'_> {
    fn hold_or_are_near(&self) -> bool {
        !self.near.is_empty() || self.boundaries.values().any(|wards| !wards.is_empty())
    }
}

#[derive(Serialize)]
struct Unread<'a> {
    id: &'a str,
    error: &'a str,
}

/// Puts the answers to some points, in their order; gives what became of these.
pub(super) fn put(points: &[PointRow], ground: &Ground, text: &mut Vec<u8>) -> Tally {
    let positions: Vec<_> = points.iter().map(PointRow::position).collect();
    let areas = areas_at(&positions, ground);
    let mut tally = Tally { points: points.len() as u64, ..Tally::default() };
    for ((point, position), areas) in points.iter().zip(&positions).zip(areas) {
        let id = point.id();
        match position {
            Ok(at) => {
                let layers = layers(*at, ground);
                tally.held += u64::from(!areas.is_empty() || layers.hold_or_are_near());
                let asked = Asked { id: &id, lon: at.lon, lat: at.lat };
                put_found(text, (&asked, &layers), &areas, ground);
            }
            Err(error) => {
                tally.unread += 1;
                tally.cut_off = tally.cut_off.or(point.cut_off());
                put_json(text, &Unread { id: &id, error });
            }
        }
        text.push(b'\n');
    }
    if tally.held == 0 {
        tally.swapped = swapped(&positions, ground);
    }
    tally
}

/// How many of the positions would lie somewhere with their coordinates exchanged.
fn swapped(positions: &[Result<Position, String>], ground: &Ground) -> u64 {
    let exchanged = |at: &Position| Position::on_earth(at.lat, at.lon).ok();
    let read = positions.iter().filter_map(|position| exchanged(position.as_ref().ok()?));
    let exchanged: Vec<_> = read.map(Ok).collect();
    let areas = areas_at(&exchanged, ground);
    let held = exchanged.iter().flatten().zip(areas);
    held.filter(|(at, areas)| !areas.is_empty() || layers(**at, ground).hold_or_are_near()).count()
        as u64
}

/// The areas at each position, in their order; none where it could not be read.
fn areas_at(positions: &[Result<Position, String>], ground: &Ground) -> Vec<Vec<AreaId>> {
    let read = positions.iter().enumerate();
    let read = read.filter_map(|(nth, position)| Some((nth, *position.as_ref().ok()?)));
    let (nths, read): (Vec<usize>, Vec<Position>) = read.unzip();
    let mut areas = vec![vec![]; positions.len()];
    ground.areas.areas_at_each(&read, |place, ids| {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        areas[nths[place]] = ids;
    });
    areas
}

/// About as long as an area's name is, with its quotes and the comma.
const A_NAME: usize = 10;

/// Puts one object, whose areas are copied as they are to be read: at a point may be thousands.
fn put_found(
    text: &mut Vec<u8>,
    (asked, layers): (&Asked<'_>, &Layers<'_>),
    areas: &[AreaId],
    ground: &Ground,
) {
    text.reserve(areas.len() * A_NAME);
    put_json(text, asked);
    // The object is not at its end yet.
    text.pop();
    text.extend(br#","areas":["#);
    for (nth, id) in areas.iter().enumerate() {
        if nth > 0 {
            text.push(b',');
        }
        text.extend(ground.area_name(*id).as_bytes());
    }
    text.extend(b"],");
    let start = text.len();
    put_json(text, layers);
    // Nor does another begin.
    text.remove(start);
}

fn layers(at: Position, ground: &Ground) -> Layers<'_> {
    let (mut boundaries, mut near) = (BTreeMap::new(), BTreeMap::new());
    for layer in &ground.layers {
        let wards = layer.wards_at(at);
        boundaries.insert(layer.layer(), wards.within.iter().map(|ward| &*ward.key).collect());
        if !wards.near.is_empty() {
            near.insert(layer.layer(), wards.near.iter().map(|ward| &*ward.key).collect());
        }
    }
    Layers { boundaries, near }
}

fn put_json(text: &mut Vec<u8>, value: &impl Serialize) {
    serde_json::to_writer(text, value).expect("texts and numbers can be written into memory");
}

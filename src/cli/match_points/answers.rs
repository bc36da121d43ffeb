//! A line for each point: what holds it, or why it could not be read.

use std::collections::BTreeMap;
use std::thread;

use serde::Serialize;

use super::ground::Ground;
use super::points::PointRow;
use crate::geometry::Position;
use crate::matching::AreaId;

/// The answers to some points.
pub(super) struct Answers {
    /// Lines, to be written one text after the other.
    pub(super) texts: Vec<Vec<u8>>,
    /// How many of the points could not be read.
    pub(super) unread: u64,
}

#[derive(Serialize)]
struct Found<'a> {
    id: &'a str,
    lon: f64,
    lat: f64,
    areas: Vec<&'a str>,
    boundaries: BTreeMap<&'a str, Vec<&'a str>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    near: BTreeMap<&'a str, Vec<&'a str>>,
}

#[derive(Serialize)]
struct Unread<'a> {
    id: &'a str,
    error: &'a str,
}

/// Below this many points one core is quicker alone.
const WORTH_SHARING: usize = 100;

/// Answers some points, in their order, on all cores.
pub(super) fn of(points: &[PointRow], ground: &Ground) -> Answers {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if points.len() < WORTH_SHARING || cores == 1 {
        let (text, unread) = lines(points, ground);
        return Answers { texts: vec![text], unread };
    }
    let shares = points.chunks(points.len().div_ceil(cores));
    let done: Vec<_> = thread::scope(|threads| {
        let working: Vec<_> =
            shares.map(|share| threads.spawn(move || lines(share, ground))).collect();
        let done = working
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        done.collect()
    });
    let unread = done.iter().map(|(_, unread)| unread).sum();
    Answers { texts: done.into_iter().map(|(text, _)| text).collect(), unread }
}

fn lines(points: &[PointRow], ground: &Ground) -> (Vec<u8>, u64) {
    let positions: Vec<_> = points.iter().map(PointRow::position).collect();
    let areas = areas_at(&positions, ground);
    let (mut text, mut unread) = (Vec::new(), 0);
    for ((point, position), areas) in points.iter().zip(positions).zip(areas) {
        let id = point.id();
        match position {
            Ok(at) => push(&mut text, &found(&id, at, &areas, ground)),
            Err(error) => {
                unread += 1;
                push(&mut text, &Unread { id: &id, error: &error });
            }
        }
    }
    (text, unread)
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

fn found<'a>(id: &'a str, at: Position, areas: &[AreaId], ground: &'a Ground) -> Found<'a> {
    let areas = areas.iter().map(|id| ground.area_name(*id)).collect();
    let (mut boundaries, mut near) = (BTreeMap::new(), BTreeMap::new());
    for layer in &ground.layers {
        let wards = layer.wards_at(at);
        boundaries.insert(layer.layer(), wards.within.iter().map(|ward| &*ward.key).collect());
        if !wards.near.is_empty() {
            near.insert(layer.layer(), wards.near.iter().map(|ward| &*ward.key).collect());
        }
    }
    Found { id, lon: at.lon, lat: at.lat, areas, boundaries, near }
}

fn push(text: &mut Vec<u8>, line: &impl Serialize) {
    serde_json::to_writer(&mut *text, line).expect("texts and numbers can be written into memory");
    text.push(b'\n');
}

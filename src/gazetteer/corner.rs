//! Where two streets meet, by their lines: where pieces cross, or where one ends at the other.

use std::collections::HashMap;

use super::along::{Plane, length, nearest_on};
use super::asked::Word;
use super::build::Gazetteer;
use super::names::{Fit, NameId};
use super::search::Doubted;
use super::{Hit, Kind};
use crate::geometry::Position;

/// Ends this near to another street's line meet it: files are not drawn to the centimetre.
const REACH_M: f64 = 12.0;

/// Crossings this near to each other are one corner, as of a street with two carriageways.
const ONE_CORNER_M: f64 = 45.0;

/// Spellings of either street that are tried, and pieces and pairs that are compared.
const NAMES_TRIED: usize = 12;
const PIECES_TRIED: usize = 6_000;
const PAIRS_TRIED: usize = 200_000;

/// Two names that meet.
struct Meeting {
    at: Position,
    one: Fit,
    other: Fit,
}

impl Gazetteer {
    /// The corners of two streets, best first. A letter of either may be wrong.
    pub(super) fn corners(&self, one: &[Word], other: &[Word], limit: usize) -> Vec<Hit> {
        let (Some((ones, first)), Some((others, second))) = (self.either(one), self.either(other))
        else {
            return vec![];
        };
        let mut meetings = self.meetings(&ones, &others);
        meetings.sort_by_key(|m| {
            let part = m.one.part || m.other.part;
            (part, m.one.left_over, m.other.left_over, m.one.name, m.other.name)
        });
        let mut hits: Vec<Hit> = vec![];
        for Meeting { at, one, other } in meetings {
            let near = |hit: &Hit| hit.at.distance_m(at) < ONE_CORNER_M;
            if hits.len() < limit && !hits.iter().any(near) {
                let [a, b] = [one, other].map(|fit| self.names.shown(fit.name));
                let exact = !(one.part || other.part || first || second);
                hits.push(Hit { label: format!("{a} & {b}"), at, kind: Kind::Corner, exact });
            }
        }
        hits
    }

    /// The names that one of the two may be, and whether that is in doubt.
    fn either(&self, words: &[Word]) -> Option<(Vec<Fit>, bool)> {
        let tries = Doubted::of(words).into_iter().map(|doubted| {
            let mut fits = self.fits(&doubted);
            fits.retain(|fit| !self.stretches_of(fit.name).is_empty());
            fits.truncate(NAMES_TRIED);
            (fits, doubted.in_doubt)
        });
        tries.into_iter().find(|(fits, _)| !fits.is_empty())
    }

    fn meetings(&self, ones: &[Fit], others: &[Fit]) -> Vec<Meeting> {
        let wanted: HashMap<NameId, Fit> = others.iter().map(|fit| (fit.name, *fit)).collect();
        let (mut found, mut pairs, mut pieces) = (vec![], 0, 0);
        for one in ones {
            for stretch in self.stretches_of(one.name) {
                for piece in stretch.first..stretch.first + stretch.corners - 1 {
                    pieces += 1;
                    if pieces > PIECES_TRIED || pairs > PAIRS_TRIED {
                        return found;
                    }
                    for near in self.pieces_near(piece) {
                        pairs += 1;
                        let name = self.stretch_of(near).map(|stretch| stretch.name);
                        let Some(other) = name.and_then(|name| wanted.get(&name)) else { continue };
                        if other.name == one.name {
                            continue;
                        }
                        if let Some(at) = meet(self.piece(piece), self.piece(near)) {
                            found.push(Meeting { at, one: *one, other: *other });
                        }
                    }
                }
            }
        }
        found
    }

    /// The pieces that may meet one.
    fn pieces_near(&self, piece: u32) -> Vec<u32> {
        let (a, b) = self.piece(piece);
        let middle =
            Position { lon: f64::midpoint(a.lon, b.lon), lat: f64::midpoint(a.lat, b.lat) };
        let half = a.distance_m(b) / 2.0 + REACH_M;
        let mut near: Vec<u32> = self.piece_cells.around(middle, half).collect();
        near.sort_unstable();
        near.dedup();
        near
    }
}

/// Where two pieces cross, or where an end of one lies within reach of the other.
fn meet((a, b): (Position, Position), (c, d): (Position, Position)) -> Option<Position> {
    let plane = Plane::at(a);
    let [p, q, r, s] = [a, b, c, d].map(|at| plane.lay(at));
    if let Some(at) = crossing((p, q), (r, s)) {
        return Some(plane.lift(at));
    }
    let reach = |end: (f64, f64), from: (f64, f64), to: (f64, f64)| {
        let moved = |at: (f64, f64)| (at.0 - end.0, at.1 - end.1);
        let (_, there) = nearest_on(moved(from), moved(to));
        (length(there), (end.0 + there.0, end.1 + there.1))
    };
    let ends = [reach(p, r, s), reach(q, r, s), reach(r, p, q), reach(s, p, q)];
    let (metres, at) = ends.into_iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
    (metres <= REACH_M).then(|| plane.lift(at))
}

type Flat = (f64, f64);

fn crossing((p, q): (Flat, Flat), (r, s): (Flat, Flat)) -> Option<Flat> {
    let (d, e) = ((q.0 - p.0, q.1 - p.1), (s.0 - r.0, s.1 - r.1));
    let across = d.0 * e.1 - d.1 * e.0;
    if across.abs() < 1e-9 {
        return None;
    }
    let (x, y) = (r.0 - p.0, r.1 - p.1);
    let (t, u) = ((x * e.1 - y * e.0) / across, (x * d.1 - y * d.0) / across);
    let within = |share: f64| (0.0..=1.0).contains(&share);
    (within(t) && within(u)).then_some((p.0 + d.0 * t, p.1 + d.1 * t))
}

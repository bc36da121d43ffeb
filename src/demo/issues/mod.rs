//! The day of a demo city: issues land, are worked on, commented and closed, without an end.
//!
//! The one rule: what comes next depends on the seed and on the time that is handed in, so a demo
//! can be told twice. Now and then a report has a bad place (0/0, or longitude and latitude
//! swapped), because real feeds do.

pub mod categories;

use std::sync::Arc;

use super::city::{DemoCity, Street, StreetClass};
use super::people::moved;
use crate::clock::{Timestamp, Zone};
use crate::geometry::{Position, Shape};
use crate::issue::{Actor, Category, Facts, Kind, Notice, Said, Status};
use crate::random::SplitMix;
use crate::ward::WardRef;
use categories::Kind as CategoryKind;

/// The source that the demo's notices name.
pub const SOURCE: &str = "demo";

/// How many issues are remembered so that something can still happen to them.
const REMEMBERED: usize = 60;

/// Where issues land.
#[derive(Clone, Debug)]
pub enum Ground {
    /// On the streets of the demo city, with addresses.
    Streets(Arc<DemoCity>),
    /// Anywhere in real wards, whose streets are not known.
    Wards(Vec<(WardRef, Arc<Shape>)>),
}

/// An endless stream of notices.
#[derive(Debug)]
pub struct Issues {
    ground: Ground,
    zone: Zone,
    hot_spots: Vec<Position>,
    open: Vec<Open>,
    count: u64,
    dice: SplitMix,
}

/// An issue to which something can still happen.
#[derive(Debug)]
struct Open {
    source_id: String,
    status: Status,
    steps: u32,
    kind: &'static CategoryKind,
}

impl Issues {
    /// `zone` says which season and hour it is when a notice is asked for.
    #[must_use]
    pub fn new(ground: Ground, zone: Zone, seed: u64) -> Self {
        let mut issues = Self {
            ground,
            zone,
            hot_spots: vec![],
            open: vec![],
            count: 0,
            dice: SplitMix::new(seed ^ 0x6973_7375_6573),
        };
        issues.hot_spots = (0..16).filter_map(|_| issues.anywhere().map(|(at, _)| at)).collect();
        issues
    }

    /// What happens next, at `now`: every second time a new issue.
    pub fn next(&mut self, now: Timestamp) -> Notice {
        if !self.open.is_empty() && self.dice.unit() < 0.5 {
            // Of two, the older: what was reported first is more often seen to first.
            let draw = |dice: &mut SplitMix, n| dice.below(n).min(dice.below(n));
            let pick = draw(&mut self.dice, self.open.len());
            return self.go_on(pick, now);
        }
        self.report(now)
    }

    /// A new issue at `now`.
    pub fn report(&mut self, now: Timestamp) -> Notice {
        self.count += 1;
        let kind = categories::draw(self.zone.local(now).month, &mut self.dice);
        let (at, address) = self.place();
        let description = self.words(kind, at);
        let position = self.spoil(at);
        let source_id = format!("df-{:06}", self.count);
        let open = Open { source_id: source_id.clone(), status: Status::Received, steps: 0, kind };
        if self.open.len() == REMEMBERED {
            self.open.remove(0);
        }
        self.open.push(open);
        let facts = Facts {
            category: Some(Category::from(kind.name)),
            status: Some(Status::Received),
            description: Some(description),
            address,
            position: Some(position),
            ..Facts::default()
        };
        let said = Said::Event { kind: Kind::Opened, text: None };
        notice(&source_id, 0, said, now, Actor::Resident, facts)
    }

    /// The next step in the life of an open issue: a neighbour's comment, or the city's work.
    fn go_on(&mut self, pick: usize, now: Timestamp) -> Notice {
        let comment = self.dice.unit() < 0.25;
        let quick = self.dice.unit() < 0.5;
        let word = self.dice.below(64);
        let open = &mut self.open[pick];
        open.steps += 1;
        let (source_id, steps) = (open.source_id.clone(), open.steps);
        let say = |words: &[&str]| Some(words[word % words.len()].to_owned());
        if comment {
            let said = Said::Event { kind: Kind::Commented, text: say(&categories::COMMENTS) };
            return notice(&source_id, steps, said, now, Actor::Resident, Facts::default());
        }
        open.status = match open.status {
            Status::Received => Status::Acknowledged,
            Status::Acknowledged if !quick => Status::InProgress,
            _ => Status::Closed,
        };
        let status = open.status;
        let (kind, text) = match status {
            Status::Closed => (Kind::Closed, say(open.kind.done)),
            Status::Acknowledged => (Kind::Updated, say(&categories::ACKNOWLEDGED)),
            _ => (Kind::Updated, say(&categories::STARTED)),
        };
        if status == Status::Closed {
            self.open.remove(pick);
        }
        let facts = Facts { status: Some(status), ..Facts::default() };
        let said = Said::Event { kind, text };
        notice(&source_id, steps, said, now, Actor::Official, facts)
    }

    /// A place and, where streets are known, its address. Half of all issues crowd around a few
    /// hot spots, as they do everywhere.
    fn place(&mut self) -> (Position, Option<String>) {
        let fallback = (Position { lon: 0.0, lat: 0.0 }, None);
        if self.hot_spots.is_empty() || self.dice.unit() < 0.5 {
            return self.anywhere().unwrap_or(fallback);
        }
        let spot = self.hot_spots[self.dice.below(self.hot_spots.len())];
        let near = moved(spot, self.dice.normal() * 220.0, self.dice.normal() * 220.0);
        match &self.ground {
            Ground::Streets(city) => {
                let address = city.address_at(near);
                let at = address.as_deref().and_then(|address| city.find_address(address));
                at.map(|at| (rounded(at), address)).or_else(|| self.anywhere()).unwrap_or(fallback)
            }
            Ground::Wards(wards) if wards.iter().any(|(_, shape)| shape.covers(near)) => {
                (near, None)
            }
            Ground::Wards(_) => self.anywhere().unwrap_or(fallback),
        }
    }

    fn anywhere(&mut self) -> Option<(Position, Option<String>)> {
        match &self.ground {
            Ground::Streets(city) => {
                let (street, number) = some_house(&city.streets, &mut self.dice)?;
                let address = format!("{number} {}", street.full_name());
                Some((rounded(city.find_address(&address)?), Some(address)))
            }
            Ground::Wards(wards) => {
                let (_, shape) = wards.get(self.dice.below(wards.len()))?;
                let boxes = shape.envelopes(0.0);
                (0..200).find_map(|_| {
                    let part = boxes.get(self.dice.below(boxes.len()))?;
                    let at = Position {
                        lon: self.dice.range(part.west, part.east),
                        lat: self.dice.range(part.south, part.north),
                    };
                    shape.covers(at).then(|| (rounded(at), None))
                })
            }
        }
    }

    /// One report in eighty comes with a place that cannot be.
    fn spoil(&mut self, at: Position) -> Position {
        match self.dice.below(160) {
            0 => Position { lon: 0.0, lat: 0.0 },
            1 => Position { lon: at.lat, lat: at.lon },
            _ => at,
        }
    }

    /// A resident's sentence, and sometimes what it is next to.
    fn words(&mut self, kind: &CategoryKind, at: Position) -> String {
        let sentence = kind.sentences[self.dice.below(kind.sentences.len())];
        let Ground::Streets(city) = &self.ground else { return sentence.to_owned() };
        let near = |place: &Position| (place.lon - at.lon).hypot(place.lat - at.lat) < 0.0025;
        match city.places.iter().find(|place| near(&place.at)) {
            Some(place) if self.dice.unit() < 0.6 => format!("{sentence} Close to {}.", place.name),
            _ => sentence.to_owned(),
        }
    }
}

/// A house of the city; every house is as likely, but main roads have twice as much to report.
fn some_house<'a>(streets: &'a [Street], dice: &mut SplitMix) -> Option<(&'a Street, u32)> {
    let weight = |s: &Street| (s.to - s.from) * if s.class == StreetClass::Street { 1 } else { 2 };
    let all: u32 = streets.iter().map(weight).sum();
    let mut left = u32::try_from(dice.below(usize::try_from(all).ok()?)).ok()?;
    for street in streets {
        if left < weight(street) {
            let span = usize::try_from(street.to - street.from).ok()?.max(1);
            let number = street.from + u32::try_from(dice.below(span)).ok()?;
            return Some((street, number.max(1)));
        }
        left -= weight(street);
    }
    None
}

fn rounded(at: Position) -> Position {
    moved(at, 0.0, 0.0)
}

fn notice(
    source_id: &str,
    step: u32,
    said: Said,
    at: Timestamp,
    actor: Actor,
    facts: Facts,
) -> Notice {
    Notice {
        source: SOURCE.to_owned(),
        source_id: source_id.to_owned(),
        version: Some(step.to_string()),
        said,
        at,
        actor,
        lets: None,
        desk: None,
        facts,
    }
}

#[cfg(test)]
mod tests;

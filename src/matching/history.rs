//! What happened lately, kept to be asked how much of it a watch would have been told.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use super::area_id::AreaId;
use super::area_index::AreaIndex;
use crate::clock::Timestamp;
use crate::geometry::{Envelope, Position, Shape};
use crate::issue::{Category, EventId, IssueId, Kind};
use crate::watch::Filter;

/// One thing that happened, without its words.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    pub event: EventId,
    pub issue: IssueId,
    pub kind: Kind,
    pub at: Timestamp,
    pub category: Category,
    /// `None` when its place is not believed.
    pub position: Option<Position>,
}

/// What is asked about.
#[derive(Clone, Debug)]
pub enum Whereabouts {
    /// Each shape, with all that lies at most so many metres from it: an area's 0, a ward's notice
    /// tolerance.
    Within(Vec<(Arc<Shape>, f64)>),
    Issue(IssueId),
}

/// An event that is wanted, by its filter's kinds and categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub event: EventId,
    pub issue: IssueId,
    pub at: Timestamp,
}

/// What happened in a city lately: 64 bytes an event, places apart from the rest, since every
/// question goes over all of them (a month of a large city, half a million, in some milliseconds).
#[derive(Default)]
pub struct History {
    /// Not a number where the place is not believed.
    places: Vec<Position>,
    rest: Vec<Rest>,
    categories: Vec<Category>,
    by_name: HashMap<String, u32>,
}

struct Rest {
    hit: Hit,
    kind: Kind,
    category: u32,
}

/// In no box.
const NOWHERE: Position = Position { lon: f64::NAN, lat: f64::NAN };

impl History {
    #[must_use]
    pub fn len(&self) -> usize {
        self.rest.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// When the first of what is kept happened.
    #[must_use]
    pub fn began(&self) -> Option<Timestamp> {
        self.rest.iter().map(|rest| rest.hit.at).min()
    }

    /// Keeps what happened. Of an issue that is taken off the site nothing is kept from then on.
    pub fn put(&mut self, happened: impl IntoIterator<Item = Happened>) {
        let mut hidden = HashSet::new();
        for Happened { event, issue, kind, at, category, position } in happened {
            if kind == Kind::Hidden {
                hidden.insert(issue);
            }
            let category = self.number_of(category);
            self.places.push(position.unwrap_or(NOWHERE));
            self.rest.push(Rest { hit: Hit { event, issue, at }, kind, category });
        }
        if !hidden.is_empty() {
            self.retain(|rest| !hidden.contains(&rest.hit.issue));
        }
    }

    /// Forgets what happened before a time.
    pub fn forget_before(&mut self, since: Timestamp) {
        self.retain(|rest| rest.hit.at >= since);
    }

    /// What happened there between two times and would have been wanted, were it not for the filter's
    /// words, which are not kept. Exact, as [`Shape::covers`] and [`Shape::within_m`] are.
    #[must_use]
    pub fn find(
        &self,
        place: &Whereabouts,
        filter: &Filter,
        since: Timestamp,
        until: Timestamp,
    ) -> Vec<Hit> {
        let admitted: Vec<bool> = self
            .categories
            .iter()
            .map(|name| filter.categories.is_empty() || filter.categories.contains(name))
            .collect();
        let wanted = |rest: &Rest| {
            (since..=until).contains(&rest.hit.at)
                && filter.kinds.contains(&rest.kind)
                && admitted[rest.category as usize]
        };
        match place {
            Whereabouts::Issue(issue) => {
                let of_it = self.rest.iter().filter(|rest| rest.hit.issue == *issue);
                of_it.filter(|rest| wanted(rest)).map(|rest| rest.hit).collect()
            }
            Whereabouts::Within(shapes) => {
                let boxes: Vec<Envelope> = shapes
                    .iter()
                    .flat_map(|(shape, tolerance_m)| shape.envelopes(*tolerance_m))
                    .collect();
                let near = self.places.iter().zip(&self.rest).filter(|(at, rest)| {
                    boxes.iter().any(|one| one.contains(**at)) && wanted(rest)
                });
                held(shapes, &near.map(|(at, rest)| (*at, rest.hit)).collect::<Vec<_>>())
            }
        }
    }

    fn number_of(&mut self, category: Category) -> u32 {
        if let Some(number) = self.by_name.get(category.name()) {
            return *number;
        }
        let number = u32::try_from(self.categories.len()).unwrap_or(u32::MAX);
        self.by_name.insert(category.name().to_owned(), number);
        self.categories.push(category);
        number
    }

    fn retain(&mut self, keep: impl Fn(&Rest) -> bool) {
        let mut kept = self.rest.iter().map(&keep);
        self.places.retain(|_| kept.next().unwrap_or(false));
        self.rest.retain(keep);
    }
}

/// Those that one of the shapes holds, or that lie within its tolerance. An index is made for the one
/// question: what it takes is soon saved where a long outline holds thousands of events.
fn held(shapes: &[(Arc<Shape>, f64)], near: &[(Position, Hit)]) -> Vec<Hit> {
    let areas = (0..).map(AreaId).zip(shapes.iter().map(|(shape, _)| Arc::clone(shape)));
    let index = AreaIndex::build(areas);
    let places: Vec<Position> = near.iter().map(|(at, _)| *at).collect();
    let mut inside = vec![false; near.len()];
    index.areas_at_each(&places, |nth, areas| inside[nth] = !areas.is_empty());
    let reaches = |at: &Position| {
        shapes
            .iter()
            .any(|(shape, tolerance_m)| *tolerance_m > 0.0 && shape.within_m(*at, *tolerance_m))
    };
    let found = near.iter().zip(inside).filter(|((at, _), inside)| *inside || reaches(at));
    found.map(|((_, hit), _)| *hit).collect()
}

/// Says how many, never where.
impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "History({} events)", self.len())
    }
}

#[cfg(test)]
mod tests;

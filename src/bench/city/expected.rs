//! Who has to be told of what, worked out without the product: plain `rstar` and `geo` say which
//! areas hold an event, and a few loops the rest.

use std::collections::{HashMap, HashSet};

use super::town::{Spec, Town};
use crate::bench::baseline::Baseline;
use crate::watch::Rhythm;
use crate::watcher::ContactKind;

/// A person told of an event by a road.
pub type Telling = (usize, usize);

/// What has to arrive.
#[derive(Debug, Default)]
pub struct Expected {
    pub mails: HashSet<Telling>,
    pub pushes: HashSet<Telling>,
    /// People whose digest has something in it, by road.
    pub digest_mails: HashSet<usize>,
    pub digest_pushes: HashSet<usize>,
    /// Pairs of a watch and an event that it matches.
    pub matches: usize,
}

impl Expected {
    /// Of the events in this range; `progress` hears how many are done.
    pub fn of(
        town: &Town,
        events: std::ops::Range<usize>,
        baseline: &Baseline,
        mut progress: impl FnMut(usize),
    ) -> Self {
        let mut expected = Self::default();
        let mut by_place: HashMap<usize, Vec<&Spec>> = HashMap::new();
        for watch in &town.watches {
            by_place.entry(watch.place).or_default().push(watch);
        }
        let mut places = vec![];
        for event in events.clone() {
            progress(event - events.start);
            let happening = &town.events[event];
            places.clear();
            baseline.areas_at(happening.at, &mut places);
            let here = places.iter().filter_map(|place| by_place.get(&(*place as usize)));
            let wanted = |watch: &&&Spec| {
                let only = &watch.filter.categories;
                only.is_empty() || only.contains(&happening.category)
            };
            let wanted: Vec<&&Spec> = here.flatten().filter(wanted).collect();
            expected.matches += wanted.len();
            let at_once = |watch: &&&&Spec| watch.rhythm == Rhythm::AtOnce;
            for watch in wanted.iter().filter(at_once) {
                expected.tell_now(town, watch, event);
            }
            for watch in wanted.iter().filter(|watch| !at_once(watch)) {
                expected.tell_later(town, watch, event);
            }
        }
        expected
    }

    fn tell_now(&mut self, town: &Town, watch: &Spec, event: usize) {
        let told = (watch.person, event);
        let [mail, push] = roads(town, watch);
        self.mails.extend(mail.then_some(told));
        self.pushes.extend(push.then_some(told));
    }

    /// What is told at once by a road is in no digest by it.
    fn tell_later(&mut self, town: &Town, watch: &Spec, event: usize) {
        let told = (watch.person, event);
        let [mail, push] = roads(town, watch);
        let mail = mail && !self.mails.contains(&told);
        let push = push && !self.pushes.contains(&told);
        self.digest_mails.extend(mail.then_some(watch.person));
        self.digest_pushes.extend(push.then_some(watch.person));
    }

    /// Pairs of a person and an event told at once, by however many roads.
    pub fn people_told(&self) -> usize {
        self.mails.union(&self.pushes).count()
    }
}

/// Whether a watch reaches its person by mail, and by push.
fn roads(town: &Town, watch: &Spec) -> [bool; 2] {
    let person = &town.people[watch.person];
    [
        watch.via.includes(ContactKind::Mail) && person.email.is_some(),
        watch.via.includes(ContactKind::Push) && person.browser.is_some(),
    ]
}

/// How what came compares with what had to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Had to come and did not.
    pub lost: usize,
    /// Came more than once; each time after the first counts.
    pub repeated: usize,
    /// Came and nobody had asked for it.
    pub unasked: usize,
}

impl Balance {
    pub fn of<T: Eq + std::hash::Hash>(expected: &HashSet<T>, came: &[T]) -> Self {
        let distinct: HashSet<&T> = came.iter().collect();
        let wanted = distinct.iter().filter(|one| expected.contains(**one)).count();
        Self {
            lost: expected.len() - wanted,
            repeated: came.len() - distinct.len(),
            unasked: distinct.len() - wanted,
        }
    }
}

impl std::ops::Add for Balance {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl std::ops::AddAssign for Balance {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.repeated += other.repeated;
        self.unasked += other.unasked;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_doubled_or_unasked_counts() {
        let expected = HashSet::from([1, 2, 3]);
        let balance = |came: &[i32]| {
            let Balance { lost, repeated, unasked } = Balance::of(&expected, came);
            (lost, repeated, unasked)
        };
        assert_eq!(balance(&[3, 1, 2]), (0, 0, 0));
        assert_eq!(balance(&[3, 3, 1, 3]), (1, 2, 0));
        assert_eq!(balance(&[4, 4, 1, 2, 3]), (0, 1, 1));
        assert_eq!(balance(&[]), (3, 0, 0));
    }

    #[test]
    fn everybody_who_watches_a_place_at_once_is_expected_once() {
        let town = Town::draw(2_000, 40, 5).unwrap();
        let baseline = Baseline::build(&town.ground);
        let expected = Expected::of(&town, 0..40, &baseline, |_| ());
        assert!(!expected.mails.is_empty() && !expected.pushes.is_empty());
        assert!(expected.people_told() <= expected.mails.len() + expected.pushes.len());
        assert!(expected.matches > expected.people_told());
        // The same by asking every watch about every event.
        let mut mails = HashSet::new();
        for (nth, event) in town.events.iter().enumerate() {
            for watch in town.watches.iter().filter(|w| w.rhythm == Rhythm::AtOnce && w.via.mail) {
                let ward = town.wards.get(watch.place).map(|(_, shape)| shape.covers(event.at));
                let inside = ward.unwrap_or_else(|| match town.target(watch).unwrap() {
                    crate::watch::Target::Area(shape) => shape.covers(event.at),
                    _ => unreachable!("wards are below"),
                });
                let only = &watch.filter.categories;
                if inside && (only.is_empty() || only.contains(&event.category)) {
                    mails.insert((watch.person, nth));
                }
            }
        }
        assert_eq!(expected.mails, mails);
    }
}

//! Plausible people for any city's wards: where they live, what they draw, how they want to hear.
//!
//! The one rule: nobody here is real. Mail goes to `example.org` and `example.test`, which belong
//! to no one (RFC 2606).
//!
//! Shares, as the command `watches generate` promises them: 85 % one area (median radius 300 m,
//! clustered), 10 % two or three that overlap, 5 % a whole ward; 20 % at once, 60 % daily, 20 %
//! weekly; 50 % mail, 30 % both, 20 % push; 40 % all categories, the rest one to three.

mod areas;
mod browser;
mod names;

use std::sync::Arc;

use crate::engine::{Engine, NewWatch, Newcomer};
use crate::geometry::{Position, Shape};
use crate::issue::Category;
use crate::random::SplitMix;
use crate::ward::WardRef;
use crate::watch::{Filter, Meant, Rhythm, Target, Via, WatchId};
use crate::watcher::{Address, AddressError, PushSubscription};

pub use areas::moved;
pub use browser::Browser;

/// Somebody who watches. All contacts count as confirmed.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub name: String,
    /// At `example.org` or `example.test`; no two people of one seed share it.
    pub email: String,
    /// Whether there is a browser to push to as well.
    pub push: bool,
    /// Primary language tag: `en`, `es`, `pl` or `zh`.
    pub language: &'static str,
    /// At least one.
    pub watches: Vec<PlannedWatch>,
}

/// A watch to be made for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedWatch {
    /// "Home", "My mother's block".
    pub name: String,
    pub target: Target,
    pub filter: Filter,
    pub rhythm: Rhythm,
    pub via: Via,
}

impl Person {
    /// The person as the engine takes them in; `browser` is where they are pushed to.
    ///
    /// # Errors
    /// When their mail address is none.
    pub fn newcomer(
        self,
        engine: &Engine,
        browser: Option<PushSubscription>,
    ) -> Result<Newcomer, AddressError> {
        let mut addresses = vec![];
        if self.watches.iter().any(|watch| watch.via.mail) {
            addresses.push(Address::Mail(self.email.parse()?));
        }
        addresses.extend(browser.map(Address::Push));
        let now = engine.clock().now();
        let watch = |planned: PlannedWatch| {
            let PlannedWatch { name, target, filter, rhythm, via } = planned;
            NewWatch { id: WatchId(engine.random().uuid(now)), name, target, filter, rhythm, via }
        };
        let watches = self.watches.into_iter().map(watch).collect();
        Ok(Newcomer { language: self.language.to_owned(), addresses, watches })
    }
}

/// `count` people for these wards, the same ones for the same seed. No wards, no people.
///
/// Each ward is a key with its shape; `categories` is what people choose from (empty: everybody
/// wants all).
pub fn people(
    wards: Vec<(WardRef, Arc<Shape>)>,
    categories: Vec<Category>,
    seed: u64,
    count: usize,
) -> impl Iterator<Item = Person> {
    let count = if wards.is_empty() { 0 } else { count };
    let mut dice = SplitMix::new(seed ^ 0x0070_656f_706c_6521);
    let neighbourhoods = neighbourhoods(&wards, &mut dice);
    let mut town = Town { wards, categories, neighbourhoods, dice };
    (0..count).map(move |number| town.person(number))
}

/// Where homes stand close: a middle, and the ward it is in.
#[derive(Debug)]
struct Neighbourhood {
    ward: usize,
    middle: Position,
    spread_m: f64,
}

#[derive(Debug)]
struct Town {
    wards: Vec<(WardRef, Arc<Shape>)>,
    categories: Vec<Category>,
    neighbourhoods: Vec<Neighbourhood>,
    dice: SplitMix,
}

fn neighbourhoods(wards: &[(WardRef, Arc<Shape>)], dice: &mut SplitMix) -> Vec<Neighbourhood> {
    let mut found = vec![];
    for (ward, (_, shape)) in wards.iter().enumerate() {
        for _ in 0..2 + dice.below(4) {
            let spread_m = dice.range(180.0, 520.0);
            let middle = areas::somewhere_in(shape, dice);
            found.push(Neighbourhood { ward, middle, spread_m });
        }
    }
    found
}

impl Town {
    fn person(&mut self, number: usize) -> Person {
        let (name, email, language) = names::person(number, &mut self.dice);
        let via = match self.dice.unit() {
            u if u < 0.5 => Via::MAIL,
            u if u < 0.8 => Via::BOTH,
            _ => Via::PUSH,
        };
        let (ward, home) = self.home();
        let watches = match self.dice.unit() {
            u if u < 0.85 => vec![self.area("Home", home, via)],
            u if u < 0.95 => self.overlapping(home, via),
            _ => vec![self.ward(ward, via)],
        };
        Person { name, email, push: via.push, language, watches }
    }

    /// Somebody's front door and the ward it is in.
    fn home(&mut self) -> (usize, Position) {
        let pick = self.dice.below(self.neighbourhoods.len());
        let Neighbourhood { ward, middle, spread_m } = self.neighbourhoods[pick];
        for _ in 0..8 {
            let (east, north) = (self.dice.normal() * spread_m, self.dice.normal() * spread_m);
            let home = moved(middle, east, north);
            if self.wards[ward].1.covers(home) {
                return (ward, home);
            }
        }
        (ward, middle)
    }

    fn area(&mut self, name: &str, around: Position, via: Via) -> PlannedWatch {
        // Log-normal: the median is 300 m, one in forty draws more than 900 m.
        let radius_m = (300.0 * (0.55 * self.dice.normal()).exp()).clamp(80.0, 2_500.0);
        let shape = areas::area(around, radius_m, &mut self.dice);
        self.planned(name, Target::Area(Arc::new(shape)), via)
    }

    /// Two or three areas around neighbouring places of one life.
    fn overlapping(&mut self, home: Position, via: Via) -> Vec<PlannedWatch> {
        const ELSEWHERE: [&str; 5] =
            ["My mother's block", "The school run", "Work", "Grandpa's street", "The shop"];
        let mut watches = vec![self.area("Home", home, via)];
        for _ in 0..=self.dice.below(2) {
            let name = ELSEWHERE[self.dice.below(ELSEWHERE.len())];
            let (east, north) = (self.dice.range(-150.0, 150.0), self.dice.range(-150.0, 150.0));
            watches.push(self.area(name, moved(home, east, north), via));
        }
        watches
    }

    fn ward(&mut self, ward: usize, via: Via) -> PlannedWatch {
        let wards = vec![self.wards[ward].0.clone()];
        self.planned("My ward", Target::Wards { wards, meant: Meant::ThisWard }, via)
    }

    fn planned(&mut self, name: &str, target: Target, via: Via) -> PlannedWatch {
        let rhythm = match self.dice.unit() {
            u if u < 0.2 => Rhythm::AtOnce,
            u if u < 0.8 => Rhythm::Daily,
            _ => Rhythm::Weekly,
        };
        let filter = Filter { categories: self.interests(), ..Filter::for_places() };
        PlannedWatch { name: name.to_owned(), target, filter, rhythm, via }
    }

    /// No category means all of them.
    fn interests(&mut self) -> Vec<Category> {
        if self.categories.is_empty() || self.dice.unit() < 0.4 {
            return vec![];
        }
        let wanted = 1 + self.dice.below(3);
        let mut chosen: Vec<Category> = vec![];
        for _ in 0..wanted {
            let category = &self.categories[self.dice.below(self.categories.len())];
            if !chosen.contains(category) {
                chosen.push(category.clone());
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests;

//! Readers beside a writer: every answer is that of one state, and of none that was over before the
//! question began or had not begun when it ended.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};

use super::super::oracle::{Ground, KINDS, Plot, Spot, position};
use super::tests::of_each_grain;
use super::*;
use crate::random::SplitMix;

/// How many areas are there at most, how many drawings they change between, and in how many changes they
/// come to be as they were at first.
const AREAS: usize = 40;
const DRAWINGS: usize = 60;
const ROUND: usize = 150;

/// A round of changes that ends where it began, and what is true of some spots after each of them.
struct Round {
    changes: Vec<Vec<AreaChange>>,
    spots: Vec<Position>,
    /// By change, then by spot.
    answers: Vec<Vec<Vec<u32>>>,
}

impl Round {
    fn drawn(dice: &mut SplitMix) -> Self {
        let ground = Ground::any(dice);
        let plots: Vec<Plot> = (0..DRAWINGS).map(|nth| ground.draw(nth % KINDS, dice)).collect();
        let shapes: Vec<Arc<Shape>> = plots.iter().map(Plot::shape).collect();
        let spots = judged_spots(&plots, dice);
        let mut now: [Option<usize>; AREAS] = [None; AREAS];
        let mut round = Self { changes: vec![], spots: vec![], answers: vec![] };
        for nth in 0..ROUND {
            let mut changes = vec![];
            for id in ids_to_change(nth, dice) {
                let last = nth == ROUND - 1;
                now[id] = (!last && dice.below(3) > 0).then(|| dice.below(DRAWINGS));
                let id = AreaId(u32::try_from(id).unwrap());
                changes.push(match now[id.0 as usize] {
                    Some(plot) => AreaChange::Put(id, Arc::clone(&shapes[plot])),
                    None => AreaChange::Remove(id),
                });
            }
            round.changes.push(changes);
            let holding = |spot: &Spot| -> Vec<u32> {
                let holds = |plot: usize| plots[plot].covers(*spot) == Some(true);
                (0..)
                    .zip(&now)
                    .filter(|(_, plot)| plot.is_some_and(holds))
                    .map(|(id, _)| id)
                    .collect()
            };
            round.answers.push(spots.iter().map(holding).collect());
        }
        round.spots = spots.into_iter().map(position).collect();
        round
    }
}

/// Hard spots of which it is certain what every plot says.
fn judged_spots(plots: &[Plot], dice: &mut SplitMix) -> Vec<Spot> {
    let all: Vec<Vec<Spot>> = plots.iter().map(|plot| plot.hard_spots(dice)).collect();
    let mut spots: Vec<Spot> = all.iter().map(|some| some[dice.below(some.len())]).collect();
    spots.retain(|spot| plots.iter().all(|plot| plot.covers(*spot).is_some()));
    spots
}

/// Mostly of one area, at times of many at once, and in the end of all.
fn ids_to_change(nth: usize, dice: &mut SplitMix) -> Vec<usize> {
    let many = match nth {
        _ if nth == ROUND - 1 => return (0..AREAS).collect(),
        _ if nth.is_multiple_of(10) => 1 + dice.below(100),
        _ => 1,
    };
    (0..many).map(|_| dice.below(AREAS)).collect()
}

/// An index that one changes and others ask.
struct Street {
    index: AreaIndex,
    round: Round,
    /// How many changes have begun, and how many are done.
    begun: AtomicUsize,
    done: AtomicUsize,
    asked: AtomicU64,
}

impl Street {
    fn change(&self) {
        let nth = self.begun.fetch_add(1, SeqCst);
        self.index.apply(self.round.changes[nth % ROUND].iter().cloned());
        self.done.store(nth + 1, SeqCst);
    }

    fn ask_one(&self, nth: usize) {
        let first = self.done.load(SeqCst);
        let mut found = vec![];
        self.index.areas_at(self.round.spots[nth], &mut found);
        self.hold_true(first, |answers| answers[nth] == sorted(&found));
    }

    /// All of them are answered from one state.
    fn ask_all(&self) {
        let first = self.done.load(SeqCst);
        let mut all = vec![vec![]; self.round.spots.len()];
        self.index.areas_at_each(&self.round.spots, |nth, found| all[nth] = sorted(found));
        self.hold_true(first, |answers| *answers == all);
    }

    /// What was found after the first state was there, and until now, is true of one of those.
    fn hold_true(&self, first: usize, found: impl Fn(&Vec<Vec<u32>>) -> bool) {
        let last = self.begun.load(SeqCst);
        let after = |changes: usize| &self.round.answers[(changes + ROUND - 1) % ROUND];
        let mut states = (first..=last.min(first + ROUND)).map(after);
        assert!(states.any(found), "of none of the states after {first} to {last} changes");
        self.asked.fetch_add(1, SeqCst);
    }
}

fn sorted(found: &[AreaId]) -> Vec<u32> {
    let mut found: Vec<u32> = found.iter().map(|id| id.0).collect();
    found.sort_unstable();
    found
}

/// Changes an index so many times, and as often as it takes until it was asked so many times meanwhile;
/// returns how often it was.
fn change_while_asked(index: AreaIndex, seed: u64, changes: usize, questions: u64) -> (usize, u64) {
    let round = Round::drawn(&mut SplitMix::new(seed));
    let (begun, done, asked) = <_>::default();
    let street = Street { index, round, begun, done, asked };
    let enough = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let read = |seed| {
            let dice = &mut SplitMix::new(seed);
            while !enough.load(SeqCst) {
                street.ask_one(dice.below(street.round.spots.len()));
                street.ask_all();
            }
        };
        let readers = [1, 2].map(|seed| threads.spawn(move || read(seed)));
        while street.done.load(SeqCst) < changes || street.asked.load(SeqCst) < questions {
            street.change();
            if readers.iter().any(std::thread::ScopedJoinHandle::is_finished) {
                break; // It has seen what never was, and the scope will say so.
            }
        }
        enough.store(true, SeqCst);
    });
    (street.done.into_inner(), street.asked.into_inner())
}

#[test]
fn readers_see_each_change_whole_and_at_once_while_a_writer_works() {
    let indexes = of_each_grain();
    for (seed, index) in (1..).zip(indexes) {
        change_while_asked(index, seed, 2 * ROUND, 300);
    }
}

#[test]
#[ignore = "a million questions beside a writer"]
fn a_million_questions_beside_a_writer_are_answered_from_one_state_each() {
    let (mut changes, mut asked, mut seed) = (0, 0, 100);
    while asked < 1_000_000 {
        for cells in [1, 2, 9, 16] {
            seed += 1;
            let counts = change_while_asked(AreaIndex::cut_into(cells), seed, 10 * ROUND, 2_000);
            (changes, asked) = (changes + counts.0, asked + counts.1);
        }
    }
    println!(
        "found: {asked} questions by two readers beside a writer that made {changes} changes, each \
         answered from one state between its beginning and its end"
    );
}

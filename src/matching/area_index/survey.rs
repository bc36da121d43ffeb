//! Very many pairs of a spot and an area, on ground drawn anew again and again.
//!
//! The surveyor of `oracle` says of each pair whether the area holds the spot; the index, cut coarsely,
//! finely and more finely, asked for one spot and for many together, says the same.

use std::time::Instant;

use super::super::oracle::{Ground, KINDS, Place, Plot, Spot, position};
use super::tests::of_each_grain;
use super::*;
use crate::random::SplitMix;

/// How many areas share a ground, and how many spots are asked on it.
const AREAS: usize = 48;
const SPOTS: usize = 1_000;

/// What was compared.
#[derive(Default)]
struct Tally {
    grounds: u64,
    pairs: u64,
    inside: u64,
    on_the_line: u64,
}

#[test]
fn on_any_ground_the_index_answers_what_a_surveyor_would() {
    let tally = survey(1_000_000);
    let (inside, on_the_line) = (tally.inside, tally.on_the_line);
    let hard = inside * 20 > tally.pairs && on_the_line * 400 > tally.pairs;
    assert!(hard, "the ground was too easy: {inside} inside, {on_the_line} on the line");
}

#[test]
#[ignore = "a hundred million pairs"]
fn a_hundred_million_times_the_index_answers_what_a_surveyor_would() {
    let begun = Instant::now();
    let Tally { grounds, pairs, inside, on_the_line } = survey(100_000_000);
    let took = begun.elapsed().as_secs_f64();
    println!(
        "found: {pairs} pairs of a spot and an area on {grounds} grounds, {inside} inside, \
         {on_the_line} on the line; none differs; {took:.0} s"
    );
}

/// Compares so many pairs.
fn survey(most: u64) -> Tally {
    let mut tally = Tally::default();
    while tally.pairs < most {
        tally.compare(tally.grounds);
    }
    tally
}

impl Tally {
    fn compare(&mut self, seed: u64) {
        let dice = &mut SplitMix::new(seed);
        let ground = Ground::any(dice);
        let plots: Vec<Plot> = (0..AREAS).map(|nth| ground.draw(nth % KINDS, dice)).collect();
        let hard: Vec<Vec<Spot>> = plots.iter().map(|plot| plot.hard_spots(dice)).collect();
        let some = |nth: usize| {
            let spots = &hard[nth % AREAS];
            spots[dice.below(spots.len())]
        };
        let spots: Vec<Spot> = (0..SPOTS).map(some).collect();
        let truths: Vec<Truth> = spots.iter().map(|spot| self.truth(&plots, *spot)).collect();
        self.grounds += 1;
        let positions: Vec<Position> = spots.iter().map(|spot| position(*spot)).collect();
        let put = |index: &AreaIndex| {
            let shapes = (0..).map(AreaId).zip(plots.iter().map(Plot::shape));
            index.apply(shapes.map(|(id, shape)| AreaChange::Put(id, shape)));
        };
        for index in of_each_grain() {
            put(&index);
            let is_true = |nth: usize, found: &[AreaId]| {
                let wrong = truths[nth].wrong_in(found);
                let what = || wrong.map(|id| &plots[id as usize]);
                assert_eq!(wrong, None, "ground {seed}, {:?}, {:?}", spots[nth], what());
            };
            let mut found = vec![];
            for (nth, at) in positions.iter().enumerate() {
                index.areas_at(*at, &mut found);
                is_true(nth, &found);
            }
            index.areas_at_each(&positions, is_true);
        }
    }

    fn truth(&mut self, plots: &[Plot], spot: Spot) -> Truth {
        let mut truth = Truth::default();
        for (id, plot) in (0..).zip(plots) {
            match plot.place(spot) {
                None => truth.doubted.push(id),
                Some(Place::Out) => self.pairs += 1,
                Some(place) => {
                    self.pairs += 1;
                    self.inside += 1;
                    self.on_the_line += u64::from(place == Place::OnTheLine);
                    truth.within.push(id);
                }
            }
        }
        truth
    }
}

/// The areas that hold a spot, and those whose circle is too near to tell.
#[derive(Default)]
struct Truth {
    within: Vec<u32>,
    doubted: Vec<u32>,
}

impl Truth {
    /// An area that an answer names wrongly, twice, or not.
    fn wrong_in(&self, found: &[AreaId]) -> Option<u32> {
        let mut found: Vec<u32> = found.iter().map(|id| id.0).collect();
        found.retain(|id| !self.doubted.contains(id));
        found.sort_unstable();
        let twice = found.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let ghost = found.iter().find(|id| !self.within.contains(id));
        let lost = self.within.iter().find(|id| !found.contains(id));
        twice.or(ghost.copied()).or(lost.copied())
    }
}

//! The index through its changes: whatever is put in, replaced and taken out, one by one or together, it
//! answers as a plain list of what is there, judged by the surveyor of `oracle`.
//!
//! A failure is told in the shortest program that shows it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::super::oracle::{Ground, KINDS, Plot, Spot, position};
use super::tests::of_each_grain;
use super::*;
use crate::random::SplitMix;

/// What somebody does.
#[derive(Clone, Debug)]
enum Deed {
    /// Of each area in turn, all seen together: another drawing, or none.
    Change(Vec<(u32, Option<Drawing>)>),
    /// Asks of some of the hard spots of all that was ever there.
    Ask { seed: u64 },
}

#[derive(Clone, Copy, Debug)]
struct Drawing {
    kind: usize,
    seed: u64,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let drawing = (0..KINDS, 0_u64..1_000).prop_map(|(kind, seed)| Drawing { kind, seed });
    let change = (0_u32..12, prop::option::weighted(0.7, drawing));
    let deed = prop_oneof![
        4 => change.clone().prop_map(|change| Deed::Change(vec![change])),
        1 => prop::collection::vec(change, 1..20).prop_map(Deed::Change),
        2 => any::<u64>().prop_map(|seed| Deed::Ask { seed }),
    ];
    prop::collection::vec(deed, 1..24)
}

/// Does so many programs, each on a ground of its own; always the same ones.
fn live_through(programs: u32) {
    let config = ProptestConfig { cases: programs, failure_persistence: None, ..<_>::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let lived = TestRunner::new_with_rng(config, rng).run(&(0_u64..500, deeds()), |program| {
        let (ground, deeds) = program;
        let mut town = Town::on(Ground::any(&mut SplitMix::new(ground)));
        deeds.iter().try_for_each(|deed| match deed {
            Deed::Change(changes) => town.change(changes),
            Deed::Ask { seed } => town.ask_some(&mut SplitMix::new(*seed)),
        })?;
        town.ask(&town.spots)
    });
    lived.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn whatever_is_put_replaced_and_removed_is_answered_as_it_stands() {
    live_through(60);
}

#[test]
#[ignore = "twenty thousand programs of changes"]
fn twenty_thousand_times_what_is_put_replaced_and_removed_is_answered_as_it_stands() {
    live_through(20_000);
    println!(
        "found: 20000 programs of puts, replacements, removals and questions, none answered wrongly"
    );
}

/// The index, cut not at all, coarsely, finely and more finely, and the list that it is held against.
struct Town {
    ground: Ground,
    indexes: [AreaIndex; 4],
    plots: BTreeMap<u32, Plot>,
    /// Hard spots of all that was ever there.
    spots: Vec<Spot>,
}

impl Town {
    fn on(ground: Ground) -> Self {
        let indexes = of_each_grain();
        Self { ground, indexes, plots: BTreeMap::new(), spots: vec![] }
    }

    fn change(&mut self, changes: &[(u32, Option<Drawing>)]) -> Result<(), TestCaseError> {
        let plots: Vec<(u32, Option<Plot>)> = changes
            .iter()
            .map(|(id, drawing)| (*id, drawing.map(|drawing| self.draw(drawing))))
            .collect();
        for index in &self.indexes {
            index.apply(plots.iter().map(|(id, plot)| match plot {
                Some(plot) => AreaChange::Put(AreaId(*id), plot.shape()),
                None => AreaChange::Remove(AreaId(*id)),
            }));
        }
        for (id, plot) in plots {
            match plot {
                Some(plot) => self.plots.insert(id, plot),
                None => self.plots.remove(&id),
            };
        }
        let counts = self.indexes.each_ref().map(AreaIndex::len);
        prop_assert_eq!(counts, [self.plots.len(); 4]);
        Ok(())
    }

    fn draw(&mut self, Drawing { kind, seed }: Drawing) -> Plot {
        let dice = &mut SplitMix::new(seed);
        let plot = self.ground.draw(kind, dice);
        let spots = plot.hard_spots(dice);
        self.spots.extend((0..8).map(|_| spots[dice.below(spots.len())]));
        plot
    }

    fn ask_some(&self, dice: &mut SplitMix) -> Result<(), TestCaseError> {
        let most = self.spots.len().min(20);
        let some: Vec<Spot> = (0..most).map(|_| self.spots[dice.below(self.spots.len())]).collect();
        self.ask(&some)
    }

    /// One by one, and all together.
    fn ask(&self, spots: &[Spot]) -> Result<(), TestCaseError> {
        let positions: Vec<Position> = spots.iter().map(|spot| position(*spot)).collect();
        for index in &self.indexes {
            let mut found = vec![];
            for (at, spot) in positions.iter().zip(spots) {
                index.areas_at(*at, &mut found);
                self.judge(*spot, &found)?;
            }
            let mut together = Ok(());
            index.areas_at_each(&positions, |nth, found| {
                if together.is_ok() {
                    together = self.judge(spots[nth], found);
                }
            });
            together?;
        }
        Ok(())
    }

    fn judge(&self, spot: Spot, found: &[AreaId]) -> Result<(), TestCaseError> {
        let mut found: Vec<u32> = found.iter().map(|id| id.0).collect();
        found.sort_unstable();
        // Within a millimetre of a circle's line the surveyor does not judge.
        found.retain(|id| self.plots.get(id).is_none_or(|plot| plot.covers(spot).is_some()));
        let holding = self.plots.iter().filter(|(_, plot)| plot.covers(spot) == Some(true));
        let holding: Vec<u32> = holding.map(|(id, _)| *id).collect();
        prop_assert_eq!(found, holding, "at {:?} of {:?}", spot, self.plots);
        Ok(())
    }
}

//! `bench match`: the product's index beside plain `rstar` and `geo`, on the seeded city.
//!
//! 1. draw the city; 2. build the index, then the baseline; 3. ask both about every point and
//!    compare; 4. five rounds of timed runs, in turn: the baseline, the index point by point, the index
//!    with all points together, and the limit: the answers copied from where they lie in a row. The
//!    round with the median ratio is reported.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::baseline::Baseline;
use super::stopwatch::{Clock, per_second, resident_bytes};
use super::workload::{Layout, Workload};
use crate::geometry::{GeometryError, Position, Shape};
use crate::matching::{AreaChange, AreaId, AreaIndex};

/// What to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How areas and points lie.
    pub layout: Layout,
    /// Watch areas, beside 50 wards.
    pub areas: usize,
    /// Different points to ask about; timed runs go round them.
    pub points: usize,
    pub seed: u64,
    /// Into how many cells across an area 700 m wide is cut; by their number where nothing is said.
    pub cells: Option<u32>,
    /// How long each timed run lasts at least.
    pub run: Duration,
}

/// What was measured. Keys end in their unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub layout: Layout,
    /// Areas asked about, wards included.
    pub areas: usize,
    pub points: usize,
    pub seed: u64,
    pub cells: Option<u32>,
    /// Points that one core answers in a second, point by point, in the round with the median ratio.
    pub index_points_per_s: f64,
    pub rstar_points_per_s: f64,
    /// The first by the second.
    pub ratio: f64,
    /// The ratios of all rounds, in order.
    pub ratios: Vec<f64>,
    /// The same when the index is asked of all points at once, in the round with their median ratio.
    pub together_points_per_s: f64,
    pub together_ratio: f64,
    pub together_ratios: Vec<f64>,
    /// Points a second of which the ids are copied, and nothing else; the median.
    pub copied_points_per_s: f64,
    /// The index, point by point and together, by that.
    pub share_of_limit: f64,
    pub together_share_of_limit: f64,
    pub index_matches_per_s: f64,
    pub rstar_matches_per_s: f64,
    pub matches_per_point: f64,
    /// Seconds by the clock on the wall, from shapes in memory to an index that answers.
    pub build_s: f64,
    pub rstar_build_s: f64,
    /// By how much the process grew over making all shapes and the index, by the areas; `None`
    /// where the system does not tell. What the allocator keeps of passing needs is in it.
    pub bytes_per_area: Option<f64>,
    /// Pairs of a point and an area on which the baseline, or the index asked of all points at once,
    /// disagrees with the index asked point by point.
    pub disagreements: usize,
    /// Which clock timed the runs.
    pub clock: Clock,
}

/// Why nothing could be measured.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BenchError {
    #[error("seed {seed} draws an area that is none ({why}); take another seed")]
    NotAnArea { seed: u64, why: GeometryError },
    #[error("there is nothing to ask: give at least one point")]
    NoPoints,
    #[error("{0} areas are more than an index can number; ask for fewer")]
    TooManyAreas(usize),
}

/// How far it is: what is being done, and the part of it that is done, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    pub doing: &'static str,
    pub done: f64,
}

const ROUNDS: usize = 5;

/// Measures. `progress` hears of every stage, some ten times a second at most.
///
/// # Errors
/// When there are no points, or the seed draws a shape that crosses itself.
pub fn run(plan: &Plan, progress: &mut dyn FnMut(Stage)) -> Result<Report, BenchError> {
    if plan.points == 0 {
        return Err(BenchError::NoPoints);
    }
    progress(Stage { doing: "drawing the city", done: 0.0 });
    let city = Workload::laid_out(plan.layout, plan.areas, plan.points, plan.seed);
    let (index, build_s, bytes_per_area) = built(plan, &city, progress)?;
    progress(Stage { doing: "building the baseline", done: 0.0 });
    let started = Instant::now();
    let baseline = Baseline::build(&city);
    let rstar_build_s = started.elapsed().as_secs_f64();
    let answers = Answers::of(&city.points, &index);
    let disagreements = compared(&city.points, &answers, &index, &baseline, progress);
    let rounds = timed(plan, &city.points, &answers, (&index, &baseline), progress);
    let one_by_one = median(&rounds, ratio);
    let together = median(&rounds, together_ratio);
    let copied = median(&rounds, |round| round.copied).copied;
    let matches_per_point = answers.ids.len() as f64 / city.points.len() as f64;
    Ok(Report {
        layout: plan.layout,
        areas: city.len(),
        points: city.points.len(),
        seed: plan.seed,
        cells: plan.cells,
        index_points_per_s: one_by_one.index,
        rstar_points_per_s: one_by_one.rstar,
        ratio: ratio(&one_by_one),
        ratios: rounds.iter().map(ratio).collect(),
        together_points_per_s: together.together,
        together_ratio: together_ratio(&together),
        together_ratios: rounds.iter().map(together_ratio).collect(),
        copied_points_per_s: copied,
        share_of_limit: one_by_one.index / copied,
        together_share_of_limit: together.together / copied,
        index_matches_per_s: one_by_one.index * matches_per_point,
        rstar_matches_per_s: one_by_one.rstar * matches_per_point,
        matches_per_point,
        build_s,
        rstar_build_s,
        bytes_per_area,
        disagreements,
        clock: Clock::here(),
    })
}

/// The index, its build time in seconds, and its bytes per area, shapes included.
fn built(
    plan: &Plan,
    city: &Workload,
    progress: &mut dyn FnMut(Stage),
) -> Result<(AreaIndex, f64, Option<f64>), BenchError> {
    let before = resident_bytes();
    let areas = shapes(city, plan.seed, progress)?;
    progress(Stage { doing: "building the index", done: 0.0 });
    let started = Instant::now();
    let index = plan.cells.map_or_else(AreaIndex::default, AreaIndex::cut_into);
    index.apply(areas.into_iter().map(|(id, shape)| AreaChange::Put(id, shape)));
    let build_s = started.elapsed().as_secs_f64();
    let grown = before.zip(resident_bytes()).map(|(before, after)| after.saturating_sub(before));
    Ok((index, build_s, grown.map(|bytes| bytes as f64 / city.len() as f64)))
}

/// The areas as the index takes them, numbered in order.
pub(super) fn shapes(
    city: &Workload,
    seed: u64,
    progress: &mut dyn FnMut(Stage),
) -> Result<Vec<(AreaId, Arc<Shape>)>, BenchError> {
    let count = u32::try_from(city.len()).map_err(|_| BenchError::TooManyAreas(city.len()))?;
    let mut areas = Vec::with_capacity(city.len());
    for id in 0..count {
        if id.is_multiple_of(5_000) {
            progress(Stage { doing: "reading shapes", done: f64::from(id) / f64::from(count) });
        }
        let shape = Shape::from_geojson(&city.geojson(id as usize))
            .map_err(|why| BenchError::NotAnArea { seed, why })?;
        areas.push((AreaId(id), Arc::new(shape)));
    }
    Ok(areas)
}

/// The ids at all points, as the index gives them point by point.
struct Answers {
    ids: Vec<AreaId>,
    /// Where those of each point begin, and those of the last one end.
    ends: Vec<usize>,
}

impl Answers {
    fn of(points: &[Position], index: &AreaIndex) -> Self {
        let (mut answers, mut ids) = (Self { ids: vec![], ends: vec![0] }, vec![]);
        for at in points {
            index.areas_at(*at, &mut ids);
            ids.sort_unstable();
            answers.ids.extend_from_slice(&ids);
            answers.ends.push(answers.ids.len());
        }
        answers
    }

    fn at(&self, nth: usize) -> &[AreaId] {
        &self.ids[self.ends[nth]..self.ends[nth + 1]]
    }
}

/// On how many pairs of a point and an area the baseline, or the index asked of all points together,
/// disagrees with these answers.
fn compared(
    points: &[Position],
    answers: &Answers,
    index: &AreaIndex,
    baseline: &Baseline,
    progress: &mut dyn FnMut(Stage),
) -> usize {
    let (mut disagreements, mut others) = (0, Vec::new());
    index.areas_at_each(points, |nth, ids| {
        others.clear();
        others.extend(ids.iter().map(|id| id.0));
        others.sort_unstable();
        disagreements += differences(answers.at(nth), &others);
    });
    for (nth, at) in points.iter().enumerate() {
        if nth.is_multiple_of(1 << 8) {
            progress(Stage { doing: "comparing answers", done: nth as f64 / points.len() as f64 });
        }
        others.clear();
        baseline.areas_at(*at, &mut others);
        others.sort_unstable();
        disagreements += differences(answers.at(nth), &others);
    }
    disagreements
}

/// How many ids are in one of the two sorted lists only; a repeated one counts too.
fn differences(ours: &[AreaId], theirs: &[u32]) -> usize {
    let (mut i, mut j, mut differences) = (0, 0, 0);
    while i < ours.len() && j < theirs.len() {
        match ours[i].0.cmp(&theirs[j]) {
            std::cmp::Ordering::Equal => (i, j) = (i + 1, j + 1),
            std::cmp::Ordering::Less => (i, differences) = (i + 1, differences + 1),
            std::cmp::Ordering::Greater => (j, differences) = (j + 1, differences + 1),
        }
    }
    differences + ours.len() - i + theirs.len() - j
}

/// Points per second of runs one after the other.
#[derive(Clone, Copy)]
struct Round {
    rstar: f64,
    index: f64,
    together: f64,
    copied: f64,
}

fn ratio(round: &Round) -> f64 {
    round.index / round.rstar
}

fn together_ratio(round: &Round) -> f64 {
    round.together / round.rstar
}

/// The round in the middle by some figure.
fn median(rounds: &[Round], by: impl Fn(&Round) -> f64) -> Round {
    let mut rounds = rounds.to_vec();
    rounds.sort_by(|a, b| by(a).total_cmp(&by(b)));
    rounds[rounds.len() / 2]
}

fn timed(
    plan: &Plan,
    points: &[Position],
    answers: &Answers,
    (index, baseline): (&AreaIndex, &Baseline),
    progress: &mut dyn FnMut(Stage),
) -> Vec<Round> {
    let mut nths = (0..points.len()).cycle();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut round = |nth: usize| {
        progress(Stage { doing: "timing", done: nth as f64 / ROUNDS as f64 });
        let rstar = per_second(plan.run, 1, || {
            theirs.clear();
            baseline.areas_at(points[next(&mut nths)], &mut theirs);
            std::hint::black_box(&theirs);
        });
        let index_alone = per_second(plan.run, 1, || {
            index.areas_at(points[next(&mut nths)], &mut ours);
            std::hint::black_box(&ours);
        });
        let together = per_second(plan.run, points.len(), || {
            index.areas_at_each(points, |_, ids| {
                std::hint::black_box(ids);
            });
        });
        let copied = per_second(plan.run, 1, || {
            ours.clear();
            ours.extend_from_slice(answers.at(next(&mut nths)));
            std::hint::black_box(&ours);
        });
        Round { rstar, index: index_alone, together, copied }
    };
    (0..ROUNDS).map(&mut round).collect()
}

fn next(nths: &mut impl Iterator<Item = usize>) -> usize {
    nths.next().expect("it goes round and round")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_agree_on_a_small_city_and_the_figures_fit_together() {
        let run = Duration::from_millis(2);
        let plan =
            Plan { layout: Layout::City, areas: 2_000, points: 500, seed: 1, cells: None, run };
        let mut stages = Vec::new();
        let report = super::run(&plan, &mut |stage| stages.push(stage.doing)).unwrap();
        assert_eq!((report.disagreements, report.areas, report.points), (0, 2_050, 500));
        assert!((2.0..6.0).contains(&report.matches_per_point), "{}", report.matches_per_point);
        let quotient = report.index_points_per_s / report.rstar_points_per_s;
        assert!((report.ratio / quotient - 1.0).abs() < 1e-9);
        assert_eq!(report.ratios.len(), 5);
        assert_eq!(stages.last(), Some(&"timing"));
    }

    #[test]
    fn every_difference_between_two_answers_counts() {
        let ids = |ids: &[u32]| ids.iter().copied().map(AreaId).collect::<Vec<_>>();
        let table: [(&[u32], &[u32], usize); 5] = [
            (&[1, 2, 3], &[1, 2, 3], 0),
            (&[1, 3], &[1, 2, 3], 1),
            (&[1, 2, 4], &[1, 2, 3], 2),
            (&[1, 1], &[1], 1),
            (&[], &[7, 9], 2),
        ];
        for (ours, theirs, expected) in table {
            assert_eq!(differences(&ids(ours), theirs), expected, "{ours:?} {theirs:?}");
        }
    }

    #[test]
    fn without_points_there_is_nothing_to_measure() {
        let plan = Plan {
            layout: Layout::City,
            areas: 1,
            points: 0,
            seed: 1,
            cells: None,
            run: Duration::ZERO,
        };
        assert_eq!(run(&plan, &mut |_| ()), Err(BenchError::NoPoints));
    }
}

//! Areas that come and go while others ask.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use wardwatch::bench::Stopwatch;
use wardwatch::geometry::Position;
use wardwatch::matching::{AreaChange, AreaId, AreaIndex};
use wardwatch::random::SplitMix;

use super::engines::{Engine, Polygons, Rstar, Shapes, id};

/// An index that several threads share.
pub trait Live: Sync {
    fn put(&self, id: AreaId, drawing: usize);
    fn remove(&self, id: AreaId);
    fn ask(&self, at: Position, found: &mut Vec<AreaId>);
}

pub struct Ours<'a>(pub &'a AreaIndex, pub &'a Shapes);

impl Live for Ours<'_> {
    fn put(&self, id: AreaId, drawing: usize) {
        self.0.apply([AreaChange::Put(id, Arc::clone(&self.1[drawing]))]);
    }

    fn remove(&self, id: AreaId) {
        self.0.apply([AreaChange::Remove(id)]);
    }

    fn ask(&self, at: Position, found: &mut Vec<AreaId>) {
        self.0.areas_at(at, found);
    }
}

/// The tree behind the lock that it needs to be shared.
pub struct Locked<'a>(pub RwLock<Rstar>, pub &'a Polygons);

impl Live for Locked<'_> {
    fn put(&self, id: AreaId, drawing: usize) {
        self.0.write().expect("nobody panicked").put(self.1, id, drawing);
    }

    fn remove(&self, id: AreaId) {
        self.0.write().expect("nobody panicked").remove(self.1, id);
    }

    fn ask(&self, at: Position, found: &mut Vec<AreaId>) {
        self.0.read().expect("nobody panicked").ask(self.1, at, found);
    }
}

/// Which drawing each id has, and which ones wait outside; wards stay.
#[derive(Clone)]
pub struct Turnover {
    wards: usize,
    pub inside: Vec<usize>,
    outside: Vec<usize>,
    dice: SplitMix,
}

/// So many areas go one by one, then as many come: time is read once for each, as reading it takes
/// longer than some changes.
const TOGETHER: usize = 100;

impl Turnover {
    pub fn new(wards: usize, areas: usize, drawn: usize, seed: u64) -> Self {
        let (inside, outside) = ((0..areas).collect(), (areas..drawn).collect());
        Self { wards, inside, outside, dice: SplitMix::new(seed) }
    }

    /// Other areas take the places of some. What the removals and what the insertions took.
    pub fn turn(&mut self, index: &impl Live) -> (Duration, Duration) {
        let mut ids = BTreeSet::new();
        while ids.len() < TOGETHER.min(self.inside.len() - self.wards) {
            ids.insert(self.wards + self.dice.below(self.inside.len() - self.wards));
        }
        let watch = Stopwatch::start();
        for nth in &ids {
            index.remove(id(*nth));
        }
        let removed = watch.elapsed();
        for nth in &ids {
            let other = self.dice.below(self.outside.len());
            std::mem::swap(&mut self.inside[*nth], &mut self.outside[other]);
        }
        let watch = Stopwatch::start();
        for nth in &ids {
            index.put(id(*nth), self.inside[*nth]);
        }
        (removed, watch.elapsed())
    }

    /// Turns until so much time has passed; microseconds of processor time a removal and an insertion
    /// took, and how many changes there were.
    pub fn turn_for(&mut self, index: &impl Live, least: Duration) -> Changes {
        let (started, mut changes) = (Instant::now(), Changes::default());
        while started.elapsed() < least {
            changes.add(self.turn(index));
        }
        changes
    }
}

/// How long changes took.
#[derive(Clone, Copy, Default)]
pub struct Changes {
    removed: Duration,
    put: Duration,
    turns: usize,
}

impl Changes {
    pub fn add(&mut self, (removed, put): (Duration, Duration)) {
        self.removed += removed;
        self.put += put;
        self.turns += 1;
    }

    /// Microseconds of processor time, on average.
    pub fn remove_us(&self) -> f64 {
        self.removed.as_secs_f64() * 1e6 / (self.turns * TOGETHER) as f64
    }

    pub fn put_us(&self) -> f64 {
        self.put.as_secs_f64() * 1e6 / (self.turns * TOGETHER) as f64
    }

    pub fn count(&self) -> usize {
        2 * self.turns * TOGETHER
    }
}

/// The median of what single questions took, in microseconds by the clock on the wall.
pub fn median_question_us(index: &impl Live, points: &[Position], until: impl Fn() -> bool) -> f64 {
    let mut found = vec![];
    let mut nanos: Vec<u64> = vec![];
    for at in points.iter().cycle() {
        let asked = Instant::now();
        index.ask(*at, &mut found);
        nanos.push(u64::try_from(asked.elapsed().as_nanos()).unwrap_or(u64::MAX));
        if nanos.len().is_multiple_of(64) && until() {
            break;
        }
    }
    let middle = nanos.len() / 2;
    let (_, median, _) = nanos.select_nth_unstable(middle);
    *median as f64 / 1e3
}

/// Two threads: one asks, the other changes as fast as it can.
pub fn beside(
    index: &impl Live,
    points: &[Position],
    turnover: &mut Turnover,
    least: Duration,
) -> (f64, f64) {
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let reader =
            threads.spawn(|| median_question_us(index, points, || done.load(Ordering::Relaxed)));
        let started = Instant::now();
        let changes = turnover.turn_for(index, least).count();
        let per_s = changes as f64 / started.elapsed().as_secs_f64();
        done.store(true, Ordering::Relaxed);
        (reader.join().expect("the reader did not panic"), per_s)
    })
}

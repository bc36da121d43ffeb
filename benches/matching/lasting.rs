//! Room: after many changes, and of small towns.

use std::sync::Arc;

use wardwatch::bench::{Layout, Stopwatch, Workload, per_second, resident_bytes};
use wardwatch::geometry::{Position, Shape};
use wardwatch::matching::{AreaChange, AreaId, AreaIndex};

use super::engines::{Engine, id};
use super::live::{Changes, Ours, Turnover};
use super::{Drawing, RUN, SPARE, stage};

/// Changes an index so often, and makes one anew of the areas that it then has; both have to answer alike.
pub fn edited(drawing: &Drawing, edits: usize) {
    stage(drawing, "drawing");
    let drawn = drawing.areas + SPARE;
    let city = Workload::laid_out(drawing.layout, drawn, drawing.points, drawing.seed);
    let areas = city.wards + drawing.areas;
    let shapes = AreaIndex::drawn(&city);
    stage(drawing, "building");
    let index = AreaIndex::of(&shapes, areas);
    let built = resident();
    let speed_before = speed(&index, &city.points);
    let mut turnover = Turnover::new(city.wards, areas, city.len(), drawing.seed);
    let changes = turned(drawing, &Ours(&index, &shapes), &mut turnover, edits);
    let after = resident();
    let speed_after = speed(&index, &city.points);
    stage(drawing, "making it anew");
    let anew = AreaIndex::default();
    let puts = turnover.inside.iter().enumerate();
    anew.apply(puts.map(|(nth, drawing)| AreaChange::Put(id(nth), Arc::clone(&shapes[*drawing]))));
    let alike = city.points.iter().all(|at| answer(&index, *at) == answer(&anew, *at));
    assert!(alike, "the changed index and the one made anew differ");
    println!(
        "{areas} areas, {} changes of {:.0} us in, {:.0} us out: shapes and index {:.1} MB when built, \
         {:.1} MB after ({:+.1} %); {:.0} points/s, then {:.0}, made anew {:.0}",
        changes.count(),
        changes.put_us(),
        changes.remove_us(),
        built / 1e6,
        after / 1e6,
        (after / built - 1.0) * 100.0,
        speed_before,
        speed_after,
        speed(&anew, &city.points),
    );
}

fn turned(drawing: &Drawing, index: &Ours, turnover: &mut Turnover, edits: usize) -> Changes {
    let (mut changes, mut told) = (Changes::default(), 0);
    while changes.count() < edits {
        changes.add(turnover.turn(index));
        let tenth = changes.count() * 10 / edits;
        if tenth > told {
            told = tenth;
            stage(
                drawing,
                &format!("{} changes, {:.0} MB in all", changes.count(), resident() / 1e6),
            );
        }
    }
    changes
}

fn answer(index: &AreaIndex, at: Position) -> Vec<AreaId> {
    let mut found = vec![];
    index.areas_at(at, &mut found);
    found.sort_unstable();
    found
}

fn speed(index: &AreaIndex, points: &[Position]) -> f64 {
    let (mut nths, mut found) = (points.iter().cycle(), vec![]);
    per_second(RUN, 1, || {
        index.areas_at(*nths.next().expect("they go round"), &mut found);
        std::hint::black_box(&found);
    })
}

fn resident() -> f64 {
    resident_bytes().expect("this system tells how much memory a process holds") as f64
}

/// What small ones take: many of each are made, as one is too small to be measured.
pub fn small(seed: u64) {
    let city = Workload::laid_out(Layout::City, 200, 1, seed);
    let shapes = AreaIndex::drawn(&city);
    let corners: usize = (0..city.wards).flat_map(|ward| city.rings(ward)).map(<[_]>::len).sum();
    let (wards, town) = shapes.split_at(city.wards);
    of("no area", &[]);
    of(&format!("{} watch areas", town.len()), town);
    of(&format!("{} wards of {corners} corners", wards.len()), wards);
}

fn of(name: &str, shapes: &[Arc<Shape>]) {
    let (shapes, made) = (shapes.to_vec(), if shapes.len() < 100 { 21 } else { 401 });
    let before = resident();
    // The system tells processor time every few milliseconds only.
    let watch = Stopwatch::start();
    let kept: Vec<AreaIndex> = (0..made).map(|_| AreaIndex::of(&shapes, shapes.len())).collect();
    let build_ms = watch.elapsed().as_secs_f64() * 1e3 / f64::from(made);
    let kilobytes = (resident() - before) / 1e3 / f64::from(made);
    println!(
        "{name}: {build_ms:.3} ms of processor time and {kilobytes:.1} kB beside the shapes, on the average of {made}"
    );
    drop(kept);
}

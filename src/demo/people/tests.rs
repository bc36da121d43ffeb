//! The shares that `watches generate` promises, counted.

use std::collections::HashSet;

use super::*;
use crate::demo::city::{DemoCity, LAYER};

fn wards() -> Vec<(WardRef, Arc<Shape>)> {
    let wards = DemoCity::embedded().unwrap().ward_shapes().unwrap();
    let own = |ward: crate::ward::Ward| {
        (WardRef { layer: LAYER.into(), ward: ward.key }, Arc::new(ward.shape))
    };
    wards.into_iter().map(own).collect()
}

fn crowd(seed: u64, count: usize) -> Vec<Person> {
    let categories = ["Pothole", "Graffiti", "Rodents", "Street light out", "Noise"];
    people(wards(), categories.map(Category::from).to_vec(), seed, count).collect()
}

#[track_caller]
fn about(what: &str, count: usize, of: usize, percent: f64) {
    let share = count as f64 / of as f64 * 100.0;
    // Four standard errors of a share, so that a right generator fails once in 15,000 seeds.
    let slack = 4.0 * (percent * (100.0 - percent) / of as f64).sqrt();
    assert!((share - percent).abs() <= slack, "{what}: {share:.2} % instead of {percent} %");
}

#[test]
fn people_are_spread_as_promised() {
    let crowd = crowd(7, 6_000);
    let n = crowd.len();
    let whole_ward = |p: &&Person| matches!(p.watches[0].target, Target::Wards { .. });
    let count = |test: &dyn Fn(&&Person) -> bool| crowd.iter().filter(test).count();
    about("a whole ward", count(&whole_ward), n, 5.0);
    about("one area", count(&|p| p.watches.len() == 1 && !whole_ward(p)), n, 85.0);
    about("two or three", count(&|p| (2..=3).contains(&p.watches.len())), n, 10.0);
    about("mail", count(&|p| p.watches[0].via == Via::MAIL), n, 50.0);
    about("both", count(&|p| p.watches[0].via == Via::BOTH), n, 30.0);
    about("push", count(&|p| p.watches[0].via == Via::PUSH), n, 20.0);
    let watches: Vec<&PlannedWatch> = crowd.iter().flat_map(|p| &p.watches).collect();
    let rhythm = |r: Rhythm| watches.iter().filter(|w| w.rhythm == r).count();
    about("at once", rhythm(Rhythm::AtOnce), watches.len(), 20.0);
    about("daily", rhythm(Rhythm::Daily), watches.len(), 60.0);
    about("weekly", rhythm(Rhythm::Weekly), watches.len(), 20.0);
    let all = watches.iter().filter(|w| w.filter.categories.is_empty()).count();
    about("all categories", all, watches.len(), 40.0);
    assert!(watches.iter().all(|w| w.filter.categories.len() <= 3));
    let emails: HashSet<&String> = crowd.iter().map(|p| &p.email).collect();
    assert_eq!(emails.len(), n);
    assert!(crowd.iter().all(|p| p.email.parse::<crate::watcher::EmailAddress>().is_ok()));
    assert!(crowd.iter().all(|p| p.push == p.watches[0].via.push));
}

/// How far a shape reaches from the middle of its box, on average over eight directions.
fn reach_m(shape: &Shape) -> f64 {
    let area = shape.envelopes(0.0)[0];
    let middle = Position {
        lon: f64::midpoint(area.west, area.east),
        lat: f64::midpoint(area.south, area.north),
    };
    let ray = |k: u32| {
        let (north, east) = (f64::from(k) * std::f64::consts::FRAC_PI_4).sin_cos();
        let steps = (0..600).rev().map(|s| f64::from(s) * 5.0);
        let mut inside = steps.filter(|m| shape.covers(moved(middle, m * east, m * north)));
        inside.next().unwrap_or(0.0)
    };
    (0..8).map(ray).sum::<f64>() / 8.0
}

#[test]
fn areas_have_a_median_radius_of_300_m_and_some_have_holes() {
    let crowd = crowd(11, 20_000);
    let areas: Vec<&Shape> = crowd
        .iter()
        .flat_map(|p| &p.watches)
        .filter_map(|w| if let Target::Area(shape) = &w.target { Some(&**shape) } else { None })
        .collect();
    let mut radii: Vec<f64> = areas.iter().step_by(20).map(|shape| reach_m(shape)).collect();
    radii.sort_by(f64::total_cmp);
    let median = radii[radii.len() / 2];
    assert!((280.0..330.0).contains(&median), "{median}");
    let hollow = |shape: &&&Shape| {
        let area = shape.envelopes(0.0)[0];
        let (lon, lat) = (area.west + area.east, area.south + area.north);
        !shape.covers(Position { lon: lon / 2.0, lat: lat / 2.0 })
    };
    let holes = areas.iter().filter(hollow).count();
    about("with a hole", holes, areas.len(), 0.7);
    let corners: HashSet<usize> = areas.iter().map(|shape| shape.vertices()).collect();
    assert!(corners.len() > 12, "hand-drawn areas differ in their corners: {corners:?}");
}

#[test]
fn overlapping_areas_share_a_place() {
    for person in crowd(3, 2_000).iter().filter(|p| p.watches.len() > 1) {
        let boxes: Vec<_> = person
            .watches
            .iter()
            .filter_map(|w| {
                if let Target::Area(s) = &w.target { Some(s.envelopes(0.0)[0]) } else { None }
            })
            .collect();
        let apart = boxes
            .iter()
            .any(|a| boxes.iter().any(|b| a.west > b.east + 0.002 || a.south > b.north + 0.002));
        assert!(!apart, "{boxes:?}");
    }
}

#[test]
fn homes_cluster() {
    let wards = wards();
    let crowd = crowd(5, 2_000);
    let per_cell = crowd.iter().filter_map(|p| match &p.watches[0].target {
        Target::Area(shape) => Some(shape.envelopes(0.0)[0]),
        _ => None,
    });
    let mut cells = std::collections::HashMap::<(i32, i32), u32>::new();
    for area in per_cell {
        #[expect(clippy::cast_possible_truncation, reason = "a coarse grid of the city")]
        let cell = |a: f64, b: f64| (f64::midpoint(a, b) * 150.0).floor() as i32;
        *cells.entry((cell(area.west, area.east), cell(area.south, area.north))).or_default() += 1;
    }
    let (n, sum) = (cells.len() as f64, cells.values().sum::<u32>());
    let mean = f64::from(sum) / n;
    let variance = cells.values().map(|&c| (f64::from(c) - mean).powi(2)).sum::<f64>() / n;
    // People spread evenly would give a variance about as large as the mean.
    assert!(variance > 3.0 * mean, "variance {variance}, mean {mean}, {} wards", wards.len());
}

#[test]
fn the_same_seed_gives_the_same_people_and_no_wards_give_none() {
    assert_eq!(crowd(9, 50), crowd(9, 50));
    assert_ne!(crowd(9, 50), crowd(10, 50));
    assert_eq!(people(vec![], vec![], 1, 10).count(), 0);
}

//! A day in the demo city.

use std::collections::{HashMap, HashSet};

use super::categories::CATEGORIES;
use super::*;
use crate::issue::Place;

fn city() -> Arc<DemoCity> {
    Arc::new(DemoCity::embedded().unwrap())
}

fn day(seed: u64, month: &str, count: u64) -> Vec<Notice> {
    let start: Timestamp = format!("2026-{month}-14T12:00:00Z").parse().unwrap();
    let zone: Zone = "America/Chicago".parse().unwrap();
    let mut issues = Issues::new(Ground::Streets(city()), zone, seed);
    let at = |k| start.plus(std::time::Duration::from_secs(k));
    (0..count).map(|k| issues.next(at(k))).collect()
}

fn kinds(notices: &[Notice]) -> HashMap<Kind, usize> {
    let mut kinds = HashMap::new();
    for notice in notices {
        let Said::Event { kind, .. } = notice.said else { panic!("the demo says events") };
        *kinds.entry(kind).or_default() += 1;
    }
    kinds
}

#[test]
fn issues_land_on_streets_with_the_address_of_their_place() {
    let city = city();
    let bounds = city.bounds();
    let mut bad = 0;
    let notices = day(1, "07", 3_000);
    let opened: Vec<&Notice> = notices.iter().filter(|n| n.facts.category.is_some()).collect();
    for notice in &opened {
        let at = notice.facts.position;
        let place = Place::judge(at, Some(&bounds));
        if place != Place::Good {
            assert!(matches!(place, Place::NullIsland | Place::Swapped), "{place:?}");
            bad += 1;
            continue;
        }
        let back = city.find_address(notice.facts.address.as_deref().unwrap()).unwrap();
        let apart = (back.lon - at.unwrap().lon).hypot(back.lat - at.unwrap().lat);
        assert!(apart < 1e-5, "{notice:?}");
    }
    let share = f64::from(bad) / opened.len() as f64;
    assert!((0.004..0.028).contains(&share), "{bad} of {} places are bad", opened.len());
}

#[test]
fn issues_have_a_life_in_order_and_a_version_for_each_step() {
    let notices = day(2, "04", 4_000);
    let kinds = kinds(&notices);
    assert!(kinds[&Kind::Opened] > 1_800 && kinds[&Kind::Closed] > 100, "{kinds:?}");
    assert!(kinds[&Kind::Updated] > 300 && kinds[&Kind::Commented] > 200, "{kinds:?}");
    let (mut seen, mut closed) = (HashSet::new(), HashSet::new());
    for notice in &notices {
        let opened = notice.facts.category.is_some();
        assert!(opened != seen.contains(&notice.source_id), "an issue opens once, and first");
        seen.insert(notice.source_id.clone());
        assert!(!closed.contains(&notice.source_id), "nothing happens to a closed issue");
        if notice.facts.status == Some(Status::Closed) {
            closed.insert(notice.source_id.clone());
        }
    }
    let keys: HashSet<_> = notices.iter().map(|n| (&n.source_id, &n.version)).collect();
    assert_eq!(keys.len(), notices.len());
}

#[test]
fn snow_falls_in_winter_only_and_every_category_has_its_day() {
    let named = |notices: &[Notice]| -> HashSet<String> {
        let names = notices.iter().filter_map(|n| n.facts.category.as_ref());
        names.map(|category| category.name().to_owned()).collect()
    };
    let (winter, summer) = (named(&day(3, "01", 3_000)), named(&day(3, "07", 3_000)));
    assert!(winter.contains("Snow or ice") && !summer.contains("Snow or ice"));
    assert_eq!(winter.union(&summer).count(), CATEGORIES.len());
    assert!(CATEGORIES.len() >= 15);
}

#[test]
fn real_wards_get_issues_inside_them_without_invented_addresses() {
    let wards: Vec<_> = city()
        .ward_shapes()
        .unwrap()
        .into_iter()
        .take(3)
        .map(|w| (WardRef { layer: "wards".into(), ward: w.key }, Arc::new(w.shape)))
        .collect();
    let shapes: Vec<_> = wards.iter().map(|w| w.1.clone()).collect();
    let mut issues = Issues::new(Ground::Wards(wards), Zone::utc(), 4);
    let mut inside = 0;
    for _ in 0..200 {
        let facts = issues.report(Timestamp::from_millis(0)).facts;
        assert_eq!(facts.address, None);
        inside += u32::from(shapes.iter().any(|s| s.covers(facts.position.unwrap())));
    }
    assert!(inside > 190, "{inside}");
}

#[test]
fn a_seed_tells_the_same_day_twice() {
    assert_eq!(day(5, "10", 300), day(5, "10", 300));
    assert_ne!(day(5, "10", 300), day(6, "10", 300));
}

#[test]
fn a_real_citys_words_find_a_mark() {
    assert_eq!(categories::mark("Pothole in Street Complaint"), "road");
    assert_eq!(categories::mark("Rodent Baiting/Rat Complaint"), "animal");
    assert_eq!(categories::mark("Aircraft Compliment"), "dot");
}

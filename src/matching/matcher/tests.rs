use std::sync::atomic::{AtomicBool, Ordering};

use uuid::Uuid;

use super::super::oracle::{DEGREE, Plot, STEP, Spot, position};
use super::*;
use crate::clock::Timestamp;
use crate::issue::{Actor, EventId, IssueId, Kind, Place, Status};
use crate::ward::Ward;
use crate::watch::{Filter, Keywords, Meant, Rhythm, Target, Via, WatchId};
use crate::watcher::WatcherId;

const ADA: i64 = 1;
const BEN: i64 = 2;
const CLEO: i64 = 3;
const NOBODY: [i64; 0] = [];

/// Where Ada lives: in the middle of her block, in ward 12.
const HOME: Spot = (DEGREE / 2, DEGREE / 2);

fn block() -> Target {
    let (x, y) = HOME;
    let half = 10_000 * STEP;
    Target::Area(Plot::rectangle((x - half, y - half), (x + half, y + half)).shape())
}

fn ward(key: &str) -> WardRef {
    WardRef { layer: "wards".into(), ward: key.into() }
}

fn this_ward(keys: &[&str]) -> Target {
    Target::Wards { wards: keys.iter().map(|key| ward(key)).collect(), meant: Meant::ThisWard }
}

fn my_address(at: Spot, key: &str) -> Target {
    Target::Wards { wards: vec![ward(key)], meant: Meant::MyAddress(position(at)) }
}

fn watch(number: i64, target: Target) -> Watch {
    Watch {
        id: WatchId(Uuid::from_u128(u128::from(number.unsigned_abs()))),
        number: WatchNumber(number),
        watcher: WatcherId(Uuid::from_u128(7)),
        name: "Home".into(),
        target,
        filter: Filter::for_places(),
        rhythm: Rhythm::AtOnce,
        via: Via::MAIL,
    }
}

fn pothole(at: Spot) -> IssueEvent {
    IssueEvent {
        id: EventId(Uuid::from_u128(1)),
        issue: IssueId(Uuid::from_u128(26)),
        number: "26-000001".into(),
        kind: Kind::Opened,
        at: Timestamp::from_millis(0),
        actor: Actor::Resident,
        author: None,
        office: None,
        text: None,
        category: "Pothole in Street".into(),
        status: Status::Received,
        description: "deep enough for a bicycle".into(),
        address: "1 Main St".into(),
        position: Some(position(at)),
        place: Place::Good,
        quiet: None,
    }
}

/// A map of two wards whose line runs along this longitude (in units): 12 west of it, 13 east.
fn map(version: i64, line: i64) -> LayerVersion {
    let ward = |key: &str, west: i64, east: i64| Ward {
        key: key.into(),
        name: key.into(),
        shape: (*Plot::rectangle((west, 0), (east, DEGREE)).shape()).clone(),
    };
    LayerVersion {
        layer: "wards".into(),
        version,
        effective: Timestamp::from_millis(0),
        tolerance_m: 1.0,
        wards: vec![ward("12", 0, line), ward("13", line, 2 * DEGREE)],
    }
}

/// A town with that map, the line at longitude 1, and these watches.
fn town(watches: impl IntoIterator<Item = Watch>) -> Matcher {
    let town = Matcher::new();
    town.set_layer(&map(1, DEGREE));
    town.apply(watches.into_iter().map(|watch| Change::Put(Arc::new(watch))));
    town
}

fn who(matched: &Matched) -> Vec<i64> {
    matched.watches.iter().map(|found| found.watch.number.0).collect()
}

fn told(town: &Matcher, event: &IssueEvent) -> Vec<i64> {
    who(&town.matches(event))
}

#[test]
fn ada_hears_of_her_block_up_to_its_edge_and_no_further() {
    let town = town([watch(ADA, block())]);
    let (x, y) = HOME;
    let half = 10_000 * STEP;
    for at in [HOME, (x + half, y), (x - half, y - half)] {
        let matched = town.matches(&pothole(at));
        assert_eq!((who(&matched), &matched.watches[0].how), (vec![ADA], &How::Area));
    }
    assert_eq!(told(&town, &pothole((x + half + STEP, y))), NOBODY);
}

#[test]
fn a_watch_is_matched_once_put_in_and_no_more_once_removed() {
    let town = town([]);
    assert_eq!(told(&town, &pothole(HOME)), NOBODY);
    town.apply([Change::Put(Arc::new(watch(ADA, block())))]);
    assert_eq!((told(&town, &pothole(HOME)), town.watches()), (vec![ADA], 1));
    town.apply([Change::Remove(WatchNumber(ADA)), Change::Remove(WatchNumber(99))]);
    assert_eq!((told(&town, &pothole(HOME)), town.watches()), (vec![], 0));
}

#[test]
fn a_watch_that_becomes_another_leaves_nothing_behind() {
    let issue = pothole(HOME).issue;
    let elsewhere = Target::Area(Plot::rectangle((0, 0), (9 * STEP, 9 * STEP)).shape());
    let targets = [block(), this_ward(&["12"]), Target::Issue(issue), my_address(HOME, "12")];
    for before in &targets {
        for after in [&elsewhere, &this_ward(&["13"]), &Target::Issue(IssueId(Uuid::nil()))] {
            let town = town([watch(ADA, before.clone())]);
            assert_eq!(told(&town, &pothole(HOME)), [ADA], "{before:?}");
            town.apply([Change::Put(Arc::new(watch(ADA, after.clone())))]);
            assert_eq!(told(&town, &pothole(HOME)), NOBODY, "{before:?} to {after:?}");
            town.apply([Change::Put(Arc::new(watch(ADA, before.clone())))]);
            assert_eq!(told(&town, &pothole(HOME)), [ADA], "{after:?} to {before:?}");
            town.apply([Change::Remove(WatchNumber(ADA))]);
            assert_eq!(told(&town, &pothole(HOME)), NOBODY, "{before:?} removed");
        }
    }
}

#[test]
fn a_new_filter_on_the_same_area_counts_at_once() {
    let town = town([watch(ADA, block())]);
    let changed = town.watch(WatchNumber(ADA)).unwrap();
    let mut changed = (*changed).clone();
    changed.filter.categories = vec!["Graffiti".into()];
    town.apply([Change::Put(Arc::new(changed))]);
    assert_eq!(told(&town, &pothole(HOME)), NOBODY);
    let graffiti = IssueEvent { category: "graffiti".into(), ..pothole(HOME) };
    assert_eq!(told(&town, &graffiti), [ADA]);
}

#[test]
fn a_kind_a_word_or_a_category_not_asked_for_is_not_told() {
    let mut only_closed = watch(BEN, block());
    only_closed.filter.kinds = [Kind::Closed].into();
    let mut no_bicycles = watch(CLEO, block());
    no_bicycles.filter.keywords =
        Keywords { exclude: vec!["bicycle".into()], ..Keywords::default() };
    let town = town([watch(ADA, block()), only_closed, no_bicycles]);
    assert_eq!(told(&town, &pothole(HOME)), [ADA]);
    let closed = IssueEvent { kind: Kind::Closed, ..pothole(HOME) };
    assert_eq!(told(&town, &closed), [BEN]);
    let other_words = IssueEvent { description: "deep".into(), ..pothole(HOME) };
    assert_eq!(told(&town, &other_words), [ADA, CLEO]);
}

#[test]
fn a_ward_is_told_what_is_in_it_on_its_line_and_within_the_tolerance() {
    let town = town([watch(ADA, this_ward(&["12"])), watch(BEN, this_ward(&["13"]))]);
    let how = |at: Spot| -> Vec<(i64, bool)> {
        let matched = town.matches(&pothole(at)).watches;
        let near = |how: &How| matches!(how, How::Ward { near: true, .. });
        matched.iter().map(|found| (found.watch.number.0, near(&found.how))).collect()
    };
    assert_eq!(how(HOME), [(ADA, false)]);
    assert_eq!(how((DEGREE, 5_000 * STEP)), [(ADA, false), (BEN, false)], "on the line: in both");
    // 60 steps are 80 cm, 90 steps 1.2 m.
    assert_eq!(
        how((DEGREE - 60 * STEP, 5_000 * STEP)),
        [(ADA, false), (BEN, true)],
        "on the ward line"
    );
    assert_eq!(how((DEGREE - 90 * STEP, 5_000 * STEP)), [(ADA, false)]);
}

#[test]
fn who_follows_two_wards_is_told_once_and_of_the_one_it_is_in() {
    let town = town([watch(ADA, this_ward(&["12", "13"]))]);
    let matched = town.matches(&pothole((DEGREE + 60 * STEP, 5_000 * STEP)));
    assert_eq!(who(&matched), [ADA]);
    assert_eq!(matched.watches[0].how, How::Ward { ward: ward("13"), near: false });
    let hits = [("12", true), ("13", false)];
    assert_eq!(matched.wards, hits.map(|(key, near)| WardHit { ward: ward(key), near }));
}

#[test]
fn a_follower_hears_of_the_issue_wherever_it_is_and_others_only_of_believed_places() {
    let issue = pothole(HOME).issue;
    let town = town([watch(CLEO, Target::Issue(issue)), watch(ADA, block())]);
    assert_eq!(told(&town, &pothole(HOME)), [ADA, CLEO], "by number");
    let swapped = IssueEvent { place: Place::Swapped, ..pothole(HOME) };
    let matched = town.matches(&swapped);
    assert_eq!((who(&matched), &matched.watches[0].how), (vec![CLEO], &How::Issue));
    assert_eq!(matched.wards, []);
    let nowhere = IssueEvent { place: Place::Missing, position: None, ..pothole(HOME) };
    assert_eq!(told(&town, &nowhere), [CLEO]);
    let another = IssueEvent { issue: IssueId(Uuid::nil()), ..nowhere.clone() };
    assert_eq!(told(&town, &another), NOBODY);

    let far = (HOME.0, HOME.1 + 9_000);
    let events = [nowhere, pothole(far), another, swapped, pothole(HOME), pothole(far)];
    let one_by_one: Vec<Matched> = events.iter().map(|event| town.matches(event)).collect();
    assert_eq!(town.matches_of(&events), one_by_one, "many in their order as each alone");
    assert_eq!(town.matches_of([]), []);
}

#[test]
fn a_new_map_moves_who_meant_an_address_and_keeps_who_meant_the_ward() {
    let town = town([watch(ADA, my_address(HOME, "12")), watch(BEN, this_ward(&["12"]))]);
    assert_eq!(town.wards_of(WatchNumber(ADA)), [ward("12")]);
    // The line moves west over Ada's home.
    let rehomed = town.set_layer(&map(2, DEGREE / 4));
    let moved: Vec<_> =
        rehomed.iter().map(|r| (r.watch.number.0, r.before.clone(), r.after.clone())).collect();
    assert_eq!(moved, [(ADA, vec![ward("12")], vec![ward("13")])]);
    assert_eq!(town.wards_of(WatchNumber(ADA)), [ward("13")]);
    assert_eq!(told(&town, &pothole((DEGREE, 5_000 * STEP))), [ADA], "in 13 now");
    assert_eq!(told(&town, &pothole((5_000 * STEP, 5_000 * STEP))), [BEN], "in 12 still");
    assert_eq!(town.layers().iter().map(|layer| layer.version()).collect::<Vec<_>>(), [2]);
    assert_eq!(town.set_layer(&map(3, DEGREE / 4)), [], "the same lines move nobody");
}

#[test]
fn an_address_follows_its_chosen_ward_until_there_is_a_map() {
    let town = Matcher::new();
    town.apply([Change::Put(Arc::new(watch(ADA, my_address(HOME, "13"))))]);
    assert_eq!(town.wards_of(WatchNumber(ADA)), [ward("13")]);
    assert_eq!(town.set_layer(&map(1, DEGREE)), [], "nobody's ward changes with the first map");
    assert_eq!(told(&town, &pothole(HOME)), [ADA]);
    town.remove_layer("wards");
    assert_eq!(town.wards_of(WatchNumber(ADA)), [ward("13")]);
    assert_eq!(town.matches(&pothole(HOME)), Matched::default());
}

#[test]
fn a_house_on_the_line_is_at_home_in_both_wards() {
    let town = town([watch(ADA, my_address((DEGREE, 5_000 * STEP), "12"))]);
    assert_eq!(town.wards_of(WatchNumber(ADA)), [ward("12"), ward("13")]);
    assert_eq!(told(&town, &pothole((DEGREE + 50_000 * STEP, 5_000 * STEP))), [ADA]);
}

#[test]
fn doors_can_ask_which_ward_a_place_is_in() {
    let town = town([]);
    assert_eq!(town.wards_at(position(HOME)), [WardHit { ward: ward("12"), near: false }]);
    let layer = town.layer("wards").unwrap();
    assert!(layer.ward("12").unwrap().shape.covers(position(HOME)));
    assert!(town.layer("police-beats").is_none());
}

#[test]
fn a_watch_being_edited_and_a_map_being_replaced_are_never_missed() {
    let town = town([watch(ADA, block()), watch(BEN, my_address(HOME, "12"))]);
    town.apply((10..60).map(|number| Change::Put(Arc::new(watch(number, block())))));
    let wide = Target::Area(Plot::rectangle((0, 0), (DEGREE, DEGREE)).shape());
    // From her block to the wards and back: she is found by one of them, and named once.
    town.apply([Change::Put(Arc::new(watch(60, block())))]);
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let asked = threads.spawn(|| {
            let mut asked = 0;
            while !done.load(Ordering::SeqCst) || asked < 50 {
                let matched = town.matches(&pothole(HOME));
                let homes = matched.wards.len();
                assert_eq!((homes, who(&matched).len()), (1, 53), "{:?}", who(&matched));
                asked += 1;
            }
            asked
        });
        for turn in 0..150 {
            let target = if turn % 2 == 0 { wide.clone() } else { block() };
            town.apply([Change::Put(Arc::new(watch(ADA, target.clone())))]);
            town.apply((10..30).map(|n| Change::Put(Arc::new(watch(n, target.clone())))));
            let other = if turn % 2 == 0 { this_ward(&["12", "13"]) } else { block() };
            town.apply([Change::Put(Arc::new(watch(60, other)))]);
            town.set_layer(&map(turn, if turn % 2 == 0 { DEGREE / 4 } else { DEGREE }));
        }
        done.store(true, Ordering::SeqCst);
        assert!(asked.join().expect("the reader saw no half change") >= 50);
    });
}

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::issue::{Actor, IssueEvent, Place, Status};
use crate::matching::{Change, Matcher};
use crate::random::SplitMix;
use crate::ward::{LayerVersion, Ward, WardRef};
use crate::watch::{Keywords, Meant, Rhythm, Target, Via, Watch, WatchId, WatchNumber};
use crate::watcher::WatcherId;

const KINDS: [Kind; 3] = [Kind::Opened, Kind::Commented, Kind::Closed];
const CATEGORIES: [&str; 3] = ["Pothole", "Graffiti", "graffiti"];

fn minute(count: u64) -> Timestamp {
    Timestamp::from_millis(i64::try_from(count * 60_000).unwrap())
}

/// A town's weeks: places on a fine lattice, so that many lie on the lines of areas and wards.
fn happenings(count: u64, seed: u64) -> Vec<IssueEvent> {
    let mut dice = SplitMix::new(seed);
    let mut pick = |below: u64| dice.bits() % below;
    let step = |count: u64| f64::from(u32::try_from(count).unwrap()) / 1_024.0;
    let event = |nth: u64| IssueEvent {
        id: EventId(Uuid::from_u128(nth.into())),
        issue: IssueId(Uuid::from_u128((nth / 3).into())),
        number: String::new(),
        kind: KINDS[usize::try_from(pick(3)).unwrap()],
        at: minute(nth),
        actor: Actor::Resident,
        author: None,
        office: None,
        text: None,
        category: CATEGORIES[usize::try_from(pick(3)).unwrap()].into(),
        status: Status::Received,
        description: String::new(),
        address: String::new(),
        position: Some(Position {
            lon: -87.7 + step(pick(103)),
            lat: 41.8 + step(pick(103)) + if pick(4) == 0 { 4e-6 } else { 0.0 },
        }),
        place: if pick(10) == 0 { Place::HotPoint } else { Place::Good },
        quiet: None,
    };
    (0..count).map(event).collect()
}

fn happened(event: &IssueEvent) -> Happened {
    Happened {
        event: event.id,
        issue: event.issue,
        kind: event.kind,
        at: event.at,
        category: event.category.clone(),
        position: event.believed_position(),
    }
}

fn square(west: f64, south: f64, side: f64) -> Value {
    let (east, north) = (west + side, south + side);
    json!([[west, south], [east, south], [east, north], [west, north], [west, south]])
}

fn shapes() -> Vec<Shape> {
    let read = |geojson: Value| Shape::from_geojson(&geojson).unwrap();
    let step = 1.0 / 1_024.0;
    let hole = [
        square(-87.7 + 10.0 * step, 41.8 + 10.0 * step, 60.0 * step),
        square(-87.7 + 30.0 * step, 41.8 + 30.0 * step, 20.0 * step),
    ];
    vec![
        Shape::circle(Position { lon: -87.65, lat: 41.85 }, 1_500.0).unwrap(),
        read(json!({"type": "Polygon", "coordinates": hole})),
        read(json!({"type": "Polygon", "coordinates": [square(-87.7, 41.8, 5.0 * step)]})),
    ]
}

fn filters() -> Vec<Filter> {
    let kinds = |kinds: &[Kind]| kinds.iter().copied().collect::<BTreeSet<_>>();
    let filter = |categories: Vec<Category>, of: &[Kind]| Filter {
        categories,
        kinds: kinds(of),
        keywords: Keywords::default(),
        official: false,
    };
    vec![
        filter(vec![], &[Kind::Opened]),
        filter(vec!["GRAFFITI".into()], &KINDS),
        filter(vec!["Pothole".into(), "Fallen tree".into()], &[Kind::Closed, Kind::Voted]),
    ]
}

fn watch(target: Target, filter: Filter) -> Watch {
    Watch {
        id: WatchId(Uuid::nil()),
        number: WatchNumber(1),
        watcher: WatcherId(Uuid::nil()),
        name: "Home".into(),
        target,
        filter,
        rhythm: Rhythm::Daily,
        via: Via::MAIL,
    }
}

/// What the matcher tells a watch of these events, as it does when they come one by one.
fn told(town: &Matcher, watch: Watch, events: &[IssueEvent]) -> Vec<EventId> {
    town.apply([Change::Put(Arc::new(watch))]);
    let is_told = |event: &&IssueEvent| !town.matches(event).watches.is_empty();
    events.iter().filter(is_told).map(|event| event.id).collect()
}

fn ids(hits: &[Hit]) -> Vec<EventId> {
    hits.iter().map(|hit| hit.event).collect()
}

#[test]
fn it_finds_what_the_matcher_would_have_told() {
    let events = happenings(20_000, 311);
    let mut history = History::default();
    history.put(events.iter().map(happened));
    let (since, until) = (minute(5_000), minute(19_000));
    let lately: Vec<IssueEvent> =
        events.iter().filter(|e| (since..=until).contains(&e.at)).cloned().collect();
    let line = -87.65;
    let ward = |key: &str, west: f64, east: f64| {
        let ring = [[west, 41.8], [east, 41.8], [east, 41.9], [west, 41.9], [west, 41.8]];
        let shape = Shape::from_geojson(&json!({"type": "Polygon", "coordinates": [ring]}));
        Ward { key: key.into(), name: key.into(), shape: shape.unwrap() }
    };
    let map = LayerVersion {
        layer: "wards".into(),
        version: 1,
        effective: minute(0),
        tolerance_m: 60.0,
        wards: vec![ward("1", -87.7, line), ward("2", line, -87.6)],
    };
    let town = Matcher::new();
    town.set_layer(&map);
    let mut found = 0;
    for filter in filters() {
        for shape in shapes() {
            let shape = Arc::new(shape);
            let place = Whereabouts::Within(vec![(Arc::clone(&shape), 0.0)]);
            let hits = history.find(&place, &filter, since, until);
            let watch = watch(Target::Area(shape), filter.clone());
            assert_eq!(ids(&hits), told(&town, watch, &lately), "{filter:?}");
            found += hits.len();
        }
        for keys in [&["1"][..], &["2"], &["1", "2"]] {
            let wards: Vec<WardRef> = keys
                .iter()
                .map(|key| WardRef { layer: "wards".into(), ward: (*key).into() })
                .collect();
            let shape = |key: &&str| {
                let ward = map.wards.iter().find(|ward| ward.key == **key).unwrap();
                (Arc::new(ward.shape.clone()), map.tolerance_m)
            };
            let place = Whereabouts::Within(keys.iter().map(shape).collect());
            let hits = history.find(&place, &filter, since, until);
            let target = Target::Wards { wards, meant: Meant::ThisWard };
            assert_eq!(ids(&hits), told(&town, watch(target, filter.clone()), &lately), "{keys:?}");
            found += hits.len();
        }
    }
    assert!(found > 20_000, "the test found too little to say anything: {found}");
}

#[test]
fn it_finds_what_happened_to_one_issue_wherever_that_is() {
    let events = happenings(300, 7);
    let mut history = History::default();
    history.put(events.iter().map(happened));
    let filter = Filter { kinds: KINDS.into(), ..Filter::for_issue() };
    let issue = events[30].issue;
    let hits = history.find(&Whereabouts::Issue(issue), &filter, minute(0), minute(300));
    let of_it: Vec<EventId> = events.iter().filter(|e| e.issue == issue).map(|e| e.id).collect();
    assert_eq!((ids(&hits), of_it.len()), (of_it, 3));
}

#[test]
fn what_is_taken_off_the_site_and_what_is_too_old_is_forgotten() {
    let events = happenings(300, 7);
    let mut history = History::default();
    history.put(events.iter().map(happened));
    let gone = events[30].issue;
    history.put([Happened { kind: Kind::Hidden, issue: gone, ..happened(&events[299]) }]);
    assert_eq!(history.len(), 297, "the three of that issue, and that it was taken off");
    history.forget_before(minute(60));
    assert_eq!((history.len(), history.began()), (240, Some(minute(60))));
    // Places still belong to their events.
    let filter = Filter { kinds: KINDS.into(), ..Filter::for_places() };
    let everywhere = Shape::circle(Position { lon: -87.65, lat: 41.85 }, 100_000.0).unwrap();
    let place = Whereabouts::Within(vec![(Arc::new(everywhere), 0.0)]);
    let believed = events[60..].iter().filter(|e| e.believed_position().is_some());
    let hits = history.find(&place, &filter, minute(0), minute(300));
    assert_eq!(ids(&hits), believed.map(|e| e.id).collect::<Vec<_>>());
    let block = Arc::new(Shape::circle(events[200].position.unwrap(), 1.0).unwrap());
    let hits =
        history.find(&Whereabouts::Within(vec![(block, 0.0)]), &filter, minute(200), minute(200));
    assert_eq!(ids(&hits), [events[200].id]);
}

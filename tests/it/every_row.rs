//! Every rhythm, every guard, every kind of event, on the days on which clocks and calendars do something:
//! what is sent when.

use std::collections::BTreeMap;
use std::time::Duration;

use wardwatch::clock::{Timestamp, Zone};
use wardwatch::engine::{
    Arrival, Engine, EngineSettings, HabitsChange, Receipt, WatchChange, Wish,
};
use wardwatch::issue::{EventId, IssueId, Kind, Notice};
use wardwatch::store::City;
use wardwatch::watch::{Filter, Rhythm};
use wardwatch::watcher::{Address, QuietHours};

use crate::town::{Town, place, story, ward};

/// An evening of a town, and what comes after it by the clock on its wall: the next full hour, seven in the
/// morning and eight, when the quiet hours end, and the same on the Monday that follows.
struct Evening {
    what: &'static str,
    zone: &'static str,
    now: &'static str,
    hour: &'static str,
    tomorrow: &'static str,
    monday: &'static str,
}

const EVENINGS: &[Evening] = &[
    Evening {
        what: "a Wednesday",
        zone: "America/Chicago",
        now: "2026-05-06 21:30",
        hour: "2026-05-06 22:00",
        tomorrow: "2026-05-07",
        monday: "2026-05-11",
    },
    Evening {
        what: "the night has an hour less",
        zone: "America/Chicago",
        now: "2026-03-07 21:30",
        hour: "2026-03-07 22:00",
        tomorrow: "2026-03-08",
        monday: "2026-03-09",
    },
    Evening {
        what: "the night has an hour more, and the month ends",
        zone: "America/Chicago",
        now: "2026-10-31 21:30",
        hour: "2026-10-31 22:00",
        tomorrow: "2026-11-01",
        monday: "2026-11-02",
    },
    Evening {
        what: "February has a day more",
        zone: "America/Chicago",
        now: "2028-02-29 21:30",
        hour: "2028-02-29 22:00",
        tomorrow: "2028-03-01",
        monday: "2028-03-06",
    },
    Evening {
        what: "the year ends, a quarter of an hour beside the hours of others",
        zone: "Asia/Kathmandu",
        now: "2026-12-31 21:30",
        hour: "2026-12-31 22:00",
        tomorrow: "2027-01-01",
        monday: "2027-01-04",
    },
    Evening {
        what: "the country had summer time until 2022, and is asked in summer",
        zone: "America/Mexico_City",
        now: "2026-07-15 21:30",
        hour: "2026-07-15 22:00",
        tomorrow: "2026-07-16",
        monday: "2026-07-20",
    },
    Evening {
        what: "the country gave up summer time in that very week of 2022",
        zone: "America/Mexico_City",
        now: "2022-10-29 21:30",
        hour: "2022-10-29 22:00",
        tomorrow: "2022-10-30",
        monday: "2022-10-31",
    },
];

impl Evening {
    fn at(&self, text: &str) -> Timestamp {
        self.zone.parse::<Zone>().unwrap().parse_local(text).unwrap()
    }

    /// The moments at which anything may be sent, in their order.
    fn moments(&self) -> [(&'static str, Timestamp); 7] {
        let (tomorrow, monday) = (self.tomorrow, self.monday);
        let at = |day: &str, hour: &str| self.at(&format!("{day} {hour}"));
        [
            ("now", self.at(self.now)),
            ("hour", self.at(self.hour)),
            ("seven", at(tomorrow, "07:00")),
            ("eight", at(tomorrow, "08:00")),
            ("monday seven", at(monday, "07:00")),
            ("monday eight", at(monday, "08:00")),
            ("much later", at(monday, "08:00").plus(Duration::from_hours(24 * 8))),
        ]
    }
}

/// What may keep something from being told, or put it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    None,
    /// Quiet hours from nine in the evening to eight in the morning.
    Quiet,
    /// One message an hour may come at once, and has.
    TooMany,
    /// Away for weeks.
    Away,
    /// The watch pauses.
    Paused,
    /// Nobody has confirmed the watch.
    Unconfirmed,
    /// Its reader has muted the issue.
    Muted,
    /// The issue has no place.
    NoPlace,
    Backfill,
    /// It happened a month ago.
    Old,
}

const GUARDS: [Guard; 10] = [
    Guard::None,
    Guard::Quiet,
    Guard::TooMany,
    Guard::Away,
    Guard::Paused,
    Guard::Unconfirmed,
    Guard::Muted,
    Guard::NoPlace,
    Guard::Backfill,
    Guard::Old,
];

/// The table: when a kind of event is told, if ever.
fn told_when(rhythm: Rhythm, guard: Guard, kind: Kind) -> Option<&'static str> {
    let guard = match (guard, kind) {
        // What is taken off the site is told to nobody.
        (_, Kind::Hidden) => return None,
        // What is new has been muted by nobody.
        (Guard::Muted, Kind::Opened) => Guard::None,
        (guard, _) => guard,
    };
    match (guard, rhythm) {
        (Guard::None, Rhythm::AtOnce) => Some("now"),
        (Guard::None | Guard::TooMany, Rhythm::Hourly) | (Guard::TooMany, Rhythm::AtOnce) => {
            Some("hour")
        }
        (Guard::None | Guard::TooMany, Rhythm::Daily) => Some("seven"),
        (Guard::None | Guard::TooMany, Rhythm::Weekly) => Some("monday seven"),
        (Guard::Quiet, Rhythm::AtOnce | Rhythm::Hourly | Rhythm::Daily) => Some("eight"),
        (Guard::Quiet, Rhythm::Weekly) => Some("monday eight"),
        (
            Guard::Away
            | Guard::Paused
            | Guard::Unconfirmed
            | Guard::Muted
            | Guard::NoPlace
            | Guard::Backfill
            | Guard::Old,
            _,
        ) => None,
    }
}

fn reader(rhythm: Rhythm) -> String {
    format!("{}@example.org", rhythm.name())
}

/// An issue for each kind of event, on a spot of its own.
fn issue(town: &Town, guard: Guard, nth: i32, kind: Kind) -> Notice {
    let at = place(-87.7 + 0.001 * f64::from(nth), 41.85);
    let mut notice = town.pothole(kind.name(), at);
    if guard == Guard::NoPlace {
        notice.facts.position = None;
    }
    notice
}

fn numbered() -> impl Iterator<Item = (i32, Kind)> {
    (0..).zip(Kind::ALL)
}

/// What was there before anybody watched: an issue for each event but the new one.
async fn long_ago(town: &Town, guard: Guard) -> Vec<IssueId> {
    let known = numbered().filter(|(_, kind)| *kind != Kind::Opened);
    let known = known.map(|(nth, kind)| issue(town, guard, nth, kind)).collect();
    let issues = town.say(known).await.into_iter().map(|receipt| match receipt {
        Receipt::Accepted { issue, .. } => issue,
        other => panic!("{other:?}"),
    });
    let issues = issues.collect();
    // What is opened again was closed before.
    town.say(vec![town.then(Kind::Reopened.name(), "1b", Kind::Closed, None)]).await;
    assert!(town.take_deliveries().await.is_empty());
    issues
}

/// Somebody for each rhythm, who wants to hear of everything in ward 1.
async fn readers(town: &Town, guard: Guard, issues: &[IssueId], long: Timestamp) {
    let city = town.city().await;
    for rhythm in Rhythm::ALL {
        let filter = Filter { kinds: Kind::ALL.into(), ..Filter::for_places() };
        let name = reader(rhythm);
        if guard == Guard::Unconfirmed {
            town.ask_to_watch(&name, ward("1"), rhythm, filter).await;
            continue;
        }
        let row = town.watch_only(&name, ward("1"), rhythm, filter).await;
        let (id, owner) = (row.watch.id, row.watch.watcher);
        let habits = match guard {
            Guard::Quiet => {
                let quiet = Wish::Is(QuietHours::new(21, 8).unwrap());
                HabitsChange { quiet, ..HabitsChange::default() }
            }
            Guard::Away => HabitsChange { pause: Wish::Is(long), ..HabitsChange::default() },
            _ => HabitsChange::default(),
        };
        town.engine.change_habits(&city, owner, habits).await.unwrap();
        if guard == Guard::Paused {
            let pause = WatchChange { paused: Some(true), ..WatchChange::default() };
            town.engine.change_watch(&city, owner, id, pause).await.unwrap();
        }
        if guard == Guard::Muted {
            for issue in issues {
                town.engine.mute(&city, owner, *issue).await.unwrap();
            }
        }
    }
    town.take_deliveries().await; // questions
}

/// One event of each kind, in one batch.
async fn all_happens(town: &Town, guard: Guard, matching: &Engine) {
    let now = town.clock.now();
    let event = |(nth, kind): (i32, Kind)| {
        let mut notice = match kind {
            Kind::Opened => issue(town, guard, nth, kind),
            kind => town.then(kind.name(), "2", kind, Some("Look here")),
        };
        if kind == Kind::Moved {
            let aside = place(-87.7 + 0.001 * f64::from(nth), 41.851);
            let nowhere = place(0.0, 0.0);
            notice.facts.position = Some(if guard == Guard::NoPlace { nowhere } else { aside });
        }
        if guard == Guard::Old {
            notice.at = now.minus(Duration::from_hours(24 * 30));
        }
        notice
    };
    let notices = numbered().map(event).collect();
    let arrival = Arrival { backfill: guard == Guard::Backfill };
    let receipts = town.engine.accept(&town.city().await, notices, arrival).await.unwrap();
    for receipt in receipts {
        assert!(matches!(receipt, Receipt::Accepted { .. }), "{receipt:?}");
    }
    matching.match_pending().await.unwrap();
}

/// What comes out by now, of the events since `evening`: who is told of which kind.
async fn comes(town: &Town, before: &[EventId]) -> Vec<(String, Kind)> {
    let deliveries = town.take_deliveries().await;
    let city = town.city().await;
    let mut tx = town.engine.store().read().await.unwrap();
    let mut told = vec![];
    for delivery in deliveries {
        let row = tx.contacts(city.id, &[delivery.contact]).await.unwrap().remove(0);
        let Address::Mail(who) = row.contact.address else { panic!("a mail") };
        let mut ids: Vec<EventId> = delivery.contents.items.iter().map(|i| i.event).collect();
        ids.retain(|id| !before.contains(id));
        for event in tx.events(city.id, &ids).await.unwrap() {
            told.push((who.as_str().to_owned(), event.event.kind));
        }
    }
    told
}

/// The rows of one guard on one evening.
async fn rows_hold(town: &Town, evening: &Evening, guard: Guard) {
    let moments = evening.moments();
    let (now, long) = (moments[0].1, moments[6].1);
    let there = City { zone: evening.zone.parse().unwrap(), ..town.city().await };
    let mut tx = town.engine.store().write().await.unwrap();
    tx.name_city(&there).await.unwrap();
    tx.commit().await.unwrap();
    town.clock.set(now.minus(Duration::from_hours(48)));
    let issues = long_ago(town, guard).await;
    town.clock.set(now.minus(Duration::from_mins(10)));
    readers(town, guard, &issues, long.plus(Duration::from_hours(24))).await;
    let rules = EngineSettings {
        at_once_an_hour: if guard == Guard::TooMany { 1 } else { usize::MAX },
        ..EngineSettings::default()
    };
    let matching = town.process_with(rules).await;
    let mut before = vec![];
    if guard == Guard::TooMany {
        town.report("before", place(-87.71, 41.86)).await;
        matching.match_pending().await.unwrap();
        let first = town.take_deliveries().await;
        assert_eq!(first.len(), 1, "one has come at once");
        before.push(first[0].contents.items[0].event);
    }
    town.clock.set(now);
    all_happens(town, guard, &matching).await;
    let mut told: BTreeMap<(String, &str), &str> = BTreeMap::new();
    for (name, when) in moments {
        // Not a minute sooner.
        for (name, at) in [("between", when.minus(Duration::from_mins(1))), (name, when)] {
            if at < now {
                continue;
            }
            town.clock.set(at);
            for (who, kind) in comes(town, &before).await {
                let twice = told.insert((who.clone(), kind.name()), name);
                assert_eq!(twice, None, "{who} is told twice that it was {}", kind.name());
            }
        }
    }
    let mut table = BTreeMap::new();
    for rhythm in Rhythm::ALL {
        for kind in Kind::ALL {
            if let Some(when) = told_when(rhythm, guard, kind) {
                table.insert((reader(rhythm), kind.name()), when);
            }
        }
    }
    assert_eq!(told, table, "{}: {guard:?}", evening.what);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_table_holds_on_every_evening() {
    let mut rows = 0;
    for evening in EVENINGS {
        for guard in GUARDS {
            let town = Town::on_sqlite().await;
            town.found_wards().await;
            rows_hold(&town, evening, guard).await;
            rows += Rhythm::ALL.len() * Kind::ALL.len();
        }
    }
    assert_eq!(rows, 7 * 10 * 4 * 9);
}

story! {
    async fn on_either_database_an_evening_is_quiet_where_somebody_wants_it_so(town: Town) {
        town.found_wards().await;
        rows_hold(&town, &EVENINGS[0], Guard::Quiet).await;
    }
}

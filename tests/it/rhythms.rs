//! What is sent when: how soon a watch tells, and when its owner wants to hear of nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use wardwatch::channel::push::Receiver;
use wardwatch::clock::{Timestamp, Weekday, Zone};
use wardwatch::engine::{EngineError, HabitsChange, NewWatch, WatchChange, Who, Wish};
use wardwatch::issue::{Kind, Notice};
use wardwatch::watch::{Filter, Rhythm, Via, WatchId};
use wardwatch::watcher::{Address, Habits, HabitsError, QuietHours, WatcherId};

use crate::town::{Town, at, block, people, place, story, ward};

/// An hour of the wall's clock in the town: “2026-05-04 09:00”.
fn local(text: &str) -> Timestamp {
    let zone: Zone = "America/Chicago".parse().unwrap();
    zone.parse_local(text).unwrap()
}

fn night() -> HabitsChange {
    let quiet = Wish::Is(QuietHours::new(22, 7).unwrap());
    HabitsChange { quiet, ..HabitsChange::default() }
}

fn away(until: &str) -> HabitsChange {
    HabitsChange { pause: Wish::Is(local(until)), ..HabitsChange::default() }
}

impl Town {
    /// Somebody who wants to hear of everything in ward 1, with these habits.
    async fn follower(&self, name: &str, rhythm: Rhythm, habits: HabitsChange) -> WatcherId {
        let filter = Filter { kinds: Kind::ALL.into(), ..Filter::for_places() };
        let row = self.watch_only(name, ward("1"), rhythm, filter).await;
        self.change(row.watch.watcher, habits).await.unwrap();
        row.watch.watcher
    }

    async fn change(&self, watcher: WatcherId, habits: HabitsChange) -> Result<(), EngineError> {
        let city = self.city().await;
        self.engine.change_habits(&city, watcher, habits).await.map(|_| ())
    }

    /// Lets the time come. Until a minute before it nobody was told anything.
    async fn wait_until(&self, when: Timestamp) -> BTreeMap<String, Vec<usize>> {
        self.clock.set(when.minus(Duration::from_mins(1)));
        assert_eq!(self.told().await, people([]), "before {when}");
        self.clock.set(when);
        self.told().await
    }
}

/// How soon a watch tells, what guards its owner, and when they are told of how many issues.
type Row = (&'static str, &'static str, &'static [(&'static str, usize)]);

/// Who is told when of one kind of event, on a Monday and after: of one at nine in the morning, one
/// shortly before midnight, and one on Tuesday at noon. Those who are away are so from Monday
/// morning until Tuesday begins.
const ROWS: &[Row] = &[
    ("at_once", "awake", &[("mon 09:00", 1), ("mon 23:30", 1), ("tue 12:00", 1)]),
    ("at_once", "night", &[("mon 09:00", 1), ("tue 07:00", 1), ("tue 12:00", 1)]),
    ("at_once", "away", &[("tue 12:00", 1)]),
    ("hourly", "awake", &[("mon 10:00", 1), ("tue 00:00", 1), ("tue 13:00", 1)]),
    ("hourly", "night", &[("mon 10:00", 1), ("tue 07:00", 1), ("tue 13:00", 1)]),
    ("hourly", "away", &[("tue 13:00", 1)]),
    ("daily", "awake", &[("tue 07:00", 2), ("wed 07:00", 1)]),
    ("daily", "night", &[("tue 07:00", 2), ("wed 07:00", 1)]),
    ("daily", "away", &[("wed 07:00", 1)]),
    ("weekly", "awake", &[("next 07:00", 3)]),
    ("weekly", "night", &[("next 07:00", 3)]),
    ("weekly", "away", &[("next 07:00", 1)]),
];

const MOMENTS: &[&str] = &[
    "mon 09:00",
    "mon 10:00",
    "mon 23:30",
    "tue 00:00",
    "tue 07:00",
    "tue 12:00",
    "tue 13:00",
    "wed 07:00",
    "next 07:00",
];

/// The moment in one of the weeks that begin with May 4.
fn moment(name: &str, week: u64) -> Timestamp {
    let (day, hour) = name.split_once(' ').unwrap();
    let day = match day {
        "mon" => 4,
        "tue" => 5,
        "wed" => 6,
        _ => 11,
    };
    local(&format!("2026-05-{day:02} {hour}")).plus(Duration::from_hours(7 * 24 * week))
}

fn expected(name: &str) -> BTreeMap<String, Vec<usize>> {
    let told = ROWS.iter().filter_map(|(rhythm, guard, told)| {
        let (_, issues) = told.iter().find(|(when, _)| *when == name)?;
        Some((format!("{rhythm}-{guard}@example.org"), vec![*issues]))
    });
    told.collect()
}

/// One event of a kind, of an issue of its own that was reported long ago unless that is the event.
fn event(town: &Town, kind: Kind, name: &str) -> Notice {
    let id = format!("{} {name}", kind.name());
    match kind {
        Kind::Opened => town.pothole(&id, place(-87.7, 41.85)),
        kind => town.then(&id, "2", kind, Some("Look here")),
    }
}

story! {
    async fn every_rhythm_tells_every_kind_when_its_owner_wants_to_hear_of_it(town: Town) {
        town.found_wards().await;
        let kinds = [Kind::Opened, Kind::Updated, Kind::Commented, Kind::Closed];
        // What was there before anybody watched.
        town.clock.set(local("2026-05-03 12:00"));
        let old = kinds.iter().filter(|kind| **kind != Kind::Opened).flat_map(|kind| {
            ["mon 09:00", "mon 23:30", "tue 12:00"].map(|name| {
                town.pothole(&format!("{} {name}", kind.name()), place(-87.7, 41.85))
            })
        });
        let old: Vec<Notice> = old.collect();
        town.say(old).await;
        assert_eq!(town.told().await, people([]));
        let mut away_people = vec![];
        for (rhythm, guard, _) in ROWS {
            let rhythm_of = Rhythm::from_name(rhythm).unwrap();
            let habits = if *guard == "night" { night() } else { HabitsChange::default() };
            let name = format!("{rhythm}-{guard}@example.org");
            let watcher = town.follower(&name, rhythm_of, habits).await;
            if *guard == "away" {
                away_people.push(watcher);
            }
        }
        for (kind, week) in kinds.into_iter().zip(0..) {
            town.clock.set(moment("mon 08:00", week));
            assert_eq!(town.told().await, people([]));
            for watcher in &away_people {
                let pause = Wish::Is(moment("tue 00:00", week));
                town.change(*watcher, HabitsChange { pause, ..HabitsChange::default() }).await.unwrap();
            }
            for name in MOMENTS {
                let mut told = town.wait_until(moment(name, week)).await;
                if ["mon 09:00", "mon 23:30", "tue 12:00"].contains(name) {
                    town.say(vec![event(&town, kind, name)]).await;
                    for (who, more) in town.told().await {
                        told.entry(who).or_default().extend(more);
                    }
                }
                assert_eq!(told, expected(name), "{} at {name}", kind.name());
            }
        }
    }
}

story! {
    async fn a_night_comes_as_one_message_and_what_a_digest_tells_with_it_once(town: Town) {
        town.found_wards().await;
        let here = place(-87.7, 41.85);
        let ada = town.watch("ada@example.org", block(here, 300.0), Rhythm::AtOnce).await;
        town.watch("ada@example.org", ward("1"), Rhythm::Daily).await;
        town.change(ada.watch.watcher, night()).await.unwrap();
        town.clock.set(local("2026-05-04 22:00"));
        for n in 0..30 {
            let along_the_street = place(-87.7 + f64::from(n) * 1e-4, 41.85);
            town.report(&format!("night {n}"), along_the_street).await;
        }
        assert_eq!(town.told().await, people([]));
        // The block's and the ward's are one, of the usual length.
        let told = town.wait_until(local("2026-05-05 07:00")).await;
        assert_eq!(told, people([("ada@example.org", &[25])]));
        town.report("day", place(-87.7, 41.851)).await;
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
        assert_eq!(town.wait_until(local("2026-05-06 07:00")).await, people([]));
    }
}

story! {
    async fn who_ends_the_quiet_hours_is_told_what_waited(town: Town) {
        town.found_wards().await;
        let here = place(-87.7, 41.85);
        let ada = town.watch("ada@example.org", block(here, 300.0), Rhythm::AtOnce).await;
        town.change(ada.watch.watcher, night()).await.unwrap();
        town.clock.set(local("2026-05-04 23:00"));
        town.report("night", here).await;
        assert_eq!(town.told().await, people([]));
        let none = HabitsChange { quiet: Wish::Ends, ..HabitsChange::default() };
        town.change(ada.watch.watcher, none).await.unwrap();
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
        assert_eq!(town.wait_until(local("2026-05-05 07:00")).await, people([]));
    }
}

story! {
    async fn what_comes_together_is_lost_to_no_process_that_plans_it_meanwhile(town: Town) {
        town.found_wards().await;
        let other = town.usual_process().await;
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        town.clock.set(local("2026-05-04 09:05"));
        let street = |n: u32| place(-87.7 + f64::from(n) * 1e-4, 41.85);
        let mut issues = 0;
        for n in 0..60 {
            town.report(&format!("storm {n}"), street(n)).await;
            // One matches, and the other finds due what is scheduled already, over and over.
            town.tamper("UPDATE digest_schedule SET due_at = 0").await;
            let (matched, planned) = tokio::join!(other.match_pending(), town.engine.plan_digests());
            assert_eq!(matched.unwrap(), 1);
            planned.unwrap();
            issues += town.told().await.values().flatten().sum::<usize>();
        }
        town.clock.set(local("2026-05-04 10:00"));
        issues += town.told().await.values().flatten().sum::<usize>();
        assert_eq!(issues, 60);
    }
}

story! {
    async fn what_waited_when_a_pause_began_is_not_lost_and_what_fell_into_one_stays_untold(town: Town) {
        town.found_wards().await;
        let here = |n: u32| place(-87.7 + f64::from(n) * 1e-4, 41.85);
        let weekly = town.follower("weekly@example.org", Rhythm::Weekly, HabitsChange::default()).await;
        let night_owl = town.follower("owl@example.org", Rhythm::AtOnce, night()).await;
        town.clock.set(local("2026-05-05 23:00"));
        town.report("before", here(0)).await;
        assert_eq!(town.told().await, people([]));
        town.clock.set(local("2026-05-06 12:00"));
        assert_eq!(town.told().await, people([("owl@example.org", &[1])]));
        town.change(weekly, away("2026-05-08 00:00")).await.unwrap();
        assert_eq!(town.told().await, people([("weekly@example.org", &[1])]), "it comes first");
        town.report("meanwhile", here(1)).await;
        // Something else is saved in the middle of it, and it is made longer.
        let evening = HabitsChange { digest_hour: Some(18), ..HabitsChange::default() };
        town.change(weekly, evening).await.unwrap();
        town.change(weekly, away("2026-05-09 00:00")).await.unwrap();
        assert_eq!(town.told().await, people([("owl@example.org", &[1])]));
        // A second one, in the same week.
        town.clock.set(local("2026-05-09 12:00"));
        town.report("between", here(2)).await;
        town.clock.set(local("2026-05-09 13:00"));
        assert_eq!(town.told().await, people([("owl@example.org", &[1])]));
        town.change(weekly, away("2026-05-10 00:00")).await.unwrap();
        assert_eq!(town.told().await, people([("weekly@example.org", &[1])]));
        town.report("again", here(3)).await;
        assert_eq!(town.told().await, people([("owl@example.org", &[1])]));
        town.clock.set(local("2026-05-10 12:00"));
        town.report("after", here(4)).await;
        assert_eq!(town.told().await, people([("owl@example.org", &[1])]));
        let told = town.wait_until(local("2026-05-11 18:00")).await;
        assert_eq!(told, people([("weekly@example.org", &[1])]));
        // In the night what waits for the morning comes in the morning, pause or not.
        town.clock.set(local("2026-05-11 23:00"));
        town.report("last", here(5)).await;
        assert_eq!(town.told().await, people([]));
        town.change(night_owl, away("2026-05-20 00:00")).await.unwrap();
        let told = town.wait_until(local("2026-05-12 07:00")).await;
        assert_eq!(told, people([("owl@example.org", &[1])]));
    }
}

story! {
    async fn a_service_that_stood_still_wakes_nobody(town: Town) {
        town.found_wards().await;
        let here = place(-87.7, 41.85);
        let hourly = town.follower("ada@example.org", Rhythm::Hourly, night()).await;
        town.clock.set(local("2026-05-04 20:50"));
        town.report("evening", here).await;
        town.engine.match_pending().await.unwrap();
        // Nobody plans at nine.
        town.clock.set(local("2026-05-04 23:00"));
        assert_eq!(town.told().await, people([]));
        let told = town.wait_until(local("2026-05-05 07:00")).await;
        assert_eq!(told, people([("ada@example.org", &[1])]));
        // What the night holds goes with a watch that is changed, and not with one that is stopped.
        town.clock.set(local("2026-05-05 22:30"));
        town.report("night", here).await;
        town.engine.match_pending().await.unwrap();
        let city = town.city().await;
        let watch = town.engine.store().read().await.unwrap().watches_of(city.id, &[hourly]).await;
        let id = watch.unwrap()[0].watch.id;
        let daily = WatchChange { rhythm: Some(Rhythm::Daily), ..WatchChange::default() };
        town.engine.change_watch(&city, hourly, id, daily).await.unwrap();
        let told = town.wait_until(local("2026-05-06 07:00")).await;
        assert_eq!(told, people([("ada@example.org", &[1])]));
    }
}

story! {
    async fn a_browser_that_joins_a_person_keeps_quiet_with_them(town: Town) {
        town.found_wards().await;
        let here = place(-87.7, 41.85);
        let city = town.city().await;
        let phone = Address::Push(
            Receiver::generate().unwrap().subscription("https://push.example.net/1"),
        );
        let who = Who::Address { address: phone.clone(), language: "en".into() };
        let new = NewWatch {
            id: WatchId(town.engine.random().uuid(town.clock.now())),
            name: "Here".into(),
            target: block(here, 300.0),
            filter: Filter::for_places(),
            rhythm: Rhythm::AtOnce,
            via: Via::PUSH,
        };
        let alone = town.engine.watch(&city, who, new).await.unwrap().watch.watcher;
        town.change(alone, night()).await.unwrap();
        town.clock.set(local("2026-05-04 23:00"));
        town.report("night", here).await;
        assert_eq!(town.told().await, people([]));
        // Whose habits there are none of takes these; at nine in the morning they are somebody's own.
        let ada = town.watch("ada@example.org", ward("2"), Rhythm::Daily).await.watch.watcher;
        let late = Wish::Is(QuietHours::new(21, 9).unwrap());
        town.change(ada, HabitsChange { quiet: late, ..HabitsChange::default() }).await.unwrap();
        town.engine.add_browser(&city, ada, phone).await.unwrap();
        assert_eq!(town.engine.habits(&city, alone).await.unwrap(), Habits::default());
        let told = town.wait_until(local("2026-05-05 09:00")).await;
        assert_eq!(told, people([("https://push.example.net/1", &[1])]));
    }
}

story! {
    async fn digests_come_at_the_hour_and_day_that_a_person_chooses(town: Town) {
        town.found_wards().await;
        let evening = HabitsChange {
            digest_hour: Some(18),
            digest_day: Some(Weekday::Friday),
            ..HabitsChange::default()
        };
        town.follower("daily@example.org", Rhythm::Daily, evening.clone()).await;
        town.follower("weekly@example.org", Rhythm::Weekly, evening).await;
        // A watch that is made later keeps the hour that its owner chose.
        town.watch("daily@example.org", ward("2"), Rhythm::Weekly).await;
        town.report("west", place(-87.7, 41.85)).await;
        town.report("east", place(-87.6, 41.85)).await;
        let told = town.wait_until(local("2026-05-04 18:00")).await;
        assert_eq!(told, people([("daily@example.org", &[1])]));
        let told = town.wait_until(local("2026-05-08 18:00")).await;
        assert_eq!(told, people([("daily@example.org", &[1]), ("weekly@example.org", &[1])]));
    }
}

story! {
    async fn who_comes_back_early_is_told_again_from_then_on(town: Town) {
        town.found_wards().await;
        let here = place(-87.7, 41.85);
        let ada = town.follower("ada@example.org", Rhythm::AtOnce, away("2026-05-20 00:00")).await;
        town.clock.set(local("2026-05-06 12:00"));
        town.report("away", here).await;
        assert_eq!(town.told().await, people([]));
        let back = HabitsChange { pause: Wish::Ends, ..HabitsChange::default() };
        town.change(ada, back).await.unwrap();
        town.report("back", here).await;
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
        let too_long = town.change(ada, away("2028-05-20 00:00")).await;
        assert!(matches!(too_long, Err(EngineError::Habits(HabitsError::PauseEnds))));
        let no_hour = HabitsChange { digest_hour: Some(24), ..HabitsChange::default() };
        let refused = town.change(ada, no_hour).await;
        assert!(matches!(refused, Err(EngineError::Habits(HabitsError::NoHour))));
    }
}

story! {
    async fn a_question_to_confirm_comes_in_the_middle_of_the_night(town: Town) {
        town.found_wards().await;
        let ada = town.follower("ada@example.org", Rhythm::Daily, night()).await;
        town.change(ada, away("2026-05-20 00:00")).await.unwrap();
        town.clock.set(at("2026-05-05T06:00:00Z"));
        town.ask_to_watch("ada@example.org", ward("2"), Rhythm::Daily, Filter::for_places()).await;
        assert_eq!(town.told().await, people([("ada@example.org", &[0])]));
    }
}

/// An issue of its own at a place that a block and the ward around it hold.
async fn storm(town: &Town, engine: &wardwatch::engine::Engine, n: u32) {
    town.report(&format!("storm {n}"), place(-87.7 + f64::from(n) * 1e-4, 41.85)).await;
    engine.match_pending().await.unwrap();
}

story! {
    async fn a_storm_is_ten_messages_an_hour_and_one_that_tells_the_rest(town: Town) {
        town.found_wards().await;
        let (one, other) = (town.usual_process().await, town.usual_process().await);
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        town.watch("bob@example.org", ward("1"), Rhythm::Daily).await;
        town.clock.set(local("2026-05-04 09:05"));
        // Whichever process sees them: together they send no more than one would.
        for n in 0..40 {
            storm(&town, if n % 3 == 0 { &other } else { &one }, n).await;
        }
        assert_eq!(town.told().await, people([("ada@example.org", &[1; 10])]));
        // A process that starts anew knows of it.
        let third = town.usual_process().await;
        storm(&town, &third, 40).await;
        assert_eq!(town.told().await, people([]));
        town.clock.set(local("2026-05-04 10:00"));
        let rest = town.take_deliveries().await;
        let [rest] = &rest[..] else { panic!("one message, not {}", rest.len()) };
        assert_eq!((rest.contents.items.len(), rest.contents.more), (25, 6));
        // It goes on: an hour after the first ten there is room for ten more.
        town.clock.set(local("2026-05-04 10:04"));
        storm(&town, &one, 41).await;
        assert_eq!(town.told().await, people([]));
        town.clock.set(local("2026-05-04 10:06"));
        for n in 42..60 {
            storm(&town, &third, n).await;
        }
        assert_eq!(town.told().await, people([("ada@example.org", &[1; 10])]));
        assert_eq!(
            town.wait_until(local("2026-05-04 11:00")).await,
            people([("ada@example.org", &[9])])
        );
        // Whoever reads a digest is told of all of it once, as ever.
        let digest = town.wait_until(local("2026-05-05 07:00")).await;
        assert_eq!(digest, people([("bob@example.org", &[25])]));
    }
}

story! {
    async fn two_processes_in_a_storm_send_no_more_than_one_would(town: Town) {
        town.found_wards().await;
        let (one, other) = (town.usual_process().await, town.usual_process().await);
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        town.clock.set(local("2026-05-04 09:05"));
        let street = |n: u32| place(-87.7 + f64::from(n % 40) * 1e-4, 41.83 + f64::from(n / 40) * 1e-4);
        let reports = (0..1_200).map(|n| town.pothole(&format!("storm {n}"), street(n)));
        town.say(reports.collect()).await;
        let (one, other) = tokio::join!(one.match_pending(), other.match_pending());
        assert_eq!(one.unwrap() + other.unwrap(), 1_200);
        assert_eq!(town.told().await, people([("ada@example.org", &[1; 10])]));
        town.clock.set(local("2026-05-04 10:00"));
        let rest = town.take_deliveries().await;
        let [rest] = &rest[..] else { panic!("one message, not {}", rest.len()) };
        assert_eq!((rest.contents.items.len(), rest.contents.more), (25, 1_200 - 10 - 25));
    }
}

story! {
    async fn who_cannot_be_told_at_once_has_nothing_that_waits(town: Town) {
        town.found_wards().await;
        let filter = Filter::for_places();
        let ada = town.watch_only("ada@example.org", ward("1"), Rhythm::AtOnce, filter).await;
        let city = town.city().await;
        let push = WatchChange { via: Some(Via::PUSH), ..WatchChange::default() };
        town.engine.change_watch(&city, ada.watch.watcher, ada.watch.id, push).await.unwrap();
        town.change(ada.watch.watcher, night()).await.unwrap();
        town.clock.set(local("2026-05-04 23:00"));
        town.report("night", place(-87.7, 41.85)).await;
        assert_eq!(town.told().await, people([]));
        let mut tx = town.engine.store().read().await.unwrap();
        assert_eq!(tx.digests_of(city.id, ada.watch.watcher).await.unwrap(), []);
    }
}

story! {
    async fn what_waits_comes_by_the_habits_of_when_it_is_written(town: Town) {
        town.found_wards().await;
        let ada = town.follower("ada@example.org", Rhythm::AtOnce, night()).await;
        let hourly = town.follower("bob@example.org", Rhythm::Hourly, HabitsChange::default()).await;
        let city = town.city().await;
        let due = async |watcher| {
            let mut tx = town.engine.store().read().await.unwrap();
            let digests = tx.digests_of(city.id, watcher).await.unwrap();
            digests.iter().map(|digest| digest.due).collect::<Vec<_>>()
        };
        town.clock.set(local("2026-05-04 23:10"));
        assert_eq!(due(hourly).await, [], "nothing is asked for while nothing happens");
        town.report("night", place(-87.7, 41.85)).await;
        town.engine.match_pending().await.unwrap();
        assert_eq!(due(ada).await, [local("2026-05-05 07:00")]);
        assert_eq!(due(hourly).await, [local("2026-05-05 00:00")]);
        // A night that is longer now keeps what waits, and one that is shorter lets it come sooner.
        let quiet = |to| Wish::Is(QuietHours::new(22, to).unwrap());
        for (to, expected) in [(9, "2026-05-05 09:00"), (6, "2026-05-05 06:00")] {
            town.change(ada, HabitsChange { quiet: quiet(to), ..HabitsChange::default() }).await.unwrap();
            assert_eq!(due(ada).await, [local(expected)]);
        }
        town.report("another", place(-87.7, 41.851)).await;
        assert_eq!(town.told().await, people([]));
        assert_eq!(due(ada).await, [local("2026-05-05 06:00")]);
        let told = town.wait_until(local("2026-05-05 00:00")).await;
        assert_eq!(told, people([("bob@example.org", &[2])]));
        assert_eq!(due(hourly).await, [], "nor after it has come");
        let told = town.wait_until(local("2026-05-05 06:00")).await;
        assert_eq!(told, people([("ada@example.org", &[2])]));
    }
}

story! {
    async fn what_a_batch_says_of_many_issues_is_no_more_than_ten_messages(town: Town) {
        town.found_wards().await;
        town.follower("ada@example.org", Rhythm::AtOnce, night()).await;
        town.clock.set(local("2026-05-04 21:30"));
        let street = |n| place(-87.7 + f64::from(n) * 1e-4, 41.85);
        let reports = (0..30).map(|n| town.pothole(&format!("storm {n}"), street(n)));
        let mut all: Vec<Notice> = reports.collect();
        // What is said of an issue that is told goes with it.
        all.push(town.then("storm 0", "2", Kind::Commented, Some("It is deep")));
        town.say(all).await;
        town.usual_process().await.match_pending().await.unwrap();
        let told = town.told().await;
        let of = |events: usize| told["ada@example.org"].iter().filter(|n| **n == events).count();
        assert_eq!((of(1), of(2)), (9, 1), "{told:?}");
        // The next full hour lies in the night.
        let told = town.wait_until(local("2026-05-05 07:00")).await;
        assert_eq!(told, people([("ada@example.org", &[20])]));
    }
}

//! Watches are asked for, confirmed, changed and ended; digests gather what they match.

use std::time::Duration;

use futures_util::future::{join, join_all};
use wardwatch::channel::push::Receiver;
use wardwatch::engine::{EngineError, NewWatch, Newcomer, WatchChange, Who};
use wardwatch::geometry::Shape;
use wardwatch::issue::Category;
use wardwatch::store::WatchState;
use wardwatch::watch::{Filter, Keywords, Rhythm, Target, Via, WatchId};
use wardwatch::watcher::{Address, PushSubscription};

use crate::town::{Town, block, people, place, story, ward};

pub fn wanted(town: &Town, target: Target, rhythm: Rhythm) -> NewWatch {
    NewWatch {
        id: WatchId(town.engine.random().uuid(town.clock.now())),
        name: "Home".into(),
        target,
        filter: Filter::for_places(),
        rhythm,
        via: Via::BOTH,
    }
}

pub fn browser(n: usize) -> PushSubscription {
    Receiver::generate().unwrap().subscription(format!("https://push.example.net/{n}"))
}

pub fn by_push(browser: &PushSubscription) -> Who {
    Who::Address { address: Address::Push(browser.clone()), language: "en".into() }
}

story! {
    async fn nobody_is_told_before_they_agree(town: Town) {
        town.found_wards().await;
        let asked = town
            .ask_to_watch("ada@example.org", ward("1"), Rhythm::AtOnce, Filter::for_places())
            .await;
        assert_eq!(asked.state, WatchState::Unconfirmed);
        assert_eq!(town.told().await, people([("ada@example.org", &[0])])); // the question
        town.report("before", place(-87.7, 41.85)).await;
        assert_eq!(town.told().await, people([]));
        let city = town.city().await;
        let wrong = town.engine.confirm_by_code(&city, asked.watch.id, "x").await;
        assert!(matches!(wrong, Err(EngineError::WrongCode)));
        let code = town.engine.confirmation_code(asked.watch.id);
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        town.engine.confirm_by_code(&city, asked.watch.id, &spaced).await.unwrap();
        town.report("after", place(-87.7, 41.85)).await;
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
    }
}

story! {
    async fn nobody_watches_where_the_city_is_not(town: Town) {
        let city = town.city().await;
        let phone = browser(1);
        let lake = || block(place(-86.9, 41.85), 300.0);
        let watch = async |city: &wardwatch::store::City, target: Target| {
            let who = by_push(&phone);
            town.engine.watch(city, who, wanted(&town, target, Rhythm::Daily)).await
        };
        watch(&city, lake()).await.expect("a city without boundaries has no outside");
        town.found_wards().await;
        let city = town.city().await;
        let refused = watch(&city, lake()).await.unwrap_err();
        assert!(refused.to_string().contains("longitudes -87.800 to -87.500"), "{refused}");
        let row = watch(&city, block(place(-87.801, 41.85), 300.0)).await.expect("partly inside");
        let away = Shape::circle(place(-86.9, 41.85), 300.0).unwrap();
        let change = WatchChange { shape: Some(away), ..WatchChange::default() };
        let moved = town.engine.change_watch(&city, row.watch.watcher, row.watch.id, change).await;
        assert!(matches!(moved, Err(EngineError::OutsideCity { .. })), "{moved:?}");
    }
}

story! {
    async fn a_code_cannot_be_guessed_and_an_address_cannot_be_flooded(town: Town) {
        town.found_wards().await;
        let ask = || {
            town.ask_to_watch("ada@example.org", ward("1"), Rhythm::AtOnce, Filter::for_places())
        };
        let asked = ask().await;
        let city = town.city().await;
        for _ in 0..5 {
            let wrong = town.engine.confirm_by_code(&city, asked.watch.id, "no").await;
            assert!(matches!(wrong, Err(EngineError::WrongCode)));
        }
        let code = town.engine.confirmation_code(asked.watch.id);
        let late = town.engine.confirm_by_code(&city, asked.watch.id, &code).await;
        assert!(matches!(late, Err(EngineError::CodeUsedUp)));
        ask().await;
        ask().await;
        let ada = Address::Mail("ada@example.org".parse().unwrap());
        let who = Who::Address { address: ada, language: "en".into() };
        let fourth =
            town.engine.watch(&city, who, wanted(&town, ward("1"), Rhythm::AtOnce)).await;
        assert!(matches!(fourth, Err(EngineError::AskedTooOften)));
    }
}

story! {
    async fn overlapping_watches_make_one_message(town: Town) {
        town.found_wards().await;
        let here = place(-87.7, 41.85);
        let first = town.watch("ada@example.org", block(here, 300.0), Rhythm::AtOnce).await;
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        town.report("p1", here).await;
        let deliveries = town.take_deliveries().await;
        assert_eq!(deliveries.len(), 1);
        assert_eq!(deliveries[0].contents.items[0].watches.len(), 2);
        let city = town.city().await;
        town.engine.unwatch(&city, first.watch.watcher, first.watch.id).await.unwrap();
        town.report("p2", here).await;
        assert_eq!(town.take_deliveries().await[0].contents.items[0].watches.len(), 1);
    }
}

story! {
    async fn filters_choose_by_category_and_words(town: Town) {
        town.found_wards().await;
        let only = |categories: &[&str], keywords| Filter {
            categories: categories.iter().map(|name| Category::from(*name)).collect(),
            keywords,
            ..Filter::for_places()
        };
        let words = |include: &[&str], exclude: &[&str], phrase: Option<&str>| Keywords {
            include: include.iter().map(|w| (*w).into()).collect(),
            exclude: exclude.iter().map(|w| (*w).into()).collect(),
            phrase: phrase.map(Into::into),
        };
        for (who, filter) in [
            ("category@x.org", only(&["  pothole "], Keywords::default())),
            ("other@x.org", only(&["Graffiti"], Keywords::default())),
            ("word@x.org", only(&[], words(&["BIKE", "tree"], &[], None))),
            ("without@x.org", only(&[], words(&[], &["bike"], None))),
            ("phrase@x.org", only(&[], words(&[], &[], Some("bike lane")))),
            ("part@x.org", only(&[], words(&["bik"], &[], None))),
            ("across@x.org", only(&[], words(&[], &[], Some("lane 1200")))),
        ] {
            town.watch_only(who, ward("1"), Rhythm::AtOnce, filter).await;
        }
        town.report("p1", place(-87.7, 41.85)).await;
        let told = people([("category@x.org", &[1]), ("phrase@x.org", &[1]), ("word@x.org", &[1])]);
        assert_eq!(town.told().await, told);
    }
}

story! {
    async fn daily_and_weekly_watches_of_one_person_make_one_digest(town: Town) {
        town.found_wards().await;
        let here = place(-87.7, 41.85);
        town.watch("ada@example.org", block(here, 300.0), Rhythm::Daily).await;
        town.watch("ada@example.org", ward("1"), Rhythm::Weekly).await;
        town.report("home", here).await;
        town.report("ward", place(-87.72, 41.82)).await;
        assert_eq!(town.told().await, people([]));
        // Tuesday, seven o'clock: what the daily watch saw.
        town.pass(Duration::from_hours(22));
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
        assert_eq!(town.told().await, people([]));
        town.report("later", here).await;
        town.pass(Duration::from_hours(24));
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
        // Monday: the weekly watch saw all four, and two of them were told. What both watches saw
        // stands once.
        town.pass(Duration::from_hours(24 * 4));
        town.report("sunday", here).await;
        town.engine.match_pending().await.unwrap();
        town.pass(Duration::from_hours(24));
        assert_eq!(town.told().await, people([("ada@example.org", &[2])]));
        town.pass(Duration::from_hours(24 * 7));
        assert_eq!(town.told().await, people([]));
    }
}

story! {
    async fn what_was_told_at_once_stands_in_no_digest(town: Town) {
        town.found_wards().await;
        let here = place(-87.7, 41.85);
        town.watch("ada@example.org", block(here, 300.0), Rhythm::AtOnce).await;
        town.watch("ada@example.org", ward("1"), Rhythm::Daily).await;
        town.watch("bob@example.org", ward("1"), Rhythm::Daily).await;
        town.report("home", here).await;
        town.report("ward", place(-87.72, 41.82)).await;
        let now = town.take_deliveries().await;
        assert_eq!(now.len(), 1);
        assert_eq!(now[0].contents.items[0].watches.len(), 2, "it names both watches");
        town.pass(Duration::from_hours(22));
        let told = people([("ada@example.org", &[1]), ("bob@example.org", &[2])]);
        assert_eq!(town.told().await, told);
    }
}

story! {
    async fn a_digest_tells_what_a_stopped_watch_did_not(town: Town) {
        town.found_wards().await;
        let here = place(-87.7, 41.85);
        let block = town.watch("ada@example.org", block(here, 300.0), Rhythm::Daily).await;
        town.watch("ada@example.org", ward("1"), Rhythm::Weekly).await;
        town.report("home", here).await;
        town.engine.match_pending().await.unwrap();
        let city = town.city().await;
        town.engine.unwatch(&city, block.watch.watcher, block.watch.id).await.unwrap();
        town.pass(Duration::from_hours(22));
        assert_eq!(town.told().await, people([]));
        town.pass(Duration::from_hours(24 * 6));
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
    }
}

story! {
    async fn who_changes_the_rhythm_misses_nothing_and_hears_nothing_twice(town: Town) {
        town.found_wards().await;
        let made = town.watch("ada@example.org", ward("1"), Rhythm::Daily).await;
        let (city, id, ada) = (town.city().await, made.watch.id, made.watch.watcher);
        let change = |rhythm| {
            let change = WatchChange { rhythm: Some(rhythm), ..Default::default() };
            town.engine.change_watch(&city, ada, id, change)
        };
        town.report("monday", place(-87.7, 41.85)).await;
        town.engine.match_pending().await.unwrap();
        change(Rhythm::Weekly).await.unwrap();
        town.report("monday, later", place(-87.7, 41.85)).await;
        town.engine.match_pending().await.unwrap();
        // Tuesday, what was daily when it matched; next Monday, what was weekly.
        town.pass(Duration::from_hours(22));
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
        town.pass(Duration::from_hours(24 * 5));
        town.report("sunday", place(-87.7, 41.85)).await;
        town.engine.match_pending().await.unwrap();
        change(Rhythm::AtOnce).await.unwrap();
        assert_eq!(town.told().await, people([]));
        town.pass(Duration::from_hours(24));
        assert_eq!(town.told().await, people([("ada@example.org", &[2])]));
        town.pass(Duration::from_hours(24 * 7));
        assert_eq!(town.told().await, people([]));
    }
}

story! {
    async fn a_digest_lists_twenty_five_issues_and_counts_the_rest(town: Town) {
        town.found_wards().await;
        town.watch("ada@example.org", ward("1"), Rhythm::Daily).await;
        let along_the_street = |n| place(-87.7 + f64::from(n) * 1e-4, 41.85);
        let many = (0..62).map(|n| town.pothole(&format!("p{n}"), along_the_street(n))).collect();
        town.say(many).await;
        town.engine.match_pending().await.unwrap();
        town.pass(Duration::from_hours(24));
        let deliveries = town.take_deliveries().await;
        assert_eq!(deliveries.len(), 1);
        assert_eq!(deliveries[0].contents.items.len(), 25);
        assert_eq!(deliveries[0].contents.more, 37);
    }
}

story! {
    async fn a_watch_can_rest_change_and_end(town: Town) {
        town.found_wards().await;
        let here = place(-87.7, 41.85);
        let made = town.watch("ada@example.org", block(here, 300.0), Rhythm::AtOnce).await;
        let (city, id, ada) = (town.city().await, made.watch.id, made.watch.watcher);
        let change = |change| town.engine.change_watch(&city, ada, id, change);
        change(WatchChange { paused: Some(true), ..Default::default() }).await.unwrap();
        town.report("paused", here).await;
        assert_eq!(town.told().await, people([]));
        change(WatchChange { paused: Some(false), ..Default::default() }).await.unwrap();
        let there = place(-87.6, 41.85);
        let shape = Shape::circle(there, 300.0).unwrap();
        change(WatchChange { shape: Some(shape), ..Default::default() }).await.unwrap();
        town.report("here", here).await;
        town.report("there", there).await;
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
        let stranger = wardwatch::watcher::WatcherId(town.engine.random().uuid(town.clock.now()));
        let theirs = town.engine.unwatch(&city, stranger, id).await;
        assert!(matches!(theirs, Err(EngineError::UnknownWatch)));
        let asked = made.asked.unwrap().contact;
        assert_eq!(town.engine.unsubscribe(&city, asked, None).await.unwrap(), 1);
        assert_eq!(town.engine.unsubscribe(&city, asked, None).await.unwrap(), 0);
        town.report("ended", there).await;
        assert_eq!(town.told().await, people([]));
    }
}

story! {
    async fn a_browser_that_signs_up_eight_times_at_once_is_one_person(town: Town) {
        town.found_wards().await;
        let (city, here) = (town.city().await, place(-87.7, 41.85));
        for n in 0..5 {
            let browser = browser(n);
            let sign_up = |_| {
                let new = wanted(&town, block(here, 300.0), Rhythm::AtOnce);
                town.engine.watch(&city, by_push(&browser), new)
            };
            let rows = join_all((0..8).map(sign_up)).await;
            let owners: Vec<_> = rows.into_iter().map(|row| row.unwrap().watch.watcher).collect();
            assert!(owners.iter().all(|owner| *owner == owners[0]), "{owners:?}");
        }
        town.report("p1", here).await;
        let told = town.take_deliveries().await;
        assert_eq!(told.len(), 5);
        assert!(told.iter().all(|told| told.contents.items[0].watches.len() == 8));
    }
}

story! {
    async fn an_end_is_an_end_whatever_is_changed_meanwhile(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        for n in 0..10 {
            let mail = format!("ada{n}@example.org");
            let row = town.watch(&mail, ward("1"), Rhythm::AtOnce).await;
            let contact = row.asked.unwrap().contact;
            let (ada, id) = (row.watch.watcher, row.watch.id);
            let rename = WatchChange { name: Some("Mine".into()), ..Default::default() };
            let changed = town.engine.change_watch(&city, ada, id, rename);
            let (_, ended) = join(changed, town.engine.unsubscribe(&city, contact, None)).await;
            assert_eq!(ended.unwrap(), 1);
        }
        town.report("p1", place(-87.7, 41.85)).await;
        assert_eq!(town.told().await, people([]));
    }
}

story! {
    async fn a_digest_comes_though_it_was_asked_for_while_the_last_one_ended(town: Town) {
        town.found_wards().await;
        let (city, here) = (town.city().await, place(-87.7, 41.85));
        let browsers: Vec<_> = (0..10).map(browser).collect();
        for browser in &browsers {
            let new = wanted(&town, block(here, 300.0), Rhythm::Daily);
            let row = town.engine.watch(&city, by_push(browser), new).await.unwrap();
            town.engine.unwatch(&city, row.watch.watcher, row.watch.id).await.unwrap();
        }
        town.pass(Duration::from_hours(24));
        let sign_up = |browser| {
            let new = wanted(&town, block(here, 300.0), Rhythm::Daily);
            town.engine.watch(&city, by_push(browser), new)
        };
        let (signed_up, planned) =
            join(join_all(browsers.iter().map(sign_up)), town.engine.plan_digests()).await;
        assert!(signed_up.iter().all(Result::is_ok));
        planned.unwrap();
        town.report("p1", here).await;
        town.engine.match_pending().await.unwrap();
        town.pass(Duration::from_hours(24));
        assert_eq!(town.told().await.len(), 10);
    }
}

story! {
    async fn a_browser_brings_its_watches_along_and_nothing_is_missed(town: Town) {
        town.found_wards().await;
        let (city, here) = (town.city().await, place(-87.7, 41.85));
        let browser = browser(1);
        let new = wanted(&town, block(here, 300.0), Rhythm::Daily);
        let alone = town.engine.watch(&city, by_push(&browser), new).await.unwrap();
        town.report("before", here).await;
        town.engine.match_pending().await.unwrap();
        let ada = town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await.watch.watcher;
        let address = Address::Push(browser.clone());
        town.engine.add_browser(&city, ada, address.clone()).await.unwrap();
        town.engine.add_browser(&city, ada, address).await.unwrap();
        let row = town.engine.store().read().await.unwrap().watch(city.id, alone.watch.id).await;
        assert_eq!(row.unwrap().unwrap().watch.watcher, ada);
        town.report("after", here).await;
        let now = people([("ada@example.org", &[1]), ("https://push.example.net/1", &[1])]);
        assert_eq!(town.told().await, now);
        town.pass(Duration::from_hours(22));
        // By mail, too: the watch was to be told by both, and now there is a mailbox.
        let digests = people([("ada@example.org", &[1]), ("https://push.example.net/1", &[1])]);
        assert_eq!(town.told().await, digests);
    }
}

story! {
    async fn somebody_elses_browser_stays_theirs(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let watcher = |row: wardwatch::store::WatchRow| row.watch.watcher;
        let ada = watcher(town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await);
        let bob = watcher(town.watch("bob@example.org", ward("1"), Rhythm::AtOnce).await);
        let address = Address::Push(browser(1));
        town.engine.add_browser(&city, ada, address.clone()).await.unwrap();
        let taken = town.engine.add_browser(&city, bob, address).await;
        assert!(matches!(taken, Err(EngineError::OthersBrowser)));
        let guessed = town.engine.add_browser(&city, bob, Address::Push(browser(1))).await;
        assert!(matches!(guessed, Err(EngineError::OtherKeys)));
    }
}

story! {
    async fn who_settles_in_twice_is_still_one_person(town: Town) {
        town.found_wards().await;
        let (city, here) = (town.city().await, place(-87.7, 41.85));
        for _ in 0..2 {
            let ada = Newcomer {
                language: "en".into(),
                addresses: vec![
                    Address::Mail("ada@example.org".parse().unwrap()),
                    Address::Push(browser(1)),
                ],
                watches: vec![wanted(&town, block(here, 300.0), Rhythm::AtOnce)],
            };
            town.engine.settle_in(&city, vec![ada]).await.unwrap();
        }
        town.report("p1", here).await;
        let told = town.take_deliveries().await;
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|told| told.contents.items[0].watches.len() == 2));
    }
}

story! {
    async fn what_nobody_confirms_is_forgotten_with_its_address(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let ada = town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        let ask = || {
            town.ask_to_watch("typo@example.org", ward("1"), Rhythm::AtOnce, Filter::for_places())
        };
        let asked = ask().await;
        town.take_deliveries().await; // the question
        town.pass(Duration::from_hours(24 * 13));
        assert_eq!(town.engine.forget_unanswered().await.unwrap(), 0);
        town.pass(Duration::from_hours(24 * 2));
        assert_eq!(town.engine.forget_unanswered().await.unwrap(), 1);
        let mut tx = town.engine.store().read().await.unwrap();
        let typo = Address::Mail("typo@example.org".parse().unwrap());
        assert_eq!(tx.contact_at(city.id, &typo).await.unwrap(), None);
        let row = tx.watch(city.id, asked.watch.id).await.unwrap().unwrap();
        assert_eq!(row.state, WatchState::Deleted);
        let row = tx.watch(city.id, ada.watch.id).await.unwrap().unwrap();
        assert_eq!(row.state, WatchState::Active);
        drop(tx);
        assert_eq!(ask().await.state, WatchState::Unconfirmed);
        assert_eq!(town.told().await, people([("typo@example.org", &[0])]));
    }
}

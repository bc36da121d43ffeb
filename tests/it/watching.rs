//! Watches are asked for, confirmed, changed and ended; digests gather what they match.

use std::time::Duration;

use wardwatch::engine::{EngineError, WatchChange};
use wardwatch::issue::Category;
use wardwatch::store::WatchState;
use wardwatch::watch::{Filter, Keywords, Rhythm};

use crate::town::{Town, block, people, place, story, ward};

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
        let fourth = town
            .engine
            .watch(
                &city,
                wardwatch::engine::Who::Address {
                    address: wardwatch::watcher::Address::Mail("ada@example.org".parse().unwrap()),
                    language: "en".into(),
                },
                wardwatch::engine::NewWatch {
                    id: wardwatch::watch::WatchId(town.engine.random().uuid(town.clock.now())),
                    name: "Fourth".into(),
                    target: ward("1"),
                    filter: Filter::for_places(),
                    rhythm: Rhythm::AtOnce,
                    via: wardwatch::watch::Via::MAIL,
                },
            )
            .await;
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
        let many = (0..62).map(|n| town.pothole(&format!("p{n}"), place(-87.7, 41.85))).collect();
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
        let shape = wardwatch::geometry::Shape::circle(there, 300.0).unwrap();
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

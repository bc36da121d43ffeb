//! How much a watch would be told, shown before anybody makes it.

use std::time::Duration;

use serde_json::{Value, json};
use wardwatch::engine::{Arrival, Expected, LOOKED_BACK};
use wardwatch::issue::{Category, Kind, Notice};
use wardwatch::watch::{Filter, Keywords, Target};

use crate::open_town::{OpenTown, open_story, pothole};
use crate::town::{LINE, Town, block, place, story, ward};

const A_DAY: Duration = Duration::from_hours(24);

/// A report of so many days ago.
fn days_ago(town: &Town, days: u32, source_id: &str, notice: Notice) -> Notice {
    let at = town.clock.now().minus(A_DAY * days);
    Notice { at, source_id: source_id.to_owned(), ..notice }
}

async fn fill_in(town: &Town, notices: Vec<Notice>) {
    let history = Arrival { backfill: true };
    town.engine.accept(&town.city().await, notices, history).await.unwrap();
    town.engine.match_pending().await.unwrap();
}

async fn expected(town: &Town, target: &Target, filter: &Filter) -> Expected {
    town.engine.expected(&town.city().await, target, filter).await.unwrap()
}

async fn events(town: &Town, target: &Target) -> usize {
    expected(town, target, &Filter::for_places()).await.events
}

story! {
    async fn history_that_was_filled_in_says_what_to_expect(town: Town) {
        town.found_wards().await;
        let here = place(-87.70, 41.85);
        let report = |days: u32, id: &str| {
            let there = place(here.lon + f64::from(days) * 1e-5, here.lat);
            days_ago(&town, days, id, town.pothole(id, there))
        };
        let mut reports: Vec<Notice> =
            (0..28).flat_map(|day| [report(day, &format!("a{day}")), report(day, &format!("b{day}"))]).collect();
        reports.extend((28..60).map(|day| report(day, &format!("old{day}"))));
        fill_in(&town, reports).await;
        let home = block(here, 300.0);
        let much = expected(&town, &home, &Filter::for_places()).await;
        // 28 days ago to the minute is counted, the day before is not.
        assert_eq!((much.events, much.issues, much.days), (57, 57, 29));
        assert_eq!(much.since, town.clock.now().minus(LOOKED_BACK));
        assert_eq!(much.a_week(), Some(14.25));
        assert_eq!(events(&town, &block(place(-87.60, 41.85), 300.0)).await, 0);
        assert_eq!((events(&town, &ward("1")).await, events(&town, &ward("2")).await), (57, 0));
        // What comes after is counted at once, and what is four weeks old drops out.
        town.report("new", here).await;
        assert_eq!(events(&town, &home).await, 58);
        town.pass(A_DAY * 2);
        assert_eq!(events(&town, &home).await, 55);
        // Another process counts the same from the start.
        let other = town.another_process().await;
        let city = town.city().await;
        assert_eq!(other.expected(&city, &home, &Filter::for_places()).await.unwrap().events, 55);
    }
}

story! {
    async fn the_filter_is_the_one_that_the_watch_will_have(town: Town) {
        town.found_wards().await;
        let here = place(-87.70, 41.85);
        let mut tree = town.pothole("tree", here);
        tree.facts.category = Some(Category::from("Fallen tree"));
        tree.facts.description = Some("An elm across the bike lane".into());
        town.say(vec![town.pothole("hole", here), tree]).await;
        town.say(vec![
            town.then("hole", "2", Kind::Commented, Some("My elm is next")),
            town.then("hole", "3", Kind::Closed, None),
        ])
        .await;
        let with = |kinds: &[Kind], categories: &[&str], include: &[&str]| Filter {
            categories: categories.iter().map(|name| Category::from(*name)).collect(),
            kinds: kinds.iter().copied().collect(),
            keywords: Keywords {
                include: include.iter().map(|word| (*word).to_owned()).collect(),
                ..Keywords::default()
            },
            official: false,
        };
        let all = [Kind::Opened, Kind::Commented, Kind::Closed];
        for (filter, events, issues) in [
            (with(&[Kind::Opened], &[], &[]), 2, 2),
            (with(&all, &[], &[]), 4, 2),
            (with(&all, &["fallen TREE"], &[]), 1, 1),
            (with(&all, &[], &["elm"]), 2, 2),
            (with(&[Kind::Commented], &[], &["elm"]), 1, 1),
            (with(&all, &["Pothole"], &["oak"]), 0, 0),
            (with(&[Kind::Moved], &[], &[]), 0, 0),
        ] {
            let much = expected(&town, &ward("1"), &filter).await;
            assert_eq!((much.events, much.issues), (events, issues), "{filter:?}");
        }
        let number = "26-000001";
        let issue = town.engine.store().read().await.unwrap()
            .issue_numbered(town.city().await.id, number).await.unwrap().unwrap();
        let follow = expected(&town, &Target::Issue(issue.id), &Filter::for_issue()).await;
        assert_eq!((follow.events, follow.issues), (3, 1));
    }
}

story! {
    async fn what_nobody_is_told_is_not_expected(town: Town) {
        town.found_wards().await;
        let here = place(-87.70, 41.85);
        let on_the_line = place(LINE + 0.5 / 82_900.0, 41.85);
        town.say(vec![
            town.pothole("good", here),
            town.pothole("swapped", place(41.85, -87.70)),
            town.pothole("paris", place(2.35, 48.85)),
            town.pothole("line", on_the_line),
        ])
        .await;
        assert_eq!((events(&town, &ward("1")).await, events(&town, &ward("2")).await), (2, 1));
        // Taken off the site: it was never there.
        town.say(vec![town.then("good", "2", Kind::Hidden, None)]).await;
        assert_eq!(events(&town, &ward("1")).await, 1);
        let all = Filter { kinds: Kind::ALL.into(), ..Filter::for_places() };
        assert_eq!(expected(&town, &ward("1"), &all).await.events, 1);
    }
}

story! {
    async fn a_point_is_counted_once_its_operator_says_that_it_is_real(town: Town) {
        town.found_wards().await;
        let here = place(-87.70, 41.85);
        let reports: Vec<Notice> =
            (0..60).map(|nth| town.pothole(&format!("p{nth}"), here)).collect();
        for report in reports {
            town.say(vec![report]).await;
        }
        let before = events(&town, &ward("1")).await;
        assert!(before < 30, "{before} of 60 are believed: the point is held");
        let city = town.city().await;
        town.engine.release_point(&city, "test", here).await.unwrap().expect("it was held");
        town.engine.match_pending().await.unwrap();
        assert_eq!(events(&town, &ward("1")).await, 60);
    }
}

story! {
    async fn a_city_that_begins_today_promises_nothing(town: Town) {
        town.found_wards().await;
        let none = expected(&town, &ward("1"), &Filter::for_places()).await;
        assert_eq!((none.events, none.a_week()), (0, None));
        town.report("first", place(-87.70, 41.85)).await;
        town.pass(A_DAY * 3);
        let young = expected(&town, &ward("1"), &Filter::for_places()).await;
        assert_eq!((young.events, young.a_week()), (1, None));
        town.pass(A_DAY * 4);
        let week = expected(&town, &ward("1"), &Filter::for_places()).await;
        assert_eq!((week.events, week.a_week()), (1, Some(1.0)));
    }
}

async fn preview(town: &OpenTown, language: &str, body: &Value) -> Value {
    let headers = [("accept-language", language)];
    town.post_with("/api/v1/watches/preview", &headers, body).await.expect(200).json()
}

open_story! {
    async fn somebody_looks_what_a_ward_would_bring_before_they_ask_for_it(town: OpenTown) {
        let here = json!({ "target": { "ward": { "layer": "wards", "ward": "1" } } });
        assert_eq!(preview(town, "en", &here).await["summary"], "It is too early to say: there is less than a week of news to go by");
        let now = town.town.clock.now();
        let history = |nth: u32| {
            let at = now.minus(A_DAY * nth);
            let there = place(-87.70, 41.85 + f64::from(nth) * 1e-6);
            let mut report = town.town.pothole(&format!("h{nth}"), there);
            report.at = at;
            report
        };
        fill_in(&town.town, (1..28).map(history).collect()).await;
        let told = preview(town, "en", &here).await;
        assert_eq!((&told["events"], &told["issues"]), (&json!(27), &json!(27)));
        // Where the clocks change between two of them, two may fall on one day.
        assert!((26..=27).contains(&told["days_with_news"].as_u64().unwrap()), "{told}");
        assert_eq!(told["summary"], "About 7 a week");
        assert_eq!(preview(town, "es", &here).await["summary"], "Alrededor de 7 por semana");
        assert_eq!(preview(town, "pl", &here).await["summary"], "Około 7 na tydzień");
        assert_eq!(preview(town, "zh", &here).await["summary"], "大约每周 7 条");
        let mut quiet = here.clone();
        quiet["filter"] = json!({ "categories": ["Fallen tree"] });
        assert_eq!(preview(town, "en", &quiet).await["summary"], "Nothing in the last four weeks");
        // Where I live, by its ward; and an area of my own.
        let mine = json!({ "target": { "my_ward_at": { "lon": -87.70, "lat": 41.85 } } });
        assert_eq!(preview(town, "en", &mine).await["events"], 27);
        let area = json!({ "target": { "area": { "type": "Feature", "properties": { "radius_m": 50 },
            "geometry": { "type": "Point", "coordinates": [-87.70, 41.85] } } } });
        assert_eq!(preview(town, "en", &area).await["a_week"], 7.0);
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        assert_eq!(preview(town, "en", &mine).await["events"], 28);
        for (body, pointer) in [
            (json!({}), "/target"),
            (json!({ "target": {} }), "/target"),
            (json!({ "target": { "ward": { "layer": "wards", "ward": "99" } } }), "/target"),
            (json!({ "target": { "issue": "26-999999" } }), "/target/issue"),
            (json!({ "target": here["target"], "filter": { "kinds": [] } }), "/filter/kinds"),
            (json!({ "target": here["target"], "rhythm": "daily" }), "/rhythm"),
        ] {
            let refused = town.post("/api/v1/watches/preview", &body).await.expect(422).json();
            let at = refused["errors"][0]["pointer"].as_str().unwrap_or_default();
            assert!(at.starts_with(pointer), "{body}: {refused}");
        }
    }
}

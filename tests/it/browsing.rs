//! Looking around: the list of issues with its filters, the map that says the same, and the page that
//! others frame.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::geometry::Position;
use wardwatch::issue::{Category, Facts, Kind, Notice};
use wardwatch::store::StaffRole;

use crate::open_town::{OpenTown, open_story};

/// Something reported at a place of the town, some minutes ago: the larger `nth`, the later.
fn reported(town: &OpenTown, nth: u32, category: &str, at: Position) -> Notice {
    let plain = town.town.pothole(&format!("r{nth}"), at);
    Notice {
        at: plain.at.minus(Duration::from_secs(60 * u64::from(10_000 - nth))),
        facts: Facts {
            category: Some(Category::from(category)),
            description: Some(format!("What was seen, the {nth}.")),
            address: Some(format!("{nth} W Alder St")),
            ..plain.facts
        },
        ..plain
    }
}

/// Places in both wards, no two the same.
fn place(nth: u32) -> Position {
    let step = |n: u32, of: u32| f64::from(n % of) / f64::from(of);
    Position { lon: -87.74 + 0.18 * step(nth, 37), lat: 41.805 + 0.09 * step(nth, 41) }
}

async fn report_many(town: &OpenTown, range: std::ops::Range<u32>) {
    let kinds = ["Pothole", "Street Light Out", "Graffiti"];
    let nth = |n: u32| reported(town, n, kinds[n as usize % 3], place(n));
    for part in range.collect::<Vec<_>>().chunks(500) {
        town.town.say(part.iter().map(|n| nth(*n)).collect()).await;
        town.settle().await;
    }
}

/// The numbers of the issues that a page lists, in their order.
fn listed(html: &str) -> Vec<String> {
    let items = html.split("data-issue=\"").skip(1);
    items.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The link to what follows.
fn next(html: &str) -> Option<String> {
    let link = html.split("rel=\"next\" href=\"").nth(1)?.split('"').next()?;
    Some(link.replace("&#38;", "&").replace("&amp;", "&"))
}

async fn all_pages(town: &OpenTown, first: &str) -> Vec<String> {
    let (mut all, mut link) = (vec![], Some(first.to_owned()));
    while let Some(path) = link {
        let page = town.get(&path).await.expect(200);
        all.extend(listed(&page.text));
        assert!(all.len() < 10_000, "the list has no end");
        link = next(&page.text);
    }
    all
}

fn counted(map: &Value) -> i64 {
    let of = |feature: &Value| feature["properties"]["count"].as_i64().unwrap_or(1);
    map["features"].as_array().unwrap().iter().map(of).sum()
}

open_story! {
    async fn what_was_reported_is_found_by_what_it_is_where_and_how_it_stands(town: OpenTown) {
        report_many(town, 0..12).await;
        let staff = town.key(StaffRole::Staff, "desk").await;
        let all = town.get("/issues").await.expect(200);
        assert!(all.text.contains("<h1>Issues</h1>") && all.text.contains("12 issues"), "{}", all.text);
        let numbers = listed(&all.text);
        assert_eq!(numbers.len(), 12);
        let newest = town.get(&format!("/api/v1/issues/{}", numbers[0])).await.expect(200).json();
        assert_eq!(newest["address"], "11 W Alder St", "the last to be opened stands first");

        let one = town.get("/issues?category=Pothole").await.expect(200);
        assert!(one.text.contains("4 issues") && one.text.contains(r#"class="chips""#), "{}", one.text);
        let two = town.get("/issues?category=pothole&category=Graffiti").await.expect(200);
        assert_eq!(listed(&two.text).len(), 8);
        let west = listed(&town.get("/issues?ward=1").await.expect(200).text);
        let east = listed(&town.get("/issues?ward=2").await.expect(200).text);
        let both: BTreeSet<&String> = west.iter().chain(&east).collect();
        assert!(!west.is_empty() && both.len() == 12, "{west:?} {east:?}");
        let said = town.get("/issues?q=THE+7.").await.expect(200);
        assert_eq!(listed(&said.text).len(), 1, "{}", said.text);
        let numbered = town.get(&format!("/issues?q={}", numbers[5])).await.expect(200);
        assert_eq!(listed(&numbered.text), [numbers[5].clone()], "words that are a number find it");
        assert!(numbered.text.contains("One issue"), "{}", numbered.text);
        let corner = town.get("/issues?bbox=-87.75,41.80,-87.735,41.81").await.expect(200);
        assert!(listed(&corner.text).len() < 12 && !listed(&corner.text).is_empty());

        let close = format!("/api/v1/issues/{}/events", numbers[3]);
        town.post_as(&staff, &close, &json!({ "kind": "closed" })).await.expect(201);
        let closed = town.get("/issues?status=closed").await.expect(200);
        assert_eq!(listed(&closed.text), [numbers[3].clone()]);
        assert_eq!(listed(&town.get("/issues?status=open").await.expect(200).text).len(), 11);
        let received = town.get("/issues?status=received&ward=1").await.expect(200);
        assert!(listed(&received.text).iter().all(|number| west.contains(number)));
        let waited = listed(&town.get("/issues?sort=longest").await.expect(200).text);
        let mut open = numbers.clone();
        open.retain(|number| *number != numbers[3]);
        open.reverse();
        assert_eq!(waited, open, "what is closed waits no longer");
        assert!(listed(&town.get("/issues?within=7").await.expect(200).text).len() == 12);

        // A chip leads to the same list without it, and a form can send what is empty.
        let filtered = town.get("/issues?ward=1&category=Pothole&status=&q=&within=").await.expect(200);
        assert!(filtered.text.contains(r#"<a href="/issues?category=Pothole"><span>Ward 1</span>"#));
        assert!(filtered.text.contains(r#"href="/watch/new?ward=1&#38;category=Pothole""#)
            || filtered.text.contains(r#"href="/watch/new?ward=1&amp;category=Pothole""#), "{}", filtered.text);
        let none = town.get("/issues?category=Flood").await.expect(200);
        assert!(none.text.contains("Nothing fits all of this"), "{}", none.text);
    }
}

open_story! {
    async fn a_list_goes_on_without_gaps_or_repeats_while_more_comes_in(town: OpenTown) {
        report_many(town, 0..70).await;
        let first = town.get("/issues").await.expect(200);
        let mut seen = listed(&first.text);
        assert_eq!(seen.len(), 30);
        // Meanwhile some more are reported, and one that is further down is closed and voted for.
        report_many(town, 100..108).await;
        town.town.say(vec![town.town.then("r5", "2", Kind::Voted, None)]).await;
        town.town.say(vec![town.town.then("r6", "2", Kind::Closed, Some("Filled"))]).await;
        let rest = all_pages(town, &next(&first.text).expect("there are more")).await;
        seen.extend(rest);
        let distinct: BTreeSet<&String> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len()), (70, 70));

        let newest = all_pages(town, "/issues").await;
        assert_eq!(newest[8..], seen[..], "what came in stands before all that");
        for list in ["/issues?sort=votes", "/issues?ward=1", "/issues?category=Graffiti",
            "/issues?category=Graffiti&category=Pothole&status=open", "/issues?sort=longest&ward=2"]
        {
            let all = all_pages(town, list).await;
            let distinct: BTreeSet<&String> = all.iter().collect();
            assert_eq!(all.len(), distinct.len(), "{list}");
        }
        let voted = all_pages(town, "/issues?sort=votes").await;
        assert_eq!(voted.len(), 78);
        let most = town.get(&format!("/api/v1/issues/{}", voted[0])).await.expect(200).json();
        assert_eq!((most["votes"].as_i64(), most["address"].as_str()), (Some(1), Some("5 W Alder St")));
    }
}

open_story! {
    async fn what_is_rare_is_found_however_far_back_it_lies(town: OpenTown) {
        town.town.say(vec![reported(town, 0, "Sinkhole", place(3))]).await;
        report_many(town, 1..5_010).await;
        let all = town.get("/issues").await.expect(200);
        assert!(all.text.contains("More than 1000 issues") || all.text.contains("More than 1,000 issues"),
            "{}", all.text);
        let rare = town.get("/issues?category=Sinkhole").await.expect(200);
        assert_eq!(listed(&rare.text).len(), 1);
        // Words are looked for among so many at a time; the page says so and goes on.
        let looked = town.get("/issues?q=the+0.").await.expect(200);
        assert!(looked.text.contains("Look further"), "{}", looked.text);
        assert!(looked.text.contains("among the latest"), "{}", looked.text);
        let found = all_pages(town, "/issues?q=seen,+the+0.").await;
        assert_eq!(found, listed(&rare.text));
    }
}

open_story! {
    async fn the_map_counts_what_the_list_has_at_every_zoom(town: OpenTown) {
        report_many(town, 0..400).await;
        let staff = town.key(StaffRole::Staff, "desk").await;
        let map = async |query: &str| {
            let path = format!("/api/v1/issues.geojson?bbox=-87.8,41.7,-87.5,42.0&{query}");
            let answer = town.get(&path).await.expect(200);
            assert_eq!(answer.header("content-type"), "application/geo+json");
            answer.json()
        };
        for zoom in [3, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20] {
            assert_eq!(counted(&map(&format!("zoom={zoom}")).await), 400, "zoom {zoom}");
        }
        let far = map("zoom=10").await;
        assert!(far["features"].as_array().unwrap().len() < 40, "few numbers stand for all");
        let near = map("zoom=18").await;
        assert!(near["features"].as_array().unwrap().iter().all(|f| f["properties"]["number"].is_string()));

        let listed_open = town.get("/issues?status=open&category=Pothole").await.expect(200);
        assert!(listed_open.text.contains("134 issues"), "{}", listed_open.text);
        assert_eq!(counted(&map("zoom=11&category=Pothole&status=open").await), 134);
        assert_eq!(counted(&map("zoom=11&category=Pothole&category=Graffiti").await), 267);
        let wards = [counted(&map("zoom=12&ward=1").await), counted(&map("zoom=12&ward=2").await)];
        assert!(wards.iter().sum::<i64>() >= 400 && wards.iter().all(|n| *n > 100), "{wards:?}");

        // What is closed, moved or taken off the site is counted where it is now, or no more.
        let numbers = listed(&town.get("/issues").await.expect(200).text);
        let tell = async |number: &str, body: Value| {
            let path = format!("/api/v1/issues/{number}/events");
            town.post_as(&staff, &path, &body).await.expect(201);
        };
        tell(&numbers[0], json!({ "kind": "closed" })).await;
        tell(&numbers[1], json!({ "kind": "hidden" })).await;
        tell(&numbers[2], json!({ "kind": "closed" })).await;
        tell(&numbers[2], json!({ "kind": "reopened" })).await;
        for zoom in [10, 16, 18] {
            assert_eq!(counted(&map(&format!("zoom={zoom}")).await), 399, "zoom {zoom}");
            assert_eq!(counted(&map(&format!("zoom={zoom}&status=open")).await), 398, "zoom {zoom}");
            assert_eq!(counted(&map(&format!("zoom={zoom}&status=closed")).await), 1, "zoom {zoom}");
        }
        for wrong in ["zoom=x", "zoom=-1", "zoom=99", "zoom=10&status=lost", "zoom=10&within=x"] {
            let path = format!("/api/v1/issues.geojson?{wrong}");
            let refused = town.get(&path).await.expect(422);
            assert_eq!(refused.header("content-type"), "application/problem+json", "{wrong}");
        }
        // Without a zoom the door answers as it did.
        let plain = town.get("/api/v1/issues.geojson?limit=5").await.expect(200).json();
        assert_eq!(plain["features"].as_array().unwrap().len(), 5);
    }
}

open_story! {
    async fn what_is_wrong_in_a_link_is_said_and_the_rest_is_shown(town: OpenTown) {
        report_many(town, 0..3).await;
        let wrong = "/issues?status=lost&bbox=1,2&within=soon&sort=best&cursor=x&category=Pothole";
        let refused = town.get(wrong).await.expect(422);
        for says in [
            "There is no such status.", "That part of the map cannot be read.",
            "Choose a number of days", "There is no such order.", "That link is cut off.",
        ] {
            assert!(refused.text.contains(says), "{says}: {}", refused.text);
        }
        assert!(refused.text.contains("<title>Error: Issues"), "{}", refused.text);
        assert_eq!(listed(&refused.text).len(), 1, "what can be read is shown");
        let odd = town.get("/issues?q=%3Cscript%3Ealert(1)%3C/script%3E&ward=%22%3E%3Cb%3E").await;
        assert!(!odd.text.contains("<script>alert") && !odd.text.contains("\"><b>"), "{}", odd.text);
        let long = format!("/issues?q={}", "x".repeat(201));
        assert!(town.get(&long).await.expect(422).text.contains("at most 200 characters"));
    }
}

open_story! {
    async fn anybody_may_frame_the_embedded_page_and_no_other(town: OpenTown) {
        report_many(town, 0..12).await;
        let framed = town.get("/embed?ward=1&category=Pothole&q=ignored&sort=votes").await.expect(200);
        let policy = framed.header("content-security-policy").to_owned();
        assert!(policy.ends_with("frame-ancestors *"), "{policy}");
        assert!(framed.header("x-frame-options").is_empty());
        let usual = town.get("/issues").await.expect(200);
        let strict = usual.header("content-security-policy").to_owned();
        assert_eq!(policy.replace("frame-ancestors *", "frame-ancestors 'none'"), strict);
        assert!(framed.text.contains("Ward 1 · Pothole"), "{}", framed.text);
        let links = framed.text.matches("<a href=").count();
        assert_eq!(framed.text.matches("target=\"_blank\" rel=\"noopener\"").count(), links);
        assert!(!framed.text.contains("<form") && !framed.text.contains("data-sw"));
        town.get("/embed?status=lost").await.expect(422);

        let number = listed(&usual.text).remove(0);
        let token = town.sign_up("ada@example.org").await;
        let pages = [
            "/".to_owned(), "/issues".to_owned(), format!("/issues/{number}"), "/wards".to_owned(),
            "/wards/1".to_owned(), "/watch/new".to_owned(), "/signin".to_owned(), "/offline".to_owned(),
            format!("/watch/{token}"), "/nowhere".to_owned(), "/embed/x".to_owned(),
            "/feeds/issues.atom".to_owned(), "/api/v1/issues".to_owned(),
        ];
        for page in pages {
            let answer = town.get(&page).await;
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("frame-ancestors 'none'"), "{page}: {policy}");
        }
        // What somebody copies leads there.
        let copied = town.get("/issues?ward=1").await.expect(200).text;
        assert!(copied.contains("/embed?ward=1"), "{copied}");
        assert!(copied.contains("&#60;iframe") || copied.contains("&lt;iframe"), "{copied}");
    }
}

open_story! {
    async fn the_list_speaks_the_language_of_the_browser(town: OpenTown) {
        report_many(town, 0..2).await;
        for (tag, says) in [
            ("es", "2 casos"), ("pl", "2 zgłoszenia"), ("zh", "2 个问题"), ("fr", "2 issues"),
        ] {
            let page = town.ask(Method::GET, "/issues", &[("accept-language", tag)], "").await;
            assert!(page.expect(200).text.contains(says), "{tag}");
        }
    }
}

//! Feeds: Atom, GeoJSON and iCalendar of what is public, and of one watch by its link.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::store::StaffRole;

use crate::open_town::{Answer, OpenTown, open_story, pothole};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// An element of a document that a parser has read whole.
#[derive(Debug, Default)]
struct Element {
    /// From the root: `feed/entry/id`.
    path: String,
    attributes: Vec<(String, String)>,
    text: String,
}

/// Reads XML to its end; fails where it is not well formed.
fn parse(xml: &str) -> Vec<Element> {
    let allowed = |c: char| !c.is_control() || "\t\n".contains(c);
    assert!(xml.chars().all(|c| allowed(c) && !['\u{fffe}', '\u{ffff}'].contains(&c)), "{xml}");
    let mut reader = Reader::from_str(xml);
    let (mut open, mut done): (Vec<Element>, Vec<Element>) = (vec![], vec![]);
    loop {
        match reader.read_event().unwrap_or_else(|e| panic!("{e}: {xml}")) {
            Event::Start(tag) => open.push(element(&open, &tag)),
            Event::Empty(tag) => done.push(element(&open, &tag)),
            Event::End(_) => done.push(open.pop().expect("it was opened")),
            Event::Text(text) => {
                let said = std::str::from_utf8(&text).unwrap();
                assert!(!said.contains('<'), "{said}");
                if let Some(last) = open.last_mut() {
                    last.text.push_str(said);
                }
            }
            Event::GeneralRef(name) => {
                let named = std::str::from_utf8(&name).unwrap().to_owned();
                let character = match name.resolve_char_ref().unwrap() {
                    Some(character) => character.to_string(),
                    None => resolve_predefined_entity(&named).expect("an entity of XML").to_owned(),
                };
                open.last_mut().expect("within the root").text.push_str(&character);
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(open.is_empty());
    done
}

fn element(open: &[Element], tag: &quick_xml::events::BytesStart<'_>) -> Element {
    let name = std::str::from_utf8(tag.name().as_ref()).unwrap().to_owned();
    let path = open.last().map_or(name.clone(), |parent| format!("{}/{name}", parent.path));
    let attribute = |one: quick_xml::events::attributes::Attribute<'_>| {
        let key = std::str::from_utf8(one.key.as_ref()).unwrap().to_owned();
        let value = std::str::from_utf8(&one.value).unwrap();
        (key, quick_xml::escape::unescape(value).unwrap().into_owned())
    };
    let attributes = tag.attributes().map(|one| attribute(one.unwrap())).collect();
    Element { path, attributes, text: String::new() }
}

fn texts(all: &[Element], path: &str) -> Vec<String> {
    all.iter().filter(|one| one.path == path).map(|one| one.text.clone()).collect()
}

fn link(all: &[Element], path: &str, rel: &str) -> String {
    let of = |one: &Element, name: &str| {
        let found = one.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let found = all.iter().find(|one| one.path == path && of(one, "rel") == rel);
    of(found.expect("such a link"), "href")
}

async fn report(town: &OpenTown, lon: f64, description: &str) -> String {
    let mut report = pothole();
    report["lon"] = lon.into();
    report["description"] = description.into();
    let made = town.post("/api/v1/issues", &report).await.expect(201).json();
    town.settle().await;
    made["number"].as_str().unwrap().to_owned()
}

async fn tell(town: &OpenTown, number: &str, body: Value) {
    let staff = town.key(StaffRole::Staff, "desk").await;
    town.post_as(&staff, &format!("/api/v1/issues/{number}/events"), &body).await.expect(201);
    town.settle().await;
}

async fn atom(town: &OpenTown, path: &str) -> (Answer, Vec<Element>) {
    let answer = town.get(path).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/atom+xml; charset=utf-8");
    let all = parse(&answer.text);
    (answer, all)
}

open_story! {
    async fn a_reader_follows_a_ward_a_category_an_issue_and_the_city(town: OpenTown) {
        let west = report(town, -87.7, "A <deep> hole & \"more\" ]]> \u{1}\u{b}\u{fffe}end").await;
        let east = report(town, -87.6, "Elsewhere").await;
        let (answer, feed) = atom(town, "/feeds/wards/1.atom").await;
        assert_eq!(texts(&feed, "feed/title"), ["Ward 1 · Testville"]);
        assert_eq!(texts(&feed, "feed/author/name"), ["Testville"]);
        assert_eq!(texts(&feed, "feed/entry/title").len(), 1, "{}", answer.text);
        let content = texts(&feed, "feed/entry/content").remove(0);
        assert!(content.contains("A <deep> hole & \"more\" ]]>") && content.contains("end"), "{content}");
        let own = format!("{}/feeds/wards/1.atom", town.base);
        assert_eq!(link(&feed, "feed/link", "self"), own);
        assert_eq!(texts(&feed, "feed/id"), [own]);
        assert_eq!(link(&feed, "feed/entry/link", "alternate"), format!("{}/issues/{west}", town.base));
        let id = texts(&feed, "feed/entry/id");
        assert!(id[0].starts_with("tag:127.0.0.1,20"), "{id:?}");
        assert_eq!(texts(&feed, "feed/updated"), texts(&feed, "feed/entry/updated"));

        // What happens later is an entry of its own, and the old one keeps its name.
        tell(town, &west, json!({ "kind": "closed", "text": "Filled" })).await;
        let (_, later) = atom(town, "/feeds/wards/1.atom").await;
        let ids = texts(&later, "feed/entry/id");
        assert_eq!((ids.len(), &ids[1]), (2, &id[0]));
        assert!(texts(&later, "feed/entry/title")[0].contains("Pothole, 1200 W Alder St"));
        assert!(texts(&later, "feed/entry/content")[0].contains("Filled"));

        let (_, city) = atom(town, "/feeds/issues.atom").await;
        assert_eq!(texts(&city, "feed/entry/id").len(), 3);
        let (_, open) = atom(town, "/feeds/issues.atom?status=open&ward=2").await;
        assert_eq!(link(&open, "feed/entry/link", "alternate"), format!("{}/issues/{east}", town.base));
        let own = format!("{}/feeds/issues.atom?ward=2&status=open", town.base);
        assert_eq!(link(&open, "feed/link", "self"), own);
        let (_, kind) = atom(town, "/feeds/categories/Pothole.atom").await;
        assert_eq!(texts(&kind, "feed/entry/id").len(), 3);
        let (_, other) = atom(town, "/feeds/categories/Flood%20%26%20mud.atom").await;
        assert!(texts(&other, "feed/entry/id").is_empty());
        assert_eq!(texts(&other, "feed/title"), ["Flood & mud · Testville"]);
        let (_, one) = atom(town, &format!("/feeds/issues/{west}.atom")).await;
        assert_eq!(texts(&one, "feed/entry/id").len(), 2);
        for none in ["/feeds/issues", "/feeds/issues.xml", "/feeds/wards/1.rss", "/feeds/other.atom",
            "/feeds/issues/99-000001.atom", "/feeds/nothing/1.atom"]
        {
            town.get(none).await.expect(404);
        }
        town.get("/feeds/issues.atom?status=lost").await.expect(422);

        // The pages name them.
        let page = town.get(&format!("/issues/{west}")).await.expect(200).text;
        assert!(page.contains(&format!("href=\"/feeds/issues/{west}.atom\"")), "{page}");
        let ward = town.get("/wards/1").await.expect(200).text;
        assert!(ward.contains("rel=\"alternate\" type=\"application/atom+xml\""), "{ward}");
        let list = town.get("/issues?ward=1").await.expect(200).text;
        assert!(list.contains("href=\"/feeds/issues.ics?ward=1\""), "{list}");
    }
}

open_story! {
    async fn whoever_has_a_feed_already_is_sent_nothing(town: OpenTown) {
        let number = report(town, -87.7, "A hole").await;
        for path in ["/feeds/wards/1.atom", "/feeds/wards/1.geojson", "/feeds/issues.ics"] {
            let first = town.get(path).await.expect(200);
            let tag = first.header("etag").to_owned();
            assert!(tag.starts_with("W/\""), "{tag}");
            let same = [("if-none-match", &*tag)];
            let again = town.ask(Method::GET, path, &same, "").await.expect(304);
            assert!(again.text.is_empty() && again.header("etag") == tag);
            town.ask(Method::GET, path, &[("if-none-match", "\"x\"")], "").await.expect(200);
        }
        let first = town.get("/feeds/wards/1.atom").await.expect(200);
        let changed = first.header("last-modified").to_owned();
        assert!(changed.ends_with(" GMT"), "{changed}");
        let since = [("if-modified-since", &*changed)];
        town.ask(Method::GET, "/feeds/wards/1.atom", &since, "").await.expect(304);
        let old = [("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT")];
        town.ask(Method::GET, "/feeds/wards/1.atom", &old, "").await.expect(200);
        let tag = first.header("etag").to_owned();
        tell(town, &number, json!({ "kind": "closed" })).await;
        let same = [("if-none-match", &*tag)];
        town.ask(Method::GET, "/feeds/wards/1.atom", &same, "").await.expect(200);
    }
}

/// The properties of a calendar's events, unfolded.
fn calendar(text: &str) -> Vec<String> {
    assert!(text.ends_with("END:VCALENDAR\r\n"), "{text}");
    for line in text.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
    }
    text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

open_story! {
    async fn a_calendar_shows_on_which_day_things_were_closed(town: OpenTown) {
        let number = report(town, -87.7, "A hole, deep; with a \\ and\nEND:VEVENT in it").await;
        report(town, -87.7, "Still open").await;
        let empty = town.get("/feeds/wards/1.ics").await.expect(200);
        assert_eq!(empty.header("content-type"), "text/calendar; charset=utf-8");
        assert!(!calendar(&empty.text).contains(&"BEGIN:VEVENT".to_owned()));
        let words = "Filled with warm asphalt, żwir i piasek, so that it holds until the spring after next";
        tell(town, &number, json!({ "kind": "closed", "text": words })).await;
        let first = town.get("/feeds/wards/1.ics").await.expect(200).text;
        let lines = calendar(&first);
        let of = |name: &str| -> Vec<&String> {
            lines.iter().filter(|line| line.starts_with(name)).collect()
        };
        assert_eq!(of("BEGIN:VEVENT").len(), 1, "{first}");
        assert_eq!(of("END:VEVENT").len(), 1, "what people write ends nothing: {first}");
        assert!(of("SUMMARY:")[0].ends_with("Pothole\\, 1200 W Alder St"), "{first}");
        assert!(of("DESCRIPTION:")[0].contains("żwir i piasek\\,"), "{first}");
        assert!(of("URL:")[0].ends_with(&format!("/issues/{number}")));
        let stamp = of("DTSTAMP:")[0].trim_start_matches("DTSTAMP:");
        assert!(stamp.len() == 16 && stamp.ends_with('Z'), "{stamp}");
        let again = town.get("/feeds/issues.ics?ward=1").await.expect(200).text;
        let named = |lines: &[String]| -> Vec<String> {
            lines.iter().filter(|l| l.starts_with("UID:") || l.starts_with("DTSTAMP:")).cloned().collect()
        };
        assert_eq!(named(&calendar(&again)), named(&lines), "the same thing has the same name");
    }
}

open_story! {
    async fn what_was_taken_off_the_site_is_in_no_feed(town: OpenTown) {
        let number = report(town, -87.7, "Something about a neighbor").await;
        tell(town, &number, json!({ "kind": "closed" })).await;
        tell(town, &number, json!({ "kind": "hidden" })).await;
        for path in ["/feeds/issues.atom", "/feeds/wards/1.geojson", "/feeds/issues.ics", "/embed", "/issues",
            "/feeds/categories/Pothole.atom", "/api/v1/issues.geojson?zoom=12"]
        {
            let text = town.get(path).await.expect(200).text;
            assert!(!text.contains(&number) && !text.contains("neighbor"), "{path}: {text}");
        }
        town.get(&format!("/feeds/issues/{number}.atom")).await.expect(404);
    }
}

/// An area around a place in ward 1, with a name of its owner's.
async fn watch_area(town: &OpenTown, email: &str) -> String {
    let area = json!({
        "type": "Feature", "properties": { "radius_m": 437.0 },
        "geometry": { "type": "Point", "coordinates": [-87.712_345, 41.853_217] },
    });
    let asked = json!({
        "email": email, "name": "Grandmas roses", "rhythm": "at_once", "target": { "area": area },
    });
    let made = town.post("/api/v1/watches", &asked).await.expect(201).json();
    let id = made["watch"]["id"].as_str().unwrap().to_owned();
    let letter = town.inbox(email, 1).await.remove(0);
    let path = format!("/api/v1/watches/{id}/confirm");
    let done = town.post(&path, &json!({ "code": letter.code() })).await.expect(200).json();
    done["token"].as_str().unwrap().to_owned()
}

fn feed_link(page: &str) -> String {
    let rest = page.split("href=\"/feeds/mine/").nth(1).expect("the page offers the feed");
    format!("/feeds/mine/{}", rest.split(".atom").next().unwrap())
}

/// What must stand nowhere but with its owner.
const SECRETS: [&str; 5] = ["712345", "853217", "roses", "ada@", "example.org"];

open_story! {
    async fn a_watch_has_a_feed_that_only_its_link_opens_and_that_says_nothing_of_the_area(town: OpenTown) {
        let token = watch_area(town, "ada@example.org").await;
        let inside = report(town, -87.7123, "Inside").await;
        let outside = report(town, -87.70, "Around, outside").await;
        let place = json!({ "category": "Pothole", "description": "Within", "lon": -87.7124, "lat": 41.8532,
            "address": "1 Rose St" });
        let within = town.post("/api/v1/issues", &place).await.expect(201).json();
        town.settle().await;
        let within = within["number"].as_str().unwrap().to_owned();

        let page = town.get(&format!("/watch/{token}")).await.expect(200);
        let mine = feed_link(&page.text);
        let (answer, feed) = atom(town, &format!("{mine}.atom")).await;
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(answer.header("x-robots-tag").contains("noindex"));
        let linked: BTreeSet<String> = feed.iter()
            .filter(|one| one.path == "feed/entry/link")
            .filter_map(|one| one.attributes.iter().find(|(key, _)| key == "href"))
            .map(|(_, href)| href.rsplit('/').next().unwrap().to_owned())
            .collect();
        assert_eq!(linked, BTreeSet::from([inside.clone(), within.clone()]));
        assert!(!linked.contains(&outside), "what lies around it is not in it");
        let geojson = town.get(&format!("{mine}.geojson")).await.expect(200);
        let calendar = town.get(&format!("{mine}.ics")).await.expect(200);
        for text in [&answer.text, &geojson.text, &calendar.text] {
            for secret in SECRETS {
                assert!(!text.contains(secret), "{secret}: {text}");
            }
        }
        assert_eq!(geojson.json()["features"].as_array().unwrap().len(), 2);
        assert_eq!(geojson.json().get("bbox"), None);

        // Nobody else's answer shows it, or anything of the watch.
        let sealed = mine.trim_start_matches("/feeds/mine/");
        for path in [
            "/", "/issues", "/issues?ward=1", "/embed", "/wards/1", "/feeds/issues.atom",
            "/feeds/issues.geojson", "/feeds/issues.ics", "/feeds/wards/1.atom",
            "/feeds/categories/Pothole.geojson", "/api/v1/issues", "/api/v1/issues.geojson?zoom=12",
            "/api/v1/boundaries", "/metrics", &format!("/issues/{within}"),
            &format!("/feeds/issues/{within}.atom"),
        ] {
            let text = town.get(path).await.expect(200).text;
            for secret in SECRETS.into_iter().chain([sealed]) {
                assert!(!text.contains(secret), "{path} tells {secret}: {text}");
            }
        }

        // A link that is bent, another kind of link, and one whose watch has ended open nothing.
        for bad in [format!("{}x", &mine[..mine.len() - 1]), format!("/feeds/mine/{token}")] {
            town.get(&format!("{bad}.atom")).await.expect(404);
        }
        town.get(&format!("/watch/{sealed}")).await.expect(404);
        let id = page.text.split("name=\"watch\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let stop = format!("watch={id}&act=stop");
        town.ask(Method::POST, &format!("/watch/{token}"), &[FORM], stop).await.expect(303);
        for ending in ["atom", "geojson", "ics"] {
            let gone = town.get(&format!("{mine}.{ending}")).await.expect(404);
            assert!(!gone.text.contains(&within));
        }
    }
}

open_story! {
    async fn the_feed_of_a_watch_on_a_ward_or_an_issue_ends_when_its_owner_leaves(town: OpenTown) {
        let token = town.sign_up("bo@example.org").await;
        let west = report(town, -87.7, "West").await;
        report(town, -87.6, "East").await;
        let page = town.get(&format!("/watch/{token}")).await.expect(200);
        let mine = feed_link(&page.text);
        let (_, feed) = atom(town, &format!("{mine}.atom")).await;
        assert_eq!(link(&feed, "feed/entry/link", "alternate"), format!("{}/issues/{west}", town.base));
        assert_eq!(texts(&feed, "feed/entry/id").len(), 1);
        // It asked for new ones only, and a calendar has what was closed all the same.
        tell(town, &west, json!({ "kind": "closed" })).await;
        let (_, feed) = atom(town, &format!("{mine}.atom")).await;
        assert_eq!(texts(&feed, "feed/entry/id").len(), 1);
        let closed = town.get(&format!("{mine}.ics")).await.expect(200).text;
        assert_eq!(calendar(&closed).iter().filter(|line| *line == "BEGIN:VEVENT").count(), 1);
        let leave = town.ask(Method::POST, &format!("/watch/{token}/delete"), &[FORM], "").await;
        assert!(leave.status.is_success() || leave.status.is_redirection(), "{}", leave.text);
        town.get(&format!("{mine}.atom")).await.expect(404);
    }
}

//! Files as they are published, read to the last row.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::clock::{Timestamp, Zone};
use crate::geometry::Position;
use crate::issue::{Actor, Kind, Notice, Said, Status};

fn defaults(source: &str, zone: &str) -> Defaults {
    Defaults {
        source: source.into(),
        source_id: None,
        zone: zone.parse().unwrap(),
        at: None,
        actor: Actor::System,
    }
}

fn read(text: impl AsRef<[u8]>) -> Vec<Read> {
    let mapping = Mapping::default();
    notices(text.as_ref(), mapping, defaults("town", "America/Chicago")).unwrap().collect()
}

fn told(read: &Read) -> &Notice {
    read.notice.as_ref().unwrap_or_else(|e| panic!("line {}: {e}", read.line))
}

fn refusals(reads: &[Read]) -> Vec<String> {
    let refused = |read: &Read| {
        read.notice.as_ref().err().map(|refusal| format!("line {}: {refusal}", read.line))
    };
    reads.iter().filter_map(refused).collect()
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(vec![], Compression::fast());
    gzip.write_all(text).unwrap();
    gzip.finish().unwrap()
}

/// The notices and the refused rows of a published file; `None` where the data is not at hand.
fn published(name: &str, zone: &str) -> Option<(Vec<Notice>, Vec<String>)> {
    let path = Path::new("../shared/data/requests").join(name);
    let Ok(file) = File::open(&path) else {
        eprintln!("SKIPPED: {} is not here, so it was not read", path.display());
        return None;
    };
    let mapping = Mapping::default();
    let reads: Vec<Read> = notices(file, mapping, defaults("city", zone)).unwrap().collect();
    let refused = refusals(&reads);
    Some((reads.into_iter().filter_map(|read| read.notice.ok()).collect(), refused))
}

fn by_id<'a>(notices: &'a [Notice], id: &str) -> &'a Notice {
    notices.iter().find(|n| n.source_id == id).unwrap_or_else(|| panic!("no {id}"))
}

/// When it was requested, last changed and closed.
fn times(notice: &Notice) -> [String; 3] {
    let Said::State { changed, closed } = notice.said else { panic!("a row is a state") };
    [Some(notice.at), changed, closed].map(|t| t.map_or("none".into(), |t| t.to_string()))
}

fn count(notices: &[Notice], status: Status) -> usize {
    notices.iter().filter(|n| n.facts.status == Some(status)).count()
}

fn without_position(notices: &[Notice]) -> usize {
    notices.iter().filter(|n| n.facts.position.is_none()).count()
}

#[test]
fn chicago_2021_is_read_whole() {
    let Some((rows, refused)) = published("chicago_311_2021_01.csv.gz", "America/Chicago") else {
        return;
    };
    assert_eq!((rows.len(), refused), (5_000, vec![]));
    assert_eq!(without_position(&rows), 4);
    assert_eq!(count(&rows, Status::Closed), 4_945 + 43);
    assert_eq!(count(&rows, Status::Received), 12);
    let first = by_id(&rows, "SR21-00000001");
    let changed = "2021-01-01T06:31:03Z";
    assert_eq!(times(first), ["2021-01-01T06:00:09Z", changed, "2021-01-01T06:00:09Z"]);
    assert_eq!(first.version.as_deref(), Some(changed));
    assert_eq!(
        first.facts.position,
        Some(Position { lon: -87.679_846_218_760_99, lat: 41.871_831_277_993_564 })
    );
    assert_eq!(first.facts.category.as_ref().unwrap().name(), "311 INFORMATION ONLY CALL");
    assert_eq!(first.facts.address.as_deref(), Some("2111 W Lexington ST"));
    assert_eq!(first.facts.attributes["owner_department"], "311 City Services");
    assert!(!first.facts.attributes.contains_key("parent_sr_number"), "blanks are dropped");
    assert!(!first.facts.attributes.contains_key("sr_type"), "what is a fact is no attribute");
}

#[test]
fn chicago_sanitation_is_read_whole() {
    let name = "chicago_311_sanitation_2000_2015.csv.gz";
    let Some((rows, refused)) = published(name, "America/Chicago") else { return };
    assert_eq!((rows.len(), refused), (74_401, vec![]));
    assert_eq!(without_position(&rows), 24);
    assert_eq!(count(&rows, Status::Closed), 70_567 + 3_509);
    assert_eq!(count(&rows, Status::Received), 124 + 201);
    let doubles =
        rows.iter().filter(|n| n.facts.attributes.get("status").is_some_and(|s| s != "Open"));
    assert_eq!(doubles.count(), 3_509 + 124, "“Completed - Dup” says more than closed");
    let first = by_id(&rows, "00-00002158");
    assert_eq!(
        times(first),
        ["2000-01-03T06:00:00Z", "none", "2011-03-28T05:00:00Z"],
        "a day begins at midnight in its city, in summer an hour earlier"
    );
    assert!(first.version.as_deref().unwrap().starts_with("h:"));
}

#[test]
fn chicago_burglaries_have_no_status_and_are_read_whole() {
    let name = "chicago_burglary_2011_2014.csv.gz";
    let Some((rows, refused)) = published(name, "America/Chicago") else { return };
    assert_eq!((rows.len(), refused), (66_932, vec![]));
    assert_eq!(without_position(&rows), 0);
    assert!(rows.iter().all(|n| n.facts.status.is_none()));
    let first = by_id(&rows, "8142251");
    assert_eq!(first.at.to_string(), "2011-07-02T05:00:00Z");
    assert_eq!(first.facts.description.as_deref(), Some("UNLAWFUL ENTRY"));
    assert_eq!(first.facts.address.as_deref(), Some("050XX S DREXEL BLVD"));
    assert_eq!(first.facts.attributes["case_number"], "HT376258");
}

#[test]
fn washington_writes_1970_for_what_is_not_resolved() {
    let name = "dc_311_2015_09_10.csv.gz";
    let Some((rows, refused)) = published(name, "America/New_York") else { return };
    assert_eq!((rows.len(), refused), (11_473, vec![]));
    let unresolved = rows.iter().filter(|n| times(n)[2] == "none").count();
    assert_eq!(unresolved, 4_671);
    assert_eq!(count(&rows, Status::InProgress), 1_752);
    assert_eq!(count(&rows, Status::Received), 2_582);
    assert_eq!(count(&rows, Status::Closed), 6_716 + 337 + 56 + 4 + 26);
    let first = by_id(&rows, "15-00259642");
    assert_eq!(times(first), ["2015-09-11T05:50:21Z", "none", "2015-09-14T00:08:07Z"]);
    assert_eq!(first.facts.category.as_ref().unwrap().name(), "Streetlight Repair Investigation");
    assert_eq!(first.facts.position, Some(Position { lon: -77.031_057_71, lat: 38.948_081_61 }));
}

#[test]
fn new_york_is_read_whole_and_its_text_repaired() {
    let name = "nyc_311_2023_02_28.csv.gz";
    let Some((rows, refused)) = published(name, "America/New_York") else { return };
    assert_eq!((rows.len(), refused), (4_999, vec![]));
    assert_eq!(without_position(&rows), 87);
    assert_eq!(count(&rows, Status::Closed), 4_419);
    assert_eq!(count(&rows, Status::InProgress), 185 + 1);
    assert_eq!(count(&rows, Status::Acknowledged), 29);
    assert_eq!(count(&rows, Status::OnHold), 4);
    assert_eq!(rows.iter().filter(|n| times(n)[2] == "none").count(), 545, "never closed");
    let closed_early = rows.iter().filter(|n| {
        let Said::State { closed, .. } = n.said else { return false };
        closed.is_some_and(|closed| closed < n.at)
    });
    assert_eq!(closed_early.count(), 2, "said as the city says it; time is mended later");
    let signal = by_id(&rows, "56923577");
    assert_eq!(
        times(signal),
        ["2023-03-01T04:45:00Z", "2023-03-01T06:00:00Z", "2023-01-01T06:00:00Z"]
    );
    let words = signal.facts.attributes["Resolution Description"].as_str().unwrap();
    assert!(words.contains("Department of Transportation’s website"), "{words}");
    assert!(words.contains("“Learn More” link"), "{words}");
    assert!(signal.version.as_deref().unwrap().starts_with("h:"));
}

#[test]
fn new_havens_two_shifted_rows_are_refused_and_the_rest_is_read() {
    let name = "new_haven_seeclickfix_facts.csv.gz";
    let Some((rows, refused)) = published(name, "America/New_York") else { return };
    assert_eq!(rows.len() + refused.len(), 7_488);
    assert_eq!(refused.len(), 2, "{refused:#?}");
    assert!(refused[0].starts_with("line 1943: `id` is blank"), "{}", refused[0]);
    assert!(refused[1].contains("`lng` “Pot holes” is not a lon in degrees"), "{}", refused[1]);
    let first = by_id(&rows, "1587655");
    let at = "2015-04-12T18:58:29Z";
    assert_eq!(times(first), [at, at, "none"]);
    assert_eq!(first.version.as_deref(), Some(at));
    assert_eq!(count(&rows, Status::Acknowledged), 3_981);
    assert_eq!(count(&rows, Status::Closed), 109);
}

#[test]
fn boston_and_an_older_new_york_are_read_whole() {
    let Some((rows, refused)) = published("boston_311_100.csv", "America/New_York") else {
        return;
    };
    assert_eq!((rows.len(), refused), (100, vec![]));
    let needle = by_id(&rows, "101004130437");
    assert_eq!(times(needle), ["2022-01-19T16:18:00Z", "none", "2022-01-19T16:42:16Z"]);
    assert_eq!(needle.source, "city", "Boston's column `source` is the caller, not the system");
    assert_eq!(needle.facts.category.as_ref().unwrap().name(), "Needle Pickup");
    assert_eq!(needle.facts.address.as_deref(), Some("42 Cross St"));
    assert_eq!(needle.facts.status, Some(Status::Closed));
    let Some((rows, refused)) = published("nyc_311_100.csv", "America/New_York") else { return };
    assert_eq!((rows.len(), refused), (100, vec![]));
    assert_eq!(by_id(&rows, "42254749").at.to_string(), "2019-04-19T01:55:45Z");
}

const POTHOLE: &str = "sr_number,sr_type,created_date,status,latitude,longitude\n\
                       SR-1,Pothole,2026-05-04 09:30:00,Open,41.87,-87.68\n";

#[test]
fn the_same_pothole_is_the_same_notice_in_every_format() {
    let expected = told(&read(POTHOLE)[0]).clone();
    let object = r#"{"sr_type":"Pothole","status":"Open","sr_number":"SR-1","longitude":-87.68,
        "latitude":"41.87","created_date":"2026-05-04T14:30:00Z"}"#;
    let line = object.replace('\n', " ");
    let feature = r#"{"type":"Feature","id":77,"geometry":{"type":"Point",
        "coordinates":[-87.68,41.87,180.5]},"properties":{"sr_type":"Pothole","status":"Open",
        "sr_number":"SR-1","created_date":1777905000000}}"#;
    let collection = format!(r#"{{"type":"FeatureCollection","name":"x","features":[{feature}]}}"#);
    for (format, text) in [
        ("semicolons", POTHOLE.replace(',', ";").replace("41.87", "41,87")),
        ("tabs", POTHOLE.replace(',', "\t")),
        ("CR LF and a mark", format!("\u{FEFF}{}", POTHOLE.replace('\n', "\r\n"))),
        ("no last newline", POTHOLE.trim_end().to_owned()),
        (
            "other order",
            "STATUS,Longitude,Created Date,SR Type,Latitude,SR_NUMBER\n\
             Open,-87.68,05/04/2026 09:30 AM,Pothole,41.87,SR-1\n"
                .into(),
        ),
        ("a line", line.clone()),
        ("a line with a mark", format!("\u{FEFF}\n\n{line}\n")),
        ("an object over lines", object.into()),
        ("an array", format!(" [ {object} ] ")),
        ("a feature", feature.into()),
        ("a sequence of RFC 8142", format!("\u{1E}{feature}\n")),
        ("a collection", collection.clone()),
        ("an answer that wraps a list", format!(r#"{{"meta":{{"a":[1]}},"results":[{object}]}}"#)),
    ] {
        for bytes in [text.clone().into_bytes(), packed(text.as_bytes())] {
            let reads = read(&bytes);
            assert_eq!(reads.len(), 1, "{format}: {reads:?}");
            assert_eq!(*told(&reads[0]), expected, "{format}");
        }
    }
}

#[test]
fn a_row_is_refused_with_its_line_and_its_field() {
    let header = "id,category,created_at,lat,lon,closed_at\n";
    for (row, reason) in [
        (
            "1,Pothole,yesterday,41.8,-87.6,",
            "`created_at` “yesterday” is not a time; write 2026-05",
        ),
        ("1,Pothole,2026-05-04,north,-87.6,", "`lat` “north” is not a lat in degrees"),
        ("1,Pothole,2026-05-04,41.8,inf,", "`lon` “inf” is not a lon in degrees"),
        ("1,Pothole,2026-05-04,41.8,-87.6,soon", "`closed_at` “soon” is not a time"),
        (",Pothole,2026-05-04,41.8,-87.6,", "`id` is blank; it should say which issue it is"),
        ("1,,2026-05-04,41.8,-87.6,", "`category` is blank"),
        ("1,Pothole,,41.8,-87.6,", "`created_at` is blank; it should say when it happened"),
        ("1,Pothole,1970-01-01,41.8,-87.6,", "`created_at` is blank"),
        ("1,Pothole,2026-05-04,41.8", "it has 4 fields where the header names 6 columns"),
        ("1,Pothole,2026-05-04,41.8,-87.6,,x", "it has 7 fields where the header names 6"),
        (
            ",,never,up,down,",
            "`id` is blank; it should say which issue it is; `created_at` “never”",
        ),
    ] {
        let good = "2,Pothole,2026-05-04,41.8,-87.6,";
        let reads = read(format!("{header}\"3\",Pot\"hole,2026-05-04,,,\n{row}\n{good}\n"));
        let refused = refusals(&reads);
        assert_eq!(refused.len(), 1, "{row}: {refused:?}");
        assert!(refused[0].starts_with("line 3: ") && refused[0].contains(reason), "{refused:?}");
        assert_eq!(told(&reads[2]).source_id, "2", "and the next row is read");
    }
    let reads = read("a,b\n1,2\n");
    assert_eq!(
        refusals(&reads),
        ["line 2: no column says which issue it is; name it with --map id=COLUMN; no column says \
          when it happened; name it with --map at=COLUMN; no column says what kind of issue it is; \
          name it with --map category=COLUMN"]
    );
}

#[test]
fn a_place_that_is_not_given_is_none_and_one_that_cannot_be_is_kept_to_be_judged() {
    let place = |lat: &str, lon: &str| {
        let reads = read(format!("id,type,date,lat,lon\n1,Pothole,2026-05-04,{lat},{lon}\n"));
        told(&reads[0]).facts.clone()
    };
    for (lat, lon) in [("", ""), ("NaN", "NULL"), (" ", "N/A"), ("41.8", "")] {
        assert_eq!(place(lat, lon).position, None);
    }
    assert_eq!(place("41.8", "").attributes["lat"], "41.8", "half a place is not lost");
    let swapped = Position { lon: 41.8, lat: -187.6 };
    assert_eq!(place("-187.6", "41.8").position, Some(swapped));
    let at = |column: &str, value: Value| {
        let row = json!({"id": 1, "type": "Pothole", "date": "2026-05-04", column: value});
        read(row.to_string())
    };
    let here = Some(Position { lon: -87.68, lat: 41.87 });
    for (column, value) in [
        ("location", json!("(41.87, -87.68)")),
        ("the_geom", json!("POINT (-87.68 41.87)")),
        ("location", json!({"latitude": "41.87", "longitude": "-87.68"})),
        ("position", json!({"lon": -87.68, "lat": 41.87})),
        ("location", json!({"type": "Point", "coordinates": [-87.68, 41.87]})),
        ("coordinates", json!([-87.68, 41.87])),
    ] {
        assert_eq!(told(&at(column, value)[0]).facts.position, here, "{column}");
    }
    let street = at("location", json!("42 Cross St"));
    assert_eq!(told(&street[0]).facts.address.as_deref(), Some("42 Cross St"));
    let area = at("geometry", json!({"type": "Polygon", "coordinates": [[[0, 0]]]}));
    assert_eq!(refusals(&area), ["line 1: `geometry` is a Polygon; an issue's place is a Point"]);
}

#[test]
fn a_person_can_say_which_column_is_which() {
    let text = "Key,What,When,East,North,Bezirk\n7,Schlagloch,04.05.2026 09:30,8.5,47.4,3\n";
    let mapping: Mapping = "id=Key,category=What,at=When,lon=East,lat=North".parse().unwrap();
    let zurich = defaults("zurich", "Europe/Zurich");
    let reads: Vec<Read> = notices(text.as_bytes(), mapping, zurich.clone()).unwrap().collect();
    let notice = told(&reads[0]);
    assert_eq!(notice.facts.position, Some(Position { lon: 8.5, lat: 47.4 }));
    assert_eq!(notice.at.to_string(), "2026-05-04T07:30:00Z");
    assert_eq!(Value::from(notice.facts.attributes.clone()), json!({"Bezirk": "3"}));
    let wrong = notices(text.as_bytes(), "id=Nummer".parse().unwrap(), zurich).unwrap_err();
    assert!(wrong.to_string().starts_with("the file has no column “Nummer”; it has: Key, What"));
}

#[test]
fn an_unknown_status_is_kept_and_the_closing_date_decides() {
    let row = |status: &str, closed: &str| {
        let row = format!("id,type,date,status,closed\n1,Pothole,2026-05-04,{status},{closed}\n");
        let facts = told(&read(row)[0]).facts.clone();
        (facts.status, facts.attributes.get("status").cloned())
    };
    assert_eq!(row("VOIDED", "2026-05-05"), (Some(Status::Closed), Some("VOIDED".into())));
    assert_eq!(row("Triaged", ""), (Some(Status::Received), Some("Triaged".into())));
    assert_eq!(row("Completed", "2026-05-05"), (Some(Status::Closed), None));
    assert_eq!(row("", "2026-05-05"), (Some(Status::Closed), None));
    assert_eq!(row("", ""), (None, None));
}

#[test]
fn a_version_changes_with_the_meaning_and_with_nothing_else() {
    let version = |text: &str| told(&read(text)[0]).version.clone().unwrap();
    let first = version(POTHOLE);
    let turned = "longitude,status,created_date,sr_type,latitude,sr_number\n\
                  -87.680,Open,2026-05-04T09:30:00-05:00,pothole,41.87,SR-1\n";
    assert_eq!(version(turned), first, "another order, another way of writing");
    assert_eq!(first, "h:ed32384179787827", "and the same in every release");
    for change in ["41.88", "41.87,", "Open,41.87"] {
        let changed = match change {
            "41.88" => POTHOLE.replace("41.87", "41.88"),
            "41.87," => POTHOLE.replace("Open", "Completed"),
            _ => POTHOLE.replace("Pothole", "Rut in the road"),
        };
        assert_ne!(version(&changed), first, "{changed}");
    }
    let stated = "id,type,date,updated_at,version\n1,Pothole,2026-05-04,2026-05-05T10:00:00Z,";
    assert_eq!(version(&format!("{stated}17\n")), "17");
    assert_eq!(version(&format!("{stated}\n")), "2026-05-05T10:00:00Z");
    let coarse = version("id,type,date,updated_at\n1,Pothole,2026-05-04,2026-05-05\n");
    assert!(coarse.starts_with("h:"), "a day is no version: two changes may share it");
}

fn at(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn api() -> Defaults {
    Defaults { at: at("2026-05-04T12:00:00Z"), ..defaults("api", "America/Chicago") }
}

#[test]
fn an_event_is_read_with_only_what_it_states() {
    let event = json!({
        "source": "chicago-311", "source_id": "SR-1", "version": 3, "kind": "commented",
        "at": "2026-05-04T09:30:00-05:00", "actor": "official", "text": "A crew is on its way.\u{0}",
        "attributes": {"crew": 7, "note": null}, "truck": "T-12",
    });
    let notice = parse_event(&event, &api()).unwrap();
    let text = Some("A crew is on its way.".to_owned());
    assert_eq!(notice.said, Said::Event { kind: Kind::Commented, text });
    assert_eq!((notice.source.as_str(), notice.source_id.as_str()), ("chicago-311", "SR-1"));
    assert_eq!(notice.version.as_deref(), Some("3"));
    assert_eq!(notice.at, at("2026-05-04T14:30:00Z").unwrap());
    assert_eq!(notice.actor, Actor::Official);
    assert_eq!((notice.facts.category, notice.facts.status), (None, None));
    assert_eq!(Value::from(notice.facts.attributes), json!({"crew": 7, "truck": "T-12"}));
}

#[test]
fn an_event_names_everything_that_is_wrong_with_it() {
    let event = json!({
        "kind": "exploded", "at": "yesterday", "actor": "mayor", "status": "gone",
        "lon": "west", "lat": 41.8, "category": ["Pothole"], "version": "v".repeat(201),
    });
    let errors = parse_event(&event, &defaults("api", "UTC")).unwrap_err();
    let mut named: Vec<String> =
        errors.iter().map(|e| format!("{} {}", e.pointer, e.detail)).collect();
    named.sort();
    insta::assert_snapshot!(named.join("\n"));
    let not_an_object = parse_event(&json!([1]), &api()).unwrap_err();
    assert_eq!(not_an_object[0].detail, "an event is a JSON object");
}

#[test]
fn an_event_to_a_known_issue_needs_only_its_kind() {
    let known = Defaults { source_id: Some("SR-1".into()), ..api() };
    let vote = parse_event(&json!({"kind": "voted"}), &known).unwrap();
    assert_eq!((vote.source_id.as_str(), vote.at), ("SR-1", api().at.unwrap()));
    assert_eq!(vote.version, None, "two votes are two votes");
    let silent = parse_event(&json!({"kind": "commented"}), &known).unwrap_err();
    assert_eq!(silent[0].to_string(), "`text` is missing; say what was commented");
    let timed = json!({"kind": "voted", "at": "2026-05-04T09:30:00Z"});
    let twice = [parse_event(&timed, &known).unwrap(), parse_event(&timed, &known).unwrap()];
    assert!(twice[0].version.is_some() && twice[0] == twice[1], "the same vote, sent again");
    let moved = json!({"kind": "moved", "geometry": {"type": "Point", "coordinates": [-87, 41]}});
    let moved = parse_event(&moved, &known).unwrap();
    assert_eq!(moved.facts.position, Some(Position { lon: -87.0, lat: 41.0 }));
}

#[test]
fn a_stream_of_events_and_states_goes_on_after_a_bad_line() {
    let reads = read(
        "{\"source_id\":\"1\",\"kind\":\"opened\",\"category\":\"Pothole\",\"at\":\"2026-05-04\"}\n\
         not json\n\
         {\"source_id\":\"1\",\"kind\":\"closed\",\"at\":\"yesterday\"}\n\
         [1]\n\n\
         {\"source_id\":\"2\",\"category\":\"Graffiti\",\"at\":\"2026-05-04T10:00:00Z\"}",
    );
    assert_eq!(
        refusals(&reads),
        [
            "line 2: this is not JSON: expected ident at character 2",
            "line 3: `at` “yesterday” is not a time; write 2026-05-04T09:30:00-05:00",
            "line 4: this is not a JSON object",
        ]
    );
    assert!(matches!(told(&reads[0]).said, Said::Event { kind: Kind::Opened, .. }));
    assert!(matches!(told(&reads[4]).said, Said::State { .. }));
    assert_eq!(reads[4].line, 6);
}

#[test]
fn what_cannot_be_read_at_all_is_said_at_once() {
    let error = |bytes: &[u8]| {
        let opened = notices(bytes, Mapping::default(), api());
        opened.map(|_| ()).unwrap_err().to_string()
    };
    assert!(error(b"PK\x03\x04rest").contains("a zip or Excel file"));
    assert!(error(b"\xFF\xFEi\0d\0").contains("UTF-16"));
    assert!(error(b"\x89PNG\0\0").contains("a binary file"));
    assert!(error(b"<?xml version='1.0'?>").contains("Open311"));
    assert!(error(b"1,2,3\n4,5,6\n").contains("needs a header row"));
    assert!(error(b"\x1F\x8B\x08broken").contains("cannot be read"));
    assert!(read("").is_empty() && read(" \n \n").is_empty());
    assert!(read(r#"{"type":"FeatureCollection","features":[]}"#).is_empty());
}

#[test]
fn a_file_that_is_cut_off_says_so() {
    let whole = packed(POTHOLE.repeat(2_000).as_bytes());
    let reads = read(&whole[..whole.len() / 2]);
    let last = reads.last().unwrap().notice.as_ref().unwrap_err();
    assert!(last.last, "{last}");
    for (text, reason) in [
        ("[{\"id\":1}", "line 1: the file ends in the middle of its list"),
        ("[\n{\"id\":1,", "line 2: the file ends in the middle of the object"),
        ("[1,2]", "line 1: here stands 1, where an object should begin"),
        (
            "{\"crs\":{\"properties\":{\"name\":\"EPSG:3435\"}},\"features\":[{\"a\":1}]}",
            "line 1: its coordinates are in EPSG:3435; convert it",
        ),
    ] {
        let refused = refusals(&read(text));
        assert!(refused.last().unwrap().starts_with(reason), "{refused:?}");
    }
}

/// Bytes without end, so that only a reader with bounds comes back.
struct Endless {
    start: &'static [u8],
    given: u64,
}

impl io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert!(self.given < 64 << 20, "it went on reading one row");
        let n = if self.given == 0 { self.start.len() } else { buffer.len() };
        let start = if self.given == 0 { self.start } else { b"x" };
        buffer[..n].copy_from_slice(&start.repeat(n)[..n]);
        self.given += n as u64;
        Ok(n)
    }
}

#[test]
fn a_quotation_mark_that_is_never_closed_does_not_fill_the_memory() {
    let endless = Endless { start: b"id,type\n1,\"", given: 0 };
    let mut reads = notices(endless, Mapping::default(), api()).unwrap();
    let refusal = reads.next().unwrap().notice.unwrap_err();
    assert!(refusal.to_string().contains("longer than 1024 KiB; is a quotation mark"), "{refusal}");
    assert!(refusal.last && reads.next().is_none());
    let long = format!("{{\"id\":\"{}\"}}\n{{\"id\":2}}\n", "x".repeat(MAX_ROW_BYTES));
    for text in
        [format!("{{\"id\":1}}\n{long}"), format!("[{{\"id\":1}},{}]", long.replace('\n', ",\n"))]
    {
        let rows: Vec<_> = Rows::open(text.as_bytes()).unwrap().collect();
        assert_eq!(rows.len(), 3);
        assert!(rows[1].as_ref().unwrap_err().to_string().contains("longer than 1024 KiB"));
        assert_eq!(rows[2].as_ref().unwrap().get("id").as_deref(), Some("2"));
    }
}

#[test]
fn an_upright_zone_is_needed_only_where_a_time_has_no_offset() {
    let text = "id,type,date\n1,a,2026-05-04T09:30:00Z\n2,a,2026-05-04T09:30:00\n";
    let tokyo = Defaults { zone: "Asia/Tokyo".parse::<Zone>().unwrap(), ..api() };
    let reads: Vec<Read> = notices(text.as_bytes(), Mapping::default(), tokyo).unwrap().collect();
    assert_eq!(told(&reads[0]).at, at("2026-05-04T09:30:00Z").unwrap());
    assert_eq!(told(&reads[1]).at, at("2026-05-04T00:30:00Z").unwrap());
}

fn survives(bytes: &[u8]) {
    let Ok(reads) = notices(bytes, Mapping::default(), api()) else { return };
    for read in reads {
        if let Ok(notice) = read.notice {
            let numbers = notice.facts.position.map(|p| p.lon + p.lat);
            assert!(numbers.is_none_or(f64::is_finite), "{notice:?}");
            assert!(!format!("{notice:?}").contains("\\0"), "{notice:?}");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&bytes);
        survives(&packed(&bytes));
    }

    #[test]
    fn no_row_makes_it_fall_over(values in prop::collection::vec("\\PC{0,20}", 6)) {
        survives(format!("id,type,date,lat,lon,status\n{}\n", values.join(",")).as_bytes());
        let [id, kind, at, lon, lat, status] = &values[..] else { unreachable!() };
        survives(json!({"id": id, "type": kind, "date": at, "lon": lon, "lat": lat,
            "status": status, "kind": kind}).to_string().as_bytes());
    }

    #[test]
    fn no_time_makes_it_fall_over(text in "[0-9T:/. +APMZ-]{0,30}") {
        survives(format!("id,type,date\n1,a,\"{text}\"\n").as_bytes());
    }

    #[test]
    fn no_json_like_text_makes_it_fall_over(text in r#"[\[\]{}",:a1\\ \n]{0,60}"#) {
        for start in ["", "{", "[{", "{\"features\":[", "{\"features\":["] {
            survives(format!("{start}{text}").as_bytes());
        }
    }
}

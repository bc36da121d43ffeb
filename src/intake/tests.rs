//! Rows, lines and whole files in every form they come in, good and bad.

mod broken;
mod open311;
mod published;

use std::io::{self, Write};

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

#[test]
fn a_pair_of_coordinates_is_no_address() {
    let address = |columns: &str, row: &str| {
        let text = format!("id,date,type,{columns}\n7,2026-05-04,Pothole,{row}\n");
        told(&read(text)[0]).facts.address.clone()
    };
    for (location, expected) in [
        ("\"(40.748, -74.007)\"", None),
        ("\"40.748, -74.007\"", None),
        ("POINT (-74.007 40.748)", None),
        ("\"12, 14 Main St\"", Some("12, 14 Main St")),
        ("\"(rear) 5 Elm, 2nd floor\"", Some("(rear) 5 Elm, 2nd floor")),
    ] {
        assert_eq!(address("Location", location).as_deref(), expected, "{location}");
    }
    let york = "Incident Address,Intersection Street 1,Intersection Street 2,Location";
    let at = "\"(40.748, -74.007)\"";
    let corner = address(york, &format!(",11 AVENUE,WEST 22 STREET,{at}"));
    assert_eq!(corner.as_deref(), Some("11 AVENUE & WEST 22 STREET"));
    assert_eq!(address(york, &format!(",11 AVENUE,,{at}")), None);
    assert_eq!(address(york, &format!("5 ELM,11 AVENUE,ELM,{at}")).as_deref(), Some("5 ELM"));
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(vec![], Compression::fast());
    gzip.write_all(text).unwrap();
    gzip.finish().unwrap()
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
        ("1,Pothole,2026-05-04,north,-87.6,", "`lat` “north” is no latitude in degrees"),
        ("1,Pothole,2026-05-04,41.8,inf,", "`lon` “inf” is no longitude in degrees"),
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
    let reads = read(r#"{"a": 1, "b": 2}"#);
    assert_eq!(
        refusals(&reads),
        ["line 1: no column says which issue it is; name it with --map id=COLUMN; no column says \
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
    assert_eq!(first, "h:4ce34d72f95cb033", "and the same in every release");
    for change in ["41.88", "41.87,", "Open,41.87"] {
        let changed = match change {
            "41.88" => POTHOLE.replace("41.87", "41.88"),
            "41.87," => POTHOLE.replace("Open", "Completed"),
            _ => POTHOLE.replace("Pothole", "Rut in the road"),
        };
        assert_ne!(version(&changed), first, "{changed}");
    }
    let stated = "type,date,updated_at,version,source_id\nPothole,2026-05-04,2026-05-05T10:00:00Z";
    assert_eq!(version(&format!("{stated},17,1\n")), "17");
    assert_eq!(version(&format!("{stated},,1\n")), "2026-05-05T10:00:00Z");
    let theirs = format!("{stated},17,1\n").replace("source_id", "id");
    assert_eq!(version(&theirs), "2026-05-05T10:00:00Z", "17 may be the version of anything");
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
    assert!(error(b"1,2,3\n4,5,6\n").contains("needs a header row"));
    assert!(error(b"\x1F\x8B\x08broken").contains("cannot be read"));
    assert!(error(b"").contains("nothing in it") && error(b" \n \n").contains("nothing in it"));
    assert!(error(b"a,b\n1,2\n").contains("no column says what number an issue has"));
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
            "line 1: the coordinate system is EPSG:3435, but",
        ),
        (
            "{\"crs\":{\"properties\":{\"name\":\"NAD83 / Illinois East (ftUS)\"}},\"features\":[{\"a\":1}]}",
            "line 1: the coordinate system is NAD83 / Illinois East (ftUS), but",
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

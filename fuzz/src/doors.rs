//! The parsers behind the doors, each as a function of bytes that must neither panic nor take for
//! ever, and what they are first fed with.
//!
//! The tests of the program include this file and replay the seeds; the fuzzer begins with them.

use std::io::Cursor;

use wardwatch::bounce::Letter;
use wardwatch::clock::{Timestamp, Zone};
use wardwatch::geometry::{FeatureReader, FileLimits, Limits, Shape};
use wardwatch::http::read_watch;
use wardwatch::intake::{Defaults, Mapping, notices, parse_event};
use wardwatch::issue::{Actor, CityId};
use wardwatch::token::{ApiKey, Secrets, Token, WayBack};
use wardwatch::watcher::WatcherId;

/// A parser, what it is called, and what it is first fed with.
pub struct Door {
    pub name: &'static str,
    pub enter: fn(&[u8]),
    pub seeds: fn() -> Vec<Vec<u8>>,
}

pub const DOORS: [Door; 10] = [
    Door { name: "areas", enter: areas, seeds: areas_seeds },
    Door { name: "repair", enter: repair, seeds: repair_seeds },
    Door { name: "csv", enter: rows, seeds: csv_seeds },
    Door { name: "ndjson", enter: rows, seeds: ndjson_seeds },
    Door { name: "issues", enter: rows, seeds: issues_seeds },
    Door { name: "xml", enter: rows, seeds: xml_seeds },
    Door { name: "event", enter: event, seeds: event_seeds },
    Door { name: "token", enter: token, seeds: token_seeds },
    Door { name: "watch", enter: watch, seeds: watch_seeds },
    Door { name: "bounce", enter: bounce, seeds: bounce_seeds },
];

fn defaults() -> Defaults {
    Defaults {
        source: "fuzz".into(),
        source_id: None,
        zone: Zone::utc(),
        at: Some(Timestamp::from_millis(1_700_000_000_000)),
        actor: Actor::System,
    }
}

/// GeoJSON of areas, as `boundaries import` and `watches import` read it.
fn areas(bytes: &[u8]) {
    usable(bytes, false);
}

/// The same with `--repair`.
fn repair(bytes: &[u8]) {
    usable(bytes, true);
}

/// What is taken has to be usable.
fn usable(bytes: &[u8], repair: bool) {
    let limits = FileLimits { bytes: 1 << 16, features: 50 };
    let Ok(file) = FeatureReader { limits: &limits, repair }.read(bytes, &mut |_| ()) else {
        return;
    };
    for feature in file.split().0 {
        let Some(envelope) = feature.shape.envelopes(1.0).first().copied() else { continue };
        assert!(envelope.west.is_finite() && envelope.north.is_finite());
        assert!(feature.shape.area_m2().is_finite());
        let _ = feature.shape.covers(feature.shape.centre());
    }
}

/// A file of issues, as `ingest` reads it: CSV, NDJSON, JSON, GeoJSON or XML, by its content.
fn rows(bytes: &[u8]) {
    let file = Cursor::new(bytes.to_vec());
    let Ok(read) = notices(file, Mapping::default(), defaults()) else { return };
    for row in read {
        if let Err(refusal) = row.notice {
            assert!(!refusal.to_string().is_empty());
        }
    }
}

/// One event's JSON, as the bulk door reads it.
fn event(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice(bytes) else { return };
    if let Err(errors) = parse_event(&value, &defaults()) {
        assert!(errors.iter().all(|error| !error.detail.is_empty()));
    }
}

/// Links, keys and signatures that somebody made up. What is taken for a link of ours is one, to
/// the letter.
fn token(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let secrets = secrets();
    if let Ok(token) = Token::open(&text, &secrets) {
        assert_eq!(token.seal(&secrets), text.trim());
    }
    let _ = ApiKey::parse(&text);
    let _ = secrets.verify("fuzz", &text);
    let _ = Secrets::parse(&text);
}

fn secrets() -> Secrets {
    Secrets::parse(&"A".repeat(43)).expect("32 bytes in base64url")
}

/// The body of a new watch. An area that is taken has to be one.
fn watch(bytes: &[u8]) {
    let _ = read_watch(bytes, &Limits::default());
    if let Ok(value) = serde_json::from_slice(bytes)
        && let Ok(shape) = Shape::from_geojson(&value)
    {
        assert!(!shape.envelopes(0.0).is_empty() && shape.area_m2() >= 0.0);
    }
}

const RING: &str = "[[-87.7,41.8],[-87.6,41.8],[-87.6,41.9],[-87.7,41.9],[-87.7,41.8]]";
const HOLE: &str = "[[-87.68,41.82],[-87.62,41.82],[-87.62,41.88],[-87.68,41.82]]";

fn of(texts: Vec<String>) -> Vec<Vec<u8>> {
    texts.into_iter().map(String::into_bytes).collect()
}

fn areas_seeds() -> Vec<Vec<u8>> {
    let feature = |geometry: &str| {
        format!(
            r#"{{"type":"Feature","id":7,"properties":{{"ward":"12","radius_m":300}},"geometry":{geometry}}}"#
        )
    };
    let polygon = format!(r#"{{"type":"Polygon","coordinates":[{RING},{HOLE}]}}"#);
    let multi = format!(r#"{{"type":"MultiPolygon","coordinates":[[{RING}],[{HOLE}]]}}"#);
    let across = r#"{"type":"Polygon","coordinates":[[[179,0],[181,0],[181,1],[179,1],[179,0]]]}"#;
    let bow = r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}"#;
    let point = r#"{"type":"Point","coordinates":[-87.65,41.88,3]}"#;
    let both = [feature(&polygon), feature(&multi)].join(",");
    of(vec![
        feature(&polygon),
        multi,
        feature(across),
        feature(bow),
        feature(point),
        format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"EPSG:4269"}}}},"features":[{both}]}}"#
        ),
    ])
}

/// The last one makes the overlay library panic.
fn repair_seeds() -> Vec<Vec<u8>> {
    let fallen = r#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[-87,7,41.8],[-88.6,41.8],[-87.6,41.1],[-87.7,41.4],[-73.78,41.82],[-87.67,41.8]],[[-87.68,41.82],[-87.67,41.8]],[[-87.68,41.82],[-87.624,1.28],[-87.62,41.24,1.28],[-87.61,41.88],[-87.68,67,41.8]],[[-87.68,41.82],[-88.624,1.28],[-87.62,41.24,1.28],[-87.62,41.88],[-87.68,41,82]]]}}"#;
    let mut seeds = areas_seeds();
    seeds.extend(of(vec![fallen.into()]));
    seeds
}

fn csv_seeds() -> Vec<Vec<u8>> {
    of(vec![
        "id,type,status,created_date,closed_date,latitude,longitude\n1,Pothole,Open,2021-01-02T03:04:05,,41.88,-87.65\n2,\"a \"\"b\"\"\nc\",Completed,01/02/2021 03:04:05 PM,2021-01-03,41.8,-87.6\n".into(),
        "Unique Key;Created Date;Complaint Type;Location\n1;02/28/2023 11:45:00 PM;Noise;\"(40.7, -74.0)\"\n".into(),
        "\u{feff}\u{feff}".into(),
        "\u{feff}id\tlon\tlat\tat\tcategory\n1\t-87.65\t41.88\t2026-05-04T14:00:00Z\tx\n".into(),
    ])
}

fn ndjson_seeds() -> Vec<Vec<u8>> {
    let line = String::from_utf8(event_seeds().remove(0)).unwrap_or_default();
    of(vec![format!("{line}\n{line}\n\n{{\"id\":null}}\n"), format!("[{line},{line}]")])
}

fn issues_seeds() -> Vec<Vec<u8>> {
    let request = r#"{"service_request_id":"638344","status":"closed","service_name":"Sidewalk","requested_datetime":"2010-04-14T06:37:38-08:00","updated_datetime":"2010-04-14T06:37:38-08:00","address":"8TH AVE","lat":37.7,"long":-122.4}"#;
    let feature = r#"{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[-87.65,41.88]},"properties":{"category":"Pothole","at":"2026-05-04T14:00:00Z","status":"open"}}"#;
    of(vec![
        format!("[{request}]"),
        format!(r#"{{"type":"FeatureCollection","features":[{feature},{feature}]}}"#),
        format!("{feature}\n{feature}\n"),
    ])
}

fn xml_seeds() -> Vec<Vec<u8>> {
    let request = "<request><service_request_id>638344</service_request_id><status>closed</status>\
        <service_name>Sidewalk &amp; Curb</service_name><description><![CDATA[a <b>]]></description>\
        <requested_datetime>2010-04-14T06:37:38-08:00</requested_datetime><address/>\
        <lat>37.7</lat><long>-122.4</long></request>";
    of(vec![
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<service_requests>{request}{request}</service_requests>"
        ),
        format!(
            "<!DOCTYPE x [<!ENTITY y \"z\">]><service_requests>\n<request><status>&y;&#x41;</status></request>{request}</service_requests>"
        ),
        "<errors><error><code>404</code><description>no</description></error></errors>".into(),
    ])
}

fn event_seeds() -> Vec<Vec<u8>> {
    of(vec![
        r#"{"source_id":"a1","version":"1","kind":"opened","at":"2026-05-04T14:00:00Z","category":"Pothole","lon":-87.65,"lat":41.88,"text":"Deep","attributes":{"x":[1,null]}}"#.into(),
        r#"{"source":"city","source_id":7,"status":"closed","closed_at":1700000000,"geometry":{"type":"Point","coordinates":[-87.65,41.88]},"actor":"official"}"#.into(),
        r#"{"source_id":"a1","kind":"merged","at":"2026-05-04","votes":3,"address":"1 \u0041 St"}"#.into(),
    ])
}

fn token_seeds() -> Vec<Vec<u8>> {
    let token = Token::Manage { city: CityId(1), watcher: WatcherId(uuid::Uuid::nil()) };
    of(vec![token.seal(&secrets()), "A".repeat(43), "ww_abc".into()])
}

fn watch_seeds() -> Vec<Vec<u8>> {
    let area = format!(
        r#"{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[{RING}]}},"properties":{{}}}}"#
    );
    let circle = r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[-87.65,41.88]},"properties":{"radius_m":300}}"#;
    of(vec![
        format!(r#"{{"email":"ada@example.org","name":"Home","rhythm":"daily","target":{{"area":{area}}},"filter":{{"categories":["Pothole"],"kinds":["opened"],"keywords":["tree"]}}}}"#),
        format!(r#"{{"email":"ada@example.org","target":{{"area":{circle}}},"via":["mail"]}}"#),
        r#"{"push":{"endpoint":"https://push.example.org/x","keys":{"p256dh":"BGsX","auth":"AA"}},"target":{"ward":{"layer":"wards","ward":"1"}}}"#.into(),
        area,
    ])
}

/// A mail that came back, as a mail server hands it over. Whatever it says, no forged address is
/// taken for one of ours.
fn bounce(bytes: &[u8]) {
    let secrets = Secrets::parse(&"A".repeat(43)).expect("a secret");
    let letter = Letter::read(bytes);
    for text in &letter.back_to {
        assert_eq!(WayBack::find(text, CityId(1), &secrets), None);
    }
    if let Ok(said) = letter.means(&"ada@people.example".parse().expect("an address")) {
        assert!(!said.reason().contains(['@', '\n', '\r']));
    }
}

fn bounce_seeds() -> Vec<Vec<u8>> {
    [
        &include_bytes!("../../tests/bounces/postfix.eml")[..],
        include_bytes!("../../tests/bounces/exchange.eml"),
        include_bytes!("../../tests/bounces/gmail.eml"),
        include_bytes!("../../tests/bounces/qmail.eml"),
        include_bytes!("../../tests/bounces/complaint.eml"),
        include_bytes!("../../tests/bounces/vacation.eml"),
    ]
    .map(<[u8]>::to_vec)
    .to_vec()
}

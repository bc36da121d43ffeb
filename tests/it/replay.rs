//! A real feed played to people who watch: what they would get of it.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use wardwatch::random::SplitMix;

use crate::program::Program;

fn ward(key: &str, west: f64, east: f64) -> Value {
    let ring = [[west, 41.8], [east, 41.8], [east, 41.9], [west, 41.9], [west, 41.8]];
    let geometry = json!({"type": "Polygon", "coordinates": [ring]});
    json!({"type": "Feature", "properties": {"ward": key}, "geometry": geometry})
}

/// Two wards side by side.
fn wards(dir: &Path) -> String {
    let file = dir.join("wards.geojson");
    let wards = [ward("1", -87.75, -87.65), ward("2", -87.65, -87.55)];
    let text = json!({"type": "FeatureCollection", "features": wards}).to_string();
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Three days of a small city, as a city publishes them: every third is closed some hours later,
/// every fifth lies where its geocoder falls back to, and one has no place.
fn three_days(dir: &Path) -> String {
    let mut dice = SplitMix::new(311);
    let mut rows =
        "sr_number,sr_type,status,created_date,closed_date,latitude,longitude\n".to_owned();
    for n in 0..400_u32 {
        let minute = n * 10;
        let at = |minute: u32| {
            format!(
                "2021-01-{:02}T{:02}:{:02}:00",
                4 + minute / 1_440,
                minute / 60 % 24,
                minute % 60
            )
        };
        let closed = if n % 3 == 0 { at(minute + 200) } else { String::new() };
        let status = if n % 3 == 0 { "Completed" } else { "Open" };
        let kind = ["Pothole", "Graffiti", "Street Light Out"][n as usize % 3];
        let (lon, lat) = match n {
            7 => (String::new(), String::new()),
            _ if n % 5 == 0 => ("-87.7".to_owned(), "41.85".to_owned()),
            _ => {
                let (lon, lat) = (dice.range(-87.75, -87.55), dice.range(41.8, 41.9));
                (format!("{lon:.6}"), format!("{lat:.6}"))
            }
        };
        writeln!(rows, "SR{n},{kind},{status},{},{closed},{lat},{lon}", at(minute)).unwrap();
    }
    let file = dir.join("feed.csv");
    std::fs::write(&file, rows).unwrap();
    file.to_str().unwrap().to_owned()
}

/// What a replay reports; it leaves nothing behind.
fn replayed(town: &Program, words: &[&str]) -> Value {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().to_str().unwrap();
    let common = ["--speed", "40000", "--json", "--dir", dir, "--timezone", "America/Chicago"];
    let ended = town.end(&[&["replay"], words, &common].concat());
    assert_eq!(ended.code, 0, "{}\n{}", ended.printed, ended.said);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "it clears up");
    serde_json::from_str(&ended.printed).unwrap()
}

#[test]
fn three_days_are_told_once_to_everybody_who_asked() {
    let (town, data) = (Program::new(None, 9, 9), tempfile::tempdir().unwrap());
    let (feed, wards) = (three_days(data.path()), wards(data.path()));
    let report = replayed(&town, &[&feed, "--watchers", "250", "--boundaries", &wards]);
    let count = |key: &str| report[key].as_u64().unwrap_or_else(|| panic!("{key}: {report}"));
    let none = ["missed", "repeated", "unasked", "notices_refused"].map(count);
    assert_eq!(none, [0; 4], "{report}");
    assert_eq!((count("people"), count("issues")), (250, 400), "{report}");
    // 134 rows are closed; the last of them after the feed's end.
    assert_eq!(count("notices") + count("notices_after_the_end"), 534);
    assert_eq!(count("events"), count("notices"));
    assert!(count("notices_after_the_end") > 0);
    assert!(count("mails") > 100 && count("pushes") > 50, "{report}");
    assert!(count("digests") > 50 && count("counted_in_digests") > 0, "{report}");
    let held = &report["held_points"][0];
    assert_eq!((&held["lon"], &held["lat"]), (&json!(-87.7), &json!(41.85)), "{report}");
    assert_eq!(report["places_not_believed"]["missing"], 1);
    let rate = |key: &str| report[format!("messages_per_person_week_{key}")].as_f64().unwrap();
    assert!(rate("median") <= rate("p90") && rate("p90") <= rate("max"), "{report}");
    assert!(rate("max") > 7.0, "whoever watches a ward at once hears a lot: {report}");
    assert!(
        (1..=10).contains(&count("most_at_once_in_an_hour")),
        "no more than is usual: {report}"
    );
    let wait = |key: &str| report[key].as_f64().unwrap();
    assert!(wait("accept_to_push_p50_ms") > 0.0 && wait("accept_to_mail_p99_ms") > 0.0);
    assert_eq!(std::fs::read_dir(town.dir()).unwrap().count(), 0, "no city was made");
}

#[test]
fn the_stored_watches_hear_it_in_a_city_of_their_own() {
    let (town, data) = (Program::new(None, 9, 9), tempfile::tempdir().unwrap());
    let feed = three_days(data.path());
    let import = ["boundaries", "import", &wards(data.path()), "--layer", "wards"];
    town.run(&[&import[..], &["--id-property", "ward"]].concat());
    let circle = |email: &str, frequency: &str| {
        json!({"type": "Feature", "properties": {"radius_m": 3000.0, "email": email,
            "frequency": frequency, "kinds": ["opened", "closed"]},
            "geometry": {"type": "Point", "coordinates": [-87.68, 41.86]}})
    };
    let people = [circle("ada@example.org", "at_once"), circle("bo@example.org", "daily")];
    let file = data.path().join("people.json");
    let text = json!({"type": "FeatureCollection", "features": people}).to_string();
    std::fs::write(&file, text).unwrap();
    town.run(&["watches", "import", file.to_str().unwrap(), "--confirmed"]);
    let report = replayed(&town, &[&feed]);
    assert_eq!((&report["people"], &report["pushes"]), (&json!(2), &json!(0)), "{report}");
    assert!(report["mails"].as_u64().unwrap() > 30, "{report}");
    assert!(report["digests"].as_u64().unwrap() >= 3, "a day each: {report}");
    assert_eq!(town.run(&["outbox", "list", "--state", "sent"]), "", "nobody there was told");
    let nobody = town.end(&["replay", "no-such-file.csv"]);
    assert_eq!(nobody.code, 1, "{}", nobody.said);
    assert_eq!(town.end(&["replay", &feed, "--speed", "0"]).code, 2);
}

//! The commands, as an operator and their scripts meet them.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use wardwatch::store::WatchState;

use crate::program::Program;
use crate::town::fresh_postgres;

/// A program whose mail and pushes nobody takes.
fn program() -> Program {
    Program::new(None, 9, 9)
}

/// The same, on PostgreSQL where there is one.
async fn on_both() -> Vec<Program> {
    let postgres = fresh_postgres().await.map(|url| Program::new(Some(url), 9, 9));
    [Some(program()), postgres].into_iter().flatten().collect()
}

/// A ward one degree high.
fn ward(key: &str, west: f64, east: f64) -> Value {
    let ring = [[west, 0.0], [east, 0.0], [east, 1.0], [west, 1.0], [west, 0.0]];
    let geometry = json!({"type": "Polygon", "coordinates": [ring]});
    json!({"type": "Feature", "properties": {"ward": key}, "geometry": geometry})
}

fn write(dir: &Path, name: &str, features: &[Value]) -> String {
    let file = dir.join(name);
    let text = json!({"type": "FeatureCollection", "features": features}).to_string();
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// What lies in a folder, the database's own notes aside.
fn files(dir: &Path) -> BTreeSet<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.unwrap().file_name().into_string().unwrap()
    };
    let names = std::fs::read_dir(dir).unwrap().map(name);
    names.filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm")).collect()
}

fn pothole(id: &str, lon: f64, lat: f64) -> String {
    let at = "2026-05-04T14:00:00Z";
    let event = json!({"source_id": id, "category": "Pothole", "lon": lon, "lat": lat, "at": at});
    format!("{event}\n")
}

#[test]
fn a_larger_map_that_comes_later_widens_the_city() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    let import = |layer: &str, wards: &[Value]| {
        let file = write(data.path(), &format!("{layer}.json"), wards);
        town.run(&["boundaries", "import", &file, "--layer", layer, "--id-property", "ward"]);
    };
    let told = |id: &str, lon: f64| {
        let file = data.path().join("issue.ndjson");
        std::fs::write(&file, pothole(id, lon, 0.5)).unwrap();
        let count = town.run(&["ingest", file.to_str().unwrap(), "--json"]);
        serde_json::from_str::<Value>(&count).unwrap()["accepted"] == 1
    };
    import("downtown", &[ward("1", 10.0, 11.0)]);
    assert!(!told("a", 14.5), "nothing lies there yet");
    import("wards", &[ward("1", 12.0, 15.0)]);
    assert!(told("b", 14.5), "the second layer reaches there");
    assert!(told("c", 10.5), "and the first is still the city");
    import("wards", &[ward("1", 12.0, 20.0)]);
    assert!(told("d", 19.5), "so does a second version");
}

#[test]
fn a_feed_that_was_cut_off_is_a_failure_and_what_came_is_kept() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    let mut packed = GzEncoder::new(vec![], Compression::fast());
    for k in 0..20_000 {
        let at = f64::from(k) / 40_000.0;
        packed.write_all(pothole(&k.to_string(), at + 10.0, at + 40.0).as_bytes()).unwrap();
    }
    let packed = packed.finish().unwrap();
    let file = data.path().join("feed.ndjson.gz");
    std::fs::write(&file, &packed[..packed.len() / 2]).unwrap();
    let ended = town.end(&["ingest", file.to_str().unwrap(), "--json"]);
    assert_eq!(ended.code, 1);
    assert!(ended.said.contains("cut off"), "{}", ended.said);
    let count: Value = serde_json::from_str(&ended.printed).unwrap();
    assert!(count["accepted"].as_u64().unwrap() > 5_000, "{count}");
    std::fs::write(&file, &packed).unwrap();
    let again = town.end(&["ingest", file.to_str().unwrap(), "--json"]);
    assert_eq!(again.code, 0, "{}", again.said);
}

#[test]
fn a_row_that_is_refused_is_a_failure_and_the_others_are_kept() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    let file = data.path().join("feed.ndjson");
    let rows = format!("{}{{\"source_id\": \"b\"}}\n", pothole("a", 10.0, 40.0));
    std::fs::write(&file, rows).unwrap();
    let ended = town.end(&["ingest", file.to_str().unwrap()]);
    assert_eq!(ended.code, 1);
    assert_eq!(ended.printed, "read 2: accepted 1, repeated 0, flagged 0, refused 1\n");
    assert!(ended.said.contains("1 of 2 rows were refused"), "{}", ended.said);
}

#[test]
fn a_command_that_nobody_listens_to_goes_on_to_its_end() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    let refused = "{\"source_id\": \"b\"}\n".repeat(40);
    let file = data.path().join("feed.ndjson");
    std::fs::write(&file, format!("{refused}{}", pothole("a", 10.0, 40.0))).unwrap();
    let words = ["ingest", file.to_str().unwrap()];
    assert_eq!(town.end_unread(&words), 1, "as the rows that are refused make it");
    let again = town.end(&words);
    assert_eq!(again.printed, "read 41: accepted 0, repeated 1, flagged 0, refused 40\n");
    let wards = write(data.path(), "wards.json", &[ward("1", 10.0, 11.0)]);
    let import = ["boundaries", "import", &wards, "--layer", "wards", "--id-property", "ward"];
    assert_eq!(town.end_unread(&import), 0);
    assert_eq!(town.run(&["boundaries", "list", "--json"]).lines().count(), 1);
}

#[test]
fn a_dry_run_on_a_machine_without_a_city_makes_nothing() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    let file = write(data.path(), "wards.json", &[ward("1", 10.0, 11.0), ward("2", 11.0, 12.0)]);
    let told = town.run(&[
        "boundaries",
        "import",
        &file,
        "--layer",
        "wards",
        "--id-property",
        "ward",
        "--dry-run",
        "--city-name",
        "Elsewhere",
    ]);
    assert_eq!(told, "added    1\nadded    2\n");
    assert!(files(town.dir()).is_empty(), "{:?}", files(town.dir()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_what_would_change_and_changes_nothing() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        let old = [ward("1", 10.0, 11.0), ward("2", 11.0, 12.0), ward("3", 12.0, 13.0)];
        let old = write(data.path(), "old.json", &old);
        let mut new = vec![ward("1", 10.0, 11.0), ward("2", 11.0, 11.5), ward("4", 11.5, 13.0)];
        let layer = ["--layer", "wards", "--id-property", "ward"];
        let import = |file: &str, more: &[&str]| {
            town.end(&[&["boundaries", "import", file], &layer[..], more].concat())
        };
        assert_eq!(import(&old, &[]).code, 0);
        let before = (files(town.dir()), town.run(&["boundaries", "list", "--json"]));
        let file = write(data.path(), "new.json", &new);
        let told = import(&file, &["--dry-run", "--city-name", "Elsewhere"]);
        assert_eq!(told.code, 0, "{}", told.said);
        let expected = "moved    2: 50.00 % of its area changes\nremoved  3\nadded    4\n";
        assert_eq!(told.printed, expected);
        // A feature that is refused fails it as it would fail the import.
        new.push(json!({"type": "Feature", "properties": {"ward": "9"}, "geometry": null}));
        let file = write(data.path(), "bad.json", &new);
        assert_eq!(import(&file, &["--dry-run"]).code, 1);
        assert_eq!(before, (files(town.dir()), town.run(&["boundaries", "list", "--json"])));
        let mut tx = town.store().await.read().await.unwrap();
        assert_eq!(tx.cities().await.unwrap()[0].name, "Our city");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_that_go_through_a_file_stay_what_their_people_chose() {
    for (old, new) in on_both().await.into_iter().zip(on_both().await) {
        let data = tempfile::tempdir().unwrap();
        let circle = |email: &str, state: &str| {
            let filter = json!({"include": ["ice"], "exclude": [], "phrase": null});
            json!({
                "type": "Feature", "geometry": {"type": "Point", "coordinates": [10.5, 0.5]},
                "properties": {
                    "radius_m": 300.0, "email": email, "name": "Home", "state": state,
                    "frequency": "weekly", "via": {"mail": true, "push": false, "webhook": false},
                    "categories": ["Pothole"], "kinds": ["opened", "closed"], "keywords": filter,
                }
            })
        };
        let wanted = [
            circle("ada@example.org", "active"),
            circle("bo@example.org", "paused"),
            circle("eve@example.org", "unconfirmed"),
        ];
        let file = write(data.path(), "people.json", &wanted);
        old.run(&["watches", "import", &file, "--confirmed"]);
        let exported = old.run(&["watches", "export"]);
        let file = data.path().join("exported.json");
        std::fs::write(&file, &exported).unwrap();
        new.run(&["watches", "import", file.to_str().unwrap(), "--confirmed"]);
        for (was, is) in [
            (json!({"features": wanted}).to_string(), &exported),
            (exported.clone(), &new.run(&["watches", "export"])),
        ] {
            assert_eq!(chosen(&was), chosen(is));
        }
    }
}

/// A Feature of somebody who watches a place of ward 1.
fn circle(properties: &Value) -> Value {
    let geometry = json!({"type": "Point", "coordinates": [10.5, 0.5]});
    let mut feature = json!({"type": "Feature", "geometry": geometry, "properties": properties});
    feature["properties"]["radius_m"] = 300.0.into();
    feature
}

fn browser(number: u8) -> Value {
    json!([{"endpoint": format!("https://push.example.net/{number}"),
        "keys": {"p256dh": crate::open_town::A_POINT, "auth": "A".repeat(22)}}])
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_agreed_is_asked_and_a_browser_that_cannot_be_is_left_out() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        let file = write(
            data.path(),
            "people.json",
            &[
                circle(&json!({"email": "ada@example.org", "push": browser(1)})),
                circle(&json!({"email": "bo@example.org"})),
                circle(&json!({"push": browser(2)})),
                circle(&json!({"push": browser(3), "state": "unconfirmed"})),
            ],
        );
        let import = |more: &[&str]| {
            let ended = town.end(&[&["watches", "import", &file][..], more].concat());
            assert_eq!(ended.code, 1, "{}", ended.said);
            move |words: &[&str]| {
                let all = words.iter().all(|word| ended.said.contains(word));
                assert!(all, "{words:?} are not all in: {}", ended.said);
            }
        };
        let left_out = "2 watches are of browsers alone";
        import(&[])(&["0 watches are on, 2 wait", left_out, "1 browser is left out beside"]);
        let exported: Value = serde_json::from_str(&town.run(&["watches", "export"])).unwrap();
        for feature in exported["features"].as_array().unwrap() {
            let properties = &feature["properties"];
            assert_eq!(
                (&properties["state"], &properties["push"]),
                (&json!("unconfirmed"), &json!([]))
            );
        }
        import(&[])(&["0 were known already, 2 were known and are not confirmed", left_out]);
        import(&["--confirmed"])(&[
            "1 watch is on",
            "2 were known and are not confirmed",
            "--confirmed changes no watch that is there",
            "1 watch is of browsers alone",
        ]);
        import(&["--confirmed"])(&["1 were known already, 2 were known and are not confirmed"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_was_paused_is_at_no_moment_on() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        let paused = circle(&json!({"email": "ada@example.org", "state": "paused"}));
        let file = write(data.path(), "people.json", &[paused]);
        town.run(&["watches", "import", &file, "--confirmed"]);
        let store = town.store().await;
        let mut tx = store.read().await.unwrap();
        let city = tx.cities().await.unwrap().remove(0).id;
        let (rows, last) = tx.watch_changes(city, 0, 10).await.unwrap();
        assert_eq!(rows[0].state, WatchState::Paused);
        assert_eq!((rows.len(), last), (1, 1), "it was written once");
        drop(tx);
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_looked_up_on_the_map_of_today() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        let wards =
            write(data.path(), "wards.json", &[ward("1", 10.0, 11.0), ward("3", 11.0, 12.0)]);
        town.run(&["boundaries", "import", &wards, "--layer", "wards"]);
        let home = |email: &str, lon: f64| {
            json!({"type": "Feature", "geometry": null, "properties": {"email": email,
                "wards": [{"layer": "wards", "ward": "2"}],
                "meant": {"my_address": {"lon": lon, "lat": 0.5}}}})
        };
        let people = [home("ada@example.org", 11.5), home("bo@example.org", 20.0)];
        let file = write(data.path(), "people.json", &people);
        let ended = town.end(&["watches", "import", &file, "--confirmed"]);
        let said = &ended.said;
        assert!(said.contains("1 watch is on"), "{said}");
        assert!(
            said.contains("feature 2 is refused: no ward of the layer “wards” holds"),
            "{said}"
        );
        let exported: Value = serde_json::from_str(&town.run(&["watches", "export"])).unwrap();
        let properties = &exported["features"][0]["properties"];
        assert_eq!(properties["wards"], json!([{"layer": "wards", "ward": "3"}]));
        assert_eq!(properties["meant"]["my_address"]["lon"], 11.5);
    }
}

#[test]
fn a_file_that_is_read_again_is_known_also_under_a_new_secret() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    let file = write(data.path(), "people.json", &[circle(&json!({"email": "ada@example.org"}))]);
    town.run(&["watches", "import", &file, "--confirmed"]);
    std::fs::write(town.dir().join("secret"), format!("{}\n", "A".repeat(43))).unwrap();
    let again = town.end(&["watches", "import", &file, "--confirmed"]);
    assert!(
        again.said.contains("0 watches are on") && again.said.contains("1 were known"),
        "{}",
        again.said
    );
}

/// Two squares: one in ward 1, and one far from it.
fn two_gardens() -> Value {
    let garden = |west: f64| {
        let east = west + 0.01;
        json!([[[west, 40.0], [east, 40.0], [east, 40.01], [west, 40.01], [west, 40.0]]])
    };
    json!({"type": "MultiPolygon", "coordinates": [garden(10.0), garden(10.05)]})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_read_back_whole_and_twice_is_once() {
    for (old, new) in on_both().await.into_iter().zip(on_both().await) {
        let data = tempfile::tempdir().unwrap();
        let ring = json!([[10.0, 40.0], [10.1, 40.0], [10.1, 40.1], [10.0, 40.1], [10.0, 40.0]]);
        let ward = json!({"type": "Feature", "properties": {"ward": "1"},
            "geometry": {"type": "Polygon", "coordinates": [ring]}});
        let wards = write(data.path(), "wards.json", &[ward]);
        let issues = data.path().join("issues.csv");
        std::fs::write(
            &issues,
            "id,at,category,lon,lat\n1,2026-05-04T09:30:00Z,Pothole,10.05,40.05\n",
        )
        .unwrap();
        for town in [&old, &new] {
            town.run(&["boundaries", "import", &wards, "--layer", "wards"]);
            town.run(&["ingest", issues.to_str().unwrap(), "--backfill"]);
        }
        let phone = json!([{"endpoint": "https://push.example.net/1",
            "keys": {"p256dh": crate::open_town::A_POINT, "auth": "A".repeat(22)}}]);
        let feature = |geometry: &Value, properties: Value| json!({"type": "Feature", "geometry": geometry, "properties": properties});
        let none = Value::Null;
        let wanted = [
            feature(&two_gardens(), json!({"push": phone, "name": "Gardens"})),
            feature(
                &none,
                json!({"email": "ada@example.org", "push": phone, "name": "Ward",
                "wards": [{"layer": "wards", "ward": "1"}]}),
            ),
            feature(
                &none,
                json!({"email": "bo@example.org", "name": "One", "state": "paused",
                "kinds": ["closed"], "issue": "26-000001"}),
            ),
        ];
        let file = write(data.path(), "people.json", &wanted);
        old.run(&["watches", "import", &file, "--confirmed"]);
        let exported = old.run(&["watches", "export"]);
        assert_eq!(watched(&exported).len(), 3, "{exported}");
        let file = data.path().join("exported.json");
        std::fs::write(&file, &exported).unwrap();
        let import = |town: &Program| {
            town.end(&["watches", "import", file.to_str().unwrap(), "--confirmed"])
        };
        let first = import(&new);
        assert!(first.said.contains("3 watches are on"), "{}", first.said);
        // Once more, and where it came from: all of it is known.
        for town in [&new, &old] {
            let again = import(town);
            assert!(again.code == 0 && again.said.contains("3 were known"), "{}", again.said);
            assert_eq!(watched(&town.run(&["watches", "export"])), watched(&exported));
        }
        // A file without ids is the same file the second time, too.
        let file = write(data.path(), "people.json", &wanted);
        let again = old.end(&["watches", "import", &file, "--confirmed"]);
        assert!(again.said.contains("3 were known"), "{}", again.said);
        let nothing = write(data.path(), "odd.json", &[feature(&none, json!({"name": "x"}))]);
        let odd = old.end(&["watches", "import", &nothing]);
        assert!(odd.code == 1 && odd.said.contains("neither `email` nor `push`"), "{}", odd.said);
    }
}

/// Everything about the watches of an export but who numbers their people.
fn watched(collection: &str) -> Vec<String> {
    let collection: Value = serde_json::from_str(collection).unwrap();
    let mut features = collection["features"].as_array().unwrap().clone();
    for feature in &mut features {
        feature["properties"].as_object_mut().unwrap().remove("watcher");
    }
    let mut all: Vec<String> = features.iter().map(Value::to_string).collect();
    all.sort();
    all
}

/// What people chose, by their addresses.
fn chosen(collection: &str) -> Vec<String> {
    let collection: Value = serde_json::from_str(collection).unwrap();
    let of = |feature: &Value| {
        let names =
            ["email", "name", "state", "frequency", "via", "categories", "kinds", "keywords"];
        names.map(|name| feature["properties"][name].to_string()).join(" ")
    };
    let mut all: Vec<String> = collection["features"].as_array().unwrap().iter().map(of).collect();
    all.sort();
    all
}

#[test]
fn a_watch_is_held_to_what_a_person_may_make() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    let circle = |properties: Value| {
        let geometry = json!({"type": "Point", "coordinates": [10.5, 0.5]});
        let mut feature =
            json!({"type": "Feature", "geometry": geometry, "properties": properties});
        feature["properties"]["email"] = "ada@example.org".into();
        feature["properties"]["radius_m"] = 300.0.into();
        write(data.path(), "one.json", &[feature])
    };
    for (properties, why) in [
        (json!({"name": "x".repeat(81)}), "1 to 80 characters"),
        (json!({"name": "a\u{7}b"}), "1 to 80 characters"),
        (json!({"state": "deleted"}), "not active, paused or unconfirmed"),
        (json!({"kinds": []}), "lets nothing through"),
        (json!({"kinds": ["dragons"]}), "`kinds`"),
        (json!({"via": {"mail": false, "push": false}}), "choose mail, push or a webhook"),
    ] {
        let ended = town.end(&["watches", "import", &circle(properties)]);
        assert_eq!(ended.code, 1);
        assert!(ended.said.contains(why), "{why} is not in: {}", ended.said);
    }
    let file = circle(json!({}));
    let small = town.end(&["watches", "import", &file, "--max-watch-km2", "0.1"]);
    assert!(small.said.contains("at most 0.1 km²"), "{}", small.said);
    assert_eq!(town.end(&["watches", "import", &file]).code, 0);
}

#[tokio::test]
async fn the_operator_says_how_much_a_person_may_watch() {
    let town = program();
    let serving = town.serve(&[("WARDWATCH_MAX_WATCH_KM2", "0.1")]).await;
    let circle = json!({"type": "Feature", "properties": {"radius_m": 300.0},
        "geometry": {"type": "Point", "coordinates": [10.5, 0.5]}});
    let wanted = json!({"email": "ada@example.org", "target": {"area": circle}});
    let sent = reqwest::Client::new().post(town.at("/api/v1/watches")).json(&wanted);
    let answer = sent.send().await.unwrap().text().await.unwrap();
    assert!(answer.contains("at most 0.1 km²"), "{answer}");
    serving.stop();
}

#[test]
fn what_cannot_be_written_is_a_failure() {
    let town = program();
    for words in [&["watches", "export"][..], &["keys", "vapid"]] {
        assert_eq!(town.end_into(words, "/dev/full"), 1, "{words:?}");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_what_to_write() {
    let town = program();
    let address = "write an address and a port, as 127.0.0.1:8311";
    for (words, told) in [
        (&["serve", "--listen", "localhost:8311"][..], address),
        (&["serve", "--listen", ":99999"], address),
        (&["demo", "--listen", "8311"], address),
        (&["outbox", "retry", "foo"], "write the id that `wardwatch outbox list` shows"),
        (&["comments", "show", "1"], "write the id that `wardwatch comments list` shows"),
        (&["demo", "--rate", "abc"], "write a number of events a second, above 0 and up to 1000"),
        (&["demo", "--rate", "0"], "write a number of events a second, above 0 and up to 1000"),
        (&["replay", "feed.csv", "--speed", "fast"], "write a number above 0 and up to 1000000"),
    ] {
        let ended = town.end(words);
        assert_eq!(ended.code, 2, "{words:?}: {}", ended.said);
        assert!(ended.said.contains(told), "{words:?}: {}", ended.said);
    }
}

#[test]
fn what_cannot_be_meant_is_told_from_what_fails() {
    let town = program();
    for words in [
        &["serve", "--lease-s", "0"][..],
        &["serve", "--public-url", "ftp://x"],
        &["serve", "--max-watch-km2", "nan"],
        &["ingest", "--timezone", "Mars"],
        &["boundaries", "list", "--timezone", "Mars"],
        &["boundaries", "list", "--listen", "127.0.0.1:0"],
        &["boundaries", "list", "--database-url", "mysql://localhost/city"],
        &["ingest", "--database-url", "postgres:city"],
        &["serve", "--smtp-url", "http://mail.example.org"],
        &["serve", "--log", "loud"],
        &["serve", "--log", "wardwatch[=debug"],
        &["demo", "--log", "wardwatch[=debug"],
        &["serve", "--push-allow-hosts", "http://127.0.0.1:9000"],
        &["serve", "--max-watch-parts", "0"],
        &["serve", "--max-watch-vertices", "2"],
        &["boundaries", "import", "wards.json", "--layer", "wards", "--max-layer-mb", "0"],
        &["boundaries", "import", "wards.json", "--layer", "wards", "--tolerance-m", "inf"],
        &["boundaries", "import", "wards.json", "--layer", "wards", "--tolerance-m=-5"],
        &["boundaries", "import", "wards.json", "--layer", "wards", "--tolerance-m", "nan"],
    ] {
        let ended = town.end(words);
        assert_eq!(ended.code, 2, "{words:?}: {}", ended.said);
        let flag = words.iter().rfind(|word| word.starts_with("--")).unwrap();
        let flag = flag.split('=').next().unwrap();
        assert!(ended.said.contains(flag), "{words:?} is not named: {}", ended.said);
        assert_eq!(std::fs::read_dir(town.dir()).unwrap().count(), 0, "{words:?} made something");
    }
    let missing = town.end(&["boundaries", "import", "no-such-file", "--layer", "wards"]);
    assert_eq!(missing.code, 1, "{}", missing.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_residents_may_report_is_taken_from_a_file_and_listed() {
    for town in on_both().await {
        town.found();
        let none = town.end(&["categories", "list"]);
        assert!(none.said.contains("what the city has heard of"), "{}", none.said);
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/data/categories.json");
        town.run(&["categories", "import", file]);
        let listed = town.run(&["categories", "list"]);
        assert!(listed.starts_with("pothole  Pothole  2 questions\n"), "{listed}");
        assert!(listed.contains("rodents  Rodents  2 questions, 1 private\n"), "{listed}");
        // What it writes it takes, and the file stands for all there is.
        let written = town.run(&["categories", "list", "--json"]);
        let mut all: Vec<Value> = serde_json::from_str(&written).unwrap();
        assert_eq!(all.len(), 17);
        all.truncate(1);
        let one = json!(all).to_string();
        assert_eq!(town.end_fed(&["categories", "import", "-"], one.as_bytes()).code, 0);
        assert_eq!(town.run(&["categories", "list"]).lines().count(), 1);
        let empty = town.end_fed(&["categories", "import", "-"], b"[]");
        assert_eq!(empty.code, 1);
        let told = "there is no category in it; nothing was changed";
        assert!(empty.said.contains(told), "{}", empty.said);
        assert_eq!(town.run(&["categories", "list"]).lines().count(), 1);
        let refused = town.end_fed(&["categories", "import", "-"], br#"[{"service_code": "a"}]"#);
        assert_eq!(refused.code, 1);
        assert!(
            refused.said.contains("service 1: missing field `service_name`"),
            "{}",
            refused.said
        );
    }
}

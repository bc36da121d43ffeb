//! The doctor names each fault in one line, with what to do, and leaves all as it was.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use serde_json::json;
use sqlx::{Connection, Executor};
use wardwatch::bench::sinks::MailSink;
use wardwatch::clock::{Clock, Timestamp};
use wardwatch::engine::{Arrival, Engine, EngineSettings};
use wardwatch::geometry::Shape;
use wardwatch::issue::{Actor, Facts, Kind, Notice, Said};
use wardwatch::random::Random;
use wardwatch::store::Store;
use wardwatch::token::Secrets;
use wardwatch::ward::{LayerVersion, Ward};

use crate::program::{Ended, Program};
use crate::town::{at, fresh_postgres};

/// What the doctor said, with what differs from run to run taken out, and its exit code.
fn examined(town: &Program, words: &[&str]) -> (String, i32) {
    let Ended { code, printed, .. } = town.end(&[&["doctor"], words].concat());
    let dir = town.dir().to_str().unwrap();
    let mut told = String::new();
    for line in printed.lines() {
        let line = line.replace(dir, "DIR");
        let words = line.split(' ').map(|word| {
            let bare = word.trim_end_matches([',', ';']);
            let tail = &word[bare.len()..];
            if bare.parse::<Timestamp>().is_ok() {
                format!("TIME{tail}")
            } else if bare.len() == 87 {
                format!("KEY{tail}")
            } else {
                word.to_owned()
            }
        });
        let words: Vec<String> = words.collect();
        let line = words.join(" ");
        // How much room this machine has is not the point.
        let line = if line.contains("free in") { "ok    disk           ROOM".into() } else { line };
        writeln!(told, "{line}").unwrap();
    }
    (told, code)
}

/// The level of one check.
fn level(told: &str, name: &str) -> String {
    let line = told.lines().find(|line| line.split_whitespace().nth(1) == Some(name));
    line.unwrap_or_else(|| panic!("nothing on {name} in\n{told}"))[..4].trim().to_owned()
}

/// The wards of a town of one, holding from this time.
async fn found_wards(store: &Store, effective: Timestamp) {
    let ring = [[10.0, 0.0], [11.0, 0.0], [11.0, 1.0], [10.0, 1.0], [10.0, 0.0]];
    let polygon = json!({"type": "Polygon", "coordinates": [ring]});
    let shape = Shape::from_geojson(&polygon).unwrap();
    let envelope = shape.envelopes(2_000.0)[0];
    let version = LayerVersion {
        layer: "wards".into(),
        version: 1,
        effective,
        tolerance_m: 1.0,
        wards: vec![Ward { key: "1".into(), name: "Ward 1".into(), shape }],
    };
    let mut tx = store.write().await.unwrap();
    let city = tx.cities().await.unwrap().remove(0);
    tx.put_layer_version(city.id, &version, "test", effective).await.unwrap();
    tx.set_city_bounds(city.id, envelope).await.unwrap();
    tx.commit().await.unwrap();
}

/// A town as its first start leaves it.
async fn founded(url: Option<String>, mail_port: u16, effective: Timestamp) -> Program {
    let town = Program::new(url, mail_port.into(), 9);
    town.found();
    town.keep_push_key();
    found_wards(&town.store().await, effective).await;
    town
}

/// Somebody's clock ran ahead when a pothole was reported.
async fn report_at(store: &Store, now: Timestamp) {
    let clock = Clock::manual(now);
    let settings = EngineSettings::default();
    let engine = Engine::new(store.clone(), clock, Random::System, Secrets::generate(), settings);
    let notice = Notice {
        source: "test".into(),
        source_id: "1".into(),
        version: Some("1".into()),
        said: Said::Event { kind: Kind::Opened, text: None },
        at: now,
        actor: Actor::Resident,
        lets: None,
        desk: None,
        facts: Facts::default(),
    };
    let city = engine.cities().await.unwrap().remove(0);
    engine.accept(&city, vec![notice], Arrival::default()).await.unwrap();
    engine.match_pending().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_town_in_order_is_in_order_on_both_databases() {
    let mails = MailSink::start().await.unwrap();
    let options = ["--public-url", "https://watch.example.org"];
    let town = founded(None, mails.addr.port(), at("2020-01-01T00:00:00Z")).await;
    let (told, code) = examined(&town, &options);
    let told = told.replace(&format!("127.0.0.1:{}", mails.addr.port()), "127.0.0.1:PORT");
    insta::assert_snapshot!("in_order", told);
    assert_eq!(code, 0);
    if let Some(url) = fresh_postgres().await {
        let town = founded(Some(url), mails.addr.port(), at("2020-01-01T00:00:00Z")).await;
        let (told, code) = examined(&town, &options);
        assert_eq!((code, told.lines().count()), (0, 12), "{told}");
        assert_eq!((level(&told, "database"), level(&told, "clock")), ("ok".into(), "ok".into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_has_a_line_that_says_what_to_do() {
    let town = Program::new(None, 1, 9);
    town.found();
    report_at(&town.store().await, Clock::System.now().plus(Duration::from_hours(50))).await;
    fs::write(town.dir().join("vapid.key"), "not a key").unwrap();
    fs::write(town.dir().join("secret"), "no secret").unwrap();
    let settings = ["--lease-s", "0", "--timezone", "Mars", "--public-url", "http://127.0.0.1:1"];
    let (told, code) = examined(&town, &settings);
    // The clock goes on between the report and the look.
    let told = told.replace("2 days 1 hour", "2 days 2 hours").replace("2 days 2 hours", "2 DAYS");
    insta::assert_snapshot!("every_fault", told);
    assert_eq!(code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_of_tomorrow_does_not_hold_today() {
    for url in [None, fresh_postgres().await] {
        let town = founded(url, 1, at("2990-01-01T06:00:00Z")).await;
        let (told, code) = examined(&town, &[]);
        let line = told.lines().find(|line| line.contains("boundaries")).unwrap();
        insta::assert_snapshot!("a_map_of_tomorrow", line);
        assert_eq!(code, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_and_one_that_is_missing_are_told_apart() {
    let town = Program::new(None, 1, 9);
    let (told, code) = examined(&town, &[]);
    assert_eq!((level(&told, "database"), code), ("warn".into(), 1), "the mail server: {told}");
    assert_eq!(fs::read_dir(town.dir()).unwrap().count(), 0, "nothing was made");
    fs::write(town.dir().join("wardwatch.db"), "these are not the tables you look for").unwrap();
    let (told, _) = examined(&town, &[]);
    let line = told.lines().find(|line| line.contains("database")).unwrap();
    insta::assert_snapshot!("no_database", line);
    assert_eq!(fs::read_dir(town.dir()).unwrap().count(), 1, "nothing was made");
    let gone = "postgres://nobody:hush@127.0.0.1:1/none";
    let (told, _) = examined(&town, &["--database-url", gone]);
    assert_eq!(level(&told, "database"), "FAIL");
    assert!(!told.contains("hush"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_lost_are_missed_once_people_rely_on_them() {
    let town = founded(None, 1, at("2020-01-01T00:00:00Z")).await;
    let keep = |name: &str| fs::remove_file(town.dir().join(name)).unwrap();
    keep("secret");
    keep("vapid.key");
    let (told, _) = examined(&town, &[]);
    let levels = |told: &str| [level(told, "secret"), level(told, "push")];
    assert_eq!(levels(&told), ["warn", "warn"], "{told}");
    ada_moves_in(&town);
    keep("secret");
    let (told, _) = examined(&town, &[]);
    assert_eq!(levels(&told), ["FAIL", "warn"], "{told}");
    let lines = town.end(&["doctor", "--json"]).printed;
    for line in lines.lines() {
        let one: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(one["level"].is_string() && one["found"].is_string(), "{line}");
    }
    assert!(!town.dir().join("secret").exists(), "the doctor makes none");
    let ended = town.end(&["serve"]);
    let told = "is missing, and 1 addresses have mails with links that it signed; put it back";
    assert!(ended.code == 1 && ended.said.contains(told), "{}", ended.said);
    assert!(
        !town.dir().join("secret").exists(),
        "nor does whoever serves, while links need the old"
    );
}

/// Somebody watches a block, and has confirmed it.
fn ada_moves_in(town: &Program) {
    let circle = json!({"type": "FeatureCollection", "features": [{"type": "Feature",
        "properties": {"radius_m": 300.0, "email": "ada@example.org"},
        "geometry": {"type": "Point", "coordinates": [10.5, 0.5]}}]});
    let file = town.dir().join("people.json");
    fs::write(&file, circle.to_string()).unwrap();
    town.run(&["watches", "import", file.to_str().unwrap(), "--confirmed"]);
}

/// A town in which one browser has subscribed.
async fn with_a_browser() -> Program {
    let town = founded(None, 1, at("2020-01-01T00:00:00Z")).await;
    ada_moves_in(&town);
    let mut raw = sqlx::SqliteConnection::connect(&town.database()).await.unwrap();
    raw.execute("UPDATE contact SET kind = 'push'").await.unwrap();
    raw.close().await.unwrap();
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_push_key_is_replaced_only_when_the_operator_says_so() {
    let town = with_a_browser().await;
    let key = town.dir().join("vapid.key");
    fs::remove_file(&key).unwrap();
    let levels = |told: &str| level(told, "push");
    for _ in 0..2 {
        let ended = town.end(&["serve"]);
        let told = "vapid.key is missing, and 1 browsers subscribed to the key that was in it; put";
        assert!(ended.code == 1 && ended.said.contains(told), "{}", ended.said);
        assert!(ended.said.contains("--new-push-key"), "{}", ended.said);
        assert!(!key.exists(), "no new one takes its place");
        assert_eq!(levels(&examined(&town, &[]).0), "FAIL");
    }
    town.serve(&[("WARDWATCH_NEW_PUSH_KEY", "true")]).await.stop();
    assert!(key.exists());
    let made = fs::read(&key).unwrap();
    assert_eq!(levels(&examined(&town, &[]).0), "ok");
    town.serve(&[("WARDWATCH_NEW_PUSH_KEY", "true")]).await.stop();
    assert_eq!(fs::read(&key).unwrap(), made, "a key that is there stays");
    fs::remove_file(&key).unwrap();
    town.serve(&[]).await.stop();
    assert!(key.exists(), "nobody needs the old one any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_makes_no_key() {
    let town = with_a_browser().await;
    fs::remove_file(town.dir().join("vapid.key")).unwrap();
    fs::remove_file(town.dir().join("secret")).unwrap();
    fs::rename(town.dir().join("wardwatch.db"), town.dir().join("kept.db")).unwrap();
    fs::write(town.dir().join("wardwatch.db"), "these are not the tables you look for").unwrap();
    assert_eq!(town.end(&["serve"]).code, 1);
    assert!(!town.dir().join("vapid.key").exists() && !town.dir().join("secret").exists());
}

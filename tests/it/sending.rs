//! What a slow mail server does to those who write to it, and to those who do not.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wardwatch::clock::Clock;
use wardwatch::issue::Kind;
use wardwatch::watch::{Filter, Rhythm};

use crate::post_office::PostOffice;
use crate::program::Program;
use crate::receiving::Letter;
use crate::sink::Sink;
use crate::town::{Town, block, place, story};

/// Somebody who hears at once of what happens around a place.
pub fn watch(email: &str, lon: f64) -> Value {
    json!({
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, 41.88]},
        "properties": {"email": email, "radius_m": 300, "frequency": "at_once"},
    })
}

pub fn pothole(id: &str, lon: f64) -> Value {
    let at = Clock::System.now().to_string();
    json!({
        "source_id": id, "kind": "opened", "at": at, "category": "Pothole", "lon": lon,
        "lat": 41.88,
    })
}

pub fn move_in(town: &Program, people: &[Value]) {
    let people = json!({"type": "FeatureCollection", "features": people});
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "{people}").unwrap();
    town.run(&["watches", "import", "--confirmed", file.path().to_str().unwrap()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_goes_out_while_all_other_mail_is_stuck() {
    let Some(mails) = Sink::start("mail_sink.py", &["--raw"]) else { return };
    let town = Program::new(None, mails.port(), 9);
    let people: Vec<Value> =
        (0..40).map(|n| watch(&format!("stuck@{n}.example.org"), -87.70)).collect();
    move_in(&town, &people);
    let key = town.run(&["keys", "api", "--role", "source"]);
    let serving = town.serve(&[("WARDWATCH_SMTP_CONNECTIONS", "4")]).await;
    town.bring(key.trim(), &pothole("1", -87.70)).await;
    for _ in 0..3 {
        assert!(mails.got()["stuck"].is_array(), "three of four connections are taken for long");
    }
    let watch = json!({
        "email": "ada@example.org", "name": "Home",
        "target": {"area": {
            "type": "Feature", "geometry": {"type": "Point", "coordinates": [-87.60, 41.88]},
            "properties": {"radius_m": 300},
        }},
    });
    let asked = reqwest::Client::new().post(town.at("/api/v1/watches"));
    let asked = asked.header("Content-Type", "application/json").body(watch.to_string());
    assert_eq!(asked.send().await.unwrap().status(), 201);
    let question = Letter::read(&mails.got());
    assert_eq!(question.to, "ada@example.org");
    serving.kill();
}

/// The server takes three seconds over each mail to slow@example.org.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_mail_goes_out_once_and_holds_nobody_up() {
    let Some(mails) = Sink::start("mail_sink.py", &["--raw"]) else { return };
    let town = Program::new(None, mails.port(), 9);
    move_in(&town, &[watch("slow@example.org", -87.70), watch("ada@example.org", -87.60)]);
    let key = town.run(&["keys", "api", "--role", "source"]);

    let serving = town.serve(&[("WARDWATCH_LEASE_S", "1")]).await;
    let begun = Instant::now();
    town.bring(key.trim(), &pothole("slow", -87.70)).await;
    tokio::time::sleep(Duration::from_millis(500)).await; // it is on its way
    town.bring(key.trim(), &pothole("quick", -87.60)).await;
    let who = || Letter::read(&mails.got()).to;
    assert_eq!(who(), "ada@example.org", "who is quick does not wait for who is slow");
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(who(), "slow@example.org");
    // Three leases have passed while the mail was on its way; a copy would be, too.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(mails.got_nothing(), "the slow mail went out again");
    serving.stop();
}

story! {
    async fn a_message_says_how_the_last_of_its_events_left_the_issue(town: Town) {
        let office = PostOffice::open().await;
        let here = place(-87.70, 41.85);
        let filter = Filter { kinds: Kind::ALL.into(), ..Filter::for_places() };
        town.watch_only("ada@example.org", block(here, 300.0), Rhythm::AtOnce, filter).await;
        town.report("1", here).await;
        town.take_deliveries().await;
        let commented = town.then("1", "2", Kind::Commented, Some("It is by the library."));
        let mut moved = town.then("1", "3", Kind::Moved, None);
        moved.facts.address = Some("48 River Rd".into());
        moved.facts.position = Some(place(-87.701, 41.85));
        town.say(vec![commented, moved]).await;
        town.engine.match_pending().await.unwrap();
        let lease = Duration::from_mins(2);
        assert_eq!(office.dispatcher(&town, lease).drain().await.unwrap(), 1);
        let letter = office.letters().remove(0);
        assert_eq!(letter.subject, "Pothole moved to 48 River Rd");
        assert!(!letter.plain.contains("Alder"), "{}", letter.plain);
    }
}

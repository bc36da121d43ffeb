//! What a slow mail server does to those who write to it, and to those who do not.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::Program;
use crate::receiving::Letter;
use crate::sink::Sink;

/// Somebody who hears at once of what happens around a place.
fn watch(email: &str, lon: f64) -> Value {
    json!({
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, 41.88]},
        "properties": {"email": email, "radius_m": 300, "frequency": "at_once"},
    })
}

fn pothole(id: &str, lon: f64) -> Value {
    let at = wardwatch::clock::Clock::System.now().to_string();
    json!({
        "source_id": id, "kind": "opened", "at": at, "category": "Pothole", "lon": lon,
        "lat": 41.88,
    })
}

fn move_in(town: &Program, people: &[Value]) {
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

//! What slow and fussy receivers do to those who write to them, and to those who do not.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wardwatch::issue::Kind;
use wardwatch::watch::{Filter, Rhythm};

use crate::neighbours::{browser_moves_in, move_in, pothole, watch};
use crate::post_office::PostOffice;
use crate::program::Program;
use crate::receiving::Letter;
use crate::sink::Sink;
use crate::town::{Town, block, place, story, ward};

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

story! {
    async fn hundreds_of_mails_for_a_domain_that_hangs_hold_up_nobody_else(town: Town) {
        // More than a dispatcher has hands.
        const MANY: usize = 300;
        let office = PostOffice::open().await;
        town.found_wards().await;
        for nth in 0..MANY {
            town.watch(&format!("p{nth}@held.example"), ward("1"), Rhythm::AtOnce).await;
        }
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        town.report("first", place(-87.7, 41.85)).await;
        town.engine.match_pending().await.unwrap();
        let dispatcher = office.dispatcher(&town, Duration::from_mins(2));
        let others = dispatcher.clone();
        let draining = tokio::spawn(async move { others.drain().await });
        // They hang until the office answers, and she does not wait for that.
        office.until_begun("ada@example.org", 1).await;
        // Theirs lose nothing by it, not even an attempt.
        office.answer();
        draining.await.unwrap().unwrap();
        for _ in 0..20 {
            town.pass(Duration::from_secs(30));
            dispatcher.drain().await.unwrap();
        }
        let letters = office.letters();
        let theirs = letters.iter().filter(|letter| letter.to.ends_with("@held.example")).count();
        assert_eq!((letters.len(), theirs), (MANY + 1, MANY));
        let tally = town.engine.store().read().await.unwrap().delivery_tally().await.unwrap();
        assert!(tally.iter().all(|one| one.state == "sent"), "{tally:?}");
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_is_too_large_goes_once_more_and_smaller() {
    let Some(pushes) = Sink::start("push_sink.py", &[]) else { return };
    let town = Program::new(None, 9, pushes.port());
    let key = town.run(&["keys", "api", "--role", "source"]);
    town.keep_push_key();
    browser_moves_in(&town, &pushes, "most/500", -87.70).await;
    browser_moves_in(&town, &pushes, "most/100", -87.70).await;
    let serving = town.serve(&[]).await;
    let mut event = pothole("1", -87.70);
    event["text"] = "It goes on and on. ".repeat(40).into();
    town.bring(key.trim(), &event).await;
    let mut sizes: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for got in (0..4).map(|_| pushes.got()) {
        let path = got["path"].as_str().unwrap().to_owned();
        sizes.entry(path).or_default().push(got["bytes"].as_u64().unwrap());
    }
    assert!(pushes.got_nothing(), "it is tried once more, not again and again");
    serving.stop();
    for path in ["/most/500", "/most/100"] {
        let [first, second] = sizes[path][..] else { panic!("{sizes:?}") };
        assert!(first > 500 && second <= 500, "{sizes:?}");
    }
    let tally = town.store().await.read().await.unwrap().delivery_tally().await.unwrap();
    let states: Vec<_> = tally.iter().map(|row| (row.state.as_str(), row.count)).collect();
    assert_eq!(states, [("dead", 1), ("sent", 1)]);
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

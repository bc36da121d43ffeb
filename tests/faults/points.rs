//! The program dies at each of the points where a thing is half done.

use std::time::Duration;

use serde_json::{Value, json};

use crate::dump::{change, look};
use crate::neighbours::{move_in, pothole};
use crate::program::{Program, Serving};
use crate::receiving::Letter;
use crate::sink::Sink;
use crate::street::Street;
use crate::town;

/// Where a message is on its way. `digesting` has a story of its own.
const POINTS: [&str; 4] = ["accepted", "matched", "claimed", "sent"];

#[tokio::test(flavor = "multi_thread")]
async fn at_each_point_nothing_is_lost_on_sqlite() {
    die_on_the_way(1, None).await;
    die_over_digests(1, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_each_point_nothing_is_lost_on_postgres() {
    match town::fresh_postgres().await {
        Some(url) => {
            die_on_the_way(1, Some(url)).await;
            die_over_digests(1, town::fresh_postgres().await).await;
        }
        None => eprintln!("passed over: TEST_POSTGRES_URL is not set"),
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "each point twenty times"]
async fn twenty_times_at_each_point_nothing_is_lost_on_sqlite() {
    die_on_the_way(20, None).await;
    die_over_digests(20, None).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "each point twenty times"]
async fn twenty_times_at_each_point_nothing_is_lost_on_postgres() {
    match town::fresh_postgres().await {
        Some(url) => {
            die_on_the_way(20, Some(url)).await;
            die_over_digests(20, town::fresh_postgres().await).await;
        }
        None => eprintln!("passed over: TEST_POSTGRES_URL is not set"),
    }
}

async fn until_dead(mut serving: Serving, point: &str) {
    for _ in 0..1_500 {
        if serving.has_ended() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it does not come to {point}: {}", serving.said());
}

async fn die_on_the_way(times: usize, url: Option<String>) {
    let Some(street) = Street::new(url).await else { return };
    let speaking = street.speak(5, &[&street.town]);
    for nth in 0..times {
        for point in POINTS {
            // The first time that it comes there, the second time, or the third.
            let set = format!("{point}:{}", nth % 3 + 1);
            until_dead(street.launch_to_die(&set), point).await;
        }
    }
    let serving = street.serve().await;
    let said = speaking.end().await;
    street.leases_end().await;
    let whole = street.is_whole(&said).await;
    serving.stop();
    println!("found: died {times} times at each of {}: {whole}", POINTS.join(", "));
}

/// Five people whose day is to be told, and the program dies while it reads what to tell.
async fn die_over_digests(times: usize, url: Option<String>) {
    let Some(mails) = Sink::start("mail_sink.py", &["--raw"]) else { return };
    let town = Program::new(url, mails.port(), 9);
    move_in(&town, &(0..5).map(reader).collect::<Vec<_>>());
    let key = town.run(&["keys", "api", "--role", "source"]);
    for nth in 0..times {
        let serving = town.serve(&[]).await;
        town.bring(key.trim(), &pothole(&format!("{nth}"), -87.70)).await;
        until_matched(&town).await;
        serving.kill();
        change(&town.database(), "UPDATE digest_schedule SET due_at = 0").await;
        until_dead(town.launch(&[("WARDWATCH_FAILPOINT", "digesting")]), "digesting").await;
        let serving = town.serve(&[]).await;
        let mut told: Vec<String> = (0..5)
            .map(|_| {
                let letter = Letter::read(&mails.got());
                assert!(letter.is_digest(), "{letter:?}");
                assert_eq!(letter.issues().len(), 1, "one day, one issue: {letter:?}");
                letter.to
            })
            .collect();
        told.sort();
        told.dedup();
        assert_eq!(told.len(), 5, "each is told");
        serving.stop();
        assert!(mails.got_nothing(), "and once");
    }
    println!("found: died {times} times while digests were planned, each came once");
}

fn reader(n: usize) -> Value {
    json!({
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [-87.70, 41.88]},
        "properties": {
            "email": format!("reader{n}@example.org"), "radius_m": 300, "frequency": "daily",
        },
    })
}

async fn until_matched(town: &Program) {
    for _ in 0..500 {
        let waiting = look(&town.database(), "SELECT 1 FROM event WHERE matched_at IS NULL").await;
        if waiting.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("events are not matched");
}

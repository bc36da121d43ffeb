//! The machine's clock leaps by days while mail is on its way: nothing goes out a second time, and
//! nothing waits longer than a lease.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use wardwatch::clock::Clock;

use crate::dump::look;
use crate::neighbours::{move_in, pothole, watch};
use crate::post_office::PostOffice;
use crate::program::Program;

const LIBRARIES: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
];
const LEASE: Duration = Duration::from_secs(2);
/// By how much the clock is wrong, one after the other: three days ahead and behind, and back.
const LEAPS: [&str; 4] = ["+3d", "+0", "-3d", "+0"];

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_leaps_by_days_neither_repeats_nor_stalls() {
    leap(1).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a hundred leaps"]
async fn a_clock_that_leaps_a_hundred_times_neither_repeats_nor_stalls() {
    leap(25).await;
}

async fn leap(rounds: usize) {
    let Some(library) = LIBRARIES.into_iter().find(|path| Path::new(path).exists()) else {
        println!("passed over: apt-get install faketime to let the clock leap");
        return;
    };
    let office = PostOffice::open().await;
    let town = Program::new(None, office.port().into(), 9);
    // Who is in the middle of the street hears of both ends.
    move_in(&town, &[watch("held@example.org", -87.70), watch("ada@example.org", -87.60)]);
    let key = town.run(&["keys", "api", "--role", "source"]);
    let wrong_by = town.dir().join("clock");
    let set = |by: &str| std::fs::write(&wrong_by, by).unwrap();
    set("+0");
    let serving = town
        .serve(&[
            ("LD_PRELOAD", library),
            ("FAKETIME_TIMESTAMP_FILE", wrong_by.to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("WARDWATCH_LEASE_S", "2"),
        ])
        .await;
    let mut longest = Duration::ZERO;
    let leaps: Vec<&str> = LEAPS.into_iter().cycle().take(LEAPS.len() * rounds).collect();
    for (nth, by) in leaps.iter().enumerate() {
        office.hold();
        town.bring(key.trim(), &long_ago(&format!("held {nth}"), -87.70)).await;
        office.until_begun("held@example.org", nth + 1).await;
        set(by);
        town.bring(key.trim(), &long_ago(&format!("ada {nth}"), -87.60)).await;
        let begun = Instant::now();
        office.until_begun("ada@example.org", nth + 1).await;
        longest = longest.max(begun.elapsed());
        tokio::time::sleep(LEASE + LEASE / 2).await; // long enough for a copy to go out
        assert_eq!(office.begun("held@example.org"), nth + 1, "{by}: it is still on its way");
        office.answer();
        until_sent(&town).await;
    }
    assert!(longest < LEASE, "a message waited {longest:?}");
    let url = town.database();
    let accepted = look(&url, "SELECT max(accepted_at), min(accepted_at) FROM event");
    let accepted: Vec<i64> = accepted.await[0].iter().map(|at| at.parse().unwrap()).collect();
    let days = (accepted[0] - accepted[1]) / 86_400_000;
    assert!(days >= 5, "the program saw its clock leap: by {days} days");
    assert_eq!(office.begun("ada@example.org"), leaps.len());
    serving.stop();
    println!(
        "found: the clock leapt {} times by three days: 0 messages repeated, the longest wait \
         {:.1} s",
        leaps.len(),
        longest.as_secs_f64()
    );
}

/// Something that is news on either side of the leaps.
fn long_ago(id: &str, lon: f64) -> serde_json::Value {
    let mut pothole = pothole(id, lon);
    let at = Clock::System.now().minus(Duration::from_hours(24 * 3 + 12));
    pothole["at"] = json!(at.to_string());
    pothole
}

async fn until_sent(town: &Program) {
    let url = town.database();
    let begun = Instant::now();
    while !look(&url, "SELECT 1 FROM delivery WHERE state = 'waiting'").await.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(30), "something waits on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

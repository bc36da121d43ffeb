//! The service is killed again and again while reports stream in and mail goes out: nothing that
//! was answered for is lost, and nobody is told a third time.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use wardwatch::random::SplitMix;

use crate::neighbours::{move_in, pothole, watch};
use crate::program::Program;
use crate::receiving::Letter;
use crate::sink::Sink;
use crate::street::Street;
use crate::town;

#[tokio::test(flavor = "multi_thread")]
async fn killed_twenty_times_it_loses_nothing_on_sqlite() {
    kills(20, None, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_twenty_times_it_loses_nothing_on_postgres() {
    match town::fresh_postgres().await {
        Some(url) => kills(20, Some(url), 2).await,
        None => eprintln!("passed over: TEST_POSTGRES_URL is not set"),
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a quarter of an hour"]
async fn killed_a_thousand_times_it_loses_nothing_on_sqlite() {
    kills(1_000, None, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a quarter of an hour"]
async fn killed_a_thousand_times_it_loses_nothing_on_postgres() {
    match town::fresh_postgres().await {
        Some(url) => kills(1_000, Some(url), 4).await,
        None => eprintln!("passed over: TEST_POSTGRES_URL is not set"),
    }
}

async fn kills(count: usize, url: Option<String>, seed: u64) {
    let Some(street) = Street::new(url).await else { return };
    let speaking = street.speak(seed, &[&street.town]);
    let mut dice = SplitMix::new(seed);
    let begun = Instant::now();
    for _ in 0..count {
        let serving = street.serve().await;
        tokio::time::sleep(Duration::from_millis(150 + dice.below(700) as u64)).await;
        serving.kill();
    }
    let killing = begun.elapsed().as_secs_f64();
    let serving = street.serve().await;
    let said = speaking.end().await;
    street.leases_end().await;
    let whole = street.is_whole(&said).await;
    serving.stop();
    println!("found: {count} kills in {killing:.1} s, {whole}");
}

/// The server takes the mail and is slow to say so, and each sender is killed before it does. With
/// leases that did not grow it would come every second.
#[tokio::test(flavor = "multi_thread")]
async fn in_a_crash_loop_a_mail_comes_ever_more_rarely() {
    let Some(mails) = Sink::start("mail_sink.py", &["--raw"]) else { return };
    let town = Program::new(None, mails.port(), 9);
    move_in(&town, &[watch("late@example.org", -87.70)]);
    let key = town.run(&["keys", "api", "--role", "source"]);
    let settings = [("WARDWATCH_LEASE_S", "1")];
    let mut serving = town.serve(&settings).await;
    town.bring(key.trim(), &pothole("1", -87.70)).await;
    let (mut came, mut ids) = (vec![], BTreeSet::new());
    for _ in 0..4 {
        ids.insert(Letter::read(&mails.got()).message_id);
        came.push(Instant::now());
        serving.kill();
        serving = town.serve(&settings).await;
    }
    serving.kill();
    assert_eq!(ids.len(), 1, "the mail program can tell that it is the same");
    let waits: Vec<_> = came.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // One, two and four leases after the claim, which was a moment before the mail came.
    let least = [0, 1, 3].map(Duration::from_secs);
    assert!(waits.iter().zip(least).all(|(wait, least)| *wait >= least), "{waits:?}");
}

//! Two processes on one PostgreSQL: they share the work, one stops, one freezes, and the other
//! takes over.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::dump::{change, look};
use crate::neighbours::{move_in, pothole, watch};
use crate::post_office::PostOffice;
use crate::program::{Program, Serving};
use crate::receiving::Letter;
use crate::sink::Sink;
use crate::street::{Speaking, Street};
use crate::town;

const HELD: &str = "held@example.org";
/// What a process says when another has taken over what it held.
const REFUSED: &str = "outcomes came after their lease had ended";

async fn postgres() -> Option<String> {
    let url = town::fresh_postgres().await;
    if url.is_none() {
        eprintln!("passed over: TEST_POSTGRES_URL is not set");
    }
    url
}

async fn until_answered(speaking: &Speaking, more: usize) {
    let enough = speaking.answered() + more;
    let begun = Instant::now();
    while speaking.answered() < enough {
        assert!(begun.elapsed() < Duration::from_mins(1), "nobody answers");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_share_the_work_and_each_takes_over_when_the_other_stops() {
    let Some(url) = postgres().await else { return };
    let Some(street) = Street::new(Some(url)).await else { return };
    let other = street.another();
    let (one, two) = (street.serve().await, other.serve(&[]).await);
    let speaking = street.speak(6, &[&street.town, &other]);
    until_answered(&speaking, 100).await;
    one.stop();
    until_answered(&speaking, 50).await;
    let one = street.serve().await;
    until_answered(&speaking, 50).await;
    two.stop();
    until_answered(&speaking, 50).await;
    let said = speaking.end().await;
    let whole = street.is_told(&said, 1).await;
    one.stop();
    println!("found: two processes, each stopped once: {whole}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_plan_each_digest_once() {
    let Some(url) = postgres().await else { return };
    let Some(mails) = Sink::start("mail_sink.py", &["--raw"]) else { return };
    let new = || Program::new(Some(url.clone()), mails.port(), 9);
    let (here, there) = (new(), new());
    let reader = |n: usize| {
        let mut reader = watch(&format!("reader{n}@example.org"), -87.70);
        reader["properties"]["frequency"] = json!("daily");
        reader
    };
    move_in(&here, &(0..40).map(reader).collect::<Vec<Value>>());
    std::fs::copy(here.dir().join("secret"), there.dir().join("secret")).unwrap();
    let key = here.run(&["keys", "api", "--role", "source"]);
    let (one, two) = (here.serve(&[]).await, there.serve(&[]).await);
    for nth in 0..3 {
        let door = if nth % 2 == 0 { &here } else { &there };
        door.bring(key.trim(), &pothole(&format!("{nth}"), -87.70)).await;
        until_none(&url, "SELECT 1 FROM event WHERE matched_at IS NULL").await;
        change(&url, "UPDATE digest_schedule SET due_at = 0").await;
        let told: BTreeSet<String> = (0..40).map(|_| Letter::read(&mails.got()).to).collect();
        assert_eq!(told.len(), 40, "each is told");
    }
    assert!(mails.got_nothing(), "nobody twice");
    one.stop();
    two.stop();
}

async fn until_none(url: &str, sql: &'static str) {
    let begun = Instant::now();
    while !look(url, sql).await.is_empty() {
        assert!(begun.elapsed() < Duration::from_mins(1), "some are left: {sql}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_frozen_past_its_lease_is_not_believed() {
    freeze(3).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a hundred leases"]
async fn a_hundred_times_who_is_frozen_past_its_lease_is_not_believed() {
    freeze(100).await;
}

/// A process with a mail server of its own, so that it can be told who sent.
struct Side {
    office: PostOffice,
    program: Program,
    serving: Serving,
}

impl Side {
    async fn new(url: &str) -> Self {
        let office = PostOffice::open().await;
        let program = Program::new(Some(url.to_owned()), office.port().into(), 9);
        let serving = program.serve(&[("WARDWATCH_LEASE_S", "2")]).await;
        Self { office, program, serving }
    }

    fn refused(&self) -> usize {
        self.serving.said().matches(REFUSED).count()
    }
}

async fn freeze(times: usize) {
    let Some(url) = postgres().await else { return };
    let mut sides = [Side::new(&url).await, Side::new(&url).await];
    move_in(&sides[0].program, &[watch(HELD, -87.70)]);
    let key = sides[0].program.run(&["keys", "api", "--role", "source"]);
    let mut slowest = Duration::ZERO;
    for nth in 0..times {
        let begun_at = |side: &Side| side.office.begun(HELD);
        let before = [begun_at(&sides[0]), begun_at(&sides[1])];
        let mut heirs = before[1];
        for side in &sides {
            side.office.hold();
        }
        let door = &sides[nth % 2].program;
        door.bring(key.trim(), &pothole(&format!("{nth}"), -87.70)).await;
        let began = Instant::now();
        while begun_at(&sides[0]) == before[0] && begun_at(&sides[1]) == before[1] {
            assert!(began.elapsed() < Duration::from_mins(1), "nobody sends");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if begun_at(&sides[0]) == before[0] {
            sides.swap(0, 1);
            heirs = before[0];
        }
        let [frozen, heir] = &sides;
        frozen.serving.signal("STOP");
        let (refused, taken) = (frozen.refused(), Instant::now());
        heir.office.until_begun(HELD, heirs + 1).await;
        slowest = slowest.max(taken.elapsed());
        heir.office.answer();
        until_none(&url, "SELECT 1 FROM delivery WHERE state = 'waiting'").await;
        frozen.office.answer();
        frozen.serving.signal("CONT");
        let began = Instant::now();
        while frozen.refused() == refused {
            assert!(began.elapsed() < Duration::from_mins(1), "it is believed");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let states = look(&url, "SELECT state, attempts FROM delivery WHERE about = 'event'").await;
    assert_eq!(states.len(), times);
    assert!(states.iter().all(|row| row[0] == "sent"), "{states:?}");
    println!(
        "found: {times} times frozen past its lease of 2 s, the other took over (after {:.1} s at \
         most), and what the frozen one said then was refused",
        slowest.as_secs_f64()
    );
}

//! Far more comes in than the machine can take: the door says to come back, memory stays bounded,
//! and all that was accepted is kept and told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::dump::look;
use crate::neighbours::{move_in, watch};
use crate::program::{Program, Serving};
use crate::sink::Sink;
use crate::town;

/// Who all report at the same time, again and again; a quarter of them is enough for the machine.
const CALLERS: usize = 1_000;
/// Other systems that pour in bulk; half of them is let in.
const STREAMS: usize = 64;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_sent_away_on_sqlite() {
    overload(Duration::from_secs(3), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_sent_away_on_postgres() {
    match town::fresh_postgres().await {
        Some(url) => overload(Duration::from_secs(3), Some(url)).await,
        None => eprintln!("passed over: TEST_POSTGRES_URL is not set"),
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "three minutes of overload on each database"]
async fn for_minutes_what_is_too_much_is_sent_away() {
    overload(Duration::from_mins(3), None).await;
    if let Some(url) = town::fresh_postgres().await {
        overload(Duration::from_mins(3), Some(url)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a million events"]
async fn memory_is_bounded_while_a_million_events_stream_in() {
    stream_in(1_000_000, None).await;
    if let Some(url) = town::fresh_postgres().await {
        stream_in(1_000_000, Some(url)).await;
    }
}

/// The most memory that a process has had so far, in MiB.
fn most_memory(serving: &Serving) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", serving.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() >> 10
}

fn event(id: &str) -> Value {
    // One in a hundred is near somebody.
    let lon = -87.70 + 0.001 * (id.bytes().map(usize::from).sum::<usize>() % 100) as f64;
    json!({
        "source_id": id, "version": "1", "kind": "opened",
        "at": wardwatch::clock::Clock::System.now().to_string(), "category": "Pothole",
        "lon": lon, "lat": 41.88, "text": "It goes on and on. ".repeat(20),
    })
}

#[derive(Default)]
struct Count {
    accepted: AtomicUsize,
    sent_away: AtomicUsize,
    over: AtomicBool,
    nth: AtomicUsize,
}

impl Count {
    fn next(&self) -> Option<String> {
        let nth = self.nth.fetch_add(1, Ordering::Relaxed);
        (!self.over.load(Ordering::Relaxed)).then(|| nth.to_string())
    }
}

#[derive(Clone)]
struct Caller {
    client: reqwest::Client,
    issues: String,
    events: String,
    key: String,
    count: Arc<Count>,
}

impl Caller {
    async fn report_again_and_again(self) {
        while let Some(id) = self.count.next() {
            let sent = self.client.post(&self.issues).bearer_auth(&self.key);
            let sent = sent.header("Content-Type", "application/json");
            let answer = sent.body(event(&id).to_string()).send().await.expect("an answer");
            match answer.status().as_u16() {
                201 => drop(self.count.accepted.fetch_add(1, Ordering::Relaxed)),
                503 => self.is_sent_away(answer).await,
                other => panic!("{other}: {}", answer.text().await.unwrap_or_default()),
            }
        }
    }

    async fn pour_again_and_again(self) {
        while let Some(id) = self.count.next() {
            let lines = (0..200).map(|n| event(&format!("{id}x{n}")).to_string() + "\n");
            let body: String = lines.collect();
            let sent = self.client.post(&self.events).bearer_auth(&self.key).body(body);
            let answer = sent.send().await.expect("an answer");
            match answer.status().as_u16() {
                200 => {
                    let answers = answer.text().await.expect("every line is answered");
                    let accepted = answers.matches("\"accepted\"").count();
                    assert_eq!(accepted, 200, "{answers}");
                    self.count.accepted.fetch_add(accepted, Ordering::Relaxed);
                }
                503 => self.is_sent_away(answer).await,
                other => panic!("{other}"),
            }
        }
    }

    async fn is_sent_away(&self, answer: reqwest::Response) {
        self.count.sent_away.fetch_add(1, Ordering::Relaxed);
        assert!(answer.headers().contains_key("retry-after"), "it says when to come back");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem = answer.text().await.unwrap();
        assert!(problem.contains("again in a moment"), "{problem}");
        // One who does not heed it, but does not burn the machine down either.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn overload(lasting: Duration, url: Option<String>) {
    let Some(mails) = Sink::start("mail_sink.py", &["--raw"]) else { return };
    let town = Program::new(url, mails.port(), 9);
    move_in(&town, &[watch("ada@example.org", -87.70)]);
    let key = town.run(&["keys", "api", "--role", "source"]);
    // Half a thousand of one place would be a hot point.
    let serving = town.serve(&[("WARDWATCH_HOT_POINT_REPORTS", "0")]).await;
    let idle = most_memory(&serving);
    let count = Arc::<Count>::default();
    let caller = Caller {
        client: reqwest::Client::builder().no_proxy().build().unwrap(),
        issues: town.at("/api/v1/issues"),
        events: town.at("/api/v1/events"),
        key: key.trim().to_owned(),
        count: Arc::clone(&count),
    };
    let mut callers = tokio::task::JoinSet::new();
    (0..CALLERS).for_each(|_| drop(callers.spawn(caller.clone().report_again_and_again())));
    (0..STREAMS).for_each(|_| drop(callers.spawn(caller.clone().pour_again_and_again())));
    tokio::time::sleep(lasting).await;
    let ready = caller.client.get(town.at("/readyz")).send().await.unwrap().status();
    assert_eq!(ready, 200, "the operator's machines always come in");
    count.over.store(true, Ordering::Relaxed);
    while let Some(ended) = callers.join_next().await {
        ended.expect("each caller is answered");
    }
    let (accepted, sent_away) =
        (count.accepted.load(Ordering::Relaxed), count.sent_away.load(Ordering::Relaxed));
    assert!(accepted > 0 && sent_away > 0, "{accepted} accepted, {sent_away} sent away");
    let grown = most_memory(&serving).saturating_sub(idle);
    assert!(grown < 400, "{grown} MiB more than idle");

    let begun = Instant::now();
    until_all_is_matched(&town).await;
    let quick = Instant::now();
    let sent = caller.client.post(&caller.issues).bearer_auth(&caller.key);
    let sent = sent.header("Content-Type", "application/json").body(event("after").to_string());
    assert_eq!(sent.send().await.unwrap().status(), 201);
    assert!(quick.elapsed() < Duration::from_secs(2), "and then it is quick again");
    let kept = look(&town.database(), "SELECT count(*) FROM event").await;
    assert_eq!(kept[0][0], (accepted + 1).to_string(), "all that was accepted, and only that");
    serving.stop();
    println!(
        "found: {CALLERS} callers and {STREAMS} streams at once for {} s: {accepted} events \
         accepted and kept, {sent_away} requests sent away with Retry-After, {grown} MiB more \
         memory than idle, all matched {:.1} s later",
        lasting.as_secs(),
        begun.elapsed().as_secs_f64()
    );
}

async fn until_all_is_matched(town: &Program) {
    let url = town.database();
    let begun = Instant::now();
    while !look(&url, "SELECT 1 FROM event WHERE matched_at IS NULL LIMIT 1").await.is_empty() {
        assert!(begun.elapsed() < Duration::from_mins(10), "it does not drain");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn stream_in(events: usize, url: Option<String>) {
    let town = Program::new(url, 9, 9);
    let key = town.run(&["keys", "api", "--role", "source"]);
    let serving = town.serve(&[("WARDWATCH_HOT_POINT_REPORTS", "0")]).await;
    let (lines, body) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(16);
    tokio::spawn(async move {
        for n in 0..events {
            let line = event(&n.to_string()).to_string() + "\n";
            if lines.send(Ok(line.into())).await.is_err() {
                return;
            }
        }
    });
    let body =
        futures_util::stream::unfold(body, |mut body| async { Some((body.recv().await?, body)) });
    let begun = Instant::now();
    let sent = reqwest::Client::new().post(town.at("/api/v1/events")).bearer_auth(key.trim());
    let sent = sent.body(reqwest::Body::wrap_stream(body)).send();
    let mut answer = sent.await.unwrap();
    let (mut accepted, mut early) = (0, None);
    while let Some(piece) = answer.chunk().await.unwrap() {
        accepted += piece.split(|byte| *byte == b'\n').count() - 1;
        if accepted > events / 10 {
            early.get_or_insert_with(|| most_memory(&serving));
        }
    }
    let took = begun.elapsed().as_secs_f64();
    until_all_is_matched(&town).await;
    let kept = look(&town.database(), "SELECT count(*) FROM event").await;
    assert_eq!(kept[0][0], events.to_string());
    let (early, late) = (early.unwrap(), most_memory(&serving));
    assert!(late < early + 100, "{early} MiB after a tenth, {late} MiB at the end");
    serving.stop();
    println!(
        "found: {events} events in one stream, {:.0}/s; {early} MiB after a tenth of them, {late} \
         MiB at the end",
        events as f64 / took
    );
}

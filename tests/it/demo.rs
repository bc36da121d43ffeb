//! The demo is the true program: an issue lands, and its mails and pushes can be read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use wardwatch::clock::Timestamp;
use wardwatch::demo::city::{DemoCity, SEED};
use wardwatch::demo::issues::{Ground, Issues};
use wardwatch::demo::run::{Plan, run};
use wardwatch::store::{Store, StoreSettings};

/// 300 people in a hurry.
fn plan(dir: &std::path::Path) -> Plan {
    Plan {
        data_dir: dir.to_owned(),
        watchers: 300,
        rate: 20.0,
        seed: SEED,
        wards: None,
        feed: None,
    }
}

/// Runs a demo; gives its address and a way to stop it.
async fn start(plan: Plan) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let (tell, told) = oneshot::channel();
    let running = tokio::spawn(async move {
        let ready = |at| tell.send(at).unwrap();
        let until = async { drop(stopped.await) };
        run(plan, listener, ready, until).await.is_ok()
    });
    (told.await.unwrap(), stop, running)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_sees_an_issue_land_and_reads_what_people_got() {
    let dir = tempfile::tempdir().unwrap();
    let (at, stop, running) = start(plan(dir.path())).await;
    let stream = reqwest::get(format!("http://{at}/demo/stream")).await.unwrap();
    let mut pieces = stream.bytes_stream();
    let mut seen = String::new();
    let all = ["event: landed", "event: told", "event: mail", "event: push", "event: tally"];
    let watching = async {
        while !all.iter().all(|event| seen.contains(event)) {
            seen.push_str(&String::from_utf8_lossy(&pieces.next().await.unwrap().unwrap()));
        }
    };
    let seen_all = tokio::time::timeout(Duration::from_mins(1), watching).await;
    assert!(seen_all.is_ok(), "within a minute the page is told of everything; it saw:\n{seen}");
    let page = reqwest::get(format!("http://{at}/")).await.unwrap().text().await.unwrap();
    assert!(page.contains("Alder Falls") && page.contains("people watch"), "{page}");
    let site = reqwest::get(format!("http://{at}/site")).await.unwrap().text().await.unwrap();
    assert!(site.contains("What is happening on your block?"), "what residents see: {site}");
    let mails = reqwest::get(format!("http://{at}/dev/mail.json")).await.unwrap();
    let mails: serde_json::Value = mails.json().await.unwrap();
    let first = &mails["mails"][0];
    let id = first["id"].as_str().unwrap();
    // People of this city read four languages.
    let why =
        ["Why you got this", "Por qué recibió esto", "Dlaczego to dostajesz", "您为何收到此邮件"];
    assert!(why.iter().any(|why| first["text"].as_str().unwrap().contains(why)), "{first}");
    let letter = reqwest::get(format!("http://{at}/dev/mail/{id}")).await.unwrap();
    let policy = letter.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("sandbox allow-popups allow-popups-to-escape-sandbox"), "{policy}");
    let letter = letter.text().await.unwrap();
    assert!(letter.contains("<html") && letter.contains("<base target=\"_blank\">"), "{letter}");
    let pushes = reqwest::get(format!("http://{at}/dev/push.json")).await.unwrap();
    let pushes: serde_json::Value = pushes.json().await.unwrap();
    assert!(pushes["pushes"][0]["url"].as_str().unwrap().contains("/issues/"), "{pushes}");
    // It stops although a visitor still looks on.
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), running).await;
    assert!(ended.expect("the demo stops").unwrap());
}

#[tokio::test]
async fn a_demo_leaves_a_folder_alone_that_no_demo_made() {
    let dir = tempfile::tempdir().unwrap();
    let file = StoreSettings::file(&dir.path().join("wardwatch.db"));
    let store = Store::open(&file).await.unwrap();
    let zone = "America/Chicago".parse().unwrap();
    let mut tx = store.write().await.unwrap();
    tx.add_city("default", "Chicago", &zone, Timestamp::from_millis(0)).await.unwrap();
    tx.commit().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refused = run(plan(dir.path()), listener, |_| (), async {}).await.unwrap_err();
    assert!(refused.to_string().contains("no demo made"), "{refused}");
    let cities = store.read().await.unwrap().cities().await.unwrap();
    assert_eq!(cities[0].name, "Chicago");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_city_lives_on_at_another_address() {
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        // A port of its own each time.
        let (at, stop, running) = start(plan(dir.path())).await;
        let stream = reqwest::get(format!("http://{at}/demo/stream")).await.unwrap();
        let mut pieces = stream.bytes_stream();
        let mut seen = String::new();
        let rings = async {
            while !seen.contains("event: push") {
                seen.push_str(&String::from_utf8_lossy(&pieces.next().await.unwrap().unwrap()));
            }
        };
        let rang = tokio::time::timeout(Duration::from_mins(1), rings).await;
        assert!(rang.is_ok(), "within a minute a phone rings; the page saw:\n{seen}");
        stop.send(()).unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(20), running).await;
        assert!(ended.expect("the demo stops").unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_is_played_again_is_news_again() {
    let dir = tempfile::tempdir().unwrap();
    let ground = Ground::Streets(Arc::new(DemoCity::for_seed(SEED).unwrap()));
    let mut issues = Issues::new(ground, "America/Chicago".parse().unwrap(), SEED);
    let feed: Vec<_> = (0..3).map(|k| issues.next(Timestamp::from_millis(k * 1_000))).collect();
    for _ in 0..2 {
        let plan = Plan { feed: Some(feed.clone()), ..plan(dir.path()) };
        let (at, stop, running) = start(plan).await;
        let stream = reqwest::get(format!("http://{at}/demo/stream")).await.unwrap();
        let mut pieces = stream.bytes_stream();
        let mut seen = String::new();
        let landing = async {
            while !seen.contains("\"number\":\"") {
                seen.push_str(&String::from_utf8_lossy(&pieces.next().await.unwrap().unwrap()));
            }
        };
        let landed = tokio::time::timeout(Duration::from_mins(1), landing).await;
        assert!(landed.is_ok(), "within a minute an issue lands; the page saw:\n{seen}");
        stop.send(()).unwrap();
        running.await.unwrap();
    }
}

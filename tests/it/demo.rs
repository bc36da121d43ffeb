//! The demo is the true program: an issue lands, and its mails and pushes can be read.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use wardwatch::demo::city::SEED;
use wardwatch::demo::run::{Plan, run};

/// Runs a demo of 300 people in a hurry; gives its address and a way to stop it.
async fn a_busy_demo(
    dir: &std::path::Path,
) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<bool>) {
    let plan = Plan {
        data_dir: dir.to_owned(),
        watchers: 300,
        rate: 20.0,
        seed: SEED,
        wards: None,
        feed: None,
    };
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
    let (at, stop, running) = a_busy_demo(dir.path()).await;
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
    let mails = reqwest::get(format!("http://{at}/dev/mail.json")).await.unwrap();
    let mails: serde_json::Value = mails.json().await.unwrap();
    let first = &mails["mails"][0];
    let id = first["id"].as_str().unwrap();
    assert!(first["text"].as_str().unwrap().contains("Why you got this"), "{first}");
    let letter = reqwest::get(format!("http://{at}/dev/mail/{id}")).await.unwrap();
    assert!(letter.text().await.unwrap().contains("<html"));
    let pushes = reqwest::get(format!("http://{at}/dev/push.json")).await.unwrap();
    let pushes: serde_json::Value = pushes.json().await.unwrap();
    assert!(pushes["pushes"][0]["url"].as_str().unwrap().contains("/issues/"), "{pushes}");
    // It stops although a visitor still looks on.
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), running).await;
    assert!(ended.expect("the demo stops").unwrap());
}

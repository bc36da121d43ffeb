//! Mails that are named behind the one before.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::*;

/// Loses what is said behind a mail, as servers do that guard against slipped-in commands too well.
const FORGETFUL: &str = "250-mail.example.org forgets\r\n250 PIPELINING\r\n";

fn letter(to: &str, nth: usize) -> Mail {
    let bytes = format!("Subject: {nth} for {to}\r\n\r\n.dots\r\n").into_bytes();
    Mail { bytes, ..mail(to) }
}

/// Sends them at the same time, over one connection.
async fn sent(server: &Server, names: &[&str]) -> Vec<Outcome> {
    let mailer = server.mailer(|settings| settings.connections = 2);
    let letters: Vec<Mail> = (0..).zip(names).map(|(nth, to)| letter(to, nth)).collect();
    join_all(letters.iter().map(|mail| mailer.send(mail, Lane::AtOnce, now()))).await
}

/// How often each message was taken for each recipient.
async fn taken(server: &Server) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for (to, subject) in server.taken.lock().await.iter() {
        assert!(subject.ends_with(&format!(" for {to}")), "{subject:?} went to {to}");
        *times.entry(subject.clone()).or_default() += 1;
    }
    times
}

#[tokio::test]
async fn the_next_mail_is_named_behind_the_one_before() {
    let server = Server::start(PIPELINING).await;
    let outcomes = sent(&server, &["ada"; 60]).await;
    assert!(outcomes.iter().all(is_sent), "{outcomes:?}");
    let taken = taken(&server).await;
    assert_eq!(taken.len(), 60);
    assert!(taken.values().all(|times| *times == 1), "{taken:?}");
    assert_eq!(server.connections(), 1);
    let behind = server.behind.load(Ordering::SeqCst);
    assert!(behind >= 58, "all but the first, and who came too late to be next: {behind}");
}

#[tokio::test]
async fn nobody_suffers_for_the_mail_before() {
    let server = Server::start(PIPELINING).await;
    let names = ["ada", "unknown", "bo", "reject", "cy", "tempfail", "di", "last", "ed", "flo"];
    let outcomes = sent(&server, &names).await;
    for (name, outcome) in names.iter().zip(&outcomes) {
        let right = match *name {
            "unknown" => matches!(outcome, Outcome::Gone { .. }),
            "reject" => matches!(outcome, Outcome::Refused { .. }),
            "tempfail" => matches!(outcome, Outcome::Retry { .. }),
            _ => is_sent(outcome),
        };
        assert!(right, "{name}: {outcome:?}");
    }
    let taken = taken(&server).await;
    assert_eq!(taken.len(), 7);
    assert!(taken.values().all(|times| *times == 1), "{taken:?}");
    assert!(server.behind.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn a_server_that_loses_what_is_said_behind_a_mail_is_told_it_once() {
    let server = Server::start(FORGETFUL).await;
    let outcomes = sent(&server, &["ada"; 20]).await;
    assert!(outcomes.iter().all(is_sent), "{outcomes:?}");
    let taken = taken(&server).await;
    assert_eq!(taken.len(), 20);
    assert!(taken.values().all(|times| *times == 1), "{taken:?}");
    assert_eq!(server.behind.load(Ordering::SeqCst), 1);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn who_is_next_and_leaves_takes_the_connection_along() {
    let server = Server::start(PIPELINING).await;
    let mailer = server.mailer(|settings| settings.connections = 2);
    let (slow, unknown, ada) = (letter("slow", 0), letter("unknown", 1), letter("ada", 2));
    let named = async {
        while server.behind.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let leaves = async {
        tokio::select! {
            () = named => {}
            _ = mailer.send(&unknown, Lane::AtOnce, now()) => {}
        }
    };
    let (before, ()) = tokio::join!(mailer.send(&slow, Lane::AtOnce, now()), leaves);
    assert!(is_sent(&before));
    assert!(is_sent(&mailer.send(&ada, Lane::AtOnce, now()).await), "it is not taken for unknown");
    assert_eq!(server.behind.load(Ordering::SeqCst), 1);
    assert_eq!((server.connections(), taken(&server).await.len()), (2, 2));
}

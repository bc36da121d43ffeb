//! The bulk stream: many events, long lines, packed bodies, and answers in order.

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use wardwatch::store::StaffRole;

use crate::open_town::{Answer, OpenTown, open_story};

fn line(n: usize) -> String {
    let at = "2026-05-04T14:00:00Z";
    let lon = -87.74 + 0.18 * (n % 1_000) as f64 / 1_000.0;
    let event = json!({
        "source": "load", "source_id": format!("p{n}"), "version": "1", "kind": "opened", "at": at,
        "category": "Pothole", "lon": lon, "lat": 41.85,
    });
    format!("{event}\n")
}

async fn pour(
    town: &OpenTown,
    key: &str,
    more: &[(&str, &str)],
    body: impl Into<reqwest::Body>,
) -> Answer {
    let bearer = format!("Bearer {key}");
    let mut headers =
        vec![("authorization", bearer.as_str()), ("content-type", "application/x-ndjson")];
    headers.extend(more);
    town.ask(Method::POST, "/api/v1/events", &headers, body).await
}

fn answers(answer: &Answer) -> Vec<Value> {
    answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn outcomes(answers: &[Value], outcome: &str) -> usize {
    answers.iter().filter(|answer| answer["outcome"] == outcome).count()
}

open_story! {
    async fn fifty_thousand_events_come_in_one_stream(town: OpenTown) {
        let key = town.key(StaffRole::Source, "load").await;
        let lines = (0..50_000).map(line).collect::<Vec<_>>();
        let pieces: Vec<Result<Bytes, std::io::Error>> = lines
            .concat()
            .into_bytes()
            .chunks(10_007)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
        let told = answers(&pour(town, &key, &[], body).await.expect(200));
        assert_eq!(told.len(), 50_000);
        for (n, answer) in (1..).zip(&told) {
            assert_eq!((&answer["line"], &answer["outcome"]), (&json!(n), &json!("accepted")));
        }
        let again = answers(&pour(town, &key, &[], lines[..2_000].concat()).await.expect(200));
        assert_eq!(outcomes(&again, "repeated"), 2_000);
        assert_eq!(again[7]["number"], told[7]["number"]);
    }
}

open_story! {
    async fn who_is_refused_before_the_end_is_told_so_all_the_same(town: OpenTown) {
        let lines = (0..1_000).map(line).collect::<String>();
        for _ in 0..50 {
            let pieces = lines.clone().into_bytes();
            let pieces: Vec<Result<Bytes, std::io::Error>> =
                pieces.chunks(4_096).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
            let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
            let told = pour(town, "ww_of_somebody_else", &[], body).await;
            assert_eq!(told.status, 401, "{}", told.text);
        }
    }
}

open_story! {
    async fn each_bad_line_is_refused_by_itself(town: OpenTown) {
        let key = town.key(StaffRole::Source, "load").await;
        let long = format!("{{\"description\":\"{}\"}}\n", "x".repeat(3 << 20));
        let unknown = r#"{"source":"load","source_id":"none","version":"1","kind":"closed","at":"2026-05-04T14:00:00Z"}"#;
        let body = [
            line(1).as_str(), "\n", "not json\n", &long, r#"{"source_id":"x"}"#, "\n", unknown, "\n",
            "[1]\n", "\u{feff}{}\n", line(2).trim_end(), "\n", &line(3).replace("load", "other"),
            &line(4).replace("load", &"x".repeat(201)), &line(5).replace("p5", "p5\\u0000"),
        ]
        .concat();
        let told = answers(&pour(town, &key, &[], body).await.expect(200));
        let brief: Vec<(u64, &str)> = told
            .iter()
            .map(|a| (a["line"].as_u64().unwrap(), a["outcome"].as_str().unwrap()))
            .collect();
        let expected = [
            (1, "accepted"), (3, "refused"), (4, "refused"), (5, "refused"), (6, "refused"),
            (7, "refused"), (8, "refused"), (9, "accepted"), (10, "refused"), (11, "refused"), (12, "accepted"),
        ];
        assert_eq!(brief, expected, "{told:#?}");
        assert!(told[2]["reason"].as_str().unwrap().contains("longer than"));
        assert_eq!(told[3]["errors"][0]["pointer"], "/at");
        assert_eq!(told[8]["errors"][0]["pointer"], "/source");
        assert!(told.iter().all(|a| a["outcome"] != "refused" || a["reason"].is_string()));
    }
}

open_story! {
    async fn a_stream_says_what_to_send_again_when_the_database_fails(town: OpenTown) {
        let key = town.key(StaffRole::Source, "load").await;
        let bearer = format!("Bearer {key}");
        let (sender, pieces) = pieces_as_they_come();
        sender.send(line(1) + &line(2)).await.unwrap();
        let headers = [("authorization", bearer.as_str())];
        let body = reqwest::Body::wrap_stream(pieces);
        let mut live = town.send(Method::POST, "/api/v1/events", &headers, body).await;
        let first = some_answers(&mut live, 2).await;
        assert_eq!(outcomes(&first, "accepted"), 2, "{first:#?}");
        town.town.tamper("ALTER TABLE event RENAME TO event_gone").await;
        sender.send("not json\n".to_owned() + &line(4) + &line(5)).await.unwrap();
        let rest = some_answers(&mut live, 3).await;
        let brief: Vec<_> = rest.iter().map(|a| (&a["line"], &a["outcome"])).collect();
        let (refused, failed) = (json!("refused"), json!("failed"));
        assert_eq!(brief, [(&json!(3), &refused), (&json!(4), &failed), (&json!(5), &failed)]);
        let reason = rest[1]["reason"].as_str().unwrap();
        assert!(reason.contains("send this line and the rest again"), "{reason}");
        assert!(!reason.contains("event_gone") && !reason.contains("table"), "{reason}");
        assert!(live.chunk().await.unwrap().is_none(), "after a failure nothing more is answered");
        town.town.tamper("ALTER TABLE event_gone RENAME TO event").await;
        let all = [line(1), line(2), line(4), line(5)].concat();
        let told = answers(&pour(town, &key, &[], all).await.expect(200));
        assert_eq!((outcomes(&told, "repeated"), outcomes(&told, "accepted")), (2, 2), "{told:#?}");
    }
}

open_story! {
    async fn a_key_that_is_revoked_meanwhile_brings_nothing_more(town: OpenTown) {
        let key = town.key(StaffRole::Source, "load").await;
        let bearer = format!("Bearer {key}");
        let (sender, pieces) = pieces_as_they_come();
        sender.send(line(1)).await.unwrap();
        let headers = [("authorization", bearer.as_str())];
        let body = reqwest::Body::wrap_stream(pieces);
        let mut live = town.send(Method::POST, "/api/v1/events", &headers, body).await;
        assert_eq!(outcomes(&some_answers(&mut live, 1).await, "accepted"), 1);
        town.town.tamper("UPDATE api_key SET revoked_at = 1").await;
        sender.send(line(2)).await.unwrap();
        let last = some_answers(&mut live, 1).await;
        assert_eq!((&last[0]["line"], &last[0]["outcome"]), (&json!(2), &json!("failed")));
        assert!(last[0]["reason"].as_str().unwrap().contains("revoked"), "{last:?}");
        assert!(live.chunk().await.unwrap().is_none(), "the stream ends");
    }
}

/// A body whose pieces are sent when it is time.
fn pieces_as_they_come()
-> (mpsc::Sender<String>, impl futures_util::Stream<Item = Result<String, std::io::Error>>) {
    let (sender, receiver) = mpsc::channel(1);
    let pieces = futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (Ok(piece), receiver))
    });
    (sender, pieces)
}

/// Reads until so many lines of answer have come.
async fn some_answers(live: &mut reqwest::Response, count: usize) -> Vec<Value> {
    let mut text = String::new();
    while text.lines().count() < count || !text.ends_with('\n') {
        let piece = tokio::time::timeout(Duration::from_secs(30), live.chunk()).await;
        let piece = piece.expect("an answer within thirty seconds").unwrap();
        text.push_str(std::str::from_utf8(&piece.expect("the stream goes on")).unwrap());
    }
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

open_story! {
    async fn a_packed_stream_is_unpacked(town: OpenTown) {
        let key = town.key(StaffRole::Source, "load").await;
        let mut packer = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        for n in 0..500 {
            packer.write_all(line(n).as_bytes()).unwrap();
        }
        let packed = packer.finish().unwrap();
        let gzip = [("content-encoding", "gzip")];
        let told = answers(&pour(town, &key, &gzip, packed.clone()).await.expect(200));
        assert_eq!((told.len(), outcomes(&told, "accepted")), (500, 500));
        let cut = answers(&pour(town, &key, &gzip, packed[..packed.len() / 2].to_vec()).await);
        assert_eq!(cut.last().unwrap()["outcome"], "failed");
        let brotli = pour(town, &key, &[("content-encoding", "br")], "x").await.expect(415);
        assert_eq!(brotli.header("content-type"), "application/problem+json");
    }
}

open_story! {
    async fn a_stream_needs_a_key(town: OpenTown) {
        let answer = town.ask(Method::POST, "/api/v1/events", &[], line(1)).await.expect(401);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
}

//! The bulk stream: many events, long lines, packed bodies, and answers in order.

use std::io::Write;

use bytes::Bytes;
use reqwest::Method;
use serde_json::{Value, json};
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

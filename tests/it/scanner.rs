//! Who opens a mail before its reader does, and what a mail program does by itself: scanners look at every
//! link, and "unsubscribe" beside the sender's name is one POST.

use reqwest::Method;
use serde_json::json;
use wardwatch::store::StaffRole;

use crate::open_town::{Letter, OpenTown, open_story, pothole};

const NAMES: [&str; 4] = ["ada", "bob", "cy", "dee"];

fn address(name: &str) -> String {
    format!("{name}@example.org")
}

/// Ada reports a pothole; Bob watches the ward, Cy a block, both at once; Dee the issue, by digest. Gives
/// what each was asked, in that order: a question of every kind.
async fn four_ask(town: &OpenTown) -> Vec<(String, Letter)> {
    let mut report = pothole();
    report["email"] = json!(address("ada"));
    let reported = town.post("/api/v1/issues", &report).await.expect(201).json();
    // Who agrees while it is not matched yet would hear of it as news.
    town.settle().await;
    let block = json!({
        "type": "Feature", "geometry": { "type": "Point", "coordinates": [-87.7, 41.85] },
        "properties": { "radius_m": 300 },
    });
    let wanted = [
        ("bob", "at_once", json!({ "ward": { "layer": "wards", "ward": "1" } })),
        ("cy", "at_once", json!({ "area": block })),
        ("dee", "daily", json!({ "issue": reported["number"] })),
    ];
    let mut ids = vec![reported["follow"]["watch"].clone()];
    for (name, rhythm, target) in wanted {
        let kinds = json!({ "kinds": ["opened", "commented", "closed"] });
        let body = json!({
            "email": address(name), "name": "Home", "rhythm": rhythm, "target": target, "filter": kinds,
        });
        let asked = town.post("/api/v1/watches", &body).await.expect(201).json();
        ids.push(asked["watch"]["id"].clone());
    }
    let mut asked = vec![];
    for (name, id) in NAMES.into_iter().zip(ids) {
        let question = town.inbox(&address(name), 1).await.remove(0);
        asked.push((id.as_str().unwrap().to_owned(), question));
    }
    asked
}

/// All four agree, the issue is closed, the days pass: news at once, a digest, and whether it is fixed.
/// Gives what each has got since they agreed.
async fn all_hear(town: &OpenTown, asked: &[(String, Letter)]) -> Vec<Letter> {
    for (id, question) in asked {
        let code = json!({ "code": question.code() });
        town.post(&format!("/api/v1/watches/{id}/confirm"), &code).await.expect(200);
    }
    let desk = town.key(StaffRole::Staff, "desk").await;
    let closed = json!({ "kind": "closed", "text": "Filled." });
    town.post_as(&desk, "/api/v1/issues/26-000001/events", &closed).await.expect(201);
    town.settle().await;
    town.town.tamper("UPDATE reporter SET ask_at = 1 WHERE ask_at IS NOT NULL").await;
    town.town.tamper("UPDATE digest_schedule SET due_at = 1").await;
    town.town.engine.plan_digests().await.unwrap();
    let mut news = vec![];
    for (name, count) in NAMES.into_iter().zip([3, 2, 2, 2]) {
        news.extend(town.inbox(&address(name), count).await.into_iter().skip(1));
    }
    let subjects: Vec<_> = news.iter().map(|letter| letter.subject.as_str()).collect();
    assert_eq!(subjects.iter().filter(|subject| subject.starts_with("Your day in")).count(), 1);
    assert_eq!(subjects.iter().filter(|subject| subject.starts_with("Is it fixed?")).count(), 1);
    town.settle().await;
    news
}

/// Opens every link, as a mail scanner does, and gives how many there were.
async fn scan(town: &OpenTown, letters: &[Letter]) -> usize {
    let links: Vec<_> = letters.iter().flat_map(Letter::all_links).collect();
    for link in &links {
        assert!(link.starts_with(&town.base), "{link} leads elsewhere");
        for method in [Method::GET, Method::HEAD] {
            let opened = town.ask(method, link, &[("user-agent", "SafeLinks")], "").await;
            assert!(opened.status.is_success(), "{link}: {}", opened.status);
        }
    }
    links.len()
}

open_story! {
    async fn a_scanner_that_opens_every_link_of_every_mail_changes_no_row(town: OpenTown) {
        let asked = four_ask(town).await;
        town.settle().await;
        let before = town.town.everything().await;
        let questions: Vec<_> = asked.iter().map(|(_, question)| question.clone()).collect();
        assert!(scan(town, &questions).await > 8, "each has a way in and a way out");
        assert_eq!(town.town.everything().await, before);
        let news = all_hear(town, &asked).await;
        let before = town.town.everything().await;
        assert!(scan(town, &news).await > 20);
        assert_eq!(town.town.everything().await, before);
        // It is a dump that shows what a button does.
        let out = news[0].unsubscribe.clone().unwrap();
        town.press(&out, "List-Unsubscribe=One-Click").await.expect(200);
        assert_ne!(town.town.everything().await, before);
    }
}

open_story! {
    async fn every_mail_that_is_no_question_is_left_by_one_plain_post(town: OpenTown) {
        let asked = four_ask(town).await;
        assert!(asked.iter().all(|(_, question)| question.unsubscribe.is_none()), "a question is no list");
        let news = all_hear(town, &asked).await;
        let active = async || {
            let all = town.town.everything().await;
            all.iter().filter(|row| row.starts_with("watch ") && row.contains("active")).count()
        };
        assert_eq!(active().await, 4);
        let mut left = 4;
        // Of Ada's two mails, that it was closed and whether it is fixed, the second is enough.
        for letter in &news[1..] {
            let out = letter.unsubscribe.as_deref().expect("a way out in its head");
            let kind = [("content-type", "application/x-www-form-urlencoded")];
            let done = town.ask(Method::POST, out, &kind, "List-Unsubscribe=One-Click").await;
            done.expect(200);
            left -= 1;
            assert_eq!(active().await, left, "{}", letter.subject);
        }
        assert_eq!(left, 0);
        let again = json!({ "kind": "commented", "text": "It is back." });
        let desk = town.key(StaffRole::Staff, "desk two").await;
        town.post_as(&desk, "/api/v1/issues/26-000001/events", &again).await.expect(201);
        town.settle().await;
        for (name, count) in NAMES.into_iter().zip([3, 2, 2, 2]) {
            town.inbox(&address(name), count).await;
        }
    }
}

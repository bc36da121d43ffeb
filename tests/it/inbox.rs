//! What a person was told, found again; and why, or why not.

use serde_json::{Value, json};

use crate::open_town::{OpenTown, open_story, pothole};
use wardwatch::store::StaffRole;

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";

async fn report(town: &OpenTown, address: &str) -> String {
    let mut report = pothole();
    report["address"] = address.into();
    let reported = town.post("/api/v1/issues", &report).await.expect(201).json();
    reported["number"].as_str().unwrap().to_owned()
}

async fn inbox(town: &OpenTown, token: &str, query: &str) -> Value {
    town.get_as(token, &format!("/api/v1/me/inbox{query}")).await.expect(200).json()
}

open_story! {
    async fn what_somebody_was_told_is_in_their_inbox_and_in_nobody_elses(town: OpenTown) {
        let ada = town.sign_up(ADA).await;
        let bob = town.sign_up(BOB).await;
        let number = report(town, "1200 W Alder St").await;
        town.settle().await;
        let all = inbox(town, &ada, "").await;
        let [message] = &all["messages"].as_array().unwrap()[..] else { panic!("{all}") };
        assert_eq!((&message["kind"], &message["came_by"]), (&json!("issue"), &json!(["mail"])));
        assert_eq!(message["not_yet"], json!([]));
        let issue = &message["issues"][0];
        assert_eq!(issue["number"], number.as_str());
        assert_eq!((&issue["kinds"], &issue["watches"]), (&json!(["opened"]), &json!(["Home"])));
        assert_eq!(issue["address"], "1200 W Alder St");
        assert!(issue["link"].as_str().unwrap().ends_with(&format!("/issues/{number}")));
        assert_eq!(all["cursor"], Value::Null);
        let his = inbox(town, &bob, "").await;
        assert_eq!(his["messages"].as_array().unwrap().len(), 1, "{his}");
        town.get("/api/v1/me/inbox").await.expect(401);

        // What is taken off the site is told no more, here neither.
        let desk = town.key(StaffRole::Staff, "desk").await;
        let hidden = json!({ "kind": "hidden" });
        town.post_as(&desk, &format!("/api/v1/issues/{number}/events"), &hidden).await.expect(201);
        town.settle().await;
        let all = inbox(town, &ada, "").await;
        assert_eq!(all["messages"], json!([]));
    }
}

open_story! {
    async fn an_inbox_is_read_page_by_page(town: OpenTown) {
        let ada = town.sign_up(ADA).await;
        let mut reported = vec![];
        for n in 0..5 {
            reported.push(report(town, &format!("{n} W Alder St")).await);
            town.settle().await;
        }
        reported.reverse();
        let (mut read, mut query) = (vec![], "?limit=2".to_owned());
        loop {
            let page = inbox(town, &ada, &query).await;
            for message in page["messages"].as_array().unwrap() {
                read.push(message["issues"][0]["number"].as_str().unwrap().to_owned());
            }
            let Some(cursor) = page["cursor"].as_i64() else { break };
            query = format!("?limit=2&cursor={cursor}");
        }
        assert_eq!(read, reported, "the newest first, each once");
        for wrong in ["?limit=0", "?limit=201"] {
            let refused = town.get_as(&ada, &format!("/api/v1/me/inbox{wrong}")).await.expect(422);
            assert!(refused.text.contains("from 1 to 200"), "{}", refused.text);
        }
    }
}

open_story! {
    async fn somebody_reads_by_which_watch_they_were_told_or_why_not(town: OpenTown) {
        let ada = town.sign_up(ADA).await;
        let far = json!({
            "name": "Work", "rhythm": "at_once", "target": { "ward": { "layer": "wards", "ward": "2" } },
        });
        town.post_as(&ada, "/api/v1/watches", &far).await.expect(201);
        let number = report(town, "1200 W Alder St").await;
        town.settle().await;
        let path = format!("/api/v1/me/issues/{number}");
        let why = town.get_as(&ada, &path).await.expect(200).json();
        let opened = &why["events"][0];
        assert_eq!(opened["event"], "opened");
        assert_eq!(opened["told"][0]["watches"], json!(["Home"]));
        assert_eq!(opened["told"][0]["outcome"]["fate"], "sent");
        assert_eq!(opened["not"][0]["watch"], "Work");
        assert_eq!(opened["not"][0]["why"]["reason"], "other_ward");
        assert!(!why.to_string().contains(ADA), "{why}");
        town.get_as(&ada, "/api/v1/me/issues/26-999999").await.expect(404);
        town.get(&path).await.expect(401);
    }
}

//! What a person wants to hear no more of.

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::engine::{NewWatch, Receipt};
use wardwatch::issue::{IssueId, Kind};
use wardwatch::store::WatchRow;
use wardwatch::watch::{Filter, Rhythm, Target};
use wardwatch::watcher::Address;

use crate::open_town::{OpenTown, open_story, pothole};
use crate::post_office::PostOffice;
use crate::town::{Town, people, place, story, ward};
use crate::watching::{browser, by_push, wanted};

async fn reported(town: &Town, id: &str) -> IssueId {
    match town.report(id, place(-87.7, 41.85)).await {
        Receipt::Accepted { issue, .. } => issue,
        other => panic!("{other:?}"),
    }
}

/// Somebody who wants to hear of everything in ward 1.
async fn follower(town: &Town, name: &str, rhythm: Rhythm) -> WatchRow {
    let filter = Filter { kinds: Kind::ALL.into(), ..Filter::for_places() };
    town.watch_only(name, ward("1"), rhythm, filter).await
}

story! {
    async fn who_has_muted_an_issue_hears_no_more_of_it_and_of_all_else(town: Town) {
        town.found_wards().await;
        let loud = reported(&town, "loud").await;
        reported(&town, "quiet").await;
        assert_eq!(town.told().await, people([]));
        let ada = follower(&town, "ada@example.org", Rhythm::AtOnce).await.watch.watcher;
        follower(&town, "bob@example.org", Rhythm::AtOnce).await;
        let city = town.city().await;
        town.engine.mute(&city, ada, loud).await.unwrap();
        town.engine.mute(&city, ada, loud).await.unwrap(); // once more is no fault
        let comment = |id, version| town.then(id, version, Kind::Commented, Some("Me again"));
        town.say(vec![comment("loud", "2"), comment("quiet", "2")]).await;
        let both = people([("ada@example.org", &[1]), ("bob@example.org", &[1, 1])]);
        assert_eq!(town.told().await, both);
        // Heard of again, of what happens from then on.
        town.engine.unmute(&city, ada, loud).await.unwrap();
        assert_eq!(town.told().await, people([]));
        town.say(vec![comment("loud", "3")]).await;
        let each = people([("ada@example.org", &[1]), ("bob@example.org", &[1])]);
        assert_eq!(town.told().await, each);
    }
}

story! {
    async fn what_is_muted_before_the_digest_comes_is_not_in_it(town: Town) {
        town.found_wards().await;
        let ada = follower(&town, "ada@example.org", Rhythm::Daily).await.watch.watcher;
        follower(&town, "bob@example.org", Rhythm::Daily).await;
        let loud = reported(&town, "loud").await;
        reported(&town, "quiet").await;
        assert_eq!(town.told().await, people([]));
        town.engine.mute(&town.city().await, ada, loud).await.unwrap();
        town.pass(std::time::Duration::from_hours(25));
        let told = people([("ada@example.org", &[1]), ("bob@example.org", &[2])]);
        assert_eq!(town.told().await, told);
    }
}

story! {
    async fn who_follows_a_muted_issue_anew_hears_of_it_again(town: Town) {
        town.found_wards().await;
        let loud = reported(&town, "loud").await;
        assert_eq!(town.told().await, people([]));
        let ada = follower(&town, "ada@example.org", Rhythm::AtOnce).await.watch.watcher;
        town.engine.mute(&town.city().await, ada, loud).await.unwrap();
        let again = town.watch("ada@example.org", Target::Issue(loud), Rhythm::AtOnce).await;
        assert_eq!(again.watch.watcher, ada);
        town.say(vec![town.then("loud", "2", Kind::Closed, None)]).await;
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
    }
}

story! {
    async fn what_a_browser_muted_its_owner_has_muted_unless_they_follow_it(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let (loud, dear) = (reported(&town, "loud").await, reported(&town, "dear").await);
        assert_eq!(town.told().await, people([]));
        let browser = browser(1);
        let everything = Filter { kinds: Kind::ALL.into(), ..Filter::for_places() };
        let new = NewWatch { filter: everything, ..wanted(&town, ward("1"), Rhythm::AtOnce) };
        let alone = town.engine.watch(&city, by_push(&browser), new).await.unwrap();
        for issue in [loud, dear] {
            town.engine.mute(&city, alone.watch.watcher, issue).await.unwrap();
        }
        let follow = town.watch("ada@example.org", Target::Issue(dear), Rhythm::AtOnce).await;
        let ada = follow.watch.watcher;
        town.engine.add_browser(&city, ada, Address::Push(browser)).await.unwrap();
        let comment = |id| town.then(id, "2", Kind::Commented, Some("Me again"));
        town.say(vec![comment("loud"), comment("dear")]).await;
        let each = people([("ada@example.org", &[1]), ("https://push.example.net/1", &[1])]);
        assert_eq!(town.told().await, each);
        let mut tx = town.engine.store().read().await.unwrap();
        let muted = tx.muted_by(city.id, ada).await.unwrap();
        assert_eq!(muted.len(), 1, "{muted:?}");
    }
}

story! {
    async fn what_waits_to_be_sent_when_it_is_muted_is_not_sent(town: Town) {
        let office = PostOffice::open().await;
        town.found_wards().await;
        let ada = follower(&town, "ada@example.org", Rhythm::AtOnce).await.watch.watcher;
        let loud = reported(&town, "loud").await;
        reported(&town, "quiet").await;
        town.engine.match_pending().await.unwrap();
        town.engine.mute(&town.city().await, ada, loud).await.unwrap();
        office.dispatcher(&town, std::time::Duration::from_mins(2)).drain().await.unwrap();
        let letters = office.letters();
        assert_eq!(letters.len(), 1, "{letters:?}");
        let mut tx = town.engine.store().read().await.unwrap();
        let muted = tx.muted_by(town.city().await.id, ada).await.unwrap().remove(0);
        assert!(!letters[0].plain.contains(&muted.number), "{}", letters[0].plain);
    }
}

open_story! {
    async fn a_person_mutes_an_issue_by_the_link_of_its_mail(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        let issue = town.post("/api/v1/issues", &pothole()).await.expect(201).json();
        let number = issue["number"].as_str().unwrap().to_owned();
        let mail = town.inbox("ada@example.org", 2).await.remove(1);
        let link = mail.link("/mute/");
        let path = &link[link.find("/watch/").unwrap()..];
        assert!(path.ends_with(&format!("/mute/{number}")), "{path}");
        // Whoever only looks, as scanners do, changes nothing.
        let asked = town.get(path).await.expect(200).text;
        assert!(asked.contains("Hear no more of this issue?"), "{asked}");
        let mine = || async { town.get_as(&token, "/api/v1/me/mutes").await.expect(200).json() };
        assert_eq!(mine().await, json!([]));
        let pressed = town.press(path, "act=mute").await.expect(303);
        let manage = format!("/watch/{token}?done=mute");
        assert_eq!(pressed.header("location"), manage);
        let shown = town.get(&manage).await.expect(200).text;
        assert!(shown.contains("Muted. You hear no more of that issue."), "{shown}");
        assert!(shown.contains(&format!("/watch/{token}/mute/{number}")), "{shown}");
        assert_eq!(mine().await[0]["issue"], number);
        let again = town.get(path).await.expect(200).text;
        assert!(again.contains("Tell me of it again"), "{again}");
        town.press(path, "act=unmute").await.expect(303);
        assert_eq!(mine().await, json!([]));
    }
}

open_story! {
    async fn a_program_mutes_an_issue_and_ends_that(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        let issue = town.post("/api/v1/issues", &pothole()).await.expect(201).json();
        let number = issue["number"].as_str().unwrap().to_owned();
        let auth = format!("Bearer {token}");
        let mute = |method: Method, number: String| {
            let auth = auth.clone();
            async move {
                let headers = [("authorization", auth.as_str())];
                town.ask(method, &format!("/api/v1/me/mutes/{number}"), &headers, "").await
            }
        };
        town.get("/api/v1/me/mutes").await.expect(401);
        town.ask(Method::PUT, &format!("/api/v1/me/mutes/{number}"), &[], "").await.expect(401);
        mute(Method::PUT, "99-000001".into()).await.expect(404);
        mute(Method::PUT, number.clone()).await.expect(204);
        mute(Method::PUT, number.clone()).await.expect(204);
        let mine: Value = town.get_as(&token, "/api/v1/me/mutes").await.expect(200).json();
        assert_eq!((mine.as_array().unwrap().len(), &mine[0]["issue"]), (1, &json!(number)));
        assert!(mine[0]["since"].is_string() && mine[0]["category"].is_string(), "{mine}");
        mute(Method::DELETE, number.clone()).await.expect(204);
        mute(Method::DELETE, number).await.expect(204);
        assert_eq!(town.get_as(&token, "/api/v1/me/mutes").await.json(), json!([]));
    }
}

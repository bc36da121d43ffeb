//! Signing in by a mail's link, and taking part in an issue on its page.

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::store::StaffRole;

use crate::account::open;
use crate::open_town::{Answer, OpenTown, open_story};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The cookie that an answer leaves with the browser.
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    set.split(';').next().unwrap().to_owned()
}

async fn press(town: &OpenTown, path: &str, cookie: &str, form: &'static str) -> Answer {
    town.ask(Method::POST, path, &[FORM, ("cookie", cookie)], form).await
}

async fn pothole(town: &OpenTown) -> String {
    let report = json!({
        "category": "Pothole", "description": "A deep hole", "lon": -87.7, "lat": 41.85,
        "address": "1200 W Alder St",
    });
    let reported = town.post("/api/v1/issues", &report).await.expect(201).json();
    format!("/issues/{}", reported["number"].as_str().unwrap())
}

/// Somebody who has signed up, and whose browser is signed in by their mail's link.
pub async fn signed_in(town: &OpenTown, email: &str) -> String {
    town.sign_up(email).await;
    let body = format!("email={}", email.replace('@', "%40"));
    let asked = town.ask(Method::POST, "/signin", &[FORM], body).await.expect(303);
    assert_eq!(asked.header("location"), "/signin?sent=1");
    let letter = town.inbox(email, 2).await.pop().unwrap();
    let link = letter.link("/signin/");
    let entered = town.ask(Method::POST, &link, &[FORM], "").await.expect(303);
    assert!(entered.header("location").starts_with("/watch/"));
    cookie(&entered)
}

async fn votes(town: &OpenTown, issue: &str) -> Value {
    town.get(&format!("/api/v1{issue}")).await.expect(200).json()["votes"].clone()
}

open_story! {
    async fn a_link_in_a_mail_signs_a_browser_in_and_no_scanner(town: OpenTown) {
        town.sign_up("ada@example.org").await;
        let page = town.get("/signin").await.expect(200);
        assert!(page.text.contains("There is no password."), "{}", page.text);
        let sent = |answer: Answer| answer.expect(303).header("location").to_owned();
        for email in ["ada%40example.org", "nobody%40example.org"] {
            let asked = town.ask(Method::POST, "/signin", &[FORM], format!("email={email}")).await;
            assert_eq!(sent(asked), "/signin?sent=1", "nobody learns who is known");
        }
        assert!(town.get("/signin?sent=1").await.expect(200).text.contains("If we know the address"));
        let letter = town.inbox("ada@example.org", 2).await.pop().unwrap();
        assert_eq!(letter.subject, "Your link to sign in to Testville");
        assert_eq!(letter.unsubscribe, None);
        town.settle().await;
        assert!(town.inbox("nobody@example.org", 0).await.is_empty());
        let link = letter.link("/signin/");
        let opened = town.get(&link).await.expect(200);
        assert!(opened.header("set-cookie").is_empty(), "opening it does nothing");
        let entered = town.ask(Method::POST, &link, &[FORM], "").await.expect(303);
        let ada = cookie(&entered);
        let mine = open(town, "/watch", &ada).await.expect(303).header("location").to_owned();
        assert!(town.get(&mine).await.expect(200).text.contains("What you watch"));
        assert_eq!(town.get("/watch").await.expect(303).header("location"), "/signin");
        for bad in ["wardwatch=", "wardwatch=x", &ada[..ada.len() - 2], "other=1"] {
            let shown = open(town, "/watch", bad).await.expect(303);
            assert_eq!(shown.header("location"), "/signin", "{bad}");
        }
        town.get(&link[..link.len() - 2]).await.expect(404);
        let out = press(town, "/signout", &ada, "").await.expect(303);
        assert!(out.header("set-cookie").starts_with("wardwatch=; "), "{:?}", out.headers);
    }
}

open_story! {
    async fn a_link_signs_in_once_and_then_says_that_it_was_used(town: OpenTown) {
        town.sign_up("ada@example.org").await;
        let ask = async |nth: usize| {
            town.ask(Method::POST, "/signin", &[FORM], "email=ada%40example.org").await.expect(303);
            town.inbox("ada@example.org", nth).await.pop().unwrap().link("/signin/")
        };
        let older = ask(2).await;
        let link = ask(3).await;
        cookie(&town.ask(Method::POST, &link, &[FORM], "").await.expect(303));
        // Pressed twice, it does the same again.
        cookie(&town.ask(Method::POST, &link, &[FORM], "").await.expect(303));
        let minute = "UPDATE watcher SET link_used_at = link_used_at - 61000";
        town.town.tamper(minute).await;
        for used in [&link, &older] {
            for method in [Method::GET, Method::POST] {
                let late = town.ask(method, used, &[FORM], "").await.expect(410);
                assert!(late.text.contains("This link was used already"), "{}", late.text);
                assert!(late.text.contains("action=\"/signin\""), "another is sent from here");
                assert!(late.header("set-cookie").is_empty());
            }
        }
        let next = ask(4).await;
        cookie(&town.ask(Method::POST, &next, &[FORM], "").await.expect(303));
        // Those that are used up are not counted: whoever was in can come in again.
        ask(5).await;
    }
}

open_story! {
    async fn an_address_is_sent_few_links_however_often_somebody_asks(town: OpenTown) {
        town.sign_up("ada@example.org").await;
        for _ in 0..6 {
            let asked = town.ask(Method::POST, "/signin", &[FORM], "email=ada%40example.org").await;
            asked.expect(303);
        }
        town.settle().await;
        // One asked whether she wants her watch.
        town.inbox("ada@example.org", 1 + 3).await;
    }
}

open_story! {
    async fn who_has_signed_in_takes_part_on_the_page(town: OpenTown) {
        let issue = pothole(town).await;
        town.settle().await;
        let ada = signed_in(town, "ada@example.org").await;
        let page = open(town, &issue, &ada).await.expect(200);
        assert!(page.text.contains("It bothers me too"), "{}", page.text);

        let done = press(town, &issue, &ada, "act=vote").await.expect(303);
        assert!(open(town, done.header("location"), &ada).await.text.contains("It is counted"));
        let page = open(town, &issue, &ada).await.expect(200).text;
        assert!(page.contains("It bothers you, too.") && !page.contains("It bothers me too"), "{page}");
        press(town, &issue, &ada, "act=vote").await.expect(303);
        assert_eq!(votes(town, &issue).await, 1);
        let desk = open(town, "/inbox", &ada).await.expect(200).text;
        assert!(!desk.contains("href=\"/desk\""), "she is no staff: {desk}");

        let said = press(town, &issue, &ada, "act=comment&words=It+is+deep").await.expect(303);
        let page = open(town, said.header("location"), &ada).await.expect(200);
        assert!(page.text.contains("The city reads your comment first"), "she is new here");
        for (form, says) in [
            ("act=comment&words=+", "Write what you want to say."),
            ("act=comment", "Write what you want to say."),
        ] {
            let refused = press(town, &issue, &ada, form).await.expect(422);
            assert!(refused.text.contains(says), "{}", refused.text);
        }

        let followed = press(town, &issue, &ada, "act=follow").await.expect(303);
        let page = open(town, followed.header("location"), &ada).await.expect(200);
        assert!(page.text.contains("You follow this issue."), "{}", page.text);
        press(town, &issue, &ada, "act=follow").await.expect(303);
        let desk = town.key(StaffRole::Staff, "desk").await;
        let closed = json!({ "kind": "closed", "text": "Filled." });
        town.post_as(&desk, &format!("/api/v1{issue}/events"), &closed).await.expect(201);
        let news = town.inbox("ada@example.org", 3).await.pop().unwrap();
        assert!(news.subject.starts_with("Pothole closed"), "{}", news.subject);
    }
}

open_story! {
    async fn no_other_site_acts_for_a_visitor(town: OpenTown) {
        let issue = pothole(town).await;
        let ada = signed_in(town, "ada@example.org").await;
        for site in ["cross-site", "same-site"] {
            let headers = [FORM, ("cookie", &ada), ("sec-fetch-site", site)];
            let refused = town.ask(Method::POST, &issue, &headers, "act=vote").await;
            refused.expect(403);
        }
        assert_eq!(votes(town, &issue).await, 0);
        // Nor does it sign a visitor in as somebody else, by a link of its own; a program comes from anywhere.
        town.ask(Method::POST, "/signin", &[FORM], "email=ada%40example.org").await.expect(303);
        let link = town.inbox("ada@example.org", 3).await.pop().unwrap().link("/signin/");
        let cross = ("sec-fetch-site", "cross-site");
        let refused = town.ask(Method::POST, &link, &[FORM, cross], "").await.expect(403);
        assert!(refused.header("set-cookie").is_empty());
        assert!(refused.text.contains("Nothing was changed."), "{}", refused.text);
        town.post_with("/api/v1/issues", &[cross], &crate::open_town::pothole()).await.expect(201);
        let headers = [FORM, ("cookie", &ada), ("sec-fetch-site", "same-origin")];
        town.ask(Method::POST, &issue, &headers, "act=vote").await.expect(303);
        assert_eq!(votes(town, &issue).await, 1);
        // A stranger's page shows nothing of Ada.
        let page = town.get(&issue).await.expect(200);
        assert!(page.text.contains("Follow this issue") && !page.text.contains("Take part"));
    }
}

open_story! {
    async fn a_newcomer_follows_an_issue_by_their_address_and_is_signed_in(town: OpenTown) {
        let issue = pothole(town).await;
        let refused = town.ask(Method::POST, &issue, &[FORM], "act=vote").await.expect(422);
        assert!(refused.text.contains("Enter your email address."), "{}", refused.text);
        let asked = town.ask(Method::POST, &issue, &[FORM], "act=follow&email=bo%40example.org").await;
        let waits = asked.expect(303).header("location").to_owned();
        let page = town.get(&waits).await.expect(200).text;
        assert!(page.contains("<a href=\"/watch/new\">Try again with another address</a>"), "{page}");
        let question = town.inbox("bo@example.org", 1).await.remove(0);
        let code = format!("code={}", question.code());
        let done = town.ask(Method::POST, &waits, &[FORM], code).await.expect(200);
        assert!(done.text.contains(&format!("<a href=\"{issue}\">Back to issue ")), "{}", done.text);
        let bo = cookie(&done);
        assert!(open(town, &issue, &bo).await.expect(200).text.contains("You follow this issue."));
    }
}

//! Whoever reported something follows it to the end.

use std::time::Duration;

use serde_json::{Value, json};
use wardwatch::engine::{Arrival, Engine, EngineError, EngineSettings, HabitsChange, Who, Wish};
use wardwatch::issue::{Issue, Kind, Status};
use wardwatch::store::{Fixed, StaffRole, WatchRow};
use wardwatch::token::Token;
use wardwatch::watch::Rhythm;
use wardwatch::watcher::{Address, QuietHours};

use crate::open_town::{OpenTown, open_story, pothole, watch_by_mail};
use crate::town::{Town, people, place, story, ward};

const A_DAY: Duration = Duration::from_hours(24);
const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";

async fn issue(town: &Town, number: &str) -> Issue {
    let city = town.city().await.id;
    let mut tx = town.engine.store().read().await.unwrap();
    tx.issue_numbered(city, number).await.unwrap().expect("that issue")
}

/// Ada reports a pothole and agrees to hear what becomes of it.
async fn adas_report(town: &Town) -> WatchRow {
    town.found_wards().await;
    town.report("p1", place(-87.70, 41.85)).await;
    let city = town.city().await;
    let who = Who::Address { address: Address::Mail(ADA.parse().unwrap()), language: "en".into() };
    let report = issue(town, "26-000001").await;
    let row = town.engine.follow_own_report(&city, who, &report).await.unwrap();
    let code = town.engine.confirmation_code(row.watch.id);
    let row = town.engine.confirm_by_code(&city, row.watch.id, &code).await.unwrap();
    town.take_deliveries().await;
    row
}

async fn close(town: &Town, version: &str) {
    town.say(vec![town.then("p1", version, Kind::Closed, None)]).await;
    assert_eq!(town.told().await, people([(ADA, &[1])]), "that it was closed");
}

/// Asks whoever is to be asked, and gives how many were.
async fn asked(town: &Town, engine: &Engine) -> usize {
    let asked = engine.ask_whether_fixed().await.unwrap();
    let told = town.told().await.into_values().map(|messages| messages.len()).sum::<usize>();
    assert_eq!(told, asked, "each by one message");
    assert_eq!(engine.ask_whether_fixed().await.unwrap(), 0, "and nobody twice");
    asked
}

story! {
    async fn some_days_after_closing_its_reporter_is_asked_once(town: Town) {
        let row = adas_report(&town).await;
        town.watch(BOB, ward("1"), Rhythm::AtOnce).await;
        close(&town, "2").await;
        town.pass(Duration::from_secs(3 * 24 * 3_600 - 1));
        assert_eq!(asked(&town, &town.engine).await, 0);
        town.pass(Duration::from_secs(1));
        // Two processes ask, and Ada hears one of them.
        let other = town.another_process().await;
        let (one, two) = tokio::join!(town.engine.ask_whether_fixed(), other.ask_whether_fixed());
        assert_eq!(one.unwrap() + two.unwrap(), 1);
        assert_eq!(town.told().await, people([(ADA, &[1])]));
        town.pass(A_DAY * 30);
        assert_eq!(asked(&town, &town.engine).await, 0);
        // It is not fixed: it is open again, and whoever follows it hears so. What she says of it, who has
        // been here for long, is a comment.
        let city = town.city().await;
        let report = issue(&town, "26-000001").await;
        let says = |fixed, words: &str| {
            town.engine.reporter_says(&city, row.watch.watcher, &report, (fixed, Some(words.to_owned())))
        };
        says(Fixed::No, "As deep as ever").await.unwrap();
        says(Fixed::No, "As deep as ever").await.unwrap();
        let report = issue(&town, "26-000001").await;
        assert_eq!(report.standing.status, Status::Received);
        let mut tx = town.engine.store().read().await.unwrap();
        let events = tx.events_of(city.id, report.id).await.unwrap();
        drop(tx);
        let last = events.last().unwrap();
        assert_eq!((events.len(), last.event.kind), (4, Kind::Reopened), "pressed twice it is once");
        let said = &events[2].event;
        assert_eq!((said.kind, said.text.as_deref()), (Kind::Commented, Some("As deep as ever")));
        assert_eq!(town.told().await, people([(ADA, &[1])]));
        // It is closed once more, and she is asked once more.
        close(&town, "3").await;
        town.pass(A_DAY * 3);
        assert_eq!(asked(&town, &town.engine).await, 1);
        town.engine.reporter_says(&city, row.watch.watcher, &report, (Fixed::Yes, None)).await.unwrap();
        assert_eq!(issue(&town, "26-000001").await.standing.status, Status::Closed);
        town.pass(A_DAY * 30);
        assert_eq!(asked(&town, &town.engine).await, 0);
    }
}

story! {
    async fn whoever_reported_a_whole_street_is_asked_of_a_few_issues_a_day(town: Town) {
        let row = adas_report(&town).await;
        let city = town.city().await;
        for nth in 2..=5 {
            town.report(&format!("p{nth}"), place(-87.70, 41.85 + f64::from(nth) * 1e-3)).await;
            let report = issue(&town, &format!("26-00000{nth}")).await;
            let ada = Who::Watcher(row.watch.watcher);
            town.engine.follow_own_report(&city, ada, &report).await.unwrap();
        }
        let closed = (1..=5).map(|nth| town.then(&format!("p{nth}"), "2", Kind::Closed, None));
        town.say(closed.collect()).await;
        town.take_deliveries().await;
        town.pass(A_DAY * 3);
        assert_eq!(asked(&town, &town.engine).await, 3);
        town.pass(A_DAY);
        assert_eq!(asked(&town, &town.engine).await, 2);
        town.pass(A_DAY);
        assert_eq!(asked(&town, &town.engine).await, 0);
    }
}

story! {
    async fn what_its_source_closes_again_at_the_same_time_is_opened_again_all_the_same(town: Town) {
        let row = adas_report(&town).await;
        let (city, ada) = (town.city().await, row.watch.watcher);
        for version in ["2", "3"] {
            town.say(vec![town.then("p1", version, Kind::Closed, None)]).await;
            let report = issue(&town, "26-000001").await;
            let says = |fixed| town.engine.reporter_says(&city, ada, &report, (fixed, None));
            assert!(says(Fixed::No).await.unwrap(), "version {version}");
            assert!(!says(Fixed::No).await.unwrap(), "it is open already");
            assert_eq!(issue(&town, "26-000001").await.standing.status, Status::Received);
        }
    }
}

story! {
    async fn a_city_that_has_come_to_ask_nobody_asks_of_no_earlier_closing_either(town: Town) {
        adas_report(&town).await;
        close(&town, "2").await;
        let never = EngineSettings { ask_fixed_after: Duration::ZERO, ..EngineSettings::default() };
        let quiet = town.process_with(never).await;
        town.pass(A_DAY * 4);
        assert_eq!(asked(&town, &quiet).await, 0);
    }
}

story! {
    async fn nobody_is_asked_what_no_longer_matters(town: Town) {
        let row = adas_report(&town).await;
        let (city, ada) = (town.city().await, row.watch.watcher);
        let report = issue(&town, "26-000001").await;
        // Opened again before she was asked.
        close(&town, "2").await;
        town.say(vec![town.then("p1", "3", Kind::Reopened, None)]).await;
        town.take_deliveries().await;
        town.pass(A_DAY * 4);
        assert_eq!(asked(&town, &town.engine).await, 0);
        // She has muted it.
        close(&town, "4").await;
        town.engine.mute(&city, ada, report.id).await.unwrap();
        town.pass(A_DAY * 4);
        assert_eq!(asked(&town, &town.engine).await, 0);
        town.engine.unmute(&city, ada, report.id).await.unwrap();
        assert_eq!(asked(&town, &town.engine).await, 0, "that closing is past");
        // She has said so by herself.
        town.say(vec![town.then("p1", "5", Kind::Reopened, None), town.then("p1", "6", Kind::Closed, None)]).await;
        town.take_deliveries().await;
        town.engine.reporter_says(&city, ada, &report, (Fixed::Yes, None)).await.unwrap();
        town.pass(A_DAY * 4);
        assert_eq!(asked(&town, &town.engine).await, 0);
        // She follows it no more.
        town.say(vec![town.then("p1", "7", Kind::Reopened, None), town.then("p1", "8", Kind::Closed, None)]).await;
        town.take_deliveries().await;
        town.engine.unwatch(&city, ada, row.watch.id).await.unwrap();
        town.pass(A_DAY * 4);
        assert_eq!(asked(&town, &town.engine).await, 0);
    }
}

story! {
    async fn taken_off_the_site_or_where_nobody_is_asked_there_is_no_question(town: Town) {
        adas_report(&town).await;
        close(&town, "2").await;
        town.say(vec![town.then("p1", "3", Kind::Hidden, None)]).await;
        town.take_deliveries().await;
        town.pass(A_DAY * 4);
        assert_eq!(asked(&town, &town.engine).await, 0);
    }
}

story! {
    async fn a_city_that_asks_nobody_asks_nobody(town: Town) {
        adas_report(&town).await;
        let never = EngineSettings { ask_fixed_after: Duration::ZERO, ..EngineSettings::default() };
        let quiet = town.process_with(never).await;
        let notice = town.then("p1", "2", Kind::Closed, None);
        quiet.accept(&town.city().await, vec![notice], Arrival::default()).await.unwrap();
        town.take_deliveries().await;
        town.pass(A_DAY * 30);
        assert_eq!(asked(&town, &town.engine).await, 0);
    }
}

story! {
    async fn who_rests_is_asked_afterwards(town: Town) {
        let row = adas_report(&town).await;
        let (city, ada) = (town.city().await, row.watch.watcher);
        close(&town, "2").await;
        // Until noon she sleeps; it is nine.
        let quiet = QuietHours::new(22, 12).unwrap();
        let night = HabitsChange { quiet: Wish::Is(quiet), ..HabitsChange::default() };
        town.engine.change_habits(&city, ada, night).await.unwrap();
        town.pass(A_DAY * 3);
        assert_eq!(asked(&town, &town.engine).await, 0);
        town.pass(Duration::from_secs(3 * 3_600 - 1));
        assert_eq!(asked(&town, &town.engine).await, 0);
        // She goes away for two days, and is back in the middle of a night.
        let until = town.clock.now().plus(Duration::from_hours(62));
        let away = HabitsChange { pause: Wish::Is(until), ..HabitsChange::default() };
        town.engine.change_habits(&city, ada, away).await.unwrap();
        town.take_deliveries().await;
        town.pass(Duration::from_hours(62));
        assert_eq!(asked(&town, &town.engine).await, 0);
        town.pass(Duration::from_hours(10) + Duration::from_secs(1));
        assert_eq!(asked(&town, &town.engine).await, 1);
    }
}

story! {
    async fn only_its_reporter_opens_an_issue_again(town: Town) {
        adas_report(&town).await;
        let bob = town.watch(BOB, ward("1"), Rhythm::AtOnce).await;
        close(&town, "2").await;
        let report = issue(&town, "26-000001").await;
        let said = town
            .engine
            .reporter_says(&town.city().await, bob.watch.watcher, &report, (Fixed::No, None))
            .await;
        assert!(matches!(said, Err(EngineError::NotTheReporter)), "{said:?}");
        assert_eq!(issue(&town, "26-000001").await.standing.status, Status::Closed);
    }
}

/// Reports as Ada, from a form.
async fn report_by_mail(town: &OpenTown) -> Value {
    let mut report = pothole();
    report["email"] = json!(ADA);
    town.post("/api/v1/issues", &report).await.expect(201).json()
}

open_story! {
    async fn a_report_from_a_form_is_followed_to_the_end(town: OpenTown) {
        let answer = report_by_mail(town).await;
        assert_eq!((&answer["number"], &answer["follow"]["asked"]), (&json!("26-000001"), &json!(true)));
        let question = town.inbox(ADA, 1).await.remove(0);
        assert_eq!(question.subject, "Your report 26-000001 to Testville");
        assert!(question.text.contains("It has number 26-000001."), "{}", question.text);
        assert!(question.links().iter().any(|link| link.ends_with("/issues/26-000001")));
        let public = town.get("/api/v1/issues/26-000001").await.expect(200).text;
        assert!(!public.contains("example.org"), "nobody is shown who reported it: {public}");
        // She agrees by the six digits, and it is closed.
        let id = answer["follow"]["watch"].as_str().unwrap();
        let code = json!({ "code": question.code() });
        town.post(&format!("/api/v1/watches/{id}/confirm"), &code).await.expect(200);
        let key = town.key(StaffRole::Staff, "desk").await;
        let closed = json!({ "kind": "closed", "text": "Filled." });
        town.post_as(&key, "/api/v1/issues/26-000001/events", &closed).await.expect(201);
        town.inbox(ADA, 2).await;
        // The days pass.
        town.town.tamper("UPDATE reporter SET ask_at = 1 WHERE ask_at IS NOT NULL").await;
        let asked = town.inbox(ADA, 3).await.remove(2);
        assert_eq!(asked.subject, "Is it fixed? Pothole – 1200 W Alder St");
        assert!(asked.text.contains("Yes, it is fixed") && asked.text.contains("Filled."), "{}", asked.text);
        // A scanner opens every link, and nothing happens.
        for link in asked.links() {
            town.get(&link).await.expect(200);
        }
        let status = || async { town.get("/api/v1/issues/26-000001").await.json()["status"].clone() };
        assert_eq!(status().await, "closed");
        let page = asked.link("/fixed/");
        let shown = town.get(&page).await.expect(200).text;
        for words in ["Is it fixed?", "Pothole, 1200 W Alder St", "Yes, it is fixed", "No, open it again"] {
            assert!(shown.contains(words), "“{words}” is not in: {shown}");
        }
        let page = page.split('?').next().unwrap().to_owned();
        let done = town.press(&page, "answer=not_fixed&words=As+deep+as+ever").await.expect(303);
        let thanks = town.get(done.header("location")).await.expect(200).text;
        assert!(thanks.contains("It is open again"), "{thanks}");
        assert_eq!(status().await, "received");
        let again = town.inbox(ADA, 4).await.remove(3);
        assert!(!again.text.contains("As deep as ever"), "{}", again.text);
        let waiting = town.get_as(&key, "/api/v1/comments").await.expect(200).json();
        assert_eq!(waiting[0]["text"], "As deep as ever");
        // Once it is open there is nothing to answer.
        let shown = town.get(&page).await.expect(200).text;
        let (asks, _foot) = shown.split_once("<footer>").unwrap();
        assert!(asks.contains("It is open") && !asks.contains("<button"), "{shown}");
        for wrong in ["answer=maybe", ""] {
            town.press(&page, wrong).await.expect(422);
        }
        // And the other answer.
        town.post_as(&key, "/api/v1/issues/26-000001/events", &json!({ "kind": "closed" })).await.expect(201);
        let done = town.press(&page, "answer=fixed").await.expect(303);
        assert!(town.get(done.header("location")).await.expect(200).text.contains("Thank you"));
        assert_eq!(status().await, "closed");
    }
}

open_story! {
    async fn somebody_known_follows_what_they_report_and_may_open_it_again(town: OpenTown) {
        let ada = town.sign_up(ADA).await;
        let bob = town.sign_up(BOB).await;
        let answer = town.post_as(&ada, "/api/v1/issues", &pothole()).await.expect(201).json();
        assert_eq!(answer["follow"]["asked"], false);
        let mine = town.get_as(&ada, "/api/v1/watches").await.expect(200).json();
        assert_eq!(mine["watches"].as_array().unwrap().len(), 2, "{mine}");
        let key = town.key(StaffRole::Staff, "desk").await;
        let events = "/api/v1/issues/26-000001/events";
        town.post_as(&key, events, &json!({ "kind": "closed" })).await.expect(201);
        let again = json!({ "kind": "reopened", "text": "Still there" });
        town.post(events, &again).await.expect(401);
        town.post_as(&bob, events, &again).await.expect(403);
        town.post_as(&ada, events, &json!({ "kind": "closed" })).await.expect(403);
        town.post_as(&ada, events, &again).await.expect(201);
        town.post_as(&ada, events, &again).await.expect(200);
        let issue = town.get("/api/v1/issues/26-000001").await.json();
        assert_eq!((&issue["status"], &issue["events"][2]["kind"]), (&json!("received"), &json!("reopened")));
        assert_eq!(issue["events"][2]["text"], Value::Null);
        let waiting = town.get_as(&key, "/api/v1/comments").await.expect(200).json();
        assert_eq!((waiting.as_array().unwrap().len(), &waiting[0]["text"]), (1, &json!("Still there")));
        // Both at once is one too many, and what is wrong is named.
        let mut both = pothole();
        both["email"] = json!(BOB);
        town.post_as(&ada, "/api/v1/issues", &both).await.expect(422);
        for (name, wrong) in [("email", "ada"), ("language", "tlh")] {
            let mut report = pothole();
            report[name] = json!(wrong);
            let refused = town.post("/api/v1/issues", &report).await.expect(422).json();
            assert_eq!(refused["errors"][0]["pointer"], format!("/{name}"), "{refused}");
        }
    }
}

open_story! {
    async fn a_report_stands_though_its_address_was_asked_too_often(town: OpenTown) {
        for _ in 0..3 {
            town.post("/api/v1/watches", &watch_by_mail(ADA)).await.expect(201);
        }
        let answer = report_by_mail(town).await;
        assert_eq!(answer["follow"]["watch"], json!(null), "{answer}");
        assert!(answer["follow"]["next"].as_str().unwrap().contains("several times"), "{answer}");
        town.get("/api/v1/issues/26-000001").await.expect(200);
    }
}

open_story! {
    async fn a_link_of_another_kind_or_city_is_no_reporters(town: OpenTown) {
        report_by_mail(town).await;
        let question = town.inbox(ADA, 1).await.remove(0);
        let other = question.link("/confirm/").replace("/confirm/", "/fixed/");
        town.get(&other).await.expect(404);
        town.press(&other, "answer=not_fixed").await.expect(404);
        let city = town.town.city().await.id;
        let issue = issue(&town.town, "26-000001").await.id;
        let secrets = town.town.engine.secrets();
        let link = |watcher| {
            format!("/fixed/{}", Token::Fixed { city, issue, watcher }.seal(secrets))
        };
        let bob = Token::open(&town.sign_up(BOB).await, secrets);
        let Ok(Token::Manage { watcher: bob, .. }) = bob else { panic!("{bob:?}") };
        town.press(&link(bob), "answer=not_fixed").await.expect(403);
        let nobody = wardwatch::watcher::WatcherId(issue.0);
        town.press(&link(nobody), "answer=not_fixed").await.expect(404);
    }
}

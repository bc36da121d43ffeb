//! Mails that come back, and what follows for those they were meant for.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use wardwatch::bounce::{Idle, Letter};
use wardwatch::engine::{Consequence, Taken};
use wardwatch::store::{Claimed, ContactRow, DeliveryState, OutboxQuery, StaffRole};
use wardwatch::token::{MailMark, Secrets, WayBack};
use wardwatch::watch::Rhythm;
use wardwatch::watcher::Address;

use crate::mail_server::{Postfix, give_away, program_in};
use crate::neighbours::{move_in, pothole as reported, watch};
use crate::open_town::{OpenTown, open_story, pothole, watch_by_mail};
use crate::program::Program;
use crate::town::{Town, block, place, story};

const DAY: Duration = Duration::from_hours(24);
const UNKNOWN: &str = include_str!("../bounces/postfix.eml");
const FULL: &str = include_str!("../bounces/full.eml");
const UNWANTED: &str = include_str!("../bounces/gmail_policy.eml");
const AWAY: &str = include_str!("../bounces/vacation.eml");
const COMPLAINT: &str = include_str!("../bounces/complaint.eml");

const ADA: &str = "ada@people.example";

/// A letter as it comes back of a mail.
async fn came_back(town: &Town, letter: &str, mail: &Claimed) -> Taken {
    let (city, secrets) = (town.city().await, town.engine.secrets());
    let way = WayBack { contact: mail.contact, mail: MailMark::of(mail.id.0) };
    let letter = letter.replace("TOKEN", &way.seal(city.id, secrets));
    town.engine.take_letter(&city, None, Letter::read(letter.as_bytes())).await.unwrap()
}

async fn contact(town: &Town, email: &str) -> ContactRow {
    let address = Address::Mail(email.parse().unwrap());
    let mut tx = town.engine.store().read().await.unwrap();
    tx.contact_at(town.city().await.id, &address).await.unwrap().expect("known")
}

/// A pothole is reported, and its mail to somebody is taken by their mail server.
async fn told_of_one(town: &Town, id: &str, to: &str) -> Option<Claimed> {
    town.report(id, place(-87.70, 41.85)).await;
    let mails = town.take_deliveries().await;
    let to = contact(town, to).await.contact.id;
    mails.into_iter().find(|mail| mail.contact == to)
}

/// What the outbox says of the deliveries in a state.
async fn outcomes(town: &Town, state: DeliveryState) -> Vec<String> {
    let query = OutboxQuery { state: Some(state), kind: None };
    let mut tx = town.engine.store().read().await.unwrap();
    let rows = tx.outbox_rows(town.city().await.id, query, 50, town.clock.now()).await.unwrap();
    rows.into_iter().filter_map(|row| row.outcome).collect()
}

story! {
    async fn whose_address_is_gone_is_retired_and_nobody_else(town: Town) {
        let here = place(-87.70, 41.85);
        town.watch(ADA, block(here, 300.0), Rhythm::AtOnce).await;
        town.watch("bob@people.example", block(here, 300.0), Rhythm::AtOnce).await;
        let mail = told_of_one(&town, "1", ADA).await.unwrap();
        // Nobody retires anybody without the secret.
        let forged = WayBack { contact: mail.contact, mail: MailMark::of(mail.id.0) };
        let forged = forged.seal(town.city().await.id, &Secrets::generate());
        let forged = Letter::read(UNKNOWN.replace("TOKEN", &forged).as_bytes());
        let taken = town.engine.take_letter(&town.city().await, None, forged).await.unwrap();
        assert_eq!(taken, Taken::Stranger);
        assert_eq!(came_back(&town, AWAY, &mail).await, Taken::Idle(Idle::AutoReply));
        assert!(contact(&town, ADA).await.confirmed);

        let reason = "5.1.1 unknown user: \"ada\"".to_owned();
        for _ in 0..2 {
            let taken = came_back(&town, UNKNOWN, &mail).await;
            assert_eq!(taken, Taken::Done(Consequence::Retired, reason.clone()));
        }
        assert!(contact(&town, ADA).await.retired);
        assert!(contact(&town, "bob@people.example").await.confirmed);
        let why = "came back: 5.1.1 unknown user: \"ada\"";
        assert_eq!(outcomes(&town, DeliveryState::Retired).await, [why]);
        assert!(told_of_one(&town, "2", ADA).await.is_none(), "nothing is sent there any more");
    }
}

story! {
    async fn a_full_mailbox_is_mailed_no_more_after_five_days_until_its_owner_says_so(town: Town) {
        let here = place(-87.70, 41.85);
        town.watch(ADA, block(here, 300.0), Rhythm::AtOnce).await;
        for day in 1..=5 {
            let first = told_of_one(&town, &format!("{day}a"), ADA).await.unwrap();
            let second = told_of_one(&town, &format!("{day}b"), ADA).await.unwrap();
            for mail in [&first, &second, &first] {
                let Taken::Done(consequence, _) = came_back(&town, FULL, mail).await else {
                    panic!("it is a report")
                };
                match day {
                    5 => assert_eq!(consequence, Consequence::Suspended),
                    days => assert_eq!(consequence, Consequence::Counted { days }),
                }
            }
            assert_eq!(contact(&town, ADA).await.suspended, day == 5);
            town.pass(DAY);
        }
        assert_eq!(outcomes(&town, DeliveryState::Dead).await.len(), 10, "an operator sees them");
        assert!(told_of_one(&town, "6", ADA).await.is_none());
        town.engine.go_on(&town.city().await, contact(&town, ADA).await.contact.id).await.unwrap();
        let mail = told_of_one(&town, "7", ADA).await.expect("it is mailed again");
        let Taken::Done(consequence, _) = came_back(&town, FULL, &mail).await else { panic!() };
        assert_eq!(consequence, Consequence::Counted { days: 1 }, "what was before is forgotten");
    }
}

story! {
    async fn one_mail_that_comes_back_day_after_day_counts_once(town: Town) {
        town.watch(ADA, block(place(-87.70, 41.85), 300.0), Rhythm::AtOnce).await;
        let mail = told_of_one(&town, "1", ADA).await.unwrap();
        for _ in 0..9 {
            let Taken::Done(consequence, _) = came_back(&town, FULL, &mail).await else { panic!() };
            assert_eq!(consequence, Consequence::Counted { days: 1 });
            town.pass(DAY);
        }
        town.pass(DAY * 30);
        let mail = told_of_one(&town, "2", ADA).await.unwrap();
        let Taken::Done(consequence, _) = came_back(&town, FULL, &mail).await else { panic!() };
        assert_eq!(consequence, Consequence::Counted { days: 1 }, "that was more than a month ago");
    }
}

story! {
    async fn who_is_suspended_is_asked_when_they_sign_up_anew_and_hears_again(town: Town) {
        let here = place(-87.70, 41.85);
        town.watch(ADA, block(here, 300.0), Rhythm::AtOnce).await;
        for day in 0..5 {
            let mail = told_of_one(&town, &day.to_string(), ADA).await.unwrap();
            came_back(&town, FULL, &mail).await;
            town.pass(DAY);
        }
        assert!(contact(&town, ADA).await.suspended);
        // Taken is the question; the same helper confirms.
        town.watch(ADA, block(here, 200.0), Rhythm::AtOnce).await;
        assert!(contact(&town, ADA).await.confirmed);
        assert!(told_of_one(&town, "again", ADA).await.is_some());
    }
}

story! {
    async fn a_refusal_of_what_we_are_is_the_operators_and_a_complaint_is_for_good(town: Town) {
        let here = place(-87.70, 41.85);
        town.watch(ADA, block(here, 300.0), Rhythm::AtOnce).await;
        let mail = told_of_one(&town, "1", ADA).await.unwrap();
        for _ in 0..9 {
            let Taken::Done(consequence, _) = came_back(&town, UNWANTED, &mail).await else { panic!() };
            assert_eq!(consequence, Consequence::Noted);
            town.pass(DAY);
        }
        assert!(contact(&town, ADA).await.confirmed);
        let dead = outcomes(&town, DeliveryState::Dead).await;
        assert!(dead.len() == 1 && dead[0].starts_with("came back: 550-5.7.26"), "{dead:?}");

        let mail = told_of_one(&town, "2", ADA).await.unwrap();
        let Taken::Done(consequence, _) = came_back(&town, COMPLAINT, &mail).await else { panic!() };
        assert_eq!(consequence, Consequence::Silenced);
        assert!(contact(&town, ADA).await.silenced);
        let filter = wardwatch::watch::Filter::for_places();
        town.ask_to_watch(ADA, block(here, 300.0), Rhythm::AtOnce, filter).await;
        assert!(town.take_deliveries().await.is_empty(), "not even a question");
    }
}

open_story! {
    async fn a_provider_tells_and_the_owner_sees_why_and_goes_on(town: OpenTown) {
        let ada = format!("/watch/{}", town.sign_up("ada@example.org").await);
        let bob = format!("/watch/{}", town.sign_up("bob@example.org").await);
        let soft = json!({"address": "ada@example.org", "kind": "soft", "reason": "full"});
        town.post("/api/v1/bounces", &soft).await.expect(401);
        let feed = town.key(StaffRole::Source, "311").await;
        town.post_as(&feed, "/api/v1/bounces", &soft).await.expect(403);
        let key = town.key(StaffRole::Staff, "provider").await;
        let tell = async |told| town.post_as(&key, "/api/v1/bounces", &told).await;
        let wrong = json!([
            {"address": "ada", "kind": "hard"},
            {"kind": "soft"},
            {"address": "ada@example.org", "kind": "odd"},
            {"address": "ada@example.org"},
            {"address": "ada@example.org", "kind": "soft", "message": "x"},
            {"address": "ada@example.org", "kind": "soft", "at": "2999-01-01T00:00:00Z"},
            {"adress": "ada@example.org"},
        ]);
        let problem = tell(wrong).await.expect(422).json();
        let errors = problem["errors"].as_array().unwrap();
        let pointers: Vec<_> = errors.iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        let named =
            ["/0/address", "/1/address", "/2/kind", "/3/kind", "/4/message", "/5/at", "/6/adress"];
        assert_eq!(pointers, named);

        // She has agreed ten days ago.
        town.town.tamper("UPDATE contact SET confirmed_at = confirmed_at - 864000000").await;
        let now = town.town.clock.now();
        for days in 1..5 {
            let mut soft = soft.clone();
            soft["at"] = json!(now.minus(DAY * (5 - days)));
            for _ in 0..2 {
                let told = tell(soft.clone()).await.expect(200).json();
                assert_eq!(told["outcomes"], json!([{"outcome": "counted", "days": days}]));
            }
        }
        let others = json!([soft, {"address": "eve@example.org", "kind": "hard"}]);
        let told = tell(others).await.expect(200).json();
        assert_eq!(told["outcomes"], json!([{"outcome": "suspended"}, {"outcome": "unknown"}]));
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        town.settle().await;
        town.inbox("bob@example.org", 2).await;
        town.inbox("ada@example.org", 1).await;

        let page = town.get(&ada).await.expect(200).text;
        assert!(page.contains("We no longer write to ada@example.org"), "{page}");
        assert!(page.contains("Several of our mails to this address came back"), "{page}");
        let contact = page.split("name=\"contact\" value=\"").nth(1).unwrap();
        let form = format!("act=go_on&contact={}", contact.split('"').next().unwrap());
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        town.ask(Method::POST, &bob, &kind, form.clone()).await.expect(422);
        assert!(!town.get(&bob).await.expect(200).text.contains("no longer"));
        town.ask(Method::POST, &ada, &kind, form).await.expect(303);
        assert!(!town.get(&ada).await.expect(200).text.contains("no longer"));
        // What was reported before says nothing of who has agreed since.
        let late = json!({"address": "ada@example.org", "kind": "hard",
                          "at": town.town.clock.now().minus(DAY)});
        let told = tell(late).await.expect(200).json();
        assert_eq!(told["outcomes"], json!([{"outcome": "outdated"}]));
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        town.inbox("ada@example.org", 2).await;

        let gone = json!({"address": "ada@example.org", "kind": "hard"});
        let told = tell(gone).await.expect(200).json();
        assert_eq!(told["outcomes"], json!([{"outcome": "retired"}]));
        let page = town.get(&ada).await.expect(200).text;
        assert!(page.contains("the address does not exist") && !page.contains("go_on"), "{page}");
        let spam = json!({"address": "bob@example.org", "kind": "complaint"});
        let told = tell(spam).await.expect(200).json();
        assert_eq!(told["outcomes"], json!([{"outcome": "silenced"}]));
        let page = town.get(&bob).await.expect(200).text;
        assert!(page.contains("reported a mail of ours as spam"), "{page}");
        town.post("/api/v1/watches", &watch_by_mail("bob@example.org")).await.expect(201);
        town.settle().await;
        town.inbox("bob@example.org", 3).await;
    }
}

#[test]
fn a_mail_server_is_told_to_try_again_when_nothing_could_be_stored() {
    let town = Program::new(None, 9, 9);
    let ended = town.end_fed(&["bounce"], UNKNOWN.as_bytes());
    assert_eq!(ended.code, 75, "there is no store yet: {}", ended.said);
    town.found();
    for letter in [UNKNOWN, AWAY, "", "\0\u{ff}"] {
        let ended =
            town.end_fed(&["bounce", "--recipient", "bounces@city.example"], letter.as_bytes());
        assert_eq!((ended.code, ended.printed.as_str()), (0, ""), "{}", ended.said);
        assert!(ended.said.contains("nothing was done"), "{}", ended.said);
    }
    std::fs::write(town.dir().join("wardwatch.db"), "what somebody wrote over it").unwrap();
    assert_eq!(town.end_fed(&["bounce"], UNKNOWN.as_bytes()).code, 75);
    assert_eq!(town.end_fed(&["bounce", "--recipent", "x"], b"").code, 2);
}

/// A mail server takes a mail for somebody it does not know, and says so later, to the address that the
/// mail came from; what comes there it hands to the program.
#[tokio::test(flavor = "multi_thread")]
async fn a_real_mail_servers_report_retires_the_one_who_is_not_there() {
    let home = tempfile::tempdir().unwrap();
    let program = program_in(home.path());
    let data = home.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let pipe = format!(
        "{} bounce --data-dir {} --recipient ${{recipient}}",
        program.display(),
        data.display()
    );
    let Some(server) = Postfix::start(&pipe) else { return };
    let town = Program::in_folder_to(&data, server.port);
    move_in(&town, &[watch("gone@people.example", -87.70), watch(ADA, -87.70)]);
    let key = town.run(&["keys", "api", "--role", "source"]);
    town.keep_push_key();
    give_away(&data);
    let serving = town.serve(&[("WARDWATCH_BOUNCE_ADDRESS", "bounces@city.example")]).await;
    town.bring(key.trim(), &reported("1", -87.70)).await;

    server.until(&["to=<ada@people.example>", "status=sent"]).await;
    server.until(&["to=<gone@people.example>", "status=bounced"]).await;
    server.until(&["to=<bounces+", "@city.example>", "relay=wardwatch", "status=sent"]).await;
    serving.stop();
    let store = town.store().await;
    let mut tx = store.read().await.unwrap();
    let city = tx.cities().await.unwrap().remove(0);
    for (email, retired) in [("gone@people.example", true), (ADA, false)] {
        let address = Address::Mail(email.parse().unwrap());
        let row = tx.contact_at(city.id, &address).await.unwrap().unwrap();
        assert_eq!((row.retired, row.confirmed), (retired, !retired), "{email}\n{}", server.log());
    }
    drop(tx);
    store.close().await;
    let number = town.run(&["outbox", "list", "--state", "retired"]);
    assert!(number.contains("came back: 5.1.1 unknown user: \"gone\""), "{number}");
}

/// The mail server keeps a report that could not be stored, and brings it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_real_mail_server_keeps_what_the_program_could_not_take() {
    let home = tempfile::tempdir().unwrap();
    let program = program_in(home.path());
    let data = home.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let pipe = format!("{} bounce --data-dir {}", program.display(), data.display());
    let Some(server) = Postfix::start(&pipe) else { return };
    server.send("someone@people.example", "bounces+x@city.example").await;
    server.until(&["relay=wardwatch", "status=deferred"]).await;
    Program::in_folder_to(&data, server.port).found();
    give_away(&data);
    server.until(&["relay=wardwatch", "status=sent"]).await;
}

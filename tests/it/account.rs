//! What somebody who has signed in finds again, and says of how they are reached.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::engine::EngineError;
use wardwatch::store::{MemberRow, StaffRole};
use wardwatch::watch::Rhythm;

use crate::desk::sign_in;
use crate::open_town::{A_POINT, Answer, OpenTown, open_story, pothole};
use crate::town::{Town, story, ward};
use crate::whole_store::{rows, tables_with};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const ADA: &str = "ada@example.org";
const FIREFOX: (&str, &str) =
    ("user-agent", "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0");

/// The cookie that an answer leaves with the browser.
pub fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    let escaped = |text: &str| {
        let each = text.bytes().map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        });
        each.collect::<String>()
    };
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

pub async fn press(town: &OpenTown, path: &str, who: &str, pairs: &[(&str, &str)]) -> Answer {
    town.ask(Method::POST, path, &[FORM, FIREFOX, ("cookie", who)], form(pairs)).await
}

pub async fn open(town: &OpenTown, path: &str, who: &str) -> Answer {
    town.ask(Method::GET, path, &[("cookie", who)], "").await
}

/// Somebody who watches ward 1 and whose browser is signed in; by their mail's code.
pub async fn signed_in(town: &OpenTown, email: &str) -> String {
    let asked = press(town, "/wards/1", "", &[("email", email)]).await.expect(303);
    let code = town.inbox(email, 1).await.remove(0).code();
    let done = press(town, asked.header("location"), "", &[("code", &code)]).await.expect(200);
    cookie(&done)
}

/// The management link that a page shows.
pub fn manage(page: &Answer) -> String {
    let links = page.text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut links = links.filter(|link| link.starts_with("/watch/") && *link != "/watch/new");
    links.next().expect("a way to all watches").to_owned()
}

fn device(place: &str) -> String {
    json!({
        "endpoint": format!("http://127.0.0.1:9/{place}"),
        "keys": { "p256dh": A_POINT, "auth": "c2l4dGVlbiBieXRlcyEhIQ" },
    })
    .to_string()
}

/// The id of the contact whose name a page shows.
fn contact(page: &Answer, name: &str) -> String {
    let card = page.text.split("<li class=\"card\">").find(|card| card.contains(name));
    let card = card.unwrap_or_else(|| panic!("{name}: {}", page.text));
    card.split("name=\"contact\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn report(town: &OpenTown, address: &str) -> String {
    let mut report = pothole();
    report["address"] = address.into();
    let reported = town.post("/api/v1/issues", &report).await.expect(201).json();
    town.settle().await;
    reported["number"].as_str().unwrap().to_owned()
}

fn contacts(export: &Value, kind: &str) -> Vec<Value> {
    let all = export["contacts"].as_array().unwrap().iter();
    all.filter(|one| one["kind"] == kind).cloned().collect()
}

open_story! {
    async fn the_inbox_tells_what_came_and_what_waits_and_why(town: OpenTown) {
        // A stranger is shown the way in, and nothing else.
        for page in ["/inbox", "/account"] {
            assert_eq!(town.get(page).await.expect(303).header("location"), "/signin");
            let pressed = town.ask(Method::POST, page, &[FORM], "act=seen").await.expect(303);
            assert_eq!(pressed.header("location"), "/signin");
        }
        town.sign_up(ADA).await; // at once
        let (ada, _) = sign_in(town, ADA, 2).await;
        let page = open(town, "/inbox", &ada).await.expect(200);
        assert!(page.text.contains("You have been told nothing yet."), "{}", page.text);
        assert_eq!(page.header("cache-control"), "no-store");

        let number = report(town, "1200 W Alder St").await;
        let page = open(town, "/inbox", &ada).await.expect(200);
        assert!(page.text.contains(&format!("href=\"/issues/{number}\"")), "{}", page.text);
        assert!(page.text.contains("Because you watch “Home”."), "{}", page.text);
        assert!(page.text.contains(">Unread</b>") && page.text.contains("One is new."), "unread");
        assert!(page.text.contains("By mail"), "{}", page.text);
        // To look changes nothing; the button does, and only up to what was shown.
        let again = open(town, "/inbox", &ada).await.expect(200);
        assert!(again.text.contains("One is new."));
        let up_to = again.text.split("name=\"up_to\" value=\"").nth(1).unwrap();
        let up_to = up_to.split('"').next().unwrap().to_owned();
        let next = report(town, "3 E Elm St").await;
        let seen = press(town, "/inbox", &ada, &[("act", "seen"), ("up_to", &up_to)]).await;
        assert_eq!(seen.expect(303).header("location"), "/inbox?done=seen");
        let page = open(town, "/inbox?done=seen", &ada).await.expect(200);
        assert!(page.text.contains("Marked as seen."));
        assert_eq!(page.text.matches(">Unread</b>").count(), 1, "what came since: {}", page.text);
        let order = [&next, &number].map(|no| page.text.find(no.as_str()).unwrap());
        assert!(order.is_sorted(), "the newest first");

        // Muted from here, and heard of again.
        let muted = press(town, "/inbox", &ada, &[("act", "mute"), ("number", &next)]).await;
        muted.expect(303);
        let page = open(town, "/inbox", &ada).await.expect(200);
        assert!(page.text.contains("Tell me of it again"), "{}", page.text);
        press(town, "/inbox", &ada, &[("act", "unmute"), ("number", &next)]).await.expect(303);

        // A digest's issue waits until it comes.
        let bo = signed_in(town, "bo@example.org").await;
        let third = report(town, "5 E Elm St").await;
        let page = open(town, "/inbox", &bo).await.expect(200);
        assert!(page.text.contains("Waits for your next digest"), "{}", page.text);
        assert!(page.text.contains(&third) && page.text.contains("Because you watch “Ward 1”."));
        assert!(!page.text.contains(&number), "it was before");
        let mute = [("act", "mute"), ("number", &*third)];
        press(town, "/inbox", &bo, &mute).await.expect(303);
        let page = open(town, "/inbox", &bo).await.expect(200);
        assert!(!page.text.contains("Waits for your next digest"), "{}", page.text);
        // And another's browser learns nothing of it.
        assert!(!open(town, "/inbox", &bo).await.text.contains("Home"));
    }
}

open_story! {
    async fn an_inbox_is_turned_page_by_page(town: OpenTown) {
        let token = town.sign_up(ADA).await;
        let (ada, _) = sign_in(town, ADA, 2).await;
        let mut reported = vec![];
        for n in 0..3 {
            reported.push(report(town, &format!("{n} W Alder St")).await);
        }
        let shown = |page: &Answer| -> Vec<bool> {
            reported.iter().map(|no| page.text.contains(&format!("/issues/{no}\""))).collect()
        };
        let page = open(town, "/inbox", &ada).await.expect(200);
        assert_eq!(shown(&page), [true, true, true], "{}", page.text);
        let api = town.get_as(&token, "/api/v1/me/inbox?limit=1").await.expect(200).json();
        let older = open(town, &format!("/inbox?cursor={}", api["cursor"]), &ada).await.expect(200);
        assert_eq!(shown(&older), [true, true, false], "{}", older.text);
        assert!(!older.text.contains("Mark all as seen"), "of what is not shown nothing was seen");
        open(town, "/inbox?cursor=x", &ada).await.expect(422);
    }
}

open_story! {
    async fn a_mail_and_a_device_are_asked_for_at_once_and_work_once_the_mail_is_answered(
        town: OpenTown
    ) {
        let push = device("ada");
        let filled = [
            ("target", "ward"), ("ward", "1"), ("kind", "opened"), ("rhythm", "at_once"),
            ("email", ADA), ("push", &*push), ("act", "watch"),
        ];
        let asked = press(town, "/watch/new", "", &filled).await.expect(303);
        let waits = asked.header("location").to_owned();
        let page = town.get(&waits).await.expect(200);
        assert!(!page.text.contains("data-island=\"push\""), "it was named already");
        let question = town.inbox(ADA, 1).await.remove(0);
        let confirm = question.link("/confirm/");
        let page = town.get(&confirm).await.expect(200);
        assert!(page.text.contains("Firefox on Android"), "whom it brings: {}", page.text);

        // Until then the device is nobody's: whoever holds it is not Ada by asking alone.
        let rows = town.town.everything().await;
        let waiting = |row: &&String| row.starts_with("contact ") && row.contains("unconfirmed");
        assert_eq!(rows.iter().filter(waiting).count(), 2, "{rows:#?}");
        let alone = [("target", "ward"), ("ward", "2"), ("kind", "opened"), ("push", &*push)];
        let stranger = press(town, "/watch/new", "", &alone).await.expect(200);
        let stranger = cookie(&stranger);
        let account = open(town, "/account", &stranger).await.expect(200);
        assert!(!account.text.contains(ADA), "{}", account.text);

        let done = press(town, &waits, "", &[("code", &question.code())]).await.expect(200);
        let ada = cookie(&done);
        let account = open(town, "/account", &ada).await.expect(200);
        for says in [ADA, "Firefox on Android"] {
            assert!(account.text.contains(says), "{says}: {}", account.text);
        }
        // Both are told, and what the device watched for itself came along.
        let token = manage(&account).replace("/watch/", "");
        let watches = town.get_as(&token, "/api/v1/watches").await.expect(200).json();
        let watches = watches["watches"].as_array().unwrap();
        assert_eq!(watches.len(), 2, "{watches:?}");
        let both = watches.iter().find(|one| one["rhythm"] == "at_once").unwrap();
        assert_eq!((&both["via"]["mail"], &both["via"]["push"]), (&json!(true), &json!(true)));
        let export = town.get_as(&token, "/api/v1/me/export").await.json();
        let [push] = &contacts(&export, "push")[..] else { panic!("{export}") };
        assert_eq!((&push["state"], &push["device"]), (&json!("confirmed"), &json!("Firefox/Android")));
        assert_eq!(export["contacts_not_shown_yet"], json!([]));
        // The stranger's browser was that device, and is Ada's no more than anybody's cookie: they left.
        assert_eq!(open(town, "/account", &stranger).await.expect(303).header("location"), "/signin");
    }
}

open_story! {
    async fn the_page_of_the_code_brings_the_device_too(town: OpenTown) {
        let asked = press(town, "/wards/1", "", &[("email", ADA)]).await.expect(303);
        let waits = asked.header("location").to_owned();
        let page = town.get(&waits).await.expect(200);
        assert!(page.text.contains("data-island=\"push\""), "{}", page.text);
        let code = town.inbox(ADA, 1).await.remove(0).code();
        let bad = [("code", &*code), ("push", "nonsense")];
        let refused = press(town, &waits, "", &bad).await.expect(422);
        assert!(refused.text.contains("This device could not be reached"), "{}", refused.text);
        let push = device("code");
        let done = press(town, &waits, "", &[("code", &code), ("push", &push)]).await.expect(200);
        let account = open(town, "/account", &cookie(&done)).await.expect(200);
        assert!(account.text.contains("Firefox on Android"), "{}", account.text);
        let token = manage(&account).replace("/watch/", "");
        let watches = town.get_as(&token, "/api/v1/watches").await.expect(200).json();
        assert_eq!(watches["watches"][0]["via"]["push"], true);
    }
}

open_story! {
    async fn one_more_address_is_asked_first_and_one_of_somebody_else_never(town: OpenTown) {
        let ada = signed_in(town, ADA).await;
        let bo = signed_in(town, "bo@example.org").await;
        let add = async |mail: &str| {
            press(town, "/account", &ada, &[("act", "add_mail"), ("email", mail)]).await
        };
        let refused = add("work").await.expect(422);
        assert!(refused.text.contains("in the right form"), "{}", refused.text);
        let asked = add("work@example.org").await.expect(303);
        assert_eq!(asked.header("location"), "/account?done=add_mail");
        // Bo is not asked, and Ada sees no difference.
        add("bo@example.org").await.expect(303);
        let page = open(town, "/account", &ada).await.expect(200);
        assert_eq!(page.text.matches("Waits for the answer to our mail").count(), 2);
        town.settle().await;
        assert_eq!(town.inbox("bo@example.org", 1).await.len(), 1, "the question of his own watch");

        let question = town.inbox("work@example.org", 1).await.remove(0);
        let said = question.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("wants what they are told to come to this address"), "{said}");
        assert!(!question.text.contains(ADA), "whose it is said to be, nobody is told");
        let link = question.link("/contact/");
        let path = link.replace(&town.base, "");
        let shown = town.get(&path).await.expect(200);
        assert!(shown.text.contains("work@example.org") && shown.text.contains("Yes, it is mine"));
        assert_eq!(shown.header("cache-control"), "no-store");
        let page = open(town, "/account", &ada).await.expect(200);
        assert_eq!(page.text.matches("Waits for the answer").count(), 2, "a GET changes nothing");
        let agreed = town.press(&path, "").await.expect(200);
        assert!(agreed.text.contains("news comes to work@example.org as well"), "{}", agreed.text);
        assert!(agreed.header("set-cookie").is_empty(), "whoever reads it is not signed in as Ada");
        town.press(&path, "").await.expect(404);
        let page = open(town, "/account", &ada).await.expect(200);
        assert_eq!(page.text.matches("Waits for the answer").count(), 1);
        // It signs in now, and is told.
        sign_in(town, "work@example.org", 2).await;

        // One goes, the last way stays.
        let gone = contact(&page, ADA);
        let forget = async |id: &str| {
            press(town, "/account", &ada, &[("act", "forget"), ("contact", id)]).await
        };
        forget(&gone).await.expect(303);
        let page = open(town, "/account", &ada).await.expect(200);
        assert!(!page.text.contains(ADA), "{}", page.text);
        let last = contact(&page, "work@example.org");
        let refused = forget(&last).await.expect(422);
        assert!(refused.text.contains("Nothing else reaches you or signs you in."), "{}", refused.text);
        // What she said of Bo's address is taken back, and his stays as it was.
        let said = contact(&page, "bo@example.org");
        let rows = town.town.everything().await;
        let known = said.replace('-', "").to_uppercase();
        let is_his = |row: &&String| row.starts_with("contact ") && row.contains("bo@example.org");
        let his = rows.iter().find(is_his).unwrap();
        assert!(!his.contains(&said) && !his.contains(&known), "since when he is known she is not told");
        forget(&said).await.expect(303);
        assert!(!open(town, "/account", &ada).await.text.contains("bo@example.org"));
        assert!(open(town, "/account", &bo).await.expect(200).text.contains("bo@example.org"));
        let others = press(town, "/account", &bo, &[("act", "forget"), ("contact", &last)]).await;
        others.expect(404);
    }
}

open_story! {
    async fn a_device_is_added_tried_and_removed(town: OpenTown) {
        let ada = signed_in(town, ADA).await;
        let page = open(town, "/account", &ada).await.expect(200);
        assert!(page.text.contains("No device shows you news yet."), "{}", page.text);
        assert!(page.text.contains(" data-push-add>") && !page.text.contains("data-push-toggle"));
        let push = device("phone");
        let add = [("act", "add_device"), ("push", &*push)];
        press(town, "/account", &ada, &add).await.expect(303);
        let page = open(town, "/account?done=add_device", &ada).await.expect(200);
        assert!(page.text.contains("This device is added."));
        let id = contact(&page, "Firefox on Android");
        let test = press(town, "/account", &ada, &[("act", "test"), ("contact", &id)]).await;
        test.expect(303);
        let rows = town.town.everything().await;
        let pings = rows.iter().filter(|row| row.starts_with("delivery ") && row.contains("ping"));
        assert_eq!(pings.count(), 1, "a test is on its way");
        let bo = signed_in(town, "bo@example.org").await;
        let others = [("act", "test"), ("contact", &*id)];
        press(town, "/account", &bo, &others).await.expect(404);
        let taken = press(town, "/account", &bo, &[("act", "add_device"), ("push", "{}")]).await;
        assert!(taken.expect(422).text.contains("This device could not be reached"));
        press(town, "/account", &ada, &[("act", "forget"), ("contact", &id)]).await.expect(303);
        let page = open(town, "/account", &ada).await.expect(200);
        assert!(page.text.contains("No device shows you news yet."), "{}", page.text);
    }
}

open_story! {
    async fn a_device_that_is_added_is_told_and_takes_the_place_of_no_address(town: OpenTown) {
        town.sign_up(ADA).await; // at once
        let (ada, _) = sign_in(town, ADA, 2).await;
        let push = device("told");
        let add = [("act", "add_device"), ("push", &*push)];
        press(town, "/account", &ada, &add).await.expect(303);
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        // Both are written at once; nobody listens at the device, so the outbox does not drain.
        town.inbox(ADA, 3).await;
        let rows = town.town.everything().await;
        let told = |row: &&String| {
            row.starts_with("delivery ") && row.contains("push") && row.contains("event")
        };
        assert_eq!(rows.iter().filter(told).count(), 1, "{rows:#?}");
        // By a device nobody signs in.
        let page = open(town, "/account", &ada).await.expect(200);
        let mail = contact(&page, ADA);
        let refused = press(town, "/account", &ada, &[("act", "forget"), ("contact", &mail)]).await;
        assert!(refused.expect(422).text.contains("Nothing else reaches you or signs you in."));
    }
}

story! {
    async fn nobody_has_more_than_twenty_addresses_and_devices(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let ada = town.watch(ADA, ward("1"), Rhythm::Daily).await.watch.watcher;
        let mail = |n: usize| format!("ada{n}@example.net").parse().unwrap();
        for n in 1..20 {
            town.engine.claim_address(&city, ada, mail(n)).await.unwrap();
        }
        let more = town.engine.claim_address(&city, ada, mail(20)).await;
        assert!(matches!(more, Err(EngineError::TooManyContacts(20))), "{more:?}");
        // To ask one of them again is none more, and beyond a few times an hour says nothing.
        for _ in 0..9 {
            town.engine.claim_address(&city, ada, mail(1)).await.unwrap();
        }
        let mut tx = town.engine.store().read().await.unwrap();
        assert_eq!(tx.claims_of(city.id, ada).await.unwrap().len(), 19 + 2);
    }
}

story! {
    async fn an_address_of_staff_is_nobody_elses_to_claim(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let ada = town.watch(ADA, ward("1"), Rhythm::Daily).await.watch.watcher;
        let member = MemberRow {
            email: "clerk@city.example".into(),
            role: StaffRole::Staff,
            ward: None,
            name: None,
        };
        let mut tx = town.engine.store().write().await.unwrap();
        tx.put_member(city.id, &member, town.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let email = "clerk@city.example".parse().unwrap();
        town.engine.claim_address(&city, ada, email).await.unwrap();
        assert!(!town.told().await.contains_key("clerk@city.example"), "it is asked nothing");
        let mut tx = town.engine.store().read().await.unwrap();
        let claim = tx.claims_of(city.id, ada).await.unwrap().remove(0);
        drop(tx);
        let agreed = town.engine.agree(&city, claim.id).await;
        assert!(matches!(agreed, Err(EngineError::UnknownContact)), "{agreed:?}");
        let mut tx = town.engine.store().read().await.unwrap();
        assert_eq!(tx.member_who_is(city.id, ada).await.unwrap(), None);
    }
}

open_story! {
    async fn habits_live_here_too_and_whoever_signs_out_everywhere_is_out(town: OpenTown) {
        let ada = signed_in(town, ADA).await;
        let page = open(town, "/account", &ada).await.expect(200);
        let manage = manage(&page);
        assert!(page.text.contains(&format!("{manage}/export")), "{}", page.text);
        let habits = [
            ("act", "habits"), ("language", "pl"), ("digest_hour", "9"), ("digest_day", "3"),
            ("quiet_from", "22"), ("quiet_to", ""), ("paused_until", ""),
        ];
        let refused = press(town, "/account", &ada, &habits).await.expect(422);
        assert!(refused.text.contains("Choose an hour for each."), "{}", refused.text);
        assert!(refused.text.contains("<option value=\"22\" selected>"), "as it was filled in");
        let mut habits = habits;
        habits[5] = ("quiet_to", "7");
        let saved = press(town, "/account", &ada, &habits).await.expect(303);
        // The other pages follow in this browser; who changes something else leaves that as it is.
        assert!(saved.header("set-cookie").starts_with("lang=pl; "), "{:?}", saved.headers);
        let again = press(town, "/account", &ada, &habits).await.expect(303);
        assert!(again.header("set-cookie").is_empty(), "{:?}", again.headers);
        let page = open(town, "/account", &ada).await.expect(200);
        assert!(page.text.contains("<html lang=\"pl\""), "{}", page.text);
        // The page of a mail's link stays as it was, with a way here only where somebody is signed in.
        assert!(!town.get(&manage).await.expect(200).text.contains("/account"));
        let here = open(town, &manage, &ada).await.expect(200);
        assert!(here.text.contains("href=\"/account\"") && here.text.contains("href=\"/inbox\""));

        let other = town.ask(Method::POST, "/signin", &[FORM], form(&[("email", ADA)])).await;
        other.expect(303);
        let link = town.inbox(ADA, 2).await.pop().unwrap().link("/signin/");
        let second = cookie(&town.ask(Method::POST, &link, &[FORM], "").await.expect(303));
        open(town, "/account", &second).await.expect(200);
        let cross = [FORM, ("cookie", &*second), ("sec-fetch-site", "cross-site")];
        let forged = town.ask(Method::POST, "/account", &cross, "act=out_everywhere").await;
        forged.expect(403);
        open(town, "/account", &ada).await.expect(200);
        let out = press(town, "/account", &ada, &[("act", "out_everywhere")]).await.expect(303);
        assert!(out.header("set-cookie").contains("Max-Age=0"));
        for gone in [&ada, &second] {
            let away = open(town, "/account", gone).await.expect(303);
            assert_eq!(away.header("location"), "/signin");
        }
        // A mail from before signs nobody in; by a new link she is in again.
        town.get(&link).await.expect(404);
        let late = town.ask(Method::POST, &link, &[FORM], "").await.expect(404);
        assert!(late.header("set-cookie").is_empty());
        let (again, _) = sign_in(town, ADA, 3).await;
        open(town, "/account", &again).await.expect(200);
        town.get(&manage).await.expect(200);
    }
}

story! {
    async fn what_nobody_answers_is_forgotten_with_the_question(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let ada = town.watch(ADA, ward("1"), Rhythm::Daily).await.watch.watcher;
        let email = "work@example.net".parse().unwrap();
        town.engine.claim_address(&city, ada, email).await.unwrap();
        assert!(town.told().await.contains_key("work@example.net"), "it is asked");
        let tables = async || tables_with(&rows(town.url()).await, "work@example.net");
        assert!(tables().await.contains("contact"));
        town.pass(Duration::from_hours(24 * 15));
        assert_eq!(town.engine.forget_unanswered().await.unwrap(), 0);
        assert!(tables().await.is_empty(), "{:?}", tables().await);
        let mut tx = town.engine.store().read().await.unwrap();
        assert_eq!(tx.claims_of(city.id, ada).await.unwrap(), []);
    }
}

story! {
    async fn an_address_stays_while_somebody_has_said_lately_that_it_is_theirs(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let ada = town.watch(ADA, ward("1"), Rhythm::Daily).await.watch.watcher;
        let ask = async || {
            let email = "work@example.net".parse().unwrap();
            town.engine.claim_address(&city, ada, email).await.unwrap();
        };
        ask().await;
        town.pass(Duration::from_hours(24 * 10));
        ask().await;
        let stays = async || {
            town.engine.forget_unanswered().await.unwrap();
            tables_with(&rows(town.url()).await, "work@example.net").contains("contact")
        };
        town.pass(Duration::from_hours(24 * 5));
        assert!(stays().await, "the second question may still be answered");
        town.pass(Duration::from_hours(24 * 10));
        assert!(!stays().await);
    }
}

open_story! {
    async fn somebody_elses_watch_and_contacts_are_nobodys_to_change(town: OpenTown) {
        let ada = town.sign_up(ADA).await;
        let block = json!({
            "email": "bo@example.org", "name": "Porch",
            "target": { "area": { "type": "Feature", "properties": { "radius_m": 200 },
                "geometry": { "type": "Point", "coordinates": [-87.7, 41.85] } } },
        });
        let asked = town.post("/api/v1/watches", &block).await.expect(201).json();
        let id = asked["watch"]["id"].as_str().unwrap();
        for page in ["area", "public"] {
            let path = format!("/watch/{ada}/{page}/{id}");
            town.get(&path).await.expect(404);
            town.press(&path, "act=show&name=Porch").await.expect(404);
        }
        let ward = town.get_as(&ada, "/api/v1/watches").await.json()["watches"][0].clone();
        let ward = ward["id"].as_str().unwrap();
        town.get(&format!("/watch/{ada}/area/{ward}")).await.expect(404);
    }
}

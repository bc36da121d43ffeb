//! Somebody leaves, and everything that is stored about them goes with them.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use wardwatch::clock::Weekday;
use wardwatch::delivery::{Lane, Return, Verdict};
use wardwatch::engine::{Commented, EngineError, HabitsChange, NewWatch, Receipt, Report, Who};
use wardwatch::issue::{Issue, Kind};
use wardwatch::store::{Claimed, ContactRow, Fixed, Settled, WatchRow};
use wardwatch::token::Token;
use wardwatch::watch::{Filter, Rhythm, WatchId};
use wardwatch::watcher::{Address, ContactKind, WatcherId};

use crate::open_town::{OpenTown, open_story, pothole, watch_by_mail};
use crate::post_office::PostOffice;
use crate::town::{Town, block, people, place, story, ward};
use crate::watching::{browser, by_push, wanted};
use crate::whole_store::{Row, columns, rows, tables_with};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const A_DAY: Duration = Duration::from_hours(24);

/// The tables in which a person can stand.
const THEIRS: [&str; 13] = [
    "came_back",
    "claim",
    "contact",
    "delivery",
    "digest_schedule",
    "habits",
    "held_comment",
    "mute",
    "muted_author",
    "public_area",
    "reporter",
    "watch",
    "watcher",
];

async fn contacts(town: &Town, watcher: WatcherId) -> Vec<ContactRow> {
    let city = town.city().await.id;
    town.engine.store().read().await.unwrap().contacts_of(city, &[watcher]).await.unwrap()
}

async fn issue(town: &Town, number: &str) -> Issue {
    let city = town.city().await.id;
    let mut tx = town.engine.store().read().await.unwrap();
    tx.issue_numbered(city, number).await.unwrap().expect("that issue")
}

fn by_mail(mail: &str) -> Who {
    Who::Address { address: Address::Mail(mail.parse().unwrap()), language: "en".into() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Somebody who has done everything that can be done here, with all by which they can be known.
struct Regular {
    watcher: WatcherId,
    /// Ids and words, none of which is anybody else's.
    traces: Vec<String>,
}

impl Regular {
    async fn of(town: &Town, mail: &str, nth: usize) -> Self {
        let (city, here) = (town.city().await, place(-87.70, 41.85));
        let engine = &town.engine;
        // A browser that watched for itself first, a street and a park, and the park no more.
        let phone = browser(nth);
        let mut ids: Vec<WatchId> = vec![];
        let mut alone = None;
        for name in ["street", "park"] {
            let new = NewWatch {
                name: format!("{mail}'s {name}"),
                ..wanted(town, block(here, 200.0), Rhythm::Daily)
            };
            let row = engine.watch(&city, by_push(&phone), new).await.unwrap();
            ids.push(row.watch.id);
            alone = Some(row.watch.watcher);
        }
        engine.unwatch(&city, alone.unwrap(), ids[1]).await.unwrap();
        // A report of their own, a block, and a ward.
        let reported = match town.report(&format!("report {nth}"), here).await {
            Receipt::Accepted { issue, .. } => issue,
            other => panic!("{other:?}"),
        };
        let number = {
            let mut tx = engine.store().read().await.unwrap();
            tx.number_of(city.id, reported).await.unwrap().unwrap()
        };
        let report = issue(town, &number).await;
        let own = engine.follow_own_report(&city, by_mail(mail), &report).await.unwrap();
        let code = engine.confirmation_code(own.watch.id);
        engine.confirm_by_code(&city, own.watch.id, &code).await.unwrap();
        let watcher = own.watch.watcher;
        ids.push(own.watch.id);
        ids.push(town.watch(mail, block(here, 321.0), Rhythm::AtOnce).await.watch.id);
        ids.push(town.watch(mail, ward("1"), Rhythm::Weekly).await.watch.id);
        engine.add_browser(&city, watcher, Address::Push(phone.clone())).await.unwrap();
        let habits = HabitsChange {
            digest_hour: Some(6),
            digest_day: Some(Weekday::from_number(5).unwrap()),
            ..HabitsChange::default()
        };
        engine.change_habits(&city, watcher, habits).await.unwrap();
        engine.mute(&city, watcher, reported).await.unwrap();
        engine.reporter_says(&city, watcher, &report, (Fixed::Yes, None)).await.unwrap();
        let words = format!("As {mail} says, it is deep");
        let waits = engine.comment(&city, watcher, &report, words).await.unwrap();
        assert_eq!(waits, Commented::Waits);
        let talker =
            town.watch(&format!("talker{nth}@example.org"), ward("2"), Rhythm::Weekly).await;
        engine.comment(&city, talker.watch.watcher, &report, "Deep".into()).await.unwrap();
        let mut tx = engine.store().read().await.unwrap();
        let waiting = tx.comments_waiting(city.id, 9).await.unwrap();
        drop(tx);
        let theirs = waiting.iter().find(|comment| comment.words == "Deep").unwrap();
        engine.show_comment(&city, theirs.id).await.unwrap();
        let mut tx = engine.store().read().await.unwrap();
        let said = tx.events_of(city.id, report.id).await.unwrap().pop().unwrap().event.id;
        drop(tx);
        engine.mute_author(&city, watcher, said).await.unwrap();
        let hook = format!("https://hooks.example.org/{mail}/{nth}");
        engine.add_webhook(&city, watcher, hook.clone()).await.unwrap();
        let known = contacts(town, watcher).await;
        let other = format!("other-{nth}@example.net").parse().unwrap();
        engine.claim_address(&city, watcher, other).await.unwrap();
        let name = "Friends of Palmer Square".to_owned();
        engine.name_area(&city, watcher, ids[3], name).await.unwrap();
        let back = Report {
            contact: known
                .iter()
                .find(|c| c.contact.address.kind() == ContactKind::Mail)
                .unwrap()
                .contact
                .id,
            mail: None,
            said: Return::NotNow { reason: "4.2.2 full".into() },
            at: town.clock.now(),
        };
        engine.came_back(&city, back).await.unwrap();
        let mut traces = vec![
            watcher.0.to_string(),
            alone.unwrap().0.to_string(),
            mail.to_owned(),
            phone.endpoint.clone(),
            hook,
            hex(&phone.p256dh),
        ];
        traces.extend(known.iter().map(|row| row.contact.id.0.to_string()));
        traces.extend(ids.iter().map(|id| id.0.to_string()));
        Self { watcher, traces }
    }

    async fn tables(&self, town: &Town) -> BTreeSet<String> {
        let rows = rows(town.url()).await;
        self.traces.iter().flat_map(|trace| tables_with(&rows, trace)).collect()
    }
}

story! {
    async fn who_leaves_takes_everything_with_them(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let ada = Regular::of(&town, ADA, 1).await;
        let bob = Regular::of(&town, BOB, 2).await;
        town.report("told", place(-87.70, 41.85)).await;
        assert!(!town.take_deliveries().await.is_empty());
        town.report("waits", place(-87.70, 41.85)).await;
        town.engine.match_pending().await.unwrap();
        // Who looks, looks in every table that can name a person; a new one has to be exported, too.
        let naming = |(table, column): (String, String)| {
            matches!(&column[..], "watcher_id" | "contact_id").then_some(table)
        };
        let naming: BTreeSet<_> = columns(town.url()).await.into_iter().filter_map(naming).collect();
        let theirs: BTreeSet<String> = THEIRS.map(str::to_owned).into();
        assert_eq!(naming, theirs, "the export says what stands there, and leaving removes it");
        assert_eq!(ada.tables(&town).await, theirs, "there is something to remove in each");
        let of = |who: &Regular, all: &BTreeSet<_>| -> Vec<_> {
            let alone = |row: &Row| BTreeSet::from([row.clone()]);
            let has = |row: &Row, trace: &str| !tables_with(&alone(row), trace).is_empty();
            let theirs = |row: &&Row| who.traces.iter().any(|trace| has(row, trace));
            all.iter().filter(theirs).cloned().collect()
        };
        let bobs = of(&bob, &rows(town.url()).await);

        town.engine.leave(&city, ada.watcher).await.unwrap();

        assert_eq!(ada.tables(&town).await, BTreeSet::new());
        let after = rows(town.url()).await;
        assert_eq!(of(&bob, &after), bobs, "nothing of anybody else");
        // What she reported is the public's.
        let report = issue(&town, "26-000001").await;
        assert_eq!(report.source_id, "report 1");
        // Only bob is told what waited.
        let told = town.told().await;
        assert!(told.keys().all(|who| who == BOB || who.ends_with("/2")), "{told:?}");
        let comments = town.engine.store().read().await.unwrap();
        let said = { comments }.events_of(city.id, report.id).await.unwrap().pop().unwrap().event.id;
        let one_more = wanted(&town, ward("1"), Rhythm::Daily);
        for gone in [
            town.engine.leave(&city, ada.watcher).await,
            town.engine.mute(&city, ada.watcher, report.id).await,
            town.engine.mute_author(&city, ada.watcher, said).await,
            town.engine.comment(&city, ada.watcher, &report, "Deep".into()).await.map(drop),
            town.engine.change_habits(&city, ada.watcher, HabitsChange::default()).await.map(drop),
            town.engine.add_browser(&city, ada.watcher, Address::Push(browser(1))).await,
            town.engine.add_webhook(&city, ada.watcher, "https://x.org/".into()).await.map(drop),
            town.engine.watch(&city, Who::Watcher(ada.watcher), one_more).await.map(drop),
        ] {
            assert!(matches!(gone, Err(EngineError::UnknownWatcher)), "{gone:?}");
        }
        town.pass(A_DAY * 8);
        assert_eq!(town.engine.ask_whether_fixed().await.unwrap(), 0);
        town.take_deliveries().await;
        assert_eq!(ada.tables(&town).await, BTreeSet::new(), "and nothing comes back");
    }
}

story! {
    async fn who_signs_up_again_after_leaving_is_new(town: Town) {
        town.found_wards().await;
        let (city, here) = (town.city().await, place(-87.70, 41.85));
        let first = Regular::of(&town, ADA, 1).await;
        town.take_deliveries().await;
        town.engine.leave(&city, first.watcher).await.unwrap();
        // The same report, by the same address, is followed anew.
        let report = issue(&town, "26-000001").await;
        let own = town.engine.follow_own_report(&city, by_mail(ADA), &report).await.unwrap();
        assert_ne!(own.watch.watcher, first.watcher);
        assert_eq!(town.told().await, people([(ADA, &[0])]), "she is asked");
        let code = town.engine.confirmation_code(own.watch.id);
        town.engine.confirm_by_code(&city, own.watch.id, &code).await.unwrap();
        town.watch(ADA, ward("1"), Rhythm::AtOnce).await;
        town.say(vec![town.then("report 1", "2", Kind::Closed, None)]).await;
        town.report("next", here).await;
        assert_eq!(town.told().await, people([(ADA, &[1, 1])]), "nothing is muted, nobody rests");
        assert_eq!(contacts(&town, own.watch.watcher).await.len(), 1);
    }
}

/// Takes what is due by mail at once into a sender's hand.
async fn claim(town: &Town) -> Vec<Claimed> {
    let now = town.clock.now();
    let lease = town.engine.random().uuid(now);
    let mut tx = town.engine.store().write().await.unwrap();
    let claimed = tx.claim(ContactKind::Mail, Lane::AtOnce, 10, lease, 60_000, now).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

story! {
    async fn what_was_on_its_way_to_who_has_left_is_not_sent(town: Town) {
        let office = PostOffice::open().await;
        town.found_wards().await;
        let city = town.city().await;
        let ada = town.watch(ADA, ward("1"), Rhythm::AtOnce).await.watch.watcher;
        town.watch(BOB, ward("1"), Rhythm::AtOnce).await;
        town.report("in hand", place(-87.7, 41.85)).await;
        town.engine.match_pending().await.unwrap();
        let in_hand = claim(&town).await;
        assert_eq!(in_hand.len(), 2);
        town.report("waits", place(-87.7, 41.85)).await;
        town.engine.match_pending().await.unwrap();
        town.engine.leave(&city, ada).await.unwrap();
        // What she was being sent just then counts for nothing; bob's is settled like any other.
        let settled: Vec<Settled> = in_hand
            .iter()
            .map(|one| Settled {
                held: one.held(),
                contact: one.contact,
                about: one.about,
                kind: one.kind,
                verdict: Verdict::Sent { reply: "250".into() },
            })
            .collect();
        let mut tx = town.engine.store().write().await.unwrap();
        let held: Vec<_> = in_hand.iter().map(Claimed::held).collect();
        assert_eq!(tx.keep_in_hand(&held, town.clock.now().plus(A_DAY)).await.unwrap(), 1);
        let taken = tx.settle(&settled, town.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let bobs = in_hand.iter().find(|one| one.watcher != ada).unwrap();
        assert_eq!(taken, [bobs.id].into());
        office.dispatcher(&town, Duration::from_mins(2)).drain().await.unwrap();
        let letters = office.letters();
        assert_eq!(letters.iter().map(|l| &l.to[..]).collect::<Vec<_>>(), [BOB], "{letters:?}");
        let all = rows(town.url()).await;
        assert!(tables_with(&all, ADA).is_empty());
        assert!(tables_with(&all, &ada.0.to_string()).is_empty());
    }
}

story! {
    async fn another_process_stops_matching_for_who_has_left(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let ada = town.watch(ADA, ward("1"), Rhythm::AtOnce).await;
        town.watch(BOB, ward("1"), Rhythm::AtOnce).await;
        let other = town.another_process().await;
        other.warm_up().await.unwrap();
        assert_eq!(other.indexed_watches(city.id).await, 2);
        town.engine.leave(&city, ada.watch.watcher).await.unwrap();
        town.report("p1", place(-87.7, 41.85)).await;
        other.match_pending().await.unwrap();
        assert_eq!(other.indexed_watches(city.id).await, 1);
        assert!(other.indexed_watch(city.id, ada.watch.number).await.is_none());
        assert_eq!(town.told().await, people([(BOB, &[1])]));
    }
}

story! {
    async fn nobody_who_had_read_of_them_writes_them_anew(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let other = town.another_process().await;
        let somewhere = |n: i32| place(-87.7 + f64::from(n) * 1e-3, 41.85);
        for round in 0..6 {
            let mut crowd: Vec<WatchRow> = vec![];
            for nth in 0..8 {
                let rhythm = [Rhythm::AtOnce, Rhythm::Daily, Rhythm::Hourly][nth % 3];
                let mail = format!("p{round}.{nth}@example.org");
                crowd.push(town.watch(&mail, ward("1"), rhythm).await);
            }
            town.report(&format!("before {round}"), somewhere(round)).await;
            other.match_pending().await.unwrap();
            town.pass(A_DAY * 2);
            let more = (0..20).map(|n| town.pothole(&format!("more {round}.{n}"), somewhere(n))).collect();
            town.say(more).await;
            let mut works = JoinSet::new();
            for engine in [&town.engine, &other] {
                let (matching, planning) = (engine.clone(), engine.clone());
                works.spawn(async move { matching.match_pending().await.map(drop) });
                works.spawn(async move { planning.plan_digests().await.map(drop) });
            }
            for row in &crowd {
                let (engine, city, who) = (other.clone(), city.clone(), row.watch.watcher);
                works.spawn(async move { engine.leave(&city, who).await });
            }
            while let Some(done) = works.join_next().await {
                done.unwrap().unwrap();
            }
            let all = rows(town.url()).await;
            for row in &crowd {
                let found = tables_with(&all, &row.watch.watcher.0.to_string());
                assert!(found.is_empty(), "round {round}: {found:?}");
            }
        }
        assert_eq!(town.told().await, people([]));
    }
}

story! {
    async fn an_address_that_is_never_to_be_mailed_stays_so_and_nothing_else_of_its_owner(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let ada = Regular::of(&town, ADA, 1).await;
        town.take_deliveries().await;
        let mail = contacts(&town, ada.watcher).await;
        let mail = mail.iter().find(|c| c.contact.address.kind() == ContactKind::Mail).unwrap();
        let id = mail.contact.id;
        town.engine.never_again(&city, id).await.unwrap();
        town.engine.leave(&city, ada.watcher).await.unwrap();
        let all = rows(town.url()).await;
        for trace in &ada.traces {
            let is_kept = *trace == ADA || *trace == id.0.to_string();
            let kept: Vec<&str> = is_kept.then_some("contact").into_iter().collect();
            let found: Vec<String> = tables_with(&all, trace).into_iter().collect();
            assert_eq!(found, kept, "{trace}");
        }
        // Whoever types it in, nothing is sent, nor does the answer tell.
        town.ask_to_watch(ADA, ward("1"), Rhythm::AtOnce, Filter::for_places()).await;
        assert_eq!(town.told().await, people([]));
        // Its owner takes it back by the link in an old mail.
        town.engine.allow_again(&city, id).await.unwrap();
        town.watch(ADA, ward("1"), Rhythm::AtOnce).await;
        town.report("p1", place(-87.7, 41.85)).await;
        assert_eq!(town.told().await, people([(ADA, &[1])]));
    }
}

open_story! {
    async fn a_person_deletes_everything_by_the_button_of_their_page(town: OpenTown) {
        let token = town.sign_up(ADA).await;
        town.sign_up(BOB).await;
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        let letters = town.inbox(ADA, 2).await;
        town.inbox(BOB, 2).await;
        town.settle().await;
        let page = town.get(&format!("/watch/{token}")).await.expect(200).text;
        let path = format!("/watch/{token}/delete");
        assert!(page.contains(&path), "{page}");
        // Whoever only looks, as scanners do, changes nothing.
        let before = rows(town.town.url()).await;
        let asked = town.get(&path).await.expect(200).text;
        assert!(asked.contains("Delete everything about you?") && asked.contains("Home"), "{asked}");
        assert_eq!(rows(town.town.url()).await, before);
        let done = town.press(&path, "").await.expect(200).text;
        assert!(done.contains("Everything about you is deleted"), "{done}");
        assert!(tables_with(&rows(town.town.url()).await, ADA).is_empty());
        // Her links answer as those do that were never ours.
        let lost = town.get("/watch/nonsense").await.expect(404).text;
        assert!(lost.contains("This link does not work"), "{lost}");
        for path in [
            format!("/watch/{token}"),
            format!("/watch/{token}/export"),
            path.clone(),
            letters[0].link("/confirm/"),
        ] {
            let theirs = town.get(&path).await.expect(404).text;
            assert_eq!(above_the_foot(&theirs), above_the_foot(&lost), "{path}");
        }
        town.press(&path, "").await.expect(404);
        town.get_as(&token, "/api/v1/me").await.expect(401);
        town.get_as(&token, "/api/v1/me/export").await.expect(401);
        let one_more = json!({"target": {"ward": {"layer": "wards", "ward": "1"}}});
        town.post_as(&token, "/api/v1/watches", &one_more).await.expect(401);
        let unsubscribe = letters[1].unsubscribe.clone().unwrap();
        let nothing = town.get(&unsubscribe).await.expect(200).text;
        assert!(nothing.contains("There is nothing left to stop"), "{nothing}");
        town.press(&unsubscribe, "List-Unsubscribe=One-Click").await.expect(200);
        assert!(tables_with(&rows(town.town.url()).await, ADA).is_empty());
        // What happens next is told to bob alone, and she may come back.
        let next = json!({"category": "Graffiti", "lon": -87.7, "lat": 41.86});
        town.post("/api/v1/issues", &next).await.expect(201);
        town.inbox(BOB, 3).await;
        town.settle().await;
        town.inbox(ADA, 2).await;
        town.post("/api/v1/watches", &watch_by_mail(ADA)).await.expect(201);
        town.inbox(ADA, 3).await;
    }
}

open_story! {
    async fn a_program_deletes_everything_about_its_caller(town: OpenTown) {
        let token = town.sign_up(ADA).await;
        let mut report = pothole();
        report["email"] = json!(BOB);
        let answer: Value = town.post("/api/v1/issues", &report).await.expect(201).json();
        let number = answer["number"].as_str().unwrap().to_owned();
        town.ask(Method::DELETE, "/api/v1/me", &[], "").await.expect(401);
        let auth = format!("Bearer {token}");
        let headers = [("authorization", &auth[..])];
        let delete = || town.ask(Method::DELETE, "/api/v1/me", &headers, "");
        delete().await.expect(204);
        delete().await.expect(401);
        assert!(tables_with(&rows(town.town.url()).await, ADA).is_empty());
        // A reporter who has left can say nothing of it any more, by a link that is no link.
        let letter = town.inbox(BOB, 1).await.remove(0);
        let id = answer["follow"]["watch"].as_str().unwrap();
        let path = format!("/api/v1/watches/{id}/confirm");
        let done: Value = town.post(&path, &json!({"code": letter.code()})).await.expect(200).json();
        let engine = &town.town.engine;
        let (city, of) = (town.town.city().await, issue(&town.town, &number).await);
        let address = Address::Mail(BOB.parse().unwrap());
        let known = engine.store().read().await.unwrap().contact_at(city.id, &address).await.unwrap();
        let fixed = Token::Fixed { city: city.id, issue: of.id, watcher: known.unwrap().contact.watcher };
        let fixed = format!("/fixed/{}", fixed.seal(engine.secrets()));
        town.get(&fixed).await.expect(200);
        let auth = format!("Bearer {}", done["token"].as_str().unwrap());
        town.ask(Method::DELETE, "/api/v1/me", &[("authorization", &auth)], "").await.expect(204);
        let lost = town.get(&fixed).await.expect(404);
        assert!(lost.text.contains("This link does not work"), "{}", lost.text);
        assert_eq!(lost.header("cache-control"), "no-store");
        town.press(&fixed, "answer=not_fixed").await.expect(404);
        town.get(&format!("/issues/{number}")).await.expect(200);
    }
}

story! {
    async fn a_watch_without_its_person_says_only_that_it_was(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let block = block(place(-87.7012, 41.8534), 77.0);
        let row = town.watch(ADA, block, Rhythm::AtOnce).await;
        town.engine.leave(&city, row.watch.watcher).await.unwrap();
        let mut tx = town.engine.store().read().await.unwrap();
        let (left, _) = tx.watch_changes(city.id, 0, 10).await.unwrap();
        drop(tx);
        let [left] = &left[..] else { panic!("{left:?}") };
        assert_eq!(left.watch.number, row.watch.number);
        assert_eq!((&left.watch.name[..], left.state.name()), ("", "deleted"));
        assert!(left.watch.watcher.0.is_nil() && left.asked.is_none());
        assert!(tables_with(&rows(town.url()).await, "87.7012").is_empty());
        // Nobody cannot be asked for, nor leave.
        let nobody = left.watch.watcher;
        assert!(!town.engine.is_known(city.id, nobody).await.unwrap());
        assert!(town.engine.leave(&city, nobody).await.is_err());
    }
}

/// A page without its foot, which names the page to come back to in another language.
fn above_the_foot(page: &str) -> &str {
    page.split_once("<footer>").expect("every page has a foot").0
}

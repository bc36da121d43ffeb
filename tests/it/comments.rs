//! What residents say of an issue: whose it is, who reads it first, and who wants to hear no more of it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::engine::{Commented, EngineError, EngineSettings, Receipt};
use wardwatch::issue::{Author, EventId, Issue, Kind};
use wardwatch::store::{CommentRow, StaffRole, WatchRow};
use wardwatch::watch::{Filter, Rhythm, Target};
use wardwatch::watcher::{Address, WatcherId};

use crate::open_town::{OpenTown, open_story, pothole};
use crate::post_office::PostOffice;
use crate::town::{Town, people, place, story, ward};
use crate::watching::{browser, by_push, wanted};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const EVE: &str = "eve@example.org";
const A_DAY: Duration = Duration::from_hours(24);

async fn reported(town: &Town, id: &str) -> Issue {
    let Receipt::Accepted { number, .. } = town.report(id, place(-87.7, 41.85)).await else {
        panic!("it is new");
    };
    let mut tx = town.engine.store().read().await.unwrap();
    tx.issue_numbered(town.city().await.id, &number).await.unwrap().unwrap()
}

/// Somebody who wants to hear of everything in ward 1.
async fn follower(town: &Town, name: &str, rhythm: Rhythm) -> WatchRow {
    let filter = Filter { kinds: Kind::ALL.into(), ..Filter::for_places() };
    town.watch_only(name, ward("1"), rhythm, filter).await
}

/// Somebody who signed up once, and has heard of nothing since.
async fn resident(town: &Town, name: &str) -> WatcherId {
    town.watch(name, ward("2"), Rhythm::Weekly).await.watch.watcher
}

async fn say(town: &Town, who: WatcherId, issue: &Issue, words: &str) -> Commented {
    town.engine.comment(&town.city().await, who, issue, words.to_owned()).await.unwrap()
}

async fn waiting(town: &Town) -> Vec<CommentRow> {
    let city = town.city().await.id;
    town.engine.store().read().await.unwrap().comments_waiting(city, 10).await.unwrap()
}

/// The comments on an issue, the oldest first, and whose they are.
async fn shown(town: &Town, issue: &Issue) -> Vec<(EventId, Option<Author>)> {
    let city = town.city().await.id;
    let events = town.engine.store().read().await.unwrap().events_of(city, issue.id).await.unwrap();
    let comments = events.into_iter().filter(|one| one.event.kind == Kind::Commented);
    comments.map(|one| (one.event.id, one.event.author)).collect()
}

/// By what somebody's comments are known.
async fn author(town: &Town, who: WatcherId) -> Option<Author> {
    let city = town.city().await.id;
    town.engine.store().read().await.unwrap().author_of(city, who).await.unwrap()
}

/// Somebody has read the oldest comment that waits, and lets it through.
async fn show_oldest(town: &Town) {
    let oldest = waiting(town).await.remove(0);
    town.engine.show_comment(&town.city().await, oldest.id).await.unwrap();
}

story! {
    async fn what_a_newcomer_says_is_told_once_somebody_has_read_it(town: Town) {
        town.found_wards().await;
        let issue = reported(&town, "pothole").await;
        follower(&town, ADA, Rhythm::AtOnce).await;
        let (city, bob) = (town.city().await, resident(&town, BOB).await);
        assert_eq!(say(&town, bob, &issue, "Still there").await, Commented::Waits);
        assert_eq!(say(&town, bob, &issue, "Still there").await, Commented::Waits, "it does");
        assert_eq!(town.told().await, people([]));
        assert_eq!(shown(&town, &issue).await, []);
        let held = waiting(&town).await.remove(0);
        assert_eq!((&held.words[..], &held.number, waiting(&town).await.len()), ("Still there", &issue.number, 1));
        town.pass(Duration::from_hours(1));
        town.engine.show_comment(&city, held.id).await.unwrap();
        assert_eq!(town.told().await, people([(ADA, &[1])]));
        assert_eq!(shown(&town, &issue).await[0].1, author(&town, bob).await);
        assert_eq!(waiting(&town).await, []);

        // From now on bob is known; what he has said today he need not say again.
        assert_eq!(say(&town, bob, &issue, "Still there").await, Commented::Repeated);
        assert_eq!(say(&town, bob, &issue, "Deeper").await, Commented::Shown);
        assert_eq!(town.told().await, people([(ADA, &[1])]));
        town.pass(A_DAY * 2);
        assert_eq!(say(&town, bob, &issue, "Still there").await, Commented::Shown);
        assert_eq!(town.told().await, people([(ADA, &[1])]), "today it is news again");
    }
}

story! {
    async fn whoever_decides_about_a_comment_at_the_same_time_it_is_one_comment_or_none(town: Town) {
        town.found_wards().await;
        let issue = reported(&town, "pothole").await;
        follower(&town, ADA, Rhythm::AtOnce).await;
        town.told().await;
        let (city, other) = (town.city().await, town.another_process().await);
        let (mut gone, mut told) = (0, 0);
        for round in 0..12 {
            let who = resident(&town, &format!("p{round}@example.org")).await;
            say(&town, who, &issue, &format!("In round {round}")).await;
            let id = waiting(&town).await.remove(0).id;
            let before = shown(&town, &issue).await.len();
            let (one, two, left) = tokio::join!(
                town.engine.show_comment(&city, id),
                other.show_comment(&city, id),
                async {
                    if round % 2 == 0 { other.leave(&city, who).await } else { Ok(()) }
                },
            );
            left.unwrap();
            let ok = usize::from(one.is_ok()) + usize::from(two.is_ok());
            assert!(ok <= 1, "round {round}: both have shown it");
            let now = shown(&town, &issue).await;
            assert_eq!(now.len(), before + ok, "round {round}: it is there as often as it was shown");
            if round % 2 == 0 {
                // Before they left or not at all; and whose it is nobody knows.
                assert!(now.iter().skip(before).all(|(_, author)| author.is_none()), "round {round}");
                gone += 1 - ok;
            }
            assert_eq!(waiting(&town).await, [], "round {round}");
            told += town.told().await.remove(ADA).unwrap_or_default().len();
        }
        assert_eq!(told + gone, 12);
        // To show and to dismiss: the last word holds.
        for round in 12..18 {
            let who = resident(&town, &format!("p{round}@example.org")).await;
            say(&town, who, &issue, &format!("In round {round}")).await;
            let id = waiting(&town).await.remove(0).id;
            let before = shown(&town, &issue).await.len();
            let (shows, dismisses) = tokio::join!(
                town.engine.show_comment(&city, id),
                other.dismiss_comment(&city, id),
            );
            dismisses.unwrap();
            let there = shown(&town, &issue).await.len() - before;
            let held = say(&town, who, &issue, "And?").await == Commented::Waits;
            match (shows.is_ok(), there) {
                // Dismissed, and shown after that; or shown, and taken back.
                (true, 1) => assert!(!held, "round {round}"),
                (true | false, 0) => assert!(held, "round {round}"),
                other => panic!("round {round}: {other:?}"),
            }
            if let Some(last) = waiting(&town).await.pop() {
                town.engine.dismiss_comment(&city, last.id).await.unwrap();
            }
        }
    }
}

story! {
    async fn who_has_been_here_for_a_week_is_trusted_unless_they_have_been_dismissed(town: Town) {
        town.found_wards().await;
        let issue = reported(&town, "pothole").await;
        let (city, bob, eve) = (town.city().await, resident(&town, BOB).await, resident(&town, EVE).await);
        assert_eq!(say(&town, eve, &issue, "Cheap pills").await, Commented::Waits);
        let spam = waiting(&town).await.remove(0);
        town.engine.dismiss_comment(&city, spam.id).await.unwrap();
        town.engine.dismiss_comment(&city, spam.id).await.unwrap(); // once more is no fault
        assert_eq!(waiting(&town).await, []);
        assert_eq!(say(&town, eve, &issue, "Cheap pills").await, Commented::Waits, "for all she knows");
        assert_eq!(waiting(&town).await, []);
        town.pass(A_DAY * 6);
        assert_eq!(say(&town, bob, &issue, "On the sixth day").await, Commented::Waits);
        town.pass(A_DAY * 2);
        assert_eq!(say(&town, bob, &issue, "On the eighth").await, Commented::Shown);
        assert_eq!(say(&town, eve, &issue, "Cheaper pills").await, Commented::Waits);
        assert_eq!(shown(&town, &issue).await.len(), 1);
        // However long ago that was, and forgotten.
        town.pass(A_DAY * 400);
        assert_eq!(town.engine.forget_some().await.unwrap().comments, 3);
        assert_eq!(town.engine.forget_some().await.unwrap().comments, 0);
        assert_eq!(say(&town, eve, &issue, "Cheapest pills").await, Commented::Waits);
        // Whoever dismissed her may change their mind.
        show_oldest(&town).await;
        assert_eq!(say(&town, eve, &issue, "Thank you").await, Commented::Shown);
        // And back: what is shown is taken away, also from what waits to be told.
        follower(&town, ADA, Rhythm::AtOnce).await;
        town.told().await;
        say(&town, eve, &issue, "Pills again").await;
        let mut tx = town.engine.store().read().await.unwrap();
        let pills = tx.comments_shown(city.id, 1).await.unwrap().remove(0);
        drop(tx);
        assert_eq!(pills.words, "Pills again");
        let before = shown(&town, &issue).await.len();
        town.engine.dismiss_comment(&city, pills.id).await.unwrap();
        assert_eq!(shown(&town, &issue).await.len(), before - 1);
        assert_eq!(town.told().await, people([]));
        let again = town.engine.dismiss_comment(&city, pills.id).await;
        assert!(matches!(again, Err(EngineError::UnknownComment)), "{again:?}");
        assert_eq!(say(&town, eve, &issue, "Sorry").await, Commented::Waits);
    }
}

story! {
    async fn a_browser_alone_is_trusted_by_nobody_and_where_nobody_reads_everybody_is(town: Town) {
        town.found_wards().await;
        let issue = reported(&town, "pothole").await;
        let (city, new) = (town.city().await, wanted(&town, ward("1"), Rhythm::Weekly));
        let alone = town.engine.watch(&city, by_push(&browser(1)), new).await.unwrap().watch.watcher;
        town.pass(A_DAY * 30);
        assert_eq!(say(&town, alone, &issue, "Cheap pills").await, Commented::Waits);
        let rules = EngineSettings { new_for: Duration::ZERO, ..EngineSettings::default() };
        let open = town.process_with(rules).await;
        let said = |who, words: &str| open.comment(&city, who, &issue, words.to_owned());
        assert_eq!(said(alone, "Really cheap").await.unwrap(), Commented::Shown);
        let bob = resident(&town, BOB).await;
        assert_eq!(said(bob, "Deep").await.unwrap(), Commented::Shown);
        // But for those about whom somebody has decided.
        let mut tx = town.engine.store().read().await.unwrap();
        let last = tx.comments_shown(city.id, 1).await.unwrap().remove(0);
        drop(tx);
        open.dismiss_comment(&city, last.id).await.unwrap();
        assert_eq!(said(bob, "Deeper").await.unwrap(), Commented::Waits);
    }
}

story! {
    async fn of_what_is_taken_off_the_site_no_comment_waits_or_is_shown(town: Town) {
        town.found_wards().await;
        let issue = reported(&town, "libel").await;
        let (city, bob) = (town.city().await, resident(&town, BOB).await);
        say(&town, bob, &issue, "He did").await;
        let id = waiting(&town).await.remove(0).id;
        town.say(vec![town.then("libel", "2", Kind::Hidden, None)]).await;
        assert_eq!(waiting(&town).await, []);
        assert_eq!(town.engine.store().read().await.unwrap().waiting_comments().await.unwrap().0, 0);
        let shown = town.engine.show_comment(&city, id).await;
        assert!(matches!(shown, Err(EngineError::UnknownComment)), "{shown:?}");
        assert_eq!(town.engine.store().read().await.unwrap().comments_shown(city.id, 9).await.unwrap(), []);
    }
}

story! {
    async fn nobody_says_more_than_twenty_things_an_hour_however_many_at_once(town: Town) {
        town.found_wards().await;
        let issue = reported(&town, "pothole").await;
        let (city, bob) = (town.city().await, resident(&town, BOB).await);
        say(&town, bob, &issue, "The first").await;
        show_oldest(&town).await;
        let all = (0..40).map(|nth| town.engine.comment(&city, bob, &issue, format!("And {nth}")));
        let all = futures_util::future::join_all(all).await;
        let taken = all.iter().filter(|one| matches!(one, Ok(Commented::Shown))).count();
        assert_eq!(taken, 19, "{all:?}");
        let refused = all.iter().filter(|one| matches!(one, Err(EngineError::SaidTooMuch))).count();
        assert_eq!((refused, shown(&town, &issue).await.len()), (21, 20));
        town.pass(Duration::from_hours(1) + Duration::from_secs(1));
        assert_eq!(say(&town, bob, &issue, "And more").await, Commented::Shown);
        // Of somebody new no more than twenty wait, whatever the hour.
        let eve = resident(&town, EVE).await;
        for nth in 0..20 {
            town.pass(Duration::from_mins(10));
            assert_eq!(say(&town, eve, &issue, &format!("Pills {nth}")).await, Commented::Waits);
        }
        let more = town.engine.comment(&city, eve, &issue, "More pills".into()).await;
        assert!(matches!(more, Err(EngineError::SaidTooMuch)), "{more:?}");
    }
}

story! {
    async fn who_is_muted_is_heard_by_everybody_else(town: Town) {
        town.found_wards().await;
        let issues = [reported(&town, "one").await, reported(&town, "two").await];
        assert_eq!(town.told().await, people([]));
        let city = town.city().await;
        let ada = follower(&town, ADA, Rhythm::AtOnce).await.watch.watcher;
        follower(&town, BOB, Rhythm::AtOnce).await;
        let [loud, calm] = [resident(&town, EVE).await, resident(&town, "cal@example.org").await];
        town.pass(A_DAY * 8);
        say(&town, loud, &issues[1], "Hello").await;
        assert_eq!(town.told().await, people([(ADA, &[1]), (BOB, &[1])]));
        let eve = shown(&town, &issues[1]).await[0].0;
        town.engine.mute_author(&city, ada, eve).await.unwrap();
        town.engine.mute_author(&city, ada, eve).await.unwrap(); // once more is no fault
        for issue in &issues {
            say(&town, loud, issue, "Outrageous!").await;
        }
        assert_eq!(town.told().await, people([(BOB, &[1, 1])]));
        say(&town, calm, &issues[0], "Noted").await;
        assert_eq!(town.told().await, people([(ADA, &[1]), (BOB, &[1])]));
        // Nor by a watch of the issue itself, which ends the mute of an issue.
        town.watch(ADA, Target::Issue(issues[0].id), Rhythm::AtOnce).await;
        say(&town, loud, &issues[0], "Outrageous still!").await;
        assert_eq!(town.told().await, people([(BOB, &[1])]));
        town.engine.unmute_author(&city, ada, eve).await.unwrap();
        assert_eq!(town.told().await, people([]), "of what happens from then on");
        say(&town, loud, &issues[0], "Thank you").await;
        assert_eq!(town.told().await, people([(ADA, &[1]), (BOB, &[1])]));
    }
}

story! {
    async fn what_waits_for_a_digest_is_not_in_it_when_its_author_is_muted(town: Town) {
        town.found_wards().await;
        let (one, two) = (reported(&town, "one").await, reported(&town, "two").await);
        assert_eq!(town.told().await, people([]));
        let city = town.city().await;
        let loud = resident(&town, EVE).await;
        town.pass(A_DAY * 8);
        let ada = follower(&town, ADA, Rhythm::Daily).await.watch.watcher;
        follower(&town, BOB, Rhythm::Daily).await;
        say(&town, loud, &one, "Outrageous!").await;
        say(&town, loud, &two, "Outrageous!").await;
        town.say(vec![town.then("two", "2", Kind::Closed, None)]).await;
        assert_eq!(town.told().await, people([]));
        town.engine.mute_author(&city, ada, shown(&town, &one).await[0].0).await.unwrap();
        town.pass(A_DAY);
        assert_eq!(town.told().await, people([(ADA, &[1]), (BOB, &[3])]));
    }
}

story! {
    async fn what_waits_to_be_sent_is_not_sent_when_its_author_is_muted(town: Town) {
        let office = PostOffice::open().await;
        town.found_wards().await;
        let issue = reported(&town, "one").await;
        assert_eq!(town.told().await, people([]));
        let city = town.city().await;
        let loud = resident(&town, EVE).await;
        town.pass(A_DAY * 8);
        let ada = follower(&town, ADA, Rhythm::AtOnce).await.watch.watcher;
        say(&town, loud, &issue, "Outrageous!").await;
        // In one message with what happened next, which is told.
        town.say(vec![town.then("one", "2", Kind::Closed, Some("Filled"))]).await;
        town.engine.match_pending().await.unwrap();
        say(&town, loud, &issue, "About time!").await;
        town.engine.match_pending().await.unwrap();
        town.engine.mute_author(&city, ada, shown(&town, &issue).await[0].0).await.unwrap();
        office.dispatcher(&town, Duration::from_mins(2)).drain().await.unwrap();
        let letters = office.letters();
        assert_eq!(letters.len(), 1, "{letters:#?}");
        assert!(letters[0].plain.contains("Filled"), "{}", letters[0].plain);
        assert!(!letters[0].plain.contains("Outrageous"), "{}", letters[0].plain);
        let tally = town.engine.store().read().await.unwrap().delivery_tally().await.unwrap();
        assert!(tally.iter().any(|one| one.state == "retired"), "{tally:?}");
    }
}

story! {
    async fn two_who_turn_out_to_be_one_are_one_author(town: Town) {
        town.found_wards().await;
        let issue = reported(&town, "one").await;
        let city = town.city().await;
        let phone = browser(1);
        let new = wanted(&town, ward("1"), Rhythm::Weekly);
        let alone = town.engine.watch(&city, by_push(&phone), new).await.unwrap().watch;
        let [bob, cal] = [resident(&town, BOB).await, resident(&town, "cal@example.org").await];
        say(&town, alone.watcher, &issue, "From the bus").await;
        show_oldest(&town).await;
        say(&town, alone.watcher, &issue, "From the bus again").await;
        say(&town, bob, &issue, "Cheap pills").await;
        let pills = waiting(&town).await.remove(0);
        town.engine.dismiss_comment(&city, pills.id).await.unwrap();
        say(&town, cal, &issue, "Noted").await;
        show_oldest(&town).await;
        let all = shown(&town, &issue).await;
        town.engine.mute_author(&city, cal, all[0].0).await.unwrap();
        town.engine.mute_author(&city, alone.watcher, all[2].0).await.unwrap();
        town.engine.add_browser(&city, bob, Address::Push(phone)).await.unwrap();
        let is_bob = author(&town, bob).await;
        assert!(is_bob.is_some());
        let whose: Vec<_> = shown(&town, &issue).await.into_iter().map(|(_, author)| author).collect();
        assert_eq!(whose, [is_bob, is_bob, author(&town, cal).await]);
        let mut tx = town.engine.store().read().await.unwrap();
        let muted = tx.authors_muted_by(city.id, cal).await.unwrap();
        assert_eq!((muted.len(), Some(muted[0].author)), (1, is_bob));
        assert_eq!(muted[0].said.as_ref().unwrap().words, "From the bus");
        assert_eq!(tx.authors_muted_by(city.id, bob).await.unwrap().len(), 1);
        assert_eq!(tx.comments_held_of(city.id, bob).await.unwrap().len(), 1);
        drop(tx);
        assert_eq!(say(&town, bob, &issue, "Me").await, Commented::Waits, "what was dismissed counts");
    }
}

story! {
    async fn what_waits_of_two_who_turn_out_to_be_one_is_theirs(town: Town) {
        town.found_wards().await;
        let issue = reported(&town, "one").await;
        let (city, phone) = (town.city().await, browser(1));
        let new = wanted(&town, ward("1"), Rhythm::Weekly);
        let alone = town.engine.watch(&city, by_push(&phone), new).await.unwrap().watch.watcher;
        let bob = resident(&town, BOB).await;
        say(&town, alone, &issue, "From the bus").await;
        town.engine.add_browser(&city, bob, Address::Push(phone)).await.unwrap();
        show_oldest(&town).await;
        assert_eq!(shown(&town, &issue).await[0].1, author(&town, bob).await);
        assert_eq!(say(&town, bob, &issue, "And from home").await, Commented::Shown);
    }
}

story! {
    async fn nobody_is_told_what_they_have_said_themselves(town: Town) {
        town.found_wards().await;
        let issue = reported(&town, "one").await;
        let ada = follower(&town, ADA, Rhythm::AtOnce).await.watch.watcher;
        let bob = follower(&town, BOB, Rhythm::Daily).await.watch.watcher;
        town.told().await;
        town.pass(A_DAY * 8);
        town.told().await;
        say(&town, ada, &issue, "Deep").await;
        say(&town, bob, &issue, "Very").await;
        assert_eq!(town.told().await, people([(ADA, &[1])]));
        town.pass(A_DAY);
        assert_eq!(town.told().await, people([(BOB, &[1])]));
    }
}

story! {
    async fn what_somebody_said_in_public_stays_when_they_leave_as_nobodys(town: Town) {
        town.found_wards().await;
        let issue = reported(&town, "one").await;
        let (city, ada, bob) = (town.city().await, resident(&town, ADA).await, resident(&town, BOB).await);
        town.pass(A_DAY * 8);
        say(&town, bob, &issue, "It was me who drove over it").await;
        let said = shown(&town, &issue).await[0].0;
        town.engine.mute_author(&city, ada, said).await.unwrap();
        town.engine.leave(&city, bob).await.unwrap();
        assert_eq!(shown(&town, &issue).await, [(said, None)]);
        let muted = town.engine.mute_author(&city, ada, said).await;
        assert!(matches!(muted, Err(EngineError::UnknownComment)), "{muted:?}");
        let mut tx = town.engine.store().read().await.unwrap();
        assert_eq!(tx.authors_muted_by(city.id, ada).await.unwrap(), []);
        let gone = town.engine.comment(&city, bob, &issue, "Me again".into()).await;
        assert!(matches!(gone, Err(EngineError::UnknownWatcher)), "{gone:?}");
    }
}

open_story! {
    async fn residents_comment_and_vote_and_staff_read_what_is_new(town: OpenTown) {
        let ada = town.sign_up(ADA).await;
        let made = town.post("/api/v1/issues", &pothole()).await.expect(201).json();
        let number = made["number"].as_str().unwrap();
        let path = format!("/api/v1/issues/{number}/events");
        let read = || async { town.get(&format!("/api/v1/issues/{number}")).await.json() };
        for wrong in [json!(null), json!(" \n"), json!("\0 \0"), json!("\u{200b}\u{202e}")] {
            let wrong = json!({"kind": "commented", "text": wrong});
            let refused = town.post_as(&ada, &path, &wrong).await.expect(422).json();
            assert_eq!(refused["errors"][0]["pointer"], "/text");
        }
        let long = json!({"kind": "commented", "text": "é".repeat(2_001)});
        let refused = town.post_as(&ada, &path, &long).await.expect(422).json();
        assert_eq!(refused["errors"][0]["detail"], "`text` has at most 2000 characters; this has 2001");
        town.post_as(&ada, &path, &json!({"kind": "closed"})).await.expect(403);

        let comment = json!({"kind": "commented", "text": "My bicycle fits into it"});
        let waits = town.post_as(&ada, &path, &comment).await.expect(202).json();
        assert_eq!((&waits["waits"], &waits["kinds"]), (&json!(true), &json!([])));
        assert_eq!(town.post_as(&ada, &path, &comment).await.expect(202).json()["waits"], true);
        let mine = town.get_as(&ada, "/api/v1/me/export").await.expect(200).json();
        assert_eq!(mine["comments_not_shown"][0]["text"], comment["text"]);
        assert_eq!(read().await["events"].as_array().unwrap().len(), 1);
        let counted = town.get("/metrics").await.expect(200).text;
        assert!(counted.contains("\ncomments_waiting 1\n"), "{counted}");

        // Neither a stranger nor a feed reads what is not shown.
        town.get("/api/v1/comments").await.expect(401);
        town.get_as(&ada, "/api/v1/comments").await.expect(401);
        let sensors = town.key(StaffRole::Source, "sensors").await;
        town.get_as(&sensors, "/api/v1/comments").await.expect(403);
        let desk = town.key(StaffRole::Staff, "desk").await;
        let list = town.get_as(&desk, "/api/v1/comments").await.expect(200).json();
        assert_eq!((&list[0]["text"], &list[0]["issue"]), (&comment["text"], &json!(number)));
        let one = format!("/api/v1/comments/{}", list[0]["id"].as_str().unwrap());
        town.post_as(&sensors, &format!("{one}/show"), &json!({})).await.expect(403);
        town.post_as(&desk, &format!("{one}/show"), &json!({})).await.expect(204);
        town.post_as(&desk, &format!("{one}/show"), &json!({})).await.expect(404);

        let shown = read().await["events"][1].clone();
        assert_eq!((&shown["actor"], &shown["text"]), (&json!("resident"), &comment["text"]));
        let page = town.get(&format!("/issues/{number}")).await.expect(200).text;
        assert!(page.contains("My bicycle fits into it"), "{page}");
        let next = json!({"kind": "commented", "text": "Both of them"});
        town.post_as(&ada, &path, &next).await.expect(201);
        assert_eq!(read().await["events"][2]["text"], next["text"]);
        // What is public names a comment, and nothing by which all that she says could be put together.
        let public = read().await.to_string();
        let hers = author(&town.town, watcher(town, &ada).await).await.unwrap().0.to_string();
        assert!(!public.contains(&hers) && public.contains("\"comment\":\""), "{public}");

        // Me too, once, and nobody is told who.
        let vote = json!({"kind": "voted"});
        town.post(&path, &vote).await.expect(401);
        town.post_as(&ada, &path, &vote).await.expect(201);
        assert_eq!(town.post_as(&ada, &path, &vote).await.expect(200).json()["repeated"], true);
        let all = read().await;
        assert_eq!((&all["votes"], &all["events"][3]["comment"]), (&json!(1), &Value::Null));

        // She is given what she said when she asks for all there is.
        let mine = town.get_as(&ada, "/api/v1/me/export").await.expect(200).json();
        assert_eq!(mine["comments"].as_array().unwrap().len(), 2);
        assert_eq!(mine["comments"][0]["text"], comment["text"]);
        assert_eq!(mine["comments_are"], "shown");
        // Taken away, it is gone for everybody.
        let list = town.get_as(&desk, "/api/v1/comments?shown=true").await.expect(200).json();
        assert_eq!(list[0]["text"], next["text"]);
        assert_eq!(list[0]["id"], read().await["events"][2]["comment"], "one name for all who speak of it");
        let last = format!("/api/v1/comments/{}", list[0]["id"].as_str().unwrap());
        town.post_as(&desk, &format!("{last}/dismiss"), &json!({})).await.expect(204);
        town.post_as(&desk, &format!("{last}/dismiss"), &json!({})).await.expect(404);
        assert!(!read().await.to_string().contains("Both of them"));
        town.post_as(&ada, &path, &next).await.expect(202);
    }
}

open_story! {
    async fn a_person_mutes_another_by_the_link_of_a_mail(town: OpenTown) {
        let (ada, eve) = (town.sign_up(ADA).await, town.sign_up(EVE).await);
        let everything = json!({"filter": {"kinds": ["opened", "commented"]}});
        let watch = town.get_as(&ada, "/api/v1/watches").await.json()["watches"][0].clone();
        let path = format!("/api/v1/watches/{}", watch["id"].as_str().unwrap());
        let bearer = format!("Bearer {ada}");
        let headers = [("authorization", &bearer[..]), ("content-type", "application/json")];
        town.ask(Method::PATCH, &path, &headers, everything.to_string()).await.expect(200);
        let made = town.post("/api/v1/issues", &pothole()).await.expect(201).json();
        let number = made["number"].as_str().unwrap();
        town.settle().await;
        let events = format!("/api/v1/issues/{number}/events");
        let says = |words: &str| json!({"kind": "commented", "text": words});
        town.post_as(&eve, &events, &says("Outrageous!")).await.expect(202);
        let desk = town.key(StaffRole::Admin, "desk").await;
        let list = town.get_as(&desk, "/api/v1/comments").await.expect(200).json();
        let id = list[0]["id"].as_str().unwrap();
        town.post_as(&desk, &format!("/api/v1/comments/{id}/show"), &json!({})).await.expect(204);

        let mail = town.inbox(ADA, 3).await.remove(2);
        assert!(mail.text.contains("Outrageous!"), "{}", mail.text);
        let link = mail.link("/commenter/");
        let path = &link[link.find("/watch/").unwrap()..];
        let asked = town.get(path).await.expect(200).text;
        assert!(asked.contains("Hear no more from this person?"), "{asked}");
        assert!(asked.contains("Outrageous!") && asked.contains(number), "{asked}");
        let mine = || async {
            town.get_as(&ada, "/api/v1/me/muted_commenters").await.expect(200).json()
        };
        assert_eq!(mine().await, json!([]), "whoever only looks changes nothing");
        let pressed = town.press(path, "act=mute").await.expect(303);
        let shown = town.get(pressed.header("location")).await.expect(200).text;
        assert!(shown.contains("Muted. You hear no more of what that person says."), "{shown}");
        assert!(shown.contains("People whose comments you have muted"), "{shown}");
        assert!(shown.contains(path), "{shown}");
        assert_eq!(mine().await[0]["said"]["text"], "Outrageous!");
        town.post_as(&eve, &events, &says("Outrageous still!")).await.expect(201);
        town.settle().await;
        town.inbox(ADA, 3).await;
        // Asked why, we say so.
        let why = town.get_as(&ada, &format!("/api/v1/me/issues/{number}")).await.expect(200).json();
        assert_eq!(why["events"][2]["not"][0]["why"]["reason"], "author_muted", "{why}");

        town.press(path, "act=unmute").await.expect(303);
        assert_eq!(mine().await, json!([]));
        // By the API, too; of somebody who has said nothing there is nothing to mute.
        let said = comment_on(town, number).await;
        let mute = |method: Method, who: String| {
            let headers = [("authorization", bearer.clone())];
            let town = &town;
            async move {
                let headers = [(headers[0].0, &headers[0].1[..])];
                town.ask(method, &format!("/api/v1/me/muted_commenters/{who}"), &headers, "").await
            }
        };
        mute(Method::PUT, uuid::Uuid::nil().to_string()).await.expect(404);
        mute(Method::PUT, said.clone()).await.expect(204);
        assert_eq!(mine().await[0]["comment"], said);
        mute(Method::DELETE, said.clone()).await.expect(204);
        mute(Method::DELETE, said).await.expect(204);
        assert_eq!(mine().await, json!([]));
        let nobody = format!("{}{}", &path[..path.len() - 12], "000000000000");
        town.get(&nobody).await.expect(404);
        town.press(&nobody, "act=mute").await.expect(404);
    }
}

/// The first comment on an issue, as everybody reads it.
async fn comment_on(town: &OpenTown, number: &str) -> String {
    let read = town.get(&format!("/api/v1/issues/{number}")).await.expect(200).json();
    read["events"][1]["comment"].as_str().unwrap().to_owned()
}

/// Who has this management token.
async fn watcher(town: &OpenTown, token: &str) -> WatcherId {
    let all = town.get_as(token, "/api/v1/me/export").await.expect(200).json();
    WatcherId(all["id"].as_str().unwrap().parse().unwrap())
}

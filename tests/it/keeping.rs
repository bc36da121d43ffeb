//! What is over is kept for a time, and then forgotten.

use std::collections::BTreeSet;
use std::time::Duration;

use wardwatch::engine::{Engine, EngineSettings, Forgotten, Receipt};
use wardwatch::issue::Kind;
use wardwatch::store::WatchRow;
use wardwatch::watch::{Filter, Rhythm, Target};
use wardwatch::watcher::Address;

use crate::reporting::CALL_CENTRE;
use crate::town::{Town, block, people, place, story, ward};
use crate::whole_store::{rows, tables_with};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const A_DAY: Duration = Duration::from_hours(24);

/// A process that keeps things for so many days.
async fn keeping(town: &Town, days: u32) -> Engine {
    let rules = EngineSettings {
        keep_for: Some(A_DAY * days),
        at_once_an_hour: usize::MAX,
        ..EngineSettings::default()
    };
    town.process_with(rules).await
}

/// Forgets until nothing is left.
async fn forget(engine: &Engine) -> Forgotten {
    let mut all = Forgotten::default();
    loop {
        let some = engine.forget_some().await.unwrap();
        if some.is_nothing() {
            return all;
        }
        all = all.and(some);
    }
}

async fn traces(town: &Town, row: &WatchRow, mail: &str) -> BTreeSet<String> {
    let all = rows(town.url()).await;
    let ids = [mail.to_owned(), row.watch.watcher.0.to_string(), row.watch.id.0.to_string()];
    ids.iter().flat_map(|trace| tables_with(&all, trace)).collect()
}

fn names(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

story! {
    async fn what_is_older_than_the_keeping_time_is_forgotten(town: Town) {
        town.found_wards().await;
        let (city, keeper) = (town.city().await, keeping(&town, 90).await);
        let ada = town.watch(ADA, ward("1"), Rhythm::AtOnce).await;
        let bob = town.watch(BOB, ward("1"), Rhythm::AtOnce).await;
        town.report("p1", place(-87.7, 41.85)).await;
        assert_eq!(town.told().await, people([(ADA, &[1]), (BOB, &[1])]));
        town.engine.unwatch(&city, ada.watch.watcher, ada.watch.id).await.unwrap();
        // Somebody who never wanted to be asked, and somebody who never answered.
        let filter = Filter::for_places;
        let eve = town.ask_to_watch("eve@example.org", ward("1"), Rhythm::Daily, filter()).await;
        town.engine.never_again(&city, eve.asked.unwrap().contact).await.unwrap();
        let ned = town.ask_to_watch("ned@example.org", ward("1"), Rhythm::Daily, filter()).await;
        town.take_deliveries().await;
        town.pass(A_DAY * 15);
        assert_eq!(town.engine.forget_unanswered().await.unwrap(), 1);
        assert_eq!(traces(&town, &ned, "ned@example.org").await, names(&["watch", "watcher"]));

        town.pass(A_DAY * 75);
        assert_eq!(forget(&keeper).await, Forgotten::default(), "to the day");
        assert_eq!(traces(&town, &ada, ADA).await, names(&["contact", "delivery", "watch", "watcher"]));
        // Bob goes on, of old and of new.
        town.report("p2", place(-87.7, 41.85)).await;
        assert_eq!(town.told().await, people([(BOB, &[1])]));
        town.pass(Duration::from_secs(1));
        let forgotten = forget(&keeper).await;
        // Ada's and bob's question and news, and the question to ned, went with their contact, or now.
        assert_eq!((forgotten.watches, forgotten.people), (2, 1), "hers, and eve's wish");
        assert_eq!(forgotten.deliveries, 5, "{forgotten:?}");
        assert_eq!(traces(&town, &ada, ADA).await, BTreeSet::new());
        assert_eq!(traces(&town, &bob, BOB).await, names(&["contact", "delivery", "watch", "watcher"]));
        // Eve is not asked, neither today nor when the address is typed in once more.
        assert_eq!(traces(&town, &eve, "eve@example.org").await, names(&["contact", "watcher"]));
        town.ask_to_watch("eve@example.org", ward("1"), Rhythm::Daily, filter()).await;
        assert_eq!(town.told().await, people([]));
        // Of ned the last goes when what he asked for was deleted long enough ago.
        town.pass(A_DAY * 15);
        let forgotten = forget(&keeper).await;
        assert_eq!((forgotten.watches, forgotten.people), (1, 1));
        assert_eq!(traces(&town, &ned, "ned@example.org").await, BTreeSet::new());
        // What happened is the public's, and the same report is still known.
        assert!(matches!(town.report("p1", place(-87.7, 41.85)).await, Receipt::Repeated { .. }));
        let mut tx = town.engine.store().read().await.unwrap();
        assert!(tx.issue_numbered(city.id, "26-000001").await.unwrap().is_some());
        drop(tx);
        town.watch(ADA, ward("1"), Rhythm::AtOnce).await;
        town.report("p3", place(-87.7, 41.85)).await;
        assert_eq!(town.told().await, people([(ADA, &[1]), (BOB, &[1])]));
    }
}

story! {
    async fn nothing_is_forgotten_where_everything_is_kept(town: Town) {
        town.found_wards().await;
        let ada = town.watch(ADA, ward("1"), Rhythm::AtOnce).await;
        let city = town.city().await;
        town.engine.unwatch(&city, ada.watch.watcher, ada.watch.id).await.unwrap();
        town.pass(A_DAY * 5_000);
        let rules = EngineSettings { keep_for: None, ..EngineSettings::default() };
        let keeper = town.process_with(rules).await;
        let before = rows(town.url()).await;
        assert_eq!(forget(&keeper).await, Forgotten::default());
        assert_eq!(rows(town.url()).await, before);
        assert_eq!(forget(&town.engine).await.people, 1, "there was something to forget");
    }
}

story! {
    async fn a_digest_that_comes_very_late_repeats_nothing_of_what_was_forgotten(town: Town) {
        town.found_wards().await;
        let keeper = keeping(&town, 40).await;
        town.watch(ADA, ward("1"), Rhythm::AtOnce).await;
        town.watch(ADA, ward("1"), Rhythm::Daily).await;
        town.watch(BOB, ward("1"), Rhythm::Daily).await;
        town.report("p1", place(-87.7, 41.85)).await;
        // She is told at once, and nobody plans a digest for months.
        town.engine.match_pending().await.unwrap();
        let lease = town.engine.random().uuid(town.clock.now());
        let (now, mut tx) = (town.clock.now(), town.engine.store().write().await.unwrap());
        let lane = (wardwatch::watcher::ContactKind::Mail, wardwatch::delivery::Lane::AtOnce);
        let claimed = tx.claim(lane.0, lane.1, 10, lease, 60_000, now).await.unwrap();
        let sent: Vec<_> = claimed
            .iter()
            .map(|one| wardwatch::store::Settled {
                held: one.held(),
                contact: one.contact,
                about: one.about,
                kind: one.kind,
                verdict: wardwatch::delivery::Verdict::Sent { reply: "250".into() },
            })
            .collect();
        assert_eq!(tx.settle(&sent, now).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
        town.pass(A_DAY * 100);
        forget(&keeper).await;
        assert_eq!(town.told().await, people([(BOB, &[1])]), "she knows");
        // What every digest has read is forgotten, and so is then what was told.
        town.pass(A_DAY * 41);
        town.take_deliveries().await;
        let forgotten = forget(&keeper).await;
        assert!(forgotten.deliveries >= 2, "{forgotten:?}");
        assert!(!rows(town.url()).await.iter().any(|(table, _)| table == "delivery" || table == "event_match"));
        town.pass(A_DAY);
        assert_eq!(town.told().await, people([]));
    }
}

story! {
    async fn what_is_matched_once_more_keeps_what_was_told_of_it(town: Town) {
        town.found_wards().await;
        let keeper = keeping(&town, 40).await;
        town.watch(ADA, ward("1"), Rhythm::AtOnce).await;
        town.pass(A_DAY * 2);
        town.report("p1", place(-87.7, 41.85)).await;
        assert_eq!(town.told().await, people([(ADA, &[1])]));
        town.tamper("UPDATE event SET matched_at = NULL").await;
        town.pass(A_DAY * 100);
        assert_eq!(forget(&keeper).await.deliveries, 1, "her question, which is older");
        assert_eq!(town.told().await, people([]), "she knows");
        assert_eq!(forget(&keeper).await.deliveries, 1);
    }
}

story! {
    async fn a_place_that_is_believed_late_repeats_nothing_of_what_was_forgotten(town: Town) {
        town.found_wards().await;
        // News is news for a hundred days here, and nothing is said to be kept for longer than thirty.
        let rules = EngineSettings {
            news_for: A_DAY * 100,
            keep_for: Some(A_DAY * 30),
            at_once_an_hour: usize::MAX,
            ..EngineSettings::default()
        };
        let keeper = town.process_with(rules).await;
        let receipts = town.feed(0..42).await;
        let Receipt::Accepted { issue, .. } = &receipts[40] else { panic!("{receipts:?}") };
        let (lon, lat) = CALL_CENTRE;
        let everything = Filter { kinds: Kind::ALL.into(), ..Filter::for_places() };
        town.watch_only(ADA, block(place(lon, lat), 100.0), Rhythm::Daily, everything).await;
        town.watch(ADA, Target::Issue(*issue), Rhythm::AtOnce).await;
        town.say(vec![town.then("row 40", "2", Kind::Closed, None)]).await;
        assert_eq!(town.told().await, people([(ADA, &[1])]));
        town.pass(A_DAY);
        town.take_deliveries().await;
        town.pass(A_DAY * 50);
        assert_eq!(forget(&keeper).await.deliveries, 0);
        town.take_deliveries().await; // the digests of these days, in which nothing was
        let city = town.city().await;
        keeper.release_point(&city, "test", place(lon, lat)).await.unwrap();
        assert_eq!(town.told().await, people([]));
        town.pass(A_DAY);
        // That two issues were opened there, and not again that one was closed.
        assert_eq!(town.told().await, people([(ADA, &[2])]));
    }
}

story! {
    async fn much_is_forgotten_a_little_at_a_time(town: Town) {
        town.found_wards().await;
        let keeper = keeping(&town, 60).await;
        for nth in 0..30 {
            town.watch(&format!("p{nth}@example.org"), ward("1"), Rhythm::AtOnce).await;
        }
        for day in 0..40 {
            // Each elsewhere: a point that takes too much of what is reported is not believed.
            town.report(&format!("p{day}"), place(-87.74 + f64::from(day) * 1e-3, 41.85)).await;
            assert_eq!(town.told().await.len(), 30);
        }
        town.pass(A_DAY * 61);
        // Two processes at once, and each takes some.
        let other = keeping(&town, 60).await;
        let (one, two) = tokio::join!(keeper.forget_some(), other.forget_some());
        let (one, two) = (one.unwrap().deliveries, two.unwrap().deliveries);
        assert!(one <= 1_000 && two <= 1_000, "{one} and {two}");
        let rest = tokio::join!(forget(&keeper), forget(&other));
        assert_eq!(one + two + rest.0.deliveries + rest.1.deliveries, 30 * 41);
        town.report("next", place(-87.7, 41.86)).await;
        assert_eq!(town.told().await.len(), 30);
    }
}

story! {
    async fn a_dead_delivery_that_is_tried_again_is_not_forgotten_under_way(town: Town) {
        town.found_wards().await;
        let (city, keeper) = (town.city().await.id, keeping(&town, 60).await);
        town.watch(ADA, ward("1"), Rhythm::AtOnce).await;
        town.pass(A_DAY * 61);
        let now = town.clock.now();
        let mut tx = town.engine.store().read().await.unwrap();
        let old = tx.settled_before(city, now.minus(A_DAY * 60), 10).await.unwrap();
        drop(tx);
        assert_eq!(old.len(), 1);
        town.tamper("UPDATE delivery SET state = 'waiting', settled_at = NULL").await;
        let mut tx = town.engine.store().write().await.unwrap();
        assert_eq!(tx.forget_deliveries(city, &old).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(forget(&keeper).await, Forgotten::default());
    }
}

story! {
    async fn whoever_watches_something_again_is_not_forgotten(town: Town) {
        town.found_wards().await;
        let (city, keeper) = (town.city().await, keeping(&town, 60).await);
        let first = town.watch(ADA, ward("1"), Rhythm::AtOnce).await;
        town.engine.unwatch(&city, first.watch.watcher, first.watch.id).await.unwrap();
        town.pass(A_DAY * 59);
        let again = town.watch(ADA, ward("2"), Rhythm::Daily).await;
        assert_eq!(again.watch.watcher, first.watch.watcher);
        town.pass(A_DAY * 2);
        assert_eq!(forget(&keeper).await.people, 0);
        let address = Address::Mail(ADA.parse().unwrap());
        let mut tx = town.engine.store().read().await.unwrap();
        assert!(tx.contact_at(city.id, &address).await.unwrap().is_some_and(|row| row.confirmed));
    }
}

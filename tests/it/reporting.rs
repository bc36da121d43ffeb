//! What is reported is stored once and told once.

use std::time::{Duration, Instant};

use sqlx::Connection;
use wardwatch::engine::{Arrival, HabitsChange, Receipt, Wish};
use wardwatch::issue::{Kind, Place, Unexplained};
use wardwatch::watch::{Filter, Rhythm, Target};
use wardwatch::watcher::QuietHours;

use crate::town::{LINE, Town, at, block, fresh_postgres, people, place, story, ward};

story! {
    async fn a_pothole_on_adas_block_reaches_ada_once(town: Town) {
        town.found_wards().await;
        town.watch("ada@example.org", block(place(-87.60, 41.85), 300.0), Rhythm::AtOnce).await;
        town.watch("bob@example.org", block(place(-87.70, 41.85), 300.0), Rhythm::AtOnce).await;
        let receipt = town.report("p1", place(-87.601, 41.85)).await;
        assert!(matches!(&receipt, Receipt::Accepted { number, .. } if number == "26-000001"));
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
        // The same again, from a retry: nothing new, nobody told.
        let again = town.report("p1", place(-87.601, 41.85)).await;
        assert_eq!(again, Receipt::Repeated { number: Some("26-000001".into()) });
        assert_eq!(town.told().await, people([]));
    }
}

story! {
    async fn an_issue_on_the_line_between_wards_reaches_both(town: Town) {
        town.found_wards().await;
        town.watch("west@example.org", ward("1"), Rhythm::AtOnce).await;
        town.watch("east@example.org", ward("2"), Rhythm::AtOnce).await;
        let half_a_metre = 0.5 / 82_900.0;
        town.report("line", place(LINE, 41.85)).await;
        town.report("near", place(LINE + half_a_metre, 41.85)).await;
        town.report("east", place(LINE + 0.01, 41.85)).await;
        let told = people([("east@example.org", &[1, 1, 1]), ("west@example.org", &[1, 1])]);
        assert_eq!(town.told().await, told);
    }
}

story! {
    async fn a_place_that_cannot_be_believed_is_kept_and_told_to_nobody(town: Town) {
        town.found_wards().await;
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        let mut nowhere = town.pothole("nowhere", place(0.0, 0.0));
        nowhere.facts.position = None;
        let receipts = town
            .say(vec![
                nowhere,
                town.pothole("null", place(0.0, 0.0)),
                town.pothole("swapped", place(41.85, -87.70)),
                town.pothole("paris", place(2.35, 48.85)),
                town.pothole("good", place(-87.70, 41.85)),
            ])
            .await;
        let places: Vec<Place> = receipts
            .iter()
            .map(|receipt| match receipt {
                Receipt::Accepted { place, .. } => *place,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            places,
            [Place::Missing, Place::NullIsland, Place::Swapped, Place::OutsideCity, Place::Good]
        );
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
    }
}

story! {
    async fn history_is_kept_and_matched_and_told_to_nobody(town: Town) {
        town.found_wards().await;
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        let city = town.city().await;
        let bulk = vec![town.pothole("bulk", place(-87.70, 41.85))];
        town.engine.accept(&city, bulk, Arrival { backfill: true }).await.unwrap();
        let mut old = town.pothole("old", place(-87.70, 41.85));
        old.at = old.at.minus(Duration::from_hours(24 * 8));
        town.say(vec![old]).await;
        assert_eq!(town.told().await, people([]));
        let query = wardwatch::store::IssueQuery {
            ward: Some(wardwatch::ward::WardRef { layer: "wards".into(), ward: "1".into() }),
            limit: 10,
            ..Default::default()
        };
        let mut tx = town.engine.store().read().await.unwrap();
        assert_eq!(tx.list_issues(city.id, &query).await.unwrap().len(), 2);
    }
}

story! {
    async fn an_issue_can_be_followed_to_its_end(town: Town) {
        town.found_wards().await;
        let Receipt::Accepted { issue, .. } = town.report("p1", place(-87.7, 41.85)).await else {
            panic!("a first report is accepted");
        };
        let follow = Target::Issue(issue);
        town.watch("eve@example.org", follow, Rhythm::AtOnce).await;
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        assert_eq!(town.told().await, people([]));
        town.say(vec![
            town.then("p1", "2", Kind::Commented, Some("My wheel is bent")),
            town.then("p1", "3", Kind::Voted, None),
            town.then("p1", "4", Kind::Closed, None),
        ])
        .await;
        // One message for what a batch says of one issue; votes are no news; and who watches a
        // ward asked for new issues only.
        assert_eq!(town.told().await, people([("eve@example.org", &[2])]));
        let refused = town.say(vec![town.then("p2", "1", Kind::Closed, None)]).await;
        assert_eq!(refused, [Receipt::Refused { reason: Unexplained::UnknownIssue }]);
    }
}

story! {
    async fn two_processes_match_each_event_once(town: Town) {
        town.found_wards().await;
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        let other = town.another_process().await;
        for n in 0..40 {
            town.report(&format!("p{n}"), place(-87.70 + f64::from(n) * 1e-4, 41.85)).await;
        }
        let (here, there) = tokio::join!(town.engine.match_pending(), other.match_pending());
        here.unwrap();
        there.unwrap();
        let told = town.told().await;
        assert_eq!(told["ada@example.org"].iter().sum::<usize>(), 40);
        assert_eq!(told["ada@example.org"].len(), 40);
    }
}

story! {
    async fn what_was_refused_once_is_accepted_when_it_fits(town: Town) {
        town.found_wards().await;
        let here = place(-87.70, 41.85);
        let closed = || town.then("p1", "2", Kind::Closed, None);
        let receipts = town.say(vec![closed(), town.pothole("p1", here), closed()]).await;
        assert_eq!(receipts[0], Receipt::Refused { reason: Unexplained::UnknownIssue });
        assert!(matches!(&receipts[2], Receipt::Accepted { kinds, .. } if kinds == &[Kind::Closed]));
    }
}

story! {
    async fn issues_a_century_apart_have_numbers_of_their_own(town: Town) {
        town.found_wards().await;
        let here = place(-87.70, 41.85);
        let mut old = town.pothole("old", here);
        old.at = "1926-06-01T12:00:00Z".parse().unwrap();
        let numbers: Vec<String> = town
            .say(vec![town.pothole("new", here), old])
            .await
            .into_iter()
            .map(|receipt| match receipt {
                Receipt::Accepted { number, .. } => number,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(numbers, ["26-000001", "26-000002"]);
    }
}

story! {
    async fn one_callers_fault_is_not_the_others(town: Town) {
        town.found_wards().await;
        let city = town.city().await;
        let accept = |n: usize| {
            let mut pothole = town.pothole(&format!("p{n}"), place(-87.70, 41.85));
            if n == 7 {
                // PostgreSQL keeps no such text; SQLite does.
                pothole.facts.description = Some("a hole\0in the text".into());
            }
            town.engine.accept(&city, vec![pothole], Arrival::default())
        };
        let receipts = futures_util::future::join_all((0..16).map(accept)).await;
        for (n, receipt) in receipts.into_iter().enumerate().filter(|(n, _)| *n != 7) {
            let receipt = receipt.unwrap_or_else(|error| panic!("caller {n}: {error}"));
            assert!(matches!(receipt[0], Receipt::Accepted { .. }), "caller {n}");
        }
    }
}

/// The address that a town's geocoder falls back to, in ward 1.
pub const CALL_CENTRE: (f64, f64) = (-87.68, 41.87);

impl Town {
    /// A feed in which every other row lies on the call centre.
    pub async fn feed(&self, rows: std::ops::Range<usize>) -> Vec<Receipt> {
        let row = |n: usize| {
            let (lon, lat) = CALL_CENTRE;
            let elsewhere = place(-87.74 + n as f64 * 1e-4, 41.82);
            let at = if n.is_multiple_of(2) { place(lon, lat) } else { elsewhere };
            self.pothole(&format!("row {n}"), at)
        };
        self.say(rows.map(row).collect()).await
    }
}

fn held(receipts: &[Receipt]) -> usize {
    let held =
        |receipt: &&Receipt| matches!(receipt, Receipt::Accepted { place: Place::HotPoint, .. });
    receipts.iter().filter(held).count()
}

story! {
    async fn the_geocoders_favourite_point_is_held_until_somebody_says_that_it_is_real(town: Town) {
        town.found_wards().await;
        let (lon, lat) = CALL_CENTRE;
        let call_centre = place(lon, lat);
        town.watch("ada@example.org", block(call_centre, 100.0), Rhythm::AtOnce).await;
        town.watch("bob@example.org", block(call_centre, 100.0), Rhythm::Daily).await;
        // Forty rows, twenty of them at the call centre: the twentieth is one too many.
        assert_eq!(held(&town.feed(0..40).await), 1);
        // Another process learns from the store and from what the first has accepted.
        let other = town.another_process().await;
        let city = town.city().await;
        let rows = (40..50).map(|n| town.pothole(&format!("row {n}"), call_centre)).collect();
        assert_eq!(held(&other.accept(&city, rows, Arrival::default()).await.unwrap()), 10);
        assert_eq!(held(&town.feed(50..52).await), 1);
        assert_eq!(town.told().await["ada@example.org"].len(), 19);
        let mut tx = town.engine.store().read().await.unwrap();
        assert_eq!(tx.hot_points(city.id).await.unwrap().len(), 1);
        assert_eq!(tx.held_there(city.id, "test", call_centre).await.unwrap().issues, 12);
        drop(tx);
        let nowhere = town.engine.release_point(&city, "test", place(lon, lat + 1e-9)).await;
        assert_eq!(nowhere.unwrap(), None);
        let released = town.engine.release_point(&city, "test", call_centre).await.unwrap();
        assert_eq!(released, Some(12));
        assert_eq!(town.told().await, people([("ada@example.org", &[1; 12])]));
        assert_eq!(held(&town.feed(52..60).await), 0);
        assert_eq!(town.told().await["ada@example.org"].len(), 4);
        town.pass(Duration::from_hours(24));
        let digest = town.take_deliveries().await;
        let contents = &digest[0].contents;
        assert_eq!((digest.len(), contents.items.len() + contents.more), (1, 19 + 12 + 4));
    }
}

story! {
    async fn who_follows_an_issue_hears_of_it_though_its_place_is_held(town: Town) {
        town.found_wards().await;
        let receipts = town.feed(0..42).await;
        let Receipt::Accepted { issue, .. } = &receipts[40] else { panic!("{receipts:?}") };
        town.watch("ada@example.org", Target::Issue(*issue), Rhythm::AtOnce).await;
        town.say(vec![town.then("row 40", "2", Kind::Closed, None)]).await;
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
        let city = town.city().await;
        let (lon, lat) = CALL_CENTRE;
        town.engine.release_point(&city, "test", place(lon, lat)).await.unwrap();
        assert_eq!(town.told().await, people([]), "she knows");
    }
}

story! {
    async fn who_heard_of_a_held_issue_does_not_hear_it_again_in_the_digest_of_its_block(town: Town) {
        town.found_wards().await;
        let receipts = town.feed(0..42).await;
        let Receipt::Accepted { issue, .. } = &receipts[40] else { panic!("{receipts:?}") };
        let (lon, lat) = CALL_CENTRE;
        let filter = Filter { kinds: Kind::ALL.into(), ..Filter::for_places() };
        let block = block(place(lon, lat), 100.0);
        town.watch_only("ada@example.org", block, Rhythm::Daily, filter).await;
        town.watch("ada@example.org", Target::Issue(*issue), Rhythm::AtOnce).await;
        town.say(vec![town.then("row 40", "2", Kind::Closed, None)]).await;
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
        town.pass(Duration::from_hours(24));
        assert_eq!(town.told().await, people([("ada@example.org", &[19])]), "believed from the first");
        let city = town.city().await;
        town.engine.release_point(&city, "test", place(lon, lat)).await.unwrap();
        assert_eq!(town.told().await, people([]));
        town.pass(Duration::from_hours(24));
        // That two issues were opened there, and not again that one was closed.
        assert_eq!(town.told().await, people([("ada@example.org", &[2])]));
    }
}

story! {
    async fn what_a_held_issue_told_in_the_morning_is_not_told_when_its_place_is_released(town: Town) {
        town.found_wards().await;
        let receipts = town.feed(0..42).await;
        assert_eq!(town.told().await, people([]));
        let Receipt::Accepted { issue, .. } = &receipts[40] else { panic!("{receipts:?}") };
        let (lon, lat) = CALL_CENTRE;
        let filter = Filter { kinds: Kind::ALL.into(), ..Filter::for_places() };
        let around = block(place(lon, lat), 100.0);
        let ada = town.watch_only("ada@example.org", around, Rhythm::AtOnce, filter).await;
        town.watch("ada@example.org", Target::Issue(*issue), Rhythm::AtOnce).await;
        let city = town.city().await;
        let all_but_an_hour = HabitsChange {
            quiet: Wish::Is(QuietHours::new(8, 7).unwrap()),
            ..HabitsChange::default()
        };
        let watcher = ada.watch.watcher;
        town.engine.change_habits(&city, watcher, all_but_an_hour).await.unwrap();
        town.say(vec![town.then("row 40", "2", Kind::Closed, None)]).await;
        assert_eq!(town.told().await, people([]), "these are quiet hours");
        town.clock.set(at("2026-05-05T12:00:00Z"));
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]));
        let none = HabitsChange { quiet: Wish::Ends, ..HabitsChange::default() };
        town.engine.change_habits(&city, watcher, none).await.unwrap();
        town.engine.release_point(&city, "test", place(lon, lat)).await.unwrap();
        // That two were opened there; that one was closed she knows.
        assert_eq!(town.told().await, people([("ada@example.org", &[1, 1])]));
    }
}

story! {
    async fn what_is_released_while_it_is_matched_is_matched_as_released(town: Town) {
        town.found_wards().await;
        let receipts = town.feed(0..42).await;
        let Receipt::Accepted { issue, .. } = &receipts[40] else { panic!("{receipts:?}") };
        town.take_deliveries().await;
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        town.watch("bob@example.org", Target::Issue(*issue), Rhythm::AtOnce).await;
        let (city, (lon, lat)) = (town.city().await, CALL_CENTRE);
        let closed = vec![town.then("row 40", "2", Kind::Closed, None)];
        town.engine.accept(&city, closed, Arrival::default()).await.unwrap();
        // A matcher has read it as held when its point is released.
        let store = town.engine.store();
        let read = store.read().await.unwrap().unmatched(city.id, 0, 9).await.unwrap();
        assert_eq!((read.len(), read[0].event.place), (1, Place::HotPoint));
        town.engine.release_point(&city, "test", place(lon, lat)).await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert!(!tx.mark_matched(city.id, &read, town.clock.now()).await.unwrap());
        drop(tx);
        let told = town.told().await;
        assert_eq!(told["bob@example.org"], [1], "of the closing nobody had told him");
        assert_eq!(told["ada@example.org"], [1, 1], "of what was held at its opening");
    }
}

story! {
    async fn what_has_moved_on_keeps_its_ward_when_its_old_place_is_released(town: Town) {
        town.found_wards().await;
        let receipts = town.feed(0..42).await;
        let Receipt::Accepted { issue, .. } = &receipts[40] else { panic!("{receipts:?}") };
        town.take_deliveries().await;
        let mut moved = town.then("row 40", "2", Kind::Moved, None);
        moved.facts.position = Some(place(LINE + 0.01, 41.85));
        town.say(vec![moved]).await;
        town.take_deliveries().await;
        let (city, (lon, lat)) = (town.city().await, CALL_CENTRE);
        town.engine.release_point(&city, "test", place(lon, lat)).await.unwrap();
        town.take_deliveries().await;
        let mut tx = town.engine.store().read().await.unwrap();
        let wards = tx.wards_of_issues(city.id, &[*issue]).await.unwrap();
        let names: Vec<_> = wards.iter().map(|row| row.ward.ward.as_str()).collect();
        assert_eq!(names, ["2"]);
    }
}

story! {
    async fn a_point_that_was_dismissed_stays_nobodys_place(town: Town) {
        town.found_wards().await;
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        town.feed(0..40).await;
        town.take_deliveries().await;
        let (city, (lon, lat)) = (town.city().await, CALL_CENTRE);
        assert!(town.engine.dismiss_point(&city, "test", place(lon, lat)).await.unwrap());
        assert_eq!(held(&town.feed(40..42).await), 1);
        assert_eq!(town.told().await, people([("ada@example.org", &[1])]), "of the other row");
    }
}

story! {
    async fn what_is_no_longer_news_when_its_point_is_released_is_told_to_nobody(town: Town) {
        town.found_wards().await;
        town.watch("ada@example.org", ward("1"), Rhythm::AtOnce).await;
        town.feed(0..40).await;
        town.take_deliveries().await;
        town.pass(Duration::from_hours(24 * 8));
        let (city, (lon, lat)) = (town.city().await, CALL_CENTRE);
        let released = town.engine.release_point(&city, "test", place(lon, lat)).await.unwrap();
        assert_eq!(released, Some(1));
        assert_eq!(town.told().await, people([]));
        let mut tx = town.engine.store().read().await.unwrap();
        assert_eq!(tx.held_there(city.id, "test", place(lon, lat)).await.unwrap().issues, 0);
    }
}

/// PostgreSQL's own collector comes once a minute; what it knows nothing of it plans for badly.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_has_soon_counted_a_city_that_filled_at_once() {
    let Some(url) = fresh_postgres().await else {
        return eprintln!("passed over: TEST_POSTGRES_URL is not set");
    };
    let town = Town::on(&url).await;
    let mut outside = sqlx::PgConnection::connect(&url).await.unwrap();
    for table in ["event", "issue"] {
        let off = format!("ALTER TABLE {table} SET (autovacuum_enabled = off)");
        sqlx::query(sqlx::AssertSqlSafe(off)).execute(&mut outside).await.unwrap();
    }
    let potholes = (0..300).map(|n| town.pothole(&n.to_string(), place(LINE, 41.85)));
    town.say(potholes.collect()).await;
    let begun = Instant::now();
    loop {
        let counted: Vec<(String,)> = sqlx::query_as(
            "SELECT relname::text FROM pg_stat_user_tables
             WHERE last_analyze IS NOT NULL ORDER BY relname",
        )
        .fetch_all(&mut outside)
        .await
        .unwrap();
        if counted.iter().map(|(name,)| name.as_str()).eq(["event", "issue"]) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "counted: {counted:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

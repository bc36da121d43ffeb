//! Who may send what: claims, leases, and senders that die, freeze, or cannot write down what they
//! did.

use std::time::{Duration, Instant};

use tokio::sync::watch;
use wardwatch::delivery::{About, Contents, Delivery, DeliveryId, Lane, Verdict};
use wardwatch::issue::EventId;
use wardwatch::store::{Claimed, DeliveryState, OutboxQuery, Settled, Tally, Tx};
use wardwatch::watch::Rhythm;
use wardwatch::watcher::{ContactId, ContactKind, WatcherId};

use crate::post_office::PostOffice;
use crate::town::{Town, block, place, story};

const LEASE: Duration = Duration::from_mins(2);
const OAK: f64 = -87.70;
const ELM: f64 = -87.60;

impl Town {
    /// Somebody who is told at once of what is reported at this end of the street.
    async fn neighbour(&self, email: &str, lon: f64) {
        self.watch(email, block(place(lon, 41.85), 300.0), Rhythm::AtOnce).await;
    }

    async fn pothole_at(&self, source_id: &str, lon: f64) {
        self.report(source_id, place(lon, 41.85)).await;
        self.engine.match_pending().await.unwrap();
    }

    async fn claim(&self) -> Vec<Claimed> {
        let lease_ms = i64::try_from(LEASE.as_millis()).unwrap();
        let (now, lease) = (self.clock.now(), self.engine.random().uuid(self.clock.now()));
        let mut tx = self.engine.store().write().await.unwrap();
        let claimed = tx.claim(ContactKind::Mail, Lane::AtOnce, 10, lease, lease_ms, now).await;
        tx.commit().await.unwrap();
        claimed.unwrap()
    }

    /// Gives how many outcomes were taken.
    pub async fn settle(&self, claimed: &Claimed, verdict: Verdict) -> usize {
        let settled = Settled {
            held: claimed.held(),
            about: claimed.about,
            contact: claimed.contact,
            kind: claimed.kind,
            verdict,
        };
        let mut tx = self.engine.store().write().await.unwrap();
        let taken = tx.settle(&[settled], self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        taken.len()
    }

    /// Gives how many leases were renewed.
    async fn renew(&self, claimed: &Claimed) -> u64 {
        let until = self.clock.now().plus(LEASE * 10);
        let mut tx = self.engine.store().write().await.unwrap();
        let renewed = tx.keep_in_hand(&[claimed.held()], until).await.unwrap();
        tx.commit().await.unwrap();
        renewed
    }

    /// The deliveries but the confirmations, which `neighbour` has had.
    async fn outbox(&self) -> Vec<(String, i64)> {
        let tally = self.engine.store().read().await.unwrap().delivery_tally().await.unwrap();
        tally.into_iter().map(|Tally { state, count, .. }| (state, count)).collect()
    }
}

fn states<const N: usize>(list: [(&str, i64); N]) -> Vec<(String, i64)> {
    list.map(|(state, count)| (state.to_owned(), count)).to_vec()
}

fn sent() -> Verdict {
    Verdict::Sent { reply: "250 taken".into() }
}

story! {
    async fn of_many_deliveries_only_the_new_ones_are_put(town: Town) {
        let now = town.clock.now();
        let (city, ids) = (town.city().await.id, town.engine.random());
        let street: Vec<Delivery> = std::iter::repeat_with(|| Delivery {
            id: DeliveryId(ids.uuid(now)),
            about: About::Event(EventId(ids.uuid(now))),
            watcher: WatcherId(ids.uuid(now)),
            contact: ContactId(ids.uuid(now)),
            kind: ContactKind::Mail,
            lane: Lane::AtOnce,
            contents: Contents::default(),
            due: now,
        })
        .take(300)
        .collect();
        let again = |delivery: &Delivery| Delivery {
            id: DeliveryId(ids.uuid(now)),
            lane: Lane::Digest,
            ..delivery.clone()
        };
        let second: Vec<Delivery> =
            street[..150].iter().map(again).chain(street[200..].iter().cloned()).collect();

        let mut tx = town.engine.store().write().await.unwrap();
        assert_eq!(tx.put_deliveries(city, &street[..200], now).await.unwrap(), 200);
        assert_eq!(tx.put_deliveries(city, &second, now).await.unwrap(), 100);
        tx.commit().await.unwrap();
        assert_eq!(town.outbox().await, states([("waiting", 300)]));
        let mut tx = town.engine.store().read().await.unwrap();
        assert!(!tx.anything_due(ContactKind::Mail, Lane::Digest, now).await.unwrap());
    }
}

story! {
    async fn a_zombie_neither_settles_nor_renews_what_another_has_taken_over(town: Town) {
        town.neighbour("ada@example.org", OAK).await;
        town.pothole_at("1", OAK).await;
        let zombie = town.claim().await.remove(0);
        assert!(town.claim().await.is_empty(), "nobody else gets it meanwhile");
        town.pass(LEASE);
        let heir = town.claim().await.remove(0);
        assert_eq!((heir.id, heir.attempt), (zombie.id, 2));

        assert_eq!(town.renew(&zombie).await, 0);
        assert_eq!(town.settle(&zombie, sent()).await, 0);
        assert_eq!(town.outbox().await, states([("sent", 1), ("waiting", 1)]));

        assert_eq!(town.renew(&heir).await, 1);
        town.pass(LEASE * 9);
        assert!(town.claim().await.is_empty(), "the heir keeps it as long as it renews");
        assert_eq!(town.settle(&heir, sent()).await, 1);
        assert_eq!(town.settle(&heir, Verdict::Dead { reason: "late".into() }).await, 0);
        assert_eq!(town.outbox().await, states([("sent", 2)]));
    }
}

story! {
    async fn a_delivery_that_cannot_be_read_holds_up_nobody(town: Town) {
        for email in ["ada@example.org", "bo@example.org"] {
            town.neighbour(email, OAK).await;
        }
        town.pothole_at("1", OAK).await;
        town.tamper(
            "UPDATE delivery SET items = '{\"torn' WHERE about = 'event' AND delivery_id =
                (SELECT delivery_id FROM delivery WHERE about = 'event'
                 ORDER BY delivery_id LIMIT 1)",
        )
        .await;
        let other = town.claim().await;
        assert_eq!(other.len(), 1, "the other's is taken");
        assert_eq!(town.settle(&other[0], sent()).await, 1);
        assert!(town.claim().await.is_empty());
        // A newer program beside this one might read it, so it is tried for an hour.
        for _ in 0..5 {
            assert_eq!(town.outbox().await, states([("sent", 3), ("waiting", 1)]));
            town.pass(Duration::from_mins(10));
            assert!(town.claim().await.is_empty());
        }
        let city = town.city().await;
        let mut tx = town.engine.store().read().await.unwrap();
        let query = OutboxQuery { state: Some(DeliveryState::Dead), kind: None };
        let dead = tx.outbox_rows(city.id, query, 10, town.clock.now()).await.unwrap();
        let [dead] = &dead[..] else { panic!("{dead:?}") };
        let why = dead.outcome.as_deref().unwrap();
        assert!(why.starts_with("cannot be read: ") && why.contains("EOF"), "{why}");
    }
}

story! {
    async fn what_a_frozen_sender_says_late_retires_nobody(town: Town) {
        let office = PostOffice::open().await;
        town.neighbour("gone@example.org", OAK).await;
        town.pothole_at("1", OAK).await;
        let frozen = office.dispatcher(&town, LEASE);
        let frozen = tokio::spawn(async move { frozen.drain().await });
        office.until_begun("gone@example.org", 1).await;
        town.pass(LEASE);
        let heir = town.claim().await.remove(0);
        assert_eq!(town.settle(&heir, sent()).await, 1);
        office.answer();
        frozen.await.unwrap().unwrap();
        let city = town.city().await;
        let mut tx = town.engine.store().read().await.unwrap();
        let contact = tx.contacts(city.id, &[heir.contact]).await.unwrap().remove(0);
        assert!(!contact.retired, "the heir's mail was taken there");
        drop(tx);
        assert_eq!(town.outbox().await, states([("sent", 2)]));
    }
}

story! {
    async fn each_sender_that_is_never_heard_of_keeps_a_delivery_longer_until_it_is_dead(town: Town) {
        let office = PostOffice::open().await;
        town.neighbour("ada@example.org", OAK).await;
        town.pothole_at("1", OAK).await;
        let moment = Duration::from_millis(1);
        for (before, leases) in [1, 2, 4, 8, 16, 32, 32, 32].into_iter().enumerate() {
            let claimed = town.claim().await.remove(0);
            assert_eq!(usize::try_from(claimed.attempt), Ok(before + 1));
            let due = town.clock.now().plus(LEASE * leases);
            town.clock.set(due.minus(moment));
            assert!(town.claim().await.is_empty(), "claim {before} holds for {leases} leases");
            town.clock.set(due);
        }
        assert_eq!(office.dispatcher(&town, LEASE).drain().await.unwrap(), 1);
        assert_eq!(office.begun("ada@example.org"), 0, "it is not sent a ninth time");
        assert_eq!(town.outbox().await, states([("dead", 1), ("sent", 1)]));
    }
}

story! {
    async fn a_leap_of_the_clock_sends_nothing_beside_itself(town: Town) {
        let office = PostOffice::open().await;
        town.neighbour("held@example.org", OAK).await;
        town.neighbour("ada@example.org", ELM).await;
        town.pothole_at("1", OAK).await;
        let (stop, stopped) = watch::channel(false);
        let dispatcher = office.dispatcher(&town, LEASE);
        let running = tokio::spawn(async move { dispatcher.run(stopped).await });
        office.until_begun("held@example.org", 1).await;
        town.pass(LEASE * 1_000);
        town.pothole_at("2", ELM).await;
        office.until_begun("ada@example.org", 1).await; // it was claimed after the leap
        office.answer();
        stop.send(true).unwrap();
        running.await.unwrap();
        assert_eq!(office.begun("held@example.org"), 1);
        assert_eq!(town.outbox().await, states([("sent", 4)]));
    }
}

story! {
    async fn what_was_sent_is_remembered_until_the_database_is_back(town: Town) {
        let office = PostOffice::open().await;
        town.neighbour("held@example.org", OAK).await;
        town.pothole_at("1", OAK).await;
        let (stop, stopped) = watch::channel(false);
        let lease = Duration::from_millis(50);
        let dispatcher = office.dispatcher(&town, lease);
        let running = tokio::spawn(async move { dispatcher.run(stopped).await });
        office.until_begun("held@example.org", 1).await;
        town.tamper("ALTER TABLE delivery RENAME TO away").await;
        office.answer();
        tokio::time::sleep(lease * 20).await; // an outage longer than a lease
        town.tamper("ALTER TABLE away RENAME TO delivery").await;
        let begun = Instant::now();
        while town.outbox().await != states([("sent", 2)]) {
            assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", town.outbox().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.send(true).unwrap();
        running.await.unwrap();
        assert_eq!(office.begun("held@example.org"), 1);
    }
}

story! {
    async fn an_outage_before_anything_was_read_costs_no_attempt(town: Town) {
        let office = PostOffice::open().await;
        town.neighbour("held@example.org", OAK).await;
        town.pothole_at("1", OAK).await;
        let dispatcher = office.dispatcher(&town, LEASE);
        // What is due can still be claimed, but not whom it goes to.
        town.tamper("ALTER TABLE contact RENAME TO away").await;
        for _ in 0..10 {
            dispatcher.drain().await.unwrap_err();
        }
        town.tamper("ALTER TABLE away RENAME TO contact").await;
        office.answer();
        dispatcher.drain().await.unwrap();
        let all = OutboxQuery { state: Some(DeliveryState::Sent), kind: None };
        let mut tx = town.engine.store().read().await.unwrap();
        let sent = tx.outbox_rows(town.city().await.id, all, 10, town.clock.now()).await.unwrap();
        assert!(!sent.is_empty() && sent.iter().all(|row| row.attempts == 1), "{sent:?}");
    }
}

story! {
    async fn a_delivery_of_what_cannot_be_read_holds_up_nobody(town: Town) {
        let office = PostOffice::open().await;
        office.answer();
        for email in ["ada@example.org", "bo@example.org"] {
            town.neighbour(email, OAK).await;
        }
        let dispatcher = office.dispatcher(&town, LEASE);
        dispatcher.drain().await.unwrap();
        town.pothole_at("1", OAK).await;
        town.pothole_at("2", OAK).await;
        // A newer program beside this one knows a kind of event that this one does not.
        town.tamper(
            "UPDATE event SET kind = 'foreseen' WHERE issue_id IN
                (SELECT issue_id FROM issue WHERE source_id = '2')",
        )
        .await;
        dispatcher.drain().await.unwrap();
        assert_eq!(town.outbox().await, states([("sent", 4), ("waiting", 2)]));
        for _ in 0..6 {
            town.pass(Duration::from_mins(10));
            dispatcher.drain().await.unwrap();
        }
        assert_eq!(town.outbox().await, states([("dead", 2), ("sent", 4)]));
        let query = OutboxQuery { state: Some(DeliveryState::Dead), kind: None };
        let mut tx = town.engine.store().read().await.unwrap();
        let dead = tx.outbox_rows(town.city().await.id, query, 10, town.clock.now()).await;
        let why = dead.unwrap()[0].outcome.clone();
        assert_eq!(why.as_deref(), Some("cannot be read: the event that it refers to"));
    }
}

story! {
    async fn a_delivery_whose_contact_is_gone_is_listed_and_then_retired(town: Town) {
        let office = PostOffice::open().await;
        office.answer();
        town.neighbour("gone@example.org", OAK).await;
        let dispatcher = office.dispatcher(&town, LEASE);
        dispatcher.drain().await.unwrap();
        town.pothole_at("1", OAK).await;
        town.tamper("DELETE FROM contact").await;
        let city = town.city().await.id;
        let listed = |state| {
            let (town, query) = (&town, OutboxQuery { state, kind: None });
            async move {
                let mut tx = town.engine.store().read().await.unwrap();
                tx.outbox_rows(city, query, 10, town.clock.now()).await.unwrap()
            }
        };
        let waiting = listed(Some(DeliveryState::Waiting)).await;
        let [one] = &waiting[..] else { panic!("{waiting:?}") };
        assert_eq!(one.address, "");
        dispatcher.drain().await.unwrap();
        let retired = listed(Some(DeliveryState::Retired)).await;
        let [one] = &retired[..] else { panic!("{retired:?}") };
        assert_eq!(one.outcome.as_deref(), Some("the contact was deleted"));
    }
}

/// An export into a pager, or down a slow line, may take its time; a writer that stands still holds
/// locks that everybody waits for.
#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_only_a_writer_that_stands_still_is_ended() {
    let Some(town) = Town::on_postgres().await else {
        return eprintln!("passed over: TEST_POSTGRES_URL is not set");
    };
    let store = town.engine.store();
    for (tx, wanted) in [(store.read().await, "0"), (store.write().await, "20s")] {
        let Ok(Tx::Postgres(mut tx, _)) = tx else { panic!("a transaction on PostgreSQL") };
        let shown = sqlx::query_as("SHOW idle_in_transaction_session_timeout");
        let (limit,): (String,) = shown.fetch_one(&mut *tx).await.unwrap();
        assert_eq!(limit, wanted);
    }
}

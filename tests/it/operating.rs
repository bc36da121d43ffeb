//! What an operator asks of a running service: what waits and why, why somebody was or was not
//! told, and a copy to restore.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;
use wardwatch::clock::Clock;
use wardwatch::delivery::{DeliveryId, Lane, Verdict};
use wardwatch::engine::EngineSettings;
use wardwatch::store::{Claimed, DeliveryState, OutboxQuery, StoreSettings};
use wardwatch::watch::{Filter, Rhythm};
use wardwatch::watcher::ContactKind;

use crate::program::Program;
use crate::town::{LINE, MORNING, Town, at, block, engine, fresh_postgres, place, story, ward};

const HOME: f64 = LINE - 0.02;

impl Town {
    /// Takes mails told at once in hand, as a dispatcher would.
    async fn claim_mails(&self, lease: Uuid) -> Vec<Claimed> {
        let mut tx = self.engine.store().write().await.unwrap();
        let now = self.clock.now();
        let claimed =
            tx.claim(ContactKind::Mail, Lane::AtOnce, 100, lease, 60_000, now).await.unwrap();
        tx.commit().await.unwrap();
        claimed
    }

    async fn retry(&self, ids: &[DeliveryId]) -> u64 {
        let city = self.city().await;
        let mut tx = self.engine.store().write().await.unwrap();
        let done = tx.retry_deliveries(city.id, ids, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        done
    }

    async fn discard(&self, ids: &[DeliveryId]) -> u64 {
        let city = self.city().await;
        let mut tx = self.engine.store().write().await.unwrap();
        let now = self.clock.now();
        let done = tx.discard_deliveries(city.id, ids, "a test", now).await.unwrap();
        tx.commit().await.unwrap();
        done
    }

    /// Ada and Bo watch a block at once, and a pothole opens there; both are about to be told.
    async fn two_neighbours_and_a_pothole(&self) {
        self.found_wards().await;
        for email in ["ada@example.org", "bo@example.org"] {
            self.watch(email, block(place(HOME, 41.85), 300.0), Rhythm::AtOnce).await;
        }
        self.report("1", place(HOME, 41.85)).await;
        self.engine.match_pending().await.unwrap();
    }
}

story! {
    async fn what_is_in_hand_is_left_to_whoever_holds_it(town: Town) {
        town.two_neighbours_and_a_pothole().await;
        let lease = Uuid::from_u128(1);
        let held = town.claim_mails(lease).await;
        let ids: Vec<DeliveryId> = held.iter().map(|one| one.id).collect();
        assert_eq!((town.retry(&ids).await, town.discard(&ids).await), (0, 0));
        let sent = || Verdict::Sent { reply: "250 taken".into() };
        assert_eq!(town.settle(&held[0], sent()).await, 1);
        // The other's holder dies; when the lease has run out the operator may end it, and a
        // holder that comes back from the dead settles nothing.
        town.pass(Duration::from_hours(1));
        assert_eq!((town.discard(&ids).await, town.settle(&held[1], sent()).await), (1, 0));
        let city = town.city().await;
        let mut tx = town.engine.store().read().await.unwrap();
        let query = OutboxQuery { state: Some(DeliveryState::Retired), kind: None };
        let ended = tx.outbox_rows(city.id, query, 10, town.clock.now()).await.unwrap();
        assert_eq!(ended.iter().map(|row| row.id).collect::<Vec<_>>(), [held[1].id]);
        assert_eq!(ended[0].outcome.as_deref(), Some("a test"));
    }
}

story! {
    async fn what_is_dead_begins_anew_and_is_told_once(town: Town) {
        town.two_neighbours_and_a_pothole().await;
        let lease = Uuid::from_u128(1);
        let refused = || Verdict::Dead { reason: "554 no".into() };
        for one in town.claim_mails(lease).await {
            town.settle(&one, refused()).await;
        }
        let city = town.city().await;
        let dead = town.engine.store().read().await.unwrap().dead_deliveries(city.id).await.unwrap();
        let mut tx = town.engine.store().read().await.unwrap();
        let piles = tx.outbox_piles(city.id, OutboxQuery::default()).await.unwrap();
        assert_eq!((piles.len(), piles[0].count), (1, 2));
        assert_eq!(piles[0].outcome.as_deref(), Some("554 no"));
        let rows = tx.outbox_rows(city.id, OutboxQuery::default(), 10, town.clock.now()).await;
        let told: BTreeSet<_> = rows.unwrap().into_iter().map(|row| row.address).collect();
        assert_eq!(told, BTreeSet::from(["ada@example.org".into(), "bo@example.org".into()]));
        drop(tx);
        assert_eq!((town.retry(&dead).await, dead.len()), (2, 2));
        let again = town.claim_mails(lease).await;
        assert!(again.iter().all(|one| one.attempt == 1), "its attempts are counted anew");
        for one in &again {
            town.settle(one, Verdict::Sent { reply: "250".into() }).await;
        }
        assert_eq!(town.retry(&dead).await, 0, "what was sent is not sent again");
        assert!(town.claim_mails(lease).await.is_empty());
    }
}

/// Programs that serve nobody yet, on both databases.
async fn on_both() -> Vec<Program> {
    let postgres = fresh_postgres().await.map(|url| Program::new(Some(url), 9, 9));
    [Some(Program::new(None, 9, 9)), postgres].into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_reads_what_waits_without_reading_addresses() {
    for town in on_both().await {
        let circle = json!({"type": "FeatureCollection", "features": [{"type": "Feature",
            "properties": {"radius_m": 300.0, "email": "ada@example.org"},
            "geometry": {"type": "Point", "coordinates": [10.5, 0.5]}}]});
        let file = town.dir().join("people.json");
        std::fs::write(&file, circle.to_string()).unwrap();
        assert_eq!(town.end(&["outbox", "list"]).code, 1, "there is no city yet");
        town.run(&["watches", "import", file.to_str().unwrap()]);
        let listed = town.run(&["outbox", "list", "--json"]);
        assert!(!listed.contains("ada"), "{listed}");
        let row: Value = serde_json::from_str(&listed).unwrap();
        assert_eq!((&row["to"], &row["state"]), (&json!("a***@example.org"), &json!("waiting")));
        assert_eq!((&row["lane"], &row["attempts"]), (&json!("confirmation"), &json!(0)));
        assert!(town.run(&["outbox", "list", "--show-addresses"]).contains("ada@example.org"));
        assert_eq!(town.run(&["outbox", "list", "--kind", "push"]), "");
        let id = row["id"].as_str().unwrap();
        assert_eq!(town.end(&["outbox", "retry"]).code, 2, "say which");
        assert_eq!(town.end(&["outbox", "retry", id, "--all-dead"]).code, 2, "one or the other");
        let ended = town.end(&["outbox", "discard", id, "--reason", "mistyped"]);
        assert!(ended.said.contains("discarded: 1 delivery;"), "{}", ended.said);
        let kept = town.run(&["outbox", "list", "--state", "retired"]);
        assert!(kept.contains("discarded by the operator: mistyped"), "{kept}");
        assert_eq!(town.end(&["outbox", "retry", id]).code, 1, "it has ended");
    }
}

/// The town of a program, at the time of the stories.
async fn beside(url: Option<String>, dir: &Path) -> Town {
    let file = || StoreSettings::file(&dir.join("wardwatch.db")).url;
    let settings = StoreSettings { url: url.unwrap_or_else(file), readers: 2 };
    let clock = Clock::manual(at(MORNING));
    let engine = engine(&settings, &clock, EngineSettings::default()).await;
    Town::of(engine, clock, settings, tempfile::tempdir().unwrap())
}

/// What `explain` says of one event to one watch, or of the first message.
fn explained(town: &Program, who: &str, issue: &str) -> Value {
    serde_json::from_str(&town.run(&["explain", who, issue, "--json"])).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_be_told_why_they_were_or_were_not_told() {
    for program in on_both().await {
        program.found();
        let url = program.settings().desk.database_url;
        let town = beside(url, program.dir()).await;
        town.found_wards().await;
        let home = || block(place(HOME, 41.85), 300.0);
        let far = block(place(HOME, 41.86), 300.0);
        town.watch("told@example.org", home(), Rhythm::AtOnce).await;
        town.watch("far@example.org", far, Rhythm::AtOnce).await;
        town.watch("daily@example.org", home(), Rhythm::Daily).await;
        town.watch("office@example.org", ward("2"), Rhythm::AtOnce).await;
        let graffiti = Filter { categories: vec!["Graffiti".into()], ..Filter::for_places() };
        town.watch_only("art@example.org", home(), Rhythm::AtOnce, graffiti).await;
        town.ask_to_watch("new@example.org", home(), Rhythm::AtOnce, Filter::for_places()).await;
        town.take_deliveries().await;
        town.report("1", place(HOME, 41.85)).await;
        assert_eq!(town.take_deliveries().await.len(), 1);
        town.pass(Duration::from_mins(1));
        town.watch("late@example.org", home(), Rhythm::AtOnce).await;
        let number = "26-000001";
        let told = explained(&program, "told@example.org", number);
        let event = &told["events"][0];
        assert_eq!(event["told"][0]["watches"], json!(["Home"]), "{told}");
        assert_eq!(event["told"][0]["outcome"]["fate"], "sent");
        assert_eq!((&event["not"], &event["nobody"]), (&json!([]), &Value::Null));
        for (who, reason) in [
            ("far", "outside"),
            ("daily", "digest_due"),
            ("office", "other_ward"),
            ("art", "category_not_wanted"),
            ("new", "watch_unconfirmed"),
            ("late", "watch_too_late"),
        ] {
            let told = explained(&program, &format!("{who}@example.org"), number);
            let event = &told["events"][0];
            assert_eq!(event["not"][0]["why"]["reason"], reason, "{told}");
            assert_eq!(event["told"], json!([]), "{told}");
        }
        let said = |who: &str| program.run(&["explain", &format!("{who}@example.org"), number]);
        let pages = ["told", "far", "daily", "office", "art", "new", "late"].map(said).join("\n");
        insta::assert_snapshot!("explained", pages);
        let stranger = program.end(&["explain", "eve@example.org", number]);
        assert!(
            stranger.code == 1 && stranger.said.contains("nobody has ever"),
            "{}",
            stranger.said
        );
        let unknown = program.end(&["explain", "told@example.org", "26-999999"]);
        assert!(unknown.code == 1 && unknown.said.contains("26-001234"), "{}", unknown.said);
    }
}

/// A watch of a block by mail, at once.
fn by_mail(email: &str) -> Value {
    json!({"type": "Feature", "properties": {"radius_m": 900.0, "email": email,
        "frequency": "at_once", "via": {"mail": true, "push": false}},
        "geometry": {"type": "Point", "coordinates": [10.5, 0.5]}})
}

/// The names of the mails in a folder: one a delivery.
fn mails(dir: &Path) -> BTreeSet<String> {
    let Ok(files) = std::fs::read_dir(dir) else { return BTreeSet::new() };
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(".eml").map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_under_a_stream_of_events_is_restored_and_tells_nothing_twice() {
    let town = Program::new(None, 9, 9);
    let people = json!({"type": "FeatureCollection",
        "features": [by_mail("ada@example.org"), by_mail("bo@example.org")]});
    let file = town.dir().join("people.json");
    std::fs::write(&file, people.to_string()).unwrap();
    town.run(&["watches", "import", file.to_str().unwrap(), "--confirmed"]);
    let key = town.run(&["keys", "api", "--role", "source", "--name", "city"]);
    let road = format!("file:{}", town.dir().join("mail").display());
    // What the copy finds in hand comes back after this.
    let settings = [("WARDWATCH_SMTP_URL", road.as_str()), ("WARDWATCH_LEASE_S", "3")];
    let serving = town.serve(&settings).await;
    let (said, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let stream = async {
        while !over.load(Ordering::SeqCst) {
            let id = said.load(Ordering::SeqCst);
            // Not on one point, which would be held.
            let lon = 10.5 + id as f64 * 1e-5;
            let at = Clock::System.now();
            let event = json!({"source_id": id.to_string(), "category": "Pothole", "lon": lon,
                "lat": 0.5, "at": at});
            town.bring(key.trim(), &event).await;
            said.store(id + 1, Ordering::SeqCst);
        }
    };
    let copy = town.dir().join("copy.db");
    let taking = async {
        wait_for(&said, 40).await;
        let before = said.load(Ordering::SeqCst);
        let ended = tokio::task::block_in_place(|| town.end(&["backup", copy.to_str().unwrap()]));
        wait_for(&said, before + 20).await;
        over.store(true, Ordering::SeqCst);
        (before, ended)
    };
    let ((), (before, ended)) = tokio::join!(stream, taking);
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(ended.said.contains("checked, and whole"), "{}", ended.said);
    let again = town.end(&["backup", copy.to_str().unwrap()]);
    assert!(again.code == 1 && again.said.contains("not overwritten"), "{}", again.said);
    serving.kill();
    restored(&town, &copy, before).await;
}

async fn wait_for(said: &AtomicUsize, count: usize) {
    while said.load(Ordering::SeqCst) < count {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A copy serves on another machine: what was answered for before it is there, what was settled
/// stays settled, and the rest is told once.
async fn restored(town: &Program, copy: &Path, before: usize) {
    let other = Program::new(None, 9, 9);
    std::fs::copy(copy, other.dir().join("wardwatch.db")).unwrap();
    std::fs::copy(town.dir().join("secret"), other.dir().join("secret")).unwrap();
    let store = other.store().await;
    let mut tx = store.read().await.unwrap();
    let city = tx.cities().await.unwrap().remove(0);
    let keys: Vec<_> = (0..before).map(|id| ("city".to_owned(), id.to_string())).collect();
    let kept = tx.issues_of_sources(city.id, &keys).await.unwrap();
    assert_eq!(kept.len(), before, "all that was answered for is there");
    let query = OutboxQuery { state: Some(DeliveryState::Sent), kind: None };
    let rows = tx.outbox_rows(city.id, query, 100_000, Clock::System.now()).await.unwrap();
    let settled: BTreeSet<String> = rows.iter().map(|row| row.id.0.to_string()).collect();
    assert!(!settled.is_empty(), "some were told before the copy");
    drop(tx);
    let road = format!("file:{}", other.dir().join("mail").display());
    let serving = other.serve(&[("WARDWATCH_SMTP_URL", &road)]).await;
    let begun = Instant::now();
    loop {
        let mut tx = store.read().await.unwrap();
        let is_matched = tx.unmatched(city.id, 0, 1).await.unwrap().is_empty();
        let tally = tx.delivery_tally().await.unwrap();
        if is_matched && tally.iter().all(|row| row.state == "sent") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{tally:?}");
        drop(tx);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    serving.kill();
    let told = mails(&other.dir().join("mail"));
    assert_eq!(told.intersection(&settled).count(), 0, "nothing that was settled is sent again");
    let all: BTreeSet<String> = told.union(&settled).cloned().collect();
    let mut tx = store.read().await.unwrap();
    let rows = tx.outbox_rows(city.id, query, 100_000, Clock::System.now()).await.unwrap();
    assert_eq!(all.len(), rows.len(), "every delivery was sent here or before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_made_of_what_there_is_and_postgres_has_its_own_tool() {
    let town = Program::new(None, 9, 9);
    let copy = town.dir().join("copy.db");
    let copy = copy.to_str().unwrap();
    assert_eq!(town.end(&["backup", copy]).code, 1, "there is nothing yet");
    assert_eq!(std::fs::read_dir(town.dir()).unwrap().count(), 0, "and nothing is made");
    let url = "postgres://ada:hush@db.example.org/city";
    let told = town.end(&["backup", copy, "--database-url", url]);
    assert_eq!(told.code, 2);
    assert!(told.said.contains("pg_dump --format=custom") && !told.said.contains("hush"));
    town.found();
    std::fs::write(format!("{copy}.part"), "").unwrap();
    let told = town.end(&["backup", copy]);
    assert!(told.code == 1 && told.said.contains("broken off"), "{}", told.said);
    std::fs::remove_file(format!("{copy}.part")).unwrap();
    assert_eq!(town.end(&["backup", copy]).code, 0);
    assert!(!Path::new(&format!("{copy}.part")).exists());
}

#[test]
fn an_ingest_that_is_stopped_says_how_far_it_came_and_is_gone_on_with() {
    let (town, data) = (Program::new(None, 9, 9), tempfile::tempdir().unwrap());
    let row = |k: usize| {
        let lon = -87.9 + 0.0001 * k as f64;
        let event = json!({"source_id": k.to_string(), "category": "Pothole", "lon": lon,
            "lat": 41.8, "at": "2026-05-04T14:00:00Z"});
        format!("{event}\n")
    };
    let rows: String = (0..3_000).map(row).collect();
    let [pipe, file] = ["pipe", "rows.ndjson"].map(|name| data.path().join(name));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());

    let mut ingest = town.begin(&["ingest", pipe.to_str().unwrap()]);
    let mut sender = std::fs::File::options().write(true).open(&pipe).unwrap();
    // More than a pipe holds: some of it has been read. And more may come.
    sender.write_all(&rows.as_bytes()[..rows.len() / 2]).unwrap();
    ingest.signal("INT");
    let begun = Instant::now();
    while !ingest.has_ended() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", ingest.said());
        std::thread::sleep(Duration::from_millis(10));
    }
    let stopped = || ingest.said().split_once("stopped after ").map(|(_, rest)| rest.to_owned());
    let begun = Instant::now();
    while stopped().is_none() && begun.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let stored: u64 = stopped().unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(stored > 0);

    std::fs::write(&file, rows).unwrap();
    let count = town.run(&["ingest", file.to_str().unwrap(), "--json"]);
    let count: Value = serde_json::from_str(&count).unwrap();
    assert_eq!((&count["repeated"], &count["accepted"]), (&json!(stored), &json!(3_000 - stored)));
}

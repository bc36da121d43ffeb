//! `bench city`: a seeded city's events from the door to people's mailboxes and browsers.
//!
//! 1. draw the city, and work out who has to be told of what; 2. move everybody in; 3. accept all
//!    events; 4. match them; 5. put the same rows into a bare table; 6. send what waits; 7. plan
//!    and send the digests, eight days later; 8. with the whole program running, at a rate that it
//!    can sustain, see how long an event takes to reach a push service and a mail server.
//!
//! The one rule: what has to arrive is worked out without the product, and every message that
//! arrives is held against it.

mod bare;
mod expected;
mod live;
mod stages;
mod town;

use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;

pub use self::bare::Ground;
use self::expected::{Balance, Expected};
use self::stages::Running;
pub use self::stages::per_second;
use self::town::Town;
pub use self::town::TownError;
use super::baseline::Baseline;
use super::matching::Stage;
use super::stopwatch::{Processors, resident_bytes};
use crate::app::{AppError, told_to_stop};
use crate::channel::push::PushError;
use crate::config::ConfigError;
use crate::engine::{EngineError, MATCHED_TOGETHER};
use crate::store::StoreError;

/// What to measure.
#[derive(Clone, Debug)]
pub struct CityPlan {
    /// How many watches; their people follow from the seed.
    pub areas: usize,
    /// How many events wait when matching begins.
    pub events: usize,
    pub seed: u64,
    /// How long events come while the whole program runs, in seconds.
    pub live_s: f64,
    /// A `PostgreSQL` server where databases may be made; a fresh `SQLite` file without.
    pub server: Option<String>,
    /// The folder in which that file is made and removed. It has to be on a real disk: where
    /// syncing costs nothing the figures say nothing.
    pub dir: PathBuf,
}

/// What was measured. Keys end in their unit; rates are per second by the clock on the wall, with
/// the mail server and the push service on the same processors.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CityReport {
    /// `sqlite` or `postgres`.
    pub database: String,
    pub areas: usize,
    pub people: usize,
    pub events: usize,
    pub seed: u64,
    pub settled_watches_per_s: f64,
    /// Reading every watch and ward into the index at the start.
    pub index_load_s: f64,
    /// Stored durably, by eight callers of a hundred notices each.
    pub accepted_events_per_s: f64,
    pub matched_events_per_s: f64,
    /// Watches that an event matches, on average, by the plain way.
    pub matches_per_event: f64,
    /// Deliveries that matching wrote.
    pub outbox_rows: usize,
    /// These over the time of matching, which also reads the events, finds who watches and keeps
    /// what digests will read.
    pub outbox_rows_per_s: f64,
    /// The same rows put into an empty table with the same keys, 500 a statement, 15,000 a
    /// transaction.
    pub bare_insert_rows_per_s: f64,
    /// Pairs of a person and an event told at once, over accepting, matching and sending together.
    pub notified_people_per_s: f64,
    pub mails: usize,
    /// From the start of sending to the last mail; mails and pushes go at the same time.
    pub mails_per_s: f64,
    pub pushes: usize,
    pub pushes_per_s: f64,
    pub mail_bytes: f64,
    /// Both, to the moment when every outcome is stored.
    pub deliveries_per_s: f64,
    /// The same by processor time, the receivers' included: what other programs do at the same
    /// time changes it little.
    pub deliveries_per_cpu_s: Option<f64>,
    pub digest_people: usize,
    pub digests_planned_people_per_s: f64,
    pub digest_mails_per_s: f64,
    pub digest_pushes_per_s: f64,
    pub live_events: usize,
    pub live_events_per_s: f64,
    pub live_deliveries_per_s: f64,
    /// From handing an event in to the answer that it is stored.
    pub accept_p50_ms: f64,
    pub accept_p99_ms: f64,
    /// From handing an event in to each of its messages at the push service.
    pub accept_to_push_p50_ms: f64,
    pub accept_to_push_p99_ms: f64,
    /// And at the mail server, with its last line.
    pub accept_to_mail_p50_ms: f64,
    pub accept_to_mail_p99_ms: f64,
    /// Messages of all stages that had to arrive and did not, arrived again, or were not asked for.
    pub lost: usize,
    pub repeated: usize,
    pub unasked: usize,
    pub resident_mb: Option<f64>,
    /// Processor time of this program, receivers included, and of everything else on the machine,
    /// its database server included. When the second is large the rates say little.
    pub own_cpu_s: Option<f64>,
    pub other_cpu_s: Option<f64>,
    pub took_s: f64,
}

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    #[error("there is nothing to tell: give at least one area and one event")]
    Nothing,
    #[error(transparent)]
    Town(#[from] TownError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("a database for the benchmark cannot be used: {0}")]
    Ground(#[from] sqlx::Error),
    #[error("a receiver on this machine cannot listen: {0}")]
    Sink(#[from] std::io::Error),
    #[error("a push message that arrived cannot be opened: {0}")]
    Unopened(#[from] PushError),
    #[error("{refused} of {all} events were refused; this should not happen, please report it")]
    Refused { refused: usize, all: usize },
    #[error("stopped; nothing was measured")]
    Stopped,
}

/// Who hears how far it is.
pub type Progress<'a> = &'a mut (dyn FnMut(Stage) + 'a);

/// Measures, and removes what it made. `progress` hears of every stage.
///
/// # Errors
/// When the database or a receiver cannot be used, or the seed draws a shape that crosses itself.
pub async fn run_city(plan: &CityPlan, progress: Progress<'_>) -> Result<CityReport, CityError> {
    if plan.areas == 0 || plan.events == 0 {
        return Err(CityError::Nothing);
    }
    let name = format!("wardwatch_bench_{:016x}", crate::random::Random::System.bits());
    let ground = Ground::make(&plan.dir, plan.server.as_deref(), &name).await?;
    let measured = tokio::select! {
        measured = measure(plan, &ground, progress) => measured,
        () = told_to_stop() => Err(CityError::Stopped),
    };
    ground.clear().await?;
    measured
}

async fn measure(
    plan: &CityPlan,
    ground: &Ground,
    progress: Progress<'_>,
) -> Result<CityReport, CityError> {
    let (began, processors) = (Instant::now(), Processors::now());
    progress(Stage { doing: "drawing the city", done: 0.0 });
    let spare = live::most_events(plan.live_s);
    let town = Town::draw(plan.areas, plan.events + spare, plan.seed)?;
    let baseline = Baseline::build(&town.ground);
    let expected = Expected::of(&town, 0..plan.events, &baseline, |done| {
        if done.is_multiple_of(256) {
            let done = done as f64 / plan.events as f64;
            progress(Stage { doing: "working out who has to be told", done });
        }
    });
    let mut report = CityReport {
        areas: plan.areas,
        people: town.people.len(),
        events: plan.events,
        seed: plan.seed,
        matches_per_event: expected.matches as f64 / plan.events as f64,
        ..CityReport::default()
    };
    let mut running = Running::open(&town, ground).await?;
    report.database = running.engine.store().engine().to_owned();
    running.move_in(&mut report, progress).await?;
    let balance = in_stages(plan, ground, &mut running, &expected, &mut report, progress).await?;
    let balance = balance + live::run(plan, running, &baseline, &mut report, progress).await?;
    Balance { lost: report.lost, repeated: report.repeated, unasked: report.unasked } = balance;
    report.resident_mb = resident_bytes().map(|bytes| bytes as f64 / 1e6);
    (report.own_cpu_s, report.other_cpu_s) = Processors::since(processors).unzip();
    report.took_s = began.elapsed().as_secs_f64();
    Ok(report)
}

/// One stage after the other: nothing else runs beside what is measured.
async fn in_stages(
    plan: &CityPlan,
    ground: &Ground,
    running: &mut Running<'_>,
    expected: &Expected,
    report: &mut CityReport,
    progress: Progress<'_>,
) -> Result<Balance, CityError> {
    let accepting = running.accept(plan.events, progress).await?;
    report.accepted_events_per_s = per_second(plan.events, accepting);
    progress(Stage { doing: "matching", done: 0.0 });
    let started = Instant::now();
    let matched = running.engine.match_pending().await?;
    let matching = started.elapsed();
    report.matched_events_per_s = per_second(matched, matching);
    progress(Stage { doing: "inserting the same rows plainly", done: 0.0 });
    report.outbox_rows = running.waiting().await?;
    report.outbox_rows_per_s = per_second(report.outbox_rows, matching);
    let (rows, took) = ground.insert_bare(plan.events.div_ceil(MATCHED_TOGETHER)).await?;
    report.bare_insert_rows_per_s = per_second(rows, took);
    let processors = Processors::now();
    let sent =
        running.send_all(report.outbox_rows, "sending what is told at once", progress).await?;
    let own_s = Processors::since(processors).map(|(own_s, _)| own_s.max(0.01));
    report.deliveries_per_cpu_s = own_s.map(|own_s| report.outbox_rows as f64 / own_s);
    (report.mails, report.pushes) = (sent.mails.len(), sent.pushes.len());
    report.mails_per_s = sent.mails_per_s();
    report.pushes_per_s = sent.pushes_per_s();
    report.deliveries_per_s = per_second(report.outbox_rows, sent.took);
    report.mail_bytes = sent.mean_mail_bytes();
    let whole = accepting + matching + sent.took;
    report.notified_people_per_s = per_second(expected.people_told(), whole);
    let mut balance = running.told(&sent)?.balance(expected);
    balance += running.digests(expected, report, progress).await?;
    Ok(balance)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn smoke(server: Option<String>) {
        let dir = tempfile::tempdir().unwrap();
        let plan = CityPlan {
            areas: 3_000,
            events: 120,
            seed: 4,
            live_s: 0.5,
            server,
            dir: dir.path().to_owned(),
        };
        let mut stages = vec![];
        let report = run_city(&plan, &mut |stage| stages.push(stage.doing)).await.unwrap();
        assert_eq!((report.lost, report.repeated, report.unasked), (0, 0, 0));
        assert!(report.mails > 15 && report.pushes > 10, "{report:?}");
        assert_eq!(report.outbox_rows, report.mails + report.pushes);
        assert!(report.digest_people > 50 && report.live_events > 0, "{report:?}");
        assert!(report.accept_to_push_p50_ms > 0.0 && report.accept_to_mail_p99_ms > 0.0);
        assert!(report.accept_to_push_p50_ms <= report.accept_to_push_p99_ms);
        assert!(report.bare_insert_rows_per_s > 0.0 && report.notified_people_per_s > 0.0);
        assert!(stages.contains(&"matching"));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "it clears up");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn everybody_in_a_small_city_is_told_once_on_sqlite() {
        smoke(None).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn everybody_in_a_small_city_is_told_once_on_postgres() {
        match std::env::var("TEST_POSTGRES_URL") {
            Ok(server) => smoke(Some(server)).await,
            Err(_) => eprintln!("passed over: TEST_POSTGRES_URL is not set"),
        }
    }

    #[tokio::test]
    async fn without_events_there_is_nothing_to_tell() {
        let plan = CityPlan {
            areas: 1,
            events: 0,
            seed: 1,
            live_s: 0.0,
            server: None,
            dir: "nowhere".into(),
        };
        assert!(matches!(run_city(&plan, &mut |_| ()).await, Err(CityError::Nothing)));
    }
}

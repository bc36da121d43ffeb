//! The digests of a day: what happened in a city, for everybody who reads it in the morning.
//!
//! The one rule: who has to hear of how much is worked out without the product, and what was planned for
//! each is held against it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Stage;
use super::baseline::Baseline;
use super::city::{CityError, Ground, Progress, TownError};
use super::stopwatch::resident_bytes;
use super::workload::Workload;
use crate::clock::{Clock, Timestamp};
use crate::delivery::Lane;
use crate::engine::{Arrival, Engine, EngineSettings, NewWatch, Newcomer};
use crate::geometry::Shape;
use crate::issue::{Actor, Facts, Kind, Notice, Said};
use crate::random::Random;
use crate::store::{City, Store, StoreSettings};
use crate::token::Secrets;
use crate::watch::{Filter, Rhythm, Target, Via, WatchId};
use crate::watcher::{Address, ContactKind, EmailAddress};

/// How large a day.
#[derive(Clone, Debug)]
pub struct DigestsPlan {
    /// Each with one area, read daily and by mail.
    pub people: usize,
    pub events: usize,
    pub seed: u64,
    /// `postgres://…`; without it an `SQLite` file.
    pub database_url: Option<String>,
    pub dir: std::path::PathBuf,
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DigestsReport {
    pub people: usize,
    pub events: usize,
    pub seed: u64,
    /// Of people and events, those that concern each other.
    pub matches: usize,
    /// Everybody's digest, from when it was due until all were in the outbox.
    pub planned_s: f64,
    pub digests: usize,
    pub planned_people_per_s: f64,
    /// The most memory of this process while they were planned, and what it had before, with its index.
    pub memory_mib: u64,
    pub memory_before_mib: u64,
    /// Issues that somebody should have been told of and was not, or that they were told of too often.
    pub lost: usize,
    pub repeated: usize,
}

/// Eight o'clock in Chicago on a Monday, when the digests of that day have gone out, and seven on the next.
const MORNING: Timestamp = Timestamp::from_millis(1_777_899_600_000);
const UNTIL_SEVEN: Duration = Duration::from_hours(23);
/// How many people move in together, how many reports come together, and how many digests are read.
const PEOPLE: usize = 2_000;
const REPORTS: usize = 500;
const A_READ: i64 = 5_000;

fn address(nth: usize) -> EmailAddress {
    format!("day{nth}@example.org").parse().expect("letters and digits make an address")
}

/// Runs a day over a fresh database, which is removed afterwards.
///
/// # Errors
/// When the program under test cannot run.
pub async fn run_digests(
    plan: &DigestsPlan,
    progress: Progress<'_>,
) -> Result<DigestsReport, CityError> {
    if plan.people == 0 || plan.events == 0 {
        return Err(CityError::Nothing);
    }
    let name = format!("wardwatch_digests_{:016x}", Random::System.bits());
    let ground = Ground::make(&plan.dir, plan.database_url.as_deref(), &name).await?;
    let report = day(plan, &ground, progress).await;
    ground.clear().await?;
    report
}

async fn day(
    plan: &DigestsPlan,
    ground: &Ground,
    progress: Progress<'_>,
) -> Result<DigestsReport, CityError> {
    let (people, events, seed) = (plan.people, plan.events, plan.seed);
    let drawn = Workload::draw(people, events, seed);
    let clock = Clock::manual(MORNING);
    let store = Store::open(&StoreSettings { url: ground.url(), readers: 2 }).await?;
    let mut tx = store.write().await?;
    let zone = "America/Chicago".parse().expect("a zone of the database");
    tx.add_city("bench", "Benchville", &zone, MORNING).await?;
    tx.commit().await?;
    let (secrets, rules) = (Secrets::generate(), EngineSettings::default());
    let engine = Engine::new(store, clock.clone(), Random::System, secrets, rules);
    let city = engine.cities().await?.remove(0);
    let day = Day { engine, city, drawn };
    day.move_in(people, progress).await?;
    day.pass(events, progress).await?;
    let mut report = DigestsReport { people, events, seed, ..DigestsReport::default() };
    clock.set(MORNING.plus(UNTIL_SEVEN));
    progress(Stage { doing: "planning", done: 0.0 });
    day.plan(&mut report).await?;
    day.take_stock(&mut report, progress).await?;
    day.engine.store().close().await;
    Ok(report)
}

struct Day {
    engine: Engine,
    city: City,
    drawn: Workload,
}

impl Day {
    async fn move_in(&self, people: usize, progress: Progress<'_>) -> Result<(), CityError> {
        let newcomer = |nth: usize| {
            let area = self.drawn.geojson(self.drawn.wards + nth);
            let area = Shape::from_geojson(&area).map_err(TownError::from)?;
            Ok::<_, CityError>(Newcomer {
                language: self.city.language.clone(),
                addresses: vec![Address::Mail(address(nth))],
                watches: vec![NewWatch {
                    id: WatchId(self.engine.random().uuid(MORNING)),
                    name: "Home".to_owned(),
                    target: Target::Area(area.into()),
                    filter: Filter::for_places(),
                    rhythm: Rhythm::Daily,
                    via: Via::MAIL,
                }],
            })
        };
        for first in (0..people).step_by(PEOPLE) {
            progress(Stage { doing: "moving people in", done: first as f64 / people as f64 });
            let newcomers = (first..people.min(first + PEOPLE)).map(newcomer);
            let newcomers = newcomers.collect::<Result<_, _>>()?;
            self.engine.settle_in(&self.city, newcomers).await?;
        }
        Ok(())
    }

    async fn pass(&self, events: usize, progress: Progress<'_>) -> Result<(), CityError> {
        let notice = |nth: usize| Notice {
            source: "bench".into(),
            source_id: nth.to_string(),
            version: Some("1".into()),
            said: Said::Event { kind: Kind::Opened, text: None },
            at: MORNING,
            actor: Actor::Resident,
            lets: None,
            desk: None,
            facts: Facts {
                category: Some("Pothole".into()),
                address: Some(format!("{nth} W Alder St")),
                position: Some(self.drawn.points[nth]),
                ..Facts::default()
            },
        };
        for first in (0..events).step_by(REPORTS) {
            progress(Stage { doing: "a day", done: first as f64 / events as f64 });
            let notices = (first..events.min(first + REPORTS)).map(notice).collect();
            self.engine.accept(&self.city, notices, Arrival::default()).await?;
            while self.engine.match_pending().await? > 0 {}
        }
        Ok(())
    }

    async fn plan(&self, report: &mut DigestsReport) -> Result<(), CityError> {
        report.memory_before_mib = resident_bytes().unwrap_or(0) >> 20;
        let most = Arc::new(AtomicU64::new(0));
        let watching = tokio::spawn({
            let most = Arc::clone(&most);
            async move {
                loop {
                    most.fetch_max(resident_bytes().unwrap_or(0), Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        });
        let began = Instant::now();
        let planned = self.engine.plan_digests().await;
        report.planned_s = began.elapsed().as_secs_f64();
        watching.abort();
        report.memory_mib = most.load(Ordering::Relaxed) >> 20;
        report.planned_people_per_s = planned? as f64 / report.planned_s;
        Ok(())
    }

    /// Takes the digests out of the outbox as a dispatcher would, and holds the number of issues of which
    /// each tells against that of the plain way.
    async fn take_stock(
        &self,
        report: &mut DigestsReport,
        progress: Progress<'_>,
    ) -> Result<(), CityError> {
        let mut wanted: HashMap<EmailAddress, usize> = HashMap::new();
        let baseline = Baseline::build(&self.drawn);
        let mut here = vec![];
        for at in &self.drawn.points {
            here.clear();
            baseline.areas_at(*at, &mut here);
            for area in here.iter().filter_map(|a| (*a as usize).checked_sub(self.drawn.wards)) {
                *wanted.entry(address(area)).or_default() += 1;
            }
        }
        report.matches = wanted.values().sum();
        let now = self.engine.clock().now();
        loop {
            let lease = self.engine.random().uuid(now);
            let mut tx = self.engine.store().write().await?;
            let claimed =
                tx.claim(ContactKind::Mail, Lane::Digest, A_READ, lease, 3_600_000, now).await?;
            let ids: Vec<_> = claimed.iter().map(|one| one.contact).collect();
            let rows = tx.contacts(self.city.id, &ids).await?;
            tx.commit().await?;
            if claimed.is_empty() {
                break;
            }
            let of: HashMap<_, _> =
                rows.into_iter().map(|row| (row.contact.id, row.contact.address)).collect();
            for one in claimed {
                report.digests += 1;
                let told = one.contents.items.len() + one.contents.more;
                let due = match of.get(&one.contact) {
                    Some(Address::Mail(address)) => wanted.remove(address).unwrap_or(0),
                    _ => 0,
                };
                report.lost += due.saturating_sub(told);
                report.repeated += told.saturating_sub(due);
            }
            progress(Stage { doing: "taking stock", done: 1.0 });
        }
        report.lost += wanted.values().sum::<usize>();
        Ok(())
    }
}

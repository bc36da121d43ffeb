//! A storm: thousands of reports within a minute from one place that thousands of people watch, while
//! others sign up and live elsewhere.
//!
//! The one rule: it is the whole program behind its door that runs, and sends over real sockets, at the
//! clock's own pace; reports and sign-ups are handed to the engine, and only the hour until the digests is
//! passed over. What each person got is read from the store at the end: only what was sent counts.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::oneshot;

use super::Stage;
use super::city::{CityError, Ground, Progress, TownError};
use super::running_clock::RunningClock;
use super::sinks::{MailArrival, MailSink};
use super::stopwatch::{nearest_rank, resident_bytes};
use crate::app::{App, listen};
use crate::clock::Timestamp;
use crate::config::{DeskSettings, PlaceRule, Settings};
use crate::delivery::{About, Fate, LISTED, Trip};
use crate::engine::{Arrival, Engine, NewWatch, Newcomer, Who};
use crate::geometry::{Position, Shape};
use crate::issue::{Actor, Facts, Kind, Notice, Said};
use crate::random::Random;
use crate::store::City;
use crate::watch::{Filter, Rhythm, Target, Via, WatchId};
use crate::watcher::{Address, EmailAddress};

/// How large a storm.
#[derive(Clone, Debug)]
pub struct FloodPlan {
    /// Who watch the place, all of them at once and by mail.
    pub people: usize,
    pub events: usize,
    /// Within so many seconds.
    pub lasting_s: f64,
    /// `postgres://…`; without it an `SQLite` file.
    pub database_url: Option<String>,
    pub dir: std::path::PathBuf,
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FloodReport {
    pub people: usize,
    pub events: usize,
    /// Until the last report was answered, was matched, and until its mails at once had gone out.
    pub accepted_s: f64,
    pub matched_s: f64,
    pub sent_s: f64,
    pub mails_at_once: usize,
    /// The most that anybody got at once within the hour.
    pub most_at_once: usize,
    /// Confirmations asked for during the storm, and how long until the mail server had each.
    pub sign_ups: usize,
    pub sign_up_p50_ms: f64,
    pub sign_up_max_ms: f64,
    /// What happened elsewhere meanwhile, and how long until the mail server had the mail of it.
    pub elsewhere: usize,
    pub elsewhere_p50_ms: f64,
    pub elsewhere_p99_ms: f64,
    /// From the full hour until every digest was at the mail server.
    pub digests_s: f64,
    pub digest_mails: usize,
    /// Of people and issues, those that were told neither at once nor in a digest, and twice.
    pub lost: usize,
    pub repeated: usize,
    /// The most memory of this process, receivers and all, and what it had before the storm.
    pub memory_mib: u64,
    pub memory_before_mib: u64,
}

/// Nine o'clock in Chicago and some minutes: the storm fits into the hour.
const MORNING: Timestamp = Timestamp::from_millis(1_777_903_500_000);
const AN_HOUR: Duration = Duration::from_hours(1);

const HERE: Position = Position { lon: -87.65, lat: 41.88 };
/// So many live elsewhere, each to themselves, and hear of one report.
const OTHERS: usize = 600;

fn here(_: usize) -> Position {
    HERE
}

/// A kilometre apart.
fn elsewhere(nth: usize) -> Position {
    let step = |count: usize| count as f64 * 0.013;
    Position { lon: -87.50 + step(nth % 30), lat: 41.95 + step(nth / 30) }
}
/// How many people move in together.
const PEOPLE: usize = 2_000;
/// How often reports of the storm come, somebody signs up, and something happens elsewhere.
const A_GUST: Duration = Duration::from_millis(200);
const A_SIGN_UP: Duration = Duration::from_secs(2);
const ANOTHER: Duration = Duration::from_secs(1);
/// When so long nothing has arrived, nothing will.
const PATIENCE: Duration = Duration::from_mins(3);
/// How many people's trips are read at once.
const A_READ: usize = 500;

fn address(kind: &str, nth: usize) -> EmailAddress {
    format!("{kind}{nth}@example.org").parse().expect("letters and digits make an address")
}

/// Runs a storm over a fresh database, which is removed afterwards.
///
/// # Errors
/// When the program under test cannot run, or does not come to an end.
pub async fn run_flood(plan: &FloodPlan, progress: Progress<'_>) -> Result<FloodReport, CityError> {
    let name = format!("wardwatch_flood_{:016x}", Random::System.bits());
    let ground = Ground::make(&plan.dir, plan.database_url.as_deref(), &name).await?;
    let report = Storm::over(&ground).await?.run(plan, progress).await;
    ground.clear().await?;
    report
}

struct Storm {
    /// Until it runs.
    app: Option<App>,
    engine: Engine,
    city: City,
    clock: RunningClock,
    mail: MailSink,
    arrived: Vec<MailArrival>,
}

impl Storm {
    async fn over(ground: &Ground) -> Result<Self, CityError> {
        let mail = MailSink::start().await?;
        let settings = Settings {
            desk: DeskSettings {
                data_dir: Some(ground.dir().to_owned()),
                database_url: Some(ground.url()),
                ..DeskSettings::default()
            },
            smtp_url: Some(format!("smtp://{}", mail.addr)),
            mail_from: Some("Bench <bench@example.org>".into()),
            public_url: Some("https://bench.example.org".into()),
            // A storm from one point would be held as a geocoder's fault.
            place_rule: PlaceRule { hot_point_reports: Some(0), ..PlaceRule::default() },
            ..Settings::default()
        };
        let clock = RunningClock::standing(MORNING);
        let app = App::open(&settings.resolve()?, clock.clock.clone(), Random::System).await?;
        let engine = app.engine.clone();
        let city = engine.cities().await?.remove(0);
        Ok(Self { app: Some(app), engine, city, clock, mail, arrived: vec![] })
    }

    async fn run(
        mut self,
        plan: &FloodPlan,
        progress: Progress<'_>,
    ) -> Result<FloodReport, CityError> {
        let (people, events) = (plan.people, plan.events);
        let mut report = FloodReport { people, events, ..FloodReport::default() };
        self.move_in(("flood", here), people, progress).await?;
        self.move_in(("calm", elsewhere), OTHERS, progress).await?;
        report.memory_before_mib = resident_bytes().unwrap_or(0) >> 20;
        let listener = listen(([127, 0, 0, 1], 0).into()).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let app = self.app.take().ok_or(CityError::Stopped)?;
        let serving = tokio::spawn(app.run(listener, None, async { drop(stopped.await) }));
        self.clock.start(1.0);
        let calm = self.blow(plan, &mut report, progress).await?;
        self.until_hour_is_told(people, &mut report, progress).await?;
        let _ = stop.send(());
        // A panic of the program under test must not pass for a figure.
        serving.await.map_err(|_| CityError::Stopped)??;
        waits(&calm, &self.arrived, &mut report);
        Ok(report)
    }

    async fn move_in(
        &self,
        (kind, at): (&str, fn(usize) -> Position),
        people: usize,
        progress: Progress<'_>,
    ) -> Result<(), CityError> {
        let newcomer = |nth: usize| {
            let block = Shape::circle(at(nth), 300.0).map_err(TownError::from)?;
            Ok::<_, CityError>(Newcomer {
                language: self.city.language.clone(),
                addresses: vec![Address::Mail(address(kind, nth))],
                watches: vec![self.watch(Target::Area(block.into()))],
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

    fn watch(&self, target: Target) -> NewWatch {
        NewWatch {
            id: WatchId(self.engine.random().uuid(self.engine.clock().now())),
            name: "Home".to_owned(),
            target,
            filter: Filter::for_places(),
            rhythm: Rhythm::AtOnce,
            via: Via::MAIL,
        }
    }

    /// The storm itself, and what goes on beside it until all of it has been told. Gives when each of
    /// those mails was asked for, by whom it goes to.
    async fn blow(
        &mut self,
        plan: &FloodPlan,
        report: &mut FloodReport,
        progress: Progress<'_>,
    ) -> Result<HashMap<String, Instant>, CityError> {
        let began = Instant::now();
        let mut asked = HashMap::new();
        let (mut handed, mut signed, mut calm) = (0, 0, 0);
        let mut gusts = tokio::time::interval(A_GUST);
        loop {
            gusts.tick().await;
            let passed = began.elapsed();
            let due = (passed.as_secs_f64() / plan.lasting_s).min(1.0) * plan.events as f64;
            let due = whole(due);
            if due > handed {
                self.report(("flood", here), handed..due).await?;
                handed = due;
                report.accepted_s = began.elapsed().as_secs_f64();
            }
            if passed >= A_SIGN_UP * signed {
                let who = address("new", usize::try_from(signed).unwrap_or(0));
                // From when it was due: one that is asked late has waited already.
                asked.insert(who.clone().into(), began + A_SIGN_UP * signed);
                signed += 1;
                self.sign_up(who).await?;
            }
            let nth = usize::try_from(calm).unwrap_or(OTHERS);
            if passed >= ANOTHER * calm && nth < OTHERS {
                asked.insert(address("calm", nth).into(), began + ANOTHER * calm);
                calm += 1;
                self.report(("calm", elsewhere), nth..nth + 1).await?;
            }
            self.notice_what_came(report);
            progress(Stage { doing: "a storm", done: handed as f64 / plan.events as f64 });
            if handed == plan.events && self.is_told(began, report).await? {
                return Ok(asked);
            }
        }
    }

    /// Whether all has been matched, and what is told at once has gone out.
    async fn is_told(&self, began: Instant, report: &mut FloodReport) -> Result<bool, CityError> {
        let mut tx = self.engine.store().read().await?;
        if !tx.unmatched(self.city.id, 0, 1).await?.is_empty() {
            return Ok(false);
        }
        if report.matched_s == 0.0 {
            report.matched_s = began.elapsed().as_secs_f64();
        }
        let told = tx.oldest_waiting().await?.is_none();
        if told {
            report.sent_s = began.elapsed().as_secs_f64();
        }
        Ok(told)
    }

    fn notice_what_came(&mut self, report: &mut FloodReport) {
        self.arrived.extend(self.mail.log.take());
        let now = resident_bytes().unwrap_or(0) >> 20;
        report.memory_mib = report.memory_mib.max(now);
    }

    async fn report(
        &self,
        (source, at): (&str, fn(usize) -> Position),
        which: std::ops::Range<usize>,
    ) -> Result<(), CityError> {
        let notice = |nth: usize| Notice {
            source: source.into(),
            source_id: nth.to_string(),
            version: Some("1".into()),
            said: Said::Event { kind: Kind::Opened, text: None },
            at: self.engine.clock().now(),
            actor: Actor::Resident,
            lets: None,
            desk: None,
            facts: Facts {
                category: Some("Water in basement".into()),
                description: Some("It comes up through the drain.".to_owned()),
                address: Some(format!("{nth} W Alder St")),
                position: Some(at(nth)),
                ..Facts::default()
            },
        };
        let notices = which.map(notice).collect();
        self.engine.accept(&self.city, notices, Arrival::default()).await?;
        Ok(())
    }

    async fn sign_up(&self, who: EmailAddress) -> Result<(), CityError> {
        let language = self.city.language.clone();
        let who = Who::Address { address: Address::Mail(who), language };
        let home = Shape::circle(elsewhere(0), 50.0).map_err(TownError::from)?;
        self.engine.watch(&self.city, who, self.watch(Target::Area(home.into()))).await?;
        Ok(())
    }

    /// Counts what everybody got at once, and passes over the time until the full hour, when what was
    /// too much comes in a digest.
    async fn until_hour_is_told(
        &mut self,
        people: usize,
        report: &mut FloodReport,
        progress: Progress<'_>,
    ) -> Result<(), CityError> {
        self.notice_what_came(report);
        let theirs = |mail: &&MailArrival| mail.to.iter().any(|to| to.starts_with("flood"));
        report.mails_at_once = self.arrived.iter().filter(theirs).count();
        self.clock.clock.set(MORNING.plus(AN_HOUR));
        let (began, mut grew) = (Instant::now(), Instant::now());
        let mut came = 0;
        while came < people && grew.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let before = self.arrived.len();
            self.notice_what_came(report);
            if self.arrived.len() > before {
                grew = Instant::now();
            }
            came = self.arrived.iter().filter(theirs).count() - report.mails_at_once;
            progress(Stage { doing: "digests", done: came as f64 / people as f64 });
        }
        report.digests_s = grew.duration_since(began).as_secs_f64();
        report.digest_mails = came;
        let ids: HashSet<&String> = self.arrived.iter().map(|mail| &mail.message_id).collect();
        report.repeated += self.arrived.len() - ids.len();
        self.take_stock(people, report).await
    }

    /// Holds what was sent to each against what happened.
    async fn take_stock(&self, people: usize, report: &mut FloodReport) -> Result<(), CityError> {
        for first in (0..people).step_by(A_READ) {
            let mut tx = self.engine.store().read().await?;
            let mut contacts = vec![];
            for nth in first..people.min(first + A_READ) {
                let theirs = Address::Mail(address("flood", nth));
                let known = tx.contact_at(self.city.id, &theirs).await?;
                match known {
                    Some(known) => contacts.push(known.contact.id),
                    None => report.lost += report.events,
                }
            }
            let mut trips: HashMap<_, Vec<Trip>> = HashMap::new();
            for trip in tx.trips(self.city.id, &contacts, MORNING).await? {
                trips.entry(trip.contact).or_default().push(trip);
            }
            for contact in contacts {
                tally(trips.get(&contact).map(Vec::as_slice).unwrap_or_default(), report);
            }
        }
        Ok(())
    }
}

/// What one person was told: at once, issue by issue, and in digests, which count what they do not list.
fn tally(trips: &[Trip], report: &mut FloodReport) {
    let mut at_once = 0;
    let (mut told, mut named, mut counted) = (0, HashSet::new(), 0);
    for trip in trips.iter().filter(|trip| matches!(trip.fate, Fate::Sent { .. })) {
        at_once += usize::from(matches!(trip.about, About::Event(_)));
        told += trip.contents.items.len();
        named.extend(trip.contents.items.iter().map(|item| item.event));
        counted += trip.contents.more;
        debug_assert!(trip.contents.items.len() <= LISTED);
    }
    report.most_at_once = report.most_at_once.max(at_once);
    report.repeated += told - named.len();
    report.lost += report.events.saturating_sub(named.len() + counted);
    report.repeated += (named.len() + counted).saturating_sub(report.events);
}

/// How long each mail that was asked for beside the storm took until the mail server had it; one that
/// never came took longer than any.
fn waits(asked: &HashMap<String, Instant>, arrived: &[MailArrival], report: &mut FloodReport) {
    let mut came: HashMap<&str, Instant> = HashMap::new();
    for mail in arrived {
        for to in &mail.to {
            came.entry(to).or_insert(mail.at);
        }
    }
    let of = |kind: &str| {
        let asked = asked.iter().filter(|(who, _)| who.starts_with(kind));
        let wait = |(who, since): (&String, &Instant)| {
            came.get(who.as_str()).map_or(PATIENCE, |at| at.duration_since(*since))
        };
        let mut waits: Vec<Duration> = asked.map(wait).collect();
        waits.sort_unstable();
        waits
    };
    let (new, calm) = (of("new"), of("calm"));
    let ms = |times: &[Duration], p| nearest_rank(times, p).map_or(0.0, |t| t.as_secs_f64() * 1e3);
    (report.sign_ups, report.elsewhere) = (new.len(), calm.len());
    (report.sign_up_p50_ms, report.sign_up_max_ms) = (ms(&new, 50), ms(&new, 100));
    (report.elsewhere_p50_ms, report.elsewhere_p99_ms) = (ms(&calm, 50), ms(&calm, 99));
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of events")]
fn whole(count: f64) -> usize {
    count as usize
}

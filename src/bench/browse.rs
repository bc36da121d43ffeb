//! What a page and its map cost in a city where much has been reported, beside one where little has.
//!
//! The one rule: both are asked in turn, over the same wire and in the same run, and a look counts only
//! when it was answered with 200.

use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Stage;
use super::city::{CityError, Ground, Progress, TownError};
use super::stopwatch::nearest_rank;
use super::workload::Workload;
use crate::app::{App, AppError, listen};
use crate::clock::{Clock, Timestamp};
use crate::config::{DeskSettings, Settings};
use crate::demo::issues::categories;
use crate::engine::{Arrival, Engine};
use crate::geometry::Shape;
use crate::issue::{Actor, Facts, Notice, Said, Status};
use crate::random::Random;
use crate::ward::{LayerVersion, USUAL_LAYER, Ward};

/// How much was reported, and how often is looked.
#[derive(Clone, Debug)]
pub struct BrowsePlan {
    pub few: usize,
    pub many: usize,
    /// So many times at each, of which the median counts.
    pub looks: usize,
    pub seed: u64,
    /// `postgres://…`; without it `SQLite` files.
    pub database_url: Option<String>,
    pub dir: std::path::PathBuf,
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BrowseReport {
    /// `sqlite` or `postgres`.
    pub database: String,
    pub few_issues: usize,
    pub many_issues: usize,
    pub seed: u64,
    pub looks: Vec<Look>,
    /// Of the look that suffers most.
    pub worst_ratio: f64,
    /// Storing an issue while there were few, and up to many.
    pub few_accepted_events_per_s: f64,
    pub many_accepted_events_per_s: f64,
}

/// One address, asked of both.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Look {
    pub what: &'static str,
    pub few_ms: f64,
    pub many_ms: f64,
    pub ratio: f64,
    pub many_bytes: usize,
}

/// Where is looked. The box of the street map is what 800 by 600 pixels show of the middle of the city.
const LOOKS: &[(&str, &str)] = &[
    ("list", "/issues"),
    ("list_open_longest", "/issues?sort=longest"),
    ("list_most_voted", "/issues?sort=votes"),
    ("list_ward", "/issues?ward=7"),
    ("list_category", "/issues?category=Pothole%20in%20Street%20Complaint"),
    ("list_words", "/issues?q=alder"),
    ("list_street", "/issues?bbox=-87.71,41.85,-87.7014,41.8548"),
    ("map_city", "/api/v1/issues.geojson?zoom=10&bbox=-87.95,41.63,-87.51,42.03"),
    ("map_open", "/api/v1/issues.geojson?zoom=11&status=open&bbox=-87.95,41.63,-87.51,42.03"),
    ("map_quarter", "/api/v1/issues.geojson?zoom=13&bbox=-87.76,41.82,-87.65,41.90"),
    ("map_street", "/api/v1/issues.geojson?zoom=17&bbox=-87.71,41.85,-87.7014,41.8548"),
    ("embed", "/embed"),
    ("feed", "/feeds/issues.atom"),
];

/// How many reports come together.
const REPORTS: usize = 500;
/// Eight o'clock in Chicago on a Monday.
const MORNING: Timestamp = Timestamp::from_millis(1_777_899_600_000);

/// Looks around in two cities, which are removed afterwards.
///
/// # Errors
/// When the program under test cannot run, or refuses to answer.
pub async fn run_browse(
    plan: &BrowsePlan,
    progress: Progress<'_>,
) -> Result<BrowseReport, CityError> {
    if plan.few == 0 || plan.many == 0 || plan.looks == 0 {
        return Err(CityError::Nothing);
    }
    let name = format!("wardwatch_browse_{:016x}", Random::System.bits());
    let (few, many) = (format!("{name}_few"), format!("{name}_many"));
    let few = Ground::make(&plan.dir, plan.database_url.as_deref(), &few).await?;
    let many = Ground::make(&plan.dir, plan.database_url.as_deref(), &many).await?;
    let report = compare(plan, (&few, &many), progress).await;
    few.clear().await?;
    many.clear().await?;
    report
}

async fn compare(
    plan: &BrowsePlan,
    (few, many): (&Ground, &Ground),
    progress: Progress<'_>,
) -> Result<BrowseReport, CityError> {
    let few = Town::open(few, plan.few, plan.seed, progress).await?;
    let many = Town::open(many, plan.many, plan.seed, progress).await?;
    let mut report = BrowseReport {
        database: few.engine.store().engine().to_owned(),
        few_issues: plan.few,
        many_issues: plan.many,
        seed: plan.seed,
        few_accepted_events_per_s: few.accepted_per_s,
        many_accepted_events_per_s: many.accepted_per_s,
        ..BrowseReport::default()
    };
    for (nth, (what, path)) in LOOKS.iter().enumerate() {
        progress(Stage { doing: "looking around", done: nth as f64 / LOOKS.len() as f64 });
        report.looks.push(look(what, path, (&few, &many), plan.looks).await?);
    }
    report.worst_ratio = report.looks.iter().map(|look| look.ratio).fold(0.0, f64::max);
    few.close().await?;
    many.close().await?;
    Ok(report)
}

async fn look(
    what: &'static str,
    path: &str,
    (few, many): (&Town, &Town),
    looks: usize,
) -> Result<Look, CityError> {
    let (mut of_few, mut of_many, mut many_bytes) = (vec![], vec![], 0);
    // The first warm up.
    for nth in 0..looks + 3 {
        let (small, _) = few.ask(path).await?;
        let (large, bytes) = many.ask(path).await?;
        if nth >= 3 {
            of_few.push(small);
            of_many.push(large);
        }
        many_bytes = bytes;
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        nearest_rank(&times, 50).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    let (few_ms, many_ms) = (median(of_few), median(of_many));
    Ok(Look { what, few_ms, many_ms, ratio: many_ms / few_ms.max(1e-6), many_bytes })
}

/// A city that is served.
struct Town {
    engine: Engine,
    at: std::net::SocketAddr,
    accepted_per_s: f64,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), AppError>>,
}

impl Town {
    async fn open(
        ground: &Ground,
        issues: usize,
        seed: u64,
        progress: Progress<'_>,
    ) -> Result<Self, CityError> {
        let settings = Settings {
            desk: DeskSettings {
                data_dir: Some(ground.dir().to_owned()),
                database_url: Some(ground.url()),
                ..DeskSettings::default()
            },
            public_url: Some("https://bench.example.org".into()),
            ..Settings::default()
        };
        let app = App::open(&settings.resolve()?, Clock::manual(MORNING), Random::System).await?;
        let engine = app.engine.clone();
        let drawn = Workload::draw(1, issues, seed);
        found(&engine, &drawn).await?;
        let took = fill(&engine, &drawn, progress).await?;
        let listener = listen(([127, 0, 0, 1], 0).into()).await?;
        let at = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(app.run(listener, None, async { drop(stopped.await) }));
        let accepted_per_s = issues as f64 / took.as_secs_f64();
        Ok(Self { engine, at, accepted_per_s, stop, serving })
    }

    /// Asks once, as a browser without a script does. Gives how long the whole answer took, and its size.
    async fn ask(&self, path: &str) -> Result<(Duration, usize), CityError> {
        let began = Instant::now();
        let mut wire = TcpStream::connect(self.at).await?;
        let head = format!("GET {path} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n");
        wire.write_all(head.as_bytes()).await?;
        let mut answer = vec![];
        wire.read_to_end(&mut answer).await?;
        let took = began.elapsed();
        if !answer.starts_with(b"HTTP/1.1 200 ") {
            return Err(CityError::Refused { refused: 1, all: 1 });
        }
        Ok((took, answer.len()))
    }

    async fn close(self) -> Result<(), CityError> {
        let _ = self.stop.send(());
        self.serving.await.map_err(|_| CityError::Stopped)??;
        Ok(())
    }
}

async fn found(engine: &Engine, drawn: &Workload) -> Result<(), CityError> {
    let ward = |nth: usize| {
        let key = (nth + 1).to_string();
        let shape = Shape::from_geojson(&drawn.geojson(nth)).map_err(TownError::from)?;
        Ok::<_, CityError>(Ward { name: format!("Ward {key}"), key, shape })
    };
    let layer = LayerVersion {
        layer: USUAL_LAYER.into(),
        version: 1,
        effective: Timestamp::from_millis(0),
        tolerance_m: 1.0,
        wards: (0..drawn.wards).map(ward).collect::<Result<_, _>>()?,
    };
    let city = engine.cities().await?.remove(0);
    let mut tx = engine.store().write().await?;
    tx.put_layer_version(city.id, &layer, "bench", MORNING).await?;
    tx.commit().await?;
    Ok(())
}

/// Two of three have been closed, as in a city that keeps up. Gives how long accepting took.
async fn fill(
    engine: &Engine,
    drawn: &Workload,
    progress: Progress<'_>,
) -> Result<Duration, CityError> {
    let city = engine.cities().await?.remove(0);
    let (kinds, all) = (categories::all(), drawn.points.len());
    let notice = |nth: usize| Notice {
        source: "bench".into(),
        source_id: nth.to_string(),
        version: Some("1".into()),
        said: Said::State { changed: None, closed: None },
        at: MORNING.minus(Duration::from_millis(((all - nth) * 500) as u64)),
        actor: Actor::Resident,
        lets: None,
        desk: None,
        facts: Facts {
            category: Some(kinds[nth % kinds.len()].clone()),
            status: Some(if nth.is_multiple_of(3) { Status::Received } else { Status::Closed }),
            description: Some("Somebody saw it on the way to work, and it is large".into()),
            address: Some(format!("{nth} W Alder St")),
            position: Some(drawn.points[nth]),
            ..Facts::default()
        },
    };
    let mut took = Duration::ZERO;
    for first in (0..all).step_by(REPORTS) {
        progress(Stage { doing: "reporting", done: first as f64 / all as f64 });
        let notices = (first..all.min(first + REPORTS)).map(notice).collect();
        let began = Instant::now();
        engine.accept(&city, notices, Arrival::default()).await?;
        took += began.elapsed();
        while engine.match_pending().await? > 0 {}
    }
    Ok(took)
}

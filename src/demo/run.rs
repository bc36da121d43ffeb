//! The demo as it runs: the true program over a city that is not there.
//!
//! 1. The city's wards are loaded and its people move in, as an operator would do it.
//! 2. Issues are accepted by the engine, matched, planned and sent by the dispatcher.
//! 3. Mails are written to a folder; pushes arrive at a receiver on this very server, which opens
//!    them as the browsers would.
//! 4. What the engine and the dispatcher announce is put on the board for visitors.

use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::board::Board;
use super::city::{CityError, DemoCity, LAYER, NAME, TIMEZONE};
use super::issues::{Ground, Issues, SOURCE, categories};
use super::page::{Report, SITE, Scene, Stage, routes};
use super::people::{Person, people};
use super::picture;
use super::replay::{Pace, Replay, favourites, most_frequent, point};
use super::residents::{Residents, move_in};
use super::show::Show;
use super::{gazetteer, home};
use crate::app::{App, AppError};
use crate::clock::{Clock, Timestamp, Zone};
use crate::config::{ConfigError, DeskSettings, Settings};
use crate::engine::{Arrival, Engine, EngineError};
use crate::geometry::Envelope;
use crate::issue::{Actor, Category, Facts, Kind, Notice, Said, read_services};
use crate::random::Random;
use crate::store::{City, StoreError};
use crate::ward::{LayerVersion, Ward, WardRef};

/// Which demo.
#[derive(Debug)]
pub struct Plan {
    /// Empty, or made by a demo.
    pub data_dir: PathBuf,
    pub watchers: usize,
    /// New events a second.
    pub rate: f64,
    pub seed: u64,
    /// Real wards in place of the invented ones.
    pub wards: Option<RealCity>,
    /// A real feed in place of the invented day.
    pub feed: Option<Vec<Notice>>,
}

/// A city from files.
#[derive(Debug)]
pub struct RealCity {
    pub name: String,
    pub wards: Vec<Ward>,
    pub zone: Zone,
}

/// Why the demo does not run.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    City(#[from] CityError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the wards cannot be read: {0}")]
    Wards(#[from] crate::geometry::GeometryError),
    #[error("a demo needs at least one ward; the file has none that can be drawn")]
    NoWards,
    #[error("the categories cannot be read: {0}")]
    Categories(String),
    #[error("the people could not move in: {0}")]
    People(String),
    #[error("the address that is listened on cannot be read: {0}")]
    Address(io::Error),
    #[error("the demo's folder {} cannot be used: {why}", dir.display())]
    Folder { dir: PathBuf, why: io::Error },
    #[error(
        "{} holds files that no demo made; a demo would rename the city that lives there, add \
         invented issues and keep its mails from going out. Name an empty folder with --data-dir, \
         or none (is WARDWATCH_DATA_DIR set?) for one that is thrown away",
        .0.display()
    )]
    NotOurs(PathBuf),
}

/// The stage of the play: what is known before it begins.
struct Set {
    name: String,
    zone: Zone,
    wards: Vec<Ward>,
    /// `None` for real wards.
    streets: Option<Arc<DemoCity>>,
    categories: Vec<Category>,
}

/// Runs the demo on a listener until `stop` comes. `ready` is told the address once the city
/// lives.
///
/// # Errors
/// When the wards cannot be used, or the program underneath cannot run.
pub async fn run(
    plan: Plan,
    listener: TcpListener,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), DemoError> {
    let at = listener.local_addr().map_err(DemoError::Address)?;
    let set = Set::build(&plan)?;
    home::enter(&plan.data_dir)?;
    let app = open(&plan, &set, at).await?;
    let city = app.engine.cities().await?.remove(0);
    load_wards(&app.engine, &city, &set).await?;
    if let Some(streets) = &set.streets {
        gazetteer::fill(&app.engine, &city, streets).await?;
    }
    if plan.feed.is_none() {
        ask_for_details(&app.engine, &city).await?;
    }
    let city = app.engine.cities().await?.remove(0); // with its bounds
    let residents = settle(&app.engine, &city, &set, &plan, at).await?;
    let (board, scene) = (Board::default(), Arc::new(set.scene(residents.people())?));
    let (reports, reported) = mpsc::channel(32);
    let stage = Stage {
        scene: Arc::clone(&scene),
        board: board.clone(),
        reports,
        land: set.wards.iter().map(|ward| ward.shape.clone()).collect(),
        random: app.engine.random().clone(),
    };
    let residents = Arc::new(residents);
    let show = Show::new(
        &app,
        city.clone(),
        Arc::clone(&scene),
        board.clone(),
        &residents,
        set.streets.clone(),
    );
    let site = crate::http::front_at(&app.doors, SITE);
    let more = routes(stage).merge(site).merge(show.push_routes(Arc::clone(&residents)));
    tokio::spawn(show.run());
    tokio::spawn(play(app.engine.clone(), city, set, plan, reported));
    ready(at);
    let closing = async move {
        stop.await;
        board.close();
    };
    Ok(app.run(listener, Some(more), closing).await?)
}

async fn open(plan: &Plan, set: &Set, at: SocketAddr) -> Result<App, DemoError> {
    let settings = Settings {
        desk: DeskSettings {
            data_dir: Some(plan.data_dir.clone()),
            city_name: Some(set.name.clone()),
            timezone: Some(set.zone.name().to_owned()),
            ..DeskSettings::default()
        },
        listen: Some(at),
        mail_from: Some("Wardwatch <311@wardwatch.example>".to_owned()),
        push_allow_hosts: Some(vec![at.to_string()]),
        // A day of the city passes in minutes.
        at_once_an_hour: Some(0),
        ..Settings::default()
    };
    let mut config = settings.resolve()?;
    // A replayed feed is years old, and news all the same.
    config.engine.news_for = Duration::from_hours(24 * 36_500);
    // Its people are invented, so anybody may read their mail.
    config.shows_caught_mail = Some(crate::http::Readers::Everybody);
    if let Some(streets) = &set.streets {
        config.letters.ground = Arc::new(picture::under_mails(streets)?);
    }
    Ok(App::open(&config, Clock::System, Random::System).await?)
}

impl Set {
    fn build(plan: &Plan) -> Result<Self, DemoError> {
        let mut set = if let Some(real) = &plan.wards {
            Self {
                name: real.name.clone(),
                zone: real.zone.clone(),
                wards: real.wards.clone(),
                streets: None,
                categories: categories::all(),
            }
        } else {
            let streets = Arc::new(DemoCity::for_seed(plan.seed)?);
            Self {
                name: NAME.to_owned(),
                zone: TIMEZONE.parse().unwrap_or_else(|_| Zone::utc()),
                wards: streets.ward_shapes()?,
                streets: Some(streets),
                categories: categories::all(),
            }
        };
        if let Some(feed) = &plan.feed {
            set.categories = most_frequent(feed);
        }
        Ok(set)
    }

    fn scene(&self, watchers: usize) -> Result<Scene, DemoError> {
        let frame = picture::frame(&self.wards).ok_or(DemoError::NoWards)?;
        Ok(Scene {
            city: self.name.clone(),
            real: self.streets.is_none(),
            watchers: watchers as u64,
            wards: self.wards.len() as u64,
            categories: self.categories.iter().take(20).map(|c| c.name().to_owned()).collect(),
            map: picture::draw(frame, &self.wards, self.streets.as_deref()),
        })
    }

    fn ward_refs(&self) -> Vec<(WardRef, Arc<crate::geometry::Shape>)> {
        let one = |ward: &Ward| {
            let key = WardRef { layer: LAYER.to_owned(), ward: ward.key.clone() };
            (key, Arc::new(ward.shape.clone()))
        };
        self.wards.iter().map(one).collect()
    }
}

async fn load_wards(engine: &Engine, city: &City, set: &Set) -> Result<(), DemoError> {
    let now = engine.clock().now();
    let mut tx = engine.store().write().await?;
    if !tx.layers(city.id).await?.is_empty() {
        return Ok(());
    }
    let version = LayerVersion {
        layer: LAYER.to_owned(),
        version: 1,
        effective: Timestamp::from_millis(0),
        tolerance_m: 1.0,
        wards: set.wards.clone(),
    };
    let boxes = set.wards.iter().flat_map(|ward| ward.shape.envelopes(200.0));
    let around = boxes.reduce(|all: Envelope, one| all.union(&one)).ok_or(DemoError::NoWards)?;
    tx.put_layer_version(city.id, &version, "the demo", now).await?;
    tx.set_city_bounds(city.id, around).await?;
    tx.commit().await?;
    Ok(())
}

/// What may be reported in the invented city, and what is asked of it.
const CATEGORIES: &str = include_str!("../../data/categories.json");

async fn ask_for_details(engine: &Engine, city: &City) -> Result<(), DemoError> {
    let file = serde_json::from_str(CATEGORIES).unwrap_or_default();
    let services = read_services(file).map_err(DemoError::Categories)?;
    let mut tx = engine.store().write().await?;
    tx.put_services(city.id, &services).await?;
    tx.commit().await?;
    Ok(())
}

async fn settle(
    engine: &Engine,
    city: &City,
    set: &Set,
    plan: &Plan,
    at: SocketAddr,
) -> Result<Residents, DemoError> {
    let crowd: Vec<Person> =
        people(set.ward_refs(), set.categories.clone(), plan.seed, plan.watchers).collect();
    let at_home = engine.store().read().await?.last_number(city.id, "watch").await? > 0;
    let phones = format!("http://{at}");
    let unusable = |why| DemoError::Folder { dir: plan.data_dir.clone(), why };
    if let Some(before) = home::phones_ring_at(&plan.data_dir).map_err(unusable)?
        && before != phones
    {
        let mut tx = engine.store().write().await?;
        tx.move_push_endpoints(city.id, &before, &phones).await?;
        tx.commit().await?;
    }
    home::let_phones_ring_at(&plan.data_dir, &phones).map_err(unusable)?;
    move_in(engine, city, crowd, plan.seed, at, at_home).await
}

/// Lets things happen, at the plan's rate, and visitors report between.
async fn play(
    engine: Engine,
    city: City,
    set: Set,
    plan: Plan,
    mut reported: mpsc::Receiver<Report>,
) {
    // A folder that is used again must see new issues, not the old ones repeated.
    let run = format!("{:06x}", engine.random().bits() & 0x00ff_ffff);
    let mut happening = Happening::new(&set, &plan);
    let pause = Duration::from_secs_f64((1.0 / plan.rate.max(0.001)).min(3_600.0));
    let mut beat = tokio::time::interval(pause);
    // A page that opens to an empty city explains nothing: begin with a handful.
    let mut at_once = 6;
    loop {
        let notice = tokio::select! {
            report = reported.recv() => match report {
                Some(report) => Some(visitor(report, engine.clock().now())),
                None => return,
            },
            _ = beat.tick(), if at_once == 0 => happening.next(engine.clock().now(), &run),
            () = tokio::time::sleep(Duration::from_millis(150)), if at_once > 0 => {
                at_once -= 1;
                happening.first(engine.clock().now(), &run)
            }
        };
        let Some(notice) = notice else { continue };
        if let Err(error) = engine.accept(&city, vec![notice], Arrival::default()).await {
            tracing::warn!(%error, "the demo's issue was not accepted");
        }
    }
}

/// Where the next event comes from.
enum Happening {
    Invented(Box<Issues>),
    Real {
        feed: Box<Replay>,
        /// Points where nobody is told of anything.
        held: HashSet<(u64, u64)>,
    },
}

impl Happening {
    fn new(set: &Set, plan: &Plan) -> Self {
        if let Some(feed) = &plan.feed {
            let replay = Replay::new(feed.clone(), Pace::Rate(plan.rate.max(0.001)));
            return Self::Real { feed: Box::new(replay), held: favourites(feed) };
        }
        let ground = match &set.streets {
            Some(streets) => Ground::Streets(Arc::clone(streets)),
            None => Ground::Wards(set.ward_refs()),
        };
        Self::Invented(Box::new(Issues::new(ground, set.zone.clone(), plan.seed)))
    }

    /// `None` once a real feed has ended.
    fn next(&mut self, now: Timestamp, run: &str) -> Option<Notice> {
        let notice = match self {
            Self::Invented(issues) => issues.next(now),
            Self::Real { feed, .. } => feed.next()?.1,
        };
        Some(of_run(notice, run))
    }

    /// What a show begins with: of a real feed what somebody can be told of, if it comes soon.
    fn first(&mut self, now: Timestamp, run: &str) -> Option<Notice> {
        if let Self::Real { feed, held } = self {
            let is_alive = |notice: &Notice| point(notice).is_some_and(|at| !held.contains(&at));
            if let Some(notice) = feed.take_ahead(is_alive) {
                return Some(of_run(notice, run));
            }
        }
        self.next(now, run)
    }
}

fn of_run(notice: Notice, run: &str) -> Notice {
    Notice { source_id: format!("{run}-{}", notice.source_id), ..notice }
}

fn visitor(report: Report, at: Timestamp) -> Notice {
    Notice {
        source: SOURCE.to_owned(),
        source_id: report.source_id,
        version: Some("1".to_owned()),
        said: Said::Event { kind: Kind::Opened, text: None },
        at,
        actor: Actor::Resident,
        lets: None,
        desk: None,
        facts: Facts {
            category: Some(Category::from(report.category)),
            position: Some(report.position),
            description: Some("Reported by a visitor of this demo.".to_owned()),
            ..Facts::default()
        },
    }
}

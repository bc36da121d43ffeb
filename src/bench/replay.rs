//! `replay`: a real feed, played in its own time and faster, to people who watch; what they would
//! get of it, and how soon.
//!
//! 1. move the people into a throwaway city; 2. play the feed to the whole program, whose clock
//!    runs as fast; 3. set the clock ahead until the last digest is out; 4. hold what arrived
//!    against what has to arrive, which a plain loop over all watches says.
//!
//! The one rule: nobody is told of anything outside this machine. Whoever watches gets an address
//! at receivers of its own.

mod audit;
mod feed;
mod play;

use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;

use super::matching::Stage;
use crate::app::{AppError, told_to_stop};
use crate::channel::push::PushError;
use crate::clock::Zone;
use crate::config::ConfigError;
use crate::demo::people::Person;
use crate::engine::{EngineError, EngineSettings};
use crate::issue::Notice;
use crate::store::StoreError;
use crate::ward::LayerVersion;

pub use self::feed::Feed;

/// What to play, and to whom.
#[derive(Debug)]
pub struct ReplayPlan {
    pub feed: Vec<Notice>,
    /// Times as fast as it happened; more than 0.
    pub speed: f64,
    pub city_name: String,
    pub zone: Zone,
    pub layers: Vec<LayerVersion>,
    pub people: Vec<Person>,
    pub engine: EngineSettings,
    /// The folder in which the throwaway city is made and removed.
    pub dir: PathBuf,
}

/// What came of it. Keys end in their unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReplayReport {
    pub speed: f64,
    pub feed_days: f64,
    pub people: usize,
    pub watches: usize,
    /// What was said, in the feed's own time; a row that is closed later says two things.
    pub notices: usize,
    /// What happened after the feed's last report, and is not played.
    pub notices_after_the_end: usize,
    pub notices_refused: usize,
    pub issues: usize,
    pub events: usize,
    /// Issues whose place is not believed, by why.
    pub places_not_believed: std::collections::BTreeMap<String, usize>,
    pub held_points: Vec<HeldPoint>,
    pub mails: usize,
    pub pushes: usize,
    pub digests: usize,
    pub people_told: usize,
    /// Messages that one person would get in a week, however they come.
    pub messages_per_person_week_median: f64,
    pub messages_per_person_week_p90: f64,
    pub messages_per_person_week_p99: f64,
    pub messages_per_person_week_max: f64,
    /// Changes that a person was told more than once by one road.
    pub repeated: usize,
    /// Changes that a person asked for and was not told.
    pub missed: usize,
    /// Changes that a person was told and had not asked for.
    pub unasked: usize,
    /// Changes that a full digest counted and did not list.
    pub counted_in_digests: usize,
    /// Messages at once that one contact got within an hour of the feed.
    pub most_at_once_in_an_hour: usize,
    pub accept_to_push_p50_ms: f64,
    pub accept_to_push_p99_ms: f64,
    pub accept_to_mail_p50_ms: f64,
    pub accept_to_mail_p99_ms: f64,
    pub took_s: f64,
}

/// A point that took too much of the feed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldPoint {
    pub lon: f64,
    pub lat: f64,
    pub issues: i64,
    pub address: Option<String>,
}

/// Why nothing could be played.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("there is nothing to play: the feed has no row that can be read")]
    NoFeed,
    #[error("nobody watches; give --watchers N")]
    Nobody,
    #[error("the throwaway city cannot be made in {}: {why}", dir.display())]
    Folder { dir: PathBuf, why: std::io::Error },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("a person cannot move in: {0}")]
    Person(String),
    #[error(transparent)]
    Push(#[from] PushError),
    #[error("a receiver on this machine cannot listen: {0}")]
    Sink(#[from] std::io::Error),
    #[error("the service did not come to rest within two minutes; {waiting} deliveries wait")]
    Restless { waiting: i64 },
    #[error("stopped; nothing was found out")]
    Stopped,
}

/// Plays, and removes what it made. `progress` hears of every stage.
///
/// # Errors
/// When there is nothing to play or nobody to play to, or the program cannot run.
pub async fn run_replay(
    plan: ReplayPlan,
    progress: &mut (dyn FnMut(Stage) + '_),
) -> Result<ReplayReport, ReplayError> {
    let bits = crate::random::Random::System.bits();
    let dir = plan.dir.join(format!("wardwatch_bench_{bits:016x}"));
    let unusable = |why| ReplayError::Folder { dir: dir.clone(), why };
    std::fs::create_dir_all(&dir).map_err(unusable)?;
    let began = Instant::now();
    let played = tokio::select! {
        played = whole(plan, dir.clone(), progress) => played,
        () = told_to_stop() => Err(ReplayError::Stopped),
    };
    std::fs::remove_dir_all(&dir).map_err(unusable)?;
    let mut report = played?;
    report.took_s = began.elapsed().as_secs_f64();
    Ok(report)
}

async fn whole(
    plan: ReplayPlan,
    dir: PathBuf,
    progress: &mut (dyn FnMut(Stage) + '_),
) -> Result<ReplayReport, ReplayError> {
    let feed = Feed::of(plan.feed);
    if feed.is_empty() {
        return Err(ReplayError::NoFeed);
    }
    if plan.people.is_empty() {
        return Err(ReplayError::Nobody);
    }
    let mut stage = play::Stage::set(
        &dir,
        &feed,
        play::Cast {
            city_name: plan.city_name,
            zone: plan.zone,
            layers: plan.layers.clone(),
            people: plan.people,
            engine: plan.engine,
            speed: plan.speed,
        },
        progress,
    )
    .await?;
    let played = stage.play(&feed, progress).await?;
    progress(Stage { doing: "holding it against what has to arrive", done: 0.0 });
    let mut report = audit::report(&stage, &played, &feed, &plan.layers).await?;
    report.speed = plan.speed;
    Ok(report)
}

//! Accepts what happened, keeps the index of what people watch, and plans who is told.
//!
//! The one rule: every fact is one transaction with its consequences. What is answered is stored;
//! what is stored is matched once; what is matched is told once.

mod accept;
mod beside;
mod case_file;
mod comments;
mod consent;
mod contacts;
mod desk;
mod digests;
mod expected;
mod fixed;
mod habits;
mod keeping;
mod leaving;
mod matching;
mod mutes;
mod place_check;
mod public_areas;
mod returns;
mod sent;
mod settling;
mod signing_in;
mod waiting;
mod watching;
mod webhooks;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, RwLock, broadcast, mpsc};

use crate::clock::{Clock, Timestamp};
use crate::geometry::Envelope;
use crate::issue::{CityId, HotPointRule, IssueEvent};
use crate::matching::{Matcher, WardHit};
use crate::random::Random;
use crate::store::{City, LayerInForce, Store, StoreError};
use crate::token::Secrets;
use crate::ward::WardRef;
use crate::watch::{Watch, WatchNumber};
use crate::watcher::{HabitsError, Pause, WatcherId};

pub use accept::{Arrival, Receipt};
pub use beside::Beside;
pub use case_file::CaseFile;
pub use comments::Commented;
pub use desk::{Deed, Press, Pressed, last_seen};
pub use expected::{Expected, LOOKED_BACK};
pub use habits::{HabitsChange, Wish};
pub use keeping::Forgotten;
pub use matching::MATCHED_TOGETHER;
pub use returns::{Consequence, Report, Taken};
pub use settling::Newcomer;
pub use signing_in::ByLink;
pub use waiting::Later;
pub use watching::{NewWatch, WatchChange, Who};

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// An event that arrives later than this after it happened is stored and told to nobody.
    pub news_for: Duration,
    /// How many messages at once a person is sent within an hour; what is above that comes together.
    pub at_once_an_hour: usize,
    /// How many confirmations an address is sent within an hour.
    pub questions_an_hour: i64,
    /// How long a question waits for its answer; then the watch and the address are forgotten.
    pub questions_wait: Duration,
    /// How long after an issue was closed its reporter is asked whether it is fixed; zero for never.
    pub ask_fixed_after: Duration,
    /// How long after they first agreed what a resident says waits until somebody of the city's has read
    /// it; zero for not at all.
    pub new_for: Duration,
    /// How long what is over is kept: what was sent, deleted watches, people who watch nothing; `None`
    /// for ever.
    pub keep_for: Option<Duration>,
    /// From when on a point takes too much of its source's stream to be believed.
    pub hot_points: HotPointRule,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            news_for: Duration::from_hours(24 * 7),
            at_once_an_hour: 10,
            questions_an_hour: 3,
            questions_wait: Duration::from_hours(24 * 14),
            ask_fixed_after: Duration::from_hours(24 * 3),
            new_for: Duration::from_hours(24 * 7),
            keep_for: Some(Duration::from_hours(24 * 365)),
            hot_points: HotPointRule::default(),
        }
    }
}

/// Why the engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no such watch; it may have been deleted")]
    UnknownWatch,
    #[error(
        "this address was asked to confirm several times just now; look into its mailbox, or try again in an hour"
    )]
    AskedTooOften,
    #[error(
        "this address asked never to be mailed; only its owner can allow it again, by the link in our mails"
    )]
    Silenced,
    #[error(
        "this push endpoint is known with other keys; unsubscribe in the browser, subscribe anew, and send what it gives"
    )]
    OtherKeys,
    #[error(
        "this browser already gets another person's messages; stop those first, or subscribe anew in the browser and send what it gives"
    )]
    OthersBrowser,
    #[error("you have no such webhook; GET /api/v1/me/webhooks lists yours")]
    UnknownWebhook,
    #[error("somebody else's messages go to this address; add something to it, such as ?for=me")]
    OthersWebhook,
    #[error("you have {0} webhooks already, and there may be no more; delete one first")]
    TooManyWebhooks(usize),
    #[error("your webhooks and devices were asked many times just now; try again in an hour")]
    TestedTooOften,
    #[error("there is no such address or device of yours; it may have been removed already")]
    UnknownContact,
    #[error("nothing else reaches you: add another first, or delete everything about you")]
    LastWay,
    #[error(
        "you have {0} addresses and devices already, and there may be no more; remove one first"
    )]
    TooManyContacts(usize),
    #[error("there is no such public area; its owner may have made it private")]
    UnknownArea,
    #[error("only an area of your own can be made public, once you have confirmed its watch")]
    NotTheirArea,
    #[error("you have {0} public areas already, and there may be no more; make one private first")]
    TooManyAreas(usize),
    #[error("that is not the code in the mail; check the six digits")]
    WrongCode,
    #[error("too many wrong codes; use the link in the mail instead")]
    CodeUsedUp,
    #[error(
        "no ward “{ward}” in the layer “{layer}”; GET /api/v1/boundaries/{layer} has its wards"
    )]
    UnknownWard { layer: String, ward: String },
    #[error("there is no layer “{0}”; GET /api/v1/boundaries lists the layers")]
    UnknownLayer(String),
    #[error(
        "this area lies wholly outside {city}, which covers longitudes {:.3} to {:.3} and latitudes \
         {:.3} to {:.3}; nothing would ever be told of it",
        bounds.west, bounds.east, bounds.south, bounds.north
    )]
    OutsideCity { city: String, bounds: Envelope },
    #[error("only whoever reported this issue can say that; sign in by the link in our mails")]
    NotTheReporter,
    #[error("you have said a great deal, and some of it waits to be read; say the rest in an hour")]
    SaidTooMuch,
    #[error("there is no such comment; somebody may have decided about it already")]
    UnknownComment,
    #[error(
        "nobody is known by this link or token any more; what was stored about them was deleted: sign up anew"
    )]
    UnknownWatcher,
    #[error(transparent)]
    Habits(#[from] HabitsError),
    #[error("the service is stopping; try again in a moment")]
    Stopping,
}

/// What has just been matched, for those who look on: the public stream, the demo.
#[derive(Clone, Debug)]
pub struct Announced {
    pub city: CityId,
    pub event: IssueEvent,
    pub wards: Vec<WardHit>,
    /// The watches that matched, for counting and for the demo; never published.
    pub watches: Vec<WatchNumber>,
    /// How many people want to be told at once, and how many later in a digest.
    pub people_now: usize,
    pub people_later: usize,
    pub mails: usize,
    pub pushes: usize,
    pub accepted: Timestamp,
    /// From accepted to planned.
    pub took: Duration,
}

/// The engine. Clones share everything.
#[derive(Clone, Debug)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    clock: Clock,
    random: Random,
    settings: EngineSettings,
    secrets: Secrets,
    cities: RwLock<HashMap<CityId, Arc<Watching>>>,
    intake: mpsc::Sender<accept::Job>,
    /// Rung when events wait to be matched.
    accepted: Arc<Notify>,
    /// Rung when deliveries wait to be sent.
    planned: Arc<Notify>,
    announced: broadcast::Sender<Arc<Announced>>,
}

/// A city's index, and how far it has caught up with the store.
#[derive(Debug, Default)]
struct Watching {
    matcher: Matcher,
    caught_up: Mutex<CaughtUp>,
    lately: Arc<RwLock<expected::Lately>>,
    /// Held by whoever counts what holds a filter's words.
    reading_words: Mutex<()>,
}

#[derive(Debug, Default)]
struct CaughtUp {
    change_no: i64,
    layers: Vec<LayerInForce>,
    /// Who wants to hear nothing, as of the last change of habits that was seen.
    habits_no: i64,
    pauses: HashMap<WatcherId, Pause>,
    sent: sent::Sent,
}

impl Engine {
    /// An engine over a store. It must be made inside a tokio runtime: accepting runs there.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Clock,
        random: Random,
        secrets: Secrets,
        settings: EngineSettings,
    ) -> Self {
        let accepted = Arc::new(Notify::new());
        let acceptor = accept::Acceptor {
            store: store.clone(),
            clock: clock.clone(),
            random: random.clone(),
            news_for: settings.news_for,
            hot_points: settings.hot_points,
            ask_fixed_after: settings.ask_fixed_after,
            learned: Arc::default(),
            accepted: Arc::clone(&accepted),
        };
        let intake = acceptor.start();
        let inner = Inner {
            store,
            clock,
            random,
            settings,
            secrets,
            cities: RwLock::default(),
            intake,
            accepted,
            planned: Arc::new(Notify::new()),
            announced: broadcast::channel(1_024).0,
        };
        Self { inner: Arc::new(inner) }
    }

    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    #[must_use]
    pub fn random(&self) -> &Random {
        &self.inner.random
    }

    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.inner.secrets
    }

    /// Listens to what is matched from now on. A listener that falls far behind misses some.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Announced>> {
        self.inner.announced.subscribe()
    }

    /// Waits until events are accepted here, or `at_most` has passed: another process may have
    /// accepted some.
    pub async fn accepted(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.inner.accepted.notified()).await;
    }

    /// The bell that is rung when deliveries are planned in this process.
    #[must_use]
    pub fn planned(&self) -> Arc<Notify> {
        Arc::clone(&self.inner.planned)
    }

    /// Reads every city's watches and boundaries into the index. Done once before serving, so that
    /// the first event does not wait for it; later changes are read as they come.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn warm_up(&self) -> Result<(), EngineError> {
        for city in self.cities().await? {
            let watching = self.watching(city.id).await;
            let mut caught_up = watching.caught_up.lock().await;
            let mut tx = self.inner.store.read().await?;
            self.catch_up(&mut tx, city.id, &watching.matcher, &mut caught_up).await?;
        }
        Ok(())
    }

    /// The cities of this instance.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn cities(&self) -> Result<Vec<City>, EngineError> {
        Ok(self.inner.store.read().await?.cities().await?)
    }

    /// The wards that hold a position now, or are near it, by the index.
    pub async fn wards_at(&self, city: CityId, at: crate::geometry::Position) -> Vec<WardHit> {
        self.watching(city).await.matcher.wards_at(at)
    }

    /// The wards that hold an address now, of the layers that were chosen for it, by the index.
    pub async fn homes_at(
        &self,
        city: CityId,
        chosen: &[WardRef],
        at: crate::geometry::Position,
    ) -> Vec<WardRef> {
        self.watching(city).await.matcher.homes_at(chosen, at)
    }

    /// How many watches the index of a city holds.
    pub async fn indexed_watches(&self, city: CityId) -> usize {
        self.watching(city).await.matcher.watches()
    }

    /// A watch as the index holds it.
    pub async fn indexed_watch(&self, city: CityId, number: WatchNumber) -> Option<Arc<Watch>> {
        self.watching(city).await.matcher.watch(number)
    }

    async fn watching(&self, city: CityId) -> Arc<Watching> {
        if let Some(watching) = self.inner.cities.read().await.get(&city) {
            return Arc::clone(watching);
        }
        Arc::clone(self.inner.cities.write().await.entry(city).or_default())
    }
}

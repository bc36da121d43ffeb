//! The program as it runs: binds what a configuration names, works until it is told to stop, and
//! leaves nothing half done.

mod behind;
mod push_key;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::channel::email::{EmailError, Mailer};
use crate::channel::push::{PushError, Pusher};
use crate::channel::webhook::Poster;
use crate::clock::{Clock, Zone};
use crate::config::{Config, DeskConfig, PUT_BACK_PUSH_KEY, PUT_BACK_SECRET};
use crate::dispatcher::{DispatchSettings, Dispatcher, Letterhead, Tools};
use crate::engine::{Engine, EngineError, Forgotten};
use crate::http::{Asking, DoorSettings, Doors, Proxies, front, router};
use crate::metrics::Metrics;
use crate::outbound::{Outbound, OutboundError};
use crate::random::Random;
use crate::store::{City, Store, StoreError};

/// Why the program cannot run.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Mail(#[from] EmailError),
    #[error(transparent)]
    Push(#[from] PushError),
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    #[error(
        "{addr} cannot be listened on: {why}; is another wardwatch running? choose another with --listen"
    )]
    Listen { addr: SocketAddr, why: std::io::Error },
    #[error(
        "{} is missing, and {mails} addresses have mails with links that it signed; {PUT_BACK_SECRET}", .file.display()
    )]
    SecretLost { file: PathBuf, mails: i64 },
    #[error(
        "{} is missing, and {browsers} browsers subscribed to the key that was in it; {PUT_BACK_PUSH_KEY}", .file.display()
    )]
    PushKeyLost { file: PathBuf, browsers: i64 },
    #[error("serving ended: {0}")]
    Serving(#[source] std::io::Error),
    #[error(
        "a part of the program broke; the log says which; start it again, and please report it"
    )]
    Broke,
}

/// The program, ready to run.
#[derive(Debug)]
pub struct App {
    pub engine: Engine,
    pub dispatcher: Dispatcher,
    pub doors: Doors,
    pub metrics: Metrics,
}

/// How long what is in hand may take to finish once the program is told to stop.
const DRAIN: Duration = Duration::from_secs(25);

/// How often to look for events and digests when nobody rings: another process may have them.
const LOOK_EVERY: Duration = Duration::from_millis(200);

impl App {
    /// Goes on without the push key that is lost, if it is: gives up the browsers that subscribed to
    /// it. Gives their number.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn without_the_old_push_key(config: &Config, clock: &Clock) -> Result<u64, AppError> {
        if config.made_push_key.is_none() {
            return Ok(0);
        }
        let store = Store::open(&config.desk.store).await?;
        ensure_city(&store, &config.desk, clock).await?;
        let retired = push_key::retire_browsers(&store, clock.now()).await;
        store.close().await;
        retired
    }

    /// Opens the store, makes sure of a city, and puts everything together. Nothing runs yet.
    ///
    /// # Errors
    /// When something that the configuration names cannot be used.
    pub async fn open(config: &Config, clock: Clock, random: Random) -> Result<Self, AppError> {
        let store = Store::open(&config.desk.store).await?;
        ensure_city(&store, &config.desk, &clock).await?;
        if let Some(file) = &config.made_push_key {
            push_key::nobody_needs_the_old(&store, file).await?;
        }
        let metrics = Metrics::default();
        let store = store.timing_commits(metrics.commits());
        let engine =
            Engine::new(store, clock, random, config.desk.secrets.clone(), config.engine.clone());
        let outbound = Outbound::new(config.outbound.clone())?;
        let pusher = Arc::new(Pusher::new(outbound, config.push.clone())?);
        let poster = Arc::new(Poster::new(Outbound::new(config.webhooks.clone())?));
        let mailer = Arc::new(Mailer::new(config.mail.clone())?);
        let letterhead = Letterhead {
            public_url: config.public_url.clone(),
            mail_from: config.mail_from.clone(),
            bounce_address: config.bounce_address.clone(),
            list_host: config.mail.hello.clone(),
            units: config.letters.units,
            ground: Arc::clone(&config.letters.ground),
        };
        let doors = Doors::new(DoorSettings {
            engine: engine.clone(),
            metrics: metrics.clone(),
            push: behind::push(&pusher),
            webhooks: behind::webhooks(&poster),
            public_url: config.public_url.clone(),
            caught_mail: config.caught_mail.clone().zip(config.shows_caught_mail),
            proxies: Proxies::new(config.trusted_proxies.clone()),
            watch_limits: config.watch_limits,
            units: config.letters.units,
            about: config.about.clone(),
            ground: Arc::clone(&config.letters.ground),
            geocoder: Asking::open(config.geocoder.clone())?,
        });
        let tools = Tools {
            store: engine.store().clone(),
            clock: engine.clock().clone(),
            random: engine.random().clone(),
            secrets: config.desk.secrets.clone(),
            mailer,
            pusher,
            poster,
            letterhead,
            metrics: metrics.clone(),
            planned: engine.planned(),
        };
        let sending = DispatchSettings { lease: config.lease, ..DispatchSettings::default() };
        let dispatcher = Dispatcher::new(tools, sending);
        Ok(Self { engine, dispatcher, doors, metrics })
    }

    /// Runs on a listener until `stop` comes: takes nothing new, finishes what is in hand, closes
    /// the store. `more` are routes beside the usual ones; without any, `/` lists issues.
    ///
    /// # Errors
    /// When the listener fails, the index cannot be loaded, or a part of the program breaks: one
    /// that takes reports and tells nobody is worse than one that a supervisor starts again.
    pub async fn run(
        self,
        listener: TcpListener,
        more: Option<Router>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), AppError> {
        let began = Instant::now();
        let mut stop = Box::pin(stop);
        tokio::select! {
            warm = self.engine.warm_up() => warm?,
            () = &mut stop => {
                self.engine.store().close().await;
                return Ok(());
            }
        }
        tracing::info!(took_ms = began.elapsed().as_millis(), "the index is loaded");
        let (tell, told) = watch::channel(false);
        let mut works = JoinSet::new();
        works.spawn(keep_matching(self.engine.clone(), self.metrics.clone(), told.clone()));
        works.spawn(keep_digesting(self.engine.clone(), told.clone()));
        works.spawn(keep_forgetting(self.engine.clone(), told.clone()));
        // Not one of the works: it ends, and whoever asks before that waits for it.
        tokio::spawn(learn_lately(self.engine.clone()));
        tokio::spawn(self.doors.clone().warm_up());
        let (dispatcher, asked_to_stop) = (self.dispatcher.clone(), told.clone());
        works.spawn(async move { dispatcher.run(asked_to_stop).await });
        let routes = router(&self.doors).merge(more.unwrap_or_else(|| front(&self.doors)));
        let (mut asked, stopping) = (told.clone(), tell.clone());
        tokio::spawn(async move {
            stop.await;
            tracing::info!("stopping: finishing what is in hand");
            let _ = stopping.send(true);
        });
        let server =
            axum::serve(listener, routes.into_make_service_with_connect_info::<SocketAddr>())
                .with_graceful_shutdown(async move {
                    let _ = asked.wait_for(|stop| *stop).await;
                });
        let served = async {
            let served = until_drained(server.into_future(), told.clone()).await;
            let _ = tell.send(true);
            served
        };
        let (served, worked) = tokio::join!(served, until_finished(works, &tell, told.clone()));
        self.engine.store().close().await;
        served.and(worked)
    }
}

/// Waits until all works have ended, as they do when told to stop, but not much longer than that.
/// When one of them breaks, the others and the server are told to stop, too.
async fn until_finished(
    mut works: JoinSet<()>,
    tell: &watch::Sender<bool>,
    mut told: watch::Receiver<bool>,
) -> Result<(), AppError> {
    let mut result = Ok(());
    let patience = async {
        let _ = told.wait_for(|stop| *stop).await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::pin!(patience);
    loop {
        let ended = tokio::select! {
            ended = works.join_next() => ended,
            () = &mut patience => {
                tracing::warn!(
                    "not everything in hand was finished and written down; it will be taken up \
                     again, and some may be sent twice"
                );
                return result;
            }
        };
        match ended {
            None => return result,
            Some(Ok(())) if *tell.borrow() => {}
            Some(ended) => {
                tracing::error!(?ended, "a part of the program broke; stopping");
                result = Err(AppError::Broke);
                let _ = tell.send(true);
            }
        }
    }
}

/// Serves until told to stop, and then until open requests end or the time is up: a stream that
/// somebody listens to never ends by itself.
async fn until_drained(
    server: impl Future<Output = std::io::Result<()>>,
    mut told: watch::Receiver<bool>,
) -> Result<(), AppError> {
    let patience = async {
        let _ = told.wait_for(|stop| *stop).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
    };
    tokio::select! {
        ended = server => ended.map_err(AppError::Serving),
        () = patience => Ok(()),
    }
}

async fn keep_matching(engine: Engine, metrics: Metrics, stop: watch::Receiver<bool>) {
    let mut wait = LOOK_EVERY;
    while !*stop.borrow() {
        let began = Instant::now();
        match engine.match_pending().await {
            Ok(0) => {
                wait = LOOK_EVERY;
                engine.accepted(wait).await;
            }
            Ok(_) => metrics.matched(began.elapsed()),
            Err(error) => {
                tracing::warn!(%error, "events cannot be matched yet; trying again");
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(Duration::from_secs(5));
            }
        }
    }
}

async fn keep_digesting(engine: Engine, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = engine.plan_digests().await {
            tracing::warn!(%error, "digests cannot be planned yet; trying again");
        }
        if let Err(error) = engine.ask_whether_fixed().await {
            tracing::warn!(%error, "reporters cannot be asked yet; trying again");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn learn_lately(engine: Engine) {
    if let Err(error) = engine.learn_lately().await {
        tracing::warn!(%error, "the last weeks are read when somebody asks what to expect");
    }
}

async fn keep_forgetting(engine: Engine, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match engine.forget_unanswered().await {
            Ok(0) => {}
            Ok(watches) => tracing::info!(watches, "forgot what nobody had confirmed"),
            Err(error) => tracing::warn!(%error, "what nobody confirmed is kept for now"),
        }
        forget_what_is_over(&engine, &stop).await;
        tokio::select! {
            () = tokio::time::sleep(Duration::from_hours(1)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// A little at a time, so that nobody waits for it, until nothing is left or it is time to stop.
async fn forget_what_is_over(engine: &Engine, stop: &watch::Receiver<bool>) {
    let mut all = Forgotten::default();
    while !*stop.borrow() {
        match engine.forget_some().await {
            Ok(some) if some.is_nothing() => break,
            Ok(some) => all = all.and(some),
            Err(error) => {
                tracing::warn!(%error, "what is over is kept for now");
                break;
            }
        }
    }
    if !all.is_nothing() {
        let Forgotten { deliveries, watches, people, matches, comments, answers } = all;
        tracing::info!(
            deliveries,
            watches,
            people,
            matches,
            comments,
            answers,
            "forgot what was kept long enough"
        );
    }
}

/// The first start makes the city `default`; a setting that names it, its zone or its language holds from
/// then on.
pub(crate) async fn ensure_city(
    store: &Store,
    config: &DeskConfig,
    clock: &Clock,
) -> Result<City, AppError> {
    let mut tx = store.write().await?;
    if tx.cities().await?.is_empty() {
        let zone = config.zone.clone().unwrap_or_else(first_zone);
        let name = config.city_name.as_deref().unwrap_or("Our city");
        tx.add_city("default", name, &zone, clock.now()).await?;
    }
    let mut city = tx.cities().await?.remove(0);
    if let Some(file) = &config.made_secret {
        let mails = tx.traces(city.id).await?.mails;
        if mails > 0 {
            // Else it would look as if all were well the next time.
            config.take_back();
            return Err(AppError::SecretLost { file: file.clone(), mails });
        }
    }
    let known = city.clone();
    city.zone = config.zone.clone().unwrap_or(city.zone);
    city.name = config.city_name.clone().unwrap_or(city.name);
    let language = config.city_language.as_ref().map(ToString::to_string);
    city.language = language.unwrap_or(city.language);
    if city != known {
        tx.name_city(&city).await?;
    }
    tx.commit().await?;
    Ok(city)
}

/// The clocks that a city keeps until somebody sets them.
pub(crate) fn first_zone() -> Zone {
    "America/Chicago".parse().unwrap_or_else(|_| Zone::utc())
}

/// Listens, with the reason in words when that is not possible.
///
/// # Errors
/// When the address is taken or not ours.
pub async fn listen(addr: SocketAddr) -> Result<TcpListener, AppError> {
    TcpListener::bind(addr).await.map_err(|why| AppError::Listen { addr, why })
}

/// Resolves when the process is told to stop: SIGTERM, or Ctrl-C. It listens from the moment it is
/// called, not from when it is awaited: what comes meanwhile is not lost, and kills nobody.
pub fn told_to_stop() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    let heard = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    };
    async move {
        #[cfg(unix)]
        if let (Ok(mut terminated), Ok(mut interrupted)) = heard {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = interrupted.recv() => {}
            }
            return;
        }
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn work_until(mut told: watch::Receiver<bool>) {
        let _ = told.wait_for(|stop| *stop).await;
    }

    #[tokio::test]
    async fn a_part_that_breaks_or_ends_unasked_stops_the_program_with_an_error() {
        for breaks in [true, false] {
            let (tell, told) = watch::channel(false);
            let mut works = JoinSet::new();
            works.spawn(work_until(told.clone()));
            works.spawn(async move { assert!(!breaks, "as a fault of ours would") });
            let ended = until_finished(works, &tell, told.clone()).await;
            assert!(matches!(ended, Err(AppError::Broke)), "{ended:?}");
            assert!(*told.borrow(), "the server is told, too");
        }
    }

    #[tokio::test]
    async fn parts_that_end_when_they_are_told_to_are_in_order() {
        let (tell, told) = watch::channel(true);
        let mut works = JoinSet::new();
        works.spawn(work_until(told.clone()));
        works.spawn(work_until(told.clone()));
        assert!(until_finished(works, &tell, told).await.is_ok());
    }
}

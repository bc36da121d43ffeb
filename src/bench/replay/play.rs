//! The whole program over a throwaway city, with a clock that runs as fast as the feed is played.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::sync::{broadcast, oneshot};
use tokio::task::JoinHandle;

use super::{Feed, ReplayError};
use crate::app::{App, AppError, listen};
use crate::bench::matching::Stage as Doing;
use crate::bench::running_clock::RunningClock;
use crate::bench::sinks::{MailArrival, MailSink, PushArrival, PushSink};
use crate::clock::{Timestamp, Weekday, Zone};
use crate::config::{DeskSettings, Settings};
use crate::demo::people::{Browser, Person};
use crate::dispatcher::Handed;
use crate::engine::{Arrival, Engine, EngineSettings, Receipt};
use crate::geometry::Envelope;
use crate::issue::IssueId;
use crate::random::Random;
use crate::store::{City, Store, StoreSettings};
use crate::ward::LayerVersion;
use crate::watcher::{DIGEST_DAY, DIGEST_HOUR};

/// Who and what it is played with.
pub(super) struct Cast {
    pub city_name: String,
    pub zone: Zone,
    pub layers: Vec<LayerVersion>,
    pub people: Vec<Person>,
    pub engine: EngineSettings,
    pub speed: f64,
}

/// The program, ready to be played to.
pub(super) struct Stage {
    pub store: StoreSettings,
    pub city: City,
    pub people: usize,
    pub watches: usize,
    zone: Zone,
    speed: f64,
    engine: Engine,
    app: Option<App>,
    clock: RunningClock,
    mail: MailSink,
    push: PushSink,
}

/// What arrived, and when.
pub(super) struct Played {
    pub mails: Vec<MailArrival>,
    pub pushes: Vec<PushArrival>,
    pub handed: Vec<(Instant, Handed)>,
    /// When each issue was spoken of.
    pub spoken: HashMap<IssueId, Vec<Instant>>,
    pub refused: usize,
    /// How many daily and weekly digests came due while there was something to tell.
    pub rounds: [usize; 2],
}

/// How many people move in together.
const PEOPLE: usize = 500;
/// A service that has not come to rest by then never will.
const PATIENCE: Duration = Duration::from_mins(2);
/// What is told of a lease's usual time.
const LEASE_S: f64 = 120.0;

impl Stage {
    pub async fn set(
        dir: &Path,
        feed: &Feed,
        cast: Cast,
        progress: &mut (dyn FnMut(Doing) + '_),
    ) -> Result<Self, ReplayError> {
        let (mail, push) = (MailSink::start().await?, PushSink::start().await?);
        let clock = RunningClock::standing(feed.span().0.minus(Duration::from_mins(1)));
        let mut config = settings(dir, &cast, &mail, &push).resolve()?;
        config.engine = cast.engine;
        let app = App::open(&config, clock.clock.clone(), Random::System).await?;
        let engine = app.engine.clone();
        let city = engine.cities().await?.remove(0);
        load(&engine, &city, &cast.layers).await?;
        let city = engine.cities().await?.remove(0); // with its bounds
        let people = cast.people.len();
        let watches = move_in(&engine, &city, cast.people, &push, progress).await?;
        engine.warm_up().await?;
        let (store, zone, speed) = (config.desk.store, cast.zone, cast.speed);
        let app = Some(app);
        Ok(Self { store, city, people, watches, zone, speed, engine, app, clock, mail, push })
    }

    /// Plays the feed, and goes on until the last digest is out.
    pub async fn play(
        &mut self,
        feed: &Feed,
        progress: &mut (dyn FnMut(Doing) + '_),
    ) -> Result<Played, ReplayError> {
        let app = self.app.take().ok_or(ReplayError::Stopped)?;
        let handed = tokio::spawn(write_down(app.dispatcher.listen()));
        let listener = listen(([127, 0, 0, 1], 0).into()).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving: JoinHandle<Result<(), AppError>> =
            tokio::spawn(app.run(listener, None, async { drop(stopped.await) }));
        self.clock.start(self.speed);
        let (spoken, refused) = self.hand_in(feed, progress).await?;
        let rounds = self.end_of_play(feed, progress).await?;
        let _ = stop.send(());
        // A panic of the program must not pass for a good day.
        serving.await.map_err(|_| ReplayError::Stopped)??;
        let handed = handed.await.map_err(|_| ReplayError::Stopped)?;
        let (mails, pushes) = (self.mail.log.take(), self.push.log.take());
        Ok(Played { mails, pushes, handed, spoken, refused, rounds })
    }

    /// Hands in each notice at its time; what is due together goes together, in order. Its time
    /// counts from when it was due, however late it is taken.
    async fn hand_in(
        &self,
        feed: &Feed,
        progress: &mut (dyn FnMut(Doing) + '_),
    ) -> Result<(HashMap<IssueId, Vec<Instant>>, usize), ReplayError> {
        let (began, start) = (Instant::now(), feed.span().0);
        let due = |at: Timestamp| began + at.since(start).div_f64(self.speed);
        let (mut spoken, mut refused) = (HashMap::<IssueId, Vec<Instant>>::new(), 0);
        let mut rest = &feed.said[..];
        while let Some((at, _)) = rest.first() {
            let done = 1.0 - rest.len() as f64 / feed.said.len() as f64;
            progress(Doing { doing: "playing", done });
            let first = due(*at);
            // Wakes for the progress, too.
            if first > Instant::now() {
                let soon = Instant::now() + Duration::from_millis(500);
                tokio::time::sleep_until(first.min(soon).into()).await;
                continue;
            }
            let now = Instant::now();
            let together = rest.partition_point(|(at, _)| due(*at) <= now).clamp(1, 1_000);
            let (batch, later) = rest.split_at(together);
            let notices = batch.iter().map(|(_, notice)| notice.clone()).collect();
            let receipts = self.engine.accept(&self.city, notices, Arrival::default()).await?;
            for ((at, _), receipt) in batch.iter().zip(receipts) {
                match receipt {
                    Receipt::Accepted { issue, .. } => {
                        spoken.entry(issue).or_default().push(due(*at));
                    }
                    Receipt::Repeated { .. } => {}
                    Receipt::Refused { .. } => refused += 1,
                }
            }
            rest = later;
        }
        Ok((spoken, refused))
    }

    /// Sets the clock ahead to the next daily digest, and to the next weekly one. Gives how many
    /// of each came due from the start.
    async fn end_of_play(
        &self,
        feed: &Feed,
        progress: &mut (dyn FnMut(Doing) + '_),
    ) -> Result<[usize; 2], ReplayError> {
        progress(Doing { doing: "sending the last digests", done: 1.0 });
        self.come_to_rest().await?;
        let (start, end) = feed.span();
        let weekly = |day: Weekday| day == DIGEST_DAY;
        let days = rounds(start, end, |after| self.zone.next(after, DIGEST_HOUR, |_| true));
        let weeks = rounds(start, end, |after| self.zone.next(after, DIGEST_HOUR, weekly));
        for last in [days.last(), weeks.last()].into_iter().flatten() {
            let ahead = last.plus(Duration::from_mins(1));
            self.clock.clock.set(self.clock.clock.now().max(ahead));
            self.come_to_rest().await?;
        }
        Ok([days.len(), weeks.len()])
    }

    /// Waits until everything is matched, planned and sent.
    async fn come_to_rest(&self) -> Result<(), ReplayError> {
        let began = Instant::now();
        loop {
            let mut tx = self.engine.store().read().await?;
            let now = self.clock.clock.now();
            let is_matched = tx.unmatched(self.city.id, 0, 1).await?.is_empty();
            let is_planned = tx.due_digests(self.city.id, now, 1).await?.is_empty();
            if is_matched && is_planned && tx.oldest_waiting().await?.is_none() {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                let tally = tx.delivery_tally().await?;
                let waits = tally.iter().filter(|row| row.state == "waiting");
                return Err(ReplayError::Restless { waiting: waits.map(|row| row.count).sum() });
            }
            drop(tx);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The store, once the program has ended.
    pub async fn stored(&self) -> Result<Store, ReplayError> {
        Ok(Store::open(&self.store).await?)
    }
}

/// The times of a digest from the first after `start` to the first after `end`.
fn rounds(
    start: Timestamp,
    end: Timestamp,
    next: impl Fn(Timestamp) -> Timestamp,
) -> Vec<Timestamp> {
    let mut rounds = vec![next(start)];
    while let Some(last) = rounds.last().copied().filter(|last| *last <= end) {
        rounds.push(next(last));
    }
    rounds
}

fn settings(dir: &Path, cast: &Cast, mail: &MailSink, push: &PushSink) -> Settings {
    // The lease is told by the clock that runs fast.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number")]
    let lease_s = (LEASE_S * cast.speed.max(1.0)).ceil() as u64;
    Settings {
        desk: DeskSettings {
            data_dir: Some(dir.to_owned()),
            database_url: Some(StoreSettings::file(&dir.join("wardwatch.db")).url),
            timezone: Some(cast.zone.name().to_owned()),
            city_name: Some(cast.city_name.clone()),
            ..DeskSettings::default()
        },
        smtp_url: Some(format!("smtp://{}", mail.addr)),
        mail_from: Some("Replay <replay@example.org>".into()),
        public_url: Some("https://replay.example.org".into()),
        push_allow_hosts: Some(vec![push.addr.to_string()]),
        lease_s: Some(lease_s),
        ..Settings::default()
    }
}

async fn load(engine: &Engine, city: &City, layers: &[LayerVersion]) -> Result<(), ReplayError> {
    let mut tx = engine.store().write().await?;
    for layer in layers {
        tx.put_layer_version(city.id, layer, "replay", engine.clock().now()).await?;
    }
    let wards = layers.iter().flat_map(|layer| &layer.wards);
    let boxes = wards.flat_map(|ward| ward.shape.envelopes(2_000.0));
    if let Some(around) = boxes.reduce(|all: Envelope, one| all.union(&one)) {
        tx.set_city_bounds(city.id, around).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn move_in(
    engine: &Engine,
    city: &City,
    people: Vec<Person>,
    push: &PushSink,
    progress: &mut (dyn FnMut(Doing) + '_),
) -> Result<usize, ReplayError> {
    let all = people.len();
    let mut dice = Browser::dice(1);
    let (mut batch, mut watches) = (vec![], 0);
    for (number, person) in people.into_iter().enumerate() {
        let browser = person.push.then(|| Browser::throw(&mut dice)).transpose()?;
        let subscription = browser.map(|one| one.receiver.subscription(push.endpoint(number)));
        let newcomer = person.newcomer(engine, subscription);
        batch.push(newcomer.map_err(|why| ReplayError::Person(why.to_string()))?);
        if batch.len() == PEOPLE {
            progress(Doing { doing: "moving people in", done: number as f64 / all as f64 });
            watches += engine.settle_in(city, std::mem::take(&mut batch)).await?;
        }
    }
    watches += engine.settle_in(city, batch).await?;
    Ok(watches)
}

/// Notes what the other side has taken, and when, until the program ends.
async fn write_down(
    mut handed: broadcast::Receiver<std::sync::Arc<Handed>>,
) -> Vec<(Instant, Handed)> {
    let mut notes = vec![];
    loop {
        match handed.recv().await {
            Ok(one) => notes.push((Instant::now(), Handed::clone(&one))),
            // Those are missing from the times, not from the count.
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return notes,
        }
    }
}

//! The stages that run one after the other, and what arrived in each.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use serde::Deserialize;
use tokio::sync::watch;

use super::bare::Ground;
use super::expected::{Balance, Expected, Telling};
use super::town::{Resident, Town, TownError};
use super::{CityError, CityReport, Progress, Stage};
use crate::app::App;
use crate::bench::running_clock::RunningClock;
use crate::bench::sinks::{MailArrival, MailSink, PushArrival, PushSink, last};
use crate::channel::push::{PushError, open};
use crate::clock::Timestamp;
use crate::config::{DeskSettings, Settings};
use crate::dispatcher::Dispatcher;
use crate::engine::{Arrival, Engine, NewWatch, Newcomer, Receipt};
use crate::random::Random;
use crate::store::City;
use crate::watch::WatchId;
use crate::watcher::Address;

/// A Monday morning in May, nine o'clock in Chicago: no digest comes due by itself during a run.
const MORNING: Timestamp = Timestamp::from_millis(1_777_903_200_000);
/// After which every daily and weekly digest is due.
const EIGHT_DAYS: Duration = Duration::from_hours(24 * 8);

/// The program over a fresh database, with its receivers.
pub struct Running<'a> {
    pub town: &'a Town,
    pub engine: Engine,
    pub city: City,
    pub mail: MailSink,
    pub push: PushSink,
    /// Of every accepted event: which one, by the id and by the number of its issue.
    pub by_issue: HashMap<String, usize>,
    pub by_number: HashMap<String, usize>,
    /// Until the live stage takes it.
    pub app: Option<App>,
    dispatcher: Dispatcher,
    by_email: HashMap<&'a str, usize>,
    clock: RunningClock,
}

/// What arrived in a stage.
pub struct Sent {
    pub mails: Vec<MailArrival>,
    pub pushes: Vec<PushArrival>,
    /// From the start of sending to the moment when every outcome was stored.
    pub took: Duration,
    began: Instant,
}

impl Sent {
    pub fn mails_per_s(&self) -> f64 {
        let took = last(&self.mails).map(|at| at.duration_since(self.began));
        took.map_or(0.0, |took| per_second(self.mails.len(), took))
    }

    pub fn pushes_per_s(&self) -> f64 {
        let took = last(&self.pushes).map(|at| at.duration_since(self.began));
        took.map_or(0.0, |took| per_second(self.pushes.len(), took))
    }

    pub fn mean_mail_bytes(&self) -> f64 {
        let all: usize = self.mails.iter().map(|mail| mail.bytes).sum();
        all as f64 / self.mails.len().max(1) as f64
    }
}

/// Who was told of what, in the order of arrival.
pub struct Told {
    pub mails: Vec<Telling>,
    pub pushes: Vec<Telling>,
    /// Mails with a `Message-ID` that another mail has.
    copies: usize,
    /// Messages of which nobody knows what they are about.
    strays: usize,
}

impl Told {
    pub fn balance(&self, expected: &Expected) -> Balance {
        let mut balance = Balance::of(&expected.mails, &self.mails);
        balance += Balance::of(&expected.pushes, &self.pushes);
        balance.unasked += self.strays;
        balance.repeated = balance.repeated.max(self.copies);
        balance
    }
}

/// As the service worker reads it.
#[derive(Deserialize)]
struct Payload {
    url: String,
}

pub fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(1e-9)
}

/// How many people move in together.
const PEOPLE: usize = 2_000;
/// How many callers hand in how many notices at once.
const CALLERS: usize = 8;
const A_CALL: usize = 100;
/// When so long nothing has arrived, nothing will.
const PATIENCE: Duration = Duration::from_mins(1);

impl<'a> Running<'a> {
    pub async fn open(town: &'a Town, ground: &Ground) -> Result<Self, CityError> {
        let (mail, push) = (MailSink::start().await?, PushSink::start().await?);
        let settings = Settings {
            desk: DeskSettings {
                data_dir: Some(ground.dir().to_owned()),
                database_url: Some(ground.url()),
                ..DeskSettings::default()
            },
            smtp_url: Some(format!("smtp://{}", mail.addr)),
            mail_from: Some("Bench <bench@example.org>".into()),
            public_url: Some("https://bench.example.org".into()),
            push_allow_hosts: Some(vec![push.addr.to_string()]),
            // The busiest hour there is, again and again: what is measured is how fast all of it goes out.
            at_once_an_hour: Some(0),
            ..Settings::default()
        };
        let mut clock = RunningClock::standing(MORNING);
        clock.start(1.0);
        let app = App::open(&settings.resolve()?, clock.clock.clone(), Random::System).await?;
        let (engine, dispatcher) = (app.engine.clone(), app.dispatcher.clone());
        let city = engine.cities().await?.remove(0);
        let by_email = town.people.iter().enumerate();
        let by_email =
            by_email.filter_map(|(nth, one)| one.email.as_deref().map(|email| (email, nth)));
        Ok(Self {
            town,
            city,
            mail,
            push,
            by_issue: HashMap::new(),
            by_number: HashMap::new(),
            app: Some(app),
            by_email: by_email.collect(),
            engine,
            dispatcher,
            clock,
        })
    }

    /// Stores wards, people and watches, and reads them into the index.
    pub async fn move_in(
        &mut self,
        report: &mut CityReport,
        progress: Progress<'_>,
    ) -> Result<(), CityError> {
        let mut tx = self.engine.store().write().await?;
        let now = self.engine.clock().now();
        tx.put_layer_version(self.city.id, &self.town.layer(), "bench", now).await?;
        tx.commit().await?;
        let mut took = Duration::ZERO;
        let mut done = 0;
        for people in self.town.people.chunks(PEOPLE) {
            let part = done as f64 / self.town.people.len() as f64;
            progress(Stage { doing: "moving people in", done: part });
            let people = people.iter().enumerate();
            let newcomers = people.map(|(nth, person)| self.newcomer(done + nth, person));
            let newcomers = newcomers.collect::<Result<Vec<_>, _>>()?;
            let started = Instant::now();
            done += newcomers.len();
            self.engine.settle_in(&self.city, newcomers).await?;
            took += started.elapsed();
        }
        report.settled_watches_per_s = per_second(self.town.watches.len(), took);
        progress(Stage { doing: "loading the index", done: 0.0 });
        let started = Instant::now();
        self.engine.warm_up().await?;
        report.index_load_s = started.elapsed().as_secs_f64();
        Ok(())
    }

    fn newcomer(&self, nth: usize, person: &Resident) -> Result<Newcomer, TownError> {
        let mail = person.email.as_deref().and_then(|email| email.parse().ok());
        let endpoint = || self.push.endpoint(nth);
        let push = person.browser.as_ref().map(|browser| browser.subscription(endpoint()));
        let addresses = mail.map(Address::Mail).into_iter().chain(push.map(Address::Push));
        let now = self.engine.clock().now();
        let watches = self.town.watches[person.watches.clone()].iter().map(|watch| {
            Ok(NewWatch {
                id: WatchId(self.engine.random().uuid(now)),
                name: watch.name.clone(),
                target: self.town.target(watch)?,
                filter: watch.filter.clone(),
                rhythm: watch.rhythm,
                via: watch.via,
            })
        });
        Ok(Newcomer {
            language: self.city.language.clone(),
            addresses: addresses.collect(),
            watches: watches.collect::<Result<_, TownError>>()?,
        })
    }

    /// Hands in the first events.
    pub async fn accept(
        &mut self,
        events: usize,
        progress: Progress<'_>,
    ) -> Result<Duration, CityError> {
        let calls: Vec<Vec<usize>> =
            (0..events).collect::<Vec<_>>().chunks(A_CALL).map(<[_]>::to_vec).collect();
        let now = self.engine.clock().now();
        let (engine, city, town) = (&self.engine, &self.city, self.town);
        let started = Instant::now();
        let mut answers = stream::iter(calls)
            .map(|call| async move {
                let notices = call.iter().map(|event| town.notice(*event, now)).collect();
                let receipts = engine.accept(city, notices, Arrival::default()).await?;
                Ok::<_, CityError>((call, receipts))
            })
            .buffer_unordered(CALLERS);
        let mut all = vec![];
        while let Some(answer) = answers.next().await {
            let (call, receipts) = answer?;
            all.extend(call.into_iter().zip(receipts));
            progress(Stage { doing: "accepting", done: all.len() as f64 / events as f64 });
        }
        let took = started.elapsed();
        drop(answers);
        self.remember(&all)?;
        Ok(took)
    }

    /// Notes which issue each event became.
    pub fn remember(&mut self, answers: &[(usize, Receipt)]) -> Result<(), CityError> {
        let mut refused = 0;
        for (event, receipt) in answers {
            if let Receipt::Accepted { issue, number, .. } = receipt {
                self.by_issue.insert(issue.0.to_string(), *event);
                self.by_number.insert(number.clone(), *event);
            } else {
                refused += 1;
            }
        }
        match refused {
            0 => Ok(()),
            _ => Err(CityError::Refused { refused, all: answers.len() }),
        }
    }

    /// How many deliveries wait.
    pub async fn waiting(&self) -> Result<usize, CityError> {
        let tallies = self.engine.store().read().await?.delivery_tally().await?;
        let waiting = tallies.iter().filter(|tally| tally.state == "waiting");
        Ok(waiting.map(|tally| usize::try_from(tally.count).unwrap_or(0)).sum())
    }

    /// Sends all that waits, as the running program does.
    pub async fn send_all(
        &self,
        rows: usize,
        doing: &'static str,
        progress: Progress<'_>,
    ) -> Result<Sent, CityError> {
        let (stop, stopped) = watch::channel(false);
        let began = Instant::now();
        let dispatcher = self.dispatcher.clone();
        let sending = tokio::spawn(async move { dispatcher.run(stopped).await });
        self.until_settled(rows, |part| progress(Stage { doing, done: part })).await?;
        let took = began.elapsed();
        let _ = stop.send(true);
        // It stops when nothing is in hand; what broke in it has been logged.
        let _ = sending.await;
        Ok(self.taken(began, took))
    }

    /// What has arrived since the last stage.
    pub fn taken(&self, began: Instant, took: Duration) -> Sent {
        Sent { mails: self.mail.log.take(), pushes: self.push.log.take(), took, began }
    }

    /// Waits until nothing waits in the outbox any more, or nothing has arrived for long.
    pub async fn until_settled(
        &self,
        rows: usize,
        mut progress: impl FnMut(f64),
    ) -> Result<(), CityError> {
        let (mut most, mut grew) = (0, Instant::now());
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let came = self.mail.log.count() + self.push.log.count();
            if came > most {
                (most, grew) = (came, Instant::now());
            }
            progress(came as f64 / rows.max(1) as f64);
            let quiet = grew.elapsed();
            // Looking costs the one who is measured, so only when it may be over.
            if came >= rows || quiet > Duration::from_secs(2) {
                let done = self.engine.store().read().await?.oldest_waiting().await?.is_none();
                if done || quiet > PATIENCE {
                    return Ok(());
                }
            }
        }
    }

    /// Reads from every message whom it told of what.
    pub fn told(&self, sent: &Sent) -> Result<Told, CityError> {
        let urls = self.opened(&sent.pushes)?;
        let mails: Vec<Telling> = sent.mails.iter().filter_map(|m| self.of_mail(m)).collect();
        let by_url = |url: &String| self.by_number.get(url.rsplit('/').next()?).copied();
        let pushes: Vec<Telling> = sent
            .pushes
            .iter()
            .zip(&urls)
            .filter_map(|(push, url)| Some((push.browser, by_url(url)?)))
            .collect();
        let strays = sent.mails.len() + urls.len() - mails.len() - pushes.len();
        let ids: std::collections::HashSet<&String> =
            sent.mails.iter().map(|mail| &mail.message_id).collect();
        Ok(Told { mails, pushes, copies: sent.mails.len() - ids.len(), strays })
    }

    /// The person and the event of a mail about one issue.
    pub fn of_mail(&self, mail: &MailArrival) -> Option<Telling> {
        let person = self.person(mail)?;
        let issue = mail.thread.as_deref()?.strip_prefix("issue-")?.split('@').next()?;
        Some((person, *self.by_issue.get(issue)?))
    }

    fn person(&self, mail: &MailArrival) -> Option<usize> {
        self.by_email.get(mail.to.first()?.as_str()).copied()
    }

    /// Opens every push message with its browser's key, as a browser would; gives where each
    /// leads.
    fn opened(&self, pushes: &[PushArrival]) -> Result<Vec<String>, CityError> {
        let open_one = |push: &PushArrival| -> Result<String, PushError> {
            let person = self.town.people.get(push.browser);
            let browser = person.and_then(|person| person.browser.as_ref());
            let browser = browser.ok_or(PushError::NotOpened("no browser has this number"))?;
            let text = open(browser, &push.body)?;
            let payload: Payload = serde_json::from_slice(&text)
                .map_err(|_| PushError::NotOpened("it is not a notification"))?;
            Ok(payload.url)
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = pushes.len().div_ceil(threads).max(1);
        let opened: Vec<Result<Vec<String>, PushError>> = std::thread::scope(|scope| {
            let parts = pushes.chunks(share);
            let working: Vec<_> =
                parts.map(|part| scope.spawn(|| part.iter().map(open_one).collect())).collect();
            let done = working.into_iter().map(std::thread::ScopedJoinHandle::join);
            done.map(|one| one.unwrap_or(Err(PushError::NotOpened("opening broke")))).collect()
        });
        Ok(opened.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Eight days later everybody's digest is due.
    pub async fn digests(
        &mut self,
        expected: &Expected,
        report: &mut CityReport,
        progress: Progress<'_>,
    ) -> Result<Balance, CityError> {
        progress(Stage { doing: "planning digests", done: 0.0 });
        self.clock.clock.set(self.clock.clock.now().plus(EIGHT_DAYS));
        let started = Instant::now();
        let people = self.engine.plan_digests().await?;
        report.digests_planned_people_per_s = per_second(people, started.elapsed());
        let rows = self.waiting().await?;
        let sent = self.send_all(rows, "sending digests", progress).await?;
        report.digest_mails_per_s = sent.mails_per_s();
        report.digest_pushes_per_s = sent.pushes_per_s();
        let mails: Vec<usize> = sent.mails.iter().filter_map(|mail| self.person(mail)).collect();
        let pushes: Vec<usize> = sent.pushes.iter().map(|push| push.browser).collect();
        report.digest_people = expected.digest_mails.union(&expected.digest_pushes).count();
        let mut balance = Balance::of(&expected.digest_mails, &mails);
        balance += Balance::of(&expected.digest_pushes, &pushes);
        balance.unasked += sent.mails.len() - mails.len();
        Ok(balance)
    }
}

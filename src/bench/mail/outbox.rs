//! A street whose people are all told of each issue by mail: what a whole delivery costs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::timeout;

use super::{MailError, MailPlan, allowed};
use crate::app::App;
use crate::bench::city::{CityError, Ground, per_second};
use crate::clock::Clock;
use crate::config::{DeskSettings, Settings};
use crate::demo::city::DemoCity;
use crate::demo::picture::under_mails;
use crate::drawing::Ground as MapGround;
use crate::engine::{Arrival, NewWatch, Newcomer};
use crate::geometry::{Position, Shape};
use crate::issue::{Actor, Facts, Kind, Notice, Said};
use crate::random::Random;
use crate::store::City;
use crate::watch::{Filter, Rhythm, Target, Via, WatchId};
use crate::watcher::{Address, EmailAddress};

/// What happens there, in every mail of the benchmark.
pub const CATEGORY: &str = "Pothole";
pub const ADDRESS: &str = "1200 W Alder St";
pub const WORDS: &str = "Deep hole in the right lane, just past the bus stop. My neighbor’s bike \
    fell into it yesterday. It is hard to see when it rains.";
pub const WATCH: &str = "Home";

/// A corner of the demo city, so that mails carry a map of it.
pub const HERE: Position = Position { lon: -87.0102, lat: 43.524 };
/// How many people move in together.
const PEOPLE: usize = 2_000;
/// When so long nothing was handed over, nothing will be.
const PATIENCE: Duration = Duration::from_mins(1);

/// The streets of the demo city.
pub fn demo_ground() -> MapGround {
    let city = DemoCity::embedded().expect("its files are in the program");
    under_mails(&city).expect("they are GeoJSON")
}

/// Where people get their mail.
pub fn resident(nth: usize) -> EmailAddress {
    let text = format!("resident{nth}@example.org");
    text.parse().expect("letters and digits make an address")
}

/// The program over a fresh database, and people who all watch one block.
pub struct Street {
    app: App,
    city: City,
    ground: Ground,
    people: usize,
    told: AtomicUsize,
}

impl Street {
    pub async fn build(plan: &MailPlan, smtp: SocketAddr) -> Result<Self, CityError> {
        let name = format!("wardwatch_bench_{:016x}", Random::System.bits());
        let ground = Ground::make(&plan.dir, None, &name).await?;
        let settings = Settings {
            desk: DeskSettings {
                data_dir: Some(ground.dir().to_owned()),
                database_url: Some(ground.url()),
                ..DeskSettings::default()
            },
            smtp_url: Some(format!("smtp://{smtp}")),
            smtp_connections: Some(allowed(plan)),
            mail_from: Some("Bench <bench@example.org>".into()),
            public_url: Some("https://bench.example.org".into()),
            at_once_an_hour: Some(0),
            ..Settings::default()
        };
        let mut config = settings.resolve()?;
        config.letters.ground = Arc::new(demo_ground());
        let app = App::open(&config, Clock::System, Random::System).await?;
        let city = app.engine.cities().await?.remove(0);
        let told = AtomicUsize::new(0);
        let street = Self { app, city, ground, people: plan.mails, told };
        street.move_in().await?;
        Ok(street)
    }

    async fn move_in(&self) -> Result<(), CityError> {
        let engine = &self.app.engine;
        let block = Shape::circle(HERE, 300.0).map_err(super::super::city::TownError::from)?;
        let block = Arc::new(block);
        let newcomer = |nth: usize| Newcomer {
            language: self.city.language.clone(),
            addresses: vec![Address::Mail(resident(nth))],
            watches: vec![NewWatch {
                id: WatchId(engine.random().uuid(engine.clock().now())),
                name: WATCH.to_owned(),
                target: Target::Area(Arc::clone(&block)),
                filter: Filter::for_places(),
                rhythm: Rhythm::AtOnce,
                via: Via::MAIL,
            }],
        };
        for first in (0..self.people).step_by(PEOPLE) {
            let newcomers = (first..self.people.min(first + PEOPLE)).map(newcomer).collect();
            engine.settle_in(&self.city, newcomers).await?;
        }
        Ok(engine.warm_up().await?)
    }

    /// Something happens, and everybody gets a mail. Mails a second, from the start of sending
    /// to the moment when every outcome is stored.
    pub async fn tell(&self) -> Result<f64, MailError> {
        let engine = &self.app.engine;
        let notice = self.notice();
        engine
            .accept(&self.city, vec![notice], Arrival::default())
            .await
            .map_err(CityError::from)?;
        engine.match_pending().await.map_err(CityError::from)?;
        let mut handed = self.app.dispatcher.listen();
        let (stop, stopped) = watch::channel(false);
        let started = Instant::now();
        let dispatcher = self.app.dispatcher.clone();
        let sending = tokio::spawn(async move { dispatcher.run(stopped).await });
        let mut count = 0;
        while count < self.people {
            match timeout(PATIENCE, handed.recv()).await {
                Ok(Ok(_)) => count += 1,
                Ok(Err(RecvError::Lagged(some))) => count += usize::try_from(some).unwrap_or(0),
                Ok(Err(RecvError::Closed)) | Err(_) => {
                    let sentence = format!("{count} of {} were sent", self.people);
                    return Err(MailError::NotTaken(sentence));
                }
            }
        }
        // It stops when what is in hand is settled.
        let _ = stop.send(true);
        let _ = sending.await;
        Ok(per_second(self.people, started.elapsed()))
    }

    fn notice(&self) -> Notice {
        let nth = self.told.fetch_add(1, Ordering::Relaxed);
        Notice {
            source: "bench".into(),
            source_id: nth.to_string(),
            version: Some("1".into()),
            said: Said::Event { kind: Kind::Opened, text: None },
            at: self.app.engine.clock().now(),
            actor: Actor::Resident,
            lets: None,
            desk: None,
            facts: Facts {
                category: Some(CATEGORY.into()),
                description: Some(WORDS.to_owned()),
                address: Some(ADDRESS.to_owned()),
                position: Some(HERE),
                ..Facts::default()
            },
        }
    }

    /// Removes the database.
    pub async fn clear(self) -> Result<(), CityError> {
        Ok(self.ground.clear().await?)
    }
}

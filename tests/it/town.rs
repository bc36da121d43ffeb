//! A small town to tell stories in: a store of its own, a clock that stands until it is moved.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use sqlx::{Connection, Executor};
use wardwatch::clock::{Clock, Timestamp, Zone};
use wardwatch::delivery::Lane;
use wardwatch::engine::{Arrival, Engine, EngineSettings, NewWatch, Receipt, Who};
use wardwatch::geometry::{Position, Shape};
use wardwatch::issue::{Actor, Category, Facts, Kind, Notice, Said};
use wardwatch::random::Random;
use wardwatch::store::{City, Claimed, Store, StoreSettings, WatchRow};
use wardwatch::token::Secrets;
use wardwatch::ward::{LayerVersion, Ward};
use wardwatch::watch::{Filter, Rhythm, Target, Via, WatchId};
use wardwatch::watcher::{Address, ContactKind};

/// Tells the same story on both databases.
macro_rules! story {
    ($(#[$meta:meta])* async fn $name:ident($town:ident: Town) $body:block) => {
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn story($town: Town) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                story(Town::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                match Town::on_postgres().await {
                    Some(town) => story(town).await,
                    None => eprintln!("passed over: TEST_POSTGRES_URL is not set"),
                }
            }
        }
    };
}
pub(crate) use story;

/// The address of a new database on the server that `TEST_POSTGRES_URL` names.
pub async fn fresh_postgres() -> Option<String> {
    let server = std::env::var("TEST_POSTGRES_URL").ok()?;
    let name = format!("town_{:016x}", Random::System.bits());
    let mut admin = sqlx::PgConnection::connect(&server).await.expect("the test server");
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    admin.execute(create).await.expect("a database");
    let (base, _) = server.rsplit_once('/').expect("postgres://…/database");
    Some(format!("{base}/{name}"))
}

pub struct Town {
    pub engine: Engine,
    pub clock: Clock,
    settings: StoreSettings,
    _dir: tempfile::TempDir,
}

/// A Monday morning in May, nine o'clock in Chicago.
pub const MORNING: &str = "2026-05-04T14:00:00Z";

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// The corner of the town's two wards' common line: ward 1 west of it, ward 2 east.
pub const LINE: f64 = -87.65;

pub fn place(lon: f64, lat: f64) -> Position {
    Position { lon, lat }
}

impl Town {
    pub async fn on_sqlite() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let settings = StoreSettings::file(&dir.path().join("town.db"));
        Self::over(settings, dir).await
    }

    /// A database of its own on the server that `TEST_POSTGRES_URL` names.
    pub async fn on_postgres() -> Option<Self> {
        Some(Self::on(&fresh_postgres().await?).await)
    }

    /// In the empty database at an address.
    pub async fn on(url: &str) -> Self {
        let settings = StoreSettings { url: url.into(), readers: 2 };
        Self::over(settings, tempfile::tempdir().expect("a directory")).await
    }

    /// A town whose program runs already.
    pub fn of(
        engine: Engine,
        clock: Clock,
        settings: StoreSettings,
        dir: tempfile::TempDir,
    ) -> Self {
        Self { engine, clock, settings, _dir: dir }
    }

    async fn over(settings: StoreSettings, dir: tempfile::TempDir) -> Self {
        let clock = Clock::manual(at(MORNING));
        let engine = engine(&settings, &clock, without_a_cap()).await;
        let mut tx = engine.store().write().await.unwrap();
        let zone: Zone = "America/Chicago".parse().unwrap();
        tx.add_city("default", "Testville", &zone, clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        Self { engine, clock, settings, _dir: dir }
    }

    /// Another process on the same database.
    pub async fn another_process(&self) -> Engine {
        engine(&self.settings, &self.clock, without_a_cap()).await
    }

    /// One that sends nobody more messages at once than is usual.
    pub async fn usual_process(&self) -> Engine {
        engine(&self.settings, &self.clock, EngineSettings::default()).await
    }

    /// One that follows other rules.
    pub async fn process_with(&self, rules: EngineSettings) -> Engine {
        engine(&self.settings, &self.clock, rules).await
    }

    /// Where its database is.
    pub fn url(&self) -> &str {
        &self.settings.url
    }

    pub async fn city(&self) -> City {
        self.engine.cities().await.unwrap().remove(0)
    }

    /// Somebody breaks the database from outside, or mends it.
    pub async fn tamper(&self, sql: &'static str) {
        let url = &self.settings.url;
        if url.starts_with("sqlite:") {
            let mut outside = sqlx::SqliteConnection::connect(url).await.unwrap();
            outside.execute(sql).await.unwrap();
        } else {
            let mut outside = sqlx::PgConnection::connect(url).await.unwrap();
            outside.execute(sql).await.unwrap();
        }
    }

    pub fn pass(&self, time: Duration) {
        self.clock.set(self.clock.now().plus(time));
    }

    /// Every row of every table, as text: what has changed is whatever differs.
    pub async fn everything(&self) -> Vec<String> {
        let url = &self.settings.url;
        let mut rows: Vec<String> = vec![];
        if url.starts_with("sqlite:") {
            let mut outside = sqlx::SqliteConnection::connect(url).await.unwrap();
            let tables =
                "SELECT name, (SELECT group_concat('quote(\"' || c.name || '\")', '||'' ''||')
                FROM pragma_table_info(m.name) AS c) FROM sqlite_master AS m
                WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";
            let tables: Vec<(String, String)> =
                sqlx::query_as(tables).fetch_all(&mut outside).await.unwrap();
            for (table, cells) in tables {
                let sql = format!("SELECT '{table} ' || {cells} FROM \"{table}\"");
                let sql = sqlx::AssertSqlSafe(sql);
                rows.extend(
                    sqlx::query_scalar::<_, String>(sql).fetch_all(&mut outside).await.unwrap(),
                );
            }
        } else {
            let mut outside = sqlx::PgConnection::connect(url).await.unwrap();
            let tables = "SELECT table_name::text FROM information_schema.tables
                WHERE table_schema = 'public'";
            let tables: Vec<String> =
                sqlx::query_scalar(tables).fetch_all(&mut outside).await.unwrap();
            for table in tables {
                let sql = format!("SELECT '{table} ' || t::text FROM \"{table}\" AS t");
                let sql = sqlx::AssertSqlSafe(sql);
                rows.extend(
                    sqlx::query_scalar::<_, String>(sql).fetch_all(&mut outside).await.unwrap(),
                );
            }
        }
        rows.sort_unstable();
        rows
    }

    /// Two police districts, numbered against the wards: 2 in the west.
    pub async fn found_police(&self) {
        self.found("police", 1, ["2", "1"]).await;
    }

    /// Two square wards side by side, and the town's bounds around them.
    pub async fn found_wards(&self) {
        self.found("wards", 1, ["1", "2"]).await;
        let bounds =
            wardwatch::geometry::Envelope { west: -87.8, south: 41.7, east: -87.5, north: 42.0 };
        let mut tx = self.engine.store().write().await.unwrap();
        tx.set_city_bounds(self.city().await.id, bounds).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A later map, on which the two halves of the town have other numbers.
    pub async fn draw_wards_anew(&self, wards: [&str; 2]) {
        self.found("wards", 2, wards).await;
    }

    async fn found(&self, layer: &str, version: i64, [west, east]: [&str; 2]) {
        let square = |west: f64, east: f64| {
            let ring = [[west, 41.8], [east, 41.8], [east, 41.9], [west, 41.9], [west, 41.8]];
            Shape::from_geojson(&json!({"type": "Polygon", "coordinates": [ring]})).unwrap()
        };
        let ward = |key: &str, shape| Ward { key: key.into(), name: format!("Ward {key}"), shape };
        let version = LayerVersion {
            layer: layer.into(),
            version,
            effective: Timestamp::from_millis(0),
            tolerance_m: 1.0,
            wards: vec![ward(west, square(-87.75, LINE)), ward(east, square(LINE, -87.55))],
        };
        let city = self.city().await;
        let mut tx = self.engine.store().write().await.unwrap();
        tx.put_layer_version(city.id, &version, "test", self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Somebody asks to watch; it waits for the confirmation.
    pub async fn ask_to_watch(
        &self,
        email: &str,
        target: Target,
        rhythm: Rhythm,
        filter: Filter,
    ) -> WatchRow {
        let who =
            Who::Address { address: Address::Mail(email.parse().unwrap()), language: "en".into() };
        let new = NewWatch {
            id: WatchId(self.engine.random().uuid(self.clock.now())),
            name: "Home".into(),
            target,
            filter,
            rhythm,
            via: Via::BOTH,
        };
        self.engine.watch(&self.city().await, who, new).await.unwrap()
    }

    /// Somebody watches, and has confirmed.
    pub async fn watch(&self, email: &str, target: Target, rhythm: Rhythm) -> WatchRow {
        let filter = match target {
            Target::Issue(_) => Filter::for_issue(),
            _ => Filter::for_places(),
        };
        self.watch_only(email, target, rhythm, filter).await
    }

    pub async fn watch_only(
        &self,
        email: &str,
        target: Target,
        rhythm: Rhythm,
        filter: Filter,
    ) -> WatchRow {
        let row = self.ask_to_watch(email, target, rhythm, filter).await;
        let code = self.engine.confirmation_code(row.watch.id);
        let confirmed =
            self.engine.confirm_by_code(&self.city().await, row.watch.id, &code).await.unwrap();
        self.take_deliveries().await; // the question
        confirmed
    }

    pub async fn say(&self, notices: Vec<Notice>) -> Vec<Receipt> {
        self.engine.accept(&self.city().await, notices, Arrival::default()).await.unwrap()
    }

    /// Somebody reports a pothole.
    pub async fn report(&self, source_id: &str, at: Position) -> Receipt {
        self.say(vec![self.pothole(source_id, at)]).await.remove(0)
    }

    pub fn pothole(&self, source_id: &str, at: Position) -> Notice {
        Notice {
            source: "test".into(),
            source_id: source_id.into(),
            version: Some("1".into()),
            said: Said::Event { kind: Kind::Opened, text: None },
            at: self.clock.now(),
            actor: Actor::Resident,
            lets: None,
            desk: None,
            facts: Facts {
                category: Some(Category::from("Pothole")),
                description: Some("A deep hole in the bike lane".into()),
                address: Some("1200 W Alder St".into()),
                position: Some(at),
                ..Facts::default()
            },
        }
    }

    /// Something happens to an issue that was reported before.
    pub fn then(&self, source_id: &str, version: &str, kind: Kind, text: Option<&str>) -> Notice {
        Notice {
            version: Some(version.into()),
            said: Said::Event { kind, text: text.map(Into::into) },
            facts: Facts::default(),
            ..self.pothole(source_id, place(0.0, 0.0))
        }
    }

    /// Matches what waits and takes every delivery out of the outbox as if it had been sent.
    /// Gives for each mail address or endpoint what it got, by number of issues told.
    pub async fn take_deliveries(&self) -> Vec<Claimed> {
        self.engine.match_pending().await.unwrap();
        self.engine.plan_digests().await.unwrap();
        let mut taken = vec![];
        let lease = self.engine.random().uuid(self.clock.now());
        for kind in ContactKind::ALL {
            for lane in [Lane::Urgent, Lane::AtOnce, Lane::Digest] {
                let mut tx = self.engine.store().write().await.unwrap();
                let claimed =
                    tx.claim(kind, lane, 10_000, lease, 60_000, self.clock.now()).await.unwrap();
                let settled: Vec<_> = claimed
                    .iter()
                    .map(|claimed| wardwatch::store::Settled {
                        held: claimed.held(),
                        about: claimed.about,
                        contact: claimed.contact,
                        kind: claimed.kind,
                        verdict: wardwatch::delivery::Verdict::Sent { reply: "250".into() },
                    })
                    .collect();
                tx.settle(&settled, self.clock.now()).await.unwrap();
                tx.commit().await.unwrap();
                taken.extend(claimed);
            }
        }
        taken
    }

    /// Who was told, by mail address, and of how many issues each message spoke.
    pub async fn told(&self) -> BTreeMap<String, Vec<usize>> {
        let deliveries = self.take_deliveries().await;
        let ids: Vec<_> = deliveries.iter().map(|d| d.contact).collect();
        let city = self.city().await;
        let contacts =
            self.engine.store().read().await.unwrap().contacts(city.id, &ids).await.unwrap();
        let mut told: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for delivery in deliveries {
            let row = contacts.iter().find(|c| c.contact.id == delivery.contact).unwrap();
            let name = match &row.contact.address {
                Address::Mail(mail) => mail.as_str().to_owned(),
                Address::Push(push) => push.endpoint.clone(),
                Address::Webhook(hook) => hook.url.clone(),
            };
            told.entry(name).or_default().push(delivery.contents.items.len());
        }
        told
    }
}

/// Much happens in the hours of these stories, and mostly it does not matter how much of it comes at
/// once.
fn without_a_cap() -> EngineSettings {
    EngineSettings { at_once_an_hour: usize::MAX, ..EngineSettings::default() }
}

pub async fn engine(settings: &StoreSettings, clock: &Clock, rules: EngineSettings) -> Engine {
    let store = Store::open(settings).await.expect("the store opens");
    let random = Random::System;
    let secrets = Secrets::generate();
    Engine::new(store, clock.clone(), random, secrets, rules)
}

/// A block: a circle of this radius.
pub fn block(centre: Position, radius_m: f64) -> Target {
    Target::Area(Shape::circle(centre, radius_m).unwrap().into())
}

/// A ward of the town.
pub fn ward(key: &str) -> Target {
    Target::Wards {
        wards: vec![wardwatch::ward::WardRef { layer: "wards".into(), ward: key.into() }],
        meant: wardwatch::watch::Meant::ThisWard,
    }
}

/// `told` as it is written in a story: who, and how many issues in each message.
pub fn people<const N: usize>(list: [(&str, &[usize]); N]) -> BTreeMap<String, Vec<usize>> {
    list.into_iter().map(|(who, messages)| (who.to_owned(), messages.to_vec())).collect()
}

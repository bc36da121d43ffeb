//! A town with its doors open: the whole program on a socket of its own, mail caught in a folder.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use wardwatch::app::{App, listen};
use wardwatch::clock::Clock;
use wardwatch::config::{DeskSettings, GeocoderSettings, Settings};
use wardwatch::random::Random;
use wardwatch::store::StaffRole;
use wardwatch::token::ApiKey;

use crate::town::Town;

/// Tells the same story on both databases, over HTTP.
macro_rules! open_story {
    ($(#[$meta:meta])* async fn $name:ident($town:ident: OpenTown) $body:block) => {
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn story($town: &OpenTown) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                let town = OpenTown::on_sqlite().await;
                story(&town).await;
                town.close().await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                match OpenTown::on_postgres().await {
                    Some(town) => {
                        story(&town).await;
                        town.close().await;
                    }
                    None => eprintln!("passed over: TEST_POSTGRES_URL is not set"),
                }
            }
        }
    };
}
pub(crate) use open_story;

pub struct OpenTown {
    pub town: Town,
    pub base: String,
    client: reqwest::Client,
    mail: PathBuf,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<()>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Fails, with the whole answer, when the status is another one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}

/// A mail that was caught.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    /// Its page.
    pub html: String,
    pub unsubscribe: Option<String>,
}

impl Letter {
    /// The first link to this page of ours.
    pub fn link(&self, page: &str) -> String {
        let links = self.links();
        links.into_iter().find(|link| link.contains(page)).expect("a link to that page")
    }

    /// Every link, as a scanner finds them.
    pub fn links(&self) -> Vec<String> {
        let ends = |c: char| c.is_whitespace() || "<>\"')".contains(c);
        let starts = self.text.match_indices("http://").map(|(at, _)| &self.text[at..]);
        let mut links: Vec<String> =
            starts.map(|rest| rest.split(ends).next().unwrap().to_owned()).collect();
        links.extend(self.unsubscribe.clone());
        links
    }

    /// Those, and every one of its page.
    pub fn all_links(&self) -> Vec<String> {
        let quoted = self.html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let mut links = self.links();
        links.extend(quoted.map(|link| link.replace("&#38;", "&").replace("&amp;", "&")));
        links
    }

    /// The six digits.
    pub fn code(&self) -> String {
        let mut words =
            self.text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
        words.find(is_code).expect("a code in the mail").to_owned()
    }
}

impl OpenTown {
    pub async fn on_sqlite() -> Self {
        Self::open(None).await
    }

    pub async fn on_postgres() -> Option<Self> {
        Some(Self::open(Some(crate::town::fresh_postgres().await?)).await)
    }

    /// One whose webhooks may be on this machine.
    pub async fn posting_to(host: &str) -> Self {
        let hooks = Some(vec![host.to_owned()]);
        Self::set_up(None, |settings| settings.webhook_allow_hosts = hooks).await
    }

    /// One that asks this service for addresses.
    pub async fn asking(geocoder: &str) -> Self {
        let geocoder = Some(geocoder.to_owned());
        Self::set_up(None, |settings| settings.geocoder = GeocoderSettings { geocoder }).await
    }

    async fn open(database_url: Option<String>) -> Self {
        Self::set_up(database_url, |_| ()).await
    }

    /// One whose operator has set more; its data directory is there already.
    pub async fn set_up(database_url: Option<String>, more: impl FnOnce(&mut Settings)) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let listener = listen(([127, 0, 0, 1], 0).into()).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut settings = Settings {
            desk: DeskSettings {
                data_dir: Some(dir.path().to_owned()),
                database_url,
                city_name: Some("Testville".into()),
                ..DeskSettings::default()
            },
            public_url: Some(base.clone()),
            trusted_proxies: Some(vec!["127.0.0.1".into()]),
            push_allow_hosts: Some(vec!["127.0.0.1:9".into()]),
            ..Settings::default()
        };
        more(&mut settings);
        let config = settings.resolve().unwrap();
        let clock = Clock::System;
        let app = App::open(&config, clock.clone(), Random::System).await.unwrap();
        let town = Town::of(app.engine.clone(), clock, config.desk.store.clone(), dir);
        town.found_wards().await;
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            app.run(listener, None, stopped).await.unwrap();
        });
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let mail = config.caught_mail.unwrap();
        Self { town, base, client, mail, stop, served }
    }

    pub async fn close(self) {
        let _ = self.stop.send(());
        self.served.await.unwrap();
    }

    /// Any request.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let response = self.send(method, path, headers, body).await;
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> reqwest::Response {
        let url = if path.starts_with("http") { path.to_owned() } else { self.base.clone() + path };
        let mut request = self.client.request(method, url).body(body);
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request = request.header(name, HeaderValue::from_str(value).unwrap());
        }
        request.send().await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], "").await
    }

    pub async fn get_as(&self, token: &str, path: &str) -> Answer {
        self.ask(Method::GET, path, &[("authorization", &format!("Bearer {token}"))], "").await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, &[], body).await
    }

    pub async fn post_as(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.post_with(path, &[("authorization", &format!("Bearer {token}"))], body).await
    }

    pub async fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        self.ask(Method::POST, path, &all, body.to_string()).await
    }

    /// A button on a page of ours.
    pub async fn press(&self, path: &str, form: &'static str) -> Answer {
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.ask(Method::POST, path, &kind, form).await
    }

    /// A key of this role.
    pub async fn key(&self, role: StaffRole, name: &str) -> String {
        let key = ApiKey::generate();
        let city = self.town.city().await;
        let mut tx = self.town.engine.store().write().await.unwrap();
        tx.put_api_key(city.id, &key.hash(), role, name, self.town.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        key.reveal().to_owned()
    }

    /// Waits until this many mails have come to somebody, and gives them, oldest first. Fails when
    /// more have come, or fewer within ten seconds.
    pub async fn inbox(&self, who: &str, count: usize) -> Vec<Letter> {
        for _ in 0..400 {
            let letters = self.letters(who);
            if letters.len() >= count {
                assert_eq!(letters.len(), count, "{letters:#?}");
                return letters;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{who} has {} mails, not {count}", self.letters(who).len());
    }

    fn letters(&self, who: &str) -> Vec<Letter> {
        let Ok(files) = fs::read_dir(&self.mail) else { return vec![] };
        let mut files: Vec<_> = files
            .filter_map(|file| {
                Some((file.as_ref().ok()?.metadata().ok()?.modified().ok()?, file.ok()?.path()))
            })
            .filter(|(_, path)| path.extension().is_some_and(|e| e == "eml"))
            .collect();
        files.sort();
        files
            .iter()
            .map(|(_, path)| letter(&fs::read(path).unwrap()))
            .filter(|letter| letter.to == who)
            .collect()
    }

    /// Waits until nothing waits in the outbox and everything has been matched.
    pub async fn settle(&self) {
        for _ in 0..400 {
            let mut tx = self.town.engine.store().read().await.unwrap();
            let city = self.town.city().await;
            let unmatched = tx.unmatched(city.id, 0, 1).await.unwrap().len();
            let tally = tx.delivery_tally().await.unwrap();
            drop(tx);
            if unmatched == 0 && tally.iter().all(|t| t.state != "waiting") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the outbox does not drain");
    }

    /// Somebody watches ward 1 by mail and confirms; gives the management token.
    pub async fn sign_up(&self, email: &str) -> String {
        let asked = self.post("/api/v1/watches", &watch_by_mail(email)).await.expect(201).json();
        let id = asked["watch"]["id"].as_str().unwrap().to_owned();
        let letter = self.inbox(email, 1).await.remove(0);
        let path = format!("/api/v1/watches/{id}/confirm");
        let done = self.post(&path, &json!({ "code": letter.code() })).await.expect(200).json();
        done["token"].as_str().unwrap().to_owned()
    }
}

fn letter(bytes: &[u8]) -> Letter {
    let mail = mail_parser::MessageParser::default().parse(bytes).expect("a mail");
    let to = mail.to().and_then(|to| to.first()).and_then(|a| a.address()).unwrap_or_default();
    let raw = String::from_utf8_lossy(bytes).replace("\r\n ", "").replace("\r\n\t", "");
    let unsubscribe = raw.lines().find_map(|line| line.strip_prefix("List-Unsubscribe: "));
    let trimmed = |text: &str| text.trim().trim_matches(['<', '>']).to_owned();
    Letter {
        to: to.to_owned(),
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: mail.body_text(0).unwrap_or_default().into_owned(),
        html: mail.body_html(0).unwrap_or_default().into_owned(),
        unsubscribe: unsubscribe.map(trimmed),
    }
}

/// Ward 1, at once, by mail.
pub fn watch_by_mail(email: &str) -> Value {
    json!({
        "email": email, "name": "Home", "rhythm": "at_once",
        "target": { "ward": { "layer": "wards", "ward": "1" } },
    })
}

/// A pothole in ward 1.
pub fn pothole() -> Value {
    json!({
        "category": "Pothole", "description": "A deep hole in the bike lane",
        "address": "1200 W Alder St", "lon": -87.7, "lat": 41.85,
    })
}

/// The generator of P-256, which is as good a key as any for a browser that does not exist.
pub const A_POINT: &str =
    "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";

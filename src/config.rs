//! Every setting: flags, `WARDWATCH_…` variables, and an optional TOML file, in this order.

mod desk;
mod geocoder;
mod keeping;
mod kept;
mod letters;
mod limits;
mod look;
mod places;
mod post;
mod reach;
mod records;
mod reports;
mod site;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde::Deserialize;

use crate::channel::{email, push};
use crate::engine::EngineSettings;
use crate::geometry::Limits;
use crate::http::{About, Geocoder, Network, Readers};
use crate::outbound;
use crate::token::BounceAddress;
use crate::watcher::EmailAddress;

pub use self::desk::{DeskConfig, DeskSettings};
pub use self::geocoder::GeocoderSettings;
pub use self::keeping::KeepRule;
pub use self::kept::{PUT_BACK_PUSH_KEY, PUT_BACK_SECRET};
use self::kept::{push_key, vapid_key};
pub use self::letters::{LetterConfig, LetterSettings};
pub use self::limits::{LayerLimits, WatchLimits};
pub use self::look::{Kept, Looked};
pub use self::places::PlaceRule;
pub use self::post::{PostSettings, USUAL_SELECTOR};
use self::post::{connections, road_of_mail, sender, smtp_url};
pub use self::reach::listen_address;
use self::reach::{is_this_machine, networks};
use self::records::log_filter;
pub use self::reports::ReportRule;
pub use self::site::SiteSettings;

/// What can be set. Each is a flag, a variable `WARDWATCH_…`, and a key of the TOML file.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(rustdoc::bare_urls, clippy::doc_markdown, reason = "these lines are the help text")]
pub struct Settings {
    #[command(flatten)]
    #[serde(flatten)]
    pub desk: DeskSettings,
    /// The address to listen on [default: 127.0.0.1:8311]
    #[arg(long, env = "WARDWATCH_LISTEN", value_name = "ADDR", value_parser = listen_address)]
    pub listen: Option<SocketAddr>,
    /// The address people see, as in https://watch.example.org [default: http://LISTEN]
    #[arg(long, env = "WARDWATCH_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// smtp://…, smtps://…, or file:DIR, which writes .eml files [default: file: in the data directory]
    #[arg(long, env = "WARDWATCH_SMTP_URL", value_name = "URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// Connections to the mail server at once; bulk never takes all of them [default: 8]
    #[arg(long, env = "WARDWATCH_SMTP_CONNECTIONS", value_name = "N")]
    pub smtp_connections: Option<usize>,
    /// The sender of mails, as in "Chicago Watch <watch@example.org>"
    #[arg(long, env = "WARDWATCH_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub post: PostSettings,
    /// The private key for web push [default: made at the first start, kept in the data directory]
    #[arg(long, env = "WARDWATCH_VAPID_KEY", value_name = "KEY", hide_env_values = true)]
    pub vapid_key: Option<String>,
    /// Hosts on this machine that web push may reach, for tests: 127.0.0.1:9000,…
    #[arg(long, env = "WARDWATCH_PUSH_ALLOW_HOSTS", value_name = "HOSTS", value_delimiter = ',')]
    pub push_allow_hosts: Option<Vec<String>>,
    /// Hosts of yours that need not be public for webhooks to reach them, such as a gateway for text
    /// messages: sms.internal:8080,… Whoever watches can have messages posted there, at any path: what
    /// stands there must check their signature
    #[arg(
        long,
        env = "WARDWATCH_WEBHOOK_ALLOW_HOSTS",
        value_name = "HOSTS",
        value_delimiter = ','
    )]
    pub webhook_allow_hosts: Option<Vec<String>>,
    /// Seconds after which what a killed process was sending is sent by another [default: 120]
    #[arg(long, env = "WARDWATCH_LEASE_S", value_name = "S")]
    pub lease_s: Option<u64>,
    /// Messages at once that a person is sent within an hour at most; what is above that comes together
    /// at the next full hour; 0 for any number [default: 10]
    #[arg(long, env = "WARDWATCH_AT_ONCE_AN_HOUR", value_name = "N")]
    pub at_once_an_hour: Option<usize>,
    /// Reverse proxies whose X-Forwarded-For is believed, as in 127.0.0.1,::1,10.0.0.0/8 [default: none]
    #[arg(long, env = "WARDWATCH_TRUSTED_PROXIES", value_name = "NETS", value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<String>>,
    /// What is logged, as in info or wardwatch=debug
    #[arg(long, env = "WARDWATCH_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// Logs as JSON, one object a line
    #[arg(long, env = "WARDWATCH_LOG_JSON", num_args = 0..=1, default_missing_value = "true")]
    pub log_json: Option<bool>,
    #[command(flatten)]
    #[serde(flatten)]
    pub letters: LetterSettings,
    #[command(flatten)]
    #[serde(flatten)]
    pub geocoder: GeocoderSettings,
    #[command(flatten)]
    #[serde(flatten)]
    pub watch_limits: WatchLimits,
    #[command(flatten)]
    #[serde(flatten)]
    pub place_rule: PlaceRule,
    #[command(flatten)]
    #[serde(flatten)]
    pub report_rule: ReportRule,
    #[command(flatten)]
    #[serde(flatten)]
    pub keep_rule: KeepRule,
    #[command(flatten)]
    #[serde(flatten)]
    pub site: SiteSettings,
    /// What only commands that read boundary files take, and the TOML file that they share.
    #[arg(skip)]
    #[serde(flatten)]
    pub layer_limits: LayerLimits,
}

/// Everything set.
#[derive(Clone, Debug)]
pub struct Config {
    pub desk: DeskConfig,
    pub listen: SocketAddr,
    /// Without a slash at its end.
    pub public_url: String,
    pub mail: email::Settings,
    pub mail_from: EmailAddress,
    /// Where mails come back to, if not to `mail_from`.
    pub bounce_address: Option<BounceAddress>,
    pub letters: LetterConfig,
    pub about: About,
    /// Who is asked for addresses that the city's own files do not know.
    pub geocoder: Geocoder,
    pub push: push::Settings,
    /// The file of the push key, when it was missing and has just been made.
    pub made_push_key: Option<PathBuf>,
    /// How far web push may go.
    pub outbound: outbound::Settings,
    /// How far webhooks may go.
    pub webhooks: outbound::Settings,
    /// How long what a killed process had in hand is kept from others.
    pub lease: Duration,
    pub engine: EngineSettings,
    /// Of one person's watch.
    pub watch_limits: Limits,
    /// Where caught mail lies, when mail is caught and not sent.
    pub caught_mail: Option<PathBuf>,
    /// To whom /dev/mail shows it, if to anybody: caught mails hold everybody's links.
    pub shows_caught_mail: Option<Readers>,
    pub trusted_proxies: Vec<Network>,
    pub log: String,
    pub log_json: bool,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the settings file {} cannot be read: {why}", file.display())]
    File { file: PathBuf, why: String },
    #[error("--{name} ({}): {why}", elsewhere(name))]
    Setting { name: &'static str, why: String },
    #[error("{} cannot be used: {why}; {todo}", file.display())]
    Kept { file: PathBuf, why: String, todo: &'static str },
    #[error("the data directory {} cannot be used: {why}", dir.display())]
    DataDir { dir: PathBuf, why: io::Error },
    #[error(
        "set --mail-from (or WARDWATCH_MAIL_FROM): mails that really go out need a sender who exists"
    )]
    NoSender,
}

/// Where a setting may stand besides its flag: whoever set it long ago finds it there.
fn elsewhere(name: &str) -> String {
    let key = name.replace('-', "_");
    format!("or WARDWATCH_{}, or {key} in the settings file", key.to_uppercase())
}

fn wrong(name: &'static str) -> impl Fn(String) -> ConfigError {
    move |why| ConfigError::Setting { name, why }
}

impl ConfigError {
    /// Whether what was written cannot be meant, however the machine is.
    #[must_use]
    pub fn is_misuse(&self) -> bool {
        !matches!(self, Self::DataDir { .. } | Self::Kept { .. })
    }
}

impl Settings {
    /// Reads the TOML file, if one is named, for what flags and variables leave open, and fills in
    /// the defaults. Makes the data directory, and in it the secret and the push key.
    ///
    /// # Errors
    /// When a setting cannot be used; the message names it.
    pub fn resolve(self) -> Result<Config, ConfigError> {
        let all = match &self.desk.config {
            Some(file) => self.clone().or(read_toml(file)?),
            None => self,
        };
        // What is set wrongly is told before anything is made.
        let listen = all.listen.unwrap_or_else(usual_address);
        let public_url = public_url(all.public_url, listen)?;
        let (mut mail, caught_mail) = road_of_mail(all.smtp_url, &all.desk.data_dir());
        smtp_url(&mail)?;
        mail.hello = host_of(&public_url);
        mail.connections = connections(all.smtp_connections, mail.connections)?;
        let mail_from = sender(all.mail_from, caught_mail.is_some())?;
        let bounce_address = all.post.bounce_address()?;
        mail.signer = all.post.signer(&mail_from)?.map(Arc::new);
        let contact = format!("mailto:{}", mail_from.as_str());
        let push_hosts = allow_hosts("push-allow-hosts", all.push_allow_hosts)?;
        let webhook_hosts = allow_hosts("webhook-allow-hosts", all.webhook_allow_hosts)?;
        let given_key = all.vapid_key.as_deref().map(vapid_key).transpose();
        let given_key = given_key.map_err(wrong("vapid-key"))?;
        let lease = lease(all.lease_s)?;
        let mut engine = all.place_rule.engine()?;
        all.report_rule.set(&mut engine);
        all.keep_rule.set(&mut engine)?;
        engine.at_once_an_hour = match all.at_once_an_hour {
            Some(0) => usize::MAX,
            given => given.unwrap_or(engine.at_once_an_hour),
        };
        let watch_limits = all.watch_limits.resolve()?;
        let letters = all.letters.resolve()?;
        let about = all.site.about(&all.desk.data_dir())?;
        let geocoder = all.geocoder.resolve()?;
        let log = log_filter(all.log)?;
        let trusted_proxies = networks(all.trusted_proxies.unwrap_or_default())?;
        let desk = all.desk.resolve()?;
        let kept = push_key(&desk.data_dir, given_key).inspect_err(|_| desk.take_back());
        let (key, made_push_key) = kept?;
        Ok(Config {
            listen,
            mail,
            push: push::Settings::new(key, contact),
            made_push_key,
            outbound: reaching(push_hosts),
            webhooks: outbound::Settings {
                total_timeout: WEBHOOK_PATIENCE,
                max_body_bytes: 64 << 10,
                ..reaching(webhook_hosts)
            },
            lease,
            engine,
            letters,
            about,
            geocoder,
            watch_limits,
            log,
            log_json: all.log_json.unwrap_or(false),
            shows_caught_mail: (caught_mail.is_some() && is_this_machine(&public_url))
                .then_some(Readers::ThisMachine),
            trusted_proxies,
            desk,
            mail_from,
            bounce_address,
            public_url,
            caught_mail,
        })
    }

    fn or(self, other: Self) -> Self {
        Self {
            desk: self.desk.or(other.desk),
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            smtp_url: self.smtp_url.or(other.smtp_url),
            smtp_connections: self.smtp_connections.or(other.smtp_connections),
            mail_from: self.mail_from.or(other.mail_from),
            post: self.post.or(other.post),
            vapid_key: self.vapid_key.or(other.vapid_key),
            push_allow_hosts: self.push_allow_hosts.or(other.push_allow_hosts),
            webhook_allow_hosts: self.webhook_allow_hosts.or(other.webhook_allow_hosts),
            lease_s: self.lease_s.or(other.lease_s),
            at_once_an_hour: self.at_once_an_hour.or(other.at_once_an_hour),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            // Compose files leave a variable empty that they do not set.
            log: self.log.filter(|log| !log.trim().is_empty()).or(other.log),
            log_json: self.log_json.or(other.log_json),
            letters: self.letters.or(other.letters),
            geocoder: self.geocoder.or(other.geocoder),
            watch_limits: self.watch_limits.or(other.watch_limits),
            place_rule: self.place_rule.or(other.place_rule),
            report_rule: self.report_rule.or(other.report_rule),
            keep_rule: self.keep_rule.or(other.keep_rule),
            site: self.site.or(other.site),
            layer_limits: self.layer_limits.or(other.layer_limits),
        }
    }
}

fn read_toml(file: &Path) -> Result<Settings, ConfigError> {
    let bad = |why: String| ConfigError::File { file: file.to_owned(), why };
    let text = fs::read_to_string(file).map_err(|e| bad(e.to_string()))?;
    toml::from_str(&text).map_err(|e| bad(e.to_string()))
}

fn usual_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8311))
}

fn public_url(given: Option<String>, listen: SocketAddr) -> Result<String, ConfigError> {
    let url = given.unwrap_or_else(|| format!("http://{listen}"));
    let url = url.trim_end_matches('/').to_owned();
    let parsed: http::Uri = url.parse().map_err(|_| {
        wrong("public-url")(format!("“{url}” is not an address; write https://watch.example.org"))
    })?;
    match (parsed.scheme_str(), parsed.host(), parsed.path()) {
        (Some("http" | "https"), Some(_), "/" | "") => Ok(url),
        _ => Err(wrong("public-url")(format!("“{url}” is not https://HOST, without a path"))),
    }
}

fn lease(seconds: Option<u64>) -> Result<Duration, ConfigError> {
    match seconds.unwrap_or(120) {
        0 => Err(wrong("lease-s")("0 would send everything twice; give 1 second or more".into())),
        seconds => Ok(Duration::from_secs(seconds)),
    }
}

/// Hosts, each with a port or without; an empty list is how a variable says none.
fn allow_hosts(name: &'static str, given: Option<Vec<String>>) -> Result<Vec<String>, ConfigError> {
    let host = |text: String| {
        let text = text.trim().to_owned();
        let authority = text.parse::<http::uri::Authority>().ok();
        let port_is_right =
            |a: &http::uri::Authority| a.port_u16().is_some() || a.as_str() == a.host();
        match authority {
            Some(a) if !text.contains('@') && !a.host().is_empty() && port_is_right(&a) => Ok(text),
            _ => Err(wrong(name)(format!(
                "“{text}” is not a host; write HOST or HOST:PORT, as in 127.0.0.1:9000"
            ))),
        }
    };
    let given = given.unwrap_or_default().into_iter();
    given.filter(|text| !text.trim().is_empty()).map(host).collect()
}

/// How long a program may take over a message that is posted to it.
const WEBHOOK_PATIENCE: Duration = Duration::from_secs(20);

fn reaching(allow_hosts: Vec<String>) -> outbound::Settings {
    outbound::Settings { allow_hosts, ..outbound::Settings::default() }
}

fn host_of(url: &str) -> String {
    let uri = url.parse::<http::Uri>().ok();
    uri.and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_else(|| "localhost".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_toml(text: &str) -> Result<Settings, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("wardwatch.toml");
        fs::write(&file, text).unwrap();
        read_toml(&file)
    }

    #[test]
    fn the_file_knows_every_setting_and_refuses_any_other() {
        let all = from_toml(
            "city_name = \"Chicago\"\nlisten = \"127.0.0.1:80\"\nmax_watch_km2 = 20\n\
             max_watch_parts = 3\nmax_layer_mb = 7\nkeep_days = 90",
        )
        .unwrap();
        assert_eq!(all.desk.city_name.as_deref(), Some("Chicago"));
        assert_eq!(all.listen.unwrap().port(), 80);
        let limits = all.watch_limits.resolve().unwrap();
        assert_eq!((limits.area_km2, limits.parts, limits.vertices), (20.0, 3, 500));
        assert_eq!(all.layer_limits.resolve().bytes, 7_000_000);
        assert_eq!(all.keep_rule.keep_days, Some(90));
        let refused = from_toml("city_nam = \"Chicago\"").unwrap_err();
        assert!(refused.to_string().contains("city_nam"), "{refused}");
    }

    #[test]
    fn what_is_set_wrongly_is_told_from_a_folder_that_fails() {
        let dir = tempfile::tempdir().unwrap();
        let desk =
            || DeskSettings { data_dir: Some(dir.path().join("city")), ..DeskSettings::default() };
        let mars = DeskSettings { timezone: Some("Mars".into()), ..desk() };
        let unspoken = DeskSettings { city_language: Some("tlh".into()), ..desk() };
        let on = |url: &str| DeskSettings { database_url: Some(url.into()), ..desk() };
        let pushing = |host: &str| Settings {
            push_allow_hosts: Some(vec![host.into()]),
            desk: desk(),
            ..Settings::default()
        };
        let flat = WatchLimits { max_watch_vertices: Some(2), ..WatchLimits::default() };
        let wide = WatchLimits { max_watch_km2: Some(f64::NAN), ..WatchLimits::default() };
        let misused = [
            Settings { lease_s: Some(0), desk: desk(), ..Settings::default() },
            Settings { public_url: Some("ftp://x".into()), desk: desk(), ..Settings::default() },
            Settings { log: Some("loud".into()), desk: desk(), ..Settings::default() },
            Settings { log: Some("wardwatch=loud".into()), desk: desk(), ..Settings::default() },
            Settings { smtp_url: Some("http://x".into()), desk: desk(), ..Settings::default() },
            Settings { desk: on("mysql://ada:hush@db/city"), ..Settings::default() },
            Settings { desk: on("postgres:city"), ..Settings::default() },
            Settings { desk: on("sqlite://"), ..Settings::default() },
            pushing("http://127.0.0.1:9000"),
            pushing("127.0.0.1:port"),
            pushing("a b"),
            Settings { watch_limits: flat, desk: desk(), ..Settings::default() },
            Settings { desk: mars, ..Settings::default() },
            Settings { desk: unspoken, ..Settings::default() },
            Settings { watch_limits: wide, desk: desk(), ..Settings::default() },
        ];
        for settings in misused {
            let why = settings.resolve().unwrap_err();
            let told = why.to_string();
            assert!(
                why.is_misuse() && told.starts_with("--") && told.contains("WARDWATCH_"),
                "{told}"
            );
            assert!(!told.contains("hush"), "{told}");
        }
        assert!(!dir.path().join("city").exists(), "what is wrong makes nothing");
        fs::write(dir.path().join("file"), "").unwrap();
        let no_folder =
            DeskSettings { data_dir: Some(dir.path().join("file")), ..DeskSettings::default() };
        assert!(!no_folder.resolve().unwrap_err().is_misuse());
    }
}

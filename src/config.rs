//! Every setting: flags, `WARDWATCH_…` variables, and an optional TOML file, in this order.

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde::Deserialize;

use crate::channel::push::VapidKey;
use crate::channel::{email, push};
use crate::clock::Zone;
use crate::engine::EngineSettings;
use crate::http::Network;
use crate::outbound;
use crate::store::StoreSettings;
use crate::token::Secrets;
use crate::watcher::{AddressError, EmailAddress};

/// What can be set. Each is a flag, a variable `WARDWATCH_…`, and a key of the TOML file.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(rustdoc::bare_urls, clippy::doc_markdown, reason = "these lines are the help text")]
pub struct Settings {
    /// A TOML file with any of these settings, named as the flags with _ for -
    #[arg(long, env = "WARDWATCH_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Where the database, the secret and the caught mail live [default: wardwatch-data]
    #[arg(long, env = "WARDWATCH_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// sqlite:PATH or postgres://… [default: a file in the data directory]
    #[arg(long, env = "WARDWATCH_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The address to listen on [default: 127.0.0.1:8311]
    #[arg(long, env = "WARDWATCH_LISTEN", value_name = "ADDR")]
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
    /// The private key for web push [default: made at the first start, kept in the data directory]
    #[arg(long, env = "WARDWATCH_VAPID_KEY", value_name = "KEY", hide_env_values = true)]
    pub vapid_key: Option<String>,
    /// Hosts on this machine that web push may reach, for tests: 127.0.0.1:9000,…
    #[arg(long, env = "WARDWATCH_PUSH_ALLOW_HOSTS", value_name = "HOSTS", value_delimiter = ',')]
    pub push_allow_hosts: Option<Vec<String>>,
    /// Seconds after which what a killed process was sending is sent by another [default: 120]
    #[arg(long, env = "WARDWATCH_LEASE_S", value_name = "S")]
    pub lease_s: Option<u64>,
    /// The secret that signs links [default: made at the first start, kept in the data directory]
    #[arg(long, env = "WARDWATCH_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub secret: Option<String>,
    /// Reverse proxies whose X-Forwarded-For is believed, beside this machine's: 10.0.0.0/8,…
    #[arg(long, env = "WARDWATCH_TRUSTED_PROXIES", value_name = "NETS", value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<String>>,
    /// The city's time zone [default: America/Chicago at the first start]
    #[arg(long, env = "WARDWATCH_TIMEZONE", value_name = "ZONE")]
    pub timezone: Option<String>,
    /// What the city is called [default: Our city at the first start]
    #[arg(long, env = "WARDWATCH_CITY_NAME", value_name = "NAME")]
    pub city_name: Option<String>,
    /// What is logged, as in info or wardwatch=debug
    #[arg(long, env = "WARDWATCH_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// Logs as JSON, one object a line
    #[arg(long, env = "WARDWATCH_LOG_JSON", num_args = 0..=1, default_missing_value = "true")]
    pub log_json: Option<bool>,
}

/// Everything set.
#[derive(Clone, Debug)]
pub struct Config {
    pub data_dir: PathBuf,
    pub store: StoreSettings,
    pub listen: SocketAddr,
    /// Without a slash at its end.
    pub public_url: String,
    pub mail: email::Settings,
    pub mail_from: EmailAddress,
    pub push: push::Settings,
    pub outbound: outbound::Settings,
    /// How long what a killed process had in hand is kept from others.
    pub lease: Duration,
    pub secrets: Secrets,
    pub engine: EngineSettings,
    pub zone: Option<Zone>,
    pub city_name: Option<String>,
    /// Where caught mail lies, when mail is caught and not sent.
    pub caught_mail: Option<PathBuf>,
    /// Whether /dev/mail shows it: only where nobody but this machine can look, for caught mails
    /// hold everybody's links.
    pub shows_caught_mail: bool,
    pub trusted_proxies: Vec<Network>,
    pub log: String,
    pub log_json: bool,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the settings file {} cannot be read: {why}", file.display())]
    File { file: PathBuf, why: String },
    #[error("{name}: {why}")]
    Setting { name: &'static str, why: String },
    #[error("the data directory {} cannot be used: {why}", dir.display())]
    DataDir { dir: PathBuf, why: io::Error },
    #[error(
        "set --mail-from (or WARDWATCH_MAIL_FROM): mails that really go out need a sender who exists"
    )]
    NoSender,
}

fn wrong(name: &'static str) -> impl Fn(String) -> ConfigError {
    move |why| ConfigError::Setting { name, why }
}

impl Settings {
    /// Reads the TOML file, if one is named, for what flags and variables leave open, and fills in
    /// the defaults. Makes the data directory, and in it the secret and the push key.
    ///
    /// # Errors
    /// When a setting cannot be used; the message names it.
    pub fn resolve(self) -> Result<Config, ConfigError> {
        let all = match &self.config {
            Some(file) => self.clone().or(read_toml(file)?),
            None => self,
        };
        let data_dir = all.data_dir.unwrap_or_else(|| "wardwatch-data".into());
        let unusable = |why| ConfigError::DataDir { dir: data_dir.clone(), why };
        fs::create_dir_all(&data_dir).map_err(unusable)?;
        let listen = all.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8311)));
        let public_url = public_url(all.public_url, listen)?;
        let mail_url =
            all.smtp_url.unwrap_or_else(|| format!("file:{}", data_dir.join("mail").display()));
        let caught_mail = mail_url.strip_prefix("file:").map(PathBuf::from);
        let mail_from = match (all.mail_from, &caught_mail) {
            (Some(from), _) => from,
            (None, Some(_)) => "Wardwatch <wardwatch@example.org>".to_owned(),
            (None, None) => return Err(ConfigError::NoSender),
        };
        let vapid = match all.vapid_key {
            Some(key) => VapidKey::parse(&key).map_err(|e| wrong("vapid-key")(e.to_string()))?,
            None => kept_vapid(&data_dir)?,
        };
        let secrets = match all.secret {
            Some(text) => Secrets::parse(&text.replace(',', "\n")),
            None => {
                Secrets::parse(&kept(&data_dir, "secret", || Ok(Secrets::generate().to_text()))?)
            }
        };
        let allow_hosts = all.push_allow_hosts.unwrap_or_default();
        let mail_from = sender(&mail_from)?;
        let mut mail = email::Settings::new(mail_url);
        mail.hello = host_of(&public_url);
        mail.connections = connections(all.smtp_connections, mail.connections)?;
        Ok(Config {
            store: StoreSettings {
                url: all
                    .database_url
                    .unwrap_or_else(|| StoreSettings::file(&data_dir.join("wardwatch.db")).url),
                readers: 4,
            },
            listen,
            mail,
            push: push::Settings::new(vapid, format!("mailto:{}", mail_from.as_str())),
            outbound: outbound::Settings { allow_hosts, ..outbound::Settings::default() },
            lease: lease(all.lease_s)?,
            secrets: secrets.map_err(|e| wrong("secret")(e.to_string()))?,
            engine: EngineSettings::default(),
            zone: all
                .timezone
                .map(|name| {
                    name.parse()
                        .map_err(|e: crate::clock::TimeError| wrong("timezone")(e.to_string()))
                })
                .transpose()?,
            city_name: all.city_name,
            log: all.log.unwrap_or_else(|| "info".to_owned()),
            log_json: all.log_json.unwrap_or(false),
            data_dir,
            mail_from,
            shows_caught_mail: is_this_machine(&public_url),
            trusted_proxies: networks(all.trusted_proxies.unwrap_or_default())?,
            public_url,
            caught_mail,
        })
    }

    fn or(self, other: Self) -> Self {
        Self {
            config: self.config,
            data_dir: self.data_dir.or(other.data_dir),
            database_url: self.database_url.or(other.database_url),
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            smtp_url: self.smtp_url.or(other.smtp_url),
            smtp_connections: self.smtp_connections.or(other.smtp_connections),
            mail_from: self.mail_from.or(other.mail_from),
            vapid_key: self.vapid_key.or(other.vapid_key),
            push_allow_hosts: self.push_allow_hosts.or(other.push_allow_hosts),
            lease_s: self.lease_s.or(other.lease_s),
            secret: self.secret.or(other.secret),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            timezone: self.timezone.or(other.timezone),
            city_name: self.city_name.or(other.city_name),
            log: self.log.or(other.log),
            log_json: self.log_json.or(other.log_json),
        }
    }
}

fn read_toml(file: &Path) -> Result<Settings, ConfigError> {
    let bad = |why: String| ConfigError::File { file: file.to_owned(), why };
    let text = fs::read_to_string(file).map_err(|e| bad(e.to_string()))?;
    toml::from_str(&text).map_err(|e| bad(e.to_string()))
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

fn connections(given: Option<usize>, usual: usize) -> Result<usize, ConfigError> {
    let fewest = email::FEWEST_CONNECTIONS;
    let why = || format!("give {fewest} or more: some are kept for confirmations, come what may");
    match given.unwrap_or(usual) {
        few if few < fewest => Err(wrong("smtp-connections")(why())),
        enough => Ok(enough),
    }
}

fn lease(seconds: Option<u64>) -> Result<Duration, ConfigError> {
    match seconds.unwrap_or(120) {
        0 => Err(wrong("lease-s")("0 would send everything twice; give 1 second or more".into())),
        seconds => Ok(Duration::from_secs(seconds)),
    }
}

/// Whether people reach this address only from the machine that serves it.
fn is_this_machine(url: &str) -> bool {
    let host = host_of(url);
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn networks(given: Vec<String>) -> Result<Vec<Network>, ConfigError> {
    let network = |text: String| text.parse().map_err(wrong("trusted-proxies"));
    given.into_iter().filter(|text| !text.trim().is_empty()).map(network).collect()
}

fn host_of(url: &str) -> String {
    let uri = url.parse::<http::Uri>().ok();
    uri.and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_else(|| "localhost".to_owned())
}

/// The bare address in `Name <address>`, or the whole when there is no name.
fn sender(from: &str) -> Result<EmailAddress, ConfigError> {
    let inner = from.rsplit_once('<').map_or(from, |(_, rest)| rest.trim_end_matches('>'));
    inner.parse().map_err(|e: AddressError| wrong("mail-from")(e.to_string()))
}

fn kept_vapid(dir: &Path) -> Result<VapidKey, ConfigError> {
    let make = || {
        VapidKey::generate()
            .map(|key| key.private_base64())
            .map_err(|e| wrong("vapid-key")(e.to_string()))
    };
    let text = kept(dir, "vapid.key", make)?;
    VapidKey::parse(text.trim()).map_err(|e| wrong("vapid-key")(e.to_string()))
}

/// A secret that is made once and kept in a file that only its owner can read. Two processes that
/// start at once agree on one: whoever makes the file first has made the secret.
fn kept(
    dir: &Path,
    name: &str,
    make: impl FnOnce() -> Result<String, ConfigError>,
) -> Result<String, ConfigError> {
    let file = dir.join(name);
    let failed = |why| ConfigError::DataDir { dir: file.clone(), why };
    match fs::read_to_string(&file) {
        Ok(text) => return Ok(text),
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(e)),
        Err(_) => {}
    }
    let text = make()?;
    let mut draft = tempfile_in(dir, name).map_err(failed)?;
    draft.1.write_all(text.as_bytes()).and_then(|()| draft.1.sync_all()).map_err(failed)?;
    // A hard link fails when somebody else was first; then theirs is the one.
    let linked = fs::hard_link(&draft.0, &file);
    fs::remove_file(&draft.0).map_err(failed)?;
    match linked {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(failed(e)),
        _ => fs::read_to_string(&file).map_err(failed),
    }
}

fn tempfile_in(dir: &Path, name: &str) -> io::Result<(PathBuf, fs::File)> {
    let draft = dir.join(format!(".{name}.{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft).map(|file| (draft, file))
}

//! What a command needs that works on the store and serves nothing.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use super::kept::{PUT_BACK_SECRET, kept, take_back};
use super::{ConfigError, LayerLimits, PlaceRule, WatchLimits, read_toml, wrong};
use crate::clock::{TimeError, Zone};
use crate::engine::EngineSettings;
use crate::geometry::{FileLimits, Limits};
use crate::message::Language;
use crate::store::StoreSettings;
use crate::token::Secrets;

/// The settings that commands on the store share with `serve`.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct DeskSettings {
    /// A TOML file with any of the settings, named as the flags with _ for -
    #[arg(long, env = "WARDWATCH_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Where the database, the secret and the caught mail live [default: wardwatch-data]
    #[arg(long, env = "WARDWATCH_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// sqlite:PATH or postgres://… [default: a file in the data directory]
    #[arg(long, env = "WARDWATCH_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The secret that signs links [default: made at the first start, kept in the data directory]
    #[arg(long, env = "WARDWATCH_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub secret: Option<String>,
    /// The city's time zone; for `ingest` that of times without one [default: America/Chicago at
    /// the first start]
    #[arg(long, env = "WARDWATCH_TIMEZONE", value_name = "ZONE")]
    pub timezone: Option<String>,
    /// What the city is called [default: Our city at the first start]
    #[arg(long, env = "WARDWATCH_CITY_NAME", value_name = "NAME")]
    pub city_name: Option<String>,
    /// The language of its pages, and of mails to whoever has not chosen one: en, es, pl or zh
    /// [default: en at the first start]
    #[arg(long, env = "WARDWATCH_CITY_LANGUAGE", value_name = "TAG")]
    pub city_language: Option<String>,
}

/// A store to work on, and the city in it.
#[derive(Clone, Debug)]
pub struct DeskConfig {
    pub data_dir: PathBuf,
    pub store: StoreSettings,
    pub secrets: Secrets,
    /// The file of the secret, when it was missing and has just been made.
    pub made_secret: Option<PathBuf>,
    pub zone: Option<Zone>,
    pub city_name: Option<String>,
    pub city_language: Option<Language>,
}

/// Makes a folder that nobody else on the machine can look into: people's addresses, where they
/// watch, and the links of their mails are in it. One that is there already stays as it is.
fn own_folder(at: &Path) -> io::Result<()> {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(at)
}

/// One, or the one that signs and older ones after it.
pub(super) fn secrets(text: &str) -> Result<Secrets, String> {
    Secrets::parse(&text.replace(',', "\n")).map_err(|e| e.to_string())
}

impl DeskConfig {
    /// Takes back the secret that was made for a start that has failed.
    pub(crate) fn take_back(&self) {
        if let Some(file) = &self.made_secret {
            take_back(file);
        }
    }
}

impl DeskSettings {
    /// Fills in what flags and variables leave open, and makes the data directory and in it the
    /// secret.
    ///
    /// # Errors
    /// When a setting cannot be used; the message names it.
    pub fn resolve(self) -> Result<DeskConfig, ConfigError> {
        let all = self.with_file()?;
        let (data_dir, store, zone) = (all.data_dir(), all.store()?, all.zone()?);
        let city_language = all.city_language()?;
        let unusable = |why| ConfigError::DataDir { dir: data_dir.clone(), why };
        let given = all.secret.as_deref().map(secrets).transpose().map_err(wrong("secret"))?;
        own_folder(&data_dir).map_err(unusable)?;
        let file = data_dir.join("secret");
        let made_secret = (given.is_none() && !file.exists()).then_some(file);
        let make = || Ok(Secrets::generate().to_text());
        let name = ("secret", PUT_BACK_SECRET);
        let secrets = given.map_or_else(|| kept(&data_dir, name, make, secrets), Ok)?;
        let city_name = all.city_name;
        Ok(DeskConfig { data_dir, store, secrets, made_secret, zone, city_name, city_language })
    }

    /// Takes what is still open from the TOML file, if one is named.
    ///
    /// # Errors
    /// When that file cannot be read.
    pub fn with_file(self) -> Result<Self, ConfigError> {
        match &self.config {
            Some(file) => Ok(self.clone().or(read_toml(file)?.desk)),
            None => Ok(self),
        }
    }

    /// The limits of boundary files: the given ones, then those of the TOML file.
    ///
    /// # Errors
    /// When that file cannot be read.
    pub fn layer_limits(&self, given: LayerLimits) -> Result<FileLimits, ConfigError> {
        let file = self.config.as_deref().map(read_toml).transpose()?.unwrap_or_default();
        Ok(given.or(file.layer_limits).resolve())
    }

    /// The limits of watches: the given ones, then those of the TOML file.
    ///
    /// # Errors
    /// When that file cannot be read.
    pub fn watch_limits(&self, given: WatchLimits) -> Result<Limits, ConfigError> {
        let file = self.config.as_deref().map(read_toml).transpose()?.unwrap_or_default();
        given.or(file.watch_limits).resolve()
    }

    /// How the engine accepts: by the given rule, then that of the TOML file.
    ///
    /// # Errors
    /// When that file cannot be read, or the rule cannot be meant.
    pub fn engine(&self, given: PlaceRule) -> Result<EngineSettings, ConfigError> {
        let file = self.config.as_deref().map(read_toml).transpose()?.unwrap_or_default();
        given.or(file.place_rule).engine()
    }

    /// Where the store is. Makes nothing.
    ///
    /// # Errors
    /// When its address is none.
    pub fn store(&self) -> Result<StoreSettings, ConfigError> {
        let file = || StoreSettings::file(&self.data_dir().join("wardwatch.db")).url;
        let url = self.database_url.clone().unwrap_or_else(file);
        let settings = StoreSettings { url, readers: 4 };
        settings.check().map_err(|e| wrong("database-url")(e.to_string()))?;
        Ok(settings)
    }

    /// The city's time zone, if one is set.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn zone(&self) -> Result<Option<Zone>, ConfigError> {
        let parse =
            |name: &String| name.parse().map_err(|e: TimeError| wrong("timezone")(e.to_string()));
        self.timezone.as_ref().map(parse).transpose()
    }

    fn city_language(&self) -> Result<Option<Language>, ConfigError> {
        let parse = |tag: &String| Language::from_spoken(tag).map_err(wrong("city-language"));
        self.city_language.as_ref().map(parse).transpose()
    }

    /// The data directory, made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn own_data_dir(&self) -> Result<PathBuf, ConfigError> {
        let dir = self.data_dir();
        own_folder(&dir).map_err(|why| ConfigError::DataDir { dir: dir.clone(), why })?;
        Ok(dir)
    }

    /// Where the secret and the caught mail live. Makes nothing.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(|| "wardwatch-data".into())
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            config: self.config,
            data_dir: self.data_dir.or(other.data_dir),
            database_url: self.database_url.or(other.database_url),
            secret: self.secret.or(other.secret),
            timezone: self.timezone.or(other.timezone),
            city_name: self.city_name.or(other.city_name),
            city_language: self.city_language.or(other.city_language),
        }
    }
}

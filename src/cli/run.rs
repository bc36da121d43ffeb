//! How a command runs and how it fails.

use std::fmt;
use std::future::Future;
use std::io;
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use crate::clock::Clock;
use crate::config::{Config, Settings};
use crate::engine::Engine;
use crate::random::Random;
use crate::store::{City, Store};

/// Why a command failed: sentences, the nearest cause last.
#[derive(Debug)]
pub struct Failure {
    sentence: String,
    /// Whether the command line is at fault.
    usage: bool,
}

impl Failure {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), usage: false }
    }

    /// The command line cannot be meant as it is written.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), usage: true }
    }

    /// What could not be read or written.
    pub fn io(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        move |why| Self::new(format!("{what}: {why}"))
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut sentence = error.to_string();
        let mut cause = error.source();
        while let Some(deeper) = cause {
            let text = deeper.to_string();
            if !sentence.contains(&text) {
                sentence.push_str(": ");
                sentence.push_str(&text);
            }
            cause = deeper.source();
        }
        Self::new(sentence)
    }
}

/// Runs a command to its end.
pub fn to_end(work: impl Future<Output = Result<(), Failure>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => {
            eprintln!("wardwatch: the runtime cannot start: {why}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("wardwatch: {}", failure.sentence);
            if failure.usage { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Sends log records to stderr. Only our own module's filter is taken from the settings; a filter
/// that cannot be read falls back to `info`, aloud.
pub fn start_logging(config: &Config) {
    log_to_stderr(&config.log, config.log_json);
}

/// As [`start_logging`], for a command without a configuration.
pub fn log_to_stderr(filter: &str, json: bool) {
    let wanted = filter;
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|why| {
        eprintln!("wardwatch: the log filter “{wanted}” is not understood ({why}); using info");
        EnvFilter::new("info")
    });
    let to_stderr = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started =
        if json { to_stderr.json().try_init() } else { to_stderr.with_target(false).try_init() };
    // A second call in one process (tests) leaves the first in place.
    drop(started);
}

/// The store behind a command that works on it directly.
pub struct Desk {
    pub engine: Engine,
    pub city: City,
}

impl Desk {
    /// # Errors
    /// When the settings or the store cannot be used.
    pub async fn open(settings: Settings, clock: Clock) -> Result<Self, Failure> {
        let config = settings.resolve()?;
        let store = Store::open(&config.store).await?;
        crate::app::ensure_city(&store, &config, &clock).await?;
        let secrets = config.secrets.clone();
        let engine = Engine::new(store, clock, Random::System, secrets, config.engine);
        let city = engine.cities().await?.into_iter().next();
        let city = city.ok_or_else(|| Failure::new("the database has no city"))?;
        Ok(Self { engine, city })
    }
}

/// Text on stdout; a reader that has gone away is no failure.
pub fn print(text: &str) {
    use io::Write;
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

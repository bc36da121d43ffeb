//! How a command runs and how it fails.

use std::fmt;
use std::future::Future;
use std::io;
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use crate::clock::Clock;
use crate::config::{Config, ConfigError, DeskSettings};
use crate::engine::{Engine, EngineSettings};
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

    /// Of settings: what was written there is wrong usage, a folder that fails is not.
    pub fn settings(error: ConfigError) -> Self {
        let usage = error.is_misuse();
        Self { usage, ..Self::from(error) }
    }

    /// What could not be read or written.
    pub fn io(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        move |why| Self::new(format!("{what}: {why}"))
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(told(&error))
    }
}

/// An error with its causes, each once, in one sentence.
pub fn told(error: &dyn std::error::Error) -> String {
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
    sentence
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
    pub async fn open(settings: DeskSettings, clock: Clock) -> Result<Self, Failure> {
        Self::with(settings, EngineSettings::default(), clock).await
    }

    /// As [`Desk::open`], with an engine that is set otherwise than usual.
    ///
    /// # Errors
    /// When the settings or the store cannot be used.
    pub async fn with(
        settings: DeskSettings,
        engine: EngineSettings,
        clock: Clock,
    ) -> Result<Self, Failure> {
        let config = settings.resolve().map_err(Failure::settings)?;
        let store = Store::open(&config.store).await?;
        crate::app::ensure_city(&store, &config, &clock).await?;
        let engine = Engine::new(store, clock, Random::System, config.secrets, engine);
        let city = engine.cities().await?.into_iter().next();
        let city = city.ok_or_else(|| Failure::new("the database has no city"))?;
        Ok(Self { engine, city })
    }
}

/// Text on stdout. Gives whether somebody still reads: a reader that has gone away has had enough,
/// and is no failure.
///
/// # Errors
/// When it cannot be written.
pub fn print(text: &str) -> Result<bool, Failure> {
    use io::Write;
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(why) => Err(Failure::io("standard output")(why)),
    }
}

/// A number of things, as people say it: `1 delivery`, `2 deliveries`.
pub fn counted(count: impl TryInto<u64>, one: &str, many: &str) -> String {
    match count.try_into().unwrap_or(0) {
        1 => format!("1 {one}"),
        some => format!("{some} {many}"),
    }
}

/// What a warning, a refusal or a figure beside the data sounds like.
pub fn say(told: &str) {
    eprintln!("wardwatch: {told}");
}

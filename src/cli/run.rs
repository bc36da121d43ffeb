//! How a command runs and how it fails.

use std::ffi::OsStr;
use std::fmt;
use std::future::Future;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use crate::clock::{Clock, Timestamp, Zone};
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
    ended(work, |failure| if failure.usage { 2 } else { 1 })
}

/// As [`to_end`], for a command whose caller has a word of its own for failures of any kind.
pub fn to_end_or(work: impl Future<Output = Result<(), Failure>>, failed: u8) -> ExitCode {
    ended(work, |_| failed)
}

fn ended(
    work: impl Future<Output = Result<(), Failure>>,
    code: impl Fn(&Failure) -> u8,
) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => {
            let failure = Failure::new(format!("the runtime cannot start: {why}"));
            say(&failure.sentence);
            return ExitCode::from(code(&failure));
        }
    };
    let ended = runtime.block_on(work);
    // Nobody waits for a look-up of a name that nobody waits for.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&failure.sentence);
            ExitCode::from(code(&failure))
        }
    }
}

/// Sends log records to stderr.
///
/// # Errors
/// When the filter cannot be read.
pub fn start_logging(config: &Config) -> Result<(), Failure> {
    log_to_stderr(&config.log, config.log_json)
}

/// As [`start_logging`], for a command without a configuration.
///
/// # Errors
/// When the filter cannot be read.
pub fn log_to_stderr(filter: &str, json: bool) -> Result<(), Failure> {
    let misread = |why| Failure::usage(format!("--log (or WARDWATCH_LOG) “{filter}”: {why}"));
    let colours =
        wants_colours(io::stderr().is_terminal(), std::env::var_os("NO_COLOR").as_deref());
    // A record that nobody reads any more is no reason to end what it tells of.
    let to_stderr = tracing_subscriber::fmt()
        .log_internal_errors(false)
        .with_env_filter(EnvFilter::try_new(filter).map_err(misread)?)
        .with_ansi(colours)
        .with_writer(io::stderr);
    let started =
        if json { to_stderr.json().try_init() } else { to_stderr.with_target(false).try_init() };
    // A second call in one process (tests) leaves the first in place.
    drop(started);
    Ok(())
}

/// Colours are for people who look, and not for those who would rather not (no-color.org).
fn wants_colours(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}

/// The store as it is, for a command that reads: makes none.
///
/// # Errors
/// When the settings or the store cannot be used, or there is none.
pub async fn look(settings: &DeskSettings) -> Result<(Store, City), Failure> {
    let settings = settings.clone().with_file().map_err(Failure::settings)?;
    let zone = settings.zone().map_err(Failure::settings)?;
    let store = settings.store().map_err(Failure::settings)?;
    let none = || match &settings.database_url {
        Some(_) => Failure::new("that database holds no Wardwatch data; is --database-url right?"),
        None => Failure::new(format!(
            "there is no Wardwatch data in {}; is --data-dir right? (`wardwatch serve` makes it)",
            settings.data_dir().display()
        )),
    };
    let store = Store::look(&store).await?.ok_or_else(none)?;
    let city = store.read().await?.cities().await?.into_iter().next();
    let mut city = city.ok_or_else(|| Failure::new("the database has no city"))?;
    city.zone = zone.unwrap_or(city.zone);
    Ok((store, city))
}

/// A time on the city's clocks, to the minute.
pub fn local_time(zone: &Zone, at: Timestamp) -> String {
    let t = zone.local(at);
    format!("{:04}-{:02}-{:02} {:02}:{:02}", t.year, t.month, t.day, t.hour, t.minute)
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

    /// As [`Desk::open`], where there is a store already: a mistyped folder is told, and not made.
    ///
    /// # Errors
    /// When the settings or the store cannot be used, or there is none.
    pub async fn known(settings: DeskSettings, clock: Clock) -> Result<Self, Failure> {
        let (store, _) = look(&settings).await?;
        store.close().await;
        Self::open(settings, clock).await
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

/// What a warning, a refusal or a figure beside the data sounds like. Nobody may be there to read it, as
/// after `2>&1 | head`: the work goes on to its end, and the exit code tells of that.
pub fn say(told: &str) {
    use io::Write;
    let line = format!("wardwatch: {told}\n");
    drop(io::stderr().lock().write_all(line.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_a_terminal_whose_owner_wants_them() {
        assert!(wants_colours(true, None));
        assert!(wants_colours(true, Some(OsStr::new(""))), "an empty variable says nothing");
        assert!(!wants_colours(true, Some(OsStr::new("1"))));
        assert!(!wants_colours(false, None), "a file is not coloured");
    }
}

//! `wardwatch gazetteer`: loads and lists the city's own addresses and streets.
//!
//! Rows are stored as they are read, a portion at a time, and hold all at once when the last is there.
//! An import of a name that is known replaces the one before it.

mod list;
mod reading;

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::clock::Clock;
use crate::config::DeskSettings;
use crate::intake::PlaceMapping;
use crate::store::GazetteerKind;

use self::reading::{Entries, Reading};
use super::files::{AreaFile, Meter, open_metered};
use super::run::{Desk, Failure, counted, print, say};

#[derive(Subcommand, Debug)]
pub enum Gazetteer {
    /// Loads addresses or street centre lines from NDJSON, CSV with a header, or GeoJSON, gzipped or not
    ///
    /// Addresses have a house number, a street and a point; streets have a name and a line, and best the
    /// house numbers at its ends, left and right. Columns are found by the names that cities, counties
    /// and the census use. A second import of the same name replaces the first, and a running
    /// `wardwatch serve` takes it up by itself. Exits 1 when a row was refused; the others are loaded.
    Import(ImportArgs),
    /// Lists what was loaded
    List(list::ListArgs),
}

/// What a file holds, in words.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Addresses,
    Streets,
}

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// A file of addresses or streets; `-` reads standard input
    file: PathBuf,
    /// What it holds [default: streets where its first row has a line or numbers from and to, else
    /// addresses]
    #[arg(long, value_name = "KIND", env = "WARDWATCH_KIND")]
    kind: Option<Kind>,
    /// What it is called: an import of the same name replaces it [default: the file's name without
    /// endings]
    #[arg(long, value_name = "NAME", env = "WARDWATCH_SOURCE")]
    source: Option<String>,
    /// Which columns hold what, where their names do not say
    #[arg(long, value_name = "number=COL,street=COL,lon=COL,…", env = "WARDWATCH_MAP")]
    map: Option<PlaceMapping>,
    /// Ends with an object in place of a line
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

impl ImportArgs {
    fn source(&self) -> Result<String, Failure> {
        let file = || AreaFile { path: self.file.clone(), id_property: None }.stem();
        let name = self.source.clone().unwrap_or_else(file);
        if name == "-" || name.trim().is_empty() {
            return Err(Failure::usage("say with --source what standard input is to be called"));
        }
        if name.chars().count() > 80 || name.chars().any(char::is_control) {
            return Err(Failure::usage("--source has at most 80 characters, on one line"));
        }
        Ok(name)
    }
}

/// Rows that are stored together.
const TOGETHER: usize = 5_000;

pub async fn run(what: Gazetteer) -> Result<(), Failure> {
    match what {
        Gazetteer::Import(args) => import(args).await,
        Gazetteer::List(args) => list::run(args).await,
    }
}

async fn import(args: ImportArgs) -> Result<(), Failure> {
    let source = args.source()?;
    let shown = args.file.display().to_string();
    let (file, meter) = open_metered(&args.file).map_err(Failure::io(&shown))?;
    let kind = args.kind.map(|kind| match kind {
        Kind::Addresses => GazetteerKind::Addresses,
        Kind::Streets => GazetteerKind::Streets,
    });
    let failed = |why: String| Failure::new(format!("{shown}: {why}"));
    let mapping = args.map.clone().unwrap_or_default();
    let mut reading = Reading::open(file, kind, mapping).map_err(failed)?;
    let desk = Desk::open(args.settings.clone(), Clock::System).await?;
    reading.keep_within(desk.city.bounds);
    let import = begin(&desk, &source, reading.kind(), &shown).await?;
    match store_all(&desk, import, &mut reading, &meter, failed).await {
        Ok(stored) => {
            hold(&desk, &source, import, stored).await?;
            tell(&args, &source, &reading, stored)
        }
        Err(why) => {
            if give_up(&desk, &source).await.is_err() {
                say("rows of it that were stored stay behind, unused, until the next import");
            }
            Err(why)
        }
    }
}

/// Stores all rows of a file that is whole. Gives how many entries they are, which is more than none.
async fn store_all(
    desk: &Desk,
    import: i64,
    reading: &mut Reading,
    meter: &Meter,
    failed: impl Fn(String) -> Failure,
) -> Result<i64, Failure> {
    let mut progress = meter.progress();
    let mut stored = 0;
    loop {
        let entries = reading.next(TOGETHER).map_err(&failed)?;
        if entries.is_empty() {
            break;
        }
        store(desk, import, stored, &entries).await?;
        stored += i64::try_from(entries.len()).unwrap_or(i64::MAX);
        progress.at_count(meter.bytes(), reading.count().read, "rows");
    }
    progress.end();
    // Half a city is no city: what was whole before stays.
    if let Some(line) = reading.cut_off() {
        return Err(failed(format!("it is broken or cut off at line {line}; nothing was changed")));
    }
    if stored == 0 {
        return Err(failed(format!(
            "no row of it could be taken; nothing was changed ({} refused, {} outside the city)",
            reading.count().refused,
            reading.count().outside
        )));
    }
    Ok(stored)
}

/// Says what has become of the rows.
fn tell(args: &ImportArgs, source: &str, reading: &Reading, stored: i64) -> Result<(), Failure> {
    let count = reading.count();
    let kind = reading.kind();
    if args.json {
        print(&format!(
            "{}\n",
            json!({
                "source": source, "kind": kind.name(), "read": count.read, "entries": stored,
                "outside": count.outside, "refused": count.refused,
            })
        ))?;
    } else {
        let what = match kind {
            GazetteerKind::Addresses => counted(stored, "address", "addresses"),
            GazetteerKind::Streets => counted(stored, "piece of street", "pieces of streets"),
        };
        let outside = match count.outside {
            0 => String::new(),
            some => format!("; {} outside the city left out", counted(some, "row", "rows")),
        };
        say(&format!("{what} loaded as “{source}”{outside}"));
    }
    match count.refused {
        0 => Ok(()),
        some => Err(Failure::new(format!(
            "{some} of {} rows were refused; the others are loaded",
            count.read
        ))),
    }
}

async fn begin(desk: &Desk, source: &str, kind: GazetteerKind, file: &str) -> Result<i64, Failure> {
    let origin = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let mut tx = desk.engine.store().write().await?;
    let now = desk.engine.clock().now();
    let import = tx.begin_gazetteer_import(desk.city.id, source, kind, origin, now).await?;
    tx.commit().await?;
    Ok(import)
}

async fn store(desk: &Desk, import: i64, first: i64, entries: &Entries) -> Result<(), Failure> {
    let mut tx = desk.engine.store().write().await?;
    match entries {
        Entries::Addresses(some) => tx.put_addresses(desk.city.id, import, first, some).await?,
        Entries::Streets(some) => tx.put_streets(desk.city.id, import, first, some).await?,
    }
    tx.commit().await?;
    Ok(())
}

/// Lets it hold, and takes away what it replaces.
async fn hold(desk: &Desk, source: &str, import: i64, entries: i64) -> Result<(), Failure> {
    let mut tx = desk.engine.store().write().await?;
    if !tx.let_gazetteer_hold(desk.city.id, import, entries).await? {
        let told = format!(
            "another import of “{source}” began after this one; nothing of this one was kept"
        );
        return Err(Failure::new(told));
    }
    tx.commit().await?;
    clear(desk).await
}

async fn give_up(desk: &Desk, source: &str) -> Result<(), Failure> {
    let mut tx = desk.engine.store().write().await?;
    tx.give_up_gazetteer_import(desk.city.id, source).await?;
    tx.commit().await?;
    clear(desk).await
}

/// Takes away what holds no longer, a little at a time: others write meanwhile.
async fn clear(desk: &Desk) -> Result<(), Failure> {
    loop {
        let mut tx = desk.engine.store().write().await?;
        let more = tx.clear_gazetteer(desk.city.id).await?;
        tx.commit().await?;
        if !more {
            return Ok(());
        }
    }
}

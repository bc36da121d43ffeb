//! `wardwatch ingest`: issue events in bulk, from a file or a pipe.
//!
//! Each row is accepted, repeated, flagged or refused, and counted as one of these; a running
//! `wardwatch serve` on the same database matches and tells. Running it again changes nothing, so
//! an interrupted run is simply repeated.

use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::PathBuf;
use std::thread::JoinHandle;

use clap::Args;
use clap::builder::BoolishValueParser;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::app::told_to_stop;
use crate::clock::{Clock, Timestamp};
use crate::config::{DeskSettings, PlaceRule};
use crate::engine::{Arrival, Receipt};
use crate::intake::{Defaults, Format, IntakeError, Mapping, Notices, Read as ReadRow, recognise};
use crate::issue::{Actor, Notice, Place};

use super::files::{Meter, open_metered};
use super::run::{Desk, Failure, print, say};

#[derive(Args, Debug)]
pub struct IngestArgs {
    /// NDJSON, CSV or GeoJSON, gzipped or not; `-` reads standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Where the rows come from; together with their ids it tells issues apart
    #[arg(long, value_name = "NAME", default_value = "ingest", env = "WARDWATCH_SOURCE")]
    source: String,
    /// Which columns hold what, where their names do not say
    #[arg(long, value_name = "lon=COL,lat=COL,id=COL,…", env = "WARDWATCH_MAP")]
    map: Option<Mapping>,
    /// Stores and matches, but tells nobody
    #[arg(long, env = "WARDWATCH_BACKFILL", value_parser = BoolishValueParser::new())]
    backfill: bool,
    /// Takes this for the present, as in 2021-01-02T18:00:00-06:00: what is older than a week
    /// before it is history and told to nobody
    #[arg(long, value_name = "TIME", env = "WARDWATCH_NOW")]
    now: Option<Timestamp>,
    /// Writes refused and flagged rows here, as NDJSON with line and reason
    #[arg(long, value_name = "FILE", env = "WARDWATCH_REFUSED")]
    refused: Option<PathBuf>,
    /// Ends with an object in place of a line
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    // `--timezone` of the settings is the zone of times without one.
    #[command(flatten)]
    settings: DeskSettings,
    #[command(flatten)]
    place_rule: PlaceRule,
}

/// How many rows are accepted together.
const ROWS: usize = 1_000;

/// What became of the rows.
#[derive(Debug, Default, Serialize)]
struct Count {
    read: u64,
    accepted: u64,
    repeated: u64,
    flagged: u64,
    refused: u64,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { read, accepted, repeated, flagged, refused } = self;
        write!(f, "read {read}: accepted {accepted}, repeated {repeated}, ")?;
        write!(f, "flagged {flagged}, refused {refused}")
    }
}

pub async fn run(mut args: IngestArgs) -> Result<(), Failure> {
    // The zone is the file's, not the city's: it changes nothing in the store.
    let zone = args.settings.zone().map_err(Failure::settings)?;
    args.settings.timezone = None;
    let clock = args.now.map_or(Clock::System, Clock::manual);
    let engine = args.settings.engine(args.place_rule).map_err(Failure::settings)?;
    let desk = Desk::with(args.settings.clone(), engine, clock).await?;
    let defaults = Defaults {
        source: args.source.clone(),
        source_id: None,
        zone: zone.unwrap_or_else(|| desk.city.zone.clone()),
        at: None,
        actor: Actor::System,
    };
    let name = if args.file.as_os_str() == "-" {
        "standard input".into()
    } else {
        args.file.display().to_string()
    };
    if desk.engine.store().read().await?.layers(desk.city.id).await?.is_empty() {
        let dir = args.settings.data_dir();
        say(&format!(
            "the city in {} has no boundaries yet, so no place is checked against them; see: wardwatch \
             boundaries import",
            dir.display()
        ));
    }
    let (file, meter) = open_metered(&args.file).map_err(Failure::io(args.file.display()))?;
    let mut ledger = Ledger::open(args.refused.as_ref())?;
    let stop = told_to_stop();
    let (rows, reader) = read_ahead(file, name, args.map.unwrap_or_default(), defaults);
    let arrival = Arrival { backfill: args.backfill };
    let all = take_all(&desk, rows, arrival, &meter, &mut ledger, stop).await?;
    let (count, cut_off) = ledger.close()?;
    let text = if args.json { serde_json::to_string(&count)? } else { count.to_string() };
    print(&(text + "\n"))?;
    if !all {
        // Not waiting for whoever reads: more of a pipe may never come.
        let stopped = format!("stopped after {} rows; the same command goes on", count.read);
        return Err(Failure::new(stopped));
    }
    let format =
        reader.join().map_err(|_| Failure::new("the file could not be read to its end"))?;
    if count.read == 0 {
        say(match format {
            Some(Format::Csv { .. }) => {
                "no rows: its columns are known, and nothing stands under them"
            }
            _ => "no issues in it; nothing was stored",
        });
    }
    match (cut_off, count.refused) {
        (Some(line), _) => Err(Failure::new(format!(
            "the file is broken or cut off at line {line}; the rows before it are stored"
        ))),
        (None, 0) => Ok(()),
        (None, some) => Err(Failure::new(format!("{some} of {} rows were refused", count.read))),
    }
}

/// Accepts the rows as they come, many at a time, and gives whether these were all. Told to stop, it
/// stores what it has read; told again, it ends at once.
async fn take_all(
    desk: &Desk,
    mut rows: mpsc::Receiver<Result<ReadRow, Failure>>,
    arrival: Arrival,
    meter: &Meter,
    ledger: &mut Ledger,
    stop: impl Future<Output = ()>,
) -> Result<bool, Failure> {
    let mut progress = meter.progress();
    let (mut batch, mut stopped) = (vec![], false);
    let mut stop = std::pin::pin!(stop);
    loop {
        let more = tokio::select! {
            biased;
            () = &mut stop, if !stopped => {
                stopped = true;
                rows.close();
                tokio::spawn(async {
                    told_to_stop().await;
                    std::process::exit(130);
                });
                continue;
            }
            more = rows.recv() => more.transpose()?,
        };
        let ended = more.is_none();
        batch.extend(more);
        if batch.len() >= ROWS || (ended && !batch.is_empty()) {
            take(desk, std::mem::take(&mut batch), arrival, ledger).await?;
            progress.at_count(meter.bytes(), ledger.count.read, "rows");
        }
        if ended {
            break;
        }
    }
    progress.end();
    Ok(!stopped)
}

/// Reads rows in a thread of its own, a few batches ahead of the database. The thread ends with the
/// kind of file it was.
fn read_ahead(
    file: impl Read + Send + 'static,
    name: String,
    mapping: Mapping,
    defaults: Defaults,
) -> (mpsc::Receiver<Result<ReadRow, Failure>>, JoinHandle<Option<Format>>) {
    let (sender, receiver) = mpsc::channel(2 * ROWS);
    let read = move || -> Result<(Format, Notices<'static>), IntakeError> {
        let source = recognise(file)?;
        Ok((source.format, Notices::of(source, mapping, defaults)?))
    };
    let reader = std::thread::spawn(move || {
        let (format, rows) = match read() {
            Ok(read) => read,
            Err(error) => {
                // Whoever waits has gone away; there is nobody to tell.
                let _ = sender.blocking_send(Err(Failure::new(format!("{name}: {error}"))));
                return None;
            }
        };
        for row in rows {
            if sender.blocking_send(Ok(row)).is_err() {
                break;
            }
        }
        Some(format)
    });
    (receiver, reader)
}

async fn take(
    desk: &Desk,
    rows: Vec<ReadRow>,
    arrival: Arrival,
    ledger: &mut Ledger,
) -> Result<(), Failure> {
    let mut lines: Vec<u64> = vec![];
    let mut good: Vec<Notice> = vec![];
    for row in rows {
        ledger.count.read += 1;
        match row.notice {
            Ok(notice) => {
                lines.push(row.line);
                good.push(notice);
            }
            Err(refusal) => {
                ledger.count.refused += 1;
                ledger.put("refused", row.line, &refusal.to_string(), &refusal.row)?;
                if refusal.last {
                    ledger.cut_off = Some(row.line);
                }
            }
        }
    }
    let told: Vec<Value> = good.iter().map(|n| json!({"source_id": n.source_id})).collect();
    let receipts = desk.engine.accept(&desk.city, good, arrival).await?;
    for ((line, row), receipt) in lines.into_iter().zip(told).zip(receipts) {
        match receipt {
            Receipt::Accepted { place: Place::Good, .. } => ledger.count.accepted += 1,
            Receipt::Accepted { place, .. } => {
                ledger.count.flagged += 1;
                ledger.put("flagged", line, place_words(place), &row)?;
            }
            Receipt::Repeated { .. } => ledger.count.repeated += 1,
            Receipt::Refused { reason } => {
                ledger.count.refused += 1;
                ledger.put("refused", line, &reason.to_string(), &row)?;
            }
        }
    }
    Ok(())
}

fn place_words(place: Place) -> &'static str {
    match place {
        Place::Good => "its place is good",
        Place::Missing => "it has no place; it is stored and told to nobody",
        Place::NullIsland => "its place is 0, 0; it is stored and told to nobody",
        Place::Swapped => "longitude and latitude are swapped; it is stored and told to nobody",
        Place::OutsideCity => "its place is outside the city; it is stored and told to nobody",
        Place::HotPoint => {
            "its place takes too much of this source's reports; it is held, see `wardwatch places list`"
        }
    }
}

/// Counts, and keeps what was refused or flagged.
struct Ledger {
    count: Count,
    file: Option<BufWriter<File>>,
    shown: u64,
    /// The line after which nothing could be read.
    cut_off: Option<u64>,
}

/// So many lines of refusals are shown; the file holds all.
const SHOWN: u64 = 20;

impl Ledger {
    fn open(path: Option<&PathBuf>) -> Result<Self, Failure> {
        let create = |path: &PathBuf| File::create(path).map_err(Failure::io(path.display()));
        let file = path.map(create).transpose()?.map(BufWriter::new);
        Ok(Self { count: Count::default(), file, shown: 0, cut_off: None })
    }

    fn put(&mut self, what: &str, line: u64, reason: &str, row: &Value) -> Result<(), Failure> {
        self.shown += 1;
        match self.shown {
            ..=SHOWN => say(&format!("line {line} {what}: {reason}")),
            n if n == SHOWN + 1 => {
                say("more like these; --refused FILE writes them all out");
            }
            _ => {}
        }
        if let Some(file) = &mut self.file {
            let entry = json!({"line": line, "outcome": what, "reason": reason, "row": row});
            writeln!(file, "{entry}").map_err(Failure::io("the file of refused rows"))?;
        }
        Ok(())
    }

    /// The count, and the line after which nothing could be read, if there is one.
    fn close(self) -> Result<(Count, Option<u64>), Failure> {
        if let Some(mut file) = self.file {
            file.flush().map_err(Failure::io("the file of refused rows"))?;
        }
        Ok((self.count, self.cut_off))
    }
}

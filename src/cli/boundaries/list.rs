//! `boundaries list`: the layers, their versions in time, and which of them hold.

use std::fmt::Write as _;

use clap::Args;
use clap::builder::BoolishValueParser;

use crate::cli::run::{Failure, local_time, look, print, say};
use crate::clock::{Clock, Timestamp, Zone};
use crate::config::DeskSettings;
use crate::store::LayerRow;

#[derive(Args, Debug)]
pub struct ListArgs {
    /// Prints JSON, an object a line; `effective` is null for a version that has always held
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(args: ListArgs) -> Result<(), Failure> {
    let (store, city) = look(&args.settings).await?;
    let mut tx = store.read().await?;
    let now = Clock::System.now();
    let in_force = tx.layers_in_force(city.id, now).await?;
    let rows = tx.layers(city.id).await?;
    if rows.is_empty() && !args.json {
        say("no boundaries yet; load some with: wardwatch boundaries import");
    }
    let mut text = String::new();
    for row in rows {
        let holds = in_force.iter().any(|l| l.layer == row.layer && l.version == row.version);
        if args.json {
            let _ = writeln!(text, "{}", json(&row, holds));
        } else {
            text.push_str(&line(&row, holds, now, &city.zone));
        }
    }
    print(&text)?;
    Ok(())
}

fn json(row: &LayerRow, holds: bool) -> serde_json::Value {
    serde_json::json!({
        "layer": row.layer, "version": row.version, "effective": since(row.effective),
        "imported_at": row.imported_at, "origin": row.origin, "wards": row.wards,
        "tolerance_m": row.tolerance_m, "in_force": holds,
        "withdrawn": row.withdrawn,
    })
}

fn line(row: &LayerRow, holds: bool, now: Timestamp, zone: &Zone) -> String {
    let from = match since(row.effective) {
        None => "from the beginning".to_owned(),
        Some(from) => format!("from {}", day(from, zone)),
    };
    let mark = match (holds, row.withdrawn, row.effective > now) {
        (true, ..) => "holds now",
        (false, Some(_), _) => "withdrawn",
        (false, None, true) => "to come",
        (false, None, false) => "over",
    };
    format!(
        "{:<16} version {:<3} {:>5} areas  {from:<21} {mark:<9}  {}, imported {}\n",
        row.layer,
        row.version,
        row.wards,
        row.origin,
        day(row.imported_at, zone),
    )
}

/// From when a version holds; none when it always has.
pub(super) fn since(effective: Timestamp) -> Option<Timestamp> {
    (effective.as_millis() != 0).then_some(effective)
}

/// The city's day; with the hour and minute, unless it is the day's first moment.
pub(super) fn day(at: Timestamp, zone: &Zone) -> String {
    let local = zone.local(at);
    let day = format!("{:04}-{:02}-{:02}", local.year, local.month, local.day);
    if (local.hour, local.minute) == (0, 0) { day } else { local_time(zone, at) }
}

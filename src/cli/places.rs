//! `wardwatch places`: points that take too much of a source's reports, and what to do with them.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::clock::Clock;
use crate::config::DeskSettings;
use crate::geometry::Position;
use crate::store::{Decision, HotPoint};

use super::run::{Desk, Failure, local_time, look, print, say};

#[derive(Subcommand, Debug)]
pub enum Places {
    /// Lists the points that are held, released and dismissed
    List(ListArgs),
    /// Says that a point is real: what was reported there is told now, so far as it is still news
    Release(PointArgs),
    /// Says that a point is nobody's place: nothing from there is told to those who watch places
    Dismiss(PointArgs),
}

#[derive(Args, Debug)]
pub struct ListArgs {
    /// One JSON object a line
    #[arg(long, env = "WARDWATCH_JSON")]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Args, Debug)]
pub struct PointArgs {
    /// The point as `places list` writes it: LON,LAT
    #[arg(value_name = "LON,LAT", allow_hyphen_values = true, value_parser = point)]
    point: Position,
    /// Whose reports lie there; needed when several sources fall back to the same point
    #[arg(long, value_name = "NAME", env = "WARDWATCH_SOURCE")]
    source: Option<String>,
    #[command(flatten)]
    settings: DeskSettings,
}

fn point(text: &str) -> Result<Position, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    text.split_once(',')
        .and_then(|(lon, lat)| Some(Position { lon: number(lon)?, lat: number(lat)? }))
        .ok_or_else(|| "write longitude and latitude, as in -87.6798,41.8718".to_owned())
}

pub async fn run(what: Places) -> Result<(), Failure> {
    match what {
        Places::List(args) => list(args).await,
        Places::Release(args) => {
            let (desk, source) = found(&args).await?;
            let events = desk.engine.release_point(&desk.city, &source, args.point).await?;
            let events = events.unwrap_or(0);
            say(&format!("released; {events} events are matched when `wardwatch serve` runs"));
            Ok(())
        }
        Places::Dismiss(args) => {
            let (desk, source) = found(&args).await?;
            desk.engine.dismiss_point(&desk.city, &source, args.point).await?;
            say("dismissed; reports from there are told to nobody");
            Ok(())
        }
    }
}

/// The desk, and the source whose reports lie on the point.
async fn found(args: &PointArgs) -> Result<(Desk, String), Failure> {
    let desk = Desk::known(args.settings.clone(), Clock::System).await?;
    let known = desk.engine.store().read().await?.hot_points(desk.city.id).await?;
    let is_meant = |known: &&HotPoint| {
        known.at == args.point && args.source.as_ref().is_none_or(|name| *name == known.source)
    };
    let mut meant = known.iter().filter(is_meant);
    match (meant.next(), meant.next()) {
        (Some(one), None) => Ok((desk, one.source.clone())),
        (Some(one), Some(other)) => Err(Failure::usage(format!(
            "{} and {} both fall back to this point; say which with --source",
            one.source, other.source
        ))),
        _ => Err(Failure::new("no such point is held; see: wardwatch places list")),
    }
}

async fn list(args: ListArgs) -> Result<(), Failure> {
    let (store, city) = look(&args.settings).await?;
    let mut tx = store.read().await?;
    let points = tx.hot_points(city.id).await?;
    let waiting = points.iter().filter(|point| point.decision == Decision::Open).count();
    for HotPoint { source, at, decision, found } in points {
        let there = tx.held_there(city.id, &source, at).await?;
        if args.json {
            let line = json!({
                "source": source, "lon": at.lon, "lat": at.lat, "decision": decision.name(),
                "found": found.to_string(), "issues_held": there.issues, "address": there.address,
            });
            print(&format!("{line}\n"))?;
        } else {
            let address = there.address.unwrap_or_else(|| "no address".to_owned());
            print(&format!(
                "{:<9}  {},{}  {source}  {address}  {} issues held  since {}\n",
                decision.name(),
                at.lon,
                at.lat,
                there.issues,
                local_time(&city.zone, found)
            ))?;
        }
    }
    say(&format!("{waiting} points wait for `places release` or `places dismiss`"));
    Ok(())
}

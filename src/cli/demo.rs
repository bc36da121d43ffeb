//! `wardwatch demo`: a city that lives, to look at in a browser.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::app::{listen, told_to_stop};
use crate::clock::Zone;
use crate::config::{LayerLimits, listen_address};
use crate::demo::run::{Plan, RealCity, run as run_demo};
use crate::geometry::{Feature, FileLimits, Shape};
use crate::intake::{Defaults, Mapping, notices};
use crate::issue::{Actor, Notice};
use crate::ward::Ward;

use super::files::{AreaFile, by_id, hint, open, read_areas};
use super::run::{Failure, log_to_stderr, say};

#[derive(Args, Debug)]
pub struct DemoArgs {
    /// The address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8311", env = "WARDWATCH_LISTEN",
          value_parser = listen_address)]
    listen: SocketAddr,
    /// Keeps the city here, in a folder that is empty or that a demo made [default: a temporary
    /// one, thrown away at the end]
    #[arg(long, value_name = "DIR", env = "WARDWATCH_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// How many people watch
    #[arg(long, value_name = "N", default_value_t = 2_000, env = "WARDWATCH_WATCHERS")]
    watchers: usize,
    /// How many events happen in a second
    #[arg(long, value_name = "EVENTS_PER_S", default_value_t = 0.4, env = "WARDWATCH_RATE",
          value_parser = rate)]
    rate: f64,
    /// Another seed, another city
    #[arg(long, value_name = "N", default_value_t = crate::demo::city::SEED, env = "WARDWATCH_SEED")]
    seed: u64,
    /// Real wards, as GeoJSON; people are invented for them
    #[arg(long, value_name = "FILE[#ID_PROPERTY]", env = "WARDWATCH_BOUNDARIES")]
    boundaries: Option<AreaFile>,
    /// A real feed of issues, played at the rate: CSV, NDJSON or GeoJSON
    #[arg(long, value_name = "FILE", requires = "boundaries", env = "WARDWATCH_REPLAY")]
    replay: Option<PathBuf>,
    /// What the real city is called [default: the name of the file]
    #[arg(long, value_name = "NAME", env = "WARDWATCH_CITY_NAME")]
    city_name: Option<String>,
    /// The real city's time zone
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "America/Chicago",
        env = "WARDWATCH_TIMEZONE"
    )]
    timezone: Zone,
    /// What is logged
    #[arg(long, value_name = "FILTER", default_value = "warn", env = "WARDWATCH_LOG")]
    log: String,
    #[command(flatten)]
    limits: LayerLimits,
}

/// Events a second, for clap.
fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| *rate > 0.0 && *rate <= 1_000.0);
    rate.ok_or_else(|| "write a number of events a second, above 0 and up to 1000".to_owned())
}

pub async fn run(args: DemoArgs) -> Result<(), Failure> {
    log_to_stderr(&args.log, false)?;
    let listener = listen(args.listen).await?;
    let kept = args.data_dir.is_some();
    let data_dir = args.data_dir.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("wardwatch-demo-{}", std::process::id()))
    });
    let plan = Plan {
        data_dir: data_dir.clone(),
        watchers: args.watchers,
        rate: args.rate,
        seed: args.seed,
        wards: args.boundaries.as_ref().map(|file| real_city(file, &args)).transpose()?,
        feed: args
            .replay
            .as_deref()
            .map(|file| feed(file, Mapping::default(), &args.timezone))
            .transpose()?,
    };
    say(&format!("{} people move in …", args.watchers));
    let ready = |at: SocketAddr| {
        say(&format!("the demo city lives on http://{at} (stop with Ctrl-C)"));
    };
    // Listened for once the city lives: until then Ctrl-C ends it at once.
    let stop = async { told_to_stop().await };
    let ended = run_demo(plan, listener, ready, stop).await;
    if !kept && let Err(why) = std::fs::remove_dir_all(&data_dir) {
        say(&format!("{} could not be thrown away: {why}", data_dir.display()));
    }
    Ok(ended?)
}

fn real_city(file: &AreaFile, args: &DemoArgs) -> Result<RealCity, Failure> {
    Ok(RealCity {
        name: args.city_name.clone().unwrap_or_else(|| file.stem()),
        wards: wards_in(file, &args.limits.resolve())?,
        zone: args.timezone.clone(),
    })
}

/// The wards of a file that can be taken; tells of the others.
pub(super) fn wards_in(file: &AreaFile, limits: &FileLimits) -> Result<Vec<Ward>, Failure> {
    let (features, _) = read_areas(&file.path, limits, &mut |told| say(told))?;
    let shown = file.path.display();
    let wards = by_id(features, file.id_property.as_deref(), &format!("{shown}#"), &mut |told| {
        say(&format!("{shown}: {told}"));
    });
    let wards =
        wards.map_err(|why| Failure::new(format!("{shown}: {why}{}", hint(&why, "FILE#"))))?;
    let ward = |(key, features): (String, Vec<Feature>)| Ward {
        name: format!("Ward {key}"),
        key,
        shape: Shape::join(features.into_iter().map(|feature| feature.shape).collect()),
    };
    Ok(wards.into_iter().map(ward).collect())
}

/// The rows of a real feed that can be read; tells of the others.
pub(super) fn feed(path: &Path, mapping: Mapping, zone: &Zone) -> Result<Vec<Notice>, Failure> {
    let defaults = Defaults {
        source: "replay".to_owned(),
        source_id: None,
        zone: zone.clone(),
        at: None,
        actor: Actor::System,
    };
    let file = open(path).map_err(Failure::io(path.display()))?;
    let mut refused = 0;
    let mut feed = vec![];
    for row in notices(file, mapping, defaults)? {
        match row.notice {
            Ok(notice) => feed.push(notice),
            Err(refusal) => {
                refused += 1;
                if refusal.last {
                    say(&format!("the feed is broken or cut off at line {}", row.line));
                }
            }
        }
    }
    if refused > 0 {
        say(&format!("{refused} rows of the feed cannot be read and are left out"));
    }
    Ok(feed)
}

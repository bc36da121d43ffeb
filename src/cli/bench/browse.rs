//! `wardwatch bench browse`: what looking around costs.

use clap::Args;
use clap::builder::BoolishValueParser;

use super::{GroundArgs, percent};
use crate::bench::{self, BrowsePlan, BrowseReport, Stage};
use crate::cli::progress::Progress;
use crate::cli::run::{Failure, print};

#[derive(Args, Debug)]
pub struct BrowseArgs {
    /// How much was reported in the small city
    #[arg(long, value_name = "N", default_value_t = 1_000, env = "WARDWATCH_BENCH_FEW")]
    few: usize,
    /// And in the large one
    #[arg(long, value_name = "N", default_value_t = 100_000, env = "WARDWATCH_BENCH_MANY")]
    many: usize,
    /// How often each address is asked of each
    #[arg(long, value_name = "N", default_value_t = 51, env = "WARDWATCH_BENCH_LOOKS")]
    looks: usize,
    /// Which city to draw
    #[arg(long, value_name = "N", default_value_t = 4, env = "WARDWATCH_BENCH_SEED")]
    seed: u64,
    #[command(flatten)]
    ground: GroundArgs,
    /// Print one JSON object
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
}

pub(super) async fn browse(args: &BrowseArgs) -> Result<(), Failure> {
    let plan = BrowsePlan {
        few: args.few,
        many: args.many,
        looks: args.looks,
        seed: args.seed,
        database_url: args.ground.database_url.clone(),
        dir: args.ground.dir.clone(),
    };
    let mut progress = Progress::new(Some(100), "{msg} {wide_bar} {pos} %");
    let report = bench::run_browse(&plan, &mut |Stage { doing, done }| {
        progress.at(percent(done), doing);
    })
    .await;
    progress.end();
    let report = report?;
    let text = if args.json { serde_json::json!(report).to_string() } else { told(&report) };
    print(&(text + "\n"))?;
    Ok(())
}

fn told(r: &BrowseReport) -> String {
    let mut lines = vec![format!(
        "{} issues and {}, seed {}, on {}; medians in ms",
        r.few_issues, r.many_issues, r.seed, r.database
    )];
    lines.extend(r.looks.iter().map(|look| {
        format!(
            "{:<20} {:>9.2} {:>9.2} {:>6.2} {:>9} bytes",
            look.what, look.few_ms, look.many_ms, look.ratio, look.many_bytes
        )
    }));
    lines.push(format!(
        "accepted {:.0} events/s of few, {:.0} of many",
        r.few_accepted_events_per_s, r.many_accepted_events_per_s
    ));
    lines.join("\n")
}

//! `wardwatch bench digests`: the digests of a day.

use clap::Args;
use clap::builder::BoolishValueParser;

use super::{GroundArgs, percent};
use crate::bench::{self, DigestsPlan, DigestsReport, Stage};
use crate::cli::progress::Progress;
use crate::cli::run::{Failure, print};

#[derive(Args, Debug)]
pub struct DigestsArgs {
    /// How many people read what happened in the morning, each of one area
    #[arg(long, value_name = "N", default_value_t = 100_000, env = "WARDWATCH_BENCH_PEOPLE")]
    people: usize,
    /// How much happened
    #[arg(long, value_name = "N", default_value_t = 5_000, env = "WARDWATCH_BENCH_EVENTS")]
    events: usize,
    /// Which city to draw
    #[arg(long, value_name = "N", default_value_t = 4, env = "WARDWATCH_BENCH_SEED")]
    seed: u64,
    #[command(flatten)]
    ground: GroundArgs,
    /// Print one JSON object
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
}

pub(super) async fn digests(args: &DigestsArgs) -> Result<(), Failure> {
    let plan = DigestsPlan {
        people: args.people,
        events: args.events,
        seed: args.seed,
        database_url: args.ground.database_url.clone(),
        dir: args.ground.dir.clone(),
    };
    let mut progress = Progress::new(Some(100), "{msg} {wide_bar} {pos} %");
    let report = bench::run_digests(&plan, &mut |Stage { doing, done }| {
        progress.at(percent(done), doing);
    })
    .await;
    progress.end();
    let report = report?;
    let text = if args.json { serde_json::json!(report).to_string() } else { told(&report) };
    print(&(text + "\n"))?;
    match (report.lost, report.repeated) {
        (0, 0) => Ok(()),
        (lost, again) => {
            Err(Failure::new(format!("{lost} issues are in no digest, {again} in one too many")))
        }
    }
}

fn told(r: &DigestsReport) -> String {
    [
        format!(
            "{} people, each with an area, {} events, seed {}: {} matches",
            r.people, r.events, r.seed, r.matches
        ),
        format!(
            "{} digests planned in {:.1} s, for {:.0} people a second",
            r.digests, r.planned_s, r.planned_people_per_s
        ),
        format!("{} MiB at most, {} before", r.memory_mib, r.memory_before_mib),
        format!("{} lost, {} repeated", r.lost, r.repeated),
    ]
    .join("\n")
}

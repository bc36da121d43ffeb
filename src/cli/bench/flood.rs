//! `wardwatch bench flood`: a storm.

use clap::Args;
use clap::builder::BoolishValueParser;

use super::{GroundArgs, percent};
use crate::bench::{self, FloodPlan, FloodReport, Stage};
use crate::cli::progress::Progress;
use crate::cli::run::{Failure, print};

#[derive(Args, Debug)]
pub struct FloodArgs {
    /// How many people watch the place, at once and by mail
    #[arg(long, value_name = "N", default_value_t = 10_000, env = "WARDWATCH_BENCH_PEOPLE")]
    people: usize,
    /// How many reports come from it
    #[arg(long, value_name = "N", default_value_t = 5_000, env = "WARDWATCH_BENCH_EVENTS")]
    events: usize,
    /// Within how many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0, env = "WARDWATCH_BENCH_LASTING_S")]
    lasting_s: f64,
    #[command(flatten)]
    ground: GroundArgs,
    /// Print one JSON object
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
}

pub(super) async fn flood(args: &FloodArgs) -> Result<(), Failure> {
    let plan = FloodPlan {
        people: args.people,
        events: args.events,
        lasting_s: args.lasting_s,
        database_url: args.ground.database_url.clone(),
        dir: args.ground.dir.clone(),
    };
    let mut progress = Progress::new(Some(100), "{msg} {wide_bar} {pos} %");
    let mut tell = |Stage { doing, done }| progress.at(percent(done), doing);
    let report = bench::run_flood(&plan, &mut tell).await;
    progress.end();
    let report = report?;
    let text = if args.json { serde_json::json!(report).to_string() } else { stormed(&report) };
    print(&(text + "\n"))?;
    match (report.lost, report.repeated) {
        (0, 0) => Ok(()),
        (lost, again) => {
            Err(Failure::new(format!("{lost} were told nothing of something, {again} twice")))
        }
    }
}

fn stormed(r: &FloodReport) -> String {
    [
        format!(
            "{} reports from a place that {} people watch: accepted in {:.1} s, matched after {:.1} s",
            r.events, r.people, r.accepted_s, r.matched_s
        ),
        format!(
            "{} mails at once, at most {} to anybody, all out after {:.1} s",
            r.mails_at_once, r.most_at_once, r.sent_s
        ),
        format!(
            "{} confirmations meanwhile: median {:.0} ms, the slowest {:.0} ms",
            r.sign_ups, r.sign_up_p50_ms, r.sign_up_max_ms
        ),
        format!(
            "{} reports elsewhere meanwhile: at the mail server after {:.0} ms, p99 {:.0} ms",
            r.elsewhere, r.elsewhere_p50_ms, r.elsewhere_p99_ms
        ),
        format!("{} digests, all out {:.1} s after the full hour", r.digest_mails, r.digests_s),
        format!("{} lost, {} repeated", r.lost, r.repeated),
        format!("{} MiB at most, {} before", r.memory_mib, r.memory_before_mib),
    ]
    .join("\n")
}

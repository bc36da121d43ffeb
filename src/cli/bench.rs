//! `wardwatch bench`: how fast this machine is at it.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::progress::Progress;
use crate::bench::{self, Plan, Report, Stage};

#[derive(Subcommand, Debug)]
pub enum Bench {
    /// Matching alone, on a seeded city: one core with this program's index, and with plain
    /// rstar and geo
    ///
    /// Five pairs of runs in turn; the pair with the median ratio is reported. Every answer of
    /// the two is compared first.
    Match(MatchArgs),
}

#[derive(Args, Debug)]
pub struct MatchArgs {
    /// How many watch areas, beside 50 wards
    #[arg(long, value_name = "N", default_value_t = 100_000, env = "WARDWATCH_BENCH_AREAS")]
    areas: usize,
    /// How many different points to ask about
    #[arg(long, value_name = "N", default_value_t = 20_000, env = "WARDWATCH_BENCH_POINTS")]
    points: usize,
    /// Which city to draw; at a point of the default one lie 13 areas of 10,000, and in proportion
    #[arg(long, value_name = "N", default_value_t = 4, env = "WARDWATCH_BENCH_SEED")]
    seed: u64,
    /// Print one JSON object
    #[arg(long, env = "WARDWATCH_JSON")]
    json: bool,
}

/// How long each timed run lasts at least.
const RUN: Duration = Duration::from_secs(1);

/// Runs a benchmark; fails when it cannot be run, or when the two answers disagree.
pub fn run(which: &Bench) -> ExitCode {
    let Bench::Match(args) = which;
    let plan = Plan { areas: args.areas, points: args.points, seed: args.seed, run: RUN };
    let mut progress = Progress::new(Some(100), "{msg} {wide_bar} {pos} %");
    let report = bench::run(&plan, &mut |Stage { doing, done }| {
        progress.at(percent(done), doing);
    });
    progress.end();
    match report {
        Ok(report) => print(&report, args.json),
        Err(error) => {
            eprintln!("wardwatch: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(report: &Report, json: bool) -> ExitCode {
    if json {
        println!("{}", serde_json::json!(report));
    } else {
        println!("{}", told(report));
    }
    if report.disagreements == 0 {
        return ExitCode::SUCCESS;
    }
    eprintln!("wardwatch: the two disagree on {} matches", report.disagreements);
    ExitCode::FAILURE
}

fn told(report: &Report) -> String {
    let Report { areas, points, seed, matches_per_point, disagreements, .. } = report;
    let speed = |name: &str, points: f64, matches: f64, build: f64| {
        format!("{name} {points:>12.0} {matches:>13.0} {build:>9.2}")
    };
    let bytes = report.bytes_per_area.map_or("unknown".into(), |bytes| format!("{bytes:.0}"));
    [
        format!(
            "{areas} areas, {points} points, seed {seed}: {matches_per_point:.1} matches a point"
        ),
        "one core          points/s     matches/s   build s".into(),
        speed(
            "index       ",
            report.index_points_per_s,
            report.index_matches_per_s,
            report.build_s,
        ),
        speed(
            "rstar + geo ",
            report.rstar_points_per_s,
            report.rstar_matches_per_s,
            report.rstar_build_s,
        ),
        format!(
            "ratio {:.2}; {bytes} bytes an area, shapes included; {disagreements} disagreements",
            report.ratio
        ),
    ]
    .join("\n")
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
fn percent(part: f64) -> u64 {
    (part.clamp(0.0, 1.0) * 100.0) as u64
}

//! The commands. Human text goes to stderr, data to stdout; exit 0 done, 1 failed, 2 wrong usage.

mod bench;
mod boundaries;
mod demo;
mod files;
mod ingest;
mod match_points;
mod places;
mod progress;
mod run;
mod serve;
mod staff;
mod watches;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Settings;

use self::run::to_end;

/// Tells people what is happening on their block.
#[derive(Parser, Debug)]
#[command(name = "wardwatch", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serves everything in one process: HTTP, matching, delivery, digests
    Serve(Settings),
    /// Serves a city that lives, to look at in a browser: mail and push are caught
    Demo(demo::DemoArgs),
    /// Tells which areas and wards hold each point; one JSON line a point, no database
    Match(match_points::MatchArgs),
    /// Loads and lists boundary layers: wards, districts, beats
    #[command(subcommand)]
    Boundaries(boundaries::Boundaries),
    /// Makes, takes and writes watches in bulk
    #[command(subcommand)]
    Watches(watches::Watches),
    /// Takes issue events in bulk from a file or a pipe
    Ingest(ingest::IngestArgs),
    /// Shows points that take too much of a source's reports, and takes the operator's word
    #[command(subcommand)]
    Places(places::Places),
    /// Makes keys: for web push, for programs
    #[command(subcommand)]
    Keys(staff::Keys),
    /// Adds people who may change issues
    #[command(subcommand)]
    Staff(staff::Staff),
    /// Measures this machine
    #[command(subcommand)]
    Bench(bench::Bench),
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(settings) => to_end(serve::run(settings)),
        Command::Demo(args) => to_end(demo::run(args)),
        Command::Boundaries(what) => to_end(boundaries::run(what)),
        Command::Watches(what) => to_end(watches::run(what)),
        Command::Ingest(args) => to_end(ingest::run(args)),
        Command::Places(what) => to_end(places::run(what)),
        Command::Keys(what) => to_end(staff::keys(what)),
        Command::Staff(what) => to_end(staff::run(what)),
        Command::Match(args) => match_points::run(&args),
        Command::Bench(which) => bench::run(&which),
    }
}

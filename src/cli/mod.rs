//! The commands. Human text goes to stderr, data to stdout; exit 0 done, 1 failed, 2 wrong usage.

mod bench;
mod match_points;
mod progress;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tells people what is happening on their block.
#[derive(Parser, Debug)]
#[command(name = "wardwatch", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Tells which areas and wards hold each point; one JSON line a point, no database
    Match(match_points::MatchArgs),
    /// Measures this machine
    #[command(subcommand)]
    Bench(bench::Bench),
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Match(args) => match_points::run(&args),
        Command::Bench(which) => bench::run(&which),
    }
}

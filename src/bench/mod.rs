//! Benchmarks: how fast the parts are on this machine, measured the way anybody can repeat.
//!
//! The one rule: a figure stands beside that of a plain alternative from the same run, and both
//! have to give the same answers.

mod baseline;
mod matching;
mod stopwatch;
mod workload;

pub use matching::{BenchError, Plan, Report, Stage, run};
pub use workload::Workload;

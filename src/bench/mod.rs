//! Benchmarks: how fast the parts are on this machine, measured the way anybody can repeat.
//!
//! The one rule: a figure stands beside that of a plain alternative from the same run, and both
//! have to give the same answers.

mod baseline;
mod browse;
mod city;
mod digests;
mod export;
mod flood;
mod mail;
mod matching;
mod replay;
mod running_clock;
pub mod sinks;
mod stopwatch;
mod workload;

pub use browse::{BrowsePlan, BrowseReport, Look, run_browse};
pub use city::{CityError, CityPlan, CityReport, run_city};
pub use digests::{DigestsPlan, DigestsReport, run_digests};
pub use export::{ExportError, ExportPlan, Exported, run_export};
pub use flood::{FloodPlan, FloodReport, run_flood};
pub use mail::{MailError, MailPlan, MailReport, run_mail};
pub use matching::{BenchError, Plan, Report, Stage, run};
pub use replay::{HeldPoint, ReplayError, ReplayPlan, ReplayReport, run_replay};
pub use stopwatch::{Stopwatch, per_second, resident_bytes};
pub use workload::{Layout, Workload};

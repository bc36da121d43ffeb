//! What becomes of a report once it was closed.

use std::time::Duration;

use clap::Args;
use serde::Deserialize;

use crate::engine::EngineSettings;

/// When its reporter is asked.
#[derive(Args, Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReportRule {
    /// Days after which a reporter is asked whether what was closed is fixed; 0 for never [default: 3]
    #[arg(long, env = "WARDWATCH_ASK_FIXED_AFTER_DAYS", value_name = "DAYS")]
    pub ask_fixed_after_days: Option<u16>,
}

impl ReportRule {
    pub(super) fn or(self, other: Self) -> Self {
        Self { ask_fixed_after_days: self.ask_fixed_after_days.or(other.ask_fixed_after_days) }
    }

    pub(super) fn set(self, engine: &mut EngineSettings) {
        if let Some(days) = self.ask_fixed_after_days {
            engine.ask_fixed_after = Duration::from_hours(24 * u64::from(days));
        }
    }
}

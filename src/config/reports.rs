//! What residents say of issues, and are asked of theirs.

use std::time::Duration;

use clap::Args;
use serde::Deserialize;

use crate::engine::EngineSettings;

/// When a reporter is asked, and how long what a resident says is read by somebody first.
#[derive(Args, Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReportRule {
    /// Days after which a reporter is asked whether what was closed is fixed; 0 for never [default: 3]
    #[arg(long, env = "WARDWATCH_ASK_FIXED_AFTER_DAYS", value_name = "DAYS")]
    pub ask_fixed_after_days: Option<u16>,
    /// Days for which a resident's comments wait for `wardwatch comments show`, from when their mail
    /// address agreed; 0 for no waiting [default: 7]
    #[arg(long, env = "WARDWATCH_NEW_FOR_DAYS", value_name = "DAYS")]
    pub new_for_days: Option<u16>,
}

const A_DAY: Duration = Duration::from_hours(24);

impl ReportRule {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            ask_fixed_after_days: self.ask_fixed_after_days.or(other.ask_fixed_after_days),
            new_for_days: self.new_for_days.or(other.new_for_days),
        }
    }

    pub(super) fn set(self, engine: &mut EngineSettings) {
        if let Some(days) = self.ask_fixed_after_days {
            engine.ask_fixed_after = A_DAY * u32::from(days);
        }
        if let Some(days) = self.new_for_days {
            engine.new_for = A_DAY * u32::from(days);
        }
    }
}

//! When a point is no longer believed.

use clap::Args;
use serde::Deserialize;

use super::{ConfigError, wrong};
use crate::engine::EngineSettings;
use crate::issue::HotPointRule;

/// From when on a point takes too much of its source's stream.
#[derive(Args, Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PlaceRule {
    /// How many of a source's reports lie on one point before it can be held as the one that its
    /// geocoder falls back to; 0 switches the check off [default: 20]
    #[arg(long, env = "WARDWATCH_HOT_POINT_REPORTS", value_name = "N")]
    pub hot_point_reports: Option<usize>,
    /// The share of a source's last 10,000 reports from which on a point is held [default: 0.05]
    #[arg(long, env = "WARDWATCH_HOT_POINT_SHARE", value_name = "SHARE")]
    pub hot_point_share: Option<f64>,
}

impl PlaceRule {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            hot_point_reports: self.hot_point_reports.or(other.hot_point_reports),
            hot_point_share: self.hot_point_share.or(other.hot_point_share),
        }
    }

    pub(super) fn engine(self) -> Result<EngineSettings, ConfigError> {
        let usual = HotPointRule::default();
        let share = self.hot_point_share.unwrap_or(usual.share);
        if !(0.0..=1.0).contains(&share) {
            let why = format!("{share} is no share; give one from 0 to 1, as in 0.05");
            return Err(wrong("hot-point-share")(why));
        }
        let reports = self.hot_point_reports.unwrap_or(usual.reports);
        let hot_points = HotPointRule { reports, share, ..usual };
        Ok(EngineSettings { hot_points, ..EngineSettings::default() })
    }
}

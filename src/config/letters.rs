//! How messages tell where something is.

use clap::Args;
use serde::Deserialize;

use crate::geometry::Units;

/// What messages tell distances in.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct LetterSettings {
    /// In which messages tell distances: metric, or us for feet and miles [default: metric]
    #[arg(long, env = "WARDWATCH_UNITS", value_name = "metric|us")]
    pub units: Option<Units>,
}

/// How messages tell where something is.
#[derive(Clone, Debug, Default)]
pub struct LetterConfig {
    pub units: Units,
}

impl LetterSettings {
    pub(super) fn or(self, other: Self) -> Self {
        Self { units: self.units.or(other.units) }
    }

    pub(super) fn resolve(self) -> LetterConfig {
        LetterConfig { units: self.units.unwrap_or_default() }
    }
}

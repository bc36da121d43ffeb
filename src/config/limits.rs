//! How much one watch, and one boundary layer, may have.

use std::num::NonZeroUsize;

use clap::Args;
use serde::Deserialize;

use super::{ConfigError, wrong};
use crate::geometry::{FileLimits, Limits};

/// What one person may watch.
#[derive(Args, Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WatchLimits {
    /// How many corners a watch area has at most [default: 500]
    #[arg(long, env = "WARDWATCH_MAX_WATCH_VERTICES", value_name = "N")]
    pub max_watch_vertices: Option<usize>,
    /// Of how many parts a watch area is made at most [default: 20]
    #[arg(long, env = "WARDWATCH_MAX_WATCH_PARTS", value_name = "N")]
    pub max_watch_parts: Option<NonZeroUsize>,
    /// How many square kilometres a watch area covers at most [default: 500]
    #[arg(long, env = "WARDWATCH_MAX_WATCH_KM2", value_name = "KM2")]
    pub max_watch_km2: Option<f64>,
}

/// How large a boundary layer may be.
#[derive(Args, Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct LayerLimits {
    /// How many megabytes a boundary file has at most, once unpacked [default: 100]
    #[arg(long, env = "WARDWATCH_MAX_LAYER_MB", value_name = "MB")]
    pub max_layer_mb: Option<NonZeroUsize>,
    /// How many areas a boundary file has at most [default: 5000]
    #[arg(long, env = "WARDWATCH_MAX_LAYER_FEATURES", value_name = "N")]
    pub max_layer_features: Option<NonZeroUsize>,
}

impl WatchLimits {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            max_watch_vertices: self.max_watch_vertices.or(other.max_watch_vertices),
            max_watch_parts: self.max_watch_parts.or(other.max_watch_parts),
            max_watch_km2: self.max_watch_km2.or(other.max_watch_km2),
        }
    }

    pub(super) fn resolve(self) -> Result<Limits, ConfigError> {
        let usual = Limits::default();
        let vertices = self.max_watch_vertices.unwrap_or(usual.vertices);
        if vertices < 3 {
            let why = format!("{vertices} corners make no area; give 3 or more");
            return Err(wrong("max-watch-vertices")(why));
        }
        let parts = self.max_watch_parts.map_or(usual.parts, NonZeroUsize::get);
        let area_km2 = self.max_watch_km2.unwrap_or(usual.area_km2);
        if !(area_km2 > 0.0 && area_km2.is_finite()) {
            let why = format!("{area_km2} km² are no area; give more than 0");
            return Err(wrong("max-watch-km2")(why));
        }
        Ok(Limits { vertices, parts, area_km2 })
    }
}

impl LayerLimits {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            max_layer_mb: self.max_layer_mb.or(other.max_layer_mb),
            max_layer_features: self.max_layer_features.or(other.max_layer_features),
        }
    }

    /// The limits, the usual ones where nothing is set.
    #[must_use]
    pub fn resolve(self) -> FileLimits {
        let usual = FileLimits::default();
        FileLimits {
            bytes: self.max_layer_mb.map_or(usual.bytes, |mb| mb.get().saturating_mul(1_000_000)),
            features: self.max_layer_features.map_or(usual.features, NonZeroUsize::get),
        }
    }
}

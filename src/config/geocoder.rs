//! Who is asked for addresses.

use clap::Args;
use serde::Deserialize;

use super::{ConfigError, wrong};
use crate::http::Geocoder;

/// Who knows addresses that the city's own files do not.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct GeocoderSettings {
    /// Asked by this server when its own gazetteer (`wardwatch gazetteer import`) does not know an address:
    /// none, photon:URL, nominatim:URL, pelias:URL, or census: of the United States [default: none]
    #[arg(long, env = "WARDWATCH_GEOCODER", value_name = "KIND:URL")]
    pub geocoder: Option<String>,
}

impl GeocoderSettings {
    pub(super) fn or(self, other: Self) -> Self {
        // Compose files leave a variable empty that they do not set.
        let set = self.geocoder.filter(|text| !text.trim().is_empty());
        Self { geocoder: set.or(other.geocoder) }
    }

    pub(super) fn resolve(&self) -> Result<Geocoder, ConfigError> {
        self.geocoder.as_deref().unwrap_or_default().parse().map_err(wrong("geocoder"))
    }
}

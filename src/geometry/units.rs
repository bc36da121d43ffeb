//! What distances are told in.

use std::str::FromStr;

use serde::Deserialize;

/// In which a city tells distances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Units {
    #[default]
    Metric,
    /// Feet and miles.
    Us,
}

impl Units {
    /// As the setting and the pages write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Metric => "metric",
            Self::Us => "us",
        }
    }
}

impl FromStr for Units {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "metric" => Ok(Self::Metric),
            "us" => Ok(Self::Us),
            _ => Err("write metric, or us for feet and miles".to_owned()),
        }
    }
}

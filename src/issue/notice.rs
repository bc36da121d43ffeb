//! What a source says, and the events that explain it.

use serde::{Deserialize, Serialize};

use super::{Actor, Category, Kind, Status};
use crate::clock::Timestamp;
use crate::geometry::Position;

/// What a source says about one issue at one moment: a form, a line of a stream, a row of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Where it was said: `chicago-311`, `api`, `web`.
    pub source: String,
    /// The id there.
    pub source_id: String,
    /// The version of what is said, when the source names one: a number, or when it last changed.
    pub version: Option<String>,
    pub said: Said,
    /// When it happened: for a row the time of the request, for an event its own.
    pub at: Timestamp,
    pub actor: Actor,
    pub facts: Facts,
}

/// How much a notice says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// One event, by its kind. `facts` holds only what the event states.
    Event { kind: Kind, text: Option<String> },
    /// The whole present state, from which the events are worked out.
    /// `changed` is when the state last changed, `closed` when it was closed.
    State { changed: Option<Timestamp>, closed: Option<Timestamp> },
}

/// The fields of an issue that a source can state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Whatever else the source's row held, by its own column names.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty", default)]
    pub attributes: serde_json::Map<String, serde_json::Value>,
}

//! A push message, ready to be sealed and handed over.

use std::time::Duration;

/// How much a push service may wake a sleeping phone for it (RFC 8030, §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    VeryLow,
    Low,
    Normal,
    High,
}

impl Urgency {
    /// The word on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::VeryLow => "very-low",
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// One push message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// A JSON object with `title`, `body`, `url`, `tag` and `actions`, for the service worker.
    pub payload: String,
    /// What it is about: a newer message about the same replaces one that waits. Any text; the
    /// channel turns it into what RFC 8030 allows.
    pub topic: String,
    pub urgency: Urgency,
    /// How long it is worth showing, so how long the push service should keep it.
    pub ttl: Duration,
}

//! What goes wrong in sending, said aloud.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::delivery::Outcome;
use crate::watcher::ContactKind;

/// The same trouble is said again only after this long, with how often it came meanwhile.
const QUIET_FOR: Duration = Duration::from_mins(1);

/// One line a minute for each kind of trouble, so that a storm of failures fills no disk.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    said: Mutex<HashMap<(ContactKind, &'static str), Said>>,
}

#[derive(Debug)]
struct Said {
    at: Instant,
    since: u64,
}

impl Troubles {
    pub fn notice(&self, kind: ContactKind, outcome: &Outcome) {
        let (name, reason) = match outcome {
            Outcome::Sent { .. } => return,
            Outcome::Retry { reason, .. } => ("retry", reason),
            Outcome::Held { reason, .. } => ("held", reason),
            Outcome::Gone { reason } => ("gone", reason),
            Outcome::TooLarge { reason } => ("too_large", reason),
            Outcome::Refused { reason } => ("refused", reason),
        };
        let Some(times) = self.times((kind, name), Instant::now()) else { return };
        let (channel, reason) = (kind.name(), without_addresses(reason));
        tracing::warn!(channel, outcome = name, times, reason, "a message did not go out");
    }

    /// How often the trouble has come since it was said last, if it is to be said now.
    fn times(&self, trouble: (ContactKind, &'static str), now: Instant) -> Option<u64> {
        // A thread that broke while it held this leaves whole numbers behind.
        let mut said = self.said.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match said.get_mut(&trouble) {
            Some(one) if now.duration_since(one.at) < QUIET_FOR => {
                one.since += 1;
                None
            }
            Some(one) => {
                let times = one.since + 1;
                *one = Said { at: now, since: 0 };
                Some(times)
            }
            None => {
                said.insert(trouble, Said { at: now, since: 0 });
                Some(1)
            }
        }
    }
}

/// A server's reply often repeats the address that it was given, and a log holds none.
fn without_addresses(reason: &str) -> String {
    let hidden =
        |word: &str| if word.contains('@') || word.contains("://") { "…" } else { word }.to_owned();
    reason.split_whitespace().map(hidden).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_one_line_a_minute_that_counts() {
        let (troubles, start) = (Troubles::default(), Instant::now());
        let refused = (ContactKind::Mail, "refused");
        assert_eq!(troubles.times(refused, start), Some(1));
        for second in 1..60 {
            assert_eq!(troubles.times(refused, start + Duration::from_secs(second)), None);
        }
        assert_eq!(troubles.times((ContactKind::Push, "refused"), start), Some(1));
        assert_eq!(troubles.times(refused, start + QUIET_FOR), Some(60));
    }

    #[test]
    fn a_log_holds_no_address() {
        let said = "after RCPT: 550 5.1.1 <ada@example.org> unknown, see https://x.example/ada";
        assert_eq!(without_addresses(said), "after RCPT: 550 5.1.1 … unknown, see …");
    }
}

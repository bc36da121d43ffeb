use std::time::Duration;

use super::{About, Verdict};
use crate::clock::Timestamp;

/// How long a webhook may fail, with nothing that it took in between, before it is told nothing more.
const PATIENCE: Duration = Duration::from_hours(5 * 24);

/// What one attempt says of the webhook that it was made at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It answered the question, and is told what its owner wants from now on.
    Agrees,
    Works,
    Fails,
    /// It has failed for so long, or says so itself, that it is told nothing more until it answers a question
    /// again.
    Stops,
}

/// Judges a webhook by what became of a delivery to it; `failing` is since when it has taken nothing, if
/// it has failed. None where nobody has asked it.
#[must_use]
pub fn standing(
    about: About,
    verdict: &Verdict,
    failing: Option<Timestamp>,
    now: Timestamp,
) -> Option<Standing> {
    match verdict {
        Verdict::Sent { .. } if matches!(about, About::Ping(_)) => Some(Standing::Agrees),
        Verdict::Sent { .. } => Some(Standing::Works),
        // A message that was tried to its end: of the first try after a quiet week nobody knows more
        // than that it may have been a bad moment.
        Verdict::Dead { .. } if failing.is_some_and(|since| since.plus(PATIENCE) <= now) => {
            Some(Standing::Stops)
        }
        Verdict::Again { .. } | Verdict::Dead { .. } => Some(Standing::Fails),
        // It has said so itself.
        Verdict::Retired { .. } => Some(Standing::Stops),
        Verdict::Held { .. } | Verdict::Dropped { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::issue::EventId;

    #[test]
    fn a_webhook_is_given_up_after_days_in_which_it_took_nothing() {
        let (start, ping) = (Timestamp::from_millis(0), About::Ping(Uuid::from_u128(1)));
        let event = About::Event(EventId(Uuid::from_u128(2)));
        let reason = || "503".to_owned();
        let sent = Verdict::Sent { reply: "200".to_owned() };
        let again = Verdict::Again { due: start, reason: reason() };
        let dead = Verdict::Dead { reason: reason() };
        let held = Verdict::Held { due: start, reason: reason() };
        let gone = Verdict::Retired { reason: reason() };
        let dropped = Verdict::Dropped { reason: reason() };
        let almost = start.plus(PATIENCE).minus(Duration::from_millis(1));
        let late = start.plus(PATIENCE);
        for (about, verdict, failing, now, expected) in [
            (ping, &sent, None, start, Some(Standing::Agrees)),
            (ping, &sent, Some(start), late, Some(Standing::Agrees)),
            (event, &sent, Some(start), late, Some(Standing::Works)),
            (event, &again, None, late, Some(Standing::Fails)),
            (event, &again, Some(start), almost, Some(Standing::Fails)),
            (event, &again, Some(start), late, Some(Standing::Fails)),
            (event, &dead, Some(start), almost, Some(Standing::Fails)),
            (event, &dead, Some(start), late, Some(Standing::Stops)),
            (ping, &dead, Some(start), late, Some(Standing::Stops)),
            (event, &held, Some(start), late, None),
            (event, &gone, None, start, Some(Standing::Stops)),
            (event, &dropped, Some(start), late, None),
        ] {
            assert_eq!(standing(about, verdict, failing, now), expected, "{about:?} {verdict:?}");
        }
    }
}

use std::time::Duration;

use super::Lane;
use crate::clock::Timestamp;
use crate::watcher::ContactKind;

/// What came of one attempt to send, named by what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it (an SMTP 250, a push service's 201). Its words, for the log.
    Sent { reply: String },
    /// Not now; the other side may have said how long to wait.
    Retry { after: Option<Duration>, reason: String },
    /// It was not tried: the other side has asked that nobody comes before then.
    Held { until: Timestamp, reason: String },
    /// The address is dead: retire the contact.
    Gone { reason: String },
    /// It is too large; less of it might be taken.
    TooLarge { reason: String },
    /// It will not be taken however often it is tried.
    Refused { reason: String },
}

/// The attempt that an outcome belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attempt {
    pub kind: ContactKind,
    pub lane: Lane,
    /// Which attempt it was, from 1.
    pub count: u32,
    pub created: Timestamp,
    /// In `[0, 1)`: spreads retries so that they do not come back all at once.
    pub chance: f64,
}

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Sent {
        reply: String,
    },
    /// Wait and try again.
    Again {
        due: Timestamp,
        reason: String,
    },
    /// Wait; it was not tried, and this is no attempt.
    Held {
        due: Timestamp,
        reason: String,
    },
    /// Given up because the contact is gone; the contact is retired with it.
    Retired {
        reason: String,
    },
    /// Nothing is left to tell: the watches that wanted it are gone. The contact stays.
    Dropped {
        reason: String,
    },
    /// Given up; an operator can read why, and try again.
    Dead {
        reason: String,
    },
}

/// How long to wait after the first, second … failed attempt at a mail or a webhook; then it is dead.
const MAIL_WAITS: [Duration; 7] = [
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_hours(1),
    Duration::from_hours(3),
    Duration::from_hours(8),
    Duration::from_hours(24),
];

/// News on a lock screen ages faster than mail.
const PUSH_WAITS: [Duration; 5] = [
    Duration::from_secs(15),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(20),
    Duration::from_hours(1),
];

/// A push that is older than this is no news; it equals the TTL that push services are given.
const PUSH_LIFE: Duration = Duration::from_hours(24);

fn waits(kind: ContactKind) -> &'static [Duration] {
    match kind {
        ContactKind::Mail | ContactKind::Webhook => &MAIL_WAITS,
        ContactKind::Push => &PUSH_WAITS,
    }
}

/// How many attempts came before this one.
fn before(attempt: &Attempt) -> usize {
    usize::try_from(attempt.count.saturating_sub(1)).unwrap_or(usize::MAX)
}

/// Gives up an attempt before it is made, when it would be one more than there are: those before it
/// never told what came of them. Whatever breaks each of its senders ends here.
#[must_use]
pub fn spent(attempt: &Attempt) -> Option<Verdict> {
    let tried = before(attempt);
    let reason = || format!("gave up after {tried} attempts; what came of the last is not known");
    (tried > waits(attempt.kind).len()).then(|| Verdict::Dead { reason: reason() })
}

/// Judges an attempt.
#[must_use]
pub fn after(attempt: &Attempt, outcome: Outcome, now: Timestamp) -> Verdict {
    let (asked, reason) = match outcome {
        Outcome::Sent { reply } => return Verdict::Sent { reply },
        Outcome::Held { until, reason } => return held(attempt, until, reason),
        Outcome::Gone { reason } => return Verdict::Retired { reason },
        Outcome::TooLarge { reason } | Outcome::Refused { reason } => {
            return Verdict::Dead { reason };
        }
        Outcome::Retry { after, reason } => (after, reason),
    };
    let Some(&wait) = waits(attempt.kind).get(before(attempt)) else {
        return Verdict::Dead {
            reason: format!("gave up after {} attempts: {reason}", attempt.count),
        };
    };
    // Up to a quarter longer, never shorter than the other side asked for, and those that it asked not
    // all in one moment.
    let asked = asked.map_or(Duration::ZERO, |asked| asked + SPREAD.mul_f64(attempt.chance));
    let wait = wait.mul_f64(1.0 + attempt.chance / 4.0).max(asked);
    let due = now.plus(wait);
    if is_no_news(attempt, due) {
        return Verdict::Dead { reason: format!("no longer news: {reason}") };
    }
    Verdict::Again { due, reason }
}

/// Those that wait for one other side come back over a while, not all in one moment.
const SPREAD: Duration = Duration::from_secs(20);

fn held(attempt: &Attempt, until: Timestamp, reason: String) -> Verdict {
    let due = until.plus(SPREAD.mul_f64(attempt.chance));
    if is_no_news(attempt, due) {
        return Verdict::Dead { reason: format!("no longer news: {reason}") };
    }
    Verdict::Held { due, reason }
}

fn is_no_news(attempt: &Attempt, due: Timestamp) -> bool {
    attempt.kind == ContactKind::Push && due > attempt.created.plus(PUSH_LIFE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(kind: ContactKind, count: u32) -> Attempt {
        let created = Timestamp::from_millis(0);
        Attempt { kind, lane: Lane::AtOnce, count, created, chance: 0.5 }
    }

    fn retry(after: Option<Duration>) -> Outcome {
        Outcome::Retry { after, reason: "451 later".into() }
    }

    #[test]
    fn a_mail_is_tried_eight_times_over_a_day_and_a_half_and_then_is_dead() {
        let mut now = Timestamp::from_millis(0);
        let mut waits = vec![];
        for count in 1.. {
            match after(&attempt(ContactKind::Mail, count), retry(None), now) {
                Verdict::Again { due, .. } => {
                    waits.push(due.since(now).as_secs());
                    now = due;
                }
                Verdict::Dead { reason } => {
                    assert_eq!(reason, "gave up after 8 attempts: 451 later");
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(waits, [33, 135, 675, 4_050, 12_150, 32_400, 97_200]);
    }

    #[test]
    fn what_eight_senders_never_told_of_is_not_given_to_a_ninth() {
        assert_eq!(spent(&attempt(ContactKind::Mail, 8)), None);
        let reason = "gave up after 8 attempts; what came of the last is not known".into();
        assert_eq!(spent(&attempt(ContactKind::Mail, 9)), Some(Verdict::Dead { reason }));
        assert_eq!(spent(&attempt(ContactKind::Push, 6)), None);
        assert!(spent(&attempt(ContactKind::Push, 7)).is_some());
    }

    #[test]
    fn a_push_waits_as_long_as_it_is_asked_to_but_not_past_its_life() {
        let now = Timestamp::from_millis(0);
        let hour = Duration::from_hours(1);
        let verdict = after(&attempt(ContactKind::Push, 1), retry(Some(hour)), now);
        let due = now.plus(hour + SPREAD / 2);
        assert_eq!(verdict, Verdict::Again { due, reason: "451 later".into() });
        let verdict = after(&attempt(ContactKind::Push, 1), retry(Some(hour * 30)), now);
        assert_eq!(verdict, Verdict::Dead { reason: "no longer news: 451 later".into() });
    }

    #[test]
    fn what_was_not_tried_is_no_attempt_and_comes_once_it_may() {
        let now = Timestamp::from_millis(0);
        let hour = Duration::from_hours(1);
        let until = |after| Outcome::Held { until: now.plus(after), reason: "429".into() };
        // However often, and at the last attempt too.
        for count in [1, 6] {
            let verdict = after(&attempt(ContactKind::Push, count), until(hour), now);
            let due = now.plus(hour + SPREAD / 2);
            assert_eq!(verdict, Verdict::Held { due, reason: "429".into() });
        }
        let verdict = after(&attempt(ContactKind::Push, 1), until(hour * 24), now);
        assert_eq!(verdict, Verdict::Dead { reason: "no longer news: 429".into() });
    }

    #[test]
    fn what_is_gone_retires_and_what_is_refused_is_dead_at_once() {
        let now = Timestamp::from_millis(0);
        let judge = |outcome| after(&attempt(ContactKind::Mail, 1), outcome, now);
        let reason = || "550 5.1.1 unknown".to_owned();
        assert_eq!(
            judge(Outcome::Gone { reason: reason() }),
            Verdict::Retired { reason: reason() }
        );
        assert_eq!(
            judge(Outcome::Refused { reason: reason() }),
            Verdict::Dead { reason: reason() }
        );
    }
}

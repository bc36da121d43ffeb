//! What follows from a mail that had been taken, and came back.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::clock::{Timestamp, Zone};

/// What a report says of a mail and its contact, named by what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Return {
    /// The address is dead.
    Gone { reason: String },
    /// It was not delivered, and another may be.
    NotNow { reason: String },
    /// It was refused for what we are or wrote: a matter for the operator.
    Unwanted { reason: String },
    /// Its reader calls it spam.
    Complaint { reason: String },
}

impl Return {
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Gone { reason }
            | Self::NotNow { reason }
            | Self::Unwanted { reason }
            | Self::Complaint { reason } => reason,
        }
    }
}

/// What becomes of the contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Follows {
    /// Nothing is sent to it any more.
    Retire { reason: String },
    /// Nothing is sent to it until its owner says so.
    Suspend { reason: String },
    /// It is never mailed again, whoever types it in.
    Silence,
    /// Nothing, but that it was counted.
    Counted { days: usize },
    /// Nothing.
    Stays,
}

/// On so many days mails have to come back until a contact is suspended, within so long. Five, each
/// day once, is what GNU Mailman's lists have lived with (`bounce_score_threshold`); it forgets
/// after a week without any, which would never reach who gets a digest a week: five of these come
/// within 29 days. A holiday's full mailbox of a long weekend is not enough.
pub const RETURN_DAYS: usize = 5;
pub const RETURN_SPAN: Duration = Duration::from_hours(30 * 24);

/// Judges a report, when its contact's mails have come back for a passing reason at these times
/// within [`RETURN_SPAN`], the reported one among them. Nobody tells when one arrives, so nothing
/// that came through in between can be counted against them.
#[must_use]
pub fn follows(said: &Return, times: &[Timestamp], zone: &Zone) -> Follows {
    match said {
        Return::Gone { reason } => Follows::Retire { reason: reason.clone() },
        Return::Complaint { .. } => Follows::Silence,
        Return::Unwanted { .. } => Follows::Stays,
        Return::NotNow { reason } => {
            let day = |at: &Timestamp| {
                let local = zone.local(*at);
                (local.year, local.month, local.day)
            };
            // A server that is away for an hour sends back all that was written in it.
            match times.iter().map(day).collect::<BTreeSet<_>>().len() {
                days if days < RETURN_DAYS => Follows::Counted { days },
                days => Follows::Suspend {
                    reason: format!("mails came back on {days} days within 30, at last: {reason}"),
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn not_now() -> Return {
        Return::NotNow { reason: "5.2.2 mailbox full".into() }
    }

    fn days(count: u64, each: u64) -> Vec<Timestamp> {
        let morning: Timestamp = "2026-05-04T14:00:00Z".parse().unwrap();
        let hour = |day: u64| (0..each).map(move |n| Duration::from_hours(24 * day + n));
        (0..count).flat_map(hour).map(|wait| morning.plus(wait)).collect()
    }

    #[test]
    fn mails_have_to_come_back_on_five_days_however_many_each_day() {
        let zone: Zone = "America/Chicago".parse().unwrap();
        for (count, each) in [(1, 1), (1, 9), (4, 9)] {
            let judged = follows(&not_now(), &days(count, each), &zone);
            let counted = usize::try_from(count).unwrap();
            assert_eq!(judged, Follows::Counted { days: counted });
        }
        let reason = "mails came back on 5 days within 30, at last: 5.2.2 mailbox full".into();
        assert_eq!(follows(&not_now(), &days(5, 2), &zone), Follows::Suspend { reason });
    }

    #[test]
    fn a_day_is_one_of_the_city() {
        let zone: Zone = "America/Chicago".parse().unwrap();
        let both = ["2026-05-04T23:00:00Z", "2026-05-05T01:00:00Z"].map(|at| at.parse().unwrap());
        assert_eq!(follows(&not_now(), &both, &zone), Follows::Counted { days: 1 });
    }

    #[test]
    fn only_a_dead_address_retires_and_only_a_complaint_silences() {
        let (zone, reason) = (Zone::utc(), || "no".to_owned());
        let judge = |said: Return| follows(&said, &days(9, 1), &zone);
        assert_eq!(judge(Return::Gone { reason: reason() }), Follows::Retire { reason: reason() });
        assert_eq!(judge(Return::Complaint { reason: reason() }), Follows::Silence);
        assert_eq!(judge(Return::Unwanted { reason: reason() }), Follows::Stays);
    }
}

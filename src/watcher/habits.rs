//! When a person wants to hear from us, over all that they watch.

use std::time::Duration;

use crate::clock::{Timestamp, Weekday, Zone};

/// The local hour and day of digests until a person chooses others: seven, on Mondays.
pub const DIGEST_HOUR: i8 = 7;
pub const DIGEST_DAY: Weekday = Weekday::Monday;

/// How long a person may ask for silence at most.
pub const LONGEST_PAUSE: Duration = Duration::from_hours(24 * 366);

/// When a person wants to be told, and when not. Hours are those of the city's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habits {
    /// The hour of daily and weekly digests, 0 to 23, and the day of weekly ones.
    pub digest_hour: i8,
    pub digest_day: Weekday,
    /// When no message is begun: what there is waits, and comes together when the hours end.
    pub quiet: Option<QuietHours>,
    /// The last one. What is matched while it holds is not told, and is not kept for later either; what
    /// waited before comes when it begins.
    pub pause: Option<Pause>,
}

/// Hours of each day, from one up to another, over midnight if that is the smaller: 22 to 7 is the
/// night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: i8,
    to: i8,
}

/// A time without any message but those that somebody asks for in that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// When it was asked for.
    pub since: Timestamp,
    pub until: Timestamp,
}

/// Why habits cannot be as a person wrote them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HabitsError {
    #[error("an hour is a number from 0 to 23")]
    NoHour,
    #[error("a day is one of the seven")]
    NoDay,
    #[error("quiet hours begin and end at different hours; to hear nothing at all, pause")]
    AllDay,
    #[error("a pause ends on a day to come, within a year")]
    PauseEnds,
    #[error("there are no words in this language")]
    NoLanguage,
}

impl Default for Habits {
    fn default() -> Self {
        Self { digest_hour: DIGEST_HOUR, digest_day: DIGEST_DAY, quiet: None, pause: None }
    }
}

impl Habits {
    /// Whether the person wants to hear nothing at all now.
    #[must_use]
    pub fn is_paused(&self, now: Timestamp) -> bool {
        self.pause.is_some_and(|pause| pause.lasts(now))
    }

    /// The first instant, from `at` on, at which the person may be told something by their quiet hours.
    #[must_use]
    pub fn awake(&self, at: Timestamp, zone: &Zone) -> Timestamp {
        match self.quiet {
            Some(quiet) if quiet.hold(at, zone) => zone.next(at, quiet.to, |_| true),
            _ => at,
        }
    }
}

impl QuietHours {
    /// # Errors
    /// When one is no hour, or both are the same.
    pub fn new(from: i8, to: i8) -> Result<Self, HabitsError> {
        let hours = 0..24;
        match (hours.contains(&from) && hours.contains(&to), from == to) {
            (false, _) => Err(HabitsError::NoHour),
            (_, true) => Err(HabitsError::AllDay),
            _ => Ok(Self { from, to }),
        }
    }

    #[must_use]
    pub fn from(self) -> i8 {
        self.from
    }

    #[must_use]
    pub fn to(self) -> i8 {
        self.to
    }

    fn hold(self, at: Timestamp, zone: &Zone) -> bool {
        let hour = zone.local(at).hour;
        if self.from < self.to {
            (self.from..self.to).contains(&hour)
        } else {
            hour >= self.from || hour < self.to
        }
    }
}

impl Pause {
    /// # Errors
    /// When it ends before it begins, or after more than a year.
    pub fn new(since: Timestamp, until: Timestamp) -> Result<Self, HabitsError> {
        let fine = since < until && until.since(since) <= LONGEST_PAUSE;
        fine.then_some(Self { since, until }).ok_or(HabitsError::PauseEnds)
    }

    /// Whether it has not ended: it is asked for before it is asked about, whatever a clock that was set back
    /// says.
    #[must_use]
    pub fn lasts(self, now: Timestamp) -> bool {
        now < self.until
    }

    /// Whether a moment of the past fell into it.
    #[must_use]
    pub fn holds(self, at: Timestamp) -> bool {
        self.since <= at && at < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_night_without_messages_ends_at_the_hour_that_the_clock_on_the_wall_shows() {
        let chicago: Zone = "America/Chicago".parse().unwrap();
        let awake = |from, to, when: &str| {
            let quiet = Some(QuietHours::new(from, to).unwrap());
            Habits { quiet, ..Habits::default() }.awake(at(when), &chicago).to_string()
        };
        for (from, to, when, expected) in [
            // 22:00 begins it, 7:00 ends it; midnight lies inside.
            (22, 7, "2026-05-05T02:59:59Z", "2026-05-05T02:59:59Z"),
            (22, 7, "2026-05-05T03:00:00Z", "2026-05-05T12:00:00Z"),
            (22, 7, "2026-05-05T06:00:00Z", "2026-05-05T12:00:00Z"),
            (22, 7, "2026-05-05T11:59:59Z", "2026-05-05T12:00:00Z"),
            (22, 7, "2026-05-05T12:00:00Z", "2026-05-05T12:00:00Z"),
            // Office hours.
            (9, 17, "2026-05-05T14:00:00Z", "2026-05-05T22:00:00Z"),
            (9, 17, "2026-05-05T22:00:00Z", "2026-05-05T22:00:00Z"),
            // Summer time begins in this night, and ends in that one: seven is seven.
            (22, 7, "2026-03-08T05:00:00Z", "2026-03-08T12:00:00Z"),
            (22, 7, "2026-11-01T05:00:00Z", "2026-11-01T13:00:00Z"),
            // Two o'clock does not come on this day; what comes instead is three.
            (22, 2, "2026-03-08T05:00:00Z", "2026-03-08T08:00:00Z"),
            // The month ends, and the year.
            (22, 7, "2027-01-01T05:30:00Z", "2027-01-01T13:00:00Z"),
        ] {
            assert_eq!(awake(from, to, when), expected, "{from} to {to} at {when}");
        }
    }

    #[test]
    fn hours_that_are_none_and_a_whole_day_are_no_quiet_hours() {
        assert_eq!(QuietHours::new(24, 7), Err(HabitsError::NoHour));
        assert_eq!(QuietHours::new(22, -1), Err(HabitsError::NoHour));
        assert_eq!(QuietHours::new(7, 7), Err(HabitsError::AllDay));
    }

    #[test]
    fn a_pause_holds_from_when_it_was_asked_for_until_its_end_and_not_for_ever() {
        let (monday, friday) = (at("2026-05-04T10:00:00Z"), at("2026-05-08T05:00:00Z"));
        let pause = Some(Pause::new(monday, friday).unwrap());
        let habits = Habits { pause, ..Habits::default() };
        assert!(habits.is_paused(monday));
        assert!(!habits.is_paused(friday));
        assert!(habits.is_paused(at("2026-05-04T09:59:59Z")), "the clock was set back");
        assert!(!habits.pause.unwrap().holds(at("2026-05-04T09:59:59Z")));
        assert_eq!(Pause::new(friday, monday), Err(HabitsError::PauseEnds));
        assert_eq!(Pause::new(monday, at("2028-01-01T00:00:00Z")), Err(HabitsError::PauseEnds));
    }
}

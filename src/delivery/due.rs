use std::time::Duration;

use crate::clock::{Timestamp, Weekday, Zone};
use crate::watch::Rhythm;
use crate::watcher::Habits;

/// Why something is told later, all together, in a message that comes once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// It would have been told at once, but for quiet hours.
    Quiet,
    /// It would have been told at once, but there were so many messages in this hour already.
    TooMany,
    /// Its watch tells every hour.
    Hourly,
}

impl Wait {
    /// The rhythm of the digest that tells it.
    #[must_use]
    pub fn rhythm(self) -> Rhythm {
        match self {
            Self::Quiet | Self::TooMany => Rhythm::AtOnce,
            Self::Hourly => Rhythm::Hourly,
        }
    }

    /// When that is due, for what is matched now.
    #[must_use]
    pub fn due(self, habits: &Habits, zone: &Zone, now: Timestamp) -> Timestamp {
        match self {
            Self::Quiet => habits.awake(now, zone),
            Self::TooMany | Self::Hourly => next_due(self.rhythm(), habits, zone, now),
        }
    }
}

/// When a digest of this rhythm is next due by the clocks of the city's zone: at the full hour, as is
/// what was too much at once, or at the person's hour, for a weekly one on the person's day; and never
/// in the person's quiet hours, but when they end.
#[must_use]
pub fn next_due(rhythm: Rhythm, habits: &Habits, zone: &Zone, now: Timestamp) -> Timestamp {
    habits.awake(wanted(rhythm, habits, zone, now), zone)
}

/// The same, quiet hours aside.
fn wanted(rhythm: Rhythm, habits: &Habits, zone: &Zone, now: Timestamp) -> Timestamp {
    let on_the_day = |day: Weekday| rhythm != Rhythm::Weekly || day == habits.digest_day;
    match rhythm {
        Rhythm::AtOnce | Rhythm::Hourly => zone.next_hour(now),
        Rhythm::Daily | Rhythm::Weekly => zone.next(now, habits.digest_hour, on_the_day),
    }
}

/// When a digest comes that is due at `due`, now that its owner has changed their habits. What is due
/// already stays so, and what only quiet hours have held back until now is held by the new ones alone.
#[must_use]
pub fn moved(
    (rhythm, due): (Rhythm, Timestamp),
    old: &Habits,
    new: &Habits,
    zone: &Zone,
    now: Timestamp,
) -> Timestamp {
    if due <= now {
        return due;
    }
    let held_now = old.awake(now, zone) > now;
    if rhythm == Rhythm::AtOnce {
        // What is not held has been too much, and comes at the next full hour.
        let meant = if held_now { now } else { due.min(zone.next_hour(now)) };
        return new.awake(meant, zone);
    }
    match meant(rhythm, due, old, zone) {
        // Held back since then.
        Some(meant) if meant <= now && rhythm != Rhythm::Hourly => new.awake(now, zone),
        Some(_) => next_due(rhythm, new, zone, now),
        // It comes out of turn, as what waited when a pause began in quiet hours.
        None => new.awake(if held_now { now } else { due }, zone),
    }
}

/// When a digest that is due at `due` would have come without quiet hours; none if it comes out of turn.
fn meant(rhythm: Rhythm, due: Timestamp, habits: &Habits, zone: &Zone) -> Option<Timestamp> {
    // Quiet hours are shorter than a day, which has 25 hours at most.
    let turns = std::iter::successors(Some(due.minus(Duration::from_hours(25))), |turn| {
        Some(wanted(rhythm, habits, zone, *turn))
    });
    let mut turns = turns.skip(1).take_while(|turn| *turn <= due);
    turns.find(|turn| habits.awake(*turn, zone) == due)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watcher::QuietHours;

    /// Rhythm, hour and day of digests, quiet hours, zone, now, and when the next one is due.
    type Row = (Rhythm, (i8, Weekday), Option<(i8, i8)>, &'static str, &'static str, &'static str);

    const SEVEN: (i8, Weekday) = (7, Weekday::Monday);
    const TWO: (i8, Weekday) = (2, Weekday::Sunday);
    const CHICAGO: &str = "America/Chicago";

    #[rustfmt::skip]
    const DUE: &[Row] = &[
        // By the full hour of the wall's clock, which in Kathmandu is a quarter to the hour in UTC.
        (Rhythm::Hourly, SEVEN, None, CHICAGO, "2026-05-04T14:00:00Z", "2026-05-04T15:00:00Z"),
        (Rhythm::Hourly, SEVEN, None, CHICAGO, "2026-05-04T14:59:59Z", "2026-05-04T15:00:00Z"),
        (Rhythm::Hourly, SEVEN, None, "Asia/Kathmandu", "2026-05-04T14:20:00Z", "2026-05-04T15:15:00Z"),
        // Over the hour that summer time skips, and the one that comes twice when it ends.
        (Rhythm::Hourly, SEVEN, None, CHICAGO, "2026-03-08T07:30:00Z", "2026-03-08T08:00:00Z"),
        (Rhythm::Hourly, SEVEN, None, CHICAGO, "2026-11-01T06:30:00Z", "2026-11-01T07:00:00Z"),
        // Not at night.
        (Rhythm::Hourly, SEVEN, Some((22, 7)), CHICAGO, "2026-05-05T02:30:00Z", "2026-05-05T12:00:00Z"),
        (Rhythm::Hourly, SEVEN, Some((22, 7)), CHICAGO, "2026-05-05T01:30:00Z", "2026-05-05T02:00:00Z"
            /* 21:00 is no night */),
        // Seven stays seven when the clocks change, and the month or the year ends.
        (Rhythm::Daily, SEVEN, None, CHICAGO, "2026-03-07T13:00:00Z", "2026-03-08T12:00:00Z"),
        (Rhythm::Daily, SEVEN, None, CHICAGO, "2026-10-31T12:00:00Z", "2026-11-01T13:00:00Z"),
        (Rhythm::Daily, SEVEN, None, CHICAGO, "2026-02-28T13:00:00Z", "2026-03-01T13:00:00Z"),
        (Rhythm::Daily, SEVEN, None, CHICAGO, "2028-02-28T13:00:00Z", "2028-02-29T13:00:00Z"),
        (Rhythm::Daily, SEVEN, None, CHICAGO, "2026-12-31T13:00:00Z", "2027-01-01T13:00:00Z"),
        // Two o'clock does not come in that night, and comes once in the other, like any hour.
        (Rhythm::Daily, TWO, None, CHICAGO, "2026-03-07T09:00:00Z", "2026-03-08T08:00:00Z"),
        (Rhythm::Daily, TWO, None, CHICAGO, "2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z"),
        (Rhythm::Daily, TWO, None, CHICAGO, "2026-10-31T07:00:00Z", "2026-11-01T08:00:00Z"),
        (Rhythm::Daily, TWO, None, CHICAGO, "2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z"),
        // The night is longer than the hour of the digest.
        (Rhythm::Daily, SEVEN, Some((21, 9)), CHICAGO, "2026-05-04T14:00:00Z", "2026-05-05T14:00:00Z"),
        (Rhythm::Weekly, SEVEN, None, CHICAGO, "2026-05-04T12:00:00Z", "2026-05-11T12:00:00Z"),
        (Rhythm::Weekly, SEVEN, None, CHICAGO, "2026-12-30T12:00:00Z", "2027-01-04T13:00:00Z"),
        (Rhythm::Weekly, TWO, None, CHICAGO, "2026-03-02T12:00:00Z", "2026-03-08T08:00:00Z"),
        (Rhythm::Weekly, SEVEN, Some((6, 8)), CHICAGO, "2026-05-05T12:00:00Z", "2026-05-11T13:00:00Z"),
        // A city that left summer time for good, and one on the other side of the earth.
        (Rhythm::Daily, SEVEN, None, "America/Mexico_City", "2026-07-01T14:00:00Z", "2026-07-02T13:00:00Z"),
        (Rhythm::Daily, SEVEN, None, "Pacific/Auckland", "2026-04-04T12:00:00Z", "2026-04-04T19:00:00Z"),
    ];

    #[test]
    fn a_digest_is_due_by_the_clock_on_the_citys_wall() {
        for (rhythm, (digest_hour, digest_day), quiet, zone, now, expected) in DUE {
            let quiet = quiet.map(|(from, to)| QuietHours::new(from, to).unwrap());
            let habits =
                Habits { digest_hour: *digest_hour, digest_day: *digest_day, quiet, pause: None };
            let due = next_due(*rhythm, &habits, &zone.parse().unwrap(), now.parse().unwrap());
            assert_eq!(due.to_string(), *expected, "{rhythm:?} {quiet:?} in {zone} at {now}");
        }
    }

    #[test]
    fn who_changes_their_habits_loses_no_digest_by_it() {
        let zone = CHICAGO.parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let habits = |hour, quiet: Option<(i8, i8)>| Habits {
            digest_hour: hour,
            quiet: quiet.map(|(from, to)| QuietHours::new(from, to).unwrap()),
            ..Habits::default()
        };
        let (usual, late, evening) = (habits(7, None), habits(7, Some((22, 9))), habits(18, None));
        // Monday in Chicago: seven is twelve in UTC, eight thirteen, nine fourteen.
        let (six, eight) = ("2026-05-04T11:00:00Z", "2026-05-04T13:00:00Z");
        let (ten_to_ten, night) = ("2026-05-05T02:50:00Z", "2026-05-06T05:00:00Z");
        let (before, after) = ("2026-03-07T13:30:00Z", "2026-10-31T12:30:00Z");
        let late_evening = habits(18, Some((22, 9)));
        for (rhythm, due, old, new, now, expected) in [
            // Nothing was changed that matters.
            (Rhythm::Weekly, "2026-05-04T12:00:00Z", usual, usual, six, "2026-05-04T12:00:00Z"),
            (Rhythm::Weekly, "2026-05-11T12:00:00Z", usual, usual, eight, "2026-05-11T12:00:00Z"),
            // It is due, and whoever plans is about to.
            (Rhythm::Weekly, "2026-05-04T13:00:00Z", usual, evening, eight, "2026-05-04T13:00:00Z"),
            // Another hour.
            (Rhythm::Daily, "2026-05-04T12:00:00Z", usual, evening, six, "2026-05-04T23:00:00Z"),
            (Rhythm::Daily, "2026-05-05T12:00:00Z", usual, evening, eight, "2026-05-04T23:00:00Z"),
            // Held since seven by a night until nine that has just been ended, or not.
            (Rhythm::Weekly, "2026-05-04T14:00:00Z", late, usual, eight, eight),
            (Rhythm::Weekly, "2026-05-04T14:00:00Z", late, late, eight, "2026-05-04T14:00:00Z"),
            (Rhythm::Hourly, "2026-05-04T14:00:00Z", late, usual, six, "2026-05-04T12:00:00Z"),
            (Rhythm::AtOnce, "2026-05-04T14:00:00Z", late, usual, six, six),
            (Rhythm::AtOnce, "2026-05-04T14:00:00Z", late, late, six, "2026-05-04T14:00:00Z"),
            // What was too much at once waits for its hour all the same.
            (Rhythm::AtOnce, "2026-05-04T12:00:00Z", usual, evening, six, "2026-05-04T12:00:00Z"),
            (Rhythm::AtOnce, "2026-05-04T12:00:00Z", usual, late, six, "2026-05-04T14:00:00Z"),
            // Its full hour lies in a night that is ended before it begins.
            (
                Rhythm::AtOnce,
                "2026-05-05T14:00:00Z",
                late,
                usual,
                ten_to_ten,
                "2026-05-05T03:00:00Z",
            ),
            // What waited when a pause began at night comes in the morning, whatever else is saved.
            (
                Rhythm::Weekly,
                "2026-05-06T14:00:00Z",
                late,
                late_evening,
                night,
                "2026-05-06T14:00:00Z",
            ),
            (Rhythm::Weekly, "2026-05-06T14:00:00Z", late, evening, night, night),
            // Summer time begins: the day has 23 hours.
            (Rhythm::Daily, "2026-03-08T12:00:00Z", usual, usual, before, "2026-03-08T12:00:00Z"),
            (Rhythm::Daily, "2026-11-01T13:00:00Z", usual, usual, after, "2026-11-01T13:00:00Z"),
        ] {
            let comes = moved((rhythm, at(due)), &old, &new, &zone, at(now));
            assert_eq!(comes, at(expected), "{rhythm:?} due {due}, {old:?} to {new:?} at {now}");
        }
    }
}

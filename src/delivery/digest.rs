use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::time::Duration;

use super::{About, Contents, Delivery, DeliveryId, Item, Lane, Road};
use crate::clock::{Timestamp, Weekday, Zone};
use crate::issue::{EventId, IssueId};
use crate::random::Random;
use crate::watch::{Rhythm, Via, WatchNumber};
use crate::watcher::{ContactId, Habits, WatcherId};

/// How many issues a digest lists; the rest it counts.
pub const LISTED: usize = 25;

/// Something that a digest may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its place in the order in which events happened and were matched. An event's id does not
    /// tell it: those of one millisecond sort by chance.
    pub no: i64,
    pub event: EventId,
    pub issue: IssueId,
    /// The rhythm that the watch had when it matched.
    pub rhythm: Rhythm,
}

/// A person whose digest is due: the watches that are read for it, and the roads to the person.
#[derive(Clone, Debug)]
pub struct DigestReader {
    pub watcher: WatcherId,
    pub watches: Vec<(WatchNumber, Via)>,
    pub roads: Vec<Road>,
}

/// The digests of one person: at most one message for each contact, over all the person's watches
/// that are due; each issue once, with the watches that matched it. What a contact was `told` already,
/// at once or in a shorter rhythm's digest, is left out. Nothing new, no message.
#[must_use]
pub fn digests<S: BuildHasher>(
    reader: &DigestReader,
    pending: &HashMap<WatchNumber, Vec<Pending>, S>,
    told: &HashMap<ContactId, HashSet<EventId, S>, S>,
    now: Timestamp,
    random: &Random,
) -> Vec<Delivery> {
    let about = About::Digest(random.uuid(now));
    let mut deliveries = vec![];
    for road in &reader.roads {
        let contents = contents_for(reader, *road, pending, told.get(&road.contact));
        if !contents.items.is_empty() {
            deliveries.push(Delivery {
                id: DeliveryId(random.uuid(now)),
                about,
                watcher: reader.watcher,
                contact: road.contact,
                kind: road.kind,
                lane: Lane::Digest,
                contents,
                due: now,
            });
        }
    }
    deliveries
}

fn contents_for<S: BuildHasher>(
    reader: &DigestReader,
    road: Road,
    pending: &HashMap<WatchNumber, Vec<Pending>, S>,
    told: Option<&HashSet<EventId, S>>,
) -> Contents {
    // What two watches matched stands once; oldest first.
    let mut events: HashMap<EventId, (Pending, Vec<WatchNumber>)> = HashMap::new();
    for (watch, _) in reader.watches.iter().filter(|(_, via)| via.includes(road.kind)) {
        let found = pending.get(watch).map_or(&[][..], Vec::as_slice);
        for one in found.iter().filter(|one| told.is_none_or(|told| !told.contains(&one.event))) {
            let (first, watches) = events.entry(one.event).or_insert((*one, vec![]));
            first.rhythm = first.rhythm.min(one.rhythm);
            first.no = first.no.min(one.no);
            watches.push(*watch);
        }
    }
    let mut events: Vec<_> = events.into_values().collect();
    events.sort_unstable_by_key(|(first, _)| first.no);
    let (mut listed, mut more) = (HashSet::new(), HashSet::new());
    let mut contents = Contents::default();
    for (Pending { event, issue, rhythm, .. }, watches) in events {
        if listed.len() == LISTED && !listed.contains(&issue) {
            more.insert(issue);
            continue;
        }
        listed.insert(issue);
        contents.rhythm = Some(contents.rhythm.map_or(rhythm, |shortest| shortest.min(rhythm)));
        contents.items.push(Item { event, watches });
    }
    contents.more = more.len();
    contents
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
    // Quiet hours are shorter than a day.
    let meant = match rhythm {
        Rhythm::AtOnce if old.awake(now, zone) > now => now,
        Rhythm::AtOnce => due,
        rhythm => wanted(rhythm, old, zone, due.minus(Duration::from_hours(24))),
    };
    match rhythm {
        Rhythm::AtOnce => new.awake(meant, zone),
        Rhythm::Daily | Rhythm::Weekly if meant <= now => new.awake(now, zone),
        rhythm => next_due(rhythm, new, zone, now),
    }
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
        ] {
            let comes = moved((rhythm, at(due)), &old, &new, &zone, at(now));
            assert_eq!(comes, at(expected), "{rhythm:?} due {due}, {old:?} to {new:?} at {now}");
        }
    }
}

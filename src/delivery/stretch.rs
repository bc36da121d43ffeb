use std::collections::HashMap;

use super::unpack;
use crate::clock::Timestamp;
use crate::issue::{Author, EventId, IssueId};
use crate::watch::{Rhythm, WatchNumber};

/// What was matched in a stretch of time, read once for all whose digests are due.
///
/// The numbers of the watches stay packed, a byte or two each: after a storm over ten thousand people
/// there are some ten million of them.
#[derive(Debug, Default)]
pub struct Stretch {
    /// In the order in which they were first matched, each once. An event's id does not tell it: those of
    /// one millisecond sort by chance.
    events: Vec<Event>,
    event_nos: HashMap<EventId, u32>,
    issue_nos: HashMap<IssueId, u32>,
    rows: Vec<Row>,
    /// When the first of the events was accepted.
    since: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug)]
struct Event {
    id: EventId,
    /// Its issue's place among all.
    issue: u32,
    author: Option<Author>,
}

#[derive(Debug)]
struct Row {
    no: i64,
    event: u32,
    rhythm: Rhythm,
    watches: Vec<u8>,
}

/// What one event matched of one rhythm.
#[derive(Clone, Debug, PartialEq)]
pub struct EventMatch {
    /// Matches are numbered in the order in which they were made.
    pub no: i64,
    pub event: EventId,
    pub issue: IssueId,
    pub author: Option<Author>,
    /// When the event was accepted: nobody has been told of it before.
    pub accepted: Timestamp,
    /// The rhythm that the watches had then.
    pub rhythm: Rhythm,
    /// Their numbers, packed.
    pub watches: Vec<u8>,
}

/// For each rhythm, up to which match a digest has told a watch's; none of those whose digest is not due.
pub type Through = [Option<i64>; Rhythm::ALL.len()];

/// What waits for the watches of some people.
#[derive(Debug, Default)]
pub struct Waiting {
    /// Ascending.
    watches: Vec<WatchNumber>,
    hits: Vec<Vec<Hit>>,
}

/// An event that matched a watch, by its place among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub event: u32,
    pub rhythm: Rhythm,
}

impl Stretch {
    /// Adds a match; they come in the order of their numbers.
    pub fn add(&mut self, row: EventMatch) {
        let next = length(self.issue_nos.len());
        let issue = *self.issue_nos.entry(row.issue).or_insert(next);
        let next = length(self.events.len());
        let event = *self.event_nos.entry(row.event).or_insert(next);
        if event == next {
            self.events.push(Event { id: row.event, issue, author: row.author });
        }
        self.since = Some(self.since.map_or(row.accepted, |since| since.min(row.accepted)));
        self.rows.push(Row { no: row.no, event, rhythm: row.rhythm, watches: row.watches });
    }

    /// Nothing of this has been told before; none if there is nothing.
    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// What waits for these watches, given ascending by their numbers.
    #[must_use]
    pub fn waiting(&self, asked: &[(WatchNumber, Through)]) -> Waiting {
        let sought = Numbers::of(asked.iter().map(|(watch, _)| *watch));
        let mut hits = vec![vec![]; asked.len()];
        for row in &self.rows {
            for number in unpack(&row.watches).filter(|number| sought.contains(*number)) {
                let Ok(nth) = asked.binary_search_by_key(&number, |(watch, _)| *watch) else {
                    continue;
                };
                if asked[nth].1[row.rhythm as usize].is_some_and(|through| row.no > through) {
                    hits[nth].push(Hit { event: row.event, rhythm: row.rhythm });
                }
            }
        }
        Waiting { watches: asked.iter().map(|(watch, _)| *watch).collect(), hits }
    }

    /// An issue's place among all; none if nothing of it was matched.
    pub(super) fn place_of(&self, issue: IssueId) -> Option<u32> {
        self.issue_nos.get(&issue).copied()
    }

    pub(super) fn event(&self, no: u32) -> EventId {
        self.events[no as usize].id
    }

    /// Whose comment it is, if it is a resident's.
    pub(super) fn author(&self, no: u32) -> Option<Author> {
        self.events[no as usize].author
    }

    /// Which issue it is of, by that one's place among all.
    pub(super) fn issue(&self, no: u32) -> u32 {
        self.events[no as usize].issue
    }
}

impl Waiting {
    #[must_use]
    pub fn is_there_for(&self, watch: WatchNumber) -> bool {
        !self.of(watch).is_empty()
    }

    /// In the order of events, as far as one rhythm goes.
    pub(super) fn of(&self, watch: WatchNumber) -> &[Hit] {
        self.watches.binary_search(&watch).map_or(&[], |nth| &self.hits[nth])
    }
}

/// A set of watch numbers, a bit each: most of what is unpacked is sought by nobody.
struct Numbers(Vec<u64>);

impl Numbers {
    fn of(numbers: impl Iterator<Item = WatchNumber>) -> Self {
        let mut bits = vec![];
        for number in numbers.filter_map(|number| usize::try_from(number.0).ok()) {
            if bits.len() <= number / 64 {
                bits.resize(number / 64 + 1, 0);
            }
            bits[number / 64] |= 1 << (number % 64);
        }
        Self(bits)
    }

    fn contains(&self, number: WatchNumber) -> bool {
        let Ok(number) = usize::try_from(number.0) else { return false };
        self.0.get(number / 64).is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }
}

fn length(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than 2³² events wait for a city's digests")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::delivery::pack;

    fn row(no: i64, event: u128, rhythm: Rhythm, watches: &[i64]) -> EventMatch {
        let watches: Vec<_> = watches.iter().copied().map(WatchNumber).collect();
        EventMatch {
            no,
            event: EventId(Uuid::from_u128(event)),
            issue: IssueId(Uuid::from_u128(event / 10)),
            author: None,
            accepted: Timestamp::from_millis(100 - i64::try_from(event).unwrap()),
            rhythm,
            watches: pack(&watches),
        }
    }

    #[test]
    fn each_watch_has_what_its_rhythm_matched_since_it_was_last_told() {
        let mut stretch = Stretch::default();
        assert_eq!(stretch.since(), None);
        for row in [
            row(5, 11, Rhythm::Daily, &[1, 2, 700]),
            row(6, 12, Rhythm::Daily, &[2]),
            row(7, 12, Rhythm::Weekly, &[3]),
            row(8, 21, Rhythm::Daily, &[1, 3]),
        ] {
            stretch.add(row);
        }
        assert_eq!(stretch.since(), Some(Timestamp::from_millis(79)), "whichever came first");
        let daily = |through| [None, None, Some(through), None];
        let asked = [1, 2, 3, 500].map(WatchNumber);
        let asked: Vec<_> =
            asked.into_iter().zip([daily(5), daily(0), daily(0), daily(0)]).collect();
        let waiting = stretch.waiting(&asked);
        let of = |watch| -> Vec<u128> {
            let hits = waiting.of(WatchNumber(watch)).iter();
            hits.map(|hit| stretch.event(hit.event).0.as_u128()).collect()
        };
        assert_eq!(of(1), [21], "the first was told");
        assert_eq!(of(2), [11, 12]);
        assert_eq!(of(3), [21], "what it matched as a weekly one is for the week's end");
        assert_eq!((of(500), of(700)), (vec![], vec![]), "nothing, and not asked");
        assert!(waiting.is_there_for(WatchNumber(2)) && !waiting.is_there_for(WatchNumber(500)));
        let issues: Vec<u32> = (0..3).map(|event| stretch.issue(event)).collect();
        assert_eq!(issues, [0, 0, 1]);
    }
}

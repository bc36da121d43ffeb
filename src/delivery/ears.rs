//! The people of one batch: who hears what at once, and who has heard enough.
//!
//! In a storm ten thousand people match each of thousands of events, so what is done for one of those
//! pairs is what decides how long everybody else waits.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use super::{Recipient, Wait};
use crate::matching::Match;
use crate::watch::WatchNumber;
use crate::watcher::WatcherId;

/// A map by ids that are random already: nobody but us gives them, so there is nothing to defend against.
pub(super) type ByWatcher<T> = HashMap<WatcherId, T, BuildHasherDefault<Tail>>;

/// Takes of what is hashed the last eight bytes, which are the random ones of a `UUIDv7`.
#[derive(Debug, Default)]
pub(super) struct Tail(u64);

impl Hasher for Tail {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(tail) = bytes.last_chunk() {
            self.0 = u64::from_le_bytes(*tail);
        }
    }

    fn write_usize(&mut self, _: usize) {} // how many bytes follow

    fn finish(&self) -> u64 {
        // Also the bits at the top, by which the map tells ids of one bucket apart.
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// Somebody who may be told something at once, and what they have been told by this batch.
#[derive(Debug)]
pub(super) struct Ear<'a> {
    pub watcher: WatcherId,
    pub person: &'a Recipient,
    messages: usize,
    /// The issues, ascending: whoever is told of one is told of all that the batch says of it.
    told: Vec<usize>,
    /// For what a message comes later, and one of the watches that wait for it.
    pub wait: Option<(WatchNumber, Wait)>,
}

impl Ear<'_> {
    /// Whether the person is told of the issue now, or why not.
    pub(super) fn hear(&mut self, issue: usize) -> Result<(), Wait> {
        let Err(place) = self.told.binary_search(&issue) else { return Ok(()) };
        if self.person.quiet {
            return Err(Wait::Quiet);
        }
        if self.messages >= self.person.room {
            return Err(Wait::TooMany);
        }
        self.messages += 1;
        self.told.insert(place, issue);
        Ok(())
    }
}

/// Everybody who may be told something at once.
#[derive(Debug)]
pub(super) struct Ears<'a> {
    places: ByWatcher<usize>,
    pub all: Vec<Ear<'a>>,
}

impl<'a> Ears<'a> {
    pub(super) fn of<S: BuildHasher>(people: &'a HashMap<WatcherId, Recipient, S>) -> Self {
        let ear = |(watcher, person): (&WatcherId, &'a Recipient)| Ear {
            watcher: *watcher,
            person,
            messages: 0,
            told: vec![],
            wait: None,
        };
        let all: Vec<Ear<'a>> = people.iter().map(ear).collect();
        let places = all.iter().enumerate().map(|(place, ear)| (ear.watcher, place)).collect();
        Self { places, all }
    }

    /// What an event has matched, of those who may be told it at once, each person's together: the
    /// person's place in [`Ears::all`], and one of their watches.
    pub(super) fn hits<'m>(&self, matched: &'m [Match]) -> Vec<(usize, &'m Match)> {
        let of = |hit: &'m Match| Some((*self.places.get(&hit.watch.watcher)?, hit));
        let mut hits: Vec<_> = matched.iter().filter_map(of).collect();
        hits.sort_by_key(|(place, _)| *place);
        hits
    }
}

#[cfg(test)]
mod tests {
    use std::hash::Hash;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn ids_that_differ_in_their_last_bytes_are_told_apart() {
        let mut by_watcher = ByWatcher::default();
        for no in 0..10_000_u128 {
            by_watcher.insert(WatcherId(Uuid::from_u128(no)), no);
        }
        assert_eq!(by_watcher.len(), 10_000);
        assert_eq!(by_watcher[&WatcherId(Uuid::from_u128(77))], 77);
        let hash = |no| {
            let mut tail = Tail::default();
            WatcherId(Uuid::from_u128(no)).hash(&mut tail);
            tail.finish()
        };
        assert_ne!(hash(1), hash(2));
        assert_ne!(hash(1) >> 57, hash(1 << 63) >> 57, "the top bits too");
    }
}

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::watcher::WatcherId;

/// How far back [`Lately`] looks.
pub const AN_HOUR: Duration = Duration::from_hours(1);

/// How many messages people were sent at once within the last hour, batch by batch. It is kept in
/// memory, and made anew from what the batches wrote.
#[derive(Debug, Default)]
pub struct Lately {
    batches: VecDeque<Told>,
    messages: HashMap<WatcherId, usize>,
}

/// What one batch told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The batches of a city are numbered in the order in which they were written.
    pub no: i64,
    pub at: Timestamp,
    /// One for each message; a person may stand there more than once.
    pub watchers: Vec<WatcherId>,
}

impl Lately {
    /// How many messages a person was sent.
    #[must_use]
    pub fn messages_to(&self, watcher: WatcherId) -> usize {
        self.messages.get(&watcher).copied().unwrap_or(0)
    }

    /// Adds a batch. They come in the order of their numbers.
    pub fn add(&mut self, told: Told) {
        for watcher in &told.watchers {
            *self.messages.entry(*watcher).or_default() += 1;
        }
        self.batches.push_back(told);
    }

    /// Forgets what is more than an hour ago, or to come, since the clock was set back; gives the number
    /// of the last batch that went, if any did.
    pub fn forget(&mut self, now: Timestamp) -> Option<i64> {
        let mut gone = None;
        let hours = now.minus(AN_HOUR)..=now.plus(AN_HOUR);
        while let Some(told) = self.batches.pop_front_if(|told| !hours.contains(&told.at)) {
            for watcher in &told.watchers {
                if let Some(messages) = self.messages.get_mut(watcher) {
                    *messages -= 1;
                    if *messages == 0 {
                        self.messages.remove(watcher);
                    }
                }
            }
            gone = Some(told.no);
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn minutes(minutes: i64) -> Timestamp {
        Timestamp::from_millis(minutes * 60_000)
    }

    #[test]
    fn an_hour_later_it_is_as_if_nothing_had_been_sent() {
        let [ada, bob] = [1, 2].map(|no| WatcherId(Uuid::from_u128(no)));
        let mut lately = Lately::default();
        lately.add(Told { no: 1, at: minutes(0), watchers: vec![ada, bob, ada] });
        lately.add(Told { no: 2, at: minutes(30), watchers: vec![ada] });
        let messages = |lately: &Lately| (lately.messages_to(ada), lately.messages_to(bob));
        assert_eq!(messages(&lately), (3, 1));
        assert_eq!(lately.forget(minutes(60)), None, "it is an hour, and no more");
        assert_eq!(messages(&lately), (3, 1));
        assert_eq!(lately.forget(minutes(61)), Some(1));
        assert_eq!(messages(&lately), (1, 0));
        assert_eq!(lately.forget(minutes(200)), Some(2));
        assert_eq!(messages(&lately), (0, 0));
        assert!(lately.messages.is_empty(), "nobody is remembered for nothing");
        lately.add(Told { no: 3, at: minutes(2_000), watchers: vec![bob] });
        assert_eq!(lately.forget(minutes(200)), Some(3), "the clock was wrong");
        assert_eq!(messages(&lately), (0, 0));
    }
}

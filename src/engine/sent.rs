//! How many messages each person was sent at once within the last hour, by any of the processes that
//! share a city: there may be so many, and what is above that comes together.

use std::collections::HashMap;

use super::EngineError;
use crate::clock::Timestamp;
use crate::delivery::{AN_HOUR, Lately, Plan, Told, pack, unpack};
use crate::issue::CityId;
use crate::matching::Matcher;
use crate::store::{ToldRow, Tx};
use crate::watcher::WatcherId;

/// What a city's matcher knows of it.
#[derive(Debug, Default)]
pub(super) struct Sent {
    lately: Lately,
    /// Up to which batch that is.
    through_no: i64,
    /// The batch of this process that is being written while the next is planned. The snapshot that the
    /// next one sees may hold it already, which is known by its first event.
    on_the_way: Option<OnTheWay>,
    /// The last batch that is of no use any more.
    old: Option<i64>,
}

#[derive(Debug)]
struct OnTheWay {
    first_event: i64,
    messages: HashMap<WatcherId, usize>,
}

/// What a batch writes of itself.
#[derive(Debug)]
pub(super) struct Note {
    no: i64,
    first_event: i64,
    watches: Vec<u8>,
    /// Batches up to this one are forgotten.
    old: Option<i64>,
}

impl Sent {
    /// Reads what a snapshot holds of the last hour.
    pub async fn catch_up(
        &mut self,
        tx: &mut Tx,
        city: CityId,
        matcher: &Matcher,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        for row in tx.told_after(city, self.through_no, now.minus(AN_HOUR)).await? {
            if self.on_the_way.as_ref().is_some_and(|one| one.first_event == row.first_event) {
                self.on_the_way = None;
            }
            // Whoever has stopped that watch meanwhile has one message more.
            let watchers = unpack(&row.watches).filter_map(|no| Some(matcher.watch(no)?.watcher));
            self.lately.add(Told { no: row.no, at: row.at, watchers: watchers.collect() });
            self.through_no = row.no;
        }
        self.through_no = tx.last_number(city, "told").await?;
        self.old = self.lately.forget(now).or(self.old);
        Ok(())
    }

    pub fn messages_to(&self, watcher: WatcherId) -> usize {
        let on_the_way = self.on_the_way.as_ref().and_then(|one| one.messages.get(&watcher));
        self.lately.messages_to(watcher) + on_the_way.copied().unwrap_or(0)
    }

    /// What a plan, made of what is known now, writes of itself; nothing if nobody is told at once.
    pub fn note(&self, plan: &Plan, first_event: i64) -> Option<Note> {
        let before = self.through_no + i64::from(self.on_the_way.is_some());
        let watches: Vec<_> = plan.told.iter().map(|(_, watch)| *watch).collect();
        let (no, watches) = (before + 1, pack(&watches));
        (!plan.told.is_empty()).then_some(Note { no, first_event, watches, old: self.old })
    }

    /// This plan is being written.
    pub fn begin(&mut self, note: &Note, plan: &Plan) {
        let mut messages: HashMap<WatcherId, usize> = HashMap::new();
        for (watcher, _) in &plan.told {
            *messages.entry(*watcher).or_default() += 1;
        }
        self.on_the_way = Some(OnTheWay { first_event: note.first_event, messages });
    }

    /// What was begun was not written after all.
    pub fn give_up(&mut self) {
        self.on_the_way = None;
    }
}

impl Note {
    /// Writes it, under the lock of matches. Gives `false` when another process has told something at
    /// once since the plan was made: then somebody may be told too much by it.
    pub async fn write(
        self,
        tx: &mut Tx,
        city: CityId,
        now: Timestamp,
    ) -> Result<bool, EngineError> {
        if tx.take_numbers(city, "told", 1).await? != self.no {
            return Ok(false);
        }
        let Self { no, first_event, watches, old } = self;
        // From now on they are on their way.
        tx.put_told(city, &ToldRow { no, first_event, at: now, watches }, old).await?;
        Ok(true)
    }
}

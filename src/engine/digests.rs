//! Digests that are due become deliveries.

use std::collections::{HashMap, HashSet};

use super::matching::roads_of;
use super::{Engine, EngineError};
use crate::delivery::{Delivery, DigestReader, Pending, digests, next_due, unpack};
use crate::issue::CityId;
use crate::store::{City, DueDigest, NextDigest, Tx, WatchRow, WatchState};
use crate::watch::{Rhythm, WatchNumber};
use crate::watcher::WatcherId;

/// How many people's digests are planned in one transaction.
const PEOPLE: i64 = 500;

/// How many matches are read at once.
const A_READ: i64 = 2_000;

impl Engine {
    /// Plans every digest that is due, in all cities. Gives the number of people whose digest was
    /// due, whether or not there was something to tell.
    ///
    /// # Errors
    /// When the database does not answer. Nothing is lost: what was not planned stays due.
    pub async fn plan_digests(&self) -> Result<usize, EngineError> {
        let mut people = 0;
        for city in self.cities().await? {
            loop {
                let some = self.plan_some_digests(&city).await?;
                people += some;
                if some == 0 {
                    break;
                }
            }
        }
        Ok(people)
    }

    /// One transaction reads what is due and moves it on, so no digest is planned twice; it holds
    /// the counter of matches, so none slips in between.
    async fn plan_some_digests(&self, city: &City) -> Result<usize, EngineError> {
        let now = self.inner.clock.now();
        // A look without a lock: mostly nothing is due.
        if self.inner.store.read().await?.due_digests(city.id, now, 1).await?.is_empty() {
            return Ok(0);
        }
        let mut tx = self.inner.store.write().await?;
        let through_no = tx.take_numbers(city.id, "match", 0).await? - 1;
        let due = tx.due_digests(city.id, now, PEOPLE).await?;
        let watchers: Vec<WatcherId> = {
            let mut ids: Vec<_> = due.iter().map(|due| due.watcher).collect();
            ids.dedup(); // they come sorted
            ids
        };
        let watches = tx.watches_of(city.id, &watchers).await?;
        let pending = read_matches(&mut tx, city.id, &due, &watches).await?;
        let mut roads = roads_of(&mut tx, city.id, &watchers).await?;
        let mut planned: Vec<Delivery> = vec![];
        for &watcher in &watchers {
            let rhythms: Vec<Rhythm> =
                due.iter().filter(|d| d.watcher == watcher).map(|d| d.rhythm).collect();
            let reader = DigestReader {
                watcher,
                watches: watches
                    .iter()
                    .filter(|row| speaks(row, watcher) && rhythms.contains(&row.watch.rhythm))
                    .map(|row| (row.watch.number, row.watch.via))
                    .collect(),
                roads: roads.remove(&watcher).unwrap_or_default(),
            };
            planned.extend(digests(&reader, &pending, now, &self.inner.random));
        }
        let (next, ended) = self.move_on(city, &due, &watches, through_no);
        tx.move_digests(city.id, &next).await?;
        tx.end_digests(city.id, &ended).await?;
        tx.put_deliveries(city.id, &planned, now).await?;
        tx.forget_matches(city.id).await?;
        tx.commit().await?;
        if !planned.is_empty() {
            self.inner.planned.notify_waiters();
        }
        Ok(watchers.len())
    }

    /// When each digest is due next; one that no watch asks for any more ends.
    fn move_on(
        &self,
        city: &City,
        due: &[DueDigest],
        watches: &[WatchRow],
        through_no: i64,
    ) -> (Vec<NextDigest>, Vec<(WatcherId, Rhythm)>) {
        let now = self.inner.clock.now();
        let asked: HashSet<(WatcherId, Rhythm)> = watches
            .iter()
            .filter(|row| matches!(row.state, WatchState::Active | WatchState::Paused))
            .map(|row| (row.watch.watcher, row.watch.rhythm))
            .collect();
        let (mut next, mut ended) = (vec![], vec![]);
        for d in due {
            if asked.contains(&(d.watcher, d.rhythm)) {
                let due = next_due(d.rhythm, d.hour, d.day, &city.zone, now);
                next.push(NextDigest { watcher: d.watcher, rhythm: d.rhythm, due, through_no });
            } else {
                ended.push((d.watcher, d.rhythm));
            }
        }
        (next, ended)
    }
}

fn speaks(row: &WatchRow, watcher: WatcherId) -> bool {
    row.watch.watcher == watcher && row.state == WatchState::Active
}

/// What was matched since the last digests, by the watches that are read now.
async fn read_matches(
    tx: &mut Tx,
    city: CityId,
    due: &[DueDigest],
    watches: &[WatchRow],
) -> Result<HashMap<WatchNumber, Vec<Pending>>, EngineError> {
    let since: HashMap<(WatcherId, Rhythm), i64> =
        due.iter().map(|d| ((d.watcher, d.rhythm), d.through_no)).collect();
    let read_from: HashMap<WatchNumber, i64> = watches
        .iter()
        .filter_map(|row| {
            let key = (row.watch.watcher, row.watch.rhythm);
            since.get(&key).map(|through| (row.watch.number, *through))
        })
        .collect();
    let mut after = due.iter().map(|d| d.through_no).min().unwrap_or(0);
    let mut pending: HashMap<WatchNumber, Vec<Pending>> = HashMap::new();
    loop {
        let rows = tx.event_matches(city, after, A_READ).await?;
        let Some(last) = rows.last() else { return Ok(pending) };
        after = last.no;
        for row in &rows {
            for watch in unpack(&row.watches) {
                if read_from.get(&watch).is_some_and(|through| row.no > *through) {
                    let found = Pending { no: row.no, event: row.event, issue: row.issue };
                    pending.entry(watch).or_default().push(found);
                }
            }
        }
    }
}

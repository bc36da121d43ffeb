//! Digests that are due become deliveries.

use std::collections::{HashMap, HashSet};

use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::delivery::{Delivery, DigestReader, Pending, digests, next_due, unpack};
use crate::failpoint;
use crate::issue::CityId;
use crate::store::{City, DueDigest, NamedWatch, NextDigest, Tx, WatchState};
use crate::watch::{Rhythm, Via, Watch, WatchNumber};
use crate::watcher::{ContactId, DIGEST_DAY, DIGEST_HOUR, WatcherId};

/// How many people's digests are planned in one transaction.
const PEOPLE: i64 = 1_000;

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
            // A look without a lock: mostly nothing is due.
            let mut tx = self.inner.store.read().await?;
            let now = self.inner.clock.now();
            let Some(oldest) = oldest(&tx.due_digests(city.id, now, PEOPLE).await?) else {
                continue;
            };
            let mut matches = Matches::read(&mut tx, city.id, oldest).await?;
            drop(tx);
            loop {
                let some = self.plan_some_digests(&city, &mut matches).await?;
                people += some;
                if some == 0 {
                    break;
                }
            }
        }
        Ok(people)
    }

    /// One transaction reads what is due and moves it on, so no digest is planned twice. A match
    /// that came after `matches` were read is for the next digest.
    async fn plan_some_digests(
        &self,
        city: &City,
        matches: &mut Matches,
    ) -> Result<usize, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.inner.store.write().await?;
        // Taken as a lock: another process that plans now would find the same digests due.
        tx.take_numbers(city.id, "digest", 0).await?;
        let due = tx.due_digests(city.id, now, PEOPLE).await?;
        if oldest(&due).is_some_and(|oldest| oldest < matches.after) {
            *matches = Matches::read(&mut tx, city.id, oldest(&due).unwrap_or(0)).await?;
        }
        let watchers: Vec<WatcherId> = {
            let mut ids: Vec<_> = due.iter().map(|due| due.watcher).collect();
            ids.dedup(); // they come sorted
            ids
        };
        let watches = tx.named_watches_of(city.id, &watchers).await?;
        let pending = matches.pending(&due, &watches);
        let readers = self.readers(&mut tx, city, &watchers, &watches, &pending).await?;
        let contacts: Vec<ContactId> =
            readers.iter().flat_map(|reader| &reader.roads).map(|road| road.contact).collect();
        let told = tx.told_since(city.id, &contacts, matches.since).await?;
        let planned: Vec<Delivery> = readers
            .iter()
            .flat_map(|reader| digests(reader, &pending, &told, now, &self.inner.random))
            .collect();
        failpoint::at(failpoint::Point::Digesting);
        let (next, ended) = self.move_on(city, &due, &watches, matches.through);
        tx.move_digests(city.id, &next).await?;
        tx.end_digests(city.id, &ended).await?;
        tx.put_deliveries(city.id, &planned, now).await?;
        if watchers.is_empty() {
            tx.forget_matches(city.id).await?;
        }
        tx.commit().await?;
        if !planned.is_empty() {
            self.inner.planned.notify_waiters();
        }
        Ok(watchers.len())
    }

    /// Those of the watchers for whom something was matched, with their watches that are on.
    async fn readers(
        &self,
        tx: &mut Tx,
        city: &City,
        watchers: &[WatcherId],
        watches: &[NamedWatch],
        pending: &HashMap<WatchNumber, Vec<Pending>>,
    ) -> Result<Vec<DigestReader>, EngineError> {
        let mut on: HashMap<WatcherId, Vec<(WatchNumber, Via)>> = HashMap::new();
        for watch in watches {
            if watch.state == WatchState::Active && pending.contains_key(&watch.number) {
                on.entry(watch.watcher).or_default().push((watch.number, watch.via));
            }
        }
        let watchers: Vec<WatcherId> =
            watchers.iter().copied().filter(|watcher| on.contains_key(watcher)).collect();
        let mut roads = tx.roads_of(city.id, &watchers).await?;
        let reader = |watcher| DigestReader {
            watcher,
            watches: on.remove(&watcher).unwrap_or_default(),
            roads: roads.remove(&watcher).unwrap_or_default(),
        };
        Ok(watchers.into_iter().map(reader).collect())
    }

    /// When each digest is due next; one that no watch asks for any more ends.
    fn move_on(
        &self,
        city: &City,
        due: &[DueDigest],
        watches: &[NamedWatch],
        through_no: i64,
    ) -> (Vec<NextDigest>, Vec<(WatcherId, Rhythm)>) {
        let now = self.inner.clock.now();
        let asked: HashSet<(WatcherId, Rhythm)> = watches
            .iter()
            .filter(|watch| matches!(watch.state, WatchState::Active | WatchState::Paused))
            .map(|watch| (watch.watcher, watch.rhythm))
            .collect();
        let (mut next, mut ended) = (vec![], vec![]);
        for d in due {
            if asked.contains(&(d.watcher, d.rhythm)) {
                let due = next_due(d.rhythm, d.hour, d.day, &city.zone, now);
                // Another process may have read further.
                let through_no = through_no.max(d.through_no);
                next.push(NextDigest { watcher: d.watcher, rhythm: d.rhythm, due, through_no });
            } else {
                ended.push((d.watcher, d.rhythm));
            }
        }
        (next, ended)
    }
}

/// Makes sure that every digest comes which these watches want.
pub(super) async fn schedule(
    tx: &mut Tx,
    city: &City,
    watches: impl Iterator<Item = &Watch>,
    now: Timestamp,
) -> Result<(), EngineError> {
    // Whoever plans digests now may be ending one of these schedules.
    tx.take_numbers(city.id, "digest", 0).await?;
    let through_no = tx.last_number(city.id, "match").await?;
    let mut next: Vec<NextDigest> = watches
        .filter(|watch| watch.rhythm != Rhythm::AtOnce)
        .map(|Watch { watcher, rhythm, .. }| NextDigest {
            watcher: *watcher,
            rhythm: *rhythm,
            due: next_due(*rhythm, DIGEST_HOUR, DIGEST_DAY, &city.zone, now),
            through_no,
        })
        .collect();
    next.sort_unstable_by_key(|n| (n.watcher, n.rhythm));
    next.dedup_by_key(|n| (n.watcher, n.rhythm));
    tx.schedule_digests(city.id, &next).await?;
    Ok(())
}

/// Up to which match the digest that is furthest behind has read.
fn oldest(due: &[DueDigest]) -> Option<i64> {
    due.iter().map(|d| d.through_no).min()
}

/// What was matched in a stretch of time, found by watch. It is read once for all who are due: a
/// week of a large city is some ten thousand events with some hundred watches each, four bytes a
/// match.
struct Matches {
    /// The stretch: matches after this one, up to and with that one.
    after: i64,
    through: i64,
    /// When the first of them was matched: nobody was told of any before.
    since: Timestamp,
    /// One for each event and rhythm.
    events: Vec<Pending>,
    by_watch: HashMap<WatchNumber, Vec<u32>>,
}

impl Matches {
    /// Reads what one snapshot holds after match `after`. The numbers of matches are given out
    /// under a lock that is held until they are written, so none that is missing comes later.
    async fn read(tx: &mut Tx, city: CityId, after: i64) -> Result<Self, EngineError> {
        let through = tx.last_number(city, "match").await?;
        let (mut events, mut by_watch) = (vec![], HashMap::<_, Vec<u32>>::new());
        let (mut from, mut since) = (after, None::<Timestamp>);
        loop {
            let rows = tx.event_matches(city, from, A_READ).await?;
            let Some(last) = rows.last() else {
                let since = since.unwrap_or(Timestamp::from_millis(0));
                return Ok(Self { after, through, since, events, by_watch });
            };
            from = last.no;
            // What came after `through` was read is for the next digest.
            for row in rows.iter().filter(|row| row.no <= through) {
                let nth = u32::try_from(events.len()).unwrap_or(u32::MAX);
                let (no, event, issue, rhythm) = (row.no, row.event, row.issue, row.rhythm);
                events.push(Pending { no, event, issue, rhythm });
                since = Some(since.map_or(row.at, |since| since.min(row.at)));
                for watch in unpack(&row.watches) {
                    by_watch.entry(watch).or_default().push(nth);
                }
            }
        }
    }

    /// What each watch of those whose digest is due has matched since their last one. A watch may
    /// have changed its rhythm since; the one it had then says which digest tells it.
    fn pending(
        &self,
        due: &[DueDigest],
        watches: &[NamedWatch],
    ) -> HashMap<WatchNumber, Vec<Pending>> {
        let through: HashMap<(WatcherId, Rhythm), i64> =
            due.iter().map(|d| ((d.watcher, d.rhythm), d.through_no)).collect();
        let mut pending = HashMap::new();
        for watch in watches {
            let Some(found) = self.by_watch.get(&watch.number) else { continue };
            let found = found.iter().filter_map(|nth| self.events.get(*nth as usize));
            let is_due = |one: &&Pending| {
                through.get(&(watch.watcher, one.rhythm)).is_some_and(|through| one.no > *through)
            };
            let due: Vec<Pending> = found.filter(is_due).copied().collect();
            if !due.is_empty() {
                pending.insert(watch.number, due);
            }
        }
        pending
    }
}

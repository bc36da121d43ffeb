//! Digests that are due become deliveries.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::delivery::{Delivery, DigestReader, Stretch, Through, Wait, Waiting, digests, next_due};
use crate::failpoint;
use crate::issue::CityId;
use crate::store::{City, NamedWatch, NextDigest, Tx, WatchState};
use crate::watch::{Rhythm, Via, Watch, WatchNumber};
use crate::watcher::{ContactId, Habits, WatcherId};

/// How many people's digests are planned in one transaction.
const PEOPLE: i64 = 1_000;

/// How many matches are read at once.
const A_READ: i64 = 2_000;

/// So much the clock of who accepts may be ahead of that of who matches, or have been set back in between;
/// to look back further than that costs some rows that are read.
pub(super) const APART: Duration = Duration::from_hours(24);

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

    /// One transaction reads what is due and moves it on, so no digest is planned twice. What was
    /// matched since `matches` were read is read now: whatever waits for a message that comes once,
    /// and not again, is in it.
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
        } else {
            matches.read_on(&mut tx, city.id).await?;
        }
        let watchers: Vec<WatcherId> = {
            let mut ids: Vec<_> = due.iter().map(|due| due.watcher).collect();
            ids.dedup(); // they come sorted
            ids
        };
        let watches = tx.named_watches_of(city.id, &watchers).await?;
        let habits = tx.habits_of(city.id, &watchers).await?;
        let awake = |digest: &NextDigest| {
            habits.get(&digest.watcher).map_or(now, |habits| habits.awake(now, &city.zone))
        };
        // What comes late, because the service stood still, comes in nobody's night.
        let (asleep, due): (Vec<_>, Vec<_>) = due.into_iter().partition(|d| awake(d) > now);
        let asleep = asleep.into_iter().map(|digest| NextDigest { due: awake(&digest), ..digest });
        tx.move_digests(city.id, &asleep.collect::<Vec<_>>()).await?;
        let waiting = matches.waiting(&due, &watches);
        let readers = readers(&mut tx, city.id, &watches, &waiting).await?;
        let contacts: Vec<ContactId> =
            readers.iter().flat_map(|reader| &reader.roads).map(|road| road.contact).collect();
        let told = match matches.stretch.since() {
            Some(since) => tx.told_since(city.id, &contacts, since.minus(APART)).await?,
            None => HashMap::new(),
        };
        let found = (&matches.stretch, &waiting);
        let planned: Vec<Delivery> = readers
            .iter()
            .flat_map(|reader| digests(reader, found, &told, now, &self.inner.random))
            .collect();
        failpoint::at(failpoint::Point::Digesting);
        let (next, ended) = self.move_on(city, &due, &watches, &habits, matches.through);
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

    /// When each digest is due next; one that no watch asks for any more ends, and so does what comes once
    /// whenever there is something to tell.
    fn move_on(
        &self,
        city: &City,
        due: &[NextDigest],
        watches: &[NamedWatch],
        habits: &HashMap<WatcherId, Habits>,
        through_no: i64,
    ) -> (Vec<NextDigest>, Vec<(WatcherId, Rhythm)>) {
        let now = self.inner.clock.now();
        let asked: HashSet<(WatcherId, Rhythm)> = watches
            .iter()
            .filter(|watch| matches!(watch.state, WatchState::Active | WatchState::Paused))
            .filter(|watch| comes_in_turn(watch.rhythm))
            .map(|watch| (watch.watcher, watch.rhythm))
            .collect();
        let (mut next, mut ended) = (vec![], vec![]);
        for d in due {
            if asked.contains(&(d.watcher, d.rhythm)) {
                let habits = habits.get(&d.watcher).copied().unwrap_or_default();
                let due = next_due(d.rhythm, &habits, &city.zone, now);
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

/// The owners of those watches for which something was matched, with those that are on.
async fn readers(
    tx: &mut Tx,
    city: CityId,
    watches: &[NamedWatch],
    waiting: &Waiting,
) -> Result<Vec<DigestReader>, EngineError> {
    let mut on: BTreeMap<WatcherId, Vec<(WatchNumber, Via)>> = BTreeMap::new();
    for watch in watches {
        if watch.state == WatchState::Active && waiting.is_there_for(watch.number) {
            on.entry(watch.watcher).or_default().push((watch.number, watch.via));
        }
    }
    let watchers: Vec<WatcherId> = on.keys().copied().collect();
    let mut roads = tx.roads_of(city, &watchers).await?;
    let mut mutes = tx.mutes_by(city, &watchers).await?;
    let mut authors = tx.muted_authors_by(city, &watchers).await?;
    let reader = |(watcher, watches)| DigestReader {
        watcher,
        watches,
        roads: roads.remove(&watcher).unwrap_or_default(),
        muted: mutes.remove(&watcher).unwrap_or_default(),
        muted_authors: authors.remove(&watcher).unwrap_or_default(),
    };
    Ok(on.into_iter().map(reader).collect())
}

/// Whether there is such a digest always; the others are asked for when something was matched.
fn comes_in_turn(rhythm: Rhythm) -> bool {
    matches!(rhythm, Rhythm::Daily | Rhythm::Weekly)
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
    let mut asked: Vec<(WatcherId, Rhythm)> = watches
        .filter(|watch| comes_in_turn(watch.rhythm))
        .map(|watch| (watch.watcher, watch.rhythm))
        .collect();
    asked.sort_unstable();
    asked.dedup();
    let watchers: Vec<WatcherId> = asked.iter().map(|(watcher, _)| *watcher).collect();
    let habits = tx.habits_of(city.id, &watchers).await?;
    let next = asked.into_iter().map(|(watcher, rhythm)| {
        let habits = habits.get(&watcher).copied().unwrap_or_default();
        let due = next_due(rhythm, &habits, &city.zone, now);
        NextDigest { watcher, rhythm, due, through_no }
    });
    let next: Vec<NextDigest> = next.collect();
    tx.schedule_digests(city.id, &next).await?;
    Ok(())
}

/// Makes sure that what waits for these watches comes when their owners may be told: by their habits of
/// now, and to whoever has the watch now.
pub(super) async fn schedule_waits(
    tx: &mut Tx,
    city: &City,
    waits: &[(WatchNumber, Wait)],
    through_no: i64,
    now: Timestamp,
) -> Result<(), EngineError> {
    let watches: Vec<WatchNumber> = waits.iter().map(|(watch, _)| *watch).collect();
    let owners = tx.owners_of(city.id, &watches).await?;
    let watchers: Vec<WatcherId> = owners.values().copied().collect();
    let habits = tx.habits_of(city.id, &watchers).await?;
    let digests = waits.iter().filter_map(|(watch, wait)| {
        // A watch that is deleted keeps its row for a while; what was matched for it goes nowhere then.
        let watcher = *owners.get(watch)?;
        let habits = habits.get(&watcher).copied().unwrap_or_default();
        let (rhythm, due) = (wait.rhythm(), wait.due(&habits, &city.zone, now));
        Some(NextDigest { watcher, rhythm, due, through_no })
    });
    let mut digests: Vec<NextDigest> = digests.collect();
    digests.sort_unstable_by_key(|digest| (digest.watcher, digest.rhythm, digest.due));
    digests.dedup_by_key(|digest| (digest.watcher, digest.rhythm));
    Ok(tx.schedule_at_latest(city.id, &digests).await?)
}

/// Up to which match the digest that is furthest behind has read.
fn oldest(due: &[NextDigest]) -> Option<i64> {
    due.iter().map(|d| d.through_no).min()
}

/// What was matched after one match, up to and with another.
#[derive(Default)]
struct Matches {
    after: i64,
    through: i64,
    stretch: Stretch,
}

impl Matches {
    /// Reads what one snapshot holds after match `after`.
    async fn read(tx: &mut Tx, city: CityId, after: i64) -> Result<Self, EngineError> {
        let mut matches = Self { after, through: after, ..Self::default() };
        matches.read_on(tx, city).await?;
        Ok(matches)
    }

    /// Reads what has come since. The numbers of matches are given out under a lock that is held
    /// until they are written, so none that is missing comes later.
    async fn read_on(&mut self, tx: &mut Tx, city: CityId) -> Result<(), EngineError> {
        let through = tx.last_number(city, "match").await?;
        while self.through < through {
            let rows = tx.event_matches(city, self.through, A_READ).await?;
            // Those that every digest has read are gone.
            self.through = rows.last().map_or(through, |last| last.no.min(through));
            for row in rows.into_iter().filter(|row| row.no <= through) {
                self.stretch.add(row);
            }
        }
        Ok(())
    }

    /// What each watch of those whose digest is due has matched since their last one. A watch may
    /// have changed its rhythm since; the one it had then says which digest tells it.
    fn waiting(&self, due: &[NextDigest], watches: &[NamedWatch]) -> Waiting {
        let mut through: HashMap<WatcherId, Through> = HashMap::new();
        for d in due {
            through.entry(d.watcher).or_default()[d.rhythm as usize] = Some(d.through_no);
        }
        let asked = watches.iter().filter_map(|w| Some((w.number, *through.get(&w.watcher)?)));
        let mut asked: Vec<(WatchNumber, Through)> = asked.collect();
        asked.sort_unstable_by_key(|(number, _)| *number);
        self.stretch.waiting(&asked)
    }
}

//! Events that wait meet the index, and what they match is planned.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio::task::{JoinError, JoinHandle};

use super::digests::{APART, schedule_waits};
use super::sent::{Note, Sent};
use super::{Announced, CaughtUp, Engine, EngineError};
use crate::clock::Timestamp;
use crate::delivery::{Found, Plan, Recipient, pack, plan, who_wants_it_at_once};
use crate::failpoint;
use crate::issue::{CityId, EventId, IssueId, Kind};
use crate::matching::{Change, Matcher};
use crate::store::{City, IssueWardRow, PendingEvent, Tx, WatchState};
use crate::watch::{Rhythm, Target};
use crate::watcher::{ContactId, ContactKind, WatcherId};

/// How many events are matched in one transaction.
pub const MATCHED_TOGETHER: usize = 500;

/// After how many batches the oldest events are looked for again.
const A_RUN: usize = 16;

/// How many changes are read at once when the index catches up.
const A_READ: i64 = 5_000;

/// What one transaction writes.
struct Batch {
    /// Oldest first, and what each of them matched.
    pending: Vec<PendingEvent>,
    found: Vec<Found>,
    plan: Plan,
    wards: IssueWards,
    note: Option<Note>,
    later: Vec<(EventId, Rhythm, Vec<u8>)>,
    /// The last change of habits that it knows.
    habits_no: i64,
}

/// The wards that issues lie in from now on.
struct IssueWards {
    /// Issues that may have some already.
    stale: Vec<IssueId>,
    rows: Vec<IssueWardRow>,
}

impl Engine {
    /// Matches every event that waits, in all cities, and plans its deliveries. Gives the number
    /// of events matched.
    ///
    /// # Errors
    /// When the database does not answer. Nothing is lost: what was not matched waits on.
    pub async fn match_pending(&self) -> Result<usize, EngineError> {
        let mut matched = 0;
        for city in self.cities().await? {
            matched += self.match_city(&city).await?;
        }
        Ok(matched)
    }

    /// Batch after batch, in the order of their events. While one is written, the next is planned.
    async fn match_city(&self, city: &City) -> Result<usize, EngineError> {
        let watching = self.watching(city.id).await;
        let mut caught_up = watching.caught_up.lock().await;
        let (mut matched, mut after, mut batches) = (0, 0, 0);
        let mut writing: Option<(usize, JoinHandle<Result<bool, EngineError>>)> = None;
        caught_up.sent.give_up();
        loop {
            let next = self.plan_batch(city, after, &watching.matcher, &mut caught_up).await;
            if let Some((events, written)) = writing.take() {
                if !written.await.map_err(ended)?? {
                    caught_up.sent.give_up();
                    // What is left of them comes before all later ones.
                    after = 0;
                    continue;
                }
                matched += events;
                batches += 1;
                if batches % A_RUN == 0 && after > 0 {
                    // An event that waits anew has an old number, and news may never end.
                    after = 0;
                    continue;
                }
            }
            let Some(batch) = next? else { return Ok(matched) };
            after = batch.pending.last().map_or(after, |last| last.no);
            let (engine, events) = (self.clone(), batch.pending.len());
            if let Some(note) = &batch.note {
                caught_up.sent.begin(note, &batch.plan);
            } else {
                caught_up.sent.give_up();
            }
            let city = city.clone();
            let written = tokio::spawn(async move { engine.write_batch(&city, batch).await });
            writing = Some((events, written));
        }
    }

    /// The oldest events behind a number, and the changes that the index does not know yet, both from
    /// one snapshot, so that a watch acknowledged before an event is always considered.
    async fn plan_batch(
        &self,
        city: &City,
        after: i64,
        matcher: &Matcher,
        caught_up: &mut CaughtUp,
    ) -> Result<Option<Batch>, EngineError> {
        let mut tx = self.inner.store.read().await?;
        let pending = tx.unmatched(city.id, after, MATCHED_TOGETHER).await?;
        self.catch_up(&mut tx, city.id, matcher, caught_up).await?;
        if pending.is_empty() {
            return Ok(None);
        }
        let now = self.inner.clock.now();
        hear_of_pauses(&mut tx, city.id, caught_up, now).await?;
        let is_paused = |watcher: &WatcherId| {
            caught_up.pauses.get(watcher).is_some_and(|pause| pause.lasts(now))
        };
        let mut issues: Vec<IssueId> = pending.iter().map(|one| one.event.issue).collect();
        issues.sort_unstable();
        issues.dedup();
        let authors: Vec<_> = pending.iter().filter_map(|one| one.event.author).collect();
        let mutes = tx.mutes_of(city.id, &issues, &authors).await?;
        let matched = matcher.matches_of(pending.iter().map(|pending| &pending.event));
        let found: Vec<Found> = pending
            .iter()
            .zip(matched)
            .map(|(pending, mut matched)| {
                let is_muted = |watcher: WatcherId| mutes.hold(watcher, &pending.event);
                matched
                    .watches
                    .retain(|hit| !is_paused(&hit.watch.watcher) && !is_muted(hit.watch.watcher));
                if pending.let_go {
                    // Who follows the issue itself has heard of it.
                    matched.watches.retain(|hit| !matches!(hit.watch.target, Target::Issue(_)));
                }
                Found { event: pending.event.clone(), matched }
            })
            .collect();
        let is_capped = self.inner.settings.at_once_an_hour < usize::MAX;
        if is_capped {
            caught_up.sent.catch_up(&mut tx, city.id, matcher, now).await?;
        }
        let watchers = who_wants_it_at_once(&found);
        let mut people = self.recipients(&mut tx, city, &watchers, &caught_up.sent, now).await?;
        hear_of_what_was_told(&mut tx, city.id, &pending, &mut people).await?;
        drop(tx);
        let plan = plan(&found, &people, now, &self.inner.random);
        let first = pending.first().map_or(0, |first| first.no);
        let note = is_capped.then(|| caught_up.sent.note(&plan, first)).flatten();
        // Here, beside the writing of the batch before, rather than under the writer's lock.
        let wards = issue_wards(&pending, &found);
        let later = plan.later.iter().map(|(event, rhythm, by)| (*event, *rhythm, pack(by)));
        let later = later.collect();
        let habits_no = caught_up.habits_no;
        Ok(Some(Batch { pending, found, plan, wards, note, later, habits_no }))
    }

    /// How each of these people can be told something now; who cannot be reached is not among them.
    async fn recipients(
        &self,
        tx: &mut Tx,
        city: &City,
        watchers: &[WatcherId],
        sent: &Sent,
        now: Timestamp,
    ) -> Result<HashMap<WatcherId, Recipient>, EngineError> {
        let most = self.inner.settings.at_once_an_hour;
        let habits = tx.habits_of(city.id, watchers).await?;
        let roads = tx.roads_of(city.id, watchers).await?.into_iter();
        let recipient = |(watcher, roads)| {
            let habits = habits.get(&watcher).copied().unwrap_or_default();
            let recipient = Recipient {
                roads,
                quiet: habits.awake(now, &city.zone) > now,
                room: most.saturating_sub(sent.messages_to(watcher)),
                told: HashSet::new(),
            };
            (watcher, recipient)
        };
        Ok(roads.map(recipient).collect())
    }

    /// Writes what a batch came to, together with the mark that it was matched. Gives `false` and
    /// writes nothing when another process was faster with any of it, or it is no longer so.
    async fn write_batch(&self, city: &City, batch: Batch) -> Result<bool, EngineError> {
        let Batch { pending, found, plan, wards, note, later, habits_no } = batch;
        let now = self.inner.clock.now();
        let mut tx = self.inner.store.write().await?;
        if !plan.waits.is_empty() {
            // Whoever plans digests now may be ending one of these schedules, or making two people one.
            // Nobody who matches something else has to wait for that.
            tx.take_numbers(city.id, "digest", 0).await?;
        }
        let first = tx.take_numbers(city.id, "match", later.len()).await?;
        if tx.last_number(city.id, "habits").await? != habits_no {
            // Somebody has asked for silence meanwhile, and was told that it is so.
            return Ok(false);
        }
        if !tx.mark_matched(city.id, &pending, now).await? {
            return Ok(false);
        }
        if let Some(note) = note
            && !note.write(&mut tx, city.id, now).await?
        {
            return Ok(false);
        }
        tx.put_issue_wards(city.id, &wards.stale, &wards.rows).await?;
        tx.put_deliveries(city.id, &plan.deliveries, now).await?;
        tx.put_event_matches(city.id, first, &later, now).await?;
        schedule_waits(&mut tx, city, &plan.waits, first - 1, now).await?;
        tx.commit().await?;
        failpoint::at(failpoint::Point::Matched);
        if !plan.deliveries.is_empty() {
            self.inner.planned.notify_waiters();
        }
        self.announce(city.id, &pending, found, &plan);
        Ok(true)
    }

    /// Brings the index up to the snapshot: watches that changed, layers that came into force.
    pub(super) async fn catch_up(
        &self,
        tx: &mut Tx,
        city: CityId,
        matcher: &Matcher,
        caught_up: &mut CaughtUp,
    ) -> Result<(), EngineError> {
        let in_force = tx.layers_in_force(city, self.inner.clock.now()).await?;
        for layer in in_force.iter().filter(|layer| !caught_up.layers.contains(layer)) {
            if let Some(version) = tx.layer_version(city, &layer.layer, layer.version).await? {
                matcher.set_layer(&version);
            }
        }
        caught_up.layers = in_force;
        // All together: many are compiled faster than one after the other.
        let (mut changes, mut change_no) = (vec![], caught_up.change_no);
        loop {
            let (rows, last) = tx.watch_changes(city, change_no, A_READ).await?;
            if rows.is_empty() {
                break;
            }
            changes.extend(rows.into_iter().map(|row| match row.state {
                WatchState::Active => Change::Put(Arc::new(row.watch)),
                _ => Change::Remove(row.watch.number),
            }));
            change_no = last;
        }
        if !changes.is_empty() {
            matcher.apply(changes);
            caught_up.change_no = change_no;
        }
        Ok(())
    }

    fn announce(&self, city: CityId, pending: &[PendingEvent], found: Vec<Found>, plan: &Plan) {
        if self.inner.announced.receiver_count() == 0 {
            return;
        }
        let now = self.inner.clock.now();
        let mut told: HashMap<(EventId, ContactKind), usize> = HashMap::new();
        for delivery in &plan.deliveries {
            for item in &delivery.contents.items {
                *told.entry((item.event, delivery.kind)).or_default() += 1;
            }
        }
        for (pending, found) in pending.iter().zip(found) {
            let told = |kind| told.get(&(found.event.id, kind)).copied().unwrap_or(0);
            let (mails, pushes) = (told(ContactKind::Mail), told(ContactKind::Push));
            let people = |now: bool| {
                let mut people: Vec<WatcherId> = found
                    .matched
                    .watches
                    .iter()
                    .filter(|hit| (hit.watch.rhythm == Rhythm::AtOnce) == now)
                    .map(|hit| hit.watch.watcher)
                    .collect();
                people.sort_unstable();
                people.dedup();
                people.len()
            };
            let announced = Announced {
                city,
                people_now: people(true),
                people_later: people(false),
                watches: found.matched.watches.iter().map(|hit| hit.watch.number).collect(),
                wards: found.matched.wards,
                event: found.event,
                mails,
                pushes,
                accepted: pending.accepted_at,
                took: now.since(pending.accepted_at),
            };
            // Nobody listening is no failure.
            let _ = self.inner.announced.send(Arc::new(announced));
        }
    }
}

/// Reads anew who wants to hear nothing, if somebody has changed their habits since.
async fn hear_of_pauses(
    tx: &mut Tx,
    city: CityId,
    caught_up: &mut CaughtUp,
    now: Timestamp,
) -> Result<(), EngineError> {
    let habits_no = tx.last_number(city, "habits").await?;
    if habits_no != caught_up.habits_no {
        caught_up.pauses = tx.pauses(city, now).await?;
        caught_up.habits_no = habits_no;
    }
    Ok(())
}

/// What was told already of events that are matched once more, now that their place is believed: who
/// follows the issue itself has heard of it, at once or in a message that told more.
async fn hear_of_what_was_told(
    tx: &mut Tx,
    city: CityId,
    pending: &[PendingEvent],
    people: &mut HashMap<WatcherId, Recipient>,
) -> Result<(), EngineError> {
    let again: HashSet<EventId> =
        pending.iter().filter(|one| one.let_go).map(|one| one.event.id).collect();
    let Some(since) = pending.iter().filter(|one| one.let_go).map(|one| one.accepted_at).min()
    else {
        return Ok(());
    };
    let contacts: Vec<ContactId> =
        people.values().flat_map(|person| &person.roads).map(|road| road.contact).collect();
    let told = tx.told_since(city, &contacts, since.minus(APART)).await?;
    for person in people.values_mut() {
        for contact in person.roads.iter().map(|road| road.contact) {
            let theirs = told.get(&contact).into_iter().flatten();
            person.told.extend(theirs.filter(|id| again.contains(id)).map(|id| (contact, *id)));
        }
    }
    Ok(())
}

/// A writer that panicked takes whoever waits for it along; else the runtime is shutting down.
pub(super) fn ended(why: JoinError) -> EngineError {
    match why.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => EngineError::Stopping,
    }
}

/// The wards of each issue that a batch speaks of, by its last event. Those that may have some already
/// are all but those that were opened in this batch. An event of a place that the issue has left since
/// says nothing of its wards.
fn issue_wards(pending: &[PendingEvent], found: &[Found]) -> IssueWards {
    let here = pending.iter().zip(found).filter(|(pending, _)| pending.here);
    let last: HashMap<IssueId, &Found> =
        here.map(|(_, found)| (found.event.issue, found)).collect();
    let opened: HashSet<IssueId> = pending
        .iter()
        .filter(|pending| pending.event.kind == Kind::Opened && !pending.let_go)
        .map(|pending| pending.event.issue)
        .collect();
    let rows = last.values().flat_map(|found| {
        found.matched.wards.iter().map(|hit| IssueWardRow {
            issue: found.event.issue,
            ward: hit.ward.clone(),
            near: hit.near,
        })
    });
    let rows = rows.collect();
    IssueWards { stale: last.into_keys().filter(|issue| !opened.contains(issue)).collect(), rows }
}

//! What arrived, held against what has to arrive: a plain loop over all watches and all events.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use super::play::{Played, Stage};
use super::{Feed, HeldPoint, ReplayError, ReplayReport};
use crate::bench::stopwatch::nearest_rank;
use crate::clock::Timestamp;
use crate::delivery::{AN_HOUR, About, DeliveryId, Fate, Trip};
use crate::geometry::Position;
use crate::issue::{EventId, IssueEvent, IssueId, Place};
use crate::store::{City, ContactRow, Decision, Tx, WatchState};
use crate::ward::{LayerVersion, WardRef};
use crate::watch::{Meant, Rhythm, Target, Watch};
use crate::watcher::{Address, ContactId, ContactKind, WatcherId};

const A_WEEK: Duration = Duration::from_hours(24 * 7);

/// All that the throwaway city holds in the end.
struct Stored {
    events: Vec<IssueEvent>,
    watches: Vec<Watch>,
    contacts: Vec<ContactRow>,
    /// Messages that were sent.
    trips: Vec<Trip>,
}

/// Works out the report.
pub(super) async fn report(
    stage: &Stage,
    played: &Played,
    feed: &Feed,
    layers: &[LayerVersion],
) -> Result<ReplayReport, ReplayError> {
    let store = stage.stored().await?;
    let mut tx = store.read().await?;
    let stored = Stored::read(&mut tx, &stage.city).await?;
    let mut report = ReplayReport {
        feed_days: feed.lasts().as_secs_f64() / 86_400.0,
        people: stage.people,
        watches: stage.watches,
        notices: feed.said.len(),
        notices_after_the_end: feed.after_the_end,
        notices_refused: played.refused,
        events: stored.events.len(),
        held_points: held_points(&mut tx, &stage.city).await?,
        mails: played.mails.len(),
        pushes: played.pushes.len(),
        ..ReplayReport::default()
    };
    drop(tx);
    store.close().await;
    places(&stored, &mut report);
    balance(&stored, played, layers, &mut report);
    rates(&stored, played, feed, &mut report);
    waits(&stored, played, &mut report);
    report.most_at_once_in_an_hour = most_in_an_hour(&stored);
    Ok(report)
}

impl Stored {
    async fn read(tx: &mut Tx, city: &City) -> Result<Self, ReplayError> {
        let (mut events, mut watches) = (vec![], vec![]);
        let mut after = 0;
        loop {
            let some = tx.news_after(city.id, after, 5_000).await?;
            let Some(last) = some.last() else { break };
            after = last.no;
            events.extend(some.into_iter().map(|pending| pending.event));
        }
        let mut after = 0;
        loop {
            let (rows, last) = tx.watch_changes(city.id, after, 5_000).await?;
            if rows.is_empty() {
                break;
            }
            after = last;
            let active = rows.into_iter().filter(|row| row.state == WatchState::Active);
            watches.extend(active.map(|row| row.watch));
        }
        let mut watchers: Vec<WatcherId> = watches.iter().map(|watch| watch.watcher).collect();
        watchers.sort_unstable();
        watchers.dedup();
        let mut contacts = tx.contacts_of(city.id, &watchers).await?;
        contacts.sort_by_key(|row| row.contact.id);
        contacts.dedup_by_key(|row| row.contact.id);
        let ids: Vec<ContactId> = contacts.iter().map(|row| row.contact.id).collect();
        let mut trips = tx.trips(city.id, &ids, Timestamp::from_millis(0)).await?;
        trips.retain(|trip| matches!(trip.fate, Fate::Sent { .. }));
        Ok(Self { events, watches, contacts, trips })
    }

    fn contacts_by_watcher(&self) -> HashMap<WatcherId, Vec<&ContactRow>> {
        let mut theirs: HashMap<WatcherId, Vec<&ContactRow>> = HashMap::new();
        for row in &self.contacts {
            theirs.entry(row.contact.watcher).or_default().push(row);
        }
        theirs
    }
}

async fn held_points(tx: &mut Tx, city: &City) -> Result<Vec<HeldPoint>, ReplayError> {
    let mut held = vec![];
    for point in tx.hot_points(city.id).await? {
        if point.decision == Decision::Open {
            let there = tx.held_there(city.id, &point.source, point.at).await?;
            let Position { lon, lat } = point.at;
            held.push(HeldPoint { lon, lat, issues: there.issues, address: there.address });
        }
    }
    held.sort_by_key(|point| std::cmp::Reverse(point.issues));
    Ok(held)
}

/// Why the places of issues are not believed, by the last that was said of each.
fn places(stored: &Stored, report: &mut ReplayReport) {
    let last: HashMap<IssueId, Place> =
        stored.events.iter().map(|event| (event.issue, event.place)).collect();
    report.issues = last.len();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for place in last.into_values().filter(|place| *place != Place::Good) {
        *counts.entry(place.name().to_owned()).or_default() += 1;
    }
    report.places_not_believed = counts;
}

/// A change told to a contact.
type Telling = (ContactId, EventId);

/// Who has to be told of what, and how soon at the latest: every watch is asked about every event.
fn expected(stored: &Stored, layers: &[LayerVersion]) -> HashMap<Telling, Rhythm> {
    let theirs = stored.contacts_by_watcher();
    let homes: Vec<Vec<WardRef>> =
        stored.watches.iter().map(|watch| followed(watch, layers)).collect();
    let mut expected: HashMap<Telling, Rhythm> = HashMap::new();
    for event in &stored.events {
        let at = event.believed_position();
        let wards = at.map(|at| wards_at(at, layers)).unwrap_or_default();
        for (watch, follows) in stored.watches.iter().zip(&homes) {
            let is_there = match &watch.target {
                Target::Area(shape) => at.is_some_and(|at| shape.covers(at)),
                Target::Wards { .. } => follows.iter().any(|ward| wards.contains(ward)),
                Target::Issue(issue) => *issue == event.issue,
            };
            if !is_there || !watch.filter.admits(event) {
                continue;
            }
            for row in theirs.get(&watch.watcher).into_iter().flatten() {
                if watch.via.includes(row.contact.address.kind()) {
                    let soonest =
                        expected.entry((row.contact.id, event.id)).or_insert(watch.rhythm);
                    *soonest = watch.rhythm.min(*soonest);
                }
            }
        }
    }
    expected
}

fn followed(watch: &Watch, layers: &[LayerVersion]) -> Vec<WardRef> {
    let Target::Wards { wards, meant } = &watch.target else { return vec![] };
    let Meant::MyAddress(at) = meant else { return wards.clone() };
    let named: HashSet<&str> = wards.iter().map(|ward| ward.layer.as_str()).collect();
    let of_layers = layers.iter().filter(|layer| named.contains(layer.layer.as_str()));
    of_layers
        .flat_map(|layer| {
            let inside = layer.wards.iter().filter(|ward| ward.shape.covers(*at));
            let inside: Vec<_> = inside.map(|ward| of_layer(layer, &ward.key)).collect();
            let near = wards_at(*at, std::slice::from_ref(layer));
            if inside.is_empty() { near } else { inside }
        })
        .collect()
}

/// Every ward that a position is in, or within the tolerance of.
fn wards_at(at: Position, layers: &[LayerVersion]) -> Vec<WardRef> {
    let hit = |layer: &LayerVersion| -> Vec<WardRef> {
        let near = layer.wards.iter().filter(|ward| ward.shape.within_m(at, layer.tolerance_m));
        near.map(|ward| of_layer(layer, &ward.key)).collect()
    };
    layers.iter().flat_map(hit).collect()
}

fn of_layer(layer: &LayerVersion, key: &str) -> WardRef {
    WardRef { layer: layer.layer.clone(), ward: key.to_owned() }
}

/// What is missing, doubled or unasked, in the messages and at the receivers.
fn balance(stored: &Stored, played: &Played, layers: &[LayerVersion], report: &mut ReplayReport) {
    let expected = expected(stored, layers);
    let mut told: HashSet<Telling> = HashSet::new();
    // How many issues a contact's full messages counted and did not list, by what they had to tell: only
    // what was too much at once comes together.
    let mut counted: HashMap<(ContactId, bool), usize> = HashMap::new();
    for trip in &stored.trips {
        let at_once = trip.contents.rhythm == Some(Rhythm::AtOnce);
        *counted.entry((trip.contact, at_once)).or_default() += trip.contents.more;
        for item in &trip.contents.items {
            report.repeated += usize::from(!told.insert((trip.contact, item.event)));
        }
    }
    report.unasked = told.iter().filter(|one| !expected.contains_key(*one)).count();
    let issue_of: HashMap<EventId, IssueId> =
        stored.events.iter().map(|event| (event.id, event.issue)).collect();
    let mut untold: HashMap<(ContactId, bool), HashSet<IssueId>> = HashMap::new();
    for ((contact, event), rhythm) in expected.iter().filter(|(one, _)| !told.contains(*one)) {
        report.counted_in_digests += 1;
        let at_once = *rhythm == Rhythm::AtOnce;
        untold.entry((*contact, at_once)).or_default().insert(issue_of[event]);
    }
    let mut untold: Vec<((ContactId, bool), HashSet<IssueId>)> = untold.into_iter().collect();
    // What at-once messages have counted beyond what was due at once was of a digest that came with it.
    untold.sort_unstable_by_key(|((contact, at_once), _)| (*contact, !*at_once));
    for ((contact, at_once), issues) in untold {
        let together = counted.entry((contact, true)).or_default();
        let left = std::mem::take(together);
        *together = left.saturating_sub(issues.len());
        let counted =
            if at_once { 0 } else { counted.get(&(contact, false)).copied().unwrap_or(0) };
        let uncounted = issues.len().saturating_sub(left + counted);
        report.missed += uncounted;
        report.counted_in_digests = report.counted_in_digests.saturating_sub(uncounted);
    }
    let mut wanted: HashMap<String, i64> = HashMap::new();
    let names: HashMap<ContactId, String> =
        stored.contacts.iter().map(|row| (row.contact.id, name_of(&row.contact.address))).collect();
    for trip in &stored.trips {
        *wanted.entry(names[&trip.contact].clone()).or_default() += 1;
    }
    let mails = played.mails.iter().flat_map(|mail| mail.to.iter().cloned());
    for came in mails.chain(played.pushes.iter().map(|push| push.browser.to_string())) {
        *wanted.entry(came).or_default() -= 1;
    }
    for left in wanted.into_values() {
        let count = usize::try_from(left.unsigned_abs()).unwrap_or(usize::MAX);
        if left > 0 {
            report.missed += count;
        } else {
            report.repeated += count;
        }
    }
}

/// As a receiver knows it: the mail address, the browser's number, or the web address.
fn name_of(address: &Address) -> String {
    match address {
        Address::Mail(mail) => mail.as_str().to_owned(),
        Address::Push(push) => push.endpoint.rsplit('/').next().unwrap_or_default().to_owned(),
        Address::Webhook(hook) => hook.url.clone(),
    }
}

/// How many messages at once one contact got within an hour at most.
fn most_in_an_hour(stored: &Stored) -> usize {
    let mut times: HashMap<ContactId, Vec<Timestamp>> = HashMap::new();
    for trip in stored.trips.iter().filter(|trip| matches!(trip.about, About::Event(_))) {
        times.entry(trip.contact).or_default().push(trip.created);
    }
    let most = |times: &mut Vec<Timestamp>| {
        times.sort_unstable();
        let until = |from: Timestamp| times.partition_point(|at| *at < from.plus(AN_HOUR));
        (0..).zip(times.iter()).map(|(nth, from)| until(*from) - nth).max().unwrap_or(0)
    };
    times.values_mut().map(most).max().unwrap_or(0)
}

/// How many messages a week each person would get. What is told at once grows with the time that
/// the feed covers; of digests there is one a day, or one a week, if there is anything to tell.
fn rates(stored: &Stored, played: &Played, feed: &Feed, report: &mut ReplayReport) {
    let weeks = (feed.lasts().as_secs_f64() / A_WEEK.as_secs_f64()).max(1e-9);
    let [days, weekly] = played.rounds.map(|rounds| rounds.max(1) as f64);
    let watcher_of: HashMap<ContactId, WatcherId> =
        stored.contacts.iter().map(|row| (row.contact.id, row.contact.watcher)).collect();
    let mut rates: HashMap<WatcherId, f64> =
        stored.watches.iter().map(|watch| (watch.watcher, 0.0)).collect();
    let mut told: HashSet<WatcherId> = HashSet::new();
    for trip in &stored.trips {
        let a_week = match (trip.about, trip.contents.rhythm) {
            (About::Digest(_), Some(Rhythm::Weekly)) => 1.0 / weekly,
            (About::Digest(_), Some(Rhythm::AtOnce)) => 1.0 / weeks,
            (About::Digest(_), _) => 7.0 / days,
            _ => 1.0 / weeks,
        };
        report.digests += usize::from(matches!(trip.about, About::Digest(_)));
        let watcher = watcher_of[&trip.contact];
        *rates.entry(watcher).or_default() += a_week;
        told.insert(watcher);
    }
    report.people_told = told.len();
    let mut rates: Vec<f64> = rates.into_values().collect();
    rates.sort_unstable_by(f64::total_cmp);
    let rank = |percent| nearest_rank(&rates, percent).unwrap_or(0.0);
    report.messages_per_person_week_median = rank(50);
    report.messages_per_person_week_p90 = rank(90);
    report.messages_per_person_week_p99 = rank(99);
    report.messages_per_person_week_max = rank(100);
}

/// How long what is told at once took from when it was due to be handed in until the other side
/// had taken it.
fn waits(stored: &Stored, played: &Played, report: &mut ReplayReport) {
    let at_once: HashSet<DeliveryId> = stored
        .trips
        .iter()
        .filter(|trip| matches!(trip.about, About::Event(_)))
        .map(|trip| trip.id)
        .collect();
    let issue_of: HashMap<EventId, IssueId> =
        stored.events.iter().map(|event| (event.id, event.issue)).collect();
    let mut waits: HashMap<ContactKind, Vec<Duration>> = HashMap::new();
    for (at, handed) in played.handed.iter().filter(|(_, handed)| at_once.contains(&handed.id)) {
        let said = handed.events.first().and_then(|event| issue_of.get(event));
        let said = said.and_then(|issue| played.spoken.get(issue));
        let since = said.and_then(|said| last_before(said, *at));
        if let Some(since) = since {
            waits.entry(handed.kind).or_default().push(at.duration_since(since));
        }
    }
    let of = |kind| {
        let mut times = waits.get(&kind).cloned().unwrap_or_default();
        times.sort_unstable();
        [50, 99].map(|p| nearest_rank(&times, p).map_or(0.0, |time| time.as_secs_f64() * 1e3))
    };
    [report.accept_to_push_p50_ms, report.accept_to_push_p99_ms] = of(ContactKind::Push);
    [report.accept_to_mail_p50_ms, report.accept_to_mail_p99_ms] = of(ContactKind::Mail);
}

/// When an issue was last spoken of before this moment.
fn last_before(said: &[Instant], at: Instant) -> Option<Instant> {
    said.iter().copied().filter(|said| *said <= at).max()
}

//! What arrived, held against what has to arrive: a plain loop over all watches and all events.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use super::play::{Played, Stage};
use super::{Feed, HeldPoint, ReplayError, ReplayReport};
use crate::bench::stopwatch::nearest_rank;
use crate::clock::Timestamp;
use crate::delivery::{About, DeliveryId, Fate, Trip};
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

/// Who has to be told of what: every watch is asked about every event.
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
                    let rhythm = expected.entry((row.contact.id, event.id)).or_insert(watch.rhythm);
                    *rhythm = watch.rhythm.min(*rhythm);
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
    // How many issues a contact's full digests counted and did not list.
    let mut counted: HashMap<ContactId, usize> = HashMap::new();
    for trip in &stored.trips {
        *counted.entry(trip.contact).or_default() += trip.contents.more;
        for item in &trip.contents.items {
            report.repeated += usize::from(!told.insert((trip.contact, item.event)));
        }
    }
    report.unasked = told.iter().filter(|one| !expected.contains_key(*one)).count();
    let issue_of: HashMap<EventId, IssueId> =
        stored.events.iter().map(|event| (event.id, event.issue)).collect();
    let mut untold: HashMap<ContactId, HashSet<IssueId>> = HashMap::new();
    for ((contact, event), rhythm) in &expected {
        if told.contains(&(*contact, *event)) {
            continue;
        }
        if *rhythm == Rhythm::AtOnce {
            report.missed += 1;
        } else {
            report.counted_in_digests += 1;
            untold.entry(*contact).or_default().insert(issue_of[event]);
        }
    }
    for (contact, issues) in untold {
        let uncounted = issues.len().saturating_sub(counted.get(&contact).copied().unwrap_or(0));
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

/// As a receiver knows it: the mail address, or the browser's number.
fn name_of(address: &Address) -> String {
    match address {
        Address::Mail(mail) => mail.as_str().to_owned(),
        Address::Push(push) => push.endpoint.rsplit('/').next().unwrap_or_default().to_owned(),
    }
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::bench::sinks::MailArrival;
    use crate::delivery::{Contents, Item};
    use crate::geometry::Shape;
    use crate::issue::{Actor, Category, Status};
    use crate::watch::{Filter, Via, WatchId, WatchNumber};
    use crate::watcher::Contact;

    const HOME: Position = Position { lon: 10.5, lat: 0.5 };

    fn event(n: u128, at: Position) -> IssueEvent {
        IssueEvent {
            id: EventId(Uuid::from_u128(n)),
            issue: IssueId(Uuid::from_u128(n)),
            number: String::new(),
            kind: crate::issue::Kind::Opened,
            at: Timestamp::from_millis(0),
            actor: Actor::System,
            text: None,
            category: Category::from("Pothole"),
            status: Status::Received,
            description: String::new(),
            address: String::new(),
            position: Some(at),
            place: Place::Good,
            quiet: None,
        }
    }

    fn trip(n: u128, about: About, told: &[u128], more: usize) -> Trip {
        let item = |event: &u128| Item {
            event: EventId(Uuid::from_u128(*event)),
            watches: vec![WatchNumber(1)],
        };
        let items = told.iter().map(item).collect();
        Trip {
            id: DeliveryId(Uuid::from_u128(n)),
            contact: ContactId(Uuid::from_u128(8)),
            kind: ContactKind::Mail,
            about,
            contents: Contents { items, more, rhythm: None },
            fate: Fate::Sent { at: Timestamp::from_millis(0), reply: String::new() },
            created: Timestamp::from_millis(0),
        }
    }

    /// Ada watches around her home; one thing happens there, another does not.
    fn held_against(rhythm: Rhythm, trips: Vec<Trip>, mails: usize) -> [usize; 4] {
        let watcher = WatcherId(Uuid::from_u128(7));
        let address = Address::Mail("ada@example.org".parse().unwrap());
        let contact = Contact { id: ContactId(Uuid::from_u128(8)), watcher, address };
        let watch = Watch {
            id: WatchId(Uuid::from_u128(9)),
            number: WatchNumber(1),
            watcher,
            name: "Home".into(),
            target: Target::Area(Shape::circle(HOME, 300.0).unwrap().into()),
            filter: Filter::for_places(),
            rhythm,
            via: Via::MAIL,
        };
        let stored = Stored {
            events: vec![event(1, HOME), event(2, Position { lon: 10.6, lat: 0.5 })],
            watches: vec![watch],
            contacts: vec![ContactRow {
                contact,
                confirmed: true,
                retired: false,
                silenced: false,
            }],
            trips,
        };
        let mail = MailArrival {
            to: vec!["ada@example.org".into()],
            message_id: String::new(),
            thread: None,
            bytes: 0,
            at: Instant::now(),
        };
        let played = Played {
            mails: vec![mail; mails],
            pushes: vec![],
            handed: vec![],
            spoken: HashMap::new(),
            refused: 0,
            rounds: [1, 1],
        };
        let mut report = ReplayReport::default();
        balance(&stored, &played, &[], &mut report);
        [report.missed, report.repeated, report.unasked, report.counted_in_digests]
    }

    #[test]
    fn what_is_missing_doubled_or_unasked_counts() {
        let alone = |n| About::Event(EventId(Uuid::from_u128(n)));
        let digest = About::Digest(Uuid::from_u128(3));
        let told = || trip(1, alone(1), &[1], 0);
        let at_once = |trips, mails| held_against(Rhythm::AtOnce, trips, mails);
        assert_eq!(at_once(vec![told()], 1), [0, 0, 0, 0]);
        assert_eq!(at_once(vec![], 0), [1, 0, 0, 0], "not even planned");
        assert_eq!(at_once(vec![told()], 0), [1, 0, 0, 0], "it never arrived");
        assert_eq!(at_once(vec![told()], 2), [0, 1, 0, 0], "it arrived twice");
        assert_eq!(at_once(vec![told(), trip(2, digest, &[1], 0)], 2), [0, 1, 0, 0]);
        assert_eq!(at_once(vec![told(), trip(2, alone(2), &[2], 0)], 2), [0, 0, 1, 0]);
        let daily = |trips, mails| held_against(Rhythm::Daily, trips, mails);
        assert_eq!(daily(vec![trip(2, digest, &[], 1)], 1), [0, 0, 0, 1], "counted, not listed");
        assert_eq!(daily(vec![], 0), [1, 0, 0, 0]);
    }
}

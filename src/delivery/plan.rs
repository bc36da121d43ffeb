use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Wait;
use super::ears::{ByWatcher, Ears, Tail};
use crate::clock::Timestamp;
use crate::issue::{EventId, IssueEvent, IssueId};
use crate::matching::{Match, Matched};
use crate::random::Random;
use crate::watch::{Rhythm, WatchId, WatchNumber};
use crate::watcher::{ContactId, ContactKind, WatcherId};

/// One message to one contact. It names the message wherever it goes, so that a repeat is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeliveryId(pub Uuid);

/// What a delivery tells. Together with watcher and contact it is the delivery's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// What happened to one issue; the last of the events told.
    Event(EventId),
    Digest(Uuid),
    /// The question whether what was closed is fixed, to its reporter: the last event that it tells.
    Fixed(Uuid),
    /// The question whether a watch is wanted.
    Confirm(WatchId),
    /// The question whether a contact is reached: whether anybody answers at a webhook, whether an address is
    /// somebody's, too; and a test to a browser.
    Ping(Uuid),
    /// That a webhook is told nothing more, to its owner.
    Stopped(Uuid),
    /// The link by which somebody signs in on the site.
    SignIn(Uuid),
}

/// What waits for what. A lower lane never waits for a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Somebody sits and waits: confirmations, sign-in.
    Urgent,
    AtOnce,
    /// The bulk: digests, and what more than [`MANY`] are told of one issue.
    Digest,
}

/// A delivery to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub about: About,
    pub watcher: WatcherId,
    pub contact: ContactId,
    pub kind: ContactKind,
    pub lane: Lane,
    pub contents: Contents,
    pub due: Timestamp,
}

/// What a delivery holds, by reference: it is put into words when it is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contents {
    pub items: Vec<Item>,
    /// For a digest: how many issues more there were than it lists.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
    /// For a digest: the shortest rhythm that brought something into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rhythm: Option<Rhythm>,
    /// The webhook that is told nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<ContactId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// One event, and the watches that it is told for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub event: EventId,
    pub watches: Vec<WatchNumber>,
}

/// A confirmed contact that a watcher can be reached by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Road {
    pub contact: ContactId,
    pub kind: ContactKind,
}

/// A person who may be told something at once, as they are when a batch is planned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recipient {
    /// The contacts, in the order of their ids.
    pub roads: Vec<Road>,
    /// Whether these are quiet hours of theirs.
    pub quiet: bool,
    /// How many more messages at once there may be.
    pub room: usize,
    /// What was told to one of the contacts before, of events that are matched once more because their
    /// place was released.
    pub told: HashSet<(ContactId, EventId)>,
}

/// An event and what it matched.
#[derive(Clone, Debug)]
pub struct Found {
    pub event: IssueEvent,
    pub matched: Matched,
}

/// What a batch of events comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// To be sent now.
    pub deliveries: Vec<Delivery>,
    /// To be read by digests: per event and rhythm the numbers of the watches, ascending. What would
    /// have been told at once and may not be now stands there as [`Rhythm::AtOnce`].
    pub later: Vec<(EventId, Rhythm, Vec<WatchNumber>)>,
    /// For what of that a message comes that has to be asked for: why, and one of the watches of each of
    /// those people, for whose that is may change before the plan is written.
    pub waits: Vec<(WatchNumber, Wait)>,
    /// Who is told at once: for each message, however many contacts it goes to, one of the watches that it
    /// names.
    pub told: Vec<(WatcherId, WatchNumber)>,
}

/// What more than so many are told goes out with the bulk: a street where something happens must not wait
/// for ten thousand mails of a storm elsewhere.
pub const MANY: usize = 1_000;

/// Decides who is told what of a batch of events, oldest first.
///
/// One message goes to each person and contact for all that a batch says of one issue, however
/// many of the person's watches match; it names them, those that a digest will be written for
/// too: the digest leaves out what was told. A quiet event is told to nobody. Who may not be told now,
/// or was sent as many messages as there may be in an hour, is told later, all in one message.
#[must_use]
pub fn plan<S: BuildHasher>(
    found: &[Found],
    people: &HashMap<WatcherId, Recipient, S>,
    now: Timestamp,
    random: &Random,
) -> Plan {
    let mut plan = Plan::default();
    let mut at_once: BTreeMap<(usize, WatcherId, ContactId), (ContactKind, Contents)> =
        BTreeMap::new();
    let (order, mut ears) = (order_of_issues(found), Ears::of(people));
    let mut hourly = ByWatcher::<WatchNumber>::default();
    for Found { event, matched } in found.iter().filter(|f| f.event.quiet.is_none()) {
        let issue = order[&event.issue];
        let mut waiting = vec![];
        let hits = ears.hits(&matched.watches);
        for hits in hits.chunk_by(|(one, _), (next, _)| one == next) {
            let ear = &mut ears.all[hits[0].0];
            if !is_heard_at_once(event.id, ear.person, hits) {
                continue;
            }
            if let Err(wait) = ear.hear(issue) {
                let at_once = hits.iter().map(|(_, hit)| *hit).filter(|hit| is_at_once(hit));
                waiting.extend(at_once);
                if let Some(one) = waiting.last() {
                    ear.wait.get_or_insert((one.watch.number, wait));
                }
                continue;
            }
            for (road, watches) in by_road(event.id, ear.person, hits) {
                let key = (issue, ear.watcher, road.contact);
                let (_, contents) =
                    at_once.entry(key).or_insert_with(|| (road.kind, Contents::default()));
                contents.items.push(Item { event: event.id, watches });
            }
        }
        for hit in matched.watches.iter().filter(|hit| hit.watch.rhythm == Rhythm::Hourly) {
            hourly.entry(hit.watch.watcher).or_insert(hit.watch.number);
        }
        plan.later.extend(told_later(event.id, &matched.watches, &waiting));
    }
    plan.waits = waits(&ears, hourly);
    plan.told = messages(&at_once);
    let mut told_of = HashMap::<usize, usize>::new();
    for (issue, ..) in at_once.keys() {
        *told_of.entry(*issue).or_default() += 1;
    }
    plan.deliveries = at_once
        .into_iter()
        .filter_map(|((issue, watcher, contact), (kind, contents))| {
            let last = contents.items.last()?.event;
            let bulk = told_of.get(&issue).is_some_and(|told| *told > MANY);
            let lane = if bulk { Lane::Digest } else { Lane::AtOnce };
            let about = About::Event(last);
            let id = DeliveryId(random.uuid(now));
            Some(Delivery { id, about, watcher, contact, kind, lane, contents, due: now })
        })
        .collect();
    plan
}

/// The watchers whose [`Recipient`] [`plan`] needs to know.
#[must_use]
pub fn who_wants_it_at_once(found: &[Found]) -> Vec<WatcherId> {
    let mut watchers = HashSet::<WatcherId, BuildHasherDefault<Tail>>::default();
    for found in found.iter().filter(|found| found.event.quiet.is_none()) {
        let hits = found.matched.watches.iter().filter(|hit| is_at_once(hit));
        watchers.extend(hits.map(|hit| hit.watch.watcher));
    }
    let mut watchers: Vec<_> = watchers.into_iter().collect();
    watchers.sort_unstable();
    watchers
}

/// For what a message comes later, by person and rhythm.
fn waits(ears: &Ears<'_>, hourly: ByWatcher<WatchNumber>) -> Vec<(WatchNumber, Wait)> {
    let waits = ears.all.iter().filter_map(|ear| ear.wait.map(|wait| (ear.watcher, wait)));
    let hourly = hourly.into_iter().map(|(watcher, watch)| (watcher, (watch, Wait::Hourly)));
    let mut waits: Vec<_> = waits.chain(hourly).collect();
    waits.sort_unstable_by_key(|(watcher, (_, wait))| (*watcher, wait.rhythm()));
    waits.into_iter().map(|(_, wait)| wait).collect()
}

fn is_at_once(hit: &Match) -> bool {
    hit.watch.rhythm == Rhythm::AtOnce
}

/// Whether a person has a contact that hears of an event at once by one of the watches that it matches.
fn is_heard_at_once(event: EventId, person: &Recipient, hits: &[(usize, &Match)]) -> bool {
    let wants = |road: &Road| {
        hits.iter().any(|(_, hit)| is_at_once(hit) && hit.watch.via.includes(road.kind))
    };
    untold(event, person).any(wants)
}

/// The contacts that have not heard of an event, which may be matched for the second time.
fn untold(event: EventId, person: &Recipient) -> impl Iterator<Item = &Road> {
    let told = &person.told;
    person
        .roads
        .iter()
        .filter(move |road| told.is_empty() || !told.contains(&(road.contact, event)))
}

/// The contacts that hear of an event at once, each with all watches that wanted it told there.
fn by_road<'a>(
    event: EventId,
    person: &'a Recipient,
    hits: &'a [(usize, &Match)],
) -> impl Iterator<Item = (Road, Vec<WatchNumber>)> + 'a {
    untold(event, person).filter_map(|road| {
        let here =
            || hits.iter().map(|(_, hit)| hit).filter(|hit| hit.watch.via.includes(road.kind));
        let wanted = here().any(|hit| is_at_once(hit));
        wanted.then(|| (*road, here().map(|hit| hit.watch.number).collect()))
    })
}

/// What digests will be written for: the watches of each longer rhythm, and those that wait because
/// they could not tell at once.
fn told_later(
    event: EventId,
    hits: &[Match],
    waiting: &[&Match],
) -> impl Iterator<Item = (EventId, Rhythm, Vec<WatchNumber>)> {
    Rhythm::ALL.into_iter().filter_map(move |rhythm| {
        let of = |hit: &&Match| hit.watch.rhythm == rhythm;
        let mut numbers: Vec<WatchNumber> = if rhythm == Rhythm::AtOnce {
            waiting.iter().map(|hit| hit.watch.number).collect()
        } else {
            hits.iter().filter(of).map(|hit| hit.watch.number).collect()
        };
        numbers.sort_unstable();
        (!numbers.is_empty()).then_some((event, rhythm, numbers))
    })
}

/// The messages among deliveries, by watch number: what one issue's goes to several contacts of a
/// person is one.
fn messages(
    at_once: &BTreeMap<(usize, WatcherId, ContactId), (ContactKind, Contents)>,
) -> Vec<(WatcherId, WatchNumber)> {
    let mut told: Vec<(usize, WatcherId, WatchNumber)> = at_once
        .iter()
        .filter_map(|((issue, watcher, _), (_, contents))| {
            Some((*issue, *watcher, *contents.items.first()?.watches.first()?))
        })
        .collect();
    told.dedup_by_key(|(issue, watcher, _)| (*issue, *watcher));
    let mut told: Vec<_> = told.into_iter().map(|(_, watcher, watch)| (watcher, watch)).collect();
    told.sort_unstable_by_key(|(_, watch)| *watch);
    told
}

/// Issues in the order in which the batch first speaks of them.
fn order_of_issues(found: &[Found]) -> HashMap<IssueId, usize> {
    let mut order = HashMap::new();
    for found in found {
        let next = order.len();
        order.entry(found.event.issue).or_insert(next);
    }
    order
}

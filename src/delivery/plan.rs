use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
    /// The question whether a watch is wanted.
    Confirm(WatchId),
}

/// What waits for what. A lower lane never waits for a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Somebody sits and waits: confirmations, sign-in.
    Urgent,
    AtOnce,
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
    /// To be read by digests: per event and rhythm the numbers of the watches, ascending.
    pub later: Vec<(EventId, Rhythm, Vec<WatchNumber>)>,
}

/// Decides who is told what of a batch of events, oldest first.
///
/// One message goes to each person and contact for all that a batch says of one issue, however
/// many of the person's watches match; it names them, those that a digest will be written for
/// too: the digest leaves out what was told. A quiet event is told to nobody.
#[must_use]
pub fn plan<S: BuildHasher>(
    found: &[Found],
    roads: &HashMap<WatcherId, Vec<Road>, S>,
    now: Timestamp,
    random: &Random,
) -> Plan {
    let mut plan = Plan::default();
    let mut at_once: BTreeMap<(usize, WatcherId, ContactId), (ContactKind, Contents)> =
        BTreeMap::new();
    let order = order_of_issues(found);
    for Found { event, matched } in found.iter().filter(|f| f.event.quiet.is_none()) {
        for (contact, kind, watcher, watches) in told_now(&matched.watches, roads) {
            let key = (order[&event.issue], watcher, contact);
            let (_, contents) = at_once.entry(key).or_insert_with(|| (kind, Contents::default()));
            contents.items.push(Item { event: event.id, watches });
        }
        plan.later.extend(told_later(event.id, &matched.watches));
    }
    plan.deliveries = at_once
        .into_iter()
        .filter_map(|((_, watcher, contact), (kind, contents))| {
            let last = contents.items.last()?.event;
            let (about, lane) = (About::Event(last), Lane::AtOnce);
            let id = DeliveryId(random.uuid(now));
            Some(Delivery { id, about, watcher, contact, kind, lane, contents, due: now })
        })
        .collect();
    plan
}

/// The watchers who are told at once: whose contacts [`plan`] needs to know.
#[must_use]
pub fn told_at_once(found: &[Found]) -> Vec<WatcherId> {
    let mut watchers: Vec<_> = found
        .iter()
        .filter(|found| found.event.quiet.is_none())
        .flat_map(|found| &found.matched.watches)
        .filter(|hit| hit.watch.rhythm == Rhythm::AtOnce)
        .map(|hit| hit.watch.watcher)
        .collect();
    watchers.sort_unstable();
    watchers.dedup();
    watchers
}

/// The contacts that hear of one event at once, each with all watches that wanted it told there.
fn told_now<S: BuildHasher>(
    hits: &[Match],
    roads: &HashMap<WatcherId, Vec<Road>, S>,
) -> Vec<(ContactId, ContactKind, WatcherId, Vec<WatchNumber>)> {
    let mut theirs: BTreeMap<WatcherId, Vec<&Match>> = BTreeMap::new();
    for hit in hits.iter().filter(|hit| roads.contains_key(&hit.watch.watcher)) {
        theirs.entry(hit.watch.watcher).or_default().push(hit);
    }
    let mut told = vec![];
    for (watcher, hits) in theirs {
        for Road { contact, kind } in &roads[&watcher] {
            let here = || hits.iter().filter(|hit| hit.watch.via.includes(*kind));
            if here().any(|hit| hit.watch.rhythm == Rhythm::AtOnce) {
                let watches = here().map(|hit| hit.watch.number).collect();
                told.push((*contact, *kind, watcher, watches));
            }
        }
    }
    told
}

/// What digests will be written for: the watches of each longer rhythm.
fn told_later(
    event: EventId,
    hits: &[Match],
) -> impl Iterator<Item = (EventId, Rhythm, Vec<WatchNumber>)> {
    [Rhythm::Daily, Rhythm::Weekly].into_iter().filter_map(move |rhythm| {
        let of = hits.iter().filter(|hit| hit.watch.rhythm == rhythm);
        let mut numbers: Vec<WatchNumber> = of.map(|hit| hit.watch.number).collect();
        numbers.sort_unstable();
        (!numbers.is_empty()).then_some((event, rhythm, numbers))
    })
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

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
    /// To be read by digests: per event the numbers of the watches, ascending.
    pub later: Vec<(EventId, Vec<WatchNumber>)>,
}

/// Decides who is told what of a batch of events, oldest first.
///
/// One message goes to each person and contact for all that a batch says of one issue, however
/// many of the person's watches match; it names them. A quiet event is told to nobody.
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
        let mut later = vec![];
        for hit in &matched.watches {
            if hit.watch.rhythm != Rhythm::AtOnce {
                later.push(hit.watch.number);
                continue;
            }
            let roads = roads.get(&hit.watch.watcher).map_or(&[][..], Vec::as_slice);
            for road in roads.iter().filter(|road| hit.watch.via.includes(road.kind)) {
                let key = (order[&event.issue], hit.watch.watcher, road.contact);
                let (_, contents) =
                    at_once.entry(key).or_insert_with(|| (road.kind, Contents::default()));
                tell(contents, event.id, hit);
            }
        }
        if !later.is_empty() {
            later.sort_unstable();
            plan.later.push((event.id, later));
        }
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

fn tell(contents: &mut Contents, event: EventId, hit: &Match) {
    let watch = hit.watch.number;
    match contents.items.last_mut() {
        Some(item) if item.event == event => item.watches.push(watch),
        _ => contents.items.push(Item { event, watches: vec![watch] }),
    }
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

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::{Timestamp, Zone};
use crate::issue::{EventId, IssueEvent, IssueId};
use crate::matching::{Match, Matched};
use crate::random::Random;
use crate::watch::{Rhythm, WatchId, WatchNumber};
use crate::watcher::{ContactId, ContactKind, Habits, WatcherId};

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

/// A person who may be told something at once, as they are when a batch is planned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recipient {
    /// The contacts, in the order of their ids.
    pub roads: Vec<Road>,
    pub hearing: Hearing,
    /// How many more messages at once there may be, and when what is above that comes together.
    pub room: usize,
    pub overflow: Timestamp,
}

/// Whether a person may be told at once of what is matched now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hearing {
    #[default]
    Now,
    /// Not before this time, and then all together.
    Later(Timestamp),
}

/// Whether somebody with these habits may be told now.
#[must_use]
pub fn hearing(habits: &Habits, zone: &Zone, now: Timestamp) -> Hearing {
    let awake = habits.awake(now, zone);
    if awake > now { Hearing::Later(awake) } else { Hearing::Now }
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
    /// When that comes, for each of those people, and one of their watches: whose that is may change
    /// before the plan is written.
    pub waits: BTreeMap<WatcherId, (Timestamp, WatchNumber)>,
    /// Who is told at once: for each message, whoever it goes to by how many contacts, one of the
    /// watches that it names.
    pub told: Vec<(WatcherId, WatchNumber)>,
}

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
    let (order, mut ears) = (order_of_issues(found), Ears::default());
    for Found { event, matched } in found.iter().filter(|f| f.event.quiet.is_none()) {
        let issue = order[&event.issue];
        let mut waiting = vec![];
        for (watcher, (person, hits)) in who_hears_at_once(&matched.watches, people) {
            match ears.hear(issue, watcher, person) {
                Hearing::Now => {
                    for (road, watches) in by_road(&person.roads, &hits) {
                        let key = (issue, watcher, road.contact);
                        let (_, contents) =
                            at_once.entry(key).or_insert_with(|| (road.kind, Contents::default()));
                        contents.items.push(Item { event: event.id, watches });
                    }
                }
                Hearing::Later(until) => {
                    plan.waits.entry(watcher).or_insert((until, hits[0].watch.number));
                    waiting.extend(hits.into_iter().filter(|hit| is_at_once(hit)));
                }
            }
        }
        plan.later.extend(told_later(event.id, &matched.watches, &waiting));
    }
    plan.told = messages(&at_once);
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

/// The watchers who want to be told at once: those whose [`Recipient`] [`plan`] needs to know.
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

/// What the people of one batch have been told so far.
#[derive(Debug, Default)]
struct Ears {
    messages: HashMap<WatcherId, usize>,
    /// What was decided of an issue holds for all that the batch says of it.
    of_issue: HashMap<(usize, WatcherId), Hearing>,
}

impl Ears {
    fn hear(&mut self, issue: usize, watcher: WatcherId, person: &Recipient) -> Hearing {
        *self.of_issue.entry((issue, watcher)).or_insert_with(|| {
            let messages = self.messages.entry(watcher).or_default();
            match person.hearing {
                Hearing::Now if *messages >= person.room => Hearing::Later(person.overflow),
                Hearing::Now => {
                    *messages += 1;
                    Hearing::Now
                }
                Hearing::Later(until) => Hearing::Later(until),
            }
        })
    }
}

fn is_at_once(hit: &Match) -> bool {
    hit.watch.rhythm == Rhythm::AtOnce
}

/// The people who want to hear of an event at once, each with all watches that it matches.
fn who_hears_at_once<'a, S: BuildHasher>(
    hits: &'a [Match],
    people: &'a HashMap<WatcherId, Recipient, S>,
) -> BTreeMap<WatcherId, (&'a Recipient, Vec<&'a Match>)> {
    let mut theirs: BTreeMap<WatcherId, (&Recipient, Vec<&Match>)> = BTreeMap::new();
    for hit in hits {
        if let Some(person) = people.get(&hit.watch.watcher) {
            theirs.entry(hit.watch.watcher).or_insert((person, vec![])).1.push(hit);
        }
    }
    theirs.retain(|_, (_, hits)| hits.iter().any(|hit| is_at_once(hit)));
    theirs
}

/// The contacts that hear of an event at once, each with all watches that wanted it told there.
fn by_road<'a>(
    roads: &'a [Road],
    hits: &'a [&Match],
) -> impl Iterator<Item = (Road, Vec<WatchNumber>)> + 'a {
    roads.iter().filter_map(|road| {
        let here = || hits.iter().filter(|hit| hit.watch.via.includes(road.kind));
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

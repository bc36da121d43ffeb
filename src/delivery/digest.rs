use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use super::{About, Contents, Delivery, DeliveryId, Item, Lane, Road};
use crate::clock::{Timestamp, Weekday, Zone};
use crate::issue::{EventId, IssueId};
use crate::random::Random;
use crate::watch::{Rhythm, Via, WatchNumber};
use crate::watcher::{ContactKind, WatcherId};

/// How many issues a digest lists; the rest it counts.
const LISTED: usize = 25;

/// Something that a digest may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its place in the order in which events happened and were matched. An event's id does not
    /// tell it: those of one millisecond sort by chance.
    pub no: i64,
    pub event: EventId,
    pub issue: IssueId,
}

/// A person whose digest is due: the watches that are read for it, and the roads to the person.
#[derive(Clone, Debug)]
pub struct DigestReader {
    pub watcher: WatcherId,
    pub watches: Vec<(WatchNumber, Via)>,
    pub roads: Vec<Road>,
}

/// The digests of one person: at most one message for each contact, over all the person's watches
/// that are due; each issue once, with the watches that matched it. Nothing new, no message.
#[must_use]
pub fn digests<S: BuildHasher>(
    reader: &DigestReader,
    pending: &HashMap<WatchNumber, Vec<Pending>, S>,
    now: Timestamp,
    random: &Random,
) -> Vec<Delivery> {
    let about = About::Digest(random.uuid(now));
    let mut deliveries = vec![];
    for road in &reader.roads {
        let contents = contents_for(reader, road.kind, pending);
        if !contents.items.is_empty() {
            deliveries.push(Delivery {
                id: DeliveryId(random.uuid(now)),
                about,
                watcher: reader.watcher,
                contact: road.contact,
                kind: road.kind,
                lane: Lane::Digest,
                contents,
                due: now,
            });
        }
    }
    deliveries
}

fn contents_for<S: BuildHasher>(
    reader: &DigestReader,
    kind: ContactKind,
    pending: &HashMap<WatchNumber, Vec<Pending>, S>,
) -> Contents {
    // By event, so that what two watches matched stands once; oldest first.
    let mut events: BTreeMap<i64, (EventId, IssueId, Vec<WatchNumber>)> = BTreeMap::new();
    for (watch, _) in reader.watches.iter().filter(|(_, via)| via.includes(kind)) {
        for found in pending.get(watch).map_or(&[][..], Vec::as_slice) {
            let entry = events.entry(found.no).or_insert((found.event, found.issue, vec![]));
            entry.2.push(*watch);
        }
    }
    let mut listed: Vec<IssueId> = vec![];
    let mut more: Vec<IssueId> = vec![];
    let mut items = vec![];
    for (event, issue, watches) in events.into_values() {
        if !listed.contains(&issue) {
            if listed.len() == LISTED {
                if !more.contains(&issue) {
                    more.push(issue);
                }
                continue;
            }
            listed.push(issue);
        }
        items.push(Item { event, watches });
    }
    Contents { items, more: more.len() }
}

/// When a digest of this rhythm is next due: the person's hour in the city's zone, for a weekly
/// one on the person's day (1 Monday to 7 Sunday).
#[must_use]
pub fn next_due(rhythm: Rhythm, hour: i8, day: i8, zone: &Zone, now: Timestamp) -> Timestamp {
    let wanted = |weekday: Weekday| rhythm != Rhythm::Weekly || weekday as i8 + 1 == day;
    zone.next(now, hour, wanted)
}

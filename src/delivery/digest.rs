use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use super::{About, Contents, Delivery, DeliveryId, Item, Lane, Road};
use crate::clock::{Timestamp, Weekday, Zone};
use crate::issue::{EventId, IssueId};
use crate::random::Random;
use crate::watch::{Rhythm, Via, WatchNumber};
use crate::watcher::{ContactId, WatcherId};

/// How many issues a digest lists; the rest it counts.
pub const LISTED: usize = 25;

/// Something that a digest may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its place in the order in which events happened and were matched. An event's id does not
    /// tell it: those of one millisecond sort by chance.
    pub no: i64,
    pub event: EventId,
    pub issue: IssueId,
    /// The rhythm that the watch had when it matched.
    pub rhythm: Rhythm,
}

/// A person whose digest is due: the watches that are read for it, and the roads to the person.
#[derive(Clone, Debug)]
pub struct DigestReader {
    pub watcher: WatcherId,
    pub watches: Vec<(WatchNumber, Via)>,
    pub roads: Vec<Road>,
}

/// The digests of one person: at most one message for each contact, over all the person's watches
/// that are due; each issue once, with the watches that matched it. What a contact was `told` already,
/// at once or in a shorter rhythm's digest, is left out. Nothing new, no message.
#[must_use]
pub fn digests<S: BuildHasher>(
    reader: &DigestReader,
    pending: &HashMap<WatchNumber, Vec<Pending>, S>,
    told: &HashMap<ContactId, HashSet<EventId, S>, S>,
    now: Timestamp,
    random: &Random,
) -> Vec<Delivery> {
    let about = About::Digest(random.uuid(now));
    let mut deliveries = vec![];
    for road in &reader.roads {
        let contents = contents_for(reader, *road, pending, told.get(&road.contact));
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
    road: Road,
    pending: &HashMap<WatchNumber, Vec<Pending>, S>,
    told: Option<&HashSet<EventId, S>>,
) -> Contents {
    // What two watches matched stands once; oldest first.
    let mut events: HashMap<EventId, (Pending, Vec<WatchNumber>)> = HashMap::new();
    for (watch, _) in reader.watches.iter().filter(|(_, via)| via.includes(road.kind)) {
        let found = pending.get(watch).map_or(&[][..], Vec::as_slice);
        for one in found.iter().filter(|one| told.is_none_or(|told| !told.contains(&one.event))) {
            let (first, watches) = events.entry(one.event).or_insert((*one, vec![]));
            first.rhythm = first.rhythm.min(one.rhythm);
            first.no = first.no.min(one.no);
            watches.push(*watch);
        }
    }
    let mut events: Vec<_> = events.into_values().collect();
    events.sort_unstable_by_key(|(first, _)| first.no);
    let (mut listed, mut more) = (HashSet::new(), HashSet::new());
    let mut contents = Contents::default();
    for (Pending { event, issue, rhythm, .. }, watches) in events {
        if listed.len() == LISTED && !listed.contains(&issue) {
            more.insert(issue);
            continue;
        }
        listed.insert(issue);
        contents.rhythm = Some(contents.rhythm.map_or(rhythm, |shortest| shortest.min(rhythm)));
        contents.items.push(Item { event, watches });
    }
    contents.more = more.len();
    contents
}

/// When a digest of this rhythm is next due: the person's hour in the city's zone, for a weekly
/// one on the person's day (1 Monday to 7 Sunday).
#[must_use]
pub fn next_due(rhythm: Rhythm, hour: i8, day: i8, zone: &Zone, now: Timestamp) -> Timestamp {
    let wanted = |weekday: Weekday| rhythm != Rhythm::Weekly || weekday as i8 + 1 == day;
    zone.next(now, hour, wanted)
}

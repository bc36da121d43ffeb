use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use super::stretch::Hit;
use super::{About, Contents, Delivery, DeliveryId, Item, Lane, Road, Stretch, Waiting};
use crate::clock::Timestamp;
use crate::issue::{Author, EventId, IssueId};
use crate::random::Random;
use crate::watch::{Via, WatchNumber};
use crate::watcher::{ContactId, WatcherId};

/// How many issues a digest lists; the rest it counts.
pub const LISTED: usize = 25;

/// A person whose digest is due: the watches that are read for it, and the roads to the person.
#[derive(Clone, Debug)]
pub struct DigestReader {
    pub watcher: WatcherId,
    pub watches: Vec<(WatchNumber, Via)>,
    pub roads: Vec<Road>,
    /// What the person wants to hear no more of, and whose comments.
    pub muted: Vec<IssueId>,
    pub muted_authors: Vec<Author>,
}

/// The digests of one person: at most one message for each contact, over all the person's watches
/// that are due; each issue once, with the watches that matched it. What a contact was `told` already,
/// at once or in a shorter rhythm's digest, is left out, and so is what the person has muted. Nothing
/// new, no message.
#[must_use]
pub fn digests<S: BuildHasher>(
    reader: &DigestReader,
    (stretch, waiting): (&Stretch, &Waiting),
    told: &HashMap<ContactId, HashSet<EventId, S>, S>,
    now: Timestamp,
    random: &Random,
) -> Vec<Delivery> {
    let about = About::Digest(random.uuid(now));
    let muted: HashSet<u32> =
        reader.muted.iter().filter_map(|issue| stretch.place_of(*issue)).collect();
    let mut deliveries = vec![];
    for road in &reader.roads {
        let mut hits = hits_for(reader, *road, waiting);
        hits.retain(|(hit, _)| !muted.contains(&stretch.issue(hit.event)));
        if !reader.muted_authors.is_empty() {
            let is_muted = |author| reader.muted_authors.contains(&author);
            hits.retain(|(hit, _)| !stretch.author(hit.event).is_some_and(is_muted));
        }
        if let Some(told) = told.get(&road.contact).filter(|told| !told.is_empty()) {
            hits.retain(|(hit, _)| !told.contains(&stretch.event(hit.event)));
        }
        let contents = listed(&hits, stretch);
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

/// What may be told to a contact: the events with the watches that they matched, oldest first.
fn hits_for(reader: &DigestReader, road: Road, waiting: &Waiting) -> Vec<(Hit, WatchNumber)> {
    let here = reader.watches.iter().filter(|(_, via)| via.includes(road.kind));
    let mut hits: Vec<(Hit, WatchNumber)> =
        here.flat_map(|(watch, _)| waiting.of(*watch).iter().map(|hit| (*hit, *watch))).collect();
    hits.sort_unstable_by_key(|(hit, watch)| (hit.event, *watch, hit.rhythm));
    // In one rhythm and in another, or once more when its place was released.
    hits.dedup_by_key(|(hit, watch)| (hit.event, *watch));
    hits
}

/// The first issues of them with all their events, and how many more issues there are.
fn listed(hits: &[(Hit, WatchNumber)], stretch: &Stretch) -> Contents {
    let (mut issues, mut more) = (vec![], vec![]);
    let mut contents = Contents::default();
    for of_one in hits.chunk_by(|(one, _), (other, _)| one.event == other.event) {
        let event = of_one[0].0.event;
        let issue = stretch.issue(event);
        let shortest = of_one.iter().map(|(hit, _)| hit.rhythm).min();
        contents.rhythm = contents.rhythm.into_iter().chain(shortest).min();
        if !issues.contains(&issue) {
            if issues.len() == LISTED {
                more.push(issue);
                continue;
            }
            issues.push(issue);
        }
        let watches = of_one.iter().map(|(_, watch)| *watch).collect();
        contents.items.push(Item { event: stretch.event(event), watches });
    }
    more.sort_unstable();
    more.dedup();
    contents.more = more.len();
    contents
}

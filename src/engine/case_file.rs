//! Why one person was or was not told of one issue: all that bears on it, and the answers.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::delivery::{
    About, Answer, Case, EventMatch, Later, Reached, Trip, Watching, unpack, why,
};
use crate::issue::{Author, EventId, Issue};
use crate::matching::WardIndex;
use crate::store::{City, NextDigest, PendingEvent, StoreError, Tx, WatchState};
use crate::ward::WardRef;
use crate::watch::{Meant, Target, Watch};
use crate::watcher::{Pause, WatcherId};

/// All that bears on one person and one issue.
#[derive(Debug)]
pub struct CaseFile {
    pub issue: Issue,
    pub events: Vec<PendingEvent>,
    matched: HashMap<EventId, Timestamp>,
    wards: Vec<WardRef>,
    contacts: Vec<Reached>,
    pub watches: Vec<Watching>,
    trips: Vec<Trip>,
    later: HashMap<EventId, Vec<Later>>,
    pause: Option<Pause>,
    muted: Option<Timestamp>,
    /// Whose comments the person has muted, and since when.
    muted_authors: HashMap<Author, Timestamp>,
    /// By what their own comments are known.
    author: Option<Author>,
}

impl CaseFile {
    /// Gathers it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn gather(
        tx: &mut Tx,
        city: &City,
        issue: Issue,
        watcher: WatcherId,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let events = tx.events_of(city.id, issue.id).await?;
        let matched = tx.matched_of(city.id, issue.id).await?;
        let wards = tx.wards_of_issues(city.id, &[issue.id]).await?;
        let contacts = tx.reached(city.id, watcher).await?;
        let watches = watchings(tx, city, watcher, now).await?;
        let since = events.iter().map(|event| event.accepted_at).min().unwrap_or_default();
        let ids: Vec<_> = contacts.iter().map(|contact| contact.id).collect();
        let trips = tx.trips(city.id, &ids, since).await?;
        let matches = tx.matches_of(city.id, issue.id).await?;
        let due = tx.digests_of(city.id, watcher).await?;
        let later = events
            .iter()
            .map(|event| (event.event.id, later_of(event.event.id, &matches, &due, &watches)))
            .collect();
        let muted_authors = tx.authors_muted_by(city.id, watcher).await?.into_iter();
        Ok(Self {
            author: tx.author_of(city.id, watcher).await?,
            muted_authors: muted_authors.map(|muted| (muted.author, muted.since)).collect(),
            wards: wards.into_iter().map(|row| row.ward).collect(),
            muted: tx.muted_since(city.id, watcher, issue.id).await?,
            issue,
            events,
            matched,
            contacts,
            watches,
            trips,
            later,
            pause: tx.habits_of(city.id, &[watcher]).await?.remove(&watcher).and_then(|h| h.pause),
        })
    }

    /// Why the person was or was not told of one of the events.
    #[must_use]
    pub fn answer<'a>(&'a self, event: &'a PendingEvent) -> Answer<'a> {
        why(&Case {
            event: &event.event,
            matched: self.matched.get(&event.event.id).copied(),
            wards: &self.wards,
            contacts: &self.contacts,
            watches: &self.watches,
            trips: &self.trips,
            later: self.later.get(&event.event.id).map_or(&[], Vec::as_slice),
            pause: self.pause,
            muted: self.muted,
            own: event.event.author.is_some() && event.event.author == self.author,
            muted_author: event.event.author.and_then(|who| self.muted_authors.get(&who).copied()),
        })
    }

    /// All answers as one JSON object.
    #[must_use]
    pub fn as_json(&self) -> Value {
        let names = |watches: &[&Watch]| -> Vec<String> {
            watches.iter().map(|watch| watch.name.clone()).collect()
        };
        let events = self.events.iter().map(|event| {
            let answer = self.answer(event);
            let told = answer.told.iter().map(|(trip, watches)| {
                json!({
                    "delivery": trip.id.0, "kind": trip.kind.name(),
                    "digest": matches!(trip.about, About::Digest(_)),
                    "created": trip.created, "watches": names(watches), "outcome": trip.fate,
                })
            });
            let not = answer.not.iter().map(|(watch, reason)| {
                json!({"watch": watch.name, "rhythm": watch.rhythm, "why": reason})
            });
            json!({
                "event": event.event.kind.name(), "at": event.event.at,
                "accepted": event.accepted_at, "told": told.collect::<Vec<_>>(),
                "nobody": answer.nobody, "not": not.collect::<Vec<_>>(),
            })
        });
        json!({ "issue": self.issue.number, "events": events.collect::<Vec<_>>() })
    }
}

/// A watcher's watches, with the wards that each follows by the maps of today.
async fn watchings(
    tx: &mut Tx,
    city: &City,
    watcher: WatcherId,
    now: Timestamp,
) -> Result<Vec<Watching>, StoreError> {
    let in_force = tx.layers_in_force(city.id, now).await?;
    let mut maps: HashMap<String, WardIndex> = HashMap::new();
    let mut watchings = vec![];
    for life in tx.watch_lives(city.id, watcher).await? {
        let watch = life.row.watch;
        let mut wards = vec![];
        if let Target::Wards { wards: chosen, meant } = &watch.target {
            wards.clone_from(chosen);
            if let Meant::MyAddress(at) = meant {
                for layer in in_force.iter().filter(|l| chosen.iter().any(|w| w.layer == l.layer)) {
                    if !maps.contains_key(&layer.layer)
                        && let Some(version) =
                            tx.layer_version(city.id, &layer.layer, layer.version).await?
                    {
                        maps.insert(layer.layer.clone(), WardIndex::new(version));
                    }
                    if let Some(map) = maps.get(&layer.layer) {
                        wards.retain(|ward| ward.layer != layer.layer);
                        wards.extend(map.home_of(*at));
                    }
                }
            }
        }
        watchings.push(Watching {
            wards,
            confirmed: life.confirmed,
            deleted: life.deleted,
            paused: life.row.state == WatchState::Paused,
            watch,
        });
    }
    Ok(watchings)
}

/// The watches that a digest will still tell an event for.
fn later_of(
    event: EventId,
    matches: &[EventMatch],
    due: &[NextDigest],
    watches: &[Watching],
) -> Vec<Later> {
    let mut later = vec![];
    for row in matches.iter().filter(|row| row.event == event) {
        let digest = due.iter().find(|digest| digest.rhythm == row.rhythm);
        let Some(digest) = digest.filter(|digest| digest.through_no < row.no) else { continue };
        let theirs =
            unpack(&row.watches).filter(|no| watches.iter().any(|one| one.watch.number == *no));
        later.extend(theirs.map(|watch| Later { watch, rhythm: row.rhythm, due: digest.due }));
    }
    later
}

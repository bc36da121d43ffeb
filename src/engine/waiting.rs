//! What has been matched for a person and waits for their next digest.

use std::collections::{HashMap, HashSet};

use super::digests::APART;
use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::delivery::{EventMatch, unpack};
use crate::issue::EventId;
use crate::store::{City, NextDigest, WatchState};
use crate::watch::{Rhythm, WatchNumber};
use crate::watcher::{ContactId, WatcherId};

/// How many of the latest matches are looked through: a page is not worth reading a week of a storm.
const LOOKED_THROUGH: i64 = 10_000;

/// Something that a person is told later.
#[derive(Clone, Debug, PartialEq)]
pub struct Later {
    pub event: EventId,
    pub watches: Vec<WatchNumber>,
    /// When the digest comes that tells it.
    pub due: Timestamp,
}

impl Engine {
    /// What waits for a person's digests, oldest first: what was matched for their watches since the last
    /// ones, of those that are on, without what they have muted or were told meanwhile.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn waiting_for(
        &self,
        city: &City,
        watcher: WatcherId,
    ) -> Result<Vec<Later>, EngineError> {
        let mut tx = self.store().read().await?;
        let digests = tx.digests_of(city.id, watcher).await?;
        let Some(oldest) = digests.iter().map(|digest| digest.through_no).min() else {
            return Ok(vec![]);
        };
        let watches = tx.named_watches_of(city.id, &[watcher]).await?;
        let on = watches.iter().filter(|watch| watch.state == WatchState::Active);
        let on: HashSet<WatchNumber> = on.map(|watch| watch.number).collect();
        let last = tx.last_number(city.id, "match").await?;
        let after = oldest.max(last - LOOKED_THROUGH);
        let rows = tx.event_matches(city.id, after, LOOKED_THROUGH).await?;
        let muted = tx.mutes_by(city.id, &[watcher]).await?.remove(&watcher).unwrap_or_default();
        let authors = tx.muted_authors_by(city.id, &[watcher]).await?.remove(&watcher);
        let authors = authors.unwrap_or_default();
        let heard = rows.into_iter().filter(|row| {
            let said = row.author.is_some_and(|author| authors.contains(&author));
            !said && !muted.contains(&row.issue)
        });
        let (later, since) = gather(heard, &digests, &on);
        let Some(since) = since else { return Ok(vec![]) };
        let roads = tx.roads_of(city.id, &[watcher]).await?.remove(&watcher).unwrap_or_default();
        let contacts: Vec<ContactId> = roads.iter().map(|road| road.contact).collect();
        let told = tx.told_since(city.id, &contacts, since.minus(APART)).await?;
        let is_told = |event| told.values().any(|events| events.contains(&event));
        Ok(later.into_iter().filter(|one| !is_told(one.event)).collect())
    }
}

/// What of these matches waits for one of the digests, each event once and in the order in which they were
/// first matched; and when the first of them was accepted.
fn gather(
    rows: impl Iterator<Item = EventMatch>,
    digests: &[NextDigest],
    on: &HashSet<WatchNumber>,
) -> (Vec<Later>, Option<Timestamp>) {
    let by_rhythm: HashMap<Rhythm, &NextDigest> =
        digests.iter().map(|digest| (digest.rhythm, digest)).collect();
    let mut later: Vec<Later> = vec![];
    let mut places: HashMap<EventId, usize> = HashMap::new();
    let mut since: Option<Timestamp> = None;
    for row in rows {
        let Some(digest) = by_rhythm.get(&row.rhythm) else { continue };
        let theirs: Vec<_> = unpack(&row.watches).filter(|no| on.contains(no)).collect();
        if row.no <= digest.through_no || theirs.is_empty() {
            continue;
        }
        since = Some(since.map_or(row.accepted, |since| since.min(row.accepted)));
        let place = *places.entry(row.event).or_insert_with(|| {
            later.push(Later { event: row.event, watches: vec![], due: digest.due });
            later.len() - 1
        });
        later[place].due = later[place].due.min(digest.due);
        later[place].watches.extend(theirs);
    }
    (later, since)
}

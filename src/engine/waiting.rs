//! What has been matched for a person and waits for their next digest.

use std::collections::{BTreeMap, HashMap, HashSet};

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
        let by_rhythm: HashMap<Rhythm, &NextDigest> =
            digests.iter().map(|digest| (digest.rhythm, digest)).collect();
        let muted = tx.mutes_by(city.id, &[watcher]).await?.remove(&watcher).unwrap_or_default();
        let authors = tx.muted_authors_by(city.id, &[watcher]).await?;
        let authors = authors.get(&watcher).cloned().unwrap_or_default();
        let is_muted = |row: &EventMatch| {
            muted.contains(&row.issue) || row.author.is_some_and(|author| authors.contains(&author))
        };
        let mut later: BTreeMap<i64, Later> = BTreeMap::new();
        let mut places: HashMap<EventId, i64> = HashMap::new();
        let mut since: Option<Timestamp> = None;
        for row in rows.iter().filter(|row| !is_muted(row)) {
            let Some(digest) = by_rhythm.get(&row.rhythm) else { continue };
            let theirs: Vec<_> = unpack(&row.watches).filter(|no| on.contains(no)).collect();
            if row.no <= digest.through_no || theirs.is_empty() {
                continue;
            }
            since = Some(since.map_or(row.accepted, |since| since.min(row.accepted)));
            let place = *places.entry(row.event).or_insert(row.no);
            let one = later.entry(place).or_insert_with(|| Later {
                event: row.event,
                watches: vec![],
                due: digest.due,
            });
            one.due = one.due.min(digest.due);
            one.watches.extend(theirs);
        }
        let Some(since) = since else { return Ok(vec![]) };
        let contacts: Vec<ContactId> = tx
            .roads_of(city.id, &[watcher])
            .await?
            .remove(&watcher)
            .map(|roads| roads.iter().map(|road| road.contact).collect())
            .unwrap_or_default();
        let told = tx.told_since(city.id, &contacts, since.minus(APART)).await?;
        let is_told = |event| told.values().any(|events| events.contains(&event));
        Ok(later.into_values().filter(|one| !is_told(one.event)).collect())
    }
}

//! What a person was told, as they find it again.

use uuid::Uuid;

use super::outbox::about_from;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::delivery::{About, Contents};
use crate::issue::CityId;
use crate::watcher::{ContactKind, WatcherId};

/// A message to a person, by whichever of their contacts.
#[derive(Clone, Debug, PartialEq)]
pub struct InboxRow {
    pub about: About,
    pub contents: Contents,
    /// When it was written.
    pub at: Timestamp,
    pub by: ContactKind,
    /// Whether that contact has it.
    pub sent: bool,
}

impl Tx {
    /// What a person was told of issues before a time, the newest first: one row for each contact that
    /// it went to, at most `limit` of them and the rest of those of the same moment.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn inbox(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<InboxRow>, StoreError> {
        let rows = rows!(
            self,
            (String, Uuid, String, i64, String, String),
            "SELECT about, about_id, items, created_at, kind, state FROM delivery
             WHERE city_id = $1 AND watcher_id = $2 AND about IN ('event', 'digest', 'fixed')
                AND contact_id IN (SELECT contact_id FROM contact
                    WHERE city_id = $1 AND watcher_id = $2)
                AND created_at < $3 AND created_at >= COALESCE((
                    SELECT created_at FROM delivery
                    WHERE city_id = $1 AND watcher_id = $2 AND created_at < $3
                        AND about IN ('event', 'digest', 'fixed')
                        AND contact_id IN (SELECT contact_id FROM contact
                            WHERE city_id = $1 AND watcher_id = $2)
                    ORDER BY created_at DESC LIMIT 1 OFFSET $4), 0)
             ORDER BY created_at DESC, about_id, kind",
            city.0,
            watcher.0,
            before.as_millis(),
            limit - 1
        )?;
        let row = |(about, id, items, at, by, state): (String, _, String, _, String, String)| {
            Some(InboxRow {
                about: about_from(&about, id),
                contents: serde_json::from_str(&items).ok()?,
                at: Timestamp::from_millis(at),
                by: ContactKind::from_name(&by)?,
                sent: state == "sent",
            })
        };
        rows.into_iter().map(|one| row(one).ok_or(StoreError::Unreadable("delivery"))).collect()
    }
}

//! What watchers want to hear no more of.

use std::collections::HashMap;

use uuid::Uuid;

use super::sql::portions;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::delivery::Mutes;
use crate::issue::{Author, CityId, IssueId};
use crate::watcher::WatcherId;

/// An issue that a watcher has muted.
#[derive(Clone, Debug, PartialEq)]
pub struct MutedIssue {
    pub number: String,
    pub category: String,
    pub address: String,
    pub since: Timestamp,
}

impl Tx {
    /// Who has muted which of these issues, and of whose comments.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mutes_of(
        &mut self,
        city: CityId,
        issues: &[IssueId],
        authors: &[Author],
    ) -> Result<Mutes, StoreError> {
        let rows = rows_of!(
            self,
            (Uuid, Uuid),
            "SELECT watcher_id, issue_id FROM mute WHERE (city_id, issue_id) IN (",
            issues,
            |id| [city.0, id.0],
            ")"
        );
        let issues = rows.into_iter().map(|(who, issue)| (WatcherId(who), IssueId(issue)));
        let rows = rows_of!(
            self,
            (Uuid, Uuid),
            "SELECT watcher_id, author FROM muted_author WHERE (city_id, author) IN (",
            authors,
            |id| [city.0, id.0],
            ")"
        );
        // Nobody is told what they have said themselves.
        let own = rows_of!(
            self,
            (Uuid, Uuid),
            "SELECT watcher_id, author FROM watcher WHERE (city_id, author) IN (",
            authors,
            |id| [city.0, id.0],
            ")"
        );
        let authors = rows.into_iter().chain(own).map(|(who, of)| (WatcherId(who), Author(of)));
        Ok(Mutes { issues: issues.collect(), authors: authors.collect() })
    }

    /// What each of these watchers has muted, of those who have muted anything.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mutes_by(
        &mut self,
        city: CityId,
        watchers: &[WatcherId],
    ) -> Result<HashMap<WatcherId, Vec<IssueId>>, StoreError> {
        let rows = rows_of!(
            self,
            (Uuid, Uuid),
            "SELECT watcher_id, issue_id FROM mute WHERE (city_id, watcher_id) IN (",
            watchers,
            |id| [city.0, id.0],
            ")"
        );
        let mut mutes: HashMap<WatcherId, Vec<IssueId>> = HashMap::new();
        for (watcher, issue) in rows {
            mutes.entry(WatcherId(watcher)).or_default().push(IssueId(issue));
        }
        Ok(mutes)
    }

    /// What a watcher has muted, the latest first; what was taken off the site is not shown.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn muted_by(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Vec<MutedIssue>, StoreError> {
        let rows = rows!(
            self,
            (String, String, String, i64),
            "SELECT i.number, i.category, i.address, m.muted_at
             FROM mute m JOIN issue i ON i.city_id = m.city_id AND i.issue_id = m.issue_id
             WHERE m.city_id = $1 AND m.watcher_id = $2 AND i.hidden = 0
             ORDER BY m.muted_at DESC, i.number DESC",
            city.0,
            watcher.0
        )?;
        let muted = |(number, category, address, since)| MutedIssue {
            number,
            category,
            address,
            since: Timestamp::from_millis(since),
        };
        Ok(rows.into_iter().map(muted).collect())
    }

    /// Since when a watcher has muted an issue.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn muted_since(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        issue: IssueId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let since = row!(
            self,
            (i64,),
            "SELECT muted_at FROM mute WHERE city_id = $1 AND watcher_id = $2 AND issue_id = $3",
            city.0,
            watcher.0,
            issue.0
        )?;
        Ok(since.map(|(since,)| Timestamp::from_millis(since)))
    }

    /// Mutes an issue for a watcher; one that is muted stays so.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_mute(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        issue: IssueId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO mute (city_id, watcher_id, issue_id, muted_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (city_id, watcher_id, issue_id) DO NOTHING",
            city.0,
            watcher.0,
            issue.0,
            now.as_millis()
        )?;
        Ok(())
    }

    /// Has watchers hear of issues again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_mutes(
        &mut self,
        city: CityId,
        ended: &[(WatcherId, IssueId)],
    ) -> Result<(), StoreError> {
        for_portions!(
            self,
            "DELETE FROM mute WHERE (city_id, watcher_id, issue_id) IN (",
            portions,
            ended,
            |row| [city.0, row.0.0, row.1.0],
            ")",
            |query, on| {
                query.build().execute(&mut **on).await?;
            }
        );
        Ok(())
    }

    /// Gives what a watcher has muted to another.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn move_mutes(
        &mut self,
        city: CityId,
        from: WatcherId,
        to: WatcherId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO mute (city_id, watcher_id, issue_id, muted_at)
             SELECT city_id, $3, issue_id, muted_at FROM mute
             WHERE city_id = $1 AND watcher_id = $2
             ON CONFLICT (city_id, watcher_id, issue_id) DO NOTHING",
            city.0,
            from.0,
            to.0
        )?;
        run!(
            self,
            "INSERT INTO muted_author (city_id, watcher_id, author, event_id, muted_at)
             SELECT city_id, $3, author, event_id, muted_at FROM muted_author
             WHERE city_id = $1 AND watcher_id = $2
             ON CONFLICT (city_id, watcher_id, author) DO NOTHING",
            city.0,
            from.0,
            to.0
        )?;
        for sql in [
            "DELETE FROM mute WHERE city_id = $1 AND watcher_id = $2",
            "DELETE FROM muted_author WHERE city_id = $1 AND watcher_id = $2",
        ] {
            run!(self, sql, city.0, from.0)?;
        }
        Ok(())
    }
}

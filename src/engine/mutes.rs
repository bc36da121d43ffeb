//! What a person wants to hear no more of: an issue, or whatever somebody says.

use super::{Engine, EngineError};
use crate::issue::{EventId, IssueId};
use crate::store::{City, Tx};
use crate::watch::{Target, Watch};
use crate::watcher::WatcherId;

impl Engine {
    /// From now on none of a person's watches tells of an issue, nor does what waits to be put into
    /// words. Who follows the issue anew ends it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mute(
        &self,
        city: &City,
        watcher: WatcherId,
        issue: IssueId,
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing_of(city.id, watcher).await?;
        tx.put_mute(city.id, watcher, issue, now).await?;
        Ok(tx.commit().await?)
    }

    /// A person's watches tell of an issue again, of what happens from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unmute(
        &self,
        city: &City,
        watcher: WatcherId,
        issue: IssueId,
    ) -> Result<(), EngineError> {
        let mut tx = self.changing(city.id).await?;
        tx.end_mutes(city.id, &[(watcher, issue)]).await?;
        Ok(tx.commit().await?)
    }

    /// From now on none of a person's watches tells of what somebody says who made this comment.
    ///
    /// # Errors
    /// [`EngineError::UnknownComment`] when it is no resident's, or of one who has left; when the person has
    /// left, or the database does not answer.
    pub async fn mute_author(
        &self,
        city: &City,
        watcher: WatcherId,
        comment: EventId,
    ) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing_of(city.id, watcher).await?;
        let (author, _) = tx.comment(city.id, comment).await?.ok_or(EngineError::UnknownComment)?;
        tx.put_muted_author(city.id, watcher, (author, comment), now).await?;
        Ok(tx.commit().await?)
    }

    /// A person's watches tell again of what somebody says who made this comment, from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unmute_author(
        &self,
        city: &City,
        watcher: WatcherId,
        comment: EventId,
    ) -> Result<(), EngineError> {
        let mut tx = self.changing(city.id).await?;
        tx.end_muted_author(city.id, watcher, comment).await?;
        Ok(tx.commit().await?)
    }
}

/// Whoever follows an issue wants to hear of it, whatever they muted before.
pub(super) async fn end_mutes(
    tx: &mut Tx,
    city: &City,
    watches: impl Iterator<Item = &Watch>,
) -> Result<(), EngineError> {
    let followed = watches.filter_map(|watch| match watch.target {
        Target::Issue(issue) => Some((watch.watcher, issue)),
        _ => None,
    });
    Ok(tx.end_mutes(city.id, &followed.collect::<Vec<_>>()).await?)
}

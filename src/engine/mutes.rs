//! Issues that a person wants to hear no more of.

use super::{Engine, EngineError};
use crate::issue::IssueId;
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

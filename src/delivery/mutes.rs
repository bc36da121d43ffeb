use std::collections::HashSet;

use crate::issue::{Author, IssueEvent, IssueId};
use crate::watcher::WatcherId;

/// What people want to hear no more of, so far as it bears on some events.
#[derive(Debug, Default)]
pub struct Mutes {
    pub issues: HashSet<(WatcherId, IssueId)>,
    pub authors: HashSet<(WatcherId, Author)>,
}

impl Mutes {
    /// Whether somebody wants to hear nothing of an issue.
    #[must_use]
    pub fn hold_issue(&self, watcher: WatcherId, issue: IssueId) -> bool {
        self.issues.contains(&(watcher, issue))
    }

    /// Whether somebody wants to hear nothing of an event: of its issue, or of whose comment it is.
    #[must_use]
    pub fn hold(&self, watcher: WatcherId, event: &IssueEvent) -> bool {
        self.hold_issue(watcher, event.issue)
            || event.author.is_some_and(|author| self.authors.contains(&(watcher, author)))
    }
}

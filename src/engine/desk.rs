//! Somebody of the city's or of a ward's office does something to an issue, on its page.
//!
//! The one rule: a press is one event, however often it is sent, and none when the issue has changed since
//! its page was drawn.

use uuid::Uuid;

use super::comments::of_resident;
use super::{Arrival, Engine, EngineError, Receipt};
use crate::issue::{
    Actor, Facts, FromDesk, Issue, IssueEvent, Kind, Notice, Said, Status, Unexplained,
};
use crate::store::{City, PendingEvent};

/// What officials do to an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Acknowledge,
    Begin,
    Hold,
    Close,
    Reopen,
    Reply,
}

/// A press of one of their buttons.
#[derive(Clone, Debug)]
pub struct Press {
    /// The form's, which is the same when it is sent twice.
    pub id: Uuid,
    pub deed: Deed,
    pub words: Option<String>,
    /// The ward of the office that they speak for, `12` or `LAYER:12`; `None` for the city itself.
    pub office: Option<String>,
    /// How the issue stood on their page, and the last event there that bears on it.
    pub saw: Status,
    pub seen: i64,
}

/// What became of a press.
#[derive(Clone, Debug, PartialEq)]
pub enum Pressed {
    /// It is done, and how many events that came to: none when it was done before.
    Done(usize),
    /// The issue has changed since: nothing was done, and this is what happened.
    Changed(Vec<IssueEvent>),
}

impl Deed {
    /// The name of its button.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Begin => "begin",
            Self::Hold => "hold",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::Reply => "reply",
        }
    }

    /// Whether it changes anything, where an issue stands so.
    #[must_use]
    pub fn fits(self, status: Status) -> bool {
        let closed = status == Status::Closed;
        match self {
            Self::Acknowledge => status == Status::Received,
            Self::Begin => !closed && status != Status::InProgress,
            Self::Hold => !closed && status != Status::OnHold,
            Self::Close => !closed,
            Self::Reopen => closed,
            Self::Reply => true,
        }
    }

    fn kind(self) -> Kind {
        match self {
            Self::Acknowledge | Self::Begin | Self::Hold => Kind::Updated,
            Self::Close => Kind::Closed,
            Self::Reopen => Kind::Reopened,
            Self::Reply => Kind::Commented,
        }
    }

    fn status(self) -> Option<Status> {
        match self {
            Self::Acknowledge => Some(Status::Acknowledged),
            Self::Begin => Some(Status::InProgress),
            Self::Hold => Some(Status::OnHold),
            Self::Close | Self::Reopen | Self::Reply => None,
        }
    }
}

/// Whether officials should know of it before they act: what neighbours say and vote does not stop them.
fn bears(event: &IssueEvent) -> bool {
    event.kind != Kind::Voted && (event.kind != Kind::Commented || event.actor == Actor::Official)
}

/// The number of the last of an issue's events that bears on what officials do.
#[must_use]
pub fn last_seen(events: &[PendingEvent]) -> i64 {
    let bearing = events.iter().filter(|pending| bears(&pending.event));
    bearing.map(|pending| pending.no).max().unwrap_or(0)
}

impl Engine {
    /// Somebody of the city's does something to an issue, the way that what a key brings goes.
    ///
    /// # Errors
    /// When the database does not answer; to press again is safe.
    pub async fn official_acts(
        &self,
        city: &City,
        issue: &Issue,
        press: Press,
    ) -> Result<Pressed, EngineError> {
        // The same form with another button or other words is another press.
        let words = press.words.as_deref().unwrap_or("");
        let (form, deed) = (press.id.as_bytes(), press.deed.name());
        let of = [&issue.id.0.as_bytes()[..], form, deed.as_bytes(), b"\0", words.as_bytes()];
        let version = self.inner.secrets.derive_id("desk", &of.concat()).to_string();
        let mut tx = self.inner.store.read().await?;
        // In this order: whoever sees the event of an earlier press knows that press, too.
        let events = tx.events_of(city.id, issue.id).await?;
        let key = (issue.source.clone(), issue.source_id.clone(), version.clone());
        let before = !tx.known_versions(city.id, &[key]).await?.is_empty();
        drop(tx);
        if before {
            return Ok(Pressed::Done(0));
        }
        let since = since(events, press.seen);
        if !since.is_empty() || !press.deed.fits(press.saw) {
            return Ok(Pressed::Changed(since));
        }
        let seen = press.seen;
        let notice = self.as_notice(issue, press, version);
        let receipts = self.accept(city, vec![notice], Arrival::default()).await?;
        match receipts.into_iter().next() {
            Some(Receipt::Accepted { kinds, .. }) => Ok(Pressed::Done(kinds.len())),
            Some(Receipt::Refused { reason: Unexplained::StandsOtherwise }) => {
                let events = self.inner.store.read().await?.events_of(city.id, issue.id).await?;
                Ok(Pressed::Changed(self::since(events, seen)))
            }
            _ => Ok(Pressed::Done(0)),
        }
    }

    fn as_notice(&self, issue: &Issue, press: Press, version: String) -> Notice {
        let Press { deed, words, office, saw, .. } = press;
        Notice {
            version: Some(version),
            said: Said::Event { kind: deed.kind(), text: words },
            actor: Actor::Official,
            desk: Some(FromDesk { office, saw }),
            facts: Facts { status: deed.status(), ..Facts::default() },
            ..of_resident(issue, self.inner.clock.now())
        }
    }
}

/// What has happened behind an event that officials should know of.
fn since(events: Vec<PendingEvent>, seen: i64) -> Vec<IssueEvent> {
    let later = events.into_iter().filter(|pending| pending.no > seen && bears(&pending.event));
    later.map(|pending| pending.event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_fits_how_an_issue_stands() {
        let all =
            [Deed::Acknowledge, Deed::Begin, Deed::Hold, Deed::Close, Deed::Reopen, Deed::Reply];
        let fitting = |status| all.into_iter().filter(|deed| deed.fits(status)).collect::<Vec<_>>();
        assert_eq!(
            fitting(Status::Received),
            [Deed::Acknowledge, Deed::Begin, Deed::Hold, Deed::Close, Deed::Reply]
        );
        assert_eq!(fitting(Status::OnHold), [Deed::Begin, Deed::Close, Deed::Reply]);
        assert_eq!(fitting(Status::Closed), [Deed::Reopen, Deed::Reply]);
    }
}

//! What residents say of an issue: shown and told at once, or, of those who are new here, once somebody of
//! the city's has read it.
//!
//! The one rule: every comment is held first, under the lock by which its author may leave or turn out to be
//! another, and becomes an event in the transaction that ends its being held. So it is counted however many
//! come at once, is one event however many let it through, and is never shown after its author has left.

use std::time::Duration;

use uuid::Uuid;

use super::{Arrival, Engine, EngineError, Receipt};
use crate::clock::Timestamp;
use crate::issue::{Actor, Author, Facts, Issue, Kind, Lets, Notice, Said};
use crate::store::{City, CommentRow, Hearing};
use crate::watcher::WatcherId;

/// How many comments one person makes within an hour: whoever has more to say writes a letter.
const AN_HOUR: i64 = 20;

/// How many of one person's comments wait to be read at most.
const WAITING: i64 = 20;

/// Who says the same of an issue within this time has been heard.
const THE_SAME: Duration = Duration::from_hours(24);

/// What became of what a resident said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commented {
    /// It is shown, and told to whoever wants to know.
    Shown,
    /// It waits until somebody of the city's has read it.
    Waits,
    /// The same person has said the same of the issue just now, and it is shown.
    Repeated,
}

impl Engine {
    /// A resident says something of an issue.
    ///
    /// # Errors
    /// When they have left, have said too much, or the database does not answer; saying the same again is
    /// safe.
    pub async fn comment(
        &self,
        city: &City,
        watcher: WatcherId,
        issue: &Issue,
        words: String,
    ) -> Result<Commented, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing_of(city.id, watcher).await?;
        let the_same = (issue.id, &words[..]);
        match tx.has_said(city.id, watcher, the_same, now.minus(THE_SAME)).await? {
            Some(true) => return Ok(Commented::Waits),
            Some(false) => return Ok(Commented::Repeated),
            None => {}
        }
        let an_hour_ago = now.minus(Duration::from_hours(1));
        let (said, waiting) = tx.said_since(city.id, watcher, an_hour_ago).await?;
        if said >= AN_HOUR || waiting >= WAITING {
            return Err(EngineError::SaidTooMuch);
        }
        let new_for = self.inner.settings.new_for;
        let before = (!new_for.is_zero()).then(|| now.minus(new_for));
        let trusted = tx.is_trusted(city.id, watcher, before).await?;
        let fresh = Author(self.inner.random.uuid(now));
        tx.make_author(city.id, watcher, fresh).await?;
        let held = CommentRow {
            id: self.inner.random.uuid(now),
            issue: issue.id,
            number: issue.number.clone(),
            words,
            said: now,
            dismissed: None,
        };
        tx.hold_comment(city.id, watcher, &held).await?;
        tx.commit().await?;
        if !trusted {
            return Ok(Commented::Waits);
        }
        // Should this fail, it waits like any other.
        let lets = Lets { comment: held.id, read: false };
        Ok(if self.let_through(city, issue, held, lets).await? {
            Commented::Shown
        } else {
            Commented::Waits
        })
    }

    /// Gives whether it was held until now.
    async fn let_through(
        &self,
        city: &City,
        issue: &Issue,
        held: CommentRow,
        lets: Lets,
    ) -> Result<bool, EngineError> {
        let now = self.inner.clock.now();
        let notice = Notice {
            version: Some(held.id.to_string()),
            said: Said::Event { kind: Kind::Commented, text: Some(held.words) },
            at: held.said.min(now),
            lets: Some(lets),
            ..of_resident(issue, now)
        };
        self.is_news(city, notice).await
    }

    /// A resident says that an issue is theirs, too. Gives whether that is new; each counts once.
    ///
    /// # Errors
    /// When they have left, or the database does not answer; saying it again is safe.
    pub async fn vote(
        &self,
        city: &City,
        watcher: WatcherId,
        issue: &Issue,
    ) -> Result<bool, EngineError> {
        if !self.is_known(city.id, watcher).await? {
            return Err(EngineError::UnknownWatcher);
        }
        let version = Some(self.vote_of(watcher, issue));
        let said = Said::Event { kind: Kind::Voted, text: None };
        let now = self.inner.clock.now();
        self.is_news(city, Notice { version, said, ..of_resident(issue, now) }).await
    }

    /// Whether somebody's vote is counted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_voted(
        &self,
        city: &City,
        watcher: WatcherId,
        issue: &Issue,
    ) -> Result<bool, EngineError> {
        let vote = self.vote_of(watcher, issue);
        let key = (issue.source.clone(), issue.source_id.clone(), vote);
        let known = self.inner.store.read().await?.known_versions(city.id, &[key]).await?;
        Ok(!known.is_empty())
    }

    /// By what a vote is known: the same person's is the same, and tells nobody whose it is.
    fn vote_of(&self, watcher: WatcherId, issue: &Issue) -> String {
        let of = [&issue.id.0.as_bytes()[..], watcher.0.as_bytes()].concat();
        self.inner.secrets.derive_id("vote", &of).to_string()
    }

    /// Takes what a resident says of an issue. Gives whether it was new.
    pub(super) async fn is_news(&self, city: &City, notice: Notice) -> Result<bool, EngineError> {
        let receipts = self.accept(city, vec![notice], Arrival::default()).await?;
        Ok(receipts.iter().any(|receipt| matches!(receipt, Receipt::Accepted { .. })))
    }

    /// Somebody of the city's has read a comment that is held, and has it shown and told. What the same
    /// person says from now on waits no more.
    ///
    /// # Errors
    /// [`EngineError::UnknownComment`], or when the database does not answer.
    pub async fn show_comment(&self, city: &City, id: Uuid) -> Result<(), EngineError> {
        let mut tx = self.inner.store.read().await?;
        let held = tx.held_comment(city.id, id).await?.ok_or(EngineError::UnknownComment)?;
        let issue = tx.issue_numbered(city.id, &held.number).await?;
        let issue = issue.ok_or(EngineError::UnknownComment)?;
        drop(tx);
        let shown = self.let_through(city, &issue, held, Lets { comment: id, read: true }).await?;
        if shown { Ok(()) } else { Err(EngineError::UnknownComment) }
    }

    /// Somebody of the city's has read a comment, and decides that it is not to be shown: one that is held
    /// never will be, one that is shown is taken away. What the same person says waits from now on, however
    /// long they have been here.
    ///
    /// # Errors
    /// [`EngineError::UnknownComment`], or when the database does not answer.
    pub async fn dismiss_comment(&self, city: &City, id: Uuid) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.accepting(city.id).await?;
        tx.take_numbers(city.id, "watch_change", 0).await?;
        let mut author = tx.dismiss_comment(city.id, id, now).await?;
        if author.is_none() {
            let taken = tx.take_back_comment(city.id, id).await?;
            author = taken.ok_or(EngineError::UnknownComment)?;
        }
        if let Some(author) = author {
            tx.hear(city.id, author, Hearing::Held).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// What a resident says of an issue now, before it is known what.
pub(super) fn of_resident(issue: &Issue, now: Timestamp) -> Notice {
    Notice {
        source: issue.source.clone(),
        source_id: issue.source_id.clone(),
        version: None,
        said: Said::Event { kind: Kind::Updated, text: None },
        at: now,
        actor: Actor::Resident,
        lets: None,
        desk: None,
        facts: Facts::default(),
    }
}

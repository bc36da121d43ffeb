//! What is over is forgotten once it has been kept long enough: what was sent, deleted watches, people who
//! watch nothing, comments that were not shown, answers to the staff alone. Issues and what happened to them
//! stay, as everybody's.
//!
//! The one rule: nothing is told twice because it was forgotten that it was told.

use std::time::Duration;

use super::digests::APART;
use super::{Engine, EngineError, EngineSettings};
use crate::clock::Timestamp;
use crate::delivery::RETURN_SPAN;
use crate::store::City;

/// So much is forgotten in one transaction; whoever else wants to write waits no longer than for that.
const DELIVERIES: i64 = 1_000;
const WATCHES: i64 = 1_000;
const PEOPLE: i64 = 50;

/// A report is taken at once after its answers were kept; what has none by then will have none.
const WITHOUT_ISSUE: Duration = Duration::from_hours(24);

/// How much was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    pub deliveries: u64,
    pub watches: u64,
    pub people: u64,
    pub matches: u64,
    pub comments: u64,
    /// What only staff could read.
    pub answers: u64,
}

impl Forgotten {
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Both together.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self {
            deliveries: self.deliveries + more.deliveries,
            watches: self.watches + more.watches,
            people: self.people + more.people,
            matches: self.matches + more.matches,
            comments: self.comments + more.comments,
            answers: self.answers + more.answers,
        }
    }
}

impl Engine {
    /// The rules that it works by.
    #[must_use]
    pub fn rules(&self) -> &EngineSettings {
        &self.inner.settings
    }

    /// Forgets some of what has been kept long enough, in all cities; there may be more until it is
    /// nothing that was forgotten.
    ///
    /// # Errors
    /// When the database does not answer. What was forgotten by then stays so.
    pub async fn forget_some(&self) -> Result<Forgotten, EngineError> {
        let mut forgotten = Forgotten::default();
        let (settings, now) = (&self.inner.settings, self.inner.clock.now());
        let closed = settings.keep_for.map(|keep| now.minus(keep));
        // Mails come back, and a place that is believed at last tells its news, so much later.
        let longer = |keep: Duration| keep.max(RETURN_SPAN).max(settings.news_for + APART);
        let before = settings.keep_for.map(|keep| now.minus(longer(keep)));
        for city in self.cities().await? {
            let answers = self.forget_answers(&city, closed).await?;
            forgotten = forgotten.and(Forgotten { answers, ..Forgotten::default() });
            let Some(before) = before else { continue };
            forgotten = forgotten.and(Forgotten {
                deliveries: self.forget_deliveries(&city, before).await?,
                watches: self.forget_watches(&city, before).await?,
                people: self.forget_those_with_nothing(&city, before).await?,
                matches: self.forget_matches(&city).await?,
                comments: self.forget_held(&city, before).await?,
                answers: 0,
            });
        }
        Ok(forgotten)
    }

    /// Digests leave out what was told since the oldest of what they tell was accepted, and some time
    /// before: of a service that stood still for long, that may be longer ago than anything is kept.
    async fn forget_deliveries(&self, city: &City, before: Timestamp) -> Result<u64, EngineError> {
        // A look without a lock: mostly there is nothing, and then nobody has to count.
        let mut tx = self.inner.store.read().await?;
        if tx.settled_before(city.id, before, 1).await?.is_empty() {
            return Ok(0);
        }
        let untold = tx.oldest_untold(city.id).await?;
        let before = untold.map_or(before, |untold| before.min(untold.minus(APART)));
        let ids = tx.settled_before(city.id, before, DELIVERIES).await?;
        drop(tx);
        if ids.is_empty() {
            return Ok(0);
        }
        let mut tx = self.inner.store.write().await?;
        let forgotten = tx.forget_deliveries(city.id, &ids).await?;
        tx.commit().await?;
        Ok(forgotten)
    }

    async fn forget_watches(&self, city: &City, before: Timestamp) -> Result<u64, EngineError> {
        if !self.inner.store.read().await?.any_deleted_before(city.id, before).await? {
            return Ok(0);
        }
        let mut tx = self.changing(city.id).await?;
        let forgotten = tx.forget_watches(city.id, before, WATCHES).await?;
        tx.commit().await?;
        Ok(forgotten)
    }

    async fn forget_those_with_nothing(
        &self,
        city: &City,
        before: Timestamp,
    ) -> Result<u64, EngineError> {
        let mut tx = self.inner.store.read().await?;
        if tx.people_with_nothing(city.id, before, 1).await?.is_empty() {
            return Ok(0);
        }
        drop(tx);
        let mut tx = self.changing(city.id).await?;
        // Some of those may watch something again by now.
        let people = tx.people_with_nothing(city.id, before, PEOPLE).await?;
        self.forget_people(&mut tx, city, &people).await?;
        tx.commit().await?;
        Ok(people.len() as u64)
    }

    async fn forget_matches(&self, city: &City) -> Result<u64, EngineError> {
        if !self.inner.store.read().await?.has_matches(city.id).await? {
            return Ok(0);
        }
        let mut tx = self.inner.store.write().await?;
        // Whoever plans digests now may still read them.
        tx.take_numbers(city.id, "digest", 0).await?;
        let forgotten = tx.forget_matches(city.id).await?;
        tx.commit().await?;
        Ok(forgotten)
    }

    /// Answers to the staff alone, once their issue has been closed for long, or where the report that they
    /// came with was not taken.
    async fn forget_answers(
        &self,
        city: &City,
        closed: Option<Timestamp>,
    ) -> Result<u64, EngineError> {
        let alone = self.inner.clock.now().minus(WITHOUT_ISSUE);
        let mut tx = self.inner.store.read().await?;
        if !tx.any_private_answer_over(city.id, closed, alone).await? {
            return Ok(0);
        }
        drop(tx);
        let mut tx = self.inner.store.write().await?;
        let forgotten = tx.forget_private_answers_over(city.id, closed, alone, DELIVERIES).await?;
        tx.commit().await?;
        Ok(forgotten)
    }

    async fn forget_held(&self, city: &City, before: Timestamp) -> Result<u64, EngineError> {
        if !self.inner.store.read().await?.any_held_before(city.id, before).await? {
            return Ok(0);
        }
        let mut tx = self.inner.store.write().await?;
        let forgotten = tx.forget_held_comments(city.id, before, DELIVERIES).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

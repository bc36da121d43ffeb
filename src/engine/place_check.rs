//! The points that a feed falls back to are found while events are accepted, and held until an
//! operator says whether they are real.

use std::collections::HashMap;

use super::{Engine, EngineError};
use crate::clock::Timestamp;
use crate::geometry::Position;
use crate::issue::{CityId, HORIZON, HotPointRule, LastReports, Place, Spot, Standing};
use crate::store::{City, Decision, HotPoint, StoreError, Tx};

/// What a city's sources have taught so far: where their last reports lie, up to an event.
#[derive(Debug, Default)]
pub(super) struct Learned {
    through_no: i64,
    sources: HashMap<String, LastReports>,
}

/// The check as it is while one transaction accepts.
#[derive(Debug)]
pub(super) struct PlaceCheck {
    rule: HotPointRule,
    learned: Learned,
    known: HashMap<(String, Spot), Decision>,
    found: Vec<HotPoint>,
}

impl PlaceCheck {
    /// Brings what was learned up to the event before `next_no`: other processes accept too.
    pub async fn begin(
        tx: &mut Tx,
        city: CityId,
        rule: HotPointRule,
        mut learned: Learned,
        next_no: i64,
    ) -> Result<Self, StoreError> {
        if rule.reports > 0 && learned.through_no < next_no - 1 {
            let after = learned.through_no.max(next_no - 1 - HORIZON);
            for (no, source, at) in tx.reports_after(city, after).await? {
                learned.sources.entry(source).or_default().take(no, at, &rule);
            }
        }
        let known = tx.hot_points(city).await?;
        let decided = |point: HotPoint| ((point.source, Spot::from(point.at)), point.decision);
        let known = known.into_iter().map(decided).collect();
        Ok(Self { rule, learned, known, found: vec![] })
    }

    /// Judges a place that is good so far. A report, unlike what happens to it later, counts.
    pub fn judge(
        &mut self,
        source: &str,
        standing: &Standing,
        report: Option<i64>,
        now: Timestamp,
    ) -> Place {
        let Some(at) = standing.position.filter(|_| standing.place == Place::Good) else {
            return standing.place;
        };
        let key = (source.to_owned(), Spot::from(at));
        if let Some(no) = report {
            let reports = self.learned.sources.entry(source.to_owned()).or_default();
            if reports.take(no, at, &self.rule) && !self.known.contains_key(&key) {
                let (source, decision) = (source.to_owned(), Decision::Open);
                self.found.push(HotPoint { source, at, decision, found: now });
                self.known.insert(key.clone(), decision);
            }
        }
        match self.known.get(&key) {
            Some(Decision::Open | Decision::Dismissed) => Place::HotPoint,
            Some(Decision::Released) | None => Place::Good,
        }
    }

    /// Writes the points that were found, and gives back what was learned up to `last_no`.
    pub async fn end(
        mut self,
        tx: &mut Tx,
        city: CityId,
        last_no: i64,
    ) -> Result<Learned, StoreError> {
        for point in &self.found {
            tracing::warn!(
                source = point.source,
                "a point takes too much of this source's reports and is held: see `wardwatch places list`"
            );
        }
        tx.put_hot_points(city, &self.found).await?;
        self.learned.through_no = last_no;
        Ok(self.learned)
    }
}

impl Engine {
    /// An operator says that a held point is real: what was reported there is matched now, and told
    /// so far as it is still news; what comes from there later is believed. Gives the number of
    /// events let go, or `None` when no such point is held.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn release_point(
        &self,
        city: &City,
        source: &str,
        at: Position,
    ) -> Result<Option<u64>, EngineError> {
        let now = self.inner.clock.now();
        let news_since = now.minus(self.inner.settings.news_for);
        let mut tx = self.accepting(city.id).await?;
        if !tx.decide_hot_point(city.id, source, at, Decision::Released, now).await? {
            return Ok(None);
        }
        let events = tx.let_go(city.id, source, at, news_since).await?;
        tx.commit().await?;
        self.inner.accepted.notify_one();
        Ok(Some(events))
    }

    /// An operator says that a held point is nobody's place: what comes from there is told to
    /// nobody who watches places, now and later. Gives `false` when no such point is held.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn dismiss_point(
        &self,
        city: &City,
        source: &str,
        at: Position,
    ) -> Result<bool, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.accepting(city.id).await?;
        let held = tx.decide_hot_point(city.id, source, at, Decision::Dismissed, now).await?;
        tx.commit().await?;
        Ok(held)
    }

    /// A transaction in which nobody else accepts events of the city.
    pub(super) async fn accepting(&self, city: CityId) -> Result<Tx, EngineError> {
        let mut tx = self.inner.store.write().await?;
        tx.take_numbers(city, "event", 0).await?;
        Ok(tx)
    }
}

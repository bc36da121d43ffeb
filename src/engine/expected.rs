//! How much a watch would be told, before anybody makes it: counted in what happened lately.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::{Engine, EngineError, Watching};
use crate::clock::{Timestamp, Zone};
use crate::issue::{CLOCKS_DIFFER, CityId, EventId, IssueId};
use crate::matching::{History, Hit, Whereabouts};
use crate::store::{City, Tx};
use crate::ward::WardRef;
use crate::watch::{Filter, Target};

/// So far back it is counted: four weeks, so that every day of the week weighs the same.
pub const LOOKED_BACK: Duration = Duration::from_hours(24 * 28);

/// With less history than this nothing is said of a week.
const A_WEEK: Duration = Duration::from_hours(24 * 7);

/// How many events are read at once.
const A_READ: i64 = 20_000;

/// And how many with their words.
const A_PORTION: usize = 1_000;

/// So long what is too old by now is kept before it is thrown away; it is not counted.
const SWEPT_EVERY: Duration = Duration::from_hours(6);

/// What would have been told of the last weeks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// From when on it is counted: four weeks ago, or when the city's history began.
    pub since: Timestamp,
    pub until: Timestamp,
    pub events: usize,
    pub issues: usize,
    /// The city's days on which anything happened, so how many daily digests there would have been.
    pub days: usize,
}

impl Expected {
    /// Events a week; `None` when the history is shorter than one.
    #[must_use]
    pub fn a_week(&self) -> Option<f64> {
        let span = self.until.since(self.since);
        let weeks = span.as_secs_f64() / A_WEEK.as_secs_f64();
        (span >= A_WEEK).then_some(self.events as f64 / weeks)
    }
}

/// A city's last weeks, as far as they were read.
#[derive(Debug, Default)]
pub(super) struct Lately {
    history: History,
    through_no: i64,
    /// Nothing that happened before is there.
    since: Timestamp,
    released: i64,
}

impl Engine {
    /// What a watch of this target and filter would have been told in the last weeks: exactly what
    /// it would match today, filled-in history too.
    ///
    /// # Errors
    /// When the target cannot be watched, or the database does not answer.
    pub async fn expected(
        &self,
        city: &City,
        target: &Target,
        filter: &Filter,
    ) -> Result<Expected, EngineError> {
        self.check_target(city, target).await?;
        let until = self.inner.clock.now();
        let since = until.minus(LOOKED_BACK);
        let watching = self.watching(city.id).await;
        let place = self.whereabouts(city.id, target).await?;
        // First the lock and then a connection, as whoever matches does: those who wait for the lock
        // must not hold what everybody reads by.
        let mut lately = Arc::clone(&watching.lately).write_owned().await;
        let mut tx = self.inner.store.read().await?;
        lately.catch_up(&mut tx, city.id, since).await?;
        let began = lately.began(&mut tx, city.id, since).await?;
        drop(tx);
        let (lately, wanted) = (lately.downgrade(), filter.clone());
        // Some milliseconds of work; others may ask meanwhile.
        let find = move || lately.history.find(&place, &wanted, since, until);
        let hits = tokio::task::spawn_blocking(find).await.map_err(super::matching::ended)?;
        let hits = self.with_the_words(&watching, city.id, filter, hits).await?;
        Ok(count(&hits, began.unwrap_or(until), until, &city.zone))
    }

    /// Reads the last weeks of every city, so that the first who asks does not wait for it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn learn_lately(&self) -> Result<(), EngineError> {
        let since = self.inner.clock.now().minus(LOOKED_BACK);
        for city in self.cities().await? {
            let watching = self.watching(city.id).await;
            let mut lately = watching.lately.write().await;
            let mut tx = self.inner.store.read().await?;
            lately.catch_up(&mut tx, city.id, since).await?;
        }
        Ok(())
    }

    /// Those that hold the filter's words, which have to be read for it: by one who asks at a time, and
    /// with a connection for no longer than a portion takes, for there may be a hundred thousand.
    async fn with_the_words(
        &self,
        watching: &Watching,
        city: CityId,
        filter: &Filter,
        hits: Vec<Hit>,
    ) -> Result<Vec<Hit>, EngineError> {
        if filter.keywords.is_empty() {
            return Ok(hits);
        }
        let _one = watching.reading_words.lock().await;
        let mut admitted = HashSet::new();
        for portion in hits.chunks(A_PORTION) {
            let ids: Vec<EventId> = portion.iter().map(|hit| hit.event).collect();
            let events = self.inner.store.read().await?.events(city, &ids).await?;
            let wanted = events.into_iter().filter(|pending| filter.admits(&pending.event));
            admitted.extend(wanted.map(|pending| pending.event.id));
        }
        Ok(hits.into_iter().filter(|hit| admitted.contains(&hit.event)).collect())
    }

    async fn whereabouts(&self, city: CityId, target: &Target) -> Result<Whereabouts, EngineError> {
        let wards = match target {
            Target::Area(shape) => return Ok(Whereabouts::Within(vec![(Arc::clone(shape), 0.0)])),
            Target::Issue(issue) => return Ok(Whereabouts::Issue(*issue)),
            Target::Wards { wards, .. } => wards,
        };
        let watching = self.watching(city).await;
        if wards.iter().any(|ward| watching.matcher.layer(&ward.layer).is_none()) {
            // Nothing was matched here yet.
            let mut caught_up = watching.caught_up.lock().await;
            let mut tx = self.inner.store.read().await?;
            self.catch_up(&mut tx, city, &watching.matcher, &mut caught_up).await?;
        }
        let shape_of = |wanted: &WardRef| {
            let layer = watching.matcher.layer(&wanted.layer)?;
            let shape = Arc::new(layer.ward(&wanted.ward)?.shape.clone());
            Some((shape, layer.tolerance_m()))
        };
        Ok(Whereabouts::Within(wards.iter().filter_map(shape_of).collect()))
    }
}

impl Lately {
    /// Reads what was accepted since the last time, and everything anew when an operator has said
    /// meanwhile that a held point is real.
    async fn catch_up(
        &mut self,
        tx: &mut Tx,
        city: CityId,
        since: Timestamp,
    ) -> Result<(), EngineError> {
        let released = tx.released_points(city).await?;
        if self.through_no == 0 || released != self.released {
            let earliest = since.minus(CLOCKS_DIFFER);
            let through_no = tx.last_accepted_before(city, earliest).await?;
            *self = Self { through_no, since, released, ..Self::default() };
        }
        let last_no = tx.last_number(city, "event").await?;
        loop {
            let read = tx.happened_after(city, self.through_no, since, A_READ).await?;
            let Some((last, _)) = read.last() else { break };
            self.through_no = *last;
            self.history.put(read.into_iter().map(|(_, happened)| happened));
        }
        // Years of history may have been filled in since: what is too old is not read again each time.
        self.through_no = self.through_no.max(last_no);
        if since.since(self.since) > SWEPT_EVERY {
            self.history.forget_before(since);
            self.since = since;
        }
        Ok(())
    }

    /// From when on the city's history can be counted.
    async fn began(
        &self,
        tx: &mut Tx,
        city: CityId,
        since: Timestamp,
    ) -> Result<Option<Timestamp>, EngineError> {
        let first = tx.first_happened(city).await?;
        let first = first.into_iter().chain(self.history.began()).min();
        Ok(first.map(|first| first.max(since)))
    }
}

fn count(hits: &[Hit], since: Timestamp, until: Timestamp, zone: &Zone) -> Expected {
    let day = |at| {
        let local = zone.local(at);
        (local.year, local.month, local.day)
    };
    let issues: HashSet<IssueId> = hits.iter().map(|hit| hit.issue).collect();
    let days: HashSet<_> = hits.iter().map(|hit| day(hit.at)).collect();
    Expected { since, until, events: hits.len(), issues: issues.len(), days: days.len() }
}

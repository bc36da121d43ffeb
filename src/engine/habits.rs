//! When a person wants to be told: read and changed.

use super::{Engine, EngineError};
use crate::clock::{Timestamp, Weekday};
use crate::delivery::moved;
use crate::message::Language;
use crate::store::{City, Tx};
use crate::watch::Rhythm;
use crate::watcher::{Habits, HabitsError, Pause, QuietHours, WatcherId};

/// What a person changes of their habits; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HabitsChange {
    /// In which a person is written to, and reads the pages of their links where a browser has chosen none.
    pub language: Option<Language>,
    pub digest_hour: Option<i8>,
    pub digest_day: Option<Weekday>,
    pub quiet: Wish<QuietHours>,
    /// Until when nothing is sent.
    pub pause: Wish<Timestamp>,
}

/// What becomes of something that need not be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish<T> {
    #[default]
    Stays,
    Ends,
    Is(T),
}

impl<T> Wish<T> {
    /// # Errors
    /// What `parse` has against it.
    pub fn try_map<U, E>(self, parse: impl FnOnce(T) -> Result<U, E>) -> Result<Wish<U>, E> {
        Ok(match self {
            Self::Stays => Wish::Stays,
            Self::Ends => Wish::Ends,
            Self::Is(wanted) => Wish::Is(parse(wanted)?),
        })
    }
}

impl<T> From<Option<T>> for Wish<T> {
    fn from(wanted: Option<T>) -> Self {
        wanted.map_or(Self::Ends, Self::Is)
    }
}

impl HabitsChange {
    fn apply(self, mut habits: Habits, now: Timestamp) -> Result<Habits, HabitsError> {
        habits.digest_hour = match self.digest_hour {
            Some(hour) if (0..24).contains(&hour) => hour,
            Some(_) => return Err(HabitsError::NoHour),
            None => habits.digest_hour,
        };
        habits.digest_day = self.digest_day.unwrap_or(habits.digest_day);
        habits.quiet = match self.quiet {
            Wish::Stays => habits.quiet,
            Wish::Ends => None,
            Wish::Is(quiet) => Some(quiet),
        };
        habits.pause = match (self.pause, habits.pause) {
            (Wish::Is(until), old) => {
                let pause = Pause::new(now, until)?;
                // One that is made longer began when it began.
                let since = old.filter(|old| old.lasts(now)).map_or(now, |old| old.since);
                Some(Pause { since, ..pause })
            }
            // It is remembered until when nothing was sent, for whoever asks why.
            (Wish::Ends, Some(pause)) if pause.lasts(now) => Some(Pause { until: now, ..pause }),
            (_, pause) => pause,
        };
        Ok(habits)
    }
}

impl Engine {
    /// A person's habits: the usual ones until they choose.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn habits(&self, city: &City, watcher: WatcherId) -> Result<Habits, EngineError> {
        let mut tx = self.inner.store.read().await?;
        Ok(tx.habits_of(city.id, &[watcher]).await?.remove(&watcher).unwrap_or_default())
    }

    /// The language that a person reads: the city's until they choose.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn language_of(
        &self,
        city: &City,
        watcher: WatcherId,
    ) -> Result<Language, EngineError> {
        let theirs = self.inner.store.read().await?.languages(city.id, &[watcher]).await?.pop();
        let tag = theirs.map_or_else(|| city.language.clone(), |(_, tag)| tag);
        Ok(tag.parse().unwrap_or_default())
    }

    /// Changes a person's habits, and with them when their digests come, from now on.
    ///
    /// # Errors
    /// When they cannot be as they are wanted, or the database does not answer.
    pub async fn change_habits(
        &self,
        city: &City,
        watcher: WatcherId,
        change: HabitsChange,
    ) -> Result<Habits, EngineError> {
        let now = self.inner.clock.now();
        let mut tx = self.changing_of(city.id, watcher).await?;
        let old = tx.habits_of(city.id, &[watcher]).await?.remove(&watcher).unwrap_or_default();
        if let Some(language) = &change.language {
            tx.set_language(city.id, watcher, &language.to_string()).await?;
        }
        let habits = change.apply(old, now)?;
        tx.set_habits(city.id, watcher, &habits).await?;
        reschedule(&mut tx, city, watcher, (&old, &habits), now).await?;
        tx.commit().await?;
        Ok(habits)
    }
}

/// What is scheduled comes when the new habits say. What waits when a pause begins comes now.
async fn reschedule(
    tx: &mut Tx,
    city: &City,
    watcher: WatcherId,
    (old, new): (&Habits, &Habits),
    now: Timestamp,
) -> Result<(), EngineError> {
    // Whoever plans digests now may be moving one of these.
    tx.take_numbers(city.id, "digest", 0).await?;
    let begins = new.is_paused(now) && !old.is_paused(now);
    let mut digests = tx.digests_of(city.id, watcher).await?;
    for digest in &mut digests {
        let comes = moved((digest.rhythm, digest.due), old, new, &city.zone, now);
        digest.due = if begins { now } else { comes };
    }
    Ok(tx.move_digests(city.id, &digests).await?)
}

/// A person who is another's now has that one's habits; if there are none, they are brought along, but for
/// a pause: what one browser was not to hear is no reason to tell a person nothing. What was scheduled
/// for either comes when the one who has it now wants to be told.
pub(super) async fn merge_habits(
    tx: &mut Tx,
    city: &City,
    from: WatcherId,
    to: WatcherId,
    now: Timestamp,
) -> Result<(), EngineError> {
    let mut old = tx.habits_of(city.id, &[from, to]).await?;
    let [theirs, own] = [from, to].map(|watcher| old.remove(&watcher).unwrap_or_default());
    tx.move_habits(city.id, from, to).await?;
    let new = tx.habits_of(city.id, &[to]).await?.remove(&to).unwrap_or_default();
    let known: Vec<Rhythm> =
        tx.digests_of(city.id, to).await?.into_iter().map(|digest| digest.rhythm).collect();
    tx.move_schedules(city.id, from, to).await?;
    let mut digests = tx.digests_of(city.id, to).await?;
    for digest in &mut digests {
        let old = if known.contains(&digest.rhythm) { &own } else { &theirs };
        digest.due = moved((digest.rhythm, digest.due), old, &new, &city.zone, now);
    }
    Ok(tx.move_digests(city.id, &digests).await?)
}

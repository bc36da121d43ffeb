//! When watchers want to be told.

use std::collections::HashMap;

use uuid::Uuid;

use super::{StoreError, Tx};
use crate::clock::{Timestamp, Weekday};
use crate::issue::CityId;
use crate::watcher::{Habits, Pause, QuietHours, WatcherId};

row_struct! {
    struct HabitsFields {
        watcher_id: Uuid,
        digest_hour: i64,
        digest_day: i64,
        quiet_from: Option<i64>,
        quiet_to: Option<i64>,
        paused_at: Option<i64>,
        paused_until: Option<i64>,
    }
}

impl HabitsFields {
    fn into_habits(self) -> Option<(WatcherId, Habits)> {
        let hour = |hour: i64| i8::try_from(hour).ok();
        let time = |at: Option<i64>| at.map(Timestamp::from_millis);
        let quiet = match (self.quiet_from, self.quiet_to) {
            (Some(from), Some(to)) => Some(QuietHours::new(hour(from)?, hour(to)?).ok()?),
            _ => None,
        };
        let pause = match (time(self.paused_at), time(self.paused_until)) {
            (Some(since), Some(until)) => Some(Pause { since, until }),
            _ => None,
        };
        let habits = Habits {
            digest_hour: hour(self.digest_hour).filter(|hour| (0..24).contains(hour))?,
            digest_day: Weekday::from_number(hour(self.digest_day)?)?,
            quiet,
            pause,
        };
        Some((WatcherId(self.watcher_id), habits))
    }
}

impl Tx {
    /// The habits of those among these watchers who have chosen some; all others have the usual ones.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn habits_of(
        &mut self,
        city: CityId,
        watchers: &[WatcherId],
    ) -> Result<HashMap<WatcherId, Habits>, StoreError> {
        let rows = rows_of!(
            self,
            HabitsFields,
            "SELECT watcher_id, digest_hour, digest_day, quiet_from, quiet_to, paused_at, paused_until
             FROM habits WHERE (city_id, watcher_id) IN (",
            watchers,
            |id| [city.0, id.0],
            ")"
        );
        rows.into_iter()
            .map(|row| row.into_habits().ok_or(StoreError::Unreadable("habits")))
            .collect()
    }

    /// The pauses that have not ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pauses(
        &mut self,
        city: CityId,
        now: Timestamp,
    ) -> Result<HashMap<WatcherId, Pause>, StoreError> {
        let rows = rows!(
            self,
            (Uuid, i64, i64),
            "SELECT watcher_id, paused_at, paused_until FROM habits
             WHERE city_id = $1 AND paused_until > $2",
            city.0,
            now.as_millis()
        )?;
        let pause = |(watcher, since, until)| {
            let [since, until] = [since, until].map(Timestamp::from_millis);
            (WatcherId(watcher), Pause { since, until })
        };
        Ok(rows.into_iter().map(pause).collect())
    }

    /// Gives what a watcher has chosen, but for a pause, to another who has chosen nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn move_habits(
        &mut self,
        city: CityId,
        from: WatcherId,
        to: WatcherId,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO habits (city_id, watcher_id, digest_hour, digest_day, quiet_from, quiet_to)
             SELECT city_id, $3, digest_hour, digest_day, quiet_from, quiet_to
             FROM habits WHERE city_id = $1 AND watcher_id = $2
             ON CONFLICT (city_id, watcher_id) DO NOTHING",
            city.0,
            from.0,
            to.0
        )?;
        self.take_numbers(city, "habits", 1).await?;
        run!(self, "DELETE FROM habits WHERE city_id = $1 AND watcher_id = $2", city.0, from.0)?;
        Ok(())
    }

    /// Writes what a watcher has chosen.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_habits(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        habits: &Habits,
    ) -> Result<(), StoreError> {
        // Whoever matches knows by this that pauses may have changed.
        self.take_numbers(city, "habits", 1).await?;
        run!(
            self,
            "INSERT INTO habits (city_id, watcher_id, digest_hour, digest_day, quiet_from, quiet_to,
                paused_at, paused_until)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (city_id, watcher_id) DO UPDATE SET
                digest_hour = excluded.digest_hour, digest_day = excluded.digest_day,
                quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
                paused_at = excluded.paused_at, paused_until = excluded.paused_until",
            city.0,
            watcher.0,
            i64::from(habits.digest_hour),
            i64::from(habits.digest_day.number()),
            habits.quiet.map(|quiet| i64::from(quiet.from())),
            habits.quiet.map(|quiet| i64::from(quiet.to())),
            habits.pause.map(|pause| pause.since.as_millis()),
            habits.pause.map(|pause| pause.until.as_millis())
        )?;
        Ok(())
    }
}

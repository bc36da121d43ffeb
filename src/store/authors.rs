//! By what residents are known who say something of issues, and whether it is shown at once.

use uuid::Uuid;

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::issue::{Author, CityId};
use crate::watcher::WatcherId;

/// What somebody's word makes of all that a watcher says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hearing {
    Shown,
    Held,
}

impl Hearing {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Held => "held",
        }
    }
}

impl Tx {
    /// Whether what a watcher says is shown without anybody's reading it first: by somebody's word, or
    /// without one as they have a mail address that agreed before a time; `None` for everybody's.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_trusted(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        before: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let found = row!(
            self,
            (i64,),
            "SELECT w.created_at FROM watcher w
             WHERE w.city_id = $1 AND w.watcher_id = $2
                AND (w.comments = 'shown' OR (w.comments IS NULL AND ($3 IS NULL OR EXISTS (
                    SELECT 1 FROM contact c
                    WHERE c.city_id = w.city_id AND c.watcher_id = w.watcher_id
                        AND c.kind = 'mail' AND c.state = 'confirmed' AND c.confirmed_at < $3))))",
            city.0,
            watcher.0,
            before.map(Timestamp::as_millis)
        )?;
        Ok(found.is_some())
    }

    /// Says what becomes of all that a watcher says from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hear(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        how: Hearing,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watcher SET comments = $3 WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            watcher.0,
            how.name()
        )?;
        Ok(())
    }

    /// By what a watcher's comments are known, from now on as `fresh` if they have made none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn make_author(
        &mut self,
        city: CityId,
        watcher: WatcherId,
        fresh: Author,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watcher SET author = $3
             WHERE city_id = $1 AND watcher_id = $2 AND author IS NULL",
            city.0,
            watcher.0,
            fresh.0
        )?;
        Ok(())
    }

    /// By what a watcher's comments are known; none if they have made none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn author_of(
        &mut self,
        city: CityId,
        watcher: WatcherId,
    ) -> Result<Option<Author>, StoreError> {
        let found = row!(
            self,
            (Option<Uuid>,),
            "SELECT author FROM watcher WHERE city_id = $1 AND watcher_id = $2",
            city.0,
            watcher.0
        )?;
        Ok(found.and_then(|(author,)| author).map(Author))
    }
}

//! One reader of a city's news for all who listen to it.
//!
//! The one rule: the reader begins no later than the first event that has not been matched, so that
//! whoever reads up to here on their own, after joining, misses nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast;

use super::super::Doors;
use crate::engine::Engine;
use crate::issue::CityId;
use crate::store::{IssueWardRow, PendingEvent, StoreError};

/// Events read at once.
const A_READ: i64 = 200;

/// Readings that wait for a slow listener, who then reads on alone.
const KEPT: usize = 16;

/// How often to look when the bell is silent: another process may have matched something.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Some news: all that was matched behind the number `after` up to `through`.
#[derive(Debug)]
pub struct News {
    pub after: i64,
    pub through: i64,
    pub events: Vec<PendingEvent>,
    pub wards: Vec<IssueWardRow>,
}

impl News {
    /// The next news behind a number, if there is any.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(
        engine: &Engine,
        city: CityId,
        after: i64,
    ) -> Result<Option<Self>, StoreError> {
        let mut tx = engine.store().read().await?;
        let events = tx.news_after(city, after, A_READ).await?;
        let Some(last) = events.last() else { return Ok(None) };
        let through = last.no;
        let mut ids: Vec<_> = events.iter().map(|news| news.event.issue).collect();
        ids.sort_unstable();
        ids.dedup();
        let wards = tx.wards_of_issues(city, &ids).await?;
        Ok(Some(Self { after, through, events, wards }))
    }
}

/// The readers at work, by city; each as long as somebody listens.
#[derive(Debug, Default)]
pub struct Newsroom(Mutex<Readers>);

type Readers = HashMap<CityId, broadcast::Sender<Arc<News>>>;

impl Newsroom {
    /// All news from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn join(
        &self,
        doors: &Doors,
        city: CityId,
    ) -> Result<broadcast::Receiver<Arc<News>>, StoreError> {
        if let Some(reader) = self.readers().get(&city) {
            return Ok(reader.subscribe());
        }
        let begin = beginning(doors.engine(), city).await?;
        // Somebody else may have begun meanwhile, no later than here.
        let mut readers = self.readers();
        let reader = readers.entry(city).or_insert_with(|| {
            let (reader, _) = broadcast::channel(KEPT);
            tokio::spawn(read_on(doors.clone(), city, reader.clone(), begin));
            reader
        });
        Ok(reader.subscribe())
    }

    /// Whether nobody listens any more; then the reader is forgotten.
    fn is_left(&self, city: CityId) -> bool {
        let mut readers = self.readers();
        let left = readers.get(&city).is_none_or(|reader| reader.receiver_count() == 0);
        if left {
            readers.remove(&city);
        }
        left
    }

    fn readers(&self) -> MutexGuard<'_, Readers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number behind which nothing has been read by anybody.
async fn beginning(engine: &Engine, city: CityId) -> Result<i64, StoreError> {
    let mut tx = engine.store().read().await?;
    let last = tx.last_number(city, "event").await?;
    Ok(tx.unmatched(city, 0, 1).await?.first().map_or(last, |oldest| oldest.no - 1))
}

async fn read_on(
    doors: Doors,
    city: CityId,
    listeners: broadcast::Sender<Arc<News>>,
    mut after: i64,
) {
    let mut bell = doors.engine().listen();
    while !doors.inner.newsroom.is_left(city) {
        match News::read(doors.engine(), city, after).await {
            Ok(Some(news)) => {
                after = news.through;
                // Nobody may be there to hear it, which is seen above.
                let _ = listeners.send(Arc::new(news));
            }
            Ok(None) => drop(tokio::time::timeout(LOOK_EVERY, bell.recv()).await),
            Err(error) => {
                tracing::warn!(%error, "the public stream cannot be read yet; trying again");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

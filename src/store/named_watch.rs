//! A watch without its area: what a letter says of it, and what a digest asks.

use uuid::Uuid;

use super::{StoreError, Tx, WatchState};
use crate::issue::CityId;
use crate::ward::WardRef;
use crate::watch::{Rhythm, Via, WatchId, WatchNumber};
use crate::watcher::WatcherId;

/// A watch without its area, which is nobody's business in a letter and takes longer to read than
/// the letter to write.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedWatch {
    pub number: WatchNumber,
    pub id: WatchId,
    pub watcher: WatcherId,
    pub name: String,
    /// Empty unless it watches wards.
    pub wards: Vec<WardRef>,
    pub rhythm: Rhythm,
    pub via: Via,
    pub state: WatchState,
}

row_struct! {
    struct NamedFields {
        watch_no: i64,
        watch_id: Uuid,
        watcher_id: Uuid,
        name: String,
        wards: Option<String>,
        rhythm: String,
        via_mail: i64,
        via_push: i64,
        state: String,
    }
}

/// Reads [`NamedFields`] of the watches that the rest of the statement names.
macro_rules! select_named {
    () => {
        "SELECT watch_no, watch_id, watcher_id, name, wards, rhythm, via_mail, via_push, state
         FROM watch WHERE "
    };
}

impl NamedFields {
    fn into_watch(self) -> Option<NamedWatch> {
        let wards = self.wards.map(|wards| serde_json::from_str(&wards)).transpose().ok()?;
        Some(NamedWatch {
            number: WatchNumber(self.watch_no),
            id: WatchId(self.watch_id),
            watcher: WatcherId(self.watcher_id),
            name: self.name,
            wards: wards.unwrap_or_default(),
            rhythm: Rhythm::from_name(&self.rhythm)?,
            via: Via { mail: self.via_mail != 0, push: self.via_push != 0 },
            state: WatchState::from_name(&self.state)?,
        })
    }
}

impl Tx {
    /// Watches by their numbers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn watches_named(
        &mut self,
        city: CityId,
        numbers: &[WatchNumber],
    ) -> Result<Vec<NamedWatch>, StoreError> {
        let rows = rows_of!(
            self,
            NamedFields,
            concat!(select_named!(), "(city_id, watch_no) IN ("),
            numbers,
            |no| [city.0, no.0],
            ")"
        );
        into_watches(rows)
    }

    /// The watches of some watchers that are not deleted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn named_watches_of(
        &mut self,
        city: CityId,
        watchers: &[WatcherId],
    ) -> Result<Vec<NamedWatch>, StoreError> {
        let rows = rows_of!(
            self,
            NamedFields,
            concat!(select_named!(), "(city_id, watcher_id) IN ("),
            watchers,
            |id| [city.0, id.0],
            ") AND state <> 'deleted' ORDER BY watch_no"
        );
        into_watches(rows)
    }
}

fn into_watches(rows: Vec<NamedFields>) -> Result<Vec<NamedWatch>, StoreError> {
    let unreadable = StoreError::Unreadable("watch");
    rows.into_iter().map(NamedFields::into_watch).collect::<Option<_>>().ok_or(unreadable)
}

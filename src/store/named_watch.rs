//! What a letter says of a watch.

use uuid::Uuid;

use super::{StoreError, Tx, WatchState};
use crate::issue::CityId;
use crate::ward::WardRef;
use crate::watch::{Rhythm, WatchId, WatchNumber};

/// A watch as a letter names it: without its area, which is nobody's business there and takes
/// longer to read than the letter to write.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedWatch {
    pub number: WatchNumber,
    pub id: WatchId,
    pub name: String,
    /// Empty unless it watches wards.
    pub wards: Vec<WardRef>,
    pub rhythm: Rhythm,
    pub state: WatchState,
}

row_struct! {
    struct NamedFields {
        watch_no: i64,
        watch_id: Uuid,
        name: String,
        wards: Option<String>,
        rhythm: String,
        state: String,
    }
}

impl NamedFields {
    fn into_watch(self) -> Option<NamedWatch> {
        let wards = self.wards.map(|wards| serde_json::from_str(&wards)).transpose().ok()?;
        Some(NamedWatch {
            number: WatchNumber(self.watch_no),
            id: WatchId(self.watch_id),
            name: self.name,
            wards: wards.unwrap_or_default(),
            rhythm: Rhythm::from_name(&self.rhythm)?,
            state: WatchState::from_name(&self.state)?,
        })
    }
}

impl Tx {
    /// Watches by their numbers, as a letter names them.
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
            "SELECT watch_no, watch_id, name, wards, rhythm, state FROM watch
             WHERE (city_id, watch_no) IN (",
            numbers,
            |no| [city.0, no.0],
            ")"
        );
        let unreadable = StoreError::Unreadable("watch");
        rows.into_iter().map(NamedFields::into_watch).collect::<Option<_>>().ok_or(unreadable)
    }
}

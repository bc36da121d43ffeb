//! What people watch.

mod target;

use uuid::Uuid;

use super::boundary::box_of;
use super::sql::ROWS_WITH_AREAS;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::geometry::{Envelope, Shape};
use crate::issue::CityId;
use crate::watch::{Rhythm, Target, Via, Watch, WatchId, WatchNumber};
use crate::watcher::{ContactId, WatcherId};

use target::{issue_of, meant_text, shape_text, target_from, target_name, wards_text};

/// A watch as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchRow {
    pub watch: Watch,
    pub state: WatchState,
    pub asked: Option<Asked>,
    pub created_at: Timestamp,
}

/// Whether a watch speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchState {
    Unconfirmed,
    Active,
    Paused,
    Deleted,
}

impl WatchState {
    /// The name in the store and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Deleted => "deleted",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Unconfirmed, Self::Active, Self::Paused, Self::Deleted]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// The question that a new watch waits on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub contact: ContactId,
    pub at: Timestamp,
    /// How often a wrong code was typed.
    pub wrong_codes: i64,
}

row_struct! {
    struct WatchFields {
        watch_id: Uuid,
        watch_no: i64,
        watcher_id: Uuid,
        name: String,
        shape: Option<String>,
        wards: Option<String>,
        meant: Option<String>,
        issue_id: Option<Uuid>,
        filter: String,
        rhythm: String,
        via_mail: i64,
        via_push: i64,
        via_webhook: i64,
        state: String,
        asked: Option<Uuid>,
        asked_at: Option<i64>,
        wrong_codes: i64,
        change_no: i64,
        created_at: i64,
    }
}

macro_rules! watch_columns {
    () => {
        "watch_id, watch_no, watcher_id, name, shape, wards, meant, issue_id, filter, rhythm,
         via_mail, via_push, via_webhook, state, asked, asked_at, wrong_codes, change_no, created_at"
    };
}

impl WatchFields {
    fn into_row(self) -> Result<WatchRow, StoreError> {
        let unreadable = || StoreError::Unreadable("watch");
        let asked = self.asked.zip(self.asked_at).map(|(contact, at)| Asked {
            contact: ContactId(contact),
            at: Timestamp::from_millis(at),
            wrong_codes: self.wrong_codes,
        });
        Ok(WatchRow {
            state: WatchState::from_name(&self.state).ok_or_else(unreadable)?,
            asked,
            created_at: Timestamp::from_millis(self.created_at),
            watch: Watch {
                id: WatchId(self.watch_id),
                number: WatchNumber(self.watch_no),
                watcher: WatcherId(self.watcher_id),
                name: self.name,
                target: target_from(self.shape, self.wards, self.meant, self.issue_id)?,
                filter: serde_json::from_str(&self.filter).map_err(|_| unreadable())?,
                rhythm: Rhythm::from_name(&self.rhythm).ok_or_else(unreadable)?,
                via: Via {
                    mail: self.via_mail != 0,
                    push: self.via_push != 0,
                    webhook: self.via_webhook != 0,
                },
            },
        })
    }
}

impl Tx {
    /// Adds watches. Their numbers and `change_no` must have been taken in this transaction; each
    /// watch's change is `first_change` and upwards.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_watches(
        &mut self,
        city: CityId,
        rows: &[WatchRow],
        first_change: i64,
    ) -> Result<(), StoreError> {
        let numbered: Vec<(i64, &WatchRow, Option<Envelope>)> = (first_change..)
            .zip(rows)
            .map(|(no, row)| match &row.watch.target {
                Target::Area(shape) => (no, row, Some(box_of(shape))),
                _ => (no, row, None),
            })
            .collect();
        for rows in numbered.chunks(ROWS_WITH_AREAS) {
            write_rows!(
                self,
                "INSERT INTO watch (city_id, watch_id, watch_no, watcher_id, name, target, shape, west,
                    south, east, north, wards, meant, issue_id, filter, rhythm, via_mail, via_push,
                    via_webhook, state, asked, asked_at, change_no, created_at, confirmed_at) ",
                rows,
                |row| [
                    city.0,
                    row.1.watch.id.0,
                    row.1.watch.number.0,
                    row.1.watch.watcher.0,
                    &row.1.watch.name,
                    target_name(&row.1.watch.target),
                    shape_text(&row.1.watch.target),
                    row.2.map(|b| b.west),
                    row.2.map(|b| b.south),
                    row.2.map(|b| b.east),
                    row.2.map(|b| b.north),
                    wards_text(&row.1.watch.target),
                    meant_text(&row.1.watch.target),
                    issue_of(&row.1.watch.target),
                    json(&row.1.watch.filter),
                    row.1.watch.rhythm.name(),
                    i64::from(row.1.watch.via.mail),
                    i64::from(row.1.watch.via.push),
                    i64::from(row.1.watch.via.webhook),
                    row.1.state.name(),
                    row.1.asked.map(|asked| asked.contact.0),
                    row.1.asked.map(|asked| asked.at.as_millis()),
                    row.0,
                    row.1.created_at.as_millis(),
                    (row.1.state != WatchState::Unconfirmed).then(|| row.1.created_at.as_millis()),
                ],
                ""
            );
        }
        Ok(())
    }

    /// The watch with this id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn watch(
        &mut self,
        city: CityId,
        id: WatchId,
    ) -> Result<Option<WatchRow>, StoreError> {
        let found = row!(
            self,
            WatchFields,
            concat!(
                "SELECT ",
                watch_columns!(),
                " FROM watch WHERE city_id = $1 AND watch_id = $2"
            ),
            city.0,
            id.0
        )?;
        found.map(WatchFields::into_row).transpose()
    }

    /// All watches of these watchers that are not deleted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn watches_of(
        &mut self,
        city: CityId,
        watchers: &[WatcherId],
    ) -> Result<Vec<WatchRow>, StoreError> {
        let rows = rows_of!(
            self,
            WatchFields,
            concat!("SELECT ", watch_columns!(), " FROM watch WHERE (city_id, watcher_id) IN ("),
            watchers,
            |id| [city.0, id.0],
            ") AND state <> 'deleted' ORDER BY watch_no"
        );
        rows.into_iter().map(WatchFields::into_row).collect()
    }

    /// The next watches that changed after change `after`, oldest change first, and the number of
    /// the last of these changes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn watch_changes(
        &mut self,
        city: CityId,
        after: i64,
        limit: i64,
    ) -> Result<(Vec<WatchRow>, i64), StoreError> {
        let rows = rows!(
            self,
            WatchFields,
            concat!(
                "SELECT ",
                watch_columns!(),
                " FROM watch WHERE city_id = $1 AND change_no > $2 ORDER BY change_no LIMIT $3"
            ),
            city.0,
            after,
            limit
        )?;
        let last = rows.last().map_or(after, |row| row.change_no);
        let rows = rows.into_iter().map(WatchFields::into_row).collect::<Result<_, _>>()?;
        Ok((rows, last))
    }

    /// Writes what an owner changed: name, filter, rhythm, roads, state.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn change_watch(
        &mut self,
        city: CityId,
        row: &WatchRow,
        change_no: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let confirmed = (row.state == WatchState::Active).then(|| now.as_millis());
        run!(
            self,
            "UPDATE watch SET name = $3, filter = $4, rhythm = $5, via_mail = $6, via_push = $7,
                via_webhook = $8, state = $9, change_no = $10,
                confirmed_at = COALESCE(confirmed_at, $11)
             WHERE city_id = $1 AND watch_id = $2 AND state <> 'deleted'",
            city.0,
            row.watch.id.0,
            &row.watch.name,
            json(&row.watch.filter),
            row.watch.rhythm.name(),
            i64::from(row.watch.via.mail),
            i64::from(row.watch.via.push),
            i64::from(row.watch.via.webhook),
            row.state.name(),
            change_no,
            confirmed
        )?;
        Ok(())
    }

    /// Moves an area watch to another area.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn move_watch(
        &mut self,
        city: CityId,
        id: WatchId,
        shape: &Shape,
        change_no: i64,
    ) -> Result<(), StoreError> {
        let around = box_of(shape);
        run!(
            self,
            "UPDATE watch SET shape = $3, west = $4, south = $5, east = $6, north = $7,
                change_no = $8
             WHERE city_id = $1 AND watch_id = $2 AND target = 'area'",
            city.0,
            id.0,
            shape.to_geojson().to_string(),
            around.west,
            around.south,
            around.east,
            around.north,
            change_no
        )?;
        Ok(())
    }

    /// Watches that have waited for a confirmation since before a time; at most a thousand.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unanswered(
        &mut self,
        city: CityId,
        before: Timestamp,
    ) -> Result<Vec<WatchId>, StoreError> {
        let rows = rows!(
            self,
            (Uuid,),
            "SELECT watch_id FROM watch
             WHERE city_id = $1 AND state = 'unconfirmed' AND asked_at < $2 LIMIT 1000",
            city.0,
            before.as_millis()
        )?;
        Ok(rows.into_iter().map(|(id,)| WatchId(id)).collect())
    }

    /// Gives a watch to another watcher.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn give_watch(
        &mut self,
        city: CityId,
        id: WatchId,
        to: WatcherId,
        change_no: i64,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watch SET watcher_id = $3, change_no = $4
             WHERE city_id = $1 AND watch_id = $2",
            city.0,
            id.0,
            to.0,
            change_no
        )?;
        run!(
            self,
            "UPDATE public_area SET watcher_id = $3 WHERE city_id = $1 AND watch_id = $2",
            city.0,
            id.0,
            to.0
        )?;
        Ok(())
    }

    /// Deletes a watch and forgets its area.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_watch(
        &mut self,
        city: CityId,
        id: WatchId,
        change_no: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watch SET state = 'deleted', deleted_at = $4, change_no = $3, shape = NULL,
                west = NULL, south = NULL, east = NULL, north = NULL, meant = NULL, follows = NULL,
                follow_ended_at = NULL
             WHERE city_id = $1 AND watch_id = $2",
            city.0,
            id.0,
            change_no,
            now.as_millis()
        )?;
        Ok(())
    }

    /// Counts a wrong code against a watch.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_wrong_code(&mut self, city: CityId, id: WatchId) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE watch SET wrong_codes = wrong_codes + 1 WHERE city_id = $1 AND watch_id = $2",
            city.0,
            id.0
        )?;
        Ok(())
    }
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain data with string keys serialises")
}

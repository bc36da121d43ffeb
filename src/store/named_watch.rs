//! A watch without its area: what a letter says of it, what a digest asks, and what consent is asked
//! for.

use uuid::Uuid;

use super::boundary::shape_from;
use super::{StoreError, Tx, WatchState};
use crate::clock::Timestamp;
use crate::geometry::{Envelope, Position};
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
    /// The middle of its area, if it watches one.
    pub middle: Option<Position>,
    /// When the public area ended whose outline it has kept.
    pub follow_ended: Option<Timestamp>,
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
        via_webhook: i64,
        state: String,
        west: Option<f64>,
        south: Option<f64>,
        east: Option<f64>,
        north: Option<f64>,
        around: Option<String>,
        follow_ended_at: Option<i64>,
    }
}

/// What a person is asked to agree to.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedAbout {
    pub id: WatchId,
    pub state: WatchState,
    /// Empty unless it watches wards.
    pub wards: Vec<WardRef>,
    /// Whether it follows an issue, and that issue's number while there is one.
    pub follows_issue: bool,
    pub number: Option<String>,
    /// Whether that issue is what they reported themselves.
    pub reported: bool,
}

row_struct! {
    struct AskedFields {
        watch_id: Uuid,
        state: String,
        wards: Option<String>,
        issue_id: Option<Uuid>,
        number: Option<String>,
        reported_at: Option<i64>,
    }
}

impl AskedFields {
    fn into_asked(self) -> Option<AskedAbout> {
        Some(AskedAbout {
            id: WatchId(self.watch_id),
            state: WatchState::from_name(&self.state)?,
            wards: wards_from(self.wards)?,
            follows_issue: self.issue_id.is_some(),
            number: self.number,
            reported: self.reported_at.is_some(),
        })
    }
}

/// Reads [`NamedFields`] of the watches that the rest of the statement names; the area itself only of
/// those whose box goes around the earth.
macro_rules! select_named {
    () => {
        "SELECT watch_no, watch_id, watcher_id, name, wards, rhythm, via_mail, via_push, via_webhook, state,
            west, south, east, north, CASE WHEN east - west > 180 THEN shape END AS around,
            follow_ended_at
         FROM watch WHERE "
    };
}

impl NamedFields {
    /// The middle of the box: to the millimetre a circle's centre, and of what somebody drew the
    /// middle of the map on which all of it shows. (The point with the most room around it, where a
    /// label goes, may lie in any arm of an area; and the centroid follows whichever end was drawn
    /// broader. Either would have to be computed from the whole area, for every reader.) What
    /// reaches over the antimeridian or a pole has a box around the earth; only of that is the area
    /// read.
    fn middle(&self) -> Option<Position> {
        if let Some(around) = &self.around {
            return shape_from(around).ok().map(|shape| shape.centre());
        }
        let (west, south) = (self.west?, self.south?);
        Some(Envelope { west, south, east: self.east?, north: self.north? }.middle())
    }

    fn into_watch(self) -> Option<NamedWatch> {
        Some(NamedWatch {
            middle: self.middle(),
            follow_ended: self.follow_ended_at.map(Timestamp::from_millis),
            number: WatchNumber(self.watch_no),
            id: WatchId(self.watch_id),
            watcher: WatcherId(self.watcher_id),
            name: self.name,
            wards: wards_from(self.wards)?,
            rhythm: Rhythm::from_name(&self.rhythm)?,
            via: Via {
                mail: self.via_mail != 0,
                push: self.via_push != 0,
                webhook: self.via_webhook != 0,
            },
            state: WatchState::from_name(&self.state)?,
        })
    }
}

fn wards_from(text: Option<String>) -> Option<Vec<WardRef>> {
    text.map_or(Some(vec![]), |text| serde_json::from_str(&text).ok())
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

    /// What the questions about these watches ask.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn asked_about(
        &mut self,
        city: CityId,
        ids: &[WatchId],
    ) -> Result<Vec<AskedAbout>, StoreError> {
        let rows = rows_of!(
            self,
            AskedFields,
            "SELECT w.watch_id, w.state, w.wards, w.issue_id, i.number, r.reported_at FROM watch w
             LEFT JOIN issue i ON i.city_id = w.city_id AND i.issue_id = w.issue_id
             LEFT JOIN reporter r ON r.city_id = w.city_id AND r.issue_id = w.issue_id
                AND r.watcher_id = w.watcher_id
             WHERE (w.city_id, w.watch_id) IN (",
            ids,
            |id| [city.0, id.0],
            ")"
        );
        let asked: Option<Vec<_>> = rows.into_iter().map(AskedFields::into_asked).collect();
        asked.ok_or(StoreError::Unreadable("watch"))
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

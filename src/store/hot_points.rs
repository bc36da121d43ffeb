//! Points that a feed falls back to, and what operators said of them.

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::geometry::Position;
use crate::issue::CityId;

/// What an operator has said of a hot point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing yet: it is held.
    Open,
    /// It is real.
    Released,
    /// It is nobody's place.
    Dismissed,
}

impl Decision {
    const ALL: [Self; 3] = [Self::Open, Self::Released, Self::Dismissed];

    /// The name in the store and for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "held",
            Self::Released => "released",
            Self::Dismissed => "dismissed",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.name() == name)
    }
}

/// A point that takes too much of its source's stream.
#[derive(Clone, Debug, PartialEq)]
pub struct HotPoint {
    pub source: String,
    pub at: Position,
    pub decision: Decision,
    pub found: Timestamp,
}

/// What is held at a point, for people.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldThere {
    /// Issues that are told to nobody who watches places.
    pub issues: i64,
    /// An address that its source gives for it.
    pub address: Option<String>,
}

impl Tx {
    /// All hot points of a city.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hot_points(&mut self, city: CityId) -> Result<Vec<HotPoint>, StoreError> {
        let rows = rows!(
            self,
            (String, f64, f64, String, i64),
            "SELECT source, lon, lat, decision, found_at FROM hot_point WHERE city_id = $1
             ORDER BY found_at, source, lon, lat",
            city.0
        )?;
        let point = |(source, lon, lat, decision, found): (_, _, _, String, _)| {
            let decision = Decision::from_name(&decision)?;
            let (at, found) = (Position { lon, lat }, Timestamp::from_millis(found));
            Some(HotPoint { source, at, decision, found })
        };
        rows.into_iter().map(|row| point(row).ok_or(StoreError::Unreadable("hot_point"))).collect()
    }

    /// Adds points that were found.
    ///
    /// # Errors
    /// When the database does not answer, or one of them is there already.
    pub async fn put_hot_points(
        &mut self,
        city: CityId,
        points: &[HotPoint],
    ) -> Result<(), StoreError> {
        write_rows!(
            self,
            "INSERT INTO hot_point (city_id, source, lon, lat, decision, found_at) ",
            points,
            |p| [city.0, &p.source, p.at.lon, p.at.lat, p.decision.name(), p.found.as_millis()],
            ""
        );
        Ok(())
    }

    /// Writes what an operator says of a point. Gives `false` when there is no such point.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn decide_hot_point(
        &mut self,
        city: CityId,
        source: &str,
        at: Position,
        decision: Decision,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = run!(
            self,
            "UPDATE hot_point SET decision = $5, decided_at = $6
             WHERE city_id = $1 AND source = $2 AND lon = $3 AND lat = $4",
            city.0,
            source,
            at.lon,
            at.lat,
            decision.name(),
            now.as_millis()
        )?;
        Ok(changed > 0)
    }

    /// What is held at a point.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn held_there(
        &mut self,
        city: CityId,
        source: &str,
        at: Position,
    ) -> Result<HeldThere, StoreError> {
        let found = row!(
            self,
            (i64, Option<String>),
            "SELECT COUNT(*), MAX(address) FROM issue
             WHERE city_id = $1 AND source = $2 AND place = 'hot_point' AND lon = $3 AND lat = $4",
            city.0,
            source,
            at.lon,
            at.lat
        )?;
        let (issues, address) = found.unwrap_or((0, None));
        Ok(HeldThere { issues, address: address.filter(|address| !address.is_empty()) })
    }

    /// Believes a point: its issues lie there, and its events are to be matched once more. Those
    /// that happened before `news_since` are told to nobody. Gives the number of events.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn let_go(
        &mut self,
        city: CityId,
        source: &str,
        at: Position,
        news_since: Timestamp,
    ) -> Result<u64, StoreError> {
        run!(
            self,
            "UPDATE issue SET place = 'good'
             WHERE city_id = $1 AND source = $2 AND place = 'hot_point' AND lon = $3 AND lat = $4",
            city.0,
            source,
            at.lon,
            at.lat
        )?;
        Ok(run!(
            self,
            "UPDATE event SET place = 'good', matched_at = NULL,
                let_go = CASE WHEN matched_at IS NULL THEN let_go ELSE 1 END,
                quiet = COALESCE(quiet, CASE WHEN at < $5 THEN 'old' END)
             WHERE city_id = $1 AND source = $2 AND place = 'hot_point' AND lon = $3 AND lat = $4",
            city.0,
            source,
            at.lon,
            at.lat,
            news_since.as_millis()
        )?)
    }

    /// The reports behind an event, with their sources and believable places, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reports_after(
        &mut self,
        city: CityId,
        after_no: i64,
    ) -> Result<Vec<(i64, String, Position)>, StoreError> {
        let rows = rows!(
            self,
            (i64, String, f64, f64),
            "SELECT event_no, source, lon, lat FROM event
             WHERE city_id = $1 AND event_no > $2 AND kind = 'opened'
                AND place IN ('good', 'hot_point') ORDER BY event_no",
            city.0,
            after_no
        )?;
        Ok(rows
            .into_iter()
            .map(|(no, source, lon, lat)| (no, source, Position { lon, lat }))
            .collect())
    }
}

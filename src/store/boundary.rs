//! Boundary layers, their versions, and their wards.

use super::sql::ROWS_WITH_AREAS;
use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::geometry::{Envelope, Shape};
use crate::issue::CityId;
use crate::ward::{LayerVersion, Ward, WardRef};
use crate::watch::Meant;

/// A version of a layer, without its wards.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerRow {
    pub layer: String,
    pub version: i64,
    pub effective: Timestamp,
    pub imported_at: Timestamp,
    pub origin: String,
    pub tolerance_m: f64,
    pub wards: i64,
    /// It does not hold, whenever it would have.
    pub withdrawn: Option<Timestamp>,
}

/// Which version of a layer holds at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerInForce {
    pub layer: String,
    pub version: i64,
}

impl Tx {
    /// Until this transaction ends nobody else changes the city's maps: what it has read of them
    /// stays true.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hold_layers(&mut self, city: CityId) -> Result<(), StoreError> {
        self.take_numbers(city, "layer_change", 0).await.map(drop)
    }

    /// All versions of all layers, newest last.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn layers(&mut self, city: CityId) -> Result<Vec<LayerRow>, StoreError> {
        let rows = rows!(
            self,
            (String, i64, i64, i64, String, f64, i64, Option<i64>),
            "SELECT v.layer, v.version, v.effective_at, v.imported_at, v.origin, v.tolerance_m,
                (SELECT COUNT(*) FROM ward w
                 WHERE w.city_id = v.city_id AND w.layer = v.layer AND w.version = v.version),
                v.withdrawn_at
             FROM layer_version v WHERE v.city_id = $1 ORDER BY v.layer, v.version",
            city.0
        )?;
        let row = |row: (String, i64, i64, i64, String, f64, i64, Option<i64>)| LayerRow {
            layer: row.0,
            version: row.1,
            effective: Timestamp::from_millis(row.2),
            imported_at: Timestamp::from_millis(row.3),
            origin: row.4,
            tolerance_m: row.5,
            wards: row.6,
            withdrawn: row.7.map(Timestamp::from_millis),
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Takes a version back: it holds no longer, nor will it. What it matched stays matched.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn withdraw_layer_version(
        &mut self,
        city: CityId,
        layer: &str,
        version: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE layer_version SET withdrawn_at = $4
             WHERE city_id = $1 AND layer = $2 AND version = $3",
            city.0,
            layer,
            version,
            now.as_millis()
        )?;
        Ok(())
    }

    /// The version of each layer that holds at `now`: of those in effect the one that came into
    /// effect last.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn layers_in_force(
        &mut self,
        city: CityId,
        now: Timestamp,
    ) -> Result<Vec<LayerInForce>, StoreError> {
        let rows = rows!(
            self,
            (String, i64),
            "SELECT layer, version FROM layer_version
             WHERE city_id = $1 AND effective_at <= $2 AND withdrawn_at IS NULL
             ORDER BY layer, effective_at, version",
            city.0,
            now.as_millis()
        )?;
        let mut in_force: Vec<LayerInForce> = vec![];
        for (layer, version) in rows {
            in_force.retain(|row| row.layer != layer);
            in_force.push(LayerInForce { layer, version });
        }
        Ok(in_force)
    }

    /// One version of a layer with its wards, by key, byte by byte: how a database sorts text is
    /// its own matter.
    ///
    /// # Errors
    /// When the database does not answer, or a stored shape cannot be read.
    pub async fn layer_version(
        &mut self,
        city: CityId,
        layer: &str,
        version: i64,
    ) -> Result<Option<LayerVersion>, StoreError> {
        let Some((effective, tolerance_m)) = row!(
            self,
            (i64, f64),
            "SELECT effective_at, tolerance_m FROM layer_version
             WHERE city_id = $1 AND layer = $2 AND version = $3",
            city.0,
            layer,
            version
        )?
        else {
            return Ok(None);
        };
        let rows = rows!(
            self,
            (String, String, String),
            "SELECT ward, name, shape FROM ward
             WHERE city_id = $1 AND layer = $2 AND version = $3",
            city.0,
            layer,
            version
        )?;
        let wards = rows
            .into_iter()
            .map(|(key, name, shape)| shape_from(&shape).map(|shape| Ward { key, name, shape }));
        let mut wards = wards.collect::<Result<Vec<_>, _>>()?;
        wards.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Ok(Some(LayerVersion {
            layer: layer.to_owned(),
            version,
            effective: Timestamp::from_millis(effective),
            tolerance_m,
            wards,
        }))
    }

    /// Whether a version of a layer has a ward of this key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_ward(
        &mut self,
        city: CityId,
        layer: &LayerInForce,
        ward: &str,
    ) -> Result<bool, StoreError> {
        let found = row!(
            self,
            (i64,),
            "SELECT version FROM ward
             WHERE city_id = $1 AND layer = $2 AND version = $3 AND ward = $4",
            city.0,
            &layer.layer,
            layer.version,
            ward
        )?;
        Ok(found.is_some())
    }

    /// The wards that people watch, once for each watch that is active or paused, with what they
    /// meant by them.
    ///
    /// # Errors
    /// When the database does not answer, or a stored watch cannot be read.
    pub async fn watched_wards(
        &mut self,
        city: CityId,
    ) -> Result<Vec<(Vec<WardRef>, Meant)>, StoreError> {
        let rows = rows!(
            self,
            (Option<String>, Option<String>),
            "SELECT wards, meant FROM watch
             WHERE city_id = $1 AND target = 'wards' AND state IN ('active', 'paused')",
            city.0
        )?;
        let unreadable = |_| StoreError::Unreadable("the wards of a stored watch");
        let watched = rows.into_iter().map(|(wards, meant)| {
            let wards = serde_json::from_str(wards.as_deref().unwrap_or("[]"))?;
            let meant = meant.as_deref().map_or(Ok(Meant::ThisWard), serde_json::from_str)?;
            Ok::<_, serde_json::Error>((wards, meant))
        });
        watched.collect::<Result<_, _>>().map_err(unreadable)
    }

    /// Adds a version of a layer; `version.version` is taken as given and must be new.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_layer_version(
        &mut self,
        city: CityId,
        version: &LayerVersion,
        origin: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO layer_version
                (city_id, layer, version, effective_at, imported_at, tolerance_m, origin)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            city.0,
            &version.layer,
            version.version,
            version.effective.as_millis(),
            now.as_millis(),
            version.tolerance_m,
            origin
        )?;
        let rows: Vec<_> = version.wards.iter().map(|ward| (ward, box_of(&ward.shape))).collect();
        for rows in rows.chunks(ROWS_WITH_AREAS) {
            write_rows!(
                self,
                "INSERT INTO ward (city_id, layer, version, ward, name, shape, west, south, east, north) ",
                rows,
                |row| [
                    city.0,
                    &version.layer,
                    version.version,
                    &row.0.key,
                    &row.0.name,
                    row.0.shape.to_geojson().to_string(),
                    row.1.west,
                    row.1.south,
                    row.1.east,
                    row.1.north,
                ],
                ""
            );
        }
        Ok(())
    }
}

/// The one box for the bounding-box columns; a shape across the antimeridian gets the whole band.
pub(super) fn box_of(shape: &Shape) -> Envelope {
    let boxes = shape.envelopes(0.0);
    let fold = |pick: fn(&Envelope) -> f64, keep: fn(f64, f64) -> f64| {
        boxes.iter().map(pick).reduce(keep).unwrap_or(0.0)
    };
    Envelope {
        west: fold(|b| b.west, f64::min),
        south: fold(|b| b.south, f64::min),
        east: fold(|b| b.east, f64::max),
        north: fold(|b| b.north, f64::max),
    }
}

pub(super) fn shape_from(text: &str) -> Result<Shape, StoreError> {
    serde_json::from_str(text)
        .ok()
        .and_then(|value| Shape::from_geojson(&value).ok())
        .ok_or(StoreError::Unreadable("a stored shape"))
}

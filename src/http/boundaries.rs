//! The city's boundaries, in the versions that hold now, as GeoJSON.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{Path, Query};
use super::{Doors, Problem};
use crate::geometry::Position;
use crate::store::City;
use crate::ward::{LayerVersion, Ward};

/// `GET /api/v1/boundaries`: the layers and their versions.
pub async fn list(State(doors): State<Doors>) -> Result<Json<Value>, Problem> {
    let city = doors.city().await?;
    let engine = doors.engine();
    let mut tx = engine.store().read().await?;
    let in_force = tx.layers_in_force(city.id, engine.clock().now()).await?;
    let layers: Vec<Value> = tx
        .layers(city.id)
        .await?
        .into_iter()
        .map(|row| {
            let holds = in_force.iter().any(|l| l.layer == row.layer && l.version == row.version);
            json!({
                "layer": row.layer, "version": row.version, "effective": row.effective,
                "wards": row.wards, "in_force": holds, "tolerance_m": row.tolerance_m,
            })
        })
        .collect();
    Ok(Json(json!({ "layers": layers })))
}

/// A place as a query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct At {
    lon: f64,
    lat: f64,
}

impl At {
    /// # Errors
    /// 422 when it is on no earth.
    pub fn position(&self) -> Result<Position, Problem> {
        let at = Position::on_earth(self.lon, self.lat);
        at.map_err(|e| Problem::field("/lon", e.to_string()))
    }
}

/// `GET /api/v1/boundaries/at?lon=&lat=`: which ward is this?
pub async fn at(State(doors): State<Doors>, Query(at): Query<At>) -> Result<Json<Value>, Problem> {
    let city = doors.city().await?;
    let at = at.position()?;
    let hits = doors.engine().wards_at(city.id, at).await;
    let wards: Vec<Value> = hits
        .into_iter()
        .map(|hit| json!({ "layer": hit.ward.layer, "ward": hit.ward.ward, "near": hit.near }))
        .collect();
    Ok(Json(json!({ "wards": wards })))
}

/// Layers that have been read, by name: parsing a city's whole geometry for every page would be a
/// waste, and a version never changes.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<HashMap<String, Arc<LayerVersion>>>);

impl Shelf {
    fn find(&self, layer: &str, version: i64) -> Option<Arc<LayerVersion>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(layer).filter(|kept| kept.version == version).cloned()
    }

    fn keep(&self, version: &Arc<LayerVersion>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(version.layer.clone(), Arc::clone(version));
    }
}

/// The version of a layer that holds now, if there is such a layer.
pub(super) async fn in_force(
    doors: &Doors,
    city: &City,
    layer: &str,
) -> Result<Option<Arc<LayerVersion>>, Problem> {
    let engine = doors.engine();
    let mut tx = engine.store().read().await?;
    let versions = tx.layers_in_force(city.id, engine.clock().now()).await?;
    let Some(found) = versions.iter().find(|l| l.layer == layer) else { return Ok(None) };
    let shelf = &doors.inner.shelf;
    if let Some(kept) = shelf.find(layer, found.version) {
        return Ok(Some(kept));
    }
    let read = tx.layer_version(city.id, layer, found.version).await?.map(Arc::new);
    if let Some(version) = &read {
        shelf.keep(version);
    }
    Ok(read)
}

async fn wanted(doors: &Doors, layer: &str) -> Result<Arc<LayerVersion>, Problem> {
    let city = doors.city().await?;
    in_force(doors, &city, layer).await?.ok_or_else(|| {
        let detail =
            format!("there is no layer “{layer}”; GET /api/v1/boundaries lists the layers");
        Problem::new(StatusCode::NOT_FOUND, detail)
    })
}

/// `GET /api/v1/boundaries/{layer}`: a `FeatureCollection`, whole geometry.
pub async fn layer(
    State(doors): State<Doors>,
    Path(name): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let version = wanted(&doors, &name).await?;
    let features: Vec<Value> = version.wards.iter().map(|ward| feature(&version, ward)).collect();
    let all = json!({ "type": "FeatureCollection", "features": features });
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], all.to_string()))
}

/// `GET /api/v1/boundaries/{layer}/{ward}`.
pub async fn ward(
    State(doors): State<Doors>,
    Path((name, key)): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let version = wanted(&doors, &name).await?;
    let Some(ward) = version.wards.iter().find(|ward| ward.key == key) else {
        let detail = format!(
            "the layer “{name}” has no ward “{key}”; GET /api/v1/boundaries/{name} has its wards"
        );
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    };
    let one = feature(&version, ward).to_string();
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], one))
}

fn feature(version: &LayerVersion, ward: &Ward) -> Value {
    json!({
        "type": "Feature", "id": ward.key,
        "properties": {
            "layer": version.layer, "version": version.version, "name": ward.name,
        },
        "geometry": ward.shape.to_geojson(),
    })
}

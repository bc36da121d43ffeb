//! The city's boundaries, in the versions that hold now, as GeoJSON.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Doors, Problem};
use crate::geometry::Position;
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
pub struct At {
    lon: f64,
    lat: f64,
}

/// `GET /api/v1/boundaries/at?lon=&lat=`: which ward is this?
pub async fn at(
    State(doors): State<Doors>,
    Query(At { lon, lat }): Query<At>,
) -> Result<Json<Value>, Problem> {
    let city = doors.city().await?;
    let hits = doors.engine().wards_at(city.id, Position { lon, lat }).await;
    let wards: Vec<Value> = hits
        .into_iter()
        .map(|hit| json!({ "layer": hit.ward.layer, "ward": hit.ward.ward, "near": hit.near }))
        .collect();
    Ok(Json(json!({ "wards": wards })))
}

async fn in_force(doors: &Doors, layer: &str) -> Result<LayerVersion, Problem> {
    let city = doors.city().await?;
    let engine = doors.engine();
    let mut tx = engine.store().read().await?;
    let versions = tx.layers_in_force(city.id, engine.clock().now()).await?;
    if let Some(found) = versions.iter().find(|l| l.layer == layer)
        && let Some(version) = tx.layer_version(city.id, layer, found.version).await?
    {
        return Ok(version);
    }
    Err(Problem::new(
        StatusCode::NOT_FOUND,
        format!("there is no layer “{layer}”; GET /api/v1/boundaries lists them"),
    ))
}

/// `GET /api/v1/boundaries/{layer}`: a `FeatureCollection`, whole geometry.
pub async fn layer(
    State(doors): State<Doors>,
    Path(name): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let version = in_force(&doors, &name).await?;
    let features: Vec<Value> = version.wards.iter().map(|ward| feature(&version, ward)).collect();
    let all = json!({ "type": "FeatureCollection", "features": features });
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], all.to_string()))
}

/// `GET /api/v1/boundaries/{layer}/{ward}`.
pub async fn ward(
    State(doors): State<Doors>,
    Path((name, key)): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let version = in_force(&doors, &name).await?;
    let Some(ward) = version.wards.iter().find(|ward| ward.key == key) else {
        let detail = format!("the layer “{name}” has no ward “{key}”");
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

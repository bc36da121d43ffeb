//! What the map beside a list shows: single issues where each has room of its own, else how many lie side
//! by side, as the store has counted them.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::super::places::rounded;
use super::super::{Doors, Problem};
use super::asked::Asked;
use crate::geometry::Envelope;
use crate::store::{City, Dot, Dots, Group, Grouped, View};

/// So many points can be told apart, whatever the zoom.
const A_FEW: i64 = 300;
/// No answer has more points than this.
const MOST: i64 = 5_000;

/// `GET /api/v1/issues.geojson?zoom=…`: points that are issues (`number`, `category`, `address`, `status`)
/// or stand for `count` of them.
///
/// # Errors
/// When the query is wrong, or the database does not answer.
pub async fn answer(doors: &Doors, pairs: &[(String, String)]) -> Result<Response, Problem> {
    let zoom = pairs.iter().rev().find(|(name, _)| name == "zoom").map(|(_, zoom)| zoom.parse());
    let Some(Ok(zoom @ 0..=30)) = zoom else {
        return Err(Problem::field("/zoom", "`zoom` is a whole number from 0 to 30"));
    };
    let city = doors.city().await?;
    let wanted = Asked::read(pairs).checked(doors.engine().clock().now())?;
    let bbox = wanted.view.bbox.or(city.bounds).unwrap_or(Envelope::WORLD);
    let view = View { bbox: Some(bbox), ..wanted.view };
    let mut tx = doors.engine().store().read().await?;
    let few = tx.about_in(city.id, bbox).await? <= A_FEW;
    let groups = if few { None } else { tx.grouped(city.id, &view, bbox, zoom).await? };
    drop(tx);
    let all = match groups {
        Some(Grouped { groups, unfinished }) => collection(groups.iter().map(group), unfinished),
        None => points(doors, &city, &view).await?,
    };
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], all.to_string()).into_response())
}

async fn points(doors: &Doors, city: &City, view: &View) -> Result<Value, Problem> {
    let mut tx = doors.engine().store().read().await?;
    let Dots { dots, unfinished } = tx.dots(city.id, view, MOST).await?;
    drop(tx);
    Ok(collection(dots.iter().map(point), unfinished))
}

/// `latest_only` says that there are more, which are older.
fn collection(features: impl Iterator<Item = Value>, latest_only: bool) -> Value {
    let features: Vec<Value> = features.collect();
    let mut all = json!({ "type": "FeatureCollection", "features": features });
    if latest_only {
        all["latest_only"] = true.into();
    }
    all
}

fn group(group: &Group) -> Value {
    feature(group.lon, group.lat, &json!({ "count": group.issues }))
}

fn point(dot: &Dot) -> Value {
    let properties = json!({
        "number": dot.number, "category": dot.category, "address": dot.address,
        "status": dot.status,
    });
    feature(dot.lon, dot.lat, &properties)
}

fn feature(lon: f64, lat: f64, properties: &Value) -> Value {
    json!({
        "type": "Feature", "properties": properties,
        "geometry": { "type": "Point", "coordinates": [rounded(lon), rounded(lat)] },
    })
}

//! The map of the form where there are no scripts: an image that is pressed (HTML, `<input
//! type="image">`), and that comes closer with each press.
//!
//! Its colours stand in it, as a page's style sheet does not reach into an image.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::super::extract::Query;
use super::super::{Doors, Problem, boundaries};
use super::form::{self, Filled, MAP};
use crate::drawing;
use crate::geometry::Envelope;
use crate::store::City;
use crate::ward::USUAL_LAYER;

/// What stands for the classes of a page's map.
const INKS: [(&str, &str); 9] = [
    (r#"class="land""#, r##"fill="#fbfaf6""##),
    (r#"class="park""#, r##"fill="#dbe9dc""##),
    (r#"class="water""#, r##"fill="#b9d8e6""##),
    (r#"class="stream""#, r##"fill="none" stroke="#b9d8e6""##),
    (r#"class="street""#, r##"fill="none" stroke="#cdd3d6" stroke-linecap="round""##),
    (r#"class="avenue""#, r##"fill="none" stroke="#c0c8cd" stroke-linecap="round""##),
    (r#"class="ward""#, r##"fill="none" stroke="#5f7180" stroke-width="1.5""##),
    (
        r#"class="label""#,
        r##"fill="#33444f" font-family="sans-serif" font-size="14" text-anchor="middle""##,
    ),
    (r#"class="pin""#, r##"fill="#d9480f" stroke="#fff" stroke-width="2.5""##),
];

/// `GET /report/map.svg?view=&lon=&lat=`: a part of the city, with a pin.
pub async fn draw(
    State(doors): State<Doors>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let filled = Filled::read(&pairs, uuid::Uuid::nil());
    let missing = || Problem::of_status(StatusCode::NOT_FOUND);
    let view = view(&doors, &city, &filled).await?.ok_or_else(missing)?;
    let layer = boundaries::in_force(&doors, &city, USUAL_LAYER).await?;
    let mut map = drawing::Map::new(form::frame_of(&view));
    for ward in layer.iter().flat_map(|layer| &layer.wards) {
        map = map.area("land", &ward.shape);
    }
    map = map.ground(doors.ground());
    for ward in layer.iter().flat_map(|layer| &layer.wards) {
        map = map.area("ward", &ward.shape);
    }
    for ward in layer.iter().flat_map(|layer| &layer.wards) {
        map = map.label("label", &ward.key, &ward.shape);
    }
    if let Some(at) = filled.at() {
        map = map.disc("pin", at, 7.0);
    }
    let body =
        INKS.iter().fold(map.inline().to_owned(), |body, (class, ink)| body.replace(class, ink));
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{MAP}" height="{MAP}" viewBox="0 0 {MAP} {MAP}"><rect width="{MAP}" height="{MAP}" fill="#eceae3"/>{body}</svg>"##
    );
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

/// What the map shows: what it showed, or a few blocks around the place, or the whole city.
pub async fn view(
    doors: &Doors,
    city: &City,
    filled: &Filled,
) -> Result<Option<Envelope>, Problem> {
    if let Some(view) = form::read_view(&filled.view) {
        return Ok(Some(view));
    }
    match filled.at() {
        Some(at) => Ok(Some(form::blocks(at))),
        None => whole(doors, city).await,
    }
}

/// The whole city.
pub async fn whole(doors: &Doors, city: &City) -> Result<Option<Envelope>, Problem> {
    let layer = boundaries::in_force(doors, city, USUAL_LAYER).await?;
    Ok(layer.and_then(|layer| layer.bounds()).or(city.bounds))
}

//! Places by what people call them: an address, a corner, a street. Our own gazetteer answers; only
//! where it knows nothing is the service asked that the operator has named.
//!
//! The one rule: what was looked for is in no log, and leaves this server only for that service.

mod atlas;
mod elsewhere;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::boundaries::At;
use super::extract::Query;
use super::pages::{Frame, Wrong};
use super::sender::From;
use super::ward_pages::{title, ward_of};
use super::{Doors, Problem};
use crate::gazetteer::{Hit, Kind};
use crate::geometry::Position;
use crate::store::City;
use crate::ward::WardRef;

pub use atlas::Atlas;
pub use elsewhere::{Asking, Geocoder};

/// A place that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// `1200 W Addison St`, `State St & Madison St`.
    pub label: String,
    pub at: Position,
    pub kind: Kind,
    pub ward: Option<WardRef>,
    /// From the place that was asked for, where it was asked by its place.
    pub metres: Option<f64>,
    /// Whether it is all that was asked for and nothing else.
    pub exact: bool,
    /// Whose word it is, where it does not come from the city's own files.
    pub credit: Option<&'static str>,
}

/// Places that a text may mean, best first, at most `limit`.
///
/// # Errors
/// When the store, or the service that is asked where we know nothing, does not answer.
pub async fn find(
    doors: &Doors,
    city: &City,
    text: &str,
    limit: usize,
) -> Result<Vec<Found>, Problem> {
    let hits = doors.inner.atlas.of(doors.engine(), city).await?.search(text, limit);
    let credit = if hits.is_empty() { doors.inner.geocoder.credit() } else { None };
    let hits =
        if hits.is_empty() { doors.inner.geocoder.ask(city, text, limit).await? } else { hits };
    let mut found = vec![];
    for Hit { label, at, kind, exact } in hits {
        let ward = ward_of(doors, city, Some(at)).await;
        found.push(Found { label, at, kind, ward, metres: None, exact, credit });
    }
    Ok(found)
}

/// How near an address is to be, in metres, to name a place.
pub const NEAR_M: f64 = 60.0;

/// What people call a place: the nearest address or street of our own gazetteer.
///
/// # Errors
/// When the store does not answer.
pub async fn nearest(doors: &Doors, city: &City, at: Position) -> Result<Option<Found>, Problem> {
    let Some(near) = doors.inner.atlas.of(doors.engine(), city).await?.nearest(at) else {
        return Ok(None);
    };
    Ok(Some(Found {
        label: near.label,
        at: near.at,
        kind: near.kind,
        ward: ward_of(doors, city, Some(at)).await,
        metres: Some(near.metres),
        exact: true,
        credit: None,
    }))
}

/// How many places a list offers, and how many the interface gives unless asked for another number.
const OFFERED: usize = 8;
const MOST: usize = 20;

/// What somebody looks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    q: String,
    limit: Option<usize>,
}

/// `GET /api/v1/places?q=&limit=`: the places that a text may mean, best first.
pub async fn suggest(
    State(doors): State<Doors>,
    from: From,
    Query(Asked { q, limit }): Query<Asked>,
) -> Result<Json<Value>, Problem> {
    let limit = limit.unwrap_or(OFFERED);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::field("/limit", format!("a list has 1 to {MOST} places")));
    }
    doors.inner.limits.lookup(from)?;
    let city = doors.city().await?;
    let found = find(&doors, &city, &q, limit).await?;
    let credit = found.iter().find_map(|one| one.credit);
    let places: Vec<Value> = found.iter().map(wire).collect();
    Ok(Json(json!({ "places": places, "credit": credit })))
}

/// `GET /api/v1/places/at?lon=&lat=`: what a place is called. 404 where nothing is near.
pub async fn at(State(doors): State<Doors>, Query(at): Query<At>) -> Result<Json<Value>, Problem> {
    let city = doors.city().await?;
    let at = at.position()?;
    if let Some(found) = nearest(&doors, &city, at).await? {
        return Ok(Json(wire(&found)));
    }
    let detail = "no address or street of this city is within 400 m of that place";
    Err(Problem::new(StatusCode::NOT_FOUND, detail))
}

fn wire(found: &Found) -> Value {
    let metres = found.metres.map(|metres| (metres * 10.0).round() / 10.0);
    let mut place = json!({
        "label": found.label, "kind": found.kind.name(), "lon": rounded(found.at.lon),
        "lat": rounded(found.at.lat), "ward": found.ward,
    });
    match metres {
        Some(metres) => place["metres"] = metres.into(),
        None => place["exact"] = found.exact.into(),
    }
    place
}

/// To a tenth of a metre.
pub fn rounded(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

/// What a text comes to on a page.
#[derive(Debug)]
pub enum Outcome {
    One(Found),
    /// One of these has to be chosen.
    Several(Vec<Found>),
    /// Why there is none, as a sentence's key.
    None(&'static str),
}

/// The place that a text means, or those of which a person has to choose one.
pub async fn settle(doors: &Doors, city: &City, text: &str) -> Outcome {
    if text.trim().is_empty() {
        return Outcome::None("page-place-empty");
    }
    match find(doors, city, text, OFFERED).await {
        Err(_) => Outcome::None("page-place-unreachable"),
        // The middle of a street is where hardly anybody lives.
        Ok(found) if is_a_street(&found) => Outcome::None("page-place-street"),
        Ok(mut found) => {
            found.retain(|one| one.kind != Kind::Street);
            if found.iter().any(|one| one.exact) {
                found.retain(|one| one.exact);
            }
            match (found.len(), found.pop()) {
                (1, Some(one)) => Outcome::One(one),
                (_, Some(last)) => {
                    found.push(last);
                    Outcome::Several(found)
                }
                (_, None) => Outcome::None("page-place-none"),
            }
        }
    }
}

/// Whether one street was meant, or some of one name; many that are guessed are not.
fn is_a_street(found: &[Found]) -> bool {
    found.iter().all(|one| one.kind == Kind::Street)
        && (found.len() == 1 || found.iter().any(|one| one.exact))
}

/// A place to choose.
#[derive(Debug)]
pub struct Choice {
    /// `LON,LAT`
    pub value: String,
    pub label: String,
    /// Its ward, as people call it.
    pub ward: String,
}

/// The field for an address, as `templates/pages/place_field.html` shows it. Its id is `address`.
#[derive(Debug)]
pub struct PlaceField {
    /// Under which the form sends it.
    pub name: &'static str,
    pub text: String,
    pub wrong: Option<String>,
    /// Radios called `place`, with `asked` beside them: the text that they belong to.
    pub choices: Vec<Choice>,
    pub credit: Option<&'static str>,
}

impl PlaceField {
    /// A field with this in it, and what is wrong with it.
    pub fn new(name: &'static str, text: &str, wrongs: &[Wrong]) -> Self {
        let wrong = Wrong::of(wrongs, "address").map(str::to_owned);
        Self { name, text: text.to_owned(), wrong, choices: vec![], credit: None }
    }

    /// The same, with places to choose from.
    #[must_use]
    pub fn offering(mut self, frame: &Frame<'_>, found: &[Found]) -> Self {
        self.credit = found.iter().find_map(|one| one.credit);
        self.choices = found.iter().map(|one| choice(frame, one)).collect();
        self
    }
}

fn choice(frame: &Frame<'_>, found: &Found) -> Choice {
    Choice {
        value: format!("{:.6},{:.6}", found.at.lon, found.at.lat),
        label: found.label.clone(),
        ward: found.ward.as_ref().map(|ward| title(frame, ward)).unwrap_or_default(),
    }
}

/// A place that was chosen, as [`Choice::value`] writes it.
pub fn chosen(value: &str) -> Option<Position> {
    let (lon, lat) = value.split_once(',')?;
    Position::on_earth(lon.parse().ok()?, lat.parse().ok()?).ok()
}

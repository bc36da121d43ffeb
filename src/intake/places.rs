//! Positions as cities write them.
//!
//! A GeoJSON Point, two columns, or one column with both, as `(41.87, -87.68)` (latitude first, as
//! Socrata exports do), `POINT (-87.68 41.87)` (longitude first, as WKT does), an object of
//! `lon`/`lat` or a pair `[lon, lat]`. Blank is no position; words are refused; numbers out of
//! range are kept, because whether a place can be believed is judged later and told to people.

use serde_json::Value;

use crate::geometry::Position;

use super::columns::{Columns, Role};
use super::rows::Row;
use super::{FieldError, words};

/// A position, and the places in the row from which it was read.
pub(super) struct Found {
    pub position: Position,
    pub used: Vec<usize>,
}

pub(super) fn read(row: &Row, columns: &Columns) -> Result<Option<Found>, FieldError> {
    let points = columns.places(Role::Point);
    let is_geometry = |&&place: &&usize| row.values[place].get("coordinates").is_some();
    if let Some(&place) = points.iter().find(is_geometry)
        && let Some(position) = geometry(&row.keys[place], &row.values[place])?
    {
        return Ok(Some(Found { position, used: vec![place] }));
    }
    if let (Some((lon, i)), Some((lat, j))) =
        (coordinate(row, columns, Role::Lon)?, coordinate(row, columns, Role::Lat)?)
    {
        return Ok(Some(Found { position: Position { lon, lat }, used: vec![i, j] }));
    }
    for &place in points {
        if let Some(position) = both(&row.values[place]) {
            return Ok(Some(Found { position, used: vec![place] }));
        }
    }
    Ok(None)
}

/// A geometry's one position; `None` when it is empty.
fn geometry(key: &str, value: &Value) -> Result<Option<Position>, FieldError> {
    let coordinates = &value["coordinates"];
    let refuse = |what: &str| FieldError::new(key, &format!("`{key}` {what}"));
    let point = match value["type"].as_str() {
        Some("MultiPoint") if coordinates.as_array().is_some_and(|c| c.len() == 1) => {
            &coordinates[0]
        }
        Some("Point") | None => coordinates,
        Some(other) => {
            return Err(refuse(&format!("is a {other}; an issue's place is a Point")));
        }
    };
    if point.as_array().is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    let not_two = || refuse("does not hold two numbers, longitude and latitude");
    pair(point).map(Some).ok_or_else(not_two)
}

/// The first of a role's columns that is not blank.
fn coordinate(
    row: &Row,
    columns: &Columns,
    role: Role,
) -> Result<Option<(f64, usize)>, FieldError> {
    for &place in columns.places(role) {
        let key = &row.keys[place];
        match number(&row.values[place]) {
            Ok(None) => {}
            Ok(Some(number)) => return Ok(Some((number, place))),
            Err(what) => {
                let (what, role) =
                    (shown(&what), if role == Role::Lon { "longitude" } else { "latitude" });
                let detail = format!("`{key}` “{what}” is no {role} in degrees");
                return Err(FieldError::new(key, &detail));
            }
        }
    }
    Ok(None)
}

/// A number, nothing, or the words that stand there instead.
fn number(value: &Value) -> Result<Option<f64>, String> {
    match value {
        Value::Null => Ok(None),
        Value::Number(n) => Ok(n.as_f64()),
        Value::String(text) if words::is_blank(text) => Ok(None),
        Value::String(text) => from_text(text).map(Some).ok_or_else(|| text.clone()),
        other => Err(other.to_string()),
    }
}

/// Accepts the decimal comma, which no thousands separator can be mistaken for in degrees.
fn from_text(text: &str) -> Option<f64> {
    let text = text.trim();
    let comma = || text.replacen(',', ".", 1).parse();
    let number: Result<f64, _> = text.parse().or_else(|_| comma());
    number.ok().filter(|n| n.is_finite())
}

/// At most forty characters of it, for a message.
pub(super) fn shown(text: &str) -> String {
    let mut short: String = text.trim().chars().take(40).collect();
    if short.len() < text.trim().len() {
        short.push('…');
    }
    short
}

/// Whether a text is coordinates and nothing else.
pub(super) fn is_pair(text: &str) -> bool {
    let bare = || text.split_once(',').filter(|(one, other)| degrees(one) && degrees(other));
    written(text).is_some() || bare().is_some()
}

/// `40.748`; a whole number may be of a house.
fn degrees(text: &str) -> bool {
    text.contains('.') && text.trim().parse().is_ok_and(f64::is_finite)
}

fn both(value: &Value) -> Option<Position> {
    match value {
        Value::Array(_) => pair(value),
        Value::Object(object) => {
            let of = |names: &[&str]| {
                names.iter().find_map(|name| number(object.get(*name)?).ok().flatten())
            };
            let lon = of(&["lon", "longitude", "lng", "long"])?;
            Some(Position { lon, lat: of(&["lat", "latitude"])? })
        }
        Value::String(text) => written(text),
        _ => None,
    }
}

fn pair(value: &Value) -> Option<Position> {
    let [lon, lat, ..] = value.as_array()?.as_slice() else { return None };
    let finite = |v: &Value| v.as_f64().filter(|n| n.is_finite());
    Some(Position { lon: finite(lon)?, lat: finite(lat)? })
}

fn written(text: &str) -> Option<Position> {
    let text = text.trim();
    let is_wkt = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("point"));
    let rest = if is_wkt { text[5..].trim_start() } else { text };
    let inner = rest.strip_prefix('(')?.strip_suffix(')')?;
    let mut numbers = inner.split([',', ' ']).filter(|p| !p.is_empty()).map(from_text);
    let (first, second) = (numbers.next()??, numbers.next()??);
    Some(if is_wkt {
        Position { lon: first, lat: second }
    } else {
        Position { lon: second, lat: first }
    })
}

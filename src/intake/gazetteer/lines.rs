//! Lines as files write them: GeoJSON, or well-known text as in `MULTILINESTRING ((-87 41, …))`.

use serde_json::Value;

use crate::geometry::Position;

/// Whether a value may be a line: it says so.
pub(super) fn is_line(value: &Value) -> bool {
    match value {
        Value::Object(object) => matches!(
            object.get("type").and_then(Value::as_str),
            Some("LineString" | "MultiLineString")
        ),
        Value::String(text) => well_known(text).is_some(),
        _ => false,
    }
}

/// The parts of a line, joined where one begins as the one before it ends. None where it cannot be read.
pub(super) fn read(value: &Value) -> Option<Vec<Vec<Position>>> {
    let parts = match value {
        Value::Object(object) => {
            let coordinates = object.get("coordinates")?.as_array()?;
            match object.get("type")?.as_str()? {
                "LineString" => vec![coordinates.iter().map(pair).collect::<Option<_>>()?],
                _ => coordinates
                    .iter()
                    .map(|part| part.as_array()?.iter().map(pair).collect())
                    .collect::<Option<_>>()?,
            }
        }
        Value::String(text) => from_text(well_known(text)?)?,
        _ => return None,
    };
    let parts: Vec<Vec<Position>> = parts.into_iter().filter(|part| part.len() > 1).collect();
    (!parts.is_empty()).then(|| joined(parts))
}

fn pair(value: &Value) -> Option<Position> {
    let [lon, lat, ..] = value.as_array()?.as_slice() else { return None };
    Some(Position { lon: lon.as_f64()?, lat: lat.as_f64()? })
}

/// What stands in the outermost brackets of a text that names a line.
fn well_known(text: &str) -> Option<&str> {
    let text = text.trim();
    let (name, rest) = text.split_once('(')?;
    let name = name.trim().to_ascii_uppercase();
    let name = name.split_whitespace().next()?.to_owned();
    let name = name.rsplit(';').next()?;
    ["LINESTRING", "MULTILINESTRING"].contains(&name).then(|| rest.trim_end_matches(')'))
}

fn from_text(text: &str) -> Option<Vec<Vec<Position>>> {
    let part = |text: &str| -> Option<Vec<Position>> {
        let text = text.trim().trim_start_matches('(');
        let corner = |corner: &str| {
            let mut numbers = corner.split_whitespace().map(str::parse::<f64>);
            let (lon, lat) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
            Some(Position { lon, lat })
        };
        text.trim_matches(',').split(',').map(corner).collect()
    };
    text.split(')')
        .map(|text| text.trim().trim_start_matches(','))
        .filter(|t| !t.is_empty())
        .map(part)
        .collect()
}

fn joined(parts: Vec<Vec<Position>>) -> Vec<Vec<Position>> {
    let mut lines: Vec<Vec<Position>> = vec![];
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.last() == part.first() => line.extend(part.into_iter().skip(1)),
            _ => lines.push(part),
        }
    }
    lines
}

pub(super) fn metres(line: &[Position]) -> f64 {
    line.windows(2).map(|piece| piece[0].distance_m(piece[1])).sum()
}

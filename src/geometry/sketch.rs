//! Lines and areas of a file as they are drawn, not as they are matched: nothing is decided by them,
//! so nothing is asked of them but that they lie on earth.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::features::{Root, no_json};
use super::{FileLimits, GeometryError, Position, encoding};

/// One feature of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Sketch {
    pub properties: Map<String, Value>,
    /// Open lines; of an area the closed rings, outer ones counter-clockwise, holes the other way.
    pub paths: Vec<Vec<Position>>,
    pub is_area: bool,
}

/// Reads the lines and areas of a FeatureCollection from (unpacked) bytes. Points, features without a
/// geometry, and paths that cannot be read are passed over: they only leave the drawing emptier.
///
/// # Errors
/// When the file as a whole cannot be read, or its coordinates cannot be degrees.
pub fn read_sketches(bytes: &[u8], limits: &FileLimits) -> Result<Vec<Sketch>, GeometryError> {
    if bytes.len() > limits.bytes {
        return Err(GeometryError::FileTooLarge { found: bytes.len(), limit: limits.bytes });
    }
    let text = encoding::text(bytes, &mut vec![])?;
    let root: Root = serde_json::from_str(&text).map_err(|e| no_json(&e))?;
    if root.kind != "FeatureCollection" {
        let found = root.kind.as_str().unwrap_or("an object without `type`");
        let told = format!("it is {found}, and a map is a FeatureCollection");
        return Err(GeometryError::NotGeoJson(told));
    }
    let list = root.check(&mut vec![])?;
    let mut sketches = vec![];
    for raw in list {
        sketches.extend(sketch(raw)?);
    }
    Ok(sketches)
}

fn sketch(raw: &RawValue) -> Result<Option<Sketch>, GeometryError> {
    let mut value: Value = serde_json::from_str(raw.get()).map_err(|e| no_json(&e))?;
    let drawn = &value["geometry"]["coordinates"];
    let (is_area, paths) = match value["geometry"]["type"].as_str() {
        Some("LineString") => (false, vec![path(drawn)?]),
        Some("MultiLineString") => (false, paths(drawn)?),
        Some("Polygon") => (true, wound(paths(drawn)?)),
        Some("MultiPolygon") => {
            let mut all = vec![];
            for polygon in drawn.as_array().into_iter().flatten() {
                all.extend(wound(paths(polygon)?));
            }
            (true, all)
        }
        _ => return Ok(None),
    };
    let paths: Vec<_> = paths.into_iter().filter(|path| path.len() > 1).collect();
    let Value::Object(properties) = value["properties"].take() else {
        return Ok((!paths.is_empty()).then(|| Sketch { properties: Map::new(), paths, is_area }));
    };
    Ok((!paths.is_empty()).then_some(Sketch { properties, paths, is_area }))
}

/// The rings of a polygon, however its file winds them.
fn wound(mut rings: Vec<Vec<Position>>) -> Vec<Vec<Position>> {
    for (nth, ring) in rings.iter_mut().enumerate() {
        let slice = |ends: &[Position]| (ends[0].lon - ends[1].lon) * (ends[0].lat + ends[1].lat);
        let area: f64 = ring.windows(2).map(slice).sum();
        if (area > 0.0) != (nth == 0) {
            ring.reverse();
        }
    }
    rings
}

fn paths(value: &Value) -> Result<Vec<Vec<Position>>, GeometryError> {
    value.as_array().into_iter().flatten().map(path).collect()
}

fn path(value: &Value) -> Result<Vec<Position>, GeometryError> {
    let corner = |value: &Value| Some((value.get(0)?.as_f64()?, value.get(1)?.as_f64()?));
    let corners = value.as_array().into_iter().flatten().filter_map(corner);
    let on_earth = |(lon, lat): (f64, f64)| {
        // As drawn past the antimeridian, too.
        if lon.abs() <= 540.0 && lat.abs() <= 90.0 {
            Ok(Position { lon, lat })
        } else {
            Err(GeometryError::NoDegrees { x: lon, y: lat })
        }
    };
    corners.map(on_earth).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Sketch>, GeometryError> {
        read_sketches(text.as_bytes(), &FileLimits::default())
    }

    #[test]
    fn lines_and_areas_are_read_and_what_cannot_be_drawn_is_passed_over() {
        let text = r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","properties":{"name":"Elm St"},
             "geometry":{"type":"LineString","coordinates":[[0,0,9.5],[1,0],["x",1]]}},
            {"type":"Feature","properties":null,"geometry":{"type":"MultiPolygon","coordinates":
             [[[[0,0],[1,0],[1,1],[0,0]],[[0.1,0.1],[0.2,0.1],[0.2,0.2],[0.1,0.1]]]]}},
            {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[0,0]}},
            {"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[0,0]]}},
            {"type":"Feature","properties":{},"geometry":null}]}"#;
        let sketches = read(text).unwrap();
        let told: Vec<_> = sketches.iter().map(|s| (s.is_area, s.paths.len())).collect();
        assert_eq!(told, [(false, 1), (true, 2)]);
        // Both are written counter-clockwise.
        assert_eq!(sketches[1].paths[0][1], Position { lon: 1.0, lat: 0.0 });
        assert_eq!(sketches[1].paths[1][1], Position { lon: 0.2, lat: 0.2 }, "a hole is turned");
        assert_eq!(sketches[0].properties["name"], "Elm St");
        assert_eq!(
            sketches[0].paths[0],
            [(0.0, 0.0), (1.0, 0.0)].map(|(lon, lat)| Position { lon, lat })
        );
    }

    #[test]
    fn a_file_that_is_no_map_hears_what_it_is() {
        for (text, expected) in [
            ("{}", "FeatureCollection"),
            ("<html>", "web page"),
            (r#"{"type":"LineString","coordinates":[]}"#, "it is LineString"),
            (
                r#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":
                {"type":"LineString","coordinates":[[1171234.5,1898765.2],[1171300.1,1898700.0]]}}]}"#,
                "ogr2ogr",
            ),
        ] {
            let told = read(text).unwrap_err().to_string();
            assert!(told.contains(expected), "{text}: {told}");
        }
    }
}

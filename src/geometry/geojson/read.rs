//! From GeoJSON to areas: every refusal names the ring and the position.

use serde_json::Value;

use crate::geometry::circle::Circle;
use crate::geometry::error::RingPlace;
use crate::geometry::polygon::Polygon;
use crate::geometry::shape::{Part, Shape};
use crate::geometry::{GeometryError, Limits, Position, crs, validity};

const ALTITUDE: &str = "its positions have a third coordinate, which is dropped";

impl Shape {
    /// Reads a geometry, a Feature or a FeatureCollection.
    ///
    /// A Point Feature with `properties.radius_m` (metres) is a circle; a Feature with
    /// `properties.exclude: true` is taken away from the rest. Rings may wind either way. The
    /// parts of one MultiPolygon may not overlap; Features of a collection may.
    ///
    /// # Errors
    /// When it is not GeoJSON or not a valid area, with the reason and the place.
    pub fn from_geojson(value: &Value) -> Result<Self, GeometryError> {
        shape(value, None, &mut Vec::new())
    }
}

/// As [`Shape::from_geojson`]; what was tolerated is told in `warnings`, and what has too many
/// corners or parts is refused before anything is computed with them.
pub(in crate::geometry) fn shape(
    value: &Value,
    limits: Option<&Limits>,
    warnings: &mut Vec<String>,
) -> Result<Shape, GeometryError> {
    let mut found = Found { limits, ..Found::new(warnings) };
    found.object(value, &Value::Null)?;
    found.into_shape()
}

/// What has been read so far.
struct Found<'a> {
    parts: Vec<Part>,
    exclusions: Vec<Part>,
    /// How many geometries the parts came in: each was found valid by itself.
    geometries: usize,
    /// Corners and polygons or circles so far, exclusions too.
    vertices: usize,
    count: usize,
    limits: Option<&'a Limits>,
    warnings: &'a mut Vec<String>,
}

impl<'a> Found<'a> {
    fn new(warnings: &'a mut Vec<String>) -> Self {
        Self {
            parts: Vec::new(),
            exclusions: Vec::new(),
            geometries: 0,
            vertices: 0,
            count: 0,
            limits: None,
            warnings,
        }
    }

    fn warn(&mut self, warning: &str) {
        if !self.warnings.iter().any(|w| w == warning) {
            self.warnings.push(warning.to_owned());
        }
    }

    fn object(&mut self, value: &Value, properties: &Value) -> Result<(), GeometryError> {
        if !value.is_object() {
            return Err(not_geojson(&format!("{} stands where an object should", kind(value))));
        }
        if let Some(warning) = crs::check(&value["crs"])? {
            self.warn(warning);
        }
        let Some(name) = value["type"].as_str() else {
            return Err(not_geojson("an object has no `type`"));
        };
        match name {
            "Feature" => match &value["geometry"] {
                Value::Null => Err(GeometryError::NoGeometry),
                geometry => self.object(geometry, &value["properties"]),
            },
            "FeatureCollection" => self.members(value, "features", properties),
            "GeometryCollection" => self.members(value, "geometries", properties),
            "Polygon" => self.polygons(vec![rings(&value["coordinates"], 1)?], properties),
            "MultiPolygon" => {
                let polygons: Result<Vec<_>, _> = list(&value["coordinates"], "`coordinates`")?
                    .iter()
                    .enumerate()
                    .map(|(i, polygon)| rings(polygon, i + 1))
                    .collect();
                self.polygons(polygons?, properties)
            }
            "Point" if !properties["radius_m"].is_null() => self.circle(value, properties),
            "Point" | "MultiPoint" | "LineString" | "MultiLineString" => {
                Err(GeometryError::NotAnArea(name.to_owned()))
            }
            "Topology" => Err(not_geojson(
                "it is TopoJSON; convert it with `ogr2ogr -f GeoJSON areas.geojson yours.json`",
            )),
            other => Err(not_geojson(&format!(
                "`type` is “{}”",
                other.chars().take(40).collect::<String>()
            ))),
        }
    }

    fn members(
        &mut self,
        value: &Value,
        member: &str,
        properties: &Value,
    ) -> Result<(), GeometryError> {
        for each in list(&value[member], &format!("`{member}`"))? {
            self.object(each, properties)?;
        }
        Ok(())
    }

    fn circle(&mut self, point: &Value, properties: &Value) -> Result<(), GeometryError> {
        let Some(radius_m) = properties["radius_m"].as_f64() else {
            return Err(not_geojson("`properties.radius_m` is not a number of metres"));
        };
        self.count(1, 1)?;
        let (lon, lat, _) = numbers(&point["coordinates"]).map_err(|e| not_geojson(&e))?;
        self.put(vec![Part::Circle(Circle::new(Position { lon, lat }, radius_m)?)], properties);
        Ok(())
    }

    fn polygons(&mut self, polygons: Vec<Rings>, properties: &Value) -> Result<(), GeometryError> {
        if polygons.iter().any(|rings| rings.altitude) {
            self.warn(ALTITUDE);
        }
        let polygons: Vec<_> =
            polygons.into_iter().filter_map(|rings| Polygon::new(rings.rings)).collect();
        self.count(polygons.len(), polygons.iter().map(Polygon::vertices).sum())?;
        validity::check(&polygons)?;
        self.put(polygons.into_iter().map(Part::Polygon).collect(), properties);
        Ok(())
    }

    fn count(&mut self, parts: usize, vertices: usize) -> Result<(), GeometryError> {
        self.count += parts;
        self.vertices += vertices;
        self.limits.map_or(Ok(()), |limits| limits.check_counts(self.vertices, self.count))
    }

    fn put(&mut self, parts: Vec<Part>, properties: &Value) {
        if properties["exclude"] == true {
            self.exclusions.extend(parts);
        } else {
            self.geometries += 1;
            self.parts.extend(parts);
        }
    }

    fn into_shape(self) -> Result<Shape, GeometryError> {
        if self.parts.is_empty() {
            return Err(GeometryError::Empty);
        }
        let polygons: Option<Vec<&Polygon>> = self
            .parts
            .iter()
            .map(|part| if let Part::Polygon(polygon) = part { Some(polygon) } else { None })
            .collect();
        let one_geometry = polygons
            .is_some_and(|polygons| self.geometries == 1 || validity::check(polygons).is_ok());
        Ok(Shape { parts: self.parts.into(), exclusions: self.exclusions.into(), one_geometry })
    }
}

/// The rings of one polygon, closed, without repeats.
struct Rings {
    rings: Vec<Vec<Position>>,
    altitude: bool,
}

fn rings(value: &Value, polygon: usize) -> Result<Rings, GeometryError> {
    let values = list(value, "`coordinates`")?;
    if values.is_empty() {
        return Err(not_geojson(&format!("polygon {polygon} has no rings")));
    }
    let mut read = Rings { rings: Vec::with_capacity(values.len()), altitude: false };
    for (i, ring) in values.iter().enumerate() {
        let place = RingPlace { polygon, ring: i + 1, position: None };
        read.rings.push(self::ring(ring, place, &mut read.altitude)?);
    }
    let lons = || read.rings[0].iter().map(|p| p.lon);
    let (west, east) = (lons().fold(f64::MAX, f64::min), lons().fold(f64::MIN, f64::max));
    if east - west > 360.0 {
        let place = RingPlace { polygon, ring: 1, position: None };
        return Err(bad(place, "it goes more than once around the earth"));
    }
    Ok(read)
}

fn ring(
    value: &Value,
    place: RingPlace,
    altitude: &mut bool,
) -> Result<Vec<Position>, GeometryError> {
    let Value::Array(values) = value else {
        return Err(bad(place, &format!("{} stands where a ring should", kind(value))));
    };
    let mut ring: Vec<Position> = Vec::with_capacity(values.len());
    let mut last = None;
    for (i, value) in values.iter().enumerate() {
        let at = position(value, RingPlace { position: Some(i + 1), ..place }, last, altitude)?;
        // A position that repeats the one before it says nothing new.
        if last != Some(at) {
            ring.push(at);
        }
        last = Some(at);
    }
    if values.len() < 4 {
        let problem = format!("it has {} positions; a closed ring has at least 4", values.len());
        return Err(bad(place, &problem));
    }
    if ring.first() != last.as_ref() {
        return Err(bad(place, "it is not closed; its last position must repeat its first"));
    }
    if ring.len() < 4 {
        let different = ring.len().max(2) - 1;
        let problem =
            format!("it has only {different} different positions in a row; an area needs 3");
        return Err(bad(place, &problem));
    }
    Ok(ring)
}

fn position(
    value: &Value,
    place: RingPlace,
    before: Option<Position>,
    altitude: &mut bool,
) -> Result<Position, GeometryError> {
    let (lon, lat, more) = numbers(value).map_err(|problem| bad(place, &problem))?;
    *altitude |= more;
    if lon.abs() > 540.0 || lat.abs() > 540.0 {
        return Err(GeometryError::NotDegrees { place, x: lon, y: lat });
    }
    if lat.abs() > 90.0 {
        return Err(GeometryError::Latitude(place, lat));
    }
    match before {
        Some(before) if (before.lon - lon).abs() > 180.0 => {
            Err(GeometryError::Jump { place, from: before.lon, to: lon })
        }
        _ => Ok(Position { lon, lat }),
    }
}

/// The first two numbers of a position, and whether there are more.
fn numbers(value: &Value) -> Result<(f64, f64, bool), String> {
    let Value::Array(items) = value else {
        return Err(format!("{} stands where a position [lon, lat] should", kind(value)));
    };
    let [lon, lat, more @ ..] = &items[..] else {
        return Err(format!("a position has {} numbers; it needs [lon, lat]", items.len()));
    };
    let number = |value: &Value| match value.as_f64() {
        Some(number) if number.is_finite() => Ok(number),
        _ => Err(format!("{} stands where a number of degrees should", kind(value))),
    };
    Ok((number(lon)?, number(lat)?, !more.is_empty()))
}

fn list<'v>(value: &'v Value, what: &str) -> Result<&'v [Value], GeometryError> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Null => Err(not_geojson(&format!("{what} is missing"))),
        other => Err(not_geojson(&format!("{} stands where {what} should be a list", kind(other)))),
    }
}

fn bad(place: RingPlace, problem: &str) -> GeometryError {
    GeometryError::BadRing { place, problem: problem.to_owned() }
}

fn not_geojson(problem: &str) -> GeometryError {
    GeometryError::NotGeoJson(problem.to_owned())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

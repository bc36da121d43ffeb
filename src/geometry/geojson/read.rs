//! From GeoJSON to areas: every refusal names the ring and the position.

use serde_json::Value;

use super::lint;
use crate::geometry::circle::Circle;
use crate::geometry::error::RingPlace;
use crate::geometry::polygon::Polygon;
use crate::geometry::repair::Repair;
use crate::geometry::shape::{Part, Shape};
use crate::geometry::{Envelope, GeometryError, Limits, Position, crs, validity};

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

/// As [`shape`], but what is no area is repaired where that can be; `None` if nothing had to.
pub(in crate::geometry) fn repaired(
    value: &Value,
    warnings: &mut Vec<String>,
) -> Result<(Shape, Option<Repair>), GeometryError> {
    let mut found = Found { repair: Some(Repair::default()), ..Found::new(warnings) };
    found.object(value, &Value::Null)?;
    let repair = found.repair.take().filter(|repair| !repair.is_empty());
    Ok((found.into_shape()?, repair))
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
    /// What was repaired; `None` when nothing may be.
    repair: Option<Repair>,
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
            repair: None,
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
        lint::members(value, name, &mut |told| self.warn(told));
        match name {
            "Feature" => match &value["geometry"] {
                Value::Null => Err(GeometryError::NoGeometry),
                geometry => self.object(geometry, &value["properties"]),
            },
            "FeatureCollection" => self.members(value, "features", properties),
            "GeometryCollection" => self.collection(value, properties),
            "Polygon" => self.polygons(std::slice::from_ref(&value["coordinates"]), properties),
            "MultiPolygon" => {
                self.polygons(list(&value["coordinates"], "`coordinates`")?, properties)
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

    /// Of a city's file the areas are taken, and what else map programs put beside them is left
    /// out; a person who draws a watch means all that they drew.
    fn collection(&mut self, value: &Value, properties: &Value) -> Result<(), GeometryError> {
        for each in list(&value["geometries"], "`geometries`")? {
            match self.object(each, properties) {
                Err(GeometryError::NotAnArea(kind)) if self.limits.is_none() => self.warn(
                    &format!("a {kind} in its GeometryCollection is not an area, and is left out"),
                ),
                read => read?,
            }
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

    fn polygons(&mut self, polygons: &[Value], properties: &Value) -> Result<(), GeometryError> {
        let mut reader =
            RingReader { altitude: false, turned: false, repair: self.repair.as_mut() };
        let rings: Result<Vec<_>, _> =
            polygons.iter().enumerate().map(|(i, rings)| reader.polygon(rings, i + 1)).collect();
        if reader.altitude {
            self.warn(ALTITUDE);
        }
        let polygons: Vec<_> = rings?.into_iter().filter_map(Polygon::new).collect();
        self.count(polygons.len(), polygons.iter().map(Polygon::vertices).sum())?;
        let polygons = match &mut self.repair {
            Some(repair) => repair.polygons(polygons)?,
            None => validity::check(&polygons).map(|()| polygons)?,
        };
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

/// Reads rings, closed and without repeats.
struct RingReader<'a> {
    /// Whether a position had more than two numbers.
    altitude: bool,
    /// Whether a position of this ring was brought nearer by a turn of the earth.
    turned: bool,
    repair: Option<&'a mut Repair>,
}

impl RingReader<'_> {
    /// The outer ring first; none at all when a repair has dropped it.
    fn polygon(
        &mut self,
        value: &Value,
        polygon: usize,
    ) -> Result<Vec<Vec<Position>>, GeometryError> {
        let values = list(value, "`coordinates`")?;
        if values.is_empty() {
            return Err(not_geojson(&format!("polygon {polygon} has no rings")));
        }
        let mut rings = Vec::with_capacity(values.len());
        for (i, ring) in values.iter().enumerate() {
            let place = RingPlace { polygon, ring: i + 1, position: None };
            match self.ring(ring, place)? {
                Some(ring) if i == 0 => rings.push(ring),
                Some(ring) => rings.push(self.beside(ring, &rings)),
                // Without its outer ring a hole is a hole in nothing.
                None if i == 0 => return Ok(vec![]),
                None => {}
            }
        }
        let lons = || rings[0].iter().map(|p| p.lon);
        let (west, east) = (lons().fold(f64::MAX, f64::min), lons().fold(f64::MIN, f64::max));
        if east - west > 360.0 {
            let place = RingPlace { polygon, ring: 1, position: None };
            return Err(bad(place, "it goes more than once around the earth"));
        }
        Ok(rings)
    }

    /// A hole, in a repair turned to where its outer ring was read.
    fn beside(&self, mut hole: Vec<Position>, rings: &[Vec<Position>]) -> Vec<Position> {
        let boxes = (rings.first().and_then(|ring| Envelope::of(ring)), Envelope::of(&hole));
        let (Some(outer), Some(inner), true) = (boxes.0, boxes.1, self.repair.is_some()) else {
            return hole;
        };
        let within =
            |turn: &f64| inner.west + turn >= outer.west && inner.east + turn <= outer.east;
        if let Some(turn) = [0.0, 360.0, -360.0].into_iter().find(within) {
            for corner in &mut hole {
                corner.lon += turn;
            }
        }
        hole
    }

    /// `None` when a repair has dropped it.
    fn ring(
        &mut self,
        value: &Value,
        place: RingPlace,
    ) -> Result<Option<Vec<Position>>, GeometryError> {
        let Value::Array(values) = value else {
            return Err(bad(place, &format!("{} stands where a ring should", kind(value))));
        };
        let mut ring: Vec<Position> = Vec::with_capacity(values.len());
        let mut last = None;
        for (i, value) in values.iter().enumerate() {
            let place = RingPlace { position: Some(i + 1), ..place };
            let at = self.position(value, place, last)?;
            // A position that repeats the one before it says nothing new.
            if last != Some(at) {
                ring.push(at);
            }
            last = Some(at);
        }
        if self.turned {
            self.turned = false;
            self.over_the_antimeridian(&ring, place)?;
        }
        self.close(&mut ring, place, values.len())?;
        if ring.len() >= 4 {
            return Ok(Some(ring));
        }
        let problem = if values.len() < 4 {
            format!("it has {} positions; a closed ring has at least 4", values.len())
        } else {
            let different = ring.len().max(2) - 1;
            format!("it has only {different} different positions in a row; an area needs 3")
        };
        let Some(repair) = &mut self.repair else {
            return Err(GeometryError::TooFewPositions { place, problem });
        };
        repair.steps.push(format!("{place}, which has no area (0 m²), dropped: {problem}"));
        Ok(None)
    }

    /// The next position of a ring. What jumps goes, in a repair, the short way around the earth.
    fn position(
        &mut self,
        value: &Value,
        place: RingPlace,
        before: Option<Position>,
    ) -> Result<Position, GeometryError> {
        let (mut lon, lat, more) = numbers(value).map_err(|problem| bad(place, &problem))?;
        self.altitude |= more;
        if lon.abs() > 540.0 || lat.abs() > 540.0 {
            return Err(GeometryError::NotDegrees { place, x: lon, y: lat });
        }
        if lat.abs() > 90.0 {
            return Err(GeometryError::Latitude(place, lat));
        }
        let Some(from) = before.map(|before| before.lon) else { return Ok(Position { lon, lat }) };
        if (from - lon).abs() > 180.0 {
            if self.repair.is_none() {
                return Err(GeometryError::Jump { place, from, to: lon });
            }
            lon += 360.0 * ((from - lon) / 360.0).round();
            self.turned = true;
        }
        Ok(Position { lon, lat })
    }

    /// A ring that was read the short way has to come back to where it began, or it goes around a
    /// pole.
    fn over_the_antimeridian(
        &mut self,
        ring: &[Position],
        place: RingPlace,
    ) -> Result<(), GeometryError> {
        let lons = || ring.iter().map(|p| p.lon);
        let (first, last) = (lons().next(), lons().next_back());
        let (Some(from), Some(to)) = (first, last) else { return Ok(()) };
        if (from - to).abs() > 180.0 || lons().any(|lon| lon.abs() > 540.0) {
            return Err(GeometryError::Jump { place, from, to });
        }
        let told = format!("{place} read the short way over the antimeridian");
        if let Some(repair) = &mut self.repair {
            repair.steps.push(told);
        }
        Ok(())
    }

    fn close(
        &mut self,
        ring: &mut Vec<Position>,
        place: RingPlace,
        written: usize,
    ) -> Result<(), GeometryError> {
        let (Some(&first), Some(&last)) = (ring.first(), ring.last()) else { return Ok(()) };
        if first == last {
            return Ok(());
        }
        match &mut self.repair {
            Some(repair) if ring.len() >= 3 && (first.lon - last.lon).abs() <= 180.0 => {
                ring.push(first);
                repair.steps.push(format!("{place} closed"));
                Ok(())
            }
            // Too short is what is told of it.
            _ if written < 4 || ring.len() < 3 => Ok(()),
            _ => Err(GeometryError::Unclosed(place)),
        }
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

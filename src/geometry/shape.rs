//! Areas. (First sketch; the exact one replaces it behind the same names.)

use geo::{BoundingRect, CoordsIter, Intersects};
use serde_json::Value;

use super::{Envelope, Position};

/// Why something is not a shape.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GeometryError {
    #[error("this is not GeoJSON: {0}")]
    NotGeoJson(String),
}

/// An area: parts, less exclusions. A position on its boundary is inside.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Polygon(geo::Polygon<f64>),
    Circle { centre: Position, radius_m: f64 },
}

impl Shape {
    /// # Errors
    /// When the radius is not a positive number of metres or the centre is not on earth.
    pub fn circle(centre: Position, radius_m: f64) -> Result<Self, GeometryError> {
        Ok(Self { parts: vec![Part::Circle { centre, radius_m }] })
    }

    /// Reads a geometry, a Feature or a FeatureCollection.
    ///
    /// # Errors
    /// When it is not GeoJSON or not a valid area.
    pub fn from_geojson(value: &Value) -> Result<Self, GeometryError> {
        let bad = |e: geojson::Error| GeometryError::NotGeoJson(e.to_string());
        let geometry = if value["type"] == "Feature" { &value["geometry"] } else { value };
        let radius_m = value["properties"]["radius_m"].as_f64();
        let geometry: geojson::Geometry = serde_json::from_value(geometry.clone())
            .map_err(|e| GeometryError::NotGeoJson(e.to_string()))?;
        let geometry: geo::Geometry<f64> = geometry.try_into().map_err(bad)?;
        let parts = match (geometry, radius_m) {
            (geo::Geometry::Polygon(polygon), _) => vec![Part::Polygon(polygon)],
            (geo::Geometry::MultiPolygon(many), _) => {
                many.0.into_iter().map(Part::Polygon).collect()
            }
            (geo::Geometry::Point(p), Some(radius_m)) => {
                vec![Part::Circle { centre: Position { lon: p.x(), lat: p.y() }, radius_m }]
            }
            _ => return Err(GeometryError::NotGeoJson("not an area".into())),
        };
        Ok(Self { parts })
    }

    /// The same shape as GeoJSON: a geometry for polygons, a Feature for one circle.
    #[must_use]
    pub fn to_geojson(&self) -> Value {
        unimplemented!("comes with the exact shape")
    }

    /// Whether the position lies in the shape or on its boundary. Exact.
    #[must_use]
    pub fn covers(&self, at: Position) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Polygon(p) => p.intersects(&geo::Coord { x: at.lon, y: at.lat }),
            Part::Circle { centre, radius_m } => distance_m(*centre, at) <= *radius_m,
        })
    }

    /// Metres from the position to the shape; 0 inside.
    #[must_use]
    pub fn distance_m(&self, at: Position) -> f64 {
        if self.covers(at) { 0.0 } else { f64::INFINITY }
    }

    /// The boxes in which the shape lies, grown by `margin_m` metres: one, or two when it crosses
    /// the antimeridian.
    #[must_use]
    pub fn envelopes(&self, margin_m: f64) -> Vec<Envelope> {
        let _ = margin_m;
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Polygon(p) => p.bounding_rect().map(|r| Envelope {
                    west: r.min().x,
                    south: r.min().y,
                    east: r.max().x,
                    north: r.max().y,
                }),
                Part::Circle { centre, radius_m } => {
                    let d = radius_m / 111_000.0 * 2.0;
                    Some(Envelope {
                        west: centre.lon - d,
                        south: centre.lat - d,
                        east: centre.lon + d,
                        north: centre.lat + d,
                    })
                }
            })
            .collect()
    }

    /// How many corners all its rings have; a circle counts as one.
    #[must_use]
    pub fn vertices(&self) -> usize {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Polygon(p) => p.coords_count(),
                Part::Circle { .. } => 1,
            })
            .sum()
    }

    /// The rings to draw, parts first: outer rings, holes, circles as 64 corners.
    #[must_use]
    pub fn outline(&self) -> Vec<Vec<Position>> {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Polygon(p) => {
                    Some(p.exterior().coords().map(|c| Position { lon: c.x, lat: c.y }).collect())
                }
                Part::Circle { .. } => None,
            })
            .collect()
    }
}

/// Metres between two positions on the sphere of the mean Earth radius (haversine).
#[must_use]
fn distance_m(a: Position, b: Position) -> f64 {
    let (la, lb) = (a.lat.to_radians(), b.lat.to_radians());
    let (dlat, dlon) = (lb - la, (b.lon - a.lon).to_radians());
    let h = (dlat / 2.0).sin().powi(2) + la.cos() * lb.cos() * (dlon / 2.0).sin().powi(2);
    2.0 * 6_371_008.8 * h.sqrt().min(1.0).asin()
}

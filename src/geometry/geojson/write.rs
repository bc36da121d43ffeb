//! From areas to GeoJSON, wound as RFC 7946 asks.

use serde_json::{Value, json};

use crate::geometry::Position;
use crate::geometry::polygon::Polygon;
use crate::geometry::shape::{Part, Shape};

impl Shape {
    /// The same shape as GeoJSON: a geometry for polygons, a Feature for one circle, else a
    /// FeatureCollection in which what is taken away has `properties.exclude: true`.
    ///
    /// [`Shape::from_geojson`] reads it back as an equal shape.
    #[must_use]
    pub fn to_geojson(&self) -> Value {
        match (&*self.parts, &*self.exclusions) {
            ([part], []) => match part {
                Part::Polygon(polygon) => {
                    json!({"type": "Polygon", "coordinates": coordinates(polygon)})
                }
                Part::Circle(_) => feature(part, false),
            },
            (parts, []) if self.one_geometry => {
                json!({"type": "MultiPolygon", "coordinates": many(parts)})
            }
            (parts, exclusions) => {
                let features: Vec<_> = parts
                    .iter()
                    .map(|part| feature(part, false))
                    .chain(exclusions.iter().map(|part| feature(part, true)))
                    .collect();
                json!({"type": "FeatureCollection", "features": features})
            }
        }
    }
}

fn feature(part: &Part, exclude: bool) -> Value {
    let (geometry, mut properties) = match part {
        Part::Polygon(polygon) => {
            (json!({"type": "Polygon", "coordinates": coordinates(polygon)}), json!({}))
        }
        Part::Circle(circle) => (
            json!({"type": "Point", "coordinates": pair(&circle.centre)}),
            json!({"radius_m": circle.radius_m}),
        ),
    };
    if exclude {
        properties["exclude"] = json!(true);
    }
    json!({"type": "Feature", "geometry": geometry, "properties": properties})
}

fn many(parts: &[Part]) -> Vec<Vec<Vec<[f64; 2]>>> {
    let polygon = |part: &Part| match part {
        Part::Polygon(polygon) => Some(coordinates(polygon)),
        Part::Circle(_) => None,
    };
    parts.iter().filter_map(polygon).collect()
}

fn coordinates(polygon: &Polygon) -> Vec<Vec<[f64; 2]>> {
    polygon.rings().map(|ring| ring.iter().map(|at| pair(&at)).collect()).collect()
}

fn pair(at: &Position) -> [f64; 2] {
    [at.lon, at.lat]
}

//! Why something is not an area here, in words for the person who drew or uploaded it.

use std::fmt;

use super::Position;

/// Which polygon, ring and position of a geometry is meant; counted from 1, as people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RingPlace {
    pub polygon: usize,
    /// 1 is the outer ring, the rest are holes.
    pub ring: usize,
    pub position: Option<usize>,
}

impl fmt::Display for RingPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "polygon {}, ", self.polygon)?;
        match self.ring {
            1 => write!(f, "outer ring")?,
            ring => write!(f, "hole {}", ring - 1)?,
        }
        self.position.map_or(Ok(()), |n| write!(f, ", position {n}"))
    }
}

/// What makes rings no area (OGC 06-103r4 §6.1.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    Crossing,
    RingTouchesItself,
    Overlap,
    HoleOutside,
    NestedHoles,
    NestedShells,
    Disconnected,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Crossing => "self-intersection",
            Self::RingTouchesItself => "a ring touches itself",
            Self::Overlap => "edges lie on each other",
            Self::HoleOutside => "a hole lies outside its outer ring",
            Self::NestedHoles => "a hole lies in another hole",
            Self::NestedShells => "a part lies inside another part",
            Self::Disconnected => "holes cut the area in two",
        })
    }
}

/// Why something is not a shape.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GeometryError {
    #[error("this is not GeoJSON: {0}")]
    NotGeoJson(String),
    #[error("has no geometry")]
    NoGeometry,
    #[error(
        "a {0} is not an area; give a Polygon, a MultiPolygon, or a Point with \
         `properties.radius_m`"
    )]
    NotAnArea(String),
    #[error("there is no area in it")]
    Empty,
    #[error(
        "{flaw}; its {corners} corners are more than can be repaired here, 100,000: mend it first \
         with `ogr2ogr -makevalid mended.geojson yours.geojson`"
    )]
    TooFineToRepair { flaw: Box<Self>, corners: usize },
    #[error(
        "{0}; its lines cross or cover each other so often, or so many lie side by side, that no area can be made of it: \
         draw it anew"
    )]
    TooTangledToRepair(Box<Self>),
    #[error("{place}: {problem}")]
    BadRing { place: RingPlace, problem: String },
    #[error("{0}: it is not closed; its last position must repeat its first")]
    Unclosed(RingPlace),
    #[error("{place}: {problem}")]
    TooFewPositions { place: RingPlace, problem: String },
    #[error("{0}: latitude {1} is beyond ±90; GeoJSON writes longitude first, then latitude")]
    Latitude(RingPlace, f64),
    #[error(
        "{place}: {x},{y} cannot be degrees (they look like feet or metres of a map projection); \
         convert the file with `ogr2ogr -t_srs EPSG:4326 -s_srs EPSG:CODE wgs84.geojson \
         yours.geojson`, CODE being the projection of the file (state plane, Web Mercator 3857, …)"
    )]
    NotDegrees { place: RingPlace, x: f64, y: f64 },
    #[error(
        "{x},{y} cannot be degrees (they look like feet or metres of a map projection); convert the \
         file with `ogr2ogr -t_srs EPSG:4326 -s_srs EPSG:CODE wgs84.geojson yours.geojson`, CODE \
         being the projection of the file (state plane, Web Mercator 3857, …)"
    )]
    NoDegrees { x: f64, y: f64 },
    #[error(
        "{place}: the ring jumps from longitude {from} to {to}; an area over the antimeridian is \
         cut there into two polygons (RFC 7946 §3.1.9) or written with longitudes beyond ±180"
    )]
    Jump { place: RingPlace, from: f64, to: f64 },
    #[error(
        "the coordinate system is {0}, but positions here are WGS 84; convert the file with \
         `ogr2ogr -t_srs EPSG:4326 wgs84.geojson yours.geojson`"
    )]
    ForeignCrs(String),
    #[error("{lon},{lat} is not on earth: longitude is within ±180, latitude within ±90")]
    NotOnEarth { lon: f64, lat: f64 },
    #[error("a radius of {0} m makes no circle; it must be above 0 and at most 20015000 m")]
    Radius(f64),
    #[error("{flaw} near {},{}", degrees(near.lon), degrees(near.lat))]
    Invalid { flaw: Flaw, near: Position },
    #[error("it has {found} corners, and at most {limit} are allowed; draw it coarser")]
    TooManyVertices { found: usize, limit: usize },
    #[error("it has {found} parts, and at most {limit} are allowed; split it in several")]
    TooManyParts { found: usize, limit: usize },
    #[error(
        "it covers {found_km2:.1} km², and at most {limit_km2} km² are allowed; draw it smaller"
    )]
    TooLarge { found_km2: f64, limit_km2: f64 },
    #[error("the file has {found} bytes, and at most {limit} are allowed")]
    FileTooLarge { found: usize, limit: usize },
    #[error("the file has {found} features, and at most {limit} are allowed")]
    TooManyFeatures { found: usize, limit: usize },
}

impl GeometryError {
    /// Whether reading with repair might make an area of it.
    #[must_use]
    pub fn is_repairable(&self) -> bool {
        matches!(
            self,
            Self::Invalid { .. }
                | Self::Unclosed(_)
                | Self::TooFewPositions { .. }
                | Self::Jump { .. }
        )
    }
}

/// Four decimals say which street corner; a whole number keeps its brevity.
fn degrees(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flaw_is_told_with_its_place() {
        let near = Position { lon: -87.650_1, lat: 41.880_2 };
        let told = GeometryError::Invalid { flaw: Flaw::Crossing, near }.to_string();
        assert_eq!(told, "self-intersection near -87.6501,41.8802");
        let place = RingPlace { polygon: 1, ring: 2, position: Some(14) };
        let told = GeometryError::Latitude(place, 122.0).to_string();
        assert!(told.starts_with("polygon 1, hole 1, position 14: latitude 122 "), "{told}");
    }
}

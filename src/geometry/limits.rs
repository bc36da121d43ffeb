//! How much area one person, and one file, may bring.

use serde_json::Value;

use super::{GeometryError, Shape, geojson};

/// What a drawn area may have; the defaults are those of a resident's watch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Corners of all rings together; a circle has one.
    pub vertices: usize,
    /// Polygons and circles, exclusions too.
    pub parts: usize,
    pub area_km2: f64,
}

/// What a file of boundaries may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileLimits {
    /// Of the text, once unpacked.
    pub bytes: usize,
    pub features: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { vertices: 500, parts: 20, area_km2: 500.0 }
    }
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { bytes: 100_000_000, features: 5_000 }
    }
}

impl Limits {
    /// Reads a drawn area as [`Shape::from_geojson`] does. Corners and parts are counted before
    /// anything is computed with them, so that a giant costs its sender's time and not ours.
    ///
    /// # Errors
    /// When it is not a valid area, or has more than one of the limits allows.
    pub fn read(&self, value: &Value) -> Result<Shape, GeometryError> {
        let shape = geojson::shape(value, Some(self), &mut Vec::new())?;
        self.check(&shape)?;
        Ok(shape)
    }

    /// # Errors
    /// When the shape has more than one of the limits allows; the first that is passed is named.
    pub fn check(&self, shape: &Shape) -> Result<(), GeometryError> {
        self.check_counts(shape.vertices(), shape.parts())?;
        // Last, because it costs most.
        let found_km2 = shape.area_m2() / 1e6;
        if found_km2 > self.area_km2 {
            return Err(GeometryError::TooLarge { found_km2, limit_km2: self.area_km2 });
        }
        Ok(())
    }

    pub(super) fn check_counts(&self, vertices: usize, parts: usize) -> Result<(), GeometryError> {
        if vertices > self.vertices {
            return Err(GeometryError::TooManyVertices { found: vertices, limit: self.vertices });
        }
        if parts > self.parts {
            return Err(GeometryError::TooManyParts { found: parts, limit: self.parts });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::geometry::Position;

    #[test]
    fn a_watch_that_is_too_much_hears_which_limit_it_passed() {
        let centre = Position { lon: -87.65, lat: 41.88 };
        let circle = |radius_m| Shape::circle(centre, radius_m).unwrap();
        let told = |shape: &Shape| Limits::default().check(shape).map_err(|e| e.to_string());
        assert_eq!(told(&circle(300.0)), Ok(()));
        let wide = told(&circle(20_000.0)).unwrap_err();
        assert_eq!(wide, "it covers 1256.6 km², and at most 500 km² are allowed; draw it smaller");

        let dot = |i: i32| json!([[[i, 0], [f64::from(i) + 0.01, 0], [i, 0.01], [i, 0]]]);
        let many =
            json!({"type": "MultiPolygon", "coordinates": (0..21).map(dot).collect::<Vec<_>>()});
        let many = told(&Shape::from_geojson(&many).unwrap()).unwrap_err();
        assert!(many.starts_with("it has 21 parts, and at most 20 are allowed"), "{many}");

        let mut ring: Vec<_> = (0..=501)
            .map(|i| f64::from(i % 501) / 501.0 * std::f64::consts::TAU)
            .map(|a| [a.cos() * 0.01, a.sin() * 0.01])
            .collect();
        let fine = Shape::from_geojson(&json!({"type": "Polygon", "coordinates": [ring]})).unwrap();
        let fine = told(&fine).unwrap_err();
        // The same before it is looked at: this one crosses itself, too.
        ring.swap(100, 300);
        let crossed = json!({"type": "Polygon", "coordinates": [ring]});
        assert_eq!(Limits::default().read(&crossed).map_err(|e| e.to_string()), Err(fine.clone()));
        assert!(fine.starts_with("it has 501 corners, and at most 500 are allowed"), "{fine}");
    }
}

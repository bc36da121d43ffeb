//! The demo city as a map.

use std::fmt::Write;

use serde_json::json;

use super::city::{DemoCity, Positions, StreetClass};
use crate::drawing::{Frame, Ground, Map};
use crate::geometry::{FileLimits, GeometryError, Position, Shape, read_sketches};
use crate::ward::Ward;

/// How wide the demo page's map is, in its own pixels.
pub const WIDTH: f64 = 1_000.0;

/// The window in which all wards show, [`WIDTH`] pixels wide; `None` without wards.
#[must_use]
pub fn frame(wards: &[Ward]) -> Option<Frame> {
    let boxes = wards.iter().flat_map(|ward| ward.shape.envelopes(0.0));
    let around = boxes.reduce(|a, b| a.union(&b))?;
    Some(Frame::fit_width(&around, WIDTH, 22.0))
}

/// Draws a city. With `city` its streets, waters and parks lie under the ward lines; real
/// boundaries come without them. Every ward can be found again by the id [`ward_id`].
#[must_use]
pub fn draw(frame: Frame, wards: &[Ward], city: Option<&DemoCity>) -> Map {
    let mut map = Map::new(frame);
    for ward in wards {
        map = map.area_with_id("land", &ward_id(&ward.key), &ward.shape);
    }
    if let Some(city) = city {
        map = ground(map, city);
    }
    for ward in wards {
        map = map.area_with_id("ward", &format!("{}-line", ward_id(&ward.key)), &ward.shape);
    }
    for ward in wards {
        map = map.label("label", short(&ward.name), &ward.shape);
    }
    map
}

/// The id of a ward's area in the drawing.
#[must_use]
pub fn ward_id(key: &str) -> String {
    let mut id = String::from("ward-");
    for c in key.chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else {
            // Spelled out, so that "A 1" and "A-1" stay two wards.
            let _ = write!(id, "_{:x}_", u32::from(c));
        }
    }
    id
}

/// On a map "7" is enough, the page says that they are wards.
fn short(name: &str) -> &str {
    name.strip_prefix("Ward ").unwrap_or(name)
}

fn ground(map: Map, city: &DemoCity) -> Map {
    let streets = |class: StreetClass| {
        city.streets.iter().filter(move |s| s.class == class).map(|s| s.line.as_slice())
    };
    let map = map
        .areas("park", city.parks.iter().map(|park| park.ring.as_slice()))
        .areas("water", city.waters.iter().map(|water| water.ring.as_slice()))
        .lines("street", streets(StreetClass::Street))
        .lines("arterial", streets(StreetClass::Arterial))
        .lines("diagonal", streets(StreetClass::Diagonal));
    city.parks
        .iter()
        .take(2)
        .fold(map, |map, park| map.text_at("place", &park.name, middle(&park.ring)))
}

/// The city's streets, waters and parks, as an operator would give them for the maps in mails.
///
/// # Errors
/// When its files are no GeoJSON, which they are.
pub fn under_mails(city: &DemoCity) -> Result<Ground, GeometryError> {
    let mut ground = Ground::default();
    for (file, text) in city.files() {
        let stem = file.trim_end_matches(".geojson");
        if ["streets", "water", "parks"].contains(&stem) {
            ground.add(stem, read_sketches(text.as_bytes(), &FileLimits::default())?);
        }
    }
    Ok(ground)
}

fn middle(ring: &Positions) -> Position {
    let n = ring.len().max(1) as f64;
    let sum = |pick: fn(&Position) -> f64| ring.iter().map(pick).sum::<f64>() / n;
    Position { lon: sum(|p| p.lon), lat: sum(|p| p.lat) }
}

impl DemoCity {
    /// The wards as the rest of the program knows them.
    ///
    /// # Errors
    /// When a ring is not a valid area, which the tests of [`super::city`] rule out for the
    /// embedded city.
    pub fn ward_shapes(&self) -> Result<Vec<Ward>, GeometryError> {
        let ward = |ward: &super::city::DemoWard| {
            let ring: Vec<[f64; 2]> = ward.ring.iter().map(|p| [p.lon, p.lat]).collect();
            let shape = Shape::from_geojson(&json!({ "type": "Polygon", "coordinates": [ring] }))?;
            Ok(Ward { key: ward.key.clone(), name: ward.name.clone(), shape })
        };
        self.wards.iter().map(ward).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ward_has_its_own_id_and_its_place_in_the_window() {
        let wards = DemoCity::embedded().unwrap().ward_shapes().unwrap();
        let frame = frame(&wards).unwrap();
        let corners = wards.iter().flat_map(|ward| ward.shape.outline()).flatten();
        assert!(corners.map(|at| frame.project(at)).all(|at| frame.holds(at)));
        assert_eq!(super::frame(&[]), None);
        assert_ne!(ward_id("A 1"), ward_id("A-1"));
        assert_eq!(ward_id("7"), "ward-7");
    }
}

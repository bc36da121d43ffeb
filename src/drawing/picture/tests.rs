use serde_json::json;

use super::style::{ELSEWHERE, HALO, LAND, PARK, PIN, STREET, TEXT, WARD};
use super::*;
use crate::geometry::{FileLimits, read_sketches};

const HERE: Position = Position { lon: -87.65, lat: 41.88 };

/// Pixels of a picture, read by another hand.
struct Seen {
    pixels: Vec<u8>,
}

impl Seen {
    fn read(png: &[u8]) -> Self {
        let mut decoder = ::png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(::png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (828, 360));
        assert_eq!(info.color_type, ::png::ColorType::Rgb);
        Self { pixels }
    }

    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let from = (y * PICTURE_WIDTH + x) * 3;
        [self.pixels[from], self.pixels[from + 1], self.pixels[from + 2]]
    }

    /// At a place so many metres to the east and north of the middle.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "on the picture")]
    fn off(&self, east_m: f64, north_m: f64) -> [u8; 3] {
        let metre = PICTURE_WIDTH as f64 / CLOSE_M;
        let middle = View::middle();
        self.at((middle.x + east_m * metre) as usize, (middle.y - north_m * metre) as usize)
    }

    fn has(&self, colour: [u8; 3]) -> usize {
        self.pixels.chunks(3).filter(|pixel| *pixel == colour).count()
    }
}

/// Metres to the east and north of a place.
fn from(at: Position, east_m: f64, north_m: f64) -> [f64; 2] {
    let degree = 111_194.9;
    [at.lon + east_m / degree / at.lat.to_radians().cos(), at.lat + north_m / degree]
}

fn square(at: Position, west: f64, south: f64, east: f64, north: f64) -> serde_json::Value {
    let corner = |x, y| json!(from(at, x, y));
    let ring = [(west, south), (east, south), (east, north), (west, north), (west, south)];
    json!({ "type": "Polygon", "coordinates": [ring.map(|(x, y)| corner(x, y))] })
}

/// Ward 1 ends 200 m east of a place, where ward 2 begins.
fn wards(at: Position) -> WardLines {
    let shape = |west, east| Shape::from_geojson(&square(at, west, -900.0, east, 900.0)).unwrap();
    let shapes = [("1", shape(-1_200.0, 200.0)), ("2", shape(200.0, 1_500.0))];
    WardLines::new(shapes.iter().map(|(key, shape)| (*key, shape)))
}

/// A street 100 m south of a place, cut at a corner as files are, and a park in the north-west.
fn ground(at: Position) -> Ground {
    let feature = |name: &str, geometry| json!({ "type": "Feature", "properties": { "name": name }, "geometry": geometry });
    let street = |west: f64, east: f64| {
        let line = [from(at, west, -100.0), from(at, east, -100.0)];
        feature("Mill St", json!({ "type": "LineString", "coordinates": line }))
    };
    let park = feature("Elm Park", square(at, -400.0, 40.0, -150.0, 190.0));
    let mut ground = Ground::default();
    for (stem, features) in
        [("streets", vec![street(-600.0, 0.0), street(0.0, 600.0)]), ("parks", vec![park])]
    {
        let file = json!({ "type": "FeatureCollection", "features": features }).to_string();
        ground.add(stem, read_sketches(file.as_bytes(), &FileLimits::default()).unwrap());
    }
    ground
}

fn drawn(at: Position, ground: &Ground, units: Units) -> Vec<u8> {
    let wards = wards(at);
    Picture { at, ward: Some("1"), wards: &wards, ground, units }.png().unwrap()
}

#[test]
fn the_pin_stands_on_the_place_among_streets_parks_and_ward_lines() {
    // In the city, near a pole, and on the line where the days meet.
    for at in [HERE, Position { lon: 20.0, lat: 78.0 }, Position { lon: 179.999, lat: -17.0 }] {
        let seen = Seen::read(&drawn(at, &ground(at), Units::Metric));
        assert_eq!(seen.off(0.0, 0.0), PIN, "{at:?}");
        assert_eq!(seen.off(30.0, -100.0), STREET, "{at:?}");
        assert_eq!(seen.off(-380.0, 180.0), PARK, "{at:?}");
        assert_eq!(seen.off(200.0, 60.0), WARD, "{at:?}");
        assert_eq!(seen.off(-60.0, -40.0), LAND, "{at:?}");
        assert_eq!(seen.off(430.0, 180.0), ELSEWHERE, "{at:?}");
        assert!(seen.has(TEXT) > 500 && seen.has(HALO) > 2_000, "names are written");
    }
}

#[test]
fn the_same_facts_give_the_same_few_bytes() {
    let ground = ground(HERE);
    let png = drawn(HERE, &ground, Units::Metric);
    assert_eq!(png, drawn(HERE, &ground, Units::Metric));
    assert_ne!(png, drawn(HERE, &ground, Units::Us), "the scale is in feet");
    assert!(png.len() < 6_000, "{}", png.len());
}

#[test]
fn without_ground_the_ward_shows_and_without_wards_either_there_is_no_map() {
    let seen = Seen::read(&drawn(HERE, &Ground::default(), Units::Metric));
    assert_eq!(seen.at(PICTURE_WIDTH / 2, PICTURE_HEIGHT / 2), PIN);
    assert!(seen.has(WARD) > 300 && seen.has(STREET) < 4_000);
    let (nowhere, nothing) = (WardLines::default(), Ground::default());
    let picture =
        Picture { at: HERE, ward: None, wards: &nowhere, ground: &nothing, units: Units::Metric };
    assert_eq!(picture.png(), None);
    let far = wards(Position { lon: 12.0, lat: 50.0 });
    assert_eq!(Picture { wards: &far, ..picture }.png(), None, "nor with wards elsewhere");
    let ground = ground(HERE);
    assert!(Picture { ground: &ground, ..picture }.png().is_some(), "streets are enough");
}

#[test]
fn no_shape_is_too_wild_to_be_drawn() {
    let wild = [
        vec![[-180.0, -90.0], [180.0, 90.0], [180.0, -90.0]],
        vec![[-87.65, 41.88], [-87.65, 41.88], [-87.65, 41.88]],
        vec![[-87.65, 41.88], [-87.649_999_999_9, 41.88], [-87.65, 41.880_000_000_1]],
        vec![[-500.0, 41.88], [-87.65, 41.881], [500.0, 41.88], [-87.65, 41.879]],
    ];
    let features = wild.iter().flat_map(|line| {
        let line = json!({ "type": "LineString", "coordinates": line });
        let area = json!({ "type": "Polygon", "coordinates": [line["coordinates"]] });
        [line, area].map(|geometry| {
            json!({ "type": "Feature", "properties": { "name": "Wild Rd" }, "geometry": geometry })
        })
    });
    let features: Vec<_> = features.collect();
    let file = json!({ "type": "FeatureCollection", "features": features }).to_string();
    let mut ground = Ground::default();
    ground.add("parks", read_sketches(file.as_bytes(), &FileLimits::default()).unwrap());
    for at in [HERE, Position { lon: 0.0, lat: 90.0 }, Position { lon: 0.0, lat: -90.0 }] {
        let wards = WardLines::default();
        let (ground, units) = (&ground, Units::Us);
        let picture = Picture { at, ward: Some("9"), wards: &wards, ground, units };
        assert_eq!(picture.png(), picture.png(), "{at:?}");
    }
}

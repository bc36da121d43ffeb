//! Pictures: what a reader of the SVG will see, and that a real city's file stays light.

use serde_json::json;

use super::*;
use crate::geometry::Envelope;

const TOWN: Envelope = Envelope { west: -87.1, south: 43.4, east: -86.9, north: 43.6 };

fn square() -> Shape {
    let ring = [[-87.1, 43.4], [-86.9, 43.4], [-86.9, 43.6], [-87.1, 43.6], [-87.1, 43.4]];
    Shape::from_geojson(&json!({ "type": "Polygon", "coordinates": [ring] })).unwrap()
}

#[test]
fn a_pixel_leads_back_to_the_place_it_shows() {
    let frame = Frame::fit(&TOWN, 800.0, 600.0, 20.0);
    let at = Position { lon: -87.013, lat: 43.51 };
    let back = frame.unproject(frame.project(at));
    assert!((back.lon - at.lon).abs() < 1e-9 && (back.lat - at.lat).abs() < 1e-9);
    let corner = frame.project(Position { lon: TOWN.west, lat: TOWN.north });
    assert!((corner.y - 20.0).abs() < 1e-6, "the taller side fills the frame: {corner:?}");
    assert!(frame.holds(corner) && !frame.holds(Point { x: -1.0, y: 5.0 }));
}

#[test]
fn a_ward_is_drawn_with_few_bytes_and_its_label_inside() {
    let map = Map::new(Frame::fit(&TOWN, 400.0, 400.0, 0.0));
    let map = map.area_with_id("ward", "ward-7", &square()).label("label", "7 & up", &square());
    insta::assert_snapshot!(map.inline());
}

#[test]
fn rounding_does_not_add_up_along_a_path() {
    let points: Vec<Point> = (0..1_000).map(|k| Point { x: f64::from(k) * 0.14, y: 0.0 }).collect();
    let drawn = path(&points, false);
    let numbers = drawn.trim_start_matches("M0 0l").split(' ').step_by(2);
    let end: f64 = numbers.map(|n| n.parse::<f64>().unwrap()).sum();
    assert!((end - 999.0 * 0.14).abs() < 0.06, "{end}");
}

#[test]
fn a_needle_thin_tooth_goes_and_a_corner_stays() {
    let at = |x, y| Point { x, y };
    let line = [at(0.0, 0.0), at(5.0, 0.2), at(10.0, 0.0), at(10.0, 10.0)];
    assert_eq!(simplify(&line, 0.35), [line[0], line[2], line[3]]);
}

#[test]
fn the_label_of_a_bent_ward_lies_in_it() {
    let at = |x, y| Point { x, y };
    // A horseshoe whose centre of mass is outside.
    let ring = vec![
        at(0.0, 0.0),
        at(100.0, 0.0),
        at(100.0, 100.0),
        at(70.0, 100.0),
        at(70.0, 20.0),
        at(20.0, 20.0),
        at(20.0, 100.0),
        at(0.0, 100.0),
        at(0.0, 0.0),
    ];
    let (label, room) = label::roomiest(&[ring]).unwrap();
    assert!(label.x > 70.0 && room > 14.0, "{label:?} {room}");
    assert_eq!(label::roomiest(&[]), None);
}

#[test]
fn a_few_blocks_show_their_streets_and_a_city_none_that_would_be_a_blot() {
    let streets = include_str!("../../data/streets.geojson");
    let mut ground = Ground::default();
    let limits = crate::geometry::FileLimits::default();
    ground.add("streets", crate::geometry::read_sketches(streets.as_bytes(), &limits).unwrap());
    let around = |side: f64| {
        let (lon, lat) = (-87.050_351, 43.517_445);
        let bounds =
            Envelope { west: lon - side, south: lat - side, east: lon + side, north: lat + side };
        Map::new(Frame::fit(&bounds, 640.0, 640.0, 0.0))
    };
    let close = around(0.004).ground(&ground);
    assert!(close.frame().has_ground(&ground));
    assert!(close.inline().contains(r#"class="street" stroke-width="#), "{}", close.inline());
    assert!(close.inline().len() < 8_000, "{}", close.inline().len());
    let far = around(1.0).ground(&ground);
    assert!(!far.inline().contains(r#"class="street""#), "{}", far.inline());
    let nowhere = Ground::default();
    assert_eq!(around(0.004).ground(&nowhere).inline(), "");
    assert!(!close.frame().has_ground(&nowhere));
}

#[test]
fn what_lies_far_beside_a_drawing_takes_no_bytes() {
    let close = Envelope { west: -87.001, south: 43.499, east: -86.999, north: 43.501 };
    let map = Map::new(Frame::fit(&close, 400.0, 400.0, 0.0)).area("ward", &square());
    // The whole sheet and a little more, and not the town around it.
    let drawn = map.inline();
    assert!(drawn.contains("M-12 ") || drawn.contains("M412 "), "{drawn}");
    assert!(drawn.len() < 80, "{drawn}");
}

#[test]
fn a_name_cannot_break_out_of_the_picture() {
    let map = Map::new(Frame::fit(&TOWN, 100.0, 100.0, 0.0));
    let centre = Position { lon: -87.0, lat: 43.5 };
    let map = map.text_at("\"><script>", "</text><script>", centre);
    assert!(!map.inline().contains("<script>"), "{}", map.inline());
}

#[test]
fn the_wards_of_chicago_make_a_light_page() {
    let path = "../shared/data/boundaries/chicago/wards_2023__councilmatic_full.geojson.gz";
    let Ok(file) = std::fs::File::open(path) else { return };
    let value: serde_json::Value =
        serde_json::from_reader(flate2::read::GzDecoder::new(file)).unwrap();
    let shapes: Vec<Shape> = value["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| Shape::from_geojson(feature).unwrap())
        .collect();
    let corners: usize = shapes.iter().map(Shape::vertices).sum();
    assert!(corners > 50_000, "{corners}");
    let all = Envelope { west: -87.94, south: 41.64, east: -87.52, north: 42.03 };
    let map = shapes
        .iter()
        .enumerate()
        .fold(Map::new(Frame::fit(&all, 1_000.0, 1_200.0, 10.0)), |map, (k, shape)| {
            map.area_with_id("ward", &format!("w{k}"), shape)
        });
    let bytes = map.inline().len();
    assert!((5_000..60_000).contains(&bytes), "{bytes} bytes for {corners} corners");
}

//! Circles and boxes on the sphere, at every latitude and over every seam.

use serde_json::json;

use crate::geometry::{EARTH_RADIUS_M, Position, Shape};
use crate::random::SplitMix;

/// Metres by the angle between two vectors in space: no haversine in it.
fn metres_in_space(a: Position, b: Position) -> f64 {
    let vector = |p: Position| {
        let (lon, lat) = (p.lon.to_radians(), p.lat.to_radians());
        [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
    };
    let (a, b) = (vector(a), vector(b));
    let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    let length = cross.iter().map(|x| x * x).sum::<f64>().sqrt();
    let dot: f64 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
    EARTH_RADIUS_M * length.atan2(dot)
}

/// The place `metres` from another in a direction given in radians from the east.
fn toward(from: Position, metres: f64, angle: f64) -> Position {
    let r = metres / EARTH_RADIUS_M;
    let lat = from.lat.to_radians();
    let sine = (lat.sin() * r.cos() + lat.cos() * r.sin() * angle.sin()).clamp(-1.0, 1.0);
    let turn = (angle.cos() * r.sin() * lat.cos()).atan2(r.cos() - lat.sin() * sine);
    Position { lon: from.lon + turn.to_degrees(), lat: sine.asin().to_degrees() }.wrapped()
}

#[test]
fn circles_are_round_everywhere_and_their_boxes_hold_them() {
    let mut dice = SplitMix::new(75);
    let centres = [
        (-87.65, 41.88),
        (25.0, 75.0),
        (-140.0, -75.0),
        (10.0, 0.0),
        (179.999, 10.0),
        (-180.0, 52.0),
        (180.0, -17.0),
        (40.0, 89.999),
        (-70.0, -89.9999),
        (0.0, 90.0),
        (179.99, 89.99),
        (5.0, 60.0),
    ];
    let (mut inside, mut outside) = (0, 0);
    for (lon, lat) in centres {
        for radius_m in
            [0.5, 30.0, 300.0, 5_000.0, 200_000.0, 3_000_000.0, 12_000_000.0, 19_000_000.0]
        {
            let centre = Position { lon, lat };
            let shape = Shape::circle(centre, radius_m).unwrap();
            let (tight, wide) = (shape.envelopes(0.0), shape.envelopes(100.0));
            assert!(tight.len() <= 2 && wide.len() <= 2);
            for boxes in tight.iter().chain(&wide) {
                assert!(boxes.west >= -180.0 && boxes.east <= 180.0 && boxes.west <= boxes.east);
            }
            for _ in 0..400 {
                // Most of them within a hair of the rim.
                let share = if dice.below(4) == 0 {
                    dice.range(0.0, 1.5)
                } else {
                    dice.range(0.999, 1.001)
                };
                let at = toward(centre, (share * radius_m).min(20_000_000.0), dice.range(0.0, 6.3));
                let metres = metres_in_space(centre, at);
                // Haversine loses digits towards the far side of the earth.
                let doubt = 1e-6 + 1e-9 * radius_m + if radius_m > 1e7 { 1.0 } else { 0.0 };
                if (metres - radius_m).abs() > doubt {
                    assert_eq!(shape.covers(at), metres < radius_m, "{centre:?} {radius_m} {at:?}");
                }
                if shape.covers(at) {
                    inside += 1;
                    assert!(
                        tight.iter().any(|b| b.contains(at)),
                        "{centre:?} {radius_m} {at:?} {tight:?}"
                    );
                } else {
                    outside += 1;
                }
                if shape.within_m(at, 100.0) {
                    assert!(
                        wide.iter().any(|b| b.contains(at)),
                        "{centre:?} {radius_m} {at:?} {wide:?}"
                    );
                }
            }
        }
    }
    assert!(inside > 10_000 && outside > 10_000, "{inside} inside, {outside} outside");
}

#[test]
fn the_boxes_of_polygons_hold_all_that_is_near_at_every_latitude_and_seam() {
    let mut dice = SplitMix::new(3);
    for (lon, lat) in
        [(-87.6, 41.8), (179.99, 10.0), (-180.01, 75.0), (20.0, 88.9), (200.0, -85.0), (0.0, 0.0)]
    {
        for size in [1e-5, 0.001, 0.05, 1.0] {
            let corner = |x: f64, y: f64| [lon + x * size, lat + y * size];
            let ring = [
                corner(0., 0.),
                corner(1., 0.1),
                corner(0.9, 1.),
                corner(0.1, 0.8),
                corner(0., 0.),
            ];
            let shape =
                Shape::from_geojson(&json!({"type": "Polygon", "coordinates": [ring]})).unwrap();
            for margin_m in [0.0, 1.0, 250.0, 20_000.0] {
                let boxes = shape.envelopes(margin_m);
                assert!(!boxes.is_empty() && boxes.len() <= 2);
                for _ in 0..200 {
                    // From a corner, most of them just as far as the margin reaches.
                    let [lon, lat] = ring[dice.below(4)];
                    let corner = Position { lon, lat }.wrapped();
                    let far = dice.range(0.0, 1.01).max(dice.range(0.0, 1.01)) * margin_m;
                    let at = toward(corner, far, dice.range(0.0, std::f64::consts::TAU));
                    if shape.within_m(at, margin_m) {
                        assert!(
                            boxes.iter().any(|b| b.contains(at)),
                            "{at:?} {margin_m} {boxes:?}"
                        );
                    }
                }
            }
        }
    }
}

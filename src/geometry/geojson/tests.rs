//! Round trips, and what is told of geometries that are none.

use serde_json::{Value, json};

use crate::geometry::Shape;

#[test]
fn every_kind_of_shape_is_read_back_as_it_was_written() {
    let polygon = json!({"type": "Polygon", "coordinates":
        [[[0.1, 0.2], [3.3, 0.0], [3.0, 3.7], [0.0, 3.0], [0.1, 0.2]],
         [[1.0, 1.0], [2.0, 1.0], [1.5, 2.0], [1.0, 1.0]]]});
    let feature = |geometry: &Value, properties: Value| json!({"type": "Feature", "geometry": geometry, "properties": properties});
    let point = json!({"type": "Point", "coordinates": [-87.650_000_1, 41.880_000_3]});
    let circle = feature(&point, json!({"radius_m": 300.1}));
    let square = |w: f64| {
        json!({"type": "Polygon", "coordinates":
        [[[w, 10.0], [w + 1.0, 10.0], [w + 1.0, 11.0], [w, 11.0], [w, 10.0]]]})
    };
    let all = |features: Vec<Value>| json!({"type": "FeatureCollection", "features": features});
    let none = || json!({});
    let table = [
        (polygon.clone(), "Polygon"),
        (circle.clone(), "Feature"),
        (feature(&polygon, json!({"ward": 1})), "Polygon"),
        (all(vec![feature(&polygon, none()), feature(&square(20.0), none())]), "MultiPolygon"),
        // Overlapping parts are no valid MultiPolygon, so they stay Features.
        (
            all(vec![feature(&square(20.0), none()), feature(&square(20.5), none())]),
            "FeatureCollection",
        ),
        (all(vec![circle.clone(), feature(&polygon, none())]), "FeatureCollection"),
        (
            all(vec![circle.clone(), feature(&point, json!({"radius_m": 50, "exclude": true}))]),
            "FeatureCollection",
        ),
        (
            json!({"type": "GeometryCollection", "geometries": [polygon, square(20.0)]}),
            "MultiPolygon",
        ),
    ];
    for (value, kind) in table {
        let shape = Shape::from_geojson(&value).unwrap();
        let text = shape.to_geojson().to_string();
        let written: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(written["type"], kind);
        assert_eq!(Shape::from_geojson(&written), Ok(shape), "{value}");
    }
    for (bad, told) in [
        (point.clone(), "a Point is not an area"),
        (feature(&point, json!({"radius_m": "300"})), "not a number of metres"),
        (feature(&point, json!({"radius_m": -3})), "-3 m makes no circle"),
        (
            all(vec![feature(&point, json!({"radius_m": 50, "exclude": true}))]),
            "there is no area in it",
        ),
        (all(vec![]), "there is no area in it"),
        (json!(7), "a number stands where an object should"),
    ] {
        let error = Shape::from_geojson(&bad).unwrap_err().to_string();
        assert!(error.contains(told), "{bad}: {error}");
    }
}

#[test]
fn what_a_ring_may_not_be_is_told_with_ring_and_position() {
    let table = [
        (json!([[[0, 0], [1, 0], [1, 1], [0, 1]]]), "polygon 1, outer ring: it is not closed"),
        (json!([[[0, 0], [1, 0], [0, 0]]]), "polygon 1, outer ring: it has 3 positions"),
        (
            json!([[[0, 0], [1, 0], [1, 0], [0, 0]]]),
            "outer ring: it has only 2 different positions",
        ),
        (json!([[[0, 0], [1, "x"], [1, 1], [0, 0]]]), "position 2: a text stands where a number"),
        (json!([[[0, 0], [1], [1, 1], [0, 0]]]), "position 2: a position has 1 numbers"),
        (json!([[0, 0], [1, 0], [1, 1], [0, 0]]), "position 1: a number stands where a position"),
        (json!([[[0, 0], [1, 91], [1, 1], [0, 0]]]), "position 2: latitude 91 is beyond ±90"),
        (json!([[[0, 0], [541, 0], [1, 1], [0, 0]]]), "position 2: 541,0 cannot be degrees"),
        (json!([[[179, 0], [-179, 0], [-179, 1], [179, 0]]]), "jumps from longitude 179 to -179"),
        (
            json!([[[-200, 0], [-40, 0], [120, 0], [200, 0], [120, 1], [-40, 1], [-200, 0]]]),
            "more than once around the earth",
        ),
        (
            json!([[[0, 0], [9, 0], [0, 9], [0, 0]], [[1, 1], [2, 1], [2, null], [1, 1]]]),
            "polygon 1, hole 1, position 3: nothing stands where",
        ),
        (json!([]), "polygon 1 has no rings"),
    ];
    for (coordinates, expected) in table {
        let value = json!({"type": "Polygon", "coordinates": coordinates});
        let told = Shape::from_geojson(&value).unwrap_err().to_string();
        assert!(told.contains(expected), "{coordinates}: {told}");
    }
}

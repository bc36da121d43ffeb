//! Whether rings make an area, as the Simple Features standard has it (OGC 06-103r4 §6.1.11) and
//! as GEOS reads it: rings neither cross nor touch themselves, rings of one geometry meet at
//! single positions only, holes lie in their shell and nowhere else, and leave it in one piece.

use super::polygon::Polygon;
use super::{GeometryError, sweep};

/// Whether the polygons make one valid MultiPolygon.
///
/// # Errors
/// [`GeometryError::Invalid`] with the flaw that a sweep from west to east meets first; a crossing
/// is told before a ring that lies in the wrong place.
pub(super) fn check<'a>(
    polygons: impl IntoIterator<Item = &'a Polygon>,
) -> Result<(), GeometryError> {
    sweep::Sweep::over(polygons)
        .run()
        .map_err(|(flaw, near)| GeometryError::Invalid { flaw, near: near.wrapped() })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::geometry::Shape;

    fn told(kind: &str, coordinates: &Value) -> String {
        let value = json!({"type": kind, "coordinates": coordinates});
        Shape::from_geojson(&value).map_or_else(|e| e.to_string(), |_| "valid".into())
    }

    fn square(west: i32, south: i32, side: i32) -> Value {
        let (east, north) = (west + side, south + side);
        json!([[west, south], [east, south], [east, north], [west, north], [west, south]])
    }

    #[test]
    fn what_one_ring_may_not_do() {
        let table = [
            (json!([[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]), "valid"),
            (json!([[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]), "self-intersection near 2,2"),
            (
                json!([[0, 0], [2, 2], [4, 0], [4, 4], [2, 2], [0, 4], [0, 0]]),
                "a ring touches itself near 2,2",
            ),
            (
                json!([[0, 0], [4, 0], [4, 4], [2, 0], [0, 4], [0, 0]]),
                "a ring touches itself near 2,0",
            ),
            (
                json!([[0, 0], [4, 0], [4, 4], [4, 6], [4, 4], [0, 4], [0, 0]]),
                "edges lie on each other",
            ),
            (json!([[0, 0], [4, 0], [2, 0], [2, 4], [0, 0]]), "edges lie on each other"),
            (json!([[0, 0], [1, 1], [2, 2], [0, 0]]), "edges lie on each other"),
            (json!([[0, 0], [1, 1], [0, 0], [1, 1], [0, 0]]), "edges lie on each other"),
            // A vertex of one arm crosses another edge.
            (
                json!([[0, 0], [4, 0], [4, 2], [0, 2], [2, 0], [2, -2], [0, 0]]),
                "self-intersection near 2,0",
            ),
        ];
        for (ring, expected) in table {
            let (forth, mut back) = (ring.clone(), ring.clone());
            back.as_array_mut().unwrap().reverse();
            for ring in [forth, back] {
                let told = told("Polygon", &json!([ring]));
                assert!(told.starts_with(expected), "{ring}: {told}");
            }
        }
    }

    #[test]
    fn where_holes_may_lie() {
        let shell = square(0, 0, 10);
        let table = [
            (vec![square(1, 1, 2), square(4, 4, 2)], "valid"),
            // Holes may touch each other, and the shell, at one position.
            (vec![square(1, 1, 2), square(3, 3, 2)], "valid"),
            (vec![json!([[0, 0], [2, 1], [1, 2], [0, 0]])], "valid"),
            (vec![json!([[0, 5], [2, 4], [2, 6], [0, 5]])], "valid"),
            (vec![square(12, 1, 2)], "a hole lies outside its outer ring near 12,1"),
            (vec![square(-20, -20, 40)], "a hole lies outside its outer ring"),
            (vec![square(1, 1, 6), square(2, 2, 2)], "a hole lies in another hole near 2,2"),
            (vec![square(8, 8, 4)], "self-intersection near 8,10"),
            (vec![square(1, 1, 4), square(3, 3, 4)], "self-intersection near 3,5"),
            (vec![square(1, 1, 2), square(3, 1, 2)], "edges lie on each other near 3,1"),
            (vec![square(0, 1, 2)], "edges lie on each other near 0,1"),
            (vec![shell.clone()], "edges lie on each other"),
            // A hole that touches the shell twice, and a ring of touching holes.
            (vec![json!([[0, 5], [5, 4], [10, 5], [5, 6], [0, 5]])], "holes cut the area in two"),
            (
                vec![
                    json!([[2, 5], [5, 2], [4, 5], [2, 5]]),
                    json!([[5, 2], [8, 5], [6, 5], [5, 2]]),
                    json!([[2, 5], [5, 7], [8, 5], [5, 8], [2, 5]]),
                ],
                "holes cut the area in two",
            ),
        ];
        for (holes, expected) in table {
            let rings: Vec<_> = std::iter::once(shell.clone()).chain(holes).collect();
            let told = told("Polygon", &json!(rings));
            assert!(told.starts_with(expected), "{}: {told}", json!(rings));
        }
    }

    #[test]
    fn how_parts_may_meet() {
        let ring = || vec![square(0, 0, 10), square(2, 2, 6)];
        let table = [
            (json!([[square(0, 0, 2)], [square(5, 5, 2)]]), "valid"),
            (json!([[square(0, 0, 2)], [square(2, 2, 2)]]), "valid"),
            (json!([ring(), [square(3, 3, 2)]]), "valid"),
            (json!([[square(3, 3, 2)], ring()]), "valid"),
            // An island that touches the hole's corner from inside.
            (json!([ring(), [[[2, 2], [4, 3], [3, 4], [2, 2]]]]), "valid"),
            (json!([[square(0, 0, 2)], [square(2, 0, 2)]]), "edges lie on each other near 2,0"),
            (json!([[square(0, 0, 2)], [square(1, 1, 2)]]), "self-intersection near 1,2"),
            (json!([[square(0, 0, 9)], [square(1, 1, 2)]]), "a part lies inside another part"),
            // A hole that lies in the other part.
            (
                json!([[square(0, 0, 2), square(6, 6, 1)], [square(5, 5, 4)]]),
                "a hole lies outside its outer ring near 6,6",
            ),
            (json!([[square(1, 1, 2)], [square(0, 0, 9)]]), "a part lies inside another part"),
            (json!([[square(0, 0, 2)], [square(0, 0, 2)]]), "edges lie on each other"),
            (json!([ring(), [square(2, 2, 6)]]), "edges lie on each other"),
        ];
        for (polygons, expected) in table {
            let told = told("MultiPolygon", &polygons);
            assert!(told.starts_with(expected), "{polygons}: {told}");
        }
    }
}

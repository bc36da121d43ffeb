//! The exact answer to "is this position in this ring?".
//!
//! The one rule: coordinates are what their 64 bits say, and the answer is that of arithmetic
//! without rounding. Comparisons settle all but a few edges; those are settled by Shewchuk's
//! adaptive predicate ("Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
//! Predicates", 1997).

use robust::{Coord, orient2d};

use super::Position;

/// Where a position lies with regard to an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    Inside,
    Boundary,
    Outside,
}

/// The side of the line from `a` to `b` on which `c` lies: positive left, negative right, zero on
/// it. Only the sign is exact.
pub(super) fn side(a: Position, b: Position, c: Position) -> f64 {
    let coord = |p: Position| Coord { x: p.lon, y: p.lat };
    orient2d(coord(a), coord(b), coord(c))
}

/// Where `at` lies with regard to a closed ring (its last position repeats its first), by
/// counting the edges that a ray to the east crosses (even-odd rule).
#[expect(clippy::float_cmp, reason = "exact is what is asked for")]
pub(super) fn locate(mut ring: impl Iterator<Item = Position>, at: Position) -> Location {
    let mut inside = false;
    let Some(mut a) = ring.next() else { return Location::Outside };
    for b in ring {
        if (a.lat > at.lat) != (b.lat > at.lat) {
            if at.lon < a.lon && at.lon < b.lon {
                inside = !inside;
            } else if at.lon <= a.lon || at.lon <= b.lon {
                // Within the edge's box: north-going edges have the west on their left.
                let turn = if a.lat < b.lat { side(a, b, at) } else { side(b, a, at) };
                if turn == 0.0 {
                    return Location::Boundary;
                }
                inside ^= turn > 0.0;
            }
        } else if a.lat == at.lat && touches_level(a, b, at) {
            return Location::Boundary;
        }
        a = b;
    }
    if inside { Location::Inside } else { Location::Outside }
}

/// For an edge that the ray does not cross but that starts at the ray's latitude: whether `at`
/// is its start, or lies on it when it runs level.
#[inline]
#[expect(clippy::float_cmp, reason = "exact is what is asked for")]
fn touches_level(a: Position, b: Position, at: Position) -> bool {
    let level = b.lat == at.lat;
    a.lon == at.lon || (level && (a.lon.min(b.lon)..=a.lon.max(b.lon)).contains(&at.lon))
}

/// Whether a closed ring winds counter-clockwise, exactly: by the turn at its westernmost (then
/// southernmost) corner, which is convex. `None` when that corner is a spike.
pub(super) fn is_counter_clockwise(ring: &[Position]) -> Option<bool> {
    let corners = &ring[..ring.len().checked_sub(1)?];
    let (i, _) = corners
        .iter()
        .enumerate()
        .min_by(|(_, a), (_, b)| a.lon.total_cmp(&b.lon).then_with(|| a.lat.total_cmp(&b.lat)))?;
    let before = corners[(i + corners.len() - 1) % corners.len()];
    let turn = side(before, ring[i], ring[i + 1]);
    (turn != 0.0).then_some(turn > 0.0)
}

#[cfg(test)]
mod tests {
    use super::Location::{Boundary, Inside, Outside};
    use super::*;

    fn ring(corners: &[(f64, f64)]) -> Vec<Position> {
        let closed = corners.iter().chain(&corners[..1]);
        closed.map(|&(lon, lat)| Position { lon, lat }).collect()
    }

    #[test]
    fn a_diamond_with_a_notch_in_every_direction() {
        let corners = [(0.0, -2.0), (2.0, 0.0), (0.0, 0.0), (0.0, 2.0), (-2.0, 0.0), (-1.0, 0.0)];
        let table = [
            ((0.0, -2.0), Boundary),
            ((0.0, -3.0), Outside),
            ((1.0, -1.0), Boundary),
            ((1.0, 0.0), Boundary),
            ((0.0, 1.0), Boundary),
            ((2.0, 0.0), Boundary),
            ((2.5, 0.0), Outside),
            ((-1.5, 0.0), Boundary),
            ((-0.5, 0.0), Inside),
            ((-2.5, 0.0), Outside),
            ((0.5, 0.5), Outside),
            ((-0.5, 0.5), Inside),
            ((0.5, -0.5), Inside),
            ((0.0, 2.0), Boundary),
            ((-5.0, 2.0), Outside),
        ];
        let forth = ring(&corners);
        let back: Vec<_> = forth.iter().rev().copied().collect();
        for ((lon, lat), expected) in table {
            assert_eq!(
                locate(forth.iter().copied(), Position { lon, lat }),
                expected,
                "{lon},{lat}"
            );
            assert_eq!(
                locate(back.iter().copied(), Position { lon, lat }),
                expected,
                "{lon},{lat} backwards"
            );
        }
    }

    #[test]
    fn one_unit_in_the_last_place_beside_a_slanting_edge_is_beside_it() {
        let triangle = ring(&[(0.0, 0.0), (3.0, 1.0), (0.0, 1.0)]);
        let on = Position { lon: 1.5, lat: 0.5 };
        assert_eq!(locate(triangle.iter().copied(), on), Boundary);
        let above = Position { lat: 0.5_f64.next_up(), ..on };
        let below = Position { lat: 0.5_f64.next_down(), ..on };
        assert_eq!(locate(triangle.iter().copied(), above), Inside);
        assert_eq!(locate(triangle.iter().copied(), below), Outside);
    }

    #[test]
    fn winding_is_told_from_the_westernmost_corner() {
        let square = ring(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]);
        let back: Vec<_> = square.iter().rev().copied().collect();
        assert_eq!(is_counter_clockwise(&square), Some(true));
        assert_eq!(is_counter_clockwise(&back), Some(false));
        assert_eq!(is_counter_clockwise(&[]), None);
    }
}

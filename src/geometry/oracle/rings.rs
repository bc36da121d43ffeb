//! Rings on a lattice so small that everything touches everything: spikes, repeats, crossings.

use std::time::Instant;

use geo::Validation;
use serde_json::json;

use crate::geometry::polygon::Polygon;
use crate::geometry::ring::{Location, locate};
use crate::geometry::{Position, Shape, validity};
use crate::random::SplitMix;

type Point = (i64, i64);

fn place(p: Point) -> Position {
    Position { lon: p.0 as f64, lat: p.1 as f64 }
}

fn area(a: Point, b: Point, c: Point) -> i64 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

fn on(a: Point, b: Point, p: Point) -> bool {
    let within = |a: i64, b: i64, p: i64| a.min(b) <= p && p <= a.max(b);
    area(a, b, p) == 0 && within(a.0, b.0, p.0) && within(a.1, b.1, p.1)
}

fn meet(a: Point, b: Point, c: Point, d: Point) -> bool {
    let apart = |a, b, c, d| area(a, b, c).signum() * area(a, b, d).signum() < 0;
    let touch = on(a, b, c) || on(a, b, d) || on(c, d, a) || on(c, d, b);
    touch || (apart(a, b, c, d) && apart(c, d, a, b))
}

fn lattice_ring(dice: &mut SplitMix, corners: usize, side: usize) -> Vec<Point> {
    let mut at = || i64::try_from(dice.below(side)).unwrap();
    let mut ring: Vec<Point> = (0..corners).map(|_| (at(), at())).collect();
    ring.push(ring[0]);
    ring.dedup();
    ring
}

#[test]
fn in_rings_that_cross_themselves_the_even_odd_rule_holds_to_the_last_position() {
    let mut dice = SplitMix::new(99);
    for _ in 0..3_000 {
        let corners = 3 + dice.below(8);
        let ring = lattice_ring(&mut dice, corners, 6);
        let placed: Vec<_> = ring.iter().map(|&p| place(p)).collect();
        for p in (0..49).map(|i| (i % 7, i / 7)) {
            let mut crossings = 0;
            for w in ring.windows(2) {
                let (a, b) = (w[0].min(w[1]), w[0].max(w[1]));
                // A ray to the south, where the product's goes east.
                crossings += usize::from(a.0 <= p.0 && b.0 > p.0 && area(a, b, p) > 0);
            }
            let expected = match ring.windows(2).any(|w| on(w[0], w[1], p)) {
                true => Location::Boundary,
                false if crossings % 2 == 1 => Location::Inside,
                false => Location::Outside,
            };
            assert_eq!(locate(placed.iter().copied(), place(p)), expected, "{p:?} in {ring:?}");
        }
    }
}

/// Every pair of edges looked at: neighbours may share their corner, others nothing.
fn is_simple(ring: &[Point]) -> bool {
    let count = ring.len() - 1;
    let edge = |i: usize| (ring[i], ring[i + 1]);
    (0..count).all(|i| {
        (i + 1..count).all(|j| {
            let ((a, b), (c, d)) = (edge(i), edge(j));
            if j == i + 1 {
                !on(a, b, d) && !on(c, d, a)
            } else if i == 0 && j == count - 1 {
                !on(a, b, c) && !on(c, d, b)
            } else {
                !meet(a, b, c, d)
            }
        })
    })
}

#[test]
fn a_ring_is_valid_exactly_when_no_pair_of_its_edges_says_otherwise() {
    let mut dice = SplitMix::new(1);
    let (mut valid, mut invalid) = (0, 0);
    for _ in 0..60_000 {
        let corners = 3 + dice.below(5);
        let ring = lattice_ring(&mut dice, corners, 5);
        if ring.len() < 4 {
            continue;
        }
        let placed: Vec<_> = ring.iter().map(|&p| [p.0, p.1]).collect();
        let found = Shape::from_geojson(&json!({"type": "Polygon", "coordinates": [placed]}));
        assert_eq!(found.is_ok(), is_simple(&ring), "{ring:?}: {found:?}");
        *if found.is_ok() { &mut valid } else { &mut invalid } += 1;
    }
    assert!(valid > 5_000 && invalid > 5_000, "{valid} valid, {invalid} invalid");
}

fn simple_ring(dice: &mut SplitMix, side: usize) -> Vec<Point> {
    loop {
        let corners = 3 + dice.below(4);
        let ring = lattice_ring(dice, corners, side);
        if ring.len() >= 4 && is_simple(&ring) {
            return ring;
        }
    }
}

/// Whether rings that touch close a circle: then what they surround is cut off.
fn cut_apart(rings: &[Vec<Point>]) -> bool {
    let mut touches: Vec<Point> = rings.iter().flatten().copied().collect();
    touches.sort_unstable();
    touches.dedup();
    let through = |p: &Point| -> Vec<usize> {
        let has = |ring: &Vec<Point>| ring.windows(2).any(|w| on(w[0], w[1], *p));
        (0..rings.len()).filter(|&i| has(&rings[i])).collect()
    };
    let mut group: Vec<usize> = (0..rings.len()).collect();
    touches.iter().map(through).filter(|met| met.len() > 1).any(|met| {
        met[1..].iter().any(|&ring| {
            let (from, to) = (group[ring], group[met[0]]);
            group.iter_mut().filter(|g| **g == from).for_each(|g| *g = to);
            from == to
        })
    })
}

/// Judged by `geo`, which relates areas by a graph of their edges: another way altogether. It
/// does not see that holes may cut an area in two by touching the middle of an edge.
#[test]
fn holes_and_parts_are_judged_as_another_library_judges_them() {
    let mut dice = SplitMix::new(5);
    let (mut valid, mut invalid) = (0, 0);
    for round in 0..20_000 {
        let rings: Vec<_> = (0..=1 + dice.below(2)).map(|_| simple_ring(&mut dice, 8)).collect();
        let line = |ring: &Vec<Point>| -> geo::LineString {
            ring.iter().map(|p| (p.0 as f64, p.1 as f64)).collect()
        };
        let placed = |ring: &Vec<Point>| ring.iter().map(|&p| place(p)).collect::<Vec<_>>();
        let (ours, theirs) = if round % 2 == 0 {
            let holes = rings[1..].iter().map(line).collect();
            let theirs = geo::Polygon::new(line(&rings[0]), holes).is_valid() && !cut_apart(&rings);
            let ours = Polygon::new(rings.iter().map(placed).collect()).unwrap();
            (validity::check([&ours]).is_ok(), theirs)
        } else {
            let polygons = rings.iter().map(|ring| geo::Polygon::new(line(ring), vec![])).collect();
            let theirs = geo::MultiPolygon::new(polygons).is_valid();
            let ours: Vec<_> =
                rings.iter().map(|ring| Polygon::new(vec![placed(ring)]).unwrap()).collect();
            (validity::check(&ours).is_ok(), theirs)
        };
        assert_eq!(ours, theirs, "round {round}: {rings:?}");
        *if ours { &mut valid } else { &mut invalid } += 1;
    }
    assert!(valid > 500 && invalid > 5_000, "{valid} valid, {invalid} invalid");
}

#[test]
fn a_hundred_thousand_corners_are_validated_before_anyone_waits() {
    const CORNERS: u32 = 100_000;
    let mut dice = SplitMix::new(8);
    let mut star = |low: f64| -> Vec<Position> {
        let corner = |i: u32| {
            let angle = f64::from(i) / f64::from(CORNERS) * std::f64::consts::TAU;
            let reach = dice.range(low, 1.0);
            Position { lon: reach * angle.cos(), lat: reach * angle.sin() }
        };
        (0..CORNERS).map(corner).collect()
    };
    let coast = star(0.999_99);
    let spikes = star(0.01);
    let teeth = |level: bool| -> Vec<Position> {
        let tooth = |i: u32| {
            let (along, out) = (f64::from(i) * 1e-4, f64::from(i % 2) * 10.0 + 1.0);
            if level { (out, along) } else { (along, out) }
        };
        let back = if level { [(0.0, 10.0), (0.0, 0.0)] } else { [(10.0, 0.0), (0.0, 0.0)] };
        let corners = (0..CORNERS).map(tooth).chain(back);
        corners.map(|(lon, lat)| Position { lon, lat }).collect()
    };
    for (name, mut ring) in
        [("coast", coast), ("spikes", spikes), ("comb", teeth(false)), ("level comb", teeth(true))]
    {
        ring.push(ring[0]);
        let polygon = Polygon::new(vec![ring]).unwrap();
        let start = Instant::now();
        assert_eq!(validity::check([&polygon]), Ok(()), "{name}");
        let took = start.elapsed();
        eprintln!("{name}: {} corners validated in {took:?}", polygon.vertices());
        // Pairs of edges would take minutes; a busy machine takes a second or two.
        assert!(took.as_secs() < 10, "{name}: {took:?}");
    }
}

//! Hard polygons against a judge that shares nothing with the product: whole numbers.

use serde_json::{Value, json};

use crate::geometry::{Position, Shape};
use crate::random::SplitMix;

/// A fine lattice: a 2⁻²³ of a degree, near 1e-7, and such that every number on it is exact.
const DYADIC: f64 = 8_388_608.0;
/// The lattice on which cities publish; 64 bits round it.
const DECIMAL: f64 = 1e7;

type Point = (i64, i64);

/// A position in units of 2⁻⁵² degrees, exactly: right for coordinates of at least 1 degree.
fn whole(p: Position) -> (i128, i128) {
    let exact = |x: f64| -> i128 {
        let bits = x.to_bits();
        let exponent = i32::try_from(bits >> 52 & 0x7ff).unwrap() - 1075 + 52;
        let mantissa = i128::from(bits & ((1 << 52) - 1) | 1 << 52);
        assert!(exponent >= 0, "{x} is too near to 0 for this judge");
        let size = mantissa << exponent;
        if x < 0.0 { -size } else { size }
    };
    (exact(p.lon), exact(p.lat))
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Verdict {
    In,
    On,
    Out,
}

/// Winding number over whole numbers: another rule than the product's ray, by another arithmetic.
fn judge_ring(ring: &[(i128, i128)], p: (i128, i128)) -> Verdict {
    let mut winding = 0;
    for w in ring.windows(2) {
        let (a, b) = (w[0], w[1]);
        let area = (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0);
        let within = |a: i128, b: i128, p: i128| a.min(b) <= p && p <= a.max(b);
        if area == 0 && within(a.0, b.0, p.0) && within(a.1, b.1, p.1) {
            return Verdict::On;
        }
        if a.1 <= p.1 && b.1 > p.1 && area > 0 {
            winding += 1;
        }
        if b.1 <= p.1 && a.1 > p.1 && area < 0 {
            winding -= 1;
        }
    }
    if winding == 0 { Verdict::Out } else { Verdict::In }
}

fn judge(polygon: &[Vec<(i128, i128)>], p: (i128, i128)) -> Verdict {
    match judge_ring(&polygon[0], p) {
        Verdict::In => {}
        other => return other,
    }
    let holes = polygon[1..].iter().map(|hole| judge_ring(hole, p));
    let mut verdict = Verdict::In;
    for hole in holes {
        match hole {
            Verdict::In => return Verdict::Out,
            Verdict::On => verdict = Verdict::On,
            Verdict::Out => {}
        }
    }
    verdict
}

/// A star-shaped ring around `centre` on the lattice: corners at growing angles, so that it never
/// crosses itself; many of them collinear, level or upright.
fn star(dice: &mut SplitMix, centre: Point, from: f64, to: f64) -> Vec<Point> {
    let corners = 3 + dice.below(20);
    let square = dice.below(3) == 0;
    let mut ring: Vec<Point> = Vec::new();
    for i in 0..corners {
        let angle = (i as f64 + dice.range(0.05, 0.95)) / corners as f64 * std::f64::consts::TAU;
        let reach = dice.range(from, to);
        let (mut x, mut y) = (reach * angle.cos(), reach * angle.sin());
        if square {
            // On the rim of a square: whole runs of collinear corners, level and upright.
            let scale = to / x.abs().max(y.abs());
            (x, y) = (x * scale, y * scale);
        }
        #[expect(clippy::cast_possible_truncation, reason = "lattice units stay below 2^40")]
        let corner = (centre.0 + x.round() as i64, centre.1 + y.round() as i64);
        ring.push(corner);
        if dice.below(8) == 0 {
            ring.push(corner);
        }
    }
    ring.push(ring[0]);
    ring
}

fn ring_value(ring: &[Point], unit: f64) -> Vec<[f64; 2]> {
    ring.iter().map(|p| [p.0 as f64 / unit, p.1 as f64 / unit]).collect()
}

fn place(p: Point, unit: f64) -> Position {
    Position { lon: p.0 as f64 / unit, lat: p.1 as f64 / unit }
}

/// One city: a star, in it perhaps a hole, in the hole perhaps an island.
fn city(dice: &mut SplitMix, unit: f64) -> Vec<Vec<Vec<Point>>> {
    #[expect(clippy::cast_possible_truncation, reason = "lattice units stay below 2^40")]
    let lattice = |degrees: f64| (degrees * unit) as i64;
    let sign = |dice: &mut SplitMix| if dice.below(2) == 0 { 1.0 } else { -1.0 };
    let lon = sign(dice) * dice.range(2.0, 178.0);
    let lat = sign(dice) * dice.range(2.0, 78.0);
    let centre = (lattice(lon), lattice(lat));
    // From a city down to a handful of lattice points, where everything is on the line.
    let size = [1e6, 1e4, 200.0, 30.0][dice.below(4)];
    let mut polygons = vec![vec![star(dice, centre, size * 0.6, size)]];
    if dice.below(2) == 0 {
        polygons[0].push(star(dice, centre, size * 0.2, size * 0.4));
        if dice.below(2) == 0 {
            polygons.push(vec![star(dice, centre, size * 0.05, size * 0.13)]);
        }
    }
    polygons
}

/// Where answers go wrong: corners, the middles of edges, beside both, level with corners.
fn hard_points(dice: &mut SplitMix, polygons: &[Vec<Vec<Point>>], count: usize) -> Vec<Point> {
    let rings: Vec<_> = polygons.iter().flatten().collect();
    let point = |_| {
        let ring = rings[dice.below(rings.len())];
        let i = dice.below(ring.len() - 1);
        let (a, b) = (ring[i], ring[i + 1]);
        let other = ring[dice.below(ring.len())];
        let unit = |dice: &mut SplitMix| i64::try_from(dice.below(3)).unwrap() - 1;
        let middle = (i64::midpoint(a.0, b.0), i64::midpoint(a.1, b.1));
        match dice.below(6) {
            0 => a,
            1 => middle,
            2 => (a.0 + unit(dice), a.1 + unit(dice)),
            3 => (middle.0 + unit(dice), middle.1 + unit(dice)),
            4 => (other.0, a.1),
            _ => {
                // A lattice point of the edge itself, where it has one.
                let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                let steps = gcd(dx.abs(), dy.abs()).max(1);
                let step = i64::try_from(dice.below(usize::try_from(steps).unwrap())).unwrap();
                (a.0 + dx / steps * step, a.1 + dy / steps * step)
            }
        }
    };
    (0..count).map(point).collect()
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn geojson(polygons: &[Vec<Vec<Point>>], unit: f64) -> Value {
    let polygons: Vec<Vec<_>> =
        polygons.iter().map(|p| p.iter().map(|r| ring_value(r, unit)).collect()).collect();
    json!({"type": "MultiPolygon", "coordinates": polygons})
}

#[test]
fn on_hard_points_the_answer_is_that_of_whole_numbers() {
    let mut dice = SplitMix::new(20_260_504);
    let (mut cases, mut on, mut inside, mut refused) = (0, 0, 0, 0);
    for round in 0..2_000 {
        let unit = if round % 2 == 0 { DYADIC } else { DECIMAL };
        let polygons = city(&mut dice, unit);
        let Ok(shape) = Shape::from_geojson(&geojson(&polygons, unit)) else {
            // Rounded to a handful of lattice points, some stars collapse.
            refused += 1;
            continue;
        };
        let exact: Vec<Vec<Vec<_>>> = polygons
            .iter()
            .map(|p| p.iter().map(|r| r.iter().map(|&p| whole(place(p, unit))).collect()).collect())
            .collect();
        for point in hard_points(&mut dice, &polygons, 40) {
            let at = place(point, unit);
            let verdicts: Vec<_> = exact.iter().map(|p| judge(p, whole(at))).collect();
            let expected = verdicts.iter().any(|&v| v != Verdict::Out);
            assert_eq!(
                shape.covers(at),
                expected,
                "round {round}, {at:?}: {verdicts:?} {polygons:?}"
            );
            cases += 1;
            on += usize::from(verdicts.contains(&Verdict::On));
            inside += usize::from(verdicts.contains(&Verdict::In));
        }
    }
    eprintln!("{cases} points, {on} on a boundary, {inside} inside; {refused} shapes refused");
    assert!(cases > 60_000 && on > 10_000 && inside > 10_000 && refused < 300);
}

#[test]
fn an_exclusion_takes_its_inside_away_and_leaves_its_boundary() {
    let mut dice = SplitMix::new(7);
    let mut on_exclusion = 0;
    for _ in 0..500 {
        let centre = (200 * 8_388_608 / 3, 45 * 8_388_608);
        let (part, exclusion) =
            (star(&mut dice, centre, 60.0, 100.0), star(&mut dice, centre, 30.0, 90.0));
        let feature = |ring: &[Point], exclude: bool| {
            json!({"type": "Feature", "properties": {"exclude": exclude},
                   "geometry": {"type": "Polygon", "coordinates": [ring_value(ring, DYADIC)]}})
        };
        let value = json!({"type": "FeatureCollection",
                           "features": [feature(&part, false), feature(&exclusion, true)]});
        let Ok(shape) = Shape::from_geojson(&value) else { continue };
        assert_eq!(Shape::from_geojson(&shape.to_geojson()), Ok(shape.clone()));
        let exact = |ring: &[Point]| vec![ring.iter().map(|&p| whole(place(p, DYADIC))).collect()];
        let (part_exact, exclusion_exact) = (exact(&part), exact(&exclusion));
        for point in hard_points(&mut dice, &[vec![part.clone()], vec![exclusion.clone()]], 60) {
            let at = place(point, DYADIC);
            let excluded = judge(&exclusion_exact, whole(at));
            let expected = judge(&part_exact, whole(at)) != Verdict::Out && excluded != Verdict::In;
            assert_eq!(shape.covers(at), expected, "{at:?} {value}");
            on_exclusion += usize::from(expected && excluded == Verdict::On);
        }
    }
    assert!(on_exclusion > 1_000, "{on_exclusion}");
}

#[test]
fn of_two_wards_that_share_a_line_at_least_one_has_every_position_on_it() {
    let mut dice = SplitMix::new(11);
    for _ in 0..500 {
        let line: Vec<[f64; 2]> = (0..12)
            .map(|i| [-87.7 + dice.range(-0.001, 0.001), 41.8 + f64::from(i) * 0.01])
            .map(|p| p.map(|x| (x * DECIMAL).round() / DECIMAL))
            .collect();
        let ward = |aside: f64| {
            let mut ring = line.clone();
            ring.extend([[aside, line[11][1]], [aside, line[0][1]], line[0]]);
            Shape::from_geojson(&json!({"type": "Polygon", "coordinates": [ring]})).unwrap()
        };
        let (west, east) = (ward(-87.8), ward(-87.6));
        for w in line.windows(2) {
            let at = |i: usize| Position { lon: w[i][0], lat: w[i][1] };
            assert!(west.covers(at(0)) && east.covers(at(0)), "a corner is in both");
            for _ in 0..20 {
                let share = dice.unit();
                let along = |i: usize| w[0][i] + share * (w[1][i] - w[0][i]);
                let between = Position { lon: along(0), lat: along(1) };
                assert!(west.covers(between) || east.covers(between), "{between:?} fell between");
                assert!(west.within_m(between, 0.001) && east.within_m(between, 0.001));
            }
        }
    }
}

#[test]
fn cut_at_the_antimeridian_or_drawn_past_it_is_the_same_area() {
    let ring = |w: f64, e: f64| json!([[[w, -20], [e, -20], [e, -10], [w, -10], [w, -20]]]);
    let cut =
        json!({"type": "MultiPolygon", "coordinates": [ring(170.0, 180.0), ring(-180.0, -170.0)]});
    let east = json!({"type": "Polygon", "coordinates": ring(170.0, 190.0)});
    let west = json!({"type": "Polygon", "coordinates": ring(-190.0, -170.0)});
    let far = json!({"type": "Polygon", "coordinates": ring(530.0 - 720.0, 550.0 - 720.0)});
    for value in [cut, east, west, far] {
        let shape = Shape::from_geojson(&value).unwrap();
        assert_eq!(Shape::from_geojson(&shape.to_geojson()).as_ref(), Ok(&shape));
        let table = [
            (175.0, true),
            (180.0, true),
            (-180.0, true),
            (-175.0, true),
            (170.0, true),
            (-170.0, true),
            (169.999_999_9, false),
            (-169.999_999_9, false),
            (0.0, false),
            (179.999_999_9, true),
        ];
        for (lon, expected) in table {
            assert_eq!(shape.covers(Position { lon, lat: -15.0 }), expected, "{lon} {value}");
            assert_eq!(shape.covers(Position { lon, lat: -10.0 }), expected, "{lon} {value}");
            assert!(!shape.covers(Position { lon, lat: -9.999_999_9 }));
        }
        let boxes = shape.envelopes(0.0);
        let spans: Vec<_> = boxes.iter().map(|b| (b.west, b.east)).collect();
        assert_eq!(spans, [(-180.0, -170.0), (170.0, 180.0)], "{value}");
        assert!(shape.covers(shape.centre()));
    }
}

//! The city holds together, and its files are what the program writes.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::geometry::Shape;

type Corner = (i64, i64);

#[expect(clippy::cast_possible_truncation, reason = "millionths of a degree fit")]
fn corner(at: Position) -> Corner {
    ((at.lon * 1e6).round() as i64, (at.lat * 1e6).round() as i64)
}

fn edges(ward: &DemoWard) -> Vec<(Corner, Corner)> {
    ward.ring.windows(2).map(|w| (corner(w[0]), corner(w[1]))).collect()
}

/// Twice the area in square millionths of a degree, positive counter-clockwise. Exact.
fn area(edges: &[(Corner, Corner)]) -> i128 {
    let cross = |&((ax, ay), (bx, by)): &(Corner, Corner)| {
        i128::from(ax) * i128::from(by) - i128::from(bx) * i128::from(ay)
    };
    edges.iter().map(cross).sum()
}

#[test]
fn the_data_directory_is_what_the_program_writes() {
    for (name, content) in generate(SEED).files() {
        let path = format!("{}/data/{name}", env!("CARGO_MANIFEST_DIR"));
        let stored = std::fs::read_to_string(&path).unwrap();
        assert!(stored == content, "{name} differs: write it again with the example `demo_data`");
    }
    assert_eq!(DemoCity::embedded().unwrap(), generate(SEED));
}

#[test]
fn wards_have_no_gap_and_no_overlap_between_them() {
    for seed in [SEED, 1, 2, 3] {
        let city = generate(seed);
        assert!(city.wards.len() >= 24);
        let mut seen: HashMap<(Corner, Corner), &str> = HashMap::new();
        for ward in &city.wards {
            for edge in edges(ward) {
                // An edge walked twice in the same direction would be two wards on one side of it.
                assert_eq!(seen.insert(edge, &ward.key), None, "seed {seed} ward {}", ward.key);
            }
        }
        // Edges without a counterpart are the city's outline: one closed ring whose area is the
        // sum of the wards' areas, so nothing is missing inside it and nothing is there twice.
        let outline: Vec<_> =
            seen.keys().filter(|(a, b)| !seen.contains_key(&(*b, *a))).copied().collect();
        let next: HashMap<Corner, Corner> = outline.iter().copied().collect();
        assert_eq!(next.len(), outline.len(), "the outline touches itself");
        let (start, mut at, mut steps) = (outline[0].0, outline[0].1, 1);
        while at != start {
            (at, steps) = (next[&at], steps + 1);
        }
        assert_eq!(steps, outline.len(), "the city is in pieces or has a hole");
        let sum: i128 = city.wards.iter().map(|ward| area(&edges(ward))).sum();
        assert_eq!(sum, area(&outline));
    }
}

#[test]
fn each_ward_is_one_valid_ring_of_some_hundred_corners() {
    for seed in [SEED, 1, 2, 3] {
        let mut corners = 0;
        for ward in &generate(seed).wards {
            let edges = edges(ward);
            let distinct: HashSet<Corner> = edges.iter().map(|e| e.0).collect();
            assert_eq!(distinct.len(), edges.len(), "seed {seed} ward {} meets itself", ward.key);
            assert_eq!(ward.ring.first(), ward.ring.last());
            assert!(area(&edges) > 0, "seed {seed} ward {} winds clockwise", ward.key);
            assert!(edges.len() >= 80, "seed {seed} ward {}: {} corners", ward.key, edges.len());
            assert!(!crosses_itself(&edges), "seed {seed} ward {} crosses itself", ward.key);
            corners += edges.len();
        }
        assert!(corners / 26 > 150, "seed {seed}: {} on average", corners / 26);
    }
}

fn crosses_itself(edges: &[(Corner, Corner)]) -> bool {
    let side = |a: Corner, b: Corner, c: Corner| {
        ((b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)).signum()
    };
    let cross = |p: (Corner, Corner), q: (Corner, Corner)| {
        side(p.0, p.1, q.0) * side(p.0, p.1, q.1) < 0
            && side(q.0, q.1, p.0) * side(q.0, q.1, p.1) < 0
    };
    (0..edges.len()).any(|i| (0..i).any(|j| cross(edges[i], edges[j])))
}

#[test]
fn no_ward_crosses_the_river() {
    let city = generate(SEED);
    let river = &city.waters.iter().find(|w| w.name == "Marlow River").unwrap().ring;
    let water = serde_json::json!({ "type": "Polygon",
        "coordinates": [river.iter().map(|p| [p.lon, p.lat]).collect::<Vec<_>>()] });
    let water = Shape::from_geojson(&water).unwrap();
    let on_river = |ward: &DemoWard| ward.ring.iter().filter(|p| water.covers(**p)).count();
    let along: Vec<usize> = city.wards.iter().map(on_river).filter(|n| *n > 1).collect();
    assert!(along.len() >= 6, "{along:?}");
    assert!(along.iter().sum::<usize>() > 250, "the river shows in the ward lines: {along:?}");
}

#[test]
fn an_address_leads_back_to_where_it_was_read() {
    let city = generate(SEED);
    let mut told = 0;
    for street in city.streets.iter().step_by(3) {
        for number in (street.from + 12..street.to).step_by(74) {
            let address = format!("{number} {}", street.full_name());
            let at = city.find_address(&address).unwrap();
            let back = city.address_at(at).unwrap();
            // At a crossing the other street may be the nearer one, which is as right.
            told += u32::from(back == address);
            let again = city.find_address(&back).unwrap();
            let metres = (again.lon - at.lon).hypot(again.lat - at.lat) * 111_195.0;
            assert!(metres < 25.0, "{address} became {back}, {metres} m away");
        }
    }
    assert!(told > 800, "only {told} addresses came back word for word");
    assert_eq!(city.find_address("12 N Nowhere Ave"), None);
    assert_eq!(city.address_at(Position { lon: 0.0, lat: 0.0 }), None);
}

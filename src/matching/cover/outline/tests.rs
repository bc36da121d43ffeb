use serde_json::json;

use super::*;
use crate::random::SplitMix;

/// In how many cells something is said of an area.
fn cells(outline: &Outline<'_>, cell: Cell, stack: &mut Vec<u32>, among: Range<usize>) -> usize {
    let from = stack.len();
    match outline.lie(cell, stack, among) {
        Lie::Outside => 0,
        Lie::Covered(_) => 1,
        Lie::Cut => {
            let to = stack.len();
            let quarter = |nth| {
                stack.truncate(to);
                cells(outline, cell.quarter(nth), stack, from..to)
            };
            (0..4).map(quarter).sum()
        }
    }
}

fn all_cells(outline: &Outline<'_>) -> usize {
    let mut stack: Vec<u32> = outline.all().collect();
    let all = 0..stack.len();
    cells(outline, Cell::ROOT, &mut stack, all)
}

#[test]
fn what_lies_on_both_sides_of_the_date_line_is_cut_as_finely_as_elsewhere() {
    let level = |lon| {
        let circle = Shape::circle(Position { lon, lat: -17.0 }, 300.0).unwrap();
        Outline::of(&circle, Grain::Cells(8)).leaf
    };
    assert_eq!(level(180.0), level(178.0));
}

/// A square so many units wide.
fn square(wide: f64) -> serde_json::Value {
    let [w, s, e, n] = [3.0, 50.0, 3.0 + wide / 1e7, 50.0 + wide / 1e7];
    json!({"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]})
}

fn leaf(geojson: &serde_json::Value, cells: u32) -> u32 {
    Outline::of(&Shape::from_geojson(geojson).unwrap(), Grain::Cells(cells)).leaf
}

/// A little more than a power of two, which rounding could miss.
fn power(level: i32) -> f64 {
    1.1 * 2.0_f64.powi(level)
}

#[test]
fn an_area_four_times_as_wide_is_cut_into_cells_twice_as_wide() {
    let levels = |cells| [14, 16, 18, 20, 22].map(|level| leaf(&square(power(level)), cells));
    assert_eq!(levels(4), [13, 14, 15, 16, 17]);
    assert_eq!(levels(8), [12, 13, 14, 15, 16]);
    let why = "no finer than 20 m, and of four edges not into more cells than there is room for";
    assert_eq!(levels(32), [11, 11, 12, 14, 16], "{why}");
}

#[test]
fn an_area_of_more_edges_has_more_cells_up_to_a_limit() {
    let level = |edges: u32| {
        let corner = |nth: u32| {
            let (y, x) = (f64::from(nth) / f64::from(edges) * std::f64::consts::TAU).sin_cos();
            [3.0 + x * power(19) / 1e7, 50.0 + y * power(19) / 1e7]
        };
        let ring: Vec<_> = (0..edges).chain([0]).map(corner).collect();
        leaf(&json!({"type": "Polygon", "coordinates": [ring]}), 8)
    };
    assert_eq!([32, 256, 512, 1024].map(level), [15, 14, 13, 13]);
}

#[test]
fn a_great_exclusion_leaves_the_cells_of_a_small_area_as_they_are() {
    let feature = |geometry, exclude| json!({"type": "Feature", "geometry": geometry, "properties": {"exclude": exclude}});
    let features = [feature(square(power(16)), false), feature(square(power(24)), true)];
    let without = json!({"type": "FeatureCollection", "features": features});
    assert_eq!(leaf(&without, 8), leaf(&square(power(16)), 8));
}

#[test]
fn circles_around_a_pole_are_not_cut_into_millions_of_cells() {
    for (lat, radius_m) in [(89.95, 12_000.0), (60.0, 4_000_000.0), (0.0, 20_015_000.0)] {
        let circle = Shape::circle(Position { lon: 10.0, lat }, radius_m).unwrap();
        for grain in [2, 8, 64].map(Grain::Cells) {
            let cells = all_cells(&Outline::of(&circle, grain));
            assert!((4..10_000).contains(&cells), "{cells} of {radius_m} m at {lat}");
        }
    }
}

#[test]
fn needles_around_half_the_earth_are_not_cut_into_millions_of_cells() {
    let needle = |nth: i32| {
        let south = f64::from(nth) * 8e-5;
        [[0.0, south], [178.0, south + 5e-7], [0.0, south + 1e-6]]
    };
    let mut ring: Vec<[f64; 2]> = (0..165).flat_map(needle).collect();
    ring.extend([[-0.001, 0.0132], [-0.001, 0.0], [0.0, 0.0]]);
    let needles = Shape::from_geojson(&json!({"type": "Polygon", "coordinates": [ring]}));
    let needles = needles.unwrap();
    let outline = Outline::of(&needles, Grain::Cells(8));
    let cells = all_cells(&outline);
    assert!((100..10_000).contains(&cells), "{cells}");
}

/// The tips of needles and of slits, down to less than rounding apart, that just reach into a square, each towards the
/// middle of a quarter of it.
#[test]
fn what_lies_before_the_tip_of_a_needle_or_a_slit_is_told_rightly() {
    let dice = &mut SplitMix::new(3);
    let cell = Cell { level: 14, column: 109_863, row: 54_931 };
    let frame = cell.surroundings();
    let (mut stack, mut told) = (vec![], 0);
    for nth in 0..4_000 {
        let long = 2.0_f64.powf(dice.range(-1.0, 6.0));
        let apart = 10.0_f64.powf(dice.range(-9.0, 1.0));
        let tip = (frame.west + dice.range(-0.5, 1.5), frame.south + dice.range(-0.5, 1.5));
        let aim = cell.quarter(1 + nth % 3).middle();
        let share = long / (aim.x - tip.0).hypot(aim.y - tip.1);
        let foot = (tip.0 - share * (aim.x - tip.0), tip.1 - share * (aim.y - tip.1));
        let degrees = |(x, y): (f64, f64)| [x / 1e7 - 180.0, y / 1e7 - 90.0];
        let far = 4.0 * cell.side();
        let (west, south) = (frame.west - far, frame.south - far);
        let (east, north) = (frame.east + far, frame.north + far);
        let ring = if nth % 2 == 0 {
            vec![foot, (foot.0 + apart, foot.1), tip, (foot.0, foot.1 + apart), foot]
        } else {
            let (one, other) = ((west, foot.1), (foot.0, south));
            let around = [other, (east, south), (east, north), (west, north), one];
            let slit = [(foot.0 - apart, foot.1), tip, (foot.0, foot.1 - apart), other];
            around.into_iter().chain(slit).collect()
        };
        let ring: Vec<_> = ring.into_iter().map(degrees).collect();
        let drawn = json!({"type": "Polygon", "coordinates": [ring]});
        let Ok(shape) = Shape::from_geojson(&drawn) else { continue };
        let outline = Outline::of(&shape, Grain::Cells(8));
        stack.clear();
        stack.extend(outline.all());
        let all = 0..stack.len();
        outline.lie(cell, &mut stack, all.clone());
        let around = all.end..stack.len();
        for quarter in (0..4).map(|nth| cell.quarter(nth)) {
            let said = match outline.lie(quarter, &mut stack, around.clone()) {
                Lie::Outside => false,
                Lie::Covered(Record::Inside) => true,
                _ => continue,
            };
            told += 1;
            assert_eq!(said, shape.covers(quarter.centre()), "{drawn}");
        }
    }
    assert!(told > 4_000, "{told}");
}

/// Two edges of a triangle meet where a square's surroundings end, and one of them is found there.
#[test]
fn what_lies_around_a_corner_at_the_end_of_surroundings_is_told_rightly() {
    let corner = (-65.289_062_5, 24.710_937_5);
    let east = (corner.0 + 2_517.0 / 2_097_152.0, corner.1 - 2_097.0 / 2_097_152.0);
    let south = (corner.0 - 0.0012, corner.1 - 0.0012);
    let ring: Vec<_> = [east, corner, south, east].map(|(lon, lat)| [lon, lat]).to_vec();
    let shape = Shape::from_geojson(&json!({"type": "Polygon", "coordinates": [ring]}));
    let shape = shape.unwrap();
    let square = Cell { level: 12, column: 280_056, row: 280_056 };
    for grain in [Grain::Cells(3), Grain::Cells(8)] {
        let outline = Outline::of(&shape, grain);
        let mut stack: Vec<u32> = outline.all().collect();
        let all = 0..stack.len();
        let said = outline.lie(square, &mut stack, all.clone());
        assert!(matches!(said, Lie::Outside | Lie::Cut | Lie::Covered(Record::Exact)), "{said:?}");
        let around = all.end..stack.len();
        for quarter in (0..4).map(|nth| square.quarter(nth)) {
            let said = outline.lie(quarter, &mut stack, around.clone());
            assert_ne!(said, Lie::Covered(Record::Inside), "{quarter:?}");
        }
    }
}

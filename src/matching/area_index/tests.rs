use std::collections::BTreeSet;

use super::super::oracle::{self, DEGREE, Plot, STEP, Spot, position};
use super::*;
use crate::random::SplitMix;

fn ids_at(index: &AreaIndex, spot: Spot) -> Vec<u32> {
    let mut found = Vec::new();
    index.areas_at(position(spot), &mut found);
    found.sort_unstable();
    found.into_iter().map(|id| id.0).collect()
}

fn build(plots: &[Plot]) -> AreaIndex {
    AreaIndex::build((0..).map(AreaId).zip(plots.iter().map(Plot::shape)))
}

/// As the areas of a town are cut, as few, as many, and more finely than that.
pub(super) fn of_each_grain() -> [AreaIndex; 4] {
    let [few, many, finest] = [2, 9, 16].map(AreaIndex::cut_into);
    [AreaIndex::default(), few, many, finest]
}

fn build_each(plots: &[Plot]) -> [AreaIndex; 4] {
    let indexes = of_each_grain();
    for index in &indexes {
        index.apply((0..).zip(plots).map(|(id, plot)| AreaChange::Put(AreaId(id), plot.shape())));
    }
    indexes
}

#[test]
fn the_index_answers_what_a_surveyor_would_on_hard_ground() {
    let dice = &mut SplitMix::new(20_260_504);
    let (names, plots): (Vec<_>, Vec<_>) = oracle::hard_plots(dice).into_iter().unzip();
    let indexes = build_each(&plots);
    let mut wrong = Vec::new();
    let (mut asked, mut inside) = (0, 0);
    for plot in &plots {
        for spot in plot.hard_spots(dice) {
            let found = indexes.each_ref().map(|index| ids_at(index, spot));
            let [found, others @ ..] = found.map(BTreeSet::from_iter);
            assert!(others.iter().all(|other| *other == found), "at {spot:?}");
            for (id, (name, other)) in (0..).zip(names.iter().zip(&plots)) {
                let Some(truth) = other.covers(spot) else { continue };
                asked += 1;
                inside += usize::from(truth);
                if truth != found.contains(&id) {
                    wrong.push(format!("{name} {id} at {spot:?} should be {truth}"));
                }
            }
        }
    }
    assert!(inside > 10_000 && asked > 20 * inside, "the ground was too easy: {inside} of {asked}");
    let kinds: BTreeSet<_> = wrong.iter().map(|w| w.split(" at ").next()).collect();
    assert!(
        wrong.is_empty(),
        "{} of {asked} wrong, such as {:?}; {kinds:?}",
        wrong.len(),
        wrong[0]
    );
}

#[test]
fn the_index_loses_nothing_that_the_shapes_themselves_hold() {
    let dice = &mut SplitMix::new(7);
    let plots: Vec<Plot> = oracle::hard_plots(dice).into_iter().map(|(_, plot)| plot).collect();
    let shapes: Vec<_> = plots.iter().map(Plot::shape).collect();
    let index = build(&plots);
    for spot in plots.iter().flat_map(|plot| plot.hard_spots(dice)).collect::<Vec<_>>() {
        let scan = (0..).zip(&shapes).filter(|(_, shape)| shape.covers(position(spot)));
        let scan: Vec<u32> = scan.map(|(id, _)| id).collect();
        assert_eq!(ids_at(&index, spot), scan, "at {spot:?}");
    }
}

#[test]
fn many_positions_are_answered_as_each_of_them_alone() {
    let dice = &mut SplitMix::new(8);
    let plots: Vec<Plot> = oracle::hard_plots(dice).into_iter().map(|(_, plot)| plot).collect();
    let spots: Vec<Spot> = plots.iter().flat_map(|plot| plot.hard_spots(dice)).collect();
    let positions: Vec<Position> = spots.iter().map(|spot| position(*spot)).collect();
    for index in build_each(&plots) {
        for count in [0, 1, 2, 3, positions.len()] {
            let mut answers: Vec<Option<Vec<u32>>> = vec![None; count];
            index.areas_at_each(&positions[..count], |nth, ids| {
                let mut ids: Vec<u32> = ids.iter().map(|id| id.0).collect();
                ids.sort_unstable();
                assert_eq!(answers[nth].replace(ids), None, "each position once");
            });
            for (spot, answer) in spots.iter().zip(&answers) {
                assert_eq!(answer.as_ref(), Some(&ids_at(&index, *spot)), "{spot:?}");
            }
        }
    }
}

/// A place as maps write it, in whole 1e-7 degrees, as 64 bits hold it.
fn decimal(lon: i64, lat: i64) -> Position {
    Position { lon: lon as f64 / 1e7, lat: lat as f64 / 1e7 }
}

#[test]
fn between_two_wards_with_one_line_no_decimal_place_falls_through() {
    let dice = &mut SplitMix::new(5);
    let mut steps = |most: usize| 2 * i64::try_from(dice.below(most)).unwrap();
    for _ in 0..200 {
        let (west, south) = (-876_500_000 - steps(5_000_000), 418_000_001 + steps(1_000_000));
        let line: Vec<(i64, i64)> =
            (0..12).map(|k| (west + steps(40_000), south + k * 2 * 9_001)).collect();
        let ward = |far: i64| {
            let (first, last) = (line[0], line[line.len() - 1]);
            let corners = line.iter().copied().chain([(far, last.1), (far, first.1), first]);
            let ring: Vec<_> =
                corners.map(|(x, y)| decimal(x, y)).map(|p| [p.lon, p.lat]).collect();
            let polygon = serde_json::json!({ "type": "Polygon", "coordinates": [ring] });
            Arc::new(Shape::from_geojson(&polygon).unwrap())
        };
        let wards = [ward(west - 50_000), ward(west + 200_000)];
        let index = AreaIndex::build((0..).map(AreaId).zip(wards));
        let mut found = Vec::new();
        for (a, b) in line.iter().zip(&line[1..]) {
            index.areas_at(decimal(a.0, a.1), &mut found);
            assert_eq!(found.len(), 2, "a corner of the line belongs to both");
            // Which sides a slanting line's decimals round to, nobody can promise; a side it is.
            index.areas_at(decimal(a.0.midpoint(b.0), a.1.midpoint(b.1)), &mut found);
            assert!(!found.is_empty(), "the middle of {a:?} and {b:?} is in no ward");
        }
    }
}

#[test]
fn both_names_of_the_date_line_are_one_place() {
    let index = build(&[
        Plot::rectangle((179 * DEGREE, 0), (180 * DEGREE, DEGREE)),
        Plot::rectangle((-180 * DEGREE, 0), (-179 * DEGREE, DEGREE)),
        Plot::rectangle((179 * DEGREE, 0), (181 * DEGREE, DEGREE)),
    ]);
    assert_eq!(ids_at(&index, (180 * DEGREE, 5)), [0, 1, 2]);
    assert_eq!(ids_at(&index, (-180 * DEGREE, 5)), [0, 1, 2]);
}

#[test]
fn an_area_in_two_boxes_is_named_once() {
    let index = build(&[Plot::Circle { centre: (180 * DEGREE, 0), radius_m: 1_000.0 }]);
    assert_eq!(ids_at(&index, (180 * DEGREE, 0)), [0]);
}

#[test]
fn changes_one_by_one_and_in_bulk_end_in_the_same_index() {
    let dice = &mut SplitMix::new(11);
    let plots: Vec<Plot> = oracle::hard_plots(dice).into_iter().map(|(_, plot)| plot).collect();
    let shapes: Vec<_> = plots.iter().map(Plot::shape).collect();
    let changes: Vec<AreaChange> = (0..3_000)
        .map(|_| {
            let id = AreaId(u32::try_from(dice.below(200)).unwrap());
            match dice.below(3) {
                0 => AreaChange::Remove(id),
                _ => AreaChange::Put(id, Arc::clone(&shapes[dice.below(shapes.len())])),
            }
        })
        .collect();
    let (slow, fast) = (AreaIndex::default(), AreaIndex::default());
    for change in &changes {
        slow.apply([change.clone()]);
    }
    fast.apply(changes);
    assert_eq!(slow.len(), fast.len());
    assert!(slow.len() > 50);
    for spot in plots.iter().flat_map(|plot| plot.hard_spots(dice)).collect::<Vec<_>>() {
        assert_eq!(ids_at(&slow, spot), ids_at(&fast, spot), "at {spot:?}");
    }
}

#[test]
fn a_town_that_grows_into_a_city_and_shrinks_again_is_answered_alike() {
    let dice = &mut SplitMix::new(46);
    let mut place = || (-87.65 + dice.range(0.0, 0.2), 41.88 + dice.range(0.0, 0.2));
    let all: Vec<(AreaId, Arc<Shape>)> = (0..45_000)
        .map(|id| {
            let (west, south) = place();
            let (east, north) = (west + 0.004, south + 0.003);
            let ring = [[west, south], [east, south], [east, north], [west, south]];
            let triangle = serde_json::json!({ "type": "Polygon", "coordinates": [ring] });
            (AreaId(id), Arc::new(Shape::from_geojson(&triangle).unwrap()))
        })
        .collect();
    let points: Vec<_> = (0..50).map(|_| place()).map(|(lon, lat)| Position { lon, lat }).collect();
    let (town, city) = all.split_at(15_000);
    let index = AreaIndex::build(town[..300].iter().cloned());
    let put = |(id, shape): &(AreaId, Arc<Shape>)| AreaChange::Put(*id, Arc::clone(shape));
    let agrees = |with: &[(AreaId, Arc<Shape>)], grain: Grain| {
        assert_eq!(index.now.load().grain, grain, "{} areas", with.len());
        for at in &points {
            let mut found = vec![];
            index.areas_at(*at, &mut found);
            found.sort_unstable();
            let scan = with.iter().filter(|(_, shape)| shape.covers(*at)).map(|(id, _)| *id);
            assert_eq!(found, scan.collect::<Vec<_>>(), "at {at:?}");
        }
    };
    agrees(&town[..300], Grain::Whole);
    index.apply(town[300..].iter().map(put));
    agrees(town, COARSE);
    index.apply(city[..24_999].iter().map(put));
    agrees(&all[..39_999], COARSE);
    index.apply(city[24_999..].iter().map(put));
    agrees(&all, FINE);
    index.apply(all[20_000..].iter().map(|(id, _)| AreaChange::Remove(*id)));
    agrees(&all[..20_000], FINE);
    index.apply([AreaChange::Remove(AreaId(19_999))]);
    agrees(&all[..19_999], COARSE);
    index.apply(all[400..20_000].iter().map(|(id, _)| AreaChange::Remove(*id)));
    agrees(&all[..400], Grain::Whole);
}

#[test]
fn areas_are_cut_by_how_many_there_are_and_how_they_came() {
    let table = [
        (1, (Grain::Whole, 0), Grain::Whole),
        (NO_TOWN - 1, (Grain::Whole, A_TOWN), Grain::Whole),
        (NO_TOWN, (Grain::Whole, NO_TOWN - 1), COARSE),
        (A_TOWN, (COARSE, NO_TOWN), COARSE),
        (A_TOWN - 1, (COARSE, A_TOWN), Grain::Whole),
        (A_TOWN - 1, (FINE, DENSE), Grain::Whole),
        (NO_TOWN - 1, (FINE, DENSE), COARSE),
        (THIN, (COARSE, THIN - 1), COARSE),
        (THIN, (Grain::Whole, 0), COARSE),
        (DENSE, (COARSE, DENSE - 1), FINE),
        (DENSE, (Grain::Whole, 0), FINE),
        (DENSE - 1, (FINE, DENSE), FINE),
        (THIN - 1, (FINE, THIN), COARSE),
        (GREAT - 1, (Grain::Whole, 0), FINE),
        (GREAT, (Grain::Whole, 0), FINER),
        (GREAT, (FINE, GREAT - 1), FINE),
        (DENSE, (FINER, GREAT), FINER),
        (THIN - 1, (FINER, GREAT), COARSE),
    ];
    for (areas, before, expected) in table {
        assert_eq!(fitting(areas, before), expected, "{areas} after {before:?}");
    }
}

#[test]
fn a_large_circle_far_north_is_answered_exactly_however_finely_it_is_cut() {
    let dice = &mut SplitMix::new(3);
    for (lat, cells) in [(79.99, 5_000), (-79.5, 5_000), (60.0, 1_000)] {
        let (centre, radius_m) = (oracle::spot(10.0, lat), 63_000.0);
        let circle = Plot::Circle { centre, radius_m };
        let index = AreaIndex::cut_into(cells);
        index.apply([AreaChange::Put(AreaId(0), circle.shape())]);
        let (lat, radius) = (position(centre).lat.to_radians(), radius_m / 6_371_008.8);
        for _ in 0..20_000 {
            // A thousandth of the radius off its line, in any direction.
            let far = radius * (1.0 + dice.range(-1e-3, 1e-3));
            let (north, east) = dice.range(0.0, std::f64::consts::TAU).sin_cos();
            let sine = lat.sin() * far.cos() + lat.cos() * far.sin() * north;
            let turn = (east * far.sin() * lat.cos()).atan2(far.cos() - lat.sin() * sine);
            let at = oracle::spot(10.0 + turn.to_degrees(), sine.asin().to_degrees());
            if let Some(covered) = circle.covers(at) {
                assert_eq!(ids_at(&index, at) == [0], covered, "{cells} cells, {at:?}");
            }
        }
    }
}

/// Where rounding puts a spot into another cell than it lies in, the edge has to be known there, too.
#[test]
fn an_edge_through_where_cells_meet_is_answered_to_the_last_bit() {
    let dice = &mut SplitMix::new(12);
    for _ in 0..1_500 {
        let plot = oracle::Ground::any(dice).draw(oracle::THROUGH_CELLS, dice);
        let index = AreaIndex::cut_into(8);
        index.apply([AreaChange::Put(AreaId(0), plot.shape())]);
        for spot in plot.hard_spots(dice) {
            let covered = plot.covers(spot) == Some(true);
            assert_eq!(ids_at(&index, spot) == [0], covered, "{spot:?} of {plot:?}");
        }
    }
}

#[test]
fn removing_what_is_not_there_changes_nothing() {
    let index = build(&[Plot::rectangle((0, 0), (10 * STEP, 10 * STEP))]);
    index.apply([AreaChange::Remove(AreaId(5)), AreaChange::Remove(AreaId(70_000))]);
    assert_eq!((index.len(), ids_at(&index, (10 * STEP, 10 * STEP))), (1, vec![0]));
    assert!(index.shape(AreaId(5)).is_none());
}

#[test]
fn what_is_replaced_is_freed() {
    let index = AreaIndex::default();
    let first = Plot::rectangle((0, 0), (10 * STEP, 10 * STEP)).shape();
    index.apply([AreaChange::Put(AreaId(0), Arc::clone(&first))]);
    index
        .apply([AreaChange::Put(AreaId(0), Plot::rectangle((0, 0), (9 * STEP, 9 * STEP)).shape())]);
    assert_eq!(Arc::strong_count(&first), 1);
}

#[test]
fn a_block_that_everybody_watches_is_answered_like_any_other() {
    let dice = &mut SplitMix::new(44);
    let mut place = |reach: f64| (-87.65 + dice.range(0.0, reach), 41.88 + dice.range(0.0, reach));
    let mut corner = || <[f64; 2]>::from(place(0.006));
    let mut triangle = || {
        let [a, b, c] = [corner(), corner(), corner()];
        let ring = serde_json::json!({ "type": "Polygon", "coordinates": [[a, b, c, a]] });
        Arc::new(Shape::from_geojson(&ring).unwrap())
    };
    let shapes: Vec<Arc<Shape>> = std::iter::repeat_with(&mut triangle).take(3_000).collect();
    let all: Vec<(AreaId, Arc<Shape>)> = (0..).map(AreaId).zip(shapes).collect();
    let agrees = |index: &AreaIndex, with: &[(AreaId, Arc<Shape>)]| {
        let dice = &mut SplitMix::new(45);
        for _ in 0..300 {
            let (lon, lat) = (-87.65 + dice.range(0.0, 0.006), 41.88 + dice.range(0.0, 0.006));
            let at = Position { lon, lat };
            let mut found = vec![];
            index.areas_at(at, &mut found);
            found.sort_unstable();
            let scan = with.iter().filter(|(_, shape)| shape.covers(at)).map(|(id, _)| *id);
            assert_eq!(found, scan.collect::<Vec<_>>(), "at {at:?}");
        }
    };
    // Few fit a folio; the many do not, and come and go.
    let (few, many) = all.split_at(20);
    let index = AreaIndex::build(few.iter().cloned());
    agrees(&index, few);
    for some in many.chunks(500) {
        index.apply(some.iter().map(|(id, shape)| AreaChange::Put(*id, Arc::clone(shape))));
    }
    agrees(&index, &all);
    agrees(&AreaIndex::build(all.iter().cloned()), &all);
    for (id, _) in &many[..2_000] {
        index.apply([AreaChange::Remove(*id)]);
    }
    agrees(&index, &[few, &many[2_000..]].concat());
    index.apply(many[2_000..].iter().map(|(id, _)| AreaChange::Remove(*id)));
    agrees(&index, few);
}

#[test]
fn a_crowd_that_watches_one_square_whole_says_all_of_it_in_the_largest_cell() {
    // One cell of 2¹⁶ units and a little around: nothing is left to say below it.
    let (column, row) = (14_091.0, 20_123.0);
    let units = |n: f64, off: f64| n * 65_536.0 / 1e7 - off;
    let (west, south) = (units(column, 180.0) - 1e-5, units(row, 90.0) - 1e-5);
    let (east, north) = (units(column + 1.0, 180.0) + 1e-5, units(row + 1.0, 90.0) + 1e-5);
    let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    let square = serde_json::json!({ "type": "Polygon", "coordinates": [ring] });
    let square = Arc::new(Shape::from_geojson(&square).unwrap());
    let crowd = 20_000;
    let all = |shape: &Arc<Shape>| (0..crowd).map(AreaId).zip(std::iter::repeat(shape.clone()));
    let index = AreaIndex::build(all(&square));
    let at = Position { lon: f64::midpoint(west, east), lat: f64::midpoint(south, north) };
    let middle = Arc::new(Shape::circle(at, 50.0).unwrap());
    let beside = Position { lon: west + 2e-5, lat: south + 2e-5 };
    let found = |at| {
        let mut found = vec![];
        index.areas_at(at, &mut found);
        found.len()
    };
    assert_eq!((found(at), found(beside)), (20_000, 20_000));
    // Somebody's block in the middle comes, and goes again.
    index.apply([AreaChange::Put(AreaId(crowd), middle)]);
    assert_eq!((found(at), found(beside)), (20_001, 20_000));
    index.apply([AreaChange::Remove(AreaId(crowd))]);
    assert_eq!((found(at), found(beside)), (20_000, 20_000));
}

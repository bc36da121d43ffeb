//! The seeded city: wards, the areas that its people watch, and where its issues are.
//!
//! A city the size of Chicago: 50 wards of about 1,360 corners, and any number of watch areas
//! (15.6 corners on average, median radius 300 m, a tenth drawn as circles, a tenth strongly
//! concave, 3 % of them 2 to 5 km across, one in a hundred and forty with a hole), clustered as
//! people are. All on the grid of 1e-7 degree on which map data lives. The same people may also live
//! anywhere, or all on one block.
//!
//! The one rule: a seed draws the same city everywhere, and the first areas and points of a
//! larger city are those of a smaller one.

mod wards;

use std::f64::consts::TAU;

use serde_json::{Value, json};

use crate::geometry::Position;
use crate::random::SplitMix;

/// How areas and points lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// In clusters along a band.
    City,
    /// Anywhere, as likely here as there.
    Uniform,
    /// All around one block of 200 m, and a third as large, so that their lines cross where the
    /// points are.
    Block,
}

/// Longitude and latitude in 1e-7 degree.
pub type Corner = [i32; 2];

/// The areas, wards first, packed so that a million take little room beside what is measured.
#[derive(Clone, Debug, Default)]
pub struct Workload {
    /// How many of the areas, the first ones, are wards.
    pub wards: usize,
    /// Where issues are.
    pub points: Vec<Position>,
    corners: Vec<Corner>,
    /// Where each ring ends in `corners`, and where each area ends in `ring_ends`.
    ring_ends: Vec<usize>,
    area_ends: Vec<usize>,
}

/// The box that the city fills, in metres from its south-western corner.
const WIDE_M: f64 = (EAST - WEST) * M_PER_LON;
const HIGH_M: f64 = (NORTH - SOUTH) * M_PER_LAT;
const WEST: f64 = -87.94;
const EAST: f64 = -87.52;
const SOUTH: f64 = 41.64;
const NORTH: f64 = 42.02;
/// Metres in a degree, at 41.83° north for longitudes.
const M_PER_LAT: f64 = 111_195.0;
const M_PER_LON: f64 = 82_860.0;

/// A place in the city, in metres east and north of its corner.
type Place = (f64, f64);

impl Workload {
    /// Draws the city of this seed with so many watch areas and points.
    #[must_use]
    pub fn draw(areas: usize, points: usize, seed: u64) -> Self {
        Self::laid_out(Layout::City, areas, points, seed)
    }

    /// The same, with areas and points laid out otherwise.
    #[must_use]
    pub fn laid_out(layout: Layout, areas: usize, points: usize, seed: u64) -> Self {
        let mut city = Self::default();
        let mut dice = SplitMix::new(seed);
        // One sequence each, so that more areas do not change the points.
        let [for_city, for_wards, for_areas, for_points] =
            [(); 4].map(|()| SplitMix::new(dice.bits()));
        let people = People::settle(layout, for_city);
        for ring in wards::draw(for_wards) {
            city.push([ring]);
        }
        city.wards = city.area_ends.len();
        let mut dice = for_areas;
        for _ in 0..areas {
            city.push(watch_area(&people, &mut dice));
        }
        let mut dice = for_points;
        let place = |_| {
            let [lon, lat] = on_grid(people.place(&mut dice));
            Position { lon: f64::from(lon) / 1e7, lat: f64::from(lat) / 1e7 }
        };
        city.points = (0..points).map(place).collect();
        city
    }

    /// How many areas there are, wards and watch areas.
    #[must_use]
    pub fn len(&self) -> usize {
        self.area_ends.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.area_ends.is_empty()
    }

    /// The closed rings of an area, the outer one first.
    pub fn rings(&self, area: usize) -> impl Iterator<Item = &[Corner]> {
        let begin =
            |ends: &[usize], nth: usize| nth.checked_sub(1).map_or(0, |before| ends[before]);
        let rings = begin(&self.area_ends, area)..self.area_ends[area];
        rings.map(move |ring| &self.corners[begin(&self.ring_ends, ring)..self.ring_ends[ring]])
    }

    /// An area as people would send it.
    #[must_use]
    pub fn geojson(&self, area: usize) -> Value {
        let degrees = |corner: &Corner| corner.map(|units| f64::from(units) / 1e7);
        let rings: Vec<Vec<[f64; 2]>> =
            self.rings(area).map(|ring| ring.iter().map(degrees).collect()).collect();
        json!({ "type": "Polygon", "coordinates": rings })
    }

    /// The same wards, and of the watch areas these, each moved by so much; no points.
    #[must_use]
    pub fn with_areas(&self, picks: &[(usize, Corner)]) -> Self {
        let mut city = Self { wards: self.wards, ..Self::default() };
        let wards = (0..self.wards).map(|ward| (ward, [0, 0]));
        for (area, by) in wards.chain(picks.iter().copied()) {
            for ring in self.rings(area) {
                let moved = ring.iter().map(|corner| [corner[0] + by[0], corner[1] + by[1]]);
                city.corners.extend(moved);
                city.ring_ends.push(city.corners.len());
            }
            city.area_ends.push(city.ring_ends.len());
        }
        city
    }

    fn push(&mut self, rings: impl IntoIterator<Item = Vec<Place>>) {
        for ring in rings {
            let start = self.corners.len();
            self.corners.extend(ring.into_iter().map(on_grid));
            self.corners.push(self.corners[start]);
            self.ring_ends.push(self.corners.len());
        }
        self.area_ends.push(self.ring_ends.len());
    }
}

/// Where people live.
enum People {
    /// In clusters along a slanting band, and some anywhere in it.
    Clustered(Vec<Cluster>),
    Anywhere,
    OnOneBlock,
}

struct Cluster {
    centre: Place,
    spread_m: f64,
    /// Its own weight and that of all before it.
    weight_up_to: f64,
}

/// The block's south-western corner, and how long its sides are.
const BLOCK: Place = (17_400.0, 21_100.0);
const BLOCK_M: f64 = 200.0;

impl People {
    fn settle(layout: Layout, dice: SplitMix) -> Self {
        match layout {
            Layout::City => Self::Clustered(clusters(dice)),
            Layout::Uniform => Self::Anywhere,
            Layout::Block => Self::OnOneBlock,
        }
    }

    fn place(&self, dice: &mut SplitMix) -> Place {
        let mut within = |side: f64| dice.range(0.0, side);
        match self {
            Self::Clustered(clusters) => place_among(clusters, dice),
            Self::Anywhere => (within(WIDE_M), within(HIGH_M)),
            Self::OnOneBlock => (BLOCK.0 + within(BLOCK_M), BLOCK.1 + within(BLOCK_M)),
        }
    }

    /// By how much smaller their areas are than a city's.
    fn shrink(&self) -> f64 {
        if matches!(self, Self::OnOneBlock) { 3.0 } else { 1.0 }
    }
}

fn clusters(mut dice: SplitMix) -> Vec<Cluster> {
    let mut weight_up_to = 0.0;
    let mut clusters = Vec::new();
    for _ in 0..60 {
        let north = dice.range(0.0, HIGH_M);
        let centre = (spine(north) + dice.range(-7_000.0, 7_000.0), north);
        weight_up_to += (0.8 * dice.normal()).exp();
        clusters.push(Cluster { centre, spread_m: dice.range(700.0, 3_000.0), weight_up_to });
    }
    clusters
}

fn place_among(clusters: &[Cluster], dice: &mut SplitMix) -> Place {
    loop {
        let (east, north) = if dice.unit() < 0.12 {
            let north = dice.range(0.0, HIGH_M);
            (spine(north) + dice.range(-7_500.0, 7_500.0), north)
        } else {
            let all = clusters.last().map_or(0.0, |last| last.weight_up_to);
            let drawn = dice.unit() * all;
            let nth = clusters.partition_point(|cluster| cluster.weight_up_to < drawn);
            let Cluster { centre, spread_m, .. } = &clusters[nth];
            (centre.0 + spread_m * dice.normal(), centre.1 + spread_m * dice.normal())
        };
        if (0.0..WIDE_M).contains(&east) && (0.0..HIGH_M).contains(&north) {
            return (east, north);
        }
    }
}

/// The middle of the band at this many metres north.
fn spine(north: f64) -> f64 {
    WIDE_M / 2.0 - (north - 21_000.0) * 0.15
}

fn watch_area(people: &People, dice: &mut SplitMix) -> Vec<Vec<Place>> {
    let centre = people.place(dice);
    let kind = dice.unit();
    let radius_m = if dice.unit() < 0.03 {
        dice.range(1_000.0, 2_500.0)
    } else {
        (300.0 * (0.35 * dice.normal()).exp()).clamp(90.0, 900.0)
    };
    let radius_m = radius_m / people.shrink();
    let star =
        Star { centre, radius_m, from: dice.range(0.0, TAU), near: 1.0, far: 1.0, shift: 0.0 };
    let outer = if kind < 0.10 {
        star.ring(32, dice)
    } else if kind < 0.20 {
        let corners = 7 + dice.below(18);
        Star { near: 0.35, far: 1.15, shift: 0.5, ..star }.ring(corners, dice)
    } else if kind < 0.28 {
        block(centre, radius_m * dice.range(0.5, 1.1), radius_m * dice.range(0.5, 1.1))
    } else {
        let corners = 5 + dice.below(20);
        Star { near: 0.88, far: 1.12, shift: 0.6, ..star }.ring(corners, dice)
    };
    let mut rings = vec![outer];
    if dice.unit() < 0.01 && kind >= 0.28 {
        let corners = 4 + dice.below(6);
        rings.push(Star { radius_m: 0.35 * radius_m, ..star }.ring(corners, dice));
    }
    rings
}

/// A ring around a centre: each corner in its share of the turn, shifted by up to half of `shift`
/// of it, between `near` and `far` radii away.
#[derive(Clone, Copy)]
struct Star {
    centre: Place,
    radius_m: f64,
    from: f64,
    near: f64,
    far: f64,
    shift: f64,
}

impl Star {
    fn ring(&self, corners: usize, dice: &mut SplitMix) -> Vec<Place> {
        let mut corner = |nth: usize| {
            let share = nth as f64 + self.shift * (dice.unit() - 0.5);
            let turn = self.from + share * TAU / corners as f64;
            let away = self.radius_m * dice.range(self.near, self.far);
            (self.centre.0 + away * turn.cos(), self.centre.1 + away * turn.sin())
        };
        (0..corners).map(&mut corner).collect()
    }
}

fn block((east, north): Place, wide: f64, high: f64) -> Vec<Place> {
    let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
    corners.map(|(x, y)| (east + x * wide, north + y * high)).to_vec()
}

#[expect(clippy::cast_possible_truncation, reason = "±180 degrees in 1e-7 fit into 32 bits")]
fn on_grid((east, north): Place) -> Corner {
    let units = |degrees: f64| (degrees * 1e7).round() as i32;
    [units(WEST + east / M_PER_LON), units(SOUTH + north / M_PER_LAT)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Shape;

    #[test]
    fn the_city_has_the_statistics_it_is_described_by() {
        let city = Workload::draw(20_000, 0, 1);
        let corners = |area| city.rings(area).map(|ring| ring.len() - 1).sum::<usize>() as f64;
        let mean = |areas: std::ops::Range<usize>| {
            let count = areas.len() as f64;
            areas.map(corners).sum::<f64>() / count
        };
        assert_eq!(city.wards, 50);
        assert!((1_300.0..1_420.0).contains(&mean(0..50)), "{}", mean(0..50));
        assert!((15.3..15.9).contains(&mean(50..city.len())), "{}", mean(50..city.len()));
        let watched = || 50..city.len();
        let holed = watched().filter(|area| city.rings(*area).count() == 2).count();
        assert!((100..190).contains(&holed), "{holed}");
        let mut wide: Vec<i32> = watched().map(|area| width(city.rings(area).next())).collect();
        wide.sort_unstable();
        // Twice the radius, in units of 8.3 mm, a little less for who has few corners.
        let median_m = f64::from(wide[wide.len() / 2]) * M_PER_LON / 1e7;
        assert!((540.0..640.0).contains(&median_m), "{median_m}");
    }

    fn width(ring: Option<&[Corner]>) -> i32 {
        let east = ring.unwrap().iter().map(|corner| corner[0]);
        east.clone().max().unwrap() - east.min().unwrap()
    }

    #[test]
    fn a_smaller_city_is_the_beginning_of_a_larger_one() {
        let (small, large) = (Workload::draw(50, 20, 9), Workload::draw(80, 30, 9));
        assert_eq!(small.points[..], large.points[..20]);
        let same = |area| small.rings(area).eq(large.rings(area));
        assert!((0..small.len()).all(same));
        assert!(!Workload::draw(50, 20, 10).rings(60).eq(small.rings(60)));
    }

    #[test]
    fn however_they_are_laid_out_every_seed_draws_areas_that_are_valid() {
        let layouts = [Layout::City, Layout::Uniform, Layout::Block];
        for (seed, layout) in (0..24).zip(layouts.into_iter().cycle()) {
            let city = Workload::laid_out(layout, 300, 0, seed);
            for area in 0..city.len() {
                let read = Shape::from_geojson(&city.geojson(area));
                assert!(read.is_ok(), "area {area} of seed {seed}: {}", read.unwrap_err());
            }
        }
    }

    #[test]
    fn on_one_block_every_point_lies_in_many_areas_and_near_their_lines() {
        let city = Workload::laid_out(Layout::Block, 400, 100, 1);
        let shape = |area| Shape::from_geojson(&city.geojson(area)).unwrap();
        let shapes: Vec<Shape> = (city.wards..city.len()).map(shape).collect();
        for at in &city.points {
            let holding = shapes.iter().filter(|shape| shape.covers(*at)).count();
            assert!((40..360).contains(&holding), "{holding} of 400");
        }
    }

    #[test]
    fn neighbouring_wards_share_every_corner_of_their_line() {
        let city = Workload::draw(0, 0, 1);
        let mut uses = std::collections::HashMap::new();
        for corner in (0..city.wards).flat_map(|ward| city.rings(ward)).flat_map(|r| &r[1..]) {
            *uses.entry(corner).or_insert(0) += 1;
        }
        let shared = uses.values().filter(|times| **times >= 2).count();
        // Only the city's own edge, 4 of some 140 lines' length, belongs to one ward.
        assert!(shared * 10 > uses.len() * 7, "{shared} of {}", uses.len());
    }
}

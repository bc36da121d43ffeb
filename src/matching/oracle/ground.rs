//! Areas that are hard to judge, drawn from a seed.

use super::spots::{sayable, where_cells_meet, where_surroundings_end};
use super::{Plot, STEP, Spot, decimal, spot, whole};
use crate::random::SplitMix;

/// A neighbourhood in which areas are drawn.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Ground {
    /// East and north, in steps of this ground.
    at: Spot,
    steps: Steps,
    /// How far areas reach, in steps.
    reach: i64,
}

/// What corners lie on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Steps {
    /// Of 2⁻²³ degree: the middle of an edge can be met exactly.
    Halves,
    /// Of 1e-7 degree, as maps have them.
    Decimals,
}

/// Where grounds are, in degrees, and how far areas may reach there: in a city, far north, on both names of
/// the date line, near the poles, and where both degrees are nearly nothing.
const TOWNS: [(f64, f64, i64); 7] = [
    (-87.65, 41.88, 40_000_000),
    (65.0, 75.0, 50_000_000),
    (180.0, 65.7, 50_000_000),
    (-180.0, -17.0, 10_000_000),
    (40.0, 89.9, 200_000),
    (-70.0, -89.9, 200_000),
    (0.0, 0.0, 100_000_000),
];

/// How far areas reach, in steps: from a few, where everything is on the line, to countries.
const REACHES: [i64; 8] = [4, 12, 200, 4_000, 40_000, 1_000_000, 10_000_000, 100_000_000];

/// How many kinds of areas there are, the plainest first.
pub(in super::super) const KINDS: usize = 14;
/// The kind of which a side runs through a corner of the index's cells.
pub(in super::super) const THROUGH_CELLS: usize = 11;

impl Ground {
    /// One of the towns, on steps of either kind.
    pub(in super::super) fn any(dice: &mut SplitMix) -> Self {
        let (lon, lat, most) = TOWNS[dice.below(TOWNS.len())];
        let steps = if dice.below(2) == 0 && lat != 0.0 { Steps::Decimals } else { Steps::Halves };
        let reach = REACHES[dice.below(REACHES.len())].min(most);
        Self { reach, ..Self::at(lon, lat, steps) }
    }

    fn at(lon: f64, lat: f64, steps: Steps) -> Self {
        let a_degree = match steps {
            Steps::Halves => f64::from(1 << 23),
            Steps::Decimals => 1e7,
        };
        Self { at: (whole(lon * a_degree), whole(lat * a_degree)), steps, reach: 40_000 }
    }

    fn moved(self, east: i64, north: i64) -> Self {
        Self { at: (self.at.0 + east, self.at.1 + north), ..self }
    }

    fn reaching(self, reach: i64) -> Self {
        Self { reach, ..self }
    }

    /// The spot so many steps east and north of the middle.
    fn spot(self, (east, north): Spot) -> Spot {
        let (x, y) = (self.at.0 + east, self.at.1 + north);
        match self.steps {
            Steps::Halves => (x * STEP, y * STEP),
            Steps::Decimals => decimal(x, y),
        }
    }

    fn ring(self, corners: impl IntoIterator<Item = Spot>) -> Vec<Spot> {
        corners.into_iter().map(|corner| self.spot(corner)).collect()
    }

    fn plot(self, corners: impl IntoIterator<Item = Spot>) -> Plot {
        Plot::ring(self.ring(corners))
    }

    /// An area of a kind below [`KINDS`] somewhere on the ground. What falls together when it is drawn on
    /// steps is drawn anew, and in the end a little larger.
    pub(in super::super) fn draw(self, kind: usize, dice: &mut SplitMix) -> Plot {
        let mut attempt = |nth: i64| {
            let ground = self.reaching(self.reach + nth / 16);
            let (east, north) = ground.anywhere(dice);
            ground.moved(east, north).draw_here(kind, dice)
        };
        let mut attempts = (0..1_000).map(&mut attempt);
        attempts.find(|plot| plot.try_shape().is_ok()).expect("an area of any kind fits any ground")
    }

    fn draw_here(self, kind: usize, dice: &mut SplitMix) -> Plot {
        match kind {
            0 => self.block(dice),
            1 => self.plot([(); 3].map(|()| self.anywhere(dice))),
            2 => self.circle(dice),
            3 => self.sliver(dice),
            4 => self.star(dice),
            5 => self.island(),
            6 => self.comb(),
            // Of few rows, so that neighbours meet.
            7 => {
                let nth = dice.below(2);
                self.home().ward_row(&mut SplitMix::new(nth as u64)).swap_remove(dice.below(4))
            }
            8 => self.corners_said_twice(),
            9 => self.two_parts(dice),
            10 => self.less_another(dice),
            THROUGH_CELLS => self.through_a_corner_of_cells(dice),
            12 => self.needle(dice),
            _ => self.to_the_end_of_surroundings(dice),
        }
    }

    /// As far from the steps' beginning as whole reaches go, so that what is drawn there again is the same.
    fn home(self) -> Self {
        let reaches = |at: i64| at.div_euclid(4 * self.reach) * 4 * self.reach;
        Self { at: (reaches(self.at.0), reaches(self.at.1)), ..self }
    }

    fn anywhere(self, dice: &mut SplitMix) -> Spot {
        let mut aside = || between(dice, 2 * self.reach) - self.reach;
        (aside(), aside())
    }

    /// With sides on few lines, so that neighbours have them in common.
    fn block(self, dice: &mut SplitMix) -> Plot {
        let quarter = (self.reach / 4).max(1);
        let mut side = |at: i64| {
            let west = at.div_euclid(quarter) * quarter - at;
            (west, west + quarter * (1 + between(dice, 3)))
        };
        let ((west, east), (south, north)) = (side(self.at.0), side(self.at.1));
        self.plot([(west, south), (east, south), (east, north), (west, north)])
    }

    fn circle(self, dice: &mut SplitMix) -> Plot {
        let reach_m = (self.reach as f64 * 0.0133).min(2e6);
        Plot::Circle { centre: self.spot((0, 0)), radius_m: dice.range(0.01, 1.0) * reach_m }
    }

    /// A step high where it is highest.
    fn sliver(self, dice: &mut SplitMix) -> Plot {
        let (half, whole) = (self.reach, 2 * self.reach);
        match dice.below(3) {
            0 => self.plot([(0, 0), (half, 1), (whole, 1)]),
            1 => self.plot([(0, 0), (1, half), (1, whole)]),
            _ => self.plot([(0, 0), (half, half + 1), (whole, whole)]),
        }
    }

    /// A ring whose corners lie around the middle at any distance.
    fn star(self, dice: &mut SplitMix) -> Plot {
        let corners = 5 + dice.below(14);
        let reach = self.reach as f64;
        self.plot((0..corners).map(|k| {
            let turn = (k as f64 + 0.8 * dice.unit()) / corners as f64 * std::f64::consts::TAU;
            let far = dice.range(reach / 10.0, reach);
            // Even numbers, so that the middle of an edge lies on the grid.
            (2 * whole(far / 2.0 * turn.cos()), 2 * whole(far / 2.0 * turn.sin()))
        }))
    }

    fn square(self, half: i64) -> Vec<Spot> {
        self.ring([(-half, -half), (half, -half), (half, half), (-half, half)])
    }

    /// A square with a hole, in which is an island that has one, too.
    fn island(self) -> Plot {
        let sides = [40, 20, 6, 2].map(|side| self.square(self.reach.max(40) / 40 * side));
        let [outer, hole, island, pond] = sides;
        Plot::Polygons(vec![vec![outer, hole], vec![island, pond]])
    }

    fn comb(self) -> Plot {
        let tooth = (self.reach / 30).max(4);
        let (wide, high) = (30 * tooth, self.reach);
        let teeth = (0..30).flat_map(|k| {
            let at = k * tooth;
            let gap = at + tooth * 2 / 5;
            [(at, 0), (gap, 0), (gap, high), (at + tooth, high)]
        });
        self.plot(teeth.chain([(wide, high + high / 4 + 1), (0, high + high / 4 + 1)]))
    }

    /// Wards side by side whose ragged borders are the same corners on both sides.
    fn ward_row(self, dice: &mut SplitMix) -> Vec<Plot> {
        let (apart, up) = (self.reach.max(4), (self.reach / 10).max(1));
        let mut border = |nth: i64| -> Vec<Spot> {
            let corner = |k: i64| (nth * apart + 2 * between(dice, apart / 4), k * up);
            self.ring((0..=20).map(corner))
        };
        let borders: Vec<_> = (0..5).map(&mut border).collect();
        let ward = |pair: &[Vec<Spot>]| pair[0].iter().rev().chain(&pair[1]).copied().collect();
        borders.windows(2).map(|pair| Plot::ring(ward(pair))).collect()
    }

    /// And one edge in three pieces.
    fn corners_said_twice(self) -> Plot {
        let third = (self.reach / 3).max(3);
        let along = [(0, 0), (0, 0), (third, third / 3), (2 * third, third / 3 * 2)];
        let rest = [(3 * third, third / 3 * 3), (0, 3 * third), (0, 3 * third)];
        self.plot(along.into_iter().chain(rest))
    }

    /// Two stars far apart, or two blocks that meet at a corner.
    fn two_parts(self, dice: &mut SplitMix) -> Plot {
        let far = self.reach * 2;
        let parts = if dice.below(2) == 0 {
            [self.star(dice), self.moved(far, far).star(dice)]
        } else {
            let half = (self.reach / 2).max(1);
            [self.square(half), self.moved(2 * half, 2 * half).square(half)].map(Plot::ring)
        };
        let rings = parts.into_iter().flat_map(|plot| match plot {
            Plot::Polygons(parts) => parts,
            _ => vec![],
        });
        Plot::Polygons(rings.collect())
    }

    /// One or two areas, less another.
    fn less_another(self, dice: &mut SplitMix) -> Plot {
        let mut some = |most: usize| -> Vec<Plot> {
            let each = |_| {
                let aside = self.anywhere(dice);
                let near = self.moved(aside.0 / 2, aside.1 / 2);
                near.draw_here([0, 2, 4, 5, 6][dice.below(5)], dice)
            };
            (0..most).map(each).collect()
        };
        let (parts, without) = (some(2), some(1));
        Plot::Drawn { parts, without }
    }

    /// A triangle of which the middle of one side is where cells meet, as near as 64 bits come to it.
    fn through_a_corner_of_cells(self, dice: &mut SplitMix) -> Plot {
        let middle = where_cells_meet(self.spot((0, 0)), dice);
        let (x, y) = middle.unwrap_or_else(|| self.spot((0, 0)));
        let mut aside = || {
            let (east, north) = self.anywhere(dice);
            (east * STEP, north * STEP)
        };
        let ((east, north), third) = (aside(), aside());
        let corners = [(x + east, y + north), (x - east, y - north), (x + third.0, y + third.1)];
        Plot::ring(corners.map(|(x, y)| (sayable(x), sayable(y))).into())
    }

    /// A triangle of which a corner lies where the surroundings of a square end, as near as 64 bits come to
    /// it: of its two sides there rounding may find one alone.
    fn to_the_end_of_surroundings(self, dice: &mut SplitMix) -> Plot {
        let corner = where_surroundings_end(self.spot((0, 0)), dice);
        let (x, y) = corner.unwrap_or_else(|| self.spot((0, 0)));
        let mut aside = || {
            let (east, north) = self.anywhere(dice);
            (sayable(x + east * STEP), sayable(y + north * STEP))
        };
        Plot::ring(vec![(sayable(x), sayable(y)), aside(), aside()])
    }

    /// Around a part of the earth, and nowhere wide.
    fn needle(self, dice: &mut SplitMix) -> Plot {
        let (far, high) = (self.reach * 8, 1 + between(dice, self.reach / 8));
        self.plot([(0, 0), (far, high / 2), (far, high / 2 + 1), (0, high)])
    }
}

/// Shapes that have broken other people's point-in-polygon tests, each with a name.
pub(in super::super) fn hard_plots(dice: &mut SplitMix) -> Vec<(&'static str, Plot)> {
    let chicago = Ground::at(-87.65, 41.88, Steps::Halves);
    let over_the_date_line = [(179.0, 10.0), (181.2, 9.8), (181.3, 11.1), (179.5, 10.9)];
    let mut plots = vec![
        ("sliver", chicago.plot([(0, 0), (90_000, 1), (180_000, 1)])),
        ("on the date line, cut in two", cut_in_two()),
        (
            "over the date line, uncut",
            Plot::ring(over_the_date_line.map(|(lon, lat)| spot(lon, lat)).into()),
        ),
        ("ending on the date line", Plot::rectangle(spot(178.0, 0.0), spot(180.0, 1.0))),
        ("beginning on it", Plot::rectangle(spot(-180.0, 0.0), spot(-179.0, 1.0))),
        ("polar cap", polar_cap()),
        ("hole with an island", chicago.moved(500_000, 0).island()),
        ("corners said twice, and in a row", chicago.reaching(9_000).corners_said_twice()),
        ("comb", chicago.moved(-300_000, 0).reaching(60_000).comb()),
    ];
    plots.extend(drawn(chicago.moved(200_000, -400_000)));
    let circles = [
        (spot(-87.65, 41.88), 300.0),
        (spot(25.0, 75.0), 300.0),
        (spot(25.0, 75.0), 90_000.0),
        (spot(179.9999, 65.7), 400.0),
        (spot(-180.0, 1.0), 5_000.0),
        (spot(10.0, 89.999), 900.0),
        (spot(0.0, -90.0), 50_000.0),
        (spot(0.0, 0.0), 0.5),
    ];
    plots.extend(circles.map(|(centre, radius_m)| ("circle", Plot::Circle { centre, radius_m })));
    let wards = chicago.reaching(90_000).ward_row(dice);
    plots.extend(wards.into_iter().map(|ward| ("ward in a row", ward)));
    for nth in 0..60 {
        let steps = if nth % 2 == 0 { Steps::Halves } else { Steps::Decimals };
        let aside = (between(dice, 400_000), between(dice, 300_000));
        let at = Ground::at(-87.65, 41.88, steps).moved(aside.0, aside.1);
        plots.push(("star", at.reaching(80_000).star(dice)));
    }
    plots
}

/// Parts of both kinds, and what is taken out of them, near and far.
fn drawn(ground: Ground) -> Vec<(&'static str, Plot)> {
    let square = |(x, y): Spot, half: i64| {
        let half = half * STEP;
        Plot::rectangle((x - half, y - half), (x + half, y + half))
    };
    let circle = |centre, radius_m| Plot::Circle { centre, radius_m };
    let all_of = |parts, without| Plot::Drawn { parts, without };
    let aside = |east, north| ground.spot((east, north));
    let at = aside(0, 0);
    vec![
        (
            "circle and polygon that overlap",
            all_of(vec![square(at, 9_000), circle(aside(9_000, 9_000), 140.0)], vec![]),
        ),
        ("polygon less a circle", all_of(vec![square(at, 9_000)], vec![circle(at, 60.0)])),
        ("circle less a polygon", all_of(vec![circle(at, 300.0)], vec![square(at, 9_000)])),
        (
            "two blocks less what lies between them",
            all_of(
                vec![square(at, 40_000), square(aside(400_000, 400_000), 40_000)],
                vec![square(aside(200_000, 200_000), 50_000)],
            ),
        ),
        (
            "block less a circle on the other side of the earth",
            all_of(
                vec![square(spot(-179.995, 10.0), 90_000)],
                vec![circle(spot(-180.0, 10.0), 500.0)],
            ),
        ),
        (
            "block less a circle far away",
            all_of(
                vec![square(spot(20.0, 10.0), 90_000)],
                vec![circle(spot(179.0, 10.0), 5_000.0)],
            ),
        ),
        (
            "circles over the date line, one of them taken out",
            all_of(
                vec![circle(spot(179.999, -30.0), 900.0)],
                vec![circle(spot(-179.999, -30.0), 300.0)],
            ),
        ),
    ]
}

/// All longitudes from 88° north, in steps of 120 degrees: a ring may not jump by more than 180.
fn polar_cap() -> Plot {
    let steps = [-180.0, -60.0, 60.0, 180.0];
    let south = steps.map(|lon| spot(lon, 88.0));
    let north = steps.map(|lon| spot(-lon, 90.0));
    Plot::ring(south.into_iter().chain(north).collect())
}

fn cut_in_two() -> Plot {
    let (south, north) = (-18.0, -16.0);
    let east = vec![spot(178.5, south), spot(180.0, south), spot(180.0, north)];
    let west = vec![spot(-180.0, south), spot(-179.0, south), spot(-180.0, north)];
    Plot::Polygons(vec![vec![east], vec![west]])
}

/// From nothing up to a span, at its end too.
pub(super) fn between(dice: &mut SplitMix, span: i64) -> i64 {
    whole(dice.unit() * span as f64)
}

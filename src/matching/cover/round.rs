//! A circle by its distance, laid over cells.

use super::grid::{Cell, Point, degrees_east, degrees_north};
use super::record::Disc;
use crate::geometry::{EARTH_RADIUS_M, Position};

/// Beyond this radius in radians (64 km), or nearer to a pole than ten degrees, a circle is not
/// nearly a circle in the plane.
const SMALL_CIRCLE: f64 = 0.01;
const FAR_NORTH: f64 = 80.0;

pub(super) struct Round {
    centre: Position,
    /// The same in units of the grid.
    middle: Point,
    /// In radians, and the chord of that angle on the unit sphere.
    radius: f64,
    chord: f64,
    /// Of the centre's latitude.
    cosine: f64,
}

/// How a circle lies with regard to a cell with its surroundings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Around {
    Without,
    Within,
    /// Its line may cross the cell; with its planar form if it is small enough for one.
    Crosses(Option<Disc>),
}

impl Round {
    pub fn new(centre: Position, radius_m: f64) -> Self {
        let radius = radius_m / EARTH_RADIUS_M;
        Self {
            centre,
            middle: Point::of(centre),
            radius,
            chord: 2.0 * (radius / 2.0).sin(),
            cosine: centre.lat.to_radians().cos(),
        }
    }

    /// Of a cell that the circle's box meets: in the plane nothing is near it over the antimeridian.
    pub fn around(&self, cell: Cell) -> Around {
        let Some(disc) = self.disc(cell) else { return self.on_the_sphere(cell) };
        let (nearest, farthest) = disc.squares(cell.margin());
        if nearest > disc.without {
            Around::Without
        } else if farthest < disc.within {
            Around::Within
        } else {
            Around::Crosses(Some(disc))
        }
    }

    fn on_the_sphere(&self, cell: Cell) -> Around {
        let around = cell.surroundings();
        let (south, north) = (degrees_north(around.south), degrees_north(around.north));
        let (west, east) = (degrees_east(around.west), degrees_east(around.east));
        // Rounding in a haversine is centimetres at most, on the far side of the earth.
        let slack = 1e-8 + self.radius * 1e-6;
        let lat = self.centre.lat.to_radians();
        let farthest = (west - self.centre.lon).abs().max((east - self.centre.lon).abs());
        if farthest < 90.0 {
            let nearest = self.centre.lon.clamp(west, east) - self.centre.lon;
            // On a meridian the nearest latitude, and from it the distance grows both ways.
            let foot = lat.tan().atan2(nearest.to_radians().cos());
            let foot = foot.clamp(south.to_radians(), north.to_radians());
            if haversine(lat, foot, nearest.to_radians()) > self.radius + slack {
                return Around::Without;
            }
            let corner = |at: f64| haversine(lat, at.to_radians(), farthest.to_radians());
            if corner(south).max(corner(north)) < self.radius - slack {
                return Around::Within;
            }
            return Around::Crosses(None);
        }
        let gap = (south - self.centre.lat).max(self.centre.lat - north).max(0.0);
        if gap.to_radians() > self.radius + slack {
            return Around::Without;
        }
        Around::Crosses(None)
    }

    /// The circle as the plane of the cell has it, where it is small enough for that.
    ///
    /// With φ and λ the ways north and east in radians, a point is within radius ρ when
    /// `4 sin²(φ/2) + 4 cos φ₀ cos φ₁ sin²(λ/2) ≤ 4 sin²(ρ/2)`. The squares of half the ways for their
    /// sines are off by a twelfth of those, and λ² is ρ²/(cos φ₀ cos φ₁) at most; `cos φ₁` of the cell's
    /// middle is off by its half height.
    #[expect(clippy::cast_possible_truncation, reason = "the error of 24 bits is accounted for")]
    fn disc(&self, cell: Cell) -> Option<Disc> {
        if self.radius > SMALL_CIRCLE || self.centre.lat.abs() > FAR_NORTH {
            return None;
        }
        let (corner, side) = (cell.corner(), cell.side());
        let (x, y) = ((self.middle.x - corner.x) / side, (self.middle.y - corner.y) / side);
        let cosine = degrees_north(corner.y + side / 2.0).to_radians().cos();
        let side_rad = (side / 1e7).to_radians();
        let aspect = self.cosine * cosine;
        let radius_sides = self.chord / side_rad;
        let square = radius_sides * radius_sides;
        let spherical = self.radius * self.radius / (6.0 * aspect) + side_rad / cosine;
        let rounding = 1e-6 * (1.0 + (x.abs().max(y.abs()) + 1.0) / radius_sides);
        let band = 1.1 * spherical + rounding;
        if band > 0.2 {
            return None;
        }
        Some(Disc {
            x: x as f32,
            y: y as f32,
            aspect: aspect as f32,
            within: (square * (1.0 - band)) as f32,
            without: (square * (1.0 + band)) as f32,
        })
    }
}

/// The angle between two positions on a sphere, all in radians.
fn haversine(lat: f64, other: f64, apart: f64) -> f64 {
    let (north, east) = (((other - lat) / 2.0).sin(), (apart / 2.0).sin());
    let h = north * north + lat.cos() * other.cos() * east * east;
    2.0 * h.min(1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix;

    /// Cells of all sizes around circles of all sizes, looked at in 25 places each.
    #[test]
    fn what_is_said_of_a_cell_holds_everywhere_in_it() {
        let dice = &mut SplitMix::new(7);
        let (mut told, mut doubted) = (0, 0);
        for _ in 0..20_000 {
            let centre = Position { lon: dice.range(-179.0, 179.0), lat: dice.range(-85.0, 85.0) };
            let radius_m = 10.0 * 2.0_f64.powf(dice.range(0.0, 14.0));
            let round = Round::new(centre, radius_m);
            let level = 11 + u32::try_from(dice.below(14)).unwrap();
            let (x, y) = {
                let away = 2.2 * round.radius.to_degrees() * 1e7;
                let wide = away / centre.lat.to_radians().cos();
                (round.middle.x + dice.range(-wide, wide), round.middle.y + dice.range(-away, away))
            };
            let (column, row) = Point { x, y }.units();
            let cell = Cell { level, column: column >> level, row: row >> level };
            let frame = cell.surroundings();
            let around = round.around(cell);
            let sphere = round.on_the_sphere(cell);
            if let Around::Crosses(disc) = around {
                doubted += u32::from(disc.is_some() && sphere != Around::Crosses(None));
                continue;
            }
            told += 1;
            for nth in 0..25 {
                let (east, north) = (f64::from(nth % 5) / 4.0, f64::from(nth / 5) / 4.0);
                let at = Position {
                    lon: degrees_east(frame.west + east * (frame.east - frame.west)),
                    lat: degrees_north(frame.south + north * (frame.north - frame.south)),
                };
                let within = centre.distance_m(at) <= radius_m;
                assert_eq!(within, around == Around::Within, "{centre:?} {radius_m} {cell:?}");
            }
        }
        assert!(told > 10_000 && doubted * 20 < told, "{told} told, {doubted} left in doubt");
    }
}

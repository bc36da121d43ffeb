//! Which way one place lies from another, as people say it.

use super::Position;

/// The eight directions that people tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compass {
    North,
    NorthEast,
    East,
    SouthEast,
    South,
    SouthWest,
    West,
    NorthWest,
}

impl Compass {
    /// Clockwise from the north, an eighth of a turn apart.
    pub const ALL: [Self; 8] = [
        Self::North,
        Self::NorthEast,
        Self::East,
        Self::SouthEast,
        Self::South,
        Self::SouthWest,
        Self::West,
        Self::NorthWest,
    ];

    /// The direction nearest to a bearing in degrees clockwise from the north.
    #[must_use]
    pub fn of_bearing(degrees: f64) -> Self {
        let turned = (degrees + 22.5).rem_euclid(360.0);
        // Rounding may make a whole turn of what is a hair short of one.
        let sectors = Self::ALL.into_iter().zip(1_i32..);
        let mut reached = sectors.filter(|(_, end)| turned < 45.0 * f64::from(*end));
        reached.next().map_or(Self::North, |(direction, _)| direction)
    }
}

impl Position {
    /// The direction in which whoever stands here sets out for `other` on the great circle, in
    /// degrees clockwise from the north, 0 up to 360. From a pole every way leads to the south, or
    /// to the north.
    ///
    /// Williams, "Aviation Formulary", course between points.
    #[must_use]
    pub fn bearing_to(self, other: Self) -> f64 {
        if self.lat.abs() >= 90.0 {
            return if self.lat > 0.0 { 180.0 } else { 0.0 };
        }
        let (from, to) = (self.lat.to_radians(), other.lat.to_radians());
        let turn = (other.lon - self.lon).to_radians();
        let east = turn.sin() * to.cos();
        let north = from.cos() * to.sin() - from.sin() * to.cos() * turn.cos();
        east.atan2(north).to_degrees().rem_euclid(360.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_direction_reaches_half_an_eighth_to_both_sides() {
        for (sector, direction) in (0_i32..).zip(Compass::ALL) {
            let straight = 45.0 * f64::from(sector);
            for bearing in [straight - 22.4, straight, straight + 22.4, straight + 360.0] {
                assert_eq!(Compass::of_bearing(bearing), direction, "{bearing}");
            }
        }
        assert_eq!(Compass::of_bearing(-1e-300), Compass::North);
    }

    #[test]
    fn a_bearing_is_the_one_that_somebody_sets_out_by() {
        let table = [
            // From, to, degrees.
            ((-87.65, 41.88), (-87.65, 41.89), 0.0),
            ((-87.65, 41.88), (-87.65, 41.87), 180.0),
            ((0.0, 0.0), (0.001, 0.0), 90.0),
            ((0.0, 0.0), (-0.001, -0.001), 225.0),
            // At 60° a degree of longitude is half as long.
            ((20.0, 60.0), (20.002, 60.001), 45.0),
            ((20.0, 80.0), (20.001, 80.0), 90.0),
            // Over the antimeridian the way is short.
            ((179.999, -17.0), (-179.999, -17.0), 90.0),
            ((-179.999, 65.0), (179.999, 65.0), 270.0),
            // On the far side of the pole, and of the other.
            ((10.0, 89.99), (-170.0, 89.99), 0.0),
            ((10.0, -89.99), (-170.0, -89.99), 180.0),
            // From a pole there is one way, whatever its longitude is called.
            ((123.0, 90.0), (-40.0, 89.0), 180.0),
            ((123.0, -90.0), (123.0, -89.0), 0.0),
            // Known from the books: from Los Angeles' airport to New York's one sets out by 66°.
            ((-118.4, 33.95), (-73.7833, 40.6333), 65.9),
        ];
        for (from, to, degrees) in table {
            let [from, to] = [from, to].map(|(lon, lat)| Position { lon, lat });
            let off = (from.bearing_to(to) - degrees + 180.0).rem_euclid(360.0) - 180.0;
            assert!(
                off.abs() < 0.05,
                "{from:?} to {to:?}: {} and not {degrees}",
                from.bearing_to(to)
            );
        }
    }
}

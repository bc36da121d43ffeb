//! What people call a place: the nearest address, or the nearest street and how far away it is.

use super::Kind;
use super::along::{Plane, length, nearest_on, number_at};
use super::asked::HouseNumber;
use super::build::{Gazetteer, Stretch};
use crate::geometry::Position;

/// A house this near is where somebody stands.
const AT_A_HOUSE_M: f64 = 45.0;

/// Nothing farther away says where a place is.
const FARTHEST_M: f64 = 400.0;

/// What lies nearest to a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    pub label: String,
    /// Where that is.
    pub at: Position,
    pub kind: Kind,
    pub metres: f64,
}

impl Gazetteer {
    /// The nearest address or street within 400 m.
    #[must_use]
    pub fn nearest(&self, at: Position) -> Option<Nearest> {
        let house = self.nearest_house(at, AT_A_HOUSE_M);
        house.or_else(|| self.nearest_street(at)).or_else(|| self.nearest_house(at, FARTHEST_M))
    }

    fn nearest_house(&self, at: Position, within: f64) -> Option<Nearest> {
        let houses =
            self.house_cells.around(at, within).filter_map(|i| self.houses.get(i as usize));
        let away = houses.map(|house| (house.at.position().distance_m(at), house));
        let (metres, house) = away.min_by(|a, b| a.0.total_cmp(&b.0))?;
        let number = HouseNumber::written(house.number, self.suffix(house));
        (metres <= within).then(|| Nearest {
            label: format!("{number} {}", self.names.shown(house.name)),
            at: house.at.position(),
            kind: Kind::Address,
            metres,
        })
    }

    fn nearest_street(&self, at: Position) -> Option<Nearest> {
        let plane = Plane::at(at);
        let pieces = self.piece_cells.around(at, FARTHEST_M).map(|piece| {
            let (a, b) = self.piece(piece);
            let (share, there) = nearest_on(plane.lay(a), plane.lay(b));
            (length(there), piece, share, there)
        });
        let (metres, piece, share, there) = pieces.min_by(|a, b| a.0.total_cmp(&b.0))?;
        let stretch = self.stretch_of(piece).filter(|_| metres <= FARTHEST_M)?;
        let (a, b) = self.piece(piece);
        let (from, to) = (plane.lay(a), plane.lay(b));
        // The place is the middle of the plane: it lies to the right of a piece that it sees turn so.
        let right = from.0 * to.1 - from.1 * to.0 < 0.0;
        let along = self.metres_before(stretch, piece) + a.distance_m(b) * share;
        let number = number_at(&self.line_of(stretch), along, right);
        let name = self.names.shown(stretch.name);
        Some(Nearest {
            label: number.map_or_else(|| name.to_owned(), |number| format!("{number} {name}")),
            at: plane.lift(there),
            kind: if number.is_some() { Kind::Interpolated } else { Kind::Street },
            metres,
        })
    }

    /// How long a stretch is up to one of its pieces.
    fn metres_before(&self, stretch: &Stretch, piece: u32) -> f64 {
        let before = (stretch.first..piece).map(|at| self.piece(at));
        before.map(|(a, b)| a.distance_m(b)).sum()
    }
}

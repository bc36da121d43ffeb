//! Where an address is: a city's own address points and street centre lines, found as one types.
//!
//! In reading order: `words` makes "North Addison Street" and "n addison st" the same, `asked` takes
//! apart what somebody typed, `names` finds streets by the beginnings of their words, `build` puts
//! points and lines into sorted arrays, `search` and `corner` answer, `along` knows house numbers
//! along a line, `nearest` goes the other way.
//!
//! The one rule: whatever is asked, a search looks at a bounded number of entries, and gives only
//! places that the city's own files name or that lie between numbers they give.

mod along;
mod asked;
mod build;
mod corner;
mod names;
mod nearest;
mod search;
mod words;

#[cfg(test)]
mod tests;

use crate::geometry::Position;

pub use asked::split_address;
pub use build::{Builder, Gazetteer};
pub use nearest::Nearest;
pub use words::plain;

/// A house with its number: a row of a city's file of addresses.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressPoint {
    /// `1200`, `1200A`, `12-34`, `1200 1/2`.
    pub number: String,
    /// `W Addison St`, whole.
    pub street: String,
    pub at: Position,
}

/// The house numbers along one side of a piece of street, at its first and its last corner; they may
/// fall.
pub type Numbers = (u32, u32);

/// A piece of a street's centre line.
#[derive(Clone, Debug, PartialEq)]
pub struct StreetLine {
    /// `W Addison St`, whole.
    pub name: String,
    /// At least two corners.
    pub line: Vec<Position>,
    /// To the left and to the right of the line's direction. Both the same where a file does not tell
    /// the sides apart.
    pub left: Option<Numbers>,
    pub right: Option<Numbers>,
}

/// How a place was found, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An address that the city names, with its point.
    Address,
    /// Between the numbers of a piece of street.
    Interpolated,
    /// Where two streets meet.
    Corner,
    /// A street as a whole: its place is somewhere in its middle.
    Street,
}

impl Kind {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Interpolated => "interpolated",
            Self::Corner => "corner",
            Self::Street => "street",
        }
    }
}

/// A place that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// `1200 W Addison St`, `N State St & W Madison St`.
    pub label: String,
    pub at: Position,
    pub kind: Kind,
    /// Whether all that was asked for is in it, each word whole and right.
    pub exact: bool,
}

/// The most characters of what somebody types that are looked at.
pub const LONGEST_QUERY: usize = 200;

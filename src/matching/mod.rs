//! The index: an event in, its matches out.
//!
//! The question is the reverse of a map's usual one: not which points lie in this area, but which
//! of a million areas hold this point. [`AreaIndex`] answers it for watch areas, [`WardIndex`] for
//! the wards of one boundary layer, and [`Matcher`] for a whole city's watches.
//!
//! The one rule: the answer is exact. What an index has computed before may only decide where it is sure
//! beyond all rounding; what remains is asked of [`Shape::covers`](crate::geometry::Shape::covers).

mod area_id;
mod area_index;
mod cover;
mod envelope_tree;
mod history;
mod matcher;
#[cfg(test)]
mod oracle;
mod shape_table;
mod ward_index;

pub use area_id::AreaId;
pub use area_index::{AreaChange, AreaIndex};
pub use history::{Happened, History, Hit, Whereabouts};
pub use matcher::{Change, How, Match, Matched, Matcher, Rehomed, WardHit};
pub use ward_index::{WardIndex, WardsAt};

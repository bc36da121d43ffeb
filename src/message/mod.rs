//! The words of a delivery.

mod note;

pub use note::{Note, Urgency};

//! Wardwatch tells people what is happening on their block.

pub mod cli;
pub mod clock;
pub mod delivery;
pub mod demo;
pub mod drawing;
pub mod geometry;
pub mod issue;
pub mod random;
pub mod ward;
pub mod watch;
pub mod watcher;

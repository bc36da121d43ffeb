//! Wardwatch tells people what is happening on their block.

pub mod bench;
pub mod cli;
pub mod clock;
pub mod delivery;
pub mod geometry;
pub mod intake;
pub mod issue;
pub mod matching;
pub mod random;
pub mod ward;
pub mod watch;
pub mod watcher;

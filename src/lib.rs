//! Wardwatch tells people what is happening on their block.

pub mod app;
pub mod bench;
pub mod channel;
pub mod cli;
pub mod clock;
pub mod config;
pub mod delivery;
pub mod demo;
pub mod dispatcher;
pub mod drawing;
pub mod engine;
pub mod geometry;
pub mod http;
pub mod intake;
pub mod issue;
pub mod matching;
pub mod message;
pub mod metrics;
pub mod outbound;
pub mod random;
pub mod store;
pub mod token;
pub mod ward;
pub mod watch;
pub mod watcher;

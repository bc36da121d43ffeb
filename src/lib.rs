//! Wardwatch tells people what is happening on their block.
//!
//! A city's issues stream in; an index of the areas that residents drew, compiled into cells, and of
//! the city's ward boundaries is matched against each issue's place; each match fans out as mail and
//! web push. ARCHITECTURE.md is the map of this library; here are its rooms in reading order.
//!
//! The nouns:
//! - [`clock`], [`random`]: time and chance, the system's or a test's
//! - [`geometry`]: positions, shapes, and the one definition of "inside"
//! - [`issue`]: what happened, where, when; what a source says, explained as events
//! - [`ward`]: the city's boundaries and their versions
//! - [`gazetteer`]: where an address is
//! - [`watcher`], [`watch`]: people and their contacts; what they want to hear of
//! - [`photo`]: residents' pictures, made safe to show
//! - [`token`]: signed links, codes and keys
//!
//! The decisions, all pure:
//! - [`matching`]: the index: an event in, matches out
//! - [`delivery`]: who is told what, when, and what becomes of each attempt
//! - [`intake`]: files and streams of issues, as cities publish them
//! - [`drawing`]: a map as SVG
//! - [`bounce`]: what mail servers write when a mail comes back
//! - [`message`]: the words, for mail and push
//!
//! The effects:
//! - [`failpoint`]: where a test may kill the program; nothing of it is in a usual build
//! - [`outbound`]: the one guarded HTTP client
//! - [`store`]: the only SQL, for SQLite and PostgreSQL
//! - [`channel`]: the only senders: mail and web push
//! - [`engine`]: accepts events, keeps the index, plans deliveries and digests
//! - [`dispatcher`]: claims, composes, sends, settles
//! - [`http`]: the doors
//!
//! The program:
//! - [`metrics`], [`config`], [`app`]: counters, settings, and the whole as it runs
//! - [`demo`], [`mod@bench`]: a city that is not there; measurements
//! - [`cli`]: the commands

pub mod app;
pub mod bench;
pub mod bounce;
pub mod channel;
pub mod cli;
pub mod clock;
pub mod config;
pub mod delivery;
pub mod demo;
pub mod dispatcher;
pub mod drawing;
pub mod engine;
pub mod failpoint;
pub mod gazetteer;
pub mod geometry;
pub mod http;
pub mod intake;
pub mod issue;
pub mod matching;
pub mod message;
pub mod metrics;
pub mod outbound;
pub mod photo;
pub mod random;
pub mod store;
pub mod token;
pub mod ward;
pub mod watch;
pub mod watcher;

/// The README's example, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

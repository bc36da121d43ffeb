//! The demo: a city that is not there, its people, its day, and the page that shows them.
//!
//! - [`city`]: wards, streets, waters and addresses from a seed; `data/` holds them as files
//! - [`people`]: who watches what, for any city's wards
//! - [`issues`], [`replay`]: what happens, invented or from a real feed
//! - [`picture`]: the city as a map
//! - [`wire`], [`board`], [`page`]: what a visitor sees
//!
//! The one rule: the demo holds no engine. Whoever runs it feeds [`board::Board`] with what the
//! engine accepted, matched and sent, and takes visitors' reports from [`page::Stage`].

pub mod board;
pub mod city;
pub mod issues;
pub mod page;
pub mod people;
pub mod picture;
pub mod replay;
pub mod wire;

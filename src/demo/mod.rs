//! The demo: a city that is not there, its people, its day, and the page that shows them.
//!
//! - [`city`]: wards, streets, waters and addresses from a seed; `data/` holds them as files
//! - [`people`]: who watches what, for any city's wards
//! - [`issues`], [`replay`]: what happens, invented or from a real feed
//! - [`picture`]: the city as a map
//! - [`wire`], [`board`], [`page`]: what a visitor sees
//!
//! - `gazetteer`: by which its addresses are found
//! - [`run`](mod@run), [`residents`], `home`, `show`: the true program underneath, the folder it
//!   lives in, and what is shown of it
//!
//! The one rule: nothing is staged. Issues go through the engine, mails and pushes through the
//! dispatcher; the page only shows what they announce.

pub mod board;
pub mod city;
mod gazetteer;
mod home;
pub mod issues;
pub mod page;
pub mod people;
pub mod picture;
pub mod replay;
pub mod residents;
pub mod run;
mod show;
pub mod wire;

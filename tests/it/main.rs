//! The stories: each on a real database, SQLite always, PostgreSQL where `TEST_POSTGRES_URL` names
//! one.

mod demo;
mod chicago;
mod exact;
mod kills;
mod labelled;
mod program;
mod receiving;
mod reporting;
#[path = "../receivers/sink.rs"]
mod sink;
mod town;
mod watching;

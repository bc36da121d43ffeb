//! The stories: each on a real database, SQLite always, PostgreSQL where `TEST_POSTGRES_URL` names
//! one.

mod chicago;
mod commands;
mod demo;
mod doctor;
mod exact;
mod http_bulk;
mod http_issues;
mod http_refusals;
mod http_watches;
mod kills;
mod labelled;
mod leases;
mod open_town;
mod operating;
mod post_office;
mod program;
mod receiving;
mod replay;
mod reporting;
mod sending;
#[path = "../receivers/sink.rs"]
mod sink;
mod town;
mod watching;

//! The stories: each on a real database, SQLite always, PostgreSQL where `TEST_POSTGRES_URL` names
//! one.

mod demo;
mod http_bulk;
mod http_issues;
mod http_refusals;
mod http_watches;
mod open_town;
mod reporting;
mod town;
mod watching;

//! The stories: each on a real database, SQLite always, PostgreSQL where `TEST_POSTGRES_URL` names
//! one.

mod demo;
mod reporting;
mod town;
mod watching;

//! The stories: each on a real database, SQLite always, PostgreSQL where `TEST_POSTGRES_URL` names
//! one.

mod bounces;
mod boundaries;
mod boundaries_ids;
mod boundaries_replaced;
mod browsing;
mod chicago;
mod commands;
mod comments;
mod demo;
mod doctor;
mod every_row;
mod exact;
mod expected;
mod feeds;
mod hook;
mod http_bulk;
mod http_habits;
mod http_issues;
mod http_refusals;
mod http_watches;
mod inbox;
mod keeping;
mod labelled;
mod leases;
mod leaving;
mod mail_server;
mod mistakes;
mod mutes;
mod my_data;
mod nasty;
mod neighbours;
mod open_town;
mod operating;
#[expect(dead_code, reason = "shared with the faults, which use the rest")]
mod post_office;
mod program;
mod real_wards;
#[expect(dead_code, reason = "shared with the faults, which use the rest")]
mod receiving;
mod replay;
mod reporting;
mod rhythms;
mod scanner;
mod sending;
mod signing_in;
mod signing_up;
#[path = "../receivers/sink.rs"]
mod sink;
mod storm;
mod to_the_end;
mod town;
mod watching;
mod webhooks;
mod whereabouts;
mod whole_store;

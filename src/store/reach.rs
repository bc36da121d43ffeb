//! Whether a PostgreSQL server lets us in, and why not, in words.
//!
//! A pool that finds nobody tries again until its patience ends, and then knows only that. So one
//! connection is tried first, once.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Error};

use super::StoreError;
use super::open::without_password;

/// A server that is there answers in much less.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connects once, and lets go.
///
/// # Errors
/// Why nobody could, and what to do.
pub(super) async fn reach(options: &PgConnectOptions, url: &str) -> Result<(), StoreError> {
    let dialling = PgConnection::connect_with(options);
    let mut passing = false;
    let (why, todo) = match tokio::time::timeout(PATIENCE, dialling).await {
        Ok(Ok(connection)) => {
            // It has done its work, however it ends.
            drop(connection.close().await);
            return Ok(());
        }
        Ok(Err(error)) => {
            passing = may_be_starting(&error);
            cause(&error)
        }
        Err(_) => {
            let why = format!("it does not answer within {} seconds", PATIENCE.as_secs());
            (why, "check host and port in --database-url, and the firewall between")
        }
    };
    Err(StoreError::OutOfReach { at: without_password(url), why, todo, passing })
}

/// Machines and containers start everything at once: until the database is there its port refuses,
/// its host has no name yet, or it says that it is starting (57P03).
fn may_be_starting(error: &Error) -> bool {
    match error {
        Error::Io(_) => true,
        Error::Database(db) => db.code().as_deref() == Some("57P03"),
        _ => false,
    }
}

fn cause(error: &Error) -> (String, &'static str) {
    match error {
        Error::Io(io) => io_cause(io),
        Error::Database(db) => {
            let said = db.message().to_owned();
            match db.code().as_deref() {
                Some("28P01") => (
                    format!("the user or the password is wrong ({said})"),
                    "correct them in --database-url",
                ),
                Some("28000") => (
                    format!("this user is not let in ({said})"),
                    "correct the user in --database-url, or let it in (pg_hba.conf)",
                ),
                Some("3D000") => (
                    format!("there is no such database ({said})"),
                    "make it with createdb, or correct its name in --database-url",
                ),
                _ => (said, "try again in a moment, and look into the log of the database"),
            }
        }
        other => (other.to_string(), "check --database-url"),
    }
}

fn io_cause(io: &std::io::Error) -> (String, &'static str) {
    match io.kind() {
        ErrorKind::ConnectionRefused => (
            "the connection is refused: nothing listens there".to_owned(),
            "start the database, or correct host and port in --database-url",
        ),
        ErrorKind::NotFound if io.raw_os_error().is_some() => (
            "there is no such socket".to_owned(),
            "start the database, or correct the path in --database-url",
        ),
        // What the resolver says has no kind of its own.
        _ if io.to_string().contains("lookup address") => (
            "its host name is not found".to_owned(),
            "correct the host in --database-url, or look at the name server",
        ),
        _ => (io.to_string(), "check host and port in --database-url, and the network"),
    }
}

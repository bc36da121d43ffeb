//! What keeps an SQLite file from being opened, in words, and how one is read where nothing can be
//! written.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Error, Executor};

use super::StoreError;

/// Names the file, and tells what to do.
pub(super) fn unopened(file: &Path, error: Error) -> StoreError {
    let is_folder = file.is_dir();
    let at = file.display().to_string();
    let (why, todo) = match (&error, code(&error).map(|code| code & 0xff)) {
        (_, Some(26)) => (
            "is not a Wardwatch database".to_owned(),
            "name another with --data-dir or --database-url, or restore the last backup; \
             `wardwatch doctor` says more",
        ),
        (_, Some(11)) => (
            "is damaged".to_owned(),
            "stop the service, keep the file, and restore the last backup; `wardwatch doctor` \
             says more",
        ),
        (_, Some(14)) if is_folder => {
            ("is a folder".to_owned(), "name the file of the database in it with --database-url")
        }
        (Error::Io(_), _) | (_, Some(3 | 8 | 14 | 23)) => (
            format!("cannot be opened: {}", said(&error)),
            "its folder has to be there, and this user has to be able to write both",
        ),
        // Busy, locked, full: it may pass, and who asks again has to know.
        (_, Some(5 | 6 | 13)) => return error.into(),
        _ => (format!("cannot be opened: {}", said(&error)), "`wardwatch doctor` may say more"),
    };
    StoreError::Unopened { at, why, todo }
}

fn said(error: &Error) -> String {
    match error {
        Error::Io(why) => why.to_string(),
        Error::Database(why) => why.message().to_owned(),
        other => other.to_string(),
    }
}

/// SQLite's extended result code.
fn code(error: &Error) -> Option<i64> {
    let Error::Database(db) = error else { return None };
    db.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    db.code()?.parse().ok()
}

/// As it is; or, where nothing can be written, for reading only.
///
/// # Errors
/// When it cannot be read.
pub(super) async fn readable(
    options: SqliteConnectOptions,
) -> Result<SqliteConnectOptions, StoreError> {
    let file = options.get_filename().to_owned();
    match try_read(&options).await {
        Ok(()) => return Ok(options),
        Err(why) if matches!(code(&why).map(|code| code & 0xff), Some(8 | 14)) => {}
        Err(why) => return Err(unopened(&file, why)),
    }
    let log = beside(&file, "-wal");
    // SQLite reads a file that it may not write only if nobody else does, and nothing is missing.
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return Err(StoreError::Unopened {
            at: file.display().to_string(),
            why: format!(
                "cannot be read where nothing can be written: its latest changes are in {}",
                log.display()
            ),
            todo: "copy both into a folder that this user can write, and name that one",
        });
    }
    let options = options.read_only(true).immutable(true);
    try_read(&options).await.map_err(|why| unopened(&file, why))?;
    Ok(options)
}

async fn try_read(options: &SqliteConnectOptions) -> Result<(), Error> {
    let mut connection = options.connect().await?;
    connection.execute("SELECT COUNT(*) FROM sqlite_master").await?;
    connection.close().await
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

//! A copy of a database that others go on writing.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};

use super::file::{readable, unopened};
use super::open::{sqlite_options, without_password};
use super::{StoreError, StoreSettings};

/// An SQLite database to be copied while others write.
#[derive(Debug)]
pub struct Backup {
    pool: SqlitePool,
    /// About how large the copy becomes.
    pub bytes: u64,
}

/// What a copy holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    pub issues: i64,
    pub events: i64,
    pub watches: i64,
    pub deliveries: i64,
}

impl Backup {
    /// Opens the database that is to be copied, and leaves it as it is. `None` when there is none.
    ///
    /// # Errors
    /// When it is not SQLite (then with its address), or cannot be read.
    pub async fn of(settings: &StoreSettings) -> Result<Option<Self>, StoreError> {
        if !settings.url.starts_with("sqlite:") {
            return Err(StoreError::NotAFile(without_password(&settings.url)));
        }
        let options = sqlite_options(settings)?.create_if_missing(false);
        if !options.get_filename().exists() {
            return Ok(None);
        }
        let file = options.get_filename().to_owned();
        let pool = SqlitePoolOptions::new().max_connections(2);
        let pool = pool.connect_with(readable(options).await?).await;
        let pool = pool.map_err(|why| unopened(&file, why))?;
        let sql = "SELECT p.page_count * s.page_size FROM pragma_page_count p, pragma_page_size s";
        let (bytes,): (i64,) = sqlx::query_as(sql).fetch_one(&pool).await?;
        Ok(Some(Self { pool, bytes: u64::try_from(bytes).unwrap_or(0) }))
    }

    /// Writes what one snapshot of the database holds into a file, which must be empty or not
    /// there. Nobody who writes meanwhile has to wait. The copy is not synced.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn write(&self, into: &Path) -> Result<(), StoreError> {
        let into = into.to_string_lossy().into_owned();
        sqlx::query("VACUUM INTO $1").bind(into).execute(&self.pool).await?;
        Ok(())
    }

    /// Closes the database.
    pub async fn close(self) {
        self.pool.close().await;
    }

    /// Opens a copy for reading only and checks all of it: every page, every index, every foreign
    /// key. Makes nothing beside it.
    ///
    /// # Errors
    /// When it cannot be read, or is not whole.
    pub async fn check(copy: &Path) -> Result<Copied, StoreError> {
        let settings = StoreSettings::file(copy);
        let options = sqlite_options(&settings)?.read_only(true).immutable(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(20))
            .connect_with(options)
            .await?;
        let found: Vec<(String,)> =
            sqlx::query_as("PRAGMA integrity_check(1)").fetch_all(&pool).await?;
        let strays: (i64,) = sqlx::query_as("SELECT COUNT(*) FROM pragma_foreign_key_check")
            .fetch_one(&pool)
            .await?;
        if found.iter().any(|(line,)| line != "ok") || strays.0 > 0 {
            return Err(StoreError::Unreadable("the copy: it is not whole"));
        }
        let (issues, events, watches, deliveries) = sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM issue), (SELECT COUNT(*) FROM event),
                (SELECT COUNT(*) FROM watch), (SELECT COUNT(*) FROM delivery)",
        )
        .fetch_one(&pool)
        .await?;
        pool.close().await;
        Ok(Copied { issues, events, watches, deliveries })
    }
}

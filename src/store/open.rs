use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Executor, SqlSafeStr};

use super::file::{readable, unopened};
use super::reach::reach;
use super::statistics::Counting;
use super::{StoreError, Tx};
use crate::metrics::CommitTimes;

/// Where the store is.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// How many connections may read at once.
    pub readers: u32,
}

impl StoreSettings {
    /// Whether the address can be meant. Nothing is made and nothing dialled.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.url.starts_with("sqlite:") {
            let file = sqlite_options(self)?;
            let is_named = !file.get_filename().as_os_str().is_empty();
            return is_named.then_some(()).ok_or_else(|| StoreError::Address(self.url.clone()));
        }
        if self.is_postgres() {
            postgres_options(self).map(drop)
        } else {
            Err(self.is_no_address())
        }
    }

    pub(super) fn is_postgres(&self) -> bool {
        ["postgres://", "postgresql://"].iter().any(|scheme| self.url.starts_with(scheme))
    }

    pub(super) fn is_no_address(&self) -> StoreError {
        StoreError::Address(without_password(&self.url))
    }

    /// The default: one SQLite file in the data directory.
    #[must_use]
    pub fn file(path: &Path) -> Self {
        Self { url: format!("sqlite:{}", path.display()), readers: 4 }
    }
}

/// The open store. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    db: Db,
    commits: CommitTimes,
}

#[derive(Clone, Debug)]
enum Db {
    /// SQLite takes one writer at a time; a pool of one is its queue.
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    /// Whoever only looks counts nothing.
    Postgres(PgPool, Option<Arc<Counting>>),
}

impl Store {
    /// Opens the database, makes it if need be, and brings its schema up to date.
    ///
    /// # Errors
    /// When the address is none, the database is out of reach, or a migration fails.
    pub async fn open(settings: &StoreSettings) -> Result<Self, StoreError> {
        let db = if settings.url.starts_with("sqlite:") {
            open_sqlite(settings).await?
        } else if settings.is_postgres() {
            open_postgres(settings).await?
        } else {
            return Err(settings.is_no_address());
        };
        Ok(Self { db, commits: CommitTimes::default() })
    }

    /// The same store, which tells how long its commits take.
    #[must_use]
    pub fn timing_commits(mut self, commits: CommitTimes) -> Self {
        self.commits = commits;
        self
    }

    /// Opens a database only to read it: makes none and brings nothing up to date. `None` when
    /// there is none yet.
    ///
    /// # Errors
    /// When the address is none, or the database is out of reach.
    pub async fn look(settings: &StoreSettings) -> Result<Option<Self>, StoreError> {
        let db = if settings.url.starts_with("sqlite:") {
            let options = sqlite_options(settings)?.create_if_missing(false);
            if !options.get_filename().exists() {
                return Ok(None);
            }
            let readers = sqlite_readers(settings, readable(options).await?).await?;
            Db::Sqlite { writer: readers.clone(), readers }
        } else if settings.is_postgres() {
            Db::Postgres(postgres_pool(settings).await?, None)
        } else {
            return Err(settings.is_no_address());
        };
        let store = Self { db, commits: CommitTimes::default() };
        Ok(store.read().await?.has_cities().await?.then_some(store))
    }

    /// Begins a transaction that writes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        let times = self.commits.clone();
        Ok(match &self.db {
            // IMMEDIATE takes the write lock now: a later upgrade could fail in the middle.
            Db::Sqlite { writer, .. } => {
                Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?, times)
            }
            Db::Postgres(pool, _) => Tx::Postgres(pool.begin().await?, times),
        })
    }

    /// Begins a transaction that reads one snapshot.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let times = self.commits.clone();
        Ok(match &self.db {
            Db::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?, times),
            Db::Postgres(pool, _) => Tx::Postgres(
                // A reader holds up nobody, however slowly what it reads is taken.
                pool.begin_with(
                    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
                     SET LOCAL idle_in_transaction_session_timeout = 0",
                )
                .await?,
                times,
            ),
        })
    }

    /// "sqlite" or "postgres", for logs and metrics.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self.db {
            Db::Sqlite { .. } => "sqlite",
            Db::Postgres(..) => "postgres",
        }
    }

    /// Closes every connection; SQLite moves its write-ahead log into the file.
    pub async fn close(&self) {
        match &self.db {
            Db::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool, counting) => {
                if let Some(counting) = counting {
                    counting.end();
                }
                pool.close().await;
            }
        }
    }
}

/// Makes the file of a new database so that only its owner can read it. SQLite gives the files
/// beside it the same permissions.
fn own_file(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

pub(super) fn sqlite_options(settings: &StoreSettings) -> Result<SqliteConnectOptions, StoreError> {
    let options = SqliteConnectOptions::from_str(&settings.url)
        .map_err(|_| StoreError::Address(settings.url.clone()))?
        // What was answered with 2xx survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(20))
        .pragma("cache_size", "-65536")
        .statement_cache_capacity(400)
        // Rows come from a thread of their own; with the usual 50 it stops and starts for each
        // batch many times.
        .row_buffer_size(4_096)
        .disable_statement_logging();
    Ok(options)
}

/// A full or failing disk ends a transaction by itself; rolling it back fails then, and sqlx takes
/// the connection to be within it for ever. Such a one is closed and another opened. (The pool's own
/// check, before this one, waits for a rollback that is still under way.)
fn only_well(pool: SqlitePoolOptions) -> SqlitePoolOptions {
    pool.test_before_acquire(true)
        .before_acquire(|on, _| Box::pin(async { Ok(!on.is_in_transaction()) }))
}

async fn sqlite_readers(
    settings: &StoreSettings,
    options: SqliteConnectOptions,
) -> Result<SqlitePool, StoreError> {
    let file = options.get_filename().to_owned();
    let pool = only_well(SqlitePoolOptions::new()).max_connections(settings.readers);
    let pool = pool.connect_with(options.pragma("query_only", "true")).await;
    pool.map_err(|why| unopened(&file, why))
}

async fn open_sqlite(settings: &StoreSettings) -> Result<Db, StoreError> {
    let options =
        sqlite_options(settings)?.create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let file = options.get_filename().to_owned();
    let failed = |why| unopened(&file, why);
    if file.exists() {
        // Before it is opened to be written, which changes how it keeps its log.
        refuse_strangers(settings, sqlite_options(settings)?.create_if_missing(false)).await?;
    }
    own_file(&file).map_err(|why| failed(why.into()))?;
    let writes = options
        .clone()
        // In pages of 4 KiB. With the usual 1,000 every second batch of matches ends with moving
        // them into the file, and many of them again with the next: 9 ms instead of 3.
        .pragma("wal_autocheckpoint", "4096")
        // A statement of many rows keeps the pages that it changes, in case that it fails; else in a
        // file of its own. Readers, which may sort more than there is memory for, keep the file.
        .pragma("temp_store", "MEMORY");
    let writer = only_well(SqlitePoolOptions::new())
        .max_connections(1)
        .acquire_timeout(Duration::from_mins(1))
        .connect_with(writes)
        .await
        .map_err(failed)?;
    migrator(SQLITE).run(&writer).await.map_err(|why| match why {
        MigrateError::Execute(why) | MigrateError::ExecuteMigration(why, _) => failed(why),
        why => StoreError::Migration(why),
    })?;
    let readers = sqlite_readers(settings, options).await?;
    Ok(Db::Sqlite { writer, readers })
}

/// Looks whose tables are in a file that is there.
async fn refuse_strangers(
    settings: &StoreSettings,
    options: SqliteConnectOptions,
) -> Result<(), StoreError> {
    let file = options.get_filename().to_owned();
    let looking = StoreSettings { readers: 1, ..settings.clone() };
    let readers = sqlite_readers(&looking, options).await?;
    let begun = readers.begin().await.map_err(|why| unopened(&file, why))?;
    let mut tx = Tx::Sqlite(begun, CommitTimes::default());
    let strangers = tx.strangers().await.map_err(|why| match why {
        StoreError::Damaged(why) | StoreError::Refused(why) => unopened(&file, why),
        why => why,
    });
    drop(tx);
    readers.close().await;
    no_strangers(strangers?, file.display().to_string())
}

fn no_strangers(strangers: Option<String>, at: String) -> Result<(), StoreError> {
    strangers.map_or(Ok(()), |tables| Err(StoreError::Foreign { at, tables }))
}

fn postgres_options(settings: &StoreSettings) -> Result<PgConnectOptions, StoreError> {
    Ok(PgConnectOptions::from_str(&settings.url)
        .map_err(|_| settings.is_no_address())?
        .application_name("wardwatch")
        .statement_cache_capacity(400)
        .disable_statement_logging())
}

pub(super) async fn postgres_pool(settings: &StoreSettings) -> Result<PgPool, StoreError> {
    let options = postgres_options(settings)?;
    reach(&options, &settings.url).await?;
    let pool = PgPoolOptions::new()
        .max_connections(settings.readers + 4)
        .acquire_timeout(Duration::from_secs(20))
        .after_connect(|connection, _| Box::pin(let_go_when_frozen(connection)))
        .connect_with(options)
        .await?;
    Ok(pool)
}

/// A process that freezes, or a machine that is gone, in the middle of a transaction would keep its
/// locks. A writer here waits for nobody while it holds them, and so never idles so long.
async fn let_go_when_frozen(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    connection.execute("SET idle_in_transaction_session_timeout = '20s'").await?;
    Ok(())
}

async fn open_postgres(settings: &StoreSettings) -> Result<Db, StoreError> {
    let pool = postgres_pool(settings).await?;
    let mut tx = Tx::Postgres(pool.begin().await?, CommitTimes::default());
    let strangers = tx.strangers().await?;
    drop(tx);
    no_strangers(strangers, without_password(&settings.url))?;
    migrator(POSTGRES).run(&pool).await.map_err(StoreError::Migration)?;
    let counting = Counting::begin(&pool);
    Ok(Db::Postgres(pool, Some(Arc::new(counting))))
}

/// One migration: its number, what it does, its text.
pub(super) type Step = (i64, &'static str, &'static str);

pub(super) const SQLITE: &[Step] =
    &[(1, "first", include_str!("../../migrations/sqlite/0001_first.sql"))];
pub(super) const POSTGRES: &[Step] =
    &[(1, "first", include_str!("../../migrations/postgres/0001_first.sql"))];

pub(super) fn migrator(steps: &[Step]) -> Migrator {
    let step = |(number, name, sql): &Step| {
        Migration::new(*number, (*name).into(), MigrationType::Simple, (*sql).into_sql_str(), false)
    };
    Migrator::with_migrations(steps.iter().map(step).collect())
}

/// An address to be shown: without who signs in, and without options, which may hold a password.
pub(super) fn without_password(url: &str) -> String {
    let place = url.split_once('?').map_or(url, |(place, _)| place);
    match (place.split_once("://"), place.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        // A `?` within the password.
        (Some((scheme, _)), None) if url.contains('@') => format!("{scheme}://…"),
        _ => place.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn no_part_of_a_password_is_shown() {
        for (url, shown) in [
            ("postgres://ada:hush@db/city", "postgres://…@db/city"),
            ("postgres://db/city?user=ada&password=hush", "postgres://db/city"),
            ("postgres://ada:hu?sh@db/city", "postgres://…"),
            ("postgres://ada:12?34@db/city", "postgres://…"),
            ("postgres://ada:hu@sh@db/city", "postgres://…@db/city"),
            ("sqlite:city.db", "sqlite:city.db"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}

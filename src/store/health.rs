//! What a doctor asks: whether the database answers, can be written, is whole and up to date, and
//! what in it tells of trouble elsewhere. Nothing here makes or changes anything.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};

use super::file::{readable, unopened};
use super::open::{
    POSTGRES, SQLITE, Step, migrator, postgres_pool, sqlite_options, without_password,
};
use super::{Store, StoreError, StoreSettings, Tx};
use crate::clock::Timestamp;
use crate::issue::CityId;
use crate::metrics::CommitTimes;
use crate::watcher::ContactKind;

/// How a database is.
#[derive(Debug)]
pub struct Health {
    /// What it is called, without a password.
    pub name: String,
    /// Of SQLite, where it lies.
    pub file: Option<PathBuf>,
    pub schema: Schema,
    /// Whether a transaction that writes can begin.
    pub writable: Result<(), StoreError>,
    /// What SQLite's own check finds damaged.
    pub damage: Option<String>,
    /// What time the server has.
    pub server_time: Option<Timestamp>,
}

/// Whose tables a database has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// None of ours yet.
    Empty,
    /// The ones that this program knows.
    Ours,
    /// Those of an older version, which the next start brings up to date.
    Older,
    /// Those of a newer or another version.
    Other,
    /// Those of another program, some of them by name.
    Foreign(String),
}

/// What one city's rows tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// When the newest event was accepted, and the newest watch made.
    pub newest: Option<Timestamp>,
    /// Contacts that are not retired.
    pub mails: i64,
    pub pushes: i64,
    /// When the oldest event that nobody has matched yet was accepted.
    pub unmatched_since: Option<Timestamp>,
}

/// How long a check waits for whoever writes.
const PATIENCE: Duration = Duration::from_secs(5);

impl Store {
    /// Looks at a database and leaves it as it is. `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be reached or read.
    pub async fn health(settings: &StoreSettings) -> Result<Option<Health>, StoreError> {
        if settings.url.starts_with("sqlite:") {
            health_of_sqlite(settings).await
        } else if settings.is_postgres() {
            health_of_postgres(settings).await.map(Some)
        } else {
            Err(settings.is_no_address())
        }
    }
}

async fn health_of_sqlite(settings: &StoreSettings) -> Result<Option<Health>, StoreError> {
    let options = sqlite_options(settings)?.create_if_missing(false).busy_timeout(PATIENCE);
    let file = options.get_filename().to_owned();
    if !file.exists() {
        return Ok(None);
    }
    let options = readable(options).await?;
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
    let pool = pool.map_err(|why| unopened(&file, why))?;
    let mut tx = Tx::Sqlite(pool.begin().await?, CommitTimes::default());
    let schema = schema(&mut tx, SQLITE).await?;
    drop(tx);
    let found: Vec<(String,)> = sqlx::query_as("PRAGMA quick_check(1)").fetch_all(&pool).await?;
    let damage = found.into_iter().map(|(line,)| line).find(|line| line != "ok");
    let writable = can_write(&pool).await;
    pool.close().await;
    let name = file.display().to_string();
    let (file, server_time) = (Some(file), None);
    Ok(Some(Health { name, file, schema, writable, damage, server_time }))
}

/// Taking the lock and giving it back writes nothing.
async fn can_write(pool: &SqlitePool) -> Result<(), StoreError> {
    let tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    tx.rollback().await?;
    Ok(())
}

async fn health_of_postgres(settings: &StoreSettings) -> Result<Health, StoreError> {
    let pool = postgres_pool(settings).await?;
    let mut tx = Tx::Postgres(pool.begin().await?, CommitTimes::default());
    let schema = schema(&mut tx, POSTGRES).await?;
    let (read_only, millis) = row!(
        &mut tx,
        (String, i64),
        "SELECT current_setting('transaction_read_only'),
            CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
    )?
    .ok_or(StoreError::Unreadable("the server's settings"))?;
    drop(tx);
    pool.close().await;
    // A standby, or a server whose disk its operator has closed.
    let writable = if read_only == "off" { Ok(()) } else { Err(StoreError::ReadOnly) };
    Ok(Health {
        name: without_password(&settings.url),
        file: None,
        schema,
        writable,
        damage: None,
        server_time: Some(Timestamp::from_millis(millis)),
    })
}

async fn schema(tx: &mut Tx, steps: &[Step]) -> Result<Schema, StoreError> {
    if let Some(tables) = tx.strangers().await? {
        return Ok(Schema::Foreign(tables));
    }
    if !tx.has_cities().await? {
        return Ok(Schema::Empty);
    }
    let sql = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";
    let applied = rows!(tx, (i64, Vec<u8>), sql)?;
    let ours = migrator(steps);
    let known: Vec<(i64, &[u8])> =
        ours.iter().map(|step| (step.version, step.checksum.as_ref())).collect();
    let applied: Vec<(i64, &[u8])> =
        applied.iter().map(|(version, sum)| (*version, sum.as_slice())).collect();
    Ok(if applied == known {
        Schema::Ours
    } else if known.starts_with(&applied) {
        Schema::Older
    } else {
        Schema::Other
    })
}

impl Tx {
    /// What a city's rows tell a doctor.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn traces(&mut self, city: CityId) -> Result<Traces, StoreError> {
        let times = [
            row!(
                self,
                (i64,),
                "SELECT accepted_at FROM event WHERE city_id = $1 ORDER BY event_no DESC LIMIT 1",
                city.0
            )?,
            row!(
                self,
                (i64,),
                "SELECT created_at FROM watch WHERE city_id = $1 ORDER BY watch_no DESC LIMIT 1",
                city.0
            )?,
        ];
        let newest = times.into_iter().flatten().map(|(at,)| at).max();
        let unmatched = row!(
            self,
            (i64,),
            "SELECT accepted_at FROM event WHERE city_id = $1 AND matched_at IS NULL
             ORDER BY event_no LIMIT 1",
            city.0
        )?;
        let contacts = rows!(
            self,
            (String, i64),
            "SELECT kind, COUNT(*) FROM contact WHERE city_id = $1 AND state <> 'retired'
             GROUP BY kind",
            city.0
        )?;
        let count = |kind: ContactKind| {
            contacts.iter().find(|(name, _)| name == kind.name()).map_or(0, |(_, count)| *count)
        };
        Ok(Traces {
            newest: newest.map(Timestamp::from_millis),
            mails: count(ContactKind::Mail),
            pushes: count(ContactKind::Push),
            unmatched_since: unmatched.map(|(at,)| Timestamp::from_millis(at)),
        })
    }
}

//! Databases to measure in, and the plain batched insert that the outbox is compared with.
//!
//! An exception to the rule that only the store speaks SQL: this is what somebody who knows no
//! wardwatch would write, over tables with the outbox's columns and keys.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, Postgres, QueryBuilder, Sqlite,
    SqliteConnection,
};
use uuid::Uuid;

/// Two fresh databases of one kind: the city's, and one for the plain insert.
#[derive(Debug)]
pub enum Ground {
    Sqlite { dir: PathBuf },
    Postgres { dir: PathBuf, server: String, names: [String; 2] },
}

/// A delivery as its row stands.
type Row = ((i64, Uuid, String, Uuid, Uuid, Uuid, String, i64), (String, String, i64, i64));

/// The columns of [`Row`], and the keys that the outbox keeps on them.
macro_rules! table {
    ($id:literal, $int:literal) => {
        concat!(
            "CREATE TABLE delivery (city_id ",
            $int,
            " NOT NULL, delivery_id ",
            $id,
            " NOT NULL, about TEXT NOT NULL, about_id ",
            $id,
            " NOT NULL, watcher_id ",
            $id,
            " NOT NULL, contact_id ",
            $id,
            " NOT NULL, kind TEXT NOT NULL, lane ",
            $int,
            " NOT NULL, items TEXT NOT NULL, state TEXT NOT NULL, due_at ",
            $int,
            " NOT NULL, created_at ",
            $int,
            " NOT NULL,
             PRIMARY KEY (city_id, delivery_id),
             UNIQUE (city_id, about_id, watcher_id, contact_id));
             CREATE INDEX delivery_waiting ON delivery (kind, lane, due_at, created_at)
             WHERE state = 'waiting';
             CREATE INDEX delivery_to ON delivery (city_id, contact_id, created_at);"
        )
    };
}

const INSERT: &str = "INSERT INTO delivery (city_id, delivery_id, about, about_id, watcher_id,
    contact_id, kind, lane, items, state, due_at, created_at) ";

const SELECT: &str = "SELECT city_id, delivery_id, about, about_id, watcher_id, contact_id, kind,
    lane, items, state, due_at, created_at FROM delivery WHERE state = 'waiting'";

/// Rows of one statement.
const A_STATEMENT: usize = 500;

impl Ground {
    /// Two files in a folder of their own under `parent`, which has to be on a real disk; or, when
    /// the URL of a server is given, two databases there, which its user must be allowed to make.
    ///
    /// # Errors
    /// When the folder or the databases cannot be made.
    pub async fn make(
        parent: &Path,
        server: Option<&str>,
        name: &str,
    ) -> Result<Self, sqlx::Error> {
        let dir = parent.join(name);
        std::fs::create_dir_all(&dir)?;
        let Some(url) = server else { return Ok(Self::Sqlite { dir }) };
        let names = [name.to_owned(), format!("{name}_bare")];
        let mut admin = PgConnection::connect(url).await?;
        for name in &names {
            admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        }
        admin.close().await?;
        Ok(Self::Postgres { dir, server: url.to_owned(), names })
    }

    /// A folder for whatever else the city keeps.
    pub fn dir(&self) -> &Path {
        let (Self::Sqlite { dir } | Self::Postgres { dir, .. }) = self;
        dir
    }

    /// The address of the city's database.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite { dir } => format!("sqlite:{}", dir.join("city.db").display()),
            Self::Postgres { server, names, .. } => on_server(server, &names[0]),
        }
    }

    /// Removes both databases.
    ///
    /// # Errors
    /// When that is not possible; then they have to be removed by hand.
    pub async fn clear(self) -> Result<(), sqlx::Error> {
        std::fs::remove_dir_all(self.dir())?;
        if let Self::Postgres { server, names, .. } = self {
            let mut admin = PgConnection::connect(&server).await?;
            for name in &names {
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                admin.execute(AssertSqlSafe(drop)).await?;
            }
            admin.close().await?;
        }
        Ok(())
    }

    /// Reads the waiting deliveries of the city and puts the same rows into the other database, in
    /// as many transactions as the city was given. Gives how many, and how long putting them took.
    ///
    /// # Errors
    /// When a database does not answer.
    pub async fn insert_bare(&self, transactions: usize) -> Result<(usize, Duration), sqlx::Error> {
        match self {
            Self::Sqlite { dir } => {
                let mut city =
                    SqliteConnection::connect_with(&sqlite(&dir.join("city.db"))).await?;
                let rows: Vec<Row> = read_sqlite(&mut city).await?;
                city.close().await?;
                let mut bare =
                    SqliteConnection::connect_with(&sqlite(&dir.join("bare.db"))).await?;
                bare.execute(table!("BLOB", "INTEGER")).await?;
                let took = insert_sqlite(&mut bare, &rows, transactions).await?;
                bare.close().await?;
                Ok((rows.len(), took))
            }
            Self::Postgres { server, names, .. } => {
                let mut city = PgConnection::connect(&on_server(server, &names[0])).await?;
                let rows: Vec<Row> = read_postgres(&mut city).await?;
                city.close().await?;
                let mut bare = PgConnection::connect(&on_server(server, &names[1])).await?;
                bare.execute(table!("UUID", "BIGINT")).await?;
                let took = insert_postgres(&mut bare, &rows, transactions).await?;
                bare.close().await?;
                Ok((rows.len(), took))
            }
        }
    }
}

/// As durable as the store, with as much memory, and else as SQLite comes. (With the store's other two
/// settings a bare insert was 15 % faster than without them, median of four pairs.)
fn sqlite(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-65536")
}

/// The same server, another database.
fn on_server(url: &str, database: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(a, q)| (a, Some(q)));
    let after_scheme = address.find("://").map_or(0, |at| at + 3);
    let host_end = address[after_scheme..].find('/').map_or(address.len(), |at| after_scheme + at);
    let query = query.map_or(String::new(), |query| format!("?{query}"));
    format!("{}/{database}{query}", &address[..host_end])
}

macro_rules! plain {
    ($read:ident, $insert:ident, $db:ty, $connection:ty) => {
        async fn $read(from: &mut $connection) -> Result<Vec<Row>, sqlx::Error> {
            use sqlx::Row as _;
            let rows = sqlx::query(SELECT).fetch_all(from).await?;
            rows.into_iter()
                .map(|r| {
                    let keys = (
                        r.try_get(0)?,
                        r.try_get(1)?,
                        r.try_get(2)?,
                        r.try_get(3)?,
                        r.try_get(4)?,
                        r.try_get(5)?,
                        r.try_get(6)?,
                        r.try_get(7)?,
                    );
                    Ok((keys, (r.try_get(8)?, r.try_get(9)?, r.try_get(10)?, r.try_get(11)?)))
                })
                .collect()
        }

        async fn $insert(
            into: &mut $connection,
            rows: &[Row],
            transactions: usize,
        ) -> Result<Duration, sqlx::Error> {
            let began = Instant::now();
            for together in rows.chunks(rows.len().div_ceil(transactions).max(1)) {
                let mut tx = into.begin().await?;
                for some in together.chunks(A_STATEMENT) {
                    let mut query = QueryBuilder::<$db>::new(INSERT);
                    query.push_values(some, |mut b, (k, v)| {
                        b.push_bind(k.0).push_bind(k.1).push_bind(&k.2).push_bind(k.3);
                        b.push_bind(k.4).push_bind(k.5).push_bind(&k.6).push_bind(k.7);
                        b.push_bind(&v.0).push_bind(&v.1).push_bind(v.2).push_bind(v.3);
                    });
                    query.build().execute(&mut *tx).await?;
                }
                tx.commit().await?;
            }
            Ok(began.elapsed())
        }
    };
}

plain!(read_sqlite, insert_sqlite, Sqlite, SqliteConnection);
plain!(read_postgres, insert_postgres, Postgres, PgConnection);

#[cfg(test)]
mod tests {
    #[test]
    fn another_database_on_the_same_server_keeps_user_port_and_options() {
        let on = |url| super::on_server(url, "x");
        assert_eq!(on("postgres://u:p@h:5432/city"), "postgres://u:p@h:5432/x");
        assert_eq!(on("postgres://h"), "postgres://h/x");
        assert_eq!(on("postgres://h/city?host=/run"), "postgres://h/x?host=/run");
    }
}

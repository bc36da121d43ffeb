//! One text for two databases.
//!
//! Each macro expands the same statement for both; placeholders are `$1`, `$2` … in both dialects.

use sqlx::{Postgres, Sqlite, Transaction};

use super::StoreError;

/// A transaction on either database. Dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// # Errors
    /// When the database cannot make it durable; then nothing of it has happened.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Rows in one statement stay below SQLite's 32,766 placeholders.
pub(super) const ROWS_A_STATEMENT: usize = 500;

/// Runs a statement and gives the number of rows it changed.
macro_rules! run {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut *$tx {
            $crate::store::Tx::Sqlite(c) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **c).await.map(|d| d.rows_affected())
            }
            $crate::store::Tx::Postgres(c) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **c).await.map(|d| d.rows_affected())
            }
        }
    };
}

/// Reads all rows of a query as the given type.
macro_rules! rows {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut *$tx {
            $crate::store::Tx::Sqlite(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **c).await
            }
            $crate::store::Tx::Postgres(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **c).await
            }
        }
    };
}

/// Reads at most one row of a query.
macro_rules! row {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut *$tx {
            $crate::store::Tx::Sqlite(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **c).await
            }
            $crate::store::Tx::Postgres(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **c).await
            }
        }
    };
}

/// Builds statements with a list of rows in the middle, `head (a, b), (c, d) tail`, in portions,
/// and hands each to `$finish`.
macro_rules! for_portions {
    ($tx:expr, $head:expr, $list:expr, |$item:ident| [$($bind:expr),+ $(,)?], $tail:expr,
     |$query:ident, $on:ident| $finish:expr) => {
        for portion in $list.chunks($crate::store::sql::ROWS_A_STATEMENT) {
            match &mut *$tx {
                $crate::store::Tx::Sqlite($on) => {
                    let mut $query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($head);
                    $query.push_values(portion, |mut b, $item| { $( b.push_bind($bind); )+ });
                    $query.push($tail);
                    $finish
                }
                $crate::store::Tx::Postgres($on) => {
                    let mut $query = sqlx::QueryBuilder::<sqlx::Postgres>::new($head);
                    $query.push_values(portion, |mut b, $item| { $( b.push_bind($bind); )+ });
                    $query.push($tail);
                    $finish
                }
            }
        }
    };
}

/// Writes many rows with few statements, `$head VALUES (…), (…) $tail`; gives the number written.
macro_rules! write_rows {
    ($tx:expr, $head:expr, $list:expr, |$item:ident| [$($bind:expr),+ $(,)?], $tail:expr) => {{
        let mut written = 0;
        for_portions!($tx, $head, $list, |$item| [$($bind),+], $tail, |query, on| {
            written += query.build().execute(&mut **on).await?.rows_affected();
        });
        written
    }};
}

/// Reads the rows that belong to a list of keys, `$head VALUES (…), (…) $tail`.
macro_rules! rows_of {
    ($tx:expr, $row:ty, $head:expr, $list:expr, |$item:ident| [$($bind:expr),+ $(,)?], $tail:expr) => {{
        let mut found: Vec<$row> = vec![];
        for_portions!($tx, $head, $list, |$item| [$($bind),+], $tail, |query, on| {
            found.extend(query.build_query_as::<$row>().fetch_all(&mut **on).await?);
        });
        found
    }};
}

/// A row read by its columns' names, from either database.
macro_rules! row_struct {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($field:ident: $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($field: $type),+ }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            &'static str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Type<R::Database> + sqlx::Decode<'r, R::Database>),+
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: row.try_get(stringify!($field))?),+ })
            }
        }
    };
}

//! One text for two databases.
//!
//! Each macro expands the same statement for both; placeholders are `$1`, `$2` … in both dialects.

use std::time::Instant;

use sqlx::{Postgres, Sqlite, Transaction};

use super::StoreError;
use crate::metrics::CommitTimes;

/// A transaction on either database. Dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>, CommitTimes),
    Postgres(Transaction<'static, Postgres>, CommitTimes),
}

impl Tx {
    /// # Errors
    /// When the database cannot make it durable; then nothing of it has happened.
    pub async fn commit(self) -> Result<(), StoreError> {
        let began = Instant::now();
        let times = match self {
            Self::Sqlite(tx, times) => tx.commit().await.map(|()| times)?,
            Self::Postgres(tx, times) => tx.commit().await.map(|()| times)?,
        };
        times.took(began.elapsed());
        Ok(())
    }

    /// Lets go of everything at once; dropped, it does so somewhat later.
    ///
    /// # Errors
    /// When the database does not answer; it lets go by itself then.
    pub async fn roll_back(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx, _) => tx.rollback().await?,
            Self::Postgres(tx, _) => tx.rollback().await?,
        }
        Ok(())
    }
}

/// Rows in one statement stay below SQLite's 32,766 placeholders.
const ROWS_A_STATEMENT: usize = 512;

/// Rows in one statement of arrays. Rows that hold areas are handed over in [`ROWS_WITH_AREAS`], as one
/// of them may be a megabyte.
pub(super) const ROWS_IN_ARRAYS: usize = 4_096;
pub(super) const ROWS_WITH_AREAS: usize = 128;

/// What PostgreSQL calls the columns of a list of VALUES: `column1, column2 …`.
pub(super) fn names(columns: usize) -> String {
    (1..=columns).map(|no| format!("column{no}")).collect::<Vec<_>>().join(", ")
}

/// A list in portions whose sizes are powers of two. A statement is prepared once for every number
/// of rows, which for some hundred rows costs more than running it; this way there are ten.
pub(super) fn portions<T>(mut list: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = 1 << list.len().checked_ilog2()?;
        let (portion, rest) = list.split_at(size.min(ROWS_A_STATEMENT));
        list = rest;
        Some(portion)
    })
}

/// The same for lists of keys, in which one may stand twice: the last is repeated until its
/// portion has such a size.
pub(super) fn filled_portions<T>(list: &[T]) -> impl Iterator<Item = Vec<&T>> {
    list.chunks(ROWS_A_STATEMENT).map(|portion| {
        let last = portion.iter().next_back().into_iter().cycle();
        portion.iter().chain(last).take(portion.len().next_power_of_two()).collect()
    })
}

/// Runs a statement and gives the number of rows it changed.
macro_rules! run {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut *$tx {
            $crate::store::Tx::Sqlite(c, _) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **c).await.map(|d| d.rows_affected())
            }
            $crate::store::Tx::Postgres(c, _) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **c).await.map(|d| d.rows_affected())
            }
        }
    };
}

/// Reads all rows of a query as the given type.
macro_rules! rows {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut *$tx {
            $crate::store::Tx::Sqlite(c, _) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **c).await
            }
            $crate::store::Tx::Postgres(c, _) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **c).await
            }
        }
    };
}

/// Reads at most one row of a query.
macro_rules! row {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut *$tx {
            $crate::store::Tx::Sqlite(c, _) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **c).await
            }
            $crate::store::Tx::Postgres(c, _) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **c).await
            }
        }
    };
}

/// Builds statements with a list of rows in the middle, and hands each to `$finish`.
///
/// For SQLite it is `head VALUES (a, b), (c, d) tail`, one for each of the portions. PostgreSQL gets
/// one array per column instead of a thousand placeholders, under the names that VALUES give.
macro_rules! for_portions {
    ($tx:expr, $head:expr, $portions:path, $list:expr, |$item:ident| [$($bind:expr),+ $(,)?],
     $tail:expr, |$query:ident, $on:ident| $finish:expr) => {
        match &mut *$tx {
            $crate::store::Tx::Sqlite($on, _) => {
                let mut statements = $portions($list).map(|portion| {
                    let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($head);
                    query.push_values(portion, |mut row, $item| { $( row.push_bind($bind); )+ });
                    query.push($tail);
                    query
                });
                let mut next = statements.next();
                while let Some(mut $query) = next {
                    let run = async { $finish; Ok::<_, sqlx::Error>(()) };
                    // SQLite runs it in a thread of its own, and meanwhile the next is put together.
                    let (ran, after) = tokio::join!(biased; run, async { statements.next() });
                    ran?;
                    next = after;
                }
            }
            $crate::store::Tx::Postgres($on, _) => {
                for portion in $list.chunks($crate::store::sql::ROWS_IN_ARRAYS) {
                    let mut $query = sqlx::QueryBuilder::<sqlx::Postgres>::new($head);
                    let mut arrays = $query.push("SELECT * FROM UNNEST(").separated(", ");
                    $(
                        let column = portion.iter().map(|$item| { let _ = $item; $bind });
                        arrays.push_bind(column.collect::<Vec<_>>());
                    )+
                    let names = $crate::store::sql::names([$(stringify!($bind)),+].len());
                    $query.push(") AS v (").push(names).push(")").push($tail);
                    $finish
                }
            }
        }
    };
}

/// Writes many rows with few statements, `$head VALUES (…), (…) $tail`; gives the number written.
macro_rules! write_rows {
    ($tx:expr, $head:expr, $list:expr, |$item:ident| [$($bind:expr),+ $(,)?], $tail:expr) => {{
        let (mut written, list) = (0, &$list[..]);
        for_portions!(
            $tx, $head, $crate::store::sql::portions, list, |$item| [$($bind),+], $tail,
            |query, on| written += query.build().execute(&mut **on).await?.rows_affected()
        );
        written
    }};
}

/// Reads the rows that belong to a list of keys, `$head VALUES (…), (…) $tail`.
macro_rules! rows_of {
    ($tx:expr, $row:ty, $head:expr, $list:expr, |$item:ident| [$($bind:expr),+ $(,)?], $tail:expr) => {{
        let (mut found, list): (Vec<$row>, _) = (vec![], &$list[..]);
        for_portions!(
            $tx, $head, $crate::store::sql::filled_portions, list, |$item| [$($bind),+], $tail,
            |query, on| found.extend(query.build_query_as::<$row>().fetch_all(&mut **on).await?)
        );
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_hold_every_row_once_in_sizes_that_come_again() {
        for count in [0, 1, 2, 3, 127, 511, 512, 513, 1_700] {
            let list: Vec<usize> = (0..count).collect();
            let cut: Vec<&[usize]> = portions(&list).collect();
            assert_eq!(cut.concat(), list);
            assert!(cut.iter().all(|p| p.len().is_power_of_two() && p.len() <= 512));
        }
        assert_eq!(portions(&[7; 127]).count(), 7);
    }

    #[test]
    fn filled_portions_hold_every_key_and_only_those() {
        for count in [0, 1, 3, 512, 600] {
            let list: Vec<usize> = (0..count).collect();
            let cut: Vec<Vec<&usize>> = filled_portions(&list).collect();
            assert!(cut.iter().all(|p| p.len().is_power_of_two() && p.len() <= 512));
            let mut keys: Vec<usize> = cut.concat().into_iter().copied().collect();
            keys.dedup();
            assert_eq!(keys, list);
        }
    }
}

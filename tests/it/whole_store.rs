//! Everything that a database holds, whatever tables it has: who looks for traces of a person finds them
//! in a table that is made tomorrow, too.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

/// A row as text: ids without dashes, bytes in hex, all in small letters.
pub type Row = (String, String);

/// Every row of every table, sorted.
pub async fn rows(url: &str) -> BTreeSet<Row> {
    let mut rows = BTreeSet::new();
    for table in columns(url).await.into_iter().map(|(table, _)| table).collect::<BTreeSet<_>>() {
        let texts: Vec<(String,)> = if url.starts_with("sqlite:") {
            let columns = columns(url).await;
            let own = columns.iter().filter(|(of, _)| *of == table);
            let quoted: Vec<String> = own.map(|(_, name)| format!("quote({name})")).collect();
            let sql = format!("SELECT {} FROM {table}", quoted.join(" || ' ' || "));
            let mut outside = SqliteConnection::connect(url).await.unwrap();
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut outside).await.unwrap()
        } else {
            let sql = format!("SELECT CAST(to_jsonb(t) AS TEXT) FROM {table} t");
            let mut outside = PgConnection::connect(url).await.unwrap();
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut outside).await.unwrap()
        };
        rows.extend(texts.into_iter().map(|(text,)| (table.clone(), plain(&text))));
    }
    assert!(rows.len() > 1, "there is something");
    rows
}

/// Every column of ours, with its table.
pub async fn columns(url: &str) -> Vec<(String, String)> {
    let mut columns: Vec<(String, String)> = if url.starts_with("sqlite:") {
        let mut outside = SqliteConnection::connect(url).await.unwrap();
        let sql = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid";
        sqlx::query_as(sql).fetch_all(&mut outside).await.unwrap()
    } else {
        let mut outside = PgConnection::connect(url).await.unwrap();
        let sql = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT)
            FROM information_schema.columns WHERE table_schema = current_schema()
            ORDER BY table_name, ordinal_position";
        sqlx::query_as(sql).fetch_all(&mut outside).await.unwrap()
    };
    columns.retain(|(table, _)| table != "_sqlx_migrations");
    columns
}

/// The tables in which something stands.
pub fn tables_with(rows: &BTreeSet<Row>, what: &str) -> BTreeSet<String> {
    let what = plain(what);
    let found = rows.iter().filter(|(_, text)| text.contains(&what));
    found.map(|(table, _)| table.clone()).collect()
}

fn plain(text: &str) -> String {
    text.to_lowercase().replace('-', "")
}

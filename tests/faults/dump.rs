//! What a database means, in lines that compare: issues by their source's key with their standing
//! and history, watches, and deliveries by whom they tell what. Ids, times of processing and the
//! order of numbers say nothing and are left out.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use sqlx::{Connection, Executor, Row};
use uuid::Uuid;

#[derive(Clone, PartialEq)]
pub struct Dump {
    lines: Vec<String>,
}

/// A row's cells as text, whatever their types.
macro_rules! cells {
    ($on:expr, $sql:expr) => {{
        let rows = sqlx::query($sql).fetch_all($on).await.expect($sql);
        rows.iter().map(|row| (0..row.len()).map(|at| cell!(row, at)).collect()).collect()
    }};
}

macro_rules! cell {
    ($row:expr, $at:expr) => {
        if let Ok(text) = $row.try_get::<Option<String>, _>($at) {
            text.unwrap_or_else(|| "–".to_owned())
        } else if let Ok(number) = $row.try_get::<i64, _>($at) {
            number.to_string()
        } else if let Ok(number) = $row.try_get::<i32, _>($at) {
            number.to_string()
        } else if let Ok(number) = $row.try_get::<f64, _>($at) {
            format!("{number:?}")
        } else {
            $row.try_get::<Uuid, _>($at).expect("an id").to_string()
        }
    };
}

type Table = Vec<Vec<String>>;

enum Database {
    Sqlite(sqlx::SqliteConnection),
    Postgres(sqlx::PgConnection),
}

impl Database {
    async fn open(url: &str) -> Self {
        if url.starts_with("sqlite") {
            Self::Sqlite(sqlx::SqliteConnection::connect(url).await.expect("the file"))
        } else {
            Self::Postgres(sqlx::PgConnection::connect(url).await.expect("the server"))
        }
    }

    async fn read(&mut self, sql: &'static str) -> Table {
        match self {
            Self::Sqlite(on) => cells!(on, sql),
            Self::Postgres(on) => cells!(on, sql),
        }
    }
}

/// Does something to a database behind the program's back.
pub async fn change(url: &str, sql: &'static str) {
    match Database::open(url).await {
        Database::Sqlite(mut on) => drop(on.execute(sql).await.expect(sql)),
        Database::Postgres(mut on) => drop(on.execute(sql).await.expect(sql)),
    }
}

/// What a statement finds, as text.
pub async fn look(url: &str, sql: &'static str) -> Vec<Vec<String>> {
    Database::open(url).await.read(sql).await
}

impl Dump {
    pub async fn of(url: &str) -> Self {
        let mut database = Database::open(url).await;
        let mut lines = issues(&mut database).await;
        let (history, names) = history(&mut database).await;
        lines.extend(history);
        lines.extend(wards(&mut database).await);
        lines.extend(watches(&mut database).await);
        lines.extend(deliveries(&mut database, &names).await);
        lines.sort();
        Self { lines }
    }

    /// How many lines begin with this word.
    pub fn count(&self, what: &str) -> usize {
        self.lines.iter().filter(|line| line.starts_with(what)).count()
    }

    /// Fails with the first lines that only one of the two has.
    #[track_caller]
    pub fn is(&self, other: &Self, whose: &str) {
        let only = |a: &Self, b: &Self| -> Vec<String> {
            let mut left: HashMap<&str, usize> = HashMap::new();
            b.lines.iter().for_each(|line| *left.entry(line).or_default() += 1);
            let mut only = vec![];
            for line in &a.lines {
                match left.get_mut(line.as_str()) {
                    Some(count) if *count > 0 => *count -= 1,
                    _ => only.push(line.clone()),
                }
            }
            only
        };
        let (more, less) = (only(self, other), only(other, self));
        let some = |lines: &[String]| lines[..lines.len().min(5)].join("\n  ");
        assert!(
            self == other,
            "{whose}: {} lines too many:\n  {}\n{} are missing:\n  {}",
            more.len(),
            some(&more),
            less.len(),
            some(&less)
        );
    }
}

async fn issues(database: &mut Database) -> Vec<String> {
    let all = database.read(
        "SELECT source, source_id, category, status, description, address, lon, lat, place,
            opened_at, changed_at, stated_at, closed_at, votes, hidden, attributes FROM issue",
    );
    all.await.into_iter().map(|row| format!("issue {}", row.join(" | "))).collect()
}

/// Each issue's events in their order, and what each event's id stands for.
async fn history(database: &mut Database) -> (Vec<String>, HashMap<String, String>) {
    let all = database.read(
        "SELECT event_id, source, source_id, version, part, kind, at, actor, words, category,
            status, description, address, lon, lat, place, quiet, let_go,
            CASE WHEN matched_at IS NULL THEN 'unmatched' ELSE 'matched' END
         FROM event ORDER BY event_no",
    );
    let (mut lines, mut names) = (vec![], HashMap::new());
    let mut so_far: BTreeMap<(String, String), usize> = BTreeMap::new();
    for mut row in all.await {
        // A version that nobody gave is one of a kind.
        if row[3].parse::<Uuid>().is_ok() {
            "its own".clone_into(&mut row[3]);
        }
        let nth = so_far.entry((row[1].clone(), row[2].clone())).or_default();
        *nth += 1;
        names.insert(row[0].clone(), format!("{}/{}#{nth} {}", row[1], row[2], row[5]));
        lines.push(format!("event {}#{nth} {}", row[1], row[2..].join(" | ")));
    }
    (lines, names)
}

async fn wards(database: &mut Database) -> Vec<String> {
    let all = database.read(
        "SELECT i.source, i.source_id, w.layer, w.ward, w.near FROM issue_ward w
         JOIN issue i ON i.city_id = w.city_id AND i.issue_id = w.issue_id",
    );
    all.await.into_iter().map(|row| format!("ward {}", row.join(" | "))).collect()
}

async fn watches(database: &mut Database) -> Vec<String> {
    let all = database.read(
        "SELECT c.kind, c.address, c.state, w.name, w.target, w.shape, w.wards, w.meant, w.filter,
            w.rhythm, w.via_mail, w.via_push, w.state
         FROM watch w JOIN contact c ON c.city_id = w.city_id AND c.watcher_id = w.watcher_id",
    );
    all.await.into_iter().map(|row| format!("watch {}", row.join(" | "))).collect()
}

async fn deliveries(database: &mut Database, events: &HashMap<String, String>) -> Vec<String> {
    let numbers = database.read("SELECT watch_no, name FROM watch").await;
    let watches: HashMap<String, String> =
        numbers.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let all = database.read(
        "SELECT d.items, c.kind, c.address, d.about, d.lane, d.state FROM delivery d
         JOIN contact c ON c.city_id = d.city_id AND c.contact_id = d.contact_id",
    );
    let line = |row: Vec<String>| {
        let told = told(&row[0], events, &watches);
        format!("delivery {}: {told}", row[1..].join(" | "))
    };
    all.await.into_iter().map(line).collect()
}

/// What a message tells, in names in place of ids.
fn told(
    contents: &str,
    events: &HashMap<String, String>,
    watches: &HashMap<String, String>,
) -> String {
    let contents: Value = serde_json::from_str(contents).expect("JSON");
    let items = contents["items"].as_array().expect("items").iter().map(|item| {
        let event = &events[item["event"].as_str().expect("an event's id")];
        let for_these = item["watches"].as_array().expect("watches").iter();
        let mut names: Vec<&str> =
            for_these.map(|number| watches[&number.to_string()].as_str()).collect();
        names.sort_unstable();
        format!("{event} for {}", names.join(" and "))
    });
    let items: Vec<String> = items.collect();
    format!("{} more {}", items.join("; "), contents["more"])
}

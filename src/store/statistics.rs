//! What PostgreSQL's planner knows of tables that grow.
//!
//! Its own collector comes by once a minute at best. A city fills in seconds, and until somebody has
//! counted, the planner takes `city_id`, which leads every key, to tell many cities apart: then it
//! looks for keys by walking through whole tables (measured with 6,000 events: 0.7 s to read a
//! hundred of them, 0.3 ms to check one foreign key). So a table is counted here within seconds once its
//! rows have changed as often as there are rows; a busy server hears of that within a second, one that
//! falls idle after a burst within ten.

use std::time::Duration;

use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Executor};
use tokio::task::JoinHandle;

const EVERY: Duration = Duration::from_secs(1);

/// The tables that grow with a city; the others fit a page.
const GROWING: &[&str] = &[
    "ward",
    "watcher",
    "habits",
    "contact",
    "watch",
    "issue",
    "mute",
    "muted_author",
    "held_comment",
    "reporter",
    "private_answer",
    "attachment",
    "issue_ward",
    "issue_cell",
    "event",
    "event_match",
    "digest_schedule",
    "told_at_once",
    "delivery",
    "gazetteer_address",
    "gazetteer_street",
];

/// Counts while it lives.
#[derive(Debug)]
pub(super) struct Counting(JoinHandle<()>);

impl Counting {
    pub(super) fn begin(pool: &PgPool) -> Self {
        let pool = pool.clone();
        Self(tokio::spawn(async move {
            let mut ticks = tokio::time::interval(EVERY);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            // The first tick is at once.
            ticks.tick().await;
            while !pool.is_closed() {
                ticks.tick().await;
                if let Err(error) = count(&pool).await {
                    // Whoever needs the database says so louder.
                    tracing::debug!(%error, "tables that have grown were not counted");
                }
            }
        }))
    }

    pub(super) fn end(&self) {
        self.0.abort();
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        self.end();
    }
}

/// Counts the tables whose rows have changed more often than there are rows. Of two processes one does
/// it.
async fn count(pool: &PgPool) -> Result<(), sqlx::Error> {
    let grown: Vec<(String,)> = sqlx::query_as(
        "SELECT c.relname::text FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
         WHERE s.schemaname = current_schema() AND c.relname = ANY($1)
            AND s.n_mod_since_analyze > 200 + greatest(c.reltuples, 0)",
    )
    .bind(GROWING)
    .fetch_all(pool)
    .await?;
    if grown.is_empty() {
        return Ok(());
    }
    let grown: Vec<String> = grown.into_iter().map(|(name,)| name).collect();
    let sql = format!("ANALYZE (SKIP_LOCKED) {}", grown.join(", "));
    pool.execute(AssertSqlSafe(sql)).await.map(drop)
}

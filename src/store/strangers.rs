//! Whose tables a database holds: Wardwatch moves into no other program's.

use super::{StoreError, Tx};

/// How many of them are named.
const NAMED: usize = 3;

impl Tx {
    /// Some tables of another program, where there are such and none of ours.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn strangers(&mut self) -> Result<Option<String>, StoreError> {
        let tables = self.tables().await?;
        let keeps_steps = tables.iter().any(|name| name == STEPS);
        if keeps_steps && self.has_taken_our_first_step().await? {
            return Ok(None);
        }
        let has_steps = keeps_steps && self.has_taken_steps().await?;
        let others: Vec<&str> =
            tables.iter().map(String::as_str).filter(|name| has_steps || *name != STEPS).collect();
        if others.is_empty() {
            return Ok(None);
        }
        let more = if others.len() > NAMED { ", …" } else { "" };
        Ok(Some(others[..others.len().min(NAMED)].join(", ") + more))
    }

    /// The tables where ours would be, without those that belong to an extension.
    async fn tables(&mut self) -> Result<Vec<String>, StoreError> {
        let sql = match self {
            Self::Sqlite(..) => {
                "SELECT name FROM sqlite_master
                 WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
            }
            Self::Postgres(..) => {
                "SELECT CAST(c.relname AS TEXT) FROM pg_class c
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'f')
                    AND NOT EXISTS (SELECT 1 FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                            AND d.deptype = 'e')
                 ORDER BY 1"
            }
        };
        Ok(rows!(self, (String,), sql)?.into_iter().map(|(name,)| name).collect())
    }

    async fn has_taken_steps(&mut self) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM _sqlx_migrations";
        Ok(row!(self, (i64,), sql)?.is_some_and(|(steps,)| steps > 0))
    }

    /// Whatever version made the tables.
    async fn has_taken_our_first_step(&mut self) -> Result<bool, StoreError> {
        let sql =
            "SELECT COUNT(*) FROM _sqlx_migrations WHERE version = 1 AND description = 'first'";
        Ok(row!(self, (i64,), sql)?.is_some_and(|(steps,)| steps > 0))
    }
}

/// Where the steps are written down that brought a schema up to date.
const STEPS: &str = "_sqlx_migrations";

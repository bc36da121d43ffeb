//! The only SQL: one store over SQLite and PostgreSQL.
//!
//! The one rule: what belongs together is written through one [`Tx`], and no [`Tx`] is held over
//! the network. Rows are private structs of this module; outside it there are only types that are
//! right.

#[macro_use]
mod sql;

mod accept;
mod account;
mod attachments;
mod authors;
mod backup;
mod boundary;
mod browse;
mod city;
mod comments;
mod consent;
mod desk;
mod digest;
mod explain;
mod file;
mod gazetteer;
mod habits;
mod health;
mod history;
mod hot_points;
mod inbox;
mod lately;
mod leaving;
mod match_log;
mod members;
mod muted_authors;
mod mutes;
mod my_data;
mod named_watch;
mod nearby;
mod open;
mod outbox;
mod outbox_desk;
mod people;
mod planned;
mod public_areas;
mod reach;
mod read;
mod reporters;
mod retention;
mod returns;
mod services;
mod staff;
mod statistics;
mod strangers;
mod told;
mod watches;
mod webhooks;

pub use accept::{EventRow, KnownKey};
pub use account::{Claim, Marks, UsedLink};
pub use attachments::{Attachment, AttachmentState, NewAttachment};
pub use authors::Hearing;
pub use backup::{Backup, Copied};
pub use boundary::{LayerInForce, LayerRow};
pub use browse::{Count, Dot, Dots, Group, Grouped, Leaf, Mark, Order, View};
pub use city::City;
pub use comments::CommentRow;
pub use desk::Portion;
pub use digest::NextDigest;
pub use explain::WatchLife;
pub use gazetteer::{GazetteerImport, GazetteerKind};
pub use health::{Health, Schema, Traces};
pub use hot_points::{Decision, HeldThere, HotPoint};
pub use inbox::InboxRow;
pub use lately::Figures;
pub use match_log::{IssueWardRow, PendingEvent};
pub use members::MemberRow;
pub use muted_authors::{Comment, MutedAuthor};
pub use mutes::MutedIssue;
pub use my_data::{MyContact, MyDelivery, MyMute, MyReport, MyStart, ToldOf};
pub use named_watch::{AskedAbout, NamedWatch};
pub use nearby::Nearby;
pub use open::{Store, StoreSettings};
pub use outbox::{Claimed, Held, Settled, Tally};
pub use outbox_desk::{DeliveryState, OutboxQuery, OutboxRow, Pile};
pub use people::ContactRow;
pub use public_areas::{NamedArea, Naming, PublicArea, Ties};
pub use read::IssueQuery;
pub use reporters::{Fixed, OwnReport, ToAsk};
pub use sql::Tx;
pub use staff::{KeyRow, StaffRole};
pub use told::ToldRow;
pub use watches::{Asked, WatchRow, WatchState};
pub use webhooks::LastTry;

/// What to do when a database is somebody else's.
pub const DATABASE_OF_ITS_OWN: &str =
    "give Wardwatch a database of its own, with --data-dir or --database-url";

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Try again: the database is busy, restarting, full or unreachable.
    #[error("the database does not answer; try again in a moment")]
    Unavailable(#[source] sqlx::Error),
    /// Try again: a transaction shared with others failed for a passing reason.
    #[error("the database does not answer; try again in a moment")]
    Busy,
    /// Try again: it is as before once there is room.
    #[error("there is no room to store this; try again later")]
    Full,
    /// A fault of this program or of its data.
    #[error("the database refused a statement")]
    Refused(#[source] sqlx::Error),
    #[error("the database holds something unreadable in {0}")]
    Unreadable(&'static str),
    #[error("the database could not be brought up to date")]
    Migration(#[source] sqlx::migrate::MigrateError),
    #[error("the database takes no changes: it is open for reading only")]
    ReadOnly,
    /// Of another program's database: nothing is made in it.
    #[error("{at} holds tables of another program ({tables}); {DATABASE_OF_ITS_OWN}")]
    Foreign { at: String, tables: String },
    /// Of an SQLite file.
    #[error("{at} {why}; {todo}")]
    Unopened { at: String, why: String, todo: &'static str },
    #[error(
        "the database is damaged; stop the service, keep the file, and restore the last backup; \
         `wardwatch doctor` says more"
    )]
    Damaged(#[source] sqlx::Error),
    #[error("{0} is not a file that can be copied")]
    NotAFile(String),
    /// Of a server that lets nobody in, as it is asked; `passing` while it may only be starting.
    #[error("the database at {at} cannot be reached: {why}; {todo}")]
    OutOfReach { at: String, why: String, todo: &'static str, passing: bool },
    #[error("“{0}” is not a database address; use sqlite:PATH or postgres://…")]
    Address(String),
}

impl StoreError {
    /// Whether the same may succeed when it is tried again.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_) | Self::Busy | Self::Full | Self::OutOfReach { passing: true, .. }
        )
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        if is_full(&error) {
            tracing::error!(%error, "the disk that holds the database is full; make room");
            return Self::Full;
        }
        if is_damaged(&error) {
            return Self::Damaged(error);
        }
        let passing = match &error {
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => true,
            E::Database(db) => {
                let code = db.code().unwrap_or_default();
                // SQLite: busy, locked, IO error, full. PostgreSQL: classes 08 connection,
                // 40 rollback, 53 resources, 57 operator intervention; 25P03 idle for too long, as
                // when we were frozen.
                if db.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                    matches!(code.parse::<i64>().map(|c| c & 0xff), Ok(5 | 6 | 10 | 13))
                } else {
                    ["08", "25P03", "40", "53", "57"].iter().any(|class| code.starts_with(class))
                }
            }
            _ => false,
        };
        if passing { Self::Unavailable(error) } else { Self::Refused(error) }
    }
}

/// SQLite: damaged, or no database at all.
fn is_damaged(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(db) = error else { return false };
    let code = db.code().and_then(|code| code.parse::<i64>().ok());
    db.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
        && matches!(code.map(|code| code & 0xff), Some(11 | 26))
}

/// SQLite: full. PostgreSQL: disk full.
fn is_full(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(db) = error else { return false };
    let sqlite = db.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some();
    db.code().is_some_and(|code| code == if sqlite { "13" } else { "53100" })
}

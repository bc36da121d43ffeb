//! Which sentence speaks of which kind of event and of which status.

use crate::issue::{Kind, Status};

use super::words::Key;

pub(super) fn subject_key(kind: Kind) -> Key {
    match kind {
        Kind::Opened => Key("subject-opened"),
        Kind::Updated => Key("subject-updated"),
        Kind::Commented => Key("subject-commented"),
        Kind::Voted => Key("subject-voted"),
        Kind::Closed => Key("subject-closed"),
        Kind::Reopened => Key("subject-reopened"),
        Kind::Moved => Key("subject-moved"),
        Kind::Merged => Key("subject-merged"),
        Kind::Hidden => Key("subject-hidden"),
    }
}

/// The name of a kind of event.
#[must_use]
pub fn kind_key(kind: Kind) -> Key {
    match kind {
        Kind::Opened => Key("kind-opened"),
        Kind::Updated => Key("kind-updated"),
        Kind::Commented => Key("kind-commented"),
        Kind::Voted => Key("kind-voted"),
        Kind::Closed => Key("kind-closed"),
        Kind::Reopened => Key("kind-reopened"),
        Kind::Moved => Key("kind-moved"),
        Kind::Merged => Key("kind-merged"),
        Kind::Hidden => Key("kind-hidden"),
    }
}

pub(super) fn group_key(kind: Kind) -> Key {
    match kind {
        Kind::Opened => Key("group-opened"),
        Kind::Updated => Key("group-updated"),
        Kind::Commented => Key("group-commented"),
        Kind::Voted => Key("group-voted"),
        Kind::Closed => Key("group-closed"),
        Kind::Reopened => Key("group-reopened"),
        Kind::Moved => Key("group-moved"),
        Kind::Merged => Key("group-merged"),
        Kind::Hidden => Key("group-hidden"),
    }
}

pub(super) fn count_key(kind: Kind) -> Key {
    match kind {
        Kind::Opened => Key("count-opened"),
        Kind::Updated => Key("count-updated"),
        Kind::Commented => Key("count-commented"),
        Kind::Voted => Key("count-voted"),
        Kind::Closed => Key("count-closed"),
        Kind::Reopened => Key("count-reopened"),
        Kind::Moved => Key("count-moved"),
        Kind::Merged => Key("count-merged"),
        Kind::Hidden => Key("count-hidden"),
    }
}

/// What somebody did, with a gap for who: `actor`.
#[must_use]
pub fn did_key(kind: Kind) -> Key {
    match kind {
        Kind::Opened => Key("did-opened"),
        Kind::Updated => Key("did-updated"),
        Kind::Commented => Key("did-commented"),
        Kind::Voted => Key("did-voted"),
        Kind::Closed => Key("did-closed"),
        Kind::Reopened => Key("did-reopened"),
        Kind::Moved => Key("did-moved"),
        Kind::Merged => Key("did-merged"),
        Kind::Hidden => Key("did-hidden"),
    }
}

/// The name of a status.
#[must_use]
pub fn status_key(status: Status) -> Key {
    match status {
        Status::Received => Key("status-received"),
        Status::Acknowledged => Key("status-acknowledged"),
        Status::InProgress => Key("status-in-progress"),
        Status::OnHold => Key("status-on-hold"),
        Status::Closed => Key("status-closed"),
    }
}

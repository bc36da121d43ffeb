//! What happened: a city's issues, the events that change them, and what a source says of them.
//!
//! The one rule: a source's [`Notice`] becomes events only through [`explain`], so a repeated
//! notice changes nothing and a changed one becomes exactly the difference.

mod hot_points;
mod notice;
mod service;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::geometry::{Envelope, Position};

pub use hot_points::{HORIZON, HotPointRule, LastReports, Spot};
pub use notice::{
    CLOCKS_DIFFER, Explained, Facts, FromDesk, Happening, Lets, Notice, Said, Unexplained, explain,
};
pub use service::{
    Answer, Choice, Datatype, LONGEST_LINE, LONGEST_TEXT, Misanswer, Question, Service,
    read_services,
};

/// The city that a row belongs to. An instance serves one or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CityId(pub i64);

/// An issue's id inside; people see its number, such as `26-001234`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IssueId(pub Uuid);

/// An event's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventId(pub Uuid);

/// Who has said something about issues here, without saying who that is: the same for all that one
/// person says, and shown to nobody, for where somebody says much they live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Author(pub Uuid);

/// What kind of thing an issue is about, in the city's own words ("Pothole in Street Complaint").
/// Two categories are the same when they differ only in case or surrounding space.
#[derive(Clone, Debug, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Category(String);

impl Category {
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl From<String> for Category {
    fn from(name: String) -> Self {
        Self(name.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

impl From<&str> for Category {
    fn from(name: &str) -> Self {
        Self::from(name.to_owned())
    }
}

impl From<Category> for String {
    fn from(category: Category) -> Self {
        category.0
    }
}

impl PartialEq for Category {
    fn eq(&self, other: &Self) -> bool {
        // Every filter of every watch reached asks this, and names are mostly ASCII.
        if self.0.is_ascii() && other.0.is_ascii() {
            return self.0.eq_ignore_ascii_case(&other.0);
        }
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an issue is in its life. Anything but `Closed` is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    Received,
    Acknowledged,
    InProgress,
    OnHold,
    Closed,
}

impl Status {
    pub const ALL: [Self; 5] =
        [Self::Received, Self::Acknowledged, Self::InProgress, Self::OnHold, Self::Closed];

    /// The name on the wire and in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Acknowledged => "acknowledged",
            Self::InProgress => "in_progress",
            Self::OnHold => "on_hold",
            Self::Closed => "closed",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Reads a city's own word for a status ("Completed - Dup", "CLOSED", "Open", "Acknowledged").
    #[must_use]
    pub fn from_city_words(words: &str) -> Option<Self> {
        let words = words.trim().to_lowercase();
        let starts = |list: &[&str]| list.iter().any(|prefix| words.starts_with(prefix));
        if words.is_empty() {
            None
        } else if starts(&["open", "new", "received", "submitted", "unassigned", "reopen"]) {
            Some(Self::Received)
        } else if starts(&["acknowledged", "assigned", "accepted"]) {
            Some(Self::Acknowledged)
        } else if starts(&["in_progress", "in progress", "in-progress", "started", "inspect"]) {
            Some(Self::InProgress)
        } else if starts(&["on hold", "on_hold", "pending", "hold", "deferred"]) {
            Some(Self::OnHold)
        } else if starts(&[
            "closed",
            "complete",
            "resolved",
            "fixed",
            "archived",
            "cancel",
            "done",
            "duplicate",
        ]) {
            Some(Self::Closed)
        } else {
            None
        }
    }
}

/// What an event did to its issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Opened,
    /// Status, category or text changed.
    Updated,
    Commented,
    Voted,
    Closed,
    Reopened,
    Moved,
    Merged,
    Hidden,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Opened,
        Self::Updated,
        Self::Commented,
        Self::Voted,
        Self::Closed,
        Self::Reopened,
        Self::Moved,
        Self::Merged,
        Self::Hidden,
    ];

    /// The name on the wire and in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Updated => "updated",
            Self::Commented => "commented",
            Self::Voted => "voted",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Moved => "moved",
            Self::Merged => "merged",
            Self::Hidden => "hidden",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    #[default]
    Resident,
    Official,
    System,
}

impl Actor {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Official => "official",
            Self::System => "system",
        }
    }

    /// The same, as sentences tell them apart: a ward's office from the city.
    #[must_use]
    pub fn voice(self, office: Option<&str>) -> &'static str {
        if office.is_some() { "office" } else { self.name() }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Resident, Self::Official, Self::System].into_iter().find(|a| a.name() == name)
    }
}

/// Whether an issue's place can be believed. Only `Good` places reach people who watch places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Good,
    Missing,
    /// Longitude and latitude are both zero, the classic default.
    NullIsland,
    /// Inside the city once longitude and latitude change places.
    Swapped,
    OutsideCity,
    /// On a point that takes too much of its source's stream, and no operator has said yet that
    /// it is real.
    HotPoint,
}

impl Place {
    pub const ALL: [Self; 6] = [
        Self::Good,
        Self::Missing,
        Self::NullIsland,
        Self::Swapped,
        Self::OutsideCity,
        Self::HotPoint,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Missing => "missing",
            Self::NullIsland => "null_island",
            Self::Swapped => "swapped",
            Self::OutsideCity => "outside_city",
            Self::HotPoint => "hot_point",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == name)
    }

    /// Judges a position against the city's bounds; without bounds only what is wrong anywhere
    /// is caught.
    #[must_use]
    pub fn judge(position: Option<Position>, city: Option<&Envelope>) -> Self {
        let Some(at) = position else { return Self::Missing };
        if at.lon == 0.0 && at.lat == 0.0 {
            return Self::NullIsland;
        }
        match city {
            Some(bounds) if bounds.contains(at) => Self::Good,
            Some(bounds) if bounds.contains(Position { lon: at.lat, lat: at.lon }) => Self::Swapped,
            Some(_) => Self::OutsideCity,
            None if at.lat.abs() > 90.0 && at.lon.abs() <= 90.0 => Self::Swapped,
            None if at.lat.abs() > 90.0 || at.lon.abs() > 180.0 => Self::OutsideCity,
            None => Self::Good,
        }
    }
}

/// Why an event that could be told is told to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quiet {
    /// It came with a bulk load of history.
    Backfill,
    /// It happened too long before it arrived.
    Old,
}

impl Quiet {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Backfill => "backfill",
            Self::Old => "old",
        }
    }

    /// Whether what happened `at` and arrives `now` is news; anything older than `news_for` is not.
    #[must_use]
    pub fn judge(
        at: Timestamp,
        now: Timestamp,
        backfill: bool,
        news_for: Duration,
    ) -> Option<Self> {
        if backfill {
            Some(Self::Backfill)
        } else if at < now.minus(news_for) {
            Some(Self::Old)
        } else {
            None
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Backfill, Self::Old].into_iter().find(|quiet| quiet.name() == name)
    }
}

/// Whether a text has the form of an issue's number: `26-001234`.
#[must_use]
pub fn is_number(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(year, count)| {
        year.len() == 2 && count.len() >= 6 && digits(year) && digits(count)
    })
}

/// An issue: what it is called, and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    pub id: IssueId,
    /// What people call it, year and count: `26-001234`.
    pub number: String,
    pub source: String,
    pub source_id: String,
    pub standing: Standing,
}

/// How an issue stands at one moment: all of it that events change.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub category: Category,
    pub status: Status,
    pub description: String,
    pub address: String,
    pub position: Option<Position>,
    pub place: Place,
    pub opened_at: Timestamp,
    /// When anything last changed, wherever that was said.
    pub changed_at: Timestamp,
    /// When the source's row last changed, by its own account: an older one is no news.
    pub stated_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub votes: i64,
    /// Taken off the site: nobody is shown it, and no later event brings it back.
    pub hidden: bool,
    pub attributes: serde_json::Map<String, serde_json::Value>,
}

impl Standing {
    /// Where the issue lies; `None` when its place is not believed.
    #[must_use]
    pub fn believed_position(&self) -> Option<Position> {
        self.position.filter(|_| self.place == Place::Good)
    }
}

/// One thing that happened to an issue, with the issue's facts as they stood right after it.
/// Whom it concerns is decided from this alone.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueEvent {
    pub id: EventId,
    pub issue: IssueId,
    pub number: String,
    pub kind: Kind,
    pub at: Timestamp,
    pub actor: Actor,
    /// Whose comment it is, if a resident made it here.
    pub author: Option<Author>,
    /// The ward whose office did it, `12` or `LAYER:12`, where an official of one did.
    pub office: Option<String>,
    /// What was said: a comment's words, a resolution note.
    pub text: Option<String>,
    pub category: Category,
    pub status: Status,
    pub description: String,
    pub address: String,
    pub position: Option<Position>,
    pub place: Place,
    pub quiet: Option<Quiet>,
}

impl IssueEvent {
    /// Where people who watch places may look for it; `None` when its place is not believed.
    #[must_use]
    pub fn believed_position(&self) -> Option<Position> {
        self.position.filter(|_| self.place == Place::Good)
    }
}

//! What a person wants to hear of: a target, a filter, a rhythm, and by which roads.
//!
//! The one rule: a watch area gives away a home. It leaves this program only to its owner.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::geometry::{Position, Shape};
use crate::issue::{Actor, Category, IssueEvent, IssueId, Kind};
use crate::ward::WardRef;
use crate::watcher::{ContactKind, WatcherId};

/// A watch's id, as its owner's links and the API name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WatchId(pub Uuid);

/// The id of an area that everybody may see, as its page names it. It says nothing of the watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AreaId(pub Uuid);

/// A watch's number in its city: small and dense, so that many fit into one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WatchNumber(pub i64);

/// A watch, as its owner made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    pub id: WatchId,
    pub number: WatchNumber,
    pub watcher: WatcherId,
    /// The owner's name for it: "Home", "My ward".
    pub name: String,
    pub target: Target,
    pub filter: Filter,
    pub rhythm: Rhythm,
    pub via: Via,
}

/// Why a watch cannot be as its owner wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WatchError {
    #[error("a name has 1 to 80 characters")]
    Name,
    #[error("choose mail, push or a webhook; or pause the watch")]
    NoRoad,
    #[error("an empty list of kinds lets nothing through")]
    NoKinds,
    #[error("at most 50 keywords and 100 categories")]
    TooMany,
    #[error("a keyword or phrase has at most 100 characters")]
    LongWord,
}

/// How long a watch's name may be, in characters.
pub const LONGEST_NAME: usize = 80;

/// A watch's name as people may write it, without outer space.
///
/// # Errors
/// When it is empty or long, or holds what no name holds.
pub fn parse_name(name: &str) -> Result<String, WatchError> {
    let name = name.trim();
    let short = name.chars().count() <= LONGEST_NAME;
    let fine = !name.is_empty() && short && !name.chars().any(char::is_control);
    fine.then(|| name.to_owned()).ok_or(WatchError::Name)
}

/// What is watched.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Area(Arc<Shape>),
    Wards { wards: Vec<WardRef>, meant: Meant },
    Issue(IssueId),
}

/// What a person meant by "my ward", kept so that a new map can be read the same way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meant {
    /// This ward, by its key, wherever its lines move.
    ThisWard,
    /// Whichever ward holds this address.
    MyAddress(Position),
}

/// How soon a match is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    AtOnce,
    Hourly,
    Daily,
    Weekly,
}

impl Rhythm {
    /// The soonest first.
    pub const ALL: [Self; 4] = [Self::AtOnce, Self::Hourly, Self::Daily, Self::Weekly];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rhythm| rhythm.name() == name)
    }
}

/// The roads a watch's messages take: every confirmed contact of these kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    pub mail: bool,
    pub push: bool,
    /// A program hears only of the watches that its owner sends there.
    #[serde(default)]
    pub webhook: bool,
}

impl Via {
    pub const MAIL: Self = Self { mail: true, push: false, webhook: false };
    pub const PUSH: Self = Self { mail: false, push: true, webhook: false };
    pub const WEBHOOK: Self = Self { mail: false, push: false, webhook: true };
    /// Mail and push.
    pub const BOTH: Self = Self { mail: true, push: true, webhook: false };

    /// # Errors
    /// When the watch would be silent.
    pub fn checked(self) -> Result<Self, WatchError> {
        if self.mail || self.push || self.webhook { Ok(self) } else { Err(WatchError::NoRoad) }
    }

    #[must_use]
    pub fn includes(self, kind: ContactKind) -> bool {
        match kind {
            ContactKind::Mail => self.mail,
            ContactKind::Push => self.push,
            ContactKind::Webhook => self.webhook,
        }
    }
}

/// Which events of a target are wanted. The empty filter wants new issues of every category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Empty means every category.
    pub categories: Vec<Category>,
    /// Never empty once made through [`Filter::for_places`] or [`Filter::for_issue`].
    pub kinds: BTreeSet<Kind>,
    pub keywords: Keywords,
    /// Only what somebody of the city's or of a ward's office says or does.
    #[serde(skip_serializing_if = "is_not")]
    pub official: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_not(asked: &bool) -> bool {
    !asked
}

/// Words looked for in an issue's category, description, address and comment, whole words,
/// whatever their case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keywords {
    /// At least one of these; empty means no demand.
    pub include: Vec<String>,
    /// None of these.
    pub exclude: Vec<String>,
    /// These words in this order, side by side.
    pub phrase: Option<String>,
}

impl Default for Filter {
    fn default() -> Self {
        Self::for_places()
    }
}

impl Filter {
    /// New issues only: what somebody who watches a place expects.
    #[must_use]
    pub fn for_places() -> Self {
        let (categories, keywords) = (vec![], Keywords::default());
        Self { categories, kinds: [Kind::Opened].into(), keywords, official: false }
    }

    /// All that happens: what somebody who follows one issue expects. Votes and hiding are no
    /// news to a follower.
    #[must_use]
    pub fn for_issue() -> Self {
        let kinds = Kind::ALL.into_iter().filter(|k| !matches!(k, Kind::Voted | Kind::Hidden));
        Self { kinds: kinds.collect(), ..Self::for_places() }
    }

    /// What the city and a ward's office reply to residents.
    #[must_use]
    pub fn for_replies() -> Self {
        Self { kinds: [Kind::Commented].into(), official: true, ..Self::for_places() }
    }

    /// # Errors
    /// When it would let nothing through, or has more than a person writes.
    pub fn checked(self) -> Result<Self, WatchError> {
        let Keywords { include, exclude, phrase } = &self.keywords;
        if self.kinds.is_empty() {
            return Err(WatchError::NoKinds);
        }
        if include.len() + exclude.len() > 50 || self.categories.len() > 100 {
            return Err(WatchError::TooMany);
        }
        let mut all = include.iter().chain(exclude).chain(phrase);
        if all.any(|words| words.chars().count() > 100) {
            return Err(WatchError::LongWord);
        }
        Ok(self)
    }

    /// Whether the event is wanted, its place aside.
    #[must_use]
    pub fn admits(&self, event: &IssueEvent) -> bool {
        self.kinds.contains(&event.kind)
            && (self.categories.is_empty() || self.categories.contains(&event.category))
            && (!self.official || event.actor == Actor::Official)
            && self.keywords.admit(event)
    }
}

impl Keywords {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty() && self.phrase.is_none()
    }

    fn admit(&self, event: &IssueEvent) -> bool {
        if self.is_empty() {
            return true;
        }
        let text = event.text.as_deref().unwrap_or("");
        let said = [event.category.name(), &event.description, &event.address, text];
        // A wall that no word can cross keeps a phrase from running over two fields.
        let words = said.map(words).join(&WALL);
        let holds = |wanted: &str| {
            let wanted = self::words(wanted);
            !wanted.is_empty() && words.windows(wanted.len()).any(|run| run == wanted)
        };
        (self.include.is_empty() || self.include.iter().any(|word| holds(word)))
            && !self.exclude.iter().any(|word| holds(word))
            && self.phrase.as_deref().is_none_or(holds)
    }
}

const WALL: String = String::new();

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

//! What is to be told, to whom, and on whose behalf: plain data, gathered by the dispatcher.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::clock::{Timestamp, Zone};
use crate::geometry::{Position, Units};
use crate::issue::{Actor, Category, CityId, EventId, IssueId, Kind, Status};
use crate::watch::Rhythm;
use crate::watcher::EmailAddress;

use super::words::Language;

/// The city that speaks.
#[derive(Clone, Debug)]
pub struct Sender {
    pub city: CityId,
    pub city_name: String,
    /// The site, without a slash at its end: `https://watch.example.org`.
    pub public_url: String,
    pub mail_from: EmailAddress,
    /// Where bounces go, if not to `mail_from`.
    pub return_path: Option<EmailAddress>,
    /// The host that `Message-ID` and `List-Id` are made of: `watch.example.org`.
    pub list_host: String,
    pub zone: Zone,
    /// In which distances are told.
    pub units: Units,
}

/// The person who reads.
#[derive(Clone, Debug)]
pub struct Reader {
    pub language: Language,
    /// `{public_url}/…` with a `Manage` token.
    pub manage_link: String,
    /// `{public_url}/u/{token}`, for all watches of this contact.
    pub unsubscribe_all_link: String,
}

/// One delivery's content.
#[derive(Clone, Debug)]
pub enum Content {
    Issue(Told),
    Digest(Digest),
    Confirm(Confirm),
    Fixed(Fixed),
    Stopped(Stopped),
    SignIn(SignIn),
    Reach(Reach),
}

/// That a webhook of the reader's is told nothing more.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// Its host: the address may hold a secret.
    pub host: String,
    /// Since when it has taken nothing.
    pub since: Timestamp,
    /// What came of the last attempt.
    pub reason: String,
}

/// The link by which somebody signs in on the site.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub link: String,
    /// For how many minutes it is good.
    pub minutes: u64,
}

/// Whether a contact is reached: to an address the question whether it is somebody's, too, to a browser a
/// test.
#[derive(Clone, Debug)]
pub struct Reach {
    /// By which the address answers; of a browser its owner's page.
    pub link: String,
}

/// The question to its reporter whether an issue that was closed is fixed.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The issue, as it was closed.
    pub told: Told,
    /// `{public_url}/fixed/{token}`.
    pub link: String,
}

/// One issue and what is new about it.
#[derive(Clone, Debug)]
pub struct Told {
    pub issue: IssueId,
    /// As people call it: `26-001234`.
    pub number: String,
    pub category: Category,
    /// May be empty.
    pub address: String,
    /// Where it lies, if that is believed.
    pub at: Option<Position>,
    /// A map of the place, for a mail about this issue alone.
    pub map: Option<Map>,
    /// The ward that holds it, for want of an address.
    pub ward: Option<String>,
    /// May be empty.
    pub description: String,
    pub status: Status,
    /// What is new, oldest first; at least one.
    pub happenings: Vec<Happening>,
    /// The issue's page.
    pub link: String,
    /// The watches that matched, at least one.
    pub because: Vec<Because>,
}

/// A picture of where something lies, as PNG; the same for all its readers.
#[derive(Clone)]
pub struct Map {
    png: Arc<[u8]>,
}

impl Map {
    #[must_use]
    pub fn new(png: Vec<u8>) -> Self {
        Self { png: png.into() }
    }

    #[must_use]
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// Tells one picture from another.
    #[must_use]
    pub fn print(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.png.hash(&mut hasher);
        hasher.finish()
    }
}

/// Without the pixels.
impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Map({} bytes)", self.png.len())
    }
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Happening {
    pub kind: Kind,
    pub at: Timestamp,
    pub actor: Actor,
    /// The ward whose office did it, if an official of one did.
    pub office: Option<String>,
    /// Which comment it is, if it is a resident's.
    pub comment: Option<EventId>,
    /// A comment's words, a resolution note.
    pub text: Option<String>,
}

/// A watch that matched.
#[derive(Clone, Debug, PartialEq)]
pub struct Because {
    pub watch_name: String,
    /// The middle of its area, if it watches one; for its owner's eyes.
    pub middle: Option<Position>,
    /// The ward that the issue lies beside rather than in: it is on the ward line.
    pub near_ward: Option<String>,
    /// It has kept the outline of a public area that is none any more, as of late.
    pub area_ended: bool,
    /// `{public_url}/u/{token}`, for this watch and contact.
    pub unsubscribe_link: String,
}

/// Many issues in one message.
#[derive(Clone, Debug)]
pub struct Digest {
    pub rhythm: Rhythm,
    /// Whatever is beyond 25 is counted, not shown.
    pub items: Vec<Told>,
    /// How many there are besides `items`.
    pub more: usize,
    /// Where all of them can be seen.
    pub link: String,
}

/// The question whether a contact agrees.
#[derive(Clone, Debug)]
pub struct Confirm {
    pub watched: Watched,
    pub link: String,
    /// Six digits.
    pub code: String,
}

/// A target, so far as a mail may name it: it gives nobody's home away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    Area,
    /// The wards as people call them; at least one.
    Wards(Vec<String>),
    /// The issue's number.
    Issue(String),
    /// What they reported themselves: its number, and its page.
    Report {
        number: String,
        link: String,
    },
}

impl Told {
    /// What the message is about first: the newest happening that says how it stands, before what people
    /// said and how many they are.
    #[must_use]
    pub fn headline(&self) -> Option<&Happening> {
        let weight = |happening: &&Happening| match happening.kind {
            Kind::Voted => 0,
            Kind::Commented => 1,
            _ => 2,
        };
        // Of the weightiest the last, which is the newest.
        self.happenings.iter().max_by_key(weight)
    }
}

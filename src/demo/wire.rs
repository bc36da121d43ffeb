//! What the demo page is told: plain data, as server-sent events and in the page itself.
//!
//! The one rule: the browser gets pixels and sentences, never a position and never a reason to
//! calculate. All words a visitor reads are made here, so that the map, the list and the page
//! without JavaScript say the same.

use serde::{Deserialize, Serialize};

use super::issues::categories::mark;
use crate::clock::{Timestamp, Zone};

/// One message of the stream.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Wire {
    Landed(Landing),
    Told(Told),
    Mail(Mail),
    Push(Push),
    Tally(Tally),
}

impl Wire {
    /// The event's name: `landed`, `told`, `mail`, `push`, `tally`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Landed(_) => "landed",
            Self::Told(_) => "told",
            Self::Mail(_) => "mail",
            Self::Push(_) => "push",
            Self::Tally(_) => "tally",
        }
    }
}

/// An issue was accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Landing {
    /// `26-001234`.
    pub number: String,
    /// The id at its source, by which a visitor's page knows its own report.
    pub source_id: String,
    pub category: String,
    /// An id in the page's icon sheet; see [`Landing::mark_of`].
    pub mark: String,
    /// Empty when the source gave none.
    pub address: String,
    /// `Ward 7`; `Wards 7 and 8` on the line; empty outside.
    pub ward: String,
    pub description: String,
    /// What a clock in the city shows; see [`clock_face`].
    pub time: String,
    /// Pixels of the map; `None` when the place is not believed.
    pub at: Option<Pixel>,
    /// Why nobody who watches a place is told; empty for a good place.
    pub trouble: String,
}

/// A place on the page's map, in its view box.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pixel {
    pub x: f64,
    pub y: f64,
}

/// An issue was matched, and the people concerned are told or will be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub number: String,
    pub people: u32,
    /// `12 people told in 0.4 s`.
    pub headline: String,
    /// `9 mails, 5 pushes; 29 more in their next digest`.
    pub detail: String,
    pub took_ms: u64,
    /// SVG paths of the watch areas that were hit.
    pub areas: Vec<String>,
    /// Element ids of the wards that were hit; see [`super::picture::ward_id`].
    pub wards: Vec<String>,
}

/// How many are told what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// People told at once, by mail, push or both.
    pub at_once: u32,
    pub mails: u32,
    pub pushes: u32,
    /// People who read it in their next daily or weekly digest and are not told at once.
    pub digest: u32,
}

/// A mail that was caught instead of sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mail {
    pub id: String,
    /// The issue's number; empty for a digest.
    pub number: String,
    /// The receiver's name.
    pub name: String,
    pub to: String,
    pub from: String,
    pub subject: String,
    pub time: String,
    /// Where its HTML part can be read: `/dev/mail/{id}`.
    pub url: String,
}

/// A push message that was caught, as the service worker would show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Push {
    pub id: String,
    pub number: String,
    pub name: String,
    pub title: String,
    pub body: String,
    pub time: String,
}

/// The counters of the page's head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub issues: u64,
    pub people: u64,
    pub mails: u64,
    pub pushes: u64,
    /// Half of all at-once messages were out within this time; 0 before the first.
    pub median_ms: u64,
}

impl Landing {
    /// The mark that fits a category of any city.
    #[must_use]
    pub fn mark_of(category: &str) -> String {
        mark(category).to_owned()
    }

    /// `1214 N Alder Ave · Ward 7`, less what is not known.
    #[must_use]
    pub fn place(&self) -> String {
        let parts = [self.address.as_str(), self.ward.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

impl Told {
    /// Puts the counts into words; areas and wards are the caller's to add.
    #[must_use]
    pub fn new(number: &str, counts: Counts, took_ms: u64) -> Self {
        let people = counts.at_once + counts.digest;
        let who = |n: u32| counted(n.into(), "person", "people");
        // "Told" is said only of those whose message has gone out.
        let headline = match (counts.at_once, counts.digest) {
            (0, 0) => "Nobody watches this place yet".to_owned(),
            (0, later) => format!("{} will read of it", who(later)),
            (now, _) => format!("{} told in {}", who(now), lasting(took_ms)),
        };
        let detail = counts.detail();
        let (areas, wards) = (vec![], vec![]);
        Self { number: number.to_owned(), people, headline, detail, took_ms, areas, wards }
    }
}

impl Counts {
    fn detail(self) -> String {
        let Self { at_once, mails, pushes, digest } = self;
        let mut parts = vec![];
        if at_once > 0 {
            let roads = [(mails, "mail", "mails"), (pushes, "push", "pushes")];
            let roads: Vec<String> = roads
                .into_iter()
                .filter(|road| road.0 > 0)
                .map(|(n, one, many)| counted(n.into(), one, many))
                .collect();
            parts.push(roads.join(", "));
        }
        if digest > 0 {
            let more = if at_once > 0 { " more" } else { "" };
            parts.push(format!("{}{more} in their next digest", grouped(digest.into())));
        }
        parts.join("; ")
    }
}

/// `1 person`, `1,204 people`.
#[must_use]
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// `1,234,567`.
#[must_use]
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    digits.chars().enumerate().fold(String::new(), |mut out, (k, digit)| {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
        out
    })
}

/// `38 ms`, `0.4 s`, `12 s`.
#[must_use]
pub fn lasting(ms: u64) -> String {
    match ms {
        0..100 => format!("{} ms", ms.max(1)),
        100..9_950 => format!("{:.1} s", ms as f64 / 1_000.0),
        _ => format!("{} s", (ms + 500) / 1_000),
    }
}

/// What a clock in the city shows: `9:41 am`.
#[must_use]
pub fn clock_face(at: Timestamp, zone: &Zone) -> String {
    let local = zone.local(at);
    let hour = if local.hour % 12 == 0 { 12 } else { local.hour % 12 };
    let half = if local.hour < 12 { "am" } else { "pm" };
    format!("{hour}:{:02} {half}", local.minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_reads_who_was_told_how_fast() {
        let told = |at_once, mails, pushes, digest, ms| {
            let told = Told::new("26-000001", Counts { at_once, mails, pushes, digest }, ms);
            (told.headline, told.detail)
        };
        let (headline, detail) = told(12, 9, 5, 29, 412);
        assert_eq!(headline, "12 people told in 0.4 s");
        assert_eq!(detail, "9 mails, 5 pushes; 29 more in their next digest");
        let (headline, detail) = told(1, 0, 1, 0, 7);
        assert_eq!((&*headline, &*detail), ("1 person told in 7 ms", "1 push"));
        let (headline, detail) = told(0, 0, 0, 0, 3);
        assert_eq!((&*headline, &*detail), ("Nobody watches this place yet", ""));
        assert_eq!(told(0, 0, 0, 1_204, 3).0, "1,204 people will read of it");
    }

    #[test]
    fn figures_read_as_people_write_them() {
        let written = [0, 999, 1_000, 12_345, 1_234_567].map(grouped);
        assert_eq!(written, ["0", "999", "1,000", "12,345", "1,234,567"]);
        let noon: Timestamp = "2026-05-04T17:05:00Z".parse().unwrap();
        assert_eq!(clock_face(noon, &"America/Chicago".parse().unwrap()), "12:05 pm");
    }
}

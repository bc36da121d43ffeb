//! What somebody asks to see, as it stands in a URL: the list, its map, its feeds and its embedded page
//! all read it here, so that they show the same.

use std::time::Duration;

use super::super::issue_lists::{A_SEARCH, parse_bbox};
use super::super::pages::{Frame, Wrong};
use super::super::ward_pages::urlencoded;
use super::super::{Problem, problem};
use crate::clock::Timestamp;
use crate::issue::{IssueId, Status};
use crate::store::{Mark, Order, View};
use crate::ward::WardRef;

/// More categories than this nobody ticks.
const CATEGORIES: usize = 50;
/// Days back that anybody may ask for.
const LONGEST: u64 = 3_650;

/// The parts of a URL's query, right or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// `12`, or `LAYER:12`.
    pub ward: String,
    pub categories: Vec<String>,
    /// `open`, `closed`, or the name of a status.
    pub status: String,
    pub q: String,
    pub bbox: String,
    /// Opened within so many days.
    pub within: String,
    /// `newest`, `votes`, `longest`.
    pub sort: String,
    pub cursor: String,
}

/// A part of a query that is wrong: its name, and the sentence that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: &'static str,
    pub key: &'static str,
    /// The same for programs.
    pub detail: &'static str,
}

/// What can be asked of the store.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub view: View,
    pub order: Order,
    pub after: Option<Mark>,
}

impl Asked {
    /// Reads a query; what an untouched field of a form sends asks for nothing.
    pub fn read(pairs: &[(String, String)]) -> Self {
        let all = |name: &'static str| {
            pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
        };
        let one = |name| all(name).next_back().unwrap_or_default().to_owned();
        let mut categories: Vec<String> = vec![];
        for name in all("category").filter(|name| !name.is_empty()) {
            if !categories.iter().any(|known| known == name) {
                categories.push(name.to_owned());
            }
        }
        let sort = one("sort");
        let mut status = one("status");
        if sort == "longest" && status.is_empty() {
            // What is closed waits no longer; so that the map and the feeds leave it out, too.
            "open".clone_into(&mut status);
        }
        Self {
            ward: one("ward"),
            categories,
            status,
            q: one("q"),
            bbox: one("bbox"),
            within: one("within"),
            sort,
            cursor: one("cursor"),
        }
    }

    /// What it asks of the store, and what of it cannot be asked.
    pub fn wanted(&self, now: Timestamp) -> (Wanted, Vec<Fault>) {
        let mut faults = vec![];
        let mut view = View {
            ward: (!self.ward.is_empty()).then(|| WardRef::read(&self.ward)),
            categories: self.categories.iter().take(CATEGORIES).cloned().collect(),
            ..View::default()
        };
        if self.categories.len() > CATEGORIES {
            faults.push(TOO_MANY);
        }
        faults.extend(self.put_status(&mut view).err());
        faults.extend(self.put_words(&mut view).err());
        faults.extend(self.put_bbox(&mut view).err());
        faults.extend(self.put_since(&mut view, now).err());
        let order = self.order().unwrap_or_else(|| {
            faults.push(NO_ORDER);
            Order::Newest
        });
        // Nothing would be found, and nobody would know why.
        let closed = view.open == Some(false) || view.status == Some(Status::Closed);
        if order == Order::Longest && closed {
            faults.push(NONE_OPEN);
        }
        let after = self.mark().unwrap_or_else(|| {
            faults.push(NO_CURSOR);
            None
        });
        (Wanted { view, order, after }, faults)
    }

    fn put_status(&self, view: &mut View) -> Result<(), Fault> {
        match self.status.as_str() {
            "" => {}
            "open" => view.open = Some(true),
            "closed" => view.open = Some(false),
            name => view.status = Some(Status::from_name(name).ok_or(NO_STATUS)?),
        }
        Ok(())
    }

    fn put_words(&self, view: &mut View) -> Result<(), Fault> {
        if self.q.chars().count() > A_SEARCH {
            return Err(LONG_WORDS);
        }
        view.words = (!self.q.is_empty()).then(|| self.q.clone());
        Ok(())
    }

    fn put_bbox(&self, view: &mut View) -> Result<(), Fault> {
        if !self.bbox.is_empty() {
            view.bbox = Some(parse_bbox(&self.bbox).map_err(|_| NO_BOX)?);
        }
        Ok(())
    }

    fn put_since(&self, view: &mut View, now: Timestamp) -> Result<(), Fault> {
        if self.within.is_empty() {
            return Ok(());
        }
        let days = self.within.parse().ok().filter(|days| (1..=LONGEST).contains(days));
        let days: u64 = days.ok_or(NO_DAYS)?;
        view.since = Some(now.minus(Duration::from_hours(24 * days)));
        Ok(())
    }

    /// The same for a program, which is told what is wrong.
    ///
    /// # Errors
    /// 422 that names each part that is wrong.
    pub fn checked(&self, now: Timestamp) -> Result<Wanted, Problem> {
        let (wanted, faults) = self.wanted(now);
        let field = |fault: Fault| problem::Field {
            pointer: format!("/{}", fault.field),
            detail: fault.detail.to_owned(),
        };
        if faults.is_empty() {
            return Ok(wanted);
        }
        Err(Problem::fields(faults.into_iter().map(field).collect()))
    }

    fn order(&self) -> Option<Order> {
        match self.sort.as_str() {
            "" | "newest" => Some(Order::Newest),
            "votes" => Some(Order::Votes),
            "longest" => Some(Order::Longest),
            _ => None,
        }
    }

    #[expect(clippy::option_option, reason = "none is asked for, or what is asked for is none")]
    fn mark(&self) -> Option<Option<Mark>> {
        if self.cursor.is_empty() {
            return Some(None);
        }
        let mut parts = self.cursor.split('.');
        let votes = parts.next()?.parse().ok()?;
        let at = Timestamp::from_millis(parts.next()?.parse().ok()?);
        let id = IssueId(parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(Some(Mark { votes, at, id }))
    }

    /// Whether nothing is left out.
    pub fn is_all(&self) -> bool {
        let Self { ward, categories, status, q, bbox, within, .. } = self;
        categories.is_empty() && [ward, status, q, bbox, within].iter().all(|one| one.is_empty())
    }

    /// What chooses issues, as pairs.
    pub fn filters(&self) -> Vec<(&'static str, &str)> {
        let mut all = vec![("ward", &*self.ward)];
        all.extend(self.categories.iter().map(|name| ("category", &**name)));
        all.extend([
            ("status", &*self.status),
            ("q", &self.q),
            ("bbox", &self.bbox),
            ("within", &self.within),
        ]);
        all.retain(|(_, value)| !value.is_empty());
        all
    }

    /// A page of ours with these filters, in this order.
    pub fn link(&self, page: &str) -> String {
        let mut pairs = self.filters();
        if !self.sort.is_empty() {
            pairs.push(("sort", &self.sort));
        }
        with_query(page, &pairs)
    }

    /// The same behind where a list ended.
    pub fn behind(&self, page: &str, mark: Mark) -> String {
        let cursor = format!("{}.{}.{}", mark.votes, mark.at.as_millis(), mark.id.0.simple());
        let link = self.link(page);
        let sign = if link.contains('?') { '&' } else { '?' };
        format!("{link}{sign}cursor={cursor}")
    }

    /// Without one of its filters.
    pub fn without(&self, name: &str, value: &str) -> Self {
        let mut less = Self { cursor: String::new(), ..self.clone() };
        match name {
            "ward" => less.ward.clear(),
            "category" => less.categories.retain(|one| one != value),
            "status" => less.status.clear(),
            "q" => less.q.clear(),
            "bbox" => less.bbox.clear(),
            _ => less.within.clear(),
        }
        less
    }
}

/// A path with a query.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", urlencoded(value))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

impl Fault {
    /// What a person is told, at the field of the form.
    pub fn wrong(self, frame: &Frame<'_>) -> Wrong {
        // No field of the form holds where a list goes on.
        let field = if self.field == "cursor" { "found" } else { self.field };
        Wrong::at(field, frame.t(self.key))
    }
}

const TOO_MANY: Fault = Fault {
    field: "category",
    key: "page-browse-wrong-category",
    detail: "`category` may be given 50 times",
};
const NO_STATUS: Fault = Fault {
    field: "status",
    key: "page-browse-wrong-status",
    detail: "`status` is open, closed, received, acknowledged, in_progress or on_hold",
};
const LONG_WORDS: Fault =
    Fault { field: "q", key: "page-browse-wrong-words", detail: "`q` has at most 200 characters" };
const NO_BOX: Fault = Fault {
    field: "bbox",
    key: "page-browse-wrong-bbox",
    detail: "`bbox` is west,south,east,north in degrees",
};
const NO_DAYS: Fault = Fault {
    field: "within",
    key: "page-browse-wrong-within",
    detail: "`within` is a number of days from 1 to 3650",
};
const NO_ORDER: Fault = Fault {
    field: "sort",
    key: "page-browse-wrong-sort",
    detail: "`sort` is newest, votes or longest",
};
const NONE_OPEN: Fault = Fault {
    field: "sort",
    key: "page-browse-wrong-longest",
    detail: "`sort=longest` lists what is open; leave `status` out, or name one that is not closed",
};
const NO_CURSOR: Fault = Fault {
    field: "cursor",
    key: "page-browse-wrong-cursor",
    detail: "`cursor` is what the last page's link has",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)]) -> Asked {
        let pairs: Vec<_> = query.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Asked::read(&pairs)
    }

    const NOW: Timestamp = Timestamp::from_millis(1_777_903_200_000);

    #[test]
    fn a_link_asks_for_what_was_asked() {
        let asked = read(&[
            ("ward", "12"),
            ("category", "Pothole"),
            ("category", "Tree & Debris"),
            ("q", ""),
            ("status", "open"),
            ("within", "7"),
            ("sort", "votes"),
            ("category", "Pothole"),
        ]);
        let link = asked.link("/issues");
        assert_eq!(
            link,
            "/issues?ward=12&category=Pothole&category=Tree%20%26%20Debris&status=open&within=7&sort=votes"
        );
        let (wanted, faults) = asked.wanted(NOW);
        assert_eq!((wanted.order, faults), (Order::Votes, vec![]));
        assert_eq!((wanted.view.open, wanted.view.categories.len()), (Some(true), 2));
        let less = asked.without("category", "Pothole").without("ward", "12");
        assert_eq!(less.categories, ["Tree & Debris"]);
        assert!(less.ward.is_empty() && !less.is_all() && read(&[("sort", "votes")]).is_all());
    }

    #[test]
    fn what_is_closed_waits_no_longer() {
        for status in ["closed", "open", ""] {
            let (_, faults) = read(&[("sort", "longest"), ("status", status)]).wanted(NOW);
            let keys: Vec<_> = faults.iter().map(|fault| fault.key).collect();
            let said = ["page-browse-wrong-longest"];
            assert_eq!(keys, if status == "closed" { &said[..] } else { &[] }, "{status}");
        }
    }

    #[test]
    fn where_a_list_ended_comes_back_as_it_was() {
        let id = IssueId(uuid::Uuid::from_u128(77));
        let mark = Mark { votes: 3, at: NOW, id };
        let link = read(&[("ward", "1")]).behind("/issues", mark);
        let (_, cursor) = link.split_once("&cursor=").unwrap();
        assert_eq!(read(&[("cursor", cursor)]).wanted(NOW).0.after, Some(mark));
    }

    #[test]
    fn what_is_wrong_is_named_and_the_rest_is_asked() {
        let long = "x".repeat(201);
        let asked = read(&[
            ("status", "lost"),
            ("bbox", "1,2"),
            ("within", "0"),
            ("sort", "best"),
            ("cursor", "1.2.x"),
            ("q", &long),
            ("ward", "3"),
        ]);
        let (wanted, faults) = asked.wanted(NOW);
        let fields: Vec<_> = faults.iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["status", "q", "bbox", "within", "sort", "cursor"]);
        assert_eq!(wanted.view, View { ward: Some(WardRef::read("3")), ..View::default() });
        assert!(asked.checked(NOW).is_err() && read(&[]).checked(NOW).is_ok());
    }
}

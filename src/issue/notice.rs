//! What a source says, and the events that explain it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Actor, Category, Kind, Place, Standing, Status};
use crate::clock::Timestamp;
use crate::geometry::{Envelope, Position};

/// What a source says about one issue at one moment: a form, a line of a stream, a row of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Where it was said: `chicago-311`, `api`, `web`.
    pub source: String,
    /// The issue's id there.
    pub source_id: String,
    /// The version of what is said, when the source names one: a number, or when it last changed.
    pub version: Option<String>,
    pub said: Said,
    /// When it happened: for a row the time of the request, for an event its own.
    pub at: Timestamp,
    pub actor: Actor,
    /// Which of the comments that are held it lets through.
    pub lets: Option<Lets>,
    /// What it brings with it when somebody of the city's has said it here.
    pub desk: Option<FromDesk>,
    pub facts: Facts,
}

/// A resident's comment that is held until a notice lets it through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lets {
    pub comment: Uuid,
    /// Somebody of the city's has read it: what the same person says from then on waits no more.
    pub read: bool,
}

/// What somebody of the city's brings with what they do to an issue here.
#[derive(Clone, Debug, PartialEq)]
pub struct FromDesk {
    /// The ward of the office that they speak for, `12` or `LAYER:12`; `None` for the city itself.
    pub office: Option<String>,
    /// How the issue stood for them: what has become of it since, they have not seen.
    pub saw: Status,
}

/// How much a notice says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// One event, by its kind. `facts` holds only what the event states.
    Event { kind: Kind, text: Option<String> },
    /// The issue's whole present state, from which the events are worked out.
    /// `changed` is when the state last changed, `closed` when it was closed.
    State { changed: Option<Timestamp>, closed: Option<Timestamp> },
}

/// The fields of an issue that a source can state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Whatever else the source's row held, by its own column names.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty", default)]
    pub attributes: serde_json::Map<String, serde_json::Value>,
}

/// What a notice comes to: how the issue stands after it, and what happened on the way there,
/// oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    pub standing: Standing,
    pub happenings: Vec<Happening>,
}

/// One step of an explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    pub kind: Kind,
    pub at: Timestamp,
    /// The issue's status right after it.
    pub status: Status,
    pub text: Option<String>,
}

/// Why a notice has no events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unexplained {
    #[error("it changes nothing")]
    NothingNew,
    #[error("no issue with this source and source_id is known; send its `opened` event first")]
    UnknownIssue,
    #[error("an issue with this source and source_id is open already; send `updated` instead")]
    AlreadyOpen,
    #[error("it says that it happens in the future; check its time, its zone and the clock")]
    InTheFuture,
    #[error("no such comment is held; somebody may have decided about it already")]
    NotHeld,
    #[error("it stands otherwise than whoever says this has seen; look again")]
    StandsOtherwise,
    #[error("a `moved` event needs the new place; send `lon` and `lat`")]
    MovedNowhere,
}

/// How far ahead of ours a source's clock, or the zone it writes in, may be.
pub const CLOCKS_DIFFER: Duration = Duration::from_hours(24);

/// Works out what a notice means for an issue that stands as `known`, or is new.
///
/// `city` is the box in which a place is believable. A source that does not say when its row
/// changed is taken to have changed it `now`.
///
/// # Errors
/// When the notice changes nothing, or does not fit the issue.
pub fn explain(
    known: Option<&Standing>,
    notice: &Notice,
    city: Option<&Envelope>,
    now: Timestamp,
) -> Result<Explained, Unexplained> {
    if notice.at > now.plus(CLOCKS_DIFFER) {
        return Err(Unexplained::InTheFuture);
    }
    if known.is_some_and(|known| notice.desk.as_ref().is_some_and(|desk| desk.saw != known.status))
    {
        return Err(Unexplained::StandsOtherwise);
    }
    match (&notice.said, known) {
        (Said::State { changed, closed }, None) => {
            let mut explained = first_seen(notice, *closed, city);
            explained.standing.stated_at = changed.map(|at| at.min(now));
            Ok(explained)
        }
        (Said::State { changed, closed }, Some(known)) => {
            // What happened here since, a comment or a vote, makes the source's row no older.
            if changed.is_some_and(|at| known.stated_at.is_some_and(|stated| at < stated)) {
                return Err(Unexplained::NothingNew); // an older version that arrives late
            }
            let mut explained = difference(known, notice, changed.unwrap_or(now), *closed, city)?;
            explained.standing.stated_at = changed.map(|at| at.min(now)).or(known.stated_at);
            Ok(explained)
        }
        (Said::Event { kind: Kind::Opened, text }, None) => Ok(opened(notice, text.clone(), city)),
        (Said::Event { kind: Kind::Opened, .. }, Some(_)) => Err(Unexplained::AlreadyOpen),
        (Said::Event { .. }, None) => Err(Unexplained::UnknownIssue),
        (Said::Event { kind, text }, Some(known)) => {
            one_event(known, notice, *kind, text.as_ref(), city)
        }
    }
}

fn opened(notice: &Notice, text: Option<String>, city: Option<&Envelope>) -> Explained {
    let mut standing = blank(notice.at);
    apply(&mut standing, &notice.facts);
    if standing.status == Status::Closed {
        standing.status = Status::Received;
    }
    standing.place = Place::judge(standing.position, city);
    let status = standing.status;
    Explained {
        standing,
        happenings: vec![Happening { kind: Kind::Opened, at: notice.at, status, text }],
    }
}

/// A row seen for the first time: it was opened, and if it is closed by now, closed as well, each
/// at its own time.
fn first_seen(notice: &Notice, closed: Option<Timestamp>, city: Option<&Envelope>) -> Explained {
    let mut explained = opened(notice, None, city);
    if let Said::State { changed: Some(changed), .. } = notice.said {
        explained.standing.changed_at = changed.max(notice.at);
    }
    if notice.facts.status == Some(Status::Closed) {
        // Cities write closing times before the opening; time does not run backwards here.
        let at = closed.unwrap_or(explained.standing.changed_at).max(notice.at);
        close(&mut explained.standing, at);
        let status = Status::Closed;
        explained.happenings.push(Happening { kind: Kind::Closed, at, status, text: None });
    }
    explained
}

fn difference(
    known: &Standing,
    notice: &Notice,
    at: Timestamp,
    closed: Option<Timestamp>,
    city: Option<&Envelope>,
) -> Result<Explained, Unexplained> {
    let mut after = known.clone();
    apply(&mut after, &notice.facts);
    after.place = Place::judge(after.position, city);
    after.changed_at = known.changed_at.max(at);
    let mut kinds = vec![];
    if after.position != known.position {
        kinds.push(Kind::Moved);
    }
    let words = |s: &Standing| (s.category.clone(), s.description.clone(), s.address.clone());
    let (was_closed, is_closed) = (known.status == Status::Closed, after.status == Status::Closed);
    let new_status = after.status != known.status && !was_closed && !is_closed;
    if words(&after) != words(known) || new_status {
        kinds.push(Kind::Updated);
    }
    match (was_closed, is_closed) {
        (false, true) => {
            close(&mut after, closed.unwrap_or(at).max(known.opened_at));
            kinds.push(Kind::Closed);
        }
        (true, false) => {
            after.closed_at = None;
            kinds.push(Kind::Reopened);
        }
        _ => {}
    }
    if kinds.is_empty() {
        return Err(Unexplained::NothingNew);
    }
    let status = after.status;
    let when = |kind| match (kind, after.closed_at) {
        (Kind::Closed, Some(closed)) => closed,
        _ => at,
    };
    let happenings = kinds
        .into_iter()
        .map(|kind| Happening { kind, at: when(kind), status, text: None })
        .collect();
    Ok(Explained { standing: after, happenings })
}

fn one_event(
    known: &Standing,
    notice: &Notice,
    kind: Kind,
    text: Option<&String>,
    city: Option<&Envelope>,
) -> Result<Explained, Unexplained> {
    let mut after = known.clone();
    apply(&mut after, &notice.facts);
    after.place = Place::judge(after.position, city);
    after.changed_at = known.changed_at.max(notice.at);
    match kind {
        Kind::Closed => close(&mut after, notice.at.max(known.opened_at)),
        Kind::Reopened => {
            after.status = notice.facts.status.filter(|s| *s != Status::Closed).unwrap_or_default();
            after.closed_at = None;
        }
        Kind::Voted => after.votes += 1,
        Kind::Hidden => after.hidden = true,
        Kind::Moved if notice.facts.position.is_none() => return Err(Unexplained::MovedNowhere),
        // Closing and reopening have kinds of their own.
        _ => after.status = if crosses(known, &after) { known.status } else { after.status },
    }
    let changes_nothing = match kind {
        Kind::Closed => known.status == Status::Closed,
        Kind::Reopened => known.status != Status::Closed,
        Kind::Moved => after.position == known.position,
        Kind::Hidden => known.hidden,
        Kind::Updated => {
            text.is_none() && Standing { changed_at: known.changed_at, ..after.clone() } == *known
        }
        _ => false,
    };
    // Said twice is still once, whatever words come along: a client that tries again tells nobody.
    if changes_nothing {
        return Err(Unexplained::NothingNew);
    }
    let happening = Happening { kind, at: notice.at, status: after.status, text: text.cloned() };
    Ok(Explained { standing: after, happenings: vec![happening] })
}

fn crosses(before: &Standing, after: &Standing) -> bool {
    (before.status == Status::Closed) != (after.status == Status::Closed)
}

fn close(standing: &mut Standing, at: Timestamp) {
    standing.status = Status::Closed;
    standing.closed_at = Some(at);
    standing.changed_at = standing.changed_at.max(at);
}

fn apply(standing: &mut Standing, facts: &Facts) {
    let Facts { category, status, description, address, position, attributes } = facts.clone();
    standing.category = category.unwrap_or_else(|| standing.category.clone());
    standing.status = status.unwrap_or(standing.status);
    standing.description = description.unwrap_or_else(|| std::mem::take(&mut standing.description));
    standing.address = address.unwrap_or_else(|| std::mem::take(&mut standing.address));
    standing.position = position.or(standing.position);
    standing.attributes.extend(attributes);
}

fn blank(at: Timestamp) -> Standing {
    Standing {
        category: Category::from("Other"),
        status: Status::Received,
        description: String::new(),
        address: String::new(),
        position: None,
        place: Place::Missing,
        opened_at: at,
        changed_at: at,
        stated_at: None,
        closed_at: None,
        votes: 0,
        hidden: false,
        attributes: serde_json::Map::new(),
    }
}

#[cfg(test)]
mod tests;

use serde::Serialize;

use super::{About, Contents, DeliveryId};
use crate::clock::Timestamp;
use crate::issue::{Actor, IssueEvent, Kind, Place, Quiet};
use crate::ward::WardRef;
use crate::watch::{Rhythm, Target, Watch, WatchNumber};
use crate::watcher::{ContactId, ContactKind, Pause};

/// All that bears on why one person was or was not told of one event.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub event: &'a IssueEvent,
    /// When it was matched with the watches there were; `None` while it waits.
    pub matched: Option<Timestamp>,
    /// The wards that the issue lies in or near.
    pub wards: &'a [WardRef],
    /// The person's contacts, watches (deleted ones too), and all that was put on its way to them
    /// since the event.
    pub contacts: &'a [Reached],
    pub watches: &'a [Watching],
    pub trips: &'a [Trip],
    /// The watches that wait for a digest to tell this event.
    pub later: &'a [Later],
    /// The person's last time without any message.
    pub pause: Option<Pause>,
    /// Since when the person wants to hear no more of the issue.
    pub muted: Option<Timestamp>,
    /// Since when the person wants to hear no more of whose comment it is.
    pub muted_author: Option<Timestamp>,
    /// It is a comment of their own.
    pub own: bool,
}

/// A contact, and whether anything may be sent to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    pub id: ContactId,
    pub kind: ContactKind,
    pub consent: Consent,
}

/// Whether a contact may be sent anything.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "consent", rename_all = "snake_case")]
pub enum Consent {
    Unconfirmed,
    Confirmed {
        since: Option<Timestamp>,
    },
    /// Its mails came back; its owner may say that they are to be sent again.
    Suspended {
        at: Option<Timestamp>,
        why: String,
    },
    Retired {
        at: Option<Timestamp>,
        why: String,
    },
}

/// A watch, and since and until when it spoke.
#[derive(Clone, Debug, PartialEq)]
pub struct Watching {
    pub watch: Watch,
    pub confirmed: Option<Timestamp>,
    pub deleted: Option<Timestamp>,
    pub paused: bool,
    /// The wards that it follows: as chosen, or where the address lies that was meant.
    pub wards: Vec<WardRef>,
}

/// A delivery, as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Trip {
    pub id: DeliveryId,
    pub contact: ContactId,
    pub kind: ContactKind,
    pub about: About,
    pub contents: Contents,
    pub fate: Fate,
    pub created: Timestamp,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    Waiting { due: Timestamp, last: Option<String> },
    Sent { at: Timestamp, reply: String },
    Retired { at: Timestamp, reason: String },
    Dead { at: Timestamp, reason: String },
}

/// A digest that will tell the event for a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Later {
    pub watch: WatchNumber,
    pub rhythm: Rhythm,
    pub due: Timestamp,
}

/// Why one person was or was not told of one event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer<'a> {
    /// The messages that tell it, with the watches they name.
    pub told: Vec<(&'a Trip, Vec<&'a Watch>)>,
    /// Why nobody was told of it by any watch.
    pub nobody: Option<Reason>,
    /// Why the person's other watches did not bring it.
    pub not: Vec<(&'a Watch, Reason)>,
}

/// Why something was not told.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// The event waits to be matched.
    NotMatchedYet,
    /// It was brought as history.
    Backfill,
    /// It happened too long before it arrived.
    Old,
    /// The watch waits for its owner's answer.
    WatchUnconfirmed,
    WatchDeleted {
        at: Timestamp,
    },
    WatchPaused,
    /// It was confirmed after the event had been matched.
    WatchTooLate {
        confirmed: Timestamp,
    },
    /// The issue's place is missing, cannot be right, or is held.
    PlaceNotBelieved {
        place: Place,
    },
    /// The issue lies outside the watch's area.
    Outside {
        metres: f64,
    },
    /// The issue lies in other wards.
    OtherWard {
        lies_in: Vec<WardRef>,
        follows: Vec<WardRef>,
    },
    /// The watch follows another issue.
    OtherIssue,
    KindNotWanted {
        kind: Kind,
    },
    CategoryNotWanted {
        category: String,
    },
    /// The watch wants only what officials say and do.
    NotOfficial,
    /// Its words are not the ones that are looked for, or are among the unwanted.
    WordsNotWanted,
    /// None of the roads that the watch takes leads anywhere: what is wrong with each contact.
    NoRoad {
        contacts: Vec<(ContactKind, Consent)>,
    },
    /// A contact was confirmed only after the event had been matched.
    RoadTooLate {
        confirmed: Timestamp,
    },
    /// The owner wanted to hear nothing at that time.
    OwnerPaused {
        until: Timestamp,
    },
    /// The owner wants to hear no more of the issue.
    IssueMuted {
        since: Timestamp,
    },
    /// The owner said it.
    OwnComment,
    /// The owner wants to hear no more of whoever said it.
    AuthorMuted {
        since: Timestamp,
    },
    /// With [`Rhythm::AtOnce`]: it could not be told at once, for the owner's quiet hours or for all
    /// that was told within the hour, and comes with what else could not.
    DigestDue {
        rhythm: Rhythm,
        due: Timestamp,
    },
    /// The digest listed as many issues as it may, and counted the rest.
    DigestFull {
        at: Timestamp,
        more: usize,
    },
    /// By what is stored now it would have been told: something was changed since.
    ChangedSince,
}

/// Explains one event to one person.
#[must_use]
pub fn why<'a>(case: &Case<'a>) -> Answer<'a> {
    let mut answer = Answer::default();
    let named = |number: &WatchNumber| {
        case.watches.iter().map(|one| &one.watch).find(|watch| watch.number == *number)
    };
    for trip in case.trips.iter().filter(|trip| tells(case, trip) && !left_out(case, trip)) {
        let items = trip.contents.items.iter().filter(|item| item.event == case.event.id);
        let watches = items.flat_map(|item| &item.watches).filter_map(named).collect();
        answer.told.push((trip, watches));
    }
    answer.nobody = nobody(case);
    if answer.nobody.is_some() {
        return answer;
    }
    let has_told = |number| {
        answer.told.iter().any(|(_, watches)| watches.iter().any(|watch| watch.number == number))
    };
    let silent = case.watches.iter().filter(|one| !has_told(one.watch.number));
    answer.not = silent.map(|one| (&one.watch, reason(case, one))).collect();
    answer
}

/// Whether a message was made to tell the event.
fn tells(case: &Case<'_>, trip: &Trip) -> bool {
    trip.contents.items.iter().any(|item| item.event == case.event.id)
}

/// Whether a message that was made to tell the event went out without it, for its reader had muted it by
/// then.
fn left_out(case: &Case<'_>, trip: &Trip) -> bool {
    let Fate::Sent { at, .. } = trip.fate else { return false };
    case.muted.into_iter().chain(case.muted_author).any(|since| since < at)
}

/// What keeps an event from everybody.
fn nobody(case: &Case<'_>) -> Option<Reason> {
    match (case.event.quiet, case.matched) {
        (Some(Quiet::Backfill), _) => Some(Reason::Backfill),
        (Some(Quiet::Old), _) => Some(Reason::Old),
        (None, None) => Some(Reason::NotMatchedYet),
        (None, Some(_)) => None,
    }
}

/// The first that keeps a watch from bringing the event, in the order in which the service asks, but for
/// what a watch would not bring however early it was confirmed.
fn reason(case: &Case<'_>, one: &Watching) -> Reason {
    let other = || elsewhere(case, one).or_else(|| unwanted(case, one));
    let hit = match aside(case, one) {
        // Whoever comes too late for what they would not be told anyway has missed nothing.
        Some(late @ Reason::WatchTooLate { .. }) => Some(other().unwrap_or(late)),
        hit => hit.or_else(other),
    };
    let hit = hit.or_else(|| muted(case, one)).or_else(|| nowhere(case, one));
    let hit = hit.or_else(|| later(case, one)).or_else(|| rested(case));
    hit.or_else(|| too_late(case, one)).unwrap_or_else(|| {
        // What was too much at once came in one of those, too.
        let is_of = |trip: &Trip| {
            one.watch.rhythm != Rhythm::AtOnce || trip.contents.rhythm == Some(Rhythm::AtOnce)
        };
        let full = case.trips.iter().find(|trip| {
            matches!(trip.about, About::Digest(_))
                && trip.contents.more > 0
                && case.matched.is_some_and(|matched| trip.created >= matched)
                && is_of(trip)
        });
        match full {
            Some(trip) => Reason::DigestFull { at: trip.created, more: trip.contents.more },
            None => Reason::ChangedSince,
        }
    })
}

/// Whether the watch spoke at all.
fn aside(case: &Case<'_>, one: &Watching) -> Option<Reason> {
    let late = |confirmed: &Timestamp| case.matched.is_some_and(|matched| *confirmed > matched);
    match (one.deleted, one.confirmed) {
        (_, Some(confirmed)) if late(&confirmed) => Some(Reason::WatchTooLate { confirmed }),
        (Some(at), _) => Some(Reason::WatchDeleted { at }),
        (None, None) => Some(Reason::WatchUnconfirmed),
        _ if one.paused => Some(Reason::WatchPaused),
        _ => None,
    }
}

/// Whether the event lies where the watch looks.
fn elsewhere(case: &Case<'_>, one: &Watching) -> Option<Reason> {
    let event = case.event;
    if let Target::Issue(issue) = one.watch.target {
        return (issue != event.issue).then_some(Reason::OtherIssue);
    }
    let Some(at) = event.believed_position() else {
        return Some(Reason::PlaceNotBelieved { place: event.place });
    };
    match &one.watch.target {
        Target::Area(shape) if !shape.covers(at) => {
            Some(Reason::Outside { metres: shape.distance_m(at) })
        }
        Target::Wards { .. } if !one.wards.iter().any(|ward| case.wards.contains(ward)) => {
            let (lies_in, follows) = (case.wards.to_vec(), one.wards.clone());
            Some(Reason::OtherWard { lies_in, follows })
        }
        _ => None,
    }
}

/// Whether the watch's filter lets the event through.
fn unwanted(case: &Case<'_>, one: &Watching) -> Option<Reason> {
    let (event, filter) = (case.event, &one.watch.filter);
    if filter.admits(event) {
        return None;
    }
    Some(if !filter.kinds.contains(&event.kind) {
        Reason::KindNotWanted { kind: event.kind }
    } else if !filter.categories.is_empty() && !filter.categories.contains(&event.category) {
        Reason::CategoryNotWanted { category: event.category.name().to_owned() }
    } else if filter.official && event.actor != Actor::Official {
        Reason::NotOfficial
    } else {
        Reason::WordsNotWanted
    })
}

/// Whether the person wanted to hear no more of the issue, or of whoever said it, when it was matched, or
/// before its message went out.
fn muted(case: &Case<'_>, one: &Watching) -> Option<Reason> {
    if case.own {
        return Some(Reason::OwnComment);
    }
    let waits = || case.later.iter().any(|later| later.watch == one.watch.number);
    let left = || case.trips.iter().any(|trip| tells(case, trip) && left_out(case, trip));
    let held = |since: &Timestamp| {
        case.matched.is_some_and(|matched| *since <= matched) || waits() || left()
    };
    let issue = case.muted.filter(held).map(|since| Reason::IssueMuted { since });
    issue.or_else(|| case.muted_author.filter(held).map(|since| Reason::AuthorMuted { since }))
}

/// Whether a digest is still to come.
fn later(case: &Case<'_>, one: &Watching) -> Option<Reason> {
    let later = case.later.iter().find(|later| later.watch == one.watch.number)?;
    Some(Reason::DigestDue { rhythm: later.rhythm, due: later.due })
}

/// Whether the person wanted to hear nothing when it was matched.
fn rested(case: &Case<'_>) -> Option<Reason> {
    let pause = case.pause.filter(|pause| case.matched.is_some_and(|at| pause.holds(at)))?;
    Some(Reason::OwnerPaused { until: pause.until })
}

/// Whether none of the watch's roads leads anywhere now: then no digest will tell it either.
fn nowhere(case: &Case<'_>, one: &Watching) -> Option<Reason> {
    let theirs = || case.contacts.iter().filter(|contact| one.watch.via.includes(contact.kind));
    if theirs().any(|contact| matches!(contact.consent, Consent::Confirmed { .. })) {
        return None;
    }
    let contacts = theirs().map(|contact| (contact.kind, contact.consent.clone())).collect();
    Some(Reason::NoRoad { contacts })
}

/// Whether all of the watch's roads were opened only after the event had been matched.
fn too_late(case: &Case<'_>, one: &Watching) -> Option<Reason> {
    let theirs = case.contacts.iter().filter(|contact| one.watch.via.includes(contact.kind));
    let since = theirs.filter_map(|contact| match contact.consent {
        Consent::Confirmed { since } => Some(since.unwrap_or_default()),
        _ => None,
    });
    let first = since.min()?;
    let late = case.matched.is_some_and(|matched| first > matched);
    late.then_some(Reason::RoadTooLate { confirmed: first })
}

#[cfg(test)]
mod tests;

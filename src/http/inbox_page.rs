//! `/inbox`: what somebody who has signed in was told, day by day, and what waits for their next digest.
//! Looking changes nothing; a button says that all of it was seen.

use std::collections::HashSet;

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::extract::Query;
use super::inbox::{self, IssueWire, MessageWire};
use super::issues::issue_numbered;
use super::manage::{Owner, has_desk};
use super::pages::{Frame, render};
use super::session::Visitor;
use super::{Doors, Problem};
use crate::clock::{LocalTime, Timestamp, Zone};
use crate::issue::Kind;
use crate::message::{Key, capital, kind_key};

/// Messages on a page; one may tell of many issues.
const A_PAGE: i64 = 30;
/// How much of what waits is listed.
const LISTED: usize = 30;

/// Which page is asked for, and what has just been done, told once.
#[derive(Debug, Deserialize)]
pub struct Asked {
    cursor: Option<i64>,
    done: Option<String>,
}

/// An issue of which somebody was told, or will be.
struct Entry {
    number: String,
    category: String,
    place: String,
    /// HTML.
    status: String,
    /// What happened, in words.
    happened: String,
    /// By which watches.
    why: String,
    when: String,
    iso: String,
    /// By which contacts, in words.
    how: String,
    unread: bool,
    muted: bool,
}

struct Day {
    name: String,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "pages/inbox.html")]
struct InboxPage<'a> {
    frame: Frame<'a>,
    days: Vec<Day>,
    waiting: Vec<Entry>,
    more_waiting: usize,
    /// When the next digest comes.
    due: String,
    unread: usize,
    /// Up to when it is seen when the button is pressed.
    up_to: i64,
    next: Option<i64>,
    first: bool,
    manage: String,
    has_desk: bool,
    done: Option<&'static str>,
}

/// `GET /inbox`.
pub async fn show(
    State(doors): State<Doors>,
    Visitor(visitor): Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let Some(watcher) = visitor else { return Ok(Redirect::to("/signin").into_response()) };
    let owner = Owner::of(&doors, watcher).await?;
    let city = &owner.city;
    let told = inbox::read(&doors, city, watcher, (asked.cursor, A_PAGE)).await?;
    let first = asked.cursor.is_none();
    let (waiting, due) =
        if first { inbox::read_waiting(&doors, city, watcher).await? } else { (vec![], None) };
    let is_staff = has_desk(&doors, &owner).await?;
    let mut tx = doors.engine().store().read().await?;
    let seen = tx.marks_of(city.id, watcher).await?.unwrap_or_default().seen;
    let muted = tx.muted_by(city.id, watcher).await?;
    drop(tx);
    let teller = Teller {
        frame: owner.frame(),
        zone: &city.zone,
        now: doors.engine().clock().now(),
        seen,
        muted: muted.into_iter().map(|one| one.number).collect(),
    };
    let days = teller.days(&told.messages);
    let soon = waiting.iter().take(LISTED).map(|issue| teller.entry(issue, None)).collect();
    let page = InboxPage {
        unread: days.iter().flat_map(|day| &day.entries).filter(|one| one.unread).count(),
        days,
        waiting: soon,
        more_waiting: waiting.len().saturating_sub(LISTED),
        due: due
            .map(|due| teller.frame.words.moment(due, teller.now, teller.zone))
            .unwrap_or_default(),
        up_to: told.messages.first().map_or(0, |newest| newest.at.as_millis()),
        next: told.cursor,
        first,
        manage: owner.path(&doors),
        has_desk: is_staff,
        done: match asked.done.as_deref() {
            Some("seen") => Some("page-inbox-did-seen"),
            Some("mute") => Some("page-did-mute"),
            Some("unmute") => Some("page-did-unmute"),
            _ => None,
        },
        frame: teller.frame,
    };
    render(&page)
}

/// Puts what somebody was told into words.
struct Teller<'a> {
    frame: Frame<'a>,
    zone: &'a Zone,
    now: Timestamp,
    /// Up to when they have seen it.
    seen: Option<Timestamp>,
    muted: HashSet<String>,
}

impl Teller<'_> {
    fn days(&self, messages: &[MessageWire]) -> Vec<Day> {
        let mut days: Vec<Day> = vec![];
        for message in messages {
            let name = self.day(message.at);
            if days.last().is_none_or(|day| day.name != name) {
                days.push(Day { name, entries: vec![] });
            }
            let entries = message.issues.iter().map(|issue| self.entry(issue, Some(message)));
            if let Some(day) = days.last_mut() {
                day.entries.extend(entries);
            }
        }
        days
    }

    fn day(&self, at: Timestamp) -> String {
        let local = self.zone.local(at);
        let words = &self.frame.words;
        let gaps = [
            ("weekday", words.weekday(local.weekday).into()),
            ("month", words.fill(Key("month"), &[("month", local.month.into())]).into()),
            ("day", local.day.into()),
            ("year", local.year.to_string().into()),
        ];
        let this_year = local.year == self.zone.local(self.now).year;
        words.fill(Key(if this_year { "page-inbox-day" } else { "page-inbox-day-year" }), &gaps)
    }

    fn entry(&self, issue: &IssueWire, message: Option<&MessageWire>) -> Entry {
        let at = message.map(|message| message.at);
        let clock = |LocalTime { hour, minute, .. }| self.frame.words.clock(hour, minute);
        Entry {
            number: issue.number.clone(),
            category: issue.category.clone(),
            place: issue.address.clone(),
            status: self.frame.status(issue.status),
            happened: self.happened(&issue.kinds),
            why: self.why(issue),
            when: at.map(|at| clock(self.zone.local(at))).unwrap_or_default(),
            iso: at.map(|at| at.to_string()).unwrap_or_default(),
            how: message.map(|message| self.how(message)).unwrap_or_default(),
            unread: at.is_some_and(|at| self.seen.is_none_or(|seen| at > seen)),
            muted: self.muted.contains(&issue.number),
        }
    }

    fn happened(&self, kinds: &[Kind]) -> String {
        let mut said: Vec<String> = vec![];
        for kind in kinds {
            let word = self.frame.words.say(kind_key(*kind));
            if !said.contains(&word) {
                said.push(word);
            }
        }
        said.join(", ")
    }

    /// “your area “Home”, “Ward 12””.
    fn why(&self, issue: &IssueWire) -> String {
        let one = |because: &inbox::Because| {
            let key = if because.is_area { "page-inbox-area" } else { "page-inbox-watch" };
            self.frame.with(key, "watch", &because.name)
        };
        let watches: Vec<String> = issue.watches.iter().map(one).collect();
        if watches.is_empty() {
            return String::new();
        }
        self.frame.with("page-inbox-because", "watches", &watches.join(", "))
    }

    fn how(&self, message: &MessageWire) -> String {
        let digest = (message.kind == "digest").then(|| self.frame.t("page-inbox-digest"));
        let by = |key, by: &&str| self.frame.with(key, "by", by);
        let came = message.came_by.iter().map(|one| by("page-inbox-by", one));
        let waits = message.not_yet.iter().map(|one| by("page-inbox-not-by", one));
        capital(&digest.into_iter().chain(came).chain(waits).collect::<Vec<_>>().join(", "))
    }
}

/// What was pressed.
#[derive(Debug, Deserialize)]
pub struct Pressed {
    act: Act,
    #[serde(default)]
    number: String,
    #[serde(default)]
    up_to: i64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    Seen,
    Mute,
    Unmute,
}

/// `POST /inbox`: all that the page showed was seen; or an issue is muted, or no more.
pub async fn press(
    State(doors): State<Doors>,
    Visitor(visitor): Visitor,
    Form(Pressed { act, number, up_to }): Form<Pressed>,
) -> Result<Redirect, Problem> {
    let Some(watcher) = visitor else { return Ok(Redirect::to("/signin")) };
    let (city, engine) = (doors.city().await?, doors.engine());
    let done = match act {
        Act::Seen => {
            engine.seen(&city, watcher, Timestamp::from_millis(up_to)).await?;
            "seen"
        }
        Act::Mute | Act::Unmute => {
            let issue = issue_numbered(&doors, &city, &number).await?;
            if matches!(act, Act::Mute) {
                engine.mute(&city, watcher, issue.id).await?;
                "mute"
            } else {
                engine.unmute(&city, watcher, issue.id).await?;
                "unmute"
            }
        }
    };
    Ok(Redirect::to(&format!("/inbox?done={done}")))
}

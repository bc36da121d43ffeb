//! “For the city”: what a member of staff does on the page of an issue, and the comments on it that wait.
//!
//! The one rule: one press is one event, and what changed since the page was drawn is shown first.

use std::collections::HashMap;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Path, Reads};
use super::issue_page::{self, Unsent};
use super::issues::public_issue;
use super::member::{Member, Seat, not_yours, seat_of, speaker};
use super::pages::{self, Frame, Wrong};
use super::pictures::{self, Verdict};
use super::session::Visitor;
use super::taking_part::as_said;
use super::{Doors, Problem, comments};
use crate::clock::Timestamp;
use crate::engine::{Deed, EngineError, Press, Pressed, last_seen};
use crate::issue::{Actor, Answer, Issue, IssueEvent, Kind, Status};
use crate::message::Key;
use crate::store::{City, CommentRow, IssueWardRow, PendingEvent};
use crate::watcher::WatcherId;

/// The buttons, each with its sentence's key.
const BUTTONS: [(Deed, &str); 6] = [
    (Deed::Reply, "page-city-reply"),
    (Deed::Acknowledge, "page-city-acknowledge"),
    (Deed::Begin, "page-city-begin"),
    (Deed::Hold, "page-city-hold"),
    (Deed::Close, "page-city-close"),
    (Deed::Reopen, "page-city-reopen"),
];

/// A button of the panel.
pub struct Button {
    pub name: &'static str,
    /// Its sentence's key.
    pub says: &'static str,
}

/// A comment that nobody has decided about.
pub struct Waiting {
    pub id: Uuid,
    pub words: String,
    pub when: String,
}

/// All that the panel shows.
pub struct Panel {
    pub speaker: String,
    pub buttons: Vec<Button>,
    /// Of the form, so that it counts once however often it is sent.
    pub id: Uuid,
    /// How the issue stands on the page, and the last event there that bears on it.
    pub saw: &'static str,
    pub seen: i64,
    pub waiting: Vec<Waiting>,
    /// Whether it is a member of the city's: an office reads no private answers and removes no pictures.
    pub of_city: bool,
    /// What its reporter answered to the staff alone.
    pub answers: Vec<Answer>,
}

impl Panel {
    /// The panel of somebody who is staff, where the issue is theirs to work on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(
        doors: &Doors,
        city: &City,
        (frame, visitor): (&Frame<'_>, WatcherId),
        (issue, events, wards): (&Issue, &[PendingEvent], &[IssueWardRow]),
    ) -> Result<Option<Self>, Problem> {
        let seat = seat_of(doors, city.id, visitor).await?;
        let Some(seat) = seat.filter(|seat| seat.works_on(wards)) else { return Ok(None) };
        let of_city = seat.office.is_none();
        let mut tx = doors.engine().store().read().await?;
        let waiting = tx.comments_waiting_on(city.id, issue.id).await?;
        let answers = if of_city { tx.private_answers(city.id, issue.id).await? } else { vec![] };
        drop(tx);
        let now = doors.engine().clock().now();
        let waits = |row: CommentRow| Waiting {
            id: row.id,
            when: frame.words.moment(row.said, now, &city.zone),
            words: row.words,
        };
        let buttons = BUTTONS.into_iter().filter(|(deed, _)| deed.fits(issue.standing.status));
        Ok(Some(Self {
            speaker: speaker(frame, seat.office().as_deref()),
            buttons: buttons.map(|(deed, says)| Button { name: deed.name(), says }).collect(),
            id: doors.engine().random().uuid(now),
            saw: issue.standing.status.name(),
            seen: last_seen(events),
            waiting: waiting.into_iter().map(waits).collect(),
            of_city,
            answers,
        }))
    }
}

/// The form, as it is sent.
#[derive(Debug, Deserialize)]
pub struct Sent {
    id: Uuid,
    saw: Status,
    seen: i64,
    deed: Named,
    #[serde(default)]
    words: String,
}

/// A button, by its name.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Named(Deed);

impl TryFrom<String> for Named {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let found = BUTTONS.iter().find(|(deed, _)| deed.name() == name);
        found.map(|(deed, _)| Self(*deed)).ok_or("there is no such button")
    }
}

/// An issue that a member may work on.
async fn theirs(
    doors: &Doors,
    seat: Option<Seat>,
    number: &str,
) -> Result<(City, Issue, Seat), Problem> {
    let seat = seat.ok_or_else(not_yours)?;
    let city = doors.city().await?;
    let issue = public_issue(doors, &city, number).await?;
    let wards = doors.engine().store().read().await?.wards_of_issues(city.id, &[issue.id]).await?;
    if seat.works_on(&wards) { Ok((city, issue, seat)) } else { Err(not_yours()) }
}

/// `POST /issues/{number}/city`: a member does something to an issue.
pub async fn press(
    State(doors): State<Doors>,
    Visitor(visitor): Visitor,
    Member(seat): Member,
    Reads(language): Reads,
    Path(number): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    let (city, issue, seat) = theirs(&doors, seat, &number).await?;
    let Named(deed) = sent.deed;
    let frame = Frame::new(&city.name, &language);
    let words = as_said(&sent.words);
    let wrong = wrong_words(&frame, deed, &words);
    let mut unsent = Unsent { reply: words.clone(), ..Unsent::default() };
    let status = if let Some(wrong) = wrong {
        unsent.wrongs.push(wrong);
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        let press = Press {
            id: sent.id,
            deed,
            words: Some(words).filter(|words| !words.is_empty()),
            office: seat.office(),
            saw: sent.saw,
            seen: sent.seen,
        };
        match doors.engine().official_acts(&city, &issue, press).await? {
            Pressed::Done(events) => {
                doors.inner.metrics.accepted("web", u64::try_from(events).unwrap_or(0));
                return Ok(back_to(&number, "official"));
            }
            Pressed::Changed(since) => {
                unsent.wrongs.push(Wrong::at("city", frame.t("page-city-changed")));
                let now = doors.engine().clock().now();
                let told = since.iter().map(|event| step(&frame, &city, event, now));
                unsent.changed = told.collect();
                StatusCode::CONFLICT
            }
        }
    };
    // As it stands by now.
    let issue = public_issue(&doors, &city, &number).await?;
    let page = issue_page::page(&doors, &city, &language, visitor, (issue, None, unsent)).await?;
    let mut page = pages::refused(page);
    *page.status_mut() = status;
    Ok(page)
}

fn wrong_words(frame: &Frame<'_>, deed: Deed, words: &str) -> Option<Wrong> {
    let says = match words.chars().count() {
        0 if deed == Deed::Reply => "page-city-wrong-none",
        long if long > comments::LONGEST => "page-wrong-words-long",
        _ => return None,
    };
    Some(Wrong::at("reply", frame.t(says)))
}

/// What happened meanwhile: what, by whom, when.
fn step(frame: &Frame<'_>, city: &City, event: &IssueEvent, now: Timestamp) -> String {
    let when = frame.words.moment(event.at, now, &city.zone);
    let official = event.actor == Actor::Official;
    let what = match event.kind {
        // What became of it says more than that something did.
        Kind::Updated => frame.status_word(event.status),
        _ => frame.did(event),
    };
    if !official {
        let gaps = [("what", what.into()), ("when", when.into())];
        return frame.words.fill(Key("page-city-changed-step"), &gaps);
    }
    let who = speaker(frame, event.office.as_deref());
    let gaps = [("what", what.into()), ("who", who.into()), ("when", when.into())];
    frame.words.fill(Key("page-city-changed-step-by"), &gaps)
}

fn back_to(number: &str, done: &str) -> Response {
    Redirect::to(&format!("/issues/{number}?done={done}#done")).into_response()
}

/// `GET /issues/{number}/city`, and of a comment there: to the issue, where the form is.
pub async fn back(
    State(doors): State<Doors>,
    Path(parts): Path<HashMap<String, String>>,
) -> Result<Redirect, Problem> {
    let number = parts.get("number").map_or("", String::as_str);
    let issue = public_issue(&doors, &doors.city().await?, number).await?;
    Ok(Redirect::to(&format!("/issues/{}", issue.number)))
}

/// What is decided about a comment.
#[derive(Debug, Deserialize)]
pub struct Decided {
    pub decide: Decision,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Show,
    Dismiss,
}

/// `POST /issues/{number}/comments/{id}`: a comment that waits is shown, or never will be.
pub async fn decide(
    State(doors): State<Doors>,
    Member(seat): Member,
    Path((number, id)): Path<(String, Uuid)>,
    Form(Decided { decide }): Form<Decided>,
) -> Result<Response, Problem> {
    let (city, issue, seat) = theirs(&doors, seat, &number).await?;
    let waiting =
        doors.engine().store().read().await?.comments_waiting_on(city.id, issue.id).await?;
    if waiting.iter().all(|row| row.id != id) {
        return Ok(back_to(&number, "decided"));
    }
    let decided = match decide {
        Decision::Show => doors.engine().show_comment(&city, id).await,
        Decision::Dismiss => doors.engine().dismiss_comment(&city, id).await,
    };
    let done = match (decided, decide) {
        (Ok(()), Decision::Show) => {
            doors.inner.metrics.accepted("web", 1);
            "shown"
        }
        (Ok(()), Decision::Dismiss) => "dismissed",
        (Err(EngineError::UnknownComment), _) => "decided",
        (Err(other), _) => return Err(other.into()),
    };
    tracing::info!(%id, office = seat.office(), done, "a comment is decided about on a page");
    Ok(back_to(&number, done))
}

/// What is decided about a picture.
#[derive(Debug, Deserialize)]
pub struct Judged {
    verdict: Verdict,
}

/// `POST /issues/{number}/pictures/{id}`: a picture is shown no more, or removed for good. For the city's
/// members alone, as by the API.
pub async fn judge(
    State(doors): State<Doors>,
    Member(seat): Member,
    Path((number, id)): Path<(String, Uuid)>,
    Form(Judged { verdict }): Form<Judged>,
) -> Result<Response, Problem> {
    let (city, issue, seat) = theirs(&doors, seat, &number).await?;
    if seat.office.is_some() {
        return Err(not_yours());
    }
    let shown = doors.engine().store().read().await?.attachments_of(city.id, issue.id).await?;
    // Pressed twice, or by two at once, it is decided already.
    if shown.iter().any(|picture| picture.id == id) {
        pictures::decide(&doors, &city, (id, verdict), Some("a page")).await?;
    }
    Ok(back_to(&number, "picture"))
}

//! `/desk`: what a member of staff looks at first, of the whole city or of their ward: what is new, what
//! waits longest, the comments that wait to be read, and, for the whole city, the names of public areas that do.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::city_panel::{Decided, Decision};
use super::extract::{Path, Query, Reads};
use super::issue_page::{Line, opened_lines};
use super::member::{Member, Seat, not_yours, speaker};
use super::pages::{Frame, render};
use super::session::Visitor;
use super::{Doors, Problem};
use crate::engine::EngineError;
use crate::store::{City, CommentRow, NamedArea, Naming, Portion, Tx};
use crate::watch::AreaId;

/// How much of each list the desk shows, and a list by itself.
const AT_FIRST: i64 = 10;
const A_PAGE: i64 = 30;

/// The last page that is shown: whoever has more to do filters.
const LAST_PAGE: i64 = 1_000;

/// Which list is asked for by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    New,
    Waiting,
    Comments,
}

impl List {
    const ALL: [Self; 3] = [Self::New, Self::Waiting, Self::Comments];

    fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Waiting => "waiting",
            Self::Comments => "comments",
        }
    }

    /// Its heading's key.
    fn title(self) -> &'static str {
        match self {
            Self::New => "page-desk-new",
            Self::Waiting => "page-desk-waiting",
            Self::Comments => "page-desk-comments",
        }
    }
}

/// What is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    show: Option<List>,
    page: Option<i64>,
    /// What has just been decided.
    done: Option<String>,
}

/// A name of a public area that waits.
struct HeldName {
    id: Uuid,
    name: String,
    when: String,
}

/// A comment that waits.
struct Held {
    number: String,
    words: String,
    when: String,
}

/// One of the lists, so far as it is shown.
struct Section {
    name: &'static str,
    title: String,
    lines: Vec<Line>,
    held: Vec<Held>,
    /// Where the list goes on, and where it came from.
    more: Option<String>,
    back: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/desk.html")]
struct DeskPage<'a> {
    frame: Frame<'a>,
    speaker: String,
    /// One of the lists alone.
    alone: bool,
    sections: Vec<Section>,
    names: Vec<HeldName>,
    done: Option<&'static str>,
}

/// `GET /desk`: three short lists; with `show` one of them, page by page.
pub async fn show(
    State(doors): State<Doors>,
    Visitor(visitor): Visitor,
    Member(seat): Member,
    Reads(language): Reads,
    Query(Asked { show, page, done }): Query<Asked>,
) -> Result<Response, Problem> {
    if visitor.is_none() {
        return Ok(Redirect::to("/signin").into_response());
    }
    let nothing = || Problem::new(StatusCode::NOT_FOUND, "there is nothing here by this name");
    let seat = seat.ok_or_else(nothing)?;
    let city = doors.city().await?;
    let frame = Frame::new(&city.name, &language);
    let mut tx = doors.engine().store().read().await?;
    let mut sections = vec![];
    let page = page.unwrap_or(1).clamp(1, LAST_PAGE);
    for list in List::ALL.into_iter().filter(|list| show.is_none_or(|show| show == *list)) {
        let of = (&city, &seat);
        sections.push(section(&doors, &frame, &mut tx, of, (list, show.map(|_| page))).await?);
    }
    // Somebody waits for what is to be read.
    sections.sort_by_key(|section| section.held.is_empty());
    let mut names = vec![];
    if show.is_none() && seat.office.is_none() {
        let now = doors.engine().clock().now();
        let held = tx.areas_held(city.id, A_PAGE).await?.into_iter();
        names.extend(held.map(|NamedArea { id, name, since, .. }| HeldName {
            id: id.0,
            name,
            when: frame.words.moment(since, now, &city.zone),
        }));
    }
    drop(tx);
    let speaker = speaker(&frame, seat.office().as_deref());
    let done = match done.as_deref() {
        Some("shown") => Some("page-desk-did-show"),
        Some("dismissed") => Some("page-desk-did-dismiss"),
        Some("decided") => Some("page-desk-gone"),
        _ => None,
    };
    render(&DeskPage { frame, speaker, alone: show.is_some(), sections, names, done })
}

/// `POST /desk/areas/{id}`: a name that waits is shown, or never will be. An office has a part in its ward
/// alone, and an area may lie in many.
pub async fn decide(
    State(doors): State<Doors>,
    Member(seat): Member,
    Path(id): Path<Uuid>,
    Form(Decided { decide }): Form<Decided>,
) -> Result<Redirect, Problem> {
    seat.filter(|seat| seat.office.is_none()).ok_or_else(not_yours)?;
    let city = doors.city().await?;
    let (naming, done) = match decide {
        Decision::Show => (Naming::Shown, "shown"),
        Decision::Dismiss => (Naming::Dismissed, "dismissed"),
    };
    let waits = doors.engine().store().read().await?.is_area_held(city.id, AreaId(id)).await?;
    let judged = if waits {
        doors.engine().judge_area(&city, AreaId(id), naming).await
    } else {
        Err(EngineError::UnknownArea)
    };
    let done = match judged {
        Ok(()) => done,
        Err(EngineError::UnknownArea) => "decided",
        Err(other) => return Err(other.into()),
    };
    tracing::info!(%id, done, "the name of an area is decided about on a page");
    Ok(Redirect::to(&format!("/desk?done={done}")))
}

/// A list from its beginning, or one of its pages.
async fn section(
    doors: &Doors,
    frame: &Frame<'_>,
    tx: &mut Tx,
    (city, seat): (&City, &Seat),
    (list, page): (List, Option<i64>),
) -> Result<Section, Problem> {
    let now = doors.engine().clock().now();
    let (shown, no) = page.map_or((AT_FIRST, 1), |no| (A_PAGE, no));
    // One more than is shown says whether there is more.
    let portion = Portion { limit: shown + 1, behind: (no - 1) * shown };
    let ward = seat.office.as_ref();
    let (mut issues, mut comments) = (vec![], vec![]);
    match list {
        List::New => issues = tx.new_issues(city.id, ward, portion).await?,
        List::Waiting => issues = tx.oldest_open_issues(city.id, ward, portion).await?,
        List::Comments => comments = tx.comments_waiting_in(city.id, ward, portion).await?,
    }
    let shown = usize::try_from(shown).unwrap_or(usize::MAX);
    let is_more = issues.len().max(comments.len()) > shown;
    issues.truncate(shown);
    comments.truncate(shown);
    let held = |CommentRow { number, words, said, .. }: CommentRow| Held {
        when: frame.words.moment(said, now, &city.zone),
        number,
        words,
    };
    let mut lines = opened_lines(frame, &issues, &city.zone, now);
    if list == List::Waiting {
        for line in &mut lines {
            line.when = frame.with("page-desk-since", "when", &line.when);
        }
    }
    let at = |no: i64| format!("/desk?show={}&page={no}", list.name());
    let next = page.map_or(1, |no| no + 1);
    Ok(Section {
        name: list.name(),
        title: frame.t(list.title()),
        lines,
        held: comments.into_iter().map(held).collect(),
        more: (is_more && next <= LAST_PAGE).then(|| at(next)),
        back: page.filter(|no| *no > 1).map(|no| at(no - 1)),
    })
}

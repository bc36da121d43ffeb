//! `/desk`: what a member of staff looks at first, of the whole city or of their ward: what is new, what
//! waits longest, and the comments that wait to be read.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::extract::{Query, Reads};
use super::issue_page::{Line, lines};
use super::member::{Member, Seat, speaker};
use super::pages::{Frame, render};
use super::session::Visitor;
use super::{Doors, Problem};
use crate::store::{City, CommentRow, Portion, Tx};

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
}

/// `GET /desk`: three short lists; with `show` one of them, page by page.
pub async fn show(
    State(doors): State<Doors>,
    Visitor(visitor): Visitor,
    Member(seat): Member,
    Reads(language): Reads,
    Query(Asked { show, page }): Query<Asked>,
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
    drop(tx);
    let speaker = speaker(&frame, seat.office().as_deref());
    render(&DeskPage { frame, speaker, alone: show.is_some(), sections })
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
    let leaf = Portion { limit: shown + 1, behind: (no - 1) * shown };
    let ward = seat.office.as_ref();
    let (mut issues, mut comments) = (vec![], vec![]);
    match list {
        List::New => issues = tx.new_issues(city.id, ward, leaf).await?,
        List::Waiting => issues = tx.oldest_open_issues(city.id, ward, leaf).await?,
        List::Comments => comments = tx.comments_waiting_in(city.id, ward, leaf).await?,
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
    let at = |no: i64| format!("/desk?show={}&page={no}", list.name());
    let next = page.map_or(1, |no| no + 1);
    Ok(Section {
        name: list.name(),
        title: frame.t(list.title()),
        lines: lines(frame, &issues, &city.zone, now),
        held: comments.into_iter().map(held).collect(),
        more: (is_more && next <= LAST_PAGE).then(|| at(next)),
        back: page.filter(|no| *no > 1).map(|no| at(no - 1)),
    })
}

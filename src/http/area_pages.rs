//! Areas that their owners let everybody see: `/areas` lists them, `/areas/{id}` shows one with its latest
//! issues and a way to follow it; and for staff the names that wait to be read.
//!
//! The one rule: nothing here knows whose an area is.

use std::sync::Arc;

use askama::Template;
use axum::Json as JsonAnswer;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::auth::Caller;
use super::extract::{Path, Query, Reads};
use super::issue_page::{Line, Picture, lines};
use super::links::manage_link;
use super::pages::{self, Frame, Told, Wrong, render};
use super::sender::From;
use super::session::Visitor;
use super::{Doors, Problem, boundaries, sign_up, watch_new};
use crate::clock::Timestamp;
use crate::engine::{Beside, EngineError, NewWatch, Who};
use crate::geometry::Envelope;
use crate::issue::{Issue, Place};
use crate::message::Language;
use crate::store::{City, IssueQuery, NamedArea, Naming, PublicArea};
use crate::ward::USUAL_LAYER;
use crate::watch::{AreaId, Filter, Rhythm, Target, Via};
use crate::watcher::WatcherId;

/// How many areas are listed.
const LISTED: i64 = 500;
/// How many issues the page of an area shows, and among how many near it they are looked for.
const SHOWN: usize = 10;
const LOOKED_AT: i64 = 300;

#[derive(Template)]
#[template(path = "pages/areas.html")]
struct AreasPage<'a> {
    frame: Frame<'a>,
    areas: Vec<(AreaId, String)>,
}

/// `GET /areas`: by name, the first [`LISTED`] of them.
pub async fn list(State(doors): State<Doors>, Reads(language): Reads) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let areas = doors.engine().store().read().await?.public_area_names(city.id, LISTED).await?;
    render(&AreasPage { frame: Frame::new(&city.name, &language), areas })
}

#[derive(Template)]
#[template(path = "pages/area.html")]
struct AreaPage<'a> {
    frame: Frame<'a>,
    name: &'a str,
    picture: Option<Picture>,
    lines: Vec<Line>,
    /// Whoever has signed in: whether they follow it, and where all that they watch stands.
    visitor: Option<(bool, String)>,
    done: bool,
    email: String,
    wrongs: Vec<Wrong>,
}

struct Found {
    city: City,
    area: PublicArea,
}

impl Found {
    async fn read(doors: &Doors, id: Uuid) -> Result<Self, Problem> {
        let city = doors.city().await?;
        let area = doors.engine().store().read().await?.public_area(city.id, AreaId(id)).await?;
        Ok(Self { area: area.ok_or(EngineError::UnknownArea)?, city })
    }

    async fn page(
        &self,
        doors: &Doors,
        language: &Language,
        visitor: Option<WatcherId>,
        (done, email, wrongs): (bool, String, Vec<Wrong>),
    ) -> Result<Response, Problem> {
        let layer = boundaries::in_force(doors, &self.city, USUAL_LAYER).await?;
        let filled = watch_new::Filled::around(Some(&*self.area.shape));
        let frame = Frame::new(&self.city.name, language);
        let visitor = match visitor {
            Some(watcher) => {
                let follows = self.is_followed_by(doors, watcher).await?;
                Some((follows, manage_link(doors, &self.city, watcher)))
            }
            None => None,
        };
        let page = AreaPage {
            name: &self.area.name,
            picture: watch_new::picture(doors, &filled, layer.as_deref()),
            lines: self.latest(doors, &frame).await?,
            visitor,
            done,
            email,
            wrongs,
            frame,
        };
        render(&page)
    }

    async fn is_followed_by(&self, doors: &Doors, watcher: WatcherId) -> Result<bool, Problem> {
        let mut tx = doors.engine().store().read().await?;
        let ties = tx.ties_of(self.city.id, watcher).await?;
        let of = |follows: &(AreaId, String)| follows.0 == self.area.id;
        Ok(ties.values().any(|ties| ties.follows.as_ref().is_some_and(of)))
    }

    /// The latest issues that lie in it, so far as their places are believed.
    async fn latest(&self, doors: &Doors, frame: &Frame<'_>) -> Result<Vec<Line>, Problem> {
        let boxes: Vec<Envelope> = self.area.shape.envelopes(0.0);
        let bbox = boxes.into_iter().reduce(|a, b| a.union(&b));
        let query = IssueQuery { bbox, limit: LOOKED_AT, ..IssueQuery::default() };
        let issues = doors.engine().store().read().await?.list_issues(self.city.id, &query).await?;
        let lies = |issue: &Issue| {
            let good = issue.standing.place == Place::Good;
            let at = issue.standing.position.filter(|_| good);
            at.is_some_and(|at| self.area.shape.covers(at))
        };
        let here: Vec<Issue> = issues.into_iter().filter(lies).take(SHOWN).collect();
        Ok(lines(frame, &here, &self.city.zone, doors.engine().clock().now()))
    }
}

/// `GET /areas/{id}`.
pub async fn show(
    State(doors): State<Doors>,
    Visitor(visitor): Visitor,
    Reads(language): Reads,
    Path(id): Path<Uuid>,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    let found = Found::read(&doors, id).await?;
    let done = told.done.is_some() && visitor.is_some();
    found.page(&doors, &language, visitor, (done, String::new(), vec![])).await
}

/// The one field.
#[derive(Debug, Deserialize)]
pub struct Following {
    #[serde(default)]
    email: String,
}

/// `POST /areas/{id}`: a watch of one's own, a daily digest, whose outline goes with that of the area.
pub async fn follow(
    State(doors): State<Doors>,
    from: From,
    Visitor(visitor): Visitor,
    Reads(language): Reads,
    Path(id): Path<Uuid>,
    Form(Following { email }): Form<Following>,
) -> Result<Response, Problem> {
    let found = Found::read(&doors, id).await?;
    let (city, area) = (&found.city, &found.area);
    let new = |via| NewWatch {
        id: sign_up::new_id(&doors),
        name: area.name.clone(),
        target: Target::Area(Arc::clone(&area.shape)),
        filter: Filter::for_places(),
        rhythm: Rhythm::Daily,
        via,
    };
    let beside = Beside::Area(area.id);
    if let Some(watcher) = visitor {
        doors.inner.limits.comment(from)?;
        let who = Who::Watcher(watcher);
        doors.engine().watch_with(city, who, new(Via::BOTH), beside).await?;
        return Ok(Redirect::to(&format!("/areas/{id}?done=follow")).into_response());
    }
    let frame = Frame::new(&city.name, &language);
    let address = match sign_up::read_email(&frame, &email) {
        Ok(address) => address,
        Err(wrong) => {
            let page = found.page(&doors, &language, None, (false, email, vec![wrong]));
            return Ok(pages::refused(page.await?));
        }
    };
    let asked = (address, new(Via::MAIL));
    let to = sign_up::ask_beside(&doors, from, city, &language, asked, beside).await?;
    Ok(to.into_response())
}

/// A name that waits to be read, as the API shows it. Whose it is nobody needs to know.
#[derive(Debug, Serialize)]
pub struct NameWire {
    id: Uuid,
    name: String,
    since: Timestamp,
}

/// `GET /api/v1/areas/held`: names of public areas that wait for somebody to read them, the oldest first.
pub async fn held(
    State(doors): State<Doors>,
    caller: Caller,
) -> Result<JsonAnswer<Vec<NameWire>>, Problem> {
    caller.is_staff(DECIDE)?;
    let city = doors.city().await?;
    let held = doors.engine().store().read().await?.areas_held(city.id, LISTED).await?;
    let wire = |NamedArea { id, name, since, .. }| NameWire { id: id.0, name, since };
    Ok(JsonAnswer(held.into_iter().map(wire).collect()))
}

const DECIDE: &str = "decide about the names of public areas";

/// `POST /api/v1/areas/{id}/show`: it is shown.
pub async fn allow(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    judge(&doors, &caller, id, Naming::Shown).await
}

/// `POST /api/v1/areas/{id}/dismiss`: it is not shown, or no longer.
pub async fn dismiss(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    judge(&doors, &caller, id, Naming::Dismissed).await
}

async fn judge(
    doors: &Doors,
    caller: &Caller,
    id: Uuid,
    naming: Naming,
) -> Result<StatusCode, Problem> {
    caller.is_staff(DECIDE)?;
    doors.engine().judge_area(&doors.city().await?, AreaId(id), naming).await?;
    tracing::info!(%id, by = caller.name(), naming = naming.name(), "a public area is judged");
    Ok(StatusCode::NO_CONTENT)
}

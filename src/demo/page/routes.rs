//! The demo's URLs.
//!
//! | path | what |
//! | --- | --- |
//! | `GET /` | the page; `?issue=26-000012` shows that issue's messages |
//! | `GET /site` | the front page that residents of a city see at `/`, added by `run` |
//! | `GET /demo/stream` | server-sent events: `state` (a [`Snapshot`]), then [`Wire`] |
//! | `POST /demo/report` | a visitor's issue: map pixels and a category, as JSON |
//! | `GET /demo/demo.css`, `demo.js`, `mark.svg`, `public-sans.woff2` | the page's parts |

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};

use super::{PageState, Scene, render_page};
use crate::demo::board::{Board, Snapshot};
use crate::demo::wire::Wire;
use crate::drawing::Point;
use crate::geometry::{Position, Shape};
use crate::random::Random;

/// What the page is served from. Clones share it.
#[derive(Clone, Debug)]
pub struct Stage {
    pub scene: Arc<Scene>,
    pub board: Board,
    /// Where visitors' reports go; the demo turns them into issues.
    pub reports: mpsc::Sender<Report>,
    /// The wards: what lies in none of them is outside the city.
    pub land: Arc<[Shape]>,
    pub random: Random,
}

/// An issue that a visitor of the demo reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// `visitor-3f2a…`: the page waits for a landing with this id.
    pub source_id: String,
    pub position: Position,
    /// One of [`Scene::categories`].
    pub category: String,
}

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const CSS: &str = include_str!("../../../web/demo/demo.css");
const JS: &str = include_str!("../../../web/demo/demo.js");
const MARK: &str = include_str!("../../../web/demo/mark.svg");
const FONT: &[u8] = include_bytes!("../../../web/demo/public-sans.woff2");

/// The page, its parts, its stream and its report door.
pub fn routes(stage: Stage) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/demo/stream", get(stream))
        .route("/demo/report", post(report))
        .route("/demo/demo.css", get(async || part("text/css; charset=utf-8", CSS.as_bytes())))
        .route("/demo/demo.js", get(async || part("text/javascript; charset=utf-8", JS.as_bytes())))
        .route("/demo/mark.svg", get(async || part("image/svg+xml", MARK.as_bytes())))
        .route("/demo/public-sans.woff2", get(async || part("font/woff2", FONT)))
        .with_state(stage)
}

fn part(kind: &'static str, body: &'static [u8]) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], body)
}

fn html(body: String) -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, body).into_response()
}

#[derive(Deserialize)]
struct Chosen {
    issue: Option<String>,
}

async fn page(State(stage): State<Stage>, Query(chosen): Query<Chosen>) -> Response {
    let snapshot = stage.board.snapshot();
    match render_page(&PageState { scene: &stage.scene, snapshot, chosen: chosen.issue }) {
        Ok(body) => html(body),
        Err(error) => {
            tracing::error!(%error, "the demo page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn stream(State(stage): State<Stage>) -> impl IntoResponse {
    let (now, receiver) = stage.board.follow();
    Sse::new(events(receiver, stage.board.closing(), now)).keep_alive(KeepAlive::default())
}

/// The present state as the event `state`, which also heals a stream that broke; then everything
/// that is published. A visitor who falls behind goes on with what is newest.
fn events(
    receiver: broadcast::Receiver<Wire>,
    closing: watch::Receiver<bool>,
    now: Snapshot,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let start = (receiver, closing, Some(now));
    futures_util::stream::unfold(start, async |(mut receiver, mut closing, first)| {
        if let Some(now) = first {
            return Some((Ok(event("state", &now)), (receiver, closing, None)));
        }
        loop {
            let next = tokio::select! {
                _ = closing.wait_for(|closing| *closing) => return None,
                next = receiver.recv() => next,
            };
            match next {
                Ok(wire) => {
                    return Some((Ok(event(wire.name(), &wire)), (receiver, closing, None)));
                }
                Err(RecvError::Lagged(missed)) => tracing::debug!(missed, "a visitor is slow"),
                Err(RecvError::Closed) => return None,
            }
        }
    })
}

fn event(name: &str, data: &impl Serialize) -> Event {
    let event = Event::default().event(name);
    // Plain strings and numbers always become JSON.
    event.json_data(data).unwrap_or_else(|_| Event::default().comment("unwritable"))
}

#[derive(Deserialize)]
struct ReportBody {
    /// Pixels of the map's view box.
    x: f64,
    y: f64,
    category: String,
}

#[derive(Serialize)]
struct Accepted {
    source_id: String,
}

async fn report(State(stage): State<Stage>, Json(body): Json<ReportBody>) -> Response {
    match accept(&stage, body) {
        Ok(accepted) => (StatusCode::ACCEPTED, Json(accepted)).into_response(),
        Err((status, why)) => (status, Json(serde_json::json!({ "detail": why }))).into_response(),
    }
}

fn accept(stage: &Stage, body: ReportBody) -> Result<Accepted, (StatusCode, &'static str)> {
    let frame = stage.scene.map.frame();
    let at = Point { x: body.x, y: body.y };
    if !frame.holds(at) {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "That is not on the map."));
    }
    if !stage.scene.categories.contains(&body.category) {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "That is not one of the categories."));
    }
    let position = frame.unproject(at);
    if !stage.land.iter().any(|ward| ward.covers(position)) {
        let why = "That is outside the city: nobody watches there. Choose a place inside it.";
        return Err((StatusCode::UNPROCESSABLE_ENTITY, why));
    }
    let source_id = format!("visitor-{:016x}", stage.random.bits());
    let report = Report { source_id: source_id.clone(), position, category: body.category };
    let busy = "Many visitors are reporting right now. Try again in a moment.";
    stage.reports.try_send(report).map_err(|_| (StatusCode::SERVICE_UNAVAILABLE, busy))?;
    Ok(Accepted { source_id })
}

//! `GET /api/v1/stream`: public issue events as they are matched, as server-sent events.
//!
//! The one rule: what is sent is read from the store by number, so that a listener who comes back
//! with `Last-Event-ID` has missed nothing, whichever process serves it. The announcement in memory
//! is only the bell.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, broadcast};

use super::extract::Query;
use super::issue_lists::{parse_bbox, parse_ward};
use super::{Doors, Problem};
use crate::engine::Announced;
use crate::geometry::Envelope;
use crate::issue::{Category, CityId, Kind};
use crate::store::{IssueWardRow, PendingEvent, StoreError};
use crate::ward::WardRef;

/// How many listeners are served at once.
pub const LISTENERS: usize = 1_000;

/// Events read at once.
const A_READ: i64 = 200;

/// How often to look when the bell is silent: another process may have matched something.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Which events are wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamQuery {
    /// `12`, or `LAYER:12`; without a layer it is `wards`.
    ward: Option<String>,
    bbox: Option<String>,
    category: Option<String>,
}

struct Wanted {
    ward: Option<WardRef>,
    bbox: Option<Envelope>,
    category: Option<Category>,
}

/// The door. Without `Last-Event-ID` the stream begins with what happens next.
pub async fn listen(
    State(doors): State<Doors>,
    headers: HeaderMap,
    Query(asked): Query<StreamQuery>,
) -> Result<impl IntoResponse, Problem> {
    let wanted = Wanted {
        ward: asked.ward.as_deref().map(parse_ward),
        bbox: asked.bbox.as_deref().map(parse_bbox).transpose()?,
        category: asked.category.map(Category::from),
    };
    let seat = Arc::clone(&doors.inner.listeners).try_acquire_owned().map_err(|_| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many listen already; try again later")
    })?;
    let city = doors.city().await?.id;
    let bell = doors.engine().listen();
    let after = match headers.get("last-event-id") {
        Some(id) => parse_id(id.to_str().unwrap_or_default())?,
        None => doors.engine().store().read().await?.last_number(city, "event").await?,
    };
    let listener =
        Listener { doors, city, wanted, after, bell, ready: VecDeque::new(), _seat: seat };
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(20));
    Ok(Sse::new(listener.events()).keep_alive(keep_alive))
}

fn parse_id(text: &str) -> Result<i64, Problem> {
    let id = text.trim().parse().ok().filter(|id| *id >= 0);
    id.ok_or_else(|| {
        let detail = "`Last-Event-ID` is the number that the last event came with";
        Problem::new(StatusCode::BAD_REQUEST, detail)
    })
}

struct Listener {
    doors: Doors,
    city: CityId,
    wanted: Wanted,
    after: i64,
    bell: broadcast::Receiver<Arc<Announced>>,
    ready: VecDeque<Event>,
    _seat: OwnedSemaphorePermit,
}

impl Listener {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut this| async move {
            loop {
                if let Some(event) = this.ready.pop_front() {
                    return Some((Ok(event), this));
                }
                match this.read_on().await {
                    Ok(true) => {}
                    Ok(false) => this.wait().await?,
                    Err(error) => {
                        // The listener comes back by itself, with the number it has.
                        tracing::warn!(%error, "a public stream ended");
                        return None;
                    }
                }
            }
        })
    }

    /// Reads what has been matched since; `false` when nothing has.
    async fn read_on(&mut self) -> Result<bool, StoreError> {
        let mut tx = self.doors.engine().store().read().await?;
        let news = tx.news_after(self.city, self.after, A_READ).await?;
        let Some(last) = news.last() else { return Ok(false) };
        self.after = last.no;
        let mut ids: Vec<_> = news.iter().map(|news| news.event.issue).collect();
        ids.sort_unstable();
        ids.dedup();
        let wards = tx.wards_of_issues(self.city, &ids).await?;
        drop(tx);
        let url = &self.doors.inner.public_url;
        let wanted = news.iter().filter(|news| self.wanted.admits(news, &wards));
        self.ready.extend(wanted.map(|news| event(news, &wards, url)));
        Ok(true)
    }

    /// Waits for the bell or a while; `None` when the program is stopping.
    async fn wait(&mut self) -> Option<()> {
        match tokio::time::timeout(LOOK_EVERY, self.bell.recv()).await {
            Ok(Err(broadcast::error::RecvError::Closed)) => None,
            _ => Some(()),
        }
    }
}

impl Wanted {
    fn admits(&self, PendingEvent { event, .. }: &PendingEvent, wards: &[IssueWardRow]) -> bool {
        let inside =
            |ward: &WardRef| wards.iter().any(|row| row.issue == event.issue && row.ward == *ward);
        let at = event.believed_position();
        self.category.as_ref().is_none_or(|category| *category == event.category)
            && self.ward.as_ref().is_none_or(inside)
            && self.bbox.as_ref().is_none_or(|bbox| at.is_some_and(|at| bbox.contains(at)))
    }
}

fn event(news: &PendingEvent, wards: &[IssueWardRow], public_url: &str) -> Event {
    let e = &news.event;
    if e.kind == Kind::Hidden {
        // Who keeps a copy learns what to take off it, and nothing more.
        let data = json!({ "number": e.number, "kind": e.kind, "at": e.at });
        return Event::default().id(news.no.to_string()).event("issue").data(data.to_string());
    }
    let at = e.believed_position();
    let wards: Vec<Value> = wards
        .iter()
        .filter(|row| row.issue == e.issue)
        .map(|row| json!({ "layer": row.ward.layer, "ward": row.ward.ward, "near": row.near }))
        .collect();
    let data = json!({
        "number": e.number, "kind": e.kind, "at": e.at, "actor": e.actor, "status": e.status,
        "category": e.category, "description": e.description, "address": e.address,
        "text": e.text, "lon": at.map(|at| at.lon), "lat": at.map(|at| at.lat), "wards": wards,
        "link": format!("{public_url}/issues/{}", e.number),
    });
    Event::default().id(news.no.to_string()).event("issue").data(data.to_string())
}

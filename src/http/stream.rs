//! `GET /api/v1/stream`: public issue events as they are matched, as server-sent events.
//!
//! The one rule: what is sent is read from the store by number, so that a listener who comes back
//! with `Last-Event-ID` has missed nothing, whichever process serves it. One reader reads for all.

mod newsroom;
mod seats;

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
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

pub use self::newsroom::Newsroom;
pub use self::seats::Seats;

use self::newsroom::News;
use self::seats::Seat;
use super::extract::Query;
use super::issue_lists::parse_bbox;
use super::sender::From;
use super::{Doors, Problem};
use crate::geometry::Envelope;
use crate::issue::{Category, CityId, Kind};
use crate::store::{IssueWardRow, PendingEvent, StoreError};
use crate::ward::WardRef;

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
    from: From,
    headers: HeaderMap,
    Query(asked): Query<StreamQuery>,
) -> Result<impl IntoResponse, Problem> {
    let wanted = Wanted {
        ward: asked.ward.as_deref().map(WardRef::read),
        bbox: asked.bbox.as_deref().map(parse_bbox).transpose()?,
        category: asked.category.map(Category::from),
    };
    let seat = doors.inner.seats.take(from)?;
    let city = doors.city().await?.id;
    let news = doors.inner.newsroom.join(&doors, city).await?;
    let after = match headers.get("last-event-id") {
        Some(id) => parse_id(id.to_str().unwrap_or_default())?,
        None => doors.engine().store().read().await?.last_number(city, "event").await?,
    };
    let ready = VecDeque::new();
    let listener =
        Listener { doors, city, wanted, after, news, caught_up: false, ready, _seat: seat };
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

/// Somebody who listens: first reads on alone from where they were, then hears what all hear.
struct Listener {
    doors: Doors,
    city: CityId,
    wanted: Wanted,
    after: i64,
    news: broadcast::Receiver<Arc<News>>,
    caught_up: bool,
    ready: VecDeque<Event>,
    _seat: Seat,
}

impl Listener {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut this| async move {
            loop {
                if let Some(event) = this.ready.pop_front() {
                    return Some((Ok(event), this));
                }
                if this.caught_up {
                    this.hear().await?;
                } else if let Err(error) = this.catch_up().await {
                    // The listener comes back by itself, with the number it has.
                    tracing::warn!(%error, "a public stream ended");
                    return None;
                }
            }
        })
    }

    async fn catch_up(&mut self) -> Result<(), StoreError> {
        match News::read(self.doors.engine(), self.city, self.after).await? {
            Some(news) => self.take(&news),
            None => self.caught_up = true,
        }
        Ok(())
    }

    /// Waits for the next news; `None` when there will be none.
    async fn hear(&mut self) -> Option<()> {
        match self.news.recv().await {
            Ok(news) if news.after <= self.after => self.take(&news),
            // Something may lie between, or was missed.
            Ok(_) | Err(RecvError::Lagged(_)) => self.caught_up = false,
            Err(RecvError::Closed) => return None,
        }
        Some(())
    }

    fn take(&mut self, news: &News) {
        let url = &self.doors.inner.public_url;
        let fresh = news.events.iter().filter(|event| event.no > self.after);
        let wanted = fresh.filter(|event| self.wanted.admits(event, &news.wards));
        self.ready.extend(wanted.map(|one| event(one, &news.wards, url)));
        self.after = self.after.max(news.through);
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

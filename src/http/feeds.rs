//! `/feeds/…`: what happens, for programs that come by again and again: Atom (RFC 4287), GeoJSON and
//! iCalendar (RFC 5545), for the city, a ward, a category, an issue, and for one watch by its link.
//!
//! The one rule: a feed is made of what is public and of nothing else. That of a watch says which issues
//! its owner is told of, and neither where the area lies, what it is called nor whose it is.

mod atom;
mod ical;
pub mod mine;
mod written;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use super::browse::{Asked, Wanted, with_query};
use super::extract::{Path, Query, Reads};
use super::issue_lists::feature;
use super::issues::{IssueWire, public_issue};
use super::pages::Frame;
use super::ward_pages::{path_of, title, urlencoded};
use super::{Doors, Problem};
use crate::issue::{Issue, IssueEvent, IssueId};
use crate::message::Language;
use crate::store::{City, Order, PendingEvent, View};
use crate::ward::WardRef;

use written::{Format, Written};

/// How many issues a feed tells of, the ones that changed last.
const ISSUES: usize = 50;
/// How many in GeoJSON, which programs take as a whole.
const POINTS: usize = 500;
/// How much of what happened to them.
const ENTRIES: usize = 100;

/// All of them.
pub fn routes() -> Router<Doors> {
    Router::new()
        .route("/feeds/{file}", get(view))
        .route("/feeds/wards/{file}", get(ward))
        .route("/feeds/categories/{file}", get(category))
        .route("/feeds/issues/{file}", get(issue))
        .route("/feeds/mine/{file}", get(mine::feed))
}

/// Where the feeds of a view are.
pub struct Links {
    pub atom: String,
    pub geojson: String,
    pub ical: String,
}

impl Links {
    /// Those of exactly this list.
    pub fn of(asked: &Asked) -> Self {
        let at = |ending| with_query(&format!("/feeds/issues.{ending}"), &asked.filters());
        Self { atom: at("atom"), geojson: at("geojson"), ical: at("ics") }
    }
}

/// What a feed says of itself.
pub(super) struct Head {
    /// With the city's name.
    title: String,
    /// Of the feed, without the site's own.
    path: String,
    /// The page that shows the same to people.
    page: String,
}

/// What a feed is made of.
struct Told {
    head: Head,
    issues: Vec<Issue>,
    /// The latest first.
    events: Vec<PendingEvent>,
}

/// `GET /feeds/issues.{atom,geojson,ics}?ward=&category=…`: the feed of a list, by its filters.
pub async fn view(
    State(doors): State<Doors>,
    Reads(language): Reads,
    headers: HeaderMap,
    Path(file): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let (name, format) = Format::of(&file)?;
    if name != "issues" {
        return Err(written::no_such_feed());
    }
    let city = doors.city().await?;
    let asked = Asked::read(&pairs);
    let Wanted { view, .. } = asked.checked(doors.engine().clock().now())?;
    let frame = Frame::new(&city.name, &language);
    let head = Head {
        title: frame.t("page-feed-issues"),
        path: with_query(&format!("/feeds/{file}"), &asked.filters()),
        page: asked.link("/issues"),
    };
    of_view(&doors, &city, &language, (&headers, format), head, view).await
}

/// `GET /feeds/wards/{ward}.{atom,geojson,ics}`.
pub async fn ward(
    State(doors): State<Doors>,
    Reads(language): Reads,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let (key, format) = Format::of(&file)?;
    let city = doors.city().await?;
    let ward = WardRef::read(key);
    let frame = Frame::new(&city.name, &language);
    let head = Head {
        title: title(&frame, &ward),
        path: format!("/feeds/wards/{}", urlencoded(&file)),
        page: path_of(&ward),
    };
    let view = View { ward: Some(ward), ..View::default() };
    of_view(&doors, &city, &language, (&headers, format), head, view).await
}

/// `GET /feeds/categories/{category}.{atom,geojson,ics}`.
pub async fn category(
    State(doors): State<Doors>,
    Reads(language): Reads,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let (name, format) = Format::of(&file)?;
    let city = doors.city().await?;
    let head = Head {
        title: name.to_owned(),
        path: format!("/feeds/categories/{}", urlencoded(&file)),
        page: with_query("/issues", &[("category", name)]),
    };
    let view = View { categories: vec![name.to_owned()], ..View::default() };
    of_view(&doors, &city, &language, (&headers, format), head, view).await
}

/// `GET /feeds/issues/{number}.{atom,geojson,ics}`.
pub async fn issue(
    State(doors): State<Doors>,
    Reads(language): Reads,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let (number, format) = Format::of(&file)?;
    let city = doors.city().await?;
    let issue = public_issue(&doors, &city, number).await?;
    let head = Head {
        title: format!("{} – {}", issue.standing.category, issue.number),
        path: format!("/feeds/issues/{}", urlencoded(&file)),
        page: format!("/issues/{}", issue.number),
    };
    let events = events(&doors, &city, std::slice::from_ref(&issue)).await?;
    let told = Told { head, issues: vec![issue], events };
    write(&doors, &city, &language, format, told).await.map(|written| written.answer(&headers))
}

/// The feed of what answers a view, what changed last first.
async fn of_view(
    doors: &Doors,
    city: &City,
    language: &Language,
    (headers, format): (&HeaderMap, Format),
    head: Head,
    mut view: View,
) -> Result<Response, Problem> {
    if format == Format::Ical && view.open.is_none() && view.status.is_none() {
        // Only what was closed has a day in a calendar.
        view.open = Some(false);
    }
    let most = if format == Format::Geojson { POINTS } else { ISSUES };
    let mut tx = doors.engine().store().read().await?;
    let issues = tx.browse(city.id, &view, Order::Changed, None, most).await?.issues;
    drop(tx);
    let events = match format {
        Format::Geojson => vec![],
        _ => events(doors, city, &issues).await?,
    };
    let told = Told { head, issues, events };
    write(doors, city, language, format, told).await.map(|written| written.answer(headers))
}

async fn events(
    doors: &Doors,
    city: &City,
    issues: &[Issue],
) -> Result<Vec<PendingEvent>, Problem> {
    let ids: Vec<IssueId> = issues.iter().map(|issue| issue.id).collect();
    let mut tx = doors.engine().store().read().await?;
    Ok(tx.events_of_all(city.id, &ids).await?)
}

async fn write(
    doors: &Doors,
    city: &City,
    language: &Language,
    format: Format,
    told: Told,
) -> Result<Written, Problem> {
    let url = &doors.inner.public_url;
    let frame = Frame::new(&city.name, language);
    let Told { head, issues, mut events } = told;
    let changed = issues.iter().map(|issue| issue.standing.changed_at);
    let updated = changed.chain(events.iter().map(|one| one.event.at)).max();
    let body = match format {
        Format::Atom => {
            events.truncate(ENTRIES);
            atom::feed(&frame, url, &head, updated, &events)
        }
        Format::Ical => ical::calendar(&frame, url, &head, &events),
        Format::Geojson => geojson(doors, city, url, issues).await?,
    };
    Ok(Written { format, body, updated, private: false })
}

/// The issues as the API has them.
async fn geojson(
    doors: &Doors,
    city: &City,
    url: &str,
    issues: Vec<Issue>,
) -> Result<String, Problem> {
    let ids: Vec<IssueId> = issues.iter().map(|issue| issue.id).collect();
    let wards = doors.engine().store().read().await?.wards_of_issues(city.id, &ids).await?;
    let wires = issues.into_iter().map(|issue| IssueWire::of(issue, &wards, url));
    let features: Vec<Value> = wires.map(|wire| feature(&wire)).collect();
    Ok(json!({ "type": "FeatureCollection", "features": features }).to_string())
}

/// What happened, to what and where, on one line.
fn title_of(frame: &Frame<'_>, event: &IssueEvent) -> String {
    let (did, category) = (frame.did(event), &event.category);
    match event.address.as_str() {
        "" => format!("{did}: {category}"),
        address => format!("{did}: {category}, {address}"),
    }
}

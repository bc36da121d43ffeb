//! Issues: reported, read, and what happens to them.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::auth::Caller;
use super::limits::address;
use super::{Doors, Problem};
use crate::clock::Timestamp;
use crate::engine::{Arrival, Receipt};
use crate::geometry::Envelope;
use crate::intake::{Defaults, parse_event};
use crate::issue::{Actor, Issue, IssueId, Kind, Notice, Place, Status};
use crate::store::{City, IssueQuery, IssueWardRow, PendingEvent};
use crate::ward::WardRef;

/// An issue as the API shows it.
#[derive(Debug, Serialize)]
pub struct IssueWire {
    number: String,
    source: String,
    source_id: String,
    category: String,
    status: Status,
    description: String,
    address: String,
    lon: Option<f64>,
    lat: Option<f64>,
    /// `good`, or why its place is not believed.
    place: Place,
    opened_at: Timestamp,
    changed_at: Timestamp,
    closed_at: Option<Timestamp>,
    votes: i64,
    wards: Vec<WardWire>,
    attributes: Map<String, Value>,
    link: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<EventWire>>,
}

#[derive(Debug, Serialize)]
struct WardWire {
    layer: String,
    ward: String,
    /// The issue lies outside, within the notice tolerance of its line.
    near: bool,
}

#[derive(Debug, Serialize)]
struct EventWire {
    kind: Kind,
    at: Timestamp,
    actor: Actor,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl IssueWire {
    fn of(issue: Issue, wards: &[IssueWardRow], public_url: &str) -> Self {
        let s = issue.standing;
        Self {
            link: format!("{public_url}/issues/{}", issue.number),
            number: issue.number,
            source: issue.source,
            source_id: issue.source_id,
            category: s.category.to_string(),
            status: s.status,
            description: s.description,
            address: s.address,
            lon: s.position.map(|p| p.lon),
            lat: s.position.map(|p| p.lat),
            place: s.place,
            opened_at: s.opened_at,
            changed_at: s.changed_at,
            closed_at: s.closed_at,
            votes: s.votes,
            wards: wards
                .iter()
                .filter(|row| row.issue == issue.id)
                .map(|row| WardWire {
                    layer: row.ward.layer.clone(),
                    ward: row.ward.ward.clone(),
                    near: row.near,
                })
                .collect(),
            attributes: s.attributes,
            events: None,
        }
    }
}

/// `POST /api/v1/issues`: somebody reports something.
pub async fn report(
    State(doors): State<Doors>,
    peer: ConnectInfo<SocketAddr>,
    caller: Caller,
    headers: HeaderMap,
    Json(mut body): Json<Map<String, Value>>,
) -> Result<impl IntoResponse, Problem> {
    let city = doors.city().await?;
    let trusted = caller.may_bring_events().ok().map(str::to_owned);
    if trusted.is_none() {
        doors.inner.limits.report(address(&peer, &headers))?;
    }
    body.insert("kind".to_owned(), json!(Kind::Opened));
    for field in ["source", "source_id", "version", "actor", "at"] {
        // A stranger speaks for nobody else and for no other time.
        if trusted.is_none() {
            body.remove(field);
        }
    }
    let key = idempotency_key(&headers)?;
    let source = trusted.as_deref().unwrap_or("web");
    let mut notice = parse(&doors, &city, source, key, body)?;
    if notice.facts.category.is_none() {
        return Err(Problem::field("/category", "what kind of thing is it? send `category`"));
    }
    if trusted.is_none() {
        notice.actor = Actor::Resident;
    }
    notice.version.get_or_insert_with(|| "1".to_owned());
    let receipt = accept_one(&doors, &city, notice).await?;
    let (number, repeated) = match &receipt {
        Receipt::Accepted { number, .. } => (number.clone(), false),
        Receipt::Repeated { number } => (number.clone().unwrap_or_default(), true),
        Receipt::Refused { reason } => {
            return Err(Problem::new(StatusCode::CONFLICT, reason.to_string()));
        }
    };
    let link = format!("{}/issues/{number}", doors.inner.public_url);
    let status = if repeated { StatusCode::OK } else { StatusCode::CREATED };
    let api = format!("/api/v1/issues/{number}");
    let mut answer = json!({ "number": number, "link": link, "repeated": repeated });
    if let Receipt::Accepted { place, .. } = receipt {
        answer["place"] = json!(place);
    }
    Ok((status, [(header::LOCATION, api)], Json(answer)))
}

/// `POST /api/v1/issues/{number}/events`: something happened to it.
pub async fn happen(
    State(doors): State<Doors>,
    caller: Caller,
    Path(number): Path<String>,
    headers: HeaderMap,
    Json(mut body): Json<Map<String, Value>>,
) -> Result<impl IntoResponse, Problem> {
    caller.may_bring_events()?;
    let city = doors.city().await?;
    let issue = issue_numbered(&doors, &city, &number).await?;
    if !body.contains_key("kind") {
        return Err(Problem::field(
            "/kind",
            "what happened? send `kind`: updated, commented, closed, …",
        ));
    }
    body.insert("source".to_owned(), json!(issue.source));
    body.insert("source_id".to_owned(), json!(issue.source_id));
    if let (Some(key), false) = (idempotency_key(&headers)?, body.contains_key("version")) {
        body.insert("version".to_owned(), json!(key));
    }
    let notice = parse(&doors, &city, &issue.source, None, body)?;
    match accept_one(&doors, &city, notice).await? {
        Receipt::Accepted { number, kinds, .. } => {
            let answer = json!({ "number": number, "kinds": kinds, "repeated": false });
            Ok((StatusCode::CREATED, Json(answer)))
        }
        Receipt::Repeated { number } => {
            Ok((StatusCode::OK, Json(json!({ "number": number, "repeated": true }))))
        }
        Receipt::Refused { reason } => Err(Problem::new(StatusCode::CONFLICT, reason.to_string())),
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().map(|key| key.trim_matches('"'));
    match key.filter(|key| (8..=200).contains(&key.len())) {
        Some(key) => Ok(Some(key.to_owned())),
        None => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "Idempotency-Key must be 8 to 200 plain characters; a UUID is good",
        )),
    }
}

fn parse(
    doors: &Doors,
    city: &City,
    source: &str,
    source_id: Option<String>,
    body: Map<String, Value>,
) -> Result<Notice, Problem> {
    let now = doors.engine().clock().now();
    let fresh = || doors.engine().random().uuid(now).to_string();
    // Whoever may name the issue by its own id has named it; a default would stand before that.
    let is_named = body.contains_key("source_id");
    let defaults = Defaults {
        source: source.to_owned(),
        source_id: (!is_named).then(|| source_id.unwrap_or_else(fresh)),
        zone: city.zone.clone(),
        at: Some(now),
        actor: Actor::Resident,
    };
    Ok(parse_event(&Value::Object(body), &defaults)?)
}

async fn accept_one(doors: &Doors, city: &City, notice: Notice) -> Result<Receipt, Problem> {
    let source = notice.source.clone();
    let mut receipts = doors.engine().accept(city, vec![notice], Arrival::default()).await?;
    let receipt = receipts.pop().ok_or_else(|| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "no receipt for what was sent")
    })?;
    if let Receipt::Accepted { kinds, .. } = &receipt {
        doors.inner.metrics.accepted(&source, kinds.len() as u64);
    }
    Ok(receipt)
}

pub(super) async fn issue_numbered(
    doors: &Doors,
    city: &City,
    number: &str,
) -> Result<Issue, Problem> {
    let mut tx = doors.engine().store().read().await?;
    tx.issue_numbered(city.id, number)
        .await?
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, format!("there is no issue “{number}”")))
}

/// An issue with its timeline.
pub(super) async fn read_one(doors: &Doors, number: &str) -> Result<(Issue, IssueWire), Problem> {
    let city = doors.city().await?;
    let issue = issue_numbered(doors, &city, number).await?;
    let mut tx = doors.engine().store().read().await?;
    let wards = tx.wards_of_issues(city.id, &[issue.id]).await?;
    let events = tx.events_of(city.id, issue.id).await?;
    let mut wire = IssueWire::of(issue.clone(), &wards, &doors.inner.public_url);
    let event = |PendingEvent { event: e, .. }| EventWire {
        kind: e.kind,
        at: e.at,
        actor: e.actor,
        status: e.status,
        text: e.text,
    };
    wire.events = Some(events.into_iter().map(event).collect());
    Ok((issue, wire))
}

/// `GET /api/v1/issues/{number}`, with its timeline.
pub async fn read_json(
    State(doors): State<Doors>,
    Path(number): Path<String>,
) -> Result<Json<IssueWire>, Problem> {
    Ok(Json(read_one(&doors, &number).await?.1))
}

/// What `GET /api/v1/issues` can be asked.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    bbox: Option<String>,
    /// `12`, or `LAYER:12`; without a layer it is `wards`.
    ward: Option<String>,
    category: Option<String>,
    /// A status, or `open`.
    status: Option<String>,
    updated_after: Option<String>,
    q: Option<String>,
    cursor: Option<String>,
    limit: Option<i64>,
}

/// `GET /api/v1/issues`, latest change first.
pub async fn list(
    State(doors): State<Doors>,
    Query(asked): Query<ListQuery>,
) -> Result<Json<Value>, Problem> {
    let city = doors.city().await?;
    let query = asked.parse()?;
    let mut tx = doors.engine().store().read().await?;
    let issues = tx.list_issues(city.id, &query).await?;
    let ids: Vec<IssueId> = issues.iter().map(|issue| issue.id).collect();
    let wards = tx.wards_of_issues(city.id, &ids).await?;
    let full = i64::try_from(issues.len()).is_ok_and(|n| n == query.limit);
    let cursor = issues.last().filter(|_| full).map(cursor_after);
    let wires: Vec<_> = issues
        .into_iter()
        .map(|issue| IssueWire::of(issue, &wards, &doors.inner.public_url))
        .collect();
    Ok(Json(json!({ "issues": wires, "cursor": cursor })))
}

fn cursor_after(issue: &Issue) -> String {
    format!("{}.{}", issue.standing.changed_at.as_millis(), issue.id.0.simple())
}

impl ListQuery {
    fn parse(self) -> Result<IssueQuery, Problem> {
        let (status, open) = match self.status.as_deref() {
            None => (None, None),
            Some("open") => (None, Some(true)),
            Some(name) => (
                Some(Status::from_name(name).ok_or_else(|| {
                    let names = Status::ALL.map(Status::name).join(", ");
                    Problem::field(
                        "/status",
                        format!("“{name}” is no status; choose open, {names}"),
                    )
                })?),
                None,
            ),
        };
        let updated_after = self
            .updated_after
            .map(|text| text.parse::<Timestamp>())
            .transpose()
            .map_err(|e| Problem::field("/updated_after", e.to_string()))?;
        let limit = self.limit.unwrap_or(50);
        if !(1..=500).contains(&limit) {
            return Err(Problem::field("/limit", "`limit` is from 1 to 500"));
        }
        Ok(IssueQuery {
            bbox: self.bbox.as_deref().map(parse_bbox).transpose()?,
            ward: self.ward.as_deref().map(parse_ward),
            category: self.category,
            status,
            open,
            updated_after,
            words: self.q.filter(|q| !q.trim().is_empty()),
            after: self.cursor.as_deref().map(parse_cursor).transpose()?,
            limit,
        })
    }
}

fn parse_bbox(text: &str) -> Result<Envelope, Problem> {
    let numbers: Vec<f64> = text.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    match numbers[..] {
        [west, south, east, north] if west <= east && south <= north => {
            Ok(Envelope { west, south, east, north })
        }
        _ => Err(Problem::field("/bbox", "`bbox` is west,south,east,north in degrees")),
    }
}

pub(super) fn parse_ward(text: &str) -> WardRef {
    let (layer, ward) = text.split_once(':').unwrap_or(("wards", text));
    WardRef { layer: layer.to_owned(), ward: ward.to_owned() }
}

fn parse_cursor(text: &str) -> Result<(Timestamp, IssueId), Problem> {
    let parse = || {
        let (millis, id) = text.split_once('.')?;
        Some((Timestamp::from_millis(millis.parse().ok()?), IssueId(id.parse().ok()?)))
    };
    parse().ok_or_else(|| Problem::field("/cursor", "`cursor` is what the last answer gave"))
}

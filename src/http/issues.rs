//! Issues: read, and what happens to them.

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::auth::Caller;
use super::extract::{Json, Path};
use super::pictures::PicturesWire;
use super::sender::From;
use super::{Doors, Problem, pictures, reporter};
use crate::clock::Timestamp;
use crate::engine::{Arrival, Receipt};
use crate::intake::{Defaults, parse_event};
use crate::issue::{Actor, EventId, Issue, Kind, Notice, Place, Status};
use crate::store::{City, IssueWardRow, PendingEvent, StaffRole};

/// An issue as the API shows it.
#[derive(Debug, Serialize)]
pub struct IssueWire {
    pub(super) number: String,
    source: String,
    source_id: String,
    pub(super) category: String,
    pub(super) status: Status,
    pub(super) description: String,
    pub(super) address: String,
    pub(super) lon: Option<f64>,
    pub(super) lat: Option<f64>,
    /// `good`, or why its place is not believed.
    pub(super) place: Place,
    pub(super) opened_at: Timestamp,
    pub(super) changed_at: Timestamp,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) votes: i64,
    pub(super) wards: Vec<WardWire>,
    attributes: Map<String, Value>,
    pub(super) link: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pictures: Option<PicturesWire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<EventWire>>,
}

#[derive(Debug, Serialize)]
pub(super) struct WardWire {
    pub(super) layer: String,
    pub(super) ward: String,
    /// The issue lies outside, within the notice tolerance of its line.
    near: bool,
}

#[derive(Debug, Serialize)]
struct EventWire {
    kind: Kind,
    at: Timestamp,
    actor: Actor,
    /// Of a resident's comment: its id, by which they are muted.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<EventId>,
    /// Of what a ward's office did: its ward.
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<String>,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl IssueWire {
    pub(super) fn of(issue: Issue, wards: &[IssueWardRow], public_url: &str) -> Self {
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
            pictures: None,
            events: None,
        }
    }
}

/// An id that is the same for the same parts, and that nobody else can work out.
pub(super) fn own_id(doors: &Doors, purpose: &str, parts: &[&str]) -> Uuid {
    doors.engine().secrets().derive_id(purpose, parts.join("\0").as_bytes())
}

/// `POST /api/v1/issues/{number}/events`: something happened to it. A
/// resident may comment and vote, and open again what they reported.
pub async fn happen(
    State(doors): State<Doors>,
    from: From,
    caller: Caller,
    Path(number): Path<String>,
    headers: HeaderMap,
    Json(mut body): Json<Map<String, Value>>,
) -> Result<(StatusCode, JsonAnswer<Value>), Problem> {
    let city = doors.city().await?;
    if let Caller::Watcher(watcher) = caller {
        doors.inner.limits.comment(from)?;
        let issue = public_issue(&doors, &city, &number).await?;
        return reporter::happen(&doors, &city, watcher, &issue, &body).await;
    }
    let name = caller.may_bring_events()?;
    let issue = issue_numbered(&doors, &city, &number).await?;
    caller.may_act_on(&issue.source)?;
    if !body.contains_key("kind") {
        return Err(Problem::field(
            "/kind",
            "what happened? send `kind`: updated, commented, closed, …",
        ));
    }
    body.insert("source".to_owned(), json!(issue.source));
    body.remove("source_id");
    if let (Some(key), false) = (idempotency_key(&headers)?, body.contains_key("version")) {
        body.insert("version".to_owned(), json!(own_id(&doors, "event", &[name, &key])));
    }
    let actor = match &caller {
        Caller::Key { role: StaffRole::Source, .. } => Actor::System,
        _ => Actor::Official,
    };
    let notice = parse(&doors, &city, &issue.source, Some(issue.source_id), actor, body)?;
    match accept_one(&doors, &city, notice, name).await? {
        Receipt::Accepted { number, kinds, .. } => {
            let answer = json!({ "number": number, "kinds": kinds, "repeated": false });
            Ok((StatusCode::CREATED, JsonAnswer(answer)))
        }
        Receipt::Repeated { number } => {
            Ok((StatusCode::OK, JsonAnswer(json!({ "number": number, "repeated": true }))))
        }
        Receipt::Refused { reason } => Err(Problem::new(StatusCode::CONFLICT, reason.to_string())),
    }
}

/// The `Idempotency-Key` header, unquoted.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().map(|key| key.trim().trim_matches('"'));
    match key.filter(|key| (8..=200).contains(&key.len())) {
        Some(key) => Ok(Some(key.to_owned())),
        None => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "Idempotency-Key must be 8 to 200 plain characters; a UUID is good",
        )),
    }
}

pub(super) fn parse(
    doors: &Doors,
    city: &City,
    source: &str,
    source_id: Option<String>,
    actor: Actor,
    body: Map<String, Value>,
) -> Result<Notice, Problem> {
    let now = doors.engine().clock().now();
    let fresh = || doors.engine().random().uuid(now).to_string();
    // What the body itself says goes before.
    let source_id =
        if body.contains_key("source_id") { None } else { Some(source_id.unwrap_or_else(fresh)) };
    let defaults = Defaults {
        source: source.to_owned(),
        source_id,
        zone: city.zone.clone(),
        at: Some(now),
        actor,
    };
    Ok(parse_event(&Value::Object(body), &defaults)?)
}

/// `by` is a key's name, or `web`: what events are counted by, for what a body says is boundless.
pub(super) async fn accept_one(
    doors: &Doors,
    city: &City,
    notice: Notice,
    by: &str,
) -> Result<Receipt, Problem> {
    let mut receipts = doors.engine().accept(city, vec![notice], Arrival::default()).await?;
    let receipt = receipts.pop().ok_or_else(|| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "no receipt for what was sent")
    })?;
    if let Receipt::Accepted { kinds, .. } = &receipt {
        doors.inner.metrics.accepted(by, kinds.len() as u64);
    }
    Ok(receipt)
}

/// An issue, taken off the site or not.
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

/// An issue that anybody may be shown.
pub(super) async fn public_issue(
    doors: &Doors,
    city: &City,
    number: &str,
) -> Result<Issue, Problem> {
    let issue = issue_numbered(doors, city, number).await?;
    if issue.standing.hidden { Err(Problem::taken_off()) } else { Ok(issue) }
}

/// An issue with its timeline.
async fn read_one(doors: &Doors, number: &str) -> Result<IssueWire, Problem> {
    let city = doors.city().await?;
    let issue = public_issue(doors, &city, number).await?;
    let mut tx = doors.engine().store().read().await?;
    let wards = tx.wards_of_issues(city.id, &[issue.id]).await?;
    let events = tx.events_of(city.id, issue.id).await?;
    let shown = tx.attachments_of(city.id, issue.id).await?;
    let mut wire = IssueWire::of(issue, &wards, &doors.inner.public_url);
    wire.pictures = Some(pictures::wire(&shown, &doors.inner.public_url));
    let event = |PendingEvent { event: e, .. }| EventWire {
        kind: e.kind,
        at: e.at,
        actor: e.actor,
        comment: e.author.map(|_| e.id),
        office: e.office,
        status: e.status,
        text: e.text,
    };
    wire.events = Some(events.into_iter().map(event).collect());
    Ok(wire)
}

/// `GET /api/v1/issues/{number}`, with its timeline.
pub async fn read_json(
    State(doors): State<Doors>,
    Path(number): Path<String>,
) -> Result<JsonAnswer<IssueWire>, Problem> {
    Ok(JsonAnswer(read_one(&doors, &number).await?))
}

//! How a report comes in, from a program or from the pages: read, answered for, accepted, followed.
//!
//! The one rule: what only staff may read is stored apart before the report is accepted, and never comes
//! into what is accepted, for all of that is published.

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};

use super::auth::Caller;
use super::extract::Json;
use super::issues::{accept_one, idempotency_key, own_id, parse};
use super::problem::Field;
use super::sender::From;
use super::{Doors, Problem, reporter};
use crate::engine::{EngineError, Receipt, Who};
use crate::geometry::Position;
use crate::intake::pointer_to;
use crate::issue::{Actor, Answer, Category, Kind, Place, Service};
use crate::store::City;
use crate::watch::WatchId;

/// What a stranger's report may say.
const A_REPORT: [&str; 9] = [
    "category",
    "description",
    "address",
    "lon",
    "lat",
    "geometry",
    "answers",
    "email",
    "language",
];

/// What only a key may say: a stranger speaks for nobody else and for no other time.
const KEPT_FROM_STRANGERS: [&str; 7] =
    ["source", "source_id", "version", "actor", "at", "status", "kind"];

/// How long a stranger's words may be, in characters.
pub const LONGEST_DESCRIPTION: usize = 5_000;
pub const LONGEST_ADDRESS: usize = 200;
const LENGTHS: [(&str, usize); 3] =
    [("category", 100), ("description", LONGEST_DESCRIPTION), ("address", LONGEST_ADDRESS)];

/// A report that has been let in.
pub struct Report {
    /// Its facts, as the API takes them, with `answers`.
    pub body: Map<String, Value>,
    pub caller: Caller,
    /// What makes the same report, sent twice, one.
    pub key: Option<String>,
    /// Whoever wants to be told what becomes of it.
    pub reporter: Option<Who>,
}

/// What became of a report.
pub struct Filed {
    pub number: String,
    pub repeated: bool,
    /// Whether its place is believed; not said of one that was there already.
    pub place: Option<Place>,
    /// The watch by which its reporter follows it, if there is one.
    pub follows: Option<Result<WatchId, EngineError>>,
}

/// Takes a report, once however often it is sent.
///
/// # Errors
/// What is wrong with it, by field; or that the database does not answer.
pub async fn file(doors: &Doors, city: &City, report: Report) -> Result<Filed, Problem> {
    let Report { mut body, caller, key, reporter } = report;
    let by = caller.may_bring_events().ok();
    let answers = answers(doors, city, &mut body, by.is_none()).await?;
    let (private, public): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.private);
    publish(&mut body, &public);
    body.insert("kind".to_owned(), json!(Kind::Opened));
    let source = by.unwrap_or("web");
    let mut notice = parse(doors, city, source, key, Actor::Resident, body)?;
    caller.may_speak_for(&notice.source).map_err(|e| vec![e])?;
    if notice.facts.category.is_none() {
        return Err(Problem::field("/category", "what kind of thing is it? send `category`"));
    }
    if let Some(at) = notice.facts.position {
        Position::on_earth(at.lon, at.lat).map_err(|e| Problem::field("/lon", e.to_string()))?;
    }
    notice.version.get_or_insert_with(|| "1".to_owned());
    let of = (notice.source.clone(), notice.source_id.clone());
    let kept = keep_apart(doors, city, (&of.0, &of.1), &private).await?;
    let (number, repeated, place) = match accept_one(doors, city, notice, source).await? {
        Receipt::Accepted { number, place, .. } => (number, false, Some(place)),
        Receipt::Repeated { number } => (number.unwrap_or_default(), true, None),
        Receipt::Refused { reason } => {
            let mut tx = doors.engine().store().write().await?;
            tx.take_back_private_answers(city.id, (&of.0, &of.1), &kept).await?;
            tx.commit().await?;
            return Err(Problem::new(StatusCode::CONFLICT, reason.to_string()));
        }
    };
    let follows = match reporter {
        Some(who) => Some(reporter::follow(doors, city, who, &number).await),
        None => None,
    };
    Ok(Filed { number, repeated, place, follows })
}

/// Keeps what only staff may read; gives the codes of what was not kept already.
async fn keep_apart(
    doors: &Doors,
    city: &City,
    of: (&str, &str),
    private: &[Answer],
) -> Result<Vec<String>, Problem> {
    if private.is_empty() {
        return Ok(vec![]);
    }
    let mut tx = doors.engine().store().write().await?;
    let now = doors.engine().clock().now();
    let kept = tx.put_private_answers(city.id, of, private, now).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Takes the answers out of a report; whoever is not a key has to give those that are required.
async fn answers(
    doors: &Doors,
    city: &City,
    body: &mut Map<String, Value>,
    all: bool,
) -> Result<Vec<Answer>, Problem> {
    let said = match body.remove("answers") {
        Some(Value::Object(said)) => said,
        Some(Value::Null) | None => Map::new(),
        Some(_) => return Err(Problem::field("/answers", "`answers` is an object, by code")),
    };
    let category = body.get("category").and_then(Value::as_str).map(Category::from);
    let services = doors.engine().store().read().await?.services(city.id).await?;
    let service = services.into_iter().find(|service| Some(&service.name) == category.as_ref());
    take_answers(service.as_ref(), &said, all)
}

fn take_answers(
    service: Option<&Service>,
    said: &Map<String, Value>,
    all: bool,
) -> Result<Vec<Answer>, Problem> {
    let questions = service.map(|service| &*service.questions).unwrap_or_default();
    let pointer = |code: &str| format!("/answers{}", pointer_to(code));
    let (mut taken, mut wrong) = (vec![], vec![]);
    for code in said.keys().filter(|code| !questions.iter().any(|q| q.code == **code)) {
        let detail = format!("`{code}` is not asked of this category");
        wrong.push(Field { pointer: pointer(code), detail });
    }
    for question in questions {
        let said = said.get(&question.code).map(texts).unwrap_or_default();
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        if said.is_empty() && !all {
            continue;
        }
        match question.take(&said) {
            Ok(answer) => taken.extend(answer),
            Err(why) => {
                let detail = format!("{} ({})", why, question.asks);
                wrong.push(Field { pointer: pointer(&question.code), detail });
            }
        }
    }
    if wrong.is_empty() { Ok(taken) } else { Err(Problem::fields(wrong)) }
}

/// A value as a form would send it.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(true) => vec!["yes".to_owned()],
        Value::Bool(false) => vec!["no".to_owned()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Null | Value::Object(_) => vec![],
    }
}

/// Answers that everybody may read stand with what else is known of the issue.
fn publish(body: &mut Map<String, Value>, answers: &[Answer]) {
    if answers.is_empty() {
        return;
    }
    let wire = |answer: &Answer| json!({ "code": answer.code, "question": answer.asks, "answer": answer.says });
    let all: Vec<Value> = answers.iter().map(wire).collect();
    let kept = body.entry("attributes").or_insert_with(|| json!({}));
    if let Value::Object(kept) = kept {
        kept.insert("answers".to_owned(), json!(all));
    }
}

/// The answers that everybody may read, as an issue holds them.
pub fn published(attributes: &Map<String, Value>) -> Vec<(String, String)> {
    let all = attributes.get("answers").and_then(Value::as_array);
    let pair = |one: &Value| {
        let text = |name: &str| one.get(name)?.as_str().map(str::to_owned);
        Some((text("question")?, text("answer")?))
    };
    all.into_iter().flatten().filter_map(pair).collect()
}

/// `POST /api/v1/issues`: somebody reports something.
///
/// The same `Idempotency-Key` with the same report, or from the same API key, makes one issue. Whoever
/// gives `email`, or comes with a management token, follows it to the end; neither is published.
pub async fn report(
    State(doors): State<Doors>,
    from: From,
    caller: Caller,
    headers: HeaderMap,
    Json(mut body): Json<Map<String, Value>>,
) -> Result<impl IntoResponse, Problem> {
    let city = doors.city().await?;
    let reporter = reporter::take(&city, &caller, &mut body)?;
    let by = caller.may_bring_events().ok();
    if by.is_none() {
        admit(&doors, from, reporter.is_some())?;
        body.retain(|name, _| !KEPT_FROM_STRANGERS.contains(&name.as_str()));
        check_report(&body)?;
    }
    let key = idempotency_key(&headers)?.map(|key| match by {
        Some(name) => own_id(&doors, "report", &[name, &key]),
        None => strangers_key(&doors, &key, &body),
    });
    let asked = matches!(reporter, Some(Who::Address { .. }));
    let report = Report { body, caller, key: key.map(|id| id.to_string()), reporter };
    let filed = file(&doors, &city, report).await?;
    let (number, repeated) = (&filed.number, filed.repeated);
    let link = format!("{}/issues/{number}", doors.inner.public_url);
    let status = if repeated { StatusCode::OK } else { StatusCode::CREATED };
    let api = format!("/api/v1/issues/{number}");
    let mut answer = json!({ "number": number, "link": link, "repeated": repeated });
    if let Some(place) = filed.place {
        answer["place"] = json!(place);
    }
    if let Some(follows) = filed.follows {
        answer["follow"] = reporter::wire(follows, asked);
    }
    Ok((status, [(header::LOCATION, api)], JsonAnswer(answer)))
}

/// A stranger is known by what he says.
pub fn strangers_key(doors: &Doors, key: &str, body: &Map<String, Value>) -> uuid::Uuid {
    own_id(doors, "report", &["", key, &Value::Object(body.clone()).to_string()])
}

/// Lets a stranger's report in.
///
/// # Errors
/// 429 when this address reports too much, or has too many addresses mailed.
pub fn admit(doors: &Doors, from: From, mails: bool) -> Result<(), Problem> {
    doors.inner.limits.report(from)?;
    if mails { doors.inner.limits.sign_up(from) } else { Ok(()) }
}

/// What a stranger sends is published: nothing passes that was not meant to.
fn check_report(body: &Map<String, Value>) -> Result<(), Problem> {
    let mut wrong = vec![];
    for name in body.keys().filter(|name| !A_REPORT.contains(&name.as_str())) {
        let pointer = pointer_to(name);
        let detail = format!("a report has no `{name}`; it has {}", A_REPORT.join(", "));
        wrong.push(Field { pointer, detail });
    }
    for (name, most) in LENGTHS {
        let detail = match body.get(name) {
            Some(Value::String(said)) if said.chars().count() <= most => continue,
            Some(Value::String(_)) => format!("`{name}` has at most {most} characters"),
            Some(Value::Null) | None => continue,
            Some(_) => format!("`{name}` is a text, in quotes"),
        };
        wrong.push(Field { pointer: format!("/{name}"), detail });
    }
    if wrong.is_empty() { Ok(()) } else { Err(Problem::fields(wrong)) }
}

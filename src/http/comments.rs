//! What residents say of an issue, and the desk of those who read it first where they are new.

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::auth::Caller;
use super::extract::{Path, Query};
use super::{Doors, Problem};
use crate::clock::Timestamp;
use crate::engine::Commented;
use crate::issue::{Issue, Kind};
use crate::message;
use crate::store::{City, CommentRow};
use crate::watcher::WatcherId;

/// How long a comment may be, in characters.
pub const LONGEST: usize = 2_000;

/// How many comments are listed at once; others come when these are decided.
const LISTED: i64 = 200;

type Answer = (StatusCode, JsonAnswer<Value>);

/// A resident comments on an issue.
pub(super) async fn comment(
    doors: &Doors,
    city: &City,
    watcher: WatcherId,
    issue: &Issue,
    body: &Map<String, Value>,
) -> Result<Answer, Problem> {
    let words = read(body.get("text"))?;
    let number = &issue.number;
    let said = |kinds: &[Kind]| json!({ "number": number, "kinds": kinds, "repeated": false });
    Ok(match doors.engine().comment(city, watcher, issue, words).await? {
        Commented::Shown => {
            doors.inner.metrics.accepted("web", 1);
            (StatusCode::CREATED, JsonAnswer(said(&[Kind::Commented])))
        }
        Commented::Waits => {
            let mut answer = said(&[]);
            answer["waits"] = json!(true);
            answer["next"] = json!(WAITS);
            (StatusCode::ACCEPTED, JsonAnswer(answer))
        }
        Commented::Repeated => repeated(issue),
    })
}

const WAITS: &str = "Thank you. The city reads this first; once it has, it is shown and told.";

/// A resident says that an issue is theirs, too.
pub(super) async fn vote(
    doors: &Doors,
    city: &City,
    watcher: WatcherId,
    issue: &Issue,
) -> Result<Answer, Problem> {
    if !doors.engine().vote(city, watcher, issue).await? {
        return Ok(repeated(issue));
    }
    doors.inner.metrics.accepted("web", 1);
    let answer = json!({ "number": issue.number, "kinds": [Kind::Voted], "repeated": false });
    Ok((StatusCode::CREATED, JsonAnswer(answer)))
}

fn repeated(issue: &Issue) -> Answer {
    (StatusCode::OK, JsonAnswer(json!({ "number": issue.number, "kinds": [], "repeated": true })))
}

/// Somebody's words, without what no text has.
fn read(words: Option<&Value>) -> Result<String, Problem> {
    let words = match words {
        Some(Value::String(words)) => words.replace('\0', "").trim().to_owned(),
        Some(Value::Null) | None => String::new(),
        Some(_) => return Err(Problem::field("/text", "`text` is a text, in quotes")),
    };
    match words.chars().count() {
        // What nobody sees is not said.
        _ if message::line(&words).is_empty() => {
            Err(Problem::field("/text", "what do you say? send `text`"))
        }
        long if long > LONGEST => {
            let detail = format!("`text` has at most {LONGEST} characters; this has {long}");
            Err(Problem::field("/text", detail))
        }
        _ => Ok(words),
    }
}

/// A comment, as the API shows it to those who decide. Whose it is they need not know.
#[derive(Debug, Serialize)]
pub struct CommentWire {
    id: Uuid,
    issue: String,
    text: String,
    said_at: Timestamp,
    link: String,
}

/// Which comments are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Those that are shown, the latest first.
    #[serde(default)]
    shown: bool,
}

/// `GET /api/v1/comments`: what waits for somebody to read it, the oldest first; with `shown=true` what is
/// shown.
pub async fn list(
    State(doors): State<Doors>,
    caller: Caller,
    Query(Which { shown }): Query<Which>,
) -> Result<JsonAnswer<Vec<CommentWire>>, Problem> {
    caller.is_staff(DECIDE)?;
    let city = doors.city().await?;
    let mut tx = doors.engine().store().read().await?;
    let rows = if shown {
        tx.comments_shown(city.id, LISTED).await?
    } else {
        tx.comments_waiting(city.id, LISTED).await?
    };
    let wire = |CommentRow { id, number, words, said, .. }| CommentWire {
        id,
        link: format!("{}/issues/{number}", doors.inner.public_url),
        issue: number,
        text: words,
        said_at: said,
    };
    Ok(JsonAnswer(rows.into_iter().map(wire).collect()))
}

const DECIDE: &str = "decide about what residents say";

/// `POST /api/v1/comments/{id}/show`: it is shown and told, and what whoever said it says later waits no
/// more.
pub async fn show(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    caller.is_staff(DECIDE)?;
    doors.engine().show_comment(&doors.city().await?, id).await?;
    doors.inner.metrics.accepted("web", 1);
    tracing::info!(%id, by = caller.name(), "a comment is shown");
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/comments/{id}/dismiss`: it is not shown, or no longer.
pub async fn dismiss(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    caller.is_staff(DECIDE)?;
    doors.engine().dismiss_comment(&doors.city().await?, id).await?;
    tracing::info!(%id, by = caller.name(), "a comment is dismissed");
    Ok(StatusCode::NO_CONTENT)
}

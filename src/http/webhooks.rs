//! `/api/v1/me/webhooks`: the programs to which a person has messages posted.

use std::fmt;

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::auth::Caller;
use super::extract::{Json, Path};
use super::sender::From;
use super::{Doors, Problem};
use crate::clock::Timestamp;
use crate::store::{ContactRow, LastTry};
use crate::watcher::ContactId;

/// The longest address that is taken, in bytes.
const LONGEST: usize = 2_000;

type Written = dyn Fn(&str) -> Result<String, String> + Send + Sync;

/// What webhooks ask of the sender behind them: the address as it would be dialled, if it would be at all.
pub struct WebhookDoor(Box<Written>);

impl fmt::Debug for WebhookDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookDoor")
    }
}

impl WebhookDoor {
    pub fn new(written: impl Fn(&str) -> Result<String, String> + Send + Sync + 'static) -> Self {
        Self(Box::new(written))
    }
}

/// A webhook as its owner sees it.
#[derive(Debug, Serialize)]
struct WebhookWire {
    id: Uuid,
    url: String,
    /// `asked` until it has answered, `working`, `failing`, `stopped` after days of that, or `gone` when
    /// it has answered 410.
    state: &'static str,
    /// Since when it has taken nothing.
    failing_since: Option<Timestamp>,
    /// The last message that was tried.
    last: Option<LastWire>,
}

#[derive(Debug, Serialize)]
struct LastWire {
    /// `waiting` to be tried again, `sent`, `dead` or `retired`.
    state: &'static str,
    outcome: String,
    at: Option<Timestamp>,
}

impl WebhookWire {
    fn of(row: &ContactRow, last: Option<LastTry>) -> Self {
        let state = match row {
            ContactRow { retired: true, .. } => "gone",
            ContactRow { suspended: true, .. } => "stopped",
            ContactRow { confirmed: false, .. } => "asked",
            ContactRow { failing_at: Some(_), .. } => "failing",
            _ => "working",
        };
        Self {
            id: row.contact.id.0,
            url: row.contact.address.text().to_owned(),
            state,
            failing_since: row.failing_at,
            last: last.map(|last| LastWire {
                state: last.state.name(),
                outcome: last.outcome,
                at: last.settled,
            }),
        }
    }
}

/// The body of `POST /api/v1/me/webhooks`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewWebhookWire {
    url: String,
}

/// `GET /api/v1/me/webhooks`: all of the caller's, without their secrets.
pub async fn list(
    State(doors): State<Doors>,
    caller: Caller,
) -> Result<JsonAnswer<Value>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let all = doors.engine().webhooks(&city, watcher).await?;
    let all: Vec<_> = all.into_iter().map(|(row, last)| WebhookWire::of(&row, last)).collect();
    Ok(JsonAnswer(json!({ "webhooks": all })))
}

/// `POST /api/v1/me/webhooks`: adds one, and answers with the secret that signs what is posted there. It
/// is asked whether it answers; with its first 2xx it is told of every watch whose `via` says so.
pub async fn add(
    State(doors): State<Doors>,
    from: From,
    caller: Caller,
    Json(wire): Json<NewWebhookWire>,
) -> Result<Response, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    doors.inner.limits.sign_up(from)?;
    if wire.url.len() > LONGEST {
        let detail = format!("is longer than {LONGEST} bytes; give the program a shorter address");
        return Err(Problem::field("/url", detail));
    }
    let written = &doors.inner.webhooks.0;
    let url = written(&wire.url).map_err(|why| Problem::field("/url", why))?;
    let row = doors.engine().add_webhook(&city, watcher, url).await?;
    let at = [(header::LOCATION, format!("/api/v1/me/webhooks/{}", row.contact.id.0))];
    Ok((StatusCode::CREATED, at, JsonAnswer(with_secret(&doors, &row))).into_response())
}

/// `POST /api/v1/me/webhooks/{id}/test`: asks it once more whether it answers. What came of it stands in
/// the list.
pub async fn test(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    doors.engine().test_webhook(&city, watcher, ContactId(id)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// `POST /api/v1/me/webhooks/{id}/secret`: a new secret. Both sign for a day, then only the new one.
pub async fn renew_secret(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<JsonAnswer<Value>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let row = doors.engine().renew_webhook_secret(&city, watcher, ContactId(id)).await?;
    Ok(JsonAnswer(with_secret(&doors, &row)))
}

/// `DELETE /api/v1/me/webhooks/{id}`: nothing more is posted there.
pub async fn remove(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    doors.engine().remove_webhook(&city, watcher, ContactId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn with_secret(doors: &Doors, row: &ContactRow) -> Value {
    let secret = doors.engine().webhook_secret(row).map(|secret| secret.reveal());
    json!({ "webhook": WebhookWire::of(row, None), "secret": secret })
}

//! Web push: the key that browsers subscribe with, and the subscriptions of a watcher.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::auth::Caller;
use super::{Doors, Problem};
use crate::watcher::{Address, PushSubscription};

/// `GET /api/v1/push/key`: the `applicationServerKey` (RFC 8292, §3.2).
pub async fn key(State(doors): State<Doors>) -> Json<Value> {
    Json(json!({ "key": doors.inner.pusher.public_key() }))
}

/// `POST /api/v1/push/subscriptions`: one more browser of a watcher.
pub async fn add(
    State(doors): State<Doors>,
    caller: Caller,
    Json(subscription): Json<PushSubscription>,
) -> Result<StatusCode, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    doors
        .inner
        .pusher
        .check(&subscription)
        .map_err(|e| Problem::field("/endpoint", e.to_string()))?;
    doors.engine().add_contact(&city, watcher, Address::Push(subscription)).await?;
    Ok(StatusCode::CREATED)
}

//! Web push: the key that browsers subscribe with, and the subscriptions of a watcher.

use std::fmt;

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::device::Device;
use super::extract::Json;
use super::sender::From;
use super::{Doors, Problem};
use crate::watcher::{Address, PushSubscription};

type Check = dyn Fn(&PushSubscription) -> Result<(), String> + Send + Sync;

/// What web push asks of the sender behind it: the key to subscribe with, and whether it would
/// send to a subscription at all.
pub struct PushDoor {
    public_key: String,
    check: Box<Check>,
}

impl fmt::Debug for PushDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushDoor").field("public_key", &self.public_key).finish_non_exhaustive()
    }
}

impl PushDoor {
    pub fn new(
        public_key: String,
        check: impl Fn(&PushSubscription) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self { public_key, check: Box::new(check) }
    }

    /// # Errors
    /// A problem at this field, when nothing would be sent there.
    pub(super) fn check(
        &self,
        field: &str,
        subscription: &PushSubscription,
    ) -> Result<(), Problem> {
        (self.check)(subscription).map_err(|why| Problem::field(field, why))
    }
}

/// `GET /api/v1/push/key`: the `applicationServerKey` (RFC 8292, §3.2).
pub async fn key(State(doors): State<Doors>) -> JsonAnswer<Value> {
    JsonAnswer(json!({ "key": doors.inner.push.public_key }))
}

/// `POST /api/v1/push/subscriptions`: one more browser of a watcher.
pub async fn add(
    State(doors): State<Doors>,
    caller: Caller,
    Device(device): Device,
    Json(subscription): Json<PushSubscription>,
) -> Result<StatusCode, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    doors.inner.push.check("", &subscription)?;
    let browser = Address::Push(subscription);
    doors.engine().add_browser(&city, watcher, browser.clone()).await?;
    if let Some(device) = device {
        doors.engine().name_browser(&city, &browser, &device).await?;
    }
    Ok(StatusCode::CREATED)
}

/// What a browser says whose push service has given it another address.
#[derive(Debug, Deserialize)]
pub struct Renewal {
    /// The endpoint until now, which only the browser knows.
    old: String,
    #[serde(flatten)]
    new: PushSubscription,
}

/// `POST /push/renew`: from the service worker, at `pushsubscriptionchange` (Push API, §10.5).
pub async fn renew(
    State(doors): State<Doors>,
    from: From,
    Json(Renewal { old, new }): Json<Renewal>,
) -> Result<StatusCode, Problem> {
    doors.inner.limits.sign_up(from)?;
    let city = doors.city().await?;
    doors.inner.push.check("", &new)?;
    let old = Address::Push(PushSubscription { endpoint: old, ..new.clone() });
    doors.engine().renew_browser(&city, &old, Address::Push(new)).await?;
    Ok(StatusCode::NO_CONTENT)
}

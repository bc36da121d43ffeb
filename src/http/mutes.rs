//! Issues that a person wants to hear no more of: `/api/v1/me/mutes`, and the page behind a mail's link.

use axum::Json as JsonAnswer;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::extract::Path;
use super::issues::issue_numbered;
use super::manage::Owner;
use super::pages::{self, Asked};
use super::{Doors, Problem};
use crate::clock::Timestamp;
use crate::store::MutedIssue;

/// An issue that is muted, as the API speaks of it.
#[derive(Debug, Serialize)]
pub struct MuteWire {
    issue: String,
    category: String,
    address: String,
    since: Timestamp,
}

impl From<MutedIssue> for MuteWire {
    fn from(muted: MutedIssue) -> Self {
        let MutedIssue { number, category, address, since } = muted;
        Self { issue: number, category, address, since }
    }
}

/// `GET /api/v1/me/mutes`: what the caller has muted, the latest first.
pub async fn list(
    State(doors): State<Doors>,
    caller: Caller,
) -> Result<JsonAnswer<Vec<MuteWire>>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let muted = doors.engine().store().read().await?.muted_by(city.id, watcher).await?;
    Ok(JsonAnswer(muted.into_iter().map(MuteWire::from).collect()))
}

/// `PUT /api/v1/me/mutes/{number}`: the caller hears no more of an issue.
pub async fn mute(
    State(doors): State<Doors>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<StatusCode, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let issue = issue_numbered(&doors, &city, &number).await?;
    doors.engine().mute(&city, watcher, issue.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/v1/me/mutes/{number}`: the caller hears of it again.
pub async fn unmute(
    State(doors): State<Doors>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<StatusCode, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let issue = issue_numbered(&doors, &city, &number).await?;
    doors.engine().unmute(&city, watcher, issue.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /watch/{token}/mute/{number}`: which issue it is, and a button.
pub async fn ask(
    State(doors): State<Doors>,
    Path((text, number)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let owner = Owner::open(&doors, &text).await?;
    let issue = issue_numbered(&doors, &owner.city, &number).await?;
    let mut tx = doors.engine().store().read().await?;
    let since = tx.muted_since(owner.city.id, owner.watcher, issue.id).await?;
    let asked = Asked {
        number: &issue.number,
        category: issue.standing.category.name(),
        address: &issue.standing.address,
        hidden: issue.standing.hidden,
        muted: since.is_some(),
    };
    pages::mute(owner.frame(), &asked, &format!("/watch/{text}"))
}

#[derive(Debug, Deserialize)]
pub struct Pressed {
    pub(super) act: Act,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    Mute,
    Unmute,
}

/// `POST /watch/{token}/mute/{number}`: mutes it or ends that, and leads to all that is watched.
pub async fn press(
    State(doors): State<Doors>,
    Path((text, number)): Path<(String, String)>,
    Form(Pressed { act }): Form<Pressed>,
) -> Result<Response, Problem> {
    let Owner { city, watcher, .. } = Owner::open(&doors, &text).await?;
    let issue = issue_numbered(&doors, &city, &number).await?;
    let done = match act {
        Act::Mute => {
            doors.engine().mute(&city, watcher, issue.id).await?;
            "mute"
        }
        Act::Unmute => {
            doors.engine().unmute(&city, watcher, issue.id).await?;
            "unmute"
        }
    };
    Ok(Redirect::to(&format!("/watch/{text}?done={done}")).into_response())
}

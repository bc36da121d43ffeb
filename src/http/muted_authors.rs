//! Whose comments a person wants to hear no more of: `/api/v1/me/muted_commenters`, and the page behind a
//! mail's link.

use axum::Json as JsonAnswer;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use uuid::Uuid;

use super::auth::Caller;
use super::extract::Path;
use super::manage::Owner;
use super::mutes::{Act, Pressed};
use super::pages::{self, Commenter};
use super::{Doors, Problem};
use crate::clock::Timestamp;
use crate::engine::EngineError;
use crate::issue::EventId;
use crate::store::{Comment, MutedAuthor};

/// Somebody whose comments are muted, as the API speaks of them.
#[derive(Debug, Serialize)]
pub struct MutedWire {
    /// The comment by which they were.
    comment: EventId,
    since: Timestamp,
    /// What it said, while it is shown.
    said: Option<SaidWire>,
}

#[derive(Debug, Serialize)]
struct SaidWire {
    issue: String,
    text: String,
    at: Timestamp,
}

impl From<MutedAuthor> for MutedWire {
    fn from(MutedAuthor { comment, since, said, .. }: MutedAuthor) -> Self {
        let said =
            said.map(|Comment { number, words, at }| SaidWire { issue: number, text: words, at });
        Self { comment, since, said }
    }
}

/// `GET /api/v1/me/muted_commenters`: whose comments the caller has muted, the latest first.
pub async fn list(
    State(doors): State<Doors>,
    caller: Caller,
) -> Result<JsonAnswer<Vec<MutedWire>>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let muted = doors.engine().store().read().await?.authors_muted_by(city.id, watcher).await?;
    Ok(JsonAnswer(muted.into_iter().map(MutedWire::from).collect()))
}

/// `PUT /api/v1/me/muted_commenters/{comment}`: the caller hears no more of what somebody says who made this
/// comment.
pub async fn mute(
    State(doors): State<Doors>,
    caller: Caller,
    Path(comment): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    doors.engine().mute_author(&city, watcher, EventId(comment)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/v1/me/muted_commenters/{comment}`: the caller hears of them again.
pub async fn unmute(
    State(doors): State<Doors>,
    caller: Caller,
    Path(comment): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    doors.engine().unmute_author(&city, watcher, EventId(comment)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /watch/{token}/commenter/{comment}`: what they said, and a button.
pub async fn ask(
    State(doors): State<Doors>,
    Path((text, comment)): Path<(String, Uuid)>,
) -> Result<Response, Problem> {
    let owner = Owner::open(&doors, &text).await?;
    let mut tx = doors.engine().store().read().await?;
    let found = tx.comment(owner.city.id, EventId(comment)).await?;
    let muted = tx.authors_muted_by(owner.city.id, owner.watcher).await?;
    drop(tx);
    let by_it = muted.iter().find(|one| {
        one.comment.0 == comment || found.as_ref().is_some_and(|(author, _)| one.author == *author)
    });
    let (muted, said) = match (by_it, found) {
        (by_it, Some((_, said))) => (by_it.is_some(), said),
        (Some(by_it), None) => (true, by_it.said.clone()),
        (None, None) => return Err(EngineError::UnknownComment.into()),
    };
    let asked = Commenter { said, muted };
    pages::mute_author(owner.frame(), &asked, &format!("/watch/{text}"))
}

/// `POST /watch/{token}/commenter/{comment}`: mutes them or ends that, and leads to all that is watched.
pub async fn press(
    State(doors): State<Doors>,
    Path((text, comment)): Path<(String, Uuid)>,
    Form(Pressed { act }): Form<Pressed>,
) -> Result<Response, Problem> {
    let Owner { city, watcher, .. } = Owner::open(&doors, &text).await?;
    let done = match act {
        Act::Mute => {
            doors.engine().mute_author(&city, watcher, EventId(comment)).await?;
            "mute_commenter"
        }
        Act::Unmute => {
            doors.engine().unmute_author(&city, watcher, EventId(comment)).await?;
            "unmute_commenter"
        }
    };
    Ok(Redirect::to(&format!("/watch/{text}?done={done}")).into_response())
}

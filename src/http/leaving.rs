//! Somebody leaves: `DELETE /api/v1/me`, and the page behind `/watch/{token}/delete` that asks first.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::auth::Caller;
use super::extract::Path;
use super::manage::Owner;
use super::pages::{self, Frame, Notice};
use super::{Doors, Problem};

/// `DELETE /api/v1/me`: everything about the caller is deleted.
pub async fn delete(State(doors): State<Doors>, caller: Caller) -> Result<StatusCode, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    doors.engine().leave(&city, watcher).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Template)]
#[template(path = "pages/leave.html")]
struct LeavePage<'a> {
    frame: Frame<'a>,
    /// What they watch, by their own names.
    names: Vec<String>,
    /// Whether an address of theirs is never to be mailed, which stays so.
    silenced: bool,
    back: String,
}

/// `GET /watch/{token}/delete`: what would be deleted and what stays, and a button.
pub async fn ask(
    State(doors): State<Doors>,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let owner = Owner::open(&doors, &text).await?;
    let mut tx = doors.engine().store().read().await?;
    let rows = tx.watches_of(owner.city.id, &[owner.watcher]).await?;
    let silenced = tx.silenced_of(owner.city.id, owner.watcher).await?;
    drop(tx);
    pages::render(&LeavePage {
        frame: owner.frame(),
        names: rows.into_iter().map(|row| row.watch.name).collect(),
        silenced: !silenced.is_empty(),
        back: format!("/watch/{text}"),
    })
}

/// `POST /watch/{token}/delete`: deletes it.
pub async fn press(
    State(doors): State<Doors>,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let owner = Owner::open(&doors, &text).await?;
    doors.engine().leave(&owner.city, owner.watcher).await?;
    pages::notice(owner.frame(), &Notice::Left)
}

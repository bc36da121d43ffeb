//! The links in mails. Opening one shows a page and changes nothing, for mail scanners open every
//! link; pressing its button acts.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::choice::{cards, rows_of};
use super::pages::{self, Notice};
use super::{Doors, Problem};
use crate::engine::EngineError;
use crate::issue::CityId;
use crate::store::{City, WatchRow, WatchState};
use crate::token::{Token, TokenError};
use crate::watch::WatchId;
use crate::watcher::{ContactId, WatcherId};

/// A link's token, for this city.
pub(super) async fn open(doors: &Doors, text: &str) -> Result<(City, Token), Problem> {
    let city = doors.city().await?;
    let token = Token::open(text, doors.engine().secrets()).map_err(|e| not_valid(&e))?;
    let of = match token {
        Token::Unsubscribe { city, .. }
        | Token::Confirm { city, .. }
        | Token::Manage { city, .. } => city,
    };
    if of == city.id { Ok((city, token)) } else { Err(not_valid(&TokenError::NotValid)) }
}

pub(super) fn not_valid(error: &TokenError) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, error.to_string())
}

pub(super) async fn watch_row(
    doors: &Doors,
    city: CityId,
    id: WatchId,
) -> Result<WatchRow, Problem> {
    let found = doors.engine().store().read().await?.watch(city, id).await?;
    found
        .filter(|row| row.state != WatchState::Deleted)
        .ok_or_else(|| EngineError::UnknownWatch.into())
}

/// `GET /confirm/{token}`: what would be watched, and a button.
pub async fn ask_confirm(
    State(doors): State<Doors>,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let (city, Token::Confirm { watch, .. }) = open(&doors, &text).await? else {
        return Err(not_valid(&TokenError::NotValid));
    };
    let row = watch_row(&doors, city.id, watch).await?;
    let done = row.state != WatchState::Unconfirmed;
    pages::confirm(&city, &row.watch.name, done)
}

/// `POST /confirm/{token}`: the watch speaks from now on.
pub async fn confirm(
    State(doors): State<Doors>,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let (city, Token::Confirm { watch, contact, .. }) = open(&doors, &text).await? else {
        return Err(not_valid(&TokenError::NotValid));
    };
    let row = doors.engine().confirm_by_link(&city, watch, contact).await?;
    let manage = manage_link(&doors, &city, row.watch.watcher);
    pages::notice(
        &city,
        &Notice::Confirmed { name: &row.watch.name, rhythm: row.watch.rhythm, manage: &manage },
    )
}

fn manage_link(doors: &Doors, city: &City, watcher: WatcherId) -> String {
    let token = Token::Manage { city: city.id, watcher }.seal(doors.engine().secrets());
    format!("/watch/{token}")
}

/// `GET /u/{token}`: what would end, and a button.
pub async fn ask_unsubscribe(
    State(doors): State<Doors>,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let (city, contact, watch) = unsubscribing(&doors, &text).await?;
    let mut tx = doors.engine().store().read().await?;
    let Some(known) = tx.contacts(city.id, &[contact]).await?.pop() else {
        return pages::notice(&city, &Notice::NothingLeft);
    };
    if watch.is_none() && (known.silenced || !known.confirmed && !known.retired) {
        return pages::silence(&city, known.silenced);
    }
    let rows = tx.watches_of(city.id, &[known.contact.watcher]).await?;
    drop(tx);
    let names: Vec<&str> = rows
        .iter()
        .filter(|row| watch.is_none_or(|id| id == row.watch.id))
        .map(|row| row.watch.name.as_str())
        .collect();
    let manage = manage_link(&doors, &city, known.contact.watcher);
    if names.is_empty() && watch.is_some() {
        // One that has ended already, beside others.
        let rest = cards(&doors, city.id, &rows).await?;
        return if rest.is_empty() {
            pages::notice(&city, &Notice::NothingLeft)
        } else {
            pages::ended(&city, 0, &rest, &manage)
        };
    }
    pages::unsubscribe(&city, &names, watch.is_none(), &manage)
}

/// `POST /u/{token}`: from one of the page's buttons, or in one click from a mail program
/// (RFC 8058), whatever the form of its body, or without any.
pub async fn unsubscribe(
    State(doors): State<Doors>,
    Path(text): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let (city, contact, watch) = unsubscribing(&doors, &text).await?;
    let engine = doors.engine();
    // Only our own page's buttons say more than "stop"; they send plain forms.
    let ended = match (&body[..], watch) {
        (b"act=allow", None) => {
            engine.allow_again(&city, contact).await?;
            return pages::notice(&city, &Notice::Allowed);
        }
        (b"act=never", None) => engine.never_again(&city, contact).await?,
        _ => engine.unsubscribe(&city, contact, watch).await?,
    };
    let known = engine.store().read().await?.contacts(city.id, &[contact]).await?.pop();
    if watch.is_none() && known.as_ref().is_some_and(|known| known.silenced) {
        return pages::silence(&city, true);
    }
    if let (Some(_), Some(known)) = (watch, known) {
        let rows = rows_of(&doors, &city, known.contact.watcher).await?;
        let rest = cards(&doors, city.id, &rows).await?;
        if !rest.is_empty() {
            let manage = manage_link(&doors, &city, known.contact.watcher);
            return pages::ended(&city, ended, &rest, &manage);
        }
    }
    pages::notice(&city, &if ended == 0 { Notice::NothingLeft } else { Notice::Ended { ended } })
}

async fn unsubscribing(
    doors: &Doors,
    text: &str,
) -> Result<(City, ContactId, Option<WatchId>), Problem> {
    match open(doors, text).await? {
        (city, Token::Unsubscribe { contact, watch, .. }) => Ok((city, contact, watch)),
        _ => Err(not_valid(&TokenError::NotValid)),
    }
}

//! The links in mails. Opening one shows a page and changes nothing, for mail scanners open every
//! link; pressing its button acts.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::choice::{cards, rows_of};
use super::extract::Reads;
use super::pages::{self, Frame, Notice};
use super::{Doors, Problem, device, language, session};
use crate::engine::EngineError;
use crate::issue::CityId;
use crate::message::Language;
use crate::store::{City, ContactRow, WatchRow, WatchState};
use crate::token::{Token, TokenError};
use crate::watch::{Target, WatchId};
use crate::watcher::{ContactId, WatcherId};

/// A link's token, for this city.
pub(super) async fn open(doors: &Doors, text: &str) -> Result<(City, Token), Problem> {
    let city = doors.city().await?;
    let token = Token::open(text, doors.engine().secrets()).map_err(|e| not_valid(&e))?;
    let of = match token {
        Token::Unsubscribe { city, .. }
        | Token::Confirm { city, .. }
        | Token::Manage { city, .. }
        | Token::Fixed { city, .. }
        | Token::Feed { city, .. } => city,
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
    let language = language::of(&doors, &city, row.watch.watcher).await?;
    let done = row.state != WatchState::Unconfirmed;
    let frame = Frame::new(&city.name, &language);
    let browser = doors.engine().claimed_browser(&city, watch).await?;
    let device = browser.map(|device| device::in_words(&frame, device.as_deref()));
    pages::confirm(frame, &row.watch.name, done, device)
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
    let language = language::of(&doors, &city, row.watch.watcher).await?;
    let number = issue_of(&doors, &city, &row).await?;
    let (watch, issue) = (&row.watch, number.as_deref());
    let notice = Notice::Confirmed { watch, manage: &manage, issue };
    let done = pages::notice(Frame::new(&city.name, &language), &notice)?;
    Ok(session::signed_in(&doors, &city, row.watch.watcher, done))
}

/// The number of the one issue that is watched, if that is what is watched and may be shown.
pub(super) async fn issue_of(
    doors: &Doors,
    city: &City,
    row: &WatchRow,
) -> Result<Option<String>, Problem> {
    let Target::Issue(id) = row.watch.target else { return Ok(None) };
    let mut numbers = doors.engine().store().read().await?.public_numbers(city.id, &[id]).await?;
    Ok(numbers.remove(&id))
}

pub(super) fn manage_link(doors: &Doors, city: &City, watcher: WatcherId) -> String {
    let token = Token::Manage { city: city.id, watcher }.seal(doors.engine().secrets());
    format!("/watch/{token}")
}

/// Who opened a link by which somebody goes.
struct Leaving {
    city: City,
    contact: ContactId,
    watch: Option<WatchId>,
    /// The contact as it is, if it still is.
    known: Option<ContactRow>,
    /// Theirs, or their browser's when they are not known any more.
    language: Language,
}

impl Leaving {
    async fn open(doors: &Doors, text: &str, browser: Language) -> Result<Self, Problem> {
        let (city, Token::Unsubscribe { contact, watch, .. }) = open(doors, text).await? else {
            return Err(not_valid(&TokenError::NotValid));
        };
        let engine = doors.engine();
        let known = engine.store().read().await?.contacts(city.id, &[contact]).await?.pop();
        let language = match &known {
            Some(known) => language::of(doors, &city, known.contact.watcher).await?,
            None => browser,
        };
        Ok(Self { city, contact, watch, known, language })
    }

    fn frame(&self) -> Frame<'_> {
        Frame::new(&self.city.name, &self.language)
    }
}

/// `GET /u/{token}`: what would end, and a button.
pub async fn ask_unsubscribe(
    State(doors): State<Doors>,
    Path(text): Path<String>,
    Reads(browser): Reads,
) -> Result<Response, Problem> {
    let leaving = Leaving::open(&doors, &text, browser).await?;
    let (city, watch, frame) = (&leaving.city, leaving.watch, leaving.frame());
    let Some(known) = &leaving.known else {
        return pages::notice(frame, &Notice::NothingLeft);
    };
    if watch.is_none() && (known.silenced || known.never_agreed()) {
        return pages::silence(frame, known.silenced);
    }
    let rows =
        doors.engine().store().read().await?.watches_of(city.id, &[known.contact.watcher]).await?;
    let names: Vec<&str> = rows
        .iter()
        .filter(|row| watch.is_none_or(|id| id == row.watch.id))
        .map(|row| row.watch.name.as_str())
        .collect();
    let manage = manage_link(&doors, city, known.contact.watcher);
    if names.is_empty() && watch.is_some() {
        // One that has ended already, beside others.
        let rest = cards(&doors, city.id, &rows).await?;
        return if rest.is_empty() {
            pages::notice(frame, &Notice::NothingLeft)
        } else {
            pages::ended(frame, 0, &rest, &manage)
        };
    }
    pages::unsubscribe(frame, &names, watch.is_none(), &manage)
}

/// `POST /u/{token}`: from one of the page's buttons, or in one click from a mail program
/// (RFC 8058), whatever the form of its body, or without any.
pub async fn unsubscribe(
    State(doors): State<Doors>,
    Path(text): Path<String>,
    Reads(browser): Reads,
    body: Bytes,
) -> Result<Response, Problem> {
    let leaving = Leaving::open(&doors, &text, browser).await?;
    let (city, contact, watch) = (&leaving.city, leaving.contact, leaving.watch);
    let (engine, frame) = (doors.engine(), leaving.frame());
    // Only our own page's buttons say more than "stop"; they send plain forms.
    let ended = match (&body[..], watch) {
        (b"act=allow", None) => {
            engine.allow_again(city, contact).await?;
            return pages::notice(frame, &Notice::Allowed);
        }
        (b"act=never", None) => engine.never_again(city, contact).await?,
        _ => engine.unsubscribe(city, contact, watch).await?,
    };
    let known = engine.store().read().await?.contacts(city.id, &[contact]).await?.pop();
    if watch.is_none() && known.as_ref().is_some_and(|known| known.silenced) {
        return pages::silence(frame, true);
    }
    if let (Some(_), Some(known)) = (watch, known) {
        let rows = rows_of(&doors, city, known.contact.watcher).await?;
        let rest = cards(&doors, city.id, &rows).await?;
        if !rest.is_empty() {
            let manage = manage_link(&doors, city, known.contact.watcher);
            return pages::ended(frame, ended, &rest, &manage);
        }
    }
    pages::notice(frame, &if ended == 0 { Notice::NothingLeft } else { Notice::Ended { ended } })
}

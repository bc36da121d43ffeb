//! Signing up on a page: an address is named, the six digits of its mail are typed, and the watch speaks.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Path, Reads};
use super::links::manage_link;
use super::pages::{self, Frame, Notice, Wrong, render};
use super::sender::From;
use super::{Doors, Problem, session};
use crate::engine::{EngineError, NewWatch, Who};
use crate::message::Language;
use crate::store::City;
use crate::watch::WatchId;
use crate::watcher::{Address, EmailAddress};

/// The longest address that a mail server takes (RFC 5321, §4.5.3.1).
pub const LONGEST_ADDRESS: usize = 254;

/// An address as somebody typed it.
///
/// # Errors
/// The sentence that says what is wrong with it.
pub fn read_email(frame: &Frame<'_>, typed: &str) -> Result<EmailAddress, Wrong> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Wrong::at("email", frame.t("page-wrong-email-none")));
    }
    typed.parse().map_err(|_| Wrong::at("email", frame.t("page-wrong-email")))
}

/// Asks the owner of an address whether they want a watch, and gives the page that waits for the answer.
///
/// # Errors
/// When too much was asked, or the watch cannot be.
pub async fn ask(
    doors: &Doors,
    from: From,
    city: &City,
    language: &Language,
    (email, new): (EmailAddress, NewWatch),
) -> Result<Redirect, Problem> {
    doors.inner.limits.sign_up(from)?;
    let to = format!("/watch/new/{}", new.id.0);
    let who = Who::Address { address: Address::Mail(email), language: language.to_string() };
    doors.engine().watch(city, who, new).await?;
    Ok(Redirect::to(&to))
}

/// An id for a new watch.
pub fn new_id(doors: &Doors) -> WatchId {
    let engine = doors.engine();
    WatchId(engine.random().uuid(engine.clock().now()))
}

#[derive(Template)]
#[template(path = "pages/code.html")]
struct CodePage<'a> {
    frame: Frame<'a>,
    wrongs: Vec<Wrong>,
}

/// `GET /watch/new/{id}`: where the six digits of the mail are typed. It is the same page for every id:
/// nobody learns by it which watches there are.
pub async fn ask_code(
    State(doors): State<Doors>,
    Reads(language): Reads,
    Path(_): Path<Uuid>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    render(&CodePage { frame: Frame::new(&city.name, &language), wrongs: vec![] })
}

/// What was typed.
#[derive(Debug, Deserialize)]
pub struct Typed {
    #[serde(default)]
    code: String,
}

/// `POST /watch/new/{id}`.
pub async fn type_code(
    State(doors): State<Doors>,
    from: From,
    Reads(language): Reads,
    Path(id): Path<Uuid>,
    Form(Typed { code }): Form<Typed>,
) -> Result<Response, Problem> {
    doors.inner.limits.sign_up(from)?;
    let city = doors.city().await?;
    // As people copy it: in two groups.
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let confirmed = doors.engine().confirm_by_code(&city, WatchId(id), &code).await;
    let frame = Frame::new(&city.name, &language);
    let says = match confirmed {
        Ok(row) => {
            let manage = manage_link(&doors, &city, row.watch.watcher);
            let (name, rhythm) = (&*row.watch.name, row.watch.rhythm);
            let notice = Notice::Confirmed { name, rhythm, manage: &manage };
            let done = pages::notice(frame, &notice)?;
            return Ok(session::signed_in(&doors, &city, row.watch.watcher, done));
        }
        Err(EngineError::WrongCode | EngineError::UnknownWatch) if code.is_empty() => {
            frame.t("page-wrong-code-none")
        }
        Err(EngineError::WrongCode | EngineError::UnknownWatch) => frame.t("page-wrong-code"),
        Err(EngineError::CodeUsedUp) => frame.t("page-wrong-code-used-up"),
        Err(other) => return Err(other.into()),
    };
    let wrongs = vec![Wrong::at("code", says)];
    Ok(pages::refused(render(&CodePage { frame, wrongs })?))
}

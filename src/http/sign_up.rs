//! Signing up on a page: an address is named, the six digits of its mail are typed, and the watch speaks.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::device::Device;
use super::extract::{Path, Query, Reads};
use super::links::{self, manage_link};
use super::pages::{self, Frame, Notice, Wrong, render};
use super::sender::From;
use super::{Doors, Problem, island_words, session, watch_new};
use crate::engine::{Beside, EngineError, NewWatch, WatchChange, Who};
use crate::message::Language;
use crate::store::{City, WatchRow};
use crate::watch::{Via, WatchId};
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
    asked: (EmailAddress, NewWatch),
) -> Result<Redirect, Problem> {
    ask_beside(doors, from, city, language, asked, Beside::Nothing).await
}

/// The same, with what comes beside the watch.
///
/// # Errors
/// The same, or when that cannot be.
pub async fn ask_beside(
    doors: &Doors,
    from: From,
    city: &City,
    language: &Language,
    (email, new): (EmailAddress, NewWatch),
    beside: Beside,
) -> Result<Redirect, Problem> {
    doors.inner.limits.sign_up(from)?;
    // The page that waits need not ask for a device that was named already.
    let device = if matches!(beside, Beside::Browser(..)) { "?device=1" } else { "" };
    let to = format!("/watch/new/{}{device}", new.id.0);
    let who = Who::Address { address: Address::Mail(email), language: language.to_string() };
    doors.engine().watch_with(city, who, new, beside).await?;
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
    /// JSON for the island, unless the device was named already.
    push: Option<String>,
}

impl<'a> CodePage<'a> {
    fn new(doors: &Doors, frame: Frame<'a>, asked: &Asked, wrongs: Vec<Wrong>) -> Self {
        let words = || island_words::of(&frame.words, "push", doors.inner.units);
        let push = asked.device.is_none().then(words);
        Self { frame, wrongs, push }
    }
}

/// What the page that waits knows.
#[derive(Debug, Deserialize)]
pub struct Asked {
    device: Option<String>,
}

/// `GET /watch/new/{id}`: where the six digits of the mail are typed. It is the same page for every id:
/// nobody learns by it which watches there are.
pub async fn ask_code(
    State(doors): State<Doors>,
    Reads(language): Reads,
    Path(_): Path<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    render(&CodePage::new(&doors, Frame::new(&city.name, &language), &asked, vec![]))
}

/// What was typed, and this browser, where it is to be told as well.
#[derive(Debug, Deserialize)]
pub struct Typed {
    #[serde(default)]
    code: String,
    #[serde(default)]
    push: String,
}

/// `POST /watch/new/{id}`.
pub async fn type_code(
    State(doors): State<Doors>,
    from: From,
    Reads(language): Reads,
    Device(device): Device,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
    Form(Typed { code, push }): Form<Typed>,
) -> Result<Response, Problem> {
    doors.inner.limits.sign_up(from)?;
    let city = doors.city().await?;
    let frame = Frame::new(&city.name, &language);
    let browser = match &*push {
        "" => None,
        push => match watch_new::read_browser(&doors, &frame, "code", push) {
            Ok(browser) => Some(browser),
            Err(wrong) => {
                let page = CodePage::new(&doors, frame, &asked, vec![wrong]);
                return Ok(pages::refused(render(&page)?));
            }
        },
    };
    // As people copy it: in two groups.
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let confirmed = doors.engine().confirm_by_code(&city, WatchId(id), &code).await;
    let says = match confirmed {
        Ok(row) => {
            if let Some(browser) = browser {
                tell_here(&doors, &city, &row, (browser, device)).await?;
            }
            let manage = manage_link(&doors, &city, row.watch.watcher);
            let number = links::issue_of(&doors, &city, &row).await?;
            let (watch, issue) = (&row.watch, number.as_deref());
            let notice = Notice::Confirmed { watch, manage: &manage, issue };
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
    let page = CodePage::new(&doors, frame, &asked, vec![Wrong::at("code", says)]);
    Ok(pages::refused(render(&page)?))
}

/// This browser is told of the watch as well. One that has turned out to be somebody else's is not, and
/// the watch is on all the same.
async fn tell_here(
    doors: &Doors,
    city: &City,
    row: &WatchRow,
    (browser, device): (Address, Option<String>),
) -> Result<(), Problem> {
    let (engine, watcher) = (doors.engine(), row.watch.watcher);
    match engine.add_browser(city, watcher, browser.clone()).await {
        Err(
            EngineError::OthersBrowser | EngineError::OtherKeys | EngineError::TooManyContacts(_),
        ) => return Ok(()),
        added => added?,
    }
    if let Some(device) = device {
        engine.name_browser(city, &browser, &device).await?;
    }
    let via = Some(Via { push: true, ..row.watch.via });
    let change = WatchChange { via, ..WatchChange::default() };
    engine.change_watch(city, watcher, row.watch.id, change).await?;
    Ok(())
}

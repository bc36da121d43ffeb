//! Who sits at the browser: signed in by a mail's link or by what was confirmed there, and signed out.
//!
//! The one rule: what a cookie says counts only for what is sent from our own pages (`SameSite=Lax`, and what
//! another site sends comes no further than `manners`), so no other site acts for a visitor.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::extract::{Form, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::extract::{Path, Query, Reads};
use super::links::{manage_link, not_valid};
use super::pages::{self, Frame, Wrong, render};
use super::sender::From;
use super::{Doors, Problem, member, sign_up};
use crate::engine::ByLink;
use crate::message::Language;
use crate::store::City;
use crate::token::{Session, SignInLink, TokenError};
use crate::watcher::WatcherId;

const COOKIE: &str = "wardwatch";

/// How long a browser stays signed in.
const LASTS: Duration = Duration::from_hours(24 * 90);

/// Whoever sits at the browser, if they have signed in.
#[derive(Clone, Copy, Debug)]
pub struct Visitor(pub Option<WatcherId>);

impl FromRequestParts<Doors> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Infallible> {
        let now = doors.engine().clock().now();
        let Some(cookie) = cookie_of(&parts.headers, COOKIE) else { return Ok(Self(None)) };
        let Ok(session) = Session::open(cookie, doors.engine().secrets(), now) else {
            return Ok(Self(None));
        };
        let since = session.until.minus(LASTS);
        let known = doors.engine().is_signed_in(session.city, session.watcher, since).await;
        // While the database is away nobody is known.
        Ok(Self(known.unwrap_or(false).then_some(session.watcher)))
    }
}

/// The value of a cookie by its name.
pub fn cookie_of<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|one| one.split_once('='));
    pairs.find(|(name, _)| name.trim() == wanted).map(|(_, value)| value.trim())
}

/// The answer, after which the browser is signed in.
pub fn signed_in(doors: &Doors, city: &City, watcher: WatcherId, answer: Response) -> Response {
    let engine = doors.engine();
    let until = engine.clock().now().plus(LASTS);
    let sealed = Session { city: city.id, watcher, until }.seal(engine.secrets());
    with_cookie(doors, answer, (COOKIE, &sealed), LASTS)
}

/// The answer with a cookie that the browser keeps so long, and that no script reads.
pub fn with_cookie(
    doors: &Doors,
    mut answer: Response,
    (name, value): (&str, &str),
    lasts: Duration,
) -> Response {
    let seconds = lasts.as_secs();
    let secure = if doors.inner.public_url.starts_with("https:") { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignInPage<'a> {
    frame: Frame<'a>,
    email: String,
    wrongs: Vec<Wrong>,
    sent: bool,
    /// Whether a link that was used already led here.
    used: bool,
}

/// What has just been done.
#[derive(Debug, Deserialize)]
pub struct Told {
    sent: Option<String>,
}

/// `GET /signin`: the address to send a link to.
pub async fn ask(
    State(doors): State<Doors>,
    Reads(language): Reads,
    Query(told): Query<Told>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let (frame, sent) = (Frame::new(&city.name, &language), told.sent.is_some());
    render(&SignInPage { frame, email: String::new(), wrongs: vec![], sent, used: false })
}

/// An address, as typed.
#[derive(Debug, Deserialize)]
pub struct Asking {
    #[serde(default)]
    email: String,
}

/// `POST /signin`: sends the link, to an address that is known, and says the same of any other.
pub async fn send(
    State(doors): State<Doors>,
    from: From,
    Reads(language): Reads,
    Form(Asking { email }): Form<Asking>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let frame = Frame::new(&city.name, &language);
    let address = match sign_up::read_email(&frame, &email) {
        Ok(address) => address,
        Err(wrong) => {
            let page = SignInPage { frame, email, wrongs: vec![wrong], sent: false, used: false };
            return Ok(pages::refused(render(&page)?));
        }
    };
    doors.inner.limits.sign_in(from)?;
    doors.engine().send_sign_in(&city, address, language.to_string()).await?;
    Ok(Redirect::to("/signin?sent=1").into_response())
}

#[derive(Template)]
#[template(path = "pages/sign_in_here.html")]
struct HerePage<'a> {
    frame: Frame<'a>,
}

/// `GET /signin/{token}`: a button, for mail scanners open every link.
pub async fn ask_here(
    State(doors): State<Doors>,
    Reads(language): Reads,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let link = opened(&doors, &city, &token)?;
    match doors.engine().owner_of(city.id, link.contact, link.asked()).await? {
        ByLink::Theirs(_) => render(&HerePage { frame: Frame::new(&city.name, &language) }),
        ByLink::Used => used(&city, &language),
        ByLink::Nobody => Err(not_valid(&TokenError::NotValid)),
    }
}

/// That a link has been used, and a field to be sent another.
fn used(city: &City, language: &Language) -> Result<Response, Problem> {
    let (frame, email) = (Frame::new(&city.name, language), String::new());
    let page = SignInPage { frame, email, wrongs: vec![], sent: false, used: true };
    let mut page = pages::refused(render(&page)?);
    *page.status_mut() = StatusCode::GONE;
    Ok(page)
}

/// `POST /signin/{token}`: this browser is theirs. Staff come to their desk, others to what they watch.
pub async fn sign_in_here(
    State(doors): State<Doors>,
    Reads(language): Reads,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let link = opened(&doors, &city, &token)?;
    let watcher = match doors.engine().sign_in(city.id, link.contact, link.asked()).await? {
        ByLink::Theirs(watcher) => watcher,
        ByLink::Used => return used(&city, &language),
        ByLink::Nobody => return Err(not_valid(&TokenError::NotValid)),
    };
    let home = match member::seat_of(&doors, city.id, watcher).await? {
        Some(_) => "/desk".to_owned(),
        None => manage_link(&doors, &city, watcher),
    };
    Ok(signed_in(&doors, &city, watcher, Redirect::to(&home).into_response()))
}

/// A link of this city's that is still good.
fn opened(doors: &Doors, city: &City, token: &str) -> Result<SignInLink, Problem> {
    let engine = doors.engine();
    let link = SignInLink::open(token, engine.secrets(), engine.clock().now());
    let link = link.map_err(|why| not_valid(&why))?;
    if link.city == city.id { Ok(link) } else { Err(not_valid(&TokenError::NotValid)) }
}

/// `POST /signout`.
pub async fn sign_out(State(doors): State<Doors>) -> Response {
    signed_out(&doors)
}

/// The way to the front page, after which the browser is nobody's.
pub fn signed_out(doors: &Doors) -> Response {
    with_cookie(doors, Redirect::to("/").into_response(), (COOKIE, ""), Duration::ZERO)
}

/// `GET /watch`: all that the visitor watches, or first the way in.
pub async fn mine(
    State(doors): State<Doors>,
    Visitor(visitor): Visitor,
) -> Result<Redirect, Problem> {
    let city = doors.city().await?;
    Ok(match visitor {
        Some(watcher) => Redirect::to(&manage_link(&doors, &city, watcher)),
        None => Redirect::to("/signin"),
    })
}

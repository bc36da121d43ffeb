//! In which language a page speaks: the one chosen at its foot, else that in which its owner is written to,
//! else the browser's, else the city's.
//!
//! The one rule: choosing leads back to a page of ours, never elsewhere.

use std::time::Duration;

use axum::extract::{Form, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::session::{Visitor, cookie_of, with_cookie};
use super::{Doors, Problem};
use crate::engine::HabitsChange;
use crate::message::Language;
use crate::store::City;
use crate::watcher::WatcherId;

const COOKIE: &str = "lang";

/// A year.
const LASTS: Duration = Duration::from_hours(365 * 24);

tokio::task_local! {
    /// The page that is asked for, so that a choice at its foot leads back to it.
    static HERE: String;
    /// What was chosen in the browser that asks for it.
    static CHOSEN: Option<Language>;
}

/// The layer that remembers which page is asked for.
pub async fn at(request: Request, next: Next) -> Response {
    let here = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let chosen = chosen(request.headers());
    CHOSEN.scope(chosen, HERE.scope(here, next.run(request))).await
}

/// The page that is asked for.
pub fn here() -> String {
    HERE.try_with(Clone::clone).unwrap_or_else(|_| "/".to_owned())
}

/// The language that was chosen in this browser.
pub fn chosen(headers: &HeaderMap) -> Option<Language> {
    Language::from_spoken(cookie_of(headers, COOKIE)?).ok()
}

/// The language of somebody's own pages: what was chosen in this browser, or that in which they are written
/// to.
///
/// # Errors
/// When the database does not answer.
pub async fn of(doors: &Doors, city: &City, watcher: WatcherId) -> Result<Language, Problem> {
    match chosen_here() {
        Some(chosen) => Ok(chosen),
        None => Ok(doors.engine().language_of(city, watcher).await?),
    }
}

/// What was chosen in the browser that asks.
pub fn chosen_here() -> Option<Language> {
    CHOSEN.try_with(Clone::clone).ok().flatten()
}

/// What the foot of a page sends.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    back: String,
}

/// `POST /language`: pages speak it from now on, in this browser; and whoever has signed in here is written
/// to in it.
pub async fn choose(
    State(doors): State<Doors>,
    Visitor(visitor): Visitor,
    Form(Chosen { lang, back }): Form<Chosen>,
) -> Response {
    let answer = Redirect::to(ours(&back)).into_response();
    let Ok(language) = Language::from_spoken(&lang) else { return answer };
    let answer = spoken(&doors, answer, Some(&language));
    if let Some(watcher) = visitor
        && let Err(why) = write_in(&doors, watcher, language).await
    {
        tracing::warn!(error = %why.status(), "a language holds in one browser alone");
    }
    answer
}

/// The answer, after which the pages speak this language in this browser, if one was chosen.
pub fn spoken(doors: &Doors, answer: Response, chosen: Option<&Language>) -> Response {
    match chosen {
        Some(language) => with_cookie(doors, answer, (COOKIE, &language.to_string()), LASTS),
        None => answer,
    }
}

async fn write_in(doors: &Doors, watcher: WatcherId, language: Language) -> Result<(), Problem> {
    let city = doors.city().await?;
    let change = HabitsChange { language: Some(language), ..HabitsChange::default() };
    doors.engine().change_habits(&city, watcher, change).await?;
    Ok(())
}

/// A path of this site; for anything else the front page. Browsers take a backslash for a slash.
fn ours(back: &str) -> &str {
    let is_path = back.starts_with('/') && !back.starts_with("//");
    let is_plain = back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_path && is_plain { back } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choosing_leads_to_no_other_site() {
        for path in ["/", "/wards/12?done=1", "/watch/new?ward=a%20b", "/a//b"] {
            assert_eq!(ours(path), path);
        }
        for elsewhere in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "evil",
            "\\\\evil",
            "/a\r\nSet-Cookie: b",
            "/ż",
            " /",
        ] {
            assert_eq!(ours(elsewhere), "/", "{elsewhere}");
        }
    }
}

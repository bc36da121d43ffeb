//! In which language a page speaks: the one chosen at its foot, else the browser's, else the city's.
//!
//! The one rule: choosing leads back to a page of ours, never elsewhere.

use axum::extract::{Form, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::Doors;
use super::session::cookie_of;
use crate::message::Language;

const COOKIE: &str = "lang";

/// A year, in seconds.
const LASTS: u64 = 365 * 24 * 3_600;

tokio::task_local! {
    /// The page that is asked for, so that a choice at its foot leads back to it.
    static HERE: String;
}

/// The layer that remembers which page is asked for.
pub async fn at(request: Request, next: Next) -> Response {
    let here = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    HERE.scope(here, next.run(request)).await
}

/// The page that is asked for.
pub fn here() -> String {
    HERE.try_with(Clone::clone).unwrap_or_else(|_| "/".to_owned())
}

/// The language that was chosen in this browser.
pub fn chosen(headers: &HeaderMap) -> Option<Language> {
    Language::from_spoken(cookie_of(headers, COOKIE)?).ok()
}

/// What the foot of a page sends.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    back: String,
}

/// `POST /language`: pages speak it from now on, in this browser.
pub async fn choose(
    State(doors): State<Doors>,
    Form(Chosen { lang, back }): Form<Chosen>,
) -> Response {
    let mut answer = Redirect::to(ours(&back)).into_response();
    let Ok(language) = Language::from_spoken(&lang) else { return answer };
    let secure = if doors.inner.public_url.starts_with("https:") { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={language}; Path=/; Max-Age={LASTS}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
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

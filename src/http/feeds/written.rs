//! A feed as it goes out: its form, and what spares whoever has it already from reading it again.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::super::{Problem, conditions};
use crate::clock::Timestamp;

/// The form of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Atom,
    Geojson,
    Ical,
}

impl Format {
    /// Takes a file's name apart.
    ///
    /// # Errors
    /// 404 when it ends otherwise.
    pub fn of(file: &str) -> Result<(&str, Self), Problem> {
        let (name, ending) = file.rsplit_once('.').ok_or_else(no_such_feed)?;
        let format = match ending {
            "atom" => Self::Atom,
            "geojson" => Self::Geojson,
            "ics" => Self::Ical,
            _ => return Err(no_such_feed()),
        };
        Ok((name, format))
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Geojson => "application/geo+json",
            Self::Ical => "text/calendar; charset=utf-8",
        }
    }
}

pub fn no_such_feed() -> Problem {
    let detail = "there is no such feed; their names end in .atom, .geojson or .ics";
    Problem::new(StatusCode::NOT_FOUND, detail)
}

/// A feed, in words.
pub struct Written {
    pub format: Format,
    pub body: String,
    /// When the last of it happened.
    pub updated: Option<Timestamp>,
    /// For its owner alone.
    pub private: bool,
}

impl Written {
    /// The answer, or only that it is as it was (RFC 9110, §13).
    pub fn answer(self, asked: &HeaderMap) -> Response {
        let tag = self.tag();
        let cache = if self.private { "private, no-cache" } else { "public, no-cache" };
        let mut shared: Vec<(HeaderName, String)> = vec![
            (header::ETAG, tag.clone()),
            (header::CACHE_CONTROL, cache.to_owned()),
            (header::VARY, "accept-language".to_owned()),
        ];
        if let Some(at) = self.updated {
            shared.push((header::LAST_MODIFIED, at.to_http_date()));
        }
        let status =
            if self.is_known(asked, &tag) { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let mut answer = if status == StatusCode::OK {
            ([(header::CONTENT_TYPE, self.format.kind())], self.body).into_response()
        } else {
            status.into_response()
        };
        for (name, value) in shared {
            if let Ok(value) = value.parse() {
                answer.headers_mut().insert(name, value);
            }
        }
        answer
    }

    /// A weak one, for the same goes out packed, too.
    fn tag(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.body.hash(&mut hasher);
        format!("W/\"{:016x}\"", hasher.finish())
    }

    fn is_known(&self, asked: &HeaderMap, tag: &str) -> bool {
        if let Some(known) = conditions::knows(asked, tag) {
            return known;
        }
        let since = asked.get(header::IF_MODIFIED_SINCE).and_then(|since| since.to_str().ok());
        let since = since.and_then(Timestamp::from_http_date);
        // The header has whole seconds only. Earlier than what somebody has is another feed, too:
        // the last of it was taken off the site.
        let second = |at: Timestamp| at.as_millis().div_euclid(1_000);
        since.zip(self.updated).is_some_and(|(since, at)| second(at) == second(since))
    }
}

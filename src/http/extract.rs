//! What a request brings, parsed; what cannot be parsed is refused with a problem that names the
//! member, never with a library's plain text.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path as Place, Segment};

use super::problem::Field;
use super::{Doors, Problem, language};
use crate::intake::pointer_to;
use crate::message::Language;

/// A JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// A query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// The parts of a path.
#[derive(Debug)]
pub struct Path<T>(pub T);

/// The language that was chosen in the asker's browser, or that it asks for, where there are words in it;
/// else the city's.
#[derive(Debug)]
pub struct Reads(pub Language);

impl FromRequestParts<Doors> for Reads {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Problem> {
        match accepted(&parts.headers) {
            Some(language) => Ok(Self(language)),
            None => Ok(Self(doors.city().await?.language.parse().unwrap_or_default())),
        }
    }
}

/// The language that was chosen in a browser, or that it asks for, where there are words in it.
pub(super) fn accepted(headers: &HeaderMap) -> Option<Language> {
    if let Some(chosen) = language::chosen(headers) {
        return Some(chosen);
    }
    Language::accepted(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?)
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "send the body as JSON, with Content-Type: application/json",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|e| no_body(&e))?;
        read_json(&bytes).map(Json)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    let (family, sub) = essence.split_once('/').unwrap_or_default();
    family.eq_ignore_ascii_case("application")
        && (sub.eq_ignore_ascii_case("json") || sub.to_ascii_lowercase().ends_with("+json"))
}

fn no_body(rejection: &BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("a body has at most {} MiB; send fewer things at once", super::A_BODY >> 20),
        ),
        status => Problem::new(status, "the body did not come whole; send it again"),
    }
}

pub(super) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // First as any JSON: a body that is none has no members to name.
    let value: Value = serde_json::from_slice(bytes).map_err(|e| {
        let detail = format!("the body is not JSON: {e}");
        Problem::new(StatusCode::BAD_REQUEST, detail)
    })?;
    match nul_in(&value) {
        Some(place) => Err(Problem::field(&place, NO_NUL)),
        None => read(value),
    }
}

/// Not every database can keep it in a text.
const NO_NUL: &str = "a text has no NUL (\\u0000) in it; leave it out";

/// The pointer to the first text, or name of a member, that holds NUL.
fn nul_in(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| Some(format!("/{index}{}", nul_in(item)?)))
        }
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let below = if name.contains('\0') { String::new() } else { nul_in(value)? };
            Some(pointer_to(name) + &below)
        }),
        _ => None,
    }
}

/// Reads a JSON value as what it should be.
///
/// # Errors
/// 422 that points at the member that is wrong.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let (path, said) = (error.path().clone(), error.into_inner().to_string());
        let (pointer, detail) = sentence(pointer(&path), &said);
        Problem::fields(vec![Field { pointer, detail }])
    })
}

/// The JSON Pointer (RFC 6901) to a place.
fn pointer(path: &Place) -> String {
    let segments = path.iter().map(|segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => pointer_to(key),
        Segment::Unknown => String::new(),
    });
    segments.collect()
}

/// What serde said, as a person would say it, and where: a missing or unknown member is pointed at
/// itself.
fn sentence(pointer: String, said: &str) -> (String, String) {
    let here = match pointer.rsplit('/').next().unwrap_or_default() {
        "" => "the body",
        index if index.bytes().all(|b| b.is_ascii_digit()) => "this item",
        name => name,
    };
    if let Some(name) = said.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'))
    {
        return (pointer + &pointer_to(name), format!("`{name}` is missing; send it"));
    }
    if let Some((name, known)) =
        said.strip_prefix("unknown field `").and_then(|rest| rest.split_once("`, "))
    {
        let pointer = if here == name { pointer } else { pointer + &pointer_to(name) };
        let detail = format!("there is no `{name}` here; {}", known.replace("expected", "choose"));
        return (pointer, detail);
    }
    if let Some((name, known)) =
        said.strip_prefix("unknown variant `").and_then(|rest| rest.split_once("`, "))
    {
        let detail =
            format!("`{here}` cannot be “{name}”; {}", known.replace("expected", "choose"));
        return (pointer, detail);
    }
    if let Some((is, should)) =
        said.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        let is = is.split(' ').next().unwrap_or_default();
        let detail = format!("`{here}` is {}, and should be {}", plainly(is), plainly(should));
        return (pointer, detail);
    }
    (pointer, said.to_owned())
}

/// Rust's names of types, in words.
fn plainly(kind: &str) -> &str {
    match kind {
        "f64" | "integer" | "floating" => "a number",
        "i64" => "a whole number",
        "string" | "a string" | "string or map" => "a text",
        "sequence" | "a sequence" => "a list",
        "map" | "a map" => "an object",
        "boolean" | "a boolean" => "true or false",
        "unit" => "nothing",
        _ if kind.starts_with("struct ") => "an object",
        _ => kind,
    }
}

fn no_nul(name: &str, said: &str) -> Result<(), Problem> {
    if said.contains('\0') { Err(Problem::field(&pointer_to(name), NO_NUL)) } else { Ok(()) }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let all = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        for (name, said) in all.map(|axum::extract::Query(all)| all).unwrap_or_default() {
            no_nul(&name, &said)?;
        }
        let read = axum::extract::Query::try_from_uri(&parts.uri);
        read.map(|axum::extract::Query(asked)| Self(asked)).map_err(|rejection| {
            let said = rejection.body_text();
            let said = said.rsplit_once("query string: ").map_or(&*said, |(_, said)| said);
            let Some((name, said)) = said.split_once(": ") else {
                let (pointer, detail) = sentence(String::new(), said);
                return Problem::field(&pointer, detail);
            };
            let said = match said {
                "invalid float literal" => "this is no number",
                _ if said.contains("digit found") || said.contains("target type") => {
                    "this is no whole number"
                }
                _ => said,
            };
            let detail = sentence(pointer_to(name), said).1;
            let detail = if detail == said { format!("`{name}`: {said}") } else { detail };
            Problem::field(&pointer_to(name), detail)
        })
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let all = RawPathParams::from_request_parts(parts, state).await;
        for (name, said) in all.iter().flatten() {
            no_nul(name, said)?;
        }
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        // An id of the wrong form names nothing, like one that nobody has.
        read.map(|axum::extract::Path(asked)| Self(asked))
            .map_err(|_| Problem::new(StatusCode::NOT_FOUND, "there is nothing here by this name"))
    }
}

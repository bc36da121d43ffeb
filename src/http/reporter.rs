//! Whoever reported an issue: how they are reached, and what they say of it once it was closed.

use axum::Json;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::auth::Caller;
use super::extract::{self, Path, Query};
use super::links::{not_valid, open};
use super::pages::{self, Frame, Own};
use super::watch_wire::parse_language;
use super::{Doors, Problem, comments, language};
use crate::engine::{EngineError, Who};
use crate::issue::{Issue, Kind, Status};
use crate::store::{City, Fixed};
use crate::token::{Token, TokenError};
use crate::watch::WatchId;
use crate::watcher::{Address, EmailAddress, WatcherId};

/// How long a reporter's words may be, in characters.
const WORDS: usize = 2_000;

/// What a report says of its reporter, which is not published with it.
#[derive(Deserialize)]
struct ReporterWire {
    email: Option<EmailAddress>,
    language: Option<String>,
}

/// Takes out of a report how its reporter is reached; `None` when they do not say.
pub(super) fn take(
    city: &City,
    caller: &Caller,
    body: &mut Map<String, Value>,
) -> Result<Option<Who>, Problem> {
    let said = ["email", "language"].into_iter().filter_map(|name| body.remove_entry(name));
    let wire: ReporterWire = extract::read(Value::Object(said.collect()))?;
    let language = wire.language.as_deref().map(parse_language).transpose()?;
    match (caller.watcher().ok(), wire.email) {
        (Some(_), Some(_)) => {
            let detail = "the token says already who you are; leave `email` out";
            Err(Problem::field("/email", detail))
        }
        (Some(watcher), None) => Ok(Some(Who::Watcher(watcher))),
        (None, Some(mail)) => {
            let language = language.map_or_else(|| city.language.clone(), |tag| tag.to_string());
            Ok(Some(Who::Address { address: Address::Mail(mail), language }))
        }
        (None, None) => Ok(None),
    }
}

/// Has a reporter follow what they reported.
///
/// # Errors
/// Why they do not: the report stands all the same, for whoever sent it again would make another.
pub(super) async fn follow(
    doors: &Doors,
    city: &City,
    who: Who,
    number: &str,
) -> Result<WatchId, EngineError> {
    let followed = async {
        let found = doors.engine().store().read().await?.issue_numbered(city.id, number).await?;
        let issue = found.ok_or(EngineError::Stopping)?;
        doors.engine().follow_own_report(city, who, &issue).await
    };
    match followed.await {
        Ok(row) => Ok(row.watch.id),
        Err(error) => {
            tracing::warn!(%error, "a reporter does not follow what they reported");
            Err(error)
        }
    }
}

/// What comes next for a reporter, as the API says it. A stranger is told the same whatever is known of
/// the address.
pub(super) fn wire(follows: Result<WatchId, EngineError>, asked: bool) -> Value {
    match follows {
        Ok(watch) => {
            let next = if asked { NEXT } else { FOLLOWED };
            json!({ "watch": watch.0, "asked": asked, "next": next })
        }
        Err(error) => {
            let next = match error {
                EngineError::AskedTooOften => error.to_string(),
                _ => NOT_NOW.to_owned(),
            };
            json!({ "watch": null, "next": next })
        }
    }
}

const NEXT: &str = "We send a mail with your report's number, a link and a six-digit code. Open the \
    link, or POST the code to /api/v1/watches/{id}/confirm, and you hear what becomes of it.";
const NOT_NOW: &str =
    "Your report is stored. That you follow it could not be: follow it by its number.";
const FOLLOWED: &str = "You hear what becomes of it.";

/// Somebody with a management token says something of an issue: a comment, that it is theirs too, or, if
/// they reported it, that it is to be opened again.
pub(super) async fn happen(
    doors: &Doors,
    city: &City,
    watcher: WatcherId,
    issue: &Issue,
    body: &Map<String, Value>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    match body.get("kind").and_then(Value::as_str).and_then(Kind::from_name) {
        Some(Kind::Reopened) => {}
        Some(Kind::Commented) => return comments::comment(doors, city, watcher, issue, body).await,
        Some(Kind::Voted) => return comments::vote(doors, city, watcher, issue).await,
        _ => {
            let detail = "a resident may say `commented` or `voted`, and `reopened` of what they \
                          reported; all else needs an API key";
            return Err(Problem::field("/kind", detail).forbidden());
        }
    }
    let words = match body.get("text") {
        Some(Value::String(text)) => clean(text),
        Some(Value::Null) | None => None,
        Some(_) => return Err(Problem::field("/text", "`text` is a text, in quotes")),
    };
    let opened = doors.engine().reporter_says(city, watcher, issue, (Fixed::No, words)).await?;
    let status = if opened { StatusCode::CREATED } else { StatusCode::OK };
    let kinds: &[Kind] = if opened { &[Kind::Reopened] } else { &[] };
    let answer = json!({ "number": issue.number, "kinds": kinds, "repeated": !opened });
    Ok((status, Json(answer)))
}

/// A reporter's words, as long as they may be.
fn clean(words: &str) -> Option<String> {
    let words: String = words.trim().chars().filter(|c| *c != '\0').take(WORDS).collect();
    Some(words).filter(|words| !words.is_empty())
}

/// A reporter's link, opened.
struct Reporter {
    city: City,
    issue: Issue,
    watcher: WatcherId,
}

impl Reporter {
    async fn open(doors: &Doors, text: &str) -> Result<Self, Problem> {
        let (city, Token::Fixed { issue, watcher, .. }) = open(doors, text).await? else {
            return Err(not_valid(&TokenError::NotValid));
        };
        if !doors.engine().is_known(city.id, watcher).await? {
            return Err(not_valid(&TokenError::NotValid));
        }
        // One connection at a time: whoever holds one and waits for another may wait for ever.
        let number = doors.engine().store().read().await?.number_of(city.id, issue).await?;
        let number = number.ok_or_else(|| not_valid(&TokenError::NotValid))?;
        let issue = super::issues::public_issue(doors, &city, &number).await?;
        Ok(Self { city, issue, watcher })
    }
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    answer: Option<Answer>,
    done: Option<Answer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Fixed,
    NotFixed,
}

impl From<Answer> for Fixed {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Fixed => Self::Yes,
            Answer::NotFixed => Self::No,
        }
    }
}

/// `GET /fixed/{token}`: the question, with a button for each answer; after one, thanks. The mail's
/// buttons lead here with `?answer=`, which puts that one first.
pub async fn ask(
    State(doors): State<Doors>,
    Path(text): Path<String>,
    Query(Asked { answer, done }): Query<Asked>,
) -> Result<Response, Problem> {
    let Reporter { city, issue, watcher } = Reporter::open(&doors, &text).await?;
    let language = language::of(&doors, &city, watcher).await?;
    let own = Own {
        number: &issue.number,
        category: issue.standing.category.name(),
        address: &issue.standing.address,
        is_closed: issue.standing.status == Status::Closed,
        not_fixed_first: answer == Some(Answer::NotFixed),
        done: done.map(Fixed::from),
    };
    pages::fixed(Frame::new(&city.name, &language), &own)
}

#[derive(Debug, Deserialize)]
pub struct Said {
    answer: Answer,
    #[serde(default)]
    words: String,
}

/// `POST /fixed/{token}`: keeps the answer, and opens the issue again when it is not fixed.
pub async fn say(
    State(doors): State<Doors>,
    Path(text): Path<String>,
    Form(Said { answer, words }): Form<Said>,
) -> Result<Response, Problem> {
    let Reporter { city, issue, watcher } = Reporter::open(&doors, &text).await?;
    let says = (answer.into(), clean(&words));
    doors.engine().reporter_says(&city, watcher, &issue, says).await?;
    let done = if answer == Answer::Fixed { "fixed" } else { "not_fixed" };
    Ok(Redirect::to(&format!("/fixed/{text}?done={done}")).into_response())
}

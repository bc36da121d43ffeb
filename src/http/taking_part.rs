//! What a resident does on the page of an issue: follow it, say that it is theirs too, comment, and open
//! again what they reported. Whoever has not signed in follows it by an address first, which signs them in.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::extract::{Path, Reads};
use super::issue_page::{self, Unsent};
use super::issues::public_issue;
use super::pages::{self, Frame, Wrong};
use super::sender::From;
use super::session::Visitor;
use super::{Doors, Problem, comments, sign_up};
use crate::engine::{Commented, EngineError, NewWatch, Who};
use crate::issue::Issue;
use crate::message::Language;
use crate::store::{City, Fixed};
use crate::watch::{Filter, Rhythm, Target, Via};
use crate::watcher::WatcherId;

/// What was pressed on the page of an issue, with what stood in its fields.
#[derive(Debug, Deserialize)]
pub struct Pressed {
    act: Act,
    #[serde(default)]
    email: String,
    #[serde(default)]
    words: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    Follow,
    Vote,
    Comment,
    /// Its reporter: it is not fixed.
    Again,
    /// Follow and vote, in place of a report of the same.
    Join,
}

/// `POST /issues/{number}`: follows it, votes for it, comments on it, or opens one's own again.
pub async fn press(
    State(doors): State<Doors>,
    from: From,
    Visitor(visitor): Visitor,
    Reads(language): Reads,
    Path(number): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let issue = public_issue(&doors, &city, &number).await?;
    let Some(visitor) = visitor else {
        return by_address(&doors, from, &city, &language, (&issue, pressed)).await;
    };
    doors.inner.limits.comment(from)?;
    let done = match pressed.act {
        Act::Follow => {
            follow(&doors, &city, &language, visitor, &issue).await?;
            "follow"
        }
        Act::Vote => {
            let _ = comments::vote(&doors, &city, visitor, &issue).await?;
            "vote"
        }
        Act::Join => {
            follow(&doors, &city, &language, visitor, &issue).await?;
            let _ = comments::vote(&doors, &city, visitor, &issue).await?;
            "join"
        }
        Act::Comment => {
            match comment(&doors, &city, &language, visitor, (&issue, &pressed.words)).await? {
                Ok(done) => done,
                Err(wrong) => {
                    let Pressed { email, words, .. } = pressed;
                    let unsent = Unsent { email, words, wrongs: vec![wrong], ..Unsent::default() };
                    return mend(&doors, &city, &language, visitor, (issue, unsent)).await;
                }
            }
        }
        Act::Again => {
            let frame = Frame::new(&city.name, &language);
            let said = (&issue, &*pressed.words);
            if let Err(wrong) = open_again(&doors, &city, &frame, visitor, said).await? {
                let still = pressed.words;
                let unsent = Unsent { still, wrongs: vec![wrong], ..Unsent::default() };
                return mend(&doors, &city, &language, visitor, (issue, unsent)).await;
            }
            "again"
        }
    };
    Ok(Redirect::to(&format!("/issues/{number}?done={done}#done")).into_response())
}

/// The page once more, with what is to be mended.
async fn mend(
    doors: &Doors,
    city: &City,
    language: &Language,
    visitor: WatcherId,
    (issue, unsent): (Issue, Unsent),
) -> Result<Response, Problem> {
    let page = issue_page::page(doors, city, language, Some(visitor), (issue, None, unsent));
    Ok(pages::refused(page.await?))
}

/// What somebody wrote, as it is kept: no database takes a NUL.
pub fn as_said(words: &str) -> String {
    words.trim().replace('\0', "")
}

/// Whoever reported it says that it is not fixed.
async fn open_again(
    doors: &Doors,
    city: &City,
    frame: &Frame<'_>,
    visitor: WatcherId,
    (issue, words): (&Issue, &str),
) -> Result<Result<(), Wrong>, Problem> {
    let words = as_said(words);
    let wrong = |key| Ok(Err(Wrong::at("still", frame.t(key))));
    if words.chars().count() > comments::LONGEST {
        return wrong("page-wrong-words-long");
    }
    let says = (Fixed::No, Some(words).filter(|words| !words.is_empty()));
    match doors.engine().reporter_says(city, visitor, issue, says).await {
        Ok(opened) => {
            doors.inner.metrics.accepted("web", u64::from(opened));
            Ok(Ok(()))
        }
        Err(EngineError::SaidTooMuch) => wrong("page-wrong-words-many"),
        Err(other) => Err(other.into()),
    }
}

/// Whoever is not known here yet follows it first.
async fn by_address(
    doors: &Doors,
    from: From,
    city: &City,
    language: &Language,
    (issue, Pressed { email, words, .. }): (&Issue, Pressed),
) -> Result<Response, Problem> {
    let frame = Frame::new(&city.name, language);
    let address = match sign_up::read_email(&frame, &email) {
        Ok(address) => address,
        Err(wrong) => {
            let unsent = Unsent { email, words, wrongs: vec![wrong], ..Unsent::default() };
            let page = issue_page::page(doors, city, language, None, (issue.clone(), None, unsent));
            return Ok(pages::refused(page.await?));
        }
    };
    let new = following(doors, &frame, issue, Via::MAIL);
    Ok(sign_up::ask(doors, from, city, language, (address, new)).await?.into_response())
}

fn following(doors: &Doors, frame: &Frame<'_>, issue: &Issue, via: Via) -> NewWatch {
    NewWatch {
        id: sign_up::new_id(doors),
        name: frame.with("page-target-issue", "what", &issue.number),
        target: Target::Issue(issue.id),
        filter: Filter::for_issue(),
        rhythm: Rhythm::AtOnce,
        via,
    }
}

async fn follow(
    doors: &Doors,
    city: &City,
    language: &Language,
    visitor: WatcherId,
    issue: &Issue,
) -> Result<(), Problem> {
    if issue_page::follows(doors, city, visitor, issue).await? {
        return Ok(());
    }
    let new = following(doors, &Frame::new(&city.name, language), issue, Via::BOTH);
    doors.engine().watch(city, Who::Watcher(visitor), new).await?;
    Ok(())
}

/// What became of a comment, or what is wrong with it.
async fn comment(
    doors: &Doors,
    city: &City,
    language: &Language,
    visitor: WatcherId,
    (issue, words): (&Issue, &str),
) -> Result<Result<&'static str, Wrong>, Problem> {
    let frame = Frame::new(&city.name, language);
    let words = as_said(words);
    let wrong = |key| Ok(Err(Wrong::at("words", frame.t(key))));
    if words.is_empty() {
        return wrong("page-wrong-words-none");
    }
    if words.chars().count() > comments::LONGEST {
        return wrong("page-wrong-words-long");
    }
    match doors.engine().comment(city, visitor, issue, words).await {
        Ok(Commented::Waits) => Ok(Ok("comment_waits")),
        Ok(Commented::Shown) => {
            doors.inner.metrics.accepted("web", 1);
            Ok(Ok("comment"))
        }
        Ok(Commented::Repeated) => Ok(Ok("comment")),
        Err(EngineError::SaidTooMuch) => wrong("page-wrong-words-many"),
        Err(other) => Err(other.into()),
    }
}

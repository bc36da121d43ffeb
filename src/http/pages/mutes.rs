//! Pages about what a person wants to hear no more of.

use askama::Template;
use axum::response::Response;

use super::{Frame, render};
use crate::http::Problem;
use crate::store::{Comment, MutedAuthor, MutedIssue};

/// What a person wants to hear no more of.
#[derive(Debug)]
pub struct Muted {
    pub issues: Vec<MutedIssue>,
    pub authors: Vec<MutedAuthor>,
}

/// An issue that somebody may want to hear no more of.
#[derive(Debug)]
pub struct Asked<'a> {
    pub number: &'a str,
    pub category: &'a str,
    pub address: &'a str,
    /// Taken off the site: nothing of it is shown.
    pub hidden: bool,
    pub muted: bool,
}

#[derive(Template)]
#[template(path = "pages/mute.html")]
struct MutePage<'a> {
    frame: Frame<'a>,
    asked: &'a Asked<'a>,
    manage: &'a str,
}

/// The question whether somebody wants to hear no more of an issue, or hear of it again.
pub fn mute(frame: Frame<'_>, asked: &Asked<'_>, manage: &str) -> Result<Response, Problem> {
    render(&MutePage { frame, asked, manage })
}

/// Somebody whose comments a person may want to hear no more of.
#[derive(Debug)]
pub struct Commenter {
    /// The last that they said, while it is shown.
    pub said: Option<Comment>,
    pub muted: bool,
}

#[derive(Template)]
#[template(path = "pages/mute_author.html")]
struct MuteAuthorPage<'a> {
    frame: Frame<'a>,
    asked: &'a Commenter,
    manage: &'a str,
}

/// The question whether somebody wants to hear no more of what another says, or hear of it again.
pub fn mute_author(frame: Frame<'_>, asked: &Commenter, manage: &str) -> Result<Response, Problem> {
    render(&MuteAuthorPage { frame, asked, manage })
}

//! `GET /`: the ways in, and what happened lately.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::extract::Reads;
use super::issue_page::{Line, lines};
use super::pages::{Frame, render};
use super::{Doors, Problem};
use crate::clock::Timestamp;
use crate::message::Key;
use crate::store::{City, Figures, IssueQuery};

/// How many issues it shows.
const SHOWN: i64 = 10;

/// Of which span it tells how much happened.
const A_WEEK: Duration = Duration::from_hours(24 * 7);

/// How long figures are good for: nobody watches them change, and everybody sees this page.
const GOOD_FOR: Duration = Duration::from_mins(1);

/// The figures, and when they were counted.
#[derive(Debug, Default)]
pub struct Kept(Mutex<Option<(Timestamp, Figures)>>);

impl Kept {
    fn at(&self, now: Timestamp) -> Option<Figures> {
        let kept = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.filter(|(counted, _)| now.since(*counted) < GOOD_FOR).map(|(_, figures)| figures)
    }

    fn keep(&self, now: Timestamp, figures: Figures) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, figures));
    }
}

#[derive(Template)]
#[template(path = "pages/home.html")]
struct HomePage<'a> {
    frame: Frame<'a>,
    lines: Vec<Line>,
    /// In the last seven days.
    reported: usize,
    closed: usize,
}

impl HomePage<'_> {
    fn week(&self) -> String {
        let reported = self.frame.count("page-week-reported", self.reported);
        let closed = self.frame.count("page-week-closed", self.closed);
        let gaps = [("reported", reported.into()), ("closed", closed.into())];
        self.frame.words.fill(Key("page-week"), &gaps)
    }
}

/// `GET /`.
pub async fn show(State(doors): State<Doors>, Reads(language): Reads) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let now = doors.engine().clock().now();
    let query = IssueQuery { limit: SHOWN, ..IssueQuery::default() };
    let issues = doors.engine().store().read().await?.list_issues(city.id, &query).await?;
    let Figures { reported, closed } = figures(&doors, &city, now).await?;
    let number = |count: i64| usize::try_from(count).unwrap_or(0);
    let frame = Frame::new(&city.name, &language);
    let lines = lines(&frame, &issues, &city.zone, now);
    render(&HomePage { reported: number(reported), closed: number(closed), frame, lines })
}

async fn figures(doors: &Doors, city: &City, now: Timestamp) -> Result<Figures, Problem> {
    if let Some(figures) = doors.inner.figures.at(now) {
        return Ok(figures);
    }
    let since = now.minus(A_WEEK);
    let figures = doors.engine().store().read().await?.figures_since(city.id, since).await?;
    doors.inner.figures.keep(now, figures);
    Ok(figures)
}

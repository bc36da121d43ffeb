//! The pages that a mail's links lead to. They work without scripts and without a map.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::dev::CaughtMail;
use super::issues::issue_numbered;
use super::{Doors, Problem};
use crate::issue::{Issue, Status};
use crate::message::{Key, Language, Words};
use crate::store::{City, IssueQuery, PendingEvent, WatchRow, WatchState};
use crate::watch::{Rhythm, Target};

/// What a page says when something is done.
#[derive(Debug)]
pub enum Notice<'a> {
    Confirmed { name: &'a str, rhythm: Rhythm, manage: &'a str },
    Ended { ended: usize },
    NothingLeft,
}

/// One watch on its owner's page.
#[derive(Debug)]
pub struct Choice {
    id: String,
    name: String,
    /// What is watched, without where.
    target: &'static str,
    /// How soon, as a sentence's key.
    rhythm: &'static str,
    paused: bool,
    unconfirmed: bool,
}

impl Choice {
    #[must_use]
    pub fn of(row: &WatchRow) -> Self {
        Self {
            id: row.watch.id.0.to_string(),
            name: row.watch.name.clone(),
            target: match row.watch.target {
                Target::Area(_) => "page-target-area",
                Target::Wards { .. } => "page-target-ward",
                Target::Issue(_) => "page-target-issue",
            },
            rhythm: rhythm_key(row.watch.rhythm),
            paused: row.state == WatchState::Paused,
            unconfirmed: row.state == WatchState::Unconfirmed,
        }
    }
}

/// What every page shares.
struct Frame<'a> {
    city: &'a City,
    words: Words<'a>,
}

impl Frame<'_> {
    fn t(&self, key: &'static str) -> String {
        self.words.say(Key(key))
    }

    fn with(&self, key: &'static str, name: &'static str, value: &str) -> String {
        self.words.fill(Key(key), &[(name, value.to_owned().into())])
    }

    fn rhythm(&self, rhythm: Rhythm) -> String {
        self.t(rhythm_key(rhythm))
    }

    fn count(&self, key: &'static str, count: usize) -> String {
        self.words.fill(Key(key), &[("count", count.into())])
    }
}

fn render<T: Template>(page: &T) -> Result<Response, Problem> {
    match page.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            let sorry = "this page could not be written; it has been noted";
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, sorry))
        }
    }
}

macro_rules! page {
    ($city:expr, |$frame:ident| $page:expr) => {{
        let language: Language = $city.language.parse().unwrap_or_default();
        let $frame = Frame { city: $city, words: Words::of(&language) };
        render(&$page)
    }};
}

#[derive(Template)]
#[template(path = "pages/confirm.html")]
struct ConfirmPage<'a> {
    frame: Frame<'a>,
    name: &'a str,
    done: bool,
}

/// The question whether a watch is wanted.
pub fn confirm(city: &City, name: &str, done: bool) -> Result<Response, Problem> {
    page!(city, |frame| ConfirmPage { frame, name, done })
}

#[derive(Template)]
#[template(path = "pages/notice.html")]
struct NoticePage<'a> {
    title: String,
    lead: String,
    /// Where to see the rest.
    manage: Option<&'a str>,
    frame: Frame<'a>,
}

/// Something is done.
pub fn notice(city: &City, notice: &Notice<'_>) -> Result<Response, Problem> {
    page!(city, |frame| {
        let (title, lead, manage) = match notice {
            Notice::Confirmed { name, rhythm, manage } => {
                let on = frame.with("page-confirmed-lead", "watch", name);
                let how = frame.rhythm(*rhythm);
                (frame.t("page-confirmed-title"), format!("{on} {how}"), Some(*manage))
            }
            Notice::Ended { ended } => {
                let lead = frame.count("page-ended-lead", *ended);
                (frame.t("page-ended-title"), lead, None)
            }
            Notice::NothingLeft => {
                (frame.t("page-nothing-title"), frame.t("page-nothing-lead"), None)
            }
        };
        NoticePage { title, lead, manage, frame }
    })
}

#[derive(Template)]
#[template(path = "pages/unsubscribe.html")]
struct UnsubscribePage<'a> {
    frame: Frame<'a>,
    names: &'a [&'a str],
    all: bool,
    manage: &'a str,
}

/// What would end.
pub fn unsubscribe(
    city: &City,
    names: &[&str],
    all: bool,
    manage: &str,
) -> Result<Response, Problem> {
    page!(city, |frame| UnsubscribePage { frame, names, all, manage })
}

#[derive(Template)]
#[template(path = "pages/manage.html")]
struct ManagePage<'a> {
    frame: Frame<'a>,
    choices: &'a [Choice],
}

/// All that a person watches.
pub fn manage(city: &City, choices: &[Choice]) -> Result<Response, Problem> {
    page!(city, |frame| ManagePage { frame, choices })
}

#[derive(Template)]
#[template(path = "pages/mailbox.html")]
struct MailboxPage<'a> {
    mails: &'a [CaughtMail],
}

/// The mails that were caught.
pub fn mailbox(mails: &[CaughtMail]) -> Result<Response, Problem> {
    render(&MailboxPage { mails })
}

/// An issue in a list.
struct Line {
    number: String,
    category: String,
    place: String,
    when: String,
    status: &'static str,
}

#[derive(Template)]
#[template(path = "pages/home.html")]
struct HomePage<'a> {
    frame: Frame<'a>,
    lines: Vec<Line>,
}

/// `GET /`: the latest issues.
pub async fn home(State(doors): State<Doors>) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let query = IssueQuery { limit: 30, ..IssueQuery::default() };
    let issues = doors.engine().store().read().await?.list_issues(city.id, &query).await?;
    let now = doors.engine().clock().now();
    page!(&city, |frame| {
        let line = |issue: &Issue| Line {
            number: issue.number.clone(),
            category: issue.standing.category.to_string(),
            place: issue.standing.address.clone(),
            when: frame.words.moment(issue.standing.opened_at, now, &city.zone),
            status: status_key(issue.standing.status),
        };
        let lines = issues.iter().map(line).collect();
        HomePage { frame, lines }
    })
}

/// One step of a timeline.
struct Step {
    what: String,
    when: String,
    text: String,
}

#[derive(Template)]
#[template(path = "pages/issue.html")]
struct IssuePage<'a> {
    frame: Frame<'a>,
    issue: &'a Issue,
    status: &'static str,
    wards: String,
    steps: Vec<Step>,
}

/// `GET /issues/{number}`: where a mail's link leads.
pub async fn issue(
    State(doors): State<Doors>,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let city = doors.city().await?;
    let issue = issue_numbered(&doors, &city, &number).await?;
    let mut tx = doors.engine().store().read().await?;
    let events = tx.events_of(city.id, issue.id).await?;
    let wards = tx.wards_of_issues(city.id, &[issue.id]).await?;
    drop(tx);
    let now = doors.engine().clock().now();
    page!(&city, |frame| {
        let step = |PendingEvent { event, .. }: PendingEvent| Step {
            what: frame.words.say(Key(kind_key(event.kind))),
            when: frame.words.moment(event.at, now, &city.zone),
            text: event.text.unwrap_or_default(),
        };
        let steps = events.into_iter().map(step).collect();
        let wards: Vec<&str> = wards.iter().map(|row| row.ward.ward.as_str()).collect();
        let wards = wards.join(", ");
        IssuePage { steps, wards, status: status_key(issue.standing.status), issue: &issue, frame }
    })
}

fn rhythm_key(rhythm: Rhythm) -> &'static str {
    match rhythm {
        Rhythm::AtOnce => "page-rhythm-at_once",
        Rhythm::Daily => "page-rhythm-daily",
        Rhythm::Weekly => "page-rhythm-weekly",
    }
}

fn status_key(status: Status) -> &'static str {
    match status {
        Status::Received => "status-received",
        Status::Acknowledged => "status-acknowledged",
        Status::InProgress => "status-in-progress",
        Status::OnHold => "status-on-hold",
        Status::Closed => "status-closed",
    }
}

fn kind_key(kind: crate::issue::Kind) -> &'static str {
    use crate::issue::Kind as K;
    match kind {
        K::Opened => "kind-opened",
        K::Updated => "kind-updated",
        K::Commented => "kind-commented",
        K::Voted => "kind-voted",
        K::Closed => "kind-closed",
        K::Reopened => "kind-reopened",
        K::Moved => "kind-moved",
        K::Merged => "kind-merged",
        K::Hidden => "kind-hidden",
    }
}

/// The site's one style sheet.
pub async fn css() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    (kind, include_str!("../../web/site/wardwatch.css"))
}

//! The pages that a mail's links lead to. They work without scripts and without a map.

mod mutes;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::choice::{Card, Choice};
use super::dev::CaughtMail;
use super::habits::HabitsForm;
use super::stilled::Stilled;
use super::{Doors, Problem, language, site};
use crate::clock::{Timestamp, Zone};
use crate::issue::{IssueEvent, Status};
use crate::message::{Key, Language, Words, did_key, status_key};
use crate::store::Fixed;
use crate::watch::{Rhythm, Watch};

pub use mutes::{Asked, Commenter, Muted, mute, mute_author};

/// What a page says when something is done, with the number of the issue where one is watched.
#[derive(Debug)]
pub enum Notice<'a> {
    Confirmed { watch: &'a Watch, manage: &'a str, issue: Option<&'a str> },
    Ended { ended: usize },
    NothingLeft,
    Allowed,
    Left,
}

/// What has just been done, told once on the page that follows.
#[derive(Debug, Deserialize)]
pub struct Told {
    pub done: Option<String>,
}

/// Marks an answer that refuses a form and is the page to mend it on.
#[derive(Clone, Copy, Debug)]
pub struct Form;

/// A page as the refusal of the form on it.
pub fn refused(mut page: Response) -> Response {
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    page.extensions_mut().insert(Form);
    page
}

/// What has to be mended in a form.
#[derive(Debug)]
pub struct Wrong {
    /// The id of the field.
    pub field: &'static str,
    /// What is wrong and what to do, in a sentence.
    pub says: String,
}

impl Wrong {
    pub fn at(field: &'static str, says: String) -> Self {
        Self { field, says }
    }

    /// What is wrong with a field.
    pub fn of<'a>(wrongs: &'a [Self], field: &str) -> Option<&'a str> {
        wrongs.iter().find(|wrong| wrong.field == field).map(|wrong| &*wrong.says)
    }
}

/// What every page shares.
pub struct Frame<'a> {
    pub city: &'a str,
    pub words: Words<'a>,
}

impl<'a> Frame<'a> {
    pub fn new(city: &'a str, language: &'a Language) -> Self {
        Self { city, words: Words::for_pages(language) }
    }

    /// A sentence as it is.
    pub fn t(&self, key: &'static str) -> String {
        self.words.say(Key(key))
    }

    /// A sentence with one gap filled.
    pub fn with(&self, key: &'static str, name: &'static str, value: &str) -> String {
        self.words.fill(Key(key), &[(name, value.to_owned().into())])
    }

    /// A sentence that counts.
    pub fn count(&self, key: &'static str, count: usize) -> String {
        self.words.fill(Key(key), &[("count", count.into())])
    }

    /// What somebody watches, and how soon they are told.
    pub fn what_and_how(&self, card: &Card) -> String {
        let gaps = [
            ("what", self.with(card.target, "what", &card.what).into()),
            ("how", self.t(card.rhythm).into()),
        ];
        self.words.fill(Key("page-what-and-how"), &gaps)
    }

    /// How many neighbours have it too.
    pub fn votes(&self, votes: i64) -> String {
        self.count("page-votes", usize::try_from(votes).unwrap_or(0))
    }

    /// What happened, as a line of a timeline.
    pub fn did(&self, event: &IssueEvent) -> String {
        let voice = event.actor.voice(event.office.as_deref());
        self.words.fill(did_key(event.kind), &[("actor", voice.into())])
    }

    /// A status as a word.
    pub fn status_word(&self, status: Status) -> String {
        self.words.say(status_key(status))
    }

    /// A status as shape, colour and word. The word is ours, so this is HTML as it stands.
    pub fn status(&self, status: Status) -> String {
        let (name, shape) = match status {
            Status::Received => ("received", RING),
            Status::Acknowledged => ("acknowledged", HALF),
            Status::InProgress => ("progress", ARROW),
            Status::OnHold => ("hold", BARS),
            Status::Closed => ("closed", TICK),
        };
        let word = self.status_word(status);
        format!(
            r#"<span class="status s-{name}"><svg viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>{word}</span>"#
        )
    }
}

const RING: &str = r#"<circle cx="8" cy="8" r="5.5" class="o"/>"#;
const HALF: &str =
    r#"<circle cx="8" cy="8" r="5.5" class="o"/><path d="M8 2.500a5.500 5.500 0 0 1 0 11z"/>"#;
const ARROW: &str = r#"<path d="M3.500 2.500 13.500 8l-10 5.500z"/>"#;
const BARS: &str = r#"<path d="M3.500 3h3v10h-3zm6 0h3v10h-3z"/>"#;
const TICK: &str =
    r#"<circle cx="8" cy="8" r="6.500"/><path d="m5 8.300 2.200 2.200L11.300 6" class="t"/>"#;

pub fn render<T: Template>(page: &T) -> Result<Response, Problem> {
    match page.render() {
        Ok(html) => Ok(([(header::VARY, "accept-language, cookie")], Html(html)).into_response()),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            let sorry = "this page could not be written; it has been noted";
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, sorry))
        }
    }
}

#[derive(Template)]
#[template(path = "pages/confirm.html")]
struct ConfirmPage<'a> {
    frame: Frame<'a>,
    name: &'a str,
    done: bool,
    /// The browser that is told as well.
    device: Option<String>,
}

/// The question whether a watch is wanted, and with it a browser, where one was named beside it.
pub fn confirm(
    frame: Frame<'_>,
    name: &str,
    done: bool,
    device: Option<String>,
) -> Result<Response, Problem> {
    render(&ConfirmPage { frame, name, done, device })
}

#[derive(Template)]
#[template(path = "pages/notice.html")]
struct NoticePage<'a> {
    title: String,
    lead: String,
    /// Where to see the rest.
    manage: Option<&'a str>,
    /// The number of the issue that it is about.
    issue: Option<&'a str>,
    /// The words of the way to the front page.
    home: Option<&'static str>,
    frame: Frame<'a>,
}

/// Something is done.
pub fn notice(frame: Frame<'_>, notice: &Notice<'_>) -> Result<Response, Problem> {
    let issue = match notice {
        Notice::Confirmed { issue, .. } => *issue,
        _ => None,
    };
    let (title, lead, manage) = match notice {
        Notice::Confirmed { watch, manage, .. } => {
            let on = frame.with("page-confirmed-lead", "watch", &watch.name);
            let how = frame.t(rhythm_key(watch.rhythm));
            (frame.t("page-confirmed-title"), format!("{on} {how}"), Some(*manage))
        }
        Notice::Ended { ended } => {
            let lead = frame.count("page-ended-lead", *ended);
            (frame.t("page-ended-title"), lead, None)
        }
        Notice::NothingLeft => (frame.t("page-nothing-title"), frame.t("page-nothing-lead"), None),
        Notice::Allowed => (frame.t("page-allowed-title"), frame.t("page-allowed-lead"), None),
        Notice::Left => (frame.t("page-left-title"), frame.t("page-left-lead"), None),
    };
    let home = manage.is_none().then_some("page-home-link");
    render(&NoticePage { title, lead, manage, issue, home, frame })
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
    frame: Frame<'_>,
    names: &[&str],
    all: bool,
    manage: &str,
) -> Result<Response, Problem> {
    render(&UnsubscribePage { frame, names, all, manage })
}

#[derive(Template)]
#[template(path = "pages/silence.html")]
struct SilencePage<'a> {
    frame: Frame<'a>,
    /// Whether it is so already.
    done: bool,
}

/// The question whether an address is never to be mailed again, or that it is so.
pub fn silence(frame: Frame<'_>, done: bool) -> Result<Response, Problem> {
    render(&SilencePage { frame, done })
}

#[derive(Template)]
#[template(path = "pages/manage.html")]
struct ManagePage<'a> {
    frame: Frame<'a>,
    mine: &'a Mine<'a>,
    done: Option<&'static str>,
    wrong: Option<&'static str>,
}

/// All that a person has said.
#[derive(Debug)]
pub struct Mine<'a> {
    pub choices: &'a [Choice],
    pub habits: &'a HabitsForm,
    pub muted: &'a Muted,
    pub stilled: &'a [Stilled],
    /// Of the page.
    pub path: &'a str,
    /// Whether they have signed in at the browser that shows it.
    pub is_here: bool,
    /// Whether they are staff, and have a desk.
    pub has_desk: bool,
}

/// All that a person watches and when they are told, and what they have just done or what of it has
/// to be mended, as a sentence's key.
pub fn manage(
    frame: Frame<'_>,
    mine: &Mine<'_>,
    done: Option<&'static str>,
    wrong: Option<&'static str>,
) -> Result<Response, Problem> {
    render(&ManagePage { frame, mine, done, wrong })
}

/// What somebody reported, and may say something of.
#[derive(Debug)]
pub struct Own<'a> {
    pub number: &'a str,
    pub category: &'a str,
    pub address: &'a str,
    pub is_closed: bool,
    pub not_fixed_first: bool,
    /// What they have said just now.
    pub done: Option<Fixed>,
}

#[derive(Template)]
#[template(path = "pages/fixed.html")]
struct FixedPage<'a> {
    frame: Frame<'a>,
    own: &'a Own<'a>,
    title: String,
    lead: String,
}

/// The question whether what was closed is fixed, or what came of the answer.
pub fn fixed(frame: Frame<'_>, own: &Own<'_>) -> Result<Response, Problem> {
    let (title, lead) = match (own.done, own.is_closed) {
        (Some(Fixed::Yes), _) => ("page-fixed-thanks-title", "page-fixed-thanks-lead"),
        (Some(Fixed::No), _) => ("page-fixed-again-title", "page-fixed-again-lead"),
        (None, false) => ("page-fixed-open-title", "page-fixed-open-lead"),
        (None, true) => ("page-fixed-title", "page-fixed-lead"),
    };
    let (title, lead) = (frame.t(title), frame.t(lead));
    render(&FixedPage { frame, own, title, lead })
}

#[derive(Template)]
#[template(path = "pages/ended.html")]
struct EndedPage<'a> {
    frame: Frame<'a>,
    ended: usize,
    rest: &'a [Card],
    manage: &'a str,
}

/// One watch has ended, and these are left.
pub fn ended(
    frame: Frame<'_>,
    ended: usize,
    rest: &[Card],
    manage: &str,
) -> Result<Response, Problem> {
    render(&EndedPage { frame, ended, rest, manage })
}

#[derive(Template)]
#[template(path = "pages/stop.html")]
struct StopPage<'a> {
    frame: Frame<'a>,
    card: &'a Card,
    back: &'a str,
}

/// The question whether a watch shall end for good.
pub fn stop(frame: Frame<'_>, card: &Card, back: &str) -> Result<Response, Problem> {
    render(&StopPage { frame, card, back })
}

/// A caught mail in the list.
struct Letter<'a> {
    mail: &'a CaughtMail,
    when: String,
}

#[derive(Template)]
#[template(path = "pages/mailbox.html")]
struct MailboxPage<'a> {
    frame: Frame<'a>,
    letters: Vec<Letter<'a>>,
}

/// The mails that were caught.
pub fn mailbox(
    frame: Frame<'_>,
    mails: &[CaughtMail],
    zone: &Zone,
    now: Timestamp,
) -> Result<Response, Problem> {
    let when = |mail: &CaughtMail| {
        let at = mail.date.parse::<Timestamp>().ok();
        at.map(|at| frame.words.moment(at, now, zone)).unwrap_or_default()
    };
    let letters = mails.iter().map(|mail| Letter { mail, when: when(mail) }).collect();
    render(&MailboxPage { frame, letters })
}

/// A refusal as a person reads it, in the language of their browser. `link` says that a mail's link led
/// here.
pub async fn refusal(
    doors: &Doors,
    problem: &Problem,
    link: bool,
    reads: Option<Language>,
) -> Response {
    let status = problem.status();
    let (title, lead) = match status {
        _ if problem.is_taken_off() => ("page-error-off-title", "page-error-off-lead"),
        StatusCode::NOT_FOUND if link => ("page-error-link-title", "page-error-link-lead"),
        StatusCode::NOT_FOUND => ("page-error-nothing-title", "page-error-nothing-lead"),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            ("page-error-busy-title", "page-error-busy-lead")
        }
        status if status.is_client_error() => ("page-error-form-title", "page-error-form-lead"),
        _ => ("page-error-ours-title", "page-error-ours-lead"),
    };
    let city = doors.city().await.ok();
    let theirs = || city.as_ref().and_then(|city| city.language.parse().ok());
    let language = reads.or_else(theirs).unwrap_or_default();
    let frame = Frame::new(city.as_ref().map_or("Wardwatch", |city| &city.name), &language);
    let (title, lead, home) = (frame.t(title), frame.t(lead), Some("page-front-link"));
    let page = NoticePage { title, lead, manage: None, issue: None, home, frame };
    match render(&page) {
        Ok(mut response) => {
            *response.status_mut() = status;
            response
        }
        Err(problem) => problem.into_response(),
    }
}

pub fn rhythm_key(rhythm: Rhythm) -> &'static str {
    match rhythm {
        Rhythm::AtOnce => "page-rhythm-at_once",
        Rhythm::Hourly => "page-rhythm-hourly",
        Rhythm::Daily => "page-rhythm-daily",
        Rhythm::Weekly => "page-rhythm-weekly",
    }
}

/// Changes with the style sheet, so that browsers may keep it for good.
static CSS_VERSION: LazyLock<u64> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    site::STYLE.hash(&mut hasher);
    hasher.finish()
});

impl Frame<'_> {
    pub fn css() -> String {
        format!("/assets/wardwatch.css?v={:016x}", *CSS_VERSION)
    }

    /// The page that is asked for, to come back to.
    pub fn here() -> String {
        language::here()
    }

    /// The languages that a reader can choose: their tags, and what their speakers call them.
    pub fn languages() -> [(&'static str, &'static str); 4] {
        Language::SPOKEN
    }

    /// The script of every page, where the program was built with one.
    pub fn app() -> Option<&'static str> {
        site::APP
    }
}

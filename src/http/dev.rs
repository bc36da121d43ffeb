//! Caught mail and pushes, where they are caught and not sent: for developers and the demo.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path as UrlPath, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use base64::prelude::{BASE64_STANDARD, Engine};
use mail_parser::{MessageParser, MimeHeaders};
use serde::Serialize;
use serde_json::{Value, json};

use super::extract::Reads;
use super::pages::{self, Frame};
use super::{Doors, Problem, sender};

/// At most so many, newest first.
const SHOWN: usize = 200;

/// Push messages that a receiver on this machine has caught and opened, newest first.
#[derive(Clone, Debug, Default)]
pub struct CaughtPushes(Arc<Mutex<VecDeque<Value>>>);

impl CaughtPushes {
    /// Keeps one, `{to, received_at, payload}`.
    pub fn put(&self, push: Value) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front(push);
        kept.truncate(SHOWN);
    }

    fn list(&self) -> Vec<Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// One caught mail.
#[derive(Debug, Serialize)]
pub struct CaughtMail {
    pub id: String,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub date: String,
    pub text: String,
    #[serde(skip)]
    pub html: String,
}

/// Who may read what was caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Who sits at the machine that serves it: caught mails hold everybody's links.
    ThisMachine,
    /// A demo's people are invented.
    Everybody,
}

/// The routes.
pub fn routes(doors: &Doors, readers: Readers) -> Router<Doors> {
    let routes = Router::new()
        .route("/dev/mail", get(page))
        .route("/dev/mail.json", get(mails))
        .route("/dev/mail/{id}", get(html))
        .route("/dev/push.json", get(pushes));
    match readers {
        Readers::Everybody => routes,
        Readers::ThisMachine => {
            routes.layer(middleware::from_fn_with_state(doors.clone(), sender::only_here))
        }
    }
}

/// `GET /dev/mail.json`.
async fn mails(State(doors): State<Doors>) -> Json<Value> {
    Json(json!({ "mails": newest(&doors).await }))
}

/// `GET /dev/push.json`.
async fn pushes(State(doors): State<Doors>) -> Json<Value> {
    Json(json!({ "pushes": doors.inner.caught_pushes.list() }))
}

/// `GET /dev/mail`: a mailbox to click through.
async fn page(State(doors): State<Doors>, Reads(language): Reads) -> Result<Response, Problem> {
    let (city, now) = (doors.city().await?, doors.engine().clock().now());
    let frame = Frame::new(&city.name, &language);
    pages::mailbox(frame, &newest(&doors).await, &city.zone, now)
}

/// `GET /dev/mail/{id}`: the HTML of one mail, as its receiver sees it. Its own inline style is
/// let through, and its links open beside it as in a mail program; nothing else is.
async fn html(
    State(doors): State<Doors>,
    UrlPath(id): UrlPath<uuid::Uuid>,
) -> Result<Response, Problem> {
    let folder = doors.caught_mail().unwrap_or(Path::new("")).to_owned();
    let found = tokio::task::spawn_blocking(move || read(&folder.join(format!("{id}.eml")))).await;
    let Ok(Some(mail)) = found else {
        return Err(Problem::new(StatusCode::NOT_FOUND, "no such mail was caught"));
    };
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
        frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    // Within a frame a page with a policy of its own would not open.
    let beside = "<head><base target=\"_blank\">";
    Ok((headers, mail.html.replacen("<head>", beside, 1)).into_response())
}

async fn newest(doors: &Doors) -> Vec<CaughtMail> {
    let Some(folder) = doors.caught_mail().map(Path::to_owned) else { return vec![] };
    tokio::task::spawn_blocking(move || newest_in(&folder)).await.unwrap_or_default()
}

fn newest_in(folder: &Path) -> Vec<CaughtMail> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    let mut files: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "eml"))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort_unstable_by(|a, b| b.cmp(a));
    files.into_iter().take(SHOWN).filter_map(|(_, path)| read(&path)).collect()
}

/// Reads a caught mail; `None` when it is none, or was taken away meanwhile.
#[must_use]
pub fn read(path: &Path) -> Option<CaughtMail> {
    let bytes = fs::read(path).ok()?;
    let message = MessageParser::default().parse(&bytes)?;
    let person = |address: Option<&mail_parser::Address<'_>>| {
        let first = address.and_then(|a| a.first());
        first.and_then(|a| a.address()).unwrap_or_default().to_owned()
    };
    Some(CaughtMail {
        id: path.file_stem()?.to_str()?.to_owned(),
        from: person(message.from()),
        to: person(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        date: message.date().map(mail_parser::DateTime::to_rfc3339).unwrap_or_default(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        html: with_pictures(&message, message.body_html(0).unwrap_or_default().into_owned()),
    })
}

/// A page with the pictures in it that its mail carries, as a mail program shows it (RFC 2392).
fn with_pictures(message: &mail_parser::Message<'_>, html: String) -> String {
    message.attachments().fold(html, |html, part| {
        let Some(id) = part.content_id().filter(|_| part.is_content_type("image", "png")) else {
            return html;
        };
        let data = BASE64_STANDARD.encode(part.contents());
        html.replace(&format!("cid:{id}"), &format!("data:image/png;base64,{data}"))
    })
}

//! `POST /api/v1/events`: a stream of events in, a line of answer for each, in order.
//!
//! Lines are read as they come and accepted together; a slow database slows the sender down, and
//! memory stays bounded however long the stream is and however slowly its answers are read.

mod lines;

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use self::lines::{Line, Lines};
use super::auth::Caller;
use super::{Doors, Problem, crowd};
use crate::engine::{Arrival, EngineError, Receipt};
use crate::intake::{Defaults, FieldError, MAX_ROW_BYTES, parse_event};
use crate::issue::{Actor, Notice};
use crate::store::City;

/// Batches of answers that wait for a sender who reads none before all is sent; then it is not
/// read from either.
const UNREAD: usize = 64;

/// Answers each line of the body with a line: `accepted`, `repeated`, `refused` with the reasons,
/// or `failed`, after which nothing more was stored and the rest can be sent again.
pub async fn stream(
    State(doors): State<Doors>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let name = caller.may_bring_events()?;
    let place = doors.inner.room.stream()?;
    let city = doors.city().await?;
    let defaults = Defaults {
        source: name.to_owned(),
        source_id: None,
        zone: city.zone.clone(),
        at: None,
        actor: Actor::System,
    };
    let (head, body) = request.into_parts();
    let desk = Desk { doors, city: Arc::new(city), caller, defaults };
    let session = Session { desk, head, lines: Lines::new(body), _place: place };
    let (sender, receiver) = mpsc::channel(UNREAD);
    tokio::spawn(session.run(sender));
    let answers = stream::unfold(receiver, |mut receiver| async {
        let answer = receiver.recv().await?;
        Some((Ok::<_, Infallible>(answer), receiver))
    });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((kind, Body::from_stream(answers)).into_response())
}

struct Session {
    desk: Desk,
    /// Names the key, which may be revoked while the stream goes on.
    head: Parts,
    lines: Lines,
    _place: crowd::Place,
}

/// Where lines are accepted, and for whom.
struct Desk {
    doors: Doors,
    city: Arc<City>,
    caller: Caller,
    /// Their source is the key's name.
    defaults: Defaults,
}

impl Session {
    /// Answers until the end of the stream, a failure, or nobody reads the answers any more.
    async fn run(mut self, answers: mpsc::Sender<Bytes>) {
        while let Some((answer, goes_on)) = self.answer_some().await {
            if answers.send(answer).await.is_err() || !goes_on {
                return;
            }
        }
    }

    /// Answers the lines that are there; `None` at the end. The flag says whether to go on.
    async fn answer_some(&mut self) -> Option<(Bytes, bool)> {
        let (lines, broken) = match self.lines.some().await {
            Ok(lines) if lines.is_empty() => return None,
            Ok(lines) => (lines, None),
            Err(broken) => (vec![], Some(broken)),
        };
        if let Some(reason) = broken {
            let answer = failure(self.lines.next_number(), &reason);
            return Some((Bytes::from(format!("{answer}\n")), false));
        }
        if let Err(revoked) = Caller::from_request_parts(&mut self.head, &self.desk.doors).await {
            let answer = failure(lines[0].0, revoked.detail());
            return Some((Bytes::from(format!("{answer}\n")), false));
        }
        let answering = self.desk.answer(&lines);
        tokio::pin!(answering);
        tokio::select! {
            answer = &mut answering => return Some(answer),
            () = self.lines.gather() => {}
        }
        Some(answering.await)
    }
}

impl Desk {
    /// A line for each, and whether to go on.
    async fn answer(&self, lines: &[(u64, Line)]) -> (Bytes, bool) {
        let mut answers: Vec<Option<Value>> = vec![];
        let mut notices: Vec<Notice> = vec![];
        for (no, line) in lines {
            match self.read(line) {
                Ok(notice) => {
                    notices.push(notice);
                    answers.push(None);
                }
                Err(errors) => answers.push(Some(refusal(*no, &errors))),
            }
        }
        let accepted = if notices.is_empty() {
            Ok(vec![])
        } else {
            self.doors.engine().accept(&self.city, notices, Arrival::default()).await
        };
        let goes_on = accepted.is_ok();
        let mut told = Told::new(accepted);
        let mut text = String::new();
        for ((no, _), answer) in lines.iter().zip(answers) {
            let answer =
                answer.unwrap_or_else(|| told.next(*no, &self.doors, &self.defaults.source));
            text.push_str(&answer.to_string());
            text.push('\n');
        }
        (Bytes::from(text), goes_on)
    }

    fn read(&self, line: &Line) -> Result<Notice, Vec<FieldError>> {
        let whole = |detail| vec![FieldError { pointer: String::new(), detail }];
        match line {
            Line::TooLong => Err(whole(format!("this line is longer than {MAX_ROW_BYTES} bytes"))),
            Line::Whole(bytes) => {
                let value: Value = serde_json::from_slice(bytes)
                    .map_err(|e| whole(format!("this is not JSON: {e}")))?;
                let notice = parse_event(&value, &self.defaults)?;
                self.caller.may_speak_for(&notice.source).map_err(|e| vec![e])?;
                Ok(notice)
            }
        }
    }
}

/// The receipts, as they are told one by one.
struct Told {
    receipts: Result<std::vec::IntoIter<Receipt>, String>,
}

impl Told {
    fn new(receipts: Result<Vec<Receipt>, EngineError>) -> Self {
        let receipts = receipts.map(Vec::into_iter).map_err(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "a bulk stream failed");
            "not stored; send this line and the rest again in a moment".to_owned()
        });
        Self { receipts }
    }

    fn next(&mut self, line: u64, doors: &Doors, by: &str) -> Value {
        let receipt = match &mut self.receipts {
            Ok(receipts) => receipts.next(),
            Err(reason) => return failure(line, reason),
        };
        match receipt {
            Some(Receipt::Accepted { number, kinds, place, .. }) => {
                doors.inner.metrics.accepted(by, kinds.len() as u64);
                json!({"line": line, "outcome": "accepted", "number": number, "kinds": kinds,
                       "place": place})
            }
            Some(Receipt::Repeated { number }) => {
                json!({"line": line, "outcome": "repeated", "number": number})
            }
            Some(Receipt::Refused { reason }) => {
                json!({"line": line, "outcome": "refused", "reason": reason.to_string()})
            }
            None => failure(line, "no receipt"),
        }
    }
}

fn failure(line: u64, reason: &str) -> Value {
    json!({"line": line, "outcome": "failed", "reason": reason})
}

fn refusal(line: u64, errors: &[FieldError]) -> Value {
    let fields: Vec<Value> =
        errors.iter().map(|e| json!({"pointer": e.pointer, "detail": e.detail})).collect();
    let reason = errors.iter().map(|e| e.detail.as_str()).collect::<Vec<_>>().join("; ");
    json!({"line": line, "outcome": "refused", "reason": reason, "errors": fields})
}

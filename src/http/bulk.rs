//! `POST /api/v1/events`: a stream of events in, a line of answer for each, in order.
//!
//! Lines are read as they come and accepted together; a slow database slows the sender down, and
//! memory stays bounded however long the stream is.

use std::sync::Arc;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Fuse, StreamExt};
use serde_json::{Value, json};

use super::auth::Caller;
use super::{Doors, Problem};
use crate::engine::{Arrival, EngineError, Receipt};
use crate::intake::{Defaults, FieldError, MAX_ROW_BYTES, parse_event};
use crate::issue::{Actor, Notice};
use crate::store::City;

/// How many lines are accepted together at most.
const LINES: usize = 1_000;

/// Answers each line of the body with a line: `accepted`, `repeated`, `refused` with the reasons,
/// or `failed`, after which nothing more was stored and the rest can be sent again.
pub async fn stream(
    State(doors): State<Doors>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let name = caller.may_bring_events()?;
    let city = doors.city().await?;
    let defaults = Defaults {
        source: name.to_owned(),
        source_id: None,
        zone: city.zone.clone(),
        at: None,
        actor: Actor::System,
    };
    let lines = Lines {
        body: request.into_body().into_data_stream().fuse(),
        held: vec![],
        next: 1,
        ended: false,
    };
    let session = Session { doors, city: Arc::new(city), defaults, lines };
    let answers = stream::unfold(Some(session), |session| async {
        let mut session = session?;
        let (answer, goes_on) = session.answer_some().await?;
        Some((Ok::<_, std::convert::Infallible>(answer), goes_on.then_some(session)))
    });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((kind, Body::from_stream(answers)).into_response())
}

struct Session {
    doors: Doors,
    city: Arc<City>,
    defaults: Defaults,
    lines: Lines,
}

impl Session {
    /// Answers the lines that are there; `None` at the end. The flag says whether to go on.
    async fn answer_some(&mut self) -> Option<(Bytes, bool)> {
        let lines = match self.lines.some().await {
            Ok(lines) if lines.is_empty() => return None,
            Ok(lines) => lines,
            Err(broken) => {
                let answer =
                    json!({"line": self.lines.next, "outcome": "failed", "reason": broken});
                return Some((Bytes::from(format!("{answer}\n")), false));
            }
        };
        let mut answers: Vec<Option<Value>> = vec![];
        let mut notices: Vec<Notice> = vec![];
        for (no, line) in &lines {
            match self.read(line) {
                Ok(notice) => {
                    notices.push(notice);
                    answers.push(None);
                }
                Err(errors) => answers.push(Some(refusal(*no, &errors))),
            }
        }
        let sources: Vec<String> = notices.iter().map(|n| n.source.clone()).collect();
        let engine = self.doors.engine();
        let accepted = engine.accept(&self.city, notices, Arrival::default()).await;
        let goes_on = accepted.is_ok();
        let mut told = Told::new(accepted, sources);
        let mut text = String::new();
        for ((no, _), answer) in lines.iter().zip(answers) {
            let answer = answer.unwrap_or_else(|| told.next(*no, &self.doors));
            text.push_str(&answer.to_string());
            text.push('\n');
        }
        Some((Bytes::from(text), goes_on))
    }

    fn read(&self, line: &[u8]) -> Result<Notice, Vec<FieldError>> {
        let value: Value = serde_json::from_slice(line).map_err(|e| {
            vec![FieldError { pointer: String::new(), detail: format!("this is not JSON: {e}") }]
        })?;
        parse_event(&value, &self.defaults)
    }
}

/// The receipts, as they are told one by one.
struct Told {
    receipts: Result<std::vec::IntoIter<Receipt>, String>,
    sources: std::vec::IntoIter<String>,
}

impl Told {
    fn new(receipts: Result<Vec<Receipt>, EngineError>, sources: Vec<String>) -> Self {
        let receipts = receipts.map(Vec::into_iter).map_err(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "a bulk stream failed");
            "not stored; send this line and the rest again in a moment".to_owned()
        });
        Self { receipts, sources: sources.into_iter() }
    }

    fn next(&mut self, line: u64, doors: &Doors) -> Value {
        let source = self.sources.next().unwrap_or_default();
        let receipt = match &mut self.receipts {
            Ok(receipts) => receipts.next(),
            Err(reason) => {
                return json!({"line": line, "outcome": "failed", "reason": reason});
            }
        };
        match receipt {
            Some(Receipt::Accepted { number, kinds, place, .. }) => {
                doors.inner.metrics.accepted(&source, kinds.len() as u64);
                json!({"line": line, "outcome": "accepted", "number": number, "kinds": kinds,
                       "place": place})
            }
            Some(Receipt::Repeated { number }) => {
                json!({"line": line, "outcome": "repeated", "number": number})
            }
            Some(Receipt::Refused { reason }) => {
                json!({"line": line, "outcome": "refused", "reason": reason.to_string()})
            }
            None => json!({"line": line, "outcome": "failed", "reason": "no receipt"}),
        }
    }
}

fn refusal(line: u64, errors: &[FieldError]) -> Value {
    let fields: Vec<Value> =
        errors.iter().map(|e| json!({"pointer": e.pointer, "detail": e.detail})).collect();
    let reason = errors.iter().map(|e| e.detail.as_str()).collect::<Vec<_>>().join("; ");
    json!({"line": line, "outcome": "refused", "reason": reason, "errors": fields})
}

/// Lines out of a body that comes in pieces.
struct Lines {
    body: Fuse<BodyDataStream>,
    held: Vec<u8>,
    /// The number of the next line, from 1.
    next: u64,
    ended: bool,
}

impl Lines {
    /// The lines that have come so far, waiting for at least one; none at the end.
    async fn some(&mut self) -> Result<Vec<(u64, Vec<u8>)>, String> {
        loop {
            let lines = self.cut();
            if !lines.is_empty() || self.ended {
                return Ok(lines);
            }
            match self.body.next().await {
                Some(Ok(piece)) => self.held.extend_from_slice(&piece),
                Some(Err(_)) => return Err("the connection broke off".to_owned()),
                None => self.ended = true,
            }
            if self.held.len() > MAX_ROW_BYTES && !self.held.contains(&b'\n') {
                return Err(format!("a line is longer than {MAX_ROW_BYTES} bytes"));
            }
        }
    }

    /// Takes whole lines off what is held; the last one may end without a line end.
    fn cut(&mut self) -> Vec<(u64, Vec<u8>)> {
        let mut lines = vec![];
        let mut from = 0;
        while lines.len() < LINES {
            let rest = &self.held[from..];
            let length = match rest.iter().position(|&byte| byte == b'\n') {
                Some(end) => end,
                None if self.ended && !rest.is_empty() => rest.len(),
                None => break,
            };
            let line = rest[..length].trim_ascii();
            if !line.is_empty() {
                lines.push((self.next, line.to_vec()));
            }
            self.next += 1;
            from = (from + length + 1).min(self.held.len());
        }
        self.held.drain(..from);
        lines
    }
}

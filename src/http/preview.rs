//! What a watch would be told, before it is made.

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{self, Json, Reads};
use super::sender::From;
use super::watch_wire::{FilterWire, TargetWire};
use super::watches::find;
use super::{Doors, Problem};
use crate::engine::Expected;
use crate::message::{Key, Words};

/// The body of `POST /api/v1/watches/preview`: those members of a new watch that decide what it is
/// told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PreviewWire {
    target: TargetWire,
    filter: Option<FilterWire>,
}

/// `POST /api/v1/watches/preview`: what such a watch would have been told in the last four weeks.
/// Nothing is kept.
pub async fn preview(
    State(doors): State<Doors>,
    from: From,
    Reads(language): Reads,
    Json(body): Json<Value>,
) -> Result<impl IntoResponse, Problem> {
    doors.inner.limits.preview(from)?;
    let city = doors.city().await?;
    let wire: PreviewWire = extract::read(body)?;
    let follows = wire.target.issue.is_some();
    let wanted = wire.target.parse(&doors.inner.watch_limits)?;
    let filter = wire.filter.unwrap_or_default().parse(follows)?;
    let target = find(&doors, &city, wanted).await?;
    let expected = doors.engine().expected(&city, &target, &filter).await?;
    let answer = json!({
        "since": expected.since,
        "until": expected.until,
        "events": expected.events,
        "issues": expected.issues,
        "days_with_news": expected.days,
        "a_week": expected.a_week().map(|a_week| (a_week * 100.0).round() / 100.0),
        "summary": summary(&Words::of(&language), &expected),
    });
    let manners = [(header::CACHE_CONTROL, "no-store"), (header::VARY, "accept-language")];
    Ok((manners, JsonAnswer(answer)))
}

/// In words, as a person would say it: nobody says “12.75 a week”.
fn summary(words: &Words<'_>, expected: &Expected) -> String {
    let Some(a_week) = expected.a_week() else { return words.say(Key("page-expect-unknown")) };
    if expected.events == 0 {
        return words.say(Key("page-expect-none"));
    }
    if a_week < 1.0 {
        return words.fill(Key("page-expect-few"), &[("count", expected.events.into())]);
    }
    let fine = if a_week < 100.0 { 1.0 } else { 10.0 };
    let count = (a_week / fine).round() * fine;
    words.fill(Key("page-expect-weekly"), &[("count", count.into())])
}

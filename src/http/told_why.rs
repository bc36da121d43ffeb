//! Why somebody was told of an issue, or why not, in one sentence on its page: the answer of
//! `/api/v1/me/issues/{number}`, of the last of what was told.

use super::pages::Frame;
use crate::clock::Timestamp;
use crate::delivery::{About, Answer, Fate, Reason, Watching};
use crate::engine::CaseFile;
use crate::message::Key;
use crate::store::City;
use crate::watcher::ContactKind;

/// The sentence; none for whoever watches nothing.
pub fn sentence(frame: &Frame<'_>, city: &City, file: &CaseFile, now: Timestamp) -> Option<String> {
    if file.watches.iter().all(|one| one.deleted.is_some()) {
        return None;
    }
    let answers: Vec<Answer<'_>> =
        file.events.iter().rev().map(|event| file.answer(event)).collect();
    let moment = |at: Timestamp| frame.words.moment(at, now, &city.zone);
    let told = answers.iter().find_map(|answer| told(frame, answer, &moment));
    let told = told.or_else(|| answers.iter().find_map(|answer| due(frame, answer, &moment)));
    Some(told.unwrap_or_else(|| frame.t(not_told(file, &answers))))
}

/// By which message it was told, and for which watch.
fn told(
    frame: &Frame<'_>,
    answer: &Answer<'_>,
    moment: &impl Fn(Timestamp) -> String,
) -> Option<String> {
    answer.told.iter().find_map(|(trip, watches)| {
        let Fate::Sent { at, .. } = trip.fate else { return None };
        let key = match (trip.about, trip.kind) {
            (About::Digest(_), _) => "page-told-digest",
            (_, ContactKind::Mail) => "page-told-mail",
            (_, ContactKind::Push) => "page-told-push",
            (_, ContactKind::Webhook) => "page-told-webhook",
        };
        let watch = watches.first()?;
        let gaps = [("when", moment(at).into()), ("watch", watch.name.clone().into())];
        Some(frame.words.fill(Key(key), &gaps))
    })
}

/// When it will be told, and for which watch.
fn due(
    frame: &Frame<'_>,
    answer: &Answer<'_>,
    moment: &impl Fn(Timestamp) -> String,
) -> Option<String> {
    let on_its_way = answer.told.iter().find_map(|(trip, watches)| match trip.fate {
        Fate::Waiting { due, .. } => Some((due, *watches.first()?)),
        _ => None,
    });
    let (due, watch) = on_its_way.or_else(|| {
        answer.not.iter().find_map(|(watch, reason)| match reason {
            Reason::DigestDue { due, .. } => Some((*due, *watch)),
            _ => None,
        })
    })?;
    let gaps = [("when", moment(due).into()), ("watch", watch.name.clone().into())];
    Some(frame.words.fill(Key("page-told-due"), &gaps))
}

/// What kept it from them, as far as it is their own wish.
fn not_told(file: &CaseFile, answers: &[Answer<'_>]) -> &'static str {
    let reasons = || answers.iter().flat_map(|answer| answer.not.iter().map(|(_, why)| why));
    if reasons().any(|why| matches!(why, Reason::IssueMuted { .. })) {
        "page-told-muted"
    } else if reasons().any(|why| matches!(why, Reason::OwnerPaused { .. } | Reason::WatchPaused)) {
        "page-told-paused"
    } else if answers.iter().any(|answer| answer.nobody == Some(Reason::NotMatchedYet)) {
        "page-told-not-yet"
    } else if answers.iter().flat_map(|answer| &answer.not).any(|(watch, why)| {
        // One that ended tells of nothing that comes.
        let goes_on = |one: &Watching| one.watch.id == watch.id && one.deleted.is_none();
        matches!(why, Reason::WatchTooLate { .. }) && file.watches.iter().any(goes_on)
    }) {
        "page-told-from-now"
    } else {
        "page-told-none"
    }
}

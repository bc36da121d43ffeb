//! Which part of a file is asked for, and whether the asker's copy of it still holds (RFC 9110, §13 and
//! §14). A length, a tag and the headers in, an answer's
//! outline out.

use std::ops::RangeInclusive;

use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Problem;

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Whole,
    /// First and last byte.
    Some(RangeInclusive<u64>),
    /// Nothing of it lies where it is asked for.
    Outside,
    /// The asker has it already.
    Unchanged,
    /// The asker wants what was there before.
    Changed,
}

/// What of a file of this length and tag is asked for. Several ranges at once are answered with the whole,
/// as §14.2 allows: no map asks so.
pub fn asked(method: &Method, headers: &HeaderMap, length: u64, tag: &str) -> Part {
    let names = |name: HeaderName| said(headers, name);
    if names(header::IF_MATCH).is_some_and(|tags| !holds(tags, tag, false)) {
        return Part::Changed;
    }
    if knows(headers, tag) == Some(true) {
        return Part::Unchanged;
    }
    // A date there is none of ours: we give none, so it holds for nothing.
    let still_holds = names(header::IF_RANGE).is_none_or(|wanted| wanted.trim() == tag);
    match names(header::RANGE).filter(|_| *method == Method::GET && still_holds) {
        Some(range) => part(range, length),
        None => Part::Whole,
    }
}

fn said(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Whether the asker has what this tag names; `None` when they name no tag.
pub fn knows(headers: &HeaderMap, tag: &str) -> Option<bool> {
    let bare = tag.strip_prefix("W/").unwrap_or(tag);
    said(headers, header::IF_NONE_MATCH).map(|tags| holds(tags, bare, true))
}

/// The refusal of a part that lies outside.
pub fn outside(length: u64) -> Response {
    let why = format!("the file has {length} bytes, and none where you ask");
    let refused = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, why);
    ([(header::CONTENT_RANGE, format!("bytes */{length}"))], refused).into_response()
}

/// Whether a list of tags names this one; `weakly`, where it need not be the same to the byte.
fn holds(tags: &str, tag: &str, weakly: bool) -> bool {
    tags.split(',').map(str::trim).any(|one| {
        let bare = if weakly { one.strip_prefix("W/").unwrap_or(one) } else { one };
        one == "*" || bare == tag
    })
}

/// What is none in the standard's grammar is left out of account.
fn part(range: &str, length: u64) -> Part {
    let Some((unit, spec)) = range.split_once('=') else { return Part::Whole };
    let Some((first, last)) = spec.trim().split_once('-') else { return Part::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Part::Whole;
    }
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Part::Whole,
        (Some(first), _) if first >= length && (last.is_empty() || number(last).is_some()) => {
            Part::Outside
        }
        (Some(first), Some(last)) => Part::Some(first..=last.min(length - 1)),
        (Some(first), None) if last.is_empty() => Part::Some(first..=length - 1),
        (None, Some(0)) if first.is_empty() => Part::Outside,
        (None, Some(_)) if first.is_empty() && length == 0 => Part::Outside,
        (None, Some(many)) if first.is_empty() => {
            Part::Some(length.saturating_sub(many)..=length - 1)
        }
        _ => Part::Whole,
    }
}

/// Digits alone; more of them than fit mean very far.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &str = "\"64-1\"";

    fn of(method: &Method, headers: &[(HeaderName, &str)]) -> Part {
        let pairs = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        asked(method, &pairs.collect(), 100, TAG)
    }

    #[test]
    fn a_range_is_what_the_standard_says() {
        for (range, part) in [
            ("bytes=0-9", Part::Some(0..=9)),
            ("BYTES=10-", Part::Some(10..=99)),
            ("bytes=-10", Part::Some(90..=99)),
            ("bytes=-1000", Part::Some(0..=99)),
            ("bytes=90-1000", Part::Some(90..=99)),
            ("bytes=99-99999999999999999999999", Part::Some(99..=99)),
            ("bytes=100-", Part::Outside),
            ("bytes=100-200", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=9-0", Part::Whole),
            ("bytes=0-9,20-29", Part::Whole),
            ("bytes=200-x", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("tiles=0-9", Part::Whole),
            ("bytes", Part::Whole),
        ] {
            assert_eq!(of(&Method::GET, &[(header::RANGE, range)]), part, "{range}");
        }
        assert_eq!(of(&Method::HEAD, &[(header::RANGE, "bytes=0-9")]), Part::Whole);
        assert_eq!(part("bytes=0-", 0), Part::Outside);
        assert_eq!(part("bytes=-1", 0), Part::Outside);
    }

    #[test]
    fn a_copy_holds_as_long_as_its_tag() {
        let get = |headers: &[_]| of(&Method::GET, headers);
        let first = (header::RANGE, "bytes=0-9");
        assert_eq!(get(&[first.clone(), (header::IF_RANGE, TAG)]), Part::Some(0..=9));
        for other in ["\"64-2\"", "W/\"64-1\"", "Fri, 27 Nov 2026 18:00:00 GMT"] {
            assert_eq!(get(&[first.clone(), (header::IF_RANGE, other)]), Part::Whole, "{other}");
        }
        for (tags, part) in [
            (TAG, Part::Unchanged),
            ("\"a\", W/\"64-1\"", Part::Unchanged),
            ("*", Part::Unchanged),
            ("\"a\"", Part::Whole),
        ] {
            assert_eq!(get(&[(header::IF_NONE_MATCH, tags)]), part, "{tags}");
        }
        for (tags, part) in
            [(TAG, Part::Some(0..=9)), ("*", Part::Some(0..=9)), ("W/\"64-1\"", Part::Changed)]
        {
            assert_eq!(get(&[first.clone(), (header::IF_MATCH, tags)]), part, "{tags}");
        }
    }
}

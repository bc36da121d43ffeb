//! The parts of a letter (RFC 2046), as far as reports have any: a few, and hardly nested.
//!
//! A mail that is returned whole is one part, and is not taken apart: what is in it was written by
//! us, or by whoever wants to be taken for us. So a thousand mails in one another are as shallow as
//! one, which a library for mail does not promise.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

use super::fields::Fields;

/// A report is a multipart; now and then a gateway has put it into another.
const DEEPEST: usize = 3;
const MOST_PARTS: usize = 30;
/// Of one part; a returned mail matters for its head alone.
const MOST_OF_PART: usize = 64 * 1_024;

/// One part that is no multipart.
#[derive(Debug)]
pub(super) struct Part<'t> {
    /// `type/subtype` in small letters.
    pub kind: String,
    coding: String,
    body: &'t str,
}

/// The head of a letter or a part, and what follows it.
pub(super) fn split_head(text: &str) -> (Fields, &str) {
    let mut end = text.len();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end_matches(['\r', '\n']).is_empty() {
            end = at;
            at += line.len();
            break;
        }
        at += line.len();
    }
    let head = text[..end].lines().map(|line| line.trim_end_matches('\r'));
    (Fields::read(head), text.get(at..).unwrap_or_default())
}

/// The parts of a letter in their order, itself when it has no others.
pub(super) fn parts<'t>(head: &Fields, body: &'t str) -> Vec<Part<'t>> {
    let mut found = vec![];
    gather(head, body, 0, &mut found);
    found
}

fn gather<'t>(head: &Fields, body: &'t str, depth: usize, found: &mut Vec<Part<'t>>) {
    let kind = ContentKind::read(head.get("content-type").unwrap_or_default());
    let boundary = kind.boundary.filter(|_| kind.name.starts_with("multipart/"));
    if let Some(boundary) = boundary.filter(|boundary| !boundary.is_empty() && depth < DEEPEST) {
        for part in sections(body, &boundary) {
            let (head, body) = split_head(part);
            gather(&head, body, depth + 1, found);
        }
    } else if found.len() < MOST_PARTS {
        let coding = head.get("content-transfer-encoding").unwrap_or_default();
        let coding = coding.trim().to_ascii_lowercase();
        found.push(Part { kind: kind.name, coding, body });
    }
}

/// What stands between the lines of a boundary; after the last of them when it is cut off.
fn sections<'t>(body: &'t str, boundary: &str) -> Vec<&'t str> {
    let (mut found, mut begun, mut at) = (vec![], None, 0);
    for line in body.split_inclusive('\n') {
        let marked = line.trim_end().strip_prefix("--").and_then(|l| l.strip_prefix(boundary));
        if let Some(after @ ("" | "--")) = marked {
            if let Some(start) = begun {
                found.push(&body[start..at]);
            }
            begun = (after.is_empty() && found.len() < MOST_PARTS).then_some(at + line.len());
        }
        at += line.len();
    }
    found.extend(begun.map(|start| &body[start.min(body.len())..]));
    found
}

/// A `Content-Type` (RFC 2045, §5.1).
struct ContentKind {
    name: String,
    boundary: Option<String>,
}

impl ContentKind {
    fn read(value: &str) -> Self {
        let (name, rest) = value.split_once(';').unwrap_or((value, ""));
        let name = name.trim().to_ascii_lowercase();
        let name = if name.is_empty() { "text/plain".to_owned() } else { name };
        Self { name, boundary: parameter(rest, "boundary") }
    }
}

/// A parameter's value, bare or in quotation marks.
fn parameter(mut rest: &str, wanted: &str) -> Option<String> {
    loop {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(';').unwrap_or((after, "")),
        };
        if name.trim().trim_start_matches(';').trim().eq_ignore_ascii_case(wanted) {
            return Some(value.trim().to_owned());
        }
        rest = next;
    }
}

impl Part<'_> {
    /// What it says, decoded, as far as it is read.
    pub(super) fn text(&self) -> Cow<'_, str> {
        let body = &self.body[..self.body.floor_char_boundary(MOST_OF_PART)];
        match self.coding.as_str() {
            "base64" => Cow::Owned(from_base64(body)),
            "quoted-printable" => Cow::Owned(from_quoted(body)),
            _ => Cow::Borrowed(body),
        }
    }
}

/// Whatever the padding is, and as much of it as can be read.
fn from_base64(body: &str) -> String {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, config);
    let letters: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let whole = letters.len() / 4 * 4;
    let bytes = engine.decode(&letters).or_else(|_| engine.decode(&letters[..whole]));
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}

fn from_quoted(body: &str) -> String {
    let (mut bytes, mut rest) = (vec![], body.as_bytes());
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'=', [b'\r', b'\n', next @ ..] | [b'\n', next @ ..]) => rest = next,
            (b'=', [high, low, next @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = next;
                }
                _ => bytes.push(b'='),
            },
            _ => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(letter: u8) -> Option<u8> {
    char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

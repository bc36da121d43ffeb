//! What a file is, by its content: its name is not asked.

use std::fmt;
use std::io::{self, BufReader, Cursor, Read};

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use super::IntakeError;

/// How far into a file it may take to tell what it is.
const HEAD_BYTES: usize = 64 << 10;

/// The member that holds the rows, where a JSON document wraps them.
pub(super) const WRAPPERS: [&str; 8] =
    ["features", "service_requests", "requests", "issues", "events", "results", "records", "data"];

/// A kind of file. Whether it was gzipped no longer matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Empty,
    /// A JSON object on each line.
    Lines,
    /// JSON objects one after the other, each over as many lines as it likes.
    Sequence,
    /// A JSON array of objects.
    Array,
    /// A JSON object with a list in it: a GeoJSON `FeatureCollection`, an API's answer.
    Wrapped,
    /// Values between delimiters, with a header row.
    Csv {
        delimiter: u8,
    },
    /// An Open311 answer.
    Xml,
}

pub(super) type Bytes<'r> = BufReader<Box<dyn Read + Send + 'r>>;

/// A file whose kind is known, its bytes unpacked and without byte order mark.
pub struct Source<'r> {
    pub format: Format,
    pub bytes: Bytes<'r>,
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("format", &self.format).finish_non_exhaustive()
    }
}

/// Tells what is read, from no more of it than needed, so that a live stream is answered soon.
///
/// # Errors
/// When it cannot be read or is not text.
pub fn recognise<'r>(from: impl Read + Send + 'r) -> Result<Source<'r>, IntakeError> {
    let packed = |head: &[u8], ended: bool| (head.len() >= 2 || ended).then(|| is_gzip(head));
    let (gzip, from) = peek(Box::new(from), packed)?;
    let from: Box<dyn Read + Send + 'r> =
        if gzip { Box::new(Unpacked(MultiGzDecoder::new(from))) } else { from };
    let (format, from) = peek(from, |head, ended| match decide(head, ended) {
        Ok(None) => ended.then_some(Ok(Format::Empty)),
        verdict => verdict.transpose(),
    })?;
    let mut bytes: Bytes<'r> = BufReader::with_capacity(HEAD_BYTES, from);
    skip_mark(&mut bytes)?;
    Ok(Source { format: format?, bytes })
}

fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1F, 0x8B])
}

/// Unpacks, and says in a person's words what is wrong with what was packed.
struct Unpacked<R>(MultiGzDecoder<R>);

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|why| match why.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::InvalidData => io::Error::new(
                why.kind(),
                "what was packed with gzip is cut off or damaged here; fetch it again",
            ),
            _ => why,
        })
    }
}

type Peeked<'r, T> = io::Result<(T, Box<dyn Read + Send + 'r>)>;

/// Reads ahead until `decided`, which at the end of the head has to be.
fn peek<'r, T>(
    mut from: Box<dyn Read + Send + 'r>,
    decided: impl Fn(&[u8], bool) -> Option<T>,
) -> Peeked<'r, T> {
    let mut head = Vec::new();
    loop {
        let old = head.len();
        head.resize(HEAD_BYTES, 0);
        let read = match from.read(&mut head[old..]) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {
                head.truncate(old);
                continue;
            }
            other => other?,
        };
        head.truncate(old + read);
        let ended = read == 0 || head.len() == HEAD_BYTES;
        if let Some(answer) = decided(&head, ended) {
            return Ok((answer, Box::new(Cursor::new(head).chain(from))));
        }
    }
}

/// `Ok(None)`: more of the head is needed.
type Verdict = Result<Option<Format>, IntakeError>;

fn decide(head: &[u8], ended: bool) -> Verdict {
    not_text(head)?;
    let text = head.strip_prefix(MARK).unwrap_or(head);
    let Some(start) = text.iter().position(|b| !b.is_ascii_whitespace()) else {
        return Ok(None);
    };
    let text = &text[start..];
    match text[0] {
        b'[' => Ok(Some(Format::Array)),
        b'{' => Ok(object(text, ended)),
        // RFC 8142: a GeoJSON text sequence.
        0x1E => Ok(Some(Format::Sequence)),
        b'<' => Ok(Some(Format::Xml)),
        _ if ended || text.contains(&b'\n') => Ok(Some(Format::Csv { delimiter: delimiter(text) })),
        _ => Ok(None),
    }
}

fn not_text(head: &[u8]) -> Result<(), IntakeError> {
    let looks = |starts: &[&[u8]]| starts.iter().any(|start| head.starts_with(start));
    if looks(&[b"PK\x03\x04"]) {
        Err(IntakeError::NotText("a zip or Excel file"))
    } else if looks(&[&[0xFF, 0xFE], &[0xFE, 0xFF]]) {
        Err(IntakeError::NotText("UTF-16, which has to be saved as UTF-8 first"))
    } else if head.contains(&0) {
        Err(IntakeError::NotText("a binary file"))
    } else {
        Ok(())
    }
}

/// Lines, a sequence or a wrapped list all begin with a brace: the end of the first object tells.
fn object(text: &[u8], ended: bool) -> Option<Format> {
    let Some(end) = object_end(text) else { return ended.then(|| unfinished(text)) };
    let one: Option<Value> = serde_json::from_slice(&text[..end]).ok();
    let is_list = |list: &Vec<Value>| list.first().is_none_or(Value::is_object);
    let wraps = |one: &Value| WRAPPERS.iter().any(|key| one[key].as_array().is_some_and(is_list));
    if one.is_some_and(|one| one.get("source_id").is_none() && wraps(&one)) {
        Some(Format::Wrapped)
    } else if text[..end].contains(&b'\n') {
        Some(Format::Sequence)
    } else {
        Some(Format::Lines)
    }
}

/// Of an object that is cut off, or longer than what was read ahead.
fn unfinished(text: &[u8]) -> Format {
    let first_line = text.iter().position(|byte| *byte == b'\n');
    let next = first_line.and_then(|end| text[end..].trim_ascii_start().first());
    match (first_line, next) {
        _ if opens_list(text) => Format::Wrapped,
        // A row that is broken or long; the next one begins on its line.
        (None, _) | (_, Some(b'{')) => Format::Lines,
        _ => Format::Sequence,
    }
}

/// Whether a list of rows begins in the object that begins the text.
fn opens_list(text: &[u8]) -> bool {
    let mut depth = 0_u32;
    for (i, byte) in brackets(text) {
        match byte {
            b'[' if depth == 1 => {
                let before = text[..i].trim_ascii_end();
                let before = before.strip_suffix(b":").unwrap_or_default().trim_ascii_end();
                let first = text[i + 1..].trim_ascii_start().first();
                let wraps = |key: &&str| before.ends_with(format!("\"{key}\"").as_bytes());
                let id = b"\"source_id\"";
                // An event may have a list of that name.
                if before.windows(id.len()).any(|word| word == id) {
                    return false;
                }
                if matches!(first, None | Some(b'{' | b']')) && WRAPPERS.iter().any(wraps) {
                    return true;
                }
                depth += 1;
            }
            b'{' | b'[' => depth += 1,
            _ => depth = depth.saturating_sub(1),
        }
    }
    false
}

/// Where the object that begins the text ends, exclusive.
fn object_end(text: &[u8]) -> Option<usize> {
    let mut depth = 0_u32;
    for (i, byte) in brackets(text) {
        match byte {
            b'{' | b'[' => depth += 1,
            _ => depth -= 1,
        }
        if depth == 0 {
            return Some(i + 1);
        }
    }
    None
}

/// The brackets and braces of JSON with their places, without those in strings.
fn brackets(text: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let (mut quoted, mut escaped) = (false, false);
    text.iter().copied().enumerate().filter(move |(_, byte)| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' | b'}' | b']' => return !quoted,
            _ => {}
        }
        false
    })
}

/// The delimiter that the header row uses most; a comma when it uses none.
fn delimiter(text: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for &byte in text {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if !quoted => {
                for (_, count) in counts.iter_mut().filter(|(d, _)| *d == byte) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    // The first of equals wins: the comma.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(d, _)| d)
}

const MARK: &[u8] = "\u{FEFF}".as_bytes();

fn skip_mark(bytes: &mut Bytes<'_>) -> io::Result<()> {
    use std::io::BufRead;
    if bytes.fill_buf()?.starts_with(MARK) {
        bytes.consume(MARK.len());
    }
    Ok(())
}

//! Rows of a delimited file (RFC 4180, and what is written in its name).
//!
//! The one rule: no row is lost in another. A quotation mark that is never closed makes one field of all
//! that follows; the record is refused then, with the lines that went into it.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::{ByteRecord, ReaderBuilder};
use serde_json::Value;

use super::rows::{BadRow, Row, too_long};
use super::source::Bytes;
use super::{IntakeError, MAX_ROW_BYTES, words};

pub(super) struct CsvRows<'r> {
    delimiter: u8,
    reader: csv::Reader<Metered<'r>>,
    allowance: Arc<AtomicU64>,
    keys: Arc<[String]>,
    done: bool,
}

impl<'r> CsvRows<'r> {
    pub(super) fn open(from: Bytes<'r>, delimiter: u8) -> Result<Self, IntakeError> {
        let allowance = Arc::new(AtomicU64::new(MAX_ROW_BYTES as u64));
        let quotes = Quotes::new(delimiter);
        let from = Metered { from, allowance: Arc::clone(&allowance), quotes, ended: false };
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(from);
        let mut header = ByteRecord::new();
        reader.read_byte_record(&mut header).map_err(|e| io::Error::other(e.to_string()))?;
        let mut keys: Vec<String> =
            header.iter().map(|f| words::clean(words::decode(f).trim())).collect();
        let is_name = |key: &String| key.chars().any(char::is_alphabetic);
        if !keys.iter().any(is_name) {
            return Err(IntakeError::NoHeader(keys.into_iter().next().unwrap_or_default()));
        }
        if let Some(line) = reader.get_ref().never_closed() {
            return Err(IntakeError::NeverClosed(line));
        }
        reader.get_mut().quotes.records.pop_front();
        tell_apart(&mut keys);
        Ok(Self { delimiter, reader, allowance, keys: keys.into(), done: false })
    }

    pub(super) fn header(&self) -> Arc<[String]> {
        Arc::clone(&self.keys)
    }

    pub(super) fn next(&mut self) -> Option<Result<Row, BadRow>> {
        if self.done {
            return None;
        }
        // Of this record alone: what the reader has buffered already counts against nobody.
        self.allowance.store(MAX_ROW_BYTES as u64, Ordering::Relaxed);
        let mut record = ByteRecord::new();
        let read = self.reader.read_byte_record(&mut record);
        // The reader's own count is one behind where lines end with CR LF, and begins at blank lines.
        let quotes = &mut self.reader.get_mut().quotes;
        let nothing_begun = Extent { line: quotes.line, strange: None };
        let Extent { line, strange } = quotes.records.pop_front().unwrap_or(nothing_begun);
        match read {
            Ok(true) => {
                if let Some(opened) = self.reader.get_ref().never_closed() {
                    self.done = true;
                    return Some(Err(never_closed(line, opened)));
                }
                // Outside of a quoted field a new line ends the record.
                let more = record.as_slice().split(|byte| *byte == b'\n').count() as u64 - 1;
                let within = || (more > 0).then(|| self.like_a_row(&record, line)).flatten();
                Some(match strange.or_else(within) {
                    Some(at) => Err(rows_in_one(line, line + more, at)),
                    None => self.row(line, &record),
                })
            }
            Ok(false) => None,
            Err(e) => {
                self.done = true;
                Some(Err(broken(line, &e)))
            }
        }
    }

    fn row(&self, line: u64, record: &ByteRecord) -> Result<Row, BadRow> {
        let (fields, columns) = (record.len(), self.keys.len());
        let surplus_is_blank = || record.iter().skip(columns).all(<[u8]>::is_empty);
        if fields < columns || !surplus_is_blank() {
            let reason = format!("it has {fields} fields where the header names {columns} columns");
            return Err(BadRow { line, reason, last: false });
        }
        let text = |field| Value::String(words::decode(field).into_owned());
        let values = record.iter().take(columns).map(text).collect();
        Ok(Row { line, keys: Arc::clone(&self.keys), values })
    }
    /// The line within a field, if there is one, that has as many cells as the header and begins as the
    /// record does.
    fn like_a_row(&self, record: &ByteRecord, mut line: u64) -> Option<u64> {
        let columns = self.keys.len();
        let first_line =
            |field: &[u8]| form(field.split(|b| *b == b'\n').next().unwrap_or_default());
        let begins = record.get(0).map(first_line).filter(|form| !form.is_empty())?;
        for field in record {
            for (nth, text) in field.split(|b| *b == b'\n').enumerate() {
                line += u64::from(nth > 0);
                let mut cells = text.split(|b| *b == self.delimiter);
                let first = cells.next().unwrap_or_default();
                if nth > 0 && columns > 1 && 1 + cells.count() == columns && form(first) == begins {
                    return Some(line);
                }
            }
        }
        None
    }
}

fn broken(line: u64, error: &csv::Error) -> BadRow {
    match error.kind() {
        csv::ErrorKind::Io(e) if matches!(e.get_ref(), Some(e) if e.is::<Unclosed>()) => {
            let mut bad = too_long(line, true);
            bad.reason.push_str("; is a quotation mark in it never closed?");
            bad
        }
        _ => BadRow { line, reason: error.to_string(), last: true },
    }
}

fn never_closed(line: u64, opened: u64) -> BadRow {
    let reason = format!(
        "a quotation mark opens on line {opened} and is never closed, so that all that follows is part of it"
    );
    BadRow { line, reason, last: true }
}

fn rows_in_one(line: u64, end: u64, at: u64) -> BadRow {
    let reason = format!(
        "lines {line} to {end} are read as one row, but line {at} looks like another; is a quotation mark \
         before it never closed?"
    );
    BadRow { line, reason, last: false }
}

/// What a value looks like: a run of digits is one 9, of letters one A.
fn form(value: &[u8]) -> Vec<u8> {
    let mut form: Vec<u8> = value
        .trim_ascii()
        .iter()
        .map(|byte| match byte {
            b'0'..=b'9' => b'9',
            b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => b'A',
            other => *other,
        })
        .collect();
    form.dedup();
    form
}

/// Two columns of one name are `name` and `name_2`; one without a name is `column_3`.
fn tell_apart(keys: &mut [String]) {
    for i in 0..keys.len() {
        if keys[i].is_empty() {
            keys[i] = format!("column_{}", i + 1);
        }
        let same = keys[..i].iter().filter(|k| **k == keys[i]).count();
        if same > 0 {
            keys[i] = format!("{}_{}", keys[i], same + 1);
        }
    }
}

/// Stops a record that never ends from filling the memory with the rest of the file, and knows whether a
/// quotation mark is open.
struct Metered<'r> {
    from: Bytes<'r>,
    allowance: Arc<AtomicU64>,
    quotes: Quotes,
    ended: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("a row is too long")]
struct Unclosed;

impl Metered<'_> {
    /// The line of the quotation mark that is open at the end of the file.
    fn never_closed(&self) -> Option<u64> {
        (self.ended && self.quotes.at == At::Quoted).then_some(self.quotes.opened)
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.allowance.load(Ordering::Relaxed);
        if left == 0 {
            return Err(io::Error::other(Unclosed));
        }
        let read = self.from.read(buffer)?;
        self.allowance.store(left.saturating_sub(read as u64), Ordering::Relaxed);
        self.quotes.follow(&buffer[..read]);
        self.ended = read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

/// Follows quotation marks as the reader does, which does not tell of them (RFC 4180, section 2, 5 to 7).
struct Quotes {
    delimiter: u8,
    at: At,
    line: u64,
    /// The line of the last mark that opened a field.
    opened: u64,
    /// Whether a record has begun and not ended.
    within: bool,
    /// Records that have begun, until they are read.
    records: VecDeque<Extent>,
}

struct Extent {
    /// Where it begins.
    line: u64,
    /// The first line after that on which something follows a mark that closes a field.
    strange: Option<u64>,
}

#[derive(Clone, Copy, PartialEq)]
enum At {
    /// Before a field.
    Start,
    Plain,
    Quoted,
    /// Behind a mark in a quoted field, which ends it unless another follows.
    Closed,
}

impl Quotes {
    fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            at: At::Start,
            line: 1,
            opened: 1,
            within: false,
            records: VecDeque::new(),
        }
    }

    fn follow(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let breaks = matches!(byte, b'\n' | b'\r');
            if !self.within && !breaks {
                self.within = true;
                self.records.push_back(Extent { line: self.line, strange: None });
            }
            self.at = match (self.at, byte) {
                (At::Quoted, b'"') => At::Closed,
                (At::Quoted, _) | (At::Closed, b'"') => At::Quoted,
                (At::Start, b'"') => {
                    self.opened = self.line;
                    At::Quoted
                }
                _ if breaks => {
                    self.within = false;
                    At::Start
                }
                (_, other) if other == self.delimiter => At::Start,
                (At::Closed, other) => {
                    if let Some(record) = self.records.back_mut()
                        && record.line < self.line
                        && !other.is_ascii_whitespace()
                    {
                        record.strange.get_or_insert(self.line);
                    }
                    At::Plain
                }
                _ => At::Plain,
            };
            self.line += u64::from(byte == b'\n');
        }
    }
}

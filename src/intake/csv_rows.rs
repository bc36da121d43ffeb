//! Rows of a delimited file (RFC 4180, and what is written in its name).

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::{ByteRecord, ReaderBuilder};
use serde_json::Value;

use super::rows::{BadRow, Row, too_long};
use super::source::Bytes;
use super::{IntakeError, MAX_ROW_BYTES, words};

pub(super) struct CsvRows<'r> {
    reader: csv::Reader<Metered<'r>>,
    allowance: Arc<AtomicU64>,
    keys: Arc<[String]>,
    done: bool,
}

impl<'r> CsvRows<'r> {
    pub(super) fn open(from: Bytes<'r>, delimiter: u8) -> Result<Self, IntakeError> {
        let allowance = Arc::new(AtomicU64::new(MAX_ROW_BYTES as u64));
        let from = Metered { from, allowance: Arc::clone(&allowance) };
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
        tell_apart(&mut keys);
        Ok(Self { reader, allowance, keys: keys.into(), done: false })
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
        let line = self.reader.position().line();
        let mut record = ByteRecord::new();
        match self.reader.read_byte_record(&mut record) {
            Ok(true) => {
                let line = record.position().map_or(line, csv::Position::line);
                Some(self.row(line, &record))
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

/// Stops a record that never ends, such as one with an unclosed quotation mark, from filling the
/// memory with the rest of the file.
struct Metered<'r> {
    from: Bytes<'r>,
    allowance: Arc<AtomicU64>,
}

#[derive(Debug, thiserror::Error)]
#[error("a row is too long")]
struct Unclosed;

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.allowance.load(Ordering::Relaxed);
        if left == 0 {
            return Err(io::Error::other(Unclosed));
        }
        let read = self.from.read(buffer)?;
        self.allowance.store(left.saturating_sub(read as u64), Ordering::Relaxed);
        Ok(read)
    }
}

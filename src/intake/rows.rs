//! Rows of named values, whatever the file's format.
//!
//! The one rule: a row that cannot be read is reported with its line, and the next one is read.

use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, Read};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::csv_rows::CsvRows;
use super::elements::{Element, Elements};
use super::source::{Bytes, Format, Source, recognise};
use super::xml_rows::XmlRows;
use super::{IntakeError, MAX_ROW_BYTES, words};

/// The column of a Feature's own `id`: often the exporter's count, so a property is believed
/// before it, and it is never an attribute.
pub(super) const FEATURE_ID: &str = "feature_id";

/// One row: a CSV record, a JSON object, or a GeoJSON Feature (its properties, with its `geometry`
/// and its `id`, as `feature_id`, beside them).
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where it begins in the unpacked file, from 1.
    pub line: u64,
    pub(super) keys: Arc<[String]>,
    pub(super) values: Vec<Value>,
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadRow {
    pub line: u64,
    pub reason: String,
    /// Nothing after it can be read either.
    pub last: bool,
}

impl Row {
    /// A value's text by its column's exact name; `None` when it is absent or blank. Numbers and
    /// booleans are given as JSON writes them.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        scalar(self.value(name)?)
    }

    /// A value as it stands, by its column's exact name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.keys.iter().position(|key| key == name).and_then(|i| self.values.get(i))
    }

    /// The names of its columns, in the file's order for CSV.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// The whole row as a JSON object.
    #[must_use]
    pub fn json(&self) -> Value {
        let pairs = self.keys.iter().cloned().zip(self.values.iter().cloned());
        Value::Object(pairs.collect())
    }

    /// A row of one JSON object; a GeoJSON Feature is laid flat.
    pub(super) fn from_object(line: u64, object: Map<String, Value>) -> Self {
        let object = flat(object);
        let (keys, values): (Vec<_>, Vec<_>) = object.into_iter().unzip();
        Self { line, keys: keys.into(), values }
    }
}

/// The text of a value that is not a list or an object, without outer space; `None` when blank.
pub(super) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|t| !t.is_empty()).map(Cow::Borrowed),
        Value::Number(n) => Some(Cow::Owned(n.to_string())),
        Value::Bool(b) => Some(Cow::Owned(b.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn flat(mut object: Map<String, Value>) -> Map<String, Value> {
    let is_feature = object.get("type").is_some_and(|t| t == "Feature");
    if !is_feature || !object.contains_key("geometry") {
        return object;
    }
    let properties = object.remove("properties");
    let mut row = match properties {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    for (member, column) in [("geometry", "geometry"), ("id", FEATURE_ID)] {
        if let Some(value) = object.remove(member) {
            row.insert(column.to_owned(), value);
        }
    }
    row
}

/// The rows of a file, one at a time and in order.
pub struct Rows<'r> {
    inner: Inner<'r>,
    /// The columns of the row before: rows mostly have the same, and share them.
    keys: Arc<[String]>,
}

enum Inner<'r> {
    Nothing,
    Csv(Box<CsvRows<'r>>),
    Lines { from: Bytes<'r>, line: u64 },
    Elements(Elements<'r>),
    Xml(Box<XmlRows<'r>>),
}

impl fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl<'r> Rows<'r> {
    /// Recognises what it is given (gzipped or not: CSV, NDJSON, JSON, GeoJSON, Open311) and reads
    /// it row by row. Memory holds about [`MAX_ROW_BYTES`], however long the file is.
    ///
    /// # Errors
    /// When it cannot be read, is not text, or is CSV without a header.
    pub fn open(from: impl Read + Send + 'r) -> Result<Self, IntakeError> {
        Self::of(recognise(from)?)
    }

    /// The rows of a file that was recognised already.
    ///
    /// # Errors
    /// When it is CSV without a header.
    pub fn of(source: Source<'r>) -> Result<Self, IntakeError> {
        let Source { format, bytes } = source;
        let mut keys: Arc<[String]> = Arc::new([]);
        let inner = match format {
            Format::Empty => Inner::Nothing,
            Format::Xml => Inner::Xml(Box::new(XmlRows::new(bytes))),
            Format::Lines => Inner::Lines { from: bytes, line: 0 },
            Format::Sequence | Format::Array | Format::Wrapped => {
                Inner::Elements(Elements::new(bytes, format))
            }
            Format::Csv { delimiter } => {
                let rows = CsvRows::open(bytes, delimiter)?;
                keys = rows.header();
                Inner::Csv(Box::new(rows))
            }
        };
        Ok(Self { inner, keys })
    }

    /// The columns of a CSV file, known before its first row.
    #[must_use]
    pub fn header(&self) -> Option<&[String]> {
        matches!(self.inner, Inner::Csv(_)).then_some(&*self.keys)
    }

    fn object(&mut self, line: u64, bytes: &[u8]) -> Result<Row, BadRow> {
        let text = words::decode(bytes);
        let bad = |reason| BadRow { line, reason, last: false };
        let object: Map<String, Value> = serde_json::from_str(&text).map_err(|e| {
            bad(if e.is_data() { "this is not a JSON object".into() } else { not_json(&e) })
        })?;
        let mut row = Row::from_object(line, object);
        if row.keys == self.keys {
            row.keys = Arc::clone(&self.keys);
        } else {
            self.keys = Arc::clone(&row.keys);
        }
        Ok(row)
    }
}

fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("this is not JSON: {what} at character {}", error.column())
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, BadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        let (line, bytes) = match &mut self.inner {
            Inner::Nothing => return None,
            Inner::Csv(rows) => return rows.next(),
            Inner::Xml(rows) => return rows.next(),
            Inner::Lines { from, line } => match next_line(from, line)? {
                Ok(bytes) => (*line, bytes),
                Err(bad) => {
                    if bad.last {
                        self.inner = Inner::Nothing;
                    }
                    return Some(Err(bad));
                }
            },
            Inner::Elements(elements) => match elements.next()? {
                (line, Element::Object(bytes)) => (line, bytes),
                (line, Element::TooLong) => return Some(Err(too_long(line, false))),
                (line, Element::Broken(reason)) => {
                    return Some(Err(BadRow { line, reason, last: true }));
                }
            },
        };
        Some(self.object(line, &bytes))
    }
}

pub(super) fn too_long(line: u64, last: bool) -> BadRow {
    let reason = format!("it is longer than {} KiB", MAX_ROW_BYTES >> 10);
    BadRow { line, reason, last }
}

/// The next line that is not blank; counts them in `line`.
fn next_line(from: &mut Bytes<'_>, line: &mut u64) -> Option<Result<Vec<u8>, BadRow>> {
    loop {
        *line += 1;
        let broken = |e: std::io::Error| BadRow { line: *line, reason: e.to_string(), last: true };
        let mut bytes = Vec::new();
        let most = MAX_ROW_BYTES as u64 + 1;
        match from.by_ref().take(most).read_until(b'\n', &mut bytes) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(e) => return Some(Err(broken(e))),
        }
        if bytes.len() > MAX_ROW_BYTES && !bytes.ends_with(b"\n") {
            return Some(Err(skip_line(from).map_or_else(broken, |()| too_long(*line, false))));
        }
        if !bytes.iter().all(u8::is_ascii_whitespace) {
            return Some(Ok(bytes));
        }
    }
}

fn skip_line(from: &mut Bytes<'_>) -> std::io::Result<()> {
    loop {
        let buffer = from.fill_buf()?;
        let end = buffer.iter().position(|&b| b == b'\n');
        let (used, done) =
            (end.map_or(buffer.len(), |i| i + 1), end.is_some() || buffer.is_empty());
        from.consume(used);
        if done {
            return Ok(());
        }
    }
}

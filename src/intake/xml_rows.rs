//! The requests of an Open311 answer in XML (GeoReport v2, "GET Service Requests"), one at a time.
//!
//! The one rule: memory holds one request. Entities that a document declares are never expanded.

use std::io::{self, BufRead, Read};

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, errors};
use serde_json::{Map, Value};

use super::rows::{BadRow, Row, too_long};
use super::source::Bytes;
use super::{MAX_ROW_BYTES, words};

/// Elements inside a request may be nested no deeper.
const DEPTH: usize = 8;

pub(super) struct XmlRows<'r> {
    reader: Reader<Metered<'r>>,
    buffer: Vec<u8>,
    /// The names of the open elements, from the root down.
    open: Vec<String>,
    /// The request that is being read, and where it began.
    row: Map<String, Value>,
    began: u64,
    text: String,
    nil: bool,
    done: bool,
}

impl<'r> XmlRows<'r> {
    pub(super) fn new(from: Bytes<'r>) -> Self {
        let from = Metered { from, line: 1, allowance: MAX_ROW_BYTES };
        Self {
            reader: Reader::from_reader(from),
            buffer: Vec::new(),
            open: vec![],
            row: Map::new(),
            began: 1,
            text: String::new(),
            nil: false,
            done: false,
        }
    }

    pub(super) fn next(&mut self) -> Option<Result<Row, BadRow>> {
        while !self.done {
            match self.step() {
                Ok(None) => {}
                Ok(Some(row)) => return Some(Ok(row)),
                Err(bad) => {
                    self.done = true;
                    return Some(Err(bad));
                }
            }
        }
        None
    }

    /// Takes one piece of the document; gives a row when that ended one.
    fn step(&mut self) -> Result<Option<Row>, BadRow> {
        self.buffer.clear();
        let mut buffer = std::mem::take(&mut self.buffer);
        let taken = match self.reader.read_event_into(&mut buffer) {
            Ok(event) => self.take(&event),
            Err(error) => Err(self.broken(&error)),
        };
        self.buffer = buffer;
        taken
    }

    fn take(&mut self, event: &Event<'_>) -> Result<Option<Row>, BadRow> {
        match event {
            Event::Start(tag) => self.begin(tag).map(|()| None),
            Event::Empty(tag) => self.begin(tag).map(|()| self.end()),
            Event::End(_) => Ok(self.end()),
            Event::Text(text) => {
                self.text.push_str(&words::decode(text));
                Ok(None)
            }
            Event::CData(text) => {
                self.text.push_str(&words::decode(text));
                Ok(None)
            }
            Event::GeneralRef(name) => {
                self.text.push_str(&meant(name));
                Ok(None)
            }
            Event::Eof => {
                self.done = true;
                match self.open.first() {
                    Some(root) => Err(self.bad(format!("the file ends inside <{root}>"))),
                    None => Ok(None),
                }
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => Ok(None),
        }
    }

    fn begin(&mut self, tag: &BytesStart<'_>) -> Result<(), BadRow> {
        let name = words::decode(tag.local_name().as_ref()).into_owned();
        self.nil = is_nil(tag);
        self.text.clear();
        match self.open.len() {
            0 if name == "errors" => return Err(self.error_answer()),
            0 if !name.contains("request") => {
                let reason = format!("this is <{name}>, and no Open311 answer with requests");
                return Err(self.bad(reason));
            }
            1 if name == "request" || name == "service_request" => {
                self.began = self.reader.get_ref().line;
                self.reader.get_mut().allowance = MAX_ROW_BYTES;
                self.row.clear();
            }
            1 => {
                let reason = format!(
                    "here stands <{name}>, where a <request> should; only Open311 answers with requests are read as XML"
                );
                return Err(self.bad(reason));
            }
            DEPTH.. => return Err(self.bad(format!("<{name}> is nested too deep"))),
            _ => {}
        }
        self.open.push(name);
        Ok(())
    }

    /// An element ends. A request's own child is a column; what is nested deeper is named by the
    /// way to it, `location.zip`.
    fn end(&mut self) -> Option<Row> {
        let depth = self.open.len();
        let name = self.open.get(2..).unwrap_or_default().join(".");
        self.open.pop();
        let text = std::mem::take(&mut self.text);
        let nil = std::mem::take(&mut self.nil);
        match depth {
            0 | 1 => None,
            2 => Some(Row::from_object(self.began, std::mem::take(&mut self.row))),
            // An element that has children has only white space of its own.
            _ => {
                let value = if nil { Value::Null } else { Value::String(text) };
                let blank = value.as_str().is_none_or(|text| text.trim().is_empty());
                if !(blank && self.row.keys().any(|key| key.starts_with(&format!("{name}.")))) {
                    self.row.insert(name, value);
                }
                None
            }
        }
    }

    /// What the server says instead of requests.
    fn error_answer(&mut self) -> BadRow {
        let mut said = String::new();
        let mut buffer = Vec::new();
        while let Ok(event) = self.reader.read_event_into(&mut buffer) {
            match event {
                Event::Eof => break,
                Event::Text(text) if said.len() < 200 => {
                    let text = words::decode(&text);
                    if !text.trim().is_empty() {
                        said.push(' ');
                        said.push_str(text.trim());
                    }
                }
                _ => {}
            }
            buffer.clear();
        }
        self.bad(format!("this is an error answer of an Open311 server:{said}"))
    }

    fn broken(&self, error: &errors::Error) -> BadRow {
        match error {
            errors::Error::Io(why)
                if why
                    .get_ref()
                    .is_some_and(<dyn std::error::Error + Send + Sync>::is::<TooLong>) =>
            {
                too_long(self.began, true)
            }
            errors::Error::Io(why) => self.bad(why.to_string()),
            error => self.bad(format!("this is not XML: {error}")),
        }
    }

    fn bad(&self, reason: String) -> BadRow {
        BadRow { line: self.reader.get_ref().line, reason, last: true }
    }
}

/// What a reference means: a character by its number or by one of XML's five names. Any other
/// name stays as it is written.
fn meant(name: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = name.resolve_char_ref() {
        return character.to_string();
    }
    let name = words::decode(name);
    resolve_predefined_entity(&name).map_or_else(|| format!("&{name};"), str::to_owned)
}

/// `xsi:nil="true"` (XML Schema part 1, §2.6.2): there is no value.
fn is_nil(tag: &BytesStart<'_>) -> bool {
    tag.attributes().flatten().any(|attribute| {
        attribute.key.local_name().as_ref() == b"nil"
            && matches!(attribute.value.as_ref(), b"true" | b"1")
    })
}

/// Counts lines, and stops a request that never ends from filling the memory.
struct Metered<'r> {
    from: Bytes<'r>,
    /// Of the next byte, from 1.
    line: u64,
    allowance: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("a request is too long")]
struct TooLong;

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let taken = ready.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&ready[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

impl BufRead for Metered<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.allowance == 0 {
            return Err(io::Error::other(TooLong));
        }
        self.from.fill_buf()
    }

    fn consume(&mut self, taken: usize) {
        let read = &self.from.buffer()[..taken];
        self.line += read.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.allowance = self.allowance.saturating_sub(taken);
        self.from.consume(taken);
    }
}

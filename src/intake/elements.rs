//! The objects of a JSON array, one at a time, without reading the whole document.
//!
//! The one rule: memory holds one object. Whether it is good JSON inside is for the parser to
//! say; here only brackets and quotes are followed.

use std::io::{self, BufRead};

use super::MAX_ROW_BYTES;
use super::source::{Bytes, Format, WRAPPERS};
use crate::geometry::check_crs;

/// Objects of an array, of a list inside an object, or one after the other.
pub(super) struct Elements<'r> {
    from: Bytes<'r>,
    /// Of the next byte, from 1.
    line: u64,
    /// Where the last object began.
    began: u64,
    format: Format,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Start,
    Inside,
    Done,
}

/// What comes next.
pub(super) enum Element {
    Object(Vec<u8>),
    /// Longer than a row may be; it was skipped.
    TooLong,
    /// From here on the document makes no sense.
    Broken(String),
}

impl<'r> Elements<'r> {
    pub(super) fn new(from: Bytes<'r>, format: Format) -> Self {
        Self { from, line: 1, began: 1, format, state: State::Start }
    }

    /// The next object and the line on which it begins.
    pub(super) fn next(&mut self) -> Option<(u64, Element)> {
        let found = self.advance().unwrap_or_else(|e| Some(Element::Broken(e.to_string())));
        match found {
            Some(Element::Broken(why)) => {
                self.state = State::Done;
                Some((self.line, Element::Broken(why)))
            }
            Some(element) => Some((self.began, element)),
            None => {
                self.state = State::Done;
                None
            }
        }
    }

    fn advance(&mut self) -> io::Result<Option<Element>> {
        if self.state == State::Done {
            return Ok(None);
        }
        if self.state == State::Start {
            self.state = State::Inside;
            if let Some(broken) = self.enter()? {
                return Ok(Some(Element::Broken(broken)));
            }
        }
        let listed = self.format != Format::Sequence;
        match self.skip_to_value()? {
            Some(b'{') => self.object().map(Some),
            Some(b']') if listed => Ok(None),
            None if !listed => Ok(None),
            None => Ok(Some(Element::Broken("the file ends in the middle of its list".into()))),
            Some(other) => Ok(Some(Element::Broken(format!(
                "here stands {}, where an object should begin",
                char::from(other).escape_default()
            )))),
        }
    }

    /// Steps over what stands before the first object; `Some` says why there is none.
    fn enter(&mut self) -> io::Result<Option<String>> {
        match self.format {
            Format::Array => {
                self.skip_to_value()?;
                self.step()?;
                Ok(None)
            }
            Format::Wrapped => self.enter_list(),
            _ => Ok(None),
        }
    }

    /// Walks the members of the outer object up to the one that holds the list.
    fn enter_list(&mut self) -> io::Result<Option<String>> {
        self.skip_to_value()?;
        self.step()?;
        loop {
            if self.skip_to_value()? != Some(b'"') {
                let names = WRAPPERS.join(", ");
                return Ok(Some(format!("the object holds no list of rows ({names})")));
            }
            let key = self.value(256)?;
            let key = key.map(|k| String::from_utf8_lossy(&k).trim_matches('"').to_owned());
            if self.skip_to_value()? == Some(b':') {
                self.step()?;
            }
            let starts = self.skip_to_value()?;
            if starts == Some(b'[') && key.as_deref().is_some_and(|k| WRAPPERS.contains(&k)) {
                self.step()?;
                return Ok(None);
            }
            let value = self.value(4 << 10)?;
            if key.as_deref() == Some("crs")
                && let Some(why) = foreign_crs(value.as_deref())
            {
                return Ok(Some(why));
            }
        }
    }

    /// The next byte that is not white space, a comma between values or a record separator.
    fn skip_to_value(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() && byte != b',' && byte != 0x1E {
                return Ok(Some(byte));
            }
            self.step()?;
        }
        Ok(None)
    }

    fn object(&mut self) -> io::Result<Element> {
        self.began = self.line;
        match self.value(MAX_ROW_BYTES)? {
            Some(bytes) if bytes.ends_with(b"}") => Ok(Element::Object(bytes)),
            Some(_) => Ok(Element::Broken(format!(
                "the file ends in the middle of the object that begins on line {}",
                self.began
            ))),
            None => Ok(Element::TooLong),
        }
    }

    /// Reads one JSON value to its end; `None` when it has more than `most` bytes.
    fn value(&mut self, most: usize) -> io::Result<Option<Vec<u8>>> {
        let mut kept = Vec::new();
        let mut too_long = false;
        let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
        while let Some(byte) = self.peek()? {
            let ends_scalar = depth == 0 && !quoted && matches!(byte, b',' | b'}' | b']' | b':');
            if ends_scalar {
                break;
            }
            self.step()?;
            if kept.len() < most {
                kept.push(byte);
            } else {
                too_long = true;
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b'{' | b'[' if !quoted => depth += 1,
                b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
                _ => continue,
            }
            if depth == 0 && !quoted {
                break;
            }
        }
        Ok((!too_long).then_some(kept))
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.from.fill_buf()?.first().copied())
    }

    fn step(&mut self) -> io::Result<()> {
        if self.peek()? == Some(b'\n') {
            self.line += 1;
        }
        self.from.consume(1);
        Ok(())
    }
}

/// Why coordinates in the reference system that a file names cannot be taken, if so.
fn foreign_crs(crs: Option<&[u8]>) -> Option<String> {
    let Some(crs) = crs else { return Some("its `crs` is too long to be one".to_owned()) };
    let crs = serde_json::from_slice(crs).unwrap_or_default();
    check_crs(&crs).err().map(|error| error.to_string())
}

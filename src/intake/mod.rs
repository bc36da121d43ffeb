//! Issues as cities publish them, read into [`crate::issue::Notice`]s.
//!
//! In reading order: `source` recognises what a file is by its content, `rows` turns any of the
//! formats into rows of named values, `columns` finds out which column means what, and `notices`
//! reads a row as a notice (with `reading` and `fields` for the row, `times`, `places`, `words` and
//! `version` for the values).
//!
//! The one rule: a row is either understood or refused with its line and field. Nothing is
//! guessed that a person could not guess from the row alone, and nothing is dropped in silence:
//! what is not understood as a field stays in the attributes.
//!
//! Reads from whatever it is given; opens nothing, asks no clock.

mod columns;
mod csv_rows;
mod elements;
mod fields;
mod gazetteer;
mod notices;
mod places;
mod reading;
mod rows;
mod source;
mod times;
mod version;
mod words;
mod xml_rows;

#[cfg(test)]
mod tests;

use std::io;

pub use columns::{Columns, Mapping, Role};
pub use gazetteer::{PlaceColumns, PlaceMapping};
pub use notices::{Notices, Read, Refusal, notices};
pub use reading::{Defaults, FieldError, parse_event, pointer_to};
pub use rows::{BadRow, Row, Rows};
pub use source::{Format, Source, recognise};

/// The most bytes that one row, line or feature may have. Memory in use stays near this, however
/// long the file is.
pub const MAX_ROW_BYTES: usize = 1 << 20;

const EXPECTED: &str = "give CSV with a header line, NDJSON, JSON, GeoJSON or Open311 XML";

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("this is {0}, not text; export it as CSV or GeoJSON")]
    NotText(&'static str),
    #[error(
        "the first line names no columns (it begins with “{0}”); a CSV file needs a header row"
    )]
    NoHeader(String),
    #[error(
        "the header has a quotation mark on line {0} that is never closed, so that the whole file is part of it"
    )]
    NeverClosed(u64),
    #[error("the file has no column “{wanted}”; it has: {present}")]
    NoSuchColumn { wanted: String, present: String },
    #[error("there is nothing in it; {EXPECTED}")]
    Nothing,
    #[error(
        "this is no list of issues: no column says {missing} (the first line is: {present}); \
         {EXPECTED}, or say which columns hold what with --map"
    )]
    NoIssues { missing: &'static str, present: String },
    #[error(
        "this is no list of points: no column says their {missing} (the first line is: {present}); \
         {EXPECTED}, or say which columns hold it with --map lon=COL,lat=COL"
    )]
    NoPoints { missing: &'static str, present: String },
    #[error("“{0}” is no mapping; write FIELD=COLUMN, with commas between")]
    NotAMapping(String),
    #[error("“{wanted}” is no field that a column can be mapped to; choose from {known}")]
    NoSuchField { wanted: String, known: String },
    #[error("the field “{0}” is mapped twice; name one column for it")]
    MappedTwice(String),
}

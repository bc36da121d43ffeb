//! The notices of a file, row by row.

use std::io::Read as Bytes;

use serde_json::Value;

use crate::issue::Notice;

use super::columns::{Columns, Mapping};
use super::reading::{Defaults, FieldError, read_row};
use super::rows::{BadRow, Row, Rows};
use super::source::{Format, Source};
use super::{IntakeError, recognise};

/// One row, read or refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// Where it begins in the unpacked file, from 1.
    pub line: u64,
    pub notice: Result<Notice, Refusal>,
}

/// Why a row is no notice.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", sentence(.reasons))]
pub struct Refusal {
    pub reasons: Vec<FieldError>,
    /// The row as it was, for `--refused`; null where it could not even be split into values.
    pub row: Value,
    /// Nothing after it can be read: the file is broken or cut off here.
    pub last: bool,
}

fn sentence(reasons: &[FieldError]) -> String {
    reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl From<BadRow> for Read {
    fn from(bad: BadRow) -> Self {
        let reason = FieldError { pointer: String::new(), detail: bad.reason };
        let refusal = Refusal { reasons: vec![reason], row: Value::Null, last: bad.last };
        Self { line: bad.line, notice: Err(refusal) }
    }
}

/// Reads issues from a file in any of the formats of [`Rows::open`], in order and in bounded
/// memory.
///
/// # Errors
/// When it cannot be read at all, or is CSV without a column that `mapping` names.
pub fn notices<'r>(
    from: impl Bytes + Send + 'r,
    mapping: Mapping,
    defaults: Defaults,
) -> Result<Notices<'r>, IntakeError> {
    Notices::of(recognise(from)?, mapping, defaults)
}

/// An iterator over [`Read`]s.
#[derive(Debug)]
pub struct Notices<'r> {
    rows: Rows<'r>,
    mapping: Mapping,
    defaults: Defaults,
    columns: Option<Columns>,
}

impl<'r> Notices<'r> {
    /// The notices of a file that was recognised already.
    ///
    /// # Errors
    /// As [`notices`].
    pub fn of(
        source: Source<'r>,
        mapping: Mapping,
        defaults: Defaults,
    ) -> Result<Self, IntakeError> {
        if source.format == Format::Empty {
            return Err(IntakeError::Nothing);
        }
        let rows = Rows::of(source)?;
        if let Some(header) = rows.header() {
            mapping.check(header)?;
            mapping.check_for_issues(header, &defaults)?;
        }
        Ok(Self { rows, mapping, defaults, columns: None })
    }

    fn read(&mut self, row: &Row) -> Read {
        let fitting = self.columns.take().filter(|columns| columns.fit(row));
        let columns = fitting.unwrap_or_else(|| self.mapping.columns(row));
        let notice = read_row(row, &columns, &self.defaults);
        self.columns = Some(columns);
        let refused = |reasons| Refusal { reasons, row: row.json(), last: false };
        Read { line: row.line, notice: notice.map_err(refused) }
    }
}

impl Iterator for Notices<'_> {
    type Item = Read;

    fn next(&mut self) -> Option<Read> {
        Some(match self.rows.next()? {
            Ok(row) => self.read(&row),
            Err(bad) => bad.into(),
        })
    }
}

//! The points to match: rows of any of the formats, each with an id and a place.

use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;

use super::MatchError;
use super::workers::CHUNK;
use crate::cli::files::{Meter, open_metered};
use crate::geometry::Position;
use crate::intake::{BadRow, Columns, Format, IntakeError, Mapping, Row, Rows, recognise};

/// What a person says about the columns of points.
#[derive(Clone, Debug, Default)]
pub(super) struct PointColumns {
    mapping: Mapping,
    /// Whether the column of ids is among them.
    names_id: bool,
}

impl FromStr for PointColumns {
    type Err = IntakeError;

    fn from_str(text: &str) -> Result<Self, IntakeError> {
        let mapping = text.parse()?;
        let fields = || text.split(',').filter_map(|pair| Some(pair.split_once('=')?.0.trim()));
        if let Some(other) = fields().find(|field| !FIELDS.contains(field)) {
            let known = FIELDS.join(", ");
            return Err(IntakeError::NoSuchField { wanted: other.to_owned(), known });
        }
        Ok(Self { mapping, names_id: fields().any(|field| field == "id") })
    }
}

/// What a point has, of all that an issue can.
const FIELDS: [&str; 4] = ["lon", "lat", "point", "id"];

/// A row as it came, and what it is called if it does not say.
pub(super) struct PointRow {
    nth: String,
    row: Result<(Row, Arc<Columns>), BadRow>,
    names_id: bool,
}

impl PointRow {
    #[cfg(test)]
    pub(super) fn unreadable(line: u64) -> Self {
        let bad = BadRow { line, reason: "nothing".into(), last: false };
        Self { nth: line.to_string(), row: Err(bad), names_id: false }
    }

    /// The input's own id; else its line, for formats that are not a point a line its number
    /// among the points.
    pub(super) fn id(&self) -> String {
        let own = self.row.as_ref().ok().and_then(|(row, columns)| {
            // A plain `id` is what people mean by one, before all that cities call so.
            let plain = (!self.names_id).then(|| row.get("id")).flatten();
            plain.map(String::from).or_else(|| columns.id(row))
        });
        own.unwrap_or_else(|| self.nth.clone())
    }

    /// Where it is, or a sentence that says why nobody knows.
    pub(super) fn position(&self) -> Result<Position, String> {
        let (row, columns) = self.row.as_ref().map_err(ToString::to_string)?;
        let wrong = |why: &dyn Display| format!("line {}: {why}", row.line);
        match columns.position(row).map_err(|why| wrong(&why))? {
            Some(at) => Position::on_earth(at.lon, at.lat).map_err(|why| wrong(&why)),
            None if columns.have_places() => Err(wrong(&"its longitude or latitude is blank")),
            None => Err(wrong(
                &"it has no longitude and latitude; if they stand in columns of other names, say \
                  --map lon=COL,lat=COL",
            )),
        }
    }

    /// On which line reading ended, when this is why.
    pub(super) fn cut_off(&self) -> Option<u64> {
        self.row.as_ref().err().filter(|bad| bad.last).map(|bad| bad.line)
    }
}

/// A file of points, recognised and ready to be read.
pub(super) struct Points {
    rows: Rows<'static>,
    columns: PointColumns,
    /// Whether each line is a point.
    by_line: bool,
    meter: Meter,
}

impl Points {
    /// # Errors
    /// When there is no such file, when it is none of the formats, or when its header lacks a
    /// mapped column.
    pub(super) fn open(path: &Path, columns: PointColumns) -> Result<Self, MatchError> {
        let no_such_file = |why| MatchError::NoSuchFile { path: path.to_owned(), why };
        let (from, meter) = open_metered(path).map_err(no_such_file)?;
        let unreadable = |why| MatchError::Points { path: path.to_owned(), why };
        let source = recognise(from).map_err(unreadable)?;
        let by_line = source.format == Format::Lines;
        let rows = Rows::of(source).map_err(unreadable)?;
        if let Some(header) = rows.header() {
            let mapping = &columns.mapping;
            mapping.check(header).map_err(unreadable)?;
            mapping.check_for_points(header).map_err(unreadable)?;
        }
        Ok(Self { rows, columns, by_line, meter })
    }

    pub(super) fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// Reads in a thread of its own, at most some chunks ahead.
    pub(super) fn read_in<'scope>(self, threads: &'scope Scope<'scope, '_>) -> Receiver<PointRow> {
        let (send, receive) = sync_channel(8 * CHUNK);
        threads.spawn(move || {
            let Self { rows, columns: PointColumns { mapping, names_id }, by_line, .. } = self;
            let mut known: Option<Arc<Columns>> = None;
            for (nth, row) in (1_u64..).zip(rows) {
                let line = row.as_ref().map_or_else(|bad| bad.line, |row| row.line);
                let row = row.map(|row| {
                    let fits = known.take().filter(|columns| columns.fit(&row));
                    let columns = fits.unwrap_or_else(|| Arc::new(mapping.columns(&row)));
                    known = Some(Arc::clone(&columns));
                    (row, columns)
                });
                let nth = if by_line { line } else { nth }.to_string();
                if send.send(PointRow { nth, row, names_id }).is_err() {
                    // Nobody wants more.
                    return;
                }
            }
        });
        receive
    }
}

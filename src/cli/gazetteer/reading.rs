//! A file of addresses or streets, row by row; what cannot be taken is said and counted.

use std::io::Read;

use crate::cli::run::say;
use crate::gazetteer::{AddressPoint, StreetLine};
use crate::geometry::{Envelope, Position};
use crate::intake::{BadRow, PlaceColumns, PlaceMapping, Row, Rows};
use crate::store::GazetteerKind;

/// What was read together.
#[derive(Debug)]
pub(super) enum Entries {
    Addresses(Vec<AddressPoint>),
    Streets(Vec<StreetLine>),
}

impl Entries {
    pub fn len(&self) -> usize {
        match self {
            Self::Addresses(some) => some.len(),
            Self::Streets(some) => some.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What has become of the rows so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub read: u64,
    pub refused: u64,
    /// They lie in another city.
    pub outside: u64,
}

/// So many lines of refusals are shown.
const SHOWN: u64 = 20;

pub(super) struct Reading {
    rows: Rows<'static>,
    /// What was read to tell the kind.
    next: Option<Result<Row, BadRow>>,
    kind: GazetteerKind,
    mapping: PlaceMapping,
    columns: Option<PlaceColumns>,
    within: Option<Envelope>,
    count: Count,
    cut_off: Option<u64>,
}

impl Reading {
    /// Tells from the first row what the file holds, unless that is said.
    pub fn open(
        file: impl Read + Send + 'static,
        kind: Option<GazetteerKind>,
        mapping: PlaceMapping,
    ) -> Result<Self, String> {
        let mut rows = Rows::open(file).map_err(|why| why.to_string())?;
        // A broken first row says nothing of the others.
        let mut first = rows.next();
        let mut before = vec![];
        while let Some(Err(bad)) = first {
            let last = bad.last;
            before.push(bad);
            first = if last { None } else { rows.next() };
        }
        let Some(Ok(row)) = first else {
            let why = before.first().map(ToString::to_string);
            return Err(why.unwrap_or_else(|| "there are no rows in it".to_owned()));
        };
        let columns = mapping.columns(&row).map_err(|why| why.to_string())?;
        let guessed = if columns.look_like_streets(&row) {
            GazetteerKind::Streets
        } else {
            GazetteerKind::Addresses
        };
        let kind = kind.unwrap_or(guessed);
        let lacks = match kind {
            GazetteerKind::Addresses => columns.lacks_for_addresses(),
            GazetteerKind::Streets => columns.lacks_for_streets(),
        };
        if let Some(lacks) = lacks {
            let present: String = row.keys().join(", ").chars().take(200).collect();
            return Err(format!(
                "this is no list of {}: no column says {lacks} (it has: {present}); say which do \
                 with --map, or what it is with --kind",
                kind.name()
            ));
        }
        let mut reading = Self {
            rows,
            next: Some(Ok(row)),
            kind,
            mapping,
            columns: Some(columns),
            within: None,
            count: Count::default(),
            cut_off: None,
        };
        for bad in before {
            reading.count.read += 1;
            reading.refuse(bad.line, &bad.reason);
        }
        Ok(reading)
    }

    /// Rows outside of this are of another city.
    pub fn keep_within(&mut self, bounds: Option<Envelope>) {
        self.within = bounds;
    }

    pub fn kind(&self) -> GazetteerKind {
        self.kind
    }

    pub fn count(&self) -> Count {
        self.count
    }

    /// The line after which nothing could be read.
    pub fn cut_off(&self) -> Option<u64> {
        self.cut_off
    }

    /// The next entries, about so many; none when the file has ended.
    pub fn next(&mut self, many: usize) -> Result<Entries, String> {
        let (mut addresses, mut streets) = (vec![], vec![]);
        while addresses.len() + streets.len() < many {
            let Some(row) = self.next.take().or_else(|| self.rows.next()) else { break };
            self.count.read += 1;
            match row {
                Ok(row) => self.take(&row, &mut addresses, &mut streets)?,
                Err(bad) => {
                    self.refuse(bad.line, &bad.reason);
                    if bad.last {
                        self.cut_off = Some(bad.line);
                    }
                }
            }
        }
        Ok(match self.kind {
            GazetteerKind::Addresses => Entries::Addresses(addresses),
            GazetteerKind::Streets => Entries::Streets(streets),
        })
    }

    fn take(
        &mut self,
        row: &Row,
        addresses: &mut Vec<AddressPoint>,
        streets: &mut Vec<StreetLine>,
    ) -> Result<(), String> {
        let columns = match self.columns.take().filter(|columns| columns.fit(row)) {
            Some(columns) => columns,
            None => self.mapping.columns(row).map_err(|why| why.to_string())?,
        };
        let is_within = |at: &Position| self.within.is_none_or(|within| within.contains(*at));
        let read = match self.kind {
            GazetteerKind::Addresses => columns.address(row).map(|address| {
                let kept = is_within(&address.at);
                addresses.extend(Some(address).filter(|_| kept));
                kept
            }),
            GazetteerKind::Streets => columns.street(row).map(|pieces| {
                let before = streets.len();
                let kept = |piece: &StreetLine| piece.line.iter().any(is_within);
                streets.extend(pieces.into_iter().filter(kept));
                streets.len() > before
            }),
        };
        self.columns = Some(columns);
        match read {
            Ok(true) => {}
            Ok(false) => self.count.outside += 1,
            Err(why) => self.refuse(row.line, &why),
        }
        Ok(())
    }

    fn refuse(&mut self, line: u64, why: &str) {
        self.count.refused += 1;
        match self.count.refused {
            ..=SHOWN => say(&format!("line {line} refused: {why}")),
            n if n == SHOWN + 1 => say("more like these are not shown"),
            _ => {}
        }
    }
}

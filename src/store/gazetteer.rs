//! The city's addresses and streets, as they were imported.
//!
//! An import is written in portions, under a number of its own, while the one before it still holds;
//! one small transaction lets it hold instead. So nobody waits for 600,000 rows, and nobody sees half
//! of them. What was replaced, or never came to its end, is taken away in portions too.

use super::{StoreError, Tx};
use crate::clock::Timestamp;
use crate::gazetteer::{AddressPoint, StreetLine};
use crate::geometry::Position;
use crate::issue::CityId;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GazetteerKind {
    Addresses,
    Streets,
}

impl GazetteerKind {
    /// The name in commands and in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Addresses => "addresses",
            Self::Streets => "streets",
        }
    }

    fn from_name(name: &str) -> Result<Self, StoreError> {
        match name {
            "addresses" => Ok(Self::Addresses),
            "streets" => Ok(Self::Streets),
            _ => Err(StoreError::Unreadable("the kind of an import")),
        }
    }
}

/// An import that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct GazetteerImport {
    pub import_no: i64,
    pub source: String,
    pub kind: GazetteerKind,
    pub origin: String,
    pub entries: i64,
    pub imported_at: Timestamp,
}

/// Rows that are read or taken away together.
const TOGETHER: i64 = 20_000;

/// The counter of all that changes here.
const CHANGES: &str = "gazetteer";

impl Tx {
    /// A number that changes whenever an import begins or ends to hold.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn gazetteer_version(&mut self, city: CityId) -> Result<i64, StoreError> {
        self.last_number(city, CHANGES).await
    }

    /// The imports that hold, by source.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn gazetteer(&mut self, city: CityId) -> Result<Vec<GazetteerImport>, StoreError> {
        let rows = rows!(
            self,
            (i64, String, String, String, i64, i64),
            "SELECT import_no, source, kind, origin, entries, imported_at FROM gazetteer_import
             WHERE city_id = $1 AND state = 'holds'",
            city.0
        )?;
        let row = |row: (i64, String, String, String, i64, i64)| {
            Ok(GazetteerImport {
                import_no: row.0,
                source: row.1,
                kind: GazetteerKind::from_name(&row.2)?,
                origin: row.3,
                entries: row.4,
                imported_at: Timestamp::from_millis(row.5),
            })
        };
        let mut imports: Vec<_> = rows.into_iter().map(row).collect::<Result<_, StoreError>>()?;
        imports.sort_by(|a, b| a.source.cmp(&b.source));
        Ok(imports)
    }

    /// Begins an import and gives its number. Whatever of the same source was begun before and does not
    /// hold is given up.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_gazetteer_import(
        &mut self,
        city: CityId,
        source: &str,
        kind: GazetteerKind,
        origin: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let import_no = self.take_numbers(city, "gazetteer-import", 1).await?;
        self.give_up_gazetteer_import(city, source).await?;
        run!(
            self,
            "INSERT INTO gazetteer_import
                (city_id, import_no, source, kind, state, origin, entries, imported_at)
             VALUES ($1, $2, $3, $4, 'loading', $5, 0, $6)",
            city.0,
            import_no,
            source,
            kind.name(),
            origin,
            now.as_millis()
        )?;
        Ok(import_no)
    }

    /// Gives up what of a source was begun and does not hold.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn give_up_gazetteer_import(
        &mut self,
        city: CityId,
        source: &str,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE gazetteer_import SET state = 'gone'
             WHERE city_id = $1 AND source = $2 AND state = 'loading'",
            city.0,
            source
        )?;
        Ok(())
    }

    /// Writes addresses of an import that was begun, the first of them under this number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_addresses(
        &mut self,
        city: CityId,
        import_no: i64,
        first: i64,
        addresses: &[AddressPoint],
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = (first..).zip(addresses).collect();
        write_rows!(
            self,
            "INSERT INTO gazetteer_address
                (city_id, import_no, address_no, number, street, lon, lat) ",
            rows,
            |row| [
                city.0,
                import_no,
                row.0,
                &row.1.number,
                &row.1.street,
                row.1.at.lon,
                row.1.at.lat
            ],
            ""
        );
        Ok(())
    }

    /// Writes pieces of streets of an import that was begun, the first of them under this number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_streets(
        &mut self,
        city: CityId,
        import_no: i64,
        first: i64,
        streets: &[StreetLine],
    ) -> Result<(), StoreError> {
        let number = |side: Option<(u32, u32)>, last: bool| {
            side.map(|(from, to)| i64::from(if last { to } else { from }))
        };
        let rows: Vec<_> = (first..).zip(streets).collect();
        write_rows!(
            self,
            "INSERT INTO gazetteer_street (city_id, import_no, street_no, name, line,
                left_from, left_to, right_from, right_to) ",
            rows,
            |row| [
                city.0,
                import_no,
                row.0,
                &row.1.name,
                text_of(&row.1.line),
                number(row.1.left, false),
                number(row.1.left, true),
                number(row.1.right, false),
                number(row.1.right, true),
            ],
            ""
        );
        Ok(())
    }

    /// Lets an import hold in place of the one of the same source. Gives whether it does: not when
    /// another of that source was begun after it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn let_gazetteer_hold(
        &mut self,
        city: CityId,
        import_no: i64,
        entries: i64,
    ) -> Result<bool, StoreError> {
        // First the lock, so that two that end at once come one after the other.
        self.take_numbers(city, CHANGES, 1).await?;
        run!(
            self,
            "UPDATE gazetteer_import SET state = 'gone'
             WHERE city_id = $1 AND state = 'holds' AND source IN
                (SELECT source FROM gazetteer_import
                 WHERE city_id = $1 AND import_no = $2 AND state = 'loading')",
            city.0,
            import_no
        )?;
        let held = run!(
            self,
            "UPDATE gazetteer_import SET state = 'holds', entries = $3
             WHERE city_id = $1 AND import_no = $2 AND state = 'loading'",
            city.0,
            import_no,
            entries
        )?;
        Ok(held == 1)
    }

    /// Takes away some of what holds no longer; gives whether there may be more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn clear_gazetteer(&mut self, city: CityId) -> Result<bool, StoreError> {
        let gone = row!(
            self,
            (Option<i64>,),
            "SELECT MIN(import_no) FROM gazetteer_import WHERE city_id = $1 AND state = 'gone'",
            city.0
        )?;
        let Some((Some(import_no),)) = gone else { return Ok(false) };
        let addresses = run!(
            self,
            "DELETE FROM gazetteer_address
             WHERE city_id = $1 AND import_no = $2 AND address_no IN
                (SELECT address_no FROM gazetteer_address
                 WHERE city_id = $1 AND import_no = $2 LIMIT $3)",
            city.0,
            import_no,
            TOGETHER
        )?;
        let streets = run!(
            self,
            "DELETE FROM gazetteer_street
             WHERE city_id = $1 AND import_no = $2 AND street_no IN
                (SELECT street_no FROM gazetteer_street
                 WHERE city_id = $1 AND import_no = $2 LIMIT $3)",
            city.0,
            import_no,
            TOGETHER
        )?;
        if addresses + streets == 0 {
            run!(
                self,
                "DELETE FROM gazetteer_import WHERE city_id = $1 AND import_no = $2",
                city.0,
                import_no
            )?;
        }
        Ok(true)
    }

    /// Addresses of an import behind this number, and the last one's number; none when all were read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn addresses_after(
        &mut self,
        city: CityId,
        import_no: i64,
        after: i64,
    ) -> Result<Option<(Vec<AddressPoint>, i64)>, StoreError> {
        let rows = rows!(
            self,
            (i64, String, String, f64, f64),
            "SELECT address_no, number, street, lon, lat FROM gazetteer_address
             WHERE city_id = $1 AND import_no = $2 AND address_no > $3
             ORDER BY address_no LIMIT $4",
            city.0,
            import_no,
            after,
            TOGETHER
        )?;
        let Some(last) = rows.last().map(|row| row.0) else { return Ok(None) };
        let address = |(_, number, street, lon, lat)| AddressPoint {
            number,
            street,
            at: Position { lon, lat },
        };
        Ok(Some((rows.into_iter().map(address).collect(), last)))
    }

    /// Pieces of streets of an import behind this number, and the last one's number; none when all
    /// were read.
    ///
    /// # Errors
    /// When the database does not answer, or holds a line that cannot be read.
    pub async fn streets_after(
        &mut self,
        city: CityId,
        import_no: i64,
        after: i64,
    ) -> Result<Option<(Vec<StreetLine>, i64)>, StoreError> {
        let rows = rows!(
            self,
            StreetRow,
            "SELECT street_no, name, line, left_from, left_to, right_from, right_to
             FROM gazetteer_street
             WHERE city_id = $1 AND import_no = $2 AND street_no > $3
             ORDER BY street_no LIMIT $4",
            city.0,
            import_no,
            after,
            TOGETHER
        )?;
        let Some(last) = rows.last().map(|row| row.street_no) else { return Ok(None) };
        let streets = rows.into_iter().map(StreetRow::read).collect::<Result<_, _>>()?;
        Ok(Some((streets, last)))
    }
}

row_struct! {
    struct StreetRow {
        street_no: i64,
        name: String,
        line: String,
        left_from: Option<i64>,
        left_to: Option<i64>,
        right_from: Option<i64>,
        right_to: Option<i64>,
    }
}

impl StreetRow {
    fn read(self) -> Result<StreetLine, StoreError> {
        let number = |number: Option<i64>| number.and_then(|n| u32::try_from(n).ok());
        let numbers: Vec<f64> = serde_json::from_str(&self.line)
            .map_err(|_| StoreError::Unreadable("the line of a street"))?;
        let corners = numbers.chunks_exact(2).map(|at| Position { lon: at[0], lat: at[1] });
        Ok(StreetLine {
            line: corners.collect(),
            left: number(self.left_from).zip(number(self.left_to)),
            right: number(self.right_from).zip(number(self.right_to)),
            name: self.name,
        })
    }
}

fn text_of(line: &[Position]) -> String {
    let numbers: Vec<f64> = line.iter().flat_map(|at| [at.lon, at.lat]).collect();
    serde_json::to_string(&numbers).unwrap_or_default()
}

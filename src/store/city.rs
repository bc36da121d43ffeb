//! Cities, and the numbers they hand out.

use super::{StoreError, Tx};
use crate::clock::{Timestamp, Zone};
use crate::geometry::Envelope;
use crate::issue::CityId;

/// A city that this instance serves.
#[derive(Clone, Debug, PartialEq)]
pub struct City {
    pub id: CityId,
    /// How commands and addresses name it: `default`, `chicago`.
    pub slug: String,
    pub name: String,
    pub zone: Zone,
    /// Of its pages, and of mails to whoever has not chosen one. A BCP 47 tag: `en`.
    pub language: String,
    /// Where an issue's place is believable.
    pub bounds: Option<Envelope>,
}

row_struct! {
    struct CityRow {
        city_id: i64,
        slug: String,
        name: String,
        timezone: String,
        language: String,
        west: Option<f64>,
        south: Option<f64>,
        east: Option<f64>,
        north: Option<f64>,
    }
}

impl CityRow {
    fn into_city(self) -> Result<City, StoreError> {
        let bounds = match (self.west, self.south, self.east, self.north) {
            (Some(west), Some(south), Some(east), Some(north)) => {
                Some(Envelope { west, south, east, north })
            }
            _ => None,
        };
        Ok(City {
            id: CityId(self.city_id),
            slug: self.slug,
            name: self.name,
            zone: self.timezone.parse().map_err(|_| StoreError::Unreadable("city.timezone"))?,
            language: self.language,
            bounds,
        })
    }
}

impl Tx {
    /// Whether this database has been made ready to hold cities.
    pub(super) async fn has_cities(&mut self) -> Result<bool, StoreError> {
        let sql = match self {
            Self::Sqlite(..) => {
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'city'"
            }
            Self::Postgres(..) => {
                "SELECT COUNT(*) FROM information_schema.tables
                 WHERE table_name = 'city' AND table_schema = ANY (current_schemas(false))"
            }
        };
        let found = row!(self, (i64,), sql)?;
        Ok(found.is_some_and(|(tables,)| tables > 0))
    }

    /// All cities, the first one first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn cities(&mut self) -> Result<Vec<City>, StoreError> {
        let rows = rows!(
            self,
            CityRow,
            "SELECT city_id, slug, name, timezone, language, west, south, east, north
             FROM city ORDER BY city_id"
        )?;
        rows.into_iter().map(CityRow::into_city).collect()
    }

    /// Adds a city; one with this slug stays as it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_city(
        &mut self,
        slug: &str,
        name: &str,
        zone: &Zone,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO city (city_id, slug, name, timezone, language, created_at)
             SELECT COALESCE(MAX(city_id), 0) + 1, $1, $2, $3, 'en', $4 FROM city WHERE true
             ON CONFLICT (slug) DO NOTHING",
            slug,
            name,
            zone.name(),
            now.as_millis()
        )?;
        Ok(())
    }

    /// Changes how a city is called, which clocks it keeps and which language it speaks.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn name_city(&mut self, city: &City) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE city SET name = $2, timezone = $3, language = $4 WHERE city_id = $1",
            city.id.0,
            &city.name,
            city.zone.name(),
            &city.language
        )?;
        Ok(())
    }

    /// Sets the box in which the city's issues lie; without one they may lie anywhere.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_city_bounds(
        &mut self,
        city: CityId,
        bounds: impl Into<Option<Envelope>>,
    ) -> Result<(), StoreError> {
        let bounds = bounds.into();
        run!(
            self,
            "UPDATE city SET west = $2, south = $3, east = $4, north = $5 WHERE city_id = $1",
            city.0,
            bounds.map(|b| b.west),
            bounds.map(|b| b.south),
            bounds.map(|b| b.east),
            bounds.map(|b| b.north)
        )?;
        Ok(())
    }

    /// Takes the next `count` numbers of a counter and gives the first; counters begin at 1. Until
    /// this transaction ends nobody else can take from it, so `count` 0 serves as a lock.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_numbers(
        &mut self,
        city: CityId,
        counter: &str,
        count: usize,
    ) -> Result<i64, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let (last,) = row!(
            self,
            (i64,),
            "INSERT INTO counter (city_id, name, value) VALUES ($1, $2, $3)
             ON CONFLICT (city_id, name) DO UPDATE SET value = counter.value + $3
             RETURNING value",
            city.0,
            counter,
            count
        )?
        .ok_or(StoreError::Unreadable("counter"))?;
        Ok(last - count + 1)
    }

    /// The last number that a counter gave out; 0 before the first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn last_number(&mut self, city: CityId, counter: &str) -> Result<i64, StoreError> {
        let last = row!(
            self,
            (i64,),
            "SELECT value FROM counter WHERE city_id = $1 AND name = $2",
            city.0,
            counter
        )?;
        Ok(last.map_or(0, |(value,)| value))
    }
}

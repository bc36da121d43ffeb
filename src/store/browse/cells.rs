//! What a map shows: issues one by one, or how many lie where, of more than anybody can tell apart.

use super::super::{StoreError, Tx};
use super::{BETWEEN, LOOKED_THROUGH, Mark, Order, View, Way, asked, behind, in_order};
use crate::clock::Timestamp;
use crate::geometry::Envelope;
use crate::issue::{CityId, Status};

/// Issues that lie side by side, as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub lon: f64,
    pub lat: f64,
    pub issues: i64,
}

/// All that lie in a box.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grouped {
    pub groups: Vec<Group>,
    /// Only the latest were looked through.
    pub unfinished: bool,
}

/// An issue, and no more of it than a map shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    pub number: String,
    pub category: String,
    pub address: String,
    pub status: Status,
    pub lon: f64,
    pub lat: f64,
}

type DotRow = (String, String, String, String, f64, f64);

/// Those that lie in a box, the latest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dots {
    pub dots: Vec<Dot>,
    /// There are more, which are older.
    pub unfinished: bool,
}

/// The levels of `issue_cell`, the coarsest first.
const LEVELS: [u32; 4] = [12, 14, 16, 18];
/// A guess looks at no more cells than this in a row.
const A_ROW: f64 = 64.0;
/// What is grouped as it is asked for is looked for among so many.
const GROUPED: i64 = 2 * LOOKED_THROUGH;
/// A ward with no more than this is grouped as a whole.
const A_WARD: i64 = LOOKED_THROUGH;

/// The level whose cells are 32 to 64 pixels wide at a zoom of a web map; `None` where every issue has
/// room of its own.
fn level_at(zoom: u32) -> Option<u32> {
    LEVELS.into_iter().find(|level| zoom + 2 <= *level)
}

/// Cells to a degree.
fn cells_a_degree(level: u32) -> f64 {
    f64::from(1_u32 << level) / 360.0
}

#[expect(clippy::cast_possible_truncation, reason = "at most 2^18 cells")]
fn cell(degrees: f64, level: u32) -> i64 {
    (degrees * cells_a_degree(level)) as i64
}

/// The finest level with at most so many cells in a row of the box.
fn finest(bbox: Envelope, cells: f64) -> u32 {
    let wide = (bbox.east - bbox.west).max(bbox.north - bbox.south);
    let fits = |level: &u32| wide * cells_a_degree(*level) <= cells;
    LEVELS.into_iter().rev().find(fits).unwrap_or(LEVELS[0])
}

impl Tx {
    /// About how many issues lie in a box, never too few by a cell: a look at a handful of rows.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn about_in(&mut self, city: CityId, bbox: Envelope) -> Result<i64, StoreError> {
        let rows = self.cells(city, bbox, finest(bbox, A_ROW), None).await?;
        Ok(rows.iter().map(|group| group.issues).sum())
    }

    /// What lies in a box, by cells as wide as the zoom has room for; `None` where every issue has room of
    /// its own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn grouped(
        &mut self,
        city: CityId,
        view: &View,
        bbox: Envelope,
        zoom: u32,
    ) -> Result<Option<Grouped>, StoreError> {
        let Some(level) = level_at(zoom) else { return Ok(None) };
        let level = level.min(finest(bbox, 4.0 * A_ROW));
        let counted = View { bbox: None, open: None, ..view.clone() } == View::default();
        if counted {
            let groups = self.cells(city, bbox, level, view.open).await?;
            return Ok(Some(Grouped { groups, unfinished: false }));
        }
        let view = View { bbox: Some(bbox), ..view.clone() };
        self.group(city, &view, level).await.map(Some)
    }

    /// The issues of a view with a box, one by one, at most so many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn dots(
        &mut self,
        city: CityId,
        view: &View,
        limit: i64,
    ) -> Result<Dots, StoreError> {
        let order = Order::Newest;
        let (way, until) = self.look(city, view, order, None).await?;
        let mut sql = format!(
            "SELECT number, category, address, status, lon, lat FROM issue WHERE {}",
            view.conditions(order, way)
        );
        if until.is_some() {
            sql += &behind(order, 16, ">=");
        }
        sql += &in_order(order, way);
        sql += " LIMIT $19";
        // One more than is shown tells whether there are more.
        let mut rows = asked!(rows, self, DotRow, sql, city, view, None, until, limit + 1)?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let unfinished = until.is_some() || rows.len() > most;
        rows.truncate(most);
        let dot = |(number, category, address, status, lon, lat): DotRow| {
            let status = Status::from_name(&status);
            let status = status.ok_or(StoreError::Unreadable("issue.status"))?;
            Ok(Dot { number, category, address, status, lon, lat })
        };
        let dots: Result<Vec<Dot>, StoreError> = rows.into_iter().map(dot).collect();
        Ok(Dots { dots: dots?, unfinished })
    }

    /// The cells of a box, as they are kept.
    async fn cells(
        &mut self,
        city: CityId,
        bbox: Envelope,
        level: u32,
        open: Option<bool>,
    ) -> Result<Vec<Group>, StoreError> {
        // A row of cells at a time, for the key goes from south to north first.
        let rows = rows!(
            self,
            (i64, i64, i64),
            "WITH RECURSIVE line (y) AS (
                SELECT $3 UNION ALL SELECT line.y + 1 FROM line WHERE line.y < $4
             )
             SELECT CAST(SUM(c.issues) AS BIGINT), CAST(SUM(c.lon_sum) AS BIGINT),
                CAST(SUM(c.lat_sum) AS BIGINT)
             FROM line JOIN issue_cell c ON c.city_id = $1 AND c.level = $2 AND c.cell_y = line.y
                AND c.cell_x BETWEEN $5 AND $6
             WHERE $7 IS NULL OR c.is_open = $7
             GROUP BY c.cell_y, c.cell_x HAVING SUM(c.issues) > 0",
            city.0,
            i64::from(level),
            cell(bbox.south + 90.0, level),
            cell(bbox.north + 90.0, level),
            cell(bbox.west + 180.0, level),
            cell(bbox.east + 180.0, level),
            open.map(i64::from)
        )?;
        let middle = |sum: i64, issues: i64| sum as f64 / issues as f64 / 1e6;
        let group = |(issues, lon, lat)| Group {
            lon: middle(lon, issues) - 180.0,
            lat: middle(lat, issues) - 90.0,
            issues,
        };
        Ok(rows.into_iter().map(group).collect())
    }

    /// What answers a view, put into cells as it is read.
    async fn group(
        &mut self,
        city: CityId,
        view: &View,
        level: u32,
    ) -> Result<Grouped, StoreError> {
        let order = Order::Newest;
        let way = self.way(city, view, A_WARD).await?;
        // One category is read from its own index, which holds few enough.
        let until = match way {
            Way::Order if view.number().is_none() && view.categories.len() != 1 => {
                self.end_of_look(city, view, order, None, GROUPED).await?
            }
            _ => None,
        };
        let mut sql = format!(
            "SELECT COUNT(*), AVG(lon), AVG(lat) FROM issue WHERE {}",
            view.conditions(order, way)
        );
        if until.is_some() {
            sql += &behind(order, 16, ">=");
        }
        sql += " GROUP BY CAST(lat * $19 AS BIGINT), CAST(lon * $19 AS BIGINT)";
        let cells = cells_a_degree(level);
        let rows = asked!(rows, self, (i64, f64, f64), sql, city, view, None, until, cells)?;
        let group = |(issues, lon, lat)| Group { lon, lat, issues };
        let groups = rows.into_iter().map(group).collect();
        Ok(Grouped { groups, unfinished: until.is_some() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_as_wide_on_the_screen_at_every_zoom() {
        for zoom in 9..=16 {
            let level = level_at(zoom).unwrap();
            let pixels = 256.0 * (f64::from(zoom) - f64::from(level)).exp2();
            assert!((32.0..=64.0).contains(&pixels), "zoom {zoom}: {pixels}");
        }
        assert_eq!((level_at(0), level_at(17)), (Some(12), None));
    }
}

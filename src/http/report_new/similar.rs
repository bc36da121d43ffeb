//! What is open near the place of a report, of the same kind: mostly it is the same thing.

use std::time::Duration;

use super::super::Problem;
use super::Writing;
use super::form::Filled;
use crate::geometry::Envelope;
use crate::issue::{Category, Issue};
use crate::store::Nearby;

/// How near: from one end of a house to the other of the next.
const NEAR_M: f64 = 60.0;

/// How long ago.
const LATELY: Duration = Duration::from_hours(24 * 30);

/// How many are shown; nobody reads on.
const SHOWN: usize = 3;

/// An issue that may be the same.
pub struct Similar {
    pub number: String,
    pub category: String,
    pub place: String,
    pub description: String,
    /// How far from the place of the report.
    pub away: String,
    pub when: String,
    pub iso: String,
    /// HTML.
    pub status: String,
}

/// The nearest issues that may be the same.
///
/// # Errors
/// When the database does not answer.
pub async fn find(writing: &Writing, filled: &Filled) -> Result<Vec<Similar>, Problem> {
    let Some(at) = filled.at() else { return Ok(vec![]) };
    let point = Envelope { west: at.lon, south: at.lat, east: at.lon, north: at.lat };
    let now = writing.doors.engine().clock().now();
    let category = Category::from(filled.category.as_str());
    let mut found: Vec<(f64, Issue)> = vec![];
    for within in point.grown_m(NEAR_M) {
        let near = Nearby { within, category: &category, since: now.minus(LATELY) };
        let mut tx = writing.doors.engine().store().read().await?;
        for issue in tx.open_nearby(writing.city.id, &near).await? {
            let away = issue.standing.position.map(|there| at.distance_m(there));
            found.extend(away.filter(|away| *away <= NEAR_M).map(|away| (away, issue)));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let (frame, units) = (writing.frame(), writing.doors.inner.units);
    let similar = |(away, issue): (f64, Issue)| Similar {
        away: frame.words.distance(away, units),
        when: frame.words.moment(issue.standing.opened_at, now, &writing.city.zone),
        iso: issue.standing.opened_at.to_string(),
        status: frame.status(issue.standing.status),
        number: issue.number,
        category: issue.standing.category.to_string(),
        place: issue.standing.address,
        description: issue.standing.description.chars().take(300).collect(),
    };
    Ok(found.into_iter().take(SHOWN).map(similar).collect())
}

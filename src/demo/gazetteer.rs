//! The demo city's own streets, by which its visitors find addresses and corners.

use super::city::{DemoCity, Street};
use crate::engine::Engine;
use crate::gazetteer::StreetLine;
use crate::store::{City, GazetteerKind, StoreError};

/// What its import is called.
const SOURCE: &str = "the demo";

/// Loads the streets, unless a demo before has done so.
///
/// # Errors
/// When the store cannot be used.
pub(super) async fn fill(
    engine: &Engine,
    city: &City,
    streets: &DemoCity,
) -> Result<(), StoreError> {
    let mut tx = engine.store().write().await?;
    if !tx.gazetteer(city.id).await?.is_empty() {
        return Ok(());
    }
    let (kind, now) = (GazetteerKind::Streets, engine.clock().now());
    let import = tx.begin_gazetteer_import(city.id, SOURCE, kind, SOURCE, now).await?;
    let lines: Vec<StreetLine> = streets.streets.iter().map(line).collect();
    tx.put_streets(city.id, import, 0, &lines).await?;
    tx.let_gazetteer_hold(city.id, import, i64::try_from(lines.len()).unwrap_or(0)).await?;
    tx.commit().await
}

/// Even numbers stand to the right of the street's direction, odd ones to the left.
fn line(street: &Street) -> StreetLine {
    let Street { from, to, .. } = *street;
    StreetLine {
        name: street.full_name(),
        line: street.line.clone(),
        left: Some((from | 1, if to % 2 == 1 { to } else { to.saturating_sub(1) })),
        right: Some((from + from % 2, to - to % 2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gazetteer::{Builder, Kind};

    #[test]
    fn its_addresses_and_corners_are_found_and_lead_back() {
        let city = DemoCity::embedded().unwrap();
        let mut builder = Builder::default();
        for street in &city.streets {
            assert!(builder.street(&line(street)), "{}", street.full_name());
        }
        let gazetteer = builder.build();
        let hit = gazetteer.search("1214 north alder avenue", 5).remove(0);
        assert_eq!((&*hit.label, hit.kind), ("1214 N Alder Ave", Kind::Interpolated));
        let near = gazetteer.nearest(hit.at).unwrap();
        assert_eq!(near.label, hit.label);
        let theirs = city.find_address("1214 N Alder Ave").unwrap();
        assert!(theirs.distance_m(hit.at) < 25.0, "both put it on one block");
        let corner = gazetteer.search("corner of mill and alder", 5).remove(0);
        assert_eq!((&*corner.label, corner.kind), ("W Mill St & N Alder Ave", Kind::Corner));
    }
}

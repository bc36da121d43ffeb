//! The demo city's own streets, by which its visitors find addresses and corners.

use super::city::{DemoCity, Street};
use crate::engine::Engine;
use crate::gazetteer::StreetLine;
use crate::geometry::Position;
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
    let lines: Vec<StreetLine> = streets.streets.iter().flat_map(pieces).collect();
    tx.put_streets(city.id, import, 0, &lines).await?;
    tx.let_gazetteer_hold(city.id, import, i64::try_from(lines.len()).unwrap_or(0)).await?;
    tx.commit().await
}

/// A street, piece by piece: its numbers grow by as many from corner to corner of its line, however far
/// apart they are. Even ones stand to the right of its direction, odd ones to the left.
fn pieces(street: &Street) -> Vec<StreetLine> {
    let count = u32::try_from(street.line.len().saturating_sub(1)).unwrap_or(0).max(1);
    let number = |corner: u32| street.from + (street.to - street.from) * corner / count;
    let piece = |(ends, corner): (&[Position], u32)| {
        let last = number(corner + 1);
        let (first, last) = (number(corner), if corner + 1 == count { last } else { last - 1 });
        let side = |kind: u32| {
            let (from, to) = (first + (first + kind) % 2, last.saturating_sub((last + kind) % 2));
            (from <= to).then_some((from, to))
        };
        StreetLine { name: street.full_name(), line: ends.to_vec(), left: side(1), right: side(0) }
    };
    street.line.windows(2).zip(0..).map(piece).collect()
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
            let pieces = pieces(street);
            assert!(pieces.iter().all(|piece| builder.street(piece)), "{}", street.full_name());
        }
        let gazetteer = builder.build();
        let hit = gazetteer.search("1214 north alder avenue", 5).remove(0);
        assert_eq!((&*hit.label, hit.kind), ("1214 N Alder Ave", Kind::Interpolated));
        let near = gazetteer.nearest(hit.at).unwrap();
        assert_eq!(near.label, hit.label);
        let theirs = city.find_address("1214 N Alder Ave").unwrap();
        assert!(theirs.distance_m(hit.at) < 15.0, "both put it on one spot");
        let corner = gazetteer.search("corner of mill and alder", 5).remove(0);
        assert_eq!((&*corner.label, corner.kind), ("E Mill St & N Alder Ave", Kind::Corner));
    }
}

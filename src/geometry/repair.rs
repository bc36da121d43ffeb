//! Making an area of rings that are none, and saying what that changed.
//!
//! The one rule: a repair is kept only if the result passes the very test that the drawing failed.
//! Each outer ring covers what it winds around (non-zero), its holes are taken away, parts that
//! overlap are joined. Corners that were there before stay where they were to the last bit.

use std::fmt;

use geo::bool_ops::FillRule;
use geo::{BooleanOps, LineString, MultiPolygon};

use super::corners::Ring;
use super::planar::{OVERLAID, overlaid, polygon_m2, sphere_m2, union_all};
use super::polygon::Polygon;
use super::shape::Part;
use super::tangle::is_tangle;
use super::{Envelope, GeometryError, Position, Shape, validity};

/// Pieces and holes below this many square metres are what a slip of the mouse leaves behind.
const SPECK_M2: f64 = 1.0;

/// What was done to the rings of one Feature. Areas are square metres on the mean sphere; what the
/// drawing covered is counted by the even-odd rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repair {
    /// What was wrong and what became of it, each in a few words with its place.
    pub steps: Vec<String>,
    pub before_m2: f64,
    pub after_m2: f64,
    /// What only the drawing covered, and what only the result does.
    pub changed_m2: f64,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [before, after, changed] =
            [self.before_m2, self.after_m2, self.changed_m2].map(square_metres);
        write!(f, "{}, area {before} → {after} m², {changed} m² changed", self.steps.join("; "))
    }
}

/// A number of square metres as people write it: `1,234,567`, and `0.3` below ten.
#[must_use]
pub fn square_metres(area_m2: f64) -> String {
    if area_m2 > 0.0 && area_m2 < 9.95 {
        return if area_m2 < 0.05 { "less than 0.1".into() } else { format!("{area_m2:.1}") };
    }
    let digits = format!("{area_m2:.0}");
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

impl Repair {
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Takes the parts of one geometry, repaired where they need it.
    ///
    /// # Errors
    /// The flaw, when no valid area could be made of them, or they have too many corners or crossings
    /// to try.
    pub(super) fn polygons(&mut self, drawn: Vec<Polygon>) -> Result<Vec<Polygon>, GeometryError> {
        let flaw = match validity::check(&drawn) {
            Ok(()) => {
                let area: f64 = drawn.iter().map(Polygon::area_m2).sum();
                self.before_m2 += area;
                self.after_m2 += area;
                return Ok(drawn);
            }
            Err(flaw) => flaw,
        };
        let corners = drawn.iter().flat_map(Polygon::rings).map(Ring::len).sum();
        if corners > OVERLAID {
            return Err(GeometryError::TooFineToRepair { flaw: flaw.into(), corners });
        }
        if is_tangle(&drawn) {
            return Err(GeometryError::TooTangledToRepair(flaw.into()));
        }
        match overlaid(|| Mended::of(&drawn)).flatten() {
            Some(mended) => Ok(self.with(&flaw, mended)),
            None => Err(flaw),
        }
    }

    /// Notes what became of a flaw, and gives the parts.
    fn with(&mut self, flaw: &GeometryError, mended: Mended) -> Vec<Polygon> {
        self.steps.push(format!("{flaw} repaired"));
        if mended.specks > 0 {
            let (count, area) = (mended.specks, square_metres(mended.specks_m2));
            let noun = if count == 1 { "speck" } else { "specks" };
            self.steps.push(format!("{count} {noun} of {area} m² dropped"));
        }
        self.before_m2 += mended.before_m2;
        self.after_m2 += mended.parts.iter().map(Polygon::area_m2).sum::<f64>();
        self.changed_m2 += mended.changed_m2;
        mended.parts
    }
}

/// A drawing made valid.
struct Mended {
    parts: Vec<Polygon>,
    specks: usize,
    specks_m2: f64,
    before_m2: f64,
    changed_m2: f64,
}

impl Mended {
    fn of(drawn: &[Polygon]) -> Option<Self> {
        let before = union_all(&drawn.iter().map(even_odd).collect::<Vec<_>>());
        let mut after = union_all(&drawn.iter().map(wound).collect::<Vec<_>>());
        let (specks, specks_m2) = sweep_out_specks(&mut after);
        let parts = polygons(&after, &Corners::of(drawn)).filter(|all| !all.is_empty())?;
        let changed_m2 = sphere_m2(&before.xor(&after));
        Some(Self { parts, specks, specks_m2, before_m2: sphere_m2(&before), changed_m2 })
    }
}

impl Shape {
    /// One shape of several that are parts of the same area, as map programs write an area that
    /// lies in pieces. Parts that touch or overlap become one.
    #[must_use]
    pub fn join(mut shapes: Vec<Self>) -> Self {
        if shapes.len() == 1 {
            return shapes.remove(0);
        }
        let mut all = Self { parts: [].into(), exclusions: [].into(), one_geometry: false };
        let (mut parts, mut exclusions) = (vec![], vec![]);
        for shape in shapes {
            parts.extend(shape.parts);
            exclusions.extend(shape.exclusions);
        }
        let polygons = parts.iter().map(|part| match part {
            Part::Polygon(polygon) => Some(polygon.clone()),
            Part::Circle(_) => None,
        });
        // Circles, and what no overlay joins, stay beside each other: that is an area, too.
        if let Some(polygons) = polygons.collect::<Option<Vec<_>>>()
            && let Ok(joined) = Repair::default().polygons(polygons)
        {
            parts = joined.into_iter().map(Part::Polygon).collect();
            all.one_geometry = true;
        }
        Self { parts: parts.into(), exclusions: exclusions.into(), ..all }
    }
}

fn line(ring: Ring<'_>) -> LineString<f64> {
    ring.iter().map(|p| (p.lon, p.lat)).collect()
}

fn alone(ring: Ring<'_>) -> geo::Polygon<f64> {
    geo::Polygon::new(line(ring), vec![])
}

fn nothing() -> MultiPolygon<f64> {
    MultiPolygon::new(vec![])
}

/// What the drawing covers when every line crossed leads in or out, as map programs fill it.
fn even_odd(polygon: &Polygon) -> MultiPolygon<f64> {
    let mut rings = polygon.rings().map(line);
    let outer = rings.next().unwrap_or_else(|| LineString::new(vec![]));
    geo::Polygon::new(outer, rings.collect()).union_with_fill_rule(&nothing(), FillRule::EvenOdd)
}

/// All that the outer ring winds around, less all that the holes do.
fn wound(polygon: &Polygon) -> MultiPolygon<f64> {
    let around = |ring: Ring<'_>| alone(ring).union_with_fill_rule(&nothing(), FillRule::NonZero);
    let mut rings = polygon.rings();
    let outer = rings.next().map_or_else(nothing, around);
    let holes: Vec<_> = rings.map(around).collect();
    if holes.is_empty() { outer } else { outer.difference(&union_all(&holes)) }
}

/// Drops pieces and holes that are next to nothing; gives how many, and their square metres.
fn sweep_out_specks(pieces: &mut MultiPolygon<f64>) -> (usize, f64) {
    let (mut count, mut area) = (0, 0.0);
    let mut speck = |ring: &LineString<f64>| {
        let found = polygon_m2(&geo::Polygon::new(ring.clone(), vec![]));
        if found < SPECK_M2 {
            count += 1;
            area += found;
        }
        found < SPECK_M2
    };
    let kept = std::mem::take(&mut pieces.0).into_iter().filter_map(|piece| {
        let (outer, mut holes) = piece.into_inner();
        if speck(&outer) {
            return None;
        }
        holes.retain(|hole| !speck(hole));
        Some(geo::Polygon::new(outer, holes))
    });
    pieces.0 = kept.collect();
    (count, area)
}

/// The result as polygons that pass the test: with the corners of the drawing where they can be,
/// else as the overlay rounded them. `None` when neither does.
fn polygons(found: &MultiPolygon<f64>, corners: &Corners) -> Option<Vec<Polygon>> {
    let with = |place: &dyn Fn(Position) -> Position| -> Vec<Polygon> {
        let ring = |ring: &LineString<f64>| -> Option<Vec<Position>> {
            let at = ring.coords().map(|c| place(Position { lon: c.x, lat: c.y }));
            let mut at: Vec<_> = at.collect();
            at.dedup();
            (at.len() > 3).then_some(at)
        };
        let polygon = |piece: &geo::Polygon<f64>| {
            let outer = ring(piece.exterior())?;
            let holes = piece.interiors().iter().filter_map(ring);
            Polygon::new(std::iter::once(outer).chain(holes).collect())
        };
        found.iter().filter_map(polygon).collect()
    };
    let valid = |all: &Vec<Polygon>| validity::check(all).is_ok();
    let (back, rounded) = (with(&|at| corners.nearest(at)), || with(&|at| at));
    Some(back).filter(valid).or_else(|| Some(rounded()).filter(valid))
}

/// The corners of a drawing, to find the ones that an overlay has rounded.
struct Corners {
    sorted: Vec<Position>,
    /// How far, in degrees, rounding may have moved one.
    reach: f64,
}

impl Corners {
    fn of(drawn: &[Polygon]) -> Self {
        let mut sorted: Vec<Position> =
            drawn.iter().flat_map(Polygon::rings).flat_map(Ring::iter).collect();
        sorted.sort_by(|a, b| a.lon.total_cmp(&b.lon).then(a.lat.total_cmp(&b.lat)));
        let extent = Envelope::of(&sorted)
            .map_or(0.0, |all| (all.east - all.west).max(all.north - all.south));
        // The overlay counts in steps of a 2^30th of the extent.
        Self { sorted, reach: extent * 2.0_f64.powi(-27) }
    }

    fn nearest(&self, at: Position) -> Position {
        let from = self.sorted.partition_point(|corner| corner.lon < at.lon - self.reach);
        let off = |corner: &Position| (corner.lon - at.lon).abs().max((corner.lat - at.lat).abs());
        let near = self.sorted[from..].iter().take_while(|c| c.lon <= at.lon + self.reach);
        let nearest = near.min_by(|a, b| off(a).total_cmp(&off(b)));
        nearest.copied().filter(|corner| off(corner) <= self.reach).unwrap_or(at)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::geometry::{FeatureReader, FileLimits};

    /// The shape after repair, and what was said.
    fn mended(kind: &str, coordinates: &Value) -> Result<(Shape, Option<Repair>), GeometryError> {
        let text = json!({"type": kind, "coordinates": coordinates}).to_string();
        let limits = FileLimits::default();
        let reader = FeatureReader { limits: &limits, repair: true };
        let mut file = reader.read(text.as_bytes(), &mut |_| ()).unwrap();
        let feature = file.features.remove(0).map_err(|refused| refused.reason)?;
        let again = Shape::from_geojson(&feature.shape.to_geojson());
        assert_eq!(again.as_ref(), Ok(&feature.shape), "what is kept is valid");
        Ok((feature.shape, feature.repair))
    }

    fn square(west: f64, south: f64, side: f64) -> Value {
        let (east, north) = (west + side, south + side);
        json!([[west, south], [east, south], [east, north], [west, north], [west, south]])
    }

    fn covers(shape: &Shape, lon: f64, lat: f64) -> bool {
        shape.covers(Position { lon, lat })
    }

    #[test]
    fn a_bow_tie_becomes_its_two_halves() {
        let tie = json!([[[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]);
        let (shape, repair) = mended("Polygon", &tie).unwrap();
        let repair = repair.unwrap();
        assert_eq!(shape.parts(), 2);
        assert!(covers(&shape, 0.1, 0.5) && covers(&shape, 0.9, 0.5) && !covers(&shape, 0.5, 0.1));
        let told = repair.to_string();
        assert!(told.starts_with("self-intersection near 0.5,0.5 repaired, area 6,18"), "{told}");
        assert!(told.ends_with(" m², 0 m² changed"), "{told}");
    }

    #[test]
    fn of_a_tangle_nothing_is_made() {
        let ends = |n: u32| [f64::from(n), if n.is_multiple_of(2) { 0.0 } else { 40.0 }];
        let across = (0..40).map(ends);
        let along = (0..40).map(ends).map(|[x, y]| [y, x + 0.5]);
        let ring: Vec<[f64; 2]> = across.chain(along).chain([ends(0)]).collect();
        let refused = mended("Polygon", &json!([ring])).unwrap_err().to_string();
        assert!(refused.starts_with("self-intersection near "), "{refused}");
        assert!(refused.contains("cross"), "{refused}");
    }

    #[test]
    fn a_loop_that_is_wound_around_twice_is_kept_and_counted_as_a_change() {
        // A square whose line goes once more around its lower left quarter.
        let ring = json!([[
            [0.0, 0.0],
            [2.0, 0.0],
            [2.0, 2.0],
            [0.0, 2.0],
            [0.0, 0.0],
            [1.0, 0.0],
            [1.0, 1.0],
            [0.0, 1.0],
            [0.0, 0.0]
        ]]);
        let (shape, repair) = mended("Polygon", &ring).unwrap();
        assert!(covers(&shape, 0.5, 0.5) && covers(&shape, 1.5, 1.5));
        let Repair { before_m2, after_m2, changed_m2, .. } = repair.unwrap();
        assert!((changed_m2 / after_m2 - 0.25).abs() < 1e-3, "{changed_m2} of {after_m2}");
        assert!(((after_m2 - before_m2) / changed_m2 - 1.0).abs() < 1e-6);
    }

    #[test]
    fn what_has_no_area_is_dropped_by_name_and_the_rest_stays() {
        let spike = json!([[1.0, 1.0], [2.0, 2.0], [1.0, 1.0]]);
        let dot = json!([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]);
        let speck = square(0.5, 0.5, 1e-6);
        let crossing = square(3.5, 3.5, 1.0);
        let rings = json!([square(0.0, 0.0, 4.0), spike, dot, speck, crossing]);
        let (shape, repair) = mended("Polygon", &rings).unwrap();
        let told = repair.unwrap().to_string();
        for part in [
            "polygon 1, hole 1, which has no area (0 m²), dropped: it has 3 positions",
            "polygon 1, hole 2, which has no area (0 m²), dropped: it has only 1",
            "self-intersection near 3.5,4 repaired; 1 speck of less than 0.1 m² dropped",
        ] {
            assert!(told.contains(part), "{part} is not in: {told}");
        }
        assert!(covers(&shape, 0.500_000_5, 0.500_000_5) && !covers(&shape, 3.75, 3.75));
        assert!(!covers(&shape, 4.25, 4.25), "a hole beyond the edge takes nothing there");
    }

    #[test]
    fn an_open_ring_is_closed_and_a_valid_area_left_alone() {
        let open = json!([[[0, 0], [1, 0], [1, 1], [0, 1]]]);
        let (shape, repair) = mended("Polygon", &open).unwrap();
        assert!(covers(&shape, 0.5, 0.5));
        assert!(repair.unwrap().to_string().starts_with("polygon 1, outer ring closed, area"));
        let (_, repair) = mended("Polygon", &json!([square(0.0, 0.0, 1.0)])).unwrap();
        assert_eq!(repair, None);
    }

    #[test]
    fn an_enclave_that_hangs_on_the_outline_stays_out() {
        // One ring around both, in either direction, as shapefiles have it.
        let mut ring = vec![[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 5.0]];
        ring.extend([[3.0, 7.0], [3.0, 3.0], [0.0, 5.0], [0.0, 0.0]]);
        for _ in 0..2 {
            let (shape, repair) = mended("Polygon", &json!([ring])).unwrap();
            assert!(!covers(&shape, 2.0, 5.0) && covers(&shape, 5.0, 5.0), "{ring:?}");
            let Repair { before_m2, after_m2, changed_m2, .. } = repair.unwrap();
            assert!((after_m2 / before_m2 - 1.0).abs() < 1e-9 && changed_m2 < 1.0);
            ring.reverse();
        }
    }

    #[test]
    fn parts_that_overlap_are_joined() {
        let parts = json!([[square(0.0, 0.0, 2.0)], [square(1.0, 1.0, 2.0)]]);
        let (shape, repair) = mended("MultiPolygon", &parts).unwrap();
        assert_eq!(shape.parts(), 1);
        let Repair { before_m2, after_m2, changed_m2, .. } = repair.unwrap();
        assert!((after_m2 - before_m2).abs() < 1.0 && changed_m2 < 1.0, "{changed_m2}");
    }

    #[test]
    fn features_of_one_ward_are_joined_where_they_touch() {
        let part = |west: f64| {
            Shape::from_geojson(
                &json!({"type": "Polygon", "coordinates": [square(west, 0.0, 1.0)]}),
            )
            .unwrap()
        };
        let ward = Shape::join(vec![part(0.0), part(1.0), part(5.0)]);
        assert_eq!((ward.parts(), &ward.to_geojson()["type"]), (2, &json!("MultiPolygon")));
        let areas: f64 = [0.0, 1.0, 5.0].map(|west| part(west).area_m2()).iter().sum();
        assert!((ward.area_m2() / areas - 1.0).abs() < 1e-9);
    }

    #[test]
    fn corners_stay_where_they_were_to_the_last_bit() {
        let at = |lon: f64, lat: f64| json!([-87.65 + lon / 3.0, 41.88 + lat / 7.0]);
        let tie = json!([[at(0.0, 0.0), at(0.1, 0.1), at(0.1, 0.0), at(0.0, 0.1), at(0.0, 0.0)]]);
        let (shape, _) = mended("Polygon", &tie).unwrap();
        let corners = shape.outline().concat();
        for drawn in tie[0].as_array().unwrap() {
            let same = |p: &Position| json!([p.lon, p.lat]) == *drawn;
            assert!(corners.iter().any(same), "{drawn} is not in {corners:?}");
        }
    }

    #[test]
    fn what_no_repair_helps_is_refused_as_before() {
        let flat = json!([[[0, 0], [1, 1], [2, 2], [0, 0]]]);
        let told = mended("Polygon", &flat).unwrap_err().to_string();
        assert!(told.starts_with("edges lie on each other"), "{told}");
        let pole = json!([[[0, 80], [120, 80], [-120, 80], [0, 80]]]);
        assert!(matches!(mended("Polygon", &pole), Err(GeometryError::Jump { .. })));
    }

    #[test]
    fn a_ring_that_jumps_is_read_the_short_way() {
        let jump = json!([
            [[170, 0], [-170, 0], [-170, 9], [170, 9], [170, 0]],
            [[-178, 4], [-177, 4], [-177, 5], [-178, 4]]
        ]);
        let (shape, repair) = mended("Polygon", &jump).unwrap();
        assert!(covers(&shape, 175.0, 4.5) && covers(&shape, -175.0, 4.5));
        assert!(!covers(&shape, 0.0, 4.5) && !covers(&shape, -177.2, 4.5));
        let told = repair.unwrap().to_string();
        assert!(told.starts_with("polygon 1, outer ring read the short way"), "{told}");
    }

    #[test]
    fn square_metres_are_grouped_as_people_write_them() {
        let table = [
            (0.0, "0"),
            (0.01, "less than 0.1"),
            (7.04, "7.0"),
            (12.6, "13"),
            (999.9, "1,000"),
            (1_234_567.2, "1,234,567"),
        ];
        for (area, told) in table {
            assert_eq!(square_metres(area), told);
        }
    }
}

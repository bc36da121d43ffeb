//! Whether the areas of a layer cover their city once: the gaps between them and the overlaps.
//!
//! The one rule: what is narrower than a metre on average is a sliver, as rounding and tracing
//! leave along every border, and is counted, not listed; the notice tolerance bridges it.

use geo::{BooleanOps, InteriorPoint, LineString, MultiPolygon};

use super::planar::{flat, polygon_m2, union_all};
use super::{Envelope, Position, Shape};

/// Twice the area over the length of the outline: how wide a long strip is.
pub const SLIVER_M: f64 = 1.0;

/// How many gaps and how many overlaps are told one by one.
const LISTED: usize = 20;

/// How far from a gap's corner a ward's line may run and still be its edge, for overlays round.
const AT_THE_EDGE_M: f64 = 0.5;

/// How well the areas of a layer cover their city. A gap is what no area covers within the outline
/// of them all: also the land of another town that the city surrounds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    pub gaps: Stretches,
    pub overlaps: Stretches,
}

/// Gaps or overlaps. Areas are square metres on the mean sphere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stretches {
    /// The twenty largest at most, the largest first.
    pub largest: Vec<Stretch>,
    /// How many there are, slivers aside.
    pub count: usize,
    pub area_m2: f64,
    pub slivers: usize,
    pub slivers_m2: f64,
}

/// One gap between areas, or one overlap of two.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// A position in it.
    pub at: Position,
    pub area_m2: f64,
    /// The areas around the gap, or the two that overlap, as places in the list asked about.
    pub of: Vec<usize>,
}

/// Finds the gaps and overlaps of a layer's areas. `step` hears of each area that is done with.
///
/// Only areas whose boxes overlap are laid over each other, and all are joined once: n log n in
/// the corners for maps, whose areas have few neighbours.
#[must_use]
pub fn coverage(shapes: &[&Shape], step: &mut dyn FnMut()) -> Coverage {
    let mut plane: Vec<MultiPolygon<f64>> = shapes.iter().map(|shape| flat(shape)).collect();
    let mut boxes: Vec<Envelope> = plane.iter().map(bounds).collect();
    // Over the antimeridian, what lies east of it is drawn past 180.
    if boxes.iter().any(|b| b.east > 170.0) && boxes.iter().any(|b| b.west < -170.0) {
        for (area, bounds) in plane.iter_mut().zip(&mut boxes).filter(|(_, b)| b.east <= 0.0) {
            *area = geo::MapCoords::map_coords(area, |c| geo::coord! { x: c.x + 360.0, y: c.y });
            (bounds.west, bounds.east) = (bounds.west + 360.0, bounds.east + 360.0);
        }
    }
    Coverage { overlaps: overlaps(&plane, &boxes, step), gaps: gaps(shapes, &plane, &boxes) }
}

fn bounds(area: &MultiPolygon<f64>) -> Envelope {
    let corners = area.iter().flat_map(|piece| piece.exterior().coords());
    let corners: Vec<_> = corners.map(|c| at(*c)).collect();
    Envelope::of(&corners).unwrap_or(Envelope { west: 0.0, south: 0.0, east: 0.0, north: 0.0 })
}

fn overlaps(plane: &[MultiPolygon<f64>], boxes: &[Envelope], step: &mut dyn FnMut()) -> Stretches {
    let mut found = vec![];
    for (a, b) in neighbours(boxes, step) {
        for piece in plane[a].intersection(&plane[b]) {
            found.push((piece, [a.min(b), a.max(b)]));
        }
    }
    sorted(found, |_, both| both.to_vec())
}

/// Pairs of boxes that share more than an edge, by a sweep from west to east.
fn neighbours<'b>(
    boxes: &'b [Envelope],
    step: &'b mut dyn FnMut(),
) -> impl Iterator<Item = (usize, usize)> + 'b {
    let mut order: Vec<usize> = (0..boxes.len()).collect();
    order.sort_by(|&a, &b| boxes[a].west.total_cmp(&boxes[b].west));
    let mut open: Vec<usize> = vec![];
    order.into_iter().flat_map(move |new| {
        step();
        let bounds = &boxes[new];
        open.retain(|&one| boxes[one].east > bounds.west);
        let meets =
            |one: &usize| boxes[*one].south < bounds.north && boxes[*one].north > bounds.south;
        let met: Vec<_> = open.iter().copied().filter(meets).map(|one| (one, new)).collect();
        open.push(new);
        met
    })
}

fn gaps(shapes: &[&Shape], plane: &[MultiPolygon<f64>], boxes: &[Envelope]) -> Stretches {
    let whole = union_all(plane);
    let filled = |piece: &geo::Polygon<f64>| {
        MultiPolygon::new(vec![geo::Polygon::new(piece.exterior().clone(), vec![])])
    };
    let outline = union_all(&whole.iter().map(filled).collect::<Vec<_>>());
    let open = outline.difference(&whole).into_iter().map(|piece| (piece, ()));
    sorted(open.collect(), |piece, ()| around(piece, shapes, boxes))
}

/// The areas whose line runs through a corner of the gap.
fn around(gap: &geo::Polygon<f64>, shapes: &[&Shape], boxes: &[Envelope]) -> Vec<usize> {
    // A long gap has more corners than are needed to meet every neighbour.
    let every = gap.exterior().0.len().div_ceil(500);
    let corners: Vec<_> = gap.exterior().coords().step_by(every).map(|c| at(*c)).collect();
    let Some(bounds) = Envelope::of(&corners) else { return vec![] };
    let near = |one: &usize| {
        let theirs = &boxes[*one].stretched_m(AT_THE_EDGE_M);
        let meets = theirs.west <= bounds.east
            && theirs.east >= bounds.west
            && theirs.south <= bounds.north
            && theirs.north >= bounds.south;
        let touches = |corner: &Position| shapes[*one].within_m(corner.wrapped(), AT_THE_EDGE_M);
        meets && corners.iter().any(touches)
    };
    (0..shapes.len()).filter(near).collect()
}

/// Counts the pieces and lists the largest; `of` tells whose a listed one is.
fn sorted<W>(
    pieces: Vec<(geo::Polygon<f64>, W)>,
    of: impl Fn(&geo::Polygon<f64>, W) -> Vec<usize>,
) -> Stretches {
    let mut found = Stretches::default();
    let mut wide = vec![];
    for (piece, whose) in pieces {
        let area_m2 = polygon_m2(&piece);
        if 2.0 * area_m2 < SLIVER_M * outline_m(&piece) {
            found.slivers += 1;
            found.slivers_m2 += area_m2;
        } else {
            found.count += 1;
            found.area_m2 += area_m2;
            wide.push((area_m2, piece, whose));
        }
    }
    wide.sort_by(|a, b| b.0.total_cmp(&a.0));
    let listed = wide.into_iter().take(LISTED);
    found.largest = listed
        .map(|(area_m2, piece, whose)| {
            let inside = piece.interior_point().map_or(piece.exterior().0[0], |p| p.0);
            Stretch { at: at(inside).wrapped(), area_m2, of: of(&piece, whose) }
        })
        .collect();
    found
}

fn at(corner: geo::Coord<f64>) -> Position {
    Position { lon: corner.x, lat: corner.y }
}

fn outline_m(piece: &geo::Polygon<f64>) -> f64 {
    let length = |ring: &LineString<f64>| -> f64 {
        ring.lines().map(|side| at(side.start).distance_m(at(side.end))).sum()
    };
    length(piece.exterior()) + piece.interiors().iter().map(length).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A box of these sides, in thousandths of a degree at the equator: 111.2 metres each.
    fn area(west: f64, south: f64, east: f64, north: f64) -> Shape {
        let corners = [[west, south], [east, south], [east, north], [west, north], [west, south]];
        let ring: Vec<_> = corners.map(|[x, y]| [x / 1000.0, y / 1000.0]).into();
        Shape::from_geojson(&json!({"type": "Polygon", "coordinates": [ring]})).unwrap()
    }

    fn found(shapes: &[Shape]) -> Coverage {
        let mut steps = 0;
        let found = coverage(&shapes.iter().collect::<Vec<_>>(), &mut || steps += 1);
        assert_eq!(steps, shapes.len());
        found
    }

    /// How far from so many squares of a thousandth of a degree.
    fn off(area_m2: f64, squares: f64) -> f64 {
        (area_m2 / (111.195_08_f64.powi(2) * squares) - 1.0).abs()
    }

    #[test]
    fn wards_that_share_their_lines_cover_the_city_once() {
        let grid = (0..36).map(|i| (f64::from(i % 6), f64::from(i / 6)));
        let wards: Vec<_> = grid.map(|(x, y)| area(x, y, x + 1.0, y + 1.0)).collect();
        assert_eq!(found(&wards), Coverage::default());
    }

    #[test]
    fn a_gap_is_told_with_its_place_its_size_and_the_wards_around_it() {
        // A ring of four around a square of 4, far from a fifth.
        let wards = [
            area(0.0, 0.0, 6.0, 2.0),
            area(0.0, 4.0, 6.0, 6.0),
            area(0.0, 2.0, 2.0, 4.0),
            area(9.0, 0.0, 10.0, 1.0),
            area(4.0, 2.0, 6.0, 4.0),
        ];
        let Coverage { gaps, overlaps } = found(&wards);
        assert_eq!(overlaps, Stretches::default());
        let [gap] = &gaps.largest[..] else { panic!("{gaps:?}") };
        assert_eq!(gap.of, [0, 1, 2, 4]);
        assert!(off(gap.area_m2, 4.0) < 1e-6, "{gap:?}");
        assert!(wards.iter().all(|ward| !ward.covers(gap.at)), "{gap:?}");
    }

    #[test]
    fn overlaps_are_told_largest_first_and_slivers_are_counted() {
        // Half a metre of overlap along a border of a hundred is a sliver.
        let sliver = 0.5 / 111.195;
        let wards = [
            area(0.0, 0.0, 4.0, 4.0),
            area(3.0, 0.0, 6.0, 4.0),
            area(0.0, 3.5, 2.0, 9.0),
            area(6.0 - sliver, 0.0, 8.0, 1.0),
        ];
        let Coverage { gaps, overlaps } = found(&wards);
        assert_eq!(gaps, Stretches::default());
        let told: Vec<_> = overlaps.largest.iter().map(|one| one.of.clone()).collect();
        assert_eq!(told, [[0, 1], [0, 2]]);
        assert!(off(overlaps.largest[0].area_m2, 4.0) < 1e-6, "{overlaps:?}");
        assert!(off(overlaps.area_m2, 5.0) < 1e-6, "{overlaps:?}");
        assert_eq!((overlaps.count, overlaps.slivers), (2, 1));
        for one in &overlaps.largest {
            assert!(one.of.iter().all(|&ward| wards[ward].covers(one.at)), "{one:?}");
        }
    }

    #[test]
    fn a_gap_is_less_by_the_ward_that_lies_in_it() {
        let wards = [
            area(0.0, 0.0, 6.0, 1.0),
            area(0.0, 5.0, 6.0, 6.0),
            area(0.0, 1.0, 1.0, 5.0),
            area(5.0, 1.0, 6.0, 5.0),
            area(2.0, 2.0, 4.0, 4.0),
        ];
        let gaps = found(&wards).gaps;
        assert!(off(gaps.area_m2, 12.0) < 1e-6, "{gaps:?}");
        assert!(wards.iter().all(|ward| !ward.covers(gaps.largest[0].at)), "{gaps:?}");
    }

    #[test]
    fn only_the_twenty_largest_are_listed() {
        let wide = area(0.0, 0.0, 100.0, 1.0);
        let small = (0..30).map(|i| f64::from(3 * i)).map(|x| area(x, 0.0, x + 1.0, 1.0 + x));
        let wards: Vec<_> = std::iter::once(wide).chain(small).collect();
        let overlaps = found(&wards).overlaps;
        assert_eq!((overlaps.largest.len(), overlaps.count), (20, 30));
    }

    #[test]
    fn wards_meet_over_the_antimeridian() {
        let wards = [area(179_990.0, 0.0, 180_010.0, 9.0), area(-179_995.0, 0.0, -179_980.0, 9.0)];
        let overlaps = found(&wards).overlaps;
        assert_eq!(overlaps.count, 1, "{overlaps:?}");
        assert!(off(overlaps.area_m2, 45.0) < 1e-6, "{overlaps:?}");
        assert!(overlaps.largest[0].at.is_on_earth());
    }
}

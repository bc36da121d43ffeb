//! Every area that cities have published, asked about real places and about its own corners: the compiled
//! index and plain `rstar` and `geo` have to say the same. What GEOS and whole numbers say is compared by
//! `scripts/compare-real.sh`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use geo::{BoundingRect, Intersects};
use rstar::primitives::{GeomWithData, Rectangle};
use serde_json::Value;
use wardwatch::geometry::{FileLimits, Position, read_features};
use wardwatch::matching::{AreaChange, AreaId, AreaIndex};

const DATA: &str = "../shared/data";

#[test]
fn real_areas_hold_the_same_real_places_as_plain_rstar_and_geo_say() {
    compare(40);
}

#[test]
#[ignore = "every real place and every corner in each file"]
fn every_real_place_and_corner_is_where_plain_rstar_and_geo_say() {
    compare(1);
}

/// Asks about one in so many places and corners.
fn compare(one_in: usize) {
    if !Path::new(DATA).exists() {
        println!("passed over: {DATA} is not here");
        return;
    }
    let places = labelled();
    assert!(places.len() > 80_000, "the labelled places have become fewer");
    let (mut files, mut asked, mut held) = (0, 0, 0);
    for path in boundaries(&Path::new(DATA).join("boundaries")) {
        let Some(layer) = Layer::read(&path) else { continue };
        files += 1;
        let points = layer.corners.iter().chain(places.iter().filter(|at| layer.is_around(**at)));
        for at in points.step_by(one_in) {
            let plain = layer.by_rstar(*at);
            for ours in layer.by_indexes(*at) {
                assert_eq!(ours, plain, "{} at {at:?}", path.display());
            }
            asked += 1;
            held += plain.len();
        }
    }
    assert!(files > 60 && held > asked, "{held} areas hold {asked} points of {files} files");
    println!(
        "found: {asked} places and corners of {files} files, {held} areas hold them, as rstar and geo say"
    );
}

/// The areas of one file, in both forms, by their places in it.
struct Layer {
    /// As few areas are cut, and as those of large cities are.
    indexes: [AreaIndex; 3],
    tree: rstar::RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    polygons: Vec<Option<geo::MultiPolygon<f64>>>,
    corners: Vec<Position>,
}

impl Layer {
    /// `None` for what is no file of areas in degrees.
    fn read(path: &Path) -> Option<Self> {
        let text = unpacked(path);
        let (features, _) = read_features(&text, &FileLimits::default()).ok()?.split();
        if features.is_empty() {
            return None;
        }
        let file: Value = serde_json::from_slice(&text).unwrap();
        let mut polygons = vec![None; file["features"].as_array().unwrap().len()];
        for feature in &features {
            let geometry = &file["features"][feature.index]["geometry"];
            polygons[feature.index] = Some(polygon(geometry));
        }
        let boxes = (0..).zip(&polygons).filter_map(|(nth, area)| {
            let rect = area.as_ref()?.bounding_rect()?;
            let (low, high) = (rect.min(), rect.max());
            Some(GeomWithData::new(Rectangle::from_corners([low.x, low.y], [high.x, high.y]), nth))
        });
        let tree = rstar::RTree::bulk_load(boxes.collect());
        let corner = |coord: &geo::Coord<f64>| Position { lon: coord.x, lat: coord.y };
        let rings = polygons.iter().flatten().flatten().map(geo::Polygon::exterior);
        let corners = rings.flat_map(|ring| ring.0.iter().map(corner)).collect();
        let numbered = features.into_iter().map(|feature| {
            let id = AreaId(u32::try_from(feature.index).unwrap());
            AreaChange::Put(id, Arc::new(feature.shape))
        });
        let numbered: Vec<_> = numbered.collect();
        let indexes = [AreaIndex::default(), AreaIndex::cut_into(8), AreaIndex::cut_into(9)];
        for index in &indexes {
            index.apply(numbered.iter().cloned());
        }
        Some(Self { indexes, tree, polygons, corners })
    }

    fn is_around(&self, at: Position) -> bool {
        let all = rstar::Envelope::contains_point;
        all(&self.tree.root().envelope(), &[at.lon, at.lat])
    }

    /// What each index says.
    fn by_indexes(&self, at: Position) -> [Vec<u32>; 3] {
        self.indexes.each_ref().map(|index| {
            let mut found = vec![];
            index.areas_at(at, &mut found);
            found.sort_unstable();
            found.into_iter().map(|id| id.0).collect()
        })
    }

    fn by_rstar(&self, at: Position) -> Vec<u32> {
        let coord = geo::Coord { x: at.lon, y: at.lat };
        let boxes = self.tree.locate_all_at_point(&[at.lon, at.lat]).map(|bounds| bounds.data);
        let holds = |nth: &u32| {
            self.polygons[*nth as usize].as_ref().is_some_and(|area| area.intersects(&coord))
        };
        let mut found: Vec<u32> = boxes.filter(holds).collect();
        found.sort_unstable();
        found
    }
}

fn polygon(geometry: &Value) -> geo::MultiPolygon<f64> {
    let coord =
        |pair: &Value| geo::Coord { x: pair[0].as_f64().unwrap(), y: pair[1].as_f64().unwrap() };
    let ring = |ring: &Value| -> geo::LineString<f64> { list(ring).iter().map(coord).collect() };
    let part = |rings: &Value| {
        let mut rings = list(rings).iter().map(ring);
        let outer = rings.next().unwrap();
        geo::Polygon::new(outer, rings.collect())
    };
    match geometry["type"].as_str() {
        Some("Polygon") => geo::MultiPolygon(vec![part(&geometry["coordinates"])]),
        Some("MultiPolygon") => list(&geometry["coordinates"]).iter().map(part).collect(),
        other => panic!("{other:?} was taken for an area"),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// Where real issues were, in the files whose rows say so.
fn labelled() -> Vec<Position> {
    let files = paths(&Path::new(DATA).join("labelled"));
    let files = files.into_iter().filter(|path| path.to_string_lossy().ends_with(".csv.gz"));
    let rows = files.flat_map(|path| {
        let text = unpacked(&path);
        let mut table = csv::Reader::from_reader(&text[..]);
        let names = table.headers().unwrap().clone();
        let [lon, lat] = ["lon", "lat"].map(|name| names.iter().position(|n| n == name).unwrap());
        let records = table.into_records().map(Result::unwrap);
        let at = |row: csv::StringRecord| Position {
            lon: row[lon].parse().unwrap(),
            lat: row[lat].parse().unwrap(),
        };
        records.map(at).collect::<Vec<_>>()
    });
    rows.collect()
}

fn boundaries(folder: &Path) -> Vec<PathBuf> {
    let is_json = |path: &PathBuf| path.to_string_lossy().contains("json");
    paths(folder).into_iter().filter(is_json).collect()
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> =
        entries.flat_map(|path| if path.is_dir() { paths(&path) } else { vec![path] }).collect();
    found.sort();
    found
}

fn unpacked(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_none_or(|ending| ending != "gz") {
        return bytes;
    }
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
    plain
}

use std::path::Path;

use super::*;
use crate::bench::baseline::Baseline;
use crate::geometry::{FileLimits, Position, Shape, read_features};

const PLAN: ExportPlan = ExportPlan { areas: 1_500, points: 300, seed: 4 };

fn read(dir: &Path, name: &str) -> String {
    fs::read_to_string(dir.join(name)).unwrap()
}

/// What the index is built from.
fn drawn() -> (Workload, Vec<Shape>) {
    let city = Workload::draw(PLAN.areas, PLAN.points, PLAN.seed);
    let shape = |area| Shape::from_geojson(&city.geojson(area)).unwrap();
    let shapes = (0..city.len()).map(shape).collect();
    (city, shapes)
}

/// Reads a hexadecimal Polygon as a stranger to this program would.
fn from_wkb(hex: &str) -> Vec<Vec<[f64; 2]>> {
    let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    let mut at = 0;
    let mut take = |count: usize| {
        at += count;
        (at - count..at).map(byte).collect::<Vec<_>>()
    };
    assert_eq!(take(5), [1, 3, 0, 0, 0]);
    let number = |bytes: Vec<u8>| u32::from_le_bytes(bytes.try_into().unwrap());
    let degrees = |bytes: Vec<u8>| f64::from_le_bytes(bytes.try_into().unwrap());
    let rings = number(take(4));
    let mut ring = |_| {
        let corners = number(take(4));
        (0..corners).map(|_| [degrees(take(8)), degrees(take(8))]).collect()
    };
    let rings = (0..rings).map(&mut ring).collect();
    assert_eq!(at * 2, hex.len(), "nothing follows");
    rings
}

#[test]
fn whoever_reads_the_files_gets_the_shapes_the_points_and_the_answers_that_are_measured() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("made/when/missing");
    let exported = run_export(&PLAN, &dir, &mut |_| ()).unwrap();
    let (city, shapes) = drawn();

    let limits = FileLimits { features: shapes.len(), ..FileLimits::default() };
    let (read_back, refused) =
        read_features(read(&dir, AREAS_GEOJSON).as_bytes(), &limits).unwrap().split();
    assert!(refused.is_empty());
    for (area, (feature, shape)) in read_back.iter().zip(&shapes).enumerate() {
        assert_eq!(feature.id.as_deref(), Some(area.to_string().as_str()));
        assert_eq!(&feature.shape, shape, "area {area}");
    }

    let wkb = read(&dir, AREAS_WKB);
    for (area, line) in wkb.lines().enumerate() {
        let (id, hex) = line.split_once('\t').unwrap();
        assert_eq!(id, area.to_string());
        assert_eq!(json!(from_wkb(hex)), city.geojson(area)["coordinates"], "area {area}");
    }
    assert_eq!((read_back.len(), wkb.lines().count()), (city.len(), city.len()));

    let points: Vec<Position> = read(&dir, POINTS).lines().skip(1).map(position).collect();
    assert_eq!(points, city.points);

    let baseline = Baseline::build(&city);
    let text = read(&dir, ANSWERS);
    let mut matches = 0;
    for (at, line) in points.iter().zip(text.lines()) {
        let told: Vec<u32> = line.split_whitespace().map(|id| id.parse().unwrap()).collect();
        let mut expected = Vec::new();
        baseline.areas_at(*at, &mut expected);
        expected.sort_unstable();
        assert_eq!(told, expected, "{at:?}");
        matches += told.len();
    }
    let (areas, points) = (city.len(), text.lines().count());
    assert_eq!(exported, Exported { areas, points, matches });
    assert!(matches > points);
}

fn position(row: &str) -> Position {
    let mut columns = row.split(',').skip(1).map(|degrees| degrees.parse().unwrap());
    Position { lon: columns.next().unwrap(), lat: columns.next().unwrap() }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "").unwrap();
    let error = run_export(&PLAN, &file.join("below"), &mut |_| ()).unwrap_err();
    assert!(error.to_string().contains("a-file/below cannot be written: "), "{error}");
}

#[test]
fn without_points_there_is_nothing_to_write() {
    let plan = ExportPlan { points: 0, ..PLAN };
    let error = run_export(&plan, Path::new("nowhere"), &mut |_| ()).unwrap_err();
    assert!(matches!(error, ExportError::Bench(BenchError::NoPoints)), "{error}");
    assert!(!Path::new("nowhere").exists());
}

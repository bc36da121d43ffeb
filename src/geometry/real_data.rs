//! What cities really publish, and what the world's test suites hold against readers of GeoJSON.
//! The data lies beside the project; where it is absent these tests say so and pass.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{
    Envelope, Feature, FeatureFile, FileLimits, GeometryError, Position, Shape, pick_ids,
    read_features,
};

fn data(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(folder);
    if !path.is_dir() {
        eprintln!("skipped: the real data is not here ({})", path.display());
        return None;
    }
    Some(path)
}

fn unpacked(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    if path.extension().is_none_or(|e| e != "gz") {
        return bytes;
    }
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
    plain
}

fn read(path: &Path) -> Result<FeatureFile, GeometryError> {
    read_features(&unpacked(path), &FileLimits::default())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect();
    found.sort();
    found
}

/// File, features, null geometries and invalid features, as the table in the README counts them
/// with GEOS.
fn counted(readme: &str) -> Vec<(String, usize, usize, usize)> {
    let number = |text: &str| -> usize {
        let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    };
    readme
        .lines()
        .filter_map(|line| {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let file = cells.get(1).filter(|name| name.contains("json"))?;
            let null = cells[3].split('+').find(|part| part.contains("null")).map_or(0, number);
            (!file.contains("..") && !cells[3].contains("not a"))
                .then(|| ((*file).to_owned(), number(cells[3]), null, number(cells[7])))
        })
        .collect()
}

#[test]
fn on_every_boundary_file_the_invalid_features_are_those_that_geos_counts() {
    let Some(folder) = data("boundaries") else { return };
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let mut wrong = Vec::new();
    let mut counted = counted(&readme);
    assert!(counted.len() > 30, "the README's table has changed its form");
    for path in files(&folder.join("london")) {
        let name = format!("london/{}", path.file_name().unwrap().display());
        let features = read(&path).unwrap().features.len();
        counted.push((name, features, 0, 0));
    }
    for (name, features, null, invalid) in counted {
        let file = read(&folder.join(&name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(file.features.len(), features, "{name}");
        let (_, refused) = file.split();
        let reasons: Vec<_> =
            refused.iter().map(|r| format!("{}: {}", r.index, r.reason)).collect();
        if name.contains("stateplane") {
            let told = |r: &&String| r.contains("cannot be degrees") && r.contains("ogr2ogr");
            assert_eq!(reasons.iter().filter(told).count(), features, "{name}: {reasons:?}");
            continue;
        }
        let without = refused.iter().filter(|r| r.reason == GeometryError::NoGeometry).count();
        if (without, refused.len() - without) != (null, invalid) {
            wrong.push(format!("{name}: {invalid} by GEOS, here {reasons:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nad_83_is_told_and_a_file_of_texts_is_refused() {
    let Some(folder) = data("boundaries/chicago") else { return };
    let tracts = read(&folder.join("census_tracts_2020_population_epsg4269.geojson.gz")).unwrap();
    assert!(tracts.warnings[0].contains("NAD 83"));
    let texts = read(&folder.join("wards_2003_2015__cwfy_latlng_strings.json"));
    assert!(matches!(texts, Err(GeometryError::NotGeoJson(_))));
}

#[test]
fn what_is_written_is_read_back_as_the_same_shape() {
    let Some(folder) = data("boundaries") else { return };
    for name in [
        "nyc/community_districts.geojson.gz",
        "san_francisco/neighborhoods_invalid_islands.geojson.gz",
    ] {
        for feature in read(&folder.join(name)).unwrap().split().0 {
            let text = feature.shape.to_geojson().to_string();
            let back: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(Shape::from_geojson(&back), Ok(feature.shape), "{name} {}", feature.index);
        }
    }
}

#[test]
fn a_label_lies_in_its_area_and_the_area_is_what_the_city_says() {
    let Some(folder) = data("boundaries") else { return };
    for path in
        ["chicago/wards_2023__councilmatic_full.geojson.gz", "nyc/community_districts.geojson.gz"]
    {
        for Feature { index, shape, properties, .. } in read(&folder.join(path)).unwrap().split().0
        {
            assert!(shape.covers(shape.centre()), "{path} {index}");
            let square_feet = [&properties.get("st_area_sh"), &properties.get("Shape_Area")]
                .into_iter()
                .find_map(|v| v.and_then(super::features::plain))
                .and_then(|text| text.parse::<f64>().ok())
                .unwrap();
            let share = shape.area_m2() / (square_feet * 0.092_903_411_6);
            assert!((share - 1.0).abs() < 0.004, "{path} {index}: {share}");
        }
    }
}

#[test]
fn ids_are_found_in_the_cities_files() {
    let Some(folder) = data("boundaries") else { return };
    let table = [
        ("boston/neighborhoods_invalid.geojson.gz", "name"),
        ("chicago/derived__wards_2003_2015_dissolved_from_precincts_2011.geojson.gz", "ward"),
        ("chicago/neighborhoods.geojson.gz", "pri_neigh"),
        ("chicago/precincts_2011.geojson.gz", "id"),
        ("chicago/wards_2015_2023__councilmatic_full.geojson.gz", "ward"),
        ("chicago/wards_2015_2023__mikemommsen_crs_intids.geojson.gz", "District_N"),
        ("chicago/wards_2023__councilmatic_full.geojson.gz", "ward"),
        ("london/E09000001.json", "WD13CD"),
        ("nyc/community_districts.geojson.gz", "BoroCD"),
        ("nyc/council_2023.geojson.gz", "coun_dist"),
        ("philadelphia/neighborhoods__azavea.geojson", "name"),
        ("philadelphia/ward_divisions_2019__wgs84.geojson.gz", "DIVISION_N"),
        ("philadelphia/wards_2019__wgs84.geojson.gz", "WARD"),
        ("seattle/council_districts.geojson", "district"),
        ("seattle/police_beats_foreign_member.geojson.gz", "name"),
        ("somerville/neighborhoods_overlap.geojson", "title"),
        ("somerville/wards_handdrawn_overlap.geojson", "id"),
    ];
    let mut wrong = Vec::new();
    for (name, property) in table {
        let (features, _) = read(&folder.join(name)).unwrap().split();
        let picked = pick_ids(&features, None).map_or_else(|e| e.to_string(), |c| c.property);
        if picked != property {
            wrong.push(format!("{name}: {picked}, not {property}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A layer whose wards are found by their boxes.
struct Layer(Vec<(String, Vec<Envelope>, Shape)>);

impl Layer {
    fn read(path: &Path, property: &str) -> Self {
        let (features, refused) = read(path).unwrap().split();
        assert!(refused.is_empty(), "{}", path.display());
        let ids = pick_ids(&features, Some(property)).unwrap().ids;
        let shapes = ids.into_iter().zip(features);
        Self(shapes.map(|(id, f)| (id, f.shape.envelopes(1.5), f.shape)).collect())
    }

    fn near(&self, at: Position) -> impl Iterator<Item = (&str, &Shape)> {
        let might = move |boxes: &[Envelope]| boxes.iter().any(|b| b.contains(at));
        self.0.iter().filter(move |(_, boxes, _)| might(boxes)).map(|(id, _, s)| (id.as_str(), s))
    }
}

#[test]
fn half_a_metre_from_a_line_the_ward_is_the_one_that_geos_finds() {
    let (Some(points), Some(maps)) = (data("labelled"), data("boundaries")) else { return };
    let layers = [
        (
            "ward2003",
            "chicago/derived__wards_2003_2015_dissolved_from_precincts_2011.geojson.gz",
            "ward",
        ),
        ("ward2015", "chicago/wards_2015_2023__councilmatic_full.geojson.gz", "ward"),
        ("ward2023", "chicago/wards_2023__councilmatic_full.geojson.gz", "ward_id"),
        ("community_district", "nyc/community_districts.geojson.gz", "BoroCD"),
    ];
    let layers: BTreeMap<_, _> =
        layers.map(|(key, file, id)| (key, Layer::read(&maps.join(file), id))).into();
    for path in files(&points).iter().filter(|p| p.extension().is_some_and(|e| e == "gz")) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let key = name.split("__").nth(1).unwrap().trim_end_matches(".csv.gz");
        check_labels(name, &unpacked(path), &layers[key]);
    }
}

fn check_labels(name: &str, bytes: &[u8], layer: &Layer) {
    let mut csv = csv::Reader::from_reader(bytes);
    let header = csv.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let [lon, lat, label, edge, geos] = ["lon", "lat", "label", "edge_m", "geos_label"].map(column);
    let (mut clear, mut on_line, mut unheard) = (0, 0, Vec::new());
    for row in csv.records() {
        let row = row.unwrap();
        let at = Position { lon: row[lon].parse().unwrap(), lat: row[lat].parse().unwrap() };
        if row[edge].parse::<f64>().unwrap() > 0.5 {
            let mut found = layer.near(at).filter(|(_, s)| s.covers(at)).map(|(id, _)| id);
            assert_eq!(found.next().unwrap_or_default(), &row[geos], "{name}: {}", &row[0]);
            clear += 1;
        } else {
            on_line += 1;
            if !layer.near(at).any(|(id, s)| id == &row[label] && s.within_m(at, 1.0)) {
                unheard.push(row[0].to_owned());
            }
        }
    }
    eprintln!("{name}: {clear} clear, {on_line} on a line, of which unheard {unheard:?}");
    assert!(clear > 0 && unheard.is_empty(), "{name}: {unheard:?}");
}

#[test]
fn nothing_in_the_nasty_corpus_breaks_the_reader() {
    let Some(folder) = data("nasty") else { return };
    let expected = std::fs::read(folder.join("EXPECTED.csv")).unwrap();
    let mut csv = csv::Reader::from_reader(&expected[..]);
    let expected: BTreeMap<String, String> =
        csv.records().map(|r| r.unwrap()).map(|r| (r[0].to_owned(), r[1].to_owned())).collect();
    let mut unlike = Vec::new();
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let found = read(&path);
        let outcome = match &found {
            Err(e) => format!("refused: {e}"),
            Ok(file) => {
                let told = |f: &Result<Feature, super::Refused>| match f {
                    Ok(f) => format!("area of {:.0} m²", f.shape.area_m2()),
                    Err(r) => r.reason.to_string(),
                };
                let told: Vec<_> = file.features.iter().take(3).map(told).collect();
                format!("{} features: {}", file.features.len(), told.join("; "))
            }
        };
        let wanted = expected.get(&name).map_or("", String::as_str);
        eprintln!("{name} | {wanted} | {outcome}");
        let areas = found.is_ok_and(|file| file.features.iter().any(Result::is_ok));
        let json = wanted.starts_with("json_");
        if areas && (wanted == "reject" || json) {
            unlike.push(format!("{name} | {wanted} | {outcome}"));
        }
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}

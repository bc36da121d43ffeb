//! Real points with the ward that their city wrote on them, through the program's `match`.

use std::io::Read;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const DATA: &str = "../shared/data";
const WARDS_2003: &str = "chicago/derived__wards_2003_2015_dissolved_from_precincts_2011";
const WARDS_2015: &str = "chicago/wards_2015_2023__councilmatic_full";
const WARDS_2023: &str = "chicago/wards_2023__councilmatic_full";

/// A file, its layer, the property that names its wards, and how many of its rows lie farther
/// than half a metre from a line, and nearer.
const FILES: [(&str, &str, &str, [usize; 2]); 6] = [
    ("chicago_311_sanitation_2010_2015__ward2003", WARDS_2003, "ward", [34_227, 2_946]),
    ("chicago_burglary_2011_2014__ward2003", WARDS_2003, "ward", [33_513, 0]),
    ("chicago_311_2021_01__ward2015", WARDS_2015, "ward", [2_477, 10]),
    ("chicago_business_licence_sites__ward2015", WARDS_2015, "ward", [4_725, 0]),
    ("chicago_311_2023_2024__ward2023", WARDS_2023, "ward", [173, 0]),
    ("nyc_311_2023_02_28__community_district", "nyc/community_districts", "BoroCD", [2_380, 42]),
];

struct Row {
    id: String,
    city_says: String,
    geos_says: Vec<String>,
    edge_m: f64,
}

fn rows(file: &Path) -> Vec<Row> {
    let mut text = String::new();
    let packed = std::fs::File::open(file).unwrap();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let names = table.headers().unwrap().clone();
    let column = |name| names.iter().position(|n| n == name).unwrap();
    let [id, label, edge, geos] = ["id", "label", "edge_m", "geos_label"].map(column);
    let row = |record: csv::StringRecord| Row {
        id: record[id].to_owned(),
        city_says: record[label].to_owned(),
        geos_says: (!record[geos].is_empty())
            .then(|| record[geos].to_owned())
            .into_iter()
            .collect(),
        edge_m: record[edge].parse().unwrap(),
    };
    table.records().map(|record| row(record.unwrap())).collect()
}

fn names(wards: &Value) -> Vec<String> {
    let list = wards.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|ward| ward.as_str().unwrap().to_owned()).collect()
}

/// For each row of a file: the wards that hold it, and those that it is near.
fn matched(file: &Path, layer: &str, property: &str) -> Vec<(String, Vec<String>, Vec<String>)> {
    let output = Command::new(env!("CARGO_BIN_EXE_wardwatch"))
        .args(["match", "--boundaries"])
        .arg(format!("wards={DATA}/boundaries/{layer}.geojson.gz#{property}"))
        .arg(file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer = |line: &str| {
        let answer: Value = serde_json::from_str(line).unwrap();
        let wards = |at: &str| names(&answer[at]["wards"]);
        (answer["id"].as_str().unwrap().to_owned(), wards("boundaries"), wards("near"))
    };
    String::from_utf8(output.stdout).unwrap().lines().map(answer).collect()
}

#[test]
fn every_labelled_point_is_in_the_ward_that_geos_and_its_city_say() {
    if !Path::new(DATA).exists() {
        println!("passed over: {DATA} is not here");
        return;
    }
    for (name, layer, property, expected) in FILES {
        let file = Path::new(DATA).join(format!("labelled/{name}.csv.gz"));
        let (rows, answers) = (rows(&file), matched(&file, layer, property));
        assert_eq!(rows.len(), answers.len(), "{name}: a line for every row");
        let mut counted = [0, 0];
        for (row, (id, within, near)) in rows.iter().zip(answers) {
            assert_eq!(row.id, id, "{name}: in order");
            if row.edge_m > 0.5 {
                counted[0] += 1;
                assert_eq!(within, row.geos_says, "{name} {id}, {} m from a line", row.edge_m);
            } else {
                counted[1] += 1;
                let told = within.contains(&row.city_says) || near.contains(&row.city_says);
                assert!(told, "{name} {id}: {} not in {within:?} or near {near:?}", row.city_says);
            }
        }
        assert_eq!(counted, expected, "{name}");
        println!("found: {name}: {} as GEOS says, {} on a line", counted[0], counted[1]);
    }
}

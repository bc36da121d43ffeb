use std::fs;
use std::io::Write as _;

use clap::Parser;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

#[derive(Parser, Debug)]
struct Line {
    #[command(flatten)]
    args: MatchArgs,
}

/// A folder with a town's files: two wards side by side, a degree each, the line at longitude 1.
struct Town {
    folder: TempDir,
}

/// What `match` wrote and said, and how it ended.
struct Outcome {
    answers: Vec<Value>,
    said: String,
    ended: Vec<String>,
}

impl Town {
    fn found() -> Self {
        let town = Self { folder: tempfile::tempdir().unwrap() };
        let ward = |id: &str, west: i32| {
            let east = west + 1;
            let ring = json!([[west, 0], [east, 0], [east, 1], [west, 1], [west, 0]]);
            json!({ "type": "Feature", "properties": { "ward": id },
                    "geometry": { "type": "Polygon", "coordinates": [ring] } })
        };
        let wards = [ward("9", 0), ward("10", 1)];
        town.write("wards.geojson", &json!({ "type": "FeatureCollection", "features": wards }));
        let circle = |id: &str, radius_m: f64| {
            json!({ "type": "Feature", "id": id, "properties": { "radius_m": radius_m },
                    "geometry": { "type": "Point", "coordinates": [0.5, 0.5] } })
        };
        let areas = [circle("b", 500.0), circle("a", 1_000.0), circle("c", 100.0)];
        town.write("areas.json", &json!({ "type": "FeatureCollection", "features": areas }));
        town
    }

    fn write(&self, name: &str, text: &impl ToString) {
        fs::write(self.folder.path().join(name), text.to_string()).unwrap();
    }

    /// Runs `match` in the folder; words with a dot are its files.
    fn run(&self, words: &str) -> Result<Outcome, MatchError> {
        let inside = |word: &str| match word.split_once('=') {
            _ if !word.contains('.') || word.starts_with('-') => word.to_owned(),
            Some((layer, file)) => format!("{layer}={}", self.folder.path().join(file).display()),
            None => self.folder.path().join(word).display().to_string(),
        };
        let words = words.split_whitespace().map(inside);
        let line = Line::try_parse_from(["match".to_owned()].into_iter().chain(words)).unwrap();
        let (mut out, mut said) = (Vec::new(), String::new());
        let ended = answer_all(&line.args, &mut out, &mut |told| {
            said.push_str(told);
            said.push('\n');
        })?;
        let text = String::from_utf8(out).unwrap();
        let answers = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        Ok(Outcome { answers, said, ended })
    }
}

#[test]
fn a_point_is_told_its_areas_its_wards_and_those_near() {
    let town = Town::found();
    let points = ["{\"id\":\"home\",\"lon\":0.5,\"lat\":0.503}", "{\"lon\":1,\"lat\":0.5}"];
    town.write("points.json", &(points.join("\n") + "\n{\"lon\":1.000005,\"lat\":0.5}\n"));
    let outcome = town.run("--areas areas.json --boundaries wards.geojson points.json").unwrap();
    assert_eq!(
        outcome.answers,
        [
            json!({"id": "home", "lon": 0.5, "lat": 0.503, "areas": ["a", "b"],
                   "boundaries": {"wards": ["9"]}}),
            json!({"id": "2", "lon": 1.0, "lat": 0.5, "areas": [],
                   "boundaries": {"wards": ["10", "9"]}}),
            json!({"id": "3", "lon": 1.000_005, "lat": 0.5, "areas": [],
                   "boundaries": {"wards": ["10"]}, "near": {"wards": ["9"]}}),
        ]
    );
    assert_eq!(outcome.ended, Vec::<String>::new());
    assert!(
        outcome.said.contains("wards.geojson: ids are taken from the property `ward`"),
        "{}",
        outcome.said
    );
}

#[test]
fn without_tolerance_nothing_is_near() {
    let town = Town::found();
    town.write("points.json", &"{\"lon\":1.000005,\"lat\":0.5}\n");
    let outcome =
        town.run("--boundaries w=wards.geojson#ward --tolerance-m=0 points.json").unwrap();
    assert_eq!(outcome.answers[0].get("near"), None);
    assert_eq!(outcome.answers[0]["boundaries"], json!({"w": ["10"]}));
    assert_eq!(outcome.said, "", "a named property needs no telling");
}

#[test]
fn every_format_gives_the_same_answers_gzipped_or_not() {
    let town = Town::found();
    let point = |id: &str, lon: f64| {
        json!({ "type": "Feature", "id": id, "properties": {},
                "geometry": { "type": "Point", "coordinates": [lon, 0.5] } })
    };
    let collection =
        json!({ "type": "FeatureCollection", "features": [point("p", 0.25), point("q", 1.5)] });
    town.write("a.csv", &"id,Longitude,Latitude\np,0.25,0.5\nq,1.5,0.5\n");
    town.write("b.csv", &"y;x;id\n0.5;0.25;p\n0.5;1.5;q\n");
    town.write("c.csv", &"key,east,north\np,0.25,0.5\nq,1.5,0.5\n");
    town.write("d.json", &collection);
    town.write("e.json", &format!("{}\n{}\n", point("p", 0.25), point("q", 1.5)));
    let gz = fs::File::create(town.folder.path().join("f.gz")).unwrap();
    let mut gz = flate2::write::GzEncoder::new(gz, flate2::Compression::fast());
    gz.write_all(serde_json::to_string_pretty(&collection).unwrap().as_bytes()).unwrap();
    gz.finish().unwrap();
    let expected = [
        json!({"id": "p", "lon": 0.25, "lat": 0.5, "areas": [], "boundaries": {"wards": ["9"]}}),
        json!({"id": "q", "lon": 1.5, "lat": 0.5, "areas": [], "boundaries": {"wards": ["10"]}}),
    ];
    let mapped = "--map=lon=east,lat=north,id=key c.csv";
    for points in ["a.csv", "b.csv", mapped, "d.json", "e.json", "f.gz"] {
        let outcome = town.run(&format!("--boundaries wards.geojson {points}")).unwrap();
        assert_eq!(outcome.answers, expected, "{points}");
    }
}

#[test]
fn a_point_that_cannot_be_read_is_told_in_its_place_and_counted() {
    let town = Town::found();
    let lines = ["{\"id\":\"a\",\"lon\":0.5,\"lat\":91}", "nonsense", "{\"id\":\"c\"}", ""];
    town.write("points.json", &(lines.join("\n") + "\n{\"lon\":0.5,\"lat\":0.5}\n"));
    let outcome = town.run("--boundaries wards.geojson points.json").unwrap();
    let ids: Vec<_> = outcome.answers.iter().map(|answer| answer["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a", "2", "c", "5"]);
    let errors: Vec<_> = outcome.answers.iter().filter_map(|answer| answer.get("error")).collect();
    assert_eq!(errors.len(), 3);
    assert!(errors[0].as_str().unwrap().contains("not on earth"), "{errors:?}");
    assert!(errors[2].as_str().unwrap().contains("--map lon=COL,lat=COL"), "{errors:?}");
    assert_eq!(outcome.answers[3]["boundaries"], json!({"wards": ["9"]}));
    assert_eq!(outcome.ended, ["3 of 4 points could not be read"]);
}

#[test]
fn what_may_be_the_matter_with_the_points_is_said() {
    let town = Town::found();
    let said = |points: &str, more: &str| {
        town.write("points.csv", &points);
        let outcome = town.run(&format!("--boundaries wards.geojson#ward {more} points.csv"));
        let told =
            outcome.map_or_else(|why| why.to_string(), |one| one.said + &one.ended.join("\n"));
        told.replace(&format!("{}/", town.folder.path().display()), "")
    };
    assert_eq!(said("lon,lat\n0.5,0.5\n", ""), "");
    assert_eq!(said("lon,lat\n", ""), "points.csv: there are no points in it\n");
    assert_eq!(said("lon,lat\n5,5\n6,6\n", ""), "points.csv: none of 2 points lies in any area\n");
    let swapped = "points.csv: none of 2 points lies in any area; with longitude and latitude exchanged 2 would: \
                   --map lon=COL,lat=COL says which is which\n";
    assert_eq!(said("lon,lat\n0.5,1.5\n0.7,1.6\n", ""), swapped);
    let cut_off = said("lon,lat,note\n0.5,0.5,fine\n0.6,0.5,\"open\n0.7,0.5,lost\n", "");
    assert_eq!(cut_off, "1 of 2 points could not be read, and nothing after line 3 was");
    let unknown = said("id,a,b\n1,0.5,0.5\n", "");
    assert!(
        unknown
            .contains("no column says their longitude and latitude (the first line is: id, a, b)")
    );
    assert!(said("id,a,b\n1,0.5,0.5\n", "--map=lon=a").contains("no column says their latitude"));
    assert_eq!(said("id,a,b\n1,0.5,0.5\n", "--map=lon=a,lat=b"), "");
    let blank = town.run("--boundaries wards.geojson#ward points.csv").err().map(|e| e.to_string());
    assert!(blank.unwrap().contains("points.csv: this is no list of points"));
    assert!("category=a".parse::<PointColumns>().is_err());
}

#[test]
fn features_of_one_id_are_one_ward_here_as_in_an_import() {
    let town = Town::found();
    let wards = fs::read_to_string(town.folder.path().join("wards.geojson")).unwrap();
    town.write("beats.json", &wards.replace("\"10\"", "\"9\""));
    town.write("points.json", &"{\"lon\":0.5,\"lat\":0.5}\n{\"lon\":1.5,\"lat\":0.5}\n");
    let outcome = town.run("--boundaries beats.json#ward points.json").unwrap();
    assert!(outcome.answers.iter().all(|answer| answer["boundaries"]["beats"] == json!(["9"])));
    assert!(outcome.said.contains("features 1, 2 are taken as one ward, 9"), "{}", outcome.said);
    let stdin = town.run("--areas - --boundaries wards.geojson").err().unwrap();
    let which = "--areas and POINTS cannot both come from standard input";
    assert!(stdin.to_string().contains(which), "{stdin}");
}

#[test]
fn many_points_are_answered_in_their_order() {
    let town = Town::found();
    let row = |nth: i32| format!("p{nth},{},0.5\n", f64::from(nth % 200) / 100.0);
    town.write("points.csv", &format!("id,lon,lat\n{}", (0..5_432).map(row).collect::<String>()));
    let outcome = town.run("--boundaries wards.geojson points.csv").unwrap();
    assert_eq!(outcome.answers.len(), 5_432);
    for (nth, answer) in outcome.answers.iter().enumerate() {
        assert_eq!(answer["id"], format!("p{nth}"));
        let wards = match nth % 200 {
            0..100 => json!(["9"]),
            100 => json!(["10", "9"]),
            _ => json!(["10"]),
        };
        assert_eq!(answer["boundaries"]["wards"], wards, "{nth}");
    }
}

#[test]
fn a_ward_that_is_no_area_is_left_out_and_said_and_fails_the_run() {
    let town = Town::found();
    let ring = |ring: Value| {
        json!({ "type": "Feature", "properties": { "ward": ring[1][0].to_string() },
                "geometry": { "type": "Polygon", "coordinates": [ring] } })
    };
    let good = ring(json!([[0, 0], [1, 0], [1, 1], [0, 0]]));
    let bow_tie = ring(json!([[2, 0], [3, 1], [3, 0], [2, 1], [2, 0]]));
    town.write("wards.json", &json!({ "type": "FeatureCollection", "features": [good, bow_tie] }));
    town.write("points.json", &"{\"lon\":0.9,\"lat\":0.5}\n");
    let outcome = town.run("--boundaries wards.json points.json").unwrap();
    assert_eq!(outcome.answers[0]["boundaries"], json!({"wards": ["1"]}));
    assert!(outcome.said.contains("feature 2 is left out"), "{}", outcome.said);
    let left_out =
        "1 feature is left out, as told above; points are answered as if they were not there";
    assert_eq!(outcome.ended, [left_out]);
    assert!(outcome.said.contains("--repair keeps what a repair gives"), "{}", outcome.said);
    let repaired = town.run("--repair --boundaries wards.json points.json").unwrap();
    assert_eq!(repaired.ended, Vec::<String>::new());
}

#[test]
fn what_cannot_be_matched_at_all_says_why() {
    let town = Town::found();
    town.write("points.csv", &"id,lon,lat\np,0.25,0.5\n");
    let why = |words: &str| town.run(words).err().map(|e| e.to_string()).unwrap_or_default();
    assert!(why("--areas none.json points.csv").contains("none.json cannot be read"));
    assert!(why("--areas areas.json none.csv").contains("none.csv cannot be opened"));
    let why_not = why("--boundaries wards.geojson --map=lon=X points.csv");
    assert!(why_not.ends_with("the file has no column “X”; it has: id, lon, lat"), "{why_not}");
    assert!(Line::try_parse_from(["match", "points.csv"]).is_err(), "nothing to match against");
    let negative = ["match", "--areas", "a.json", "--tolerance-m=-1"];
    assert!(Line::try_parse_from(negative).is_err());
}

/// The city's own word for the ward of each report, against ours, on the map of its time. The
/// data lies beside the project; where it is absent this test says so and passes.
#[test]
fn real_reports_are_in_the_ward_that_the_city_wrote_or_near_it() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !data.is_dir() {
        eprintln!("skipped: the real data is not here ({})", data.display());
        return;
    }
    // Labels, map, its id, and the share in 10,000 that must be within or near.
    let table = [
        (
            "chicago_311_2021_01__ward2015",
            "chicago/wards_2015_2023__councilmatic_full",
            "ward",
            9_985,
        ),
        (
            "chicago_311_2023_2024__ward2023",
            "chicago/wards_2023__councilmatic_full",
            "ward",
            10_000,
        ),
        (
            "chicago_311_sanitation_2010_2015__ward2003",
            "chicago/derived__wards_2003_2015_dissolved_from_precincts_2011",
            "ward",
            9_985,
        ),
    ];
    for (labels, map, property, least) in table {
        let labels = data.join(format!("labelled/{labels}.csv.gz"));
        let map = data.join(format!("boundaries/{map}.geojson.gz"));
        let boundaries = format!("map={}#{property}", map.display());
        let words = ["match", "--boundaries", &boundaries, &labels.display().to_string()];
        let line = Line::try_parse_from(words).unwrap();
        let mut out = Vec::new();
        answer_all(&line.args, &mut out, &mut |_| ()).unwrap();
        let answers = String::from_utf8(out).unwrap();
        let rows = crate::intake::Rows::open(fs::File::open(&labels).unwrap()).unwrap();
        let (mut count, mut heard) = (0, 0);
        for (row, answer) in rows.map(Result::unwrap).zip(answers.lines()) {
            let answer: Value = serde_json::from_str(answer).unwrap();
            let of = |key: &str, label: &str| {
                let ids = answer[key]["map"].as_array();
                ids.is_some_and(|ids| ids.iter().any(|id| id == label))
            };
            let (city, geos) =
                (row.get("label").unwrap(), row.get("geos_label").unwrap_or_default());
            let edge_m: f64 = row.get("edge_m").unwrap().parse().unwrap();
            if edge_m > 0.5 && !geos.is_empty() {
                assert!(of("boundaries", &geos), "{answer} is in {geos}");
            }
            count += 1;
            heard += usize::from(of("boundaries", &city) || of("near", &city));
        }
        assert!(heard * 10_000 >= count * least, "{heard} of {count} in {}", labels.display());
    }
}

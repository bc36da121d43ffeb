//! The maps of cities, as their clerks bring them: through the program, into a store.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wardwatch::clock::{Clock, Timestamp};
use wardwatch::engine::{Engine, EngineSettings};
use wardwatch::geometry::Position;
use wardwatch::random::Random;
use wardwatch::store::WatchState;
use wardwatch::ward::WardRef;
use wardwatch::watch::{Filter, Meant, Rhythm, Target, Via, WatchId};
use wardwatch::watcher::Address;

use crate::nasty::data;
use crate::program::{Ended, Program};
use crate::town::fresh_postgres;

pub fn program() -> Program {
    Program::new(None, 9, 9)
}

/// The same, on PostgreSQL where there is one.
pub async fn on_both() -> Vec<Program> {
    let postgres = fresh_postgres().await.map(|url| Program::new(Some(url), 9, 9));
    [Some(program()), postgres].into_iter().flatten().collect()
}

pub fn import(town: &Program, file: &Path, more: &[&str]) -> Ended {
    let file = file.to_str().expect("a path in UTF-8");
    town.end(&[&["boundaries", "import", file, "--layer", "wards"], more].concat())
}

pub fn write(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let file = dir.join(name);
    std::fs::write(&file, bytes).unwrap();
    file
}

pub fn square(west: f64, south: f64, east: f64, north: f64) -> Value {
    json!([[west, south], [east, south], [east, north], [west, north], [west, south]])
}

pub fn ward(key: &str, geometry: &Value) -> Value {
    json!({"type": "Feature", "properties": {"ward": key}, "geometry": geometry})
}

pub fn polygon(ring: &Value) -> Value {
    json!({"type": "Polygon", "coordinates": [ring]})
}

pub fn collection(features: &[Value]) -> Vec<u8> {
    json!({"type": "FeatureCollection", "features": features}).to_string().into_bytes()
}

/// What the README beside the maps says of a file.
#[derive(Debug)]
struct Known {
    features: usize,
    null: usize,
    invalid: usize,
}

/// The README's table; the boroughs of London share a line there.
fn known(folder: &Path) -> BTreeMap<String, Option<Known>> {
    let number = |text: &str| -> usize {
        let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    };
    let readme = std::fs::read_to_string(folder.join("README.md")).expect("the table is there");
    let mut found = BTreeMap::new();
    for line in readme.lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let Some(name) = cells.get(1).filter(|name| name.contains("json")) else { continue };
        let null = cells[3].split('+').find(|part| part.contains("null")).map_or(0, number);
        let table = Known { features: number(cells[3]), null, invalid: number(cells[7]) };
        let is_map = !cells[3].contains("not a");
        found.insert((*name).to_owned(), is_map.then_some(table));
    }
    found
}

/// Where a clerk has to say what tells the areas apart, since features share it.
fn id_property(name: &str) -> Option<&'static str> {
    match name {
        _ if name.contains("police_beats.geojson") && name.starts_with("chicago") => {
            Some("beat_num")
        }
        _ if name.contains("/precincts_20") => Some("id"),
        _ => None,
    }
}

fn maps(folder: &Path) -> Vec<String> {
    let mut found: Vec<String> = vec![];
    for city in std::fs::read_dir(folder).expect("it is there").map(|entry| entry.unwrap().path()) {
        let Ok(files) = std::fs::read_dir(&city) else { continue };
        for file in files.map(|entry| entry.unwrap().path()) {
            found.push(file.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
        }
    }
    found.sort();
    found
}

/// How many areas were loaded, from what was said.
fn loaded(said: &str) -> usize {
    let count = said.lines().find_map(|line| line.split_once(" areas: this"));
    let count = count.map(|(count, _)| count.trim_start_matches("wardwatch: "));
    count.map_or(0, |count| count.parse().expect("a number"))
}

/// How many features were left out, from what was said: each reason is told once, and how many more share it.
fn left_out(said: &str) -> usize {
    let more = |line: &str| {
        let (told, _) = line.split_once(" left out for the same")?;
        let (_, count) = told.split_once(": ")?;
        count.split(' ').next()?.parse::<usize>().ok()
    };
    let first = said.lines().filter(|line| line.contains(" is left out: ")).count();
    let lines = said.lines().map(|line| line.trim_start_matches("wardwatch: "));
    first + lines.filter_map(more).sum::<usize>()
}

/// How many features were taken as more of a ward, from what was said.
fn joined(said: &str) -> usize {
    let more = |line: &str| {
        let (_, places) = line.split_once(": features ")?;
        let (places, _) = places.split_once(" are taken as one ward")?;
        Some(places.split(", ").count() - 1)
    };
    said.lines().filter_map(more).sum()
}

#[test]
fn every_citys_map_is_loaded_but_for_the_features_that_are_no_areas() {
    let Some(folder) = data("boundaries") else { return };
    let (town, known) = (program(), known(&folder));
    let (mut wrong, mut london) = (vec![], 0);
    let names = maps(&folder);
    assert!(names.len() > 65, "{names:?}");
    for (nth, name) in names.iter().enumerate() {
        let layer = format!("map-{nth}");
        let file = folder.join(name);
        let mut words =
            vec!["boundaries", "import", file.to_str().unwrap(), "--layer", &layer, "--json"];
        words.extend(id_property(name).iter().flat_map(|property| ["--id-property", property]));
        let plain = town.end(&words);
        let Ended { code, printed, said } = &plain;
        let told: Value = serde_json::from_str(printed).unwrap_or_default();
        let reasons: Vec<_> = said.lines().filter(|line| line.contains(" is left out: ")).collect();
        let joined = joined(said);
        println!(
            "{name} | {} wards | {} refused | {joined} joined | {} gaps {} overlaps | {}",
            loaded(said),
            left_out(said),
            told["coverage"]["gaps"]["count"],
            told["coverage"]["overlaps"]["count"],
            reasons.first().copied().or(said.lines().last()).unwrap_or_default()
        );
        let taken = loaded(said) + joined;
        let fine = match known.get(name) {
            _ if name.contains("stateplane") => {
                *code == 1 && taken == 0 && reasons.iter().all(|why| why.contains("ogr2ogr"))
            }
            Some(None) => *code == 1 && taken == 0 && said.contains("this is not GeoJSON"),
            Some(Some(Known { features, null, invalid })) => {
                let refused = null + invalid;
                taken + refused == *features
                    && left_out(said) == refused
                    && *code == i32::from(refused > 0)
            }
            None if name.starts_with("london/") => {
                london += taken;
                *code == 0
            }
            None => false,
        };
        if !fine {
            wrong.push(format!("{name}, {:?}: {plain:?}", known.get(name)));
        }
        // With --repair nothing but what has no geometry at all is left out.
        if let Some(Some(Known { features, null, invalid: 1.. })) = known.get(name) {
            words.push("--repair");
            let repaired = town.end(&words);
            let told = repaired.said.matches(" m² changed").count();
            println!("    repaired: {} wards, {told} repairs", loaded(&repaired.said));
            let taken = loaded(&repaired.said) + self::joined(&repaired.said);
            if taken + null != *features || told == 0 {
                wrong.push(format!("{name} --repair: {repaired:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert_eq!(london, 649, "the wards of London");
}

#[test]
fn what_a_clerks_file_may_look_like() {
    let data = tempfile::tempdir().unwrap();
    let [west, east] = [square(10.0, 40.0, 10.5, 41.0), square(10.5, 40.0, 11.0, 41.0)];
    let tie = json!([[12.0, 40.0], [13.0, 41.0], [13.0, 40.0], [12.0, 41.0], [12.0, 40.0]]);
    let clockwise = json!([[10.0, 40.0], [10.0, 41.0], [11.0, 41.0], [11.0, 40.0], [10.0, 40.0]]);
    let solid = json!([[10, 40, 3], [11, 40, 3], [11, 41, 3], [10, 41, 3], [10, 40, 3]]);
    let feet = square(2_660_575.0, 204_817.0, 2_750_114.0, 304_942.0);
    let mixed = json!({"type": "GeometryCollection", "geometries": [
        {"type": "Point", "coordinates": [10.2, 40.2]}, polygon(&west),
        {"type": "GeometryCollection", "geometries": [polygon(&east)]}]});
    let latin = "{\"type\":\"Feature\",\"properties\":{\"name\":\"Ca\u{f1}on\"},\"geometry\":GEO}";
    let latin: Vec<u8> = latin
        .replace("GEO", &polygon(&west).to_string())
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    let odd = json!({"type": "FeatureCollection", "name": 7, "properties": [], "bbox": "none",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4269"}},
        "features": [{"type": "Feature", "id": [1], "geometry": polygon(&west), "title": 3}]});
    let ids = json!({"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": 7, "geometry": polygon(&west)},
        {"type": "Feature", "id": "b", "properties": null, "geometry": polygon(&east)}]});
    let table: Vec<(&str, Vec<u8>, usize, &[&str])> = vec![
        ("clockwise", collection(&[ward("1", &polygon(&clockwise))]), 1, &[]),
        ("bare", polygon(&west).to_string().into(), 1, &["their places in the file"]),
        ("ids", ids.to_string().into(), 2, &["ids are taken from each feature's own `id`"]),
        ("high", collection(&[ward("1", &polygon(&solid))]), 1, &["a third coordinate"]),
        ("mixed", collection(&[ward("1", &mixed)]), 1, &["a Point in its GeometryCollection"]),
        ("odd", odd.to_string().into(), 1, &["NAD 83", "`properties`", "`bbox`", "its `id`"]),
        ("latin", latin, 1, &["read as Latin-1", "the first as “Cañon”", "iconv -f"]),
        (
            "null",
            collection(&[ward("1", &polygon(&west)), ward("2", &json!(null))]),
            1,
            &["feature 2 is left out: has no geometry"],
        ),
        (
            "feet",
            collection(&[ward("1", &polygon(&feet))]),
            0,
            &["cannot be degrees", "`ogr2ogr -t_srs EPSG:4326"],
        ),
        (
            "tie",
            collection(&[ward("1", &polygon(&west)), ward("7", &polygon(&tie))]),
            1,
            &["self-intersection near 12.5,40.5; --repair keeps"],
        ),
        (
            "parts",
            collection(&[ward("1", &polygon(&west)), ward("1", &polygon(&east))]),
            0,
            &["no property tells every feature apart"],
        ),
    ];
    for (name, bytes, taken, told) in table {
        let file = write(data.path(), &format!("{name}.geojson"), &bytes);
        let ended = import(&program(), &file, &[]);
        assert_eq!(loaded(&ended.said), taken, "{name}: {}", ended.said);
        let whole = !ended.said.contains("left out: ") && taken > 0;
        assert_eq!(ended.code, i32::from(!whole), "{name}: {}", ended.said);
        for words in told {
            assert!(ended.said.contains(words), "{name}: “{words}” is not in: {}", ended.said);
        }
    }
}

#[test]
fn a_repair_is_made_only_when_it_is_wanted_and_says_what_it_changed() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    let tie =
        json!([[-87.66, 41.88], [-87.64, 41.9], [-87.64, 41.88], [-87.66, 41.9], [-87.66, 41.88]]);
    let feature = ward("7", &polygon(&tie));
    let file = write(data.path(), "wards.geojson", &collection(&[feature]));
    let refused = import(&town, &file, &[]);
    assert!(refused.code == 1 && refused.said.contains("--repair"), "{}", refused.said);
    let kept = import(&town, &file, &["--repair"]);
    assert_eq!(kept.code, 0, "{}", kept.said);
    let told = "feature 1 (ward 7): self-intersection near -87.65,41.89 repaired, area 1,840,873 → 1,840,873";
    assert!(kept.said.contains(told), "{}", kept.said);
    assert!(kept.said.contains(" m², 0 m² changed"), "{}", kept.said);
    assert_eq!(town.run(&["boundaries", "list", "--json"]).lines().count(), 1);
}

#[test]
fn a_slip_in_a_new_map_takes_no_ward_from_those_who_watch_it() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    let whole = polygon(&square(10.0, 40.0, 10.1, 40.1));
    let tie =
        polygon(&json!([[10.1, 40.0], [10.2, 40.1], [10.2, 40.0], [10.1, 40.1], [10.1, 40.0]]));
    let good = polygon(&square(10.1, 40.0, 10.2, 40.1));
    let map = |second: &Value| collection(&[ward("1", &whole), ward("2", second)]);
    let before = write(data.path(), "before.geojson", &map(&good));
    assert_eq!(import(&town, &before, &[]).code, 0);
    let after = write(data.path(), "after.geojson", &map(&tie));
    let tried = import(&town, &after, &["--dry-run"]);
    assert!(
        tried.code == 1 && tried.said.contains("nothing would be written: 1 features were left"),
        "{}",
        tried.said
    );
    let refused = import(&town, &after, &[]);
    let told = "nothing was written: 1 features were left out, and of the wards that hold now these \
                would go away: 2;";
    assert!(refused.code == 1 && refused.said.contains(told), "{}", refused.said);
    assert_eq!(town.run(&["boundaries", "list", "--json"]).lines().count(), 1);
    let all_the_same = import(&town, &after, &["--without-left-out"]);
    assert!(all_the_same.said.contains("the others are loaded"), "{}", all_the_same.said);
    assert_eq!(town.run(&["boundaries", "list", "--json"]).lines().count(), 2);
}

#[test]
fn features_of_one_id_are_one_ward_when_the_clerk_names_the_property() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    let part = |west: f64| ward("12", &polygon(&square(west, 40.0, west + 0.1, 40.1)));
    let file =
        write(data.path(), "wards.geojson", &collection(&[part(10.0), part(10.1), part(11.0)]));
    let ended = import(&town, &file, &["--id-property", "ward"]);
    assert_eq!((ended.code, loaded(&ended.said)), (0, 1), "{}", ended.said);
    assert!(ended.said.contains("features 1, 2, 3 are taken as one ward, 12"), "{}", ended.said);
}

#[test]
fn gaps_and_overlaps_are_told_before_anything_is_written() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    // A ring of three wards around a gap; the last reaches over into the first.
    let file = write(
        data.path(),
        "wards.geojson",
        &collection(&[
            ward("1", &polygon(&square(10.0, 40.0, 10.3, 40.1))),
            ward(
                "2",
                &polygon(&json!([
                    [10.0, 40.1],
                    [10.1, 40.1],
                    [10.1, 40.2],
                    [10.2, 40.2],
                    [10.2, 40.1],
                    [10.3, 40.1],
                    [10.3, 40.3],
                    [10.0, 40.3],
                    [10.0, 40.1]
                ])),
            ),
            ward("3", &polygon(&square(10.25, 40.05, 10.5, 40.1))),
        ]),
    );
    let ended = import(&town, &file, &["--dry-run"]);
    assert_eq!(ended.code, 0, "{}", ended.said);
    for told in [
        "coverage: 1 gap of 94,",
        " m² at 10.150000,40.150000: wards 1, 2",
        "coverage: 1 overlap of 23,",
        " m² at 10.275000,40.075000: wards 1, 3",
    ] {
        assert!(ended.said.contains(told), "“{told}” is not in: {}", ended.said);
    }
    let ended = import(&town, &file, &["--dry-run", "--json"]);
    let told: Value = serde_json::from_str(&ended.printed).unwrap();
    assert_eq!(told["coverage"]["overlaps"]["largest"][0]["wards"], json!(["1", "3"]));
    assert_eq!(told["changes"]["wards"][2], json!({"ward": "3", "change": "added"}));
    assert_eq!(told["written"], false);
}

/// A ring of so many needles, which lines up hundreds of them above each other.
fn needles(corners: u32, turns: f64) -> Value {
    let mut ring: Vec<_> = (0..corners)
        .map(|i| {
            let turn = std::f64::consts::TAU * turns * f64::from(i) / f64::from(corners);
            let out = 0.2 + 1e-4 * f64::from(i * 7_919 % 1_009);
            [10.0 + out * turn.cos(), 40.0 + out * turn.sin()]
        })
        .collect();
    ring.push(ring[0]);
    json!(ring)
}

#[test]
fn a_map_of_too_many_needles_keeps_nobody_waiting() {
    let (town, data) = (program(), tempfile::tempdir().unwrap());
    let map = |name: &str, corners, turns| {
        let feature = ward("7", &polygon(&needles(corners, turns)));
        write(data.path(), name, &collection(&[feature]))
    };
    let brief = ["--coverage-seconds", "1", "--json"];
    let ended = import(&town, &map("before.geojson", 150_000, 1.0), &brief);
    let told: Value = serde_json::from_str(&ended.printed).unwrap();
    assert_eq!((ended.code, &told["coverage"], loaded(&ended.said)), (0, &Value::Null, 1));
    assert!(ended.said.contains("took longer than 1 s; --coverage-seconds"), "{}", ended.said);
    // Less than a change of its ward can be told of.
    let later = map("after.geojson", 140_000, 1.0);
    let ended = import(&town, &later, &["--coverage-seconds", "0", "--dry-run"]);
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(!ended.said.contains("coverage"), "{}", ended.said);
    assert!(ended.printed.contains("moved    7: its corners are too many"), "{}", ended.printed);
    // Twice around, it crosses itself all over.
    let ended = import(&town, &map("wound.geojson", 150_001, 2.0), &["--repair"]);
    assert_eq!(ended.code, 1, "{}", ended.said);
    assert!(ended.said.contains("150002 corners are more than can be repaired"), "{}", ended.said);
}

fn versions(town: &Program) -> Vec<(i64, Option<Timestamp>, bool)> {
    let listed = town.run(&["boundaries", "list", "--json"]);
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let effective = serde_json::from_value(row["effective"].clone()).unwrap();
        (row["version"].as_i64().unwrap(), effective, row["in_force"] == true)
    };
    listed.lines().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_of_the_future_holds_from_its_day_in_the_city_and_not_before() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        let of = |key: &str| collection(&[ward(key, &polygon(&square(10.0, 40.0, 11.0, 41.0)))]);
        let [old, new] = ["old", "new"].map(|key| write(data.path(), key, &of(key)));
        let zone = ["--timezone", "America/Chicago", "--without-left-out"];
        assert_eq!(import(&town, &old, &zone).code, 0);
        let ended = import(&town, &new, &[&zone[..], &["--effective", "2999-05-15"]].concat());
        assert!(ended.said.contains("it holds from 2999-05-15\n"), "{}", ended.said);
        let midnight = "2999-05-15T05:00:00Z".parse().unwrap();
        assert_eq!(versions(&town), [(1, None, true), (2, Some(midnight), false)]);
        let listed = town.run(&["boundaries", "list"]);
        let [first, second] = listed.lines().collect::<Vec<_>>()[..] else { panic!("{listed}") };
        assert!(first.contains("from the beginning") && first.contains("holds now"), "{listed}");
        assert!(second.contains("from 2999-05-15") && second.contains("to come"), "{listed}");
        // One whose day has come holds, though it was brought last.
        let ended = import(&town, &new, &[&zone[..], &["--effective", "2020-02-29"]].concat());
        assert_eq!(ended.code, 0, "{}", ended.said);
        let holds: Vec<_> = versions(&town).into_iter().map(|(_, _, holds)| holds).collect();
        assert_eq!(holds, [false, false, true]);
        let wrong = import(&town, &new, &["--effective", "15.5.2027"]);
        assert_eq!(wrong.code, 2, "{}", wrong.said);
        let far = import(&town, &new, &[&zone[..], &["--effective", "9999-12-31"]].concat());
        let told = "“9999-12-31” is too far; the last day that can be is 9999-12-30";
        assert!(far.code == 2 && far.said.contains(told), "{}", far.said);
        let last = import(&town, &new, &[&zone[..], &["--effective", "9999-12-30"]].concat());
        assert!(last.said.contains("it holds from 9999-12-30\n"), "{}", last.said);
    }
}

/// Somebody watches wards, and has confirmed.
async fn watch(town: &Program, email: &str, target: Target) {
    let secrets = town.settings().resolve().unwrap().desk.secrets;
    let store = town.store().await;
    let engine =
        Engine::new(store, Clock::System, Random::System, secrets, EngineSettings::default());
    let city = engine.cities().await.unwrap().remove(0);
    let new = wardwatch::engine::NewWatch {
        id: WatchId(engine.random().uuid(engine.clock().now())),
        name: "My ward".into(),
        target,
        filter: Filter::for_places(),
        rhythm: Rhythm::Daily,
        via: Via::BOTH,
    };
    let addresses = vec![Address::Mail(email.parse().unwrap())];
    engine.settle_one(&city, addresses, new, WatchState::Active).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_tells_what_a_new_map_means_for_those_who_watch() {
    for town in on_both().await {
        let data = tempfile::tempdir().unwrap();
        let strip =
            |key: &str, west: f64, east: f64| ward(key, &polygon(&square(west, 40.0, east, 41.0)));
        let old = [strip("1", 10.0, 11.0), strip("2", 11.0, 12.0), strip("3", 12.0, 13.0)];
        let new = [strip("1", 10.0, 11.0), strip("2", 11.0, 12.5), strip("4", 12.5, 13.0)];
        let bring = |name: &str, wards: &[Value]| {
            let file = write(data.path(), name, &collection(wards));
            let ended = import(&town, &file, &["--id-property", "ward"]);
            assert_eq!(ended.code, 0, "{}", ended.said);
        };
        bring("old", &old);
        let wards = |keys: &[&str]| -> Vec<WardRef> {
            keys.iter().map(|key| WardRef { layer: "wards".into(), ward: (*key).into() }).collect()
        };
        let by_name = |keys: &[&str]| Target::Wards { wards: wards(keys), meant: Meant::ThisWard };
        let home = |lon: f64| Meant::MyAddress(Position { lon, lat: 40.5 });
        watch(&town, "ada@example.org", by_name(&["3"])).await;
        watch(&town, "bo@example.org", by_name(&["1", "3"])).await;
        watch(&town, "cy@example.org", by_name(&["2"])).await;
        watch(&town, "di@example.org", Target::Wards { wards: wards(&["3"]), meant: home(12.2) })
            .await;
        watch(&town, "ed@example.org", Target::Wards { wards: wards(&["1"]), meant: home(10.2) })
            .await;
        bring("new", &new);
        let told = town.end(&["boundaries", "diff", "wards", "1", "2"]);
        assert_eq!(told.code, 0, "{}", told.said);
        let lines = "moved    2: 33.33 % of its area changes\nremoved  3: 2 watches are on it\nadded    4\n";
        assert_eq!(told.printed, lines);
        for words in [
            "3 areas in version 1, 3 in version 2: 1 are added, 1 moved and 1 as they were; 1 are removed",
            "2 watches are on wards that go away; of 1 all wards do",
            "1 watch follows an address that comes into another ward",
        ] {
            assert!(told.said.contains(words), "“{words}” is not in: {}", told.said);
        }
        let json = town.run(&["boundaries", "diff", "wards", "1", "2", "--json"]);
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["watches_without_a_ward"], 1);
        let none = town.end(&["boundaries", "diff", "wards", "1", "9"]);
        assert!(none.code == 1 && none.said.contains("no version 9"), "{}", none.said);
        // What a dry run of the same map says of the version that holds.
        let back = import(&town, &data.path().join("old"), &["--id-property", "ward", "--dry-run"]);
        assert!(back.printed.contains("removed  4\n"), "{}", back.printed);
    }
}

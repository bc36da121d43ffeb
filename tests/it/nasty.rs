//! What the world's test suites hold against readers of GeoJSON, each file through the program as
//! an operator runs it, with a limit on its time and memory; and the answers that others know.
//!
//! The data lies beside the project; where it is absent these tests say so and pass.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wardwatch::geometry::{FeatureReader, FileLimits, Position, Shape, coverage};

/// The data of that folder, if it is here.
pub fn data(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(folder);
    if !path.is_dir() {
        eprintln!("skipped: the real data is not here ({})", path.display());
        return None;
    }
    Some(path)
}

/// Seconds of computing, and kilobytes of address space, that one file may take.
const SECONDS: u64 = 20;
const KILOBYTES: u64 = 1_048_576;

/// What the program made of a file.
#[derive(Debug)]
struct Outcome {
    /// Areas that would be loaded; none when the file as a whole was refused.
    taken: usize,
    /// Why features were left out, or the file was refused.
    refusals: Vec<String>,
    warnings: Vec<String>,
    repairs: usize,
}

impl Outcome {
    fn of(file: &Path, repair: bool) -> Result<Self, String> {
        let dir = tempfile::tempdir().map_err(|why| why.to_string())?;
        let limited = format!("ulimit -v {KILOBYTES} -t {SECONDS}; exec \"$0\" \"$@\"");
        let mut command = Command::new("bash");
        command.args(["-c", &limited, env!("CARGO_BIN_EXE_wardwatch"), "boundaries", "import"]);
        command.arg(file).args(["--layer", "nasty", "--dry-run"]);
        if repair {
            command.arg("--repair");
        }
        let begun = Instant::now();
        let output = command.env("WARDWATCH_DATA_DIR", dir.path()).output();
        let Output { status, stderr, .. } = output.map_err(|why| why.to_string())?;
        let said = String::from_utf8_lossy(&stderr).into_owned();
        if begun.elapsed() > Duration::from_secs(2 * SECONDS) {
            return Err(format!("it took {:?}", begun.elapsed()));
        }
        match status.code() {
            Some(0 | 1) if !said.contains("panicked") => Ok(Self::read(&said, file)),
            _ => Err(format!("it ended with {status}: {said}")),
        }
    }

    fn read(said: &str, file: &Path) -> Self {
        let mut outcome = Self { taken: 0, refusals: vec![], warnings: vec![], repairs: 0 };
        let of_file = format!("{}: ", file.display());
        let beside = ["coverage: ", "  ", "of these ", "the map lies "];
        let counts = |line: &&str| {
            beside.iter().any(|start| line.starts_with(start))
                || line.contains(" features were left out; ")
                || line.contains("ids are taken from")
                || line.contains("their places in the file")
        };
        let lines = said.lines().map(|line| line.trim_start_matches("wardwatch: "));
        for line in lines.filter(|line| !counts(line)) {
            let areas = line.split_once(" areas: this would become");
            if let Some(areas) = areas.and_then(|(count, _)| count.parse().ok()) {
                outcome.taken = areas;
            } else if let Some(told) = line.strip_prefix(&of_file) {
                if told.contains(" is left out: ") || told.starts_with("this is not GeoJSON") {
                    outcome.refusals.push(told.to_owned());
                } else if told.contains(" m² changed") {
                    outcome.repairs += 1;
                } else {
                    outcome.warnings.push(told.to_owned());
                }
            } else {
                outcome.refusals.push(line.to_owned());
            }
        }
        // Where nothing was left out by itself, the file was refused as a whole, and last.
        if outcome.taken == 0 && outcome.refusals.is_empty() {
            outcome.refusals.extend(outcome.warnings.pop());
        }
        outcome
    }

    /// Why this is not what a file of its class may come to.
    fn breaks(&self, row: &Row, repair: bool) -> Option<&'static str> {
        let refused = self.taken == 0 && !self.refusals.is_empty();
        let silent = !refused && self.warnings.is_empty();
        match &*row.class {
            // A file of points or without a place is read, and told to hold no area.
            "accept" | "accept_or_warn" if !row.holds_areas => {
                let as_such = refused && self.refusals.iter().all(|one| is_no_area(one));
                (!as_such).then_some("no area, and not told so")
            }
            "accept" if self.refusals.iter().any(|one| !is_no_area(one)) => Some("an area refused"),
            // What the standard calls invalid is kept when the operator asks for it.
            "accept_or_warn" if repair && self.refusals.iter().any(|one| !is_no_area(one)) => {
                Some("an area refused")
            }
            "accept" | "accept_or_warn" => (self.taken == 0).then_some("refused"),
            "reject" | "json_accept" | "json_reject" | "json_any" => {
                (!refused).then_some("taken, or refused without a reason")
            }
            // As it stands it may be an area after all; whether the right one, another test tells.
            "repair_or_reject" if row.geos == "valid" || self.repairs > 0 => None,
            "reject_or_warn" | "repair_or_reject" => silent.then_some("taken without a word"),
            _ => Some("an unknown class"),
        }
    }

    fn told(&self) -> String {
        let mut told = match (self.taken, self.repairs) {
            (0, _) => "refused".to_owned(),
            (taken, 0) => format!("{taken} taken"),
            (taken, repairs) => format!("{taken} taken, {repairs} repaired"),
        };
        if let Some(why) = self.refusals.first().or(self.warnings.first()) {
            let why = why.rsplit_once(" is left out: ").map_or(&**why, |(_, why)| why);
            let _ = write!(told, ": {}", why.chars().take(90).collect::<String>());
        }
        told
    }
}

/// Whether a refusal says that this is read well and is no area.
fn is_no_area(told: &str) -> bool {
    let words = ["is not an area", "has no geometry", "no feature of the file", "no area in it"];
    words.iter().any(|words| told.contains(words))
}

/// A line of the table.
struct Row {
    name: String,
    class: String,
    /// What GEOS makes of it.
    geos: String,
    holds_areas: bool,
}

fn expected(folder: &Path) -> Vec<Row> {
    let table = std::fs::read(folder.join("EXPECTED.csv")).expect("the table is there");
    let mut rows = csv::Reader::from_reader(&table[..]);
    let row = |row: csv::StringRecord| Row {
        holds_areas: holds_areas(&folder.join(&row[0])),
        name: row[0].to_owned(),
        class: row[1].to_owned(),
        geos: row[4].to_owned(),
    };
    rows.records().map(|one| row(one.expect("a row"))).collect()
}

/// Where the project keeps to a rule of its own: the file, and the words by which it is refused.
const OUR_RULE: [(&str, &str); 2] = [
    // It may mean the band around the whole earth as well; --repair takes it the short way.
    ("chrieke/problematic_crosses_antimeridian.geojson", "the ring jumps from longitude"),
    // UTM 32: read as degrees it would lie in the sea.
    (
        "chrieke/problematic_crs_defined.geojson",
        "the coordinate system is urn:ogc:def:crs:EPSG::32632",
    ),
];

/// What came of a file, and what is wrong with that.
fn tried(folder: &Path, row: &Row) -> (String, Option<String>) {
    let file = folder.join(&row.name);
    let judge = |repair: bool| {
        let found = match Outcome::of(&file, repair) {
            Err(why) => return (why.clone(), Some(why)),
            Ok(found) => found,
        };
        let ours = OUR_RULE.iter().find(|(name, _)| *name == row.name);
        let by_rule = |(_, words): &&(&str, &str)| {
            found.taken == 0 && found.refusals.iter().any(|told| told.contains(words))
        };
        let broken = match ours {
            Some(rule) if by_rule(&rule) => None,
            _ => found.breaks(row, repair).map(str::to_owned),
        };
        (found.told(), broken)
    };
    let (told, broken) = judge(false);
    let line = format!("{} | {} | {told}", row.name, row.class);
    if !told.contains("--repair") && row.class != "repair_or_reject" {
        return (line, broken);
    }
    let (repaired, broken_again) = judge(true);
    (format!("{line} | repaired: {repaired}"), broken.or(broken_again))
}

fn holds_areas(file: &Path) -> bool {
    let bytes = std::fs::read(file).expect("the file is there");
    let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    file.extension().is_some_and(|end| end == "gz") || has(b"Polygon")
}

/// Does it for each, on two threads, and gives what each gave, in order.
fn on_all<T: Sync, R: Send>(all: &[T], what: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some((at, one)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            all.get(at).map(|one| (at, one))
        } {
            let gave = what(one);
            done.lock().expect("nobody panicked").push((at, gave));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let mut done = done.into_inner().expect("nobody panicked");
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, gave)| gave).collect()
}

#[test]
fn every_nasty_file_comes_to_what_its_class_allows() {
    let Some(folder) = data("nasty") else { return };
    let mut rows = expected(&folder);
    rows.retain(|row| row.class != "known_answers");
    assert!(rows.len() > 350, "{} files", rows.len());
    let mut wrong = vec![];
    for (line, broken) in on_all(&rows, |row| tried(&folder, row)) {
        println!("{line}");
        wrong.extend(broken.map(|why| format!("{line}\n    {why}")));
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// All areas of a file as one, repaired; `None` when one is refused.
fn repaired(file: &Path) -> Option<Shape> {
    let limits = FileLimits::default();
    let bytes = std::fs::read(file).expect("the file is there");
    let read = FeatureReader { limits: &limits, repair: true }.read(&bytes, &mut |_| ());
    let (features, refused) = read.ok()?.split();
    let shapes = features.into_iter().map(|feature| feature.shape).collect::<Vec<_>>();
    (refused.is_empty() && !shapes.is_empty()).then(|| Shape::join(shapes))
}

#[test]
fn what_crosses_the_antimeridian_is_the_area_that_its_authors_cut() {
    let Some(folder) = data("nasty") else { return };
    let mut taken = vec![];
    for entry in std::fs::read_dir(folder.join("antimeridian_expected")).expect("it is there") {
        let name = entry.expect("a file").file_name();
        let Some(ours) = repaired(&folder.join("antimeridian").join(&name)) else { continue };
        let name = name.into_string().expect("a name");
        // Their cuts at the antimeridian touch themselves there now and then.
        let Some(theirs) = repaired(&folder.join("antimeridian_expected").join(&name)) else {
            continue;
        };
        // Off the whole degrees, on which the corners lie.
        let mut apart = vec![];
        for (x, y) in (0..720).flat_map(|x| (0..360).map(move |y| (x, y))) {
            let at =
                Position { lon: f64::from(x) / 2.0 - 179.863, lat: f64::from(y) / 2.0 - 89.871 };
            if ours.covers(at) != theirs.covers(at) {
                apart.push(at);
            }
        }
        println!("{name}: {} of 259200 places differ", apart.len());
        assert!(apart.is_empty(), "{name}: {:?}", &apart[..apart.len().min(5)]);
        taken.push(name);
    }
    assert!(taken.len() >= 9, "{taken:?}");
}

/// The cases of a file of JTS, each with its texts by element and its operations.
fn jts(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(folder.join("jts_xml").join(name)).expect("it is there");
    let case = |case: &str| {
        let mut found = BTreeMap::new();
        for element in ["desc", "a", "b"] {
            let inner = case.split_once(&format!("<{element}>"));
            let inner = inner.and_then(|(_, rest)| rest.split_once(&format!("</{element}>")));
            found.extend(inner.map(|(inner, _)| (element.to_owned(), inner.trim().to_owned())));
        }
        for op in case.split("<op ").skip(1) {
            let attribute = |name: &str| {
                let (_, rest) = op.split_once(&format!("{name}=\""))?;
                Some(rest.split_once('"')?.0.to_owned())
            };
            let answer = op.split_once('>').and_then(|(_, rest)| rest.split_once('<'));
            let answer = answer.map(|(answer, _)| answer.trim().to_owned());
            let name = attribute("name").expect("an operation has a name");
            found.insert(name, attribute("arg3").or(answer).expect("an answer"));
        }
        found
    };
    text.split("<case>").skip(1).map(case).collect()
}

/// The numbers of a text of JTS, scaled to be degrees: by powers of two, so that none is rounded.
fn corners(text: &str, scale: f64) -> Vec<Position> {
    let ends = |c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | ' '));
    let pair = |pair: &str| {
        let mut numbers = pair.split_whitespace().map(|n| n.parse::<f64>().expect("a number"));
        Some(Position { lon: numbers.next()? * scale, lat: numbers.next()? * scale })
    };
    text.split(ends).filter_map(pair).collect()
}

/// `POLYGON` and `MULTIPOLYGON`; other texts are no areas.
fn area(text: &str, scale: f64) -> Option<Result<Shape, String>> {
    let (kind, rest) = text.split_once('(')?;
    let kind = match kind.trim() {
        "POLYGON" => "Polygon",
        "MULTIPOLYGON" => "MultiPolygon",
        _ => return None,
    };
    let rest = format!("({rest}");
    let mut written = String::new();
    for piece in rest.split_inclusive(['(', ')', ',']) {
        let mark = piece.chars().next_back().expect("not empty");
        if let [at] = &corners(piece, scale)[..] {
            let _ = write!(written, "[{:?},{:?}]", at.lon, at.lat);
        }
        written.push(match mark {
            '(' => '[',
            ')' => ']',
            other => other,
        });
    }
    let coordinates: Value = serde_json::from_str(&written).expect("lists of lists");
    let read = Shape::from_geojson(&json!({"type": kind, "coordinates": coordinates}));
    Some(read.map_err(|why| why.to_string()))
}

const TO_DEGREES: f64 = 1.0 / 1_048_576.0;

#[test]
fn a_point_lies_in_an_area_where_jts_says_so() {
    let Some(folder) = data("nasty") else { return };
    let cases = jts(&folder, "general__TestRelatePA.xml");
    assert_eq!(cases.len(), 6);
    for case in cases {
        let area = area(&case["b"], TO_DEGREES).expect("an area").expect("a valid one");
        let (within, without): (Vec<_>, Vec<_>) =
            corners(&case["a"], TO_DEGREES).into_iter().partition(|at| area.covers(*at));
        // Of the points: in the inside, on the boundary, outside.
        let matrix: Vec<bool> = case["relate"].chars().take(3).map(|c| c == '0').collect();
        let told = (matrix[0] || matrix[1], matrix[2]);
        assert_eq!((!within.is_empty(), !without.is_empty()), told, "{}", case["desc"]);
    }
}

#[test]
fn a_label_lies_in_every_area_of_jts_and_a_sliver_as_long_as_the_earth_is_valid() {
    let Some(folder) = data("nasty") else { return };
    let mut asked = 0;
    for case in jts(&folder, "general__TestInteriorPoint.xml") {
        let Some(Ok(area)) = area(&case["a"], TO_DEGREES) else { continue };
        assert!(area.covers(area.centre()), "{}", case["desc"]);
        asked += 1;
    }
    assert!(asked > 0);
    let valid = jts(&folder, "general__TestValid2-big.xml");
    let sliver = area(&valid[0]["a"], 2.0_f64.powi(-44)).expect("an area");
    assert!(sliver.is_ok(), "{sliver:?}");
}

#[test]
fn two_areas_overlap_where_jts_says_that_their_insides_meet() {
    let Some(folder) = data("nasty") else { return };
    let (mut asked, mut wrong) = (0, vec![]);
    for case in jts(&folder, "validate__TestRelateAA.xml") {
        let farthest = corners(&case["a"], 1.0).into_iter().chain(corners(&case["b"], 1.0));
        let farthest = farthest.fold(1.0, |most: f64, at| most.max(at.lon).max(at.lat));
        let mut scale = 1.0;
        while farthest * scale > 64.0 {
            scale /= 2.0;
        }
        let both = ["a", "b"].map(|name| area(&case[name], scale));
        let [Some(Ok(a)), Some(Ok(b))] = both else { panic!("{}: no areas", case["desc"]) };
        let overlaps = coverage(&[&a, &b], &mut || ()).overlaps;
        let meet = overlaps.count + overlaps.slivers > 0;
        // The skinny ones meet less than a millimetre wide, which an overlay rounds away.
        let may_be_lost = case["desc"].contains("skinny") && !meet;
        if meet != case["relate"].starts_with('2') && !may_be_lost {
            wrong.push(format!("{}: {overlaps:?}", case["desc"]));
        }
        asked += 1;
    }
    assert!(asked > 90 && wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
}

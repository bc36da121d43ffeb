//! The ground of a picture: streets, parks and water, as a city or OpenStreetMap publishes them.
//!
//! Files differ in what they call things. What something is, is told by its properties where they say
//! so, else by the file's name and by whether it is a line or an area.

use std::collections::{BTreeSet, HashMap};

use flate2::Crc;
use serde_json::{Map, Value};

use super::Point;
use super::frame::world;
use crate::geometry::Sketch;

/// What a path is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Park,
    Water,
    /// A river that is drawn as a line.
    Stream,
    Street,
    /// A street that many take.
    Avenue,
}

/// A feature of the ground, in world units.
#[derive(Debug)]
pub(super) struct Drawn {
    pub what: What,
    pub name: Option<String>,
    pub paths: Vec<Vec<Point>>,
    pub bounds: Bounds,
}

/// A box in world units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Bounds {
    pub fn of<'a>(points: impl Iterator<Item = &'a Point>) -> Self {
        let nothing = Self {
            left: f64::INFINITY,
            top: f64::INFINITY,
            right: f64::NEG_INFINITY,
            bottom: f64::NEG_INFINITY,
        };
        points.fold(nothing, |b, p| Self {
            left: b.left.min(p.x),
            top: b.top.min(p.y),
            right: b.right.max(p.x),
            bottom: b.bottom.max(p.y),
        })
    }

    fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Whether the two meet, the world being as round as it is.
    pub fn meets(&self, other: &Self) -> bool {
        let beside = |turn: f64| self.left + turn <= other.right && other.left <= self.right + turn;
        self.top <= other.bottom
            && other.top <= self.bottom
            && [0.0, 1.0, -1.0].into_iter().any(beside)
    }
}

/// Streets, parks and water, found by place.
#[derive(Debug, Default)]
pub struct Ground {
    drawn: Vec<Drawn>,
    cells: HashMap<(i64, i64), Vec<usize>>,
    /// What is so large that it is looked at wherever somebody draws.
    large: Vec<usize>,
    /// Around all of it.
    bounds: Option<Bounds>,
    mark: u32,
}

/// How many features of a file are drawn, and how many are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    pub streets: usize,
    pub parks: usize,
    pub waters: usize,
    /// Neither of these, as far as can be told.
    pub others: usize,
}

/// Cells along one side of the world: some 600 m of the equator each.
const CELLS: f64 = 65_536.0;
/// A feature in more cells than this is looked at everywhere.
const LARGE: i64 = 1_024;

impl Ground {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.drawn.is_empty()
    }

    /// Another number for another ground, as good as always.
    #[must_use]
    pub fn mark(&self) -> u32 {
        self.mark
    }

    /// Whether some of it may lie in a window.
    pub(super) fn meets(&self, window: &Bounds) -> bool {
        self.bounds.is_some_and(|bounds| bounds.meets(window))
    }

    /// Adds what a file holds; `stem` is its name without folder and endings.
    pub fn add(&mut self, stem: &str, sketches: Vec<Sketch>) -> Added {
        let mut added = Added::default();
        for sketch in sketches {
            let Some(what) = what(stem, &sketch) else {
                added.others += 1;
                continue;
            };
            match what {
                What::Park => added.parks += 1,
                What::Water | What::Stream => added.waters += 1,
                What::Street | What::Avenue => added.streets += 1,
            }
            self.put(what, &sketch);
        }
        added
    }

    fn put(&mut self, what: What, sketch: &Sketch) {
        let point = |at| {
            let (x, y) = world(at);
            Point { x, y }
        };
        let paths: Vec<Vec<Point>> =
            sketch.paths.iter().map(|path| path.iter().copied().map(point).collect()).collect();
        let bounds = Bounds::of(paths.iter().flatten());
        self.bounds = Some(self.bounds.map_or(bounds, |all| all.with(bounds)));
        self.mark = marked(self.mark, what, &paths);
        let number = self.drawn.len();
        match cells_of(&bounds) {
            Some(cells) => cells.for_each(|cell| self.cells.entry(cell).or_default().push(number)),
            None => self.large.push(number),
        }
        let name = name_of(&sketch.properties);
        self.drawn.push(Drawn { what, name, paths, bounds });
    }

    /// What may be seen in a window, in the order of the files.
    pub(super) fn within(&self, window: &Bounds) -> Vec<&Drawn> {
        let numbers: BTreeSet<usize> = match cells_of(window) {
            Some(cells) => {
                let near = cells.filter_map(|cell| self.cells.get(&cell)).flatten();
                near.chain(&self.large).copied().collect()
            }
            // From so far away it is all looked at.
            None => (0..self.drawn.len()).collect(),
        };
        let drawn = numbers.into_iter().map(|number| &self.drawn[number]);
        drawn.filter(|drawn| drawn.bounds.meets(window)).collect()
    }
}

/// The mark of a ground with this in it, too.
fn marked(mark: u32, what: What, paths: &[Vec<Point>]) -> u32 {
    let mut sum = Crc::new();
    sum.update(&mark.to_be_bytes());
    sum.update(&[what as u8]);
    for at in paths.iter().flatten() {
        sum.update(&at.x.to_bits().to_be_bytes());
        sum.update(&at.y.to_bits().to_be_bytes());
    }
    sum.sum()
}

/// The cells that a box meets, each within the world; `None` when they are too many.
fn cells_of(bounds: &Bounds) -> Option<impl Iterator<Item = (i64, i64)> + use<>> {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    let cell = |at: f64| (at * CELLS).floor() as i64;
    let (left, right) = (cell(bounds.left), cell(bounds.right));
    let (top, bottom) = (cell(bounds.top), cell(bounds.bottom));
    let across = right.saturating_sub(left).saturating_add(1);
    let count = across.saturating_mul(bottom.saturating_sub(top).saturating_add(1));
    #[expect(clippy::cast_possible_truncation, reason = "a whole number")]
    let around = CELLS as i64;
    let all = move || {
        (left..=right).flat_map(move |x| (top..=bottom).map(move |y| (x.rem_euclid(around), y)))
    };
    (count <= LARGE).then(all)
}

/// What something is drawn as, if at all.
fn what(stem: &str, sketch: &Sketch) -> Option<What> {
    let tag = |key: &str| text(&sketch.properties, key).unwrap_or_default().to_lowercase();
    let is = |key: &str, values: &[&str]| values.contains(&tag(key).as_str());
    if sketch.is_area {
        let kinds = ["kind", "type", "class", "fclass"];
        if is("natural", &["water", "bay", "strait"])
            || !tag("water").is_empty()
            || is("waterway", &["riverbank", "dock"])
            || is("landuse", &["reservoir", "basin"])
            || kinds.iter().any(|key| is(key, &WATERS))
        {
            return Some(What::Water);
        }
        if is(
            "leisure",
            &["park", "garden", "nature_reserve", "golf_course", "pitch", "playground"],
        ) || is("landuse", &["grass", "forest", "cemetery", "recreation_ground", "meadow"])
            || is("natural", &["wood", "grassland", "heath"])
            || kinds.iter().any(|key| is(key, &PARKS))
        {
            return Some(What::Park);
        }
        let stem = stem.to_lowercase();
        let named = |words: &[&str]| words.iter().any(|word| stem.contains(word));
        let says_else = ["building", "highway", "boundary", "amenity"];
        return match () {
            () if says_else.iter().any(|key| !tag(key).is_empty()) => None,
            () if named(&WATERS) => Some(What::Water),
            () if named(&PARKS) => Some(What::Park),
            () => None,
        };
    }
    if ["railway", "boundary", "power", "barrier", "aeroway"].iter().any(|key| !tag(key).is_empty())
    {
        return None;
    }
    let streams = ["river", "canal", "stream"];
    if !tag("waterway").is_empty() {
        return is("waterway", &streams).then_some(What::Stream);
    }
    let class = ["highway", "class", "fclass", "road_class"].map(tag);
    let class = class.iter().find(|class| !class.is_empty()).map_or("", String::as_str);
    let class = class.strip_suffix("_link").unwrap_or(class);
    match class {
        _ if WAYS_ON_FOOT.contains(&class) => None,
        _ if AVENUES.contains(&class) => Some(What::Avenue),
        "" if WATERS.iter().any(|word| stem.to_lowercase().contains(word)) => Some(What::Stream),
        _ => Some(What::Street),
    }
}

const WATERS: [&str; 12] = [
    "water", "lake", "river", "pond", "hydro", "stream", "creek", "canal", "sea", "coast", "bay",
    "ocean",
];
const PARKS: [&str; 9] = [
    "park",
    "green",
    "forest",
    "open_space",
    "openspace",
    "garden",
    "wood",
    "recreation",
    "cemeter",
];
const AVENUES: [&str; 9] = [
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "arterial",
    "diagonal",
    "major",
    "highway",
];
/// And what else would only fill the picture.
const WAYS_ON_FOOT: [&str; 14] = [
    "footway",
    "path",
    "steps",
    "corridor",
    "cycleway",
    "bridleway",
    "pedestrian",
    "track",
    "service",
    "platform",
    "elevator",
    "proposed",
    "construction",
    "raceway",
];

/// What people call it.
fn name_of(properties: &Map<String, Value>) -> Option<String> {
    let keys = ["name", "fullname", "full_name", "street_name", "st_name", "street", "label"];
    let named = keys.iter().find_map(|key| text(properties, key));
    // Chicago's centre lines have a name and, beside it, "AVE".
    let parted = || {
        let name = text(properties, "street_nam")?;
        let kind = text(properties, "street_typ").unwrap_or_default();
        Some(format!("{name} {kind}"))
    };
    let name = named.or_else(parted)?;
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    // A file that shouts is read all the same.
    let shouts = name.chars().any(char::is_alphabetic) && !name.chars().any(char::is_lowercase);
    let name = if shouts { name.split(' ').map(calm).collect::<Vec<_>>().join(" ") } else { name };
    (!name.is_empty() && name.chars().count() <= 40).then_some(name)
}

/// “AVE” as “Ave”, “79TH” as “79th”; short ones such as “N” and “NW” stay.
fn calm(word: &str) -> String {
    if word.chars().count() < 3 && !["ST", "RD", "DR", "CT", "PL", "LN"].contains(&word) {
        return word.to_owned();
    }
    let mut letters = word.chars();
    let first: String = letters.by_ref().take(1).collect();
    first + &letters.as_str().to_lowercase()
}

/// A property with some text in it, however its name is written.
fn text(properties: &Map<String, Value>, key: &str) -> Option<String> {
    let exact = properties.get(key);
    let any = || properties.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, v)| v);
    let text = exact.or_else(any)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::geometry::Position;

    fn sketch(is_area: bool, properties: Value) -> Sketch {
        let Value::Object(properties) = properties else { panic!("properties are an object") };
        let corners = [(-87.65, 41.88), (-87.64, 41.88), (-87.64, 41.89), (-87.65, 41.88)];
        let path = corners.map(|(lon, lat)| Position { lon, lat }).to_vec();
        Sketch { properties, paths: vec![path], is_area }
    }

    #[test]
    fn what_something_is_is_told_by_its_properties_then_by_the_files_name() {
        let table = [
            ("streets", false, json!({}), Some(What::Street)),
            ("osm", false, json!({"highway": "residential"}), Some(What::Street)),
            ("osm", false, json!({"highway": "primary_link"}), Some(What::Avenue)),
            ("osm", false, json!({"highway": "footway"}), None),
            ("osm", false, json!({"railway": "rail"}), None),
            ("osm", false, json!({"waterway": "river"}), Some(What::Stream)),
            ("rivers", false, json!({}), Some(What::Stream)),
            ("streets", false, json!({"class": "arterial"}), Some(What::Avenue)),
            ("osm", true, json!({"natural": "water"}), Some(What::Water)),
            ("osm", true, json!({"leisure": "park"}), Some(What::Park)),
            ("osm", true, json!({"building": "yes"}), None),
            ("parks", true, json!({"name": "Elm Park"}), Some(What::Park)),
            ("Chicago_Lakes", true, json!({}), Some(What::Water)),
            ("ground", true, json!({"kind": "park"}), Some(What::Park)),
            ("ground", true, json!({}), None),
        ];
        for (stem, is_area, properties, expected) in table {
            assert_eq!(what(stem, &sketch(is_area, properties.clone())), expected, "{properties}");
        }
    }

    #[test]
    fn a_street_is_called_what_its_sign_says() {
        let table = [
            (json!({"name": "Elm St"}), Some("Elm St")),
            (json!({"FULLNAME": "W 79TH ST"}), Some("W 79th St")),
            (json!({"STREET_NAM": "WESTERN", "STREET_TYP": "AVE"}), Some("Western Ave")),
            (json!({"name": "  "}), None),
            (json!({"name": 12}), None),
        ];
        for (properties, expected) in table {
            let properties = properties.as_object().unwrap();
            assert_eq!(name_of(properties).as_deref(), expected, "{properties:?}");
        }
    }

    #[test]
    fn what_lies_in_the_window_is_found_and_nothing_else() {
        let mut ground = Ground::default();
        let added = ground.add("streets", vec![sketch(false, json!({})), sketch(true, json!({}))]);
        assert_eq!(added, Added { streets: 1, others: 1, ..Added::default() });
        let window = |lon: f64| {
            let corners = [(lon - 0.001, 41.881), (lon + 0.001, 41.879)];
            let corners = corners.map(|(lon, lat)| world(Position { lon, lat }));
            Bounds::of(corners.map(|(x, y)| Point { x, y }).iter())
        };
        assert_eq!(ground.within(&window(-87.645)).len(), 1);
        assert_eq!(ground.within(&window(-87.645 + 360.0)).len(), 1, "the world is round");
        assert_eq!(ground.within(&window(-87.66)).len(), 0);
    }
}

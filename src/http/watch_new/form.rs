//! What somebody has filled into the form of a new watch, right or not.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::choice;
use super::super::pages::{Frame, Wrong};
use super::super::watch_wire::Wanted;
use crate::gazetteer::LONGEST_QUERY;
use crate::geometry::{Envelope, Position, Shape};
use crate::issue::{self, Category};
use crate::ward::{LayerVersion, USUAL_LAYER, WardRef};
use crate::watch::{Filter, Keywords, LONGEST_NAME, Meant, Rhythm, Target, WatchError, parse_name};

/// How far around a place: metres, and what people call it in either unit.
pub const RADII: [(f64, &str, &str); 4] = [
    (150.0, "150 m", "500 ft"),
    (300.0, "300 m", "1,000 ft"),
    (600.0, "600 m", "2,000 ft"),
    (1_200.0, "1.2 km", "¾ mi"),
];

/// A few blocks.
const USUAL_RADIUS_M: f64 = 300.0;

/// What kind of place is watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Area,
    Ward,
    /// Whichever ward holds a place.
    MyWard,
}

/// The form.
#[derive(Debug)]
pub struct Filled {
    pub kind: Kind,
    pub lon: String,
    pub lat: String,
    pub address: String,
    /// The address that the place, or the places to choose from, belong to.
    pub asked: String,
    /// Which of those was chosen: `LON,LAT`.
    pub chosen: String,
    pub radius_m: f64,
    /// GeoJSON, as drawn.
    pub area: String,
    pub ward: String,
    pub kinds: BTreeSet<issue::Kind>,
    pub categories: Vec<String>,
    pub include: String,
    pub exclude: String,
    pub email: String,
    pub push: String,
    pub rhythm: Rhythm,
    /// The place is looked up, and nothing is made.
    pub only_looks: bool,
    /// It is looked up by its address.
    pub finds_address: bool,
}

/// Whether it is one of those from which people choose.
pub fn is_offered(radius_m: f64) -> bool {
    RADII.iter().any(|(metres, ..)| (metres - radius_m).abs() < 1.0)
}

impl Filled {
    /// As a link fills it.
    pub fn linked(pairs: &[(String, String)]) -> Self {
        let mut filled = Self::read(pairs);
        if filled.kinds.is_empty() {
            // The front page promises both.
            filled.kinds = Filter::for_places().kinds;
            filled.kinds.insert(issue::Kind::Closed);
        }
        if !filled.ward.is_empty() && !pairs.iter().any(|(name, _)| name == "target") {
            filled.kind = Kind::Ward;
        }
        if filled.at().is_some() {
            filled.asked.clone_from(&filled.address);
        }
        filled.surround();
        filled
    }

    /// With an area that is there already.
    pub fn around(shape: Option<&Shape>) -> Self {
        let feature = shape.map(Shape::to_geojson).unwrap_or_default();
        let area = if shape.is_some() { feature.to_string() } else { String::new() };
        let radius = feature["properties"]["radius_m"].as_f64();
        Self { area, radius_m: radius.unwrap_or(USUAL_RADIUS_M), ..Self::read(&[]) }
    }

    pub fn read(pairs: &[(String, String)]) -> Self {
        let all = |name: &'static str| {
            pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        let one = |name| all(name).next_back().unwrap_or_default().to_owned();
        let radius = one("radius_m").parse().ok().filter(|radius: &f64| *radius > 0.0);
        Self {
            kind: match &*one("target") {
                "ward" => Kind::Ward,
                "my_ward" => Kind::MyWard,
                _ => Kind::Area,
            },
            lon: one("lon"),
            lat: one("lat"),
            address: one("address").trim().chars().take(LONGEST_QUERY).collect(),
            asked: one("asked"),
            chosen: one("place"),
            radius_m: radius.unwrap_or(USUAL_RADIUS_M),
            area: one("area"),
            ward: one("ward"),
            kinds: all("kind").filter_map(issue::Kind::from_name).collect(),
            categories: all("category")
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            include: one("include"),
            exclude: one("exclude"),
            email: one("email"),
            push: one("push"),
            rhythm: Rhythm::from_name(&one("rhythm")).unwrap_or(Rhythm::Daily),
            only_looks: ["find", "address"].contains(&&*one("act")),
            finds_address: one("act") == "address",
        }
    }

    /// Where the place lies, if the form knows it.
    pub fn at(&self) -> Option<Position> {
        Position::on_earth(self.lon.parse().ok()?, self.lat.parse().ok()?).ok()
    }

    /// Makes a circle of the place that was found, and says what is wrong where none was.
    pub fn place(&mut self, frame: &Frame<'_>) -> Vec<Wrong> {
        let needs = self.only_looks || (self.area.is_empty() && self.kind == Kind::Area);
        if needs && self.kind != Kind::Ward && self.at().is_none() {
            let key = if self.only_looks { "page-wrong-no-place" } else { "page-wrong-no-area" };
            return vec![Wrong::at("where", frame.t(key))];
        }
        if needs {
            self.surround();
        }
        vec![]
    }

    /// Makes a circle of the place.
    pub fn surround(&mut self) {
        if let Some(Position { lon, lat }) = self.at() {
            let circle = json!({
                "type": "Feature", "properties": { "radius_m": self.radius_m },
                "geometry": { "type": "Point", "coordinates": [lon, lat] },
            });
            self.area = circle.to_string();
        }
    }

    /// The area as it was drawn, if it is one.
    pub fn shape(&self) -> Option<Shape> {
        Shape::from_geojson(&serde_json::from_str(&self.area).ok()?).ok()
    }

    /// The address around which it is watched, as a name; none where something else was drawn.
    fn called(&self) -> Option<String> {
        let Position { lon, lat } = self.at().filter(|_| self.address == self.asked)?;
        let area: Value = serde_json::from_str(&self.area).ok()?;
        let middle = &area["geometry"]["coordinates"];
        let is = |i: usize, there: f64| {
            middle[i].as_f64().is_some_and(|degrees| (degrees - there).abs() < 1e-5)
        };
        let name: String = self.address.chars().take(LONGEST_NAME).collect();
        parse_name(&name).ok().filter(|_| is(0, lon) && is(1, lat))
    }

    pub fn ward(&self) -> Option<Wanted> {
        let (layer, ward) = self.ward.split_once(':').unwrap_or((USUAL_LAYER, &self.ward));
        let wards = vec![WardRef { layer: layer.to_owned(), ward: ward.to_owned() }];
        let target = Target::Wards { wards, meant: Meant::ThisWard };
        (!ward.is_empty()).then_some(Wanted::Target(target))
    }

    pub fn my_ward(&self) -> Option<Wanted> {
        Some(Wanted::WardAt { layer: USUAL_LAYER.to_owned(), at: self.at()? })
    }

    /// What is wanted of it.
    ///
    /// # Errors
    /// When it would let nothing through, or has more than a person writes.
    pub fn filter(&self) -> Result<Filter, WatchError> {
        let filter = Filter {
            categories: self.categories.iter().map(|name| Category::from(name.as_str())).collect(),
            kinds: self.kinds.clone(),
            keywords: Keywords {
                include: choice::from_lines(&self.include),
                exclude: choice::from_lines(&self.exclude),
                ..Keywords::default()
            },
            official: false,
        };
        filter.checked()
    }
}

/// What the map shows first: what is watched and some ground around it, else the whole city.
pub fn extent(filled: &Filled, layer: Option<&LayerVersion>) -> Option<Envelope> {
    let Some(shape) = filled.shape() else { return layer?.bounds() };
    shape.envelopes(200.0).into_iter().reduce(|a, b| a.union(&b))
}

/// What the watch is called until its owner calls it something else.
pub fn name(frame: &Frame<'_>, filled: &Filled, target: &Target) -> String {
    match target {
        Target::Wards { meant: Meant::ThisWard, wards } if wards.len() == 1 => {
            frame.with("page-target-ward", "what", &wards[0].ward)
        }
        Target::Wards { .. } => frame.t("page-watch-my-ward"),
        _ => filled.called().unwrap_or_else(|| frame.t("page-watch-my-area")),
    }
}

pub fn wrong_filter(frame: &Frame<'_>, why: WatchError) -> Wrong {
    Wrong::at("what", frame.t(super::super::manage::wrong_key(why)))
}

//! The city as GeoJSON files, and back: what `data/` holds and the binary carries.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{DemoCity, DemoWard, Landmark, Named, Positions, Street, StreetClass, generate};
use crate::geometry::Position;

/// The seed of the city in `data/`.
pub const SEED: u64 = 8311;

/// Why files are not a demo city.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CityError {
    #[error("{file} is not GeoJSON: {reason}; write it again with `wardwatch demo --write-data`")]
    NotGeoJson { file: &'static str, reason: String },
    #[error("feature {feature} of {file} lacks {field}; write the data again")]
    Incomplete { file: &'static str, feature: usize, field: &'static str },
}

const WARDS: &str = include_str!("../../../data/wards.geojson");
const STREETS: &str = include_str!("../../../data/streets.geojson");
const WATER: &str = include_str!("../../../data/water.geojson");
const PARKS: &str = include_str!("../../../data/parks.geojson");
const PLACES: &str = include_str!("../../../data/places.geojson");

impl DemoCity {
    /// The city the binary carries, so that the demo runs from any directory.
    ///
    /// # Errors
    /// When the files it was built with are not the city's.
    pub fn embedded() -> Result<Self, CityError> {
        Self::read([WARDS, STREETS, WATER, PARKS, PLACES])
    }

    /// The wards of the embedded city as the GeoJSON text that `boundaries import` reads: property
    /// `ward` is the key, `name` the name.
    #[must_use]
    pub fn embedded_wards() -> &'static str {
        WARDS
    }

    /// The city for a seed: the embedded one for [`SEED`], else a new one.
    ///
    /// # Errors
    /// As [`DemoCity::embedded`].
    pub fn for_seed(seed: u64) -> Result<Self, CityError> {
        if seed == SEED { Self::embedded() } else { Ok(generate(seed)) }
    }

    /// File names and contents, one feature on a line.
    #[must_use]
    pub fn files(&self) -> [(&'static str, String); 5] {
        [
            ("wards.geojson", collection(self.wards.iter().map(ward_feature))),
            ("streets.geojson", collection(self.streets.iter().map(street_feature))),
            ("water.geojson", collection(self.waters.iter().map(named_feature))),
            ("parks.geojson", collection(self.parks.iter().map(named_feature))),
            ("places.geojson", collection(self.places.iter().map(place_feature))),
        ]
    }

    fn read([wards, streets, waters, parks, places]: [&str; 5]) -> Result<Self, CityError> {
        Ok(Self {
            wards: features("wards.geojson", wards, read_ward)?,
            streets: features("streets.geojson", streets, read_street)?,
            waters: features("water.geojson", waters, read_named)?,
            parks: features("parks.geojson", parks, read_named)?,
            places: features("places.geojson", places, read_place)?,
        })
    }
}

impl StreetClass {
    const ALL: [Self; 3] = [Self::Arterial, Self::Diagonal, Self::Street];

    /// The name in the files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Arterial => "arterial",
            Self::Diagonal => "diagonal",
            Self::Street => "street",
        }
    }
}

fn collection(features: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = features.collect();
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n", lines.join(",\n"))
}

fn feature(properties: &Value, kind: &str, coordinates: &str) -> String {
    format!(
        "{{\"type\":\"Feature\",\"properties\":{properties},\
         \"geometry\":{{\"type\":\"{kind}\",\"coordinates\":{coordinates}}}}}"
    )
}

fn list(line: &[Position]) -> String {
    let mut out = String::from("[");
    for (k, at) in line.iter().enumerate() {
        let comma = if k == 0 { "" } else { "," };
        let _ = write!(out, "{comma}[{:.6},{:.6}]", at.lon, at.lat);
    }
    out + "]"
}

fn ward_feature(ward: &DemoWard) -> String {
    let properties = json!({ "ward": ward.key, "name": ward.name });
    feature(&properties, "Polygon", &format!("[{}]", list(&ward.ring)))
}

fn named_feature(named: &Named) -> String {
    feature(&json!({ "name": named.name }), "Polygon", &format!("[{}]", list(&named.ring)))
}

fn street_feature(street: &Street) -> String {
    let properties = json!({
        "name": street.name, "prefix": street.prefix, "class": street.class.name(),
        "from": street.from, "to": street.to,
    });
    feature(&properties, "LineString", &list(&street.line))
}

fn place_feature(place: &Landmark) -> String {
    let at = format!("[{:.6},{:.6}]", place.at.lon, place.at.lat);
    feature(&json!({ "name": place.name, "kind": place.kind }), "Point", &at)
}

/// One feature as it is read: its properties and its coordinates.
struct Raw<'a> {
    properties: &'a Map<String, Value>,
    coordinates: &'a Value,
}

impl Raw<'_> {
    fn text(&self, field: &'static str) -> Result<String, &'static str> {
        self.properties.get(field).and_then(Value::as_str).map(str::to_owned).ok_or(field)
    }

    fn number(&self, field: &'static str) -> Result<u32, &'static str> {
        let value = self.properties.get(field).and_then(Value::as_u64);
        value.and_then(|n| u32::try_from(n).ok()).ok_or(field)
    }

    fn ring(&self) -> Result<Positions, &'static str> {
        self.coordinates.get(0).and_then(line).ok_or("coordinates")
    }
}

fn features<T>(
    file: &'static str,
    text: &str,
    read: fn(&Raw) -> Result<T, &'static str>,
) -> Result<Vec<T>, CityError> {
    let not = |reason: &dyn ToString| CityError::NotGeoJson { file, reason: reason.to_string() };
    let value: Value = serde_json::from_str(text).map_err(|e| not(&e))?;
    let features = value["features"].as_array().ok_or_else(|| not(&"it has no features"))?;
    let one = |(feature, value): (usize, &Value)| {
        let lacks = |field| CityError::Incomplete { file, feature, field };
        let properties = value["properties"].as_object().ok_or_else(|| lacks("properties"))?;
        let coordinates = &value["geometry"]["coordinates"];
        read(&Raw { properties, coordinates }).map_err(lacks)
    };
    features.iter().enumerate().map(one).collect()
}

fn position(value: &Value) -> Option<Position> {
    Some(Position { lon: value.get(0)?.as_f64()?, lat: value.get(1)?.as_f64()? })
}

fn line(value: &Value) -> Option<Positions> {
    value.as_array()?.iter().map(position).collect()
}

fn read_ward(raw: &Raw) -> Result<DemoWard, &'static str> {
    Ok(DemoWard { key: raw.text("ward")?, name: raw.text("name")?, ring: raw.ring()? })
}

fn read_named(raw: &Raw) -> Result<Named, &'static str> {
    Ok(Named { name: raw.text("name")?, ring: raw.ring()? })
}

fn read_street(raw: &Raw) -> Result<Street, &'static str> {
    let class = raw.text("class")?;
    Ok(Street {
        name: raw.text("name")?,
        prefix: raw.text("prefix")?,
        class: StreetClass::ALL.into_iter().find(|c| c.name() == class).ok_or("class")?,
        from: raw.number("from")?,
        to: raw.number("to")?,
        line: line(raw.coordinates).ok_or("coordinates")?,
    })
}

fn read_place(raw: &Raw) -> Result<Landmark, &'static str> {
    let at = position(raw.coordinates).ok_or("coordinates")?;
    Ok(Landmark { name: raw.text("name")?, kind: raw.text("kind")?, at })
}

//! Which property of a file tells its areas apart.

use std::collections::HashMap;

use serde_json::Value;

use super::Feature;
use super::features::plain;

/// By what the areas of a file are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdChoice {
    /// A property's name, or `id` for the Feature's own.
    pub property: String,
    /// One for each feature, in order; whole numbers without a fraction.
    pub ids: Vec<String>,
}

/// Why the areas of a file cannot be told apart. Features are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("no feature has the property “{property}”; there are: {}", present.join(", "))]
    NoSuchProperty { property: String, present: Vec<String> },
    #[error("“{property}” is missing in {}", features(at))]
    Missing { property: String, at: Vec<usize> },
    #[error("“{property}” is “{value}” in {}; ids must differ", features(at))]
    Duplicate { property: String, value: String, at: Vec<usize> },
    #[error("no property tells every feature apart; there are: {}", present.join(", "))]
    NothingUnique { present: Vec<String> },
}

fn features(at: &[usize]) -> String {
    let shown: Vec<_> = at.iter().take(10).map(ToString::to_string).collect();
    let more = if at.len() > 10 { format!(" and {} more", at.len() - 10) } else { String::new() };
    format!("feature {}{more}", shown.join(", "))
}

/// The ids of a file's features: by the wanted property; else the Features' own `id`; else the
/// property that differs in every feature and looks most like an id.
///
/// # Errors
/// When ids are missing or come twice, naming the features by their place in the file, from 1.
pub fn pick_ids(features: &[Feature], wanted: Option<&str>) -> Result<IdChoice, IdError> {
    if let Some(property) = wanted {
        return unique(features, property, ids_by(features, property)?);
    }
    let by =
        |name: &str, own| present(features, name, own).and_then(|ids| unique(features, name, ids));
    if features.iter().all(|f| f.id.is_some())
        && let Ok(choice) = by("id", true)
    {
        return Ok(choice);
    }
    let mut candidates = names(features);
    candidates.sort_by_key(|name| likeness(name));
    let choice = candidates
        .iter()
        .filter(|name| features.iter().all(|f| could_be_id(&f.properties[*name])))
        .find_map(|name| by(name, false).ok());
    choice.ok_or_else(|| IdError::NothingUnique { present: names(features) })
}

/// The ids of a file's features by this property, which may come several times.
///
/// # Errors
/// When ids are missing, naming the features by their place in the file, from 1.
pub fn ids_by(features: &[Feature], property: &str) -> Result<Vec<String>, IdError> {
    let of_features = property == "id" && features.iter().all(|f| !f.properties.contains_key("id"));
    let known = of_features || features.iter().any(|f| f.properties.contains_key(property));
    if !known && !features.is_empty() {
        let present = names(features);
        return Err(IdError::NoSuchProperty { property: property.to_owned(), present });
    }
    present(features, property, of_features)
}

fn present(features: &[Feature], property: &str, own: bool) -> Result<Vec<String>, IdError> {
    let id = |feature: &Feature| {
        let id =
            if own { feature.id.clone() } else { feature.properties.get(property).and_then(plain) };
        id.filter(|id| !id.trim().is_empty())
    };
    let found: Vec<Option<String>> = features.iter().map(id).collect();
    let missing = features.iter().zip(&found).filter(|(_, id)| id.is_none());
    let at: Vec<usize> = missing.map(|(feature, _)| feature.index + 1).collect();
    if at.is_empty() {
        return Ok(found.into_iter().flatten().collect());
    }
    Err(IdError::Missing { property: property.to_owned(), at })
}

fn unique(features: &[Feature], property: &str, ids: Vec<String>) -> Result<IdChoice, IdError> {
    let mut seen: HashMap<&String, usize> = HashMap::new();
    for id in &ids {
        *seen.entry(id).or_default() += 1;
    }
    let property = property.to_owned();
    // The first in the file, so that the same file always says the same.
    let Some(value) = ids.iter().find(|id| seen[id] > 1).cloned() else {
        return Ok(IdChoice { property, ids });
    };
    let twice = features.iter().zip(&ids).filter(|(_, id)| **id == value);
    let at = twice.map(|(feature, _)| feature.index + 1).collect();
    Err(IdError::Duplicate { property, value, at })
}

/// Names that every feature has, in alphabetical order; of no features none.
fn names(features: &[Feature]) -> Vec<String> {
    let Some(first) = features.first() else { return Vec::new() };
    let common = |name: &&String| features.iter().all(|f| f.properties.contains_key(*name));
    first.properties.keys().filter(common).cloned().collect()
}

/// A text or a whole number: areas, lengths and lists tell features apart by accident.
fn could_be_id(value: &Value) -> bool {
    let fraction = |text: &str| text.contains('.') && text.parse::<f64>().is_ok();
    plain(value).is_some_and(|text| !fraction(&text) && text.chars().count() <= 100)
}

/// How much a name looks like that of an id; less is more.
fn likeness(name: &str) -> usize {
    const WORDS: [&[&str]; 14] = [
        &["ward", "wards", "wardid"],
        &["district", "dist", "districts"],
        &["precinct", "prec", "pct"],
        &["beat"],
        &["division", "div"],
        &["tract", "geoid", "fips"],
        &["neighborhood", "neighbourhood", "neigh", "nhood", "hood"],
        &["code", "cd", "key"],
        &["id", "uid"],
        &["number", "num", "no", "nr"],
        &["name", "nm"],
        &["title", "label"],
        &["community", "area", "zone", "borough", "boro", "city", "region"],
        &["listname", "mapname"],
    ];
    // Rows of somebody's database, sizes and dates.
    const ACCIDENTS: [&str; 19] = [
        "objectid",
        "fid",
        "gid",
        "ogc",
        "cartodb",
        "globalid",
        "shape",
        "st",
        "length",
        "leng",
        "len",
        "created",
        "updated",
        "edit",
        "date",
        "perimeter",
        "sqft",
        "url",
        "description",
    ];
    let words = words(name);
    if words.iter().any(|word| ACCIDENTS.contains(&word.as_str())) {
        return WORDS.len() + 1;
    }
    let rank = |word: &String| WORDS.iter().position(|group| group.contains(&word.as_str()));
    words.iter().filter_map(rank).min().unwrap_or(WORDS.len())
}

/// The words of a name like `WARD_ID`, `BoroCD` or `WD13NM`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let turns = before.is_lowercase() && c.is_uppercase();
        if turns || !c.is_alphabetic() {
            words.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::geometry::{FileLimits, read_features};

    fn file(features: &[(Value, Value)]) -> Vec<Feature> {
        let ring = json!([[[0, 0], [1, 0], [1, 1], [0, 0]]]);
        let geometry = json!({"type": "Polygon", "coordinates": ring});
        let feature = |(id, properties): &(Value, Value)| json!({"type": "Feature", "id": id, "properties": properties, "geometry": geometry});
        let features: Vec<_> = features.iter().map(feature).collect();
        let text = json!({"type": "FeatureCollection", "features": features}).to_string();
        read_features(text.as_bytes(), &FileLimits::default()).unwrap().split().0
    }

    fn picked(properties: &[Value], wanted: Option<&str>) -> Result<(String, String), String> {
        let features: Vec<_> = properties.iter().map(|p| (Value::Null, p.clone())).collect();
        pick_ids(&file(&features), wanted)
            .map(|choice| (choice.property, choice.ids.join(" ")))
            .map_err(|e| e.to_string())
    }

    #[test]
    fn the_property_that_looks_most_like_an_id_is_found() {
        let table = [
            (json!({"objectid": 51, "ward_id": "1", "st_area_sh": "6.5"}), "ward_id"),
            (
                json!({"shape_area": "1.5", "pri_neigh": "Hyde Park", "shape_len": "2.5"}),
                "pri_neigh",
            ),
            (json!({"BoroCD": 311, "Shape_Area": 12.5, "Shape_Leng": 3.5}), "BoroCD"),
            (json!({"WD13CD": "E05009288", "WD13CDO": "00AAGC", "WD13NM": "Aldersgate"}), "WD13CD"),
            (json!({"created_at": "2013", "cartodb_id": 1, "name": "Seacliff"}), "name"),
            (json!({"district": 1.0}), "district"),
        ];
        for (first, expected) in table {
            let mut second = first.clone();
            for value in second.as_object_mut().unwrap().values_mut() {
                *value = if value.is_number() { json!(77) } else { json!("another") };
            }
            let (property, _) = picked(&[first, second], None).unwrap();
            assert_eq!(property, expected);
        }
    }

    #[test]
    fn whole_numbers_are_written_whole_and_the_features_own_ids_come_first() {
        let wards = [json!({"ward": 1.0}), json!({"ward": 2})];
        assert_eq!(picked(&wards, None), Ok(("ward".into(), "1 2".into())));
        let own = file(&[(json!(7), json!({"ward": 1})), (json!("b"), json!({"ward": 2}))]);
        let choice = pick_ids(&own, None).unwrap();
        assert_eq!((choice.property.as_str(), choice.ids.join(" ")), ("id", "7 b".into()));
        assert_eq!(pick_ids(&own, Some("ward")).unwrap().ids, ["1", "2"]);
        assert_eq!(pick_ids(&own, Some("id")).unwrap().ids, ["7", "b"]);
    }

    #[test]
    fn ids_that_are_missing_or_come_twice_name_their_features() {
        let wards = [json!({"ward": 1}), json!({"ward": 2}), json!({"ward": 1}), json!({})];
        let told = |some: &[Value], wanted| picked(some, wanted).unwrap_err();
        assert_eq!(told(&wards, Some("ward")), "“ward” is missing in feature 4");
        let twice = "“ward” is “1” in feature 1, 3; ids must differ";
        assert_eq!(told(&wards[..3], Some("ward")), twice);
        let none = "no feature has the property “wrad”; there are: ward";
        assert_eq!(told(&wards[..2], Some("wrad")), none);
        assert!(told(&wards[..3], None).starts_with("no property tells every feature apart"));
    }
}

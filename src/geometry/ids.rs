//! Which property of a file tells its areas apart.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::Feature;
use super::features::plain;
use super::likeness;

/// By what the areas of a file are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdChoice {
    /// A property's name, or `id` for the Feature's own.
    pub property: String,
    /// Whether it is the Feature's own `id`, which no property is.
    pub own: bool,
    /// One for each feature, in order; whole numbers without a fraction.
    pub ids: Vec<String>,
    /// A property that reads like a ward's number, too, and says otherwise.
    pub rival: Option<Rival>,
}

/// What else could have told the areas apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    pub property: String,
    /// The place in the list of the first feature of which it says otherwise, and what it says.
    pub first: usize,
    pub says: String,
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
    #[error("no property is in every feature; there are: {}", some.join(", "))]
    NothingCommon { some: Vec<String> },
    #[error("the features have no properties")]
    Nameless,
}

fn features(at: &[usize]) -> String {
    let shown: Vec<_> = at.iter().take(10).map(ToString::to_string).collect();
    let more = if at.len() > 10 { format!(" and {} more", at.len() - 10) } else { String::new() };
    format!("feature {}{more}", shown.join(", "))
}

/// The ids of a file's features: by the wanted property; else the Features' own `id`; else the
/// property that differs in every feature and looks most like an id. Own ids that do no more than
/// count the features give way to a property that reads like the number of an area.
///
/// # Errors
/// When ids are missing or come twice, naming the features by their place in the file, from 1.
pub fn pick_ids(features: &[Feature], wanted: Option<&str>) -> Result<IdChoice, IdError> {
    if let Some(property) = wanted {
        return unique(features, property, ids_by(features, property)?);
    }
    let mut likeliest = names(features);
    likeliest.sort_by_key(|name| likeness::rank(name));
    // One after the other: a file may have a hundred thousand features of a hundred properties.
    let by = |is: fn(&str) -> bool| {
        likeliest.iter().filter(move |name| is(name)).filter_map(|name| by_property(features, name))
    };
    let own = present(features, "id", true).and_then(|ids| unique(features, "id", ids));
    let choice = match own.map(|choice| IdChoice { own: true, ..choice }) {
        Ok(own) if counts(features, &own.ids) => by(likeness::of_area).next().unwrap_or(own),
        Ok(own) => own,
        Err(_) => by(|_| true).next().ok_or_else(|| nothing(features))?,
    };
    let rival = by(likeness::of_ward).find_map(|other| rival(&choice, &other));
    Ok(IdChoice { rival, ..choice })
}

/// Why no property could be taken, of those that every feature has.
fn nothing(features: &[Feature]) -> IdError {
    let present = names(features);
    let mut some: BTreeMap<&String, usize> = BTreeMap::new();
    for name in features.iter().flat_map(|feature| feature.properties.keys()) {
        *some.entry(name).or_default() += 1;
    }
    match (present.is_empty(), some.is_empty()) {
        (false, _) => IdError::NothingUnique { present },
        (true, true) => IdError::Nameless,
        (true, false) => {
            let told = some.into_iter().map(|(name, count)| format!("{name} in {count} of them"));
            IdError::NothingCommon { some: told.collect() }
        }
    }
}

/// The ids by a property that could be one, where it differs in every feature.
fn by_property(features: &[Feature], name: &str) -> Option<IdChoice> {
    let could = features.iter().all(|feature| could_be_id(&feature.properties[name]));
    let ids = could.then(|| present(features, name, false).ok())??;
    unique(features, name, ids).ok()
}

/// Whether ids only number the records of a file, from 0 or 1; of a single one any number may.
fn counts(features: &[Feature], ids: &[String]) -> bool {
    let numbers: Option<Vec<usize>> = ids.iter().map(|id| id.parse().ok()).collect();
    let Some(numbers) = numbers else { return false };
    let from = |first: usize| {
        features.iter().zip(&numbers).all(|(feature, number)| feature.index + first == *number)
    };
    numbers.len() == 1 || from(0) || from(1)
}

/// Of which feature another property says otherwise; “07” and “7” are one number.
fn rival(taken: &IdChoice, other: &IdChoice) -> Option<Rival> {
    let bare = |id: &str| id.trim().trim_start_matches('0').to_owned();
    let mut both = taken.ids.iter().zip(&other.ids);
    let first = both.position(|(one, other)| bare(one) != bare(other))?;
    Some(Rival { property: other.property.clone(), first, says: other.ids[first].clone() })
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
        return Ok(IdChoice { property, own: false, ids, rival: None });
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

    /// What was picked, and what else could have been.
    fn picked_of(features: &[(Value, Value)]) -> (String, String, Option<String>) {
        let choice = pick_ids(&file(features), None).unwrap();
        let rival = choice.rival.map(|rival| rival.property);
        let by = if choice.own { "own" } else { &choice.property };
        (by.to_owned(), choice.ids.join(" "), rival)
    }

    #[test]
    fn ids_that_only_count_the_features_give_way_to_the_numbers_of_the_wards() {
        let two = |[a, b]: [i32; 2], [x, y]: [Value; 2]| picked_of(&[(json!(a), x), (json!(b), y)]);
        let by = |property: &str, ids: &str| (property.to_owned(), ids.to_owned(), None);
        let chicago = |n: i32| json!({"OBJECTID": n, "District_N": n.to_string(), "District_1": n});
        assert_eq!(two([0, 1], [chicago(1), chicago(2)]), by("District_N", "1 2"));
        let council = [json!({"CounDist": 7}), json!({"CounDist": 8})];
        assert_eq!(two([1, 2], council.clone()), by("CounDist", "7 8"));
        let joined = [json!({"COUNDIST": 7}), json!({"COUNDIST": 8})];
        assert_eq!(two([0, 1], joined), by("COUNDIST", "7 8"));
        // Neither a name nor what comes twice is the number of a ward.
        let names =
            [json!({"ward_name": "Hill", "ward": 1}), json!({"ward_name": "Dale", "ward": 1})];
        assert_eq!(two([0, 1], names), by("own", "0 1"));
        // Numbers that do not count are meant; then a property that says otherwise is told.
        let told = ("own".to_owned(), "4 9".to_owned(), Some("CounDist".to_owned()));
        assert_eq!(two([4, 9], council), told);
        let same = [json!({"ward": "07"}), json!({"ward": "04"})];
        assert_eq!(two([7, 4], same), by("own", "7 4"));
    }

    #[test]
    fn the_bare_number_of_a_single_feature_gives_way_too() {
        let district = json!({"OBJECTID": 21, "CounDist": 49, "id": 49});
        let picked = picked_of(&[(json!(21), district.clone())]);
        assert_eq!(picked, ("CounDist".into(), "49".into(), None));
        let (by, ids, rival) = picked_of(&[(json!("si-49"), district)]);
        assert_eq!((&*by, &*ids, rival.as_deref()), ("own", "si-49", Some("CounDist")));
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
        let spelled = [json!({"WARD": 10}), json!({"ward": 20}), json!({"ward": 30})];
        let why =
            "no property is in every feature; there are: WARD in 1 of them, ward in 2 of them";
        assert_eq!(told(&spelled, None), why);
        assert_eq!(pick_ids(&file(&[(Value::Null, json!({}))]), None), Err(IdError::Nameless));
    }
}

//! By what the areas of a clerk's file are told apart, and that it is said.

use serde_json::{Value, json};

use crate::boundaries::{collection, import, polygon, program, square, ward, write};
use crate::nasty::data;

/// The ids that a dry run of a file would load, and what it says.
fn told(file: &str, more: &[&str]) -> Option<(Vec<String>, String)> {
    let (folder, name) = file.split_once('/').expect("a folder and a file");
    let file = data(folder)?.join(name);
    let words = [more, &["--dry-run", "--json", "--repair", "--coverage-seconds", "0"]].concat();
    let ended = import(&program(), &file, &words);
    let told: Value = serde_json::from_str(&ended.printed).unwrap_or_default();
    let wards = told["changes"]["wards"].as_array().expect("all of them are new").iter();
    let mut ids: Vec<_> = wards.map(|ward| ward["ward"].as_str().unwrap().to_owned()).collect();
    ids.sort_by_key(|id| (id.len(), id.clone()));
    Some((ids, ended.said))
}

#[test]
fn record_numbers_are_not_taken_for_the_numbers_of_wards() {
    for (file, last, property) in [
        ("boundaries/chicago/wards_2015_2023__mikemommsen_crs_intids.geojson.gz", 50, "District_N"),
        ("boundaries/nyc/council_2013__dcp_crs_invalid.geojson.gz", 51, "CounDist"),
    ] {
        let Some((ids, said)) = told(file, &[]) else { return };
        let whole: Vec<_> = (1..=last).map(|number: u32| number.to_string()).collect();
        assert_eq!(ids, whole, "{said}");
        assert!(said.contains(&format!("ids are taken from the property `{property}`")), "{said}");
        assert!(!said.contains("warning: "), "{said}");
    }
    let single = "nasty/real/nyc_council_district_49_pretty_printed_feature.geojson";
    let Some((ids, said)) = told(single, &[]) else { return };
    assert_eq!(ids, ["49"], "{said}");
    // Who names a property gets that one, whatever it reads like.
    let Some((ids, said)) = told(single, &["--id-property", "OBJECTID"]) else { return };
    assert_eq!((ids, said.contains("ids are taken")), (vec!["21".into()], false), "{said}");
}

#[test]
fn a_property_that_says_otherwise_than_the_ids_is_told_of() {
    let data = tempfile::tempdir().unwrap();
    let own = |id: u32, number: &str, west: f64| {
        let mut feature = ward(number, &polygon(&square(west, 40.0, west + 0.5, 41.0)));
        feature["id"] = json!(id);
        feature
    };
    let features = [own(70, "70", 10.0), own(90, "12", 10.5)];
    let file = write(data.path(), "wards.geojson", &collection(&features));
    let ended = import(&program(), &file, &[]);
    for told in [
        "ids are taken from each feature's own `id`\n",
        "warning: feature 2 is 90 by that and 12 by `ward`; if the wards are known by the latter, \
         say --id-property ward\n",
    ] {
        assert!(ended.said.contains(told), "“{told}” is not in: {}", ended.said);
    }
}

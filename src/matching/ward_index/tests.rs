use super::super::oracle::{DEGREE, Plot, STEP, Spot, position};
use super::*;

/// Two wards side by side on the equator, a degree each; the line between them is longitude 1.
fn layer(tolerance_m: f64) -> WardIndex {
    let ward = |key: &str, west: i64| Ward {
        key: key.into(),
        name: format!("Ward {key}"),
        shape: (*Plot::rectangle((west, 0), (west + DEGREE, DEGREE)).shape()).clone(),
    };
    WardIndex::new(LayerVersion {
        layer: "wards".into(),
        version: 3,
        effective: Timestamp::from_millis(0),
        tolerance_m,
        wards: vec![ward("2", DEGREE), ward("12", 0)],
    })
}

fn keys_at(index: &WardIndex, spot: Spot) -> (Vec<&str>, Vec<&str>) {
    let WardsAt { within, near } = index.wards_at(position(spot));
    (
        within.iter().map(|ward| ward.key.as_str()).collect(),
        near.iter().map(|ward| ward.key.as_str()).collect(),
    )
}

#[test]
fn a_place_on_the_line_is_in_both_wards_and_near_none() {
    assert_eq!(keys_at(&layer(1.0), (DEGREE, 5_000 * STEP)), (vec!["12", "2"], vec![]));
}

#[test]
fn a_place_within_the_tolerance_of_the_line_is_in_one_and_near_the_other() {
    // A step is 1.33 cm at the equator: 60 steps are 80 cm, 90 steps 1.2 m.
    assert_eq!(keys_at(&layer(1.0), (DEGREE + 60 * STEP, 5_000 * STEP)), (vec!["2"], vec!["12"]));
    assert_eq!(keys_at(&layer(1.0), (DEGREE + 90 * STEP, 5_000 * STEP)), (vec!["2"], vec![]));
    assert_eq!(keys_at(&layer(1.5), (DEGREE + 90 * STEP, 5_000 * STEP)), (vec!["2"], vec!["12"]));
}

#[test]
fn without_tolerance_nothing_is_near() {
    assert_eq!(keys_at(&layer(0.0), (DEGREE + STEP, 5_000 * STEP)), (vec!["2"], vec![]));
    assert_eq!(keys_at(&layer(0.0), (-STEP, 5_000 * STEP)), (vec![], vec![]));
}

#[test]
fn a_house_just_off_the_map_has_the_ward_it_is_near_to() {
    let home = |spot| layer(1.0).home_of(position(spot));
    assert_eq!(
        home((-60 * STEP, 5_000 * STEP)),
        [WardRef { layer: "wards".into(), ward: "12".into() }]
    );
    assert_eq!(home((-90 * STEP, 5_000 * STEP)), []);
}

#[test]
fn wards_are_found_by_their_key_and_listed_in_its_order() {
    let index = layer(1.0);
    assert_eq!(index.ward("2").map(|ward| ward.name.as_str()), Some("Ward 2"));
    assert!(index.ward("3").is_none());
    let keys: Vec<_> = index.wards().iter().map(|ward| ward.key.as_str()).collect();
    assert_eq!(keys, ["12", "2"]);
    assert_eq!((index.layer(), index.version()), ("wards", 3));
}

//! What residents type, and what they expect.

use super::words::{street_words, written};
use super::*;

const MIDDLE: Position = Position { lon: -87.65, lat: 41.95 };

/// So many metres east and north of the middle of town.
fn at(east: f64, north: f64) -> Position {
    along::Plane::at(MIDDLE).lift((east, north))
}

fn house(number: &str, street: &str, east: f64, north: f64) -> AddressPoint {
    AddressPoint { number: number.into(), street: street.into(), at: at(east, north) }
}

/// A grid: Addison and Oak run east, State and Oakley north; blocks are 200 m long.
fn town() -> Gazetteer {
    let mut town = Builder::default();
    let addresses = [
        house("1200", "W ADDISON ST", 10.0, 12.0),
        house("1200A", "W ADDISON ST", 14.0, 12.0),
        house("1204", "W Addison St", 30.0, 12.0),
        house("12001", "W Addison St", 900.0, 12.0),
        house("1200", "W Addison Park Rd", 10.0, 500.0),
        house("7", "Oakley Ave", 0.0, -300.0),
        house("7", "Łódź Street", 0.0, -600.0),
        house("12-34", "W 3rd St", 0.0, -700.0),
        house("55", "O'Hare Ave", 0.0, -800.0),
        house("9", "N State St", 207.0, 90.0),
        house("9", "S State St", 207.0, -90.0),
    ];
    for address in &addresses {
        assert!(town.address(address), "{address:?}");
    }
    let mut street = |name: &str, line: Vec<Position>, left, right| {
        assert!(town.street(&StreetLine { name: name.into(), line, left, right }), "{name}");
    };
    street(
        "W Addison St",
        vec![at(0.0, 0.0), at(200.0, 0.0)],
        Some((1201, 1299)),
        Some((1200, 1298)),
    );
    street(
        "W Addison St",
        vec![at(200.0, 0.0), at(400.0, 0.0)],
        Some((1301, 1399)),
        Some((1300, 1398)),
    );
    street("N State St", vec![at(200.0, 0.0), at(200.0, 400.0)], None, None);
    street("S State St", vec![at(200.0, 0.0), at(200.0, -400.0)], None, None);
    street("Oak St", vec![at(0.0, -200.0), at(400.0, -200.0)], Some((1, 99)), Some((2, 98)));
    // It ends at Addison, six metres short.
    street("Dead End Ct", vec![at(300.0, 200.0), at(300.0, 6.0)], None, None);
    town.build()
}

fn labels(text: &str) -> Vec<String> {
    town().search(text, 5).into_iter().map(|hit| hit.label).collect()
}

fn first(text: &str) -> Hit {
    town().search(text, 5).into_iter().next().unwrap_or_else(|| panic!("nothing for “{text}”"))
}

#[test]
fn spellings_of_one_street_are_one() {
    let table = [
        ("North Addison Street", "n addison st"),
        ("N. ADDISON ST.", "n addison st"),
        ("Avenida Martínez", "ave martinez"),
        ("Saint John’s Pl", "st johns pl"),
        ("Third Avenue", "3rd ave"),
        ("3RD AV", "3rd ave"),
        ("Martin Luther King Jr. Drive", "martin luther king jr dr"),
        ("Łódź Straße", "lodz strasse"),
        ("Avenue of the Americas", "ave of the americas"),
        ("Gru\u{308}nstr", "grunstr"),
    ];
    for (name, words) in table {
        assert_eq!(street_words(name).join(" "), words, "{name}");
    }
    assert_eq!(street_words("W Addison"), street_words("west  addison"));
    assert_ne!(street_words("Oak"), street_words("Oakley"));
}

#[test]
fn a_name_that_a_file_shouts_is_said_calmly() {
    let table = [
        ("W ADDISON ST", "W Addison St"),
        ("NE 3RD AVE", "NE 3rd Ave"),
        ("W Addison  St", "W Addison St"),
        ("McVicker Ave", "McVicker Ave"),
    ];
    for (given, shown) in table {
        assert_eq!(written(given), shown);
    }
}

#[test]
fn an_address_is_found_however_it_is_written() {
    for text in [
        "1200 W Addison St",
        "1200 west addison street",
        "  1200 W. ADDISON ST. ",
        "1200 addison st",
        "1200 W Addison St, Chicago, IL 60613",
        "1200 W Addison St Chicago IL 60613",
        "1200 W Addison St Apt 4",
        "1200 W Addison St #4b",
        "Unit 12, 1200 W Addison St",
        "1200, W Addison St",
        "1200 w addison saint",
    ] {
        let hit = first(text);
        assert_eq!((&*hit.label, hit.kind), ("1200 W Addison St", Kind::Address), "{text}");
        assert!(hit.exact, "{text}");
        assert!(hit.at.distance_m(at(10.0, 12.0)) < 0.1);
    }
    for (text, label) in [
        ("1200a w addison", "1200A W Addison St"),
        ("7 lodz st", "7 Łódź Street"),
        ("12-34 third street", "12-34 W 3rd St"),
        ("12-34 3 st", "12-34 W 3rd St"),
        ("55 ohare", "55 O'Hare Ave"),
    ] {
        assert_eq!(first(text).label, label, "{text}");
    }
}

#[test]
fn what_is_being_typed_is_found_before_it_is_whole() {
    for text in ["1200 w", "1200 w add", "1200 w adda", "1200 addison p"] {
        assert!(first(text).label.starts_with("1200 W Addison"), "{text}");
    }
    assert!(!first("1200 w addis").exact, "it may go on");
    assert_eq!(first("1200 addison stre").label, "1200 W Addison St");
    assert_eq!(labels("1200 w addison p"), ["1200 W Addison Park Rd"]);
}

#[test]
fn the_order_is_that_which_a_resident_expects() {
    // Exact numbers before those that only begin so, and those before the street alone.
    assert_eq!(labels("1200 w addison st"), ["1200 W Addison St", "12001 W Addison St"]);
    // Whole words before parts of words, a number between others before the street of a longer name.
    assert_eq!(labels("7 oak"), ["7 Oak St", "7 Oakley Ave"]);
    // The street that leaves no word over comes first.
    assert_eq!(labels("1200 addison")[..2], ["1200 W Addison St", "1200 W Addison Park Rd"]);
    // A point before what lies between numbers.
    assert_eq!(first("1204 w addison").kind, Kind::Address);
    assert_eq!(first("1206 w addison").kind, Kind::Interpolated);
    assert_eq!(labels("oak"), ["Oak St", "Oakley Ave"]);
    assert_eq!(labels("state"), ["N State St", "S State St"]);
}

#[test]
fn a_number_without_a_point_lies_between_the_ends_of_its_block() {
    let even = first("1250 w addison st");
    assert_eq!(
        (&*even.label, even.kind, even.exact),
        ("1250 W Addison St", Kind::Interpolated, true)
    );
    assert!(even.at.distance_m(at(102.0, -9.0)) < 2.0, "south of the line: {:?}", even.at);
    let odd = first("1351 w addison st");
    assert!(odd.at.distance_m(at(302.0, 9.0)) < 2.0, "north of it, a block on: {:?}", odd.at);
    let none = first("5000 w addison st");
    assert_eq!((&*none.label, none.kind, none.exact), ("W Addison St", Kind::Street, false));
}

#[test]
fn a_corner_is_where_the_lines_meet() {
    for text in [
        "State & Addison",
        "state and addison",
        "corner of State and Addison",
        "State St at W Addison St",
        "State/Addison",
        "esquina de State y Addison",
        "róg State i Addison",
        "state & addis",
        "N State Street @ West Addison Street, Chicago",
    ] {
        let hit = first(text);
        assert_eq!(hit.kind, Kind::Corner, "{text}");
        assert_eq!(hit.label, "N State St & W Addison St", "{text}");
        assert!(hit.at.distance_m(at(200.0, 0.0)) < 1.0, "{text}");
    }
    let crossing = first("oak & state");
    assert!(
        crossing.at.distance_m(at(200.0, -200.0)) < 1.0,
        "lines cross where neither has a corner"
    );
    assert_eq!(crossing.label, "Oak St & S State St");
    assert!(first("dead end & addison").at.distance_m(at(300.0, 0.0)) < 7.0, "a few metres short");
    assert!(labels("oak & dead end").is_empty(), "they do not meet");
    assert!(labels("state & elsewhere").is_empty());
}

#[test]
fn a_wrong_letter_direction_or_kind_is_forgiven() {
    for text in ["1200 w adison st", "1200 w addisson", "1200 w adidson st", "1200 e addison ave"] {
        let hit = first(text);
        assert_eq!(hit.label, "1200 W Addison St", "{text}");
        assert!(!hit.exact, "a person should look at it: {text}");
    }
    assert_eq!(first("oak and sttae").label, "Oak St & S State St");
    assert!(labels("1200 w xyzzy st").is_empty());
}

#[test]
fn nothing_that_is_asked_takes_long_or_fails() {
    let long = "1200 w addison ".repeat(10_000);
    let odd = [
        "",
        " ",
        "&",
        "& &",
        "1200",
        "#",
        "# #",
        ",,,",
        "and and and",
        "corner of",
        "apt 4",
        "\u{0}\u{300}\u{300}",
        "99999999999999999999 oak",
        "1/2 1/2",
        "🏠 & 🏠",
        &long,
    ];
    let town = town();
    for text in odd {
        assert!(town.search(text, 5).len() <= 5);
    }
    assert!(town.search("oak", 0).is_empty());
    assert!(Builder::default().build().search("1200 w addison", 5).is_empty());
}

#[test]
fn a_place_is_called_by_the_nearest_house_or_street() {
    let town = town();
    let near = town.nearest(at(9.0, 20.0)).unwrap();
    assert_eq!((&*near.label, near.kind), ("1200 W Addison St", Kind::Address));
    assert!((near.metres - 8.06).abs() < 0.1, "{}", near.metres);
    let between = town.nearest(at(150.0, -20.0)).unwrap();
    assert_eq!((&*between.label, between.kind), ("1274 W Addison St", Kind::Interpolated));
    assert!((between.metres - 20.0).abs() < 0.1, "{}", between.metres);
    let unnumbered = town.nearest(at(210.0, 300.0)).unwrap();
    assert_eq!((&*unnumbered.label, unnumbered.kind), ("N State St", Kind::Street));
    let house = town.nearest(at(-100.0, -820.0)).unwrap();
    assert_eq!(house.label, "55 O'Hare Ave", "no street is near, but this");
    assert_eq!(town.nearest(at(5_000.0, 5_000.0)), None);
    assert_eq!(Builder::default().build().nearest(MIDDLE), None);
}

/// The nearest house by the cells is the nearest of all, at any latitude.
#[test]
fn the_nearest_house_of_many_is_found_in_its_cells() {
    let mut dice = 7_u64;
    let mut unit = || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 11) as f64 / (1_u64 << 53) as f64
    };
    for lat in [0.0, 41.9, 75.0, -60.0] {
        let mut builder = Builder::default();
        let (mut houses, plane) = (vec![], along::Plane::at(Position { lon: -87.6, lat }));
        for number in 0..500 {
            let place = plane.lift((unit() * 6_000.0, unit() * 6_000.0));
            houses.push(place);
            let (number, street) = (number.to_string(), "Main St".to_owned());
            assert!(builder.address(&AddressPoint { number, street, at: place }));
        }
        let town = builder.build();
        for _ in 0..200 {
            let asked = plane.lift((unit() * 6_000.0, unit() * 6_000.0));
            let nearest =
                houses.iter().map(|house| house.distance_m(asked)).fold(f64::MAX, f64::min);
            let found = town.nearest(asked).map(|found| found.metres);
            let expected = Some(nearest).filter(|metres| *metres <= 400.0);
            assert_eq!(found.is_some(), expected.is_some(), "{asked:?}: {nearest}");
            assert!(found.zip(expected).is_none_or(|(a, b)| (a - b).abs() < 0.05), "{found:?}");
        }
    }
}

#[test]
fn the_addresses_of_a_large_city_fit_into_little_memory() {
    let mut builder = Builder::default();
    for i in 0..30_000 {
        let (street, number) = (i % 300, i / 300 * 2 + 1);
        let place = at(f64::from(street) * 100.0, f64::from(number) * 10.0);
        let (number, street) = (number.to_string(), format!("W Street{street} Ave"));
        assert!(builder.address(&AddressPoint { number, street, at: place }));
    }
    let town = builder.build();
    assert_eq!((town.addresses(), town.streets()), (30_000, 300));
    let each = town.bytes() / town.addresses();
    assert!(each < 60, "{each} bytes an address");
}

#[test]
fn an_address_in_one_piece_is_split_as_files_write_it() {
    let table = [
        ("1200 W Addison St", Some(("1200", "W Addison St"))),
        ("1200 1/2 W ADDISON ST APT 4, CHICAGO", Some(("1200 1/2", "W ADDISON ST"))),
        ("1200A Oak St #3", Some(("1200A", "Oak St"))),
        ("12-34 56th Rd", Some(("12-34", "56th Rd"))),
        ("Oak St", None),
        ("1200", None),
        ("", None),
    ];
    for (text, parts) in table {
        let parts = parts.map(|(number, street)| (number.to_owned(), street.to_owned()));
        assert_eq!(split_address(text), parts, "{text}");
    }
}

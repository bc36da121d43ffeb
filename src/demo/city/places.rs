//! Schools, libraries, stations: the names by which people say where something is.

use super::ground::{CREEK, Ground, RIVER};
use super::{Landmark, Street, StreetClass};
use crate::random::SplitMix;

const KINDS: [(&str, &str, usize); 5] = [
    ("school", "School", 16),
    ("library", "Branch Library", 6),
    ("station", "Station", 7),
    ("clinic", "Clinic", 4),
    ("market", "Market", 5),
];

/// The city's landmarks: the falls, and some of each kind beside a street that lends its name.
#[must_use]
pub fn places(ground: &Ground, streets: &[Street], dice: &mut SplitMix) -> Vec<Landmark> {
    let falls = ground.at(f64::from(CREEK) - 4.0, f64::from(RIVER)).position();
    let hall = ground.at(f64::from(CREEK) + 3.0, f64::from(RIVER) + 2.5).position();
    let landmark =
        |name: &str, kind: &str, at| Landmark { name: name.to_owned(), kind: kind.to_owned(), at };
    let mut places =
        vec![landmark("Alder Falls", "falls", falls), landmark("City Hall", "hall", hall)];
    for (kind, word, count) in KINDS {
        let wanted = places.len() + count;
        while places.len() < wanted {
            let street = &streets[dice.below(streets.len())];
            let stem = street.name.rsplit_once(' ').map_or(street.name.as_str(), |(stem, _)| stem);
            let name = format!("{stem} {word}");
            let numbered = stem.starts_with(|c: char| c.is_ascii_digit());
            let main_road = street.class == StreetClass::Arterial;
            let fits = !numbered && (kind == "school" || main_road);
            if fits && places.iter().all(|place| place.name != name) {
                places.push(landmark(&name, kind, street.line[dice.below(street.line.len())]));
            }
        }
    }
    places
}

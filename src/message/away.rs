//! How far away something is, and which way, in words.
//!
//! The one rule: it is told from what the reader watches, and to that reader alone; a ward or an
//! issue that somebody follows has no middle that means anything to them.

use crate::geometry::{Compass, Units};

use super::content::{Because, Told};
use super::words::{Key, Words};
use super::writer::Writer;

/// Nearer than this to the middle of an area nobody asks in which direction: a report is seldom
/// better placed than by its building.
const MIDDLE_M: f64 = 30.0;

const METRES_A_FOOT: f64 = 0.3048;
const METRES_A_MILE: f64 = 1_609.344;

/// A distance, rounded as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Distance {
    Metres(u32),
    /// Tenths of them.
    Kilometres(u32),
    Feet(u32),
    /// Tenths of them.
    Miles(u32),
}

impl Distance {
    fn of(metres: f64, units: Units) -> Self {
        match units {
            Units::Metric => match rounded(metres, if metres < 200.0 { 10 } else { 50 }) {
                short @ ..1_000 => Self::Metres(short),
                _ => Self::Kilometres(rounded(metres / 100.0, 1)),
            },
            Units::Us => match rounded(metres / METRES_A_FOOT, 50) {
                short @ ..1_000 => Self::Feet(short),
                _ => Self::Miles(rounded(metres / METRES_A_MILE * 10.0, 1)),
            },
        }
    }

    fn say(self, words: &Words<'_>) -> String {
        let whole = |key, count: u32| words.fill(key, &[("count", count.into())]);
        let tenths = |key, all: u32| {
            words.fill(key, &[("whole", (all / 10).into()), ("tenth", (all % 10).into())])
        };
        match self {
            Self::Metres(count) => whole(Key("distance-m"), count),
            Self::Feet(count) => whole(Key("distance-ft"), count),
            Self::Kilometres(all) if all % 10 == 0 => whole(Key("distance-km"), all / 10),
            Self::Miles(all) if all % 10 == 0 => whole(Key("distance-mi"), all / 10),
            Self::Kilometres(all) => tenths(Key("distance-km-tenths"), all),
            Self::Miles(all) => tenths(Key("distance-mi-tenths"), all),
        }
    }
}

impl Words<'_> {
    /// A distance, as people say it.
    #[must_use]
    pub fn distance(&self, metres: f64, units: Units) -> String {
        Distance::of(metres, units).say(self)
    }
}

/// To the nearest multiple of `step`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn rounded(value: f64, step: u32) -> u32 {
    ((value / f64::from(step)).round() as u32).saturating_mul(step)
}

fn direction_key(direction: Compass) -> Key {
    match direction {
        Compass::North => Key("direction-north"),
        Compass::NorthEast => Key("direction-northeast"),
        Compass::East => Key("direction-east"),
        Compass::SouthEast => Key("direction-southeast"),
        Compass::South => Key("direction-south"),
        Compass::SouthWest => Key("direction-southwest"),
        Compass::West => Key("direction-west"),
        Compass::NorthWest => Key("direction-northwest"),
    }
}

impl Writer<'_> {
    /// “350 m northwest of the middle of “Home””, of the watched area whose middle is nearest; empty
    /// where no area is watched, or nobody knows where the issue lies. It begins small, as within a
    /// sentence.
    pub(super) fn away(&self, told: &Told) -> String {
        let Some(at) = told.at else { return String::new() };
        let from = |because: &Because| Some((because.middle?.distance_m(at), because.clone()));
        let nearest = told.because.iter().filter_map(from).min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((metres, Because { watch_name, middle: Some(middle), .. })) = nearest else {
            return String::new();
        };
        let watch = ("watch", self.theirs(&watch_name).into());
        if metres < MIDDLE_M {
            return self.words.fill(Key("away-middle"), &[watch]);
        }
        let direction = direction_key(Compass::of_bearing(middle.bearing_to(at)));
        let gaps = [
            ("distance", Distance::of(metres, self.units()).say(&self.words).into()),
            ("direction", self.words.say(direction).into()),
            watch,
        ];
        self.words.fill(Key("away"), &gaps)
    }
}

/// As a sentence begins.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::super::words::Language;
    use super::*;

    #[test]
    fn distances_are_rounded_as_people_say_them() {
        let table = [
            (34.0, "30 m", "100 feet"),
            (76.0, "80 m", "250 feet"),
            (194.0, "190 m", "650 feet"),
            (199.0, "200 m", "650 feet"),
            (224.0, "200 m", "750 feet"),
            (226.0, "250 m", "750 feet"),
            (297.0, "300 m", "950 feet"),
            (298.0, "300 m", "0.2 miles"),
            (974.0, "950 m", "0.6 miles"),
            (976.0, "1 km", "0.6 miles"),
            (1_049.0, "1 km", "0.7 miles"),
            (1_052.0, "1.1 km", "0.7 miles"),
            (1_620.0, "1.6 km", "1 mile"),
            (3_200.0, "3.2 km", "2 miles"),
            (12_345.0, "12.3 km", "7.7 miles"),
        ];
        let english = Language::default();
        let words = Words::of(&english);
        for (metres, metric, us) in table {
            let said = [Units::Metric, Units::Us].map(|u| Distance::of(metres, u).say(&words));
            assert_eq!(said, [metric, us], "{metres}");
        }
        assert_eq!(Distance::of(f64::INFINITY, Units::Metric), Distance::Kilometres(u32::MAX));
    }

    #[test]
    fn each_language_counts_its_own_way() {
        let read = |tag: &str, distance: Distance| {
            let language = tag.parse().unwrap();
            distance.say(&Words::of(&language))
        };
        let miles = [3, 10, 20, 50, 220].map(Distance::Miles);
        let polish = miles.map(|distance| read("pl", distance));
        assert_eq!(polish, ["0,3 mili", "1 mila", "2 mile", "5 mil", "22 mile"]);
        let spanish = miles.map(|distance| read("es", distance));
        assert_eq!(spanish, ["0.3 millas", "1 milla", "2 millas", "5 millas", "22 millas"]);
        assert_eq!(read("pl", Distance::Feet(450)), "450 stóp");
        assert_eq!(read("pl", Distance::Kilometres(15)), "1,5 km");
        assert_eq!(read("zh", Distance::Kilometres(15)), "1.5 公里");
    }
}

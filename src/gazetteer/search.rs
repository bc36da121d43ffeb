//! What fits what was typed, in the order in which a resident expects it.
//!
//! First what is exactly that, then what only begins so; whole words before parts of words; points
//! that a city names before those between numbers; and what leaves fewest words of a name over.
//! Only where nothing fits all that was typed is some of it doubted: a letter, a direction or the kind
//! of street, and what stands behind the street.

use super::along::place_of;
use super::asked::{Asked, HouseNumber, Word};
use super::build::{Gazetteer, House};
use super::names::Fit;
use super::words::is_aside;
use super::{Hit, Kind};
use crate::geometry::Position;

/// Names whose houses are looked up for one question.
const NAMES_OPENED: usize = 300;

/// Houses of one name whose numbers begin as the one typed.
const BEGUN_OF_A_NAME: usize = 4;

/// Two places of one label this near are one place.
const SAME_PLACE_M: f64 = 60.0;

/// The first tries, which leave nothing out.
const WHOLE: usize = 2;

/// Words behind a street, as of its city and state, that are doubted one after the other.
const DOUBTED_WORDS: usize = 5;

/// A hit and its rank, the least first.
struct Ranked {
    hit: Hit,
    rank: Rank,
}

/// Not what was asked for, only part of a word, not a point, words of the name left over, and by how
/// much its number differs.
type Rank = (bool, bool, u8, (u8, u8), u32);

impl Gazetteer {
    /// The places that fit a text, best first, at most `limit`. Looks at a bounded number of names,
    /// whatever is asked.
    #[must_use]
    pub fn search(&self, text: &str, limit: usize) -> Vec<Hit> {
        let Some(asked) = Asked::read(text) else { return vec![] };
        if let Some((one, other)) = &asked.corner {
            let corners = self.corners(one, other, limit);
            if !corners.is_empty() {
                return corners;
            }
        }
        let mut streets = vec![];
        // Whoever names two streets that do not meet does not mean one of them.
        let tries = if asked.corner.is_some() { WHOLE } else { usize::MAX };
        for doubted in Doubted::of(&asked.street).into_iter().take(tries) {
            let fits = self.fits(&doubted);
            let hits = match &asked.number {
                Some(number) => self.houses_that_fit(&fits, number),
                None => self.streets_that_fit(&fits),
            };
            let doubt = doubted.in_doubt;
            let hits = best(hits, doubt, limit);
            if hits.iter().any(|hit| asked.number.is_none() || hit.kind != Kind::Street) {
                return hits;
            }
            if streets.is_empty() {
                streets = hits;
            }
        }
        streets
    }

    /// The names that fit, best first, not too many.
    pub(super) fn fits(&self, doubted: &Doubted) -> Vec<Fit> {
        let mut fits = if doubted.misspelt {
            self.names.find_misspelt(&doubted.words)
        } else {
            self.names.find(&doubted.words)
        };
        fits.sort_by_key(|fit| (fit.part, fit.left_over, fit.name));
        fits.truncate(NAMES_OPENED);
        fits
    }

    fn streets_that_fit(&self, fits: &[Fit]) -> Vec<Ranked> {
        fits.iter().filter_map(|fit| self.street_hit(*fit)).collect()
    }

    fn street_hit(&self, fit: Fit) -> Option<Ranked> {
        let hit = Hit {
            label: self.names.shown(fit.name).to_owned(),
            at: self.middle_of(fit.name)?,
            kind: Kind::Street,
            exact: !fit.part,
        };
        Some(Ranked { hit, rank: (true, fit.part, 3, fit.left_over, 0) })
    }

    /// Somewhere in the middle of a street.
    fn middle_of(&self, name: u32) -> Option<Position> {
        let stretches = self.stretches_of(name);
        if let Some(middle) = stretches.get(stretches.len() / 2) {
            return self
                .corners
                .get((middle.first + middle.corners / 2) as usize)
                .map(|s| s.position());
        }
        let houses = self.houses_of(name);
        houses.get(houses.len() / 2).map(|house| house.at.position())
    }

    fn houses_that_fit(&self, fits: &[Fit], number: &HouseNumber) -> Vec<Ranked> {
        let mut all = vec![];
        for &fit in fits {
            let before = all.len();
            self.exact_houses(fit, number, &mut all);
            if all.len() == before {
                self.between_numbers(fit, number, &mut all);
            }
            let found = all.len() > before;
            if number.suffix.is_empty() {
                self.begun_numbers(fit, number.number, &mut all);
            }
            if !found {
                all.extend(self.street_hit(fit).map(|mut street| {
                    street.hit.exact = false;
                    street
                }));
            }
        }
        all
    }

    /// Houses of this number; of those with a letter the one asked for, where there is one.
    fn exact_houses(&self, fit: Fit, number: &HouseNumber, into: &mut Vec<Ranked>) {
        let of_number = self.numbered(fit.name, number.number, number.number);
        let suffixed = |house: &&House| self.suffix(house) == number.suffix;
        let right: Vec<&House> = of_number.iter().filter(suffixed).collect();
        let (houses, right) = if right.is_empty() {
            (of_number.iter().take(4).collect(), false)
        } else {
            (right, true)
        };
        for house in houses {
            let hit = self.house_hit(house, right && !fit.part);
            into.push(Ranked { hit, rank: (!right, fit.part, 0, fit.left_over, 0) });
        }
    }

    /// Houses of a name whose numbers lie from one to another.
    fn numbered(&self, name: u32, from: u32, to: u32) -> &[House] {
        let houses = self.houses_of(name);
        let first = houses.partition_point(|house| house.number < from);
        let count = houses[first..].partition_point(|house| house.number <= to);
        &houses[first..first + count]
    }

    fn house_hit(&self, house: &House, exact: bool) -> Hit {
        let number = HouseNumber::written(house.number, self.suffix(house));
        Hit {
            label: format!("{number} {}", self.names.shown(house.name)),
            at: house.at.position(),
            kind: Kind::Address,
            exact,
        }
    }

    /// Where the number lies on the pieces of the street that have it.
    fn between_numbers(&self, fit: Fit, number: &HouseNumber, into: &mut Vec<Ranked>) {
        let holds = |side: Option<(u32, u32)>| {
            side.is_some_and(|(a, b)| (a.min(b)..=a.max(b)).contains(&number.number))
        };
        let stretches = self.stretches_of(fit.name).iter();
        for stretch in stretches.filter(|s| holds(s.left) || holds(s.right)).take(8) {
            let Some(at) = place_of(&self.line_of(stretch), number.number) else { continue };
            let label = format!("{} {}", number.number, self.names.shown(fit.name));
            let hit = Hit { label, at, kind: Kind::Interpolated, exact: !fit.part };
            into.push(Ranked { hit, rank: (false, fit.part, 1, fit.left_over, 0) });
        }
    }

    /// Houses whose numbers only begin so.
    fn begun_numbers(&self, fit: Fit, number: u32, into: &mut Vec<Ranked>) {
        if number == 0 {
            return;
        }
        let mut left = BEGUN_OF_A_NAME;
        for power in 1..=3 {
            let Some(from) = number.checked_mul(10_u32.pow(power)) else { return };
            let to = from.saturating_add(10_u32.pow(power) - 1);
            for house in self.numbered(fit.name, from, to).iter().take(left) {
                left -= 1;
                let (hit, more) = (self.house_hit(house, false), house.number - number);
                into.push(Ranked { hit, rank: (true, fit.part, 2, fit.left_over, more) });
            }
        }
    }
}

/// The best of all, each place once.
fn best(mut all: Vec<Ranked>, in_doubt: bool, limit: usize) -> Vec<Hit> {
    all.sort_by(|a, b| a.rank.cmp(&b.rank).then_with(|| a.hit.label.cmp(&b.hit.label)));
    let mut hits: Vec<Hit> = vec![];
    for Ranked { hit, .. } in all {
        if hits.len() == limit {
            break;
        }
        let same =
            |other: &Hit| other.label == hit.label && other.at.distance_m(hit.at) < SAME_PLACE_M;
        if !hits.iter().any(same) {
            hits.push(Hit { exact: hit.exact && !in_doubt, ..hit });
        }
    }
    hits
}

/// The words of a street, some of them doubted.
#[derive(Debug)]
pub(super) struct Doubted {
    pub words: Vec<Word>,
    pub misspelt: bool,
    /// Whether this is not all that was typed, as it was typed.
    pub in_doubt: bool,
}

impl Doubted {
    /// In the order in which they are tried.
    pub fn of(asked: &[Word]) -> Vec<Self> {
        let says = |words: &[Word]| {
            words.len() > 1 || words.iter().any(|word| !word.whole.iter().any(|w| is_aside(w)))
        };
        let whole = |misspelt| Self { words: asked.to_vec(), misspelt, in_doubt: misspelt };
        let mut all = vec![whole(false), whole(true)];
        let plain: Vec<Word> =
            asked.iter().filter(|word| !is_direction_or_kind(word)).cloned().collect();
        if plain.len() < asked.len() && !plain.is_empty() {
            for misspelt in [false, true] {
                all.push(Self { words: plain.clone(), misspelt, in_doubt: true });
            }
        }
        let most = asked.len().saturating_sub(1).min(DOUBTED_WORDS);
        for dropped in 1..=most {
            let words = &asked[..asked.len() - dropped];
            if !says(words) {
                break;
            }
            // "…, Chicago IL 60613" is no doubt of the street.
            all.push(Self { words: words.to_vec(), misspelt: false, in_doubt: false });
        }
        all
    }
}

fn is_direction_or_kind(word: &Word) -> bool {
    word.whole.iter().any(|whole| is_aside(whole))
}

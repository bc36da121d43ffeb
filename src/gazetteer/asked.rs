//! What somebody typed, taken apart: a house number and a street, or two streets that meet.

use super::LONGEST_QUERY;
use super::words::{ordinal, short, shorts_begun, words};

/// More words than an address has are not looked at.
const MOST_WORDS: usize = 12;

/// What is looked for.
#[derive(Debug, PartialEq)]
pub(super) struct Asked {
    pub number: Option<HouseNumber>,
    /// Of the street.
    pub street: Vec<Word>,
    /// Of two streets, where the text may mean their corner.
    pub corner: Option<(Vec<Word>, Vec<Word>)>,
}

/// The number of a house.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HouseNumber {
    pub number: u32,
    /// `a`, `-34`, `1/2`, or nothing.
    pub suffix: String,
}

/// A word as it may stand in a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// As typed, folded.
    pub typed: String,
    /// Whole words that it stands for: its short form, or an ordinal.
    pub whole: Vec<String>,
    /// Whether more of it may be on its way.
    pub open: bool,
}

impl Word {
    fn new(typed: String, open: bool) -> Self {
        let mut whole = vec![short(&typed).to_owned()];
        whole.extend(ordinal(&typed));
        if open {
            whole.extend(shorts_begun(&typed).map(str::to_owned));
        }
        whole.sort();
        whole.dedup();
        Self { typed, whole, open }
    }
}

/// Words of which the last may go on, unless a space follows it.
fn street(words: &[String], open: bool) -> Vec<Word> {
    let last = words.len().saturating_sub(1);
    let word = |(i, word): (usize, &String)| Word::new(word.clone(), open && i == last);
    words.iter().take(MOST_WORDS).enumerate().map(word).collect()
}

impl Asked {
    /// Nothing where no word is left.
    pub fn read(text: &str) -> Option<Self> {
        let text: String = text.chars().take(LONGEST_QUERY).collect();
        let mut words = part_of(&text);
        words.truncate(2 * MOST_WORDS);
        let words = without_corner_words(&words);
        let corner = halves(words);
        let (number, rest) = match HouseNumber::begins(words) {
            Some((number, used)) if used < words.len() => (Some(number), &words[used..]),
            _ => (None, words),
        };
        let street = street(rest, true);
        (!street.is_empty()).then_some(Self { number, street, corner })
    }
}

/// The part between commas that holds the street, without units: "Apt 4, 1200 W Addison St, Chicago".
fn part_of(text: &str) -> Vec<String> {
    let mut found: Vec<String> = vec![];
    for part in text.split([',', ';', '\n', '，']) {
        found.extend(without_units(words(part)));
        let only_a_number =
            found.len() <= 2 && HouseNumber::begins(&found).is_some_and(|(_, n)| n == found.len());
        if !found.is_empty() && !only_a_number {
            break;
        }
    }
    found
}

/// What stands before the number of a flat.
const UNITS: &[&str] = &[
    "apt",
    "apartment",
    "unit",
    "suite",
    "ste",
    "floor",
    "fl",
    "room",
    "rm",
    "#",
    "no",
    "dpto",
    "depto",
    "apto",
];

/// Leaves out `apt 4`, `#4`, `suite 300`: they lie in the house.
fn without_units(words: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = vec![];
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        if UNITS.contains(&&*word) {
            // `apt # 4`
            words.next_if(|next| next == "#");
            words.next_if(|next| next.len() <= 5 && next != "&");
        } else {
            kept.push(word);
        }
    }
    kept
}

/// Leaves out "corner of", in the languages of the site.
fn without_corner_words(words: &[String]) -> &[String] {
    const OPENINGS: &[&[&str]] = &[
        &["the", "corner", "of"],
        &["corner", "of"],
        &["corner"],
        &["intersection", "of"],
        &["the", "intersection", "of"],
        &["esquina", "de"],
        &["esquina"],
        &["rog"],
        &["skrzyzowanie"],
    ];
    let begins = |opening: &&&[&str]| {
        words.len() > opening.len() && opening.iter().zip(words).all(|(a, b)| a == b)
    };
    OPENINGS.iter().find(begins).map_or(words, |opening| &words[opening.len()..])
}

/// The streets before and behind the first "and" that has words on both sides.
fn halves(words: &[String]) -> Option<(Vec<Word>, Vec<Word>)> {
    const BETWEEN: &[&str] = &["&", "and", "at", "y", "i", "con", "和", "与"];
    let is_between = |i: &usize| BETWEEN.contains(&&*words[*i]);
    let at = (1..words.len().saturating_sub(1)).find(is_between)?;
    Some((street(&words[..at], false), street(&words[at + 1..], true)))
}

impl HouseNumber {
    /// The number that words begin with, and how many of them it takes.
    pub fn begins(words: &[String]) -> Option<(Self, usize)> {
        let first = words.first()?;
        let digits = first.len() - first.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = first.split_at(digits);
        let number: u32 = number.parse().ok().filter(|_| digits <= 7)?;
        let letters = rest.len() <= 2 && rest.bytes().all(|b| b.is_ascii_lowercase());
        let ordinal = ["st", "nd", "rd", "th"].contains(&rest);
        let range = rest.strip_prefix('-').is_some_and(|more| {
            !more.is_empty() && more.len() <= 5 && more.bytes().all(|b| b.is_ascii_digit())
        });
        let fraction = words.get(1).filter(|next| next.contains('/') && next.len() <= 5);
        match fraction {
            Some(part) if rest.is_empty() => Some((Self { number, suffix: part.clone() }, 2)),
            _ if range || (letters && !ordinal) => {
                Some((Self { number, suffix: rest.to_owned() }, 1))
            }
            _ => None,
        }
    }

    /// A number as a file has it, whole.
    pub fn read(text: &str) -> Option<Self> {
        let words = words(text);
        let (number, used) = Self::begins(&words)?;
        match &words[used..] {
            [] => Some(number),
            // `1200 A`
            [letter] if number.suffix.is_empty() && letter.len() <= 2 => {
                Some(Self { suffix: letter.clone(), ..number })
            }
            _ => None,
        }
    }

    /// As people write it.
    pub fn written(number: u32, suffix: &str) -> String {
        if suffix.contains('/') {
            format!("{number} {suffix}")
        } else {
            format!("{number}{}", suffix.to_uppercase())
        }
    }
}

/// An address in one piece as its number and its street, as a file writes them: `1200 1/2` and
/// `W Addison St` of "1200 1/2 W Addison St Apt 4, Chicago".
#[must_use]
pub fn split_address(text: &str) -> Option<(String, String)> {
    let text = text.split([',', ';', '\n']).next()?;
    let pieces: Vec<&str> = text.split_whitespace().collect();
    let folded: Vec<String> = pieces.iter().map(|piece| words(piece).join("")).collect();
    let (_, used) = HouseNumber::begins(&folded)?;
    let is_unit = |word: &String| word.starts_with('#') || UNITS.contains(&&**word);
    let end =
        folded.iter().skip(used + 1).position(is_unit).map_or(pieces.len(), |at| used + 1 + at);
    let street = pieces.get(used..end).filter(|street| !street.is_empty())?;
    Some((pieces[..used].join(" "), street.join(" ")))
}

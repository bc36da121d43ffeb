//! What people are called.

use crate::random::SplitMix;

const GIVEN: [&str; 40] = [
    "Ada", "Bo", "Carmen", "Dariusz", "Elena", "Farid", "Grace", "Hiro", "Ines", "Jamal", "Kasia",
    "Luis", "Mei", "Nadia", "Omar", "Priya", "Quentin", "Rosa", "Sam", "Tomasz", "Uma", "Victor",
    "Wanda", "Xin", "Yusuf", "Zofia", "Alma", "Ben", "Chen", "Dolores", "Eryk", "Fatima", "Gabe",
    "Hanna", "Ivan", "June", "Kofi", "Leila", "Mateo", "Nora",
];

const FAMILY: [&str; 40] = [
    "Abbott",
    "Baker",
    "Castillo",
    "Dvorak",
    "Evans",
    "Flores",
    "Garcia",
    "Huang",
    "Ibarra",
    "Jackson",
    "Kowalski",
    "Lee",
    "Morales",
    "Nowak",
    "Okafor",
    "Patel",
    "Quinn",
    "Rivera",
    "Santos",
    "Tran",
    "Ueda",
    "Vargas",
    "Wong",
    "Xu",
    "Young",
    "Zielinski",
    "Ahmed",
    "Brooks",
    "Carter",
    "Diaz",
    "Ellis",
    "Fischer",
    "Gupta",
    "Hayes",
    "Ivers",
    "Johnson",
    "Khan",
    "Lopez",
    "Murphy",
    "Novak",
];

/// A name, a mail address that nobody else of this seed has, and a language.
pub fn person(number: usize, dice: &mut SplitMix) -> (String, String, &'static str) {
    let (given, family) = (GIVEN[dice.below(GIVEN.len())], FAMILY[dice.below(FAMILY.len())]);
    let domain = if dice.unit() < 0.8 { "example.org" } else { "example.test" };
    let (first, last) = (given.to_lowercase(), family.to_lowercase());
    let language = match dice.unit() {
        u if u < 0.70 => "en",
        u if u < 0.88 => "es",
        u if u < 0.95 => "pl",
        _ => "zh",
    };
    (format!("{given} {family}"), format!("{first}.{last}.{}@{domain}", number + 1), language)
}

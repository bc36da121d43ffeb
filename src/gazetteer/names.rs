//! The names of streets, found by the beginnings of their words, with a wrong letter forgiven.
//!
//! Every different word stands once in a sorted list, so that a beginning is a stretch of it; each
//! word knows the names that it stands in. Of the words that are asked for, the rarest leads.

use std::collections::HashMap;
use std::ops::Range;

use super::asked::Word;
use super::words::{is_aside, street_words, written};

/// A name's place in the list.
pub(super) type NameId = u32;

/// Names that are looked at for one question at most, and words for one wrong letter.
const NAMES_LOOKED_AT: usize = 20_000;
const WORDS_LOOKED_AT: usize = 60_000;

/// Names while they are gathered.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    known: HashMap<String, NameId>,
    shown: Vec<Box<str>>,
    /// The spelling before: rows of one street mostly stand together.
    last: Option<(String, NameId)>,
}

impl Gathered {
    /// The name's place, the same for all its spellings; none where no word is in it.
    pub fn put(&mut self, name: &str) -> Option<NameId> {
        if let Some((_, known)) = self.last.as_ref().filter(|(last, _)| last == name) {
            return Some(*known);
        }
        let words = street_words(name);
        if words.is_empty() {
            return None;
        }
        let next = NameId::try_from(self.shown.len()).ok()?;
        let place = *self.known.entry(words.join(" ")).or_insert_with(|| {
            self.shown.push(written(name).into());
            next
        });
        self.last = Some((name.to_owned(), place));
        Some(place)
    }

    pub fn done(self) -> Names {
        let mut all: Vec<Box<str>> =
            self.known.keys().flat_map(|key| key.split(' ')).map(Box::from).collect();
        all.sort_unstable();
        all.dedup();
        all.shrink_to_fit();
        let place = |word: &str| all.binary_search_by(|known| (**known).cmp(word)).unwrap_or(0);
        let mut of_name: Vec<Box<[u32]>> = vec![Box::default(); self.shown.len()];
        let mut names: Vec<Vec<NameId>> = vec![vec![]; all.len()];
        for (key, &name) in &self.known {
            let places: Vec<usize> = key.split(' ').map(place).collect();
            for &word in &places {
                if names[word].last() != Some(&name) {
                    names[word].push(name);
                }
            }
            of_name[name as usize] = places.into_iter().filter_map(|p| p.try_into().ok()).collect();
        }
        let mut names: Vec<Box<[NameId]>> = names.into_iter().map(Into::into).collect();
        for of_word in &mut names {
            of_word.sort_unstable();
        }
        Names {
            shown: self.shown.into(),
            words: all.into(),
            of_name: of_name.into(),
            by_word: names.into(),
        }
    }
}

/// All names.
#[derive(Debug, Default)]
pub(super) struct Names {
    shown: Box<[Box<str>]>,
    /// Sorted.
    words: Box<[Box<str>]>,
    /// The places of a name's words, in its order.
    of_name: Box<[Box<[u32]>]>,
    /// By word: the names it stands in.
    by_word: Box<[Box<[NameId]>]>,
}

/// A name that fits, with how well; the less the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    pub name: NameId,
    /// The last word is only the beginning of the name's.
    pub part: bool,
    /// How many words of the name were not asked for, those counted first that are more than a
    /// direction or a kind.
    pub left_over: (u8, u8),
}

/// The words of the list that one asked for may be.
struct Meant {
    whole: Vec<u32>,
    begun: Range<u32>,
}

impl Meant {
    /// Whether a word is meant, and then whether only begun.
    fn part(&self, word: u32) -> Option<bool> {
        let whole = self.whole.contains(&word);
        (whole || self.begun.contains(&word)).then_some(!whole)
    }
}

impl Names {
    pub fn shown(&self, name: NameId) -> &str {
        self.shown.get(name as usize).map_or("", |name| name)
    }

    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// The bytes of memory they take, about.
    pub fn bytes(&self) -> usize {
        let texts = self.shown.iter().chain(&self.words).map(|text| text.len() + 24);
        let lists = self.of_name.iter().chain(&self.by_word).map(|list| 4 * list.len() + 24);
        texts.sum::<usize>() + lists.sum::<usize>()
    }

    /// The names that hold all of these words in this order.
    pub fn find(&self, asked: &[Word]) -> Vec<Fit> {
        self.holding(&asked.iter().map(|word| self.meant(word)).collect::<Vec<_>>())
    }

    /// The same, where one letter of each longer word may be wrong, missing or too many, or two
    /// changed places.
    pub fn find_misspelt(&self, asked: &[Word]) -> Vec<Fit> {
        let meant = |word: &Word| {
            let mut meant = self.meant(word);
            if word.typed.len() >= 4 && word.typed.bytes().all(|b| b.is_ascii_alphabetic()) {
                let near = |(_, known): &(usize, &str)| {
                    is_near(word.typed.as_bytes(), known.as_bytes(), word.open)
                };
                let words = self
                    .words
                    .iter()
                    .map(|word| &**word)
                    .enumerate()
                    .take(WORDS_LOOKED_AT)
                    .filter(near);
                meant.whole.extend(words.filter_map(|(place, _)| u32::try_from(place).ok()));
            }
            meant
        };
        self.holding(&asked.iter().map(meant).collect::<Vec<_>>())
    }

    fn meant(&self, word: &Word) -> Meant {
        let place = |text: &String| {
            let found = self.words.binary_search_by(|known| (**known).cmp(text));
            found.ok().and_then(|place| u32::try_from(place).ok())
        };
        let begun = if word.open {
            let from = self.words.partition_point(|known| **known < *word.typed);
            let to =
                from + self.words[from..].partition_point(|known| known.starts_with(&*word.typed));
            narrow(from)..narrow(to)
        } else {
            0..0
        };
        Meant { whole: word.whole.iter().filter_map(place).collect(), begun }
    }

    fn holding(&self, asked: &[Meant]) -> Vec<Fit> {
        let names_of = |word: u32| self.by_word.get(word as usize).map_or(&[][..], |names| names);
        let places = |meant: &Meant| {
            meant.whole.iter().copied().chain(meant.begun.clone()).collect::<Vec<_>>()
        };
        let weight = |meant: &&Meant| -> usize {
            places(meant).into_iter().take(NAMES_LOOKED_AT).map(|word| names_of(word).len()).sum()
        };
        let Some(rarest) = asked.iter().min_by_key(weight) else { return vec![] };
        let mut candidates: Vec<NameId> = places(rarest)
            .into_iter()
            .flat_map(|word| names_of(word).iter().copied())
            .take(NAMES_LOOKED_AT)
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        candidates.into_iter().filter_map(|name| self.fit(name, asked)).collect()
    }

    /// Whether a name holds the words in their order.
    fn fit(&self, name: NameId, asked: &[Meant]) -> Option<Fit> {
        let mut wanted = asked.iter().peekable();
        let (mut part, mut left_over) = (false, (0_u8, 0_u8));
        for &word in self.of_name.get(name as usize)? {
            match wanted.peek().and_then(|meant| meant.part(word)) {
                Some(begun) => {
                    wanted.next();
                    part |= begun;
                }
                None if is_aside(self.words.get(word as usize)?) => {
                    left_over.1 = left_over.1.saturating_add(1);
                }
                None => left_over.0 = left_over.0.saturating_add(1),
            }
        }
        wanted.peek().is_none().then_some(Fit { name, part, left_over })
    }
}

fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Whether at most one letter is between two words (an optimal string alignment of 1); of a word that
/// is still being typed, between it and the beginning of the other.
fn is_near(typed: &[u8], known: &[u8], open: bool) -> bool {
    let lengths = typed.len().abs_diff(known.len());
    if lengths > 1 && !(open && known.len() > typed.len()) {
        return false;
    }
    let same = typed.iter().zip(known).take_while(|(a, b)| a == b).count();
    let (t, k) = (&typed[same..], &known[same..]);
    let ends = |t: &[u8], k: &[u8]| if open { k.starts_with(t) } else { t == k };
    let changed = !t.is_empty() && !k.is_empty() && ends(&t[1..], &k[1..]);
    let missing = !k.is_empty() && ends(t, &k[1..]);
    let surplus = !t.is_empty() && ends(&t[1..], k);
    let turned =
        t.len() > 1 && k.len() > 1 && t[0] == k[1] && t[1] == k[0] && ends(&t[2..], &k[2..]);
    ends(t, k) || changed || missing || surplus || turned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_may_be_wrong_and_no_more() {
        let near = |typed: &str, known: &str| is_near(typed.as_bytes(), known.as_bytes(), false);
        for typed in ["addison", "adison", "addisson", "addixon", "adidson", "addiso", "ddison"] {
            assert!(near(typed, "addison"), "{typed}");
        }
        for typed in ["adisn", "madisons", "aaddiison", "add", "addisonville"] {
            assert!(!near(typed, "addison"), "{typed}");
        }
        assert!(is_near(b"adis", b"addison", true), "it is still being typed");
        assert!(!is_near(b"adis", b"addison", false));
    }
}

//! What each language says: all of it, with its own plurals, and nothing that nobody says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;

/// What messages say; all other files are what pages say.
const MESSAGES: &str = "main.ftl";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files of sentences, which are the same in each language.
fn files() -> Vec<String> {
    let names = |tag: &str| -> Vec<String> {
        let entries = std::fs::read_dir(root().join("locales").join(tag)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> =
            names.filter(|name| Path::new(name).extension() == Some("ftl".as_ref())).collect();
        names.sort();
        names
    };
    let english = names("en");
    assert!(english.len() > 1 && english.iter().any(|name| name == MESSAGES), "{english:?}");
    for (tag, _) in &Language::SPOKEN[1..] {
        assert_eq!(names(tag), english, "{tag}");
    }
    english
}

/// The sentences of a file by their names.
fn sentences(tag: &str, file: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("locales").join(tag).join(file)).unwrap();
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut name = String::new();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    for line in lines {
        let begins = line.starts_with(|c: char| c.is_ascii_lowercase());
        if let Some((key, said)) = line.split_once(" =").filter(|_| begins) {
            key.clone_into(&mut name);
            let before = all.insert(name.clone(), said.to_owned());
            assert_eq!(before, None, "{tag}/{file} says {name} twice");
        } else {
            let sentence = all.entry(name.clone()).or_default();
            *sentence += "\n";
            *sentence += line;
        }
    }
    all
}

/// The gaps of a sentence that are filled with words: `{ $city }`, not what it chooses by.
fn gaps(sentence: &str) -> BTreeSet<&str> {
    let inner = sentence.split("{ $").skip(1).filter_map(|rest| rest.split_once('}'));
    inner.map(|(gap, _)| gap.trim()).filter(|gap| !gap.contains("->")).collect()
}

/// All that a sentence knows, to fill gaps with and to choose by.
fn known(sentence: &str) -> BTreeSet<&str> {
    let names = sentence.split('$').skip(1);
    names.filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next()).collect()
}

/// The forms between which a sentence chooses by a count.
fn plurals(sentence: &str) -> Option<BTreeSet<&str>> {
    let (_, forms) = sentence.split_once("{ $count ->")?;
    let names = forms.split('[').skip(1).filter_map(|form| form.split_once(']'));
    Some(names.map(|(name, _)| name).collect())
}

/// By the plural rules of CLDR; those for whole numbers, and `other`, which Fluent asks for.
fn forms_of(tag: &str) -> BTreeSet<&'static str> {
    match tag {
        "en" | "es" => ["one", "other"].into(),
        "pl" => ["one", "few", "many", "other"].into(),
        other => panic!("{other} has one form: it needs no choice"),
    }
}

#[test]
fn every_language_says_all_that_english_says() {
    let mut before = BTreeSet::new();
    for file in files() {
        let file = file.as_str();
        let english = sentences("en", file);
        let twice: Vec<_> = english.keys().filter(|key| !before.insert((*key).clone())).collect();
        assert!(twice.is_empty(), "{file} and another file say {twice:?}");
        for (tag, _) in &Language::SPOKEN[1..] {
            let theirs = sentences(tag, file);
            let [ours, said] =
                [&english, &theirs].map(|all| all.keys().cloned().collect::<BTreeSet<_>>());
            assert_eq!(said, ours, "{tag}/{file}");
            for (key, sentence) in &theirs {
                let (ours, theirs) = (&english[key], gaps(sentence));
                // The comment beside it tells what clocks know, and not all need all of it.
                if key == "clock" {
                    continue;
                }
                let lost: Vec<_> = gaps(ours).difference(&theirs).copied().collect();
                assert!(lost.is_empty(), "{tag}/{file}: {key} leaves out {lost:?}");
                let lacking: Vec<_> = theirs.difference(&known(ours)).copied().collect();
                assert!(lacking.is_empty(), "{tag}/{file}: {key} is never told {lacking:?}");
            }
        }
    }
}

#[test]
fn whoever_counts_has_every_plural_of_the_language() {
    let mut counted = 0;
    for (tag, _) in Language::SPOKEN {
        for file in files() {
            for (key, sentence) in sentences(tag, &file) {
                if let Some(forms) = plurals(&sentence) {
                    assert_eq!(forms, forms_of(tag), "{tag}/{file}: {key}");
                    counted += 1;
                }
            }
        }
    }
    assert!(counted > 20, "{counted}");
    let count = |tag: &str, key, n: usize| {
        let language = tag.parse().unwrap();
        Words::of(&language).fill(Key(key), &[("count", n.into())])
    };
    let polish = [1, 2, 5, 12, 22, 101].map(|n| count("pl", "count-opened", n));
    assert_eq!(polish, ["1 nowe", "2 nowe", "5 nowych", "12 nowych", "22 nowe", "101 nowych"]);
    let spanish = [1, 2].map(|n| count("es", "count-closed", n));
    assert_eq!(spanish, ["1 cerrado", "2 cerrados"]);
}

/// What stands between quotation marks and begins as a page's sentences do.
fn said_on_pages(folder: &Path, ends: &str, said: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let at = entry.unwrap().path();
        if at.is_dir() {
            said_on_pages(&at, ends, said);
        } else if at.to_string_lossy().ends_with(ends) {
            let text = std::fs::read_to_string(&at).unwrap();
            let quoted = text.split('"').filter(|words| words.starts_with("page-"));
            said.extend(quoted.map(str::to_owned));
        }
    }
}

/// A name that is missing would be shown to a reader; a sentence that nobody says is dead weight for
/// every translator.
#[test]
fn every_sentence_of_the_pages_is_there_and_is_said() {
    let mut said = BTreeSet::new();
    said_on_pages(&root().join("src/http"), ".rs", &mut said);
    said_on_pages(&root().join("templates/pages"), ".html", &mut said);
    let pages = files().into_iter().filter(|file| file != MESSAGES);
    let written: BTreeSet<_> = pages.flat_map(|file| sentences("en", &file).into_keys()).collect();
    let missing: Vec<_> = said.difference(&written).collect();
    let unused: Vec<_> = written.difference(&said).collect();
    assert!(missing.is_empty() && unused.is_empty(), "missing {missing:?}, unused {unused:?}");
}

#[test]
fn a_moment_is_told_as_each_language_tells_it() {
    let zone = "America/Chicago".parse().unwrap();
    let read = |tag: &str, at: &str| {
        let language = tag.parse().unwrap();
        Words::of(&language).moment(super::at(at), now(), &zone)
    };
    let told = Language::SPOKEN
        .map(|(tag, _)| [read(tag, "2026-05-04T19:05:00Z"), read(tag, "2025-12-31T05:30:00Z")]);
    assert_eq!(
        told,
        [
            ["Monday, May 4 at 2:05 pm", "Tuesday, December 30, 2025 at 11:30 pm"],
            ["lunes, 4 de mayo, 2:05 p. m.", "martes, 30 de diciembre de 2025, 11:30 p. m."],
            ["poniedziałek, 4 maja, 14:05", "wtorek, 30 grudnia 2025, 23:30"],
            ["5月4日星期一 14:05", "2025年12月30日星期二 23:30"],
        ]
    );
}

/// A sentence that is missing would show its name to a reader; one that nobody says is dead weight
/// for every translator.
#[test]
fn every_sentence_is_there_and_is_said() {
    let sources = [
        include_str!("../away.rs"),
        include_str!("../keys.rs"),
        include_str!("../note.rs"),
        include_str!("../notices.rs"),
        include_str!("../payload.rs"),
        include_str!("../words.rs"),
        include_str!("../writer.rs"),
    ]
    .concat();
    let said: BTreeSet<&str> = sources
        .split("Key(\"")
        .skip(1)
        .filter_map(|rest| rest.split_once("\")").map(|(key, _)| key))
        .collect();
    let written: BTreeSet<&str> = include_str!("../../../locales/en/main.ftl")
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
        .collect();
    let missing: Vec<_> = said.difference(&written).collect();
    let unused: Vec<_> = written.difference(&said).collect();
    assert!(missing.is_empty() && unused.is_empty(), "missing {missing:?}, unused {unused:?}");
}

//! The rules, each a function from a source to the sentences of what it breaks.

use super::reader::Source;
use super::{FLOORS, HOMES, KEPT_FROM, LONGER, MOST_LINES, NEIGHBOURS, PURE_BELOW, VISITORS};

/// Counted from the roof.
fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Imports go only down, and some modules are kept from some.
pub fn floors(source: &Source) -> Vec<String> {
    let from = source.floor_name();
    let Some(own) = floor(from) else {
        return vec![format!(
            "{}: `{from}` stands on no floor; give it one in FLOORS",
            source.name
        )];
    };
    let mut broken = vec![];
    for used in source.paths().iter().filter(|used| used.ours) {
        let Some(to) = used.segments.first() else { continue };
        // Items of the root itself, and what a root declares, are not on a floor.
        let (Some(theirs), true) = (floor(to), to != from) else { continue };
        let (name, line) = (&source.name, used.line);
        let neighbours = NEIGHBOURS.iter().any(|(a, b, _)| a == &from && b == to);
        if theirs == own && !neighbours {
            broken.push(format!("{name}:{line}: `{from}` and `{to}` are neighbours on one floor"));
        } else if theirs < own {
            broken.push(format!("{name}:{line}: `{from}` imports upward, from `{to}`"));
        }
        let kept = KEPT_FROM.iter().find(|(module, _)| module == to);
        if kept.is_some_and(|(_, friends)| !friends.contains(&from)) {
            broken.push(format!("{name}:{line}: `{to}` is not for `{from}` to know"));
        }
    }
    broken
}

/// Each foreign crate is used only in its home; tests may use any.
pub fn homes(source: &Source) -> Vec<String> {
    let from = source.floor_name();
    let visits = VISITORS.iter().find(|(file, ..)| *file == source.name);
    let mut broken = vec![];
    for used in source.paths().iter().filter(|used| !used.ours && !used.in_test) {
        let Some((name, homes)) = HOMES.iter().find(|(name, _)| *name == used.segments[0]) else {
            continue;
        };
        let at_home = homes.contains(&"*") || homes.contains(&from);
        if !at_home && !visits.is_some_and(|(_, crates, _)| crates.contains(name)) {
            let homes = homes.join(" and ");
            broken.push(format!(
                "{}:{}: `{name}` lives in {homes}, not in `{from}`",
                source.name, used.line
            ));
        }
    }
    broken
}

/// Below the guarded client nothing touches files, sockets, processes or threads, and nothing
/// waits.
pub fn purity(source: &Source) -> Vec<String> {
    if floor(source.floor_name()) <= floor(PURE_BELOW) {
        return vec![];
    }
    let outside = ["fs", "net", "env", "process", "thread"];
    // To compute side by side is neither.
    let together = ["scope", "available_parallelism"];
    let mut broken = vec![];
    for used in source.paths().iter().filter(|used| !used.ours && !used.in_test) {
        let [first, second, rest @ ..] = &used.segments[..] else { continue };
        if second == "thread" && rest.first().is_some_and(|call| together.contains(&call.as_str()))
        {
            continue;
        }
        if first == "std" && outside.contains(&second.as_str()) {
            let (name, line) = (&source.name, used.line);
            broken.push(format!("{name}:{line}: `std::{second}` below `{PURE_BELOW}`"));
        }
    }
    for (at, _) in source.text.match_indices("async ") {
        if !source.in_test(at) {
            let line = source.line_of(at);
            broken.push(format!("{}:{line}: `async` below `{PURE_BELOW}`", source.name));
        }
    }
    broken
}

/// No module is named for being left over.
pub fn names(source: &Source) -> Vec<String> {
    let leftovers = ["util", "utils", "common", "helper", "helpers", "misc"];
    let own = source.module.iter().map(String::as_str);
    let bad = |name: &&str| leftovers.contains(name) || name.starts_with("new_");
    let broken = own.chain(source.inline_names()).filter(bad);
    broken.map(|name| format!("{}: a module named `{name}`", source.name)).collect()
}

/// A file that is too long to read is a question.
pub fn length(source: &Source) -> Vec<String> {
    let known = LONGER.iter().any(|(file, _)| *file == source.name);
    let (name, lines) = (&source.name, source.lines);
    let too_long = lines > MOST_LINES && !known;
    let sentence = format!("{name}: {lines} lines; split it, or say in LONGER why it is one thing");
    too_long.then_some(sentence).into_iter().collect()
}

/// The dependencies of a manifest that [`HOMES`] does not know.
pub fn homeless(manifest: &str) -> Vec<String> {
    let section = manifest.split("\n[").find_map(|part| part.strip_prefix("dependencies]"));
    let names = section.unwrap_or_default().lines().filter_map(|line| line.split_once('='));
    names
        .map(|(name, _)| name.trim().replace('-', "_"))
        .filter(|name| !name.is_empty() && !name.starts_with('#') && !name.contains(' '))
        .filter(|name| !HOMES.iter().any(|(known, _)| known == name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, text: &str) -> Source {
        Source::read(name, text)
    }

    #[test]
    fn an_import_that_goes_up_is_seen_however_it_is_written() {
        for text in [
            "\nuse crate::store::Store;",
            "\nuse crate::{clock, store};",
            "\nuse super::super::store;",
            "\nfn f() { crate::store::open() }",
            "\npub use crate :: store;",
            "\n#[cfg(test)] mod tests { use crate::store; }",
        ] {
            assert_eq!(
                floors(&source("src/issue/notice.rs", text)),
                ["src/issue/notice.rs:2: `issue` imports upward, from `store`"],
                "{text}"
            );
        }
    }

    #[test]
    fn neighbours_and_the_kept_are_seen() {
        let broken = floors(&source("src/store/mod.rs", "use crate::channel::Channel;"));
        assert_eq!(
            broken,
            [
                "src/store/mod.rs:1: `store` and `channel` are neighbours on one floor",
                "src/store/mod.rs:1: `channel` is not for `store` to know",
            ]
        );
        let broken = floors(&source("src/http/api.rs", "use crate::channel;"));
        assert_eq!(broken, ["src/http/api.rs:1: `channel` is not for `http` to know"]);
        assert_eq!(floors(&source("src/stuff.rs", "")).len(), 1, "a file on no floor");
    }

    #[test]
    fn imports_that_go_down_are_left_alone() {
        let text = "use crate::clock::Timestamp;\nuse super::Issue;\nuse crate::issue::Kind;\n\
                    // use crate::store;\nlet s = \"crate::store::x\";";
        assert_eq!(floors(&source("src/issue/notice.rs", text)), Vec::<String>::new());
        let text = "use crate::clock; mod http; fn f() { http::x() }";
        assert_eq!(floors(&source("src/random.rs", text)), Vec::<String>::new());
    }

    #[test]
    fn a_crate_away_from_home_is_seen() {
        for text in ["use sqlx::Row;", "sqlx::query(x)", "use {sqlx::Row};", "#[sqlx::test]"] {
            assert_eq!(
                homes(&source("src/engine.rs", text)),
                ["src/engine.rs:1: `sqlx` lives in store, not in `engine`"],
                "{text}"
            );
        }
        for text in
            ["#[cfg(test)]\nmod tests { use sqlx::Row; }", "use crate::sqlx::x;", "let sqlx = 1;"]
        {
            assert_eq!(homes(&source("src/engine.rs", text)), Vec::<String>::new(), "{text}");
        }
        assert!(homes(&source("src/bench/baseline.rs", "use rstar::RTree;")).is_empty());
        assert!(!homes(&source("src/bench/city.rs", "use rstar::RTree;")).is_empty());
    }

    #[test]
    fn reading_and_waiting_below_the_client_are_seen() {
        let text = "use std::fs::File;\nasync fn f() {}\nuse std::io;";
        assert_eq!(
            purity(&source("src/intake/rows.rs", text)),
            [
                "src/intake/rows.rs:1: `std::fs` below `outbound`",
                "src/intake/rows.rs:2: `async` below `outbound`",
            ]
        );
        assert!(purity(&source("src/store/rows.rs", text)).is_empty());
    }

    #[test]
    fn leftover_names_and_long_files_are_seen() {
        assert_eq!(
            names(&source("src/http/util.rs", "")),
            ["src/http/util.rs: a module named `util`"]
        );
        assert_eq!(names(&source("src/a.rs", "mod helpers { }")).len(), 1);
        assert_eq!(length(&source("src/a.rs", &"x\n".repeat(MOST_LINES + 1))).len(), 1);
        assert_eq!(length(&source("src/a.rs", &"x\n".repeat(MOST_LINES))).len(), 0);
    }

    #[test]
    fn a_dependency_without_a_home_is_seen() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\n# why\nserde = \"1\"\n\
                        new-thing = { version = \"1\" }\n[dev-dependencies]\nother = \"1\"\n";
        assert_eq!(homeless(manifest), ["new_thing"]);
    }
}

//! What a source file uses: its paths, each with its line.
//!
//! Not a parser of Rust, only as much of one as paths need: comments and literals are blanked,
//! `use` groups are opened, `super` is followed up from the file's own place.

/// A source file, blanked.
pub struct Source {
    /// From the package's root: `src/issue/notice.rs`.
    pub name: String,
    /// The module's path: `["issue", "notice"]`; `["main"]` and `["lib"]` for the two roots.
    pub module: Vec<String>,
    /// Compiled for tests only.
    pub is_test: bool,
    pub lines: usize,
    /// The text, with every character of comments, strings and char literals a blank.
    pub text: String,
    /// Where inline modules stand: their name, first and last byte, and whether for tests.
    inline: Vec<Inline>,
}

struct Inline {
    name: String,
    from: usize,
    to: usize,
    is_test: bool,
}

/// A path as it is used: `crate::issue::Kind` is `["issue", "Kind"]` and `ours`.
#[derive(Debug, PartialEq)]
pub struct Used {
    pub line: usize,
    pub ours: bool,
    pub in_test: bool,
    pub segments: Vec<String>,
}

impl Source {
    pub fn read(name: &str, text: &str) -> Self {
        let text = blanked(text);
        let inline = inline_modules(&text);
        let lines = text.lines().count();
        Self { name: name.into(), module: module_of(name), is_test: false, lines, text, inline }
    }

    /// The name on the floors.
    pub fn floor_name(&self) -> &str {
        &self.module[0]
    }

    /// The names of the modules declared or written in it.
    pub fn inline_names(&self) -> impl Iterator<Item = &str> {
        self.inline.iter().map(|inline| inline.name.as_str())
    }

    /// The out-of-line modules that it declares for tests only.
    fn test_modules(&self) -> Vec<String> {
        let mut found = vec![];
        for (at, _) in self.text.match_indices("#[cfg(test)]") {
            let rest = self.text[at + "#[cfg(test)]".len()..].trim_start();
            if let Some(rest) = rest.strip_prefix("mod ")
                && let Some((name, _)) = rest.split_once(';')
                && name.chars().all(is_word)
            {
                found.push(name.to_owned());
            }
        }
        found
    }

    pub fn line_of(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count() + 1
    }

    pub fn in_test(&self, at: usize) -> bool {
        self.is_test || self.inline.iter().any(|m| m.is_test && (m.from..=m.to).contains(&at))
    }

    /// Every path in it that begins at the crate, above this module, or with a foreign name.
    pub fn paths(&self) -> Vec<Used> {
        let mut found = vec![];
        let mut at = 0;
        while let Some((start, word)) = next_word(&self.text, at) {
            at = start + word.len();
            let before = self.text[..start].trim_end();
            if goes_on(before) || before.ends_with(['.', '\'']) || KEYWORDS.contains(&word) {
                continue;
            }
            let is_use = matches!(word, "use") && self.text[at..].starts_with(char::is_whitespace);
            let start = if is_use { self.after_blanks(at) } else { start };
            if !is_use && !self.text[at..].trim_start().starts_with("::") {
                continue;
            }
            let (paths, end) = tree(&self.text, start, is_use);
            at = end.max(at);
            for (place, segments) in paths {
                found.extend(self.resolved(place, segments));
            }
        }
        found
    }

    fn after_blanks(&self, at: usize) -> usize {
        at + self.text[at..].len() - self.text[at..].trim_start_matches([' ', '\n', ':']).len()
    }

    fn resolved(&self, at: usize, segments: Vec<String>) -> Option<Used> {
        let (line, in_test) = (self.line_of(at), self.in_test(at));
        let used = |ours, segments| Some(Used { line, ours, in_test, segments });
        match segments.first().map(String::as_str)? {
            "crate" | "wardwatch" => used(true, segments[1..].to_vec()),
            "self" | "Self" => None,
            "super" => {
                let mut place = if matches!(self.floor_name(), "main" | "lib") {
                    vec![]
                } else {
                    self.module.clone()
                };
                let inside = self.inline.iter().filter(|m| (m.from..=m.to).contains(&at));
                place.extend(inside.map(|m| m.name.clone()));
                let ups = segments.iter().take_while(|s| *s == "super").count();
                place.truncate(place.len().saturating_sub(ups));
                place.extend(segments[ups..].iter().cloned());
                used(true, place)
            }
            _ => used(false, segments),
        }
    }
}

/// Marks the files that hold modules declared for tests only, and all below them.
pub fn mark_tests(sources: &mut [Source]) {
    let mut roots: Vec<Vec<String>> = vec![];
    for source in &*sources {
        for name in source.test_modules() {
            let mut root = source.module.clone();
            root.push(name);
            roots.push(root);
        }
    }
    for source in sources {
        source.is_test = roots.iter().any(|root| source.module.starts_with(root));
    }
}

fn module_of(name: &str) -> Vec<String> {
    let inner = name.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inner.split('/').map(str::to_owned).collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Words that stand before a path that begins with `::`, and are no part of it.
const KEYWORDS: [&str; 8] = ["as", "dyn", "else", "impl", "in", "match", "mut", "return"];

/// Whether what follows goes on with a path, rather than beginning one (with `::`, even).
fn goes_on(before: &str) -> bool {
    let Some(path) = before.strip_suffix("::").map(str::trim_end) else { return false };
    let word = &path[path.trim_end_matches(is_word).len()..];
    path.ends_with('>') || (!word.is_empty() && !KEYWORDS.contains(&word))
}

fn next_word(text: &str, from: usize) -> Option<(usize, &str)> {
    let start = from + text[from..].find(is_word)?;
    let end = text[start..].find(|c| !is_word(c)).map_or(text.len(), |n| start + n);
    Some((start, &text[start..end]))
}

/// The paths of one tree, `a::b` or (in a `use`) `a::{b, c::d}`, and where it ends.
fn tree(text: &str, start: usize, is_use: bool) -> (Vec<(usize, Vec<String>)>, usize) {
    let (mut segments, mut at) = (vec![], start);
    loop {
        let rest = &text[at..];
        let blank = rest.len() - rest.trim_start().len();
        let here = at + blank;
        if is_use && text[here..].starts_with('{') {
            return group(text, here, &segments);
        }
        match next_word(text, here) {
            Some((begin, word)) if begin == here => {
                segments.push(word.to_owned());
                at = begin + word.len();
            }
            _ => break,
        }
        let rest = &text[at..];
        let Some(after) = rest.trim_start().strip_prefix("::") else { break };
        at = text.len() - after.len();
    }
    (vec![(start, segments)], at)
}

fn group(text: &str, open: usize, prefix: &[String]) -> (Vec<(usize, Vec<String>)>, usize) {
    let (mut found, mut at) = (vec![], open + 1);
    loop {
        let rest = &text[at..];
        let here = at + rest.len() - rest.trim_start().len();
        match text[here..].chars().next() {
            None => return (found, text.len()),
            Some('}') => return (found, here + 1),
            Some(c) if is_word(c) || c == '{' => {
                let (inner, end) = tree(text, here, true);
                for (place, tail) in inner {
                    found.push((place, prefix.iter().cloned().chain(tail).collect()));
                }
                // What may follow is an `as name`.
                at = end + text[end..].find([',', '}']).unwrap_or(text.len() - end);
            }
            Some(c) => at = here + c.len_utf8(),
        }
    }
}

fn inline_modules(text: &str) -> Vec<Inline> {
    let mut found = vec![];
    let mut at = 0;
    while let Some((start, word)) = next_word(text, at) {
        at = start + word.len();
        if word != "mod" {
            continue;
        }
        let Some((begin, name)) = next_word(text, at) else { break };
        let after = &text[begin + name.len()..];
        if !after.trim_start().starts_with('{') {
            continue;
        }
        let from = begin + name.len();
        let to = closing(text, from);
        let is_test = text[..start].trim_end().ends_with("#[cfg(test)]");
        found.push(Inline { name: name.into(), from, to, is_test });
    }
    found
}

fn closing(text: &str, from: usize) -> usize {
    let mut depth = 0_i32;
    for (i, c) in text[from..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return from + i;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// The text with comments, strings and character literals blanked; lines stay where they are.
pub fn blanked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let end = literal_end(&chars, i);
        if end == i {
            out.push(chars[i]);
            i += 1;
        }
        while i < end {
            out.push(if chars[i] == '\n' { '\n' } else { ' ' });
            i += 1;
        }
    }
    out
}

/// Where the comment or literal that begins at `i` ends; `i` when none does.
fn literal_end(chars: &[char], i: usize) -> usize {
    let at = |n: usize| chars.get(i + n).copied().unwrap_or(' ');
    let after_word = i > 0 && is_word(chars[i - 1]);
    match (at(0), at(1)) {
        ('/', '/') => end_of(chars, i, |rest| rest[0] == '\n'),
        ('/', '*') => block_end(chars, i),
        ('"', _) => string_end(chars, i + 1),
        ('r', '"' | '#') if !after_word => raw_end(chars, i + 1).unwrap_or(i),
        ('b', 'r') if !after_word => raw_end(chars, i + 2).unwrap_or(i),
        ('\'', '\\') => end_of(chars, i + 3, |rest| rest[0] == '\'') + 1,
        ('\'', _) if at(2) == '\'' => i + 3,
        _ => i,
    }
}

fn end_of(chars: &[char], from: usize, ends: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|&i| ends(&chars[i..])).unwrap_or(chars.len())
}

fn block_end(chars: &[char], start: usize) -> usize {
    let (mut depth, mut i) = (0, start);
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                i += 1;
                continue;
            }
        }
        i += 2;
        if depth == 0 {
            return i;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], mut i: usize) -> usize {
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    (i + 1).min(chars.len())
}

/// The end of a raw string whose hashes begin at `i`; `None` when it is none, as in `r#type`.
fn raw_end(chars: &[char], i: usize) -> Option<usize> {
    let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
    (chars.get(i + hashes) == Some(&'"')).then(|| {
        let close = |rest: &[char]| {
            rest[0] == '"' && rest.len() > hashes && rest[1..=hashes].iter().all(|c| *c == '#')
        };
        (end_of(chars, i + hashes + 1, close) + 1 + hashes).min(chars.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(name: &str, text: &str) -> Vec<String> {
        let shown = |used: Used| {
            let ours = if used.ours { "ours " } else { "" };
            format!("{} {ours}{}", used.line, used.segments.join("::"))
        };
        Source::read(name, text).paths().into_iter().map(shown).collect()
    }

    #[test]
    fn groups_are_opened_and_inline_paths_found() {
        let text = "use crate::{issue::{Kind, Status as S}, clock};\n\
                    pub use std::io;\nfn f(t: crate::watch::Watch) -> geo :: Point {\n\
                    <T as ::sqlx::Type>::x(); a.b(); Vec::<u8>::new()\n}\nuse sqlx;";
        assert_eq!(
            paths("src/store/rows.rs", text),
            [
                "1 ours issue::Kind",
                "1 ours issue::Status",
                "1 ours clock",
                "2 std::io",
                "3 ours watch::Watch",
                "3 geo::Point",
                "4 sqlx::Type",
                "4 Vec",
                "6 sqlx",
            ]
        );
    }

    #[test]
    fn comments_and_literals_are_not_read() {
        let text = "// use crate::store;\n/* crate::http /* nested */ */ let a = \"crate::app\";\n\
                    let b = r#\"crate::cli \" crate::cli\"#; let c = '\"'; let d = '\\'';\n\
                    let e: &'static str = b\"crate::x\"; crate::seen::it();";
        assert_eq!(paths("src/issue.rs", text), ["4 ours seen::it"]);
    }

    #[test]
    fn super_is_followed_up_to_the_root() {
        assert_eq!(paths("src/issue.rs", "use super::store;"), ["1 ours store"]);
        assert_eq!(paths("src/issue/notice.rs", "use super::Kind;"), ["1 ours issue::Kind"]);
        assert_eq!(paths("src/store/mod.rs", "super::http::x()"), ["1 ours http::x"]);
        assert_eq!(paths("src/issue/notice.rs", "super::super::app::x()"), ["1 ours app::x"]);
        let nested = "mod tests {\n use super::*;\n use super::super::http;\n}";
        assert_eq!(paths("src/clock.rs", nested), ["2 ours clock", "3 ours http"]);
        assert_eq!(paths("src/main.rs", "wardwatch::cli::main()"), ["1 ours cli::main"]);
    }

    #[test]
    fn test_modules_are_known_inline_and_in_files() {
        let inline = Source::read("src/a.rs", "use geo::A;\n#[cfg(test)]\nmod tests { geo::B }");
        let tests: Vec<bool> = inline.paths().iter().map(|used| used.in_test).collect();
        assert_eq!(tests, [false, true]);
        let mut all = vec![
            Source::read("src/a.rs", "#[cfg(test)]\nmod town;\nmod real;"),
            Source::read("src/a/town.rs", ""),
            Source::read("src/a/town/people.rs", ""),
            Source::read("src/a/real.rs", ""),
        ];
        mark_tests(&mut all);
        let marked: Vec<bool> = all.iter().map(|source| source.is_test).collect();
        assert_eq!(marked, [false, true, true, false]);
    }
}

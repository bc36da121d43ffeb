//! People's own words, made safe to stand between ours.
//!
//! The one rule: nothing of theirs is a link, nor becomes one in a mail program that makes links of
//! what looks like one. Who reports or signs up is a stranger, and the mail bears the city's name.

/// On one line, with nothing that could end a header, hide, or turn the direction of reading.
#[must_use]
pub fn line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || hidden(c));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether a line holds anything that is a link, or that a mail program could make one of.
#[must_use]
pub fn leads_away(text: &str) -> bool {
    text.split(' ').any(|word| is_link(word) || set_apart(word) != word)
}

/// A person's words on one line. Addresses of the web and of mail are replaced by `link`: every
/// link in a message leads to our own site.
pub(super) fn words(text: &str, link: &str) -> String {
    let words = line(text);
    let safe = |word| if is_link(word) { link.to_owned() } else { set_apart(word) };
    words.split(' ').map(safe).collect::<Vec<_>>().join(" ")
}

/// The same on several lines, at most one of them empty in a row, cut at a word after `limit`
/// characters.
pub(super) fn paragraph(text: &str, limit: usize, link: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for text in text.lines() {
        let words = words(text, link);
        if !words.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(words);
        }
    }
    shorten(lines.join("\n").trim_end(), limit)
}

/// The text, or as many of its whole words as fit into `limit` characters with a “…” behind them.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let head: String = text.chars().take(limit.saturating_sub(1)).collect();
    let next_is_space = text.chars().nth(limit.saturating_sub(1)).is_some_and(char::is_whitespace);
    let cut = match head.rfind(char::is_whitespace) {
        // A word that fills more than half of the room is cut through.
        Some(at) if !next_is_space && at * 2 > head.len() => &head[..at],
        _ => &head,
    };
    format!("{}…", cut.trim_end_matches(|c: char| c.is_whitespace() || ",;:–-".contains(c)))
}

/// The ends of names that are hardly ever anything else. The list may stay short: whatever else
/// looks like a name is [`set_apart`].
const ENDS: [&str; 10] = ["app", "biz", "com", "dev", "edu", "gov", "info", "io", "net", "org"];

/// Whether a word is certainly an address: by its scheme, by “www.”, or by a name with a path, a
/// mailbox or a well-known end. “St.Louis”, “e.g.” and “1/2” are none.
fn is_link(word: &str) -> bool {
    let word = word.to_lowercase();
    if word.contains("://") || word.contains("www.") || word.contains("mailto:") {
        return true;
    }
    let mut rest = word.as_str();
    while let Some(start) = rest.find(in_name) {
        let mailbox = rest[..start].ends_with('@');
        let end = rest[start..].find(|c| !in_name(c)).map_or(rest.len(), |len| start + len);
        let goes_on = rest[end..].starts_with(['/', '?', '#', ':']) && rest.len() > end + 1;
        let name = rest[start..end].trim_matches(is_dot);
        if let Some((_, last)) = name.rsplit_once(is_dot) {
            let known = ENDS.contains(&last) || last.starts_with("xn--");
            if known || ((mailbox || goes_on) && could_end(last)) {
                return true;
            }
        }
        rest = &rest[end..];
    }
    false
}

/// What stands in the name of a host; letters of every script do.
fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || is_dot(c)
}

/// The dots that stand for one in the name of a host (UTS 46, §2.3).
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// Whether a name may end so: at least two letters, nothing else.
fn could_end(last: &str) -> bool {
    last.chars().count() >= 2 && last.chars().all(char::is_alphabetic)
}

/// Sets the parts of a word apart that a mail program could take for the name of a site. There are
/// fifteen hundred ends, “it”, “is” and “in” among them, so “is gone.It was” looks like one as
/// “evil.example” does; with a space behind the dot both can be read and neither is a link.
fn set_apart(word: &str) -> String {
    let mut apart = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(at) = rest.find(is_dot) {
        let after = at + rest[at..].chars().next().map_or(0, char::len_utf8);
        let (head, tail) = rest.split_at(after);
        apart.push_str(head);
        let named = rest[..at].ends_with(|c| !is_dot(c));
        let end = tail.find(|c| !in_name(c) || is_dot(c)).unwrap_or(tail.len());
        if named && could_end(&tail[..end]) {
            apart.push(' ');
        }
        rest = tail;
    }
    apart + rest
}

/// Control characters, and those that reorder or hide text (Unicode Technical Report 36, §3.6).
/// The zero-width joiners stay: emoji and several scripts need them.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{feff}' | '\u{00ad}' | '\u{200b}' | '\u{2060}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cannot_break_out_of_its_header() {
        assert_eq!(
            line(" Pot\r\nBcc: eve@x.org\0 hole\u{202e}gnp "),
            "Pot Bcc: eve@x.org hole gnp"
        );
        assert_eq!(line("\u{2028}\u{feff}"), "");
        assert_eq!(line("Глубокая яма 👨‍👩‍👧"), "Глубокая яма 👨‍👩‍👧");
    }

    #[test]
    fn a_paragraph_keeps_its_lines_and_loses_its_links() {
        let text = "Deep hole.\r\n\r\n\r\nSee https://evil.example/x and WWW.evil.example now\n\n";
        assert_eq!(paragraph(text, 100, "[link]"), "Deep hole.\n\nSee [link] and [link] now");
    }

    #[test]
    fn whatever_a_mail_program_makes_a_link_of_is_left_out_or_set_apart() {
        for link in [
            "https://evil.example/login",
            "HTTP://1.2.3.4",
            "(www.evil.example)",
            "evil.example/login",
            "evil.example:8080",
            "evil.it?token=1",
            "“evil.com”",
            "EVIL.COM.",
            "sub.evil-site.co.uk/x",
            "a/evil.org",
            "evil。com",
            "xn--e1afmkfd.xn--p1ai",
            "пример.рф/вход",
            "mailto:eve@evil",
            "eve@evil.example",
            "<eve@evil.it>",
        ] {
            assert_eq!(words(&format!("see {link} now"), "[link]"), "see [link] now");
        }
        for (text, apart) in [
            ("evil.example", "evil. example"),
            ("evil.co.uk", "evil. co. uk"),
            ("пример.рф", "пример. рф"),
            ("It is gone.It was big", "It is gone. It was big"),
            ("St.Louis", "St. Louis"),
            ("evil\u{200b}.com", "evil .com"),
        ] {
            assert_eq!(words(text, "[link]"), apart);
        }
        for plain in [
            "1200 W. Alder St",
            "St. Louis",
            "e.g. here, i.e. there, at 5 p.m.",
            "U.S. Route 66",
            "1.5 m deep, 3.2.1",
            "Oak Ave./12th St.",
            "and/or 1/2",
            "No.12 … and so on...",
            "Re: 24:00 #5 Q&A",
            "Dr. M.L.K. Blvd",
            "C/O A.B. Smith",
            ".com",
        ] {
            assert_eq!(words(plain, "[link]"), plain);
        }
    }

    #[test]
    fn a_long_text_is_cut_at_a_word() {
        assert_eq!(shorten("one two three", 13), "one two three");
        assert_eq!(shorten("one two three", 12), "one two…");
        assert_eq!(shorten("one two three", 8), "one two…");
        assert_eq!(shorten("one two, three", 10), "one two…");
        assert_eq!(shorten(&"x".repeat(50), 10), "xxxxxxxxx…");
        assert_eq!(shorten("ямаямаямаяма", 5), "ямая…");
        assert_eq!(shorten("x", 0), "…");
    }
}

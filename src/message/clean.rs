//! People's own words, made safe to stand between ours.

/// On one line, with nothing that could end a header, hide, or turn the direction of reading.
pub(super) fn line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || hidden(c));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// On several lines, at most one of them empty in a row, cut at a word after `limit` characters.
/// Web addresses are replaced by `link`: every link in a message leads to our own site.
pub(super) fn paragraph(text: &str, limit: usize, link: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for text in text.lines() {
        let words = line(text);
        let words = words.split(' ').map(|word| if is_link(word) { link } else { word });
        let words = words.collect::<Vec<_>>().join(" ");
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

fn is_link(word: &str) -> bool {
    let word = word.to_lowercase();
    word.contains("://") || word.contains("www.") || word.contains("mailto:")
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

//! A message as it goes over the wire: its dots doubled, its end marked (RFC 5321, §4.5.2).

use std::fmt;

use memchr::memmem;

/// A finished message, every line of which ends in CRLF, for a library that writes whatever can be
/// displayed. The library's own doubling goes byte by byte, which of a mail with a map takes longer than
/// all else about sending it.
pub(super) struct Dotted<'a> {
    message: &'a str,
    behind: &'a str,
}

impl<'a> Dotted<'a> {
    /// None where it is no text: every mail of ours is ASCII.
    pub(super) fn of(message: &'a [u8]) -> Option<Self> {
        std::str::from_utf8(message).ok().map(|message| Self { message, behind: "" })
    }

    /// With what is said behind its end.
    pub(super) fn followed_by(self, behind: &'a str) -> Self {
        Self { behind, ..self }
    }
}

impl fmt::Display for Dotted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, behind } = *self;
        if message.starts_with('.') {
            f.write_str(".")?;
        }
        let mut from = 0;
        for at in memmem::find_iter(message.as_bytes(), b"\n.") {
            f.write_str(&message[from..=at])?;
            f.write_str(".")?;
            from = at + 1;
        }
        f.write_str(&message[from..])?;
        let whole = message.is_empty() || message.ends_with("\r\n");
        f.write_str(if whole { ".\r\n" } else { "\r\n.\r\n" })?;
        f.write_str(behind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_at_the_start_of_lines_are_doubled_and_the_end_is_marked() {
        for (message, sent) in [
            ("", ".\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".", "..\r\n.\r\n"),
            ("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"),
            ("a\r\n..\r\n.b.\r\n", "a\r\n...\r\n..b.\r\n.\r\n"),
            ("a.b\r\n", "a.b\r\n.\r\n"),
            ("ż\r\n.ż\r\n", "ż\r\n..ż\r\n.\r\n"),
        ] {
            let dotted = || Dotted::of(message.as_bytes()).unwrap();
            assert_eq!(dotted().to_string(), sent, "{message:?}");
            let behind = dotted().followed_by(".\r\n").to_string();
            assert_eq!(behind, format!("{sent}.\r\n"), "what comes behind is no message");
        }
        assert!(Dotted::of(&[0xff]).is_none());
    }
}

//! A message as it goes over the wire: its dots doubled, its end marked (RFC 5321, §4.5.2).

use std::fmt;

use memchr::memmem;

/// A finished message, every line of which ends in CRLF, for a library that writes whatever can be
/// displayed. The library's own doubling goes byte by byte, which of a mail with a map takes longer than
/// all else about sending it.
pub(super) struct Dotted<'a>(&'a str);

impl<'a> Dotted<'a> {
    /// None where it is no text: every mail of ours is ASCII.
    pub(super) fn of(message: &'a [u8]) -> Option<Self> {
        std::str::from_utf8(message).ok().map(Self)
    }
}

impl fmt::Display for Dotted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.starts_with('.') {
            f.write_str(".")?;
        }
        let mut from = 0;
        for at in memmem::find_iter(self.0.as_bytes(), b"\n.") {
            f.write_str(&self.0[from..=at])?;
            f.write_str(".")?;
            from = at + 1;
        }
        f.write_str(&self.0[from..])?;
        f.write_str(if self.0.is_empty() || self.0.ends_with("\r\n") {
            ".\r\n"
        } else {
            "\r\n.\r\n"
        })
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
            assert_eq!(Dotted::of(message.as_bytes()).unwrap().to_string(), sent, "{message:?}");
        }
        assert!(Dotted::of(&[0xff]).is_none());
    }
}

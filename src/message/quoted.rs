//! Quoted-printable (RFC 2045, §6.7) for a mail's body.
//!
//! lettre's own takes as long as all the rest of composing a mail: it goes byte by byte. Here what
//! needs no quoting is copied by the line.

/// The most characters of an encoded line, its soft break included, and without it.
const LINE: usize = 76;
const ROOM: usize = LINE - 1;

/// The text in quoted-printable, its line ends as CRLF.
pub(super) fn encode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive('\n') {
        let ended = line.strip_suffix('\n');
        let words = ended.map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        encode_line(words.as_bytes(), &mut out);
        if ended.is_some() {
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}

fn encode_line(line: &[u8], out: &mut Vec<u8>) {
    // A blank at the end of a line may be lost on the way.
    let blanks = line.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let firm = line.len() - blanks.min(1);
    let (mut rest, mut column) = (&line[..firm], 0);
    while !rest.is_empty() {
        let plain = rest.iter().take(ROOM).take_while(|byte| is_plain(**byte)).count();
        let run = plain.min(ROOM - column);
        if run > 0 {
            out.extend_from_slice(&rest[..run]);
            column += run;
        } else if column + 3 <= ROOM && plain == 0 {
            quote(rest[0], out);
            column += 3;
        } else {
            out.extend_from_slice(b"=\r\n");
            column = 0;
            continue;
        }
        rest = &rest[if run > 0 { run } else { 1 }..];
    }
    if let Some(blank) = line.get(firm) {
        if column + 3 > ROOM {
            out.extend_from_slice(b"=\r\n");
        }
        quote(*blank, out);
    }
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t') && byte != b'='
}

fn quote(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.extend([b'=', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(text: &str) -> String {
        String::from_utf8(encode(text)).unwrap()
    }

    /// Decodes as the RFC says, and by no other means than its text.
    fn decoded(encoded: &[u8]) -> Vec<u8> {
        let (mut text, mut at) = (vec![], 0);
        while at < encoded.len() {
            if encoded[at] != b'=' {
                text.push(encoded[at]);
                at += 1;
                continue;
            }
            let two = std::str::from_utf8(&encoded[at + 1..at + 3]).unwrap();
            if two != "\r\n" {
                text.push(u8::from_str_radix(two, 16).unwrap());
            }
            at += 3;
        }
        text
    }

    #[test]
    fn what_needs_it_is_quoted() {
        assert_eq!(encoded("a = b"), "a =3D b");
        assert_eq!(encoded("Kość\nnext"), "Ko=C5=9B=C4=87\r\nnext");
        assert_eq!(encoded("blanks at the end \t\r\nand "), "blanks at the end =09\r\nand=20");
        assert_eq!(encoded(""), "");
        assert_eq!(encoded("\r\n"), "\r\n");
        assert_eq!(encoded("a\rb\r"), "a=0Db=0D");
    }

    #[test]
    fn a_long_line_is_broken_softly_and_no_quote_through() {
        let long = "x".repeat(75);
        assert_eq!(encoded(&long), long);
        assert_eq!(encoded(&format!("{long}y")), format!("{long}=\r\ny"));
        assert_eq!(encoded(&format!("{}=", "x".repeat(73))), format!("{}=\r\n=3D", "x".repeat(73)));
        assert_eq!(encoded(&format!("{}=", "x".repeat(72))), format!("{}=3D", "x".repeat(72)));
    }

    proptest! {
        #[test]
        fn any_text_comes_back_in_short_lines_of_ascii(text in "([a-z =ś\t\n\0]|.){0,400}") {
            let text = text.replace('\r', "");
            let encoded = encode(&text);
            let lines = String::from_utf8(encoded.clone()).unwrap();
            prop_assert!(lines.is_ascii());
            for line in lines.split("\r\n") {
                prop_assert!(line.len() <= LINE && !line.ends_with([' ', '\t']), "{line:?}");
            }
            prop_assert_eq!(decoded(&encoded), text.replace('\n', "\r\n").into_bytes());
        }
    }
}

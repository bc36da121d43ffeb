//! Text as people meant it: decoded, repaired where a wrong decoding is certain, and cleaned.

use std::borrow::Cow;

/// What Windows-1252 has where Latin-1 has control characters, 0x80 to 0x9F. The five holes stay
/// what they are in Latin-1, as in the WHATWG encoding standard's table.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// Decodes UTF-8, or else Windows-1252 (which is what files that call themselves Latin-1 hold).
#[must_use]
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&byte| from_1252(byte)).collect()),
    }
}

/// A value's text: UTF-8 that was once read as Latin-1 or Windows-1252 is read again, and NUL,
/// which no database stores as text, is dropped.
#[must_use]
pub(super) fn clean(text: &str) -> String {
    let text = if text.is_ascii() { None } else { unscramble(text) }.unwrap_or_else(|| text.into());
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

/// “Departmentâ€™s” is “Department’s”: every character of the text is one byte in Windows-1252 or
/// Latin-1, and those bytes are UTF-8. Text that was decoded rightly practically never is.
fn unscramble(text: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = text.chars().map(to_1252).collect();
    String::from_utf8(bytes?).ok()
}

fn from_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn to_1252(c: char) -> Option<u8> {
    u8::try_from(c).ok().or_else(|| {
        let place = WINDOWS_1252.iter().position(|&other| other == c)?;
        u8::try_from(place + 0x80).ok()
    })
}

/// Whether a value is one of the ways in which exports write "nothing".
#[must_use]
pub(super) fn is_blank(text: &str) -> bool {
    let text = text.trim();
    let nothing = ["null", "nan", "none", "n/a", "na", "nil", "\\n", "-"];
    text.is_empty() || nothing.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_it_was_meant() {
        assert_eq!(decode("Señor’s".as_bytes()), "Señor’s");
        assert_eq!(decode(b"Se\xF1or\x92s"), "Señor’s");
        for (scrambled, meant) in [
            ("Department\u{e2}\u{80}\u{99}s website", "Department’s website"),
            ("Departmentâ€™s website", "Department’s website"),
            ("Ã±", "ñ"),
            // Already right, or not certain: left alone.
            ("Señor", "Señor"),
            ("Łódź â€™", "Łódź â€™"),
            ("a\0b", "ab"),
        ] {
            assert_eq!(clean(scrambled), meant);
        }
    }
}

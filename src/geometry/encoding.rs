//! The text of a file: UTF-8 as GeoJSON asks, or the Latin-1 that older map programs write.

use std::borrow::Cow;

use super::GeometryError;

/// What Windows-1252, by which "Latin-1" is meant in practice, has at 0x80 to 0x9f.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a file, without its byte-order mark; what is often saved in place of a map is
/// told by name.
pub(super) fn text<'b>(
    bytes: &'b [u8],
    warnings: &mut Vec<String>,
) -> Result<Cow<'b, str>, GeometryError> {
    let told = |problem: String| Err(GeometryError::NotGeoJson(problem));
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return told("it is packed with gzip; unpack it first".into());
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return told("it is written in UTF-16; save it as UTF-8".into());
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text.trim_start_matches('\u{feff}').trim_start()),
        Err(why) => Cow::Owned(latin_1(bytes, why.valid_up_to(), warnings)?),
    };
    let start: String = text.lines().next().unwrap_or_default().chars().take(40).collect();
    match start.to_lowercase().as_str() {
        "" => told("it is empty".into()),
        s if s.starts_with('{') => Ok(text),
        s if s.starts_with("version https://git-lfs") => {
            told("it is a Git LFS pointer, not the file itself; run `git lfs pull`".into())
        }
        s if s.starts_with('<') => told("it is a web page or XML".into()),
        s if ["var ", "const ", "let ", "/*", "//"].iter().any(|js| s.starts_with(js)) => {
            told("it is JavaScript; keep only what stands from the first { to the last }".into())
        }
        _ => told(format!("it starts with “{}”, and GeoJSON is an object", start.trim_end())),
    }
}

/// A file with letters of both encodings is a broken one: whichever is chosen, some are wrong.
fn latin_1(bytes: &[u8], bad: usize, warnings: &mut Vec<String>) -> Result<String, GeometryError> {
    let both = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    if both || bytes.contains(&0) {
        return Err(GeometryError::NotGeoJson(format!(
            "byte {} is not UTF-8, but other letters are; save the file as UTF-8",
            bad + 1
        )));
    }
    let text: String = bytes.iter().copied().map(letter).collect();
    let is_part = |c: char| c.is_alphanumeric() || c == '\'' || c == ' ' || c == '-';
    // All before the first bad byte is ASCII, so bytes are letters there.
    let start = text[..bad].rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
    let name: String =
        text[start..].chars().take_while(|&c| !matches!(c, '"' | '\n')).take(40).collect();
    warnings.push(format!(
        "the file is not UTF-8; its letters were read as Latin-1 (Windows-1252), the first as \
         “{name}”. If names look wrong, say what it is: `iconv -f ENCODING -t UTF-8 yours.geojson \
         > utf8.geojson`"
    ));
    Ok(text.trim_start().to_owned())
}

fn letter(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        byte => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_latin_1_is_read_with_its_names_and_says_so() {
        let mut warnings = vec![];
        let bytes = b"{\"name\": \"Ca\xf1on \x96 Nord\"}";
        let text = text(bytes, &mut warnings).unwrap();
        assert_eq!(text, "{\"name\": \"Cañon – Nord\"}");
        assert!(warnings[0].contains("the first as “Cañon – Nord”"), "{warnings:?}");
        assert!(warnings[0].contains("iconv -f"), "{warnings:?}");
    }

    #[test]
    fn a_file_in_two_encodings_is_refused_with_the_place() {
        let told = text(b"{\"a\": \"\xc3\xb1 \xf1\"}", &mut vec![]).unwrap_err().to_string();
        assert!(told.contains("byte 11 is not UTF-8, but other letters are"), "{told}");
    }
}

//! Words as they can be compared: small letters without accents, and what has a short form in it.
//!
//! What is short for two things ("St" is a street and a saint) is one word: names and questions are
//! shortened alike, so nothing has to be told apart.

/// A text as words: folded, with `&` and `#` as words of their own, nothing shortened yet. A hyphen or
/// a slash between digits stays, for numbers like `12-34` and `1/2`.
pub(super) fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|i| chars.get(i)).is_some_and(char::is_ascii_digit);
    let mut words = vec![];
    let mut word = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let between = digit(i.checked_sub(1)) && digit(Some(i + 1));
        match c {
            '.' | '\'' | '’' | '‘' | '`' | '\u{300}'..='\u{36f}' => {}
            '-' | '/' if between => word.push(c),
            '&' | '@' | '+' | '/' | '＆' | '#' => {
                words.push(std::mem::take(&mut word));
                words.push(if c == '#' { "#".to_owned() } else { "&".to_owned() });
            }
            c if c.is_alphanumeric() => fold(c, &mut word),
            _ => words.push(std::mem::take(&mut word)),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// A letter in its plainest form.
fn fold(c: char, into: &mut String) {
    for c in c.to_lowercase() {
        let plain = match c {
            'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
            'ç' | 'ć' | 'č' | 'ĉ' => 'c',
            'ď' | 'đ' | 'ð' => 'd',
            'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' | 'ė' => 'e',
            'ğ' | 'ģ' => 'g',
            'í' | 'ì' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => 'i',
            'ł' | 'ľ' | 'ļ' => 'l',
            'ñ' | 'ń' | 'ň' | 'ņ' => 'n',
            'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ō' | 'ő' => 'o',
            'ř' => 'r',
            'ś' | 'š' | 'ş' | 'ș' => 's',
            'ť' | 'ţ' | 'ț' => 't',
            'ú' | 'ù' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' => 'u',
            'ý' | 'ÿ' => 'y',
            'ź' | 'ż' | 'ž' => 'z',
            'ß' => {
                into.push('s');
                's'
            }
            'æ' | 'œ' => {
                into.push(if c == 'æ' { 'a' } else { 'o' });
                'e'
            }
            // What a capital letter with a dot leaves behind.
            '\u{300}'..='\u{36f}' => continue,
            other => other,
        };
        into.push(plain);
    }
}

/// The words that have a shorter form. The first of a short form's words is how it is mostly written.
const SHORT: &[(&str, &str)] = &[
    ("north", "n"),
    ("south", "s"),
    ("east", "e"),
    ("west", "w"),
    ("northeast", "ne"),
    ("northwest", "nw"),
    ("southeast", "se"),
    ("southwest", "sw"),
    ("street", "st"),
    ("str", "st"),
    ("saint", "st"),
    ("avenue", "ave"),
    ("av", "ave"),
    ("aven", "ave"),
    ("avn", "ave"),
    ("boulevard", "blvd"),
    ("boul", "blvd"),
    ("bl", "blvd"),
    ("road", "rd"),
    ("drive", "dr"),
    ("drv", "dr"),
    ("court", "ct"),
    ("crt", "ct"),
    ("place", "pl"),
    ("lane", "ln"),
    ("parkway", "pkwy"),
    ("pkway", "pkwy"),
    ("pky", "pkwy"),
    ("pkw", "pkwy"),
    ("highway", "hwy"),
    ("hiway", "hwy"),
    ("expressway", "expy"),
    ("expwy", "expy"),
    ("freeway", "fwy"),
    ("turnpike", "tpke"),
    ("terrace", "ter"),
    ("terr", "ter"),
    ("circle", "cir"),
    ("circ", "cir"),
    ("square", "sq"),
    ("alley", "aly"),
    ("bridge", "brg"),
    ("center", "ctr"),
    ("centre", "ctr"),
    ("crossing", "xing"),
    ("crescent", "cres"),
    ("esplanade", "esp"),
    ("extension", "ext"),
    ("fort", "ft"),
    ("gardens", "gdns"),
    ("grove", "grv"),
    ("heights", "hts"),
    ("junction", "jct"),
    ("landing", "lndg"),
    ("mount", "mt"),
    ("mountain", "mtn"),
    ("plaza", "plz"),
    ("point", "pt"),
    ("promenade", "prom"),
    ("route", "rte"),
    ("station", "sta"),
    ("trail", "trl"),
    ("viaduct", "via"),
    ("village", "vlg"),
    ("first", "1st"),
    ("second", "2nd"),
    ("third", "3rd"),
    ("fourth", "4th"),
    ("fifth", "5th"),
    ("sixth", "6th"),
    ("seventh", "7th"),
    ("eighth", "8th"),
    ("ninth", "9th"),
    ("tenth", "10th"),
    ("eleventh", "11th"),
    ("twelfth", "12th"),
    ("thirteenth", "13th"),
    ("fourteenth", "14th"),
    ("fifteenth", "15th"),
    ("sixteenth", "16th"),
    ("seventeenth", "17th"),
    ("eighteenth", "18th"),
    ("nineteenth", "19th"),
    ("twentieth", "20th"),
    // Of the island and the border, where streets have Spanish names.
    ("avenida", "ave"),
    ("calle", "c"),
    ("norte", "n"),
    ("sur", "s"),
    ("oeste", "w"),
];

/// A word in its short form.
pub(super) fn short(word: &str) -> &str {
    SHORT.iter().find(|(long, _)| *long == word).map_or(word, |(_, short)| short)
}

/// The short forms of the words that begin so, of which enough is typed to tell.
pub(super) fn shorts_begun(word: &str) -> impl Iterator<Item = &'static str> {
    let told = word.len() >= 3;
    SHORT.iter().filter(move |(long, _)| told && long.starts_with(word)).map(|(_, short)| *short)
}

/// Directions and kinds of streets: what people leave out, or get wrong.
pub(super) fn is_aside(short: &str) -> bool {
    const ASIDE: &[&str] = &[
        "n", "s", "e", "w", "ne", "nw", "se", "sw", "st", "ave", "blvd", "rd", "dr", "ct", "pl",
        "ln", "pkwy", "hwy", "expy", "ter", "cir", "sq", "aly", "way", "plz", "trl", "row",
    ];
    ASIDE.contains(&short)
}

/// `3rd` of 3, as streets are numbered.
pub(super) fn ordinal(number: &str) -> Option<String> {
    let n: u32 = number.parse().ok().filter(|n| *n > 0 && *n < 1_000)?;
    let ending = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    Some(format!("{n}{ending}"))
}

/// A street's name as its words in short form, by which two spellings are one street.
pub(super) fn street_words(name: &str) -> Vec<String> {
    words(name).into_iter().filter(|word| word != "#").map(|word| short(&word).to_owned()).collect()
}

/// A text folded and with one space between words: to compare names of other things.
#[must_use]
pub fn plain(text: &str) -> String {
    words(text).join(" ")
}

/// A name as people write it: one that a file shouts is set in small letters.
pub(super) fn written(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().any(char::is_lowercase) {
        return name;
    }
    let word = |word: &str| {
        let small = word.to_lowercase();
        let directions = ["n", "s", "e", "w", "ne", "nw", "se", "sw"];
        if directions.contains(&&*small) || word.starts_with(|c: char| c.is_ascii_digit()) {
            return if small.ends_with(['t', 'd', 'h']) { small } else { word.to_owned() };
        }
        let mut chars = word.chars();
        let first = chars.next().map(String::from).unwrap_or_default();
        first + &chars.as_str().to_lowercase()
    };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

//! How much the name of a property looks like that of an id.

/// Words of such names, the likeliest first.
const WORDS: [&[&str]; 14] = [
    &["ward", "wards", "wardid", "wardno", "wardnum", "wardnumber"],
    &["district", "dist", "districts", "coundist", "councildist", "distno", "distnum"],
    &["precinct", "prec", "pct"],
    &["beat"],
    &["division", "div"],
    &["tract", "geoid", "fips"],
    &["neighborhood", "neighbourhood", "neigh", "nhood", "hood"],
    &["code", "cd", "key"],
    &["id", "uid"],
    &["number", "num", "no", "nr"],
    &["name", "nm"],
    &["title", "label"],
    &["community", "area", "zone", "borough", "boro", "city", "region"],
    &["listname", "mapname"],
];
/// Rows of somebody's database, sizes and dates.
const ACCIDENTS: [&str; 19] = [
    "objectid",
    "fid",
    "gid",
    "ogc",
    "cartodb",
    "globalid",
    "shape",
    "st",
    "length",
    "leng",
    "len",
    "created",
    "updated",
    "edit",
    "date",
    "perimeter",
    "sqft",
    "url",
    "description",
];

/// The groups that call an area by its number, and those that call it by another code.
const NUMBERS: [usize; 6] = [0, 1, 2, 3, 4, 9];
const CODES: [usize; 2] = [5, 7];

/// How much a name looks like that of an id; less is more. `District_1` is what a shapefile makes of
/// a second column that would be `District_N`.
pub(super) fn rank(name: &str) -> (usize, bool) {
    let words = words(name);
    let second = name.ends_with(|c: char| c.is_ascii_digit());
    if words.iter().any(|word| ACCIDENTS.contains(&word.as_str())) {
        return (WORDS.len() + 1, second);
    }
    // A council's number, whereas a `council_member` is somebody.
    if matches!(&words[..], [only] if only == "council") {
        return (1, second);
    }
    let group = |word: &String| WORDS.iter().position(|group| group.contains(&word.as_str()));
    (words.iter().filter_map(group).min().unwrap_or(WORDS.len()), second)
}

/// Whether a property is called like the number of a ward, a district or the like.
pub(super) fn of_ward(name: &str) -> bool {
    NUMBERS.contains(&rank(name).0) && !is_of_a_name(name)
}

/// Whether it is called like that, or like the code of any other area.
pub(super) fn of_area(name: &str) -> bool {
    (NUMBERS.contains(&rank(name).0) || CODES.contains(&rank(name).0)) && !is_of_a_name(name)
}

/// `DIST_NAME` and `ward_alderman` are of a ward and not its number.
fn is_of_a_name(name: &str) -> bool {
    let names = ["name", "nm", "member", "alderman", "title", "label"];
    words(name).iter().any(|word| names.contains(&word.as_str()))
}

/// The words of a name like `WARD_ID`, `BoroCD` or `WD13NM`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let turns = before.is_lowercase() && c.is_uppercase();
        if turns || !c.is_alphabetic() {
            words.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

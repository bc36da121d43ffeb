//! What a new map takes away is told, and is not taken away by a slip.

use crate::boundaries::{collection, import, polygon, program, square, ward, write};
use crate::program::{Ended, Program};

struct Clerk {
    town: Program,
    data: tempfile::TempDir,
}

impl Clerk {
    fn new() -> Self {
        Self { town: program(), data: tempfile::tempdir().unwrap() }
    }

    /// Brings a map of wards that stand in a row; a ward with an `!` reaches further north.
    fn brings(&self, wards: &[&str], more: &[&str]) -> Ended {
        let feature = |(nth, key): (u32, &&str)| {
            let west = 10.0 + f64::from(nth) / 100.0;
            let north = if key.ends_with('!') { 40.02 } else { 40.01 };
            ward(key.trim_end_matches('!'), &polygon(&square(west, 40.0, west + 0.01, north)))
        };
        let features: Vec<_> = (0..).zip(wards).map(feature).collect();
        let file = write(self.data.path(), "wards.geojson", &collection(&features));
        import(&self.town, &file, more)
    }

    fn versions(&self) -> usize {
        self.town.run(&["boundaries", "list", "--json"]).lines().count()
    }
}

fn says(ended: &Ended, code: i32, told: &[&str]) {
    assert_eq!(ended.code, code, "{}", ended.said);
    for words in told {
        assert!(ended.said.contains(words), "“{words}” is not in: {}", ended.said);
    }
}

#[test]
fn a_new_map_tells_which_wards_it_takes_away() {
    let clerk = Clerk::new();
    assert!(!clerk.brings(&["1", "2", "3"], &[]).said.contains("of these"));
    let told = [
        "of these 1 are added, 1 moved and 1 as they were; 1 are removed\n",
        "1 ward that holds now goes away: 3\n",
    ];
    says(&clerk.brings(&["1", "2!", "4"], &["--dry-run"]), 0, &told);
    says(&clerk.brings(&["1", "2!", "4"], &[]), 0, &told);
    assert_eq!(clerk.versions(), 2);
}

#[test]
fn a_map_that_leaves_no_ward_is_loaded_only_when_that_is_meant() {
    let clerk = Clerk::new();
    let numbers: Vec<_> = (1..=26).map(|number: u32| number.to_string()).collect();
    let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
    says(&clerk.brings(&numbers, &[]), 0, &[]);
    let (hills, gone) = (["HILL", "DALE"], "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 … and 16 more");
    let why = format!(
        "of the wards that hold now none would stay, all 26 would go away: {gone}; name the layer of \
         this map with --layer, or its ids with --id-property, or load it all the same with \
         --without-left-out"
    );
    let refused = format!("nothing would be written: {why}");
    says(&clerk.brings(&hills, &["--dry-run"]), 1, &[&refused]);
    says(&clerk.brings(&hills, &[]), 1, &[&format!("nothing was written: {why}")]);
    assert_eq!(clerk.versions(), 1);
    let told = format!("26 wards that hold now go away: {gone}\n");
    says(&clerk.brings(&hills, &["--without-left-out"]), 0, &[&told]);
    assert_eq!(clerk.versions(), 2);
}

#[test]
fn a_map_that_lies_elsewhere_is_loaded_only_when_that_is_meant() {
    let clerk = Clerk::new();
    let here = "the map lies between 40.00 and 40.01 north, 10.00 and 10.02 east\n";
    says(&clerk.brings(&["1", "2"], &["--dry-run"]), 0, &[here]);
    says(&clerk.brings(&["1", "2"], &[]), 0, &[here]);
    // The same wards with the latitudes first.
    let swapped = |key, west| ward(key, &polygon(&square(40.0, west, 40.01, west + 0.01)));
    let features = [swapped("1", 10.0), swapped("2", 10.01)];
    let file = write(clerk.data.path(), "swapped.geojson", &collection(&features));
    let why = "this map lies between 10.00 and 10.02 north, 40.00 and 40.01 east, and the one that holds \
               now lies between 40.00 and 40.01 north, 10.00 and 10.02 east: they have no place in common, \
               so one of the two is wrong; GeoJSON has longitude first";
    let tried = import(&clerk.town, &file, &["--dry-run"]);
    says(&tried, 1, &[&format!("nothing would be written: {why}")]);
    let refused = import(&clerk.town, &file, &[]);
    says(&refused, 1, &[&format!("nothing was written: {why}"), "--without-left-out"]);
    assert_eq!(clerk.versions(), 1);
    says(&import(&clerk.town, &file, &["--without-left-out"]), 0, &["2 moved"]);
    assert_eq!(clerk.versions(), 2);
}

#[test]
fn a_map_is_held_against_the_one_that_holds_on_its_day() {
    let clerk = Clerk::new();
    says(&clerk.brings(&["1", "2"], &["--effective", "2023-05-15"]), 0, &[]);
    // One of the time before takes nothing from anybody.
    let older = clerk.brings(&["A", "B"], &["--effective", "2015-05-18"]);
    says(&older, 0, &["it does not hold now, as version 1 does since 2023-05-15\n"]);
    assert!(!older.said.contains("go away"), "{}", older.said);
    says(&clerk.brings(&["2", "3"], &["--effective", "2998-05-15"]), 0, &["goes away: 1\n"]);
    // Of the wards of today none stays, of those of the day before one does.
    let last = ["1 ward that holds until then goes away: 2\n"];
    says(&clerk.brings(&["4", "3"], &["--effective", "2999-05-15", "--dry-run"]), 0, &last);
    says(&clerk.brings(&["4", "3"], &["--effective", "2999-05-15"]), 0, &last);
}

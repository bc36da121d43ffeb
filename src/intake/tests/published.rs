//! Files as cities published them, read to the last row.

use std::fs::File;
use std::path::Path;

use super::{defaults, refusals};
use crate::geometry::Position;
use crate::intake::{Mapping, Read, notices};
use crate::issue::{Notice, Said, Status};

/// The notices and the refused rows of a published file; `None` where the data is not at hand.
fn published(name: &str, zone: &str) -> Option<(Vec<Notice>, Vec<String>)> {
    let path = Path::new("../shared/data/requests").join(name);
    let Ok(file) = File::open(&path) else {
        eprintln!("SKIPPED: {} is not here, so it was not read", path.display());
        return None;
    };
    let mapping = Mapping::default();
    let reads: Vec<Read> = notices(file, mapping, defaults("city", zone)).unwrap().collect();
    let refused = refusals(&reads);
    Some((reads.into_iter().filter_map(|read| read.notice.ok()).collect(), refused))
}

fn by_id<'a>(notices: &'a [Notice], id: &str) -> &'a Notice {
    notices.iter().find(|n| n.source_id == id).unwrap_or_else(|| panic!("no {id}"))
}

/// When it was requested, last changed and closed.
fn times(notice: &Notice) -> [String; 3] {
    let Said::State { changed, closed } = notice.said else { panic!("a row is a state") };
    [Some(notice.at), changed, closed].map(|t| t.map_or("none".into(), |t| t.to_string()))
}

fn count(notices: &[Notice], status: Status) -> usize {
    notices.iter().filter(|n| n.facts.status == Some(status)).count()
}

fn without_position(notices: &[Notice]) -> usize {
    notices.iter().filter(|n| n.facts.position.is_none()).count()
}

#[test]
fn chicago_2021_is_read_whole() {
    let Some((rows, refused)) = published("chicago_311_2021_01.csv.gz", "America/Chicago") else {
        return;
    };
    assert_eq!((rows.len(), refused), (5_000, vec![]));
    assert_eq!(without_position(&rows), 4);
    assert_eq!(count(&rows, Status::Closed), 4_945 + 43);
    assert_eq!(count(&rows, Status::Received), 12);
    let first = by_id(&rows, "SR21-00000001");
    let changed = "2021-01-01T06:31:03Z";
    assert_eq!(times(first), ["2021-01-01T06:00:09Z", changed, "2021-01-01T06:00:09Z"]);
    assert_eq!(first.version.as_deref(), Some(changed));
    assert_eq!(
        first.facts.position,
        Some(Position { lon: -87.679_846_218_760_99, lat: 41.871_831_277_993_564 })
    );
    assert_eq!(first.facts.category.as_ref().unwrap().name(), "311 INFORMATION ONLY CALL");
    assert_eq!(first.facts.address.as_deref(), Some("2111 W Lexington ST"));
    assert_eq!(first.facts.attributes["owner_department"], "311 City Services");
    assert!(!first.facts.attributes.contains_key("parent_sr_number"), "blanks are dropped");
    assert!(!first.facts.attributes.contains_key("sr_type"), "what is a fact is no attribute");
}

#[test]
fn chicago_sanitation_is_read_whole() {
    let name = "chicago_311_sanitation_2000_2015.csv.gz";
    let Some((rows, refused)) = published(name, "America/Chicago") else { return };
    assert_eq!((rows.len(), refused), (74_401, vec![]));
    assert_eq!(without_position(&rows), 24);
    assert_eq!(count(&rows, Status::Closed), 70_567 + 3_509);
    assert_eq!(count(&rows, Status::Received), 124 + 201);
    let doubles =
        rows.iter().filter(|n| n.facts.attributes.get("status").is_some_and(|s| s != "Open"));
    assert_eq!(doubles.count(), 3_509 + 124, "“Completed - Dup” says more than closed");
    let first = by_id(&rows, "00-00002158");
    assert_eq!(
        times(first),
        ["2000-01-03T06:00:00Z", "none", "2011-03-28T05:00:00Z"],
        "a day begins at midnight in its city, in summer an hour earlier"
    );
    assert!(first.version.as_deref().unwrap().starts_with("h:"));
}

#[test]
fn chicago_burglaries_have_no_status_and_are_read_whole() {
    let name = "chicago_burglary_2011_2014.csv.gz";
    let Some((rows, refused)) = published(name, "America/Chicago") else { return };
    assert_eq!((rows.len(), refused), (66_932, vec![]));
    assert_eq!(without_position(&rows), 0);
    assert!(rows.iter().all(|n| n.facts.status.is_none()));
    let first = by_id(&rows, "8142251");
    assert_eq!(first.at.to_string(), "2011-07-02T05:00:00Z");
    assert_eq!(first.facts.description.as_deref(), Some("UNLAWFUL ENTRY"));
    assert_eq!(first.facts.address.as_deref(), Some("050XX S DREXEL BLVD"));
    assert_eq!(first.facts.attributes["case_number"], "HT376258");
}

#[test]
fn washington_writes_1970_for_what_is_not_resolved() {
    let name = "dc_311_2015_09_10.csv.gz";
    let Some((rows, refused)) = published(name, "America/New_York") else { return };
    assert_eq!((rows.len(), refused), (11_473, vec![]));
    let unresolved = rows.iter().filter(|n| times(n)[2] == "none").count();
    assert_eq!(unresolved, 4_671);
    assert_eq!(count(&rows, Status::InProgress), 1_752);
    assert_eq!(count(&rows, Status::Received), 2_582);
    assert_eq!(count(&rows, Status::Closed), 6_716 + 337 + 56 + 4 + 26);
    let first = by_id(&rows, "15-00259642");
    assert_eq!(times(first), ["2015-09-11T05:50:21Z", "none", "2015-09-14T00:08:07Z"]);
    assert_eq!(first.facts.category.as_ref().unwrap().name(), "Streetlight Repair Investigation");
    assert_eq!(first.facts.position, Some(Position { lon: -77.031_057_71, lat: 38.948_081_61 }));
}

#[test]
fn new_york_is_read_whole_and_its_text_repaired() {
    let name = "nyc_311_2023_02_28.csv.gz";
    let Some((rows, refused)) = published(name, "America/New_York") else { return };
    assert_eq!((rows.len(), refused), (4_999, vec![]));
    assert_eq!(without_position(&rows), 87);
    assert_eq!(count(&rows, Status::Closed), 4_419);
    assert_eq!(count(&rows, Status::InProgress), 185 + 1);
    assert_eq!(count(&rows, Status::Acknowledged), 29);
    assert_eq!(count(&rows, Status::OnHold), 4);
    assert_eq!(rows.iter().filter(|n| times(n)[2] == "none").count(), 545, "never closed");
    let closed_early = rows.iter().filter(|n| {
        let Said::State { closed, .. } = n.said else { return false };
        closed.is_some_and(|closed| closed < n.at)
    });
    assert_eq!(closed_early.count(), 2, "said as the city says it; time is mended later");
    let signal = by_id(&rows, "56923577");
    assert_eq!(
        times(signal),
        ["2023-03-01T04:45:00Z", "2023-03-01T06:00:00Z", "2023-01-01T06:00:00Z"]
    );
    let words = signal.facts.attributes["Resolution Description"].as_str().unwrap();
    assert!(words.contains("Department of Transportation’s website"), "{words}");
    assert!(words.contains("“Learn More” link"), "{words}");
    assert!(signal.version.as_deref().unwrap().starts_with("h:"));
    let addresses = || rows.iter().filter_map(|n| n.facts.address.as_deref());
    assert_eq!(addresses().filter(|address| address.starts_with('(')).count(), 0);
    assert_eq!(addresses().count(), 4_999 - 25, "the others name neither a house nor a corner");
    assert_eq!(addresses().filter(|&address| address == "11 AVENUE & WEST 22 STREET").count(), 2);
}

#[test]
fn new_havens_two_shifted_rows_are_refused_and_the_rest_is_read() {
    let name = "new_haven_seeclickfix_facts.csv.gz";
    let Some((rows, refused)) = published(name, "America/New_York") else { return };
    assert_eq!(rows.len() + refused.len(), 7_488);
    assert_eq!(refused.len(), 2, "{refused:#?}");
    assert!(refused[0].starts_with("line 1943: `id` is blank"), "{}", refused[0]);
    assert!(refused[1].contains("`lng` “Pot holes” is no longitude in degrees"), "{}", refused[1]);
    let first = by_id(&rows, "1587655");
    let at = "2015-04-12T18:58:29Z";
    assert_eq!(times(first), [at, at, "none"]);
    assert_eq!(first.version.as_deref(), Some(at));
    assert_eq!(count(&rows, Status::Acknowledged), 3_981);
    assert_eq!(count(&rows, Status::Closed), 109);
}

#[test]
fn boston_and_an_older_new_york_are_read_whole() {
    let Some((rows, refused)) = published("boston_311_100.csv", "America/New_York") else {
        return;
    };
    assert_eq!((rows.len(), refused), (100, vec![]));
    let needle = by_id(&rows, "101004130437");
    assert_eq!(times(needle), ["2022-01-19T16:18:00Z", "none", "2022-01-19T16:42:16Z"]);
    assert_eq!(needle.source, "city", "Boston's column `source` is the caller, not the system");
    assert_eq!(needle.facts.category.as_ref().unwrap().name(), "Needle Pickup");
    assert_eq!(needle.facts.address.as_deref(), Some("42 Cross St"));
    assert_eq!(needle.facts.status, Some(Status::Closed));
    let Some((rows, refused)) = published("nyc_311_100.csv", "America/New_York") else { return };
    assert_eq!((rows.len(), refused), (100, vec![]));
    assert_eq!(by_id(&rows, "42254749").at.to_string(), "2019-04-19T01:55:45Z");
}

//! Files in which something is missing: what is lost with it is said.

use super::*;

/// Rows of five people who each wrote the same way, the third without the closing mark.
fn five(third: &str) -> String {
    let row = |nth: usize, text: &str| format!("SR-{nth},2026-05-0{nth},Pothole,{text}\n");
    let texts = ["one", "two", third, "four", "five"];
    let rows = (1..).zip(texts).map(|(nth, text)| row(nth, text));
    format!("id,created_at,category,description\n{}", rows.collect::<String>())
}

#[test]
fn a_quotation_mark_that_is_never_closed_loses_no_row_in_silence() {
    let reads = read(five("\"three"));
    assert_eq!(reads.len(), 3, "{reads:?}");
    assert_eq!(
        refusals(&reads),
        [
            "line 4: a quotation mark opens on line 4 and is never closed, so that all that follows is \
             part of it"
        ]
    );
    assert!(reads[2].notice.as_ref().unwrap_err().last);
    let header = "id,\"created_at,category\n1,2026-05-01,Pothole\n";
    let error = notices(header.as_bytes(), Mapping::default(), api()).unwrap_err().to_string();
    assert!(error.contains("a quotation mark on line 1 that is never closed"), "{error}");
}

#[test]
fn rows_that_went_into_another_are_named() {
    // Closed by the mark of a later row: before a word, or behind one.
    for later in ["\"five", "five\""] {
        let text = five("\"three").replace("five", later);
        for break_of_line in ["\n", "\r\n"] {
            let whole = format!("{text}SR-6,2026-05-06,Pothole,six\n").replace('\n', break_of_line);
            let reads = read(&whole);
            assert_eq!(reads.len(), 4, "{later}: {reads:?}");
            let refused = refusals(&reads);
            assert_eq!(refused.len(), 1, "{later}: {refused:?}");
            let begins = "line 4: lines 4 to 6 are read as one row, but line ";
            assert!(refused[0].starts_with(begins), "{later}: {}", refused[0]);
            assert_eq!(told(&reads[3]).source_id, "SR-6");
        }
    }
}

/// Where every text stands between marks, the mark that is missing is the next row's first.
#[test]
fn a_row_that_goes_on_in_the_middle_of_a_value_is_told_however_lines_end() {
    let rows = "id,note,created_at,category\n1,\"one\",2026-05-01,Pothole\n\n2,\"two,2026-05-02,Pothole\n\
                3,\"three\",2026-05-03,Pothole";
    for (break_of_line, end) in [("\n", ""), ("\n", "\n"), ("\r\n", ""), ("\r\n", "\r\n")] {
        let reads = read(rows.replace('\n', break_of_line) + end);
        let refused = refusals(&reads);
        assert_eq!((reads.len(), refused.len()), (2, 1), "{break_of_line:?} {end:?}: {reads:?}");
        assert!(
            refused[0].contains("are read as one row, but line 5 looks like another"),
            "{refused:?}"
        );
    }
}

#[test]
fn people_write_over_several_lines_and_with_marks() {
    for text in [
        "\"a hole,\nnear the bus stop, deep, wet\"",
        "\"they said \"\"soon\"\"\r\nand left\"",
        "\"SR-2 was closed,\nSR-3 is the same\n\n1, 2, 3\"",
        "the 6\" pipe",
        "\"quoted\" and not",
    ] {
        let reads = read(five(text));
        assert_eq!((reads.len(), refusals(&reads)), (5, vec![]), "{text}");
    }
}

#[test]
fn what_was_cut_off_is_read_as_what_it_was() {
    let feature = |nth: usize| {
        let point = json!({"type": "Point", "coordinates": [-87.6, 41.8]});
        let said = json!({"id": nth, "created_at": "2026-05-04", "category": "Pothole"});
        json!({"type": "Feature", "properties": said, "geometry": point})
    };
    let features: Vec<Value> = (1..=10).map(feature).collect();
    let collection = json!({"type": "FeatureCollection", "features": features});
    for whole in [collection.to_string(), serde_json::to_string_pretty(&collection).unwrap()] {
        // The last brace alone, and half of the last feature.
        for (cut, expected, refused) in [(1, 10, 0), (whole.len() / 20, 9, 1)] {
            let reads = read(&whole[..whole.len() - cut]);
            let good = reads.iter().filter(|read| read.notice.is_ok()).count();
            assert_eq!((good, reads.len() - good), (expected, refused), "{reads:?}");
            let refusals = refusals(&reads);
            assert!(refusals.iter().all(|told| told.contains("the file ends in the middle")));
        }
    }
}

#[test]
fn a_first_row_that_is_long_is_a_row() {
    let long = "x".repeat(100 << 10);
    let row = |nth: usize| json!({"id": nth, "created_at": "2026-05-04", "category": "Pothole", "description": long});
    let ids = |text: &str| -> Vec<String> {
        read(text).iter().map(|read| told(read).source_id.clone()).collect()
    };
    let lines = format!("{}\n{}\n", row(1), row(2));
    assert_eq!(ids(&lines), ["1", "2"]);
    let pretty = [row(1), row(2)].map(|row| serde_json::to_string_pretty(&row).unwrap()).join("\n");
    assert_eq!(ids(&pretty), ["1", "2"]);
}

#[test]
fn what_is_wrong_with_a_packed_file_is_said_in_words() {
    let mut junk = packed(POTHOLE.as_bytes());
    junk.extend(b"junk");
    let whole = packed(POTHOLE.repeat(2_000).as_bytes());
    for bytes in [&junk[..], &whole[..whole.len() / 2]] {
        let refused = refusals(&read(bytes));
        let last = refused.last().unwrap();
        assert!(last.ends_with("is cut off or damaged here; fetch it again"), "{last}");
    }
}

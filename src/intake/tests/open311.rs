//! Answers of real Open311 endpoints, and what stands in for one.

use std::fs::File;
use std::path::Path;

use super::{defaults, read, refusals, told};
use crate::geometry::Position;
use crate::intake::{MAX_ROW_BYTES, Mapping, Read, notices};
use crate::issue::{Notice, Status};

fn answer(name: &str, zone: &str) -> Option<(Vec<Notice>, Vec<String>)> {
    let path = Path::new("../shared/data/open311").join(name);
    let Ok(file) = File::open(&path) else {
        eprintln!("SKIPPED: {} is not here, so it was not read", path.display());
        return None;
    };
    let mapping = Mapping::default();
    let reads: Vec<Read> = notices(file, mapping, defaults("city", zone)).unwrap().collect();
    let refused = refusals(&reads);
    Some((reads.into_iter().filter_map(|read| read.notice.ok()).collect(), refused))
}

#[test]
fn every_answer_with_requests_is_read_to_its_end() {
    for (name, requests) in [
        ("bensheldon_open311status/requests_many.xml", 2),
        ("bensheldon_open311status/requests_single.xml", 1),
        ("bensheldon_open311status/service_requests.json", 2),
        ("codeforamerica_open311/service_requests.xml", 2),
        ("codeforamerica_open311/service_requests_empty.xml", 0),
        ("codeforamerica_open311/get_service_request.xml", 1),
        ("fgregg_open311status_2012/san_francisco_requests.xml", 56),
        ("fgregg_open311status_2012/bloomington_requests.json", 21),
        ("npm_open311_0.0.12/service-request.xml", 1),
        ("seeclickfix_rb_api_v1/issues_sf.json", 100),
        ("seeclickfix_rb_api_v1/issue_details_1050.json", 1),
    ] {
        let Some((rows, refused)) = answer(name, "America/Los_Angeles") else { return };
        assert_eq!((rows.len(), refused), (requests, vec![]), "{name}");
    }
}

#[test]
fn san_francisco_is_read_as_it_was_meant() {
    let name = "fgregg_open311status_2012/san_francisco_requests.xml";
    let Some((rows, _)) = answer(name, "America/Los_Angeles") else { return };
    let first = &rows[0];
    assert_eq!(first.source_id, "1129806");
    assert_eq!(first.at.to_string(), "2012-05-23T06:57:23.97Z", "a space, no zone, two digits");
    assert_eq!(first.facts.status, Some(Status::Received));
    assert_eq!(first.facts.category.as_ref().unwrap().name(), "RCS - SFMTA - G");
    assert_eq!(first.facts.position, Some(Position { lon: 0.0, lat: 0.0 }));
    assert!(!first.facts.attributes.contains_key("updated_datetime"), "xsi:nil is no value");
    assert!(!first.facts.attributes.contains_key("agency_responsible"), "nor is an empty element");
}

#[test]
fn seeclickfix_is_read_by_its_own_names() {
    let Some((rows, _)) = answer("seeclickfix_rb_api_v1/issues_sf.json", "UTC") else { return };
    let first = &rows[0];
    assert_eq!(first.source_id, "108657");
    assert_eq!(first.at.to_string(), "2011-06-22T18:55:00Z");
    assert_eq!(first.facts.category.as_ref().unwrap().name(), "Tour bus in red zone, JFK Dr.");
    assert_eq!(first.facts.position, Some(Position { lon: -122.459_783_1, lat: 37.771_436_4 }));
}

#[test]
fn what_is_no_list_of_requests_is_refused_by_what_it_says() {
    for (name, why) in [
        (
            "codeforamerica_open311/get_service_request_not_found.xml",
            "this is an error answer of an Open311 server: 404 Service request not found with id \
             or token not-an-id",
        ),
        (
            "codeforamerica_open311/services.xml",
            "this is <services>, and no Open311 answer with requests",
        ),
    ] {
        let Some((rows, refused)) = answer(name, "UTC") else { return };
        assert_eq!((rows.len(), refused.len()), (0, 1), "{name}");
        assert!(refused[0].contains(why), "{name}: {}", refused[0]);
    }
}

const REQUEST: &str = "<request><service_request_id>7</service_request_id>\
    <service_name>Potholes &amp; ruts &#8211; &quot;big&quot; &city;</service_name>\
    <requested_datetime>2026-05-04T09:30:00-05:00</requested_datetime>\
    <description><![CDATA[deep <b>hole</b>]]></description>\
    <lat>41.87</lat><long>-87.68</long></request>";

#[test]
fn references_are_resolved_and_what_a_document_declares_is_not() {
    let bomb = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY city \"{}\">]>\n\
         <service_requests>{REQUEST}</service_requests>",
        "boom".repeat(1_000)
    );
    let reads = read(&bomb);
    let notice = told(&reads[0]);
    let category = notice.facts.category.as_ref().unwrap().name();
    assert_eq!(category, "Potholes & ruts – \"big\" &city;");
    assert_eq!(notice.facts.description.as_deref(), Some("deep <b>hole</b>"));
}

#[test]
fn a_document_that_breaks_gives_what_came_before_and_the_line() {
    let cut = format!("<service_requests>\n{REQUEST}\n<request>\n<lat>41");
    let reads = read(&cut);
    assert_eq!(reads.len(), 2);
    assert_eq!(refusals(&reads), ["line 4: the file ends inside <service_requests>"]);
    let crossed = format!("<service_requests>\n{REQUEST}\n<request><lat>41</long></request>");
    assert!(refusals(&read(&crossed))[0].starts_with("line 3: this is not XML: "));
    let deep = format!("<service_requests><request>{}", "<a>".repeat(100_000));
    assert_eq!(refusals(&read(&deep)), ["line 1: <a> is nested too deep"]);
}

#[test]
fn a_request_that_never_ends_fills_no_memory() {
    let endless = format!("<service_requests><request><lat>{}", "1".repeat(4 * MAX_ROW_BYTES));
    assert_eq!(refusals(&read(&endless)), ["line 1: it is longer than 1024 KiB"]);
    let many = format!("<service_requests>{}</service_requests>", REQUEST.repeat(9_000));
    assert!(many.len() > 2 * MAX_ROW_BYTES);
    assert_eq!(read(&many).len(), 9_000);
}

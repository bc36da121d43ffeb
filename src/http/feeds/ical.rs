//! A feed as iCalendar (RFC 5545): when things were closed. No issue here has a due date; where one gets
//! it, this is the place for it.
//!
//! The one rule: a calendar that is fetched again shows nothing twice, so a thing's `UID` and `DTSTAMP`
//! come from what happened and never from when somebody asked.

use super::Head;
use crate::clock::Timestamp;
use crate::http::pages::Frame;
use crate::issue::{IssueEvent, Kind};
use crate::outbound::host;
use crate::store::PendingEvent;

/// The calendar.
pub fn calendar(frame: &Frame<'_>, url: &str, head: &Head, events: &[PendingEvent]) -> String {
    let name = text(&format!("{} · {}", head.title, frame.city));
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Wardwatch//Wardwatch//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("NAME:{name}"),
        format!("X-WR-CALNAME:{name}"),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H".to_owned(),
    ];
    let before = lines.len();
    for PendingEvent { event, .. } in events.iter().filter(|one| one.event.kind == Kind::Closed) {
        closed(&mut lines, frame, url, event);
    }
    if lines.len() == before {
        lines.extend(NOTHING.map(str::to_owned));
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

/// A calendar holds at least one thing (§3.6); where nothing was closed it is that there is UTC.
const NOTHING: [&str; 8] = [
    "BEGIN:VTIMEZONE",
    "TZID:UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
];

fn closed(lines: &mut Vec<String>, frame: &Frame<'_>, url: &str, event: &IssueEvent) {
    let at = instant(event.at);
    let said = event.text.as_deref().unwrap_or_default();
    let mut words = vec![said, &event.description];
    words.retain(|part| !part.trim().is_empty());
    let mut all = vec![
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@{}", event.id.0, host(url)),
        format!("DTSTAMP:{at}"),
        format!("DTSTART:{at}"),
        format!("LAST-MODIFIED:{at}"),
        format!("SUMMARY:{}", text(&super::title_of(frame, event))),
        format!("CATEGORIES:{}", text(event.category.name())),
        format!("URL:{url}/issues/{}", event.number),
        "TRANSP:TRANSPARENT".to_owned(),
        "STATUS:CONFIRMED".to_owned(),
    ];
    if !words.is_empty() {
        all.push(format!("DESCRIPTION:{}", text(&words.join("\n\n"))));
    }
    if !event.address.is_empty() {
        all.push(format!("LOCATION:{}", text(&event.address)));
    }
    if let Some(at) = event.believed_position() {
        all.push(format!("GEO:{:.6};{:.6}", at.lat, at.lon));
    }
    all.push("END:VEVENT".to_owned());
    lines.extend(all);
}

/// An instant in UTC (§3.3.5, form 2).
fn instant(at: Timestamp) -> String {
    let at = at.to_string();
    let seconds: String = at.chars().take(19).filter(|c| !"-:".contains(*c)).collect();
    seconds + "Z"
}

/// A text (§3.3.11). A control character has no place in one but the tab.
fn text(said: &str) -> String {
    let said = said.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(said.len());
    for c in said.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            ';' => out.push_str("\\;"),
            ',' => out.push_str("\\,"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push('\t'),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// The most octets of a line, without its end (§3.1).
const A_LINE: usize = 75;

/// A line with its end, broken before it is too long and never within a character.
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + line.len() / A_LINE * 3 + 2);
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > A_LINE {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_folded_and_reads_as_before() {
        for line in ["short", &"x".repeat(300), &"ż🕳".repeat(60), &"x".repeat(75), &"x".repeat(76)]
        {
            let out = folded(line);
            assert!(out.ends_with("\r\n"));
            assert!(
                out.trim_end_matches("\r\n").split("\r\n").all(|part| part.len() <= 75),
                "{out}"
            );
            assert_eq!(out.replace("\r\n ", ""), format!("{line}\r\n"));
        }
        assert_eq!(folded(&"x".repeat(75)).matches("\r\n").count(), 1);
    }

    #[test]
    fn what_people_wrote_ends_no_line_and_begins_no_property() {
        let said = "a;b,c\\d\r\nEND:VEVENT\u{0}\u{7}\re";
        assert_eq!(text(said), "a\\;b\\,c\\\\d\\nEND:VEVENT\\ne");
        assert_eq!(instant("2026-05-04T14:05:06.789Z".parse().unwrap()), "20260504T140506Z");
    }
}

//! Times as cities write them.
//!
//! ISO 8601 with or without offset, `MM/DD/YYYY hh:mm:ss AM`, `DD.MM.YYYY`, dates alone, and
//! seconds or milliseconds since 1970. A slashed date is read the American way; one whose month
//! would be above 12 is refused rather than turned round.

use serde_json::Value;

use crate::clock::{Timestamp, Zone};

use super::words;

/// A time that a source gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub at: Timestamp,
    /// Whether it names an hour, not just a day.
    pub exact: bool,
}

/// The text is no time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotATime;

/// Dates that mean "none" where a program had to write something: the epochs of Unix, of SQL
/// Server, of Excel and of .NET, at midnight. (`MySQL`'s 0000-00-00 is no date at all.)
const ZEROES: [(i16, u8, u8); 4] = [(1970, 1, 1), (1900, 1, 1), (1899, 12, 30), (1, 1, 1)];

/// Reads a time; one without offset is a wall clock's in `zone`, a date alone its midnight.
/// `None` for what means "none".
pub(super) fn read(value: &Value, zone: &Zone) -> Result<Option<Given>, NotATime> {
    match value {
        Value::Null => Ok(None),
        Value::Number(n) => n.as_f64().ok_or(NotATime).and_then(since_epoch),
        Value::String(text) if words::is_blank(text) => Ok(None),
        Value::String(text) => read_text(text.trim(), zone),
        _ => Err(NotATime),
    }
}

fn read_text(text: &str, zone: &Zone) -> Result<Option<Given>, NotATime> {
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && text.matches('.').count() < 2
        && text.len() != 8
    {
        return text.parse().map_err(|_| NotATime).and_then(since_epoch);
    }
    let (date, rest) = split_date(text);
    let Some((year, month, day)) = read_date(date)? else { return Ok(None) };
    let rest = rest.trim_start_matches(['T', 't', ' ', ',']).trim_start_matches("at ").trim();
    let (time, offset) = split_offset(rest);
    let (hour, minute, second) = read_time(time)?;
    if ZEROES.contains(&(year, month, day)) && (hour, minute) == (0, 0) && is_zero(&second) {
        return Ok(None);
    }
    if year < 1900 {
        return Err(NotATime);
    }
    let civil = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second}");
    let at = match offset {
        Some(offset) => format!("{civil}{offset}").parse(),
        None => zone.parse_local(&civil),
    };
    at.map(|at| Some(Given { at, exact: !time.is_empty() })).map_err(|_| NotATime)
}

fn is_zero(second: &str) -> bool {
    second.bytes().all(|b| b == b'0' || b == b'.')
}

/// Seconds (1973 to 5138) or, above those, milliseconds. 0 is none; anything smaller is no time.
#[expect(clippy::cast_possible_truncation, reason = "bounded by the match")]
fn since_epoch(number: f64) -> Result<Option<Given>, NotATime> {
    let millis = match number {
        0.0 => return Ok(None),
        1e8..1e11 => number * 1e3,
        1e11..1e14 => number,
        _ => return Err(NotATime),
    };
    Ok(Some(Given { at: Timestamp::from_millis(millis.round() as i64), exact: true }))
}

/// The date and what follows it.
fn split_date(text: &str) -> (&str, &str) {
    let is_date = |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | '.');
    text.split_at(text.find(|c| !is_date(c)).unwrap_or(text.len()))
}

/// `None` for `MySQL`'s date of zeroes.
fn read_date(date: &str) -> Result<Option<(i16, u8, u8)>, NotATime> {
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let (year, month, day) = match parts[..] {
        [y, m, d] if y.len() == 4 && !date.contains('.') => (y, m, d),
        [d, m, y] if y.len() == 4 && date.contains('.') => (y, m, d),
        [m, d, y] if y.len() == 4 && date.contains('/') => (y, m, d),
        [all] if all.len() == 8 => (&all[..4], &all[4..6], &all[6..]),
        _ => return Err(NotATime),
    };
    let small = |text: &str| text.parse::<u8>().map_err(|_| NotATime);
    let read = (year.parse::<i16>().map_err(|_| NotATime)?, small(month)?, small(day)?);
    Ok((read != (0, 0, 0)).then_some(read))
}

/// The clock time, and its offset as RFC 3339 writes it.
fn split_offset(text: &str) -> (&str, Option<String>) {
    for utc in ["Z", "z", "UTC", "GMT"] {
        if let Some(time) = text.strip_suffix(utc) {
            return (time.trim_end(), Some("Z".into()));
        }
    }
    let Some(sign) = text.rfind(['+', '-']) else { return (text, None) };
    let (time, offset) = text.split_at(sign);
    let digits = offset[1..].replace(':', "");
    let offset = match digits.len() {
        2 => format!("{}{digits}:00", &offset[..1]),
        4 if digits.is_ascii() => format!("{}{}:{}", &offset[..1], &digits[..2], &digits[2..]),
        _ => return (text, None),
    };
    (time.trim_end(), Some(offset))
}

/// Hours, minutes and the text of the seconds; midnight for no text.
fn read_time(text: &str) -> Result<(u8, u8, String), NotATime> {
    if text.is_empty() {
        return Ok((0, 0, "00".into()));
    }
    let lower = text.to_ascii_lowercase();
    let half = ["am", "pm"].into_iter().find(|half| lower.ends_with(half));
    let clock = lower.trim_end_matches(['a', 'p', 'm', ' ']);
    let mut parts = clock.split(':');
    let mut small = || parts.next().and_then(|p| p.parse::<u8>().ok()).ok_or(NotATime);
    let (hour, minute) = (small()?, small()?);
    let second = parts.next().unwrap_or("00").to_owned();
    let digits = second.bytes().all(|b| b.is_ascii_digit() || b == b'.') && second.len() >= 2;
    if parts.next().is_some() || !digits || (half.is_none() && clock.len() != lower.len()) {
        return Err(NotATime);
    }
    let hour = match (half, hour) {
        (None, hour) => hour,
        (Some("am"), 12) => 0,
        (Some("pm"), 12) => 12,
        (Some("am"), 1..=11) => hour,
        (Some(_), 1..=11) => hour + 12,
        _ => return Err(NotATime),
    };
    Ok((hour, minute, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_here(text: &str) -> Result<Option<String>, NotATime> {
        let chicago = "America/Chicago".parse().unwrap();
        Ok(read(&Value::from(text), &chicago)?.map(|given| given.at.to_string()))
    }

    #[test]
    fn every_citys_way_of_writing_a_time_is_the_same_instant() {
        for text in [
            "2026-05-04T09:30:00-05:00",
            "2026-05-04T14:30:00Z",
            "2026-05-04T14:30:00.000Z",
            "2026-05-04T09:30:00.000",
            "2026-05-04 09:30:00",
            "2026-05-04 09:30",
            "2026-05-04 14:30:00 UTC",
            "2026/05/04 14:30:00 +0000",
            "2026-05-04T09:30:00-05",
            "05/04/2026 09:30:00 AM",
            "5/4/2026 9:30 am",
            "05/04/2026 at 09:30AM",
            "05/04/2026 09:30",
            "04.05.2026 09:30",
            "1777905000",
            "1777905000000",
            " 2026-05-04T09:30:00-05:00 ",
        ] {
            assert_eq!(read_here(text), Ok(Some("2026-05-04T14:30:00Z".into())), "{text}");
        }
        let millis = read(&Value::from(1_777_905_000_000_i64), &Zone::utc()).unwrap().unwrap();
        assert_eq!(millis.at.to_string(), "2026-05-04T14:30:00Z");
    }

    #[test]
    fn noon_and_midnight_stand_where_americans_put_them() {
        for (text, instant) in [
            ("01/02/2026 12:00:00 AM", "2026-01-02T06:00:00Z"),
            ("01/02/2026 12:30:00 PM", "2026-01-02T18:30:00Z"),
            ("01/02/2026 11:59:59 PM", "2026-01-03T05:59:59Z"),
            ("2026-01-02", "2026-01-02T06:00:00Z"),
            ("20260102", "2026-01-02T06:00:00Z"),
            ("2026-01-02 23:57:23.97", "2026-01-03T05:57:23.97Z"),
            // Skipped by daylight saving: the offset before the change holds.
            ("2026-03-08 02:30:00", "2026-03-08T08:30:00Z"),
        ] {
            assert_eq!(read_here(text), Ok(Some(instant.into())), "{text}");
        }
    }

    #[test]
    fn the_zero_of_a_calendar_is_no_time() {
        for text in [
            "",
            " ",
            "NULL",
            "N/A",
            "0",
            "0.0",
            "1970-01-01T00:00:00.000Z",
            "1970-01-01",
            "01/01/1900 12:00:00 AM",
            "1899-12-30",
            "0001-01-01T00:00:00",
            "0000-00-00 00:00:00",
        ] {
            assert_eq!(read_here(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_made_one() {
        for text in [
            "yesterday",
            "13/13/2026",
            "25/04/2026",
            "2026-02-30",
            "2026-05-04T25:00:00",
            "05/04/2026 13:00:00 PM",
            "05/04/2026 00:10 AM",
            "05/04/26",
            "09:30",
            "2026-05-04T09:30:00-0500x",
            "2026-05-04 09:30:00 a",
            "12",
            "1.2.3.4",
            "0021-01-01",
            "Überübermorgen",
        ] {
            assert_eq!(read_here(text), Err(NotATime), "{text}");
        }
    }
}

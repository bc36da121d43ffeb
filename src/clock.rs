//! Time: instants, the clock they are read from, and a city's zone.
//!
//! The one rule: only [`Clock::now`] reads the wall clock. Everything else takes the time as an
//! argument, so a test can live through a week in a millisecond.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant in milliseconds since 1970-01-01T00:00:00Z. Written and read as RFC 3339 text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// Why a text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    #[error("“{0}” is not an RFC 3339 time; write it like 2026-05-04T09:30:00-05:00")]
    NotATime(String),
    #[error("“{0}” is out of bounds; the last day that is counted is 9999-12-30")]
    OutOfBounds(String),
    #[error("“{0}” is not a time zone; use an IANA name like America/Chicago")]
    NotAZone(String),
}

impl Timestamp {
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Reads an HTTP date (RFC 9110, §5.6.7) such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    #[must_use]
    pub fn from_http_date(text: &str) -> Option<Self> {
        let zoned = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
        Some(Self(zoned.timestamp().as_millisecond()))
    }

    /// As [`from_http_date`](Self::from_http_date) reads it, to the second.
    #[must_use]
    pub fn to_http_date(self) -> String {
        let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
        printer.timestamp_to_rfc9110_string(&self.to_jiff()).unwrap_or_default()
    }

    /// The instant `span` later; saturates at the end of time.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    /// The instant `span` earlier; saturates at the beginning of time.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }

    /// How long after `earlier` this is; zero when it is before.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_jiff())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        text.trim()
            .parse::<jiff::Timestamp>()
            .map(|t| Self(t.as_millisecond()))
            .map_err(|_| TimeError::NotATime(text.to_owned()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Where the present comes from: the system, or a test's hand.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    /// Stands still until it is moved; clones share it.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until [`Clock::set`] moves it.
    #[must_use]
    pub fn manual(at: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.0)))
    }

    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(jiff::Timestamp::now().as_millisecond()),
            Self::Manual(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock; the system's clock is nobody's to move, so there it does nothing.
    pub fn set(&self, to: Timestamp) {
        if let Self::Manual(at) = self {
            at.store(to.0, Ordering::SeqCst);
        }
    }
}

/// A time zone with an IANA name, such as `America/Chicago`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(jiff::tz::TimeZone);

/// A day of the week, Monday first, as ISO 8601 numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// 1 Monday to 7 Sunday.
    #[must_use]
    pub fn number(self) -> i8 {
        self as i8 + 1
    }

    #[must_use]
    pub fn from_number(number: i8) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.number() == number)
    }
}

/// The parts of a date as a person reads them, in some zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
    pub day: i8,
    pub hour: i8,
    pub minute: i8,
    pub weekday: Weekday,
}

impl Zone {
    #[must_use]
    pub fn utc() -> Self {
        Self(jiff::tz::TimeZone::UTC)
    }

    /// The name that [`FromStr`] reads back.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    #[must_use]
    pub fn local(&self, at: Timestamp) -> LocalTime {
        let zoned = at.to_jiff().to_zoned(self.0.clone());
        LocalTime {
            year: zoned.year(),
            month: zoned.month(),
            day: zoned.day(),
            hour: zoned.hour(),
            minute: zoned.minute(),
            weekday: weekday(zoned.weekday()),
        }
    }

    /// The instant of a wall-clock reading here. An hour that daylight saving skips or repeats
    /// takes the offset before the change (RFC 5545, §3.3.5).
    ///
    /// # Errors
    /// When the text is not a civil date and time such as `2021-01-01T00:00:09.000`, or one
    /// beyond 9999-12-30T22:00 in UTC, after which no instant is counted.
    pub fn parse_local(&self, text: &str) -> Result<Timestamp, TimeError> {
        let bad = || TimeError::NotATime(text.to_owned());
        let civil: jiff::civil::DateTime = text.trim().parse().map_err(|_| bad())?;
        let out = |_| TimeError::OutOfBounds(text.to_owned());
        let zoned = self.0.to_ambiguous_zoned(civil).compatible().map_err(out)?;
        Ok(Timestamp(zoned.timestamp().as_millisecond()))
    }

    /// The next instant after `after` at which a clock here shows a full hour, unless it is changed by
    /// less than an hour meanwhile, as on Lord Howe Island.
    #[must_use]
    pub fn next_hour(&self, after: Timestamp) -> Timestamp {
        let zoned = after.to_jiff().to_zoned(self.0.clone());
        let past = i64::from(zoned.minute()) * 60 + i64::from(zoned.second());
        let past = past * 1_000 + i64::from(zoned.millisecond());
        Timestamp(after.0.saturating_add(3_600_000 - past))
    }

    /// The first instant after `after` at which a clock here shows `hour`:00 on a day that
    /// `wanted` accepts. A day on which that hour does not exist uses the first hour that does.
    #[must_use]
    pub fn next(&self, after: Timestamp, hour: i8, wanted: impl Fn(Weekday) -> bool) -> Timestamp {
        let mut day = after.to_jiff().to_zoned(self.0.clone()).date();
        // Eight days: today's hour may be past, and one weekday comes once in seven.
        for _ in 0..=8 {
            let civil = day.at(hour.clamp(0, 23), 0, 0, 0);
            if let Ok(zoned) = self.0.to_ambiguous_zoned(civil).compatible() {
                let at = Timestamp(zoned.timestamp().as_millisecond());
                if at > after && wanted(weekday(day.weekday())) {
                    return at;
                }
            }
            day = day.tomorrow().unwrap_or(day);
        }
        after.plus(Duration::from_hours(24))
    }
}

fn weekday(day: jiff::civil::Weekday) -> Weekday {
    use jiff::civil::Weekday as W;
    match day {
        W::Monday => Weekday::Monday,
        W::Tuesday => Weekday::Tuesday,
        W::Wednesday => Weekday::Wednesday,
        W::Thursday => Weekday::Thursday,
        W::Friday => Weekday::Friday,
        W::Saturday => Weekday::Saturday,
        W::Sunday => Weekday::Sunday,
    }
}

impl FromStr for Zone {
    type Err = TimeError;

    fn from_str(name: &str) -> Result<Self, TimeError> {
        jiff::tz::TimeZone::get(name).map(Self).map_err(|_| TimeError::NotAZone(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_local_reading_becomes_the_instant_of_its_city() {
        let chicago: Zone = "America/Chicago".parse().unwrap();
        let read = |text| chicago.parse_local(text).unwrap().to_string();
        assert_eq!(read("2021-01-01T00:00:09.000"), "2021-01-01T06:00:09Z");
        assert_eq!(read("2021-07-01 12:00:00"), "2021-07-01T17:00:00Z");
        // 02:30 does not exist on this day: the offset before the change holds.
        assert_eq!(read("2021-03-14T02:30:00"), "2021-03-14T08:30:00Z");
        assert!(chicago.parse_local("yesterday").is_err());
    }

    #[test]
    fn an_http_date_is_read() {
        let read = |text| Timestamp::from_http_date(text).map(|at| at.to_string());
        let expected = Some("1994-11-06T08:49:37Z".to_owned());
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
        assert_eq!(read("tomorrow"), None);
    }

    #[test]
    fn the_daily_hour_stays_at_the_wall_clock_across_a_change() {
        let chicago: Zone = "America/Chicago".parse().unwrap();
        let daily = |from| chicago.next(at(from), 7, |_| true).to_string();
        assert_eq!(daily("2021-03-13T12:59:59Z"), "2021-03-13T13:00:00Z");
        assert_eq!(daily("2021-03-13T13:00:00Z"), "2021-03-14T12:00:00Z");
        let weekly = chicago.next(at("2021-03-13T13:00:00Z"), 7, |d| d == Weekday::Monday);
        assert_eq!(weekly.to_string(), "2021-03-15T12:00:00Z");
    }
}

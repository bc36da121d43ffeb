//! Sentences in a person's language, from `locales/`, and dates as people read them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

use crate::clock::{Timestamp, Weekday, Zone};

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Fluent would put invisible marks around every word it fills in; mail programs and
        // lock screens show them as boxes.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A language that a person chose. One that we do not speak is answered in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language(LanguageIdentifier);

impl Language {
    /// The languages that there are words in: their tags, and what their speakers call them.
    pub const SPOKEN: [(&str, &str); 4] =
        [("en", "English"), ("es", "Español"), ("pl", "Polski"), ("zh", "中文")];

    /// The language that a browser would rather have than others, of those that there are words in
    /// (`Accept-Language`, RFC 9110, §12.5.4); `None` when it names none of them.
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let wanted = header.split(',').filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=")?.trim().parse().ok()?;
            let language: Self = tag.parse().ok()?;
            (weight > 0.0 && language.is_spoken()).then_some((weight, language))
        });
        // The first of those that are wanted as much.
        wanted.min_by(|(one, _), (other, _)| other.total_cmp(one)).map(|(_, language)| language)
    }

    /// Reads the tag of a language that there are words in.
    ///
    /// # Errors
    /// A sentence that names those, when it is another's or none.
    pub fn from_spoken(tag: &str) -> Result<Self, String> {
        let tags = || Self::SPOKEN.map(|(tag, _)| tag).join(", ");
        let language: Option<Self> = tag.parse().ok();
        language.filter(Self::is_spoken).ok_or_else(|| {
            let tag: String = tag.chars().take(35).collect();
            format!("there are no words in “{tag}”; there are in {}", tags())
        })
    }

    /// Whether there are words in it, in whichever country it is spoken.
    #[must_use]
    pub fn is_spoken(&self) -> bool {
        LOCALES.locales().any(|one| one.language == self.0.language)
    }
}

impl Default for Language {
    fn default() -> Self {
        Self(langid!("en"))
    }
}

impl FromStr for Language {
    type Err = String;

    /// Reads a BCP 47 tag such as `es` or `zh-Hans`.
    fn from_str(tag: &str) -> Result<Self, String> {
        tag.trim()
            .parse()
            .map(Self)
            .map_err(|_| format!("“{tag}” is not a language tag; write one like en or zh-Hans"))
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of a sentence in `locales/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub &'static str);

/// A speaker of one language.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    language: &'a Language,
    /// Whether a time of day within a moment stays in one line.
    whole_times: bool,
}

impl<'a> Words<'a> {
    #[must_use]
    pub fn of(language: &'a Language) -> Self {
        Self { language, whole_times: false }
    }

    /// For a page, where “5:18 pm” is not torn apart at the end of a line. Mails and lock screens break
    /// their lines as they like.
    #[must_use]
    pub fn for_pages(language: &'a Language) -> Self {
        Self { language, whole_times: true }
    }

    /// The tag of the language that is really spoken: the reader's, where there are words in it.
    #[must_use]
    pub fn spoken(&self) -> String {
        let spoken = self.language.is_spoken().then_some(self.language.0.language);
        // There is one way of writing each: whoever asked for another reads this one.
        spoken.unwrap_or(langid!("en").language).to_string()
    }

    /// The sentence, as it is.
    #[must_use]
    pub fn say(&self, key: Key) -> String {
        LOCALES.lookup(&self.language.0, key.0)
    }

    /// The sentence with its gaps filled. Numbers choose their plural.
    #[must_use]
    pub fn fill(&self, key: Key, gaps: &[(&'static str, FluentValue<'_>)]) -> String {
        let gaps: HashMap<Cow<'static, str>, FluentValue<'_>> =
            gaps.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        LOCALES.lookup_with_args(&self.language.0, key.0, &gaps)
    }

    /// A moment as people say it: “Friday, January 1 at 12:01 am”; with the year unless it is
    /// this one.
    #[must_use]
    pub fn moment(&self, at: Timestamp, now: Timestamp, zone: &Zone) -> String {
        let local = zone.local(at);
        let this_year = local.year == zone.local(now).year;
        let key = if this_year { Key("when") } else { Key("when-year") };
        let clock = self.clock(local.hour, local.minute);
        let clock = if self.whole_times { clock.replace(' ', "\u{a0}") } else { clock };
        self.fill(
            key,
            &[
                ("weekday", self.weekday(local.weekday).into()),
                ("month", self.fill(Key("month"), &[("month", local.month.into())]).into()),
                ("day", local.day.into()),
                ("year", local.year.to_string().into()),
                ("clock", clock.into()),
            ],
        )
    }

    /// A full hour as a clock shows it: “7:00 am”.
    #[must_use]
    pub fn hour(&self, hour: i8) -> String {
        self.clock(hour, 0)
    }

    #[must_use]
    pub fn weekday(&self, day: Weekday) -> String {
        self.say(weekday(day))
    }

    /// A time of day as a clock shows it.
    #[must_use]
    pub fn clock(&self, hour: i8, minute: i8) -> String {
        let half = if hour < 12 { "am" } else { "pm" };
        let hour12 = if hour % 12 == 0 { 12 } else { hour % 12 };
        self.fill(
            Key("clock"),
            &[
                ("hour12", hour12.into()),
                ("hour24", format!("{hour:02}").into()),
                ("minute", format!("{minute:02}").into()),
                ("half", half.into()),
            ],
        )
    }
}

fn weekday(day: Weekday) -> Key {
    match day {
        Weekday::Monday => Key("weekday-monday"),
        Weekday::Tuesday => Key("weekday-tuesday"),
        Weekday::Wednesday => Key("weekday-wednesday"),
        Weekday::Thursday => Key("weekday-thursday"),
        Weekday::Friday => Key("weekday-friday"),
        Weekday::Saturday => Key("weekday-saturday"),
        Weekday::Sunday => Key("weekday-sunday"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_people_say_it_in_the_city() {
        let (english, zone) = (Language::default(), "America/Chicago".parse().unwrap());
        let words = Words::of(&english);
        let now: Timestamp = "2021-06-01T00:00:00Z".parse().unwrap();
        let read = |at: &str| words.moment(at.parse().unwrap(), now, &zone);
        assert_eq!(read("2021-01-01T06:01:00Z"), "Friday, January 1 at 12:01 am");
        assert_eq!(read("2021-01-01T18:05:00Z"), "Friday, January 1 at 12:05 pm");
        assert_eq!(read("2021-05-31T04:30:00Z"), "Sunday, May 30 at 11:30 pm");
        assert_eq!(read("2020-12-31T15:00:00Z"), "Thursday, December 31, 2020 at 9:00 am");
        let page = Words::for_pages(&english);
        let at = "2021-05-31T04:30:00Z".parse().unwrap();
        assert_eq!(page.moment(at, now, &zone), "Sunday, May 30 at 11:30\u{a0}pm");
    }

    #[test]
    fn a_browser_is_answered_in_the_language_that_it_would_rather_have() {
        for (header, tag) in [
            ("es-MX,es;q=0.9,en;q=0.8", Some("es-MX")),
            ("tlh, en;q=0.5, pl;q=0.7", Some("pl")),
            ("zh-TW", Some("zh-TW")),
            ("en;q=0, zh ; q=0.1", Some("zh")),
            ("pl, es", Some("pl")),
            ("*", None),
            ("tlh", None),
            ("", None),
            ("es;q=often, ???", None),
        ] {
            let accepted = Language::accepted(header).map(|language| language.to_string());
            assert_eq!(accepted.as_deref(), tag, "{header}");
        }
    }

    #[test]
    fn each_language_is_spoken_in_every_country_and_no_other_is_offered() {
        let spoken = Language::SPOKEN.map(|(tag, _)| tag);
        let mut words: Vec<_> = LOCALES.locales().map(ToString::to_string).collect();
        words.sort_unstable();
        assert_eq!(words, spoken);
        for (tag, word) in
            [("en-GB", "New"), ("es-419", "Nuevo"), ("pl-PL", "Nowe"), ("zh-Hant-TW", "新问题")]
        {
            let language: Language = tag.parse().unwrap();
            assert_eq!(Words::of(&language).say(Key("kind-opened")), word);
            assert!(tag.starts_with(&Words::of(&language).spoken()), "{tag}");
        }
    }

    #[test]
    fn a_language_we_do_not_speak_is_answered_in_english() {
        let klingon: Language = "tlh".parse().unwrap();
        assert_eq!(Words::of(&klingon).say(Key("kind-opened")), "New");
        assert_eq!(Words::of(&klingon).spoken(), "en", "and a screen reader is told so");
        assert!("???".parse::<Language>().is_err());
    }
}

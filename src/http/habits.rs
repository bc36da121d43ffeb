//! When a person is told: `/api/v1/me`, and the form on the management page.

use axum::Json as JsonAnswer;
use axum::extract::State;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::auth::Caller;
use super::extract::{self, Json};
use super::manage::Owner;
use super::watch_wire::parse_language;
use super::{Doors, Problem};
use crate::clock::{Timestamp, Weekday, Zone};
use crate::engine::{EngineError, HabitsChange, Wish};
use crate::message::{Language, Words};
use crate::store::City;
use crate::watcher::{Habits, HabitsError, QuietHours, WatcherId};

/// A person's habits, as the API speaks of them. Hours are local, 0 to 23.
#[derive(Debug, Serialize)]
pub struct HabitsWire<'a> {
    /// A BCP 47 tag.
    language: String,
    digest_hour: i8,
    digest_day: Weekday,
    quiet: Option<QuietWire>,
    /// `null` when nothing is paused.
    paused_until: Option<Timestamp>,
    /// The city's zone, by whose clocks all of this is meant.
    timezone: &'a str,
}

/// `null` ends it, as in RFC 7396.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Wish<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(Self::from)
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuietWire {
    from: i8,
    to: i8,
}

/// The body of `PATCH /api/v1/me`: what is left out stays, and `null` ends quiet hours or a pause.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HabitsChangeWire {
    language: Option<String>,
    digest_hour: Option<i8>,
    digest_day: Option<Weekday>,
    #[serde(default)]
    quiet: Wish<QuietWire>,
    #[serde(default)]
    paused_until: Wish<Timestamp>,
}

fn wire<'a>(
    language: &Language,
    habits: &Habits,
    city: &'a City,
    now: Timestamp,
) -> HabitsWire<'a> {
    HabitsWire {
        language: language.to_string(),
        digest_hour: habits.digest_hour,
        digest_day: habits.digest_day,
        quiet: habits.quiet.map(|quiet| QuietWire { from: quiet.from(), to: quiet.to() }),
        paused_until: habits.pause.filter(|_| habits.is_paused(now)).map(|pause| pause.until),
        timezone: city.zone.name(),
    }
}

/// `GET /api/v1/me`: when the caller is told.
pub async fn read(
    State(doors): State<Doors>,
    caller: Caller,
) -> Result<JsonAnswer<Value>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let habits = doors.engine().habits(&city, watcher).await?;
    answer(&doors, &city, watcher, &habits).await
}

/// `PATCH /api/v1/me`: changes it.
pub async fn change(
    State(doors): State<Doors>,
    caller: Caller,
    Json(body): Json<Value>,
) -> Result<JsonAnswer<Value>, Problem> {
    let (city, watcher) = (doors.city().await?, caller.watcher()?);
    let wanted: HabitsChangeWire = extract::read(body)?;
    let change = HabitsChange {
        language: wanted.language.as_deref().map(parse_language).transpose()?,
        digest_hour: wanted.digest_hour,
        digest_day: wanted.digest_day,
        quiet: wanted
            .quiet
            .try_map(|quiet| QuietHours::new(quiet.from, quiet.to))
            .map_err(|why| Problem::field("/quiet", why.to_string()))?,
        pause: wanted.paused_until,
    };
    let habits = doors.engine().change_habits(&city, watcher, change).await?;
    answer(&doors, &city, watcher, &habits).await
}

/// Where in a body stands what cannot be taken.
pub fn pointer(error: HabitsError) -> &'static str {
    match error {
        HabitsError::NoHour => "/digest_hour",
        HabitsError::NoDay => "/digest_day",
        HabitsError::AllDay => "/quiet",
        HabitsError::PauseEnds => "/paused_until",
        HabitsError::NoLanguage => "/language",
    }
}

async fn answer(
    doors: &Doors,
    city: &City,
    watcher: WatcherId,
    habits: &Habits,
) -> Result<JsonAnswer<Value>, Problem> {
    let language = doors.engine().language_of(city, watcher).await?;
    let now = doors.engine().clock().now();
    Ok(JsonAnswer(serde_json::json!(wire(&language, habits, city, now))))
}

/// The form of a person's habits, as it is shown and as it is filled in: a number or nothing in each
/// field, and a date as HTML writes it.
#[derive(Debug)]
pub struct HabitsForm {
    pub languages: Vec<Entry>,
    pub digest_hours: Vec<Entry>,
    pub digest_days: Vec<Entry>,
    pub quiet_from: Vec<Entry>,
    pub quiet_to: Vec<Entry>,
    pub paused_until: String,
    /// Until when nothing is sent, in words.
    pub paused: Option<String>,
    /// Whether it is to be mended.
    pub wrong: bool,
}

/// An option of a list.
#[derive(Debug)]
pub struct Entry {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// What the fields of the form hold.
#[derive(Debug, Default)]
pub struct Filled {
    language: String,
    digest_hour: String,
    digest_day: String,
    quiet_from: String,
    quiet_to: String,
    paused_until: String,
}

impl Filled {
    pub fn read(pairs: &[(String, String)]) -> Self {
        let value = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        Self {
            language: value("language"),
            digest_hour: value("digest_hour"),
            digest_day: value("digest_day"),
            quiet_from: value("quiet_from"),
            quiet_to: value("quiet_to"),
            paused_until: value("paused_until"),
        }
    }

    fn of(habits: &Habits, words: &Words<'_>, zone: &Zone, now: Timestamp) -> Self {
        let hour = |hour: Option<i8>| hour.map(|hour| hour.to_string()).unwrap_or_default();
        let paused = habits.pause.filter(|_| habits.is_paused(now));
        Self {
            language: words.spoken(),
            digest_hour: habits.digest_hour.to_string(),
            digest_day: habits.digest_day.number().to_string(),
            quiet_from: hour(habits.quiet.map(QuietHours::from)),
            quiet_to: hour(habits.quiet.map(QuietHours::to)),
            paused_until: paused.map(|pause| date(pause.until, zone)).unwrap_or_default(),
        }
    }

    /// The change that it asks for.
    ///
    /// # Errors
    /// What has to be mended.
    pub fn change(
        &self,
        old: &Habits,
        words: &Words<'_>,
        zone: &Zone,
        now: Timestamp,
    ) -> Result<HabitsChange, HabitsError> {
        let shown = Self::of(old, words, zone, now);
        let hour = |text: &str| match text {
            "" => Ok(None),
            text => text.parse::<i8>().map(Some).map_err(|_| HabitsError::NoHour),
        };
        let quiet = match (hour(&self.quiet_from)?, hour(&self.quiet_to)?) {
            (Some(from), Some(to)) => Some(QuietHours::new(from, to)?),
            (None, None) => None,
            _ => return Err(HabitsError::NoHour),
        };
        let pause = match self.paused_until.as_str() {
            // A day alone is shown of it, and it may end in the middle of one.
            same if same == shown.paused_until => Wish::Stays,
            "" => Wish::Ends,
            day => Wish::Is(midnight(day, zone)?),
        };
        let day = |text: &str| match text {
            "" => Ok(None),
            text => {
                text.parse().ok().and_then(Weekday::from_number).map(Some).ok_or(HabitsError::NoDay)
            }
        };
        let language = match self.language.as_str() {
            // One of a country is shown as the language itself.
            same if same.is_empty() || same == shown.language => None,
            tag => Some(Language::from_spoken(tag).map_err(|_| HabitsError::NoLanguage)?),
        };
        Ok(HabitsChange {
            language,
            digest_hour: hour(&self.digest_hour)?,
            digest_day: day(&self.digest_day)?,
            quiet: quiet.into(),
            pause,
        })
    }
}

/// Changes when a person is told, as a form says. Gives the language to be written to in, where another was
/// chosen.
///
/// # Errors
/// When the database does not answer. What has to be mended is the form as it was filled in, and what is wrong
/// with it, as a sentence's key.
pub(super) async fn save(
    doors: &Doors,
    owner: &Owner,
    pairs: &[(String, String)],
) -> Result<Result<Option<Language>, (HabitsForm, &'static str)>, Problem> {
    let filled = Filled::read(pairs);
    let (city, watcher, words) = (&owner.city, owner.watcher, Words::of(&owner.written));
    let (old, now) = (doors.engine().habits(city, watcher).await?, doors.engine().clock().now());
    let change = filled.change(&old, &words, &city.zone, now);
    let chosen = change.as_ref().ok().and_then(|change| change.language.clone());
    let changed = match change {
        Ok(change) => doors.engine().change_habits(city, watcher, change).await,
        Err(why) => Err(why.into()),
    };
    let wrong = match changed {
        Ok(_) => return Ok(Ok(chosen)),
        Err(EngineError::Habits(HabitsError::NoHour)) => "page-wrong-hour",
        Err(EngineError::Habits(HabitsError::NoDay)) => "page-wrong-day",
        Err(EngineError::Habits(HabitsError::AllDay)) => "page-wrong-quiet",
        Err(EngineError::Habits(HabitsError::PauseEnds)) => "page-wrong-pause",
        Err(EngineError::Habits(HabitsError::NoLanguage)) => "page-wrong-language",
        Err(other) => return Err(other.into()),
    };
    Ok(Err((HabitsForm::to_mend(&filled, &Words::of(&owner.language)), wrong)))
}

/// The instant at which a day begins here; daylight saving may have it begin at one.
fn midnight(day: &str, zone: &Zone) -> Result<Timestamp, HabitsError> {
    zone.parse_local(&format!("{day}T00:00")).map_err(|_| HabitsError::PauseEnds)
}

fn date(at: Timestamp, zone: &Zone) -> String {
    let local = zone.local(at);
    format!("{:04}-{:02}-{:02}", local.year, local.month, local.day)
}

impl HabitsForm {
    /// The form over what a person has chosen, in the words of the page; beside them those in which they are
    /// written to.
    pub fn of(
        habits: &Habits,
        (words, written): (&Words<'_>, &Words<'_>),
        zone: &Zone,
        now: Timestamp,
    ) -> Self {
        let paused = habits.pause.filter(|_| habits.is_paused(now));
        let paused = paused.map(|pause| words.moment(pause.until, now, zone));
        Self::filled(&Filled::of(habits, written, zone, now), words, paused, false)
    }

    /// The form as it was filled in, to be mended.
    pub fn to_mend(filled: &Filled, words: &Words<'_>) -> Self {
        Self::filled(filled, words, None, true)
    }

    fn filled(filled: &Filled, words: &Words<'_>, paused: Option<String>, wrong: bool) -> Self {
        let hours = |chosen: &str| -> Vec<Entry> {
            let hour = |hour: i8| Entry {
                value: hour.to_string(),
                label: words.hour(hour),
                chosen: chosen == hour.to_string(),
            };
            (0..24).map(hour).collect()
        };
        let day = |day: Weekday| Entry {
            value: day.number().to_string(),
            label: words.weekday(day),
            chosen: filled.digest_day == day.number().to_string(),
        };
        let language = |(tag, name): (&str, &str)| Entry {
            value: tag.to_owned(),
            label: name.to_owned(),
            chosen: filled.language == tag,
        };
        Self {
            languages: Language::SPOKEN.map(language).into(),
            digest_hours: hours(&filled.digest_hour),
            digest_days: Weekday::ALL.map(day).into(),
            quiet_from: hours(&filled.quiet_from),
            quiet_to: hours(&filled.quiet_to),
            paused_until: filled.paused_until.clone(),
            paused,
            wrong,
        }
    }
}

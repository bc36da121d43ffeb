//! One row, or one event's JSON, read as a notice.
//!
//! The one rule: every field that is wrong is named, all at once, so that whoever sent it can
//! mend it in one go.

use serde_json::Value;

use crate::clock::{Timestamp, Zone};
use crate::issue::{Actor, Notice, Said};

use super::columns::{Columns, Mapping, Role};
use super::fields::Reading;
use super::rows::Row;
use super::version;

/// What holds where a row says nothing.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// Where the rows come from: `chicago-311`, `api`.
    pub source: String,
    /// The issue that an event is about, when that is known from elsewhere.
    pub source_id: Option<String>,
    /// Of times without offset.
    pub zone: Zone,
    /// When an event happened that does not say so: now, for one that is sent as it happens. A
    /// file's rows have to say it themselves.
    pub at: Option<Timestamp>,
    pub actor: Actor,
}

/// A field that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) to the field: `/at`.
    pub pointer: String,
    /// A sentence that names the field, what stands there and what should.
    pub detail: String,
}

impl FieldError {
    #[must_use]
    pub fn new(field: &str, detail: &str) -> Self {
        Self { pointer: pointer_to(field), detail: detail.to_owned() }
    }

    pub(super) fn is_about(&self, field: &str) -> bool {
        *self == Self::new(field, &self.detail)
    }
}

/// The JSON Pointer (RFC 6901) to a member, as one step of a longer one or the whole.
#[must_use]
pub fn pointer_to(member: &str) -> String {
    format!("/{}", member.replace('~', "~0").replace('/', "~1"))
}

/// Reads an event in the wire form: `source`, `source_id`, `version`, `kind`, `at`, the issue's
/// fields (`category`, `status`, `description`, `address`, `lon` and `lat` or a GeoJSON
/// `geometry`), `text`, `actor` and `attributes`. Without a `kind` it is the issue's whole present
/// state. Members of other names become attributes.
///
/// # Errors
/// All fields that are missing or cannot be read.
pub fn parse_event(event: &Value, defaults: &Defaults) -> Result<Notice, Vec<FieldError>> {
    let Value::Object(event) = event else {
        let detail = "an event is a JSON object".to_owned();
        return Err(vec![FieldError { pointer: String::new(), detail }]);
    };
    let row = Row::from_object(1, event.clone());
    let mut columns = Mapping::default().columns(&row);
    columns.ours = true;
    read_row(&row, &columns, defaults)
}

pub(super) fn read_row(
    row: &Row,
    columns: &Columns,
    defaults: &Defaults,
) -> Result<Notice, Vec<FieldError>> {
    let mut reading = Reading::new(row, columns, &defaults.zone);
    let kind = reading.kind();
    let source = reading.our_word(Role::Source).map(|(place, s)| reading.key(place, s));
    let source_id = reading.source_id(defaults);
    let given_at = reading.time(Role::At);
    let at = given_at.map(|given| given.at).or(defaults.at);
    if at.is_none() {
        reading.missing(Role::At, "when it happened");
    }
    let stated = reading.our_word(Role::Version).map(|(place, v)| reading.key(place, v));
    let actor = reading.one_of(Role::Actor, Actor::from_name, "resident, official or system");
    let (said, changed_version) = reading.said(kind);
    let facts = reading.facts(&said);
    if !reading.errors.is_empty() {
        return Err(reading.errors);
    }
    let mut notice = Notice {
        source: source.unwrap_or_else(|| defaults.source.clone()),
        source_id: source_id.unwrap_or_default(),
        version: stated.or(changed_version),
        said,
        at: at.unwrap_or_default(),
        actor: actor.unwrap_or(defaults.actor),
        lets: None,
        desk: None,
        facts,
    };
    // An event that says neither its version nor its time is new each time it is said.
    let is_event = matches!(notice.said, Said::Event { .. });
    if notice.version.is_none() && !(is_event && given_at.is_none()) {
        notice.version = Some(version::of(&notice));
    }
    Ok(notice)
}

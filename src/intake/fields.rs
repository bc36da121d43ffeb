//! What the fields of one row say.
//!
//! The one rule: a value is used once, as the field it was read for, or it stays an attribute.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::clock::Zone;
use crate::geometry::Position;
use crate::issue::{Category, Facts, Kind, Said, Status};

use super::columns::{Columns, Role};
use super::reading::{Defaults, FieldError};
use super::rows::{FEATURE_ID, Row, scalar};
use super::{places, times, words};

/// The longest id and version that is taken, in bytes: both are keys in the store.
const LONGEST_KEY: usize = 200;

/// A row as it is being read: what of it was used, and what was wrong.
pub(super) struct Reading<'a> {
    row: &'a Row,
    columns: &'a Columns,
    /// Whether the row speaks our own words, or a city's.
    ours: bool,
    zone: &'a Zone,
    used: Vec<usize>,
    pub(super) errors: Vec<FieldError>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(row: &'a Row, columns: &'a Columns, zone: &'a Zone) -> Self {
        let named = columns.places(Role::Kind).first();
        let known =
            |&place: &usize| scalar(&row.values[place]).as_deref().and_then(Kind::from_name);
        let ours = columns.ours || named.and_then(known).is_some();
        Self { row, columns, ours, zone, used: vec![], errors: vec![] }
    }

    fn refuse(&mut self, place: usize, what: &str) {
        let key = &self.row.keys[place];
        let value = &self.row.values[place];
        let stands = scalar(value).unwrap_or_else(|| Cow::Owned(value.to_string()));
        let stands = places::shown(&stands);
        self.errors.push(FieldError::new(key, &format!("`{key}` “{stands}” {what}")));
    }

    pub(super) fn missing(&mut self, role: Role, what: &str) {
        let name = match role {
            Role::Id if self.ours => "source_id",
            _ => role.name(),
        };
        let columns = self.columns.places(role);
        let detail =
            if columns.iter().any(|&c| self.errors.iter().any(|e| e.is_about(&self.row.keys[c]))) {
                return; // it is there, and was refused for what it says
            } else if self.ours {
                format!("`{name}` is missing; say {what}")
            } else if let Some(&column) = columns.first() {
                format!("`{}` is blank; it should say {what}", self.row.keys[column])
            } else {
                format!("no column says {what}; name it with --map {name}=COLUMN")
            };
        self.errors.push(FieldError::new(name, &detail));
    }

    /// The first of a role's columns that holds text.
    fn word(&mut self, role: Role) -> Option<(usize, String)> {
        for &place in self.columns.places(role) {
            let value = &self.row.values[place];
            if let Some(text) = scalar(value) {
                self.used.push(place);
                return Some((place, words::clean(&text)));
            }
            if self.ours && (value.is_array() || value.is_object()) && role != Role::Address {
                self.refuse(place, "is not text");
            }
        }
        None
    }

    /// A field that only rows in our own words have, or those of which a person said so.
    pub(super) fn our_word(&mut self, role: Role) -> Option<(usize, String)> {
        if self.ours || self.columns.is_mapped(role) { self.word(role) } else { None }
    }

    pub(super) fn one_of<T>(
        &mut self,
        role: Role,
        read: fn(&str) -> Option<T>,
        names: &str,
    ) -> Option<T> {
        let (place, word) = self.our_word(role)?;
        let found = read(&word);
        if found.is_none() {
            self.refuse(place, &format!("is not one of {names}"));
        }
        found
    }

    pub(super) fn kind(&mut self) -> Option<Kind> {
        let names = Kind::ALL.map(Kind::name).join(", ");
        let refused = self.errors.len();
        let kind = self.one_of(Role::Kind, Kind::from_name, &names);
        // A kind that is refused was still meant as an event, and its other fields are judged so.
        kind.or((self.errors.len() > refused).then_some(Kind::Updated))
    }

    pub(super) fn key(&mut self, place: usize, key: String) -> String {
        if key.len() > LONGEST_KEY {
            self.refuse(place, &format!("is longer than {LONGEST_KEY} bytes"));
        }
        key
    }

    pub(super) fn source_id(&mut self, defaults: &Defaults) -> Option<String> {
        if defaults.source_id.is_some() {
            return defaults.source_id.clone();
        }
        let Some(place) = self.columns.id_place(self.row) else {
            self.missing(Role::Id, "which issue it is");
            return None;
        };
        self.used.push(place);
        let id = self.columns.id(self.row).unwrap_or_default();
        Some(self.key(place, words::clean(&id)))
    }

    /// The first of a role's times that is one; what means "none" is stepped over.
    pub(super) fn time(&mut self, role: Role) -> Option<times::Given> {
        for &place in self.columns.places(role) {
            match times::read(&self.row.values[place], self.zone) {
                Ok(None) => {}
                Ok(given) => {
                    self.used.push(place);
                    return given;
                }
                Err(times::NotATime) => {
                    self.refuse(place, "is not a time; write 2026-05-04T09:30:00-05:00");
                    return None;
                }
            }
        }
        None
    }

    /// What kind of saying it is, and for a state the version that its last change makes.
    pub(super) fn said(&mut self, kind: Option<Kind>) -> (Said, Option<String>) {
        if let Some(kind) = kind {
            let text = self.our_word(Role::Text).map(|(_, text)| text);
            if kind == Kind::Commented && text.is_none() {
                self.missing(Role::Text, "what was commented");
            }
            return (Said::Event { kind, text }, None);
        }
        let updated = self.time(Role::Updated);
        let touched = updated.or_else(|| self.time(Role::Touched));
        let closed = self.time(Role::Closed).map(|given| given.at);
        // A day is too coarse for a version: the day's second change would be taken for the first.
        let version = updated.filter(|given| given.exact).map(|given| given.at.to_string());
        (Said::State { changed: touched.map(|given| given.at), closed }, version)
    }

    pub(super) fn facts(&mut self, said: &Said) -> Facts {
        let category = self.word(Role::Category).map(|(_, name)| Category::from(name));
        let is_state = matches!(said, Said::State { .. });
        let opens = matches!(said, Said::Event { kind: Kind::Opened, .. });
        if category.is_none() && (is_state || opens) {
            self.missing(Role::Category, "what kind of issue it is");
        }
        let status = self.status(said);
        let description = self.word(Role::Description).map(|(_, text)| text);
        let position = self.position();
        let address = self.address();
        let attributes = self.attributes();
        Facts { category, status, description, address, position, attributes }
    }

    /// The first of the address columns that says more than a pair of coordinates, as New York's
    /// `Location` does; else the corner of two streets.
    fn address(&mut self) -> Option<String> {
        let row = self.row;
        let text = |place: usize| scalar(&row.values[place]).map(|text| words::clean(&text));
        let named = self.columns.places(Role::Address).iter().find_map(|&place| {
            text(place).filter(|text| !places::is_pair(text)).map(|text| (place, text))
        });
        if let Some((place, text)) = named {
            self.used.push(place);
            return Some(text);
        }
        let [one, other] = self.columns.corner()?;
        let street = |place| text(place).filter(|street| !words::is_blank(street));
        let corner = format!("{} & {}", street(one)?, street(other)?);
        self.used.extend([one, other]);
        Some(corner)
    }

    fn position(&mut self) -> Option<Position> {
        match places::read(self.row, self.columns) {
            Ok(found) => found.map(|found| {
                self.used.extend(found.used);
                found.position
            }),
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }

    /// The first of the status columns whose words are known. Words that are not, or that say
    /// more than our five do ("Completed - Dup"), stay an attribute.
    fn status(&mut self, said: &Said) -> Option<Status> {
        let mut unknown = None;
        for &place in self.columns.places(Role::Status) {
            let Some(words) = scalar(&self.row.values[place]) else { continue };
            let known = Status::from_name(&words).or_else(|| Status::from_city_words(&words));
            if let Some(status) = known {
                if !words.contains(" - ") && !words.contains('(') {
                    self.used.push(place);
                }
                return Some(status);
            }
            unknown.get_or_insert(place);
        }
        match said {
            Said::Event { .. } => {
                let names = Status::ALL.map(Status::name).join(", ");
                if let Some(place) = unknown {
                    self.refuse(place, &format!("is not one of {names}"));
                }
                None
            }
            Said::State { closed: Some(_), .. } => Some(Status::Closed),
            Said::State { closed: None, .. } => unknown.map(|_| Status::Received),
        }
    }

    /// All that was not used, blanks left out; an object `attributes` in our own words is opened.
    fn attributes(&mut self) -> Map<String, Value> {
        let mut kept = Map::new();
        for (place, (key, value)) in self.row.keys.iter().zip(&self.row.values).enumerate() {
            if self.used.contains(&place) || key == FEATURE_ID || is_personal(key) {
                continue;
            }
            match value {
                Value::Object(inner) if self.ours && key == "attributes" => {
                    for (key, value) in inner {
                        keep(&mut kept, key, value);
                    }
                }
                value => keep(&mut kept, key, value),
            }
        }
        kept
    }
}

/// Whether a member is of whoever reported, as Open311 names them (GeoReport v2, POST Service Request):
/// what an issue's attributes hold is published.
fn is_personal(key: &str) -> bool {
    const THEIRS: [&str; 6] =
        ["email", "phone", "first_name", "last_name", "device_id", "account_id"];
    THEIRS.iter().any(|name| key.eq_ignore_ascii_case(name))
}

fn keep(kept: &mut Map<String, Value>, key: &str, value: &Value) {
    if is_personal(key) {
        return;
    }
    if let Some(value) = cleaned(value) {
        kept.insert(words::clean(key), value);
    }
}

/// A value with all its texts cleaned; `None` for null and blank text.
fn cleaned(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Null => return None,
        Value::String(text) if text.trim().is_empty() => return None,
        Value::String(text) => Value::String(words::clean(text.trim())),
        Value::Array(items) => {
            Value::Array(items.iter().map(|v| cleaned(v).unwrap_or_default()).collect())
        }
        Value::Object(members) => {
            let mut kept = Map::new();
            for (key, value) in members {
                keep(&mut kept, key, value);
            }
            Value::Object(kept)
        }
        other => other.clone(),
    })
}

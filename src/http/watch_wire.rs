//! A watch as the API speaks of it.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Problem;
use crate::engine::{NewWatch, WatchChange};
use crate::geometry::{Limits, Position, Shape};
use crate::message::Language;
use crate::store::{WatchRow, WatchState};
use crate::ward::WardRef;
use crate::watch::{self, Filter, Meant, Rhythm, Target, Via, WatchError};
use crate::watcher::{EmailAddress, PushSubscription};

/// The body of `POST /api/v1/watches`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewWatchWire {
    pub email: Option<EmailAddress>,
    pub push: Option<PushSubscription>,
    pub name: Option<String>,
    pub target: TargetWire,
    pub filter: Option<FilterWire>,
    pub rhythm: Option<Rhythm>,
    pub via: Option<Via>,
    pub language: Option<String>,
}

/// Exactly one of its members.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetWire {
    /// GeoJSON: a geometry, a Feature (a Point with `radius_m` is a circle), or a collection.
    pub area: Option<Value>,
    pub ward: Option<WardRef>,
    /// Several wards.
    pub wards: Option<Vec<WardRef>>,
    /// Whichever ward of `layer` (without one, `wards`) holds this place, now and after every
    /// redistricting.
    pub my_ward_at: Option<MyWard>,
    /// An issue's number.
    pub issue: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MyWard {
    pub lon: f64,
    pub lat: f64,
    #[serde(default = "wards")]
    pub layer: String,
}

fn wards() -> String {
    "wards".to_owned()
}

/// A filter in which what is left out means what a newcomer expects.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilterWire {
    categories: Vec<crate::issue::Category>,
    kinds: Option<std::collections::BTreeSet<crate::issue::Kind>>,
    keywords: watch::Keywords,
    official: bool,
}

impl FilterWire {
    /// The filter, of somebody who follows one issue or of somebody who watches a place.
    ///
    /// # Errors
    /// When it would let nothing through, or has more than a person writes.
    pub fn parse(self, follows: bool) -> Result<Filter, Problem> {
        let usual = if follows { Filter::for_issue() } else { Filter::for_places() };
        let kinds = self.kinds.unwrap_or(usual.kinds);
        let Self { categories, keywords, official, .. } = self;
        let filter = Filter { categories, kinds, keywords, official };
        filter.checked().map_err(|e| Problem::field(pointer(e), e.to_string()))
    }
}

/// Where in a body stands what cannot be taken.
fn pointer(error: WatchError) -> &'static str {
    match error {
        WatchError::Name => "/name",
        WatchError::NoRoad => "/via",
        WatchError::NoKinds => "/filter/kinds",
        WatchError::TooMany => "/filter",
        WatchError::LongWord => "/filter/keywords",
    }
}

/// The body of `PATCH /api/v1/watches/{id}`: what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeWire {
    name: Option<String>,
    filter: Option<FilterWire>,
    rhythm: Option<Rhythm>,
    via: Option<Via>,
    paused: Option<bool>,
    area: Option<Value>,
}

impl ChangeWire {
    /// # Errors
    /// When a member cannot be taken.
    pub fn parse(self, target: &Target, limits: &Limits) -> Result<WatchChange, Problem> {
        if self.area.is_some() && !matches!(target, Target::Area(_)) {
            let detail = "this watch has no area that could be moved; make a new one";
            return Err(Problem::field("/area", detail));
        }
        let follows = matches!(target, Target::Issue(_));
        Ok(WatchChange {
            name: self.name.map(|name| parse_name(&name)).transpose()?,
            filter: self.filter.map(|filter| filter.parse(follows)).transpose()?,
            rhythm: self.rhythm,
            via: self.via.map(some_road).transpose()?,
            paused: self.paused,
            shape: self.area.as_ref().map(|area| parse_area("/area", area, limits)).transpose()?,
        })
    }
}

/// # Errors
/// When the watch would be silent.
pub fn some_road(via: Via) -> Result<Via, Problem> {
    via.checked().map_err(|e| Problem::field(pointer(e), e.to_string()))
}

/// # Errors
/// When the name is empty or long, or holds what no name holds.
pub fn parse_name(name: &str) -> Result<String, Problem> {
    watch::parse_name(name).map_err(|e| Problem::field(pointer(e), e.to_string()))
}

/// # Errors
/// When it is no area, or larger than residents may watch.
pub fn parse_area(pointer: &str, value: &Value, limits: &Limits) -> Result<Shape, Problem> {
    limits.read(value).map_err(|e| Problem::field(pointer, e.to_string()))
}

/// # Errors
/// When there are no words in it.
pub fn parse_language(tag: &str) -> Result<Language, Problem> {
    Language::from_spoken(tag).map_err(|why| Problem::field("/language", why))
}

/// What a target asks for, before the store has been asked what it means.
#[derive(Debug)]
pub enum Wanted {
    Target(Target),
    /// Whichever ward holds this place.
    WardAt {
        layer: String,
        at: Position,
    },
    IssueNumber(String),
}

impl TargetWire {
    /// # Errors
    /// When it is not exactly one target, or that cannot be taken.
    pub fn parse(self, limits: &Limits) -> Result<Wanted, Problem> {
        let Self { area, ward, wards, my_ward_at, issue } = self;
        let this = |wards| Target::Wards { wards, meant: Meant::ThisWard };
        let mut wanted = vec![];
        if let Some(area) = area {
            let area = parse_area("/target/area", &area, limits)?;
            wanted.push(Wanted::Target(Target::Area(area.into())));
        }
        if let Some(ward) = ward {
            wanted.push(Wanted::Target(this(vec![ward])));
        }
        if let Some(wards) = wards {
            if wards.is_empty() || wards.len() > 50 {
                return Err(Problem::field("/target/wards", "name 1 to 50 wards"));
            }
            wanted.push(Wanted::Target(this(wards)));
        }
        if let Some(MyWard { lon, lat, layer }) = my_ward_at {
            let at = Position::on_earth(lon, lat)
                .map_err(|e| Problem::field("/target/my_ward_at", e.to_string()))?;
            wanted.push(Wanted::WardAt { layer, at });
        }
        wanted.extend(issue.map(Wanted::IssueNumber));
        match (wanted.pop(), wanted.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err(Problem::field(
                "/target",
                "a target is exactly one of area, ward, wards, my_ward_at, issue",
            )),
        }
    }
}

/// A watch as its owner sees it.
#[derive(Debug, Serialize)]
pub struct WatchWire {
    id: uuid::Uuid,
    name: String,
    state: &'static str,
    target: Value,
    filter: Filter,
    rhythm: Rhythm,
    via: Via,
}

impl WatchWire {
    /// The watch; its area only for its owner.
    #[must_use]
    pub fn of(row: &WatchRow, issue_number: Option<&str>) -> Self {
        let watch = &row.watch;
        Self {
            id: watch.id.0,
            name: watch.name.clone(),
            state: row.state.name(),
            target: target_wire(&watch.target, issue_number),
            filter: watch.filter.clone(),
            rhythm: watch.rhythm,
            via: watch.via,
        }
    }

    /// A watch that somebody has asked for and nobody has confirmed, in their own words.
    #[must_use]
    pub fn asked(new: &NewWatch, issue_number: Option<&str>) -> Self {
        Self {
            id: new.id.0,
            name: new.name.clone(),
            state: WatchState::Unconfirmed.name(),
            target: target_wire(&new.target, issue_number),
            filter: new.filter.clone(),
            rhythm: new.rhythm,
            via: new.via,
        }
    }
}

fn target_wire(target: &Target, issue_number: Option<&str>) -> Value {
    match target {
        Target::Area(shape) => json!({ "area": shape.to_geojson() }),
        Target::Wards { wards, meant: Meant::ThisWard } => json!({ "wards": wards }),
        Target::Wards { wards, meant: Meant::MyAddress(at) } => {
            json!({ "wards": wards, "my_ward_at": { "lon": at.lon, "lat": at.lat } })
        }
        Target::Issue(_) => json!({ "issue": issue_number }),
    }
}

/// # Errors
/// 404 for a watch that is deleted.
pub fn not_deleted(row: WatchRow) -> Result<WatchRow, Problem> {
    match row.state {
        WatchState::Deleted => Err(Problem::new(StatusCode::NOT_FOUND, "this watch was deleted")),
        _ => Ok(row),
    }
}

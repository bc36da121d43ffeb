//! A watch as a GeoJSON Feature: what `export` writes, `import` reads back.
//!
//! The one rule: only an address that has agreed is written beside a watch that speaks, so that
//! nobody is enrolled by a way through a file.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::geometry::{Limits, Shape};
use crate::issue::{Category, Kind};
use crate::store::{ContactRow, WatchRow, WatchState};
use crate::ward::WardRef;
use crate::watch::{Filter, Keywords, Meant, Rhythm, Target, Via, parse_name};
use crate::watcher::{Address, AddressError, PushSubscription};

/// A Feature of a file of watches. One that watches wards or an issue has no shape.
pub struct Given {
    pub shape: Option<Shape>,
    pub properties: Map<String, Value>,
}

/// A watch that a file asks for.
pub struct Wanted {
    /// The mail address first, if there is one; then browsers.
    pub addresses: Vec<Address>,
    pub name: String,
    pub target: WantedTarget,
    pub filter: Filter,
    pub rhythm: Rhythm,
    pub via: Via,
    /// What it was where it comes from.
    pub state: WatchState,
}

/// What is to be watched, before the store is asked what it means.
pub enum WantedTarget {
    Known(Target),
    /// An issue by its number.
    Issue(String),
}

/// Reads a Feature; says in a sentence why it is no watch.
///
/// # Errors
/// When a property cannot be taken, or the area is more than one person may watch.
pub fn wanted(given: Given, limits: &Limits) -> Result<Wanted, String> {
    let Given { shape, properties } = given;
    let text = |name: &str| properties.get(name).and_then(Value::as_str).map(str::trim);
    let addresses = addresses(text("email"), &properties)?;
    let target = target(shape, &properties, limits)?;
    let name = text("name").filter(|name| !name.is_empty()).unwrap_or("My area");
    let usual = Filter::for_places();
    let filter = Filter {
        categories: categories(properties.get("categories"))?,
        kinds: read::<BTreeSet<Kind>>(
            &properties,
            "kinds",
            "a list like [\"opened\", \"closed\"]",
        )?
        .unwrap_or(usual.kinds),
        keywords: read::<Keywords>(&properties, "keywords", "like {\"include\": [\"ice\"]}")?
            .unwrap_or(usual.keywords),
        official: read(&properties, "official", "true or false")?.unwrap_or(false),
    };
    let via = read(&properties, "via", "like {\"mail\": true, \"push\": false}")?;
    Ok(Wanted {
        addresses,
        name: parse_name(name).map_err(|e| e.to_string())?,
        target,
        filter: filter.checked().map_err(|e| e.to_string())?,
        rhythm: rhythm(text("frequency"))?,
        via: via.unwrap_or(Via::BOTH).checked().map_err(|e| e.to_string())?,
        state: state(text("state"))?,
    })
}

fn addresses(email: Option<&str>, properties: &Map<String, Value>) -> Result<Vec<Address>, String> {
    let mail = email.map(|email| email.parse().map_err(|e: AddressError| e.to_string()));
    let form = "a list of subscriptions, each with `endpoint` and `keys`";
    let browsers = read::<Vec<PushSubscription>>(properties, "push", form)?.unwrap_or_default();
    let mail = mail.transpose()?.map(Address::Mail);
    let all: Vec<_> = mail.into_iter().chain(browsers.into_iter().map(Address::Push)).collect();
    if all.is_empty() {
        return Err("it has neither `email` nor `push` in its properties".to_owned());
    }
    Ok(all)
}

fn target(
    shape: Option<Shape>,
    properties: &Map<String, Value>,
    limits: &Limits,
) -> Result<WantedTarget, String> {
    let shape = match properties.get("area").filter(|area| !area.is_null()) {
        Some(area) if shape.is_none() => Some(limits.read(area).map_err(|e| e.to_string())?),
        _ => shape,
    };
    if let Some(shape) = shape {
        limits.check(&shape).map_err(|e| e.to_string())?;
        return Ok(WantedTarget::Known(Target::Area(Arc::new(shape))));
    }
    let form = "a list like [{\"layer\": \"wards\", \"ward\": \"12\"}]";
    if let Some(wards) = read::<Vec<WardRef>>(properties, "wards", form)? {
        let meant = read(properties, "meant", "\"this_ward\", or {\"my_address\": {…}}")?;
        let meant = meant.unwrap_or(Meant::ThisWard);
        return Ok(WantedTarget::Known(Target::Wards { wards, meant }));
    }
    let number = properties.get("issue").and_then(Value::as_str);
    number
        .map(|number| WantedTarget::Issue(number.to_owned()))
        .ok_or_else(|| "it has no geometry, and neither `wards` nor an `issue`".to_owned())
}

/// A property as `export` writes it; one that is absent or null is not there.
fn read<T: DeserializeOwned>(
    properties: &Map<String, Value>,
    name: &str,
    form: &str,
) -> Result<Option<T>, String> {
    let value = properties.get(name).cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|why| format!("`{name}` is written {form}: {why}"))
}

fn rhythm(word: Option<&str>) -> Result<Rhythm, String> {
    let Some(word) = word else { return Ok(Rhythm::Daily) };
    match word.to_lowercase().replace([' ', '-'], "_").as_str() {
        "at_once" | "immediate" | "instant" => Ok(Rhythm::AtOnce),
        "hourly" => Ok(Rhythm::Hourly),
        "daily" => Ok(Rhythm::Daily),
        "weekly" => Ok(Rhythm::Weekly),
        _ => Err(format!("`frequency` “{word}” is not at_once, hourly, daily or weekly")),
    }
}

fn state(word: Option<&str>) -> Result<WatchState, String> {
    let Some(word) = word else { return Ok(WatchState::Active) };
    [WatchState::Active, WatchState::Paused, WatchState::Unconfirmed]
        .into_iter()
        .find(|state| state.name() == word)
        .ok_or_else(|| format!("`state` “{word}” is not active, paused or unconfirmed"))
}

fn categories(value: Option<&Value>) -> Result<Vec<Category>, String> {
    let names: Vec<String> = match value {
        None | Some(Value::Null) => vec![],
        Some(Value::String(list)) => list.split(',').map(str::to_owned).collect(),
        Some(Value::Array(list)) => list
            .iter()
            .map(|name| name.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or("`categories` is a list of names")?,
        Some(_) => return Err("`categories` is a list of names".to_owned()),
    };
    Ok(names
        .iter()
        .map(|name| name.trim())
        .filter(|name| !name.is_empty())
        .map(Category::from)
        .collect())
}

/// A watch as a Feature that [`wanted`] reads back. `watcher` tells people apart; `issue` is the
/// number of the issue that it follows.
pub fn written(row: &WatchRow, contacts: &[ContactRow], issue: Option<&str>) -> Value {
    let watch = &row.watch;
    let (mut email, mut push) = (None, vec![]);
    for address in reached(row, contacts) {
        match address {
            Address::Mail(mail) => email = email.or(Some(mail.as_str())),
            Address::Push(browser) => push.push(browser),
            // Its secret stays with us: whoever takes it along asks for a new one.
            Address::Webhook(_) => {}
        }
    }
    let mut properties = json!({
        "watcher": watch.watcher.0, "email": email, "push": push,
        "name": watch.name, "state": row.state.name(), "via": watch.via,
        "categories": watch.filter.categories, "kinds": watch.filter.kinds,
        "keywords": watch.filter.keywords, "frequency": watch.rhythm.name(),
    });
    if watch.filter.official {
        properties["official"] = true.into();
    }
    let geometry = geometry(&watch.target, issue, &mut properties);
    json!({"type": "Feature", "id": watch.id.0, "geometry": geometry, "properties": properties})
}

/// Where a watch may speak: contacts that agreed, or the one that was asked about it. None that
/// was given up or asked for silence.
fn reached<'c>(row: &'c WatchRow, contacts: &'c [ContactRow]) -> impl Iterator<Item = &'c Address> {
    let asked = row.asked.filter(|_| row.state == WatchState::Unconfirmed);
    contacts
        .iter()
        .filter(|known| known.contact.watcher == row.watch.watcher && !known.retired)
        .filter(move |known| {
            known.confirmed || asked.is_some_and(|a| a.contact == known.contact.id)
        })
        .map(|known| &known.contact.address)
}

fn geometry(target: &Target, issue: Option<&str>, properties: &mut Value) -> Value {
    match target {
        Target::Area(shape) => {
            let mut written = shape.to_geojson();
            match written["type"].as_str() {
                Some("Feature") => {
                    properties["radius_m"] = written["properties"]["radius_m"].take();
                    written["geometry"].take()
                }
                Some("FeatureCollection") => {
                    properties["area"] = written;
                    Value::Null
                }
                _ => written,
            }
        }
        Target::Wards { wards, meant } => {
            properties["wards"] = json!(wards);
            properties["meant"] = json!(meant);
            Value::Null
        }
        Target::Issue(_) => {
            properties["issue"] = json!(issue);
            Value::Null
        }
    }
}

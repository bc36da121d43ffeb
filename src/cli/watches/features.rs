//! A watch as a GeoJSON Feature: what `export` writes, `import` reads back.
//!
//! The one rule: only an address that has agreed is written beside a watch that speaks, so that
//! nobody is enrolled by a way through a file.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::engine::NewWatch;
use crate::geometry::{Feature, Limits};
use crate::issue::{Category, Kind};
use crate::store::{ContactRow, WatchRow, WatchState};
use crate::watch::{Filter, Keywords, Rhythm, Target, Via, WatchId, parse_name};
use crate::watcher::{Address, AddressError, EmailAddress};

/// A watch that a file asks for.
pub struct Wanted {
    pub address: EmailAddress,
    pub new: NewWatch,
    /// What it was where it comes from.
    pub state: WatchState,
}

/// Reads a Feature; says in a sentence why it is no watch.
///
/// # Errors
/// When a property cannot be taken, or the area is more than one person may watch.
pub fn wanted(id: WatchId, feature: Feature, limits: &Limits) -> Result<Wanted, String> {
    let Feature { shape, properties, .. } = feature;
    let text = |name: &str| properties.get(name).and_then(Value::as_str).map(str::trim);
    let email = text("email").ok_or("it has no `email` in its properties")?;
    let address = email.parse().map_err(|e: AddressError| e.to_string())?;
    limits.check(&shape).map_err(|e| e.to_string())?;
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
    };
    let via = read(&properties, "via", "like {\"mail\": true, \"push\": false}")?;
    let new = NewWatch {
        id,
        name: parse_name(name).map_err(|e| e.to_string())?,
        target: Target::Area(Arc::new(shape)),
        filter: filter.checked().map_err(|e| e.to_string())?,
        rhythm: rhythm(text("frequency"))?,
        via: via.unwrap_or(Via::BOTH).checked().map_err(|e| e.to_string())?,
    };
    Ok(Wanted { address, new, state: state(text("state"))? })
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
        "daily" => Ok(Rhythm::Daily),
        "weekly" => Ok(Rhythm::Weekly),
        _ => Err(format!("`frequency` “{word}” is not at_once, daily or weekly")),
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

/// A watch as a Feature that [`wanted`] reads back, when it is an area and its person has a mail
/// address. `watcher` tells people apart; `push` are their browsers' endpoints.
pub fn written(row: &WatchRow, contacts: &[ContactRow]) -> Value {
    let watch = &row.watch;
    let (mut email, mut push) = (None, vec![]);
    for address in reached(row, contacts) {
        match address {
            Address::Mail(mail) => email = email.or(Some(mail.as_str())),
            Address::Push(browser) => push.push(&browser.endpoint),
        }
    }
    let mut properties = json!({
        "watcher": watch.watcher.0, "email": email, "push": push,
        "name": watch.name, "state": row.state.name(), "via": watch.via,
        "categories": watch.filter.categories, "kinds": watch.filter.kinds,
        "keywords": watch.filter.keywords, "frequency": watch.rhythm.name(),
    });
    let geometry = geometry(&watch.target, &mut properties);
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

fn geometry(target: &Target, properties: &mut Value) -> Value {
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
        Target::Issue(issue) => {
            properties["issue"] = json!(issue.0);
            Value::Null
        }
    }
}

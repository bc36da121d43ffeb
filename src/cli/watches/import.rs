//! `watches import`: people and what they watch, out of a file.
//!
//! The one rule: nobody is told anything they have not agreed to. A mail address is asked; a
//! browser cannot be, so it is taken only from who says that its owner has agreed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::BoolishValueParser;
use serde_json::json;

use crate::clock::Clock;
use crate::config::{DeskSettings, WatchLimits};
use crate::engine::{EngineError, NewWatch, Who};
use crate::geometry::{Feature, FileLimits, GeometryError, Limits, Position, Refused, Shape};
use crate::issue::CityId;
use crate::matching::Matcher;
use crate::store::{StoreError, Tx, WatchState};
use crate::token::Secrets;
use crate::ward::WardRef;
use crate::watch::{Meant, Target, WatchId};
use crate::watcher::Address;

use super::features::{Given, Wanted, WantedTarget, wanted};
use crate::cli::files::{Mending, read_features, tell_tolerated};
use crate::cli::run::{Desk, Failure, counted, say};

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// A GeoJSON FeatureCollection; a Point with `radius_m` is a circle
    file: PathBuf,
    /// The people have agreed elsewhere: nobody is asked to confirm, but for a watch whose `state`
    /// is `unconfirmed`; one that is `paused` stays so
    #[arg(long, env = "WARDWATCH_CONFIRMED", value_parser = BoolishValueParser::new())]
    confirmed: bool,
    #[command(flatten)]
    limits: WatchLimits,
    #[command(flatten)]
    settings: DeskSettings,
}

/// What became of a Feature.
enum Taken {
    On,
    /// Its people are asked.
    Waits,
    /// The same watch was there already, or was ended by its owner.
    Known,
    /// It was there, and its people have not confirmed it.
    KnownUnconfirmed,
    /// It has no address that could be asked.
    LeftOut,
}

/// What became of the Features of a file.
#[derive(Default)]
struct Count {
    on: usize,
    waiting: usize,
    known: usize,
    known_unconfirmed: usize,
    left_out: usize,
    /// Endpoints of people who are asked by mail.
    browsers: BTreeSet<String>,
    refused: usize,
}

impl Count {
    fn add(&mut self, taken: &Taken) {
        *match taken {
            Taken::On => &mut self.on,
            Taken::Waits => &mut self.waiting,
            Taken::Known => &mut self.known,
            Taken::KnownUnconfirmed => &mut self.known_unconfirmed,
            Taken::LeftOut => &mut self.left_out,
        } += 1;
    }

    fn tell(&self, agreed: bool) {
        let Self { on, waiting, known, known_unconfirmed, left_out, browsers, refused } = self;
        let on = counted(*on, "watch is on", "watches are on");
        say(&format!(
            "{on}, {waiting} wait for their people to confirm, {known} were known \
             already, {known_unconfirmed} were known and are not confirmed, {left_out} were left \
             out, {refused} were refused"
        ));
        if *left_out > 0 {
            let why = if agreed {
                "these wait to be confirmed"
            } else {
                "--confirmed says that its owner has agreed"
            };
            say(&format!(
                "{} browsers alone: a browser cannot be asked to confirm; {why}",
                counted(*left_out, "watch is of", "watches are of")
            ));
        }
        if !browsers.is_empty() {
            say(&format!(
                "{} left out beside their mail addresses: who confirms by mail can add their \
                 browser then",
                counted(browsers.len(), "browser is", "browsers are")
            ));
        }
        if agreed && *known_unconfirmed > 0 {
            say("--confirmed changes no watch that is there: who was asked has to answer the mail");
        }
    }
}

pub async fn run(args: ImportArgs) -> Result<(), Failure> {
    let limits = args.settings.watch_limits(args.limits).map_err(Failure::settings)?;
    // How many people a city has is nobody else's matter.
    let any = FileLimits { bytes: usize::MAX, features: usize::MAX };
    let file = read_features(&args.file, &any, Mending::No, &mut |told| say(told))?;
    let desk = Desk::open(args.settings.clone(), Clock::System).await?;
    let ids = Secrets::parse(IDS)?;
    let mut import = Import { desk, limits, agreed: args.confirmed, ids, maps: None };
    let mut count = Count::default();
    for (index, feature) in file.features.into_iter().enumerate() {
        let taken = match given(&args.file, feature) {
            Ok((id, given)) => import.take(id, given, &mut count.browsers).await,
            Err(reason) => Err(reason),
        };
        match taken {
            Ok(taken) => count.add(&taken),
            Err(reason) => {
                count.refused += 1;
                say(&format!("feature {} is refused: {reason}", index + 1));
            }
        }
    }
    count.tell(args.confirmed);
    match (count.refused, count.left_out) {
        (0, 0) => Ok(()),
        (0, some) => Err(Failure::new(format!("{some} features were left out"))),
        (some, _) => Err(Failure::new(format!("{some} features were refused"))),
    }
}

/// A Feature with its own id. One without a geometry may watch wards or an issue.
fn given(file: &Path, read: Result<Feature, Refused>) -> Result<(Option<String>, Given), String> {
    match read {
        Ok(feature) => {
            tell_tolerated(file, &feature, &mut |told| say(told));
            let Feature { id, properties, shape, .. } = feature;
            Ok((id, Given { shape: Some(shape), properties }))
        }
        Err(Refused { id, properties, reason: GeometryError::NoGeometry, .. }) => {
            Ok((id, Given { shape: None, properties }))
        }
        Err(refused) => Err(refused.reason.to_string()),
    }
}

struct Import {
    desk: Desk,
    limits: Limits,
    /// The people have agreed elsewhere.
    agreed: bool,
    ids: Secrets,
    /// The maps in force, read for the first address that somebody meant.
    maps: Option<Matcher>,
}

impl Import {
    /// Makes the watch that a Feature asks for.
    async fn take(
        &mut self,
        id: Option<String>,
        given: Given,
        browsers: &mut BTreeSet<String>,
    ) -> Result<Taken, String> {
        let id = id_of(&self.ids, id.as_deref(), &given);
        let wanted = wanted(given, &self.limits)?;
        let city = self.desk.city.id;
        let mut tx = self.desk.engine.store().read().await.map_err(|e| e.to_string())?;
        if let Some(known) = tx.watch(city, id).await.map_err(|e| e.to_string())? {
            return Ok(match known.state {
                WatchState::Unconfirmed => Taken::KnownUnconfirmed,
                _ => Taken::Known,
            });
        }
        let target = self.target(&mut tx, wanted.target).await?;
        drop(tx);
        let Wanted { addresses, name, filter, rhythm, via, state, .. } = wanted;
        let new = NewWatch { id, name, target, filter, rhythm, via };
        self.make(addresses, new, state, browsers).await.map_err(|e| e.to_string())
    }

    /// What is wanted, as a target that the store knows.
    async fn target(&mut self, tx: &mut Tx, wanted: WantedTarget) -> Result<Target, String> {
        let city = self.desk.city.id;
        match wanted {
            WantedTarget::Known(Target::Wards { wards, meant: Meant::MyAddress(at) }) => {
                let wards = self.wards_at(tx, wards, at).await?;
                Ok(Target::Wards { wards, meant: Meant::MyAddress(at) })
            }
            WantedTarget::Known(target) => Ok(target),
            WantedTarget::Issue(number) => {
                let found = tx.issue_numbered(city, &number).await.map_err(|e| e.to_string())?;
                let issue = found.ok_or_else(|| format!("there is no issue “{number}” here"))?;
                Ok(Target::Issue(issue.id))
            }
        }
    }

    /// The wards of the same layers that hold an address today: the file may be older than the map.
    async fn wards_at(
        &mut self,
        tx: &mut Tx,
        chosen: Vec<WardRef>,
        at: Position,
    ) -> Result<Vec<WardRef>, String> {
        if self.maps.is_none() {
            self.maps = Some(maps_in_force(tx, &self.desk).await.map_err(|e| e.to_string())?);
        }
        let homes = self.maps.as_ref().map(|maps| maps.homes_at(&chosen, at)).unwrap_or_default();
        match chosen.iter().find(|ward| homes.iter().all(|home| home.layer != ward.layer)) {
            Some(WardRef { layer, .. }) => {
                Err(format!("no ward of the layer “{layer}” holds its address"))
            }
            None => Ok(homes),
        }
    }

    async fn make(
        &self,
        mut addresses: Vec<Address>,
        new: NewWatch,
        state: WatchState,
        browsers: &mut BTreeSet<String>,
    ) -> Result<Taken, EngineError> {
        let (engine, city) = (&self.desk.engine, &self.desk.city);
        if self.agreed && state != WatchState::Unconfirmed {
            engine.settle_one(city, addresses, new, state).await?;
            return Ok(Taken::On);
        }
        let asked = addresses.iter().position(|address| matches!(address, Address::Mail(_)));
        let Some(asked) = asked else { return Ok(Taken::LeftOut) };
        let address = addresses.swap_remove(asked);
        let who = Who::Address { address, language: city.language.clone() };
        let made = engine.watch(city, who, new).await?;
        browsers.extend(addresses.iter().map(|browser| browser.text().to_owned()));
        Ok(if made.state == WatchState::Unconfirmed { Taken::Waits } else { Taken::On })
    }
}

async fn maps_in_force(tx: &mut Tx, desk: &Desk) -> Result<Matcher, StoreError> {
    let (city, maps): (CityId, _) = (desk.city.id, Matcher::new());
    for layer in tx.layers_in_force(city, desk.engine.clock().now()).await? {
        if let Some(version) = tx.layer_version(city, &layer.layer, layer.version).await? {
            maps.set_layer(&version);
        }
    }
    Ok(maps)
}

/// Not secret at all. The ids of imported watches have to stay the same for the same Feature, also
/// after the city's secrets were rotated, and who can read the file knows its people anyway.
const IDS: &str = "d2FyZHdhdGNoIGltcG9ydGVkIHdhdGNoZXMsIG5vIHNlY3JldA";

/// The watch that an export names, or one that the same Feature always asks for: a file that is
/// read twice makes nothing twice.
fn id_of(ids: &Secrets, id: Option<&str>, given: &Given) -> WatchId {
    let named = id.and_then(|id| id.parse().ok());
    WatchId(named.unwrap_or_else(|| {
        let shape = given.shape.as_ref().map(Shape::to_geojson);
        let said = json!([given.properties, shape]).to_string();
        ids.derive_id("imported watch", said.as_bytes())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_has_the_same_id_for_ever() {
        let properties = json!({"email": "ada@example.org", "name": "Home"});
        let given = |name: &str| {
            let mut properties = properties.as_object().unwrap().clone();
            properties["name"] = name.into();
            Given { shape: None, properties }
        };
        let ids = Secrets::parse(IDS).unwrap();
        let home = id_of(&ids, None, &given("Home"));
        assert_eq!(home.0.to_string(), "ef0b265b-cfa3-826e-86c0-e47f62433b16");
        assert_ne!(home, id_of(&ids, None, &given("Work")));
        let exported = home.0.to_string();
        assert_eq!(id_of(&ids, Some(&exported), &given("Work")), home, "as an export says");
    }
}

//! `wardwatch watches`: people and their watches in bulk.

mod features;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::clock::Clock;
use crate::config::{DeskSettings, WatchLimits};
use crate::demo::people::{Browser, people};
use crate::engine::{EngineError, NewWatch, WatchChange, Who};
use crate::geometry::{Feature, FileLimits, GeometryError, Limits, Refused, Shape};
use crate::issue::Category;
use crate::store::WatchState;
use crate::ward::WardRef;
use crate::watch::{Target, WatchId};
use crate::watcher::Address;

use self::features::{Given, Wanted, WantedTarget, wanted, written};
use super::files::{Mending, read_features, tell_tolerated};
use super::progress::Progress;
use super::run::{Desk, Failure, look, print, say};

#[derive(Subcommand, Debug)]
pub enum Watches {
    /// Makes plausible people for the stored boundaries, all confirmed
    Generate(GenerateArgs),
    /// Takes watches from GeoJSON, as `export` writes them
    ///
    /// Properties: email or push (browsers' subscriptions), and if wanted name, frequency (at once,
    /// daily or weekly; the API calls it rhythm), categories, kinds, keywords, via and state;
    /// without a geometry also wards, or the number of an issue. Each mail address has to confirm,
    /// unless --confirmed. A watch that is known by its id, or the same Feature again, is passed
    /// over. Exits 1 when a feature was refused; the others are taken.
    Import(ImportArgs),
    /// Writes all watches as GeoJSON; it tells where people live, so keep it safe
    Export(ExportArgs),
}

#[derive(Args, Debug)]
pub struct GenerateArgs {
    /// How many people
    #[arg(long, value_name = "N", env = "WARDWATCH_WATCHERS")]
    watchers: usize,
    /// The same seed gives the same people
    #[arg(long, value_name = "N", default_value_t = 1, env = "WARDWATCH_SEED")]
    seed: u64,
    /// The layer whose wards people live in [default: wards, or the only one]
    #[arg(long, value_name = "NAME", env = "WARDWATCH_LAYER")]
    layer: Option<String>,
    /// Categories that people choose from [default: those of the stored issues]
    #[arg(long, value_name = "NAMES", value_delimiter = ',', env = "WARDWATCH_CATEGORIES")]
    categories: Vec<String>,
    /// Where the push messages of people who are not there go: a receiver on this machine
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:8312/push",
        env = "WARDWATCH_PUSH_ENDPOINT"
    )]
    push_endpoint: String,
    /// Writes the browsers' private keys here, as NDJSON, for that receiver
    #[arg(long, value_name = "FILE", env = "WARDWATCH_PUSH_KEYS")]
    push_keys: Option<PathBuf>,
    #[command(flatten)]
    settings: DeskSettings,
}

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

#[derive(Args, Debug)]
pub struct ExportArgs {
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(what: Watches) -> Result<(), Failure> {
    match what {
        Watches::Generate(args) => generate(args).await,
        Watches::Import(args) => import(args).await,
        Watches::Export(args) => export(args).await,
    }
}

/// How many people are written in one transaction.
const PEOPLE: usize = 500;

async fn generate(args: GenerateArgs) -> Result<(), Failure> {
    let desk = Desk::open(args.settings.clone(), Clock::System).await?;
    let wards = wards_of(&desk, args.layer.as_deref()).await?;
    let mut names = args.categories.clone();
    if names.is_empty() {
        names = desk.engine.store().read().await?.categories(desk.city.id).await?;
    }
    let categories = names.into_iter().map(Category::from).collect();
    let mut keys = args
        .push_keys
        .as_ref()
        .map(|path| File::create(path).map(BufWriter::new).map_err(Failure::io(path.display())))
        .transpose()?;
    let mut progress =
        Progress::new(Some(args.watchers as u64), "{msg} {pos}/{len} {wide_bar} {eta} left");
    let mut dice = Browser::dice(args.seed);
    let (mut made, mut watches) = (0, 0);
    let mut batch = vec![];
    for person in people(wards, categories, args.seed, args.watchers) {
        let browser = person.push.then(|| Browser::throw(&mut dice)).transpose()?;
        let endpoint = format!("{}/{made}", args.push_endpoint.trim_end_matches('/'));
        if let (Some(browser), Some(file)) = (&browser, &mut keys) {
            let line = browser.key_line(&endpoint);
            writeln!(file, "{line}").map_err(Failure::io("the file of push keys"))?;
        }
        let subscription = browser.map(|browser| browser.receiver.subscription(endpoint));
        batch.push(person.newcomer(&desk.engine, subscription)?);
        made += 1;
        if batch.len() == PEOPLE {
            watches += desk.engine.settle_in(&desk.city, std::mem::take(&mut batch)).await?;
            progress.at(made, "moving in");
        }
    }
    watches += desk.engine.settle_in(&desk.city, batch).await?;
    if let Some(mut file) = keys {
        file.flush().map_err(Failure::io("the file of push keys"))?;
    }
    progress.end();
    eprintln!("wardwatch: {made} people with {watches} watches, all confirmed");
    Ok(())
}

async fn wards_of(desk: &Desk, layer: Option<&str>) -> Result<Vec<(WardRef, Arc<Shape>)>, Failure> {
    let mut tx = desk.engine.store().read().await?;
    let in_force = tx.layers_in_force(desk.city.id, desk.engine.clock().now()).await?;
    let wanted = layer.unwrap_or("wards");
    let found = match in_force.iter().find(|row| row.layer == wanted) {
        Some(found) => found,
        None if layer.is_none() && in_force.len() == 1 => &in_force[0],
        None => {
            return Err(Failure::new(format!(
                "there is no layer “{wanted}”; load one with: wardwatch boundaries import FILE --layer {wanted}"
            )));
        }
    };
    let version = tx.layer_version(desk.city.id, &found.layer, found.version).await?;
    let wards = version.map(|version| version.wards).unwrap_or_default();
    let ward = |ward: crate::ward::Ward| {
        (WardRef { layer: found.layer.clone(), ward: ward.key }, Arc::new(ward.shape))
    };
    Ok(wards.into_iter().map(ward).collect())
}

/// What became of the features of a file.
#[derive(Default)]
struct Count {
    on: usize,
    waiting: usize,
    /// The same watch was there already, or was ended by its owner.
    known: usize,
    refused: usize,
}

async fn import(args: ImportArgs) -> Result<(), Failure> {
    let limits = args.settings.watch_limits(args.limits).map_err(Failure::settings)?;
    // How many people a city has is nobody else's matter.
    let any = FileLimits { bytes: usize::MAX, features: usize::MAX };
    let file = read_features(&args.file, &any, Mending::No, &mut |told| say(told))?;
    let desk = Desk::open(args.settings.clone(), Clock::System).await?;
    let mut count = Count::default();
    for (index, feature) in file.features.into_iter().enumerate() {
        let taken = match given(&args.file, feature) {
            Ok((id, given)) => take(&desk, id, given, &limits, args.confirmed).await,
            Err(reason) => Err(reason),
        };
        match taken {
            Ok(None) => count.known += 1,
            Ok(Some(WatchState::Unconfirmed)) => count.waiting += 1,
            Ok(Some(_)) => count.on += 1,
            Err(reason) => {
                count.refused += 1;
                say(&format!("feature {} is refused: {reason}", index + 1));
            }
        }
    }
    let Count { on, waiting, known, refused } = count;
    say(&format!(
        "{on} watches are on, {waiting} wait for their people to confirm, {known} were known \
         already, {refused} were refused"
    ));
    match refused {
        0 => Ok(()),
        some => Err(Failure::new(format!("{some} features were refused"))),
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

/// Makes the watch that a Feature asks for; `None` when it is there already.
async fn take(
    desk: &Desk,
    id: Option<String>,
    given: Given,
    limits: &Limits,
    agreed: bool,
) -> Result<Option<WatchState>, String> {
    let id = id_of(desk, id.as_deref(), &given);
    let wanted = wanted(given, limits)?;
    let mut tx = desk.engine.store().read().await.map_err(|e| e.to_string())?;
    if tx.watch(desk.city.id, id).await.map_err(|e| e.to_string())?.is_some() {
        return Ok(None);
    }
    let target = match wanted.target {
        WantedTarget::Known(target) => target,
        WantedTarget::Issue(number) => {
            let found =
                tx.issue_numbered(desk.city.id, &number).await.map_err(|e| e.to_string())?;
            let issue = found.ok_or_else(|| format!("there is no issue “{number}” here"))?;
            Target::Issue(issue.id)
        }
    };
    drop(tx);
    let Wanted { addresses, name, filter, rhythm, via, state, .. } = wanted;
    let new = NewWatch { id, name, target, filter, rhythm, via };
    make(desk, addresses, new, state, agreed).await.map(Some).map_err(|e| e.to_string())
}

/// The watch that an export names, or one that the same Feature always asks for: a file that is
/// read twice makes nothing twice.
fn id_of(desk: &Desk, id: Option<&str>, given: &Given) -> WatchId {
    let named = id.and_then(|id| id.parse().ok());
    WatchId(named.unwrap_or_else(|| {
        let shape = given.shape.as_ref().map(Shape::to_geojson);
        let said = json!([given.properties, shape]).to_string();
        desk.engine.secrets().derive_id("imported watch", said.as_bytes())
    }))
}

async fn make(
    desk: &Desk,
    addresses: Vec<Address>,
    new: NewWatch,
    state: WatchState,
    agreed: bool,
) -> Result<WatchState, EngineError> {
    let (engine, city, id) = (&desk.engine, &desk.city, new.id);
    let Some(first) = addresses.first().cloned() else { return Err(EngineError::UnknownWatch) };
    let made = if agreed && state != WatchState::Unconfirmed {
        engine.settle_one(city, addresses, new).await?;
        WatchState::Active
    } else {
        let who = Who::Address { address: first.clone(), language: city.language.clone() };
        engine.watch(city, who, new).await?.state
    };
    if made == WatchState::Active && state == WatchState::Paused {
        pause(desk, &first, id).await?;
        return Ok(WatchState::Paused);
    }
    Ok(made)
}

async fn pause(desk: &Desk, address: &Address, id: WatchId) -> Result<(), EngineError> {
    let (engine, city) = (&desk.engine, &desk.city);
    let owner = engine.store().read().await?.contact_at(city.id, address).await?;
    let owner = owner.ok_or(EngineError::UnknownWatch)?.contact.watcher;
    let change = WatchChange { paused: Some(true), ..WatchChange::default() };
    engine.change_watch(city, owner, id, change).await.map(drop)
}

async fn export(args: ExportArgs) -> Result<(), Failure> {
    let (store, city) = look(&args.settings).await?;
    let mut tx = store.read().await?;
    let mut text = "{\"type\":\"FeatureCollection\",\"features\":[\n".to_owned();
    let (mut after, mut first) = (0, true);
    loop {
        let (rows, last) = tx.watch_changes(city.id, after, 500).await?;
        if rows.is_empty() {
            break;
        }
        after = last;
        let mut watchers: Vec<_> = rows.iter().map(|row| row.watch.watcher).collect();
        watchers.sort_unstable();
        watchers.dedup();
        let contacts = tx.contacts_of(city.id, &watchers).await?;
        for row in rows.iter().filter(|row| row.state != WatchState::Deleted) {
            let issue = match row.watch.target {
                Target::Issue(id) => tx.number_of(city.id, id).await?,
                _ => None,
            };
            text.push_str(if first { "" } else { ",\n" });
            text.push_str(&written(row, &contacts, issue.as_deref()).to_string());
            first = false;
        }
        if !print(&text)? {
            return Ok(());
        }
        text.clear();
    }
    print(&(text + "\n]}\n"))?;
    Ok(())
}

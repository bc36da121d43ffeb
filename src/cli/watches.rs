//! `wardwatch watches`: people and their watches in bulk.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use crate::clock::Clock;
use crate::config::Settings;
use crate::demo::people::{Browser, people};
use crate::engine::{NewWatch, Who};
use crate::geometry::{FileLimits, Limits, Shape, read_features};
use crate::issue::Category;
use crate::store::WatchState;
use crate::ward::WardRef;
use crate::watch::{Filter, Rhythm, Target, Via, WatchId};
use crate::watcher::{Address, EmailAddress};

use super::files::read_unpacked;
use super::progress::Progress;
use super::run::{Desk, Failure, print};

#[derive(Subcommand, Debug)]
pub enum Watches {
    /// Makes plausible people for the stored boundaries, all confirmed
    Generate(GenerateArgs),
    /// Takes watches from GeoJSON: email, name, categories and frequency in properties
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
    settings: Settings,
}

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// A GeoJSON FeatureCollection; a Point with `radius_m` is a circle
    file: PathBuf,
    /// The people have agreed elsewhere: nobody is asked to confirm
    #[arg(long)]
    confirmed: bool,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Args, Debug)]
pub struct ExportArgs {
    #[command(flatten)]
    settings: Settings,
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

async fn import(args: ImportArgs) -> Result<(), Failure> {
    let limits = FileLimits { features: usize::MAX, ..FileLimits::default() };
    let bytes =
        read_unpacked(&args.file, limits.bytes as u64).map_err(Failure::io(args.file.display()))?;
    let (features, refused) = read_features(&bytes, &limits)?.split();
    let desk = Desk::open(args.settings.clone(), Clock::System).await?;
    let mut failed = refused.len();
    for one in refused {
        eprintln!("wardwatch: feature {} is refused: {}", one.index + 1, one.reason);
    }
    let (mut made, mut waiting) = (0, 0);
    for feature in features {
        let at = feature.index + 1;
        match wanted(&desk, feature.shape, &feature.properties) {
            Ok((address, new)) => {
                let row = make(&desk, address, new, args.confirmed).await;
                match row {
                    Ok(WatchState::Unconfirmed) => waiting += 1,
                    Ok(_) => made += 1,
                    Err(reason) => {
                        failed += 1;
                        eprintln!("wardwatch: feature {at} is refused: {reason}");
                    }
                }
            }
            Err(reason) => {
                failed += 1;
                eprintln!("wardwatch: feature {at} is refused: {reason}");
            }
        }
    }
    eprintln!(
        "wardwatch: {made} watches are on, {waiting} wait for their people to confirm, {failed} were refused"
    );
    if failed > 0 { Err(Failure::new(format!("{failed} features were refused"))) } else { Ok(()) }
}

async fn make(
    desk: &Desk,
    address: EmailAddress,
    new: NewWatch,
    confirmed: bool,
) -> Result<WatchState, String> {
    let words = |e: crate::engine::EngineError| e.to_string();
    if confirmed {
        let address = Address::Mail(address);
        return desk
            .engine
            .settle_one(&desk.city, address, new)
            .await
            .map(|()| WatchState::Active)
            .map_err(words);
    }
    let who =
        Who::Address { address: Address::Mail(address), language: desk.city.language.clone() };
    desk.engine.watch(&desk.city, who, new).await.map(|row| row.state).map_err(words)
}

fn wanted(
    desk: &Desk,
    shape: Shape,
    properties: &Map<String, Value>,
) -> Result<(EmailAddress, NewWatch), String> {
    let text = |name: &str| properties.get(name).and_then(Value::as_str).map(str::trim);
    let email = text("email").ok_or("it has no `email` in its properties")?;
    let address: EmailAddress =
        email.parse().map_err(|e: crate::watcher::AddressError| e.to_string())?;
    Limits::default().check(&shape).map_err(|e| e.to_string())?;
    let rhythm = match text("frequency") {
        None => Rhythm::Daily,
        Some(word) => match word.to_lowercase().replace([' ', '-'], "_").as_str() {
            "at_once" | "immediate" | "instant" => Rhythm::AtOnce,
            "daily" => Rhythm::Daily,
            "weekly" => Rhythm::Weekly,
            _ => return Err(format!("`frequency` “{word}” is not at_once, daily or weekly")),
        },
    };
    let new = NewWatch {
        id: WatchId(desk.engine.random().uuid(desk.engine.clock().now())),
        name: text("name").filter(|name| !name.is_empty()).unwrap_or("My area").to_owned(),
        target: Target::Area(Arc::new(shape)),
        filter: Filter {
            categories: categories(properties.get("categories"))?,
            ..Filter::for_places()
        },
        rhythm,
        via: Via::BOTH,
    };
    Ok((address, new))
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

async fn export(args: ExportArgs) -> Result<(), Failure> {
    let desk = Desk::open(args.settings, Clock::System).await?;
    let mut tx = desk.engine.store().read().await?;
    print("{\"type\":\"FeatureCollection\",\"features\":[\n");
    let (mut after, mut first) = (0, true);
    loop {
        let (rows, last) = tx.watch_changes(desk.city.id, after, 500).await?;
        if rows.is_empty() {
            break;
        }
        after = last;
        let mut watchers: Vec<_> = rows.iter().map(|row| row.watch.watcher).collect();
        watchers.sort_unstable();
        watchers.dedup();
        let contacts = tx.contacts_of(desk.city.id, &watchers).await?;
        for row in rows.iter().filter(|row| row.state != WatchState::Deleted) {
            let theirs: Vec<&Address> = contacts
                .iter()
                .filter(|c| c.contact.watcher == row.watch.watcher)
                .map(|c| &c.contact.address)
                .collect();
            let separator = if first { "" } else { ",\n" };
            first = false;
            print(&format!("{separator}{}", feature(row, &theirs)));
        }
    }
    print("\n]}\n");
    Ok(())
}

/// A watch as a Feature that `watches import` reads back, when it is an area and its person has a
/// mail address. `watcher` tells people apart; `push` are their browsers' endpoints.
fn feature(row: &crate::store::WatchRow, addresses: &[&Address]) -> Value {
    let watch = &row.watch;
    let (mut email, mut push) = (None, vec![]);
    for address in addresses {
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
    let geometry = match &watch.target {
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
    };
    json!({"type": "Feature", "id": watch.id.0, "geometry": geometry, "properties": properties})
}

//! `wardwatch watches`: people and their watches in bulk.

mod features;
mod import;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};

use crate::clock::Clock;
use crate::config::DeskSettings;
use crate::demo::people::{Browser, people};
use crate::geometry::Shape;
use crate::issue::Category;
use crate::store::WatchState;
use crate::ward::WardRef;
use crate::watch::Target;

use self::features::written;
use super::progress::Progress;
use super::run::{Desk, Failure, look, print, say};

#[derive(Subcommand, Debug)]
pub enum Watches {
    /// Makes plausible people for the stored boundaries, all confirmed
    Generate(GenerateArgs),
    /// Takes watches from GeoJSON, as `export` writes them
    ///
    /// Properties: email or push (browsers' subscriptions), and if wanted name, frequency (at once,
    /// hourly, daily or weekly; the API calls it rhythm), categories, kinds, keywords, via and state;
    /// without a geometry also wards, or the number of an issue. Each mail address has to confirm,
    /// unless --confirmed; browsers cannot be asked, and are left out. A watch that is known by its
    /// id, or the same Feature again, is passed over. Exits 1 when a feature was refused or left
    /// out; the others are taken.
    Import(import::ImportArgs),
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
pub struct ExportArgs {
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(what: Watches) -> Result<(), Failure> {
    match what {
        Watches::Generate(args) => generate(args).await,
        Watches::Import(args) => import::run(args).await,
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
    say(&format!("{made} people with {watches} watches, all confirmed"));
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

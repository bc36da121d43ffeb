//! `wardwatch boundaries`: loads, compares and lists the city's boundary layers.

mod cover;
mod difference;
mod lies;
mod list;
mod turnover;
mod withdraw;

use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};

use crate::app::first_zone;
use crate::clock::{Clock, TimeError, Timestamp, Zone};
use crate::config::{DeskSettings, LayerLimits};
use crate::geometry::{Envelope, Feature, Shape};
use crate::issue::CityId;
use crate::store::{City, LayerRow, Store, Tx};
use crate::ward::{LayerVersion, Ward, bounds_of};

use self::difference::Difference;
use self::turnover::Before;
use super::files::{Mending, by_id, hint, read_mended_areas};
use super::run::{Desk, Failure, print, say};

#[derive(Subcommand, Debug)]
pub enum Boundaries {
    /// Loads a version of a boundary layer from GeoJSON, gzipped or not
    ///
    /// Says which wards go away, where the areas leave gaps and where they overlap. Exits 1 when a
    /// feature was left out, also with --dry-run.
    Import(ImportArgs),
    /// Lists the layers, their versions, and which of them hold
    List(list::ListArgs),
    /// Takes a version back: the one before it holds again, or one to come does not
    Withdraw(withdraw::WithdrawArgs),
    /// Tells what changes between two versions of a layer, and for how many watches
    Diff(difference::DiffArgs),
}

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// A GeoJSON file of wards, districts, beats …
    file: PathBuf,
    /// What the layer is called, in lower case: wards
    #[arg(long, value_name = "NAME", env = "WARDWATCH_LAYER")]
    layer: String,
    /// The property that tells the areas apart [default: the Feature's id, unless
    /// it only counts the features, or what looks like one]
    #[arg(long, value_name = "NAME", env = "WARDWATCH_ID_PROPERTY")]
    id_property: Option<String>,
    /// The property that people call an area by [default: “Ward” and its id]
    #[arg(long, value_name = "NAME", env = "WARDWATCH_NAME_PROPERTY")]
    name_property: Option<String>,
    /// From when it holds, as 2027-05-15 in the city's zone [default: always for a first version,
    /// now for a later one]
    #[arg(long, value_name = "DATE", env = "WARDWATCH_EFFECTIVE")]
    effective: Option<String>,
    /// Wards at most so many metres away hear of an issue too, marked “on the ward line”
    #[arg(long, value_name = "M", default_value = "1", value_parser = tolerance,
          env = "WARDWATCH_TOLERANCE_M")]
    tolerance_m: f64,
    /// Prints which areas would be added, removed and moved, and writes nothing
    #[arg(long, env = "WARDWATCH_DRY_RUN", value_parser = BoolishValueParser::new())]
    dry_run: bool,
    #[command(flatten)]
    flaws: Flaws,
    /// For how long at most to look for gaps and overlaps, once all is loaded; 0 leaves it out
    #[arg(long, value_name = "S", default_value = "60", env = "WARDWATCH_COVERAGE_SECONDS")]
    coverage_seconds: u64,
    /// Prints JSON: the version (`effective` null when it has always held), its coverage (null when there was no time for it) and, with --dry-run, the changes
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    limits: LayerLimits,
    #[command(flatten)]
    settings: DeskSettings,
}

/// What is done with features that are no areas.
#[derive(Args, Debug)]
struct Flaws {
    /// Keeps what a repair gives of an invalid shape, and prints what that changed; a tangle, which crosses itself over and over, is refused
    #[arg(long, env = "WARDWATCH_REPAIR", value_parser = BoolishValueParser::new())]
    repair: bool,
    /// Loads the map even when a ward that holds now goes away because its feature was left out, when none of them stays, or when it lies elsewhere altogether
    #[arg(long, env = "WARDWATCH_WITHOUT_LEFT_OUT", value_parser = BoolishValueParser::new())]
    without_left_out: bool,
}

impl Flaws {
    fn refusal(&self, before: &Before, new: &LayerVersion, left_out: usize) -> Option<String> {
        before.refusal(new, left_out).filter(|_| !self.without_left_out)
    }
}

pub async fn run(what: Boundaries) -> Result<(), Failure> {
    match what {
        Boundaries::Import(args) => import(args).await,
        Boundaries::List(args) => list::run(args).await,
        Boundaries::Withdraw(args) => withdraw::run(args).await,
        Boundaries::Diff(args) => difference::run(args).await,
    }
}

async fn import(args: ImportArgs) -> Result<(), Failure> {
    check_layer_name(&args.layer)?;
    let limits = args.settings.layer_limits(args.limits).map_err(Failure::settings)?;
    let mending = if args.flaws.repair { Mending::Wanted } else { Mending::Offered };
    let (features, left_out) =
        read_mended_areas(&args.file, &limits, mending, &mut |told| say(told))?;
    if features.is_empty() {
        return Err(Failure::new("no feature of the file could be taken; nothing was written"));
    }
    let wards = wards_of(features, &args)?;
    if let Some(bounds) = bounds_of(&wards) {
        say(&format!("the map lies {}", lies::in_words(&bounds)));
    }
    let Loaded { version, difference, written, refusal } = if args.dry_run {
        preview(&args, wards, left_out).await?
    } else {
        load(&args, wards, left_out).await?
    };
    let version = Arc::new(version);
    let coverage = cover::of(&version, args.coverage_seconds);
    if let Some(coverage) = &coverage {
        cover::tell(coverage, &version.wards);
    }
    if args.json {
        let mut told = serde_json::json!({
            "layer": version.layer, "version": version.version,
            "effective": list::since(version.effective),
            "wards": version.wards.len(), "left_out": left_out, "written": written,
            "coverage": coverage.map(|coverage| cover::json(&coverage, &version.wards)),
        });
        if let Some(difference) = &difference {
            told["changes"] = difference.json();
        }
        print(&format!("{told}\n"))?;
    }
    match (refusal, left_out) {
        (None, 0) => Ok(()),
        (Some(refusal), _) => Err(Failure::new(format!("nothing would be written: {refusal}"))),
        (None, _) => {
            let others = if args.dry_run { "would be loaded" } else { "are loaded" };
            Err(Failure::new(format!("{left_out} features were left out; the others {others}")))
        }
    }
}

/// What an import has come to.
struct Loaded {
    version: LayerVersion,
    difference: Option<Difference>,
    written: bool,
    /// Why it would not have been, of a dry run.
    refusal: Option<String>,
}

/// Writes the new version, unless it says nothing new.
async fn load(args: &ImportArgs, wards: Vec<Ward>, left_out: usize) -> Result<Loaded, Failure> {
    let desk = Desk::open(args.settings.clone(), Clock::System).await?;
    let (engine, city) = (&desk.engine, &desk.city);
    let now = engine.clock().now();
    let mut tx = engine.store().write().await?;
    tx.hold_layers(city.id).await?;
    let known = tx.layers(city.id).await?;
    let version = next_version(args, &city.zone, &known, wards, now)?;
    let before = Before::of(&mut tx, city.id, &version, &known, now).await?;
    if let Some(same) = before.same_as(&version, args.effective.is_some()) {
        say(&unchanged(same));
        let version = same.clone();
        return Ok(Loaded { version, difference: None, written: false, refusal: None });
    }
    if let Some(refusal) = args.flaws.refusal(&before, &version, left_out) {
        return Err(Failure::new(format!("nothing was written: {refusal}")));
    }
    let origin = args.file.file_name().unwrap_or_default().to_string_lossy();
    tx.put_layer_version(city.id, &version, &origin, now).await?;
    if let Some(bounds) = around(&version) {
        // Issues of the old version's time lie in the old bounds, those of other layers in theirs.
        let stored = tx.cities().await?.into_iter().find(|stored| stored.id == city.id);
        let old = stored.and_then(|stored| stored.bounds);
        let bounds = old.map_or(bounds, |old| old.union(&bounds));
        tx.set_city_bounds(city.id, bounds).await?;
    }
    tx.commit().await?;
    say(&told(&version, "is", &city.zone));
    before.told(&version, &city.zone).iter().for_each(|told| say(told));
    Ok(Loaded { version, difference: None, written: true, refusal: None })
}

fn unchanged(version: &LayerVersion) -> String {
    let LayerVersion { layer, version: number, .. } = version;
    format!("nothing changes: version {number} of “{layer}” has the same areas; no new one is made")
}

/// Prints what the new version would change in the one before it. Makes and writes nothing.
async fn preview(args: &ImportArgs, wards: Vec<Ward>, left_out: usize) -> Result<Loaded, Failure> {
    let settings = args.settings.clone().with_file().map_err(Failure::settings)?;
    let now = Clock::System.now();
    let (mut known, mut before, mut watched, mut city) = (vec![], Before::nothing(), vec![], None);
    let given = settings.zone().map_err(Failure::settings)?;
    let zone_of = |city: Option<&City>| {
        given.clone().or(city.map(|city| city.zone.clone())).unwrap_or_else(first_zone)
    };
    let mut version = None;
    let at = settings.store().map_err(Failure::settings)?;
    if let Some(store) = Store::look(&at).await? {
        let mut tx = store.read().await?;
        city = tx.cities().await?.into_iter().next();
        if let Some(city) = &city {
            known = tx.layers(city.id).await?;
            watched = tx.watched_wards(city.id).await?;
            let new = next_version(args, &zone_of(Some(city)), &known, wards.clone(), now)?;
            before = Before::of(&mut tx, city.id, &new, &known, now).await?;
            version = Some(new);
        }
        drop(tx);
        store.close().await;
    }
    let zone = zone_of(city.as_ref());
    let version = match version {
        Some(version) => version,
        None => next_version(args, &zone, &known, wards, now)?,
    };
    let difference = Difference::between(&args.layer, before.wards(), &version.wards, &watched);
    if !args.json {
        print(&difference.lines())?;
    }
    let same = before.same_as(&version, args.effective.is_some());
    match same {
        Some(same) => say(&unchanged(same)),
        None => say(&told(&version, "would become", &zone)),
    }
    if before.wards().is_empty() {
        say(&format!("of these {}", difference.counted()));
    }
    before.told(&version, &zone).iter().for_each(|told| say(told));
    if before.overtaken.is_none() {
        difference.for_people().iter().for_each(|told| say(told));
    }
    let refusal = args.flaws.refusal(&before, &version, left_out).filter(|_| same.is_none());
    Ok(Loaded { version, difference: Some(difference), written: false, refusal })
}

fn next_version(
    args: &ImportArgs,
    zone: &Zone,
    known: &[LayerRow],
    wards: Vec<Ward>,
    now: Timestamp,
) -> Result<LayerVersion, Failure> {
    let last = known.iter().filter(|row| row.layer == args.layer).map(|row| row.version).max();
    let effective = match (&args.effective, last) {
        (Some(date), _) => zone.parse_local(&format!("{date}T00:00:00")).map_err(|why| {
            let todo = match why {
                TimeError::OutOfBounds(_) => "is too far; the last day that can be is 9999-12-30",
                _ => "is not a date; write 2027-05-15",
            };
            Failure::usage(format!("--effective “{date}” {todo}"))
        })?,
        (None, None) => Timestamp::from_millis(0),
        (None, Some(_)) => now,
    };
    Ok(LayerVersion {
        layer: args.layer.clone(),
        version: last.unwrap_or(0) + 1,
        effective,
        tolerance_m: args.tolerance_m,
        wards,
    })
}

/// A number of metres, for clap.
pub(super) fn tolerance(text: &str) -> Result<f64, String> {
    let metres: f64 = text.parse().map_err(|_| format!("“{text}” is not a number of metres"))?;
    if metres.is_finite() && metres >= 0.0 {
        Ok(metres)
    } else {
        Err(format!("{metres} metres are no tolerance; give 0 or more"))
    }
}

/// What a person writes before the name of the property of ids.
const NAMING: &str = "--id-property ";

fn wards_of(features: Vec<Feature>, args: &ImportArgs) -> Result<Vec<Ward>, Failure> {
    let shown = args.file.display();
    let mut tell = |told: &str| say(&format!("{shown}: {told}"));
    let wards = by_id(features, args.id_property.as_deref(), NAMING, &mut tell)
        .map_err(|why| Failure::new(format!("{shown}: {why}{}", hint(&why, NAMING))))?;
    let ward = |(key, features): (String, Vec<Feature>)| {
        let name = named(&features[0], &key, args.name_property.as_deref())?;
        let shape = Shape::join(features.into_iter().map(|feature| feature.shape).collect());
        Ok(Ward { key, name, shape })
    };
    wards.into_iter().map(ward).collect()
}

fn named(feature: &Feature, key: &str, property: Option<&str>) -> Result<String, Failure> {
    let Some(property) = property else { return Ok(format!("Ward {key}")) };
    match feature.properties.get(property) {
        Some(serde_json::Value::String(name)) => Ok(name.trim().to_owned()),
        Some(serde_json::Value::Number(number)) => Ok(number.to_string()),
        _ => {
            Err(Failure::new(format!("feature {} has no name in “{property}”", feature.index + 1)))
        }
    }
}

fn check_layer_name(name: &str) -> Result<(), Failure> {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !name.is_empty() && name.len() <= 40 && name.chars().all(fine) {
        return Ok(());
    }
    let rule = "a layer's name has 1 to 40 of a-z, 0-9, - and _";
    Err(Failure::usage(format!("--layer “{name}”: {rule}")))
}

fn told(version: &LayerVersion, verb: &str, zone: &Zone) -> String {
    let LayerVersion { layer, version: number, wards, .. } = version;
    let since = match list::since(version.effective) {
        None => "it has always held".to_owned(),
        Some(from) => format!("it holds from {}", list::day(from, zone)),
    };
    format!("{} areas: this {verb} version {number} of “{layer}”; {since}", wards.len())
}

/// The box around all maps that hold, have held or will; none without any.
async fn around_all(
    tx: &mut Tx,
    city: CityId,
    rows: &[LayerRow],
) -> Result<Option<Envelope>, Failure> {
    let mut all: Option<Envelope> = None;
    for row in rows {
        let version = tx.layer_version(city, &row.layer, row.version).await?;
        if let Some(bounds) = version.as_ref().and_then(around) {
            all = Some(all.map_or(bounds, |all| all.union(&bounds)));
        }
    }
    Ok(all)
}

/// The box around a layer, grown by two kilometres: a city's issues lie there.
fn around(version: &LayerVersion) -> Option<Envelope> {
    let boxes = version.wards.iter().flat_map(|ward| ward.shape.envelopes(2_000.0));
    boxes.reduce(|all, one| all.union(&one))
}

//! `wardwatch boundaries`: loads and lists the city's boundary layers.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};

use crate::app::first_zone;
use crate::clock::{Clock, Timestamp, Zone};
use crate::config::{DeskSettings, LayerLimits};
use crate::geometry::{Envelope, Feature, pick_ids};
use crate::issue::CityId;
use crate::store::{LayerRow, Store, Tx};
use crate::ward::{LayerVersion, Ward, WardChange, changes};

use super::files::read_areas;
use super::run::{Desk, Failure, print, say};

#[derive(Subcommand, Debug)]
pub enum Boundaries {
    /// Loads a version of a boundary layer from GeoJSON, gzipped or not
    ///
    /// Exits 1 when a feature was left out, also with --dry-run.
    Import(ImportArgs),
    /// Lists the layers, their versions, and which of them hold
    List(ListArgs),
}

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// A GeoJSON file of wards, districts, beats …
    file: PathBuf,
    /// What the layer is called, in lower case: wards
    #[arg(long, value_name = "NAME", env = "WARDWATCH_LAYER")]
    layer: String,
    /// The property that tells the areas apart [default: the Feature's id, or what looks like one]
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
    limits: LayerLimits,
    #[command(flatten)]
    settings: DeskSettings,
}

#[derive(Args, Debug)]
pub struct ListArgs {
    /// Prints JSON
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(what: Boundaries) -> Result<(), Failure> {
    match what {
        Boundaries::Import(args) => import(args).await,
        Boundaries::List(args) => list(args).await,
    }
}

async fn import(args: ImportArgs) -> Result<(), Failure> {
    check_layer_name(&args.layer)?;
    let limits = args.settings.layer_limits(args.limits).map_err(Failure::settings)?;
    let (features, left_out) = read_areas(&args.file, &limits, &mut |told| say(told))?;
    if features.is_empty() {
        return Err(Failure::new("no feature of the file could be taken; nothing was written"));
    }
    let wards = wards_of(&features, &args)?;
    if args.dry_run {
        preview(&args, wards).await?;
    } else {
        load(&args, wards).await?;
    }
    if left_out == 0 {
        return Ok(());
    }
    let others = if args.dry_run { "would be loaded" } else { "are loaded" };
    Err(Failure::new(format!("{left_out} features were left out; the others {others}")))
}

/// Writes the new version.
async fn load(args: &ImportArgs, wards: Vec<Ward>) -> Result<(), Failure> {
    let desk = Desk::open(args.settings.clone(), Clock::System).await?;
    let (engine, city) = (&desk.engine, &desk.city);
    let now = engine.clock().now();
    let mut tx = engine.store().write().await?;
    let known = tx.layers(city.id).await?;
    let version = next_version(args, &city.zone, &known, wards, now)?;
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
    say(&told(&version, "is"));
    Ok(())
}

/// Prints what the new version would change in the one that holds. Makes and writes nothing.
async fn preview(args: &ImportArgs, wards: Vec<Ward>) -> Result<(), Failure> {
    let settings = args.settings.clone().with_file().map_err(Failure::settings)?;
    let now = Clock::System.now();
    let (mut known, mut before, mut city) = (vec![], vec![], None);
    if let Some(store) = Store::look(&settings.store()).await? {
        let mut tx = store.read().await?;
        city = tx.cities().await?.into_iter().next();
        if let Some(city) = &city {
            known = tx.layers(city.id).await?;
            before = wards_in_force(&mut tx, city.id, &args.layer, now).await?;
        }
        drop(tx);
        store.close().await;
    }
    let zone = settings.zone().map_err(Failure::settings)?.or(city.map(|city| city.zone));
    let version = next_version(args, &zone.unwrap_or_else(first_zone), &known, wards, now)?;
    let changes = changes(&before, &version.wards);
    print(&changes.iter().map(|(key, change)| change_told(key, change)).collect::<String>())?;
    let counted =
        |is: fn(&WardChange) -> bool| changes.values().filter(|change| is(change)).count();
    say(&told(&version, "would become"));
    say(&format!(
        "of these {} are added, {} moved and {} as they were; {} are removed",
        counted(|change| matches!(change, WardChange::Added)),
        counted(|change| matches!(change, WardChange::Moved(_))),
        version.wards.iter().filter(|ward| !changes.contains_key(&*ward.key)).count(),
        counted(|change| matches!(change, WardChange::Removed)),
    ));
    Ok(())
}

async fn wards_in_force(
    tx: &mut Tx,
    city: CityId,
    layer: &str,
    now: Timestamp,
) -> Result<Vec<Ward>, Failure> {
    let in_force = tx.layers_in_force(city, now).await?;
    let Some(row) = in_force.into_iter().find(|row| row.layer == layer) else { return Ok(vec![]) };
    let version = tx.layer_version(city, layer, row.version).await?;
    Ok(version.map(|version| version.wards).unwrap_or_default())
}

fn change_told(key: &str, change: &WardChange) -> String {
    match change {
        WardChange::Added => format!("added    {key}\n"),
        WardChange::Removed => format!("removed  {key}\n"),
        WardChange::Moved(share) if *share < 0.000_1 => {
            format!("moved    {key}: less than 0.01 % of its area changes\n")
        }
        WardChange::Moved(share) => {
            format!("moved    {key}: {:.2} % of its area changes\n", share * 100.0)
        }
    }
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
        (Some(date), _) => zone.parse_local(&format!("{date}T00:00:00")).map_err(|_| {
            Failure::usage(format!("--effective “{date}” is not a date; write 2027-05-15"))
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

fn wards_of(features: &[Feature], args: &ImportArgs) -> Result<Vec<Ward>, Failure> {
    let choice = pick_ids(features, args.id_property.as_deref())?;
    if args.id_property.is_none() {
        eprintln!("wardwatch: areas are told apart by “{}”", choice.property);
    }
    let named = |feature: &Feature, key: &str| match &args.name_property {
        None => Ok(format!("Ward {key}")),
        Some(property) => match feature.properties.get(property) {
            Some(serde_json::Value::String(name)) => Ok(name.trim().to_owned()),
            Some(serde_json::Value::Number(number)) => Ok(number.to_string()),
            _ => Err(Failure::new(format!(
                "feature {} has no name in “{property}”",
                feature.index + 1
            ))),
        },
    };
    features
        .iter()
        .zip(choice.ids)
        .map(|(feature, key)| {
            let name = named(feature, &key)?;
            Ok(Ward { key, name, shape: feature.shape.clone() })
        })
        .collect()
}

fn check_layer_name(name: &str) -> Result<(), Failure> {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !name.is_empty() && name.len() <= 40 && name.chars().all(fine) {
        return Ok(());
    }
    let rule = "a layer's name has 1 to 40 of a-z, 0-9, - and _";
    Err(Failure::usage(format!("--layer “{name}”: {rule}")))
}

fn told(version: &LayerVersion, verb: &str) -> String {
    let LayerVersion { layer, version: number, wards, .. } = version;
    let since = if version.effective.as_millis() == 0 {
        "it has always held".to_owned()
    } else {
        format!("it holds from {}", version.effective)
    };
    format!("{} areas: this {verb} version {number} of “{layer}”; {since}", wards.len())
}

/// The box around a layer, grown by two kilometres: a city's issues lie there.
fn around(version: &LayerVersion) -> Option<Envelope> {
    let boxes = version.wards.iter().flat_map(|ward| ward.shape.envelopes(2_000.0));
    boxes.reduce(|all, one| all.union(&one))
}

async fn list(args: ListArgs) -> Result<(), Failure> {
    let desk = Desk::open(args.settings, Clock::System).await?;
    let mut tx = desk.engine.store().read().await?;
    let now = desk.engine.clock().now();
    let in_force = tx.layers_in_force(desk.city.id, now).await?;
    let rows = tx.layers(desk.city.id).await?;
    if rows.is_empty() && !args.json {
        eprintln!("wardwatch: no boundaries yet; load some with: wardwatch boundaries import");
    }
    let mut text = String::new();
    for row in rows {
        let holds = in_force.iter().any(|l| l.layer == row.layer && l.version == row.version);
        if args.json {
            text.push_str(
                &serde_json::json!({
                    "layer": row.layer, "version": row.version, "effective": row.effective,
                    "imported_at": row.imported_at, "origin": row.origin, "wards": row.wards,
                    "tolerance_m": row.tolerance_m, "in_force": holds,
                })
                .to_string(),
            );
            text.push('\n');
        } else {
            let mark = if holds { "holds" } else { "" };
            let (layer, version, wards, from) = (row.layer, row.version, row.wards, row.effective);
            let origin = row.origin;
            let _ = writeln!(
                text,
                "{layer:<16} version {version:<3} {wards:>5} areas  from {from}  {origin}  {mark}"
            );
        }
    }
    print(&text)?;
    Ok(())
}

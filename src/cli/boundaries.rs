//! `wardwatch boundaries`: loads and lists the city's boundary layers.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::clock::{Clock, Timestamp};
use crate::config::Settings;
use crate::geometry::{Envelope, Feature, FeatureFile, FileLimits, pick_ids, read_features};
use crate::ward::{LayerVersion, Ward};

use super::files::read_unpacked;
use super::run::{Desk, Failure, print};

#[derive(Subcommand, Debug)]
pub enum Boundaries {
    /// Loads a version of a boundary layer from GeoJSON, gzipped or not
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
    #[arg(long, value_name = "M", default_value_t = 1.0, env = "WARDWATCH_TOLERANCE_M")]
    tolerance_m: f64,
    /// Prints what would change and writes nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Args, Debug)]
pub struct ListArgs {
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Settings,
}

pub async fn run(what: Boundaries) -> Result<(), Failure> {
    match what {
        Boundaries::Import(args) => import(args).await,
        Boundaries::List(args) => list(args).await,
    }
}

async fn import(args: ImportArgs) -> Result<(), Failure> {
    check_layer_name(&args.layer)?;
    let limits = FileLimits::default();
    let bytes =
        read_unpacked(&args.file, limits.bytes as u64).map_err(Failure::io(args.file.display()))?;
    let file = read_features(&bytes, &limits)?;
    drop(bytes);
    let (features, refused) = told(file);
    if features.is_empty() {
        return Err(Failure::new("no feature of the file could be taken; nothing was written"));
    }
    let wards = wards_of(&features, &args)?;
    let desk = Desk::open(args.settings.clone(), Clock::System).await?;
    let (engine, city) = (&desk.engine, &desk.city);
    let now = engine.clock().now();
    let mut tx = engine.store().write().await?;
    let known = tx.layers(city.id).await?;
    let last = known.iter().filter(|row| row.layer == args.layer).map(|row| row.version).max();
    let effective = match (&args.effective, last) {
        (Some(date), _) => city.zone.parse_local(&format!("{date}T00:00:00")).map_err(|_| {
            Failure::usage(format!("--effective “{date}” is not a date; write 2027-05-15"))
        })?,
        (None, None) => Timestamp::from_millis(0),
        (None, Some(_)) => now,
    };
    let version = LayerVersion {
        layer: args.layer.clone(),
        version: last.unwrap_or(0) + 1,
        effective,
        tolerance_m: args.tolerance_m,
        wards,
    };
    say_what_changes(&version, args.dry_run);
    if args.dry_run {
        return Ok(());
    }
    let origin = args.file.file_name().unwrap_or_default().to_string_lossy();
    tx.put_layer_version(city.id, &version, &origin, now).await?;
    if city.bounds.is_none()
        && let Some(bounds) = around(&version)
    {
        tx.set_city_bounds(city.id, bounds).await?;
    }
    tx.commit().await?;
    if refused > 0 {
        return Err(Failure::new(format!(
            "{refused} features were refused; the others are loaded"
        )));
    }
    Ok(())
}

/// Tells what was tolerated and what was refused; gives what was taken, and the number refused.
fn told(file: FeatureFile) -> (Vec<Feature>, usize) {
    for warning in &file.warnings {
        eprintln!("wardwatch: {warning}");
    }
    let (features, refused) = file.split();
    for feature in &features {
        for warning in &feature.warnings {
            eprintln!("wardwatch: feature {}: {warning}", feature.index + 1);
        }
    }
    for one in &refused {
        let id = one.id.as_deref().map(|id| format!(" (id {id})")).unwrap_or_default();
        eprintln!("wardwatch: feature {}{id} is refused: {}", one.index + 1, one.reason);
    }
    (features, refused.len())
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

fn say_what_changes(version: &LayerVersion, dry_run: bool) {
    let LayerVersion { layer, version: number, wards, .. } = version;
    let since = if version.effective.as_millis() == 0 {
        "it has always held".to_owned()
    } else {
        format!("it holds from {}", version.effective)
    };
    let verb = if dry_run { "would become" } else { "is" };
    eprintln!(
        "wardwatch: {} areas: this {verb} version {number} of “{layer}”; {since}",
        wards.len()
    );
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
    print(&text);
    Ok(())
}

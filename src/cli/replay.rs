//! `wardwatch replay`: what people would get of a real feed, and how soon.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap::builder::BoolishValueParser;

use crate::app::first_zone;
use crate::bench::{ReplayPlan, ReplayReport, Stage, run_replay};
use crate::clock::{Clock, Timestamp, Zone};
use crate::config::{DeskSettings, LayerLimits, PlaceRule};
use crate::demo::people::{Person, PlannedWatch, people};
use crate::demo::replay::most_frequent;
use crate::intake::Mapping;
use crate::issue::Notice;
use crate::store::{City, Store, Tx, WatchState};
use crate::ward::{LayerVersion, WardRef};
use crate::watch::Target;
use crate::watcher::{ContactKind, WatcherId};

use super::demo::{feed, wards_in};
use super::files::AreaFile;
use super::progress::Progress;
use super::run::{Failure, print, say};

#[derive(Args, Debug)]
pub struct ReplayArgs {
    /// A real feed: CSV, NDJSON or GeoJSON, gzipped or not
    file: PathBuf,
    /// How many times as fast as it happened
    #[arg(long, value_name = "X", default_value_t = 100.0, env = "WARDWATCH_SPEED",
          value_parser = speed)]
    speed: f64,
    /// So many generated people in place of the stored watches
    #[arg(long, value_name = "N", env = "WARDWATCH_WATCHERS")]
    watchers: Option<usize>,
    /// The same seed gives the same people
    #[arg(long, value_name = "N", default_value_t = 1, env = "WARDWATCH_SEED")]
    seed: u64,
    /// Wards as GeoJSON in place of the stored boundaries; they make the layer `wards`
    #[arg(long, value_name = "FILE[#ID_PROPERTY]", env = "WARDWATCH_BOUNDARIES")]
    boundaries: Option<AreaFile>,
    /// Which columns hold what, where their names do not say
    #[arg(long, value_name = "lon=COL,lat=COL,id=COL,…", env = "WARDWATCH_MAP")]
    map: Option<Mapping>,
    /// Where the throwaway city is made and removed; on a real disk, or syncing costs nothing
    #[arg(long, value_name = "DIR", default_value = ".", env = "WARDWATCH_BENCH_DIR")]
    dir: PathBuf,
    /// Prints one JSON object
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    // `--timezone` of the settings is the zone of times without one, and of digests.
    #[command(flatten)]
    settings: DeskSettings,
    #[command(flatten)]
    limits: LayerLimits,
    #[command(flatten)]
    place_rule: PlaceRule,
}

/// The layer that a file of wards makes, as `watches generate` looks for it.
const LAYER: &str = "wards";

/// How many times as fast, for clap.
fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse::<f64>().ok().filter(|speed| *speed > 0.0 && *speed <= 1e6);
    speed.ok_or_else(|| "write a number above 0 and up to 1000000".to_owned())
}

pub async fn run(args: ReplayArgs) -> Result<(), Failure> {
    let plan = plan(&args).await?;
    let mut progress = Progress::new(Some(1_000), "{msg} {wide_bar} {percent} % {eta} left");
    let report = run_replay(plan, &mut |Stage { doing, done }| {
        progress.at(thousandths(done), doing);
    })
    .await;
    progress.end();
    let report = report?;
    let text = if args.json { serde_json::json!(report).to_string() } else { told(&report) };
    print(&(text + "\n"))?;
    let ReplayReport { missed, repeated, unasked, .. } = report;
    match missed + repeated + unasked {
        0 => Ok(()),
        _ => Err(Failure::new(format!(
            "{missed} changes were missed, {repeated} repeated, {unasked} unasked for"
        ))),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
fn thousandths(part: f64) -> u64 {
    (part.clamp(0.0, 1.0) * 1_000.0) as u64
}

async fn plan(args: &ReplayArgs) -> Result<ReplayPlan, Failure> {
    let limits = args.settings.layer_limits(args.limits).map_err(Failure::settings)?;
    let engine = args.settings.engine(args.place_rule).map_err(Failure::settings)?;
    let settings = args.settings.clone().with_file().map_err(Failure::settings)?;
    let given = settings.zone().map_err(Failure::settings)?;
    let mut stored = Stored::default();
    if args.boundaries.is_none() || args.watchers.is_none() {
        let at = settings.store().map_err(Failure::settings)?;
        let store = Store::look(&at).await?.ok_or_else(|| {
            Failure::usage(
                "there is no database with boundaries and watches; give --boundaries FILE and \
                 --watchers N",
            )
        })?;
        let mut tx = store.read().await?;
        stored = Stored::read(&mut tx, args.watchers.is_none()).await?;
        drop(tx);
        store.close().await;
    }
    let zone = given.or(stored.zone).unwrap_or_else(first_zone);
    let notices = feed(&args.file, args.map.clone().unwrap_or_default(), &zone)?;
    let layers = match &args.boundaries {
        Some(file) => vec![layer_of(file, &limits)?],
        None => stored.layers,
    };
    let people = match args.watchers {
        Some(count) => generated(&layers, &notices, args.seed, count)?,
        None => stored.people,
    };
    Ok(ReplayPlan {
        feed: notices,
        speed: args.speed,
        city_name: stored.city_name.unwrap_or_else(|| "Replay".to_owned()),
        zone,
        layers,
        people,
        engine,
        dir: args.dir.clone(),
    })
}

fn layer_of(
    file: &AreaFile,
    limits: &crate::geometry::FileLimits,
) -> Result<LayerVersion, Failure> {
    Ok(LayerVersion {
        layer: LAYER.to_owned(),
        version: 1,
        effective: Timestamp::from_millis(0),
        tolerance_m: 1.0,
        wards: wards_in(file, limits)?,
    })
}

/// People for these boundaries who choose from what the feed reports.
fn generated(
    layers: &[LayerVersion],
    feed: &[Notice],
    seed: u64,
    count: usize,
) -> Result<Vec<Person>, Failure> {
    let usual = layers.iter().find(|layer| layer.layer == LAYER).or_else(|| layers.first());
    let layer = usual.ok_or_else(|| {
        Failure::new("there are no boundaries to live in; give --boundaries FILE")
    })?;
    let wards = layer.wards.iter().map(|ward| {
        let key = WardRef { layer: layer.layer.clone(), ward: ward.key.clone() };
        (key, Arc::new(ward.shape.clone()))
    });
    Ok(people(wards.collect(), most_frequent(feed), seed, count).collect())
}

/// What the replay takes from the stored city.
#[derive(Default)]
struct Stored {
    city_name: Option<String>,
    zone: Option<Zone>,
    layers: Vec<LayerVersion>,
    people: Vec<Person>,
}

impl Stored {
    async fn read(tx: &mut Tx, with_people: bool) -> Result<Self, Failure> {
        let city = tx.cities().await?.into_iter().next();
        let city = city.ok_or_else(|| Failure::new("the database has no city"))?;
        let mut layers = vec![];
        for row in tx.layers_in_force(city.id, Clock::System.now()).await? {
            if let Some(mut version) = tx.layer_version(city.id, &row.layer, row.version).await? {
                // Whatever the feed's year: it is played to the map of today.
                (version.version, version.effective) = (1, Timestamp::from_millis(0));
                layers.push(version);
            }
        }
        let people = if with_people { people_of(tx, &city).await? } else { vec![] };
        Ok(Self { city_name: Some(city.name), zone: Some(city.zone), layers, people })
    }
}

/// Whoever watches in the store, under other names: nobody's address leaves it.
async fn people_of(tx: &mut Tx, city: &City) -> Result<Vec<Person>, Failure> {
    let mut watches: HashMap<WatcherId, Vec<PlannedWatch>> = HashMap::new();
    let (mut after, mut of_issues) = (0, 0);
    loop {
        let (rows, last) = tx.watch_changes(city.id, after, 5_000).await?;
        if rows.is_empty() {
            break;
        }
        after = last;
        for row in rows.into_iter().filter(|row| row.state == WatchState::Active) {
            let watch = row.watch;
            if matches!(watch.target, Target::Issue(_)) {
                of_issues += 1;
                continue;
            }
            watches.entry(watch.watcher).or_default().push(PlannedWatch {
                name: watch.name,
                target: watch.target,
                filter: watch.filter,
                rhythm: watch.rhythm,
                via: watch.via,
            });
        }
    }
    if of_issues > 0 {
        say(&format!("{of_issues} watches of single issues are left out: the feed has others"));
    }
    let mut watchers: Vec<WatcherId> = watches.keys().copied().collect();
    watchers.sort_unstable();
    let contacts = tx.contacts_of(city.id, &watchers).await?;
    let has = |watcher: WatcherId, kind: ContactKind| {
        let mut theirs = contacts.iter().filter(|row| row.contact.watcher == watcher);
        theirs.any(|row| row.confirmed && row.contact.address.kind() == kind)
    };
    let mut people = vec![];
    for (number, watcher) in watchers.into_iter().enumerate() {
        let mut theirs = watches.remove(&watcher).unwrap_or_default();
        let (mail, push) = (has(watcher, ContactKind::Mail), has(watcher, ContactKind::Push));
        for watch in &mut theirs {
            watch.via.mail &= mail;
            watch.via.push &= push;
        }
        theirs.retain(|watch| watch.via.mail || watch.via.push);
        if !theirs.is_empty() {
            people.push(Person {
                name: format!("Person {number}"),
                email: format!("person-{number}@example.org"),
                push,
                language: "en",
                watches: theirs,
            });
        }
    }
    Ok(people)
}

fn told(r: &ReplayReport) -> String {
    let mut lines = vec![
        format!(
            "{:.1} days of the feed at {} times their speed: {} issues, {} events; {} people \
             with {} watches",
            r.feed_days, r.speed, r.issues, r.events, r.people, r.watches
        ),
        format!(
            "messages            {} mails and {} pushes, {} of them digests, to {} people",
            r.mails, r.pushes, r.digests, r.people_told
        ),
        format!(
            "a person and week   median {:.1}, p90 {:.1}, p99 {:.1}, most {:.1} messages",
            r.messages_per_person_week_median,
            r.messages_per_person_week_p90,
            r.messages_per_person_week_p99,
            r.messages_per_person_week_max
        ),
        format!("at once, in an hour {} messages at most", r.most_at_once_in_an_hour),
        format!(
            "changes             {} missed, {} repeated, {} unasked for; {} counted in full digests",
            r.missed, r.repeated, r.unasked, r.counted_in_digests
        ),
        format!(
            "to the push service {:.0} ms median, {:.0} ms for 99 of 100",
            r.accept_to_push_p50_ms, r.accept_to_push_p99_ms
        ),
        format!(
            "to the mail server  {:.0} ms median, {:.0} ms for 99 of 100",
            r.accept_to_mail_p50_ms, r.accept_to_mail_p99_ms
        ),
    ];
    for (place, count) in &r.places_not_believed {
        lines.push(format!(
            "place {:<13} {count} issues, told to nobody who watches places",
            place.replace('_', " ")
        ));
    }
    for point in &r.held_points {
        let address = point.address.as_deref().unwrap_or("no address");
        let (lon, lat, issues) = (point.lon, point.lat, point.issues);
        lines.push(format!("held point          {lon:.5},{lat:.5} {address}: {issues} issues"));
    }
    if r.notices_after_the_end > 0 {
        let count = r.notices_after_the_end;
        lines.push(format!("{count} closings after the feed's last report were not played"));
    }
    lines.push(format!("in {:.0} s", r.took_s));
    lines.join("\n")
}

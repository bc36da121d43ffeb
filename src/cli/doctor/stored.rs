//! The database, and what it tells of clock, boundaries, held places and the outbox.

use std::path::PathBuf;
use std::time::Duration;

use super::super::run::{counted, told};
use super::{Finding, span};
use crate::clock::Timestamp;
use crate::config::ConfigError;
use crate::geometry::Envelope;
use crate::store::{
    City, DATABASE_OF_ITS_OWN, Decision, GazetteerKind, Health, Schema, Store, StoreError,
    StoreSettings, Tx,
};

/// What was found, and what other checks ask.
#[derive(Debug, Default)]
pub(super) struct Stored {
    pub findings: Vec<Finding>,
    /// Where an SQLite database lies.
    pub file: Option<PathBuf>,
    /// Addresses that mail has gone to, and browsers that have subscribed.
    pub people: i64,
    pub browsers: i64,
    /// Of the city.
    pub bounds: Option<Envelope>,
}

pub(super) async fn examine(
    settings: &Result<StoreSettings, ConfigError>,
    now: Timestamp,
) -> Stored {
    let name = "database";
    let mut stored = Stored::default();
    let settings = match settings {
        Ok(settings) => settings,
        Err(why) => {
            let todo = "nothing in it was looked at";
            stored.findings.push(Finding::fail(name, why.to_string(), todo));
            return stored;
        }
    };
    let health = match Store::health(settings).await {
        Ok(Some(health)) => health,
        Ok(None) => {
            let (found, todo) = ("there is none yet", "`wardwatch serve` makes it");
            stored.findings.push(Finding::warn(name, found, todo));
            return stored;
        }
        Err(why) => {
            stored.findings.push(out_of_reach(&why));
            return stored;
        }
    };
    let finding = judge(&health);
    let readable = health.schema == Schema::Ours && health.damage.is_none();
    stored.findings.push(finding);
    stored.file.clone_from(&health.file);
    if readable && let Err(why) = read_cities(settings, &health, now, &mut stored).await {
        stored.findings.push(out_of_reach(&why));
    }
    stored
}

fn out_of_reach(why: &StoreError) -> Finding {
    let todo = match why {
        StoreError::OutOfReach { at, why, todo, .. } => {
            return Finding::fail("database", format!("{at} cannot be reached: {why}"), *todo);
        }
        StoreError::Unopened { at, why, todo } => {
            return Finding::fail("database", format!("{at} {why}"), *todo);
        }
        StoreError::Unavailable(_) => "start it, or correct --database-url",
        _ => "check that --database-url names the right database, or restore a backup",
    };
    Finding::fail("database", told(why), todo)
}

fn judge(health: &Health) -> Finding {
    let name = "database";
    let Health { name: at, schema, writable, damage, .. } = health;
    if let Some(damage) = damage {
        let todo = "stop the service, keep the file, and restore the last backup";
        return Finding::fail(name, format!("{at} is damaged: {damage}"), todo);
    }
    if let Schema::Foreign(tables) = schema {
        let found = format!("{at} holds tables of another program ({tables})");
        return Finding::fail(name, found, DATABASE_OF_ITS_OWN);
    }
    if let Err(why) = writable {
        let busy = why.is_passing();
        let todo = if busy { "try again" } else { "let this user write it, on a disk with room" };
        let found = format!("{at} cannot be written: {}", told(why));
        return if busy {
            Finding::warn(name, found, todo)
        } else {
            Finding::fail(name, found, todo)
        };
    }
    match schema {
        Schema::Ours => Finding::ok(name, format!("{at} can be read and written, and is whole")),
        Schema::Empty => {
            let found = format!("{at} is empty");
            Finding::warn(name, found, "`wardwatch serve` makes its tables")
        }
        Schema::Older => {
            let found = format!("{at} was made by an older version");
            Finding::warn(name, found, "`wardwatch serve` brings it up to date; back it up first")
        }
        Schema::Other | Schema::Foreign(_) => {
            let found = format!("{at} was made by another version, which this one does not know");
            Finding::fail(name, found, "use that version, or restore a backup of this one")
        }
    }
}

async fn read_cities(
    settings: &StoreSettings,
    health: &Health,
    now: Timestamp,
    stored: &mut Stored,
) -> Result<(), StoreError> {
    let Some(store) = Store::look(settings).await? else { return Ok(()) };
    let mut tx = store.read().await?;
    let (mut newest, mut unmatched) = (None, None);
    let mut of_cities = vec![];
    for city in tx.cities().await? {
        let traces = tx.traces(city.id).await?;
        stored.people += traces.mails;
        stored.browsers += traces.pushes;
        stored.bounds = stored.bounds.or(city.bounds);
        newest = newest.max(traces.newest);
        unmatched = [unmatched, traces.unmatched_since].into_iter().flatten().min();
        of_cities.extend(boundaries(&mut tx, &city, now).await?);
        of_cities.push(places(&mut tx, &city).await?);
        of_cities.push(gazetteer(&mut tx, &city).await?);
    }
    stored.findings.push(clock(newest, health.server_time, now));
    stored.findings.extend(of_cities);
    stored.findings.push(outbox(&mut tx, unmatched, now).await?);
    drop(tx);
    store.close().await;
    Ok(())
}

/// Two machines' clocks may be this far apart.
const APART: Duration = Duration::from_secs(5);
/// What is accepted now bears a time of now; a clock that is further behind was set back.
const BEHIND: Duration = Duration::from_mins(1);

fn clock(newest: Option<Timestamp>, server: Option<Timestamp>, now: Timestamp) -> Finding {
    let name = "clock";
    let todo = "set the clock, and keep it with NTP; digests and retries wait for it";
    if let Some(newest) = newest.filter(|newest| newest.since(now) > BEHIND) {
        let behind = span(newest.since(now));
        let found = format!("it is {now} here, {behind} before the newest row of the database");
        return Finding::fail(name, found, todo);
    }
    let apart = server.map(|server| server.since(now).max(now.since(server)));
    match apart {
        Some(apart) if apart > BEHIND => {
            let found = format!("it is {now} here, {} off the database server's", span(apart));
            Finding::fail(name, found, todo)
        }
        Some(apart) if apart > APART => {
            let found = format!("it is {} off the database server's clock", span(apart));
            Finding::warn(name, found, todo)
        }
        _ => Finding::ok(name, format!("it is {now}, after all that the database holds")),
    }
}

async fn boundaries(tx: &mut Tx, city: &City, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
    let name = "boundaries";
    let mut layers = tx.layers(city.id).await?;
    layers.retain(|row| row.withdrawn.is_none());
    let in_force = tx.layers_in_force(city.id, now).await?;
    if layers.is_empty() {
        let found = format!("{} has none: no ward is told, and no place can be checked", city.name);
        let todo = "wardwatch boundaries import FILE --layer wards";
        return Ok(vec![Finding::fail(name, found, todo)]);
    }
    let mut names: Vec<&str> = layers.iter().map(|row| row.layer.as_str()).collect();
    names.dedup();
    let mut findings = vec![];
    for layer in names {
        let versions = || layers.iter().filter(|row| row.layer == layer);
        let holds = in_force.iter().find(|row| row.layer == layer);
        let holds = versions().find(|row| holds.is_some_and(|held| held.version == row.version));
        findings.push(match (holds, versions().map(|row| row.effective).min()) {
            (Some(row), _) if row.wards == 0 => {
                let found = format!("version {} of “{layer}” holds and has no areas", row.version);
                let todo = format!("wardwatch boundaries import FILE --layer {layer}");
                Finding::fail(name, found, todo)
            }
            (Some(row), _) => {
                let (version, wards) = (row.version, counted(row.wards, "area", "areas"));
                let found = format!("version {version} of “{layer}” holds, with {wards}");
                Finding::ok(name, found)
            }
            (None, first) => {
                let first = first.map(|first| first.to_string()).unwrap_or_default();
                let found =
                    format!("no version of “{layer}” holds now; the first will from {first}");
                let todo = format!(
                    "import the map of today: wardwatch boundaries import FILE --layer {layer} \
                     --effective DATE"
                );
                Finding::fail(name, found, todo)
            }
        });
    }
    if city.bounds.is_none() {
        let found = format!("{} has no bounds: a place outside it is believed", city.name);
        let todo = "import a boundary layer anew, which sets them";
        findings.push(Finding::warn(name, found, todo));
    }
    Ok(findings)
}

async fn places(tx: &mut Tx, city: &City) -> Result<Finding, StoreError> {
    let points = tx.hot_points(city.id).await?;
    let open = points.iter().filter(|point| point.decision == Decision::Open).count();
    Ok(match open {
        0 => Finding::ok("places", "no point waits for a decision"),
        some => {
            let found = format!(
                "waiting for a decision: {}; who watches there is not told",
                counted(some as u64, "held point", "held points")
            );
            Finding::warn("places", found, "wardwatch places list, then release or dismiss each")
        }
    })
}

/// What residents can type to say where they are.
async fn gazetteer(tx: &mut Tx, city: &City) -> Result<Finding, StoreError> {
    let imports = tx.gazetteer(city.id).await?;
    let of = |kind| -> i64 { imports.iter().filter(|i| i.kind == kind).map(|i| i.entries).sum() };
    let addresses = counted(of(GazetteerKind::Addresses), "address", "addresses");
    let streets = counted(of(GazetteerKind::Streets), "piece of street", "pieces of streets");
    Ok(Finding::ok(
        "gazetteer",
        if imports.is_empty() {
            "no addresses are loaded: `wardwatch gazetteer import` lets residents type theirs"
                .into()
        } else {
            format!("{addresses} and {streets} can be found")
        },
    ))
}

/// What is due longer than this is not being sent.
const SLOW: Duration = Duration::from_mins(5);

async fn outbox(
    tx: &mut Tx,
    unmatched: Option<Timestamp>,
    now: Timestamp,
) -> Result<Finding, StoreError> {
    let name = "outbox";
    let tally = tx.delivery_tally().await?;
    let count = |state: &str| -> i64 {
        tally.iter().filter(|row| row.state == state).map(|row| row.count).sum()
    };
    let (waiting, dead) = (count("waiting"), count("dead"));
    let wait = || format!("waiting: {}", counted(waiting, "delivery", "deliveries"));
    let due = tx.oldest_waiting().await?;
    let runs = "is `wardwatch serve` running on this database?";
    if let Some(late) = unmatched.map(|since| now.since(since)).filter(|late| *late > SLOW) {
        let found = format!("an event has waited {} to be matched", span(late));
        return Ok(Finding::fail(name, found, runs));
    }
    if let Some(late) = due.map(|due| now.since(due)).filter(|late| *late > SLOW) {
        let found = format!("{}, the oldest due for {}", wait(), span(late));
        return Ok(Finding::fail(name, found, runs));
    }
    if dead > 0 {
        let found = format!("dead: {}; {}", counted(dead, "delivery", "deliveries"), wait());
        let todo = "wardwatch outbox list --state dead tells why; then retry or discard them";
        return Ok(Finding::warn(name, found, todo));
    }
    Ok(match due {
        Some(due) if waiting > 0 => Finding::ok(name, format!("{}, the next due at {due}", wait())),
        _ => Finding::ok(name, "nothing waits, and nothing is dead"),
    })
}

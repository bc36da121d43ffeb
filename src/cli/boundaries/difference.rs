//! What changes between two versions of a layer, for its wards and for the people who watch them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use clap::Args;
use clap::builder::BoolishValueParser;
use serde_json::{Value, json};

use crate::cli::run::{Failure, look, print, say};
use crate::config::DeskSettings;
use crate::geometry::Position;
use crate::issue::CityId;
use crate::store::Tx;
use crate::ward::{LayerVersion, Ward, WardChange, WardRef, changes};
use crate::watch::Meant;

#[derive(Args, Debug)]
pub struct DiffArgs {
    /// The layer: wards
    layer: String,
    /// The number of the version before, as `boundaries list` shows it
    before: i64,
    /// The number of the version after
    after: i64,
    /// Prints JSON
    #[arg(long, env = "WARDWATCH_JSON", value_parser = BoolishValueParser::new())]
    json: bool,
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(args: DiffArgs) -> Result<(), Failure> {
    let (store, city) = look(&args.settings).await?;
    let mut tx = store.read().await?;
    let city = city.id;
    let before = stored(&mut tx, city, &args.layer, args.before).await?;
    let after = stored(&mut tx, city, &args.layer, args.after).await?;
    let watched = tx.watched_wards(city).await?;
    drop(tx);
    let difference = Difference::between(&args.layer, &before.wards, &after.wards, &watched);
    if args.json {
        print(&format!("{}\n", difference.json()))?;
        return Ok(());
    }
    print(&difference.lines())?;
    say(&format!(
        "{} areas in version {}, {} in version {}: {}",
        before.wards.len(),
        args.before,
        after.wards.len(),
        args.after,
        difference.counted()
    ));
    difference.for_people().iter().for_each(|told| say(told));
    Ok(())
}

async fn stored(
    tx: &mut Tx,
    city: CityId,
    layer: &str,
    version: i64,
) -> Result<LayerVersion, Failure> {
    tx.layer_version(city, layer, version).await?.ok_or_else(|| {
        Failure::new(format!(
            "there is no version {version} of “{layer}”; see: wardwatch boundaries list"
        ))
    })
}

/// What a new version does, with the watches that it concerns.
pub(super) struct Difference {
    changes: BTreeMap<String, WardChange>,
    /// How many wards stay as they are.
    kept: usize,
    /// Watches that follow a ward by its name which goes away, by that name.
    orphaned: BTreeMap<String, usize>,
    /// Watches whose every ward goes away: their people would hear nothing any more.
    silenced: usize,
    /// Watches that follow an address which comes into other wards.
    moving: usize,
}

impl Difference {
    pub(super) fn between(
        layer: &str,
        before: &[Ward],
        after: &[Ward],
        watched: &[(Vec<WardRef>, Meant)],
    ) -> Self {
        let changes = changes(before, after);
        let gone = |ward: &WardRef| {
            ward.layer == layer && changes.get(&*ward.ward) == Some(&WardChange::Removed)
        };
        let (mut orphaned, mut silenced, mut moving) = (BTreeMap::new(), 0, 0);
        for (wards, meant) in watched {
            match meant {
                Meant::MyAddress(at) => {
                    let follows = wards.iter().any(|ward| ward.layer == layer);
                    moving += usize::from(follows && at_home(before, *at) != at_home(after, *at));
                }
                Meant::ThisWard => {
                    silenced += usize::from(!wards.is_empty() && wards.iter().all(gone));
                    for ward in wards.iter().filter(|ward| gone(ward)) {
                        *orphaned.entry(ward.ward.clone()).or_default() += 1;
                    }
                }
            }
        }
        let kept = after.iter().filter(|ward| !changes.contains_key(&*ward.key)).count();
        let changes = changes.into_iter().map(|(key, change)| (key.to_owned(), change)).collect();
        Self { changes, kept, orphaned, silenced, moving }
    }

    /// A line for each ward that changes.
    pub(super) fn lines(&self) -> String {
        let mut text = String::new();
        for (key, change) in &self.changes {
            let _ = match change {
                WardChange::Added => writeln!(text, "added    {key}"),
                WardChange::Removed => {
                    let watches = self.orphaned.get(key).map(|count| watches_on(*count));
                    writeln!(text, "removed  {key}{}", watches.unwrap_or_default())
                }
                WardChange::Moved(None) => {
                    writeln!(text, "moved    {key}: its corners are too many to say by how much")
                }
                WardChange::Moved(Some(share)) if *share < 0.000_1 => {
                    writeln!(text, "moved    {key}: less than 0.01 % of its area changes")
                }
                WardChange::Moved(Some(share)) => {
                    writeln!(text, "moved    {key}: {:.2} % of its area changes", share * 100.0)
                }
            };
        }
        text
    }

    pub(super) fn counted(&self) -> String {
        counted(
            self.count(|change| matches!(change, WardChange::Added)),
            self.count(|change| matches!(change, WardChange::Moved(_))),
            self.kept,
            self.count(|change| matches!(change, WardChange::Removed)),
        )
    }

    fn count(&self, is: fn(&WardChange) -> bool) -> usize {
        self.changes.values().filter(|change| is(change)).count()
    }

    /// Sentences on what it means for those who watch.
    pub(super) fn for_people(&self) -> Vec<String> {
        let mut told = vec![];
        let orphaned: usize = self.orphaned.values().sum();
        if orphaned > 0 {
            let noun = if orphaned == 1 { "watch is" } else { "watches are" };
            told.push(format!(
                "{orphaned} {noun} on wards that go away; of {} all wards do, so that their people \
                 would hear nothing",
                self.silenced
            ));
        }
        if self.moving > 0 {
            let noun = if self.moving == 1 { "watch follows" } else { "watches follow" };
            told.push(format!(
                "{} {noun} an address that comes into another ward, and will follow that one",
                self.moving
            ));
        }
        told
    }

    pub(super) fn json(&self) -> Value {
        let change = |(key, change): (&String, &WardChange)| match change {
            WardChange::Added => json!({"ward": key, "change": "added"}),
            WardChange::Removed => json!({
                "ward": key, "change": "removed",
                "watches": self.orphaned.get(key).copied().unwrap_or(0),
            }),
            WardChange::Moved(share) => json!({"ward": key, "change": "moved", "share": share}),
        };
        json!({
            "wards": self.changes.iter().map(change).collect::<Vec<_>>(),
            "as_they_were": self.kept,
            "watches_without_a_ward": self.silenced,
            "watches_that_move": self.moving,
        })
    }
}

pub(super) fn counted(added: usize, moved: usize, kept: usize, removed: usize) -> String {
    format!("{added} are added, {moved} moved and {kept} as they were; {removed} are removed")
}

/// The wards that hold an address.
fn at_home(wards: &[Ward], at: Position) -> BTreeSet<&str> {
    wards.iter().filter(|ward| ward.shape.covers(at)).map(|ward| &*ward.key).collect()
}

fn watches_on(count: usize) -> String {
    if count == 1 { ": 1 watch is on it".into() } else { format!(": {count} watches are on it") }
}

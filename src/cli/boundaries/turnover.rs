//! What a version to be loaded does to the wards of the one before it.
//!
//! The one rule: whoever watches a ward hears nothing more once it is gone, and a slip must not be
//! why. It counts by ids and shapes alone, which takes no time while others wait to write.

use std::collections::BTreeMap;

use super::difference::counted;
use super::lies::in_words;
use super::list::day;
use crate::cli::run::Failure;
use crate::clock::{Timestamp, Zone};
use crate::geometry::Shape;
use crate::issue::CityId;
use crate::store::{LayerRow, Tx};
use crate::ward::{LayerVersion, Ward};

/// The version that holds when a new one comes into effect.
pub(super) struct Before {
    version: Option<LayerVersion>,
    /// Whether the new one is to come, so that these hold until then.
    to_come: bool,
    /// The version that came into effect since: it holds now, and the new one never will.
    pub(super) overtaken: Option<(i64, Timestamp)>,
}

impl Before {
    pub(super) async fn of(
        tx: &mut Tx,
        city: CityId,
        new: &LayerVersion,
        known: &[LayerRow],
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let (before, since) = neighbours(known, new, now);
        let before = match before {
            Some(row) => tx.layer_version(city, &row.layer, row.version).await?,
            None => None,
        };
        Ok(Self {
            version: before,
            to_come: new.effective > now,
            overtaken: since.map(|row| (row.version, row.effective)),
        })
    }

    /// Where nothing is stored yet.
    pub(super) fn nothing() -> Self {
        Self { version: None, to_come: false, overtaken: None }
    }

    pub(super) fn wards(&self) -> &[Ward] {
        self.version.as_ref().map(|version| &*version.wards).unwrap_or_default()
    }

    /// The version before, where it says all of the new one already: the same areas under the same ids
    /// and names; from the same day on, if the new one has a day of its own.
    pub(super) fn same_as(&self, new: &LayerVersion, of_a_day: bool) -> Option<&LayerVersion> {
        self.version.as_ref().filter(|before| {
            (!of_a_day || before.effective == new.effective)
                && before.tolerance_m.to_bits() == new.tolerance_m.to_bits()
                && before.wards == new.wards
        })
    }

    /// Why the new version is not loaded unasked.
    pub(super) fn refusal(&self, new: &LayerVersion, left_out: usize) -> Option<String> {
        if let Some(elsewhere) = self.elsewhere(new) {
            return Some(elsewhere);
        }
        let Turnover { removed, moved, kept, .. } = Turnover::between(self.wards(), &new.wards);
        if self.overtaken.is_some() || removed.is_empty() {
            return None;
        }
        let (gone, when) = (some(&removed), self.until());
        if moved + kept == 0 {
            return Some(format!(
                "of the wards that hold {when} none would stay, all {} would go away: {gone}; name the \
                 layer of this map with --layer, or its ids with --id-property, or load it all the \
                 same with --without-left-out",
                removed.len()
            ));
        }
        (left_out > 0).then(|| {
            format!(
                "{left_out} features were left out, and of the wards that hold {when} these would go away: \
                 {gone}; mend the file, or load the others all the same with --without-left-out"
            )
        })
    }

    /// Why the new version is no map of the same city: it lies somewhere else altogether, as one does whose
    /// latitudes come first.
    fn elsewhere(&self, new: &LayerVersion) -> Option<String> {
        let (old, new) = (self.version.as_ref()?.bounds()?, new.bounds()?);
        if old.meets(&new) {
            return None;
        }
        let other = match self.overtaken {
            Some(_) => "the one before it".to_owned(),
            None => format!("the one that holds {}", self.until()),
        };
        Some(format!(
            "this map lies {}, and {other} lies {}: they have no place in common, so one of the two is \
             wrong; GeoJSON has longitude first, as in [-87.03, 43.518]; mend this file, or take the other \
             back with boundaries withdraw, or load this one all the same with --without-left-out",
            in_words(&new),
            in_words(&old)
        ))
    }

    /// Sentences on the wards that are new, moved, the same and gone; none when none held.
    pub(super) fn told(&self, new: &LayerVersion, zone: &Zone) -> Vec<String> {
        let Turnover { added, moved, kept, removed } = Turnover::between(self.wards(), &new.wards);
        let mut told = vec![];
        if !self.wards().is_empty() {
            told.push(format!("of these {}", counted(added, moved, kept, removed.len())));
        }
        if let Some((version, since)) = self.overtaken {
            let since = day(since, zone);
            told.push(format!("it does not hold now, as version {version} does since {since}"));
        } else if !removed.is_empty() {
            let (gone, when) = (some(&removed), self.until());
            told.push(match removed.len() {
                1 => format!("1 ward that holds {when} goes away: {gone}"),
                count => format!("{count} wards that hold {when} go away: {gone}"),
            });
        }
        told
    }

    fn until(&self) -> &'static str {
        if self.to_come { "until then" } else { "now" }
    }
}

/// Of the versions stored, the one that a new one follows, and the one that holds now if it came
/// into effect after the new one.
fn neighbours<'r>(
    known: &'r [LayerRow],
    new: &LayerVersion,
    now: Timestamp,
) -> (Option<&'r LayerRow>, Option<&'r LayerRow>) {
    let of_layer = known.iter().filter(|row| row.layer == new.layer && row.withdrawn.is_none());
    let (earlier, later): (Vec<_>, Vec<_>) =
        of_layer.partition(|row| row.effective <= new.effective);
    let last =
        |rows: Vec<&'r LayerRow>| rows.into_iter().max_by_key(|row| (row.effective, row.version));
    (last(earlier), last(later.into_iter().filter(|row| row.effective <= now).collect()))
}

/// How the wards of two versions differ, by their ids.
struct Turnover<'w> {
    added: usize,
    moved: usize,
    kept: usize,
    removed: Vec<&'w str>,
}

impl<'w> Turnover<'w> {
    fn between(before: &'w [Ward], after: &[Ward]) -> Self {
        let mut gone: BTreeMap<&str, &Shape> =
            before.iter().map(|ward| (&*ward.key, &ward.shape)).collect();
        let (mut added, mut moved, mut kept) = (0, 0, 0);
        for ward in after {
            match gone.remove(&*ward.key) {
                None => added += 1,
                Some(shape) if *shape == ward.shape => kept += 1,
                Some(_) => moved += 1,
            }
        }
        let mut removed: Vec<_> = gone.into_keys().collect();
        removed.sort_by_key(|key| (key.parse().unwrap_or(u64::MAX), *key));
        Self { added, moved, kept, removed }
    }
}

/// The first of many ids, and how many more there are.
fn some(ids: &[&str]) -> String {
    const SHOWN: usize = 10;
    let shown = ids[..ids.len().min(SHOWN)].join(", ");
    match ids.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} … and {more} more"),
    }
}

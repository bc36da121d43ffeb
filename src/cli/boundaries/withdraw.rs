//! `boundaries withdraw`: takes a version back that was loaded by mistake.

use clap::Args;

use super::around_all;
use super::list::day;
use crate::cli::run::{Desk, Failure, say};
use crate::clock::{Clock, Timestamp};
use crate::config::DeskSettings;
use crate::store::LayerRow;

#[derive(Args, Debug)]
pub struct WithdrawArgs {
    /// The layer: wards
    layer: String,
    /// The number of the version, as `boundaries list` shows it
    version: i64,
    #[command(flatten)]
    settings: DeskSettings,
}

pub async fn run(args: WithdrawArgs) -> Result<(), Failure> {
    let desk = Desk::known(args.settings, Clock::System).await?;
    let (city, now) = (&desk.city, desk.engine.clock().now());
    let mut tx = desk.engine.store().write().await?;
    tx.hold_layers(city.id).await?;
    let mut rows = tx.layers(city.id).await?;
    let heir = heir(&rows, &args.layer, args.version, now).map_err(Failure::new)?;
    let heir = match heir {
        Some(heir) => format!("version {} holds", heir.version),
        None => "it was not in effect yet".to_owned(),
    };
    let is_meant = |row: &LayerRow| row.layer == args.layer && row.version == args.version;
    rows.retain(|row| row.withdrawn.is_none() && !is_meant(row));
    let to_come = rows.iter().filter(|row| row.layer == args.layer && row.effective > now);
    let next = to_come.min_by_key(|row| (row.effective, row.version)).map(|row| {
        format!("; version {} will from {}", row.version, day(row.effective, &city.zone))
    });
    tx.withdraw_layer_version(city.id, &args.layer, args.version, now).await?;
    // A map of another town would otherwise leave the city as wide as both.
    let bounds = around_all(&mut tx, city.id, &rows).await?;
    tx.set_city_bounds(city.id, bounds).await?;
    tx.commit().await?;
    say(&format!(
        "version {} of “{}” is withdrawn; {heir}{}; what it has matched stays as it was",
        args.version,
        args.layer,
        next.unwrap_or_default()
    ));
    Ok(())
}

/// Which version holds once this one is withdrawn; none when this one does not hold yet.
///
/// # Errors
/// When there is no such version, or the city would be left without any that holds.
fn heir<'r>(
    rows: &'r [LayerRow],
    layer: &str,
    version: i64,
    now: Timestamp,
) -> Result<Option<&'r LayerRow>, String> {
    let of_layer = || rows.iter().filter(|row| row.layer == layer);
    let see = "see: wardwatch boundaries list";
    let Some(meant) = of_layer().find(|row| row.version == version) else {
        return Err(format!("there is no version {version} of “{layer}”; {see}"));
    };
    if meant.withdrawn.is_some() {
        return Err(format!("version {version} of “{layer}” was withdrawn already; {see}"));
    }
    if meant.effective > now {
        return Ok(None);
    }
    let others = of_layer().filter(|row| row.version != version && row.withdrawn.is_none());
    let heir =
        others.filter(|row| row.effective <= now).max_by_key(|row| (row.effective, row.version));
    heir.map(Some).ok_or_else(|| {
        format!(
            "version {version} of “{layer}” is the only one in effect: without it no issue would \
             be in any area; import the right map first, then withdraw this one"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(version: i64, effective: i64, withdrawn: bool) -> LayerRow {
        LayerRow {
            layer: "wards".into(),
            version,
            effective: Timestamp::from_millis(effective),
            imported_at: Timestamp::from_millis(0),
            origin: "test".into(),
            tolerance_m: 1.0,
            wards: 50,
            withdrawn: withdrawn.then(|| Timestamp::from_millis(1)),
        }
    }

    #[test]
    fn the_version_before_it_holds_again_and_the_only_one_stays() {
        let now = Timestamp::from_millis(100);
        let rows = [row(1, 0, false), row(2, 50, true), row(3, 60, false), row(4, 500, false)];
        let heir = |version| heir(&rows, "wards", version, now).map(|row| row.map(|r| r.version));
        assert_eq!(heir(3), Ok(Some(1)), "not 2, which is withdrawn, nor 4, which is to come");
        assert_eq!(heir(4), Ok(None));
        assert!(heir(2).unwrap_err().contains("withdrawn already"));
        assert!(heir(9).unwrap_err().contains("no version 9"));
        let alone = super::heir(&rows[..1], "wards", 1, now).unwrap_err();
        assert!(alone.contains("the only one in effect"), "{alone}");
    }
}

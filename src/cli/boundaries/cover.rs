//! How well a layer covers the city, told when it is imported.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::progress::Progress;
use crate::cli::run::say;
use crate::geometry::{Coverage, Position, SLIVER_M, Stretches, coverage, square_metres};
use crate::ward::Ward;

pub(super) fn of(wards: &[Ward]) -> Coverage {
    let shapes: Vec<_> = wards.iter().map(|ward| &ward.shape).collect();
    let style = "{msg} {wide_bar} {pos} of {len}";
    let mut progress = Progress::new(Some(shapes.len() as u64), style);
    let mut done = 0;
    let found = coverage(&shapes, &mut || {
        done += 1;
        progress.at(done, "looking for gaps and overlaps");
    });
    progress.end();
    found
}

pub(super) fn tell(found: &Coverage, wards: &[Ward]) {
    let clean = |of: &Stretches| of.count == 0 && of.slivers == 0;
    if clean(&found.gaps) && clean(&found.overlaps) {
        say("coverage: no gaps, no overlaps");
        return;
    }
    tell_of(&found.gaps, ["gap", "gaps"], wards);
    tell_of(&found.overlaps, ["overlap", "overlaps"], wards);
}

fn tell_of(found: &Stretches, [one, many]: [&str; 2], wards: &[Ward]) {
    let noun = if found.count == 1 { one } else { many };
    let mut told = match found.count {
        0 => format!("coverage: no {many}"),
        count => format!("coverage: {count} {noun} of {} m²", square_metres(found.area_m2)),
    };
    if found.slivers > 0 {
        let together = square_metres(found.slivers_m2);
        let _ = write!(
            told,
            "; and {} slivers narrower than {SLIVER_M} m, {together} m² together",
            found.slivers
        );
    }
    say(&told);
    for stretch in &found.largest {
        let keys: Vec<_> = stretch.of.iter().map(|&at| &*wards[at].key).collect();
        let (area, place) = (square_metres(stretch.area_m2), place(stretch.at));
        say(&format!("  {one} of {area} m² at {place}: wards {}", keys.join(", ")));
    }
    if found.count > found.largest.len() {
        say(&format!("  and {} smaller {many}", found.count - found.largest.len()));
    }
}

/// Six decimals are a tenth of a metre: to be pasted into a map.
fn place(at: Position) -> String {
    format!("{:.6},{:.6}", at.lon, at.lat)
}

pub(super) fn json(found: &Coverage, wards: &[Ward]) -> Value {
    let of = |found: &Stretches| {
        let largest = found.largest.iter().map(|stretch| {
            let keys: Vec<_> = stretch.of.iter().map(|&at| &wards[at].key).collect();
            let Position { lon, lat } = stretch.at;
            json!({"lon": lon, "lat": lat, "area_m2": stretch.area_m2, "wards": keys})
        });
        json!({
            "count": found.count, "area_m2": found.area_m2, "slivers": found.slivers,
            "slivers_m2": found.slivers_m2, "largest": largest.collect::<Vec<_>>(),
        })
    };
    json!({"gaps": of(&found.gaps), "overlaps": of(&found.overlaps), "sliver_m": SLIVER_M})
}

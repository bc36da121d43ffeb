//! How well a layer covers the city, told when it is imported.

use std::fmt::Write as _;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::progress::Progress;
use crate::cli::run::say;
use crate::geometry::{Coverage, Position, SLIVER_M, Stretches, coverage, square_metres};
use crate::ward::{LayerVersion, Ward};

/// Looks for gaps and overlaps, for so many seconds at most: nobody can tell beforehand how long it
/// takes, and lines that run through each other in a hundred thousand needles take hours. `None`
/// when it was not wanted, took longer, or failed, which is said.
pub(super) fn of(version: &Arc<LayerVersion>, at_most_s: u64) -> Option<Coverage> {
    if at_most_s == 0 {
        return None;
    }
    let begun = Instant::now();
    let patience = Duration::from_secs(at_most_s);
    let (sends, hears) = mpsc::channel();
    let theirs = Arc::clone(version);
    // Left to itself when it takes too long; it ends with the program.
    thread::spawn(move || {
        let shapes: Vec<_> = theirs.wards.iter().map(|ward| &ward.shape).collect();
        let found = coverage(&shapes, &mut || drop(sends.send(None)));
        drop(sends.send(Some(found)));
    });
    let style = "{msg} {wide_bar} {pos} of {len}";
    let mut progress = Progress::new(Some(version.wards.len() as u64), style);
    let mut done = 0;
    let found = loop {
        match hears.recv_timeout(patience.saturating_sub(begun.elapsed())) {
            Ok(Some(found)) => break Some(found),
            Ok(None) => done += 1,
            Err(why) => {
                say(&not_told(why, at_most_s));
                break None;
            }
        }
        progress.at(done, "looking for gaps and overlaps");
    };
    progress.end();
    found
}

fn not_told(why: mpsc::RecvTimeoutError, at_most_s: u64) -> String {
    match why {
        mpsc::RecvTimeoutError::Timeout => format!(
            "coverage: not told, looking for gaps and overlaps took longer than {at_most_s} s; \
             --coverage-seconds gives it more"
        ),
        mpsc::RecvTimeoutError::Disconnected => {
            "coverage: not told, these areas could not be laid \
             over each other; the areas themselves are as good as was said"
                .to_owned()
        }
    }
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

//! `wardwatch match`: points in, what holds them out. No database.
//!
//! 1. `ground` reads the areas and layers.
//! 2. `points` reads points, row by row, in a thread of its own.
//! 3. `workers`, one for each core, take them a chunk at a time, and `answers` answers them.
//! 4. Each worker writes its answers when it is its turn, in the points' order.
//!
//! Memory holds a few chunks of points and some megabytes of answers, however many there are.

mod answers;
mod ground;
mod points;
#[cfg(test)]
mod tests;
mod workers;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use clap::builder::BoolishValueParser;
use clap::{ArgGroup, Args};

use self::ground::{Ground, GroundError, LayerFile, LayerTerms};
use self::points::{PointColumns, Points};
use self::workers::{Desk, Tally};
use super::boundaries::tolerance;
use super::files::{AreaFile, Mending};
use super::run::say;
use crate::config::LayerLimits;
use crate::intake::IntakeError;

#[derive(Args, Debug)]
#[command(group(
    ArgGroup::new("against").required(true).multiple(true).args(["areas", "boundaries"])
))]
pub struct MatchArgs {
    /// Points as NDJSON, CSV with a header, or GeoJSON, gzipped or not; `-` reads standard input
    #[arg(value_name = "POINTS", default_value = "-", env = "WARDWATCH_MATCH_POINTS")]
    points: PathBuf,
    /// Areas as GeoJSON; a Point with `radius_m` in its properties is a circle
    #[arg(long, value_name = "FILE[#ID_PROPERTY]", env = "WARDWATCH_MATCH_AREAS")]
    areas: Option<AreaFile>,
    /// A boundary layer as GeoJSON, called like its file unless named; may be given several times
    #[arg(long, value_name = "[LAYER=]FILE[#ID_PROPERTY]", env = "WARDWATCH_MATCH_BOUNDARIES")]
    boundaries: Vec<LayerFile>,
    /// Which columns hold what, where their names do not say; `point=COL` where one holds both coordinates
    #[arg(long, value_name = "lon=COL,lat=COL,id=COL", env = "WARDWATCH_MATCH_MAP")]
    map: Option<PointColumns>,
    /// Wards that do not hold a point, but are at most so many metres away, are `near`
    #[arg(long, value_name = "M", default_value = "1", value_parser = tolerance,
          env = "WARDWATCH_TOLERANCE_M")]
    tolerance_m: f64,
    /// Keep what a repair gives of shapes that are no areas, and say what that changed
    #[arg(long, env = "WARDWATCH_MATCH_REPAIR", value_parser = BoolishValueParser::new())]
    repair: bool,
    #[command(flatten)]
    limits: LayerLimits,
}

/// Why nothing could be matched.
#[derive(Debug, thiserror::Error)]
enum MatchError {
    #[error(transparent)]
    Ground(#[from] GroundError),
    #[error("{}: {why}", path.display())]
    Points { path: PathBuf, why: IntakeError },
    #[error("{0} and {1} cannot both come from standard input; name a file for one of them")]
    OnlyOneStdin(&'static str, &'static str),
    #[error("{} cannot be opened: {why}", path.display())]
    NoSuchFile { path: PathBuf, why: io::Error },
    #[error("the answers cannot be written: {0}")]
    Out(io::Error),
}

/// Answers all points; fails when one of them, or a part of the ground, could not be read.
pub fn run(args: &MatchArgs) -> ExitCode {
    match answer_all(args, &mut io::stdout(), &mut |told| say(told)) {
        Ok(problems) => {
            for problem in &problems {
                say(problem);
            }
            if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        // Whoever read the answers has had enough.
        Err(MatchError::Out(why)) if why.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            say(&error.to_string());
            let misused = matches!(
                error,
                MatchError::Ground(GroundError::SameLayerTwice(_)) | MatchError::OnlyOneStdin(..)
            );
            if misused { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Writes the answers to `out`; `say` hears what a person should know meanwhile. Returns the
/// sentences to end with, none when all went well.
fn answer_all(
    args: &MatchArgs,
    out: &mut (dyn Write + Send),
    say: &mut dyn FnMut(&str),
) -> Result<Vec<String>, MatchError> {
    only_one_stdin(args)?;
    let mending = if args.repair { Mending::Wanted } else { Mending::Offered };
    let (limits, tolerance_m) = (args.limits.resolve(), args.tolerance_m);
    let terms = LayerTerms { limits, tolerance_m, mending };
    let ground = Ground::read(args.areas.as_ref(), &args.boundaries, terms, say)?;
    let columns = args.map.clone().unwrap_or_default();
    let points = Points::open(&args.points, columns)?;
    let meter = points.meter();
    // Answers that run over the same terminal are progress enough.
    let mut progress = (!io::stdout().is_terminal()).then(|| meter.progress());
    let mut after_chunk = || {
        if let Some(progress) = &mut progress {
            progress.at(meter.bytes(), "matching");
        }
    };
    let desk = Desk { out, after_chunk: &mut after_chunk, tally: Tally::default() };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let tally =
        thread::scope(|threads| workers::answer(points.read_in(threads), &ground, desk, cores));
    let tally = tally.map_err(MatchError::Out)?;
    if let Some(progress) = progress {
        progress.end();
    }
    if let Some(told) = nowhere(&tally) {
        say(&format!("{}: {told}", args.points.display()));
    }
    Ok(ground.left_out().into_iter().chain(unread(&tally)).collect())
}

fn only_one_stdin(args: &MatchArgs) -> Result<(), MatchError> {
    let is_stdin = |path: &Path| path.as_os_str() == "-";
    let areas = args.areas.iter().filter(|file| is_stdin(&file.path)).map(|_| "--areas");
    let layers =
        args.boundaries.iter().filter(|layer| is_stdin(layer.path())).map(|_| "--boundaries");
    let points = is_stdin(&args.points).then_some("POINTS");
    match areas.chain(layers).chain(points).collect::<Vec<_>>()[..] {
        [one, other, ..] => Err(MatchError::OnlyOneStdin(one, other)),
        _ => Ok(()),
    }
}

/// Where nothing was found at all, what may be the matter.
fn nowhere(tally: &Tally) -> Option<String> {
    let Tally { points, unread, held, swapped, .. } = *tally;
    let read = points - unread;
    match (points, held, swapped) {
        (0, ..) => Some("there are no points in it".to_owned()),
        (_, 0, 0) if read > 0 => Some(format!("none of {read} points lies in any area")),
        (_, 0, 1..) => Some(format!(
            "none of {read} points lies in any area; with longitude and latitude exchanged {swapped} would: \
             --map lon=COL,lat=COL says which is which"
        )),
        _ => None,
    }
}

/// What could not be read.
fn unread(tally: &Tally) -> Option<String> {
    let Tally { points, unread, cut_off, .. } = *tally;
    match cut_off {
        Some(line) => Some(format!(
            "{unread} of {points} points could not be read, and nothing after line {line} was"
        )),
        None => (unread > 0).then(|| format!("{unread} of {points} points could not be read")),
    }
}

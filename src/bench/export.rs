//! `bench export`: the seeded city and its answers as files, for programs that are measured beside
//! this one.
//!
//! The one rule: the files hold what `bench match` of the same size and seed asks about, to the
//! last bit of every coordinate.
//!
//! The formats are told in `wardwatch bench export --help`.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::matching::{BenchError, Stage, shapes};
use super::workload::{Corner, Workload};
use crate::matching::AreaIndex;

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportPlan {
    /// Watch areas, beside 50 wards.
    pub areas: usize,
    pub points: usize,
    pub seed: u64,
}

/// How much was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Wards included.
    pub areas: usize,
    pub points: usize,
    /// Pairs of a point and an area that holds it.
    pub matches: usize,
}

/// Why the files are not there, or not whole.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error("{} cannot be written: {why}", path.display())]
    Io { path: PathBuf, why: io::Error },
}

/// The names of the files, in the order in which they are written.
pub const AREAS_GEOJSON: &str = "areas.geojson";
pub const AREAS_WKB: &str = "areas.tsv";
pub const POINTS: &str = "points.csv";
pub const ANSWERS: &str = "answers.txt";

/// Writes the files into `dir`, over those of an earlier run.
///
/// # Errors
/// When a file cannot be written, there are no points, or the seed draws a shape that crosses
/// itself.
pub fn run_export(
    plan: &ExportPlan,
    dir: &Path,
    progress: &mut dyn FnMut(Stage),
) -> Result<Exported, ExportError> {
    if plan.points == 0 {
        return Err(BenchError::NoPoints.into());
    }
    progress(Stage { doing: "drawing the city", done: 0.0 });
    let city = Workload::draw(plan.areas, plan.points, plan.seed);
    let index = AreaIndex::build(shapes(&city, plan.seed, progress)?);
    progress(Stage { doing: "writing the areas", done: 0.0 });
    fs::create_dir_all(dir).map_err(|why| ExportError::Io { path: dir.into(), why })?;
    write(dir, AREAS_GEOJSON, |file| geojson(&city, file))?;
    write(dir, AREAS_WKB, |file| wkb(&city, file))?;
    write(dir, POINTS, |file| points(&city, file))?;
    let matches = write(dir, ANSWERS, |file| answers(&city, &index, file, progress))?;
    Ok(Exported { areas: city.len(), points: city.points.len(), matches })
}

fn write<T>(
    dir: &Path,
    name: &str,
    content: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>,
) -> Result<T, ExportError> {
    let path = dir.join(name);
    let written = || {
        let mut file = BufWriter::with_capacity(1 << 16, File::create(&path)?);
        let told = content(&mut file)?;
        file.flush()?;
        Ok(told)
    };
    written().map_err(|why| ExportError::Io { path: path.clone(), why })
}

/// One FeatureCollection, so that any reader of GeoJSON takes it; a line for each Feature, so that
/// one that wants them singly can.
fn geojson(city: &Workload, file: &mut impl Write) -> io::Result<()> {
    writeln!(file, r#"{{"type":"FeatureCollection","features":["#)?;
    for area in 0..city.len() {
        let geometry = city.geojson(area);
        let feature =
            json!({ "type": "Feature", "id": area, "properties": {}, "geometry": geometry });
        let comma = if area + 1 < city.len() { "," } else { "" };
        writeln!(file, "{feature}{comma}")?;
    }
    writeln!(file, "]}}")
}

fn wkb(city: &Workload, file: &mut impl Write) -> io::Result<()> {
    let mut hex = String::new();
    for area in 0..city.len() {
        hex.clear();
        for byte in well_known_binary(city, area) {
            // Writing into a String cannot fail.
            let _ = write!(hex, "{byte:02X}");
        }
        writeln!(file, "{area}\t{hex}")?;
    }
    Ok(())
}

/// OGC 06-103r4, "Simple feature access", §8.2: a Polygon, little-endian.
fn well_known_binary(city: &Workload, area: usize) -> Vec<u8> {
    const LITTLE_ENDIAN: u8 = 1;
    const POLYGON: u32 = 3;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = vec![LITTLE_ENDIAN];
    bytes.extend(POLYGON.to_le_bytes());
    bytes.extend(count(city.rings(area).count()));
    for ring in city.rings(area) {
        bytes.extend(count(ring.len()));
        let degrees = |units: &i32| (f64::from(*units) / 1e7).to_le_bytes();
        bytes.extend(ring.iter().flat_map(|corner: &Corner| corner.iter().flat_map(degrees)));
    }
    bytes
}

fn points(city: &Workload, file: &mut impl Write) -> io::Result<()> {
    writeln!(file, "id,lon,lat")?;
    for (id, at) in city.points.iter().enumerate() {
        writeln!(file, "{id},{},{}", at.lon, at.lat)?;
    }
    Ok(())
}

/// A line for each point; returns how many ids all lines have.
fn answers(
    city: &Workload,
    index: &AreaIndex,
    file: &mut impl Write,
    progress: &mut dyn FnMut(Stage),
) -> io::Result<usize> {
    let (mut found, mut matches) = (Vec::new(), 0);
    for (nth, at) in city.points.iter().enumerate() {
        if nth.is_multiple_of(1 << 8) {
            let done = nth as f64 / city.points.len() as f64;
            progress(Stage { doing: "writing the answers", done });
        }
        index.areas_at(*at, &mut found);
        found.sort_unstable();
        let ids: Vec<String> = found.iter().map(|area| area.0.to_string()).collect();
        writeln!(file, "{}", ids.join(" "))?;
        matches += found.len();
    }
    Ok(matches)
}

#[cfg(test)]
mod tests;

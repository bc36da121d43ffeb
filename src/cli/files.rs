//! Files as people hand them over: gzipped or not, or standard input; and the areas in them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::progress::Progress;
use crate::geometry::{
    Feature, FeatureFile, FeatureReader, FileLimits, GeometryError, IdChoice, IdError, Refused,
    Rival, ids_by, pick_ids,
};

/// Why a file of areas cannot be taken as a whole.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{} cannot be read: {why}", path.display())]
    Io { path: PathBuf, why: io::Error },
    #[error("{}: {why}", path.display())]
    Geometry { path: PathBuf, why: GeometryError },
}

/// `FILE[#ID_PROPERTY]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaFile {
    pub path: PathBuf,
    pub id_property: Option<String>,
}

impl FromStr for AreaFile {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.rsplit_once('#') {
            Some((path, property)) if !path.is_empty() && !property.is_empty() => {
                Self { path: path.into(), id_property: Some(property.to_owned()) }
            }
            _ => Self { path: text.into(), id_property: None },
        })
    }
}

impl AreaFile {
    /// The file's name without its endings: `data/wards.geojson.gz` is `wards`.
    #[must_use]
    pub fn stem(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
    }
}

/// What becomes of a shape that is no area but might be made one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mending {
    /// It is left out.
    No,
    /// It is left out, and told that `--repair` might keep it.
    Offered,
    Wanted,
}

/// The areas of a file, and how many of its features are left out because they are none. `say`
/// hears of these, and of all that was tolerated.
///
/// # Errors
/// When the file as a whole cannot be taken.
pub fn read_areas(
    path: &Path,
    limits: &FileLimits,
    say: &mut dyn FnMut(&str),
) -> Result<(Vec<Feature>, usize), FileError> {
    read_mended_areas(path, limits, Mending::No, say)
}

/// As [`read_areas`], with shapes repaired if that is wanted; each Feature knows what that changed.
///
/// # Errors
/// When the file as a whole cannot be taken.
pub fn read_mended_areas(
    path: &Path,
    limits: &FileLimits,
    mending: Mending,
    say: &mut dyn FnMut(&str),
) -> Result<(Vec<Feature>, usize), FileError> {
    let file = read_features(path, limits, mending, say)?;
    let shown = path.display();
    let (features, refused) = file.split();
    for feature in &features {
        tell_tolerated(path, feature, say);
    }
    for (why, of) in by_reason(&refused, mending) {
        let named = named(of[0].index, of[0].id.as_deref());
        say(&format!("{shown}: {named} is left out: {why}"));
        match of.len() - 1 {
            0 => {}
            1 => say(&format!("{shown}: 1 more feature is left out for the same")),
            more => say(&format!("{shown}: {more} more features are left out for the same")),
        }
    }
    Ok((features, refused.len()))
}

/// What was refused, each reason once, in the order of the file: one of streets holds lines from end to end.
fn by_reason(refused: &[Refused], mending: Mending) -> Vec<(String, Vec<&Refused>)> {
    let mut groups: Vec<(String, Vec<&Refused>)> = vec![];
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for one in refused {
        let offer = mending == Mending::Offered && one.reason.is_repairable();
        let offer = if offer { "; --repair keeps what a repair gives" } else { "" };
        let why = format!("{}{offer}", one.reason);
        // A file in feet is in feet from end to end, whichever corner is named.
        let feet = matches!(one.reason, GeometryError::NotDegrees { .. });
        let key = if feet { "feet".to_owned() } else { why.clone() };
        let at = *known.entry(key).or_insert_with(|| {
            groups.push((why, vec![]));
            groups.len() - 1
        });
        groups[at].1.push(one);
    }
    groups
}

/// What a file holds, feature by feature; `say` hears of what was tolerated in it as a whole.
///
/// # Errors
/// When the file as a whole cannot be taken.
pub fn read_features(
    path: &Path,
    limits: &FileLimits,
    mending: Mending,
    say: &mut dyn FnMut(&str),
) -> Result<FeatureFile, FileError> {
    let bytes = read_unpacked(path, limits.bytes as u64)
        .map_err(|why| FileError::Io { path: path.to_owned(), why })?;
    let reader = FeatureReader { limits, repair: mending == Mending::Wanted };
    let style = "{msg} {wide_bar} {bytes} of {total_bytes}, {eta} left";
    let mut progress = Progress::new(Some(bytes.len() as u64), style);
    let mut done = 0;
    let file = reader.read(&bytes, &mut |feature| {
        done += feature as u64;
        progress.at(done, "reading areas");
    });
    progress.end();
    let file = file.map_err(|why| FileError::Geometry { path: path.to_owned(), why })?;
    drop(bytes);
    for warning in &file.warnings {
        say(&format!("{}: {warning}", path.display()));
    }
    Ok(file)
}

/// Says what was tolerated in a feature.
pub fn tell_tolerated(path: &Path, feature: &Feature, say: &mut dyn FnMut(&str)) {
    let named = named(feature.index, feature.id.as_deref());
    for warning in &feature.warnings {
        say(&format!("{}: {named}: {warning}", path.display()));
    }
}

/// A feature as people find it again: its place in the file, and its id if it has one.
fn named(index: usize, id: Option<&str>) -> String {
    let id = id.map(|id| format!(" (id {id})")).unwrap_or_default();
    format!("feature {}{id}", index + 1)
}

/// The areas of a file by their ids: those of the wanted property, where features of one id are one area, or
/// of the likeliest, which is said; areas that have nothing to tell them apart are numbered. `naming` is what
/// a person writes before the name of a property to have the ids from there. `tell` hears what was repaired
/// and what is joined, too.
///
/// # Errors
/// When ids are missing, or nothing tells the areas apart.
pub fn by_id(
    features: Vec<Feature>,
    wanted: Option<&str>,
    naming: &str,
    tell: &mut dyn FnMut(&str),
) -> Result<BTreeMap<String, Vec<Feature>>, IdError> {
    let ids = match wanted {
        Some(property) => ids_by(&features, property)?,
        None => likeliest_ids(&features, naming, tell)?,
    };
    let mut all: BTreeMap<String, Vec<Feature>> = BTreeMap::new();
    for (feature, id) in features.into_iter().zip(ids) {
        if let Some(repair) = &feature.repair {
            tell(&format!("feature {} (ward {id}): {repair}", feature.index + 1));
        }
        all.entry(id).or_default().push(feature);
    }
    for (id, features) in all.iter().filter(|(_, features)| features.len() > 1) {
        let places: Vec<_> = features.iter().map(|one| (one.index + 1).to_string()).collect();
        tell(&format!("features {} are taken as one ward, {id}", places.join(", ")));
    }
    Ok(all)
}

fn likeliest_ids(
    features: &[Feature],
    naming: &str,
    tell: &mut dyn FnMut(&str),
) -> Result<Vec<String>, IdError> {
    match pick_ids(features, None) {
        Ok(choice) => {
            for told in told_of_ids(features, &choice, naming) {
                tell(&told);
            }
            Ok(choice.ids)
        }
        Err(IdError::Nameless) => {
            tell("the areas have no properties; their places in the file, from 1, are their ids");
            Ok(features.iter().map(|feature| (feature.index + 1).to_string()).collect())
        }
        Err(error) => Err(error),
    }
}

/// Which ids were taken, and what says otherwise.
fn told_of_ids(features: &[Feature], choice: &IdChoice, naming: &str) -> Vec<String> {
    let property = format!("the property `{}`", choice.property);
    let from = if choice.own { "each feature's own `id`" } else { &property };
    let mut told = vec![format!("ids are taken from {from}")];
    if let Some(Rival { property, first, says }) = &choice.rival {
        let (place, id) = (features[*first].index + 1, &choice.ids[*first]);
        told.push(format!(
            "warning: feature {place} is {id} by that and {says} by `{property}`; if the wards are \
             known by the latter, say {naming}{property}"
        ));
    }
    told
}

/// What to do about it where a person names the property of the ids with `naming` before it.
#[must_use]
pub fn hint(why: &IdError, naming: &str) -> String {
    match why {
        IdError::NothingUnique { .. } => {
            format!("; name one as {naming}PROPERTY; features of one id make one area")
        }
        IdError::NothingCommon { .. } => "; give all features one by the same name".to_owned(),
        _ => String::new(),
    }
}

/// A whole file, unpacked; `-` is standard input. Reads at most `limit` bytes and one more, so
/// that whoever asked can tell a file that is too large.
///
/// # Errors
/// When it cannot be read.
pub fn read_unpacked(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let most = limit.saturating_add(1);
    let mut raw = open(path)?;
    let mut head = vec![];
    raw.by_ref().take(2).read_to_end(&mut head)?;
    let gzipped = head == [0x1f, 0x8b];
    let whole = io::Cursor::new(head).chain(raw);
    let mut bytes = vec![];
    if gzipped {
        MultiGzDecoder::new(whole).take(most).read_to_end(&mut bytes)?;
    } else {
        whole.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// A file's bytes as they are; `-` is standard input.
///
/// # Errors
/// When it cannot be opened.
pub fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin()));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 16, File::open(path)?)))
}

/// As [`open`], with a meter of how much was read.
///
/// # Errors
/// When it cannot be opened.
pub fn open_metered(path: &Path) -> io::Result<(Metered, Meter)> {
    let inner = open(path)?;
    let known = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file);
    let meter = Meter { read: Arc::default(), total: known.map(|file| file.len()) };
    Ok((Metered { inner, read: Arc::clone(&meter.read) }, meter))
}

/// How far into a file its reader is.
#[derive(Clone)]
pub struct Meter {
    read: Arc<AtomicU64>,
    total: Option<u64>,
}

impl Meter {
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    #[must_use]
    pub fn progress(&self) -> Progress {
        let style = match self.total {
            Some(_) => "{msg} {wide_bar} {bytes} of {total_bytes}, {eta} left",
            None => "{spinner} {msg}, {bytes} read",
        };
        Progress::new(self.total, style)
    }
}

/// Counts the bytes that pass.
pub struct Metered {
    inner: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Metered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn a_small_file_that_unpacks_to_a_huge_one_is_read_no_further_than_its_limit() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut packed = GzEncoder::new(&mut file, Compression::fast());
        let spaces = vec![b' '; 1 << 20];
        (0..64).for_each(|_| packed.write_all(&spaces).unwrap());
        packed.finish().unwrap();
        assert_eq!(read_unpacked(file.path(), 1_000).unwrap().len(), 1_001);
        let limits = FileLimits { bytes: 1_000, ..FileLimits::default() };
        let told = read_areas(file.path(), &limits, &mut |_| ()).unwrap_err().to_string();
        assert!(told.contains("at most"), "{told}");
    }

    #[test]
    fn a_file_in_feet_hears_once_how_to_convert_it() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let ring = "[[1170000,1890000],[1171000,1890000],[1171000,1891000],[1170000,1890000]]";
        let one = format!(
            r#"{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
        );
        let all = [one.as_str(); 50].join(",");
        write!(file, r#"{{"type":"FeatureCollection","features":[{all}]}}"#).unwrap();
        let mut said = vec![];
        let limits = FileLimits::default();
        let (areas, left_out) =
            read_areas(file.path(), &limits, &mut |told| said.push(told.to_owned())).unwrap();
        assert_eq!((areas.len(), left_out, said.len()), (0, 50, 2), "{said:?}");
        assert!(said[0].contains("feature 1 ") && said[0].contains("ogr2ogr"), "{said:?}");
        assert!(said[1].contains("49 more features"), "{said:?}");
    }

    #[test]
    fn a_file_of_streets_hears_once_that_they_are_no_areas() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let of = |geometry: &str| format!(r#"{{"type":"Feature","geometry":{geometry}}}"#);
        let street = of(r#"{"type":"LineString","coordinates":[[0,0],[1,1]]}"#);
        let all = [&*of("null"), &*street, &*street, &*of("null"), &*street].join(",");
        write!(file, r#"{{"type":"FeatureCollection","features":[{all}]}}"#).unwrap();
        let mut said = vec![];
        let limits = FileLimits::default();
        let (areas, left_out) =
            read_areas(file.path(), &limits, &mut |told| said.push(told.to_owned())).unwrap();
        assert_eq!((areas.len(), left_out, said.len()), (0, 5, 4), "{said:?}");
        assert!(said[0].contains("feature 1 is left out: "), "{said:?}");
        assert!(said[1].contains("1 more feature is left out for the same"), "{said:?}");
        assert!(said[2].contains("feature 2 is left out: "), "{said:?}");
        assert!(said[3].contains("2 more features are left out for the same"), "{said:?}");
    }

    #[test]
    fn what_was_tolerated_and_what_was_not_is_told() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let ring = "[[0,0,7],[1,0,7],[1,1,7],[0,1,7],[0,0,7]]";
        write!(
            file,
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"EPSG:4269"}}}},
            "features":[{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[{ring}]}}}},
            {{"type":"Feature","id":9,"geometry":null}}]}}"#
        )
        .unwrap();
        let mut said = vec![];
        let (areas, left_out) =
            read_areas(file.path(), &FileLimits::default(), &mut |told| said.push(told.to_owned()))
                .unwrap();
        assert_eq!((areas.len(), left_out), (1, 1));
        let said = said.join("\n");
        for told in ["NAD 83", "feature 1: ", "feature 2 (id 9) is left out: "] {
            assert!(said.contains(told), "{told} is not in:\n{said}");
        }
    }
}

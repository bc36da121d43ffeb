//! How messages tell where something is.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use super::{ConfigError, wrong};
use crate::drawing::{Added, Ground};
use crate::geometry::{FileLimits, Units, read_sketches};

/// How messages tell where something is, as it is set.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct LetterSettings {
    /// In which messages tell distances: metric, or us for feet and miles [default: metric]
    #[arg(long, env = "WARDWATCH_UNITS", value_name = "metric|us")]
    pub units: Option<Units>,
    /// GeoJSON of streets, parks or water, drawn under the pin on maps in mails, and beneath the maps of
    /// the site where --basemap is not set; what areas are is told by the file's name, as in
    /// parks.geojson, or by their properties. Give it once a file
    #[arg(long, env = "WARDWATCH_MAP_GROUND", value_name = "FILE", value_delimiter = ',')]
    pub map_ground: Option<Vec<PathBuf>>,
}

/// How messages tell where something is.
#[derive(Clone, Debug, Default)]
pub struct LetterConfig {
    pub units: Units,
    /// Read once, at the start.
    pub ground: Arc<Ground>,
    /// What each file gave to it.
    pub files: Vec<(PathBuf, Added)>,
}

/// More than the streets of any city.
const MOST_BYTES: usize = 1_000_000_000;

impl LetterSettings {
    pub(super) fn or(self, other: Self) -> Self {
        // Compose files leave a variable empty that they do not set.
        let some = |files: &Vec<PathBuf>| files.iter().any(|file| !file.as_os_str().is_empty());
        let map_ground = self.map_ground.filter(some).or(other.map_ground);
        Self { units: self.units.or(other.units), map_ground }
    }

    pub(super) fn resolve(self) -> Result<LetterConfig, ConfigError> {
        let (mut ground, mut files) = (Ground::default(), vec![]);
        // Compose files leave a variable empty that they do not set.
        let given = self.map_ground.unwrap_or_default().into_iter();
        for file in given.filter(|file| !file.as_os_str().is_empty()) {
            let shown = file.display();
            let added = add(&mut ground, &file).map_err(|why| format!("{shown}: {why}"));
            let added = added.map_err(wrong("map-ground"))?;
            files.push((file, added));
        }
        let units = self.units.unwrap_or_default();
        Ok(LetterConfig { units, ground: Arc::new(ground), files })
    }
}

/// Adds what a file holds, gzipped or not.
fn add(ground: &mut Ground, file: &Path) -> Result<Added, String> {
    let bytes = unpacked(file).map_err(|why| format!("it cannot be read: {why}"))?;
    let limits = FileLimits { bytes: MOST_BYTES, features: usize::MAX };
    let sketches = read_sketches(&bytes, &limits).map_err(|why| why.to_string())?;
    let count = sketches.len();
    let added = ground.add(&stem(file), sketches);
    if added.others == count {
        return Err(format!(
            "none of its {count} lines and areas is a street, a park or water; lines are streets, \
             and of areas say what they are by the file's name, as in parks.geojson or \
             water.geojson, or by a property `kind`"
        ));
    }
    Ok(added)
}

fn unpacked(file: &Path) -> io::Result<Vec<u8>> {
    let (mut bytes, mut plain) = (vec![], vec![]);
    let most = MOST_BYTES as u64 + 1;
    File::open(file)?.take(most).read_to_end(&mut bytes)?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    MultiGzDecoder::new(&bytes[..]).take(most).read_to_end(&mut plain)?;
    Ok(plain)
}

/// The file's name without its endings: `data/parks.geojson.gz` is `parks`.
fn stem(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn read(files: &[&Path]) -> Result<LetterConfig, ConfigError> {
        let map_ground = Some(files.iter().map(|file| file.to_path_buf()).collect());
        LetterSettings { map_ground, units: None }.resolve()
    }

    fn square(properties: &str) -> String {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},
            "geometry":{{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}}}]}}"#
        )
    }

    #[test]
    fn the_demo_citys_ground_is_read_packed_or_not() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let dir = tempfile::tempdir().unwrap();
        let packed = dir.path().join("streets.geojson.gz");
        let mut encoder = GzEncoder::new(File::create(&packed).unwrap(), Compression::fast());
        encoder.write_all(&std::fs::read(data.join("streets.geojson")).unwrap()).unwrap();
        encoder.finish().unwrap();
        let read = read(&[&packed, &data.join("parks.geojson"), &data.join("water.geojson")]);
        let added: Vec<Added> = read.unwrap().files.into_iter().map(|(_, added)| added).collect();
        assert!(added[0].streets > 200 && added[1].parks > 5 && added[2].waters > 3, "{added:?}");
        assert!(added.iter().all(|added| added.others == 0), "{added:?}");
    }

    #[test]
    fn a_file_that_cannot_be_drawn_is_refused_with_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let table = [
            ("ground.geojson", square("{}"), "by a property `kind`"),
            ("parks.geojson", "<html>".to_owned(), "web page"),
            (
                "parks.geojson",
                r#"{"type":"FeatureCollection","features":[]}"#.into(),
                "none of its 0",
            ),
        ];
        for (name, text, expected) in table {
            let file = dir.path().join(name);
            std::fs::write(&file, text).unwrap();
            let why = read(&[&file]).unwrap_err();
            assert!(why.is_misuse());
            let told = why.to_string();
            assert!(told.starts_with("--map-ground") && told.contains(expected), "{told}");
        }
        let told = read(&[&dir.path().join("nowhere.geojson")]).unwrap_err().to_string();
        assert!(told.contains("cannot be read"), "{told}");
        let file = dir.path().join("ground.geojson");
        std::fs::write(&file, square(r#"{"kind":"park"}"#)).unwrap();
        assert_eq!(read(&[&file, Path::new("")]).unwrap().files[0].1.parks, 1);
    }
}

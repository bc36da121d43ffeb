//! What points are matched against: areas and boundary layers, read from files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use serde_json::Value;

use crate::cli::files::{AreaFile, FileError, Mending, by_id, hint, read_mended_areas};
use crate::clock::Timestamp;
use crate::geometry::{Feature, FileLimits, IdError, Shape};
use crate::matching::{AreaId, AreaIndex, WardIndex};
use crate::ward::{LayerVersion, Ward};

/// `[LAYER=]FILE[#ID_PROPERTY]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LayerFile {
    layer: String,
    file: AreaFile,
}

/// How layers are taken.
#[derive(Clone, Copy)]
pub(super) struct LayerTerms {
    pub(super) limits: FileLimits,
    /// How near a ward is near, in metres.
    pub(super) tolerance_m: f64,
    /// What becomes of shapes that are no areas.
    pub(super) mending: Mending,
}

/// Why there is nothing to match against.
#[derive(Debug, thiserror::Error)]
pub(super) enum GroundError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{}: {why}{}", path.display(), hint(why, "FILE#"))]
    Ids { path: PathBuf, why: IdError },
    #[error("{} holds no area that could be read", .0.display())]
    Empty(PathBuf),
    #[error("two layers are called “{0}”; name one of them: LAYER=FILE")]
    SameLayerTwice(String),
    #[error("{} holds more areas than can be numbered", .0.display())]
    TooMany(PathBuf),
}

/// Areas and layers, ready to be asked.
pub(super) struct Ground {
    pub(super) areas: AreaIndex,
    pub(super) layers: Vec<WardIndex>,
    /// By the areas' ids, as JSON has them; in alphabetical order, so that sorted ids are sorted names.
    names: Vec<Box<str>>,
    mending: Mending,
    left_out: usize,
}

impl FromStr for LayerFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A path may have an equals sign further down.
        let named = text.split_once('=').filter(|(layer, _)| !layer.contains(['/', '\\']));
        let (layer, file) = match named {
            Some((layer, file)) => (Some(layer), file),
            None => (None, text),
        };
        let Ok(file) = file.parse::<AreaFile>();
        let layer = layer.map_or_else(|| file.stem(), str::to_owned);
        if layer.is_empty() || file.path.as_os_str().is_empty() {
            return Err(format!("“{text}” names no layer or no file; write LAYER=FILE"));
        }
        Ok(Self { layer, file })
    }
}

impl LayerFile {
    pub(super) fn path(&self) -> &Path {
        &self.file.path
    }
}

impl Ground {
    /// Reads the files; `say` hears what a person should know of each.
    ///
    /// # Errors
    /// When a file as a whole cannot be taken. Single areas that are none are left out and said.
    pub(super) fn read(
        areas: Option<&AreaFile>,
        layers: &[LayerFile],
        how: LayerTerms,
        say: &mut dyn FnMut(&str),
    ) -> Result<Self, GroundError> {
        let mut names = BTreeSet::new();
        if let Some(twice) = layers.iter().find(|file| !names.insert(&file.layer)) {
            return Err(GroundError::SameLayerTwice(twice.layer.clone()));
        }
        let mut ground = Self {
            areas: AreaIndex::default(),
            layers: vec![],
            names: vec![],
            mending: how.mending,
            left_out: 0,
        };
        if let Some(file) = areas {
            ground.take_areas(file, say)?;
        }
        for file in layers {
            ground.take_layer(file, how, say)?;
        }
        Ok(ground)
    }

    /// An area's name as a JSON string.
    pub(super) fn area_name(&self, id: AreaId) -> &str {
        &self.names[id.0 as usize]
    }

    /// A sentence about what was left out, if anything was.
    pub(super) fn left_out(&self) -> Option<String> {
        let count = self.left_out;
        let features = if count == 1 { "1 feature is" } else { &format!("{count} features are") };
        (count > 0).then(|| {
            format!(
                "{features} left out, as told above; points are answered as if they were not there"
            )
        })
    }

    fn take_areas(
        &mut self,
        file: &AreaFile,
        say: &mut dyn FnMut(&str),
    ) -> Result<(), GroundError> {
        // How many areas a person matches on a machine of their own is nobody else's matter.
        let limits = FileLimits { bytes: usize::MAX, features: usize::MAX };
        let named = self.read_named(file, &limits, say)?;
        if u32::try_from(named.len()).is_err() {
            return Err(GroundError::TooMany(file.path.clone()));
        }
        let (names, shapes): (Vec<_>, Vec<_>) = named.into_iter().unzip();
        self.areas = AreaIndex::build((0..).map(AreaId).zip(shapes.into_iter().map(Arc::new)));
        self.names = names.into_iter().map(|name| Value::from(name).to_string().into()).collect();
        Ok(())
    }

    fn take_layer(
        &mut self,
        LayerFile { layer, file }: &LayerFile,
        LayerTerms { limits, tolerance_m, .. }: LayerTerms,
        say: &mut dyn FnMut(&str),
    ) -> Result<(), GroundError> {
        let named = self.read_named(file, &limits, say)?;
        let ward = |(key, shape): (String, Shape)| Ward { name: key.clone(), key, shape };
        self.layers.push(WardIndex::new(LayerVersion {
            layer: layer.clone(),
            version: 1,
            effective: Timestamp::from_millis(0),
            tolerance_m,
            wards: named.into_iter().map(ward).collect(),
        }));
        Ok(())
    }

    /// The areas of a file with their ids, in the order of these.
    fn read_named(
        &mut self,
        file: &AreaFile,
        limits: &FileLimits,
        say: &mut dyn FnMut(&str),
    ) -> Result<Vec<(String, Shape)>, GroundError> {
        let AreaFile { path, id_property } = file;
        let (features, left_out) = read_mended_areas(path, limits, self.mending, say)?;
        self.left_out += left_out;
        let shown = path.display();
        if features.is_empty() {
            return Err(GroundError::Empty(path.clone()));
        }
        let all = by_id(features, id_property.as_deref(), &format!("{shown}#"), &mut |told| {
            say(&format!("{shown}: {told}"));
        });
        let all = all.map_err(|why| GroundError::Ids { path: path.clone(), why })?;
        let shape = |of: Vec<Feature>| Shape::join(of.into_iter().map(|one| one.shape).collect());
        Ok(all.into_iter().map(|(id, features)| (id, shape(features))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_file_may_name_its_layer_and_its_ids() {
        let table = [
            ("wards.geojson", ("wards", "wards.geojson", None)),
            ("data/wards.geojson.gz", ("wards", "data/wards.geojson.gz", None)),
            ("w=data/a.json#ward", ("w", "data/a.json", Some("ward"))),
            ("a.json#Ward No", ("a", "a.json", Some("Ward No"))),
            ("data/v=2/beats.json", ("beats", "data/v=2/beats.json", None)),
            ("beats", ("beats", "beats", None)),
            ("a.json#", ("a", "a.json#", None)),
        ];
        for (text, (layer, path, property)) in table {
            let read: LayerFile = text.parse().unwrap();
            let file = AreaFile { path: path.into(), id_property: property.map(str::to_owned) };
            assert_eq!(read, LayerFile { layer: layer.into(), file }, "{text}");
        }
        for text in ["=a.json", "wards=", ""] {
            assert!(text.parse::<LayerFile>().is_err(), "{text}");
        }
    }

    #[test]
    fn two_layers_of_one_name_are_refused_before_anything_is_read() {
        let layers: Vec<LayerFile> =
            ["a/wards.json", "b/wards.json.gz"].map(|text| text.parse().unwrap()).into();
        let terms =
            LayerTerms { limits: FileLimits::default(), tolerance_m: 1.0, mending: Mending::No };
        let error = Ground::read(None, &layers, terms, &mut |_| ()).err().unwrap().to_string();
        assert_eq!(error, "two layers are called “wards”; name one of them: LAYER=FILE");
    }
}

//! Boundary files: read Feature by Feature, so that one bad ward costs that ward alone.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::geojson::lint;
use super::{FileLimits, GeometryError, Repair, Shape, crs, encoding, geojson};

/// One area of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Its place in the file, from 0.
    pub index: usize,
    /// The Feature's own `id`, whole numbers without a fraction.
    pub id: Option<String>,
    pub properties: Map<String, Value>,
    pub shape: Shape,
    /// What was tolerated, in sentences.
    pub warnings: Vec<String>,
    /// What was done to its rings, where that was asked for and needed.
    pub repair: Option<Repair>,
}

/// One area that could not be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Its place in the file, from 0.
    pub index: usize,
    pub id: Option<String>,
    pub properties: Map<String, Value>,
    pub reason: GeometryError,
}

/// What a file holds, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureFile {
    pub features: Vec<Result<Feature, Refused>>,
    /// What was tolerated in the file as a whole.
    pub warnings: Vec<String>,
}

impl FeatureFile {
    /// What was taken, and what was refused.
    #[must_use]
    pub fn split(self) -> (Vec<Feature>, Vec<Refused>) {
        let (mut taken, mut refused) = (Vec::new(), Vec::new());
        for feature in self.features {
            match feature {
                Ok(feature) => taken.push(feature),
                Err(reason) => refused.push(reason),
            }
        }
        (taken, refused)
    }
}

/// Members of the outermost object; the Features stay text until each is read by itself.
#[derive(Deserialize)]
pub(super) struct Root<'a> {
    #[serde(default, rename = "type")]
    pub(super) kind: Value,
    #[serde(default)]
    crs: Value,
    #[serde(borrow, default)]
    features: Option<&'a RawValue>,
    #[serde(borrow, default)]
    bbox: Option<&'a RawValue>,
    #[serde(borrow, default)]
    properties: Option<&'a RawValue>,
    #[serde(borrow, default)]
    geometry: Option<&'a RawValue>,
    #[serde(borrow, default)]
    geometries: Option<&'a RawValue>,
    #[serde(borrow, default)]
    coordinates: Option<&'a RawValue>,
}

/// Reads a FeatureCollection, a Feature or a geometry from (unpacked) bytes.
///
/// Tolerated: a byte-order mark, Latin-1, missing properties, ids that are texts or numbers,
/// members that GeoJSON does not know. Each Feature takes memory while it is read, not the whole
/// file.
///
/// # Errors
/// When the file as a whole cannot be read: not JSON, not GeoJSON, in a foreign coordinate system,
/// or beyond the limits. What is wrong with one Feature is told in its place.
pub fn read_features(bytes: &[u8], limits: &FileLimits) -> Result<FeatureFile, GeometryError> {
    FeatureReader { limits, repair: false }.read(bytes, &mut |_| ())
}

/// How a file is read.
#[derive(Clone, Copy, Debug)]
pub struct FeatureReader<'a> {
    pub limits: &'a FileLimits,
    /// Whether a shape that is no area is made one where that can be.
    pub repair: bool,
}

impl FeatureReader<'_> {
    /// As [`read_features`]; `at` hears after each Feature of how many bytes it is.
    ///
    /// # Errors
    /// As [`read_features`].
    pub fn read(
        &self,
        bytes: &[u8],
        at: &mut dyn FnMut(usize),
    ) -> Result<FeatureFile, GeometryError> {
        if bytes.len() > self.limits.bytes {
            let (found, limit) = (bytes.len(), self.limits.bytes);
            return Err(GeometryError::FileTooLarge { found, limit });
        }
        let mut file = FeatureFile::default();
        let text = encoding::text(bytes, &mut file.warnings)?;
        let root: Root = serde_json::from_str(&text).map_err(|e| no_json(&e))?;
        if root.kind != "FeatureCollection" {
            let value = serde_json::from_str(&text).map_err(|e| no_json(&e))?;
            // A file that is no GeoJSON at all is refused as one; a bad area is refused as an area.
            return match self.feature(0, value) {
                Err(Refused { reason: reason @ GeometryError::NotGeoJson(_), .. }) => Err(reason),
                one => {
                    file.features.push(one);
                    Ok(file)
                }
            };
        }
        let list = root.check(&mut file.warnings)?;
        if list.len() > self.limits.features {
            let (found, limit) = (list.len(), self.limits.features);
            return Err(GeometryError::TooManyFeatures { found, limit });
        }
        for (index, raw) in list.iter().enumerate() {
            file.features.push(self.member(index, raw));
            at(raw.get().len());
        }
        Ok(file)
    }

    fn member(&self, index: usize, raw: &RawValue) -> Result<Feature, Refused> {
        let refused = |reason| Refused { index, id: None, properties: Map::new(), reason };
        let value: Value = serde_json::from_str(raw.get()).map_err(|e| refused(no_json(&e)))?;
        if value["type"] != "Feature" {
            let told = value["type"].as_str().map_or("without `type`".into(), |t| format!("a {t}"));
            let reason = format!("a FeatureCollection holds Features; this is {told}");
            return Err(refused(GeometryError::NotGeoJson(reason)));
        }
        self.feature(index, value)
    }

    fn feature(&self, index: usize, mut value: Value) -> Result<Feature, Refused> {
        let mut warnings = Vec::new();
        let id = id(&value["id"], &mut warnings);
        let is_feature = value["type"] == "Feature";
        let properties = if is_feature { value["properties"].take() } else { Value::Null };
        let properties = match properties {
            Value::Object(properties) => properties,
            Value::Null => Map::new(),
            _ => {
                let reason = GeometryError::NotGeoJson("`properties` is not an object".into());
                return Err(Refused { index, id, properties: Map::new(), reason });
            }
        };
        // The shape needs these two of them; the rest goes on to who asked.
        for name in ["radius_m", "exclude"] {
            if let Some(found) = properties.get(name).filter(|_| is_feature) {
                value["properties"][name] = found.clone();
            }
        }
        let read = if self.repair {
            geojson::repaired(&value, &mut warnings)
        } else {
            geojson::shape(&value, None, &mut warnings).map(|shape| (shape, None))
        };
        match read {
            Ok((shape, repair)) => Ok(Feature { index, id, properties, shape, warnings, repair }),
            Err(reason) => Err(Refused { index, id, properties, reason }),
        }
    }
}

impl<'a> Root<'a> {
    /// The list of Features; what is odd about the collection is told.
    pub(super) fn check(
        &self,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<&'a RawValue>, GeometryError> {
        let mut others = Map::new();
        for (name, raw) in [
            ("bbox", self.bbox),
            ("properties", self.properties),
            ("geometry", self.geometry),
            ("geometries", self.geometries),
            ("coordinates", self.coordinates),
        ] {
            let of = |raw: &RawValue| serde_json::from_str(raw.get()).unwrap_or(Value::Null);
            others.extend(raw.map(|raw| (name.to_owned(), of(raw))));
        }
        let mut warn = |told: &str| warnings.push(told.to_owned());
        lint::members(&Value::Object(others), "FeatureCollection", &mut warn);
        warnings.extend(crs::check(&self.crs)?.map(str::to_owned));
        let list = self.features.map_or("null", RawValue::get);
        serde_json::from_str(list).map_err(|_| {
            GeometryError::NotGeoJson(
                "a FeatureCollection has a list of `features`; this has none".into(),
            )
        })
    }
}

fn id(value: &Value, warnings: &mut Vec<String>) -> Option<String> {
    let id = plain(value);
    if id.is_none() && !value.is_null() {
        warnings.push("its `id` is neither a text nor a number, and is passed over".to_owned());
    }
    id
}

/// A text or a number as people write it: `12`, never `12.0`.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => match number.as_f64() {
            Some(x) if number.is_f64() && x.fract() == 0.0 && x.abs() < 1e15 => {
                Some(format!("{x:.0}"))
            }
            _ => Some(number.to_string()),
        },
        _ => None,
    }
}

pub(super) fn no_json(error: &serde_json::Error) -> GeometryError {
    GeometryError::NotGeoJson(format!("it is not JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: &str = r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}"#;

    fn read(text: &str) -> Result<FeatureFile, GeometryError> {
        read_features(text.as_bytes(), &FileLimits::default())
    }

    #[test]
    fn one_bad_ward_is_refused_with_its_id_and_the_others_come_through() {
        let text = format!(
            "\u{feff}{{\"type\":\"FeatureCollection\",\"properties\":[],\"name\":7,\"features\":[
            {{\"type\":\"Feature\",\"id\":1,\"geometry\":{SQUARE}}},
            {{\"type\":\"Feature\",\"id\":\"two\",\"properties\":null,\"geometry\":null}},
            {{\"type\":\"Feature\",\"id\":3.0,\"properties\":{{\"ward\":\"3\"}},\"geometry\":
              {{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}}}},
            null, 1e999,
            {{\"type\":\"Feature\",\"id\":[4],\"properties\":{{\"ward\":4}},\"geometry\":{SQUARE}}}]}}"
        );
        let (taken, refused) = read(&text).unwrap().split();
        let taken: Vec<_> = taken.iter().map(|f| (f.index, f.id.as_deref())).collect();
        assert_eq!(taken, [(0, Some("1")), (5, None)]);
        let told: Vec<_> = refused
            .iter()
            .map(|r| format!("{} {:?} {}", r.index, r.id.as_deref(), r.reason))
            .collect();
        assert_eq!(told[0], r#"1 Some("two") has no geometry"#);
        assert_eq!(told[1], r#"2 Some("3") self-intersection near 0.5,0.5"#);
        assert!(told[2].contains("holds Features"), "{told:?}");
        assert!(told[3].contains("not JSON"), "{told:?}");
    }

    #[test]
    fn a_file_that_is_no_map_hears_what_it_is() {
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        let deep_area = format!(r#"{{"type":"Polygon","coordinates":{}"#, "[".repeat(100_000));
        for (text, expected) in [
            ("", "empty"),
            ("Cannot GET /wards", "starts with “Cannot GET /wards”"),
            ("version https://git-lfs.github.com/spec/v1", "Git LFS pointer"),
            ("<!DOCTYPE html>", "web page"),
            (r#"{"type":"Topology","objects":{}}"#, "TopoJSON"),
            (r#"{"type":"FeatureCollection"}"#, "list of `features`"),
            (r#"{"type":"FeatureCollection","features":{}}"#, "list of `features`"),
            ("{}", "no `type`"),
            (&deep, "not JSON"),
            (&deep_area, "not JSON"),
        ] {
            let told = read(text).unwrap_err().to_string();
            assert!(told.contains(expected), "{}: {told}", &text[..text.len().min(40)]);
        }
        assert!(read_features(&[0xff, 0xfe, 0, 0], &FileLimits::default()).is_err());
        assert!(read_features(&[b'{', 0xc3, 0x28], &FileLimits::default()).is_err());
    }

    #[test]
    fn a_file_beyond_the_limits_is_refused_whole() {
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{0},{0}]}}"#,
            format_args!(r#"{{"type":"Feature","geometry":{SQUARE}}}"#)
        );
        let few = FileLimits { features: 1, ..FileLimits::default() };
        let told = read_features(text.as_bytes(), &few).unwrap_err().to_string();
        assert_eq!(told, "the file has 2 features, and at most 1 are allowed");
        let small = FileLimits { bytes: 10, ..FileLimits::default() };
        assert!(read_features(text.as_bytes(), &small).is_err());
    }

    #[test]
    fn a_lone_feature_or_geometry_is_a_file_of_one() {
        assert_eq!(read(SQUARE).unwrap().features.len(), 1);
        let one =
            format!(r#"{{"type":"Feature","id":49,"properties":{{"a":1}},"geometry":{SQUARE}}}"#);
        let (taken, _) = read(&one).unwrap().split();
        assert_eq!((taken[0].id.as_deref(), taken[0].properties.len()), (Some("49"), 1));
        let line = r#"{"type":"LineString","coordinates":[[0,0],[1,1]]}"#;
        let (_, refused) = read(line).unwrap().split();
        assert!(refused[0].reason.to_string().starts_with("a LineString is not an area"));
    }
}

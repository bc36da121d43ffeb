//! Boundary files: read Feature by Feature, so that one bad ward costs that ward alone.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{FileLimits, GeometryError, Shape, crs, geojson};

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
}

/// One area that could not be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Its place in the file, from 0.
    pub index: usize,
    pub id: Option<String>,
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
struct Root<'a> {
    #[serde(default, rename = "type")]
    kind: Value,
    #[serde(default)]
    crs: Value,
    #[serde(borrow, default)]
    features: Option<&'a RawValue>,
}

/// Reads a FeatureCollection, a Feature or a geometry from (unpacked) bytes.
///
/// Tolerated: a byte-order mark, missing properties, ids that are texts or numbers, members that
/// GeoJSON does not know. Each Feature takes memory while it is read, not the whole file.
///
/// # Errors
/// When the file as a whole cannot be read: not JSON, not GeoJSON, in a foreign coordinate system,
/// or beyond the limits. What is wrong with one Feature is told in its place.
pub fn read_features(bytes: &[u8], limits: &FileLimits) -> Result<FeatureFile, GeometryError> {
    if bytes.len() > limits.bytes {
        return Err(GeometryError::FileTooLarge { found: bytes.len(), limit: limits.bytes });
    }
    let text = text(bytes)?;
    let root: Root = serde_json::from_str(text).map_err(|e| no_json(&e))?;
    let mut file = FeatureFile::default();
    if root.kind != "FeatureCollection" {
        let value = serde_json::from_str(text).map_err(|e| no_json(&e))?;
        // A file that is no GeoJSON at all is refused as one; a bad area is refused as an area.
        return match feature(0, value) {
            Err(Refused { reason: reason @ GeometryError::NotGeoJson(_), .. }) => Err(reason),
            one => {
                file.features.push(one);
                Ok(file)
            }
        };
    }
    file.warnings.extend(crs::check(&root.crs)?.map(str::to_owned));
    let list = root.features.map_or("null", RawValue::get);
    let features: Vec<&RawValue> = serde_json::from_str(list).map_err(|_| {
        GeometryError::NotGeoJson(
            "a FeatureCollection has a list of `features`; this has none".into(),
        )
    })?;
    if features.len() > limits.features {
        let (found, limit) = (features.len(), limits.features);
        return Err(GeometryError::TooManyFeatures { found, limit });
    }
    file.features = features.iter().enumerate().map(|(index, raw)| member(index, raw)).collect();
    Ok(file)
}

fn member(index: usize, raw: &RawValue) -> Result<Feature, Refused> {
    let refused = |reason| Refused { index, id: None, reason };
    let value: Value = serde_json::from_str(raw.get()).map_err(|e| refused(no_json(&e)))?;
    if value["type"] != "Feature" {
        let told = value["type"].as_str().map_or("without `type`".into(), |t| format!("a {t}"));
        let reason = format!("a FeatureCollection holds Features; this is {told}");
        return Err(refused(GeometryError::NotGeoJson(reason)));
    }
    feature(index, value)
}

fn feature(index: usize, mut value: Value) -> Result<Feature, Refused> {
    let mut warnings = Vec::new();
    let id = id(&value["id"], &mut warnings);
    let properties =
        if value["type"] == "Feature" { value["properties"].take() } else { Value::Null };
    let properties = match properties {
        Value::Object(properties) => properties,
        Value::Null => Map::new(),
        _ => {
            let reason = GeometryError::NotGeoJson("`properties` is not an object".into());
            return Err(Refused { index, id, reason });
        }
    };
    // The shape needs these two of them; the rest goes on to who asked.
    for name in ["radius_m", "exclude"] {
        if let Some(found) = properties.get(name) {
            value["properties"][name] = found.clone();
        }
    }
    match geojson::shape(&value, None, &mut warnings) {
        Ok(shape) => Ok(Feature { index, id, properties, shape, warnings }),
        Err(reason) => Err(Refused { index, id, reason }),
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

/// The text of a file, without its byte-order mark; what is often saved in place of a map is
/// told by name.
fn text(bytes: &[u8]) -> Result<&str, GeometryError> {
    let told = |problem: String| Err(GeometryError::NotGeoJson(problem));
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return told("it is packed with gzip; unpack it first".into());
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return told("it is written in UTF-16; save it as UTF-8".into());
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').trim_start(),
        Err(e) => return told(format!("byte {} is not UTF-8", e.valid_up_to() + 1)),
    };
    let start: String = text.lines().next().unwrap_or_default().chars().take(40).collect();
    match start.to_lowercase().as_str() {
        "" => told("it is empty".into()),
        s if s.starts_with('{') => Ok(text),
        s if s.starts_with("version https://git-lfs") => {
            told("it is a Git LFS pointer, not the file itself; run `git lfs pull`".into())
        }
        s if s.starts_with('<') => told("it is a web page or XML".into()),
        s if ["var ", "const ", "let ", "/*", "//"].iter().any(|js| s.starts_with(js)) => {
            told("it is JavaScript; keep only what stands from the first { to the last }".into())
        }
        _ => told(format!("it starts with “{}”, and GeoJSON is an object", start.trim_end())),
    }
}

fn no_json(error: &serde_json::Error) -> GeometryError {
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

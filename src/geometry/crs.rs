//! Coordinate systems that a file may name (GeoJSON 2008 §3; RFC 7946 §4 dropped the member).

use serde_json::Value;

use super::GeometryError;

const NAD_83: &str = "the file is in NAD 83 (EPSG:4269), which lies within two metres of WGS 84; \
                      its positions are taken as they stand";

/// What the `crs` member of a GeoJSON object (null without one) means here: nothing, or a warning.
///
/// # Errors
/// When it names any system but WGS 84 and NAD 83 in degrees.
pub fn check(crs: &Value) -> Result<Option<&'static str>, GeometryError> {
    if crs.is_null() {
        return Ok(None);
    }
    let foreign = || GeometryError::ForeignCrs(named(crs));
    let key: String =
        named(crs).to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let key = key.strip_prefix("URNOGCDEFCRS").unwrap_or(&key);
    let key = key.strip_prefix("HTTPWWWOPENGISNETDEFCRS").unwrap_or(key);
    match key {
        // OGC:1.3:CRS84, OGC::CRS84, EPSG::4326, EPSG/0/4326 and their like, with the marks gone.
        "CRS84" | "OGC13CRS84" | "OGCCRS84" | "OGC0CRS84" | "EPSG4326" | "EPSG04326" | "WGS84"
        | "EPSG4979" | "4326" | "OGC2CRS84" | "OGC13CRS84H" | "OGCCRS84H" => Ok(None),
        "EPSG4269" | "EPSG04269" | "OGC13CRS83" | "OGCCRS83" | "CRS83" | "NAD83" | "4269" => {
            Ok(Some(NAD_83))
        }
        _ => Err(foreign()),
    }
}

/// The name as the file writes it; old files have a code, or a link.
fn named(crs: &Value) -> String {
    let properties = &crs["properties"];
    let text = [&properties["name"], &properties["href"], crs]
        .into_iter()
        .find_map(|v| v.as_str().map(str::to_owned));
    let code = properties["code"].as_i64().map(|code| format!("EPSG:{code}"));
    text.or(code).unwrap_or_else(|| crs.to_string()).chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(name: &str) -> Value {
        json!({"type": "name", "properties": {"name": name}})
    }

    #[test]
    fn names_of_wgs_84_mean_nothing() {
        for name in [
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "urn:ogc:def:crs:OGC::CRS84",
            "EPSG:4326",
            "urn:ogc:def:crs:EPSG::4326",
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            "WGS 84",
        ] {
            assert_eq!(check(&file(name)), Ok(None), "{name}");
        }
        assert_eq!(check(&json!(null)), Ok(None));
        let old = json!({"type": "EPSG", "properties": {"code": 4326}});
        assert_eq!(check(&old), Ok(None));
    }

    #[test]
    fn nad_83_is_taken_with_a_warning_and_all_else_refused_by_name() {
        assert!(check(&file("urn:ogc:def:crs:EPSG::4269")).unwrap().unwrap().contains("NAD 83"));
        let told = check(&file("urn:ogc:def:crs:EPSG::2272")).unwrap_err().to_string();
        assert!(told.contains("EPSG::2272") && told.contains("ogr2ogr -t_srs EPSG:4326"), "{told}");
        assert!(check(&json!(7)).is_err());
        let link = json!({"type": "link", "properties": {"href": "http://a/b.prj"}});
        assert!(check(&link).unwrap_err().to_string().contains("http://a/b.prj"));
    }
}

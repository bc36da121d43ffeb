//! What breaks the letter of RFC 7946 but not the area: passed over, and told.

use serde_json::Value;

const BOXES: &str = "a `bbox` is not a list of 4 or 6 numbers, and is passed over";

/// Members that do not belong in an object of this type (RFC 7946 §7.1), and a bounding box that
/// is none (§5).
pub(in crate::geometry) fn members(value: &Value, kind: &str, warn: &mut dyn FnMut(&str)) {
    let foreign: &[&str] = match kind {
        "FeatureCollection" => &["coordinates", "geometries", "geometry", "properties"],
        "Feature" => &["coordinates", "geometries", "features"],
        _ => &["geometry", "properties", "features"],
    };
    for name in foreign.iter().filter(|name| value.get(**name).is_some()) {
        warn(&format!("a {kind} has no member `{name}`; it is passed over"));
    }
    if value.get("bbox").is_some_and(|bbox| !is_box(bbox)) {
        warn(BOXES);
    }
}

fn is_box(bbox: &Value) -> bool {
    let Value::Array(items) = bbox else { return false };
    matches!(items.len(), 4 | 6) && items.iter().all(Value::is_number)
}

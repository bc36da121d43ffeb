//! People along a street and what they report, as a running program is told of them.

use std::io::Write;

use serde_json::{Value, json};
use wardwatch::clock::Clock;

use crate::program::Program;

/// Somebody who hears at once of what happens around a place.
pub fn watch(email: &str, lon: f64) -> Value {
    json!({
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, 41.88]},
        "properties": {"email": email, "radius_m": 300, "frequency": "at_once"},
    })
}

pub fn pothole(id: &str, lon: f64) -> Value {
    let at = Clock::System.now().to_string();
    json!({
        "source_id": id, "kind": "opened", "at": at, "category": "Pothole", "lon": lon,
        "lat": 41.88,
    })
}

pub fn move_in(town: &Program, people: &[Value]) {
    let people = json!({"type": "FeatureCollection", "features": people});
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "{people}").unwrap();
    town.run(&["watches", "import", "--confirmed", file.path().to_str().unwrap()]);
}

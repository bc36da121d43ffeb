//! People along a street and what they report, as a running program is told of them.

use std::io::Write;

use serde_json::{Value, json};
use wardwatch::clock::Clock;
use wardwatch::engine::{Engine, EngineSettings, NewWatch, Newcomer};
use wardwatch::geometry::{Position, Shape};
use wardwatch::random::Random;
use wardwatch::token::Secrets;
use wardwatch::watch::{Filter, Rhythm, Target, Via, WatchId};
use wardwatch::watcher::Address;

use crate::program::Program;
use crate::sink::Sink;

/// Somebody who hears at once of what happens around a place.
pub fn watch(email: &str, lon: f64) -> Value {
    json!({
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, 41.88]},
        "properties": {"email": email, "radius_m": 300, "frequency": "at_once"},
    })
}

/// At one of a hundred places: what is always reported from one point is soon not believed.
pub fn pothole(id: &str, lon: f64) -> Value {
    let at = Clock::System.now().to_string();
    let steps = id.bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 100);
    json!({
        "source_id": id, "kind": "opened", "at": at, "category": "Pothole", "lon": lon,
        "lat": 41.88 + f64::from(steps) * 1e-5,
    })
}

pub fn move_in(town: &Program, people: &[Value]) {
    let people = json!({"type": "FeatureCollection", "features": people});
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "{people}").unwrap();
    town.run(&["watches", "import", "--confirmed", file.path().to_str().unwrap()]);
}

/// Somebody whose browser is pushed to at this path of the sink, which says by it how it answers.
pub async fn browser_moves_in(town: &Program, pushes: &Sink, path: &str, lon: f64) {
    let wire = json!({
        "endpoint": format!("http://127.0.0.1:{}/{path}", pushes.port()),
        "keys": {"p256dh": pushes.hello["p256dh"], "auth": pushes.hello["auth"]},
    });
    let address = Address::Push(serde_json::from_value(wire).unwrap());
    let (clock, secrets) = (Clock::System, Secrets::generate());
    let settings = EngineSettings::default();
    let engine = Engine::new(town.store().await, clock, Random::System, secrets, settings);
    let home = Shape::circle(Position { lon, lat: 41.88 }, 300.0).unwrap();
    let watch = NewWatch {
        id: WatchId(engine.random().uuid(engine.clock().now())),
        name: "Home".into(),
        target: Target::Area(home.into()),
        filter: Filter::for_places(),
        rhythm: Rhythm::AtOnce,
        via: Via::BOTH,
    };
    let (addresses, watches) = (vec![address], vec![watch]);
    let newcomer = Newcomer { language: "en".into(), addresses, watches };
    let city = engine.cities().await.unwrap().remove(0);
    engine.settle_in(&city, vec![newcomer]).await.unwrap();
}

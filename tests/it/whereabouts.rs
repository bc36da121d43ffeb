//! Where an issue lies, as the person reads it who watches there.

use serde_json::json;
use wardwatch::geometry::{Envelope, Position, Shape};
use wardwatch::watch::{Rhythm, Target};

use crate::open_town::{OpenTown, open_story, pothole};
use crate::town::{Town, block, place, story, ward};

open_story! {
    async fn a_mail_tells_how_far_from_the_middle_of_the_watched_area_it_is(town: OpenTown) {
        let home = json!({
            "email": "ada@example.org", "name": "Home", "rhythm": "at_once",
            "target": { "area": {
                "type": "Feature", "geometry": { "type": "Point", "coordinates": [-87.7, 41.85] },
                "properties": { "radius_m": 500 },
            } },
        });
        let asked = town.post("/api/v1/watches", &home).await.expect(201).json();
        let path = format!("/api/v1/watches/{}/confirm", asked["watch"]["id"].as_str().unwrap());
        let code = town.inbox("ada@example.org", 1).await.remove(0).code();
        town.post(&path, &json!({ "code": code })).await.expect(200);
        town.sign_up("bo@example.org").await; // for ward 1
        let mut issue = pothole();
        let off = (-240.0 / 82_820.0, 250.0 / 111_195.0);
        (issue["lon"], issue["lat"]) = (json!(-87.7 + off.0), json!(41.85 + off.1));
        town.post("/api/v1/issues", &issue).await.expect(201);
        let told = town.inbox("ada@example.org", 2).await.remove(1).text;
        assert!(told.contains("350 m northwest of the middle of “Home”"), "{told}");
        let mails = town.get("/dev/mail.json").await.expect(200).json();
        let to_ada = |mail: &&serde_json::Value| {
            mail["to"] == "ada@example.org" && mail["subject"].as_str().unwrap().contains("reported")
        };
        let mail = mails["mails"].as_array().unwrap().iter().find(to_ada).unwrap().clone();
        let path = format!("/dev/mail/{}", mail["id"].as_str().unwrap());
        let page = town.get(&path).await.expect(200).text;
        // Her ward on a map, as a mail program shows it.
        assert!(page.contains("<img src=\"data:image/png;base64,iVBORw0KGgo"), "{page}");
        assert!(page.contains("alt=\"Map: 1200 W Alder St, 350 m northwest of"), "{page}");
        let told = town.inbox("bo@example.org", 2).await.remove(1).text;
        assert!(!told.contains("middle"), "a ward has no middle that means anything: {told}");
    }
}

story! {
    async fn a_watch_has_its_middle_wherever_on_earth_it_lies(town: Town) {
        town.found_wards().await;
        let everywhere = Envelope { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
        let mut tx = town.engine.store().write().await.unwrap();
        tx.set_city_bounds(town.city().await.id, everywhere).await.unwrap();
        tx.commit().await.unwrap();
        let drawn = |ring: &[[f64; 2]]| {
            let area = json!({ "type": "Polygon", "coordinates": [ring] });
            Target::Area(std::sync::Arc::new(Shape::from_geojson(&area).unwrap()))
        };
        let river = drawn(&[[-87.66, 41.88], [-87.64, 41.88], [-87.64, 41.90], [-87.66, 41.88]]);
        let over = drawn(&[[179.0, 1.0], [181.0, 1.0], [181.0, 2.0], [179.0, 2.0], [179.0, 1.0]]);
        let table = [
            (block(place(-87.65, 41.88), 300.0), Some(place(-87.65, 41.88))),
            (block(place(20.0, 75.0), 3_000.0), Some(place(20.0, 75.0))),
            (block(place(179.999, -17.0), 500.0), Some(place(179.999, -17.0))),
            (block(place(30.0, 89.999), 500.0), Some(place(30.0, 89.999))),
            // The middle of the map on which all of it shows.
            (river, Some(place(-87.65, 41.89))),
            (over, Some(place(180.0, 1.5))),
            (ward("1"), None),
        ];
        let city = town.city().await.id;
        for (nth, (target, expected)) in table.into_iter().enumerate() {
            let row = town.watch(&format!("{nth}@example.org"), target, Rhythm::Daily).await;
            let mut tx = town.engine.store().read().await.unwrap();
            let named = tx.watches_named(city, &[row.watch.number]).await.unwrap().remove(0);
            let off = |middle: Position| expected.unwrap().distance_m(middle);
            assert_eq!(named.middle.is_some(), expected.is_some(), "{expected:?}");
            assert!(named.middle.is_none_or(|middle| off(middle) < 0.01), "{named:?}");
        }
    }
}

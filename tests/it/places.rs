//! People say where they are by an address: it is loaded, found, replaced, and leads to wards, watches
//! and issues.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use wardwatch::engine::Engine;
use wardwatch::gazetteer::{AddressPoint, StreetLine};
use wardwatch::geometry::Position;
use wardwatch::store::GazetteerKind;

use crate::open_town::{Answer, OpenTown, open_story};
use crate::program::Program;
use crate::town::fresh_postgres;

fn place(lon: f64, lat: f64) -> Position {
    Position { lon, lat }
}

fn house(number: &str, street: &str, lon: f64) -> AddressPoint {
    AddressPoint { number: number.into(), street: street.into(), at: place(lon, 41.85) }
}

/// Loads addresses as a city's own, in place of those before.
async fn load(engine: &Engine, addresses: &[AddressPoint]) {
    let city = engine.cities().await.unwrap().remove(0).id;
    let (mut tx, now) = (engine.store().write().await.unwrap(), engine.clock().now());
    let kind = GazetteerKind::Addresses;
    let import = tx.begin_gazetteer_import(city, "county", kind, "county.csv", now).await.unwrap();
    tx.put_addresses(city, import, 0, addresses).await.unwrap();
    assert!(
        tx.let_gazetteer_hold(city, import, addresses.len().try_into().unwrap()).await.unwrap()
    );
    while tx.clear_gazetteer(city).await.unwrap() {}
    tx.commit().await.unwrap();
}

/// Alder St runs along the town's middle, Main St across it in ward 1.
async fn load_streets(engine: &Engine) {
    let city = engine.cities().await.unwrap().remove(0).id;
    let (mut tx, now) = (engine.store().write().await.unwrap(), engine.clock().now());
    let line = |name: &str, line: Vec<Position>| StreetLine {
        name: name.into(),
        line,
        left: Some((1, 999)),
        right: Some((2, 998)),
    };
    let streets = [
        line("W Alder St", vec![place(-87.72, 41.85), place(-87.60, 41.85)]),
        line("N Main St", vec![place(-87.70, 41.82), place(-87.70, 41.88)]),
    ];
    let kind = GazetteerKind::Streets;
    let import = tx.begin_gazetteer_import(city, "lines", kind, "lines.csv", now).await.unwrap();
    tx.put_streets(city, import, 0, &streets).await.unwrap();
    assert!(tx.let_gazetteer_hold(city, import, 2).await.unwrap());
    tx.commit().await.unwrap();
}

/// Two houses of one number, one in each ward, and one that is alone.
pub async fn load_town(town: &OpenTown) {
    let houses = [
        house("1200", "W Alder St", -87.70),
        house("1200", "E Alder St", -87.60),
        house("7", "Oak Ave", -87.61),
    ];
    load(&town.town.engine, &houses).await;
}

fn labels(found: &Value) -> Vec<&str> {
    found["places"].as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap()).collect()
}

async fn search(town: &OpenTown, text: &str) -> Value {
    town.get(&format!("/api/v1/places?q={text}")).await.expect(200).json()
}

async fn fill(town: &OpenTown, path: &str, form: &[(&str, &str)]) -> Answer {
    let escaped = |text: &str| {
        let each = text.bytes().map(|byte| {
            let plain = byte.is_ascii_alphanumeric();
            if plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        });
        each.collect::<String>()
    };
    let pairs = form.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    let body = pairs.collect::<Vec<_>>().join("&");
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    town.ask(Method::POST, path, &kind, body).await
}

open_story! {
    async fn an_address_is_found_as_it_is_typed_with_its_ward(town: OpenTown) {
        assert_eq!(labels(&search(town, "1200%20w%20alder").await), Vec::<&str>::new());
        load_town(town).await;
        let found = search(town, "1200%20w%20ald").await;
        assert_eq!(labels(&found), ["1200 W Alder St"]);
        let first = &found["places"][0];
        assert_eq!(first["kind"], "address");
        assert_eq!(first["ward"], json!({ "layer": "wards", "ward": "1" }));
        assert_eq!((&first["lon"], &first["lat"]), (&json!(-87.7), &json!(41.85)));
        assert_eq!(labels(&search(town, "1200%20alder").await), ["1200 E Alder St", "1200 W Alder St"]);
        assert_eq!(labels(&search(town, "1200%20alder%20st&limit=1").await).len(), 1);
        for bad in ["/api/v1/places", "/api/v1/places?q=x&limit=0", "/api/v1/places?q=x&limit=999"] {
            let refused = town.get(bad).await;
            assert!(refused.status.is_client_error(), "{bad}: {}", refused.text);
        }
    }
}

open_story! {
    async fn corners_and_numbers_between_are_worked_out_from_the_streets(town: OpenTown) {
        load_streets(&town.town.engine).await;
        let corner = search(town, "main%20%26%20alder").await;
        assert_eq!(labels(&corner), ["N Main St & W Alder St"]);
        let corner = &corner["places"][0];
        assert_eq!((&corner["kind"], &corner["lon"]), (&json!("corner"), &json!(-87.7)));
        let between = search(town, "500%20w%20alder").await;
        let between = &between["places"][0];
        assert_eq!(between["kind"], "interpolated");
        assert!((between["lon"].as_f64().unwrap() + 87.66).abs() < 0.001, "half way: {between}");
        let near = town.get("/api/v1/places/at?lon=-87.66&lat=41.8503").await.expect(200).json();
        assert_eq!((&near["label"], &near["kind"]), (&json!("501 W Alder St"), &json!("interpolated")));
        assert!((near["metres"].as_f64().unwrap() - 33.4).abs() < 0.5, "{near}");
        assert_eq!(near["ward"]["ward"], "1");
        town.get("/api/v1/places/at?lon=-87.66&lat=41.9").await.expect(404);
        town.get("/api/v1/places/at?lon=-187.66&lat=41.9").await.expect(422);
    }
}

open_story! {
    async fn an_import_replaces_the_one_before_it_and_every_process_sees_that(town: OpenTown) {
        load_town(town).await;
        assert_eq!(labels(&search(town, "7%20oak").await), ["7 Oak Ave"]);
        // As the command does it beside the running service.
        let beside = town.town.another_process().await;
        load(&beside, &[house("8", "Oak Ave", -87.7)]).await;
        assert_eq!(labels(&search(town, "8%20oak").await), ["8 Oak Ave"]);
        assert_eq!(labels(&search(town, "1200%20alder").await), Vec::<&str>::new());
        // One that never ends changes nothing, and is gone with the next.
        let city = town.town.city().await.id;
        let mut tx = beside.store().write().await.unwrap();
        let now = beside.clock().now();
        let kind = GazetteerKind::Addresses;
        let half = tx.begin_gazetteer_import(city, "county", kind, "half.csv", now).await.unwrap();
        tx.put_addresses(city, half, 0, &[house("9", "Oak Ave", -87.7)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(labels(&search(town, "8%20oak").await), ["8 Oak Ave"]);
        load(&beside, &[house("10", "Oak Ave", -87.7)]).await;
        let mut tx = beside.store().write().await.unwrap();
        assert!(!tx.let_gazetteer_hold(city, half, 1).await.unwrap(), "it was overtaken");
        drop(tx);
        assert_eq!(labels(&search(town, "10%20oak").await), ["10 Oak Ave"]);
        let stored = crate::whole_store::rows(town.town.url()).await;
        let of = |table: &str| stored.iter().filter(|(name, _)| name == table).count();
        assert_eq!((of("gazetteer_import"), of("gazetteer_address")), (1, 1));
    }
}

open_story! {
    async fn an_address_leads_to_its_ward(town: OpenTown) {
        load_town(town).await;
        let page = town.get("/wards").await.expect(200);
        assert!(page.text.contains("<label for=\"address\">Address or corner</label>"));
        let found = town.get("/wards?q=7+oak+ave").await.expect(303);
        assert_eq!(found.header("location"), "/wards/2");
        let several = town.get("/wards?q=1200+alder").await.expect(200);
        for says in [
            "Which one do you mean?",
            "1200 W Alder St: <a href=\"/wards/1\">Ward 1</a>",
            "1200 E Alder St: <a href=\"/wards/2\">Ward 2</a>",
        ] {
            assert!(several.text.contains(says), "{says}: {}", several.text);
        }
        let none = town.get("/wards?q=1+nowhere+st").await.expect(200);
        assert!(none.text.contains("We know no such address."), "{}", none.text);
        assert!(none.text.contains("value=\"1 nowhere st\""), "it stays to be mended");
        assert!(none.text.contains("<a href=\"#address\">"), "the summary leads to the field");
        let street = town.get("/wards?q=oak+ave").await.expect(200);
        assert!(street.text.contains("Add a house number"), "{}", street.text);
        let empty = town.get("/wards?q=").await.expect(200);
        assert!(empty.text.contains("Enter an address or a corner."));
        let odd = town.get("/wards?q=%3Cscript%3E").await.expect(200);
        assert!(!odd.text.contains("value=\"<script>"), "what was typed is no markup");
    }
}

open_story! {
    async fn a_few_blocks_around_an_address_are_watched_without_a_map(town: OpenTown) {
        load_town(town).await;
        let looks = [("target", "area"), ("kind", "opened"), ("radius_m", "300"), ("act", "address")];
        let one = [&looks[..], &[("address", "7 oak")]].concat();
        let shown = fill(town, "/watch/new", &one).await.expect(200);
        assert!(shown.text.contains("value=\"7 Oak Ave\""), "{}", shown.text);
        assert!(shown.text.contains("class=\"mine\""), "the circle is drawn: {}", shown.text);
        assert!(shown.text.contains("name=\"lon\" value=\"-87.610000\""));

        let entered = [("target", "area"), ("kind", "opened"), ("act", "watch"), ("address", "7 oak")];
        let shown = fill(town, "/watch/new", &entered).await.expect(200);
        assert!(shown.text.contains("class=\"mine\"") && !shown.text.contains("There is a problem"));

        let several = [&looks[..], &[("address", "1200 alder")]].concat();
        let shown = fill(town, "/watch/new", &several).await.expect(200);
        let radio = |at: &str| format!("<input type=\"radio\" name=\"place\" value=\"{at}\">");
        for says in ["Which one do you mean?", &radio("-87.700000,41.850000"), "1200 W Alder St"] {
            assert!(shown.text.contains(says), "{says}: {}", shown.text);
        }
        assert!(!shown.text.contains("There is a problem"), "to choose is no fault");
        let chosen = [&several[..], &[("asked", "1200 alder"), ("place", "-87.700000,41.850000")]];
        let shown = fill(town, "/watch/new", &chosen.concat()).await.expect(200);
        assert!(shown.text.contains("class=\"mine\"") && !shown.text.contains("Which one"));

        let none = [&looks[..], &[("address", "1 nowhere st")]].concat();
        let shown = fill(town, "/watch/new", &none).await.expect(200);
        assert!(shown.text.contains("We know no such address."), "{}", shown.text);
    }
}

open_story! {
    async fn an_address_and_a_mail_address_are_enough_to_watch(town: OpenTown) {
        load_town(town).await;
        let form = [
            ("target", "area"), ("kind", "opened"), ("radius_m", "150"), ("rhythm", "at_once"),
            ("email", "ada@example.org"), ("act", "watch"),
        ];
        let many = [&form[..], &[("address", "1200 alder")]].concat();
        let refused = fill(town, "/watch/new", &many).await.expect(422);
        assert!(refused.text.contains("<a href=\"#places\">Choose one of the places"));
        let unknown = [&form[..], &[("address", "1 nowhere st")]].concat();
        let refused = fill(town, "/watch/new", &unknown).await.expect(422);
        assert!(refused.text.contains("We know no such address."), "{}", refused.text);

        let misspelt = [&form[..], &[("address", "1200 w aldre st")]].concat();
        let refused = fill(town, "/watch/new", &misspelt).await.expect(422);
        assert!(refused.text.contains("1200 W Alder St"), "it is asked for: {}", refused.text);

        let known = [&form[..], &[("address", "1200 w alder st")]].concat();
        let asked = fill(town, "/watch/new", &known).await.expect(303);
        let question = town.inbox("ada@example.org", 1).await.remove(0);
        fill(town, asked.header("location"), &[("code", &question.code())]).await.expect(200);
        let report = json!({
            "category": "Pothole", "description": "A deep hole", "lon": -87.7, "lat": 41.85,
        });
        town.post("/api/v1/issues", &report).await.expect(201);
        let news = town.inbox("ada@example.org", 2).await.pop().unwrap();
        assert!(news.text.contains("You watch “1200 W Alder St”"), "{}", news.text);
    }
}

open_story! {
    async fn what_is_typed_at_the_front_page_leads_on(town: OpenTown) {
        load_town(town).await;
        let report = json!({
            "category": "Pothole", "description": "A deep hole", "lon": -87.7, "lat": 41.85,
        });
        let made = town.post("/api/v1/issues", &report).await.expect(201).json();
        let number = made["number"].as_str().unwrap();
        for (typed, leads) in [
            (number.to_owned(), format!("/issues/{number}")),
            (format!("%23{number}"), format!("/issues/{number}")),
            ("ward+2".to_owned(), "/wards/2".to_owned()),
            ("WARD%202".to_owned(), "/wards/2".to_owned()),
            ("2".to_owned(), "/wards/2".to_owned()),
        ] {
            let found = town.get(&format!("/find?q={typed}")).await.expect(303);
            assert_eq!(found.header("location"), leads, "{typed}");
        }
        let found = town.get("/find?q=7+oak").await.expect(200);
        for says in [
            "<h2>7 Oak Ave</h2>",
            "href=\"/watch/new?lon=-87.610000&#38;lat=41.850000&#38;address=7%20Oak%20Ave\"",
            "href=\"/report/new?lon=-87.610000&#38;lat=41.850000&#38;address=7%20Oak%20Ave\"",
            "<a href=\"/wards/2\">Ward 2</a>",
            "Latest around 7 Oak Ave",
            "Nothing has been reported around here yet.",
        ] {
            assert!(found.text.contains(says), "{says}: {}", found.text);
        }
        let here = town.get("/find?q=1200+w+alder+st").await.expect(200);
        assert!(here.text.contains(&format!("data-issue=\"{number}\"")), "{}", here.text);
        let all = here.text.split("href=\"/issues?bbox=").nth(1).expect("a link to all of it");
        let all = format!("/issues?bbox={}", all.split('"').next().unwrap());
        let all = town.get(&all).await.expect(200);
        assert!(all.text.contains(&format!("data-issue=\"{number}\"")), "{}", all.text);
        let several = town.get("/find?q=1200+alder").await.expect(200);
        assert_eq!(several.text.matches("<h2>").count(), 2, "{}", several.text);
        assert!(!several.text.contains("What is happening"), "one has to be chosen first");
        let none = town.get("/find?q=99-999999").await.expect(200);
        assert!(none.text.contains("There is no issue with this number."), "{}", none.text);
        let plain = town.get("/find").await.expect(200);
        assert!(!plain.text.contains("There is a problem"), "nothing was asked yet");
        let linked = town.get("/watch/new?lon=-87.61&lat=41.85&address=7%20Oak%20Ave").await;
        let linked = linked.expect(200);
        assert!(linked.text.contains("value=\"7 Oak Ave\"") && linked.text.contains("class=\"mine\""));
        // What is reported there, and when it is fixed, as the front page promises; and no more.
        assert_eq!(linked.text.matches("name=\"kind\"").count(), 8);
        let ticked = |kind: &str| format!("name=\"kind\" value=\"{kind}\" checked");
        for (kind, is_ticked) in [("opened", true), ("closed", true), ("updated", false)] {
            assert_eq!(linked.text.contains(&ticked(kind)), is_ticked, "{kind}: {}", linked.text);
        }
    }
}

/// A geocoder whose answer a test can change, and what it was asked.
struct Elsewhere {
    at: String,
    answer: Arc<Mutex<(u16, String)>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Elsewhere {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new((200, "[]".to_owned())));
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let shared = (Arc::clone(&answer), Arc::clone(&asked));
        let routes = Router::new().fallback(reply).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { at, answer, asked }
    }

    fn says(&self, status: u16, body: &Value) {
        *self.answer.lock().unwrap() = (status, body.to_string());
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

type Shared = (Arc<Mutex<(u16, String)>>, Arc<Mutex<Vec<String>>>);

async fn reply(State((answer, asked)): State<Shared>, uri: Uri) -> (StatusCode, String) {
    asked.lock().unwrap().push(uri.to_string());
    let (status, body) = answer.lock().unwrap().clone();
    (StatusCode::from_u16(status).unwrap(), body)
}

/// What each of them answers, as recorded, and what has to stand in the question.
fn geocoders() -> [(&'static str, Value, &'static str, &'static str); 4] {
    let point = json!({ "type": "Point", "coordinates": [-87.7, 41.85] });
    let far = json!({ "type": "Point", "coordinates": [12.5, 41.9] });
    let photon = json!({ "type": "FeatureCollection", "features": [
        { "type": "Feature", "geometry": point, "properties": {
            "osm_type": "N", "osm_key": "place", "osm_value": "house", "type": "house",
            "housenumber": "44", "street": "Elm Street", "city": "Testville", "countrycode": "US",
        } },
        { "type": "Feature", "geometry": far, "properties": {
            "name": "Elm Street", "city": "Roma", "type": "street",
        } },
    ] });
    let nominatim = json!([{
        "place_id": 1, "licence": "Data © OpenStreetMap contributors, ODbL 1.0.", "lat": "41.85",
        "lon": "-87.7", "category": "building", "type": "yes", "name": "",
        "display_name": "44, Elm Street, Testville, Illinois, United States",
        "address": { "house_number": "44", "road": "Elm Street", "city": "Testville" },
        "boundingbox": ["41.84", "41.86", "-87.71", "-87.69"],
    }]);
    let pelias = json!({ "geocoding": { "version": "0.2" }, "type": "FeatureCollection",
        "features": [{ "type": "Feature", "geometry": point, "properties": {
            "layer": "address", "name": "44 Elm Street", "housenumber": "44", "street": "Elm Street",
            "label": "44 Elm Street, Testville, IL, USA", "confidence": 1,
        } }] });
    let census = json!({ "result": { "input": {}, "addressMatches": [{
        "tigerLine": { "side": "L", "tigerLineId": "1" },
        "coordinates": { "x": -87.7, "y": 41.85 },
        "addressComponents": { "zip": "60600", "streetName": "ELM" },
        "matchedAddress": "44 ELM ST, TESTVILLE, IL, 60600",
    }] } });
    [
        (
            "photon",
            photon,
            "/api?q=44%20elm%20st&limit=8&bbox=-87.8,41.7,-87.5,42",
            "© OpenStreetMap",
        ),
        ("nominatim", nominatim, "bounded=1&viewbox=-87.8,42,-87.5,41.7", "© OpenStreetMap"),
        (
            "pelias",
            pelias,
            "/v1/search?text=44%20elm%20st&size=8&boundary.rect.min_lon=-87.8",
            "Pelias",
        ),
        ("census", census, "onelineaddress?address=44%20elm%20st%2C%20Testville", "Census Bureau"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn another_service_is_asked_only_for_what_we_do_not_know() {
    for (kind, answer, question, credit) in geocoders() {
        let elsewhere = Elsewhere::open().await;
        let town = OpenTown::asking(&format!("{kind}:{}", elsewhere.at)).await;
        load_town(&town).await;
        assert_eq!(labels(&search(&town, "7%20oak").await), ["7 Oak Ave"]);
        assert_eq!(elsewhere.asked(), Vec::<String>::new(), "{kind}: our own answer is enough");
        elsewhere.says(200, &answer);
        let found = search(&town, "44%20elm%20st").await;
        let asked = elsewhere.asked();
        assert!(asked.len() == 1 && asked[0].contains(question), "{kind}: {asked:?}");
        let places = found["places"].as_array().unwrap();
        assert_eq!(places.len(), 1, "{kind}: what lies in another city is none: {found}");
        assert!(places[0]["label"].as_str().unwrap().to_lowercase().starts_with("44 elm st"));
        assert_eq!(places[0]["ward"]["ward"], "1", "{kind}");
        assert!(found["credit"].as_str().unwrap().contains(credit), "{kind}: {found}");
        let page = town.get("/find?q=44+elm+st").await.expect(200);
        assert!(page.text.contains("Found by: ") && page.text.contains(credit), "{}", page.text);
        town.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_service_that_fails_is_told_in_a_sentence() {
    let elsewhere = Elsewhere::open().await;
    let town = OpenTown::asking(&format!("photon:{}", elsewhere.at)).await;
    for (status, body) in
        [(500, json!("down")), (200, json!("nothing that we know")), (403, json!({}))]
    {
        elsewhere.says(status, &body);
        let asked = town.get("/api/v1/places?q=44%20elm%20st").await;
        if status == 200 {
            assert_eq!(labels(&asked.expect(200).json()), Vec::<&str>::new());
            continue;
        }
        let told = asked.expect(503).json();
        assert!(told["detail"].as_str().unwrap().contains("does not answer"), "{told}");
        let page = town.get("/wards?q=44+elm+st").await.expect(200);
        assert!(page.text.contains("Addresses cannot be looked up just now."), "{}", page.text);
    }
    elsewhere.asked();
    search(&town, "ab").await;
    assert_eq!(elsewhere.asked(), Vec::<String>::new(), "too short to mean anything");
    town.close().await;
}

const COUNTY: &str = "Add_Number,St_PreDir,St_Name,St_PosTyp,Longitude,Latitude\n\
    1200,W,Alder,St,-87.70,41.85\n\
    1202,W,Alder,St,-87.69,41.85\n\
    ,W,Alder,St,-87.68,41.85\n\
    1206,W,Alder,St,east,41.85\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_loads_lists_and_replaces_files() {
    let on_both = [None, fresh_postgres().await].into_iter().enumerate();
    for (_, url) in on_both.filter(|(i, url)| *i == 0 || url.is_some()) {
        let program = Program::new(url, 9, 9);
        let file = program.dir().join("county.csv");
        let file = file.to_str().unwrap();
        std::fs::write(file, COUNTY).unwrap();
        let import = ["gazetteer", "import", file, "--json"];
        let ended = program.end(&import);
        assert_eq!(ended.code, 1, "{}", ended.said);
        let count: Value = serde_json::from_str(&ended.printed).unwrap();
        let expected = json!({
            "source": "county", "kind": "addresses", "read": 4, "entries": 2, "outside": 0,
            "refused": 2,
        });
        assert_eq!(count, expected);
        for says in [
            "line 4 refused: it has no house number",
            "line 5 refused: `Longitude` “east”",
            "2 of 4 rows were refused",
        ] {
            assert!(ended.said.contains(says), "{says}: {}", ended.said);
        }

        let lines = program.dir().join("lines.geojson");
        let street = json!({ "type": "FeatureCollection", "features": [{ "type": "Feature",
            "properties": { "FULLNAME": "N Main St", "LFROMADD": 1, "LTOADD": 99, "RFROMADD": 2, "RTOADD": 98 },
            "geometry": { "type": "LineString", "coordinates": [[-87.7, 41.8], [-87.7, 41.9]] } }] });
        std::fs::write(&lines, street.to_string()).unwrap();
        program.run(&["gazetteer", "import", lines.to_str().unwrap(), "--source", "tiger"]);

        std::fs::write(file, COUNTY.lines().take(2).collect::<Vec<_>>().join("\n")).unwrap();
        program.run(&import);
        // One that is cut off changes nothing.
        let mut packed = GzEncoder::new(vec![], Compression::fast());
        packed.write_all(b"number,street,lon,lat\n").unwrap();
        for number in 1..40_000_u32 {
            let lon = -87.7 + f64::from(number) / 1e6;
            packed.write_all(format!("{number},Oak Ave,{lon:.6},41.85\n").as_bytes()).unwrap();
        }
        let (packed, half) = (packed.finish().unwrap(), program.dir().join("half.csv.gz"));
        std::fs::write(&half, &packed[..packed.len() / 2]).unwrap();
        let half = ["gazetteer", "import", half.to_str().unwrap(), "--source", "county"];
        let ended = program.end(&half);
        assert!(ended.code == 1 && ended.said.contains("nothing was changed"), "{}", ended.said);
        let listed = program.run(&["gazetteer", "list", "--json"]);
        let listed: Vec<Value> =
            listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |row: &Value| format!("{} {} {}", row["source"], row["kind"], row["entries"]);
        let rows: Vec<String> = listed.iter().map(of).collect();
        assert_eq!(rows, [r#""county" "addresses" 1"#, r#""tiger" "streets" 1"#]);
        let doctor = program.end(&["doctor"]).printed;
        assert!(doctor.contains("1 address and 1 piece of street can be found"), "{doctor}");
    }
}

#[test]
fn what_cannot_be_loaded_is_refused_and_changes_nothing() {
    let program = Program::new(None, 9, 9);
    let file = program.dir().join("x.csv");
    let path = file.to_str().unwrap();
    let import = |text: &str, words: &[&str]| {
        std::fs::write(&file, text).unwrap();
        let ended = program.end(&[&["gazetteer", "import", path], words].concat());
        (ended.code, ended.said)
    };
    let cases: [(&str, &[&str], i32, &str); 8] = [
        (
            "colour,size\nred,7\n",
            &[],
            1,
            "no column says house numbers and streets (it has: colour, size)",
        ),
        ("number,street\n7,Oak\n", &[], 1, "no column says longitude and latitude"),
        (
            "number,street,lon,lat\n7,Oak,1,2\n",
            &["--kind", "streets"],
            1,
            "no column says the lines",
        ),
        ("", &[], 1, "there are no rows in it"),
        (
            "number,street,lon,lat\n,Oak,1,2\n",
            &[],
            1,
            "no row of it could be taken; nothing was changed",
        ),
        ("number,street,lon,lat\n7,Oak,1,2\n", &["--map", "number=no"], 1, "no column “no”"),
        (
            "number,street,lon,lat\n7,Oak,1,2\n",
            &["--map", "house=no"],
            2,
            "choose from lon, lat, point",
        ),
        ("number,street,lon,lat\n7,Oak,1,2\n", &["--source", " "], 2, "--source"),
    ];
    for (text, words, code, says) in cases {
        let (ended, said) = import(text, words);
        assert_eq!(ended, code, "{text}: {said}");
        assert!(said.contains(says), "{says}: {said}");
    }
    program.found();
    assert_eq!(program.run(&["gazetteer", "list"]), "");
}

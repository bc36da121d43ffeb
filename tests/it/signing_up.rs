//! Signing up on the pages, without JavaScript: a ward with one field, an area, a browser's push.

use reqwest::Method;
use serde_json::{Value, json};

use crate::open_town::{Answer, OpenTown, open_story};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Sends a form.
async fn fill(town: &OpenTown, path: &str, form: &[(&str, &str)]) -> Answer {
    let body = serde_urlencoded(form);
    town.ask(Method::POST, path, &[FORM], body).await
}

fn serde_urlencoded(form: &[(&str, &str)]) -> String {
    let escaped = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric();
        let each = text.bytes().map(|byte| {
            if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        });
        each.collect::<String>()
    };
    let pairs = form.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

async fn report(town: &OpenTown, lon: f64) -> Value {
    let report = json!({
        "category": "Pothole", "description": "A deep hole", "lon": lon, "lat": 41.85,
        "address": "1200 W Alder St",
    });
    town.post("/api/v1/issues", &report).await.expect(201).json()
}

open_story! {
    async fn a_ward_is_followed_with_one_field_and_the_code_of_the_mail(town: OpenTown) {
        let wards = town.get("/wards").await.expect(200);
        assert!(wards.text.contains(r#"<a href="/wards/1">Ward 1</a>"#), "{}", wards.text);
        let ward = town.get("/wards/1").await.expect(200);
        for says in [">Get news of this ward, once a day</h2>", ">Your email address</label>"] {
            assert!(ward.text.contains(says), "{}", ward.text);
        }
        assert!(ward.text.contains("<h1>Ward 1</h1>") && ward.text.contains("<svg"));
        town.get("/wards/99").await.expect(404);

        let asked = fill(town, "/wards/1", &[("email", "Ada@example.org ")]).await.expect(303);
        let waits = asked.header("location").to_owned();
        assert!(waits.starts_with("/watch/new/"), "{waits}");
        let page = town.get(&waits).await.expect(200);
        assert!(page.text.contains("Check your mail"), "{}", page.text);
        assert_eq!(page.header("cache-control"), "no-store");

        let question = town.inbox("Ada@example.org", 1).await.remove(0);
        assert!(question.text.contains("ward 1"), "{}", question.text);
        let wrong = if question.code() == "123456" { "654321" } else { "123456" };
        let refused = fill(town, &waits, &[("code", wrong)]).await.expect(422);
        assert!(refused.text.contains("That is not the code"), "{}", refused.text);
        assert!(refused.text.contains(r##"<a href="#code">"##), "the summary leads to the field");
        let code = question.code();
        let typed = format!(" {} {}", &code[..3], &code[3..]);
        let done = fill(town, &waits, &[("code", &typed)]).await.expect(200);
        assert!(done.text.contains("“Ward 1” is on."), "{}", done.text);
        assert!(done.text.contains("/watch/"), "a way to change it");
    }
}

open_story! {
    async fn what_was_typed_wrongly_is_said_where_and_nothing_is_lost(town: OpenTown) {
        for (email, says) in [
            ("", "Enter your email address."),
            ("ada", "Enter an email address in the right form"),
            ("<script>", "Enter an email address in the right form"),
        ] {
            let refused = fill(town, "/wards/1", &[("email", email)]).await.expect(422);
            assert!(refused.text.contains(says), "{}", refused.text);
            assert!(refused.text.contains("<title>Error: Ward 1"), "{}", refused.text);
            assert!(!refused.text.contains("<script>"), "what was typed is no markup");
        }
        // Of the large form all stays as it was filled in.
        let form = [
            ("target", "ward"), ("ward", ""), ("kind", "closed"), ("category", "Pothole"),
            ("include", "bike lane"), ("rhythm", "weekly"), ("email", "ada"), ("act", "watch"),
        ];
        let refused = fill(town, "/watch/new", &form).await.expect(422);
        for says in ["Choose a ward from the list.", "Enter an email address in the right form"] {
            assert!(refused.text.contains(says), "{}", refused.text);
        }
        for kept in [
            r#"value="ward" checked"#, r#"value="closed" checked"#, r#"value="weekly" checked"#,
            "\nbike lane</textarea>", r#"value="ada""#,
        ] {
            assert!(refused.text.contains(kept), "{kept}: {}", refused.text);
        }
        assert!(!refused.text.contains(r#"value="opened" checked"#));
        let none = [("target", "ward"), ("ward", "1"), ("email", "ada@example.org")];
        let refused = fill(town, "/watch/new", &none).await.expect(422);
        assert!(refused.text.contains("Tick at least one thing"), "{}", refused.text);
        assert_eq!(town.town.engine.indexed_watches(town.town.city().await.id).await, 0);
    }
}

open_story! {
    async fn an_area_around_a_place_is_watched_without_a_map(town: OpenTown) {
        let linked = town.get("/watch/new?lon=-87.7&lat=41.85").await.expect(200);
        assert!(linked.text.contains("radius_m"), "a circle is there: {}", linked.text);
        let form = [("target", "area"), ("lon", "-87.7"), ("lat", "41.85"), ("radius_m", "150")];
        let found = [&form[..], &[("kind", "opened"), ("act", "find")]].concat();
        let shown = fill(town, "/watch/new", &found).await.expect(200);
        assert!(shown.text.contains(r#"class="mine""#), "the server draws it: {}", shown.text);

        let watch = [
            &form[..], &[("kind", "opened"), ("rhythm", "at_once"), ("email", "ada@example.org")],
        ].concat();
        let asked = fill(town, "/watch/new", &watch).await.expect(303);
        let question = town.inbox("ada@example.org", 1).await.remove(0);
        fill(town, asked.header("location"), &[("code", &question.code())]).await.expect(200);
        report(town, -87.7).await;
        let news = town.inbox("ada@example.org", 2).await.pop().unwrap();
        assert!(news.text.contains("You watch “My area”"), "{}", news.text);

        let nowhere = [("target", "area"), ("kind", "opened"), ("email", "bo@example.org")];
        let refused = fill(town, "/watch/new", &nowhere).await.expect(422);
        assert!(refused.text.contains("Choose a place"), "{}", refused.text);
        let far = [&nowhere[..], &[("lon", "12.5"), ("lat", "41.9")]].concat();
        let refused = fill(town, "/watch/new", &far).await.expect(422);
        assert!(refused.text.contains("not in this city"), "{}", refused.text);
        let drawn = [&nowhere[..], &[("area", r#"{"type":"Polygon","coordinates":[]}"#)]].concat();
        let refused = fill(town, "/watch/new", &drawn).await.expect(422);
        assert!(refused.text.contains("That area cannot be watched"), "{}", refused.text);
    }
}

open_story! {
    async fn the_ward_of_a_place_is_found_and_followed(town: OpenTown) {
        let found = town.get("/wards?lon=-87.7&lat=41.85").await.expect(303);
        assert_eq!(found.header("location"), "/wards/1");
        let nowhere = town.get("/wards?lon=12&lat=50").await.expect(200);
        assert!(nowhere.text.contains("No ward of this city holds that place."));
        let odd = town.get("/wards?lon=x&lat=").await.expect(200);
        assert!(odd.text.contains("No ward of this city holds that place."));
        let form = [
            ("target", "my_ward"), ("lon", "-87.7"), ("lat", "41.85"), ("kind", "opened"),
            ("email", "ada@example.org"),
        ];
        let asked = fill(town, "/watch/new", &form).await.expect(303);
        let question = town.inbox("ada@example.org", 1).await.remove(0);
        let done = fill(town, asked.header("location"), &[("code", &question.code())]).await;
        assert!(done.expect(200).text.contains("“My ward” is on."));
    }
}

open_story! {
    async fn a_browser_alone_is_told_without_any_address(town: OpenTown) {
        let push = json!({
            "endpoint": "http://127.0.0.1:9/ada",
            "keys": {
                "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
                "auth": "tBHItJI5svbpez7KI4CCXg",
            },
        }).to_string();
        let form = [("target", "ward"), ("ward", "1"), ("kind", "opened"), ("push", &*push)];
        let done = fill(town, "/watch/new", &form).await.expect(200);
        assert!(done.text.contains("“Ward 1” is on."), "{}", done.text);
        let rows = town.town.everything().await;
        let active = |row: &&String| row.starts_with("watch ") && row.contains("active");
        assert_eq!(rows.iter().filter(active).count(), 1);
        for bad in ["{}", "nonsense", r#"{"endpoint":"https://evil.example/x"}"#] {
            let form = [("target", "ward"), ("ward", "1"), ("kind", "opened"), ("push", bad)];
            let refused = fill(town, "/watch/new", &form).await.expect(422);
            assert!(refused.text.contains("This device could not be reached"), "{}", refused.text);
        }
    }
}

open_story! {
    async fn the_pages_speak_the_language_of_the_browser(town: OpenTown) {
        for (tag, says) in [
            ("es", "¿Qué quiere seguir?"), ("pl", "Co chcesz obserwować?"), ("zh", "您想关注什么？"),
            ("fr", "What do you want to watch?"),
        ] {
            let page = town.ask(Method::GET, "/watch/new", &[("accept-language", tag)], "").await;
            assert!(page.expect(200).text.contains(says), "{tag}");
        }
        let form = "email=ana%40example.org";
        let headers = [FORM, ("accept-language", "es-MX")];
        town.ask(Method::POST, "/wards/1", &headers, form).await.expect(303);
        let question = town.inbox("ana@example.org", 1).await.remove(0);
        assert!(question.html.contains("lang=\"es\""), "{}", question.html);
    }
}

open_story! {
    async fn the_site_brings_its_scripts_and_can_be_installed(town: OpenTown) {
        let home = town.get("/").await.expect(200);
        let script = home.text.split("src=\"/assets/app-").nth(1).expect("a script");
        let script = format!("/assets/app-{}", script.split('"').next().unwrap());
        let packed = [("accept-encoding", "gzip, br")];
        let packed = town.send(Method::GET, &script, &packed, "").await;
        assert_eq!(packed.headers()["content-encoding"], "br");
        assert!(packed.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        let packed = packed.bytes().await.unwrap().len();
        let plain = town.get(&script).await.expect(200);
        assert!(plain.header("content-encoding").is_empty() && plain.text.len() > packed);
        let worker = town.get("/sw.js").await.expect(200);
        assert_eq!(worker.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(worker.header("cache-control"), "no-cache");
        let manifest = town.get("/app.webmanifest").await.expect(200).json();
        for icon in manifest["icons"].as_array().unwrap() {
            let icon = town.get(icon["src"].as_str().unwrap()).await.expect(200);
            assert!(icon.header("content-type").starts_with("image/"));
        }
        assert!(town.get("/offline").await.expect(200).text.contains("You are offline"));
        assert!(home.text.contains("<html lang=\"en\" data-sw>"));
    }
}

open_story! {
    async fn a_browser_that_has_another_address_goes_on_being_told(town: OpenTown) {
        let keys = json!({
            "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
            "auth": "tBHItJI5svbpez7KI4CCXg",
        });
        let at = |place: &str| format!("http://127.0.0.1:9/{place}");
        let push = json!({ "endpoint": at("old"), "keys": keys }).to_string();
        let form = [("target", "ward"), ("ward", "1"), ("kind", "opened"), ("push", &*push)];
        fill(town, "/watch/new", &form).await.expect(200);
        let renew = async |old: &str, new: &str| {
            let body = json!({ "old": at(old), "endpoint": at(new), "keys": keys });
            town.post("/push/renew", &body).await.status.as_u16()
        };
        assert_eq!(renew("unknown", "new").await, 404, "only the browser knows its address");
        assert_eq!(renew("old", "new").await, 204);
        assert_eq!(renew("old", "new").await, 204, "once more is safe");
        let rows = town.town.everything().await;
        let contacts: Vec<_> = rows.iter().filter(|row| row.starts_with("contact ")).collect();
        let of = |place: &str| contacts.iter().filter(|row| row.contains(&at(place))).count();
        assert_eq!((contacts.len(), of("old"), of("new")), (2, 1, 1), "{contacts:?}");
        let retired = contacts.iter().filter(|row| row.contains("another address")).count();
        assert_eq!(retired, 1, "{contacts:?}");
    }
}

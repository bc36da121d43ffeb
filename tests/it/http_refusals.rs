//! Every refusal is a problem document that names the field; on a page it is a page.

use std::fmt::Write;

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::store::StaffRole;

use crate::open_town::{A_POINT, OpenTown, pothole, watch_by_mail};

struct Hostile {
    what: &'static str,
    method: Method,
    path: String,
    kind: &'static str,
    body: String,
}

fn get(what: &'static str, path: &str) -> Hostile {
    Hostile { what, method: Method::GET, path: path.into(), kind: "", body: String::new() }
}

fn post(what: &'static str, path: &str, body: impl std::fmt::Display) -> Hostile {
    let (kind, body) = ("application/json", body.to_string());
    Hostile { what, method: Method::POST, path: path.into(), kind, body }
}

/// The value with one member put in or (`null`) taken out, by pointer.
fn with(mut value: Value, pointer: &str, put: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if put.is_null() {
        parent.remove(name);
    } else {
        parent.insert(name.to_owned(), put);
    }
    value
}

fn reports() -> Vec<Hostile> {
    let report =
        |what, pointer: &str, put| post(what, "/api/v1/issues", with(pothole(), pointer, put));
    vec![
        post("no JSON", "/api/v1/issues", "{\"category\""),
        post("a list", "/api/v1/issues", "[]"),
        post("nothing", "/api/v1/issues", ""),
        post("an empty object", "/api/v1/issues", "{}"),
        Hostile { kind: "text/plain", ..post("no JSON type", "/api/v1/issues", pothole()) },
        Hostile { kind: "", ..post("no type at all", "/api/v1/issues", pothole()) },
        report("no category", "/category", Value::Null),
        report("a number as category", "/category", json!(7)),
        report("a place off the earth", "/lat", json!(941.85)),
        report("a place in words", "/lon", json!("west of here")),
        report("an unknown member", "/a~b", json!(1)),
        report("a NUL", "/description", json!("a\0b")),
        report("a NUL in a name", "/a\0", json!(1)),
        report("a novel", "/description", json!("x".repeat(5_001))),
        post(
            "two megabytes",
            "/api/v1/issues",
            format!("{{\"description\":\"{}\"}}", "x".repeat(2 << 20)),
        ),
        post("deep nesting", "/api/v1/issues", "[".repeat(50_000)),
        post(
            "an event without a key",
            "/api/v1/issues/26-000001/events",
            json!({"kind": "closed"}),
        ),
    ]
}

fn watches() -> Vec<Hostile> {
    let watch = |what, pointer: &str, put| {
        post(what, "/api/v1/watches", with(watch_by_mail("ada@example.org"), pointer, put))
    };
    let push = |what, pointer: &str, put| {
        let keys = json!({"p256dh": A_POINT, "auth": "A".repeat(22)});
        let push = json!({"endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": keys});
        let target = json!({"ward": {"layer": "wards", "ward": "1"}});
        let body = with(json!({"push": push, "target": target}), pointer, put);
        post(what, "/api/v1/watches", body)
    };
    let bowtie = json!({"type": "Polygon", "coordinates":
        [[[-87.7, 41.8], [-87.6, 41.9], [-87.6, 41.8], [-87.7, 41.9], [-87.7, 41.8]]]});
    let afar = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [10.5, 0.5]},
        "properties": {"radius_m": 300}});
    let huge = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [-87.7, 41.85]},
        "properties": {"radius_m": 90_000}});
    let feet = json!({"type": "Polygon", "coordinates":
        [[[1_176_000.0, 1_900_000.0], [1_177_000.0, 1_900_000.0], [1_177_000.0, 1_901_000.0], [1_176_000.0, 1_900_000.0]]]});
    vec![
        post(
            "everything at once",
            "/api/v1/watches",
            json!({"name": " ", "target": {}, "filter": {"kinds": []},
                "via": {"mail": false, "push": false}, "language": "??"}),
        ),
        watch("no address", "/email", Value::Null),
        watch("a bad address", "/email", json!("ada@localhost")),
        watch("a header in the address", "/email", json!("a@x.org\r\nBcc: eve@x.org")),
        watch(
            "both roads",
            "/push",
            push("", "/name", json!("x")).body.parse::<Value>().unwrap()["push"].clone(),
        ),
        watch("no target", "/target", Value::Null),
        watch("an empty target", "/target", json!({})),
        watch("a misspelt target", "/target/wrad", json!("1")),
        watch("an unknown ward", "/target/ward/ward", json!("99")),
        watch("an unknown member", "/frequency", json!("daily")),
        watch("an unknown rhythm", "/rhythm", json!("fortnightly")),
        watch("a rhythm as a number", "/rhythm", json!(5)),
        watch("an empty name", "/name", json!("  ")),
        watch("a NUL in a ward", "/target/ward/ward", json!("1\0")),
        watch("a NUL in an issue", "/target", json!({"issue": "\0"})),
        watch("a NUL in a keyword", "/filter", json!({"keywords": {"include": ["x", "\0"]}})),
        watch("another's road", "/via", json!({"mail": false, "push": true})),
        push("a road for mail alone", "/via", json!({"mail": true, "push": false})),
        watch("no road", "/via", json!({"mail": false, "push": false})),
        watch("half a road", "/via", json!({"mail": true})),
        watch("an empty filter", "/filter", json!({"kinds": []})),
        watch("an unknown kind", "/filter", json!({"kinds": ["opened", "exploded"]})),
        watch("a language that is none", "/language", json!("??")),
        watch("a bow tie", "/target", json!({"area": bowtie})),
        watch("an area in another city", "/target", json!({"area": afar})),
        watch("half a state", "/target", json!({"area": huge})),
        watch("state-plane feet", "/target", json!({"area": feet})),
        watch("a place off the earth", "/target", json!({"my_ward_at": {"lon": 999, "lat": 0}})),
        watch("an issue nobody has", "/target", json!({"issue": "99-999999"})),
        push("a short push key", "/push/keys/p256dh", json!("AAAA")),
        push("a short push secret", "/push/keys/auth", json!("AAAA")),
        push("no push keys", "/push/keys", Value::Null),
        push("an endpoint that is no address", "/push/endpoint", json!("ftp://x")),
        push("an endpoint in the house", "/push/endpoint", json!("https://192.168.0.1/x")),
        post(
            "a code for nothing",
            "/api/v1/watches/00000000-0000-4000-8000-000000000000/confirm",
            json!({"code": "123456"}),
        ),
        post(
            "a code as a number",
            "/api/v1/watches/00000000-0000-4000-8000-000000000000/confirm",
            json!({"code": 123_456}),
        ),
    ]
}

fn addresses() -> Vec<Hostile> {
    vec![
        get("an issue nobody has", "/api/v1/issues/99-999999"),
        get("a bad box", "/api/v1/issues?bbox=1,2,x,3,4"),
        get("a box inside out", "/api/v1/issues?bbox=-87,42,-88,41"),
        get("a status that is none", "/api/v1/issues?status=lost"),
        get("a limit in words", "/api/v1/issues?limit=many"),
        get("a limit beyond", "/api/v1/issues?limit=501"),
        get("a time that is none", "/api/v1/issues?updated_after=yesterday"),
        get("a cursor that is none", "/api/v1/issues?cursor=1.x"),
        get("an unknown question", "/api/v1/issues.csv?colour=red"),
        get("no place", "/api/v1/boundaries/at?lon=1"),
        get("not a place", "/api/v1/boundaries/at?lon=NaN&lat=1"),
        get("no such layer", "/api/v1/boundaries/parks"),
        get("an id of no form", "/api/v1/watches/12"),
        get("no token", "/api/v1/watches"),
        get("nothing there", "/api/v1/nothing"),
        get("a NUL in a number", "/api/v1/issues/%00"),
        get("a NUL in a search", "/api/v1/issues?q=a%00b"),
        get("a NUL in a ward", "/api/v1/issues.csv?ward=%00"),
        get("a NUL in a category", "/api/v1/stream?category=%00"),
        get("a NUL in a layer", "/api/v1/boundaries/%00/1"),
        get("a bad stream box", "/api/v1/stream?bbox=all"),
        Hostile { method: Method::DELETE, ..get("a wrong method", "/api/v1/issues") },
        Hostile {
            method: Method::PUT,
            ..post("a wrong method with a body", "/api/v1/watches", "{}")
        },
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_names_what_is_wrong() {
    let town = OpenTown::on_sqlite().await;
    let mut table = String::new();
    let hostile = reports().into_iter().chain(watches()).chain(addresses());
    for (n, hostile) in hostile.enumerate() {
        let Hostile { what, method, path, kind, body } = hostile;
        // Each from an address of its own, through this machine's proxy.
        let from = format!("198.51.100.{n}");
        let mut headers = vec![("x-forwarded-for", from.as_str())];
        headers.extend((!kind.is_empty()).then_some(("content-type", kind)));
        let answer = town.ask(method, &path, &headers, body).await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{what}: {answer:?}");
        let problem = answer.json();
        assert!(answer.status.is_client_error(), "{what}: {}", answer.text);
        assert_eq!(problem["status"], answer.status.as_u16(), "{what}");
        assert_eq!(problem["type"], "about:blank", "{what}");
        for member in ["title", "detail"] {
            assert!(
                problem[member].as_str().is_some_and(|text| text.len() > 5),
                "{what}: {member}"
            );
        }
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        assert_eq!(answer.status == 422, !errors.is_empty(), "{what}: {}", answer.text);
        let _ = writeln!(table, "{what}: {}", answer.status.as_u16());
        if errors.is_empty() {
            let _ = writeln!(table, "    {}", problem["detail"].as_str().unwrap());
        }
        for error in errors {
            let (at, why) = (error["pointer"].as_str().unwrap(), error["detail"].as_str().unwrap());
            let _ = writeln!(table, "    {at:?} {why}");
        }
    }
    insta::assert_snapshot!("refusals", table);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_quotas_are_refused_in_the_same_form() {
    let town = OpenTown::on_sqlite().await;
    let short = town.post_with("/api/v1/issues", &[("idempotency-key", "x")], &pothole()).await;
    assert!(short.expect(400).json()["detail"].as_str().unwrap().contains("8 to 200"));
    let source = town.key(StaffRole::Source, "load").await;
    let closed = json!({"kind": "closed"});
    town.post_as(&source, "/api/v1/issues/99-999999/events", &closed).await.expect(404);
    let wrong = town.get_as("ww_x", "/api/v1/issues").await;
    assert!(wrong.status.is_success(), "a public list asks for no key");
    let bad = [("authorization", "Basic YTpi")];
    let refused = town.ask(Method::GET, "/api/v1/watches", &bad, "").await.expect(401);
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    let allow = town.ask(Method::PUT, "/api/v1/issues", &[], "").await.expect(405);
    assert!(allow.header("allow").contains("POST"), "{:?}", allow.headers);
    let last_id = [("last-event-id", "x")];
    town.ask(Method::GET, "/api/v1/stream", &last_id, "").await.expect(400);
    let mut last = None;
    for n in 0..30 {
        let report = json!({"category": "Pothole", "description": n.to_string()});
        last = Some(town.post("/api/v1/issues", &report).await);
    }
    let last = last.unwrap().expect(429);
    let wait: u64 = last.header("retry-after").parse().unwrap();
    assert!((60..=120).contains(&wait), "{wait}");
    // Somebody else behind the same proxy is not made to wait.
    let other = [("x-forwarded-for", "203.0.113.7")];
    town.post_with("/api/v1/issues", &other, &pothole()).await.expect(201);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_gets_a_page() {
    let town = OpenTown::on_sqlite().await;
    for (method, path, status, says) in [
        (Method::GET, "/nowhere", 404, "There is nothing here"),
        (Method::GET, "/issues/99-999999", 404, "There is nothing here"),
        (Method::GET, "/issues/%00", 422, "That could not be done"),
        (Method::GET, "/u/broken", 404, "This link does not work"),
        (Method::POST, "/u/broken", 404, "This link does not work"),
        (Method::GET, "/confirm/broken", 404, "This link does not work"),
        (Method::GET, "/watch/broken", 404, "This link does not work"),
        (Method::DELETE, "/", 405, "That could not be done"),
        (Method::GET, "/assets/none.css", 404, "There is nothing here"),
    ] {
        let answer = town.ask(method, path, &[], "").await.expect(status);
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert!(answer.text.contains(says), "{path}: {}", answer.text);
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    let lost = town.get("/nowhere").await.expect(404);
    assert!(lost.text.contains("<a href=\"/\">To the front page</a>"), "{}", lost.text);
    let home = town.get("/").await.expect(200);
    assert!(home.header("content-security-policy").contains("frame-ancestors 'none'"));
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn caught_mail_is_read_on_this_machine_only() {
    let town = OpenTown::on_sqlite().await;
    town.post("/api/v1/watches", &watch_by_mail("ada@example.org")).await.expect(201);
    town.inbox("ada@example.org", 1).await;
    let mails = town.get("/dev/mail.json").await.expect(200).json();
    let letter = format!("/dev/mail/{}", mails["mails"][0]["id"].as_str().unwrap());
    for path in ["/dev/mail", "/dev/mail.json", "/dev/push.json", &letter] {
        town.get(path).await.expect(200);
        for from in ["192.168.0.7", "127.0.0.1, unknown"] {
            let named = [("x-forwarded-for", from)];
            let refused = town.ask(Method::GET, path, &named, "").await.expect(404);
            assert!(!refused.text.contains("ada@example.org"), "{path}");
        }
    }
    town.close().await;
}

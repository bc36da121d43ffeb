//! What is stored about a person, as they are given it.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::clock::Timestamp;
use wardwatch::delivery::{About, Contents, Delivery, DeliveryId, Item, Lane};
use wardwatch::store::StaffRole;
use wardwatch::watcher::{Address, ContactKind};

use crate::open_town::{A_POINT, OpenTown, open_story, pothole, watch_by_mail};
use crate::town::Town;
use crate::whole_store::rows;

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";

/// Somebody's block, as they drew it.
fn watches_block(email: &str, name: &str, lon: f64) -> Value {
    let west = lon - 0.001;
    let ring = [[west, 41.849], [lon, 41.849], [lon, 41.851], [west, 41.851], [west, 41.849]];
    json!({
        "email": email, "name": name, "rhythm": "at_once",
        "filter": {"categories": ["Pothole"], "kinds": ["opened", "closed"], "keywords": {"exclude": [name]}},
        "target": {"area": {"type": "Polygon", "coordinates": [ring]}},
    })
}

/// Somebody watches a block and has chosen much; gives their token.
async fn settled(town: &OpenTown, email: &str, name: &str, lon: f64) -> String {
    let token = town.sign_up(email).await;
    let block = watches_block(email, name, lon);
    let asked = town.post("/api/v1/watches", &block).await.expect(201).json();
    let letter = town.inbox(email, 2).await.remove(1);
    let id = asked["watch"]["id"].as_str().unwrap();
    let code = json!({"code": letter.code()});
    town.post(&format!("/api/v1/watches/{id}/confirm"), &code).await.expect(200);
    token
}

async fn change(town: &OpenTown, method: Method, token: &str, path: &str, body: &Value) {
    let auth = format!("Bearer {token}");
    let headers = [("authorization", auth.as_str()), ("content-type", "application/json")];
    let answer = town.ask(method, path, &headers, body.to_string()).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
}

async fn export(town: &OpenTown, token: &str) -> (String, Value) {
    let answer = town.get_as(token, "/api/v1/me/export").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    let json = answer.json();
    (answer.text, json)
}

open_story! {
    async fn the_export_holds_what_the_pages_show_and_nothing_of_a_neighbour(town: OpenTown) {
        let ada = settled(town, ADA, "Ada's porch", -87.7).await;
        let bob = settled(town, BOB, "Bob's garden", -87.71).await;
        let report = |lon: f64| {
            let mut report = pothole();
            report["lon"] = json!(lon);
            report
        };
        let own = town.post_as(&ada, "/api/v1/issues", &report(-87.7005)).await.expect(201).json();
        town.settle().await;
        let bobs = town.post_as(&bob, "/api/v1/issues", &report(-87.7105)).await.expect(201).json();
        let (own, bobs) = (own["number"].as_str().unwrap(), bobs["number"].as_str().unwrap());
        town.settle().await;
        let key = town.key(StaffRole::Staff, "desk").await;
        let closed = json!({"kind": "closed", "text": "Filled"});
        town.post_as(&key, &format!("/api/v1/issues/{own}/events"), &closed).await.expect(201);
        town.settle().await;
        // Now that all is sent: there is no such browser, and it may be night.
        let auth = "c2l4dGVlbiBieXRlcyEhIQ";
        let browser = json!({
            "endpoint": "https://127.0.0.1:9/ada/secret-path", "keys": {"p256dh": A_POINT, "auth": auth},
        });
        town.post_as(&ada, "/api/v1/push/subscriptions", &browser).await.expect(201);
        let habits = json!({"digest_hour": 7, "quiet": {"from": 3, "to": 4}, "language": "pl"});
        change(town, Method::PATCH, &ada, "/api/v1/me", &habits).await;
        change(town, Method::PUT, &ada, &format!("/api/v1/me/mutes/{bobs}"), &json!({})).await;
        let gone = town.get_as(&ada, "/api/v1/watches").await.json()["watches"][0].clone();
        let path = format!("/api/v1/watches/{}", gone["id"].as_str().unwrap());
        change(town, Method::DELETE, &ada, &path, &json!({})).await;

        let before = rows(town.town.url()).await;
        let (text, all) = export(town, &ada).await;
        let file = town.get(&format!("/watch/{ada}/export")).await.expect(200);
        assert_eq!(rows(town.town.url()).await, before, "to look changes nothing");

        // The page's link gives the same, as a file.
        let name = file.header("content-disposition");
        let named = name.starts_with("attachment; filename=\"wardwatch-20");
        assert!(named && name.ends_with(".json\""), "{name}");
        let (mut one, mut two) = (file.json(), all.clone());
        assert_ne!(one["made_at"].take(), Value::Null);
        two["made_at"].take();
        assert_eq!(one, two);
        let page = town.get(&format!("/watch/{ada}")).await.expect(200).text;
        assert!(page.contains(&format!("/watch/{ada}/export")), "{page}");

        // What she sees elsewhere is in it, word for word.
        let shown = town.get_as(&ada, "/api/v1/watches").await.expect(200).json();
        let shown = shown["watches"].as_array().unwrap();
        assert!(shown.len() == 2, "{shown:?}");
        let kept = all["watches"].as_array().unwrap();
        for watch in shown {
            let same = kept.iter().find(|kept| kept["id"] == watch["id"]).expect("each watch");
            for (member, value) in watch.as_object().unwrap() {
                assert_eq!(&same[member], value, "{member}");
            }
            assert!(same["since"].is_string() && same["confirmed_at"].is_string(), "{same}");
        }
        let ended = kept.iter().find(|kept| kept["id"] == gone["id"]).expect("the one that ended");
        assert!(kept.len() == 3 && ended["deleted_at"].is_string(), "{ended}");
        let me = town.get_as(&ada, "/api/v1/me").await.json();
        assert_eq!((&all["language"], &all["habits"]["quiet"]), (&json!("pl"), &me["quiet"]));
        assert_eq!(all["habits"]["digest_hour"], 7);
        assert_eq!(all["mutes"][0]["issue"], bobs);
        assert_eq!(all["reports"].as_array().unwrap().len(), 1);
        assert_eq!(all["reports"][0]["issue"], own);
        assert!(all["reports"][0]["ask_at"].is_string(), "{}", all["reports"]);
        let page = all["reports"][0]["page"].as_str().unwrap();
        town.get(page).await.expect(200);
        let contacts = all["contacts"].as_array().unwrap();
        let of = |kind: &str| contacts.iter().find(|contact| contact["kind"] == kind).unwrap();
        assert_eq!((&of("mail")["address"], &of("mail")["state"]), (&json!(ADA), &json!("confirmed")));
        assert_eq!((&of("push")["service"], contacts.len()), (&json!("127.0.0.1"), 2));
        assert!(of("mail")["confirmed_at"].is_string());

        // Each mail that came is in it, and what it was about.
        let messages = all["messages"].as_array().unwrap();
        let mails: Vec<&Value> =
            messages.iter().filter(|one| one["contact"] == of("mail")["id"]).collect();
        let about: Vec<&str> = mails.iter().map(|one| one["about"].as_str().unwrap()).collect();
        assert_eq!(about, ["confirm", "confirm", "event", "event", "event"], "{messages:#?}");
        assert_eq!(mails[1]["asks_about"], "Ada's porch");
        assert!(mails.iter().all(|one| one["state"] == "sent" && one["settled_at"].is_string()));
        let told = mails.iter().flat_map(|one| one["tells"].as_array().unwrap());
        let told: BTreeSet<&str> = told.map(|of| of["issue"].as_str().unwrap()).collect();
        assert_eq!(told, [own, bobs].into());
        assert!(mails[2]["tells"][0]["watches"].as_array().unwrap().contains(&json!("Ada's porch")));

        // No secret of hers, and nothing of bob's.
        let bobs_id = export(town, &bob).await.1["id"].as_str().unwrap().to_owned();
        for secret in ["secret-path", A_POINT, auth, &ada, BOB, "Bob's garden", "-87.71", &bobs_id] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        town.get("/api/v1/me/export").await.expect(401);
    }
}

open_story! {
    async fn whoever_was_sent_very_much_is_given_all_of_it_once(town: OpenTown) {
        const MANY: usize = 1_203;
        let token = town.sign_up(ADA).await;
        let number = town.post("/api/v1/issues", &pothole()).await.expect(201).json();
        town.inbox(ADA, 2).await;
        town.settle().await;
        fill(&town.town, MANY).await;
        // What was taken off the site is told by its number alone.
        let key = town.key(StaffRole::Staff, "desk").await;
        let path = format!("/api/v1/issues/{}/events", number["number"].as_str().unwrap());
        town.post_as(&key, &path, &json!({"kind": "hidden"})).await.expect(201);
        let (text, all) = export(town, &token).await;
        let messages = all["messages"].as_array().unwrap();
        let ids: BTreeSet<&str> = messages.iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!((messages.len(), ids.len()), (MANY + 2, MANY + 2));
        let tells = messages.iter().filter(|one| one["tells"][0]["issue"] == number["number"]);
        assert_eq!(tells.count(), MANY + 1);
        assert!(!text.contains("Alder"), "where it was, and what");
        assert!(text.lines().count() > MANY, "a line for each");
        let time = |one: &Value| one["made_at"].as_str().unwrap().parse().unwrap();
        let times: Vec<Timestamp> = messages.iter().map(time).collect();
        assert!(times.is_sorted());
    }
}

/// Puts deliveries of what ada was told last into the outbox once more, all made at one instant.
async fn fill(town: &Town, many: usize) {
    let (engine, city, now) = (&town.engine, town.city().await.id, town.clock.now());
    let mut tx = engine.store().write().await.unwrap();
    let known = tx.contact_at(city, &Address::Mail(ADA.parse().unwrap())).await.unwrap().unwrap();
    let news = tx.news_after(city, 0, 1).await.unwrap().remove(0);
    let later = now.plus(std::time::Duration::from_hours(24));
    let one = |_| Delivery {
        id: DeliveryId(engine.random().uuid(now)),
        about: About::Digest(engine.random().uuid(now)),
        watcher: known.contact.watcher,
        contact: known.contact.id,
        kind: ContactKind::Mail,
        lane: Lane::Digest,
        contents: Contents {
            items: vec![Item { event: news.event.id, watches: vec![] }],
            ..Contents::default()
        },
        due: later,
    };
    let deliveries: Vec<Delivery> = (0..many).map(one).collect();
    tx.put_deliveries(city, &deliveries, now).await.unwrap();
    tx.commit().await.unwrap();
}

open_story! {
    async fn whoever_has_chosen_and_been_told_nothing_gets_a_document_all_the_same(town: OpenTown) {
        let asked = town.post("/api/v1/watches", &watch_by_mail(ADA)).await.expect(201).json();
        assert_eq!(asked["watch"]["state"], "unconfirmed");
        let token = town.sign_up(BOB).await;
        let all = export(town, &token).await.1;
        assert_eq!((&all["habits"], &all["mutes"]), (&Value::Null, &json!([])));
        assert_eq!(all["messages"].as_array().unwrap().len(), 1, "the question");
    }
}

//! Issues over HTTP: reported, read, listed, followed; and who may change them.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::store::StaffRole;

use crate::open_town::{OpenTown, open_story, pothole, watch_by_mail};

open_story! {
    async fn a_report_gets_a_number_and_a_tracking_link_and_repeats_itself(town: OpenTown) {
        let key = [("idempotency-key", "5a7c6d3e-0001")];
        let first = town.post_with("/api/v1/issues", &key, &pothole()).await.expect(201);
        let answer = first.json();
        let number = answer["number"].as_str().unwrap();
        assert_eq!(first.header("location"), format!("/api/v1/issues/{number}"));
        assert_eq!(answer["link"], format!("{}/issues/{number}", town.base));
        assert_eq!((&answer["repeated"], &answer["place"]), (&json!(false), &json!("good")));
        let again = town.post_with("/api/v1/issues", &key, &pothole()).await.expect(200).json();
        assert_eq!((&again["number"], &again["repeated"]), (&json!(number), &json!(true)));
        // Somebody else's report under the same key is a report of its own.
        let mut other = pothole();
        other["description"] = json!("Another hole");
        let theirs = town.post_with("/api/v1/issues", &key, &other).await.expect(201).json();
        assert_ne!(theirs["number"], number);
        town.settle().await;
        let read = town.get(&format!("/api/v1/issues/{number}")).await.expect(200).json();
        assert_eq!(read["category"], "Pothole");
        assert_eq!(read["wards"], json!([{"layer": "wards", "ward": "1", "near": false}]));
        assert_eq!(read["events"].as_array().unwrap().len(), 1);
        assert!(!read["source_id"].as_str().unwrap().contains("5a7c6d3e"), "the key stays private");
        let page = town.get(answer["link"].as_str().unwrap()).await.expect(200);
        for part in ["Pothole", "1200 W Alder St", "Received", "<svg", "class=\"pin\"", "Ward 1"] {
            assert!(page.text.contains(part), "{part} is missing in {}", page.text);
        }
    }
}

open_story! {
    async fn a_stranger_speaks_only_for_now_and_for_nobody_else(town: OpenTown) {
        let mut forged = pothole();
        forged["source"] = json!("city-hall");
        forged["source_id"] = json!("1");
        forged["actor"] = json!("official");
        forged["at"] = json!("2001-01-01T00:00:00Z");
        forged["status"] = json!("closed");
        let number = town.post("/api/v1/issues", &forged).await.expect(201).json()["number"].clone();
        let path = format!("/api/v1/issues/{}", number.as_str().unwrap());
        let read = town.get(&path).await.expect(200).json();
        assert_eq!((&read["source"], &read["status"]), (&json!("web"), &json!("received")));
        assert_eq!(read["events"][0]["actor"], "resident");
        assert!(!read["opened_at"].as_str().unwrap().starts_with("2001"));
        let mut chatty = pothole();
        chatty["phone"] = json!("312 555 0100");
        let refused = town.post("/api/v1/issues", &chatty).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], "/phone");
    }
}

open_story! {
    async fn only_keys_change_issues_and_each_role_speaks_as_itself(town: OpenTown) {
        let made = town.post("/api/v1/issues", &pothole()).await.expect(201).json();
        let path = format!("/api/v1/issues/{}/events", made["number"].as_str().unwrap());
        let reply = json!({"kind": "commented", "text": "A crew comes on Tuesday"});
        town.post(&path, &reply).await.expect(401);
        town.post_as("ww_nobodysnobodysnobodysnobodysnobo", &path, &reply).await.expect(401);
        let staff = town.key(StaffRole::Staff, "desk").await;
        let bearer = format!("Bearer {staff}");
        let keyed = [("authorization", bearer.as_str()), ("idempotency-key", "reply-0001")];
        town.post_with(&path, &keyed, &reply).await.expect(201);
        let again = town.post_with(&path, &keyed, &reply).await.expect(200).json();
        assert_eq!(again["repeated"], true);
        // A program speaks of what its own source brought, and of nothing else.
        let sensors = town.key(StaffRole::Source, "sensors").await;
        for kind in ["closed", "hidden", "commented"] {
            let refused = town.post_as(&sensors, &path, &json!({"kind": kind})).await.expect(403);
            assert!(refused.text.contains("came from “web”"), "{}", refused.text);
        }
        let site = town.key(StaffRole::Source, "web").await;
        town.post_as(&site, &path, &json!({"kind": "closed"})).await.expect(201);
        let read = town.get(path.trim_end_matches("/events")).await.expect(200).json();
        let actors: Vec<&Value> =
            read["events"].as_array().unwrap().iter().map(|e| &e["actor"]).collect();
        assert_eq!(actors, ["resident", "official", "system"]);
        assert_eq!(read["status"], "closed");
        let page = town.get(&format!("/issues/{}", made["number"].as_str().unwrap())).await;
        assert!(page.text.contains("Reply from the city") && page.text.contains("Official"));
        assert!(page.text.contains("A crew comes on Tuesday"));
    }
}

open_story! {
    async fn a_source_speaks_for_itself_alone_officially_too(town: OpenTown) {
        let sensors = town.key(StaffRole::Source, "sensors").await;
        let official = json!({"kind": "closed", "actor": "official"});
        let of = |source: &str| {
            let mut own = pothole();
            own["source"] = json!(source);
            own["source_id"] = json!("1");
            own
        };
        let forged = town.post_as(&sensors, "/api/v1/issues", &of("city-hall")).await.expect(422);
        assert_eq!(forged.json()["errors"][0]["pointer"], "/source");
        let own = town.post_as(&sensors, "/api/v1/issues", &of("sensors")).await.expect(201).json();
        let events = |made: &Value| format!("/api/v1/issues/{}/events", made["number"].as_str().unwrap());
        town.post_as(&sensors, &events(&own), &official).await.expect(201);
        let others = town.post("/api/v1/issues", &pothole()).await.expect(201).json();
        town.post_as(&sensors, &events(&others), &official).await.expect(403);
        // Staff bring what any source has said; nobody invents a name to be counted by.
        let staff = town.key(StaffRole::Staff, "desk").await;
        town.post_as(&staff, "/api/v1/issues", &of("city-hall")).await.expect(201);
        let counted = town.get("/metrics").await.expect(200).text;
        assert!(counted.contains("source=\"desk\"") && !counted.contains("city-hall"), "{counted}");
    }
}

open_story! {
    async fn an_issue_taken_off_the_site_is_shown_and_told_to_nobody(town: OpenTown) {
        town.sign_up("ada@example.org").await;
        let staff = town.key(StaffRole::Staff, "desk").await;
        let mut libel = pothole();
        libel["category"] = json!("Libelous");
        libel["description"] = json!("My neighbor is a libelous thief");
        let made = town.post("/api/v1/issues", &libel).await.expect(201).json();
        let number = made["number"].as_str().unwrap();
        town.inbox("ada@example.org", 2).await;
        let path = format!("/api/v1/issues/{number}/events");
        let comment = json!({"kind": "commented", "text": "Libelous indeed"});
        town.post_as(&staff, &path, &comment).await.expect(201);
        town.post_as(&staff, &path, &json!({"kind": "hidden"})).await.expect(201);
        // What is said of it later does not bring it back.
        for later in [json!({"kind": "closed"}), json!({"kind": "reopened", "text": "Libelous"})] {
            town.post_as(&staff, &path, &later).await.expect(201);
        }
        town.settle().await;
        town.inbox("ada@example.org", 2).await;
        let read = town.get(path.trim_end_matches("/events")).await.expect(404);
        assert_eq!(read.json()["detail"], "this was taken off the site");
        let page = town.get(&format!("/issues/{number}")).await.expect(404);
        assert!(page.text.contains("taken off the site"), "{}", page.text);
        let everywhere = ["/", "/api/v1/issues", "/api/v1/issues.csv", "/api/v1/issues.geojson"];
        for public in everywhere {
            let shown = town.get(public).await.expect(200).text;
            assert!(!shown.contains(number) && !shown.to_lowercase().contains("libelous"), "{shown}");
        }
        let mut watch = watch_by_mail("bob@example.org");
        watch["target"] = json!({"issue": number});
        town.post("/api/v1/watches", &watch).await.expect(422);
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        let mut all = town.send(Method::GET, "/api/v1/stream", &[("last-event-id", "0")], "").await;
        let heard = hear(&mut all, 2).await;
        assert!(heard.contains("\"kind\":\"hidden\"") && heard.contains(number), "{heard}");
        assert!(!heard.to_lowercase().contains("libelous"), "{heard}");
        assert!(!page.text.to_lowercase().contains("libelous"));
    }
}

open_story! {
    async fn issues_are_listed_as_json_geojson_and_csv_with_the_same_filters(town: OpenTown) {
        let key = town.key(StaffRole::Source, "load").await;
        for n in 0..5 {
            let mut issue = pothole();
            issue["source_id"] = json!(format!("p{n}"));
            issue["lon"] = json!(if n < 3 { -87.7 } else { -87.6 });
            issue["description"] = json!("=1+1, \"quoted\"");
            town.post_as(&key, "/api/v1/issues", &issue).await.expect(201);
        }
        let mut lost = pothole();
        lost["lon"] = json!(0);
        lost["lat"] = json!(0);
        let lost = town.post_as(&key, "/api/v1/issues", &lost).await.expect(201).json();
        town.settle().await;
        let page = town.get(lost["link"].as_str().unwrap()).await.expect(200);
        assert!(page.text.contains("Its place is not known"), "{}", page.text);
        let count = async |path: &str| {
            let answer = town.get(path).await.expect(200).json();
            answer["issues"].as_array().unwrap().len()
        };
        assert_eq!(count("/api/v1/issues").await, 6);
        assert_eq!(count("/api/v1/issues?ward=1").await, 3);
        assert_eq!(count("/api/v1/issues?bbox=-87.61,41.8,-87.59,41.9&category=pothole").await, 2);
        assert_eq!(count("/api/v1/issues?status=closed").await, 0);
        let mut path = "/api/v1/issues?limit=4".to_owned();
        let mut seen = vec![];
        loop {
            let page = town.get(&path).await.expect(200);
            let issues = page.json()["issues"].as_array().unwrap().clone();
            seen.extend(issues.iter().map(|issue| issue["number"].to_string()));
            let link = page.header("link").to_owned();
            match link.split(['<', '>']).nth(1) {
                Some(next) => next.clone_into(&mut path),
                None => break,
            }
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 6);
        let map = town.get("/api/v1/issues.geojson").await.expect(200);
        assert_eq!(map.header("content-type"), "application/geo+json");
        let features = map.json()["features"].as_array().unwrap().clone();
        assert_eq!(features.iter().filter(|f| f["geometry"].is_null()).count(), 1);
        let sheet = town.get("/api/v1/issues.csv?ward=1").await.expect(200);
        assert!(sheet.header("content-type").starts_with("text/csv"));
        assert_eq!(sheet.text.lines().count(), 4);
        assert!(sheet.text.contains("\"'=1+1, \"\"quoted\"\"\""), "{}", sheet.text);
    }
}

open_story! {
    async fn a_listener_hears_what_it_asked_for_and_misses_nothing(town: OpenTown) {
        let report = async |lon: f64, category: &str| {
            let mut issue = pothole();
            issue["lon"] = json!(lon);
            issue["category"] = json!(category);
            town.post("/api/v1/issues", &issue).await.expect(201);
        };
        report(-87.7, "Pothole").await;
        town.settle().await;
        let mut live = town.send(Method::GET, "/api/v1/stream?ward=1", &[], "").await;
        assert_eq!(live.headers()["content-type"], "text/event-stream");
        report(-87.6, "Pothole").await;
        report(-87.7, "Graffiti").await;
        let heard = hear(&mut live, 1).await;
        assert!(heard.contains("\"category\":\"Graffiti\"") && !heard.contains("Pothole"), "{heard}");
        drop(live);
        let all = [("last-event-id", "0")];
        let mut again = town.send(Method::GET, "/api/v1/stream", &all, "").await;
        let heard = hear(&mut again, 3).await;
        let last = heard.lines().rfind(|l| l.starts_with("id:")).unwrap()[3..].trim().to_owned();
        report(-87.7, "Rodents").await;
        let after = [("last-event-id", last.as_str())];
        let mut rest = town.send(Method::GET, "/api/v1/stream", &after, "").await;
        let heard = hear(&mut rest, 1).await;
        assert!(heard.contains("Rodents") && !heard.contains("Graffiti"), "{heard}");
    }
}

open_story! {
    async fn all_listeners_hear_all_in_order_whenever_they_came(town: OpenTown) {
        let report = async |n: usize| {
            let mut issue = pothole();
            issue["category"] = json!(format!("Hole {n}"));
            town.post("/api/v1/issues", &issue).await.expect(201);
        };
        let listen = async |headers: &[(&str, &str)]| {
            town.send(Method::GET, "/api/v1/stream", headers, "").await
        };
        let start = [("last-event-id", "0")];
        let mut live = listen(&[]).await;
        let mut early = listen(&start).await;
        for n in 0..5 {
            report(n).await;
        }
        let mut late = listen(&start).await;
        for n in 5..10 {
            report(n).await;
        }
        for listener in [&mut live, &mut early, &mut late] {
            let heard = hear(listener, 10).await;
            let places: Vec<usize> =
                (0..10).map(|n| heard.find(&format!("\"Hole {n}\"")).expect("each")).collect();
            assert!(places.is_sorted() && heard.matches("id:").count() == 10, "{heard}");
        }
        // A few seats for each sender, and nobody else is kept out.
        let mut mine = vec![];
        for _ in 3..10 {
            mine.push(listen(&[]).await);
        }
        let refused = town.get("/api/v1/stream").await.expect(429);
        assert_eq!(refused.header("content-type"), "application/problem+json");
        assert!(listen(&[("x-forwarded-for", "198.51.100.9")]).await.status().is_success());
    }
}

open_story! {
    async fn words_are_found_whatever_their_case_and_signs(town: OpenTown) {
        let key = town.key(StaffRole::Source, "load").await;
        for (category, description, address) in [
            ("Árbol caído", "Un ÑANDÚ en la calle", "Łódzka 7"),
            ("Pothole", "100% of C:\\temp_files", "1200 W Alder St"),
            ("Pothole", "1000 of C:/temp-files", "1201 W Alder St"),
        ] {
            let issue = json!({"category": category, "description": description, "address": address});
            town.post_as(&key, "/api/v1/issues", &issue).await.expect(201);
        }
        for (asked, found) in [
            ("q=%C3%91and%C3%BA", 1), // Ñandú
            ("q=%C3%B1and%C3%BA", 1), // ñandú
            ("q=%C5%82%C3%93DZKA", 1), // łÓDZKA
            ("q=%20alder%20", 2),
            ("q=100%25", 1),
            ("q=%25", 1),
            ("q=temp_files", 1),
            ("q=C:%5Ctemp", 1),
            ("q=%5C", 1),
            ("category=%C3%A1rbol%20CA%C3%8DDO", 1), // árbol CAÍDO
            ("category=pothole", 2),
        ] {
            let list = town.get(&format!("/api/v1/issues?{asked}")).await.expect(200).json();
            assert_eq!(list["issues"].as_array().unwrap().len(), found, "{asked}");
        }
        let novel = format!("/api/v1/issues?q={}", "x".repeat(201));
        assert_eq!(town.get(&novel).await.expect(422).json()["errors"][0]["pointer"], "/q");
    }
}

open_story! {
    async fn the_map_shows_the_ward_and_not_a_district_of_the_same_number(town: OpenTown) {
        town.town.found_police().await;
        let number = town.post("/api/v1/issues", &pothole()).await.expect(201).json()["number"].clone();
        town.settle().await;
        let path = format!("issues/{}", number.as_str().unwrap());
        let read = town.get(&format!("/api/v1/{path}")).await.expect(200).json();
        let wards: Vec<&Value> = read["wards"].as_array().unwrap().iter().map(|w| &w["ward"]).collect();
        assert_eq!(wards, ["2", "1"], "police district 2, ward 1");
        let page = town.get(&format!("/{path}")).await.expect(200).text;
        assert_eq!(page.matches("land here").count(), 1, "{page}");
        assert!(page.contains("Ward 1") && !page.contains("Ward 1, 2"));
    }
}

/// Reads until so many events have come.
async fn hear(stream: &mut reqwest::Response, count: usize) -> String {
    let mut heard = String::new();
    let reading = async {
        while heard.matches("event: issue").count() < count || !heard.ends_with("\n\n") {
            let piece = stream.chunk().await.unwrap().expect("the stream goes on");
            heard.push_str(std::str::from_utf8(&piece).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reading)
        .await
        .expect("events within ten seconds");
    heard
}

open_story! {
    async fn boundaries_are_public(town: OpenTown) {
        let layers = town.get("/api/v1/boundaries").await.expect(200).json();
        assert_eq!((&layers["layers"][0]["layer"], &layers["layers"][0]["wards"]), (&json!("wards"), &json!(2)));
        let all = town.get("/api/v1/boundaries/wards").await.expect(200);
        assert_eq!(all.header("content-type"), "application/geo+json");
        assert_eq!(all.json()["features"].as_array().unwrap().len(), 2);
        let one = town.get("/api/v1/boundaries/wards/2").await.expect(200).json();
        assert_eq!(one["properties"]["name"], "Ward 2");
        let here = town.get("/api/v1/boundaries/at?lon=-87.7&lat=41.85").await.expect(200).json();
        assert_eq!(here, json!({"wards": [{"layer": "wards", "ward": "1", "near": false}]}));
        town.get("/api/v1/boundaries/parks").await.expect(404);
        town.get("/api/v1/boundaries/wards/99").await.expect(404);
    }
}

open_story! {
    async fn an_operator_sees_numbers_and_nobodys_name(town: OpenTown) {
        assert_eq!(town.get("/healthz").await.expect(200).text, "ok\n");
        town.sign_up("ada.lovelace@example.org").await;
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        town.inbox("ada.lovelace@example.org", 2).await;
        town.get("/confirm/secret-token-of-somebody").await.expect(404);
        town.ask(Method::from_bytes(b"BREW").unwrap(), "/healthz", &[], "").await.expect(405);
        let ready = town.get("/readyz").await.expect(200).text;
        assert!(ready.starts_with("ready: 1 watches"), "{ready}");
        let metrics = town.get("/metrics").await.expect(200);
        assert!(metrics.header("content-type").starts_with("application/openmetrics-text"));
        check_openmetrics(&metrics.text);
        for secret in ["ada", "Alder", "secret-token", "41.85", "BREW"] {
            assert!(!metrics.text.contains(secret), "{secret} stands in the metrics");
        }
        assert!(metrics.text.contains("route=\"/confirm/{token}\""));
        let commits = "db_commit_duration_seconds_count ";
        let commits = metrics.text.lines().find_map(|line| line.strip_prefix(commits)).unwrap();
        assert!(commits.parse::<u32>().unwrap() > 0, "{commits}");
        // Of what waits and what is dead there is a number also when there is none.
        for channel in ["mail", "push"] {
            for state in ["waiting", "dead"] {
                let line = format!("outbox_deliveries{{channel=\"{channel}\",state=\"{state}\"}} ");
                assert!(metrics.text.contains(&line), "{line} is not in: {}", metrics.text);
            }
        }
    }
}

/// The form of `OpenMetrics` 1.0: families announced before their samples, numbers that parse, and
/// the end mark.
fn check_openmetrics(text: &str) {
    assert!(text.ends_with("# EOF\n"));
    let mut families = vec![];
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(rest) = line.strip_prefix("# ") {
            let mut words = rest.splitn(3, ' ');
            assert!(["HELP", "TYPE", "UNIT"].contains(&words.next().unwrap()), "{line}");
            families.push(words.next().unwrap().to_owned());
        } else {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert!(families.iter().any(|family| name.starts_with(family.as_str())), "{line}");
        }
    }
}

open_story! {
    async fn head_is_get_without_a_body(town: OpenTown) {
        for path in ["/", "/healthz", "/api/v1/issues", "/assets/wardwatch.css", "/nowhere"] {
            let get = town.get(path).await;
            let head = town.ask(Method::HEAD, path, &[], "").await;
            assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
            assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        }
    }
}

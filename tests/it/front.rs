//! The front page, the pages that say the same to everybody, and the language chosen at their foot.

use reqwest::Method;
use serde_json::json;
use wardwatch::store::StaffRole;

use crate::open_town::{Answer, OpenTown, open_story};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn report(town: &OpenTown) -> String {
    let report = json!({
        "category": "Pothole", "description": "A deep hole", "lon": -87.7, "lat": 41.85,
        "address": "1200 W Alder St",
    });
    let made = town.post("/api/v1/issues", &report).await.expect(201).json();
    made["number"].as_str().unwrap().to_owned()
}

open_story! {
    async fn the_front_page_leads_everywhere_and_tells_of_the_week(town: OpenTown) {
        for _ in 0..11 {
            report(town).await;
        }
        let last = report(town).await;
        let desk = town.key(StaffRole::Staff, "desk").await;
        let closed = json!({ "kind": "closed", "text": "Filled." });
        town.post_as(&desk, &format!("/api/v1/issues/{last}/events"), &closed).await.expect(201);
        let page = town.get("/").await.expect(200).text;
        assert!(page.contains("<h1>What is happening on your block?</h1>"), "{page}");
        for way in [
            r#"<form method="get" action="/find""#, r#"name="q""#, r#"<a href="/watch/new">"#,
            r#"<a href="/wards">"#, r#"<a href="/report/new">"#, r#"href="/issues""#,
        ] {
            assert!(page.contains(way), "{way}: {page}");
        }
        assert!(page.contains("12 reported, one closed"), "{page}");
        assert_eq!(page.matches("data-issue=").count(), 10, "no more than a glance");
        assert!(page.contains(&format!("data-issue=\"{last}\"")), "the latest is among them");
        assert!(!page.contains("data-island"), "it needs no script");
    }
}

open_story! {
    async fn a_city_where_nothing_was_reported_says_so(town: OpenTown) {
        let page = town.get("/").await.expect(200).text;
        assert!(page.contains("Nothing has been reported yet."), "{page}");
        assert!(!page.contains("The last seven days"), "{page}");
    }
}

async fn choose(town: &OpenTown, form: &'static str) -> Answer {
    town.ask(Method::POST, "/language", &[FORM], form).await.expect(303)
}

open_story! {
    async fn a_language_chosen_at_the_foot_is_spoken_from_then_on(town: OpenTown) {
        let page = town.get("/wards?lon=x&lat=1").await.expect(200).text;
        let back = r#"name="back" value="/wards?lon=x&#38;lat=1""#;
        assert!(page.contains(back), "it leads back to where it was chosen: {page}");
        let chosen = choose(town, "lang=pl&back=%2Fwards%3Flon%3Dx%26lat%3D1").await;
        assert_eq!(chosen.header("location"), "/wards?lon=x&lat=1");
        let cookie = chosen.header("set-cookie").to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap();
        assert_eq!(cookie, "lang=pl");

        let browser = [("cookie", cookie), ("accept-language", "es")];
        let read = async |path: &str| town.ask(Method::GET, path, &browser, "").await;
        let page = read("/").await.expect(200);
        assert!(page.text.contains("<html lang=\"pl\""), "rather than the browser's");
        assert!(page.text.contains(r#"value="pl" lang="pl" aria-current="true">Polski"#));
        assert_eq!(page.header("vary"), "accept-language, cookie");
        let lost = read("/issues/26-999999").await.expect(404).text;
        assert!(lost.contains("<html lang=\"pl\""), "{lost}");
        let broken = [("cookie", "lang=tlh"), ("accept-language", "es")];
        let page = town.ask(Method::GET, "/", &broken, "").await.expect(200).text;
        assert!(page.contains("<html lang=\"es\""), "a language without words is none");

        for elsewhere in [
            "lang=pl&back=https%3A%2F%2Fevil.example", "lang=pl&back=%2F%2Fevil.example",
            "lang=pl&back=%2F%5Cevil.example", "lang=pl",
        ] {
            assert_eq!(choose(town, elsewhere).await.header("location"), "/", "{elsewhere}");
        }
        assert_eq!(choose(town, "lang=tlh&back=%2F").await.header("set-cookie"), "");
        town.get("/language").await.expect(405);
    }
}

const STANDING: [&str; 3] = ["/accessibility", "/privacy", "/data"];

open_story! {
    async fn what_the_site_is_and_keeps_stands_at_its_foot_in_each_language(town: OpenTown) {
        let foot = town.get("/signin").await.expect(200).text;
        for path in STANDING {
            assert!(foot.contains(&format!("href=\"{path}\"")), "{path}: {foot}");
            for tag in ["en", "es", "pl", "zh"] {
                let page = town.ask(Method::GET, path, &[("accept-language", tag)], "").await;
                let page = page.expect(200).text;
                assert!(page.contains(&format!("<html lang=\"{tag}\"")), "{path} {tag}");
                assert_eq!(page.matches("<h1").count(), 1, "{path} {tag}");
            }
        }
        let access = town.get("/accessibility").await.expect(200).text;
        assert!(access.contains("WCAG) 2.2, level AA"), "{access}");
        let privacy = town.get("/privacy").await.expect(200).text;
        assert!(privacy.contains("Nobody else learns them"), "typed addresses: {privacy}");
        assert!(privacy.contains("only the city’s staff read them"), "{privacy}");
        assert!(privacy.contains("forgotten after 14 days"), "an unanswered question: {privacy}");
        assert!(privacy.contains("forgotten after 365 days"), "what is over: {privacy}");
        for page in [access, privacy] {
            assert!(page.contains("has not said here how to reach them"), "{page}");
        }
        let data = town.get("/data").await.expect(200).text;
        assert!(data.contains("has not said here under which license"), "{data}");
        let list = data.split("class=\"links\"").nth(1).unwrap().split("</ul>").next().unwrap();
        let ways: Vec<_> =
            list.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(ways.len() > 4, "{list}");
        for way in ways {
            let answer = town.send(Method::GET, way, &[], "").await;
            assert_eq!(answer.status().as_u16(), 200, "{way}");
        }
        let examples = data.split("<code>?").skip(1).map(|rest| rest.split('<').next().unwrap());
        for example in examples {
            town.get(&format!("/api/v1/issues?{example}")).await.expect(200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_tell_what_the_operator_has_set() {
    let town = OpenTown::set_up(None, |settings| {
        settings.site.contact = Some("watch@example.org".into());
        settings.site.data_license =
            Some("CC BY 4.0 https://creativecommons.org/licenses/by/4.0/".into());
        settings.keep_rule.keep_days = Some(90);
    })
    .await;
    for path in STANDING {
        let page = town.get(path).await.expect(200).text;
        let contact = r#"<a href="mailto:watch@example.org">watch@example.org</a>"#;
        assert!(page.contains(contact), "{path}: {page}");
    }
    let data = town.get("/data").await.expect(200).text;
    let license = r#"<a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>"#;
    assert!(data.contains(license), "{data}");
    let privacy = town.get("/privacy").await.expect(200).text;
    assert!(privacy.contains("forgotten after 90 days"), "{privacy}");
    town.close().await;
    let town = OpenTown::set_up(None, |settings| settings.keep_rule.keep_days = Some(0)).await;
    let privacy = town.get("/privacy").await.expect(200).text;
    assert!(privacy.contains("stays until you delete everything about you"), "{privacy}");
    town.close().await;
}

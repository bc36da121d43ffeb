//! When somebody is told: over the API, and on the page that works without scripts.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::clock::Timestamp;

use crate::open_town::{Answer, OpenTown, open_story, pothole, watch_by_mail};

async fn patch(town: &OpenTown, token: &str, body: Value) -> Answer {
    let auth = format!("Bearer {token}");
    let headers = [("authorization", auth.as_str()), ("content-type", "application/json")];
    town.ask(Method::PATCH, "/api/v1/me", &headers, body.to_string()).await
}

async fn save(town: &OpenTown, page: &str, form: &str) -> Answer {
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    town.ask(Method::POST, page, &kind, format!("act=habits&{form}")).await
}

/// The day in the town, so many days from now, as a form writes it.
fn day(town: &OpenTown, days: u64) -> String {
    let zone = "America/Chicago".parse::<wardwatch::clock::Zone>().unwrap();
    let local = zone.local(town.town.clock.now().plus(Duration::from_hours(24 * days)));
    format!("{:04}-{:02}-{:02}", local.year, local.month, local.day)
}

open_story! {
    async fn a_person_says_over_the_api_when_to_be_told(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        town.get("/api/v1/me").await.expect(401);
        let mine = || async { town.get_as(&token, "/api/v1/me").await.expect(200).json() };
        let usual = mine().await;
        assert_eq!((&usual["digest_hour"], &usual["digest_day"]), (&json!(7), &json!("monday")));
        assert_eq!((&usual["quiet"], &usual["paused_until"]), (&json!(null), &json!(null)));
        let zone = town.town.city().await.zone.name().to_owned();
        assert_eq!(usual["timezone"], zone);
        let evening = json!({"digest_hour": 18, "digest_day": "friday", "quiet": {"from": 22, "to": 7}});
        let changed = patch(town, &token, evening).await.expect(200).json();
        assert_eq!(changed["quiet"], json!({"from": 22, "to": 7}));
        assert_eq!(changed, mine().await);
        // What is not said stays, and null ends.
        let until = town.town.clock.now().plus(Duration::from_hours(48));
        let paused = patch(town, &token, json!({"quiet": null, "paused_until": until})).await.expect(200);
        let paused = paused.json();
        assert_eq!((&paused["digest_hour"], &paused["quiet"]), (&json!(18), &json!(null)));
        assert_eq!(paused["paused_until"].as_str().unwrap().parse::<Timestamp>().unwrap(), until);
        let back = patch(town, &token, json!({"paused_until": null})).await.expect(200).json();
        assert_eq!(back["paused_until"], json!(null));
        for (wrong, pointer) in [
            (json!({"digest_hour": 24}), "/digest_hour"),
            (json!({"digest_day": "someday"}), "/digest_day"),
            (json!({"quiet": {"from": 7, "to": 7}}), "/quiet"),
            (json!({"quiet": {"from": 7}}), "/quiet"),
            (json!({"paused_until": "2020-01-01T00:00:00Z"}), "/paused_until"),
            (json!({"paused_until": "tomorrow"}), "/paused_until"),
            (json!({"language": "tlh"}), "/language"),
            (json!({"language": "???"}), "/language"),
            (json!({"digest_hour": 24, "language": "es"}), "/digest_hour"),
            (json!({"colour": "red"}), "/colour"),
        ] {
            let refused = patch(town, &token, wrong.clone()).await.expect(422).json();
            let at = refused["errors"][0]["pointer"].as_str().unwrap_or_default();
            assert!(at.starts_with(pointer), "{wrong}: {refused}");
        }
        assert_eq!(mine().await, back, "a refusal changes nothing");
        // Another person's are theirs.
        let bob = town.sign_up("bob@example.org").await;
        assert_eq!(town.get_as(&bob, "/api/v1/me").await.json()["digest_hour"], 7);
    }
}

open_story! {
    async fn who_is_away_gets_nothing_and_the_page_says_so(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        let page = format!("/watch/{token}");
        let until = day(town, 3);
        let form =
            format!("digest_hour=18&digest_day=5&quiet_from=&quiet_to=&paused_until={until}");
        let saved = save(town, &page, &form).await.expect(303);
        assert_eq!(saved.header("location"), format!("{page}?done=habits"));
        let shown = town.get(saved.header("location")).await.expect(200).text;
        for words in [
            "Saved.",
            "Nothing is sent until ",
            "<option value=\"18\" selected>6:00 pm</option>",
            "<option value=\"5\" selected>Friday</option>",
            &format!("value=\"{until}\""),
        ] {
            assert!(shown.contains(words), "“{words}” is not in: {shown}");
        }
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        town.settle().await;
        town.inbox("ada@example.org", 1).await; // the question
        // Nothing else that is saved touches a pause that ends in the middle of a day.
        let noon = town.town.clock.now().plus(Duration::from_hours(50));
        patch(town, &token, json!({ "paused_until": noon })).await.expect(200);
        let shown = town.get(&page).await.text;
        let shown = shown.split("name=\"paused_until\" value=\"").nth(1).unwrap();
        let shown = shown.split('"').next().unwrap();
        let night = format!("digest_hour=18&digest_day=5&quiet_from=22&quiet_to=7&paused_until={shown}");
        save(town, &page, &night).await.expect(303);
        let mine = town.get_as(&token, "/api/v1/me").await.expect(200);
        assert_eq!(mine.header("cache-control"), "no-store");
        assert_eq!(mine.json()["paused_until"].as_str().unwrap().parse::<Timestamp>().unwrap(), noon);
        assert_eq!(mine.json()["quiet"], json!({"from": 22, "to": 7}));
        // Back: both quiet hours and the pause end where nothing is chosen.
        save(town, &page, "digest_hour=18&digest_day=5&quiet_from=&quiet_to=&paused_until=").await.expect(303);
        let mut second = pothole();
        second["description"] = json!("The next one");
        town.post("/api/v1/issues", &second).await.expect(201);
        let news = town.inbox("ada@example.org", 2).await.remove(1);
        assert!(news.text.contains("The next one"), "{}", news.text);
    }
}

open_story! {
    async fn a_form_that_cannot_be_is_shown_again_as_it_was_filled_in(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        let page = format!("/watch/{token}");
        let (past, far) = ("2020-01-01", "2999-01-01");
        for (form, why) in [
            ("digest_hour=9&digest_day=1&quiet_from=22&quiet_to=&paused_until=", "Choose an hour for each"),
            ("digest_hour=9&digest_day=1&quiet_from=7&quiet_to=7&paused_until=", "begin and end at different hours"),
            (&format!("digest_hour=9&digest_day=1&quiet_from=&quiet_to=&paused_until={past}"), "Choose a day to come"),
            (&format!("digest_hour=9&digest_day=1&quiet_from=&quiet_to=&paused_until={far}"), "Choose a day to come"),
            ("digest_hour=9&digest_day=8&quiet_from=&quiet_to=&paused_until=", "Choose a day of the week"),
            ("digest_hour=99&digest_day=1&quiet_from=&quiet_to=&paused_until=", "Choose an hour for each"),
            ("digest_hour=9&digest_day=1&quiet_from=&quiet_to=&paused_until=soon", "Choose a day to come"),
        ] {
            let refused = save(town, &page, form).await.expect(422).text;
            assert!(refused.contains(why), "“{why}” is not in: {refused}");
            let kept = form.contains("digest_hour=99") || refused.contains("<option value=\"9\" selected>");
            assert!(kept, "{form}: {refused}");
        }
        let mine = town.get_as(&token, "/api/v1/me").await.expect(200).json();
        assert_eq!((&mine["digest_hour"], &mine["quiet"]), (&json!(7), &json!(null)));
    }
}

open_story! {
    async fn a_person_is_written_to_in_the_language_that_they_choose(town: OpenTown) {
        let browser = |tag| [("accept-language", tag)];
        // Whoever is not known yet is answered in the language of their browser, or in the city's.
        let front = |tag| async move { town.ask(Method::GET, "/", &browser(tag), "").await.expect(200) };
        let polish = front("pl-PL,pl;q=0.9,en;q=0.8").await;
        assert_eq!(polish.header("vary"), "accept-language, cookie");
        assert!(polish.text.contains("<html lang=\"pl\""), "{}", polish.text);
        assert!(polish.text.contains("Przejdź do treści"), "{}", polish.text);
        assert!(front("tlh").await.text.contains("<html lang=\"en\""));
        let lost = town.ask(Method::GET, "/nowhere", &browser("zh-CN"), "").await.expect(404).text;
        assert!(lost.contains("<html lang=\"zh\""), "{lost}");

        // Ada signs up in Spanish, so her question comes in it, and the pages that it leads to.
        let mut wanted = watch_by_mail("ada@example.org");
        wanted["language"] = json!("es-MX");
        town.post("/api/v1/watches", &wanted).await.expect(201);
        let question = town.inbox("ada@example.org", 1).await.remove(0);
        assert!(question.subject.starts_with("Por favor, confirme"), "{}", question.subject);
        let link = question.link("/confirm/");
        let page = town.ask(Method::GET, &link, &browser("pl"), "").await.expect(200).text;
        assert!(page.contains("<html lang=\"es\"") && page.contains("¿"), "{page}");
        let done = town.press(&link, "").await.expect(200);
        let manage = format!("/watch/{}", done.text.rsplit("/watch/").next().unwrap().split('"').next().unwrap());
        let page = town.get(&manage).await.expect(200).text;
        assert!(page.contains("<option value=\"es\" lang=\"es\" selected>Español</option>"), "{page}");
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        let news = town.inbox("ada@example.org", 2).await.remove(1);
        assert!(news.subject.starts_with("Nuevo reporte: Pothole"), "{}", news.subject);
        let leaving = town.get(&news.link("/u/")).await.expect(200);
        assert!(leaving.text.contains("<html lang=\"es\""));

        // What else is saved leaves it as it is; what is chosen holds from then on.
        save(town, &manage, "language=es&digest_hour=9").await.expect(303);
        let token = manage.trim_start_matches("/watch/");
        let mine = || async { town.get_as(token, "/api/v1/me").await.expect(200).json()["language"].clone() };
        assert_eq!(mine().await, "es-MX");
        let refused = save(town, &manage, "language=tlh&digest_hour=9").await.expect(422).text;
        assert!(refused.contains("Elija uno de los idiomas."), "{refused}");
        save(town, &manage, "language=zh&digest_hour=9").await.expect(303);
        let page = town.get(&manage).await.expect(200).text;
        assert!(page.contains("<html lang=\"zh\"") && page.contains("selected>中文</option>"), "{page}");
        patch(town, token, json!({"language": "pl"})).await.expect(200);
        assert_eq!(mine().await, "pl");
        let mut second = pothole();
        second["description"] = json!("The next one");
        town.post("/api/v1/issues", &second).await.expect(201);
        let news = town.inbox("ada@example.org", 3).await.remove(2);
        assert!(news.subject.starts_with("Nowe zgłoszenie: Pothole"), "{}", news.subject);

        // What is chosen at the foot holds on her pages, too; signed in, for her mails as well.
        let chosen = town.ask(Method::GET, &manage, &[("cookie", "lang=es")], "").await.expect(200).text;
        assert!(chosen.contains("<html lang=\"es\"") && chosen.contains("selected>Polski</option>"), "{chosen}");
        let session = done.header("set-cookie").split(';').next().unwrap().to_owned();
        let form = ("content-type", "application/x-www-form-urlencoded");
        let here = [("cookie", &*session), form];
        town.ask(Method::POST, "/language", &here, "lang=zh&back=%2F").await.expect(303);
        assert_eq!(mine().await, "zh");
    }
}

//! Watches over HTTP: signed up for, confirmed, managed, ended, and never taken over.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::store::StaffRole;
use wardwatch::token::{Secrets, Token};

use crate::open_town::{OpenTown, open_story, pothole, watch_by_mail};

open_story! {
    async fn ada_signs_up_by_code_and_is_told(town: OpenTown) {
        let asked = town.post("/api/v1/watches", &watch_by_mail("ada@example.org")).await.expect(201);
        assert_eq!(asked.header("cache-control"), "no-store");
        let answer = asked.json();
        assert_eq!(answer["watch"]["state"], "unconfirmed");
        assert!(answer.get("token").is_none(), "a stranger gets no token");
        let id = answer["watch"]["id"].as_str().unwrap();
        let letter = town.inbox("ada@example.org", 1).await.remove(0);
        assert!(letter.link("/confirm/").starts_with(&town.base));
        let path = format!("/api/v1/watches/{id}/confirm");
        let wrong = town.post(&path, &json!({"code": "not it"})).await.expect(403).json();
        assert_eq!(wrong["errors"][0]["pointer"], "/code");
        let done = town.post(&path, &json!({"code": letter.code()})).await.expect(200);
        assert_eq!(done.header("cache-control"), "no-store");
        let token = done.json()["token"].as_str().unwrap().to_owned();
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        let told = town.inbox("ada@example.org", 2).await.remove(1);
        assert!(told.subject.contains("Pothole"), "{}", told.subject);
        let mine = town.get_as(&token, "/api/v1/watches").await.expect(200).json();
        assert_eq!(mine["watches"][0]["state"], "active");
        assert_eq!(mine["watches"][0]["target"], json!({"wards": [{"layer": "wards", "ward": "1"}]}));
    }
}

open_story! {
    async fn bob_signs_up_by_link(town: OpenTown) {
        town.post("/api/v1/watches", &watch_by_mail("bob@example.org")).await.expect(201);
        let link = town.inbox("bob@example.org", 1).await[0].link("/confirm/");
        let page = town.get(&link).await.expect(200);
        assert!(page.text.contains("Do you want to be told?") && page.text.contains("Home"));
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        let done = town.press(&link, "").await.expect(200);
        assert!(done.text.contains("You are watching") && done.text.contains("/watch/"));
        assert!(town.get(&link).await.expect(200).text.contains("on already"));
        town.press(&link, "").await.expect(200);
    }
}

open_story! {
    async fn a_scanner_that_opens_every_link_changes_nothing(town: OpenTown) {
        town.post("/api/v1/watches", &watch_by_mail("ada@example.org")).await.expect(201);
        let question = town.inbox("ada@example.org", 1).await.remove(0);
        scan(town, &question.links()).await;
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        town.settle().await;
        town.inbox("ada@example.org", 1).await; // nothing was confirmed
        town.press(&question.link("/confirm/"), "").await.expect(200);
        let mut second = pothole();
        second["description"] = json!("The next one");
        town.post("/api/v1/issues", &second).await.expect(201);
        let news = town.inbox("ada@example.org", 2).await.remove(1);
        assert!(news.links().len() > 3 && news.unsubscribe.is_some());
        scan(town, &news.links()).await;
        second["description"] = json!("And a third");
        town.post("/api/v1/issues", &second).await.expect(201);
        town.inbox("ada@example.org", 3).await; // nothing was ended
    }
}

async fn scan(town: &OpenTown, links: &[String]) {
    for link in links {
        for method in [Method::GET, Method::HEAD] {
            let opened = town.ask(method, link, &[("user-agent", "SafeLinks")], "").await;
            assert!(opened.status.is_success(), "{link}: {}", opened.status);
        }
    }
}

open_story! {
    async fn one_click_ends_a_watch_whatever_the_mail_program_sends(town: OpenTown) {
        let forms: [(&str, &str); 4] = [
            ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
            (
                "multipart/form-data; boundary=x",
                "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n",
            ),
            ("text/plain", ""),
            ("application/json", "{"),
        ];
        for (n, (kind, body)) in forms.into_iter().enumerate() {
            let who = format!("ada{n}@example.org");
            let token = town.sign_up(&who).await;
            let mut report = pothole();
            report["description"] = json!(who);
            town.post("/api/v1/issues", &report).await.expect(201);
            let news = town.inbox(&who, 2).await.remove(1);
            let way_out = news.unsubscribe.unwrap();
            let done = town.ask(Method::POST, &way_out, &[("content-type", kind)], body).await;
            assert!(done.expect(200).text.contains("You will not be told any more"));
            let left = town.get_as(&token, "/api/v1/watches").await.expect(200).json();
            assert_eq!(left["watches"], json!([]));
            let again = town.ask(Method::POST, &way_out, &[("content-type", kind)], body).await;
            assert!(again.expect(200).text.contains("nothing left"));
        }
    }
}

open_story! {
    async fn who_never_asked_can_say_never_again_and_is_left_alone(town: OpenTown) {
        let first = town.post("/api/v1/watches", &watch_by_mail("eve@example.org")).await.expect(201);
        let question = town.inbox("eve@example.org", 1).await.remove(0);
        let never = question.link("/u/");
        assert!(town.get(&never).await.expect(200).text.contains("Never mail this address again"));
        let done = town.press(&never, "List-Unsubscribe=One-Click").await.expect(200);
        assert!(done.text.contains("This address is never mailed"), "{}", done.text);
        town.press(&question.link("/confirm/"), "").await.expect(404);
        let second = town.post("/api/v1/watches", &watch_by_mail("eve@example.org")).await.expect(201);
        // A stranger cannot tell her address from another.
        let plain = |answer: &Value| {
            let mut plain = answer.clone();
            plain["watch"]["id"] = Value::Null;
            plain
        };
        assert_eq!(plain(&first.json()), plain(&second.json()));
        let id = second.json()["watch"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/watches/{id}/confirm");
        town.post(&path, &json!({"code": "000000"})).await.expect(403);
        town.post("/api/v1/watches", &watch_by_mail("eve@example.org")).await.expect(201);
        town.post("/api/v1/watches", &watch_by_mail("eve@example.org")).await.expect(429);
        town.settle().await;
        town.inbox("eve@example.org", 1).await;
        // Her own link undoes it.
        assert!(town.press(&never, "act=allow").await.expect(200).text.contains("allowed again"));
    }
}

open_story! {
    async fn who_agreed_once_can_end_all_and_ask_for_silence(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        let news = town.inbox("ada@example.org", 2).await.remove(1);
        let all = news.links().into_iter().rfind(|l| l.contains("/u/")).unwrap();
        let every: Vec<String> = news.links().into_iter().filter(|l| l.contains("/u/")).collect();
        let mut of_all = String::new();
        for link in every {
            if town.get(&link).await.text.contains("act\" value=\"never") {
                of_all = link;
            }
        }
        assert!(!of_all.is_empty(), "no link out of everything; the last was {all}");
        let done = town.press(&of_all, "act=never").await.expect(200);
        assert!(done.text.contains("This address is never mailed"));
        assert_eq!(town.get_as(&token, "/api/v1/watches").await.json()["watches"], json!([]));
        town.post("/api/v1/watches", &watch_by_mail("ada@example.org")).await.expect(201);
        town.settle().await;
        town.inbox("ada@example.org", 2).await;
    }
}

open_story! {
    async fn an_address_that_bounced_may_be_asked_again(town: OpenTown) {
        town.sign_up("ada@example.org").await;
        let city = town.town.city().await;
        let mail = wardwatch::watcher::Address::Mail("ada@example.org".parse().unwrap());
        let mut tx = town.town.engine.store().write().await.unwrap();
        let contact = tx.contact_at(city.id, &mail).await.unwrap().unwrap().contact.id;
        tx.retire_contact(city.id, contact, "550 no such mailbox", town.town.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut anew = watch_by_mail("ada@example.org");
        anew["name"] = json!("Anew");
        town.post("/api/v1/watches", &anew).await.expect(201);
        let question = town.inbox("ada@example.org", 2).await.remove(1);
        town.press(&question.link("/confirm/"), "").await.expect(200);
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        town.inbox("ada@example.org", 3).await;
    }
}

open_story! {
    async fn an_owner_manages_and_nobody_else(town: OpenTown) {
        let ada = town.sign_up("ada@example.org").await;
        let bob = town.sign_up("bob@example.org").await;
        let mine = town.get_as(&ada, "/api/v1/watches").await.json()["watches"][0].clone();
        let path = format!("/api/v1/watches/{}", mine["id"].as_str().unwrap());
        let auth = |token: &str| format!("Bearer {token}");
        let patch = async |token: &str, body: Value| {
            let headers = [("authorization", auth(token)), ("content-type", "application/json".into())];
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            town.ask(Method::PATCH, &path, &headers, body.to_string()).await
        };
        let delete = async |token: &str| {
            town.ask(Method::DELETE, &path, &[("authorization", &auth(token))], "").await
        };
        town.get(&path).await.expect(401);
        town.get_as(&bob, &path).await.expect(404);
        patch(&bob, json!({"name": "Mine"})).await.expect(404);
        delete(&bob).await.expect(404);
        let changed = patch(&ada, json!({"name": "Old town", "paused": true})).await.expect(200).json();
        assert_eq!((&changed["name"], &changed["state"]), (&json!("Old town"), &json!("paused")));
        let wrong = patch(&ada, json!({"area": {"type": "Point", "coordinates": [0, 0]}})).await;
        assert_eq!(wrong.expect(422).json()["errors"][0]["pointer"], "/area");
        // A further watch of somebody who is known needs no mail.
        let more = json!({"target": {"my_ward_at": {"lon": -87.6, "lat": 41.85}}});
        let more = town.post_as(&ada, "/api/v1/watches", &more).await.expect(201).json();
        assert_eq!(more["watch"]["state"], "active");
        let silent = patch(&ada, json!({"via": {"mail": false, "push": true}})).await.expect(422);
        assert_eq!(silent.json()["errors"][0]["pointer"], "/via");
        let phone = subscription("phone", &"A".repeat(22));
        town.post_as(&ada, "/api/v1/push/subscriptions", &phone).await.expect(201);
        patch(&ada, json!({"via": {"mail": false, "push": true}})).await.expect(200);
        delete(&ada).await.expect(204);
        town.get_as(&ada, &path).await.expect(404);
    }
}

open_story! {
    async fn the_management_page_changes_a_watch_without_scripts(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        let page = format!("/watch/{token}");
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let watches = async || town.get_as(&token, "/api/v1/watches").await.json()["watches"].clone();
        let id = watches().await[0]["id"].as_str().unwrap().to_owned();
        let save = async |form: &str| {
            town.ask(Method::POST, &page, &kind, format!("watch={id}&act=change&{form}")).await
        };
        let form = "name=Old+town&rhythm=weekly&kind=opened&kind=closed&category=Pothole\
            &category=Graffiti&include=ice%0D%0Ablack+ice%0D%0A&exclude=";
        let saved = save(form).await.expect(303);
        assert_eq!(saved.header("location"), format!("{page}?done=change"));
        let watch = &watches().await[0];
        assert_eq!((&watch["name"], &watch["rhythm"]), (&json!("Old town"), &json!("weekly")));
        assert_eq!(watch["filter"]["kinds"], json!(["opened", "closed"]));
        assert_eq!(watch["filter"]["categories"], json!(["Pothole", "Graffiti"]));
        assert_eq!(watch["filter"]["keywords"]["include"], json!(["ice", "black ice"]));
        let shown = town.get(saved.header("location")).await.text;
        for words in [
            "Saved.",
            "Old town",
            "value=\"weekly\" checked",
            "value=\"closed\" checked",
            "value=\"Graffiti\" checked",
            ">\nice\nblack ice</textarea>",
        ] {
            assert!(shown.contains(words), "“{words}” is not in: {shown}");
        }
        // No kind at all would be silence: nothing is saved, and the form stands open.
        let refused = save("name=Mute&rhythm=daily").await.expect(422).text;
        assert!(refused.contains("Tick at least one thing") && refused.contains("<details class=\"change\" open>"));
        assert_eq!(watches().await[0]["name"], "Old town");
        // What was typed is still there, under the heading of the watch as it is.
        let typed = "name=Mute&rhythm=daily&category=Pothole&include=snow&exclude=dog%2C+cat";
        let refused = save(typed).await.expect(422).text;
        for words in [
            "<h2>Old town</h2>",
            "value=\"Mute\"",
            "value=\"daily\" checked",
            "value=\"Pothole\" checked",
            "value=\"Graffiti\">",
            "value=\"opened\">",
            ">\nsnow</textarea>",
            ">\ndog, cat</textarea>",
        ] {
            assert!(refused.contains(words), "“{words}” is not in: {refused}");
        }
        let bob = format!("/watch/{}", town.sign_up("bob@example.org").await);
        let theirs = format!("watch={id}&act=change&{form}");
        town.ask(Method::POST, &bob, &kind, theirs).await.expect(404);
    }
}

open_story! {
    async fn a_form_that_was_not_touched_changes_no_word(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        let words = json!({"include": ["ice, snow", "black  ice", "fallen\ntree"], "exclude": ["dog, cat"]});
        let wanted = json!({
            "name": "Winter",
            "target": {"ward": {"layer": "wards", "ward": "2"}},
            "filter": {"categories": [" Snow, ice "], "keywords": words},
        });
        let made = town.post_as(&token, "/api/v1/watches", &wanted).await.expect(201).json();
        let id = made["watch"]["id"].as_str().unwrap();
        let page = format!("/watch/{token}");
        let shown = town.get(&page).await.text;
        let card = shown.split("<h2>Winter</h2>").nth(1).unwrap();
        let form = format!("watch={id}&act=change&{}", as_a_browser_sends(card, "weekly"));
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        town.ask(Method::POST, &page, &kind, form).await.expect(303);
        let after = town.get_as(&token, &format!("/api/v1/watches/{id}")).await.expect(200).json();
        assert_eq!(after["rhythm"], "weekly");
        let told = |watch: &Value| watch["filter"].clone();
        assert_eq!(told(&after), told(&made["watch"]), "{shown}");
    }
}

/// The fields of a form as they stand on the page, but for another rhythm.
fn as_a_browser_sends(form: &str, rhythm: &str) -> String {
    let ticked = form.split("<input type=\"checkbox\" ").skip(1).filter_map(|input| {
        let (input, _) = input.split_once('>')?;
        let input = input.strip_suffix(" checked")?;
        let (name, value) = input.strip_prefix("name=\"")?.split_once("\" value=\"")?;
        Some((name, value.trim_end_matches('"')))
    });
    let areas = form.split("<textarea ").skip(1).filter_map(|area| {
        let (head, text) = area.split_once(">\n")?;
        let (_, name) = head.split_once("name=\"")?;
        Some((name.split_once('"')?.0, text.split_once("</textarea>")?.0))
    });
    let mut sent = reqwest::Url::parse("http://form/").unwrap();
    for (name, value) in ticked.chain(areas).chain([("name", "Winter"), ("rhythm", rhythm)]) {
        sent.query_pairs_mut().append_pair(name, &value.replace('\n', "\r\n"));
    }
    sent.query().unwrap().to_owned()
}

open_story! {
    async fn pages_say_which_ward_or_issue_is_watched_and_what_is_left(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        let number = town.post("/api/v1/issues", &pothole()).await.expect(201).json();
        let number = number["number"].as_str().unwrap().to_owned();
        for target in [
            json!({"ward": {"layer": "wards", "ward": "2"}}),
            json!({"my_ward_at": {"lon": -87.6, "lat": 41.85}}),
            json!({"issue": number}),
        ] {
            let wanted = json!({"name": "Another", "target": target});
            town.post_as(&token, "/api/v1/watches", &wanted).await.expect(201);
        }
        let paused = json!({"name": "Resting", "target": {"ward": {"layer": "wards", "ward": "1"}}});
        let paused = town.post_as(&token, "/api/v1/watches", &paused).await.expect(201).json();
        let page = format!("/watch/{token}");
        let form = format!("watch={}&act=pause", paused["watch"]["id"].as_str().unwrap());
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        town.ask(Method::POST, &page, &kind, form).await.expect(303);
        let shown = town.get(&page).await.text;
        for words in ["Ward 2.", "The ward of your address, now 2.", &format!("Issue {number}.")] {
            assert!(shown.contains(words), "“{words}” is not in: {shown}");
        }
        // One is stopped by the link in its mail; the others are named, each with a button.
        let news = town.inbox("ada@example.org", 2).await.remove(1);
        let link = news.links().into_iter().find(|link| link.contains("/u/")).unwrap();
        let ended = town.ask(Method::POST, &link, &[], String::new()).await.expect(200).text;
        assert!(ended.contains("You still watch"), "{ended}");
        assert_eq!(ended.matches("<form method=\"post\" action=\"/watch/").count(), 4, "{ended}");
        // Each button asks first, for it cannot be undone.
        assert_eq!(ended.matches("value=\"ask\"").count(), 4, "{ended}");
        assert!(!ended.contains("value=\"stop\""), "{ended}");
        assert!(!ended.contains("Home"), "{ended}");
        let resting = ended.split("<h3>Resting</h3>").nth(1).unwrap();
        assert!(resting.contains("Paused: nothing is sent."), "{ended}");
        // Who opens the link again is not told that nothing is left.
        let again = town.get(&link).await.expect(200).text;
        assert!(again.contains("It had ended already") && again.contains("Resting"), "{again}");
        assert!(!again.contains("Nothing is being watched"), "{again}");
    }
}

open_story! {
    async fn pages_forget_the_number_of_what_was_taken_off_the_site(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        let staff = town.key(StaffRole::Staff, "desk").await;
        let report = |category: &str| {
            let mut report = pothole();
            report["category"] = json!(category);
            report
        };
        town.post("/api/v1/issues", &report("Graffiti")).await.expect(201);
        town.post("/api/v1/issues", &report("Pothole")).await.expect(201);
        town.post("/api/v1/issues", &report("Pothole")).await.expect(201);
        let made = town.post("/api/v1/issues", &report("Libelous")).await.expect(201).json();
        let number = made["number"].as_str().unwrap();
        let wanted = json!({"name": "That one", "target": {"issue": number}});
        town.post_as(&token, "/api/v1/watches", &wanted).await.expect(201);
        let page = async || town.get(&format!("/watch/{token}")).await.expect(200).text;
        let ticks = |page: &str| {
            let form = page.split("name=\"category\" value=\"").skip(1);
            form.map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let before = page().await;
        assert!(before.contains(&format!("Issue {number}.")), "{before}");
        // One form for each of the two watches, each category once.
        assert_eq!(ticks(&before)[..3], ["Graffiti", "Libelous", "Pothole"]);
        assert_eq!(ticks(&before).len(), 6);
        let path = format!("/api/v1/issues/{number}/events");
        town.post_as(&staff, &path, &json!({"kind": "hidden"})).await.expect(201);
        let after = page().await;
        assert!(!after.contains(number) && after.contains("An issue that was taken off the site."));
        assert_eq!(ticks(&after)[..2], ["Graffiti", "Pothole"]);
        assert_eq!(ticks(&after).len(), 4);
    }
}

open_story! {
    async fn the_page_of_an_address_names_the_ward_it_is_in_now(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        let home = json!({"name": "Mine", "target": {"my_ward_at": {"lon": -87.6, "lat": 41.85}}});
        let made = town.post_as(&token, "/api/v1/watches", &home).await.expect(201).json();
        let id = made["watch"]["id"].as_str().unwrap();
        let page = format!("/watch/{token}");
        assert!(town.get(&page).await.text.contains("The ward of your address, now 2."));
        town.town.draw_wards_anew(["7", "9"]).await;
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        town.settle().await;
        assert!(town.get(&page).await.text.contains("The ward of your address, now 9."));
        // A paused one is told of nothing, and of the same ward.
        let form = format!("watch={id}&act=pause");
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        town.ask(Method::POST, &page, &kind, form).await.expect(303);
        assert!(town.get(&page).await.text.contains("The ward of your address, now 9."));
    }
}

open_story! {
    async fn the_management_page_pauses_and_stops_with_buttons(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        let page = format!("/watch/{token}");
        let shown = town.get(&page).await.expect(200);
        assert_eq!(shown.header("referrer-policy"), "no-referrer");
        assert_eq!(shown.header("cache-control"), "no-store");
        let id = shown.text.split("name=\"watch\" value=\"").nth(1).unwrap()[..36].to_owned();
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let press = async |act: &str| {
            let form = format!("watch={id}&act={act}");
            town.ask(Method::POST, &page, &kind, form).await
        };
        let paused = press("pause").await.expect(303);
        assert_eq!(paused.header("location"), format!("{page}?done=pause"));
        assert!(town.get(paused.header("location")).await.text.contains("Paused: nothing is sent"));
        press("resume").await.expect(303);
        assert!(press("ask").await.expect(200).text.contains("Stop “Home”?"));
        assert_eq!(town.get_as(&token, "/api/v1/watches").await.json()["watches"][0]["state"], "active");
        press("stop").await.expect(303);
        assert!(town.get(&page).await.text.contains("Nothing is being watched for you"));
        let nonsense = press("explode").await.expect(422);
        assert!(nonsense.header("content-type").starts_with("text/html"));
    }
}

/// A browser's subscription at an endpoint that nothing listens to.
fn subscription(path: &str, auth: &str) -> Value {
    let point = crate::open_town::A_POINT;
    json!({"endpoint": format!("http://127.0.0.1:9/{path}"), "keys": {"p256dh": point, "auth": auth}})
}

open_story! {
    async fn a_browser_is_its_own_proof_and_no_other_takes_its_place(town: OpenTown) {
        let auth = "A".repeat(22);
        let watch = |push: Value| json!({
            "push": push, "rhythm": "at_once", "target": {"ward": {"layer": "wards", "ward": "1"}},
        });
        let key = [("idempotency-key", "browser-0001")];
        let made = town.post_with("/api/v1/watches", &key, &watch(subscription("ada", &auth))).await;
        let made = made.expect(201).json();
        assert_eq!(made["watch"]["state"], "active");
        let again = town.post_with("/api/v1/watches", &key, &watch(subscription("ada", &auth))).await;
        assert_eq!(again.expect(201).json(), made, "the same key, the same answer");
        // The endpoint alone, without its keys, opens nothing.
        let thief = town.post_with("/api/v1/watches", &key, &watch(subscription("ada", &"B".repeat(22)))).await;
        assert!(thief.status.is_client_error(), "{}", thief.text);
        assert!(!thief.text.contains("token"));
        // Nor does the watch's id: nobody was asked for a code.
        let id = made["watch"]["id"].as_str().unwrap();
        let path = format!("/api/v1/watches/{id}/confirm");
        town.post(&path, &json!({"code": "000000"})).await.expect(404);
        let token = made["token"].as_str().unwrap();
        let second = subscription("phone", &auth);
        town.post_as(token, "/api/v1/push/subscriptions", &second).await.expect(201);
        let key = town.get("/api/v1/push/key").await.expect(200).json();
        assert_eq!(key["key"].as_str().unwrap().len(), 87);
    }
}

open_story! {
    async fn a_stranger_learns_nothing_by_anothers_key(town: OpenTown) {
        let key = [("idempotency-key", "guessable")];
        let asked = watch_by_mail("ada@example.org");
        let first = town.post_with("/api/v1/watches", &key, &asked).await.expect(201);
        let question = town.inbox("ada@example.org", 1).await.remove(0);
        town.press(&question.link("/confirm/"), "").await.expect(200);
        let again = town.post_with("/api/v1/watches", &key, &asked).await.expect(201);
        assert_eq!(first.text, again.text, "confirmed or not, the answer is the same");
        let mut other = asked.clone();
        other["name"] = json!("Probe");
        let probe = town.post_with("/api/v1/watches", &key, &other).await.expect(201).json();
        assert_eq!(probe["watch"]["name"], "Probe");
        assert_ne!(probe["watch"]["id"], first.json()["watch"]["id"]);
        tokio::time::sleep(Duration::from_millis(100)).await;
        town.inbox("ada@example.org", 2).await;
    }
}

open_story! {
    async fn another_citys_token_opens_nothing(town: OpenTown) {
        let token = town.sign_up("ada@example.org").await;
        let engine = &town.town.engine;
        let city = town.town.city().await;
        let Ok(Token::Manage { watcher, .. }) = Token::open(&token, engine.secrets()) else {
            panic!("a management token");
        };
        let elsewhere = wardwatch::issue::CityId(city.id.0 + 1);
        let foreign = Token::Manage { city: elsewhere, watcher }.seal(engine.secrets());
        let forged = Token::Manage { city: city.id, watcher }.seal(&Secrets::generate());
        for bad in [foreign, forged, format!("{token}x"), "x".into()] {
            town.get_as(&bad, "/api/v1/watches").await.expect(401);
            let page = town.get(&format!("/watch/{bad}")).await.expect(404);
            assert!(page.text.contains("This link does not work"));
        }
        // A link of one kind is not a key of another.
        town.get(&format!("/confirm/{token}")).await.expect(404);
        town.press(&format!("/u/{token}"), "").await.expect(404);
    }
}

//! Areas that their owners let everybody see, and those that nobody is shown.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::engine::{Beside, Engine, EngineError, NewWatch, WatchChange, Who};
use wardwatch::geometry::Shape;
use wardwatch::issue::Issue;
use wardwatch::store::{Naming, PublicArea, StaffRole, WatchRow};
use wardwatch::watch::{AreaId, Rhythm, Target, WatchId};
use wardwatch::watcher::{Address, WatcherId};

use crate::account::{cookie, form, open, press, signed_in};
use crate::desk::{employ, sign_in};
use crate::open_town::{Answer, OpenTown, open_story, pothole};
use crate::town::{Town, block, place, story};
use crate::watching::wanted;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const ADA: &str = "ada@example.org";
const BO: &str = "bo@example.org";
const NAME: &str = "Friends of Palmer Square";
/// As many digits as no other place of the town has.
const SECRET: [&str; 3] = ["87.7123457", "41.8512346", "87.71234"];

/// Somebody watches a few blocks, drawn in a way that nothing else is; gives their token and the watch.
async fn watches_blocks(town: &OpenTown, email: &str) -> (String, String) {
    let (west, south, east, north) = (-87.712_345_7, 41.849, -87.699, 41.851_234_6);
    let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    let watch = json!({
        "email": email, "name": "My porch", "rhythm": "at_once",
        "target": { "area": { "type": "Polygon", "coordinates": [ring] } },
    });
    let asked = town.post("/api/v1/watches", &watch).await.expect(201).json();
    let id = asked["watch"]["id"].as_str().unwrap().to_owned();
    let code = town.inbox(email, 1).await.remove(0).code();
    let path = format!("/api/v1/watches/{id}/confirm");
    let done = town.post(&path, &json!({ "code": code })).await.expect(200).json();
    (done["token"].as_str().unwrap().to_owned(), id)
}

async fn name(town: &OpenTown, (token, watch): (&str, &str), name: &str) -> Answer {
    press(town, &format!("/watch/{token}/public/{watch}"), "", &[("act", "show"), ("name", name)])
        .await
}

/// Everything that anybody may ask for.
async fn all_that_is_public(town: &OpenTown, issue: &str, more: &[String]) -> String {
    let mut paths: Vec<String> = [
        "/",
        "/issues",
        "/wards",
        "/wards/1",
        "/watch/new",
        "/areas",
        "/offline",
        "/signin",
        "/api/v1/issues",
        "/api/v1/issues.geojson",
        "/api/v1/issues.csv",
        "/api/v1/boundaries",
        "/api/v1/boundaries/wards",
        "/api/v1/boundaries/wards/1",
        "/api/v1/boundaries/at?lon=-87.7&lat=41.85",
        "/readyz",
        "/metrics",
        "/healthz",
    ]
    .map(str::to_owned)
    .into();
    paths.push(format!("/issues/{issue}"));
    paths.push(format!("/api/v1/issues/{issue}"));
    paths.extend_from_slice(more);
    let mut all = String::new();
    for path in paths {
        let answer = town.get(&path).await;
        assert!(answer.status.as_u16() < 500, "{path}: {}", answer.text);
        all += &answer.text;
    }
    all
}

open_story! {
    async fn nothing_public_shows_a_private_area_nor_whose_a_public_one_is(town: OpenTown) {
        let (token, watch) = watches_blocks(town, ADA).await;
        let reported = town.post("/api/v1/issues", &pothole()).await.expect(201).json();
        town.settle().await;
        let issue = reported["number"].as_str().unwrap().to_owned();
        let hidden = async |more: &[String]| {
            let all = all_that_is_public(town, &issue, more).await;
            let traces = [&SECRET[..], &["My porch", ADA, &watch, &token]].concat();
            for trace in traces {
                assert!(!all.contains(trace), "{trace}");
            }
            assert!(!all.contains("class=\"mine\""), "nor its outline on a map");
        };
        hidden(&[]).await;

        // She gives it a name; nobody of the city's has read it, so nothing is shown yet.
        let page = town.get(&format!("/watch/{token}/public/{watch}")).await.expect(200);
        for says in ["Everybody sees the outline", "Nobody sees who you are"] {
            assert!(page.text.contains(says), "{says}: {}", page.text);
        }
        let named = name(town, (&token, &watch), NAME).await.expect(303);
        assert!(named.header("location").ends_with("?done=public_waits"));
        let desk = town.key(StaffRole::Staff, "desk").await;
        town.get("/api/v1/areas/held").await.expect(401);
        let held = town.get_as(&desk, "/api/v1/areas/held").await.expect(200).json();
        assert_eq!(held[0]["name"], NAME);
        assert!(!held.to_string().contains("watch"), "{held}");
        let id = held[0]["id"].as_str().unwrap().to_owned();
        let page = format!("/areas/{id}");
        town.get(&page).await.expect(404);
        hidden(std::slice::from_ref(&page)).await;
        assert!(!town.get("/areas").await.expect(200).text.contains(NAME));

        let show = format!("/api/v1/areas/{id}/show");
        town.post(&show, &json!({})).await.expect(401);
        town.post_as(&desk, &show, &json!({})).await.expect(204);
        assert!(town.get("/areas").await.expect(200).text.contains(&format!("{page}\">{NAME}")));
        let shown = town.get(&page).await.expect(200);
        assert!(shown.text.contains("class=\"mine\"") && shown.text.contains(&issue));
        for trace in [ADA, "My porch", &watch, &token] {
            assert!(!shown.text.contains(trace), "{trace}: {}", shown.text);
        }

        // Private again: at once, and for all.
        let path = format!("/watch/{token}/public/{watch}");
        let end = press(town, &path, "", &[("act", "end")]).await.expect(303);
        assert!(end.header("location").ends_with("?done=private"));
        town.get(&page).await.expect(404);
        hidden(std::slice::from_ref(&page)).await;
        // The city has read what she says, so a new name waits no more; until one is dismissed.
        name(town, (&token, &watch), NAME).await.expect(303);
        let list = town.get("/areas").await.expect(200).text;
        let id = list.split("/areas/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(!page.ends_with(&id), "another page than before");
        let dismiss = format!("/api/v1/areas/{id}/dismiss");
        town.post_as(&desk, &dismiss, &json!({})).await.expect(204);
        town.get(&format!("/areas/{id}")).await.expect(404);
        let mine = town.get(&format!("/watch/{token}")).await.expect(200);
        assert!(mine.text.contains("The city does not show the name"), "{}", mine.text);
    }
}

open_story! {
    async fn a_neighbour_follows_an_area_by_their_address_or_signed_in(town: OpenTown) {
        let (token, watch) = watches_blocks(town, ADA).await;
        for (wrong, says) in [
            ("", "at least two letters"), ("see www.x.org", "Leave out links"),
            (&*"a".repeat(61), "at most 60 characters"),
        ] {
            let refused = name(town, (&token, &watch), wrong).await.expect(422);
            assert!(refused.text.contains(says), "{says}: {}", refused.text);
        }
        name(town, (&token, &watch), NAME).await.expect(303);
        let desk = town.key(StaffRole::Staff, "desk").await;
        let held = town.get_as(&desk, "/api/v1/areas/held").await.json();
        let id = held[0]["id"].as_str().unwrap().to_owned();
        town.post_as(&desk, &format!("/api/v1/areas/{id}/show"), &json!({})).await.expect(204);
        let page = format!("/areas/{id}");

        let refused = press(town, &page, "", &[("email", "bo")]).await.expect(422);
        assert!(refused.text.contains("in the right form"), "{}", refused.text);
        let asked = press(town, &page, "", &[("email", BO)]).await.expect(303);
        let code = town.inbox(BO, 1).await.remove(0).code();
        let done = press(town, asked.header("location"), "", &[("code", &code)]).await.expect(200);
        assert!(done.text.contains(NAME), "{}", done.text);
        let bo = cookie(&done);
        assert!(open(town, &page, &bo).await.expect(200).text.contains("You follow this area."));
        let cleo = signed_in(town, "cleo@example.org").await;
        for _ in 0..2 {
            let followed = press(town, &page, &cleo, &[]).await.expect(303);
            assert_eq!(followed.header("location"), format!("{page}?done=follow"));
        }
        let page_of = async |who: &str| {
            let path = open(town, "/watch", who).await.expect(303).header("location").to_owned();
            town.get(&path).await.expect(200).text
        };
        let theirs = page_of(&cleo).await;
        assert_eq!(theirs.matches("It has the outline of the public area").count(), 1, "{theirs}");

        // Her owner draws it anew, without a map, around where she is.
        let draw = format!("/watch/{token}/area/{watch}");
        let shown = town.get(&draw).await.expect(200);
        assert!(shown.text.contains("Whoever follows it gets the new outline."), "{}", shown.text);
        assert!(shown.text.contains(SECRET[0]), "her own area, for her");
        let place = [("lon", "-87.65"), ("lat", "41.85"), ("radius_m", "150")];
        let find = [&place[..], &[("area", ""), ("act", "find")]].concat();
        let found = press(town, &draw, "", &find).await.expect(200);
        assert!(found.text.contains("class=\"mine\""), "{}", found.text);
        let bad = [("area", "{\"type\":\"Polygon\",\"coordinates\":[]}"), ("act", "change")];
        let refused = press(town, &draw, "", &bad).await.expect(422);
        assert!(refused.text.contains("That area cannot be watched"), "{}", refused.text);
        let far = [("lon", "12.5"), ("lat", "41.9"), ("area", ""), ("act", "change")];
        let refused = press(town, &draw, "", &far).await.expect(422);
        assert!(refused.text.contains("not in this city"), "{}", refused.text);
        let change = [&place[..], &[("area", ""), ("act", "change")]].concat();
        let changed = press(town, &draw, "", &change).await.expect(303);
        assert!(changed.header("location").ends_with("?done=area"));
        // Sent as it is, it is as it was; with another size alone it grows around its middle.
        let shown = town.get(&draw).await.expect(200).text;
        assert!(shown.contains("<option value=\"150\" selected>"), "{shown}");
        let area = shown.split("name=\"area\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let area = area.replace("&#34;", "\"");
        let as_it_is = [("area", &*area), ("radius_was", "150"), ("act", "change")];
        let same = press(town, &draw, "", &[&as_it_is[..], &[("radius_m", "150")]].concat()).await;
        assert!(same.expect(303).header("location").ends_with("?done=area_same"));
        let more = press(town, &draw, "", &[&as_it_is[..], &[("radius_m", "300")]].concat()).await;
        assert!(more.expect(303).header("location").ends_with("?done=area"));
        let shown = town.get(&draw).await.expect(200).text;
        assert!(shown.contains("<option value=\"300\" selected>"), "{shown}");
        assert!(shown.contains("<label for=\"address\">"), "and an address can be looked up");
        // A circle of another size than those offered is offered as it is.
        let odd = area.replace("150", "420");
        let odd = [("area", &*odd), ("radius_was", "300"), ("radius_m", "300"), ("act", "change")];
        let drawn = press(town, &draw, "", &odd).await.expect(303);
        assert!(drawn.header("location").ends_with("?done=area"));
        let shown = town.get(&draw).await.expect(200).text;
        assert!(shown.contains("<option value=\"420\" selected>"), "{shown}");
        let mut there = pothole();
        there["lon"] = json!(-87.65);
        town.post("/api/v1/issues", &there).await.expect(201);
        town.settle().await;
        let inbox = open(town, "/inbox", &bo).await.expect(200).text;
        assert!(inbox.contains(&format!("your area “{NAME}”")), "it has moved along: {inbox}");

        // She makes it private; they keep it, and read so.
        let end = format!("/watch/{token}/public/{watch}");
        press(town, &end, "", &[("act", "end")]).await.expect(303);
        let theirs = page_of(&cleo).await;
        assert!(theirs.contains("The public area that it followed is public no more."), "{theirs}");
        let watches = town.town.engine.indexed_watches(town.town.city().await.id).await;
        assert!(watches >= 3, "{watches}");
        town.ask(Method::POST, &page, &[FORM], form(&[("email", "di@example.org")])).await.expect(404);
    }
}

/// Somebody's watch of a place, a week after they agreed: what they say is shown at once.
async fn settled(town: &Town, email: &str, target: Target) -> WatchRow {
    let row = town.watch(email, target, Rhythm::AtOnce).await;
    town.pass(Duration::from_hours(24 * 8));
    row
}

async fn public(town: &Town) -> Vec<PublicArea> {
    let city = town.city().await.id;
    let mut tx = town.engine.store().read().await.unwrap();
    let mut areas = vec![];
    for (id, _) in tx.public_area_names(city, 9).await.unwrap() {
        areas.extend(tx.public_area(city, id).await.unwrap());
    }
    areas
}

async fn follow(town: &Town, who: WatcherId, area: AreaId) -> Result<WatchRow, EngineError> {
    let here = block(place(-87.7, 41.85), 1.0);
    let new = NewWatch { name: NAME.into(), ..wanted(town, here, Rhythm::AtOnce) };
    let who = Who::Watcher(who);
    town.engine.watch_with(&town.city().await, who, new, Beside::Area(area)).await
}

async fn shape(engine: &Engine, town: &Town, id: WatchId) -> Shape {
    let city = town.city().await.id;
    let row = engine.store().read().await.unwrap().watch(city, id).await.unwrap().unwrap();
    match row.watch.target {
        Target::Area(shape) => (*shape).clone(),
        other => panic!("{other:?}"),
    }
}

async fn issue(town: &Town, number: &str) -> Issue {
    let city = town.city().await.id;
    let mut tx = town.engine.store().read().await.unwrap();
    tx.issue_numbered(city, number).await.unwrap().expect("that issue")
}

story! {
    async fn a_reporter_learns_which_public_watchers_were_told(town: Town) {
        town.found_wards().await;
        let (city, here, there) = (town.city().await, place(-87.7, 41.85), place(-87.6, 41.85));
        let before = town.report("before", here).await;
        assert!(matches!(before, wardwatch::engine::Receipt::Accepted { .. }));
        town.take_deliveries().await;
        let ada = settled(&town, ADA, block(here, 300.0)).await;
        let bo = settled(&town, BO, block(here, 300.0)).await;
        let named = |row: &WatchRow, name: &str| {
            let (engine, city, name) = (town.engine.clone(), city.clone(), name.to_owned());
            let (watcher, id) = (row.watch.watcher, row.watch.id);
            async move { engine.name_area(&city, watcher, id, name).await }
        };
        assert_eq!(named(&ada, NAME).await.unwrap(), Naming::Shown, "she has been here a week");
        town.pass(Duration::from_secs(1));
        town.report("here", here).await;
        town.report("there", there).await;
        town.take_deliveries().await;
        let told = async |number: &str| {
            town.engine.public_watchers_of(&city, &issue(&town, number).await).await.unwrap()
        };
        assert_eq!(told("26-000001").await, [""; 0], "it happened before");
        assert_eq!(told("26-000002").await, [NAME], "and nothing of Bo, whose area is his");
        assert_eq!(told("26-000003").await, [""; 0]);

        // Only an area of one's own is shown, and only by its owner.
        let taken = town.engine.name_area(&city, bo.watch.watcher, ada.watch.id, NAME.into()).await;
        assert!(matches!(taken, Err(EngineError::UnknownWatch)), "{taken:?}");
        let ward = town.watch(ADA, crate::town::ward("1"), Rhythm::Daily).await;
        assert!(matches!(named(&ward, NAME).await, Err(EngineError::NotTheirArea)));
        let area = public(&town).await.remove(0);
        let followed = follow(&town, bo.watch.watcher, area.id).await.unwrap();
        assert!(matches!(named(&followed, "Mine now").await, Err(EngineError::NotTheirArea)));
        // Paused it tells nothing; its name goes with it.
        let pause = WatchChange { paused: Some(true), ..WatchChange::default() };
        town.engine.change_watch(&city, ada.watch.watcher, ada.watch.id, pause).await.unwrap();
        town.take_deliveries().await;
        assert_eq!(told("26-000002").await, [""; 0]);
    }
}

story! {
    async fn an_area_tells_nobody_of_what_was_before_its_name_was_shown(town: Town) {
        town.found_wards().await;
        let (city, here) = (town.city().await, place(-87.7, 41.85));
        let ada = town.watch(ADA, block(here, 300.0), Rhythm::AtOnce).await.watch;
        let named = town.engine.name_area(&city, ada.watcher, ada.id, NAME.into()).await.unwrap();
        assert_eq!(named, Naming::Held);
        town.pass(Duration::from_secs(1));
        town.report("held", here).await;
        town.take_deliveries().await;
        town.pass(Duration::from_secs(1));
        let held = {
            let mut tx = town.engine.store().read().await.unwrap();
            tx.areas_held(city.id, 9).await.unwrap().remove(0)
        };
        town.engine.judge_area(&city, held.id, Naming::Shown).await.unwrap();
        town.pass(Duration::from_secs(1));
        town.report("shown", here).await;
        town.take_deliveries().await;
        let told = async |number: &str| {
            town.engine.public_watchers_of(&city, &issue(&town, number).await).await.unwrap()
        };
        assert_eq!(told("26-000001").await, [""; 0], "nobody saw the area then");
        assert_eq!(told("26-000002").await, [NAME]);
    }
}

story! {
    async fn who_confirms_late_has_the_outline_as_it_is_then(town: Town) {
        town.found_wards().await;
        let (city, here) = (town.city().await, place(-87.7, 41.85));
        let ada = settled(&town, ADA, block(here, 300.0)).await.watch;
        town.engine.name_area(&city, ada.watcher, ada.id, NAME.into()).await.unwrap();
        let area = public(&town).await.remove(0);
        let who = Who::Address { address: Address::Mail(BO.parse().unwrap()), language: "en".into() };
        let new = wanted(&town, block(here, 1.0), Rhythm::AtOnce);
        let asked = town.engine.watch_with(&city, who, new, Beside::Area(area.id)).await.unwrap();
        let moved = Shape::circle(place(-87.65, 41.85), 200.0).unwrap();
        let redraw = WatchChange { shape: Some(moved.clone()), ..WatchChange::default() };
        town.engine.change_watch(&city, ada.watcher, ada.id, redraw).await.unwrap();
        let code = town.engine.confirmation_code(asked.watch.id);
        town.engine.confirm_by_code(&city, asked.watch.id, &code).await.unwrap();
        town.take_deliveries().await;
        assert_eq!(shape(&town.engine, &town, asked.watch.id).await, moved);
    }
}

open_story! {
    async fn a_clerk_decides_at_the_desk_about_the_names_that_they_have_read(town: OpenTown) {
        let (token, watch) = watches_blocks(town, ADA).await;
        name(town, (&token, &watch), NAME).await.expect(303);
        employ(town, "clerk@city.example", None).await;
        employ(town, "office1@city.example", Some("1")).await;
        let (clerk, _) = sign_in(town, "clerk@city.example", 1).await;
        let (office, _) = sign_in(town, "office1@city.example", 1).await;
        let desk = open(town, "/desk", &clerk).await.expect(200).text;
        assert!(desk.contains(NAME) && !desk.contains("My porch"), "{desk}");
        assert!(!open(town, "/desk", &office).await.expect(200).text.contains(NAME));
        let first = |desk: &str| {
            let mut forms = desk.split("action=\"").filter(|rest| rest.starts_with("/desk/areas/"));
            forms.next().expect("a name").split('"').next().unwrap().to_owned()
        };
        let read = first(&desk);
        press(town, &read, &office, &[("decide", "show")]).await.expect(403);

        // Another name has not been read by whoever had the first one before them.
        name(town, (&token, &watch), "Cheap tires").await.expect(303);
        let late = press(town, &read, &clerk, &[("decide", "show")]).await.expect(303);
        assert_eq!(late.header("location"), "/desk?done=decided");
        assert!(!town.get("/areas").await.expect(200).text.contains("Cheap tires"));
        let desk = open(town, "/desk?done=decided", &clerk).await.expect(200).text;
        assert!(desk.contains("or it was changed"), "{desk}");
        let done = press(town, &first(&desk), &clerk, &[("decide", "dismiss")]).await.expect(303);
        assert_eq!(done.header("location"), "/desk?done=dismissed");
        let again = name(town, (&token, &watch), "Cheap tires").await.expect(422);
        assert!(again.text.contains("The city does not show the name"), "{}", again.text);

        name(town, (&token, &watch), NAME).await.expect(303);
        let desk = open(town, "/desk", &clerk).await.expect(200).text;
        let done = press(town, &first(&desk), &clerk, &[("decide", "show")]).await.expect(303);
        assert_eq!(done.header("location"), "/desk?done=shown");
        assert!(town.get("/areas").await.expect(200).text.contains(NAME));
    }
}

story! {
    async fn who_follows_an_area_has_its_outline_and_keeps_it_when_it_ends(town: Town) {
        town.found_wards().await;
        let (city, here) = (town.city().await, place(-87.7, 41.85));
        let ada = settled(&town, ADA, block(here, 300.0)).await;
        let bo = town.watch(BO, crate::town::ward("2"), Rhythm::Daily).await.watch.watcher;
        let (owner, id) = (ada.watch.watcher, ada.watch.id);
        assert!(matches!(
            follow(&town, bo, AreaId(id.0)).await,
            Err(EngineError::UnknownArea)
        ), "a watch's id is no area");
        town.engine.name_area(&city, owner, id, NAME.into()).await.unwrap();
        let area = public(&town).await.remove(0);
        let followed = follow(&town, bo, area.id).await.unwrap();
        let again = follow(&town, bo, area.id).await.unwrap();
        assert_eq!(again.watch.id, followed.watch.id, "whoever presses twice follows it once");
        let own = shape(&town.engine, &town, id).await;
        assert_eq!(shape(&town.engine, &town, followed.watch.id).await, own);

        let moved = Shape::circle(place(-87.65, 41.85), 200.0).unwrap();
        let redraw = || WatchChange { shape: Some(moved.clone()), ..WatchChange::default() };
        town.engine.change_watch(&city, owner, id, redraw()).await.unwrap();
        assert_eq!(shape(&town.engine, &town, followed.watch.id).await, moved);
        // The index knows, too: what happens there is told to both.
        town.report("moved", place(-87.65, 41.85)).await;
        let told = town.told().await;
        assert!(told.contains_key(ADA) && told.contains_key(BO), "{told:?}");

        // Whoever draws an outline of their own goes their own way.
        let cleo = town.watch("cleo@example.org", crate::town::ward("2"), Rhythm::Daily).await;
        let cleo = cleo.watch.watcher;
        let hers = follow(&town, cleo, area.id).await.unwrap();
        let west = Shape::circle(here, 123.0).unwrap();
        let change = WatchChange { shape: Some(west.clone()), ..WatchChange::default() };
        town.engine.change_watch(&city, cleo, hers.watch.id, change).await.unwrap();
        let back = Shape::circle(here, 300.0).unwrap();
        let change = WatchChange { shape: Some(back.clone()), ..WatchChange::default() };
        town.engine.change_watch(&city, owner, id, change).await.unwrap();
        assert_eq!(shape(&town.engine, &town, hers.watch.id).await, west);
        assert_eq!(shape(&town.engine, &town, followed.watch.id).await, back);

        // Its owner leaves: nothing of them stays, and who followed it goes on with what they had.
        town.engine.leave(&city, owner).await.unwrap();
        assert_eq!(public(&town).await, []);
        assert_eq!(shape(&town.engine, &town, followed.watch.id).await, back);
        let ties = {
            let mut tx = town.engine.store().read().await.unwrap();
            tx.ties_of(city.id, bo).await.unwrap().remove(&followed.watch.id).unwrap()
        };
        assert!(ties.follows.is_none() && ties.ended.is_some(), "{ties:?}");
        let ties = {
            let mut tx = town.engine.store().read().await.unwrap();
            tx.ties_of(city.id, cleo).await.unwrap()
        };
        assert!(ties.is_empty(), "whoever had gone is not told: {ties:?}");
        town.report("after", here).await;
        assert!(town.told().await.contains_key(BO));
    }
}

open_story! {
    async fn who_kept_the_outline_of_an_area_that_ended_reads_so_in_the_next_message(town: OpenTown) {
        let (token, watch) = watches_blocks(town, ADA).await;
        name(town, (&token, &watch), NAME).await.expect(303);
        let desk = town.key(StaffRole::Staff, "desk").await;
        let held = town.get_as(&desk, "/api/v1/areas/held").await.json();
        let id = held[0]["id"].as_str().unwrap().to_owned();
        town.post_as(&desk, &format!("/api/v1/areas/{id}/show"), &json!({})).await.expect(204);
        let asked = press(town, &format!("/areas/{id}"), "", &[("email", BO)]).await.expect(303);
        let code = town.inbox(BO, 1).await.remove(0).code();
        press(town, asked.header("location"), "", &[("code", &code)]).await.expect(200);
        let (bo, _) = sign_in(town, BO, 2).await;
        let all = open(town, "/watch", &bo).await.expect(303).header("location").to_owned();
        let bos = all.replace("/watch/", "");
        let watches: Value = town.get_as(&bos, "/api/v1/watches").await.json();
        let his = watches["watches"][0]["id"].as_str().unwrap();
        let auth = format!("Bearer {bos}");
        let headers = [("authorization", &*auth), ("content-type", "application/json")];
        let soon = json!({ "rhythm": "at_once" }).to_string();
        let path = format!("/api/v1/watches/{his}");
        town.ask(Method::PATCH, &path, &headers, soon).await.expect(200);
        let auth = format!("Bearer {token}");
        let headers = [("authorization", &*auth)];
        town.ask(Method::DELETE, &format!("/api/v1/watches/{watch}"), &headers, "").await.expect(204);
        town.post("/api/v1/issues", &pothole()).await.expect(201);
        let news = town.inbox(BO, 3).await.pop().unwrap();
        let said = news.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("You keep its last outline."), "{}", news.text);
    }
}

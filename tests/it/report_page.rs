//! Reporting on the pages, without JavaScript: where, what, is it known, details, check, done.

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::issue::read_services;
use wardwatch::store::StaffRole;

use crate::open_town::{Answer, OpenTown, open_story};
use crate::photos::{Part, geotagged, post_parts};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Something that only staff may read.
const SECRET: &str = "555-0142";

/// Pairs as a browser writes them.
fn encoded(pairs: &[(String, String)]) -> String {
    let escaped = |text: &str| -> String {
        let each = text.bytes().map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        });
        each.collect()
    };
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn unescaped(text: &str) -> String {
    let signs = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    signs.iter().fold(text.to_owned(), |text, (sign, plain)| text.replace(sign, plain))
}

/// What the form of a button holds; those that change something stand outside theirs.
fn mark(button: &str) -> String {
    let outside = button.starts_with("change_");
    if outside { "id=\"change\"".into() } else { format!("name=\"act\" value=\"{button}\"") }
}

/// What the form with this button carries along.
fn carried(page: &str, button: &str) -> Vec<(String, String)> {
    let mut forms = page.split("<form ").skip(1).filter_map(|form| form.split("</form>").next());
    let button = mark(button);
    let form = forms.find(|form| form.contains(&button)).expect("a form with that button");
    let hidden = form.split("<input type=\"hidden\" name=\"").skip(1);
    let pair = hidden.filter_map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"")?;
        Some((unescaped(name), unescaped(rest.split_once('"')?.0)))
    });
    pair.collect()
}

/// Presses a button of a page as a browser would, with what was filled in.
async fn press(town: &OpenTown, page: &Answer, button: &str, filled: &[(&str, &str)]) -> Answer {
    press_as(town, "", page, button, filled).await
}

async fn press_as(
    town: &OpenTown,
    cookie: &str,
    page: &Answer,
    button: &str,
    filled: &[(&str, &str)],
) -> Answer {
    let mut pairs = carried(&page.text, button);
    for (name, value) in filled {
        pairs.retain(|(known, _)| known != name || name.starts_with("a-"));
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    pairs.push(("act".to_owned(), button.to_owned()));
    let act = mark(button);
    let form = page.text.split("<form ").find(|form| form.contains(&act)).unwrap();
    let cookie = ("cookie", cookie);
    if form.starts_with("method=\"get\"") {
        let path = format!("/report/new?{}", encoded(&pairs));
        town.ask(Method::GET, &path, &[cookie], "").await
    } else {
        town.ask(Method::POST, "/report/new", &[FORM, cookie], encoded(&pairs)).await
    }
}

/// Sends what is checked, with these files.
async fn send(town: &OpenTown, check: &Answer, files: &[(&str, &[u8])]) -> Answer {
    let mut parts: Vec<Part> =
        carried(&check.text, "send").into_iter().map(|(n, v)| Part::Words(n, v)).collect();
    parts.push(Part::Words("act".into(), "send".into()));
    parts.extend(files.iter().map(|(name, bytes)| Part::File((*name).into(), bytes.to_vec())));
    post_parts(town, "/report/new", &[], &parts).await
}

/// What may be reported in this town.
async fn offer(town: &OpenTown) {
    let services = json!([
        { "service_code": "pothole", "service_name": "Pothole", "attributes": [
            { "code": "depth", "datatype": "singlevaluelist", "description": "How deep is it?",
              "required": true, "order": 1,
              "values": [{ "key": "k", "name": "Knee deep" }, { "key": "a", "name": "Ankle deep" }] },
            { "code": "call", "datatype": "string", "description": "Who may be called?",
              "private": true, "order": 2 },
        ]},
        { "service_code": "graffiti", "service_name": "Graffiti" },
    ]);
    let city = town.town.city().await.id;
    let mut tx = town.town.engine.store().write().await.unwrap();
    tx.put_services(city, &read_services(services).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

const PLACE: [(&str, &str); 3] =
    [("lon", "-87.7"), ("lat", "41.85"), ("address", "1200 W Alder St")];

/// A report up to where it is checked.
async fn written(town: &OpenTown, details: &[(&str, &str)]) -> Answer {
    let page = town.get("/report/new?category=pothole").await.expect(200);
    let page = press(town, &page, "where", &PLACE).await.expect(200);
    assert!(page.text.contains("<h1>Tell the city more</h1>"), "{}", page.text);
    let page = press(town, &page, "details", details).await.expect(200);
    assert!(page.text.contains("<h1>Check your report</h1>"), "{}", page.text);
    page
}

fn number(sent: &Answer) -> String {
    let location = sent.header("location");
    let rest = location.strip_prefix("/report/sent/").unwrap_or_else(|| panic!("{location}"));
    rest.split('/').next().unwrap().to_owned()
}

async fn count(town: &OpenTown) -> usize {
    let all = town.get("/api/v1/issues").await.expect(200).json();
    all["issues"].as_array().unwrap().len()
}

open_story! {
    async fn a_pothole_is_reported_without_javascript(town: OpenTown) {
        offer(town).await;
        // Nobody has reported any, and whoever waits for one can say so.
        for path in ["/watch/new", "/issues"] {
            let page = town.get(path).await.expect(200);
            let offers = page.text.matches("name=\"category\" value=\"Graffiti\"").count();
            assert_eq!(offers, 1, "{path}: {}", page.text);
        }
        let page = town.get("/report/new").await.expect(200);
        assert!(page.text.contains("<h1>Where is it?</h1>"), "{}", page.text);
        // The map is an image that is pressed; a press of a key on it means the page.
        let image = page.text.split("src=\"/report/map.svg").nth(1).expect("a map");
        let image = unescaped(image.split('"').next().unwrap()).replace("&amp;", "&");
        let map = town.get(&format!("/report/map.svg{image}")).await.expect(200);
        assert_eq!(map.header("content-type"), "image/svg+xml");
        assert!(map.text.contains("fill=\"#fbfaf6\"") && !map.text.contains("class=\"land\""));
        let key = press(town, &page, "where", &[("map.x", "0"), ("map.y", "0")]).await;
        assert!(key.expect(422).text.contains("Put the pin on the map where the problem is"));
        let mut closer = press(town, &page, "where", &[("map.x", "100"), ("map.y", "140")]).await;
        for _ in 0..3 {
            assert!(closer.text.contains("The pin is set."), "{}", closer.text);
            closer = press(town, &closer, "where", &[("map.x", "144"), ("map.y", "144")]).await;
        }
        let pin = carried(&closer.text, "where");
        let of = |name: &str| pin.iter().find(|(n, _)| n == name).unwrap().1.parse::<f64>().unwrap();
        assert!((-87.75..-87.6).contains(&of("lon")) && (41.8..41.9).contains(&of("lat")), "{pin:?}");

        let what = press(town, &closer, "where", &PLACE).await.expect(200);
        assert!(what.text.contains("<h1>What is the problem?</h1>"), "{}", what.text);
        let none = press(town, &what, "what", &[]).await.expect(422);
        assert!(none.text.contains("Choose what kind of problem it is."), "{}", none.text);
        let details = press(town, &none, "what", &[("category", "Pothole")]).await.expect(200);
        assert!(details.text.contains("Only the city’s staff read this."), "{}", details.text);
        let words = [("description", "A deep hole\nin the bike lane"), ("a-call", SECRET)];
        let lacks = press(town, &details, "details", &words).await.expect(422);
        assert!(lacks.text.contains("Answer the question: How deep is it?"), "{}", lacks.text);
        assert!(lacks.text.contains("in the bike lane</textarea>"), "nothing is lost");
        assert!(lacks.text.contains(SECRET));
        let filled = [&words[..], &[("a-depth", "k"), ("email", "ada@example.org")]].concat();
        let check = press(town, &lacks, "details", &filled).await.expect(200);
        for says in ["1200 W Alder St", "Pothole", "Knee deep", SECRET, "ada@example.org"] {
            assert!(check.text.contains(&format!("<dd>{says}")), "{says}: {}", check.text);
        }
        // The kind is changed, and what was written is still there.
        let what = press(town, &check, "change_what", &[]).await.expect(200);
        assert!(what.text.contains(r#"value="Pothole" checked"#), "{}", what.text);
        let check = press(town, &what, "what", &[("category", "Pothole")]).await.expect(200);
        assert!(check.text.contains("in the bike lane"), "{}", check.text);

        assert_eq!(count(town).await, 0, "nothing is kept before it is sent");
        let sent = send(town, &check, &[("hole.jpg", &geotagged())]).await.expect(303);
        let done = town.get(sent.header("location")).await.expect(200);
        assert_eq!(done.header("cache-control"), "no-store");
        let link = format!("{}/issues/{}", town.base, number(&sent));
        for says in ["</span> is sent</h1>", &link, "Everybody who watches Ward 1 is told", "Type the code"] {
            assert!(done.text.contains(says), "{says}: {}", done.text);
        }
        let code = done.text.split("href=\"/watch/new/").nth(1).unwrap();
        let code = format!("/watch/new/{}", code.split('"').next().unwrap());
        let mail = town.inbox("ada@example.org", 1).await.remove(0);
        let body = format!("code={}", mail.code());
        town.ask(Method::POST, &code, &[FORM], body).await.expect(200);

        let issue = town.get(&format!("/api/v1/issues/{}", number(&sent))).await.json();
        assert_eq!(issue["description"], "A deep hole\nin the bike lane");
        assert_eq!(issue["attributes"]["answers"][0]["answer"], "Knee deep");
        assert_eq!(issue["photos"].as_array().unwrap().len(), 1);
        let page = town.get(&format!("/issues/{}", number(&sent))).await.expect(200);
        assert!(page.text.contains("alt=\"Photo 1 of Pothole, 1200 W Alder St\""), "{}", page.text);
        assert!(page.text.contains("<dd>Knee deep</dd>"), "{}", page.text);
    }
}

open_story! {
    async fn a_place_outside_or_unknown_is_refused_in_a_sentence(town: OpenTown) {
        let page = town.get("/report/new?lon=12.5&lat=41.9").await.expect(200);
        let far = press(town, &page, "where", &[]).await.expect(422);
        assert!(far.text.contains("This place is not in Testville."), "{}", far.text);
        assert!(far.text.contains(r##"<a href="#where">"##), "the summary leads there");
        let page = town.get("/report/new").await.expect(200);
        let unknown = press(town, &page, "where", &[("address", "1 Nowhere Rd")]).await.expect(422);
        assert!(unknown.text.contains("We could not find this address."), "{}", unknown.text);
        assert!(unknown.text.contains(r#"value="1 Nowhere Rd""#), "and stays");
        for odd in ["lon=x&lat=y", "lon=NaN&lat=1", "view=1,2,3", "map.x=9&map.y=NaN", "act=send"] {
            town.get(&format!("/report/new?{odd}")).await.expect(200);
        }
        // A town that has heard of nothing yet takes whatever it is called.
        let free = press(town, &town.get("/report/new").await, "where", &PLACE).await.expect(200);
        let details = press(town, &free, "what", &[("category", "Odd smell")]).await.expect(200);
        let check = press(town, &details, "details", &[]).await.expect(200);
        assert!(check.text.contains("<dd>Left empty"), "{}", check.text);
        let sent = send(town, &check, &[]).await.expect(303);
        let done = town.get(sent.header("location")).await.expect(200);
        assert!(done.text.contains("Your report is anonymous."), "{}", done.text);
        assert_eq!(count(town).await, 1);
    }
}

open_story! {
    async fn an_address_is_taken_whole_or_chosen_and_never_guessed(town: OpenTown) {
        crate::places::load_town(town).await;
        let page = town.get("/report/new").await.expect(200);
        let where_is = |page: &Answer| {
            let pairs = carried(&page.text, "what");
            let of = |name: &str| pairs.iter().find(|(n, _)| n == name).unwrap().1.clone();
            (of("lon"), of("lat"), of("address"))
        };
        // A street alone and a number that it has not are no place.
        for street in ["Oak Ave", "99999 Oak Ave"] {
            let asks = press(town, &page, "where", &[("address", street)]).await.expect(422);
            assert!(asks.text.contains("Add a house number"), "{street}: {}", asks.text);
            assert!(asks.text.contains("name=\"lon\" value=\"\""), "no pin: {}", asks.text);
        }
        // Of several one is chosen, and what was only begun is offered.
        let begun = press(town, &page, "where", &[("address", "7 oa")]).await.expect(422);
        assert!(begun.text.contains("<span>7 Oak Ave"), "{}", begun.text);
        let several = press(town, &page, "where", &[("address", "1200 alder")]).await.expect(422);
        for says in ["Which one do you mean?", "1200 W Alder St", "1200 E Alder St", "#places"] {
            assert!(several.text.contains(says), "{says}: {}", several.text);
        }
        press(town, &several, "where", &[("address", "1200 alder")]).await.expect(422);
        let west = [("address", "1200 alder"), ("place", "-87.700000,41.850000")];
        let what = press(town, &several, "where", &west).await.expect(200);
        let found = ("-87.700000".to_owned(), "41.850000".to_owned(), "1200 W Alder St".to_owned());
        assert_eq!(where_is(&what), found);
        // Or the map tells; then the address only goes with it.
        let pin = [("address", "1200 alder"), ("lon", "-87.69"), ("lat", "41.85"), ("asked", "")];
        let what = press(town, &several, "where", &pin).await.expect(200);
        assert_eq!(where_is(&what), ("-87.69".into(), "41.85".into(), "1200 alder".into()));
        // One whole address is the place.
        let what = press(town, &page, "where", &[("address", "1200 w alder st")]).await.expect(200);
        assert_eq!(where_is(&what), found);
    }
}

open_story! {
    async fn a_changed_address_moves_the_place_and_one_for_the_pin_does_not(town: OpenTown) {
        crate::places::load_town(town).await;
        let link = "/report/new?lon=-87.7&lat=41.85&address=1200+W+Alder+St";
        let page = town.get(link).await.expect(200);
        let lon = |page: &Answer| {
            let pairs = carried(&page.text, "what");
            pairs.into_iter().find(|(name, _)| name == "lon").unwrap().1
        };
        let same = press(town, &page, "where", &[("address", "1200 W Alder St")]).await;
        assert_eq!(lon(&same.expect(200)), "-87.7");
        let other = press(town, &page, "where", &[("address", "7 Oak Ave")]).await.expect(200);
        assert_eq!(lon(&other), "-87.610000");
        // One that nobody knows has no pin of another.
        let none = press(town, &page, "where", &[("address", "1 Nowhere Rd")]).await.expect(422);
        assert!(none.text.contains("We could not find this address."), "{}", none.text);
        assert!(none.text.contains("name=\"lon\" value=\"\""), "{}", none.text);
        // The map was pressed since: the pin is meant, whatever its address.
        let press_map = [("map.x", "144"), ("map.y", "144"), ("address", "1200 W Alder St")];
        let pressed = press(town, &page, "where", &press_map).await.expect(200);
        let told = press(town, &pressed, "where", &[("address", "Behind the school")]).await;
        let there = lon(&told.expect(200)).parse::<f64>().unwrap();
        assert!((there + 87.7).abs() < 0.01, "{there}");
    }
}

open_story! {
    async fn a_pin_without_an_address_is_called_by_what_is_near(town: OpenTown) {
        crate::places::load_town(town).await;
        let page = town.get("/report/new").await.expect(200);
        let of = |page: &Answer, button: &str, wanted: &str| {
            let mut pairs = carried(&page.text, button).into_iter();
            pairs.find(|(name, _)| name == wanted).map(|(_, value)| value).unwrap_or_default()
        };
        let pin = |lon| [("lon", lon), ("lat", "41.85"), ("address", ""), ("asked", "")];
        let what = press(town, &page, "where", &pin("-87.7001")).await.expect(200);
        assert_eq!(of(&what, "what", "address"), "1200 W Alder St");
        assert_eq!(of(&what, "what", "lon"), "-87.7001", "the pin stays where it is");
        // It can be called otherwise, or nothing at all.
        let details = press(town, &what, "what", &[("category", "Odd smell")]).await.expect(200);
        let check = press(town, &details, "details", &[]).await.expect(200);
        assert!(check.text.contains("<dd>1200 W Alder St"), "{}", check.text);
        let again = press(town, &check, "change_where", &[]).await.expect(200);
        let none = press(town, &again, "where", &[("address", "")]).await.expect(200);
        assert_eq!(of(&none, "send", "address"), "", "{}", none.text);
        let words = [("address", "Behind the playground")];
        let words = press(town, &again, "where", &words).await.expect(200);
        assert_eq!(of(&words, "send", "address"), "Behind the playground", "{}", words.text);
        assert_eq!(of(&words, "send", "lon"), "-87.7001", "the pin stays where it is");
        let meant = press(town, &again, "where", &[("address", "7 Oak Ave")]).await.expect(200);
        assert_eq!(of(&meant, "send", "address"), "7 Oak Ave", "{}", meant.text);
        assert!(of(&meant, "send", "lon").starts_with("-87.61"), "an address is a place");
        // A pin that is set anew is called anew, or by nothing where nothing is near.
        let moved = [("lon", "-87.6101"), ("asked", ""), ("address", "1200 W Alder St")];
        let other = press(town, &again, "where", &moved).await.expect(200);
        assert_eq!(of(&other, "send", "address"), "7 Oak Ave", "{}", other.text);
        let far = press(town, &page, "where", &pin("-87.65")).await.expect(200);
        assert_eq!(of(&far, "what", "address"), "");
    }
}

open_story! {
    async fn what_is_open_nearby_can_be_followed_instead(town: OpenTown) {
        offer(town).await;
        let report = |category: &str, lon: f64| json!({
            "category": category, "description": "As deep as a knee", "lon": lon, "lat": 41.85,
            "answers": if category == "Pothole" { json!({ "depth": "k" }) } else { json!({}) },
        });
        let here = town.post("/api/v1/issues", &report("Pothole", -87.7002)).await.expect(201).json();
        let here = here["number"].as_str().unwrap().to_owned();
        // Another kind, and one that is too far away.
        town.post("/api/v1/issues", &report("Graffiti", -87.7002)).await.expect(201);
        town.post("/api/v1/issues", &report("Pothole", -87.701)).await.expect(201);

        let page = town.get("/report/new?category=Pothole").await.expect(200);
        let similar = press(town, &page, "where", &PLACE).await.expect(200);
        assert!(similar.text.contains("<h1>Is it one of these?</h1>"), "{}", similar.text);
        assert_eq!(similar.text.matches("<li class=\"card\">").count(), 1, "{}", similar.text);
        for says in [&*here, "20 m away", "As deep as a knee", "Received"] {
            assert!(similar.text.contains(says), "{says}: {}", similar.text);
        }
        // Whoever is known follows it with one press, which counts.
        let ada = crate::signing_in::signed_in(town, "ada@example.org").await;
        let similar_to_ada = press_as(town, &ada, &page, "where", &PLACE).await.expect(200);
        assert!(!similar_to_ada.text.contains("type=\"email\""));
        let path = format!("/issues/{here}");
        let joined = town.ask(Method::POST, &path, &[FORM, ("cookie", &ada)], "act=join").await;
        let joined = joined.expect(303).header("location").to_owned();
        let shown = town.ask(Method::GET, &joined, &[("cookie", &ada)], "").await.expect(200);
        assert!(shown.text.contains("You follow this issue, and it is counted"), "{}", shown.text);
        assert_eq!(town.get(&format!("/api/v1{path}")).await.json()["votes"], 1);
        // Whoever is not, by an address.
        let body = "act=join&email=bo%40example.org";
        let asked = town.ask(Method::POST, &path, &[FORM], body).await.expect(303);
        assert!(asked.header("location").starts_with("/watch/new/"));
        // And it may be another.
        let details = press(town, &similar, "another", &[]).await.expect(200);
        let check = press(town, &details, "details", &[("a-depth", "a")]).await.expect(200);
        send(town, &check, &[]).await.expect(303);
        assert_eq!(count(town).await, 4);
    }
}

open_story! {
    async fn a_double_press_makes_one_issue_with_one_photo(town: OpenTown) {
        offer(town).await;
        let check = written(town, &[("a-depth", "k"), ("description", "A hole")]).await;
        let photo = geotagged();
        let files = [("a.jpg", &*photo)];
        let (one, two) = tokio::join!(send(town, &check, &files), send(town, &check, &files));
        assert_eq!(number(&one.expect(303)), number(&two.expect(303)));
        let again = number(&send(town, &check, &files).await.expect(303));
        assert_eq!(count(town).await, 1);
        let issue = town.get(&format!("/api/v1/issues/{again}")).await.json();
        assert_eq!(issue["photos"].as_array().unwrap().len(), 1, "{issue}");
        // Another report of the same is another.
        let check = written_beside(town).await;
        send(town, &check, &[]).await.expect(303);
        assert_eq!(count(town).await, 2);
    }
}

/// A report of the same kind nearby.
async fn written_beside(town: &OpenTown) -> Answer {
    let page = town.get("/report/new?category=pothole").await.expect(200);
    let page = press(town, &page, "where", &PLACE).await.expect(200);
    let page = press(town, &page, "another", &[]).await.expect(200);
    press(town, &page, "details", &[("a-depth", "k"), ("description", "A hole")]).await.expect(200)
}

open_story! {
    async fn what_only_staff_may_read_is_read_by_nobody_else(town: OpenTown) {
        offer(town).await;
        town.sign_up("bob@example.org").await;
        let stream = town.send(Method::GET, "/api/v1/stream", &[], "").await;
        let details = [("a-depth", "k"), ("a-call", SECRET), ("email", "ada@example.org")];
        let check = written(town, &details).await;
        let sent = send(town, &check, &[]).await.expect(303);
        let number = number(&sent);
        let by_api = json!({
            "category": "Graffiti", "lon": -87.7, "lat": 41.86, "answers": { "call": SECRET },
        });
        let refused = town.post("/api/v1/issues", &by_api).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], "/answers/call");

        let news = town.inbox("bob@example.org", 2).await.pop().unwrap();
        let mut public = vec![format!("{news:?}"), format!("{:?}", town.inbox("ada@example.org", 1).await)];
        for path in [
            "/", "/issues", "/wards/1", &format!("/issues/{number}"), sent.header("location"),
            "/api/v1/issues", "/api/v1/issues.geojson", "/api/v1/issues.csv",
            &format!("/api/v1/issues/{number}"), &format!("/api/v1/issues?q={SECRET}"), "/report/new",
        ] {
            public.push(town.get(path).await.text);
        }
        let mut events = stream;
        let mut heard = String::new();
        while !heard.contains(&number) {
            heard += &String::from_utf8_lossy(&events.chunk().await.unwrap().expect("news"));
        }
        public.push(heard);
        for text in public {
            assert!(!text.contains(SECRET), "{text}");
        }
        let answers = format!("/api/v1/issues/{number}/answers");
        town.get(&answers).await.expect(401);
        let source = town.key(StaffRole::Source, "311").await;
        town.get_as(&source, &answers).await.expect(403);
        let staff = town.key(StaffRole::Staff, "desk").await;
        let read = town.get_as(&staff, &answers).await.expect(200).json();
        assert_eq!(read[0]["answer"], SECRET, "{read}");
        let rows = town.town.everything().await;
        let holding: Vec<_> = rows.iter().filter(|row| row.contains(SECRET)).collect();
        assert!(matches!(&holding[..], [one] if one.starts_with("private_answer ")), "{holding:?}");
    }
}

open_story! {
    async fn whoever_leaves_takes_private_answers_along_and_their_photos_stay(town: OpenTown) {
        offer(town).await;
        let token = town.sign_up("ada@example.org").await;
        let body = json!({
            "category": "Pothole", "lon": -87.7, "lat": 41.85,
            "answers": { "depth": "a", "call": SECRET },
        });
        let made = town.post_as(&token, "/api/v1/issues", &body).await.expect(201).json();
        let number = made["number"].as_str().unwrap();
        let photos = format!("/api/v1/issues/{number}/photos");
        let bearer = format!("Bearer {token}");
        let one = [Part::File("a.jpg".into(), geotagged())];
        post_parts(town, &photos, &[("authorization", &bearer)], &one).await.expect(201);
        let mine: Value = town.get_as(&token, "/api/v1/me/export").await.expect(200).json();
        let report = &mine["reports"][0];
        assert_eq!(report["private_answers"][0]["answer"], SECRET, "{report}");
        assert_eq!(report["pictures"]["photos"].as_array().unwrap().len(), 1, "{report}");
        town.ask(Method::DELETE, "/api/v1/me", &[("authorization", &bearer)], "").await.expect(204);
        let rows = town.town.everything().await;
        assert!(!rows.iter().any(|row| row.contains(SECRET)));
        let issue = town.get(&format!("/api/v1/issues/{number}")).await.expect(200).json();
        assert_eq!(issue["photos"].as_array().unwrap().len(), 1, "what is public stays");
    }
}

open_story! {
    async fn a_program_answers_what_is_asked(town: OpenTown) {
        offer(town).await;
        let mut body = json!({ "category": "pothole", "lon": -87.7, "lat": 41.85 });
        let lacks = town.post("/api/v1/issues", &body).await.expect(422).json();
        assert_eq!(lacks["errors"][0]["pointer"], "/answers/depth");
        body["answers"] = json!({ "depth": "Knee deep", "color": "grey" });
        let wrong = town.post("/api/v1/issues", &body).await.expect(422).json();
        let pointers: Vec<_> = wrong["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
        assert_eq!(pointers, ["/answers/color", "/answers/depth"]);
        body["answers"] = json!({ "depth": "k" });
        town.post("/api/v1/issues", &body).await.expect(201);
    }
}

open_story! {
    async fn the_form_speaks_the_language_of_the_browser(town: OpenTown) {
        for (tag, says) in
            [("es", "¿Dónde está?"), ("pl", "Gdzie to jest?"), ("zh", "问题在哪里？"), ("fr", "Where is it?")]
        {
            let page = town.ask(Method::GET, "/report/new", &[("accept-language", tag)], "").await;
            assert!(page.expect(200).text.contains(&format!("<h1>{says}</h1>")), "{tag}");
        }
    }
}

open_story! {
    async fn answers_for_the_staff_go_where_their_report_was_not_taken(town: OpenTown) {
        offer(town).await;
        let check = written(town, &[("a-depth", "k"), ("a-call", SECRET)]).await;
        send(town, &check, &[]).await.expect(303);
        let (city, engine) = (town.town.city().await.id, &town.town.engine);
        let lost = wardwatch::issue::Answer {
            code: "call".into(),
            asks: "Who may be called?".into(),
            says: "555-0199".into(),
            private: true,
        };
        let mut tx = engine.store().write().await.unwrap();
        let now = engine.clock().now();
        let lost = std::slice::from_ref(&lost);
        assert_eq!(tx.put_private_answers(city, ("web", "lost"), lost, now).await.unwrap(), ["call"]);
        let again = tx.put_private_answers(city, ("web", "lost"), lost, now).await.unwrap();
        assert!(again.is_empty(), "they were kept already: {again:?}");
        tx.commit().await.unwrap();
        assert_eq!(engine.forget_some().await.unwrap().answers, 0, "it may still come");
        let yesterday = now.minus(std::time::Duration::from_hours(25));
        let mut tx = engine.store().write().await.unwrap();
        tx.put_private_answers(city, ("web", "older"), lost, yesterday).await.unwrap();
        tx.commit().await.unwrap();
        // The program that runs may have done so already.
        engine.forget_some().await.unwrap();
        let stored = crate::whole_store::rows(town.town.url()).await;
        let mut kept = stored.iter().filter(|(table, _)| table == "private_answer");
        assert!(kept.clone().all(|(_, row)| !row.contains("older")), "the report never came");
        assert!(kept.any(|(_, row)| row.contains("lost")), "it may still come");
        let kept = stored.iter().filter(|(table, _)| table == "private_answer");
        assert_eq!(kept.count(), 2, "the report's, and what may still come");
    }
}

open_story! {
    async fn the_citys_people_read_private_answers_and_take_pictures_away(town: OpenTown) {
        use crate::desk::{employ, open, press, sign_in};
        offer(town).await;
        let check = written(town, &[("a-depth", "k"), ("a-call", SECRET)]).await;
        let sent = send(town, &check, &[("hole.jpg", &geotagged())]).await.expect(303);
        let issue = format!("/issues/{}", number(&sent));
        town.settle().await;
        employ(town, "clerk@city.example", None).await;
        employ(town, "ward1@city.example", Some("1")).await;
        let (clerk, _) = sign_in(town, "clerk@city.example", 1).await;
        let (office, _) = sign_in(town, "ward1@city.example", 1).await;
        let page = open(town, &issue, &clerk).await.expect(200).text;
        assert!(page.contains(SECRET) && page.contains("Remove it for good"), "{page}");
        let at = page.split(&format!("action=\"{issue}/pictures/")).nth(1).unwrap();
        let at = format!("{issue}/pictures/{}", at.split('"').next().unwrap());

        let theirs = open(town, &issue, &office).await.expect(200).text;
        assert!(theirs.contains("For the city"), "{theirs}");
        assert!(!theirs.contains(SECRET) && !theirs.contains("Remove it for good"), "{theirs}");
        press(town, &at, &office, "verdict=remove".into()).await.expect(403);
        press(town, &at, "", "verdict=remove".into()).await.expect(403);
        for _ in 0..2 {
            let done = press(town, &at, &clerk, "verdict=hold".into()).await.expect(303);
            assert!(done.header("location").ends_with("?done=picture#done"));
        }
        let page = town.get(&issue).await.expect(200).text;
        assert!(!page.contains("class=\"photos\"") && !page.contains(SECRET), "{page}");
    }
}

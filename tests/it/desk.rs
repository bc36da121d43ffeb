//! Those who work on issues: they sign in by a mail's link, act on the page of an issue, and look at their
//! desk.

use reqwest::Method;
use serde_json::{Value, json};
use wardwatch::store::{MemberRow, StaffRole};

pub use crate::account::open;
use crate::open_town::{Answer, OpenTown, open_story, pothole};
use crate::program::Program;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

const CLERK: &str = "clerk@city.example";
const OFFICE: &str = "office12@city.example";
const ADA: &str = "ada@example.org";

/// The city names somebody who works for it, or for the office of a ward.
pub async fn employ(town: &OpenTown, email: &str, office: Option<&str>) {
    let member = MemberRow {
        email: email.into(),
        role: if office.is_some() { StaffRole::Office } else { StaffRole::Staff },
        ward: office.map(Into::into),
        name: office.map(|_| "Alderwoman Ada King".into()),
    };
    let city = town.town.city().await;
    let mut tx = town.town.engine.store().write().await.unwrap();
    tx.put_member(city.id, &member, town.town.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The browser of somebody who signs in by the link that is mailed to them, the `nth` of their mails.
pub async fn sign_in(town: &OpenTown, email: &str, nth: usize) -> (String, Answer) {
    let body = format!("email={}", email.replace('@', "%40"));
    town.ask(Method::POST, "/signin", &[FORM], body).await.expect(303);
    let letter = town.inbox(email, nth).await.pop().unwrap();
    let entered = town.ask(Method::POST, &letter.link("/signin/"), &[FORM], "").await.expect(303);
    let set = entered.header("set-cookie").split(';').next().unwrap().to_owned();
    (set, entered)
}

pub async fn press(town: &OpenTown, path: &str, cookie: &str, form: String) -> Answer {
    town.ask(Method::POST, path, &[FORM, ("cookie", cookie)], form).await
}

/// Something is reported in ward 1, by somebody with this address if there is one.
async fn report(town: &OpenTown, email: Option<&str>) -> String {
    let mut report = pothole();
    if let Some(email) = email {
        report["email"] = json!(email);
    }
    let made = town.post("/api/v1/issues", &report).await.expect(201).json();
    format!("/issues/{}", made["number"].as_str().unwrap())
}

/// The hidden fields of the panel on a page.
fn hidden(page: &str) -> String {
    let value = |name: &str| {
        let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a panel");
        rest.split('"').next().unwrap().to_owned()
    };
    let of = ["id", "saw", "seen"].map(|name| format!("{name}={}", value(name)));
    of.join("&")
}

/// What a member does on the page of an issue as it is now.
async fn act(town: &OpenTown, issue: &str, cookie: &str, deed: &str, words: &str) -> Answer {
    let page = open(town, issue, cookie).await.expect(200).text;
    let form = format!("{}&deed={deed}&words={}", hidden(&page), words.replace(' ', "+"));
    press(town, &format!("{issue}/city"), cookie, form).await
}

async fn events(town: &OpenTown, issue: &str) -> Vec<Value> {
    let wire = town.get(&format!("/api/v1{issue}")).await.expect(200).json();
    wire["events"].as_array().unwrap().clone()
}

/// Somebody confirms by the link of their first mail that they follow what they reported.
async fn follow_own_report(town: &OpenTown, email: &str) {
    let question = town.inbox(email, 1).await.remove(0);
    town.ask(Method::POST, &question.link("/confirm/"), &[FORM], "").await.expect(200);
}

open_story! {
    async fn staff_sign_in_by_mail_and_work_on_an_issue(town: OpenTown) {
        employ(town, CLERK, None).await;
        let issue = report(town, Some(ADA)).await;
        town.settle().await;
        follow_own_report(town, ADA).await;
        town.settle().await;

        // However the address is typed, the link goes where the city has written.
        let asked = town.ask(Method::POST, "/signin", &[FORM], "email=Clerk%40city.example").await;
        asked.expect(303);
        let letter = town.inbox(CLERK, 1).await.remove(0);
        assert_eq!(letter.subject, "Your link to sign in to Testville");
        let link = letter.link("/signin/");
        town.get(&link).await.expect(200);
        let rows = town.town.everything().await;
        let contact = rows.iter().find(|row| row.starts_with("contact ") && row.contains(CLERK));
        assert!(contact.unwrap().contains("unconfirmed"), "to open it agrees to nothing");
        let (clerk, entered) = sign_in(town, CLERK, 2).await;
        assert_eq!(entered.header("location"), "/desk");

        let page = open(town, &issue, &clerk).await.expect(200).text;
        assert!(page.contains("For the city") && page.contains("Acknowledge"), "{page}");
        assert!(!page.contains("Open again"), "it is open");
        act(town, &issue, &clerk, "acknowledge", "").await.expect(303);
        let news = town.inbox(ADA, 2).await.pop().unwrap();
        assert!(news.text.contains("by the city") && news.text.contains("Acknowledged"), "{}", news.text);

        let silent = act(town, &issue, &clerk, "reply", " ").await.expect(422);
        assert!(silent.text.contains("Write your reply first."), "{}", silent.text);
        let done = act(town, &issue, &clerk, "reply", "We come on Monday").await.expect(303);
        let shown = open(town, done.header("location"), &clerk).await.expect(200).text;
        assert!(shown.contains("Done. Everybody who follows this issue is told."), "{shown}");
        let news = town.inbox(ADA, 3).await.pop().unwrap();
        assert!(news.subject.starts_with("The city replied"), "{}", news.subject);
        assert!(news.text.contains("We come on Monday"), "{}", news.text);

        act(town, &issue, &clerk, "close", "Filled with asphalt").await.expect(303);
        let news = town.inbox(ADA, 4).await.pop().unwrap();
        assert!(news.subject.starts_with("Pothole closed"), "{}", news.subject);
        assert!(news.text.contains("Closed by the city"), "{}", news.text);
        assert!(news.text.contains("Filled with asphalt"), "{}", news.text);

        let public = town.get(&issue).await.expect(200).text;
        assert!(public.contains("Official · Testville</span>"), "by a word: {public}");
        assert!(!public.contains(CLERK) && !public.contains("For the city"), "{public}");
        let actors: Vec<_> = events(town, &issue).await.iter().map(|e| e["actor"].clone()).collect();
        assert_eq!(actors, ["resident", "official", "official", "official"]);
        act(town, &issue, &clerk, "reopen", "").await.expect(303);
        assert_eq!(events(town, &issue).await[4]["kind"], "reopened");
        town.settle().await;
        town.inbox(CLERK, 2).await;
    }
}

open_story! {
    async fn a_press_is_one_event_and_a_stale_page_changes_nothing(town: OpenTown) {
        employ(town, CLERK, None).await;
        employ(town, "chief@city.example", None).await;
        let issue = report(town, None).await;
        town.settle().await;
        let (clerk, _) = sign_in(town, CLERK, 1).await;
        let (chief, _) = sign_in(town, "chief@city.example", 1).await;
        let clerks = hidden(&open(town, &issue, &clerk).await.expect(200).text);
        let chiefs = hidden(&open(town, &issue, &chief).await.expect(200).text);
        let at = format!("{issue}/city");

        for _ in 0..2 {
            let form = format!("{clerks}&deed=acknowledge&words=We+look");
            press(town, &at, &clerk, form).await.expect(303);
        }
        assert_eq!(events(town, &issue).await.len(), 2, "pressed twice it is once");
        // Whoever goes back and says something else has not said it yet.
        let form = format!("{clerks}&deed=reply&words=More");
        let refused = press(town, &at, &clerk, form).await.expect(409);
        assert!(refused.text.contains("\nMore</textarea>"), "{}", refused.text);

        let form = format!("{chiefs}&deed=close&words=Not+ours");
        let refused = press(town, &at, &chief, form).await.expect(409);
        assert!(refused.text.contains("has changed since you opened"), "{}", refused.text);
        assert!(refused.text.contains("<li>Acknowledged: Testville, "), "{}", refused.text);
        assert!(refused.text.contains("\nNot ours</textarea>"), "the words are kept");
        assert_eq!(events(town, &issue).await.len(), 2);
        // What a neighbour says meanwhile stops nobody, and the page that came back is a fresh one.
        town.settle().await;
        let form = format!("{}&deed=close&words=Not+ours", hidden(&refused.text));
        press(town, &at, &chief, form).await.expect(303);
        assert_eq!(events(town, &issue).await[2]["kind"], "closed");
        let form = format!("{chiefs}&deed=demolish");
        press(town, &at, &chief, form).await.expect(422);
        assert_eq!(town.get(&at).await.expect(303).header("location"), issue);
    }
}

open_story! {
    async fn an_office_works_in_its_own_ward_alone(town: OpenTown) {
        employ(town, OFFICE, Some("2")).await;
        let issue = report(town, None).await;
        town.settle().await;
        let (office, _) = sign_in(town, OFFICE, 1).await;
        let page = open(town, &issue, &office).await.expect(200).text;
        assert!(!page.contains("For the city"), "another ward's issue: {page}");
        let desk = open(town, "/desk", &office).await.expect(200).text;
        assert!(desk.contains("You work for: Ward 2 office."), "{desk}");
        assert!(!desk.contains(&format!("href=\"{issue}\"")), "{desk}");
        let forged = "id=00000000-0000-0000-0000-000000000001&saw=received&seen=1";
        for deed in ["acknowledge", "reply", "close"] {
            let form = format!("{forged}&deed={deed}&words=Hm");
            press(town, &format!("{issue}/city"), &office, form).await.expect(403);
        }

        employ(town, OFFICE, Some("1")).await;
        let desk = open(town, "/desk", &office).await.expect(200);
        assert_eq!(desk.header("cache-control"), "no-store");
        assert!(desk.text.contains(&format!("href=\"{issue}\"")), "{}", desk.text);
        let page = open(town, &issue, &office).await.expect(200).text;
        assert!(page.contains("done by: Ward 1 office."), "{page}");
        assert!(page.contains("value=\"acknowledge\"") && page.contains("value=\"close\""), "{page}");
        act(town, &issue, &office, "reply", "I have asked for it").await.expect(303);
        town.settle().await;
        let public = town.get(&issue).await.expect(200).text;
        assert!(public.contains("Reply from the ward’s office"), "{public}");
        assert!(public.contains("Official · Ward 1 office</span>"), "{public}");
        act(town, &issue, &office, "close", "A crew has filled it").await.expect(303);
        town.settle().await;
        let closed = town.get(&issue).await.expect(200).text;
        assert!(closed.contains("A crew has filled it"), "{closed}");
        assert_eq!(closed.matches("Official · Ward 1 office</span>").count(), 2, "{closed}");
        let ward = town.get("/wards/1").await.expect(200).text;
        for shown in ["Alderwoman Ada King", "I have asked for it", "Official · Ward 1 office"] {
            assert!(ward.contains(shown), "{shown}: {ward}");
        }
        assert!(!ward.contains(OFFICE), "an office is no address: {ward}");
        let other = town.get("/wards/2").await.expect(200).text;
        assert!(!other.contains("Ada King") && !other.contains("I have asked"), "{other}");
    }
}

open_story! {
    async fn who_is_no_member_any_more_can_do_nothing(town: OpenTown) {
        employ(town, CLERK, None).await;
        let issue = report(town, None).await;
        town.settle().await;
        let (clerk, _) = sign_in(town, CLERK, 1).await;
        let form = hidden(&open(town, &issue, &clerk).await.expect(200).text);
        let city = town.town.city().await;
        let mut tx = town.town.engine.store().write().await.unwrap();
        assert!(tx.remove_member(city.id, CLERK).await.unwrap());
        tx.commit().await.unwrap();

        let at = format!("{issue}/city");
        press(town, &at, &clerk, format!("{form}&deed=close")).await.expect(403);
        let page = open(town, &issue, &clerk).await.expect(200).text;
        assert!(!page.contains("For the city"), "{page}");
        open(town, "/desk", &clerk).await.expect(404);
        // Nor anybody else, signed in or not.
        town.sign_up(ADA).await;
        let (ada, entered) = sign_in(town, ADA, 2).await;
        assert!(entered.header("location").starts_with("/watch/"));
        for stranger in [&*ada, ""] {
            press(town, &at, stranger, format!("{form}&deed=close")).await.expect(403);
            let page = open(town, &issue, stranger).await.expect(200).text;
            assert!(!page.contains("For the city"), "{page}");
        }
        open(town, "/desk", &ada).await.expect(404);
        assert_eq!(town.get("/desk").await.expect(303).header("location"), "/signin");
        let cross = [FORM, ("cookie", &*clerk), ("sec-fetch-site", "cross-site")];
        town.ask(Method::POST, &at, &cross, format!("{form}&deed=close")).await.expect(403);
        assert_eq!(events(town, &issue).await.len(), 1);
    }
}

open_story! {
    async fn comments_that_wait_are_decided_about_on_the_page(town: OpenTown) {
        employ(town, CLERK, None).await;
        let issue = report(town, None).await;
        let ada = town.sign_up(ADA).await;
        for words in ["It is deep", "Buy my tyres"] {
            let comment = json!({"kind": "commented", "text": words});
            let path = format!("/api/v1{issue}/events");
            town.post_as(&ada, &path, &comment).await.expect(202);
        }
        let public = town.get(&issue).await.expect(200).text;
        assert!(!public.contains("It is deep"));
        let (clerk, entered) = sign_in(town, CLERK, 1).await;
        let desk = open(town, entered.header("location"), &clerk).await.expect(200).text;
        assert!(desk.contains("It is deep") && desk.contains(&format!("{issue}#city")), "{desk}");
        let at = |id: &str| desk.find(&format!("<h2 id=\"{id}\">")).expect("a list");
        assert!(at("comments") < at("new") && at("new") < at("waiting"), "what is to be read: {desk}");
        assert!(desk[at("waiting")..].contains(">open since "), "{desk}");
        for page in ["/inbox", "/account"] {
            let page = open(town, page, &clerk).await.expect(200).text;
            assert!(page.contains("<a href=\"/desk\">Your desk</a>"), "{page}");
        }
        let page = open(town, &issue, &clerk).await.expect(200).text;
        let path = |words: &str| {
            let card = page.split(words).nth(1).expect("the comment");
            card.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        let (deep, tyres) = (path("It is deep"), path("Buy my tyres"));
        town.ask(Method::POST, &deep, &[FORM], "decide=show").await.expect(403);
        press(town, &deep, &clerk, "decide=show".into()).await.expect(303);
        press(town, &tyres, &clerk, "decide=dismiss".into()).await.expect(303);
        let again = press(town, &tyres, &clerk, "decide=show".into()).await.expect(303);
        let page = open(town, again.header("location"), &clerk).await.expect(200).text;
        assert!(page.contains("Somebody has decided about that comment already."), "{page}");
        let public = town.get(&issue).await.expect(200).text;
        assert!(public.contains("It is deep") && !public.contains("Buy my tyres"), "{public}");
    }
}

open_story! {
    async fn whoever_reported_it_opens_it_again_on_the_page(town: OpenTown) {
        employ(town, CLERK, None).await;
        let issue = report(town, Some(ADA)).await;
        town.settle().await;
        follow_own_report(town, ADA).await;
        town.settle().await;
        let (ada, _) = sign_in(town, ADA, 2).await;
        let page = open(town, &issue, &ada).await.expect(200).text;
        assert!(!page.contains("Is it not fixed?"), "it is not closed: {page}");
        assert!(page.contains("The city has not answered yet."), "{page}");
        assert!(page.contains("You began to watch this after it happened."), "{page}");
        let (clerk, _) = sign_in(town, CLERK, 1).await;
        act(town, &issue, &clerk, "close", "Filled").await.expect(303);
        town.inbox(ADA, 3).await;
        town.settle().await;

        let page = open(town, &issue, &ada).await.expect(200).text;
        assert!(page.contains("Is it not fixed?"), "{page}");
        assert!(page.contains("We told you of this by mail, "), "{page}");
        assert!(page.contains("We ask you whether it is fixed: "), "{page}");
        // Nobody else is asked.
        let clerks = open(town, &issue, &clerk).await.expect(200).text;
        assert!(!clerks.contains("Is it not fixed?"), "{clerks}");
        press(town, &issue, &clerk, "act=again".into()).await.expect(403);
        let again = press(town, &issue, &ada, "act=again&words=Still+there".into()).await;
        let again = again.expect(303).header("location").to_owned();
        let page = open(town, &again, &ada).await.expect(200).text;
        assert!(page.contains("It is open again."), "{page}");
        let all = events(town, &issue).await;
        assert_eq!(all.last().unwrap()["kind"], "reopened");
        press(town, &issue, &ada, "act=again&words=Still+there".into()).await.expect(303);
        assert_eq!(events(town, &issue).await.len(), all.len(), "pressed twice it is once");
    }
}

open_story! {
    async fn an_issue_is_passed_on_with_what_it_is_about(town: OpenTown) {
        let issue = report(town, None).await;
        town.settle().await;
        let page = town.get(&issue).await.expect(200).text;
        let link = format!("{}{issue}", town.base);
        for part in [
            format!("<link rel=\"canonical\" href=\"{link}\">"),
            format!("<meta property=\"og:url\" content=\"{link}\">"),
            "content=\"A deep hole in the bike lane\"".to_owned(),
            "<a href=\"/wards/1\">Ward 1</a>".to_owned(),
            "<a href=\"/issues?category=Pothole\">".to_owned(),
            format!("data-url=\"{link}\" data-title="),
        ] {
            assert!(page.contains(&part), "{part}: {page}");
        }
    }
}

open_story! {
    async fn a_wards_official_replies_are_followed_alone(town: OpenTown) {
        employ(town, OFFICE, Some("1")).await;
        let form = "email=ada%40example.org&what=replies";
        let asked = town.ask(Method::POST, "/wards/1", &[FORM], form).await.expect(303);
        let question = town.inbox(ADA, 1).await.remove(0);
        let code = format!("code={}", question.code());
        let done = town.ask(Method::POST, asked.header("location"), &[FORM], code).await;
        assert!(done.expect(200).text.contains("“Ward 1, official replies” is on."));
        let city = town.town.city().await;

        let issue = report(town, None).await;
        town.settle().await;
        let desk = town.key(StaffRole::Staff, "desk").await;
        let path = format!("/api/v1{issue}/events");
        let said = json!({"kind": "commented", "text": "A neighbor says", "actor": "resident"});
        town.post_as(&desk, &path, &said).await.expect(201);
        let (office, _) = sign_in(town, OFFICE, 1).await;
        act(town, &issue, &office, "reply", "We know").await.expect(303);
        town.settle().await;
        let mut tx = town.town.engine.store().read().await.unwrap();
        let all = tx.issue_numbered(city.id, issue.trim_start_matches("/issues/")).await.unwrap();
        let matched = tx.matches_of(city.id, all.unwrap().id).await.unwrap();
        assert_eq!(matched.len(), 1, "the reply alone waits for her digest: {matched:?}");
    }
}

#[test]
fn the_operator_says_who_is_staff_and_takes_it_back() {
    let town = Program::new(None, 9, 9);
    let map = concat!(env!("CARGO_MANIFEST_DIR"), "/data/wards.geojson");
    town.run(&["boundaries", "import", map, "--layer", "wards", "--id-property", "ward"]);
    let add = |words: &[&str]| town.end(&[&["staff", "add"][..], words].concat());
    assert_eq!(add(&[CLERK, "--role", "staff"]).code, 0);
    let office = [OFFICE, "--role", "office", "--ward", "1", "--name", "Alderwoman Ada King"];
    assert_eq!(add(&office).code, 0);
    let odd = add(&[CLERK, "--role", "admin", "--ward", "1"]);
    assert_eq!(odd.code, 2, "{odd:?}");
    assert!(odd.said.contains("only an office has a ward"), "{odd:?}");
    assert_eq!(add(&[CLERK, "--role", "admin"]).code, 0, "said anew, it is changed");
    let listed = town.end(&["staff", "list", "--json"]);
    let rows: Vec<Value> =
        listed.printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        rows,
        [
            json!({"email": CLERK, "role": "admin", "ward": null, "name": null}),
            json!({"email": OFFICE, "role": "office", "ward": "1", "name": "Alderwoman Ada King"}),
        ]
    );
    let shown = town.end(&["staff", "list"]).printed;
    assert!(
        shown.contains("office  office12@city.example  ward 1  Alderwoman Ada King"),
        "{shown}"
    );
    let gone = town.end(&["staff", "remove", "Clerk@city.example", "--json"]);
    assert_eq!((gone.code, gone.printed.contains("\"removed\":true")), (0, true), "{gone:?}");
    let again = town.end(&["staff", "remove", CLERK]);
    assert_eq!(again.code, 1);
    assert!(
        again.said.contains("is not staff of") && again.said.contains("staff list"),
        "{again:?}"
    );
}

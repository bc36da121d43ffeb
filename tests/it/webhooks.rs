//! Programs that are told: webhooks, as Standard Webhooks describe them.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wardwatch::dispatcher::Dispatcher;
use wardwatch::engine::{EngineError, WatchChange};
use wardwatch::issue::Kind;
use wardwatch::store::{ContactRow, DeliveryState};
use wardwatch::watch::{Filter, Rhythm, Target, Via};
use wardwatch::watcher::{ContactId, WatcherId};

use crate::hook::{Hook, Posted};
use crate::open_town::OpenTown;
use crate::post_office::PostOffice;
use crate::town::{Town, block, place, story};

const ADA: &str = "ada@example.org";
const DAY: Duration = Duration::from_hours(24);
const LEASE: Duration = Duration::from_mins(2);
const HERE: (f64, f64) = (-87.70, 41.85);

/// Somebody who is told at once of everything around here, by these roads.
async fn watcher(town: &Town, target: Target, via: Via) -> WatcherId {
    let filter = Filter { kinds: Kind::ALL.into(), ..Filter::for_places() };
    let row = town.watch_only(ADA, target, Rhythm::AtOnce, filter).await;
    let change = WatchChange { via: Some(via), ..WatchChange::default() };
    let city = town.city().await;
    let row = town.engine.change_watch(&city, row.watch.watcher, row.watch.id, change);
    row.await.unwrap().watch.watcher
}

fn around_here() -> Target {
    block(place(HERE.0, HERE.1), 300.0)
}

/// Posts what is due, and gives the number of attempts.
async fn post(town: &Town, dispatcher: &Dispatcher) -> usize {
    town.engine.match_pending().await.unwrap();
    dispatcher.drain().await.unwrap()
}

async fn the_webhook(town: &Town, owner: WatcherId) -> ContactRow {
    let city = town.city().await;
    let mut all = town.engine.webhooks(&city, owner).await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0).0
}

/// A webhook that has answered.
async fn added(town: &Town, dispatcher: &Dispatcher, owner: WatcherId, hook: &Hook) -> ContactId {
    let city = town.city().await;
    let row = town.engine.add_webhook(&city, owner, hook.url("/in")).await.unwrap();
    assert_eq!(post(town, dispatcher).await, 1);
    assert_eq!(hook.posted()[0].kind(), "webhook.ping");
    assert!(the_webhook(town, owner).await.confirmed);
    row.contact.id
}

story! {
    async fn a_program_is_told_once_it_has_answered_and_not_where_its_owner_lives(town: Town) {
        let (hook, office) = (Hook::open().await, PostOffice::open().await);
        let dispatcher = office.dispatcher_posting_to(&town, LEASE, &[&hook.host()]);
        let owner = watcher(&town, around_here(), Via { mail: true, ..Via::WEBHOOK }).await;
        let city = town.city().await;
        town.engine.add_webhook(&city, owner, hook.url("/in?key=k")).await.unwrap();
        hook.answer(&[500]);
        town.report("1", place(HERE.0, HERE.1)).await;
        assert_eq!(post(&town, &dispatcher).await, 2, "the question, and a mail");
        assert_eq!(hook.posted()[0].kind(), "webhook.ping");
        assert!(!the_webhook(&town, owner).await.confirmed, "it has answered 500");
        town.pass(Duration::from_mins(1));
        assert_eq!(post(&town, &dispatcher).await, 1);
        assert_eq!(hook.posted()[0].kind(), "webhook.ping");
        assert!(the_webhook(&town, owner).await.confirmed);

        town.say(vec![town.then("1", "2", Kind::Commented, Some("It is by the library."))]).await;
        assert_eq!(post(&town, &dispatcher).await, 2, "the comment, by mail and to the webhook");
        let posted = hook.posted();
        let [told] = &posted[..] else { panic!("{posted:?}") };
        assert_eq!((told.path.as_str(), told.kind().as_str()), ("/in?key=k", "issue.commented"));
        assert_eq!(told.header("content-type"), "application/json");
        let data = &told.json()["data"];
        assert_eq!(data["issue"]["happenings"][0]["text"], "It is by the library.");
        assert_eq!(data["issue"]["address"], "1200 W Alder St");
        assert_eq!(data["text"], "It is by the library.");
        assert_eq!(data["issue"]["watches"], json!(["Home"]));
        // No middle, no radius, no distance from it; and no link of its owner's, each of which leads on to
        // the page of all their watches.
        for secret in ["radius", "300", "metres", " m ", "/watch/", "/u/", "/confirm/"] {
            assert!(!told.text.contains(secret), "{secret}: {}", told.text);
        }
        assert_eq!(office.letters().len(), 2);
    }
}

story! {
    async fn what_is_tried_again_is_the_same_message_under_the_same_id(town: Town) {
        let (hook, office) = (Hook::open().await, PostOffice::open().await);
        let dispatcher = office.dispatcher_posting_to(&town, LEASE, &[&hook.host()]);
        let owner = watcher(&town, around_here(), Via::WEBHOOK).await;
        added(&town, &dispatcher, owner, &hook).await;
        hook.answer(&[503, 302, 404]);
        town.report("1", place(HERE.0, HERE.1)).await;
        let mut tries: Vec<Posted> = vec![];
        // By the schedule: after half a minute, two minutes, ten; each up to a quarter later.
        for minutes in [0, 1, 3, 13] {
            town.pass(Duration::from_mins(minutes));
            assert_eq!(post(&town, &dispatcher).await, 1);
            tries.append(&mut hook.posted());
        }
        town.pass(DAY);
        assert_eq!(post(&town, &dispatcher).await, 0, "it was taken");
        assert_eq!(tries.len(), 4);
        for again in &tries[1..] {
            assert_eq!(again.header("webhook-id"), tries[0].header("webhook-id"));
            assert_eq!(again.text, tries[0].text);
            assert_ne!(again.header("webhook-timestamp"), tries[0].header("webhook-timestamp"));
            assert_ne!(again.header("webhook-signature"), tries[0].header("webhook-signature"));
        }
        assert_eq!(the_webhook(&town, owner).await.failing_at, None, "it works again");
    }
}

story! {
    async fn a_program_that_asks_for_time_is_given_it_and_one_that_is_gone_is_left_alone(
        town: Town
    ) {
        let (hook, office) = (Hook::open().await, PostOffice::open().await);
        let dispatcher = office.dispatcher_posting_to(&town, LEASE, &[&hook.host()]);
        let owner = watcher(&town, around_here(), Via::WEBHOOK).await;
        let id = added(&town, &dispatcher, owner, &hook).await;
        hook.answer_with(429, vec![("retry-after", "7200".into())]);
        town.report("1", place(HERE.0, HERE.1)).await;
        assert_eq!(post(&town, &dispatcher).await, 1);
        town.pass(Duration::from_mins(119));
        assert_eq!(post(&town, &dispatcher).await, 0, "two hours were asked for");
        town.pass(Duration::from_mins(2));
        hook.answer(&[410]);
        assert_eq!(post(&town, &dispatcher).await, 1);
        let row = the_webhook(&town, owner).await;
        assert!(row.retired && row.why.unwrap().contains("410"));
        post(&town, &dispatcher).await;
        let letters = office.letters();
        assert_eq!(letters.len(), 1, "its owner hears of it: {letters:?}");
        assert!(letters[0].plain.contains("410"), "{}", letters[0].plain);
        town.report("2", place(HERE.0, HERE.1)).await;
        assert_eq!(post(&town, &dispatcher).await, 0);
        // Its owner may ask it once more.
        town.engine.test_webhook(&town.city().await, owner, id).await.unwrap();
        assert_eq!(post(&town, &dispatcher).await, 1);
        assert!(the_webhook(&town, owner).await.confirmed);
    }
}

story! {
    async fn a_program_that_fails_for_days_is_told_nothing_more_and_its_owner_is_told_so(
        town: Town
    ) {
        let (hook, office) = (Hook::open().await, PostOffice::open().await);
        let dispatcher = office.dispatcher_posting_to(&town, LEASE, &[&hook.host()]);
        let owner = watcher(&town, around_here(), Via::WEBHOOK).await;
        let id = added(&town, &dispatcher, owner, &hook).await;
        hook.answer(&[500; 64]);
        let began = town.clock.now();
        for day in 0..5 {
            town.report(&format!("day {day}"), place(HERE.0, HERE.1 + 0.0001 * f64::from(day))).await;
            for _ in 0..2 {
                assert!(post(&town, &dispatcher).await > 0);
                assert!(the_webhook(&town, owner).await.confirmed, "on day {day}");
                town.pass(DAY / 2);
            }
        }
        assert_eq!(the_webhook(&town, owner).await.failing_at, Some(began));
        assert!(office.letters().is_empty());
        // With the next message that was tried to its end.
        for _ in 0..4 {
            post(&town, &dispatcher).await;
            town.pass(DAY / 2);
        }
        let row = the_webhook(&town, owner).await;
        assert!(row.suspended && row.why.unwrap().ends_with("answered 500"));
        post(&town, &dispatcher).await;
        let letters = office.letters();
        let [letter] = &letters[..] else { panic!("{letters:?}") };
        assert_eq!((letter.to.as_str(), letter.subject.as_str()),
            (ADA, "Your webhook at 127.0.0.1 gets no more messages"));
        assert!(letter.plain.contains("May 4"), "{}", letter.plain);
        // What waits is dropped, and what happens now is not sent either.
        hook.posted();
        town.pass(DAY);
        town.report("later", place(HERE.0, HERE.1)).await;
        post(&town, &dispatcher).await;
        town.pass(DAY);
        post(&town, &dispatcher).await;
        assert!(hook.posted().is_empty());
        // It is mended, and its owner sends a test.
        hook.is_mended();
        town.engine.test_webhook(&town.city().await, owner, id).await.unwrap();
        assert_eq!(post(&town, &dispatcher).await, 1);
        assert_eq!(hook.posted()[0].kind(), "webhook.ping");
        let row = the_webhook(&town, owner).await;
        assert!(row.confirmed && row.failing_at.is_none());
        town.report("again", place(HERE.0, HERE.1)).await;
        assert_eq!(post(&town, &dispatcher).await, 1);
        assert_eq!(hook.posted()[0].kind(), "issue.opened");
        assert_eq!(office.letters().len(), 1, "once is enough");
    }
}

story! {
    async fn one_program_that_hangs_holds_no_other_up(town: Town) {
        let (slow, quick) = (Hook::open().await, Hook::open().await);
        let office = PostOffice::open().await;
        let hosts = [slow.host(), quick.host()];
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let dispatcher = office.dispatcher_posting_to(&town, LEASE, &hosts);
        let owner = watcher(&town, around_here(), Via::WEBHOOK).await;
        added(&town, &dispatcher, owner, &slow).await;
        slow.hang(true);
        for n in 0..40 {
            town.report(&n.to_string(), place(HERE.0, HERE.1 + 0.00001 * f64::from(n))).await;
        }
        town.engine.match_pending().await.unwrap();
        let draining = tokio::spawn({
            let dispatcher = dispatcher.clone();
            async move { dispatcher.drain().await.unwrap() }
        });
        let begun = slow.until_posted(8).await.len();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(begun + slow.posted().len(), 8, "no more than so many wait for it at once");
        let city = town.city().await;
        town.engine.add_webhook(&city, owner, quick.url("/in")).await.unwrap();
        let second = office.dispatcher_posting_to(&town, LEASE, &hosts);
        let asked = async {
            while quick.posted().is_empty() {
                second.drain().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(10), asked).await.expect("it is asked meanwhile");
        slow.hang(false);
        draining.await.unwrap();
        // Those that were held were not tried, and come now.
        let mut come = 0;
        for _ in 0..8 {
            town.pass(Duration::from_mins(1));
            post(&town, &dispatcher).await;
            come += slow.posted().len();
        }
        assert_eq!(come, 40 - 8);
    }
}

story! {
    async fn who_answers_that_they_have_it_has_it_however_slow_the_rest(town: Town) {
        let office = PostOffice::open().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let begins = tokio::spawn(async move {
            let mut held = vec![];
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 16 << 10];
                assert!(socket.read(&mut request).await.unwrap() > 0);
                socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n").await.unwrap();
                held.push(socket);
            }
        });
        let dispatcher = office.dispatcher_posting_to(&town, LEASE, &[&at]);
        let owner = watcher(&town, around_here(), Via::WEBHOOK).await;
        let city = town.city().await;
        town.engine.add_webhook(&city, owner, format!("http://{at}/in")).await.unwrap();
        let posting = post(&town, &dispatcher);
        let posted = tokio::time::timeout(Duration::from_secs(10), posting).await;
        assert_eq!(posted.expect("the rest is not waited for"), 1);
        assert!(the_webhook(&town, owner).await.confirmed);
        begins.abort();
    }
}

story! {
    async fn a_person_has_few_webhooks_of_their_own_and_tests_them_now_and_then(town: Town) {
        let city = town.city().await;
        let owner = watcher(&town, around_here(), Via::BOTH).await;
        let engine = &town.engine;
        let first = engine.add_webhook(&city, owner, "https://a.example/0".into()).await.unwrap();
        let again = engine.add_webhook(&city, owner, "https://a.example/0".into()).await.unwrap();
        assert_eq!(first.contact.id, again.contact.id);
        for n in 1..5 {
            engine.add_webhook(&city, owner, format!("https://a.example/{n}")).await.unwrap();
        }
        let more = engine.add_webhook(&city, owner, "https://a.example/5".into()).await;
        assert!(matches!(more, Err(EngineError::TooManyWebhooks(5))), "{more:?}");
        let id = first.contact.id;
        // One that waits for its turn is not asked twice; twenty questions are asked within an hour, and
        // there were four of the others.
        let mut asked = 0;
        for _ in 0..30 {
            match engine.test_webhook(&city, owner, id).await {
                Ok(()) => asked += town.take_deliveries().await.iter()
                    .filter(|one| one.contact == id).count(),
                Err(EngineError::TestedTooOften) => break,
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(asked, 16);
        town.pass(Duration::from_hours(2));
        engine.test_webhook(&city, owner, id).await.unwrap();
        let bob = town.watch("bob@example.org", around_here(), Rhythm::AtOnce).await.watch.watcher;
        for not_his in [
            engine.test_webhook(&city, bob, id).await.err(),
            engine.remove_webhook(&city, bob, id).await.err(),
            engine.renew_webhook_secret(&city, bob, id).await.err(),
        ] {
            assert!(matches!(not_his, Some(EngineError::UnknownWebhook)), "{not_his:?}");
        }
        let his = engine.add_webhook(&city, bob, "https://a.example/0".into()).await;
        assert!(matches!(his, Err(EngineError::OthersWebhook)), "{his:?}");
        engine.remove_webhook(&city, owner, id).await.unwrap();
        assert_eq!(engine.webhooks(&city, owner).await.unwrap().len(), 4);
    }
}

/// What the standard's own library says of these messages, each with the secret it is checked by.
fn verified(messages: &[(&Posted, &str)]) -> Option<Vec<Value>> {
    if !Path::new("var/receivers/node_modules/standardwebhooks").exists() {
        println!("passed over: run scripts/test-receivers.sh to test against real receivers");
        return None;
    }
    let mut child = Command::new("node")
        .arg("tests/receivers/hook_check.mjs")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for (posted, secret) in messages {
        let header = |name| posted.header(name);
        let line = json!({
            "secret": secret, "body": posted.text,
            "headers": {
                "webhook-id": header("webhook-id"),
                "webhook-timestamp": header("webhook-timestamp"),
                "webhook-signature": header("webhook-signature"),
            },
        });
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Over the API, with the clock on the wall, which the library compares with.
#[tokio::test(flavor = "multi_thread")]
async fn the_standards_own_library_knows_our_messages_and_no_others() {
    let hook = Hook::open().await;
    let town = OpenTown::posting_to(&hook.host()).await;
    let token = town.sign_up(ADA).await;
    let path = "/api/v1/me/webhooks";
    let hook_url = json!({ "url": hook.url("/in") });
    let answer = town.post_as(&token, path, &hook_url).await.expect(201).json();
    let (id, old) = (answer["webhook"]["id"].as_str().unwrap(), answer["secret"].as_str().unwrap());
    let first = hook.until_posted(1).await.remove(0);
    let renewed = town.post_as(&token, &format!("{path}/{id}/secret"), &json!({})).await;
    let renewed = renewed.expect(200).json();
    let new = renewed["secret"].as_str().unwrap();
    assert_ne!(old, new);
    // Asked once more, as when the answer was lost, it is the same.
    let again = town.post_as(&token, &format!("{path}/{id}/secret"), &json!({})).await;
    assert_eq!(again.expect(200).json()["secret"], new);
    town.post_as(&token, &format!("{path}/{id}/test"), &json!({})).await.expect(202);
    let second = hook.until_posted(1).await.remove(0);
    let mut forged = second.clone();
    forged.text = forged.text.replace("webhook.ping", "webhook.pong");
    let messages = [(&first, old), (&first, new), (&second, old), (&second, new), (&forged, new)];
    if let Some(verdicts) = verified(&messages) {
        let good: Vec<_> = verdicts.iter().map(|verdict| verdict["ok"].as_bool()).collect();
        let expected = [true, false, true, true, false].map(Some);
        assert_eq!(good, expected, "{verdicts:?}");
    }
    let listed = town.get_as(&token, path).await.expect(200).json();
    assert_eq!(listed["webhooks"][0]["state"], "working");
    assert_eq!(listed["webhooks"][0]["last"]["state"], DeliveryState::Sent.name());
    assert!(!listed.to_string().contains("whsec_"), "{listed}");

    // Given up, it is on its owner's page, with a button that asks it again.
    town.town.tamper("UPDATE contact SET state = 'suspended', retired_why = 'answered 500' WHERE kind = 'webhook'").await;
    let page = town.get(&format!("/watch/{token}")).await.expect(200).text;
    assert!(page.contains("We no longer write to 127.0.0.1"), "{page}");
    assert!(page.contains(r#"value="test_webhook""#), "{page}");
    let form = format!("act=test_webhook&contact={id}");
    town.press(&format!("/watch/{token}"), form.leak()).await.expect(303);
    assert_eq!(hook.until_posted(1).await[0].kind(), "webhook.ping");
    town.settle().await;
    let page = town.get(&format!("/watch/{token}")).await.expect(200).text;
    assert!(!page.contains("We no longer write"), "{page}");

    // What may not be dialled is refused at the door, and says why.
    for (url, why) in [
        ("https://127.0.0.1/hook", "bare IP address"),
        ("http://example.org/hook", "not https"),
        ("https://ada:secret@example.org/", "user name"),
        ("ftp://example.org/", "not a web address"),
        ("hook", "not a URL"),
    ] {
        let refused = town.post_as(&token, path, &json!({ "url": url })).await.expect(422);
        assert!(refused.text.contains(why), "{}", refused.text);
        assert!(refused.text.contains("/url"), "{}", refused.text);
    }
    town.post(path, &hook_url).await.expect(401);
    let bearer = format!("Bearer {token}");
    let as_ada = [("authorization", bearer.as_str())];
    town.ask(Method::DELETE, &format!("{path}/{id}"), &as_ada, "").await.expect(204);
    town.ask(Method::DELETE, &format!("{path}/{id}"), &as_ada, "").await.expect(404);
    town.close().await;
}

/// The example, running as long as the test.
struct SmsGateway {
    child: Child,
    at: String,
}

impl SmsGateway {
    fn open(secret: &str, gateway: &str, at: &str) -> Self {
        let mut child = Command::new("python3")
            .arg("examples/sms_gateway.py")
            .envs([
                ("SMS_WEBHOOK_SECRET", secret),
                ("SMS_TO", "+13125550100"),
                ("SMS_FROM", "+13125550199"),
                ("SMS_GATEWAY", gateway),
                ("SMS_LISTEN", at),
                ("NO_PROXY", "*"),
            ])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
        let at = said.trim().strip_prefix("listening on ").expect("where it listens").to_owned();
        Self { child, at }
    }
}

impl Drop for SmsGateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_passes_on_to_a_phone_what_is_signed_and_nothing_else() {
    let (gateway, office) = (Hook::open().await, PostOffice::open().await);
    let town = Town::on_sqlite().await;
    town.clock.set(wardwatch::clock::Clock::System.now());
    let city = town.city().await;
    let owner = watcher(&town, around_here(), Via::WEBHOOK).await;
    // Its place is known before its secret is.
    let free =
        std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let url = format!("http://{free}/");
    let row = town.engine.add_webhook(&city, owner, url.clone()).await.unwrap();
    let secret = town.engine.webhook_secret(&row).unwrap().reveal();
    let example = SmsGateway::open(&secret, &gateway.url("/Messages.json"), &free);
    let dispatcher = office.dispatcher_posting_to(&town, LEASE, &[&example.at]);
    assert_eq!(post(&town, &dispatcher).await, 1);
    assert!(the_webhook(&town, owner).await.confirmed, "it knows our signature");
    assert!(gateway.posted().is_empty(), "nobody is texted a question");
    gateway.answer(&[500]);
    town.report("1", place(HERE.0, HERE.1)).await;
    assert_eq!(post(&town, &dispatcher).await, 1);
    assert_eq!(gateway.posted().len(), 1);
    assert!(the_webhook(&town, owner).await.failing_at.is_some(), "what is not sent is not taken");
    town.pass(Duration::from_mins(1));
    assert_eq!(post(&town, &dispatcher).await, 1);
    let texts = gateway.posted();
    let [text] = &texts[..] else { panic!("{texts:?}") };
    let form: std::collections::HashMap<String, String> =
        reqwest::Url::parse(&format!("http://x/?{}", text.text))
            .unwrap()
            .query_pairs()
            .into_owned()
            .collect();
    assert_eq!(form["To"], "+13125550100");
    assert!(form["Body"].starts_with("Pothole reported – 1200 W Alder St: "), "{}", form["Body"]);
    assert!(form["Body"].ends_with("/issues/26-000001"), "{}", form["Body"]);
    let forged = reqwest::Client::builder().no_proxy().build().unwrap().post(&url);
    let forged = forged.header("webhook-id", "1").header("webhook-timestamp", "1");
    let forged = forged.header("webhook-signature", "v1,AAAA").body(r#"{"type": "x"}"#);
    assert_eq!(forged.send().await.unwrap().status(), 401);
    assert!(gateway.posted().is_empty());
}

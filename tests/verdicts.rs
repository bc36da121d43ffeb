//! What receivers that others wrote make of every kind of mail and of push, in every language.
//! `scripts/test-receivers.sh` sets them up; where they are missing the tests say so and pass over.

#[expect(dead_code, reason = "other tests read all that a receiver got")]
#[path = "receivers/sink.rs"]
mod sink;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;
use wardwatch::channel::email::{Mailer, Settings, Signer, make_key};
use wardwatch::channel::push::{self, Pusher, VapidKey};
use wardwatch::clock::{Clock, Timestamp};
use wardwatch::delivery::{Lane, Outcome};
use wardwatch::drawing::{Ground, Picture, WardLines};
use wardwatch::geometry::{Position, Shape, Units};
use wardwatch::issue::{Actor, CityId, EventId, IssueId, Kind, Status};
use wardwatch::message::{
    Because, Confirm, Content, Digest, Fixed, Happening, Language, Map, PUSH_LIMIT, Reach, Reader,
    Sender, SignIn, Stopped, Told, Watched, compose_mail, compose_push,
};
use wardwatch::outbound::{self, Outbound};
use wardwatch::watch::Rhythm;
use wardwatch::watcher::PushSubscription;

use sink::Sink;

const SITE: &str = "https://watch.example.org";
const HERE: Position = Position { lon: -87.65, lat: 41.85 };
/// Ids as the program makes them: a filter looks at a Message-ID's form.
const FIRST: u128 = 0x01a2_1bfb_b6cb_7773_b5d4_a877_f2e4_0000;

fn now() -> Timestamp {
    "2026-05-04T14:30:00Z".parse().unwrap()
}

fn sender() -> Sender {
    Sender {
        city: CityId(1),
        city_name: "Springfield".to_owned(),
        public_url: SITE.to_owned(),
        mail_from: "311@watch.example.org".parse().unwrap(),
        return_path: Some("bounces@watch.example.org".parse().unwrap()),
        list_host: "watch.example.org".to_owned(),
        zone: "America/Chicago".parse().unwrap(),
        units: Units::Metric,
    }
}

fn reader(tag: &str) -> Reader {
    Reader {
        language: tag.parse().unwrap(),
        manage_link: format!("{SITE}/watch/{}", "m".repeat(76)),
        unsubscribe_all_link: format!("{SITE}/u/{}", "a".repeat(76)),
    }
}

/// As the dispatcher draws it: a ward and a pin.
fn map() -> Map {
    let ring =
        [[-87.66, 41.84], [-87.64, 41.84], [-87.64, 41.86], [-87.66, 41.86], [-87.66, 41.84]];
    let ward = Shape::from_geojson(&json!({ "type": "Polygon", "coordinates": [ring] })).unwrap();
    let wards = WardLines::new([("12", &ward)].into_iter());
    let ground = Ground::default();
    let picture = Picture {
        at: HERE,
        ward: Some("12"),
        wards: &wards,
        ground: &ground,
        units: Units::Metric,
    };
    Map::new(picture.png().expect("there is a ward to see"))
}

fn watch(name: &str, middle: Option<Position>) -> Because {
    let unsubscribe_link = format!("{SITE}/u/{}", "u".repeat(90));
    Because {
        watch_name: name.to_owned(),
        middle,
        near_ward: None,
        area_ended: false,
        unsubscribe_link,
    }
}

/// An issue to which this has happened.
fn told(kind: Kind) -> Told {
    let says = matches!(kind, Kind::Commented | Kind::Closed | Kind::Reopened);
    let text =
        says.then(|| "A crew comes on Monday morning.\nThank you for telling us.".to_owned());
    let at = "2026-05-04T14:12:00Z".parse().unwrap();
    // A neighbor's, with a way to hear no more of them.
    let (actor, comment) = match kind {
        Kind::Commented => (Actor::Resident, Some(EventId(Uuid::from_u128(FIRST - 2)))),
        _ => (Actor::Official, None),
    };
    Told {
        issue: IssueId(Uuid::from_u128(FIRST - 1)),
        number: "26-001234".to_owned(),
        category: "Pothole".into(),
        address: "Oak Ave & 12th St".to_owned(),
        at: Some(Position { lon: HERE.lon + 0.002, lat: HERE.lat + 0.001 }),
        map: None,
        ward: Some("12".to_owned()),
        description: "Deep hole in the right lane, just past the bus stop.".to_owned(),
        status: if kind == Kind::Closed { Status::Closed } else { Status::Received },
        happenings: vec![Happening { kind, at, actor, office: None, comment, text }],
        link: format!("{SITE}/issues/26-001234"),
        because: vec![watch("Home", Some(HERE)), watch("My ward", None)],
    }
}

/// Of an issue that is only a point.
fn bare() -> Told {
    let because = vec![watch("Home", None)];
    let (address, description) = (String::new(), String::new());
    Told { address, description, at: None, because, ..told(Kind::Opened) }
}

/// All that a message can be about, and each way in which it is laid out differently. `name` does not
/// compile without a new kind; put one of it here, too.
fn every_kind() -> Vec<Content> {
    let link = format!("{SITE}/somewhere/{}", "t".repeat(76));
    let issues = Kind::ALL.map(|kind| Content::Issue(Told { map: Some(map()), ..told(kind) }));
    let items: Vec<Told> =
        Kind::ALL.into_iter().cycle().take(24).map(told).chain([bare()]).collect();
    let digests = Rhythm::ALL.map(|rhythm| {
        Content::Digest(Digest { rhythm, items: items.clone(), more: 12, link: link.clone() })
    });
    let watched = [
        Watched::Area,
        Watched::Wards(vec!["12".to_owned(), "14".to_owned()]),
        Watched::Issue("26-001234".to_owned()),
        Watched::Report { number: "26-001234".to_owned(), link: link.clone() },
    ];
    let questions = watched.map(|watched| {
        Content::Confirm(Confirm { watched, link: link.clone(), code: "042917".to_owned() })
    });
    let reason = "hooks.example.net answered 500".to_owned();
    let stopped = Stopped { host: "hooks.example.net".to_owned(), since: now(), reason };
    let others = [
        Content::Issue(bare()),
        Content::Fixed(Fixed { told: told(Kind::Closed), link: link.clone() }),
        Content::Stopped(stopped),
        Content::SignIn(SignIn { link: link.clone(), minutes: 30 }),
        Content::Reach(Reach { link: link.clone() }),
    ];
    issues.into_iter().chain(digests).chain(questions).chain(others).collect()
}

fn name(content: &Content) -> String {
    match content {
        Content::Issue(told) if told.address.is_empty() => "a bare issue".to_owned(),
        Content::Issue(told) => format!("issue {}", told.happenings[0].kind.name()),
        Content::Digest(digest) => format!("digest {}", digest.rhythm.name()),
        Content::Confirm(Confirm { watched, .. }) => {
            let of = match watched {
                Watched::Area => "area",
                Watched::Wards(_) => "ward",
                Watched::Issue(_) => "issue",
                Watched::Report { .. } => "report",
            };
            format!("question, {of}")
        }
        Content::Fixed(_) => "is it fixed".to_owned(),
        Content::Stopped(_) => "a webhook was stopped".to_owned(),
        Content::SignIn(_) => "a link to sign in".to_owned(),
        Content::Reach(_) => "whether a contact is reached".to_owned(),
    }
}

/// Each kind in each language.
fn every_message() -> impl Iterator<Item = (&'static str, Content)> {
    Language::SPOKEN
        .into_iter()
        .flat_map(|(tag, _)| every_kind().into_iter().map(move |c| (tag, c)))
}

const SIGNATURE: [&str; 4] = ["dkimpy", "opendkim", "mailauth", "dmarc"];

/// What receivers say of the mails in a folder, by file name; none where they are not installed.
fn verdicts(folder: &Path, record: &Path, signer: &str) -> Option<BTreeMap<String, Value>> {
    if !Path::new("var/receivers/node_modules").exists() {
        println!("passed over: run scripts/test-receivers.sh to test against real receivers");
        return None;
    }
    let checked = Command::new("node")
        .arg("tests/receivers/mail_verdict.mjs")
        .args([folder, record])
        .arg(signer)
        .output()
        .expect("Node is installed: scripts/need.sh asks for it");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let said = String::from_utf8(checked.stdout).unwrap();
    let lines = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    Some(lines.map(|line| (line["mail"].as_str().unwrap().to_owned(), line)).collect())
}

#[tokio::test]
async fn every_kind_of_mail_in_every_language_passes_its_receivers() {
    let folder = tempfile::tempdir().unwrap();
    let signer = Signer::new(&make_key().unwrap(), "watch.example.org", "ww-1").unwrap();
    let (signed_by, record) = (signer.name(), folder.path().join("record"));
    std::fs::write(&record, signer.record().unwrap()).unwrap();
    let mut settings = Settings::new(format!("file:{}", folder.path().display()));
    settings.signer = Some(Arc::new(signer));
    let mailer = Mailer::new(settings).unwrap();
    let to = "ada@example.net".parse().unwrap();
    let mut sent = BTreeMap::new();
    for (id, (tag, content)) in (FIRST..).map(Uuid::from_u128).zip(every_message()) {
        let mail = compose_mail(id, &sender(), &reader(tag), &to, &content, now()).unwrap();
        let outcome = mailer.send(&mail, Lane::AtOnce, now()).await;
        assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
        sent.insert(format!("{id}.eml"), format!("{} in {tag}", name(&content)));
    }
    // One of them, after somebody has had a hand in it: whoever believes that one believes anything.
    let first = std::fs::read_to_string(folder.path().join(sent.keys().next().unwrap())).unwrap();
    let spoiled = first.replace("\r\nSubject: ", "\r\nSubject: Urgent! ");
    std::fs::write(folder.path().join("spoiled.eml"), spoiled).unwrap();

    let Some(mut found) = verdicts(folder.path(), &record, &signed_by) else { return };
    let spoiled = found.remove("spoiled.eml").expect("a verdict on each");
    assert!(SIGNATURE.iter().all(|who| spoiled[who] != "pass"), "{spoiled}");
    assert_eq!(found.len(), sent.len());
    let passes = |verdict: &Value| {
        SIGNATURE.iter().all(|who| verdict[who] == "pass")
            && verdict["html"] == json!([])
            && verdict["score"].as_f64().is_some_and(|score| score < 1.0)
    };
    let wrong: Vec<_> = found.iter().filter(|(_, verdict)| !passes(verdict)).collect();
    let wrong: Vec<_> = wrong.iter().map(|(mail, verdict)| (&sent[*mail], verdict)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A push service that others wrote, asked and answering JSON.
struct Service {
    sink: Sink,
    client: reqwest::Client,
}

impl Service {
    async fn ask(&self, path: &str, body: Value) -> Value {
        let url = format!("http://127.0.0.1:{}{path}", self.sink.port());
        let asked = self.client.post(url).header("Content-Type", "application/json");
        let answer = asked.body(body.to_string()).send().await.unwrap();
        let text = answer.text().await.unwrap();
        serde_json::from_str::<Value>(&text).unwrap_or_else(|_| panic!("{text}"))["data"].take()
    }
}

#[tokio::test]
async fn every_kind_of_push_in_every_language_is_opened_by_a_push_service_that_others_wrote() {
    let Some(sink) = Sink::start("push_service.mjs", &[]) else { return };
    let here = format!("127.0.0.1:{}", sink.port());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let service = Service { sink, client };
    let pusher = || {
        let allow_hosts = vec![here.clone()];
        let outbound = Outbound::new(outbound::Settings { allow_hosts, ..Default::default() });
        let key = VapidKey::generate().unwrap();
        Pusher::new(outbound.unwrap(), push::Settings::new(key, "mailto:311@example.org")).unwrap()
    };
    let ours = pusher();
    let browser = json!({ "applicationServerKey": ours.public_key(), "userVisibleOnly": "true" });
    let browser = service.ask("/subscribe", browser).await;
    let wire = json!({ "endpoint": browser["endpoint"], "keys": browser["keys"] });
    let subscription: PushSubscription = serde_json::from_value(wire).unwrap();
    // The service reads the clock on its wall, so we must too.
    let now = Clock::System.now();
    let mut written = vec![];
    for (tag, content) in every_message() {
        let note = compose_push(&sender(), &reader(tag), &content, PUSH_LIMIT);
        let outcome = ours.send(&subscription, &note, now).await;
        assert!(
            matches!(outcome, Outcome::Sent { .. }),
            "{} in {tag}: {outcome:?}",
            name(&content)
        );
        written.push(note.payload);
    }
    let shown = json!({ "clientHash": browser["clientHash"] });
    let shown = service.ask("/get-notifications", shown).await;
    assert_eq!(shown["messages"], json!(written));
    // It is not one that takes everything: a sender with another key is no sender of this browser's.
    let note = compose_push(&sender(), &reader("en"), &every_kind()[0], PUSH_LIMIT);
    let outcome = pusher().send(&subscription, &note, now).await;
    assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
}

//! Mail and pushes sent to real receivers that others wrote: `aiosmtpd`, `http_ece` and
//! `cryptography`. `scripts/test-receivers.sh` sets them up; where they are missing the tests
//! say so and pass over.

#[expect(dead_code, reason = "other tests read all that a receiver got")]
#[path = "receivers/sink.rs"]
mod sink;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;
use wardwatch::channel::email::{Mailer, Settings, Signer, make_key};
use wardwatch::channel::push::{self, Pusher, VapidKey};
use wardwatch::clock::{Clock, Timestamp};
use wardwatch::delivery::{Lane, Outcome};
use wardwatch::geometry::Units;
use wardwatch::issue::{Actor, CityId, IssueId, Kind, Status};
use wardwatch::message::{
    Because, Confirm, Content, Digest, Happening, Language, Mail, PUSH_LIMIT, Reader, Sender, Told,
    Watched, compose_mail, compose_push,
};
use wardwatch::outbound::{self, Outbound};
use wardwatch::watch::Rhythm;
use wardwatch::watcher::PushSubscription;

use sink::Sink;

fn told() -> Content {
    let at = "2026-05-04T14:12:00Z".parse().unwrap();
    let words = Some("Смотрите: “три” ямы\n.\n.. и точка".to_owned());
    Content::Issue(Told {
        issue: IssueId(Uuid::from_u128(5)),
        number: "26-001234".to_owned(),
        category: "Pothole".into(),
        address: "1200 W Дубовая St, the one with a name so long that its header has to be folded"
            .to_owned(),
        at: None,
        map: None,
        ward: None,
        description: format!("Deep.\n.\nfrom here {}", "on and on ".repeat(300)),
        status: Status::Received,
        happenings: vec![Happening {
            kind: Kind::Commented,
            at,
            actor: Actor::Official,
            office: None,
            comment: None,
            text: words,
        }],
        link: "https://watch.example.org/issues/26-001234".to_owned(),
        because: vec![Because {
            watch_name: "Home".to_owned(),
            middle: None,
            near_ward: None,
            area_ended: false,
            unsubscribe_link: format!("https://watch.example.org/u/{}", "x".repeat(76)),
        }],
    })
}

fn sender() -> Sender {
    Sender {
        city: CityId(1),
        city_name: "Łódź, City of".to_owned(),
        public_url: "https://watch.example.org".to_owned(),
        mail_from: "311@watch.example.org".parse().unwrap(),
        return_path: Some("bounces@watch.example.org".parse().unwrap()),
        list_host: "watch.example.org".to_owned(),
        zone: "America/Chicago".parse().unwrap(),
        units: Units::Metric,
    }
}

fn reader() -> Reader {
    Reader {
        language: Language::default(),
        manage_link: "https://watch.example.org/manage/m".to_owned(),
        unsubscribe_all_link: "https://watch.example.org/u/all".to_owned(),
    }
}

fn now() -> Timestamp {
    "2026-05-04T14:30:00Z".parse().unwrap()
}

fn mail(to: &str) -> Mail {
    let to = format!("{to}@example.org").parse().unwrap();
    compose_mail(Uuid::from_u128(9), &sender(), &reader(), &to, &told(), now()).unwrap()
}

/// A mail of each kind.
fn kinds() -> [Content; 3] {
    let Content::Issue(issue) = told() else { unreachable!("it tells of an issue") };
    let link = "https://watch.example.org/".to_owned();
    let items = vec![issue; 3];
    let digest = Digest { rhythm: Rhythm::Daily, items, more: 2, link: link.clone() };
    let question = Confirm { watched: Watched::Area, link, code: "123456".to_owned() };
    [told(), Content::Digest(digest), Content::Confirm(question)]
}

fn mailer(url: String) -> Mailer {
    let mut settings = Settings::new(url);
    settings.step_timeout = Duration::from_secs(5);
    settings.accept_timeout = Duration::from_secs(1);
    Mailer::new(settings).unwrap()
}

fn is_sent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Sent { .. })
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_meant() {
    let Some(sink) = Sink::start("mail_sink.py", &[]) else { return };
    let sent = mailer(format!("smtp://127.0.0.1:{}", sink.port()))
        .send(&mail("ada"), Lane::AtOnce, now())
        .await;
    assert!(is_sent(&sent), "{sent:?}");
    let got = sink.got();
    assert_eq!(got["mail_from"], "bounces@watch.example.org");
    assert_eq!(got["rcpt_tos"][0], "ada@example.org");
    assert_eq!(got["defects"], serde_json::json!([]));
    let header = |name: &str| got["headers"][name].as_str().unwrap_or_default().to_owned();
    assert_eq!(header("Subject"), mail("ada").subject);
    assert_eq!(header("From"), "\"Łódź, City of\" <311@watch.example.org>");
    assert_eq!(header("Message-ID"), format!("<{}@watch.example.org>", Uuid::from_u128(9)));
    assert_eq!(header("References"), header("In-Reply-To"));
    assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let way_out = format!("<https://watch.example.org/u/{}>", "x".repeat(76));
    assert_eq!(header("List-Unsubscribe"), way_out);
    assert_eq!(header("Date"), "Mon, 04 May 2026 14:30:00 +0000");
    for part in ["plain", "html"] {
        let part = got[part].as_str().unwrap();
        assert!(part.contains("Смотрите: “три” ямы"), "{part}");
        assert!(part.contains("https://watch.example.org/issues/26-001234"));
    }
    let plain = got["plain"].as_str().unwrap().replace("\r\n", "\n");
    assert!(plain.contains("> .\n> .. и точка\n"), "{plain}");
}

/// What `dkimpy` makes of a mail, by the key that DNS would give.
fn verified(folder: &Path, mail: &[u8], signer: &Signer) -> Value {
    let (mail_file, record) = (folder.join("mail"), folder.join("record"));
    std::fs::write(&mail_file, mail).unwrap();
    std::fs::write(&record, signer.record().unwrap()).unwrap();
    let checked = Command::new("var/receivers/bin/python")
        .arg("tests/receivers/dkim_check.py")
        .arg(&record)
        .arg(signer.name())
        .arg(&mail_file)
        .output()
        .unwrap();
    let said = String::from_utf8(checked.stdout).unwrap();
    serde_json::from_str(&said)
        .unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&checked.stderr)))
}

#[tokio::test]
async fn a_signature_is_believed_on_every_kind_of_mail_and_no_longer_once_it_is_changed() {
    if !Path::new("var/receivers/bin/python").exists() {
        println!("passed over: run scripts/test-receivers.sh to test against real receivers");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let key = make_key().unwrap();
    let signer = || Signer::new(&key, "watch.example.org", "ww-1").unwrap();
    for (at, content) in kinds().into_iter().enumerate() {
        let id = Uuid::from_u128(at as u128);
        let to = "ada@example.org".parse().unwrap();
        let mail = compose_mail(id, &sender(), &reader(), &to, &content, now()).unwrap();
        let mut settings = Settings::new(format!("file:{}", folder.path().display()));
        settings.signer = Some(Arc::new(signer()));
        let sent = Mailer::new(settings).unwrap().send(&mail, Lane::AtOnce, now()).await;
        assert!(is_sent(&sent), "{sent:?}");
        let signed = std::fs::read_to_string(folder.path().join(format!("{id}.eml"))).unwrap();
        assert!(signed.starts_with("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;"));
        let check = |mail: &str| verified(folder.path(), mail.as_bytes(), &signer());
        let found = check(&signed);
        assert_eq!(found["verified"], true, "{at}: {found}");
        assert_eq!(found["asked"][0], "ww-1._domainkey.watch.example.org");
        let covers = |name: &str| {
            let names = found["signed"].as_array().unwrap();
            names.iter().any(|one| one.as_str().is_some_and(|one| one.starts_with(name)))
        };
        assert!(["from", "to", "subject", "message-id"].iter().all(|name| covers(name)), "{found}");
        assert_eq!(covers("list-unsubscribe-post"), at < 2, "a question is no list: {found}");
        assert!(!covers("content-type"), "{found}");
        // What mail servers on the way do, and what nobody may.
        let respaced = signed.replace("\r\nSubject: ", "\r\nSUBJECT:   ");
        assert_eq!(check(&respaced)["verified"], true, "white space and case do not matter");
        let changed = signed.replace("watch.example.org/", "evil.example.org/");
        assert_eq!(check(&changed)["verified"], false);
        let second = signed.replace("\r\nTo: ", "\r\nFrom: eve@example.org\r\nTo: ");
        assert_eq!(check(&second)["verified"], false, "a second sender");
        for header in ["Subject: Your account", "Reply-To: eve@example.org", "Cc: eve@example.org"]
        {
            let before = format!("{header}\r\n{signed}");
            assert_eq!(check(&before)["verified"], false, "{header} before ours");
        }
    }
}

#[tokio::test]
async fn a_mail_servers_answers_become_outcomes() {
    let Some(sink) = Sink::start("mail_sink.py", &[]) else { return };
    let mailer = mailer(format!("smtp://127.0.0.1:{}", sink.port()));
    let outcome = async |to| mailer.send(&mail(to), Lane::AtOnce, now()).await;
    assert!(matches!(outcome("unknown").await, Outcome::Gone { .. }));
    assert!(matches!(outcome("full").await, Outcome::Refused { .. }));
    assert!(matches!(outcome("reject").await, Outcome::Refused { .. }));
    assert!(matches!(outcome("tempfail").await, Outcome::Retry { .. }));
    assert!(matches!(outcome("slow").await, Outcome::Retry { .. }));
    assert!(is_sent(&outcome("ada").await));
}

#[tokio::test]
async fn tls_is_spoken_and_checked_and_the_password_goes_under_it() {
    for kind in ["--starttls", "--implicit"] {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().to_str().unwrap();
        let Some(sink) = Sink::start("mail_sink.py", &[kind, at, "--auth", "ada:hu@sh"]) else {
            return;
        };
        let scheme = if kind == "--starttls" { "smtp" } else { "smtps" };
        let url = |login: &str, options: &str| {
            format!("{scheme}://{login}@localhost:{}?tls=required{options}", sink.port())
        };
        let trusted = format!("&ca={at}/ca.pem");
        let good =
            mailer(url("ada:hu%40sh", &trusted)).send(&mail("ada"), Lane::AtOnce, now()).await;
        assert!(is_sent(&good), "{kind}: {good:?}");
        let got = sink.got();
        assert_eq!((&got["tls"], &got["user"]), (&Value::from(true), &Value::from("ada")));
        let wrong =
            mailer(url("ada:wrong", &trusted)).send(&mail("ada"), Lane::AtOnce, now()).await;
        let Outcome::Retry { reason, .. } = wrong else { panic!("{kind}: {wrong:?}") };
        assert!(reason.contains("535"), "{reason}");
        let stranger = mailer(url("ada:hu%40sh", "")).send(&mail("ada"), Lane::AtOnce, now()).await;
        let Outcome::Retry { reason, .. } = stranger else { panic!("{kind}: {stranger:?}") };
        assert!(reason.to_lowercase().contains("certificate"), "{kind}: {reason}");
        assert!(sink.got_nothing());
    }
}

#[tokio::test]
async fn a_line_slipped_in_before_tls_ends_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_str().unwrap();
    let Some(sink) = Sink::start("mail_sink.py", &["--starttls", at, "--inject"]) else { return };
    let url = format!("smtp://localhost:{}?tls=required&ca={at}/ca.pem", sink.port());
    let outcome = mailer(url).send(&mail("ada"), Lane::AtOnce, now()).await;
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert!(sink.got_nothing());
}

#[tokio::test]
async fn a_push_is_opened_by_its_browser_and_its_token_believed() {
    let Some(sink) = Sink::start("push_sink.py", &[]) else { return };
    let subscription = |path: &str| -> PushSubscription {
        let hello = &sink.hello;
        let wire = serde_json::json!({
            "endpoint": format!("http://127.0.0.1:{}{path}", sink.port()),
            "keys": { "p256dh": hello["p256dh"], "auth": hello["auth"] },
        });
        serde_json::from_value(wire).unwrap()
    };
    let allow_hosts = vec![format!("127.0.0.1:{}", sink.port())];
    let outbound = Outbound::new(outbound::Settings { allow_hosts, ..Default::default() }).unwrap();
    let settings = push::Settings::new(VapidKey::generate().unwrap(), "mailto:311@example.org");
    let pusher = Pusher::new(outbound, settings).unwrap();
    let note = compose_push(&sender(), &reader(), &told(), PUSH_LIMIT);
    // The receiver reads the clock on its wall, so we must too.
    let now = Clock::System.now();
    let send = async |path: &str| pusher.send(&subscription(path), &note, now).await;

    assert!(is_sent(&send("/201").await));
    let got = sink.got();
    assert_eq!(
        (&got["vapid"], &got["payload"]),
        (&Value::Null, &Value::from(note.payload.as_str()))
    );
    let header = |name: &str| got["headers"][name].as_str().unwrap().to_owned();
    assert_eq!((header("ttl"), header("urgency")), ("86400".to_owned(), "normal".to_owned()));
    assert_eq!(header("content-encoding"), "aes128gcm");
    assert_eq!(header("topic").len(), 32);
    assert!(matches!(send("/410").await, Outcome::Gone { .. }));
    assert!(matches!(send("/403").await, Outcome::Refused { .. }));
    assert!(matches!(send("/413").await, Outcome::TooLarge { .. }));
    assert!(matches!(send("/503").await, Outcome::Retry { after: None, .. }));
    let full = wardwatch::message::Note { payload: "x".repeat(3_993), ..note.clone() };
    assert!(is_sent(&pusher.send(&subscription("/201"), &full, now).await));
    let sizes: Vec<Value> = (0..5).map(|_| sink.got()["bytes"].clone()).collect();
    assert_eq!(sizes[4], 4_096);
    // It has too much to do: until it may be asked again, no browser of it is.
    let later = send("/429/120").await;
    assert!(matches!(later, Outcome::Retry { after: Some(s), .. } if s.as_secs() == 120));
    assert_eq!(sink.got()["path"], "/429/120");
    let after = |seconds| now.plus(Duration::from_secs(seconds));
    let (other, until) = (subscription("/201"), after(120));
    let held = pusher.send(&other, &note, after(119)).await;
    assert!(matches!(held, Outcome::Held { until: said, .. } if said == until), "{held:?}");
    assert!(is_sent(&pusher.send(&other, &note, after(120)).await));
    assert_eq!(sink.got()["path"], "/201", "and the one that was held had not come");
}

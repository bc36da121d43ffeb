//! Mail and pushes sent to real receivers that others wrote: `aiosmtpd`, `http_ece` and
//! `cryptography`. `scripts/test-receivers.sh` sets them up; where they are missing the tests
//! say so and pass over.

#[expect(dead_code, reason = "other tests read all that a receiver got")]
#[path = "receivers/sink.rs"]
mod sink;

use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;
use wardwatch::channel::email::{Mailer, Settings};
use wardwatch::channel::push::{self, Pusher, VapidKey};
use wardwatch::clock::{Clock, Timestamp};
use wardwatch::delivery::{Lane, Outcome};
use wardwatch::geometry::Units;
use wardwatch::issue::{Actor, CityId, IssueId, Kind, Status};
use wardwatch::message::{
    Because, Content, Happening, Language, Mail, PUSH_LIMIT, Reader, Sender, Told, compose_mail,
    compose_push,
};
use wardwatch::outbound::{self, Outbound};
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
            text: words,
        }],
        link: "https://watch.example.org/issues/26-001234".to_owned(),
        because: vec![Because {
            watch_name: "Home".to_owned(),
            middle: None,
            near_ward: None,
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
    let sent =
        mailer(format!("smtp://127.0.0.1:{}", sink.port())).send(&mail("ada"), Lane::AtOnce).await;
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

#[tokio::test]
async fn a_mail_servers_answers_become_outcomes() {
    let Some(sink) = Sink::start("mail_sink.py", &[]) else { return };
    let mailer = mailer(format!("smtp://127.0.0.1:{}", sink.port()));
    let outcome = async |to| mailer.send(&mail(to), Lane::AtOnce).await;
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
        let good = mailer(url("ada:hu%40sh", &trusted)).send(&mail("ada"), Lane::AtOnce).await;
        assert!(is_sent(&good), "{kind}: {good:?}");
        let got = sink.got();
        assert_eq!((&got["tls"], &got["user"]), (&Value::from(true), &Value::from("ada")));
        let wrong = mailer(url("ada:wrong", &trusted)).send(&mail("ada"), Lane::AtOnce).await;
        let Outcome::Retry { reason, .. } = wrong else { panic!("{kind}: {wrong:?}") };
        assert!(reason.contains("535"), "{reason}");
        let stranger = mailer(url("ada:hu%40sh", "")).send(&mail("ada"), Lane::AtOnce).await;
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
    let outcome = mailer(url).send(&mail("ada"), Lane::AtOnce).await;
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
    let later = send("/429/120").await;
    assert!(matches!(later, Outcome::Retry { after: Some(s), .. } if s.as_secs() == 120));
    assert!(matches!(send("/503").await, Outcome::Retry { after: None, .. }));
    let full = wardwatch::message::Note { payload: "x".repeat(3_993), ..note.clone() };
    assert!(is_sent(&pusher.send(&subscription("/201"), &full, now).await));
    let sizes: Vec<Value> = (0..6).map(|_| sink.got()["bytes"].clone()).collect();
    assert_eq!(sizes[5], 4_096);
}

//! What people got, read back out of the mails and pushes that arrived.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// A mail, as its reader's program shows it.
#[derive(Debug)]
pub struct Letter {
    pub to: String,
    pub message_id: String,
    pub subject: String,
    pub plain: String,
}

impl Letter {
    /// From a line of `mail_sink.py --raw`.
    pub fn read(line: &Value) -> Self {
        let bytes = STANDARD.decode(line["raw"].as_str().unwrap()).unwrap();
        let message = mail_parser::MessageParser::default().parse(&bytes).expect("a mail");
        Self {
            to: line["rcpt_tos"][0].as_str().unwrap().to_owned(),
            message_id: message.message_id().expect("a Message-ID").to_owned(),
            subject: message.subject().expect("a subject").to_owned(),
            plain: message.body_text(0).expect("a text").replace("\r\n", "\n"),
        }
    }

    /// The numbers of the issues that it links to, in its order.
    pub fn issues(&self) -> Vec<&str> {
        self.plain
            .lines()
            .filter_map(|line| line.rsplit_once("/issues/"))
            .map(|(_, no)| no)
            .collect()
    }

    pub fn is_digest(&self) -> bool {
        period(&self.subject).is_some()
    }

    /// How many issues a digest counts without listing them.
    pub fn more(&self) -> usize {
        self.plain.lines().find_map(|line| line.strip_prefix("… ")).map_or(0, further)
    }
}

/// Of what a digest is, by its title in whatever language.
fn period(title: &str) -> Option<&'static str> {
    const DAYS: [&str; 4] = ["Your day in ", "Su día en ", "Twój dzień: ", " 每日摘要"];
    const WEEKS: [&str; 4] = ["Your week in ", "Su semana en ", "Twój tydzień: ", " 每周摘要"];
    let is = |words: [&str; 4]| words.iter().any(|words| title.contains(words));
    is(DAYS).then_some("day").or(is(WEEKS).then_some("week"))
}

/// How many the words “and 12 more” stand for.
fn further(words: &str) -> usize {
    const ONE: [&str; 3] = ["one more", "uno más", "jeszcze jedno"];
    match numbers(words)[..] {
        [count] => count,
        _ if ONE.iter().any(|one| words.contains(one)) => 1,
        _ => panic!("how many is “{words}”?"),
    }
}

fn numbers(words: &str) -> Vec<usize> {
    words.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

/// What the title of a digest of new issues says in whatever language: of what it is, how many it
/// lists, and how many more there are.
pub fn digest_title(title: &str) -> (&'static str, usize, usize) {
    const ONE_NEW: [&str; 4] = [" reported – ", "Nuevo reporte: ", "Nowe zgłoszenie: ", "新问题："];
    let period = period(title).unwrap_or_else(|| panic!("“{title}” is of no digest"));
    assert!(title.contains("Our city"), "“{title}” names no city");
    // Of one issue it says which, and no number.
    if ONE_NEW.iter().any(|new| title.contains(new)) {
        return (period, 1, 0);
    }
    let (listed, more) = title.split_once(", ").map_or((title, None), |(a, b)| (a, Some(b)));
    let new = [" new", " nuevo", " now", "新问题"];
    assert!(new.iter().any(|new| listed.contains(new)), "“{title}” tells of nothing new");
    let listed = numbers(listed)[..].first().copied().expect("how many there are");
    (period, listed, more.map_or(0, further))
}

/// A push, as the browser's service worker gets it.
#[derive(Debug)]
pub struct Push {
    /// The path of its endpoint.
    pub to: String,
    pub title: String,
    pub tag: String,
}

impl Push {
    /// From a line of `push_sink.py`.
    pub fn read(line: &Value) -> Self {
        assert_eq!(line["vapid"], Value::Null, "the sender's token");
        let payload: Value = serde_json::from_str(line["payload"].as_str().unwrap()).unwrap();
        let text = |name: &str| payload[name].as_str().unwrap().to_owned();
        let to = line["path"].as_str().unwrap().to_owned();
        Self { to, title: text("title"), tag: text("tag") }
    }

    /// The number of the issue that it is about, unless it is a digest.
    pub fn issue(&self) -> Option<&str> {
        self.tag.strip_prefix("issue-")
    }
}

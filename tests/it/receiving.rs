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
        ["Your day in ", "Your week in "].iter().any(|begin| self.subject.starts_with(begin))
    }

    /// How many issues a digest counts without listing them.
    pub fn more(&self) -> usize {
        let line = self.plain.lines().find_map(|line| line.strip_prefix("… and "));
        match line.map(|line| line.trim_end_matches(':').trim_end_matches(" more")) {
            None => 0,
            Some("one") => 1,
            Some(count) => count.parse().unwrap_or_else(|_| panic!("how many is “{count}”?")),
        }
    }
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

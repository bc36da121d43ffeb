//! A push message, ready to be sealed and handed over.

use std::time::Duration;

use serde::Serialize;

use crate::clock::Timestamp;
use crate::issue::Kind;
use crate::watch::Rhythm;

use super::clean::{line, shorten};
use super::content::{
    Confirm, Content, Digest, Fixed, Reach, Reader, Sender, SignIn, Stopped, Told,
};
use super::words::Key;
use super::writer::{Writer, headline};

/// The most bytes of payload that every push service takes: sealed, they fill the 4,096 bytes of
/// RFC 8030, §7.2.
pub const PUSH_LIMIT: usize = 3_993;
/// What a lock screen shows, in characters.
const TITLE_LIMIT: usize = 120;
const BODY_LIMIT: usize = 240;

/// How much a push service may wake a sleeping phone for it (RFC 8030, §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    VeryLow,
    Low,
    Normal,
    High,
}

impl Urgency {
    /// The word on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::VeryLow => "very-low",
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// One push message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// A JSON object with `title`, `body`, `url`, `tag` and `actions`, for the service worker.
    pub payload: String,
    /// What it is about: a newer message about the same replaces one that waits. Any text; the
    /// channel turns it into what RFC 8030 allows.
    pub topic: String,
    pub urgency: Urgency,
    /// How long it is worth showing, so how long the push service should keep it.
    pub ttl: Duration,
}

/// What the service worker gets.
#[derive(Serialize)]
struct Payload {
    title: String,
    body: String,
    url: String,
    /// A shown notification with the same tag is replaced.
    tag: String,
    actions: Vec<Action>,
}

#[derive(Serialize)]
struct Action {
    action: &'static str,
    title: String,
}

/// Writes the note of one delivery, its payload at most `limit` bytes ([`PUSH_LIMIT`], or less
/// when a push service found that too much). The body is shortened first, then the title; only
/// links longer than the limit could break it.
#[must_use]
pub fn compose_push(sender: &Sender, reader: &Reader, content: &Content, limit: usize) -> Note {
    let now = Timestamp::default(); // a note shows no dates
    let writer = Writer::new(sender, reader, now);
    let (payload, urgency, ttl) = match content {
        Content::Issue(told) => issue(&writer, told),
        Content::Digest(digest) => digest_note(&writer, digest),
        Content::Confirm(confirm) => confirm_note(&writer, confirm),
        Content::Fixed(fixed) => fixed_note(&writer, fixed),
        Content::Stopped(stopped) => stopped_note(&writer, reader, stopped),
        Content::SignIn(sign_in) => sign_in_note(&writer, sign_in),
        Content::Reach(reach) => test_note(&writer, reach),
    };
    let topic = payload.tag.clone();
    Note { payload: fit(payload, limit), topic, urgency, ttl }
}

const HOUR: Duration = Duration::from_hours(1);

fn issue(writer: &Writer<'_>, told: &Told) -> (Payload, Urgency, Duration) {
    let action = |action, key| Action { action, title: writer.words.say(key) };
    let payload = Payload {
        title: writer.subject(told),
        body: writer.gist(told),
        url: told.link.clone(),
        tag: format!("issue-{}", told.number),
        actions: vec![action("follow", Key("action-follow")), action("mute", Key("action-mute"))],
    };
    let urgency = match headline(told) {
        Kind::Voted | Kind::Merged | Kind::Moved => Urgency::Low,
        _ => Urgency::Normal,
    };
    (payload, urgency, 24 * HOUR)
}

fn digest_note(writer: &Writer<'_>, digest: &Digest) -> (Payload, Urgency, Duration) {
    let names: Vec<String> = digest.items.iter().take(4).map(|told| writer.name(told)).collect();
    let payload = Payload {
        title: writer.digest_subject(digest),
        body: names.join(" · "),
        url: digest.link.clone(),
        tag: digest_tag(digest),
        actions: Vec::new(),
    };
    // Worth showing until the next one comes; that of an hour to whoever wakes in the morning, too.
    let ttl = match digest.rhythm {
        Rhythm::AtOnce | Rhythm::Hourly | Rhythm::Daily => 24 * HOUR,
        Rhythm::Weekly => 7 * 24 * HOUR,
    };
    (payload, Urgency::Low, ttl)
}

/// A digest of a day or a week stands for the one before it. Those that come more often do not, unless
/// they tell of the same issues: the next may come before anybody has seen the last.
fn digest_tag(digest: &Digest) -> String {
    let mut tag = format!("digest-{}", digest.rhythm.name());
    if matches!(digest.rhythm, Rhythm::AtOnce | Rhythm::Hourly) {
        for told in &digest.items {
            tag = tag + "-" + &told.number;
        }
    }
    tag
}

fn confirm_note(writer: &Writer<'_>, confirm: &Confirm) -> (Payload, Urgency, Duration) {
    let code = [("code", confirm.code.as_str().into())];
    let payload = Payload {
        title: writer.confirm_subject(&confirm.watched),
        body: writer.words.fill(Key("confirm-preheader"), &code),
        url: confirm.link.clone(),
        tag: "confirm".to_owned(),
        actions: Vec::new(),
    };
    (payload, Urgency::High, HOUR)
}

fn fixed_note(writer: &Writer<'_>, fixed: &Fixed) -> (Payload, Urgency, Duration) {
    let payload = Payload {
        title: writer.fixed_subject(&fixed.told),
        body: writer.gist(&fixed.told),
        url: fixed.link.clone(),
        tag: format!("fixed-{}", fixed.told.number),
        actions: Vec::new(),
    };
    (payload, Urgency::Low, 7 * 24 * HOUR)
}

fn stopped_note(
    writer: &Writer<'_>,
    reader: &Reader,
    stopped: &Stopped,
) -> (Payload, Urgency, Duration) {
    let payload = Payload {
        title: writer.stopped_subject(stopped),
        body: writer.words.say(Key("stopped-preheader")),
        url: reader.manage_link.clone(),
        tag: format!("stopped-{}", stopped.host),
        actions: Vec::new(),
    };
    (payload, Urgency::Low, 24 * HOUR)
}

/// A link to sign in goes by mail; were it pushed, then like this.
fn sign_in_note(writer: &Writer<'_>, sign_in: &SignIn) -> (Payload, Urgency, Duration) {
    let payload = Payload {
        title: writer.sign_in_subject(),
        body: String::new(),
        url: sign_in.link.clone(),
        tag: "sign-in".to_owned(),
        actions: Vec::new(),
    };
    (payload, Urgency::High, Duration::from_mins(sign_in.minutes))
}

/// To whoever tries out a device.
fn test_note(writer: &Writer<'_>, reach: &Reach) -> (Payload, Urgency, Duration) {
    let payload = Payload {
        title: writer.words.say(Key("push-test-title")),
        body: writer.words.say(Key("push-test-body")),
        url: reach.link.clone(),
        tag: "test".to_owned(),
        actions: Vec::new(),
    };
    (payload, Urgency::High, HOUR)
}

fn fit(mut payload: Payload, limit: usize) -> String {
    payload.title = shorten(&line(&payload.title), TITLE_LIMIT);
    payload.body = shorten(&line(&payload.body), BODY_LIMIT);
    loop {
        let text = serde_json::to_string(&payload).expect("strings make JSON");
        if text.len() <= limit {
            return text;
        }
        // Halving ends soon and leaves whole words.
        let part = if payload.body.is_empty() { &mut payload.title } else { &mut payload.body };
        let half = part.chars().count() / 2;
        *part = if half < 2 { String::new() } else { shorten(part, half) };
        if payload.body.is_empty() && payload.title.is_empty() {
            return serde_json::to_string(&payload).expect("strings make JSON");
        }
    }
}

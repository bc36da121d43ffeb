//! What a webhook is told: JSON in the form of Standard Webhooks, with `type`, `timestamp` and `data`.
//!
//! A program gets the facts, and beside them the words of a notification in its owner's language, so that
//! one that only passes them on, as to a phone, needs no words of its own. Of the watches it learns their
//! names alone: not where they lie, and no link of their owner's, as each leads on to where they can be
//! changed.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::issue::{Actor, Kind, Status};

use super::clean::{line, paragraph, shorten};
use super::content::{Content, Digest, Reader, Sender, Told};
use super::words::Key;
use super::writer::{Writer, headline};

/// How much of a person's own words is told, in characters.
const TEXT_LIMIT: usize = 1_000;
const TITLE_LIMIT: usize = 120;
/// Two text messages.
const BODY_LIMIT: usize = 240;

#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: String,
    /// When it happened; of a digest, when it was planned.
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Default, Serialize)]
struct Data<'a> {
    city: String,
    /// The title and a line of text, in the language that is named.
    language: String,
    title: String,
    text: String,
    link: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    issue: Option<Issue<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issues: Option<Vec<Issue<'a>>>,
    /// How many issues there are beside those listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<usize>,
}

#[derive(Serialize)]
struct Issue<'a> {
    number: &'a str,
    category: &'a str,
    status: Status,
    address: String,
    ward: Option<&'a str>,
    lon: Option<f64>,
    lat: Option<f64>,
    description: String,
    link: &'a str,
    happenings: Vec<Happening>,
    /// The names of the watches that brought it.
    watches: Vec<&'a str>,
}

#[derive(Serialize)]
struct Happening {
    kind: Kind,
    at: Timestamp,
    actor: Actor,
    /// Of what a ward's office did: its ward.
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// Writes what a webhook is told; `planned` is when its delivery was made, so that a repeat says the same.
#[must_use]
pub fn compose_webhook(
    sender: &Sender,
    reader: &Reader,
    content: &Content,
    planned: Timestamp,
) -> String {
    let writer = Writer::new(sender, reader, planned);
    let payload = match content {
        Content::Issue(told) => issue(&writer, told),
        Content::Digest(digest) => summary(&writer, digest, planned),
        // A program is asked nothing, and not told of other contacts; were it, then in words.
        Content::Confirm(confirm) => {
            let title = writer.confirm_subject(&confirm.watched);
            plain("watch.question", planned, title, String::new(), sender.public_url.clone())
        }
        Content::Fixed(fixed) => {
            let (title, text) = (writer.fixed_subject(&fixed.told), writer.gist(&fixed.told));
            plain("issue.fixed_question", planned, title, text, fixed.told.link.clone())
        }
        Content::SignIn(_) => {
            let title = writer.sign_in_subject();
            plain("sign_in", planned, title, String::new(), sender.public_url.clone())
        }
        Content::Reach(_) => {
            let title = writer.reach_subject();
            plain("reach", planned, title, String::new(), sender.public_url.clone())
        }
        Content::Stopped(stopped) => {
            let (title, text) = (writer.stopped_subject(stopped), writer.stopped_lead(stopped));
            plain("webhook.stopped", planned, title, text, sender.public_url.clone())
        }
    };
    finish(&writer, sender, payload)
}

/// Writes the question whether anybody answers at a webhook.
#[must_use]
pub fn compose_ping(sender: &Sender, reader: &Reader, planned: Timestamp) -> String {
    let writer = Writer::new(sender, reader, planned);
    let title = writer.words.fill(Key("ping-title"), &[("city", line(&sender.city_name).into())]);
    let text = writer.words.say(Key("ping-text"));
    finish(&writer, sender, plain("webhook.ping", planned, title, text, sender.public_url.clone()))
}

fn finish(writer: &Writer<'_>, sender: &Sender, mut payload: Payload<'_>) -> String {
    let data = &mut payload.data;
    data.city = line(&sender.city_name);
    data.language = writer.words.spoken();
    data.title = shorten(&line(&data.title), TITLE_LIMIT);
    data.text = shorten(&line(&data.text), BODY_LIMIT);
    serde_json::to_string(&payload).expect("plain data with string keys serialises")
}

fn plain<'a>(
    kind: &str,
    timestamp: Timestamp,
    title: String,
    text: String,
    link: String,
) -> Payload<'a> {
    let data = Data { title, text, link, ..Data::default() };
    Payload { kind: kind.to_owned(), timestamp, data }
}

fn issue<'a>(writer: &Writer<'_>, told: &'a Told) -> Payload<'a> {
    let happened = told.headline().map_or_else(Timestamp::default, |happening| happening.at);
    let data = Data {
        title: writer.subject(told),
        text: said(writer, told),
        link: told.link.clone(),
        issue: Some(facts(writer, told)),
        ..Data::default()
    };
    Payload { kind: format!("issue.{}", headline(told).name()), timestamp: happened, data }
}

fn summary<'a>(writer: &Writer<'_>, digest: &'a Digest, planned: Timestamp) -> Payload<'a> {
    let names: Vec<String> = digest.items.iter().take(4).map(|told| writer.name(told)).collect();
    let data = Data {
        title: writer.digest_subject(digest),
        text: names.join(" · "),
        link: digest.link.clone(),
        issues: Some(digest.items.iter().map(|told| facts(writer, told)).collect()),
        more: Some(digest.more),
        ..Data::default()
    };
    Payload { kind: format!("digest.{}", digest.rhythm.name()), timestamp: planned, data }
}

/// What was said just now, or else what the issue is about; not how far away it is, which is its owner's.
fn said(writer: &Writer<'_>, told: &Told) -> String {
    let said = told.headline().and_then(|happening| happening.text.as_deref()).unwrap_or("");
    let said = if said.trim().is_empty() { told.description.as_str() } else { said };
    writer.theirs(said)
}

fn facts<'a>(writer: &Writer<'_>, told: &'a Told) -> Issue<'a> {
    let left_out = writer.words.say(Key("link-left-out"));
    let cleaned = |text: &str| paragraph(text, TEXT_LIMIT, &left_out);
    Issue {
        number: &told.number,
        category: told.category.name(),
        status: told.status,
        address: writer.theirs(&told.address),
        ward: told.ward.as_deref(),
        lon: told.at.map(|at| at.lon),
        lat: told.at.map(|at| at.lat),
        description: cleaned(&told.description),
        link: &told.link,
        happenings: told
            .happenings
            .iter()
            .map(|one| Happening {
                kind: one.kind,
                at: one.at,
                actor: one.actor,
                office: one.office.clone(),
                text: one.text.as_deref().map(cleaned),
            })
            .collect(),
        watches: told.because.iter().map(|one| one.watch_name.as_str()).collect(),
    }
}

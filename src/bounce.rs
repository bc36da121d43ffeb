//! Reads what mail servers write when a mail comes back: delivery reports (RFC 3464), complaints
//! (RFC 5965), and notices in words alone.
//!
//! The one rule: who it is about is told by a sealed token alone, never by a report's own words, and
//! an address is called gone only by a server that names the very address we wrote to.

mod fields;
mod mime;
mod status;

use std::borrow::Cow;

use crate::delivery::Return;
use crate::watcher::EmailAddress;

use fields::{Fields, groups};
use mime::{Part, parts, split_head};

pub use status::{Meaning, Status, meaning, one_line};

/// So much of a letter is read. What a report says stands before the mail that it returns.
pub const MOST_BYTES: usize = 1 << 20;
/// A report of one mail to one address has one recipient, or a few behind an alias.
const MOST_RECIPIENTS: usize = 50;

/// A letter that came to an address for mails that come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub said: Said,
    /// Where it, or the mail that it returns, may name the sealed address: the values of headers.
    pub back_to: Vec<String>,
}

/// What a letter is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A report of failed deliveries; at least one.
    Failed(Vec<Failed>),
    /// A mail server's notice that a mail was not delivered, in words alone.
    Worded { reason: String },
    /// A reader has called the mail spam.
    Complaint { reason: String },
    /// Nothing follows from it.
    Nothing(Idle),
}

/// Why nothing follows from a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Idle {
    /// The mail is late, and still on its way.
    Delayed,
    /// It was delivered, to one of its readers at least.
    Delivered,
    /// A program answered in a person's stead.
    AutoReply,
    /// Somebody has opened or deleted it.
    Receipt,
    /// A feedback report that is no complaint: a mail taken out of the spam, a failed check of ours.
    Feedback,
    /// It reports nothing.
    NoReport,
}

/// A delivery that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The addresses that the report names for it, in small letters.
    names: Vec<String>,
    meaning: Meaning,
    /// The receiving server's words, without addresses.
    reason: String,
}

impl Letter {
    /// Reads a letter. Whatever it is, this ends, and soon.
    #[must_use]
    pub fn read(message: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&message[..message.len().min(MOST_BYTES)]);
        let (head, body) = split_head(&text);
        let parts = parts(&head, body);
        Self { said: said(&head, &parts), back_to: back_to(&head, &parts) }
    }

    /// What it says of the contact with this address, if anything follows from it.
    ///
    /// # Errors
    /// Why nothing does.
    pub fn means(self, address: &EmailAddress) -> Result<Return, Idle> {
        match self.said {
            Said::Failed(failed) => {
                let mildest = failed.into_iter().map(|one| one.means(address));
                mildest.max_by_key(mildness).ok_or(Idle::NoReport)
            }
            Said::Worded { reason } => Ok(Return::NotNow { reason }),
            Said::Complaint { reason } => Ok(Return::Complaint { reason }),
            Said::Nothing(why) => Err(why),
        }
    }
}

impl Failed {
    /// Behind an alias or a forward another address may be gone, while ours still reaches somebody.
    fn means(self, address: &EmailAddress) -> Return {
        let reason = self.reason;
        let ours = self.names.iter().any(|name| name.eq_ignore_ascii_case(address.as_str()));
        match self.meaning {
            Meaning::Gone if ours => Return::Gone { reason },
            Meaning::Gone | Meaning::NotNow => Return::NotNow { reason },
            Meaning::Unwanted => Return::Unwanted { reason },
        }
    }
}

/// Of several deliveries behind one address the least bad counts.
fn mildness(said: &Return) -> u8 {
    match said {
        Return::Complaint { .. } => 0,
        Return::Gone { .. } => 1,
        Return::NotNow { .. } => 2,
        Return::Unwanted { .. } => 3,
    }
}

fn said(head: &Fields, parts: &[Part<'_>]) -> Said {
    let of_kind = |kinds: &[&str]| parts.iter().find(|part| kinds.contains(&part.kind.as_str()));
    if let Some(part) = of_kind(&["message/feedback-report"]) {
        return complaint(&part.text());
    }
    if let Some(part) = of_kind(&["message/delivery-status", "message/global-delivery-status"])
        && let Some(said) = report(&part.text())
    {
        return said;
    }
    if of_kind(&["message/disposition-notification"]).is_some() {
        return Said::Nothing(Idle::Receipt);
    }
    let worded = || Said::Worded { reason: words(parts) };
    // Exim's own header, with which it wrote before it wrote reports.
    if head.get("x-failed-recipients").is_some() {
        return worded();
    }
    // RFC 3834, §5. Reports bear it too, and were read before.
    let is_auto = |value: &str| !value.trim().to_ascii_lowercase().starts_with("no");
    if head.get("auto-submitted").is_some_and(is_auto) || head.get("x-autoreply").is_some() {
        return Said::Nothing(Idle::AutoReply);
    }
    if is_from_mail_system(head) { worded() } else { Said::Nothing(Idle::NoReport) }
}

/// Whether a mail server wrote it, and no person and no person's program: those answer in their own
/// name.
fn is_from_mail_system(head: &Fields) -> bool {
    let from = head.get("from").unwrap_or_default().to_ascii_lowercase();
    ["mailer-daemon", "postmaster@", "mail delivery sub"].iter().any(|name| from.contains(name))
}

/// The failures of a delivery report (RFC 3464, §2), or why nothing follows from it; nothing where it
/// cannot be read.
fn report(text: &str) -> Option<Said> {
    let recipients = || {
        let recipient = |group: &Fields| {
            ["final-recipient", "original-recipient", "action", "status"]
                .iter()
                .any(|name| group.get(name).is_some())
        };
        groups(text).filter(recipient).take(MOST_RECIPIENTS)
    };
    let actions = || recipients().map(|group| action(&group));
    // What an alias hands on has reached somebody, whatever became of another copy.
    if actions().any(|action| action == Action::Delivered) {
        return Some(Said::Nothing(Idle::Delivered));
    }
    let failed = recipients().filter(|group| action(group) == Action::Failed);
    let failed: Vec<Failed> = failed.map(|group| failure(&group)).collect();
    if !failed.is_empty() {
        return Some(Said::Failed(failed));
    }
    actions().any(|action| action == Action::Delayed).then_some(Said::Nothing(Idle::Delayed))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Failed,
    Delayed,
    Delivered,
}

/// A report without an action is one whose status must say it.
fn action(group: &Fields) -> Action {
    let action = group.get("action").unwrap_or_default().trim().to_ascii_lowercase();
    let class = group.get("status").and_then(Status::leading).map(|status| status.class);
    match (action.as_str(), class) {
        ("failed", _) | ("", Some(5)) => Action::Failed,
        ("delivered" | "relayed" | "expanded", _) | ("", Some(2)) => Action::Delivered,
        _ => Action::Delayed,
    }
}

fn failure(group: &Fields) -> Failed {
    let typed = |value: &str| value.split_once(';').map(|(_, rest)| rest.trim().to_owned());
    let name = |field: &str| {
        let name = typed(group.get(field)?)?;
        Some(name.trim_matches(['<', '>']).to_ascii_lowercase())
    };
    let names = ["final-recipient", "original-recipient"].into_iter().filter_map(name).collect();
    let status = group.get("status").and_then(Status::leading);
    let (said, by_smtp) = match group.get("diagnostic-code").unwrap_or_default().split_once(';') {
        Some((kind, said)) => (said.trim(), kind.trim().eq_ignore_ascii_case("smtp")),
        None => ("", false),
    };
    let reply = if by_smtp { status::reply(said) } else { status::Reply::default() };
    // Many servers report 5.0.0, whatever they were told.
    let told = status.filter(|status| !status.is_vague()).or(reply.status).or(status);
    let reason = match (told, said) {
        (Some(status), "") => status.to_string(),
        (Some(status), said) if !said.contains(&status.to_string()) => format!("{status} {said}"),
        (_, said) => said.to_owned(),
    };
    Failed { names, meaning: meaning(told, reply.code, said), reason: nameless(&reason) }
}

/// A feedback report (RFC 5965, §3.1).
fn complaint(text: &str) -> Said {
    let group = groups(text).next().unwrap_or_default();
    let kind = group.get("feedback-type").unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        // RFC 6430 and RFC 6591: a reader who likes it, a check of ours that failed.
        "not-spam" | "auth-failure" | "dmarc" => Said::Nothing(Idle::Feedback),
        kind => Said::Complaint { reason: nameless(&format!("its reader reported it ({kind})")) },
    }
}

/// The headers in which the sealed address may stand: of the letter, of a complaint, and of the mail
/// that either returns.
fn back_to(head: &Fields, parts: &[Part<'_>]) -> Vec<String> {
    let mut found: Vec<String> = vec![];
    let names = ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to"];
    found.extend(names.iter().flat_map(|name| head.all(name)).map(str::to_owned));
    for part in parts {
        let text: Cow<'_, str> = part.text();
        match part.kind.as_str() {
            "message/feedback-report" => {
                let group = groups(&text).next().unwrap_or_default();
                found.extend(group.all("original-mail-from").map(str::to_owned));
            }
            "message/rfc822" | "message/global" | "text/rfc822-headers" => {
                let (returned, _) = split_head(&text);
                found.extend(returned.all("return-path").map(str::to_owned));
            }
            _ => {}
        }
    }
    found.truncate(MOST_RECIPIENTS);
    found
}

/// The reason in a notice of words: what stands under the address, as qmail writes it, else how the
/// notice begins.
fn words(parts: &[Part<'_>]) -> String {
    let Some(part) = parts.iter().find(|part| part.kind.starts_with("text/")) else {
        return "no reason given".to_owned();
    };
    let text = part.text();
    let address = |line: &&str| line.starts_with('<') && line.trim_end().ends_with(">:");
    let lines = || text.lines().map(str::trim_end).take(500);
    let under: Vec<&str> =
        lines().skip_while(|line| !address(line)).skip(1).take_while(|l| !l.is_empty()).collect();
    let reason = if under.is_empty() { lines().collect() } else { under };
    nameless(&reason.join(" "))
}

/// In one line, and without any address: it stands in logs and on screens.
#[must_use]
pub fn nameless(text: &str) -> String {
    let words = text.split_whitespace().map(|word| if word.contains('@') { "…" } else { word });
    one_line(&words.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests;

//! A mail, finished down to the last byte.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::message::header::{
    ContentDisposition, ContentId, ContentTransferEncoding, ContentType, HeaderName, HeaderValue,
};
use lettre::message::{Body, Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::{Address, Message};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::watcher::EmailAddress;

use super::clean::line;
use super::content::{Because, Content, Fixed, Reader, Sender, Told};
use super::letter::Letter;
use super::quoted;
use super::writer::Writer;

/// One mail, ready to be handed over.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The delivery's id, which is also its `Message-ID`.
    pub id: Uuid,
    pub to: EmailAddress,
    /// The envelope's sender: where bounces go.
    pub return_path: EmailAddress,
    pub subject: String,
    /// The whole message (RFC 5322): ASCII, every line ending in CRLF.
    pub bytes: Vec<u8>,
}

/// Without what it says.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mail({} to {:?})", self.id, self.to)
    }
}

/// Why a mail cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    #[error("the mail library does not take the address {0:?}; correct it or remove the contact")]
    Address(EmailAddress),
    #[error("the mail could not be put together: {0}; this should not happen, please report it")]
    Build(String),
}

/// Writes the mail of one delivery. The same arguments give the same bytes, so a repeated attempt
/// repeats the mail and its `Message-ID`.
///
/// # Errors
/// As [`MessageError`] says.
pub fn compose_mail(
    delivery: Uuid,
    sender: &Sender,
    reader: &Reader,
    to: &EmailAddress,
    content: &Content,
    now: Timestamp,
) -> Result<Mail, MessageError> {
    let letter = Writer::new(sender, reader, now).letter(reader, content);
    let build = |error: &dyn std::fmt::Display| MessageError::Build(error.to_string());
    let html = letter.html().map_err(|error| build(&error))?;
    let text = letter.text().map_err(|error| build(&error))?;
    let subject = line(&letter.subject);
    let builder = Message::builder()
        .from(mailbox(Some(line(&sender.city_name)), &sender.mail_from)?)
        .to(mailbox(None, to)?)
        .subject(&subject)
        .date(system_time(now))
        .message_id(Some(format!("<{delivery}@{}>", line(&sender.list_host))));
    let builder = headers(builder, sender, reader, content);
    // The boundary comes from the delivery, not from chance.
    let parts = MultiPart::alternative()
        .boundary(format!("wardwatch-{}", delivery.simple()))
        .singlepart(part(ContentType::TEXT_PLAIN, &text));
    let html = part(ContentType::TEXT_HTML, &html);
    let parts = match picture(&letter, content) {
        Some(picture) => parts.multipart(related(delivery, html, picture)?),
        None => parts.singlepart(html),
    };
    let message = builder.multipart(parts).map_err(|error| build(&error))?;
    Ok(Mail {
        id: delivery,
        to: to.clone(),
        return_path: sender.return_path.as_ref().unwrap_or(&sender.mail_from).clone(),
        subject,
        bytes: message.formatted(),
    })
}

/// The map that the page shows, if it shows one.
fn picture(letter: &Letter, content: &Content) -> Option<SinglePart> {
    let Content::Issue(Told { map: Some(map), .. }) = content else { return None };
    let shown = letter.groups.iter().flat_map(|group| &group.cards).find_map(|c| c.map.as_ref())?;
    let picture = SinglePart::builder()
        .header(ContentType::parse("image/png").ok()?)
        .header(ContentId::from(format!("<{}>", shown.id)))
        .header(ContentDisposition::inline_with_name("map.png"));
    Some(picture.body(Body::new(map.png().to_vec())))
}

/// A page with the picture in it (RFC 2387): beside it, not beside the text, so that nobody is shown
/// the picture alone.
fn related(
    delivery: Uuid,
    page: SinglePart,
    picture: SinglePart,
) -> Result<MultiPart, MessageError> {
    let boundary = format!("wardwatch-page-{}", delivery.simple());
    let kind = format!("multipart/related; type=\"text/html\"; boundary=\"{boundary}\"");
    let kind = ContentType::parse(&kind).map_err(|error| MessageError::Build(error.to_string()))?;
    Ok(MultiPart::builder().header(kind).singlepart(page).singlepart(picture))
}

/// A part in quoted-printable, unless so much of it is not ASCII that base64 is shorter.
fn part(kind: ContentType, text: &str) -> SinglePart {
    let foreign = text.bytes().filter(|byte| !byte.is_ascii()).count();
    let builder = SinglePart::builder().header(kind);
    if foreign * 6 > text.len() {
        return builder.body(text.to_owned());
    }
    let encoding = ContentTransferEncoding::QuotedPrintable;
    builder.body(Body::dangerous_pre_encoded(quoted::encode(text), encoding))
}

fn mailbox(name: Option<String>, address: &EmailAddress) -> Result<Mailbox, MessageError> {
    let parsed: Result<Address, _> = address.as_str().parse();
    let address = parsed.map_err(|_| MessageError::Address(address.clone()))?;
    Ok(Mailbox::new(name.filter(|name| !name.is_empty()), address))
}

fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or(0))
}

fn headers(
    builder: MessageBuilder,
    sender: &Sender,
    reader: &Reader,
    content: &Content,
) -> MessageBuilder {
    let host = line(&sender.list_host);
    let kind = match content {
        Content::Issue(_) => "issue",
        Content::Digest(_) => "digest",
        Content::Confirm(_) => "confirm",
        Content::Fixed(_) => "fixed",
        Content::Stopped(_) => "stopped",
        Content::SignIn(_) => "signin",
        Content::Reach(_) => "reach",
    };
    let mut builder = raw(builder, "Auto-Submitted", "auto-generated".to_owned());
    builder = raw(builder, "Feedback-ID", format!("{kind}:city{}:{host}", sender.city.0));
    if let Content::Issue(told) | Content::Fixed(Fixed { told, .. }) = content {
        let thread = thread(told, &host);
        builder = builder.in_reply_to(thread.clone()).references(thread);
    }
    // A question is no list: who does not answer hears no more.
    if let Content::Confirm(_) | Content::SignIn(_) | Content::Reach(_) = content {
        return builder;
    }
    let name = line(&sender.city_name).replace(['"', '\\', '<', '>'], "");
    builder = raw(builder, "List-Id", format!("{name} <issues.{host}>"));
    builder = raw(builder, "List-Unsubscribe", format!("<{}>", way_out(reader, content)));
    raw(builder, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())
}

/// All mails about one issue answer this id, which no mail bears, and so lie in one thread.
fn thread(told: &Told, host: &str) -> String {
    format!("<issue-{}@{host}>", told.issue.0)
}

/// Where the mail program's own "unsubscribe" leads: to the one watch that brought the mail, or
/// out of all when it took several.
fn way_out<'a>(reader: &'a Reader, content: &'a Content) -> &'a str {
    let told: &[Told] = match content {
        Content::Issue(told) | Content::Fixed(Fixed { told, .. }) => std::slice::from_ref(told),
        Content::Digest(digest) => &digest.items,
        Content::Confirm(_) | Content::Stopped(_) | Content::SignIn(_) | Content::Reach(_) => &[],
    };
    let mut links = told.iter().flat_map(|told| &told.because);
    let Some(Because { unsubscribe_link: first, .. }) = links.next() else {
        return &reader.unsubscribe_all_link;
    };
    let one = links.all(|because| because.unsubscribe_link == *first);
    if one { first } else { &reader.unsubscribe_all_link }
}

fn raw(builder: MessageBuilder, name: &'static str, value: String) -> MessageBuilder {
    let name = HeaderName::new_from_ascii_str(name);
    builder.raw_header(HeaderValue::new(name, value))
}

//! Mail: a finished message, handed to a mail server or written to a folder.
//!
//! The one rule: a connection that has seen any error, or whose sending was cancelled, is never
//! used again, so a reply is always the reply to what was asked.

mod dkim;
mod dotted;
mod folder;
mod judge;
mod places;
mod relay;
mod slow;
mod smtp;
mod wire;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use memchr::memchr2_iter;

use crate::clock::Timestamp;
use crate::delivery::{Lane, Outcome};
use crate::message::Mail;

pub use dkim::{DkimError, Signer, in_pieces, make_key};

use relay::Target;

/// Why mail cannot be sent as configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    #[error(
        "the mail URL is not right: {0}; write smtp://host:port, smtp://user:password@host:port, \
         smtps://… or file:DIR, with ?tls=required to insist on TLS"
    )]
    BadUrl(String),
    #[error("{} cannot be written: {why}; make the folder or choose another", at.display())]
    BadFolder { at: PathBuf, why: String },
    #[error("TLS for mail cannot be set up: {0}; check the system's root certificates")]
    NoTls(String),
}

/// With fewer, bulk could stand in the way of what somebody waits for.
pub const FEWEST_CONNECTIONS: usize = 3;

/// How mail is sent.
#[derive(Clone)]
pub struct Settings {
    /// `file:DIR`, or `smtp://` or `smtps://`, `[user:password@]host[:port]`, and then as a query
    /// `tls=required` (never in the clear) and `ca=FILE` (trust this PEM file too).
    ///
    /// `smtp` takes TLS by STARTTLS whenever the server offers it; towards this very machine
    /// (loopback) only when it is required, for there it protects nothing and the certificate
    /// that a distribution made for its mail server would not stand the check.
    pub url: String,
    /// The name we greet with: this host's, as the mail server can look it up.
    pub hello: String,
    /// At most so many connections at once, at least [`FEWEST_CONNECTIONS`]; further sends wait
    /// for one. A quarter is kept for urgent mail, another for what is told at once.
    pub connections: usize,
    pub connect_timeout: Duration,
    /// For each command.
    pub step_timeout: Duration,
    /// For the answer to the message itself. Giving up early doubles mails (RFC 1047), so this
    /// is long: RFC 5321, §4.5.3.2.6 asks for ten minutes.
    pub accept_timeout: Duration,
    /// Who signs what is sent; without one the mail server may.
    pub signer: Option<Arc<Signer>>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("connections", &self.connections).finish_non_exhaustive()
    }
}

impl Settings {
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            hello: "localhost".to_owned(),
            connections: 8,
            connect_timeout: Duration::from_secs(15),
            step_timeout: Duration::from_mins(1),
            accept_timeout: Duration::from_mins(10),
            signer: None,
        }
    }

    /// Whether the URL can be meant. Nothing is made and nothing dialled.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check(&self) -> Result<(), EmailError> {
        Target::parse(&self.url).map(drop)
    }
}

/// The sender. One serves all tasks.
#[derive(Debug)]
pub struct Mailer {
    road: Road,
    signer: Option<Arc<Signer>>,
}

#[derive(Debug)]
enum Road {
    Folder(folder::Folder),
    Smtp(Box<smtp::Pool>),
}

impl Mailer {
    /// Reads the settings; nothing is dialled yet. A folder is made if it is not there.
    ///
    /// # Errors
    /// As [`EmailError`] says.
    pub fn new(settings: Settings) -> Result<Self, EmailError> {
        let signer = settings.signer.clone();
        let road = match Target::parse(&settings.url)? {
            Target::Folder(at) => Road::Folder(folder::Folder::new(at)?),
            Target::Smtp(relay) => Road::Smtp(Box::new(smtp::Pool::new(relay, settings)?)),
        };
        Ok(Self { road, signer })
    }

    /// Hands over one mail, once; urgent mail never waits for bulk. One for a domain that takes long is
    /// given back untried, unless it is urgent. May be cancelled at any point;
    /// then nobody knows whether the mail was taken.
    pub async fn send(&self, mail: &Mail, lane: Lane, now: Timestamp) -> Outcome {
        if has_stray_line_end(&mail.bytes) {
            let reason = "the message has a line that does not end in CRLF; please report it";
            return Outcome::Refused { reason: reason.to_owned() };
        }
        let signed = self
            .signer
            .as_ref()
            .map(|signer| Mail { bytes: signer.sign(&mail.bytes), ..mail.clone() });
        let mail = signed.as_ref().unwrap_or(mail);
        match &self.road {
            Road::Folder(folder) => folder.write(mail).await,
            Road::Smtp(pool) => pool.send(mail, lane, now).await,
        }
    }

    /// Connects, greets and signs in, and sends nothing: for `wardwatch doctor`.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub async fn probe(&self) -> Result<(), String> {
        match &self.road {
            Road::Folder(_) => Ok(()),
            Road::Smtp(pool) => pool.probe().await,
        }
    }
}

/// A bare CR or LF is read as a line end by some servers and not by others, which lets one mail
/// hide another (SMTP smuggling).
fn has_stray_line_end(bytes: &[u8]) -> bool {
    // Always one after the other, at neighbouring places.
    let mut ends = memchr2_iter(b'\r', b'\n', bytes);
    while let Some(at) = ends.next() {
        if bytes[at] != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
            return true;
        }
        ends.next();
    }
    false
}

#[cfg(test)]
mod tests;

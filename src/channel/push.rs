//! Web push: a note sealed for one browser (RFC 8291), handed to its push service (RFC 8030) with
//! our name on it (RFC 8292).
//!
//! The one rule: nobody between us and the browser can read a note or tell what it is about. Even
//! the topic, by which a waiting note is replaced, is a keyed hash that only we and the browser
//! could make.

mod judge;
mod sealed;
mod vapid;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::clock::Timestamp;
use crate::delivery::Outcome;
use crate::message::Note;
use crate::outbound::{self, Origin, Outbound, OutboundError};
use crate::watcher::PushSubscription;

pub use sealed::{Receiver, open, seal};
pub use vapid::VapidKey;

/// Push services of the browsers in use: a name stands for itself and all below it.
pub const KNOWN_SERVICES: [&str; 5] = [
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
    "jmt17.google.com", // older Chrome on Android
];

/// How long a VAPID token lives: half of the 24 hours that RFC 8292 allows, so that a wrong clock
/// on either side does no harm.
const TOKEN_LIFE: Duration = Duration::from_hours(12);
/// A token with less life than this is made anew.
const TOKEN_SPARE: Duration = Duration::from_hours(1);
/// However long a service asks us to stay away, we look again after this.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// Far more origins than there are push services; a full cache starts over.
const TOKENS_KEPT: usize = 256;

/// Why a key, a subscription or a note cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    #[error(
        "the VAPID key is not 32 bytes in base64url that make a P-256 key; make one with \
         “wardwatch keys vapid”"
    )]
    BadVapidKey,
    #[error(
        "the VAPID contact “{0}” is not a mailto: or https: address; push services ask for one"
    )]
    BadContact(String),
    #[error("the push key p256dh is not a 65-byte point on P-256; subscribe again")]
    BadKey,
    #[error("the push secret auth is not 16 bytes; subscribe again")]
    BadAuth,
    #[error("the note has {0} bytes, and a push message holds at most 3,993; shorten it")]
    TooLong(usize),
    #[error("the push endpoint at “{0}” does not belong to a push service we know")]
    UnknownService(String),
    #[error("the push message cannot be opened: {0}")]
    NotOpened(&'static str),
    #[error("the cryptography library failed; this should not happen, please report it")]
    Crypto,
}

/// What the sender needs to know of itself.
#[derive(Clone, Debug)]
pub struct Settings {
    pub vapid: VapidKey,
    /// Where a push service reaches the operator: `mailto:…` or `https:…`.
    pub contact: String,
    /// Host names of push services; a name stands for itself and all below it.
    pub services: Vec<String>,
}

impl Settings {
    /// With the browsers' own push services.
    #[must_use]
    pub fn new(vapid: VapidKey, contact: impl Into<String>) -> Self {
        let services = KNOWN_SERVICES.map(str::to_owned).to_vec();
        Self { vapid, contact: contact.into(), services }
    }
}

/// The sender. One serves all tasks.
pub struct Pusher {
    outbound: Outbound,
    settings: Settings,
    /// By origin: an `Authorization` header and when it ends.
    tokens: Mutex<HashMap<String, (HeaderValue, Timestamp)>>,
    /// By origin: until when it has asked us to stay away.
    pauses: Mutex<HashMap<String, Timestamp>>,
}

impl fmt::Debug for Pusher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pusher").field("contact", &self.settings.contact).finish_non_exhaustive()
    }
}

impl Pusher {
    /// # Errors
    /// [`PushError::BadContact`].
    pub fn new(outbound: Outbound, settings: Settings) -> Result<Self, PushError> {
        let contact = &settings.contact;
        let web = contact.starts_with("https://") && outbound::origin(contact).is_some();
        let mail = contact.strip_prefix("mailto:").is_some_and(|a| a.contains('@'));
        if !(web || mail) || contact.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(PushError::BadContact(contact.clone()));
        }
        Ok(Self { outbound, settings, tokens: Mutex::default(), pauses: Mutex::default() })
    }

    /// What a browser needs as `applicationServerKey`.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.settings.vapid.public_base64()
    }

    /// Whether we would send to a subscription at all: for the door that takes it.
    ///
    /// # Errors
    /// When its service is not known, or its keys are not keys.
    pub fn check(&self, subscription: &PushSubscription) -> Result<(), PushError> {
        self.service(subscription)?;
        sealed::check(subscription)
    }

    /// Hands one note to its push service, once; not before the time that the service has asked
    /// everybody to wait, which is told of all its browsers and not by each.
    pub async fn send(&self, to: &PushSubscription, note: &Note, now: Timestamp) -> Outcome {
        let origin = outbound::origin(&to.endpoint).map(|origin| origin.text).unwrap_or_default();
        if let Some(until) = self.paused_until(&origin, now) {
            let reason = format!("{origin} has asked us to wait until {until}");
            return Outcome::Held { until, reason };
        }
        let (headers, body) = match self.prepare(to, note, now) {
            Ok(prepared) => prepared,
            // Keys that are not keys will never work; the browser must subscribe anew.
            Err(error @ (PushError::BadKey | PushError::BadAuth)) => {
                return Outcome::Gone { reason: error.to_string() };
            }
            Err(error) => return Outcome::Refused { reason: error.to_string() },
        };
        match self.outbound.post(&to.endpoint, headers, body).await {
            Ok(reply) => {
                if matches!(reply.status, 400 | 401 | 403) {
                    // Not this person's fault, and likely everybody's trouble: wake the operator.
                    let (status, service) = (reply.status, outbound::host(&to.endpoint));
                    tracing::error!(status, service, "a push service refuses our messages");
                }
                let outcome = judge::judge(&reply, now);
                if let (429 | 503, Outcome::Retry { after: Some(wait), .. }) =
                    (reply.status, &outcome)
                {
                    self.pause(origin, now.plus((*wait).min(LONGEST_PAUSE)), now);
                }
                outcome
            }
            Err(error @ OutboundError::Forbidden { .. }) => {
                Outcome::Refused { reason: error.to_string() }
            }
            Err(error) => Outcome::Retry { after: None, reason: error.to_string() },
        }
    }

    fn paused_until(&self, origin: &str, now: Timestamp) -> Option<Timestamp> {
        let pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not keep us away for days.
        let lasts = |until: &Timestamp| *until > now && until.since(now) <= LONGEST_PAUSE;
        pauses.get(origin).copied().filter(lasts)
    }

    fn pause(&self, origin: String, until: Timestamp, now: Timestamp) {
        let mut pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        pauses.retain(|_, until| *until > now);
        // The longest of what its answers say.
        let kept = pauses.entry(origin).or_insert(until);
        *kept = until.max(*kept);
    }

    /// One note as it goes over the wire: what the push service reads, and what only the browser
    /// can.
    ///
    /// # Errors
    /// When its service is not known, its keys are not keys, or the note is too long.
    pub fn prepare(
        &self,
        to: &PushSubscription,
        note: &Note,
        now: Timestamp,
    ) -> Result<(HeaderMap, Vec<u8>), PushError> {
        let origin = self.service(to)?;
        let body = seal(to, note.payload.as_bytes())?;
        Ok((self.headers(&origin, to, note, now)?, body))
    }

    fn service(&self, to: &PushSubscription) -> Result<Origin, PushError> {
        let unknown = |host: &str| PushError::UnknownService(host.to_owned());
        let origin = outbound::origin(&to.endpoint).ok_or_else(|| unknown("?"))?;
        let under = |name: &String| {
            origin
                .host
                .strip_suffix(name.as_str())
                .is_some_and(|h| h.is_empty() || h.ends_with('.'))
        };
        let https = origin.text.starts_with("https://");
        let known = https && self.settings.services.iter().any(under);
        if known || self.outbound.is_allowed_host(&to.endpoint) {
            Ok(origin)
        } else {
            Err(unknown(&origin.host))
        }
    }

    fn headers(
        &self,
        origin: &Origin,
        to: &PushSubscription,
        note: &Note,
        now: Timestamp,
    ) -> Result<HeaderMap, PushError> {
        let topic = HeaderValue::try_from(topic(to, &note.topic)).map_err(|_| PushError::Crypto)?;
        let binary = HeaderValue::from_static("application/octet-stream");
        let urgency = HeaderValue::from_static(note.urgency.name());
        Ok(HeaderMap::from_iter([
            (HeaderName::from_static("ttl"), HeaderValue::from(note.ttl.as_secs())),
            (HeaderName::from_static("urgency"), urgency),
            (HeaderName::from_static("topic"), topic),
            (header::CONTENT_ENCODING, HeaderValue::from_static("aes128gcm")),
            (header::CONTENT_TYPE, binary),
            (header::AUTHORIZATION, self.authorization(origin, now)?),
        ]))
    }

    /// The VAPID token for an origin, made anew when the kept one is near its end.
    fn authorization(&self, origin: &Origin, now: Timestamp) -> Result<HeaderValue, PushError> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((kept, ends)) = tokens.get(&origin.text) {
            // A clock that was set back must not leave us with a token from the far future.
            let left = ends.since(now);
            if left > TOKEN_SPARE && left <= TOKEN_LIFE {
                return Ok(kept.clone());
            }
        }
        let ends = now.plus(TOKEN_LIFE);
        let text = self.settings.vapid.authorization(&origin.text, ends, &self.settings.contact)?;
        let mut value = HeaderValue::try_from(text).map_err(|_| PushError::Crypto)?;
        value.set_sensitive(true);
        if tokens.len() >= TOKENS_KEPT {
            tokens.clear();
        }
        tokens.insert(origin.text.clone(), (value.clone(), ends));
        Ok(value)
    }
}

/// A topic as RFC 8030, §5.4 allows it (at most 32 characters of base64url), told apart per
/// browser: the push service cannot see that two neighbours hear of the same issue.
fn topic(to: &PushSubscription, about: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &to.auth);
    URL_SAFE_NO_PAD.encode(&hmac::sign(&key, about.as_bytes()).as_ref()[..24])
}

#[cfg(test)]
mod tests;

//! People, and the contacts by which they are reached.
//!
//! The one rule: a contact speaks only for itself. Nothing is sent to it, except the question
//! whether it agrees, until it has been confirmed.

mod habits;
mod webhook;

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use habits::{DIGEST_DAY, DIGEST_HOUR, Habits, HabitsError, LONGEST_PAUSE, Pause, QuietHours};
pub use webhook::Webhook;

/// A person who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WatcherId(pub Uuid);

/// One way to reach a watcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContactId(pub Uuid);

/// Where a contact's messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Mail(EmailAddress),
    Push(PushSubscription),
    Webhook(Webhook),
}

impl Address {
    /// What tells it from every other address of its city: the mail address, the endpoint,
    /// or the web address.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Mail(mail) => mail.as_str(),
            Self::Push(push) => &push.endpoint,
            Self::Webhook(hook) => &hook.url,
        }
    }

    #[must_use]
    pub fn kind(&self) -> ContactKind {
        match self {
            Self::Mail(_) => ContactKind::Mail,
            Self::Push(_) => ContactKind::Push,
            Self::Webhook(_) => ContactKind::Webhook,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactKind {
    Mail,
    Push,
    Webhook,
}

impl ContactKind {
    pub const ALL: [Self; 3] = [Self::Mail, Self::Push, Self::Webhook];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Push => "push",
            Self::Webhook => "webhook",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A contact and the person it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub id: ContactId,
    pub watcher: WatcherId,
    pub address: Address,
}

/// Why something is not an address we can send to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("“{0}” is not an email address; it should look like ada@example.org")]
    NotAnEmail(String),
    #[error("the push endpoint “{0}” is not an https address")]
    NotAnEndpoint(String),
    #[error("the push key p256dh must be 65 bytes (an uncompressed point on P-256) in base64url")]
    BadKey,
    #[error("the push secret auth must be 16 bytes in base64url")]
    BadAuth,
}

/// A mail address that can stand in an SMTP command and in a header as it is: no space, no
/// control character, one `@`, at most 254 bytes (RFC 5321, §4.5.3.1.3). The domain is lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for EmailAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let bad = || AddressError::NotAnEmail(text.trim().chars().take(80).collect());
        let (local, domain) = text.trim().rsplit_once('@').ok_or_else(bad)?;
        let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && local.chars().all(atom)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let label_ok = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
        if !local_ok || !domain_ok || local.len() + domain.len() + 1 > 254 {
            return Err(bad());
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

/// Only as much as a log may show.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…@{}", self.domain())
    }
}

/// What a browser hands out to be reached (Push API, RFC 8030 and RFC 8291).
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "SubscriptionWire", into = "SubscriptionWire")]
pub struct PushSubscription {
    /// An absolute `https` URL (`http` only where the operator allows a host for tests).
    pub endpoint: String,
    /// The browser's public key: an uncompressed point, `0x04 ‖ x ‖ y`.
    pub p256dh: Vec<u8>,
    /// The shared authentication secret: 16 bytes.
    pub auth: Vec<u8>,
}

impl fmt::Debug for PushSubscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushSubscription(…)")
    }
}

/// The JSON of `PushSubscription.toJSON()`. Each member is parsed by itself, so that an error names
/// the one that is wrong.
#[derive(Serialize, Deserialize)]
struct SubscriptionWire {
    endpoint: Endpoint,
    keys: SubscriptionKeys,
}

#[derive(Serialize, Deserialize)]
struct SubscriptionKeys {
    p256dh: PublicKey,
    auth: AuthSecret,
}

#[derive(Serialize, Deserialize)]
#[serde(try_from = "String")]
struct Endpoint(String);

#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct PublicKey(Vec<u8>);

#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct AuthSecret(Vec<u8>);

fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

impl TryFrom<String> for Endpoint {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        let web = text.starts_with("https://") || text.starts_with("http://");
        if web && text.len() <= 2_000 {
            Ok(Self(text))
        } else {
            Err(AddressError::NotAnEndpoint(text.chars().take(80).collect()))
        }
    }
}

impl TryFrom<String> for PublicKey {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        let key = from_base64url(&text).filter(|key| key.len() == 65 && key[0] == 4);
        key.map(Self).ok_or(AddressError::BadKey)
    }
}

impl TryFrom<String> for AuthSecret {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        let auth = from_base64url(&text).filter(|auth| auth.len() == 16);
        auth.map(Self).ok_or(AddressError::BadAuth)
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        URL_SAFE_NO_PAD.encode(key.0)
    }
}

impl From<AuthSecret> for String {
    fn from(auth: AuthSecret) -> Self {
        URL_SAFE_NO_PAD.encode(auth.0)
    }
}

impl From<SubscriptionWire> for PushSubscription {
    fn from(wire: SubscriptionWire) -> Self {
        Self { endpoint: wire.endpoint.0, p256dh: wire.keys.p256dh.0, auth: wire.keys.auth.0 }
    }
}

impl From<PushSubscription> for SubscriptionWire {
    fn from(subscription: PushSubscription) -> Self {
        Self {
            endpoint: Endpoint(subscription.endpoint),
            keys: SubscriptionKeys {
                p256dh: PublicKey(subscription.p256dh),
                auth: AuthSecret(subscription.auth),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_can_stand_in_a_header_are_taken() {
        for good in ["ada@example.org", " Bo.B+311@Mail.Example.ORG ", "o'hare@x.co"] {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "ada",
            "@x.org",
            "ada@",
            "ada@localhost",
            "a b@x.org",
            "a@x..org",
            "a@-x.org",
            ".a@x.org",
            "a..b@x.org",
            "ada@x.org\r\nBcc: eve@x.org",
            "\"a\"@x.org",
            "ada@пример.рф",
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?}");
        }
        let long = format!("{}@x.org", "a".repeat(65));
        assert!(long.parse::<EmailAddress>().is_err());
    }

    #[test]
    fn an_address_never_shows_whole_in_a_log() {
        let ada: EmailAddress = "ada@example.org".parse().unwrap();
        assert_eq!(format!("{ada:?}"), "…@example.org");
    }
}

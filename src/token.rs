//! Signed links, six-digit codes and API keys.
//!
//! The one rule: whatever comes back to us from a link is believed only after its seal has been
//! checked, and every check of a secret takes the same time whatever the answer.
//!
//! A seal is HMAC-SHA256 cut to its first 128 bits (RFC 2104, §5) over the length of a purpose, the
//! purpose, and the payload; so a seal made for one purpose never fits another. Payload and seal
//! together are written in base64url. The newest secret seals, every listed one opens: to rotate,
//! put a new one on top and drop the old one when the links it sealed may die.

mod session;
mod way_back;
mod webhook_secret;

use std::fmt;

use aws_lc_rs::{constant_time, digest, hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::issue::{CityId, IssueId};
use crate::watch::WatchId;
use crate::watcher::{ContactId, WatcherId};

pub use session::{ClaimLink, Session, SignInLink};
pub use way_back::{BounceAddress, BounceAddressError, MailMark, WayBack};
pub use webhook_secret::WebhookSecret;

/// The purpose of the six digits that confirm a watch.
pub const CONFIRM_WATCH: &str = "confirm-watch";

/// The least a secret may hold, in bytes.
pub const SECRET_LEN: usize = 32;
const SEAL_LEN: usize = 16;

/// Why a link, a code or a secret is not good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// One answer for everything, so that nobody learns how near a forgery came.
    #[error("this link is not valid; open the newest mail from us and use the link in it whole")]
    NotValid,
    #[error("its line {line} is not 32 bytes or more in base64url")]
    BadSecret { line: usize },
    #[error("there is no secret in it")]
    NoSecret,
}

/// The secrets that seal and open, newest first; never empty.
#[derive(Clone)]
pub struct Secrets(Vec<Secret>);

#[derive(Clone)]
struct Secret {
    bytes: Vec<u8>,
    key: hmac::Key,
}

impl Secret {
    fn new(bytes: Vec<u8>) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        Self { bytes, key }
    }

    fn mac(&self, purpose: &str, payload: &[u8]) -> hmac::Tag {
        let mut mac = hmac::Context::with_key(&self.key);
        mac.update(&(purpose.len() as u64).to_be_bytes());
        mac.update(purpose.as_bytes());
        mac.update(payload);
        mac.sign()
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} of them)", self.0.len())
    }
}

impl Secrets {
    /// One fresh secret.
    ///
    /// # Panics
    /// When the operating system has no randomness to give, which no program survives.
    #[must_use]
    pub fn generate() -> Self {
        Self(vec![Secret::new(random_bytes::<SECRET_LEN>().to_vec())])
    }

    /// Reads one secret a line, newest first; blank lines and lines that start with `#` are passed
    /// over.
    ///
    /// # Errors
    /// When a line is no base64url or too short, or when there is none.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let mut secrets = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim().trim_end_matches('=');
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let bytes = URL_SAFE_NO_PAD.decode(line).ok().filter(|b| b.len() >= SECRET_LEN);
            secrets.push(Secret::new(bytes.ok_or(TokenError::BadSecret { line: at + 1 })?));
        }
        if secrets.is_empty() { Err(TokenError::NoSecret) } else { Ok(Self(secrets)) }
    }

    /// What [`Secrets::parse`] reads back. Keep it where only the program can read it.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.0.iter().map(|secret| URL_SAFE_NO_PAD.encode(&secret.bytes) + "\n").collect()
    }

    /// Seals `payload` for `purpose` under the newest secret.
    #[must_use]
    pub fn sign(&self, purpose: &str, payload: &[u8]) -> String {
        let seal = self.newest().mac(purpose, payload);
        URL_SAFE_NO_PAD.encode([payload, &seal.as_ref()[..SEAL_LEN]].concat())
    }

    /// The payload that [`Secrets::sign`] sealed for the same purpose under any of the secrets.
    ///
    /// # Errors
    /// [`TokenError::NotValid`] for everything else.
    pub fn verify(&self, purpose: &str, token: &str) -> Result<Vec<u8>, TokenError> {
        let mut payload = URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenError::NotValid)?;
        let cut = payload.len().checked_sub(SEAL_LEN).ok_or(TokenError::NotValid)?;
        let seal = payload.split_off(cut);
        let fits =
            self.any(|secret| same(&secret.mac(purpose, &payload).as_ref()[..SEAL_LEN], &seal));
        if fits { Ok(payload) } else { Err(TokenError::NotValid) }
    }

    /// A six-digit code for `id`, to be typed where a link cannot be opened. It is the same each
    /// time, so a repeated mail repeats it; whoever checks it must count the attempts.
    #[must_use]
    pub fn code(&self, purpose: &str, id: Uuid) -> String {
        self.newest().code(purpose, id)
    }

    /// Whether a person typed the code of `id`, spaces and dashes aside.
    #[must_use]
    pub fn is_code(&self, purpose: &str, id: Uuid, typed: &str) -> bool {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        self.any(|secret| same(secret.code(purpose, id).as_bytes(), typed.as_bytes()))
    }

    /// An id that nobody else can work out, the same each time for the same `of` (`UUIDv8`,
    /// RFC 9562, §5.8) until the secrets are rotated.
    #[must_use]
    pub fn derive_id(&self, purpose: &str, of: &[u8]) -> Uuid {
        let mac = self.newest().mac(&format!("id/{purpose}"), of);
        let mut head = [0; 16];
        head.copy_from_slice(&mac.as_ref()[..16]);
        uuid::Builder::from_custom_bytes(head).into_uuid()
    }

    fn newest(&self) -> &Secret {
        &self.0[0]
    }

    /// Tries every secret, also after one has fitted, so that time tells nothing.
    fn any(&self, fits: impl Fn(&Secret) -> bool) -> bool {
        self.0.iter().fold(false, |found, secret| fits(secret) | found)
    }
}

impl Secret {
    fn code(&self, purpose: &str, id: Uuid) -> String {
        let mac = self.mac(&format!("code/{purpose}"), id.as_bytes());
        let mut head = [0; 8];
        head.copy_from_slice(&mac.as_ref()[..8]);
        format!("{:06}", u64::from_be_bytes(head) % 1_000_000)
    }
}

/// What a link in a mail may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// Stop a contact's messages, of one watch or (`None`) of all. Never expires.
    Unsubscribe { city: CityId, contact: ContactId, watch: Option<WatchId> },
    /// The contact agrees to hear of the watch.
    Confirm { city: CityId, watch: WatchId, contact: ContactId },
    /// See and change all that a person watches.
    Manage { city: CityId, watcher: WatcherId },
    /// Whoever reported an issue says whether it is fixed.
    Fixed { city: CityId, issue: IssueId, watcher: WatcherId },
    /// Read what a watch is told, as a feed; it ends with the watch.
    Feed { city: CityId, watch: WatchId },
}

impl Token {
    /// The token as it stands in a link: base64url, 55 to 76 characters.
    #[must_use]
    pub fn seal(&self, secrets: &Secrets) -> String {
        let (city, ids) = match *self {
            Self::Unsubscribe { city, contact, watch } => {
                (city, [Some(contact.0), watch.map(|w| w.0)])
            }
            Self::Confirm { city, watch, contact } => (city, [Some(watch.0), Some(contact.0)]),
            Self::Manage { city, watcher } => (city, [Some(watcher.0), None]),
            Self::Fixed { city, issue, watcher } => (city, [Some(issue.0), Some(watcher.0)]),
            Self::Feed { city, watch } => (city, [Some(watch.0), None]),
        };
        let mut payload = vec![self.tag()];
        payload.extend(city.0.to_be_bytes());
        payload.extend(ids.iter().flatten().flat_map(|id| *id.as_bytes()));
        secrets.sign(PURPOSE, &payload)
    }

    /// Reads what [`Token::seal`] wrote.
    ///
    /// # Errors
    /// [`TokenError::NotValid`] when it is anything else.
    pub fn open(text: &str, secrets: &Secrets) -> Result<Self, TokenError> {
        let payload = secrets.verify(PURPOSE, text.trim())?;
        Self::read(&payload).ok_or(TokenError::NotValid)
    }

    /// The first byte of the payload, which the seal covers: one kind of token never passes for
    /// another.
    fn tag(&self) -> u8 {
        match self {
            Self::Unsubscribe { .. } => b'u',
            Self::Confirm { .. } => b'c',
            Self::Manage { .. } => b'm',
            Self::Fixed { .. } => b'f',
            Self::Feed { .. } => b'r',
        }
    }

    fn read(payload: &[u8]) -> Option<Self> {
        let (tag, rest) = payload.split_first()?;
        let (city, rest) = rest.split_first_chunk::<8>()?;
        let city = CityId(i64::from_be_bytes(*city));
        let (first, rest) = rest.split_first_chunk::<16>()?;
        let first = Uuid::from_bytes(*first);
        let second = match rest.split_first_chunk::<16>() {
            Some((id, [])) => Some(Uuid::from_bytes(*id)),
            None if rest.is_empty() => None,
            _ => return None,
        };
        match (tag, second) {
            (b'u', watch) => Some(Self::Unsubscribe {
                city,
                contact: ContactId(first),
                watch: watch.map(WatchId),
            }),
            (b'c', Some(contact)) => {
                Some(Self::Confirm { city, watch: WatchId(first), contact: ContactId(contact) })
            }
            (b'f', Some(watcher)) => {
                Some(Self::Fixed { city, issue: IssueId(first), watcher: WatcherId(watcher) })
            }
            (b'm', None) => Some(Self::Manage { city, watcher: WatcherId(first) }),
            (b'r', None) => Some(Self::Feed { city, watch: WatchId(first) }),
            _ => None,
        }
    }
}

const PURPOSE: &str = "link";

/// A key by which a program speaks to the API: `ww_` and 32 characters (192 bits).
/// It is shown once; only its hash is kept.
#[derive(Clone)]
pub struct ApiKey(String);

impl ApiKey {
    /// # Panics
    /// When the operating system has no randomness to give, which no program survives.
    #[must_use]
    pub fn generate() -> Self {
        Self(format!("ww_{}", URL_SAFE_NO_PAD.encode(random_bytes::<24>())))
    }

    /// Takes a key from a request; `None` when it cannot be one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let body = text.trim().strip_prefix("ww_")?;
        let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
        (body.len() == 32 && body.bytes().all(plain)).then(|| Self(format!("ww_{body}")))
    }

    /// The key itself, for the one time that its owner sees it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the key. A key is random, so it needs no salt, and looking its hash up in an
    /// index tells nobody anything about the key.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref());
        hash
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// Whether two secrets are the same, in a time that depends on their lengths only.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn tokens() -> [Token; 5] {
        let (city, contact) = (CityId(1), ContactId(id(7)));
        let watch = WatchId(id(9));
        [
            Token::Unsubscribe { city, contact, watch: Some(watch) },
            Token::Unsubscribe { city, contact, watch: None },
            Token::Confirm { city, watch, contact },
            Token::Manage { city: CityId(-3), watcher: WatcherId(id(11)) },
            Token::Feed { city, watch },
        ]
    }

    #[test]
    fn a_link_says_what_was_sealed_and_is_short_enough_for_a_line() {
        let secrets = Secrets::generate();
        for token in tokens() {
            let text = token.seal(&secrets);
            assert_eq!(Token::open(&text, &secrets), Ok(token));
            assert!(text.len() <= 76, "{text}");
        }
    }

    #[test]
    fn no_single_flipped_bit_passes() {
        let secrets = Secrets::generate();
        for token in tokens() {
            let text = token.seal(&secrets);
            let sealed = URL_SAFE_NO_PAD.decode(&text).unwrap();
            for bit in 0..sealed.len() * 8 {
                let mut bent = sealed.clone();
                bent[bit / 8] ^= 1 << (bit % 8);
                let bent = URL_SAFE_NO_PAD.encode(bent);
                assert_eq!(Token::open(&bent, &secrets), Err(TokenError::NotValid), "bit {bit}");
            }
            // The same for the letters: base64url must have one spelling only.
            for at in 0..text.len() {
                for bit in 0..7 {
                    let mut bent = text.clone().into_bytes();
                    bent[at] ^= 1 << bit;
                    let bent = String::from_utf8(bent).unwrap();
                    let opened = Token::open(&bent, &secrets);
                    assert!(opened.is_err() || bent.trim() == text, "letter {at}, bit {bit}");
                }
            }
        }
    }

    #[test]
    fn garbage_gets_one_answer_that_a_person_understands() {
        let secrets = Secrets::generate();
        let foreign = tokens()[0].seal(&Secrets::generate());
        let cut = &tokens()[0].seal(&secrets)[..40];
        for text in ["", "x", "%%%", "AAAA", &"A".repeat(5_000), &foreign, cut, "ключ"] {
            let error = Token::open(text, &secrets).unwrap_err();
            assert_eq!(error, TokenError::NotValid);
        }
        assert!(TokenError::NotValid.to_string().contains("newest mail"));
    }

    #[test]
    fn old_links_and_codes_live_on_after_a_rotation_until_the_old_secret_goes() {
        let old = Secrets::generate();
        let link = tokens()[0].seal(&old);
        let code = old.code("confirm", id(5));
        let both = Secrets::parse(&(Secrets::generate().to_text() + &old.to_text())).unwrap();
        assert_eq!(Token::open(&link, &both), Ok(tokens()[0]));
        assert!(both.is_code("confirm", id(5), &code));
        assert_ne!(tokens()[0].seal(&both), link, "the newest secret seals");
        let without = Secrets::parse(both.to_text().lines().next().unwrap()).unwrap();
        assert!(Token::open(&link, &without).is_err());
    }

    #[test]
    fn purposes_do_not_mix() {
        let secrets = Secrets::generate();
        let sealed = secrets.sign("confirm", b"ada");
        assert_eq!(secrets.verify("confirm", &sealed).unwrap(), b"ada");
        for other in ["sign-in", "confir", "confirma", ""] {
            assert!(secrets.verify(other, &sealed).is_err(), "{other}");
        }
        // Moving a letter from the payload into the purpose changes what is sealed.
        assert_ne!(secrets.sign("a", b"bc")[2..], secrets.sign("ab", b"c")[2..]);
        assert_ne!(secrets.code("confirm", id(5)), secrets.code("sign-in", id(5)));
    }

    #[test]
    fn a_code_keeps_its_leading_zeros_and_forgives_how_it_is_typed() {
        let secrets = Secrets::parse(&URL_SAFE_NO_PAD.encode([7; 32])).unwrap();
        let codes: Vec<String> = (0..500).map(|n| secrets.code("confirm", id(n))).collect();
        assert!(codes.iter().all(|c| c.len() == 6 && c.bytes().all(|b| b.is_ascii_digit())));
        let (n, zero) = codes.iter().enumerate().find(|(_, c)| c.starts_with('0')).unwrap();
        let n = id(n as u128);
        assert!(secrets.is_code("confirm", n, zero));
        assert!(secrets.is_code("confirm", n, &format!(" {} {} ", &zero[..3], &zero[3..])));
        assert!(!secrets.is_code("confirm", n, zero.trim_start_matches('0')));
        assert!(!secrets.is_code("confirm", n, ""));
    }

    #[test]
    fn secrets_are_refused_by_line_and_never_printed() {
        let good = URL_SAFE_NO_PAD.encode([1; 32]);
        let short = URL_SAFE_NO_PAD.encode([1; 31]);
        assert!(Secrets::parse(&format!("# ours\n\n{good}\n")).is_ok());
        let second = Secrets::parse(&format!("{good}\n{short}")).unwrap_err();
        assert_eq!(second, TokenError::BadSecret { line: 2 });
        assert_eq!(Secrets::parse("# none\n").unwrap_err(), TokenError::NoSecret);
        assert_eq!(format!("{:?}", Secrets::parse(&good).unwrap()), "Secrets(1 of them)");
    }

    #[test]
    fn an_api_key_is_kept_as_its_hash() {
        let key = ApiKey::generate();
        assert_eq!(key.reveal().len(), 35);
        let again = ApiKey::parse(&format!(" {} ", key.reveal())).unwrap();
        assert!(same(&key.hash(), &again.hash()));
        assert_ne!(key.hash(), ApiKey::generate().hash());
        assert!(ApiKey::parse("ww_short").is_none() && ApiKey::parse("sk_live").is_none());
    }
}

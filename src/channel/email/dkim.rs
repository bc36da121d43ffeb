//! Signs mails (DKIM, RFC 6376): RSA with SHA-256, which every receiver checks, in the relaxed form
//! of header and body.
//!
//! Not lettre's signer: that brings the `rsa` crate with an open advisory (RUSTSEC-2023-0071), and a
//! second cryptography beside `aws-lc-rs`.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use aws_lc_rs::{digest, error::Unspecified};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Why mails cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DkimError {
    #[error(
        "it is no RSA key of 2048 bits or more in PEM (PKCS#8 or PKCS#1), as `wardwatch keys dkim` \
         makes"
    )]
    BadKey,
    #[error("“{0}” cannot be a selector; write letters, digits and hyphens, as in wardwatch")]
    Selector(String),
    #[error("no key could be made; the operating system gives no randomness")]
    NoRandomness,
}

/// Named once more than they are there, so that nobody can put another one before ours (RFC 6376,
/// §8.15): readers mostly show the first, and what was signed is the last.
const SEALED: [&str; 12] = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Reply-To",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// What is signed where it is there: all that a reader or their mail program goes by. Not
/// `Content-Type`, which mail servers on the way write anew when they encode a body otherwise; nor
/// what they add themselves. `List-Unsubscribe` and its `-Post` have to be (RFC 8058, §4).
const SIGNED: [&str; 14] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Reply-To",
    "MIME-Version",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Feedback-ID",
];

/// A key, and the name under which its other half stands in DNS.
pub struct Signer {
    domain: String,
    selector: String,
    key: RsaKeyPair,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.name())
    }
}

/// A fresh key of 2048 bits, in PEM (PKCS#8): what RFC 8301, §3.2 asks for, and as much as fits into
/// an answer of DNS without trouble.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn make_key() -> Result<String, DkimError> {
    let no_randomness = |Unspecified| DkimError::NoRandomness;
    let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(no_randomness)?;
    let der: Pkcs8V1Der<'_> = key.as_der().map_err(no_randomness)?;
    let base64 = STANDARD.encode(der.as_ref());
    let lines = in_pieces(&base64, 64).collect::<Vec<_>>().join("\n");
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n"))
}

fn read_key(pem: &str) -> Option<RsaKeyPair> {
    let key = |kind: &str| {
        let (_, rest) = pem.split_once(&format!("-----BEGIN {kind}-----"))?;
        let (base64, _) = rest.split_once(&format!("-----END {kind}-----"))?;
        STANDARD.decode(base64.split_whitespace().collect::<String>()).ok()
    };
    let modern = || RsaKeyPair::from_pkcs8(&key("PRIVATE KEY")?).ok();
    let old = || RsaKeyPair::from_der(&key("RSA PRIVATE KEY")?).ok();
    let key = modern().or_else(old)?;
    (key.public_modulus_len() * 8 >= 2_048).then_some(key)
}

impl Signer {
    /// # Errors
    /// As [`DkimError`] says.
    pub fn new(pem: &str, domain: &str, selector: &str) -> Result<Self, DkimError> {
        let of_label = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let is_label = |label: &str| (1..=63).contains(&label.len()) && label.chars().all(of_label);
        if !selector.split('.').all(is_label) {
            return Err(DkimError::Selector(selector.to_owned()));
        }
        let key = read_key(pem).ok_or(DkimError::BadKey)?;
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), key })
    }

    /// Where in DNS its other half stands.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// What has to stand there, for the TXT record (RFC 6376, §3.6.1).
    ///
    /// # Errors
    /// Never, with a key that could be read.
    pub fn record(&self) -> Result<String, DkimError> {
        let public: PublicKeyX509Der<'_> =
            self.key.public_key().as_der().map_err(|Unspecified| DkimError::BadKey)?;
        Ok(format!("v=DKIM1; k=rsa; p={}", STANDARD.encode(public.as_ref())))
    }

    /// The message with its signature before it. The same message gets the same one; a message that
    /// cannot be signed, which no key that was read makes happen, goes out as it is.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(message);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let fields = fields(head);
        let theirs = |name: &&str| fields.iter().rev().find(|(n, _)| n.eq_ignore_ascii_case(name));
        let signed: Vec<_> = SIGNED.iter().filter_map(theirs).collect();
        let names = signed.iter().map(|(name, _)| *name).chain(SEALED).collect::<Vec<_>>();
        let hash = digest::digest(&digest::SHA256, relaxed_body(body).as_bytes());
        let mut field = format!(
            "v=1; a=rsa-sha256; c=relaxed/relaxed; d={};\r\n\ts={};\r\n\th={};\r\n\tbh={};\r\n\tb=",
            self.domain,
            self.selector,
            names.join(":\r\n\t "),
            STANDARD.encode(hash)
        );
        let mut input: String =
            signed.iter().map(|(name, value)| relaxed_field(name, value) + "\r\n").collect();
        input.push_str(&relaxed_field(NAME, &field));
        let mut seal = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        if self.key.sign(&RSA_PKCS1_SHA256, &random, input.as_bytes(), &mut seal).is_err() {
            tracing::error!("a mail could not be signed, and goes out as it is");
            return message.to_vec();
        }
        for piece in in_pieces(&STANDARD.encode(seal), 72) {
            field.push_str("\r\n\t ");
            field.push_str(piece);
        }
        [format!("{NAME}: {field}\r\n").as_bytes(), message].concat()
    }
}

const NAME: &str = "DKIM-Signature";

/// The fields of a head, each with its lines.
fn fields(head: &str) -> Vec<(&str, &str)> {
    let mut found = vec![];
    let (mut start, mut at) = (0, 0);
    for line in head.split_inclusive("\r\n") {
        if !line.starts_with([' ', '\t']) && at > start {
            found.extend(head[start..at].split_once(':'));
            start = at;
        }
        at += line.len();
    }
    found.extend(head[start..].split_once(':'));
    found
}

/// §3.4.2: the name in small letters, the value in one line, white space as one space.
fn relaxed_field(name: &str, value: &str) -> String {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    format!("{}:{}", name.trim_end().to_ascii_lowercase(), words.join(" "))
}

/// §3.4.4: white space as one space and none at the end of a line, no empty lines at the end.
fn relaxed_body(body: &str) -> String {
    let mut relaxed = String::with_capacity(body.len());
    for line in body.split("\r\n") {
        let mut spaced = false;
        let trimmed = line.trim_end_matches([' ', '\t']);
        for letter in trimmed.chars() {
            let space = matches!(letter, ' ' | '\t');
            match (space, spaced) {
                (true, true) => {}
                (true, false) => relaxed.push(' '),
                (false, _) => relaxed.push(letter),
            }
            spaced = space;
        }
        relaxed.push_str("\r\n");
    }
    let kept = relaxed.trim_end_matches("\r\n").len();
    relaxed.truncate(kept);
    if kept > 0 {
        relaxed.push_str("\r\n");
    }
    relaxed
}

/// A text of ASCII in pieces of at most so many letters.
pub fn in_pieces(text: &str, most: usize) -> impl Iterator<Item = &str> {
    (0..text.len()).step_by(most).map(move |at| &text[at..text.len().min(at + most)])
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    const MAIL: &str = "From: \"City\" <311@city.example>\r\nTo: ada@people.example\r\n\
        Subject: A  pothole\r\n on\t Alder St \r\nContent-Type: text/plain\r\n\r\n\
        Deep. \t Very  deep.\r\n\r\n\r\n";

    fn signer() -> Signer {
        Signer::new(&make_key().unwrap(), "city.example", "ww").unwrap()
    }

    #[test]
    fn header_and_body_are_relaxed_as_the_rfc_shows() {
        // RFC 6376, §3.4.5.
        let (head, body) = ("A: X\r\nB : Y\t\r\n\tZ  ", " C \r\nD \t E\r\n\r\n\r\n");
        let relaxed: Vec<String> =
            fields(head).into_iter().map(|(name, value)| relaxed_field(name, value)).collect();
        assert_eq!(relaxed, ["a:X", "b:Y Z"]);
        assert_eq!(relaxed_body(body), " C\r\nD E\r\n");
        for empty in ["", "\r\n", "\r\n\r\n", " \t\r\n"] {
            assert_eq!(relaxed_body(empty), "");
        }
        assert_eq!(relaxed_body("no end"), "no end\r\n");
    }

    #[test]
    fn a_signature_holds_and_names_what_it_covers() {
        let signer = signer();
        let signed = String::from_utf8(signer.sign(MAIL.as_bytes())).unwrap();
        let (header, rest) = signed.split_at(signed.len() - MAIL.len());
        assert_eq!(rest, MAIL);
        assert!(header.lines().all(|line| line.len() <= 78), "{header}");
        let value = relaxed_field("", header.split_once(':').unwrap().1);
        // Those that it has, and each that nobody may put before it once more.
        let names = ["From", "To", "Subject"].into_iter().chain(SEALED).collect::<Vec<_>>();
        assert!(value.contains(&format!(" h={}; ", names.join(": "))), "{value}");
        assert!(value.contains("d=city.example; s=ww;"), "{value}");
        let (said, seal) = header.trim_end().rsplit_once("b=").unwrap();
        let seal = STANDARD.decode(seal.split_whitespace().collect::<String>()).unwrap();
        let covered = "from:\"City\" <311@city.example>\r\nto:ada@people.example\r\n\
                       subject:A pothole on Alder St\r\n";
        let said = said.split_once(':').unwrap().1.to_owned() + "b=";
        let covered = covered.to_owned() + &relaxed_field("dkim-signature", &said);
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, signer.key.public_key());
        public.verify(covered.as_bytes(), &seal).unwrap();
        assert_eq!(signer.sign(MAIL.as_bytes()), signed.as_bytes(), "a repeat is the same");
    }

    #[test]
    fn a_key_is_read_in_either_form_and_nothing_else_is_taken() {
        let pem = make_key().unwrap();
        assert!(Signer::new(&format!("# ours\n{pem}"), "city.example", "2026.ww-1").is_ok());
        let cut = pem.replace("MII", "MIJ");
        for bad in ["", "x", &cut, &pem[..300], &pem.replace("PRIVATE", "PUBLIC")] {
            let error = Signer::new(bad, "city.example", "ww").unwrap_err();
            assert_eq!(error, DkimError::BadKey);
        }
        for bad in ["", "a b", "a..b", "ключ", "a;b"] {
            let error = Signer::new(&pem, "city.example", bad).unwrap_err();
            assert_eq!(error, DkimError::Selector(bad.to_owned()));
        }
        let record = signer().record().unwrap();
        assert!(record.starts_with("v=DKIM1; k=rsa; p=MII"), "{record}");
    }
}

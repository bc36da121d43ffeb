//! Our name before a push service: a P-256 key and the tokens it signs (RFC 8292).

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::PushError;
use crate::clock::Timestamp;

/// The key by which push services know this site. Browsers subscribe to it, so a new key loses
/// every subscription: keep it.
#[derive(Clone)]
pub struct VapidKey {
    pair: Arc<EcdsaKeyPair>,
    scalar: Vec<u8>,
    public: Vec<u8>,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    /// Seconds since 1970.
    exp: i64,
    sub: &'a str,
}

impl VapidKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`PushError::Crypto`] when the system has no randomness to give.
    pub fn generate() -> Result<Self, PushError> {
        let key = PrivateKey::generate(&ECDH_P256).map_err(|_| PushError::Crypto)?;
        let scalar: EcPrivateKeyBin<'_> = key.as_be_bytes().map_err(|_| PushError::Crypto)?;
        Self::from_scalar(scalar.as_ref().to_vec())
    }

    /// Reads the private scalar, 32 bytes in base64url, as other web push tools write it too.
    ///
    /// # Errors
    /// [`PushError::BadVapidKey`].
    pub fn parse(text: &str) -> Result<Self, PushError> {
        let scalar = URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('='));
        let scalar = scalar.ok().filter(|bytes| bytes.len() == 32);
        Self::from_scalar(scalar.ok_or(PushError::BadVapidKey)?)
    }

    fn from_scalar(scalar: Vec<u8>) -> Result<Self, PushError> {
        let bad = |_| PushError::BadVapidKey;
        let key = PrivateKey::from_private_key(&ECDH_P256, &scalar).map_err(bad)?;
        let public = key.compute_public_key().map_err(|_| PushError::BadVapidKey)?;
        let public = public.as_ref().to_vec();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &scalar, &public);
        Ok(Self { pair: Arc::new(pair.map_err(bad)?), scalar, public })
    }

    /// What [`VapidKey::parse`] reads back. A secret.
    #[must_use]
    pub fn private_base64(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.scalar)
    }

    /// The public key, 65 bytes in base64url: a browser's `applicationServerKey`.
    #[must_use]
    pub fn public_base64(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.public)
    }

    /// An `Authorization` header for one push service, good until `ends` (at most 24 hours away).
    pub(super) fn authorization(
        &self,
        origin: &str,
        ends: Timestamp,
        contact: &str,
    ) -> Result<String, PushError> {
        let claims = Claims { aud: origin, exp: ends.as_millis() / 1_000, sub: contact };
        let claims = serde_json::to_vec(&claims).map_err(|_| PushError::Crypto)?;
        let header = URL_SAFE_NO_PAD.encode(br#"{"typ":"JWT","alg":"ES256"}"#);
        let said = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature = self.pair.sign(&SystemRandom::new(), said.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.map_err(|_| PushError::Crypto)?);
        Ok(format!("vapid t={said}.{signature}, k={}", self.public_base64()))
    }
}

impl fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VapidKey({})", self.public_base64())
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_key_is_read_back_as_it_was_written() {
        let key = VapidKey::generate().unwrap();
        let again = VapidKey::parse(&key.private_base64()).unwrap();
        assert_eq!(key.public_base64(), again.public_base64());
        assert_eq!(URL_SAFE_NO_PAD.decode(key.public_base64()).unwrap().len(), 65);
        // The key of RFC 8292, §2.4 has this form too; these are no keys.
        let zero = "A".repeat(43);
        for bad in ["", "x", zero.as_str(), &key.public_base64()] {
            assert_eq!(VapidKey::parse(bad).unwrap_err(), PushError::BadVapidKey, "{bad}");
        }
        assert!(!format!("{key:?}").contains(&key.private_base64()));
    }

    #[test]
    fn a_token_is_signed_and_names_the_origin_its_end_and_us() {
        let key = VapidKey::generate().unwrap();
        let ends = Timestamp::from_millis(1_800_000_000_999);
        let header =
            key.authorization("https://push.example.org:8443", ends, "mailto:a@b.org").unwrap();
        let token = header.strip_prefix("vapid t=").unwrap().split(", k=").next().unwrap();
        let (said, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key.public)
            .verify(said.as_bytes(), &signature)
            .unwrap();
        let claims = URL_SAFE_NO_PAD.decode(said.split_once('.').unwrap().1).unwrap();
        assert_eq!(
            String::from_utf8(claims).unwrap(),
            r#"{"aud":"https://push.example.org:8443","exp":1800000000,"sub":"mailto:a@b.org"}"#
        );
    }
}

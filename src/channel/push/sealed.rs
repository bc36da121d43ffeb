//! Sealing and opening a push message: RFC 8291 over one record of RFC 8188 (`aes128gcm`).

use std::fmt;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::{hkdf, rand};

use super::PushError;
use crate::message::PUSH_LIMIT;
use crate::watcher::PushSubscription;

// What one message can hold, so that it stays within the 4,096 bytes a push service must take
// (RFC 8030, §7.2) after the header (86), the tag (16) and the delimiter (1).
const _: () = assert!(PUSH_LIMIT == RECORD - HEADER - TAG - 1);

const RECORD: usize = 4096;
const SALT: usize = 16;
const POINT: usize = 65;
const HEADER: usize = SALT + 4 + 1 + POINT;
const TAG: usize = 16;
/// How the header states the record's size and the point's length.
#[expect(clippy::cast_possible_truncation, reason = "both constants fit")]
const STATED: ([u8; 4], u8) = ((RECORD as u32).to_be_bytes(), POINT as u8);
const AUTH: usize = 16;
/// Marks the last record (RFC 8188, §2); what follows is padding.
const LAST: u8 = 2;

/// Seals `plaintext` for one browser, under a fresh key and salt.
///
/// # Errors
/// When the text is longer than [`PUSH_LIMIT`] or the subscription's keys are not keys.
pub fn seal(to: &PushSubscription, plaintext: &[u8]) -> Result<Vec<u8>, PushError> {
    let ours = PrivateKey::generate(&ECDH_P256).map_err(|_| PushError::Crypto)?;
    let mut salt = [0; SALT];
    rand::fill(&mut salt).map_err(|_| PushError::Crypto)?;
    seal_with(&ours, salt, to, plaintext)
}

/// Whether the keys are an uncompressed point and a secret of the right length. Whether the point
/// is on the curve shows when it is used.
pub(super) fn check(to: &PushSubscription) -> Result<(), PushError> {
    if to.p256dh.len() != POINT || to.p256dh[0] != 4 {
        return Err(PushError::BadKey);
    }
    if to.auth.len() != AUTH {
        return Err(PushError::BadAuth);
    }
    let probe = PrivateKey::generate(&ECDH_P256).map_err(|_| PushError::Crypto)?;
    let point = UnparsedPublicKey::new(&ECDH_P256, &to.p256dh);
    agreement::agree(&probe, point, PushError::BadKey, |_| Ok(()))
}

fn seal_with(
    ours: &PrivateKey,
    salt: [u8; SALT],
    to: &PushSubscription,
    plaintext: &[u8],
) -> Result<Vec<u8>, PushError> {
    if plaintext.len() > PUSH_LIMIT {
        return Err(PushError::TooLong(plaintext.len()));
    }
    if to.p256dh.len() != POINT || to.p256dh[0] != 4 {
        return Err(PushError::BadKey);
    }
    let public = ours.compute_public_key().map_err(|_| PushError::Crypto)?;
    let (key, nonce) = derive(ours, &to.p256dh, &to.auth, &salt, |info| {
        info.extend(&to.p256dh);
        info.extend(public.as_ref());
    })?;
    let mut record = Vec::with_capacity(plaintext.len() + 1 + TAG);
    record.extend_from_slice(plaintext);
    record.push(LAST);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record)
        .map_err(|_| PushError::Crypto)?;
    let mut message = Vec::with_capacity(HEADER + record.len());
    message.extend_from_slice(&salt);
    message.extend_from_slice(&STATED.0);
    message.push(STATED.1);
    message.extend_from_slice(public.as_ref());
    message.extend_from_slice(&record);
    Ok(message)
}

/// The receiving end of a subscription: what a browser keeps to itself. For tests, and for the
/// demo's browsers that live in this program.
pub struct Receiver {
    private: PrivateKey,
    public: Vec<u8>,
    auth: [u8; AUTH],
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receiver(…)")
    }
}

impl Receiver {
    /// Fresh keys, as a browser makes them when it subscribes.
    ///
    /// # Errors
    /// [`PushError::Crypto`] when the system has no randomness to give.
    pub fn generate() -> Result<Self, PushError> {
        let mut auth = [0; AUTH];
        rand::fill(&mut auth).map_err(|_| PushError::Crypto)?;
        Self::new(PrivateKey::generate(&ECDH_P256).map_err(|_| PushError::Crypto)?, auth)
    }

    /// Keys from a 32-byte private scalar and the secret.
    ///
    /// # Errors
    /// [`PushError::BadKey`] when the scalar is not one of P-256.
    pub fn from_parts(scalar: &[u8], auth: [u8; AUTH]) -> Result<Self, PushError> {
        Self::new(
            PrivateKey::from_private_key(&ECDH_P256, scalar).map_err(|_| PushError::BadKey)?,
            auth,
        )
    }

    fn new(private: PrivateKey, auth: [u8; AUTH]) -> Result<Self, PushError> {
        let public = private.compute_public_key().map_err(|_| PushError::Crypto)?.as_ref().to_vec();
        Ok(Self { private, public, auth })
    }

    /// What the browser hands out.
    #[must_use]
    pub fn subscription(&self, endpoint: impl Into<String>) -> PushSubscription {
        PushSubscription {
            endpoint: endpoint.into(),
            p256dh: self.public.clone(),
            auth: self.auth.to_vec(),
        }
    }
}

/// Opens a message of one record, as a browser does.
///
/// # Errors
/// [`PushError::NotOpened`], saying what is wrong with it.
pub fn open(receiver: &Receiver, message: &[u8]) -> Result<Vec<u8>, PushError> {
    let bad = PushError::NotOpened;
    let (salt, rest) = message.split_first_chunk::<SALT>().ok_or(bad("it is too short"))?;
    let (size, rest) = rest.split_first_chunk::<4>().ok_or(bad("it is too short"))?;
    let (&len, rest) = rest.split_first().ok_or(bad("it is too short"))?;
    if usize::from(len) != POINT || rest.len() < POINT {
        return Err(bad("its key is not a 65-byte point"));
    }
    let (sender, record) = rest.split_at(POINT);
    let size = u32::from_be_bytes(*size) as usize;
    if size <= TAG + 1 || record.len() > size {
        return Err(bad("it is not one record"));
    }
    let (key, nonce) = derive(&receiver.private, sender, &receiver.auth, salt, |info| {
        info.extend(&receiver.public);
        info.extend(sender);
    })?;
    let mut record = record.to_vec();
    let opened = key.open_in_place(nonce, Aad::empty(), &mut record);
    let padded = opened.map_err(|_| bad("it was sealed for somebody else, or changed"))?;
    let end = padded.iter().rposition(|&byte| byte != 0).ok_or(bad("it has no delimiter"))?;
    if padded[end] != LAST {
        return Err(bad("it is not the last record"));
    }
    Ok(padded[..end].to_vec())
}

/// The content key and nonce of RFC 8291, §3.4. `keys` appends the receiver's and the sender's
/// public keys, in this order.
fn derive(
    private: &PrivateKey,
    peer: &[u8],
    auth: &[u8],
    salt: &[u8],
    keys: impl FnOnce(&mut Vec<u8>),
) -> Result<(LessSafeKey, Nonce), PushError> {
    if auth.len() != AUTH {
        return Err(PushError::BadAuth);
    }
    let mut info = b"WebPush: info\0".to_vec();
    keys(&mut info);
    let peer = UnparsedPublicKey::new(&ECDH_P256, peer);
    let input: [u8; 32] = agreement::agree(private, peer, PushError::BadKey, |shared| {
        expand(&hkdf::Salt::new(hkdf::HKDF_SHA256, auth).extract(shared), &info)
    })?;
    let root = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(&input);
    let key: [u8; 16] = expand(&root, b"Content-Encoding: aes128gcm\0")?;
    let nonce: [u8; 12] = expand(&root, b"Content-Encoding: nonce\0")?;
    let key = UnboundKey::new(&AES_128_GCM, &key).map_err(|_| PushError::Crypto)?;
    Ok((LessSafeKey::new(key), Nonce::assume_unique_for_key(nonce)))
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(root: &hkdf::Prk, info: &[u8]) -> Result<[u8; N], PushError> {
    let mut bytes = [0; N];
    let info = [info];
    let okm = root.expand(&info, Length(N)).map_err(|_| PushError::Crypto)?;
    okm.fill(&mut bytes).map_err(|_| PushError::Crypto)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// RFC 8291, appendix A.
    const VECTOR: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg\
        Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLV\
        WGNWQexSgSxsj_Qulcy4a-fN";
    const WORDS: &[u8] = b"When I grow up, I want to be a watermelon";

    fn browser() -> Receiver {
        let auth = bytes("BTBZMqHH6r4Tts7J_aSIgg").try_into().unwrap();
        Receiver::from_parts(&bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), auth).unwrap()
    }

    #[test]
    fn the_example_of_the_rfc_comes_out_to_the_byte_and_opens() {
        let scalar = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let ours = PrivateKey::from_private_key(&ECDH_P256, &scalar).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let to = browser().subscription("https://push.example.net/x");
        let sealed = seal_with(&ours, salt, &to, WORDS).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(&sealed), VECTOR);
        assert_eq!(open(&browser(), &sealed).unwrap(), WORDS);
    }

    #[test]
    fn a_message_of_the_greatest_length_fills_4096_bytes_and_one_more_is_refused() {
        let receiver = Receiver::generate().unwrap();
        let to = receiver.subscription("https://push.example.net/x");
        let full = vec![b'x'; 3_993];
        let sealed = seal(&to, &full).unwrap();
        assert_eq!(sealed.len(), 4_096);
        assert_eq!(open(&receiver, &sealed).unwrap(), full);
        assert_eq!(seal(&to, &[b'x'; 3_994]), Err(PushError::TooLong(3_994)));
        assert_eq!(open(&receiver, &seal(&to, b"").unwrap()).unwrap(), b"");
    }

    #[test]
    fn keys_that_are_not_keys_are_refused() {
        let good = browser().subscription("https://push.example.net/x");
        let with_key = |p256dh: Vec<u8>| PushSubscription { p256dh, ..good.clone() };
        let mut off_curve = good.p256dh.clone();
        off_curve[64] ^= 1;
        let mut compressed = good.p256dh[..33].to_vec();
        compressed[0] = 2;
        let mut hybrid = good.p256dh.clone();
        hybrid[0] = 6;
        for key in [off_curve, compressed, hybrid, vec![], vec![0], vec![4; 65], vec![4; 66]] {
            assert_eq!(seal(&with_key(key.clone()), b"x"), Err(PushError::BadKey));
            assert_eq!(check(&with_key(key)), Err(PushError::BadKey));
        }
        for auth in [vec![], vec![1; 15], vec![1; 17]] {
            let to = PushSubscription { auth, ..good.clone() };
            assert_eq!(seal(&to, b"x"), Err(PushError::BadAuth));
            assert_eq!(check(&to), Err(PushError::BadAuth));
        }
        assert_eq!(check(&good), Ok(()));
    }

    #[test]
    fn no_changed_byte_opens() {
        let sealed = bytes(VECTOR);
        let receiver = browser();
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            // The record size is not under the seal: only its being too small shows.
            let opened = open(&receiver, &bent);
            assert!(opened.is_err() || (SALT..SALT + 4).contains(&at), "byte {at}");
            assert!(open(&receiver, &sealed[..at]).is_err());
        }
        assert!(open(&Receiver::generate().unwrap(), &sealed).is_err());
    }
}

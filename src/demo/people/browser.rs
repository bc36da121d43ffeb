use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::channel::push::{PushError, Receiver};
use crate::random::SplitMix;

/// A browser whose keys come from the dice, so that a receiver elsewhere can be given the same.
#[derive(Debug)]
pub struct Browser {
    scalar: [u8; 32],
    auth: [u8; 16],
    pub receiver: Receiver,
}

impl Browser {
    /// The browsers of one seed's people are thrown with these dice, one after the other.
    #[must_use]
    pub fn dice(seed: u64) -> SplitMix {
        SplitMix::new(seed ^ 0x7075_7368)
    }

    /// # Errors
    /// When the dice fall on no key, which has not happened yet.
    pub fn throw(dice: &mut SplitMix) -> Result<Self, PushError> {
        let mut bytes = [0_u8; 48];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&dice.bits().to_be_bytes());
        }
        let (mut scalar, mut auth) = ([0; 32], [0; 16]);
        scalar.copy_from_slice(&bytes[..32]);
        auth.copy_from_slice(&bytes[32..]);
        // Below the order of P-256, whose first byte is 0xff.
        scalar[0] &= 0x7f;
        let receiver = Receiver::from_parts(&scalar, auth)?;
        Ok(Self { scalar, auth, receiver })
    }

    /// All of its keys, for a receiver that is to open what is sent to `endpoint`.
    #[must_use]
    pub fn key_line(&self, endpoint: &str) -> Value {
        json!({
            "endpoint": endpoint,
            "private": URL_SAFE_NO_PAD.encode(self.scalar),
            "auth": URL_SAFE_NO_PAD.encode(self.auth),
            "p256dh": URL_SAFE_NO_PAD.encode(self.receiver.subscription(endpoint).p256dh),
        })
    }
}

//! A browser that has subscribed, as each of the two knows it.

use anyhow::{Result, anyhow};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wardwatch::channel::push::{Receiver, open};
use wardwatch::watcher::PushSubscription;
use web_push::SubscriptionInfo;

pub struct Browser {
    /// What it handed out, in this program's form and in theirs.
    pub ours: PushSubscription,
    pub theirs: SubscriptionInfo,
    /// What it kept, in both forms.
    receiver: Receiver,
    keys: ece::EcKeyComponents,
    auth: [u8; 16],
}

impl Browser {
    /// With fresh keys.
    pub fn subscribe(endpoint: &str) -> Result<Self> {
        let (pair, auth) = ece::generate_keypair_and_auth_secret()?;
        let keys = pair.raw_components()?;
        // OpenSSL leaves leading zeros out.
        let kept = keys.private_key();
        let mut scalar = [0; 32];
        scalar[32 - kept.len()..].copy_from_slice(kept);
        let receiver = Receiver::from_parts(&scalar, auth)?;
        let ours = receiver.subscription(endpoint);
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let theirs = SubscriptionInfo::new(endpoint, &text(&ours.p256dh), &text(&ours.auth));
        Ok(Self { ours, theirs, receiver, keys, auth })
    }

    pub fn open_by_us(&self, body: &[u8]) -> Result<Vec<u8>> {
        Ok(open(&self.receiver, body)?)
    }

    pub fn open_by_ece(&self, body: &[u8]) -> Result<Vec<u8>> {
        ece::decrypt(&self.keys, &self.auth, body).map_err(|error| anyhow!("{error}"))
    }

    /// The origin of its push service: whom a token is for.
    pub fn service(&self) -> &str {
        let path = self.ours.endpoint.match_indices('/').nth(2);
        path.map_or(&self.ours.endpoint, |(at, _)| &self.ours.endpoint[..at])
    }
}

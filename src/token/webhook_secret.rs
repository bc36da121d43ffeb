//! The secrets by which webhooks know that a message is ours (Standard Webhooks, "Signature scheme").

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use super::Secrets;
use crate::watcher::ContactId;

const PURPOSE: &str = "webhook-secret";

/// The secret of one webhook: 32 bytes, of the 24 to 64 that the standard allows. It is kept nowhere,
/// but worked out from our own secret, so that a copy of the database signs nothing.
#[derive(Clone)]
pub struct WebhookSecret([u8; 32]);

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

impl WebhookSecret {
    /// As its owner is shown it: `whsec_` and base64.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.0))
    }

    /// The signature of one message, as it stands in `webhook-signature`: `v1,` and base64 of the
    /// HMAC-SHA256 of id, time in seconds, and body, with points between.
    #[must_use]
    pub fn sign(&self, id: Uuid, seconds: i64, body: &[u8]) -> String {
        signed(&self.0, &id.to_string(), seconds, body)
    }
}

fn signed(secret: &[u8], id: &str, seconds: i64, body: &[u8]) -> String {
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.sign()))
}

impl Secrets {
    /// The secret of a webhook with this number, under each of our own, the newest first: what its
    /// owner is shown is the first of them, and what was shown before ours was rotated still signs.
    pub fn of_webhook(
        &self,
        contact: ContactId,
        number: u32,
    ) -> impl Iterator<Item = WebhookSecret> {
        let of = [contact.0.as_bytes().as_slice(), &number.to_be_bytes()].concat();
        self.0.iter().map(move |secret| {
            let mut bytes = [0; 32];
            bytes.copy_from_slice(secret.mac(PURPOSE, &of).as_ref());
            WebhookSecret(bytes)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the standard's own libraries are tested with, and what they answer.
    #[test]
    fn a_message_is_signed_as_the_standard_says() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed(&secret, id, 1_614_265_330, body), signature);
    }

    #[test]
    fn each_webhook_and_each_number_has_a_secret_of_its_own_that_outlives_a_rotation() {
        let (old, new) = (Secrets::generate(), Secrets::generate());
        let both = Secrets::parse(&(new.to_text() + &old.to_text())).unwrap();
        let (one, other) = (ContactId(Uuid::from_u128(1)), ContactId(Uuid::from_u128(2)));
        let first = |secrets: &Secrets, contact, number| {
            secrets.of_webhook(contact, number).next().unwrap().reveal()
        };
        let shown = first(&old, one, 0);
        assert!(shown.starts_with("whsec_") && shown.len() == 6 + 44, "{shown}");
        assert_ne!(shown, first(&old, other, 0));
        assert_ne!(shown, first(&old, one, 1));
        let all: Vec<String> = both.of_webhook(one, 0).map(|secret| secret.reveal()).collect();
        assert_eq!(all, [first(&new, one, 0), shown]);
    }
}

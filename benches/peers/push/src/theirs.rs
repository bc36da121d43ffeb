//! The `web-push` crate.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_simple::prelude::{
    ECDSAP256PublicKeyLike, ES256PublicKey, NoCustomClaims, VerificationOptions,
};
use web_push::{
    ContentEncoding, PartialVapidSignatureBuilder, SubscriptionInfo, Urgency, VapidSignature,
    VapidSignatureBuilder, WebPushMessage, WebPushMessageBuilder,
};

use crate::browser::Browser;
use crate::{CONTACT, PAYLOAD, Signing};

pub struct Theirs {
    key: PartialVapidSignatureBuilder,
    /// The crate keeps no tokens; a program that wants to, keeps them so, by push service.
    tokens: HashMap<String, VapidSignature>,
}

impl Theirs {
    pub fn new(private: &str) -> Result<Self> {
        let key = VapidSignatureBuilder::from_base64_no_sub(private)?;
        Ok(Self { key, tokens: HashMap::new() })
    }

    /// The body, and the `Authorization` header if there is one.
    pub fn message(&mut self, to: &Browser, signing: Signing) -> Result<(Vec<u8>, Option<String>)> {
        let payload = self.built(to, signing)?.payload.context("no payload")?;
        let token = payload.crypto_headers.into_iter().find(|(name, _)| *name == "Authorization");
        Ok((payload.content, token.map(|(_, value)| value)))
    }

    /// The message as one of the crate's clients takes it.
    pub fn built(&mut self, to: &Browser, signing: Signing) -> Result<WebPushMessage> {
        let mut message = WebPushMessageBuilder::new(&to.theirs);
        message.set_ttl(24 * 3_600);
        message.set_urgency(Urgency::Normal);
        message.set_topic("issue-26-001234".to_owned());
        message.set_payload(ContentEncoding::Aes128Gcm, PAYLOAD.as_bytes());
        match signing {
            Signing::Not => {}
            Signing::OncePerService => message.set_vapid_signature(self.kept(to)?),
            Signing::EachMessage => message.set_vapid_signature(self.sign(&to.theirs)?),
        }
        Ok(message.build()?)
    }

    fn kept(&mut self, to: &Browser) -> Result<VapidSignature> {
        if let Some(kept) = self.tokens.get(to.service()) {
            return Ok(kept.clone());
        }
        let token = self.sign(&to.theirs)?;
        self.tokens.insert(to.service().to_owned(), token.clone());
        Ok(token)
    }

    fn sign(&self, to: &SubscriptionInfo) -> Result<VapidSignature> {
        let mut builder = self.key.clone().add_sub_info(to);
        builder.add_claim("sub", CONTACT);
        Ok(builder.build()?)
    }

    /// Whether a token holds under the key that all of them are signed with, and is for the
    /// browser's push service.
    pub fn check(&self, header: &str, browser: &Browser) -> Result<()> {
        let token = header.strip_prefix("vapid t=").context("it is no VAPID header")?;
        let (token, key) = token.split_once(", k=").context("it names no key")?;
        ensure!(key == URL_SAFE_NO_PAD.encode(self.key.get_public_key()), "it is another's key");
        let key = ES256PublicKey::from_bytes(&self.key.get_public_key()).ok();
        let key = key.context("the public key is none")?;
        let for_the_service = VerificationOptions {
            allowed_audiences: Some([browser.service().to_owned()].into()),

            ..VerificationOptions::default()
        };
        let claims = key.verify_token::<NoCustomClaims>(token, Some(for_the_service));
        let claims = claims.map_err(|error| anyhow::anyhow!("a token does not hold: {error}"))?;
        ensure!(claims.subject.as_deref() == Some(CONTACT), "it names no contact");
        Ok(())
    }
}

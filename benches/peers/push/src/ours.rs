//! This program's push channel, up to the moment when it would send.

use anyhow::{Context, Result};
use wardwatch::channel::push::{Pusher, Settings, VapidKey, seal};
use wardwatch::clock::Timestamp;
use wardwatch::message::Note;
use wardwatch::outbound::Outbound;

use crate::browser::Browser;
use crate::{A_DAY, CONTACT, Signing, note};

pub struct Ours {
    pusher: Pusher,
    note: Note,
    now: Timestamp,
}

impl Ours {
    pub fn new(key: VapidKey) -> Result<Self> {
        let outbound = Outbound::new(wardwatch::outbound::Settings::default())?;
        let now = wardwatch::clock::Clock::System.now();
        Ok(Self { pusher: Pusher::new(outbound, Settings::new(key, CONTACT))?, note: note(), now })
    }

    /// The body, and the `Authorization` header if there is one.
    pub fn message(&mut self, to: &Browser, signing: Signing) -> Result<(Vec<u8>, Option<String>)> {
        let now = match signing {
            Signing::Not => return Ok((seal(&to.ours, self.note.payload.as_bytes())?, None)),
            Signing::OncePerService => self.now,
            // The token of a moment ago has ended meanwhile, and is made anew.
            Signing::EachMessage => {
                self.now = self.now.plus(A_DAY);
                self.now
            }
        };
        let (headers, body) = self.pusher.prepare(&to.ours, &self.note, now)?;
        let token = headers.get("authorization").context("no token")?.to_str()?;
        Ok((body, Some(token.to_owned())))
    }
}

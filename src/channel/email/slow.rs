//! Domains whose mail hangs: a server that answers after minutes, or never.
//!
//! A mail that takes long gives up its place among the connections to the mail server, and no more
//! mail begins for its domain until it has ended. So a domain that hangs costs the others a few
//! seconds once, not their connections.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// How long a mail keeps its place among the connections.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct Slow {
    /// How many mails hang, by domain.
    domains: Mutex<HashMap<String, usize>>,
    /// Rung when one has ended.
    ended: Notify,
    /// Connections that may hang beside the usual ones.
    room: Arc<Semaphore>,
}

/// A mail that hangs, until this is dropped.
pub(super) struct Hanging<'a> {
    slow: &'a Slow,
    domain: &'a str,
    _room: OwnedSemaphorePermit,
}

impl Slow {
    pub(super) fn new(room: usize) -> Self {
        let room = Arc::new(Semaphore::new(room));
        Self { domains: Mutex::default(), ended: Notify::new(), room }
    }

    pub(super) fn hangs(&self, domain: &str) -> bool {
        self.domains.lock().unwrap_or_else(PoisonError::into_inner).contains_key(domain)
    }

    /// Waits until no mail of this domain hangs.
    pub(super) async fn until_well(&self, domain: &str) {
        loop {
            let ended = self.ended.notified();
            tokio::pin!(ended);
            // Before looking, so that an end between is not missed.
            ended.as_mut().enable();
            if !self.hangs(domain) {
                return;
            }
            ended.await;
        }
    }

    /// Puts a mail aside; `None` when too many hang already.
    pub(super) fn put_aside<'a>(&'a self, domain: &'a str) -> Option<Hanging<'a>> {
        let room = Arc::clone(&self.room).try_acquire_owned().ok()?;
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        *domains.entry(domain.to_owned()).or_default() += 1;
        Some(Hanging { slow: self, domain, _room: room })
    }
}

impl Drop for Hanging<'_> {
    fn drop(&mut self) {
        let mut domains = self.slow.domains.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = domains.get_mut(self.domain) {
            *count -= 1;
            if *count == 0 {
                domains.remove(self.domain);
            }
        }
        drop(domains);
        self.slow.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_domain_waits_for_its_own_mail_and_for_no_other() {
        let slow = Slow::new(2);
        let first = slow.put_aside("bad.example").unwrap();
        let second = slow.put_aside("bad.example").unwrap();
        assert!(slow.put_aside("worse.example").is_none(), "there is no more room");
        slow.until_well("good.example").await;
        let waiting = slow.until_well("bad.example");
        tokio::pin!(waiting);
        assert!(futures_util::poll!(&mut waiting).is_pending());
        drop(first);
        assert!(futures_util::poll!(&mut waiting).is_pending(), "one still hangs");
        drop(second);
        waiting.await;
    }
}

//! Domains whose mail takes long: a server behind ours that answers after seconds, or never.
//!
//! A mail that hangs gives up its place among the connections to the mail server, and no more begin
//! for its domain until it has ended. A domain whose last mail was slow has a few places at once. What
//! may not begin is given back, to come again in a moment: whoever waited here would be one of so many
//! hands that nobody was left for the others. So those are held up for some seconds once, not for as
//! long as it lasts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a mail keeps its place among the connections.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// A mail that took longer makes its domain a slow one.
const QUICK: Duration = Duration::from_secs(1);

/// Slow domains that are remembered while nothing is on the way to them.
const REMEMBERED: usize = 1_000;

#[derive(Debug)]
pub(super) struct Slow {
    domains: Mutex<HashMap<String, Domain>>,
    /// Connections that may hang beside the usual ones.
    room: Arc<Semaphore>,
    /// How many mails of a slow domain may be on their way at once.
    few: usize,
}

#[derive(Debug, Default)]
struct Domain {
    on_the_way: usize,
    hanging: usize,
    slow: bool,
}

/// A mail on its way, until this is dropped.
pub(super) struct OnTheWay<'a> {
    slow: &'a Slow,
    domain: &'a str,
    since: Instant,
    aside: Option<OwnedSemaphorePermit>,
}

impl Slow {
    pub(super) fn new(connections: usize) -> Self {
        let room = Arc::new(Semaphore::new(connections));
        let few = (connections / 4).max(1);
        Self { domains: Mutex::default(), room, few }
    }

    fn domains(&self) -> MutexGuard<'_, HashMap<String, Domain>> {
        self.domains.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a mail for this domain may begin.
    pub(super) fn is_well(&self, domain: &str) -> bool {
        self.domains().get(domain).is_none_or(|domain| {
            domain.hanging == 0 && !(domain.slow && domain.on_the_way >= self.few)
        })
    }

    /// A mail begins, unless its domain has turned slow meanwhile and `may_wait`.
    pub(super) fn begin<'a>(&'a self, domain: &'a str, may_wait: bool) -> Option<OnTheWay<'a>> {
        if may_wait && !self.is_well(domain) {
            return None;
        }
        self.domains().entry(domain.to_owned()).or_default().on_the_way += 1;
        Some(OnTheWay { slow: self, domain, since: Instant::now(), aside: None })
    }
}

impl OnTheWay<'_> {
    /// Puts a mail that hangs aside. Gives whether its place is free; not when too many hang.
    pub(super) fn put_aside(&mut self) -> bool {
        self.aside = Arc::clone(&self.slow.room).try_acquire_owned().ok();
        if self.aside.is_some() {
            self.slow.domains().entry(self.domain.to_owned()).or_default().hanging += 1;
        }
        self.aside.is_some()
    }
}

impl Drop for OnTheWay<'_> {
    fn drop(&mut self) {
        let mut domains = self.slow.domains();
        if let Some(domain) = domains.get_mut(self.domain) {
            domain.on_the_way -= 1;
            domain.hanging -= usize::from(self.aside.is_some());
            domain.slow = self.since.elapsed() > QUICK;
        }
        let many = domains.len() > REMEMBERED;
        domains.retain(|_, domain| domain.on_the_way > 0 || (domain.slow && !many));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_domain_is_held_up_by_its_own_mail_and_by_no_other() {
        let slow = Slow::new(2);
        let mut first = slow.begin("bad.example", true).unwrap();
        let mut second = slow.begin("bad.example", true).unwrap();
        assert!(first.put_aside() && second.put_aside());
        let mut worse = slow.begin("worse.example", true).unwrap();
        assert!(!worse.put_aside(), "there is no more room");
        assert!(slow.is_well("good.example"));
        assert!(slow.begin("bad.example", true).is_none());
        assert!(slow.begin("bad.example", false).is_some(), "what is urgent does not wait");
        assert!(!slow.is_well("bad.example"));
        drop(first);
        assert!(!slow.is_well("bad.example"), "one still hangs");
        drop(second);
        assert!(slow.is_well("bad.example"));
    }

    #[tokio::test]
    async fn a_domain_that_was_slow_has_few_places_until_it_is_quick_again() {
        let slow = Slow::new(8);
        let mut late = slow.begin("slow.example", true).unwrap();
        late.since -= QUICK * 2;
        drop(late);
        let one = slow.begin("slow.example", true).unwrap();
        let _two = slow.begin("slow.example", true).unwrap();
        assert!(slow.begin("slow.example", true).is_none());
        drop(one); // it was quick
        assert!((0..5).map(|_| slow.begin("slow.example", true)).all(|begun| begun.is_some()));
    }
}

//! A program that is told: a web address to which messages are posted.

use std::fmt;
use std::time::Duration;

use crate::clock::Timestamp;

/// How long what a secret that was renewed has signed is still believed: both sign meanwhile, so that
/// the program on the other side can be given the new one in peace.
const OVERLAP: Duration = Duration::from_hours(24);

/// Where messages are posted, and by which of its secrets they are signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// An absolute web address. It may hold a secret, so a log shows its host at most.
    pub url: String,
    /// The secrets of a webhook are counted; the newest signs.
    pub secret_no: u32,
    /// When the newest secret took the place of the one before it.
    pub renewed_at: Option<Timestamp>,
}

impl Webhook {
    #[must_use]
    pub fn new(url: String) -> Self {
        Self { url, secret_no: 0, renewed_at: None }
    }

    /// The numbers of the secrets that sign what is sent now, the newest first.
    pub fn signing(&self, now: Timestamp) -> impl Iterator<Item = u32> {
        let overlaps = self.renewed_at.is_some_and(|at| now < at.plus(OVERLAP));
        let before = self.secret_no.checked_sub(1).filter(|_| overlaps);
        [Some(self.secret_no), before].into_iter().flatten()
    }
}

/// Without its address.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_secret_signs_beside_the_new_one_for_a_day() {
        let at = Timestamp::from_millis(1_000);
        let fresh = Webhook::new("https://example.org/hook".to_owned());
        assert_eq!(fresh.signing(at).collect::<Vec<_>>(), [0]);
        let renewed = Webhook { secret_no: 3, renewed_at: Some(at), ..fresh };
        assert_eq!(renewed.signing(at).collect::<Vec<_>>(), [3, 2]);
        let last = at.plus(OVERLAP).minus(Duration::from_millis(1));
        assert_eq!(renewed.signing(last).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(renewed.signing(at.plus(OVERLAP)).collect::<Vec<_>>(), [3]);
    }
}

//! Receivers on this machine: a mail server and a push service that take everything, and remember
//! what came when.
//!
//! The one rule: they are real sockets that speak the real protocols, so that sending to them
//! costs the sender what sending costs.

mod mail;
mod push;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

pub use mail::{MailArrival, MailSink};
pub use push::{PushArrival, PushSink};

/// What has come, and when the last of it came. Clones share it.
#[derive(Debug)]
pub struct Log<T> {
    arrivals: Arc<Mutex<Vec<T>>>,
}

impl<T> Clone for Log<T> {
    fn clone(&self) -> Self {
        Self { arrivals: Arc::clone(&self.arrivals) }
    }
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self { arrivals: Arc::default() }
    }
}

impl<T> Log<T> {
    fn note(&self, arrival: T) {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).push(arrival);
    }

    /// How many have come since they were last taken.
    #[must_use]
    pub fn count(&self) -> usize {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Hands over what has come, in the order in which it came.
    #[must_use]
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.arrivals.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Something that came at a moment.
pub trait Arrived {
    fn at(&self) -> Instant;
}

/// When the last of them came.
pub fn last<T: Arrived>(arrivals: &[T]) -> Option<Instant> {
    arrivals.iter().map(Arrived::at).max()
}

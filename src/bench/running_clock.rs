//! A clock that runs like the system's, or faster, and can be set ahead.

use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::clock::{Clock, Timestamp};

/// It stands when this is dropped.
#[derive(Debug)]
pub struct RunningClock {
    pub clock: Clock,
    ticking: Option<JoinHandle<()>>,
}

impl Drop for RunningClock {
    fn drop(&mut self) {
        if let Some(ticking) = &self.ticking {
            ticking.abort();
        }
    }
}

/// How often it moves.
const A_TICK: Duration = Duration::from_millis(5);

impl RunningClock {
    /// Stands at this time until it is started.
    #[must_use]
    pub fn standing(at: Timestamp) -> Self {
        Self { clock: Clock::manual(at), ticking: None }
    }

    /// Runs from now on, this many times as fast as the system's.
    pub fn start(&mut self, speed: f64) {
        let clock = self.clock.clone();
        self.ticking = Some(tokio::spawn(async move {
            let mut last = Instant::now();
            // What is less than a millisecond counts at the next tick.
            let mut rest = 0.0;
            loop {
                tokio::time::sleep(A_TICK).await;
                let now = Instant::now();
                let passed = now.duration_since(last).as_secs_f64() * speed + rest;
                last = now;
                let whole = (passed * 1e3).floor() / 1e3;
                rest = passed - whole;
                clock.set(clock.now().plus(Duration::from_secs_f64(whole.max(0.0))));
            }
        }));
    }
}

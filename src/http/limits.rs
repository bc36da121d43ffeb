//! How much one sender may ask for what reaches other people.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::StatusCode;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::Problem;
use super::sender::From;

/// Counts by address, in memory.
#[derive(Debug)]
pub struct Limits {
    reports: DefaultKeyedRateLimiter<IpAddr>,
    sign_ups: DefaultKeyedRateLimiter<IpAddr>,
    sign_ins: DefaultKeyedRateLimiter<IpAddr>,
    previews: DefaultKeyedRateLimiter<IpAddr>,
    comments: DefaultKeyedRateLimiter<IpAddr>,
    pictures: DefaultKeyedRateLimiter<IpAddr>,
    lookups: DefaultKeyedRateLimiter<IpAddr>,
}

/// Somebody who walks a street and reports what is broken gets far; a script does not.
const REPORTS: (u32, Duration) = (20, Duration::from_mins(2));

/// A meeting in the city hall, or the phones of one carrier, sign up behind one address; nobody signs up a
/// town. No mailbox gets more than the engine sends there in an hour (`questions_an_hour`), from wherever
/// that is asked.
const SIGN_UPS: (u32, Duration) = (30, Duration::from_mins(1));

/// Links to sign in are counted by themselves: who is known already is not locked out because others behind
/// the same address sign up. They are as many people, and each mailbox is guarded as above.
const SIGN_INS: (u32, Duration) = (30, Duration::from_mins(1));

/// Somebody who drags a corner asks twice a second for a while.
const PREVIEWS: (u32, Duration) = (120, Duration::from_millis(500));

/// A household says what it has to say, and votes for its whole street.
const COMMENTS: (u32, Duration) = (60, Duration::from_secs(30));

/// As many as that somebody who walks a street takes four of each thing.
const PICTURES: (u32, Duration) = (80, Duration::from_secs(30));

/// Somebody who types is answered letter by letter; a list of addresses is not looked up here.
const LOOKUPS: (u32, Duration) = (120, Duration::from_millis(500));

/// Addresses that are remembered before those that are quiet again are forgotten.
const REMEMBERED: usize = 10_000;

impl Default for Limits {
    fn default() -> Self {
        Self {
            reports: limiter(REPORTS),
            sign_ups: limiter(SIGN_UPS),
            sign_ins: limiter(SIGN_INS),
            previews: limiter(PREVIEWS),
            comments: limiter(COMMENTS),
            pictures: limiter(PICTURES),
            lookups: limiter(LOOKUPS),
        }
    }
}

/// A store of so many that fills by one each `refill`.
fn limiter((burst, refill): (u32, Duration)) -> DefaultKeyedRateLimiter<IpAddr> {
    let quota = Quota::with_period(refill).expect("a period that is not zero");
    RateLimiter::keyed(quota.allow_burst(NonZeroU32::new(burst).expect("more than none")))
}

impl Limits {
    /// # Errors
    /// 429 when this address reports too much.
    pub fn report(&self, from: From) -> Result<(), Problem> {
        check(&self.reports, from, "reports")
    }

    /// # Errors
    /// 429 when this address signs up too often.
    pub fn sign_up(&self, from: From) -> Result<(), Problem> {
        check(&self.sign_ups, from, "sign-ups")
    }

    /// # Errors
    /// 429 when this address asks for too many links to sign in.
    pub fn sign_in(&self, from: From) -> Result<(), Problem> {
        check(&self.sign_ins, from, "links to sign in")
    }

    /// # Errors
    /// 429 when this address comments and votes too much.
    pub fn comment(&self, from: From) -> Result<(), Problem> {
        check(&self.comments, from, "comments and votes")
    }

    /// # Errors
    /// 429 when this address sends too many pictures.
    pub fn picture(&self, from: From) -> Result<(), Problem> {
        check(&self.pictures, from, "pictures")
    }

    /// # Errors
    /// 429 when this address looks up too many places.
    pub fn lookup(&self, from: From) -> Result<(), Problem> {
        check(&self.lookups, from, "places looked up")
    }

    /// # Errors
    /// 429 when this address asks too often what it would be told.
    pub fn preview(&self, from: From) -> Result<(), Problem> {
        check(&self.previews, from, "previews")
    }
}

fn check(
    limiter: &DefaultKeyedRateLimiter<IpAddr>,
    From(from): From,
    what: &str,
) -> Result<(), Problem> {
    if limiter.len() > REMEMBERED {
        limiter.retain_recent();
    }
    limiter.check_key(&from).map_err(|until| {
        let wait = until.wait_time_from(DefaultClock::default().now());
        let detail = format!("too many {what} from this address; wait a few minutes");
        Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).after(wait)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_asks_too_often_is_told_how_long_to_wait() {
        let limits = Limits::default();
        let from = From("203.0.113.9".parse().unwrap());
        for _ in 0..REPORTS.0 {
            assert!(limits.report(from).is_ok());
        }
        assert!(limits.report(from).is_err());
        assert!(limits.report(From("203.0.113.10".parse().unwrap())).is_ok());
        assert!(limits.sign_up(from).is_ok());
    }

    #[test]
    fn who_signs_in_is_not_counted_with_those_who_sign_up_behind_the_same_address() {
        let limits = Limits::default();
        let from = From("203.0.113.9".parse().unwrap());
        for _ in 0..SIGN_UPS.0 {
            assert!(limits.sign_up(from).is_ok());
        }
        assert!(limits.sign_up(from).is_err());
        for _ in 0..SIGN_INS.0 {
            assert!(limits.sign_in(from).is_ok());
        }
        assert!(limits.sign_in(from).is_err());
    }
}

//! How much one address may ask for what reaches other people.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, StatusCode};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::Problem;

/// Counts by address, in memory.
#[derive(Debug)]
pub struct Limits {
    reports: DefaultKeyedRateLimiter<IpAddr>,
    sign_ups: DefaultKeyedRateLimiter<IpAddr>,
}

/// Somebody who walks a street and reports what is broken gets far; a script does not.
const REPORTS: (u32, Duration) = (20, Duration::from_mins(2));

/// A household behind one address signs up; nobody signs up a town.
const SIGN_UPS: (u32, Duration) = (10, Duration::from_mins(5));

impl Default for Limits {
    fn default() -> Self {
        Self { reports: limiter(REPORTS), sign_ups: limiter(SIGN_UPS) }
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
    pub fn report(&self, from: IpAddr) -> Result<(), Problem> {
        check(&self.reports, from, "reports")
    }

    /// # Errors
    /// 429 when this address signs up too often.
    pub fn sign_up(&self, from: IpAddr) -> Result<(), Problem> {
        check(&self.sign_ups, from, "sign-ups")
    }
}

fn check(
    limiter: &DefaultKeyedRateLimiter<IpAddr>,
    from: IpAddr,
    what: &str,
) -> Result<(), Problem> {
    limiter.check_key(&from).map_err(|_| {
        let detail = format!("too many {what} from this address; wait a few minutes");
        Problem::new(StatusCode::TOO_MANY_REQUESTS, detail)
    })
}

/// The address behind a request: the peer's, or, when the peer is this machine's own proxy, the
/// last that the proxy names.
#[must_use]
pub fn address(peer: &ConnectInfo<SocketAddr>, headers: &HeaderMap) -> IpAddr {
    let peer = peer.0.ip();
    let named = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    let last = named.and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
    if peer.is_loopback() { last.unwrap_or(peer) } else { peer }
}

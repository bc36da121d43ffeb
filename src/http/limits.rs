//! How much one address may ask for what reaches other people.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::{Doors, Problem};

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

/// Addresses that are remembered before those that are quiet again are forgotten.
const REMEMBERED: usize = 10_000;

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
    pub fn report(&self, from: From) -> Result<(), Problem> {
        check(&self.reports, from, "reports")
    }

    /// # Errors
    /// 429 when this address signs up too often.
    pub fn sign_up(&self, from: From) -> Result<(), Problem> {
        check(&self.sign_ups, from, "sign-ups")
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

/// Whom a request is counted against: an IPv4 address, or the /64 of an IPv6 one, which is what
/// one household or phone is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct From(IpAddr);

impl FromRequestParts<Doors> for From {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(at)| at.ip());
        Ok(Self(household(doors.inner.proxies.sender(peer, &parts.headers))))
    }
}

fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let bits = v6.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(bits))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// The reverse proxies whose `X-Forwarded-For` is believed: those on this machine, and the
/// networks that the operator names.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<Network>);

/// A network, as in `10.0.0.0/8` or `2001:db8::1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The bits of an IPv6 address, IPv4 ones as mapped.
    bits: u128,
    prefix: u32,
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{text}” is not an address or a network such as 10.0.0.0/8");
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let given: u32 = prefix.map_or(Ok(width), str::parse).map_err(|_| wrong())?;
        if given > width {
            return Err(wrong());
        }
        Ok(Self { bits: bits(address), prefix: 128 - width + given })
    }
}

impl Network {
    fn holds(self, address: IpAddr) -> bool {
        let differ = self.bits ^ bits(address);
        self.prefix == 0 || differ >> (128 - self.prefix) == 0
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl Proxies {
    #[must_use]
    pub fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        address.to_canonical().is_loopback() || self.0.iter().any(|net| net.holds(address))
    }

    /// Who sent a request: going back from the peer through the proxies that are believed, the
    /// first that is none of them. What stands before it can be invented by anybody.
    fn sender(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let named = headers.get_all("x-forwarded-for");
        let mut hops: Vec<IpAddr> = vec![];
        for list in named {
            let list = list.to_str().unwrap_or_default();
            hops.extend(list.split(',').filter_map(|hop| hop.trim().parse::<IpAddr>().ok()));
        }
        let mut sender = peer;
        while self.trusts(sender)
            && let Some(before) = hops.pop()
        {
            sender = before;
        }
        sender
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let mut headers = HeaderMap::new();
        for list in forwarded {
            headers.append("x-forwarded-for", list.parse().unwrap());
        }
        household(proxies.sender(peer.parse().unwrap(), &headers)).to_string()
    }

    #[test]
    fn a_sender_is_the_last_that_no_proxy_of_ours_stands_for() {
        for (peer, forwarded, is) in [
            ("203.0.113.9", &[][..], "203.0.113.9"),
            // A stranger names somebody else: not believed.
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("::1", &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            // What the sender invented stands first.
            ("10.1.2.3", &["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", &["1.1.1.1", "198.51.100.1, 10.9.9.9"], "198.51.100.1"),
            ("10.1.2.3", &["nonsense"], "10.1.2.3"),
            ("11.1.2.3", &["198.51.100.1"], "11.1.2.3"),
            ("127.0.0.1", &["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        ] {
            assert_eq!(sender(peer, forwarded), is, "{peer} {forwarded:?}");
        }
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "x"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

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
}

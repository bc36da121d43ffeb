//! Who sent a request, and how much of what it says of that is believed.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Once;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::{Doors, Problem};

/// Whom a request is counted against: an IPv4 address, or the /64 of an IPv6 one, which is what
/// one household or phone is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct From(pub(super) IpAddr);

impl FromRequestParts<Doors> for From {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Problem> {
        let peer = peer(&parts.extensions);
        Ok(Self(household(doors.inner.proxies.sender(peer, &parts.headers))))
    }
}

/// Who stands at the other end of the connection.
fn peer(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(at)| at.ip())
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

/// The reverse proxies whose `X-Forwarded-For` is believed: those that the operator names, and no
/// others. One on this machine may hand on what a stranger wrote, or be a tunnel, like any other.
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
        self.0.iter().any(|net| net.holds(address))
    }

    /// Who sent a request: going back from the peer through the proxies that are believed, the
    /// first that is none of them. What stands before it can be invented by anybody, and so can
    /// what stands before a hop that cannot be read.
    fn sender(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut hops = hops(headers);
        let mut sender = peer;
        while self.trusts(sender)
            && let Some(Some(before)) = hops.pop()
        {
            sender = before;
        }
        if is_loopback(sender) && !hops.is_empty() {
            tell_of_forwarding();
        }
        sender
    }

    /// Whether a request was made on this machine: nothing that it passed through, believed or
    /// not, says otherwise.
    fn is_from_here(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        let here = |hop: Option<IpAddr>| hop.is_some_and(is_loopback);
        is_loopback(self.sender(peer, headers)) && hops(headers).into_iter().all(here)
    }
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// The hops that a request names, the nearest last; `None` for one that cannot be read.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let lists = headers.get_all("x-forwarded-for").into_iter();
    lists.flat_map(|list| list.to_str().unwrap_or("unreadable").split(',').map(hop)).collect()
}

/// An address, as `203.0.113.5`, `203.0.113.5:4711`, `2001:db8::1`, or `[2001:db8::1]:4711`.
fn hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let with_port = || text.parse::<SocketAddr>().ok().map(|at| at.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok();
    text.parse().ok().or_else(with_port).or_else(|| bracketed().map(IpAddr::V6))
}

/// Says once that everybody looks like one and the same sender.
fn tell_of_forwarding() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!(
            "a proxy on this machine forwards requests and is not believed, so all its visitors \
             share one limit; if it sets X-Forwarded-For itself, name it: \
             WARDWATCH_TRUSTED_PROXIES=127.0.0.1,::1"
        );
    });
}

/// Lets through only who asks from this machine; to others there is nothing here.
pub async fn only_here(
    State(doors): State<Doors>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let peer = peer(request.extensions());
    if doors.inner.proxies.is_from_here(peer, request.headers()) {
        Ok(next.run(request).await)
    } else {
        Err(Problem::of_status(StatusCode::NOT_FOUND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        household(proxies.sender(peer.parse().unwrap(), &named(forwarded))).to_string()
    }

    fn named(forwarded: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for list in forwarded {
            headers.append("x-forwarded-for", list.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_sender_is_the_last_that_no_proxy_of_ours_stands_for() {
        for (peer, forwarded, is) in [
            ("203.0.113.9", &[][..], "203.0.113.9"),
            // A stranger names somebody else: not believed.
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            // Nor somebody on this machine, unless the operator says so.
            ("127.0.0.1", &["198.51.100.1"], "127.0.0.1"),
            ("::1", &["198.51.100.1"], "::"),
            ("::ffff:10.1.2.3", &["198.51.100.1"], "198.51.100.1"),
            // With a port, as some proxies write.
            ("10.1.2.3", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.1.2.3", &["1.1.1.1, 203.0.113.5:4711"], "203.0.113.5"),
            ("10.1.2.3", &["1.1.1.1, [2001:db8:1:2::5]:4711"], "2001:db8:1:2::"),
            ("10.1.2.3", &["1.1.1.1, [2001:db8:1:2::5]"], "2001:db8:1:2::"),
            // What stands before a hop that cannot be read may be invented.
            ("10.1.2.3", &["1.1.1.1, unknown"], "10.1.2.3"),
            ("10.1.2.3", &["1.1.1.1, unknown, 10.9.9.9"], "10.9.9.9"),
            // What the sender invented stands first.
            ("10.1.2.3", &["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", &["1.1.1.1", "198.51.100.1, 10.9.9.9"], "198.51.100.1"),
            ("10.1.2.3", &["nonsense"], "10.1.2.3"),
            ("11.1.2.3", &["198.51.100.1"], "11.1.2.3"),
            ("10.1.2.3", &["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        ] {
            assert_eq!(sender(peer, forwarded), is, "{peer} {forwarded:?}");
        }
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "x"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_who_came_through_nobody_is_on_this_machine() {
        for (trusted, peer, forwarded, here) in [
            ("10.0.0.0/8", "127.0.0.1", &[][..], true),
            ("10.0.0.0/8", "::1", &[], true),
            ("10.0.0.0/8", "192.168.0.7", &[], false),
            ("10.0.0.0/8", "192.168.0.7", &["127.0.0.1"], false),
            // A tunnel or a proxy on this machine, believed or not.
            ("10.0.0.0/8", "127.0.0.1", &["192.168.0.7"], false),
            ("127.0.0.1", "127.0.0.1", &["192.168.0.7"], false),
            ("127.0.0.1", "127.0.0.1", &["127.0.0.1, unknown"], false),
            ("127.0.0.1", "127.0.0.1", &["192.168.0.7, 127.0.0.1"], false),
            ("127.0.0.1", "127.0.0.1", &["127.0.0.1"], true),
        ] {
            let proxies = Proxies::new(vec![trusted.parse().unwrap()]);
            let found = proxies.is_from_here(peer.parse().unwrap(), &named(forwarded));
            assert_eq!(found, here, "{trusted} {peer} {forwarded:?}");
        }
    }
}

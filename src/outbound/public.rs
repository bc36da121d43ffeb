//! Which addresses belong to the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is one that anybody on the internet can reach and that is what it seems.
///
/// Everything in the IANA special-purpose registries (RFC 6890 and its updates) is refused, and so
/// are the forms that carry an IPv4 address inside an IPv6 one (IPv4-mapped, 6to4, Teredo, NAT64):
/// they would lead around the IPv4 list.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    /// Network and prefix length.
    const SPECIAL: [([u8; 4], u32); 15] = [
        ([0, 0, 0, 0], 8),      // this network
        ([10, 0, 0, 0], 8),     // private
        ([100, 64, 0, 0], 10),  // carrier-grade NAT
        ([127, 0, 0, 0], 8),    // loopback
        ([169, 254, 0, 0], 16), // link-local, and the clouds' metadata
        ([172, 16, 0, 0], 12),  // private
        ([192, 0, 0, 0], 24),   // protocol assignments
        ([192, 0, 2, 0], 24),   // documentation
        ([192, 88, 99, 0], 24), // 6to4 relays
        ([192, 168, 0, 0], 16), // private
        ([198, 18, 0, 0], 15),  // benchmarks
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        ([224, 0, 0, 0], 4), // multicast
        ([240, 0, 0, 0], 4), // reserved, broadcast
    ];
    let bits = address.to_bits();
    let within = |net: [u8; 4], len: u32| (bits ^ u32::from_be_bytes(net)) >> (32 - len) == 0;
    !SPECIAL.iter().any(|&(net, len)| within(net, len))
}

/// Only `2000::/3` is handed out as global unicast. What is special within it is cut out.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let global = a & 0xe000 == 0x2000;
    let protocols = a == 0x2001 && b < 0x0200; // 2001::/23: Teredo, ORCHID, benchmarks
    let documentation = (a == 0x2001 && b == 0x0db8) || (a == 0x3fff && b & 0xf000 == 0);
    let six_to_four = a == 0x2002;
    global && !protocols && !documentation && !six_to_four
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_pass() {
        let public = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255"];
        let more = ["172.32.0.0", "192.167.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.255"];
        let six = ["2606:4700:4700::1111", "2a00:1450::1", "2001:200::1", "2003::1", "2620:fe::fe"];
        for address in public.iter().chain(&more).chain(&six) {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn every_special_address_is_refused_in_every_disguise() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }
}

//! Who reaches us, and through whom.

use std::net::SocketAddr;

use super::{ConfigError, host_of, wrong};
use crate::http::Network;

/// Where to listen, for clap. No name is looked up: it might be another machine's tomorrow.
///
/// # Errors
/// A sentence that says what to write.
pub fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.trim().parse().map_err(|_| "write an address and a port, as 127.0.0.1:8311".to_owned())
}

/// Whether people reach this address only from the machine that serves it.
pub(super) fn is_this_machine(url: &str) -> bool {
    let host = host_of(url);
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Of proxies whose word is believed.
pub(super) fn networks(given: Vec<String>) -> Result<Vec<Network>, ConfigError> {
    let network = |text: String| text.parse().map_err(wrong("trusted-proxies"));
    given.into_iter().filter(|text| !text.trim().is_empty()).map(network).collect()
}

//! The one guarded HTTP client: whatever URL a stranger gives us is dialled here or not at all.
//!
//! The one rule: only `https`, only to public addresses, and the address that was checked is the
//! one that is dialled (the check sits in the resolver, so a name cannot change its mind between
//! two look-ups). No IP literals, no credentials in the URL, no proxies, no redirects; bodies and
//! times are bounded. Hosts that the operator allows by name, for tests and the demo, are exempt
//! and may speak plain `http`.

mod public;

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Method, Url};

use crate::clock::Timestamp;

pub use public::is_public;

/// How far the client may go.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Hosts that need neither `https` nor a public address: `localhost`, `127.0.0.1:9000`.
    /// Without a port, every port of the host.
    pub allow_hosts: Vec<String>,
    pub connect_timeout: Duration,
    /// From dialling to the last byte of the body.
    pub total_timeout: Duration,
    /// The most bytes of a reply's body that are read.
    pub max_body_bytes: usize,
    pub user_agent: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            allow_hosts: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            max_body_bytes: 8 << 20,
            user_agent: concat!("wardwatch/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Why nothing came back, named by what to do next. A URL may hold a secret, so only its host is
/// ever named.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The URL must change; asking again is no use.
    #[error("{host} is not dialled: {why}; use an https URL with a public host name")]
    Forbidden { host: String, why: &'static str },
    /// Nobody answered properly; ask again later.
    #[error("{host} could not be reached: {why}")]
    Unreachable { host: String, why: String },
    /// The other side says more than we listen to; asking again is no use until it says less.
    #[error("{host} sent more than {limit} bytes; ask it for less, or raise the limit")]
    TooLarge { host: String, limit: usize },
    /// The client could not be set up at all.
    #[error("the HTTP client could not be built: {0}; check the system's root certificates")]
    NoClient(String),
}

/// What came back, whatever its status.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// The client. Cheap to clone; clones share their connections (HTTP/2 where it is offered).
#[derive(Clone, Debug)]
pub struct Outbound {
    /// Resolves names to public addresses only.
    guarded: Client,
    /// For allowed hosts.
    open: Client,
    settings: Arc<Settings>,
}

impl Outbound {
    /// # Errors
    /// [`OutboundError::NoClient`] when TLS cannot be set up on this machine.
    pub fn new(settings: Settings) -> Result<Self, OutboundError> {
        let client = || {
            Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .referer(false)
                .connect_timeout(settings.connect_timeout)
                .timeout(settings.total_timeout)
                .tcp_nodelay(true)
                .user_agent(&settings.user_agent)
        };
        let build = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|e| OutboundError::NoClient(chain(&e)))
        };
        let guarded = build(client().https_only(true).dns_resolver(PublicOnly))?;
        let open = build(client())?;
        Ok(Self { guarded, open, settings: Arc::new(settings) })
    }

    /// # Errors
    /// As [`OutboundError`] says; a reply of any status is no error.
    pub async fn get(&self, url: &str, headers: HeaderMap) -> Result<Reply, OutboundError> {
        self.request(Method::GET, url, headers, Bytes::new()).await
    }

    /// # Errors
    /// As [`OutboundError`] says; a reply of any status is no error.
    pub async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: impl Into<Bytes>,
    ) -> Result<Reply, OutboundError> {
        self.request(Method::POST, url, headers, body.into()).await
    }

    /// The status and headers of the answer; its body, however long or slow, is not waited for.
    ///
    /// # Errors
    /// As [`OutboundError`] says; a reply of any status is no error.
    pub async fn post_for_status(
        &self,
        url: &str,
        headers: HeaderMap,
        body: impl Into<Bytes>,
    ) -> Result<(u16, HeaderMap), OutboundError> {
        let (client, url) = self.admit(url)?;
        let host = host_of(&url);
        let sent = client.post(url).headers(headers).body(body.into()).send().await;
        let response = sent.map_err(|error| judge(&host, error))?;
        Ok((response.status().as_u16(), response.headers().clone()))
    }

    /// A URL as it is dialled, if the URL itself may be; where its name leads is seen only then. It is
    /// written in the one way, and without a fragment, which never goes over the wire. For a door that
    /// takes URLs from people.
    ///
    /// # Errors
    /// [`OutboundError::Forbidden`], saying what about it is wrong.
    pub fn written(&self, url: &str) -> Result<String, OutboundError> {
        let (_, mut url) = self.admit(url)?;
        url.set_fragment(None);
        Ok(url.into())
    }

    /// Whether the operator allowed this host (and port), public or not.
    #[must_use]
    pub fn is_allowed_host(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| self.allows(&url))
    }

    async fn request(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Reply, OutboundError> {
        let (client, url) = self.admit(url)?;
        let host = host_of(&url);
        let sent = client.request(method, url).headers(headers).body(body).send().await;
        let mut response = sent.map_err(|error| judge(&host, error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let limit = self.settings.max_body_bytes;
        let mut body = BytesMut::new();
        while let Some(part) = response.chunk().await.map_err(|error| judge(&host, error))? {
            if body.len() + part.len() > limit {
                return Err(OutboundError::TooLarge { host, limit });
            }
            body.extend_from_slice(&part);
        }
        Ok(Reply { status, headers, body: body.freeze() })
    }

    /// The client that may dial the URL.
    fn admit(&self, url: &str) -> Result<(&Client, Url), OutboundError> {
        let forbid = |host: String, why| Err(OutboundError::Forbidden { host, why });
        let Ok(url) = Url::parse(url) else {
            return forbid("a URL".to_owned(), "it is not a URL");
        };
        let host = host_of(&url);
        if !matches!(url.scheme(), "https" | "http") || host.is_empty() {
            return forbid(host, "it is not a web address");
        }
        if self.allows(&url) {
            return Ok((&self.open, url));
        }
        if url.scheme() != "https" {
            return forbid(host, "it is not https");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return forbid(host, "it holds a user name or password");
        }
        // The URL parser has already turned 0x7f.1 and 2130706433 into 127.0.0.1.
        if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
            return forbid(host, "it is a bare IP address");
        }
        Ok((&self.guarded, url))
    }

    fn allows(&self, url: &Url) -> bool {
        let host = host_of(url);
        let with_port = format!("{host}:{}", url.port_or_known_default().unwrap_or(0));
        let allowed = &self.settings.allow_hosts;
        allowed.iter().any(|a| a.eq_ignore_ascii_case(&host) || a.eq_ignore_ascii_case(&with_port))
    }
}

/// Where a URL leads, as the web compares such places (RFC 6454, §6.2): scheme, host, and the port
/// unless it is the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// `https://push.example.org` or `https://push.example.org:8443`.
    pub text: String,
    /// `push.example.org`, in lower case.
    pub host: String,
}

/// The origin of a web address; `None` for anything else.
#[must_use]
pub fn origin(url: &str) -> Option<Origin> {
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    Some(Origin { text: url.origin().ascii_serialization(), host: host_of(&url) })
}

/// `Retry-After` in seconds or as a date (RFC 9110, §10.2.3).
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Timestamp::from_http_date(text).map(|at| at.since(now)),
    }
}

/// The host of a web address, by which people know it; the rest of it may be a secret. Empty for anything
/// else.
#[must_use]
pub fn host(url: &str) -> String {
    origin(url).map(|origin| origin.host).unwrap_or_default()
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// Looks names up and lets only public addresses through to the dialler.
struct PublicOnly;

/// A name that leads only to addresses we do not dial.
#[derive(Debug, thiserror::Error)]
#[error("its name leads to no public address")]
struct NotPublic;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|at| is_public(at.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn judge(host: &str, error: reqwest::Error) -> OutboundError {
    let host = host.to_owned();
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(inner) = cause {
        if inner.is::<NotPublic>() {
            return OutboundError::Forbidden { host, why: "its name leads to no public address" };
        }
        cause = inner.source();
    }
    let why = if error.is_timeout() {
        "it took too long".to_owned()
    } else {
        chain(&error.without_url())
    };
    OutboundError::Unreachable { host, why }
}

/// An error with all its causes in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests;

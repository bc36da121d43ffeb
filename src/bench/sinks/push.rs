//! A push service that takes every message (RFC 8030) for browsers with a number each.

use std::net::SocketAddr;
use std::time::Instant;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Arrived, Log};

/// A push message as it came, still sealed.
#[derive(Clone, Debug)]
pub struct PushArrival {
    /// The browser's number, from the endpoint.
    pub browser: usize,
    pub body: Bytes,
    pub at: Instant,
}

impl Arrived for PushArrival {
    fn at(&self) -> Instant {
        self.at
    }
}

/// The service; it ends when this is dropped.
#[derive(Debug)]
pub struct PushSink {
    pub addr: SocketAddr,
    pub log: Log<PushArrival>,
    serving: JoinHandle<()>,
}

impl Drop for PushSink {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl PushSink {
    /// Listens on a free port of this machine.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let log = Log::default();
        let routes = Router::new().route("/push/{browser}", post(take)).with_state(log.clone());
        let serving = tokio::spawn(async move {
            use axum::serve::ListenerExt;
            let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "the push sink ended");
            }
        });
        Ok(Self { addr, log, serving })
    }

    /// Where messages for a browser go.
    #[must_use]
    pub fn endpoint(&self, browser: usize) -> String {
        format!("http://{}/push/{browser}", self.addr)
    }
}

/// What a push service asks of a message: how long to keep it, how it is sealed, and by whom.
async fn take(
    State(log): State<Log<PushArrival>>,
    Path(browser): Path<usize>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let has = |name: &str| headers.contains_key(name);
    if !has("ttl") || headers.get("content-encoding").is_none_or(|how| how != "aes128gcm") {
        return StatusCode::BAD_REQUEST;
    }
    let signed = headers.get("authorization").and_then(|value| value.to_str().ok());
    if !signed.is_some_and(|value| value.starts_with("vapid t=")) {
        return StatusCode::UNAUTHORIZED;
    }
    log.note(PushArrival { browser, body, at: Instant::now() });
    StatusCode::CREATED
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::{Outbound, Settings};

    #[tokio::test]
    async fn a_message_is_taken_for_its_browser_and_one_that_is_not_signed_is_not() {
        let sink = PushSink::start().await.unwrap();
        let settings = Settings { allow_hosts: vec![sink.addr.to_string()], ..Settings::default() };
        let outbound = Outbound::new(settings).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("ttl", "60".parse().unwrap());
        headers.insert("content-encoding", "aes128gcm".parse().unwrap());
        let to = sink.endpoint(7);
        let send = |headers| outbound.post(&to, headers, &b"sealed"[..]);
        assert_eq!(send(headers.clone()).await.unwrap().status, 401);
        headers.insert("authorization", "vapid t=a, k=b".parse().unwrap());
        assert_eq!(send(headers.clone()).await.unwrap().status, 201);
        headers.remove("ttl");
        assert_eq!(send(headers).await.unwrap().status, 400);
        let came = sink.log.take();
        assert_eq!(came.len(), 1);
        assert_eq!((came[0].browser, &came[0].body[..]), (7, &b"sealed"[..]));
    }
}

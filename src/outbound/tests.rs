use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A web server on loopback that says the same thing to everybody and counts who came.
struct Peer {
    at: SocketAddr,
    visits: Arc<AtomicUsize>,
}

impl Peer {
    async fn saying(reply: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (at, visits) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let count = visits.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut request = vec![0; 4096];
                    let _ = stream.read(&mut request).await;
                    let _ = stream.write_all(reply).await;
                    // An empty reply stands for a peer that takes the call and keeps silent.
                    if reply.is_empty() {
                        tokio::time::sleep(Duration::from_mins(1)).await;
                    }
                });
            }
        });
        Self { at, visits }
    }

    fn url(&self) -> String {
        format!("http://{}/hook", self.at)
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

fn allowing(hosts: &[String]) -> Outbound {
    Outbound::new(Settings {
        allow_hosts: hosts.to_vec(),
        total_timeout: Duration::from_millis(700),
        max_body_bytes: 100,
        ..Settings::default()
    })
    .unwrap()
}

const OK: &[u8] = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nretry-after: 7\r\n\r\nhi";

#[tokio::test]
async fn an_allowed_host_is_reached_even_on_loopback_and_in_plain_http() {
    let peer = Peer::saying(OK).await;
    for allowed in [peer.at.to_string(), "127.0.0.1".to_owned()] {
        let reply = allowing(&[allowed]).get(&peer.url(), HeaderMap::new()).await.unwrap();
        assert_eq!((reply.status, &reply.body[..]), (201, &b"hi"[..]));
        assert_eq!(reply.headers["retry-after"], "7");
    }
    assert_eq!(peer.visits(), 2);
}

#[tokio::test]
async fn whatever_is_not_public_https_is_refused_before_a_byte_is_sent() {
    let peer = Peer::saying(OK).await;
    let port = peer.at.port();
    let outbound = allowing(&[format!("127.0.0.1:{}", port.wrapping_add(1))]);
    for url in [
        peer.url(),
        format!("https://{}/", peer.at),
        format!("https://0x7f.1:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://LOCALHOST.:{port}/"),
        "https://user:secret@example.org/".to_owned(),
        "http://example.org/".to_owned(),
        "ftp://example.org/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "nonsense".to_owned(),
    ] {
        let error = outbound.post(&url, HeaderMap::new(), "x").await.unwrap_err();
        // A machine may not know “localhost.” at all, which is as good.
        let unknown = matches!(&error, OutboundError::Unreachable { .. }) && url.contains("HOST.");
        assert!(matches!(error, OutboundError::Forbidden { .. }) || unknown, "{url}: {error}");
        assert!(!error.to_string().contains("secret"));
    }
    assert_eq!(peer.visits(), 0);
}

#[tokio::test]
async fn a_redirect_is_handed_back_and_not_followed() {
    let peer = Peer::saying(
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    let outbound = allowing(&["127.0.0.1".to_owned()]);
    let reply = outbound.get(&peer.url(), HeaderMap::new()).await.unwrap();
    assert_eq!(
        (reply.status, reply.headers["location"].to_str().unwrap()),
        (302, "http://127.0.0.1:1/")
    );
}

#[tokio::test]
async fn a_long_body_is_cut_off_whether_or_not_it_was_announced() {
    let announced: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 300\r\n\r\n";
    let long = [announced, &[b'x'; 300]].concat().leak();
    let endless = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &[b'x'; 300]].concat().leak();
    for reply in [long, endless] {
        let peer = Peer::saying(reply).await;
        let outbound = allowing(&["127.0.0.1".to_owned()]);
        let error = outbound.get(&peer.url(), HeaderMap::new()).await.unwrap_err();
        assert!(matches!(error, OutboundError::TooLarge { limit: 100, .. }), "{error}");
    }
}

#[tokio::test]
async fn a_silent_a_closed_and_a_babbling_peer_are_all_to_be_tried_later() {
    let outbound = allowing(&["127.0.0.1".to_owned()]);
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    };
    let silent = Peer::saying(b"").await.url();
    let babbling = Peer::saying(b"220 mail.example.org ESMTP\r\n").await.url();
    for url in [closed, silent, babbling] {
        let error = outbound.get(&url, HeaderMap::new()).await.unwrap_err();
        assert!(matches!(error, OutboundError::Unreachable { .. }), "{url}: {error}");
        assert!(!error.to_string().contains("http://"), "the URL stays out of it: {error}");
    }
}

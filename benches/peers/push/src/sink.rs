//! A push service on this machine that takes every message, over TLS, by HTTP/2 or 1.1 as the sender likes.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The name that its certificate is for.
pub const NAME: &str = "localhost";

/// A certificate of its own, in a file that both senders are told to trust.
pub struct Identity {
    config: Arc<ServerConfig>,
}

impl Identity {
    pub fn make(certificate: &Path) -> Result<Self> {
        let made = rcgen::generate_simple_self_signed([NAME.to_owned()])?;
        std::fs::write(certificate, made.cert.pem())?;
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der());
        let key = key.map_err(|why| anyhow::anyhow!(why))?;
        let chain = vec![made.cert.der().clone()];
        let mut config =
            ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config) })
    }

    /// Serves until the program ends.
    pub async fn serve(self) -> Result<SocketAddr> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let acceptor = TlsAcceptor::from(self.config);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A sender that breaks off has sent nothing more.
                    let _ = tcp.set_nodelay(true);
                    let Ok(tls) = acceptor.accept(tcp).await else { return };
                    let served = Builder::new(TokioExecutor::new());
                    let _ = served.serve_connection(TokioIo::new(tls), service_fn(take)).await;
                });
            }
        });
        Ok(addr)
    }
}

async fn take(request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
    let signed = request
        .headers()
        .get("authorization")
        .is_some_and(|value| value.to_str().is_ok_and(|value| value.starts_with("vapid t=")));
    let whole = request.into_body().collect().await.is_ok_and(|body| !body.to_bytes().is_empty());
    let mut answer = Response::new(Empty::new());
    *answer.status_mut() =
        if signed && whole { StatusCode::CREATED } else { StatusCode::BAD_REQUEST };
    Ok(answer)
}

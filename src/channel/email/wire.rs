//! The bytes below SMTP: a TCP stream without delays, in the clear or under TLS.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::{
    AsyncTokioStream, Certificate, TlsParameters, TlsParametersBuilder,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, crypto};
use tokio_rustls::{TlsConnector, rustls};

use super::EmailError;

/// What TLS needs, made once: reading the system's root certificates takes a while.
pub(super) struct Tls {
    /// For STARTTLS, which lettre does.
    pub parameters: TlsParameters,
    /// For TLS from the first byte.
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Tls {
    /// Checks certificates as the platform does, and trusts those of `ca` besides.
    pub(super) fn new(host: &str, ca: Option<&Path>) -> Result<Self, EmailError> {
        let no_tls = |why: String| EmailError::NoTls(why);
        let roots = match ca {
            Some(file) => CertificateDer::pem_file_iter(file)
                .and_then(Iterator::collect)
                .map_err(|error| no_tls(format!("{}: {error}", file.display())))?,
            None => Vec::new(),
        };
        let name = ServerName::try_from(host.to_owned()).map_err(|e| no_tls(e.to_string()))?;
        let parameters = parameters(host, &roots).map_err(|e| no_tls(e.to_string()))?;
        let config = config(roots).map_err(|e| no_tls(e.to_string()))?;
        Ok(Self { parameters, connector: TlsConnector::from(Arc::new(config)), name })
    }

    pub(super) async fn connect(&self, tcp: TcpStream) -> io::Result<Implicit> {
        Ok(Implicit(self.connector.connect(self.name.clone(), tcp).await?))
    }
}

fn parameters(
    host: &str,
    roots: &[CertificateDer<'static>],
) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let mut builder: TlsParametersBuilder = TlsParameters::builder(host.to_owned());
    for root in roots {
        builder = builder.add_root_certificate(Certificate::from_der(root.to_vec())?);
    }
    builder.build_rustls()
}

fn config(roots: Vec<CertificateDer<'static>>) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let verifier =
        rustls_platform_verifier::Verifier::new_with_extra_roots(roots, provider.clone())?;
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder
        .dangerous() // rustls' word for every verifier but its own; this one is the platform's
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// TLS from the first byte.
#[derive(Debug)]
pub(super) struct Implicit(TlsStream<TcpStream>);

impl AsyncTokioStream for Implicit {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Implicit {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Implicit {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// A stream in the clear that hands out one line at a time.
///
/// lettre reads through a buffer that it keeps across STARTTLS, so whatever somebody slipped in
/// behind the server's "220 go ahead" would later be believed as if it had come under TLS
/// (CVE-2011-0411 and its kin). With at most one line handed out, that buffer is empty when TLS
/// begins, and what was slipped in meets the TLS handshake, which fails.
#[derive(Debug)]
pub(super) struct Clear {
    tcp: TcpStream,
    waiting: Vec<u8>,
    /// How much of `waiting` was handed out.
    taken: usize,
}

impl Clear {
    pub(super) fn new(tcp: TcpStream) -> Self {
        Self { tcp, waiting: Vec::new(), taken: 0 }
    }
}

impl AsyncTokioStream for Clear {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}

impl AsyncRead for Clear {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.taken == this.waiting.len() {
            let mut space = [0; 4096];
            let mut fresh = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut this.tcp).poll_read(cx, &mut fresh))?;
            this.waiting.clear();
            this.waiting.extend_from_slice(fresh.filled());
            this.taken = 0;
        }
        let rest = &this.waiting[this.taken..];
        let line = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        let len = line.min(buf.remaining());
        buf.put_slice(&rest[..len]);
        this.taken += len;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Clear {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

//! A connection to the server of a URL.

use std::net::IpAddr;

use browser_model::Url;
use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tower::ServiceExt as _;

use super::limited::Limited;
use super::problem::Problem;
use super::tls::{Tls, is_http2};

/// Resolves host names and connects, to IPv4 and IPv6 alike.
pub(super) struct Connector {
    tcp: HttpConnector,
    tls: Tls,
}

/// A connection.
pub(super) struct Connection {
    /// The address of the server.
    pub(super) server: Option<IpAddr>,
    pub(super) stream: Stream,
}

/// A stream, with the version of HTTP that the server has chosen.
pub(super) enum Stream {
    Http1(Box<dyn Bytes>),
    Http2(Box<TlsStream<Limited<TcpStream>>>),
}

/// Bytes in both directions.
pub(super) trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Bytes for S {}

impl Connector {
    pub(super) fn new(accepts_any_certificate: bool) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Self {
            tcp,
            tls: Tls::new(accepts_any_certificate),
        }
    }

    pub(super) async fn connect(&self, url: &Url) -> Result<Connection, Problem> {
        let stream = self.tcp(url).await?;
        Ok(Connection {
            server: stream.peer_addr().ok().map(|address| address.ip()),
            stream: self.stream(url, Limited::new(stream)).await?,
        })
    }

    async fn stream(&self, url: &Url, stream: Limited<TcpStream>) -> Result<Stream, Problem> {
        if url.scheme() == "http" {
            return Ok(Stream::Http1(Box::new(stream)));
        }
        let stream = self.tls.handshake(url, stream).await?;
        Ok(match is_http2(&stream) {
            true => Stream::Http2(Box::new(stream)),
            false => Stream::Http1(Box::new(stream)),
        })
    }

    async fn tcp(&self, url: &Url) -> Result<TcpStream, Problem> {
        let connected = self.tcp.clone().oneshot(address(url)?).await;
        let stream = connected.map_err(|error| match error.to_string().as_str() {
            "dns error" => Problem::Resolve {
                host: url.host_str().unwrap_or_default().to_owned(),
            },
            _ => Problem::connect(url, &error),
        })?;
        Ok(stream.into_inner())
    }
}

/// The host and port to connect to. As in browsers, `localhost` and every name that ends with
/// `.localhost` is this machine.
fn address(url: &Url) -> Result<Uri, Problem> {
    let host = url.host_str().unwrap_or_default();
    let host = match host.ends_with(".localhost") {
        true => "localhost",
        false => host,
    };
    let port = url.port_or_known_default().unwrap_or(80);
    let uri = format!("{}://{host}:{port}/", url.scheme()).parse();
    uri.map_err(|_| Problem::Unsendable(format!("`{host}` is not a host to connect to")))
}

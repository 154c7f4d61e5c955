//! The URL of a server that runs.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use browser_model::Url;

/// Where requests go.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// All addresses of the host.
    addresses: Vec<SocketAddr>,
    /// The value of `Host`.
    pub(crate) host: String,
    /// The request target.
    pub(crate) target: String,
}

impl Endpoint {
    /// Parses an `http` URL and resolves its host.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| error.to_string())?;
        if url.scheme() != "http" {
            return Err("only http URLs are supported; use the http address of the server".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("no user name or password is sent; remove them from the URL".into());
        }
        let addresses = url
            .socket_addrs(|| None)
            .map_err(|error| error.to_string())?;
        let host = url.host_str().ok_or("it has no host")?;
        let port = url.port().map(|port| format!(":{port}"));
        let query = url.query().map(|query| format!("?{query}"));
        Ok(Self {
            addresses,
            host: format!("{host}{}", port.unwrap_or_default()),
            target: format!("{}{}", url.path(), query.unwrap_or_default()),
        })
    }

    /// The first address that accepts a connection. A server may listen only on the IPv4 address of a name, or only on
    /// its IPv6 address.
    pub(crate) fn address(&self, limit: Duration) -> Result<SocketAddr, String> {
        let mut last = io::Error::other("the host has no address");
        for address in &self.addresses {
            match TcpStream::connect_timeout(address, limit) {
                Ok(_) => return Ok(*address),
                Err(error) => last = error,
            }
        }
        Err(format!(
            "cannot connect to {}: {last}; start the server, or correct --url",
            self.host
        ))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by a panic")]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    #[test]
    fn host_has_the_form_that_browsers_send() {
        for (url, host) in [
            ("http://127.0.0.1/items", "127.0.0.1"),
            ("http://127.0.0.1:80", "127.0.0.1"),
            ("http://127.0.0.1:8000", "127.0.0.1:8000"),
            ("http://[::1]:8000", "[::1]:8000"),
        ] {
            assert_eq!(Endpoint::parse(url).unwrap().host, host);
        }
    }

    #[test]
    fn the_first_address_that_accepts_connections_is_used() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let open = listener.local_addr().unwrap();
        let closed = SocketAddr::from(([127, 0, 0, 2], open.port()));
        let endpoint = Endpoint {
            addresses: vec![closed, open],
            ..Endpoint::parse("http://127.0.0.1").unwrap()
        };
        assert_eq!(endpoint.address(LIMIT), Ok(open));
        let none = Endpoint {
            addresses: vec![closed],
            ..endpoint
        };
        let problem = none.address(LIMIT).unwrap_err();
        assert!(
            problem.starts_with("cannot connect to 127.0.0.1: "),
            "{problem}"
        );
    }
}

//! The URL of a server that runs.

use std::net::SocketAddr;

use browser_model::Url;

/// Where requests go.
#[derive(Clone)]
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
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
        let addresses = url
            .socket_addrs(|| None)
            .map_err(|error| error.to_string())?;
        let address = addresses.first().ok_or("the host has no address")?;
        let query = url.query().map(|query| format!("?{query}"));
        Ok(Self {
            address: *address,
            host: url.authority().to_owned(),
            target: format!("{}{}", url.path(), query.unwrap_or_default()),
        })
    }
}

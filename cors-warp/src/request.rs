//! A request of warp as the core sees it.

use cors_core::http::request_header_name;
use cors_core::{RequestHead, RequestHeader};
use http::HeaderValue;
use std::cell::Cell;
use warp::host::Authority;
use warp::log::Info;

/// The authority of a request.
#[derive(Default)]
pub(crate) enum Host {
    /// Not looked up yet, because warp copies it.
    #[default]
    Unknown,
    /// The authority of the target or of the `Host` line. `None` if there is none, or if the two differ.
    Known(Option<Authority>),
}

/// The head of a request.
pub(crate) struct RequestView<'a> {
    info: &'a Info<'a>,
    host: Host,
    /// Whether the core has asked for the host while it was unknown.
    lacks_host: Cell<bool>,
}

impl<'a> RequestView<'a> {
    pub(crate) fn new(info: &'a Info<'a>, host: Host) -> Self {
        Self {
            info,
            host,
            lacks_host: Cell::new(false),
        }
    }

    pub(crate) fn lacks_host(&self) -> bool {
        self.lacks_host.get()
    }
}

impl RequestHead for RequestView<'_> {
    fn method(&self) -> &[u8] {
        self.info.method().as_str().as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        let (authority, skipped) = match (header, &self.host) {
            // The authority is that of the first `Host` line. Further lines follow it.
            (RequestHeader::Host, Host::Known(Some(authority))) => (Some(authority), 1),
            (RequestHeader::Host, Host::Known(None)) => (None, usize::MAX),
            (RequestHeader::Host, Host::Unknown) => {
                self.lacks_host.set(true);
                (None, 0)
            }
            _ => (None, 0),
        };
        let name = request_header_name(header);
        let lines = self.info.request_headers().get_all(name);
        let authority = authority.map(|authority| authority.as_str().as_bytes());
        authority
            .into_iter()
            .chain(lines.iter().skip(skipped).map(HeaderValue::as_bytes))
    }
}

//! From what warp lends of a request to the core's view of it.

use cors_core::http::request_header_name;
use cors_core::{RequestHead, RequestHeader};
use http::HeaderValue;
use std::cell::Cell;
use warp::host::Authority;
use warp::log::Info;

/// Which authority a request is for.
#[derive(Default)]
pub(crate) enum Host {
    /// Not looked at: warp copies it.
    #[default]
    Unknown,
    /// That of the target or the `Host` line; `None` if there is none, or each names another.
    Known(Option<Authority>),
}

pub(crate) struct Head<'a> {
    info: &'a Info<'a>,
    host: Host,
    /// The core has asked for the host while it was unknown.
    lacks_host: Cell<bool>,
}

impl<'a> Head<'a> {
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

impl RequestHead for Head<'_> {
    fn method(&self) -> &[u8] {
        self.info.method().as_str().as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        let (authority, skipped) = match (header, &self.host) {
            // The authority agrees with the first `Host` line; further ones are nobody's.
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

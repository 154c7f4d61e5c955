//! From what warp lends of a request to the core's view of it, and from there to the next step.

use cors_core::http::{Forward, HttpReady, Step};
use cors_core::{ReadyPolicies, RequestHead, RequestHeader};
use http::{HeaderValue, Response};
use std::cell::Cell;
use warp::host::Authority;
use warp::log::Info;

/// What to do with a request.
pub(crate) enum Next {
    /// Send this; the routes are not called.
    Answer(Response<&'static str>),
    /// Call the routes, then put the headers on their reply; `None`: no policy is for this request.
    Forward(Option<Forward>),
}

/// Which authority a request is for.
#[derive(Default)]
pub(crate) enum Host {
    /// Not looked at: warp copies it.
    #[default]
    Unknown,
    /// That of the target or the `Host` line; `None` if there is none, or each names another.
    Known(Option<Authority>),
}

/// `None`: that depends on the host, which is unknown.
pub(crate) fn next(
    policies: &ReadyPolicies<HttpReady>,
    info: &Info<'_>,
    host: Host,
) -> Option<Next> {
    let Some(ready) = policies.find(info.path()) else {
        return Some(Next::Forward(None));
    };
    let head = Head {
        info,
        host,
        lacks_host: Cell::new(false),
    };
    let step = ready.step(&head, info.request_headers());
    if head.lacks_host.get() {
        return None;
    }
    Some(match step {
        Step::Answer(answer) => Next::Answer(answer),
        Step::Forward(forward) => Next::Forward(Some(forward)),
    })
}

struct Head<'a> {
    info: &'a Info<'a>,
    host: Host,
    /// The core has asked for the host while it was unknown.
    lacks_host: Cell<bool>,
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
        let lines = self.info.request_headers().get_all(header.name());
        let authority = authority.map(|authority| authority.as_str().as_bytes());
        authority
            .into_iter()
            .chain(lines.iter().skip(skipped).map(HeaderValue::as_bytes))
    }
}

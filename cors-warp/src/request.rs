//! A request of warp as the core sees it.

use cors_core::http::request_header_name;
use cors_core::{RequestHead, RequestHeader};
use http::{HeaderMap, HeaderValue, Method};
use std::cell::Cell;
use warp::host::Authority;

/// The authority of a request.
#[derive(Debug, Default)]
pub(crate) enum Host {
    /// Not looked up yet, because warp copies it.
    #[default]
    Unknown,
    /// The authority of the target or of the `Host` line. `None` if there is none, or if the two differ.
    Known(Option<Authority>),
}

/// The head of a request, for [`Policy::decide`](crate::Policy::decide) and
/// [`Policy::explain`](crate::Policy::explain).
///
/// A log around the whole application sees every request, preflights included:
///
/// ```
/// use cors_warp::{Policy, RequestView};
/// use warp::{Filter, log::Info};
///
/// fn why(policy: &Policy, info: &Info<'_>) -> String {
///     let view = RequestView::new(info.method(), info.request_headers());
///     policy.explain(policy.decide(&view), &view)
/// }
///
/// # let policy = cors_warp::Config::new().allow_origins(["https://example.com"]).build()?;
/// # let cors = cors_warp::Cors::new(policy.clone());
/// # let routes = warp::path("hello").map(|| "hello");
/// let log = warp::log::custom(move |info| eprintln!("{}", why(&policy, &info)));
/// let app = cors.wrap(routes).with(log);
/// # let _ = app;
/// # Ok::<(), cors_warp::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct RequestView<'a> {
    method: &'a Method,
    headers: &'a HeaderMap,
    host: Host,
    /// Whether the core has asked for the host while it was unknown.
    lacks_host: Cell<bool>,
}

impl<'a> RequestView<'a> {
    /// The head of a request with this method and these headers. A handler gets them from
    /// `warp::method()` and `warp::header::headers_cloned()`, a log from its `Info`.
    ///
    /// The host is that of the `Host` lines, which requests in HTTP/2 do not have: see
    /// [`with_host`](Self::with_host).
    pub fn new(method: &'a Method, headers: &'a HeaderMap) -> Self {
        Self {
            method,
            headers,
            host: Host::Unknown,
            lacks_host: Cell::new(false),
        }
    }

    /// Sets the host, as `warp::host::optional()` finds it: in the target, or in the first `Host` line.
    /// Only policies that check the host, block refused origins or apply to certain hosts depend on it.
    #[must_use]
    pub fn with_host(self, host: Option<Authority>) -> Self {
        self.with(Host::Known(host))
    }

    pub(crate) fn with(self, host: Host) -> Self {
        Self { host, ..self }
    }

    pub(crate) fn lacks_host(&self) -> bool {
        self.lacks_host.get()
    }
}

impl RequestHead for RequestView<'_> {
    fn method(&self) -> &[u8] {
        self.method.as_str().as_bytes()
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
        let lines = self.headers.get_all(name);
        let authority = authority.map(|authority| authority.as_str().as_bytes());
        authority
            .into_iter()
            .chain(lines.iter().skip(skipped).map(HeaderValue::as_bytes))
    }

    /// warp finds no host if the two differ.
    fn host_contradicts_target(&self) -> bool {
        false
    }
}

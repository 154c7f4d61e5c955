//! A request of actix-web as the core sees it.

use crate::headers::request_header_name;
use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use cors_core::{RequestHead, RequestHeader, host_contradicts, requested_header_names};
use std::borrow::Cow;
use std::slice;

/// The head of a request, for [`Policy::decide`](crate::Policy::decide) and
/// [`Policy::explain`](crate::Policy::explain).
///
/// ```
/// use actix_web::HttpRequest;
/// use cors_actix::{Policy, RequestView};
///
/// fn why(policy: &Policy, request: &HttpRequest) -> String {
///     let view = RequestView::new(request); // in a middleware: `service_request.request()`
///     policy.explain(policy.decide(&view), &view)
/// }
/// # let policy = cors_actix::Config::new().allow_origins(["https://example.com"]).build()?;
/// # let request = actix_web::test::TestRequest::get().insert_header(("origin", "https://example.com"));
/// # assert_eq!(why(&policy, &request.to_http_request()), "origin `https://example.com` is allowed");
/// # Ok::<(), cors_actix::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RequestView<'a> {
    request: &'a HttpRequest,
    /// The lines of `Origin`. They are read more than once.
    origin: slice::Iter<'a, HeaderValue>,
}

impl<'a> RequestView<'a> {
    /// The head of `request`.
    #[inline]
    pub fn new(request: &'a HttpRequest) -> Self {
        Self {
            request,
            origin: request
                .headers()
                .get_all(request_header_name(RequestHeader::Origin)),
        }
    }

    /// The first line of `Origin`.
    #[inline]
    pub(crate) fn origin(&self) -> Option<&'a HeaderValue> {
        self.origin.as_slice().first()
    }

    /// The value of `Access-Control-Allow-Headers` if it repeats the requested names.
    pub(crate) fn requested_headers(&self) -> Option<HeaderValue> {
        match requested_header_names(self)? {
            Cow::Borrowed(_) => {
                let name = request_header_name(RequestHeader::AccessControlRequestHeaders);
                self.request.headers().get(name).cloned()
            }
            Cow::Owned(names) => HeaderValue::try_from(names).ok(),
        }
    }
}

impl RequestHead for RequestView<'_> {
    #[inline]
    fn method(&self) -> &[u8] {
        self.request.method().as_str().as_bytes()
    }

    #[inline]
    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        // In HTTP/2 the authority is in the target. In HTTP/1, the target also takes precedence over `Host`
        // (RFC 9112, section 3.2.2).
        let authority = match header {
            RequestHeader::Host => self.request.uri().authority(),
            _ => None,
        };
        let lines = match header {
            RequestHeader::Origin => self.origin.clone(),
            _ if authority.is_some() => [].iter(),
            _ => self.request.headers().get_all(request_header_name(header)),
        };
        // Cheaper than `chain`, which checks twice for a line that does not exist.
        let mut authority = authority.map(|authority| authority.as_str().as_bytes());
        let mut lines = lines.map(HeaderValue::as_bytes);
        std::iter::from_fn(move || lines.next().or_else(|| authority.take()))
    }

    fn host_contradicts_target(&self) -> bool {
        self.request.uri().authority().is_some_and(|authority| {
            let name = request_header_name(RequestHeader::Host);
            let lines = self.request.headers().get_all(name);
            host_contradicts(
                authority.as_str().as_bytes(),
                lines.map(HeaderValue::as_bytes),
            )
        })
    }
}

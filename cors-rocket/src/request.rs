//! A request of Rocket as the core sees it.

use cors_core::{RequestHead, RequestHeader};
use rocket::Request;
use rocket::http::uri::Host;
use std::cell::OnceCell;
use std::fmt::{self, Write};

/// The head of a request, for [`Policy::decide`](crate::Policy::decide) and
/// [`Policy::explain`](crate::Policy::explain).
///
/// ```
/// use cors_rocket::{Policy, RequestView};
/// use rocket::Request;
///
/// fn why(policy: &Policy, request: &Request<'_>) -> String {
///     let view = RequestView::new(request);
///     policy.explain(policy.decide(&view), &view)
/// }
/// ```
#[derive(Debug)]
pub struct RequestView<'r, 'a> {
    request: &'r Request<'a>,
    /// Rocket does not have the authority as text, so it is written when it is needed.
    authority: OnceCell<String>,
}

impl<'r, 'a> RequestView<'r, 'a> {
    /// The head of `request`.
    pub fn new(request: &'r Request<'a>) -> Self {
        Self {
            request,
            authority: OnceCell::new(),
        }
    }
}

impl RequestHead for RequestView<'_, '_> {
    fn method(&self) -> &[u8] {
        self.request.method().as_str().as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        let headers = self.request.headers();
        // HTTP/2 has no `Host` line. Rocket returns the authority of the target as the host.
        let host = match header {
            RequestHeader::Host if !headers.contains(header.name()) => self.request.host(),
            _ => None,
        };
        let authority = host.map(|host| self.authority.get_or_init(|| host.to_string()).as_str());
        headers
            .get(header.name())
            .chain(authority)
            .map(str::as_bytes)
    }

    /// In HTTP/1, the host of Rocket is what it reads in the first `Host` line. It does not show the
    /// authority of a target in absolute form, neither here nor to the application.
    fn host_contradicts_target(&self) -> bool {
        let mut lines = self.request.headers().get(RequestHeader::Host.name());
        let host = self.request.host();
        host.is_some_and(|host| lines.any(|line| !is_written_as(host, line)))
    }
}

/// Whether `host` as text is `text`, in any case.
fn is_written_as(host: &Host<'_>, text: &str) -> bool {
    let mut rest = Rest(text);
    write!(rest, "{host}").is_ok() && rest.0.is_empty()
}

/// A text without what was written. Writing something else is an error.
struct Rest<'a>(&'a str);

impl Write for Rest<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let (start, rest) = self.0.split_at_checked(part.len()).ok_or(fmt::Error)?;
        if !start.eq_ignore_ascii_case(part) {
            return Err(fmt::Error);
        }
        self.0 = rest;
        Ok(())
    }
}

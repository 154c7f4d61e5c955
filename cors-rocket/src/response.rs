//! The responses of the middleware, and the headers of a response of Rocket as the core sees them.

use crate::request::RequestView;
use cors_core::{
    EarlyResponse, Echo, RenderedPolicy, RequestHeader, ResponseHeader, ResponseHeaders,
    requested_header_names,
};
use rocket::http::{Header, Status};
use rocket::{Request, Response};
use std::borrow::Cow;
use std::io::Cursor;

/// An early response, without its CORS headers. [`apply`] writes those, as on every response.
pub(crate) fn early_response(early: EarlyResponse) -> Response<'static> {
    let mut response = Response::new();
    response.set_status(Status::new(early.status));
    if let Some(text) = early.content_type() {
        response.set_header(Header::new("Content-Type", text));
        response.set_sized_body(early.body.len(), Cursor::new(early.body));
    }
    response
}

/// Replaces the CORS headers of a response, and adds to its `Vary` the request headers that they depend on. The
/// values are borrowed.
pub(crate) fn apply<'r>(
    policy: &'r RenderedPolicy<String>,
    request: &'r Request<'_>,
    response: &mut Response<'r>,
) {
    let head = RequestView::new(request);
    let line = |header: RequestHeader| request.headers().get_one(header.name());
    let echo = Echo {
        origin: || line(RequestHeader::Origin).map(Cow::from),
        requested_headers: || match requested_header_names(&head)? {
            // The only line, which lives as long as the request.
            Cow::Borrowed(_) => line(RequestHeader::AccessControlRequestHeaders).map(Cow::from),
            Cow::Owned(names) => Some(Cow::from(names)),
        },
    };
    policy.apply(policy.verdict(&head), &mut Headers(response), echo);
}

struct Headers<'h, 'r>(&'h mut Response<'r>);

impl<'r> ResponseHeaders<'r> for Headers<'_, 'r> {
    type Rendered = String;
    type Value = Cow<'r, str>;

    fn to_value(rendered: &'r String) -> Cow<'r, str> {
        Cow::from(rendered)
    }

    fn for_each_name(&self, mut f: impl FnMut(&str)) {
        for line in self.0.headers().iter() {
            f(line.name.as_str());
        }
    }

    fn lines(&self, header: ResponseHeader) -> impl Iterator<Item = &[u8]> {
        self.0.headers().get(header.name()).map(str::as_bytes)
    }

    fn remove(&mut self, header: ResponseHeader) {
        self.0.remove_header(header.name());
    }

    fn set(&mut self, header: ResponseHeader, value: Cow<'r, str>) {
        self.0.set_raw_header(header.name(), value);
    }

    fn append(&mut self, header: ResponseHeader, value: Cow<'r, str>) {
        self.0.adjoin_raw_header(header.name(), value);
    }
}

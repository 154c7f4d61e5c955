//! From a Rocket request to what the core reads, and from the core's answer to a Rocket response.

use cors_core::{
    ANSWER_CONTENT_TYPE, Answer, Change, Ready, RequestHead, RequestHeader, ResponseHeader,
    requested_header_names, vary_names_origin,
};
use rocket::http::{Header, Status};
use rocket::{Request, Response};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::Cursor;

/// A request as the core sees it.
pub(crate) struct Head<'r, 'a> {
    request: &'r Request<'a>,
    /// Rocket has no text of the authority to lend, so it is made when it is asked for.
    authority: OnceCell<String>,
}

impl<'r, 'a> Head<'r, 'a> {
    pub(crate) fn new(request: &'r Request<'a>) -> Self {
        Self {
            request,
            authority: OnceCell::new(),
        }
    }
}

impl RequestHead for Head<'_, '_> {
    fn method(&self) -> &[u8] {
        self.request.method().as_str().as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        let headers = self.request.headers();
        // HTTP/2 has no `Host` line. The authority of its target is what Rocket calls the host.
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
}

/// The response for an answer of the middleware, without its CORS headers.
pub(crate) fn response(answer: Answer) -> Response<'static> {
    let mut response = Response::new();
    response.set_status(Status::new(answer.status));
    if !answer.body.is_empty() {
        response.set_header(Header::new("Content-Type", ANSWER_CONTENT_TYPE));
        response.set_sized_body(answer.body.len(), Cursor::new(answer.body));
    }
    response
}

/// Puts the CORS headers on a response, in place of its own. Their values are lent, not copied.
pub(crate) fn write<'r>(
    ready: &'r Ready<String>,
    request: &'r Request<'_>,
    response: &mut Response<'r>,
) {
    let head = Head::new(request);
    let decision = ready.verdict(&head);
    let (mut has_cors, mut has_vary) = (false, false);
    for line in response.headers().iter() {
        has_cors |= ResponseHeader::is_cors(line.name.as_str());
        has_vary |= line.name == ResponseHeader::Vary.name();
    }
    if has_cors {
        for header in ResponseHeader::CORS {
            response.remove_header(header.name());
        }
    }
    ready.write(decision, |header, change| {
        let name = header.name();
        let value = match change {
            Change::Set(value) => Some(Cow::from(value)),
            Change::SetRequestOrigin => request
                .headers()
                .get_one(RequestHeader::Origin.name())
                .map(Cow::from),
            Change::SetRequestedHeaders => requested_header_names(&head).map(Cow::from),
            Change::Merge(value) => {
                let lines = || response.headers().get(name).map(str::as_bytes);
                if !has_vary || !vary_names_origin(lines()) {
                    response.adjoin_raw_header(name, value);
                }
                return;
            }
        };
        if let Some(value) = value {
            response.set_raw_header(name, value);
        }
    });
}

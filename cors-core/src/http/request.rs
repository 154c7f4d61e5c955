//! `http::Request` and its `Parts` as the head of a request.

use super::request_header_name;
use crate::request::{RequestHead, RequestHeader, host_contradicts};
use http::header::{HeaderMap, HeaderValue, ValueIter};
use http::request::Parts;
use http::{Request, Uri};

impl<B> RequestHead for Request<B> {
    fn method(&self) -> &[u8] {
        Request::method(self).as_str().as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        lines(self.uri(), self.headers(), header)
    }

    fn host_contradicts_target(&self) -> bool {
        host_contradicts_target(self.uri(), self.headers())
    }
}

/// The head of a request without its body, as in an extractor.
impl RequestHead for Parts {
    fn method(&self) -> &[u8] {
        self.method.as_str().as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        lines(&self.uri, &self.headers, header)
    }

    fn host_contradicts_target(&self) -> bool {
        host_contradicts_target(&self.uri, &self.headers)
    }
}

#[inline]
fn lines<'a>(uri: &'a Uri, headers: &'a HeaderMap, header: RequestHeader) -> AuthorityOrLines<'a> {
    // In HTTP/2 the target has the authority. In HTTP/1, too, an authority in the target overrides
    // `Host` (RFC 9112, section 3.2.2).
    let authority = match header {
        RequestHeader::Host => uri.authority(),
        _ => None,
    };
    let lines = match authority {
        Some(_) => None,
        None => Some(headers.get_all(request_header_name(header)).iter()),
    };
    AuthorityOrLines {
        authority: authority.map(|authority| authority.as_str().as_bytes()),
        lines,
    }
}

fn host_contradicts_target(uri: &Uri, headers: &HeaderMap) -> bool {
    uri.authority().is_some_and(|authority| {
        let lines = headers.get_all(request_header_name(RequestHeader::Host));
        let lines = lines.iter().map(HeaderValue::as_bytes);
        host_contradicts(authority.as_str().as_bytes(), lines)
    })
}

/// The authority, or the lines of a map. `chain` and `flatten` cost three times as much.
struct AuthorityOrLines<'a> {
    authority: Option<&'a [u8]>,
    lines: Option<ValueIter<'a, HeaderValue>>,
}

impl<'a> Iterator for AuthorityOrLines<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        match &mut self.lines {
            Some(lines) => lines.next().map(HeaderValue::as_bytes),
            None => self.authority.take(),
        }
    }
}

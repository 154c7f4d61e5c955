//! `http::Request` as the head of a request.

use super::request_header_name;
use crate::request::{RequestHead, RequestHeader, host_contradicts};
use http::Request;
use http::header::{HeaderValue, ValueIter};

impl<B> RequestHead for Request<B> {
    fn method(&self) -> &[u8] {
        Request::method(self).as_str().as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        // In HTTP/2 the target has the authority. In HTTP/1, too, an authority in the target overrides
        // `Host` (RFC 9112, section 3.2.2).
        let authority = match header {
            RequestHeader::Host => self.uri().authority(),
            _ => None,
        };
        let lines = match authority {
            Some(_) => None,
            None => Some(self.headers().get_all(request_header_name(header)).iter()),
        };
        AuthorityOrLines {
            authority: authority.map(|authority| authority.as_str().as_bytes()),
            lines,
        }
    }

    fn host_contradicts_target(&self) -> bool {
        self.uri().authority().is_some_and(|authority| {
            let lines = self.headers().get_all(request_header_name(RequestHeader::Host));
            let lines = lines.iter().map(HeaderValue::as_bytes);
            host_contradicts(authority.as_str().as_bytes(), lines)
        })
    }
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

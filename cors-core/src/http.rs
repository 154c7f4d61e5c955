//! The glue for adapters whose framework speaks `http` 1.x types: axum, tower, warp.

use crate::decision::Decision;
use crate::policies::{Policies, ReadyPolicies};
use crate::ready::{ANSWER_CONTENT_TYPE, Change, Ready, ResponseHeader, vary_names_origin};
use crate::request::{RequestHead, RequestHeader};
use crate::requested_header_names;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};

impl<B> RequestHead for Request<B> {
    fn method(&self) -> &[u8] {
        Request::method(self).as_str().as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        // HTTP/2 has the authority in the target, and RFC 9112, section 3.2.2, prefers it too.
        let authority = match header {
            RequestHeader::Host => self
                .uri()
                .authority()
                .map(|authority| authority.as_str().as_bytes()),
            _ => None,
        };
        let name = match (header, authority) {
            (RequestHeader::Host, Some(_)) => None,
            _ => Some(request_header_name(header)),
        };
        let lines = name.map(|name| {
            self.headers()
                .get_all(name)
                .iter()
                .map(HeaderValue::as_bytes)
        });
        authority.into_iter().chain(lines.into_iter().flatten())
    }
}

impl ReadyPolicies<HeaderValue> {
    /// Renders the values of all policies.
    #[must_use]
    pub fn for_http(policies: impl Into<Policies>) -> Self {
        #[expect(clippy::expect_used, reason = "a policy holds tokens and numbers only")]
        Self::new(policies, HeaderValue::from_str).expect("visible ASCII is a header value")
    }
}

impl Ready<HeaderValue> {
    /// Decides about the request with this head and these headers: an answer to send now, or the
    /// headers for the response to come.
    pub fn step<R: RequestHead + ?Sized>(&self, head: &R, headers: &HeaderMap) -> Step {
        let decision = self.policy().decide(head);
        let Some(answer) = self.answer(decision) else {
            return Step::Forward(Forward::new(decision, headers));
        };
        let mut response = Response::new(answer.body);
        *response.status_mut() =
            StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // The framework adds its own length and date.
        let mut answer_headers = HeaderMap::with_capacity(8);
        if !answer.body.is_empty() {
            let text = HeaderValue::from_static(ANSWER_CONTENT_TYPE);
            answer_headers.insert(header::CONTENT_TYPE, text);
        }
        self.apply(
            decision,
            headers.get(header::ORIGIN),
            &mut answer_headers,
            || HeaderValue::from_str(&requested_header_names(head)?).ok(),
        );
        *response.headers_mut() = answer_headers;
        Step::Answer(response)
    }

    fn apply(
        &self,
        decision: Decision,
        origin: Option<&HeaderValue>,
        headers: &mut HeaderMap,
        requested: impl Fn() -> Option<HeaderValue>,
    ) {
        self.write(decision, |header, change| {
            let name = response_header_name(header);
            let value = match change {
                Change::Set(value) => Some(value.clone()),
                Change::SetRequestOrigin => origin.cloned(),
                Change::SetRequestedHeaders => requested(),
                Change::Remove => None,
                Change::Merge(value) => {
                    let lines = headers.get_all(&name).iter().map(HeaderValue::as_bytes);
                    if !vary_names_origin(lines) {
                        headers.append(name, value.clone());
                    }
                    return;
                }
            };
            match value {
                Some(value) => drop(headers.insert(name, value)),
                None => drop(headers.remove(name)),
            }
        });
    }
}

/// What to do with a request.
#[derive(Debug)]
pub enum Step {
    /// Send this; the application is not called.
    Answer(Response<&'static str>),
    /// Call the application, then [`finish`](Forward::finish) its response.
    Forward(Forward),
}

/// What is kept of a request while the application answers it.
#[derive(Clone, Debug)]
pub struct Forward {
    decision: Decision,
    origin: Option<HeaderValue>,
}

impl Forward {
    fn new(decision: Decision, headers: &HeaderMap) -> Self {
        let origin = match decision {
            Decision::Actual(Ok(())) => headers.get(header::ORIGIN).cloned(),
            _ => None,
        };
        Self { decision, origin }
    }

    /// Puts the CORS headers on the application's response, in place of its own.
    pub fn finish(&self, ready: &Ready<HeaderValue>, headers: &mut HeaderMap) {
        ready.apply(self.decision, self.origin.as_ref(), headers, || None);
    }
}

fn request_header_name(header: RequestHeader) -> HeaderName {
    match header {
        RequestHeader::Origin => header::ORIGIN,
        RequestHeader::AccessControlRequestMethod => header::ACCESS_CONTROL_REQUEST_METHOD,
        RequestHeader::AccessControlRequestHeaders => header::ACCESS_CONTROL_REQUEST_HEADERS,
        RequestHeader::Host => header::HOST,
        RequestHeader::SecFetchSite => HeaderName::from_static("sec-fetch-site"),
    }
}

fn response_header_name(header: ResponseHeader) -> HeaderName {
    match header {
        ResponseHeader::AllowOrigin => header::ACCESS_CONTROL_ALLOW_ORIGIN,
        ResponseHeader::AllowCredentials => header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        ResponseHeader::AllowMethods => header::ACCESS_CONTROL_ALLOW_METHODS,
        ResponseHeader::AllowHeaders => header::ACCESS_CONTROL_ALLOW_HEADERS,
        ResponseHeader::MaxAge => header::ACCESS_CONTROL_MAX_AGE,
        ResponseHeader::ExposeHeaders => header::ACCESS_CONTROL_EXPOSE_HEADERS,
        ResponseHeader::Vary => header::VARY,
    }
}

//! From actix's request to the core's view of it, and from the core's answer to actix's response.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};
use cors_core::{
    ANSWER_CONTENT_TYPE, Change, Decision, Ready, RequestHead, RequestHeader, ResponseHeader,
    requested_header_names, vary_names_origin,
};
use std::borrow::Cow;
use std::slice;
use std::sync::Arc;

/// What to do with a request.
pub(crate) enum Step {
    /// Send this; the application is not called.
    Answer(HttpResponse),
    /// Call the application, then [`finish`](Forward::finish) its response.
    Forward(Forward),
}

/// What is kept while the application answers: not the request, which actix's routing must own alone.
#[derive(Clone)]
pub(crate) struct Forward {
    ready: Arc<Ready<HeaderValue>>,
    decision: Decision,
    origin: Option<HeaderValue>,
}

impl Step {
    /// Decides about `request`.
    pub(crate) fn of(request: &ServiceRequest, ready: &Arc<Ready<HeaderValue>>) -> Self {
        let head = Head {
            request,
            origin: request.headers().get_all(&ORIGIN),
        };
        let decision = ready.verdict(&head);
        let origin = head.origin.as_slice().first();
        let Some(answer) = ready.answer(decision) else {
            let is_allowed = decision == Decision::Actual(Ok(()));
            return Self::Forward(Forward {
                ready: Arc::clone(ready),
                decision,
                origin: origin.filter(|_| is_allowed).cloned(),
            });
        };
        let status =
            StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::with_body(status, BoxBody::new(answer.body));
        if !answer.body.is_empty() {
            let text = HeaderValue::from_static(ANSWER_CONTENT_TYPE);
            response.headers_mut().append(header::CONTENT_TYPE, text);
        }
        apply(
            ready,
            decision,
            || origin.cloned(),
            response.headers_mut(),
            false,
            || HeaderValue::from_str(&requested_header_names(&head)?).ok(),
        );
        Self::Answer(response)
    }
}

impl Forward {
    /// Puts the CORS headers on the application's response, in place of its own.
    pub(crate) fn finish(&mut self, headers: &mut HeaderMap) {
        let (mut has_cors, mut has_vary) = (false, false);
        for name in headers.keys() {
            has_cors |= ResponseHeader::is_cors(name.as_str());
            has_vary |= *name == VARY;
        }
        if has_cors {
            for header in ResponseHeader::CORS {
                headers.remove(response_header_name(header));
            }
        }
        let origin = || self.origin.take();
        apply(
            &self.ready,
            self.decision,
            origin,
            headers,
            has_vary,
            || None,
        );
    }
}

struct Head<'a> {
    request: &'a ServiceRequest,
    /// The lines of `Origin`, which are asked for more than once.
    origin: slice::Iter<'a, HeaderValue>,
}

impl RequestHead for Head<'_> {
    fn method(&self) -> &[u8] {
        self.request.method().as_str().as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        // HTTP/2 has the authority in the target, and RFC 9112, section 3.2.2, prefers it too.
        let authority = match header {
            RequestHeader::Host => self.request.uri().authority(),
            _ => None,
        };
        let lines = match header {
            RequestHeader::Origin => self.origin.clone(),
            _ if authority.is_some() => [].iter(),
            _ => self.request.headers().get_all(request_header_name(header)),
        };
        // `chain` costs more, and is asked twice for a line that is not there.
        let mut authority = authority.map(|authority| authority.as_str().as_bytes());
        let mut lines = lines.map(HeaderValue::as_bytes);
        std::iter::from_fn(move || lines.next().or_else(|| authority.take()))
    }
}

/// Makes the changes for a decision on headers without any of the CORS protocol. `origin` is called
/// once at most.
fn apply(
    ready: &Ready<HeaderValue>,
    decision: Decision,
    mut origin: impl FnMut() -> Option<HeaderValue>,
    headers: &mut HeaderMap,
    has_vary: bool,
    requested: impl Fn() -> Option<HeaderValue>,
) {
    ready.write(decision, |header, change| {
        let value = match change {
            Change::Set(value) => Some(value.clone()),
            Change::SetRequestOrigin => origin(),
            Change::SetRequestedHeaders => requested(),
            Change::Merge(value) => {
                let lines = || headers.get_all(&VARY).map(HeaderValue::as_bytes);
                if !has_vary || !vary_names_origin(lines()) {
                    headers.append(header::VARY, value.clone());
                }
                return;
            }
        };
        if let Some(value) = value {
            // It moves less than `insert`, which gives back what was there.
            headers.append(response_header_name(header), value);
        }
    });
}

/// A value of a policy.
pub(crate) fn header_value(text: Cow<'static, str>) -> Result<HeaderValue, InvalidHeaderValue> {
    match text {
        Cow::Borrowed(text) => Ok(HeaderValue::from_static(text)),
        Cow::Owned(text) => HeaderValue::try_from(text),
    }
}

// A constant would be made, and dropped, for every look-up.
static ORIGIN: HeaderName = header::ORIGIN;
static REQUEST_METHOD: HeaderName = header::ACCESS_CONTROL_REQUEST_METHOD;
static REQUEST_HEADERS: HeaderName = header::ACCESS_CONTROL_REQUEST_HEADERS;
static HOST: HeaderName = header::HOST;
static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
static VARY: HeaderName = header::VARY;

fn request_header_name(header: RequestHeader) -> &'static HeaderName {
    match header {
        RequestHeader::Origin => &ORIGIN,
        RequestHeader::AccessControlRequestMethod => &REQUEST_METHOD,
        RequestHeader::AccessControlRequestHeaders => &REQUEST_HEADERS,
        RequestHeader::Host => &HOST,
        RequestHeader::SecFetchSite => &SEC_FETCH_SITE,
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

//! From actix's request to the core's view of it, and from the core's answer to actix's response.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use cors_core::{
    ANSWER_CONTENT_TYPE, Change, Decision, Ready, RequestHead, RequestHeader,
    requested_header_names, vary_names_origin,
};
use std::sync::Arc;

/// What to do with a request.
pub(crate) enum Step {
    /// Send this; the application is not called.
    Answer(HttpResponse),
    /// Call the application, then [`finish`](Forward::finish) its response.
    Forward(Forward),
}

/// What is kept while the application answers: not the request, which actix's routing must own alone.
pub(crate) struct Forward {
    ready: Arc<Ready<HeaderValue>>,
    decision: Decision,
    origin: Option<HeaderValue>,
}

impl Step {
    /// Decides about `request`.
    pub(crate) fn of(request: &ServiceRequest, ready: &Arc<Ready<HeaderValue>>) -> Self {
        let head = Head(request);
        let decision = ready.policy().decide(&head);
        let origin = request.headers().get(header::ORIGIN);
        let Some(answer) = ready.answer(decision) else {
            return Self::Forward(Forward {
                ready: Arc::clone(ready),
                decision,
                origin: origin.cloned(),
            });
        };
        let status =
            StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::with_body(status, BoxBody::new(answer.body));
        if !answer.body.is_empty() {
            let text = HeaderValue::from_static(ANSWER_CONTENT_TYPE);
            response.headers_mut().insert(header::CONTENT_TYPE, text);
        }
        apply(ready, decision, origin, response.headers_mut(), || {
            HeaderValue::from_str(&requested_header_names(&head)?).ok()
        });
        Self::Answer(response)
    }
}

impl Forward {
    /// Puts the CORS headers on the application's response, in place of its own.
    pub(crate) fn finish(&self, headers: &mut HeaderMap) {
        apply(
            &self.ready,
            self.decision,
            self.origin.as_ref(),
            headers,
            || None,
        );
    }
}

struct Head<'a>(&'a ServiceRequest);

impl RequestHead for Head<'_> {
    fn method(&self) -> &[u8] {
        self.0.method().as_str().as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        // HTTP/2 has the authority in the target, and RFC 9112, section 3.2.2, prefers it too.
        let authority = match header {
            RequestHeader::Host => self.0.uri().authority(),
            _ => None,
        };
        let lines = match authority {
            Some(_) => [].iter(),
            None => {
                let name = HeaderName::from_static(header.name());
                self.0.headers().get_all(name)
            }
        };
        let authority = authority.map(|authority| authority.as_str().as_bytes());
        authority
            .into_iter()
            .chain(lines.map(HeaderValue::as_bytes))
    }
}

fn apply(
    ready: &Ready<HeaderValue>,
    decision: Decision,
    origin: Option<&HeaderValue>,
    headers: &mut HeaderMap,
    requested: impl Fn() -> Option<HeaderValue>,
) {
    ready.write(decision, |header, change| {
        let name = HeaderName::from_static(header.name());
        let value = match change {
            Change::Set(value) => Some(value.clone()),
            Change::SetRequestOrigin => origin.cloned(),
            Change::SetRequestedHeaders => requested(),
            Change::Remove => None,
            Change::Merge(value) => {
                let lines = headers.get_all(&name).map(HeaderValue::as_bytes);
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
